#define RULE_LIST __attribute__((visibility("default"))) const int oc_plugins_v2 = 2;
#include "rule.h"

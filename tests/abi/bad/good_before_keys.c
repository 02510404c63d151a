#define RULE_SIZE offsetof(struct oc_plugin, keys)
#include "rule.h"

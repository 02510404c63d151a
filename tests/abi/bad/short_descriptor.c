#define RULE_SIZE (sizeof(struct oc_plugin) - 8)
#include "rule.h"

#define RULE_KEY_TABLE ((const struct oc_key *)8)
#include "rule.h"

#define RULE_LIST OC_EXPORT const char oc_plugins_v1[] = "not a list";
#include "rule.h"

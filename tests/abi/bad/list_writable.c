#define RULE_LIST OC_EXPORT const struct oc_plugin *oc_plugins_v1[] = {&plugin, NULL};
#include "rule.h"

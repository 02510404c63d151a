#define RULE_LIST OC_EXPORT const struct oc_plugin *const oc_plugins_v1[] = {&plugin};
#include "rule.h"

#define RULE_LIST OC_EXPORT const uint64_t oc_plugins_v1[] = {UINT64_C(0x414141), 0};
#include "rule.h"

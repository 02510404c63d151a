#define RULE_LIST                                                                                                      \
    OC_EXPORT void oc_plugins_v1(void);                                                                                \
    void oc_plugins_v1(void) { mark(); }
#include "rule.h"

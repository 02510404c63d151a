#define RULE_LIST                                                                                                      \
    extern char **environ;                                                                                             \
    OC_EXPORT const void *const oc_plugins_v1[] = {&environ, NULL};
#include "rule.h"

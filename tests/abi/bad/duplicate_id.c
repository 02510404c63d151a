#define RULE_LIST                                                                                                      \
    static const struct oc_plugin second = {sizeof second, OC_ABI_MAJOR, OC_ABI_MINOR, RULE_KIND, RULE_ID, "2",        \
                                            "MIT",         "again",      open_it,      close_it,  ifaces};             \
    OC_EXPORT const struct oc_plugin *const oc_plugins_v1[] = {&plugin, &second, NULL};
#include "rule.h"

#define RULE_SIZE offsetof(struct oc_plugin, ifaces)
#include "rule.h"

#define RULE_TABLE_SIZE (sizeof(struct oc_connector_0_1) - 8)
#include "rule.h"

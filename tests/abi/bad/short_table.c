#define RULE_TABLE_SIZE (sizeof(struct oc_connector) - 8)
#include "rule.h"

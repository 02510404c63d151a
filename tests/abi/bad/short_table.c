#define RULE_TABLE_SIZE (sizeof(struct oc_data) - 8)
#include "rule.h"

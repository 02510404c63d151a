#define RULE_MINOR (OC_ABI_MINOR + 1)
#include "rule.h"

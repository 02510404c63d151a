#define RULE_BYTES NULL
#include "rule.h"

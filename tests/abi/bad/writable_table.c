#define RULE_CONST
#include "rule.h"

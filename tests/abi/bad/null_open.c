#define RULE_OPEN NULL
#include "rule.h"

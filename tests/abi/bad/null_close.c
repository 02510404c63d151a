#define RULE_CLOSE NULL
#include "rule.h"

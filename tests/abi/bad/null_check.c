#define RULE_RISK
#define RULE_MARK  0
#define RULE_CHECK NULL
#include "rule.h"

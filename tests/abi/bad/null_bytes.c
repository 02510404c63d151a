#define RULE_MESSAGE NULL
#include "rule.h"

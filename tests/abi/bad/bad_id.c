#define RULE_ID "Bad Id"
#include "rule.h"

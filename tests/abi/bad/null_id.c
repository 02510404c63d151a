#define RULE_ID NULL
#include "rule.h"

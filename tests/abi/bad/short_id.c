#define RULE_ID "a."
#include "rule.h"

#define RULE_ID ""
#include "rule.h"

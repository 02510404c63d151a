#define RULE_MAJOR 9
#include "rule.h"

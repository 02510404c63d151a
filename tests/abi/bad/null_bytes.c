#define RULE_PROBE NULL
#include "rule.h"

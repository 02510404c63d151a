#define RULE_ABOUT "two\nlines"
#include "rule.h"

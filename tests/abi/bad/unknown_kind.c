#define RULE_KIND "outcry.magic/1"
#include "rule.h"

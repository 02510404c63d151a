#define RULE_TABLE NULL
#include "rule.h"

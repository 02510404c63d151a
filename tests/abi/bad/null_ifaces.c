#define RULE_IFACES NULL
#include "rule.h"

#define RULE_TABLE_SIZE 0x7fffffffu
#include "rule.h"

static const int data[8] = {1};
#define RULE_BYTES (oc_rc(*)(void *, unsigned, const void *, unsigned))(void *) data
#include "rule.h"

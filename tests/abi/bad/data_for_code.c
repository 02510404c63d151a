static const int data[8] = {1};
#define RULE_MESSAGE (oc_rc(*)(void *, const struct oc_message *))(void *) data
#include "rule.h"

static const int data[8] = {1};
#define RULE_PROBE (oc_rc(*)(void *, const char *, const char *, struct oc_data_info *))(void *) data
#include "rule.h"

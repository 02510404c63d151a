#define RULE_ROWS                                                                                                      \
    {OC_DATA, &table}, {OC_DATA, &table}, { 0 }
#include "rule.h"

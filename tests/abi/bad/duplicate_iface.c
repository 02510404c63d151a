#define RULE_ROWS                                                                                                      \
    {OC_CONNECTOR, &table}, {OC_CONNECTOR, &table}, { 0 }
#include "rule.h"

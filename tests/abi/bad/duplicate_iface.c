#define RULE_ROWS                                                                                                      \
    {OC_CONNECTOR_0_1, &table}, {OC_CONNECTOR_0_1, &table}, { 0 }
#include "rule.h"

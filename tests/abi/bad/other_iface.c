#define RULE_ROWS                                                                                                      \
    {"org.example.thing/1", &table}, { 0 }
#include "rule.h"

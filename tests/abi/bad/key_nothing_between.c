#include <outcry/outcry.h>
static const struct oc_key keys[] = {
    {.name = "limit", .type = OC_KEY_INTEGER, .bits = OC_KEY_ABOVE_MIN, .min = "10", .max = "10", .about = "a key"},
    {0}};
#define RULE_KEY_TABLE keys
#include "rule.h"

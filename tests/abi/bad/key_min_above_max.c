#include <outcry/outcry.h>
static const struct oc_key keys[] = {
    {.name = "limit", .type = OC_KEY_INTEGER, .min = "10", .max = "9", .about = "a key"}, {0}};
#define RULE_KEY_TABLE keys
#include "rule.h"

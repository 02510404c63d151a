#include <outcry/outcry.h>
static const struct oc_key keys[] = {
    {.name = "share", .type = OC_KEY_DECIMAL, .min = "0", .max = "10%", .fallback = "0.101", .about = "a key"}, {0}};
#define RULE_KEY_TABLE keys
#include "rule.h"

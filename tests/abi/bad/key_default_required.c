#include <outcry/outcry.h>
static const struct oc_key keys[] = {
    {.name = "limit", .type = OC_KEY_DECIMAL, .bits = OC_KEY_REQUIRED, .fallback = "1", .about = "a key"}, {0}};
#define RULE_KEY_TABLE keys
#include "rule.h"

#include <outcry/outcry.h>
static const struct oc_key keys[] = {{.name = "limit", .type = OC_KEY_DECIMAL, .about = "a key", .zero = 1}, {0}};
#define RULE_KEY_TABLE keys
#include "rule.h"

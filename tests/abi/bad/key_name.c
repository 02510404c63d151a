#include <outcry/outcry.h>
static const struct oc_key keys[] = {{.name = "Limit", .type = OC_KEY_DECIMAL, .about = "a key"}, {0}};
#define RULE_KEY_TABLE keys
#include "rule.h"

#include <outcry/outcry.h>
static const struct oc_key keys[] = {{.name = "limit", .type = OC_KEY_DECIMAL}, {0}};
#define RULE_KEY_TABLE keys
#include "rule.h"

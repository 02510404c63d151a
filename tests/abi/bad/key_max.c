#include <outcry/outcry.h>
static const struct oc_key keys[] = {{.name = "wait", .type = OC_KEY_DURATION, .max = "5", .about = "a key"}, {0}};
#define RULE_KEY_TABLE keys
#include "rule.h"

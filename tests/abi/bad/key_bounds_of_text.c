#include <outcry/outcry.h>
static const struct oc_key keys[] = {{.name = "url", .type = OC_KEY_TEXT, .min = "a", .about = "a key"}, {0}};
#define RULE_KEY_TABLE keys
#include "rule.h"

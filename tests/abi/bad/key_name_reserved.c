#include <outcry/outcry.h>
static const struct oc_key keys[] = {{.name = "plugin", .type = OC_KEY_TEXT, .about = "a key"}, {0}};
#define RULE_KEY_TABLE keys
#include "rule.h"

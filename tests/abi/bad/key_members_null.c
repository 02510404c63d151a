#include <outcry/outcry.h>
static const struct oc_key keys[] = {{.name = "limits", .type = OC_KEY_GROUPS, .about = "a key"}, {0}};
#define RULE_KEY_TABLE keys
#include "rule.h"

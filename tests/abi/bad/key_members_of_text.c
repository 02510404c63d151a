#include <outcry/outcry.h>
static const struct oc_key members[] = {{.name = "limit", .type = OC_KEY_DECIMAL, .about = "a key"}, {0}};
static const struct oc_key keys[] = {{.name = "url", .type = OC_KEY_TEXT, .members = members, .about = "a key"}, {0}};
#define RULE_KEY_TABLE keys
#include "rule.h"

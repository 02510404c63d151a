#include <outcry/outcry.h>
static const struct oc_key keys[] = {{.name = "limit", .type = 99, .about = "a key"}, {0}};
#define RULE_KEY_TABLE keys
#include "rule.h"

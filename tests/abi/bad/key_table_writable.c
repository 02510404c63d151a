#include <outcry/outcry.h>
static struct oc_key keys[] = {{.name = "limit", .type = OC_KEY_DECIMAL, .about = "a key"}, {0}};
void *const keys_also[] = {keys};
#define RULE_KEY_TABLE keys
#include "rule.h"

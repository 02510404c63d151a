#include <outcry/outcry.h>
static const struct oc_key keys[] = {{.name = "rate", .type = OC_KEY_INTEGER, .fallback = "1.5", .about = "a key"},
                                     {0}};
#define RULE_KEY_TABLE keys
#include "rule.h"

#include <outcry/outcry.h>
static const struct oc_key members[] = {{0}};
static const struct oc_key keys[] = {{.name = "limits", .type = OC_KEY_GROUPS, .members = members, .about = "a key"},
                                     {0}};
#define RULE_KEY_TABLE keys
#include "rule.h"

#include <outcry/outcry.h>
static const struct oc_key members[] = {
    {.name = "m0", .type = OC_KEY_TEXT, .about = "a key"},  {.name = "m1", .type = OC_KEY_TEXT, .about = "a key"},
    {.name = "m2", .type = OC_KEY_TEXT, .about = "a key"},  {.name = "m3", .type = OC_KEY_TEXT, .about = "a key"},
    {.name = "m4", .type = OC_KEY_TEXT, .about = "a key"},  {.name = "m5", .type = OC_KEY_TEXT, .about = "a key"},
    {.name = "m6", .type = OC_KEY_TEXT, .about = "a key"},  {.name = "m7", .type = OC_KEY_TEXT, .about = "a key"},
    {.name = "m8", .type = OC_KEY_TEXT, .about = "a key"},  {.name = "m9", .type = OC_KEY_TEXT, .about = "a key"},
    {.name = "m10", .type = OC_KEY_TEXT, .about = "a key"}, {.name = "m11", .type = OC_KEY_TEXT, .about = "a key"},
    {.name = "m12", .type = OC_KEY_TEXT, .about = "a key"}, {.name = "m13", .type = OC_KEY_TEXT, .about = "a key"},
    {.name = "m14", .type = OC_KEY_TEXT, .about = "a key"}, {.name = "m15", .type = OC_KEY_TEXT, .about = "a key"},
    {.name = "m16", .type = OC_KEY_TEXT, .about = "a key"}, {0}};
static const struct oc_key keys[] = {{.name = "limits", .type = OC_KEY_GROUPS, .members = members, .about = "a key"},
                                     {0}};
#define RULE_KEY_TABLE keys
#include "rule.h"

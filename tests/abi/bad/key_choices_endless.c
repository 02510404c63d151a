#include <outcry/outcry.h>
static const char *const words[] = {"w0", "w1",  "w2",  "w3",  "w4",  "w5",  "w6",  "w7", "w8",
                                    "w9", "w10", "w11", "w12", "w13", "w14", "w15", "w16"};
static const struct oc_key keys[] = {{.name = "mode", .type = OC_KEY_CHOICE, .choices = words, .about = "a key"}, {0}};
#define RULE_KEY_TABLE keys
#include "rule.h"

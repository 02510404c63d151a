#include <outcry/outcry.h>
static const char *const words[] = {"a", NULL};
static const struct oc_key keys[] = {{.name = "url", .type = OC_KEY_TEXT, .choices = words, .about = "a key"}, {0}};
#define RULE_KEY_TABLE keys
#include "rule.h"

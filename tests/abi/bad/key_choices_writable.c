#include <outcry/outcry.h>
static const char *words[] = {"a", NULL};
void *words_also = words;
static const struct oc_key keys[] = {{.name = "mode", .type = OC_KEY_CHOICE, .choices = words, .about = "a key"}, {0}};
#define RULE_KEY_TABLE keys
#include "rule.h"

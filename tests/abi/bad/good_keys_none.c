#include <outcry/outcry.h>
static const struct oc_key keys[] = {{0}};
#define RULE_KEY_TABLE keys
#include "rule.h"

#include <outcry/outcry.h>
static const struct oc_key keys[] = {{.name = "start",
                                      .type = OC_KEY_DURATION,
                                      .bits = OC_KEY_BELOW_MAX,
                                      .max = "24h",
                                      .fallback = "1d",
                                      .about = "a key"},
                                     {0}};
#define RULE_KEY_TABLE keys
#include "rule.h"

#include <outcry/outcry.h>
#define ROW(n)                                                                                                         \
    {                                                                                                                  \
        .name = "k" #n, .type = OC_KEY_TEXT, .about = "a key"                                                          \
    }
#define EIGHT(n) ROW(n##0), ROW(n##1), ROW(n##2), ROW(n##3), ROW(n##4), ROW(n##5), ROW(n##6), ROW(n##7)
static const struct oc_key keys[] = {EIGHT(0), EIGHT(1), EIGHT(2), EIGHT(3), EIGHT(4),
                                     EIGHT(5), EIGHT(6), EIGHT(7), ROW(80)};
#define RULE_KEY_TABLE keys
#include "rule.h"

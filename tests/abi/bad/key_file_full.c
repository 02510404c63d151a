#include <outcry/outcry.h>
#define M(n)                                                                                                           \
    {                                                                                                                  \
        .name = "m" #n, .type = OC_KEY_TEXT, .about = "a key"                                                          \
    }
static const struct oc_key members[] = {M(0), M(1),  M(2),  M(3),  M(4),  M(5),  M(6),  M(7), M(8),
                                        M(9), M(10), M(11), M(12), M(13), M(14), M(15), {0}};
#define G(n)                                                                                                           \
    {                                                                                                                  \
        .name = "g" #n, .type = OC_KEY_GROUPS, .members = members, .about = "a list"                                   \
    }
static const struct oc_key keys[] = {G(0),
                                     G(1),
                                     G(2),
                                     G(3),
                                     G(4),
                                     G(5),
                                     G(6),
                                     G(7),
                                     G(8),
                                     G(9),
                                     G(10),
                                     G(11),
                                     G(12),
                                     G(13),
                                     G(14),
                                     {.name = "last", .type = OC_KEY_TEXT, .about = "the 256th"},
                                     {.name = "beyond", .type = OC_KEY_TEXT, .about = "the 257th"},
                                     {0}};
#define RULE_KEY_TABLE keys
#include "rule.h"

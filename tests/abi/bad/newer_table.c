#define RULE_TABLE &newer
#include <outcry/outcry.h>
static const struct {
    struct oc_connector known;
    uint64_t member;
} newer = {{.size = sizeof newer}, .member = 1};
#include "rule.h"

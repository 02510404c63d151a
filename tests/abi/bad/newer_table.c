#define RULE_TABLE &newer
#include <outcry/draft/data.h>
#include <outcry/outcry.h>
static const struct {
    struct oc_data known;
    uint64_t member;
} newer = {{.size = sizeof newer}, .member = 1};
#include "rule.h"

#define RULE_RISK
#define RULE_MARK 0
#include <outcry/risk.h>
#include <stddef.h>
static void learn(void *self, const struct oc_risk_ctx *ctx, const struct oc_event *event)
{
    (void)self, (void)ctx, (void)event;
}
static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                   struct oc_verdict *ret_verdict);
static const struct oc_risk learning = {.size = sizeof learning, .check = check, .observe = learn};
#define RULE_TABLE &learning
#include "rule.h"

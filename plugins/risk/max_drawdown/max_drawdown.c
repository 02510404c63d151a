/* max_drawdown.c: latches an account when its equity has fallen from its highest by more than `limit` of money, or by more than `share` of the highest;
 * deposits and withdrawals are left aside. The latch stays until a person clears it; from then on the highest counts from the equity at the
 * latch. */
#include <outcry/kit/dec.h>
#include <outcry/kit/rule.h>
#include <stdlib.h>
#include <string.h>

enum { ACCOUNTS_MAX = 64 };
static const char reason[] = "DRAWDOWN_REACHED";

struct account {
    struct oc_dec highest; /* equity */
    uint32_t has_highest;
    uint32_t zero;
};

struct rule {
    struct oc_dec limit, share;
    uint32_t has_limit, has_share;
    struct account accounts[ACCOUNTS_MAX + 1]; /* by number, from 1 */
};

/* *ret_allowed: how far it may fall: the smaller of what both keys say. A share of an equity that was never above zero is none. */
static oc_rc allowed_of(const struct rule *rule, const struct account *account, struct oc_dec *ret_allowed)
{
    struct oc_dec share = {0, 0, 0};
    oc_rc rc = OC_OK;
    if (rule->has_share && account->highest.units > 0)
        rc = oc_dec_mul(account->highest, rule->share, &share);
    if (rc < 0)
        return rc;
    const int takes_share = rule->has_share && (!rule->has_limit || oc_dec_compare(share, rule->limit) < 0);
    *ret_allowed = takes_share ? share : rule->limit;
    return OC_OK;
}

/* [engine] The latch itself is the host's; this covers a fall that no event has shown yet. */
static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                   struct oc_verdict *ret_verdict)
{
    const struct rule *rule = self;
    struct oc_dec equity, fall, allowed;
    if (kit_only_reduces(ask) || ask->account == 0 || ask->account > ACCOUNTS_MAX)
        return oc_allow(ret_verdict);
    const struct account *account = &rule->accounts[ask->account];
    oc_rc rc = kit_equity(ctx, ask->account, &equity);
    if (rc == OC_E_STATE || rc == OC_E_NOT_FOUND) /* how far it has fallen is not known: it may be too far */
        return oc_refuse(ret_verdict, KIT_EQUITY_UNKNOWN, (struct oc_dec){0, 0, 0}, (struct oc_dec){0, 0, 0});
    if (rc == OC_OK && !account->has_highest)
        return oc_allow(ret_verdict);
    if (rc == OC_OK)
        rc = oc_dec_sub(account->highest, equity, &fall);
    if (rc == OC_OK)
        rc = allowed_of(rule, account, &allowed);
    if (rc < 0)
        return rc;
    return oc_dec_compare(fall, allowed) <= 0 ? kit_allow(ret_verdict, fall, allowed)
                                              : oc_refuse(ret_verdict, reason, fall, allowed);
}

static void look_at(struct rule *rule, const struct oc_risk_ctx *ctx, uint32_t number, struct oc_dec equity)
{
    struct account *account = &rule->accounts[number];
    struct oc_dec fall, allowed;
    if (!account->has_highest || oc_dec_compare(equity, account->highest) > 0) {
        account->highest = equity;
        account->has_highest = 1;
        return;
    }
    if (oc_dec_sub(account->highest, equity, &fall) == OC_OK && allowed_of(rule, account, &allowed) == OC_OK &&
        oc_dec_compare(fall, allowed) <= 0)
        return;
    if (ctx->latch(ctx, number, reason) == OC_OK)
        account->highest = equity;
}

/* [engine] Fills and prices move the equity; accounts are numbered from 1 without gaps. */
static void observe(void *self, const struct oc_risk_ctx *ctx, const struct oc_event *event)
{
    struct rule *rule = self;
    if (event->type > OC_EV_FILL)
        return;
    for (uint32_t number = 1; number <= ACCOUNTS_MAX; number++) {
        struct oc_dec equity;
        oc_rc rc = kit_equity(ctx, number, &equity);
        if (rc == OC_E_NOT_FOUND)
            return;
        if (rc == OC_OK)
            look_at(rule, ctx, number, equity);
    }
}

static uint64_t interest(void *self)
{
    (void)self;
    return KIT_PRICES | 1ull << OC_EV_FILL;
}

static oc_rc configure(const struct oc_host *host, struct rule *rule)
{
    oc_rc rc = kit_config_dec(host, "limit", "max_drawdown: limit: found a negative number; expected money",
                              &rule->limit, &rule->has_limit);
    if (rc == OC_OK)
        rc = kit_config_dec(host, "share", "max_drawdown: share: found a negative number; expected \"20%\"",
                            &rule->share, &rule->has_share);
    if (rc == OC_OK && !rule->has_limit && !rule->has_share) {
        oc_log(host, OC_LOG_ERROR, "max_drawdown: found neither limit nor share; expected one of them, or both");
        return OC_E_CONFIG;
    }
    return rc;
}

KIT_RULE_INSTANCE(struct rule, configure);
KIT_RULE_STATE(struct rule, accounts, 1);

static const struct oc_risk risk = {.size = sizeof risk,
                                    .check = check,
                                    .observe = observe,
                                    .interest = interest,
                                    .save = save_rule,
                                    .load = load_rule};
/* clang-format off */
static const struct oc_key keys[] = {
    {.name = "limit", .type = OC_KEY_DECIMAL, .min = "0", .unit = "account currency",
     .about = "fall from the highest equity that latches the account; unset: share alone"},
    {.name = "share", .type = OC_KEY_DECIMAL, .min = "0", .max = "1", .unit = "share of the highest equity",
     .about = "the same as a share, \"20%\"; unset: limit alone"},
    {0}};
/* clang-format on */

KIT_RULE("outcry.max_drawdown", "0.1.0", "MIT", "latches an account that has fallen too far from its highest equity",
         open_rule, close_rule, risk, keys);

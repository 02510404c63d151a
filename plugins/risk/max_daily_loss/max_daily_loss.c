/* max_daily_loss.c: latches an account when its equity has fallen by more than `limit` since the
 * first equity seen on the day, deposits and withdrawals left aside, which begins at `day_start` after midnight UTC. The latch stays
 * until a person clears it; once it was set, the rule does not set it again on the same day. */
#include <outcry/kit/dec.h>
#include <outcry/kit/rule.h>
#include <stdlib.h>
#include <string.h>

enum { ACCOUNTS_MAX = 64 };
static const int64_t NS_DAY = 86400 * (int64_t)1000000000;

struct account {
    int64_t day;         /* days since 1970, shifted by day_start */
    struct oc_dec first; /* equity */
    uint32_t has_first;
    uint32_t is_latched; /* on this day */
};

struct rule {
    struct oc_dec limit; /* money of the account's currency */
    uint32_t has_limit;  /* 0: everything passes, nothing is observed */
    uint32_t zero;
    int64_t day_start_ns;
    struct account accounts[ACCOUNTS_MAX + 1]; /* by number, from 1 */
};

static int64_t day_of(const struct rule *rule, int64_t now_ns)
{
    int64_t shifted = now_ns - rule->day_start_ns;
    return shifted / NS_DAY - (shifted % NS_DAY < 0);
}

/* How far the equity is below the day's first; zero or less is no loss. Where the day has none yet, it is the one of now. OC_E_STATE: a balance
 * has no price. */
static oc_rc loss_of(const struct rule *rule, const struct oc_risk_ctx *ctx, uint32_t number, struct oc_dec *ret_loss)
{
    const struct account *account = &rule->accounts[number];
    struct oc_dec equity;
    oc_rc rc = kit_equity(ctx, number, &equity);
    if (rc < 0)
        return rc;
    *ret_loss = (struct oc_dec){0, 0, 0};
    if (!account->has_first || account->day != day_of(rule, ctx->now_ns))
        return OC_OK;
    return oc_dec_sub(account->first, equity, ret_loss);
}

/* [engine] The latch itself is the host's; this covers a loss that no event has shown yet. */
static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                   struct oc_verdict *ret_verdict)
{
    const struct rule *rule = self;
    struct oc_dec loss;
    if (!rule->has_limit || kit_only_reduces(ask) || ask->account == 0 || ask->account > ACCOUNTS_MAX ||
        rule->accounts[ask->account].is_latched)
        return oc_allow(ret_verdict);
    oc_rc rc = loss_of(rule, ctx, ask->account, &loss);
    if (rc == OC_E_STATE || rc == OC_E_NOT_FOUND) /* what it has lost is not known: it may be too much */
        return oc_refuse(ret_verdict, KIT_EQUITY_UNKNOWN, (struct oc_dec){0, 0, 0}, (struct oc_dec){0, 0, 0});
    if (rc < 0)
        return rc;
    return oc_dec_compare(loss, rule->limit) <= 0 ? kit_allow(ret_verdict, loss, rule->limit)
                                                  : oc_refuse(ret_verdict, "DAILY_LOSS_REACHED", loss, rule->limit);
}

static void look_at(struct rule *rule, const struct oc_risk_ctx *ctx, uint32_t number, struct oc_dec equity)
{
    struct account *account = &rule->accounts[number];
    int64_t day = day_of(rule, ctx->now_ns);
    struct oc_dec loss;
    if (!account->has_first || day > account->day)
        *account = (struct account){.day = day, .first = equity, .has_first = 1};
    if (account->is_latched)
        return;
    if (oc_dec_sub(account->first, equity, &loss) == OC_OK && oc_dec_compare(loss, rule->limit) <= 0)
        return;
    if (ctx->latch(ctx, number, "DAILY_LOSS_REACHED") == OC_OK)
        account->is_latched = 1;
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
    const struct rule *rule = self;
    const uint64_t moves =
        1ull << OC_EV_TRADE | 1ull << OC_EV_QUOTE | 1ull << OC_EV_BAR | 1ull << OC_EV_QBAR | 1ull << OC_EV_FILL;
    return rule->has_limit ? moves : 0;
}

static oc_rc save(void *self, void *bytes, uint32_t size_max)
{
    const struct rule *rule = self;
    if (size_max < sizeof rule->accounts)
        return OC_E_LIMIT;
    memcpy(bytes, rule->accounts, sizeof rule->accounts);
    return (oc_rc)sizeof rule->accounts;
}

static oc_rc load(void *self, const void *bytes, uint32_t size)
{
    struct rule *rule = self;
    if (size != sizeof rule->accounts)
        return OC_E_DATA;
    memcpy(rule->accounts, bytes, sizeof rule->accounts);
    return OC_OK;
}

static oc_rc configure(const struct oc_host *host, struct rule *rule)
{
    oc_rc rc = kit_config_dec(
        host, "limit", "max_daily_loss: limit: found a negative number; expected money of the account's currency",
        &rule->limit, &rule->has_limit);
    if (rc < 0)
        return rc;
    rc = oc_config_duration(host, "day_start", &rule->day_start_ns);
    if (rc == OC_OK && (rule->day_start_ns < 0 || rule->day_start_ns >= NS_DAY)) {
        oc_log(host, OC_LOG_ERROR,
               "max_daily_loss: day_start: expected a time after midnight UTC below 24h, such as "
               "\"22h\"");
        return OC_E_CONFIG;
    }
    return rc;
}

static oc_rc open_rule(const struct oc_host *host, void **ret_self)
{
    struct rule *rule = calloc(1, sizeof *rule);
    if (!rule)
        return OC_E_NOMEM;
    oc_rc rc = configure(host, rule);
    if (rc < 0) {
        free(rule);
        return rc;
    }
    *ret_self = rule;
    return OC_OK;
}

static void close_rule(void *self) { free(self); }

static const struct oc_risk risk = {
    .size = sizeof risk, .check = check, .observe = observe, .interest = interest, .save = save, .load = load};
static const struct oc_iface ifaces[] = {{OC_RISK, &risk}, {0}};
static const struct oc_key keys[] = {{.name = "day_start",
                                      .type = OC_KEY_DURATION,
                                      .bits = OC_KEY_BELOW_MAX,
                                      .min = "0",
                                      .max = "24h",
                                      .fallback = "0",
                                      .about = "when the day begins, after 00:00 UTC"},
                                     {.name = "limit",
                                      .type = OC_KEY_DECIMAL,
                                      .min = "0",
                                      .unit = "account currency",
                                      .about = "loss of a day that latches the account; unset: no limit"},
                                     {0}};

/* clang-format off */
static const struct oc_plugin plugin = {
    .size = sizeof plugin, .abi_major = OC_ABI_MAJOR, .abi_minor = OC_ABI_MINOR,
    .kind = OC_RISK, .id = "outcry.max_daily_loss", .version = "0.1.0", .license = "MIT",
    .about = "latches an account that has lost too much in a day",
    .open = open_rule, .close = close_rule, .ifaces = ifaces, .keys = keys,
};
/* clang-format on */

OC_EXPORT const struct oc_plugin *const oc_plugins_v1[] = {&plugin, NULL};

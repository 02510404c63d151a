/* allow_list.c: refuses orders for instruments that are not on a list, and on sides that are not permitted (SEC rule 15c3-5 (c)(2)(ii): restricted
 * lists and permission to trade). For one account or strategy alone: by the scope of the instance. What only reduces passes. */
#include <outcry/kit/rule.h>
#include <outcry/kit/text.h>
#include <stdlib.h>

enum { TEXT_MAX = 1024, NAMES_MAX = 64 };

struct rule {
    char text[TEXT_MAX];
    const char *names[NAMES_MAX]; /* symbols, in `text`; `!` takes out what was let in before it */
    uint32_t count;
    uint32_t has_no_buys, has_no_sells;
};

static int is_listed(const struct rule *rule, const char *symbol)
{
    int is_in = rule->count && rule->names[0][0] == '!'; /* only exclusions: all but these */
    for (uint32_t i = 0; i < rule->count; i++) {
        const int takes_out = rule->names[i][0] == '!';
        if (takes_out == is_in && kit_is_like(symbol, rule->names[i] + takes_out))
            is_in = !takes_out;
    }
    return is_in;
}

/* [engine] */
static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                   struct oc_verdict *ret_verdict)
{
    const struct rule *rule = self;
    const struct oc_dec none = {0, 0, 0};
    if (kit_only_reduces(ask))
        return oc_allow(ret_verdict);
    const struct oc_instrument *info = ctx->instrument(ctx, ask->head.inst);
    if (!info)
        return OC_E_NOT_FOUND;
    if (!is_listed(rule, info->symbol))
        return oc_refuse(ret_verdict, "INSTRUMENT_NOT_ALLOWED", none, none);
    if (ask->side == OC_SIDE_BUY ? rule->has_no_buys : rule->has_no_sells)
        return oc_refuse(ret_verdict, "SIDE_NOT_ALLOWED", none, none);
    return oc_allow(ret_verdict);
}

static oc_rc configure(const struct oc_host *host, struct rule *rule)
{
    char sides[8] = "", *rest = rule->text;
    oc_rc rc = oc_config_text(host, "symbols", rule->text, sizeof rule->text);
    for (char *name; rc == OC_OK && (name = kit_next_word(&rest, ", ")) != NULL;) {
        if (rule->count == NAMES_MAX) {
            oc_log(host, OC_LOG_ERROR, "allow_list: symbols: expected at most 64 symbols");
            return OC_E_CONFIG;
        }
        rule->names[rule->count++] = name;
    }
    if (rc == OC_OK)
        rc = oc_config_text(host, "sides", sides, sizeof sides);
    if (rc < 0)
        return rc;
    rule->has_no_buys = sides[0] == 's';
    rule->has_no_sells = sides[0] == 'b' && sides[1] == 'u';
    return OC_OK;
}

KIT_RULE_INSTANCE(struct rule, configure);

static const struct oc_risk risk = {.size = sizeof risk, .check = check};
static const char *const sides_of[] = {"both", "buy", "sell", NULL};
/* clang-format off */
static const struct oc_key keys[] = {
    {.name = "symbols", .type = OC_KEY_TEXT, .bits = OC_KEY_REQUIRED,
     .about = "symbols that may be traded: \"BTC/USDT, ETH/*, !ETH/BTC\""},
    {.name = "sides", .type = OC_KEY_CHOICE, .fallback = "both", .choices = sides_of, .about = "sides that may open"},
    {0}};
/* clang-format on */

KIT_RULE("outcry.allow_list", "0.1.0", "MIT", "refuses orders for what is not on a list", open_rule, close_rule, risk,
         keys);

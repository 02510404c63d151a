/* paper.c: the plugin: configuration, the table, and the end of a run. Rules of trading: match.c. */
#include "paper.h"

#include <stdlib.h>
#include <string.h>

static oc_rc add_instrument(void *self, const struct oc_instrument *info)
{
    struct paper *paper = self;
    struct paper_market *market = paper_market(paper, info->inst);
    if (!market || info->base >= PAPER_ASSETS_MAX || info->quote >= PAPER_ASSETS_MAX ||
        info->settle >= PAPER_ASSETS_MAX)
        return OC_E_LIMIT;
    oc_i128 units = (oc_i128)info->price_step.units * info->qty_step.units;
    int scale = info->price_step.scale + info->qty_step.scale;
    if (info->kind != OC_KIND_SPOT) {
        units *= info->contract_size.units;
        scale += info->contract_size.scale;
    }
    while (scale > MONEY_SCALE && units % 10 == 0) {
        units /= 10;
        scale--;
    }
    if (scale > MONEY_SCALE || num_mul_128(units, num_pow10_128(MONEY_SCALE - scale), &units) < 0)
        return OC_E_RANGE;
    market->info = *info;
    const uint32_t largest = info->base > info->quote ? info->base : info->quote;
    paper_uses(paper, 0, largest > info->settle ? largest : info->settle);
    market->unit_money = units;
    for (uint32_t i = paper_first(paper, info->inst); i != PAPER_NONE; i = paper->links[i].behind[PAPER_BY_MARKET])
        paper_needs(paper, &paper->orders[i]);
    return OC_OK;
}

static oc_rc set_balance(void *self, uint32_t account, uint32_t asset, struct oc_dec total)
{
    struct paper *paper = self;
    if (account >= PAPER_ACCOUNTS_MAX || asset >= PAPER_ASSETS_MAX)
        return OC_E_LIMIT;
    paper_uses(paper, account, asset);
    return money_from_dec(total, &paper->balances[account][asset]);
}

/* What the call says, unless a fill, of it or of the request before, found no memory. */
static oc_rc whole(struct paper *paper, oc_rc rc) { return rc == OC_OK && paper->is_short ? OC_E_NOMEM : rc; }

static oc_rc on_market(void *self, int64_t now_ns, const struct oc_event *event)
{
    const struct paper *paper = self;
    return __builtin_expect(paper->is_short, 0) ? OC_E_NOMEM : paper_on_market(self, now_ns, event);
}

static oc_rc on_request(void *self, int64_t now_ns, const struct oc_request *request)
{
    return paper_message(self, now_ns, request);
}

static oc_rc on_due(void *self, int64_t now_ns)
{
    struct paper *paper = self;
    const oc_rc rc = whole(paper, paper_due(paper, now_ns));
    if (paper->message_count)
        paper->sim_host->schedule_at(paper->host, paper->messages[paper->message_first].head.local_ns);
    if (paper->running_count)
        paper->sim_host->schedule_at(paper->host, paper_next_judgement(paper));
    return rc;
}

/* The end of the data: what closes positions takes the last known price at once, whole, with the spread. */
static oc_rc on_end(void *self, int64_t now_ns)
{
    struct paper *paper = self;
    paper_arrive_all(paper);
    for (uint32_t i = paper->all.first; i != PAPER_NONE; i = paper->links[i].behind[PAPER_ALL]) {
        struct paper_order *order = &paper->orders[i];
        struct paper_market *market = paper_market(paper, order->ask.head.inst);
        int64_t price;
        if (order->phase != PHASE_WORKING || order->ask.role != OC_ROLE_END ||
            !paper_price_last(paper, market, order->ask.side, &price))
            continue;
        market->bid_left = market->ask_left = market->volume_left = -1;
        order->ask.bits &= ~(uint32_t)OC_RQ_REDUCE_ONLY; /* sized by the host to what is held */
        paper_take(paper, order, &(struct paper_deal){.now_ns = now_ns, .price = price, .from = price});
    }
    paper_sweep(paper);
    return whole(paper, OC_OK);
}

static oc_rc position(void *self, uint32_t account, uint32_t inst, int64_t *ret_units)
{
    *ret_units = paper_position(self, account, inst);
    return OC_OK;
}

static oc_rc terms(void *self, uint32_t account, struct oc_sim_terms *ret_terms)
{
    const struct paper *paper = self;
    (void)account;
    ret_terms->bits = (paper->check_funds ? OC_SIM_FUNDS : 0) | (paper->allow_short ? OC_SIM_SHORT : 0) |
                      (paper->fee_in_base ? OC_SIM_FEE_IN_BASE : 0);
    ret_terms->taker_fee = paper->taker_fee;
    ret_terms->maker_fee = paper->maker_fee;
    return OC_OK;
}

static oc_rc optional(oc_rc rc) { return rc == OC_E_NOT_FOUND ? OC_OK : rc; }

static const char *const profiles[] = {"neutral", "pessimistic", "optimistic", "ideal", NULL};
static const char *const fills[] = {"profile", "through2", "through", "touch", NULL};
static const char *const gaps[] = {"auto", "open", "limit", NULL};
static const char *const queues[] = {"power", "risk_averse", "trades", NULL};
static const char *const stills[] = {"wait", "take", NULL};

/* The number of a choice, which its getter has found among them. */
static uint32_t number_of(const char *const *choices, const char *word)
{
    uint32_t number = 0;
    while (choices[number] && strcmp(choices[number], word) != 0)
        number++;
    return number;
}

static oc_rc choice(const struct oc_host *host, const char *key, const char *const *choices, uint32_t *ret_number)
{
    char word[16];
    oc_rc rc = oc_config_text(host, key, word, sizeof word);
    if (rc == OC_OK)
        *ret_number = number_of(choices, word);
    return rc;
}

/* What the profile gives where a key is not set. */
static void take_profile(struct paper *paper, int64_t *ret_latency_ns)
{
    static const int64_t through[] = {[PROFILE_NEUTRAL] = 1, [PROFILE_PESSIMISTIC] = 2};
    const bool is_ideal = paper->profile == PROFILE_IDEAL;
    paper->half_spread = is_ideal ? (struct oc_dec){0, 0, 0} : (struct oc_dec){1, 4, 0}; /* of a spread of 2 bps */
    paper->volume_cap = is_ideal ? (struct oc_dec){0, 0, 0} : (struct oc_dec){1, 1, 0};
    paper->through = paper->profile <= PROFILE_PESSIMISTIC ? through[paper->profile] : 0;
    *ret_latency_ns = is_ideal ? 0 : 5000000;
}

static oc_rc configure_choices(struct paper *paper, int64_t *ret_latency_ns)
{
    uint32_t fill = 0;
    oc_rc rc = choice(paper->host, "profile", profiles, &paper->profile);
    if (rc < 0)
        return rc;
    take_profile(paper, ret_latency_ns);
    rc = choice(paper->host, "limit_fill", fills, &fill);
    if (rc == OC_OK && fill > 0)
        paper->through = 3 - (int64_t)fill;
    if (rc == OC_OK)
        rc = choice(paper->host, "gap", gaps, &paper->gap);
    if (rc == OC_OK)
        rc = choice(paper->host, "zero_volume", stills, &paper->dead_is_taken);
    if (rc == OC_OK)
        rc = choice(paper->host, "queue", queues, &paper->queue);
    return rc;
}

static oc_rc configure(struct paper *paper)
{
    const struct oc_host *host = paper->host;
    int64_t latency_ns;
    oc_rc rc = configure_choices(paper, &latency_ns);
    if (rc < 0)
        return rc;
    rc = optional(oc_config_duration(host, "latency", &latency_ns));
    paper->entry_ns = paper->response_ns = latency_ns;
    if (rc == OC_OK)
        rc = optional(oc_config_duration(host, "entry_latency", &paper->entry_ns));
    if (rc == OC_OK)
        rc = optional(oc_config_duration(host, "response_latency", &paper->response_ns));
    if (rc == OC_OK)
        rc = oc_config_duration(host, "replenish", &paper->replenish_ns);
    if (rc == OC_OK)
        rc = oc_config_dec(host, "taker_fee", &paper->taker_fee);
    if (rc == OC_OK)
        rc = oc_config_dec(host, "maker_fee", &paper->maker_fee);
    if (rc == OC_OK)
        rc = optional(oc_config_dec(host, "half_spread", &paper->half_spread));
    if (rc == OC_OK)
        rc = optional(oc_config_dec(host, "volume_cap", &paper->volume_cap));
    if (rc == OC_OK)
        rc = oc_config_boolean(host, "fee_in_base", &paper->fee_in_base);
    if (rc == OC_OK)
        rc = oc_config_boolean(host, "check_funds", &paper->check_funds);
    if (rc == OC_OK)
        rc = oc_config_boolean(host, "allow_short", &paper->allow_short);
    return rc;
}

static void close_paper(void *self)
{
    struct paper *paper = self;
    paper_judge_release(paper);
    paper_insides_release(paper);
    for (uint32_t i = 0; paper->waiting && i < paper->market_max; i++)
        free(paper->waiting[i].list);
    free(paper->waiting);
    paper_groups_release(paper);
    paper_table_release(paper);
    free(paper->expiries);
    free(paper->needed);
    free(paper->claims);
    free(paper->openings);
    free(paper->markets);
    free(paper->messages);
    free(paper->balances);
    free(paper->positions);
    free(paper);
}

static oc_rc open_paper(const struct oc_host *host, void **ret_self)
{
    struct paper *paper = calloc(1, sizeof *paper);
    if (!paper)
        return OC_E_NOMEM;
    paper->host = host;
    paper->sim_host = (const struct oc_svc_sim_host *)host->service(host, OC_SVC_SIM_HOST);
    paper->floor_ns = INT64_MIN;
    paper->market_max = PAPER_INSTRUMENTS_MAX;
    paper->markets = calloc(paper->market_max, sizeof *paper->markets);
    paper->balances = calloc(PAPER_ACCOUNTS_MAX, sizeof *paper->balances);
    paper->positions = calloc(paper->market_max, sizeof *paper->positions);
    paper->needed = calloc(PAPER_ACCOUNTS_MAX, sizeof *paper->needed);
    paper->waiting = calloc(paper->market_max, sizeof *paper->waiting);
    paper->by_market = calloc(paper->market_max, sizeof *paper->by_market);
    oc_rc rc = paper->sim_host ? OC_OK : OC_E_NOT_SUPPORTED;
    if (!paper->markets || !paper->balances || !paper->positions || !paper->needed || !paper->by_market ||
        !paper->waiting)
        rc = OC_E_NOMEM;
    else
        paper_table_begin(paper);
    if (rc == OC_OK)
        rc = configure(paper);
    if (rc < 0) {
        close_paper(paper);
        return rc;
    }
    *ret_self = paper;
    return OC_OK;
}

static const struct oc_sim sim = {
    .size = sizeof sim,
    .instrument = add_instrument,
    .balance = set_balance,
    .market = on_market,
    .request = on_request,
    .due = on_due,
    .end = on_end,
    .observe = paper_observe,
    .position = position,
    .save = paper_save,
    .load = paper_load,
    .terms = terms,
    .finer = paper_finer,
};

static const struct oc_iface ifaces[] = {{OC_SIM, &sim}, {0}};

/* What depends on the profile, or on another key, has no default of its own: configure(). */
static const struct oc_key keys[] = {
    {.name = "profile",
     .type = OC_KEY_CHOICE,
     .fallback = "neutral",
     .choices = profiles,
     .about = "which of what bars do not tell: see the strategy guide"},
    {.name = "limit_fill",
     .type = OC_KEY_CHOICE,
     .fallback = "profile",
     .choices = fills,
     .about = "how far a bar must go through a resting limit"},
    {.name = "gap",
     .type = OC_KEY_CHOICE,
     .fallback = "auto",
     .choices = gaps,
     .about = "a resting limit behind the open: at the open, or at its own price; auto: at the open after a session's "
              "break, or a pause like one"},
    {.name = "zero_volume",
     .type = OC_KEY_CHOICE,
     .fallback = "wait",
     .choices = stills,
     .about = "market orders in a bar that did not trade; take: the last close, twice the half spread"},
    {.name = "queue",
     .type = OC_KEY_CHOICE,
     .fallback = "power",
     .choices = queues,
     .about = "order books: who of a level leaves without a trade. power: behind a resting limit of ours by back^2 : "
              "front^2; risk_averse: all behind it; trades: nobody"},
    {.name = "replenish",
     .type = OC_KEY_DURATION,
     .min = "0",
     .max = "1h",
     .fallback = "2s",
     .about = "order books: half of what we took of a level is there again behind it; 0: all, at once"},
    {.name = "latency",
     .type = OC_KEY_DURATION,
     .min = "0",
     .max = "366d",
     .about = "to the venue and back, each way; unset: 5ms, ideal 0"},
    {.name = "entry_latency",
     .type = OC_KEY_DURATION,
     .min = "0",
     .max = "366d",
     .about = "to the venue; unset: latency"},
    {.name = "response_latency", .type = OC_KEY_DURATION, .min = "0", .max = "366d", .about = "back; unset: latency"},
    {.name = "taker_fee",
     .type = OC_KEY_DECIMAL,
     .min = "-0.1",
     .max = "0.1",
     .fallback = "0",
     .unit = "share of the value",
     .about = "fee of fills that take"},
    {.name = "maker_fee",
     .type = OC_KEY_DECIMAL,
     .min = "-0.1",
     .max = "0.1",
     .fallback = "0",
     .unit = "share of the value",
     .about = "fee of fills that rested; negative is a rebate"},
    {.name = "half_spread",
     .type = OC_KEY_DECIMAL,
     .min = "0",
     .max = "0.1",
     .unit = "share of the price",
     .about = "paid where data have no quotes; unset: 0.0001, ideal 0"},
    {.name = "volume_cap",
     .type = OC_KEY_DECIMAL,
     .min = "0",
     .max = "1",
     .unit = "share of a bar's volume",
     .about = "what we can get of it, 0: no cap; unset: 0.1, ideal 0"},
    {.name = "fee_in_base",
     .type = OC_KEY_BOOLEAN,
     .fallback = "no",
     .about = "fees of buys are taken from what was bought"},
    {.name = "check_funds",
     .type = OC_KEY_BOOLEAN,
     .fallback = "yes",
     .about = "orders beyond the balance are rejected (spot)"},
    {.name = "allow_short", .type = OC_KEY_BOOLEAN, .fallback = "no", .about = "spot may be sold without having it"},
    {0}};

static const struct oc_plugin plugin = {
    .size = sizeof plugin,
    .abi_major = OC_ABI_MAJOR,
    .abi_minor = OC_ABI_MINOR,
    .kind = OC_SIM,
    .id = "outcry.paper",
    .version = "0.1.0",
    .license = "MIT",
    .about = "paper venue on bars, quotes, trades and order books",
    .open = open_paper,
    .close = close_paper,
    .ifaces = ifaces,
    .keys = keys,
};

OC_EXPORT const struct oc_plugin *const oc_plugins_v1[] = {&plugin, NULL};

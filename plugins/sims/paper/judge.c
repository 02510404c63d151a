/* judge.c: which of the two paths a bar has for each account. Everything that was there walks both; what that would have come to
 * decides, and is taken back; then the bar is walked for good. */
#include <stdlib.h>
#include <string.h>

#include "walk.h"

oc_i128 paper_trade_worth(const struct paper_market *market, const struct oc_ev_fill *fill)
{
    const int64_t bid = market->has_sell_line ? market->sell_line[3] : market->buy_line[3];
    const int64_t ask = market->has_buy_line ? market->buy_line[3] : market->sell_line[3];
    oc_i128 at_bid = 0, at_ask = 0, paid = 0, fee = 0, in_quote;
    (void)paper_value(market, bid, fill->qty, &at_bid); /* what does not fit is worth nothing on either path */
    (void)paper_value(market, ask, fill->qty, &at_ask);
    (void)paper_value(market, fill->price, fill->qty, &paid);
    (void)money_from_dec(fill->fee, &fee);
    oc_i128 gain = at_bid + at_ask - 2 * paid;
    if ((fill->side == OC_SIDE_BUY) == (market->info.kind == OC_KIND_INVERSE))
        gain = -gain;
    const struct oc_dec *step = &market->info.price_step;
    if (fill->fee_asset == market->info.base && fill->fee_asset != market->info.settle &&
        num_muldiv_128(fee, ((oc_i128)bid + ask) * step->units, num_pow10(step->scale), NUM_CEIL, &in_quote) == OC_OK)
        return gain - in_quote;
    return gain - 2 * fee;
}

bool paper_in_reach(const struct paper *paper, const struct paper_market *market, const struct paper_order *order)
{
    if (order->active_ns > market->open_ns || (order->expire_ns && order->expire_ns < market->close_ns))
        return true;
    if (!has_line(market, order->ask.side) || market->is_dead)
        return false;
    const bool buys = is_buy(order);
    const int64_t *line = buys ? market->buy_line : market->sell_line;
    const int64_t through = market->is_quoted_bar ? 0 : paper->through;
    if (is_stop(order))
        return buys ? line[1] >= order->ask.stop_price : line[2] <= order->ask.stop_price;
    if (!is_limit(order))
        return false;
    return buys ? line[2] <= order->ask.price - through : line[1] >= order->ask.price + through;
}

static struct walk *scratch_of(struct paper *paper)
{
    if (!paper->scratch)
        paper->scratch = calloc(1, sizeof *paper->scratch);
    return paper->scratch;
}

void paper_judge_release(struct paper *paper)
{
    struct walk *walk = paper->scratch;
    if (!walk)
        return;
    free(walk->steps);
    free(walk->orders);
    free(walk->groups);
    for (int i = 0; i < 4; i++)
        free(walk->tried[i].list);
    free(walk);
    paper->scratch = NULL;
}

static bool is_asked_about(const struct paper *paper, const struct paper_order *order)
{
    for (uint32_t i = 0; i < paper->inside_count; i++)
        if (paper->inside[i].order == order->ask.order)
            return true;
    return false;
}

/* The orders of one account, or of all, that the bar can be for. False: no memory. */
static bool gather(struct walk *walk, uint32_t account)
{
    const struct paper *paper = walk->paper;
    walk->step_count = 0;
    walk->account = account;
    for (uint32_t i = 0; i < paper->order_count; i++) {
        const struct paper_order *order = &paper->orders[i];
        if (is_of(order, walk->inst) && !order->is_awaited && (!account || order->ask.account == account) &&
            (paper_in_reach(paper, walk->market, order) || is_asked_about(paper, order)) && !walk_add(walk, i))
            return false;
    }
    return true;
}

/* What a trial can change, and how it was. */
struct before {
    uint32_t order_count, group_count, awaited_count, step_count;
    int64_t position, volume_left;
    oc_i128 money[3];
};

static void money_of(const struct walk *walk, oc_i128 *ret_places[3])
{
    oc_i128 *balances = walk->paper->balances[walk->account % PAPER_ACCOUNTS_MAX];
    const struct oc_instrument *info = &walk->market->info;
    const uint32_t assets[3] = {info->base, info->quote, info->settle};
    for (int i = 0; i < 3; i++)
        ret_places[i] = &balances[assets[i]];
}

static int64_t *position_of(const struct walk *walk)
{
    return &walk->paper->positions[OC_INST_INDEX(walk->inst)][walk->account % PAPER_ACCOUNTS_MAX];
}

static bool keep(struct walk *walk, struct before *before)
{
    struct paper *paper = walk->paper;
    oc_i128 *places[3];
    while (walk->orders_room < walk->step_count) {
        struct paper_order *orders =
            paper_grown(walk->orders, &walk->orders_room, PAPER_ORDERS_MAX, sizeof *walk->orders);
        if (!orders)
            return false;
        walk->orders = orders;
    }
    while (walk->groups_room < paper->group_count) {
        struct paper_group *groups =
            paper_grown(walk->groups, &walk->groups_room, PAPER_GROUPS_MAX, sizeof *walk->groups);
        if (!groups)
            return false;
        walk->groups = groups;
    }
    for (uint32_t i = 0; i < walk->step_count; i++)
        walk->orders[i] = paper->orders[walk->steps[i].order];
    if (paper->group_count)
        memcpy(walk->groups, paper->groups, paper->group_count * sizeof *walk->groups);
    money_of(walk, places);
    *before = (struct before){.order_count = paper->order_count,
                              .group_count = paper->group_count,
                              .awaited_count = paper->awaited_count,
                              .step_count = walk->step_count,
                              .position = *position_of(walk),
                              .volume_left = walk->market->volume_left,
                              .money = {*places[0], *places[1], *places[2]}};
    return true;
}

static void take_back(struct walk *walk, const struct before *before)
{
    struct paper *paper = walk->paper;
    oc_i128 *places[3];
    for (uint32_t i = 0; i < before->step_count; i++)
        paper->orders[walk->steps[i].order] = walk->orders[i];
    if (before->group_count)
        memcpy(paper->groups, walk->groups, before->group_count * sizeof *walk->groups);
    paper->order_count = before->order_count;
    paper->group_count = before->group_count;
    paper->awaited_count = before->awaited_count;
    *position_of(walk) = before->position;
    walk->market->volume_left = before->volume_left;
    money_of(walk, places);
    for (int i = 0; i < 3; i++)
        *places[i] = before->money[i];
}

static void high_first(struct walk *walk, uint32_t account, bool is_first)
{
    const uint64_t bit = 1ull << (account % 64);
    walk->high_first[account / 64] &= ~bit;
    walk->high_first[account / 64] |= is_first ? bit : 0;
}

/* One way through the bar, and everything as before. */
static struct trades *tries(struct walk *walk, uint32_t account, bool is_high_first, bool is_natural)
{
    struct trades *trades = &walk->tried[(is_natural ? 2 : 0) + is_high_first];
    struct before before;
    trades->count = 0;
    trades->twice = 0;
    trades->was_forced = false;
    high_first(walk, account, is_high_first);
    if (!gather(walk, account) || !keep(walk, &before)) {
        walk->failed = true;
        return trades;
    }
    walk->is_natural = is_natural;
    walk->trades = trades;
    walk_run(walk);
    walk->trades = NULL;
    walk->is_natural = false;
    take_back(walk, &before);
    return trades;
}

static bool is_same(const struct trade *a, const struct trade *b)
{
    return a->order == b->order && a->role == b->role && a->price == b->price && a->qty == b->qty &&
           a->is_maker == b->is_maker;
}

/* The same fills, whatever their order and times. */
static bool are_same(const struct trades *a, const struct trades *b)
{
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++) {
        int64_t more = 0; /* how often the trade is in `a` beyond in `b` */
        for (uint32_t at = 0; at < a->count; at++)
            more += is_same(&a->list[i], &a->list[at]) - is_same(&a->list[i], &b->list[at]);
        if (more)
            return false;
    }
    return true;
}

static void choose(struct walk *walk, uint32_t account)
{
    const struct paper *paper = walk->paper;
    const struct trades *low = tries(walk, account, false, false), *high = tries(walk, account, true, false);
    const oc_i128 more = high->twice - low->twice;
    bool is_high = more < 0;
    if (walk->failed)
        return;
    if (paper->profile == PROFILE_OPTIMISTIC)
        is_high = more > 0;
    if (more == 0)
        is_high = paper_position(paper, account, walk->inst) < 0;
    const struct trades *booked = is_high ? high : low, *natural[2] = {low, high};
    for (int i = 0; i < 2; i++)
        if (natural[i]->was_forced)
            natural[i] = tries(walk, account, i == 1, true);
    if (!are_same(natural[0], booked) || !are_same(natural[1], booked))
        walk->ambiguous[account / 64] |= 1ull << (account % 64);
    high_first(walk, account, is_high);
}

static void forget_messages(struct paper *paper, uint32_t inst)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < paper->inside_count; i++)
        if (OC_INST_INDEX(paper->inside[i].head.inst) != OC_INST_INDEX(inst))
            paper->inside[kept++] = paper->inside[i];
    paper->inside_count = kept;
}

static void stops_running(struct paper *paper, uint32_t index)
{
    for (uint32_t i = 0; i < paper->running_count; i++)
        if (paper->running[i] == index) {
            memmove(&paper->running[i], &paper->running[i + 1],
                    (--paper->running_count - i) * sizeof paper->running[0]);
            return;
        }
}

static oc_rc judge(struct paper *paper, struct walk *walk)
{
    uint64_t accounts[(PAPER_ACCOUNTS_MAX + 63) / 64] = {0};
    if (!gather(walk, 0))
        return OC_E_NOMEM;
    for (uint32_t i = 0; i < walk->step_count; i++) {
        const uint32_t account = paper->orders[walk->steps[i].order].ask.account % PAPER_ACCOUNTS_MAX;
        accounts[account / 64] |= 1ull << (account % 64);
    }
    for (uint32_t account = 0; account < PAPER_ACCOUNTS_MAX; account++)
        if (bit_of(accounts, account))
            choose(walk, account);
    if (walk->failed || !gather(walk, 0))
        return OC_E_NOMEM;
    walk_run(walk);
    return walk->failed ? OC_E_NOMEM : OC_OK;
}

oc_rc paper_judge(struct paper *paper, struct paper_market *market)
{
    const uint32_t index = (uint32_t)(market - paper->markets);
    struct walk *walk = scratch_of(paper);
    oc_rc rc = OC_E_NOMEM;
    if (walk) {
        walk->paper = paper;
        walk->market = market;
        walk->inst = market->info.inst;
        walk->failed = false;
        memset(walk->high_first, 0, sizeof walk->high_first);
        memset(walk->ambiguous, 0, sizeof walk->ambiguous);
        paper->walk = walk;
        rc = judge(paper, walk);
        paper->walk = NULL;
    }
    market->is_judged = true;
    market->will_judge = false;
    forget_messages(paper, market->info.inst);
    stops_running(paper, index);
    return rc;
}

/* judge.c: which of the two paths a bar has for each account. Everything that was there walks both; what that would have come to
 * decides, and is taken back; then the bar is walked for good. */
#include <stdlib.h>
#include <string.h>

#include "walk.h"

oc_i128 paper_trade_worth(const struct paper_market *market, const struct paper_piece *piece,
                          const struct oc_ev_fill *fill)
{
    const int64_t bid = market->has_sell_line ? piece->sell_line[3] : piece->buy_line[3];
    const int64_t ask = market->has_buy_line ? piece->buy_line[3] : piece->sell_line[3];
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
    free(walk->high_first);
    free(walk->is_ambiguous);
    for (int i = 0; i < 4; i++)
        free(walk->tried[i].list);
    free(walk);
    paper->scratch = NULL;
}

static bool is_asked_about(const struct paper *paper, const struct paper_order *order)
{
    const struct paper_waiting *waiting = &paper->waiting[OC_INST_INDEX(order->ask.head.inst)];
    for (uint32_t i = 0; i < waiting->count; i++)
        if (waiting->list[i].order == order->ask.order)
            return true;
    return false;
}

/* The orders of one account, or of all, that the bar can be for. False: no memory. */
static bool gather(struct walk *walk, uint32_t account)
{
    struct paper *paper = walk->paper;
    uint32_t i = paper_first(paper, walk->inst);
    walk->step_count = 0;
    walk->account = account;
    for (; i != PAPER_NONE; i = paper->links[i].behind[PAPER_BY_MARKET]) {
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
    while (walk->groups_room < walk->step_count) {
        struct paper_group *groups =
            paper_grown(walk->groups, &walk->groups_room, PAPER_ORDERS_MAX, sizeof *walk->groups);
        if (!groups)
            return false;
        walk->groups = groups;
    }
    for (uint32_t i = 0; i < walk->step_count; i++) {
        walk->orders[i] = paper->orders[walk->steps[i].order];
        const struct paper_group *group = paper_group(paper, walk->orders[i].ask.group);
        walk->groups[i].id = 0;
        if (group)
            walk->groups[i] = *group;
    }
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
    paper_leave_from(paper, before->order_count);
    paper_groups_leave_from(paper, before->group_count);
    paper->awaited_count = before->awaited_count;
    for (uint32_t i = 0; i < before->step_count; i++) {
        struct paper_order *order = &paper->orders[walk->steps[i].order];
        struct paper_group *group = paper_group(paper, walk->groups[i].id);
        *order = walk->orders[i];
        if (group)
            *group = walk->groups[i];
        paper_needs(paper, order);
    }
    *position_of(walk) = before->position;
    walk->market->volume_left = before->volume_left;
    money_of(walk, places);
    for (int i = 0; i < 3; i++)
        *places[i] = before->money[i];
}

static void set_bit(const struct walk *walk, uint64_t *bits, uint32_t account, uint32_t piece, bool is_set)
{
    const uint64_t bit = 1ull << (piece % 64);
    if (!walk->word_count)
        return;
    uint64_t *word = &bits[account * walk->word_count + piece / 64];
    *word = is_set ? *word | bit : *word & ~bit;
}

/* One way through the bar to the end of a piece, and everything as before. */
static struct trades *tries(struct walk *walk, uint32_t account, uint32_t piece, bool is_high_first, bool is_natural)
{
    struct trades *trades = &walk->tried[(is_natural ? 2 : 0) + is_high_first];
    struct before before;
    trades->count = 0;
    trades->twice = 0;
    trades->was_forced = false;
    set_bit(walk, walk->high_first, account, piece, is_high_first);
    if (!gather(walk, account) || !keep(walk, &before)) {
        walk->failed = true;
        return trades;
    }
    walk->is_natural = is_natural;
    walk->trades = trades;
    walk->tried_piece = piece;
    walk->until_ns = piece + 1 < walk->piece_count ? walk->pieces[piece].close_ns : INT64_MAX;
    walk_run(walk);
    walk->until_ns = INT64_MAX;
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

/* Long or flat where a piece opens: of the first, what the bar's own open filled is booked already. */
static bool is_short_at(const struct walk *walk, uint32_t account, uint32_t piece, const struct trades *trades)
{
    int64_t position = paper_position(walk->paper, account, walk->inst);
    for (uint32_t i = 0; piece && i < trades->count; i++)
        if (trades->list[i].at_ns <= walk->pieces[piece].open_ns)
            position += trades->list[i].is_buy ? trades->list[i].qty : -trades->list[i].qty;
    return position < 0;
}

static void choose(struct walk *walk, uint32_t account, uint32_t piece)
{
    const struct paper *paper = walk->paper;
    const struct trades *low = tries(walk, account, piece, false, false),
                        *high = tries(walk, account, piece, true, false);
    const oc_i128 more = high->twice - low->twice;
    bool is_high = more < 0;
    if (walk->failed)
        return;
    if (paper->profile == PROFILE_OPTIMISTIC)
        is_high = more > 0;
    if (more == 0)
        is_high = is_short_at(walk, account, piece, low);
    const struct trades *booked = is_high ? high : low, *natural[2] = {low, high};
    for (int i = 0; i < 2; i++)
        if (natural[i]->was_forced)
            natural[i] = tries(walk, account, piece, i == 1, true);
    if (!are_same(natural[0], booked) || !are_same(natural[1], booked))
        set_bit(walk, walk->is_ambiguous, account, piece, true);
    set_bit(walk, walk->high_first, account, piece, is_high);
}

/* When something happens to the account behind after_ns, on the paths chosen so far; INT64_MAX: nothing does. */
static int64_t happens_behind(struct walk *walk, uint32_t account, int64_t after_ns)
{
    struct trades *trades = &walk->tried[0];
    struct before before;
    if (!gather(walk, account) || !keep(walk, &before)) {
        walk->failed = true;
        return INT64_MAX;
    }
    trades->count = 0;
    walk->trades = trades;
    const int64_t at_ns = walk_run_behind(walk, after_ns);
    walk->trades = NULL;
    take_back(walk, &before);
    return at_ns;
}

/* Piece by piece, where something happens in one: what is chosen for a piece does not know of those behind it. */
static void choose_all(struct walk *walk, uint32_t account)
{
    int64_t done_ns = INT64_MIN;
    if (walk->piece_count == 1) {
        choose(walk, account, 0);
        return;
    }
    while (walk->word_count && !walk->failed) {
        const int64_t at_ns = happens_behind(walk, account, done_ns);
        if (at_ns == INT64_MAX)
            return;
        const uint32_t piece = path_piece(walk, at_ns > walk->market->open_ns ? at_ns - 1 : at_ns);
        done_ns = at_ns;
        if (piece == walk->piece_count || at_ns > walk->pieces[piece].close_ns)
            continue; /* between two pieces there is nothing to choose */
        choose(walk, account, piece);
        done_ns = walk->pieces[piece].close_ns;
    }
}

static void forget_messages(struct paper *paper, uint32_t inst)
{
    struct paper_waiting *waiting = &paper->waiting[OC_INST_INDEX(inst)];
    paper->waiting_count -= waiting->count;
    waiting->count = 0;
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
    bool trades[PAPER_ACCOUNTS_MAX] = {false};
    if (!gather(walk, 0))
        return OC_E_NOMEM;
    for (uint32_t i = 0; i < walk->step_count; i++)
        trades[paper->orders[walk->steps[i].order].ask.account % PAPER_ACCOUNTS_MAX] = true;
    for (uint32_t account = 0; account < PAPER_ACCOUNTS_MAX; account++)
        if (trades[account])
            choose_all(walk, account);
    if (walk->failed || !gather(walk, 0))
        return OC_E_NOMEM;
    walk_run(walk);
    return walk->failed ? OC_E_NOMEM : OC_OK;
}

/* The pieces of the bar, and room to say of each which extreme is first. False: no memory. */
static bool take_pieces(struct walk *walk, uint32_t index)
{
    const struct paper_market *market = walk->market;
    const struct paper_inside *inside = walk->paper->insides ? &walk->paper->insides[index] : NULL;
    walk->whole = (struct paper_piece){.open_ns = market->open_ns, .close_ns = market->close_ns};
    memcpy(walk->whole.buy_line, market->buy_line, sizeof market->buy_line);
    memcpy(walk->whole.sell_line, market->sell_line, sizeof market->sell_line);
    walk->pieces = &walk->whole;
    walk->piece_count = walk->word_count = 1;
    if (inside && inside->count && inside->list[0].open_ns >= market->open_ns &&
        inside->list[inside->count - 1].close_ns <= market->close_ns) {
        walk->pieces = inside->list;
        walk->piece_count = inside->count;
        walk->word_count = inside->has_bars ? (inside->count + 63) / 64 : 0;
    }
    const uint32_t words = walk->word_count * PAPER_ACCOUNTS_MAX;
    if (!words) /* trades and quotes */
        return true;
    if (words > walk->words_room) {
        free(walk->high_first);
        free(walk->is_ambiguous);
        walk->high_first = malloc(words * sizeof *walk->high_first);
        walk->is_ambiguous = malloc(words * sizeof *walk->is_ambiguous);
        walk->words_room = walk->high_first && walk->is_ambiguous ? words : 0;
    }
    if (words > walk->words_room || !walk->high_first || !walk->is_ambiguous)
        return false;
    memset(walk->high_first, 0, words * sizeof *walk->high_first);
    memset(walk->is_ambiguous, 0, words * sizeof *walk->is_ambiguous);
    return true;
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
        walk->until_ns = INT64_MAX;
        if (take_pieces(walk, index)) {
            paper->walk = walk;
            rc = judge(paper, walk);
            paper->walk = NULL;
        }
    }
    market->is_judged = true;
    market->will_judge = false;
    forget_messages(paper, market->info.inst);
    stops_running(paper, index);
    return rc;
}

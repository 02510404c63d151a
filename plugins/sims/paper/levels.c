/* levels.c: the order book that takers walk, and what we have taken of its levels: displayed less consumed, best first. What we took comes
 * back with time, half of it in each half-life; it is never more than what is displayed, and other changes of a level do not bring it back
 * (formula sheet 7.3). */
#include <string.h>

#include "paper.h"

#define ONE (1ll << 62)

/* 2^-(1/2), 2^-(1/4), 2^-(1/8) ... in parts of ONE. */
static const int64_t halves[] = {
    3260954456333195553, 3877950241171266237, 4228934724888366667, 4416165660797809419, 4512867096753504462,
    4562008997483360349, 4586780255215411730, 4599216278082138665, 4605446927862164404, 4608565417332308034,
    4610125453837388245, 4610905670110601999, 4611295827762151833, 4611490918967884500, 4611588467665893036,
    4611637242788701950, 4611661630543559956, 4611673824469352644, 4611679921444339947, 4611682969934856343,
    4611684494180870228, 4611685256304066092, 4611685637365711254, 4611685827896545643, 4611685923161965789,
    4611685970794676600, 4611685994611032190, 4611686006519210032, 4611686012473298964, 4611686015450343433,
    4611686016938865668, 4611686017683126786,
};

/* value x 2^-(span/half), rounded down. */
static oc_i128 decayed(oc_i128 value, int64_t span_ns, int64_t half_ns)
{
    if (half_ns <= 0 || span_ns / half_ns >= 126)
        return 0;
    if (span_ns <= 0)
        return value;
    value >>= span_ns / half_ns;
    int64_t rest_ns = span_ns % half_ns;
    for (size_t i = 0; i < sizeof halves / sizeof halves[0] && rest_ns && value; i++) {
        const bool is_in = rest_ns >= half_ns - rest_ns; /* twice the rest may not fit */
        rest_ns = is_in ? rest_ns - (half_ns - rest_ns) : rest_ns * 2;
        if (is_in) /* in two parts, for a product of 188 bits */
            value = (value >> 31) * (halves[i] >> 31) + (((value >> 31) * (halves[i] & 0x7fffffff)) >> 31) +
                    (((value & 0x7fffffff) * (halves[i] >> 31)) >> 31);
    }
    return value;
}

bool paper_has_levels(const struct paper *paper, const struct paper_market *market)
{
    int64_t price, qty;
    return paper->profile != PROFILE_IDEAL && OC_HAS(paper->sim_host, level) && paper->sim_host->level &&
           paper->sim_host->level(paper->host, market->info.inst, OC_SIDE_BUY, 0, &price, &qty) != OC_E_AGAIN;
}

/* The i-th level of a side from the best on, as the book has it. False: there are no more. */
static bool level_at(const struct paper *paper, const struct paper_market *market, uint8_t side, uint32_t i,
                     struct oc_level *ret_level)
{
    return paper->sim_host->level(paper->host, market->info.inst, side, i, &ret_level->price, &ret_level->qty) == OC_OK;
}

/* Where a quote has come behind the book's last change, levels that are better than it are gone. */
static bool is_gone(const struct paper_market *market, uint8_t side, int64_t price)
{
    const int64_t best = side == OC_SIDE_BUY ? market->bid : market->ask;
    if (!market->is_quote_newer || best == INT64_MIN)
        return false;
    return side == OC_SIDE_BUY ? price > best : price < best;
}

bool paper_displayed(const struct paper *paper, const struct paper_market *market, uint8_t side, int64_t price,
                     int64_t *ret_qty)
{
    const int64_t best = side == OC_SIDE_BUY ? market->bid : market->ask,
                  left = side == OC_SIDE_BUY ? market->bid_left : market->ask_left;
    struct oc_level level;
    if (market->is_quote_newer && best == price && left >= 0) {
        *ret_qty = left;
        return true;
    }
    for (uint32_t i = 0; level_at(paper, market, side, i, &level); i++) {
        if (side == OC_SIDE_BUY ? level.price > price : level.price < price)
            continue;
        *ret_qty = level.price == price && !is_gone(market, side, price) ? level.qty : 0;
        return true;
    }
    return false; /* deeper than what is known */
}

/* What we have taken of a level; NULL: nothing that is remembered. */
static struct paper_used *used_of(struct paper *paper, uint32_t inst, uint8_t side, int64_t price)
{
    for (uint32_t i = 0; i < paper->used_count; i++) {
        struct paper_used *used = &paper->used[i];
        if (used->inst == OC_INST_INDEX(inst) && used->side == side && used->price == price)
            return used;
    }
    return NULL;
}

static void forget_old(struct paper *paper, int64_t now_ns)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < paper->used_count; i++) {
        struct paper_used *used = &paper->used[i];
        used->taken = decayed(used->taken, now_ns - used->at_ns, paper->replenish_ns);
        used->at_ns = now_ns;
        if (used->taken > 0)
            paper->used[kept++] = *used;
    }
    paper->used_count = kept;
}

/* Units of a level that can be had now. */
static int64_t available(struct paper *paper, uint8_t side, const struct oc_level *level, uint32_t inst, int64_t now_ns)
{
    struct paper_used *used = used_of(paper, inst, side, level->price);
    if (!used)
        return level->qty;
    used->taken = decayed(used->taken, now_ns - used->at_ns, paper->replenish_ns);
    used->at_ns = now_ns;
    const oc_i128 displayed = (oc_i128)level->qty * PAPER_PART;
    if (used->taken > displayed)
        used->taken = displayed;
    return (int64_t)((displayed - used->taken) / PAPER_PART);
}

static void take_of(struct paper *paper, uint8_t side, int64_t price, uint32_t inst, int64_t qty, int64_t now_ns)
{
    struct paper_used *used = used_of(paper, inst, side, price);
    if (!used && paper->used_count == PAPER_USED_MAX)
        forget_old(paper, now_ns);
    if (!used && paper->used_count == PAPER_USED_MAX) /* the oldest one is forgotten */
        memmove(paper->used, paper->used + 1, --paper->used_count * sizeof *paper->used);
    if (!used) {
        used = &paper->used[paper->used_count++];
        *used = (struct paper_used){.price = price, .at_ns = now_ns, .inst = OC_INST_INDEX(inst), .side = side};
    }
    used->taken += (oc_i128)qty * PAPER_PART;
}

/* Walks a side from the best level on: takes of each, or counts only what all of it holds up to `wanted`. */
struct ladder_walk {
    struct paper_deal deal;
    uint8_t side; /* that it takes from */
    bool counts;
    bool is_over;
    int64_t wanted, counted;
};

/* False: the walk ends here. */
static bool at_level(struct paper *paper, struct paper_order *order, struct ladder_walk *walk,
                     const struct oc_level *level)
{
    struct paper_market *market = paper_market(paper, order->ask.head.inst);
    if (is_limit(order) && !is_stop(order) && !reaches(order->ask.side, level->price, order->ask.price))
        return false;
    const int64_t there = available(paper, walk->side, level, order->ask.head.inst, walk->deal.now_ns);
    walk->counted += there;
    if (walk->counts || there <= 0)
        return walk->counted < walk->wanted || !walk->counts;
    const int64_t bid_left = market->bid_left, ask_left = market->ask_left;
    struct paper_deal deal = walk->deal;
    if (!deal.is_maker)
        deal.price = level->price;
    deal.from = level->price;
    market->bid_left = market->ask_left = there;
    paper_take(paper, order, &deal);
    const int64_t left = is_buy(order) ? market->ask_left : market->bid_left;
    market->bid_left = bid_left;
    market->ask_left = ask_left;
    if (left < there)
        take_of(paper, walk->side, level->price, order->ask.head.inst, there - left, deal.now_ns);
    return left == 0 && order->phase == PHASE_WORKING;
}

static void walk_levels(struct paper *paper, struct paper_order *order, struct ladder_walk *walk)
{
    const struct paper_market *market = paper_market(paper, order->ask.head.inst);
    const int64_t best = walk->side == OC_SIDE_BUY ? market->bid : market->ask;
    struct oc_level level = {best, walk->side == OC_SIDE_BUY ? market->bid_left : market->ask_left};
    const bool has_quote = market->is_quote_newer && best != INT64_MIN && level.qty >= 0;
    bool goes_on = !has_quote || at_level(paper, order, walk, &level);
    for (uint32_t i = 0; goes_on && level_at(paper, market, walk->side, i, &level); i++)
        if (!is_gone(market, walk->side, level.price) && (!has_quote || level.price != best))
            goes_on = at_level(paper, order, walk, &level);
}

void paper_walk_levels(struct paper *paper, struct paper_order *order, const struct paper_deal *deal)
{
    struct paper_market *market = paper_market(paper, order->ask.head.inst);
    struct ladder_walk walk = {.deal = *deal, .side = is_buy(order) ? OC_SIDE_SELL : OC_SIDE_BUY};
    if (order->ask.tif == OC_TIF_FOK) {
        walk.counts = true;
        walk.wanted = order->ask.bits & OC_RQ_HAS_QUOTE_QTY
                          ? paper_quote_units(paper, order, deal->price, deal->is_maker)
                          : paper_remaining(paper, order);
        walk_levels(paper, order, &walk);
        if (walk.counted < walk.wanted) {
            paper_end_immediate(paper, order, deal->now_ns);
            return;
        }
        walk.counts = false;
    }
    const bool quoted = market->has_quote;
    market->has_quote = true;
    paper->is_walking = true;
    walk_levels(paper, order, &walk);
    paper->is_walking = false;
    market->has_quote = quoted;
}

/* match.c: when and at what price an order trades on quotes and prints; bars: bar.c. */
#include <string.h>

#include "paper.h"

static bool stop_is_hit(const struct paper_order *order, int64_t price)
{
    return is_buy(order) ? price >= order->ask.stop_price : price <= order->ask.stop_price;
}

/* A point of the market: what an order pays, what it is judged by, and by how many ticks a resting limit must be passed. */
struct point {
    int64_t now_ns;
    int64_t price;
    int64_t raw;
    int64_t through;
    bool has_levels; /* a quote, and behind it the levels of an order book */
};

static bool fills_resting(const struct paper_order *order, const struct point *point)
{
    const int64_t level = is_buy(order) ? order->ask.price - point->through : order->ask.price + point->through;
    return reaches(order->ask.side, point->raw, level);
}

static void take(struct paper *paper, struct paper_order *order, const struct point *point, bool is_maker)
{
    const struct paper_deal deal = {.now_ns = point->now_ns,
                                    .price = is_maker ? order->ask.price : point->price,
                                    .from = point->raw,
                                    .is_maker = is_maker};
    if (point->has_levels)
        paper_walk_levels(paper, order, &deal);
    else
        paper_take(paper, order, &deal);
}

/* Something of the order happens at that price. */
static bool acts(const struct paper_order *order, const struct point *point)
{
    if (is_stop(order))
        return stop_is_hit(order, point->raw);
    if (!is_limit(order))
        return true;
    return order->has_rested ? fills_resting(order, point) : reaches(order->ask.side, point->price, order->ask.price);
}

/* First point of a limit: taker; later: maker at its price. */
static void at_point(struct paper *paper, struct paper_order *order, const struct point *point)
{
    if (is_stop(order)) {
        if (!stop_is_hit(order, point->raw))
            return;
        paper_trigger(paper, order, point->now_ns);
    }
    if (!is_limit(order)) {
        take(paper, order, point, false);
    } else if (order->has_rested) {
        if (fills_resting(order, point))
            take(paper, order, point, true);
    } else if (reaches(order->ask.side, point->price, order->ask.price)) {
        take(paper, order, point, false);
    }
    if (order->phase != PHASE_WORKING)
        return;
    order->has_rested = true;
    paper_end_immediate(paper, order, point->now_ns);
}

void paper_activate(struct paper *paper, struct paper_order *order, int64_t now_ns)
{
    struct paper_market *market = paper_market(paper, order->ask.head.inst);
    const bool is_post_only = order->ask.bits & OC_RQ_POST_ONLY;
    int64_t price = 0;
    const bool known = paper_price_quoted(market, order->ask.side, &price);
    if (is_post_only && !known && market->has_bars)
        return; /* the next open says whether it would cross */
    const bool knows_any = known || market->has_last;
    if (!paper_accept(paper, order, now_ns,
                      knows_any && reaches(order->ask.side, known ? price : market->last, order->ask.price)))
        return;
    order->has_rested |= is_post_only;
    if (known && paper->profile != PROFILE_IDEAL) /* ideal: the next event, not the present one */
        at_point(paper, order,
                 &(struct point){now_ns, price, price, 0, !market->in_bar && paper_has_levels(paper, market)});
    paper_line_up(paper, order);
}

static void know_quotes(struct paper_market *market, bool has_bid, int64_t bid, bool has_ask, int64_t ask)
{
    if (has_bid)
        market->bid_known = bid;
    if (has_ask)
        market->ask_known = ask;
    market->has_bid_known |= has_bid;
    market->has_ask_known |= has_ask;
}

/* What an order meets: a quote's other side, touched, as there is someone at that price; or a trade. False: nothing, for it. */
static bool point_of(const struct paper *paper, const struct paper_market *market, const struct paper_order *order,
                     int64_t now_ns, const struct oc_ev_trade *trade, struct point *ret_point)
{
    if (!trade) {
        const int64_t price = is_buy(order) ? market->ask : market->bid;
        *ret_point = (struct point){now_ns, price, price, 0, paper_has_levels(paper, market)};
        return price != INT64_MIN;
    }
    *ret_point = (struct point){now_ns, paper_with_spread(paper, order->ask.side, trade->price), trade->price,
                                paper->through, false};
    /* beside quotes, what takes is priced by those */
    return !market->has_quote || (order->has_rested && (is_limit(order) || is_stop(order)));
}

static void meets(struct paper *paper, struct paper_market *market, struct paper_order *order,
                  const struct point *point, const struct oc_ev_trade *trade, int64_t *left)
{
    const bool quoted = market->has_quote;
    const int64_t bid_left = market->bid_left, ask_left = market->ask_left;
    if (!trade) {
        at_point(paper, order, point);
        return;
    }
    market->has_quote = true; /* what was traded is all that could be had */
    market->bid_left = market->ask_left = *left;
    at_point(paper, order, point);
    *left = is_buy(order) ? market->ask_left : market->bid_left;
    market->has_quote = quoted;
    market->bid_left = bid_left;
    market->ask_left = ask_left;
}

/* Who acts at a quote, or at a trade, in their order; the others have seen it. */
static oc_rc all_meet(struct paper *paper, uint32_t inst, int64_t now_ns, const struct oc_ev_trade *trade)
{
    struct paper_market *market = paper_market(paper, inst);
    int64_t left =
        trade && paper->profile != PROFILE_IDEAL && (trade->present & OC_HAS_QTY) && trade->qty > 0 ? trade->qty : -1;
    struct point point;
    uint32_t count = 0, i = paper_first(paper, inst);
    for (; i != PAPER_NONE; i = paper->links[i].behind[PAPER_BY_MARKET]) {
        struct paper_order *order = &paper->orders[i];
        if (!is_of(order, inst) || !point_of(paper, market, order, now_ns, trade, &point))
            continue;
        if (!acts(order, &point))
            at_point(paper, order, &point);
        else if (!paper_queue(paper, i, point.raw, count++))
            return OC_E_NOMEM;
    }
    while (count > 0) {
        struct paper_order *order = paper_queue_first(paper, --count);
        if (order->phase == PHASE_WORKING && point_of(paper, market, order, now_ns, trade, &point))
            meets(paper, market, order, &point, trade, &left);
    }
    if (trade && left > 0) /* what those at better prices have left of it */
        paper_line_trade(paper, inst, now_ns, trade->price, left);
    return OC_OK;
}

/* A new order book: its best levels are a quote, where none is newer. */
static __attribute__((noinline)) oc_rc on_book(struct paper *paper, struct paper_market *market, int64_t now_ns)
{
    const uint32_t inst = market->info.inst;
    int64_t *const price[] = {&market->bid, &market->ask}, *const left[] = {&market->bid_left, &market->ask_left};
    if (!paper_has_levels(paper, market))
        return OC_OK;
    for (uint32_t i = 0; i < 2; i++)
        if (paper->sim_host->level(paper->host, inst, i ? OC_SIDE_SELL : OC_SIDE_BUY, 0, price[i], left[i]) < 0)
            *price[i] = INT64_MIN;
    market->has_quote = true;
    market->is_quote_newer = false;
    know_quotes(market, market->bid != INT64_MIN, market->bid, market->ask != INT64_MIN, market->ask);
    if (bar_runs(market))
        return OC_OK;
    paper_line_levels(paper, inst, now_ns);
    return all_meet(paper, inst, now_ns, NULL);
}

/* What was quoted while a feed, or a stream of it, was lost nobody knows: who takes waits for the next quote. Markets of other feeds go on. */
static void on_state(struct paper *paper, const struct oc_ev_venue *venue)
{
    if (venue->part != OC_PART_LINK ||
        (venue->state > OC_VENUE_SYNCING && venue->state != OC_VENUE_DEGRADED && venue->state != OC_VENUE_DENIED))
        return;
    for (uint32_t i = 0; i < paper->market_max; i++) {
        struct paper_market *market = &paper->markets[i];
        if (market->info.size && market->source == venue->head.source)
            market->bid = market->ask = INT64_MIN;
    }
}

static __attribute__((noinline)) oc_rc on_quote(struct paper *paper, struct paper_market *market, int64_t now_ns,
                                                const struct oc_ev_quote *quote)
{
    bool has_bid = quote->present & OC_HAS_BID, has_ask = quote->present & OC_HAS_ASK;
    market->bid = has_bid ? quote->bid : INT64_MIN;
    market->ask = has_ask ? quote->ask : INT64_MIN;
    const bool sized = paper->profile != PROFILE_IDEAL;
    market->bid_left = sized && (quote->present & OC_HAS_BID_QTY) && quote->bid_qty > 0 ? quote->bid_qty : -1;
    market->ask_left = sized && (quote->present & OC_HAS_ASK_QTY) && quote->ask_qty > 0 ? quote->ask_qty : -1;
    market->has_quote = market->is_quote_newer = true;
    know_quotes(market, has_bid, quote->bid, has_ask, quote->ask);
    return bar_runs(market) ? (oc_rc)OC_OK
                            : all_meet(paper, quote->head.inst, now_ns, NULL); /* else its path decides */
}

static __attribute__((noinline)) oc_rc on_trade(struct paper *paper, struct paper_market *market, int64_t now_ns,
                                                const struct oc_ev_trade *trade)
{
    market->last = trade->price;
    market->has_last = true;
    return bar_runs(market) ? (oc_rc)OC_OK : all_meet(paper, trade->head.inst, now_ns, trade);
}

oc_rc paper_on_market(struct paper *paper, int64_t now_ns, const struct oc_event *event)
{
    struct paper_market *market = paper_market(paper, event->inst);
    if (event->type == OC_EV_VENUE)
        on_state(paper, (const struct oc_ev_venue *)(const void *)event);
    if (!market || !market->info.size)
        return OC_OK;
    oc_rc rc = OC_OK;
    market->source = event->source;
    if (event->type == OC_EV_BAR || event->type == OC_EV_QBAR)
        rc = paper_on_bar(paper, market, now_ns, event);
    else if (event->type == OC_EV_QUOTE)
        rc = on_quote(paper, market, now_ns, (const struct oc_ev_quote *)(const void *)event);
    else if (event->type == OC_EV_TRADE)
        rc = on_trade(paper, market, now_ns, (const struct oc_ev_trade *)(const void *)event);
    else if (event->type == OC_EV_BOOK && (event->flags & OC_EVF_LAST))
        rc = on_book(paper, market, now_ns);
    else if (event->type == OC_EV_SESSION)
        market->is_after_break |= ((const struct oc_ev_session *)(const void *)event)->status == OC_SESSION_CLOSED;
    if (paper->done_count)
        paper_sweep(paper);
    return rc;
}

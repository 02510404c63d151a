/* line.c: where a resting limit stands among what is displayed at its price, where the order book is known (formula sheet 7.2). In front of
 * it is what was displayed when it came, and earlier orders of ours there. Trades at its price take from the front. What leaves without a
 * trade left before it or behind it: with the key `queue` = power, behind it with the probability back^2 / (back^2 + front^2). */
#include "paper.h"

static bool stands(const struct paper *paper, const struct paper_order *order)
{
    return paper->profile != PROFILE_IDEAL && paper->through > 0 && order->phase == PHASE_WORKING && is_limit(order) &&
           !is_stop(order) && order->has_rested;
}

/* Earlier orders of ours at its price. */
static int64_t ours_before(struct paper *paper, const struct paper_order *order)
{
    int64_t sum = 0;
    for (uint32_t i = paper_first(paper, order->ask.head.inst); i != PAPER_NONE && i != paper_slot(paper, order);
         i = paper->links[i].behind[PAPER_BY_MARKET]) {
        const struct paper_order *other = &paper->orders[i];
        if (stands(paper, other) && other->ask.side == order->ask.side && other->ask.price == order->ask.price)
            sum += other->ask.qty > other->filled ? other->ask.qty - other->filled : 0;
    }
    return sum;
}

void paper_line_up(struct paper *paper, struct paper_order *order)
{
    const struct paper_market *market = paper_market(paper, order->ask.head.inst);
    int64_t shown;
    if (order->has_place || !stands(paper, order) || !paper_has_levels(paper, market) ||
        !paper_displayed(paper, market, order->ask.side, order->ask.price, &shown))
        return;
    order->has_place = true;
    order->shown = shown;
    order->traded = 0;
    order->front = ((oc_i128)shown + ours_before(paper, order)) * PAPER_PART;
}

static uint32_t bits_of(oc_i128 value)
{
    uint32_t bits = 0;
    for (; value > 0; value >>= 1)
        bits++;
    return bits;
}

/* change x back^2 / (back^2 + front^2); 0/0 counts as 1. */
static oc_i128 behind_of(oc_i128 change, oc_i128 back, oc_i128 front)
{
    const oc_i128 larger = back > front ? back : front;
    const uint32_t room = (124 - bits_of(change)) / 2;
    const uint32_t shift = bits_of(larger) > room ? bits_of(larger) - room : 0;
    const oc_i128 b = back >> shift, f = front >> shift, sum = b * b + f * f;
    return sum ? change * (b * b) / sum : change;
}

/* The level has another size now: who left, those before it or those behind? */
static void level_changed(struct paper *paper, struct paper_order *order, int64_t shown)
{
    const oc_i128 now = (oc_i128)shown * PAPER_PART, before = (oc_i128)order->shown * PAPER_PART,
                  change = before - now - (oc_i128)order->traded * PAPER_PART;
    order->shown = shown;
    order->traded = 0;
    if (paper->queue == QUEUE_TRADES)
        return;
    if (paper->queue == QUEUE_POWER && change > 0) {
        const oc_i128 front = order->front > 0 ? order->front : 0, back = before > front ? before - front : 0;
        const oc_i128 behind = behind_of(change, back, front), spare = back - behind;
        order->front -= change - behind;
        order->front += spare < 0 ? spare : 0; /* more left behind it than there was */
    }
    order->front = order->front < now ? order->front : now;
}

/* What has come past it is its own. */
static void come_to_front(struct paper *paper, struct paper_order *order, int64_t now_ns)
{
    struct paper_market *market = paper_market(paper, order->ask.head.inst);
    if (order->front >= 0)
        return;
    const int64_t bid_left = market->bid_left, ask_left = market->ask_left;
    const bool quoted = market->has_quote;
    market->has_quote = true;
    market->bid_left = market->ask_left = (int64_t)(-order->front / PAPER_PART);
    order->front = 0;
    if (market->bid_left > 0)
        paper_take(paper, order,
                   &(struct paper_deal){
                       .now_ns = now_ns, .price = order->ask.price, .from = order->ask.price, .is_maker = true});
    market->has_quote = quoted;
    market->bid_left = bid_left;
    market->ask_left = ask_left;
}

void paper_line_levels(struct paper *paper, uint32_t inst, int64_t now_ns)
{
    const struct paper_market *market = paper_market(paper, inst);
    int64_t shown;
    if (!paper_has_levels(paper, market))
        return;
    for (uint32_t i = paper_first(paper, inst); i != PAPER_NONE; i = paper->links[i].behind[PAPER_BY_MARKET]) {
        struct paper_order *order = &paper->orders[i];
        if (!order->has_place) {
            paper_line_up(paper, order);
        } else if (stands(paper, order) && paper_displayed(paper, market, order->ask.side, order->ask.price, &shown) &&
                   shown != order->shown) {
            level_changed(paper, order, shown);
            come_to_front(paper, order, now_ns);
        }
    }
}

void paper_line_trade(struct paper *paper, uint32_t inst, int64_t now_ns, int64_t price, int64_t qty)
{
    for (uint32_t i = paper_first(paper, inst); i != PAPER_NONE; i = paper->links[i].behind[PAPER_BY_MARKET]) {
        struct paper_order *order = &paper->orders[i];
        if (!order->has_place || !stands(paper, order) || order->ask.price != price)
            continue;
        order->front -= (oc_i128)qty * PAPER_PART;
        order->traded += qty;
        come_to_front(paper, order, now_ns);
    }
}

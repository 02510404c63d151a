#include "report/tca.h"

#include <stdlib.h>
#include <string.h>

enum { ASKED = 1, WORKS, ENDED, WAITS }; /* WAITS: for as much volume as PWP needs */

struct shortfall {
    double delay, trading, opportunity, fees;
};

/* What an order came to beside its decision, as shares of qty * decided. */
static struct shortfall shortfall_of(const struct tca_order *order)
{
    const double side = order->side == OC_SIDE_BUY ? 1 : -1, whole = order->qty * order->decided;
    return (struct shortfall){side * order->filled * (order->arrived - order->decided) / whole,
                              side * (order->paid - order->filled * order->arrived) / whole,
                              side * (order->qty - order->filled) * (order->ended - order->decided) / whole,
                              order->fees / whole};
}

void tca_release(struct tca *tca)
{
    for (uint32_t i = 0; i < tca->market_count; i++)
        free(tca->markets[i].points);
    tca->market_count = tca->working_count = tca->restless = 0;
}

static struct tca_market *find_market(struct tca *tca, uint32_t inst_index)
{
    for (uint32_t i = 0; i < tca->market_count; i++)
        if (tca->markets[i].inst_index == inst_index)
            return &tca->markets[i];
    return NULL;
}

static struct tca_market *market_of(struct tca *tca, uint32_t inst_index)
{
    struct tca_market *market = find_market(tca, inst_index);
    if (market || tca->market_count == TCA_MARKETS_MAX)
        return market;
    struct tca_point *points = malloc(TCA_POINTS_MAX * sizeof *points);
    if (!points)
        return NULL;
    market = &tca->markets[tca->market_count++];
    *market = (struct tca_market){.points = points, .inst_index = inst_index};
    return market;
}

static struct tca_order *find(struct tca *tca, uint64_t order)
{
    for (uint32_t i = 0; i < tca->working_count; i++)
        if (tca->working[i].order == order)
            return &tca->working[i];
    return NULL;
}

static void take_away(struct tca *tca, struct tca_order *order)
{
    tca->markets[order->market].working--;
    *order = tca->working[--tca->working_count];
}

void tca_ask(struct tca *tca, const struct oc_request *request, const struct market *market, int64_t now_ns)
{
    const bool is_leg = request->role == OC_ROLE_STOP_LOSS || request->role == OC_ROLE_TAKE_PROFIT;
    if (!oc_request_makes_order(request->kind) || !market || !market->has_mark || market->mark2 <= 0 || is_leg ||
        (request->type != OC_ORDER_MARKET && request->type != OC_ORDER_LIMIT))
        return;
    struct tca_market *tape = market_of(tca, OC_INST_INDEX(request->head.inst));
    if (!tape || tca->working_count == TCA_WORKING_MAX) {
        tca->not_followed++;
        return;
    }
    const double mark = (double)market->mark2 / 2;
    if (tape->working++ == 0) {
        tape->sum = (struct tca_point){0, 0};
        tape->held = 0;
        tape->count = tape->filled = 0;
        tape->stride = 1;
        tape->price = mark;
        tape->seen_ns = now_ns;
    }
    tca->working[tca->working_count++] = (struct tca_order){.order = request->order,
                                                            .decided = mark,
                                                            .arrived = mark,
                                                            .market = (uint32_t)(tape - tca->markets),
                                                            .side = request->side,
                                                            .state = ASKED};
    tca->restless++;
}

void tca_sent(struct tca *tca, uint64_t id, const struct market *market)
{
    struct tca_order *order = tca->working_count ? find(tca, id) : NULL;
    if (order && market && market->has_mark && order->filled <= 0)
        order->arrived = (double)market->mark2 / 2;
}

void tca_drop(struct tca *tca, uint64_t id)
{
    struct tca_order *order = tca->working_count ? find(tca, id) : NULL;
    if (!order)
        return;
    tca->restless -= order->state != WORKS;
    take_away(tca, order);
}

void tca_fill(struct tca *tca, uint64_t id, int64_t qty, int64_t price, double fee)
{
    struct tca_order *order = tca->working_count ? find(tca, id) : NULL;
    if (!order || order->state >= ENDED)
        return;
    order->filled += (double)qty;
    order->paid += (double)qty * (double)price;
    order->fees += fee;
}

static double held_until(const struct tca_market *tape, int64_t now_ns)
{
    return tape->held + tape->price * (double)(now_ns - tape->seen_ns);
}

void tca_end(struct tca *tca, uint64_t id, int64_t qty, int64_t now_ns)
{
    struct tca_order *order = tca->working_count ? find(tca, id) : NULL;
    if (!order || order->state >= ENDED)
        return;
    const struct tca_market *tape = &tca->markets[order->market];
    order->qty = (double)qty;
    order->ended = tape->price;
    order->held_until = held_until(tape, now_ns);
    order->until = tape->sum;
    if (order->state == ASKED) { /* within one event: nothing was printed over it */
        order->from = order->until;
        order->from_ns = now_ns;
    } else {
        tca->restless++;
    }
    order->until_ns = now_ns;
    order->state = ENDED;
}

static void add(struct tca_mean *mean, double value)
{
    mean->sum += value;
    mean->count++;
}

/* What the market had traded, and for how much, when its volume was `volume`. */
static double value_at(const struct tca_market *tape, double volume)
{
    struct tca_point before = {0, 0};
    uint32_t low = 0, high = tape->count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (tape->points[middle].volume < volume)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == tape->count)
        return tape->sum.value;
    if (low)
        before = tape->points[low - 1];
    const struct tca_point *behind = &tape->points[low];
    const double part = (volume - before.volume) / (behind->volume - before.volume);
    return before.value + part * (behind->value - before.value);
}

/* Against the volume that it would have taken its share of. False: that much has not traded yet. */
static bool compare_pwp(struct tca *tca, const struct tca_order *order)
{
    const struct tca_market *tape = &tca->markets[order->market];
    const double side = order->side == OC_SIDE_BUY ? 1 : -1, volume = order->filled / TCA_SHARE;
    if (tape->sum.volume - order->from.volume < volume)
        return false;
    const double price = (value_at(tape, order->from.volume + volume) - order->from.value) / volume;
    add(&tca->pwp, side * (order->paid / order->filled - price) / price);
    return true;
}

/* True: nothing more is to come of it. */
static bool compare(struct tca *tca, const struct tca_order *order)
{
    const double side = order->side == OC_SIDE_BUY ? 1 : -1;
    double volume = order->until.volume - order->from.volume, value = order->until.value - order->from.value;
    if (order->qty > 0) {
        const struct shortfall shortfall = shortfall_of(order);
        add(&tca->delay, shortfall.delay);
        add(&tca->trading, shortfall.trading);
        add(&tca->opportunity, shortfall.opportunity);
        add(&tca->fees, shortfall.fees);
    }
    if (order->filled <= 0)
        return true;
    const double price = order->paid / order->filled;
    if (order->until_ns > order->from_ns) {
        const double twap = (order->held_until - order->held_from) / (double)(order->until_ns - order->from_ns);
        add(&tca->twap, side * (price - twap) / twap);
    }
    if (volume <= 0)
        return true;
    if (tca->tape_has_ours) {
        volume = volume > order->filled ? volume - order->filled : 0;
        value = volume > 0 ? value - order->paid : 0;
    }
    const double whole = volume + order->filled, vwap = (value + order->paid) / whole;
    add(&tca->vwap, side * (price - vwap) / vwap);
    if (volume > 0)
        add(&tca->vwap_without, side * (price - value / volume) * volume / value);
    add(&tca->participation, order->filled / whole);
    return compare_pwp(tca, order);
}

/* One that ended and was compared goes, or stays until there was volume enough. */
static void settle(struct tca *tca, uint32_t at)
{
    struct tca_order *order = &tca->working[at];
    const bool is_done = order->state == WAITS ? compare_pwp(tca, order) : compare(tca, order);
    if (!is_done) {
        order->state = WAITS;
        return;
    }
    tca->restless--;
    take_away(tca, order);
}

static void print(struct tca_market *tape, double qty, double price)
{
    tape->sum.volume += qty;
    tape->sum.value += qty * price;
    if (tape->count && tape->filled < tape->stride) {
        tape->points[tape->count - 1] = tape->sum;
        tape->filled++;
        return;
    }
    if (tape->count == TCA_POINTS_MAX) {
        for (uint32_t i = 0; i < TCA_POINTS_MAX / 2; i++)
            tape->points[i] = tape->points[2 * i + 1];
        tape->count = TCA_POINTS_MAX / 2;
        tape->stride *= 2;
    }
    tape->points[tape->count++] = tape->sum;
    tape->filled = 1;
}

static void take(struct tca_market *tape, const struct oc_event *event)
{
    if (event->type == OC_EV_TRADE) {
        const struct oc_ev_trade *trade = (const struct oc_ev_trade *)(const void *)event;
        if (trade->present & OC_HAS_QTY && trade->qty > 0)
            print(tape, (double)trade->qty, (double)trade->price);
    } else if (event->type == OC_EV_BAR) {
        const struct oc_ev_bar *bar = (const struct oc_ev_bar *)(const void *)event;
        if (bar->present & OC_HAS_VOLUME && bar->volume > 0)
            print(tape, (double)bar->volume, ((double)bar->high + (double)bar->low + (double)bar->close) / 3);
    }
}

/* What ended before this event is compared without it, what ended in it with it; what was asked for in it begins behind it. */
void tca_seen_now(struct tca *tca, uint32_t inst_index, const struct oc_event *event, int64_t mark2, int64_t now_ns)
{
    struct tca_market *tape = find_market(tca, inst_index);
    if (!tape || !tape->working)
        return;
    const uint32_t market = (uint32_t)(tape - tca->markets);
    for (uint32_t i = tca->restless ? tca->working_count : 0; i-- > 0;)
        if (tca->working[i].market == market && tca->working[i].state == ENDED && tca->working[i].until_ns < now_ns)
            settle(tca, i);
    if (event)
        take(tape, event);
    tape->held = held_until(tape, now_ns);
    tape->seen_ns = now_ns;
    tape->price = (double)mark2 / 2;
    for (uint32_t i = tca->restless ? tca->working_count : 0; i-- > 0;) {
        struct tca_order *order = &tca->working[i];
        if (order->market != market || order->state == WORKS)
            continue;
        if (order->state != ASKED) {
            if (order->state == ENDED && order->from_ns < order->until_ns)
                order->until = tape->sum;
            settle(tca, i);
            continue;
        }
        order->from = tape->sum;
        order->held_from = tape->held;
        order->from_ns = now_ns;
        order->state = WORKS;
        tca->restless--;
    }
}

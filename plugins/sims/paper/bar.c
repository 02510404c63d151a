/* bar.c: a bar begins, and ends: what its open fills is filled at once, the rest is judged at its close (judge.c). */
#include <string.h>

#include "paper.h"

#define SECOND_NS 1000000000LL

void paper_will_judge(struct paper *paper, struct paper_market *market)
{
    if (market->will_judge)
        return;
    market->will_judge = true;
    paper->running[paper->running_count++] = (uint32_t)(market - paper->markets);
    paper->sim_host->schedule_at(paper->host, market->close_ns);
}

oc_rc paper_end_inside(struct paper *paper, struct paper_market *market)
{
    if (market->will_judge)
        return paper_judge(paper, market);
    market->is_judged = true; /* there was nothing for it */
    return OC_OK;
}

static struct paper_market *next_judged(const struct paper *paper)
{
    struct paper_market *next = NULL;
    for (uint32_t i = 0; i < paper->running_count; i++) {
        struct paper_market *market = &paper->markets[paper->running[i]];
        if (!next || market->close_ns < next->close_ns || (market->close_ns == next->close_ns && market < next))
            next = market;
    }
    return next;
}

int64_t paper_next_judgement(const struct paper *paper)
{
    const struct paper_market *next = next_judged(paper);
    return next ? next->close_ns : INT64_MAX;
}

oc_rc paper_judge_due(struct paper *paper, int64_t now_ns)
{
    oc_rc rc = OC_OK;
    for (struct paper_market *next; rc == OC_OK && (next = next_judged(paper)) && next->close_ns <= now_ns;)
        rc = paper_judge(paper, next);
    return rc;
}

void paper_drop_bars(struct paper *paper)
{
    for (uint32_t i = 0; i < paper->market_max; i++)
        paper->markets[i].in_bar = paper->markets[i].will_judge = false;
    paper->running_count = 0;
}

/* Share of the bar's volume, to the lot; what is not known does not bind. */
static void set_volume(struct paper *paper, struct paper_market *market, const struct oc_ev_bar *bar)
{
    const bool knows = bar->present & OC_HAS_VOLUME;
    const bool is_still = knows && bar->volume == 0 && bar->high == bar->low;
    oc_i128 part;
    market->volume_left = -1;
    market->is_dead = is_still && paper->profile != PROFILE_IDEAL;
    market->is_volume_unknown = false;
    if (paper->volume_cap.units == 0 || market->is_dead)
        return;
    if (knows && bar->volume > 0 &&
        num_muldiv_128(bar->volume, paper->volume_cap.units, num_pow10(paper->volume_cap.scale), NUM_FLOOR, &part) ==
            OC_OK)
        market->volume_left = (int64_t)part;
    else
        market->is_volume_unknown = true;
}

static void bar_lines(struct paper *paper, struct paper_market *market, const struct oc_event *event)
{
    if (event->type == OC_EV_BAR) {
        const struct oc_ev_bar *bar = (const struct oc_ev_bar *)(const void *)event;
        int64_t line[4] = {bar->open, bar->high, bar->low, bar->close};
        memcpy(market->buy_line, line, sizeof line);
        memcpy(market->sell_line, line, sizeof line);
        market->open_ns = bar->open_ns;
        set_volume(paper, market, bar);
        market->is_quoted_bar = false;
        market->has_buy_line = market->has_sell_line = true;
    } else {
        const struct oc_ev_qbar *bar = (const struct oc_ev_qbar *)(const void *)event;
        memcpy(market->buy_line, bar->ask, sizeof bar->ask);
        memcpy(market->sell_line, bar->bid, sizeof bar->bid);
        market->open_ns = bar->open_ns;
        market->volume_left = -1;
        market->is_dead = market->is_volume_unknown = false;
        market->is_quoted_bar = true;
        market->has_buy_line = bar->present & OC_HAS_ASK;
        market->has_sell_line = bar->present & OC_HAS_BID;
    }
    market->close_ns = event->venue_ns;
}

/* After a restart the running bar is shown again: what was already traded on it stays used. */
static void volume_restored(struct paper *paper, struct paper_market *market, uint32_t inst)
{
    uint32_t count = paper->recent_count < PAPER_RECENT ? paper->recent_count : PAPER_RECENT;
    for (uint32_t i = 0; i < count && market->volume_left > 0; i++) {
        const struct paper_recent *recent = &paper->recent[i];
        if (OC_INST_INDEX(recent->inst) == OC_INST_INDEX(inst) && recent->at_ns >= market->open_ns)
            market->volume_left = market->volume_left > recent->qty ? market->volume_left - recent->qty : 0;
    }
}

static int64_t open_price(const struct paper_market *market, const struct paper_order *order)
{
    return is_buy(order) ? market->buy_line[0] : market->sell_line[0];
}

static bool stop_is_hit(const struct paper_order *order, int64_t price)
{
    return is_buy(order) ? price >= order->ask.stop_price : price <= order->ask.stop_price;
}

/* The open is beyond its price, by as much as a bar must go through it. */
static bool is_gapped(const struct paper *paper, const struct paper_market *market, const struct paper_order *order)
{
    const int64_t through = market->is_quoted_bar ? 0 : paper->through;
    return reaches(order->ask.side, open_price(market, order),
                   is_buy(order) ? order->ask.price - through : order->ask.price + through);
}

static void take_at_open(struct paper *paper, struct paper_order *order, int64_t price, bool is_maker)
{
    const struct paper_market *market = paper_market(paper, order->ask.head.inst);
    const uint8_t other = is_buy(order) ? OC_SIDE_SELL : OC_SIDE_BUY;
    const int64_t beside = other == OC_SIDE_BUY ? market->buy_line[0] : market->sell_line[0];
    int64_t from = market->is_quoted_bar && has_line(market, other) ? beside : open_price(market, order);
    if (is_maker && !market->is_quoted_bar)
        from = price;
    if (market->is_dead)
        from = market->last;
    const struct paper_deal deal = {.now_ns = market->open_ns, .price = price, .from = from, .is_maker = is_maker};
    paper_take(paper, order, &deal);
}

/* A limit that came before the bar and is behind the open now. */
static void take_gap(struct paper *paper, struct paper_market *market, struct paper_order *order, int64_t paid)
{
    const bool at_open = paper->gap == GAP_OPEN || (paper->gap == GAP_AUTO && market->is_after_break);
    if (at_open && reaches(order->ask.side, paid, order->ask.price))
        take_at_open(paper, order, paid, false);
    else
        take_at_open(paper, order, order->ask.price, true);
}

/* Nothing trades: what cannot wait ends, and market orders pay the last close where that is asked for. */
static void at_dead_open(struct paper *paper, struct paper_market *market, struct paper_order *order)
{
    const bool is_market = !is_limit(order) && !is_stop(order);
    if (is_stop(order))
        return;
    if (is_market && paper->dead_is_taken && market->has_last)
        take_at_open(paper, order, paper_paid(paper, market, order->ask.side, (struct paper_price){market->last, 1}),
                     false);
    paper_end_immediate(paper, order, market->open_ns);
}

static void limit_at_open(struct paper *paper, struct paper_market *market, struct paper_order *order, int64_t paid)
{
    if (order->has_rested) {
        if (is_gapped(paper, market, order))
            take_gap(paper, market, order, paid);
        return;
    }
    const bool crosses = reaches(order->ask.side, paid, order->ask.price);
    if (!paper_accept(paper, order, market->open_ns, crosses))
        return;
    if (crosses)
        take_at_open(paper, order, paid, false);
    order->has_rested = true;
    paper_end_immediate(paper, order, market->open_ns);
}

void paper_at_open(struct paper *paper, struct paper_order *order)
{
    struct paper_market *market = paper_market(paper, order->ask.head.inst);
    if (!(order->ask.bits & OC_RQ_POST_ONLY) || is_stop(order))
        (void)paper_accept(paper, order, market->open_ns, false);
    if (!has_line(market, order->ask.side))
        return;
    if (market->is_dead) {
        at_dead_open(paper, market, order);
        return;
    }
    int64_t open = open_price(market, order);
    (void)paper_leg_from(paper, market, order, &open);
    const int64_t paid = paper_paid(paper, market, order->ask.side, (struct paper_price){open, 1});
    if (is_stop(order)) {
        if (!stop_is_hit(order, open))
            return;
        paper_trigger(paper, order, market->open_ns);
    }
    if (is_limit(order)) {
        limit_at_open(paper, market, order, paid);
    } else {
        take_at_open(paper, order, paid, false);
        paper_end_immediate(paper, order, market->open_ns);
    }
}

static bool acts_at_open(const struct paper *paper, const struct paper_market *market, const struct paper_order *order)
{
    if (market->is_dead)
        return !is_stop(order);
    if (!has_line(market, order->ask.side))
        return false;
    if (is_stop(order))
        return stop_is_hit(order, open_price(market, order));
    return !is_limit(order) || !order->has_rested || is_gapped(paper, market, order);
}

/* What this open is for, as a heap. Returns how many; negative: no memory. *ret_judges: something may happen behind it. */
static int64_t openings_of(struct paper *paper, const struct paper_market *market, bool *ret_judges)
{
    uint32_t count = 0, i = paper_first(paper, market->info.inst);
    *ret_judges = false;
    for (; i != PAPER_NONE; i = paper->links[i].behind[PAPER_BY_MARKET]) {
        struct paper_order *order = &paper->orders[i];
        if (!is_of(order, market->info.inst))
            continue;
        if (order->is_triggered &&
            order->triggered_ns > market->open_ns) /* on this very bar, before a restart: again */
            order->is_triggered = false;
        if (order->active_ns > market->open_ns || !acts_at_open(paper, market, order)) {
            *ret_judges |= paper_in_reach(paper, market, order);
            continue;
        }
        if (!paper_queue(paper, i, open_price(market, order), count++))
            return OC_E_NOMEM;
    }
    return count;
}

/* What waits for this open, in its order. Apart, since most bars have nobody who waits. */
static __attribute__((noinline)) oc_rc open_orders(struct paper *paper, struct paper_market *market, int64_t now_ns)
{
    bool judges;
    if (paper->awaited_count)
        paper_claims_drop(paper, now_ns + 1);
    if (paper->loose_count)
        paper_groups_drop(paper, now_ns);
    volume_restored(paper, market, market->info.inst);
    int64_t count = openings_of(paper, market, &judges);
    if (count < 0)
        return OC_E_NOMEM;
    paper->floor_ns = now_ns; /* a live bar is shown at its close */
    while (count > 0) {
        struct paper_order *order = paper_queue_first(paper, (uint32_t)--count);
        if (order->phase == PHASE_WORKING)
            paper_at_open(paper, order);
        judges |= order->phase == PHASE_WORKING && paper_in_reach(paper, market, order);
    }
    paper->floor_ns = INT64_MIN;
    if (judges)
        paper_will_judge(paper, market);
    return OC_OK;
}

/* From 04:00 to 24:00 UTC of a Saturday no market with sessions trades. */
static bool lies_on_saturday(int64_t open_ns, int64_t close_ns)
{
    const int64_t day_ns = 86400 * SECOND_NS, week_ns = 7 * day_ns, since_ns = 2 * day_ns + 4 * 3600 * SECOND_NS;
    const int64_t into = (open_ns - since_ns) % week_ns, passed = into < 0 ? into + week_ns : into;
    return passed < 20 * 3600 * SECOND_NS || passed + (close_ns - open_ns) > week_ns;
}

/* Data that state no sessions: four hours without a bar are a break, where the market has never traded on a Saturday. */
static void look_at_pause(struct paper_market *market, int64_t closed_ns)
{
    market->trades_saturdays |= lies_on_saturday(market->open_ns, market->close_ns);
    market->is_after_break |=
        market->has_bars && !market->trades_saturdays && market->open_ns - closed_ns >= 4 * 3600 * SECOND_NS;
}

static oc_rc bar_open(struct paper *paper, struct paper_market *market, int64_t now_ns, const struct oc_event *event)
{
    const int64_t closed_ns = market->close_ns;
    bar_lines(paper, market, event);
    if (paper->gap == GAP_AUTO)
        look_at_pause(market, closed_ns);
    market->in_bar = market->has_bars = true;
    market->is_judged = false;
    const bool has_any = paper_first(paper, market->info.inst) != PAPER_NONE;
    const oc_rc rc = has_any || paper->awaited_count + paper->loose_count + paper->recent_count
                         ? open_orders(paper, market, now_ns)
                         : (oc_rc)OC_OK;
    market->is_after_break = false;
    return rc;
}

static void bar_close(struct paper_market *market, const struct oc_event *event)
{
    market->in_bar = false;
    market->has_last = true;
    if (event->type == OC_EV_QBAR) {
        const int64_t bid = market->has_sell_line ? market->sell_line[3] : market->buy_line[3];
        const int64_t ask = market->has_buy_line ? market->buy_line[3] : market->sell_line[3];
        if (market->has_sell_line)
            market->bid_known = bid;
        if (market->has_buy_line)
            market->ask_known = ask;
        market->has_bid_known |= market->has_sell_line;
        market->has_ask_known |= market->has_buy_line;
        market->last = ask / 2 + bid / 2;
    } else {
        market->last = market->sell_line[3];
    }
}

oc_rc paper_on_bar(struct paper *paper, struct paper_market *market, int64_t now_ns, const struct oc_event *event)
{
    const bool was_shown = market->in_bar && market->close_ns == event->venue_ns;
    oc_rc rc = OC_OK;
    if (!was_shown && bar_runs(market))
        rc = paper_end_inside(paper, market);
    if (rc == OC_OK && !was_shown)
        rc = bar_open(paper, market, now_ns, event);
    if (rc < 0 || now_ns < event->venue_ns)
        return rc;
    if (bar_runs(market))
        rc = paper_end_inside(paper, market);
    bar_close(market, event);
    return rc;
}

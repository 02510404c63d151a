/* match.c: when and at what price an order trades. */
#include <string.h>

#include "paper.h"

struct paper_market *paper_market(struct paper *paper, uint32_t inst)
{
    uint32_t index = OC_INST_INDEX(inst);
    return index < paper->market_max ? &paper->markets[index] : NULL;
}

static bool is_buy(const struct paper_order *order) { return order->ask.side == OC_SIDE_BUY; }

int64_t paper_with_spread(const struct paper *paper, uint8_t side, int64_t price)
{
    oc_i128 part;
    if (paper->half_spread.units == 0)
        return price;
    int64_t size = price < 0 ? -price : price;
    if (num_muldiv_128(size, paper->half_spread.units, num_pow10(paper->half_spread.scale), NUM_CEIL, &part) < 0)
        return price;
    return side == OC_SIDE_BUY ? price + (int64_t)part : price - (int64_t)part;
}

/* True if `price` is at or beyond `level` in the direction that is good for a taker of the other side. */
static bool reaches(uint8_t side, int64_t price, int64_t level)
{
    return side == OC_SIDE_BUY ? price <= level : price >= level;
}

/* A resting limit is filled when touched (ideal) or traded through by one step. */
static bool fills_resting(const struct paper *paper, const struct paper_order *order, int64_t price)
{
    int64_t step = paper->is_ideal ? 0 : 1;
    int64_t level = is_buy(order) ? order->ask.price - step : order->ask.price + step;
    return reaches(order->ask.side, price, level);
}

static bool stop_is_hit(const struct paper_order *order, int64_t price)
{
    return is_buy(order) ? price >= order->ask.stop_price : price <= order->ask.stop_price;
}

static bool is_stop(const struct paper_order *order)
{
    return (order->ask.type == OC_ORDER_STOP || order->ask.type == OC_ORDER_STOP_LIMIT) && !order->is_triggered;
}

static bool is_limit(const struct paper_order *order) { return order->ask.bits & OC_RQ_HAS_PRICE; }

static int64_t remaining(const struct paper_order *order) { return order->ask.qty - order->filled; }

static int64_t volume_left(const struct paper_market *market, const struct paper_order *order)
{
    if (market->in_bar)
        return market->volume_left;
    if (!market->has_quote)
        return -1;
    return is_buy(order) ? market->ask_left : market->bid_left;
}

static void volume_use(struct paper_market *market, const struct paper_order *order, int64_t qty)
{
    int64_t *left = &market->volume_left;
    if (!market->in_bar)
        left = is_buy(order) ? &market->ask_left : &market->bid_left;
    if (*left >= 0)
        *left -= qty;
}

/* Another order of the same account could trade on this bar as well: which came first is not known. */
static bool is_ambiguous(const struct paper *paper, const struct paper_market *market, const struct paper_order *order)
{
    if (!market->in_bar)
        return false;
    for (uint32_t i = 0; i < paper->order_count; i++) {
        const struct paper_order *other = &paper->orders[i];
        if (other != order && other->phase == PHASE_WORKING && other->plan != PLAN_NONE &&
            other->ask.account == order->ask.account &&
            OC_INST_INDEX(other->ask.head.inst) == OC_INST_INDEX(order->ask.head.inst))
            return true;
    }
    return false;
}

static void trade_id(struct oc_ev_fill *fill, uint64_t order, uint32_t number)
{
    static const char digits[] = "0123456789abcdef";
    int at = 0;
    fill->trade_id[at++] = 'p';
    for (int shift = 60; shift >= 0; shift -= 4)
        fill->trade_id[at++] = digits[order >> shift & 15];
    fill->trade_id[at++] = '-';
    for (int shift = 28; shift >= 0; shift -= 4)
        fill->trade_id[at++] = digits[number >> shift & 15];
    fill->trade_id_size = (uint8_t)at;
}

static void emit_fill(struct paper *paper, struct paper_order *order, int64_t now_ns, int64_t price, int64_t qty,
                      bool is_maker, bool is_last)
{
    struct paper_market *market = paper_market(paper, order->ask.head.inst);
    oc_i128 value = 0, fee;
    struct oc_ev_fill fill = {.head = order->ask.head, .order = order->ask.order, .price = price, .qty = qty};
    paper_value(market, price, qty, &value);
    fee = paper_fee(paper, value, is_maker);
    fill.fee_asset = market->info.settle ? market->info.settle : market->info.quote;
    if (paper->fee_in_base && market->info.kind == OC_KIND_SPOT && is_buy(order)) {
        oc_i128 base = 0;
        const struct oc_dec *step = &market->info.qty_step;
        oc_rc rc = num_mul_128((oc_i128)qty * step->units, num_pow10_128(MONEY_SCALE - step->scale), &base);
        fee = rc == OC_OK ? paper_fee(paper, base, is_maker) : fee; /* what does not fit is charged in the quote */
        fill.fee_asset = rc == OC_OK ? market->info.base : fill.fee_asset;
    }
    for (int scale = 8; scale >= 0 && money_to_dec(fee, scale, &fill.fee) < 0; scale--)
        ;
    (void)money_from_dec(fill.fee, &fee); /* it was made from money just now */
    fill.head.size = sizeof fill;
    fill.head.type = OC_EV_FILL;
    fill.head.flags = is_last ? OC_EVF_LAST : 0;
    if (is_ambiguous(paper, market, order))
        fill.head.flags |= OC_EVF_AMBIGUOUS;
    if (order->ask.role == OC_ROLE_END)
        fill.head.flags |= OC_EVF_END;
    fill.head.source = order->ask.account;
    fill.head.venue_ns = now_ns;
    fill.head.cause = order->ask.head.seq;
    fill.side = order->ask.side;
    fill.liquidity = is_maker ? OC_LIQUIDITY_MAKER : OC_LIQUIDITY_TAKER;
    trade_id(&fill, order->ask.order, order->fills++);
    paper_book(paper, &fill, order->ask.account, value, fee);
    order->filled += qty;
    order->spent += value + (fill.fee_asset == market->info.quote ? fee : 0);
    volume_use(market, order, qty);
    paper->sim_host->emit(paper->host, now_ns + paper->response_ns, &fill.head);
}

/* Nothing more can trade: an order that traded is canceled, one that did not is rejected. */
static int64_t give_up(struct paper *paper, struct paper_order *order, int64_t now_ns, const char *reason)
{
    paper_finish(paper, order, order->filled ? OC_EV_CANCELED : OC_EV_REJECTED, now_ns, reason);
    return 0;
}

static int64_t reducible(const struct paper *paper, const struct paper_order *order, int64_t want)
{
    int64_t held = paper_position(paper, order->ask.account, order->ask.head.inst);
    int64_t room = is_buy(order) ? -held : held;
    return room < want ? (room > 0 ? room : 0) : want;
}

int64_t paper_take(struct paper *paper, struct paper_order *order, int64_t now_ns, int64_t price, bool is_maker)
{
    struct paper_market *market = paper_market(paper, order->ask.head.inst);
    bool by_money = order->ask.bits & OC_RQ_HAS_QUOTE_QTY;
    int64_t want = by_money ? paper_quote_units(paper, order, price, is_maker) : remaining(order);
    if (by_money && want <= 0)
        return give_up(paper, order, now_ns, "QUOTE_AMOUNT_TOO_SMALL");
    if (order->ask.bits & OC_RQ_REDUCE_ONLY) {
        want = reducible(paper, order, want);
        if (want == 0)
            return give_up(paper, order, now_ns, "REDUCE_ONLY_WOULD_INCREASE_POSITION");
    }
    int64_t payable = paper_affordable(paper, order, price, want, is_maker);
    if (payable <= 0 || (payable < want && !(order->ask.bits & OC_RQ_REDUCE_ONLY) && !by_money))
        return give_up(paper, order, now_ns, "INSUFFICIENT_FUNDS");
    want = payable;
    int64_t left = volume_left(market, order), qty = left >= 0 && left < want ? left : want;
    if (order->ask.tif == OC_TIF_FOK && qty < want) {
        paper_finish(paper, order, OC_EV_EXPIRED, now_ns, "FILL_OR_KILL_NOT_FILLED");
        return 0;
    }
    if (qty <= 0)
        return 0;
    bool is_last = by_money ? qty == want : qty == remaining(order);
    emit_fill(paper, order, now_ns, price, qty, is_maker, is_last);
    if (is_last)
        order->phase = PHASE_DONE;
    else if (qty == want && (order->ask.bits & OC_RQ_REDUCE_ONLY))
        give_up(paper, order, now_ns, "REDUCE_ONLY_WOULD_INCREASE_POSITION");
    return qty;
}

static bool has_line(const struct paper_market *market, uint8_t side)
{
    return side == OC_SIDE_BUY ? market->has_buy_line : market->has_sell_line;
}

bool paper_price_now(const struct paper *paper, const struct paper_market *market, uint8_t side, int64_t now_ns,
                     int64_t *ret_price)
{
    if (market->in_bar && now_ns < market->close_ns) {
        if (!has_line(market, side))
            return false;
        const int64_t *line = side == OC_SIDE_BUY ? market->buy_line : market->sell_line;
        int64_t worse = side == OC_SIDE_BUY ? line[1] : line[2], third = (market->close_ns - market->open_ns) / 3;
        int64_t passed = now_ns - market->open_ns, price = line[0];
        oc_i128 part = worse - line[0];
        if (passed >= third)
            price = worse;
        else if (passed > 0)
            price += (int64_t)num_quotient(part * passed, third, side == OC_SIDE_BUY ? NUM_CEIL : NUM_FLOOR);
        *ret_price = market->is_quoted_bar ? price : paper_with_spread(paper, side, price);
        return true;
    }
    if (market->has_quote) {
        *ret_price = side == OC_SIDE_BUY ? market->ask : market->bid;
        return *ret_price != INT64_MIN;
    }
    return false;
}

static void plan_set(struct paper *paper, struct paper_order *order, uint8_t plan, int64_t at_ns, int64_t price)
{
    order->plan = plan;
    order->plan_ns = at_ns;
    order->plan_price = price;
    paper->sim_host->schedule_at(paper->host, at_ns);
}

/* Its next point inside the running bar, seen from `from_ns`. */
static void plan_make(struct paper *paper, struct paper_order *order, int64_t from_ns)
{
    struct paper_market *market = paper_market(paper, order->ask.head.inst);
    order->plan = PLAN_NONE;
    if (!market->in_bar || from_ns >= market->close_ns || order->phase != PHASE_WORKING ||
        !has_line(market, order->ask.side))
        return;
    const int64_t *line = is_buy(order) ? market->buy_line : market->sell_line;
    int64_t worse = is_buy(order) ? line[1] : line[2], better = is_buy(order) ? line[2] : line[1];
    int64_t period = market->close_ns - market->open_ns;
    int64_t worse_ns = market->open_ns + period / 3, better_ns = market->open_ns + period / 3 * 2;
    if (is_stop(order)) { /* it may still be ahead whenever the order came */
        if (stop_is_hit(order, worse))
            plan_set(paper, order, PLAN_STOP, from_ns > worse_ns ? from_ns : worse_ns, order->ask.stop_price);
        return;
    }
    if (!is_limit(order))
        return;
    if (from_ns <= better_ns && fills_resting(paper, order, better))
        plan_set(paper, order, PLAN_LIMIT, better_ns, order->ask.price);
    else if (fills_resting(paper, order, line[3]))
        plan_set(paper, order, PLAN_LIMIT, market->close_ns - 1 > from_ns ? market->close_ns - 1 : from_ns,
                 order->ask.price);
}

/* At a point where `price` is what the order would pay. First point of a limit: taker; later: maker at its price. */
static void at_point(struct paper *paper, struct paper_order *order, int64_t now_ns, int64_t price, int64_t raw)
{
    if (is_stop(order)) {
        if (!stop_is_hit(order, raw))
            return;
        order->is_triggered = true;
        order->has_rested = false;
        if (order->triggered_ns == 0) /* else it was said before a restart */
            paper_answer(paper, &order->ask, OC_EV_TRIGGERED, now_ns, NULL);
        order->triggered_ns = now_ns;
    }
    if (!is_limit(order)) {
        paper_take(paper, order, now_ns, price, false);
    } else if (order->has_rested) {
        if (fills_resting(paper, order, raw))
            paper_take(paper, order, now_ns, order->ask.price, true);
    } else if (reaches(order->ask.side, price, order->ask.price)) {
        paper_take(paper, order, now_ns, price, false);
    }
    if (order->phase != PHASE_WORKING)
        return;
    order->has_rested = true;
    if (order->ask.tif == OC_TIF_IOC && !is_stop(order))
        paper_finish(paper, order, OC_EV_CANCELED, now_ns, "IMMEDIATE_OR_CANCEL");
    else if (order->ask.tif == OC_TIF_FOK && !is_stop(order))
        paper_finish(paper, order, OC_EV_EXPIRED, now_ns, "FILL_OR_KILL_NOT_FILLED");
}

void paper_plans_due(struct paper *paper, int64_t now_ns)
{
    for (;;) { /* in order of time; equal times in order of arrival */
        struct paper_order *first = NULL;
        for (uint32_t i = 0; i < paper->order_count; i++) {
            struct paper_order *order = &paper->orders[i];
            if (order->phase == PHASE_WORKING && order->plan != PLAN_NONE && order->plan_ns <= now_ns &&
                (!first || order->plan_ns < first->plan_ns))
                first = order;
        }
        if (!first)
            break;
        uint8_t plan = first->plan;
        int64_t at_ns = first->plan_ns, price = first->plan_price;
        const struct paper_market *market = paper_market(paper, first->ask.head.inst);
        if (plan == PLAN_STOP) {
            int64_t paid = market->is_quoted_bar ? price : paper_with_spread(paper, first->ask.side, price);
            at_point(paper, first, at_ns, paid, price);
        } else {
            paper_take(paper, first, at_ns, price, true);
        }
        first->plan = PLAN_NONE;
        if (plan == PLAN_STOP && first->phase == PHASE_WORKING)
            plan_make(paper, first, at_ns + 1);
    }
    for (uint32_t i = 0; i < paper->order_count; i++)
        if (paper->orders[i].phase == PHASE_WORKING && paper->orders[i].plan != PLAN_NONE)
            paper->sim_host->schedule_at(paper->host, paper->orders[i].plan_ns);
}

void paper_activate(struct paper *paper, struct paper_order *order, int64_t now_ns)
{
    struct paper_market *market = paper_market(paper, order->ask.head.inst);
    int64_t price = 0;
    bool known = paper_price_now(paper, market, order->ask.side, now_ns, &price);
    bool waits = paper->is_ideal && !market->in_bar; /* ideal: the next event, not the present one */
    int64_t raw = price;
    if (market->in_bar && known)
        raw = is_buy(order) ? market->buy_line[0] : market->sell_line[0];
    if (order->ask.bits & OC_RQ_POST_ONLY) {
        int64_t reference = known ? price : market->last;
        if ((known || market->has_last) && reaches(order->ask.side, reference, order->ask.price)) {
            paper_finish(paper, order, OC_EV_REJECTED, now_ns, "POST_ONLY_WOULD_CROSS");
            return;
        }
        order->has_rested = true;
    }
    if (!order->is_accepted)
        paper_answer(paper, &order->ask, OC_EV_ACCEPTED, now_ns, NULL);
    order->is_accepted = true;
    if (known && !waits)
        at_point(paper, order, now_ns, price, raw);
    if (order->phase == PHASE_WORKING)
        plan_make(paper, order, now_ns);
}

static int64_t capped(const struct paper *paper, const struct oc_ev_bar *bar)
{
    oc_i128 part;
    if (paper->volume_cap.units == 0 || !(bar->present & OC_HAS_VOLUME) || bar->volume <= 0)
        return -1;
    if (num_muldiv_128(bar->volume, paper->volume_cap.units, num_pow10(paper->volume_cap.scale), NUM_FLOOR, &part) < 0)
        return -1;
    return (int64_t)part;
}

static void bar_lines(struct paper *paper, struct paper_market *market, const struct oc_event *event)
{
    if (event->type == OC_EV_BAR) {
        const struct oc_ev_bar *bar = (const struct oc_ev_bar *)(const void *)event;
        int64_t line[4] = {bar->open, bar->high, bar->low, bar->close};
        memcpy(market->buy_line, line, sizeof line);
        memcpy(market->sell_line, line, sizeof line);
        market->open_ns = bar->open_ns;
        market->volume_left = capped(paper, bar);
        market->is_quoted_bar = false;
        market->has_buy_line = market->has_sell_line = true;
    } else {
        const struct oc_ev_qbar *bar = (const struct oc_ev_qbar *)(const void *)event;
        memcpy(market->buy_line, bar->ask, sizeof bar->ask);
        memcpy(market->sell_line, bar->bid, sizeof bar->bid);
        market->open_ns = bar->open_ns;
        market->volume_left = -1;
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

static bool is_of(const struct paper_order *order, uint32_t inst)
{
    return order->phase == PHASE_WORKING && OC_INST_INDEX(order->ask.head.inst) == OC_INST_INDEX(inst);
}

static void bar_open(struct paper *paper, struct paper_market *market, int64_t now_ns, const struct oc_event *event)
{
    bar_lines(paper, market, event);
    volume_restored(paper, market, event->inst);
    market->in_bar = true;
    uint32_t count = paper->order_count;
    for (uint32_t i = 0; i < count; i++) {
        struct paper_order *order = &paper->orders[i];
        if (!is_of(order, event->inst) || !has_line(market, order->ask.side))
            continue;
        int64_t raw = is_buy(order) ? market->buy_line[0] : market->sell_line[0];
        int64_t price = market->is_quoted_bar ? raw : paper_with_spread(paper, order->ask.side, raw);
        int64_t at_ns = now_ns;
        if (order->is_triggered && order->triggered_ns > now_ns) /* on this very bar, before a restart: once more */
            order->is_triggered = false;
        if (order->active_ns > now_ns) { /* it came later on this bar, before a restart */
            at_ns = order->active_ns;
            paper_price_now(paper, market, order->ask.side, at_ns, &price);
        }
        at_point(paper, order, at_ns, price, raw);
        plan_make(paper, order, at_ns);
    }
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

bool paper_price_last(const struct paper *paper, const struct paper_market *market, uint8_t side, int64_t *ret_price)
{
    const bool buys = side == OC_SIDE_BUY;
    if (buys ? market->has_ask_known : market->has_bid_known)
        *ret_price = buys ? market->ask_known : market->bid_known;
    else if (market->has_last)
        *ret_price = paper_with_spread(paper, side, market->last);
    else if (buys ? market->has_bid_known : market->has_ask_known)
        *ret_price = paper_with_spread(paper, side, buys ? market->bid_known : market->ask_known);
    else
        return false;
    return true;
}

static void bar_close(struct paper_market *market, const struct oc_event *event)
{
    market->in_bar = false;
    market->has_last = true;
    if (event->type == OC_EV_QBAR) {
        know_quotes(market, market->has_sell_line, market->sell_line[3], market->has_buy_line, market->buy_line[3]);
        market->last = (market->has_buy_line ? market->buy_line[3] : market->sell_line[3]) / 2 +
                       (market->has_sell_line ? market->sell_line[3] : market->buy_line[3]) / 2;
    } else {
        market->last = market->sell_line[3];
    }
}

static void on_quote(struct paper *paper, struct paper_market *market, int64_t now_ns, const struct oc_ev_quote *quote)
{
    bool has_bid = quote->present & OC_HAS_BID, has_ask = quote->present & OC_HAS_ASK;
    market->bid = has_bid ? quote->bid : INT64_MIN;
    market->ask = has_ask ? quote->ask : INT64_MIN;
    bool sized = !paper->is_ideal;
    market->bid_left = sized && (quote->present & OC_HAS_BID_QTY) && quote->bid_qty > 0 ? quote->bid_qty : -1;
    market->ask_left = sized && (quote->present & OC_HAS_ASK_QTY) && quote->ask_qty > 0 ? quote->ask_qty : -1;
    market->has_quote = true;
    know_quotes(market, has_bid, quote->bid, has_ask, quote->ask);
    uint32_t count = paper->order_count;
    for (uint32_t i = 0; i < count; i++) {
        struct paper_order *order = &paper->orders[i];
        int64_t price = is_buy(order) ? market->ask : market->bid;
        if (is_of(order, quote->head.inst) && price != INT64_MIN)
            at_point(paper, order, now_ns, price, price);
    }
}

static void on_trade(struct paper *paper, struct paper_market *market, int64_t now_ns, const struct oc_ev_trade *trade)
{
    market->last = trade->price;
    market->has_last = true;
    int64_t left = !paper->is_ideal && (trade->present & OC_HAS_QTY) && trade->qty > 0 ? trade->qty : -1;
    bool quoted = market->has_quote;
    uint32_t count = paper->order_count;
    for (uint32_t i = 0; i < count; i++) {
        struct paper_order *order = &paper->orders[i];
        if (!is_of(order, trade->head.inst) || (quoted && !is_limit(order) && !is_stop(order)))
            continue;
        if (quoted && !order->has_rested)
            continue; /* what takes is priced by the quote */
        int64_t bid_left = market->bid_left, ask_left = market->ask_left;
        market->has_quote = true; /* what was traded is all that could be had */
        market->bid_left = market->ask_left = left;
        at_point(paper, order, now_ns, paper_with_spread(paper, order->ask.side, trade->price), trade->price);
        left = is_buy(order) ? market->ask_left : market->bid_left;
        market->has_quote = quoted;
        market->bid_left = bid_left;
        market->ask_left = ask_left;
    }
}

oc_rc paper_on_market(struct paper *paper, int64_t now_ns, const struct oc_event *event)
{
    struct paper_market *market = paper_market(paper, event->inst);
    if (!market || !market->info.size)
        return OC_OK;
    if (event->type == OC_EV_BAR || event->type == OC_EV_QBAR) {
        bool was_shown = market->in_bar && market->close_ns == event->venue_ns;
        if (!was_shown) /* a live bar is shown at its close only: its path is judged then */
            bar_open(paper, market, now_ns, event);
        if (now_ns >= event->venue_ns) {
            if (!was_shown)
                paper_plans_due(paper, now_ns);
            bar_close(market, event);
            for (uint32_t i = 0; i < paper->order_count; i++)
                if (OC_INST_INDEX(paper->orders[i].ask.head.inst) == OC_INST_INDEX(event->inst))
                    paper->orders[i].plan = PLAN_NONE;
        }
    } else if (event->type == OC_EV_QUOTE) {
        on_quote(paper, market, now_ns, (const struct oc_ev_quote *)(const void *)event);
    } else if (event->type == OC_EV_TRADE) {
        on_trade(paper, market, now_ns, (const struct oc_ev_trade *)(const void *)event);
    }
    paper_sweep(paper);
    return OC_OK;
}

#include "report/live.h"

#include <outcry/event_account.h>
#include <string.h>

#include "engine/state.h"
#include "report/execution.h"
#include "session/session.h"
#include "session/venue_keys.h"

void live_open(struct live *live, const struct session *session)
{
    live->is_used = venue_names(session->settings) != NULL;
    if (!live->is_used) /* the rest is large, and never looked at */
        return;
    memset(live, 0, sizeof *live);
    live->is_used = true;
    live->is_paper = venue_is_feed(session->settings);
}

/* The bin of a span: LIVE_SPAN_PARTS of each doubling, and each nanosecond below. */
static uint32_t bin_of(int64_t span_ns)
{
    const uint64_t span = span_ns > 0 ? (uint64_t)span_ns : 0;
    if (span < LIVE_SPAN_PARTS)
        return (uint32_t)span;
    const uint32_t top = 63u - (uint32_t)__builtin_clzll(span); /* from 6 on */
    const uint32_t bin = (top - 5) * LIVE_SPAN_PARTS + (uint32_t)((span >> (top - 6)) - LIVE_SPAN_PARTS);
    return bin < LIVE_SPAN_BINS ? bin : LIVE_SPAN_BINS - 1;
}

/* The longest span of a bin. */
static int64_t span_of(uint32_t bin)
{
    if (bin < LIVE_SPAN_PARTS)
        return bin;
    const uint32_t shift = bin / LIVE_SPAN_PARTS - 1;
    return (((int64_t)(bin % LIVE_SPAN_PARTS) + LIVE_SPAN_PARTS + 1) << shift) - 1;
}

static void add_span(struct live *live, enum live_way way, int64_t span_ns)
{
    struct live_spans *spans = &live->ways[way];
    spans->bins[bin_of(span_ns)]++;
    spans->count++;
    spans->longest_ns = span_ns > spans->longest_ns ? span_ns : spans->longest_ns;
}

int64_t live_span(const struct live_spans *spans, double share)
{
    uint64_t seen = 0;
    for (uint32_t i = 0; i < LIVE_SPAN_BINS && spans->count; i++) {
        seen += spans->bins[i];
        if ((double)seen >= share * (double)spans->count)
            return span_of(i) < spans->longest_ns ? span_of(i) : spans->longest_ns;
    }
    return spans->longest_ns;
}

static struct live_order *order_of(struct live *live, uint64_t order)
{
    struct live_order *known = &live->list[order_ring_slot(order, LIVE_ORDERS_MAX)];
    return order && known->order == order ? known : NULL;
}

static bool mark_of(const struct session *session, uint32_t inst, int64_t *ret_mark2)
{
    const struct market *market = markets_get(engine_markets(session->engine), inst);
    if (!market || !market->has_mark)
        return false;
    *ret_mark2 = market->mark2;
    return true;
}

static bool is_simple(const struct oc_request *now)
{
    return now->type != OC_ORDER_TRAILING_STOP && now->type != OC_ORDER_TRAILING_STOP_LIMIT;
}

static void leaves(const struct session *session, struct live_order *known, uint32_t inst, int64_t at_ns)
{
    known->sent_ns = at_ns;
    known->has_arrival = mark_of(session, inst, &known->arrival2);
}

void live_ask(struct live *live, const struct session *session, const struct oc_request *request)
{
    if (!live->is_used)
        return;
    struct live_order *known = order_of(live, request->order);
    if (request->kind == OC_REQUEST_CANCEL && known)
        known->is_canceled = true;
    if (!oc_request_makes_order(request->kind) || known)
        return;
    known = &live->list[order_ring_slot(request->order, LIVE_ORDERS_MAX)];
    live->beyond += known->order && !known->is_over;
    *known = (struct live_order){.order = request->order, .signal_ns = request->head.local_ns};
    known->has_signal = mark_of(session, request->head.inst, &known->signal2);
    live->orders++;
    if (live->is_paper)
        leaves(session, known, request->head.inst, known->signal_ns);
}

void live_deny(struct live *live, uint64_t order, uint64_t request)
{
    struct live_order *known = live->is_used ? order_of(live, order) : NULL;
    if (!known)
        return;
    if (order != request) { /* a change of it, which may have been its cancel */
        known->is_canceled = false;
        return;
    }
    *known = (struct live_order){0};
    live->orders--;
}

static bool all_ready(const struct live *live)
{
    uint32_t ready = 0;
    for (uint32_t i = 0; i <= ENGINE_ACCOUNTS_MAX; i++) {
        if (live->links[i] && live->links[i] != OC_VENUE_READY)
            return false;
        ready += live->links[i] == OC_VENUE_READY;
    }
    return ready > 0;
}

void live_heard(struct live *live, int64_t at_ns)
{
    if (!live->is_used || at_ns <= live->heard_ns)
        return;
    if (live->has_begun && !live->is_stopped)
        *(all_ready(live) ? &live->up_ns : &live->down_ns) += at_ns - live->heard_ns;
    live->heard_ns = at_ns;
}

/* One that is lost was so since it was heard last: a cable is silent, and a host that was killed says it when it is started again. */
static void take_link(struct live *live, const struct oc_ev_venue *venue)
{
    if (venue->part != OC_PART_LINK || venue->head.source > ENGINE_ACCOUNTS_MAX)
        return;
    const bool is_ready = venue->state == OC_VENUE_READY;
    if (!is_ready)
        live->links[venue->head.source] = (uint8_t)venue->state;
    live_heard(live, venue->head.local_ns);
    live->links[venue->head.source] = (uint8_t)venue->state;
    live->is_stopped = false; /* what lies between an end and the next start is no time of the session */
    live->has_begun |= all_ready(live);
}

/* Whether a venue, or a simulator, says it: what the host says of itself is no sign of life. */
static bool is_said(const struct oc_event *event)
{
    return (event->type >= OC_EV_ACCEPTED && event->type < OC_EV_TIMER && event->type != OC_EV_SENT &&
            event->type != OC_EV_UNKNOWN && event->type != OC_EV_NOT_THERE) ||
           event->type == OC_EV_BALANCE || event->type == OC_EV_FETCHED;
}

static void take_sent(struct live *live, const struct session *session, const struct oc_ev_answer *sent)
{
    struct live_order *known = order_of(live, sent->order);
    if (!known || sent->request != sent->order || known->sent_ns)
        return;
    leaves(session, known, sent->head.inst, sent->head.venue_ns);
    add_span(live, LIVE_SENT, known->sent_ns - known->signal_ns);
}

void live_take(struct live *live, const struct session *session, const struct oc_event *event)
{
    if (!live->is_used)
        return;
    if (event->type == OC_EV_VENUE)
        take_link(live, (const struct oc_ev_venue *)(const void *)event);
    else if (is_said(event))
        live_heard(live, event->local_ns);
    if (event->type == OC_EV_SENT)
        take_sent(live, session, (const struct oc_ev_answer *)(const void *)event);
    if (event->type == OC_EV_MARK && ((const struct oc_ev_text *)(const void *)event)->code == OC_MARK_STOP)
        live->is_stopped = true;
}

/* The price that an order of this kind is held against: of a stop its stop, else the mark that is given. Twice. */
static bool price_of(const struct oc_request *now, bool has_mark, int64_t mark2, int64_t *ret_price2)
{
    if (!is_simple(now) || (!has_mark && !(now->bits & OC_RQ_HAS_STOP)))
        return false;
    *ret_price2 = now->bits & OC_RQ_HAS_STOP ? 2 * now->stop_price : mark2;
    return true;
}

static bool add_cost(struct live_cost *cost, const struct session *session, const struct oc_ev_fill *fill,
                     const struct order *order, bool has_mark, int64_t mark2)
{
    int64_t price2;
    oc_i128 slip, base;
    if (!price_of(&order->now, has_mark, mark2, &price2) ||
        !execution_against(session, fill, order->now.side, price2, &slip, &base))
        return false;
    cost->fills++;
    cost->slip += slip;
    cost->base += base;
    return true;
}

static void add_fee(struct live *live, const struct oc_ev_fill *fill)
{
    oc_i128 fee;
    uint32_t i = 0;
    if (money_from_dec(fill->fee, &fee) < 0 || fee == 0)
        return;
    while (i < live->fee_count && live->fees[i].asset != fill->fee_asset)
        i++;
    if (i == LIVE_ASSETS_MAX) {
        live->fees_beyond++;
        return;
    }
    if (i == live->fee_count) {
        live->fees[i].asset = fill->fee_asset;
        live->fees[i].fee = 0;
        live->fee_count++;
    }
    live->fees[i].fee += fee;
}

static void note_fill(struct live *live, const struct session *session, struct live_order *known,
                      const struct oc_ev_fill *fill)
{
    const struct order *order = orders_find(engine_orders(session->engine), known->order);
    live->fills++;
    if (!order)
        return;
    const bool has_signal = add_cost(&live->signal, session, fill, order, known->has_signal, known->signal2),
               has_arrival = add_cost(&live->arrival, session, fill, order, known->has_arrival, known->arrival2);
    live->fills_undecided += !has_signal && !has_arrival;
    if (!known->is_filled_once && known->sent_ns && fill->liquidity == OC_LIQUIDITY_TAKER &&
        !(order->now.bits & OC_RQ_HAS_STOP)) /* a stop waits for its price */
        add_span(live, LIVE_TOLD, fill->head.local_ns - (known->acked_ns ? known->acked_ns : fill->head.local_ns));
    known->is_filled_once = true;
}

/* The end of an order that somebody on this side wanted: by its cancel, or because its sibling acted. */
static bool is_wanted(const struct live_order *known, const struct oc_event *event)
{
    const struct oc_ev_venue_answer *answer = (const struct oc_ev_venue_answer *)(const void *)event;
    const struct oc_ev_order *shown = (const struct oc_ev_order *)(const void *)event;
    uint32_t why = OC_WHY_NONE;
    if (event->type == OC_EV_CANCELED && event->size >= sizeof *answer)
        why = answer->why;
    else if (event->type == OC_EV_ORDER)
        why = shown->why;
    return known->is_canceled || why == OC_WHY_CANCELED_BY_US || why == OC_WHY_LINKED;
}

static void note_state(struct live *live, struct live_order *known, const struct out_note *note,
                       const struct oc_event *event)
{
    const bool is_absent = event->type == OC_EV_NOT_THERE;
    const bool is_word = is_absent || event->type == OC_EV_UNKNOWN || event->type == OC_EV_REQUEST;
    if (!is_word && known->sent_ns && !known->acked_ns && note->after != STATE_SUBMITTED) {
        known->acked_ns = event->local_ns;
        add_span(live, LIVE_ACKED, known->acked_ns - known->sent_ns);
    }
    if (!known->is_failed && (note->after == STATE_UNKNOWN || note->after == STATE_REJECTED || is_absent)) {
        known->is_failed = true;
        live->failed++;
    }
    if (!state_is_final(note->after) || known->is_over)
        return;
    known->is_over = true;
    if (note->after == STATE_CANCELED && is_wanted(known, event))
        return;
    live->over++;
    live->filled += note->after == STATE_FILLED;
}

void live_note(struct live *live, const struct session *session, const struct out_note *note,
               const struct oc_event *event)
{
    if (!live->is_used)
        return;
    const struct oc_ev_fill *fill = (const struct oc_ev_fill *)(const void *)note->fill;
    if (note->kind == NOTE_FILL || note->kind == NOTE_CORRECTED)
        add_fee(live, fill);
    struct live_order *known = order_of(live, note->order);
    if (!known || !event)
        return;
    if (note->kind == NOTE_FILL)
        note_fill(live, session, known, fill);
    else if (note->kind == NOTE_ORDER && note->before != note->after)
        note_state(live, known, note, event);
}

const char *live_way_name(enum live_way way)
{
    static const char *const names[LIVE_WAYS] = {"signal_to_sent", "sent_to_acknowledged", "acknowledged_to_filled"};
    return names[way];
}

const char *live_way_words(enum live_way way)
{
    static const char *const words[LIVE_WAYS] = {"Signal to sent", "Sent to acknowledged", "To filled, takers"};
    return words[way];
}

struct figure live_cost_share(const struct live_cost *cost)
{
    const struct figure figure = {0, cost->base > 0};
    return figure.is_known ? (struct figure){money_to_double(cost->slip) / money_to_double(cost->base), true} : figure;
}

static struct figure share(double part, double whole)
{
    return (struct figure){whole > 0 ? part / whole : 0, whole > 0};
}

struct live_target live_target(const struct live *live, uint32_t i)
{
    const double up = (double)live->up_ns, time = (double)live->up_ns + (double)live->down_ns;
    struct live_target targets[LIVE_TARGETS] = {
        {.name = "fill_rate",
         .words = "Fill rate",
         .limit_words = "> 99 %",
         .figure = share((double)live->filled, (double)live->over),
         .limit = 0.99},
        {.name = "slippage",
         .words = "Slippage",
         .limit_words = "< 0.5 %",
         .figure = live_cost_share(&live->arrival),
         .limit = 0.005},
        {.name = "failed_orders",
         .words = "Failed orders",
         .limit_words = "< 0.1 %",
         .figure = share((double)live->failed, (double)live->orders),
         .limit = 0.001},
        {.name = "uptime", .words = "Uptime", .limit_words = "99.9 %", .figure = share(up, time), .limit = 0.999}};
    struct live_target target = targets[i < LIVE_TARGETS ? i : 0];
    const double value = target.figure.value;
    target.is_least = i == 0 || i == 3;
    target.is_met = target.figure.is_known && (i == 0   ? value > target.limit
                                               : i == 3 ? value >= target.limit
                                                        : value < target.limit);
    return target;
}

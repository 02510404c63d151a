/* shown.c: an order as its venue shows it, against what we know of it: it never goes back. */
#include <string.h>

#include "engine/impl.h"

static bool is_shown_open(uint8_t state) { return state >= OC_SHOWN_PENDING && state <= OC_SHOWN_SUSPENDED; }

static int event_of(uint8_t state)
{
    switch (state) {
    case OC_SHOWN_PENDING:
        return EVENT_TAKEN;
    case OC_SHOWN_CANCELED:
        return EVENT_CANCELED;
    case OC_SHOWN_EXPIRED:
        return EVENT_EXPIRED;
    case OC_SHOWN_REJECTED:
        return EVENT_REJECT;
    case OC_SHOWN_UNKNOWN:
        return EVENT_NONE; /* the venue's word is new to us: only its sums count */
    default:
        return EVENT_SHOWN; /* filled it is when its fills are booked */
    }
}

static struct order_sums sums_of(const struct oc_ev_order *shown)
{
    struct order_sums sums = {.qty = shown->present & OC_OF_CUM_QTY ? shown->cum_qty : 0,
                              .fills_come = shown->present & OC_OF_FILLS_COME,
                              .fills_asked = shown->present & OC_OF_FILLS_ASKED,
                              .fee_asset = shown->fee_asset,
                              .at_ns = shown->updated_ns ? shown->updated_ns : shown->head.venue_ns};
    if (shown->state == OC_SHOWN_FILLED && !(shown->present & OC_OF_CUM_QTY) && (shown->present & OC_OF_QTY))
        sums.qty = shown->qty;
    if ((shown->present & OC_OF_CUM_VALUE) && money_from_dec(shown->cum_value, &sums.value) == OC_OK)
        sums.has |= SAID_HAS_VALUE;
    if ((shown->present & OC_OF_CUM_FEE) && money_from_dec(shown->cum_fee, &sums.fee) == OC_OK)
        sums.has |= SAID_HAS_FEE;
    return sums;
}

/* What a venue has said cannot become less: it is an answer that others have overtaken, or the venue contradicts itself. */
static bool is_less(const struct order *order, const struct oc_ev_order *shown)
{
    return (shown->present & OC_OF_CUM_QTY) &&
           (shown->cum_qty < order->filled || shown->cum_qty < order->said->sums.qty);
}

/* What was asked before our last word on it says nothing against that: the answer was overtaken on its way, or the venue reads late. It is shown
 * again with the next comparison. */
static bool is_overtaken(const struct order *order, const struct oc_ev_order *shown)
{
    return shown->head.size >= sizeof *shown && shown->as_of_ns && order->updated_ns >= shown->as_of_ns;
}

/* A stream's word of the time before it was canceled: the answer to the cancel came by another way, and earlier. */
static bool is_of_before_its_end(const struct order *order, const struct oc_ev_order *shown)
{
    const int64_t at_ns = shown->updated_ns ? shown->updated_ns : shown->head.venue_ns;
    return (order->state == STATE_CANCELED || order->state == STATE_EXPIRED) && at_ns &&
           !(shown->head.flags & OC_EVF_HOST_TIME) && at_ns < order->updated_ns;
}

static bool shows_end(const struct order *order, const struct oc_ev_order *shown)
{
    return !is_shown_open(shown->state) && shown->state != OC_SHOWN_UNKNOWN &&
           !(order && amend_replaces(order, &shown->head, shown->why));
}

static void take_terms(struct engine *engine, struct order *order, const struct oc_ev_order *shown)
{
    if (shows_end(order, shown))
        order_amend_ends(order);                                    /* whatever became of it */
    if (order->said->lacks_terms && (shown->present & OC_OF_QTY)) { /* now they are known */
        order->said->lacks_terms = false;
        if (shown->type)
            order->now.type = shown->type;
        if (shown->tif)
            order->now.tif = shown->tif;
        order->now.bits |=
            (shown->present & OC_OF_PRICE ? OC_RQ_HAS_PRICE : 0u) | (shown->present & OC_OF_STOP ? OC_RQ_HAS_STOP : 0u);
    }
    amend_take_shown(engine, order, shown);
    shown_terms(order, shown);
}

/* To rules and strategies, without the venue's words: those stand in the record. */
static struct oc_ev_order copy_of(const struct oc_ev_order *shown, const struct order *order)
{
    struct oc_ev_order copy = *shown;
    copy.head.size = sizeof copy;
    copy.order = order->now.order;
    copy.text_size = copy.tail = 0;
    return copy;
}

/* It was filled under a quantity that an amendment had made larger after all: more of it is open. */
static bool is_open_again(const struct order *order, const struct oc_ev_order *shown)
{
    const uint32_t needed = OC_OF_QTY | OC_OF_CUM_QTY;
    return order->state == STATE_FILLED && is_shown_open(shown->state) && (shown->present & needed) == needed &&
           !(order->now.bits & OC_RQ_HAS_QUOTE_QTY) && shown->qty > order->now.qty && shown->qty > shown->cum_qty &&
           shown->cum_qty >= order->filled && !order_called_is_old(&order->said->called, &shown->head);
}

static void open_again(struct engine *engine, struct order *order, const struct oc_ev_order *shown)
{
    order->now.qty = order->worst_qty = shown->qty;
    if (orders_reopen(engine->orders, order, engine->now_ns) < 0) {
        engine_alarm(engine, order,
                     "an order that was filled has more open than is known, and there is no room for it");
        return;
    }
    engine_alarm(engine, order, "an order that was filled is shown with more of it open: that counts again");
    out_add_note(&engine->out, &(struct out_note){.kind = NOTE_ORDER,
                                                  .strategy = order->now.strategy,
                                                  .order = order->now.order,
                                                  .inst = order->now.head.inst,
                                                  .before = STATE_FILLED,
                                                  .after = order->state});
}

oc_rc shown_apply(struct engine *engine, const struct oc_ev_order *shown)
{
    struct order *order = engine_order_of(engine, &shown->head);
    const bool is_end = shows_end(order, shown);
    if (!order && is_end)
        return OC_OK; /* it was over before we knew of it: its fills, where they are news, are told as such */
    if (!order && !shown->order)
        order = stranger_adopt(engine, &shown->head);
    if (!order) {
        engine_alarm(engine, NULL, "an order is shown that is not known, and cannot be counted");
        return OC_OK;
    }
    if (!sums_begin(engine, order))
        return OC_OK;
    names_learn(engine, order, &shown->head);
    if (is_less(order, shown)) {
        if (!is_overtaken(order, shown))
            engine_alarm(engine, order, "an order is shown with less traded than is known: passed over");
        return OC_OK;
    }
    const struct order_sums sums = sums_of(shown);
    const int event = event_of(shown->state);
    if (is_open_again(order, shown))
        open_again(engine, order, shown);
    take_terms(engine, order, shown);
    sums_note(order, &sums);
    const bool is_late = state_is_final(order->state) && is_shown_open(shown->state);
    if (is_late && !is_overtaken(order, shown) && !is_of_before_its_end(order, shown))
        engine_alarm(engine, order, "an order is shown as open that has ended: only what has traded of it counts");
    if (is_late || (shown->state == OC_SHOWN_CANCELED && !is_end)) { /* or it goes on under another name */
        sums_settle(engine, order);
        exposure_lower(engine, order);
        return OC_OK;
    }
    if (event == EVENT_TAKEN)
        order->said->is_taken = true;
    order->said->is_whole |= shown->state == OC_SHOWN_FILLED && (order->now.bits & OC_RQ_HAS_QUOTE_QTY);
    sums_settle(engine, order);
    order_completes(order);
    if (event != EVENT_NONE && !(event == EVENT_SHOWN && state_is_final(order->state)))
        order_moves(engine, order, event);
    if (shown->why && is_end)
        order_reason(order, shown->why);
    exposure_lower(engine, order);
    const struct oc_ev_order copy = copy_of(shown, order);
    if (engine->is_observed)
        chain_observe(engine, &copy.head);
    answer_follows(engine, order, &copy.head);
    return OC_OK;
}

void absent_apply(struct engine *engine, const struct oc_ev_answer *answer)
{
    struct order *order = engine_order_of(engine, &answer->head);
    out_add_note(&engine->out, &(struct out_note){.kind = NOTE_ABSENT,
                                                  .strategy = order ? order->now.strategy : 0,
                                                  .order = order ? order->now.order : answer->order,
                                                  .inst = answer->head.inst,
                                                  .source = answer->head.source,
                                                  .words = "the venue does not know the order"});
    if (order)
        order_moves(engine, order, EVENT_ABSENT);
}

void taken_apply(struct engine *engine, const struct oc_ev_answer *answer)
{
    struct order *order = engine_order_of(engine, &answer->head);
    if (!order && answer->request) /* of the host, about no order */
        chain_observe(engine, &answer->head);
    else if (!order)
        stranger_note(engine, answer);
    if (!order)
        return;
    if (!sums_begin(engine, order))
        return;
    const uint8_t before = order->state;
    order->said->is_taken = true;
    if (answer->head.size >= sizeof(struct oc_ev_venue_answer))
        names_learn(engine, order, &answer->head);
    order_moves(engine, order, EVENT_TAKEN);
    exposure_lower(engine, order);
    if (order->state != before)
        answer_follows(engine, order, &answer->head);
}

/* answers.c: what simulators and venues say of orders, applied to the orders and the books. */
#include <string.h>

#include "engine/impl.h"

/* NULL: it says no more than a simulator does. */
static const struct oc_ev_venue_fill *whole_of(const struct oc_ev_fill *fill)
{
    return fill->head.size >= sizeof(struct oc_ev_venue_fill) ? (const struct oc_ev_venue_fill *)(const void *)fill
                                                              : NULL;
}

/* `said` is the input, `fill` what is booked of it. */
static oc_rc book_fill(struct engine *engine, const struct oc_ev_fill *said, const struct oc_ev_fill *fill,
                       struct order *order)
{
    uint32_t account = order ? order->now.account : fill->head.source;
    uint32_t strategy = order ? order->now.strategy : 0;
    const bool is_plain = said->head.size < sizeof(struct oc_ev_venue_fill) && (!order || !order->said);
    oc_rc rc = OC_OK;
    if (__builtin_expect(!is_plain, 0))
        rc = sums_replace(engine, order, fill);
    if (rc < 0)
        return rc;
    const struct book *book = portfolio_find(engine->portfolio, account, strategy, fill->head.inst);
    struct out_note note = {.kind = NOTE_FILL,
                            .strategy = strategy,
                            .order = fill->order,
                            .inst = fill->head.inst,
                            .qty_before = book ? book->position.qty : 0,
                            .realised_before = book ? book->position.realised : 0};
    if (__builtin_expect(is_plain, 1))
        rc = portfolio_fill(engine->portfolio, account, strategy, fill);
    else
        rc = sums_book(engine, order, fill, whole_of(said));
    if (rc < 0)
        return rc;
    if (__builtin_expect(!is_plain && !strategy, 0))
        assign_note(engine, order ? order->now.order : fill->order, account, fill->head.inst,
                    fill->side == OC_SIDE_BUY ? fill->qty : -fill->qty);
    book = portfolio_find(engine->portfolio, account, strategy, fill->head.inst);
    engine->qty_before = note.qty_before;
    if (book) {
        note.fill = &said->head;
        note.qty_after = book->position.qty;
        note.realised_after = book->position.realised;
        out_add_note(&engine->out, &note);
    }
    if (__builtin_expect(engine->resync_count != 0, 0))
        resync_filled(engine, strategy, fill->head.inst);
    if (!order || !is_plain)
        return OC_OK;
    oc_i128 fee;
    order->filled += fill->qty;
    order->filled_sum += (oc_i128)fill->price * fill->qty;
    order->fills++;
    if (money_from_dec(fill->fee, &fee) == OC_OK) {
        order->fee += fee;
        order->fee_asset = fill->fee_asset;
    }
    return OC_OK;
}

/* An order id of ours, whether it is still known or not. */
static bool is_our_id(const struct engine *engine, uint64_t order)
{
    return order >> 40 != 0 && order >> 40 <= engine->config.epoch;
}

void fill_follows(struct engine *engine, struct order *order, const struct oc_ev_fill *fill, int event)
{
    order_moves(engine, order, event);
    exposure_lower(engine, order);
    if (engine->is_observed)
        chain_observe(engine, &fill->head);
    groups_fill(engine, order, fill);
    answer_follows(engine, order, &fill->head);
}

/* It says more than a fill of a simulator: names, and what has traded by now. */
static __attribute__((noinline)) void learn_of_fill(struct engine *engine, struct order *order,
                                                    const struct oc_ev_venue_fill *whole)
{
    if (!sums_begin(engine, order))
        return;
    names_learn(engine, order, &whole->fill.head);
    if (whole->present & OC_FILL_CUM_QTY)
        sums_note(order,
                  &(struct order_sums){.qty = whole->cum_qty, .fills_come = true, .at_ns = whole->fill.head.venue_ns});
}

static oc_rc pass_duplicate(struct engine *engine, const struct oc_ev_fill *said, struct order *order)
{
    engine->stats.duplicates++;
    out_add_note(&engine->out, &(struct out_note){.kind = NOTE_DUPLICATE,
                                                  .order = order ? order->now.order : said->order,
                                                  .inst = said->head.inst,
                                                  .fill = &said->head});
    if (order && whole_of(said)) {
        learn_of_fill(engine, order, whole_of(said));
        sums_settle(engine, order);
        exposure_lower(engine, order);
    }
    return OC_OK;
}

/* Of nobody: booked to the account. `fill` as it was booked. */
static oc_rc book_of_nobody(struct engine *engine, const struct oc_ev_fill *fill, bool is_forgotten)
{
    engine_alarm(engine, NULL,
                 is_forgotten ? "a fill of an order that ended long ago: booked to the account, of no strategy"
                              : "a fill of an order that is not known: booked to the account");
    chain_observe(engine, &fill->head);
    return OC_OK;
}

/* The order as it was when the fill came decides whether that is a surprise. */
static int fill_event(const struct order *order)
{
    if (__builtin_expect(!order->said, 1))
        return EVENT_FILL;
    return order->said->lacks_terms || order_missing(order) || order->said->inferred ? EVENT_LATE_FILL : EVENT_FILL;
}

static oc_rc apply_fill(struct engine *engine, const struct oc_ev_fill *said)
{
    bool is_new = false;
    struct oc_ev_fill copy = *said;
    const struct oc_ev_fill *fill = &copy;
    const struct oc_ev_venue_fill *whole = whole_of(said);
    if (fill->qty <= 0 || fill->trade_id_size == 0 || fill->trade_id_size > sizeof fill->trade_id)
        return OC_E_DATA;
    struct order *order = whole ? engine_order_of(engine, &said->head) : orders_find(engine->orders, fill->order);
    struct fill_key key = fill_key(said);
    oc_rc rc = fill->head.flags & OC_EVF_SEEN ? OC_OK : orders_fill_is_new(engine->orders, key, &is_new);
    if (rc < 0)
        return rc;
    if (__builtin_expect(whole && order && is_new, 0))
        is_new = !fill_is_known_otherwise(engine, order, said);
    if (!is_new)
        return pass_duplicate(engine, said, order);
    /* Of an order that ended so long ago that it is forgotten. While every fill is still known by its identity, it is new and
     * booked; once some are not, and nobody has asked the index, money that may be there already is not booked twice. */
    const bool is_forgotten = !order && is_our_id(engine, fill->order);
    if (is_forgotten && !(fill->head.flags & OC_EVF_NEW) && !fills_are_all(orders_fills(engine->orders))) {
        engine_alarm(engine, NULL,
                     "a fill of an order that ended long ago, behind more fills than are remembered: not booked, as "
                     "it may be there already: compare the account with the venue");
        return OC_OK;
    }
    if (!order && !fill->order)
        order = stranger_adopt(engine, &said->head);
    copy.head.size = sizeof copy;
    const int event = order ? fill_event(order) : EVENT_NONE;
    if (order) {
        copy.order = order->now.order;
        if (fill->side == OC_SIDE_NONE)
            copy.side = order->now.side; /* a codec keeps no truth: the order knows */
        if (fill->side != order->now.side || OC_INST_INDEX(fill->head.inst) != OC_INST_INDEX(order->now.head.inst))
            engine_alarm(engine, order,
                         "a fill of another side or instrument than its order: booked as the venue says");
        if (__builtin_expect(whole != NULL, 0))
            learn_of_fill(engine, order, whole);
    }
    rc = book_fill(engine, said, fill, order);
    if (rc < 0)
        return rc; /* said again, it is booked */
    orders_fill_remember(engine->orders, key, copy.order);
    engine->stats.fills++;
    if (fill->head.flags & OC_EVF_AMBIGUOUS)
        engine->stats.ambiguous++;
    if (!order)
        return book_of_nobody(engine, fill, is_forgotten);
    if (__builtin_expect(order->said && order->said->lacks_terms, 0))
        order->now.qty = order->filled; /* it is as large as what is known of it */
    if ((fill->head.flags & OC_EVF_LAST) && !order->now.qty && !whole)
        order->is_complete = true;
    order_completes(order);
    if (order->now.qty && order->filled > order->now.qty)
        engine_alarm(engine, order, "more was filled than was asked for: booked as the venue says");
    fill_follows(engine, order, fill, event);
    if (__builtin_expect(order->said != NULL, 0)) {
        sums_settle(engine, order);
        exposure_lower(engine, order);
        bust_late(engine);
    }
    return OC_OK;
}

static int event_of(uint16_t type)
{
    switch (type) {
    case OC_EV_ACCEPTED:
        return EVENT_ACCEPT;
    case OC_EV_REJECTED:
        return EVENT_REJECT;
    case OC_EV_CANCELED:
        return EVENT_CANCELED;
    case OC_EV_EXPIRED:
        return EVENT_EXPIRED;
    case OC_EV_TRIGGERED:
        return EVENT_TRIGGER;
    case OC_EV_AMENDED:
        return EVENT_AMENDED;
    case OC_EV_CANCEL_REJECTED:
        return EVENT_CANCEL_REJECTED;
    case OC_EV_AMEND_REJECTED:
        return EVENT_AMEND_REJECTED;
    case OC_EV_UNKNOWN:
        return EVENT_UNKNOWN;
    case OC_EV_NOT_THERE:
        return EVENT_NOT_THERE;
    default:
        return EVENT_NONE;
    }
}

void answer_follows(struct engine *engine, struct order *order, const struct oc_event *event)
{
    if (event->type == OC_EV_REJECTED || event->type == OC_EV_CANCEL_REJECTED || event->type == OC_EV_AMEND_REJECTED)
        groups_refused(engine, order, event->type);
    if (state_is_final(order->state))
        groups_final(engine, order);
    else if (event->type == OC_EV_ACCEPTED || event->type == OC_EV_AMENDED || event->type == OC_EV_ORDER)
        groups_stands(engine, order);
    if (__builtin_expect(engine->closing != 0, 0))
        closing_go_on(engine, order);
    notify_order(engine, order, event);
}

/* It says names, or that more has traded than is booked. */
static __attribute__((noinline)) void learn_of_answer(struct engine *engine, struct order *order,
                                                      const struct oc_ev_answer *answer)
{
    const bool has_sum = oc_answer_says(answer) & OC_OF_CUM_QTY;
    if (!sums_begin(engine, order))
        return;
    if (answer->head.size >= sizeof(struct oc_ev_venue_answer))
        names_learn(engine, order, &answer->head);
    if (has_sum && answer->cum_qty > 0)
        sums_note(order, &(struct order_sums){.qty = answer->cum_qty, .at_ns = answer->head.venue_ns});
    sums_settle(engine, order);
}

/* Not an end: it goes on under another name. */
static bool goes_on(const struct order *order, const struct oc_ev_answer *answer)
{
    return answer->head.type == OC_EV_CANCELED && answer->head.size >= sizeof(struct oc_ev_venue_answer) &&
           !(answer->request && answer->request == order->ask_request) &&
           amend_replaces(order, &answer->head, ((const struct oc_ev_venue_answer *)(const void *)answer)->why);
}

static oc_rc apply_answer(struct engine *engine, const struct oc_ev_answer *said)
{
    struct oc_ev_answer copy;
    const struct oc_ev_answer *answer = said;
    bool is_overtaken = false;
    const bool is_whole = said->head.size >= sizeof(struct oc_ev_venue_answer);
    struct order *order = is_whole ? engine_order_of(engine, &said->head) : orders_find(engine->orders, said->order);
    if (!order && !said->order && (is_whole || said->request)) {
        if (said->request) /* of a request of the host that is about no order */
            chain_observe(engine, &said->head);
        else
            stranger_note(engine, said);
        return OC_OK;
    }
    if (!order) {
        engine_alarm(engine, NULL, "an answer about an order that is not known");
        return OC_OK;
    }
    if (__builtin_expect(is_whole || said->cum_qty > order->filled, 0))
        learn_of_answer(engine, order, said);
    if (said->head.type == OC_EV_AMENDED || said->head.type == OC_EV_AMEND_REJECTED)
        is_overtaken = !amend_settle(order, said);
    if (__builtin_expect(is_overtaken || goes_on(order, said), 0)) {
        exposure_lower(engine, order);
        return OC_OK;
    }
    if (__builtin_expect(said->head.type == OC_EV_UNKNOWN && said->request && said->request == order->ask_request, 0))
        order->ask_is_lost = true;
    if (is_whole) { /* to others it is what a simulator says, and names the order */
        copy = *said;
        copy.head.size = sizeof copy;
        copy.order = order->now.order;
        answer = &copy;
    }
    if (answer->head.type == OC_EV_REJECTED && !answer->definitive) {
        order_moves(engine, order, EVENT_UNKNOWN);
    } else if (answer->head.type != OC_EV_SENT && !(answer->head.type == OC_EV_AMENDED && order->ask_bits)) {
        order_moves(engine, order, event_of(answer->head.type));
    }
    if (answer->reason[0])
        memcpy(order->reason, answer->reason, sizeof order->reason);
    else if (is_whole && ((const struct oc_ev_venue_answer *)(const void *)said)->why)
        order_reason(order, ((const struct oc_ev_venue_answer *)(const void *)said)->why);
    exposure_lower(engine, order);
    if (engine->is_observed)
        chain_observe(engine, &answer->head);
    answer_follows(engine, order, &answer->head);
    return OC_OK;
}

static oc_rc apply_one(struct engine *engine, const struct oc_event *event)
{
    const struct oc_ev_answer *answer = (const struct oc_ev_answer *)(const void *)event;
    if (event->type == OC_EV_FILL)
        return apply_fill(engine, (const struct oc_ev_fill *)(const void *)event);
    if (__builtin_expect(event->type < OC_EV_ORDER, 1))
        return apply_answer(engine, answer);
    if (event->type == OC_EV_ORDER)
        return shown_apply(engine, (const struct oc_ev_order *)(const void *)event);
    if (event->type == OC_EV_BUST)
        return bust_apply(engine, (const struct oc_ev_bust *)(const void *)event);
    if (event->type == OC_EV_ABSENT)
        absent_apply(engine, answer);
    else
        taken_apply(engine, answer);
    return OC_OK;
}

oc_rc answer_apply(struct engine *engine, const struct oc_event *event)
{
    uint64_t alarms = orders_alarms(engine->orders), cause = engine->cause;
    engine->cause = event->seq;
    if (__builtin_expect(engine->made_count != 0, 0))
        sums_forget_made(engine);
    oc_rc rc = apply_one(engine, event);
    engine->stats.alarms += orders_alarms(engine->orders) - alarms;
    if (__builtin_expect(engine->groups.told_count, 0))
        groups_tell(engine);
    engine->cause = cause;
    return rc;
}

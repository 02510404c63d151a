/* amend.c: what becomes of an amendment: in force, refused, or shown one day by the venue where its answer was lost. */
#include <string.h>

#include "engine/impl.h"

/* What is in force changes as the venue says: OC_OF_... bits of price, stop and quantity. */
static void terms_change(struct order *order, uint32_t says, int64_t price, int64_t stop_price, int64_t qty)
{
    if ((says & OC_OF_PRICE) && (order->now.bits & OC_RQ_HAS_PRICE))
        order->now.price = price;
    if ((says & OC_OF_STOP) && (order->now.bits & OC_RQ_HAS_STOP))
        order->now.stop_price = stop_price;
    if ((says & OC_OF_QTY) && qty > 0 && !(order->now.bits & OC_RQ_HAS_QUOTE_QTY))
        order->now.qty = qty;
}

/* An answer to an earlier amendment, which has ended otherwise since. */
static bool is_of_other(const struct order *order, const struct oc_ev_answer *answer)
{
    return order->ask_bits && answer->request >> 63 && answer->request != order->ask_request;
}

/* What was asked for is in force, as far as the venue does not say it otherwise. */
bool amend_settle(struct order *order, const struct oc_ev_answer *answer)
{
    const bool is_whole = answer->head.size >= sizeof(struct oc_ev_venue_answer);
    const bool is_asked = !is_whole || answer->request != 0 || !order->ask_bits;
    if (is_of_other(order, answer))
        return false;
    if (answer->head.type == OC_EV_AMENDED && is_asked) {
        if (order->ask_bits & OC_RQ_QUANTITY_CHANGED)
            order->now.qty = order->ask_qty;
        if (order->ask_bits & OC_RQ_PRICE_CHANGED)
            order->now.price = order->ask_price;
        if (order->ask_bits & OC_RQ_STOP_CHANGED)
            order->now.stop_price = order->ask_stop;
    }
    if (answer->head.type == OC_EV_AMENDED)
        terms_change(order, oc_answer_says(answer), answer->price, answer->stop_price, answer->qty);
    if (is_asked) /* else what we asked for is still to be answered */
        order_amend_ends(order);
    return true;
}

/* Every term that was to change is said. */
static bool says_what_was_asked(const struct order *order, const struct oc_ev_order *shown)
{
    const uint32_t says = shown->present, asked = order->ask_bits;
    return (!(asked & OC_RQ_QUANTITY_CHANGED) || (says & OC_OF_QTY)) &&
           (!(asked & OC_RQ_PRICE_CHANGED) || (says & OC_OF_PRICE)) &&
           (!(asked & OC_RQ_STOP_CHANGED) || (says & OC_OF_STOP));
}

static bool has_what_was_asked(const struct order *order, const struct oc_ev_order *shown)
{
    const uint32_t asked = order->ask_bits;
    return (!(asked & OC_RQ_QUANTITY_CHANGED) || shown->qty == order->ask_qty) &&
           (!(asked & OC_RQ_PRICE_CHANGED) || shown->price == order->ask_price) &&
           (!(asked & OC_RQ_STOP_CHANGED) || shown->stop_price == order->ask_stop);
}

void amend_take_shown(struct engine *engine, struct order *order, const struct oc_ev_order *shown)
{
    const bool is_answer = order->ask_is_lost && shown->token;
    if (!order->ask_bits || shown->state > OC_SHOWN_SUSPENDED || shown->state == OC_SHOWN_PENDING_AMEND ||
        order_called_is_old(&order->said->called, &shown->head) || !says_what_was_asked(order, shown))
        return;
    const bool is_in_force = has_what_was_asked(order, shown);
    if (!is_in_force && !is_answer)
        return; /* as it is, or as it was: our question is under way */
    order_amend_ends(order);
    terms_change(order, shown->present, shown->price, shown->stop_price, shown->qty);
    order_moves(engine, order, is_in_force ? EVENT_AMENDED : EVENT_AMEND_REJECTED);
}

bool amend_replaces(const struct order *order, const struct oc_event *event, uint32_t why)
{
    const struct names_said names = names_said_by(event);
    bool is_old_name = false;
    if (why != OC_WHY_REPLACED)
        return false;
    for (uint32_t kind = 0; kind < ID_KINDS && order->said; kind++) {
        const struct oc_id *now = &order->said->called.now[kind], *said = names.of[kind];
        is_old_name |= said && said->size && now->size &&
                       (said->size != now->size || memcmp(said->text, now->text, now->size) != 0);
    }
    return order->ask_bits || is_old_name;
}

void shown_terms(struct order *order, const struct oc_ev_order *shown)
{
    if (order->ask_bits || state_is_final(order->state) || order_called_is_old(&order->said->called, &shown->head) ||
        amend_replaces(order, &shown->head, shown->why))
        return;
    terms_change(order, shown->present, shown->price, shown->stop_price, shown->qty);
}

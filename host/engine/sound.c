/* sound.c: whether an event is what its type says: its size, and where what stands behind its payload lies. */
#include "engine/engine.h"

/* What stands behind the payload: `bytes` from `offset` on, no nearer to the head than `payload`. */
static bool tail_is_inside(const struct oc_event *event, uint32_t payload, uint32_t offset, uint64_t bytes)
{
    return bytes == 0 || (offset >= payload && offset + bytes <= event->size);
}

static bool id_is_sound(const struct oc_id *id) { return id->size <= OC_ID_MAX; }

static bool answer_is_sound(const struct oc_event *event)
{
    const struct oc_ev_venue_answer *answer = (const struct oc_ev_venue_answer *)(const void *)event;
    return event->size < sizeof *answer || (id_is_sound(&answer->venue_order) && id_is_sound(&answer->client) &&
                                            tail_is_inside(event, sizeof *answer, answer->tail, answer->text_size));
}

static bool fill_is_sound(const struct oc_event *event)
{
    const struct oc_ev_venue_fill *fill = (const struct oc_ev_venue_fill *)(const void *)event;
    return event->size < sizeof *fill ||
           (id_is_sound(&fill->venue_order) && id_is_sound(&fill->client) && id_is_sound(&fill->position));
}

static bool order_is_sound(const struct oc_event *event)
{
    const struct oc_ev_order *order = (const struct oc_ev_order *)(const void *)event;
    return id_is_sound(&order->venue_order) && id_is_sound(&order->client) && id_is_sound(&order->group) &&
           id_is_sound(&order->position) && tail_is_inside(event, sizeof *order, order->tail, order->text_size);
}

static bool bust_is_sound(const struct oc_event *event)
{
    const struct oc_ev_bust *bust = (const struct oc_ev_bust *)(const void *)event;
    return id_is_sound(&bust->bust) && id_is_sound(&bust->venue_order) && bust->trade_id_size <= sizeof bust->trade_id;
}

static bool account_is_sound(const struct oc_event *event)
{
    const struct oc_ev_account *account = (const struct oc_ev_account *)(const void *)event;
    return id_is_sound(&account->venue_account) && id_is_sound(&account->last);
}

static bool ledger_is_sound(const struct oc_event *event)
{
    const struct oc_ev_ledger *ledger = (const struct oc_ev_ledger *)(const void *)event;
    return id_is_sound(&ledger->id) && id_is_sound(&ledger->reference) &&
           tail_is_inside(event, sizeof *ledger, ledger->tail, ledger->text_size);
}

/* Structures stand where they may be read as such. */
static bool list_is_inside(const struct oc_event *event, uint32_t payload, uint32_t offset, uint64_t count,
                           uint32_t each)
{
    return count == 0 || (offset % 8 == 0 && tail_is_inside(event, payload, offset, count * each));
}

static bool market_is_sound(const struct oc_event *event)
{
    const struct oc_ev_book *book = (const struct oc_ev_book *)(const void *)event;
    const struct oc_ev_book_orders *orders = (const struct oc_ev_book_orders *)(const void *)event;
    const struct oc_ev_figures *figures = (const struct oc_ev_figures *)(const void *)event;
    if (event->type == OC_EV_BOOK)
        return list_is_inside(event, sizeof *book, book->tail, (uint64_t)book->bids + book->asks,
                              sizeof(struct oc_level));
    if (event->type == OC_EV_BOOK_ORDERS)
        return list_is_inside(event, sizeof *orders, orders->tail, orders->count, sizeof(struct oc_book_order));
    return list_is_inside(event, sizeof *figures, figures->tail, figures->count, sizeof(struct oc_figure));
}

/* Of a known type and at least as large as that: what it holds beyond what a simulator says. */
static __attribute__((noinline)) bool rest_is_sound(const struct oc_event *event)
{
    const struct oc_ev_venue *venue = (const struct oc_ev_venue *)(const void *)event;
    if (event->size > OC_EVENT_MAX || event->size % 8)
        return false;
    if (event->type >= OC_EV_BOOK && event->type <= OC_EV_FIGURES)
        return market_is_sound(event);
    if (event->type >= OC_EV_ACCEPTED && event->type <= OC_EV_TAKEN && event->type != OC_EV_FILL &&
        event->type != OC_EV_ORDER && event->type != OC_EV_BUST)
        return answer_is_sound(event);
    switch (event->type) {
    case OC_EV_FILL:
        return fill_is_sound(event);
    case OC_EV_ORDER:
        return order_is_sound(event);
    case OC_EV_BUST:
        return bust_is_sound(event);
    case OC_EV_POSITION:
        return id_is_sound(&((const struct oc_ev_position *)(const void *)event)->position);
    case OC_EV_ACCOUNT:
        return account_is_sound(event);
    case OC_EV_LEDGER:
        return ledger_is_sound(event);
    case OC_EV_VENUE:
        return tail_is_inside(event, sizeof *venue, venue->tail, venue->text_size);
    case OC_EV_FETCHED:
        return ((const struct oc_ev_fetched *)(const void *)event)->cursor.size <= OC_CURSOR_MAX;
    default:
        return true;
    }
}

/* The least that an event of this type has, and whether that is all that a simulator or the host says of it. */
struct size {
    uint16_t least;
    bool is_whole;
};
#define WHOLE(type)                                                                                                    \
    {                                                                                                                  \
        sizeof(struct type), true                                                                                      \
    }
#define LEAST(type)                                                                                                    \
    {                                                                                                                  \
        sizeof(struct type), false                                                                                     \
    }

bool event_is_sound(const struct oc_event *event)
{
    static const struct size sizes[OC_EV_END] = {
        [OC_EV_TRADE] = WHOLE(oc_ev_trade),
        [OC_EV_QUOTE] = WHOLE(oc_ev_quote),
        [OC_EV_BAR] = WHOLE(oc_ev_bar),
        [OC_EV_QBAR] = WHOLE(oc_ev_qbar),
        [OC_EV_SESSION] = WHOLE(oc_ev_session),
        [OC_EV_INSTRUMENT] = WHOLE(oc_ev_instrument),
        [OC_EV_BOOK] = LEAST(oc_ev_book),
        [OC_EV_BOOK_ORDERS] = LEAST(oc_ev_book_orders),
        [OC_EV_FIGURES] = LEAST(oc_ev_figures),
        [OC_EV_FUNDING] = WHOLE(oc_ev_funding),
        [OC_EV_REQUEST] = WHOLE(oc_request),
        [OC_EV_DENIED] = WHOLE(oc_ev_answer),
        [OC_EV_ACCEPTED] = WHOLE(oc_ev_answer),
        [OC_EV_REJECTED] = WHOLE(oc_ev_answer),
        [OC_EV_FILL] = WHOLE(oc_ev_fill),
        [OC_EV_CANCELED] = WHOLE(oc_ev_answer),
        [OC_EV_EXPIRED] = WHOLE(oc_ev_answer),
        [OC_EV_TRIGGERED] = WHOLE(oc_ev_answer),
        [OC_EV_AMENDED] = WHOLE(oc_ev_answer),
        [OC_EV_CANCEL_REJECTED] = WHOLE(oc_ev_answer),
        [OC_EV_AMEND_REJECTED] = WHOLE(oc_ev_answer),
        [OC_EV_UNKNOWN] = WHOLE(oc_ev_answer),
        [OC_EV_NOT_THERE] = WHOLE(oc_ev_answer),
        [OC_EV_SENT] = WHOLE(oc_ev_answer),
        [OC_EV_ORDER] = LEAST(oc_ev_order),
        [OC_EV_ABSENT] = WHOLE(oc_ev_answer),
        [OC_EV_BUST] = LEAST(oc_ev_bust),
        [OC_EV_TAKEN] = WHOLE(oc_ev_answer),
        [OC_EV_TIMER] = WHOLE(oc_ev_timer),
        [OC_EV_BALANCE] = WHOLE(oc_ev_balance),
        [OC_EV_COMMAND] = WHOLE(oc_ev_text),
        [OC_EV_STRATEGY] = WHOLE(oc_ev_text),
        [OC_EV_STATE] = WHOLE(oc_ev_text),
        [OC_EV_LATCH] = WHOLE(oc_ev_text),
        [OC_EV_CONFIG] = WHOLE(oc_ev_text),
        [OC_EV_MARK] = WHOLE(oc_ev_text),
        [OC_EV_POSITION] = LEAST(oc_ev_position),
        [OC_EV_ACCOUNT] = LEAST(oc_ev_account),
        [OC_EV_LEDGER] = LEAST(oc_ev_ledger),
        [OC_EV_VENUE] = LEAST(oc_ev_venue),
        [OC_EV_LIMIT] = WHOLE(oc_ev_limit),
        [OC_EV_FETCHED] = LEAST(oc_ev_fetched),
        [OC_EV_STORE] = WHOLE(oc_ev_text),
    };
    if (event->type >= OC_EV_END)
        return false;
    const struct size size = sizes[event->type];
    if (event->size == size.least && size.is_whole) /* what comes most often */
        return true;
    return size.least && event->size >= size.least && rest_is_sound(event);
}

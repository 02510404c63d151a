/* sound.c: whether an event is what its type says: its size, and where what stands behind its payload lies. */
#include "engine/engine.h"

/* What stands behind the payload: `bytes` from `offset` on, no nearer to the head than `payload`. */
static bool tail_is_inside(const struct oc_event *event, uint32_t payload, uint32_t offset, uint64_t bytes)
{
    return bytes == 0 || (offset >= payload && offset <= event->size && bytes <= event->size - offset);
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
    uint16_t is_whole;
};

bool event_is_sound(const struct oc_event *event)
{
    static const struct size sizes[OC_EV_END] = {
        [OC_EV_TRADE] = {sizeof(struct oc_ev_trade), 1},
        [OC_EV_QUOTE] = {sizeof(struct oc_ev_quote), 1},
        [OC_EV_BAR] = {sizeof(struct oc_ev_bar), 1},
        [OC_EV_QBAR] = {sizeof(struct oc_ev_qbar), 1},
        [OC_EV_SESSION] = {sizeof(struct oc_ev_session), 1},
        [OC_EV_INSTRUMENT] = {sizeof(struct oc_ev_instrument), 1},
        [OC_EV_BOOK] = {sizeof(struct oc_ev_book), 0},
        [OC_EV_BOOK_ORDERS] = {sizeof(struct oc_ev_book_orders), 0},
        [OC_EV_FIGURES] = {sizeof(struct oc_ev_figures), 0},
        [OC_EV_FUNDING] = {sizeof(struct oc_ev_funding), 1},
        [OC_EV_REQUEST] = {sizeof(struct oc_request), 1},
        [OC_EV_DENIED] = {sizeof(struct oc_ev_answer), 1},
        [OC_EV_ACCEPTED] = {sizeof(struct oc_ev_answer), 1},
        [OC_EV_REJECTED] = {sizeof(struct oc_ev_answer), 1},
        [OC_EV_FILL] = {sizeof(struct oc_ev_fill), 1},
        [OC_EV_CANCELED] = {sizeof(struct oc_ev_answer), 1},
        [OC_EV_EXPIRED] = {sizeof(struct oc_ev_answer), 1},
        [OC_EV_TRIGGERED] = {sizeof(struct oc_ev_answer), 1},
        [OC_EV_AMENDED] = {sizeof(struct oc_ev_answer), 1},
        [OC_EV_CANCEL_REJECTED] = {sizeof(struct oc_ev_answer), 1},
        [OC_EV_AMEND_REJECTED] = {sizeof(struct oc_ev_answer), 1},
        [OC_EV_UNKNOWN] = {sizeof(struct oc_ev_answer), 1},
        [OC_EV_NOT_THERE] = {sizeof(struct oc_ev_answer), 1},
        [OC_EV_SENT] = {sizeof(struct oc_ev_answer), 1},
        [OC_EV_ORDER] = {sizeof(struct oc_ev_order), 0},
        [OC_EV_ABSENT] = {sizeof(struct oc_ev_answer), 1},
        [OC_EV_BUST] = {sizeof(struct oc_ev_bust), 0},
        [OC_EV_TAKEN] = {sizeof(struct oc_ev_answer), 1},
        [OC_EV_TIMER] = {sizeof(struct oc_ev_timer), 1},
        [OC_EV_BALANCE] = {sizeof(struct oc_ev_balance), 1},
        [OC_EV_COMMAND] = {sizeof(struct oc_ev_text), 1},
        [OC_EV_STRATEGY] = {sizeof(struct oc_ev_text), 1},
        [OC_EV_STATE] = {sizeof(struct oc_ev_text), 1},
        [OC_EV_LATCH] = {sizeof(struct oc_ev_text), 1},
        [OC_EV_CONFIG] = {sizeof(struct oc_ev_text), 1},
        [OC_EV_MARK] = {sizeof(struct oc_ev_text), 1},
        [OC_EV_POSITION] = {sizeof(struct oc_ev_position), 0},
        [OC_EV_ACCOUNT] = {sizeof(struct oc_ev_account), 0},
        [OC_EV_LEDGER] = {sizeof(struct oc_ev_ledger), 0},
        [OC_EV_VENUE] = {sizeof(struct oc_ev_venue), 0},
        [OC_EV_LIMIT] = {sizeof(struct oc_ev_limit), 1},
        [OC_EV_FETCHED] = {sizeof(struct oc_ev_fetched), 0},
    };
    if (event->type >= OC_EV_END)
        return false;
    const struct size size = sizes[event->type];
    if (event->size == size.least && size.is_whole) /* what comes most often */
        return size.least != 0;
    return size.least && event->size >= size.least && rest_is_sound(event);
}

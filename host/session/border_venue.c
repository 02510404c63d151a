/* border_venue.c: what a connector says, judged before it may pass the door. UNKNOWN, NOT_THERE and SENT come here from the host's
 * own table of requests: a connector cannot commit them (io/venue_services.c). */
#include "session/border.h"

#include <string.h>

#include "base/money.h"
#include "engine/depth.h"
#include "feed/source.h"

static bool counts(struct oc_dec dec)
{
    oc_i128 money;
    return money_from_dec(dec, &money) == OC_OK;
}

static bool all_count(const struct oc_dec *decs, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (!counts(decs[i]))
            return false;
    return true;
}

static bool has_asset(struct engine *engine, uint32_t asset)
{
    return asset < instruments_asset_count(engine_instruments(engine));
}

static const char *market_refuses(struct engine *engine, const struct oc_event *event)
{
    const struct instrument *instrument = instruments_get(engine_instruments(engine), event->inst);
    struct instrument_steps steps;
    if (!instruments_steps(engine_instruments(engine), event->inst, &steps))
        return "a market event of an instrument that is not known";
    if (event->type > OC_EV_QBAR)
        return NULL;
    return market_takes(event) ? feed_refuses(event, instrument->info.present & OC_INST_HAS_PRICE_SIGN)
                               : "a price beyond what a host can count";
}

static const char *book_refuses(struct engine *engine, const struct oc_event *event)
{
    const struct oc_ev_book *book = (const struct oc_ev_book *)(const void *)event;
    const struct oc_ev_book_orders *orders = (const struct oc_ev_book_orders *)(const void *)event;
    const uint16_t kind = event->type == OC_EV_BOOK ? book->kind : orders->kind,
                   chain = event->type == OC_EV_BOOK ? book->chain : orders->chain;
    if (kind == OC_BOOK_NONE || kind > OC_BOOK_CHANGE || chain > OC_CHAIN_PREVIOUS)
        return "a book that is neither a snapshot nor a change, or that follows an unknown rule";
    if (event->type == OC_EV_BOOK) {
        const struct oc_level *levels = (const struct oc_level *)(const void *)((const char *)event + book->tail);
        for (uint64_t i = 0; i < (uint64_t)book->bids + book->asks; i++)
            if (levels[i].qty < 0)
                return "a level of a book with less than nothing";
        if (!depth_takes(book))
            return "a price of a book beyond what a host can count";
    }
    return market_refuses(engine, event);
}

static const char *figures_refuse(struct engine *engine, const struct oc_event *event)
{
    const struct oc_ev_figures *said = (const struct oc_ev_figures *)(const void *)event;
    const struct oc_figure *figures = (const struct oc_figure *)(const void *)((const char *)event + said->tail);
    for (uint32_t i = 0; i < said->count; i++)
        if (!counts(figures[i].value))
            return "a figure that cannot be counted";
    return market_refuses(engine, event);
}

static const char *funding_refuses(struct engine *engine, const struct oc_event *event)
{
    const struct oc_ev_funding *funding = (const struct oc_ev_funding *)(const void *)event;
    if (!counts(funding->rate) || !counts(funding->next_rate) || funding->interval_ns < 0)
        return "a funding rate that cannot be counted";
    return market_refuses(engine, event);
}

static const char *fill_refuses(struct engine *engine, const struct oc_event *event)
{
    const struct oc_ev_fill *fill = (const struct oc_ev_fill *)(const void *)event;
    const struct oc_ev_venue_fill *whole = (const struct oc_ev_venue_fill *)(const void *)event;
    if (!instruments_get(engine_instruments(engine), event->inst))
        return "a fill of an instrument that is not known";
    if (fill->qty <= 0)
        return "a fill of nothing, or less";
    if (fill->side > OC_SIDE_SELL || (!fill->side && !engine_order_of(engine, event)))
        return "a fill without a side, of an order that is not known";
    if (!has_asset(engine, fill->fee_asset) || !counts(fill->fee))
        return "a fee that cannot be counted, or in an asset that is not known";
    if (fill->trade_id_size == 0 || fill->trade_id_size > sizeof fill->trade_id)
        return "a fill without an identity";
    if (event->size >= sizeof *whole && (!counts(whole->value) || !counts(whole->realised) || whole->cum_qty < 0))
        return "a fill whose sums cannot be counted";
    return NULL;
}

static const char *order_refuses(struct engine *engine, const struct oc_event *event)
{
    const struct oc_ev_order *shown = (const struct oc_ev_order *)(const void *)event;
    if (!instruments_get(engine_instruments(engine), event->inst))
        return "an order of an instrument that is not known";
    if (shown->state == OC_SHOWN_NONE || shown->state > OC_SHOWN_UNKNOWN || shown->side > OC_SIDE_SELL ||
        shown->type > OC_ORDER_QUOTED || shown->tif > OC_TIF_AT_CLOSE)
        return "an order in a state, or with terms, that there are not";
    if (shown->qty < 0 || shown->cum_qty < 0 || !counts(shown->quote_qty) || !counts(shown->cum_value) ||
        !counts(shown->cum_fee) || !has_asset(engine, shown->fee_asset))
        return "an order whose sums cannot be counted";
    if (!shown->order && !shown->client.size && !shown->venue_order.size)
        return "an order without a name";
    return NULL;
}

static const char *bust_refuses(struct engine *engine, const struct oc_event *event)
{
    const struct oc_ev_bust *bust = (const struct oc_ev_bust *)(const void *)event;
    if (!instruments_get(engine_instruments(engine), event->inst))
        return "a correction of an instrument that is not known";
    if (bust->trade_id_size == 0 || bust->trade_id_size > sizeof bust->trade_id)
        return "a correction of a fill without an identity";
    if (bust->new_qty < 0 || !counts(bust->new_fee))
        return "a correction to what cannot be counted";
    return NULL;
}

static const char *of_order_refuses(struct engine *engine, uint32_t account, const struct oc_event *event)
{
    const struct oc_ev_answer *answer = (const struct oc_ev_answer *)(const void *)event;
    const struct order *order = orders_find(engine_orders(engine), answer->order);
    if (order && order->now.account != account)
        return "an answer about another account's order";
    if (event->type == OC_EV_FILL)
        return fill_refuses(engine, event);
    if (event->type == OC_EV_BUST)
        return bust_refuses(engine, event);
    return event->type == OC_EV_ORDER ? order_refuses(engine, event) : NULL;
}

static const char *balance_refuses(struct engine *engine, uint32_t account, const struct oc_event *event)
{
    const struct oc_ev_balance *balance = (const struct oc_ev_balance *)(const void *)event;
    if (balance->account && balance->account != account)
        return "a balance of an account that is not the connector's";
    if (balance->asset == 0 || !has_asset(engine, balance->asset) || !counts(balance->total) ||
        !counts(balance->free) || !counts(balance->locked))
        return "a balance that cannot be counted, or of an asset that is not known";
    return NULL;
}

static const char *instrument_refuses(struct engine *engine, const struct oc_event *event)
{
    const struct oc_ev_instrument *said = (const struct oc_ev_instrument *)(const void *)event;
    const struct oc_instrument *info = &said->info;
    enum instrument_change change;
    uint32_t inst;
    if (!has_asset(engine, info->base) || !has_asset(engine, info->quote) || !has_asset(engine, info->settle))
        return "an instrument of an asset that is not known";
    switch (instruments_judge(engine_instruments(engine), info, &change, &inst)) {
    case OC_OK:
        return NULL;
    case OC_E_NOT_SUPPORTED:
        return "an instrument of another kind, currency or contract size than before: it needs a symbol of its own";
    case OC_E_LIMIT:
        return "more instruments, or changes of their steps, than there is room for";
    case OC_E_RANGE:
        return "an instrument in whose steps money cannot be counted exactly";
    default:
        return "an instrument without a symbol, or with steps that are none";
    }
}

static const char *position_refuses(struct engine *engine, const struct oc_event *event)
{
    const struct oc_ev_position *position = (const struct oc_ev_position *)(const void *)event;
    const struct oc_dec decs[] = {position->average,  position->mark,   position->liquidation, position->unrealised,
                                  position->realised, position->margin, position->maintenance, position->leverage};
    if (!instruments_get(engine_instruments(engine), event->inst))
        return "a position of an instrument that is not known";
    if (position->qty == INT64_MIN || position->side > OC_POSITION_SHORT || position->margin_mode > OC_MARGIN_CASH ||
        !has_asset(engine, position->asset) || !all_count(decs, sizeof decs / sizeof decs[0]))
        return "a position that cannot be counted";
    return NULL;
}

static const char *account_refuses(struct engine *engine, const struct oc_event *event)
{
    const struct oc_ev_account *account = (const struct oc_ev_account *)(const void *)event;
    const struct oc_dec decs[] = {account->equity,     account->margin_used, account->margin_free, account->maintenance,
                                  account->unrealised, account->maker_fee,   account->taker_fee,   account->leverage};
    return !has_asset(engine, account->asset) || !all_count(decs, sizeof decs / sizeof decs[0])
               ? "an account whose money cannot be counted"
               : NULL;
}

static const char *ledger_refuses(struct engine *engine, const struct oc_event *event)
{
    const struct oc_ev_ledger *entry = (const struct oc_ev_ledger *)(const void *)event;
    if (entry->asset == 0 || !has_asset(engine, entry->asset) || !has_asset(engine, entry->fee_asset) ||
        !counts(entry->amount) || !counts(entry->fee) || !counts(entry->after))
        return "a ledger entry that cannot be counted, or of an asset that is not known";
    if (entry->id.size == 0)
        return "a ledger entry without an identity";
    if (entry->status < OC_LEDGER_PENDING || entry->status > OC_LEDGER_REVERSED)
        return "a ledger entry in a state that there is not";
    return NULL;
}

/* A connector knows what its venue says of itself; whether it is reached, the host knows. */
static const char *state_refuses(const struct oc_event *event)
{
    const struct oc_ev_venue *venue = (const struct oc_ev_venue *)(const void *)event;
    if (venue->part == OC_PART_LINK && venue->state >= OC_VENUE_DOWN &&
        (venue->state <= OC_VENUE_DEGRADED || venue->state == OC_VENUE_DENIED))
        return NULL; /* host/io lets no connector say it */
    if (venue->state < OC_VENUE_READY || venue->state == OC_VENUE_DEGRADED || venue->state > OC_VENUE_DENIED ||
        venue->part > OC_PART_TRADING)
        return "a state of a venue that only the host may say, or that there is not";
    return venue->generation || venue->clock_offset_ns || venue->clock_error_ns
               ? "a generation or a clock, which only the host may say"
               : NULL;
}

static const char *judge(struct engine *engine, uint32_t account, const struct oc_event *event)
{
    const bool is_known = (event->type >= OC_EV_TRADE && event->type <= OC_EV_INSTRUMENT) ||
                          (event->type >= OC_EV_BOOK && event->type <= OC_EV_FUNDING) ||
                          event_is_of_order(event->type) || event->type == OC_EV_BALANCE ||
                          (event->type >= OC_EV_POSITION && event->type <= OC_EV_FETCHED) ||
                          event->type == OC_EV_STORE; /* the host's record of it */
    if (!is_known)
        return "an event that no connector may make";
    if (!event_is_sound(event))
        return "an event of a wrong size";
    if (event->source != account)
        return "an event of an account that is not the connector's";
    if (event_is_of_order(event->type))
        return of_order_refuses(engine, account, event);
    switch (event->type) {
    case OC_EV_SESSION:
        return ((const struct oc_ev_session *)(const void *)event)->status > OC_SESSION_AUCTION
                   ? "a session in a state that there is not"
                   : NULL;
    case OC_EV_BOOK:
    case OC_EV_BOOK_ORDERS:
        return book_refuses(engine, event);
    case OC_EV_FIGURES:
        return figures_refuse(engine, event);
    case OC_EV_FUNDING:
        return funding_refuses(engine, event);
    case OC_EV_INSTRUMENT:
        return instrument_refuses(engine, event);
    case OC_EV_BALANCE:
        return balance_refuses(engine, account, event);
    case OC_EV_POSITION:
        return position_refuses(engine, event);
    case OC_EV_ACCOUNT:
        return account_refuses(engine, event);
    case OC_EV_LEDGER:
        return ledger_refuses(engine, event);
    case OC_EV_VENUE:
        return state_refuses(event);
    case OC_EV_LIMIT:
    case OC_EV_FETCHED:
    case OC_EV_STORE:
        return NULL;
    default:
        return market_refuses(engine, event);
    }
}

const char *border_refuses_venue(struct engine *engine, uint32_t account, const struct oc_event *event)
{
    const char *why = judge(engine, account, event);
    const struct instrument *instrument = instruments_get(engine_instruments(engine), event->inst);
    const struct account *owner = portfolio_account(engine_portfolio(engine), account);
    struct instrument_steps steps;
    if (!why && instrument && owner && strcmp(instrument->info.venue, owner->venue) != 0)
        why = "an event of an instrument of another venue";
    if (!why && event->inst && !instruments_steps(engine_instruments(engine), event->inst, &steps))
        why = "an event of a version of an instrument that there was not";
    return why;
}

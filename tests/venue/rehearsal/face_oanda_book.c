/* face_oanda_book.c: what the face `oanda` keeps: transactions as they were said, orders, and trades that the oldest of which is closed first. */
#include "rehearsal/face_oanda.h"

#include "base/json_out.h"

#include <stdio.h>
#include <stdlib.h>

bool oa_begin(struct rehearsal *venue)
{
    struct oa_own *own = calloc(1, sizeof *own);
    if (!own)
        return false;
    venue->own = own;
    own->txs = calloc(OA_TXS_MAX, sizeof *own->txs);
    own->orders = calloc(OA_ORDERS_MAX, sizeof *own->orders);
    own->trades = calloc(OA_TRADES_MAX, sizeof *own->trades);
    return own->txs && own->orders && own->trades;
}

void oa_end(struct rehearsal *venue)
{
    struct oa_own *own = venue->own;
    if (!own)
        return;
    for (uint32_t i = 0; own->txs && i < own->tx_count; i++)
        free(own->txs[i].text);
    free(own->txs);
    free(own->orders);
    free(own->trades);
    free(own);
    venue->own = NULL;
}

/* ---- texts ---- */

void oa_put_money(struct text *out, const char *key, oc_i128 money)
{
    char number[TEXT_DECIMAL_MAX];
    text_from_units_128(number, money, MONEY_SCALE, TEXT_SHORTEST);
    json_text(out, key, number);
}

/* As many digits as it needs, ten behind those of a price at most. */
void oa_put_average(struct text *out, const char *key, oc_i128 value, int64_t units, struct oc_dec step)
{
    char number[TEXT_DECIMAL_MAX];
    int32_t scale = step.scale;
    value *= step.units;
    while (units && value % units && scale < step.scale + 8) {
        value *= 10;
        scale++;
    }
    text_from_units_128(number, units ? value / units : 0, scale, TEXT_SHORTEST);
    json_text(out, key, number);
}

void oa_put_id(struct text *out, const char *key, uint64_t id)
{
    char number[24];
    snprintf(number, sizeof number, "%llu", (unsigned long long)id);
    json_text(out, key, number);
}

/* ---- transactions ---- */

uint64_t oa_next(const struct oa_own *own, uint32_t account) { return own->next[account] + 1; }

struct text *oa_say(struct rehearsal *venue, uint32_t account, const char *type, const char *member, struct text *room)
{
    struct oa_own *own = venue->own;
    if (own->tx_count == OA_TXS_MAX)
        abort(); /* no rehearsal is as long */
    struct oa_tx *tx = &own->txs[own->tx_count];
    *tx = (struct oa_tx){.id = ++own->next[account], .account = account};
    text_copy(tx->member, sizeof tx->member, member);
    text_init_grow(room, VENUE_MESSAGE_MAX);
    json_open(room, NULL, '{');
    oa_put_id(room, "id", tx->id);
    json_text(room, "accountID", venue->keys[0].id[0] ? core_account(venue->core, account)->name : "");
    oa_put_id(room, "batchID", tx->id);
    json_time(room, "time", venue_clock(venue));
    json_text(room, "type", type);
    return room;
}

uint64_t oa_said(struct rehearsal *venue, struct text *room)
{
    struct oa_own *own = venue->own;
    struct oa_tx *tx = &own->txs[own->tx_count++];
    json_close(room, '}');
    tx->text = malloc(room->size + 1);
    if (!tx->text)
        abort();
    memcpy(tx->text, room->data, room->size + 1);
    tx->size = room->size;
    text_release(room);
    return tx->id;
}

void oa_put_terms(const struct rehearsal *venue, struct text *out, const struct oa_order *order)
{
    const struct core_inst *inst = core_inst(venue->core, order->inst);
    if (order->trade) {
        oa_put_id(out, "tradeID", order->trade);
    } else {
        json_text(out, "instrument", inst->symbol);
        venue_put_units(out, "units", order->units, inst->qty_step);
    }
    if (order->price)
        venue_put_units(out, "price", order->price, inst->price_step);
    json_text(out, "timeInForce", order->tif);
    if (order->fill[0])
        json_text(out, "positionFill", order->fill);
    json_text(out, "triggerCondition", "DEFAULT");
    if (order->replaces)
        oa_put_id(out, "replacesOrderID", order->replaces);
    if (order->client[0]) {
        json_open(out, "clientExtensions", '{');
        json_text(out, "id", order->client);
        json_close(out, '}');
    }
}

/* ---- orders ---- */

struct oa_order *oa_order_of(struct oa_own *own, uint32_t account, uint64_t id)
{
    for (uint32_t i = own->order_count; i-- > 0;)
        if (own->orders[i].account == account && own->orders[i].id == id)
            return &own->orders[i];
    return NULL;
}

struct oa_trade *oa_trade_of(struct oa_own *own, uint32_t account, uint64_t id)
{
    for (uint32_t i = 0; i < own->trade_count; i++)
        if (own->trades[i].account == account && own->trades[i].id == id)
            return &own->trades[i];
    return NULL;
}

/* The one that is pending by this place of the core; NULL: there is none. */
static struct oa_order *order_at(struct oa_own *own, uint32_t place)
{
    for (uint32_t i = own->order_count; i-- > 0;)
        if (own->orders[i].place == place && own->orders[i].state == OA_PENDING)
            return &own->orders[i];
    return NULL;
}

static void copy_terms(struct oa_order *order, const struct core_order *of)
{
    const bool is_stop = of->type == CORE_STOP;
    order->account = of->account;
    order->inst = of->inst;
    order->units = of->side == CORE_SELL ? -of->qty : of->qty;
    order->price = is_stop ? of->stop : of->price;
    if (!order->type[0])
        text_copy(order->type, sizeof order->type, of->type == CORE_MARKET ? "MARKET" : is_stop ? "STOP" : "LIMIT");
    if (!order->tif[0])
        text_copy(order->tif, sizeof order->tif, of->tif == CORE_IOC ? "IOC" : of->tif == CORE_FOK ? "FOK" : "GTC");
}

/* A new one, called as who places it wants, or by somebody in front of the venue. */
static struct oa_order *add_order(struct rehearsal *venue, uint32_t place, const struct core_order *of)
{
    struct oa_own *own = venue->own;
    struct text room, *out;
    char type[40], member[48];
    if (own->order_count == OA_ORDERS_MAX)
        abort();
    struct oa_order *order = &own->orders[own->order_count++];
    *order = own->has_made ? own->made : (struct oa_order){0};
    own->has_made = false;
    copy_terms(order, of);
    order->place = place;
    order->state = OA_PENDING;
    order->created_ns = venue_clock(venue);
    if (order->id) /* placed anew: it is called as it was */
        return order;
    snprintf(type, sizeof type, "%s_ORDER", order->type);
    snprintf(member, sizeof member, "%s",
             strcmp(order->type, "STOP_LOSS") == 0     ? "stopLossOrderTransaction"
             : strcmp(order->type, "TAKE_PROFIT") == 0 ? "takeProfitOrderTransaction"
                                                       : "orderCreateTransaction");
    out = oa_say(venue, order->account, type, order->replaces ? "orderCreateTransaction" : member, &room);
    oa_put_terms(venue, out, order);
    json_text(out, "reason", order->replaces ? "REPLACEMENT" : "CLIENT_ORDER");
    order->id = oa_said(venue, out);
    return order;
}

static void end_order(struct rehearsal *venue, struct oa_order *order, const char *why)
{
    struct text room, *out;
    if (order->state != OA_PENDING)
        return;
    order->state = OA_CANCELED;
    out = oa_say(venue, order->account, "ORDER_CANCEL", "orderCancelTransaction", &room);
    oa_put_id(out, "orderID", order->id);
    if (order->client[0])
        json_text(out, "clientOrderID", order->client);
    json_text(out, "reason", why);
    order->canceling = oa_said(venue, out);
}

/* ---- fills ---- */

static oc_i128 part_of(oc_i128 value, int64_t part, int64_t whole)
{
    return part == whole ? value : value * part / whole;
}

struct closing {
    int64_t units;  /* signed, what is left of the fill */
    oc_i128 value;  /* of it */
    oc_i128 gained; /* units of price times units of quantity */
};

static void put_part(const struct rehearsal *venue, struct text *out, const struct oa_trade *trade, int64_t units,
                     oc_i128 value, oc_i128 gain)
{
    const struct core_inst *inst = core_inst(venue->core, trade->inst);
    oa_put_id(out, "tradeID", trade->id);
    venue_put_units(out, "units", units, inst->qty_step);
    oa_put_average(out, "price", value < 0 ? -value : value, units < 0 ? -units : units, inst->price_step);
    oa_put_money(out, "realizedPL", gain * inst->value_unit);
    json_text(out, "financing", "0.0000");
}

/* Takes a trade back as far as the fill goes. */
static void close_trade(const struct rehearsal *venue, struct text *out, struct oa_trade *trade,
                        struct closing *closing, bool *is_listed)
{
    const int64_t held = trade->units < 0 ? -trade->units : trade->units;
    const int64_t left = closing->units < 0 ? -closing->units : closing->units, part = left < held ? left : held;
    const oc_i128 cost = part_of(trade->value, part, held), value = part_of(closing->value, part, left);
    const int64_t units = closing->units < 0 ? -part : part;
    const oc_i128 gain = -(value + cost); /* what is sold has a value below zero */
    const bool is_whole = part == held;
    if (is_whole && !*is_listed)
        json_open(out, "tradesClosed", '[');
    if (!is_whole && *is_listed)
        json_close(out, ']');
    *is_listed = is_whole;
    json_open(out, is_whole ? NULL : "tradeReduced", '{');
    put_part(venue, out, trade, units, value, gain);
    json_close(out, '}');
    trade->units += units;
    trade->value -= cost;
    closing->units -= units;
    closing->value -= value;
    closing->gained += gain;
}

/* The trade of an exit; else the oldest on the other side first. What is left opens one. */
static oc_i128 follow_fill(struct rehearsal *venue, struct text *out, const struct oa_order *order, uint64_t id,
                           int64_t units, oc_i128 value)
{
    struct oa_own *own = venue->own;
    struct closing closing = {.units = units, .value = value};
    bool is_listed = false;
    for (uint32_t i = 0; i < own->trade_count && closing.units; i++) {
        struct oa_trade *trade = &own->trades[i];
        if (trade->account != order->account || trade->inst != order->inst || !trade->units ||
            (trade->units < 0) == (closing.units < 0) || (order->trade && trade->id != order->trade))
            continue;
        close_trade(venue, out, trade, &closing, &is_listed);
    }
    if (is_listed)
        json_close(out, ']');
    if (closing.units && own->trade_count < OA_TRADES_MAX) {
        own->trades[own->trade_count++] = (struct oa_trade){.id = id,
                                                            .account = order->account,
                                                            .inst = order->inst,
                                                            .initial = closing.units,
                                                            .units = closing.units,
                                                            .value = closing.value,
                                                            .opened_ns = venue_clock(venue)};
        const struct core_inst *inst = core_inst(venue->core, order->inst);
        const oc_i128 whole = closing.value < 0 ? -closing.value : closing.value;
        json_open(out, "tradeOpened", '{');
        oa_put_id(out, "tradeID", id);
        venue_put_units(out, "units", closing.units, inst->qty_step);
        oa_put_average(out, "price", whole, closing.units < 0 ? -closing.units : closing.units, inst->price_step);
        json_close(out, '}');
    }
    return closing.gained * core_inst(venue->core, order->inst)->value_unit;
}

/* With the rest under another number. */
static void reissue(struct rehearsal *venue, const struct oa_order *old, int64_t units)
{
    struct oa_own *own = venue->own;
    struct text room, *out;
    char type[40];
    if (own->order_count == OA_ORDERS_MAX)
        abort();
    struct oa_order *order = &own->orders[own->order_count++];
    *order = *old;
    order->state = OA_PENDING;
    order->filling = 0;
    order->units = units;
    order->replaces = old->id;
    snprintf(type, sizeof type, "%s_ORDER", order->type);
    out = oa_say(venue, order->account, type, "orderReissueTransaction", &room);
    oa_put_terms(venue, out, order);
    json_text(out, "reason", "REISSUE");
    order->id = oa_said(venue, out);
}

static void say_fill(struct rehearsal *venue)
{
    struct oa_own *own = venue->own;
    const struct core_order *of = core_order(venue->core, own->filled.place);
    struct oa_order *order = order_at(own, own->filled.place);
    const int sign = of->side == CORE_SELL ? -1 : 1;
    const int64_t units = sign * own->filled.qty;
    const oc_i128 value = sign * own->filled.value;
    const struct core_inst *inst = core_inst(venue->core, of->inst);
    struct text room, *out;
    own->filled.is_there = false;
    if (!order)
        return;
    const uint64_t id = oa_next(own, order->account);
    char reason[40];
    snprintf(reason, sizeof reason, "%s_ORDER", order->type);
    out = oa_say(venue, order->account, "ORDER_FILL", "orderFillTransaction", &room);
    oa_put_id(out, "orderID", order->id);
    if (order->client[0])
        json_text(out, "clientOrderID", order->client);
    json_text(out, "instrument", inst->symbol);
    venue_put_units(out, "units", units, inst->qty_step);
    venue_put_units(out, "requestedUnits", order->units, inst->qty_step);
    oa_put_average(out, "price", own->filled.value, own->filled.qty, inst->price_step);
    oa_put_average(out, "fullVWAP", own->filled.value, own->filled.qty, inst->price_step);
    json_text(out, "reason", reason);
    const oc_i128 gain = follow_fill(venue, out, order, id, units, value);
    own->cash[order->account] += gain;
    oa_put_money(out, "pl", gain);
    json_text(out, "financing", "0.0000");
    json_text(out, "commission", "0.0000");
    json_text(out, "guaranteedExecutionFee", "0.0000");
    oa_put_money(out, "accountBalance", oa_balance(venue, order->account));
    order->filling = oa_said(venue, out);
    order->state = OA_FILLED;
    if (core_is_open(of) && units != order->units)
        reissue(venue, order, order->units - units);
}

/* ---- what happens in the core ---- */

static void note_rows(struct rehearsal *venue)
{
    struct oa_own *own = venue->own;
    struct text room, *out;
    for (uint64_t count = core_row_count(venue->core); own->rows < count;) {
        const struct core_row *row = core_row(venue->core, ++own->rows);
        if ((row->kind != CORE_DEPOSIT && row->kind != CORE_WITHDRAWAL) || row->at_ns == venue->begin_ns ||
            strcmp(core_asset_name(venue->core, row->asset), "USD") != 0)
            continue;
        own->cash[row->account] += row->amount;
        out = oa_say(venue, row->account, "TRANSFER_FUNDS", "transferFundsTransaction", &room);
        oa_put_money(out, "amount", row->amount);
        json_text(out, "fundingReason", "CLIENT_FUNDING");
        oa_put_money(out, "accountBalance", oa_balance(venue, row->account));
        (void)oa_said(venue, out);
    }
}

static void note_fill(struct rehearsal *venue, const struct core_fill *fill)
{
    struct oa_own *own = venue->own;
    if (own->filled.is_there && own->filled.place != fill->order)
        say_fill(venue);
    if (!own->filled.is_there) {
        own->filled.is_there = true;
        own->filled.place = fill->order;
        own->filled.qty = 0;
        own->filled.value = 0;
    }
    own->filled.qty += fill->qty;
    own->filled.value += (oc_i128)fill->price * fill->qty;
}

void oa_note(struct rehearsal *venue, const struct core_event *event)
{
    struct oa_own *own = venue->own;
    const bool is_customers = event->order && event->order->id;
    if (event->kind == CORE_ON_BALANCE)
        note_rows(venue);
    if (!is_customers || core_account(venue->core, event->order->account)->is_house)
        return;
    const uint32_t place = core_order_by_id(venue->core, event->order->id);
    if (event->kind == CORE_ON_FILL) {
        note_fill(venue, event->fill);
        return;
    }
    if (event->kind != CORE_ON_ORDER)
        return;
    struct oa_order *order = order_at(own, place);
    if (!core_is_open(event->order) && own->filled.is_there && own->filled.place == place)
        say_fill(venue);
    if (order && event->order->state == CORE_EXPIRED)
        order->state = OA_PENDING; /* what was left of it is canceled */
    if (!order && core_is_open(event->order))
        order = add_order(venue, place, event->order);
    if (order && !own->is_silent && event->order->state == CORE_CANCELED)
        end_order(venue, order, own->why ? own->why : "CLIENT_REQUEST");
    if (order && event->order->state == CORE_EXPIRED)
        end_order(venue, order, event->order->type == CORE_MARKET ? "INSUFFICIENT_LIQUIDITY" : "TIME_IN_FORCE_EXPIRED");
}

/* ---- exits follow their trade ---- */

/* The core's order in the size of the trade; called as before. */
static void resize(struct rehearsal *venue, struct oa_order *order, int64_t units)
{
    struct oa_own *own = venue->own;
    const bool is_stop = strcmp(order->type, "STOP_LOSS") == 0;
    const struct core_ask ask = {.account = order->account,
                                 .inst = order->inst,
                                 .side = units < 0 ? CORE_SELL : CORE_BUY,
                                 .type = is_stop ? CORE_STOP : CORE_LIMIT,
                                 .tif = CORE_GTC,
                                 .qty = units < 0 ? -units : units,
                                 .price = order->price,
                                 .stop = order->price};
    uint32_t place;
    own->made = *order;
    order->state = OA_CANCELED; /* the other row takes its place */
    own->is_silent = true;
    (void)core_cancel(venue->core, venue->now_ns, order->place);
    own->is_silent = false;
    own->has_made = true;
    if (core_place(venue->core, venue->now_ns, &ask, &place) != CORE_OK)
        own->has_made = false;
}

void oa_act(struct rehearsal *venue)
{
    struct oa_own *own = venue->own;
    if (own->filled.is_there)
        say_fill(venue);
    for (uint32_t i = 0; i < own->order_count && own->has_exits; i++) {
        struct oa_order *order = &own->orders[i];
        const struct oa_trade *trade =
            order->trade && order->state == OA_PENDING ? oa_trade_of(own, order->account, order->trade) : NULL;
        if (!trade || trade->units == -order->units)
            continue;
        own->why = "LINKED_TRADE_CLOSED";
        if (!trade->units)
            (void)core_cancel(venue->core, venue->now_ns, order->place);
        else
            resize(venue, order, -trade->units);
        own->why = NULL;
    }
}

/* ---- money ---- */

oc_i128 oa_balance(const struct rehearsal *venue, uint32_t account)
{
    const struct oa_own *own = venue->own;
    return OA_OPENING_CASH * num_pow10_128(MONEY_SCALE) + own->cash[account];
}

oc_i128 oa_gain(const struct rehearsal *venue, uint32_t inst, int64_t units, oc_i128 value)
{
    const struct core_inst *of = core_inst(venue->core, inst);
    struct core_level best;
    const uint8_t side = units > 0 ? CORE_BUY : CORE_SELL;
    const int64_t price = core_levels(venue->core, inst, side, &best, 1) ? best.price : of->last_price;
    return ((oc_i128)price * units - value) * of->value_unit;
}

/* face_oanda_orders.c: order requests of the face `oanda`, and what is answered to them: the transactions that they made. */
#include "rehearsal/face_oanda.h"

#include "base/json_out.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- what is asked ---- */

struct asked {
    char type[24], instrument[CORE_NAME_MAX], units[32], price[32], tif[8], fill[16], trade[24],
        client[CORE_CLIENT_MAX];
};

static void take_client(struct kit_json json, struct asked *asked)
{
    struct kit_json_text key;
    if (!kit_json_object(&json))
        return;
    while (kit_json_key(&json, &key)) {
        const struct kit_json_text value = kit_json_value(&json);
        if (KIT_JSON_IS(key, "id"))
            (void)kit_json_copy(value, asked->client, sizeof asked->client);
    }
}

static bool take_members(struct kit_json *json, struct asked *asked)
{
    const struct {
        const char *name;
        char *to;
        size_t size;
    } members[] = {
        {"type", asked->type, sizeof asked->type},      {"instrument", asked->instrument, sizeof asked->instrument},
        {"units", asked->units, sizeof asked->units},   {"price", asked->price, sizeof asked->price},
        {"timeInForce", asked->tif, sizeof asked->tif}, {"positionFill", asked->fill, sizeof asked->fill},
        {"tradeID", asked->trade, sizeof asked->trade}};
    struct kit_json_text key;
    if (!kit_json_object(json))
        return false;
    while (kit_json_key(json, &key)) {
        const struct kit_json_text value = kit_json_value(json);
        if (KIT_JSON_IS(key, "clientExtensions"))
            take_client(kit_json_begin(value.at, value.size), asked);
        for (size_t i = 0; i < sizeof members / sizeof *members; i++)
            if (kit_json_is(key, members[i].name, strlen(members[i].name)) &&
                kit_json_copy(value, members[i].to, members[i].size) < 0)
                return false;
    }
    return true;
}

/* {"NAME":{...}}; a body without it: 400. */
static bool take_body(struct oa_call *call, const char *name, struct asked *asked)
{
    struct kit_json json = kit_json_begin(call->ask->body, call->ask->body_size);
    struct kit_json_text key;
    bool is_there = false;
    memset(asked, 0, sizeof *asked);
    if (kit_json_object(&json))
        while (kit_json_key(&json, &key))
            if (kit_json_is(key, name, strlen(name)))
                is_there = take_members(&json, asked);
    return kit_json_end(&json) && is_there;
}

static bool take_units(const char *text, struct oc_dec step, int64_t *ret_units)
{
    return kit_json_units((struct kit_json_text){.at = text, .size = (uint32_t)strlen(text), .kind = KIT_JSON_STRING},
                          step, ret_units) == OC_OK;
}

/* ---- answers ---- */

/* The transactions from `first` on, of this account, each as it is called. */
static void answer_made(struct oa_call *call, uint32_t status, uint32_t first, const char *prefix)
{
    struct text *out = &call->ret->body;
    const struct oa_own *own = call->own;
    char member[64];
    text_clear(out);
    call->ret->status = status;
    json_open(out, NULL, '{');
    for (uint32_t i = first; i < own->tx_count; i++) {
        if (own->txs[i].account != call->account)
            continue;
        snprintf(member, sizeof member, "%s%c%s", prefix, *prefix ? 'O' : own->txs[i].member[0],
                 own->txs[i].member + 1);
        bool is_doubled = false; /* a second of one name says nothing here: the stream has it */
        for (uint32_t k = first; k < i; k++)
            is_doubled |= own->txs[k].account == call->account && strcmp(own->txs[k].member, own->txs[i].member) == 0;
        if (!is_doubled)
            text_format(out, "%s\"%s\":%s", i > first ? "," : "", member, own->txs[i].text);
    }
    if (out->data && out->size > 1 && own->tx_count > first)
        text_put(out, ",");
    text_format(out, "\"lastTransactionID\":\"%llu\"}", (unsigned long long)own->next[call->account]);
}

/* With a transaction that says so. */
static void reject(struct oa_call *call, uint32_t status, const char *type, const char *member, const char *reason,
                   uint64_t order)
{
    const uint32_t first = call->own->tx_count;
    struct text room, *out = oa_say(call->venue, call->account, type, member, &room);
    if (order)
        oa_put_id(out, "orderID", order);
    json_text(out, "rejectReason", reason);
    (void)oa_said(call->venue, out);
    answer_made(call, status, first, "");
    call->ret->body.data[--call->ret->body.size] = 0;
    text_format(&call->ret->body, ",\"errorCode\":\"%s\",\"errorMessage\":\"%s\"}", reason, reason);
}

static const char *reason_of(enum core_why why)
{
    return why == CORE_NO_INSTRUMENT                            ? "INSTRUMENT_UNKNOWN"
           : why == CORE_BAD_PRICE || why == CORE_WOULD_TRIGGER ? "PRICE_INVALID"
           : why == CORE_BAD_QTY                                ? "UNITS_INVALID"
           : why == CORE_BELOW_MIN_QTY                          ? "UNITS_MIMIMUM_NOT_MET"
           : why == CORE_ABOVE_MAX_QTY                          ? "UNITS_LIMIT_EXCEEDED"
           : why == CORE_NO_FUNDS                               ? "INSUFFICIENT_MARGIN"
           : why == CORE_CLIENT_ID_USED                         ? "CLIENT_ORDER_ID_ALREADY_EXISTS"
           : why == CORE_TOO_MANY_OPEN                          ? "PENDING_ORDERS_ALLOWED_EXCEEDED"
                                                                : "INTERNAL_SERVER_ERROR";
}

/* ---- new ---- */

static int64_t reachable(const struct oa_call *call, const struct core_ask *ask)
{
    struct core_level levels[64];
    const uint32_t count =
        core_levels(call->venue->core, ask->inst, ask->side == CORE_BUY ? CORE_SELL : CORE_BUY, levels, 64);
    int64_t qty = 0;
    for (uint32_t i = 0; i < count; i++)
        qty += levels[i].qty;
    return qty;
}

/* An order that was taken, and canceled at once: no order of the core. */
static void stillborn(struct oa_call *call, const struct asked *asked, const struct core_ask *ask, uint64_t replaces,
                      const char *why)
{
    char type[40];
    struct oa_order order = {.account = call->account,
                             .inst = ask->inst,
                             .units = ask->side == CORE_SELL ? -ask->qty : ask->qty,
                             .state = OA_CANCELED,
                             .place = CORE_NONE,
                             .replaces = replaces,
                             .created_ns = venue_clock(call->venue)};
    struct text room, *out;
    text_copy(order.type, sizeof order.type, asked->type);
    text_copy(order.tif, sizeof order.tif, asked->tif);
    text_copy(order.client, sizeof order.client, asked->client);
    snprintf(type, sizeof type, "%s_ORDER", asked->type);
    out = oa_say(call->venue, call->account, type, "orderCreateTransaction", &room);
    oa_put_terms(call->venue, out, &order);
    json_text(out, "reason", replaces ? "REPLACEMENT" : "CLIENT_ORDER");
    order.id = oa_said(call->venue, out);
    out = oa_say(call->venue, call->account, "ORDER_CANCEL",
                 replaces ? "replacingOrderCancelTransaction" : "orderCancelTransaction", &room);
    oa_put_id(out, "orderID", order.id);
    json_text(out, "clientOrderID", order.client);
    json_text(out, "reason", why);
    order.canceling = oa_said(call->venue, out);
    if (call->own->order_count < OA_ORDERS_MAX)
        call->own->orders[call->own->order_count++] = order;
}

/* Which order of the core it is to be. NULL: it can be; else why it is refused. */
static const char *judge(const struct oa_call *call, const struct asked *asked, struct core_ask *ask)
{
    const uint32_t inst = core_inst_named(call->venue->core, asked->instrument);
    int64_t units;
    if (inst == CORE_NONE)
        return "INSTRUMENT_UNKNOWN";
    const struct core_inst *of = core_inst(call->venue->core, inst);
    const bool is_stop = strcmp(asked->type, "STOP") == 0, is_limit = strcmp(asked->type, "LIMIT") == 0;
    if (!is_stop && !is_limit && strcmp(asked->type, "MARKET") != 0)
        return "ORDER_TYPE_NOT_SUPPORTED_IN_REHEARSAL";
    if (!take_units(asked->units, of->qty_step, &units) || !units)
        return "UNITS_PRECISION_EXCEEDED";
    *ask = (struct core_ask){.account = call->account,
                             .inst = inst,
                             .side = units < 0 ? CORE_SELL : CORE_BUY,
                             .type = is_stop    ? CORE_STOP
                                     : is_limit ? CORE_LIMIT
                                                : CORE_MARKET,
                             .tif = strcmp(asked->tif, "IOC") == 0   ? CORE_IOC
                                    : strcmp(asked->tif, "FOK") == 0 ? CORE_FOK
                                                                     : CORE_GTC,
                             .qty = units < 0 ? -units : units};
    if ((is_stop || is_limit) && !take_units(asked->price, of->price_step, is_stop ? &ask->stop : &ask->price))
        return "PRICE_PRECISION_EXCEEDED";
    text_copy(ask->client, sizeof ask->client, asked->client);
    if (ask->type == CORE_MARKET || is_stop)
        ask->tif = CORE_IOC;
    if (is_stop)
        ask->tif = CORE_GTC;
    return NULL;
}

/* REDUCE_ONLY: no more than what is held on the other side. */
static bool reduces(const struct oa_call *call, const struct asked *asked, struct core_ask *ask)
{
    int64_t held = 0;
    if (strcmp(asked->fill, "REDUCE_ONLY") != 0)
        return true;
    for (uint32_t i = 0; i < call->own->trade_count; i++)
        if (call->own->trades[i].account == call->account && call->own->trades[i].inst == ask->inst)
            held += call->own->trades[i].units;
    held = ask->side == CORE_SELL ? held : -held;
    ask->qty = held < ask->qty ? held : ask->qty;
    return held > 0;
}

static void make(const struct oa_call *call, const struct asked *asked, uint64_t replaces, uint64_t trade)
{
    struct oa_order *made = &call->own->made;
    *made = (struct oa_order){.replaces = replaces, .trade = trade};
    call->own->has_exits |= trade != 0;
    text_copy(made->type, sizeof made->type, asked->type);
    text_copy(made->tif, sizeof made->tif, asked->tif[0] ? asked->tif : "GTC");
    text_copy(made->fill, sizeof made->fill, asked->fill);
    text_copy(made->client, sizeof made->client, asked->client);
    call->own->has_made = true;
}

static enum core_why place(struct oa_call *call, const struct core_ask *ask)
{
    uint32_t order;
    const enum core_why why = core_place(call->venue->core, call->venue->now_ns, ask, &order);
    call->own->has_made = false;
    call->venue->orders++;
    oa_act(call->venue);
    return why;
}

static void place_new(struct oa_call *call, struct asked *asked, struct core_ask *ask, const char *prefix)
{
    const uint32_t first = call->own->tx_count;
    char type[48];
    if (!asked->tif[0])
        text_copy(asked->tif, sizeof asked->tif, ask->type == CORE_MARKET ? "FOK" : "GTC");
    const bool is_at_once = ask->type == CORE_MARKET;
    if (is_at_once && core_inst(call->venue->core, ask->inst)->is_halted) {
        stillborn(call, asked, ask, 0, "MARKET_HALTED");
    } else if (!reduces(call, asked, ask)) {
        stillborn(call, asked, ask, 0, "POSITION_CLOSEOUT_FAILED");
    } else if (is_at_once && strcmp(asked->tif, "FOK") == 0 && reachable(call, ask) < ask->qty) {
        stillborn(call, asked, ask, 0, "INSUFFICIENT_LIQUIDITY");
    } else {
        make(call, asked, 0, 0);
        const enum core_why why = place(call, ask);
        snprintf(type, sizeof type, "%s_ORDER_REJECT", asked->type);
        if (why != CORE_OK) {
            reject(call, 400, type, "orderRejectTransaction", reason_of(why), 0);
            return;
        }
    }
    answer_made(call, *prefix ? 200 : 201, first, prefix);
}

void oa_post_order(struct oa_call *call)
{
    struct asked asked;
    struct core_ask ask;
    char type[48];
    if (!take_body(call, "order", &asked)) {
        oa_words(call->ret, 400, "", "Invalid JSON, or no 'order' in it");
        return;
    }
    const char *why = judge(call, &asked, &ask);
    snprintf(type, sizeof type, "%.20s_ORDER_REJECT", asked.type);
    if (why)
        reject(call, 400, type, "orderRejectTransaction", why, 0);
    else
        place_new(call, &asked, &ask, "");
}

/* ---- changed and canceled ---- */

/* By its number, or (`@`) by ours while it is pending. */
static struct oa_order *named(const struct oa_call *call, const char *spec)
{
    struct oa_own *own = call->own;
    for (uint32_t i = own->order_count; i-- > 0;) {
        struct oa_order *order = &own->orders[i];
        if (order->account == call->account &&
            (spec[0] == '@' ? order->state == OA_PENDING && strcmp(order->client, spec + 1) == 0
                            : order->id == strtoull(spec, NULL, 10)))
            return order;
    }
    return NULL;
}

static void replace(struct oa_call *call, struct oa_order *old)
{
    struct asked asked;
    struct core_ask ask;
    const uint32_t first = call->own->tx_count;
    const uint64_t was = old->id, trade = old->trade;
    const struct core_inst *inst = core_inst(call->venue->core, old->inst);
    if (!take_body(call, "order", &asked)) {
        oa_words(call->ret, 400, "", "Invalid JSON, or no 'order' in it");
        return;
    }
    const bool is_stop = strcmp(asked.type, "STOP_LOSS") == 0;
    const char *why = strcmp(asked.type, old->type) != 0 ? "REPLACING_ORDER_INVALID" : NULL;
    if (trade) {
        ask = (struct core_ask){.account = call->account,
                                .inst = old->inst,
                                .side = old->units < 0 ? CORE_SELL : CORE_BUY,
                                .type = is_stop ? CORE_STOP : CORE_LIMIT,
                                .tif = CORE_GTC,
                                .qty = old->units < 0 ? -old->units : old->units};
        if (!take_units(asked.price, inst->price_step, is_stop ? &ask.stop : &ask.price))
            why = "PRICE_PRECISION_EXCEEDED";
        text_copy(ask.client, sizeof ask.client, asked.client);
    } else {
        why = why ? why : judge(call, &asked, &ask);
    }
    if (why) {
        reject(call, 400, "LIMIT_ORDER_REJECT", "orderRejectTransaction", why, 0);
        return;
    }
    call->own->why = "CLIENT_REQUEST_REPLACED";
    old->replaced_by = oa_next(call->own, call->account) + 1;
    (void)core_cancel(call->venue->core, call->venue->now_ns, old->place);
    call->own->why = NULL;
    make(call, &asked, was, trade);
    const enum core_why refusal = place(call, &ask);
    if (refusal != CORE_OK) /* the one that was to take its place ends at once, and the old one has ended */
        stillborn(call, &asked, &ask, was, refusal == CORE_HALTED ? "MARKET_HALTED" : reason_of(refusal));
    answer_made(call, 201, first, "");
}

/* PUT orders/SPEC, orders/SPEC/cancel */
void oa_put_order(struct oa_call *call)
{
    struct oa_order *order = named(call, call->parts[1]);
    const bool is_cancel = call->part_count == 3;
    const uint32_t first = call->own->tx_count;
    if (!order || order->state != OA_PENDING) {
        reject(call, 404, "ORDER_CANCEL_REJECT", "orderCancelRejectTransaction", "ORDER_DOESNT_EXIST",
               order ? order->id : 0);
        return;
    }
    if (!is_cancel) {
        replace(call, order);
        return;
    }
    (void)core_cancel(call->venue->core, call->venue->now_ns, order->place);
    answer_made(call, 200, first, "");
}

/* ---- positions and trades ---- */

static bool take_part(const struct oa_call *call, const char *name, char ret_text[32], char ret_client[CORE_CLIENT_MAX])
{
    struct kit_json json = kit_json_begin(call->ask->body, call->ask->body_size);
    struct kit_json_text key;
    struct asked asked = {0};
    char extensions[48];
    ret_text[0] = ret_client[0] = 0;
    snprintf(extensions, sizeof extensions, "%.*sClientExtensions", (int)(strlen(name) - 5), name);
    if (kit_json_object(&json))
        while (kit_json_key(&json, &key)) {
            const struct kit_json_text value = kit_json_value(&json);
            if (kit_json_is(key, name, strlen(name)))
                (void)kit_json_copy(value, ret_text, 32);
            if (kit_json_is(key, extensions, strlen(extensions)))
                take_client(kit_json_begin(value.at, value.size), &asked);
        }
    text_copy(ret_client, CORE_CLIENT_MAX, asked.client);
    return kit_json_end(&json) && ret_text[0] && strcmp(ret_text, "NONE") != 0;
}

/* PUT positions/INSTRUMENT/close */
void oa_put_close(struct oa_call *call)
{
    const uint32_t inst = core_inst_named(call->venue->core, call->parts[1]);
    struct asked asked = {.type = "MARKET", .tif = "FOK", .fill = "REDUCE_ONLY"};
    char part[32];
    const bool is_long = inst != CORE_NONE && take_part(call, "longUnits", part, asked.client);
    const bool is_short = !is_long && inst != CORE_NONE && take_part(call, "shortUnits", part, asked.client);
    struct core_ask ask = {.account = call->account, .inst = inst, .side = is_long ? CORE_SELL : CORE_BUY};
    int64_t held = 0;
    for (uint32_t i = 0; i < call->own->trade_count && inst != CORE_NONE; i++)
        if (call->own->trades[i].account == call->account && call->own->trades[i].inst == inst)
            held += call->own->trades[i].units;
    held = is_long ? held : -held;
    if ((!is_long && !is_short) || held <= 0) {
        reject(call, 404, "MARKET_ORDER_REJECT", is_long ? "longOrderRejectTransaction" : "shortOrderRejectTransaction",
               "CLOSEOUT_POSITION_DOESNT_EXIST", 0);
        return;
    }
    ask.type = CORE_MARKET;
    ask.tif = CORE_IOC;
    ask.qty = held;
    if (strcmp(part, "ALL") != 0 && !take_units(part, core_inst(call->venue->core, inst)->qty_step, &ask.qty)) {
        reject(call, 400, "MARKET_ORDER_REJECT", "longOrderRejectTransaction", "UNITS_PRECISION_EXCEEDED", 0);
        return;
    }
    text_copy(ask.client, sizeof ask.client, asked.client);
    text_copy(asked.instrument, sizeof asked.instrument, call->parts[1]);
    place_new(call, &asked, &ask, is_long ? "long" : "short");
}

/* One exit of a trade: in the place of the one there is. */
static const char *set_exit(struct oa_call *call, const struct oa_trade *trade, struct asked *asked, const char *type)
{
    const struct core_inst *inst = core_inst(call->venue->core, trade->inst);
    const bool is_stop = strcmp(type, "STOP_LOSS") == 0;
    struct core_ask ask = {.account = call->account,
                           .inst = trade->inst,
                           .side = trade->units < 0 ? CORE_BUY : CORE_SELL,
                           .type = is_stop ? CORE_STOP : CORE_LIMIT,
                           .tif = CORE_GTC,
                           .qty = trade->units < 0 ? -trade->units : trade->units};
    const uint64_t id = trade->id;
    if (!take_units(asked->price, inst->price_step, is_stop ? &ask.stop : &ask.price))
        return "PRICE_PRECISION_EXCEEDED";
    call->own->why = "CLIENT_REQUEST_REPLACED";
    for (uint32_t i = 0; i < call->own->order_count; i++) {
        struct oa_order *order = &call->own->orders[i];
        if (order->trade == id && order->account == call->account && order->state == OA_PENDING &&
            strcmp(order->type, type) == 0)
            (void)core_cancel(call->venue->core, call->venue->now_ns, order->place);
    }
    call->own->why = NULL;
    text_copy(asked->type, sizeof asked->type, type);
    text_copy(ask.client, sizeof ask.client, asked->client);
    make(call, asked, 0, id);
    const enum core_why why = place(call, &ask);
    return why == CORE_OK ? NULL : reason_of(why);
}

/* PUT trades/ID/orders */
void oa_put_exits(struct oa_call *call)
{
    struct asked asked;
    const uint32_t first = call->own->tx_count;
    const struct oa_trade *trade = oa_trade_of(call->own, call->account, strtoull(call->parts[1], NULL, 10));
    const char *why = NULL;
    if (!trade || !trade->units) {
        reject(call, 404, "STOP_LOSS_ORDER_REJECT", "stopLossOrderRejectTransaction", "TRADE_DOESNT_EXIST", 0);
        return;
    }
    if (take_body(call, "stopLoss", &asked))
        why = set_exit(call, trade, &asked, "STOP_LOSS");
    if (!why && take_body(call, "takeProfit", &asked))
        why = set_exit(call, trade, &asked, "TAKE_PROFIT");
    if (why)
        reject(call, 400, "STOP_LOSS_ORDER_REJECT", "stopLossOrderRejectTransaction", why, 0);
    else
        answer_made(call, 200, first, "");
}

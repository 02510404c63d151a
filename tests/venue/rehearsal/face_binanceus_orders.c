/* face_binanceus_orders.c: order requests of the face `binanceus`. */
#include "rehearsal/face_binanceus.h"

#include "base/json_out.h"

#include <stdio.h>

static bool mandatory(struct bn_call *call, const char *name, char *ret_value, size_t size_max)
{
    char words[128];
    if (bn_query(call, name, ret_value, size_max) && *ret_value)
        return true;
    snprintf(words, sizeof words, "Mandatory parameter '%s' was not sent, was empty/null, or malformed.", name);
    bn_refuse(call, 400, -1102, words);
    return false;
}

bool bn_named(struct bn_call *call, const char *by_number, const char *by_client, uint32_t *ret_order)
{
    const struct core *core = call->venue->core;
    char text[24], client[CORE_CLIENT_MAX], words[128];
    int64_t number = 0;
    const bool has_number = bn_query(call, by_number, text, sizeof text),
               has_client = bn_query(call, by_client, client, sizeof client);
    *ret_order = CORE_NONE;
    if (!has_number && !has_client) {
        snprintf(words, sizeof words, "Param '%s' or '%s' must be sent, but both were empty/null!", by_client,
                 by_number);
        bn_refuse(call, 400, -1102, words);
        return false;
    }
    if (has_number && text_to_int(text, strlen(text), &number) == OC_OK && number > 0)
        *ret_order = core_order_by_id(core, (uint64_t)number);
    else if (!has_number)
        *ret_order = core_order_by_client(core, call->key->account, client);
    if (*ret_order != CORE_NONE && core_order(core, *ret_order)->account != call->key->account)
        *ret_order = CORE_NONE;
    return true;
}

static bool is_client_id(const char *text)
{
    for (; *text; text++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", *text))
            return false;
    return true;
}

/* A number of the order, in units of a step. What is not there is 0. */
static bool read_units(struct bn_call *call, const char *name, struct oc_dec step, enum core_why why,
                       int64_t *ret_units)
{
    char text[40];
    int64_t units;
    int scale;
    oc_i128 value;
    *ret_units = 0;
    if (!bn_query(call, name, text, sizeof text))
        return true;
    if (text_to_decimal(text, strlen(text), &units, &scale) == OC_OK && scale <= 18) {
        value = (oc_i128)units * num_pow10_128(18 - scale);
        const oc_i128 one = (oc_i128)step.units * num_pow10_128(18 - step.scale);
        if (value > 0 && value % one == 0 && value / one <= INT64_MAX) {
            *ret_units = (int64_t)(value / one);
            return true;
        }
    }
    bn_refuse_why(call, why);
    return false;
}

static bool read_kind(struct bn_call *call, struct core_ask *ask)
{
    static const struct {
        const char *word;
        uint8_t type;
    } types[] = {{"LIMIT", CORE_LIMIT},
                 {"LIMIT_MAKER", CORE_LIMIT},
                 {"MARKET", CORE_MARKET},
                 {"STOP_LOSS", CORE_STOP},
                 {"STOP_LOSS_LIMIT", CORE_STOP_LIMIT}};
    char side[16], type[24], tif[8] = "", words[96];
    if (!mandatory(call, "side", side, sizeof side) || !mandatory(call, "type", type, sizeof type))
        return false;
    ask->side = strcmp(side, "BUY") == 0 ? CORE_BUY : strcmp(side, "SELL") == 0 ? CORE_SELL : 0;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].word, type) == 0)
            ask->type = types[i].type;
    if (ask->type == CORE_STOP && !bn_takes_stops(core_inst(call->venue->core, ask->inst)))
        ask->type = 0;
    if (!ask->side || !ask->type) {
        snprintf(words, sizeof words, !ask->side ? "Invalid side." : "%.24s orders are not supported for this symbol.",
                 type);
        bn_refuse(call, 400, !ask->side ? -1117 : -2010, words);
        return false;
    }
    ask->is_post_only = strcmp(type, "LIMIT_MAKER") == 0;
    const bool needs_tif = (ask->type == CORE_LIMIT && !ask->is_post_only) || ask->type == CORE_STOP_LIMIT;
    if (needs_tif && !mandatory(call, "timeInForce", tif, sizeof tif))
        return false;
    if (!needs_tif && bn_query(call, "timeInForce", tif, sizeof tif)) {
        bn_refuse(call, 400, -1106, "Parameter 'timeInForce' sent when not required.");
        return false;
    }
    ask->tif = !needs_tif                ? (ask->type == CORE_MARKET ? CORE_IOC : CORE_GTC)
               : strcmp(tif, "GTC") == 0 ? CORE_GTC
               : strcmp(tif, "IOC") == 0 ? CORE_IOC
               : strcmp(tif, "FOK") == 0 ? CORE_FOK
                                         : 0;
    if (!ask->tif)
        bn_refuse(call, 400, -1115, "Invalid timeInForce.");
    return ask->tif != 0;
}

static bool read_ask(struct bn_call *call, struct core_ask *ask)
{
    char money[40], must[40];
    if (!bn_inst(call, true, &ask->inst) || !read_kind(call, ask))
        return false;
    const struct core_inst *inst = core_inst(call->venue->core, ask->inst);
    ask->account = call->key->account;
    if (!bn_query(call, "newClientOrderId", ask->client, sizeof ask->client))
        snprintf(ask->client, sizeof ask->client, "venue_%u", core_order_count(call->venue->core) + 1);
    if (!is_client_id(ask->client) || strlen(ask->client) > 36) {
        bn_refuse(call, 400, -1100,
                  "Illegal characters found in parameter 'newClientOrderId'; legal range is '^[a-zA-Z0-9-_]{1,36}$'.");
        return false;
    }
    if (ask->type == CORE_MARKET && bn_query(call, "quoteOrderQty", money, sizeof money)) {
        ask->by_money = true;
        if (!venue_money(money, strlen(money), &ask->money)) {
            bn_refuse_why(call, CORE_BAD_QTY);
            return false;
        }
    } else if (!mandatory(call, "quantity", must, sizeof must)) {
        return false;
    }
    const bool has_price = ask->type == CORE_LIMIT || ask->type == CORE_STOP_LIMIT;
    if ((has_price && !mandatory(call, "price", must, sizeof must)) ||
        (ask->type >= CORE_STOP && !mandatory(call, "stopPrice", must, sizeof must)))
        return false;
    return read_units(call, "quantity", inst->qty_step, CORE_BAD_QTY, &ask->qty) &&
           read_units(call, "price", inst->price_step, CORE_BAD_PRICE, &ask->price) &&
           read_units(call, "stopPrice", inst->price_step, CORE_BAD_PRICE, &ask->stop);
}

/* ---- placed ---- */

static void put_fills(const struct core *core, struct text *out, uint32_t place)
{
    const struct core_order *order = core_order(core, place);
    const struct core_inst *in = core_inst(core, order->inst);
    json_open(out, "fills", '[');
    for (uint64_t number = 1; number <= core_fill_count(core); number++) {
        const struct core_fill *fill = core_fill(core, number);
        if (fill->order != place)
            continue;
        json_open(out, NULL, '{');
        bn_put_units(out, "price", fill->price, in->price_step);
        bn_put_units(out, "qty", fill->qty, in->qty_step);
        bn_put_money(out, "commission", fill->fee);
        json_text(out, "commissionAsset", core_asset_name(core, fill->fee_asset));
        json_int(out, "tradeId", (int64_t)number);
        json_close(out, '}');
    }
    json_close(out, ']');
}

/* As ACK, RESULT or FULL. */
static void put_placed(struct bn_call *call, const char *key, uint32_t place)
{
    const struct core *core = call->venue->core;
    const struct core_order *order = core_order(core, place);
    char form[8] = "";
    struct text *out = &call->ret->body;
    if (!bn_query(call, "newOrderRespType", form, sizeof form))
        snprintf(form, sizeof form, order->stop ? "ACK" : "FULL");
    json_open(out, key, '{');
    if (strcmp(form, "ACK") == 0) {
        json_text(out, "symbol", core_inst(core, order->inst)->symbol);
        json_int(out, "orderId", (int64_t)order->id);
        json_int(out, "orderListId", -1);
        json_text(out, "clientOrderId", order->client);
    } else {
        bn_put_order(core, out, order);
    }
    json_int(out, "transactTime", order->created_ns / 1000000);
    if (strcmp(form, "FULL") == 0)
        put_fills(core, out, place);
    json_close(out, '}');
}

void bn_post_order(struct bn_call *call)
{
    struct core_ask ask = {0};
    uint32_t order = CORE_NONE;
    if (!read_ask(call, &ask))
        return;
    call->venue->orders++;
    const enum core_why why = core_place(call->venue->core, call->venue->now_ns, &ask, &order);
    if (why != CORE_OK)
        bn_refuse_why(call, why);
    else
        put_placed(call, NULL, order);
}

void bn_post_order_test(struct bn_call *call)
{
    struct core_ask ask = {0};
    if (read_ask(call, &ask))
        text_put(&call->ret->body, "{}");
}

/* ---- canceled: `clientOrderId` is the id of the cancel ---- */

static void put_canceled(struct bn_call *call, const char *key, const char *cancel, uint32_t place)
{
    const struct core *core = call->venue->core;
    const struct core_order *order = core_order(core, place);
    const struct core_inst *in = core_inst(core, order->inst);
    struct text *out = &call->ret->body;
    json_open(out, key, '{');
    json_text(out, "symbol", in->symbol);
    json_text(out, "origClientOrderId", order->client);
    json_int(out, "orderId", (int64_t)order->id);
    json_int(out, "orderListId", -1);
    json_text(out, "clientOrderId", cancel);
    bn_put_units(out, "price", order->price, in->price_step);
    bn_put_units(out, "origQty", order->qty, in->qty_step);
    bn_put_units(out, "executedQty", order->filled, in->qty_step);
    bn_put_money(out, "cummulativeQuoteQty", order->value);
    json_text(out, "status", bn_state(order));
    json_text(out, "timeInForce", bn_tif(order));
    json_text(out, "type", bn_type(order));
    json_text(out, "side", order->side == CORE_BUY ? "BUY" : "SELL");
    json_text(out, "selfTradePreventionMode", "EXPIRE_TAKER");
    json_close(out, '}');
}

static void read_cancel_id(struct bn_call *call, const char *name, char *cancel, size_t size)
{
    if (!bn_query(call, name, cancel, size))
        snprintf(cancel, size, "venue_c%llu", (unsigned long long)call->venue->answers);
    text_copy(call->venue->canceling, sizeof call->venue->canceling, cancel); /* the stream says it too */
}

/* Why it is not canceled; CORE_OK: it is. `*ret_words` where a restriction holds it. */
static enum core_why cancel_as_asked(struct bn_call *call, uint32_t place, const char **ret_words)
{
    struct core *core = call->venue->core;
    char only[24] = "";
    *ret_words = NULL;
    if (place == CORE_NONE)
        return CORE_NOT_FOUND;
    const struct core_order *order = core_order(core, place);
    if (bn_query(call, "cancelRestrictions", only, sizeof only) && core_is_open(order) &&
        (strcmp(only, "ONLY_NEW") == 0 ? order->filled > 0 : order->filled == 0)) {
        *ret_words = "Order was not canceled due to cancel restrictions.";
        return CORE_NOT_OPEN;
    }
    return core_cancel(core, call->venue->now_ns, place);
}

void bn_delete_order(struct bn_call *call)
{
    char cancel[CORE_CLIENT_MAX];
    const char *words = NULL;
    uint32_t inst, order;
    if (!bn_inst(call, true, &inst) || !bn_named(call, "orderId", "origClientOrderId", &order))
        return;
    read_cancel_id(call, "newClientOrderId", cancel, sizeof cancel);
    const enum core_why why = order != CORE_NONE && core_order(call->venue->core, order)->inst != inst
                                  ? CORE_NOT_FOUND
                                  : cancel_as_asked(call, order, &words);
    if (why == CORE_OK)
        put_canceled(call, NULL, cancel, order);
    else if (words)
        bn_refuse(call, 400, -2011, words);
    else
        bn_refuse_why(call, why);
}

void bn_delete_open_orders(struct bn_call *call)
{
    struct core *core = call->venue->core;
    char cancel[CORE_CLIENT_MAX];
    uint32_t inst, count = 0;
    if (!bn_inst(call, true, &inst))
        return;
    read_cancel_id(call, "newClientOrderId", cancel, sizeof cancel);
    json_open(&call->ret->body, NULL, '[');
    for (uint64_t id = 1; id <= core_order_count(core); id++) {
        const uint32_t place = core_order_by_id(core, id);
        const struct core_order *order = core_order(core, place);
        if (order->account != call->key->account || !core_is_open(order) || order->inst != inst ||
            core_cancel(core, call->venue->now_ns, place) != CORE_OK)
            continue;
        put_canceled(call, NULL, cancel, place);
        count++;
    }
    json_close(&call->ret->body, ']');
    if (!count)
        bn_refuse_why(call, CORE_NOT_OPEN);
}

/* ---- replaced ---- */

static void put_half(struct text *out, const char *key, int code, const char *words)
{
    json_open(out, key, '{');
    json_int(out, "code", code);
    json_text(out, "msg", words);
    json_close(out, '}');
}

struct halves {
    enum core_why cancel_why, new_why;
    const char *words; /* of a restriction */
    bool is_tried;     /* the new one */
    uint32_t old, fresh;
    const char *cancel;
};

static void put_halves(struct bn_call *call, const struct halves *is)
{
    struct text *out = &call->ret->body;
    const bool is_whole = is->cancel_why == CORE_OK && is->is_tried && is->new_why == CORE_OK;
    const char *words;
    int code;
    json_open(out, NULL, '{');
    if (!is_whole) {
        const bool is_half = (is->cancel_why == CORE_OK) != (is->is_tried && is->new_why == CORE_OK);
        call->ret->status = is_half ? 409 : 400;
        json_int(out, "code", is_half ? -2021 : -2022);
        json_text(out, "msg", is_half ? "Order cancel-replace partially failed." : "Order cancel-replace failed.");
        json_open(out, "data", '{');
    }
    json_text(out, "cancelResult", is->cancel_why == CORE_OK ? "SUCCESS" : "FAILURE");
    json_text(out, "newOrderResult", !is->is_tried ? "NOT_ATTEMPTED" : is->new_why == CORE_OK ? "SUCCESS" : "FAILURE");
    code = bn_code_of(is->cancel_why, &words);
    if (is->cancel_why == CORE_OK)
        put_canceled(call, "cancelResponse", is->cancel, is->old);
    else
        put_half(out, "cancelResponse", code, is->words ? is->words : words);
    code = bn_code_of(is->new_why, &words);
    if (!is->is_tried)
        json_null(out, "newOrderResponse");
    else if (is->new_why == CORE_OK)
        put_placed(call, "newOrderResponse", is->fresh);
    else
        put_half(out, "newOrderResponse", code, words);
    if (!is_whole)
        json_close(out, '}');
    json_close(out, '}');
}

void bn_post_cancel_replace(struct bn_call *call)
{
    struct core_ask ask = {0};
    char mode[24], cancel[CORE_CLIENT_MAX];
    struct halves is = {.fresh = CORE_NONE, .cancel = cancel};
    if (!mandatory(call, "cancelReplaceMode", mode, sizeof mode) || !read_ask(call, &ask) ||
        !bn_named(call, "cancelOrderId", "cancelOrigClientOrderId", &is.old))
        return;
    read_cancel_id(call, "cancelNewClientOrderId", cancel, sizeof cancel);
    is.cancel_why = cancel_as_asked(call, is.old, &is.words);
    is.is_tried = is.cancel_why == CORE_OK || strcmp(mode, "ALLOW_FAILURE") == 0;
    if (is.is_tried) {
        call->venue->orders++;
        is.new_why = core_place(call->venue->core, call->venue->now_ns, &ask, &is.fresh);
    }
    put_halves(call, &is);
}

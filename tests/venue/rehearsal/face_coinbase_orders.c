/* face_coinbase_orders.c: order requests of the face `coinbase`. A refusal is told with HTTP 200. */
#include "rehearsal/face_coinbase.h"

#include "base/json_out.h"

#include <stdio.h>

struct told { /* of a request */
    struct kit_json_text client, product, side, configuration, order, price, size, stop;
};

static bool read_told(const struct cb_call *call, struct told *told)
{
    struct kit_json json = kit_json_begin(call->ask->body, call->ask->body_size);
    const struct kit_member members[] = {{"client_order_id", &told->client},
                                         {"product_id", &told->product},
                                         {"side", &told->side},
                                         {"order_configuration", &told->configuration},
                                         {"order_id", &told->order},
                                         {"price", &told->price},
                                         {"size", &told->size},
                                         {"stop_price", &told->stop}};
    memset(told, 0, sizeof *told);
    return KIT_TAKE(&json, members) && kit_json_end(&json);
}

static void copy(char *to, size_t room, struct kit_json_text text)
{
    const size_t size = text.size < room - 1 ? text.size : room - 1;
    if (size)
        memcpy(to, text.at, size);
    to[size] = 0;
}

/* Units of a step. False: a number between two. What is not there is 0. */
static bool read_units(struct kit_json_text text, struct oc_dec step, int64_t *ret_units)
{
    *ret_units = 0;
    return !text.size || (kit_json_units(text, step, ret_units) == OC_OK && *ret_units > 0);
}

static const char *reason_of(enum core_why why)
{
    static const char *const reasons[CORE_WHYS] = {[CORE_NO_INSTRUMENT] = "INVALID_PRODUCT_ID",
                                                   [CORE_HALTED] = "PRODUCT_TRADING_HALTED",
                                                   [CORE_BAD_PRICE] = "INVALID_PRICE_PRECISION",
                                                   [CORE_BAD_QTY] = "INVALID_SIZE_PRECISION",
                                                   [CORE_BELOW_MIN_QTY] = "PREVIEW_INVALID_BASE_SIZE_TOO_SMALL",
                                                   [CORE_ABOVE_MAX_QTY] = "PREVIEW_INVALID_BASE_SIZE_TOO_LARGE",
                                                   [CORE_BELOW_MIN_NOTIONAL] = "PREVIEW_INVALID_QUOTE_SIZE_TOO_SMALL",
                                                   [CORE_NO_FUNDS] = "PREVIEW_INSUFFICIENT_FUND",
                                                   [CORE_WOULD_TAKE] = "INVALID_LIMIT_PRICE_POST_ONLY",
                                                   [CORE_WOULD_TRIGGER] = "PREVIEW_STOP_PRICE_BELOW_LAST_TRADE_PRICE",
                                                   [CORE_TOO_MANY_OPEN] = "TOO_MANY_OPEN_ORDERS",
                                                   [CORE_NO_SUCH_KIND] = "UNSUPPORTED_ORDER_CONFIGURATION"};
    return reasons[why] ? reasons[why] : "UNKNOWN_FAILURE_REASON";
}

/* ---- placed ---- */

/* {"limit_limit_gtc":{"base_size":"0.01","limit_price":"50000.00","post_only":false}}: those that the exchange behind it has. */
static enum core_why read_configuration(const struct core_inst *in, struct kit_json_text configuration,
                                        struct core_ask *ask)
{
    static const struct kind {
        const char *name;
        uint8_t type, tif;
    } kinds[] = {{"market_market_ioc", CORE_MARKET, CORE_IOC},
                 {"limit_limit_gtc", CORE_LIMIT, CORE_GTC},
                 {"sor_limit_ioc", CORE_LIMIT, CORE_IOC},
                 {"limit_limit_fok", CORE_LIMIT, CORE_FOK},
                 {"stop_limit_stop_limit_gtc", CORE_STOP_LIMIT, CORE_GTC}};
    struct kit_json json = kit_json_into(configuration);
    struct kit_json_text key, base = {0}, quote = {0}, price = {0}, stop = {0}, direction = {0}, post_only = {0};
    const struct kit_member members[] = {{"base_size", &base},           {"quote_size", &quote},
                                         {"limit_price", &price},        {"stop_price", &stop},
                                         {"stop_direction", &direction}, {"post_only", &post_only}};
    const char *way = ask->side == CORE_BUY ? "STOP_DIRECTION_STOP_UP" : "STOP_DIRECTION_STOP_DOWN";
    if (configuration.kind != KIT_JSON_OBJECT || !kit_json_object(&json) || !kit_json_key(&json, &key) ||
        !KIT_TAKE(&json, members))
        return CORE_NO_SUCH_KIND;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kit_json_is(key, kinds[i].name, strlen(kinds[i].name))) {
            ask->type = kinds[i].type;
            ask->tif = kinds[i].tif;
        }
    if (!ask->type || (ask->type == CORE_STOP_LIMIT && !kit_json_is(direction, way, strlen(way))))
        return CORE_NO_SUCH_KIND;
    ask->is_post_only = post_only.kind == KIT_JSON_TRUE;
    ask->by_money = quote.size > 0;
    if (ask->by_money && (ask->type != CORE_MARKET || !venue_money(quote.at, quote.size, &ask->money)))
        return CORE_BAD_QTY;
    if (!read_units(base, in->qty_step, &ask->qty) || (!ask->by_money && !ask->qty))
        return CORE_BAD_QTY;
    const bool has_price = ask->type != CORE_MARKET;
    return read_units(price, in->price_step, &ask->price) && read_units(stop, in->price_step, &ask->stop) &&
                   (!has_price || ask->price) && (ask->type != CORE_STOP_LIMIT || ask->stop)
               ? CORE_OK
               : CORE_BAD_PRICE;
}

static enum core_why read_ask(const struct cb_call *call, const struct told *told, struct core_ask *ask)
{
    char product[CORE_NAME_MAX];
    copy(product, sizeof product, told->product);
    copy(ask->client, sizeof ask->client, told->client);
    ask->account = call->key->account;
    ask->inst = core_inst_named(call->venue->core, product);
    ask->side = KIT_JSON_IS(told->side, "BUY") ? CORE_BUY : KIT_JSON_IS(told->side, "SELL") ? CORE_SELL : 0;
    if (ask->inst == CORE_NONE)
        return CORE_NO_INSTRUMENT;
    return ask->side ? read_configuration(core_inst(call->venue->core, ask->inst), told->configuration, ask)
                     : CORE_NO_SUCH_KIND;
}

static void put_placed(struct cb_call *call, const struct told *told, uint32_t place, enum core_why why)
{
    const struct core_order *order = why == CORE_OK ? core_order(call->venue->core, place) : NULL;
    struct text *out = &call->ret->body;
    char id[CB_ID];
    json_open(out, NULL, '{');
    json_flag(out, "success", order != NULL);
    if (order) {
        cb_make_id(id, CB_ORDER, order->id);
        json_open(out, "success_response", '{');
        json_text(out, "order_id", id);
        json_text_n(out, "product_id", told->product.at, told->product.size);
        json_text_n(out, "side", told->side.at, told->side.size);
        json_text(out, "client_order_id", order->client);
        json_text(out, "attached_order_id", "");
        json_close(out, '}');
    } else {
        const char *reason = reason_of(why);
        const bool is_preview = strncmp(reason, "PREVIEW_", 8) == 0;
        json_open(out, "error_response", '{');
        json_text(out, "error", is_preview ? reason + 8 : reason);
        json_text(out, "message", core_why_words(why));
        json_text(out, "error_details", "");
        json_text(out, "preview_failure_reason", is_preview ? reason : "UNKNOWN_PREVIEW_FAILURE_REASON");
        json_text(out, "new_order_failure_reason", is_preview ? "UNKNOWN_FAILURE_REASON" : reason);
        json_close(out, '}');
    }
    if (told->configuration.kind == KIT_JSON_OBJECT)
        text_format(out, ",\"order_configuration\":%.*s", (int)told->configuration.size, told->configuration.at);
    json_close(out, '}');
}

void cb_post_order(struct cb_call *call)
{
    struct core_ask ask = {0};
    struct told told;
    uint32_t place = CORE_NONE;
    if (!read_told(call, &told) || !told.client.size) {
        cb_refuse(call, 400, "INVALID_ARGUMENT", "client_order_id is required");
        return;
    }
    enum core_why why = read_ask(call, &told, &ask);
    if (why == CORE_OK) {
        call->venue->orders++;
        why = core_place(call->venue->core, call->venue->now_ns, &ask, &place);
    }
    if (why == CORE_CLIENT_ID_USED) { /* nothing new: the order that there is */
        place = core_order_by_client(call->venue->core, ask.account, ask.client);
        why = place == CORE_NONE ? why : CORE_OK;
    }
    put_placed(call, &told, place, why);
}

void cb_post_preview(struct cb_call *call)
{
    struct core_ask ask = {0};
    struct told told;
    const enum core_why why = read_told(call, &told) ? read_ask(call, &told, &ask) : CORE_NO_SUCH_KIND;
    struct text *out = &call->ret->body;
    json_open(out, NULL, '{');
    json_open(out, "errs", '[');
    if (why != CORE_OK)
        json_text(out, NULL, reason_of(why));
    json_close(out, ']');
    json_text(out, "preview_id", "rehearsal");
    json_close(out, '}');
}

/* ---- canceled, changed ---- */

/* Of the account; CORE_NONE: there is none. */
static uint32_t order_of(const struct cb_call *call, struct kit_json_text id)
{
    const uint64_t number = id.size ? cb_read_id(id.at, id.size, CB_ORDER) : 0;
    const uint32_t place = number ? core_order_by_id(call->venue->core, number) : CORE_NONE;
    return place != CORE_NONE && core_order(call->venue->core, place)->account == call->key->account ? place
                                                                                                     : CORE_NONE;
}

void cb_post_cancel(struct cb_call *call)
{
    struct kit_json json = kit_json_begin(call->ask->body, call->ask->body_size);
    struct kit_json_text ids = {0};
    const struct kit_member members[] = {{"order_ids", &ids}};
    struct text *out = &call->ret->body;
    struct core *core = call->venue->core;
    if (!KIT_TAKE(&json, members) || !kit_json_end(&json) || ids.kind != KIT_JSON_ARRAY) {
        cb_refuse(call, 400, "INVALID_ARGUMENT", "order_ids is required");
        return;
    }
    json = kit_json_into(ids);
    (void)kit_json_array(&json);
    json_open(out, NULL, '{');
    json_open(out, "results", '[');
    while (kit_json_item(&json)) {
        const struct kit_json_text id = kit_json_value(&json);
        const uint32_t place = order_of(call, id);
        const enum core_why why = place == CORE_NONE ? CORE_NOT_FOUND : core_cancel(core, call->venue->now_ns, place);
        json_open(out, NULL, '{');
        json_flag(out, "success", why == CORE_OK);
        json_text(out, "failure_reason", why == CORE_OK ? "UNKNOWN_CANCEL_FAILURE_REASON" : "UNKNOWN_CANCEL_ORDER");
        json_text_n(out, "order_id", id.at, id.size);
        json_close(out, '}');
    }
    json_close(out, ']');
    json_close(out, '}');
}

/* What is left out is read as 0, as the venue does. */
static const char *edit(struct cb_call *call, const struct told *told)
{
    struct core *core = call->venue->core;
    const uint32_t place = order_of(call, told->order);
    int64_t qty, price, stop = 0;
    if (place == CORE_NONE)
        return "ORDER_NOT_FOUND";
    const struct core_order *order = core_order(core, place);
    const struct core_inst *in = core_inst(core, order->inst);
    if (!core_is_open(order))
        return "ONLY_OPEN_ORDERS_CAN_BE_EDITED";
    const bool is_stop = order->type == CORE_STOP_LIMIT && order->state == CORE_DORMANT;
    if ((order->type != CORE_LIMIT && !is_stop) || order->tif != CORE_GTC)
        return "ONLY_LIMIT_ORDER_EDITS_SUPPORTED";
    if (!read_units(told->size, in->qty_step, &qty) || !qty)
        return "INVALID_EDITED_SIZE";
    if (!read_units(told->price, in->price_step, &price) || !price)
        return "INVALID_EDITED_PRICE";
    if (qty <= order->filled)
        return "CANNOT_EDIT_TO_BELOW_FILLED_SIZE";
    if (is_stop && told->stop.size && (!read_units(told->stop, in->price_step, &stop) || !stop))
        return "INVALID_EDITED_PRICE";
    const enum core_why why =
        is_stop ? core_move_stop(core, call->venue->now_ns, place, qty, price, stop ? stop : order->stop)
                : core_amend(core, call->venue->now_ns, place, qty, price);
    return why == CORE_OK                ? NULL
           : why == CORE_NOTHING_CHANGES ? "EDIT_REQUEST_EQUAL_TO_ORIGINAL_REQUEST"
                                         : reason_of(why);
}

void cb_post_edit(struct cb_call *call)
{
    struct told told;
    struct text *out = &call->ret->body;
    if (!read_told(call, &told)) {
        cb_refuse(call, 400, "INVALID_ARGUMENT", "order_id is required");
        return;
    }
    const char *reason = edit(call, &told);
    json_open(out, NULL, '{');
    json_flag(out, "success", !reason);
    if (reason) {
        json_open(out, "error_response", '{');
        json_text(out, "error_details", "");
        json_text(out, "edit_order_failure_reason", reason);
        json_close(out, '}');
    }
    json_open(out, "errors", '[');
    if (reason) {
        json_open(out, NULL, '{');
        json_text(out, "edit_failure_reason", reason);
        json_text(out, "preview_failure_reason", "UNKNOWN_PREVIEW_FAILURE_REASON");
        json_close(out, '}');
    }
    json_close(out, ']');
    json_close(out, '}');
}

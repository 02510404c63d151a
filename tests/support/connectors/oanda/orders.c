/* orders.c: OANDA v20: order requests, what is answered to them, and orders as lists show them. */
#include "oanda.h"

/* ---- answers: {"orderCreateTransaction":{...},"orderFillTransaction":{...},"orderCancelTransaction":{...},...} ----
 * */

static int is_transaction(struct kit_json_text key)
{
    static const char tail[] = "Transaction";
    const size_t size = sizeof tail - 1;
    return key.size > size && memcmp(key.at + key.size - size, tail, size) == 0;
}

/* Told one by one, in id order as they stand. HTTP 201 may hold an immediate cancel: the transactions decide, not the
 * status. */
oc_rc oanda_answer_order(struct oanda *oa, const struct account *who, const struct oc_response *in)
{
    const struct kit_json_text none = {0};
    struct kit_json json = kit_json_begin(in->body, in->body_size), copy = json;
    struct kit_json_text key, error = {0};
    uint32_t told = 0;
    oc_rc rc = OC_OK;
    if (in->status >= 500 || !kit_json_end(&copy))
        return OC_OK; /* UNKNOWN */
    if (kit_json_object(&json)) {
        while (rc >= 0 && kit_json_key(&json, &key))
            if (is_transaction(key)) {
                rc = oanda_transaction(oa, who, &json, in->asked, 0);
                told++;
            } else if (KIT_JSON_IS(key, "errorCode") || (KIT_JSON_IS(key, "errorMessage") && !error.size)) {
                error = kit_json_value(&json);
            }
    }
    const uint16_t type = kit_refusal(in->asked->ask.kind);
    if (rc < 0 || told || in->status < 400 || !type)
        return rc;
    return kit_answer(&oa->kit, in->asked, who->source, type, /* 401, 403, 404, 429 without a transaction */
                      in->status == 401   ? OC_WHY_BAD_CREDENTIALS
                      : in->status == 403 ? OC_WHY_PERMISSION
                      : in->status == 429 ? OC_WHY_RATE_LIMIT
                                          : oanda_why(error),
                      none, NULL, NULL);
}

/* ---- order objects: they tell no filled quantity ---- */

static const struct kit_word states[] = {{"PENDING", OC_SHOWN_WORKING},
                                         {"FILLED", OC_SHOWN_FILLED},
                                         {"TRIGGERED", OC_SHOWN_FILLED},
                                         {"CANCELLED", OC_SHOWN_CANCELED}};
static const struct kit_word shown_types[] = {{"MARKET", OC_ORDER_MARKET},
                                              {"LIMIT", OC_ORDER_LIMIT},
                                              {"STOP", OC_ORDER_STOP},
                                              {"STOP_LOSS", OC_ORDER_STOP},
                                              {"MARKET_IF_TOUCHED", OC_ORDER_TAKE_PROFIT},
                                              {"TAKE_PROFIT", OC_ORDER_TAKE_PROFIT},
                                              {"TRAILING_STOP_LOSS", OC_ORDER_TRAILING_STOP}};
static const struct kit_word shown_tifs[] = {
    {"GTC", OC_TIF_GTC}, {"GTD", OC_TIF_GTD}, {"GFD", OC_TIF_DAY}, {"IOC", OC_TIF_IOC}, {"FOK", OC_TIF_FOK}};

struct order_words {
    struct kit_json_text name, units, price, filling;
};

static oc_rc read_extensions(struct kit_json *json, struct oc_id *ret_client)
{
    struct kit_json_text key;
    oc_rc rc = OC_OK;
    if (kit_json_object(json)) {
        while (rc >= 0 && kit_json_key(json, &key))
            if (KIT_JSON_IS(key, "id"))
                rc = kit_id(kit_json_value(json), ret_client);
    }
    return rc;
}

static oc_rc read_order(struct kit_json *json, struct oc_ev_order *order, struct order_words *w)
{
    struct kit_json_text key;
    oc_rc rc = OC_OK;
    if (!kit_json_object(json))
        return OC_E_DATA;
    while (rc >= 0 && kit_json_key(json, &key))
        if (KIT_JSON_IS(key, "clientExtensions"))
            rc = read_extensions(json, &order->client);
        else if (KIT_JSON_IS(key, "id"))
            rc = kit_id(kit_json_value(json), &order->venue_order);
        else if (KIT_JSON_IS(key, "tradeID"))
            rc = kit_id(kit_json_value(json), &order->position);
        else if (KIT_JSON_IS(key, "createTime"))
            rc = kit_json_time(kit_json_value(json), &order->created_ns);
        else if (KIT_JSON_IS(key, "instrument"))
            w->name = kit_json_value(json);
        else if (KIT_JSON_IS(key, "units"))
            w->units = kit_json_value(json);
        else if (KIT_JSON_IS(key, "price"))
            w->price = kit_json_value(json);
        else if (KIT_JSON_IS(key, "fillingTransactionID"))
            w->filling = kit_json_value(json);
        else if (KIT_JSON_IS(key, "state"))
            order->state = (uint8_t)KIT_WORD_OF(kit_json_value(json), states, OC_SHOWN_UNKNOWN);
        else if (KIT_JSON_IS(key, "type"))
            order->type = (uint8_t)KIT_WORD_OF(kit_json_value(json), shown_types, OC_ORDER_NONE);
        else if (KIT_JSON_IS(key, "timeInForce"))
            order->tif = (uint8_t)KIT_WORD_OF(kit_json_value(json), shown_tifs, OC_TIF_NONE);
    return rc < 0 || json->is_bad ? OC_E_DATA : OC_OK;
}

static void take_terms(struct oc_ev_order *order, const struct order_words *w, const struct oc_scale *scale)
{
    /* a stop's price is its trigger here */
    const int is_stop =
        order->type == OC_ORDER_STOP || order->type == OC_ORDER_TAKE_PROFIT || order->type == OC_ORDER_TRAILING_STOP;
    int64_t units;
    if (kit_scale_qty(scale, w->units, &units) == OC_OK && units != INT64_MIN) {
        order->qty = units < 0 ? -units : units;
        order->side = units < 0 ? OC_SIDE_SELL : OC_SIDE_BUY;
        order->present |= OC_OF_QTY | OC_OF_TERMS;
    }
    if (kit_scale_price(scale, w->price, is_stop ? &order->stop_price : &order->price) == OC_OK)
        order->present |= is_stop ? OC_OF_STOP : OC_OF_PRICE;
}

static oc_rc one_order(struct oanda *oa, const struct account *who, struct kit_json *json, uint64_t token,
                       struct kit_json_text *ret_filling)
{
    struct oc_ev_order order = {.token = token, .present = OC_OF_FILLS_COME};
    struct order_words w = {0};
    struct oc_scale scale = {0};
    oc_rc rc = read_order(json, &order, &w);
    if (rc < 0)
        return rc;
    if (w.name.size && kit_symbol(&oa->kit, w.name, &scale) < 0)
        return kit_skip(&oa->kit, "order.instrument", w.name);
    if (w.name.size) /* exits name a trade, not an instrument: adopted by their position */
        take_terms(&order, &w, &scale);
    struct oc_ev_order *out = KIT_EVENT(&oa->kit, oc_ev_order, OC_EV_ORDER, who->source, &rc);
    if (!out)
        return rc;
    order.head = out->head;
    order.head.inst = scale.inst;
    order.head.flags = OC_EVF_REPLAYED;
    *out = order;
    *ret_filling = w.filling;
    return kit_commit(&oa->kit, out);
}

/* Of one order that is done, the filling transaction is asked for next, under the same token. */
static oc_rc ask_filling(struct oanda *oa, const struct account *who, const struct oc_response *in,
                         struct kit_json_text filling)
{
    char path[256];
    struct kit_write out = kit_write_begin(path, sizeof path);
    oanda_write_account(&out, who);
    KIT_WRITE(&out, "/transactions/");
    kit_write_query(&out, filling.at, filling.size);
    const oc_rc size = kit_write_end(&out);
    struct oc_http http = {.method = OC_METHOD_GET,
                           .flags = OC_HTTP_SAFE,
                           .lane = OC_LANE_RECONCILE,
                           .account = who->account,
                           .token = in->token,
                           .path = path,
                           .path_size = size > 0 ? (uint32_t)size : 0,
                           .user = {FILLING}};
    return size < 0 ? size : oanda_call(oa, &http);
}

oc_rc oanda_orders(struct oanda *oa, const struct account *who, const struct oc_response *in)
{
    struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text key, filling = {0}, ignored;
    uint32_t count = 0;
    oc_rc rc = OC_OK;
    if (kit_json_object(&json)) {
        while (rc >= 0 && kit_json_key(&json, &key))
            if (KIT_JSON_IS(key, "order")) {
                rc = one_order(oa, who, &json, in->token, &filling);
                count++;
            } else if (KIT_JSON_IS(key, "orders") && kit_json_array(&json)) {
                for (; rc >= 0 && kit_json_item(&json); count++)
                    rc = one_order(oa, who, &json, in->token, &ignored);
            }
    }
    if (rc < 0 || !kit_json_end(&json))
        return rc < 0 ? rc : OC_E_DATA;
    return filling.size ? ask_filling(oa, who, in, filling) : oanda_fetched(oa, in, who->source, OC_OK, count);
}

/* ---- requests ---- */

static void write_exit(struct kit_write *out, const char *name, int64_t price, const struct oc_instrument *info)
{
    KIT_WRITE(out, "\"");
    kit_write_text(out, name);
    KIT_WRITE(out, "\":{\"price\":\"");
    kit_write_units(out, price, info->price_step);
    KIT_WRITE(out, "\",\"timeInForce\":\"GTC\"}");
}

static void write_name(struct kit_write *out, const char *name)
{
    KIT_WRITE(out, ",\"");
    kit_write_text(out, name);
    KIT_WRITE(out, "\":\"");
}

static void write_text(struct kit_write *out, const char *name, const char *text)
{
    write_name(out, name);
    kit_write_text(out, text);
    KIT_WRITE(out, "\"");
}

static void write_units(struct kit_write *out, const char *name, int64_t units, struct oc_dec step)
{
    write_name(out, name);
    kit_write_units(out, units, step);
    KIT_WRITE(out, "\"");
}

static oc_rc write_order(struct kit_write *out, const struct oc_venue_request *request,
                         const struct oc_instrument *info)
{
    static const char *const types[] = {[OC_ORDER_MARKET] = "MARKET",
                                        [OC_ORDER_LIMIT] = "LIMIT",
                                        [OC_ORDER_STOP] = "STOP",
                                        [OC_ORDER_STOP_LIMIT] = "STOP",
                                        [OC_ORDER_TAKE_PROFIT] = "MARKET_IF_TOUCHED"};
    static const char *const tifs[] = {
        [OC_TIF_GTC] = "GTC", [OC_TIF_IOC] = "IOC", [OC_TIF_FOK] = "FOK", [OC_TIF_GTD] = "GTD", [OC_TIF_DAY] = "GFD"};
    const struct oc_request *ask = &request->ask;
    /* a replacement is a whole new order, for what is still open */
    const int64_t qty = ask->kind == OC_REQUEST_AMEND ? ask->qty - ask->filled : ask->qty;
    const int is_stop_limit = ask->type == OC_ORDER_STOP_LIMIT, is_native = (ask->bits & OC_RQ_NATIVE) != 0;
    if (ask->type >= sizeof types / sizeof *types || !types[ask->type] || ask->tif >= sizeof tifs / sizeof *tifs ||
        !tifs[ask->tif] || !(ask->bits & OC_RQ_HAS_QTY))
        return OC_E_NOT_SUPPORTED;
    KIT_WRITE(out, "{\"order\":{\"type\":\"");
    kit_write_text(out, types[ask->type]);
    KIT_WRITE(out, "\"");
    write_text(out, "instrument", info->venue_symbol);
    write_units(out, "units", ask->side == OC_SIDE_SELL ? -qty : qty, info->qty_step);
    write_text(out, "timeInForce", tifs[ask->tif]);
    if (ask->tif == OC_TIF_GTD) {
        write_name(out, "gtdTime");
        kit_write_time(out, ask->expire_ns, 9);
        KIT_WRITE(out, "\"");
    }
    if (ask->type != OC_ORDER_MARKET)
        write_units(out, "price", ask->bits & OC_RQ_HAS_STOP ? ask->stop_price : ask->price, info->price_step);
    if (is_stop_limit || (ask->bits & OC_RQ_HAS_BOUND))
        write_units(out, "priceBound", is_stop_limit ? ask->price : ask->price_bound, info->price_step);
    write_text(out, "positionFill",
               ask->bits & OC_RQ_REDUCE_ONLY ? "REDUCE_ONLY"
               : ask->bits & OC_RQ_OPEN_ONLY ? "OPEN_ONLY"
                                             : "DEFAULT");
    KIT_WRITE(out, ",\"clientExtensions\":{\"id\":\"");
    kit_write_id(out, &request->client);
    KIT_WRITE(out, "\"}");
    if (is_native && (ask->bits & OC_RQ_HAS_STOP_LOSS)) {
        KIT_WRITE(out, ",");
        write_exit(out, "stopLossOnFill", ask->stop_loss, info);
    }
    if (is_native && (ask->bits & OC_RQ_HAS_TAKE_PROFIT)) {
        KIT_WRITE(out, ",");
        write_exit(out, "takeProfitOnFill", ask->take_profit, info);
    }
    KIT_WRITE(out, "}}");
    return OC_OK;
}

static void write_close(struct kit_write *path, struct kit_write *body, const struct oc_venue_request *ask,
                        const struct oc_instrument *info)
{
    if (ask->position.size) {
        KIT_WRITE(path, "/trades/");
        kit_write_id(path, &ask->position);
        KIT_WRITE(body, "{\"units\":\"");
    } else {
        KIT_WRITE(path, "/positions/");
        kit_write_text(path, info->venue_symbol);
        kit_write_text(body, ask->ask.side == OC_SIDE_SELL ? "{\"longUnits\":\"" : "{\"shortUnits\":\"");
    }
    KIT_WRITE(path, "/close");
    if (ask->ask.qty)
        kit_write_units(body, ask->ask.qty, info->qty_step);
    else
        KIT_WRITE(body, "ALL");
    KIT_WRITE(body, "\"}");
}

static void write_protect(struct kit_write *path, struct kit_write *body, const struct oc_venue_request *ask,
                          const struct oc_instrument *info)
{
    const int has_loss = (ask->ask.bits & OC_RQ_HAS_STOP_LOSS) != 0;
    KIT_WRITE(path, "/trades/");
    kit_write_id(path, &ask->position);
    KIT_WRITE(path, "/orders");
    KIT_WRITE(body, "{");
    if (has_loss)
        write_exit(body, "stopLoss", ask->ask.stop_loss, info);
    if (ask->ask.bits & OC_RQ_HAS_TAKE_PROFIT) {
        kit_write_text(body, has_loss ? "," : "");
        write_exit(body, "takeProfit", ask->ask.take_profit, info);
    }
    KIT_WRITE(body, "}");
}

static oc_rc write_request(struct kit_write *path, struct kit_write *body, const struct oc_venue_request *ask,
                           const struct oc_instrument *info)
{
    const uint8_t kind = ask->ask.kind;
    if (kind == OC_REQUEST_CLOSE) {
        write_close(path, body, ask, info);
        return OC_OK;
    }
    if (kind == OC_REQUEST_PROTECT) {
        write_protect(path, body, ask, info);
        return OC_OK;
    }
    if (kind != OC_REQUEST_NEW && kind != OC_REQUEST_AMEND && kind != OC_REQUEST_CANCEL)
        return OC_E_NOT_SUPPORTED; /* no cancel-all: the host cancels one by one */
    KIT_WRITE(path, "/orders");
    if (kind != OC_REQUEST_NEW) {
        kit_write_text(path, ask->venue_order.size ? "/" : "/%40");
        kit_write_id(path, ask->venue_order.size ? &ask->venue_order : &ask->client);
    }
    if (kind != OC_REQUEST_CANCEL)
        return write_order(body, ask, info);
    KIT_WRITE(path, "/cancel");
    return OC_OK;
}

oc_rc oanda_request(void *self, const struct oc_venue_request *ask, uint32_t size, uint32_t count, uint32_t batch)
{
    struct oanda *oa = self;
    const struct account *who = oanda_account(oa, ask->ask.account);
    struct oc_instrument info;
    char path_text[256], body_text[1024];
    struct kit_write path = kit_write_begin(path_text, sizeof path_text);
    struct kit_write body = kit_write_begin(body_text, sizeof body_text);
    (void)size;
    if (count != 1 || batch != OC_BATCH_SINGLE || !who)
        return OC_E_NOT_SUPPORTED;
    if (oa->kit.names->record(oa->kit.host, ask->ask.head.inst, &info, sizeof info) < 0)
        return OC_E_NOT_FOUND;
    oanda_write_account(&path, who);
    const oc_rc rc = write_request(&path, &body, ask, &info);
    const oc_rc path_size = kit_write_end(&path), body_size = kit_write_end(&body);
    if (rc < 0 || path_size < 0 || body_size < 0)
        return rc < 0 ? rc : OC_E_LIMIT;
    struct oc_http http = {.method = ask->ask.kind == OC_REQUEST_NEW ? OC_METHOD_POST : OC_METHOD_PUT,
                           .lane = ask->ask.kind == OC_REQUEST_CANCEL ? OC_LANE_CANCEL : OC_LANE_ORDER,
                           .account = ask->ask.account,
                           .request = ask->ask.id,
                           .send_by_ns = ask->ask.send_by_ns,
                           .path = path_text,
                           .path_size = (uint32_t)path_size,
                           .body = body_text,
                           .body_size = (uint32_t)body_size};
    return oanda_call(oa, &http);
}

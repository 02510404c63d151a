/* orders.c: Binance.US: order requests by REST or by the WebSocket API, and what is answered to them. */
#include "binance.h"

/* ---- answers ---- */

/* HTTP 409 of a cancelReplace that was half done. */
static oc_rc answer_half(struct binance *bn, const struct oc_venue_request *ask, uint32_t source, struct kit_json json)
{
    struct kit_json_text key, words = {0}, cancel = {0};
    struct kit_json copy = json;
    if (kit_json_object(&copy)) {
        while (kit_json_key(&copy, &key))
            if (KIT_JSON_IS(key, "data") && kit_json_object(&copy))
                while (kit_json_key(&copy, &key))
                    if (KIT_JSON_IS(key, "cancelResult"))
                        cancel = kit_json_value(&copy);
    }
    if (!kit_json_end(&copy))
        return OC_OK;
    binance_fault(json, &words);
    if (KIT_JSON_IS(cancel, "SUCCESS")) /* nothing stands in its place: the order is gone */
        return kit_answer(&bn->kit, ask, source, OC_EV_CANCELED, OC_WHY_REPLACED, words, NULL, NULL);
    /* STOP_ON_FAILURE: a cancel that failed and a new order that stands should not be; two live orders would */
    return OC_OK;
}

static oc_rc answer_refused(struct binance *bn, const struct oc_venue_request *ask, uint32_t source, uint32_t status,
                            struct kit_json json)
{
    struct kit_json_text words = {0};
    const int64_t code = binance_fault(json, &words);
    const uint16_t type = kit_refusal(ask->ask.kind);
    if (!code || !type)
        return OC_OK;
    const uint32_t why = status == 418 || status == 429 ? OC_WHY_RATE_LIMIT : binance_why(code, words);
    return kit_answer(&bn->kit, ask, source, type, why, words, NULL, NULL);
}

oc_rc binance_answer_order(struct binance *bn, const struct oc_venue_request *ask, uint32_t source, uint32_t status,
                           struct kit_json json)
{
    struct kit_json_text key, none = {0}, order = {0};
    struct oc_id venue_order;
    if (status >= 500)
        return OC_OK; /* -1006, -1007 and their kind: UNKNOWN */
    if (status == 409)
        return answer_half(bn, ask, source, json);
    if (status >= 400)
        return answer_refused(bn, ask, source, status, json);
    if (kit_json_object(&json)) {
        while (kit_json_key(&json, &key))
            if (KIT_JSON_IS(key, "orderId")) {
                order = kit_json_value(&json);
            } else if (KIT_JSON_IS(key, "newOrderResponse") && kit_json_object(&json)) {
                while (kit_json_key(&json, &key))
                    if (KIT_JSON_IS(key, "orderId"))
                        order = kit_json_value(&json);
            }
    }
    if (!kit_json_end(&json) || kit_id(order, &venue_order) < 0 || !venue_order.size)
        return OC_OK; /* not understood: no event, so the host says UNKNOWN */
    if (ask->ask.kind == OC_REQUEST_CANCEL)
        return kit_answer(&bn->kit, ask, source, OC_EV_CANCELED, OC_WHY_CANCELED_BY_US, none, &venue_order, NULL);
    if (ask->ask.kind == OC_REQUEST_AMEND)
        return kit_answer(&bn->kit, ask, source, OC_EV_AMENDED, OC_WHY_NONE, none, &venue_order, &ask->client_new);
    return kit_answer(&bn->kit, ask, source, OC_EV_ACCEPTED, OC_WHY_NONE, none, &venue_order, &ask->client);
}

/* ---- parameters, in the order of their names as the WebSocket API signs them; REST takes any order ---- */

struct parameters {
    struct kit_write *query;
    struct kit_write *json; /* the same as members of an object; NULL: as a query alone */
};

static void add(struct parameters *list, const char *name, const char *text, size_t size, int is_quoted)
{
    if (list->query->at != list->query->from)
        KIT_WRITE(list->query, "&");
    kit_write_text(list->query, name);
    KIT_WRITE(list->query, "=");
    kit_write_bytes(list->query, text, size);
    if (!list->json)
        return;
    KIT_WRITE(list->json, "\"");
    kit_write_text(list->json, name);
    kit_write_text(list->json, is_quoted ? "\":\"" : "\":");
    kit_write_bytes(list->json, text, size);
    kit_write_text(list->json, is_quoted ? "\"," : ",");
}

static void add_text(struct parameters *list, const char *name, const char *text)
{
    add(list, name, text, strlen(text), 1);
}

static void add_id(struct parameters *list, const char *name, const struct oc_id *id, int is_quoted)
{
    add(list, name, id->text, id->size, is_quoted);
}

static void add_units(struct parameters *list, const char *name, int64_t units, struct oc_dec step)
{
    char text[64];
    const oc_rc size = kit_put_units(text, sizeof text, units, step);
    add(list, name, text, size > 0 ? (size_t)size : 0, 1);
}

static void add_u64(struct parameters *list, const char *name, uint64_t number)
{
    char text[24];
    struct kit_write out = kit_write_begin(text, sizeof text);
    kit_write_u64(&out, number);
    add(list, name, text, (size_t)kit_write_end(&out), 0);
}

static void add_size(struct parameters *list, const struct oc_request *ask, const struct oc_instrument *info)
{
    const struct oc_dec cent = {1, ask->quote_qty.scale, 0};
    if (!(ask->bits & OC_RQ_HAS_QTY))
        add_units(list, "quoteOrderQty", ask->quote_qty.units, cent);
    else if (ask->kind == OC_REQUEST_AMEND) /* a replacement is for what is still open */
        add_units(list, "quantity", ask->qty - ask->filled, info->qty_step);
    else
        add_units(list, "quantity", ask->qty, info->qty_step);
}

static oc_rc add_order(struct binance *bn, const struct oc_venue_request *request, const struct oc_instrument *info,
                       struct parameters *list, int64_t now_ns)
{
    static const char *const types[] = {
        [OC_ORDER_MARKET] = "MARKET",           [OC_ORDER_LIMIT] = "LIMIT",
        [OC_ORDER_STOP] = "STOP_LOSS",          [OC_ORDER_STOP_LIMIT] = "STOP_LOSS_LIMIT",
        [OC_ORDER_TAKE_PROFIT] = "TAKE_PROFIT", [OC_ORDER_TAKE_PROFIT_LIMIT] = "TAKE_PROFIT_LIMIT"};
    static const char *const tifs[] = {[OC_TIF_GTC] = "GTC", [OC_TIF_IOC] = "IOC", [OC_TIF_FOK] = "FOK"};
    const struct oc_request *ask = &request->ask;
    const int is_post = (ask->bits & OC_RQ_POST_ONLY) != 0, is_priced = (ask->bits & OC_RQ_HAS_PRICE) != 0;
    const int replaces = ask->kind == OC_REQUEST_AMEND;
    if (ask->type >= sizeof types / sizeof *types || !types[ask->type])
        return OC_E_NOT_SUPPORTED;
    if (is_priced && !is_post && (ask->tif >= sizeof tifs / sizeof *tifs || !tifs[ask->tif]))
        return OC_E_NOT_SUPPORTED;
    if (replaces) {
        add_text(list, "cancelReplaceMode", "STOP_ON_FAILURE");
        add_id(list, "cancelOrigClientOrderId", &request->client, 1);
    }
    if (ask->bits & OC_RQ_HAS_DISPLAY)
        add_units(list, "icebergQty", ask->display_qty, info->qty_step);
    add_id(list, "newClientOrderId", replaces ? &request->client_new : &request->client, 1);
    add_text(list, "newOrderRespType", "RESULT");
    if (is_priced)
        add_units(list, "price", ask->price, info->price_step);
    add_size(list, ask, info);
    add_u64(list, "recvWindow", bn->window_ms);
    add_text(list, "side", ask->side == OC_SIDE_BUY ? "BUY" : "SELL");
    if (ask->bits & OC_RQ_HAS_STOP)
        add_units(list, "stopPrice", ask->stop_price, info->price_step);
    add_text(list, "symbol", info->venue_symbol);
    if (is_priced && !is_post)
        add_text(list, "timeInForce", tifs[ask->tif]);
    add_u64(list, "timestamp", (uint64_t)now_ns / 1000000);
    if (ask->bits & OC_RQ_HAS_TRAIL_PPM)
        add_u64(list, "trailingDelta", (uint64_t)ask->trail / 100);
    add_text(list, "type", is_post ? "LIMIT_MAKER" : types[ask->type]);
    return OC_OK;
}

/* ---- by REST ---- */

static void add_cancel(struct binance *bn, const struct oc_venue_request *ask, const struct oc_instrument *info,
                       struct parameters *list, int64_t now_ns)
{
    if (ask->ask.kind == OC_REQUEST_CANCEL) {
        if (ask->venue_order.size)
            add_id(list, "orderId", &ask->venue_order, 0);
        else
            add_id(list, "origClientOrderId", &ask->client, 1);
        if (ask->client_new.size)
            add_id(list, "newClientOrderId", &ask->client_new, 1);
    }
    add_u64(list, "recvWindow", bn->window_ms);
    add_text(list, "symbol", info->venue_symbol);
    add_u64(list, "timestamp", (uint64_t)now_ns / 1000000);
}

static void set_path(struct oc_http *http, const char *path)
{
    http->path = path;
    http->path_size = (uint32_t)strlen(path);
}

static oc_rc by_rest(struct binance *bn, const struct account *who, const struct oc_venue_request *ask,
                     const struct oc_instrument *info, int64_t now_ns)
{
    char text[1024];
    uint8_t mac[32];
    uint64_t exchange;
    struct kit_write query = kit_write_begin(text, sizeof text);
    struct parameters list = {&query, NULL};
    const struct oc_cost costs[2] = {{WEIGHT, 0, 1}, {RAW, 0, 1}};
    struct oc_http http = {.size = sizeof http,
                           .endpoint = REST,
                           .flags = OC_HTTP_FORM,
                           .account = who->account,
                           .lane = OC_LANE_ORDER,
                           .request = ask->ask.id,
                           .send_by_ns = ask->ask.send_by_ns,
                           .costs = costs,
                           .cost_count = 2};
    oc_rc rc = OC_OK;
    if (ask->ask.kind == OC_REQUEST_NEW) { /* the hot path: a prepared form, one signature, one body */
        http.form = who->order_form;
        rc = add_order(bn, ask, info, &list, now_ns);
    } else {
        http.headers = binance_key_header;
        http.headers_size = binance_key_header_size;
        http.splices = &binance_key_splice;
        http.splice_count = 1;
    }
    if (ask->ask.kind == OC_REQUEST_AMEND) {
        http.method = OC_METHOD_POST;
        set_path(&http, "/api/v3/order/cancelReplace");
        rc = add_order(bn, ask, info, &list, now_ns);
    } else if (ask->ask.kind != OC_REQUEST_NEW) {
        http.method = OC_METHOD_DELETE;
        http.lane = OC_LANE_CANCEL;
        set_path(&http, ask->ask.kind == OC_REQUEST_CANCEL_ALL ? "/api/v3/openOrders" : "/api/v3/order");
        add_cancel(bn, ask, info, &list, now_ns);
    }
    oc_rc size = kit_write_end(&query);
    if (rc < 0 || size < 0)
        return rc < 0 ? rc : size;
    const struct oc_part part = {text, (uint32_t)size, 0, 0};
    rc = bn->kit.sign->sign(bn->kit.host, who->hmac, &part, 1, mac, sizeof mac);
    if (rc < 0)
        return rc;
    KIT_WRITE(&query, "&signature=");
    kit_write_hex(&query, mac, sizeof mac);
    size = kit_write_end(&query);
    http.body = text;
    http.body_size = size > 0 ? (uint32_t)size : 0;
    return size < 0 ? size : bn->kit.net->http(bn->kit.host, &http, &exchange);
}

/* ---- by the WebSocket API ---- */

static oc_rc by_socket(struct binance *bn, const struct account *who, const struct oc_venue_request *ask,
                       const struct oc_instrument *info, int64_t now_ns)
{
    char query_text[1024], text[1600];
    uint8_t mac[32];
    struct kit_write query = kit_write_begin(query_text, sizeof query_text), json = kit_write_begin(text, sizeof text);
    struct parameters list = {&query, &json};
    KIT_WRITE(&json, "{\"id\":\"");
    kit_write_u64(&json, ask->ask.id); /* comes back: net.asked() finds the request */
    KIT_WRITE(&json, "\",\"method\":\"");
    kit_write_text(&json, ask->ask.kind == OC_REQUEST_NEW ? "order.place" : "order.cancelReplace");
    KIT_WRITE(&json, "\",\"params\":{\"apiKey\":\"");
    const uint32_t key_at = (uint32_t)(json.at - json.from);
    KIT_WRITE(&json, "\",");
    oc_rc rc = add_order(bn, ask, info, &list, now_ns), size = kit_write_end(&query);
    if (rc < 0 || size < 0)
        return rc < 0 ? rc : size;
    const struct oc_part parts[4] = {
        {"apiKey=", 7, 0, 0}, {NULL, 0, API_KEY, 0}, {"&", 1, 0, 0}, {query_text, (uint32_t)size, 0, 0}};
    rc = bn->kit.sign->sign(bn->kit.host, who->hmac, parts, 4, mac, sizeof mac);
    if (rc < 0)
        return rc;
    KIT_WRITE(&json, "\"signature\":\"");
    kit_write_hex(&json, mac, sizeof mac);
    KIT_WRITE(&json, "\"}}");
    size = kit_write_end(&json);
    const struct oc_splice splice = {.at = key_at, .field = API_KEY, .in = OC_IN_BODY};
    const struct oc_cost cost = {WEIGHT, 0, 1};
    const struct oc_send send = {.size = sizeof send,
                                 .stream = who->orders_stream,
                                 .kind = OC_MESSAGE_TEXT,
                                 .lane = OC_LANE_ORDER,
                                 .bytes = text,
                                 .bytes_size = size > 0 ? (uint32_t)size : 0,
                                 .splices = &splice,
                                 .splice_count = 1,
                                 .costs = &cost,
                                 .cost_count = 1,
                                 .request = ask->ask.id,
                                 .send_by_ns = ask->ask.send_by_ns};
    return size < 0 ? size : bn->kit.net->send(bn->kit.host, &send);
}

oc_rc binance_request(void *self, const struct oc_venue_request *ask, uint32_t size, uint32_t count, uint32_t batch)
{
    struct binance *bn = self;
    const struct account *who = binance_account(bn, ask->ask.account);
    struct oc_instrument info;
    int64_t now_ns, error_ns;
    (void)size;
    if (count != 1 || batch != OC_BATCH_SINGLE || !who) /* OC_BATCH_GROUP of two legs is /order/oco: left out here */
        return OC_E_NOT_SUPPORTED;
    if (ask->ask.kind < OC_REQUEST_NEW || ask->ask.kind > OC_REQUEST_CANCEL_ALL)
        return OC_E_NOT_SUPPORTED;
    if (bn->kit.names->record(bn->kit.host, ask->ask.head.inst, &info, sizeof info) < 0)
        return OC_E_NOT_FOUND;
    const oc_rc rc = bn->kit.time->venue_ns(bn->kit.host, &now_ns, &error_ns);
    if (rc < 0)
        return rc;
    if (bn->over_socket && (ask->ask.kind == OC_REQUEST_NEW || ask->ask.kind == OC_REQUEST_AMEND))
        return by_socket(bn, who, ask, &info, now_ns);
    return by_rest(bn, who, ask, &info, now_ns);
}

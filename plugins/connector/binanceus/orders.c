/* orders.c: order requests out, and what is answered to them. */
#include "binance.h"

/* ---- out ---- */

static void add(struct kit_write *query, const char *name, const char *text, size_t size)
{
    if (query->at != query->from)
        KIT_WRITE(query, "&");
    kit_write_text(query, name);
    KIT_WRITE(query, "=");
    kit_write_query(query, text, size);
}

static void add_text(struct kit_write *query, const char *name, const char *text)
{
    add(query, name, text, strlen(text));
}

static void add_id(struct kit_write *query, const char *name, const char *before, const struct oc_id *id)
{
    char text[OC_ID_MAX + 8] = "";
    struct kit_write out = kit_write_begin(text, sizeof text);
    kit_write_text(&out, before);
    kit_write_id(&out, id);
    const oc_rc size = kit_write_end(&out);
    if (size < 0)
        query->is_over = 1;
    else
        add(query, name, text, (size_t)size);
}

static void add_units(struct kit_write *query, const char *name, int64_t units, struct oc_dec step)
{
    char text[64];
    const oc_rc size = kit_put_units(text, sizeof text, units, step);
    if (size < 0)
        query->is_over = 1;
    else
        add(query, name, text, (size_t)size);
}

/* Its own id, or by ours, as the venue takes either. */
static void add_name(struct kit_write *query, const struct oc_venue_request *request, const char *by_number,
                     const char *by_client)
{
    if (request->venue_order.size)
        add_id(query, by_number, "", &request->venue_order);
    else
        add_id(query, by_client, "", &request->client);
}

/* What the host does not look at before it sends: how many parts an iceberg may have. */
static int has_too_many_parts(const struct oc_request *ask, const struct oc_instrument *info)
{
    return ask->display_qty <= 0 ||
           (info->iceberg_parts && (ask->qty - 1) / ask->display_qty >= (int64_t)info->iceberg_parts);
}

static oc_rc add_terms(struct kit_write *query, const struct oc_venue_request *request,
                       const struct oc_instrument *info)
{
    static const char *const types[] = {
        [OC_ORDER_MARKET] = "MARKET",           [OC_ORDER_LIMIT] = "LIMIT",
        [OC_ORDER_STOP] = "STOP_LOSS",          [OC_ORDER_STOP_LIMIT] = "STOP_LOSS_LIMIT",
        [OC_ORDER_TAKE_PROFIT] = "TAKE_PROFIT", [OC_ORDER_TAKE_PROFIT_LIMIT] = "TAKE_PROFIT_LIMIT"};
    static const char *const tifs[] = {
        [OC_TIF_NONE] = "GTC", [OC_TIF_GTC] = "GTC", [OC_TIF_IOC] = "IOC", [OC_TIF_FOK] = "FOK"};
    const struct oc_request *ask = &request->ask;
    const int is_priced = (ask->bits & OC_RQ_HAS_PRICE) != 0, is_post = (ask->bits & OC_RQ_POST_ONLY) != 0;
    const int is_stop = ask->type != OC_ORDER_MARKET && ask->type != OC_ORDER_LIMIT;
    const int needs_price =
        ask->type == OC_ORDER_LIMIT || ask->type == OC_ORDER_STOP_LIMIT || ask->type == OC_ORDER_TAKE_PROFIT_LIMIT;
    /* OC_RQ_REDUCE_ONLY: spot has no word for it, and the host has proven it */
    if (ask->type == OC_ORDER_NONE || ask->type >= sizeof types / sizeof *types ||
        ask->tif >= sizeof tifs / sizeof *tifs || ask->side < OC_SIDE_BUY || ask->side > OC_SIDE_SELL)
        return OC_E_NOT_SUPPORTED;
    if (is_priced != needs_price || is_stop != ((ask->bits & OC_RQ_HAS_STOP) != 0) ||
        (is_post && ask->type != OC_ORDER_LIMIT) ||
        (ask->bits & (OC_RQ_HAS_TRAIL | OC_RQ_HAS_TRAIL_PPM | OC_RQ_HAS_BOUND)) ||
        ((ask->bits & OC_RQ_HAS_DISPLAY) &&
         (ask->tif == OC_TIF_IOC || ask->tif == OC_TIF_FOK || has_too_many_parts(ask, info))))
        return OC_E_NOT_SUPPORTED;
    if (!(ask->bits & OC_RQ_HAS_QTY) && (ask->type != OC_ORDER_MARKET || !(ask->bits & OC_RQ_HAS_QUOTE_QTY)))
        return OC_E_NOT_SUPPORTED;
    add_text(query, "symbol", info->venue_symbol);
    add_text(query, "side", ask->side == OC_SIDE_BUY ? "BUY" : "SELL");
    add_text(query, "type", is_post ? "LIMIT_MAKER" : types[ask->type]);
    if (needs_price && !is_post)
        add_text(query, "timeInForce", tifs[ask->tif]);
    if (ask->bits & OC_RQ_HAS_QTY)
        add_units(query, "quantity", ask->qty, info->qty_step);
    else
        add_units(query, "quoteOrderQty", ask->quote_qty.units, (struct oc_dec){1, ask->quote_qty.scale, 0});
    if (is_priced)
        add_units(query, "price", ask->price, info->price_step);
    if (is_stop)
        add_units(query, "stopPrice", ask->stop_price, info->price_step);
    if (ask->bits & OC_RQ_HAS_DISPLAY)
        add_units(query, "icebergQty", ask->display_qty, info->qty_step);
    add_id(query, "newClientOrderId", "", ask->kind == OC_REQUEST_AMEND ? &request->client_new : &request->client);
    add_text(query, "newOrderRespType", ask->kind == OC_REQUEST_AMEND ? "RESULT" : "ACK");
    return OC_OK;
}

/* An order that has traded could trade until its cancel, and its replacement would be for too much: two could be filled where one was asked for. */
static oc_rc refuse_amend(struct binance *bn, const struct oc_venue_request *request, uint32_t source)
{
    static const char words[] = "part of it has traded: it could trade on until it is replaced, and more than was "
                                "asked for; cancel it and place anew";
    return kit_answer(&bn->kit, request, source, OC_EV_AMEND_REJECTED, OC_WHY_NOT_SUPPORTED,
                      kit_text_of(words, sizeof words - 1), NULL, NULL);
}

static oc_rc add_replacement(struct kit_write *query, const struct oc_venue_request *request,
                             const struct oc_instrument *info)
{
    if (!request->client_new.size)
        return OC_E_LIMIT;
    add_text(query, "cancelReplaceMode", "STOP_ON_FAILURE");
    add_text(query, "cancelRestrictions", "ONLY_NEW");
    add_name(query, request, "cancelOrderId", "cancelOrigClientOrderId");
    add_id(query, "cancelNewClientOrderId", "r-", &request->client_new);
    return add_terms(query, request, info);
}

static oc_rc add_cancel(struct kit_write *query, const struct oc_venue_request *request,
                        const struct oc_instrument *info)
{
    add_text(query, "symbol", info->venue_symbol);
    if (request->ask.kind == OC_REQUEST_CANCEL_ALL)
        return OC_OK;
    add_name(query, request, "orderId", "origClientOrderId");
    if (request->client_new.size)
        add_id(query, "newClientOrderId", "c-", &request->client_new);
    return OC_OK;
}

oc_rc bn_request(void *self, const struct oc_venue_request *first, uint32_t size, uint32_t count, uint32_t batch)
{
    struct binance *bn = self;
    const struct oc_request *ask = &first->ask;
    const struct account *who = bn_account(bn, ask->account);
    const int is_amend = ask->kind == OC_REQUEST_AMEND, is_new = ask->kind == OC_REQUEST_NEW;
    const struct oc_cost costs[] = {{WEIGHT, 0, 1}, {RAW, 0, 1}, {ORDERS_10S, 0, 1}, {ORDERS_1D, 0, 1}};
    struct oc_instrument info;
    char text[QUERY_ROOM];
    struct kit_write query = kit_write_begin(text, sizeof text);
    (void)size, (void)batch; /* the description offers no batches */
    if (count != 1 || !who)
        return OC_E_INVALID;
    if (!is_new && !is_amend && ask->kind != OC_REQUEST_CANCEL && ask->kind != OC_REQUEST_CANCEL_ALL)
        return OC_E_NOT_SUPPORTED;
    if (bn->kit.names->record(bn->kit.host, ask->head.inst, &info, sizeof info) < 0)
        return OC_E_NOT_FOUND;
    if (is_amend && ask->filled > 0)
        return refuse_amend(bn, first, who->source);
    const oc_rc rc = is_new     ? add_terms(&query, first, &info)
                     : is_amend ? add_replacement(&query, first, &info)
                                : add_cancel(&query, first, &info);
    if (rc < 0)
        return rc;
    struct oc_http http = {.method = is_new || is_amend ? OC_METHOD_POST : OC_METHOD_DELETE,
                           .lane = is_new || is_amend ? OC_LANE_ORDER : OC_LANE_CANCEL,
                           .costs = costs,
                           .cost_count = is_amend ? 4 : 2, /* of a new one the host counts the order itself */
                           .request = ask->id,
                           .send_by_ns = ask->send_by_ns};
    return bn_send_signed(bn, who, &http,
                          is_amend                             ? "/api/v3/order/cancelReplace"
                          : ask->kind == OC_REQUEST_CANCEL_ALL ? "/api/v3/openOrders"
                                                               : "/api/v3/order",
                          &query);
}

/* ---- in ---- */

static oc_rc refuse(struct binance *bn, const struct oc_venue_request *ask, uint32_t source, uint32_t why,
                    struct kit_json_text words)
{
    const uint16_t type = kit_refusal(ask->ask.kind);
    return type == OC_EV_NONE ? (oc_rc)OC_OK : kit_answer(&bn->kit, ask, source, type, why, words, NULL, NULL);
}

/* It is gone, with what has traded of it: where fills are missing they are asked for. */
static oc_rc say_canceled(struct binance *bn, const struct oc_venue_request *ask, uint32_t source, uint32_t why,
                          struct kit_json_text words, struct kit_json_text done)
{
    oc_rc rc;
    struct oc_scale scale;
    const size_t tail = ((size_t)words.size + 7) & ~(size_t)7;
    struct oc_ev_venue_answer *out = kit_event(&bn->kit, sizeof *out + tail, OC_EV_CANCELED, source, &rc);
    if (!out)
        return rc;
    out->answer.head.inst = ask->ask.head.inst;
    out->answer.order = ask->ask.order;
    out->answer.request = ask->ask.id;
    out->answer.definitive = 1;
    out->why = why;
    out->tail = sizeof *out;
    out->text_size = words.size;
    if (words.size)
        memcpy(out + 1, words.at, words.size);
    if (bn->kit.names->scale(bn->kit.host, ask->ask.head.inst, &scale) == OC_OK &&
        kit_scale_qty(&scale, done, &out->answer.cum_qty) == OC_OK)
        out->present = OC_OF_CUM_QTY;
    return kit_commit(&bn->kit, out);
}

struct halves { /* of a cancelReplace */
    struct kit_json_text cancel, made, canceled, fresh;
};

static int read_halves(struct kit_json json, struct halves *halves)
{
    const struct kit_member members[] = {{"cancelResult", &halves->cancel},
                                         {"newOrderResult", &halves->made},
                                         {"cancelResponse", &halves->canceled},
                                         {"newOrderResponse", &halves->fresh}};
    memset(halves, 0, sizeof *halves);
    return KIT_TAKE(&json, members) && kit_json_end(&json);
}

static int read_data(struct kit_json json, struct halves *halves)
{
    struct kit_json_text data = {0};
    const struct kit_member members[] = {{"data", &data}};
    return KIT_TAKE(&json, members) && kit_json_end(&json) && data.kind == KIT_JSON_OBJECT &&
           read_halves(kit_json_into(data), halves);
}

/* The id of an order, and how much of it has traded. */
static int read_order(struct kit_json json, struct oc_id *ret_id, struct kit_json_text *ret_done)
{
    struct kit_json_text id = {0};
    const struct kit_member members[] = {{"orderId", &id}, {"executedQty", ret_done}};
    return KIT_TAKE(&json, members) && kit_json_end(&json) && id.size > 0 && kit_id(id, ret_id) == OC_OK;
}

/* -2022: the cancel failed, and nothing has changed. -2021: it is gone, and nothing stands in its place. The other half of that is two orders
 * that live: nobody knows, until both are asked about. */
static oc_rc answer_halves(struct binance *bn, const struct oc_venue_request *ask, uint32_t source, int64_t code,
                           struct kit_json json)
{
    struct halves halves;
    struct kit_json_text words = {0}, done = {0};
    struct oc_id id;
    if (!read_data(json, &halves))
        return OC_OK;
    const int is_gone = KIT_JSON_IS(halves.cancel, "SUCCESS"), is_made = KIT_JSON_IS(halves.made, "SUCCESS");
    if (is_made || (code == -2021 && !is_gone) || (is_gone && halves.fresh.kind != KIT_JSON_OBJECT))
        return OC_OK;
    const struct kit_json_text half = is_gone ? halves.fresh : halves.canceled;
    const int64_t reason = half.kind == KIT_JSON_OBJECT ? bn_error(kit_json_into(half), &words) : 0;
    if (!reason)
        return OC_OK;
    if (!is_gone)
        return bn_is_open_end(400, reason, words) ? (oc_rc)OC_OK
                                                  : refuse(bn, ask, source, bn_why(reason, words), words);
    if (bn_is_open_end(400, reason, words) || !read_order(kit_json_into(halves.canceled), &id, &done))
        return OC_OK;
    return say_canceled(bn, ask, source, bn_why(reason, words), words, done);
}

static oc_rc answer_refused(struct binance *bn, const struct oc_venue_request *ask, const struct oc_response *in,
                            uint32_t source)
{
    const struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text words = {0};
    const int64_t code = bn_error(json, &words);
    if (!code || bn_is_open_end(in->status, code, words))
        return OC_OK; /* nobody knows what became of it: no event, and the host says so */
    if (code == -2021 || code == -2022)
        return ask->ask.kind == OC_REQUEST_AMEND ? answer_halves(bn, ask, source, code, json) : (oc_rc)OC_OK;
    if (code == -1021) {
        const oc_rc rc = bn_ask_time(bn);
        if (rc < 0 && rc != OC_E_AGAIN)
            return rc;
    }
    if (ask->ask.kind != OC_REQUEST_CANCEL_ALL)
        return refuse(bn, ask, source, bn_why(code, words), words);
    return code == -2011
               ? kit_answer(&bn->kit, ask, source, OC_EV_TAKEN, OC_WHY_NONE, words, NULL, NULL) /* nothing is open */
               : kit_answer(&bn->kit, ask, source, OC_EV_REJECTED, bn_why(code, words), words, NULL, NULL);
}

/* With the time of the new one: by that a view of before, which shows the old one as open, is known for old. */
static oc_rc answer_replaced(struct binance *bn, const struct oc_venue_request *ask, uint32_t source,
                             struct kit_json json)
{
    struct halves halves;
    struct kit_json_text id = {0}, at = {0};
    const struct kit_member members[] = {{"orderId", &id}, {"transactTime", &at}};
    oc_rc rc;
    if (!read_halves(json, &halves) || halves.fresh.kind != KIT_JSON_OBJECT)
        return OC_OK;
    struct kit_json fresh = kit_json_into(halves.fresh);
    if (!KIT_TAKE(&fresh, members) || !kit_json_end(&fresh) || !id.size)
        return OC_OK;
    struct oc_ev_venue_answer *out = KIT_EVENT(&bn->kit, oc_ev_venue_answer, OC_EV_AMENDED, source, &rc);
    if (!out)
        return rc;
    if (kit_id(id, &out->venue_order) < 0)
        return OC_E_DATA;
    out->client = ask->client_new;
    out->answer.head.inst = ask->ask.head.inst;
    out->answer.head.venue_ns = bn_ns(at);
    out->answer.order = ask->ask.order;
    out->answer.request = ask->ask.id;
    out->answer.price = ask->ask.price;
    out->answer.qty = ask->ask.qty;
    out->answer.definitive = 1;
    out->present = OC_OF_PRICE | OC_OF_QTY;
    out->tail = sizeof *out;
    return kit_commit(&bn->kit, out);
}

oc_rc bn_answer_request(struct binance *bn, const struct oc_response *in, uint32_t source)
{
    const struct oc_venue_request *ask = in->asked;
    const struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text done = {0}, none = {0};
    struct oc_id id;
    if (in->status >= 400)
        return answer_refused(bn, ask, in, source);
    if (ask->ask.kind == OC_REQUEST_CANCEL_ALL)
        return kit_answer(&bn->kit, ask, source, OC_EV_TAKEN, OC_WHY_NONE, none, NULL, NULL);
    if (ask->ask.kind == OC_REQUEST_AMEND)
        return answer_replaced(bn, ask, source, json);
    if (!read_order(json, &id, &done))
        return OC_OK; /* not understood: UNKNOWN */
    return ask->ask.kind == OC_REQUEST_CANCEL
               ? say_canceled(bn, ask, source, OC_WHY_CANCELED_BY_US, none, done)
               : kit_answer(&bn->kit, ask, source, OC_EV_ACCEPTED, OC_WHY_NONE, none, &id, &ask->client);
}

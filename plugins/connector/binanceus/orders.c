/* orders.c: order requests out, and what is answered to them. */
#include "binance.h"

/* ---- out ---- */

/* Its own id, or by ours, as the venue takes either. */
static void add_name(struct kit_write *query, const struct oc_venue_request *request, const char *by_number,
                     const char *by_client)
{
    if (request->venue_order.size)
        kit_query_id(query, by_number, "", &request->venue_order);
    else
        kit_query_id(query, by_client, "", &request->client);
}

/* What the host does not look at before it sends: how many parts an iceberg may have. */
static int has_too_many_parts(const struct oc_request *ask, const struct oc_instrument *info)
{
    return ask->display_qty <= 0 ||
           (info->iceberg_parts && (ask->qty - 1) / ask->display_qty >= (int64_t)info->iceberg_parts);
}

/* How the venue calls each type, and what goes with it. */
static const struct kind {
    const char *word;
    uint32_t is_priced, is_stop;
} kinds[] = {
    [OC_ORDER_MARKET] = {"MARKET", 0, 0},           [OC_ORDER_LIMIT] = {"LIMIT", 1, 0},
    [OC_ORDER_STOP] = {"STOP_LOSS", 0, 1},          [OC_ORDER_STOP_LIMIT] = {"STOP_LOSS_LIMIT", 1, 1},
    [OC_ORDER_TAKE_PROFIT] = {"TAKE_PROFIT", 0, 1}, [OC_ORDER_TAKE_PROFIT_LIMIT] = {"TAKE_PROFIT_LIMIT", 1, 1}};
static const char *const tifs[] = {
    [OC_TIF_NONE] = "GTC", [OC_TIF_GTC] = "GTC", [OC_TIF_IOC] = "IOC", [OC_TIF_FOK] = "FOK"};

/* OC_RQ_REDUCE_ONLY: spot has no word for it, and the host has proven it. */
static int can_be_asked(const struct oc_request *ask, const struct oc_instrument *info)
{
    const uint32_t bits = ask->bits, never = OC_RQ_HAS_TRAIL | OC_RQ_HAS_TRAIL_PPM | OC_RQ_HAS_BOUND;
    if (ask->type == OC_ORDER_NONE || ask->type >= COUNT(kinds) || ask->tif >= COUNT(tifs) || ask->side < OC_SIDE_BUY ||
        ask->side > OC_SIDE_SELL || (bits & never))
        return 0;
    if (kinds[ask->type].is_priced != ((bits & OC_RQ_HAS_PRICE) != 0) ||
        kinds[ask->type].is_stop != ((bits & OC_RQ_HAS_STOP) != 0) ||
        ((bits & OC_RQ_POST_ONLY) && ask->type != OC_ORDER_LIMIT))
        return 0;
    if ((bits & OC_RQ_HAS_DISPLAY) &&
        (ask->tif == OC_TIF_IOC || ask->tif == OC_TIF_FOK || has_too_many_parts(ask, info)))
        return 0;
    return (bits & OC_RQ_HAS_QTY) || (ask->type == OC_ORDER_MARKET && (bits & OC_RQ_HAS_QUOTE_QTY));
}

static oc_rc add_terms(struct kit_write *query, const struct oc_venue_request *request,
                       const struct oc_instrument *info)
{
    const struct oc_request *ask = &request->ask;
    const int is_post = (ask->bits & OC_RQ_POST_ONLY) != 0, is_amend = ask->kind == OC_REQUEST_AMEND;
    if (!can_be_asked(ask, info))
        return OC_E_NOT_SUPPORTED;
    const struct kind *kind = &kinds[ask->type];
    kit_query_text(query, "symbol", info->venue_symbol);
    kit_query_text(query, "side", ask->side == OC_SIDE_BUY ? "BUY" : "SELL");
    kit_query_text(query, "type", is_post ? "LIMIT_MAKER" : kind->word);
    if (kind->is_priced && !is_post)
        kit_query_text(query, "timeInForce", tifs[ask->tif]);
    if (ask->bits & OC_RQ_HAS_QTY)
        kit_query_units(query, "quantity", ask->qty, info->qty_step);
    else
        kit_query_units(query, "quoteOrderQty", ask->quote_qty.units, (struct oc_dec){1, ask->quote_qty.scale, 0});
    if (kind->is_priced)
        kit_query_units(query, "price", ask->price, info->price_step);
    if (kind->is_stop)
        kit_query_units(query, "stopPrice", ask->stop_price, info->price_step);
    if (ask->bits & OC_RQ_HAS_DISPLAY)
        kit_query_units(query, "icebergQty", ask->display_qty, info->qty_step);
    kit_query_id(query, "newClientOrderId", "", is_amend ? &request->client_new : &request->client);
    kit_query_text(query, "newOrderRespType", is_amend ? "RESULT" : "ACK");
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
    kit_query_text(query, "cancelReplaceMode", "STOP_ON_FAILURE");
    kit_query_text(query, "cancelRestrictions", "ONLY_NEW");
    add_name(query, request, "cancelOrderId", "cancelOrigClientOrderId");
    kit_query_id(query, "cancelNewClientOrderId", "r-", &request->client_new);
    return add_terms(query, request, info);
}

static oc_rc add_cancel(struct kit_write *query, const struct oc_venue_request *request,
                        const struct oc_instrument *info)
{
    kit_query_text(query, "symbol", info->venue_symbol);
    if (request->ask.kind == OC_REQUEST_CANCEL_ALL)
        return OC_OK;
    add_name(query, request, "orderId", "origClientOrderId");
    if (request->client_new.size)
        kit_query_id(query, "newClientOrderId", "c-", &request->client_new);
    return OC_OK;
}

/* Where each kind of request goes. */
static const struct way {
    const char *path;
    oc_rc (*add)(struct kit_write *, const struct oc_venue_request *, const struct oc_instrument *);
    uint8_t method, lane;
    uint16_t costs; /* of a new one the host counts the order itself */
} ways[] = {[OC_REQUEST_NEW] = {"/api/v3/order", add_terms, OC_METHOD_POST, OC_LANE_ORDER, 2},
            [OC_REQUEST_AMEND] = {"/api/v3/order/cancelReplace", add_replacement, OC_METHOD_POST, OC_LANE_ORDER, 4},
            [OC_REQUEST_CANCEL] = {"/api/v3/order", add_cancel, OC_METHOD_DELETE, OC_LANE_CANCEL, 2},
            [OC_REQUEST_CANCEL_ALL] = {"/api/v3/openOrders", add_cancel, OC_METHOD_DELETE, OC_LANE_CANCEL, 2}};

oc_rc bn_request(void *self, const struct oc_venue_request *first, uint32_t size, uint32_t count, uint32_t batch)
{
    static const struct oc_cost costs[] = {{WEIGHT, 0, 1}, {RAW, 0, 1}, {ORDERS_10S, 0, 1}, {ORDERS_1D, 0, 1}};
    struct binance *bn = self;
    const struct oc_request *ask = &first->ask;
    const struct kit_account *who = kit_account_of(&bn->accounts, ask->account);
    const struct way *way = ask->kind < COUNT(ways) ? &ways[ask->kind] : ways;
    struct oc_instrument info;
    char path[PATH_ROOM];
    (void)size, (void)batch; /* the description offers no batches */
    if (count != 1 || !who)
        return OC_E_INVALID;
    if (!way->add)
        return OC_E_NOT_SUPPORTED;
    if (bn->kit.names->record(bn->kit.host, ask->head.inst, &info, sizeof info) < 0)
        return OC_E_NOT_FOUND;
    if (ask->kind == OC_REQUEST_AMEND && ask->filled > 0)
        return refuse_amend(bn, first, who->source);
    struct kit_write query = kit_query_begin(path, sizeof path, way->path);
    const oc_rc rc = way->add(&query, first, &info);
    if (rc < 0)
        return rc;
    struct oc_http http = {.method = way->method,
                           .lane = way->lane,
                           .costs = costs,
                           .cost_count = way->costs,
                           .request = ask->id,
                           .send_by_ns = ask->send_by_ns};
    return bn_send_signed(bn, who, &http, path, &query);
}

/* ---- in ---- */

static oc_rc refuse(struct binance *bn, const struct oc_venue_request *ask, uint32_t source, uint32_t why,
                    struct kit_json_text words)
{
    const uint16_t type = kit_refusal(ask->ask.kind);
    return type == OC_EV_NONE ? (oc_rc)OC_OK : kit_answer(&bn->kit, ask, source, type, why, words, NULL, NULL);
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
    const struct kit_json_text half = is_gone ? halves.fresh : halves.canceled;
    if (is_made || (code == -2021 && !is_gone) || half.kind != KIT_JSON_OBJECT)
        return OC_OK;
    const struct kit_refusal_row *refusal = bn_refusal(kit_json_into(half), NULL, &words);
    if (!refusal || refusal->is_open)
        return OC_OK;
    if (!is_gone)
        return refuse(bn, ask, source, refusal->why, words);
    if (!read_order(kit_json_into(halves.canceled), &id, &done))
        return OC_OK;
    return kit_canceled(&bn->kit, ask, source, refusal->why, words, done);
}

static oc_rc answer_refused(struct binance *bn, const struct oc_venue_request *ask, const struct oc_response *in,
                            uint32_t source)
{
    const struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text words = {0};
    int64_t code;
    const struct kit_refusal_row *refusal = bn_refusal(json, &code, &words);
    if (!refusal || in->status >= 500 || refusal->is_open)
        return OC_OK; /* nobody knows what became of it: no event, and the host says so */
    if (code == -2021 || code == -2022)
        return ask->ask.kind == OC_REQUEST_AMEND ? answer_halves(bn, ask, source, code, json) : (oc_rc)OC_OK;
    const oc_rc rc = refusal->why == OC_WHY_CLOCK ? bn_ask_time(bn) : (oc_rc)OC_OK;
    if (rc < 0)
        return rc;
    if (ask->ask.kind != OC_REQUEST_CANCEL_ALL)
        return refuse(bn, ask, source, refusal->why, words);
    return code == -2011
               ? kit_answer(&bn->kit, ask, source, OC_EV_TAKEN, OC_WHY_NONE, words, NULL, NULL) /* nothing is open */
               : kit_answer(&bn->kit, ask, source, OC_EV_REJECTED, refusal->why, words, NULL, NULL);
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
    out->answer.head.venue_ns = kit_json_ms(at);
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
               ? kit_canceled(&bn->kit, ask, source, OC_WHY_CANCELED_BY_US, none, done)
               : kit_answer(&bn->kit, ask, source, OC_EV_ACCEPTED, OC_WHY_NONE, none, &id, &ask->client);
}

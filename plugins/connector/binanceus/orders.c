/* orders.c: order requests out, and what is answered to them. */
#include "binance.h"

/* ---- out ---- */

static const char *const types[] = {
    [OC_ORDER_MARKET] = "MARKET",           [OC_ORDER_LIMIT] = "LIMIT",
    [OC_ORDER_STOP] = "STOP_LOSS",          [OC_ORDER_STOP_LIMIT] = "STOP_LOSS_LIMIT",
    [OC_ORDER_TAKE_PROFIT] = "TAKE_PROFIT", [OC_ORDER_TAKE_PROFIT_LIMIT] = "TAKE_PROFIT_LIMIT"};
static const char *const tifs[] = {
    [OC_TIF_NONE] = "GTC", [OC_TIF_GTC] = "GTC", [OC_TIF_IOC] = "IOC", [OC_TIF_FOK] = "FOK"};
static const char *const sides[] = {[OC_SIDE_BUY] = "BUY", [OC_SIDE_SELL] = "SELL"};
static const struct kit_terms as_written = {.types = types,
                                            .tifs = tifs,
                                            .sides = sides,
                                            .post_only = "LIMIT_MAKER",
                                            .type_count = KIT_COUNT(types),
                                            .tif_count = KIT_COUNT(tifs)};
/* OC_RQ_REDUCE_ONLY: spot has no word for it, and the host has proven it. */
#define TERMS(answer)                                                                                                  \
    {"symbol", KIT_TERM_SYMBOL, ""}, {"side", KIT_TERM_SIDE, ""}, {"type", KIT_TERM_TYPE, ""},                         \
        {"timeInForce", KIT_TERM_TIF, ""}, {"quantity", KIT_TERM_QTY, ""}, {"quoteOrderQty", KIT_TERM_MONEY, ""},      \
        {"price", KIT_TERM_PRICE, ""}, {"stopPrice", KIT_TERM_STOP, ""}, {"icebergQty", KIT_TERM_DISPLAY, ""},         \
        {"newClientOrderId", KIT_TERM_CLIENT, ""},                                                                     \
    {                                                                                                                  \
        "newOrderRespType", KIT_TERM_TEXT, answer                                                                      \
    }
static const struct kit_term made[] = {TERMS("ACK")};
static const struct kit_term replaced[] = {{"cancelReplaceMode", KIT_TERM_TEXT, "STOP_ON_FAILURE"},
                                           {"cancelRestrictions", KIT_TERM_TEXT, "ONLY_NEW"},
                                           {"cancelOrderId", KIT_TERM_ORDER, ""},
                                           {"cancelOrigClientOrderId", KIT_TERM_OF_US, ""},
                                           {"cancelNewClientOrderId", KIT_TERM_CHANGE, "r-"},
                                           TERMS("RESULT")};
static const struct kit_term canceled[] = {{"symbol", KIT_TERM_SYMBOL, ""},
                                           {"orderId", KIT_TERM_ORDER, ""},
                                           {"origClientOrderId", KIT_TERM_OF_US, ""},
                                           {"newClientOrderId", KIT_TERM_CHANGE, "c-"}};
static const struct kit_term all_canceled[] = {{"symbol", KIT_TERM_SYMBOL, ""}};

/* An order that has traded could trade until its cancel, and its replacement would be for too much: two could be filled where one was asked for. */
static oc_rc refuse_amend(struct binance *bn, const struct oc_venue_request *request, uint32_t source)
{
    static const char words[] = "part of it has traded: it could trade on until it is replaced, and more than was "
                                "asked for; cancel it and place anew";
    return kit_answer(&bn->kit, request, source, OC_EV_AMEND_REJECTED, OC_WHY_NOT_SUPPORTED,
                      kit_text_of(words, sizeof words - 1), NULL, NULL);
}

/* Where each kind of request goes. */
static const struct way {
    const char *path;
    const struct kit_term *terms;
    uint32_t count;
    uint8_t method, lane;
    uint16_t costs; /* of a new one the host counts the order itself */
} ways[] = {[OC_REQUEST_NEW] = {"/api/v3/order", made, KIT_COUNT(made), OC_METHOD_POST, OC_LANE_ORDER, 2},
            [OC_REQUEST_AMEND] = {"/api/v3/order/cancelReplace", replaced, KIT_COUNT(replaced), OC_METHOD_POST,
                                  OC_LANE_ORDER, 4},
            [OC_REQUEST_CANCEL] = {"/api/v3/order", canceled, KIT_COUNT(canceled), OC_METHOD_DELETE, OC_LANE_CANCEL, 2},
            [OC_REQUEST_CANCEL_ALL] = {"/api/v3/openOrders", all_canceled, KIT_COUNT(all_canceled), OC_METHOD_DELETE,
                                       OC_LANE_CANCEL, 2}};

oc_rc bn_request(void *self, const struct oc_venue_request *first, uint32_t size, uint32_t count, uint32_t batch)
{
    static const struct oc_cost costs[] = {{WEIGHT, 0, 1}, {RAW, 0, 1}, {ORDERS_10S, 0, 1}, {ORDERS_1D, 0, 1}};
    struct binance *bn = self;
    const struct oc_request *ask = &first->ask;
    const struct kit_account *who = kit_account_of(&bn->life.accounts, ask->account);
    const struct way *way = ask->kind < KIT_COUNT(ways) ? &ways[ask->kind] : ways;
    struct oc_instrument info;
    char path[KIT_PATH_ROOM];
    (void)size, (void)batch; /* the description offers no batches */
    if (count != 1 || !who)
        return OC_E_INVALID;
    if (!way->path)
        return OC_E_NOT_SUPPORTED;
    if (bn->kit.names->record(bn->kit.host, ask->head.inst, &info, sizeof info) < 0)
        return OC_E_NOT_FOUND;
    if (ask->kind == OC_REQUEST_AMEND && ask->filled > 0)
        return refuse_amend(bn, first, who->source);
    if (way->lane == OC_LANE_ORDER && !(kit_order_is_offered(&bn_venue, ask) && kit_iceberg_fits(ask, &info)))
        return OC_E_NOT_SUPPORTED;
    if (ask->kind == OC_REQUEST_AMEND && !first->client_new.size)
        return OC_E_LIMIT;
    struct kit_write query = kit_query_begin(path, sizeof path, way->path);
    kit_terms_write(&as_written, way->terms, way->count, first, &info, &query);
    struct oc_http http = {.method = way->method,
                           .lane = way->lane,
                           .costs = costs,
                           .cost_count = way->costs,
                           .request = ask->id,
                           .send_by_ns = ask->send_by_ns};
    return kit_send_signed(&bn->kit, bn_life.signing, who->account, who->signer, &http, path, &query);
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
    const struct kit_refusal_row *refusal = kit_life_refusal(&bn_life, kit_json_into(half), &code, &words);
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
    const struct kit_refusal_row *refusal = kit_life_refusal(&bn_life, json, &code, &words);
    if (!refusal || in->status >= 500 || refusal->is_open)
        return OC_OK; /* nobody knows what became of it: no event, and the host says so */
    if (code == -2021 || code == -2022)
        return ask->ask.kind == OC_REQUEST_AMEND ? answer_halves(bn, ask, source, code, json) : (oc_rc)OC_OK;
    const oc_rc rc =
        refusal->why == OC_WHY_CLOCK ? kit_life_ask_plain(&bn->kit, &bn_life, OC_FETCH_TIME) : (oc_rc)OC_OK;
    if (rc < 0)
        return rc;
    if (ask->ask.kind != OC_REQUEST_CANCEL_ALL)
        return refuse(bn, ask, source, refusal->why, words);
    return code == -2011
               ? kit_answer(&bn->kit, ask, source, OC_EV_TAKEN, OC_WHY_NONE, words, NULL, NULL) /* nothing is open */
               : kit_answer(&bn->kit, ask, source, OC_EV_REJECTED, refusal->why, words, NULL, NULL);
}

static oc_rc answer_replaced(struct binance *bn, const struct oc_venue_request *ask, uint32_t source,
                             struct kit_json json)
{
    struct halves halves;
    struct kit_json_text id = {0}, at = {0};
    const struct kit_member members[] = {{"orderId", &id}, {"transactTime", &at}};
    if (!read_halves(json, &halves) || halves.fresh.kind != KIT_JSON_OBJECT)
        return OC_OK;
    struct kit_json fresh = kit_json_into(halves.fresh);
    if (!KIT_TAKE(&fresh, members) || !kit_json_end(&fresh) || !id.size)
        return OC_OK;
    return kit_replaced(&bn->kit, ask, source, id, kit_json_ms(at));
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

/* orders.c: order requests out, and what is answered to them. */
#include "plain.h"

/* ---- out ---- */

static void write_member(struct kit_write *out, const char *name, const char *text, size_t size)
{
    kit_write_text(out, out->at[-1] == '{' ? "\"" : ",\"");
    kit_write_text(out, name);
    KIT_WRITE(out, "\":");
    kit_write_json(out, text, size);
}

static void write_units(struct kit_write *out, const char *name, int64_t units, struct oc_dec step)
{
    char text[64];
    const oc_rc size = kit_put_units(text, sizeof text, units, step);
    write_member(out, name, text, size > 0 ? (size_t)size : 0);
}

static oc_rc write_new(struct kit_write *out, const struct oc_venue_request *request, const struct oc_instrument *info)
{
    static const char *const types[] = {[OC_ORDER_MARKET] = "market",
                                        [OC_ORDER_LIMIT] = "limit",
                                        [OC_ORDER_STOP] = "stop",
                                        [OC_ORDER_STOP_LIMIT] = "stop_limit"};
    static const char *const tifs[] = {
        [OC_TIF_NONE] = "gtc", [OC_TIF_GTC] = "gtc", [OC_TIF_IOC] = "ioc", [OC_TIF_FOK] = "fok"};
    const struct oc_request *ask = &request->ask;
    if (!kit_order_is_offered(&plain_venue, ask))
        return OC_E_NOT_SUPPORTED;
    write_member(out, "client_id", request->client.text, request->client.size);
    write_member(out, "symbol", info->venue_symbol, strlen(info->venue_symbol));
    write_member(out, "side", ask->side == OC_SIDE_BUY ? "buy" : "sell", ask->side == OC_SIDE_BUY ? 3 : 4);
    write_member(out, "type", types[ask->type], strlen(types[ask->type]));
    if (ask->type != OC_ORDER_MARKET)
        write_member(out, "tif", tifs[ask->tif], 3);
    write_units(out, "qty", ask->qty, info->qty_step);
    if (ask->bits & OC_RQ_HAS_PRICE)
        write_units(out, "price", ask->price, info->price_step);
    if (ask->bits & OC_RQ_HAS_STOP)
        write_units(out, "stop_price", ask->stop_price, info->price_step);
    if (ask->bits & OC_RQ_POST_ONLY)
        KIT_WRITE(out, ",\"post_only\":true");
    return OC_OK;
}

oc_rc plain_request(void *self, const struct oc_venue_request *first, uint32_t size, uint32_t count, uint32_t batch)
{
    struct plain *plain = self;
    const struct oc_request *ask = &first->ask;
    const struct account *who = plain_account(plain, ask->account);
    struct oc_instrument info;
    char path[160], body[512], headers[HEADERS_ROOM];
    struct kit_write to = kit_write_begin(path, sizeof path), out = kit_write_begin(body, sizeof body);
    const struct oc_cost cost = {WEIGHT, 0, 1};
    uint64_t exchange;
    oc_rc rc = OC_OK;
    (void)size, (void)batch; /* the description offers no batches */
    if (count != 1 || !who)
        return OC_E_INVALID;
    if (plain->kit.names->record(plain->kit.host, ask->head.inst, &info, sizeof info) < 0)
        return OC_E_NOT_FOUND;
    KIT_WRITE(&to, "/v1/orders");
    if (ask->kind == OC_REQUEST_CANCEL) {
        KIT_WRITE(&to, "?client_id=");
        kit_write_query(&to, first->client.text, first->client.size);
    } else {
        KIT_WRITE(&out, "{");
        if (ask->kind == OC_REQUEST_NEW) {
            rc = write_new(&out, first, &info);
        } else if (ask->kind == OC_REQUEST_AMEND) {
            write_member(&out, "client_id", first->client.text, first->client.size);
            write_units(&out, "qty", ask->qty, info.qty_step);
            write_units(&out, "price", ask->price, info.price_step);
        } else {
            rc = OC_E_NOT_SUPPORTED;
        }
        KIT_WRITE(&out, "}");
    }
    const oc_rc path_size = kit_write_end(&to), body_size = kit_write_end(&out);
    if (rc < 0 || path_size < 0 || body_size < 0)
        return rc < 0 ? rc : OC_E_LIMIT;
    struct oc_http http = {.size = sizeof http,
                           .endpoint = REST,
                           .method = ask->kind == OC_REQUEST_NEW     ? OC_METHOD_POST
                                     : ask->kind == OC_REQUEST_AMEND ? OC_METHOD_PATCH
                                                                     : OC_METHOD_DELETE,
                           .lane = ask->kind == OC_REQUEST_CANCEL ? OC_LANE_CANCEL : OC_LANE_ORDER,
                           .account = who->account,
                           .path = path,
                           .path_size = (uint32_t)path_size,
                           .body = body,
                           .body_size = (uint32_t)body_size,
                           .costs = &cost,
                           .cost_count = 1,
                           .request = ask->id,
                           .send_by_ns = ask->send_by_ns};
    rc = plain_sign(plain, who, &http, headers);
    return rc < 0 ? rc : plain->kit.net->http(plain->kit.host, &http, &exchange);
}

/* ---- in ---- */

/* The venue's id and the state in {"order":{"id":"17","state":"open",...}}. */
static int read_order(struct kit_json json, struct oc_id *ret_id, struct kit_json_text *ret_state)
{
    struct kit_json_text key, id = {0};
    if (!kit_json_object(&json))
        return 0;
    while (kit_json_key(&json, &key))
        if (KIT_JSON_IS(key, "order") && kit_json_object(&json)) {
            while (kit_json_key(&json, &key))
                if (KIT_JSON_IS(key, "id"))
                    id = kit_json_value(&json);
                else if (KIT_JSON_IS(key, "state"))
                    *ret_state = kit_json_value(&json);
        }
    return kit_json_end(&json) && id.size > 0 && kit_id(id, ret_id) == OC_OK;
}

static oc_rc say_shown(struct plain *plain, struct kit_json json, uint32_t source)
{
    struct kit_json_text key;
    if (!kit_json_object(&json))
        return OC_E_DATA;
    while (kit_json_key(&json, &key))
        if (KIT_JSON_IS(key, "order"))
            return plain_say_order(plain, &json, source, 0, OC_EVF_LAST);
    return OC_E_DATA;
}

oc_rc plain_answer_request(struct plain *plain, const struct oc_response *in, uint32_t source)
{
    const struct oc_venue_request *ask = in->asked;
    const struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text code = {0}, words = {0}, none = {0}, state = {0};
    struct oc_id id;
    oc_rc rc;
    if (in->status >= 500)
        return OC_OK; /* nobody knows what became of it: no event, and the host says so */
    if (in->status >= 400) {
        const uint16_t type = kit_refusal(ask->ask.kind);
        if (!plain_error(json, &code, &words) || type == OC_EV_NONE)
            return OC_OK;
        return kit_answer(&plain->kit, ask, source, type, plain_why(code), words, NULL, NULL);
    }
    if (!read_order(json, &id, &state))
        return OC_OK;
    rc = ask->ask.kind == OC_REQUEST_CANCEL
             ? kit_answer(&plain->kit, ask, source, OC_EV_CANCELED, OC_WHY_CANCELED_BY_US, none, &id, NULL)
             : kit_answer(&plain->kit, ask, source, ask->ask.kind == OC_REQUEST_AMEND ? OC_EV_AMENDED : OC_EV_ACCEPTED,
                          OC_WHY_NONE, none, &id, &ask->client);
    /* Its sums run ahead of the fills that the stream says: only an order that ended otherwise is shown here. */
    return rc == OC_OK && KIT_JSON_IS(state, "expired") ? say_shown(plain, json, source) : rc;
}

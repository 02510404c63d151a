/* orders.c: Coinbase Advanced: order requests and what is answered to them. */
#include "coinbase.h"

/* ---- answers ---- */

struct placed { /* {"success":...,"success_response":{"order_id":...},"error_response":{...}}: HTTP is 200 either way */
    struct kit_json_text success, order, reason, preview, error;
};

static int read_placed(const struct oc_response *in, struct placed *ret_placed)
{
    struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text key;
    struct placed p = {0};
    if (kit_json_object(&json)) {
        while (kit_json_key(&json, &key))
            if (KIT_JSON_IS(key, "success")) {
                p.success = kit_json_value(&json);
            } else if ((KIT_JSON_IS(key, "success_response") || KIT_JSON_IS(key, "error_response")) &&
                       kit_json_object(&json)) {
                while (kit_json_key(&json, &key))
                    if (KIT_JSON_IS(key, "order_id"))
                        p.order = kit_json_value(&json);
                    else if (KIT_JSON_IS(key, "new_order_failure_reason") ||
                             KIT_JSON_IS(key, "edit_order_failure_reason"))
                        p.reason = kit_json_value(&json);
                    else if (KIT_JSON_IS(key, "preview_failure_reason"))
                        p.preview = kit_json_value(&json);
                    else if (KIT_JSON_IS(key, "error"))
                        p.error = kit_json_value(&json);
            }
    }
    *ret_placed = p;
    return kit_json_end(&json);
}

/* A reason that says something: "UNKNOWN_FAILURE_REASON" says nothing. */
static int says_something(struct kit_json_text word)
{
    return word.size > 0 && (word.size < 7 || memcmp(word.at, "UNKNOWN", 7) != 0);
}

static oc_rc answer_placed(struct coinbase *cb, const struct oc_response *in, uint32_t source)
{
    const struct kit_json_text none = {0};
    const struct oc_venue_request *ask = in->asked;
    struct placed p;
    struct oc_id venue_order = {0};
    if (!read_placed(in, &p) || (p.success.kind != KIT_JSON_TRUE && p.success.kind != KIT_JSON_FALSE))
        return OC_OK; /* not understood: no event, so the host says UNKNOWN */
    if (p.success.kind == KIT_JSON_FALSE) {
        const struct kit_json_text word = says_something(p.reason)    ? p.reason
                                          : says_something(p.preview) ? p.preview
                                                                      : p.error;
        return kit_answer(&cb->kit, ask, source, kit_refusal(ask->ask.kind), coinbase_why(word), word, NULL, NULL);
    }
    if (p.order.size && kit_id(p.order, &venue_order) < 0)
        return OC_OK;
    return kit_answer(&cb->kit, ask, source, ask->ask.kind == OC_REQUEST_NEW ? OC_EV_ACCEPTED : OC_EV_AMENDED,
                      OC_WHY_NONE, none, venue_order.size ? &venue_order : NULL, NULL);
}

/* The request of the batch that named this order; of one alone, that one. */
static const struct oc_venue_request *which(const struct oc_response *in, const struct oc_id *venue_order)
{
    const struct oc_venue_request *ask = in->asked;
    for (uint32_t i = 0; i < in->asked_count; i++, ask = oc_request_next(ask))
        if (kit_id_is(&ask->venue_order, venue_order))
            return ask;
    return in->asked_count == 1 ? in->asked : NULL;
}

static oc_rc answer_one_cancel(struct coinbase *cb, const struct oc_response *in, struct kit_json *json,
                               uint32_t source)
{
    const struct kit_json_text none = {0};
    struct kit_json_text key, success = {0}, reason = {0};
    struct oc_id order = {0};
    if (!kit_json_object(json))
        return OC_OK;
    while (kit_json_key(json, &key))
        if (KIT_JSON_IS(key, "success"))
            success = kit_json_value(json);
        else if (KIT_JSON_IS(key, "failure_reason"))
            reason = kit_json_value(json);
        else if (KIT_JSON_IS(key, "order_id") && kit_id(kit_json_value(json), &order) < 0)
            return OC_OK;
    const struct oc_venue_request *ask = which(in, &order);
    if (json->is_bad || !ask)
        return OC_OK;
    if (success.kind == KIT_JSON_TRUE) /* CANCELLED comes on the user channel */
        return kit_answer(&cb->kit, ask, source, OC_EV_TAKEN, OC_WHY_NONE, none, NULL, NULL);
    if (success.kind == KIT_JSON_FALSE)
        return kit_answer(&cb->kit, ask, source, OC_EV_CANCEL_REJECTED, coinbase_why(reason), reason, NULL, NULL);
    return OC_OK;
}

/* {"results":[{"success":..,"failure_reason":..,"order_id":..}, ...]} */
static oc_rc answer_canceled(struct coinbase *cb, const struct oc_response *in, uint32_t source)
{
    struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text key;
    oc_rc rc = OC_OK;
    if (kit_json_object(&json)) {
        while (rc >= 0 && kit_json_key(&json, &key))
            if (KIT_JSON_IS(key, "results") && kit_json_array(&json))
                while (rc >= 0 && kit_json_item(&json))
                    rc = answer_one_cancel(cb, in, &json, source);
    }
    return rc;
}

/* A batch that the venue refuses as a whole is refused for each. */
static oc_rc refuse_all(struct coinbase *cb, const struct oc_response *in, uint32_t source)
{
    const struct kit_json_text words = kit_text_of(in->body, in->body_size > 256 ? 256 : in->body_size);
    const uint32_t why = in->status == 401   ? OC_WHY_BAD_CREDENTIALS
                         : in->status == 403 ? OC_WHY_PERMISSION
                         : in->status == 429 ? OC_WHY_RATE_LIMIT
                                             : OC_WHY_INVALID_ORDER;
    const struct oc_venue_request *ask = in->asked;
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; rc >= 0 && i < in->asked_count; i++, ask = oc_request_next(ask))
        if (kit_refusal(ask->ask.kind))
            rc = kit_answer(&cb->kit, ask, source, kit_refusal(ask->ask.kind), why, words, NULL, NULL);
    return rc;
}

oc_rc coinbase_answer_order(struct coinbase *cb, const struct oc_response *in, uint32_t source)
{
    if (in->status >= 500 || in->status == 408)
        return OC_OK; /* no event: UNKNOWN */
    if (in->status >= 400)
        return refuse_all(cb, in, source);
    return in->asked->ask.kind == OC_REQUEST_CANCEL ? answer_canceled(cb, in, source) : answer_placed(cb, in, source);
}

/* ---- requests ---- */

static const char *configuration_of(const struct oc_request *ask)
{
    if (ask->type == OC_ORDER_MARKET)
        return "market_market_ioc";
    if (ask->type == OC_ORDER_STOP_LIMIT)
        return ask->tif == OC_TIF_GTD ? "stop_limit_stop_limit_gtd" : "stop_limit_stop_limit_gtc";
    if (ask->type != OC_ORDER_LIMIT)
        return NULL;
    return ask->tif == OC_TIF_IOC   ? "sor_limit_ioc"
           : ask->tif == OC_TIF_FOK ? "limit_limit_fok"
           : ask->tif == OC_TIF_GTD ? "limit_limit_gtd"
                                    : "limit_limit_gtc";
}

static void write_configuration(struct kit_write *out, const struct oc_request *ask, const struct oc_instrument *info)
{
    if (ask->bits & OC_RQ_HAS_QUOTE_QTY) {
        KIT_WRITE(out, "quote_size\":\"");
        kit_write_dec(out, ask->quote_qty);
    } else {
        KIT_WRITE(out, "base_size\":\"");
        kit_write_units(out, ask->qty, info->qty_step);
    }
    if (ask->bits & OC_RQ_HAS_PRICE) {
        KIT_WRITE(out, "\",\"limit_price\":\"");
        kit_write_units(out, ask->price, info->price_step);
    }
    if (ask->bits & OC_RQ_HAS_STOP) {
        KIT_WRITE(out, "\",\"stop_price\":\"");
        kit_write_units(out, ask->stop_price, info->price_step);
        KIT_WRITE(out, "\",\"stop_direction\":\"STOP_DIRECTION_STOP_");
        kit_write_text(out, ask->side == OC_SIDE_BUY ? "UP" : "DOWN");
    }
    if (ask->tif == OC_TIF_GTD) {
        KIT_WRITE(out, "\",\"end_time\":\"");
        kit_write_time(out, ask->expire_ns, 9);
    }
    KIT_WRITE(out, "\"");
    if (ask->type == OC_ORDER_LIMIT && (ask->tif == OC_TIF_GTC || ask->tif == OC_TIF_GTD))
        kit_write_text(out, ask->bits & OC_RQ_POST_ONLY ? ",\"post_only\":true" : ",\"post_only\":false");
}

static oc_rc write_new(struct kit_write *out, const struct oc_venue_request *request, const struct oc_instrument *info)
{
    const struct oc_request *ask = &request->ask;
    const char *configuration = configuration_of(ask);
    const uint32_t bracket = OC_RQ_NATIVE | OC_RQ_HAS_STOP_LOSS | OC_RQ_HAS_TAKE_PROFIT;
    if (!configuration)
        return OC_E_NOT_SUPPORTED;
    KIT_WRITE(out, "{\"client_order_id\":\"");
    kit_write_id(out, &request->client);
    KIT_WRITE(out, "\",\"product_id\":\"");
    kit_write_text(out, info->venue_symbol);
    KIT_WRITE(out, "\",\"side\":\"");
    kit_write_text(out, ask->side == OC_SIDE_BUY ? "BUY" : "SELL");
    KIT_WRITE(out, "\",\"order_configuration\":{\"");
    kit_write_text(out, configuration);
    KIT_WRITE(out, "\":{\"");
    write_configuration(out, ask, info);
    KIT_WRITE(out, "}}");
    if ((ask->bits & bracket) == bracket) {
        KIT_WRITE(out, ",\"attached_order_configuration\":{\"trigger_bracket_gtc\":{\"limit_price\":\"");
        kit_write_units(out, ask->take_profit, info->price_step);
        KIT_WRITE(out, "\",\"stop_trigger_price\":\"");
        kit_write_units(out, ask->stop_loss, info->price_step);
        KIT_WRITE(out, "\"}}");
    }
    KIT_WRITE(out, "}");
    return OC_OK;
}

static void write_cancel(struct kit_write *out, const struct oc_venue_request *ask, uint32_t count)
{
    KIT_WRITE(out, "{\"order_ids\":[\"");
    for (uint32_t i = 0; i < count; i++, ask = oc_request_next(ask)) {
        if (i)
            KIT_WRITE(out, "\",\"");
        kit_write_id(out, &ask->venue_order);
    }
    KIT_WRITE(out, "\"]}");
}

/* Both always: an omitted size is read as 0. */
static void write_amend(struct kit_write *out, const struct oc_venue_request *ask, const struct oc_instrument *info)
{
    KIT_WRITE(out, "{\"order_id\":\"");
    kit_write_id(out, &ask->venue_order);
    KIT_WRITE(out, "\",\"price\":\"");
    kit_write_units(out, ask->ask.price, info->price_step);
    KIT_WRITE(out, "\",\"size\":\"");
    kit_write_units(out, ask->ask.qty, info->qty_step);
    KIT_WRITE(out, "\"}");
}

oc_rc coinbase_request(void *self, const struct oc_venue_request *ask, uint32_t size, uint32_t count, uint32_t batch)
{
    struct coinbase *cb = self;
    struct oc_instrument info;
    struct kit_write out = kit_write_begin(cb->text, sizeof cb->text);
    const uint8_t kind = ask->ask.kind;
    const char *path = API "/orders";
    struct oc_http http = {.method = OC_METHOD_POST,
                           .lane = OC_LANE_ORDER,
                           .account = ask->ask.account,
                           .request = ask->ask.id,
                           .send_by_ns = ask->ask.send_by_ns};
    (void)size;
    if (batch == OC_BATCH_GROUP || (count > 1 && kind != OC_REQUEST_CANCEL))
        return OC_E_NOT_SUPPORTED; /* the description says so: the host does not ask */
    if (cb->kit.names->record(cb->kit.host, ask->ask.head.inst, &info, sizeof info) < 0)
        return OC_E_NOT_FOUND;
    if (kind != OC_REQUEST_NEW && kind != OC_REQUEST_AMEND && kind != OC_REQUEST_CANCEL)
        return OC_E_NOT_SUPPORTED; /* no cancel-all: the host cancels up to batch_cancel a message */
    if (kind != OC_REQUEST_NEW && !ask->venue_order.size)
        return OC_E_STATE; /* the host asks OC_FETCH_ORDER first: OC_CAN_CANCEL_BY_CLIENT is not claimed */
    oc_rc rc = OC_OK;
    if (kind == OC_REQUEST_NEW) {
        rc = write_new(&out, ask, &info);
    } else if (kind == OC_REQUEST_AMEND) {
        write_amend(&out, ask, &info);
        path = API "/orders/edit";
    } else {
        write_cancel(&out, ask, count);
        path = API "/orders/batch_cancel";
        http.flags = OC_HTTP_BATCH;
        http.lane = OC_LANE_CANCEL;
    }
    const oc_rc body_size = kit_write_end(&out);
    if (rc < 0 || body_size < 0)
        return rc < 0 ? rc : body_size;
    http.path = path;
    http.path_size = (uint32_t)strlen(path);
    http.body = cb->text;
    http.body_size = (uint32_t)body_size;
    return coinbase_call(cb, &http);
}

/* orders.c: order requests out, and what is answered to them. A refusal comes with HTTP 200. */
#include "coinbase.h"

/* ---- out ---- */

static const char *configuration_of(const struct oc_request *ask)
{
    static const char *const limits[] = {"limit_limit_gtc", "limit_limit_gtc", "sor_limit_ioc", "limit_limit_fok",
                                         "limit_limit_gtd"}; /* by OC_TIF_... */
    return ask->type == OC_ORDER_MARKET  ? "market_market_ioc"
           : ask->type == OC_ORDER_LIMIT ? limits[ask->tif <= OC_TIF_GTD ? ask->tif : OC_TIF_GTC]
           : ask->tif == OC_TIF_GTD      ? "stop_limit_stop_limit_gtd"
                                         : "stop_limit_stop_limit_gtc";
}

static void write_units(struct kit_write *out, const char *name, int64_t units, struct oc_dec step)
{
    kit_write_text(out, name);
    kit_write_units(out, units, step);
}

/* A stop of a purchase waits for the price to rise, one of a sale for it to fall; a take profit the other way. */
static void write_terms(struct kit_write *out, const struct oc_request *ask, const struct oc_instrument *info)
{
    const int is_up = (ask->side == OC_SIDE_BUY) == (ask->type == OC_ORDER_STOP_LIMIT);
    if (ask->bits & OC_RQ_HAS_QUOTE_QTY) {
        KIT_WRITE(out, "\"quote_size\":\"");
        kit_write_dec(out, ask->quote_qty);
    } else {
        write_units(out, "\"base_size\":\"", ask->qty, info->qty_step);
    }
    if (ask->bits & OC_RQ_HAS_PRICE)
        write_units(out, "\",\"limit_price\":\"", ask->price, info->price_step);
    if (ask->bits & OC_RQ_HAS_STOP) {
        write_units(out, "\",\"stop_price\":\"", ask->stop_price, info->price_step);
        kit_write_text(out, is_up ? "\",\"stop_direction\":\"STOP_DIRECTION_STOP_UP"
                                  : "\",\"stop_direction\":\"STOP_DIRECTION_STOP_DOWN");
    }
    if (ask->tif == OC_TIF_GTD) {
        KIT_WRITE(out, "\",\"end_time\":\"");
        kit_write_time(out, ask->expire_ns, 0);
    }
    KIT_WRITE(out, "\"");
    if (ask->type == OC_ORDER_LIMIT && ask->tif != OC_TIF_IOC && ask->tif != OC_TIF_FOK)
        kit_write_text(out, ask->bits & OC_RQ_POST_ONLY ? ",\"post_only\":true" : ",\"post_only\":false");
}

static void write_new(struct kit_write *out, const struct oc_venue_request *request, const struct oc_instrument *info)
{
    KIT_WRITE(out, "{\"client_order_id\":\"");
    kit_write_id(out, &request->client);
    KIT_WRITE(out, "\",\"product_id\":\"");
    kit_write_text(out, info->venue_symbol);
    kit_write_text(out, request->ask.side == OC_SIDE_BUY ? "\",\"side\":\"BUY" : "\",\"side\":\"SELL");
    KIT_WRITE(out, "\",\"order_configuration\":{\"");
    kit_write_text(out, configuration_of(&request->ask));
    KIT_WRITE(out, "\":{");
    write_terms(out, &request->ask, info);
    KIT_WRITE(out, "}}}");
}

/* Price and size both always: what is left out is read as 0. The size is all of it, with what has traded. */
static void write_amend(struct kit_write *out, const struct oc_venue_request *request, const struct oc_instrument *info)
{
    const struct oc_request *ask = &request->ask;
    KIT_WRITE(out, "{\"order_id\":\"");
    kit_write_id(out, &request->venue_order);
    write_units(out, "\",\"price\":\"", ask->price, info->price_step);
    write_units(out, "\",\"size\":\"", ask->qty, info->qty_step);
    if (ask->bits & OC_RQ_STOP_CHANGED)
        write_units(out, "\",\"stop_price\":\"", ask->stop_price, info->price_step);
    KIT_WRITE(out, "\"}");
}

static void write_cancel(struct kit_write *out, const struct oc_venue_request *ask, uint32_t count)
{
    KIT_WRITE(out, "{\"order_ids\":[\"");
    for (uint32_t i = 0; i < count; i++, ask = oc_request_next(ask)) {
        kit_write_text(out, i ? "\",\"" : "");
        kit_write_id(out, &ask->venue_order);
    }
    KIT_WRITE(out, "\"]}");
}

static oc_rc refuse_amend(struct coinbase *cb, const struct oc_venue_request *request, uint32_t source)
{
    static const char words[] = "the venue changes orders that are good till canceled alone: cancel it and place anew";
    return kit_answer(&cb->kit, request, source, OC_EV_AMEND_REJECTED, OC_WHY_NOT_SUPPORTED,
                      kit_text_of(words, sizeof words - 1), NULL, NULL);
}

/* What only rests may be post-only, and only a purchase by money is said with its fee. */
static int is_offered(const struct oc_request *ask)
{
    const int is_at_once = ask->tif == OC_TIF_IOC || ask->tif == OC_TIF_FOK;
    return kit_order_is_offered(&cb_venue, ask) && !(is_at_once && (ask->bits & OC_RQ_POST_ONLY)) &&
           (!(ask->bits & OC_RQ_HAS_QUOTE_QTY) || ask->side == OC_SIDE_BUY);
}

oc_rc cb_request(void *self, const struct oc_venue_request *first, uint32_t size, uint32_t count, uint32_t batch)
{
    struct coinbase *cb = self;
    const struct oc_request *ask = &first->ask;
    const struct kit_account *who = kit_account_of(&cb->accounts, ask->account);
    const int is_cancel = ask->kind == OC_REQUEST_CANCEL, is_new = ask->kind == OC_REQUEST_NEW;
    struct oc_instrument info;
    char path_text[64];
    struct kit_write out = kit_write_begin(cb->text, sizeof cb->text),
                     path = kit_write_begin(path_text, sizeof path_text);
    (void)size;
    if (!who || batch == OC_BATCH_GROUP || (count > 1 && !is_cancel))
        return OC_E_INVALID;
    if (!is_cancel && !is_new && ask->kind != OC_REQUEST_AMEND)
        return OC_E_NOT_SUPPORTED;
    if (cb->kit.names->record(cb->kit.host, ask->head.inst, &info, sizeof info) < 0)
        return OC_E_NOT_FOUND;
    if (!is_new && !first->venue_order.size)
        return OC_E_AGAIN; /* the host asks for it: it is not canceled by our id */
    if (!is_cancel && !is_offered(ask))
        return OC_E_NOT_SUPPORTED;
    if (ask->kind == OC_REQUEST_AMEND && ask->tif == OC_TIF_GTD)
        return refuse_amend(cb, first, who->source);
    if (is_new)
        write_new(&out, first, &info);
    else if (is_cancel)
        write_cancel(&out, first, count);
    else
        write_amend(&out, first, &info);
    KIT_WRITE(&path, API "/orders");
    kit_write_text(&path, is_new ? "" : is_cancel ? "/batch_cancel" : "/edit");
    const oc_rc body_size = kit_write_end(&out);
    if (body_size < 0)
        return body_size;
    struct oc_http http = {.method = OC_METHOD_POST,
                           .flags = count > 1 ? OC_HTTP_BATCH : 0,
                           .lane = is_cancel ? OC_LANE_CANCEL : OC_LANE_ORDER,
                           .body = cb->text,
                           .body_size = (uint32_t)body_size,
                           .request = ask->id,
                           .send_by_ns = ask->send_by_ns};
    return cb_call(cb, who, &http, &path);
}

/* ---- in ---- */

/* {"success":..,"success_response":{"order_id":..},"error_response":{...},"errors":[..]}, of one placed or changed: of several reasons the first that says
 * something, and most of them say UNKNOWN_.... Not understood: no event, and the host says UNKNOWN. */
static oc_rc answer_placed(struct coinbase *cb, const struct oc_response *in, uint32_t source)
{
    enum { SUCCESS = 0, ORDER = 1, REASONS = 2, ALL = 8 };
    static const struct kit_field fields[ALL] = {KIT_SEEN("success"),
                                                 KIT_SEEN("order_id"),
                                                 KIT_SEEN("new_order_failure_reason"),
                                                 KIT_SEEN("edit_order_failure_reason"),
                                                 KIT_SEEN("edit_failure_reason"),
                                                 KIT_SEEN("preview_failure_reason"),
                                                 KIT_SEEN("error"),
                                                 KIT_SEEN("failure_reason")};
    const struct oc_venue_request *ask = in->asked;
    struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text words = {0};
    struct oc_id id = {0};
    struct kit_row row;
    if (!KIT_ROW_DEEP(&json, fields, &row) || !kit_json_end(&json))
        return OC_OK;
    for (uint32_t i = REASONS; i < ALL; i++)
        if (row.of[i].size && (!words.size || kit_text_has(words, "UNKNOWN")))
            words = row.of[i];
    const uint32_t why = cb_why(words);
    if (row.of[SUCCESS].kind == KIT_JSON_FALSE && why != OC_WHY_DUPLICATE_ID) /* ours, that came twice: nobody knows */
        return kit_answer(&cb->kit, ask, source, kit_refusal(ask->ask.kind), why, words, NULL, NULL);
    if (row.of[SUCCESS].kind != KIT_JSON_TRUE || (row.of[ORDER].size && kit_id(row.of[ORDER], &id) < 0))
        return OC_OK;
    memset(&words, 0, sizeof words);
    return ask->ask.kind == OC_REQUEST_AMEND
               ? kit_answer(&cb->kit, ask, source, OC_EV_AMENDED, OC_WHY_NONE, words, NULL, NULL)
               : kit_answer(&cb->kit, ask, source, OC_EV_ACCEPTED, OC_WHY_NONE, words, id.size ? &id : NULL,
                            &ask->client);
}

/* {"success":true,"failure_reason":"...","order_id":"..."}: taken; that it is canceled, and with how much traded, the stream says. */
static oc_rc say_canceled(void *self, struct kit_json *json, struct kit_page *page)
{
    struct coinbase *cb = self;
    struct kit_json_text success = {0}, words = {0}, order = {0};
    const struct kit_member members[] = {{"success", &success}, {"failure_reason", &words}, {"order_id", &order}};
    const struct kit_json_text none = {0};
    if (!KIT_TAKE(json, members))
        return OC_E_DATA;
    const struct oc_venue_request *ask = kit_asked_about(page->in, order);
    if (!ask || (success.kind != KIT_JSON_TRUE && success.kind != KIT_JSON_FALSE))
        return kit_skip(&cb->kit, "cancel", order);
    return success.kind == KIT_JSON_TRUE
               ? kit_answer(&cb->kit, ask, page->source, OC_EV_TAKEN, OC_WHY_NONE, none, NULL, NULL)
               : kit_answer(&cb->kit, ask, page->source, OC_EV_CANCEL_REJECTED, cb_why(words), words, NULL, NULL);
}

/* Of 5xx, and of what is neither an answer nor a refusal, nobody knows. */
oc_rc cb_answer_request(struct coinbase *cb, const struct oc_response *in, uint32_t source)
{
    struct kit_page page = {.codec = &cb->kit, .in = in, .source = source};
    struct kit_json_text words;
    const uint32_t why = cb_status_why(in, &words);
    if (in->status >= 500 || in->status == 408 || (in->status != 200 && in->status < 400))
        return OC_OK;
    if (in->status != 200)
        return kit_refuse_all(&cb->kit, in, source, why, words);
    if (in->asked->ask.kind != OC_REQUEST_CANCEL)
        return answer_placed(cb, in, source);
    const struct kit_json_text results = kit_take_one(kit_json_into(kit_body(in)), "results");
    return results.kind == KIT_JSON_ARRAY ? kit_page_say(cb, &page, kit_json_into(results), say_canceled)
                                          : (oc_rc)OC_OK; /* not understood: UNKNOWN */
}

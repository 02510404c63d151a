/* orders.c: order requests out, and what is answered to them. A refusal comes with HTTP 200. */
#include "coinbase.h"

/* ---- out ---- */

static const char *configuration_of(const struct oc_request *ask)
{
    const int is_timed = ask->tif == OC_TIF_GTD;
    if (ask->type == OC_ORDER_MARKET)
        return "market_market_ioc";
    if (ask->type != OC_ORDER_LIMIT)
        return is_timed ? "stop_limit_stop_limit_gtd" : "stop_limit_stop_limit_gtc";
    return ask->tif == OC_TIF_IOC   ? "sor_limit_ioc"
           : ask->tif == OC_TIF_FOK ? "limit_limit_fok"
           : is_timed               ? "limit_limit_gtd"
                                    : "limit_limit_gtc";
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

/* {"success":..,"success_response":{"order_id":..},"error_response":{...},"errors":[..]}: of one placed, or one changed. */
struct placed {
    struct kit_json_text success, order, words;
};

/* A reason that says something: the venue names several, and most of them say UNKNOWN_.... */
static void choose(struct kit_json_text *words, struct kit_json_text word)
{
    const int says = word.size > 0 && (word.size < 7 || memcmp(word.at, "UNKNOWN", 7) != 0);
    if (says && !words->size)
        *words = word;
}

static void read_reasons(struct kit_json json, struct kit_json_text *words)
{
    struct kit_json_text of_new = {0}, of_edit = {0}, also = {0}, preview = {0}, error = {0};
    const struct kit_member members[] = {{"new_order_failure_reason", &of_new},
                                         {"edit_order_failure_reason", &of_edit},
                                         {"edit_failure_reason", &also},
                                         {"preview_failure_reason", &preview},
                                         {"error", &error}};
    const struct kit_json_text *const first[] = {&of_new, &of_edit, &also, &preview, &error};
    if (!KIT_TAKE(&json, members))
        return;
    for (uint32_t i = 0; i < KIT_COUNT(first); i++)
        choose(words, *first[i]);
    if (!words->size)
        *words = error;
}

static int read_placed(const struct oc_response *in, struct placed *placed)
{
    struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text done = {0}, error = {0}, list = {0}, also = {0};
    const struct kit_member members[] = {{"success", &placed->success}, {"success_response", &done},
                                         {"error_response", &error},    {"errors", &list},
                                         {"order_id", &placed->order},  {"failure_reason", &also}};
    const struct kit_member within[] = {{"order_id", &placed->order}};
    memset(placed, 0, sizeof *placed);
    if (!KIT_TAKE(&json, members) || !kit_json_end(&json))
        return 0;
    json = kit_json_into(done);
    if (done.kind == KIT_JSON_OBJECT)
        (void)KIT_TAKE(&json, within);
    if (error.kind == KIT_JSON_OBJECT)
        read_reasons(kit_json_into(error), &placed->words);
    json = kit_json_into(list);
    if (list.kind == KIT_JSON_ARRAY && kit_json_array(&json) && kit_json_item(&json) && !placed->words.size)
        read_reasons(kit_json_into(kit_json_value(&json)), &placed->words);
    choose(&placed->words, also);
    return placed->success.kind == KIT_JSON_TRUE || placed->success.kind == KIT_JSON_FALSE;
}

static oc_rc answer_placed(struct coinbase *cb, const struct oc_response *in, uint32_t source)
{
    const struct oc_venue_request *ask = in->asked;
    const struct kit_json_text none = {0};
    struct placed placed;
    struct oc_id id = {0};
    if (!read_placed(in, &placed))
        return OC_OK; /* not understood: UNKNOWN */
    const struct kit_refusal_row *refusal = cb_refusal(placed.words);
    if (placed.success.kind == KIT_JSON_FALSE)
        return refusal->is_open ? (oc_rc)OC_OK
                                : kit_answer(&cb->kit, ask, source, kit_refusal(ask->ask.kind), refusal->why,
                                             placed.words, NULL, NULL);
    if (placed.order.size && kit_id(placed.order, &id) < 0)
        return OC_OK;
    return ask->ask.kind == OC_REQUEST_AMEND
               ? kit_answer(&cb->kit, ask, source, OC_EV_AMENDED, OC_WHY_NONE, none, NULL, NULL)
               : kit_answer(&cb->kit, ask, source, OC_EV_ACCEPTED, OC_WHY_NONE, none, id.size ? &id : NULL,
                            &ask->client);
}

/* Of one alone, that one. */
static const struct oc_venue_request *asked_about(const struct oc_response *in, const struct oc_id *order)
{
    const struct oc_venue_request *ask = in->asked;
    for (uint32_t i = 0; i < in->asked_count; i++, ask = oc_request_next(ask))
        if (kit_id_is(&ask->venue_order, order))
            return ask;
    return NULL;
}

/* {"success":true,"failure_reason":"...","order_id":"..."}: taken; that it is canceled, and with how much traded, the stream says. */
static oc_rc say_canceled(void *self, struct kit_json *json, struct kit_page *page)
{
    struct coinbase *cb = self;
    struct kit_json_text success = {0}, words = {0}, order = {0};
    const struct kit_member members[] = {{"success", &success}, {"failure_reason", &words}, {"order_id", &order}};
    const struct kit_json_text none = {0};
    struct oc_id id;
    if (!KIT_TAKE(json, members))
        return OC_E_DATA;
    const struct oc_venue_request *ask = kit_id(order, &id) == OC_OK ? asked_about(page->in, &id) : NULL;
    if (!ask || (success.kind != KIT_JSON_TRUE && success.kind != KIT_JSON_FALSE))
        return kit_skip(&cb->kit, "cancel", order);
    return success.kind == KIT_JSON_TRUE
               ? kit_answer(&cb->kit, ask, page->source, OC_EV_TAKEN, OC_WHY_NONE, none, NULL, NULL)
               : kit_answer(&cb->kit, ask, page->source, OC_EV_CANCEL_REJECTED, cb_refusal(words)->why, words, NULL,
                            NULL);
}

static oc_rc answer_canceled(struct coinbase *cb, const struct oc_response *in, uint32_t source)
{
    struct kit_page page = {.codec = &cb->kit, .in = in, .source = source};
    struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text results = {0};
    const struct kit_member members[] = {{"results", &results}};
    if (!KIT_TAKE(&json, members) || !kit_json_end(&json) || results.kind != KIT_JSON_ARRAY)
        return OC_OK;
    return kit_page_say(cb, &page, kit_json_into(results), say_canceled);
}

/* Refused as a whole, it is refused for each. Of 5xx, and of what a gateway says, nobody knows. */
static oc_rc refuse_all(struct coinbase *cb, const struct oc_response *in, uint32_t source)
{
    const struct oc_venue_request *ask = in->asked;
    struct kit_json_text words;
    const uint32_t why = cb_status_why(in, &words);
    oc_rc rc = OC_OK;
    if (in->status >= 500 || in->status == 408 || in->status < 400)
        return OC_OK;
    for (uint32_t i = 0; rc >= 0 && i < in->asked_count; i++, ask = oc_request_next(ask))
        rc = kit_answer(&cb->kit, ask, source, kit_refusal(ask->ask.kind), why, words, NULL, NULL);
    return rc;
}

oc_rc cb_answer_request(struct coinbase *cb, const struct oc_response *in, uint32_t source)
{
    if (in->status != 200)
        return refuse_all(cb, in, source);
    return in->asked->ask.kind == OC_REQUEST_CANCEL ? answer_canceled(cb, in, source) : answer_placed(cb, in, source);
}

/* account.c: Binance.US: balances, orders, fills, and the private stream behind its listen key. */
#include "binance.h"

enum { KEEP_MINUTES = 30 };

static int64_t ns_of(struct kit_json_text text)
{
    uint64_t ms;
    return kit_json_u64(text, &ms) == OC_OK && ms <= INT64_MAX / 1000000 ? (int64_t)ms * 1000000 : 0;
}

static const struct kit_word sides[] = {{"BUY", OC_SIDE_BUY}, {"SELL", OC_SIDE_SELL}};

/* ---- orders and fills of REST ---- */

static const struct kit_word states[] = {
    {"NEW", OC_SHOWN_WORKING},       {"PARTIALLY_FILLED", OC_SHOWN_WORKING},
    {"FILLED", OC_SHOWN_FILLED},     {"CANCELED", OC_SHOWN_CANCELED},
    {"REJECTED", OC_SHOWN_REJECTED}, {"PENDING_CANCEL", OC_SHOWN_PENDING_CANCEL},
    {"EXPIRED", OC_SHOWN_EXPIRED},   {"EXPIRED_IN_MATCH", OC_SHOWN_EXPIRED},
};
static const struct kit_word types[] = {
    {"MARKET", OC_ORDER_MARKET},
    {"STOP_LOSS", OC_ORDER_STOP},
    {"TAKE_PROFIT", OC_ORDER_TAKE_PROFIT},
    {"STOP_LOSS_LIMIT", OC_ORDER_STOP_LIMIT},
    {"LIMIT", OC_ORDER_LIMIT},
    {"TAKE_PROFIT_LIMIT", OC_ORDER_TAKE_PROFIT_LIMIT},
    {"LIMIT_MAKER", OC_ORDER_LIMIT},
};
static const struct kit_word tifs[] = {{"GTC", OC_TIF_GTC}, {"IOC", OC_TIF_IOC}, {"FOK", OC_TIF_FOK}};

struct order_words {
    struct kit_json_text symbol, price, stop, qty, done, value, client, original;
};

static void take_order_word(struct kit_json_text key, struct kit_json_text value, struct oc_ev_order *seen,
                            struct order_words *w)
{
    if (KIT_JSON_IS(key, "symbol"))
        w->symbol = value;
    else if (KIT_JSON_IS(key, "clientOrderId"))
        w->client = value;
    else if (KIT_JSON_IS(key, "origClientOrderId")) /* in answers to cancels clientOrderId is the cancel's */
        w->original = value;
    else if (KIT_JSON_IS(key, "price"))
        w->price = value;
    else if (KIT_JSON_IS(key, "stopPrice"))
        w->stop = value;
    else if (KIT_JSON_IS(key, "origQty"))
        w->qty = value;
    else if (KIT_JSON_IS(key, "executedQty"))
        w->done = value;
    else if (KIT_JSON_IS(key, "cummulativeQuoteQty")) /* as the venue spells it */
        w->value = value;
    else if (KIT_JSON_IS(key, "status"))
        seen->state = (uint8_t)KIT_WORD_OF(value, states, OC_SHOWN_UNKNOWN);
    else if (KIT_JSON_IS(key, "side"))
        seen->side = (uint8_t)KIT_WORD_OF(value, sides, OC_SIDE_NONE);
    else if (KIT_JSON_IS(key, "timeInForce"))
        seen->tif = (uint8_t)KIT_WORD_OF(value, tifs, OC_TIF_NONE);
    else if (KIT_JSON_IS(key, "updateTime") || KIT_JSON_IS(key, "transactTime"))
        seen->updated_ns = ns_of(value);
    if (KIT_JSON_IS(key, "type")) {
        seen->type = (uint8_t)KIT_WORD_OF(value, types, OC_ORDER_NONE);
        seen->bits |= KIT_JSON_IS(value, "LIMIT_MAKER") ? OC_RQ_POST_ONLY : 0;
    }
}

oc_rc binance_order(struct binance *bn, struct kit_json *json, uint32_t source, uint64_t token)
{
    struct oc_ev_order seen = {.token = token, .present = OC_OF_FILLS_COME | OC_OF_TERMS};
    struct order_words w = {0};
    struct kit_json_text key;
    struct oc_scale scale;
    oc_rc rc = OC_OK;
    if (!kit_json_object(json))
        return OC_E_DATA;
    while (rc >= 0 && kit_json_key(json, &key)) {
        const struct kit_json_text value = kit_json_value(json);
        if (KIT_JSON_IS(key, "orderId"))
            rc = kit_id(value, &seen.venue_order);
        else if (KIT_JSON_IS(key, "orderListId") && !KIT_JSON_IS(value, "-1"))
            rc = kit_id(value, &seen.group);
        else
            take_order_word(key, value, &seen, &w);
    }
    if (rc < 0 || json->is_bad || kit_id(w.original.size ? w.original : w.client, &seen.client) < 0)
        return OC_E_DATA;
    if (kit_symbol(&bn->kit, w.symbol, &scale) < 0)
        return kit_skip(&bn->kit, "order.symbol", w.symbol);
    if (kit_scale_qty(&scale, w.qty, &seen.qty) == OC_OK)
        seen.present |= OC_OF_QTY;
    if (kit_scale_qty(&scale, w.done, &seen.cum_qty) == OC_OK)
        seen.present |= OC_OF_CUM_QTY;
    if (kit_scale_price(&scale, w.price, &seen.price) == OC_OK && seen.price)
        seen.present |= OC_OF_PRICE;
    if (kit_scale_price(&scale, w.stop, &seen.stop_price) == OC_OK && seen.stop_price)
        seen.present |= OC_OF_STOP;
    if (kit_json_dec(w.value, &seen.cum_value) == OC_OK && seen.cum_value.units >= 0)
        seen.present |= OC_OF_CUM_VALUE;
    struct oc_ev_order *out = KIT_EVENT(&bn->kit, oc_ev_order, OC_EV_ORDER, source, &rc);
    if (!out)
        return rc;
    seen.head = out->head;
    seen.head.inst = scale.inst;
    seen.head.flags = OC_EVF_REPLAYED;
    seen.head.venue_ns = seen.updated_ns;
    *out = seen;
    return kit_commit(&bn->kit, out);
}

oc_rc binance_fill(struct binance *bn, struct kit_json *json, uint32_t source, uint64_t *ret_last)
{
    struct oc_ev_venue_fill seen = {0};
    struct kit_json_text key, symbol = {0}, price = {0}, qty = {0}, fee = {0}, asset = {0}, id = {0};
    struct oc_scale scale;
    oc_rc rc = OC_OK;
    if (!kit_json_object(json))
        return OC_E_DATA;
    while (rc >= 0 && kit_json_key(json, &key)) {
        const struct kit_json_text value = kit_json_value(json);
        if (KIT_JSON_IS(key, "symbol"))
            symbol = value;
        else if (KIT_JSON_IS(key, "id"))
            id = value;
        else if (KIT_JSON_IS(key, "orderId"))
            rc = kit_id(value, &seen.venue_order);
        else if (KIT_JSON_IS(key, "price"))
            price = value;
        else if (KIT_JSON_IS(key, "qty"))
            qty = value;
        else if (KIT_JSON_IS(key, "commission"))
            fee = value;
        else if (KIT_JSON_IS(key, "commissionAsset"))
            asset = value;
        else if (KIT_JSON_IS(key, "time"))
            seen.fill.head.venue_ns = ns_of(value);
        else if (KIT_JSON_IS(key, "isBuyer"))
            seen.fill.side = value.kind == KIT_JSON_TRUE ? OC_SIDE_BUY : OC_SIDE_SELL;
        else if (KIT_JSON_IS(key, "isMaker"))
            seen.fill.liquidity = value.kind == KIT_JSON_TRUE ? OC_LIQUIDITY_MAKER : OC_LIQUIDITY_TAKER;
    }
    if (rc < 0 || json->is_bad || kit_symbol(&bn->kit, symbol, &scale) < 0 ||
        kit_trade_id(id, seen.fill.trade_id, &seen.fill.trade_id_size) < 0 || kit_json_u64(id, ret_last) < 0 ||
        kit_scale_price(&scale, price, &seen.fill.price) < 0 || kit_scale_qty(&scale, qty, &seen.fill.qty) < 0 ||
        kit_json_dec(fee, &seen.fill.fee) < 0 || kit_asset(&bn->kit, asset, &seen.fill.fee_asset) < 0)
        return OC_E_DATA;
    struct oc_ev_venue_fill *out = KIT_EVENT(&bn->kit, oc_ev_venue_fill, OC_EV_FILL, source, &rc);
    if (!out)
        return rc;
    const int64_t at = seen.fill.head.venue_ns;
    seen.fill.head = out->fill.head;
    seen.fill.head.inst = scale.inst;
    seen.fill.head.venue_ns = at;
    seen.fill.head.flags = OC_EVF_REPLAYED;
    *out = seen;
    return kit_commit(&bn->kit, out);
}

/* ---- balances ---- */

/* Free and locked, of an object with keys of these names. */
static oc_rc say_balance(struct binance *bn, struct kit_json *json, uint32_t source, const struct oc_response *asked,
                         const char *const names[3])
{
    struct kit_json_text key, words[3];
    oc_rc rc;
    memset(words, 0, sizeof words);
    if (kit_json_object(json)) {
        while (kit_json_key(json, &key))
            for (int i = 0; i < 3; i++)
                if (kit_json_is(key, names[i], strlen(names[i])))
                    words[i] = kit_json_value(json);
    }
    struct oc_ev_balance *out = KIT_EVENT(&bn->kit, oc_ev_balance, OC_EV_BALANCE, source, &rc);
    if (!out)
        return rc;
    if (json->is_bad || kit_asset(&bn->kit, words[0], &out->asset) < 0 || kit_json_dec(words[1], &out->free) < 0 ||
        kit_json_dec(words[2], &out->locked) < 0)
        return OC_E_DATA;
    out->present = OC_BAL_FREE | OC_BAL_LOCKED | OC_BAL_SUM;
    if (asked) {
        out->token = asked->token;
        out->head.flags = OC_EVF_REPLAYED;
    }
    return kit_commit(&bn->kit, out);
}

oc_rc binance_balances(struct binance *bn, const struct oc_response *in, uint32_t source)
{
    static const char *const names[3] = {"asset", "free", "locked"};
    struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text key;
    uint32_t rights = OC_MAY_VIEW, count = 0;
    oc_rc rc = OC_OK;
    if (kit_json_object(&json)) {
        while (rc >= 0 && kit_json_key(&json, &key))
            if (KIT_JSON_IS(key, "canTrade"))
                rights |= kit_json_value(&json).kind == KIT_JSON_TRUE ? OC_MAY_TRADE : 0;
            else if (KIT_JSON_IS(key, "canWithdraw"))
                rights |= kit_json_value(&json).kind == KIT_JSON_TRUE ? OC_MAY_WITHDRAW : 0;
            else if (KIT_JSON_IS(key, "balances") && kit_json_array(&json))
                for (; rc >= 0 && kit_json_item(&json); count++)
                    rc = say_balance(bn, &json, source, in, names);
    }
    if (rc < 0 || !kit_json_end(&json))
        return rc < 0 ? rc : OC_E_DATA;
    struct oc_ev_account *out = KIT_EVENT(&bn->kit, oc_ev_account, OC_EV_ACCOUNT, source, &rc);
    if (!out)
        return rc;
    out->token = in->token;
    out->rights = rights;
    out->known = OC_MAY_VIEW | OC_MAY_TRADE | OC_MAY_WITHDRAW;
    rc = kit_commit(&bn->kit, out);
    return rc < 0 ? rc : binance_fetched(bn, in->fetch, OC_OK, count + 1, 0);
}

/* ---- the listen key: asked for, kept as a secret, kept alive by a timer ---- */

oc_rc binance_ask_key(struct binance *bn, struct account *who, uint8_t method, uint64_t what)
{
    static const char path[] = "/api/v3/userDataStream", keep[] = "/api/v3/userDataStream?listenKey=";
    const struct oc_splice splices[2] = {{.at = sizeof keep - 1, .field = who->listen_key, .in = OC_IN_PATH},
                                         binance_key_splice};
    const struct oc_cost cost = {WEIGHT, 0, 1};
    const int has_key = what == FOR_KEEP;
    const struct oc_http http = {.size = sizeof http,
                                 .endpoint = REST,
                                 .method = method,
                                 .flags = OC_HTTP_SAFE,
                                 .lane = OC_LANE_RECONCILE,
                                 .account = who->account,
                                 .path = has_key ? keep : path,
                                 .path_size = has_key ? sizeof keep - 1 : sizeof path - 1,
                                 .headers = binance_key_header,
                                 .headers_size = binance_key_header_size,
                                 .splices = has_key ? splices : splices + 1,
                                 .splice_count = has_key ? 2 : 1,
                                 .costs = &cost,
                                 .cost_count = 1,
                                 .user = {what}};
    uint64_t exchange;
    return bn->kit.net->http(bn->kit.host, &http, &exchange);
}

/* Not KEEP: after a fall the key is asked for anew. */
static oc_rc open_private(struct binance *bn, struct account *who)
{
    static const char path[] = "/ws/";
    const struct oc_splice splice = {.at = sizeof path - 1, .field = who->listen_key, .in = OC_IN_PATH};
    const struct oc_open open = {.size = sizeof open,
                                 .endpoint = STREAM,
                                 .frame = OC_FRAME_WEBSOCKET,
                                 .account = who->account,
                                 .carries = OC_TOPIC_PRIVATE,
                                 .room = 1,
                                 .path = path,
                                 .path_size = sizeof path - 1,
                                 .splices = &splice,
                                 .splice_count = 1,
                                 .silence_ns = 10 * MINUTE_NS,
                                 .user = {who->account}};
    return bn->kit.net->open(bn->kit.host, &open, &who->user_stream);
}

oc_rc binance_answer_key(struct binance *bn, const struct oc_response *in, struct account *who)
{
    struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text key, listen = {0};
    uint64_t timer;
    if (in->status == 410) { /* retired on the sister venue */
        bn->kit.log->line(bn->kit.host, OC_LOG_ERROR,
                          "listen keys are retired here: the private stream needs the WebSocket API");
        return OC_OK;
    }
    if (in->status >= 400) /* unknown key: make a new one */
        return in->user[0] == FOR_KEEP ? binance_ask_key(bn, who, OC_METHOD_POST, FOR_KEY) : OC_E_IO;
    oc_rc rc = bn->kit.time->timer(bn->kit.host, bn->kit.time->mono_ns(bn->kit.host) + KEEP_MINUTES * MINUTE_NS,
                                   who->account, &timer);
    if (rc < 0 || in->user[0] == FOR_KEEP)
        return rc;
    if (kit_json_object(&json)) {
        while (kit_json_key(&json, &key))
            if (KIT_JSON_IS(key, "listenKey"))
                listen = kit_json_value(&json);
    }
    if (!kit_json_end(&json) || !listen.size)
        return OC_E_DATA;
    rc = bn->kit.sign->keep(bn->kit.host, who->account, "listen_key", listen.at, listen.size, 0, OC_KEEP_FOR_SESSION,
                            &who->listen_key);
    return rc < 0 ? rc : open_private(bn, who);
}

/* ---- the private stream: the life of an order and its fills in one message, by letters ---- */

static oc_rc say_report_fill(struct binance *bn, const struct kit_json_text f[128], const struct oc_scale *scale,
                             uint32_t source)
{
    oc_rc rc;
    struct oc_ev_venue_fill *out = KIT_EVENT(&bn->kit, oc_ev_venue_fill, OC_EV_FILL, source, &rc);
    if (!out)
        return rc;
    const int has_asset = f['N'].kind == KIT_JSON_STRING;
    if (kit_scale_price(scale, f['L'], &out->fill.price) < 0 || kit_scale_qty(scale, f['l'], &out->fill.qty) < 0 ||
        kit_json_dec(f['n'], &out->fill.fee) < 0 ||
        kit_trade_id(f['t'], out->fill.trade_id, &out->fill.trade_id_size) < 0 ||
        (has_asset && kit_asset(&bn->kit, f['N'], &out->fill.fee_asset) < 0) ||
        kit_id(f['C'].size ? f['C'] : f['c'], &out->client) < 0 || kit_id(f['i'], &out->venue_order) < 0)
        return OC_E_DATA;
    out->fill.head.inst = scale->inst;
    out->fill.head.venue_ns = ns_of(f['T']);
    out->fill.head.flags = OC_EVF_LAST;
    out->fill.side = (uint8_t)KIT_WORD_OF(f['S'], sides, OC_SIDE_NONE);
    out->fill.liquidity = f['m'].kind == KIT_JSON_TRUE ? OC_LIQUIDITY_MAKER : OC_LIQUIDITY_TAKER;
    if (kit_scale_qty(scale, f['z'], &out->cum_qty) == OC_OK)
        out->present |= OC_FILL_CUM_QTY;
    return kit_commit(&bn->kit, out);
}

oc_rc binance_on_report(struct binance *bn, struct kit_json *json, uint32_t source)
{
    static const struct kit_word kinds[] = {{"NEW", OC_EV_ACCEPTED},
                                            {"CANCELED", OC_EV_CANCELED},
                                            {"REJECTED", OC_EV_REJECTED},
                                            {"EXPIRED", OC_EV_EXPIRED},
                                            {"TRADE_PREVENTION", OC_EV_EXPIRED}};
    struct kit_json_text key, f[128];
    struct oc_scale scale;
    oc_rc rc;
    memset(f, 0, sizeof f);
    while (kit_json_key(json, &key))
        if (key.size == 1 && *key.at > 0)
            f[(unsigned char)*key.at] = kit_json_value(json);
    if (!kit_json_end(json))
        return OC_E_DATA;
    if (kit_symbol(&bn->kit, f['s'], &scale) < 0)
        return kit_skip(&bn->kit, "report.symbol", f['s']);
    if (KIT_JSON_IS(f['x'], "TRADE"))
        return say_report_fill(bn, f, &scale, source);
    const uint32_t type = KIT_WORD_OF(f['x'], kinds, OC_EV_NONE);
    if (!type)
        return kit_skip(&bn->kit, "report.x", f['x']);
    struct oc_ev_venue_answer *out = KIT_EVENT(&bn->kit, oc_ev_venue_answer, (uint16_t)type, source, &rc);
    if (!out)
        return rc;
    if (kit_id(f['C'].size ? f['C'] : f['c'], &out->client) < 0 || /* of a cancel, C is the order's own id */
        kit_id(f['i'], &out->venue_order) < 0)
        return OC_E_DATA;
    out->answer.head.inst = scale.inst;
    out->answer.head.venue_ns = ns_of(f['T']);
    out->answer.head.flags = OC_EVF_LAST;
    out->answer.definitive = 1;
    if (kit_scale_qty(&scale, f['z'], &out->answer.cum_qty) == OC_OK)
        out->present |= OC_OF_CUM_QTY;
    if (kit_scale_qty(&scale, f['q'], &out->answer.qty) == OC_OK)
        out->present |= OC_OF_QTY;
    return kit_commit(&bn->kit, out);
}

oc_rc binance_on_balances(struct binance *bn, struct kit_json *json, uint32_t source)
{
    static const char *const names[3] = {"a", "f", "l"};
    struct kit_json_text key;
    oc_rc rc = OC_OK;
    while (rc >= 0 && kit_json_key(json, &key))
        if (KIT_JSON_IS(key, "B") && kit_json_array(json))
            while (rc >= 0 && kit_json_item(json))
                rc = say_balance(bn, json, source, NULL, names);
    if (rc < 0)
        return rc;
    return kit_json_end(json) ? OC_OK : OC_E_DATA;
}

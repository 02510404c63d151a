/* say.c: objects of the venue as events. */
#include "plain.h"

int64_t plain_ns(struct kit_json_text us)
{
    uint64_t number;
    return kit_json_u64(us, &number) == OC_OK && number <= INT64_MAX / 1000 ? (int64_t)number * 1000 : 0;
}

int plain_error(struct kit_json json, struct kit_json_text *ret_code, struct kit_json_text *ret_words)
{
    struct kit_json_text key;
    int is_error = 0;
    if (!kit_json_object(&json))
        return 0;
    while (kit_json_key(&json, &key))
        if (KIT_JSON_IS(key, "error") && kit_json_object(&json)) {
            is_error = 1;
            while (kit_json_key(&json, &key)) {
                const struct kit_json_text value = kit_json_value(&json);
                if (KIT_JSON_IS(key, "code"))
                    *ret_code = value;
                else if (KIT_JSON_IS(key, "message"))
                    *ret_words = value;
            }
        }
    return kit_json_end(&json) && is_error;
}

uint32_t plain_why(struct kit_json_text code)
{
    static const struct kit_word whys[] = {{"NO_INSTRUMENT", OC_WHY_BAD_SYMBOL},
                                           {"HALTED", OC_WHY_MARKET_CLOSED},
                                           {"BAD_PRICE", OC_WHY_PRICE_OFF_GRID},
                                           {"BAD_QTY", OC_WHY_QUANTITY_OFF_GRID},
                                           {"BELOW_MIN_QTY", OC_WHY_TOO_SMALL},
                                           {"BELOW_MIN_NOTIONAL", OC_WHY_TOO_SMALL},
                                           {"ABOVE_MAX_QTY", OC_WHY_TOO_LARGE},
                                           {"NO_FUNDS", OC_WHY_INSUFFICIENT_FUNDS},
                                           {"CLIENT_ID_USED", OC_WHY_DUPLICATE_ID},
                                           {"WOULD_TAKE", OC_WHY_WOULD_TAKE},
                                           {"WOULD_TRIGGER", OC_WHY_WOULD_TRIGGER},
                                           {"TOO_MANY_OPEN", OC_WHY_TOO_MANY_ORDERS},
                                           {"NOT_OPEN", OC_WHY_ALREADY_DONE},
                                           {"NOT_FOUND", OC_WHY_NOT_FOUND},
                                           {"NOTHING_CHANGES", OC_WHY_NO_CHANGE},
                                           {"BAD_SIGNATURE", OC_WHY_BAD_CREDENTIALS},
                                           {"NO_SUCH_KEY", OC_WHY_BAD_CREDENTIALS},
                                           {"OUTSIDE_WINDOW", OC_WHY_CLOCK},
                                           {"KEY_MAY_NOT_TRADE", OC_WHY_PERMISSION},
                                           {"TOO_MANY_REQUESTS", OC_WHY_RATE_LIMIT},
                                           {"BANNED", OC_WHY_BANNED}};
    return KIT_WORD_OF(code, whys, OC_WHY_INVALID_ORDER);
}

static const struct kit_word sides[] = {{"buy", OC_SIDE_BUY}, {"sell", OC_SIDE_SELL}};

/* ---- orders and fills ---- */

struct order_words {
    struct kit_json_text id, client, symbol, side, type, tif, post_only, state, qty, filled, value, price, stop,
        created, updated;
};

static void fill_in(const struct order_words *words, const struct oc_scale *scale, struct oc_ev_order *order)
{
    static const struct kit_word types[] = {{"limit", OC_ORDER_LIMIT},
                                            {"market", OC_ORDER_MARKET},
                                            {"stop", OC_ORDER_STOP},
                                            {"stop_limit", OC_ORDER_STOP_LIMIT}};
    static const struct kit_word tifs[] = {{"gtc", OC_TIF_GTC}, {"ioc", OC_TIF_IOC}, {"fok", OC_TIF_FOK}};
    static const struct kit_word states[] = {{"open", OC_SHOWN_WORKING},
                                             {"waiting", OC_SHOWN_UNTRIGGERED},
                                             {"filled", OC_SHOWN_FILLED},
                                             {"canceled", OC_SHOWN_CANCELED},
                                             {"expired", OC_SHOWN_EXPIRED}};
    order->side = (uint8_t)KIT_WORD_OF(words->side, sides, OC_SIDE_NONE);
    order->type = (uint8_t)KIT_WORD_OF(words->type, types, OC_ORDER_NONE);
    order->tif = (uint8_t)KIT_WORD_OF(words->tif, tifs, OC_TIF_NONE);
    order->state = (uint8_t)KIT_WORD_OF(words->state, states, OC_SHOWN_UNKNOWN);
    order->bits = words->post_only.kind == KIT_JSON_TRUE ? OC_RQ_POST_ONLY : 0;
    order->present = OC_OF_TERMS | OC_OF_FILLS_COME;
    order->created_ns = plain_ns(words->created);
    order->updated_ns = plain_ns(words->updated);
    if (kit_scale_qty(scale, words->qty, &order->qty) == OC_OK)
        order->present |= OC_OF_QTY;
    if (kit_scale_qty(scale, words->filled, &order->cum_qty) == OC_OK)
        order->present |= OC_OF_CUM_QTY;
    if (kit_json_dec(words->value, &order->cum_value) == OC_OK)
        order->present |= OC_OF_CUM_VALUE;
    if (words->price.size && kit_scale_price(scale, words->price, &order->price) == OC_OK)
        order->present |= OC_OF_PRICE;
    if (words->stop.size && kit_scale_price(scale, words->stop, &order->stop_price) == OC_OK)
        order->present |= OC_OF_STOP;
}

oc_rc plain_say_order(struct plain *plain, struct kit_json *json, uint32_t source, uint64_t token, uint16_t flags)
{
    struct order_words words;
    const struct kit_member members[] = {
        {"id", &words.id},           {"client_id", &words.client},    {"symbol", &words.symbol},
        {"side", &words.side},       {"type", &words.type},           {"tif", &words.tif},
        {"state", &words.state},     {"post_only", &words.post_only}, {"qty", &words.qty},
        {"filled", &words.filled},   {"value", &words.value},         {"price", &words.price},
        {"stop_price", &words.stop}, {"created_us", &words.created},  {"updated_us", &words.updated}};
    struct oc_scale scale;
    oc_rc rc;
    memset(&words, 0, sizeof words);
    if (!KIT_TAKE(json, members) || !words.id.size)
        return OC_E_DATA;
    if (kit_symbol(&plain->kit, words.symbol, &scale) < 0)
        return kit_skip(&plain->kit, "order.symbol", words.symbol);
    struct oc_ev_order *out = KIT_EVENT(&plain->kit, oc_ev_order, OC_EV_ORDER, source, &rc);
    if (!out)
        return rc;
    fill_in(&words, &scale, out);
    if (kit_id(words.id, &out->venue_order) < 0 || (words.client.size && kit_id(words.client, &out->client) < 0))
        return OC_E_DATA;
    out->head.inst = scale.inst;
    out->head.flags = flags;
    out->head.venue_ns = out->updated_ns;
    out->token = token;
    return kit_commit(&plain->kit, out);
}

oc_rc plain_say_fill(struct plain *plain, struct kit_json *json, uint32_t source, uint16_t flags)
{
    struct kit_json_text id = {0}, order = {0}, client = {0}, symbol = {0}, side = {0}, qty = {0}, price = {0},
                         fee = {0}, asset = {0}, role = {0}, time = {0};
    const struct kit_member members[] = {{"id", &id},         {"order_id", &order}, {"client_id", &client},
                                         {"symbol", &symbol}, {"side", &side},      {"qty", &qty},
                                         {"price", &price},   {"fee", &fee},        {"fee_asset", &asset},
                                         {"role", &role},     {"time_us", &time}};
    struct oc_scale scale;
    oc_rc rc;
    if (!KIT_TAKE(json, members) || kit_symbol(&plain->kit, symbol, &scale) < 0)
        return OC_E_DATA;
    struct oc_ev_venue_fill *out = KIT_EVENT(&plain->kit, oc_ev_venue_fill, OC_EV_FILL, source, &rc);
    if (!out)
        return rc;
    if (kit_trade_id(id, out->fill.trade_id, &out->fill.trade_id_size) < 0 || kit_id(order, &out->venue_order) < 0 ||
        (client.size && kit_id(client, &out->client) < 0) || kit_scale_price(&scale, price, &out->fill.price) < 0 ||
        kit_scale_qty(&scale, qty, &out->fill.qty) < 0 || kit_json_dec(fee, &out->fill.fee) < 0 ||
        kit_asset(&plain->kit, asset, &out->fill.fee_asset) < 0)
        return OC_E_DATA;
    out->fill.side = (uint8_t)KIT_WORD_OF(side, sides, OC_SIDE_NONE);
    out->fill.liquidity = KIT_JSON_IS(role, "maker") ? OC_LIQUIDITY_MAKER : OC_LIQUIDITY_TAKER;
    out->fill.head.inst = scale.inst;
    out->fill.head.flags = flags;
    out->fill.head.venue_ns = plain_ns(time);
    return kit_commit(&plain->kit, out);
}

/* ---- money ---- */

oc_rc plain_say_balance(struct plain *plain, struct kit_json *json, uint32_t source, uint64_t token, uint16_t flags)
{
    struct kit_json_text asset = {0}, free = {0}, locked = {0};
    const struct kit_member members[] = {{"asset", &asset}, {"free", &free}, {"locked", &locked}};
    oc_rc rc;
    if (!KIT_TAKE(json, members))
        return OC_E_DATA;
    struct oc_ev_balance *out = KIT_EVENT(&plain->kit, oc_ev_balance, OC_EV_BALANCE, source, &rc);
    if (!out)
        return rc;
    if (kit_asset(&plain->kit, asset, &out->asset) < 0 || kit_json_dec(free, &out->free) < 0 ||
        kit_json_dec(locked, &out->locked) < 0)
        return OC_E_DATA;
    out->present = OC_BAL_FREE | OC_BAL_LOCKED | OC_BAL_SUM;
    out->token = token;
    out->head.flags = flags;
    return kit_commit(&plain->kit, out);
}

/* ---- what is traded, and its trades ---- */

oc_rc plain_say_instrument(struct plain *plain, struct kit_json *json)
{
    struct oc_instrument info = {.size = sizeof info, .kind = OC_KIND_SPOT, .contract_size = {1, 0, 0}};
    struct kit_json_text symbol = {0}, base = {0}, quote = {0}, price_step = {0}, qty_step = {0}, status = {0};
    const struct kit_member members[] = {{"symbol", &symbol},         {"base", &base},         {"quote", &quote},
                                         {"price_step", &price_step}, {"qty_step", &qty_step}, {"status", &status}};
    oc_rc rc;
    if (!KIT_TAKE(json, members) || symbol.size == 0 || symbol.size >= sizeof info.symbol ||
        kit_asset(&plain->kit, base, &info.base) < 0 || kit_asset(&plain->kit, quote, &info.quote) < 0 ||
        kit_json_dec(price_step, &info.price_step) < 0 || kit_json_dec(qty_step, &info.qty_step) < 0)
        return OC_E_DATA;
    memcpy(info.symbol, symbol.at, symbol.size);
    memcpy(info.venue_symbol, info.symbol, sizeof info.venue_symbol);
    info.settle = info.quote;
    info.status = KIT_JSON_IS(status, "halted") ? OC_STATUS_HALTED : OC_STATUS_TRADING;
    struct oc_ev_instrument *out = KIT_EVENT(&plain->kit, oc_ev_instrument, OC_EV_INSTRUMENT, 0, &rc);
    if (!out)
        return rc;
    out->info = info;
    return kit_commit(&plain->kit, out);
}

oc_rc plain_say_trade(struct plain *plain, struct kit_json *json)
{
    struct kit_json_text id = {0}, symbol = {0}, side = {0}, qty = {0}, price = {0}, time = {0};
    const struct kit_member members[] = {{"id", &id},   {"symbol", &symbol}, {"side", &side},
                                         {"qty", &qty}, {"price", &price},   {"time_us", &time}};
    struct oc_scale scale;
    oc_rc rc;
    if (!KIT_TAKE(json, members) || kit_symbol(&plain->kit, symbol, &scale) < 0)
        return OC_E_DATA;
    struct oc_ev_trade *out = KIT_EVENT(&plain->kit, oc_ev_trade, OC_EV_TRADE, 0, &rc);
    if (!out)
        return rc;
    if (kit_scale_price(&scale, price, &out->price) < 0 || kit_scale_qty(&scale, qty, &out->qty) < 0 ||
        kit_json_u64(id, &out->trade_id) < 0)
        return OC_E_DATA;
    out->taker_side = KIT_WORD_OF(side, sides, OC_SIDE_NONE);
    out->present = OC_HAS_QTY | OC_HAS_TRADE_ID;
    out->head.inst = scale.inst;
    out->head.flags = OC_EVF_LAST;
    out->head.venue_ns = plain_ns(time);
    return kit_commit(&plain->kit, out);
}

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

#define AT(member) offsetof(struct oc_ev_order, member)
static const struct kit_word types[] = {{"limit", OC_ORDER_LIMIT},
                                        {"market", OC_ORDER_MARKET},
                                        {"stop", OC_ORDER_STOP},
                                        {"stop_limit", OC_ORDER_STOP_LIMIT}};
static const struct kit_word tifs[] = {{"gtc", OC_TIF_GTC}, {"ioc", OC_TIF_IOC}, {"fok", OC_TIF_FOK}};
static const struct kit_word post_only[] = {{"true", OC_RQ_POST_ONLY}};
static const struct kit_word states[] = {{"open", OC_SHOWN_WORKING},
                                         {"waiting", OC_SHOWN_UNTRIGGERED},
                                         {"filled", OC_SHOWN_FILLED},
                                         {"canceled", OC_SHOWN_CANCELED},
                                         {"expired", OC_SHOWN_EXPIRED}};
enum { CREATED = 0, UPDATED = 1 }; /* in microseconds */
static const struct kit_field order_fields[] = {KIT_SEEN("created_us"),
                                                KIT_SEEN("updated_us"),
                                                KIT_FIELD("id", KIT_IS_ID, KIT_MUST, AT(venue_order), 0),
                                                KIT_FIELD("client_id", KIT_IS_ID, KIT_SOUND, AT(client), 0),
                                                KIT_FIELD("symbol", KIT_IS_SYMBOL, 0, 0, 0),
                                                KIT_FIELD_WORDS("side", KIT_IS_WORD8, AT(side), sides),
                                                KIT_FIELD_WORDS("type", KIT_IS_WORD8, AT(type), types),
                                                KIT_FIELD_WORDS("tif", KIT_IS_WORD8, AT(tif), tifs),
                                                KIT_FIELD_WORDS("post_only", KIT_IS_BITS, AT(bits), post_only),
                                                KIT_FIELD_WORDS("state", KIT_IS_WORD8, AT(state), states),
                                                KIT_FIELD("qty", KIT_IS_QTY, 0, AT(qty), OC_OF_QTY),
                                                KIT_FIELD("filled", KIT_IS_QTY, 0, AT(cum_qty), OC_OF_CUM_QTY),
                                                KIT_FIELD("value", KIT_IS_DEC, 0, AT(cum_value), OC_OF_CUM_VALUE),
                                                KIT_FIELD("price", KIT_IS_PRICE, 0, AT(price), OC_OF_PRICE),
                                                KIT_FIELD("stop_price", KIT_IS_PRICE, 0, AT(stop_price), OC_OF_STOP)};
#undef AT
static const struct kit_shape order_shape = KIT_SHAPE("order.symbol", OC_EV_ORDER, oc_ev_order, present, order_fields);

oc_rc plain_say_order(struct plain *plain, struct kit_json *json, uint32_t source, uint64_t token, uint16_t flags)
{
    struct kit_row row;
    oc_rc rc;
    if (!KIT_ROW(json, order_fields, &row))
        return OC_E_DATA;
    struct oc_ev_order *order = kit_row_event(&plain->kit, &order_shape, &row, source, &rc);
    if (!order)
        return rc;
    order->present |= OC_OF_TERMS | OC_OF_FILLS_COME;
    order->state = order->state ? order->state : OC_SHOWN_UNKNOWN;
    order->created_ns = plain_ns(row.of[CREATED]);
    order->updated_ns = plain_ns(row.of[UPDATED]);
    order->head.flags = flags;
    order->head.venue_ns = order->updated_ns;
    order->token = token;
    return kit_commit(&plain->kit, order);
}

#define AT(member) offsetof(struct oc_ev_venue_fill, member)
static const struct kit_word roles[] = {{"maker", OC_LIQUIDITY_MAKER}, {"taker", OC_LIQUIDITY_TAKER}};
enum { TIME = 0 };
static const struct kit_field fill_fields[] = {KIT_SEEN("time_us"),
                                               KIT_FIELD("id", KIT_IS_TRADE_ID, KIT_MUST, 0, 0),
                                               KIT_FIELD("order_id", KIT_IS_ID, KIT_MUST, AT(venue_order), 0),
                                               KIT_FIELD("client_id", KIT_IS_ID, KIT_SOUND, AT(client), 0),
                                               KIT_FIELD("symbol", KIT_IS_SYMBOL, 0, 0, 0),
                                               KIT_FIELD_WORDS("side", KIT_IS_WORD8, AT(fill.side), sides),
                                               KIT_FIELD("qty", KIT_IS_QTY, KIT_MUST, AT(fill.qty), 0),
                                               KIT_FIELD("price", KIT_IS_PRICE, KIT_MUST, AT(fill.price), 0),
                                               KIT_FIELD("fee", KIT_IS_DEC, KIT_MUST, AT(fill.fee), 0),
                                               KIT_FIELD("fee_asset", KIT_IS_ASSET, KIT_MUST, AT(fill.fee_asset), 0),
                                               KIT_FIELD_WORDS("role", KIT_IS_WORD8, AT(fill.liquidity), roles)};
#undef AT
static const struct kit_shape fill_shape = KIT_SHAPE("fill.symbol", OC_EV_FILL, oc_ev_venue_fill, present, fill_fields);

oc_rc plain_say_fill(struct plain *plain, struct kit_json *json, uint32_t source, uint16_t flags)
{
    struct kit_row row;
    oc_rc rc;
    if (!KIT_ROW(json, fill_fields, &row))
        return OC_E_DATA;
    struct oc_ev_venue_fill *out = kit_row_event(&plain->kit, &fill_shape, &row, source, &rc);
    if (!out)
        return rc;
    out->fill.head.flags = flags;
    out->fill.head.venue_ns = plain_ns(row.of[TIME]);
    return kit_commit(&plain->kit, out);
}

/* ---- money ---- */

#define AT(member) offsetof(struct oc_ev_balance, member)
static const struct kit_field balance_fields[] = {KIT_FIELD("asset", KIT_IS_ASSET, KIT_MUST, AT(asset), 0),
                                                  KIT_FIELD("free", KIT_IS_DEC, KIT_MUST, AT(free), OC_BAL_FREE),
                                                  KIT_FIELD("locked", KIT_IS_DEC, KIT_MUST, AT(locked), OC_BAL_LOCKED)};
#undef AT
static const struct kit_shape balance_shape =
    KIT_SHAPE("balance", OC_EV_BALANCE, oc_ev_balance, present, balance_fields);

oc_rc plain_say_balance(struct plain *plain, struct kit_json *json, uint32_t source, uint64_t token, uint16_t flags)
{
    struct kit_row row;
    oc_rc rc;
    if (!KIT_ROW(json, balance_fields, &row))
        return OC_E_DATA;
    struct oc_ev_balance *out = kit_row_event(&plain->kit, &balance_shape, &row, source, &rc);
    if (!out)
        return rc;
    out->present |= OC_BAL_SUM;
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

#define AT(member) offsetof(struct oc_ev_trade, member)
static const struct kit_field trade_fields[] = {KIT_SEEN("time_us"),
                                                KIT_FIELD("id", KIT_IS_U64, KIT_MUST, AT(trade_id), OC_HAS_TRADE_ID),
                                                KIT_FIELD("symbol", KIT_IS_SYMBOL, 0, 0, 0),
                                                KIT_FIELD_WORDS("side", KIT_IS_WORD32, AT(taker_side), sides),
                                                KIT_FIELD("qty", KIT_IS_QTY, KIT_MUST, AT(qty), OC_HAS_QTY),
                                                KIT_FIELD("price", KIT_IS_PRICE, KIT_MUST, AT(price), 0)};
#undef AT
static const struct kit_shape trade_shape = KIT_SHAPE("trade.symbol", OC_EV_TRADE, oc_ev_trade, present, trade_fields);

oc_rc plain_say_trade(struct plain *plain, struct kit_json *json)
{
    struct kit_row row;
    oc_rc rc;
    if (!KIT_ROW(json, trade_fields, &row))
        return OC_E_DATA;
    struct oc_ev_trade *out = kit_row_event(&plain->kit, &trade_shape, &row, 0, &rc);
    if (!out)
        return rc;
    out->head.venue_ns = plain_ns(row.of[TIME]);
    return kit_commit(&plain->kit, out);
}

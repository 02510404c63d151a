/* instrument.c: a symbol of exchangeInfo with its filters, as the record that the host checks orders by. */
#include "binance.h"

#define AT(member)                offsetof(struct oc_instrument, member)
#define PRICE(name, how, to, bit) KIT_FIELD(name, KIT_IS_PRICE, KIT_NOT_ZERO | (how), AT(to), bit)
#define QTY(name, how, to, bit)   KIT_FIELD(name, KIT_IS_QTY, KIT_NOT_ZERO | (how), AT(to), bit)
#define MONEY(name, to, bit)      KIT_FIELD(name, KIT_IS_DEC, KIT_NOT_ZERO, AT(to), bit)
#define PART(name, to, bit)       KIT_FIELD(name, KIT_IS_DEC, 0, AT(to), bit)
#define NUMBER(name, to)          KIT_FIELD(name, KIT_IS_U32, 0, AT(to), 0)
#define RULE(name, words)         KIT_FIELD_WORDS(name, KIT_IS_BITS, AT(rules), words)

/* What each filter says, and where. Bounds of zero are none; one between two steps becomes the one within. */
static const struct kit_word to_market[] = {{"true", OC_INST_NOTIONAL_OF_MARKET}};
static const struct kit_word max_to_market[] = {{"true", OC_INST_MAX_NOTIONAL_OF_MARKET}};
static const struct kit_field price_filter[] = {PRICE("minPrice", KIT_UP, min_price, OC_INST_HAS_MIN_PRICE),
                                                PRICE("maxPrice", KIT_DOWN, max_price, OC_INST_HAS_MAX_PRICE)};
static const struct kit_field lot_size[] = {QTY("minQty", KIT_UP, min_qty, OC_INST_HAS_MIN_QTY),
                                            QTY("maxQty", KIT_DOWN, max_qty, OC_INST_HAS_MAX_QTY)};
static const struct kit_field market_lot[] = {QTY("minQty", KIT_UP, market_min_qty, OC_INST_HAS_MARKET_MIN_QTY),
                                              QTY("maxQty", KIT_DOWN, market_max_qty, OC_INST_HAS_MARKET_MAX_QTY),
                                              QTY("stepSize", 0, market_step, OC_INST_HAS_MARKET_STEP)};
static const struct kit_field notional[] = {MONEY("minNotional", min_notional, OC_INST_HAS_MIN_NOTIONAL),
                                            MONEY("maxNotional", max_notional, OC_INST_HAS_MAX_NOTIONAL),
                                            RULE("applyToMarket", to_market), RULE("applyMinToMarket", to_market),
                                            RULE("applyMaxToMarket", max_to_market)};
enum { MINUTES = 0 };
static const struct kit_field percent[] = {KIT_SEEN("avgPriceMins"), PART("multiplierDown", buy_band_low, 0),
                                           KIT_ALSO(KIT_IS_DEC, 0, AT(sell_band_low), 0),
                                           PART("multiplierUp", buy_band_high, OC_INST_HAS_BUY_BAND),
                                           KIT_ALSO(KIT_IS_DEC, 0, AT(sell_band_high), OC_INST_HAS_SELL_BAND)};
static const struct kit_field percent_by_side[] = {KIT_SEEN("avgPriceMins"), PART("bidMultiplierDown", buy_band_low, 0),
                                                   PART("bidMultiplierUp", buy_band_high, OC_INST_HAS_BUY_BAND),
                                                   PART("askMultiplierDown", sell_band_low, 0),
                                                   PART("askMultiplierUp", sell_band_high, OC_INST_HAS_SELL_BAND)};
static const struct kit_field max_orders[] = {NUMBER("maxNumOrders", max_orders)};
static const struct kit_field max_algo[] = {NUMBER("maxNumAlgoOrders", max_stop_orders)};
static const struct kit_field max_iceberg[] = {NUMBER("maxNumIcebergOrders", max_icebergs)};
/* Of all symbols together, each by a name of its own. */
static const struct kit_field of_account[] = {NUMBER("maxNumOrders", max_orders_of_account),
                                              NUMBER("maxNumAlgoOrders", max_stop_orders_of_account),
                                              NUMBER("maxNumIcebergOrders", max_icebergs_of_account)};
static const struct kit_field iceberg[] = {NUMBER("limit", iceberg_parts)};
static const struct kit_field position[] = {QTY("maxPosition", KIT_DOWN, max_position, OC_INST_HAS_MAX_POSITION)};
static const struct kit_field trailing[] = {NUMBER("minTrailingAboveDelta", trail_min_ppm),
                                            NUMBER("maxTrailingAboveDelta", trail_max_ppm)};

/* How long the price is averaged that a band is about. */
static void take_band(struct oc_instrument *info, const struct kit_row *row)
{
    uint64_t minutes;
    if (kit_json_u64(row->of[MINUTES], &minutes) == OC_OK && minutes <= 1440)
        info->band_ns = (int64_t)minutes * 60 * SECOND;
}

/* Hundredths of a percent were said. */
static void take_trail(struct oc_instrument *info, const struct kit_row *row)
{
    (void)row;
    if (!info->trail_max_ppm || info->trail_max_ppm > 10000)
        return;
    info->trail_min_ppm *= 100;
    info->trail_max_ppm *= 100;
    info->present |= OC_INST_HAS_TRAIL;
}

/* A step that is that of any order is none of its own. */
static void take_market_step(struct oc_instrument *info, const struct kit_row *row)
{
    (void)row;
    if (info->market_step != 1)
        return;
    info->market_step = 0;
    info->present &= ~(uint32_t)OC_INST_HAS_MARKET_STEP;
}

static const struct kit_field tick[] = {MONEY("tickSize", price_step, 0)}, step[] = {MONEY("stepSize", qty_step, 0)};
static const struct kit_filter filters[] = {KIT_FILTER_STEP("PRICE_FILTER", price_filter, tick),
                                            KIT_FILTER_STEP("LOT_SIZE", lot_size, step),
                                            KIT_FILTER("MARKET_LOT_SIZE", market_lot, take_market_step),
                                            KIT_FILTER("MIN_NOTIONAL", notional, NULL),
                                            KIT_FILTER("NOTIONAL", notional, NULL),
                                            KIT_FILTER("PERCENT_PRICE", percent, take_band),
                                            KIT_FILTER("PERCENT_PRICE_BY_SIDE", percent_by_side, take_band),
                                            KIT_FILTER("MAX_NUM_ORDERS", max_orders, NULL),
                                            KIT_FILTER("MAX_NUM_ALGO_ORDERS", max_algo, NULL),
                                            KIT_FILTER("ICEBERG_PARTS", iceberg, NULL),
                                            KIT_FILTER("MAX_POSITION", position, NULL),
                                            KIT_FILTER("TRAILING_DELTA", trailing, take_trail),
                                            KIT_FILTER("MAX_NUM_ICEBERG_ORDERS", max_iceberg, NULL)};

static const struct kit_word states[] = {{"TRADING", OC_STATUS_TRADING},       {"PRE_TRADING", OC_STATUS_NOT_YET},
                                         {"POST_TRADING", OC_STATUS_HALTED},   {"HALT", OC_STATUS_HALTED},
                                         {"AUCTION_MATCH", OC_STATUS_AUCTION}, {"END_OF_DAY", OC_STATUS_HALTED},
                                         {"BREAK", OC_STATUS_HALTED}};
static const struct kit_word no_iceberg[] = {{"false", OC_INST_NO_ICEBERG}}, no_oco[] = {{"false", OC_INST_NO_OCO}},
                             no_money[] = {{"false", OC_INST_NO_QUOTE_QTY}}, no_trail[] = {{"false", OC_INST_NO_TRAIL}},
                             no_amend[] = {{"false", OC_INST_NO_AMEND}};
enum { SYMBOL = 0, BASE = 1, QUOTE = 2, TYPES = 3, FILTERS = 4 };
static const struct kit_field symbol_fields[] = {KIT_SEEN("symbol"),
                                                 KIT_SEEN("baseAsset"),
                                                 KIT_SEEN("quoteAsset"),
                                                 KIT_SEEN("orderTypes"),
                                                 KIT_SEEN("filters"),
                                                 KIT_FIELD_WORDS("status", KIT_IS_WORD32, AT(status), states),
                                                 NUMBER("baseAssetPrecision", qty_digits),
                                                 NUMBER("quoteAssetPrecision", price_digits),
                                                 RULE("icebergAllowed", no_iceberg),
                                                 RULE("ocoAllowed", no_oco),
                                                 RULE("quoteOrderQtyMarketAllowed", no_money),
                                                 RULE("allowTrailingStop", no_trail),
                                                 RULE("cancelReplaceAllowed", no_amend)};

static uint64_t types_of(struct kit_json_text list)
{
    struct kit_json json = kit_json_into(list);
    uint64_t bits = 0;
    if (kit_json_array(&json))
        while (kit_json_item(&json))
            bits |= (uint64_t)1 << KIT_WORD_OF(kit_json_value(&json), bn_types, OC_ORDER_NONE);
    return bits & ~(uint64_t)1;
}

oc_rc bn_take_account_filter(void *self, struct kit_json *json, struct kit_page *page)
{
    const struct binance *bn = self;
    struct kit_row row;
    return KIT_ROW(json, of_account, &row) &&
                   kit_row_read(&bn->kit, of_account, KIT_COUNT(of_account), &row, page->what, AT(present)) == OC_OK
               ? (oc_rc)OC_OK
               : (oc_rc)OC_E_DATA;
}

oc_rc bn_say_instrument(void *self, struct kit_json *json, struct kit_page *page)
{
    const struct binance *bn = self;
    const struct oc_instrument *all = page->what;
    struct oc_instrument info;
    struct kit_row row;
    kit_market_begin(&info, 8, 8);
    info.max_orders_of_account = all->max_orders_of_account;
    info.max_stop_orders_of_account = all->max_stop_orders_of_account;
    info.max_icebergs_of_account = all->max_icebergs_of_account;
    info.tifs = 1u << OC_TIF_GTC | 1u << OC_TIF_IOC | 1u << OC_TIF_FOK;
    if (!KIT_ROW(json, symbol_fields, &row) || row.of[SYMBOL].size == 0)
        return OC_E_DATA;
    if (kit_row_read(&bn->kit, symbol_fields, KIT_COUNT(symbol_fields), &row, &info, AT(present)) < 0 ||
        !kit_filters_take(&bn->kit, row.of[FILTERS], "filterType", filters, KIT_COUNT(filters), &info))
        return kit_skip(&bn->kit, "symbol", row.of[SYMBOL]);
    info.orders = types_of(row.of[TYPES]);
    info.present |= info.orders ? OC_INST_HAS_ORDERS : 0u;
    return kit_say_market(&bn->kit, &info, row.of[SYMBOL], row.of[BASE], row.of[QUOTE], "symbol", page->token);
}

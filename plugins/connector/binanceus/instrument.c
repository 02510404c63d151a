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

static const struct {
    const char *type;
    const struct kit_field *fields;
    uint32_t count;
} filters[] = {{"PRICE_FILTER", price_filter, COUNT(price_filter)},
               {"LOT_SIZE", lot_size, COUNT(lot_size)},
               {"MARKET_LOT_SIZE", market_lot, COUNT(market_lot)},
               {"MIN_NOTIONAL", notional, COUNT(notional)},
               {"NOTIONAL", notional, COUNT(notional)},
               {"PERCENT_PRICE", percent, COUNT(percent)},
               {"PERCENT_PRICE_BY_SIDE", percent_by_side, COUNT(percent_by_side)},
               {"MAX_NUM_ORDERS", max_orders, COUNT(max_orders)},
               {"MAX_NUM_ALGO_ORDERS", max_algo, COUNT(max_algo)},
               {"ICEBERG_PARTS", iceberg, COUNT(iceberg)},
               {"MAX_POSITION", position, COUNT(position)},
               {"TRAILING_DELTA", trailing, COUNT(trailing)},
               {"MAX_NUM_ICEBERG_ORDERS", max_iceberg, COUNT(max_iceberg)}};

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

/* Members beside the steps, which are known by now. */
static int take_filter(struct binance *bn, struct kit_json json, struct kit_json_text type, struct kit_row *row,
                       struct oc_instrument *info)
{
    uint32_t at = 0;
    uint64_t minutes;
    while (at < COUNT(filters) && !kit_json_is(type, filters[at].type, strlen(filters[at].type)))
        at++;
    if (at == COUNT(filters)) {
        (void)kit_skip(&bn->kit, "filter", type); /* the venue will hold it */
        return 1;
    }
    const struct oc_scale scale = row->scale;
    if (!kit_row_take(&json, filters[at].fields, filters[at].count, row))
        return 0;
    row->scale = scale;
    (void)kit_row_read(&bn->kit, filters[at].fields, filters[at].count, row, info,
                       AT(present)); /* none must be there */
    const int is_band = filters[at].fields == percent || filters[at].fields == percent_by_side;
    if (is_band && kit_json_u64(row->of[MINUTES], &minutes) == OC_OK && minutes <= 1440)
        info->band_ns = (int64_t)minutes * 60 * SECOND;
    if (filters[at].fields == trailing && info->trail_max_ppm && info->trail_max_ppm <= 10000) {
        info->trail_min_ppm *= 100; /* hundredths of a percent were said */
        info->trail_max_ppm *= 100;
        info->present |= OC_INST_HAS_TRAIL;
    }
    return 1;
}

/* Steps first, for all other numbers count in them. A venue that names none holds to its digits. */
static int take_filters(struct binance *bn, struct kit_json_text list, struct oc_instrument *info)
{
    static const struct kit_field steps[] = {KIT_SEEN("filterType"), MONEY("tickSize", price_step, 0),
                                             MONEY("stepSize", qty_step, 0)};
    for (int has_steps = 0; has_steps < 2; has_steps++) {
        struct kit_json json = kit_json_into(list);
        struct kit_row row;
        if (!kit_json_array(&json))
            return 0;
        while (kit_json_item(&json)) {
            const struct kit_json_text filter = kit_json_value(&json);
            struct kit_json within = kit_json_into(filter);
            if (!KIT_ROW(&within, steps, &row))
                return 0;
            const struct kit_json_text type = row.of[0];
            row.scale = (struct oc_scale){.price_digits = (uint8_t)info->price_step.scale,
                                          .price_div = info->price_step.units,
                                          .qty_digits = (uint8_t)info->qty_step.scale,
                                          .qty_div = info->qty_step.units};
            if (has_steps && !take_filter(bn, kit_json_into(filter), type, &row, info))
                return 0;
            if (!has_steps && (KIT_JSON_IS(type, "PRICE_FILTER") || KIT_JSON_IS(type, "LOT_SIZE")))
                (void)kit_row_read(&bn->kit, steps, COUNT(steps), &row, info, AT(present));
        }
        if (!kit_json_end(&json))
            return 0;
    }
    return 1;
}

static uint64_t types_of(struct kit_json_text list)
{
    struct kit_json json = kit_json_into(list);
    uint64_t bits = 0;
    if (kit_json_array(&json))
        while (kit_json_item(&json))
            bits |= (uint64_t)1 << KIT_WORD_OF(kit_json_value(&json), bn_types, OC_ORDER_NONE);
    return bits & ~(uint64_t)1;
}

static struct oc_dec of_digits(uint32_t digits)
{
    return (struct oc_dec){1, digits <= OC_DEC_SCALE_MAX ? (int32_t)digits : 8, 0};
}

int bn_take_account_filter(struct binance *bn, struct kit_json *json, struct oc_instrument *all)
{
    struct kit_row row;
    return KIT_ROW(json, of_account, &row) &&
           kit_row_read(&bn->kit, of_account, COUNT(of_account), &row, all, AT(present)) == OC_OK;
}

static oc_rc make_record(struct binance *bn, const struct kit_row *row, const struct oc_instrument *all,
                         struct oc_instrument *info)
{
    *info = (struct oc_instrument){.size = sizeof *info,
                                   .max_orders_of_account = all->max_orders_of_account,
                                   .max_stop_orders_of_account = all->max_stop_orders_of_account,
                                   .max_icebergs_of_account = all->max_icebergs_of_account,
                                   .kind = OC_KIND_SPOT,
                                   .status = OC_STATUS_HALTED,
                                   .contract_size = {1, 0, 0},
                                   .qty_digits = 8,
                                   .price_digits = 8,
                                   .tifs = 1u << OC_TIF_GTC | 1u << OC_TIF_IOC | 1u << OC_TIF_FOK};
    if (kit_row_read(&bn->kit, symbol_fields, COUNT(symbol_fields), row, info, AT(present)) < 0)
        return OC_E_DATA;
    info->price_step = info->quote_step = of_digits(info->price_digits);
    info->qty_step = of_digits(info->qty_digits);
    if (!take_filters(bn, row->of[FILTERS], info) || kit_asset(&bn->kit, row->of[BASE], &info->base) < 0 ||
        kit_asset(&bn->kit, row->of[QUOTE], &info->quote) < 0)
        return OC_E_DATA;
    if (info->market_step == 1) { /* no other than that of any order */
        info->market_step = 0;
        info->present &= ~(uint32_t)OC_INST_HAS_MARKET_STEP;
    }
    info->settle = info->quote;
    info->price_digits = (uint32_t)info->price_step.scale;
    info->qty_digits = (uint32_t)info->qty_step.scale;
    info->orders = types_of(row->of[TYPES]);
    info->present |= OC_INST_HAS_QUOTE_STEP | (info->orders ? OC_INST_HAS_ORDERS : 0u);
    return OC_OK;
}

oc_rc bn_say_instrument(struct binance *bn, struct kit_json *json, const struct oc_instrument *all, uint64_t token)
{
    struct oc_instrument info;
    struct kit_row row;
    oc_rc rc;
    if (!KIT_ROW(json, symbol_fields, &row) || row.of[SYMBOL].size == 0)
        return OC_E_DATA;
    const struct kit_json_text symbol = row.of[SYMBOL], base = row.of[BASE], quote = row.of[QUOTE];
    if (symbol.size >= OC_SYMBOL_MAX || base.size >= OC_ASSET_MAX || quote.size >= OC_ASSET_MAX ||
        make_record(bn, &row, all, &info) < 0)
        return kit_skip(&bn->kit, "symbol", symbol);
    struct oc_ev_instrument *out = KIT_EVENT(&bn->kit, oc_ev_instrument, OC_EV_INSTRUMENT, 0, &rc);
    if (!out)
        return rc;
    out->token = token;
    out->info = info;
    memcpy(out->info.venue_symbol, symbol.at, symbol.size);
    struct kit_write name = kit_write_begin(out->info.symbol, OC_SYMBOL_MAX - 1);
    kit_write_bytes(&name, base.at, base.size);
    KIT_WRITE(&name, "/");
    kit_write_bytes(&name, quote.at, quote.size);
    return kit_commit(&bn->kit, out);
}

/* instrument.c: a symbol of exchangeInfo with its filters, as the record that the host checks orders by. */
#include "binance.h"

struct symbol_words {
    struct kit_json_text symbol, base, quote, status, types, filters, iceberg, oco, by_money, trail, replace, digits,
        money_digits;
};

struct filter_words {
    struct kit_json_text type, min_price, max_price, tick, min_qty, max_qty, step, min_value, max_value, to_market,
        min_market, max_market, up, down, bid_up, bid_down, ask_up, ask_down, minutes, orders, algos, limit, position;
};

/* 0.01000000 is 0.01: orders are written with the digits of a step. */
static struct oc_dec shortest(struct oc_dec dec)
{
    while (dec.scale > 0 && dec.units % 10 == 0) {
        dec.units /= 10;
        dec.scale--;
    }
    return dec;
}

/* A bound of 0 is none. What lies between two steps becomes the one within. */
static void take_bound(struct kit_json_text text, struct oc_dec step, int is_least, uint32_t bit,
                       struct oc_instrument *info, int64_t *to)
{
    int64_t units;
    if (bn_whole_steps(text, step, is_least, &units) < 0 || units == 0)
        return;
    *to = units;
    info->present |= bit;
}

static int take_step(struct kit_json_text text, struct oc_dec *step)
{
    struct oc_dec dec;
    if (kit_json_dec(text, &dec) < 0 || dec.units <= 0)
        return 0;
    *step = shortest(dec);
    return 1;
}

static void take_band(const struct filter_words *words, struct kit_json_text down, struct kit_json_text up,
                      uint32_t bit, struct oc_instrument *info, struct oc_dec *low, struct oc_dec *high)
{
    uint64_t minutes;
    if (kit_json_dec(down, low) < 0 || kit_json_dec(up, high) < 0)
        return;
    info->present |= bit;
    if (kit_json_u64(words->minutes, &minutes) == OC_OK && minutes <= 1440)
        info->band_ns = (int64_t)minutes * 60 * SECOND;
}

static void take_number(struct kit_json_text text, uint32_t *to)
{
    uint64_t number;
    if (kit_json_u64(text, &number) == OC_OK && number <= UINT32_MAX)
        *to = (uint32_t)number;
}

static void take_notional(const struct filter_words *words, struct oc_instrument *info)
{
    struct oc_dec dec;
    if (kit_json_dec(words->min_value, &dec) == OC_OK && dec.units > 0) {
        info->min_notional = shortest(dec);
        info->present |= OC_INST_HAS_MIN_NOTIONAL;
    }
    if (kit_json_dec(words->max_value, &dec) == OC_OK && dec.units > 0) {
        info->max_notional = shortest(dec);
        info->present |= OC_INST_HAS_MAX_NOTIONAL;
    }
    if (words->to_market.kind == KIT_JSON_TRUE || words->min_market.kind == KIT_JSON_TRUE)
        info->rules |= OC_INST_NOTIONAL_OF_MARKET;
    if (words->max_market.kind == KIT_JSON_TRUE)
        info->rules |= OC_INST_MAX_NOTIONAL_OF_MARKET;
}

/* The steps were taken before. */
static void take_filter(struct binance *bn, const struct filter_words *words, struct oc_instrument *info)
{
    struct oc_dec step = {0, 0, 0};
    int64_t units;
    if (KIT_JSON_IS(words->type, "PRICE_FILTER")) {
        take_bound(words->min_price, info->price_step, 1, OC_INST_HAS_MIN_PRICE, info, &info->min_price);
        take_bound(words->max_price, info->price_step, 0, OC_INST_HAS_MAX_PRICE, info, &info->max_price);
    } else if (KIT_JSON_IS(words->type, "LOT_SIZE")) {
        take_bound(words->min_qty, info->qty_step, 1, OC_INST_HAS_MIN_QTY, info, &info->min_qty);
        take_bound(words->max_qty, info->qty_step, 0, OC_INST_HAS_MAX_QTY, info, &info->max_qty);
    } else if (KIT_JSON_IS(words->type, "MARKET_LOT_SIZE")) {
        take_bound(words->min_qty, info->qty_step, 1, OC_INST_HAS_MARKET_MIN_QTY, info, &info->market_min_qty);
        take_bound(words->max_qty, info->qty_step, 0, OC_INST_HAS_MARKET_MAX_QTY, info, &info->market_max_qty);
        if (take_step(words->step, &step) && kit_json_units(words->step, info->qty_step, &units) == OC_OK &&
            units > 1) {
            info->market_step = units;
            info->present |= OC_INST_HAS_MARKET_STEP;
        }
    } else if (KIT_JSON_IS(words->type, "MIN_NOTIONAL") || KIT_JSON_IS(words->type, "NOTIONAL")) {
        take_notional(words, info);
    } else if (KIT_JSON_IS(words->type, "PERCENT_PRICE")) {
        take_band(words, words->down, words->up, OC_INST_HAS_BUY_BAND, info, &info->buy_band_low, &info->buy_band_high);
        take_band(words, words->down, words->up, OC_INST_HAS_SELL_BAND, info, &info->sell_band_low,
                  &info->sell_band_high);
    } else if (KIT_JSON_IS(words->type, "PERCENT_PRICE_BY_SIDE")) {
        take_band(words, words->bid_down, words->bid_up, OC_INST_HAS_BUY_BAND, info, &info->buy_band_low,
                  &info->buy_band_high);
        take_band(words, words->ask_down, words->ask_up, OC_INST_HAS_SELL_BAND, info, &info->sell_band_low,
                  &info->sell_band_high);
    } else if (KIT_JSON_IS(words->type, "MAX_NUM_ORDERS")) {
        take_number(words->orders, &info->max_orders);
    } else if (KIT_JSON_IS(words->type, "MAX_NUM_ALGO_ORDERS")) {
        take_number(words->algos, &info->max_stop_orders);
    } else if (KIT_JSON_IS(words->type, "ICEBERG_PARTS")) {
        take_number(words->limit, &info->iceberg_parts);
    } else if (KIT_JSON_IS(words->type, "MAX_POSITION")) {
        take_bound(words->position, info->qty_step, 0, OC_INST_HAS_MAX_POSITION, info, &info->max_position);
    } else if (!KIT_JSON_IS(words->type, "TRAILING_DELTA") && !KIT_JSON_IS(words->type, "MAX_NUM_ICEBERG_ORDERS")) {
        (void)kit_skip(&bn->kit, "filter", words->type); /* the venue will hold it */
    }
}

static int read_filter(struct kit_json *json, struct filter_words *w)
{
    const struct kit_member members[] = {{"filterType", &w->type},
                                         {"minPrice", &w->min_price},
                                         {"maxPrice", &w->max_price},
                                         {"tickSize", &w->tick},
                                         {"minQty", &w->min_qty},
                                         {"maxQty", &w->max_qty},
                                         {"stepSize", &w->step},
                                         {"minNotional", &w->min_value},
                                         {"maxNotional", &w->max_value},
                                         {"applyToMarket", &w->to_market},
                                         {"applyMinToMarket", &w->min_market},
                                         {"applyMaxToMarket", &w->max_market},
                                         {"multiplierUp", &w->up},
                                         {"multiplierDown", &w->down},
                                         {"bidMultiplierUp", &w->bid_up},
                                         {"bidMultiplierDown", &w->bid_down},
                                         {"askMultiplierUp", &w->ask_up},
                                         {"askMultiplierDown", &w->ask_down},
                                         {"avgPriceMins", &w->minutes},
                                         {"maxNumOrders", &w->orders},
                                         {"maxNumAlgoOrders", &w->algos},
                                         {"limit", &w->limit},
                                         {"maxPosition", &w->position}};
    memset(w, 0, sizeof *w);
    return KIT_TAKE(json, members);
}

/* Steps first, for all other numbers count in them. A venue that names none holds to its digits. */
static int take_filters(struct binance *bn, struct kit_json_text filters, struct oc_instrument *info)
{
    for (int has_steps = 0; has_steps < 2; has_steps++) {
        struct kit_json json = kit_json_into(filters);
        struct filter_words words;
        if (!kit_json_array(&json))
            return 0;
        while (kit_json_item(&json)) {
            if (!read_filter(&json, &words))
                return 0;
            if (has_steps)
                take_filter(bn, &words, info);
            else if (KIT_JSON_IS(words.type, "PRICE_FILTER"))
                (void)take_step(words.tick, &info->price_step);
            else if (KIT_JSON_IS(words.type, "LOT_SIZE"))
                (void)take_step(words.step, &info->qty_step);
        }
    }
    return 1;
}

static uint64_t types_of(struct kit_json_text list)
{
    static const struct kit_word types[] = {{"LIMIT", OC_ORDER_LIMIT},
                                            {"LIMIT_MAKER", OC_ORDER_LIMIT},
                                            {"MARKET", OC_ORDER_MARKET},
                                            {"STOP_LOSS", OC_ORDER_STOP},
                                            {"STOP_LOSS_LIMIT", OC_ORDER_STOP_LIMIT},
                                            {"TAKE_PROFIT", OC_ORDER_TAKE_PROFIT},
                                            {"TAKE_PROFIT_LIMIT", OC_ORDER_TAKE_PROFIT_LIMIT}};
    struct kit_json json = kit_json_into(list);
    uint64_t bits = 0;
    if (kit_json_array(&json))
        while (kit_json_item(&json))
            bits |= (uint64_t)1 << KIT_WORD_OF(kit_json_value(&json), types, OC_ORDER_NONE);
    return bits & ~(uint64_t)1;
}

static struct oc_dec of_digits(struct kit_json_text digits, uint32_t otherwise)
{
    uint32_t count = otherwise;
    take_number(digits, &count);
    return (struct oc_dec){1, count <= OC_DEC_SCALE_MAX ? (int32_t)count : (int32_t)otherwise, 0};
}

static oc_rc make_record(struct binance *bn, const struct symbol_words *words, struct oc_instrument *info)
{
    static const struct kit_word states[] = {{"TRADING", OC_STATUS_TRADING},     {"PRE_TRADING", OC_STATUS_NOT_YET},
                                             {"POST_TRADING", OC_STATUS_HALTED}, {"END_OF_DAY", OC_STATUS_HALTED},
                                             {"HALT", OC_STATUS_HALTED},         {"AUCTION_MATCH", OC_STATUS_AUCTION},
                                             {"BREAK", OC_STATUS_HALTED}};
    *info = (struct oc_instrument){.size = sizeof *info, .kind = OC_KIND_SPOT, .contract_size = {1, 0, 0}};
    info->price_step = of_digits(words->money_digits, 8);
    info->qty_step = of_digits(words->digits, 8);
    if (!take_filters(bn, words->filters, info) || kit_asset(&bn->kit, words->base, &info->base) < 0 ||
        kit_asset(&bn->kit, words->quote, &info->quote) < 0)
        return OC_E_DATA;
    memcpy(info->venue_symbol, words->symbol.at, words->symbol.size);
    info->settle = info->quote;
    info->status = KIT_WORD_OF(words->status, states, OC_STATUS_HALTED);
    info->price_digits = (uint32_t)info->price_step.scale;
    info->qty_digits = (uint32_t)info->qty_step.scale;
    info->quote_step = of_digits(words->money_digits, 8);
    info->present |= OC_INST_HAS_QUOTE_STEP;
    info->orders = types_of(words->types);
    info->tifs = 1u << OC_TIF_GTC | 1u << OC_TIF_IOC | 1u << OC_TIF_FOK;
    info->present |= info->orders ? OC_INST_HAS_ORDERS : 0u;
    info->rules |= (words->iceberg.kind == KIT_JSON_FALSE ? OC_INST_NO_ICEBERG : 0u) |
                   (words->oco.kind == KIT_JSON_FALSE ? OC_INST_NO_OCO : 0u) |
                   (words->by_money.kind == KIT_JSON_FALSE ? OC_INST_NO_QUOTE_QTY : 0u) |
                   (words->trail.kind == KIT_JSON_FALSE ? OC_INST_NO_TRAIL : 0u) |
                   (words->replace.kind == KIT_JSON_FALSE ? OC_INST_NO_AMEND : 0u);
    return OC_OK;
}

oc_rc bn_say_instrument(struct binance *bn, struct kit_json *json, uint64_t token)
{
    struct symbol_words w;
    const struct kit_member members[] = {{"symbol", &w.symbol},
                                         {"baseAsset", &w.base},
                                         {"quoteAsset", &w.quote},
                                         {"status", &w.status},
                                         {"orderTypes", &w.types},
                                         {"filters", &w.filters},
                                         {"icebergAllowed", &w.iceberg},
                                         {"ocoAllowed", &w.oco},
                                         {"quoteOrderQtyMarketAllowed", &w.by_money},
                                         {"allowTrailingStop", &w.trail},
                                         {"cancelReplaceAllowed", &w.replace},
                                         {"baseAssetPrecision", &w.digits},
                                         {"quoteAssetPrecision", &w.money_digits}};
    struct oc_instrument info;
    oc_rc rc;
    memset(&w, 0, sizeof w);
    if (!KIT_TAKE(json, members) || w.symbol.size == 0)
        return OC_E_DATA;
    if (w.symbol.size >= OC_SYMBOL_MAX || w.base.size >= OC_ASSET_MAX || w.quote.size >= OC_ASSET_MAX ||
        w.base.size + w.quote.size + 2 > OC_SYMBOL_MAX || make_record(bn, &w, &info) < 0)
        return kit_skip(&bn->kit, "symbol", w.symbol);
    struct oc_ev_instrument *out = KIT_EVENT(&bn->kit, oc_ev_instrument, OC_EV_INSTRUMENT, 0, &rc);
    if (!out)
        return rc;
    out->token = token;
    out->info = info;
    memcpy(out->info.symbol, w.base.at, w.base.size);
    out->info.symbol[w.base.size] = '/';
    memcpy(out->info.symbol + w.base.size + 1, w.quote.at, w.quote.size);
    return kit_commit(&bn->kit, out);
}

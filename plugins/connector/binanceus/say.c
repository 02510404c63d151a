/* say.c: objects of the venue as events. */
#include "binance.h"

int64_t bn_ns(struct kit_json_text ms)
{
    uint64_t number;
    return kit_json_u64(ms, &number) == OC_OK && number <= INT64_MAX / 1000000 ? (int64_t)number * 1000000 : 0;
}

/* ---- refusals ---- */

int64_t bn_error(struct kit_json json, struct kit_json_text *ret_words)
{
    const struct oc_dec one = {1, 0, 0};
    struct kit_json_text code = {0}, words = {0};
    const struct kit_member members[] = {{"code", &code}, {"msg", &words}};
    int64_t number;
    if (!KIT_TAKE(&json, members) || kit_json_units(code, one, &number) < 0 || number >= 0)
        return 0;
    *ret_words = words;
    return number;
}

static int has_words(struct kit_json_text text, const char *part)
{
    return text.size && memmem(text.at, text.size, part, strlen(part)) != NULL;
}

uint32_t bn_why(int64_t code, struct kit_json_text words)
{
    static const struct {
        int64_t code;
        uint32_t why;
    } codes[] = {{-1002, OC_WHY_BAD_CREDENTIALS}, {-1003, OC_WHY_RATE_LIMIT},
                 {-1015, OC_WHY_RATE_LIMIT},      {-1016, OC_WHY_MAINTENANCE},
                 {-1021, OC_WHY_CLOCK},           {-1022, OC_WHY_BAD_CREDENTIALS},
                 {-1100, OC_WHY_INVALID_ORDER},   {-1111, OC_WHY_QUANTITY_OFF_GRID},
                 {-1121, OC_WHY_BAD_SYMBOL},      {-2013, OC_WHY_NOT_FOUND},
                 {-2014, OC_WHY_BAD_CREDENTIALS}, {-2015, OC_WHY_BAD_CREDENTIALS},
                 {-2026, OC_WHY_NOT_FOUND},       {-1000, OC_WHY_VENUE_ERROR},
                 {-1001, OC_WHY_VENUE_ERROR},     {-1008, OC_WHY_VENUE_ERROR}};
    static const struct kit_word says[] = {{"insufficient balance", OC_WHY_INSUFFICIENT_FUNDS},
                                           {"Duplicate order", OC_WHY_DUPLICATE_ID},
                                           {"Market is closed", OC_WHY_MARKET_CLOSED},
                                           {"immediately match", OC_WHY_WOULD_TAKE},
                                           {"trigger immediately", OC_WHY_WOULD_TRIGGER},
                                           {"Unknown order", OC_WHY_ALREADY_DONE},
                                           {"cancel restrictions", OC_WHY_OTHER},
                                           {"not supported", OC_WHY_NOT_SUPPORTED},
                                           {"not permitted", OC_WHY_PERMISSION},
                                           {"restricted", OC_WHY_PERMISSION},
                                           {"disabled on this account", OC_WHY_PERMISSION},
                                           {"LOT_SIZE", OC_WHY_QUANTITY_OFF_GRID},
                                           {"NOTIONAL", OC_WHY_TOO_SMALL},
                                           {"PERCENT_PRICE", OC_WHY_PRICE_OUT_OF_BAND},
                                           {"PRICE_FILTER", OC_WHY_PRICE_OFF_GRID},
                                           {"MAX_POSITION", OC_WHY_TOO_LARGE},
                                           {"MAX_NUM", OC_WHY_TOO_MANY_ORDERS}};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].code == code)
            return codes[i].why;
    for (size_t i = 0; i < sizeof says / sizeof *says; i++)
        if (has_words(words, says[i].word))
            return says[i].means;
    return OC_WHY_INVALID_ORDER;
}

/* An id of ours that is there already is our order: the request came twice, and the other answer was lost. */
int bn_is_open_end(uint32_t status, int64_t code, struct kit_json_text words)
{
    return status >= 500 || code == -1000 || code == -1001 || (code <= -1006 && code >= -1008) || code == -1016 ||
           bn_why(code, words) == OC_WHY_DUPLICATE_ID;
}

oc_rc bn_say_venue(struct binance *bn, uint32_t source, uint32_t state, uint32_t why, struct kit_json_text words)
{
    oc_rc rc;
    const size_t tail = ((size_t)words.size + 7) & ~(size_t)7;
    struct oc_ev_venue *out = kit_event(&bn->kit, sizeof *out + tail, OC_EV_VENUE, source, &rc);
    if (!out)
        return rc;
    out->state = state;
    out->part = OC_PART_TRADING;
    out->why = why;
    out->text_size = words.size;
    out->tail = sizeof *out;
    if (words.size)
        memcpy(out + 1, words.at, words.size);
    return kit_commit(&bn->kit, out);
}

/* ---- orders ---- */

static const struct kit_word sides[] = {{"BUY", OC_SIDE_BUY}, {"SELL", OC_SIDE_SELL}};

static uint8_t state_of(const struct order_words *words, int is_stop)
{
    static const struct kit_word states[] = {
        {"NEW", OC_SHOWN_WORKING},       {"PARTIALLY_FILLED", OC_SHOWN_WORKING},
        {"FILLED", OC_SHOWN_FILLED},     {"CANCELED", OC_SHOWN_CANCELED},
        {"REJECTED", OC_SHOWN_REJECTED}, {"PENDING_CANCEL", OC_SHOWN_PENDING_CANCEL},
        {"EXPIRED", OC_SHOWN_EXPIRED},   {"EXPIRED_IN_MATCH", OC_SHOWN_EXPIRED}};
    const uint8_t state = (uint8_t)KIT_WORD_OF(words->state, states, OC_SHOWN_UNKNOWN);
    return state == OC_SHOWN_WORKING && is_stop && words->working.kind == KIT_JSON_FALSE ? OC_SHOWN_UNTRIGGERED : state;
}

static void fill_in(const struct order_words *words, const struct oc_scale *scale, struct oc_ev_order *order)
{
    static const struct kit_word types[] = {{"LIMIT", OC_ORDER_LIMIT},
                                            {"LIMIT_MAKER", OC_ORDER_LIMIT},
                                            {"MARKET", OC_ORDER_MARKET},
                                            {"STOP_LOSS", OC_ORDER_STOP},
                                            {"STOP_LOSS_LIMIT", OC_ORDER_STOP_LIMIT},
                                            {"TAKE_PROFIT", OC_ORDER_TAKE_PROFIT},
                                            {"TAKE_PROFIT_LIMIT", OC_ORDER_TAKE_PROFIT_LIMIT}};
    static const struct kit_word tifs[] = {{"GTC", OC_TIF_GTC}, {"IOC", OC_TIF_IOC}, {"FOK", OC_TIF_FOK}};
    order->side = (uint8_t)KIT_WORD_OF(words->side, sides, OC_SIDE_NONE);
    order->type = (uint8_t)KIT_WORD_OF(words->type, types, OC_ORDER_NONE);
    order->tif = (uint8_t)KIT_WORD_OF(words->tif, tifs, OC_TIF_NONE);
    order->bits = KIT_JSON_IS(words->type, "LIMIT_MAKER") ? OC_RQ_POST_ONLY : 0;
    order->present = OC_OF_TERMS | OC_OF_FILLS_COME;
    order->created_ns = bn_ns(words->created);
    order->updated_ns = bn_ns(words->updated);
    if (kit_scale_qty(scale, words->done, &order->cum_qty) == OC_OK)
        order->present |= OC_OF_CUM_QTY;
    if (kit_json_dec(words->value, &order->cum_value) == OC_OK &&
        order->cum_value.units >= 0) /* below zero: not known */
        order->present |= OC_OF_CUM_VALUE;
    else
        order->cum_value = (struct oc_dec){0, 0, 0};
    if (kit_json_dec(words->money, &order->quote_qty) == OC_OK && order->quote_qty.units > 0)
        order->present |= OC_OF_QUOTE_QTY;
    else if (kit_scale_qty(scale, words->qty, &order->qty) == OC_OK && order->qty > 0)
        order->present |= OC_OF_QTY;
    if (kit_scale_price(scale, words->price, &order->price) == OC_OK && order->price > 0)
        order->present |= OC_OF_PRICE;
    if (kit_scale_price(scale, words->stop, &order->stop_price) == OC_OK && order->stop_price > 0)
        order->present |= OC_OF_STOP;
    order->state = state_of(words, (order->present & OC_OF_STOP) != 0);
}

/* An order that is gone untouched may have been replaced: where an amendment is under way nobody can tell from it alone, and it is no end. */
static uint32_t why_of(const struct oc_ev_order *order, const struct order_words *words)
{
    return order->state == OC_SHOWN_CANCELED && (order->present & OC_OF_CUM_QTY) && !order->cum_qty ? OC_WHY_REPLACED
           : KIT_JSON_IS(words->state, "EXPIRED_IN_MATCH")                                          ? OC_WHY_SELF_TRADE
           : order->state == OC_SHOWN_EXPIRED ? OC_WHY_TIME_IN_FORCE
                                              : OC_WHY_NONE;
}

oc_rc bn_say_order(struct binance *bn, const struct order_words *words, uint32_t source, uint64_t token, uint16_t flags)
{
    struct oc_scale scale;
    oc_rc rc;
    if (!words->id.size)
        return OC_E_DATA;
    if (kit_symbol(&bn->kit, words->symbol, &scale) < 0)
        return kit_skip(&bn->kit, "order.symbol", words->symbol);
    struct oc_ev_order *out = KIT_EVENT(&bn->kit, oc_ev_order, OC_EV_ORDER, source, &rc);
    if (!out)
        return rc;
    fill_in(words, &scale, out);
    if (kit_id(words->id, &out->venue_order) < 0 || kit_id(words->client, &out->client) < 0)
        return OC_E_DATA;
    out->why = why_of(out, words);
    out->token = token;
    out->head.inst = scale.inst;
    out->head.flags = flags;
    out->head.venue_ns = out->updated_ns;
    return kit_commit(&bn->kit, out);
}

/* A price between two steps is booked by the money that it came to. */
oc_rc bn_say_fill(struct binance *bn, const struct fill_words *words, uint64_t order, uint32_t source, uint16_t flags)
{
    struct oc_scale scale;
    struct oc_dec price;
    oc_rc rc;
    if (kit_symbol(&bn->kit, words->symbol, &scale) < 0)
        return kit_skip(&bn->kit, "fill.symbol", words->symbol);
    struct oc_ev_venue_fill *out = KIT_EVENT(&bn->kit, oc_ev_venue_fill, OC_EV_FILL, source, &rc);
    if (!out)
        return rc;
    if (kit_trade_id(words->id, out->fill.trade_id, &out->fill.trade_id_size) < 0 ||
        kit_id(words->order, &out->venue_order) < 0 || kit_json_dec(words->price, &price) < 0 ||
        kit_scale_qty(&scale, words->qty, &out->fill.qty) < 0)
        return OC_E_DATA;
    if (kit_scale_price(&scale, words->price, &out->fill.price) < 0) {
        if (kit_nearest_price(&scale, price, &out->fill.price) < 0 || kit_json_dec(words->value, &out->value) < 0)
            return OC_E_DATA;
        out->present |= OC_FILL_VALUE;
    }
    if (words->fee.size && kit_json_dec(words->fee, &out->fill.fee) < 0)
        return OC_E_DATA;
    if (out->fill.fee.units && kit_asset(&bn->kit, words->asset, &out->fill.fee_asset) < 0)
        return OC_E_DATA;
    if (words->client.size && kit_id(words->client, &out->client) < 0)
        return OC_E_DATA;
    if (words->cum.size && kit_scale_qty(&scale, words->cum, &out->cum_qty) == OC_OK)
        out->present |= OC_FILL_CUM_QTY;
    out->fill.order = order;
    out->fill.side = words->is_buy ? OC_SIDE_BUY : OC_SIDE_SELL;
    out->fill.liquidity = words->is_maker ? OC_LIQUIDITY_MAKER : OC_LIQUIDITY_TAKER;
    out->fill.head.inst = scale.inst;
    out->fill.head.flags = flags;
    out->fill.head.venue_ns = bn_ns(words->time);
    return kit_commit(&bn->kit, out);
}

/* By the names of REST, or by the letters of the stream. */
oc_rc bn_say_balance(struct binance *bn, struct kit_json *json, uint32_t source, uint64_t token, int64_t at_ns)
{
    struct kit_json_text asset = {0}, free = {0}, locked = {0};
    const struct kit_member members[] = {{"asset", &asset}, {"free", &free}, {"locked", &locked},
                                         {"a", &asset},     {"f", &free},    {"l", &locked}};
    oc_rc rc;
    if (!KIT_TAKE(json, members))
        return OC_E_DATA;
    if (asset.size == 0 || asset.size >= OC_ASSET_MAX)
        return kit_skip(&bn->kit, "balance.asset", asset);
    struct oc_ev_balance *out = KIT_EVENT(&bn->kit, oc_ev_balance, OC_EV_BALANCE, source, &rc);
    if (!out)
        return rc;
    if (kit_asset(&bn->kit, asset, &out->asset) < 0 || kit_json_dec(free, &out->free) < 0 ||
        kit_json_dec(locked, &out->locked) < 0)
        return OC_E_DATA;
    out->present = OC_BAL_FREE | OC_BAL_LOCKED | OC_BAL_SUM;
    out->token = token;
    out->head.venue_ns = at_ns;
    out->head.flags = (uint16_t)(OC_EVF_LAST | (token ? OC_EVF_REPLAYED : 0));
    return kit_commit(&bn->kit, out);
}

/* ---- markets ---- */

static uint32_t count_levels(struct kit_json_text side)
{
    struct kit_json json = kit_json_into(side);
    uint32_t count = 0;
    if (kit_json_array(&json))
        while (kit_json_item(&json))
            count++;
    return count;
}

oc_rc bn_whole_steps(struct kit_json_text text, struct oc_dec step, int is_up, int64_t *ret_units)
{
    struct oc_dec dec;
    kit_i128 value, one;
    const oc_rc rc = kit_json_dec(text, &dec);
    if (rc < 0 || dec.units < 0 || step.units <= 0)
        return rc < 0 ? rc : OC_E_INVALID;
    kit_dec_align(dec, step, &value, &one);
    if (one <= 0)
        return OC_E_INVALID;
    const kit_i128 units = (value + (is_up ? one - 1 : 0)) / one;
    if (units > INT64_MAX)
        return OC_E_RANGE;
    *ret_units = (int64_t)units;
    return OC_OK;
}

/* A quantity that rests from when the steps were finer counts as the whole steps in it: without it the book would have a gap for ever. */
static int take_levels(struct kit_json_text side, const struct oc_scale *scale, struct oc_level *levels, uint32_t count)
{
    struct kit_json json = kit_json_into(side);
    uint32_t at = 0;
    if (!kit_json_array(&json))
        return 0;
    for (; kit_json_item(&json) && at < count; at++) {
        struct kit_json_text words[2] = {{0}, {0}};
        if (!kit_json_array(&json))
            return 0;
        for (int i = 0; kit_json_item(&json); i++)
            words[i & 1] = i < 2 ? kit_json_value(&json) : words[i & 1];
        if (kit_scale_price(scale, words[0], &levels[at].price) < 0 ||
            bn_whole_steps(words[1], kit_qty_step(scale), 0, &levels[at].qty) < 0)
            return 0;
    }
    return at == count && kit_json_end(&json);
}

oc_rc bn_say_book(struct binance *bn, const struct oc_scale *scale, struct kit_json_text bids,
                  struct kit_json_text asks, uint64_t first, uint64_t last, uint32_t is_snapshot, int64_t at_ns)
{
    const uint32_t bid_count = count_levels(bids), ask_count = count_levels(asks);
    oc_rc rc;
    struct oc_ev_book *out = kit_event(
        &bn->kit, sizeof *out + ((size_t)bid_count + ask_count) * sizeof(struct oc_level), OC_EV_BOOK, 0, &rc);
    if (!out)
        return rc; /* OC_E_RANGE: more levels than one event holds */
    struct oc_level *levels = (struct oc_level *)(void *)(out + 1);
    if (!take_levels(bids, scale, levels, bid_count) || !take_levels(asks, scale, levels + bid_count, ask_count))
        return OC_E_DATA;
    out->first_seq = first;
    out->last_seq = last;
    out->kind = is_snapshot ? OC_BOOK_SNAPSHOT : OC_BOOK_CHANGE;
    out->chain = OC_CHAIN_RANGE;
    out->bids = bid_count;
    out->asks = ask_count;
    out->tail = sizeof *out;
    out->head.inst = scale->inst;
    out->head.flags = (uint16_t)(OC_EVF_LAST | (is_snapshot ? OC_EVF_REPLAYED : 0));
    out->head.venue_ns = at_ns;
    return kit_commit(&bn->kit, out);
}

oc_rc bn_say_bar(struct binance *bn, const struct oc_scale *scale, const struct bar_words *words, int64_t period_ns,
                 uint16_t flags)
{
    oc_rc rc;
    uint64_t trades;
    struct oc_ev_bar *out = KIT_EVENT(&bn->kit, oc_ev_bar, OC_EV_BAR, 0, &rc);
    if (!out)
        return rc;
    if (!bn_ns(words->open_ms) || !bn_ns(words->close_ms) || kit_scale_price(scale, words->open, &out->open) < 0 ||
        kit_scale_price(scale, words->high, &out->high) < 0 || kit_scale_price(scale, words->low, &out->low) < 0 ||
        kit_scale_price(scale, words->close, &out->close) < 0)
        return OC_E_DATA;
    if (kit_scale_qty(scale, words->volume, &out->volume) == OC_OK)
        out->present = OC_HAS_VOLUME;
    if (kit_json_u64(words->trades, &trades) == OC_OK && trades <= UINT32_MAX)
        out->trades = (uint32_t)trades;
    out->open_ns = bn_ns(words->open_ms);
    out->head.venue_ns = bn_ns(words->close_ms) + 1000000; /* its last millisecond is said */
    out->period_ns = period_ns > 0 ? period_ns : out->head.venue_ns - out->open_ns;
    out->head.inst = scale->inst;
    out->head.flags = (uint16_t)(flags | OC_EVF_LAST);
    return kit_commit(&bn->kit, out);
}

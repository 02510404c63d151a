/* market.c: Binance.US: instruments, books, trades, quotes and the subscriptions that bring them. */
#include "binance.h"

/* ---- instruments ---- */

struct filter { /* one of "filters", as it stands */
    struct kit_json_text type, low, high, step, up, down, ask_up, ask_down;
    uint64_t number;
    uint32_t rules;
};

struct grid { /* what the filters say of prices and quantities, read once the steps are known */
    struct kit_json_text tick, lot, min_price, max_price, min_qty, max_qty, market_max;
};

static void read_filter(struct kit_json *json, struct filter *f)
{
    struct kit_json_text key;
    memset(f, 0, sizeof *f);
    if (!kit_json_object(json))
        return;
    while (kit_json_key(json, &key)) {
        const struct kit_json_text value = kit_json_value(json);
        if (KIT_JSON_IS(key, "filterType"))
            f->type = value;
        else if (KIT_JSON_IS(key, "minPrice") || KIT_JSON_IS(key, "minQty") || KIT_JSON_IS(key, "minNotional"))
            f->low = value;
        else if (KIT_JSON_IS(key, "maxPrice") || KIT_JSON_IS(key, "maxQty") || KIT_JSON_IS(key, "maxNotional"))
            f->high = value;
        else if (KIT_JSON_IS(key, "tickSize") || KIT_JSON_IS(key, "stepSize"))
            f->step = value;
        else if (KIT_JSON_IS(key, "bidMultiplierUp"))
            f->up = value;
        else if (KIT_JSON_IS(key, "bidMultiplierDown"))
            f->down = value;
        else if (KIT_JSON_IS(key, "askMultiplierUp"))
            f->ask_up = value;
        else if (KIT_JSON_IS(key, "askMultiplierDown"))
            f->ask_down = value;
        else if (KIT_JSON_IS(key, "applyMinToMarket") || KIT_JSON_IS(key, "applyToMarket"))
            f->rules |= value.kind == KIT_JSON_TRUE ? OC_INST_NOTIONAL_OF_MARKET : 0;
        else if ((KIT_JSON_IS(key, "limit") || KIT_JSON_IS(key, "maxNumOrders") ||
                  KIT_JSON_IS(key, "maxNumAlgoOrders") || KIT_JSON_IS(key, "avgPriceMins")) &&
                 (kit_json_u64(value, &f->number) < 0 || f->number > UINT32_MAX))
            f->number = 0;
    }
}

static void take_bands(struct oc_instrument *info, const struct filter *f)
{
    if (kit_json_dec(f->up, &info->buy_band_high) == OC_OK && kit_json_dec(f->down, &info->buy_band_low) == OC_OK)
        info->present |= OC_INST_HAS_BUY_BAND;
    if (kit_json_dec(f->ask_up, &info->sell_band_high) == OC_OK &&
        kit_json_dec(f->ask_down, &info->sell_band_low) == OC_OK)
        info->present |= OC_INST_HAS_SELL_BAND;
    info->band_ns = (int64_t)f->number * MINUTE_NS;
}

static void take_filter(struct binance *bn, struct oc_instrument *info, struct grid *grid, const struct filter *f)
{
    if (KIT_JSON_IS(f->type, "PRICE_FILTER")) {
        grid->tick = f->step;
        grid->min_price = f->low;
        grid->max_price = f->high;
    } else if (KIT_JSON_IS(f->type, "LOT_SIZE")) {
        grid->lot = f->step;
        grid->min_qty = f->low;
        grid->max_qty = f->high;
    } else if (KIT_JSON_IS(f->type, "MARKET_LOT_SIZE")) {
        grid->market_max = f->high;
    } else if (KIT_JSON_IS(f->type, "NOTIONAL") || KIT_JSON_IS(f->type, "MIN_NOTIONAL")) {
        if (kit_json_dec(f->low, &info->min_notional) == OC_OK)
            info->present |= OC_INST_HAS_MIN_NOTIONAL;
        if (kit_json_dec(f->high, &info->max_notional) == OC_OK)
            info->present |= OC_INST_HAS_MAX_NOTIONAL;
        info->rules |= f->rules;
    } else if (KIT_JSON_IS(f->type, "PERCENT_PRICE_BY_SIDE")) {
        take_bands(info, f);
    } else if (KIT_JSON_IS(f->type, "ICEBERG_PARTS")) {
        info->iceberg_parts = (uint32_t)f->number;
    } else if (KIT_JSON_IS(f->type, "MAX_NUM_ORDERS")) {
        info->max_orders = (uint32_t)f->number;
    } else if (KIT_JSON_IS(f->type, "MAX_NUM_ALGO_ORDERS")) {
        info->max_stop_orders = (uint32_t)f->number;
    } else {
        kit_skip(&bn->kit, "filter", f->type);
    }
}

static void take_order_types(struct oc_instrument *info, struct kit_json *json)
{
    static const struct kit_word types[] = {{"LIMIT", OC_ORDER_LIMIT},
                                            {"MARKET", OC_ORDER_MARKET},
                                            {"STOP_LOSS", OC_ORDER_STOP},
                                            {"STOP_LOSS_LIMIT", OC_ORDER_STOP_LIMIT},
                                            {"TAKE_PROFIT", OC_ORDER_TAKE_PROFIT},
                                            {"TAKE_PROFIT_LIMIT", OC_ORDER_TAKE_PROFIT_LIMIT}};
    if (!kit_json_array(json))
        return;
    info->present |= OC_INST_HAS_ORDERS;
    info->tifs = 1u << OC_TIF_GTC | 1u << OC_TIF_IOC | 1u << OC_TIF_FOK; /* said once for the venue */
    while (kit_json_item(json)) {
        const uint32_t type = KIT_WORD_OF(kit_json_value(json), types, OC_ORDER_NONE);
        info->orders |= type ? UINT64_C(1) << type : 0;
    }
}

/* Units at the step, where the text gives some. */
static uint32_t optional(struct kit_json_text text, struct oc_dec step, int64_t *ret_units, uint32_t bit)
{
    return kit_json_units(text, step, ret_units) == OC_OK ? bit : 0;
}

static void take_grid(struct oc_instrument *info, const struct grid *g)
{
    const struct oc_dec price = info->price_step, qty = info->qty_step;
    info->present |= optional(g->min_price, price, &info->min_price, OC_INST_HAS_MIN_PRICE) |
                     optional(g->max_price, price, &info->max_price, OC_INST_HAS_MAX_PRICE) |
                     optional(g->min_qty, qty, &info->min_qty, OC_INST_HAS_MIN_QTY) |
                     optional(g->max_qty, qty, &info->max_qty, OC_INST_HAS_MAX_QTY) |
                     optional(g->market_max, qty, &info->market_max_qty, OC_INST_HAS_MARKET_MAX_QTY);
}

oc_rc binance_symbol(struct binance *bn, struct kit_json *json, uint64_t token)
{
    struct kit_json_text key, symbol = {0}, base = {0}, quote = {0};
    struct grid grid = {0};
    struct filter f;
    oc_rc rc;
    struct oc_ev_instrument *out = KIT_EVENT(&bn->kit, oc_ev_instrument, OC_EV_INSTRUMENT, 0, &rc);
    if (!out)
        return rc;
    struct oc_instrument *info = &out->info;
    out->token = token;
    info->size = sizeof *info;
    info->kind = OC_KIND_SPOT;
    info->contract_size = (struct oc_dec){1, 0, 0};
    memcpy(info->venue, "binance_us", sizeof "binance_us");
    if (!kit_json_object(json))
        return kit_skip(&bn->kit, "symbol", symbol);
    while (kit_json_key(json, &key)) {
        if (KIT_JSON_IS(key, "filters")) {
            if (kit_json_array(json)) {
                while (kit_json_item(json)) {
                    read_filter(json, &f);
                    take_filter(bn, info, &grid, &f);
                }
            }
        } else if (KIT_JSON_IS(key, "orderTypes")) {
            take_order_types(info, json);
        } else if (KIT_JSON_IS(key, "symbol")) {
            symbol = kit_json_value(json);
        } else if (KIT_JSON_IS(key, "baseAsset")) {
            base = kit_json_value(json);
        } else if (KIT_JSON_IS(key, "quoteAsset")) {
            quote = kit_json_value(json);
        } else if (KIT_JSON_IS(key, "status")) {
            const struct kit_json_text word = kit_json_value(json);
            info->status = KIT_JSON_IS(word, "TRADING") ? OC_STATUS_TRADING : OC_STATUS_HALTED;
        } else if (KIT_JSON_IS(key, "quoteOrderQtyMarketAllowed")) {
            info->rules |= kit_json_value(json).kind == KIT_JSON_FALSE ? OC_INST_NO_QUOTE_QTY : 0;
        } else if (KIT_JSON_IS(key, "ocoAllowed")) {
            info->rules |= kit_json_value(json).kind == KIT_JSON_FALSE ? OC_INST_NO_OCO : 0;
        } else if (KIT_JSON_IS(key, "cancelReplaceAllowed")) {
            info->rules |= kit_json_value(json).kind == KIT_JSON_FALSE ? OC_INST_NO_AMEND : 0;
        }
    }
    struct kit_write unified = kit_write_begin(info->symbol, sizeof info->symbol - 1);
    kit_write_bytes(&unified, base.at, base.size);
    KIT_WRITE(&unified, "/");
    kit_write_bytes(&unified, quote.at, quote.size);
    if (json->is_bad)
        return OC_E_DATA;
    if (symbol.size == 0 || symbol.size >= OC_SYMBOL_MAX || kit_write_end(&unified) < 0 ||
        kit_json_dec(grid.tick, &info->price_step) < 0 || kit_json_dec(grid.lot, &info->qty_step) < 0 ||
        info->price_step.units <= 0 || info->qty_step.units <= 0 || kit_asset(&bn->kit, base, &info->base) < 0 ||
        kit_asset(&bn->kit, quote, &info->quote) < 0)
        return kit_skip(&bn->kit, "symbol", symbol);
    memcpy(info->venue_symbol, symbol.at, symbol.size);
    info->settle = info->quote;
    take_grid(info, &grid);
    return kit_commit(&bn->kit, out);
}

/* ---- books: [["price","qty"],...] twice ---- */

static uint32_t read_levels(struct binance *bn, struct kit_json *json, const struct oc_scale *scale,
                            struct oc_level *levels, uint32_t max)
{
    uint32_t count = 0;
    if (!kit_json_array(json))
        return 0;
    while (kit_json_item(json)) {
        struct kit_json_text words[2] = {{0}, {0}};
        if (kit_json_array(json)) {
            for (uint32_t i = 0; kit_json_item(json); i++)
                if (i < 2)
                    words[i] = kit_json_value(json);
        }
        if (count < max && kit_scale_price(scale, words[0], &levels[count].price) == OC_OK &&
            kit_scale_qty(scale, words[1], &levels[count].qty) == OC_OK)
            count++;
        else
            kit_skip(&bn->kit, "level", words[0]);
    }
    return count;
}

/* The book's event with the levels that were read into the instance. */
static oc_rc say_book(struct binance *bn, const struct oc_ev_book *head, uint32_t bids, uint32_t asks)
{
    oc_rc rc;
    struct oc_ev_book *out = kit_event(&bn->kit, sizeof *out + (bids + asks) * sizeof *bn->bids, OC_EV_BOOK, 0, &rc);
    if (!out)
        return rc;
    const uint32_t size = out->head.size;
    *out = *head;
    out->head.size = size;
    out->head.type = OC_EV_BOOK;
    out->chain = OC_CHAIN_RANGE;
    out->bids = bids;
    out->asks = asks;
    out->tail = sizeof *out;
    struct oc_level *levels = (struct oc_level *)(void *)(out + 1);
    memcpy(levels, bn->bids, bids * sizeof *levels);
    memcpy(levels + bids, bn->asks, asks * sizeof *levels);
    return kit_commit(&bn->kit, out);
}

oc_rc binance_book(struct binance *bn, const struct oc_response *in)
{
    struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text key;
    struct oc_scale scale;
    struct oc_ev_book book = {.head.flags = OC_EVF_LAST | OC_EVF_REPLAYED, .kind = OC_BOOK_SNAPSHOT};
    uint32_t bids = 0, asks = 0;
    oc_rc rc = bn->kit.names->scale(bn->kit.host, in->fetch->inst, &scale);
    if (rc < 0)
        return rc;
    if (kit_json_object(&json)) {
        while (kit_json_key(&json, &key))
            if (KIT_JSON_IS(key, "bids"))
                bids = read_levels(bn, &json, &scale, bn->bids, LEVELS);
            else if (KIT_JSON_IS(key, "asks"))
                asks = read_levels(bn, &json, &scale, bn->asks, LEVELS);
            else if (KIT_JSON_IS(key, "lastUpdateId") && kit_json_u64(kit_json_value(&json), &book.last_seq) < 0)
                return OC_E_DATA;
    }
    if (!kit_json_end(&json) || !book.last_seq)
        return OC_E_DATA;
    book.head.inst = scale.inst;
    rc = say_book(bn, &book, bids, asks);
    return rc < 0 ? rc : binance_fetched(bn, in->fetch, OC_OK, 1, 0);
}

/* ---- the market stream ---- */

oc_rc binance_on_trade(struct binance *bn, struct kit_json *json)
{
    struct kit_json_text key, symbol = {0}, price = {0}, qty = {0}, id = {0}, at = {0}, maker = {0};
    struct oc_scale scale;
    uint64_t ms;
    oc_rc rc;
    while (kit_json_key(json, &key)) {
        if (key.size != 1)
            continue;
        switch (*key.at) {
        case 's':
            symbol = kit_json_value(json);
            break;
        case 't':
            id = kit_json_value(json);
            break;
        case 'p':
            price = kit_json_value(json);
            break;
        case 'q':
            qty = kit_json_value(json);
            break;
        case 'T':
            at = kit_json_value(json);
            break;
        case 'm':
            maker = kit_json_value(json);
            break;
        default:
            break;
        }
    }
    if (!kit_json_end(json))
        return OC_E_DATA;
    if (kit_symbol(&bn->kit, symbol, &scale) < 0)
        return OC_OK; /* not one that is known here */
    struct oc_ev_trade *out = KIT_EVENT(&bn->kit, oc_ev_trade, OC_EV_TRADE, 0, &rc);
    if (!out)
        return rc;
    if (kit_scale_price(&scale, price, &out->price) < 0 || kit_scale_qty(&scale, qty, &out->qty) < 0 ||
        kit_json_u64(id, &out->trade_id) < 0 || kit_json_u64(at, &ms) < 0 || ms > INT64_MAX / 1000000)
        return kit_skip(&bn->kit, "trade", price);
    out->head.inst = scale.inst;
    out->head.venue_ns = (int64_t)ms * 1000000;
    out->head.flags = OC_EVF_LAST;
    out->present = OC_HAS_QTY | OC_HAS_TRADE_ID;
    out->taker_side = maker.kind == KIT_JSON_TRUE ? OC_SIDE_SELL : OC_SIDE_BUY; /* m: the buyer is the maker */
    return kit_commit(&bn->kit, out);
}

oc_rc binance_on_quote(struct binance *bn, struct kit_json *json, struct kit_json_text first)
{
    static const char letters[] = "usbBaA";
    struct kit_json_text key = first, words[6];
    struct oc_scale scale;
    oc_rc rc;
    memset(words, 0, sizeof words);
    do {
        const char *letter = key.size == 1 && *key.at ? strchr(letters, *key.at) : NULL;
        if (letter)
            words[letter - letters] = kit_json_value(json);
    } while (kit_json_key(json, &key));
    if (!kit_json_end(json))
        return OC_E_DATA;
    if (kit_symbol(&bn->kit, words[1], &scale) < 0)
        return OC_OK;
    struct oc_ev_quote *out = KIT_EVENT(&bn->kit, oc_ev_quote, OC_EV_QUOTE, 0, &rc);
    if (!out)
        return rc;
    if (kit_scale_price(&scale, words[2], &out->bid) < 0 || kit_scale_qty(&scale, words[3], &out->bid_qty) < 0 ||
        kit_scale_price(&scale, words[4], &out->ask) < 0 || kit_scale_qty(&scale, words[5], &out->ask_qty) < 0 ||
        kit_json_u64(words[0], &out->venue_seq) < 0)
        return kit_skip(&bn->kit, "bookTicker", words[1]);
    out->head.inst = scale.inst;
    out->head.flags = OC_EVF_LAST;
    out->present = OC_HAS_BID | OC_HAS_BID_QTY | OC_HAS_ASK | OC_HAS_ASK_QTY | OC_HAS_VENUE_SEQ;
    return kit_commit(&bn->kit, out);
}

oc_rc binance_on_depth(struct binance *bn, struct kit_json *json)
{
    struct kit_json_text key, symbol = {0}, bids = {0}, asks = {0};
    struct oc_scale scale;
    struct oc_ev_book book = {.head.flags = OC_EVF_LAST, .kind = OC_BOOK_CHANGE};
    uint64_t ms = 0;
    oc_rc rc = OC_OK;
    while (rc >= 0 && kit_json_key(json, &key))
        if (KIT_JSON_IS(key, "b"))
            bids = kit_json_value(json);
        else if (KIT_JSON_IS(key, "a"))
            asks = kit_json_value(json);
        else if (KIT_JSON_IS(key, "s"))
            symbol = kit_json_value(json);
        else if (KIT_JSON_IS(key, "U"))
            rc = kit_json_u64(kit_json_value(json), &book.first_seq);
        else if (KIT_JSON_IS(key, "u"))
            rc = kit_json_u64(kit_json_value(json), &book.last_seq);
        else if (KIT_JSON_IS(key, "E"))
            rc = kit_json_u64(kit_json_value(json), &ms);
    if (rc < 0 || !kit_json_end(json) || ms > INT64_MAX / 1000000)
        return OC_E_DATA;
    if (kit_symbol(&bn->kit, symbol, &scale) < 0)
        return OC_OK;
    book.head.inst = scale.inst;
    book.head.venue_ns = (int64_t)ms * 1000000;
    struct kit_json part = kit_json_into(bids);
    const uint32_t bid_count = bids.size ? read_levels(bn, &part, &scale, bn->bids, LEVELS) : 0;
    part = kit_json_into(asks);
    const uint32_t ask_count = asks.size ? read_levels(bn, &part, &scale, bn->asks, LEVELS) : 0;
    return say_book(bn, &book, bid_count, ask_count);
}

/* ---- subscriptions ---- */

static const char *channel_of(uint32_t topic)
{
    return topic == OC_TOPIC_TRADES   ? "@trade\""
           : topic == OC_TOPIC_QUOTES ? "@bookTicker\""
           : topic == OC_TOPIC_BARS   ? "@kline_1m\""
                                      : "@depth@100ms\"";
}

oc_rc binance_subscribe_market(struct binance *bn, uint32_t stream, uint32_t how, const struct oc_sub *subs,
                               uint32_t count)
{
    struct kit_write out = kit_write_begin(bn->text, sizeof bn->text);
    struct oc_instrument info;
    uint32_t opened, named = 0;
    if (stream == 0) {
        const struct oc_open open = {.size = sizeof open,
                                     .flags = OC_OPEN_KEEP,
                                     .endpoint = STREAM,
                                     .frame = OC_FRAME_WEBSOCKET,
                                     .room = 1024,
                                     .path = "/stream",
                                     .path_size = 7,
                                     .carries = OC_TOPIC_TRADES | OC_TOPIC_QUOTES | OC_TOPIC_BOOK | OC_TOPIC_BARS,
                                     .silence_ns = 10 * MINUTE_NS,
                                     .age_ns = 1440 * MINUTE_NS};
        return bn->kit.net->open(bn->kit.host, &open, &opened);
    }
    if (how == OC_SUB_RESYNC) /* the host fetches OC_FETCH_BOOK: the stream itself goes on */
        return OC_OK;
    kit_write_text(&out, how == OC_SUB_REMOVE ? "{\"method\":\"UNSUBSCRIBE\",\"params\":["
                                              : "{\"method\":\"SUBSCRIBE\",\"params\":[");
    for (uint32_t i = 0; i < count; i++) {
        if (bn->kit.names->record(bn->kit.host, subs[i].inst, &info, sizeof info) < 0)
            continue;
        kit_write_text(&out, named++ ? ",\"" : "\"");
        for (const char *c = info.venue_symbol; *c; c++) {
            const char low = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
            kit_write_bytes(&out, &low, 1);
        }
        kit_write_text(&out, channel_of(subs[i].topic));
    }
    KIT_WRITE(&out, "],\"id\":1}");
    const oc_rc size = kit_write_end(&out);
    const struct oc_cost cost = {SPOKEN, 0, 1};
    const struct oc_send send = {.size = sizeof send,
                                 .stream = stream,
                                 .lane = OC_LANE_QUERY,
                                 .bytes = bn->text,
                                 .bytes_size = size > 0 ? (uint32_t)size : 0,
                                 .costs = &cost,
                                 .cost_count = 1};
    return size < 0 ? size : bn->kit.net->send(bn->kit.host, &send);
}

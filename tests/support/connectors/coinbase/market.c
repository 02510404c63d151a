/* market.c: Coinbase Advanced: products, books, trades, and the streams that bring them. */
#include "coinbase.h"

/* ---- instruments ---- */

oc_rc coinbase_product(struct coinbase *cb, struct kit_json *json, uint64_t token)
{
    struct kit_json_text key, id = {0}, tick = {0}, lot = {0}, base = {0}, quote = {0}, low = {0}, high = {0};
    struct kit_json_text notional = {0};
    int is_closed = 0;
    struct oc_instrument known, *info = &known;
    kit_market_begin(info, 0, 0);
    info->status = OC_STATUS_TRADING;
    memcpy(info->venue, "coinbase", sizeof "coinbase");
    if (!kit_json_object(json))
        return kit_skip(&cb->kit, "product", id);
    while (kit_json_key(json, &key)) {
        const struct kit_json_text value = kit_json_value(json);
        const int is_true = value.kind == KIT_JSON_TRUE;
        if (KIT_JSON_IS(key, "product_id"))
            id = value;
        else if (KIT_JSON_IS(key, "price_increment"))
            tick = value;
        else if (KIT_JSON_IS(key, "base_increment"))
            lot = value;
        else if (KIT_JSON_IS(key, "base_currency_id"))
            base = value;
        else if (KIT_JSON_IS(key, "quote_currency_id"))
            quote = value;
        else if (KIT_JSON_IS(key, "base_min_size"))
            low = value;
        else if (KIT_JSON_IS(key, "base_max_size"))
            high = value;
        else if (KIT_JSON_IS(key, "quote_min_size"))
            notional = value;
        else if (KIT_JSON_IS(key, "cancel_only") && is_true)
            info->status = OC_STATUS_CANCEL_ONLY;
        else if (KIT_JSON_IS(key, "post_only") && is_true)
            info->status = OC_STATUS_POST_ONLY;
        else if (KIT_JSON_IS(key, "limit_only") && is_true)
            info->status = OC_STATUS_LIMIT_ONLY;
        else if (KIT_JSON_IS(key, "status"))
            is_closed |= value.size > 0 && !KIT_JSON_IS(value, "online"); /* "" is what the public list says of all */
        else if (KIT_JSON_IS(key, "trading_disabled") || KIT_JSON_IS(key, "is_disabled") ||
                 KIT_JSON_IS(key, "view_only"))
            is_closed |= is_true;
    }
    if (json->is_bad)
        return OC_E_DATA;
    if (kit_json_dec(tick, &info->price_step) < 0 || kit_json_dec(lot, &info->qty_step) < 0 ||
        info->price_step.units <= 0 || info->qty_step.units <= 0)
        return kit_skip(&cb->kit, "product", id);
    if (is_closed)
        info->status = OC_STATUS_HALTED;
    if (kit_json_units(low, info->qty_step, &info->min_qty) == OC_OK)
        info->present |= OC_INST_HAS_MIN_QTY;
    if (kit_json_units(high, info->qty_step, &info->max_qty) == OC_OK)
        info->present |= OC_INST_HAS_MAX_QTY;
    if (kit_json_dec(notional, &info->min_notional) == OC_OK)
        info->present |= OC_INST_HAS_MIN_NOTIONAL;
    return kit_say_market(&cb->kit, info, id, base, quote, "product", token);
}

/* ---- streams ---- */

/* The connection's own state, begun if it is new; NULL: there are too many. */
static struct link *link_of(struct coinbase *cb, uint32_t stream)
{
    struct link *room = NULL;
    for (int i = 0; i < STREAMS; i++) {
        if (cb->links[i].stream == stream)
            return &cb->links[i];
        if (!cb->links[i].stream)
            room = &cb->links[i];
    }
    if (room)
        *room = (struct link){.stream = stream};
    return room;
}

static oc_rc open_stream(struct coinbase *cb, uint16_t endpoint, uint32_t account, uint32_t carries)
{
    const struct oc_cost cost = {L_CONNECT, 0, 1};
    const struct oc_open open = {.size = sizeof open,
                                 .flags = OC_OPEN_KEEP,
                                 .endpoint = endpoint,
                                 .frame = OC_FRAME_WEBSOCKET,
                                 .account = account,
                                 .carries = carries,
                                 .path = "/",
                                 .path_size = 1,
                                 .costs = &cost,
                                 .cost_count = 1,
                                 .ping_ns = INT64_C(30000000000),
                                 .silence_ns = INT64_C(5000000000)}; /* heartbeats come each second */
    uint32_t stream;
    return cb->kit.net->open(cb->kit.host, &open, &stream);
}

/* One channel a message, with a token of its own where there is an account. With `topic` those of it are named;
 * without, the channel has no products. */
static oc_rc say_channel(struct coinbase *cb, uint32_t stream, const struct account *who, const char *verb,
                         const char *channel, const struct oc_sub *subs, uint32_t count, uint32_t topic)
{
    struct kit_write out = kit_write_begin(cb->text, sizeof cb->text);
    struct oc_instrument info;
    uint32_t named = 0;
    KIT_WRITE(&out, "{\"type\":\"");
    kit_write_text(&out, verb);
    KIT_WRITE(&out, "\",\"channel\":\"");
    kit_write_text(&out, channel);
    KIT_WRITE(&out, "\"");
    for (uint32_t i = 0; i < count; i++) {
        if (!(subs[i].topic & topic) || cb->kit.names->record(cb->kit.host, subs[i].inst, &info, sizeof info) < 0)
            continue;
        kit_write_text(&out, named++ ? ",\"" : ",\"product_ids\":[\"");
        kit_write_text(&out, info.venue_symbol);
        KIT_WRITE(&out, "\"");
    }
    if (topic && !named)
        return OC_OK;
    if (named)
        KIT_WRITE(&out, "]");
    if (who) {
        KIT_WRITE(&out, ",\"jwt\":\"");
        const oc_rc rc = coinbase_token(cb, who, NULL, NULL, 0, &out);
        if (rc < 0)
            return rc;
        KIT_WRITE(&out, "\"");
    }
    KIT_WRITE(&out, "}");
    return kit_say_text(&cb->kit, stream, &out, L_MESSAGES);
}

oc_rc coinbase_subscribe(void *self, uint32_t stream, uint32_t how, const struct oc_sub *subs, uint32_t count)
{
    static const struct {
        const char *channel;
        uint32_t topic;
    } channels[] = {{"level2", OC_TOPIC_BOOK}, {"market_trades", OC_TOPIC_TRADES}, {"ticker", OC_TOPIC_QUOTES}};
    struct coinbase *cb = self;
    const int is_private = subs[0].topic == OC_TOPIC_PRIVATE;
    const char *verb = how == OC_SUB_REMOVE ? "unsubscribe" : "subscribe";
    oc_rc rc = OC_OK;
    if (stream == 0 && is_private)
        return open_stream(cb, USER, subs[0].account, OC_TOPIC_PRIVATE);
    if (stream == 0)
        return open_stream(cb, MARKET, 0, OC_TOPIC_TRADES | OC_TOPIC_BOOK | OC_TOPIC_QUOTES);
    if (how == OC_SUB_RESYNC) /* no snapshot on demand: the connection begins again */
        return cb->kit.net->fail(cb->kit.host, stream, OC_WHY_GAP);
    if (is_private)
        return say_channel(cb, stream, coinbase_account(cb, subs[0].account), verb, "user", NULL, 0, 0);
    for (size_t i = 0; rc >= 0 && i < sizeof channels / sizeof *channels; i++)
        rc = say_channel(cb, stream, NULL, verb, channels[i].channel, subs, count, channels[i].topic);
    return rc;
}

oc_rc coinbase_stream(void *self, const struct oc_stream *at)
{
    struct coinbase *cb = self;
    struct link *link = link_of(cb, at->stream);
    if (!link)
        return OC_E_LIMIT;
    *link = (struct link){.stream = at->state == OC_STREAM_UP ? at->stream : 0};
    if (at->state != OC_STREAM_UP)
        return OC_OK;
    const oc_rc rc =
        say_channel(cb, at->stream, coinbase_account(cb, at->account), "subscribe", "heartbeats", NULL, 0, 0);
    return rc < 0 ? rc : cb->kit.net->ready(cb->kit.host, at->stream);
}

/* ---- books: [{"side":"bid","price_level":"...","new_quantity":"..."}, ...]: sides come mixed; pieces of one event
 * ---- */

static int read_level(struct coinbase *cb, struct kit_json *json, const struct oc_scale *scale, struct oc_level *level,
                      int *ret_is_bid)
{
    struct kit_json_text key, side = {0}, price = {0}, qty = {0};
    if (kit_json_object(json)) {
        while (kit_json_key(json, &key))
            if (KIT_JSON_IS(key, "side"))
                side = kit_json_value(json);
            else if (KIT_JSON_IS(key, "price_level"))
                price = kit_json_value(json);
            else if (KIT_JSON_IS(key, "new_quantity"))
                qty = kit_json_value(json);
    }
    *ret_is_bid = KIT_JSON_IS(side, "bid");
    if ((*ret_is_bid || KIT_JSON_IS(side, "offer")) && kit_scale_price(scale, price, &level->price) == OC_OK &&
        kit_scale_qty(scale, qty, &level->qty) == OC_OK)
        return 1;
    kit_skip(&cb->kit, "l2.level", price);
    return 0;
}

static oc_rc say_levels(struct coinbase *cb, const struct oc_scale *scale, uint16_t kind, uint16_t flags,
                        int64_t venue_ns, uint32_t bids, uint32_t asks)
{
    oc_rc rc;
    struct oc_ev_book *out = kit_event(&cb->kit, sizeof *out + (bids + asks) * sizeof *cb->bids, OC_EV_BOOK, 0, &rc);
    if (!out)
        return rc;
    out->head.inst = scale->inst;
    out->head.venue_ns = venue_ns;
    out->head.flags = flags;
    out->kind = kind;
    out->chain = OC_CHAIN_NONE;
    out->bids = bids;
    out->asks = asks;
    out->tail = sizeof *out;
    struct oc_level *levels = (struct oc_level *)(void *)(out + 1);
    memcpy(levels, cb->bids, bids * sizeof *levels);
    memcpy(levels + bids, cb->asks, asks * sizeof *levels);
    return kit_commit(&cb->kit, out);
}

static oc_rc on_levels(struct coinbase *cb, struct kit_json *json, const struct oc_scale *scale, uint16_t kind,
                       int64_t venue_ns)
{
    oc_rc rc = OC_OK;
    int more = 1, is_bid;
    if (!kit_json_array(json))
        return OC_E_DATA;
    while (rc >= 0 && more) {
        uint32_t bids = 0, asks = 0;
        struct oc_level level;
        while (bids + asks < PIECE && (more = kit_json_item(json)))
            if (read_level(cb, json, scale, &level, &is_bid))
                *(is_bid ? &cb->bids[bids++] : &cb->asks[asks++]) = level;
        if (json->is_bad)
            return OC_E_DATA;
        rc = say_levels(cb, scale, kind, more ? OC_EVF_MORE : OC_EVF_LAST, venue_ns, bids, asks);
    }
    return rc;
}

/* ---- trades ---- */

static oc_rc on_trade(struct coinbase *cb, struct kit_json *json, uint16_t flags)
{
    static const struct kit_word makers[] = {{"SELL", OC_SIDE_BUY},
                                             {"BUY", OC_SIDE_SELL}}; /* the venue says the maker's */
    struct kit_json_text key, product = {0}, price = {0}, size = {0}, id = {0}, side = {0}, time = {0};
    struct oc_scale scale;
    oc_rc rc;
    if (!kit_json_object(json))
        return OC_E_DATA;
    while (kit_json_key(json, &key))
        if (KIT_JSON_IS(key, "product_id"))
            product = kit_json_value(json);
        else if (KIT_JSON_IS(key, "price"))
            price = kit_json_value(json);
        else if (KIT_JSON_IS(key, "size"))
            size = kit_json_value(json);
        else if (KIT_JSON_IS(key, "trade_id"))
            id = kit_json_value(json);
        else if (KIT_JSON_IS(key, "side"))
            side = kit_json_value(json);
        else if (KIT_JSON_IS(key, "time"))
            time = kit_json_value(json);
    if (json->is_bad)
        return OC_E_DATA;
    if (kit_symbol(&cb->kit, product, &scale) < 0)
        return OC_OK;
    struct oc_ev_trade *out = KIT_EVENT(&cb->kit, oc_ev_trade, OC_EV_TRADE, 0, &rc);
    if (!out)
        return rc;
    if (kit_scale_price(&scale, price, &out->price) < 0 || kit_scale_qty(&scale, size, &out->qty) < 0 ||
        kit_json_time(time, &out->head.venue_ns) < 0)
        return kit_skip(&cb->kit, "trade.number", price);
    out->present = OC_HAS_QTY | (kit_json_u64(id, &out->trade_id) == OC_OK ? OC_HAS_TRADE_ID : 0);
    out->taker_side = KIT_WORD_OF(side, makers, OC_SIDE_NONE);
    out->head.inst = scale.inst;
    out->head.flags = flags | OC_EVF_LAST;
    return kit_commit(&cb->kit, out);
}

/* ---- tops of books ---- */

static oc_rc on_ticker(struct coinbase *cb, struct kit_json *json, int64_t at_ns)
{
    struct kit_json_text key, product = {0}, bid = {0}, bid_qty = {0}, ask = {0}, ask_qty = {0};
    struct oc_scale scale;
    oc_rc rc;
    if (!kit_json_object(json))
        return OC_E_DATA;
    while (kit_json_key(json, &key))
        if (KIT_JSON_IS(key, "product_id"))
            product = kit_json_value(json);
        else if (KIT_JSON_IS(key, "best_bid"))
            bid = kit_json_value(json);
        else if (KIT_JSON_IS(key, "best_bid_quantity"))
            bid_qty = kit_json_value(json);
        else if (KIT_JSON_IS(key, "best_ask"))
            ask = kit_json_value(json);
        else if (KIT_JSON_IS(key, "best_ask_quantity"))
            ask_qty = kit_json_value(json);
    if (json->is_bad)
        return OC_E_DATA;
    if (kit_symbol(&cb->kit, product, &scale) < 0)
        return OC_OK;
    struct oc_ev_quote *out = KIT_EVENT(&cb->kit, oc_ev_quote, OC_EV_QUOTE, 0, &rc);
    if (!out)
        return rc;
    if (kit_scale_price(&scale, bid, &out->bid) < 0 || kit_scale_qty(&scale, bid_qty, &out->bid_qty) < 0 ||
        kit_scale_price(&scale, ask, &out->ask) < 0 || kit_scale_qty(&scale, ask_qty, &out->ask_qty) < 0)
        return kit_skip(&cb->kit, "ticker", product);
    out->head.inst = scale.inst;
    out->head.venue_ns = at_ns;
    out->head.flags = OC_EVF_LAST;
    out->present = OC_HAS_BID | OC_HAS_BID_QTY | OC_HAS_ASK | OC_HAS_ASK_QTY;
    return kit_commit(&cb->kit, out);
}

/* ---- messages ---- */

struct envelope { /* what stands around the events of every channel */
    struct kit_json_text events, type;
    uint64_t seq;
    int64_t at_ns;
    int has_seq;
};

static oc_rc read_envelope(const struct oc_message *in, struct envelope *ret_envelope)
{
    struct kit_json json = kit_json_begin(in->bytes, in->bytes_size);
    struct kit_json_text key;
    struct envelope e = {0};
    if (kit_json_object(&json)) {
        while (kit_json_key(&json, &key))
            if (KIT_JSON_IS(key, "events"))
                e.events = kit_json_value(&json);
            else if (KIT_JSON_IS(key, "type"))
                e.type = kit_json_value(&json);
            else if (KIT_JSON_IS(key, "sequence_num"))
                e.has_seq = kit_json_u64(kit_json_value(&json), &e.seq) == OC_OK;
            else if (KIT_JSON_IS(key, "timestamp") && kit_json_time(kit_json_value(&json), &e.at_ns) < 0)
                e.at_ns = 0;
    }
    if (!kit_json_end(&json))
        return OC_E_DATA;
    *ret_envelope = e;
    return OC_OK;
}

/* One of "events": its type and product may stand behind what they speak of, so they are read first. */
static oc_rc on_event(struct coinbase *cb, struct kit_json_text event, int64_t at_ns, const struct account *who)
{
    struct kit_json json = kit_json_into(event);
    struct kit_json_text key, list = {0}, name = {0}, type = {0}, product = {0};
    if (kit_json_object(&json)) {
        while (kit_json_key(&json, &key))
            if (KIT_JSON_IS(key, "type")) {
                type = kit_json_value(&json);
            } else if (KIT_JSON_IS(key, "product_id")) {
                product = kit_json_value(&json);
            } else if (KIT_JSON_IS(key, "updates") || KIT_JSON_IS(key, "trades") || KIT_JSON_IS(key, "orders") ||
                       KIT_JSON_IS(key, "tickers")) {
                list = kit_json_value(&json);
                name = key;
            }
    }
    const int is_snapshot = KIT_JSON_IS(type, "snapshot");
    const uint16_t flags = is_snapshot ? OC_EVF_REPLAYED : 0;
    struct oc_scale scale;
    oc_rc rc = OC_OK;
    json = kit_json_into(list);
    if (KIT_JSON_IS(name, "updates") && kit_symbol(&cb->kit, product, &scale) == OC_OK) {
        rc = on_levels(cb, &json, &scale, is_snapshot ? OC_BOOK_SNAPSHOT : OC_BOOK_CHANGE, at_ns);
    } else if (KIT_JSON_IS(name, "trades") && kit_json_array(&json)) {
        while (rc >= 0 && kit_json_item(&json))
            rc = on_trade(cb, &json, flags);
    } else if (KIT_JSON_IS(name, "tickers") && kit_json_array(&json)) {
        while (rc >= 0 && kit_json_item(&json))
            rc = on_ticker(cb, &json, at_ns);
    } else if (KIT_JSON_IS(name, "orders") && who && kit_json_array(&json)) {
        const struct seen seen = {who->source, flags, 0, 0, NULL};
        uint32_t count = 0;
        while (rc >= 0 && kit_json_item(&json))
            rc = coinbase_order(cb, &json, &seen, &count);
    }
    return rc;
}

oc_rc coinbase_message(void *self, const struct oc_message *in)
{
    struct coinbase *cb = self;
    struct link *link = link_of(cb, in->stream);
    const struct account *who = coinbase_account(cb, in->account);
    struct envelope e;
    oc_rc rc = OC_OK;
    if (!link || read_envelope(in, &e) < 0)
        return OC_E_DATA;
    if (KIT_JSON_IS(e.type, "error"))
        return cb->kit.net->fail(cb->kit.host, in->stream, OC_WHY_BAD_CREDENTIALS);
    if (e.has_seq && e.seq < link->next_seq) /* one counter a connection, over all channels */
        return OC_OK;
    if (e.has_seq && link->next_seq && e.seq != link->next_seq)
        return cb->kit.net->fail(cb->kit.host, in->stream, OC_WHY_GAP);
    struct kit_json json = kit_json_into(e.events);
    if (e.events.size && kit_json_array(&json)) {
        while (rc >= 0 && kit_json_item(&json))
            rc = on_event(cb, kit_json_value(&json), e.at_ns, who);
    }
    if (rc >= 0 && e.has_seq) /* behind the last step that can fail: the call may be made again */
        link->next_seq = e.seq + 1;
    return rc;
}

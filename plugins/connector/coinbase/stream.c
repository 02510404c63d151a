/* stream.c: the streams: of markets, and one of each account: what is subscribed, and what is heard. */
#include "coinbase.h"

static const struct oc_cost connects = {CONNECTS, 0, 1};
static const struct oc_open market_stream = {.size = sizeof market_stream,
                                             .flags = OC_OPEN_KEEP,
                                             .endpoint = MARKET,
                                             .frame = OC_FRAME_WEBSOCKET,
                                             .carries = OC_TOPIC_TRADES | OC_TOPIC_QUOTES | OC_TOPIC_BOOK |
                                                        OC_TOPIC_BARS | OC_TOPIC_FIGURES,
                                             .room = 256,
                                             .path = "/",
                                             .path_size = 1,
                                             .costs = &connects,
                                             .cost_count = 1,
                                             .ping_ns = 30 * SECOND};
/* Nothing trades while nobody tells what becomes of it. */
const struct oc_open cb_user_stream = {.size = sizeof cb_user_stream,
                                       .flags = OC_OPEN_KEEP | OC_OPEN_ORDERS,
                                       .endpoint = USER,
                                       .frame = OC_FRAME_WEBSOCKET,
                                       .carries = OC_TOPIC_PRIVATE,
                                       .path = "/",
                                       .path_size = 1,
                                       .costs = &connects,
                                       .cost_count = 1,
                                       .ping_ns = 30 * SECOND};

/* ---- subscribed ---- */

static const struct {
    const char *channel;
    uint32_t topic;
} channels[] = {{"level2", OC_TOPIC_BOOK},
                {"market_trades", OC_TOPIC_TRADES},
                {"ticker", OC_TOPIC_QUOTES},
                {"ticker_batch", OC_TOPIC_FIGURES},
                {"candles", OC_TOPIC_BARS}};

/* One channel a message, with a token of its own where it is of an account; `subs` of other topics are passed over. */
static oc_rc say_channel(struct coinbase *cb, uint32_t stream, const struct kit_account *who, const char *verb,
                         const char *channel, const struct oc_sub *subs, uint32_t count, uint32_t topic)
{
    struct kit_write out = kit_write_begin(cb->text, sizeof cb->text);
    struct oc_instrument info;
    uint32_t named = 0;
    oc_rc rc = OC_OK;
    KIT_WRITE(&out, "{\"type\":\"");
    kit_write_text(&out, verb);
    KIT_WRITE(&out, "\",\"channel\":\"");
    kit_write_text(&out, channel);
    KIT_WRITE(&out, "\"");
    for (uint32_t i = 0; i < count; i++) {
        if (subs[i].topic != topic)
            continue;
        if (cb->kit.names->record(cb->kit.host, subs[i].inst, &info, sizeof info) < 0)
            return OC_E_NOT_FOUND;
        kit_write_text(&out, named++ ? "," : ",\"product_ids\":[");
        kit_write_json(&out, info.venue_symbol, strlen(info.venue_symbol));
    }
    if (topic && !named)
        return OC_OK;
    kit_write_text(&out, named ? "]" : "");
    if (who)
        rc = cb_sign_message(cb, who, channel, &out);
    KIT_WRITE(&out, "}");
    return rc < 0 ? rc : kit_say_text(&cb->kit, stream, &out, SPOKEN);
}

/* An account's own stream says all of it, and is subscribed when it comes up. A book that is not trusted begins anew with its connection: the venue
 * has no snapshot on demand. Candles are of five minutes alone. */
oc_rc cb_subscribe(void *self, uint32_t stream, uint32_t how, const struct oc_sub *subs, uint32_t count)
{
    struct coinbase *cb = self;
    oc_rc rc = OC_OK;
    if (count == 0 || subs[0].topic == OC_TOPIC_PRIVATE)
        return OC_OK;
    if (!cb->has_info)
        return OC_E_AGAIN; /* by the venue's own names, which it has not said yet */
    if (!stream)
        return cb->kit.net->open(cb->kit.host, &market_stream, &stream);
    if (how == OC_SUB_RESYNC)
        return cb->kit.net->fail(cb->kit.host, stream, OC_WHY_GAP);
    for (uint32_t i = 0; i < count; i++)
        if (subs[i].topic == OC_TOPIC_BARS && subs[i].period_ns != 300 * SECOND)
            return OC_E_NOT_SUPPORTED;
    for (uint32_t i = 0; rc >= 0 && i < KIT_COUNT(channels); i++)
        rc = say_channel(cb, stream, NULL, how == OC_SUB_REMOVE ? "unsubscribe" : "subscribe", channels[i].channel,
                         subs, count, channels[i].topic);
    return rc;
}

/* The connection's own state, begun where it is new. NULL: there are too many. */
static struct cb_link *link_of(struct coinbase *cb, uint32_t stream)
{
    struct cb_link *room = NULL;
    for (int i = 0; i < STREAMS; i++) {
        if (cb->links[i].stream == stream)
            return &cb->links[i];
        if (!cb->links[i].stream)
            room = &cb->links[i];
    }
    if (room)
        *room = (struct cb_link){.stream = stream};
    return room;
}

/* Heartbeats keep it alive. A stream of an account is ready when the venue has said that it is subscribed. */
oc_rc cb_stream(void *self, const struct oc_stream *at)
{
    struct coinbase *cb = self;
    struct cb_link *link = link_of(cb, at->stream);
    struct kit_account *who = kit_account_of(&cb->accounts, at->account);
    const int is_up = at->state == OC_STREAM_UP;
    oc_rc rc = OC_OK;
    if (!link)
        return OC_E_LIMIT;
    if (is_up)
        rc = say_channel(cb, at->stream, NULL, "subscribe", "heartbeats", NULL, 0, 0);
    if (is_up && rc >= 0)
        rc = who ? say_channel(cb, at->stream, who, "subscribe", "user", NULL, 0, 0)
                 : cb->kit.net->ready(cb->kit.host, at->stream);
    if (rc < 0)
        return rc;
    *link = (struct cb_link){.stream = is_up ? at->stream : 0};
    if (who && who->stream == at->stream)
        who->is_heard = 0;
    return OC_OK;
}

/* ---- heard: books, whose sides come mixed, in pieces of one event ---- */

/* {"side":"bid","event_time":"...","price_level":"...","new_quantity":"..."} as the venue writes it. NULL: otherwise. */
static const char *quick_level(const char *at, const char *end, const struct oc_scale *scale, struct oc_level *level,
                               int *ret_is_bid)
{
    static const char side[] = "{\"side\":\"", time[] = "\",\"event_time\":\"", price[] = "\",\"price_level\":\"",
                      qty[] = "\",\"new_quantity\":\"";
#define PAST(word) (at += sizeof(word) - 1)
#define IS(word)   ((size_t)(end - at) > sizeof(word) && memcmp(at, word, sizeof(word) - 1) == 0)
    struct kit_json_text price_text, qty_text;
    if (!IS(side))
        return NULL;
    PAST(side);
    *ret_is_bid = end - at > 3 && memcmp(at, "bid", 3) == 0;
    if (!*ret_is_bid && !IS("offer"))
        return NULL;
    at += *ret_is_bid ? 3 : 5;
    if (!IS(time))
        return NULL;
    PAST(time);
    at = kit_json_run(at, end);
    if (!IS(price))
        return NULL;
    PAST(price);
    at = kit_json_decimal(at, end, &price_text);
    if (price_text.is_plain != 1 || !IS(qty))
        return NULL;
    PAST(qty);
    at = kit_json_decimal(at, end, &qty_text);
    if (qty_text.is_plain != 1 || end - at < 3 || at[0] != '"' || at[1] != '}')
        return NULL;
#undef PAST
#undef IS
    return kit_json_plain_units(price_text, kit_price_step(scale), &level->price) == OC_OK &&
                   kit_json_plain_units(qty_text, kit_qty_step(scale), &level->qty) == OC_OK
               ? at + 2
               : NULL;
}

/* The level that is due. 0: it is none. */
static int read_level(struct kit_json *json, const struct oc_scale *scale, struct oc_level *level, int *ret_is_bid)
{
    struct kit_json_text side = {0}, price = {0}, qty = {0};
    const struct kit_member members[] = {{"side", &side}, {"price_level", &price}, {"new_quantity", &qty}};
    const char *behind = json->is_due ? quick_level(json->at, json->end, scale, level, ret_is_bid) : NULL;
    if (behind) {
        json->at = behind;
        json->is_due = 0;
        return 1;
    }
    if (!KIT_TAKE(json, members))
        return 0;
    *ret_is_bid = KIT_JSON_IS(side, "bid");
    return (*ret_is_bid || KIT_JSON_IS(side, "offer") || KIT_JSON_IS(side, "ask")) &&
           kit_book_level(scale, price, qty, level);
}

static oc_rc say_piece(struct coinbase *cb, const struct oc_scale *scale, uint32_t kind, int more, int64_t at_ns,
                       uint32_t bids, uint32_t asks)
{
    oc_rc rc;
    const size_t size = sizeof(struct oc_ev_book) + ((size_t)bids + asks) * sizeof(struct oc_level);
    struct oc_ev_book *out = kit_event(&cb->kit, size, OC_EV_BOOK, 0, &rc);
    if (!out)
        return rc;
    struct oc_level *levels = (struct oc_level *)(void *)(out + 1);
    memcpy(levels, cb->bids, bids * sizeof *levels);
    memcpy(levels + bids, cb->asks, asks * sizeof *levels);
    out->kind = (uint16_t)kind;
    out->chain = OC_CHAIN_NONE;
    out->bids = bids;
    out->asks = asks;
    out->tail = sizeof *out;
    out->head.inst = scale->inst;
    out->head.venue_ns = at_ns;
    out->head.flags = (uint16_t)((more ? OC_EVF_MORE : OC_EVF_LAST) | (kind == OC_BOOK_SNAPSHOT ? OC_EVF_REPLAYED : 0));
    return kit_commit(&cb->kit, out);
}

static oc_rc hear_levels(struct coinbase *cb, struct kit_json *json, struct kit_json_text product, uint32_t kind,
                         int64_t at_ns)
{
    struct oc_scale scale;
    struct oc_level level;
    uint32_t bids = 0, asks = 0;
    int is_bid;
    if (kit_symbol(&cb->kit, product, &scale) < 0)
        return kit_skip(&cb->kit, "level2.product", product);
    if (!kit_json_array(json))
        return OC_E_DATA;
    while (kit_json_item(json)) {
        if (bids == PIECE || asks == PIECE) {
            const oc_rc rc = say_piece(cb, &scale, kind, 1, at_ns, bids, asks);
            if (rc < 0)
                return rc;
            bids = asks = 0;
        }
        if (!read_level(json, &scale, &level, &is_bid))
            return OC_E_DATA;
        *(is_bid ? &cb->bids[bids++] : &cb->asks[asks++]) = level;
    }
    return json->is_bad ? (oc_rc)OC_E_DATA : say_piece(cb, &scale, kind, 0, at_ns, bids, asks);
}

/* ---- heard: lists ---- */

/* The oldest first, whichever way they come. Those of before it was subscribed are passed over: what traded then is no news. */
static oc_rc hear_trades(struct coinbase *cb, struct kit_json json)
{
    enum { AT_ONCE = 512 };
    struct kit_json rows[AT_ONCE];
    struct kit_json_text first = {0}, last = {0};
    const struct kit_member of_first[] = {{"trade_id", &first}}, of_last[] = {{"trade_id", &last}};
    uint32_t count = 0;
    uint64_t first_id, last_id;
    oc_rc rc = OC_OK;
    if (!kit_json_array(&json))
        return OC_E_DATA;
    while (kit_json_item(&json)) {
        if (count == AT_ONCE)
            return OC_E_LIMIT;
        rows[count++] = kit_json_into(kit_json_value(&json));
    }
    if (json.is_bad)
        return OC_E_DATA;
    if (!count)
        return OC_OK;
    struct kit_json one = rows[0], other = rows[count - 1];
    const int is_back = KIT_TAKE(&one, of_first) && KIT_TAKE(&other, of_last) &&
                        kit_json_u64(first, &first_id) == OC_OK && kit_json_u64(last, &last_id) == OC_OK &&
                        first_id > last_id;
    for (uint32_t i = 0; i < count && rc >= 0; i++)
        rc = cb_say_trade(cb, rows[is_back ? count - 1 - i : i]);
    return rc;
}

struct heard { /* what stands around the events of a channel */
    struct kit_json_text channel, number, time;
    int64_t at_ns;
    uint64_t next; /* number behind it, where it was heard */
    uint32_t stream;
    struct kit_account *who; /* NULL: a stream of markets */
};

static int is_channel(const struct heard *heard, const char *name)
{
    return kit_json_is(heard->channel, name, strlen(name));
}

/* Each row of a list by the channel. */
static oc_rc hear_list(struct coinbase *cb, struct kit_json json, const struct heard *heard)
{
    struct kit_page page = {.codec = &cb->kit, .source = heard->who ? heard->who->source : 0, .at_ns = heard->at_ns};
    oc_rc rc = OC_OK;
    if (is_channel(heard, "market_trades"))
        return hear_trades(cb, json);
    if (!kit_json_array(&json))
        return OC_E_DATA;
    while (rc >= 0 && kit_json_item(&json)) {
        if (is_channel(heard, "user"))
            rc = heard->who ? cb_say_order(cb, &json, &page) : (oc_rc)OC_OK;
        else if (is_channel(heard, "ticker"))
            rc = cb_say_quote(cb, &json, heard->at_ns);
        else if (is_channel(heard, "ticker_batch"))
            rc = cb_say_figures(cb, &json, heard->at_ns);
        else
            rc = cb_say_candle(cb, kit_json_into(kit_json_value(&json)), NULL);
    }
    return rc < 0 || !json.is_bad ? rc : (oc_rc)OC_E_DATA;
}

/* The venue has said that the account's channel is subscribed, or what is open of it. */
static oc_rc is_heard(struct coinbase *cb, const struct heard *heard)
{
    if (!heard->who || heard->who->stream != heard->stream || heard->who->is_heard)
        return OC_OK;
    const oc_rc rc = cb->kit.net->ready(cb->kit.host, heard->stream);
    if (rc >= 0)
        heard->who->is_heard = 1;
    return rc;
}

static oc_rc hear_subscriptions(struct coinbase *cb, struct kit_json_text within, const struct heard *heard)
{
    struct kit_json json = kit_json_into(within);
    struct kit_json_text user = {0};
    const struct kit_member members[] = {{"user", &user}};
    if (within.kind != KIT_JSON_OBJECT || !KIT_TAKE(&json, members))
        return OC_OK;
    return user.size ? is_heard(cb, heard) : (oc_rc)OC_OK;
}

/* One of "events". A book is read where it stands, for it may have 5 MB: its type and its product stand before it, else it is looked for again. */
static oc_rc hear_event(struct coinbase *cb, struct kit_json *json, const struct heard *heard)
{
    struct kit_json_text key, type = {0}, product = {0}, list = {0}, subscriptions = {0};
    if (!kit_json_object(json))
        return OC_E_DATA;
    while (kit_json_key(json, &key)) {
        const int is_book = KIT_JSON_IS(key, "updates");
        if (is_book && type.size && product.size) {
            const oc_rc rc = hear_levels(
                cb, json, product, KIT_JSON_IS(type, "snapshot") ? OC_BOOK_SNAPSHOT : OC_BOOK_CHANGE, heard->at_ns);
            if (rc < 0)
                return rc;
        } else if (KIT_JSON_IS(key, "type")) {
            type = kit_json_value(json);
        } else if (KIT_JSON_IS(key, "product_id")) {
            product = kit_json_value(json);
        } else if (is_book || KIT_JSON_IS(key, "trades") || KIT_JSON_IS(key, "tickers") ||
                   KIT_JSON_IS(key, "candles") || KIT_JSON_IS(key, "orders")) {
            list = kit_json_value(json);
        } else if (KIT_JSON_IS(key, "subscriptions")) {
            subscriptions = kit_json_value(json);
        }
    }
    if (json->is_bad)
        return OC_E_DATA;
    struct kit_json within = kit_json_into(list);
    const int is_snapshot = KIT_JSON_IS(type, "snapshot");
    oc_rc rc = hear_subscriptions(cb, subscriptions, heard);
    if (rc >= 0 && is_channel(heard, "user"))
        rc = is_heard(cb, heard);
    if (rc < 0 || list.kind != KIT_JSON_ARRAY || (is_snapshot && is_channel(heard, "market_trades")))
        return rc;
    return is_channel(heard, "l2_data")
               ? hear_levels(cb, &within, product, is_snapshot ? OC_BOOK_SNAPSHOT : OC_BOOK_CHANGE, heard->at_ns)
               : hear_list(cb, within, heard);
}

static oc_rc hear_events(struct coinbase *cb, struct kit_json *json, const struct heard *heard)
{
    static const char *const known[] = {"l2_data", "market_trades", "ticker",        "ticker_batch",
                                        "candles", "user",          "subscriptions", "heartbeats"};
    uint32_t i = 0;
    oc_rc rc = OC_OK;
    while (i < KIT_COUNT(known) && !is_channel(heard, known[i]))
        i++;
    if (i == KIT_COUNT(known))
        return kit_skip(&cb->kit, "channel", heard->channel);
    if (!kit_json_array(json))
        return OC_E_DATA;
    while (rc >= 0 && kit_json_item(json))
        rc = hear_event(cb, json, heard);
    return rc;
}

/* {"type":"error","message":"..."}: it has neither a channel nor a number, and what was asked for is not subscribed. */
static oc_rc hear_error(struct coinbase *cb, const struct heard *heard, struct kit_json_text words)
{
    const int is_key = heard->who && (kit_text_has(words, "auth") || kit_text_has(words, "jwt"));
    (void)kit_skip(&cb->kit, "error", words);
    return cb->kit.net->fail(cb->kit.host, heard->stream, is_key ? OC_WHY_BAD_CREDENTIALS : OC_WHY_PROTOCOL);
}

/* What stands around the events says whether they may be heard: a number below the one that is due was heard before, one above it is a gap. 1: they
 * were. */
static oc_rc hear_numbered(struct coinbase *cb, const struct cb_link *link, struct heard *heard, struct kit_json *json)
{
    uint64_t seq;
    if (kit_json_u64(heard->number, &seq) < 0)
        return OC_E_DATA;
    if (link->has_number && seq < link->next)
        return 0;
    if (link->has_number && seq != link->next)
        return cb->kit.net->fail(cb->kit.host, heard->stream, OC_WHY_GAP);
    (void)kit_json_time(heard->time, &heard->at_ns);
    const oc_rc rc = hear_events(cb, json, heard);
    heard->next = seq + 1;
    return rc < 0 ? rc : 1;
}

oc_rc cb_message(void *self, const struct oc_message *in)
{
    struct coinbase *cb = self;
    struct cb_link *link = link_of(cb, in->stream);
    struct heard heard = {.stream = in->stream, .who = kit_account_of(&cb->accounts, in->account)};
    struct kit_json json = kit_json_begin(in->bytes, in->bytes_size);
    struct kit_json_text key, type = {0}, words = {0}, events = {0};
    oc_rc rc = OC_OK;
    if (!link)
        return OC_E_LIMIT;
    if (!kit_json_object(&json))
        return OC_E_DATA;
    while (rc >= 0 && kit_json_key(&json, &key)) {
        const int is_due = heard.channel.size && heard.number.size && heard.time.size && !rc;
        if (KIT_JSON_IS(key, "events") && is_due)
            rc = hear_numbered(cb, link, &heard, &json);
        else if (KIT_JSON_IS(key, "events"))
            events = kit_json_value(&json);
        else if (KIT_JSON_IS(key, "channel"))
            heard.channel = kit_json_value(&json);
        else if (KIT_JSON_IS(key, "timestamp"))
            heard.time = kit_json_value(&json);
        else if (KIT_JSON_IS(key, "sequence_num"))
            heard.number = kit_json_value(&json);
        else if (KIT_JSON_IS(key, "type"))
            type = kit_json_value(&json);
        else if (KIT_JSON_IS(key, "message"))
            words = kit_json_value(&json);
    }
    if (rc < 0)
        return rc;
    if (!kit_json_end(&json))
        return OC_E_DATA;
    if (KIT_JSON_IS(type, "error"))
        return hear_error(cb, &heard, words);
    json = kit_json_into(events);
    if (!heard.next && !rc && events.size)
        rc = hear_numbered(cb, link, &heard, &json);
    if (!heard.channel.size || !heard.number.size)
        return kit_skip(&cb->kit, "message", heard.channel.size ? heard.channel : type);
    if (rc > 0) { /* behind the last step that can fail: the call may be made again */
        link->has_number = 1;
        link->next = heard.next;
    }
    return rc < 0 ? rc : (oc_rc)OC_OK;
}

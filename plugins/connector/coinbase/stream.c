/* stream.c: the streams: of markets, and one of each account: what is subscribed, and what is heard. */
#include "coinbase.h"

#define CANDLE_NS (300 * SECOND)

static const struct oc_cost connects = {CONNECTS, 0, 1};
#define STREAM(place, topics, how)                                                                                     \
    .size = sizeof(struct oc_open), .flags = (how), .endpoint = (place), .frame = OC_FRAME_WEBSOCKET,                  \
    .carries = (topics), .path = "/", .path_size = 1, .ping_ns = 30 * SECOND
static const struct oc_open market_stream = {
    STREAM(MARKET, OC_TOPIC_TRADES | OC_TOPIC_QUOTES | OC_TOPIC_BOOK | OC_TOPIC_BARS | OC_TOPIC_FIGURES, OC_OPEN_KEEP),
    .room = 256, .costs = &connects, .cost_count = 1};
/* Nothing trades while nobody tells what becomes of it. */
const struct oc_open cb_user_stream = {STREAM(USER, OC_TOPIC_PRIVATE, OC_OPEN_KEEP | OC_OPEN_ORDERS)};

/* Their names as subscribed and as heard, the list of each event, and what a row of it is. */
static const struct channel {
    const char *said, *heard, *list;
    uint32_t topic;
    kit_page_row say;
} channels[] = {{"level2", "l2_data", "updates", OC_TOPIC_BOOK, NULL},
                {"market_trades", "market_trades", "trades", OC_TOPIC_TRADES, cb_say_trade},
                {"ticker", "ticker", "tickers", OC_TOPIC_QUOTES, cb_say_quote},
                {"ticker_batch", "ticker_batch", "tickers", OC_TOPIC_FIGURES, cb_say_figures},
                {"candles", "candles", "candles", OC_TOPIC_BARS, cb_say_candle},
                {"user", "user", "orders", OC_TOPIC_PRIVATE, cb_say_order},
                {"heartbeats", "heartbeats", "", 0, NULL},
                {"subscriptions", "subscriptions", "subscriptions", 0, NULL}};

/* ---- subscribed ---- */

/* One channel a message, with a token of its own where it is of an account; `subs` of other topics are passed over. */
static oc_rc say_channel(struct coinbase *cb, uint32_t stream, const struct kit_account *who, const char *verb,
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
        if (subs[i].topic != topic || (topic == OC_TOPIC_BARS && subs[i].period_ns != CANDLE_NS))
            continue; /* of other periods there is no stream; what else is asked for with them is subscribed all the same */
        if (cb->kit.names->record(cb->kit.host, subs[i].inst, &info, sizeof info) < 0)
            return OC_E_NOT_FOUND;
        kit_write_text(&out, named++ ? "," : ",\"product_ids\":[");
        kit_write_json(&out, info.venue_symbol, strlen(info.venue_symbol));
    }
    kit_write_text(&out, named ? "]" : "");
    const oc_rc rc = who ? cb_sign_message(cb, who, channel, &out) : (oc_rc)OC_OK;
    KIT_WRITE(&out, "}");
    return rc < 0 || (topic && !named) ? rc : kit_say_text(&cb->kit, stream, &out, SPOKEN);
}

/* An account's own stream says all of it, and is subscribed when it comes up. A book that is not trusted begins anew with its connection: the venue
 * has no snapshot on demand. */
oc_rc cb_subscribe(void *self, uint32_t stream, uint32_t how, const struct oc_sub *subs, uint32_t count)
{
    struct coinbase *cb = self;
    const char *verb = how == OC_SUB_REMOVE ? "unsubscribe" : "subscribe";
    oc_rc rc = OC_OK;
    if (count == 0 || subs[0].topic == OC_TOPIC_PRIVATE)
        return OC_OK;
    if (!cb->has_info)
        return OC_E_AGAIN; /* by the venue's own names, which it has not said yet */
    if (!stream)
        return cb->kit.net->open(cb->kit.host, &market_stream, &stream);
    if (how == OC_SUB_RESYNC)
        return cb->kit.net->fail(cb->kit.host, stream, OC_WHY_GAP);
    for (uint32_t i = 0; rc >= 0 && i < KIT_COUNT(channels); i++)
        if (channels[i].topic && channels[i].topic != OC_TOPIC_PRIVATE)
            rc = say_channel(cb, stream, NULL, verb, channels[i].said, subs, count, channels[i].topic);
    return rc;
}

/* Heartbeats keep it alive. A stream of an account is ready when the venue has said that it is subscribed. */
oc_rc cb_stream(void *self, const struct oc_stream *at)
{
    struct coinbase *cb = self;
    struct kit_number *number = kit_number_of(&cb->numbers, at->stream);
    struct kit_account *who = kit_account_of(&cb->accounts, at->account);
    oc_rc rc = number ? OC_OK : OC_E_LIMIT;
    if (at->state == OC_STREAM_UP && rc >= 0)
        rc = say_channel(cb, at->stream, NULL, "subscribe", "heartbeats", NULL, 0, 0);
    if (at->state == OC_STREAM_UP && rc >= 0)
        rc = who ? say_channel(cb, at->stream, who, "subscribe", "user", NULL, 0, 0)
                 : cb->kit.net->ready(cb->kit.host, at->stream);
    if (rc < 0)
        return rc;
    kit_number_stream(number, at);
    if (who && who->stream == at->stream)
        who->is_heard = cb->beats[who - cb->accounts.of] = 0;
    return OC_OK;
}

/* ---- heard ---- */

struct heard { /* what stands around the events of a channel */
    struct kit_json_text channel, number, time;
    const struct channel *of; /* NULL: it is not known */
    struct kit_page page;
    uint64_t seq;
    uint32_t was_heard;
    uint32_t stream;
    struct kit_account *who; /* NULL: a stream of markets */
};

static oc_rc hear_levels(struct coinbase *cb, struct kit_json *json, struct kit_json_text product, int is_snapshot,
                         const struct heard *heard)
{
    static const struct kit_rows rows = {"side", "bid", "offer", "event_time", "price_level", "new_quantity"};
    struct oc_scale scale;
    if (kit_symbol(&cb->kit, product, &scale) < 0)
        return kit_skip(&cb->kit, "level2.product", product);
    return kit_hear_rows(&cb->kit, &rows, &cb->piece, json, &scale, is_snapshot ? OC_BOOK_SNAPSHOT : OC_BOOK_CHANGE,
                         heard->page.at_ns);
}

/* The list of an event. The stream of an account is ready where the venue says that its channel is subscribed, or what is open of it. Trades of before it
 * was subscribed are passed over: they are no news. */
static oc_rc hear_list(struct coinbase *cb, struct kit_json_text list, struct kit_json_text product, int is_snapshot,
                       struct heard *heard)
{
    struct kit_json json = kit_json_into(list);
    struct kit_account *who = heard->who;
    const uint32_t topic = heard->of->topic;
    const int is_told = topic == OC_TOPIC_PRIVATE || (!topic && kit_take_one(kit_json_into(list), "user").size);
    if (is_told && who && who->stream == heard->stream && !who->is_heard) {
        const oc_rc rc = cb->kit.net->ready(cb->kit.host, heard->stream);
        if (rc < 0)
            return rc;
        who->is_heard = 1;
    }
    const int is_waiting = !is_told && who && who->stream == heard->stream && !who->is_heard;
    if (is_waiting && ++cb->beats[who - cb->accounts.of] > BEATS_MAX) /* what says that it is subscribed was missed */
        return cb->kit.net->fail(cb->kit.host, heard->stream, OC_WHY_GAP);
    if (!topic || !list.size || (topic == OC_TOPIC_TRADES && is_snapshot))
        return OC_OK;
    return topic == OC_TOPIC_TRADES ? kit_page_say_rising(cb, &heard->page, json, "trade_id", heard->of->say)
           : topic == OC_TOPIC_BOOK ? hear_levels(cb, &json, product, is_snapshot, heard)
                                    : kit_page_say(cb, &heard->page, json, heard->of->say);
}

/* One of "events". A book is read where it stands, for it may have 5 MB: its type and its product stand before it, else it is looked for again. */
static oc_rc hear_event(struct coinbase *cb, struct kit_json *json, struct heard *heard)
{
    struct kit_json_text key, type = {0}, product = {0}, list = {0};
    oc_rc rc = OC_OK;
    if (!kit_json_object(json))
        return OC_E_DATA;
    while (rc >= 0 && kit_json_key(json, &key)) {
        const int is_list = kit_json_is(key, heard->of->list, strlen(heard->of->list));
        if (is_list && heard->of->topic == OC_TOPIC_BOOK && type.size && product.size)
            rc = hear_levels(cb, json, product, KIT_JSON_IS(type, "snapshot"), heard);
        else if (is_list)
            list = kit_json_value(json);
        else if (KIT_JSON_IS(key, "type"))
            type = kit_json_value(json);
        else if (KIT_JSON_IS(key, "product_id"))
            product = kit_json_value(json);
    }
    if (rc < 0 || json->is_bad)
        return rc < 0 ? rc : (oc_rc)OC_E_DATA;
    return hear_list(cb, list, product, KIT_JSON_IS(type, "snapshot"), heard);
}

/* What stands around the events says whether they may be heard. */
static oc_rc hear_events(struct coinbase *cb, const struct kit_number *number, struct heard *heard,
                         struct kit_json *json)
{
    if (kit_json_u64(heard->number, &heard->seq) < 0)
        return OC_E_DATA;
    oc_rc rc = kit_number_judge(&cb->kit, number, heard->seq);
    if (rc <= 0)
        return rc;
    heard->was_heard = 1;
    (void)kit_json_time(heard->time, &heard->page.at_ns);
    for (uint32_t i = 0; i < KIT_COUNT(channels) && !heard->of; i++)
        if (kit_json_is(heard->channel, channels[i].heard, strlen(channels[i].heard)))
            heard->of = &channels[i];
    if (!heard->of)
        return kit_skip(&cb->kit, "channel", heard->channel);
    if (!kit_json_array(json))
        return OC_E_DATA;
    while (rc >= 0 && kit_json_item(json))
        rc = hear_event(cb, json, heard);
    return rc;
}

oc_rc cb_message(void *self, const struct oc_message *in)
{
    struct coinbase *cb = self;
    struct kit_number *number = kit_number_of(&cb->numbers, in->stream);
    struct heard heard = {.stream = in->stream, .who = kit_account_of(&cb->accounts, in->account)};
    struct kit_json json = kit_json_begin(in->bytes, in->bytes_size);
    struct kit_json_text key, type = {0}, words = {0}, events = {0};
    oc_rc rc = number ? OC_OK : OC_E_LIMIT;
    heard.page.codec = &cb->kit;
    heard.page.source = heard.who ? heard.who->source : 0;
    if (rc < 0 || !kit_json_object(&json))
        return rc < 0 ? rc : (oc_rc)OC_E_DATA;
    while (rc >= 0 && kit_json_key(&json, &key)) {
        const int is_events = KIT_JSON_IS(key, "events");
        if (is_events && heard.channel.size && heard.number.size && heard.time.size && !events.size) {
            events = key;
            rc = hear_events(cb, number, &heard, &json);
            continue;
        }
        const struct kit_json_text value = kit_json_value(&json);
        *(is_events                          ? &events
          : KIT_JSON_IS(key, "channel")      ? &heard.channel
          : KIT_JSON_IS(key, "timestamp")    ? &heard.time
          : KIT_JSON_IS(key, "sequence_num") ? &heard.number
          : KIT_JSON_IS(key, "type")         ? &type
          : KIT_JSON_IS(key, "message")      ? &words
                                             : &key) = value;
    }
    if (rc < 0 || !kit_json_end(&json))
        return rc < 0 ? rc : (oc_rc)OC_E_DATA;
    if (KIT_JSON_IS(type,
                    "error")) { /* it has neither a channel nor a number, and what was asked for is not subscribed */
        const int is_key = heard.who && (kit_text_has(words, "auth") || kit_text_has(words, "jwt"));
        (void)kit_skip(&cb->kit, "error", words);
        return cb->kit.net->fail(cb->kit.host, in->stream, is_key ? OC_WHY_BAD_CREDENTIALS : OC_WHY_PROTOCOL);
    }
    if (!heard.channel.size || !heard.number.size || !events.size)
        return kit_skip(&cb->kit, "message", heard.channel.size ? heard.channel : type);
    json = kit_json_into(events);
    if (events.kind == KIT_JSON_ARRAY) /* they stood before what says whether they may be heard */
        rc = hear_events(cb, number, &heard, &json);
    if (rc >= 0 && heard.was_heard)
        kit_number_heard(number, heard.seq);
    return rc < 0 ? rc : (oc_rc)OC_OK;
}

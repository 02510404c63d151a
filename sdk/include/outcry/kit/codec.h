/* codec.h: what every connector does beside its venue's own words: services, events, ids, prices by scale, answers
 * and the end of a page, as static inline helpers. No ABI promise.
 *
 *   oc_rc rc;
 *   struct oc_ev_trade *trade = KIT_EVENT(&codec, oc_ev_trade, OC_EV_TRADE, 0, &rc);
 *   if (!trade)
 *       return rc;
 *   if (kit_scale_price(&scale, price, &trade->price) < 0)
 *       return kit_skip(&codec, "trade.price", price);
 *   trade->head.inst = scale.inst;
 *   return kit_commit(&codec, trade);
 *
 * Invariants
 * - Nothing is kept between two calls: what a helper needs is given to it.
 * - An event that was reserved and not committed is let go.
 * - What is longer than its place is refused, never cut. Outputs are untouched where it is not OC_OK. All [io]. */
#ifndef OUTCRY_KIT_CODEC_H
#define OUTCRY_KIT_CODEC_H

#include <outcry/connector.h>
#include <outcry/kit/json.h>
#include <outcry/kit/write.h>

#define KIT_COUNT(list) (uint32_t)(sizeof(list) / sizeof *(list))

/* A list of a description and its count: KIT_LIST(endpoints, endpoint_count, my_endpoints), among its designated members. */
#define KIT_LIST(member, count, list) .member = list, .count = KIT_COUNT(list)

struct kit_codec { /* the services of a host; borrowed until close() */
    const struct oc_host *host;
    const struct oc_svc_feed *feed;
    const struct oc_svc_net *net;
    const struct oc_svc_sign *sign;
    const struct oc_svc_time *time;
    const struct oc_svc_names *names;
    const struct oc_svc_limit *limit;
    const struct oc_svc_log *log;
};

/* [setup] OC_E_NOT_SUPPORTED: the host lacks one of them. */
static inline oc_rc kit_codec_begin(struct kit_codec *codec, const struct oc_host *host)
{
    struct kit_codec found;
    found.host = host;
    found.feed = (const struct oc_svc_feed *)host->service(host, OC_SVC_FEED);
    found.net = (const struct oc_svc_net *)host->service(host, OC_SVC_NET);
    found.sign = (const struct oc_svc_sign *)host->service(host, OC_SVC_SIGN);
    found.time = (const struct oc_svc_time *)host->service(host, OC_SVC_TIME);
    found.names = (const struct oc_svc_names *)host->service(host, OC_SVC_NAMES);
    found.limit = (const struct oc_svc_limit *)host->service(host, OC_SVC_LIMIT);
    found.log = (const struct oc_svc_log *)host->service(host, OC_SVC_LOG);
    if (!found.feed || !found.net || !found.sign || !found.time || !found.names || !found.limit || !found.log)
        return OC_E_NOT_SUPPORTED;
    *codec = found;
    return OC_OK;
}

/* ---- events ---- */

/* Room for one event of that type, its head begun. NULL: *ret_rc says why. */
static inline void *kit_event(const struct kit_codec *codec, size_t size, uint16_t type, uint32_t source, oc_rc *ret_rc)
{
    struct oc_event *head = NULL;
    *ret_rc = size > OC_EVENT_MAX ? OC_E_RANGE : codec->feed->reserve(codec->host, (uint32_t)size, &head);
    if (*ret_rc < 0)
        return NULL;
    head->size = (uint32_t)size;
    head->type = type;
    head->source = source;
    return head;
}

/* KIT_EVENT(&codec, oc_ev_trade, OC_EV_TRADE, source, &rc) is a struct oc_ev_trade *. */
#define KIT_EVENT(codec, name, type, source, ret_rc)                                                                   \
    ((struct name *)kit_event(codec, sizeof(struct name), type, source, ret_rc))

/* Any event: its head comes first. */
static inline oc_rc kit_commit(const struct kit_codec *codec, void *event)
{
    return codec->feed->commit(codec->host, (struct oc_event *)event);
}

/* What is not known or cannot be used, counted under `what`. OC_OK, so that a codec may return it. */
static inline oc_rc kit_skip(const struct kit_codec *codec, const char *what, struct kit_json_text sample)
{
    codec->log->skip(codec->host, what, sample.at, sample.size);
    return OC_OK;
}

/* A time of the host's clock by the venue's, however wrong the one is; as it stands where the other is not known. */
static inline int64_t kit_venue_time(const struct kit_codec *codec, int64_t ns)
{
    int64_t now_ns, error_ns;
    return codec->time->venue_ns(codec->host, &now_ns, &error_ns) == OC_OK
               ? ns + (now_ns - codec->time->now_ns(codec->host))
               : ns;
}

/* ---- texts of a message ---- */

/* The bytes of a text of the codec's own, as a value. */
static inline struct kit_json_text kit_text_of(const char *at, size_t size)
{
    struct kit_json_text text;
    memset(&text, 0, sizeof text);
    text.at = at;
    text.size = (uint32_t)size;
    text.kind = KIT_JSON_STRING;
    return text;
}

/* Reads within a value that was taken whole: an object or an array. */
static inline struct kit_json kit_json_into(struct kit_json_text text) { return kit_json_begin(text.at, text.size); }

struct kit_word { /* a word of a venue and what it means here */
    const char *word;
    uint32_t means;
};

/* What the word means by the table; `other` where it is not in it. */
static inline uint32_t kit_word_of(struct kit_json_text text, const struct kit_word *words, size_t count,
                                   uint32_t other)
{
    for (size_t i = 0; i < count; i++)
        if (kit_json_is(text, words[i].word, strlen(words[i].word)))
            return words[i].means;
    return other;
}

#define KIT_WORD_OF(text, words, other) kit_word_of(text, words, sizeof(words) / sizeof *(words), other)

struct kit_member { /* of an object, and where its value goes */
    const char *name;
    struct kit_json_text *to;
};

/* The members of the object that is due, those that are there. 0: it is none. */
static inline int kit_take(struct kit_json *json, const struct kit_member *members, size_t count)
{
    struct kit_json_text key;
    if (!kit_json_object(json))
        return 0;
    while (kit_json_key(json, &key)) {
        const struct kit_json_text value = kit_json_value(json);
        for (size_t i = 0; i < count; i++)
            if (kit_json_is(key, members[i].name, strlen(members[i].name)))
                *members[i].to = value;
    }
    return !json->is_bad;
}

/* The member of that name of the object; kind NONE: it has none, or is no object. */
static inline struct kit_json_text kit_take_one(struct kit_json json, const char *name)
{
    struct kit_json_text value;
    struct kit_member member;
    memset(&value, 0, sizeof value);
    member.name = name;
    member.to = &value;
    if (!kit_take(&json, &member, 1))
        memset(&value, 0, sizeof value);
    return value;
}

#define KIT_TAKE(json, members) kit_take(json, members, sizeof(members) / sizeof *(members))

/* The body of an answer that is an object. */
static inline struct kit_json_text kit_body(const struct oc_response *in)
{
    struct kit_json_text body;
    kit_json_none(&body);
    body.at = (const char *)in->body;
    body.size = in->body_size;
    body.kind = KIT_JSON_OBJECT;
    return body;
}

/* The number of a header that an answer has, by its name in lower case and what stands behind it: "x-used: ". 0: it has none, or none below 2^32. */
static inline uint64_t kit_header_number(const struct oc_response *in, const char *name)
{
    const size_t size = strlen(name);
    const char *end = in->headers + in->headers_size;
    for (const char *at = in->headers; at < end;) {
        const char *line_end = (const char *)memchr(at, '\r', (size_t)(end - at));
        const char *stop = line_end ? line_end : end;
        uint64_t number;
        if ((size_t)(stop - at) > size && memcmp(at, name, size) == 0 &&
            kit_json_u64(kit_text_of(at + size, (size_t)(stop - at) - size), &number) == OC_OK && number <= UINT32_MAX)
            return number;
        at = stop + 2;
    }
    return 0;
}

/* An id as it stands. OC_E_LIMIT: longer than an id; OC_E_DATA: with escapes, or neither text nor number. */
static inline oc_rc kit_id(struct kit_json_text text, struct oc_id *ret_id)
{
    if ((text.kind != KIT_JSON_STRING && text.kind != KIT_JSON_NUMBER) || text.is_escaped)
        return OC_E_DATA;
    if (text.size > OC_ID_MAX)
        return OC_E_LIMIT;
    memset(ret_id, 0, sizeof *ret_id);
    ret_id->size = (uint8_t)text.size;
    if (text.size)
        memcpy(ret_id->text, text.at, text.size);
    return OC_OK;
}

static inline int kit_id_is(const struct oc_id *a, const struct oc_id *b)
{
    return a->size == b->size && memcmp(a->text, b->text, a->size) == 0;
}

/* The identity of a fill. OC_E_LIMIT: longer than an event holds; OC_E_DATA: there is none. */
static inline oc_rc kit_trade_id(struct kit_json_text text, char *ret_id, uint8_t *ret_size)
{
    if (text.size == 0 || text.is_escaped)
        return OC_E_DATA;
    if (text.size > sizeof((struct oc_ev_fill *)0)->trade_id)
        return OC_E_LIMIT;
    memcpy(ret_id, text.at, text.size);
    *ret_size = (uint8_t)text.size;
    return OC_OK;
}

static inline void kit_write_id(struct kit_write *out, const struct oc_id *id)
{
    kit_write_bytes(out, id->text, id->size);
}

/* ---- prices and quantities ---- */

/* The step that a scale counts: div * 10^-digits. */
static inline struct oc_dec kit_price_step(const struct oc_scale *scale)
{
    struct oc_dec step = {scale->price_div, scale->price_digits, 0};
    return step;
}

static inline struct oc_dec kit_qty_step(const struct oc_scale *scale)
{
    struct oc_dec step = {scale->qty_div, scale->qty_digits, 0};
    return step;
}

/* The units of a price; codes as kit_json_units. */
static inline oc_rc kit_scale_price(const struct oc_scale *scale, struct kit_json_text text, int64_t *ret_units)
{
    return kit_json_units(text, kit_price_step(scale), ret_units);
}

static inline oc_rc kit_scale_qty(const struct oc_scale *scale, struct kit_json_text text, int64_t *ret_units)
{
    return kit_json_units(text, kit_qty_step(scale), ret_units);
}

/* The price on the grid that is nearest to a decimal between two steps; halfway the one away from zero. OC_E_INVALID:
 * no decimal; OC_E_RANGE: it does not fit. */
static inline oc_rc kit_nearest_price(const struct oc_scale *scale, struct oc_dec price, int64_t *ret_units)
{
    kit_i128 value, one;
    const struct oc_dec step = kit_price_step(scale);
    if (!kit_dec_is_valid(price) || !kit_dec_is_valid(step) || step.units <= 0)
        return OC_E_INVALID;
    kit_dec_align(price, step, &value, &one);
    const kit_i128 half = value < 0 ? -(one / 2) : one / 2, units = (value + half) / one;
    if (units > INT64_MAX || units < INT64_MIN)
        return OC_E_RANGE;
    *ret_units = (int64_t)units;
    return OC_OK;
}

/* The whole steps in a number of zero or more, or (is_up) those that it needs. OC_E_DATA: none; OC_E_INVALID: below zero, or no step. */
static inline oc_rc kit_whole_steps(struct kit_json_text text, struct oc_dec step, int is_up, int64_t *ret_units)
{
    struct oc_dec dec;
    kit_i128 value, one;
    const oc_rc rc = kit_json_dec(text, &dec);
    if (rc < 0 || dec.units < 0 || step.units <= 0 || !kit_dec_is_valid(step))
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

/* The scale of the instrument that the venue names so. */
static inline oc_rc kit_symbol(const struct kit_codec *codec, struct kit_json_text symbol, struct oc_scale *ret_scale)
{
    return codec->names->symbol(codec->host, symbol.at, symbol.size, ret_scale);
}

static inline oc_rc kit_asset(const struct kit_codec *codec, struct kit_json_text name, uint32_t *ret_asset)
{
    return codec->names->asset(codec->host, name.at, name.size, ret_asset);
}

/* ---- what a codec says ---- */

/* An answer to a request, with the venue's own words, reserved: definitive, at the request's instrument. NULL: *ret_rc says why. */
static inline struct oc_ev_venue_answer *kit_answer_begin(const struct kit_codec *codec,
                                                          const struct oc_venue_request *ask, uint32_t source,
                                                          uint16_t type, uint32_t why, struct kit_json_text words,
                                                          oc_rc *ret_rc)
{
    const size_t tail = ((size_t)words.size + 7) & ~(size_t)7;
    struct oc_ev_venue_answer *out =
        (struct oc_ev_venue_answer *)kit_event(codec, sizeof *out + tail, type, source, ret_rc);
    if (!out)
        return NULL;
    out->answer.head.inst = ask->ask.head.inst;
    out->answer.order = ask->ask.order;
    out->answer.request = ask->ask.id;
    out->answer.definitive = 1;
    out->why = why;
    out->tail = sizeof *out;
    out->text_size = words.size;
    if (words.size)
        memcpy(out + 1, words.at, words.size);
    return out;
}

/* The same, said. An AMENDED says price and quantity as they were asked for. `venue_order` and `client` may be NULL. */
static inline oc_rc kit_answer(const struct kit_codec *codec, const struct oc_venue_request *ask, uint32_t source,
                               uint16_t type, uint32_t why, struct kit_json_text words, const struct oc_id *venue_order,
                               const struct oc_id *client)
{
    oc_rc rc;
    struct oc_ev_venue_answer *out = kit_answer_begin(codec, ask, source, type, why, words, &rc);
    if (!out)
        return rc;
    if (venue_order)
        out->venue_order = *venue_order;
    if (client)
        out->client = *client;
    if (type == OC_EV_AMENDED) {
        out->answer.price = ask->ask.price;
        out->answer.qty = ask->ask.qty;
        out->present = OC_OF_PRICE | OC_OF_QTY;
    }
    return kit_commit(codec, out);
}

/* The order of the request is gone, with what has traded of it as the venue writes it: where fills are missing, the host asks for them. */
static inline oc_rc kit_canceled(const struct kit_codec *codec, const struct oc_venue_request *ask, uint32_t source,
                                 uint32_t why, struct kit_json_text words, struct kit_json_text traded)
{
    oc_rc rc;
    struct oc_scale scale;
    struct oc_ev_venue_answer *out = kit_answer_begin(codec, ask, source, OC_EV_CANCELED, why, words, &rc);
    if (!out)
        return rc;
    if (codec->names->scale(codec->host, ask->ask.head.inst, &scale) == OC_OK &&
        kit_scale_qty(&scale, traded, &out->answer.cum_qty) == OC_OK)
        out->present = OC_OF_CUM_QTY;
    return kit_commit(codec, out);
}

/* An event about an order that is named by the venue's id, and by ours where that is said, with the venue's words: it is taken, or over. `ask`: the
 * request that it answers; NULL: a stream or a page says it. */
static inline oc_rc kit_say_of_order(const struct kit_codec *codec, const struct oc_venue_request *ask, uint32_t source,
                                     uint16_t type, uint32_t why, struct kit_json_text words,
                                     struct kit_json_text venue_order, struct kit_json_text client, int64_t at_ns,
                                     uint16_t flags)
{
    struct oc_venue_request nobody;
    oc_rc rc;
    memset(&nobody, 0, sizeof nobody);
    struct oc_ev_venue_answer *out = kit_answer_begin(codec, ask ? ask : &nobody, source, type, why, words, &rc);
    if (!out)
        return rc;
    if (kit_id(venue_order, &out->venue_order) < 0 || (client.size && kit_id(client, &out->client) < 0))
        return OC_E_DATA;
    out->answer.head.venue_ns = at_ns;
    out->answer.head.flags = flags;
    return kit_commit(codec, out);
}

/* A replacement stands, under another id of the venue and of ours. With the venue's time of it: by that a view of before, which shows the old one
 * as open, is known for old. */
static inline oc_rc kit_replaced(const struct kit_codec *codec, const struct oc_venue_request *ask, uint32_t source,
                                 struct kit_json_text venue_order, int64_t at_ns)
{
    oc_rc rc;
    struct kit_json_text none;
    memset(&none, 0, sizeof none);
    struct oc_ev_venue_answer *out = kit_answer_begin(codec, ask, source, OC_EV_AMENDED, OC_WHY_NONE, none, &rc);
    if (!out)
        return rc;
    if (kit_id(venue_order, &out->venue_order) < 0)
        return OC_E_DATA;
    out->client = ask->client_new;
    out->answer.head.venue_ns = at_ns;
    out->answer.price = ask->ask.price;
    out->answer.qty = ask->ask.qty;
    out->present = OC_OF_PRICE | OC_OF_QTY;
    return kit_commit(codec, out);
}

/* A state of the venue for orders of an account (source), in the venue's words. */
static inline oc_rc kit_say_venue(const struct kit_codec *codec, uint32_t source, uint32_t state, uint32_t why,
                                  struct kit_json_text words)
{
    oc_rc rc;
    const size_t tail = ((size_t)words.size + 7) & ~(size_t)7;
    struct oc_ev_venue *out = (struct oc_ev_venue *)kit_event(codec, sizeof *out + tail, OC_EV_VENUE, source, &rc);
    if (!out)
        return rc;
    out->state = state;
    out->part = OC_PART_TRADING;
    out->why = why;
    out->text_size = words.size;
    out->tail = sizeof *out;
    if (words.size)
        memcpy(out + 1, words.at, words.size);
    return kit_commit(codec, out);
}

/* The event that refuses a request of this kind; OC_EV_NONE: there is none. */
static inline uint16_t kit_refusal(uint8_t kind)
{
    return oc_request_makes_order(kind) ? OC_EV_REJECTED
           : kind == OC_REQUEST_AMEND   ? OC_EV_AMEND_REJECTED
           : kind == OC_REQUEST_CANCEL  ? OC_EV_CANCEL_REJECTED
                                        : OC_EV_NONE;
}

/* The request of an answer that names the order by the venue's id. NULL: none of them. */
static inline const struct oc_venue_request *kit_asked_about(const struct oc_response *in, struct kit_json_text id)
{
    const struct oc_venue_request *ask = in->asked;
    for (uint32_t i = 0; i < in->asked_count; i++, ask = oc_request_next(ask))
        if (ask->venue_order.size && kit_json_is(id, ask->venue_order.text, ask->venue_order.size))
            return ask;
    return NULL;
}

/* Requests that were refused as a whole, for the same reason. */
static inline oc_rc kit_refuse_all(const struct kit_codec *codec, const struct oc_response *in, uint32_t source,
                                   uint32_t why, struct kit_json_text words)
{
    const struct oc_venue_request *ask = in->asked;
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; rc >= 0 && i < in->asked_count; i++, ask = oc_request_next(ask))
        if (kit_refusal(ask->ask.kind))
            rc = kit_answer(codec, ask, source, kit_refusal(ask->ask.kind), why, words, NULL, NULL);
    return rc;
}

/* The venue says that it knows no such order as was asked for. */
static inline oc_rc kit_absent(const struct kit_codec *codec, const struct oc_fetch *ask, uint32_t source)
{
    oc_rc rc;
    struct oc_ev_venue_answer *out = KIT_EVENT(codec, oc_ev_venue_answer, OC_EV_ABSENT, source, &rc);
    if (!out)
        return rc;
    out->answer.order = ask->order;
    out->client = ask->client;
    out->venue_order = ask->venue_order;
    out->why = OC_WHY_NOT_FOUND;
    return kit_commit(codec, out);
}

/* The end of a page of `ask`. `result` is OC_OK or why it failed; a cursor that is not NULL says where the next one
 * begins, and `more` whether it is there now. OC_E_LIMIT: the cursor is too long. */
static inline oc_rc kit_fetched(const struct kit_codec *codec, const struct oc_fetch *ask, uint32_t source,
                                oc_rc result, uint32_t count, uint32_t more, const void *cursor, uint32_t cursor_size)
{
    oc_rc rc;
    if (cursor_size > OC_CURSOR_MAX)
        return OC_E_LIMIT;
    struct oc_ev_fetched *out = KIT_EVENT(codec, oc_ev_fetched, OC_EV_FETCHED, source, &rc);
    if (!out)
        return rc;
    out->token = ask->token;
    out->kind = ask->kind;
    out->rc = result;
    out->count = count;
    out->more = more;
    out->head.inst = cursor_size ? ask->inst : 0; /* a cursor is of what was asked about */
    out->cursor.size = cursor_size;
    if (cursor_size)
        memcpy(out->cursor.bytes, cursor, cursor_size);
    return kit_commit(codec, out);
}

/* Says a text on a stream, at the cost of one of a limit. Codes of kit_write_end and of net.send. */
static inline oc_rc kit_say_text(const struct kit_codec *codec, uint32_t stream, const struct kit_write *text,
                                 uint16_t limit)
{
    const oc_rc size = kit_write_end(text);
    struct oc_cost cost;
    struct oc_send send;
    if (size < 0)
        return size;
    memset(&cost, 0, sizeof cost);
    memset(&send, 0, sizeof send);
    cost.limit = limit;
    cost.weight = 1;
    send.size = sizeof send;
    send.stream = stream;
    send.kind = OC_MESSAGE_TEXT;
    send.lane = OC_LANE_QUERY;
    send.bytes = text->from;
    send.bytes_size = (uint32_t)size;
    send.costs = &cost;
    send.cost_count = 1;
    return codec->net->send(codec->host, &send);
}

static inline oc_rc kit_connector_no_settings(const void *self) { return (void)self, OC_OK; }

/* What the file of a connector ends with: open and close of its instance, a zeroed `TYPE` that begins with its struct kit_codec `kit`, its
 * descriptor, and the list. RELEASE(instance) lets go of what the instance owns beside itself. The file includes <stdlib.h>.
 *   KIT_CONNECTOR(struct mine, release, table, keys, "org.example.mine", "0.1.0", "MIT", "which venue"); */
#define KIT_CONNECTOR(TYPE, RELEASE, TABLE, KEYS, ID, VERSION, LICENSE, ABOUT)                                         \
    KIT_CONNECTOR_SET(TYPE, kit_connector_no_settings, RELEASE, TABLE, KEYS, ID, VERSION, LICENSE, ABOUT)

/* The same of one that has settings: SETTINGS(instance) reads them, and returns a code. */
#define KIT_CONNECTOR_SET(TYPE, SETTINGS, RELEASE, TABLE, KEYS, ID, VERSION, LICENSE, ABOUT)                           \
    static oc_rc kit_connector_open(const struct oc_host *host, void **ret_self)                                       \
    {                                                                                                                  \
        TYPE *self = (TYPE *)calloc(1, sizeof *self);                                                                  \
        oc_rc rc = self ? kit_codec_begin(&self->kit, host) : (oc_rc)OC_E_NOMEM;                                       \
        if (rc >= 0)                                                                                                   \
            rc = SETTINGS(self);                                                                                       \
        if (rc < 0)                                                                                                    \
            free(self);                                                                                                \
        else                                                                                                           \
            *ret_self = self;                                                                                          \
        return rc;                                                                                                     \
    }                                                                                                                  \
    static void kit_connector_close(void *self)                                                                        \
    {                                                                                                                  \
        RELEASE((TYPE *)self);                                                                                         \
        free(self);                                                                                                    \
    }                                                                                                                  \
    static const struct oc_iface kit_connector_ifaces[] = {{OC_CONNECTOR, &(TABLE)}, {NULL, NULL}};                    \
    static const struct oc_plugin plugin = {sizeof(struct oc_plugin),                                                  \
                                            OC_ABI_MAJOR,                                                              \
                                            OC_ABI_MINOR,                                                              \
                                            OC_CONNECTOR,                                                              \
                                            ID,                                                                        \
                                            VERSION,                                                                   \
                                            LICENSE,                                                                   \
                                            ABOUT,                                                                     \
                                            kit_connector_open,                                                        \
                                            kit_connector_close,                                                       \
                                            kit_connector_ifaces,                                                      \
                                            KEYS};                                                                     \
    OC_PLUGINS(&plugin)

#endif

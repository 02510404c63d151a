/* stream.c: the streams: one of the market, one of each account. An account trades only while its stream tells what becomes of its orders.
 * What is numbered and missing makes a stream fall: it begins anew, and fills that were missed are asked for. */
#include "plain.h"

enum { WORDS_ROOM = 256 };

static oc_rc open_stream(struct plain *plain, uint32_t account, uint32_t carries, uint32_t *ret_stream)
{
    static const char path[] = "/v1/stream";
    const struct oc_cost cost = {WEIGHT, 0, 5};
    const struct oc_open open = {.size = sizeof open,
                                 .flags = OC_OPEN_KEEP | (account ? OC_OPEN_ORDERS : 0u),
                                 .endpoint = STREAM,
                                 .frame = OC_FRAME_WEBSOCKET,
                                 .account = account,
                                 .carries = carries,
                                 .path = path,
                                 .path_size = sizeof path - 1,
                                 .costs = &cost,
                                 .cost_count = 1,
                                 .age_ns = plain->stream_age_ns,
                                 .user = {account}};
    return plain->kit.net->open(plain->kit.host, &open, ret_stream);
}

oc_rc plain_open_streams(struct plain *plain, struct account *who)
{
    return who ? open_stream(plain, who->account, OC_TOPIC_PRIVATE, &who->stream)
               : open_stream(plain, 0, OC_TOPIC_TRADES, &plain->market_stream);
}

/* ---- out ---- */

static oc_rc say_words(struct plain *plain, uint32_t stream, const struct kit_write *out,
                       const struct oc_splice *splice)
{
    const oc_rc size = kit_write_end(out);
    const struct oc_send send = {.size = sizeof send,
                                 .stream = stream,
                                 .kind = OC_MESSAGE_TEXT,
                                 .lane = OC_LANE_RECONCILE,
                                 .bytes = out->from,
                                 .bytes_size = size > 0 ? (uint32_t)size : 0,
                                 .splices = splice,
                                 .splice_count = splice ? 1 : 0};
    return size < 0 ? size : plain->kit.net->send(plain->kit.host, &send);
}

static oc_rc log_in(struct plain *plain, const struct account *who)
{
    static const char path[] = "/v1/stream";
    char text[WORDS_ROOM], time[24], sign[64];
    struct kit_write out = kit_write_begin(text, sizeof text);
    uint32_t time_size;
    const oc_rc rc = plain_signature(plain, who, "LOGIN", path, sizeof path - 1, NULL, 0, time, sign, &time_size);
    if (rc < 0)
        return rc;
    KIT_WRITE(&out, "{\"do\":\"login\",\"key\":\"");
    const struct oc_splice splice = {
        .at = (uint32_t)(out.at - out.from), .field = API_KEY, .in = OC_IN_BODY, .as = OC_AS_JSON};
    KIT_WRITE(&out, "\",\"time_us\":\"");
    kit_write_bytes(&out, time, time_size);
    KIT_WRITE(&out, "\",\"sign\":\"");
    kit_write_bytes(&out, sign, sizeof sign);
    KIT_WRITE(&out, "\"}");
    return say_words(plain, who->stream, &out, &splice);
}

oc_rc plain_subscribe(void *self, uint32_t stream, uint32_t how, const struct oc_sub *subs, uint32_t count)
{
    struct plain *plain = self;
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < count && rc >= 0; i++) {
        if (subs[i].topic == OC_TOPIC_PRIVATE)
            continue; /* said with the login: nothing trades before */
        char text[WORDS_ROOM];
        struct kit_write out = kit_write_begin(text, sizeof text);
        struct oc_instrument info;
        kit_write_text(&out, how == OC_SUB_REMOVE ? "{\"do\":\"unsubscribe\",\"topic\":\""
                                                  : "{\"do\":\"subscribe\",\"topic\":\"");
        if (plain->kit.names->record(plain->kit.host, subs[i].inst, &info, sizeof info) < 0)
            return OC_E_NOT_FOUND;
        KIT_WRITE(&out, "trades\",\"symbol\":");
        kit_write_json(&out, info.venue_symbol, strlen(info.venue_symbol));
        KIT_WRITE(&out, "}");
        rc = say_words(plain, stream, &out, NULL);
    }
    return rc;
}

/* ---- in ---- */

oc_rc plain_stream(void *self, const struct oc_stream *stream)
{
    struct plain *plain = self;
    struct account *who = plain_account(plain, (uint32_t)stream->user[0]);
    if (stream->state != OC_STREAM_UP)
        return OC_OK;
    if (who) {
        const oc_rc rc = log_in(plain, who); /* OC_E_AGAIN until the venue's clock is known: the call is made again */
        if (rc >= 0)
            who->seq = 0;
        return rc;
    }
    memset(plain->sequences, 0, sizeof plain->sequences);
    return plain->kit.net->ready(plain->kit.host, stream->stream);
}

/* Whether this number is the next one. */
static int follows(uint64_t *last, uint64_t seq)
{
    const int is_next = *last == 0 || seq == *last + 1;
    *last = seq;
    return is_next;
}

static uint64_t *sequence_of(struct plain *plain, uint32_t inst)
{
    for (uint32_t i = 0; i < SEQUENCES; i++) {
        if (plain->sequences[i].inst == 0)
            plain->sequences[i].inst = inst;
        if (plain->sequences[i].inst == inst)
            return &plain->sequences[i].seq;
    }
    return NULL;
}

static oc_rc logged_in(struct plain *plain, const struct account *who)
{
    char text[WORDS_ROOM];
    struct kit_write out = kit_write_begin(text, sizeof text);
    KIT_WRITE(&out, "{\"do\":\"subscribe\",\"topic\":\"account\"}");
    return say_words(plain, who->stream, &out, NULL);
}

/* From here on it is told of everything; what was missed before is asked for. */
static oc_rc hears_all(struct plain *plain, const struct account *who)
{
    const oc_rc rc = plain->kit.net->ready(plain->kit.host, who->stream);
    return rc < 0 ? rc : plain->kit.feed->missed(plain->kit.host, who->account, OC_FETCH_FILLS);
}

struct heard_words {
    struct kit_json_text on, symbol, code;
    struct kit_json order, fill, trade; /* where each begins; `at` NULL: it is not there */
    uint64_t seq;
};

static int read_words(const struct oc_message *heard, struct heard_words *words)
{
    struct kit_json json = kit_json_begin(heard->bytes, heard->bytes_size);
    struct kit_json_text key;
    memset(words, 0, sizeof *words);
    if (!kit_json_object(&json))
        return 0;
    while (kit_json_key(&json, &key)) {
        const struct kit_json here = json;
        const struct kit_json_text value = kit_json_value(&json);
        if (KIT_JSON_IS(key, "on"))
            words->on = value;
        else if (KIT_JSON_IS(key, "code"))
            words->code = value;
        else if (KIT_JSON_IS(key, "order"))
            words->order = here;
        else if (KIT_JSON_IS(key, "fill"))
            words->fill = here;
        else if (KIT_JSON_IS(key, "trade"))
            words->trade = here;
        else if (KIT_JSON_IS(key, "seq") && kit_json_u64(value, &words->seq) < 0)
            return 0;
    }
    return kit_json_end(&json);
}

static oc_rc hear_account(struct plain *plain, struct account *who, const struct oc_message *heard,
                          struct heard_words *words)
{
    if (KIT_JSON_IS(words->on, "login"))
        return logged_in(plain, who);
    if (KIT_JSON_IS(words->on, "subscribed"))
        return hears_all(plain, who);
    if (KIT_JSON_IS(words->on, "error"))
        return plain->kit.net->fail(plain->kit.host, heard->stream, plain_why(words->code));
    if (!KIT_JSON_IS(words->on, "order") && !KIT_JSON_IS(words->on, "fill") && !KIT_JSON_IS(words->on, "balance"))
        return OC_OK;
    if (!follows(&who->seq, words->seq))
        return plain->kit.net->fail(plain->kit.host, heard->stream, OC_WHY_GAP);
    if (words->fill.at)
        return plain_say_fill(plain, &words->fill, who->source, OC_EVF_LAST);
    if (words->order.at)
        return plain_say_order(plain, &words->order, who->source, 0, OC_EVF_LAST);
    struct kit_json whole = kit_json_begin(heard->bytes, heard->bytes_size);
    return plain_say_balance(plain, &whole, who->source, 0, OC_EVF_LAST);
}

static oc_rc hear_market(struct plain *plain, const struct oc_message *heard, struct heard_words *words)
{
    struct kit_json trade = words->trade;
    struct kit_json_text key, symbol = {0};
    struct oc_scale scale;
    if (!KIT_JSON_IS(words->on, "trade") || !trade.at)
        return OC_OK;
    if (kit_json_object(&trade))
        while (kit_json_key(&trade, &key))
            if (KIT_JSON_IS(key, "symbol"))
                symbol = kit_json_value(&trade);
    uint64_t *last = kit_symbol(&plain->kit, symbol, &scale) < 0 ? NULL : sequence_of(plain, scale.inst);
    if (last && !follows(last, words->seq))
        return plain->kit.net->fail(plain->kit.host, heard->stream, OC_WHY_GAP);
    return plain_say_trade(plain, &words->trade);
}

oc_rc plain_message(void *self, const struct oc_message *heard)
{
    struct plain *plain = self;
    struct account *who = plain_account(plain, (uint32_t)heard->user[0]);
    struct heard_words words;
    if (!read_words(heard, &words))
        return OC_E_DATA;
    return who ? hear_account(plain, who, heard, &words) : hear_market(plain, heard, &words);
}

/* stream.c: the streams: of markets, of which each carries up to 1,024 topics; and one of each account, behind its listen key. */
#include "binance.h"

enum { TOPICS_MAX = 1024, WORDS_ROOM = 8192 };

static const char market_path[] = "/ws", user_path[] = "/ws/";
#define AGE_NS (DAY - 600 * SECOND) /* the venue ends a stream after a day */

static const struct oc_open market_stream = {.size = sizeof market_stream,
                                             .flags = OC_OPEN_KEEP,
                                             .endpoint = STREAM,
                                             .frame = OC_FRAME_WEBSOCKET,
                                             .carries = OC_TOPIC_TRADES | OC_TOPIC_QUOTES | OC_TOPIC_BOOK |
                                                        OC_TOPIC_BARS | OC_TOPIC_FIGURES,
                                             .room = TOPICS_MAX,
                                             .path = market_path,
                                             .path_size = sizeof market_path - 1,
                                             .age_ns = AGE_NS};
/* Nothing trades while nobody tells what becomes of it. */
const struct oc_open bn_user_stream = {.size = sizeof bn_user_stream,
                                       .flags = OC_OPEN_KEEP | OC_OPEN_ORDERS,
                                       .endpoint = STREAM,
                                       .frame = OC_FRAME_WEBSOCKET,
                                       .carries = OC_TOPIC_PRIVATE,
                                       .path = user_path,
                                       .path_size = sizeof user_path - 1,
                                       .age_ns = AGE_NS};

/* ---- subscribed ---- */

static oc_rc write_topic(struct binance *bn, struct kit_write *out, const struct oc_sub *sub)
{
    static const struct {
        uint32_t topic;
        const char *name;
    } topics[] = {{OC_TOPIC_TRADES, "@trade"},
                  {OC_TOPIC_QUOTES, "@bookTicker"},
                  {OC_TOPIC_BOOK, "@depth@100ms"},
                  {OC_TOPIC_FIGURES, "@ticker"},
                  {OC_TOPIC_BARS, "@kline_"}};
    struct oc_instrument info;
    const char *period = sub->topic == OC_TOPIC_BARS ? kit_bar_name(&bn_venue, bn_bar_names, sub->period_ns) : "";
    if (bn->kit.names->record(bn->kit.host, sub->inst, &info, sizeof info) < 0)
        return OC_E_NOT_FOUND;
    kit_write_lower(out, info.venue_symbol);
    for (uint32_t i = 0; i < KIT_COUNT(topics); i++)
        if (topics[i].topic == sub->topic)
            kit_write_text(out, topics[i].name);
    kit_write_text(out, period ? period : "");
    return period ? OC_OK : OC_E_NOT_SUPPORTED;
}

/* All of them in one message: a connection may say five a second. */
oc_rc bn_subscribe(void *self, uint32_t stream, uint32_t how, const struct oc_sub *subs, uint32_t count)
{
    struct binance *bn = self;
    char text[WORDS_ROOM];
    struct kit_write out = kit_write_begin(text, sizeof text);
    if (count == 0 || subs[0].topic == OC_TOPIC_PRIVATE || how == OC_SUB_RESYNC)
        return OC_OK; /* the user stream says all; and a book begins again with its snapshot, which the host asks for */
    if (!bn->life.has_info)
        return OC_E_AGAIN; /* by the venue's own names, which it has not said yet */
    if (!stream)
        return bn->kit.net->open(bn->kit.host, &market_stream, &stream);
    kit_write_text(&out, how == OC_SUB_REMOVE ? "{\"method\":\"UNSUBSCRIBE\",\"params\":["
                                              : "{\"method\":\"SUBSCRIBE\",\"params\":[");
    for (uint32_t i = 0; i < count; i++) {
        kit_write_text(&out, i ? ",\"" : "\"");
        const oc_rc rc = write_topic(bn, &out, &subs[i]);
        if (rc < 0)
            return rc;
        KIT_WRITE(&out, "\"");
    }
    KIT_WRITE(&out, "],\"id\":");
    kit_write_u64(&out, bn->said + 1);
    KIT_WRITE(&out, "}");
    const oc_rc rc = kit_say_text(&bn->kit, stream, &out, SPOKEN);
    if (rc >= 0)
        bn->said++;
    return rc;
}

/* ---- heard ---- */

static oc_rc hear(struct binance *bn, struct kit_json json, struct kit_account *who, int is_within);

/* Without a type: the top of a book, the envelope of a combined stream, or what became of a subscription. */
static oc_rc hear_untyped(struct binance *bn, struct kit_json json, struct kit_account *who, int is_within)
{
    const struct kit_json again = json;
    struct kit_row row;
    if (!KIT_ROW(&json, bn_top_fields, &row) || !kit_json_end(&json))
        return OC_E_DATA;
    const struct kit_json_text data = row.of[DATA].size ? row.of[DATA] : row.of[EVENT], type = row.of[TYPE];
    if (data.kind == KIT_JSON_OBJECT && !is_within)
        return hear(bn, kit_json_into(data), who, 1);
    if (type.size)
        return who ? bn_hear_account(bn, type, again, who) : bn_hear_market(bn, type, again);
    if (row.of[TOP_NUMBER].size && row.of[TOP_SYMBOL].size)
        return bn_hear_top(bn, &row);
    return row.of[CODE].size ? kit_skip(&bn->kit, "refused", row.of[WORDS]) : (oc_rc)OC_OK;
}

/* Its type comes first as the venue writes it, and is looked for where it does not. */
static oc_rc hear(struct binance *bn, struct kit_json json, struct kit_account *who, int is_within)
{
    struct kit_json_text type = {0};
    if (!kit_json_first(&json, "e", 1, &type))
        return hear_untyped(bn, json, who, is_within);
    return who ? bn_hear_account(bn, type, json, who) : bn_hear_market(bn, type, json);
}

oc_rc bn_message(void *self, const struct oc_message *heard)
{
    struct binance *bn = self;
    return hear(bn, kit_json_begin(heard->bytes, heard->bytes_size), kit_account_of(&bn->life.accounts, heard->account),
                0);
}

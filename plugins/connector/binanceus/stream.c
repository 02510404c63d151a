/* stream.c: the streams: of markets, of which each carries up to 1,024 topics; and one of each account, behind its listen key. */
#include "binance.h"

enum { TOPICS_MAX = 1024, WORDS_ROOM = 8192 };

/* ---- opened ---- */

static oc_rc open_market(struct binance *bn)
{
    static const char path[] = "/ws";
    const struct oc_open open = {.size = sizeof open,
                                 .flags = OC_OPEN_KEEP,
                                 .endpoint = STREAM,
                                 .frame = OC_FRAME_WEBSOCKET,
                                 .carries = OC_TOPIC_TRADES | OC_TOPIC_QUOTES | OC_TOPIC_BOOK | OC_TOPIC_BARS,
                                 .room = TOPICS_MAX,
                                 .path = path,
                                 .path_size = sizeof path - 1};
    uint32_t stream;
    return bn->kit.net->open(bn->kit.host, &open, &stream);
}

oc_rc bn_open_user(struct binance *bn, struct account *who, uint16_t listen_key, uint32_t *ret_stream)
{
    static const char path[] = "/ws/";
    const struct oc_splice key = {.at = sizeof path - 1, .field = listen_key, .in = OC_IN_PATH};
    const struct oc_open open = {.size = sizeof open,
                                 .flags = OC_OPEN_KEEP |
                                          OC_OPEN_ORDERS, /* nothing trades while nobody tells what becomes of it */
                                 .endpoint = STREAM,
                                 .frame = OC_FRAME_WEBSOCKET,
                                 .account = who->account,
                                 .carries = OC_TOPIC_PRIVATE,
                                 .path = path,
                                 .path_size = sizeof path - 1,
                                 .splices = &key,
                                 .splice_count = 1};
    return bn->kit.net->open(bn->kit.host, &open, ret_stream);
}

/* The listen key of one that came up, or that was refused, is asked for again: an old one is a stream on which nobody says anything. */
oc_rc bn_stream(void *self, const struct oc_stream *stream)
{
    struct binance *bn = self;
    struct account *who = bn_account(bn, stream->account);
    if (!stream->account)
        return stream->state == OC_STREAM_UP ? bn->kit.net->ready(bn->kit.host, stream->stream) : (oc_rc)OC_OK;
    if (!who || who->stream != stream->stream || stream->state == OC_STREAM_CLOSED)
        return OC_OK;
    const oc_rc rc = bn_ask_key(bn, who);
    if (rc >= 0)
        who->is_up = stream->state == OC_STREAM_UP;
    return rc;
}

/* ---- subscribed ---- */

static oc_rc write_topic(struct binance *bn, struct kit_write *out, const struct oc_sub *sub)
{
    struct oc_instrument info;
    const char *period = bn_period_name(sub->period_ns);
    if (bn->kit.names->record(bn->kit.host, sub->inst, &info, sizeof info) < 0)
        return OC_E_NOT_FOUND;
    for (const char *at = info.venue_symbol; *at; at++) { /* streams are named in lower case */
        const char letter = *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;
        kit_write_bytes(out, &letter, 1);
    }
    kit_write_text(out, sub->topic == OC_TOPIC_TRADES   ? "@trade"
                        : sub->topic == OC_TOPIC_QUOTES ? "@bookTicker"
                        : sub->topic == OC_TOPIC_BOOK   ? "@depth@100ms"
                                                        : "@kline_");
    if (sub->topic == OC_TOPIC_BARS)
        kit_write_text(out, period ? period : "");
    return sub->topic == OC_TOPIC_BARS && !period ? OC_E_NOT_SUPPORTED : OC_OK;
}

/* All of them in one message: a connection may say five a second. */
oc_rc bn_subscribe(void *self, uint32_t stream, uint32_t how, const struct oc_sub *subs, uint32_t count)
{
    struct binance *bn = self;
    char text[WORDS_ROOM];
    struct kit_write out = kit_write_begin(text, sizeof text);
    const struct oc_cost cost = {SPOKEN, 0, 1};
    if (count == 0 || subs[0].topic == OC_TOPIC_PRIVATE || how == OC_SUB_RESYNC)
        return OC_OK; /* the user stream says all; and a book begins again with its snapshot, which the host asks for */
    if (!bn->has_info)
        return OC_E_AGAIN; /* by the venue's own names, which it has not said yet */
    if (!stream)
        return open_market(bn);
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
    const oc_rc size = kit_write_end(&out);
    const struct oc_send send = {.size = sizeof send,
                                 .stream = stream,
                                 .kind = OC_MESSAGE_TEXT,
                                 .lane = OC_LANE_QUERY,
                                 .bytes = text,
                                 .bytes_size = size > 0 ? (uint32_t)size : 0,
                                 .costs = &cost,
                                 .cost_count = 1};
    const oc_rc rc = size < 0 ? size : bn->kit.net->send(bn->kit.host, &send);
    if (rc >= 0)
        bn->said++;
    return rc;
}

/* ---- heard ---- */

struct letters { /* members of an event, which are named by a letter each */
    struct kit_json_text of[128];
    struct kit_json_text data, code, words;
};

static int read_letters(struct kit_json json, struct letters *in)
{
    struct kit_json_text key;
    memset(in, 0, sizeof *in);
    if (!kit_json_object(&json))
        return 0;
    while (kit_json_key(&json, &key)) {
        const struct kit_json_text value = kit_json_value(&json);
        if (key.size == 1 && !(key.at[0] & 0x80))
            in->of[(int)key.at[0]] = value;
        else if (KIT_JSON_IS(key, "data") || KIT_JSON_IS(key, "event")) /* of a combined stream */
            in->data = value;
        else if (KIT_JSON_IS(key, "code"))
            in->code = value;
        else if (KIT_JSON_IS(key, "msg"))
            in->words = value;
    }
    return kit_json_end(&json);
}

static oc_rc hear_trade(struct binance *bn, const struct letters *in)
{
    struct oc_scale scale;
    oc_rc rc;
    if (kit_symbol(&bn->kit, in->of['s'], &scale) < 0)
        return kit_skip(&bn->kit, "trade.symbol", in->of['s']);
    struct oc_ev_trade *out = KIT_EVENT(&bn->kit, oc_ev_trade, OC_EV_TRADE, 0, &rc);
    if (!out)
        return rc;
    if (kit_scale_price(&scale, in->of['p'], &out->price) < 0 || kit_scale_qty(&scale, in->of['q'], &out->qty) < 0 ||
        kit_json_u64(in->of['t'], &out->trade_id) < 0)
        return OC_E_DATA;
    out->taker_side = in->of['m'].kind == KIT_JSON_TRUE ? OC_SIDE_SELL : OC_SIDE_BUY; /* the buyer rested */
    out->present = OC_HAS_QTY | OC_HAS_TRADE_ID;
    out->head.inst = scale.inst;
    out->head.flags = OC_EVF_LAST;
    out->head.venue_ns = bn_ns(in->of['T']);
    return kit_commit(&bn->kit, out);
}

/* It has neither a type nor a time. */
static oc_rc hear_quote(struct binance *bn, const struct letters *in)
{
    struct oc_scale scale;
    oc_rc rc;
    if (kit_symbol(&bn->kit, in->of['s'], &scale) < 0)
        return kit_skip(&bn->kit, "quote.symbol", in->of['s']);
    struct oc_ev_quote *out = KIT_EVENT(&bn->kit, oc_ev_quote, OC_EV_QUOTE, 0, &rc);
    if (!out)
        return rc;
    if (kit_scale_price(&scale, in->of['b'], &out->bid) < 0 || kit_scale_qty(&scale, in->of['B'], &out->bid_qty) < 0 ||
        kit_scale_price(&scale, in->of['a'], &out->ask) < 0 || kit_scale_qty(&scale, in->of['A'], &out->ask_qty) < 0 ||
        kit_json_u64(in->of['u'], &out->venue_seq) < 0)
        return OC_E_DATA;
    out->present = (out->bid_qty > 0 ? OC_HAS_BID | OC_HAS_BID_QTY : 0u) |
                   (out->ask_qty > 0 ? OC_HAS_ASK | OC_HAS_ASK_QTY : 0u) | OC_HAS_VENUE_SEQ;
    out->head.inst = scale.inst;
    out->head.flags = OC_EVF_LAST;
    return kit_commit(&bn->kit, out);
}

static oc_rc hear_depth(struct binance *bn, const struct letters *in)
{
    struct oc_scale scale;
    uint64_t first, last;
    if (kit_symbol(&bn->kit, in->of['s'], &scale) < 0)
        return kit_skip(&bn->kit, "depth.symbol", in->of['s']);
    if (kit_json_u64(in->of['U'], &first) < 0 || kit_json_u64(in->of['u'], &last) < 0)
        return OC_E_DATA;
    return bn_say_book(bn, &scale, in->of['b'], in->of['a'], first, last, 0, bn_ns(in->of['E']));
}

static oc_rc hear_bar(struct binance *bn, const struct letters *in)
{
    struct letters k;
    struct oc_scale scale;
    if (in->of['k'].kind != KIT_JSON_OBJECT || !read_letters(kit_json_into(in->of['k']), &k))
        return OC_E_DATA;
    if (kit_symbol(&bn->kit, in->of['s'], &scale) < 0 || !bn_period(k.of['i']))
        return kit_skip(&bn->kit, "kline", in->of['s']);
    const struct bar_words words = {k.of['t'], k.of['T'], k.of['o'], k.of['h'],
                                    k.of['l'], k.of['c'], k.of['v'], k.of['n']};
    return bn_say_bar(bn, &scale, &words, bn_period(k.of['i']), k.of['x'].kind == KIT_JSON_TRUE ? 0 : OC_EVF_FORMING);
}

/* ---- heard of an account ---- */

static int begins(struct kit_json_text text, const char *with)
{
    return text.size >= strlen(with) && memcmp(text.at, with, strlen(with)) == 0;
}

/* The end of an order. In a cancel `c` is the id of the cancel, and `C` is the order's own. */
static oc_rc hear_end(struct binance *bn, const struct letters *in, const struct account *who,
                      const struct oc_scale *scale)
{
    const int is_cancel = KIT_JSON_IS(in->of['x'], "CANCELED");
    const struct kit_json_text client = is_cancel && in->of['C'].size ? in->of['C'] : in->of['c'];
    oc_rc rc;
    struct oc_ev_venue_answer *out =
        KIT_EVENT(&bn->kit, oc_ev_venue_answer, is_cancel ? OC_EV_CANCELED : OC_EV_EXPIRED, who->source, &rc);
    if (!out)
        return rc;
    if (kit_id(in->of['i'], &out->venue_order) < 0 || kit_id(client, &out->client) < 0 ||
        kit_scale_qty(scale, in->of['z'], &out->answer.cum_qty) < 0)
        return OC_E_DATA;
    out->present = OC_OF_CUM_QTY;
    out->why = !is_cancel ? (KIT_JSON_IS(in->of['X'], "EXPIRED_IN_MATCH") ? OC_WHY_SELF_TRADE : OC_WHY_TIME_IN_FORCE)
               : begins(in->of['c'], "r-") && in->of['C'].size ? OC_WHY_REPLACED
               : begins(in->of['c'], "c-") && in->of['C'].size ? OC_WHY_CANCELED_BY_US
                                                               : OC_WHY_CANCELED_BY_VENUE;
    out->answer.definitive = 1;
    out->tail = sizeof *out;
    out->answer.head.inst = scale->inst;
    out->answer.head.flags = OC_EVF_LAST;
    out->answer.head.venue_ns = bn_ns(in->of['T']);
    return kit_commit(&bn->kit, out);
}

static oc_rc hear_fill(struct binance *bn, const struct letters *in, const struct account *who)
{
    const struct fill_words words = {.symbol = in->of['s'],
                                     .id = in->of['t'],
                                     .order = in->of['i'],
                                     .client = in->of['c'],
                                     .price = in->of['L'],
                                     .qty = in->of['l'],
                                     .value = in->of['Y'],
                                     .fee = in->of['n'],
                                     .asset = in->of['N'],
                                     .time = in->of['T'],
                                     .cum = in->of['z'],
                                     .is_buy = KIT_JSON_IS(in->of['S'], "BUY"),
                                     .is_maker = in->of['m'].kind == KIT_JSON_TRUE};
    return bn_say_fill(bn, &words, 0, who->source, OC_EVF_LAST);
}

static oc_rc hear_order(struct binance *bn, const struct letters *in, const struct account *who)
{
    const struct kit_json_text *of = in->of;
    const struct order_words words = {.id = of['i'],
                                      .client = of['c'],
                                      .symbol = of['s'],
                                      .side = of['S'],
                                      .type = of['o'],
                                      .tif = of['f'],
                                      .state = of['X'],
                                      .working = of['w'],
                                      .qty = of['q'],
                                      .done = of['z'],
                                      .value = of['Z'],
                                      .money = of['Q'],
                                      .price = of['p'],
                                      .stop = of['P'],
                                      .created = of['O'],
                                      .updated = of['T']};
    return bn_say_order(bn, &words, who->source, 0, OC_EVF_LAST);
}

static oc_rc hear_report(struct binance *bn, const struct letters *in, const struct account *who)
{
    struct oc_scale scale;
    const struct kit_json_text what = in->of['x'];
    if (kit_symbol(&bn->kit, in->of['s'], &scale) < 0)
        return kit_skip(&bn->kit, "report.symbol", in->of['s']);
    if (KIT_JSON_IS(what, "TRADE"))
        return hear_fill(bn, in, who);
    if (KIT_JSON_IS(what, "CANCELED") || KIT_JSON_IS(what, "EXPIRED") || KIT_JSON_IS(in->of['X'], "EXPIRED_IN_MATCH"))
        return hear_end(bn, in, who, &scale);
    if (KIT_JSON_IS(what, "NEW") || KIT_JSON_IS(what, "TRADE_PREVENTION"))
        return hear_order(bn, in, who);
    if (KIT_JSON_IS(what, "REJECTED")) /* the new half of a cancelReplace: its answer says it, for the whole order */
        return OC_OK;
    return kit_skip(&bn->kit, "report", what);
}

static oc_rc hear_balances(struct binance *bn, const struct letters *in, const struct account *who)
{
    struct kit_json json = kit_json_into(in->of['B']);
    oc_rc rc = OC_OK;
    if (in->of['B'].kind != KIT_JSON_ARRAY || !kit_json_array(&json))
        return OC_E_DATA;
    while (rc >= 0 && kit_json_item(&json))
        rc = bn_say_balance(bn, &json, who->source, 0, bn_ns(in->of['u']));
    return rc < 0 ? rc : kit_json_end(&json) ? (oc_rc)OC_OK : (oc_rc)OC_E_DATA;
}

static oc_rc hear(struct binance *bn, const struct letters *in, struct account *who)
{
    const struct kit_json_text type = in->of['e'];
    if (KIT_JSON_IS(type, "trade"))
        return hear_trade(bn, in);
    if (KIT_JSON_IS(type, "depthUpdate"))
        return hear_depth(bn, in);
    if (KIT_JSON_IS(type, "kline"))
        return hear_bar(bn, in);
    if (!type.size && in->of['u'].size && in->of['s'].size)
        return hear_quote(bn, in);
    if (who && KIT_JSON_IS(type, "executionReport"))
        return hear_report(bn, in, who);
    if (who && KIT_JSON_IS(type, "outboundAccountPosition"))
        return hear_balances(bn, in, who);
    if (who && KIT_JSON_IS(type, "listenKeyExpired"))
        return bn_ask_key(bn, who);
    if (who && (KIT_JSON_IS(type, "balanceUpdate") || KIT_JSON_IS(type, "listStatus")))
        return OC_OK; /* the balance, and the orders of the list, are said by themselves */
    if (in->code.size)
        return kit_skip(&bn->kit, "refused", in->words);
    return type.size ? kit_skip(&bn->kit, "type", type) : (oc_rc)OC_OK; /* else: a subscription was taken */
}

oc_rc bn_message(void *self, const struct oc_message *heard)
{
    struct binance *bn = self;
    struct letters in, data;
    if (!read_letters(kit_json_begin(heard->bytes, heard->bytes_size), &in))
        return OC_E_DATA;
    if (in.data.kind != KIT_JSON_OBJECT)
        return hear(bn, &in, bn_account(bn, heard->account));
    if (!read_letters(kit_json_into(in.data), &data))
        return OC_E_DATA;
    return hear(bn, &data, bn_account(bn, heard->account));
}

/* connector_jline.c: an exchange that speaks JSON, an object a line, flat:
 *
 *   it says  {"e":"trade","t":NS,"s":"BTC/USDT","p":"100.05","q":"0.5"}
 *            {"e":"bar","t":NS,"s":"BTC/USDT","period":NS,"o":"1","h":"2","l":"1","c":"2","v":"3"}
 *            {"e":"ack","id":7}   {"e":"gone","id":7}   {"e":"reject","id":7,"why":"no money"}
 *            {"e":"fill","id":7,"s":"BTC/USDT","p":"100","q":"0.5","fee":"0.05","trade":"t1"}
 *            {"e":"balance","s":"BTC/USDT","total":"100.5"}    of the money that the symbol is paid in
 *   we say   {"op":"new","id":7,"s":"BTC/USDT","side":"buy","type":"limit","q":"0.5","p":"100"}
 *            {"op":"cancel","id":7}
 *
 * "t" may be missing: then it is now. It keeps nothing: symbols are the host's to know. */
#include <outcry/kit/json.h>
#include <outcry/kit/write.h>
#include <outcry/outcry.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_OUT = 512 };

struct jline {
    const struct oc_host *host;
    const struct oc_svc_feed *feed;
    const struct oc_svc_net *net;
    const struct oc_svc_names *names;
    uint32_t stream;
};

/* What a line can say, by its keys. */
struct line {
    struct kit_json_text e, t, s, p, q, o, h, l, c, v, period, id, fee, trade, why, total, account;
};

static int read_line(const void *data, uint32_t size, struct line *ret_line)
{
    static const struct {
        const char *key;
        size_t at;
    } members[] = {{"e", offsetof(struct line, e)},
                   {"t", offsetof(struct line, t)},
                   {"s", offsetof(struct line, s)},
                   {"p", offsetof(struct line, p)},
                   {"q", offsetof(struct line, q)},
                   {"o", offsetof(struct line, o)},
                   {"h", offsetof(struct line, h)},
                   {"l", offsetof(struct line, l)},
                   {"c", offsetof(struct line, c)},
                   {"v", offsetof(struct line, v)},
                   {"period", offsetof(struct line, period)},
                   {"id", offsetof(struct line, id)},
                   {"fee", offsetof(struct line, fee)},
                   {"trade", offsetof(struct line, trade)},
                   {"why", offsetof(struct line, why)},
                   {"total", offsetof(struct line, total)},
                   {"account", offsetof(struct line, account)}};
    struct kit_json json = kit_json_begin(data, size);
    struct kit_json_text key;
    memset(ret_line, 0, sizeof *ret_line);
    if (!kit_json_object(&json))
        return 0;
    while (kit_json_key(&json, &key))
        for (size_t i = 0; i < sizeof members / sizeof *members; i++)
            if (key.size == strlen(members[i].key) && memcmp(key.at, members[i].key, key.size) == 0)
                *(struct kit_json_text *)(void *)((char *)ret_line + members[i].at) = kit_json_value(&json);
    return kit_json_end(&json);
}

/* Its instrument, which the configuration names. */
static int named(const struct jline *jline, const struct line *line, struct oc_instrument *ret_in)
{
    struct oc_scale scale;
    return jline->names->symbol(jline->host, line->s.at, line->s.size, &scale) == OC_OK &&
           jline->names->record(jline->host, scale.inst, ret_in, sizeof *ret_in) >= 0;
}

static oc_rc push(const struct jline *jline, struct oc_event *event, uint32_t size, uint16_t type,
                  const struct line *line)
{
    struct oc_event *room;
    uint64_t at_ns = 0;
    (void)kit_json_u64(line->t, &at_ns); /* without it the host's clock serves */
    event->size = size;
    event->type = type;
    event->flags = OC_EVF_LAST;
    event->venue_ns = (int64_t)at_ns;
    oc_rc rc = jline->feed->reserve(jline->host, size, &room);
    if (rc < 0)
        return rc;
    memcpy(room, event, size);
    return jline->feed->commit(jline->host, room);
}

static oc_rc take_market(const struct jline *jline, const struct line *line, int is_bar)
{
    struct oc_instrument in;
    if (!named(jline, line, &in))
        return OC_E_DATA;
    if (!is_bar) {
        struct oc_ev_trade trade = {.head = {.inst = in.inst}, .present = OC_HAS_QTY};
        if (kit_json_units(line->p, in.price_step, &trade.price) < 0 ||
            kit_json_units(line->q, in.qty_step, &trade.qty) < 0)
            return OC_E_DATA;
        return push(jline, &trade.head, sizeof trade, OC_EV_TRADE, line);
    }
    struct oc_ev_bar bar = {.head = {.inst = in.inst}, .present = OC_HAS_VOLUME};
    uint64_t end_ns, period_ns;
    if (kit_json_u64(line->t, &end_ns) < 0 || kit_json_u64(line->period, &period_ns) < 0 ||
        kit_json_units(line->o, in.price_step, &bar.open) < 0 ||
        kit_json_units(line->h, in.price_step, &bar.high) < 0 || kit_json_units(line->l, in.price_step, &bar.low) < 0 ||
        kit_json_units(line->c, in.price_step, &bar.close) < 0 || kit_json_units(line->v, in.qty_step, &bar.volume) < 0)
        return OC_E_DATA;
    bar.period_ns = (int64_t)period_ns;
    bar.open_ns = (int64_t)end_ns - bar.period_ns;
    return push(jline, &bar.head, sizeof bar, OC_EV_BAR, line);
}

static oc_rc take_fill(const struct jline *jline, const struct line *line, uint64_t order)
{
    struct oc_instrument in;
    if (!named(jline, line, &in) || line->trade.size == 0 || line->trade.size > 40 || line->trade.is_escaped)
        return OC_E_DATA;
    struct oc_ev_fill fill = {.head = {.inst = in.inst}, .order = order, .fee_asset = in.quote};
    if (kit_json_units(line->p, in.price_step, &fill.price) < 0 ||
        kit_json_units(line->q, in.qty_step, &fill.qty) < 0 ||
        (line->fee.kind && kit_json_dec(line->fee, &fill.fee) < 0))
        return OC_E_DATA;
    fill.trade_id_size = (uint8_t)line->trade.size;
    memcpy(fill.trade_id, line->trade.at, fill.trade_id_size);
    return push(jline, &fill.head, sizeof fill, OC_EV_FILL, line);
}

static oc_rc take_answer(const struct jline *jline, const struct line *line, uint64_t order, uint16_t type)
{
    struct {
        struct oc_ev_venue_answer said;
        char text[64];
    } room = {.said = {.answer = {.order = order, .request = order, .definitive = 1}}};
    if (type == OC_EV_REJECTED) {
        strcpy(room.said.answer.reason, "REJECTED_BY_VENUE");
        oc_rc size = kit_json_copy(line->why, room.text, sizeof room.text);
        room.said.text_size = size > 0 ? (uint32_t)size : 0;
        room.said.tail = sizeof room.said;
    }
    return push(jline, &room.said.answer.head, sizeof room, type, line);
}

static oc_rc message(void *self, const struct oc_message *heard)
{
    const struct jline *jline = self;
    struct line line;
    uint64_t id = 0;
    if (heard->stream != jline->stream || !read_line(heard->bytes, heard->bytes_size, &line))
        return OC_E_DATA;
    if (KIT_JSON_IS(line.e, "trade") || KIT_JSON_IS(line.e, "bar"))
        return take_market(jline, &line, KIT_JSON_IS(line.e, "bar"));
    if (KIT_JSON_IS(line.e, "balance")) {
        struct oc_instrument in;
        const int is_named = named(jline, &line, &in);
        struct oc_ev_balance balance = {.asset = is_named ? in.quote : 0};
        if (!is_named || kit_json_dec(line.total, &balance.total) < 0 || kit_json_u64(line.account, &id) < 0)
            return OC_E_DATA;
        balance.account = (uint32_t)id;
        return push(jline, &balance.head, sizeof balance, OC_EV_BALANCE, &line);
    }
    if (kit_json_u64(line.id, &id) < 0)
        return OC_E_DATA;
    if (KIT_JSON_IS(line.e, "fill"))
        return take_fill(jline, &line, id);
    uint16_t type = KIT_JSON_IS(line.e, "ack")      ? OC_EV_ACCEPTED
                    : KIT_JSON_IS(line.e, "gone")   ? OC_EV_CANCELED
                    : KIT_JSON_IS(line.e, "reject") ? OC_EV_REJECTED
                                                    : OC_EV_NONE;
    return type ? take_answer(jline, &line, id, type) : OC_E_DATA;
}

static oc_rc request(void *self, const struct oc_venue_request *first, uint32_t all, uint32_t count, uint32_t batch)
{
    const struct jline *jline = self;
    const struct oc_request *ask = &first->ask;
    struct oc_instrument in;
    const int is_known = jline->names->record(jline->host, ask->head.inst, &in, sizeof in) >= 0;
    (void)all, (void)count, (void)batch; /* one at a time */
    char line[LINE_MAX_OUT];
    struct kit_write out = kit_write_begin(line, sizeof line);
    if (ask->kind == OC_REQUEST_CANCEL) {
        KIT_WRITE(&out, "{\"op\":\"cancel\",\"id\":");
        kit_write_u64(&out, ask->order);
    } else if (is_known && ask->kind == OC_REQUEST_NEW && ask->bits & OC_RQ_HAS_QTY &&
               (ask->type == OC_ORDER_MARKET || ask->type == OC_ORDER_LIMIT)) {
        KIT_WRITE(&out, "{\"op\":\"new\",\"id\":");
        kit_write_u64(&out, ask->order);
        KIT_WRITE(&out, ",\"s\":");
        kit_write_json(&out, in.symbol, strlen(in.symbol));
        kit_write_text(&out, ask->side == OC_SIDE_BUY ? ",\"side\":\"buy\"" : ",\"side\":\"sell\"");
        kit_write_text(&out,
                       ask->type == OC_ORDER_LIMIT ? ",\"type\":\"limit\",\"q\":\"" : ",\"type\":\"market\",\"q\":\"");
        kit_write_units(&out, ask->qty, in.qty_step);
        KIT_WRITE(&out, "\"");
        if (ask->type == OC_ORDER_LIMIT) {
            KIT_WRITE(&out, ",\"p\":\"");
            kit_write_units(&out, ask->price, in.price_step);
            KIT_WRITE(&out, "\"");
        }
    } else {
        return OC_E_NOT_SUPPORTED; /* nothing was sent: the host refuses the order */
    }
    KIT_WRITE(&out, "}");
    const oc_rc size = kit_write_end(&out);
    return size < 0 ? size : oc_send_text(jline->host, jline->stream, line, (uint32_t)size, ask->id);
}

static oc_rc start(void *self, const struct oc_start *start)
{
    struct jline *jline = self;
    const struct oc_open open = {
        .size = sizeof open, .flags = OC_OPEN_KEEP | OC_OPEN_ORDERS, .frame = OC_FRAME_LINES, .endpoint = 0};
    (void)start;
    return jline->net->open(jline->host, &open, &jline->stream);
}

static oc_rc open_jline(const struct oc_host *host, void **ret_self)
{
    struct jline *jline = calloc(1, sizeof *jline);
    if (!jline)
        return OC_E_NOMEM;
    jline->host = host;
    jline->feed = host->service(host, OC_SVC_FEED);
    jline->net = host->service(host, OC_SVC_NET);
    jline->names = host->service(host, OC_SVC_NAMES);
    if (!jline->feed || !jline->net || !jline->names) {
        free(jline);
        return OC_E_NOT_SUPPORTED;
    }
    *ret_self = jline;
    return OC_OK;
}

static const struct oc_endpoint endpoints[] = {
    {.name = "lines", .urls = "tcp://127.0.0.1:7002", .env = OC_ENV_LOCAL, .place = 0}};
static const struct oc_order_kind orders[] = {
    {.type = OC_ORDER_LIMIT, .tifs = 1u << OC_TIF_GTC, .bits = OC_RQ_HAS_QTY},
    {.type = OC_ORDER_MARKET, .tifs = 1u << OC_TIF_GTC, .bits = OC_RQ_HAS_QTY}};
static const struct oc_venue venue = {.size = sizeof venue,
                                      .venue = "jline",
                                      .protocol = "JSON lines, version 1",
                                      .endpoints = endpoints,
                                      .endpoint_count = 1,
                                      .orders = orders,
                                      .order_count = 2};
static const struct oc_connector table = {
    .size = sizeof table, .venue = &venue, .start = start, .message = message, .request = request};
static const struct oc_iface ifaces[] = {{OC_CONNECTOR, &table}, {0}};
static const struct oc_key keys[] = {{0}};
static const struct oc_plugin plugin = {.size = sizeof plugin,
                                        .abi_major = OC_ABI_MAJOR,
                                        .abi_minor = OC_ABI_MINOR,
                                        .kind = OC_CONNECTOR,
                                        .id = "org.example.jline",
                                        .version = "1.0.0",
                                        .license = "MIT",
                                        .about = "an exchange that speaks JSON lines",
                                        .open = open_jline,
                                        .close = free,
                                        .ifaces = ifaces,
                                        .keys = keys};
OC_PLUGINS(&plugin);

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
 * "t" may be missing: then it is now. It keeps what it is told of instruments, and nothing of orders. */
#include <inttypes.h>
#include <outcry/outcry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INSTRUMENTS_MAX = 16, FIELD_MAX = 64, LINE_MAX_OUT = 512 };

struct jline {
    const struct oc_host *host;
    const struct oc_svc_feed *feed;
    const struct oc_svc_net *net;
    uint32_t stream;
    uint32_t count;
    struct oc_instrument instruments[INSTRUMENTS_MAX];
};

/* The value of "name": in a flat object, without its quotes. 0: it is not there, or longer than we take. */
static int field(const char *line, const char *name, char value[FIELD_MAX])
{
    char key[32];
    snprintf(key, sizeof key, "\"%s\":", name);
    const char *at = strstr(line, key);
    if (!at)
        return 0;
    at += strlen(key);
    const char *end = at + strcspn(at, ",}");
    if (*at == '"') {
        at++;
        end = strchr(at, '"');
    }
    if (!end || end - at >= FIELD_MAX)
        return 0;
    memcpy(value, at, (size_t)(end - at));
    value[end - at] = 0;
    return 1;
}

static int whole(const char *line, const char *name, int64_t *ret_number)
{
    char text[FIELD_MAX], *end;
    if (!field(line, name, text) || !text[0])
        return 0;
    *ret_number = strtoll(text, &end, 10);
    return !*end;
}

/* "0.05" as a decimal, exactly. */
static int decimal(const char *text, struct oc_dec *ret_dec)
{
    struct oc_dec dec = {0, 0, 0};
    int is_negative = *text == '-', has_point = 0, digits = 0;
    for (text += is_negative; *text; text++) {
        if (*text == '.' && !has_point) {
            has_point = 1;
            continue;
        }
        if (*text < '0' || *text > '9' || ++digits > 18)
            return 0;
        dec.units = dec.units * 10 + (*text - '0');
        dec.scale += has_point;
    }
    if (is_negative)
        dec.units = -dec.units;
    *ret_dec = dec;
    return digits > 0;
}

/* A field in units of a step: 0.05 at a step of 0.01 is 5. 0: it is no multiple of it, or not there. */
static int units(const char *line, const char *name, struct oc_dec step, int64_t *ret_units)
{
    char text[FIELD_MAX];
    struct oc_dec dec;
    if (!field(line, name, text) || !decimal(text, &dec))
        return 0;
    for (; dec.scale < step.scale; dec.scale++)
        if (__builtin_mul_overflow(dec.units, 10, &dec.units))
            return 0;
    for (; dec.scale > step.scale; dec.scale--)
        if (__builtin_mul_overflow(step.units, 10, &step.units))
            return 0;
        else
            step.scale++;
    if (dec.units % step.units)
        return 0;
    *ret_units = dec.units / step.units;
    return 1;
}

/* Units of a step as text. */
static void put_units(char text[FIELD_MAX], int64_t count, struct oc_dec step)
{
    int64_t total = count * step.units, one = 1;
    for (int32_t i = 0; i < step.scale; i++)
        one *= 10;
    const char *sign = total < 0 ? "-" : "";
    if (total < 0)
        total = -total;
    if (step.scale)
        snprintf(text, FIELD_MAX, "%s%" PRId64 ".%0*" PRId64, sign, total / one, (int)step.scale, total % one);
    else
        snprintf(text, FIELD_MAX, "%s%" PRId64, sign, total);
}

static const struct oc_instrument *named(const struct jline *jline, const char *line)
{
    char symbol[FIELD_MAX];
    for (uint32_t i = 0; field(line, "s", symbol) && i < jline->count; i++)
        if (strcmp(jline->instruments[i].symbol, symbol) == 0)
            return &jline->instruments[i];
    return NULL;
}

static const struct oc_instrument *numbered(const struct jline *jline, uint32_t inst)
{
    for (uint32_t i = 0; i < jline->count; i++)
        if (OC_INST_INDEX(jline->instruments[i].inst) == OC_INST_INDEX(inst))
            return &jline->instruments[i];
    return NULL;
}

static oc_rc push(const struct jline *jline, struct oc_event *event, uint32_t size, uint16_t type, const char *line)
{
    struct oc_event *room;
    int64_t at_ns = 0;
    (void)whole(line, "t", &at_ns);
    event->size = size;
    event->type = type;
    event->flags = OC_EVF_LAST;
    event->venue_ns = at_ns;
    oc_rc rc = jline->feed->reserve(jline->host, size, &room);
    if (rc < 0)
        return rc;
    memcpy(room, event, size);
    return jline->feed->commit(jline->host, room);
}

static oc_rc take_market(const struct jline *jline, const char *line, int is_bar)
{
    const struct oc_instrument *in = named(jline, line);
    if (!in)
        return OC_E_DATA;
    if (!is_bar) {
        struct oc_ev_trade trade = {.head = {.inst = in->inst}, .present = OC_HAS_QTY};
        if (!units(line, "p", in->price_step, &trade.price) || !units(line, "q", in->qty_step, &trade.qty))
            return OC_E_DATA;
        return push(jline, &trade.head, sizeof trade, OC_EV_TRADE, line);
    }
    struct oc_ev_bar bar = {.head = {.inst = in->inst}, .present = OC_HAS_VOLUME};
    int64_t end_ns;
    if (!whole(line, "t", &end_ns) || !whole(line, "period", &bar.period_ns) ||
        !units(line, "o", in->price_step, &bar.open) || !units(line, "h", in->price_step, &bar.high) ||
        !units(line, "l", in->price_step, &bar.low) || !units(line, "c", in->price_step, &bar.close) ||
        !units(line, "v", in->qty_step, &bar.volume))
        return OC_E_DATA;
    bar.open_ns = end_ns - bar.period_ns;
    return push(jline, &bar.head, sizeof bar, OC_EV_BAR, line);
}

static oc_rc take_fill(const struct jline *jline, const char *line, uint64_t order)
{
    const struct oc_instrument *in = named(jline, line);
    char fee[FIELD_MAX], trade[FIELD_MAX];
    if (!in || !field(line, "trade", trade) || strlen(trade) > 40)
        return OC_E_DATA;
    struct oc_ev_fill fill = {.head = {.inst = in->inst}, .order = order, .fee_asset = in->quote};
    if (!units(line, "p", in->price_step, &fill.price) || !units(line, "q", in->qty_step, &fill.qty) ||
        (field(line, "fee", fee) && !decimal(fee, &fill.fee)))
        return OC_E_DATA;
    fill.trade_id_size = (uint8_t)strlen(trade);
    memcpy(fill.trade_id, trade, fill.trade_id_size);
    return push(jline, &fill.head, sizeof fill, OC_EV_FILL, line);
}

static oc_rc take_answer(const struct jline *jline, const char *line, uint64_t order, uint16_t type)
{
    struct {
        struct oc_ev_answer answer;
        char text[FIELD_MAX];
    } said = {.answer = {.order = order, .request = order, .cum_qty = -1, .definitive = 1}};
    if (type == OC_EV_REJECTED) {
        strcpy(said.answer.reason, "REJECTED_BY_VENUE");
        if (field(line, "why", said.text))
            said.answer.text_size = (uint32_t)strlen(said.text);
    }
    return push(jline, &said.answer.head, sizeof said, type, line);
}

static oc_rc bytes(void *self, uint32_t stream, const void *data, uint32_t size)
{
    const struct jline *jline = self;
    char line[1024], event[FIELD_MAX], total[FIELD_MAX];
    int64_t id = 0;
    if (stream != jline->stream || size >= sizeof line)
        return OC_E_DATA;
    memcpy(line, data, size);
    line[size] = 0;
    if (!field(line, "e", event))
        return OC_E_DATA;
    if (strcmp(event, "trade") == 0 || strcmp(event, "bar") == 0)
        return take_market(jline, line, event[0] == 'b');
    if (strcmp(event, "balance") == 0) {
        const struct oc_instrument *in = named(jline, line);
        struct oc_ev_balance balance = {.asset = in ? in->quote : 0};
        if (!in || !field(line, "total", total) || !decimal(total, &balance.total) || !whole(line, "account", &id))
            return OC_E_DATA;
        balance.account = (uint32_t)id;
        return push(jline, &balance.head, sizeof balance, OC_EV_BALANCE, line);
    }
    if (!whole(line, "id", &id))
        return OC_E_DATA;
    if (strcmp(event, "fill") == 0)
        return take_fill(jline, line, (uint64_t)id);
    uint16_t type = strcmp(event, "ack") == 0      ? OC_EV_ACCEPTED
                    : strcmp(event, "gone") == 0   ? OC_EV_CANCELED
                    : strcmp(event, "reject") == 0 ? OC_EV_REJECTED
                                                   : OC_EV_NONE;
    return type ? take_answer(jline, line, (uint64_t)id, type) : OC_E_DATA;
}

static oc_rc request(void *self, const struct oc_request *ask)
{
    const struct jline *jline = self;
    const struct oc_instrument *in = numbered(jline, ask->head.inst);
    char line[LINE_MAX_OUT], qty[FIELD_MAX], price[FIELD_MAX];
    if (ask->kind == OC_REQUEST_CANCEL) {
        snprintf(line, sizeof line, "{\"op\":\"cancel\",\"id\":%" PRIu64 "}", ask->order);
    } else if (in && ask->kind == OC_REQUEST_NEW && ask->bits & OC_RQ_HAS_QTY &&
               (ask->type == OC_ORDER_MARKET || ask->type == OC_ORDER_LIMIT)) {
        const int is_limit = ask->type == OC_ORDER_LIMIT;
        put_units(qty, ask->qty, in->qty_step);
        put_units(price, ask->price, in->price_step);
        snprintf(line, sizeof line,
                 "{\"op\":\"new\",\"id\":%" PRIu64 ",\"s\":\"%s\",\"side\":\"%s\",\"type\":\"%s\",\"q\":\"%s\"%s%s%s}",
                 ask->order, in->symbol, ask->side == OC_SIDE_BUY ? "buy" : "sell", is_limit ? "limit" : "market", qty,
                 is_limit ? ",\"p\":\"" : "", is_limit ? price : "", is_limit ? "\"" : "");
    } else {
        return OC_E_NOT_SUPPORTED; /* nothing was sent: the host refuses the order */
    }
    return jline->net->send(jline->host, jline->stream, line, (uint32_t)strlen(line), ask->id);
}

static oc_rc subscribe(void *self, const struct oc_instrument *instrument)
{
    struct jline *jline = self;
    if (jline->count == INSTRUMENTS_MAX)
        return OC_E_LIMIT;
    jline->instruments[jline->count++] = *instrument;
    return OC_OK;
}

static oc_rc start(void *self)
{
    struct jline *jline = self;
    return jline->net->open(jline->host, "transcript:jline", &jline->stream);
}

static oc_rc quiesce(void *self, int64_t deadline_ns)
{
    (void)self, (void)deadline_ns;
    return OC_OK;
}

static oc_rc open_jline(const struct oc_host *host, void **ret_self)
{
    struct jline *jline = calloc(1, sizeof *jline);
    if (!jline)
        return OC_E_NOMEM;
    jline->host = host;
    jline->feed = host->service(host, OC_SVC_FEED);
    jline->net = host->service(host, OC_SVC_NET);
    if (!jline->feed || !jline->net) {
        free(jline);
        return OC_E_NOT_SUPPORTED;
    }
    *ret_self = jline;
    return OC_OK;
}

static const struct oc_connector table = {.size = sizeof table,
                                          .capabilities = OC_CAP_BARS,
                                          .start = start,
                                          .subscribe = subscribe,
                                          .bytes = bytes,
                                          .request = request,
                                          .quiesce = quiesce};
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

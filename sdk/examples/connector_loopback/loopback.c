/* loopback.c: the smallest connector: a codec for lines. Out: "new ID SIDE QTY PRICE", "cancel ID".
 * In: "ack ID", "canceled ID", "reject ID", "fill ID QTY PRICE TRADE_ID", "trade PRICE QTY". */
#include <outcry/outcry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct codec {
    const struct oc_host *host;
    const struct oc_svc_feed *feed;
    const struct oc_svc_net_0_1 *net;
    uint32_t stream, inst;
};

/* Copies one event into the inbound ring. OC_E_FULL: the host calls again with the same bytes. */
static oc_rc push(const struct codec *lb, struct oc_event *event, size_t size, int type)
{
    struct oc_event *room;
    event->size = (uint32_t)size, event->type = (uint16_t)type;
    event->flags = OC_EVF_LAST, event->inst = lb->inst;
    oc_rc rc = lb->feed->reserve(lb->host, event->size, &room);
    if (rc < 0)
        return rc;
    memcpy(room, event, size);
    return lb->feed->commit(lb->host, room);
}

static oc_rc bytes(void *self, uint32_t stream, const void *data, uint32_t size)
{
    const struct codec *lb = self;
    char line[256] = "", word[16] = "", id[40] = "";
    long long a = 0, b = 0, c = 0;
    if (stream != lb->stream || size >= sizeof line)
        return OC_E_DATA;
    memcpy(line, data, size);
    int count = sscanf(line, "%15s %lld %lld %lld %39s", word, &a, &b, &c, id);
    struct oc_ev_trade trade = {.price = a, .qty = b, .present = OC_HAS_QTY};
    struct oc_ev_fill fill = {.order = (uint64_t)a, .qty = b, .price = c};
    struct oc_ev_answer answer = {.order = (uint64_t)a, .request = (uint64_t)a, .cum_qty = -1};
    answer.definitive = 1, fill.trade_id_size = (uint8_t)strlen(id);
    memcpy(fill.trade_id, id, sizeof id);
    if (count == 3 && !strcmp(word, "trade"))
        return push(lb, &trade.head, sizeof trade, OC_EV_TRADE);
    if (count == 5 && !strcmp(word, "fill"))
        return push(lb, &fill.head, sizeof fill, OC_EV_FILL);
    int type = !strcmp(word, "ack")        ? OC_EV_ACCEPTED
               : !strcmp(word, "canceled") ? OC_EV_CANCELED
               : !strcmp(word, "reject")   ? OC_EV_REJECTED
                                           : OC_EV_NONE;
    return type && count == 2 ? push(lb, &answer.head, sizeof answer, type) : OC_E_DATA;
}

static oc_rc request(void *self, const struct oc_request *ask)
{
    const struct codec *lb = self;
    const char *side = ask->side == OC_SIDE_BUY ? "buy" : "sell";
    long long id = (long long)ask->order, qty = ask->qty, price = ask->price;
    char line[128];
    if (ask->kind == OC_REQUEST_NEW && ask->type == OC_ORDER_LIMIT && (ask->bits & OC_RQ_HAS_QTY))
        snprintf(line, sizeof line, "new %lld %s %lld %lld", id, side, qty, price);
    else if (ask->kind == OC_REQUEST_CANCEL)
        snprintf(line, sizeof line, "cancel %lld", id);
    else
        return OC_E_NOT_SUPPORTED; /* nothing was sent: the host refuses the order */
    return lb->net->send(lb->host, lb->stream, line, (uint32_t)strlen(line), ask->id);
}

static oc_rc open_it(const struct oc_host *host, void **ret_self)
{
    struct codec *lb = calloc(1, sizeof *lb);
    if (!lb)
        return OC_E_NOMEM;
    lb->host = host;
    lb->feed = host->service(host, OC_SVC_FEED);
    lb->net = host->service(host, OC_SVC_NET_0_1);
    *ret_self = lb; /* this host always offers both */
    return OC_OK;
}

/* clang-format off */
static oc_rc start(void *self)
{
    struct codec *lb = self;
    return lb->net->open(lb->host, "transcript:loopback", &lb->stream);
}
static oc_rc subscribe(void *self, const struct oc_instrument *instrument)
{
    return ((struct codec *)self)->inst = instrument->inst, OC_OK;
}
static oc_rc quiesce(void *self, int64_t deadline_ns) { return (void)self, (void)deadline_ns, OC_OK; }
static const struct oc_connector_0_1 table = {.size = sizeof table, .start = start,
    .subscribe = subscribe, .bytes = bytes, .request = request, .quiesce = quiesce};
static const struct oc_iface ifaces[] = {{OC_CONNECTOR_0_1, &table}, {0}};
static const struct oc_key keys[] = {{0}}; /* it needs no configuration */
static const struct oc_plugin plugin = {
    .size = sizeof plugin, .abi_major = OC_ABI_MAJOR, .abi_minor = OC_ABI_MINOR,
    .kind = OC_CONNECTOR_0_1, .id = "org.example.loopback", .version = "0.1.0", .license = "MIT",
    .about = "a line protocol over a transcript", .open = open_it, .close = free, .ifaces = ifaces, .keys = keys};
OC_PLUGINS(&plugin);

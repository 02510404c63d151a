/* loopback.c: the smallest connector: a codec for lines. Out: "new ID SIDE QTY PRICE", "cancel ID".
 * In: "ack ID", "canceled ID", "reject ID", "fill ID QTY PRICE TRADE_ID", "trade PRICE QTY". */
#include <outcry/outcry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct codec {
    const struct oc_host *host;
    const struct oc_svc_feed *feed;
    const struct oc_svc_net *net;
    const struct oc_svc_names *names;
    uint32_t stream; /* the one there is */
};

/* Copies one event. It is delivered when the call has returned OC_OK; otherwise it was never said. */
static oc_rc push(const struct codec *lb, struct oc_event *event, size_t size, int type)
{
    struct oc_event *room;
    struct oc_scale scale = {.inst = 0};
    oc_rc rc = lb->names->symbol(lb->host, "BTC/USDT", 8, &scale); /* the one thing that is traded here */
    event->size = (uint32_t)size, event->type = (uint16_t)type, event->flags = OC_EVF_LAST, event->inst = scale.inst;
    rc = rc < 0 ? rc : lb->feed->reserve(lb->host, event->size, &room);
    if (rc == OC_OK)
        memcpy(room, event, size);
    return rc == OC_OK ? lb->feed->commit(lb->host, room) : rc;
}

static oc_rc message(void *self, const struct oc_message *heard)
{
    const struct codec *lb = self;
    char line[256] = "", *at;
    long long number[3] = {0, 0, 0};
    int count = 0;
    if (heard->bytes_size >= sizeof line)
        return OC_E_DATA;
    memcpy(line, heard->bytes, heard->bytes_size);
    for (at = strchr(line, ' '); at && count < 3; at = strchr(at + 1, ' '))
        number[count++] = strtoll(at + 1, NULL, 10);
    const char *word = line, *id = at ? at + 1 : "";
    count += 1 + (at != NULL), line[strcspn(line, " ")] = 0;
    struct oc_ev_trade trade = {.price = number[0], .qty = number[1], .present = OC_HAS_QTY};
    struct oc_ev_fill fill = {.order = (uint64_t)number[0], .qty = number[1], .price = number[2]};
    struct oc_ev_answer answer = {.order = (uint64_t)number[0], .request = (uint64_t)number[0], .cum_qty = -1};
    answer.definitive = 1, fill.trade_id_size = (uint8_t)(strlen(id) < 40 ? strlen(id) : 40);
    memcpy(fill.trade_id, id, fill.trade_id_size);
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

/* clang-format off */
static oc_rc request(void *self, const struct oc_venue_request *first, uint32_t size, uint32_t count, uint32_t batch)
{
    const struct codec *lb = self;
    const struct oc_request *ask = ((void)size, (void)count, (void)batch, &first->ask); /* one at a time */
    char line[128];
    if (ask->kind == OC_REQUEST_NEW && ask->type == OC_ORDER_LIMIT && (ask->bits & OC_RQ_HAS_QTY))
        snprintf(line, sizeof line, "new %llu %s %lld %lld", (unsigned long long)ask->order,
                 ask->side == OC_SIDE_BUY ? "buy" : "sell", (long long)ask->qty, (long long)ask->price);
    else if (ask->kind == OC_REQUEST_CANCEL)
        snprintf(line, sizeof line, "cancel %llu", (unsigned long long)ask->order);
    else
        return OC_E_NOT_SUPPORTED; /* nothing was sent: the host refuses the order */
    return oc_send_text(lb->host, lb->stream, line, (uint32_t)strlen(line), ask->id);
}
static oc_rc start(void *self, const struct oc_start *start)
{
    const struct oc_open open = {.size = sizeof open, .flags = OC_OPEN_KEEP | OC_OPEN_ORDERS, .frame = OC_FRAME_LINES};
    return ((void)start, ((struct codec *)self)->net->open(((struct codec *)self)->host, &open, &((struct codec *)self)->stream));
}
static oc_rc open_it(const struct oc_host *host, void **ret_self)
{
    struct codec *lb = calloc(1, sizeof *lb);
    if (!lb)
        return OC_E_NOMEM;
    *lb = (struct codec){host, host->service(host, OC_SVC_FEED), host->service(host, OC_SVC_NET), host->service(host, OC_SVC_NAMES), 0};
    *ret_self = lb;
    return OC_OK;
}
static const struct oc_endpoint endpoints[] = {{.name = "lines", .urls = "tcp://127.0.0.1:7001", .env = OC_ENV_LOCAL}};
static const struct oc_order_kind orders[] = {{.type = OC_ORDER_LIMIT, .tifs = 1u << OC_TIF_GTC, .bits = OC_RQ_HAS_QTY}};
static const struct oc_venue venue = {.size = sizeof venue, .venue = "loopback", .protocol = "lines, version 1",
    .endpoints = endpoints, .orders = orders, .endpoint_count = 1, .order_count = 1};
static const struct oc_connector table = {.size = sizeof table, .venue = &venue, .start = start, .message = message, .request = request};
static const struct oc_iface ifaces[] = {{OC_CONNECTOR, &table}, {0}};
static const struct oc_key keys[] = {{0}}; /* it needs no configuration */
static const struct oc_plugin plugin = {
    .size = sizeof plugin, .abi_major = OC_ABI_MAJOR, .abi_minor = OC_ABI_MINOR,
    .kind = OC_CONNECTOR, .id = "org.example.loopback", .version = "0.1.0", .license = "MIT",
    .about = "a line protocol over a transcript", .open = open_it, .close = free, .ifaces = ifaces, .keys = keys};
OC_PLUGINS(&plugin);

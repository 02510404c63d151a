/* loopback_test.c: lines in, events out; an order in, a line out. The host is played by a few functions. */
#include "loopback.c"

static uint64_t room[64];
static int committed, failed;
static char sent[128];

static oc_rc reserve(const struct oc_host *host, uint32_t size, struct oc_event **ret_event)
{
    (void)host;
    if (size > sizeof room)
        return OC_E_FULL;
    *ret_event = (struct oc_event *)room;
    return OC_OK;
}

static oc_rc commit(const struct oc_host *host, struct oc_event *event)
{
    (void)host, (void)event;
    committed++;
    return OC_OK;
}

static oc_rc net_open(const struct oc_host *host, const char *url, uint32_t *ret_stream)
{
    (void)host;
    *ret_stream = 1;
    return strcmp(url, "transcript:loopback") == 0 ? OC_OK : OC_E_INVALID;
}

static oc_rc send(const struct oc_host *host, uint32_t stream, const void *data, uint32_t size, uint64_t id)
{
    (void)host, (void)stream, (void)id;
    snprintf(sent, sizeof sent, "%.*s", (int)size, (const char *)data);
    return OC_OK;
}

static const void *service(const struct oc_host *host, const char *id)
{
    static const struct oc_svc_feed feed = {.size = sizeof feed, .reserve = reserve, .commit = commit};
    static const struct oc_svc_net net = {.size = sizeof net, .open = net_open, .send = send};
    (void)host;
    return !strcmp(id, OC_SVC_FEED) ? (const void *)&feed : !strcmp(id, OC_SVC_NET) ? (const void *)&net : NULL;
}

static void expect(const char *what, int good)
{
    printf("%s %s\n", good ? "ok" : "FAILED", what);
    failed += !good;
}

int main(void)
{
    const struct oc_host host = {.size = sizeof host, .service = service};
    const struct oc_event *event = (const struct oc_event *)room;
    struct oc_request ask = {.id = 7,
                             .order = 7,
                             .kind = OC_REQUEST_NEW,
                             .type = OC_ORDER_LIMIT,
                             .side = OC_SIDE_SELL,
                             .bits = OC_RQ_HAS_QTY,
                             .qty = 3,
                             .price = 99};
    void *self = NULL;
    expect("it opens", plugin.open(&host, &self) == OC_OK);
    expect("it starts", table.start(self) == OC_OK);
    expect("a trade is an event", table.bytes(self, 1, "trade 100 5", 11) == OC_OK && event->type == OC_EV_TRADE);
    expect("an ack is an answer", table.bytes(self, 1, "ack 7", 5) == OC_OK && event->type == OC_EV_ACCEPTED);
    expect("a fill is one too", table.bytes(self, 1, "fill 7 3 99 t1", 14) == OC_OK && event->type == OC_EV_FILL);
    expect("nonsense is refused", table.bytes(self, 1, "nonsense", 8) == OC_E_DATA && committed == 3);
    expect("an order is a line", table.request(self, &ask) == OC_OK && !strcmp(sent, "new 7 sell 3 99"));
    ask.kind = OC_REQUEST_CANCEL;
    expect("a cancel too", table.request(self, &ask) == OC_OK && !strcmp(sent, "cancel 7"));
    ask.kind = OC_REQUEST_NEW, ask.type = OC_ORDER_MARKET;
    expect("what it cannot say is refused", table.request(self, &ask) == OC_E_NOT_SUPPORTED);
    plugin.close(self);
    return failed != 0;
}

/* nextopen_test.c: an order meets the next open, some basis points worse; what is not taken is rejected. The host is played by a
 * few functions. */
#include "nextopen.c"

#include <stdio.h>

static union {
    struct oc_event head;
    struct oc_ev_answer answer;
    struct oc_ev_fill fill;
} said; /* the last answer */
static int failed, count;

static oc_rc emit(const struct oc_host *host, int64_t at_ns, const struct oc_event *event)
{
    (void)host, (void)at_ns;
    memcpy(&said, event, event->size < sizeof said ? event->size : sizeof said);
    count++;
    return OC_OK;
}

static oc_rc dec(const struct oc_host *host, const char *key, struct oc_dec *ret_value)
{
    (void)host;
    *ret_value = (struct oc_dec){3, 0, 0};
    return strcmp(key, "bps") == 0 ? OC_OK : OC_E_NOT_FOUND;
}

static const void *service(const struct oc_host *host, const char *id)
{
    static const struct oc_svc_sim_host answers = {.size = sizeof answers, .emit = emit};
    static const struct oc_svc_config config = {.size = sizeof config, .dec = dec};
    (void)host;
    return !strcmp(id, OC_SVC_SIM_HOST) ? (const void *)&answers
           : !strcmp(id, OC_SVC_CONFIG) ? (const void *)&config
                                        : NULL;
}

static void expect(const char *what, int good)
{
    printf("%s %s\n", good ? "ok" : "FAILED", what);
    failed += !good;
}

static void show(void *self, int64_t open_ns, int64_t now_ns)
{
    const struct oc_ev_bar bar = {
        .head = {.size = sizeof bar, .type = OC_EV_BAR, .inst = OC_INST(1, 0), .venue_ns = open_ns + 60},
        .open_ns = open_ns,
        .period_ns = 60,
        .open = 100000,
        .high = 100010,
        .low = 99990,
        .close = 100005};
    expect("a bar is taken", market(self, now_ns, &bar.head) == OC_OK);
}

int main(void)
{
    const struct oc_host host = {.size = sizeof host, .service = service};
    const struct oc_instrument info = {
        .size = sizeof info, .inst = OC_INST(1, 0), .kind = OC_KIND_SPOT, .base = 1, .quote = 2, .settle = 2};
    struct oc_request ask = {
        .head = {.size = sizeof ask, .type = OC_EV_REQUEST, .inst = OC_INST(1, 0), .source = 1, .seq = 9},
        .id = 7,
        .order = 7,
        .qty = 5,
        .bits = OC_RQ_HAS_QTY,
        .account = 1,
        .kind = OC_REQUEST_NEW,
        .side = OC_SIDE_BUY,
        .type = OC_ORDER_MARKET};
    void *self;
    int64_t held;
    expect("it opens", open_venue(&host, &self) == OC_OK && instrument(self, &info) == OC_OK);
    expect("a market order is accepted", request(self, 120, &ask) == OC_OK && said.head.type == OC_EV_ACCEPTED);
    show(self, 60, 120);
    expect("the bar that it came in does not fill it", count == 1);
    show(self, 120, 120);
    expect("the next open does, 3 bps worse",
           said.head.type == OC_EV_FILL && said.fill.price == 100030 && said.fill.qty == 5);
    expect("its head is that of the request",
           said.head.source == 1 && said.head.cause == 9 && said.head.flags == OC_EVF_LAST);
    expect("it is held", position(self, 1, OC_INST(1, 0), &held) == OC_OK && held == 5);
    ask.side = OC_SIDE_SELL;
    ask.id = ask.order = 8;
    ask.qty = 9;
    ask.bits |= OC_RQ_REDUCE_ONLY;
    (void)request(self, 130, &ask);
    show(self, 180, 180);
    expect("what reduces sells what is held, and the rest is canceled", said.head.type == OC_EV_CANCELED && count == 5);
    ask.type = OC_ORDER_LIMIT;
    expect("a limit order is rejected", request(self, 190, &ask) == OC_OK && said.head.type == OC_EV_REJECTED);
    ask.kind = OC_REQUEST_CANCEL;
    expect("what is not open is not canceled",
           request(self, 190, &ask) == OC_OK && said.head.type == OC_EV_CANCEL_REJECTED);
    static char state[1 << 20];
    oc_rc size = save(self, state, sizeof state);
    expect("its state comes back",
           size > 0 && load(self, state, (uint32_t)size) == OC_OK && load(self, state, 3) == OC_E_DATA);
    close_venue(self);
    return failed != 0;
}

/* nextopen_test.c: an order meets the next open, some basis points worse; what is not taken is rejected. On the test kit's
 * host. */
#include "nextopen.c"

#include <outcry/kit/test.h>

static struct kit_test t;

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
    t.now_ns = now_ns;
    kit_expect(&t, "a bar is taken", market(self, now_ns, &bar.head) == OC_OK);
}

int main(void)
{
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
    kit_test_begin(&t, keys, (const struct kit_setting[]){{"bps", "3"}, {0}});
    kit_expect(&t, "it opens", plugin.open(&t.host, &self) == OC_OK && instrument(self, &info) == OC_OK);
    kit_expect(&t, "a market order is accepted",
               request(self, 120, &ask) == OC_OK && kit_last(&t)->type == OC_EV_ACCEPTED);
    show(self, 60, 120);
    kit_expect(&t, "the bar that it came in does not fill it", t.event_count == 1);
    show(self, 120, 120);
    kit_expect(&t, "the next open does, 3 bps worse",
               kit_last(&t)->type == OC_EV_FILL &&
                   ((const struct oc_ev_fill *)(const void *)kit_last(&t))->price == 100030 &&
                   ((const struct oc_ev_fill *)(const void *)kit_last(&t))->qty == 5);
    kit_expect(&t, "its head is that of the request",
               kit_last(&t)->source == 1 && kit_last(&t)->cause == 9 && kit_last(&t)->flags == OC_EVF_LAST);
    kit_expect(&t, "it is held", position(self, 1, OC_INST(1, 0), &held) == OC_OK && held == 5);
    ask.side = OC_SIDE_SELL;
    ask.id = ask.order = 8;
    ask.qty = 9;
    ask.bits |= OC_RQ_REDUCE_ONLY;
    (void)request(self, 130, &ask);
    show(self, 180, 180);
    kit_expect(&t, "what reduces sells what is held, and the rest is canceled",
               kit_last(&t)->type == OC_EV_CANCELED && t.event_count == 5);
    ask.type = OC_ORDER_LIMIT;
    kit_expect(&t, "a limit order is rejected",
               request(self, 190, &ask) == OC_OK && kit_last(&t)->type == OC_EV_REJECTED);
    ask.kind = OC_REQUEST_CANCEL;
    kit_expect(&t, "what is not open is not canceled",
               request(self, 190, &ask) == OC_OK && kit_last(&t)->type == OC_EV_CANCEL_REJECTED);
    static char state[1 << 20];
    oc_rc size = save(self, state, sizeof state);
    kit_expect(&t, "its state comes back",
               size > 0 && load(self, state, (uint32_t)size) == OC_OK && load(self, state, 3) == OC_E_DATA);
    plugin.close(self);
    return kit_test_end(&t);
}

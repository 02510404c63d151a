/* loopback_test.c: lines in, events out; an order in, a line out. On the test kit's host. */
#include "loopback.c"

#include <outcry/kit/test.h>

static struct kit_test t;

int main(void)
{
    struct oc_request ask = {.id = 7,
                             .order = 7,
                             .kind = OC_REQUEST_NEW,
                             .type = OC_ORDER_LIMIT,
                             .side = OC_SIDE_SELL,
                             .bits = OC_RQ_HAS_QTY,
                             .qty = 3,
                             .price = 99};
    void *self = NULL;
    kit_test_begin(&t, keys, NULL);
    kit_expect(&t, "it opens", plugin.open(&t.host, &self) == OC_OK);
    kit_expect(&t, "it starts", table.start(self) == OC_OK && !strcmp(t.url, "transcript:loopback"));
    kit_expect(&t, "a trade is an event",
               table.bytes(self, 1, "trade 100 5", 11) == OC_OK && kit_last(&t)->type == OC_EV_TRADE);
    kit_expect(&t, "an ack is an answer",
               table.bytes(self, 1, "ack 7", 5) == OC_OK && kit_last(&t)->type == OC_EV_ACCEPTED);
    kit_expect(&t, "a fill is one too",
               table.bytes(self, 1, "fill 7 3 99 t1", 14) == OC_OK && kit_last(&t)->type == OC_EV_FILL);
    kit_expect(&t, "nonsense is refused", table.bytes(self, 1, "nonsense", 8) == OC_E_DATA && t.event_count == 3);
    kit_expect(&t, "an order is a line", table.request(self, &ask) == OC_OK && !strcmp(t.sent, "new 7 sell 3 99"));
    ask.kind = OC_REQUEST_CANCEL;
    kit_expect(&t, "a cancel too", table.request(self, &ask) == OC_OK && !strcmp(t.sent, "cancel 7"));
    ask.kind = OC_REQUEST_NEW, ask.type = OC_ORDER_MARKET;
    kit_expect(&t, "what it cannot say is refused", table.request(self, &ask) == OC_E_NOT_SUPPORTED);
    plugin.close(self);
    return kit_test_end(&t);
}

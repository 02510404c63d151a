/* loopback_test.c: lines in, events out; an order in, a line out. On the test kit's host. */
#include "loopback.c"

#include <outcry/kit/test.h>

static struct kit_test t;
static void *self;

static oc_rc hear(const char *line)
{
    const struct oc_message heard = {
        .size = sizeof heard, .stream = 1, .bytes = line, .bytes_size = (uint32_t)strlen(line)};
    return table.message(self, &heard);
}

static oc_rc ask_for(const struct oc_venue_request *ask)
{
    return table.request(self, ask, sizeof *ask, 1, OC_BATCH_SINGLE);
}

int main(void)
{
    const struct oc_start begin = {.size = sizeof begin, .env = OC_ENV_LOCAL, .generation = 1};
    struct oc_venue_request ask = {.ask = {.head = {.size = sizeof ask},
                                           .id = 7,
                                           .order = 7,
                                           .kind = OC_REQUEST_NEW,
                                           .type = OC_ORDER_LIMIT,
                                           .side = OC_SIDE_SELL,
                                           .bits = OC_RQ_HAS_QTY,
                                           .qty = 3,
                                           .price = 99}};
    kit_test_begin(&t, keys, NULL);
    kit_expect(&t, "it opens", plugin.open(&t.host, &self) == OC_OK);
    kit_expect(&t, "it starts with one stream", table.start(self, &begin) == OC_OK && t.streams == 1);
    kit_expect(&t, "a trade is an event", hear("trade 100 5") == OC_OK && kit_last(&t)->type == OC_EV_TRADE);
    kit_expect(&t, "an ack is an answer", hear("ack 7") == OC_OK && kit_last(&t)->type == OC_EV_ACCEPTED);
    kit_expect(&t, "a fill is one too", hear("fill 7 3 99 t1") == OC_OK && kit_last(&t)->type == OC_EV_FILL);
    kit_expect(&t, "nonsense is refused", hear("nonsense") == OC_E_DATA && t.event_count == 3);
    kit_expect(&t, "an order is a line", ask_for(&ask) == OC_OK && !strcmp(t.sent, "new 7 sell 3 99") && t.tied == 7);
    ask.ask.kind = OC_REQUEST_CANCEL;
    kit_expect(&t, "a cancel too", ask_for(&ask) == OC_OK && !strcmp(t.sent, "cancel 7"));
    ask.ask.kind = OC_REQUEST_NEW, ask.ask.type = OC_ORDER_MARKET;
    kit_expect(&t, "what it cannot say is refused", ask_for(&ask) == OC_E_NOT_SUPPORTED);
    plugin.close(self);
    return kit_test_end(&t);
}

/* parity_test.c: hours of bars that the host built from a live feed are the venue's own candles of these hours, the empty minutes too: the connector of
 * Binance.US at its face of the rehearsal venue, in process and in simulated time. */
#pragma GCC diagnostic ignored "-Wunused-function" /* of the kit not all is needed */
#include "rehearsal/sim_link_kit.h"

#define MINUTE_NS (60 * S)

enum { HOURS = 3, BARS = HOURS * 60 + 2 };

struct line {
    int64_t open_ns, values[5]; /* open, high, low, close, volume */
};

static struct hearing {
    struct line live[BARS], fetched[BARS];
    uint32_t live_count, fetched_count;
    uint64_t trades;
    uint32_t strategy;
} heard;

static void keep(struct line *list, uint32_t *count, const struct oc_ev_bar *bar)
{
    assert_true(*count < BARS);
    list[(*count)++] = (struct line){bar->open_ns, {bar->open, bar->high, bar->low, bar->close, bar->volume}};
}

static oc_rc hears_bar(void *self, const struct oc_event *bar)
{
    (void)self;
    keep(heard.live, &heard.live_count, (const struct oc_ev_bar *)(const void *)bar);
    return OC_OK;
}

/* As a session does: what is due before an event comes before it. */
static void drain_in_time(void)
{
    const struct oc_event *first;
    union {
        struct oc_event head;
        struct oc_ev_bar bar;
        char bytes[2048];
    } event;
    while ((first = io_venue_first(&w.venue)) != NULL) {
        assert_true(first->size <= sizeof event);
        memcpy(&event, first, first->size);
        io_venue_drop(&w.venue);
        if (event.head.type == OC_EV_BAR)
            keep(heard.fetched, &heard.fetched_count, &event.bar);
        if (event.head.type != OC_EV_TRADE)
            continue;
        const int64_t now_ns = io_venue_now(&w.venue);
        fixture_tick(w.f, now_ns);
        w.f->now_ns = event.head.local_ns = now_ns;
        event.head.seq = w.f->seq + 1;
        heard.trades++;
        assert_true(fixture_input(w.f, &event) >= 0);
    }
}

static void flow(int64_t ms)
{
    const int64_t until_ns = w.now_ns + ms * MS;
    oc_rc rc;
    while ((rc = io_venue_pump(&w.venue, until_ns)) > 0)
        drain_in_time();
    drain_in_time();
    fixture_tick(w.f, until_ns);
    w.now_ns = w.f->now_ns = until_ns;
}

/* One of the two accounts sells to the other: none trades with itself. */
static void somebody_trades(void)
{
    struct core_ask ask = {.inst = shape.inst,
                           .type = CORE_LIMIT,
                           .tif = CORE_GTC,
                           .side = CORE_SELL,
                           .account = 1,
                           .qty = (int64_t)(1 + below(60)) * HOUSE_QTY,
                           .price = (int64_t)(9990 + below(20))};
    uint32_t order;
    (void)core_place(w.exchange->core, w.exchange->now_ns, &ask, &order);
    ask.account = 0;
    ask.side = CORE_BUY;
    ask.tif = CORE_IOC;
    (void)core_place(w.exchange->core, w.exchange->now_ns, &ask, &order);
}

static void hours_of_live_bars_are_the_venues_own_candles(void **state)
{
    static const struct engine_bars live = {.is_live = true, .is_flat = true, .grace_ns = S / 2};
    const struct engine_client client = {.self = &heard, .bar = hears_bar};
    uint64_t token;
    uint32_t empty = 0, busy = 0, at = 0;
    (void)state;
    begin(7);
    come_up();
    engine_set_bars(w.f->engine, w.f->account, &live);
    assert_int_equal(engine_add_client(w.f->engine, "hearer", &client, &heard.strategy), OC_OK);
    assert_int_equal(engine_subscribe(w.f->engine, heard.strategy, w.f->inst, MINUTE_NS), OC_OK);
    const struct oc_sub sub = {.inst = w.f->inst, .topic = OC_TOPIC_TRADES};
    assert_int_equal(io_venue_subscribe(&w.venue, &sub), OC_OK);
    flow(1000);
    for (int64_t second = 0; second < HOURS * 3600; second++) {
        if (second / 300 % 3 && below(60) == 0) /* every third five minutes nobody trades */
            somebody_trades();
        flow(1000);
    }
    flow(2000);
    print_message("%u live, %llu trades\n", heard.live_count, (unsigned long long)heard.trades);
    assert_true(heard.live_count > HOURS * 60 - 30);
    const struct oc_fetch ask = {.size = sizeof ask,
                                 .kind = OC_FETCH_BARS,
                                 .inst = w.f->inst,
                                 .from_ns = heard.live[0].open_ns,
                                 .to_ns = heard.live[heard.live_count - 1].open_ns + MINUTE_NS,
                                 .period_ns = MINUTE_NS};
    assert_int_equal(io_venue_fetch(&w.venue, &ask, &token), OC_OK);
    flow(5000);
    assert_true(heard.trades < CORE_TRADES_MAX); /* the venue remembers all */
    assert_int_equal(heard.fetched_count, heard.live_count);
    for (; at < heard.live_count; at++) {
        assert_int_equal(heard.live[at].open_ns, heard.fetched[at].open_ns);
        for (int i = 0; i < 5; i++)
            assert_int_equal(heard.live[at].values[i], heard.fetched[at].values[i]);
        empty += heard.live[at].values[4] == 0;
        busy += heard.live[at].values[4] != 0;
    }
    print_message("%u bars of %llu trades, %u of them empty\n", at, (unsigned long long)heard.trades, empty);
    assert_true(empty > 30 && busy > 30);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(hours_of_live_bars_are_the_venues_own_candles)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

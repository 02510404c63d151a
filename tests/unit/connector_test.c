/* The loopback connector, as built by an outsider, over feed and transcript. */
#include "feed/transcript.h"
#include "load/load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOOPBACK TEST_BUILD_DIR "/sdk/examples/loopback.so"

static struct registry registry;
static struct load_report report;

struct bench {
    struct io_services services;
    struct feed feed;
    struct transcript transcript;
    struct oc_host host;
    const struct oc_plugin *plugin;
    const struct oc_connector_0_1 *connector;
    void *self;
};

static const void *find_service(const struct oc_host *host, const char *id)
{
    (void)host;
    return io_service(id);
}

static void bench_start(struct bench *bench)
{
    const struct registry_entry *entry = registry_find(&registry, OC_CONNECTOR_0_1, "org.example.loopback");
    assert_non_null(entry);
    bench->plugin = entry->plugin;
    bench->connector = registry_interface(bench->plugin, OC_CONNECTOR_0_1);
    assert_non_null(bench->connector);
    assert_int_equal(feed_init(&bench->feed, FEED_SIZE_MIN, 7), OC_OK);
    bench->services.feed = &bench->feed;
    bench->services.net = &transcript_net;
    bench->services.net_self = &bench->transcript;
    bench->host = (struct oc_host){.size = sizeof bench->host,
                                   .abi = OC_ABI_MAJOR << 16 | OC_ABI_MINOR,
                                   .service = find_service,
                                   .impl = &bench->services};
    assert_int_equal(bench->plugin->open(&bench->host, &bench->self), OC_OK);
    struct oc_instrument instrument = {.size = sizeof instrument, .inst = OC_INST(3, 1)};
    assert_int_equal(bench->connector->start(bench->self), OC_OK);
    assert_int_equal(bench->connector->subscribe(bench->self, &instrument), OC_OK);
}

static void bench_end(struct bench *bench)
{
    assert_int_equal(bench->connector->quiesce(bench->self, 0), OC_OK);
    bench->plugin->close(bench->self);
    transcript_release(&bench->transcript);
    feed_release(&bench->feed);
}

static struct oc_request limit_buy(uint64_t order, int64_t qty, int64_t price)
{
    struct oc_request ask = {.head = {.size = sizeof ask, .type = OC_EV_REQUEST},
                             .id = order,
                             .order = order,
                             .kind = OC_REQUEST_NEW,
                             .type = OC_ORDER_LIMIT,
                             .side = OC_SIDE_BUY,
                             .bits = OC_RQ_HAS_QTY | OC_RQ_HAS_PRICE,
                             .qty = qty,
                             .price = price};
    return ask;
}

static int load_loopback(void **state)
{
    (void)state;
    registry_init(&registry);
    return load_plugin(&registry, LOOPBACK, NULL, &report);
}

static void an_order_is_accepted_and_filled_by_script(void **state)
{
    (void)state;
    struct bench bench = {0};
    assert_int_equal(transcript_init_script(&bench.transcript, "# one limit order\n"
                                                               "< trade 100 5\n"
                                                               "> new 42 buy 3 99\n"
                                                               "< ack 42\n"
                                                               "< fill 42 3 99 t-1\n"
                                                               "> cancel 42\n"
                                                               "< canceled 42\n"),
                     OC_OK);
    bench_start(&bench);
    assert_int_equal(transcript_pump(&bench.transcript, bench.connector, bench.self, 10), 1);
    const struct oc_ev_trade *trade = (const void *)feed_first(&bench.feed);
    assert_non_null(trade);
    assert_int_equal(trade->head.type, OC_EV_TRADE);
    assert_int_equal(trade->head.inst, OC_INST(3, 1));
    assert_int_equal(trade->head.source, 7);
    assert_int_equal(trade->price, 100);
    assert_int_equal(trade->qty, 5);
    feed_drop(&bench.feed);
    assert_null(feed_first(&bench.feed));

    struct oc_request ask = limit_buy(42, 3, 99);
    assert_int_equal(bench.connector->request(bench.self, &ask), OC_OK);
    assert_null(feed_first(&bench.feed)); /* never inside the call */
    assert_int_equal(transcript_pump(&bench.transcript, bench.connector, bench.self, 10), 2);
    const struct oc_ev_answer *answer = (const void *)feed_first(&bench.feed);
    assert_int_equal(answer->head.type, OC_EV_ACCEPTED);
    assert_int_equal(answer->order, 42);
    feed_drop(&bench.feed);
    const struct oc_ev_fill *fill = (const void *)feed_first(&bench.feed);
    assert_int_equal(fill->head.type, OC_EV_FILL);
    assert_int_equal(fill->order, 42);
    assert_int_equal(fill->qty, 3);
    assert_int_equal(fill->price, 99);
    assert_int_equal(fill->trade_id_size, 3);
    assert_memory_equal(fill->trade_id, "t-1", 4);
    feed_drop(&bench.feed);
    ask.kind = OC_REQUEST_CANCEL;
    assert_int_equal(bench.connector->request(bench.self, &ask), OC_OK);
    assert_int_equal(transcript_pump(&bench.transcript, bench.connector, bench.self, 10), 1);
    assert_true(transcript_is_done(&bench.transcript));
    bench_end(&bench);
}

static void what_the_script_did_not_expect_is_told(void **state)
{
    (void)state;
    struct bench bench = {0};
    assert_int_equal(transcript_init_script(&bench.transcript, "> new 1 buy 3 99\n< ack 1\n"), OC_OK);
    bench_start(&bench);
    struct oc_request ask = limit_buy(1, 3, 98);
    assert_int_equal(bench.connector->request(bench.self, &ask), OC_OK);
    assert_int_equal(bench.transcript.mismatches, 1);
    assert_non_null(strstr(bench.transcript.mismatch, "line 1"));
    assert_non_null(strstr(bench.transcript.mismatch, "new 1 buy 3 98"));
    assert_int_equal(transcript_pump(&bench.transcript, bench.connector, bench.self, 10), 0);
    assert_false(transcript_is_done(&bench.transcript));
    ask.type = OC_ORDER_MARKET; /* not spoken by this protocol: nothing is sent */
    assert_int_equal(bench.connector->request(bench.self, &ask), OC_E_NOT_SUPPORTED);
    assert_int_equal(bench.transcript.sent, 1);
    bench_end(&bench);
}

/* A venue in one function: every order is accepted and filled at once. */
static void venue(void *context, struct transcript *transcript, uint32_t stream, const void *bytes, uint32_t size)
{
    uint32_t *fills = context;
    char line[128] = "", say[128];
    long long id, qty, price;
    memcpy(line, bytes, size < sizeof line ? size : sizeof line - 1);
    if (sscanf(line, "new %lld %*s %lld %lld", &id, &qty, &price) != 3)
        return;
    snprintf(say, sizeof say, "ack %lld", id);
    assert_int_equal(transcript_say(transcript, stream, say, (uint32_t)strlen(say)), OC_OK);
    snprintf(say, sizeof say, "fill %lld %lld %lld T%u", id, qty, price, ++*fills);
    assert_int_equal(transcript_say(transcript, stream, say, (uint32_t)strlen(say)), OC_OK);
}

static void a_peer_by_function_answers_in_the_next_pump(void **state)
{
    (void)state;
    struct bench bench = {0};
    uint32_t fills = 0;
    assert_int_equal(transcript_init(&bench.transcript, venue, &fills), OC_OK);
    bench_start(&bench);
    struct oc_request ask = limit_buy(9, 1, 5);
    assert_int_equal(bench.connector->request(bench.self, &ask), OC_OK);
    assert_null(feed_first(&bench.feed));
    assert_int_equal(transcript_pump(&bench.transcript, bench.connector, bench.self, 1), 1);
    assert_int_equal(transcript_pump(&bench.transcript, bench.connector, bench.self, 9), 1);
    assert_int_equal(bench.feed.committed, 2);
    assert_int_equal(transcript_say(&bench.transcript, 1, "nonsense", 8), OC_OK);
    assert_int_equal(transcript_pump(&bench.transcript, bench.connector, bench.self, 9), OC_E_DATA);
    assert_int_equal(transcript_pump(&bench.transcript, bench.connector, bench.self, 9), 0);
    assert_int_equal(transcript_say(&bench.transcript, 2, "ack 1", 5), OC_E_STATE);
    bench_end(&bench);
}

/* Trades stop before the ring is full, an answer still gets in, and the refused line comes again.
 */
static void a_flood_of_trades_leaves_room_for_answers(void **state)
{
    (void)state;
    struct bench bench = {0};
    assert_int_equal(transcript_init(&bench.transcript, venue, &(uint32_t){0}), OC_OK);
    bench_start(&bench);
    oc_rc rc = 1;
    while (rc > 0) {
        assert_int_equal(transcript_say(&bench.transcript, 1, "trade 7 1", 9), OC_OK);
        rc = transcript_pump(&bench.transcript, bench.connector, bench.self, 1);
    }
    assert_int_equal(rc, OC_E_FULL);
    uint64_t before = bench.feed.committed;
    assert_true(before > 1000);
    assert_int_equal(bench.connector->bytes(bench.self, 1, "ack 5", 5), OC_OK);
    assert_int_equal(transcript_pump(&bench.transcript, bench.connector, bench.self, 1), OC_E_FULL);
    uint64_t count = 0;
    for (; feed_first(&bench.feed); count++)
        feed_drop(&bench.feed);
    assert_int_equal(count, before + 1);
    assert_int_equal(transcript_pump(&bench.transcript, bench.connector, bench.self, 9), 1);
    const struct oc_ev_trade *trade = (const void *)feed_first(&bench.feed);
    assert_int_equal(trade->price, 7);
    bench_end(&bench);
}

static void the_feed_refuses_what_is_no_event_from_outside(void **state)
{
    (void)state;
    static struct feed feed;
    struct oc_event *event;
    assert_int_equal(feed_init(&feed, FEED_SIZE_MIN - 1, 1), OC_E_INVALID);
    assert_int_equal(feed_init(&feed, FEED_SIZE_MIN, 1), OC_OK);
    assert_int_equal(feed_reserve(&feed, 47, &event), OC_E_INVALID);
    assert_int_equal(feed_reserve(&feed, 52, &event), OC_E_INVALID);
    assert_int_equal(feed_reserve(&feed, OC_EVENT_MAX + 8, &event), OC_E_INVALID);
    assert_int_equal(feed_reserve(&feed, OC_EVENT_MAX, &event), OC_OK);
    event->size = OC_EVENT_MAX;
    event->type = OC_EV_REJECTED;
    assert_int_equal(feed_commit(&feed, event), OC_OK);
    assert_int_equal(feed_commit(&feed, event), OC_E_STATE);
    assert_int_equal(feed_reserve(&feed, 48, &event), OC_OK);
    event->size = 56; /* more than was reserved */
    event->type = OC_EV_REJECTED;
    assert_int_equal(feed_commit(&feed, event), OC_E_DATA);
    assert_int_equal(feed_reserve(&feed, 48, &event), OC_OK);
    event->size = 48;
    event->type = OC_EV_REQUEST; /* only the host asks */
    assert_int_equal(feed_commit(&feed, event), OC_E_DATA);
    assert_int_equal(feed.malformed, 2);
    feed_release(&feed);
}

static void scripts_and_urls_have_limits(void **state)
{
    (void)state;
    struct transcript transcript;
    uint32_t stream;
    assert_int_equal(transcript_init_script(&transcript, "< a\nb\n"), OC_E_DATA);
    assert_int_equal(transcript.line, 2);
    assert_int_equal(transcript_init_script(&transcript, ""), OC_OK);
    assert_true(transcript_is_done(&transcript));
    assert_int_equal(transcript_open(&transcript, "wss://x", &stream), OC_E_NOT_SUPPORTED);
    for (uint32_t i = 1; i <= TRANSCRIPT_STREAM_MAX; i++) {
        assert_int_equal(transcript_open(&transcript, "transcript:x", &stream), OC_OK);
        assert_int_equal(stream, i);
    }
    assert_int_equal(transcript_open(&transcript, "transcript:x", &stream), OC_E_LIMIT);
    static char big[TRANSCRIPT_MESSAGE_MAX + 1];
    assert_int_equal(transcript_say(&transcript, 1, big, sizeof big), OC_E_LIMIT);
    assert_int_equal(transcript_say(&transcript, 1, big, sizeof big - 1), OC_OK);
    assert_int_equal(transcript_close(&transcript, 1), OC_OK);
    assert_int_equal(transcript_close(&transcript, 1), OC_E_STATE);
    assert_int_equal(transcript_send(&transcript, 1, "x", 1), OC_E_STATE);
    transcript_release(&transcript);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_is_accepted_and_filled_by_script),
        cmocka_unit_test(what_the_script_did_not_expect_is_told),
        cmocka_unit_test(a_peer_by_function_answers_in_the_next_pump),
        cmocka_unit_test(a_flood_of_trades_leaves_room_for_answers),
        cmocka_unit_test(the_feed_refuses_what_is_no_event_from_outside),
        cmocka_unit_test(scripts_and_urls_have_limits),
    };
    return cmocka_run_group_tests(tests, load_loopback, NULL);
}

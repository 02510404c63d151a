/* connector_trade_test.c: the engine trades with the loopback connector: order out through the codec, answers in through
 * the ring and the door, books changed. */
#include "support/engine_fixture.h"

#include "feed/transcript.h"
#include "load/load.h"

struct market_place {
    struct io_services services;
    struct feed feed;
    struct transcript transcript;
    struct oc_host host;
    const struct oc_connector_0_1 *connector;
    void *self;
    struct fixture *f;
    char said[512];
};

static const void *find_service(const struct oc_host *host, const char *id)
{
    (void)host;
    return io_service(id);
}

/* The venue: acknowledges, and fills half at once. */
static void peer(void *context, struct transcript *transcript, uint32_t stream, const void *bytes, uint32_t size)
{
    struct market_place *place = context;
    char line[128] = "", side[8];
    long long id, qty, price;
    memcpy(line, bytes, size < sizeof line - 1 ? size : sizeof line - 1);
    snprintf(place->said + strlen(place->said), sizeof place->said - strlen(place->said), "%s|", line);
    if (sscanf(line, "new %lld %7s %lld %lld", &id, side, &qty, &price) == 4) {
        int length = snprintf(line, sizeof line, "ack %lld", id);
        transcript_say(transcript, stream, line, (uint32_t)length);
        length = snprintf(line, sizeof line, "fill %lld %lld %lld T1", id, qty / 2, price);
        transcript_say(transcript, stream, line, (uint32_t)length);
    } else if (sscanf(line, "cancel %lld", &id) == 1) {
        int length = snprintf(line, sizeof line, "canceled %lld", id);
        transcript_say(transcript, stream, line, (uint32_t)length);
    }
}

static oc_rc send(void *self, const struct oc_request *request)
{
    struct market_place *place = self;
    return place->connector->request(place->self, request);
}

/* What the host does between calls: deliver, then drain the ring through the door. */
static void turn(struct market_place *place)
{
    union {
        struct oc_event head;
        char bytes[512];
    } event;
    assert_true(transcript_pump(&place->transcript, place->connector, place->self, 16) >= 0);
    for (const struct oc_event *first = feed_first(&place->feed); first; first = feed_first(&place->feed)) {
        memcpy(&event, first, first->size);
        feed_drop(&place->feed);
        assert_int_equal(fixture_input(place->f, &event), OC_OK);
    }
}

static void orders_go_out_and_fills_come_back(void **state)
{
    (void)state;
    static struct registry registry;
    static struct load_report report;
    struct market_place *place = calloc(1, sizeof *place);
    registry_init(&registry);
    assert_int_equal(load_plugin(&registry, TEST_BUILD_DIR "/sdk/examples/loopback.so", NULL, &report), OC_OK);
    const struct oc_plugin *plugin = registry_find(&registry, OC_CONNECTOR_0_1, "org.example.loopback")->plugin;
    place->connector = registry_interface(plugin, OC_CONNECTOR_0_1);
    place->f = fixture_new(COST_AVERAGE);
    assert_int_equal(feed_init(&place->feed, FEED_SIZE_MIN, place->f->account), OC_OK);
    assert_int_equal(transcript_init(&place->transcript, peer, place), OC_OK);
    place->services.feed = &place->feed;
    place->services.net = &transcript_net;
    place->services.net_self = &place->transcript;
    place->host = (struct oc_host){.size = sizeof place->host, .service = find_service, .impl = &place->services};
    assert_int_equal(plugin->open(&place->host, &place->self), OC_OK);
    assert_int_equal(place->connector->start(place->self), OC_OK);
    struct oc_instrument info = instruments_get(engine_instruments(place->f->engine), place->f->inst)->info;
    assert_int_equal(place->connector->subscribe(place->self, &info), OC_OK);
    place->f->on_request = send;
    place->f->on_request_self = place;
    turn(place);

    uint64_t id = fixture_submit(place->f, fixture_order(place->f, OC_SIDE_BUY, 10, 9900));
    assert_int_equal(fixture_find(place->f, id)->state, STATE_SUBMITTED);
    assert_int_equal(fixture_book(place->f)->position.qty, 0); /* nothing comes back inside the call */
    turn(place);
    assert_int_equal(fixture_find(place->f, id)->state, STATE_PARTIALLY_FILLED);
    assert_int_equal(fixture_book(place->f)->position.qty, 5);
    assert_int_equal(engine_stats(place->f->engine)->alarms, 0);
    struct engine_refusal refusal;
    assert_int_equal(engine_begin(place->f->engine, 0), OC_OK);
    assert_int_equal(engine_cancel(place->f->engine, id, &refusal), OC_OK);
    fixture_end(place->f, true);
    turn(place);
    assert_int_equal(fixture_find(place->f, id)->state, STATE_CANCELED);
    assert_int_equal(fixture_book(place->f)->open_buy, 0);
    assert_non_null(strstr(place->said, "buy 10 9900|cancel"));
    /* what the codec cannot say is a definitive rejection */
    uint64_t market = fixture_submit(place->f, fixture_order(place->f, OC_SIDE_BUY, 10, 0));
    assert_int_equal(fixture_find(place->f, market)->state, STATE_REJECTED);
    assert_string_equal(fixture_find(place->f, market)->reason, "NOT_SUPPORTED_BY_VENUE");

    plugin->close(place->self);
    transcript_release(&place->transcript);
    feed_release(&place->feed);
    fixture_free(place->f);
    free(place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(orders_go_out_and_fills_come_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* venue_link_wants_test.c: what a link asks its venue for without an order: order books, their snapshots, bars of the past. */
#include "support/book_kit.h"
#include "support/venue_link_kit.h"

#include "engine/depth.h"

enum { ASKS = 64 };

static struct {
    struct oc_sub subs[ASKS];
    uint32_t how[ASKS];
    int sub_count;
    struct oc_fetch asks[ASKS];
    int ask_count;
    bool fails;
} venue_was;

static oc_rc hears_subs(void *self, uint32_t stream, uint32_t how, const struct oc_sub *subs, uint32_t count)
{
    (void)self, (void)stream;
    for (uint32_t i = 0; i < count; i++) {
        venue_was.how[venue_was.sub_count] = how;
        venue_was.subs[venue_was.sub_count++] = subs[i];
    }
    return OC_OK;
}

/* It is over at once. */
static oc_rc hears_fetch(void *self, const struct oc_fetch *ask)
{
    struct oc_ev_fetched fetched = {.token = ask->token, .kind = ask->kind, .rc = venue_was.fails ? OC_E_IO : OC_OK};
    (void)self;
    venue_was.asks[venue_was.ask_count++] = *ask;
    return push(&fetched, sizeof fetched, OC_EV_FETCHED);
}

static oc_rc starts_with_all(void *self, const struct oc_start *start)
{
    const struct oc_open open = {
        .size = sizeof open, .frame = OC_FRAME_LINES, .carries = OC_TOPIC_TRADES | OC_TOPIC_BOOK};
    (void)self, (void)start;
    return codec.net->open(codec.host, &open, &codec.stream);
}

static struct oc_topic wanted_topics[] = {
    {.topic = OC_TOPIC_TRADES}, {.topic = OC_TOPIC_BOOK, .chain = OC_CHAIN_RANGE}, {.topic = OC_TOPIC_BARS}};
static const struct oc_fetchable wanted_fetches[] = {{.kind = OC_FETCH_BOOK, .by = OC_BY_INSTRUMENT, .page_max = 500},
                                                     {.kind = OC_FETCH_BARS, .by = OC_BY_INSTRUMENT | OC_BY_TIME}};
static const int64_t wanted_bars[] = {86400 * S};
static const struct oc_venue wanted_venue = {.size = sizeof wanted_venue,
                                             .venue = "lines",
                                             .protocol = "1",
                                             .endpoints = endpoints,
                                             .endpoint_count = 1,
                                             .topics = wanted_topics,
                                             .topic_count = 3,
                                             .fetches = wanted_fetches,
                                             .fetch_count = 2,
                                             .bars_ns = wanted_bars,
                                             .bar_count = 1,
                                             .subscribe_max = 4};
static const struct oc_connector wanted_table = {.size = sizeof wanted_table,
                                                 .venue = &wanted_venue,
                                                 .start = starts_with_all,
                                                 .account = account_it,
                                                 .fetch = hears_fetch,
                                                 .subscribe = hears_subs,
                                                 .message = message,
                                                 .request = request,
                                                 .quiesce = quiesce};
static const struct oc_iface wanted_ifaces[] = {{OC_CONNECTOR, &wanted_table}, {0}};
static const struct oc_plugin wanted_plugin = {.size = sizeof wanted_plugin,
                                               .abi_major = OC_ABI_MAJOR,
                                               .abi_minor = OC_ABI_MINOR,
                                               .kind = OC_CONNECTOR,
                                               .id = "org.example.lines",
                                               .version = "1.0.0",
                                               .license = "MIT",
                                               .about = "lines",
                                               .open = open_it,
                                               .close = close_it,
                                               .ifaces = wanted_ifaces,
                                               .keys = keys};

static struct place *place_with(const char *key, const char *value)
{
    static const char script[] = "transcript 2\n@ 2026-01-05T14:30:00Z\n@ +1h\nlines < trade 10000\n";
    struct place *place = place_new(NULL);
    memset(&venue_was, 0, sizeof venue_was);
    place->registry.entries[0].plugin = &wanted_plugin;
    if (key)
        assert_int_equal(settings_set(&place->settings, key, value, "test"), OC_OK);
    assert_int_equal(read_script(place, script, sizeof script - 1), OC_OK);
    assert_int_equal(venue_link_describe(place->link, &place->registry, &place->parts, 0, &place->error), OC_OK);
    assert_int_equal(open_link(place), OC_OK);
    assert_int_equal(show_instrument(place), OC_OK);
    return place;
}

/* Whatever there is at this second, and the engine is told of it. */
static void goes_to(struct place *place, int64_t at_ns)
{
    struct input input;
    place->now_ns = at_ns;
    while (inbox_next(place->inbox, &input) == OC_OK)
        if (input.kind == INPUT_BARS) /* a transcript's time goes on to its next line */
            (void)engine_close_bars(place->f->engine, input.at_ns);
        else if (input.kind == INPUT_ANSWER)
            (void)fixture_input(place->f, input.event);
}

static oc_rc says(struct place *place, struct book_event *event)
{
    place->f->now_ns = place->now_ns;
    event->book.head.source = place->f->account;
    return fixture_input(place->f, event);
}

static int asked_for(uint32_t kind)
{
    int count = 0;
    for (int i = 0; i < venue_was.ask_count; i++)
        count += venue_was.asks[i].kind == kind;
    return count;
}

static int subscribed(uint32_t topic, uint32_t how)
{
    int count = 0;
    for (int i = 0; i < venue_was.sub_count; i++)
        count += venue_was.subs[i].topic == topic && venue_was.how[i] == how;
    return count;
}

static void a_book_is_subscribed_and_its_snapshot_fetched(void **state)
{
    (void)state;
    struct place *place = place_with(NULL, NULL);
    struct engine *engine = place->f->engine;
    const uint32_t inst = place->f->inst;
    goes_to(place, BEGIN_NS);
    assert_int_equal(subscribed(OC_TOPIC_BOOK, OC_SUB_ADD), 0); /* nobody wants it */
    assert_int_equal(engine_want_book(engine, inst), OC_OK);
    goes_to(place, BEGIN_NS + 1);
    goes_to(place, BEGIN_NS + 2);
    assert_int_equal(subscribed(OC_TOPIC_BOOK, OC_SUB_ADD), 1);
    assert_int_equal(venue_was.subs[venue_was.sub_count - 1].depth, 500);
    assert_int_equal(asked_for(OC_FETCH_BOOK), 0); /* a snapshot of before the stream would be too old */
    assert_int_equal(says(place, book_change(inst, 5, 5, "9999*1")), OC_OK);
    goes_to(place, BEGIN_NS + 3);
    goes_to(place, BEGIN_NS + 4);
    assert_int_equal(asked_for(OC_FETCH_BOOK), 1);
    const struct oc_fetch *ask = &venue_was.asks[venue_was.ask_count - 1];
    assert_true(ask->inst == inst && ask->depth == 500);
    goes_to(place, BEGIN_NS + S); /* nothing came of it: again after 1 s, 2 s ... */
    assert_int_equal(asked_for(OC_FETCH_BOOK), 1);
    goes_to(place, BEGIN_NS + S + 10);
    goes_to(place, BEGIN_NS + S + 11);
    assert_int_equal(asked_for(OC_FETCH_BOOK), 2);
    goes_to(place, BEGIN_NS + 2 * S + 20);
    assert_int_equal(asked_for(OC_FETCH_BOOK), 2);
    goes_to(place, BEGIN_NS + 3 * S + 30);
    goes_to(place, BEGIN_NS + 3 * S + 31);
    assert_int_equal(asked_for(OC_FETCH_BOOK), 3);
    assert_int_equal(says(place, book_snapshot(inst, 4, "9998*1 / 10001*1")), OC_OK);
    assert_true(depth_is_shown(engine_book(engine, inst)));
    goes_to(place, BEGIN_NS + 60 * S);
    assert_int_equal(asked_for(OC_FETCH_BOOK), 3);
    assert_int_equal(says(place, book_change(inst, 9, 9, "9997*1")), OC_OK); /* a gap: at once */
    goes_to(place, BEGIN_NS + 60 * S + 1);
    goes_to(place, BEGIN_NS + 60 * S + 2);
    assert_int_equal(asked_for(OC_FETCH_BOOK), 4);
    assert_int_equal(subscribed(OC_TOPIC_BOOK, OC_SUB_ADD), 1);
    place_free(place);
}

static void of_a_quiet_market_it_is_fetched_all_the_same(void **state)
{
    (void)state;
    struct place *place = place_with("venue.test.keep_books", "all");
    assert_non_null(engine_book(place->f->engine, place->f->inst)); /* from the start */
    goes_to(place, BEGIN_NS);
    goes_to(place, BEGIN_NS + S);
    assert_int_equal(asked_for(OC_FETCH_BOOK), 0);
    goes_to(place, BEGIN_NS + 2 * S);
    goes_to(place, BEGIN_NS + 2 * S + 1);
    assert_int_equal(asked_for(OC_FETCH_BOOK), 1);
    place_free(place);
}

static void a_stream_that_brings_snapshots_is_begun_anew(void **state)
{
    (void)state;
    wanted_topics[1].flags = OC_TOPIC_SNAPSHOT;
    struct place *place = place_with("venue.test.book_levels", "20");
    const uint32_t inst = place->f->inst;
    assert_int_equal(engine_want_book(place->f->engine, inst), OC_OK);
    goes_to(place, BEGIN_NS);
    goes_to(place, BEGIN_NS + 1);
    assert_int_equal(subscribed(OC_TOPIC_BOOK, OC_SUB_ADD), 1);
    assert_int_equal(venue_was.subs[venue_was.sub_count - 1].depth, 20);
    assert_int_equal(says(place, book_snapshot(inst, 4, "9998*1 / 10001*1")), OC_OK);
    goes_to(place, BEGIN_NS + 20 * S);
    assert_int_equal(subscribed(OC_TOPIC_BOOK, OC_SUB_RESYNC), 0);
    assert_int_equal(says(place, book_change(inst, 9, 9, "9997*1")), OC_OK);
    goes_to(place, BEGIN_NS + 20 * S + 1);
    assert_int_equal(subscribed(OC_TOPIC_BOOK, OC_SUB_RESYNC), 1);
    assert_int_equal(asked_for(OC_FETCH_BOOK), 0);
    wanted_topics[1].flags = 0;
    place_free(place);
}

static void none_are_kept_where_that_is_said(void **state)
{
    (void)state;
    struct place *place = place_with("venue.test.book", "off");
    assert_int_equal(engine_want_book(place->f->engine, place->f->inst), OC_E_NOT_SUPPORTED);
    goes_to(place, BEGIN_NS + S);
    assert_int_equal(subscribed(OC_TOPIC_BOOK, OC_SUB_ADD), 0);
    place_free(place);
}

static oc_rc nothing(void *self, const struct oc_event *bar) { return (void)self, (void)bar, OC_OK; }

static void hears_bars(struct place *place, int64_t period_ns)
{
    const struct engine_bars live = {.is_live = true, .grace_ns = S / 2}; /* as on the network */
    const struct engine_client client = {.bar = nothing};
    uint32_t strategy;
    struct oc_ev_trade trade = {.head = {.size = sizeof trade, .type = OC_EV_TRADE, .inst = place->f->inst},
                                .price = 10000,
                                .qty = 1,
                                .present = OC_HAS_QTY};
    engine_set_bars(place->f->engine, place->f->account, &live);
    assert_int_equal(engine_add_client(place->f->engine, "bars", &client, &strategy), OC_OK);
    assert_int_equal(engine_subscribe(place->f->engine, strategy, place->f->inst, period_ns), OC_OK);
    place->f->now_ns = BEGIN_NS + 10 * S;
    assert_int_equal(fixture_input(place->f, &trade), OC_OK);
}

static void bars_of_the_past_are_fetched(void **state)
{
    (void)state;
    struct place *place = place_with(NULL, NULL);
    hears_bars(place, 86400 * S);
    goes_to(place, BEGIN_NS + 10 * S);
    goes_to(place, BEGIN_NS + 10 * S + 1);
    assert_int_equal(asked_for(OC_FETCH_BARS), 1);
    const struct oc_fetch *ask = &venue_was.asks[venue_was.ask_count - 1];
    const int64_t day_ns = BEGIN_NS - (14 * 3600 + 1800) * S;
    assert_true(ask->period_ns == 86400 * S && ask->to_ns == day_ns);
    assert_true(ask->from_ns == day_ns - ENGINE_HISTORY_BARS * 86400 * S);
    for (int64_t second = 11; second < 200; second++) /* it never comes: so many times, and no more */
        goes_to(place, BEGIN_NS + second * S);
    assert_int_equal(asked_for(OC_FETCH_BARS), 6);
    assert_int_equal(logged_lines("the venue was asked for them and did not say them"), 1);
    place_free(place);
}

static void a_period_that_the_venue_has_not_is_said(void **state)
{
    (void)state;
    struct place *place = place_with(NULL, NULL);
    hears_bars(place, S);
    for (int64_t second = 10; second < 20; second++)
        goes_to(place, BEGIN_NS + second * S);
    assert_int_equal(asked_for(OC_FETCH_BARS), 0);
    assert_int_equal(
        logged_lines("BTC/USDT: the venue has no history of such bars: bars of 1s that were not heard as a whole"), 1);
    place_free(place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_book_is_subscribed_and_its_snapshot_fetched),
        cmocka_unit_test(of_a_quiet_market_it_is_fetched_all_the_same),
        cmocka_unit_test(a_stream_that_brings_snapshots_is_begun_anew),
        cmocka_unit_test(none_are_kept_where_that_is_said),
        cmocka_unit_test(bars_of_the_past_are_fetched),
        cmocka_unit_test(a_period_that_the_venue_has_not_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

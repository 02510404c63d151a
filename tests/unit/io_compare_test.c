/* A venue is compared with what is known before it is given new risk; what is not found is proven late and twice; nothing is signed by a
 * clock that is not known. */
#include "io/venue_impl.h"
#include "support/io_kit.h"

static char asked[1024];
static uint64_t last_token, last_order;
static struct io_open_order open_orders[4];
static uint32_t open_count;
static bool absent_is_said;
static int64_t clock_rtt_ns, clock_ahead_ns;
static uint32_t steps;

/* Each question is answered at once; of the time by a sample. */
static oc_rc answers_at_once(const struct oc_fetch *fetch)
{
    struct oc_ev_venue_answer said = {
        .answer = {.head = {.size = sizeof said, .type = OC_EV_ABSENT}, .order = fetch->order}};
    struct oc_event *room;
    io_kit_note(asked, "%u:%llu ", fetch->kind, (unsigned long long)fetch->order);
    last_token = fetch->token, last_order = fetch->order;
    if (fetch->kind == OC_FETCH_TIME && clock_rtt_ns)
        assert_int_equal(
            kit.time->sample(&kit.host, kit.now_ns + clock_ahead_ns, kit.now_ns - clock_rtt_ns, kit.now_ns), OC_OK);
    if (fetch->kind == OC_FETCH_ORDER && absent_is_said) {
        assert_int_equal(kit.feed->reserve(&kit.host, sizeof said, &room), OC_OK);
        memcpy(room, &said, sizeof said);
        room->source = IO_KIT_SOURCE;
        assert_int_equal(kit.feed->commit(&kit.host, room), OC_OK);
    }
    return io_kit_fetched(fetch->token, 0, "");
}

static bool next_open(void *self, uint64_t after, struct io_open_order *ret_open)
{
    (void)self;
    for (uint32_t i = 0; i < open_count; i++)
        if (!after || open_orders[i].now.order > after) {
            *ret_open = open_orders[i];
            return true;
        }
    return false;
}

static void starts_comparing(bool is_resumed)
{
    static const struct oc_fetchable fetches[] = {{.kind = OC_FETCH_BALANCES},
                                                  {.kind = OC_FETCH_ORDER, .by = OC_BY_CLIENT_ID},
                                                  {.kind = OC_FETCH_OPEN_ORDERS},
                                                  {.kind = OC_FETCH_TIME}};
    const struct io_link link = io_kit_link();
    const struct oc_account account = {.size = sizeof account, .account = IO_KIT_SOURCE, .source = IO_KIT_SOURCE};
    uint32_t count;
    asked[0] = 0;
    kit.said_of.fetches = fetches;
    kit.said_of.fetch_count = clock_rtt_ns ? 4 : 3;
    kit.said_of.absence_ns = 10 * IO_KIT_S;
    io_kit_init(&link);
    kit.on_fetch = answers_at_once;
    kit.venue.world.syncs = true;
    kit.venue.world.next_open = next_open;
    kit.venue.world.clock_steps = &steps;
    assert_int_equal(io_venue_start(&kit.venue, &kit), OC_OK);
    assert_int_equal(io_venue_account(&kit.venue, &account), OC_OK);
    if (is_resumed)
        assert_int_equal(io_venue_resume(&kit.venue, kit.now_ns, &count), OC_OK);
}

static struct io_open_order one(uint64_t order, uint8_t kind, bool is_proven)
{
    return (struct io_open_order){.now = {.head = {.size = sizeof(struct oc_request), .type = OC_EV_REQUEST},
                                          .order = order,
                                          .account = IO_KIT_SOURCE,
                                          .kind = OC_REQUEST_NEW},
                                  .request = kind == OC_REQUEST_AMEND ? 99 : 0,
                                  .asked = kind,
                                  .is_proven = is_proven};
}

static void until_it_is_compared_nothing_new_leaves(void **state)
{
    (void)state;
    open_count = 0;
    starts_comparing(false);
    assert_false(io_venue_is_compared(&kit.venue));
    assert_int_equal(io_kit_ask(OC_REQUEST_NEW, 5, 5), OC_OK);
    assert_int_equal(kit.calls[IO_SITE_REQUEST], 0);
    io_kit_drain();
    assert_non_null(strstr(kit.said, "NOT_THERE 5 NOT_SENT\n"));
    assert_int_equal(io_kit_ask(OC_REQUEST_CANCEL, 6, 4), OC_OK); /* takes risk away */
    assert_int_equal(kit.calls[IO_SITE_REQUEST], 1);
    io_kit_pump(kit.now_ns);
    assert_true(io_venue_is_compared(&kit.venue));
    assert_string_equal(asked, "8:0 6:0 "); /* balances last: they hold what the others tell */
}

static void what_was_under_way_is_unknown_and_not_found_twice_and_late_is_not_there(void **state)
{
    (void)state;
    open_orders[0] = one(1ull << 40 | 7, OC_REQUEST_NEW, false);
    open_orders[1] = one(1ull << 40 | 8, 0, true);
    open_count = 2;
    absent_is_said = true;
    starts_comparing(true);
    io_kit_drain();
    assert_non_null(strstr(kit.said, "UNKNOWN 1099511627783 DISCONNECTED\n"));
    assert_null(strstr(kit.said, "UNKNOWN 1099511627784"));
    io_kit_pump(kit.now_ns);
    assert_string_equal(asked, "8:0 9:1099511627783 9:1099511627784 6:0 "); /* the list has shown neither */
    assert_true(io_venue_is_compared(&kit.venue));
    io_kit_pump(kit.now_ns + 9 * IO_KIT_S);
    assert_null(strstr(kit.said, "NOT_THERE"));
    io_kit_pump(kit.now_ns + IO_KIT_S);
    io_kit_drain();
    assert_null(strstr(kit.said, "NOT_THERE")); /* once is not enough */
    io_kit_pump(kit.now_ns + 2 * IO_KIT_S);
    io_kit_drain();
    assert_non_null(strstr(kit.said, "NOT_THERE 1099511627783 ABSENT"));
    assert_null(strstr(kit.said, "NOT_THERE 1099511627784")); /* which the venue had taken */
    assert_int_equal(kit.venue.doubt_count, 0);
    absent_is_said = false;
}

/* An order as it was: while the change may still be on its way, that is no answer to a question about it. */
static oc_rc shows_old(const struct oc_fetch *fetch)
{
    struct oc_ev_order shown = {.head = {.size = sizeof shown, .type = OC_EV_ORDER, .source = IO_KIT_SOURCE},
                                .order = open_orders[0].now.order,
                                .state = OC_SHOWN_WORKING,
                                .token = fetch->token};
    struct oc_event *room;
    if (fetch->kind == OC_FETCH_OPEN_ORDERS || fetch->kind == OC_FETCH_ORDER) {
        assert_int_equal(kit.feed->reserve(&kit.host, sizeof shown, &room), OC_OK);
        memcpy(room, &shown, sizeof shown);
        assert_int_equal(kit.feed->commit(&kit.host, room), OC_OK);
    }
    return io_kit_fetched(fetch->token, 0, "");
}

static uint64_t shown_token(void)
{
    uint64_t token = UINT64_MAX;
    const struct oc_event *event;
    for (; (event = io_venue_first(&kit.venue)) != NULL; io_venue_drop(&kit.venue))
        if (event->type == OC_EV_ORDER)
            token = ((const struct oc_ev_order *)(const void *)event)->token;
    return token;
}

static void a_change_that_may_be_on_its_way_is_not_taken_back_by_what_is_shown_early(void **state)
{
    (void)state;
    open_orders[0] = one(1ull << 40 | 7, OC_REQUEST_AMEND, true);
    open_count = 1;
    starts_comparing(true);
    kit.on_fetch = shows_old;
    io_kit_pump(kit.now_ns);
    assert_int_equal(shown_token(), 0);
    assert_true(io_venue_is_compared(&kit.venue) && kit.venue.doubt_count == 1);
    io_kit_pump(kit.now_ns + 11 * IO_KIT_S);
    assert_true(shown_token() > 0);
    io_kit_pump(kit.now_ns);
    assert_int_equal(kit.venue.doubt_count, 0);
}

static void a_lost_stream_of_an_account_asks_for_all_of_it_again(void **state)
{
    (void)state;
    open_count = 0;
    starts_comparing(false);
    io_kit_pump(kit.now_ns);
    assert_true(io_venue_is_compared(&kit.venue));
    io_sync_want(&kit.venue);
    assert_false(io_venue_is_compared(&kit.venue));
    io_kit_pump(kit.now_ns);
    assert_string_equal(asked, "8:0 6:0 8:0 6:0 ");
    assert_true(io_venue_is_compared(&kit.venue));
}

/* From time to time, beside trading: nothing is refused, nothing says that it is not compared, and balances are left out as long as something
 * may be filled meanwhile. */
static void it_is_compared_again_beside_trading(void **state)
{
    (void)state;
    open_count = 0;
    kit.said_of.reconcile_ns = 60 * IO_KIT_S;
    starts_comparing(false);
    io_kit_pump(kit.now_ns);
    assert_string_equal(asked, "8:0 6:0 ");
    io_kit_pump(kit.now_ns + 59 * IO_KIT_S);
    assert_string_equal(asked, "8:0 6:0 ");
    io_kit_pump(kit.now_ns + 2 * IO_KIT_S);
    assert_string_equal(asked, "8:0 6:0 8:0 6:0 ");
    open_orders[0] = one(1ull << 40 | 8, 0, true);
    open_count = 1;
    asked[0] = 0;
    assert_int_equal(io_venue_reconcile(&kit.venue), OC_OK);
    assert_true(io_venue_is_compared(&kit.venue));
    assert_int_equal(io_kit_ask(OC_REQUEST_NEW, 5, 5), OC_OK);
    assert_int_equal(kit.calls[IO_SITE_REQUEST], 1);
    io_kit_pump(kit.now_ns);
    assert_string_equal(asked, "8:0 9:1099511627784 ");
    assert_int_equal(kit.venue.counts.compared, 3);
    open_count = 0;
    io_kit_pump(kit.now_ns + 61 * IO_KIT_S);
    assert_int_equal(kit.venue.counts.compared, 4);
    kit.said_of.reconcile_ns = 0;
}

static oc_rc answers_nothing(const struct oc_fetch *fetch)
{
    io_kit_note(asked, "%u:%llu ", fetch->kind, (unsigned long long)fetch->order);
    last_token = fetch->token;
    return OC_OK;
}

/* A change waits for the answers, for they may show what was before it; an order does not. What was lost meanwhile is no longer beside. */
static void a_change_waits_for_questions_that_are_asked_beside_trading(void **state)
{
    (void)state;
    open_count = 0;
    starts_comparing(false);
    io_kit_pump(kit.now_ns);
    kit.on_fetch = answers_nothing;
    assert_int_equal(io_venue_reconcile(&kit.venue), OC_OK);
    io_kit_pump(kit.now_ns);
    assert_int_equal(io_kit_ask(OC_REQUEST_AMEND, 6, 4), OC_OK);
    assert_int_equal(kit.calls[IO_SITE_REQUEST], 0);
    assert_int_equal(io_kit_ask(OC_REQUEST_NEW, 7, 7), OC_OK);
    assert_int_equal(kit.calls[IO_SITE_REQUEST], 1);
    assert_int_equal(io_kit_ask(OC_REQUEST_CANCEL, 8, 7), OC_OK);
    assert_int_equal(kit.calls[IO_SITE_REQUEST], 2);
    io_sync_fetched(&kit.venue, last_token, OC_OK);
    io_kit_pump(kit.now_ns);
    assert_int_equal(kit.calls[IO_SITE_REQUEST], 3);
    assert_int_equal(io_venue_reconcile(&kit.venue), OC_OK);
    io_kit_pump(kit.now_ns);
    io_sync_want(&kit.venue); /* a stream fell */
    assert_false(io_venue_is_compared(&kit.venue));
    assert_int_equal(io_kit_ask(OC_REQUEST_NEW, 9, 9), OC_OK);
    assert_int_equal(kit.calls[IO_SITE_REQUEST], 3);
}

/* Not more often than each ten seconds, however much there is to suspect. */
static void a_suspicion_is_looked_into(void **state)
{
    (void)state;
    open_count = 0;
    starts_comparing(false);
    io_kit_pump(kit.now_ns);
    asked[0] = 0;
    for (int i = 0; i < 5; i++) {
        io_sync_suspect(&kit.venue);
        io_kit_pump(kit.now_ns + IO_KIT_S);
    }
    assert_string_equal(asked, "8:0 6:0 ");
    io_kit_pump(kit.now_ns + 6 * IO_KIT_S);
    io_sync_suspect(&kit.venue);
    io_kit_pump(kit.now_ns);
    assert_string_equal(asked, "8:0 6:0 8:0 6:0 ");
}

static int fills_between;

static void say_copy(const struct oc_event *event)
{
    struct oc_event *room;
    assert_int_equal(kit.feed->reserve(&kit.host, event->size, &room), OC_OK);
    memcpy(room, event, event->size);
    room->source = IO_KIT_SOURCE;
    assert_int_equal(kit.feed->commit(&kit.host, room), OC_OK);
}

/* Balances, with a fill that is told while they are on their way, so many times. */
static oc_rc is_overtaken(const struct oc_fetch *fetch)
{
    const struct oc_ev_fill fill = {.head = {.size = sizeof fill, .type = OC_EV_FILL}};
    const struct oc_ev_balance balance = {
        .head = {.size = sizeof balance, .type = OC_EV_BALANCE}, .token = fetch->token, .present = OC_BAL_OLD};
    const struct oc_ev_position position = {.head = {.size = sizeof position, .type = OC_EV_POSITION},
                                            .token = fetch->token};
    io_kit_note(asked, "%u:%llu ", fetch->kind, (unsigned long long)fetch->order);
    if (fetch->kind == OC_FETCH_BALANCES && fills_between-- > 0)
        say_copy(&fill.head);
    if (fetch->kind == OC_FETCH_BALANCES) {
        say_copy(&balance.head);
        say_copy(&position.head);
    }
    return io_kit_fetched(fetch->token, 0, "");
}

/* How many balances and positions said something, and how many were of before. */
static void count_said(int *ret_good, int *ret_old)
{
    const struct oc_event *event;
    *ret_good = *ret_old = 0;
    for (; (event = io_venue_first(&kit.venue)) != NULL; io_venue_drop(&kit.venue)) {
        const void *all = event;
        if (event->type == OC_EV_BALANCE)
            ++*(((const struct oc_ev_balance *)all)->present & OC_BAL_OLD ? ret_old : ret_good);
        else if (event->type == OC_EV_POSITION)
            ++*(((const struct oc_ev_position *)all)->present & OC_POS_OLD ? ret_old : ret_good);
    }
}

static void balances_that_a_fill_has_overtaken_are_asked_for_again(void **state)
{
    (void)state;
    int good, old;
    open_count = 0;
    starts_comparing(false);
    kit.on_fetch = is_overtaken;
    fills_between = 2;
    io_kit_pump(kit.now_ns);
    assert_string_equal(asked, "8:0 6:0 6:0 6:0 ");
    assert_true(io_venue_is_compared(&kit.venue));
    count_said(&good, &old);
    assert_int_equal(old, 4);
    assert_int_equal(good, 2); /* whatever the connector says of that bit */
    asked[0] = 0;
    fills_between = 100; /* it never ends: the next comparison is to see */
    io_sync_want(&kit.venue);
    io_kit_pump(kit.now_ns);
    assert_string_equal(asked, "8:0 6:0 6:0 6:0 6:0 ");
    assert_true(io_venue_is_compared(&kit.venue));
    count_said(&good, &old);
    assert_int_equal(good, 0);
    fills_between = 0;
}

/* An order that leaves meanwhile may be filled by the time that they are read. A cancel moves nothing. */
static void balances_that_an_order_has_overtaken_say_nothing(void **state)
{
    (void)state;
    static const uint8_t kinds[] = {OC_REQUEST_NEW, OC_REQUEST_CANCEL};
    int good, old;
    open_count = 0;
    starts_comparing(false);
    io_kit_pump(kit.now_ns);
    for (int i = 0; i < 2; i++) {
        kit.on_fetch = answers_nothing;
        kit.now_ns += 20 * IO_KIT_S;
        const struct oc_fetch ask = {.size = sizeof ask, .kind = OC_FETCH_BALANCES, .account = IO_KIT_SOURCE};
        uint64_t token;
        assert_int_equal(io_venue_fetch(&kit.venue, &ask, &token), OC_OK);
        io_kit_pump(kit.now_ns);
        assert_int_equal(io_kit_ask(kinds[i], 50 + (uint64_t)i, 50), OC_OK);
        count_said(&good, &old);
        const struct oc_ev_balance balance = {.head = {.size = sizeof balance, .type = OC_EV_BALANCE}, .token = token};
        io_call_begin(&kit.venue, IO_SITE_RESPONSE, 0);
        say_copy(&balance.head);
        assert_int_equal(io_call_end(&kit.venue, OC_OK), OC_OK);
        count_said(&good, &old);
        assert_int_equal(old, kinds[i] == OC_REQUEST_NEW);
        assert_int_equal(good, kinds[i] != OC_REQUEST_NEW);
    }
}

/* Orders are shown with the time by which all that had happened is in them. */
static void what_is_shown_says_how_old_it_is(void **state)
{
    (void)state;
    const struct oc_event *event;
    int count = 0;
    open_orders[0] = one(1ull << 40 | 7, 0, true);
    open_count = 1;
    starts_comparing(false);
    kit.on_fetch = shows_old;
    io_kit_pump(kit.now_ns);
    for (; (event = io_venue_first(&kit.venue)) != NULL; io_venue_drop(&kit.venue))
        if (event->type == OC_EV_ORDER && ++count)
            assert_int_equal(((const struct oc_ev_order *)(const void *)event)->as_of_ns, kit.now_ns - 10 * IO_KIT_S);
    assert_true(count > 0);
}

static void nothing_is_signed_by_a_clock_that_is_not_known(void **state)
{
    const struct oc_svc_sign *sign = io_venue_service(OC_SVC_SIGN);
    uint8_t signature[64];
    (void)state;
    open_count = 0;
    clock_rtt_ns = 3 * IO_KIT_S, clock_ahead_ns = 5 * IO_KIT_S;
    kit.said_of.flags |= OC_HAS_SIGNED_TIME;
    kit.said_of.window_ns = IO_KIT_S;
    starts_comparing(false);
    io_kit_pump(kit.now_ns);
    assert_int_equal(sign->sign(&kit.host, 1, NULL, 0, signature, sizeof signature), OC_E_AGAIN);
    assert_int_not_equal(kit.venue.reach[0], OC_VENUE_READY); /* it is not reached as far as orders go */
    clock_rtt_ns = 20 * IO_KIT_MS;
    io_kit_pump(kit.now_ns + IO_KIT_S);
    assert_int_not_equal(sign->sign(&kit.host, 1, NULL, 0, signature, sizeof signature), OC_E_AGAIN);
    struct io_clock_sample best;
    assert_true(io_clock_best(&kit.venue, &best));
    assert_in_range(best.error_ns, 10 * IO_KIT_MS, 11 * IO_KIT_MS);
    kit.now_ns += 50 * IO_KIT_S;
    assert_true(io_clock_best(&kit.venue, &best));
    assert_in_range(best.error_ns, 15 * IO_KIT_MS, 16 * IO_KIT_MS);
    /* Asked from time to time: a clock parts from ours, and what is known of it with it. */
    asked[0] = 0;
    clock_rtt_ns = 30 * IO_KIT_MS;
    io_kit_pump(kit.now_ns + 3 * 60 * IO_KIT_S);
    assert_non_null(strstr(asked, "1:0 1:0 "));
    /* Our own clock jumps: what was known is of another time. */
    steps++;
    assert_int_equal(sign->sign(&kit.host, 1, NULL, 0, signature, sizeof signature), OC_E_AGAIN);
    asked[0] = 0;
    io_kit_pump(kit.now_ns);
    assert_non_null(strstr(asked, "1:0 "));
    assert_int_not_equal(sign->sign(&kit.host, 1, NULL, 0, signature, sizeof signature), OC_E_AGAIN);
    clock_rtt_ns = 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, io_kit_open_venue, io_kit_close_venue)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(until_it_is_compared_nothing_new_leaves),
        TEST(what_was_under_way_is_unknown_and_not_found_twice_and_late_is_not_there),
        TEST(a_change_that_may_be_on_its_way_is_not_taken_back_by_what_is_shown_early),
        TEST(a_lost_stream_of_an_account_asks_for_all_of_it_again),
        TEST(it_is_compared_again_beside_trading),
        TEST(a_change_waits_for_questions_that_are_asked_beside_trading),
        TEST(a_suspicion_is_looked_into),
        TEST(balances_that_a_fill_has_overtaken_are_asked_for_again),
        TEST(balances_that_an_order_has_overtaken_say_nothing),
        TEST(what_is_shown_says_how_old_it_is),
        TEST(nothing_is_signed_by_a_clock_that_is_not_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

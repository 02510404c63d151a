/* Questions to a venue: page by page, again when they were lost, and an end that is always said. */
#include "support/io_kit.h"

static uint64_t token;
static char asked[256];

static oc_rc by_http(const struct oc_fetch *fetch)
{
    snprintf(asked + strlen(asked), sizeof asked - strlen(asked), "[%.*s]", (int)fetch->cursor.size,
             (const char *)fetch->cursor.bytes);
    return io_kit_http("/ask", 0, fetch->token, 0);
}

static oc_rc by_stream(const struct oc_fetch *fetch) { return io_kit_send(kit.stream, "ask", 0, fetch->token, 0); }

static oc_rc reads_page(const struct oc_response *response)
{
    assert_int_equal(response->token, token);
    assert_non_null(response->fetch);
    assert_int_equal(io_kit_trade(response->status), OC_OK);
    if (response->body_size == 0)
        return OC_E_DATA;
    const bool is_last = ((const char *)response->body)[0] == '.';
    return io_kit_fetched(response->token, !is_last, response->body);
}

static void ask(uint32_t kind)
{
    const struct oc_fetch what = {.size = sizeof what, .kind = kind};
    assert_int_equal(io_venue_fetch(&kit.venue, &what, &token), OC_OK);
    io_kit_pump(kit.now_ns);
}

static void starts(void)
{
    asked[0] = 0;
    kit.on_fetch = by_http;
    kit.on_response = reads_page;
    io_kit_start();
    kit.sent[0] = 0;
}

static void answers(const char *body, uint16_t status)
{
    io_kit_answers(kit.exchange, status, body);
    io_kit_pump(kit.now_ns);
}

static void each_page_is_asked_for_with_the_cursor_of_the_one_before(void **state)
{
    (void)state;
    starts();
    ask(OC_FETCH_TRADES);
    answers("one", 201);
    answers("two", 202);
    answers(".", 203);
    assert_string_equal(asked, "[][one][two]");
    io_kit_said("TRADE 201\nFETCHED 0 rc 0 why 0 more 1\nTRADE 202\nFETCHED 0 rc 0 why 0 more 1\n"
                "TRADE 203\nFETCHED 0 rc 0 why 0 more 0\n");
    io_kit_pump(kit.now_ns + 60 * IO_KIT_S);
    assert_string_equal(asked, "[][one][two]");
    assert_int_equal(kit.venue.fetch_count, 0);
}

static oc_rc at_once(const struct oc_fetch *fetch) { return io_kit_fetched(fetch->token, 0, ""); }

static oc_rc pages_at_once(const struct oc_fetch *fetch)
{
    return io_kit_fetched(fetch->token, fetch->cursor.size == 0, "next");
}

static void a_question_may_be_answered_in_its_own_call(void **state)
{
    (void)state;
    starts();
    kit.on_fetch = at_once;
    ask(OC_FETCH_TRADES);
    ask(OC_FETCH_TRADES);
    io_kit_said("FETCHED 0 rc 0 why 0 more 0\nFETCHED 0 rc 0 why 0 more 0\n");
    kit.on_fetch = pages_at_once;
    ask(OC_FETCH_TRADES);
    io_kit_said("FETCHED 0 rc 0 why 0 more 1\nFETCHED 0 rc 0 why 0 more 0\n");
    assert_int_equal(kit.venue.fetch_count, 0);
}

/* Lost five times: at random within 2, 4, 8 and 16 seconds between, and then the host says that it failed. */
static void what_is_lost_is_asked_again_and_in_the_end_has_failed(void **state)
{
    int64_t spans_ns[IO_FETCH_TRIES + 1] = {0};
    (void)state;
    starts();
    ask(OC_FETCH_BALANCES);
    for (int i = 1; i <= IO_FETCH_TRIES; i++) {
        io_kit_happens((struct io_happening){
            .kind = IO_LOST, .exchange = kit.exchange, .at_ns = kit.now_ns, .why = OC_WHY_NETWORK});
        io_kit_pump(kit.now_ns);
        assert_int_equal(kit.calls[IO_SITE_FETCH], i);
        if (i == IO_FETCH_TRIES)
            break;
        io_kit_said("");
        const int64_t again_ns = kit.venue.fetches[0].again_ns, span_ns = again_ns - kit.now_ns;
        assert_true(span_ns >= IO_RETRY_NS && span_ns < IO_BACKOFF_NS << i && span_ns != spans_ns[0]);
        spans_ns[i] = spans_ns[0] = span_ns;
        io_kit_pump(again_ns - 1);
        assert_int_equal(kit.calls[IO_SITE_FETCH], i);
        io_kit_pump(again_ns);
        assert_int_equal(kit.calls[IO_SITE_FETCH], i + 1);
    }
    io_kit_said("FETCHED 6 rc -6 why 67 more 0\n");
    assert_int_equal(kit.venue.fetch_count, 0);
    assert_true(llabs(spans_ns[2] * 2 - spans_ns[3]) > IO_KIT_MS); /* not one share of each span */
}

static void an_answer_that_cannot_be_read_is_a_failure_too(void **state)
{
    (void)state;
    starts();
    ask(OC_FETCH_BALANCES);
    answers("", 500);
    io_kit_said("");
    assert_int_equal(kit.venue.fetches[0].tries, 1);
    io_kit_pump(kit.now_ns + 2 * IO_BACKOFF_NS);
    answers(".", 200);
    io_kit_said("TRADE 200\nFETCHED 0 rc 0 why 0 more 0\n");
}

static void a_page_that_came_makes_the_next_a_first_try(void **state)
{
    (void)state;
    starts();
    ask(OC_FETCH_TRADES);
    answers("", 500);
    io_kit_pump(kit.now_ns + 2 * IO_BACKOFF_NS);
    answers("one", 200);
    assert_int_equal(kit.venue.fetches[0].tries, 0);
    assert_string_equal(asked, "[][][one]");
}

static void a_question_on_a_stream_that_falls_or_is_silent_is_asked_again(void **state)
{
    (void)state;
    starts();
    kit.said_of.answer_ns = 3 * IO_KIT_S;
    kit.on_fetch = by_stream;
    ask(OC_FETCH_BALANCES);
    io_kit_falls(OC_WHY_NETWORK);
    io_kit_pump(kit.now_ns + 2 * IO_BACKOFF_NS);
    io_kit_sent("send ask\nopen main /main\nsend ask\n");
    io_kit_pump(kit.now_ns + 3 * IO_KIT_S);
    assert_int_equal(kit.venue.fetches[0].tries, 2);
    io_kit_pump(kit.now_ns + 4 * IO_KIT_S);
    io_kit_sent("send ask\n");
    kit.send_rc = OC_E_STATE;
    io_kit_pump(kit.now_ns + 60 * IO_KIT_S);
    io_kit_said("FETCHED 6 rc -6 why 70 more 0\n");
}

static oc_rc forgets(const struct oc_fetch *fetch)
{
    (void)fetch;
    return OC_OK;
}

static void a_connector_that_asks_nothing_does_not_keep_a_question_for_ever(void **state)
{
    (void)state;
    starts();
    kit.on_fetch = forgets;
    ask(OC_FETCH_BALANCES);
    io_kit_pump(kit.now_ns + 600 * IO_KIT_S);
    io_kit_said("FETCHED 6 rc -6 why 68 more 0\n");
}

static oc_rc denies(const struct oc_fetch *fetch)
{
    (void)fetch;
    return OC_E_DENIED;
}

static void what_the_connector_refuses_has_failed_at_once(void **state)
{
    (void)state;
    starts();
    kit.on_fetch = denies;
    ask(OC_FETCH_BALANCES);
    io_kit_said("FETCHED 6 rc -17 why 9 more 0\n");
}

static oc_rc not_now(const struct oc_fetch *fetch)
{
    (void)fetch;
    kit.on_fetch = by_http;
    return OC_E_AGAIN;
}

static void a_question_that_has_to_wait_is_asked_later_and_no_try_is_lost(void **state)
{
    (void)state;
    starts();
    kit.on_fetch = not_now;
    ask(OC_FETCH_BALANCES);
    io_kit_sent("");
    io_kit_pump(kit.now_ns + IO_RETRY_NS);
    io_kit_sent("http 1 /ask|A: b\r\n|c=d\n");
    assert_int_equal(kit.venue.fetches[0].tries, 0);
}

static void so_many_questions_and_only_what_is_offered(void **state)
{
    struct oc_fetch what = {.size = sizeof what, .kind = OC_FETCH_LEDGER};
    (void)state;
    starts();
    assert_int_equal(io_venue_fetch(&kit.venue, &what, &token), OC_E_NOT_SUPPORTED);
    what.kind = OC_FETCH_BALANCES;
    for (int i = 0; i < IO_FETCHES_MAX; i++)
        assert_int_equal(io_venue_fetch(&kit.venue, &what, &token), OC_OK);
    assert_int_equal(io_venue_fetch(&kit.venue, &what, &token), OC_E_LIMIT);
}

/* What a connector may look up. */

static void what_is_under_way_can_be_looked_up_until_it_is_answered(void **state)
{
    struct oc_fetch copy;
    struct oc_venue_request request;
    (void)state;
    starts();
    ask(OC_FETCH_TRADES);
    assert_int_equal(kit.net->fetching(&kit.host, token, &copy, sizeof copy), sizeof copy);
    assert_int_equal(copy.kind, OC_FETCH_TRADES);
    assert_int_equal(copy.lane, OC_LANE_QUERY);
    answers(".", 200);
    assert_int_equal(kit.net->fetching(&kit.host, token, &copy, sizeof copy), OC_E_NOT_FOUND);
    assert_int_equal(io_kit_ask(OC_REQUEST_NEW, 5, 5), OC_OK);
    assert_int_equal(kit.net->asked(&kit.host, 5, &request, sizeof request), sizeof request);
    assert_int_equal(request.ask.order, 5);
    assert_int_equal(kit.net->asked(&kit.host, 6, &request, sizeof request), OC_E_NOT_FOUND);
}

/* The venue's clock. */

static void the_clock_of_the_venue_is_known_as_well_as_the_best_sample(void **state)
{
    int64_t at_ns, error_ns;
    (void)state;
    kit.said_of.window_ns = 100 * IO_KIT_MS;
    starts();
    const int64_t now_ns = kit.now_ns;
    assert_int_equal(kit.time->venue_ns(&kit.host, &at_ns, &error_ns), OC_E_STATE);
    /* 400 ms there and back, and it is 5 s ahead: known within 200 ms, which is not enough. */
    assert_int_equal(kit.time->sample(&kit.host, now_ns + 5 * IO_KIT_S, now_ns - 400 * IO_KIT_MS, now_ns), OC_OK);
    assert_int_equal(kit.time->venue_ns(&kit.host, &at_ns, &error_ns), OC_E_STATE);
    assert_int_equal(kit.time->sample(&kit.host, now_ns + 5 * IO_KIT_S, now_ns - 20 * IO_KIT_MS, now_ns), OC_OK);
    assert_int_equal(kit.time->venue_ns(&kit.host, &at_ns, &error_ns), OC_OK);
    assert_int_equal(at_ns, now_ns + 5 * IO_KIT_S + 10 * IO_KIT_MS);
    assert_int_equal(error_ns, 10 * IO_KIT_MS);
    /* A worse one changes nothing, one that contradicts does: its clock was set. */
    assert_int_equal(kit.time->sample(&kit.host, now_ns + 5 * IO_KIT_S, now_ns - 80 * IO_KIT_MS, now_ns), OC_OK);
    assert_int_equal(kit.time->venue_ns(&kit.host, &at_ns, &error_ns), OC_OK);
    assert_int_equal(error_ns, 10 * IO_KIT_MS);
    assert_int_equal(kit.time->sample(&kit.host, now_ns, now_ns - 80 * IO_KIT_MS, now_ns), OC_OK);
    assert_int_equal(kit.time->venue_ns(&kit.host, &at_ns, &error_ns), OC_OK);
    assert_int_equal(at_ns, now_ns + 40 * IO_KIT_MS);
    assert_int_equal(kit.time->sample(&kit.host, now_ns, now_ns + 1, now_ns), OC_E_INVALID);
}

static void the_name_of_an_endpoint_is_what_its_url_says(void **state)
{
    char name[32];
    (void)state;
    starts();
    assert_int_equal(kit.net->authority(&kit.host, 1, name, sizeof name), strlen("rest.example:8443"));
    assert_string_equal(name, "rest.example:8443");
    assert_int_equal(kit.net->authority(&kit.host, 1, name, 5), OC_E_LIMIT);
    assert_int_equal(kit.net->authority(&kit.host, 2, name, sizeof name), OC_E_INVALID);
}

static oc_rc ends_page(const struct oc_response *response)
{
    const bool is_last = response->body_size && ((const char *)response->body)[0] == '.';
    return io_kit_fetched(response->token, !is_last, is_last ? (const char *)response->body + 1 : response->body);
}

/* The next question of a kind goes on where the last one ended; one about a span or an order says itself where it begins. */
static void the_next_question_goes_on_where_the_last_ended(void **state)
{
    (void)state;
    static const struct oc_fetchable offered[] = {{.kind = OC_FETCH_FILLS, .by = OC_BY_CURSOR},
                                                  {.kind = OC_FETCH_LEDGER, .by = OC_BY_TIME}};
    starts();
    kit.on_response = ends_page;
    kit.said_of.fetches = offered;
    kit.said_of.fetch_count = 2;
    ask(OC_FETCH_FILLS);
    answers("one", 200);
    answers(".two", 200);
    ask(OC_FETCH_FILLS);
    assert_string_equal(asked, "[][one][two]");
    answers(".", 200); /* no cursor: it stays where it was */
    ask(OC_FETCH_LEDGER);
    answers(".three", 200);
    ask(OC_FETCH_LEDGER); /* of a kind that has none */
    answers(".", 200);
    assert_string_equal(asked, "[][one][two][][]");
    struct oc_fetch what = {.size = sizeof what, .kind = OC_FETCH_FILLS, .from_ns = 5};
    assert_int_equal(io_venue_fetch(&kit.venue, &what, &token), OC_OK);
    io_kit_pump(kit.now_ns);
    answers(".four", 200);
    what = (struct oc_fetch){.size = sizeof what, .kind = OC_FETCH_FILLS, .inst = 256};
    assert_int_equal(io_venue_fetch(&kit.venue, &what, &token), OC_OK);
    io_kit_pump(kit.now_ns);
    answers(".", 200);
    ask(OC_FETCH_FILLS);
    assert_string_equal(asked, "[][one][two][][][][][two]");
}

static struct oc_fetch looked;
static uint32_t looks;

static oc_rc looks_for(const struct oc_fetch *fetch)
{
    looked = *fetch;
    looks++;
    return io_kit_http("/ask", 0, fetch->token, 0);
}

/* Fills that are missing are asked for as the description lets it, once while the question waits. */
static void missing_fills_are_asked_for(void **state)
{
    (void)state;
    static struct oc_fetchable offered = {.kind = OC_FETCH_FILLS};
    static const uint32_t by[] = {OC_BY_CURSOR, OC_BY_INSTRUMENT, OC_BY_ORDER};
    const struct oc_request request = {.kind = OC_REQUEST_FILLS,
                                       .order = 1ull << 40 | 5,
                                       .account = IO_KIT_SOURCE,
                                       .created_ns = 77,
                                       .head = {.inst = 256}};
    starts();
    kit.on_fetch = looks_for;
    kit.said_of.fetches = &offered;
    kit.said_of.fetch_count = 1;
    kit.said_of.client_form = OC_CLIENT_NUMBER;
    for (size_t i = 0; i < 3; i++) {
        offered.by = by[i];
        looks = 0;
        assert_int_equal(io_venue_fetch_fills(&kit.venue, &request), OC_OK);
        assert_int_equal(io_venue_fetch_fills(&kit.venue, &request), OC_OK);
        io_kit_pump(kit.now_ns);
        assert_int_equal(looks, 1);
        assert_true(looked.account == IO_KIT_SOURCE && looked.lane == OC_LANE_RECONCILE);
        assert_int_equal(looked.inst, i == 0 ? 0 : 256);
        assert_true(looked.order == (i == 2 ? request.order : 0));
        assert_int_equal(looked.client.size > 0, i == 2);
        assert_int_equal(io_venue_fetch_fills(&kit.venue, &request), OC_OK); /* the first is under way */
        io_kit_pump(kit.now_ns);
        assert_int_equal(looks, 2);
    }
    kit.said_of.fetch_count = 0;
    assert_int_equal(io_venue_fetch_fills(&kit.venue, &request), OC_E_NOT_SUPPORTED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, io_kit_open_venue, io_kit_close_venue)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_page_is_asked_for_with_the_cursor_of_the_one_before),
        TEST(a_question_may_be_answered_in_its_own_call),
        TEST(what_is_lost_is_asked_again_and_in_the_end_has_failed),
        TEST(an_answer_that_cannot_be_read_is_a_failure_too),
        TEST(a_page_that_came_makes_the_next_a_first_try),
        TEST(a_question_on_a_stream_that_falls_or_is_silent_is_asked_again),
        TEST(a_connector_that_asks_nothing_does_not_keep_a_question_for_ever),
        TEST(what_the_connector_refuses_has_failed_at_once),
        TEST(a_question_that_has_to_wait_is_asked_later_and_no_try_is_lost),
        TEST(so_many_questions_and_only_what_is_offered),
        TEST(what_is_under_way_can_be_looked_up_until_it_is_answered),
        TEST(the_clock_of_the_venue_is_known_as_well_as_the_best_sample),
        TEST(the_name_of_an_endpoint_is_what_its_url_says),
        TEST(the_next_question_goes_on_where_the_last_ended),
        TEST(missing_fills_are_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

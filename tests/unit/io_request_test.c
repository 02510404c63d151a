/* What becomes of a request, from "taken over" to its one last word. */
#include "support/io_kit.h"

static char clients[8][72];
static uint32_t client_count;

static oc_rc waits(const struct oc_venue_request *first, uint32_t count)
{
    (void)first, (void)count;
    return OC_E_AGAIN;
}

static oc_rc by_http(const struct oc_venue_request *first, uint32_t count)
{
    (void)count;
    memcpy(clients[client_count++ & 7], first->client.text, sizeof clients[0] - 1);
    return io_kit_http("/order", first->ask.id, 0, 0);
}

static oc_rc ack_of_message(const struct oc_message *message)
{
    unsigned long long request = 0;
    char word[16] = "";
    assert_true(sscanf(message->bytes, "%15s %llu", word, &request) >= 1);
    if (strcmp(word, "ack") == 0)
        return io_kit_answer(OC_EV_ACCEPTED, 0, request, "");
    if (strcmp(word, "order") == 0)
        return io_kit_answer(OC_EV_ACCEPTED, request, 0, "");
    if (strcmp(word, "end") == 0)
        return io_kit_answer(OC_EV_CANCELED, request, 0, "");
    if (strcmp(word, "client") == 0)
        return io_kit_answer(OC_EV_ACCEPTED, 0, 0, clients[0]);
    return OC_OK;
}

static void ready(void)
{
    client_count = 0;
    kit.on_message = ack_of_message;
    io_kit_start();
    io_kit_sent("open main /main\n");
}

static void ask_new(uint64_t order) { assert_int_equal(io_kit_ask(OC_REQUEST_NEW, order, order), OC_OK); }

/* What leaves and is answered. */

static void a_request_leaves_once_and_its_answer_ends_it(void **state)
{
    (void)state;
    ready();
    ask_new(1);
    io_kit_sent("send ask 1\n");
    io_kit_said("SENT 1\n");
    io_kit_says("ack 1");
    io_kit_pump(kit.now_ns);
    io_kit_said("ACCEPTED 1\n");
    io_kit_pump(kit.now_ns + 60 * IO_KIT_S);
    io_kit_said("");
    io_kit_sent("");
    assert_int_equal(kit.venue.pending_count, 0);
}

static void an_answer_may_name_the_order_or_our_id_alone(void **state)
{
    (void)state;
    ready();
    kit.on_request = by_http;
    ask_new(1);
    io_kit_says("client");
    io_kit_pump(kit.now_ns);
    ask_new(2);
    io_kit_says("order 2");
    io_kit_pump(kit.now_ns + 60 * IO_KIT_S);
    io_kit_said("SENT 1\nACCEPTED 0\nSENT 2\nACCEPTED 0\n");
}

static oc_rc answered_by_client(const struct oc_venue_request *first, uint32_t count)
{
    (void)count;
    return io_kit_answer(OC_EV_REJECTED, 0, 0, first->client.text);
}

static oc_rc answered_by_request(const struct oc_venue_request *first, uint32_t count)
{
    (void)count;
    return io_kit_answer(OC_EV_REJECTED, first->ask.order, first->ask.id, "");
}

static void the_connector_may_answer_in_the_same_call(void **state)
{
    (void)state;
    ready();
    kit.on_request = answered_by_request;
    ask_new(1);
    kit.on_request = answered_by_client;
    ask_new(2);
    io_kit_pump(kit.now_ns + 60 * IO_KIT_S);
    io_kit_said("REJECTED 1\nREJECTED 0\n");
    io_kit_sent("");
    assert_int_equal(kit.venue.faults, 0);
}

static void the_end_of_an_order_answers_all_that_was_asked_about_it(void **state)
{
    (void)state;
    ready();
    ask_new(1);
    io_kit_says("ack 1");
    io_kit_pump(kit.now_ns);
    assert_int_equal(io_kit_ask(OC_REQUEST_AMEND, 2, 1), OC_OK);
    assert_int_equal(io_kit_ask(OC_REQUEST_CANCEL, 3, 1), OC_OK);
    io_kit_says("order 1"); /* an acceptance is no answer to either */
    io_kit_pump(kit.now_ns);
    assert_int_equal(kit.venue.pending_count, 2);
    io_kit_says("end 1");
    io_kit_pump(kit.now_ns + 60 * IO_KIT_S);
    io_kit_said("SENT 1\nACCEPTED 1\nSENT 2\nSENT 3\nACCEPTED 0\nCANCELED 0\n");
}

/* What never leaves. */

static void a_request_waits_until_its_deadline_and_is_then_not_there(void **state)
{
    (void)state;
    ready();
    kit.on_request = waits;
    ask_new(1);
    const int64_t from_ns = kit.now_ns;
    io_kit_pump(from_ns + IO_SEND_BY_NS - 1);
    io_kit_said("");
    assert_true(kit.calls[IO_SITE_REQUEST] > 50);
    io_kit_pump(from_ns + IO_SEND_BY_NS);
    io_kit_said("NOT_THERE 1 LATE\n");
    kit.on_request = NULL;
    io_kit_pump(kit.now_ns + 60 * IO_KIT_S);
    io_kit_said("");
    io_kit_sent("");
}

static void a_request_that_had_to_wait_leaves_once(void **state)
{
    (void)state;
    ready();
    kit.on_request = waits;
    ask_new(1);
    kit.on_request = NULL;
    io_kit_pump(kit.now_ns + IO_RETRY_NS - 1);
    io_kit_sent("");
    io_kit_pump(kit.now_ns + IO_KIT_S);
    io_kit_sent("send ask 1\n");
    io_kit_said("SENT 1\n");
}

static void its_own_deadline_holds_where_it_names_one(void **state)
{
    (void)state;
    ready();
    kit.on_request = waits;
    struct oc_request ask = {.head = {.size = sizeof ask, .type = OC_EV_REQUEST},
                             .id = 1,
                             .order = 1,
                             .kind = OC_REQUEST_NEW,
                             .send_by_ns = kit.now_ns + 20 * IO_KIT_MS};
    assert_int_equal(io_venue_request(&kit.venue, &ask), OC_OK);
    io_kit_pump(kit.now_ns + 20 * IO_KIT_MS - 1);
    io_kit_said("");
    io_kit_pump(kit.now_ns + 1);
    io_kit_said("NOT_THERE 1 LATE\n");
}

static void the_cancel_of_what_never_left_never_leaves(void **state)
{
    (void)state;
    ready();
    kit.on_request = waits;
    ask_new(1);
    assert_int_equal(io_kit_ask(OC_REQUEST_AMEND, 2, 1), OC_OK);
    ask_new(3);
    kit.on_request = NULL;
    assert_int_equal(io_kit_ask(OC_REQUEST_CANCEL, 4, 1), OC_OK);
    io_kit_said("NOT_THERE 1 CANCELED_BY_US\nAMEND_REJECTED 2 CANCELED_BY_US\n");
    io_kit_pump(kit.now_ns + IO_KIT_S);
    io_kit_sent("send ask 3\n");
    io_kit_said("SENT 3\n");
}

static void the_cancel_of_what_left_takes_back_a_change_that_waits_and_leaves(void **state)
{
    (void)state;
    ready();
    ask_new(1);
    kit.on_request = waits;
    assert_int_equal(io_kit_ask(OC_REQUEST_AMEND, 2, 1), OC_OK);
    kit.on_request = NULL;
    assert_int_equal(io_kit_ask(OC_REQUEST_CANCEL, 3, 1), OC_OK);
    io_kit_sent("send ask 1\nsend ask 3\n");
    io_kit_said("SENT 1\nAMEND_REJECTED 2 CANCELED_BY_US\nSENT 3\n");
}

static void kill_takes_back_what_has_not_left_but_no_cancel(void **state)
{
    (void)state;
    ready();
    ask_new(1);
    kit.on_request = waits;
    ask_new(2);
    assert_int_equal(io_kit_ask(OC_REQUEST_AMEND, 3, 1), OC_OK);
    assert_int_equal(io_kit_ask(OC_REQUEST_CANCEL, 4, 1), OC_OK); /* takes the change back */
    assert_int_equal(io_kit_ask(OC_REQUEST_AMEND, 5, 1), OC_OK);
    io_venue_withdraw(&kit.venue, 0, OC_WHY_NOT_SENT);
    io_kit_said("SENT 1\nAMEND_REJECTED 3 CANCELED_BY_US\nNOT_THERE 2 NOT_SENT\nAMEND_REJECTED 5 NOT_SENT\n");
    kit.on_request = NULL;
    io_kit_pump(kit.now_ns + IO_KIT_S);
    io_kit_sent("send ask 1\nsend ask 4\n");
    io_kit_said("SENT 4\n");
}

/* One account is latched: what another one has asked for still leaves. */
static void what_is_withdrawn_is_of_that_account(void **state)
{
    (void)state;
    ready();
    kit.on_request = waits;
    ask_new(1);
    struct oc_request other = {.head = {.size = sizeof other, .type = OC_EV_REQUEST, .seq = 2},
                               .id = 2,
                               .order = 2,
                               .kind = OC_REQUEST_NEW,
                               .account = IO_KIT_SOURCE + 1,
                               .created_ns = kit.now_ns};
    assert_int_equal(io_venue_request(&kit.venue, &other), OC_OK);
    io_venue_withdraw(&kit.venue, IO_KIT_SOURCE + 1, OC_WHY_NOT_SENT);
    io_kit_said("NOT_THERE 2 NOT_SENT\n");
    kit.on_request = NULL;
    io_kit_pump(kit.now_ns + IO_KIT_S);
    io_kit_said("SENT 1\n");
}

static void says_instrument(uint32_t index, uint32_t version)
{
    struct oc_instrument in = {
        .size = sizeof in, .inst = OC_INST(index, version), .price_step = {version, 2, 0}, .qty_step = {1, 3, 0}};
    snprintf(in.symbol, sizeof in.symbol, "S%u", index);
    assert_int_equal(io_venue_instrument(&kit.venue, &in), OC_OK);
}

static void asks_in(uint32_t inst, uint8_t kind, uint64_t id, uint64_t order)
{
    const struct oc_request ask = {.head = {.size = sizeof ask, .type = OC_EV_REQUEST, .inst = inst, .seq = id},
                                   .id = id,
                                   .order = order,
                                   .kind = kind,
                                   .account = IO_KIT_SOURCE,
                                   .created_ns = kit.now_ns};
    assert_int_equal(io_venue_request(&kit.venue, &ask), OC_OK);
}

/* A quantity of before, written in the steps of now, would be another one. */
static void what_waits_in_old_steps_never_leaves(void **state)
{
    (void)state;
    ready();
    says_instrument(7, 1);
    says_instrument(8, 1);
    asks_in(OC_INST(7, 1), OC_REQUEST_NEW, 1, 1);
    kit.on_request = waits;
    asks_in(OC_INST(7, 1), OC_REQUEST_NEW, 2, 2);
    asks_in(OC_INST(8, 1), OC_REQUEST_NEW, 3, 3);
    asks_in(OC_INST(7, 1), OC_REQUEST_CANCEL, 4, 1);
    says_instrument(7, 1); /* the same again: nothing has changed */
    io_kit_said("SENT 1\n");
    says_instrument(7, 2);
    io_kit_said("NOT_THERE 2 NOT_SENT\n");
    asks_in(OC_INST(7, 2), OC_REQUEST_NEW, 5, 5);
    kit.on_request = NULL;
    io_kit_pump(kit.now_ns + IO_KIT_S);
    io_kit_said("SENT 4\nSENT 3\nSENT 5\n");
}

static void what_is_sent_on_a_stream_that_fell_is_not_there(void **state)
{
    (void)state;
    ready();
    kit.send_rc = OC_E_STATE;
    ask_new(1);
    io_kit_said("NOT_THERE 1 NOT_SENT\n");
    kit.send_rc = OC_OK;
    io_kit_pump(kit.now_ns + 60 * IO_KIT_S);
    io_kit_said("");
}

static void while_its_stream_is_down_it_waits_and_then_leaves(void **state)
{
    (void)state;
    ready();
    io_kit_falls(OC_WHY_NETWORK);
    io_kit_pump(kit.now_ns);
    ask_new(1);
    io_kit_said("");
    io_kit_pump(kit.now_ns + 2 * IO_KIT_S);
    io_kit_sent("open main /main\nsend ask 1\n");
    io_kit_said("SENT 1\n");
}

static oc_rc only_when_ready(const struct oc_venue_request *first, uint32_t count)
{
    (void)count;
    return kit.calls[IO_SITE_STREAM] > 2 ? io_kit_send(kit.stream, "at last", first->ask.id, 0, 0) : OC_E_AGAIN;
}

static void a_request_that_waits_for_a_stream_does_not_keep_it_from_coming_up(void **state)
{
    (void)state;
    ready();
    io_kit_falls(OC_WHY_NETWORK);
    io_kit_pump(kit.now_ns);
    kit.on_request = only_when_ready;
    ask_new(1);
    io_kit_pump(kit.now_ns + 2 * IO_KIT_S);
    io_kit_sent("open main /main\nsend at last\n");
    io_kit_said("SENT 1\n");
}

static void an_exchange_that_the_link_refuses_or_did_not_send_is_not_there(void **state)
{
    (void)state;
    ready();
    kit.on_request = by_http;
    kit.http_rc = OC_E_IO;
    ask_new(1);
    kit.http_rc = OC_OK;
    ask_new(2);
    io_kit_happens(
        (struct io_happening){.kind = IO_UNSENT, .exchange = kit.exchange, .at_ns = kit.now_ns, .why = OC_WHY_NETWORK});
    io_kit_pump(kit.now_ns + 60 * IO_KIT_S);
    io_kit_said("NOT_THERE 1 NOT_SENT\nSENT 2\nNOT_THERE 2 NETWORK\n");
}

/* What is refused before it leaves. */

static oc_rc says_yes(const struct oc_venue_request *first, uint32_t count)
{
    (void)first, (void)count;
    return OC_OK;
}

static oc_rc says_no(const struct oc_venue_request *first, uint32_t count)
{
    (void)count;
    assert_int_equal(io_kit_send(kit.stream, "nothing", first->ask.id, 0, 0), OC_OK);
    return OC_E_NOT_SUPPORTED;
}

static void what_is_not_tied_or_refused_is_rejected_and_nothing_leaves(void **state)
{
    (void)state;
    ready();
    kit.on_request = says_yes;
    ask_new(1);
    assert_int_equal(kit.venue.faults, 1);
    kit.on_request = says_no;
    ask_new(2);
    assert_int_equal(io_kit_ask(OC_REQUEST_CANCEL, 3, 9), OC_OK);
    assert_int_equal(io_kit_ask(OC_REQUEST_AMEND, 4, 9), OC_OK);
    io_kit_pump(kit.now_ns + 60 * IO_KIT_S);
    io_kit_said("REJECTED 1 NOT_SENT\nREJECTED 2 NOT_SUPPORTED_BY_VENUE\nCANCEL_REJECTED 3 NOT_SUPPORTED_BY_VENUE\n"
                "AMEND_REJECTED 4 NOT_SUPPORTED_BY_VENUE\n");
    io_kit_sent("");
    assert_int_equal(kit.venue.faults, 1);
}

static oc_rc tied_rc;

static oc_rc twice(const struct oc_venue_request *first, uint32_t count)
{
    (void)count;
    assert_int_equal(io_kit_send(kit.stream, "first", first->ask.id, 0, 0), OC_OK);
    tied_rc = io_kit_http("/second", first->ask.id, 0, 0);
    assert_int_equal(io_kit_send(kit.stream, "unknown", 99, 0, 0), OC_E_NOT_FOUND);
    return OC_OK;
}

static oc_rc once_more(const struct oc_message *message)
{
    (void)message;
    tied_rc = io_kit_send(kit.stream, "once more", 1, 0, 0);
    return OC_OK;
}

static void nothing_is_tied_twice(void **state)
{
    (void)state;
    ready();
    kit.on_request = twice;
    ask_new(1);
    assert_int_equal(tied_rc, OC_E_EXISTS);
    tied_rc = OC_OK;
    kit.on_message = once_more;
    io_kit_says("resend");
    io_kit_pump(kit.now_ns);
    assert_int_equal(tied_rc, OC_E_EXISTS);
    io_kit_sent("send first\n");
    io_kit_said("SENT 1\n");
}

static oc_rc floods(const struct oc_venue_request *first, uint32_t count)
{
    (void)count;
    for (int i = 0; i < IO_OPS_MAX; i++)
        assert_int_equal(kit.time->cancel(&kit.host, 1), OC_OK);
    tied_rc = io_kit_send(kit.stream, "no room", first->ask.id, 0, 0);
    return OC_OK;
}

static void a_send_without_room_ties_nothing(void **state)
{
    (void)state;
    ready();
    kit.on_request = floods;
    ask_new(1);
    assert_int_equal(tied_rc, OC_E_LIMIT);
    io_kit_sent("");
    io_kit_said("REJECTED 1 NOT_SENT\n");
}

/* What left and is not answered. */

static void when_its_stream_falls_it_is_unknown_and_asked_about(void **state)
{
    (void)state;
    ready();
    kit.said_of.absence_ns = 3 * IO_KIT_S;
    ask_new(1);
    io_kit_falls(OC_WHY_NETWORK);
    io_kit_pump(kit.now_ns);
    io_kit_said("SENT 1\nUNKNOWN 1 NETWORK\n");
    assert_int_equal(kit.calls[IO_SITE_FETCH], 0); /* the venue has time to catch up */
    assert_int_equal(kit.venue.fetch_count, 0);
    io_kit_pump(kit.now_ns + 3 * IO_KIT_S);
    assert_int_equal(kit.calls[IO_SITE_FETCH], 1);
    assert_int_equal(kit.venue.fetch_count, 1);
    assert_int_equal(kit.venue.fetches[0].ask.kind, OC_FETCH_ORDER);
    assert_int_equal(kit.venue.fetches[0].ask.order, 1);
    assert_true(kit.venue.fetches[0].ask.client.size > 0);
}

static void without_an_answer_in_time_it_is_unknown_and_a_late_one_is_still_heard(void **state)
{
    (void)state;
    ready();
    kit.said_of.answer_ns = 2 * IO_KIT_S;
    ask_new(1);
    io_kit_pump(kit.now_ns + 2 * IO_KIT_S - 1);
    io_kit_said("SENT 1\n");
    io_kit_pump(kit.now_ns + 1);
    io_kit_said("UNKNOWN 1 TIMEOUT\n");
    io_kit_says("ack 1");
    io_kit_pump(kit.now_ns);
    io_kit_said("ACCEPTED 1\n");
}

static void an_exchange_that_is_lost_is_unknown(void **state)
{
    (void)state;
    ready();
    kit.on_request = by_http;
    ask_new(1);
    io_kit_happens(
        (struct io_happening){.kind = IO_LOST, .exchange = kit.exchange, .at_ns = kit.now_ns, .why = OC_WHY_NETWORK});
    io_kit_answers(kit.exchange, 200, "too late"); /* of an exchange that is over */
    io_kit_pump(kit.now_ns);
    io_kit_said("SENT 1\nUNKNOWN 1 NETWORK\n");
    assert_int_equal(kit.calls[IO_SITE_RESPONSE], 0);
}

static oc_rc response_rc;

static oc_rc reads_nothing(const struct oc_response *response)
{
    assert_true(response->status == 500 || response->status == 200);
    assert_int_equal(response->asked_count, 1);
    assert_int_equal(response->asked->ask.id, response->request);
    return response_rc;
}

static void an_answer_of_which_no_event_is_made_is_unknown(void **state)
{
    (void)state;
    ready();
    kit.on_request = by_http;
    kit.on_response = reads_nothing;
    ask_new(1);
    response_rc = OC_OK;
    io_kit_answers(kit.exchange, 500, "<html>");
    io_kit_pump(kit.now_ns);
    ask_new(2);
    response_rc = OC_E_DATA;
    io_kit_answers(kit.exchange, 200, "<html>");
    io_kit_pump(kit.now_ns);
    io_kit_said("SENT 1\nUNKNOWN 1 UNKNOWN_OUTCOME\nSENT 2\nUNKNOWN 2 PROTOCOL\n");
    assert_int_equal(kit.venue.unread, 1);
    assert_int_equal(kit.venue.exchange_count, 0);
}

static int again_count;

static oc_rc second_time(const struct oc_response *response)
{
    assert_int_equal(io_kit_answer(OC_EV_ACCEPTED, 0, response->request, ""), OC_OK);
    return again_count++ ? OC_OK : OC_E_AGAIN;
}

static void an_answer_that_said_again_is_read_again_and_says_its_event_once(void **state)
{
    (void)state;
    ready();
    kit.on_request = by_http;
    kit.on_response = second_time;
    again_count = 0;
    ask_new(1);
    io_kit_answers(kit.exchange, 200, "");
    io_kit_pump(kit.now_ns + IO_KIT_S);
    io_kit_said("SENT 1\nACCEPTED 1\n");
    assert_int_equal(again_count, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, io_kit_open_venue, io_kit_close_venue)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_request_leaves_once_and_its_answer_ends_it),
        TEST(an_answer_may_name_the_order_or_our_id_alone),
        TEST(the_connector_may_answer_in_the_same_call),
        TEST(the_end_of_an_order_answers_all_that_was_asked_about_it),
        TEST(a_request_waits_until_its_deadline_and_is_then_not_there),
        TEST(a_request_that_had_to_wait_leaves_once),
        TEST(its_own_deadline_holds_where_it_names_one),
        TEST(the_cancel_of_what_never_left_never_leaves),
        TEST(the_cancel_of_what_left_takes_back_a_change_that_waits_and_leaves),
        TEST(kill_takes_back_what_has_not_left_but_no_cancel),
        TEST(what_waits_in_old_steps_never_leaves),
        TEST(what_is_withdrawn_is_of_that_account),
        TEST(what_is_sent_on_a_stream_that_fell_is_not_there),
        TEST(while_its_stream_is_down_it_waits_and_then_leaves),
        TEST(a_request_that_waits_for_a_stream_does_not_keep_it_from_coming_up),
        TEST(an_exchange_that_the_link_refuses_or_did_not_send_is_not_there),
        TEST(what_is_not_tied_or_refused_is_rejected_and_nothing_leaves),
        TEST(nothing_is_tied_twice),
        TEST(a_send_without_room_ties_nothing),
        TEST(when_its_stream_falls_it_is_unknown_and_asked_about),
        TEST(without_an_answer_in_time_it_is_unknown_and_a_late_one_is_still_heard),
        TEST(an_exchange_that_is_lost_is_unknown),
        TEST(an_answer_of_which_no_event_is_made_is_unknown),
        TEST(an_answer_that_said_again_is_read_again_and_says_its_event_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

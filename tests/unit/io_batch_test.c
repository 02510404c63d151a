/* Requests that go together, how many may wait, and the names under which they go. */
#include "support/io_kit.h"

static char client[72]; /* of the request that left last */
static int again_count; /* calls that have to wait first */

static oc_rc waits(const struct oc_venue_request *first, uint32_t count)
{
    (void)first, (void)count;
    return OC_E_AGAIN;
}

static void ready(void)
{
    io_kit_start();
    io_kit_sent("open main /main\n");
}

static void ask_new(uint64_t order) { assert_int_equal(io_kit_ask(OC_REQUEST_NEW, order, order), OC_OK); }

static oc_rc batched(const struct oc_venue_request *first, uint32_t count)
{
    char text[64];
    if (again_count) {
        again_count--;
        return OC_E_AGAIN;
    }
    snprintf(text, sizeof text, "/batch/%u/%llu", count, (unsigned long long)first->ask.id);
    return io_kit_http(text, first->ask.id, 0, count > 1 ? OC_HTTP_BATCH : 0);
}

static oc_rc first_of_all(const struct oc_response *response)
{
    io_kit_note(kit.sent, "answer to %u\n", response->asked_count);
    for (const struct oc_venue_request *ask = response->asked; ask; ask = NULL)
        assert_int_equal(io_kit_answer(OC_EV_ACCEPTED, 0, ask->ask.id, ""), OC_OK);
    return OC_OK;
}

static void three_wait_and_go(void)
{
    kit.said_of.batch_new = 3;
    ready();
    kit.on_request = waits;
    for (uint64_t i = 1; i <= 4; i++)
        ask_new(i);
    assert_int_equal(io_kit_ask(OC_REQUEST_CANCEL, 5, 9), OC_OK);
}

static void a_batch_goes_as_one_and_each_comes_to_its_own_word(void **state)
{
    (void)state;
    three_wait_and_go();
    kit.on_request = batched;
    kit.on_response = first_of_all;
    again_count = 2; /* the cancel and the orders have to wait once more */
    io_kit_pump(kit.now_ns + IO_KIT_S);
    io_kit_sent("http 1 /batch/1/5|A: b\r\n|c=d\nhttp 1 /batch/3/1|A: b\r\n|c=d\nhttp 1 /batch/1/4|A: b\r\n|c=d\n");
    io_kit_said("SENT 5\nSENT 1\nSENT 2\nSENT 3\nSENT 4\n");
    io_kit_answers(kit.exchange - 1, 200, "");
    io_kit_pump(kit.now_ns);
    io_kit_sent("answer to 3\n");
    io_kit_said("ACCEPTED 1\nUNKNOWN 2 PROTOCOL\nUNKNOWN 3 PROTOCOL\n");
}

static oc_rc some_of_them(const struct oc_venue_request *first, uint32_t count)
{
    (void)count;
    return io_kit_send(kit.stream, "only the first", first->ask.id, 0, 0);
}

static void a_batch_of_which_one_is_forgotten_is_refused_whole(void **state)
{
    (void)state;
    three_wait_and_go();
    kit.on_request = some_of_them;
    io_kit_pump(kit.now_ns + IO_RETRY_NS);
    io_kit_sent("send only the first\nsend only the first\n"); /* the cancel, and the order that goes alone */
    io_kit_said("SENT 5\nREJECTED 1 NOT_SENT\nREJECTED 2 NOT_SENT\nREJECTED 3 NOT_SENT\nSENT 4\n");
    assert_int_equal(kit.venue.faults, 1);
}

/* Bounds and names. */

static void so_many_wait_and_no_more(void **state)
{
    (void)state;
    ready();
    kit.on_request = waits;
    for (uint64_t i = 1; i <= IO_PENDING_MAX; i++)
        ask_new(i);
    assert_int_equal(io_kit_ask(OC_REQUEST_NEW, IO_PENDING_MAX + 1, IO_PENDING_MAX + 1), OC_E_FULL);
    io_venue_withdraw(&kit.venue, 0, OC_WHY_NOT_SENT);
    ask_new(IO_PENDING_MAX + 1);
    assert_int_equal(kit.venue.pending_count, 1);
}

static oc_rc notes_client(const struct oc_venue_request *first, uint32_t count)
{
    (void)count;
    memcpy(client, first->client.text, sizeof client - 1);
    return io_kit_http("/order", first->ask.id, 0, 0);
}

static void our_id_is_the_orders_alone_and_in_the_form_that_is_wanted(void **state)
{
    static const struct {
        uint8_t form, charset;
        const char *wanted;
    } forms[] = {{OC_CLIENT_TEXT, OC_CLIENT_ALNUM, "oc0000000000013"},
                 {OC_CLIENT_TEXT, OC_CLIENT_UUID, "00000000-0000-4002-8000-030000000000"},
                 {OC_CLIENT_NUMBER, 0, "35"},
                 {OC_CLIENT_NONE, 0, ""}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        io_kit_open_venue(state);
        kit.said_of.client_form = forms[i].form;
        kit.said_of.client_charset = forms[i].charset;
        ready();
        memset(client, 0, sizeof client);
        kit.on_request = notes_client;
        ask_new(35);
        assert_string_equal(client, forms[i].wanted);
        if (i + 1 < sizeof forms / sizeof *forms)
            io_kit_close_venue(state);
    }
}

static bool has_35(void *self, uint64_t order)
{
    (void)self;
    return order == 35;
}

static oc_rc answers_by_client(const struct oc_message *message)
{
    (void)message;
    return io_kit_answer(OC_EV_CANCELED, 0, 0, client);
}

/* The order that the next message is about, which has our id alone. */
static uint64_t named_by(const char *id)
{
    snprintf(client, sizeof client, "%s", id);
    io_kit_says("it");
    while (io_venue_first(&kit.venue))
        io_venue_drop(&kit.venue);
    assert_int_equal(io_venue_pump(&kit.venue, kit.now_ns), 1);
    const struct oc_ev_answer *answer = (const struct oc_ev_answer *)(const void *)io_venue_first(&kit.venue);
    assert_non_null(answer);
    return answer->order;
}

/* An answer that has our id alone is about the order that the id was made for, where there is such an order. */
static void an_answer_by_our_id_names_the_order(void **state)
{
    (void)state;
    kit.said_of.client_form = OC_CLIENT_TEXT;
    kit.said_of.client_charset = OC_CLIENT_ALNUM;
    ready();
    kit.venue.world.has_order = has_35;
    kit.on_message = answers_by_client;
    assert_int_equal(named_by("oc0000000000013"), 35);
    assert_int_equal(named_by("oc0000000000014"), 0); /* of our form, and no order of ours */
    assert_int_equal(named_by("somebody's"), 0);
    kit.venue.world.has_order = NULL;
    assert_int_equal(named_by("oc0000000000013"), 0);
}

/* What became of a request is never left unsaid: where there is no room for the word, the run ends. */
static void a_word_that_cannot_be_kept_ends_the_run(void **state)
{
    (void)state;
    ready();
    kit.on_request = waits;
    ask_new(1);
    const struct queue queue = kit.venue.queue;
    kit.venue.queue.end = kit.venue.queue.said = kit.venue.queue.room = QUEUE_MAX; /* as full as it may be */
    io_venue_withdraw(&kit.venue, 0, OC_WHY_NOT_SENT);
    kit.venue.queue = queue;
    assert_int_equal(io_venue_pump(&kit.venue, kit.now_ns), OC_E_LIMIT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, io_kit_open_venue, io_kit_close_venue)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_batch_goes_as_one_and_each_comes_to_its_own_word),
        TEST(a_batch_of_which_one_is_forgotten_is_refused_whole),
        TEST(so_many_wait_and_no_more),
        TEST(our_id_is_the_orders_alone_and_in_the_form_that_is_wanted),
        TEST(an_answer_by_our_id_names_the_order),
        TEST(a_word_that_cannot_be_kept_ends_the_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

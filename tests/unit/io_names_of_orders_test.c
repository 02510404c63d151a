/* How an order is called on its way to a venue: as the venue calls it now, each change by a name of its own; and what is asked where a
 * change may have given it another. */
#include "support/io_kit.h"

#define ORDER (1ull << 40 | 35)

static struct oc_venue_request left; /* what was asked last */
static struct oc_id now_client, now_venue;
static struct oc_fetch looked[4];
static uint32_t looked_count;

static oc_rc notes(const struct oc_venue_request *first, uint32_t count)
{
    (void)count;
    left = *first;
    return io_kit_http("/order", first->ask.id, 0, 0);
}

static oc_rc notes_fetch(const struct oc_fetch *fetch)
{
    assert_true(looked_count < 4);
    looked[looked_count++] = *fetch;
    return OC_OK;
}

static void called(void *self, uint64_t order, struct oc_id *ret_client, struct oc_id *ret_venue)
{
    (void)self;
    assert_true(order == ORDER || order == 35);
    *ret_client = now_client;
    *ret_venue = now_venue;
}

static oc_rc cannot(const struct oc_venue_request *first, uint32_t count)
{
    (void)first, (void)count;
    return OC_E_NOT_SUPPORTED;
}

static oc_rc accepts(const struct oc_venue_request *first, uint32_t count)
{
    (void)count;
    return io_kit_answer(OC_EV_ACCEPTED, first->ask.order, 0, "");
}

static oc_rc names_it(const struct oc_response *response)
{
    return io_kit_answer(OC_EV_ACCEPTED, response->asked->ask.order, 0, "");
}

static struct oc_id id_of(const char *text)
{
    struct oc_id id = {.size = (uint8_t)strlen(text)};
    memcpy(id.text, text, id.size);
    return id;
}

static void ready(void)
{
    kit.said_of.client_form = OC_CLIENT_TEXT;
    kit.said_of.client_charset = OC_CLIENT_ALNUM;
    kit.said_of.client_max = 20;
    now_client = now_venue = (struct oc_id){0};
    looked_count = 0;
    io_kit_start();
    kit.venue.world.called = called;
    kit.on_request = notes;
    kit.on_fetch = notes_fetch;
}

static void asks(uint8_t kind, uint64_t id, uint64_t order, uint32_t revision)
{
    const struct oc_request ask = {.head = {.size = sizeof ask, .type = OC_EV_REQUEST, .seq = id},
                                   .id = id,
                                   .order = order,
                                   .kind = kind,
                                   .type = OC_ORDER_LIMIT,
                                   .account = IO_KIT_SOURCE,
                                   .revision = revision};
    assert_int_equal(io_venue_request(&kit.venue, &ask), OC_OK);
}

static void it_goes_out_under_the_names_that_it_has(void **state)
{
    (void)state;
    ready();
    asks(OC_REQUEST_NEW, ORDER, ORDER, 0);
    assert_string_equal(left.client.text, "oc0000100000013");
    assert_true(left.client_new.size == 0 && left.venue_order.size == 0);
    now_venue = id_of("V1"); /* it says no name of ours: it keeps the one under which it went out */
    asks(OC_REQUEST_AMEND, 1, ORDER, 0);
    assert_string_equal(left.client.text, "oc0000100000013");
    assert_string_equal(left.client_new.text, "oc000010000001301");
    assert_string_equal(left.venue_order.text, "V1");
    now_client = id_of("oc000010000001301");
    now_venue = id_of("V2");
    asks(OC_REQUEST_CANCEL, 2, ORDER, 1);
    assert_string_equal(left.client.text, "oc000010000001301");
    assert_string_equal(left.client_new.text, "oc000010000001302");
    assert_string_equal(left.venue_order.text, "V2");
    asks(OC_REQUEST_CANCEL, 3, ORDER, 2); /* the first was refused */
    assert_string_equal(left.client_new.text, "oc000010000001303");
}

static struct oc_id position_now;

static void position(void *self, uint64_t order, struct oc_id *ret_position)
{
    (void)self;
    assert_true(order == ORDER);
    *ret_position = position_now;
}

static void asks_its_way(uint8_t kind, uint64_t id, uint8_t role)
{
    const struct oc_request ask = {.head = {.size = sizeof ask, .type = OC_EV_REQUEST, .seq = id},
                                   .id = id,
                                   .order = ORDER,
                                   .kind = kind,
                                   .role = role,
                                   .type = OC_ORDER_MARKET,
                                   .account = IO_KIT_SOURCE,
                                   .bits = OC_RQ_NATIVE,
                                   .price = 110,
                                   .stop_price = 90};
    assert_int_equal(io_venue_request(&kit.venue, &ask), OC_OK);
}

/* What is to go the venue's own way is a request of that kind, under the same names; what changes it names the position. */
static void closing_and_protecting_are_kinds_of_their_own(void **state)
{
    (void)state;
    ready();
    kit.venue.world.position = position;
    position_now = id_of("P7");
    asks_its_way(OC_REQUEST_NEW, ORDER, OC_ROLE_CLOSE);
    assert_true(left.ask.kind == OC_REQUEST_CLOSE && left.position.size == 0 && left.client_new.size == 0);
    assert_string_equal(left.client.text, "oc0000100000013");
    asks_its_way(OC_REQUEST_CANCEL, 1, OC_ROLE_CLOSE);
    assert_true(left.ask.kind == OC_REQUEST_CANCEL && left.position.size == 0);
    static const struct {
        uint8_t role;
        uint32_t bits;
        int64_t loss, profit;
    } legs[] = {{OC_ROLE_STOP_LOSS, OC_RQ_HAS_STOP_LOSS, 90, 0}, {OC_ROLE_TAKE_PROFIT, OC_RQ_HAS_TAKE_PROFIT, 0, 110}};
    static const uint8_t kinds[][2] = {{OC_REQUEST_NEW, OC_REQUEST_PROTECT},
                                       {OC_REQUEST_AMEND, OC_REQUEST_AMEND},
                                       {OC_REQUEST_CANCEL, OC_REQUEST_CANCEL}};
    for (size_t i = 0; i < 6; i++) {
        asks_its_way(kinds[i / 2][0], i / 2 ? 10 + i : ORDER, legs[i % 2].role);
        assert_int_equal(left.ask.kind, kinds[i / 2][1]);
        assert_int_equal(left.ask.bits, OC_RQ_NATIVE | legs[i % 2].bits);
        assert_true(left.ask.stop_loss == legs[i % 2].loss && left.ask.take_profit == legs[i % 2].profit);
        assert_string_equal(left.position.text, "P7");
    }
}

/* They are orders: what never left is NOT_THERE, what the connector cannot send is rejected, what is accepted is answered. */
static void what_becomes_of_them_is_what_becomes_of_a_new_order(void **state)
{
    (void)state;
    static const uint8_t roles[] = {OC_ROLE_CLOSE, OC_ROLE_STOP_LOSS};
    for (size_t i = 0; i < 2; i++) {
        if (i)
            io_kit_open_venue(state);
        ready();
        asks_its_way(OC_REQUEST_NEW, ORDER, roles[i]);
        io_kit_happens((struct io_happening){
            .kind = IO_UNSENT, .exchange = kit.exchange, .at_ns = kit.now_ns, .why = OC_WHY_NOT_SENT});
        io_kit_pump(kit.now_ns);
        io_kit_said("SENT 1099511627811\nNOT_THERE 1099511627811 NOT_SENT\n");
        kit.on_request = cannot;
        asks_its_way(OC_REQUEST_NEW, ORDER, roles[i]);
        io_kit_said("REJECTED 1099511627811 NOT_SUPPORTED_BY_VENUE\n");
        kit.on_request = accepts;
        asks_its_way(OC_REQUEST_NEW, ORDER, roles[i]);
        assert_int_equal(kit.venue.pending_count, 0); /* the event of the same call answers it */
        if (i == 0)
            io_kit_close_venue(state);
    }
}

/* An order of another hand has no name of ours. */
static void a_strangers_order_is_not_given_a_name(void **state)
{
    (void)state;
    ready();
    now_venue = id_of("V9");
    asks(OC_REQUEST_CANCEL, 1, 35, 0);
    assert_int_equal(left.client.size, 0);
    assert_string_equal(left.venue_order.text, "V9");
}

/* One that can give an order another name is asked about under both. */
static void a_lost_amendment_is_asked_about_under_both_names(void **state)
{
    (void)state;
    static const struct oc_order_kind kinds[] = {{.type = OC_ORDER_MARKET},
                                                 {.type = OC_ORDER_LIMIT, .amends = OC_AMEND_PRICE | OC_AMEND_NEW_ID}};
    for (int renames = 0; renames < 2; renames++) {
        if (renames)
            io_kit_open_venue(state);
        ready();
        kit.said_of.orders = kinds;
        kit.said_of.order_count = renames ? 2 : 1;
        now_venue = id_of("V1");
        asks(OC_REQUEST_AMEND, 1, ORDER, 0);
        io_kit_happens((struct io_happening){
            .kind = IO_LOST, .exchange = kit.exchange, .at_ns = kit.now_ns, .why = OC_WHY_NETWORK});
        io_kit_pump(kit.now_ns);
        io_kit_said("SENT 1\nUNKNOWN 1 NETWORK\n");
        assert_int_equal(looked_count, renames ? 2 : 1);
        assert_string_equal(looked[0].client.text, "oc0000100000013");
        assert_string_equal(looked[0].venue_order.text, "V1");
        if (renames) {
            assert_string_equal(looked[1].client.text, "oc000010000001301");
            assert_int_equal(looked[1].venue_order.size, 0);
            assert_true(looked[1].order == ORDER);
        } else {
            io_kit_close_venue(state);
        }
    }
}

/* A NUMBER has room for 255: the last of them are for cancels. No name is used twice. */
static void an_amendment_without_a_name_left_is_refused(void **state)
{
    (void)state;
    ready();
    kit.said_of.client_form = OC_CLIENT_NUMBER;
    kit.said_of.client_max = 64;
    asks(OC_REQUEST_AMEND, 1, ORDER, 238);
    io_kit_said("SENT 1\n");
    asks(OC_REQUEST_AMEND, 2, ORDER, 239);
    io_kit_said("AMEND_REJECTED 2 TOO_MANY_AMENDMENTS\n");
    asks(OC_REQUEST_CANCEL, 3, ORDER, 240);
    io_kit_said("SENT 3\n");
    assert_true(left.client_new.size > 0);
    asks(OC_REQUEST_CANCEL, 4, ORDER, 255); /* a venue that needs one says so; the others take it */
    io_kit_said("SENT 4\n");
    assert_int_equal(left.client_new.size, 0);
    kit.said_of.client_form = OC_CLIENT_NONE;
    asks(OC_REQUEST_AMEND, 5, ORDER, 1000);
    io_kit_said("SENT 5\n");
}

static oc_rc says_replaced(const struct oc_message *message)
{
    struct oc_event *room;
    const unsigned long long request = strtoull(message->bytes, NULL, 10);
    assert_int_equal(kit.feed->reserve(&kit.host, sizeof(struct oc_ev_venue_answer), &room), OC_OK);
    struct oc_ev_venue_answer *said = (struct oc_ev_venue_answer *)(void *)room;
    said->answer.head.size = sizeof *said;
    said->answer.head.type = OC_EV_CANCELED;
    said->answer.order = ORDER;
    said->answer.request = request;
    said->why = OC_WHY_REPLACED;
    return kit.feed->commit(&kit.host, room);
}

/* The end under the old name does not answer the amendment; an end that names it does. */
static void what_was_replaced_is_still_to_be_answered(void **state)
{
    (void)state;
    ready();
    kit.on_message = says_replaced;
    asks(OC_REQUEST_AMEND, 7, ORDER, 0);
    io_kit_said("SENT 7\n");
    io_kit_says("0");
    io_kit_pump(kit.now_ns);
    assert_int_equal(kit.venue.pending_count, 1);
    io_kit_says("7");
    io_kit_pump(kit.now_ns);
    assert_int_equal(kit.venue.pending_count, 0);
}

static oc_rc says_gone(const struct oc_message *message)
{
    struct oc_event *room;
    assert_int_equal(kit.feed->reserve(&kit.host, sizeof(struct oc_ev_venue_answer), &room), OC_OK);
    struct oc_ev_venue_answer *said = (struct oc_ev_venue_answer *)(void *)room;
    said->answer.head.size = sizeof *said;
    said->answer.head.type = OC_EV_CANCELED;
    said->venue_order.size = (uint8_t)message->bytes_size;
    memcpy(said->venue_order.text, message->bytes, message->bytes_size);
    return kit.feed->commit(&kit.host, room);
}

/* By the venue's id alone, as by ours. */
static void an_answer_by_the_venues_id_answers(void **state)
{
    (void)state;
    ready();
    now_venue = id_of("V1");
    kit.on_message = says_gone;
    asks(OC_REQUEST_CANCEL, 7, ORDER, 0);
    io_kit_says("V2");
    io_kit_pump(kit.now_ns);
    assert_int_equal(kit.venue.pending_count, 1);
    io_kit_says("V1");
    io_kit_pump(kit.now_ns);
    assert_int_equal(kit.venue.pending_count, 0);
}

/* A venue that goes by its own names alone. */
static void ready_for_its_names(void)
{
    static const struct oc_fetchable asked[] = {{.kind = OC_FETCH_ORDER, .by = OC_BY_ORDER | OC_BY_CLIENT_ID}};
    ready();
    kit.said_of.fetches = asked;
    kit.said_of.fetch_count = 1;
    kit.said_of.flags &= ~(uint32_t)OC_CAN_CANCEL_BY_CLIENT;
    left = (struct oc_venue_request){0};
}

/* While the answer that names the order is under way nothing is asked; with it the cancel leaves, under that name. */
static void a_cancel_waits_for_the_answer_that_names_its_order(void **state)
{
    (void)state;
    ready_for_its_names();
    asks(OC_REQUEST_NEW, ORDER, ORDER, 0);
    const uint64_t exchange = kit.exchange;
    asks(OC_REQUEST_CANCEL, 1, ORDER, 0);
    asks(OC_REQUEST_AMEND, 2, ORDER, 1);
    io_kit_pump(kit.now_ns);
    assert_int_equal(left.ask.id, ORDER);
    assert_int_equal(looked_count, 0);
    asks(OC_REQUEST_NEW, 35, 35, 0); /* another one does not wait behind it */
    assert_int_equal(left.ask.id, 35);
    now_venue = id_of("V1");
    kit.on_response = names_it;
    io_kit_answers(exchange, 200, "");
    io_kit_pump(kit.now_ns + IO_KIT_S);
    assert_int_equal(kit.venue.pending_count, 3);
    assert_true(left.ask.id == 2 || left.ask.id == 1);
    assert_string_equal(left.venue_order.text, "V1");
    assert_int_equal(looked_count, 0);
}

/* Where nothing names it any more it is asked about by our name, at once and once, and the cancel leaves when that is known. */
static void a_cancel_of_what_nobody_names_is_asked_about(void **state)
{
    (void)state;
    ready_for_its_names();
    asks(OC_REQUEST_CANCEL, 1, ORDER, 0);
    io_kit_pump(kit.now_ns);
    io_kit_pump(kit.now_ns + IO_KIT_S);
    assert_int_equal(left.ask.id, 0);
    assert_int_equal(looked_count, 1);
    assert_int_equal(looked[0].kind, OC_FETCH_ORDER);
    assert_string_equal(looked[0].client.text, "oc0000100000013");
    now_venue = id_of("V1");
    io_kit_pump(kit.now_ns + IO_KIT_S);
    assert_int_equal(left.ask.id, 1);
    assert_string_equal(left.venue_order.text, "V1");
}

/* One that goes by ours gets it as it is. */
static void a_cancel_by_our_name_does_not_wait(void **state)
{
    (void)state;
    ready();
    kit.said_of.flags |= OC_CAN_CANCEL_BY_CLIENT;
    asks(OC_REQUEST_CANCEL, 1, ORDER, 0);
    assert_int_equal(left.ask.id, 1);
    assert_int_equal(left.venue_order.size, 0);
    assert_int_equal(looked_count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, io_kit_open_venue, io_kit_close_venue)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_goes_out_under_the_names_that_it_has),
        TEST(a_strangers_order_is_not_given_a_name),
        TEST(a_lost_amendment_is_asked_about_under_both_names),
        TEST(an_amendment_without_a_name_left_is_refused),
        TEST(closing_and_protecting_are_kinds_of_their_own),
        TEST(what_becomes_of_them_is_what_becomes_of_a_new_order),
        TEST(what_was_replaced_is_still_to_be_answered),
        TEST(an_answer_by_the_venues_id_answers),
        TEST(a_cancel_waits_for_the_answer_that_names_its_order),
        TEST(a_cancel_of_what_nobody_names_is_asked_about),
        TEST(a_cancel_by_our_name_does_not_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* ending_test.c: what is held when the data have ended is closed, in so many rounds and no more. */
#include "session/ending.h"
#include "support/session_kit.h"

static struct {
    struct house *house;
    struct oc_sim table;
    int64_t share; /* of what it is asked to close the venue fills this part; 0: nothing */
    int ends;
    uint32_t closed; /* of the requests */
} town;

static oc_rc buys(struct house_client *client, const struct oc_event *event)
{
    (void)event;
    if (client->markets == 1)
        assert_int_not_equal(house_buy(client->house, 16), 0);
    return OC_OK;
}

/* The venue at the end of the data: fills a part of each order that closes, and ends it. */
static oc_rc ends(void *self, int64_t now_ns)
{
    struct house *house = self;
    town.ends++;
    for (; town.closed < house->sent_count; town.closed++) {
        const struct oc_request *asked = &house->sent[town.closed];
        char name[16];
        if (asked->role != OC_ROLE_END)
            continue;
        assert_int_equal(asked->qty, house_position(house));
        snprintf(name, sizeof name, "end%d", town.ends);
        if (town.share)
            house_fill(house, now_ns, asked->order, asked->qty / town.share, name);
        struct oc_ev_answer over = house_answer(house, OC_EV_CANCELED, asked->order);
        over.head.venue_ns = now_ns;
        if (town.share != 1)
            assert_int_equal(sim_answers_emit(house_answers(house), now_ns, &over.head), OC_OK);
    }
    return OC_OK;
}

/* 16 are held; what is left behind the end. */
static int64_t left(int64_t share, uint32_t code, bool closes)
{
    struct house *house = house_new();
    memset(&town, 0, sizeof town);
    town.house = house;
    town.share = share;
    house->client_count = 1;
    house->clients[0].market = buys;
    house_trade(house, 0, 1 * HOUSE_SECOND);
    house_trade(house, 0, 3 * HOUSE_SECOND);
    house_open(house);
    town.table = *house->session->venues.list[0].table;
    town.table.end = ends;
    house->session->venues.list[0].table = &town.table;
    house_run(house);
    assert_int_equal(house->sent_count, 1);
    house_fill(house, 4 * HOUSE_SECOND, house->sent[0].order, 16, "in");
    assert_int_equal(session_drain_answers(house->session, 4 * HOUSE_SECOND), OC_OK);
    assert_int_equal(house_position(house), 16);
    assert_int_equal(session_end(house->session, code, closes), OC_OK);
    const int64_t units = house_position(house);
    house_free(house);
    return units;
}

static void a_position_is_closed_at_the_end_of_the_data(void **state)
{
    (void)state;
    assert_int_equal(left(1, OC_MARK_END, true), 0);
    assert_int_equal(town.ends, 1);
    assert_int_equal(left(1, OC_MARK_END, false), 16); /* not asked for */
    assert_int_equal(town.ends, 0);
    assert_int_equal(left(1, OC_MARK_STOP, true), 16); /* stopped by hand */
    assert_int_equal(town.ends, 0);
}

/* Each round fills half of what is left: four of them leave one. */
static void what_was_not_filled_is_asked_for_four_times(void **state)
{
    (void)state;
    assert_int_equal(left(2, OC_MARK_END, true), 1);
    assert_int_equal(town.ends, 4);
    assert_int_equal(left(4, OC_MARK_END, true), 6); /* 12, 9, 7, 6 */
    assert_int_equal(town.ends, 4);
    assert_int_equal(left(0, OC_MARK_END, true), 16); /* nothing: then once */
    assert_int_equal(town.ends, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_position_is_closed_at_the_end_of_the_data),
        cmocka_unit_test(what_was_not_filled_is_asked_for_four_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

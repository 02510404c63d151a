/* step_journal_test.c: a journal that has failed though nothing was refused yet, and when checkpoints are due. What becomes of
 * the records that are missing: gap_test.c. */
#include "support/house_on_disk.h"

static uint64_t refused_buy;
static char reason[OC_REASON_MAX];

static oc_rc buys_from_the_third(struct house_client *client, const struct oc_event *event)
{
    (void)event;
    struct engine_refusal refusal = {0};
    struct oc_request request = house_order(client->house, OC_SIDE_BUY, 1);
    if (client->markets < 3)
        return OC_OK;
    if (engine_submit(client->house->engine, &request, &refusal) < 0)
        refused_buy++;
    memcpy(reason, refusal.reason, sizeof reason);
    return OC_OK;
}

/* The worker finds no room for the segment after the next; there is room for each record still. */
static void lose_the_next_segment(struct house *house, int index)
{
    struct oc_ev_text mark = {.head = {.size = sizeof mark, .type = OC_EV_CONFIG}};
    if (index != 2)
        return;
    env_sim_break(ENV_SIM_PREALLOCATE);
    for (int i = 0; i < 10000 && !door_failed(house->session->door); i++)
        assert_int_equal(door_record(house->session->door, &mark.head), OC_OK);
    assert_true(door_failed(house->session->door));
}

/* A journal that has failed takes no new risk, though it could still record it; the mark says from where on. */
static void no_risk_behind_a_failed_journal(void **state)
{
    (void)state;
    struct house *house = house_on_disk();
    refused_buy = 0;
    house->clients[0].market = buys_from_the_third;
    house->sources[0].before = lose_the_next_segment;
    for (int i = 0; i < 5; i++)
        house_trade(house, 0, i * 60 * HOUSE_SECOND);
    house_open(house);
    house->session->journal.checkpoint = NULL;
    house_run(house);
    assert_int_equal(house->sent_count, 0);
    assert_int_equal(refused_buy, 3);
    assert_string_equal(reason, ENGINE_JOURNAL_FAILED);
    assert_int_equal(house->gaps, 1);
    assert_true(engine_risk_is_stopped(house->engine));
    house_end(house);
}

static oc_rc buys_three(struct house_client *client, const struct oc_event *event)
{
    (void)event;
    struct engine_refusal refusal = {0};
    for (int i = 0; i < 3; i++) {
        struct oc_request request = house_order(client->house, OC_SIDE_BUY, 1);
        if (engine_submit(client->house->engine, &request, &refusal) < 0)
            refused_buy++;
    }
    return OC_OK;
}

static void lose_room(struct house *house, int index)
{
    (void)house;
    if (index == 2)
        env_sim_break(ENV_SIM_PREALLOCATE);
}

/* What one callback asked for is recorded whole or not at all, where the last segment has room for a part of it. */
static void a_batch_that_fits_in_part_is_not_begun(void **state)
{
    (void)state;
    struct house *house = house_on_disk();
    refused_buy = 0;
    house->is_mute = true;
    house->clients[0].market = buys_three;
    house->sources[0].before = lose_room;
    for (int i = 0; i < 40; i++)
        house_trade(house, 0, i * 60 * HOUSE_SECOND);
    house_open(house);
    house->session->journal.checkpoint = NULL;
    house_run(house);
    assert_true(refused_buy > 3 && house->sent_count > 6);
    struct journal_reader *reader = NULL;
    const struct oc_event *event;
    enum journal_stream stream;
    uint32_t requests = 0;
    assert_int_equal(journal_open_read(house->dir, false, &reader), OC_OK);
    while (journal_next(reader, &event, &stream) == OC_OK)
        requests += event->type == OC_EV_REQUEST;
    journal_close_read(reader);
    assert_int_equal(house->sent_count % 3, 0);
    assert_int_equal(requests % 3, 0); /* those that were denied for it, while there was room for that, too */
    assert_true(requests >= house->sent_count);
    house_end(house);
}

/* ---- checkpoints ---- */

static uint64_t checkpoints;

static oc_rc count_checkpoint(void *self, struct session *session)
{
    (void)self;
    (void)session;
    checkpoints++;
    return OC_OK;
}

static int64_t between_events_ns;

/* As if so many events had gone by. */
static void many_go_by(struct house *house, int index)
{
    (void)index;
    house->session->journal.since_checkpoint = 4095;
    env_sim_advance(between_events_ns);
}

/* Due by the count of events, and not more often than once a second, however many there are. */
static void checkpoints_are_a_second_apart(void **state)
{
    (void)state;
    static const int64_t between[] = {10000000, 500000000, 1000000000, 3000000000};
    static const uint64_t expected[] = {1, 5, 10, 10};
    for (int i = 0; i < 4; i++) {
        struct house *house = house_on_disk();
        env_sim_advance(10 * HOUSE_SECOND);
        checkpoints = 0;
        between_events_ns = between[i];
        house->sources[0].before = many_go_by;
        for (int k = 0; k < 10; k++)
            house_trade(house, 0, k * HOUSE_SECOND);
        house_open(house);
        house->session->journal.checkpoint = count_checkpoint;
        house_run(house);
        assert_int_equal(checkpoints, expected[i]);
        house_end(house);
    }
}

static void tick(struct house *house, int index)
{
    (void)house;
    (void)index;
    env_sim_advance(2 * HOUSE_SECOND);
}

/* Few events need none, however long they take. */
static void few_events_need_no_checkpoint(void **state)
{
    (void)state;
    struct house *house = house_on_disk();
    checkpoints = 0;
    house->sources[0].before = tick;
    for (int k = 0; k < 60; k++)
        house_trade(house, 0, k * HOUSE_SECOND);
    house_open(house);
    house->session->journal.checkpoint = count_checkpoint;
    house_run(house);
    assert_int_equal(checkpoints, 0);
    house_end(house);
}

static void many_go_by_once(struct house *house, int index)
{
    env_sim_advance(2 * HOUSE_SECOND);
    if (index == 3)
        house->session->journal.since_checkpoint = 4095;
}

/* Behind one that was made the events are counted anew. */
static void events_are_counted_from_the_last_checkpoint(void **state)
{
    (void)state;
    struct house *house = house_on_disk();
    env_sim_advance(10 * HOUSE_SECOND);
    checkpoints = 0;
    house->sources[0].before = many_go_by_once;
    for (int k = 0; k < 10; k++)
        house_trade(house, 0, k * HOUSE_SECOND);
    house_open(house);
    house->session->journal.checkpoint = count_checkpoint;
    house_run(house);
    assert_int_equal(checkpoints, 1);
    house_end(house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_risk_behind_a_failed_journal),
        cmocka_unit_test(a_batch_that_fits_in_part_is_not_begun),
        cmocka_unit_test(checkpoints_are_a_second_apart),
        cmocka_unit_test(few_events_need_no_checkpoint),
        cmocka_unit_test(events_are_counted_from_the_last_checkpoint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

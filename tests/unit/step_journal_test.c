/* step_journal_test.c: what is done when the journal takes nothing: facts are applied, new risk stops, and what adds risk
 * leaves only when it is durable. */
#include "support/env_sim.h"
#include "support/faults.h"
#include "support/session_kit.h"

#include "journal/read.h"

enum fault_kind { DISK_FULL, DISK_BROKEN, FAULT_KINDS };

/* Records until the door takes no more. */
static void fill_journal(struct house *house)
{
    struct oc_ev_text mark = {.head = {.size = sizeof mark, .type = OC_EV_CONFIG}};
    while (door_record(house->session->door, &mark.head) == OC_OK)
        ;
}

static struct house *house_on_disk(void)
{
    env_sim_start(&(struct env_sim_config){.seed = 5, .start_ns = 1});
    struct house *house = house_new();
    house->dir = "/house";
    house->client_count = 2;
    house->is_mute = true;
    return house;
}

static void house_end(struct house *house)
{
    house_free(house);
    env_sim_stop();
}

struct plan { /* of the first client */
    enum fault_kind kind;
    bool at_enter; /* the input itself cannot be recorded; else what it comes to */
    uint64_t first, resting;
    uint64_t bought, later;
    char reason[OC_REASON_MAX];
};

static struct plan plan;

/* Within an input: nobody has looked at the journal since. */
static void lose_disk(struct house *house)
{
    if (plan.kind == DISK_FULL)
        env_sim_limit_disk(1);
    else
        env_sim_break(ENV_SIM_PREALLOCATE);
    fill_journal(house);
}

/* With a fill in hand: buys, takes back what rests, and closes. */
static oc_rc on_the_fill(struct house_client *client, const struct order *order, const struct oc_event *event)
{
    (void)order;
    struct house *house = client->house;
    struct engine_refusal refusal = {0};
    if (event->type != OC_EV_FILL)
        return OC_OK;
    if (!plan.at_enter)
        lose_disk(house);
    struct oc_request request = house_order(house, OC_SIDE_BUY, 7);
    plan.bought = engine_submit(house->engine, &request, &refusal) == OC_OK ? request.order : 0;
    memcpy(plan.reason, refusal.reason, sizeof plan.reason);
    assert_int_equal(engine_cancel(house->engine, plan.resting, &refusal), OC_OK);
    request = house_order(house, OC_SIDE_SELL, 4);
    request.bits |= OC_RQ_REDUCE_ONLY;
    assert_int_equal(engine_submit(house->engine, &request, &refusal), OC_OK);
    return OC_OK;
}

static oc_rc makes_its_plan(struct house_client *client, const struct oc_event *event)
{
    (void)event;
    struct house *house = client->house;
    struct engine_refusal refusal = {0};
    if (client->markets == 1) {
        plan.first = house_buy(house, 4);
        plan.resting = house_buy(house, 5);
    } else if (client->markets == 2) { /* a fill is on its way, and the disk takes no more */
        house_fill(house, 60 * HOUSE_SECOND, plan.first, 4, "f");
        if (plan.at_enter)
            lose_disk(house);
    } else if (client->markets == 3) {
        struct oc_request request = house_order(house, OC_SIDE_BUY, 9);
        plan.later = engine_submit(house->engine, &request, &refusal) == OC_OK ? request.order : 0;
        memcpy(plan.reason, refusal.reason, sizeof plan.reason);
    }
    return OC_OK;
}

/* The fill is booked, the buy is denied and its strategy told; the cancel and what only reduces reach the venue; a later
 * buy is refused at the call. */
static void a_fact_is_taken_and_risk_is_not(void **state)
{
    (void)state;
    for (int kind = 0; kind < FAULT_KINDS; kind++) {
        for (int at_enter = 0; at_enter < 2; at_enter++) {
            struct house *house = house_on_disk();
            plan = (struct plan){.kind = (enum fault_kind)kind, .at_enter = at_enter};
            house->clients[0].market = makes_its_plan;
            house->clients[0].order = on_the_fill;
            for (int i = 0; i < 3; i++)
                house_trade(house, 0, i * 60 * HOUSE_SECOND);
            house_open(house);
            house->session->journal.checkpoint = NULL;
            house_run(house);
            assert_int_equal(house_position(house), 4);
            assert_int_equal(engine_stats(house->engine)->fills, 1);
            assert_int_equal(house->sent_count, 4);
            assert_int_equal(house->sent[2].kind, OC_REQUEST_CANCEL);
            assert_int_equal(house->sent[2].order, plan.resting);
            assert_true(house->sent[3].bits & OC_RQ_REDUCE_ONLY);
            if (at_enter) { /* known before the callback: refused at the call */
                assert_int_equal(plan.bought, 0);
                assert_int_equal(house->clients[0].orders, 1);
            } else { /* known behind it: told with the next input */
                assert_int_equal(house->clients[0].orders, 2);
                assert_int_equal(house->clients[0].last_type, OC_EV_DENIED);
                const struct order *order = orders_find(engine_orders(house->engine), plan.bought);
                assert_int_equal(order->state, STATE_DENIED);
                assert_string_equal(order->reason, ENGINE_JOURNAL_FAILED);
            }
            assert_int_equal(plan.later, 0);
            assert_string_equal(plan.reason, ENGINE_JOURNAL_FAILED);
            assert_true(house->session->journal.has_gap && house->session->journal.missed > 0);
            const struct book *book = portfolio_find(engine_portfolio(house->engine), house->account, 0, house->inst);
            assert_int_equal(book->open_buy, 5); /* what rests; of the denied one nothing counts */
            house_end(house);
        }
    }
}

/* Before the third event there is space again; time goes on by two seconds with each event. */
static void let_it_recover(struct house *house, int index)
{
    (void)house;
    if (index == 2) {
        env_sim_limit_disk(0);
        env_sim_break(ENV_SIM_NONE);
    }
    env_sim_advance(2 * HOUSE_SECOND);
}

static oc_rc buys_when_it_may(struct house_client *client, const struct oc_event *event)
{
    if (client->markets <= 2)
        return makes_its_plan(client, event);
    if (client->markets >= 8 && !plan.later)
        plan.later = house_buy(client->house, 9);
    return OC_OK;
}

static struct journal_reader *read_again(const char *dir)
{
    struct journal_reader *reader = NULL;
    assert_int_equal(journal_open_read(dir, true, &reader), OC_OK);
    return reader;
}

/* What was applied meanwhile is durable in a checkpoint, then the end of the gap is recorded, then risk is taken again. After
 * a loss of power the records and the checkpoint say the same. */
static void space_that_comes_back_is_used(void **state)
{
    (void)state;
    for (int kind = 0; kind < FAULT_KINDS; kind++) {
        struct house *house = house_on_disk();
        plan = (struct plan){.kind = (enum fault_kind)kind};
        house->clients[0].market = buys_when_it_may;
        house->clients[0].order = on_the_fill;
        house->sources[0].before = let_it_recover;
        for (int i = 0; i < 12; i++)
            house_trade(house, 0, i * 60 * HOUSE_SECOND);
        house_open(house);
        house_run(house);
        assert_int_equal(house->gap_ends, 1);
        assert_true(house->gap_end_at > 0); /* the checkpoint was on the disk when the mark was made */
        assert_false(house->session->journal.has_gap);
        assert_false(engine_risk_is_stopped(house->engine));
        assert_true(plan.later != 0);
        assert_int_equal(orders_find(engine_orders(house->engine), plan.later)->state, STATE_SUBMITTED);
        const uint64_t checkpoint_seq = house->gap_end_at;
        assert_int_equal(door_sync(house->session->door), OC_OK);
        door_abandon(house->session->door);
        house->session->door = NULL;

        struct journal_reader *reader = read_again(house->dir);
        struct journal_checkpoint checkpoint = {0};
        const struct oc_event *event;
        enum journal_stream stream;
        bool has_end = false, has_later = false;
        assert_true(journal_checkpoint(reader, &checkpoint));
        assert_true(checkpoint.seq >= checkpoint_seq);
        while (journal_next(reader, &event, &stream) == OC_OK) {
            if (event->type == OC_EV_MARK &&
                ((const struct oc_ev_text *)(const void *)event)->code == OC_MARK_GAP_END) {
                has_end = true;
                assert_true(((const struct oc_ev_text *)(const void *)event)->key > 0);
                assert_true(event->seq > checkpoint_seq);
            }
            if (event->type == OC_EV_REQUEST && ((const struct oc_request *)(const void *)event)->order == plan.later) {
                assert_true(has_end);
                has_later = true;
            }
        }
        assert_true(has_end && has_later);
        journal_close_read(reader);
        house_end(house);
    }
}

static oc_rc buys_three_at_the_end(struct house_client *client, const struct oc_event *event)
{
    (void)event;
    struct house *house = client->house;
    struct oc_ev_text mark = {.head = {.size = sizeof mark, .type = OC_EV_CONFIG}};
    if (client->markets != 2)
        return OC_OK;
    while (door_stats(house->session->door).order_bytes + sizeof(struct oc_request) + 160 < HOUSE_SEGMENT - 4096)
        assert_int_equal(door_record(house->session->door, &mark.head), OC_OK);
    fault_arm("journal.rotate", 1); /* room is there, and the second request does not get it */
    for (int i = 0; i < 3; i++)
        house_buy(house, 1);
    return OC_OK;
}

static void tick(struct house *house, int index)
{
    (void)house;
    (void)index;
    env_sim_advance(2 * HOUSE_SECOND);
}

/* A record refused in the middle of a batch: the batch is ended all the same, and the journal goes on. */
static void a_batch_that_breaks_is_ended(void **state)
{
    (void)state;
    fault_arm("probe", 0);
    bool has_points = FAULT("probe");
    fault_clear();
    if (!has_points)
        skip();
    struct house *house = house_on_disk();
    house->clients[0].market = buys_three_at_the_end;
    house->sources[0].before = tick;
    for (int i = 0; i < 6; i++)
        house_trade(house, 0, i * 60 * HOUSE_SECOND);
    house_open(house);
    house_run(house);
    fault_clear();
    assert_int_equal(house->sent_count, 0);
    assert_int_equal(house->clients[0].orders, 3);
    assert_string_equal(house->clients[0].last_reason, ENGINE_JOURNAL_FAILED);
    assert_int_equal(house->gap_ends, 1);
    assert_false(engine_risk_is_stopped(house->engine));
    house_end(house);
}

/* power: what adds risk leaves when its record is on the disk; where that fails it is denied, and the denial recorded. */
static oc_rc buys_each_time(struct house_client *client, const struct oc_event *event)
{
    (void)event;
    house_buy(client->house, client->markets);
    return OC_OK;
}

static void break_sync(struct house *house, int index)
{
    (void)house;
    if (index == 1)
        env_sim_break(ENV_SIM_SYNC);
}

static void what_is_not_durable_does_not_leave(void **state)
{
    (void)state;
    struct house *house = house_on_disk();
    settings_set(&house->settings, "session.durability", "power", "test");
    house->clients[0].market = buys_each_time;
    house->sources[0].before = break_sync;
    for (int i = 0; i < 4; i++)
        house_trade(house, 0, i * 60 * HOUSE_SECOND);
    house_open(house);
    house->session->journal.is_power = true;
    house_run(house);
    assert_int_equal(house->sent_count, 1);
    assert_int_equal(house->sent[0].qty, 1);
    assert_int_equal(house->clients[0].last_type, OC_EV_DENIED);
    assert_string_equal(house->clients[0].last_reason, ENGINE_JOURNAL_FAILED);
    assert_int_equal(house->gap_ends, 0); /* a failed sync is for ever */
    assert_true(engine_risk_is_stopped(house->engine));
    house_end(house);
}

static uint64_t refused_buy;

static oc_rc buys_from_the_third(struct house_client *client, const struct oc_event *event)
{
    (void)event;
    struct engine_refusal refusal = {0};
    struct oc_request request = house_order(client->house, OC_SIDE_BUY, 1);
    if (client->markets < 3)
        return OC_OK;
    if (engine_submit(client->house->engine, &request, &refusal) < 0)
        refused_buy++;
    memcpy(plan.reason, refusal.reason, sizeof plan.reason);
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
    plan = (struct plan){0};
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
    assert_string_equal(plan.reason, ENGINE_JOURNAL_FAILED);
    assert_int_equal(house->gaps, 1);
    assert_true(engine_risk_is_stopped(house->engine));
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fact_is_taken_and_risk_is_not), cmocka_unit_test(space_that_comes_back_is_used),
        cmocka_unit_test(a_batch_that_breaks_is_ended),    cmocka_unit_test(what_is_not_durable_does_not_leave),
        cmocka_unit_test(no_risk_behind_a_failed_journal), cmocka_unit_test(checkpoints_are_a_second_apart),
        cmocka_unit_test(few_events_need_no_checkpoint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

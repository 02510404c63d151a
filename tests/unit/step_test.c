/* step_test.c: one input after the other: their total order, what a batch comes to, and what is done when the journal
 * takes nothing. */
#include "support/env_sim.h"
#include "support/faults.h"
#include "support/session_kit.h"

#include "journal/read.h"

/* ---- the order ---- */

static oc_rc buy_once(struct house_client *client, const struct oc_event *event)
{
    (void)event;
    if (client->markets == 1)
        house_buy(client->house, 1);
    return OC_OK;
}

static struct oc_ev_text *recorded_at_a_minute(void *self, bool *ret_now)
{
    static union {
        struct oc_ev_text event;
        char bytes[128];
    } command;
    bool *is_taken = self;
    *ret_now = false;
    command.event = (struct oc_ev_text){.head = {.size = sizeof command.event, .type = OC_EV_COMMAND}};
    command.event.head.local_ns = command.event.head.venue_ns = 60 * HOUSE_SECOND;
    return *is_taken ? NULL : &command.event;
}

static bool command_taken;

static bool execute(void *self, const struct oc_ev_text *command, struct text *reply)
{
    (void)self;
    (void)command;
    (void)reply;
    command_taken = true;
    return true;
}

/* At one instant: an answer, the market, a bar that ends, a timer, a command. */
static void at_one_instant_everything_has_its_place(void **state)
{
    (void)state;
    struct house *house = house_new();
    uint64_t timer;
    house->client_count = 2;
    house->clients[1].market = buy_once;
    house->latency_ns = 60 * HOUSE_SECOND;
    house->bars_ns = 60 * HOUSE_SECOND;
    house_trade(house, 0, 0);
    house_trade(house, 1, 60 * HOUSE_SECOND);
    house_trade(house, 0, 90 * HOUSE_SECOND);
    house_open(house);
    house->session->commands.execute = execute;
    command_taken = false;
    inbox_set_recording(house->session->inbox,
                        &(struct inbox_recording){.self = &command_taken, .next = recorded_at_a_minute});
    timers_add(engine_timers(house->engine), 1, 60 * HOUSE_SECOND, 0, &timer);
    house_run(house);
    /* the trade of the new minute ends the bar of the one before inside its own input */
    assert_string_equal(house->log, "M0+1 A60 M60 T60 C60 M90 ");
    assert_int_equal(house->clients[0].markets, 1);
    assert_int_equal(house->clients[0].timers, 1);
    house_free(house);
}

/* A quiet market: the bar is ended by time, before a timer of that instant. */
static void a_bar_ends_before_a_timer_of_its_instant(void **state)
{
    (void)state;
    struct house *house = house_new();
    uint64_t timer;
    house->client_count = 1;
    house->bars_ns = 60 * HOUSE_SECOND;
    house_trade(house, 0, 0);
    house_trade(house, 0, 90 * HOUSE_SECOND);
    house_open(house);
    timers_add(engine_timers(house->engine), 1, 60 * HOUSE_SECOND, 0, &timer);
    house_run(house);
    assert_string_equal(house->log, "M0 B60 T60 M90 ");
    house_free(house);
}

static void closes_go_before_opens(void **state)
{
    (void)state;
    struct house *house = house_new();
    house->client_count = 1;
    house_bar(house, 0, 60 * HOUSE_SECOND, 120 * HOUSE_SECOND); /* the first source opens where the second closes */
    house_bar(house, 1, 0, 60 * HOUSE_SECOND);
    house_open(house);
    house_run(house);
    assert_string_equal(house->log, "o0 M60 o60 M120 ");
    house_free(house);
}

static oc_rc timer_buys(struct house_client *client, uint64_t timer, int64_t due_ns)
{
    (void)timer;
    (void)due_ns;
    house_buy(client->house, 1);
    return OC_OK;
}

static void timers_of_an_instant_are_finished_before_what_they_caused(void **state)
{
    (void)state;
    struct house *house = house_new();
    uint64_t timer;
    house->client_count = 2;
    house->clients[0].timer = house->clients[1].timer = timer_buys;
    house_trade(house, 0, 0);
    house_trade(house, 0, 90 * HOUSE_SECOND);
    house_open(house);
    for (uint32_t i = 0; i < 4; i++)
        timers_add(engine_timers(house->engine), 1 + i % 2, 60 * HOUSE_SECOND, 0, &timer);
    house_run(house);
    assert_string_equal(house->log, "M0 T60+1 T60+1 T60+1 T60+1 A60 A60 A60 A60 M90 ");
    house_free(house);
}

/* ---- what a batch comes to ---- */

static bool is_acting;

static oc_rc acts(struct house_client *client, const struct oc_event *event)
{
    (void)event;
    is_acting = true;
    if (client->markets == 1) {
        house_buy(client->house, 1);
        house_buy(client->house, 2);
    }
    is_acting = false;
    return OC_OK;
}

static oc_rc acts_again(struct house_client *client, const struct order *order, const struct oc_event *event)
{
    assert_false(is_acting); /* nothing nests */
    assert_int_equal(event->type, OC_EV_REJECTED);
    assert_int_equal(order->state, STATE_REJECTED);
    if (order->now.qty == 1)
        house_buy(client->house, 3);
    return OC_OK;
}

static void a_refused_send_is_a_next_input(void **state)
{
    (void)state;
    struct house *house = house_new();
    house->client_count = 1;
    house->clients[0].market = acts;
    house->clients[0].order = acts_again;
    house->venue_answer = OC_E_IO;
    house_trade(house, 0, 0);
    house_trade(house, 0, 60 * HOUSE_SECOND);
    house_open(house);
    const uint64_t before = door_order_hash(house->session->door).count;
    house_run(house);
    assert_string_equal(house->log, "M0+2 A0+1 A0 A0 M60 ");
    assert_int_equal(house->clients[0].orders, 3);
    assert_string_equal(house->clients[0].last_reason, "VENUE_NOT_REACHED");
    assert_int_equal(door_order_hash(house->session->door).count, before + 6); /* three requests, three refusals */
    assert_int_equal(orders_open_count(engine_orders(house->engine)), 0);
    house_free(house);
}

static void wake(void *self, int64_t ns)
{
    (void)ns;
    ++*(int *)self;
}

/* Where one source has nothing yet, the others go on; when only it is left, it is waited for. */
static void a_silent_source_lets_the_others_go_on(void **state)
{
    (void)state;
    struct house *house = house_new();
    uint64_t timer;
    int waits = 0;
    house->client_count = 1;
    house->clients[0].market = buy_once;
    house->latency_ns = 10 * HOUSE_SECOND;
    for (int i = 0; i < 3; i++)
        house_trade(house, 0, i * 60 * HOUSE_SECOND);
    house_trade(house, 1, 180 * HOUSE_SECOND);
    house->sources[1].silent_at = 0;
    house->sources[1].silences = 12;
    house_open(house);
    house->session->pace.host = (struct pace_host){.self = &waits, .wait = wake};
    timers_add(engine_timers(house->engine), 1, 30 * HOUSE_SECOND, 0, &timer);
    timers_add(engine_timers(house->engine), 1, 150 * HOUSE_SECOND, 0, &timer);
    house_run(house);
    assert_string_equal(house->log, "M0+1 A10 T30 M60 M120 T150 M180 ");
    assert_in_range(waits, 1, 12);
    house_free(house);
}

static oc_rc fails(struct house_client *client, const struct oc_event *event)
{
    (void)event;
    struct house *house = client->house;
    struct oc_ev_text saved = {.head = {.size = sizeof saved, .type = OC_EV_STATE}, .owner = client->id};
    uint64_t timer;
    house_buy(house, 1);
    house_buy(house, 2);
    engine_record(house->engine, &saved.head);
    timers_add(engine_timers(house->engine), client->id, 30 * HOUSE_SECOND, 0, &timer);
    return OC_E_DATA;
}

static oc_rc buys_three(struct house_client *client, const struct oc_event *event)
{
    (void)event;
    if (client->markets == 1)
        for (int i = 0; i < 3; i++)
            house_buy(client->house, 10);
    return OC_OK;
}

/* A callback is a savepoint: the one that fails takes back what it asked for, and nothing of the others. */
static void who_fails_drops_its_own_tail(void **state)
{
    (void)state;
    struct house *alone = house_new(), *house = house_new();
    for (int with = 0; with < 2; with++) {
        struct house *one = with ? house : alone;
        one->client_count = 3;
        one->clients[0].market = buys_three;
        one->clients[1].market = with ? fails : NULL;
        one->clients[2].market = buys_three;
        house_trade(one, 0, 0);
        house_trade(one, 0, 60 * HOUSE_SECOND);
        house_open(one);
        house_run(one);
        assert_int_equal(one->sent_count, 6);
        assert_int_equal(engine_timers(one->engine)->count, 0);
    }
    for (uint32_t i = 0; i < 6; i++) /* ids and all: as if it had not been there */
        assert_int_equal(house->sent[i].order, alone->sent[i].order);
    assert_true(engine_is_suspended(house->engine, 2));
    assert_false(engine_is_suspended(house->engine, 1) || engine_is_suspended(house->engine, 3));
    assert_int_equal(door_order_hash(house->session->door).count, door_order_hash(alone->session->door).count + 1);
    house_free(alone);
    house_free(house);
}

static oc_rc five_messages(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                           struct oc_verdict *verdict)
{
    (void)ask;
    verdict->allowed = ctx->staged_messages + *(uint32_t *)self < 5;
    strcpy(verdict->reason, verdict->allowed ? "" : "TOO_MANY");
    return OC_OK;
}

static void count_sent(void *self, const struct oc_risk_ctx *ctx, const struct oc_event *event)
{
    (void)ctx;
    *(uint32_t *)self += event->type == OC_EV_REQUEST;
}

/* What another strategy asked for in the same input counts already, though nothing of it has left. */
static void what_is_staged_counts_across_strategies(void **state)
{
    (void)state;
    static const struct oc_risk rule = {.size = sizeof rule, .check = five_messages, .observe = count_sent};
    struct house *house = house_new();
    uint32_t sent = 0;
    house->client_count = 2;
    house->clients[0].market = house->clients[1].market = buys_three;
    house_trade(house, 0, 0);
    house_trade(house, 0, 60 * HOUSE_SECOND);
    house_open(house);
    assert_int_equal(engine_add_rule(house->engine, "five", &rule, &sent), OC_OK);
    house_run(house);
    assert_string_equal(house->log, "M0+5-1 A0 A0 A0 A0 A0 M60 ");
    assert_int_equal(sent, 5);
    house_free(house);
}

/* ---- limits of an instant and of a second ---- */

static uint32_t refusals_wanted;

static oc_rc asks_so_often(struct house_client *client, const struct order *order, const struct oc_event *event)
{
    (void)order;
    (void)event;
    if ((uint32_t)client->orders < refusals_wanted)
        house_buy(client->house, 1);
    return OC_OK;
}

/* An order for each refusal: as often as an instant may have, and once more. The other, who is told once at that instant,
 * is not to blame. */
static void an_instant_has_so_many_rounds(void **state)
{
    (void)state;
    for (uint32_t beyond = 0; beyond < 2; beyond++) {
        struct house *house = house_new();
        house->client_count = 2;
        house->clients[0].market = house->clients[1].market = buy_once;
        house->clients[0].order = asks_so_often;
        house->venue_answer = OC_E_IO;
        refusals_wanted = SESSION_ROUNDS_MAX + beyond;
        house_trade(house, 0, 0);
        house_trade(house, 0, 60 * HOUSE_SECOND);
        house_open(house);
        house_run(house);
        assert_int_equal(house->clients[0].orders, refusals_wanted);
        assert_int_equal(house->clients[0].markets, beyond ? 1 : 2);
        assert_int_equal(engine_is_suspended(house->engine, 1), beyond);
        assert_false(engine_is_suspended(house->engine, 2));
        assert_int_equal(house->clients[1].orders, 1);
        if (beyond)
            assert_non_null(
                strstr(engine_suspension(house->engine, 1), "more than 100000 answers and timers at one instant"));
        house_free(house);
    }
}

/* So many timers as a second may have, for two seconds; and one more. Another's timer that comes just then is not to blame. */
static void a_second_has_so_many_timers(void **state)
{
    (void)state;
    for (int64_t beyond = 0; beyond < 2; beyond++) {
        struct house *house = house_new();
        uint64_t timer;
        const int64_t from_ns = 100 * HOUSE_SECOND, every_ns = HOUSE_SECOND / SESSION_TIMERS_MAX - beyond;
        house->client_count = 2;
        house_trade(house, 0, from_ns);
        house_trade(house, 0, from_ns + 3 * HOUSE_SECOND);
        house_open(house);
        timers_add(engine_timers(house->engine), 1, from_ns + every_ns, every_ns, &timer);
        for (int64_t i = 1; i <= 4000; i++) /* between them */
            timers_add(engine_timers(house->engine), 2, from_ns + i * 5 * every_ns + 1, 0, &timer);
        house_run(house);
        assert_int_equal(engine_is_suspended(house->engine, 1), beyond);
        assert_false(engine_is_suspended(house->engine, 2));
        assert_int_equal(house->clients[1].timers, 4000);
        if (beyond) {
            assert_int_equal(house->clients[0].timers, SESSION_TIMERS_MAX + 1);
            assert_non_null(strstr(engine_suspension(house->engine, 1), "more than 10000 timers within one second"));
        } else {
            assert_int_equal(house->clients[0].timers, 3 * SESSION_TIMERS_MAX - 1);
        }
        house_free(house);
    }
}

/* ---- a journal that takes nothing ---- */

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_one_instant_everything_has_its_place),
        cmocka_unit_test(a_bar_ends_before_a_timer_of_its_instant),
        cmocka_unit_test(closes_go_before_opens),
        cmocka_unit_test(timers_of_an_instant_are_finished_before_what_they_caused),
        cmocka_unit_test(a_refused_send_is_a_next_input),
        cmocka_unit_test(a_silent_source_lets_the_others_go_on),
        cmocka_unit_test(who_fails_drops_its_own_tail),
        cmocka_unit_test(what_is_staged_counts_across_strategies),
        cmocka_unit_test(an_instant_has_so_many_rounds),
        cmocka_unit_test(a_second_has_so_many_timers),
        cmocka_unit_test(a_fact_is_taken_and_risk_is_not),
        cmocka_unit_test(space_that_comes_back_is_used),
        cmocka_unit_test(a_batch_that_breaks_is_ended),
        cmocka_unit_test(what_is_not_durable_does_not_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

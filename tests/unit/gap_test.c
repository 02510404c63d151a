/* gap_test.c: a journal that takes nothing: facts are taken, risk is not; and space that comes back. */
#include "session/gap.h"
#include "support/faults.h"
#include "support/house_on_disk.h"

#include "journal/read.h"

enum fault_kind { DISK_FULL, DISK_BROKEN, FAULT_KINDS };

/* Records until the door takes no more. */
static void fill_journal(struct house *house)
{
    struct oc_ev_text mark = {.head = {.size = sizeof mark, .type = OC_EV_CONFIG}};
    while (door_record(house->session->door, &mark.head) == OC_OK)
        ;
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

/* What a mark of a gap says. */
struct gap_seen {
    uint32_t begins, ends;
    uint64_t checkpoint; /* named by the end */
};

static void see_gap(struct gap_seen *seen, const struct oc_event *event)
{
    const struct oc_ev_text *mark = (const struct oc_ev_text *)(const void *)event;
    char words[64];
    if (event->type != OC_EV_MARK)
        return;
    if (mark->code == OC_MARK_GAP)
        assert_int_equal(seen->begins++, seen->ends); /* one at a time */
    if (mark->code != OC_MARK_GAP_END)
        return;
    assert_int_equal(++seen->ends, seen->begins);
    snprintf(words, sizeof words, "%.*s", (int)mark->text_size, (const char *)(mark + 1));
    unsigned long long number = 0;
    assert_int_equal(sscanf(words, SESSION_GAP_WORDS, &number), mark->key ? 1 : EOF);
    seen->checkpoint = number;
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
        /* the checkpoint was on the disk when the mark was made */
        assert_true(house->gap_end_wanted > 0 && house->gap_end_at >= house->gap_end_wanted);
        assert_false(house->session->journal.has_gap);
        assert_int_equal(house->session->journal.missed, 0); /* the next gap counts its own */
        assert_int_equal(house->session->journal.gap_seq, 0);
        assert_false(engine_risk_is_stopped(house->engine));
        assert_true(plan.later != 0);
        assert_int_equal(orders_find(engine_orders(house->engine), plan.later)->state, STATE_SUBMITTED);
        const uint64_t checkpoint_seq = house->gap_end_at, wanted = house->gap_end_wanted;
        assert_int_equal(door_sync(house->session->door), OC_OK);
        door_abandon(house->session->door);
        house->session->door = NULL;

        struct journal_reader *reader = read_again(house->dir);
        struct journal_checkpoint checkpoint = {0};
        const struct oc_event *event;
        enum journal_stream stream;
        struct gap_seen seen = {0};
        bool has_end = false, has_later = false;
        assert_true(journal_checkpoint(reader, &checkpoint));
        assert_true(checkpoint.seq >= checkpoint_seq);
        journal_close_read(reader); /* all records: the beginning may stand before the checkpoint */
        assert_int_equal(journal_open_read(house->dir, false, &reader), OC_OK);
        while (journal_next(reader, &event, &stream) == OC_OK) {
            see_gap(&seen, event);
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
        assert_int_equal(seen.begins, 1); /* D5: though the first sign was a record that was refused */
        assert_int_equal(seen.ends, 1);
        assert_int_equal(seen.checkpoint, wanted);
        journal_close_read(reader);
        house_end(house);
    }
}

static oc_rc buys_each_time(struct house_client *client, const struct oc_event *event)
{
    (void)event;
    house_buy(client->house, client->markets);
    return OC_OK;
}

/* Fault points are there but in release builds. */
static void skip_without_points(void)
{
    fault_arm("probe", 0);
    bool has_points = FAULT("probe");
    fault_clear();
    if (!has_points)
        skip();
}

static void lose_and_find(struct house *house, int index)
{
    if (index == 1) { /* room is left, but no further segment can be made */
        struct oc_ev_text mark = {.head = {.size = sizeof mark, .type = OC_EV_CONFIG}};
        env_sim_limit_disk(1);
        while (!door_failed(house->session->door))
            assert_int_equal(door_record(house->session->door, &mark.head), OC_OK);
    }
    if (index == 5)
        env_sim_limit_disk(0);
    env_sim_advance(2 * HOUSE_SECOND);
}

static void lose_and_look(struct house *house, int index)
{
    lose_and_find(house, index);
    if (index == 2 || index == 3) {
        assert_true(house->session->journal.has_gap && engine_risk_is_stopped(house->engine));
        assert_int_equal(house->session->journal.missed, 0);
    }
}

static char told[512];

static void hear_words(void *self, uint32_t kind, const struct text *json)
{
    (void)self;
    assert_int_equal(kind, TOLD_SESSION);
    snprintf(told, sizeof told, "%s%.*s", told[0] ? "twice: " : "", (int)json->size, json->data);
}

/* A journal that can take no more is a gap before a record is missed. */
static void a_gap_begins_before_a_record_is_missed(void **state)
{
    (void)state;
    struct house *house = house_on_disk();
    house->sources[0].before = lose_and_look;
    for (int i = 0; i < 12; i++)
        house_trade(house, 0, i * 60 * HOUSE_SECOND);
    house_open(house);
    told[0] = '\0';
    assert_int_equal(watchers_add(&house->session->watchers, &(struct watcher){.told = hear_words}), OC_OK);
    house_run(house);
    static const char words[] =
        "{\"what\":\"the journal failed: cancels and closes go on, nothing new is opened\",\"reason\":\"";
    assert_memory_equal(told, words, sizeof words - 1); /* a whole object, said once */
    assert_string_equal(told + strlen(told) - 2, "\"}");
    assert_int_equal(house->gaps, 1);
    assert_int_equal(house->gap_ends, 1);
    assert_false(house->session->journal.has_gap || engine_risk_is_stopped(house->engine));
    house_end(house);
}

static void recover_and_hurry(struct house *house, int index)
{
    (void)house;
    if (index == 3) {
        env_sim_limit_disk(0);
        env_sim_break(ENV_SIM_NONE);
    }
    env_sim_advance(index <= 3 ? 2 * HOUSE_SECOND : HOUSE_SECOND / 90);
}

/* Where there is space again it is not waited for another second: the checkpoint is looked for a hundred times as often. */
static void a_gap_ends_soon_after_its_checkpoint(void **state)
{
    (void)state;
    struct house *house = house_on_disk();
    plan = (struct plan){.kind = DISK_FULL};
    house->clients[0].market = buys_when_it_may;
    house->clients[0].order = on_the_fill;
    house->sources[0].before = recover_and_hurry;
    for (int i = 0; i < 12; i++)
        house_trade(house, 0, i * 60 * HOUSE_SECOND);
    house_open(house);
    house_run(house);
    assert_int_equal(house->gap_ends, 1);
    assert_false(engine_risk_is_stopped(house->engine));
    assert_true(plan.later != 0);
    house_end(house);
}

/* Nothing was missed yet: the gap is recorded once, risk stops, and goes on when there is space, without a checkpoint. */
static void a_gap_is_said_before_anything_is_lost(void **state)
{
    (void)state;
    struct house *house = house_on_disk();
    house->clients[0].market = buys_each_time;
    house->sources[0].before = lose_and_find;
    for (int i = 0; i < 9; i++)
        house_trade(house, 0, i * 60 * HOUSE_SECOND);
    house_open(house);
    house_run(house);
    assert_int_equal(house->gaps, 1);
    assert_int_equal(house->gap_ends, 1);
    assert_int_equal(house->gap_end_wanted, 0);
    assert_int_equal(house->sent_count, 5); /* not those of the second to the fifth */
    assert_int_equal(engine_stats(house->engine)->denied, 4);
    house_end(house);
}

static void wake_the_worker(struct house *house, int index)
{
    if (index == 2) {
        env_sim_limit_disk(0);
        env_sim_break(ENV_SIM_NONE);
        assert_int_equal(door_tend(house->session->door), OC_OK);
        fault_arm("worker.later", 0); /* and from here on it is slow */
    }
    if (index == 6) {
        fault_clear();
        assert_int_equal(door_sync_start(house->session->door), OC_OK);
    }
    env_sim_advance(2 * HOUSE_SECOND);
}

/* However long the worker takes for it. */
static void a_gap_ends_when_its_checkpoint_is_there(void **state)
{
    (void)state;
    skip_without_points();
    struct house *house = house_on_disk();
    plan = (struct plan){.kind = DISK_FULL};
    house->clients[0].market = buys_when_it_may;
    house->clients[0].order = on_the_fill;
    house->sources[0].before = wake_the_worker;
    for (int i = 0; i < 12; i++)
        house_trade(house, 0, i * 60 * HOUSE_SECOND);
    house_open(house);
    house_run(house);
    fault_clear();
    assert_int_equal(house->gap_ends, 1);
    assert_true(house->gap_end_wanted > 0 && house->gap_end_at >= house->gap_end_wanted);
    house_end(house);
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

/* D6: nothing is restored as sent that never left. */
static void each_request_has_its_denial(const struct house *house)
{
    enum { REQUESTS_MAX = 16 };
    const struct oc_event *event;
    enum journal_stream stream;
    uint64_t asked[REQUESTS_MAX];
    uint32_t asked_count = 0, denied_count = 0;
    struct journal_reader *reader = NULL;
    assert_int_equal(door_sync(house->session->door), OC_OK);
    assert_int_equal(journal_open_read(house->dir, false, &reader), OC_OK);
    while (journal_next(reader, &event, &stream) == OC_OK) {
        if (event->type == OC_EV_REQUEST && asked_count < REQUESTS_MAX)
            asked[asked_count++] = ((const struct oc_request *)(const void *)event)->order;
        for (uint32_t i = 0; event->type == OC_EV_DENIED && i < asked_count; i++)
            denied_count += asked[i] == ((const struct oc_ev_answer *)(const void *)event)->order;
    }
    journal_close_read(reader);
    assert_int_equal(asked_count, 1); /* the second did not get its room */
    assert_int_equal(denied_count, 1);
}

/* A record refused in the middle of a batch: the batch is ended all the same, and the journal goes on. */
static void a_batch_that_breaks_is_ended(void **state)
{
    (void)state;
    skip_without_points();
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
    each_request_has_its_denial(house);
    house_end(house);
}

static oc_rc buys_a_dozen(struct house_client *client, const struct oc_event *event)
{
    (void)event;
    if (client->markets != 2)
        return OC_OK;
    lose_disk(client->house);
    for (int i = 0; i < 12; i++)
        plan.later += house_buy(client->house, 1) != 0;
    return OC_OK;
}

/* However many there are. */
static void each_order_that_the_journal_denied_is_told(void **state)
{
    (void)state;
    struct house *house = house_on_disk();
    plan = (struct plan){.kind = DISK_FULL};
    house->clients[0].market = buys_a_dozen;
    for (int i = 0; i < 4; i++)
        house_trade(house, 0, i * 60 * HOUSE_SECOND);
    house_open(house);
    house_run(house);
    assert_int_equal(plan.later, 12);
    assert_int_equal(house->sent_count, 0);
    assert_int_equal(house->clients[0].orders, 12);
    assert_string_equal(house->clients[0].last_reason, ENGINE_JOURNAL_FAILED);
    house_end(house);
}

static void say_mark(struct house *house, int index)
{
    const uint32_t code = index == 1 ? OC_MARK_GAP : OC_MARK_GAP_END;
    if (index == 1 || index == 3)
        assert_int_equal(session_mark(house->session, code, 0, ""), OC_OK);
}

/* D7: as in a replay, whose journal never fails: the marks are what stops and resumes. */
static void the_marks_alone_stop_and_resume(void **state)
{
    (void)state;
    struct house *house = house_new();
    house->client_count = 1;
    house->is_mute = true;
    house->clients[0].market = buys_each_time;
    house->sources[0].before = say_mark;
    for (int i = 0; i < 5; i++)
        house_trade(house, 0, i * 60 * HOUSE_SECOND);
    house_open(house);
    house_run(house);
    assert_int_equal(house->sent_count, 3); /* the first, the fourth and the fifth */
    assert_int_equal(house->sent[1].qty, 4);
    assert_int_equal(engine_stats(house->engine)->denied, 2);
    assert_false(engine_risk_is_stopped(house->engine));
    /* one that could not be recorded resumes nothing, and what is saved in a gap knows that it is in one */
    struct oc_ev_text mark = {.head = {.size = sizeof mark, .type = OC_EV_MARK}, .code = OC_MARK_GAP};
    assert_int_equal(engine_input(house->engine, &mark.head, true), OC_OK);
    mark.code = OC_MARK_GAP_END;
    assert_int_equal(engine_input(house->engine, &mark.head, false), OC_OK);
    assert_true(engine_risk_is_stopped(house->engine));
    char *blob = malloc(1 << 20);
    int64_t size = engine_save(house->engine, blob, 1 << 20);
    assert_true(size > 0);
    struct house *again = house_new();
    again->client_count = 1;
    house_open(again);
    assert_int_equal(engine_load(again->engine, blob, (size_t)size), OC_OK);
    assert_true(engine_risk_is_stopped(again->engine));
    house_free(again);
    free(blob);
    house_free(house);
}

/* power: what adds risk leaves when its record is on the disk; where that fails it is denied, and the denial recorded. */
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
    assert_int_equal(settings_set(&house->settings, "session.durability", "power", "test"), OC_OK);
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

/* What says that records are missing, and until when, is itself none of them. */
static void marks_of_a_gap_are_two(void **state)
{
    (void)state;
    for (uint32_t code = 0; code <= OC_MARK_CLOSE; code++) {
        struct oc_ev_text event = {.head = {.size = sizeof event, .type = OC_EV_MARK}, .code = code};
        assert_int_equal(gap_is_mark(&event.head), code == OC_MARK_GAP || code == OC_MARK_GAP_END);
        event.head.type = OC_EV_CONFIG;
        assert_false(gap_is_mark(&event.head));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_of_a_gap_are_two),
        cmocka_unit_test(a_fact_is_taken_and_risk_is_not),
        cmocka_unit_test(a_gap_begins_before_a_record_is_missed),
        cmocka_unit_test(space_that_comes_back_is_used),
        cmocka_unit_test(a_gap_ends_soon_after_its_checkpoint),
        cmocka_unit_test(a_gap_is_said_before_anything_is_lost),
        cmocka_unit_test(a_gap_ends_when_its_checkpoint_is_there),
        cmocka_unit_test(a_batch_that_breaks_is_ended),
        cmocka_unit_test(each_order_that_the_journal_denied_is_told),
        cmocka_unit_test(the_marks_alone_stop_and_resume),
        cmocka_unit_test(what_is_not_durable_does_not_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

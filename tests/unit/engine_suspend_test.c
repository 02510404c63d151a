/* engine_suspend_test.c: a client that fails is recorded as suspended; a replay stops it at the same callback. */
#include "support/engine_kit.h"

struct runner { /* orders with a stop loss and a timer in each bar; fails in bar `fails_at` with `rc` */
    struct fixture *f;
    int bars, timers, fails_at;
    oc_rc rc;
    bool asks; /* false: does nothing in the bar that fails, as if it was never entered */
};

static oc_rc runner_bar(void *self, const struct oc_event *bar)
{
    struct runner *runner = self;
    struct engine *engine = runner->f->engine;
    (void)bar;
    bool fails = ++runner->bars == runner->fails_at;
    if (!fails || runner->asks) {
        struct oc_request request = fixture_order(runner->f, OC_SIDE_BUY, 5, 9900);
        struct engine_refusal refusal;
        uint64_t id;
        request.stop_loss = 9000;
        request.bits |= OC_RQ_HAS_STOP_LOSS;
        assert_int_equal(engine_submit(engine, &request, &refusal), OC_OK);
        assert_int_equal(timers_add(engine_timers(engine), 1, engine_now(engine) + 10 * MINUTE, MINUTE, &id), OC_OK);
    }
    return fails ? runner->rc : OC_OK;
}

static oc_rc runner_timer(void *self, uint64_t timer, int64_t due_ns)
{
    (void)timer;
    (void)due_ns;
    ((struct runner *)self)->timers++;
    return OC_OK;
}

static const char *runner_why(void *self)
{
    (void)self;
    return "a.lua:7: ran longer than its deadline of 250 ms";
}

static struct fixture *begin(struct runner *runner, struct user *other)
{
    struct fixture *f = fixture_new(COST_AVERAGE);
    uint32_t id;
    struct engine_client client = {.self = runner, .bar = runner_bar, .timer = runner_timer, .why = runner_why};
    runner->f = f;
    assert_int_equal(engine_add_client(f->engine, "runner", &client, &id), OC_OK);
    assert_int_equal(id, 1);
    assert_int_equal(user_add(f, other), 2);
    assert_int_equal(engine_subscribe(f->engine, 1, f->inst, 0), OC_OK);
    assert_int_equal(engine_subscribe(f->engine, 2, f->inst, 0), OC_OK);
    return f;
}

static void bars(struct fixture *f, int from, int to)
{
    for (int i = from; i < to; i++) {
        struct oc_ev_bar bar = {.head = {.size = sizeof bar, .type = OC_EV_BAR, .inst = f->inst},
                                .open_ns = i * MINUTE,
                                .period_ns = MINUTE,
                                .open = 10000,
                                .high = 10000,
                                .low = 10000,
                                .close = 10000};
        f->now_ns = (i + 1) * MINUTE;
        assert_int_equal(fixture_input(f, &bar), OC_OK);
        fixture_tick(f, f->now_ns);
    }
}

static const struct oc_ev_text *suspension(const struct fixture *f)
{
    for (uint32_t i = 0; i < f->record_count; i++) {
        const struct oc_ev_text *event = (const struct oc_ev_text *)(const void *)f->records[i];
        if (event->head.type == OC_EV_STRATEGY)
            return event;
    }
    return NULL;
}

static void a_suspension_is_recorded_with_its_words(void **state)
{
    (void)state;
    static const struct {
        oc_rc rc;
        uint32_t code;
    } cases[] = {{OC_E_LIMIT, OC_STRATEGY_STOPPED},
                 {OC_E_NOMEM, OC_STRATEGY_STOPPED},
                 {OC_E_INVALID, OC_STRATEGY_FAILED},
                 {OC_E_STATE, OC_STRATEGY_FAILED}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct runner runner = {.fails_at = 3, .rc = cases[i].rc, .asks = true};
        struct user other = {.order_qty = 3};
        struct fixture *f = begin(&runner, &other);
        bars(f, 0, 5);
        const struct oc_ev_text *event = suspension(f);
        assert_non_null(event);
        if (!event)
            return;
        assert_int_equal(event->code, cases[i].code);
        assert_int_equal(event->owner, 1);
        assert_int_equal(event->key, 1);
        assert_int_equal(event->head.local_ns, 3 * MINUTE);
        assert_int_equal(event->head.size % 8, 0);
        assert_int_equal(event->text_size, strlen(runner_why(NULL)));
        assert_memory_equal((const char *)event + sizeof *event, runner_why(NULL), event->text_size);
        assert_string_equal(engine_suspension(f->engine, 1), runner_why(NULL));
        assert_string_equal(engine_suspension(f->engine, 2), "");
        assert_true(engine_is_suspended(f->engine, 1));
        assert_false(engine_is_suspended(f->engine, 2));
        assert_int_equal(runner.bars, 3);
        assert_int_equal(other.bars, 5); /* the others go on */
        assert_int_equal(engine_stats(f->engine)->suspended, 1);
        fixture_free(f);
    }
}

static void a_full_journal_suspends_all_the_same(void **state)
{
    (void)state;
    struct runner runner = {.fails_at = 1, .rc = OC_E_LIMIT};
    struct user other = {0};
    struct fixture *f = begin(&runner, &other);
    f->door_answer = OC_E_IO;
    bars(f, 0, 2);
    assert_true(engine_is_suspended(f->engine, 1));
    assert_int_equal(runner.bars, 1);
    assert_null(suspension(f));
    fixture_free(f);
}

/* The callback that fails asked for an order, a group and a timer: all of it is as if it had not been entered. */
static void what_it_asked_for_leaves_no_gap(void **state)
{
    (void)state;
    struct runner a = {.fails_at = 3, .rc = OC_E_LIMIT, .asks = true}, b = {.fails_at = 3, .rc = OC_E_LIMIT};
    struct user other_a = {.order_qty = 3}, other_b = {.order_qty = 3};
    struct fixture *fa = begin(&a, &other_a), *fb = begin(&b, &other_b);
    bars(fa, 0, 30);
    bars(fb, 0, 30);
    assert_int_equal(a.timers, 0); /* they were due later, and went with the strategy */
    assert_int_equal(fa->record_count, fb->record_count);
    assert_memory_equal(fa->records, fb->records, fa->record_count * sizeof fa->records[0]);
    assert_int_equal(engine_timers(fa->engine)->count, 0);
    char bytes_a[1 << 16], bytes_b[1 << 16];
    int64_t size = engine_save(fa->engine, bytes_a, sizeof bytes_a);
    assert_true(size > 0);
    assert_int_equal(engine_save(fb->engine, bytes_b, sizeof bytes_b), size);
    assert_memory_equal(bytes_a, bytes_b, (size_t)size);
    fixture_free(fa);
    fixture_free(fb);
}

static void a_replay_does_not_enter_the_callback(void **state)
{
    (void)state;
    struct runner a = {.fails_at = 3, .rc = OC_E_LIMIT, .asks = true}, b = {0};
    struct user other_a = {.order_qty = 3}, other_b = {.order_qty = 3};
    struct fixture *fa = begin(&a, &other_a), *fb = begin(&b, &other_b);
    bars(fa, 0, 20);
    const struct oc_ev_text *record = suspension(fa);
    assert_non_null(record);
    if (!record)
        return;
    assert_int_equal(engine_expect_stop(fb->engine, record), OC_OK);
    assert_int_equal(engine_expect_stop(fb->engine, record), OC_OK);
    bars(fb, 0, 20);
    assert_int_equal(b.bars, 2);
    assert_int_equal(fa->record_count, fb->record_count);
    assert_memory_equal(fa->records, fb->records, fa->record_count * sizeof fa->records[0]);
    fixture_free(fa);
    fixture_free(fb);
}

/* A strategy with two streams on one bar is called twice under one cause: the number tells which call it was. */
static void the_second_call_of_one_input(void **state)
{
    (void)state;
    struct runner a = {.fails_at = 4, .rc = OC_E_LIMIT, .asks = true}, b = {0};
    struct user other_a = {0}, other_b = {0};
    struct fixture *fa = begin(&a, &other_a), *fb = begin(&b, &other_b);
    assert_int_equal(engine_subscribe(fa->engine, 1, fa->inst, 0), OC_OK);
    assert_int_equal(engine_subscribe(fb->engine, 1, fb->inst, 0), OC_OK);
    bars(fa, 0, 4);
    const struct oc_ev_text *record = suspension(fa);
    assert_non_null(record);
    if (!record)
        return;
    assert_int_equal(record->key, 2);
    assert_int_equal(engine_expect_stop(fb->engine, record), OC_OK);
    bars(fb, 0, 4);
    assert_int_equal(b.bars, 3);
    assert_memory_equal(fa->records, fb->records, fa->record_count * sizeof fa->records[0]);
    fixture_free(fa);
    fixture_free(fb);
}

static void records_that_name_nobody(void **state)
{
    (void)state;
    struct runner runner = {.fails_at = 1, .rc = OC_E_LIMIT};
    struct user other = {0};
    struct fixture *f = begin(&runner, &other);
    bars(f, 0, 1);
    union {
        struct oc_ev_text event;
        char bytes[512];
    } record = {0};
    const struct oc_ev_text *made = suspension(f);
    if (made)
        memcpy(&record, made, made->head.size);
    struct fixture *g = begin(&runner, &other);
    record.event.owner = 0;
    assert_int_equal(engine_expect_stop(g->engine, &record.event), OC_E_NOT_FOUND);
    record.event.owner = 3;
    assert_int_equal(engine_expect_stop(g->engine, &record.event), OC_E_NOT_FOUND);
    record.event.owner = 1;
    record.event.head.type = OC_EV_STATE;
    assert_int_equal(engine_expect_stop(g->engine, &record.event), OC_E_NOT_FOUND);
    record.event.head.type = OC_EV_STRATEGY;
    record.event.head.size = sizeof record.event + 256;
    assert_int_equal(engine_expect_stop(g->engine, &record.event), OC_OK);
    record.event.head.size += 8;
    record.event.owner = 2;
    assert_int_equal(engine_expect_stop(g->engine, &record.event), OC_E_DATA);
    fixture_free(f);
    fixture_free(g);
}

static void a_restore_keeps_it_suspended(void **state)
{
    (void)state;
    struct runner a = {.fails_at = 2, .rc = OC_E_LIMIT}, b = {0};
    struct user other_a = {0}, other_b = {0};
    struct fixture *fa = begin(&a, &other_a), *fb = begin(&b, &other_b);
    bars(fa, 0, 3);
    for (uint32_t i = 0; i < fa->record_count; i++)
        assert_int_equal(engine_restore(fb->engine, (const struct oc_event *)(const void *)fa->records[i]), OC_OK);
    assert_true(engine_is_suspended(fb->engine, 1));
    assert_string_equal(engine_suspension(fb->engine, 1), runner_why(NULL));
    assert_false(engine_is_suspended(fb->engine, 2));
    bars(fb, 3, 5);
    assert_int_equal(b.bars, 0);
    assert_int_equal(other_b.bars, 2);
    fixture_free(fa);
    fixture_free(fb);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_suspension_is_recorded_with_its_words),
                                       cmocka_unit_test(a_full_journal_suspends_all_the_same),
                                       cmocka_unit_test(what_it_asked_for_leaves_no_gap),
                                       cmocka_unit_test(a_replay_does_not_enter_the_callback),
                                       cmocka_unit_test(the_second_call_of_one_input),
                                       cmocka_unit_test(records_that_name_nobody),
                                       cmocka_unit_test(a_restore_keeps_it_suspended)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* suspend_test.c: the record of a suspension: its words to their limit, who is told of it, and whom it does not concern. */
#include "engine/impl.h"
#include "engine/limits.h"
#include "support/engine_fixture.h"

static int told; /* of suspensions, as a rule sees them */
static struct engine_client idle;

static oc_rc allow(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask, struct oc_verdict *verdict)
{
    (void)self, (void)ctx, (void)ask;
    verdict->allowed = 1;
    return OC_OK;
}

static void observe(void *self, const struct oc_risk_ctx *ctx, const struct oc_event *event)
{
    (void)self, (void)ctx;
    told += event->type == OC_EV_STRATEGY;
}

static const struct oc_risk watches = {.size = sizeof watches, .check = allow, .observe = observe};

static struct fixture *with_two(void)
{
    struct fixture *f = fixture_new(COST_AVERAGE);
    uint32_t strategy;
    told = 0;
    assert_int_equal(engine_add_rule(f->engine, "watches", &watches, NULL), OC_OK);
    assert_int_equal(engine_add_client(f->engine, "a", &idle, &strategy), OC_OK);
    assert_int_equal(engine_add_client(f->engine, "b", &idle, &strategy), OC_OK);
    f->now_ns = 7000;
    fixture_price(f, 10000);
    return f;
}

static const struct oc_ev_text *listed(const struct fixture *f, uint32_t i)
{
    const struct engine_out *out = engine_out(f->engine);
    assert_true(i < out->entry_count && out->entries[i].kind == OUT_RECORD);
    return (const struct oc_ev_text *)(const void *)(out->bytes + out->entries[i].at);
}

static void words_are_kept_to_their_limit(void **state)
{
    static const size_t sizes[] = {0,
                                   1,
                                   7,
                                   8,
                                   9,
                                   16,
                                   ENGINE_SUSPEND_TEXT_MAX - 2,
                                   ENGINE_SUSPEND_TEXT_MAX - 1,
                                   ENGINE_SUSPEND_TEXT_MAX,
                                   ENGINE_SUSPEND_TEXT_MAX + 40};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char words[ENGINE_SUSPEND_TEXT_MAX + 64];
        struct fixture *f = with_two();
        const size_t kept = sizes[i] < ENGINE_SUSPEND_TEXT_MAX ? sizes[i] : ENGINE_SUSPEND_TEXT_MAX - 1;
        memset(words, 'w', sizeof words);
        words[sizes[i]] = 0;
        engine_fail_as(f->engine, 2, words);
        const struct oc_ev_text *record = listed(f, 0);
        assert_int_equal(record->head.type, OC_EV_STRATEGY);
        assert_int_equal(record->head.size, sizeof *record + (kept + 7) / 8 * 8);
        assert_int_equal(record->text_size, kept);
        assert_memory_equal(record + 1, words, kept);
        assert_int_equal(record->owner, 2);
        assert_int_equal(record->code, OC_STRATEGY_FAILED);
        assert_int_equal(record->head.seq, 0);
        assert_int_equal(record->head.local_ns, 7000);
        assert_int_equal(record->head.venue_ns, 7000);
        assert_int_equal(record->head.cause, f->seq);
        words[kept] = 0;
        assert_string_equal(engine_suspension(f->engine, 2), words);
        const struct engine_out *out = engine_out(f->engine);
        assert_int_equal(out->entry_count, 1);
        assert_int_equal(out->notes[out->note_count - 1].kind, NOTE_SUSPENDED);
        assert_int_equal(out->notes[out->note_count - 1].strategy, 2);
        assert_int_equal(told, 1);
        assert_int_equal(engine_stats(f->engine)->suspended, 1);
        assert_int_equal(engine_stats(f->engine)->alarms, 0);
        engine_fail_as(f->engine, 2, "again"); /* it is suspended already */
        assert_int_equal(out->entry_count, 1);
        assert_string_equal(engine_suspension(f->engine, 2), words);
        assert_int_equal(engine_stats(f->engine)->suspended, 1);
        assert_false(engine_is_suspended(f->engine, 1));
        assert_string_equal(engine_suspension(f->engine, 1), "");
        fixture_free(f);
    }
}

static void nobody_is_not_suspended(void **state)
{
    (void)state;
    static const uint32_t nobody[] = {0, 3, ENGINE_STRATEGIES_MAX};
    struct fixture *f = with_two();
    for (int i = 0; i < 3; i++) {
        engine_fail(f->engine, nobody[i], OC_E_INVALID);
        engine_fail_as(f->engine, nobody[i], "x");
        engine_suspend(f->engine, nobody[i]);
        engine_suspend_as(f->engine, nobody[i], "x");
        assert_int_equal(engine_out(f->engine)->entry_count, 0);
        assert_int_equal(engine_out(f->engine)->note_count, 0);
        assert_int_equal(engine_stats(f->engine)->suspended, 0);
        assert_false(engine_is_suspended(f->engine, nobody[i]));
        assert_null(f->engine->clients[0].stop);
    }
    fixture_free(f);
}

/* As a restart learns it: with its words, and without a record. */
static void a_fact_is_not_recorded(void **state)
{
    (void)state;
    char words[ENGINE_SUSPEND_TEXT_MAX + 8];
    struct fixture *f = with_two();
    engine_suspend_as(f->engine, 1, "as it was said then");
    assert_true(engine_is_suspended(f->engine, 1));
    assert_string_equal(engine_suspension(f->engine, 1), "as it was said then");
    memset(words, 'w', sizeof words);
    words[sizeof words - 1] = 0;
    engine_suspend_as(f->engine, 2, words);
    assert_int_equal(strlen(engine_suspension(f->engine, 2)), ENGINE_SUSPEND_TEXT_MAX - 1);
    assert_int_equal(engine_out(f->engine)->entry_count, 0);
    assert_int_equal(engine_stats(f->engine)->suspended, 2);
    assert_int_equal(told, 0);
    fixture_free(f);
}

static void what_cannot_be_recorded_is_an_alarm(void **state)
{
    (void)state;
    struct fixture *f = with_two();
    struct oc_ev_timer filler = {.head = {.size = sizeof filler, .type = OC_EV_TIMER}};
    while (engine_record(f->engine, &filler.head) == OC_OK) {
    }
    engine_fail_as(f->engine, 1, "full");
    assert_int_equal(engine_stats(f->engine)->alarms, 1);
    assert_true(engine_is_suspended(f->engine, 1));
    assert_string_equal(engine_suspension(f->engine, 1), "full");
    fixture_free(f);
}

/* A replay says the words of then, of the first record that names the strategy. */
static void a_replay_says_what_was_said(void **state)
{
    (void)state;
    struct {
        struct oc_ev_text event;
        char text[16];
    } first = {.event = {.head = {.size = sizeof first, .type = OC_EV_STRATEGY, .seq = 77, .cause = 0},
                         .owner = 1,
                         .code = OC_STRATEGY_STOPPED,
                         .key = 5,
                         .text_size = 4},
               .text = "then"},
      second = first;
    struct fixture *f = with_two();
    strcpy(second.text, "late");
    assert_int_equal(engine_expect_stop(f->engine, &first.event), OC_OK);
    assert_int_equal(engine_expect_stop(f->engine, &second.event), OC_OK);
    assert_true(engine_stops_here(f->engine, 1));
    assert_false(engine_stops_here(f->engine, 2));
    engine_fail(f->engine, 1, OC_E_INVALID);
    const struct oc_ev_text *record = listed(f, 0);
    assert_int_equal(record->head.seq, 0); /* the door gives it */
    assert_int_equal(record->code, OC_STRATEGY_STOPPED);
    assert_int_equal(record->key, 5);
    assert_int_equal(record->text_size, 4);
    assert_string_equal(engine_suspension(f->engine, 1), "then");
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_kept_to_their_limit), cmocka_unit_test(nobody_is_not_suspended),
        cmocka_unit_test(a_fact_is_not_recorded),        cmocka_unit_test(what_cannot_be_recorded_is_an_alarm),
        cmocka_unit_test(a_replay_says_what_was_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

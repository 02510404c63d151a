/* engine_restore_test.c: checkpoints, records taken as facts, and flattening. */
#include "support/engine_kit.h"

/* The same facts through a checkpoint and through records make the same engine. */
static void checkpoint_and_records_restore_the_same(void **state)
{
    (void)state;
    for (uint32_t method = COST_AVERAGE; method <= COST_LIFO; method++) {
        struct fixture *f = fixture_new(method), *g = fixture_new(method);
        struct rule rule = {.max = 1000000}, other = {.max = 1000000};
        struct user user = {0}, twin = {0};
        assert_int_equal(engine_add_rule(f->engine, "rule", &rule_table, &rule), OC_OK);
        assert_int_equal(engine_add_rule(g->engine, "rule", &rule_table, &other), OC_OK);
        assert_int_equal(engine_subscribe(f->engine, user_add(f, &user), f->inst, 5 * MINUTE), OC_OK);
        assert_int_equal(engine_subscribe(g->engine, user_add(g, &twin), g->inst, 5 * MINUTE), OC_OK);
        uint64_t a = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 100, 9900));
        uint64_t timer;
        assert_int_equal(timers_add(engine_timers(f->engine), 1, 1000000, 0, &timer), OC_OK);
        fixture_trade(f, a, OC_SIDE_BUY, 40, 9900);
        struct oc_request guarded = fixture_order(f, OC_SIDE_BUY, 50, 9800);
        guarded.bits |= OC_RQ_HAS_STOP_LOSS | OC_RQ_HAS_TAKE_PROFIT;
        guarded.stop_loss = 9000;
        guarded.take_profit = 11000;
        uint64_t b = fixture_submit(f, guarded);
        fixture_trade(f, b, OC_SIDE_BUY, 20, 9800);
        fixture_trade(f, a, OC_SIDE_BUY, 60, 9900);
        uint64_t c = fixture_submit(f, fixture_order(f, OC_SIDE_SELL, 30, 10100));
        fixture_trade(f, c, OC_SIDE_SELL, 30, 10100);
        struct engine_refusal refusal;
        assert_int_equal(engine_begin(f->engine, 0), OC_OK);
        assert_int_equal(engine_cancel(f->engine, b, &refusal), OC_OK);
        fixture_end(f, true);
        engine_latch(f->engine, f->account, "TEST");
        static char bytes[1 << 20], again[1 << 20];
        int64_t size = engine_save(f->engine, bytes, sizeof bytes);
        assert_true(size > 0);
        assert_int_equal(engine_save(f->engine, again, (size_t)size - 1), OC_E_LIMIT);
        assert_int_equal(engine_load(g->engine, bytes, (size_t)size - 1), OC_E_DATA);
        engine_free(g->engine);
        free(g);
        g = fixture_new(method);
        assert_int_equal(engine_add_rule(g->engine, "rule", &rule_table, &other), OC_OK);
        assert_int_equal(engine_subscribe(g->engine, user_add(g, &twin), g->inst, 5 * MINUTE), OC_OK);
        assert_int_equal(engine_load(g->engine, bytes, (size_t)size), OC_OK);
        memset(again, 0, sizeof again);
        assert_int_equal(engine_save(g->engine, again, sizeof again), size);
        if (memcmp(bytes, again, (size_t)size) != 0) { /* lists of lots may lie elsewhere; everything else is equal */
            assert_int_equal(fixture_book(f)->position.qty, fixture_book(g)->position.qty);
            assert_true(fixture_book(f)->position.realised == fixture_book(g)->position.realised);
        }
        assert_int_equal(fixture_find(g, b)->state, STATE_PENDING_CANCEL);
        assert_string_equal(engine_latched(g->engine, g->account), "TEST");
        assert_int_equal(other.seen, rule.seen);
        fixture_say(f, OC_EV_CANCELED, b);
        fixture_say(g, OC_EV_CANCELED, b);
        assert_int_equal(fixture_book(f)->open_buy, fixture_book(g)->open_buy);
        fixture_free(f);
        fixture_free(g);
    }
}

static void records_are_facts(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE), *g = fixture_new(COST_AVERAGE);
    struct rule rule = {.max = 60};
    assert_int_equal(engine_add_rule(f->engine, "rule", &rule_table, &rule), OC_OK);
    uint32_t first = f->record_count;
    uint64_t a = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 50, 9900));
    fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 70, 9900)); /* denied */
    struct oc_request amend = {.order = a, .qty = 55, .bits = OC_RQ_QUANTITY_CHANGED};
    struct engine_refusal refusal;
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    (void)engine_amend(f->engine, &amend, &refusal);
    fixture_end(f, true);
    amend.qty = 99;
    struct oc_ev_answer amended = fixture_answer(f, OC_EV_AMENDED, a);
    fixture_input(f, &amended);
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    (void)engine_amend(f->engine, &amend, &refusal); /* denied */
    assert_int_equal(engine_cancel(f->engine, a, &refusal), OC_OK);
    fixture_end(f, true);
    for (uint32_t i = first; i < f->record_count; i++) {
        const struct oc_event *event = (const void *)f->records[i];
        assert_int_equal(engine_restore(g->engine, event), OC_OK);
        if (event->type == OC_EV_REQUEST &&
            ((const struct oc_request *)(const void *)event)->kind == OC_REQUEST_AMEND &&
            ((const struct oc_request *)(const void *)event)->qty == 55)
            (void)engine_restore(g->engine, &amended.head);
    }
    assert_int_equal(g->sent_count, 0); /* nobody was called */
    assert_int_equal(fixture_find(g, a)->now.qty, 55);
    assert_int_equal(fixture_book(g)->open_buy, fixture_book(f)->open_buy);
    assert_int_equal(engine_stats(f->engine)->requests, 3); /* what was denied never went */
    assert_int_equal(engine_stats(g->engine)->requests, 3);
    struct oc_request next = fixture_order(g, OC_SIDE_BUY, 1, 9900);
    assert_int_equal(engine_begin(g->engine, 0), OC_OK);
    assert_int_equal(engine_submit(g->engine, &next, &refusal), OC_OK);
    fixture_end(g, true);
    assert_int_equal(next.order & 0xffff, 3); /* ids go on behind those of the journal */
    struct oc_ev_answer lost = fixture_answer(g, OC_EV_DENIED, 4242);
    assert_int_equal(engine_restore(g->engine, &lost.head), OC_E_NOT_FOUND);
    lost.head.size = 7;
    assert_int_equal(engine_restore(g->engine, &lost.head), OC_E_DATA);
    struct oc_ev_timer timer = {.head = {.size = sizeof timer, .type = OC_EV_TIMER}, .due_ns = 5};
    uint64_t id;
    assert_int_equal(timers_add(engine_timers(g->engine), 1, 3, 0, &id), OC_OK);
    assert_int_equal(engine_restore(g->engine, &timer.head), OC_OK);
    assert_int_equal(engine_timers(g->engine)->count, 0);
    fixture_free(f);
    fixture_free(g);
}

/* Amendments and cancels after a restart have numbers of their own: no answer to an old one is taken for theirs. */
static void request_numbers_go_on_after_a_restart(void **state)
{
    (void)state;
    for (int by_checkpoint = 0; by_checkpoint < 2; by_checkpoint++) {
        struct fixture *f = fixture_new(COST_AVERAGE), *g = fixture_new(COST_AVERAGE);
        struct engine_refusal refusal;
        const uint32_t first = f->record_count;
        uint64_t order = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 50, 9900)), last = 0;
        fixture_say(f, OC_EV_ACCEPTED, order);
        for (int i = 0; i < 3; i++) {
            struct oc_request amend = {.order = order, .qty = 51 + i, .bits = OC_RQ_QUANTITY_CHANGED};
            assert_int_equal(engine_begin(f->engine, 0), OC_OK);
            assert_int_equal(engine_amend(f->engine, &amend, &refusal), OC_OK);
            fixture_end(f, true);
            const uint64_t id = f->sent[f->sent_count - 1].id;
            assert_true(id > last);
            last = id;
            fixture_say(f, OC_EV_AMENDED, order);
        }
        if (by_checkpoint) {
            static char bytes[1 << 20];
            int64_t size = engine_save(f->engine, bytes, sizeof bytes);
            assert_true(size > 0);
            assert_int_equal(engine_load(g->engine, bytes, (size_t)size), OC_OK);
        } else {
            for (uint32_t i = first; i < f->record_count; i++) {
                const struct oc_event *event = (const void *)f->records[i];
                struct oc_ev_answer answer = fixture_answer(
                    g, event->type == OC_EV_REQUEST && i > first ? OC_EV_AMENDED : OC_EV_ACCEPTED, order);
                assert_int_equal(engine_restore(g->engine, event), OC_OK);
                assert_int_equal(engine_restore(g->engine, &answer.head), OC_OK);
            }
        }
        assert_int_equal(engine_begin(g->engine, 0), OC_OK);
        assert_int_equal(engine_cancel(g->engine, order, &refusal), OC_OK);
        fixture_end(g, true);
        assert_int_equal(g->sent[g->sent_count - 1].kind, OC_REQUEST_CANCEL);
        assert_true(g->sent[g->sent_count - 1].id == last + 1);
        fixture_free(f);
        fixture_free(g);
    }
}

static void flatten_closes_what_a_strategy_holds(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct user user = {0};
    uint32_t strategy = user_add(f, &user);
    struct oc_request request = fixture_order(f, OC_SIDE_BUY, 10, 9900);
    request.strategy = strategy;
    uint64_t a = fixture_submit(f, request);
    uint64_t b = fixture_submit(f, request);
    fixture_trade(f, a, OC_SIDE_BUY, 10, 9900);
    assert_int_equal(user.orders, 1);
    uint32_t sent = f->sent_count;
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_flatten(f->engine, strategy, OC_ROLE_CLOSE, "flat"), OC_OK);
    fixture_end(f, true);
    assert_int_equal(f->sent_count, sent + 2);
    assert_int_equal(f->sent[sent].kind, OC_REQUEST_CANCEL);
    assert_int_equal(f->sent[sent].order, b);
    assert_int_equal(f->sent[sent + 1].side, OC_SIDE_SELL);
    assert_int_equal(f->sent[sent + 1].qty, 10);
    fixture_trade(f, f->sent[sent + 1].order, OC_SIDE_SELL, 25, 9900); /* now short */
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_flatten(f->engine, 0, OC_ROLE_CLOSE, "flat"), OC_OK);
    fixture_end(f, true);
    assert_int_equal(f->sent[f->sent_count - 1].side, OC_SIDE_BUY);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checkpoint_and_records_restore_the_same),
        cmocka_unit_test(records_are_facts),
        cmocka_unit_test(request_numbers_go_on_after_a_restart),
        cmocka_unit_test(flatten_closes_what_a_strategy_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

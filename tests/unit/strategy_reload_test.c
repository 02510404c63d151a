/* strategy_reload_test.c: a strategy takes over from the one before: indicators, tables, on_save and on_load; budgets and
 * rights of the engine at their limits. */
#include "support/strategy_kit.h"

struct pair {
    struct kit *kit;
    struct strategy *next;
    struct strategy_carried carried;
    struct sandbox_error error;
    oc_rc rc;
};

/* Makes the new one apart and lets it take over and enter; the old one is gone then. */
static void reload(struct pair *pair, const char *text)
{
    struct kit *kit = pair->kit;
    struct engine *engine = kit->f->engine;
    struct strategy_config config = {.file = "test.lua",
                                     .text = text,
                                     .text_size = strlen(text),
                                     .account = kit->f->account,
                                     .data_period_ns = KIT_MINUTE,
                                     .from_ns = INT64_MIN,
                                     .seed = 1,
                                     .log = kit_log,
                                     .log_arg = kit,
                                     .is_apart = true};
    uint64_t mark = engine_timers(engine)->next_id;
    memset(&pair->error, 0, sizeof pair->error);
    pair->next = NULL;
    pair->rc = strategy_new(engine, &config, &pair->next, &pair->error);
    if (pair->rc == OC_OK)
        strategy_set_id(pair->next, strategy_id(kit->strategy));
    if (pair->rc == OC_OK)
        pair->rc = strategy_add_market(pair->next, kit->f->inst, &pair->error);
    if (pair->rc == OC_OK)
        pair->rc = strategy_take_over(pair->next, kit->strategy, &pair->carried, &pair->error);
    if (pair->rc == OC_OK)
        pair->rc = strategy_enter(pair->next);
    if (pair->rc < 0) {
        timers_remove_after(engine_timers(engine), mark);
        strategy_free(pair->next);
        return;
    }
    timers_remove_until(engine_timers(engine), strategy_id(kit->strategy), mark);
    strategy_free(kit->strategy);
    kit->strategy = pair->next;
}

static struct pair pair_of(const char *text) { return (struct pair){.kit = kit_new(text)}; }

static const char counting[] = "function on_init(m) m.fast = m:sma(2) m.slow = m:sma(3) m.n = 0 end\n"
                               "function on_bar(m, b) m.n = m.n + 1 state.total = (state.total or 0) + m.n\n"
                               "  print('n', m.n, 'total', state.total, m.fast(), m.slow()) end\n";

static void tables_and_indicators_go_over(void **state)
{
    (void)state;
    struct pair pair = pair_of(counting);
    for (int i = 0; i < 5; i++)
        kit_close(pair.kit, 10000 + 100 * i);
    assert_true(kit_said(pair.kit, "n\t3\ttotal\t6\t103.5\t103.0"));
    reload(&pair, counting);
    assert_int_equal(pair.rc, OC_OK);
    assert_int_equal(pair.carried.indicators, 2);
    assert_string_equal(pair.carried.not_saved, "");
    assert_string_equal(pair.carried.warming, "");
    assert_int_equal(strategy_calls(pair.kit->strategy), 3);
    kit_close(pair.kit, 10500);
    assert_true(kit_said(pair.kit, "n\t4\ttotal\t10\t104.5\t104.0"));
    kit_free(pair.kit);
}

/* Indicators that a table of its own holds are those of the new one, each. */
static void indicators_in_tables_go_over(void **state)
{
    (void)state;
    static const char text[] = "function on_init(m) m.kept = { m:sma(2), { m:sma(3) }, m:sma(4) } end\n"
                               "function on_bar(m, b) state.three = m.kept\n"
                               "  print('kept', m.kept[1](), m.kept[2][1](), m.kept[3](), state.three[3]()) end\n";
    struct pair pair = pair_of(text);
    for (int i = 0; i < 5; i++)
        kit_close(pair.kit, 10000 + 100 * i);
    reload(&pair, text);
    assert_int_equal(pair.rc, OC_OK);
    assert_string_equal(pair.carried.not_saved, "");
    kit_close(pair.kit, 10500);
    assert_true(kit_said(pair.kit, "kept\t104.5\t104.0\t103.5\t103.5"));
    kit_free(pair.kit);
}

/* The new text decides which indicator stands where; what is new warms up, and is named. */
static void others_warm_up_and_are_named(void **state)
{
    (void)state;
    struct pair pair = pair_of(counting);
    for (int i = 0; i < 5; i++)
        kit_close(pair.kit, 10000 + 100 * i);
    reload(&pair, "function on_init(m) m.fast = m:sma(3) m.slow = m:sma(4) m.k = 7 end\n"
                  "function on_bar(m, b) m.n = m.n + 1 print('new', m.n, m.k, m.fast(), m.slow()) end\n");
    assert_int_equal(pair.rc, OC_OK);
    assert_int_equal(pair.carried.indicators, 1);
    assert_string_equal(pair.carried.warming, "BTC/USDT sma(4)");
    assert_string_equal(pair.carried.not_saved, "");
    for (int i = 0; i < 4; i++)
        kit_close(pair.kit, 10500 + 100 * i);
    assert_true(kit_said(pair.kit, "new\t4\t7\t107.0\t106.5"));
    kit_free(pair.kit);
    pair = pair_of(counting); /* one that goes over before it is ready warms up still */
    kit_close(pair.kit, 10000);
    kit_close(pair.kit, 10100);
    reload(&pair, counting);
    assert_int_equal(pair.carried.indicators, 2);
    assert_string_equal(pair.carried.warming, "BTC/USDT sma(3)");
    kit_close(pair.kit, 10200);
    assert_true(kit_said(pair.kit, "n\t1\ttotal\t1\t101.5\t101.0"));
    kit_free(pair.kit);
}

static void what_is_lost_is_named(void **state)
{
    (void)state;
    struct pair pair = pair_of("function on_init(m) m.other = { deep = m:sma(2) } m.f = print end");
    kit_close(pair.kit, 10000);
    reload(&pair, "function on_bar(m, b) print('ok', m.other, m.f) end");
    assert_int_equal(pair.rc, OC_OK);
    assert_non_null(strstr(pair.carried.not_saved, "m(BTC/USDT).f"));
    kit_close(pair.kit, 10000);
    kit_free(pair.kit);
    pair = pair_of("function on_init(m) m.other = { deep = m:sma(2) } end\nfunction on_bar(m, b) m.x = 1 end\n");
    kit_close(pair.kit, 10000);
    kit_close(pair.kit, 10000);
    reload(&pair, "function on_bar(m, b) print('x', m.x, m.other.deep) end");
    assert_int_equal(pair.rc, OC_OK);
    assert_string_equal(pair.carried.not_saved, "m(BTC/USDT).other.deep");
    kit_close(pair.kit, 10000);
    assert_true(kit_said(pair.kit, "x\t1\tnil"));
    kit_free(pair.kit);
}

static void a_text_that_fails_changes_nothing(void **state)
{
    (void)state;
    static const char *const bad[] = {"function on_bar(m b) end", "error('at the top')",
                                      "function on_init(m) every('1m', print) error('in on_init') end",
                                      "function on_barr(m, b) end", "local x = nil + 1"};
    struct pair pair = pair_of(counting);
    for (int i = 0; i < 4; i++)
        kit_close(pair.kit, 10000);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        reload(&pair, bad[i]);
        assert_true(pair.rc < 0);
        assert_true(pair.error.message[0]);
        assert_int_equal(engine_timers(pair.kit->f->engine)->count, 0);
    }
    kit_close(pair.kit, 10000);
    assert_true(kit_said(pair.kit, "n\t3\ttotal\t6"));
    kit_free(pair.kit);
}

static const char saving[] = "local n = 0\n"
                             "function on_save() return { n = n } end\n"
                             "function on_load(t) n = t.n print('loaded', n) end\n"
                             "function on_bar(m, b) n = n + 1 m.f = print print('bar', n) end\n";

static void on_save_replaces_the_saving_of_tables(void **state)
{
    (void)state;
    struct pair pair = pair_of(saving);
    kit_close(pair.kit, 10000);
    kit_close(pair.kit, 10000);
    uint32_t states = 0;
    for (uint32_t i = 0; i < pair.kit->f->record_count; i++)
        states += ((const struct oc_event *)(const void *)pair.kit->f->records[i])->type == OC_EV_STATE;
    assert_int_equal(states, 2);
    reload(&pair, saving);
    assert_int_equal(pair.rc, OC_OK);
    assert_true(kit_said(pair.kit, "loaded\t2"));
    kit_close(pair.kit, 10000);
    assert_true(kit_said(pair.kit, "bar\t3"));
    char bytes[4096];
    int64_t size = strategy_save(pair.kit->strategy, bytes, sizeof bytes);
    assert_true(size > 0);
    struct kit *again = kit_new(saving);
    strategy_set_restoring(again->strategy, true);
    assert_int_equal(strategy_load(again->strategy, bytes, (size_t)size), OC_OK);
    assert_null(strstr(again->log, "loaded"));
    strategy_set_restoring(again->strategy, false);
    assert_true(kit_said(again, "loaded\t3"));
    kit_free(again);
    reload(&pair, "function on_bar() end"); /* nobody takes it */
    assert_int_equal(pair.rc, OC_OK);
    assert_string_equal(pair.carried.not_saved, "on_save()");
    kit_free(pair.kit);
}

static int states_of(const struct kit *kit, uint32_t from, uint32_t key)
{
    int count = 0;
    for (uint32_t i = from; i < kit->f->record_count; i++) {
        const struct oc_ev_text *event = (const struct oc_ev_text *)(const void *)kit->f->records[i];
        count += event->head.type == OC_EV_STATE && event->key == key;
    }
    return count;
}

/* A table in a table is changed behind our back: it is looked at with each callback of the new one too, and what did not change
 * is not recorded again. */
static void tables_in_tables_are_recorded_by_the_next_one(void **state)
{
    (void)state;
    static const char text[] = "function on_bar(m, b) if not state.l then state.l = { 0 } m.l = { 0 } end\n"
                               "  if b.close ~= 102 then state.l[1] = b.close end\n"
                               "  if b.close ~= 103 then m.l[1] = b.close end end";
    struct pair pair = pair_of(text);
    kit_close(pair.kit, 10000);
    reload(&pair, text);
    assert_int_equal(pair.rc, OC_OK);
    static const struct {
        int64_t close;
        int states, markets;
    } bars[] = {{10100, 1, 1}, {10200, 0, 1}, {10300, 1, 0}, {10300, 0, 0}};
    for (int i = 0; i < 4; i++) {
        const uint32_t from = pair.kit->f->record_count;
        kit_close(pair.kit, bars[i].close);
        assert_int_equal(states_of(pair.kit, from, 0), bars[i].states);
        assert_int_equal(states_of(pair.kit, from, 1), bars[i].markets);
    }
    kit_free(pair.kit);
}

static void wrong_savers_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"function on_save() return 7 end function on_bar() end",
                                        "function on_save() return { f = print } end function on_bar() end"};
    static const char *const words[] = {"on_save() returns a table; found number", "cannot be saved"};
    for (int i = 0; i < 2; i++) {
        struct kit *kit = kit_new(texts[i]);
        kit_close(kit, 10000);
        assert_true(engine_is_suspended(kit->f->engine, 1));
        assert_true(kit_failed(kit, words[i]));
        kit_free(kit);
    }
    struct pair pair = pair_of(saving);
    kit_close(pair.kit, 10000);
    reload(&pair, "function on_save() return {} end\nfunction on_load(t)\n  error('not mine') end\n");
    assert_true(pair.rc < 0);
    assert_non_null(strstr(pair.error.message, "not mine"));
    assert_int_equal(pair.error.line, 3);
    kit_close(pair.kit, 10000);
    assert_true(kit_said(pair.kit, "bar\t2"));
    kit_free(pair.kit);
}

/* From what it had recorded before the callback that failed. */
static void a_suspended_one_trades_again(void **state)
{
    (void)state;
    struct pair pair =
        pair_of("function on_bar(m, b) m.n = (m.n or 0) + 1 if m.n == 3 then m.n = 99 error('x') end end");
    for (int i = 0; i < 6; i++)
        kit_close(pair.kit, 10000);
    assert_true(engine_is_suspended(pair.kit->f->engine, 1));
    reload(&pair, "function on_bar(m, b) m.n = m.n + 1 print('again', m.n) end");
    assert_int_equal(pair.rc, OC_OK);
    assert_false(engine_is_suspended(pair.kit->f->engine, 1));
    assert_string_equal(engine_suspension(pair.kit->f->engine, 1), "");
    kit_close(pair.kit, 10000);
    assert_true(kit_said(pair.kit, "again\t3"));
    assert_int_equal(strategy_id(pair.kit->strategy), 1);
    kit_free(pair.kit);
}

static void timers_are_those_of_the_new_text(void **state)
{
    (void)state;
    struct pair pair =
        pair_of("function on_init(m) every('1m', function() print('old') end) end function on_bar() end");
    reload(&pair, "function on_init(m) every('2m', function() print('new') end) end function on_bar() end");
    assert_int_equal(pair.rc, OC_OK);
    assert_int_equal(engine_timers(pair.kit->f->engine)->count, 1);
    fixture_tick(pair.kit->f, 10 * KIT_MINUTE);
    assert_true(kit_said(pair.kit, "new"));
    assert_null(strstr(pair.kit->log, "old"));
    char bytes[4096]; /* a checkpoint remembers which timer is whose */
    int64_t size = strategy_save(pair.kit->strategy, bytes, sizeof bytes);
    assert_true(size > 0);
    assert_int_equal(strategy_load(pair.kit->strategy, bytes, (size_t)size), OC_OK);
    kit_free(pair.kit);
}

/* While held nothing is called; indicators take each bar all the same. */
static void held_it_sees_nothing(void **state)
{
    (void)state;
    struct kit *kit = kit_new("function on_init(m) m.s = m:sma(2) m.l = m:sma(3) m.k = m:sma(1) end\n"
                              "function on_bar(m, b) print('at', b.close, m.s(), m.l(), m.k()) end");
    kit_close(kit, 10000);
    kit_close(kit, 10100);
    kit_close(kit, 10200);
    assert_true(kit_said(kit, "at\t102.0\t101.5\t101.0\t102.0"));
    engine_hold(kit->f->engine, 1, true);
    assert_true(engine_is_held(kit->f->engine, 1));
    kit_close(kit, 10400);
    kit_close(kit, 10600);
    assert_null(strstr(kit->log, "at\t104"));
    assert_int_equal(engine_missed(kit->f->engine, 1), 2);
    engine_hold(kit->f->engine, 1, false);
    kit_close(kit, 10800);
    assert_true(kit_said(kit, "at\t108.0\t107.0\t106.0\t108.0"));
    kit_free(kit);
}

/* A paused strategy that is reloaded is paused still: its person decides when it trades again. */
static void reloaded_while_paused_it_stays_paused(void **state)
{
    (void)state;
    struct pair pair = pair_of("function on_init(m) m.s = m:sma(2) end\n"
                               "function on_bar(m, b) print('old', b.close) m:buy(0.01) end");
    struct engine *engine = pair.kit->f->engine;
    kit_close(pair.kit, 10000);
    kit_close(pair.kit, 10200);
    const uint32_t sent = pair.kit->f->sent_count;
    assert_true(sent > 0);
    engine_hold(engine, 1, true);
    reload(&pair, "function on_init(m) m.s = m:sma(2) end\n"
                  "function on_bar(m, b) print('new', b.close, m.s()) m:buy(0.01) end");
    assert_int_equal(pair.rc, OC_OK);
    assert_true(engine_is_held(engine, 1));
    assert_false(engine_is_suspended(engine, 1));
    kit_close(pair.kit, 10400);
    assert_int_equal(pair.kit->f->sent_count, sent);
    assert_null(strstr(pair.kit->log, "new"));
    engine_hold(engine, 1, false);
    kit_close(pair.kit, 10600);
    assert_true(kit_said(pair.kit, "new\t106.0\t105.0"));
    assert_int_equal(pair.kit->f->sent_count, sent + 1);
    kit_free(pair.kit);
}

static const char asking[] = "function on_bar(m, b)\n"
                             "  for i = 1, math.floor(b.close) - 99 do\n"
                             "    local o, err = m:buy(0.01, { price = 50 })\n"
                             "    if not o then print(err.code, err.rule, err.message) end\n"
                             "  end\n"
                             "end\n";

static void orders_a_second(void **state)
{
    (void)state;
    struct kit *kit = kit_new(asking);
    struct engine *engine = kit->f->engine;
    struct engine_budget budget = {.orders = 3};
    assert_int_equal(engine_set_budget(engine, 1, &(struct engine_budget){.orders = ENGINE_BUDGET_ORDERS_MAX + 1}),
                     OC_E_INVALID);
    assert_int_equal(engine_set_budget(engine, 1, &(struct engine_budget){.orders = ENGINE_BUDGET_ORDERS_MAX}), OC_OK);
    assert_int_equal(engine_set_budget(engine, 2, &budget), OC_E_NOT_FOUND);
    assert_int_equal(engine_set_budget(engine, 1, &budget), OC_OK);
    kit_close(kit, 10200); /* three: at the limit */
    assert_false(engine_is_suspended(engine, 1));
    assert_int_equal(kit->f->sent_count, 3);
    kit_close(kit, 10300); /* four, a minute later: one beyond */
    assert_true(engine_is_suspended(engine, 1));
    assert_true(kit_said(kit, "BUDGET_ORDERS\tbudget\trefused by budget: 4.0 against a limit of 3.0"));
    assert_int_equal(kit->f->sent_count, 3);
    assert_string_equal(engine_suspension(engine, 1), "BUDGET_ORDERS: 4 orders within a second, the budget is 3");
    kit_free(kit);
}

static void notional(void **state)
{
    (void)state;
    struct kit *kit = kit_new(asking);
    struct engine *engine = kit->f->engine;
    struct engine_budget budget = {.has_notional = 1};
    oc_i128 used;
    assert_int_equal(money_from_dec((struct oc_dec){2, 0, 0}, &budget.notional), OC_OK);
    assert_int_equal(engine_set_budget(engine, 1, &budget), OC_OK);
    kit_close(kit, 10000); /* 0.01 at the mark of 100: 1 */
    assert_int_equal(engine_notional(engine, 1, &used), OC_OK);
    assert_true(used * 2 == budget.notional);
    kit_close(kit, 10000); /* 2: at the limit */
    assert_false(engine_is_suspended(engine, 1));
    assert_int_equal(kit->f->sent_count, 2);
    kit_close(kit, 10000);
    assert_true(engine_is_suspended(engine, 1));
    assert_int_equal(kit->f->sent_count, 2);
    assert_string_equal(engine_suspension(engine, 1),
                        "BUDGET_NOTIONAL: 3 in positions and open orders, the budget is 2");
    kit_free(kit);
}

static void what_is_not_granted_is_refused(void **state)
{
    (void)state;
    static const char *const words[] = {"may.venues", "may.accounts", "may.instruments", "may.verbs"};
    for (int i = 0; i < 5; i++) {
        struct kit *kit = kit_new(asking);
        struct engine_may may = {.accounts = i == 1 ? 0 : UINT64_MAX,
                                 .verbs = i == 3 ? ENGINE_MAY_SELL : ENGINE_MAY_ALL};
        memset(may.venues, i == 0 ? 0 : 0xff, sizeof may.venues);
        memset(may.instruments, i == 2 ? 0 : 0xff, sizeof may.instruments);
        assert_int_equal(engine_set_may(kit->f->engine, 1, &may), OC_OK);
        kit_close(kit, 10000);
        assert_false(engine_is_suspended(kit->f->engine, 1));
        assert_int_equal(kit->f->sent_count, i == 4);
        if (i < 4)
            assert_true(kit_said(kit, "NOT_GRANTED") && kit_said(kit, words[i]));
        assert_int_equal(engine_set_may(kit->f->engine, 1, NULL), OC_OK);
        uint32_t sent = kit->f->sent_count;
        kit_close(kit, 10000);
        assert_int_equal(kit->f->sent_count, sent + 1);
        kit_free(kit);
    }
}

/* Subscriptions stand by number, whoever came first; bars being built go on. */
static void clients_come_and_go(void **state)
{
    (void)state;
    struct kit *kit = kit_new("strategy { timeframe = '5m' } function on_bar(m, b) print('bar', b.open, b.close) end");
    struct engine *engine = kit->f->engine;
    struct pair pair = {.kit = kit};
    kit_close(kit, 10000);
    kit_close(kit, 10100);
    reload(&pair, "strategy { timeframe = '5m' } function on_bar(m, b) print('bar', b.open, b.close) end");
    assert_int_equal(pair.rc, OC_OK);
    for (int i = 2; i < 6; i++)
        kit_close(kit, 10000 + 100 * i);
    assert_true(kit_said(kit, "bar\t100.0\t103.0"));
    struct engine_subscription list[2] = {{.inst = kit->f->inst, .period_ns = 7}, {.inst = kit->f->inst}};
    assert_int_equal(engine_resubscribe(engine, 1, list, 1), OC_E_INVALID);
    assert_int_equal(engine_resubscribe(engine, 0, list, 1), OC_E_NOT_FOUND);
    struct engine_client client = {0};
    assert_int_equal(engine_replace_client(engine, 0, &client), OC_E_NOT_FOUND);
    assert_int_equal(engine_replace_client(engine, ENGINE_STRATEGIES_MAX + 1, &client), OC_E_LIMIT);
    assert_int_equal(engine_replace_client(engine, ENGINE_STRATEGIES_MAX, &client), OC_OK);
    assert_int_equal(engine_client_count(engine), ENGINE_STRATEGIES_MAX);
    engine_remove_client(engine, 1);
    engine_remove_client(engine, ENGINE_STRATEGIES_MAX + 1);
    size_t said = kit->log_size;
    for (int i = 0; i < 6; i++)
        kit_close(kit, 10000);
    assert_int_equal(kit->log_size, said);
    kit_free(kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_and_indicators_go_over),
        cmocka_unit_test(indicators_in_tables_go_over),
        cmocka_unit_test(others_warm_up_and_are_named),
        cmocka_unit_test(what_is_lost_is_named),
        cmocka_unit_test(a_text_that_fails_changes_nothing),
        cmocka_unit_test(on_save_replaces_the_saving_of_tables),
        cmocka_unit_test(tables_in_tables_are_recorded_by_the_next_one),
        cmocka_unit_test(wrong_savers_are_refused),
        cmocka_unit_test(a_suspended_one_trades_again),
        cmocka_unit_test(timers_are_those_of_the_new_text),
        cmocka_unit_test(held_it_sees_nothing),
        cmocka_unit_test(reloaded_while_paused_it_stays_paused),
        cmocka_unit_test(orders_a_second),
        cmocka_unit_test(notional),
        cmocka_unit_test(what_is_not_granted_is_refused),
        cmocka_unit_test(clients_come_and_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

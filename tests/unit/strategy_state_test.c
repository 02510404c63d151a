/* strategy_state_test.c: what a strategy keeps: saved tables, handles, timers, parameters; and how it ends. */
#include "support/strategy_kit.h"

static const struct oc_ev_text *last_state(const struct kit *kit, uint32_t key)
{
    for (uint32_t i = kit->f->record_count; i > 0; i--) {
        const struct oc_ev_text *event = (const struct oc_ev_text *)(const void *)kit->f->records[i - 1];
        if (event->head.type == OC_EV_STATE && event->key == key)
            return event;
    }
    return NULL;
}

static uint32_t count_states(const struct kit *kit)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < kit->f->record_count; i++)
        count += ((const struct oc_event *)(const void *)kit->f->records[i])->type == OC_EV_STATE;
    return count;
}

/* Records are compared and hashed as bytes: behind the saved text there is nothing but zeros, whatever stood there before. */
static void records_of_state_have_no_dirty_padding(void **state)
{
    (void)state;
    struct kit *kit = kit_new("function on_bar(m, b) state.word = ('x'):rep(60 - m.n) m.n = m.n + 1 end\n"
                              "function on_init(m) m.n = 0 end");
    for (int i = 0; i < 20; i++)
        kit_close(kit, 10000 + i);
    uint32_t padded = 0;
    for (uint32_t i = 0; i < kit->f->record_count; i++) {
        const struct oc_ev_text *event = (const struct oc_ev_text *)(const void *)kit->f->records[i];
        if (event->head.type != OC_EV_STATE)
            continue;
        assert_int_equal(event->head.size % 8, 0);
        const char *text = (const char *)(event + 1);
        for (uint32_t at = event->text_size; at < event->head.size - sizeof *event; at++, padded++)
            assert_int_equal(text[at], 0);
    }
    assert_true(padded > 20);
    kit_free(kit);
}

static const char keeper[] =
    "function on_init(m) m.i = m:sma(2) end\n"
    "function on_bar(m, b)\n"
    "  if m.list then print(m.n, m.list.a[2], m.list[1], m.flag, m.i(), m.order.qty, state.word, state.far) end\n"
    "  if b.close == 100 then\n"
    "    m.n, m.flag, m.list, m.handle = 7, true, { 'one', a = { 1.5, 2.5 } }, m.i\n"
    "    m.order = m:buy(2, { price = 99 })\n"
    "    state.word, state.far = 'hello', 1 << 62\n"
    "  end\n"
    "  if m.handle and b.close == 103 then print('handle', m.handle(), m.order.state) end\n"
    "end";

static void a_checkpoint_restores_tables_and_handles(void **state)
{
    (void)state;
    struct kit *a = kit_new(keeper), *b = kit_new(keeper);
    char bytes[8192];
    kit_close(a, 9900);
    kit_close(a, 10000);
    int64_t size = strategy_save(a->strategy, bytes, sizeof bytes);
    assert_true(size > 0);
    assert_int_equal(strategy_save(a->strategy, bytes, (size_t)size - 1), OC_E_LIMIT);
    assert_int_equal(strategy_save(a->strategy, bytes, (size_t)size), size);
    assert_int_equal(strategy_load(b->strategy, bytes, (size_t)size - 1), OC_E_DATA);
    assert_int_equal(strategy_load(b->strategy, bytes, (size_t)size), OC_OK);
    /* the order itself is the engine's: bring it over as the journal would */
    char engine[1 << 16];
    int64_t engine_size = engine_save(a->f->engine, engine, sizeof engine);
    assert_true(engine_size > 0);
    assert_int_equal(engine_load(b->f->engine, engine, (size_t)engine_size), OC_OK);
    b->open_ns = a->open_ns;
    kit_close(b, 10300);
    assert_true(kit_said(b, "7\t2.5\tone\ttrue\t101.5\t2.0\thello\t4611686018427387904\n"));
    assert_true(kit_said(b, "handle\t101.5\t"));
    char again[8192];
    kit_free(a);
    a = kit_new(keeper);
    kit_close(a, 9900);
    kit_close(a, 10000);
    assert_int_equal(strategy_save(a->strategy, again, sizeof again), size);
    assert_memory_equal(bytes, again, (size_t)size); /* the same bytes, whatever the order of the table */
    kit_free(a);
    kit_free(b);
}

static void records_of_changes_restore(void **state)
{
    (void)state;
    struct kit *a = kit_new(keeper), *b = kit_new(keeper);
    kit_close(a, 9900);
    assert_null(last_state(a, 0)); /* nothing changed but m.i */
    kit_close(a, 10000);
    uint32_t count = count_states(a);
    kit_close(a, 10000 + 1);
    assert_int_equal(count_states(a), count); /* saved only when it changed */
    assert_non_null(last_state(a, 0));
    assert_non_null(last_state(a, 1));
    strategy_set_restoring(b->strategy, true);
    assert_int_equal(strategy_restore_state(b->strategy, last_state(a, 0)), OC_OK);
    assert_int_equal(strategy_restore_state(b->strategy, last_state(a, 1)), OC_OK);
    const struct oc_ev_text *good = last_state(a, 0);
    struct oc_ev_text wrong = {0};
    if (good)
        wrong = *good;
    wrong.owner++;
    assert_int_equal(strategy_restore_state(b->strategy, &wrong), OC_E_DATA);
    assert_null(strstr(b->log, "hello")); /* nothing is called */
    strategy_set_restoring(b->strategy, false);
    char bytes[8192];
    int64_t size = strategy_save(b->strategy, bytes, sizeof bytes);
    assert_true(size > 0);
    bool has_hello = false;
    for (int64_t i = 0; i + 5 <= size && !has_hello; i++)
        has_hello = memcmp(bytes + i, "hello", 5) == 0;
    assert_true(has_hello);
    kit_free(a);
    kit_free(b);
}

static void a_change_inside_a_table_is_seen(void **state)
{
    (void)state;
    struct kit *kit = kit_new("function on_bar(m, b) if not m.t then m.t = {} end m.t.n = b.close end");
    kit_close(kit, 10000);
    uint32_t count = count_states(kit);
    kit_close(kit, 10100);
    assert_int_equal(count_states(kit), count + 1);
    kit_close(kit, 10100);
    assert_int_equal(count_states(kit), count + 1);
    kit_free(kit);
}

static void what_cannot_be_saved_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *body, *words;
    } cases[] = {{"m.deep = { x = { f = function() end } }", "saved.deep.x.f: a function cannot be saved"},
                 {"state.me = m", "saved.me: this object cannot be saved"},
                 {"m.event = b", "saved.event: this object cannot be saved"},
                 {"m.co = coroutine.create(function() end)", "saved.co: a thread cannot be saved"},
                 {"m.t = {} m.t.t = m.t", "saved tables nest at most 16 deep (or contain themselves)"},
                 {"m.s = string.rep('x', 60001)", "saved data is limited to 60000 bytes a table"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[512];
        snprintf(text, sizeof text, "function on_bar(m, b) m:buy(1) %s end", cases[i].body);
        struct kit *kit = kit_new(text);
        kit_close(kit, 10000);
        assert_true(kit_failed(kit, cases[i].words));
        assert_int_equal(kit->f->sent_count, 0);
        kit_free(kit);
    }
}

static void tick(struct kit *kit, int64_t now_ns)
{
    kit->f->now_ns = now_ns;
    fixture_tick(kit->f, now_ns);
}

static void timers_fire(void **state)
{
    (void)state;
    struct kit *kit = kit_new("function on_init(m)\n"
                              "  every('1m', function(due) print('every', due, now()) end)\n"
                              "  after('90s', function(due) print('after', due) m:buy(1) end)\n"
                              "end");
    tick(kit, KIT_MINUTE - 1);
    assert_int_equal(kit->log_size, 0);
    tick(kit, KIT_MINUTE);
    assert_string_equal(kit->log, "every\t60000000000\t60000000000\n");
    tick(kit, 3 * KIT_MINUTE);
    assert_true(kit_said(kit, "after\t90000001000\n")); /* from the fixture's 1000 ns on */
    assert_true(kit_said(kit, "every\t120000000000"));
    assert_true(kit_said(kit, "every\t180000000000"));
    assert_int_equal(kit->f->sent_count, 1);
    tick(kit, 10 * KIT_MINUTE);
    const char *once = strstr(kit->log, "after");
    assert_null(strstr(once + 1, "after"));
    kit_free(kit);
    kit = kit_with("function on_init() every('soon', function() end) end", NULL, 0);
    assert_non_null(strstr(kit->error.message, "'soon' is not a duration"));
    kit_free(kit);
    kit = kit_with("function on_init() for i = 1, 256 do after('1m', function() end) end print 'room'\n"
                   "  after('1m', function() end) end",
                   NULL, 0);
    assert_true(kit_said(kit, "room"));
    assert_non_null(strstr(kit->error.message, "at most 256 timers"));
    kit_free(kit);
}

static const char rows[] =
    "local P = params { len = { 14, min = 2, max = 100 }, rate = { 0.5, min = 0.1, max = 1, doc = 'r' },\n"
    "  on = { true }, word = { 'a' }, short = 3 }\n"
    "function on_start() print(P.len, P.rate, P.on, P.word, P.short, pcall(function() P.len = 1 end)) end";

static void params_given(const char *name, const char *value, const char *words, bool works)
{
    struct strategy_param param = {name, value};
    struct kit *kit = kit_with(rows, &param, 1);
    assert_int_equal(kit->rc == OC_OK, works);
    if (works)
        assert_true(kit_said(kit, words));
    else if (!strstr(kit->error.message, words) || kit->error.message[strlen(kit->error.message) - 1] == ' ')
        fail_msg("expected '%s' in '%s'", words, kit->error.message);
    kit_free(kit);
}

static void parameters(void **state)
{
    (void)state;
    params_given("len", "14", "14\t0.5\ttrue\ta\t3\tfalse", true);
    params_given("len", "2", "2\t0.5", true);
    params_given("len", "1", "parameter len: found 1.0, expected at least 2.0", false);
    params_given("len", "100", "100\t0.5", true);
    params_given("len", "101", "expected at most 100.0", false);
    params_given("len", "2.5", "parameter len: found '2.5', expected a whole number", false);
    params_given("len", "many", "expected a whole number", false);
    params_given("rate", "1", "14\t1\t", true);
    params_given("rate", "x", "parameter rate: found 'x', expected a number", false);
    params_given("on", "false", "14\t0.5\tfalse", true);
    params_given("on", "true", "14\t0.5\ttrue", true);
    params_given("on", "", "expected true or false", false);
    params_given("on", "truely", "expected true or false", false);
    params_given("on", "yes", "expected true or false", false);
    params_given("word", "b c", "\tb c\t3", true);
    params_given("lenn", "3", "test.lua has no parameter 'lenn'; it has: len on rate short word", false);
    struct kit *kit = kit_new(rows);
    char text[256];
    strategy_params_text(kit->strategy, text, sizeof text);
    assert_string_equal(text, "len=14\non=true\nrate=0.5\nshort=3\nword=a\n"); /* in one order, run after run */
    kit_free(kit);
}

static void wrong_rows_raise(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
    } cases[] = {{"params { aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa = 1 }",
                  "a name has at most 63 characters"},
                 {"params { x = { {} } }", "parameter x: a default is a number, true, false or a text; found table"},
                 {"params { x = { print } }", "a default is a number, true, false or a text; found function"},
                 {"params { x = { 1, mim = 2 } }", "parameter x: a row is { default, min = number"},
                 {"params { x = { 1, min = 'a' } }", "found 'min'"},
                 {"params { x = { 1, 2 } }", "found 'a second value'"},
                 {"params { x = { min = 1 } }", "parameter x has no default"},
                 {"params { 5 }", "names are words"},
                 {"local t = {} for i = 1, 129 do t['p' .. i] = i end params(t)", "at most 128 parameters"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct kit *kit = kit_with(cases[i].text, NULL, 0);
        if (kit->rc == OC_OK || !strstr(kit->error.message, cases[i].words))
            fail_msg("expected '%s' in '%s'", cases[i].words, kit->error.message);
        kit_free(kit);
    }
    struct kit *kit = kit_new("local t = {} for i = 1, 128 do t['p' .. i] = i end params(t)");
    kit_free(kit);
}

static void an_error_suspends_and_says_where(void **state)
{
    (void)state;
    struct kit *kit = kit_new("function on_bar(m, b)\n"
                              "  local price = b.close\n"
                              "  if price == 100 then m:buy(1, { stop_loss = 95 }) return end\n"
                              "  m:buy(5)\n"
                              "  local x = nil + price\n"
                              "end\n"
                              "function on_stop() print 'stopped' end");
    kit_close(kit, 10000);
    fixture_trade(kit->f, kit_sent(kit)->order, OC_SIDE_BUY, 1000, 10000);
    uint32_t sent = kit->f->sent_count;
    kit_close(kit, 10100);
    const struct sandbox_error *error = strategy_error(kit->strategy);
    assert_non_null(error);
    assert_string_equal(error->file, "test.lua");
    assert_int_equal(error->line, 5);
    assert_non_null(strstr(error->message, "attempt to perform arithmetic on a nil value"));
    assert_non_null(strstr(error->source_line, "local x = nil + price"));
    assert_non_null(strstr(error->locals, "price = 101.0"));
    assert_int_equal(kit->f->sent_count, sent); /* the order of that callback was dropped */
    assert_true(engine_is_suspended(kit->f->engine, strategy_id(kit->strategy)));
    uint64_t calls = strategy_calls(kit->strategy);
    kit_close(kit, 10000);
    assert_int_equal(strategy_calls(kit->strategy), calls);
    assert_int_equal(strategy_stop(kit->strategy, "end"), OC_OK);
    assert_null(strstr(kit->log, "stopped"));
    bool is_protected = false;
    for (const struct order *o = orders_open_first(engine_orders(kit->f->engine)); o; o = o->younger)
        is_protected |= o->now.role == OC_ROLE_STOP_LOSS && state_is_open(o->state);
    assert_true(is_protected);
    kit_free(kit);
}

static void every_callback_is_called(void **state)
{
    (void)state;
    struct kit *kit =
        kit_new("function on_init(m) print('init', m.index) end\n"
                "function on_start() print 'start' end\n"
                "function on_bar(m, b) print('bar', b.volume, b.period, b.open_time, b.time) m:buy(1) end\n"
                "function on_trade(m, t) print('trade', t.price, t.qty, t.side) end\n"
                "function on_fill(m, f) print('fill', f.price, f.qty, f.side, f.fee, f.fee_asset, f.liquidity, "
                "f.order_id > 0) end\n"
                "function on_order(m, o) print('order', o.state, o.average, o.filled) end\n"
                "function on_stop(why) print('stop', why) end");
    kit_close(kit, 10000);
    fixture_price(kit->f, 10001);
    fixture_trade(kit->f, kit_sent(kit)->order, OC_SIDE_BUY, 1000, 10001);
    assert_int_equal(strategy_stop(kit->strategy, "end"), OC_OK);
    assert_string_equal(kit->log,
                        "init\t1\nstart\nbar\t5.0\t60000000000\t60000000000\t120000000000\n"
                        "trade\t100.01\t0.001\tnil\n"
                        "fill\t100.01\t1.0\tbuy\t0.0\tUSDT\ttaker\ttrue\norder\tFILLED\t100.01\t1.0\nstop\tend\n");
    kit_free(kit);
}

static void an_event_kept_by_a_callback_that_raised_is_dead(void **state)
{
    (void)state;
    struct kit *kit = kit_new("function on_bar(m) m:buy(1) end\n"
                              "function on_fill(m, f) kept = f error 'no' end");
    kit_close(kit, 10000);
    fixture_trade(kit->f, kit_sent(kit)->order, OC_SIDE_BUY, 1000, 10000);
    assert_true(kit_failed(kit, "no"));
    lua_State *lua = sandbox_lua(strategy_sandbox(kit->strategy));
    assert_int_equal(luaL_loadstring(lua, "return kept.price"), LUA_OK);
    assert_int_equal(lua_pcall(lua, 0, 0, 0), LUA_ERRRUN);
    assert_non_null(strstr(lua_tostring(lua, -1), "belongs to a callback that has returned"));
    lua_pop(lua, 1);
    kit_free(kit);
}

static void modules(void **state)
{
    (void)state;
    struct kit *kit = kit_new("local h = require 'helper'\n"
                              "print(h.answer, h == require 'helper')\n"
                              "for _, name in ipairs { 'other', '../helper', '/etc/passwd', 'a/b', '' } do\n"
                              "  local ok, why = pcall(require, name) print(ok, why)\n"
                              "end");
    assert_true(kit_said(kit, "42\ttrue\n"));
    assert_true(kit_said(kit, "'other'"));
    const char *at = kit->log;
    int refused = 0;
    while ((at = strstr(at, "false\t")))
        at++, refused++;
    assert_int_equal(refused, 5);
    kit_free(kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_checkpoint_restores_tables_and_handles),
                                       cmocka_unit_test(records_of_changes_restore),
                                       cmocka_unit_test(records_of_state_have_no_dirty_padding),
                                       cmocka_unit_test(a_change_inside_a_table_is_seen),
                                       cmocka_unit_test(what_cannot_be_saved_is_named),
                                       cmocka_unit_test(timers_fire),
                                       cmocka_unit_test(parameters),
                                       cmocka_unit_test(wrong_rows_raise),
                                       cmocka_unit_test(an_error_suspends_and_says_where),
                                       cmocka_unit_test(every_callback_is_called),
                                       cmocka_unit_test(an_event_kept_by_a_callback_that_raised_is_dead),
                                       cmocka_unit_test(modules)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

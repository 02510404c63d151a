/* strategy_restart_test.c: the generator, timers and globals of a strategy in records and checkpoints, and back (A3, A4). */
#include <sys/mman.h>

#include "script/strategy_impl.h"
#include "support/strategy_kit.h"

enum { RANDOM_KEY = -2, TIMER_KEY = -3, GLOBALS_KEY = -4 }; /* as recorded: uint32 */

static const struct oc_ev_text *state_at(const struct kit *kit, uint32_t i)
{
    const struct oc_ev_text *event = (const struct oc_ev_text *)(const void *)kit->f->records[i];
    return event->head.type == OC_EV_STATE ? event : NULL;
}

static uint32_t count_states(const struct kit *kit, int key)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < kit->f->record_count; i++)
        count += state_at(kit, i) && state_at(kit, i)->key == (uint32_t)key;
    return count;
}

/* Records of `from` as facts; what the engine is told of fired timers beside. */
static void give_records(const struct kit *from, struct kit *to)
{
    strategy_set_restoring(to->strategy, true);
    for (uint32_t i = 0; i < from->f->record_count; i++) {
        const struct oc_event *event = (const struct oc_event *)(const void *)from->f->records[i];
        if (event->type == OC_EV_TIMER)
            assert_int_equal(engine_restore(to->f->engine, event), OC_OK);
        if (state_at(from, i))
            assert_int_equal(strategy_restore_state(to->strategy, state_at(from, i)), OC_OK);
    }
    to->open_ns = from->open_ns;
    to->f->now_ns = from->f->now_ns;
    to->log_size = 0;
    strategy_set_restoring(to->strategy, false);
}

static void give_checkpoint(const struct kit *from, struct kit *to)
{
    static char bytes[1 << 16], engine[1 << 16];
    int64_t engine_size = engine_save(from->f->engine, engine, sizeof engine);
    int64_t size = strategy_save(from->strategy, bytes, sizeof bytes);
    assert_true(size > 0 && engine_size > 0);
    strategy_set_restoring(to->strategy, true);
    assert_int_equal(engine_load(to->f->engine, engine, (size_t)engine_size), OC_OK);
    assert_int_equal(strategy_load(to->strategy, bytes, (size_t)size), OC_OK);
    to->open_ns = from->open_ns;
    to->f->now_ns = from->f->now_ns;
    to->log_size = 0;
    strategy_set_restoring(to->strategy, false);
}

static void (*const ways[])(const struct kit *from, struct kit *to) = {give_records, give_checkpoint};

static void tick(struct kit *kit, int64_t now_ns)
{
    kit->f->now_ns = now_ns;
    fixture_tick(kit->f, now_ns);
}

static void chance_goes_on(void **state)
{
    (void)state;
    static const char text[] = "math.random() function on_init() math.random() end\n"
                               "function on_bar(m, b) if b.close > 100 then print(math.random(1000000)) end end";
    for (size_t way = 0; way < 2; way++) {
        struct kit *whole = kit_new(text), *cut = kit_new(text), *back = kit_new(text);
        kit_close(whole, 10000);
        assert_int_equal(count_states(whole, RANDOM_KEY), 0); /* nothing was drawn in a callback */
        kit_close(cut, 10000);
        for (int i = 0; i < 3; i++) {
            kit_close(whole, 10100);
            kit_close(cut, 10100);
        }
        assert_int_equal(count_states(cut, RANDOM_KEY), 3);
        kit_close(cut, 9900);
        kit_close(whole, 9900);
        assert_int_equal(count_states(cut, RANDOM_KEY), 3);
        ways[way](cut, back);
        whole->log_size = 0;
        kit_close(whole, 10100);
        kit_close(back, 10100);
        assert_true(back->log_size > 0);
        assert_string_equal(back->log, whole->log);
        kit_free(whole);
        kit_free(cut);
        kit_free(back);
    }
}

static const char named[] = "function beat(due) print('beat', due) end\n"
                            "function once(due) print('once', due) end\n"
                            "function on_init() every('7m', beat) after('3m', once) end\n"
                            "function on_start() every('5m', beat) end\n"
                            "function on_bar(m, b)\n"
                            "  if b.close == 101 then after('4m', once) end\n"
                            "end";

static void named_timers_come_back(void **state)
{
    (void)state;
    for (size_t way = 0; way < 2; way++) {
        struct kit *whole = kit_new(named), *cut = kit_new(named);
        assert_int_equal(count_states(cut, TIMER_KEY), 1); /* that of on_start; those of on_init are set again */
        kit_close(whole, 10100);
        kit_close(cut, 10100);
        assert_int_equal(count_states(cut, TIMER_KEY), 2);
        tick(whole, 5 * KIT_MINUTE);
        tick(cut, 5 * KIT_MINUTE);
        struct kit *back = calloc(1, sizeof *back); /* on_start is not called again */
        *back = (struct kit){.f = fixture_new(COST_AVERAGE)};
        struct strategy_config config = {.file = "test.lua",
                                         .text = named,
                                         .text_size = strlen(named),
                                         .seed = 1,
                                         .data_period_ns = KIT_MINUTE,
                                         .from_ns = INT64_MIN,
                                         .log = kit_log,
                                         .log_arg = back};
        config.account = back->f->account;
        assert_int_equal(strategy_new(back->f->engine, &config, &back->strategy, &back->error), OC_OK);
        assert_int_equal(strategy_add_market(back->strategy, back->f->inst, &back->error), OC_OK);
        ways[way](cut, back);
        assert_string_equal(strategy_not_back(back->strategy), "");
        const struct timers *then = engine_timers(cut->f->engine), *now = engine_timers(back->f->engine);
        assert_int_equal(now->count, then->count);
        assert_true(now->next_id == then->next_id);
        for (uint32_t i = 0; i < then->count; i++) {
            const struct timer *timer = timers_find(now, then->heap[i].id);
            assert_non_null(timer);
            assert_memory_equal(timer, &then->heap[i], sizeof *timer);
        }
        whole->log_size = 0;
        tick(whole, 21 * KIT_MINUTE);
        tick(back, 21 * KIT_MINUTE);
        assert_true(kit_said(back, "once\t"));
        assert_string_equal(back->log, whole->log);
        kit_free(whole);
        kit_free(cut);
        kit_free(back);
    }
}

static void a_timer_without_a_name_is_named_and_gone(void **state)
{
    (void)state;
    static const char text[] = "function on_bar(m, b)\n"
                               "  if b.close == 101 then\n"
                               "    after('1h', function() print 'closure' end)\n"
                               "    late = function() print 'late' end\n"
                               "    every('2h', late)\n"
                               "  end\n"
                               "end";
    for (size_t way = 0; way < 2; way++) {
        struct kit *cut = kit_new(text), *back = kit_new(text);
        kit_close(cut, 10100);
        ways[way](cut, back);
        assert_string_equal(strategy_not_back(back->strategy),
                            "a timer that was set at test.lua:3 is gone: due 1970-01-01T01:02:00Z; its function is not "
                            "a global one of the file\n"
                            "a timer that was set at test.lua:5 is gone: due 1970-01-01T02:00:00Z and every 2h; its "
                            "function is not a global one of the file");
        assert_int_equal(engine_timers(back->f->engine)->count, 0);
        assert_true(engine_timers(back->f->engine)->next_id == engine_timers(cut->f->engine)->next_id);
        kit_free(cut);
        kit_free(back);
    }
}

/* Of two names of one function the first by bytes is kept, whatever order the table of globals has; a name too long to keep is none. */
static void of_two_names_the_first_is_kept(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++) {
        char both[256], one[256];
        snprintf(both, sizeof both,
                 "function b%d(due) end a%d = b%d\n"
                 "function on_bar(m, b) if b.close == 101 then every('5m', b%d) end end",
                 i, i, i, i);
        snprintf(one, sizeof one, "function a%d(due) end function on_bar(m, b) end", i);
        struct kit *cut = kit_new(both), *back = kit_new(one);
        kit_close(cut, 10100);
        give_records(cut, back);
        assert_string_equal(strategy_not_back(back->strategy), "");
        assert_int_equal(engine_timers(back->f->engine)->count, 1);
        kit_free(cut);
        kit_free(back);
    }
    char name[101] = {0}, text[400];
    memset(name, 'x', 100);
    snprintf(text, sizeof text,
             "function %s(due) end function on_bar(m, b) if b.close == 101 then every('5m', %s) end end", name, name);
    struct kit *cut = kit_new(text), *back = kit_new(text);
    kit_close(cut, 10100);
    give_records(cut, back);
    assert_non_null(strstr(strategy_not_back(back->strategy), "its function is not a global one of the file"));
    kit_free(cut);
    kit_free(back);
}

/* A number that a failed callback had is given again: it may be another strategy's. */
static void timers_of_others_stay(void **state)
{
    (void)state;
    static const char text[] =
        "function on_bar(m, b) if b.close == 101 then after('1h', function() end) error 'no' end end";
    struct kit *cut = kit_new(text), *back = kit_new(text);
    uint64_t id;
    kit_close(cut, 10100);
    assert_true(kit_failed(cut, "no"));
    assert_int_equal(timers_add(engine_timers(cut->f->engine), 9, 5 * KIT_MINUTE, 0, &id), OC_OK);
    assert_int_equal(id, 1);
    assert_int_equal(count_states(cut, TIMER_KEY), 0);
    give_checkpoint(cut, back);
    assert_non_null(timers_find(engine_timers(back->f->engine), id));
    assert_string_equal(strategy_not_back(back->strategy), "");
    kit_free(cut);
    kit_free(back);
}

/* In a restart on_load is called where nothing was called before. */
static void on_load_leaves_no_trace_in_a_restart(void **state)
{
    (void)state;
    static const char text[] = "local bars = 0\n"
                               "function beat() print 'beat' end\n"
                               "function on_bar(m, b) bars = bars + 1 print(bars, math.random(1000000)) end\n"
                               "function on_save() return { bars = bars } end\n"
                               "function on_load(t) bars = t.bars math.random() every('1m', beat) end";
    for (size_t way = 0; way < 2; way++) {
        struct kit *whole = kit_new(text), *cut = kit_new(text), *back = kit_new(text);
        kit_close(whole, 10000);
        kit_close(cut, 10000);
        ways[way](cut, back);
        assert_int_equal(engine_timers(back->f->engine)->count, 0);
        assert_int_equal(engine_timers(back->f->engine)->next_id, 0);
        assert_string_equal(strategy_not_back(back->strategy), "timers that on_load has set are not kept: those that "
                                                               "were there come back by themselves");
        whole->log_size = 0;
        kit_close(whole, 10000);
        kit_close(back, 10000);
        assert_true(kit_said(back, "2\t"));
        assert_string_equal(back->log, whole->log);
        kit_free(whole);
        kit_free(cut);
        kit_free(back);
    }
}

static void globals_that_nothing_saves_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"count, limit, list = 0, 5, {} function on_init(m) market = m m.average = m:sma(2) end\n"
         "function on_bar(m, b) count = count + 1 list[1] = b.close fresh = true end",
         "global variables begin anew: count, fresh, list; what must come back is kept in m or state, or by on_save"},
        {"count = 0 function on_bar(m, b) count = count + 1 m.count = count end", ""},
        {"count = 0 function on_bar(m, b) count = count + 1 state.count = count end", ""},
        {"count = 0 function on_save() return { count } end function on_bar(m, b) count = count + 1 end", ""},
        {"count, list = 0, { 1 } function on_bar(m, b) list[1] = list[1] + 1 end", ""}, /* not seen, and said so */
        {"local P = params { a = 1 } Q = params { b = 2 } function on_bar(m, b) helper = function() end end", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (size_t way = 0; way < 2; way++) {
            struct kit *cut = kit_new(cases[i].text), *back = kit_new(cases[i].text);
            for (int bar = 0; bar < 4; bar++)
                kit_close(cut, 10000);
            assert_int_equal(count_states(cut, GLOBALS_KEY), cases[i].words[0] != 0); /* once */
            ways[way](cut, back);
            assert_string_equal(strategy_not_back(back->strategy), cases[i].words);
            kit_close(back, 10000);
            assert_int_equal(count_states(back, GLOBALS_KEY), 0); /* what is told is not told again */
            kit_free(cut);
            kit_free(back);
        }
}

/* A bar for each callback: what the strategy's globals that have changed by then are called, as a restart says it. */
static void changed_are(const char *text, int bars, const char *names)
{
    char words[700] = "";
    if (*names)
        snprintf(words, sizeof words,
                 "global variables begin anew: %s; what must come back is kept in m or state, or by on_save", names);
    for (size_t way = strlen(names) > 400; way < 2; way++) { /* the fixture keeps no longer records */
        struct kit *cut = kit_new(text), *back = kit_new(text);
        for (int bar = 0; bar < bars; bar++)
            kit_close(cut, 10000);
        ways[way](cut, back);
        if (strategy_error(cut->strategy))
            fail_msg("%s", strategy_error(cut->strategy)->message);
        if (strcmp(strategy_not_back(back->strategy), words) != 0)
            fail_msg("%s\nsaid: %s\nnot:  %s", text, strategy_not_back(back->strategy), words);
        kit_free(cut);
        kit_free(back);
    }
}

/* What counts as a change, and what does not. */
static void a_changed_global_is_another_value(void **state)
{
    (void)state;
    changed_are(
        "a, b, c, d, e, g = 1, 'x', true, {}, {}, 2 function on_bar() a = 2 b = 'y' c = false d = {} e = nil g = 2 end",
        1, "a, b, c, d");
    changed_are("a, b = 1, 2 function on_bar() a = 1 b = 'z' end", 1, "b");
    changed_are("a = {} function on_bar() a[1] = 1 end", 1, "a"); /* the first field of an empty one */
    changed_are("a = {} function on_bar() a.x = nil end", 1, "");
    changed_are("a = { 1 } function on_bar() a[2] = 1 end", 1, "");
    changed_are("a, b = { 1 }, {} function on_bar() b, a = a, {} end", 1, "a, b");
    changed_are("function a() end function on_bar() a = function() end end", 1, "");
    changed_are("function a() end function on_bar() a = 5 end", 1, ""); /* what was a function is not looked at */
    changed_are("a = 5 function on_bar() a = function() end end", 1, "");
    changed_are("function on_bar() fresh = 1 end", 1, "fresh");
    changed_are("function on_bar() fresh = function() end end", 1, "");
    changed_are("_G[7] = 1 n = 0 function on_bar() _G[7] = 2 n = 1 end", 1, "n"); /* only what has a name is told */
    changed_are("Q, n = params { a = 1 }, 0 function on_bar() n = Q.a end", 1, "n");
    changed_are("P, n, Q = params { a = 1 }, 0, 1 function on_bar() Q = 2 n = P.a end", 1, "Q, n");
    changed_are("n = 0 function on_bar() n = n + 1 end function on_init() n = 9 end", 1,
                "n"); /* 9 is what it began with */
    changed_are("n = 0 function on_bar() n = 9 end function on_init() n = 9 end", 1, "");
}

/* Later ones join those that are named already, each once. */
static void changed_globals_are_named_as_they_come(void **state)
{
    (void)state;
    static const char text[] =
        "i, a, ab, b = 0, 0, 0, 0 local n = 0\n"
        "function on_bar() n = n + 1\n"
        "  if n == 2 then b = 1 elseif n == 3 then ab = 1 elseif n == 4 then b = 2 a = 1 end end";
    static const char *const names[] = {"", "b", "b, ab", "b, ab, a"};
    for (int bars = 1; bars <= 4; bars++)
        changed_are(text, bars, names[bars - 1]);
}

static void names_of_globals_stop_at_their_limits(void **state)
{
    (void)state;
    char text[4096], names[600] = "", name[80];
    memset(name, 'n', 63);
    name[63] = 0; /* the longest that is told */
    snprintf(text, sizeof text, "%s, %sn, n = 0, 0, 0 _G['c,d'] = 0 function on_bar() %s = 1 %sn = 1 _G['c,d'] = 1 end",
             name, name, name, name);
    changed_are(text, 1, name);
    /* more functions than are watched are none of them */
    text[0] = 0;
    for (int i = 0; i < 200; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "function f%d() end ", i);
    strcat(text, "n = 0 function on_bar() n = 1 end");
    changed_are(text, 1, "n");
    /* more than are watched: all of them are told once one is seen */
    snprintf(text, sizeof text,
             "for i = 11, 50 do _G['g' .. i] = 0 end function on_bar() for i = 11, 50 do _G['g' .. i] = 1 end end");
    for (int i = 11; i <= 50; i++)
        snprintf(names + strlen(names), sizeof names - strlen(names), "%sg%d", i == 11 ? "" : ", ", i);
    changed_are(text, 1, names);
    /* 9 of 50 and their commas, and one that fits to the last byte: 9 * 52 - 2 + 2 + 43 = 511 */
    for (int last = 43; last <= 44; last++) {
        names[0] = 0;
        for (int i = 1; i <= 9; i++)
            snprintf(names + strlen(names), sizeof names - strlen(names), "%s%d%.*s", i == 1 ? "" : ", ", i, 49,
                     "gggggggggggggggggggggggggggggggggggggggggggggggggggggg");
        snprintf(text, sizeof text,
                 "local l = {} for i = 1, 9 do l[i] = i .. ('g'):rep(49) end l[10] = ('z'):rep(%d)\n"
                 "for i = 1, 10 do _G[l[i]] = 0 end function on_bar() for i = 1, 10 do _G[l[i]] = 1 end end",
                 last);
        if (last == 43)
            snprintf(names + strlen(names), sizeof names - strlen(names), ", %.*s", last,
                     "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz");
        changed_are(text, 1, names);
    }
}

static struct kit *kit_of_two(const char *text)
{
    struct kit *kit = calloc(1, sizeof *kit);
    struct strategy_config config = {.file = "test.lua",
                                     .text = text,
                                     .text_size = strlen(text),
                                     .seed = 1,
                                     .data_period_ns = KIT_MINUTE,
                                     .from_ns = INT64_MIN,
                                     .log = kit_log,
                                     .log_arg = kit};
    uint32_t inst;
    kit->f = fixture_new(COST_AVERAGE);
    kit->open_ns = KIT_MINUTE;
    config.account = kit->f->account;
    struct oc_instrument info = instruments_get(engine_instruments(kit->f->engine), kit->f->inst)->info;
    strcpy(info.symbol, "ETH/USDT");
    assert_int_equal(instruments_add(engine_instruments(kit->f->engine), &info, &inst), OC_OK);
    assert_int_equal(strategy_new(kit->f->engine, &config, &kit->strategy, &kit->error), OC_OK);
    assert_int_equal(strategy_add_market(kit->strategy, kit->f->inst, &kit->error), OC_OK);
    assert_int_equal(strategy_add_market(kit->strategy, inst, &kit->error), OC_OK);
    assert_int_equal(strategy_start(kit->strategy), OC_OK);
    fixture_flush(kit->f);
    return kit;
}

/* With two markets on_init runs twice: globals begin as the second left them, and what either market keeps counts. */
static void globals_of_two_markets(void **state)
{
    (void)state;
    char text[1024];
    for (int which = 1; which <= 20; which++) {
        snprintf(text, sizeof text,
                 "for i = 1, 20 do _G['g' .. i] = 0 end function on_init(m) for i = 1, 20 do _G['g' .. i] = _G['g' .. "
                 "i] + 1 "
                 "end end function on_bar() g%d = 0 end",
                 which);
        struct kit *kit = kit_of_two(text);
        assert_int_equal(count_states(kit, GLOBALS_KEY), 0);
        kit_close(kit, 10000);
        assert_int_equal(count_states(kit, GLOBALS_KEY), 1);
        kit_close(kit, 10000);
        assert_int_equal(count_states(kit, GLOBALS_KEY), 1);
        kit_free(kit);
    }
    static const char *const keeps[] = {"BTC/USDT", "ETH/USDT", "XRP/USDT"};
    for (int i = 0; i < 3; i++) {
        snprintf(text, sizeof text,
                 "n = 0 function on_init(m) if m.symbol == '%s' then m.kept = 1 end end\n"
                 "function on_bar() n = n + 1 end",
                 keeps[i]);
        struct kit *kit = kit_of_two(text);
        kit_close(kit, 10000);
        assert_int_equal(count_states(kit, GLOBALS_KEY), i == 2);
        kit_free(kit);
    }
}

enum { GUARDED_SIZE = 1 << 16 };

/* A copy that ends where memory ends: what reads beyond it is seen. Good until the next call. */
static const char *at_the_end_of_memory(const char *bytes, size_t size)
{
    static char *memory;
    if (!memory) {
        memory = mmap(NULL, 2 * GUARDED_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        assert_true(memory != MAP_FAILED && mprotect(memory + GUARDED_SIZE, GUARDED_SIZE, PROT_NONE) == 0);
    }
    return memcpy(memory + GUARDED_SIZE - size, bytes, size);
}

/* Wherever a checkpoint of a strategy is cut it is refused; whole it is taken. */
static void each_cut_of_a_checkpoint_is_refused(void **state)
{
    (void)state;
    static const char text[] = "function beat() end function on_init(m) m.s = m:sma(2) every('7m', beat) end\n"
                               "function on_bar(m, b) m.n = { b.close } state.list = { 1, 2, 'x' } after('4m', beat) "
                               "math.random() end";
    static char bytes[1 << 16], again[1 << 16];
    struct kit *cut = kit_new(text);
    for (int i = 0; i < 3; i++)
        kit_close(cut, 10000 + i);
    const int64_t size = strategy_save(cut->strategy, bytes, sizeof bytes);
    assert_true(size > 300);
    for (int64_t room = 0; room < size; room += room < 64 || room + 64 > size ? 1 : 13) {
        struct kit *back = kit_new(text);
        assert_true(strategy_save(cut->strategy, again, (size_t)room) < 0);
        strategy_set_restoring(back->strategy, true);
        assert_int_equal(strategy_load(back->strategy, at_the_end_of_memory(bytes, (size_t)room), (size_t)room),
                         OC_E_DATA);
        kit_free(back);
    }
    for (int64_t at = 0; at < 512; at++) { /* a wrong byte: taken or refused, and nothing is read that is not there */
        struct kit *back = kit_new(text);
        memcpy(again, bytes, (size_t)size);
        again[at] = (char)0xff;
        strategy_set_restoring(back->strategy, true);
        const oc_rc rc = strategy_load(back->strategy, at_the_end_of_memory(again, (size_t)size), (size_t)size);
        assert_true(rc == OC_OK || rc == OC_E_DATA);
        kit_free(back);
    }
    char *timer = memmem(bytes, (size_t)size, "beat", 5),
         *names = memmem(bytes, (size_t)size, cut->strategy->random_last, sizeof cut->strategy->random_last);
    assert_true(timer && names);
    timer -= offsetof(struct timer_record, function);
    names += sizeof cut->strategy->random_last;
    for (int i = 0; i < 4;
         i++) { /* a timer without number, without an end of its names; names of globals without end */
        struct timer_record wrong;
        memcpy(again, bytes, (size_t)size);
        memcpy(&wrong, timer, sizeof wrong);
        wrong.id = i == 0 ? 0 : wrong.id;
        memset(wrong.function, 'x', i == 1 ? sizeof wrong.function : 0);
        memset(wrong.place, 'x', i == 2 ? sizeof wrong.place : 0);
        memcpy(again + (timer - bytes), &wrong, sizeof wrong);
        memset(again + (names - bytes), 'x', i == 3 ? sizeof cut->strategy->globals_named : 0);
        struct kit *back = kit_new(text);
        strategy_set_restoring(back->strategy, true);
        assert_int_equal(strategy_load(back->strategy, again, (size_t)size), OC_E_DATA);
        kit_free(back);
    }
    assert_int_equal(strategy_save(cut->strategy, again, (size_t)size), size);
    assert_memory_equal(again, bytes, (size_t)size);
    struct kit *back = kit_new(text);
    strategy_set_restoring(back->strategy, true);
    assert_int_equal(strategy_load(back->strategy, bytes, (size_t)size + 1), OC_E_DATA);
    kit_free(back);
    back = kit_new(text);
    strategy_set_restoring(back->strategy, true);
    assert_int_equal(strategy_load(back->strategy, bytes, (size_t)size), OC_OK);
    kit_free(back);
    kit_free(cut);
}

static void damaged_records_are_refused(void **state)
{
    (void)state;
    struct kit *kit = kit_new("function on_bar() end");
    struct {
        struct oc_ev_text event;
        char bytes[600];
    } made = {.event = {.head = {.size = sizeof made, .type = OC_EV_STATE}, .owner = 1}};
    static const int keys[] = {RANDOM_KEY, TIMER_KEY, GLOBALS_KEY};
    strategy_set_restoring(kit->strategy, true);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        made.event.key = (uint32_t)keys[i];
        made.event.text_size = 600;
        assert_int_equal(strategy_restore_state(kit->strategy, &made.event), OC_E_DATA);
    }
    memset(made.bytes, 'x', sizeof made.bytes);
    made.event.key = (uint32_t)GLOBALS_KEY;
    made.event.text_size = 512; /* and no room for its end */
    assert_int_equal(strategy_restore_state(kit->strategy, &made.event), OC_E_DATA);
    made.event.text_size = 511;
    assert_int_equal(strategy_restore_state(kit->strategy, &made.event), OC_OK);
    memset(made.bytes, 0, sizeof made.bytes);
    made.event.key = (uint32_t)TIMER_KEY;
    made.event.text_size = 144; /* number 0 */
    assert_int_equal(strategy_restore_state(kit->strategy, &made.event), OC_E_DATA);
    memset(made.bytes, 'x', sizeof made.bytes); /* names without an end */
    assert_int_equal(strategy_restore_state(kit->strategy, &made.event), OC_E_DATA);
    kit_free(kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(chance_goes_on),
                                       cmocka_unit_test(named_timers_come_back),
                                       cmocka_unit_test(a_timer_without_a_name_is_named_and_gone),
                                       cmocka_unit_test(of_two_names_the_first_is_kept),
                                       cmocka_unit_test(timers_of_others_stay),
                                       cmocka_unit_test(on_load_leaves_no_trace_in_a_restart),
                                       cmocka_unit_test(globals_that_nothing_saves_are_named),
                                       cmocka_unit_test(a_changed_global_is_another_value),
                                       cmocka_unit_test(changed_globals_are_named_as_they_come),
                                       cmocka_unit_test(names_of_globals_stop_at_their_limits),
                                       cmocka_unit_test(globals_of_two_markets),
                                       cmocka_unit_test(each_cut_of_a_checkpoint_is_refused),
                                       cmocka_unit_test(damaged_records_are_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

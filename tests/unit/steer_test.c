/* steer_test.c: strategies loaded, reloaded, held, limited and unloaded in a session that runs; its replay, its restart. */
#include "support/steer_kit.h"

static const char steady[] =
    "strategy { name = 'steady' }\n"
    "local P = params { every = { 3, min = 1, max = 9 }, size = 0.01 }\n"
    "function on_init(m) m.avg = m:sma(4) m.n = 0 end\n"
    "function on_bar(m, b)\n"
    "  m.n = m.n + 1\n"
    "  if m.n % P.every ~= 0 then return end\n"
    "  if m.position.qty > 0 then m:close() else m:buy(P.size, { stop_loss = b.close * 0.8 }) end\n"
    "end\n";

static const char limits[] = "strategy { name = 'limits' }\n"
                             "function on_bar(m, b) m:buy(0.01, { price = b.close * 0.5 }) end\n"
                             "function on_stop(reason) m = nil log.info('stops: %s', reason) end\n";

static const char saver[] = "strategy { name = 'saver' }\n"
                            "local help = require('helper')\n"
                            "local n = 0\n"
                            "function on_save() return { n = n } end\n"
                            "function on_load(t) n = t.n end\n"
                            "function on_bar(m, b) n = n + 1 if n % 7 == 0 then m:buy(help.size) end end\n";

static void write_files(void)
{
    town_file("steady.lua", steady);
    town_file("limits.lua", limits);
    town_file("saver.lua", saver);
    town_file("helper.lua", "return { size = 0.02 }");
}

static char *path_of(const char *name)
{
    static char paths[4][160];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", town_folder(), name);
    return path;
}

static void say_all(struct town *town, uint64_t event)
{
    char line[256];
    switch (event) {
    case 100:
        snprintf(line, sizeof line, "load|%s|size=0.03", path_of("steady.lua"));
        town_must(town, line);
        assert_true(town_told(town, "\"size\":0.03"));
        assert_false(town_say(town, "%s", line));
        assert_true(town_told(town, "NAME_TAKEN"));
        break;
    case 150:
        assert_true(town_say(town, "load|%s", path_of("limits.lua")));
        assert_true(town_say(town, "load|%s", path_of("saver.lua")));
        break;
    case 200:
        town_must(town, "reload|steady");
        assert_true(town_told(town, "\"indicators_kept\":1"));
        assert_true(town_told(town, "\"not_saved\":[]"));
        town_must(town, "set|steady|every=2");
        assert_false(town_say(town, "set|steady|every=10"));
        assert_true(town_told(town, "BAD_PARAM"));
        assert_true(town_told(town, "steady.lua:2"));
        assert_false(town_say(town, "set|steady|evry=1"));
        town_must(town, "reload|saver");
        break;
    case 250:
        town_must(town, "hold|steady");
        assert_true(town_told(town, "\"state\":\"paused\""));
        assert_false(town_say(town, "hold|steady"));
        town_must(town, "may|limits|verbs=sell");
        assert_false(town_say(town, "may|limits|verbs=fly"));
        assert_false(town_say(town, "may|limits|instruments=NO/PE"));
        break;
    case 300:
        town_must(town, "resume|steady");
        assert_true(town_told(town, "\"missed\":50"));
        town_must(town, "may|limits|verbs=*");
        town_must(town, "budget|limits|notional=100");
        assert_false(town_say(town, "budget|limits|notional=much"));
        assert_false(town_say(town, "budget|nobody|orders=1"));
        assert_true(town_told(town, "UNKNOWN_STRATEGY"));
        break;
    case 350:
        assert_false(town_say(town, "resume|limits"));
        assert_true(town_told(town, "BUDGET_NOTIONAL"));
        town_must(town, "budget|limits|notional=none");
        town_must(town, "reload|limits");
        assert_true(town_told(town, "\"state\":\"running\""));
        town_must(town, "budget|limits|orders=1000|heap=8388608|callback=100ms");
        break;
    case 400:
        town_must(town, "unload|limits");
        assert_true(town_told(town, "\"state\":\"unloaded\""));
        town_must(town, "unload|steady");
        assert_false(town_say(town, "unload|steady"));
        break;
    case 450:
        town->extra = town->strategies->list[1].id;
        snprintf(line, sizeof line, "load|%s", path_of("steady.lua"));
        town_must(town, line);
        break;
    default:
        break;
    }
}

static void every_command_is_carried_out_again_in_a_replay(void **state)
{
    (void)state;
    char folder[160];
    const char *const words[] = {"--feed", "synthetic-bars:600", NULL};
    snprintf(folder, sizeof folder, "%s/all", town_folder());
    struct town *town = town_new(folder, words);
    town->at = say_all;
    town_open(town);
    town_run(town, true);
    assert_int_equal(town->strategies->number_count, 3); /* a name keeps its number */
    assert_int_equal(engine_client_count(town->session->engine), 3);
    assert_string_equal(town->strategies->list[0].name, "steady");
    assert_int_equal(town->strategies->list[0].id, 1);
    assert_null(town->strategies->list[1].strategy);
    assert_true(town->denied > 0);
    town_free(town);
    assert_true(town_replays(folder));
}

static void ended_at(const char *folder, uint64_t at, bool has_checkpoint, char *rows, size_t size)
{
    const char *const words[] = {"--feed", "synthetic-bars:600", NULL};
    struct town *town = town_new(folder, words);
    town->at = say_all;
    town->ends_at = at;
    town_open(town);
    town_run(town, false);
    if (has_checkpoint)
        assert_int_equal(checkpoint_start(&town->run->restore.parts, town->session), OC_OK);
    town_rows(town, rows, size);
    town_free(town);
}

/* Where the session goes on, it has the strategies, parameters, budgets, rights and states that it had. */
static void a_restart_brings_them_back(void **state)
{
    (void)state;
    static char before[16384], after[16384];
    static const uint64_t ends[] = {101, 201, 260, 320, 360, 410, 460};
    const char *const words[] = {"--feed", "synthetic-bars:600", NULL};
    for (size_t i = 0; i < 2 * sizeof ends / sizeof ends[0]; i++) {
        char folder[160];
        snprintf(folder, sizeof folder, "%s/restart%zu", town_folder(), i);
        ended_at(folder, ends[i / 2], i % 2, before, sizeof before);
        struct town *town = town_new(folder, words);
        town_open(town);
        town_rows(town, after, sizeof after);
        assert_string_equal(before, after);
        town_run(town, true); /* and it runs on */
        town_free(town);
    }
}

/* In pieces as at once: the same requests, to the last. */
static void what_was_cut_trades_on_as_if_it_was_not(void **state)
{
    (void)state;
    const char *const words[] = {"--feed", "synthetic-bars:600", NULL};
    for (int i = 0; i < 4; i++) {
        char folder[160];
        uint32_t strategy = i < 2 ? 1 : 3;
        struct town *whole = town_new(NULL, words), *first, *second;
        whole->traced = strategy;
        whole->at = say_all;
        town_open(whole);
        town_run(whole, true);
        snprintf(folder, sizeof folder, "%s/cut%d", town_folder(), i);
        first = town_new(folder, words);
        first->traced = strategy;
        first->at = say_all;
        first->ends_at = 470;
        town_open(first);
        town_run(first, false);
        if (i % 2)
            assert_int_equal(checkpoint_start(&first->run->restore.parts, first->session), OC_OK);
        uint32_t count = first->trace_count;
        assert_true(count <= whole->trace_count);
        assert_memory_equal(first->trace, whole->trace, count * sizeof first->trace[0]);
        town_free(first);
        second = town_new(folder, words);
        second->traced = strategy;
        town_open(second);
        town_run(second, true);
        assert_true(second->trace_count > 10);
        assert_int_equal(count + second->trace_count, whole->trace_count);
        assert_memory_equal(second->trace, whole->trace + count, second->trace_count * sizeof second->trace[0]);
        town_free(whole);
        town_free(second);
    }
}

static void reload_often(struct town *town, uint64_t event)
{
    if (event < 1000 || event >= 2000)
        return;
    town_must(town, event % 10 ? "reload|steady" : "set|steady|every=3");
    const struct engine *engine = town->session->engine;
    assert_true(engine->subscription_count == 2 && engine->builder_count == 1 && engine->timers.count <= 1);
    assert_int_equal(engine->client_count, 2);
    if (event == 1100)
        town->extra = (int64_t)sandbox_heap_bytes(strategy_sandbox(town->strategies->list[0].strategy));
}

static long resident_kb(void)
{
    long pages = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%ld %ld", &pages, &resident), 2);
    fclose(file);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static struct town *busy(bool reloads)
{
    static const char timed[] = "strategy { name = 'other', timeframe = '5m' }\n"
                                "function on_init(m) m.e = m:ema(3) end\n"
                                "function on_bar(m, b) if m.position.qty > 0 then m:close() else m:buy(0.05) end end\n";
    char steady_path[160], other_path[160];
    snprintf(steady_path, sizeof steady_path, "%s", path_of("steady.lua"));
    snprintf(other_path, sizeof other_path, "%s", town_file("other.lua", timed));
    const char *const words[] = {steady_path, other_path, "--feed", "synthetic-bars:3000", NULL};
    struct town *town = town_new(NULL, words);
    town->traced = 2;
    town->at = reloads ? reload_often : NULL;
    town_open(town);
    town_run(town, true);
    return town;
}

static void a_thousand_reloads_leak_nothing_and_disturb_nobody(void **state)
{
    (void)state;
    struct town *calm = busy(false);
    long before_kb = resident_kb();
    struct town *town = busy(true);
    assert_true(calm->trace_count > 100);
    assert_int_equal(calm->trace_count, town->trace_count);
    assert_memory_equal(calm->trace, town->trace, town->trace_count * sizeof town->trace[0]);
    assert_true(town->strategies->list[0].strategy != NULL);
    assert_true((int64_t)sandbox_heap_bytes(strategy_sandbox(town->strategies->list[0].strategy)) < 4 * town->extra);
    long grown_kb = resident_kb() - before_kb;
#if !defined(__SANITIZE_ADDRESS__)     /* that keeps what was freed, and finds leaks itself */
    assert_true(grown_kb < 48 * 1024); /* a thousand sandboxes would be more than 64 MB */
#endif
    assert_true(grown_kb > -1024 * 1024);
    town_free(calm);
    town_free(town);
}

static void nothing_is_granted_in_live(void **state)
{
    (void)state;
    char folder[160], path[160];
    snprintf(folder, sizeof folder, "%s/live", town_folder());
    snprintf(path, sizeof path, "%s", path_of("steady.lua"));
    const char *const words[] = {path, "--feed", "synthetic-bars:300", "--set", "console.rehearse_live=true", NULL};
    struct town *town = town_new(folder, words);
    town->ends_at = 100;
    town_open(town);
    town_run(town, false);
    assert_true(town->denied > 10);
    assert_string_equal(town->reason, "NOT_GRANTED");
    assert_int_equal(engine_stats(town->session->engine)->fills, 0);
    assert_false(engine_is_suspended(town->session->engine, 1)); /* a refusal, not an offence */
    town_must(town, "may|steady|venues=paper|accounts=paper|instruments=BTC/USDT|verbs=buy,close");
    uint32_t denied = town->denied;
    town->ends_at = 200;
    assert_int_equal(session_run(town->session), OC_E_AGAIN);
    assert_int_equal(town->denied, denied);
    assert_true(engine_stats(town->session->engine)->fills > 5);
    town_free(town);
}

static void hang(struct town *town, uint64_t event)
{
    if (event == 20) {
        assert_false(
            town_say(town, "load|%s", town_file("hang.lua", "strategy { name = 'hang' }\nwhile true do end\n")));
        assert_true(town_told(town, "ran longer than its deadline"));
        assert_true(town_say(town, "load|%s",
                             town_file("slow.lua", "strategy { name = 'slow' }\n"
                                                   "function on_bar(m, b)\n"
                                                   "  m.n = (m.n or 0) + 1\n"
                                                   "  m:buy(0.01)\n"
                                                   "  while m.n % 10 == 9 and now() < 1e30 and not state.ok do end\n"
                                                   "end\n")));
        town_must(town, "budget|slow|callback=30ms");
    }
    if (event == 60 || event == 120) {
        assert_true(engine_is_suspended(town->session->engine, town->strategies->list[1].id));
        assert_true(town->strategies->list[0].gap_ns > 20000000);
        assert_false(town_say(town, "resume|slow"));
        assert_true(town_told(town, "SUSPENDED"));
        town_must(town, "reload|slow");
        assert_false(engine_is_suspended(town->session->engine, town->strategies->list[1].id));
    }
}

/* Limits of time fall elsewhere in each run: the records say where they fell. */
static void what_ran_too_long_is_stopped_there_again(void **state)
{
    (void)state;
    char folder[160], path[160];
    snprintf(folder, sizeof folder, "%s/hang", town_folder());
    snprintf(path, sizeof path, "%s", path_of("steady.lua"));
    const char *const words[] = {path, "--feed", "synthetic-bars:200", "--set", "strategy.deadline=60ms", NULL};
    struct town *town = town_new(folder, words);
    town->at = hang;
    town_open(town);
    town_run(town, true);
    assert_int_equal(town->strategies->list[0].gaps, 3);
    town_free(town);
    assert_true(town_replays(folder));
}

static void refuse_all(struct town *town, uint64_t event)
{
    static char large[80000];
    if (event != 10)
        return;
    assert_false(town_say(town, "load|%s/nowhere.lua", town_folder()));
    assert_true(town_told(town, "NO_FILE"));
    assert_false(town_say(town, "load"));
    assert_false(town_say(town, "reload|nobody"));
    memset(large, '\n', sizeof large - 1); /* each is two bytes of a record */
    large[32500] = 0;
    assert_false(town_say(town, "load|%s", town_file("large.lua", large)));
    assert_true(town_told(town, "TOO_LARGE"));
    large[32000] = 0;
    assert_true(town_say(town, "load|%s", town_file("large.lua", large)));
    assert_false(town_say(town, "load|%s|novalue", path_of("steady.lua")));
    assert_true(town_told(town, "BAD_PARAM"));
    assert_false(town_say(town, "load|%s", town_file("bad.lua", "strategy { name = 'bad' }\nlocal x = = 3\n")));
    assert_true(town_told(town, "bad.lua:2"));
    assert_false(
        town_say(town, "load|%s", town_file("init.lua", "function on_init(m)\n  every('1m', print) error('no')\nend")));
    assert_true(town_told(town, "init.lua:2"));
    assert_int_equal(engine_timers(town->session->engine)->count, 0); /* what it had set is gone again */
    assert_int_equal(engine_client_count(town->session->engine), 1);
    assert_int_equal(town->strategies->count, 1);
    assert_false(town_say(town, "set|steady"));
    assert_false(town_say(town, "budget|steady"));
    assert_false(town_say(town, "may"));
}

static void wrong_words_are_refused(void **state)
{
    (void)state;
    const char *const words[] = {"--feed", "synthetic-bars:50", NULL};
    struct town *town = town_new(NULL, words);
    town->at = refuse_all;
    town_open(town);
    town_run(town, true);
    town_free(town);
}

static void fill_up(struct town *town, uint64_t event)
{
    char name[32], text[64];
    if (event != 10)
        return;
    for (int i = 0; i <= STRATEGIES_MAX; i++) {
        snprintf(name, sizeof name, "n%d.lua", i);
        snprintf(text, sizeof text, "strategy { name = 'n%d' }", i);
        assert_int_equal(town_say(town, "load|%s", town_file(name, text)), i < STRATEGIES_MAX);
    }
    assert_true(town_told(town, "TOO_MANY_STRATEGIES"));
    town_must(town, "unload|n3");
    assert_true(town_say(town, "load|%s", town_file("late.lua", "strategy { name = 'late' }")));
    assert_int_equal(town->strategies->list[3].id, STRATEGIES_MAX + 1);
    town_must(town, "unload|late");
    assert_true(town_say(town, "load|%s", path_of("n3.lua")));
    assert_int_equal(town->strategies->list[3].id, 4);
}

static void slots_and_numbers_are_used_again(void **state)
{
    (void)state;
    const char *const words[] = {"--feed", "synthetic-bars:50", NULL};
    struct town *town = town_new(NULL, words);
    town->at = fill_up;
    town_open(town);
    town_run(town, true);
    town_free(town);
}

static void over_budget(struct town *town, uint64_t event)
{
    if (event == 50) {
        town_must(town, "budget|burst|orders=5");
    } else if (event == 51) {
        assert_false(engine_is_suspended(town->session->engine, 1)); /* five are allowed */
        town->extra = orders_open_count(engine_orders(town->session->engine));
        town_must(town, "set|burst|count=6");
    } else if (event == 52) {
        assert_true(engine_is_suspended(town->session->engine, 1));
        assert_string_equal(engine_suspension(town->session->engine, 1),
                            "BUDGET_ORDERS: 6 orders within a second, the budget is 5");
        assert_int_equal(orders_open_count(engine_orders(town->session->engine)),
                         town->extra); /* all six were dropped */
    }
}

static void the_offender_is_suspended_and_nothing_of_it_leaves(void **state)
{
    (void)state;
    char folder[160], path[160];
    snprintf(folder, sizeof folder, "%s/over", town_folder());
    snprintf(path, sizeof path, "%s",
             town_file("burst.lua", "strategy { name = 'burst' }\n"
                                    "local P = params { count = 5 }\n"
                                    "function on_bar(m, b)\n"
                                    "  for i = 1, P.count do m:buy(0.01, { price = b.close * 0.2 }) end\n"
                                    "end\n"));
    const char *const words[] = {path, "--feed", "synthetic-bars:80", NULL};
    struct town *town = town_new(folder, words);
    town->at = over_budget;
    town_open(town);
    town_run(town, true);
    town_free(town);
    assert_true(town_replays(folder));
}

int main(void)
{
    write_files();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_is_carried_out_again_in_a_replay),
        cmocka_unit_test(a_restart_brings_them_back),
        cmocka_unit_test(what_was_cut_trades_on_as_if_it_was_not),
        cmocka_unit_test(a_thousand_reloads_leak_nothing_and_disturb_nobody),
        cmocka_unit_test(nothing_is_granted_in_live),
        cmocka_unit_test(what_ran_too_long_is_stopped_there_again),
        cmocka_unit_test(wrong_words_are_refused),
        cmocka_unit_test(slots_and_numbers_are_used_again),
        cmocka_unit_test(the_offender_is_suspended_and_nothing_of_it_leaves),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", town_folder());
    return system(command) != 0 || failed;
}

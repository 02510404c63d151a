/* reach_test.c: every C function that Lua can reach, called with every kind of value: nothing crashes, nothing hangs. Meant for
 * the sanitizers, where it also sees what a crash does not show. */
#include "reach_kit.h"

enum { PAIR_KINDS = 20, SEEDED_CALLS = 150000, CALLS_A_BAR = 2000 };

/* What walks for ever by a lying length is stopped by its work, the same in each run. */
static const struct sandbox_limits limits = {.work_max = 20000000, .heap_max_bytes = 32u << 20};

static uint64_t random_state;
static int drawn(int below)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (int)((random_state >> 33) % (uint64_t)below);
}

static void find_all(struct reach *reach, lua_State *lua)
{
    if (!reach->is_found)
        reach_find(reach, lua);
}

/* Where an exhaustive round stands; a strategy that was stopped is followed by a fresh one, which goes on behind. */
static struct {
    int function, value, levels_at;
    int args;
    bool is_done;
} place;

static void next_place(const struct reach *reach)
{
    int kinds = place.args == 1 ? reach->values : PAIR_KINDS * PAIR_KINDS;
    if (++place.value < kinds)
        return;
    place.value = 0;
    place.is_done = ++place.function >= reach->functions;
}

static void exhaustive(struct reach *reach, lua_State *lua)
{
    find_all(reach, lua);
    for (int i = 0; i < CALLS_A_BAR && !place.is_done; i++) {
        int args[] = {place.value, 0}, at = place.function;
        if (place.args == 2) {
            args[0] = place.value / PAIR_KINDS;
            args[1] = place.value % PAIR_KINDS;
        }
        next_place(reach);
        reach_call(reach, lua, at, args, place.args, true);
    }
}

static void seeded(struct reach *reach, lua_State *lua)
{
    find_all(reach, lua);
    for (int i = 0; i < CALLS_A_BAR && !place.is_done; i++) {
        int args[REACH_ARGS_MAX], count = 2 + drawn(REACH_ARGS_MAX - 1);
        for (int k = 0; k < count; k++)
            args[k] = drawn(reach->values);
        place.is_done = ++place.value >= SEEDED_CALLS;
        reach_call(reach, lua, drawn(reach->functions), args, count, true);
    }
}

static void run(void (*work)(struct reach *reach, lua_State *lua), int args)
{
    uint64_t calls = 0, raised = 0;
    int strategies = 0, functions = 0;
    memset(&place, 0, sizeof place);
    place.args = args;
    random_state = 1;
    while (!place.is_done) {
        struct reach *reach = reach_new(limits);
        while (!place.is_done && reach_bar(reach, work))
            continue;
        calls += reach->calls;
        raised += reach->raised;
        functions = reach->functions > functions ? reach->functions : functions;
        if (getenv("REACH_SHOW") && strategy_error(reach->kit->strategy))
            print_message("%s\n", strategy_error(reach->kit->strategy)->message);
        strategies++;
        reach_free(reach);
    }
    print_message("%d functions, %llu calls, %llu raised, %d strategies\n", functions, (unsigned long long)calls,
                  (unsigned long long)raised, strategies);
    assert_true(functions > 130);
}

static void test_one_argument(void **state)
{
    (void)state;
    run(exhaustive, 1);
}

static void test_two_arguments(void **state)
{
    (void)state;
    run(exhaustive, 2);
}

static void test_arguments_by_seed(void **state)
{
    (void)state;
    run(seeded, 0);
}

/* A1: the step functions of pairs trusted that only `for` calls them. */
static void test_a1_steps_check_what_they_are_given(void **state)
{
    (void)state;
    struct kit *kit =
        kit_new("local function refused(f, ...) return not pcall(f, ...) end\n"
                "function on_bar(m)\n"
                "  local f = pairs { 1, 2, 3 }\n"
                "  assert(refused(f) and refused(f, {}) and refused(f, {}, 'x') and refused(f, {}, 1.5))\n"
                "  assert(refused(f, 123456, -1) and refused(f, {}, math.mininteger))\n"
                "  assert(refused(f, {}, math.maxinteger) and refused(f, {}, 4))\n"
                "  local k, v = f(123456, 0)\n"
                "  assert(k == 1 and v == 1 and f(print, 3) == nil)\n"
                "  local g = pairs { a = 1, b = 2 }\n"
                "  assert(g(123456) == 'a' and g() == 'b' and g({}, {}, {}) == nil and g() == nil)\n"
                "  local h = ipairs {}\n"
                "  assert(refused(h) and refused(h, 123456, 0) and h({}, math.maxinteger) == nil)\n"
                "  log.info('done')\n"
                "end");
    kit_close(kit, 10000);
    assert_true(kit_said(kit, "done"));
    kit_free(kit);
}

/* What pairs walks behind a read-only view is not given away: it could be written. */
static void test_views_stay_closed(void **state)
{
    (void)state;
    struct kit *kit =
        kit_new("P = params { n = 1 }\n"
                "function on_bar(m)\n"
                "  for _, t in ipairs { string, math, table, P } do\n"
                "    local f, s, c = pairs(t)\n"
                "    assert(s == t and not pcall(rawset, s, 'x', 1) and not pcall(function() s.x = 1 end))\n"
                "    assert(f(s, c) ~= nil)\n"
                "  end\n"
                "  log.info('done')\n"
                "end");
    kit_close(kit, 10000);
    assert_true(kit_said(kit, "done"));
    kit_free(kit);
}

/* What is called only while a strategy loads, and in on_init: with every kind of value that a text can make. */
static void test_loading_and_init(void **state)
{
    (void)state;
    struct kit *kit = kit_new(
        "local kinds = { 0, 1, -1, 1.5, 0/0, 1/0, math.mininteger, math.maxinteger, 'x', '5m', true, {}, { 1 },\n"
        "  { a = {} }, { a = { 1, 2 } }, { a = { 1, min = 'x' } }, { a = { 1, max = 0 } }, { [1] = 2 }, { name = {} "
        "},\n"
        "  { name = 5 }, { timeframe = -1 }, { timeframe = '7s' }, { [{}] = 1 }, print, coroutine.create(print),\n"
        "  setmetatable({}, { __index = function() error 'x' end, __pairs = print }), string, _G }\n"
        "local tried = 0\n"
        "local function try(f, ...) tried = tried + 1 pcall(f, ...) end\n"
        "for i = 1, #kinds do try(params, kinds[i]) try(strategy, kinds[i]) try(every, kinds[i], print)\n"
        "  try(after, kinds[i], print) try(require, kinds[i]) end\n"
        "try(params) try(strategy) try(every) try(after) try(require) try(now) try(account)\n"
        "function on_init(m)\n"
        "  for _, name in ipairs { 'sma', 'ema', 'rsi', 'atr', 'buy', 'close', 'orders', 'cancel_all' } do\n"
        "    for i = 1, #kinds do try(m[name], m, kinds[i]) try(m[name], kinds[i], m) try(m[name], kinds[i]) end\n"
        "  end\n"
        "  for i = 1, #kinds do try(every, kinds[i], print) try(after, kinds[i], print) try(size.risk, m, kinds[i]) "
        "end\n"
        "end\n"
        "function on_bar(m) log.info('done ' .. tried) end");
    for (int i = 0; i < 3; i++) /* rsi(1) is ready after two */
        kit_close(kit, 10000);
    assert_true(kit_said(kit, "done 9"));
    kit_free(kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_a1_steps_check_what_they_are_given),
                                       cmocka_unit_test(test_views_stay_closed),
                                       cmocka_unit_test(test_loading_and_init),
                                       cmocka_unit_test(test_one_argument),
                                       cmocka_unit_test(test_two_arguments),
                                       cmocka_unit_test(test_arguments_by_seed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

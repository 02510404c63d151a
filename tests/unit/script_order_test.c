/* script_order_test.c: A9: no order of a hash table reaches an error's words, a log or a record. Lua seeds its hashes from the
 * addresses and the clock of the process; here the stack's depth makes the seeds differ. */
#include <alloca.h>

#include "base/hash.h"
#include "strategy_kit.h"

#include <lauxlib.h>

enum { SEEDS = 32, TEXT_MAX = 8192 };

static const char text[] =
    "local function say(f, ...) local _, err = pcall(f, ...) log.info('%s', err) end\n"
    "say(strategy, { zeta = 1, alpha = 2, mid = 3, beta = 4 })\n"
    "say(strategy, { name = {}, timeframe = {} })\n"
    "say(params, { a = { 1, zeta = 1, alpha = 2, gamma = 3 } })\n"
    "say(params, { a = { 1, min = 'x', max = 'y' } })\n"
    "say(params, { a = {}, b = {}, c = {}, d = {} })\n"
    "say(params, { a = { print }, b = { {} }, c = { coroutine.create(print) } })\n"
    "say(params, { a = { 1, x = 1 }, b = { {} }, [1] = 5 })\n"
    "P = params { one = 1, two = { 2, max = 3 }, three = 'x', four = true, five = 5.5 }\n"
    "for k, v in pairs(P) do log.info('%s %s', k, v) end\n"
    "function on_init(m) say(m.sma) say(size.risk, m, { a = 1, b = 2 }) end\n"
    "function on_bar(m, bar)\n"
    "  say(m.buy, m, { qty = 1, zeta = 1, alpha = 2, gamma = 3, [1] = 4 })\n"
    "  say(m.buy, m, { qty = 1, zeta = 1, alpha = 2, gamma = 3 })\n"
    "  say(m.close, m, { qty = 1, zeta = 1, alpha = 2 })\n"
    "  local o = m:buy { qty = 1, price = 90 }\n"
    "  say(o.replace, o, { qty = 2, zeta = 1, alpha = 2, gamma = 3 })\n"
    "  m.kept = { zeta = 1, alpha = 2, gamma = 3, [2.5] = 4, [true] = 5, 1, 2, 3, inner = { b = 1, a = 2 } }\n"
    "  for k in pairs(m.kept) do log.info('%s', k) end\n"
    "  local k repeat k = next(m.kept, k) log.info('%s', k) until k == nil\n"
    "end\n";

/* What cannot be saved is named when the callback has returned; what is no callback, when the text was loaded. */
static const char *const failing[] = {
    "function on_bar(m) m.bad = { zeta = print, alpha = m, gamma = coroutine.create(print) } end",
    "function on_bar(m) m.bad = { [print] = 1, [{}] = 2, [m] = 3, [coroutine.create(print)] = 4 } end",
    "function on_bar(m) local t = { [print] = 1 } for i = 1, 5000 do t['k' .. i] = i end m.bad = t end",
    "function on_bars() end function on_bat() end function on_tick() end function on_xyz() end",
    "on_bar, on_fill, on_order, on_stop = 1, 2, 3, {}",
};

struct outcome {
    uint64_t seed_hash; /* of the order of a table, as Lua walks it: shows that the seeds do differ */
    uint64_t records;
    char said[TEXT_MAX];
};

static void look_at_seed(lua_State *lua, struct outcome *outcome)
{
    lua_newtable(lua);
    for (int i = 0; i < 12; i++) {
        lua_pushboolean(lua, 1);
        lua_setfield(lua, -2, (const char *[]){"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"}[i]);
    }
    for (lua_pushnil(lua); lua_next(lua, -2); lua_pop(lua, 1))
        outcome->seed_hash = outcome->seed_hash * 31 + (uint64_t)*lua_tostring(lua, -2);
    lua_pop(lua, 1);
}

static void add_said(struct outcome *outcome, const char *said)
{
    size_t size = strlen(outcome->said);
    assert_true(size + strlen(said) + 2 < sizeof outcome->said);
    snprintf(outcome->said + size, sizeof outcome->said - size, "%s\n", said);
}

static void __attribute__((noinline)) run(int depth, struct outcome *outcome)
{
    volatile char *pad = alloca((size_t)depth * 64 + 16);
    pad[0] = 0;
    struct kit *kit = kit_new(text);
    for (int i = 0; i < 3; i++)
        kit_close(kit, 10000);
    look_at_seed(sandbox_lua(strategy_sandbox(kit->strategy)), outcome);
    add_said(outcome, kit->log);
    for (uint32_t i = 0; i < kit->f->record_count; i++) {
        const struct oc_event *head = (const struct oc_event *)(void *)kit->f->records[i];
        outcome->records = outcome->records * 31 + hash64(kit->f->records[i], head->size);
    }
    kit_free(kit);
    for (size_t i = 0; i < sizeof failing / sizeof *failing; i++) {
        kit = kit_with(failing[i], NULL, 0);
        if (kit->rc == OC_OK)
            kit_close(kit, 10000);
        const struct sandbox_error *error = kit->strategy ? strategy_error(kit->strategy) : &kit->error;
        assert_non_null(error);
        add_said(outcome, error->message);
        kit_free(kit);
    }
}

static void test_a9_no_hash_order_is_told(void **state)
{
    (void)state;
    static struct outcome first, now;
    int seeds = 1;
    run(0, &first);
    for (int depth = 1; depth < SEEDS; depth++) {
        memset(&now, 0, sizeof now);
        run(depth, &now);
        assert_string_equal(now.said, first.said);
        assert_true(now.records == first.records);
        seeds += now.seed_hash != first.seed_hash;
    }
    print_message("%d of %d walks differ from the first\n", seeds - 1, SEEDS - 1);
    assert_true(seeds > SEEDS / 2); /* else nothing was shown */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_a9_no_hash_order_is_told)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

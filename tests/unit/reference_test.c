/* reference_test.c: each word that a strategy can reach is documented, and each documented word exists. */
#include "script/reference.h"
#include "script/strategy_impl.h"
#include "support/strategy_kit.h"

/* Reads every key of every object; what does not raise is a field. Of m, what cannot be assigned is the API's. */
static const char probe[] =
    "local lines = {}\n" /* of one event few lines are logged: these go out together */
    "local function say(line)\n"
    "  lines[#lines + 1] = line\n"
    "  if #lines == 50 or not line then print(table.concat(lines, '\\n')) lines = {} end\n"
    "end\n"
    "local function probe(group, object)\n"
    "  for _, k in ipairs(KEYS) do\n"
    "    if pcall(function() return object[k] end) then say(group .. ' ' .. k .. ';') end\n"
    "  end\n"
    "end\n"
    "for _, lib in ipairs { 'log', 'size' } do for k in pairs(_G[lib]) do print(lib .. ' ' .. k .. ';') end end\n"
    "function on_init(m) m.i, m.own = m:sma(1), m:bars() end\n"
    "function on_start() probe('account', account) say() end\n"
    "function on_bar(m, b)\n"
    "  if pcall(function() return b.bid_open end) then probe('qbar', b) return say() end\n"
    "  probe('bar', b) probe('closed', m.own[1]) probe('indicator', m.i) probe('position', m.position)\n"
    "  for _, k in ipairs(KEYS) do\n"
    "    if not pcall(function() m[k] = 1 end) then say('market ' .. k .. ';') end\n"
    "  end\n"
    "  local order = m:buy(1) probe('order', order)\n"
    "  local _, err = m:buy(0.0000001)\n"
    "  for k in pairs(err) do say('refusal ' .. k .. ';') end\n"
    "  say()\n"
    "end\n"
    "function on_quote(m, q) probe('quote', q) say() end\n"
    "function on_trade(m, t) probe('trade', t) say() end\n"
    "function on_book(m, b) probe('book', b) say() end\n"
    "function on_fill(m, f) probe('fill', f) say() end\n";

static const char *const keys[] = {
#define KEY_TEXT(name) #name,
    STRATEGY_KEYS(KEY_TEXT) "nonsense"};

static bool key_is_listed(const char *name)
{
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (strcmp(keys[i], name) == 0)
            return true;
    return false;
}

static struct kit *probed(void)
{
    static char text[1 << 15];
    struct text out;
    uint32_t count;
    const struct reference_entry *entries = reference_entries(&count);
    text_init_fixed(&out, text, sizeof text);
    text_put(&out, "KEYS = {");
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        text_format(&out, "'%s',", keys[i]);
    for (uint32_t i = 0; i < count; i++)
        if (!key_is_listed(entries[i].name))
            text_format(&out, "'%s',", entries[i].name);
    text_put(&out, "}\n");
    text_put(&out, probe);
    assert_false(out.is_cut);
    struct kit *kit = kit_new(text);
    struct fixture *f = kit->f;
    kit_close(kit, 10000);
    fixture_price(f, 10000);
    struct oc_ev_quote quote = {.head = {.size = sizeof quote, .type = OC_EV_QUOTE, .inst = f->inst},
                                .bid = 9999,
                                .ask = 10001,
                                .present = OC_HAS_BID | OC_HAS_ASK};
    assert_int_equal(fixture_input(f, &quote), OC_OK);
    struct oc_ev_qbar bar = {.head = {.size = sizeof bar, .type = OC_EV_QBAR, .inst = f->inst},
                             .open_ns = kit->open_ns,
                             .period_ns = KIT_MINUTE,
                             .bid = {9999, 9999, 9999, 9999},
                             .ask = {10001, 10001, 10001, 10001}};
    f->now_ns += KIT_MINUTE;
    assert_int_equal(fixture_input(f, &bar), OC_OK);
    kit_says_book(kit);
    assert_int_equal(fixture_trade(f, kit_sent(kit)->order, OC_SIDE_BUY, 1000, 10000), OC_OK);
    assert_null(strategy_error(kit->strategy));
    return kit;
}

static bool found(const struct kit *kit, const char *group, const char *name)
{
    char line[128];
    snprintf(line, sizeof line, "\n%s %s;\n", group, name);
    return strstr(kit->log, line) || strncmp(kit->log, line + 1, strlen(line + 1)) == 0;
}

static const struct reference_entry *reference_find(const char *group, const char *name)
{
    uint32_t count;
    const struct reference_entry *entries = reference_entries(&count);
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(entries[i].group, group) == 0 && strcmp(entries[i].name, name) == 0)
            return &entries[i];
    return NULL;
}

static bool documented(const char *group, const char *name)
{
    return reference_find(group, name) || (strcmp(group, "market") == 0 && reference_find("method", name));
}

static void fields_and_methods(void **state)
{
    (void)state;
    static const char *const groups[] = {"account", "bar",    "qbar",     "quote",     "trade",  "fill",
                                         "order",   "market", "position", "indicator", "closed", "book"};
    struct kit *kit = probed();
    uint32_t count;
    const struct reference_entry *entries = reference_entries(&count);
    for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++) {
        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
            if (found(kit, groups[g], keys[i]) != documented(groups[g], keys[i]))
                fail_msg("%s.%s: there %d, documented %d", groups[g], keys[i], found(kit, groups[g], keys[i]),
                         documented(groups[g], keys[i]));
        for (uint32_t i = 0; i < count; i++)
            if (strcmp(entries[i].group, groups[g]) == 0 && strcmp(entries[i].name, "()") != 0 &&
                !found(kit, groups[g], entries[i].name))
                fail_msg("%s.%s is documented and does not exist", groups[g], entries[i].name);
    }
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(entries[i].group, "method") == 0 && !found(kit, "market", entries[i].name))
            fail_msg("m:%s is documented and does not exist", entries[i].name);
    kit_free(kit);
}

/* Whatever stands in a table of registered functions. */
static void walk(lua_State *lua, const char *const *groups)
{
    for (lua_pushnil(lua); lua_next(lua, -2); lua_pop(lua, 1)) {
        const char *name = lua_type(lua, -2) == LUA_TSTRING ? lua_tostring(lua, -2) : "?";
        bool is_found = strncmp(name, "__", 2) == 0;
        for (int i = 0; groups[i] && !is_found; i++)
            is_found = reference_find(groups[i], name) || strcmp(groups[i], name) == 0;
        if (!is_found)
            fail_msg("%s is registered (%s) and not documented", name, groups[0]);
    }
    lua_pop(lua, 1);
}

static void registered_functions(void **state)
{
    (void)state;
    static const char *const globals[] = {"global", "file", "standard", "log", "size", "account", NULL};
    static const char *const methods[] = {"method", NULL}, *const orders[] = {"order", NULL},
                             *const bars[] = {"method", NULL};
    struct kit *kit = kit_new("");
    lua_State *lua = sandbox_lua(strategy_sandbox(kit->strategy));
    luaL_getmetatable(lua, "outcry.market.methods");
    walk(lua, methods);
    luaL_getmetatable(lua, "outcry.order.methods");
    walk(lua, orders);
    luaL_getmetatable(lua, "outcry.bars.methods");
    walk(lua, bars);
    lua_pushglobaltable(lua);
    assert_true(lua_getmetatable(lua, -1));
    lua_getfield(lua, -1, "__index");
    walk(lua, globals);
    uint32_t count;
    const struct reference_entry *entries = reference_entries(&count);
    for (uint32_t i = 0; i < count; i++) {
        const char *group = entries[i].group;
        bool is_global = strcmp(group, "global") == 0 || strcmp(group, "file") == 0 || strcmp(group, "standard") == 0;
        if (is_global && !sandbox_is_constant(lua, entries[i].name) && strcmp(entries[i].name, "_G") != 0)
            fail_msg("%s is documented and not a global", entries[i].name);
    }
    kit_free(kit);
}

static void a_list(const char *group, const char *const *names)
{
    uint32_t count, listed = 0, in_group = 0;
    const struct reference_entry *entries = reference_entries(&count);
    for (; names[listed]; listed++)
        if (!reference_find(group, names[listed]))
            fail_msg("%s of %s is not documented", names[listed], group);
    for (uint32_t i = 0; i < count; i++)
        in_group += strcmp(entries[i].group, group) == 0;
    assert_int_equal(listed, in_group);
}

static void lists(void **state)
{
    (void)state;
    a_list("option", api_trade_options);
    a_list("close", api_close_options);
    a_list("target", api_target_options);
    a_list("callback", strategy_callbacks);
    struct kit *kit = probed();
    uint32_t count;
    const struct reference_entry *entries = reference_entries(&count);
    static const char *const said[] = {"log", "size", "refusal"};
    for (int g = 0; g < 3; g++) {
        uint32_t lines = 0, in_group = 0;
        char start[32];
        snprintf(start, sizeof start, "\n%s ", said[g]);
        for (const char *at = kit->log; (at = strstr(at, start)); at++)
            lines++;
        lines += strncmp(kit->log, start + 1, strlen(start) - 1) == 0;
        for (uint32_t i = 0; i < count; i++) {
            if (strcmp(entries[i].group, said[g]) != 0)
                continue;
            in_group++;
            if (!found(kit, said[g], entries[i].name))
                fail_msg("%s %s is documented and does not exist", said[g], entries[i].name);
        }
        assert_int_equal(lines, in_group);
    }
    kit_free(kit);
}

static void every_entry_is_whole_and_once(void **state)
{
    (void)state;
    uint32_t count, group_count;
    const struct reference_entry *entries = reference_entries(&count);
    const struct reference_group *groups = reference_groups(&group_count);
    for (uint32_t i = 0; i < count; i++) {
        assert_true(entries[i].name[0] && entries[i].signature[0] && entries[i].text[0]);
        assert_ptr_equal(reference_find(entries[i].group, entries[i].name), &entries[i]);
        bool is_known = false;
        for (uint32_t k = 0; k < group_count; k++)
            is_known |= strcmp(groups[k].id, entries[i].group) == 0;
        assert_true(is_known);
    }
    assert_null(reference_find("market", "nonsense"));
}

static void markdown(void **state)
{
    (void)state;
    struct text text;
    char small[64];
    text_init_fixed(&text, small, sizeof small);
    assert_int_equal(reference_write(&text), OC_E_LIMIT);
    text_init_grow(&text, REFERENCE_TEXT_MAX);
    assert_int_equal(reference_write(&text), OC_OK);
    assert_non_null(strstr(text.data, "- `m:rsi(length)`: "));
    assert_non_null(strstr(text.data, "\n## Orders: fields and methods\n"));
    text_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(fields_and_methods), cmocka_unit_test(registered_functions),
                                       cmocka_unit_test(lists), cmocka_unit_test(every_entry_is_whole_and_once),
                                       cmocka_unit_test(markdown)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* shell_ask.c: questions to the host from Lua, and JSON as Lua values. */
#include "console/shell_impl.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/env.h"

static const int64_t ask_timeout_ns = 10000000000, forever_ns = 86400000000000;

oc_rc shell_ask(struct shell *shell, const char *const *fields, uint32_t count, int64_t timeout_ns, bool *ret_is_ok)
{
    const char *json = NULL;
    if (shell->is_gone)
        return OC_E_IO;
    json_object_put(shell->answer);
    shell->answer = NULL;
    oc_rc rc = link_ask(shell->config.link, fields, count, timeout_ns, &shell->stop, ret_is_ok, &json);
    if (rc == OC_E_IO)
        shell->is_gone = true;
    if (rc < 0)
        return rc;
    json_tokener_reset(shell->tokener);
    shell->answer = json_tokener_parse_ex(shell->tokener, json, -1);
    return shell->answer && json_tokener_get_error(shell->tokener) == json_tokener_success ? OC_OK : OC_E_DATA;
}

const struct shell_market *shell_market_of(const struct shell *shell, const char *symbol)
{
    for (uint32_t i = 0; i < shell->market_count; i++)
        if (strcmp(shell->markets[i].symbol, symbol) == 0)
            return &shell->markets[i];
    return NULL;
}

static const char *member_text(struct json_object *object, const char *key)
{
    struct json_object *member = json_object_object_get(object, key);
    return member ? json_object_get_string(member) : "";
}

void shell_learn_markets(struct shell *shell)
{
    char from[24] = "0";
    const char *fields[] = {"markets", from};
    bool is_ok;
    shell->market_count = 0;
    while (shell_ask(shell, fields, 2, ask_timeout_ns, &is_ok) == OC_OK && is_ok) {
        struct json_object *rows = json_object_object_get(shell->answer, "rows");
        size_t count = rows && json_object_is_type(rows, json_type_array) ? json_object_array_length(rows) : 0;
        for (size_t i = 0; i < count && shell->market_count < SHELL_MARKETS_MAX; i++) {
            struct json_object *row = json_object_array_get_idx(rows, i);
            struct shell_market *market = &shell->markets[shell->market_count++];
            snprintf(market->symbol, sizeof market->symbol, "%s", member_text(row, "symbol"));
            market->price_digits = json_object_get_int(json_object_object_get(row, "price_digits"));
            market->qty_digits = json_object_get_int(json_object_object_get(row, "qty_digits"));
        }
        struct json_object *next = json_object_object_get(shell->answer, "next");
        if (!next || count == 0 || shell->market_count == SHELL_MARKETS_MAX)
            return;
        snprintf(from, sizeof from, "%s", json_object_get_string(next));
    }
}

static void push_value(lua_State *lua, struct json_object *value, int depth);

static void push_object(lua_State *lua, struct json_object *object, int depth)
{
    lua_createtable(lua, 0, json_object_object_length(object));
    json_object_object_foreach(object, key, member)
    {
        lua_pushstring(lua, key);
        push_value(lua, member, depth + 1);
        lua_rawset(lua, -3);
    }
}

static void push_array(lua_State *lua, struct json_object *array, int depth)
{
    size_t count = json_object_array_length(array);
    lua_createtable(lua, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        push_value(lua, json_object_array_get_idx(array, i), depth + 1);
        lua_rawseti(lua, -2, (lua_Integer)i + 1);
    }
}

/* Whole numbers stay whole; what is no int64 becomes the nearest double; null becomes nil. */
static void push_value(lua_State *lua, struct json_object *value, int depth)
{
    luaL_checkstack(lua, 6, "an answer nested too deep");
    if (depth > SHELL_JSON_DEPTH_MAX)
        luaL_error(lua, "an answer nested more than %d deep", SHELL_JSON_DEPTH_MAX);
    switch (json_object_get_type(value)) {
    case json_type_boolean:
        lua_pushboolean(lua, json_object_get_boolean(value));
        return;
    case json_type_double:
        lua_pushnumber(lua, json_object_get_double(value));
        return;
    case json_type_int:
        lua_pushinteger(lua, json_object_get_int64(value));
        return;
    case json_type_object:
        push_object(lua, value, depth);
        return;
    case json_type_array:
        push_array(lua, value, depth);
        return;
    case json_type_string:
        lua_pushlstring(lua, json_object_get_string(value), (size_t)json_object_get_string_len(value));
        return;
    case json_type_null:
        lua_pushnil(lua);
        return;
    }
    lua_pushnil(lua);
}

/* A number goes out as Lua shows it: fourteen digits, so 0.1 + 0.2 is 0.3 and what is seen is what is sent. */
static const char *field_of(lua_State *lua, int index, char number[SHELL_FIELD_MAX])
{
    switch (lua_type(lua, index)) {
    case LUA_TSTRING:
        return lua_tostring(lua, index);
    case LUA_TBOOLEAN:
        return lua_toboolean(lua, index) ? "1" : "0";
    case LUA_TNUMBER:
        if (lua_isinteger(lua, index))
            snprintf(number, SHELL_FIELD_MAX, "%lld", (long long)lua_tointeger(lua, index));
        else if (isfinite(lua_tonumber(lua, index)))
            snprintf(number, SHELL_FIELD_MAX, "%.14g", lua_tonumber(lua, index));
        else
            luaL_argerror(lua, index, "a number that is finite was expected");
        return number;
    default:
        luaL_typeerror(lua, index, "text or number");
        return "";
    }
}

static int push_failure(lua_State *lua, const char *code, const char *message)
{
    lua_pushnil(lua);
    lua_createtable(lua, 0, 3);
    lua_pushstring(lua, code);
    lua_setfield(lua, -2, "code");
    lua_pushstring(lua, message);
    lua_setfield(lua, -2, "message");
    lua_pushboolean(lua, 0);
    lua_setfield(lua, -2, "definitive");
    return 2;
}

/* Words that are answered when the market has come so far. */
static bool is_long(const char *word)
{
    return strcmp(word, "step") == 0 || strcmp(word, "until_fill") == 0 || strcmp(word, "to") == 0 ||
           strcmp(word, "back") == 0;
}

/* ask(word, field...) -> table | nil, err */
static int lj_ask(lua_State *lua)
{
    struct shell *shell = shell_of(lua);
    char numbers[LINK_FIELDS_MAX][SHELL_FIELD_MAX];
    const char *fields[LINK_FIELDS_MAX] = {NULL};
    int count = lua_gettop(lua);
    bool is_ok = false;
    luaL_checkstring(lua, 1);
    while (count > 1 && lua_isnil(lua, count))
        count--;
    if (count < 1 || count >= LINK_FIELDS_MAX)
        return luaL_error(lua, "a question has at most %d fields", LINK_FIELDS_MAX - 1);
    for (int i = 0; i < count; i++)
        fields[i] = field_of(lua, i + 1, numbers[i]);
    shell_poll(lua, shell);
    bool waits = is_long(fields[0]);
    int64_t began_ns = env_clock_mono();
    oc_rc rc = shell_ask(shell, fields, (uint32_t)count, waits ? forever_ns : ask_timeout_ns, &is_ok);
    if (waits) {
        shell->deadline_ns += env_clock_mono() - began_ns;
        sandbox_renew(shell->sandbox);
    }
    shell_poll(lua, shell);
    if (rc == OC_E_IO)
        return luaL_error(lua, "the host is gone");
    if (rc == OC_E_AGAIN)
        return push_failure(lua, "TIMEOUT", "the host has not answered within 10 s: what was asked may still happen");
    if (rc == OC_E_LIMIT)
        return push_failure(lua, "TOO_LONG", "a question has at most 65,536 bytes");
    if (rc < 0)
        return push_failure(lua, "BAD_ANSWER", "the host's answer is no JSON");
    if (!is_ok)
        lua_pushnil(lua);
    push_value(lua, shell->answer, 0);
    return is_ok ? 1 : 2;
}

const luaL_Reg shell_ask_functions[] = {{"ask", lj_ask}, {NULL, NULL}};

/* api_book.c: the order book of a market, as a strategy reads it: what the engine knows now, nothing of it kept here. */
#include <string.h>

#include "engine/depth.h"
#include "script/strategy_impl.h"

enum { BOOK_SHOWN = 20, BOOK_VALUE = 2 }; /* levels of a list; where the object stands in that of its market */

const char *const strategy_meta_book = "outcry.book";

static const struct depth *depth_of(const struct market_handle *market)
{
    const struct depth *depth = engine_book(market->strategy->engine, market->inst);
    return depth && depth_is_shown(depth) ? depth : NULL;
}

static const struct market_handle *book_at(lua_State *lua, int index)
{
    const struct market_handle **book = luaL_checkudata(lua, index, strategy_meta_book);
    return *book;
}

/* Pushes the object that belongs to the market at `index`, made when it is first asked for. */
static void make_object(lua_State *lua, int index, const struct market_handle *market)
{
    index = lua_absindex(lua, index);
    if (lua_getiuservalue(lua, index, BOOK_VALUE) == LUA_TUSERDATA)
        return;
    lua_pop(lua, 1);
    const struct market_handle **book = lua_newuserdatauv(lua, sizeof *book, 0);
    *book = market;
    api_metatable(lua, strategy_meta_book);
    lua_setmetatable(lua, -2);
    lua_pushvalue(lua, -1);
    lua_setiuservalue(lua, index, BOOK_VALUE);
}

/* Whoever reads it wants it: it is kept from the first time on. */
int api_book_push(lua_State *lua, int index, const struct market_handle *market)
{
    if (!engine_book(market->strategy->engine, market->inst)) {
        const oc_rc rc = engine_want_book(market->strategy->engine, market->inst);
        if (rc == OC_E_LIMIT)
            return sandbox_raise(lua, "m.book: at most %d books are kept", ENGINE_DEPTHS_MAX);
        if (rc == OC_E_NOMEM)
            return luaL_error(lua, "not enough memory");
    }
    if (depth_of(market))
        make_object(lua, index, market);
    else
        lua_pushnil(lua);
    return 1;
}

static int best(lua_State *lua, const struct market_handle *market, const struct depth *depth, int side, bool is_qty)
{
    const struct oc_level *level = depth_level(&depth->sides[side], 0);
    if (!level)
        return 0;
    lua_pushnumber(lua, is_qty ? instrument_qty(market->instrument, level->qty)
                               : instrument_price(market->instrument, level->price));
    return 1;
}

/* Middle and spread: of two sides. */
static int between(lua_State *lua, const struct market_handle *market, const struct depth *depth, bool is_middle)
{
    const struct oc_level *bid = depth_level(&depth->sides[DEPTH_BIDS], 0),
                          *ask = depth_level(&depth->sides[DEPTH_ASKS], 0);
    if (!bid || !ask)
        return 0;
    lua_pushnumber(lua, is_middle ? instrument_price(market->instrument, bid->price + ask->price) / 2.0
                                  : instrument_price(market->instrument, ask->price - bid->price));
    return 1;
}

static int list(lua_State *lua, const struct market_handle *market, const struct depth *depth, int side)
{
    const struct oc_level *level;
    lua_createtable(lua, BOOK_SHOWN, 0);
    for (uint32_t i = 0; depth && i < BOOK_SHOWN && (level = depth_level(&depth->sides[side], i)) != NULL; i++) {
        lua_createtable(lua, 0, 2);
        lua_pushnumber(lua, instrument_price(market->instrument, level->price));
        lua_setfield(lua, -2, "price");
        lua_pushnumber(lua, instrument_qty(market->instrument, level->qty));
        lua_setfield(lua, -2, "qty");
        lua_rawseti(lua, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static int lj_walk(lua_State *lua)
{
    const struct market_handle *market = book_at(lua, 1);
    const char *side = lua_type(lua, 2) == LUA_TSTRING ? lua_tostring(lua, 2) : "";
    const bool is_buy = strcmp(side, "buy") == 0;
    struct api_number number;
    bool is_snapped;
    if (!is_buy && strcmp(side, "sell") != 0)
        return sandbox_raise(lua, "book:walk: the side is \"buy\" or \"sell\"; found %s",
                             side[0] ? side : luaL_typename(lua, 2));
    if (!api_number(lua, 3, "qty", &number))
        return sandbox_raise(lua, "book:walk: a quantity is needed; found %s", luaL_typename(lua, 3));
    const int64_t qty = api_qty_units(lua, market->instrument, &number, &is_snapped);
    const struct depth *depth = depth_of(market);
    oc_i128 sum;
    const int64_t taken = depth ? depth_walk(&depth->sides[is_buy ? DEPTH_ASKS : DEPTH_BIDS], qty, &sum) : 0;
    if (taken <= 0)
        return 0;
    lua_pushnumber(lua, (double)sum / (double)taken * (double)market->instrument->price_num /
                            (double)market->instrument->price_den);
    lua_pushnumber(lua, instrument_qty(market->instrument, taken));
    return 2;
}

/* 1: pushed; 0: it is not known now; -1: there is no such field. */
static int field(lua_State *lua, const struct strategy *strategy, const struct market_handle *market, const char *key)
{
    const struct depth *depth = depth_of(market);
    if (KEY_IS(strategy, key, bid))
        return depth ? best(lua, market, depth, DEPTH_BIDS, false) : 0;
    if (KEY_IS(strategy, key, ask))
        return depth ? best(lua, market, depth, DEPTH_ASKS, false) : 0;
    if (KEY_IS(strategy, key, bid_qty))
        return depth ? best(lua, market, depth, DEPTH_BIDS, true) : 0;
    if (KEY_IS(strategy, key, ask_qty))
        return depth ? best(lua, market, depth, DEPTH_ASKS, true) : 0;
    if (KEY_IS(strategy, key, mid) || KEY_IS(strategy, key, spread))
        return depth ? between(lua, market, depth, KEY_IS(strategy, key, mid)) : 0;
    if (KEY_IS(strategy, key, bids) || KEY_IS(strategy, key, asks))
        return list(lua, market, depth, KEY_IS(strategy, key, bids) ? DEPTH_BIDS : DEPTH_ASKS);
    if (KEY_IS(strategy, key, time))
        return depth ? (lua_pushinteger(lua, depth->at_ns), 1) : 0;
    if (KEY_IS(strategy, key, walk))
        return lua_pushcfunction(lua, lj_walk), 1;
    return -1;
}

static int lj_book_index(lua_State *lua)
{
    const struct strategy *strategy = strategy_of(lua);
    const char *key = lua_type(lua, 2) == LUA_TSTRING ? lua_tostring(lua, 2) : NULL;
    const int found = field(lua, strategy, book_at(lua, 1), key);
    if (found >= 0)
        return found; /* of nothing Lua makes nil */
    return sandbox_raise(lua,
                         "a book has bid, ask, bid_qty, ask_qty, mid, spread, bids, asks, time and walk; found '%s'",
                         key ? key : luaL_typename(lua, 2));
}

static int lj_book_newindex(lua_State *lua) { return sandbox_raise(lua, "a book cannot be changed"); }

void api_book_install(struct strategy *strategy)
{
    lua_State *lua = strategy->lua;
    api_metatable(lua, strategy_meta_book);
    lua_pushcfunction(lua, lj_book_index);
    lua_setfield(lua, -2, "__index");
    lua_pushcfunction(lua, lj_book_newindex);
    lua_setfield(lua, -2, "__newindex");
    lua_pop(lua, 1);
}

void api_book_prepare(lua_State *lua, const struct market_handle *market)
{
    lua_rawgeti(lua, LUA_REGISTRYINDEX, market->ref);
    make_object(lua, -1, market);
    lua_pop(lua, 2);
}

oc_rc api_book_call(struct strategy *strategy, struct market_handle *market)
{
    lua_State *lua = strategy->lua;
    lua_rawgeti(lua, LUA_REGISTRYINDEX, strategy->on_book);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, market->ref);
    lua_getiuservalue(lua, -1, BOOK_VALUE);
    return sandbox_call(strategy->sandbox, 2, 0);
}

/* api_event.c: what a strategy sees of bars, quotes, trades and fills: views that die with the callback. */
#include <string.h>

#include "script/strategy_impl.h"

const char *const strategy_meta_event = "outcry.event";

static struct event_view *view_at(lua_State *lua, int index)
{
    struct event_view *view = luaL_checkudata(lua, index, strategy_meta_event);
    if (!view->event)
        sandbox_raise(lua, "this event belongs to a callback that has returned; keep event:copy() instead");
    return view;
}

static int lj_copy(lua_State *lua)
{
    const struct event_view *view = view_at(lua, 1);
    struct event_copy *copy = lua_newuserdatauv(lua, sizeof *copy, 0);
    memset(copy, 0, sizeof *copy);
    copy->view = (struct event_view){&copy->event.head, view->market};
    uint32_t size = view->event->size < sizeof copy->event ? view->event->size : (uint32_t)sizeof copy->event;
    memcpy(&copy->event, view->event, size);
    api_metatable(lua, strategy_meta_event);
    lua_setmetatable(lua, -2);
    return 1;
}

static int price(lua_State *lua, const struct event_view *view, int64_t units)
{
    lua_pushnumber(lua, instrument_price(view->market->instrument, units));
    return 1;
}

static int qty(lua_State *lua, const struct event_view *view, int64_t units)
{
    lua_pushnumber(lua, instrument_qty(view->market->instrument, units));
    return 1;
}

static int bar_field(lua_State *lua, const struct strategy *strategy, const struct event_view *view, const char *key)
{
    const struct oc_ev_bar *bar = (const struct oc_ev_bar *)(const void *)view->event;
    if (KEY_IS(strategy, key, close))
        return price(lua, view, bar->close);
    if (KEY_IS(strategy, key, open))
        return price(lua, view, bar->open);
    if (KEY_IS(strategy, key, high))
        return price(lua, view, bar->high);
    if (KEY_IS(strategy, key, low))
        return price(lua, view, bar->low);
    if (KEY_IS(strategy, key, volume))
        return (bar->present & OC_HAS_VOLUME) ? qty(lua, view, bar->volume) : 0;
    if (KEY_IS(strategy, key, open_time))
        return lua_pushinteger(lua, bar->open_ns), 1;
    if (KEY_IS(strategy, key, period))
        return lua_pushinteger(lua, bar->period_ns), 1;
    return -1;
}

static int middle(lua_State *lua, const struct event_view *view, const struct oc_ev_qbar *bar, int at)
{
    lua_pushnumber(lua, instrument_price(view->market->instrument, qbar_middle2(bar, at)) / 2.0);
    return 1;
}

static int qbar_field(lua_State *lua, const struct strategy *strategy, const struct event_view *view, const char *key)
{
    const struct oc_ev_qbar *bar = (const struct oc_ev_qbar *)(const void *)view->event;
    static const int lines[] = {KEY_bid_open, KEY_bid_high, KEY_bid_low, KEY_bid_close,
                                KEY_ask_open, KEY_ask_high, KEY_ask_low, KEY_ask_close};
    static const int middles[] = {KEY_open, KEY_high, KEY_low, KEY_close};
    for (int i = 0; i < 4; i++)
        if (key == strategy->keys[middles[i]])
            return middle(lua, view, bar, i);
    for (int i = 0; i < 8; i++)
        if (key == strategy->keys[lines[i]])
            return bar->present & (i < 4 ? OC_HAS_BID : OC_HAS_ASK)
                       ? price(lua, view, i < 4 ? bar->bid[i] : bar->ask[i - 4])
                       : 0;
    if (KEY_IS(strategy, key, bid))
        return bar->present & OC_HAS_BID ? price(lua, view, bar->bid[3]) : 0;
    if (KEY_IS(strategy, key, ask))
        return bar->present & OC_HAS_ASK ? price(lua, view, bar->ask[3]) : 0;
    if (KEY_IS(strategy, key, volume))
        return 0;
    if (KEY_IS(strategy, key, open_time))
        return lua_pushinteger(lua, bar->open_ns), 1;
    if (KEY_IS(strategy, key, period))
        return lua_pushinteger(lua, bar->period_ns), 1;
    return -1;
}

static int quote_field(lua_State *lua, const struct strategy *strategy, const struct event_view *view, const char *key)
{
    const struct oc_ev_quote *quote = (const struct oc_ev_quote *)(const void *)view->event;
    bool both = (quote->present & OC_HAS_BID) && (quote->present & OC_HAS_ASK);
    if (KEY_IS(strategy, key, bid))
        return (quote->present & OC_HAS_BID) ? price(lua, view, quote->bid) : 0;
    if (KEY_IS(strategy, key, ask))
        return (quote->present & OC_HAS_ASK) ? price(lua, view, quote->ask) : 0;
    if (KEY_IS(strategy, key, bid_qty))
        return (quote->present & OC_HAS_BID_QTY) ? qty(lua, view, quote->bid_qty) : 0;
    if (KEY_IS(strategy, key, ask_qty))
        return (quote->present & OC_HAS_ASK_QTY) ? qty(lua, view, quote->ask_qty) : 0;
    if (KEY_IS(strategy, key, mid)) {
        if (both)
            lua_pushnumber(lua, instrument_price(view->market->instrument, quote->bid + quote->ask) / 2.0);
        return both;
    }
    if (KEY_IS(strategy, key, spread))
        return both ? price(lua, view, quote->ask - quote->bid) : 0;
    return -1;
}

static int push_side(lua_State *lua, uint32_t side)
{
    if (side == OC_SIDE_NONE)
        return 0;
    lua_pushstring(lua, side == OC_SIDE_BUY ? "buy" : "sell");
    return 1;
}

static int trade_field(lua_State *lua, const struct strategy *strategy, const struct event_view *view, const char *key)
{
    const struct oc_ev_trade *trade = (const struct oc_ev_trade *)(const void *)view->event;
    if (KEY_IS(strategy, key, price))
        return price(lua, view, trade->price);
    if (KEY_IS(strategy, key, qty))
        return (trade->present & OC_HAS_QTY) ? qty(lua, view, trade->qty) : 0;
    if (KEY_IS(strategy, key, taker_side) || KEY_IS(strategy, key, side))
        return push_side(lua, trade->taker_side);
    return -1;
}

static int fill_field(lua_State *lua, const struct strategy *strategy, const struct event_view *view, const char *key)
{
    const struct oc_ev_fill *fill = (const struct oc_ev_fill *)(const void *)view->event;
    if (KEY_IS(strategy, key, price))
        return price(lua, view, fill->price);
    if (KEY_IS(strategy, key, qty))
        return qty(lua, view, fill->qty);
    if (KEY_IS(strategy, key, side))
        return push_side(lua, fill->side);
    if (KEY_IS(strategy, key, fee)) {
        oc_i128 money;
        lua_pushnumber(lua, money_from_dec(fill->fee, &money) == OC_OK ? money_to_double(money) : 0.0);
        return 1;
    }
    if (KEY_IS(strategy, key, fee_asset)) {
        lua_pushstring(lua, instruments_asset_name(engine_instruments(strategy->engine), fill->fee_asset));
        return 1;
    }
    if (KEY_IS(strategy, key, liquidity)) {
        lua_pushstring(lua, fill->liquidity == OC_LIQUIDITY_MAKER ? "maker" : "taker");
        return 1;
    }
    if (KEY_IS(strategy, key, order_id)) {
        lua_pushinteger(lua, (lua_Integer)fill->order);
        return 1;
    }
    return -1;
}

/* The event of the callback that runs costs a comparison, another one a look at its metatable, upvalue 1. */
static const struct event_view *view_self(lua_State *lua, const struct strategy *strategy)
{
    const struct event_view *view = lua_touserdata(lua, 1);
    if (__builtin_expect(!view || view != strategy->view, 0))
        view = api_object(lua, 1, lua_upvalueindex(1));
    return view && view->event ? view : view_at(lua, 1);
}

/* A field of its kind: 1, pushed; 0: the kind has it, but the venue did not say; -1: there is none. */
static int own_field(lua_State *lua, const struct strategy *strategy, const struct event_view *view, const char *key)
{
    switch (view->event->type) {
    case OC_EV_BAR:
        return bar_field(lua, strategy, view, key);
    case OC_EV_QBAR:
        return qbar_field(lua, strategy, view, key);
    case OC_EV_QUOTE:
        return quote_field(lua, strategy, view, key);
    case OC_EV_TRADE:
        return trade_field(lua, strategy, view, key);
    case OC_EV_FILL:
        return fill_field(lua, strategy, view, key);
    default:
        return -1;
    }
}

static int lj_event_index(lua_State *lua)
{
    const struct strategy *strategy = strategy_of(lua);
    const struct event_view *view = view_self(lua, strategy);
    const char *key = lua_tostring(lua, 2);
    const int found = own_field(lua, strategy, view, key);
    if (found >= 0)
        return found; /* of nothing Lua makes nil */
    if (KEY_IS(strategy, key, time))
        return lua_pushinteger(lua, view->event->venue_ns), 1;
    if (KEY_IS(strategy, key, copy))
        return lua_pushcfunction(lua, lj_copy), 1;
    return sandbox_raise(lua, "this event has no field '%s'", key ? key : "?");
}

static int lj_event_newindex(lua_State *lua) { return sandbox_raise(lua, "an event cannot be changed"); }

static uint32_t next_view(struct strategy *strategy, struct market_handle *market, const struct oc_event *event)
{
    uint32_t at = strategy->pool_next++ % EVENT_POOL;
    struct event_view *view = strategy->pool[at];
    view->event = event;
    view->market = market;
    strategy->view = view;
    return at;
}

struct event_view *api_event_push(struct strategy *strategy, struct market_handle *market, const struct oc_event *event)
{
    uint32_t at = next_view(strategy, market, event);
    lua_rawgeti(strategy->lua, LUA_REGISTRYINDEX, strategy->pool_ref[at]);
    return strategy->pool[at];
}

/* What each bar needs is put on the main stack for good: copied from there it costs a third of what it costs from the registry.
 * Without the memory for it, or for a market that came later, the registry serves. */
static void pin(struct strategy *strategy)
{
    lua_State *lua = strategy->lua;
    if (lua_gettop(lua) != PIN_ON_BAR - 1 ||
        !lua_checkstack(lua, EVENT_POOL + (int)strategy->market_count + LUA_MINSTACK))
        return;
    lua_rawgeti(lua, LUA_REGISTRYINDEX, strategy->on_bar);
    for (int i = 0; i < EVENT_POOL; i++)
        lua_rawgeti(lua, LUA_REGISTRYINDEX, strategy->pool_ref[i]);
    for (uint32_t i = 0; i < strategy->market_count; i++)
        lua_rawgeti(lua, LUA_REGISTRYINDEX, strategy->markets[i]->ref);
    strategy->pinned_count = strategy->market_count;
}

struct event_view *api_bar_push(struct strategy *strategy, struct market_handle *market, const struct oc_event *bar)
{
    lua_State *lua = strategy->lua;
    if (__builtin_expect(strategy->pinned_count == 0, 0))
        pin(strategy);
    if (__builtin_expect(market->index >= strategy->pinned_count, 0)) {
        lua_rawgeti(lua, LUA_REGISTRYINDEX, strategy->on_bar);
        lua_rawgeti(lua, LUA_REGISTRYINDEX, market->ref);
        return api_event_push(strategy, market, bar);
    }
    uint32_t at = next_view(strategy, market, bar);
    lua_pushvalue(lua, PIN_ON_BAR);
    lua_pushvalue(lua, PIN_MARKETS + (int)market->index);
    lua_pushvalue(lua, PIN_EVENTS + (int)at);
    return strategy->pool[at];
}

void api_event_install(struct strategy *strategy)
{
    lua_State *lua = strategy->lua;
    api_metatable(lua, strategy_meta_event);
    lua_pushvalue(lua, -1);
    lua_pushcclosure(lua, lj_event_index, 1);
    lua_setfield(lua, -2, "__index");
    lua_pushcfunction(lua, lj_event_newindex);
    lua_setfield(lua, -2, "__newindex");
    lua_pop(lua, 1);
    for (int i = 0; i < EVENT_POOL; i++) {
        strategy->pool[i] = lua_newuserdatauv(lua, sizeof *strategy->pool[i], 0);
        memset(strategy->pool[i], 0, sizeof *strategy->pool[i]);
        api_metatable(lua, strategy_meta_event);
        lua_setmetatable(lua, -2);
        strategy->pool_ref[i] = luaL_ref(lua, LUA_REGISTRYINDEX);
    }
}

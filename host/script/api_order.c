/* api_order.c: order handles. A handle is an id: it reads what the engine knows now. */
#include <string.h>

#include "script/strategy_impl.h"

const char *const strategy_meta_order = "outcry.order";

struct order_handle {
    uint64_t order;
};

uint64_t api_order_id(lua_State *lua, int index)
{
    const struct order_handle *handle = luaL_testudata(lua, index, strategy_meta_order);
    return handle ? handle->order : 0;
}

static const struct order *order_at(lua_State *lua, const struct strategy *strategy)
{
    const struct order_handle *handle = luaL_checkudata(lua, 1, strategy_meta_order);
    const struct order *order = orders_find(engine_orders(strategy->engine), handle->order);
    char name[TEXT_ORDER_MAX];
    if (!order)
        sandbox_raise(lua, "order %s is closed and no longer held in memory; its record is in the journal",
                      text_order(handle->order, name));
    return order;
}

static int lj_cancel(lua_State *lua)
{
    struct strategy *strategy = strategy_of(lua);
    const struct order *order = order_at(lua, strategy);
    struct engine_refusal refusal = {0};
    api_check_acting(lua, strategy, "order:cancel");
    oc_rc rc = engine_cancel(strategy->engine, order->now.order, &refusal);
    if (rc == OC_E_LIMIT)
        return api_refusal(lua, &refusal);
    if (state_is_final(order->state)) {
        strcpy(refusal.reason, "ORDER_ALREADY_FINAL");
        return api_refusal(lua, &refusal);
    }
    if (rc < 0)
        return sandbox_raise(lua, "order:cancel() works inside callbacks only");
    lua_settop(lua, 1);
    return 1;
}

static bool replace_number(lua_State *lua, const char *field, struct api_number *ret_number)
{
    lua_getfield(lua, 2, field);
    bool found = !lua_isnil(lua, -1);
    if (found && !api_number(lua, -1, field, ret_number))
        sandbox_raise(lua, "order:replace: %s is a number or a decimal text; found %s", field, luaL_typename(lua, -1));
    lua_pop(lua, 1);
    return found;
}

static void replace_check_keys(lua_State *lua)
{
    static const char *const known[] = {"price", "stop", "qty", NULL};
    api_check_plain(lua, 2, "order:replace");
    const char *key = api_unknown_field(lua, 2, known);
    if (key)
        sandbox_raise(lua, "order:replace takes price, stop and qty; found '%s'", key);
}

static int lj_replace(lua_State *lua)
{
    struct strategy *strategy = strategy_of(lua);
    const struct order *order = order_at(lua, strategy);
    const struct instrument *instrument = instruments_get(engine_instruments(strategy->engine), order->now.head.inst);
    struct oc_request request = {.order = order->now.order};
    struct engine_refusal refusal = {0};
    struct api_number number;
    bool snapped = false, buy = order->now.side == OC_SIDE_BUY;
    api_check_acting(lua, strategy, "order:replace");
    replace_check_keys(lua);
    if (replace_number(lua, "price", &number)) {
        request.price = api_price_units(lua, instrument, &number, buy ? SNAP_DOWN : SNAP_UP, &snapped);
        request.bits |= OC_RQ_PRICE_CHANGED;
    }
    if (replace_number(lua, "stop", &number)) {
        request.stop_price = api_price_units(lua, instrument, &number, SNAP_NEAREST, &snapped);
        request.bits |= OC_RQ_STOP_CHANGED;
    }
    if (replace_number(lua, "qty", &number)) {
        request.qty = api_qty_units(lua, instrument, &number, &snapped);
        request.bits |= OC_RQ_QUANTITY_CHANGED;
    }
    const bool is_late = strategy->only_reduces && !(order->now.bits & OC_RQ_REDUCE_ONLY);
    if (is_late)
        strcpy(refusal.reason, "TRADES_LATE");
    oc_rc rc = is_late ? (oc_rc)OC_E_LIMIT : engine_amend(strategy->engine, &request, &refusal);
    if (rc == OC_OK) {
        lua_settop(lua, 1);
        return 1;
    }
    if (rc == OC_E_AGAIN)
        strcpy(refusal.reason, "AMEND_PENDING");
    else if (rc == OC_E_STATE && state_is_final(order->state))
        strcpy(refusal.reason, "ORDER_ALREADY_FINAL");
    else if (rc == OC_E_INVALID && (request.bits & OC_RQ_QUANTITY_CHANGED) && request.qty > 0 &&
             request.qty <= order->filled) /* it traded meanwhile: no fault of the strategy */
        strcpy(refusal.reason, "QUANTITY_ALREADY_FILLED");
    else if (rc != OC_E_LIMIT)
        return sandbox_raise(lua, "order:replace: give a price, stop or qty that this order type has, qty above what "
                                  "is filled, inside a callback");
    return api_refusal(lua, &refusal);
}

static int push_price(lua_State *lua, const struct instrument *instrument, int64_t units, bool present)
{
    if (present)
        lua_pushnumber(lua, instrument_price(instrument, units));
    else
        lua_pushnil(lua);
    return 1;
}

static int push_word(lua_State *lua, const char *const *words, uint8_t at, uint8_t count)
{
    lua_pushstring(lua, at < count ? words[at] : "?");
    return 1;
}

/* The five words of CCXT, for display and for scripts that do not care for more. */
static const char *status_of(uint8_t state)
{
    switch (state) {
    case STATE_FILLED:
        return "closed";
    case STATE_CANCELED:
        return "canceled";
    case STATE_EXPIRED:
        return "expired";
    case STATE_REJECTED:
    case STATE_DENIED:
        return "rejected";
    default:
        return "open";
    }
}

static int lj_order_index(lua_State *lua)
{
    static const char *const types[] = {"none", "market", "limit", "stop", "stop_limit"};
    static const char *const tifs[] = {"none", "GTC", "IOC", "FOK", "GTD", "DAY"};
    static const char *const roles[] = {"none", "entry", "stop_loss", "take_profit", "close", "end"};
    struct strategy *strategy = strategy_of(lua);
    const char *key = lua_tostring(lua, 2);
    const struct order *order = order_at(lua, strategy);
    const struct instrument *instrument = instruments_get(engine_instruments(strategy->engine), order->now.head.inst);
    const struct oc_request *now = &order->now;
    if (!key)
        return sandbox_raise(lua, "an order has no such field");
    if (KEY_IS(strategy, key, is_open) || KEY_IS(strategy, key, open))
        return lua_pushboolean(lua, order_is_open(order)), 1;
    if (KEY_IS(strategy, key, state))
        return lua_pushstring(lua, state_name(order->state)), 1;
    if (KEY_IS(strategy, key, status))
        return lua_pushstring(lua, status_of(order->state)), 1;
    if (KEY_IS(strategy, key, price))
        return push_price(lua, instrument, now->price, now->bits & OC_RQ_HAS_PRICE);
    if (KEY_IS(strategy, key, stop))
        return push_price(lua, instrument, now->stop_price, now->bits & OC_RQ_HAS_STOP);
    if (KEY_IS(strategy, key, trail)) {
        char text[TRAIL_TEXT_MAX];
        return lua_pushstring(lua, engine_trail_text(strategy->engine, order, text) ? text : NULL), 1;
    }
    if (KEY_IS(strategy, key, qty))
        return lua_pushnumber(lua, instrument_qty(instrument, now->qty)), 1;
    if (KEY_IS(strategy, key, filled))
        return lua_pushnumber(lua, instrument_qty(instrument, order->filled)), 1;
    if (KEY_IS(strategy, key, remaining))
        return lua_pushnumber(lua, instrument_qty(instrument, order_remaining_worst(order))), 1;
    if (KEY_IS(strategy, key, average)) {
        if (order->filled)
            lua_pushnumber(lua, order_average_units(order) * instrument_price(instrument, 1));
        else
            lua_pushnil(lua);
        return 1;
    }
    if (KEY_IS(strategy, key, side))
        return lua_pushstring(lua, now->side == OC_SIDE_BUY ? "buy" : "sell"), 1;
    if (KEY_IS(strategy, key, type))
        return push_word(lua, types, now->type, 5);
    if (KEY_IS(strategy, key, tif))
        return push_word(lua, tifs, now->tif, 6);
    if (KEY_IS(strategy, key, role))
        return push_word(lua, roles, now->role, 6);
    if (KEY_IS(strategy, key, tag))
        return lua_pushstring(lua, now->tag), 1;
    if (KEY_IS(strategy, key, reason))
        return lua_pushstring(lua, order->reason), 1;
    if (KEY_IS(strategy, key, fee))
        return lua_pushnumber(lua, money_to_double(order->fee)), 1;
    if (KEY_IS(strategy, key, symbol))
        return lua_pushstring(lua, instrument->info.symbol), 1;
    if (KEY_IS(strategy, key, id))
        return lua_pushinteger(lua, (lua_Integer)now->order), 1;
    if (KEY_IS(strategy, key, time))
        return lua_pushinteger(lua, order->created_ns), 1;
    api_metatable(lua, "outcry.order.methods");
    lua_pushvalue(lua, 2);
    if (lua_rawget(lua, -2) == LUA_TNIL)
        return sandbox_raise(lua, "an order has no field '%s'", key);
    return 1;
}

static int lj_order_eq(lua_State *lua)
{
    const struct order_handle *a = luaL_testudata(lua, 1, strategy_meta_order);
    const struct order_handle *b = luaL_testudata(lua, 2, strategy_meta_order);
    lua_pushboolean(lua, a && b && a->order == b->order);
    return 1;
}

static int lj_order_tostring(lua_State *lua)
{
    const struct order_handle *handle = luaL_checkudata(lua, 1, strategy_meta_order);
    char name[TEXT_ORDER_MAX];
    lua_pushfstring(lua, "order %s", text_order(handle->order, name));
    return 1;
}

static int lj_order_newindex(lua_State *lua)
{
    return sandbox_raise(lua, "an order is changed with order:replace{...} and order:cancel()");
}

void api_order_push(lua_State *lua, uint64_t order)
{
    struct order_handle *handle = lua_newuserdatauv(lua, sizeof *handle, 0);
    handle->order = order;
    api_metatable(lua, strategy_meta_order);
    lua_setmetatable(lua, -2);
}

void api_order_install(struct strategy *strategy)
{
    lua_State *lua = strategy->lua;
    static const luaL_Reg methods[] = {{"cancel", lj_cancel}, {"replace", lj_replace}, {NULL, NULL}};
    static const luaL_Reg meta[] = {
        {"__eq", lj_order_eq}, {"__tostring", lj_order_tostring}, {"__newindex", lj_order_newindex}, {NULL, NULL}};
    api_metatable(lua, "outcry.order.methods");
    luaL_setfuncs(lua, methods, 0);
    lua_pop(lua, 1);
    api_metatable(lua, strategy_meta_order);
    luaL_setfuncs(lua, meta, 0);
    lua_pushcfunction(lua, lj_order_index);
    lua_setfield(lua, -2, "__index");
    lua_pop(lua, 1);
}

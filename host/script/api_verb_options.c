/* api_verb_options.c: what a strategy says in the option table of a verb. */
#include "script/api_verb_options.h"

#include <string.h>

#include "base/text.h"

const char *const api_trade_options[] = {
    "qty",   "quote_qty",  "price", "stop", "post_only", "reduce_only",     "tif", "expire", "stop_loss", "take_profit",
    "trail", "trail_from", "oco",   "tag",  "strict",    "on_insufficient", NULL};
const char *const api_close_options[] = {"price", "stop", "tif", "tag", NULL};
const char *const api_target_options[] = {"price", "tif", "expire", "post_only", "tag", "on_insufficient", NULL};

/* The index of the option table: the first argument after m and a leading amount; 0: there is none. Anything else would
 * be silently without effect, so it raises. */
int options_behind(lua_State *lua, const char *verb, const char *const *known, int index)
{
    if (lua_gettop(lua) > index || !(lua_istable(lua, index) || lua_isnoneornil(lua, index)))
        sandbox_raise(lua, "%s: the options are one table, the last argument; found %s", verb,
                      luaL_typename(lua, lua_gettop(lua)));
    if (!lua_istable(lua, index))
        return 0;
    api_check_plain(lua, index, verb);
    const char *key = api_unknown_field(lua, index, known);
    if (!key)
        return index;
    int i = 0;
    lua_pushstring(lua, verb);
    lua_pushfstring(lua, ": unknown option '%s'; known:", key);
    for (; known[i]; i++)
        lua_pushfstring(lua, " %s", known[i]);
    lua_concat(lua, i + 2);
    return sandbox_raise(lua, "%s", lua_tostring(lua, -1));
}

int options_at(lua_State *lua, const char *verb, const char *const *known)
{
    return options_behind(lua, verb, known, lua_istable(lua, 2) || known == api_close_options ? 2 : 3);
}

static bool option_number(lua_State *lua, int index, const char *name, struct api_number *ret_number)
{
    if (!index)
        return false;
    lua_getfield(lua, index, name);
    bool found = !lua_isnil(lua, -1);
    if (found && !api_number(lua, -1, name, ret_number))
        sandbox_raise(lua, "%s is a number or a decimal text; found %s", name, luaL_typename(lua, -1));
    lua_pop(lua, 1);
    return found;
}

bool option_flag(lua_State *lua, int index, const char *name)
{
    if (!index)
        return false;
    lua_getfield(lua, index, name);
    bool is_set = lua_toboolean(lua, -1);
    lua_pop(lua, 1);
    return is_set;
}

uint8_t option_tif(lua_State *lua, int index)
{
    static const char *const words[] = {"GTC", "IOC", "FOK", "GTD", "DAY"};
    if (!index)
        return OC_TIF_GTC;
    lua_getfield(lua, index, "tif");
    const char *word = lua_tostring(lua, -1);
    uint8_t tif = OC_TIF_GTC;
    if (word) {
        int i = 0;
        while (i < 5 && strcmp(words[i], word) != 0)
            i++;
        if (i == 5)
            sandbox_raise(lua, "tif is GTC, IOC, FOK, GTD or DAY; found '%s'", word);
        tif = (uint8_t)(OC_TIF_GTC + i);
    }
    lua_pop(lua, 1);
    return tif;
}

/* A time, as now() counts it: whole nanoseconds, which a double cannot hold. */
int64_t option_expire(lua_State *lua, int index)
{
    if (!index)
        return 0;
    lua_getfield(lua, index, "expire");
    if (!lua_isnil(lua, -1) && !lua_isinteger(lua, -1))
        sandbox_raise(lua, "expire is a whole number of nanoseconds UTC, such as now() + 60 * 1000000000; found %s",
                      luaL_typename(lua, -1));
    int64_t expire_ns = lua_tointeger(lua, -1);
    lua_pop(lua, 1);
    return expire_ns;
}

static struct oc_dec dec_of(lua_State *lua, const struct api_number *number, int scale)
{
    if (number->is_exact)
        return number->dec;
    while (scale > 0 && number->number * (double)num_pow10(scale) >= 9.0e18) /* a large amount keeps fewer digits */
        scale--;
    double grid = number->number * (double)num_pow10(scale);
    if (grid >= 9.0e18 || grid <= -9.0e18)
        sandbox_raise(lua, "the amount %f is too large", number->number);
    int64_t low = (int64_t)grid;
    double rest = grid - (double)low;
    if (rest > 1.0 - 1e-6) /* within a millionth of the next step it is that step */
        low++;
    return (struct oc_dec){low, scale, 0};
}

static void asked(struct oc_dec *dec, const struct api_number *number)
{
    if (number->is_exact) {
        *dec = number->dec;
        return;
    }
    double scaled = number->number * 1e9;
    if (scaled < 9.0e18 && scaled > -9.0e18)
        *dec = (struct oc_dec){(int64_t)(scaled < 0 ? scaled - 0.5 : scaled + 0.5), 9, 0};
}

/* A distance as a number or a text, or a part such as "1.5%". */
static void option_trail(lua_State *lua, int options, const struct instrument *instrument, struct oc_request *request)
{
    struct api_number number;
    bool snapped = false;
    if (!options)
        return;
    lua_getfield(lua, options, "trail");
    const char *text = lua_type(lua, -1) == LUA_TSTRING ? lua_tostring(lua, -1) : NULL;
    if (text && trail_read(instrument, text, request) < 0)
        sandbox_raise(lua, "trail is %s; found '%s'", TRAIL_EXPECTED, text);
    lua_pop(lua, 1);
    if (!text && option_number(lua, options, "trail", &number)) {
        request->trail = api_price_units(lua, instrument, &number, SNAP_NEAREST, &snapped);
        request->bits |= OC_RQ_HAS_TRAIL;
        if (request->trail <= 0)
            sandbox_raise(lua, "trail is %s; found %f", TRAIL_EXPECTED, number.number);
    }
    if (option_number(lua, options, "trail_from", &number)) {
        if (!(request->bits & (OC_RQ_HAS_TRAIL | OC_RQ_HAS_TRAIL_PPM)))
            sandbox_raise(lua, "trail_from is the price from which a stop follows the market: say trail too");
        request->activation = api_price_units(lua, instrument, &number, SNAP_NEAREST, &snapped);
        request->bits |= OC_RQ_HAS_ACTIVATION;
    }
}

/* The order that cancels this one, and is canceled by it. */
static void option_oco(lua_State *lua, int options, struct oc_request *request)
{
    if (!options)
        return;
    if (lua_getfield(lua, options, "oco") != LUA_TNIL) {
        request->parent = api_order_id(lua, -1);
        request->link = OC_LINK_OCO;
        if (!request->parent)
            sandbox_raise(lua, "oco is an order, as m:buy and m:sell return it; found %s", luaL_typename(lua, -1));
    }
    lua_pop(lua, 1);
}

/* Protection is placed to the nearer tick. */
void option_protection(lua_State *lua, int options, const struct instrument *instrument, struct oc_request *request)
{
    struct api_number number;
    bool snapped = false;
    if (option_number(lua, options, "stop_loss", &number)) {
        request->stop_loss = api_price_units(lua, instrument, &number, SNAP_NEAREST, &snapped);
        request->bits |= OC_RQ_HAS_STOP_LOSS;
    }
    if (option_number(lua, options, "take_profit", &number)) {
        request->take_profit = api_price_units(lua, instrument, &number, SNAP_NEAREST, &snapped);
        request->bits |= OC_RQ_HAS_TAKE_PROFIT;
    }
    option_trail(lua, options, instrument, request);
    option_oco(lua, options, request);
}

void option_prices(lua_State *lua, int options, const struct instrument *instrument, struct oc_request *request,
                   bool *snapped)
{
    struct api_number number;
    bool buy = request->side == OC_SIDE_BUY;
    if (option_number(lua, options, "price", &number)) {
        request->price = api_price_units(lua, instrument, &number, buy ? SNAP_DOWN : SNAP_UP, snapped);
        request->bits |= OC_RQ_HAS_PRICE;
        asked(&request->asked_price, &number);
    }
    if (option_number(lua, options, "stop", &number)) {
        request->stop_price = api_price_units(lua, instrument, &number, SNAP_NEAREST, snapped);
        request->bits |= OC_RQ_HAS_STOP;
    }
    bool priced = request->bits & OC_RQ_HAS_PRICE, stopped = request->bits & OC_RQ_HAS_STOP;
    request->type =
        priced ? (stopped ? OC_ORDER_STOP_LIMIT : OC_ORDER_LIMIT) : (stopped ? OC_ORDER_STOP : OC_ORDER_MARKET);
}

/* False: none is named. */
bool option_amount(lua_State *lua, int options, const struct instrument *instrument, struct oc_request *request,
                   bool *snapped)
{
    struct api_number number;
    const bool is_first = lua_type(lua, 2) == LUA_TNUMBER || lua_type(lua, 2) == LUA_TSTRING;
    const bool has_qty = is_first ? api_number(lua, 2, "qty", &number) : option_number(lua, options, "qty", &number);
    if (has_qty) {
        if (!(number.number > 0))
            sandbox_raise(lua, "qty must be above 0; found %f", number.number);
        request->qty = api_qty_units(lua, instrument, &number, snapped);
        request->bits |= OC_RQ_HAS_QTY;
        asked(&request->asked_qty, &number);
    }
    if (option_number(lua, options, "quote_qty", &number)) {
        if (has_qty)
            sandbox_raise(lua, "give qty or quote_qty, not both");
        if (!(number.number >= 0)) /* 0 may be what is free: that is no fault of the strategy */
            sandbox_raise(lua, "quote_qty must be above 0; found %f", number.number);
        if (number.is_exact ||
            !api_reads_as_money(strategy_of(lua), instrument->info.quote, number.number, &request->quote_qty))
            request->quote_qty = dec_of(lua, &number, 8);
        request->bits |= OC_RQ_HAS_QUOTE_QTY | OC_RQ_FEE_IN_QUOTE;
        return true;
    }
    return has_qty;
}

uint32_t option_insufficient(lua_State *lua, int options, const struct oc_request *request)
{
    if (!options)
        return 0;
    lua_getfield(lua, options, "on_insufficient");
    const char *word = lua_tostring(lua, -1);
    const bool reduces = word && strcmp(word, "reduce") == 0;
    if (!lua_isnil(lua, -1) && !reduces && (!word || strcmp(word, "refuse") != 0))
        sandbox_raise(lua, "on_insufficient is \"reduce\" or \"refuse\"; found '%s'",
                      word ? word : luaL_typename(lua, -1));
    if (reduces && request->side == OC_SIDE_SELL && (request->bits & OC_RQ_HAS_QUOTE_QTY))
        sandbox_raise(lua, "on_insufficient is not supported for a sale by quote_qty: give qty");
    lua_pop(lua, 1);
    return reduces ? OC_RQ_FIT_FUNDS : 0;
}

void option_tag(lua_State *lua, int options, struct oc_request *request)
{
    if (!options)
        return;
    lua_getfield(lua, options, "tag");
    const char *tag = lua_tostring(lua, -1);
    if (tag)
        text_copy(request->tag, sizeof request->tag, tag);
    lua_pop(lua, 1);
}

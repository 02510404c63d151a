/* api_number.c: numbers at the edge of the API: plain numbers, decimal texts, and what is refused or snapped. */
#include <string.h>

#include "base/text.h"
#include "script/strategy_impl.h"

bool api_number(lua_State *lua, int index, const char *what, struct api_number *ret_number)
{
    struct api_number number = {0};
    if (lua_type(lua, index) == LUA_TNUMBER) {
        number.number = lua_tonumber(lua, index);
        if (!(number.number - number.number == 0.0))
            sandbox_raise(lua, "%s: a finite number is needed; found %s", what,
                          number.number == number.number ? "infinity" : "NaN");
    } else if (lua_type(lua, index) == LUA_TSTRING) {
        size_t size;
        const char *text = lua_tolstring(lua, index, &size);
        if (text_to_decimal(text, size, &number.dec.units, &number.dec.scale) < 0)
            sandbox_raise(lua, "%s: '%s' is not a decimal number of at most 18 digits", what, text);
        number.is_exact = true;
        number.number = (double)number.dec.units / (double)num_pow10(number.dec.scale);
    } else {
        return false;
    }
    *ret_number = number;
    return true;
}

static int64_t units(lua_State *lua, const struct api_number *number, oc_rc rc, int exact, int64_t value,
                     bool *ret_snapped)
{
    if (rc < 0)
        sandbox_raise(lua, "the number %f is out of range", number->number);
    if (!exact)
        *ret_snapped = true;
    return value;
}

int64_t api_price_units(lua_State *lua, const struct instrument *instrument, const struct api_number *number,
                        int direction, bool *ret_snapped)
{
    int64_t value = 0;
    int exact = 0;
    oc_rc rc = number->is_exact
                   ? instrument_dec_units(instrument->info.price_step, number->dec, direction, &value, &exact)
                   : instrument_price_snap(instrument, number->number, direction, &value, &exact);
    return units(lua, number, rc, exact, value, ret_snapped);
}

int64_t api_qty_units(lua_State *lua, const struct instrument *instrument, const struct api_number *number,
                      bool *ret_snapped)
{
    int64_t value = 0;
    int exact = 0;
    if (!number->is_exact && api_reads_as_qty(strategy_of(lua), instrument, number->number, &value))
        return value;
    oc_rc rc = number->is_exact
                   ? instrument_dec_units(instrument->info.qty_step, number->dec, SNAP_DOWN, &value, &exact)
                   : instrument_qty_snap(instrument, number->number, SNAP_DOWN, &value, &exact);
    return units(lua, number, rc, exact, value, ret_snapped);
}

double api_number_of_dec(struct oc_dec dec)
{
    return (double)dec.units / (double)num_pow10(dec.scale >= 0 && dec.scale <= 18 ? dec.scale : 0);
}

static void push_dec(lua_State *lua, struct oc_dec dec) { lua_pushnumber(lua, api_number_of_dec(dec)); }

int api_refusal(lua_State *lua, const struct engine_refusal *refusal)
{
    lua_pushnil(lua);
    lua_createtable(lua, 0, 5);
    lua_pushstring(lua, refusal->reason);
    lua_setfield(lua, -2, "code");
    lua_pushboolean(lua, 1);
    lua_setfield(lua, -2, "definitive");
    lua_pushstring(lua, refusal->rule);
    lua_setfield(lua, -2, "rule");
    lua_createtable(lua, 0, 2);
    push_dec(lua, refusal->used);
    lua_setfield(lua, -2, "used");
    push_dec(lua, refusal->limit);
    lua_setfield(lua, -2, "limit");
    lua_setfield(lua, -2, "numbers");
    if (refusal->limit.units || refusal->used.units)
        lua_pushfstring(lua, "refused by %s: %f against a limit of %f", refusal->rule,
                        (double)refusal->used.units / (double)num_pow10(refusal->used.scale),
                        (double)refusal->limit.units / (double)num_pow10(refusal->limit.scale));
    else
        lua_pushfstring(lua, "refused by %s", refusal->rule[0] ? refusal->rule : "the host");
    lua_setfield(lua, -2, "message");
    return 2;
}

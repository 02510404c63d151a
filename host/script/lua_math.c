/* lua_math.c: the math library: the same bits on every CPU, and a generator seeded by the run. */
#include "script/sandbox_state.h"

#include "base/detmath.h"

/* A float whose value is an integer becomes one where it fits. */
static void push_whole(lua_State *lua, lua_Number value)
{
    lua_Integer whole;
    if (lua_numbertointeger(value, &whole))
        lua_pushinteger(lua, whole);
    else
        lua_pushnumber(lua, value);
}

static int lj_floor(lua_State *lua)
{
    if (lua_isinteger(lua, 1))
        lua_settop(lua, 1);
    else
        push_whole(lua, det_floor(luaL_checknumber(lua, 1)));
    return 1;
}

static int lj_ceil(lua_State *lua)
{
    if (lua_isinteger(lua, 1))
        lua_settop(lua, 1);
    else
        push_whole(lua, det_ceil(luaL_checknumber(lua, 1)));
    return 1;
}

static int lj_abs(lua_State *lua)
{
    if (lua_isinteger(lua, 1)) {
        lua_Integer value = lua_tointeger(lua, 1);
        lua_pushinteger(lua, value < 0 ? (lua_Integer)(0u - (lua_Unsigned)value) : value);
    } else {
        lua_pushnumber(lua, __builtin_fabs(luaL_checknumber(lua, 1)));
    }
    return 1;
}

static int lj_fmod(lua_State *lua)
{
    if (lua_isinteger(lua, 1) && lua_isinteger(lua, 2)) {
        lua_Integer divisor = lua_tointeger(lua, 2);
        luaL_argcheck(lua, divisor != 0, 2, "zero");
        lua_pushinteger(lua, divisor == -1 ? 0 : lua_tointeger(lua, 1) % divisor);
    } else {
        lua_pushnumber(lua, det_fmod(luaL_checknumber(lua, 1), luaL_checknumber(lua, 2)));
    }
    return 1;
}

static int lj_modf(lua_State *lua)
{
    if (lua_isinteger(lua, 1)) {
        lua_settop(lua, 1);
        lua_pushnumber(lua, 0);
        return 2;
    }
    lua_Number value = luaL_checknumber(lua, 1);
    lua_Number whole = det_trunc(value);
    push_whole(lua, whole);
    lua_pushnumber(lua, value == whole ? 0 : value - whole);
    return 2;
}

enum { WORK_PORTION = 1024 };

static int extreme(lua_State *lua, bool is_max)
{
    int count = lua_gettop(lua);
    int best = 1;
    luaL_checknumber(lua, 1);
    for (int index = 2; index <= count; index++) {
        if (index % WORK_PORTION == 0)
            sandbox_work(lua, sandbox_of(lua), WORK_PORTION);
        luaL_checknumber(lua, index);
        int a = is_max ? best : index;
        int b = is_max ? index : best;
        if (lua_compare(lua, a, b, LUA_OPLT))
            best = index;
    }
    lua_pushvalue(lua, best);
    return 1;
}

static int lj_max(lua_State *lua) { return extreme(lua, true); }
static int lj_min(lua_State *lua) { return extreme(lua, false); }

static int one(lua_State *lua, double (*function)(double))
{
    lua_pushnumber(lua, function(luaL_checknumber(lua, 1)));
    return 1;
}

static int lj_sqrt(lua_State *lua) { return one(lua, det_sqrt); }
static int lj_exp(lua_State *lua) { return one(lua, det_exp); }
static int lj_sin(lua_State *lua) { return one(lua, det_sin); }
static int lj_cos(lua_State *lua) { return one(lua, det_cos); }
static int lj_tan(lua_State *lua) { return one(lua, det_tan); }
static int lj_asin(lua_State *lua) { return one(lua, det_asin); }
static int lj_acos(lua_State *lua) { return one(lua, det_acos); }

static int lj_atan(lua_State *lua)
{
    lua_pushnumber(lua, det_atan2(luaL_checknumber(lua, 1), luaL_optnumber(lua, 2, 1)));
    return 1;
}

static int lj_log(lua_State *lua)
{
    lua_Number value = luaL_checknumber(lua, 1);
    lua_Number base = lua_isnoneornil(lua, 2) ? 0 : luaL_checknumber(lua, 2);
    if (lua_isnoneornil(lua, 2))
        lua_pushnumber(lua, det_log(value));
    else if (base == 2.0)
        lua_pushnumber(lua, det_log2(value));
    else if (base == 10.0)
        lua_pushnumber(lua, det_log10(value));
    else
        lua_pushnumber(lua, det_log(value) / det_log(base));
    return 1;
}

static int lj_pow(lua_State *lua)
{
    lua_pushnumber(lua, det_pow(luaL_checknumber(lua, 1), luaL_checknumber(lua, 2)));
    return 1;
}

static int lj_tointeger(lua_State *lua)
{
    int is_integer;
    lua_Integer value = lua_tointegerx(lua, 1, &is_integer);
    luaL_checkany(lua, 1);
    if (is_integer)
        lua_pushinteger(lua, value);
    else
        lua_pushnil(lua);
    return 1;
}

static int lj_type(lua_State *lua)
{
    luaL_checkany(lua, 1);
    if (lua_type(lua, 1) == LUA_TNUMBER)
        lua_pushstring(lua, lua_isinteger(lua, 1) ? "integer" : "float");
    else
        lua_pushnil(lua);
    return 1;
}

static int lj_ult(lua_State *lua)
{
    lua_pushboolean(lua, (lua_Unsigned)luaL_checkinteger(lua, 1) < (lua_Unsigned)luaL_checkinteger(lua, 2));
    return 1;
}

static uint64_t turned(uint64_t value, int bits) { return value << bits | value >> (64 - bits); }

/* xoshiro256** of Blackman and Vigna. */
static uint64_t next_random(struct sandbox *sandbox)
{
    uint64_t *s = sandbox->random;
    uint64_t result = turned(s[1] * 5, 7) * 9;
    uint64_t mixed = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= mixed;
    s[3] = turned(s[3], 45);
    return result;
}

/* Even over 0 … max: numbers are drawn below the next power of two until one fits; each fits with
 * more than even odds. */
static uint64_t random_up_to(struct sandbox *sandbox, uint64_t max)
{
    if (max == 0)
        return 0;
    uint64_t mask = UINT64_MAX >> __builtin_clzll(max);
    for (;;) {
        uint64_t drawn = next_random(sandbox) & mask;
        if (drawn <= max)
            return drawn;
    }
}

static int lj_random(lua_State *lua)
{
    struct sandbox *sandbox = sandbox_of(lua);
    lua_Integer low = 1;
    lua_Integer high;
    switch (lua_gettop(lua)) {
    case 0:
        lua_pushnumber(lua, (lua_Number)(next_random(sandbox) >> 11) * 0x1p-53);
        return 1;
    case 1:
        high = luaL_checkinteger(lua, 1);
        if (high == 0) {
            lua_pushinteger(lua, (lua_Integer)next_random(sandbox));
            return 1;
        }
        break;
    case 2:
        low = luaL_checkinteger(lua, 1);
        high = luaL_checkinteger(lua, 2);
        break;
    default:
        return luaL_error(lua, "wrong number of arguments");
    }
    luaL_argcheck(lua, low <= high, lua_gettop(lua), "interval is empty");
    uint64_t drawn = random_up_to(sandbox, (lua_Unsigned)high - (lua_Unsigned)low);
    lua_pushinteger(lua, (lua_Integer)(drawn + (lua_Unsigned)low));
    return 1;
}

static int lj_randomseed(lua_State *lua)
{
    if (lua_isnone(lua, 1))
        return luaL_error(lua, "randomseed needs a number: the clock is not a source of chance here");
    lua_Integer seed;
    lua_Number number = luaL_checknumber(lua, 1);
    if (lua_isinteger(lua, 1))
        seed = lua_tointeger(lua, 1);
    else if (!lua_numbertointeger(det_floor(number), &seed))
        return luaL_argerror(lua, 1, "a number that fits an integer expected");
    sandbox_seed(sandbox_of(lua), (uint64_t)seed);
    return 0;
}

static const luaL_Reg functions[] = {
    {"abs", lj_abs},       {"ceil", lj_ceil},
    {"floor", lj_floor},   {"fmod", lj_fmod},
    {"modf", lj_modf},     {"max", lj_max},
    {"min", lj_min},       {"sqrt", lj_sqrt},
    {"exp", lj_exp},       {"log", lj_log},
    {"pow", lj_pow},       {"sin", lj_sin},
    {"cos", lj_cos},       {"tan", lj_tan},
    {"asin", lj_asin},     {"acos", lj_acos},
    {"atan", lj_atan},     {"type", lj_type},
    {"ult", lj_ult},       {"tointeger", lj_tointeger},
    {"random", lj_random}, {"randomseed", lj_randomseed},
    {NULL, NULL},
};

void open_math(lua_State *lua)
{
    lua_newtable(lua);
    luaL_setfuncs(lua, functions, 0);
    lua_pushnumber(lua, 0x1.921fb54442d18p+1);
    lua_setfield(lua, -2, "pi");
    lua_pushnumber(lua, __builtin_inf());
    lua_setfield(lua, -2, "huge");
    lua_pushinteger(lua, LUA_MAXINTEGER);
    lua_setfield(lua, -2, "maxinteger");
    lua_pushinteger(lua, LUA_MININTEGER);
    lua_setfield(lua, -2, "mininteger");
    sandbox_readonly(lua);
    lua_setfield(lua, -2, "math");
}

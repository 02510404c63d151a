/* api_size.c: size.risk, size.percent, size.atr, size.kelly and its fractions (formula sheet 3). */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "script/strategy_impl.h"

enum { ASSETS_MAX = 32 };

static int skip(lua_State *lua, const char *why)
{
    lua_pushnil(lua);
    lua_pushstring(lua, why);
    return 2;
}

struct sizing {
    const struct market_handle *market;
    const char *name;
    const char *example;
    int table;
    double equity; /* in the market's quote currency */
    double fee;    /* a rate a leg */
    double point;  /* money of one unit for one of price */
    double entry;
    bool is_buy;
};

static bool has(lua_State *lua, const struct sizing *sizing, const char *key, double *ret_value)
{
    struct api_number number = {0};
    const bool found = lua_getfield(lua, sizing->table, key) != LUA_TNIL;
    if (found && !api_number(lua, -1, key, &number))
        sandbox_raise(lua, "%s: %s is a number or a decimal text; found %s", sizing->name, key, luaL_typename(lua, -1));
    lua_pop(lua, 1);
    if (found)
        *ret_value = number.number;
    return found;
}

static double field(lua_State *lua, const struct sizing *sizing, const char *key)
{
    double value = 0;
    if (!has(lua, sizing, key, &value))
        sandbox_raise(lua, "%s: %s is needed: %s", sizing->name, key, sizing->example);
    return value;
}

static double share(lua_State *lua, const struct sizing *sizing, const char *key, const char *what, double most)
{
    const double value = field(lua, sizing, key);
    if (!(value > 0 && value <= most))
        sandbox_raise(lua, "%s: %s is %s above 0 and at most %f; found %f", sizing->name, key, what, most, value);
    return value;
}

/* A verb begins: its table, with known fields only, and what the account and the market are. NULL: it can go on; else why not. */
static const char *begin(lua_State *lua, struct sizing *sizing, const char *name, const char *example,
                         const char *const *known)
{
    *sizing = (struct sizing){.market = api_market_at(lua, 1), .name = name, .example = example, .table = 2};
    api_check_plain(lua, 2, name);
    const char *stray = api_unknown_field(lua, 2, known);
    if (stray)
        sandbox_raise(lua, "%s: unknown field '%s'; %s", name, stray, example);
    const struct market_handle *market = sizing->market;
    const struct oc_instrument *info = &market->instrument->info;
    struct portfolio *portfolio = engine_portfolio(market->strategy->engine);
    const struct account *account = portfolio_account(portfolio, market->account);
    oc_i128 money;
    sizing->fee = api_number_of_dec(account->terms.fee);
    if (has(lua, sizing, "fee", &sizing->fee) && !(sizing->fee >= 0 && sizing->fee < 1))
        sandbox_raise(lua, "%s: fee is a rate a leg, at least 0 and below 1; found %f", name, sizing->fee);
    sizing->point = api_number_of_dec(info->contract_size);
    if (info->kind == OC_KIND_INVERSE)
        return "sizes of inverse contracts are not supported";
    if (portfolio_traded_equity(portfolio, market->account, &money, NULL) < 0)
        return "the equity is not known: a balance has no price";
    if (money <= 0)
        return "no equity";
    if (account->base != info->quote &&
        portfolio_convert(portfolio, money, account->base, info->quote, RATE_MIDDLE, &money) < 0)
        return "the equity is not known in the market's quote currency: no prices lead there";
    sizing->equity = money_to_double(money);
    return NULL;
}

static double smaller(double a, double b) { return b < a ? b : a; }

/* A spot account cannot borrow. What its free cash pays at the entry price, less the 5 % that the chain, too, allows for the
 * price to move until the fill; other markets are limited by the rules alone. One that may not be short sells what it has. */
static double affordable(const struct sizing *sizing, double qty)
{
    const struct market_handle *market = sizing->market;
    const struct oc_instrument *info = &market->instrument->info;
    struct engine *engine = market->strategy->engine;
    struct portfolio *portfolio = engine_portfolio(engine);
    const struct account *account = portfolio_account(portfolio, market->account);
    const uint32_t asset = sizing->is_buy ? info->quote : info->base;
    const double free = money_to_double(portfolio_tradable(portfolio, market->account, asset) -
                                        engine_used_to_trade(engine, market->account, asset));
    if (info->kind != OC_KIND_SPOT || !(sizing->entry > 0))
        return qty;
    if (sizing->is_buy)
        return smaller(qty, free > 0 ? 0.95 * free / (sizing->entry * (1.0 + sizing->fee)) : 0.0);
    return account->terms.has_funds && !account->terms.may_short ? smaller(qty, free > 0 ? free : 0.0) : qty;
}

/* Down to the step and below the limits; or why it is none. */
static int finish(lua_State *lua, const struct sizing *sizing, double qty)
{
    const struct instrument *instrument = sizing->market->instrument;
    const struct oc_instrument *info = &instrument->info;
    const double worth = (sizing->entry < 0 ? -sizing->entry : sizing->entry) * sizing->point;
    int64_t units;
    int exact;
    qty = affordable(sizing, qty);
    if ((info->present & OC_INST_HAS_MAX_NOTIONAL) && worth > 0)
        qty = smaller(qty, api_number_of_dec(info->max_notional) / worth);
    if (instrument_qty_snap(instrument, qty, SNAP_DOWN, &units, &exact) < 0)
        return skip(lua, "the quantity is out of range");
    if ((info->present & OC_INST_HAS_MAX_QTY) && units > info->max_qty)
        units = info->max_qty;
    if (units <= 0 || ((info->present & OC_INST_HAS_MIN_QTY) && units < info->min_qty))
        return skip(lua, "the quantity, or the cash for it, is below the smallest that can be traded");
    if ((info->present & OC_INST_HAS_MIN_NOTIONAL) &&
        instrument_qty(instrument, units) * worth < api_number_of_dec(info->min_notional))
        return skip(lua, "the quantity is worth less than the smallest amount that the venue takes");
    lua_pushnumber(lua, instrument_qty(instrument, units));
    return 1;
}

static bool option_sells(lua_State *lua, const struct sizing *sizing)
{
    lua_getfield(lua, sizing->table, "side");
    const char *word = lua_type(lua, -1) == LUA_TSTRING ? lua_tostring(lua, -1) : NULL;
    if (!lua_isnil(lua, -1) && (!word || (strcmp(word, "buy") != 0 && strcmp(word, "sell") != 0)))
        sandbox_raise(lua, "%s: side is \"buy\" or \"sell\"; found '%s'", sizing->name,
                      word ? word : luaL_typename(lua, -1));
    lua_pop(lua, 1);
    return word && strcmp(word, "sell") == 0;
}

/* The price that it is bought or sold at: `entry`, else the last one. NULL: there is one. */
static const char *read_entry(lua_State *lua, struct sizing *sizing)
{
    const struct market_handle *market = sizing->market;
    const struct market *prices = markets_get(engine_markets(market->strategy->engine), market->inst);
    sizing->is_buy = !option_sells(lua, sizing);
    if (!has(lua, sizing, "entry", &sizing->entry)) {
        if (!prices || !prices->has_last)
            return "the market has no price yet: give entry";
        sizing->entry = instrument_price(market->instrument, prices->last);
    }
    return sizing->entry > 0 ? NULL : "the entry price is not above 0";
}

/* Fixed fractional (SIZE-5, SIZE-6): floor_lot(E f / (|entry - stop| pv + cost per unit)). */
static int lj_size_risk(lua_State *lua)
{
    static const char *const known[] = {"risk", "entry", "stop", "fee", NULL};
    struct sizing sizing;
    const char *why =
        begin(lua, &sizing, "size.risk", "size.risk(m, { risk = 0.01, entry = price, stop = price })", known);
    const double risk = share(lua, &sizing, "risk", "a share of equity", 1.0);
    const double entry = field(lua, &sizing, "entry"), stop = field(lua, &sizing, "stop");
    if (why)
        return skip(lua, why);
    const double distance = entry > stop ? entry - stop : stop - entry;
    const double loss =
        (distance + sizing.fee * ((entry < 0 ? -entry : entry) + (stop < 0 ? -stop : stop))) * sizing.point;
    if (!(loss > 0))
        return skip(lua, "entry and stop are the same price");
    sizing.entry = entry;
    sizing.is_buy = entry > stop;
    return finish(lua, &sizing, sizing.equity * risk / loss);
}

/* A share of equity at the entry price, its fee included. */
static int lj_size_percent(lua_State *lua)
{
    static const char *const known[] = {"share", "entry", "fee", "side", NULL};
    struct sizing sizing;
    const char *why = begin(lua, &sizing, "size.percent", "size.percent(m, { share = 0.1 })", known);
    const double part = share(lua, &sizing, "share", "a share of equity", 100.0);
    const char *no_entry = read_entry(lua, &sizing);
    if (why || no_entry)
        return skip(lua, why ? why : no_entry);
    return finish(lua, &sizing, sizing.equity * part / (sizing.entry * (1.0 + sizing.fee) * sizing.point));
}

/* SIZE-7: floor_lot(E f / (k ATR pv)), and the fees of both legs where there are any. */
static int lj_size_atr(lua_State *lua)
{
    static const char *const known[] = {"risk", "atr", "factor", "entry", "fee", "side", NULL};
    struct sizing sizing;
    const char *why = begin(lua, &sizing, "size.atr", "size.atr(m, { risk = 0.01, atr = m.a(), factor = 2 })", known);
    const double risk = share(lua, &sizing, "risk", "a share of equity", 1.0);
    const double atr = field(lua, &sizing, "atr"), factor = share(lua, &sizing, "factor", "a number", 1000.0);
    const char *no_entry = read_entry(lua, &sizing);
    if (why || no_entry)
        return skip(lua, why ? why : no_entry);
    if (!(atr > 0))
        return skip(lua, "the range is 0");
    const double away = factor * atr, stop = sizing.is_buy ? sizing.entry - away : sizing.entry + away;
    const double cost = sizing.fee * (sizing.entry + (stop < 0 ? -stop : stop));
    return finish(lua, &sizing, sizing.equity * risk / ((away + cost) * sizing.point));
}

/* The fraction of Kelly's criterion by what was given: chance and payoff (SIZE-1), chance, gain and loss (SIZE-2), mean and deviation
 * (SIZE-3). */
static double kelly(lua_State *lua, const struct sizing *sizing)
{
    double chance = 0, payoff = 0, gain = 0, loss = 0, mean = 0, deviation = 0, rate = 0;
    const bool has_chance = has(lua, sizing, "chance", &chance), has_payoff = has(lua, sizing, "payoff", &payoff);
    const bool has_gain = has(lua, sizing, "gain", &gain), has_loss = has(lua, sizing, "loss", &loss);
    const bool has_mean = has(lua, sizing, "mean", &mean), has_deviation = has(lua, sizing, "deviation", &deviation);
    const bool has_rate = has(lua, sizing, "rate", &rate);
    const bool is_bet = has_chance && has_payoff && !has_gain && !has_loss && !has_mean && !has_deviation && !has_rate;
    const bool is_parts = has_chance && has_gain && has_loss && !has_payoff && !has_mean && !has_deviation && !has_rate;
    const bool is_continuous = has_mean && has_deviation && !has_chance && !has_payoff && !has_gain && !has_loss;
    if (!is_bet && !is_parts && !is_continuous)
        sandbox_raise(lua,
                      "%s: give chance and payoff, or chance, gain and loss, or mean and deviation (and rate), and "
                      "nothing of the others",
                      sizing->name);
    if (has_chance && !(chance >= 0 && chance <= 1))
        sandbox_raise(lua, "%s: chance is from 0 to 1; found %f", sizing->name, chance);
    const double divisors[] = {is_bet ? payoff : is_parts ? gain : deviation, is_parts ? loss : 1.0};
    for (int i = 0; i < 2; i++)
        if (!(divisors[i] > 0))
            sandbox_raise(lua, "%s: payoff, gain, loss and deviation are above 0; found %f", sizing->name, divisors[i]);
    if (is_bet)
        return chance - (1.0 - chance) / payoff;
    if (is_parts)
        return chance / loss - (1.0 - chance) / gain;
    return (mean - rate) / (deviation * deviation);
}

/* size.kelly_fraction { ... }: the whole of Kelly's fraction, below 0 too. */
static int lj_size_kelly_fraction(lua_State *lua)
{
    static const char *const known[] = {"chance", "payoff", "gain", "loss", "mean", "deviation", "rate", NULL};
    const struct sizing sizing = {.name = "size.kelly_fraction", .table = 1};
    api_check_plain(lua, 1, sizing.name);
    const char *stray = api_unknown_field(lua, 1, known);
    if (stray)
        return sandbox_raise(lua, "size.kelly_fraction: unknown field '%s'", stray);
    lua_pushnumber(lua, kelly(lua, &sizing));
    return 1;
}

/* clamp(fraction * f, 0, cap) of equity at the entry price. */
static int lj_size_kelly(lua_State *lua)
{
    static const char *const known[] = {"chance",   "payoff", "gain",  "loss", "mean", "deviation", "rate",
                                        "fraction", "cap",    "entry", "fee",  "side", NULL};
    struct sizing sizing;
    const char *why = begin(lua, &sizing, "size.kelly",
                            "size.kelly(m, { chance = 0.55, payoff = 1.2, fraction = 0.5, cap = 0.25 })", known);
    const double whole = kelly(lua, &sizing);
    const double fraction = share(lua, &sizing, "fraction", "a part of Kelly's", 1.0);
    const double cap = share(lua, &sizing, "cap", "a share of equity", 100.0);
    const char *no_entry = read_entry(lua, &sizing);
    if (why || no_entry)
        return skip(lua, why ? why : no_entry);
    if (!(whole > 0))
        return skip(lua, "the bet has no edge: Kelly's fraction is not above 0");
    const double used = smaller(fraction * whole, cap);
    return finish(lua, &sizing, sizing.equity * used / (sizing.entry * (1.0 + sizing.fee) * sizing.point));
}

/* Reads `count` numbers of the list at the top. */
static void read_list(lua_State *lua, const char *what, double *list, int count)
{
    struct api_number number;
    api_check_plain(lua, -1, "size.kelly_weights");
    if ((int)lua_rawlen(lua, -1) != count)
        sandbox_raise(lua, "size.kelly_weights: %s has %d numbers; found %d", what, count, (int)lua_rawlen(lua, -1));
    for (int i = 0; i < count; i++) {
        lua_rawgeti(lua, -1, i + 1);
        if (!api_number(lua, -1, what, &number))
            sandbox_raise(lua, "size.kelly_weights: %s[%d] is a number; found %s", what, i + 1, luaL_typename(lua, -1));
        list[i] = number.number;
        lua_pop(lua, 1);
    }
}

/* Solves a x = b in place, with the largest pivot of each column; false: it has no single solution. */
static bool solve(double a[ASSETS_MAX][ASSETS_MAX], double *b, int count)
{
    for (int column = 0; column < count; column++) {
        int pivot = column;
        for (int row = column + 1; row < count; row++)
            pivot = fabs(a[row][column]) > fabs(a[pivot][column]) ? row : pivot;
        if (!(fabs(a[pivot][column]) > 1e-300))
            return false;
        for (int i = 0; i < count; i++) {
            const double kept = a[column][i];
            a[column][i] = a[pivot][i];
            a[pivot][i] = kept;
        }
        const double kept = b[column];
        b[column] = b[pivot];
        b[pivot] = kept;
        for (int row = 0; row < count; row++) {
            const double part = row == column ? 0.0 : a[row][column] / a[column][column];
            for (int i = column; i < count; i++)
                a[row][i] -= part * a[column][i];
            b[row] -= part * b[column];
        }
    }
    for (int i = 0; i < count; i++)
        b[i] /= a[i][i];
    return true;
}

/* SIZE-4: the covariance's inverse times the excess returns. */
static int lj_size_kelly_weights(lua_State *lua)
{
    static const char *const known[] = {"excess", "deviation", "correlation", NULL};
    double excess[ASSETS_MAX], deviation[ASSETS_MAX], matrix[ASSETS_MAX][ASSETS_MAX];
    api_check_plain(lua, 1, "size.kelly_weights");
    const char *stray = api_unknown_field(lua, 1, known);
    if (stray)
        return sandbox_raise(lua, "size.kelly_weights: unknown field '%s'; known: excess deviation correlation", stray);
    lua_getfield(lua, 1, "excess");
    api_check_plain(lua, -1, "size.kelly_weights");
    const int count = (int)lua_rawlen(lua, -1);
    if (count < 1 || count > ASSETS_MAX)
        return sandbox_raise(lua, "size.kelly_weights: 1 to %d assets; found %d", ASSETS_MAX, count);
    read_list(lua, "excess", excess, count);
    lua_getfield(lua, 1, "deviation");
    read_list(lua, "deviation", deviation, count);
    lua_getfield(lua, 1, "correlation");
    api_check_plain(lua, -1, "size.kelly_weights");
    for (int i = 0; i < count; i++) {
        lua_rawgeti(lua, -1, i + 1);
        read_list(lua, "correlation", matrix[i], count);
        lua_pop(lua, 1);
        if (!(deviation[i] > 0) || matrix[i][i] != 1.0)
            return sandbox_raise(lua, "size.kelly_weights: deviations are above 0, and correlation[%d][%d] is 1", i + 1,
                                 i + 1);
    }
    for (int i = 0; i < count; i++)
        for (int k = 0; k < i; k++)
            if (matrix[i][k] != matrix[k][i] || !(fabs(matrix[i][k]) <= 1.0))
                return sandbox_raise(lua, "size.kelly_weights: correlations are from -1 to 1, and [%d][%d] is [%d][%d]",
                                     i + 1, k + 1, k + 1, i + 1);
    for (int i = 0; i < count; i++)
        for (int k = 0; k < count; k++)
            matrix[i][k] *= deviation[i] * deviation[k];
    if (!solve(matrix, excess, count))
        return skip(lua, "the covariances cannot be inverted");
    lua_createtable(lua, count, 0);
    for (int i = 0; i < count; i++) {
        lua_pushnumber(lua, excess[i]);
        lua_rawseti(lua, -2, i + 1);
    }
    return 1;
}

void api_size_install(struct strategy *strategy)
{
    static const luaL_Reg sizes[] = {{"risk", lj_size_risk},
                                     {"percent", lj_size_percent},
                                     {"atr", lj_size_atr},
                                     {"kelly", lj_size_kelly},
                                     {"kelly_fraction", lj_size_kelly_fraction},
                                     {"kelly_weights", lj_size_kelly_weights},
                                     {NULL, NULL}};
    sandbox_register_lib(strategy->lua, "size", sizes);
}

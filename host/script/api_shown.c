/* api_shown.c: what venues show of accounts, positions and markets, as tables of numbers. */
#include <math.h>

#include "script/strategy_impl.h"

static void put_dec(lua_State *lua, const char *key, struct oc_dec value)
{
    lua_pushnumber(lua, api_number_of_dec(value));
    lua_setfield(lua, -2, key);
}

static void put_said(lua_State *lua, const char *key, struct oc_dec value, uint32_t is_said)
{
    if (is_said)
        put_dec(lua, key, value);
}

static void put_text(lua_State *lua, const char *key, const char *text)
{
    lua_pushstring(lua, text);
    lua_setfield(lua, -2, key);
}

static void put_time(lua_State *lua, const char *key, int64_t at_ns)
{
    lua_pushinteger(lua, at_ns);
    lua_setfield(lua, -2, key);
}

static void put_id(lua_State *lua, const char *key, const struct oc_id *id)
{
    if (id->size == 0)
        return;
    lua_pushlstring(lua, id->text, id->size <= OC_ID_MAX ? id->size : OC_ID_MAX);
    lua_setfield(lua, -2, key);
}

static void put_asset(lua_State *lua, const char *key, uint32_t asset)
{
    if (asset)
        put_text(lua, key, instruments_asset_name(engine_instruments(strategy_of(lua)->engine), asset));
}

/* [account] */

bool api_push_balance_shown(lua_State *lua, const struct strategy *strategy, uint32_t account, uint32_t asset,
                            const char *part)
{
    const struct oc_ev_balance *balance = statement_find_balance(engine_statement(strategy->engine), account, asset, 0);
    const struct oc_ev_balance none = {.present = 0};
    const struct oc_ev_balance *of = balance ? balance : &none;
    oc_i128 total = 0;
    if (KEY_IS(strategy, part, venue_total)) {
        if (balance && statement_total(balance, &total) == OC_OK)
            lua_pushnumber(lua, money_to_double(total));
        else
            lua_pushnil(lua);
        return true;
    }
    const bool is_free = KEY_IS(strategy, part, venue_free), is_locked = KEY_IS(strategy, part, venue_locked),
               is_borrowed = KEY_IS(strategy, part, borrowed), is_interest = KEY_IS(strategy, part, interest);
    if (!is_free && !is_locked && !is_borrowed && !is_interest)
        return false;
    const uint32_t bit = is_free       ? OC_BAL_FREE
                         : is_locked   ? OC_BAL_LOCKED
                         : is_borrowed ? OC_BAL_BORROWED
                                       : OC_BAL_INTEREST;
    const struct oc_dec value = is_free ? of->free : is_locked ? of->locked : is_borrowed ? of->borrowed : of->interest;
    if (of->present & bit)
        lua_pushnumber(lua, api_number_of_dec(value));
    else
        lua_pushnil(lua);
    return true;
}

static void push_margin(lua_State *lua, const struct oc_ev_account *said)
{
    if (said->present == 0) {
        lua_pushnil(lua);
        return;
    }
    lua_newtable(lua);
    put_said(lua, "equity", said->equity, said->present & OC_ACC_EQUITY);
    put_said(lua, "used", said->margin_used, said->present & OC_ACC_MARGIN_USED);
    put_said(lua, "free", said->margin_free, said->present & OC_ACC_MARGIN_FREE);
    put_said(lua, "maintenance", said->maintenance, said->present & OC_ACC_MAINTENANCE);
    put_said(lua, "unrealised", said->unrealised, said->present & OC_ACC_UNREALISED);
    put_said(lua, "maker_fee", said->maker_fee, said->present & OC_ACC_MAKER_FEE);
    put_said(lua, "taker_fee", said->taker_fee, said->present & OC_ACC_TAKER_FEE);
    put_said(lua, "leverage", said->leverage, said->present & OC_ACC_LEVERAGE);
    put_asset(lua, "currency", said->asset);
    put_time(lua, "time", said->head.venue_ns);
}

static void push_rights(lua_State *lua, const struct oc_ev_account *said)
{
    uint32_t bit;
    const char *name;
    lua_newtable(lua);
    for (uint32_t i = 0; (name = statement_right(i, &bit)) != NULL; i++)
        if (said->known & bit) {
            lua_pushboolean(lua, (said->rights & bit) != 0);
            lua_setfield(lua, -2, name);
        }
}

static void push_entry(lua_State *lua, const struct oc_ev_ledger *entry)
{
    lua_newtable(lua);
    put_time(lua, "time", entry->head.venue_ns);
    put_id(lua, "id", &entry->id);
    put_text(lua, "kind", statement_ledger_kind(entry->kind));
    put_text(lua, "status", statement_ledger_status(entry->status));
    put_asset(lua, "asset", entry->asset);
    put_dec(lua, "amount", entry->amount);
    put_said(lua, "fee", entry->fee, entry->present & OC_LEDGER_HAS_FEE);
    put_asset(lua, "fee_asset", entry->present & OC_LEDGER_HAS_FEE ? entry->fee_asset : 0);
    put_said(lua, "after", entry->after, entry->present & OC_LEDGER_HAS_AFTER);
    put_id(lua, "reference", &entry->reference);
}

static void push_ledger(lua_State *lua, const struct statement *statement, uint32_t account)
{
    const struct oc_ev_ledger *entry;
    lua_Integer count = 0;
    lua_newtable(lua);
    for (uint32_t back = 0; (entry = statement_entry(statement, back)) != NULL; back++)
        if (entry->head.source == account) {
            push_entry(lua, entry);
            lua_rawseti(lua, -2, ++count);
        }
}

bool api_push_account_shown(lua_State *lua, const struct strategy *strategy, uint32_t account, const char *key)
{
    const struct statement *statement = engine_statement(strategy->engine);
    const struct account_statement *of = statement_of(statement, account);
    const struct oc_ev_account none = {.present = 0}, *said = of ? &of->account : &none;
    if (KEY_IS(strategy, key, margin))
        push_margin(lua, said);
    else if (KEY_IS(strategy, key, rights))
        push_rights(lua, said);
    else if (KEY_IS(strategy, key, ledger))
        push_ledger(lua, statement, account);
    else if (KEY_IS(strategy, key, venue_state))
        lua_pushstring(lua, statement_state_name(statement_state(statement, account, OC_PART_TRADING)));
    else
        return false;
    return true;
}

/* [market] */

static int lj_figures(lua_State *lua)
{
    const struct strategy *strategy = strategy_of(lua);
    const struct market_figures *of =
        statement_figures_of(engine_statement(strategy->engine), api_market_at(lua, 1)->inst);
    lua_newtable(lua);
    for (uint32_t what = 1; of && what < STATEMENT_FIGURES; what++)
        put_said(lua, statement_figure_name(what), of->figures[what].value, of->figures[what].at_ns != 0);
    return 1;
}

static int lj_funding(lua_State *lua)
{
    const struct strategy *strategy = strategy_of(lua);
    const struct market_figures *of =
        statement_figures_of(engine_statement(strategy->engine), api_market_at(lua, 1)->inst);
    if (!of || of->funding.head.size == 0)
        return lua_pushnil(lua), 1;
    lua_newtable(lua);
    put_dec(lua, "rate", of->funding.rate);
    put_time(lua, "due", of->funding.due_ns);
    put_time(lua, "interval", of->funding.interval_ns);
    put_said(lua, "next_rate", of->funding.next_rate, of->funding.present & OC_FUNDING_NEXT);
    return 1;
}

static void push_position(lua_State *lua, const struct market_handle *market, const struct oc_ev_position *position)
{
    static const char *const sides[] = {"net", "long", "short"};
    static const char *const modes[] = {"none", "cross", "isolated", "cash"};
    lua_newtable(lua);
    lua_pushnumber(lua, instrument_qty(market->instrument, position->qty));
    lua_setfield(lua, -2, "qty");
    put_text(lua, "side", sides[position->side <= OC_POSITION_SHORT ? position->side : 0]);
    put_said(lua, "average", position->average, position->present & OC_POS_AVERAGE);
    put_said(lua, "mark", position->mark, position->present & OC_POS_MARK);
    put_said(lua, "liquidation", position->liquidation, position->present & OC_POS_LIQUIDATION);
    put_said(lua, "unrealised", position->unrealised, position->present & OC_POS_UNREALISED);
    put_said(lua, "realised", position->realised, position->present & OC_POS_REALISED);
    put_said(lua, "margin", position->margin, position->present & OC_POS_MARGIN);
    put_said(lua, "maintenance", position->maintenance, position->present & OC_POS_MAINTENANCE);
    put_said(lua, "leverage", position->leverage, position->present & OC_POS_LEVERAGE);
    put_asset(lua, "currency", position->asset);
    put_text(lua, "margin_mode", modes[position->margin_mode <= OC_MARGIN_CASH ? position->margin_mode : 0]);
    put_id(lua, "id", &position->position);
    put_time(lua, "time", position->head.venue_ns);
}

static int lj_shown(lua_State *lua)
{
    const struct statement *statement = engine_statement(strategy_of(lua)->engine);
    const struct market_handle *market = api_market_at(lua, 1);
    lua_Integer count = 0;
    lua_newtable(lua);
    for (uint32_t i = 0; i < statement->position_count; i++) {
        const struct oc_ev_position *position = &statement->positions[i];
        if (position->head.source == market->account &&
            OC_INST_INDEX(position->head.inst) == OC_INST_INDEX(market->inst)) {
            push_position(lua, market, position);
            lua_rawseti(lua, -2, ++count);
        }
    }
    return 1;
}

const luaL_Reg api_shown_methods[] = {
    {"figures", lj_figures}, {"funding", lj_funding}, {"shown", lj_shown}, {NULL, NULL}};

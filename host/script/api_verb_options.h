/* api_verb_options.h: the option table of the verbs of a market. Each reads one option, or one kind, of the table at index `options` of the stack;
 * 0: there is none. What is not as it should be raises. [engine] */
#ifndef SCRIPT_API_VERB_OPTIONS_H
#define SCRIPT_API_VERB_OPTIONS_H

#include "script/strategy_impl.h"

/* The index of the option table: the last argument, at `index`; 0: there is none. Anything else would be silently without effect. */
int options_behind(lua_State *lua, const char *verb, const char *const *known, int index);
/* The same behind m and a leading amount. */
int options_at(lua_State *lua, const char *verb, const char *const *known);
/* Whether it is set. */
bool option_flag(lua_State *lua, int index, const char *name);
/* OC_TIF_...; GTC without it. */
uint8_t option_tif(lua_State *lua, int index);
/* Nanoseconds UTC; 0 without it. */
int64_t option_expire(lua_State *lua, int index);
/* stop_loss, take_profit, trail, trail_from and oco. */
void option_protection(lua_State *lua, int options, const struct instrument *instrument, struct oc_request *request);
/* price and stop, and the type of order that follows from them. */
void option_prices(lua_State *lua, int options, const struct instrument *instrument, struct oc_request *request,
                   bool *snapped);
/* qty, or the leading amount, or quote_qty. False: none is named. */
bool option_amount(lua_State *lua, int options, const struct instrument *instrument, struct oc_request *request,
                   bool *snapped);
/* OC_RQ_FIT_FUNDS where what cannot be paid is to be left out. */
uint32_t option_insufficient(lua_State *lua, int options, const struct oc_request *request);
/* The word of the strategy's own. */
void option_tag(lua_State *lua, int options, struct oc_request *request);

#endif

/* script_api_test.c: what each word of the API answers, expression by expression, right and wrong ones: values as a strategy
 * sees them, refusals as code | message | rule, errors behind a '!'. */
#include "base/text.h"
#include "support/strategy_kit.h"

struct probe {
    const char *expression, *said;
};

struct stage {
    const char *callback;
    const struct probe *probes;
    size_t count;
};

static const struct probe probes_0[] = {
    {"m.last", "100.0"},
    {"m.bid", "nil"},
    {"m.ask", "nil"},
    {"m.symbol", "BTC/USDT"},
    {"m.venue", "test"},
    {"m.base", "BTC"},
    {"m.quote", "USDT"},
    {"m.tick", "0.01"},
    {"m.lot", "0.001"},
    {"m.index", "1"},
    {"m.nothing", "nil"},
    {"m[1]", "nil"},
    {"tostring(m)", "BTC/USDT"},
    {"m.position.qty", "0.0"},
    {"m.position.side", "flat"},
    {"m.position.average", "nil"},
    {"m.position.realised", "0.0"},
    {"m.position.unrealised", "0.0"},
    {"m.position.trips", "0"},
    {"m.position.dust", "0.0"},
    {"m.position.dust_cost", "0.0"},
    {"m.position.x", "! a position has qty, side, average, realised, unrealised, trips, dust and dust_cost; found 'x'"},
    {"m.position[1]",
     "! a position has qty, side, average, realised, unrealised, trips, dust and dust_cost; found '1'"},
    {"(function() m.last = 1 end)()", "! m.last belongs to the API and cannot be assigned; choose another name"},
    {"(function() m.buy = 1 end)()", "! m.buy belongs to the API and cannot be assigned; choose another name"},
    {"(function() m.position = 1 end)()",
     "! m.position belongs to the API and cannot be assigned; choose another name"},
    {"(function() m.index = 1 end)()", "! m.index belongs to the API and cannot be assigned; choose another name"},
    {"(function() m.x = 5 m[7] = 'seven' return m.x, m[7] end)()", "5, seven"},
    {"m:round_price(1.234)", "1.23"},
    {"m:round_price(1.235)", "1.24"},
    {"m:round_price('1.239')", "1.24"},
    {"m:round_price(-0.006)", "-0.01"},
    {"m:round_price({})", "! a number or a decimal text is needed; found table"},
    {"m:round_price()", "! a number or a decimal text is needed; found no value"},
    {"m:round_price(1e300)", "! the number 1e+300 is out of range"},
    {"m:round_qty(1.2349)", "1.234"},
    {"m:round_qty('0.0019')", "0.001"},
    {"m:round_qty(0.0009)", "0.0"},
    {"m:round_qty(0.0029999999999)", "0.003"},
    {"m:round_qty(true)", "! a number or a decimal text is needed; found boolean"},
    {"b.open", "100.0"},
    {"b.high", "100.0"},
    {"b.low", "100.0"},
    {"b.close", "100.0"},
    {"b.volume", "5.0"},
    {"b.time", "120000000000"},
    {"b.open_time", "60000000000"},
    {"b.period", "60000000000"},
    {"b.mid", "! this event has no field 'mid'"},
    {"b.bid", "! this event has no field 'bid'"},
    {"b[1]", "! this event has no field '1'"},
    {"(function() b.close = 1 end)()", "! an event cannot be changed"},
    {"b:copy().close", "100.0"},
    {"b:copy().time", "120000000000"},
};
static const struct probe probes_1[] = {
    {"m:buy()", "! an amount is needed: m:buy(qty), m:buy{ qty = ... } or m:buy{ quote_qty = ... }"},
    {"m:buy(0)", "! qty must be above 0; found 0.0"},
    {"m:buy(-1)", "! qty must be above 0; found -1.0"},
    {"m:buy('x')", "! qty: 'x' is not a decimal number of at most 18 digits"},
    {"m:buy(1, 5)", "! m:buy: the options are one table, the last argument; found number"},
    {"m:buy(1, {}, 5)", "! m:buy: the options are one table, the last argument; found number"},
    {"m:buy({ qty = 1 }, {})", "! m:buy: the options are one table, the last argument; found table"},
    {"m:buy{ qty = 1, prise = 2, another = 3 }",
     "! m:buy: unknown option 'another'; known: qty quote_qty price stop "
     "post_only reduce_only tif expire stop_loss take_profit trail trail_from oco tag strict on_insufficient"},
    {"m:buy{ qty = 1, trail = 0 }",
     "! trail is a distance of at least one price step such as 2.50, or a part above 0 and "
     "below 100 % such as 1.5%; found 0.0"},
    {"m:buy{ qty = 1, trail = \"100%\" }",
     "! trail is a distance of at least one price step such as 2.50, or a part above 0 "
     "and below 100 % such as 1.5%; found '100%'"},
    {"m:buy{ qty = 1, trail = true }", "! trail is a number or a decimal text; found boolean"},
    {"m:buy{ qty = 1, oco = 3 }", "! oco is an order, as m:buy and m:sell return it; found number"},
    {"m:buy{ qty = 1, trail_from = 3 }",
     "! trail_from is the price from which a stop follows the market: say trail too"},
    {"m:buy{ qty = 1, quote_qty = 2 }", "! give qty or quote_qty, not both"},
    {"m:buy{ quote_qty = 0 }", "nil, QUOTE_AMOUNT_TOO_SMALL | refused by host | host | 0.0 0.0 true"},
    {"m:buy{ quote_qty = -1 }", "! quote_qty must be above 0; found -1.0"},
    {"m:buy{ quote_qty = 1e19 }", "! the amount 1e+19 is too large"},
    {"m:buy(true)", "! an amount is needed: m:buy(qty), m:buy{ qty = ... } or m:buy{ quote_qty = ... }"},
    {"m:buy(1, setmetatable({}, {}))", "! m:buy: a plain table is needed; this one has a metatable"},
    {"m:buy(1, { price = {} })", "! price is a number or a decimal text; found table"},
    {"m:buy(1, { price = 0/0 })", "! price: a finite number is needed; found NaN"},
    {"m:buy(1, { price = 1/0 })", "! price: a finite number is needed; found infinity"},
    {"m:buy(1, { price = 1e30 })", "! the number 1e+30 is out of range"},
    {"m:buy(1e300)", "! the number 1e+300 is out of range"},
    {"m:buy(1, { price = '1.2.3' })", "! price: '1.2.3' is not a decimal number of at most 18 digits"},
    {"m:buy(1, { stop = true })", "! stop is a number or a decimal text; found boolean"},
    {"m:buy(1, { tif = 'GTX' })", "! tif is GTC, IOC, FOK, GTD or DAY; found 'GTX'"},
    {"m:buy(1, { tif = 'GTD' })",
     "! this order makes no sense: check type, tif and expire (GTD needs expire), post_only (limit orders only)"},
    {"m:buy(1, { tif = 'GTD', expire = 1.5 })",
     "! expire is a whole number of nanoseconds UTC, such as now() + 60 * 1000000000; found number"},
    {"m:buy(1, { tif = 'GTD', expire = 'x' })",
     "! expire is a whole number of nanoseconds UTC, such as now() + 60 * 1000000000; found string"},
    {"m:buy(1, { post_only = true })",
     "! this order makes no sense: check type, tif and expire (GTD needs expire), post_only (limit orders only)"},
    {"m:buy(1, { expire = 5 })",
     "! this order makes no sense: check type, tif and expire (GTD needs expire), post_only (limit orders only)"},
    {"m:buy(0.0004)", "nil, QUANTITY_BELOW_STEP | refused by instrument | instrument | 0.0 0.0 true"},
    {"m:buy{ qty = 1.0005, strict = true }", "nil, NOT_ON_THE_GRID | refused by strict | strict | 0.0 0.0 true"},
    {"m:buy(1, { price = 99.999, strict = true })", "nil, NOT_ON_THE_GRID | refused by strict | strict | 0.0 0.0 true"},
    {"m:sell(1, { price = 100.001, strict = true })",
     "nil, NOT_ON_THE_GRID | refused by strict | strict | 0.0 0.0 true"},
    {"m:buy(1, { stop = 101.001, strict = true })", "nil, NOT_ON_THE_GRID | refused by strict | strict | 0.0 0.0 true"},
    {"m:close()", "nil, NO_POSITION | refused by host | host | 0.0 0.0 true"},
    {"m:close(1)", "! m:close: the options are one table, the last argument; found number"},
    {"m:close{ qty = 1 }", "! m:close: unknown option 'qty'; known: price stop tif tag"},
    {"m:close({}, {})", "! m:close: the options are one table, the last argument; found table"},
    {"m:buy(1, { stop_loss = 101 })",
     "nil, STOP_LOSS_ON_WRONG_SIDE | refused by instrument | instrument | 0.0 0.0 true"},
    {"m:buy(1, { take_profit = 99 })",
     "nil, TAKE_PROFIT_ON_WRONG_SIDE | refused by instrument | instrument | 0.0 0.0 true"},
    {"m:buy(1, { stop_loss = 'x' })", "! stop_loss: 'x' is not a decimal number of at most 18 digits"},
    {"m.buy(5, 1)", "! bad argument #1 to 'buy' (outcry.market expected, got number)"},
    {"m:cancel_all()", "0"},
    {"#m:orders()", "0"}, /* all of them were refused */
    {"m:busy()", "false"},
};
static const struct probe probes_2[] = {
    {"o(m:buy(1))",
     "buy market 1.0 GTC nil nil none  INITIALIZED open true true 0.0 1.0 nil 0.0  BTC/USDT 240000000000"},
    {"o(m:sell(2))",
     "sell market 2.0 GTC nil nil none  INITIALIZED open true true 0.0 2.0 nil 0.0  BTC/USDT 240000000000"},
    {"o(m:buy(1.0005))",
     "buy market 1.0 GTC nil nil none  INITIALIZED open true true 0.0 1.0 nil 0.0  BTC/USDT 240000000000"},
    {"o(m:buy('1.25', { tag = 'first' }))",
     "buy market 1.25 GTC nil nil none first INITIALIZED open true true 0.0 1.25 nil 0.0  BTC/USDT 240000000000"},
    {"o(m:buy{ qty = 1, price = 99.999 })",
     "buy limit 1.0 GTC 99.99 nil none  INITIALIZED open true true 0.0 1.0 nil 0.0  BTC/USDT 240000000000"},
    {"o(m:sell{ qty = 1, price = 100.001 })",
     "sell limit 1.0 GTC 100.01 nil none  INITIALIZED open true true 0.0 1.0 nil 0.0  BTC/USDT 240000000000"},
    {"o(m:buy{ qty = 1, price = '99.99' })",
     "buy limit 1.0 GTC 99.99 nil none  INITIALIZED open true true 0.0 1.0 nil 0.0  BTC/USDT 240000000000"},
    {"o(m:buy(1, { price = 99.9949999999999 }))",
     "buy limit 1.0 GTC 99.99 nil none  INITIALIZED open true true 0.0 1.0 nil 0.0  BTC/USDT 240000000000"},
    {"o(m:sell(1, { price = 100.0000000001 }))",
     "sell limit 1.0 GTC 100.0 nil none  INITIALIZED open true true 0.0 1.0 nil 0.0  BTC/USDT 240000000000"},
    {"o(m:buy{ qty = 1, stop = 101.004 })",
     "buy stop 1.0 GTC nil 101.0 none  INITIALIZED open true true 0.0 1.0 nil 0.0  BTC/USDT 240000000000"},
    {"o(m:buy{ qty = 1, stop = 101.006 })",
     "buy stop 1.0 GTC nil 101.01 none  INITIALIZED open true true 0.0 1.0 nil 0.0  BTC/USDT 240000000000"},
    {"o(m:sell{ qty = 1, stop = 98, price = 97.5 })",
     "sell stop_limit 1.0 GTC 97.5 98.0 none  INITIALIZED open true true 0.0 1.0 nil 0.0  BTC/USDT 240000000000"},
    {"o(m:buy{ qty = 1, price = 98, post_only = true })",
     "buy limit 1.0 GTC 98.0 nil none  INITIALIZED open true true 0.0 1.0 nil 0.0  BTC/USDT 240000000000"},
    {"o(m:buy{ qty = 1, price = 98, tif = 'IOC' })",
     "buy limit 1.0 IOC 98.0 nil none  INITIALIZED open true true 0.0 1.0 nil 0.0  BTC/USDT 240000000000"},
    {"o(m:buy{ qty = 1, price = 98, tif = 'FOK' })",
     "buy limit 1.0 FOK 98.0 nil none  INITIALIZED open true true 0.0 1.0 nil 0.0  BTC/USDT 240000000000"},
    {"o(m:buy{ qty = 1, price = 98, tif = 'DAY' })",
     "buy limit 1.0 DAY 98.0 nil none  INITIALIZED open true true 0.0 1.0 nil 0.0  BTC/USDT 240000000000"},
    {"o(m:buy{ qty = 1, price = 98, tif = 'GTD', expire = now() + 1000000000 })",
     "buy limit 1.0 GTD 98.0 nil none  INITIALIZED open true true 0.0 1.0 nil 0.0  BTC/USDT 240000000000"},
    {"o(m:buy{ qty = 1, price = 98, tag = 'abcdefghijklmnopqrstuvwxyz' })",
     "buy limit 1.0 GTC 98.0 nil none abcdefghijklmnopqrstuvw INITIALIZED open true true 0.0 1.0 nil 0.0  BTC/USDT "
     "240000000000"},
    {"o(m:buy{ quote_qty = 250.5 })",
     "buy market 0.0 GTC nil nil none  INITIALIZED open true true 0.0 2.637 nil 0.0  BTC/USDT 240000000000"},
    {"o(m:buy{ quote_qty = '99.125' })",
     "buy market 0.0 GTC nil nil none  INITIALIZED open true true 0.0 1.044 nil 0.0  BTC/USDT 240000000000"},
    {"o(m:buy{ qty = 1, stop_loss = 95.004, take_profit = 105.006 })",
     "buy market 1.0 GTC nil nil entry  INITIALIZED open true true 0.0 1.0 nil 0.0  BTC/USDT 240000000000"},
    {"m:busy()", "true"},
    {"#m:orders()", "21"},
    {"m:orders()[1].qty", "1.0"},
    {"m:orders()[2].side", "sell"},
    {"tostring(m:orders()[1])", "order o3_3"},
    {"m:orders()[1] == m:orders()[1]", "true"},
    {"m:orders()[1] == m:orders()[2]", "false"},
    {"m:orders()[1] == 5", "false"},
    {"m:orders()[1].foo", "! an order has no field 'foo'"},
    {"m:orders()[1][true]", "! an order has no such field"},
    {"(function() m:orders()[1].qty = 5 end)()", "! an order is changed with order:replace{...} and order:cancel()"},
};
static const struct probe probes_3[] = {
    {"m.position.qty", "0.5"},
    {"m.position.side", "long"},
    {"m.position.average", "100.0"},
    {"m.position.realised", "0.5"},
    {"m.position.unrealised", "5.0"},
    {"m.position.trips", "0"},
    {"m.position.dust", "0.0"},
    {"m.position.dust_cost", "0.0"},
    {"m.last", "110.0"},
    {"o(keep[1])",
     "buy market 1.0 GTC nil nil none  FILLED closed false false 1.0 0.0 100.0 0.25  BTC/USDT 240000000000"},
    {"o(keep[2])",
     "sell market 2.0 GTC nil nil none  PARTIALLY_FILLED open true true 0.5 1.5 101.0 0.0  BTC/USDT 240000000000"},
    {"o(keep[3])",
     "buy market 1.0 GTC nil nil none  REJECTED rejected false false 0.0 0.0 nil 0.0  BTC/USDT 240000000000"},
    {"keep[13].status", "canceled"},
    {"keep[14].status", "expired"},
    {"keep[15].status", "open"},
    {"keep[15].state", "ACCEPTED"},
    {"keep[5]:replace{ price = 98.999 } == keep[5]", "true"},
    {"keep[5].state", "ACCEPTED"},
    {"keep[5].price", "99.99"},
    {"keep[5]:replace{ price = 97 }", "nil, AMEND_PENDING | refused by the host |  | 0.0 0.0 true"},
    {"keep[6]:replace{ price = 100.111, qty = 2.0009 } == keep[6]", "true"},
    {"keep[10]:replace{ stop = 102.006 } == keep[10]", "true"},
    {"keep[7]:replace{}", "! order:replace: give a price, stop or qty that this order type has, qty above what is "
                          "filled, inside a callback"},
    {"keep[7]:replace{ qty = 0 }", "! order:replace: give a price, stop or qty that this order type has, qty above "
                                   "what is filled, inside a callback"},
    {"keep[7]:replace{ stop = 5 }", "! order:replace: give a price, stop or qty that this order type has, qty above "
                                    "what is filled, inside a callback"},
    {"keep[11]:replace{ price = 1e30 }", "! the number 1e+30 is out of range"},
    {"keep[7]:replace{ foo = 1 }", "! order:replace takes price, stop and qty; found 'foo'"},
    {"keep[7]:replace(5)", "! order:replace: a table is needed; found number"},
    {"keep[7]:replace{ price = true }", "! order:replace: price is a number or a decimal text; found boolean"},
    {"keep[7]:replace{ price = 'x' }", "! price: 'x' is not a decimal number of at most 18 digits"},
    {"keep[12]:cancel() == keep[12]", "true"},
    {"keep[12].state", "ACCEPTED"},
    {"keep[12]:cancel() == keep[12]", "true"},
    {"keep[1]:cancel()", "nil, ORDER_ALREADY_FINAL | refused by the host |  | 0.0 0.0 true"},
    {"keep[1]:replace{ qty = 5 }", "nil, ORDER_ALREADY_FINAL | refused by the host |  | 0.0 0.0 true"},
    {"keep[3]:cancel() == keep[3]", "false"},
    {"o(m:close())",
     "sell market 0.5 GTC nil nil close  INITIALIZED open true true 0.0 0.5 nil 0.0  BTC/USDT 300000000000"},
    {"o(m:close{ price = 120.001, tag = 'out' })",
     "sell limit 0.5 GTC 120.01 nil close out INITIALIZED open true true 0.0 0.5 nil 0.0  BTC/USDT 300000000000"},
    {"m:busy()", "true"},
    {"m:cancel_all()", "0"}, /* m:close() has asked for that already */
    {"account.cash", "999950.25"},
    {"account.equity", "1000005.25"},
    {"account.currency", "USDT"},
    {"account.name", "main"},
    {"account.foo", "! account has cash, free, used, total, equity, currency, name, margin, rights, ledger and "
                    "venue_state; account(\"BTC\") is the balance "
                    "of an asset; found 'foo'"},
    {"account('BTC')", "0.5"},
    {"account('USDT')", "999950.25"},
    {"account('ZZZ')", "! account(\"ZZZ\"): no such asset in this session"},
    {"account(1)", "! account(\"1\"): no such asset in this session"},
    {"(function() account.cash = 1 end)()", "! attempt to index a userdata value (global 'account')"},
    {"size.risk(m, { risk = 0.01, entry = 110, stop = 100 })", "1000.005"},
    {"size.risk(m, { risk = 0.01, entry = 100, stop = 110 })", "1000.005"},
    {"size.risk(m, { risk = 1, entry = 110, stop = 109 })", "8635.933"},
    {"size.risk(m, { risk = 0.01, entry = 110, stop = 100, fee = 0.001 })", "979.437"},
    {"size.risk(m, { risk = 1, entry = 110, stop = 109, fee = 0.01 })", "8550.429"},
    {"size.risk(m, { risk = 1, entry = 0.5, stop = 0.4, fee = 0.5 })", "1266603.65"},
    {"getmetatable(m)", "this object belongs to the API"},
    {"getmetatable(m.position)", "this object belongs to the API"},
    {"getmetatable(account)", "this table belongs to the API"},
    {"getmetatable(state)", "this table belongs to the API"},
    {"size.risk(m, { risk = 0, entry = 1, stop = 2 })",
     "! size.risk: risk is a share of equity above 0 and at most 1.0; found 0.0"},
    {"size.risk(m, { risk = 1.01, entry = 1, stop = 2 })",
     "! size.risk: risk is a share of equity above 0 and at most 1.0; found 1.01"},
    {"size.risk(m, { risk = 0.01, entry = 5, stop = 5 })", "nil, entry and stop are the same price"},
    {"size.risk(m, { risk = 0.01, entry = 5, stop = 5, fee = 0.1 })", "10000.052"},
    {"size.risk(m, { entry = 5, stop = 5 })",
     "! size.risk: risk is needed: size.risk(m, { risk = 0.01, entry = price, stop = price })"},
    {"size.risk(m, { risk = 0.00000001, entry = 110, stop = 1 })",
     "nil, the quantity, or the cash for it, is below the smallest that can be traded"},
    {"size.risk(m, 5)", "! size.risk: a table is needed; found number"},
    {"size.risk(m, { risk = 0.01, entry = 'x', stop = 1 })",
     "! entry: 'x' is not a decimal number of at most 18 digits"},
    {"size.risk(m, { risk = 1, entry = 1e-9, stop = 2e-9 })", "1.00000525e+15"},
    {"now()", "300000000000"},
    {"state.none", "nil"},
    {"(function() state.x = 5 state[1] = 'one' return state.x, state[1] end)()", "5, one"},
    {"every('7m', beat)", "1"},
    {"after('90s', beat)", "2"},
    {"every('0m', beat)", "! '0m' is not a duration: expected a number and ms, s, m, h or d, such as 5m"},
    {"every('x', beat)", "! 'x' is not a duration: expected a number and ms, s, m, h or d, such as 5m"},
    {"after('4000d', beat)", "! '4000d' is longer than the 366 days that a timer may wait"},
    {"every('5m')", "! bad argument #2 to 'every' (function expected, got no value)"},
    {"every(5, beat)", "! '5' is not a duration: expected a number and ms, s, m, h or d, such as 5m"},
    {"every('1h', 5)", "! bad argument #2 to 'every' (function expected, got number)"},
    {"strategy{ name = 'x' }", "! strategy{...} stands at the top of the file, outside functions"},
    {"params{ a = 1 }", "! params{...} stands at the top of the file, outside functions"},
    {"log.info('plain')", "plain / "},
    {"log.warn('%d and %s', 5, 'x')", "5 and x / "},
    {"log.error(5)", "5 / "},
    {"log.debug('%d')", "%d / "},
    {"log.info()", ""},
    {"log.info('a', 'b')", "a / "},
    {"log.info({} ~= nil)", "true / "},
};
static const struct probe probes_4[] = {
    {"q.bid", "109.9"},
    {"q.ask", "110.2"},
    {"q.bid_qty", "1.5"},
    {"q.ask_qty", "2.5"},
    {"q.mid", "110.05"},
    {"q.spread", "0.3"},
    {"q.time", "300000001000"},
    {"q.price", "! this event has no field 'price'"},
    {"q:copy().mid", "110.05"},
    {"m.bid", "109.9"},
    {"m.ask", "110.2"},
    {"m.last", "110.0"},
    {"m.position.unrealised", "5.025"},
};
static const struct probe probes_5[] = {
    {"q.bid", "109.9"}, {"q.ask", "nil"},    {"q.bid_qty", "nil"}, {"q.ask_qty", "nil"},
    {"q.mid", "nil"},   {"q.spread", "nil"}, {"m.bid", "109.9"},   {"m.ask", "nil"},
};
static const struct probe probes_6[] = {
    {"t.price", "110.1"},     {"t.qty", "0.75"},          {"t.side", "sell"},
    {"t.taker_side", "sell"}, {"t.time", "300000003000"}, {"t.bid", "! this event has no field 'bid'"},
    {"m.last", "110.1"},
};
static const struct probe probes_7[] = {
    {"t.price", "110.1"},
    {"t.qty", "nil"},
    {"t.side", "nil"},
    {"t.taker_side", "nil"},
};
static const struct probe probes_8[] = {
    {"f.price", "109.8"},
    {"f.qty", "0.25"},
    {"f.side", "buy"},
    {"f.fee", "-0.005"},
    {"f.fee_asset", "BTC"},
    {"f.liquidity", "maker"},
    {"f.order_id == keep[4].id", "true"},
    {"f.time", "300000005000"},
    {"f.foo", "! this event has no field 'foo'"},
};
static const struct probe probes_9[] = {
    {"b.open", "100.05"},
    {"b.high", "102.15"},
    {"b.low", "99.1"},
    {"b.close", "101.25"},
    {"b.bid_open", "100.0"},
    {"b.bid_high", "102.0"},
    {"b.bid_low", "99.0"},
    {"b.bid_close", "101.0"},
    {"b.ask_open", "100.1"},
    {"b.ask_high", "102.3"},
    {"b.ask_low", "99.2"},
    {"b.ask_close", "101.5"},
    {"b.bid", "101.0"},
    {"b.ask", "101.5"},
    {"b.volume", "nil"},
    {"b.open_time", "300000000000"},
    {"b.period", "60000000000"},
    {"b.time", "360000000000"},
    {"b.qty", "! this event has no field 'qty'"},
    {"m.bid", "101.0"},
    {"m.ask", "101.5"},
    {"m.last", "110.1"},
};

static const struct stage stages[] = {
    {"bar", probes_0, sizeof probes_0 / sizeof probes_0[0]},
    {"bar", probes_1, sizeof probes_1 / sizeof probes_1[0]},
    {"bar", probes_2, sizeof probes_2 / sizeof probes_2[0]},
    {"bar", probes_3, sizeof probes_3 / sizeof probes_3[0]},
    {"quote", probes_4, sizeof probes_4 / sizeof probes_4[0]},
    {"quote", probes_5, sizeof probes_5 / sizeof probes_5[0]},
    {"trade", probes_6, sizeof probes_6 / sizeof probes_6[0]},
    {"trade", probes_7, sizeof probes_7 / sizeof probes_7[0]},
    {"fill", probes_8, sizeof probes_8 / sizeof probes_8[0]},
    {"bar", probes_9, sizeof probes_9 / sizeof probes_9[0]},
};

enum { STAGES = sizeof stages / sizeof stages[0] };

static const char head[] =
    "local function show(v)\n"
    "  if type(v) == 'table' and v.code then return v.code .. ' | ' .. v.message .. ' | ' .. v.rule .. ' | ' .. "
    "v.numbers.used .. ' "
    "' .. v.numbers.limit .. ' ' .. tostring(v.definitive) end\n"
    "  return type(v) == 'userdata' and 'object' or tostring(v)\n"
    "end\n"
    "function try(f)\n"
    "  local r = table.pack(pcall(f))\n"
    "  if not r[1] then print('! ' .. tostring(r[2]):gsub('^test.lua:%d+: ', '')) return end\n"
    "  for i = 2, r.n do r[i] = show(r[i]) end\n"
    "  print(table.concat(r, ', ', 2, r.n))\n"
    "end\n"
    "keep = {}\n"
    "function beat() end\n"
    "function o(x, e)\n"
    "  if not x then return nil, e end\n"
    "  keep[#keep + 1] = x\n"
    "  return table.concat({ x.side, x.type, tostring(x.qty), x.tif, tostring(x.price), tostring(x.stop), x.role, "
    "x.tag, x.state, "
    "x.status, tostring(x.open), tostring(x.is_open), tostring(x.filled), tostring(x.remaining), tostring(x.average), "
    "tostring(x.fee), x.reason, x.symbol, tostring(x.time) }, ' ')\n"
    "end\n";

/* Each stage is a function of its own; the callbacks of a kind take theirs in turn, fills that of a maker. */
static struct kit *made(void)
{
    static char text[1 << 16];
    static const char *const callbacks[][2] = {{"bar", "b"}, {"quote", "q"}, {"trade", "t"}, {"fill", "f"}};
    struct text out;
    text_init_fixed(&out, text, sizeof text);
    text_put(&out, head);
    for (int k = 0; k < 4; k++) {
        text_format(&out, "local %s_list, %s_at = {}, 0\n", callbacks[k][0], callbacks[k][0]);
        for (size_t i = 0; i < STAGES; i++) {
            if (strcmp(stages[i].callback, callbacks[k][0]) != 0)
                continue;
            text_format(&out, "%s_list[#%s_list + 1] = function(m, %s)\n", callbacks[k][0], callbacks[k][0],
                        callbacks[k][1]);
            for (size_t n = 0; n < stages[i].count; n++)
                text_format(&out, "  try(function() return %s end)\n", stages[i].probes[n].expression);
            text_put(&out, "end\n");
        }
        text_format(&out, "function on_%s(m, e) %s %s_at = %s_at + 1 %s_list[%s_at](m, e) end\n", callbacks[k][0],
                    k == 3 ? "if e.liquidity == 'taker' then return end" : "", callbacks[k][0], callbacks[k][0],
                    callbacks[k][0], callbacks[k][0]);
    }
    assert_false(out.is_cut);
    return kit_new(text);
}

static void begin(struct kit *kit)
{
    kit->log_size = 0;
    kit->log[0] = 0;
}

/* Line by line, with the lines of the log words themselves in front of theirs. */
static int told(struct kit *kit, int stage)
{
    int bad = 0;
    char *at = kit->log;
    if (strategy_error(kit->strategy))
        fail_msg("stage %d: %s", stage, strategy_error(kit->strategy)->message);
    for (size_t i = 0; i < stages[stage].count; i++) {
        char line[2048] = "";
        const char *expression = stages[stage].probes[i].expression;
        for (int lines = strncmp(expression, "log.", 4) == 0 ? 2 : 1; lines > 0; lines--) {
            char *end = strchr(at, '\n');
            const int size = end ? (int)(end - at) : (int)strlen(at);
            snprintf(line + strlen(line), sizeof line - strlen(line), "%s%.*s", *line ? " / " : "", size, at);
            at += size + (end != NULL);
        }
        if (strcmp(line, stages[stage].probes[i].said) != 0) {
            print_message("%d.%zu\t%s\t%s\n", stage, i, expression, line);
            bad++;
        }
    }
    return bad;
}

/* The first order is bought as a whole, at 100 with a fee; of the second a part is sold, at 101. */
static void fill(struct kit *kit)
{
    struct fixture *f = kit->f;
    const uint64_t first = f->sent[0].order, second = f->sent[1].order, third = f->sent[2].order;
    struct oc_ev_fill bought = fixture_fill(f, first, OC_SIDE_BUY, 1000, 10000, "a");
    bought.fee = (struct oc_dec){25, 2, 0};
    fixture_input(f, &bought);
    fixture_trade(f, second, OC_SIDE_SELL, 500, 10100);
    fixture_say(f, OC_EV_REJECTED, third);
    for (int i = 4; i < 15; i++)
        fixture_say(f, OC_EV_ACCEPTED, f->sent[i].order);
    fixture_say(f, OC_EV_CANCELED, f->sent[12].order);
    fixture_say(f, OC_EV_EXPIRED, f->sent[13].order);
}

static const struct oc_request *amend_of(const struct fixture *f, int number)
{
    for (uint32_t i = f->sent_count; i > 0; i--)
        if (f->sent[i - 1].kind == OC_REQUEST_AMEND && f->sent[i - 1].order == f->sent[number].order)
            return &f->sent[i - 1];
    fail_msg("order %d was not amended", number);
    return NULL;
}

/* A buyer's limit goes down to the grid, a seller's up, a stop to the nearer tick, a quantity down. */
static void changed(struct kit *kit)
{
    const struct oc_request *buy = amend_of(kit->f, 4), *sell = amend_of(kit->f, 5), *stop = amend_of(kit->f, 9);
    assert_int_equal(buy->price, 9899);
    assert_int_equal(buy->bits & (OC_RQ_PRICE_CHANGED | OC_RQ_QUANTITY_CHANGED | OC_RQ_STOP_CHANGED),
                     OC_RQ_PRICE_CHANGED);
    assert_int_equal(sell->price, 10012);
    assert_int_equal(sell->qty, 2000);
    assert_int_equal(stop->stop_price, 10201);
}

static void quote(struct kit *kit, uint32_t present)
{
    struct oc_ev_quote event = {.head = {.size = sizeof event, .type = OC_EV_QUOTE, .inst = kit->f->inst},
                                .bid = 10990,
                                .ask = 11020,
                                .bid_qty = 1500,
                                .ask_qty = 2500,
                                .present = present};
    kit->f->now_ns += 1000;
    assert_int_equal(fixture_input(kit->f, &event), OC_OK);
}

static void trade(struct kit *kit, uint8_t side, uint32_t present)
{
    struct oc_ev_trade event = {.head = {.size = sizeof event, .type = OC_EV_TRADE, .inst = kit->f->inst},
                                .price = 11010,
                                .qty = 750,
                                .present = present,
                                .taker_side = side};
    kit->f->now_ns += 1000;
    assert_int_equal(fixture_input(kit->f, &event), OC_OK);
}

static void maker(struct kit *kit)
{
    struct oc_ev_fill event = fixture_fill(kit->f, kit->f->sent[3].order, OC_SIDE_BUY, 250, 10980, "b");
    event.fee = (struct oc_dec){-5, 3, 0};
    event.fee_asset = kit->f->base;
    event.liquidity = OC_LIQUIDITY_MAKER;
    kit->f->now_ns += 1000;
    assert_int_equal(fixture_input(kit->f, &event), OC_OK);
}

static void qbar(struct kit *kit)
{
    struct oc_ev_qbar event = {.head = {.size = sizeof event, .type = OC_EV_QBAR, .inst = kit->f->inst},
                               .open_ns = kit->open_ns,
                               .period_ns = KIT_MINUTE,
                               .bid = {10000, 10200, 9900, 10100},
                               .ask = {10010, 10230, 9920, 10150},
                               .present = OC_HAS_BID | OC_HAS_ASK};
    kit->f->now_ns = kit->open_ns += KIT_MINUTE;
    assert_int_equal(fixture_input(kit->f, &event), OC_OK);
}

static void each_word_answers_as_it_says(void **state)
{
    (void)state;
    struct kit *kit = made();
    int bad = 0;
    begin(kit); /* market */
    kit_close(kit, 10000);
    bad += told(kit, 0);
    begin(kit); /* options */
    kit_close(kit, 10000);
    bad += told(kit, 1);
    begin(kit); /* orders */
    kit_close(kit, 10000);
    bad += told(kit, 2);
    begin(kit); /* fills */
    fill(kit);
    kit_close(kit, 11000);
    bad += told(kit, 3);
    changed(kit);
    begin(kit); /* quote */
    quote(kit, OC_HAS_BID | OC_HAS_ASK | OC_HAS_BID_QTY | OC_HAS_ASK_QTY);
    bad += told(kit, 4);
    begin(kit); /* bid */
    quote(kit, OC_HAS_BID);
    bad += told(kit, 5);
    begin(kit); /* trade */
    trade(kit, OC_SIDE_SELL, OC_HAS_QTY);
    bad += told(kit, 6);
    begin(kit); /* nameless trade */
    trade(kit, OC_SIDE_NONE, 0);
    bad += told(kit, 7);
    begin(kit); /* fill */
    maker(kit);
    bad += told(kit, 8);
    begin(kit); /* bars of quotes */
    qbar(kit);
    bad += told(kit, 9);
    assert_int_equal(bad, 0);
    kit_free(kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_word_answers_as_it_says)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

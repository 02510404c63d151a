/* reference_table.c: the words themselves. */
#include "script/reference.h"

static const struct reference_entry entries[] = {
    {"file", "strategy",
     "strategy { name = \"sma\", timeframe = \"1h\", about = text, version = text, trade_late = false }",
     "fun(fields: outcry.Strategy)",
     "`name` is the file's own (without `.lua`) unless it is given. `timeframe` is the length of the bars for "
     "`on_bar`, 1s to 1d and a divisor of a day; without it the data's own bars. It must be a multiple of the data's "
     "period, and ticks need one. `trade_late`: orders of `on_resync` may open. Another field raises."},
    {"file", "params", "params { length = { 14, min = 2, max = 100, doc = \"bars\" } }",
     "fun(rows: table<string, any>): table<string, any>",
     "Returns a read-only table of values. The default decides the type: whole number, number, boolean or text; `-p "
     "length=20` must be of that type and inside `min` and `max`, which are included, else it raises. `length = 14` is "
     "short for a row without range. At most 128."},

    {"callback", "on_init", "on_init(m)", "fun(m: outcry.Market)",
     "Once a market, before anything else: make indicators and set timers here. No orders."},
    {"callback", "on_start", "on_start()", "fun()", "Once, after every `on_init`. Orders are allowed."},
    {"callback", "on_bar", "on_bar(m, bar)", "fun(m: outcry.Market, bar: outcry.Bar)",
     "A bar has closed. First called when every indicator of the market is ready, from `--from` on."},
    {"callback", "on_quote", "on_quote(m, quote)", "fun(m: outcry.Market, quote: outcry.Quote)",
     "Each quote, from `--from` on."},
    {"callback", "on_trade", "on_trade(m, trade)", "fun(m: outcry.Market, trade: outcry.Trade)",
     "Each trade of the market, from `--from` on."},
    {"callback", "on_book", "on_book(m, book)", "fun(m: outcry.Market, book: outcry.Book)",
     "The order book of the market has changed and is whole, where the venue's books are kept; `book` is `m.book`. Not "
     "called while the book waits for a snapshot or is crossed, nor where the data have none."},
    {"callback", "on_fill", "on_fill(m, fill)", "fun(m: outcry.Market, fill: outcry.Fill)",
     "One of this strategy's orders traded; before `on_order` for the same event."},
    {"callback", "on_order", "on_order(m, order)", "fun(m: outcry.Market, order: outcry.Order)",
     "An order of this strategy changed: accepted, filled, canceled, rejected, ... Protective orders too."},
    {"callback", "on_venue_up", "on_venue_up(venue)", "fun(venue: outcry.Venue)",
     "On a live feed: a venue of one of its markets is reached, and orders are taken; at the start and each time "
     "again. `venue` is a plain table: `name`, `account`, `state` (as `account.venue_state`) and, where there is one, "
     "`reason`."},
    {"callback", "on_venue_down", "on_venue_down(venue)", "fun(venue: outcry.Venue)",
     "The venue is lost, or refuses the key (`venue.reason`). New orders are refused until `on_venue_up`."},
    {"callback", "on_venue_stale", "on_venue_stale(venue)", "fun(venue: outcry.Venue)",
     "A part of what is heard of the venue was lost, while orders and their answers still go: prices may be old. "
     "Behind it comes `on_venue_up` or `on_venue_down`. Silence alone is not told: a market may have nothing to say."},
    {"callback", "on_resync", "on_resync(m, missed)", "fun(m: outcry.Market, missed: integer): number|string|nil",
     "On a live feed: behind a hole in what was heard, so many bars were fetched from the venue and fed to indicators; "
     "`on_bar` was and will not be called with them. Orders made here are `reduce_only`, whatever they say, unless "
     "`strategy { trade_late = true }`. What it returns is what the strategy would hold now had it heard "
     "all: a quantity (below 0 short), `\"flat\"`, `\"long\"` or `\"short\"`. As long as it holds something else "
     "there, "
     "that is an alert and a line of `outcry status` (see `strategies` of the console too), until it orders there by "
     "itself in a later callback. A strategy that holds nothing and would, or holds something and returns nothing, is "
     "a warning, once. "
     "Not called for the bars of the start, nor in backtests."},
    {"callback", "on_stop", "on_stop(reason)", "fun(reason: string)",
     "The session ends; reason is `\"end\"`; or the strategy is unloaded: `\"unload\"`. Not called when suspended."},
    {"callback", "on_save", "on_save()", "fun(): table",
     "Optional. Asked after each callback for a table of plain data that replaces the saving of `m.x` and `state.x`, "
     "which then are plain memory. At most 60000 bytes. Orders and timers raise there."},
    {"callback", "on_load", "on_load(saved)", "fun(saved: table)",
     "Optional, beside `on_save`. After a reload or a restart: gets the table that `on_save` returned last. No orders; "
     "timers set in a restart are not kept."},

    {"global", "now", "now()", "fun(): integer", "The time of the event being handled."},
    {"global", "portfolio", "portfolio(), portfolio(\"EUR\")", "fun(currency: string?): table",
     "What all accounts of the session hold together, in the account's currency or another one: `equity`, `realised`, "
     "`unrealised`, `fees` and `currency`; `rows`, a line an asset with `asset`, `net`, `value`, `equity` (what it "
     "adds "
     "to it: the value of balances, the profit of derivatives), `rate`, `rate_by` (the markets that it comes by), "
     "`rate_time` of the oldest of their prices, `rate_heard` (their venues are reached), and `parts` with `account`, "
     "`as` (`\"balance\"` or the symbol of a position), `qty`, `value`, `equity`; and `accounts` with `account`, "
     "`state` and the same four sums. `heard` is false where the venue of an account is not reached, and `known` since "
     "when. A sum of which a part has no price is `nil`: then `equity_known` is what is known of it and "
     "`equity_missing` says how many parts are not in it."},
    {"global", "every", "every(\"5m\", function(due) ... end)",
     "fun(duration: string, call: fun(due: integer)): integer",
     "Calls again and again at whole multiples of the duration (ms, s, m, h, d) since 1970 UTC. Returns a number. "
     "Raises while the file is loaded, beyond 256 timers and beyond 366 days. Comes back after a restart if it was set "
     "in `on_init`, or if the function is a global one of the file."},
    {"global", "after", "after(\"30s\", function(due) ... end)",
     "fun(duration: string, call: fun(due: integer)): integer",
     "Calls once, that long after now. Otherwise as `every`."},
    {"global", "cross_above", "cross_above(a, b)",
     "fun(a: outcry.Indicator|number, b: outcry.Indicator|number): boolean",
     "True when indicator `a` was at or below `b` one bar ago and is above it now; false while unknown. One of the two "
     "may be a number. An indicator of longer bars keeps its last two values, and with them the answer, until the next "
     "of these bars has closed."},
    {"global", "cross_below", "cross_below(a, b)",
     "fun(a: outcry.Indicator|number, b: outcry.Indicator|number): boolean",
     "True when indicator `a` was at or above `b` one bar ago and is below it now; else as `cross_above`."},
    {"global", "require", "require(\"name\")", "fun(name: string): any",
     "Runs `name.lua` of the strategy's own folder once and returns what it returned. Paths, `..`, links out of the "
     "folder and what is no regular file raise."},
    {"global", "plot", "plot(\"RSI\", value, { pane = 2 })",
     "fun(name: string, value: number|outcry.Indicator|nil, options: outcry.PlotOptions?)",
     "A series of your own for the report: a number, an indicator (its value now) or nil (nothing) at the time of the "
     "event. Pane 1, the default, is drawn over the prices, 2 to 8 below them. `market = m` says whose chart; else it "
     "is that of the event that came last. It is shown and nothing else: it is not recorded and cannot be read back. "
     "The first 64 series of a session are kept, long ones at a lower density."},
    {"global", "print", "print(...)", "fun(...: any)", "To the log, at most 4096 bytes a call."},
    {"global", "state", "state.x = value", "table<string, any>",
     "Plain data, indicators and orders that belong to no market; saved as `m.x` is. At most 60000 bytes a table, 16 "
     "levels, 4096 fields; what cannot be saved (functions, `m`, events) raises at the end of the callback and is "
     "named."},

    {"log", "debug", "log.debug(format, ...)", "fun(format: any, ...: any)", "Returns nothing."},
    {"log", "info", "log.info(format, ...)", "fun(format: any, ...: any)", "Returns nothing."},
    {"log", "warn", "log.warn(format, ...)", "fun(format: any, ...: any)", "Returns nothing."},
    {"log", "error", "log.error(format, ...)", "fun(format: any, ...: any)",
     "Returns nothing; does not stop the strategy."},

    {"size", "risk", "size.risk(m, { risk = 0.01, entry = price, stop = price, fee = 0.001 })",
     "fun(m: outcry.Market, options: table): number?, string?",
     "The quantity that loses the share `risk` (above 0, at most 1) of equity between entry and stop: equity * risk / "
     "(|entry - stop| + fee * (entry + stop)), per contract size. Every size is rounded down to the quantity step, is "
     "at most what the market allows at once, and on a spot market at most what 95 % of the free cash pays, or what is "
     "there to sell. `fee` is a rate a leg; without it the account's, the larger of maker and taker. Equity counts in "
     "the market's quote currency. Returns a number, or `nil, text` when there is nothing to trade. Of inverse "
     "contracts sizes are not supported."},
    {"size", "percent", "size.percent(m, { share = 0.1, entry = price, side = \"buy\", fee = 0.001 })",
     "fun(m: outcry.Market, options: table): number?, string?",
     "The quantity that is worth the share of equity at `entry`, its fee included. `entry` is the last price and "
     "`side` `\"buy\"` unless they are given, here and below."},
    {"size", "atr", "size.atr(m, { risk = 0.01, atr = m.a(), factor = 2 })",
     "fun(m: outcry.Market, options: table): number?, string?",
     "The quantity that loses the share `risk` when the price goes `factor` times `atr` against it, the fees of both "
     "legs included."},
    {"size", "kelly", "size.kelly(m, { chance = 0.55, payoff = 1.2, fraction = 0.5, cap = 0.25 })",
     "fun(m: outcry.Market, options: table): number?, string?",
     "The quantity that is worth min(`fraction` * f, `cap`) of equity, f as of `size.kelly_fraction`. Without an edge: "
     "`nil, text`."},
    {"size", "kelly_fraction", "size.kelly_fraction { chance = 0.55, payoff = 1.2 }", "fun(options: table): number",
     "Kelly's fraction f: of `chance` and `payoff` (won for 1 lost) chance - (1 - chance) / payoff; of `chance`, "
     "`gain` and `loss` (shares of the stake) chance / loss - (1 - chance) / gain; of `mean`, `deviation` and `rate` "
     "(0 if absent; of one period) (mean - rate) / deviation^2. Below 0 without an edge."},
    {"size", "kelly_weights",
     "size.kelly_weights { excess = { 0.08, 0.05 }, deviation = { 0.2, 0.1 }, correlation = { { 1, 0.3 }, { 0.3, 1 } } "
     "}",
     "fun(options: table): number[]?, string?",
     "Kelly's fractions of up to 32 assets at once: the inverse of their covariance times their excess returns. A "
     "list, or `nil, text` where the covariance has no inverse."},

    {"account", "cash", "account.cash", "number",
     "Balance of the account's currency; the same as `total`. Where the account has a capital (`account.capital`), "
     "this and all that follows up to `equity` are of that."},
    {"account", "total", "account.total", "number", "The same: `free` and `used` together."},
    {"account", "used", "account.used", "number",
     "What open orders will need of it: a purchase its price and fee, until the venue has said that it is gone. Of "
     "another asset what open sales sell; stop losses, take profits and what is `reduce_only` count once for what they "
     "can sell."},
    {"account", "free", "account.free", "number",
     "What a new order can spend. One that needs more is refused with `INSUFFICIENT_FUNDS` at the call."},
    {"account", "equity", "account.equity", "number",
     "Worth of all balances and positions at their marks, in `account.currency`. Raises when something held has no "
     "price."},
    {"account", "currency", "account.currency", "string", "Such as `\"USDT\"`."},
    {"account", "name", "account.name", "string", "The account's name."},
    {"account", "()", "account(\"BTC\"), account(\"BTC\", \"free\")", "fun(asset: string, part: string?): number?",
     "Balance of one asset of the session, or its part: `\"free\"`, `\"used\"`, `\"total\"` as the host counts them "
     "from fills; `\"venue_total\"`, `\"venue_free\"`, `\"venue_locked\"`, `\"borrowed\"`, `\"interest\"` as the venue "
     "said last, `nil` where it said none, as in a backtest. Raises for a name that is not in it."},
    {"account", "margin", "account.margin", "table?",
     "What the venue says of margin: a table with those of `equity`, `used`, `free`, `maintenance`, `unrealised` "
     "(money in `currency`), `maker_fee`, `taker_fee` (parts of 1), `leverage` that it has said, and `time`. `nil`: it "
     "has said none."},
    {"account", "rights", "account.rights", "table",
     "What the key may do, as the venue says: a table of `view`, `trade`, `withdraw`, `transfer`, `margin`, `short`, "
     "`ip_bound`, `hedging`, `practice`, each true or false; what it has not said is not there. Without the right to "
     "trade new orders are refused with `ACCOUNT_MAY_NOT_TRADE`, and where long and short stand side by side with "
     "`HEDGING_NOT_SUPPORTED`: positions are net here."},
    {"account", "ledger", "account.ledger", "table[]",
     "Money that moved without a fill, youngest first, of the last 256 entries of all accounts: a list of tables with "
     "`time`, `id`, `kind` (`deposit`, `withdrawal`, `transfer`, `funding`, `interest`, `fee`, `rebate`, `realised`, "
     "`dividend`, `conversion`, `liquidation`, `reward`, `settlement`, `trade`, `adjustment`, `tax`, `other`), "
     "`status` (`pending`, `done`, `failed`, `canceled`, `reversed`), `asset`, `amount` (signed) and, where said, "
     "`fee`, `fee_asset`, `after`, `reference`."},
    {"account", "venue_state", "account.venue_state", "string",
     "Whether it can be traded at: `connecting`, `syncing` (it is being compared), `down` or `degraded` by the venue's "
     "streams, `cancel_only`, `post_only`, `maintenance` or `denied` by its words, else `ready`; `unknown` of a "
     "simulator, and where neither is known. New orders that it would not take are refused with `VENUE_DOWN`, "
     "`VENUE_SYNCING` and the like; those that are `reduce_only` are left to it, and what is asked for while it is "
     "connecting waits."},

    {"market", "symbol", "m.symbol", "string", "`\"BTC/USDT\"`; `tostring(m)` too."},
    {"market", "venue", "m.venue", "string", "Name of the venue, `\"paper\"` where a simulator fills."},
    {"market", "account", "m.account", "string",
     "Name of the account that trades it: of its venue, `strategy.account` or the first."},
    {"market", "base", "m.base", "string", "What is traded: `\"BTC\"`."},
    {"market", "quote", "m.quote", "string", "What it is paid in: `\"USDT\"`."},
    {"market", "index", "m.index", "integer", "1 for the first market of the strategy, 2 for the next."},
    {"market", "tick", "m.tick", "number", "The price step."},
    {"market", "lot", "m.lot", "number", "The quantity step."},
    {"market", "last", "m.last", "number?", "The last price traded, or `nil`."},
    {"market", "bid", "m.bid", "number?", "The best bid, or `nil`."},
    {"market", "ask", "m.ask", "number?", "The best ask, or `nil`."},
    {"market", "book", "m.book", "outcry.Book?",
     "The order book, or `nil`: while it waits for a snapshot, and where there is none, as in a backtest. Kept from "
     "the first time that it is read; a strategy with `on_book` has it from the start. See below."},
    {"market", "position", "m.position", "outcry.Position", "See below."},

    {"method", "buy", "m:buy(qty, { options }) or m:buy { options }",
     "fun(self: outcry.Market, qty: number|string|outcry.Options|nil, options: outcry.Options?): outcry.Order?, "
     "outcry.Refusal?",
     "Returns an order, or `nil, err`. A market order without `price` and `stop`, a limit order with `price`, a stop "
     "with `stop`, a stop-limit with both. Raises while loading and in `on_init`."},
    {"method", "sell", "m:sell(qty, { options }) or m:sell { options }",
     "fun(self: outcry.Market, qty: number|string|outcry.Options|nil, options: outcry.Options?): outcry.Order?, "
     "outcry.Refusal?",
     "As `m:buy`."},
    {"method", "close", "m:close { options }",
     "fun(self: outcry.Market, options: outcry.CloseOptions?): outcry.Order?, outcry.Refusal?",
     "An order that takes the position to zero, reduce-only; on spot never more than the account holds. Your own "
     "entries in this market are canceled first, and the host goes on until it is flat: what an entry fills meanwhile, "
     "or what the order could not sell, is closed by another one. That ends when you buy or sell here again, or cancel "
     "the order. Its stop loss and take profit go with it. Asked for twice it is the same order. Returns an order, or "
     "`nil, err` with `NO_POSITION`."},
    {"method", "busy", "m:busy()", "fun(self: outcry.Market): boolean",
     "True while an order of this strategy in this market is open that is not protection."},
    {"method", "orders", "m:orders()", "fun(self: outcry.Market): outcry.Order[]",
     "A list of the open orders of this strategy in this market, oldest first."},
    {"method", "cancel_all", "m:cancel_all()", "fun(self: outcry.Market): integer",
     "Cancels them, protection excepted. Returns how many were asked for now, without those under way."},
    {"method", "shown", "m:shown()", "fun(self: outcry.Market): table[]",
     "Positions in this market as the venue shows them: a list of tables with `qty` (signed), `side` (`net`, `long`, "
     "`short`), `margin_mode` (`none`, `cross`, `isolated`, `cash`), `time` and, where said, `average`, `mark`, "
     "`liquidation`, `unrealised`, `realised`, `margin`, `maintenance`, `leverage`, `currency`, `id`. Empty where it "
     "shows none, as on spot. What the host counts from fills is `m.position`."},
    {"method", "figures", "m:figures()", "fun(self: outcry.Market): table<string, number>",
     "Figures that the venue says, as a table of numbers: `mark`, `index`, `settlement`, `settlement_estimate`, "
     "`last`, `price_min`, `price_max`, `open_interest`, `volume_24h`, `turnover_24h`, `high_24h`, `low_24h`, "
     "`open_24h`, `mark_iv`, `bid_iv`, `ask_iv`, `delta`, `gamma`, `vega`, `theta`, `rho`, `underlying`, `interest`, "
     "`borrow`, `home_rate`. Rates and volatilities are parts of 1 a year. What it has not said is not there."},
    {"method", "funding", "m:funding()", "fun(self: outcry.Market): table?",
     "The next funding, or `nil`: a table with `rate` (part of 1 for one interval; longs pay where it is positive), "
     "`due` and `interval` in nanoseconds (0: continuous) and, where said, `next_rate`."},
    {"method", "round_price", "m:round_price(price)", "fun(self: outcry.Market, price: number): number",
     "To the nearest price step."},
    {"method", "round_qty", "m:round_qty(qty)", "fun(self: outcry.Market, qty: number): number",
     "Down to the quantity step."},
    {"method", "target_qty", "m:target_qty(qty, { options })",
     "fun(self: outcry.Market, qty: number|string, options: outcry.TargetOptions?): outcry.Order?, outcry.Refusal?",
     "One order from the position to `qty`, rounded towards 0; below 0 is short. What only brings it nearer to 0 is "
     "reduce-only. Returns an order, or `nil, err`: `ORDERS_UNDER_WAY` while `m:busy()`, for then it would be counted "
     "twice or not at all; `ON_TARGET` when there is nothing to do."},
    {"method", "target_percent", "m:target_percent(share, { options })",
     "fun(self: outcry.Market, share: number|string, options: outcry.TargetOptions?): outcry.Order?, outcry.Refusal?",
     "The same for a share of equity, 1 for all of it, at `price` or the last price, the account's fee included. What "
     "cannot be paid is left out unless `on_insufficient = \"refuse\"`. Also `EQUITY_NOT_KNOWN`."},
    {"method", "flip", "m:flip { options }",
     "fun(self: outcry.Market, options: outcry.TargetOptions?): outcry.Order?, outcry.Refusal?",
     "One order that turns the position to the other side, as large as it was. Also `NO_POSITION`."},
    {"method", "bars", "m:bars(\"1d\"), m:bars { kind = \"renko\", size = 100 }, m:bars()",
     "fun(self: outcry.Market, kind: string|table|nil): outcry.Bars",
     "Bars of a longer period (a multiple of the strategy's own, up to 1d), of another kind, or its own. "
     "`heikin_ashi`: close is the mean of the four prices, open the middle of the bar before. `renko`: bricks of "
     "`size` in price by closes, the first on a whole multiple of it; the other direction takes two sizes; at most "
     "1000 of one bar, beyond that the strategy is suspended. `volume`, `dollar`: closed bars are added up until there "
     "are `size` of base or of quote currency (volume * close); a bar is not split. Those three and `heikin_ashi` are "
     "made of the strategy's own bars. The same bars asked for again are the same object; new ones only in `on_init`."},
    {"method", "sma", "m:sma(length)", "fun(self: outcry.Maker, length: integer): outcry.Indicator",
     "Mean of the last `length` closes, 1 to 100000. Only in `on_init`, as the others. Its values never drift."},
    {"method", "ema", "m:ema(length)", "fun(self: outcry.Maker, length: integer): outcry.Indicator",
     "Exponential mean, weight 2 / (length + 1), begun with the mean of the first `length`."},
    {"method", "wma", "m:wma(length)", "fun(self: outcry.Maker, length: integer): outcry.Indicator",
     "Mean with weights 1 (oldest) to `length` (newest)."},
    {"method", "hma", "m:hma(length)", "fun(self: outcry.Maker, length: integer): outcry.Indicator",
     "Hull 2005: wma(floor(sqrt(length))) of 2 * wma(floor(length / 2)) - wma(length). 2 to 10000; needs length + "
     "floor(sqrt(length)) - 1 bars."},
    {"method", "macd", "m:macd(fast, slow, signal)",
     "fun(self: outcry.Maker, fast: integer, slow: integer, signal: integer): outcry.Indicator, outcry.Indicator, "
     "outcry.Indicator",
     "Appel: ema(fast) - ema(slow), usually 12, 26 and 9. Lines: itself, `signal` (its ema), `histogram` (the "
     "difference). Each ema is begun with the mean of its own first values. Needs slow + signal - 1 bars."},
    {"method", "rsi", "m:rsi(length)", "fun(self: outcry.Maker, length: integer): outcry.Indicator",
     "Wilder 1978, 0 to 100; begun with the mean of the first `length` changes; 50 while nothing moves. Needs `length` "
     "+ 1 bars."},
    {"method", "atr", "m:atr(length)", "fun(self: outcry.Maker, length: integer): outcry.Indicator",
     "Wilder 1978, average true range, in price; the first range is high - low; begun with the mean of the first "
     "`length`."},
    {"method", "bollinger", "m:bollinger(length, factor)",
     "fun(self: outcry.Maker, length: integer, factor: number): outcry.Indicator, outcry.Indicator, outcry.Indicator",
     "Lines `upper`, `middle` (sma), `lower`: `factor` population deviations away. Usually 20 and 2."},
    {"method", "stddev", "m:stddev(length)", "fun(self: outcry.Maker, length: integer): outcry.Indicator",
     "Standard deviation of the last `length` closes, of the population (divided by length). From 2."},
    {"method", "zscore", "m:zscore(length)", "fun(self: outcry.Maker, length: integer): outcry.Indicator",
     "(close - sma) / stddev; `nil` while all closes of the window are equal."},
    {"method", "donchian", "m:donchian(length)",
     "fun(self: outcry.Maker, length: integer): outcry.Indicator, outcry.Indicator, outcry.Indicator",
     "Lines `upper`, `middle`, `lower`: highest high and lowest low of the last `length` bars, this one among them. "
     "Those before it: `upper(1)`."},
    {"method", "keltner", "m:keltner(length, atr, factor)",
     "fun(self: outcry.Maker, length: integer, atr: integer, factor: number): outcry.Indicator, outcry.Indicator, "
     "outcry.Indicator",
     "Lines `upper`, `middle`, `lower`: ema(length) and `factor` times atr(atr) away, as Raschke has it. Usually 20, "
     "10, 2."},
    {"method", "adx", "m:adx(length)",
     "fun(self: outcry.Maker, length: integer): outcry.Indicator, outcry.Indicator, outcry.Indicator",
     "Wilder 1978. Lines: itself, `plus` and `minus` (+DI and -DI), 0 to 100. Sums are begun with the first `length` "
     "movements, ADX with the mean of its first `length`; 0 while nothing moves. Needs 2 * length bars. Usually 14."},
    {"method", "stochastic", "m:stochastic(length, smooth, signal)",
     "fun(self: outcry.Maker, length: integer, smooth: integer, signal: integer): outcry.Indicator, outcry.Indicator",
     "Lane, slow: lines `k` (place of the close in the range of `length` bars, 0 to 100, mean of `smooth`) and `d` "
     "(mean of `signal` of them). 50 while the range is 0. Usually 14, 3, 3; `smooth` 1 is the fast one; these at most "
     "100."},
    {"method", "cci", "m:cci(length)", "fun(self: outcry.Maker, length: integer): outcry.Indicator",
     "Lambert 1980: (typical - its mean) / (0.015 * mean distance), typical = (high + low + close) / 3; 2 to 200; "
     "`nil` while all are equal."},
    {"method", "mfi", "m:mfi(length)", "fun(self: outcry.Maker, length: integer): outcry.Indicator",
     "Quong and Soudack 1989: money that flowed while the typical price rose, in percent of all that flowed in "
     "`length` bars; 50 while none flows. 1 to 10000; needs length + 1 bars. A bar without a volume counts as 0, here "
     "and in the next two."},
    {"method", "obv", "m:obv()", "fun(self: outcry.Maker): outcry.Indicator",
     "Granville 1963: volume of bars that closed higher less that of those that closed lower; 0 at the first bar."},
    {"method", "vwap", "m:vwap(), m:vwap(\"8h\"), m:vwap(time)",
     "fun(self: outcry.Maker, session: string|integer|nil): outcry.Indicator",
     "Typical price weighted with the volume since the session began: a UTC day, or another length from whole "
     "multiples of it since 1970; or anchored, of bars that opened at `time` (whole nanoseconds) or later, and `nil` "
     "before. `nil` while there was no volume."},
    {"method", "slope", "m:slope(length)", "fun(self: outcry.Maker, length: integer): outcry.Indicator",
     "Of the line of least squares through the last `length` closes, in price a bar. From 2."},
    {"method", "correlation", "m:correlation(other, length)",
     "fun(self: outcry.Maker, other: outcry.Market, length: integer): outcry.Indicator",
     "Of the last `length` returns (close / close before - 1) of this market and of `other`, one that `on_init` was "
     "called for before. Only bars that closed at the same instant count. `nil` while one of them does not vary. Needs "
     "length + 1 such bars."},
    {"method", "beta", "m:beta(other, length)",
     "fun(self: outcry.Maker, other: outcry.Market, length: integer): outcry.Indicator",
     "Covariance of these returns by the variance of `other`'s. Else as `m:correlation`."},
    {"method", "supertrend", "m:supertrend(length, factor)",
     "fun(self: outcry.Maker, length: integer, factor: number): outcry.Indicator, outcry.Indicator",
     "Seban: lines `value` (the band that is in force) and `direction`, 1 up or -1 down. Bands lie `factor` times "
     "atr(length) from (high + low) / 2, and only come nearer until a close has passed them. It begins downwards. "
     "Usually 10 and 3."},
    {"method", "sar", "m:sar(start, step, max)",
     "fun(self: outcry.Maker, start: number, step: number, max: number): outcry.Indicator, outcry.Indicator",
     "Wilder's parabolic stop: lines `value` (of this bar, made from those before) and `direction`. A bar that touches "
     "it turns it. It begins with the second bar, down if that fell further than it rose. Usually 0.02, 0.02, 0.2."},
    {"method", "pivots", "m:pivots(left, right)",
     "fun(self: outcry.Maker, left: integer, right: integer): outcry.Indicator, outcry.Indicator, outcry.Indicator, "
     "outcry.Indicator",
     "Lines `high` and `low`: the newest high that is above those of the `right` bars after it and not below those of "
     "the `left` bars before, known when the last of these has closed, and the low likewise; `nil` before the first. "
     "`high_age` and `low_age` count bars since; each equals `right` when it has just become known. At most 1000."},

    {"option", "qty", "qty = 0.5", "number|string|nil",
     "Above 0, in base; moved down to the grid. Exactly one of `qty` and `quote_qty`; without both an entry is worth "
     "`strategy.stake` of the configuration, a limit at its price, else at the last one."},
    {"option", "quote_qty", "quote_qty = 1000", "number|string|nil",
     "Above 0: money in the quote currency to spend (or to take in), fees included; the venue sizes it at the fill."},
    {"option", "price", "price = 60000", "number|string|nil", "Limit. A buy moves down to the grid, a sale up."},
    {"option", "stop", "stop = 61000", "number|string|nil", "Trigger, moved to the nearer step."},
    {"option", "tif", "tif = \"GTC\"", "\"GTC\"|\"IOC\"|\"FOK\"|\"GTD\"|\"DAY\"|nil",
     "GTC (as without), IOC, FOK, GTD (needs `expire`), DAY. Another word raises."},
    {"option", "expire", "expire = now() + 3600 * 1000000000", "integer?",
     "End of a GTD order; a whole number of nanoseconds, else it raises. A limit or stop entry that says neither this "
     "nor `tif` is GTD where `strategy.entry_timeout` says how long it waits."},
    {"option", "post_only", "post_only = true", "boolean?",
     "Rejected by the venue if it would trade at once. Limit orders only."},
    {"option", "reduce_only", "reduce_only = true", "boolean?", "May only bring the position nearer to zero."},
    {"option", "stop_loss", "stop_loss = 58000", "number|string|nil",
     "A stop order the host keeps for what this order fills: grown with partial fills, canceled with the position, "
     "kept when the strategy is suspended. Nearer step."},
    {"option", "take_profit", "take_profit = 65000", "number|string|nil",
     "A limit order kept likewise; when one of the two trades the other shrinks."},
    {"option", "trail", "trail = \"1.5%\"", "number|string|nil",
     "The stop follows the market: this distance in price (`250`, `\"2.50\"`), or this part of the price (`\"1.5%\"`), "
     "behind the best price since the fill, and never back. It begins at `stop_loss`, without it as far behind the "
     "entry's "
     "price. On bars it is moved at each close, by the bar's extreme."},
    {"option", "trail_from", "trail_from = 66000", "number|string|nil",
     "With `trail`: it follows once the market has reached this price; until then the stop is `stop_loss`, or none."},
    {"option", "oco", "oco = order", "outcry.Order?",
     "One cancels the other: this order and that one, of the same market and quantity, on one side (a target and a "
     "stop of what is "
     "held: `reduce_only`) or on both (a breakout either way). What one trades the other gives up; more may be tied to "
     "the same "
     "one. One that is refused or canceled leaves the other as it is. Not with `stop_loss`, `take_profit` or `trail`."},
    {"option", "tag", "tag = \"dip\"", "string?",
     "A word of yours, at most 23 bytes (the rest is cut), on the order and in reports."},
    {"option", "on_insufficient", "on_insufficient = \"reduce\"", "\"reduce\"|\"refuse\"|nil",
     "What the account cannot pay, or does not hold, is left out of the order, instead of `INSUFFICIENT_FUNDS` "
     "(`\"refuse\"`, as without). Not for a sale by `quote_qty`. Another word raises."},
    {"option", "strict", "strict = true", "boolean?",
     "Refuse with `NOT_ON_THE_GRID` instead of moving a number to the grid."},

    {"close", "price", "price = 60000", "number|string|nil", "Close by a limit order."},
    {"close", "stop", "stop = 58000", "number|string|nil", "Close by a stop order."},
    {"close", "tif", "tif = \"IOC\"", "\"GTC\"|\"IOC\"|\"FOK\"|\"GTD\"|\"DAY\"|nil", "As above."},
    {"close", "tag", "tag = \"mean\"", "string?", "As above."},

    {"target", "price", "price = 60000", "number|string|nil",
     "Limit, as of `m:buy`. Without it the order is one at market."},
    {"target", "tif", "tif = \"IOC\"", "\"GTC\"|\"IOC\"|\"FOK\"|\"GTD\"|\"DAY\"|nil", "As of `m:buy`."},
    {"target", "expire", "expire = now() + 60 * 1000000000", "integer?", "As of `m:buy`."},
    {"target", "post_only", "post_only = true", "boolean?", "As of `m:buy`."},
    {"target", "tag", "tag = \"rebalance\"", "string?", "As of `m:buy`."},
    {"target", "on_insufficient", "on_insufficient = \"reduce\"", "\"reduce\"|\"refuse\"|nil",
     "As of `m:buy`; of `m:target_percent` it is `\"reduce\"` without."},

    {"refusal", "code", "err.code", "string",
     "A stable word such as `QUANTITY_ABOVE_LIMIT`, `NO_POSITION`, `ORDER_ALREADY_FINAL`."},
    {"refusal", "message", "err.message", "string", "The same for people, with the numbers."},
    {"refusal", "rule", "err.rule", "string", "The rule that refused, `\"instrument\"`, `\"strict\"` or `\"host\"`."},
    {"refusal", "numbers", "err.numbers", "table<string, number>", "`used` and `limit`, 0 where the rule has none."},
    {"refusal", "definitive", "err.definitive", "boolean", "True: nothing was sent and nothing will happen."},

    {"order", "id", "order.id", "integer", "A whole number, unique for ever."},
    {"order", "symbol", "order.symbol", "string", "Its instrument."},
    {"order", "side", "order.side", "\"buy\"|\"sell\"", "`\"buy\"` or `\"sell\"`."},
    {"order", "type", "order.type", "\"market\"|\"limit\"|\"stop\"|\"stop_limit\"",
     "`\"market\"`, `\"limit\"`, `\"stop\"` or `\"stop_limit\"`."},
    {"order", "tif", "order.tif", "string", "`\"GTC\"`, ..."},
    {"order", "role", "order.role", "string",
     "`\"none\"`, `\"entry\"`, `\"stop_loss\"`, `\"take_profit\"`, `\"close\"` or `\"end\"`."},
    {"order", "trail", "order.trail", "string?",
     "Of an entry and of its stop: how far that stays behind the market, `\"1.5%\"` or a distance such as `\"250\"`; "
     "else nil."},
    {"order", "tag", "order.tag", "string", "As given, `\"\"` without."},
    {"order", "time", "order.time", "integer", "When it was made."},
    {"order", "state", "order.state", "string",
     "`INITIALIZED`, `DENIED`, `SUBMITTED`, `ACCEPTED`, `TRIGGERED`, `PARTIALLY_FILLED`, `FILLED`, `PENDING_UPDATE`, "
     "`PENDING_CANCEL`, `CANCELED`, `EXPIRED`, `REJECTED`, `UNKNOWN`."},
    {"order", "status", "order.status", "\"open\"|\"closed\"|\"canceled\"|\"expired\"|\"rejected\"",
     "Shorter: `\"open\"`, `\"closed\"` (filled), `\"canceled\"`, `\"expired\"`, `\"rejected\"`."},
    {"order", "open", "order.open", "boolean", "True while it can still trade."},
    {"order", "is_open", "order.is_open", "boolean", "The same."},
    {"order", "reason", "order.reason", "string",
     "The word that came with the last change, such as `INSUFFICIENT_FUNDS`; else `\"\"`."},
    {"order", "price", "order.price", "number?", "Limit on the grid, or `nil`."},
    {"order", "stop", "order.stop", "number?", "Trigger on the grid, or `nil`."},
    {"order", "qty", "order.qty", "number", "Quantity on the grid; 0 for an order by `quote_qty`."},
    {"order", "filled", "order.filled", "number", "Traded so far."},
    {"order", "remaining", "order.remaining", "number", "The most that can still trade."},
    {"order", "average", "order.average", "number?", "Mean price of the fills, or `nil`."},
    {"order", "fee", "order.fee", "number", "Sum of its fees, in the asset of the first."},
    {"order", "cancel", "order:cancel()", "fun(self: outcry.Order): outcry.Order?, outcry.Refusal?",
     "Asks for the cancel. Returns the order, or `nil, err` (`ORDER_ALREADY_FINAL`). It may still trade until the "
     "venue answers."},
    {"order", "replace", "order:replace { price = p, stop = p, qty = q }",
     "fun(self: outcry.Order, changes: table): outcry.Order?, outcry.Refusal?",
     "Asks for a change of what is named; qty counts what is filled. Returns the order, or `nil, err` "
     "(`AMEND_PENDING`, `ORDER_ALREADY_FINAL`, a rule's word). Another field raises, and so does one that this type "
     "does not have."},

    {"book", "bid", "book.bid", "number?", "The best bid, or `nil`: nobody bids."},
    {"book", "ask", "book.ask", "number?", "The best ask, or `nil`."},
    {"book", "bid_qty", "book.bid_qty", "number?", "What is bid there."},
    {"book", "ask_qty", "book.ask_qty", "number?", "What is offered there."},
    {"book", "mid", "book.mid", "number?", "The middle of the two, or `nil` where one is missing."},
    {"book", "spread", "book.spread", "number?", "Ask less bid, or `nil`."},
    {"book", "bids", "book.bids", "table[]",
     "The best 20 bids, best first: a list of tables with `price` and `qty`, made anew each time it is read."},
    {"book", "asks", "book.asks", "table[]", "The best 20 asks, likewise."},
    {"book", "time", "book.time", "integer", "The venue's time of the last change."},
    {"book", "walk", "book:walk(\"buy\", qty)",
     "fun(self: outcry.Book, side: \"buy\"|\"sell\", qty: number): number?, number?",
     "What an order of that quantity would take from the book as it stands: returns the average price and the quantity "
     "that there is, which is less where the book ends before. `nil`: there is nothing."},
    {"position", "qty", "m.position.qty", "number",
     "Above 0 long, below 0 short, 0 flat: what can be sold or is owed. Less than the venue's smallest order, and what "
     "a fee in base leaves of a step, is dust."},
    {"position", "side", "m.position.side", "\"long\"|\"short\"|\"flat\"", "`\"long\"`, `\"short\"` or `\"flat\"`."},
    {"position", "average", "m.position.average", "number?", "Mean entry price, or `nil` when flat."},
    {"position", "realised", "m.position.realised", "number", "Money of what was closed, before fees."},
    {"position", "unrealised", "m.position.unrealised", "number", "Money of what is open, at the mark."},
    {"position", "trips", "m.position.trips", "integer", "Times it went from flat to flat."},
    {"position", "dust", "m.position.dust", "number",
     "What is held beside `qty` and cannot be sold by itself, in base; it joins what is bought next."},
    {"position", "dust_cost", "m.position.dust_cost", "number", "What that cost."},

    {"indicator", "()", "indicator(back)", "fun(back: integer?): number?",
     "The value `back` bars ago, 0 (as without) to 15. Raises when it is not ready, with the missing count; never 0 "
     "instead. `nil` where it is not defined, as a division by 0."},
    {"indicator", "value", "indicator.value", "number?", "The same as `indicator()`."},
    {"indicator", "ready", "indicator.ready", "boolean", "True once there is a value."},

    {"bars", "[]", "bars[1]", "outcry.ClosedBar?",
     "The bar that closed last, `bars[2]` the one before, to 64; `nil` where there is none yet. See below."},
    {"bars", "#", "#bars", "integer", "How many can be read."},
    {"bars", "count", "bars.count", "integer", "How many have closed."},
    {"bars", "forming", "bars.forming", "outcry.ClosedBar?",
     "The bar that is not closed yet, as it is now, or `nil`: none is open, or it is not known before it closes, as of "
     "the data's own bars and of `heikin_ashi`. It may be read by this name only, and is no bar to decide by."},
    {"bars", "kind", "bars.kind", "string",
     "`\"time\"`, `\"heikin_ashi\"`, `\"renko\"`, `\"volume\"` or `\"dollar\"`."},
    {"bars", "period", "bars.period", "integer", "Length in nanoseconds; 0 where they have none."},

    {"closed", "time", "bar.time", "integer",
     "When it closed; of `forming`, of kinds that are made here, when its last part did."},
    {"closed", "open_time", "bar.open_time", "integer", "When it began."},
    {"closed", "open", "bar.open", "number", "First price."},
    {"closed", "high", "bar.high", "number", "Highest price."},
    {"closed", "low", "bar.low", "number", "Lowest price."},
    {"closed", "close", "bar.close", "number", "Last price."},
    {"closed", "volume", "bar.volume", "number?",
     "In base, or `nil` when the data have none. Of several bricks of one bar the first has it."},

    {"bar", "time", "bar.time", "integer", "The venue's time of the event: when the bar closed."},
    {"bar", "open_time", "bar.open_time", "integer", "When it began."},
    {"bar", "period", "bar.period", "integer", "Its length in nanoseconds."},
    {"bar", "open", "bar.open", "number", "First price."},
    {"bar", "high", "bar.high", "number", "Highest price."},
    {"bar", "low", "bar.low", "number", "Lowest price."},
    {"bar", "close", "bar.close", "number", "Last price."},
    {"bar", "volume", "bar.volume", "number?", "In base, or `nil` when the data have none."},
    {"bar", "copy", "bar:copy()", "fun(self: outcry.Bar): outcry.Bar",
     "A copy that may be kept in a local variable. It cannot be saved."},

    {"qbar", "time", "bar.time", "integer", "When the bar closed."},
    {"qbar", "open_time", "bar.open_time", "integer", "When it began."},
    {"qbar", "period", "bar.period", "integer", "Its length in nanoseconds."},
    {"qbar", "open", "bar.open", "number", "Middle of bid and ask."},
    {"qbar", "high", "bar.high", "number", "Middle of both highs."},
    {"qbar", "low", "bar.low", "number", "Middle of both lows."},
    {"qbar", "close", "bar.close", "number", "Middle of both closes."},
    {"qbar", "bid_open", "bar.bid_open", "number", "First bid."},
    {"qbar", "bid_high", "bar.bid_high", "number", "Highest bid."},
    {"qbar", "bid_low", "bar.bid_low", "number", "Lowest bid."},
    {"qbar", "bid_close", "bar.bid_close", "number", "Last bid."},
    {"qbar", "ask_open", "bar.ask_open", "number", "First ask."},
    {"qbar", "ask_high", "bar.ask_high", "number", "Highest ask."},
    {"qbar", "ask_low", "bar.ask_low", "number", "Lowest ask."},
    {"qbar", "ask_close", "bar.ask_close", "number", "Last ask."},
    {"qbar", "bid", "bar.bid", "number", "The same as `bid_close`."},
    {"qbar", "ask", "bar.ask", "number", "The same as `ask_close`."},
    {"qbar", "volume", "bar.volume", "nil", "Always `nil`: quote bars have none."},
    {"qbar", "copy", "bar:copy()", "fun(self: outcry.QuoteBar): outcry.QuoteBar", "A copy that may be kept."},

    {"quote", "time", "quote.time", "integer", "The venue's time."},
    {"quote", "bid", "quote.bid", "number?", "Best bid."},
    {"quote", "ask", "quote.ask", "number?", "Best ask."},
    {"quote", "bid_qty", "quote.bid_qty", "number?", "Quantity there."},
    {"quote", "ask_qty", "quote.ask_qty", "number?", "Quantity there."},
    {"quote", "mid", "quote.mid", "number?", "Middle, when both are known."},
    {"quote", "spread", "quote.spread", "number?", "ask - bid, when both are known."},
    {"quote", "copy", "quote:copy()", "fun(self: outcry.Quote): outcry.Quote", "A copy that may be kept."},

    {"trade", "time", "trade.time", "integer", "The venue's time."},
    {"trade", "price", "trade.price", "number", "Its price."},
    {"trade", "qty", "trade.qty", "number?", "Its quantity, or `nil`."},
    {"trade", "side", "trade.side", "\"buy\"|\"sell\"|nil", "Side of the taker, `\"buy\"` or `\"sell\"`, or `nil`."},
    {"trade", "taker_side", "trade.taker_side", "\"buy\"|\"sell\"|nil", "The same."},
    {"trade", "copy", "trade:copy()", "fun(self: outcry.Trade): outcry.Trade", "A copy that may be kept."},

    {"fill", "time", "fill.time", "integer", "The venue's time."},
    {"fill", "price", "fill.price", "number", "Price traded at."},
    {"fill", "qty", "fill.qty", "number", "Quantity, above 0."},
    {"fill", "side", "fill.side", "\"buy\"|\"sell\"", "`\"buy\"` or `\"sell\"`."},
    {"fill", "fee", "fill.fee", "number", "Paid for it; below 0 is a rebate."},
    {"fill", "fee_asset", "fill.fee_asset", "string", "What the fee was paid in."},
    {"fill", "liquidity", "fill.liquidity", "\"maker\"|\"taker\"", "`\"maker\"` or `\"taker\"`."},
    {"fill", "order_id", "fill.order_id", "integer", "`order.id` of the order."},
    {"fill", "copy", "fill:copy()", "fun(self: outcry.Fill): outcry.Fill", "A copy that may be kept."},

    {"standard", "_G", "_G", "", "The strategy's own globals; the API cannot be replaced in it."},
    {"standard", "_VERSION", "_VERSION", "", "`\"Lua 5.4\"`."},
    {"standard", "assert", "assert(value, message)", "", "As in Lua."},
    {"standard", "error", "error(value, level)", "", "As in Lua."},
    {"standard", "pcall", "pcall(f, ...)", "", "As in Lua, but a stop by the time or memory limit goes through it."},
    {"standard", "xpcall", "xpcall(f, handler, ...)", "", "The handler runs after unwinding."},
    {"standard", "pairs", "pairs(table)", "",
     "In a fixed order: numbers, then texts, both ascending. Object keys raise."},
    {"standard", "ipairs", "ipairs(list)", "", "As in Lua."},
    {"standard", "next", "next(table, key)", "", "In the order of `pairs`."},
    {"standard", "select", "select(n, ...)", "", "As in Lua."},
    {"standard", "tonumber", "tonumber(text, base)", "", "As in Lua."},
    {"standard", "tostring", "tostring(value)", "", "Objects show a number counted from 1, never an address."},
    {"standard", "type", "type(value)", "", "As in Lua."},
    {"standard", "rawequal", "rawequal(a, b)", "", "As in Lua."},
    {"standard", "rawget", "rawget(table, key)", "", "As in Lua."},
    {"standard", "rawlen", "rawlen(value)", "", "As in Lua."},
    {"standard", "rawset", "rawset(table, key, value)", "", "Not on read-only tables."},
    {"standard", "setmetatable", "setmetatable(table, meta)", "", "`__gc` and `__mode` are refused."},
    {"standard", "getmetatable", "getmetatable(value)", "", "Nothing of the API's or of strings."},
    {"standard", "collectgarbage", "collectgarbage(\"count\")", "", "KiB held; the collector itself is the host's."},
    {"standard", "string", "string", "",
     "With a matcher that counts its steps; `string.dump` is absent; results at most 1 MiB."},
    {"standard", "table", "table", "", "A stable sort."},
    {"standard", "math", "math", "",
     "The same bits on every CPU, with `math.pow` (the `^` operator is not); `math.random` is seeded by the run."},
    {"standard", "coroutine", "coroutine", "", "At most 1000 alive."},
    {"standard", "utf8", "utf8", "", "As in Lua."},
};

const struct reference_entry *reference_entries(uint32_t *ret_count)
{
    *ret_count = sizeof entries / sizeof entries[0];
    return entries;
}

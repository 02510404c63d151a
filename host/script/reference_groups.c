/* reference_groups.c: the headings of the reference, in their order. */
#include "script/reference.h"

static const struct reference_group groups[] = {
    {"file", "The file", "", "Both stand at the top of the file, outside functions, and raise elsewhere."},
    {"callback", "Callbacks", "",
     "Global functions that the host calls. All are optional; another global that begins with `on_` is an error that\n"
     "names the nearest callback. Orders made in a callback take effect when it returns, in the order they were made."},
    {"global", "Functions", "", ""},
    {"log", "log", "outcry.Log",
     "Lines go to the host's log. With several arguments the first is a format, as of `string.format`. Of one event at "
     "most 100\n"
     "lines are written, the rest is told as a count; a line that repeats is told as a count too."},
    {"size", "size", "outcry.Size", ""},
    {"account", "account", "outcry.Account", "The account that the strategy trades with. Unknown fields raise."},
    {"market", "The market `m`: fields", "outcry.Market",
     "`m` is one instrument, given to `on_init` and to each market callback. Any other field is yours: `m.x = value` "
     "keeps\n"
     "plain data, indicators and orders, and is saved with each callback that changed it. The names below cannot be\n"
     "assigned."},
    {"method", "The market `m`: methods", "outcry.Market", ""},
    {"option", "Options of `m:buy` and `m:sell`", "outcry.Options",
     "One table, after the quantity or alone. An unknown option raises and lists the known ones. Numbers that are not "
     "on\n"
     "the grid are moved to it in the safe direction; within a millionth of a step of a grid point they are that "
     "point.\n"
     "NaN and infinity raise."},
    {"close", "Options of `m:close`", "outcry.CloseOptions", ""},
    {"refusal", "Refusals: `err`", "outcry.Refusal",
     "`m:buy`, `m:sell`, `m:close`, `order:cancel` and `order:replace` return `nil, err` when a rule or the host says "
     "no. A\n"
     "venue's later rejection comes to `on_order` instead, with `order.reason`."},
    {"order", "Orders: fields and methods", "outcry.Order",
     "A handle reads what the host knows now. Two handles of one order are equal. Fields cannot be assigned; an "
     "unknown one\n"
     "raises, and so does a closed order that is no longer held in memory."},
    {"position", "`m.position`", "outcry.Position",
     "This strategy's own position in this market. Unknown fields raise."},
    {"book", "`m.book`", "outcry.Book",
     "The order book as the engine keeps it: `venue.NAME.book` says what becomes of one that has a gap or is crossed. "
     "Read it anew\n"
     "from `m` each time: one that is kept shows what is known now, and nothing while the book is not whole. Unknown "
     "fields raise."},
    {"target", "Options of `m:target_qty`, `m:target_percent` and `m:flip`", "outcry.TargetOptions", ""},
    {"indicator", "Indicators", "outcry.Indicator",
     "Made in `on_init` by `m:sma(n)` and its kind, fed by closed bars. `on_bar` is first called when all of a market "
     "are\n"
     "ready. Quote bars count with their middle. Those with several lines return a handle a line, and each handle "
     "shows\n"
     "the values of the others by name: `m.bands = m:bollinger(20, 2)`, then `m.bands.lower` is a number. Who crosses\n"
     "them keeps the handles: `m.upper, m.middle, m.lower = m:bollinger(20, 2)`. In a local variable a handle is read "
     "in\n"
     "half the time. After a restart they are as they were."},
    {"bars", "Bars: `m:bars()`", "outcry.Bars",
     "Other bars of a market, asked for in `on_init`. They have all indicators of the market, fed by these bars "
     "alone:\n"
     "`m:bars(\"1d\"):ema(50)` moves when a day has closed, and not before. The last 64 are kept. `on_bar` is called "
     "with the\n"
     "strategy's own bars only; those of a longer period that close at the same instant have closed by then."},
    {"closed", "Bars: `bars[n]`", "outcry.ClosedBar",
     "A bar of `m:bars()` is a copy that may be kept in a local variable. Its prices are those of the bar, of quote "
     "bars their middle."},
    {"bar", "Events: bar", "outcry.Bar",
     "Given to `on_bar`. Events live for one callback: use after it raises and names `copy`."},
    {"qbar", "Events: quote bar", "outcry.QuoteBar", "Given to `on_bar` when the data are bars of bid and ask."},
    {"quote", "Events: quote", "outcry.Quote", "Given to `on_quote`. What the data did not say is `nil`."},
    {"trade", "Events: trade", "outcry.Trade", "Given to `on_trade`."},
    {"fill", "Events: fill", "outcry.Fill", "Given to `on_fill`."},
    {"standard", "Standard Lua", "",
     "Lua 5.4 without `io`, `os`, `debug`, `package`, `load`, `dofile` and bytecode. Library tables are read-only."},
};

const struct reference_group *reference_groups(uint32_t *ret_count)
{
    *ret_count = sizeof groups / sizeof groups[0];
    return groups;
}

/* schema.h: the tables of the history, with every column, in one place: the store is made by it, questions are asked by it, and the
 * reference (docs/history-reference.md) is printed from it.
 *
 * Invariants
 * - A later version adds tables, and columns behind the last one, and raises HISTORY_VERSION.
 * - Money, prices and quantities are exact decimals as text: they have up to 38 digits, which neither a double nor an int64 holds. */
#ifndef HISTORY_SCHEMA_H
#define HISTORY_SCHEMA_H

#include <outcry/draft/store.h>

enum { HISTORY_VERSION = 1 };

/* clang-format off */
#define HISTORY_SESSION_COLUMNS(X) \
    X(session, TEXT, 1, "identity of the session, 32 hexadecimal digits; the same in every file of its journal") \
    X(name, TEXT, 0, "last part of its folder") \
    X(folder, TEXT, 0, "where its journal lies") \
    X(mode, TEXT, 0, "backtest, paper or run") \
    X(state, TEXT, 0, "ended; running; open: not ended, and no process has it") \
    X(begun, TIME, 0, "when it was first started, by the clock of the machine") \
    X(first_time, TIME, 0, "time of its first record; of a backtest, in its data") \
    X(last_time, TIME, 0, "time of its last record, likewise") \
    X(version, TEXT, 0, "of the program that recorded it, last") \
    X(strategy, TEXT, 0, "names of its strategies") \
    X(symbol, TEXT, 0, "what was traded: all symbols, or how many") \
    X(venue, TEXT, 0, "venues of its accounts") \
    X(account, TEXT, 0, "names of its accounts") \
    X(currency, TEXT, 0, "that the sums here are in") \
    X(start, DECIMAL, 0, "equity at the start, deposits since included") \
    X(final, DECIMAL, 0, "equity at the end, or at the last price known") \
    X(profit, DECIMAL, 0, "final less start") \
    X(fees, DECIMAL, 0, "fees of all fills, where they can be converted") \
    X(orders, INT, 0, "orders asked for, those refused included") \
    X(fills, INT, 0, "fills booked") \
    X(trades, INT, 0, "round trips closed") \
    X(records, INT, 0, "records of its orders stream") \
    X(order_hash, TEXT, 0, "hash of that stream") \
    X(meaning, TEXT, 0, "hash of what it says to a trader") \
    X(note, TEXT, 0, "what a reader of these figures should know; nothing: nothing")

#define HISTORY_ORDER_COLUMNS(X) \
    X(session, TEXT, 1, "as in sessions") \
    X(order_id, TEXT, 1, "its name in the session, as the console shows it: o12") \
    X(time, TIME, 0, "when it was asked for") \
    X(heard, TIME, 0, "when it was heard of last") \
    X(strategy, TEXT, 0, "who asked: name of the strategy; nothing: nobody of these") \
    X(owner, TEXT, 0, "strategy, console, host, algo or external") \
    X(venue, TEXT, 0, "of its account") \
    X(account, TEXT, 0, "name of the account") \
    X(symbol, TEXT, 0, "instrument, without its venue") \
    X(side, TEXT, 0, "buy or sell") \
    X(type, TEXT, 0, "market, limit, stop ...") \
    X(tif, TEXT, 0, "time in force: gtc, ioc, fok, gtd, day, at_open, at_close") \
    X(role, TEXT, 0, "entry, stop_loss, take_profit, close or end; nothing: none") \
    X(qty, DECIMAL, 0, "quantity asked for, in base; nothing: it is by money") \
    X(quote_qty, DECIMAL, 0, "money asked for, in the quote currency") \
    X(price, DECIMAL, 0, "limit, as in force") \
    X(stop_price, DECIMAL, 0, "trigger, as in force") \
    X(status, TEXT, 0, "state of the order: docs/order-states.md, in small letters") \
    X(filled, DECIMAL, 0, "what of it traded, in base") \
    X(average, DECIMAL, 0, "price of that, rounded to 8 digits more than the price step has") \
    X(fee, DECIMAL, 0, "fees of its fills") \
    X(fee_asset, TEXT, 0, "that the fee is in") \
    X(reason, TEXT, 0, "why it was refused, or ended") \
    X(tag, TEXT, 0, "as the strategy said") \
    X(client_id, TEXT, 0, "our name of it at the venue") \
    X(venue_id, TEXT, 0, "the venue's name of it") \
    X(seq, INT, 0, "number of the record that asked for it")

#define HISTORY_FILL_COLUMNS(X) \
    X(session, TEXT, 1, "as in sessions") \
    X(account, TEXT, 1, "name of the account") \
    X(symbol, TEXT, 1, "instrument, without its venue") \
    X(order_id, TEXT, 1, "of the order") \
    X(trade_id, TEXT, 1, "the venue's name of the fill: with the three before it, its identity, and so it is told once") \
    X(time, TIME, 0, "when it was heard") \
    X(venue_time, TIME, 0, "when it was, as the venue says") \
    X(strategy, TEXT, 0, "whose order it was") \
    X(venue, TEXT, 0, "of the account") \
    X(side, TEXT, 0, "buy or sell") \
    X(qty, DECIMAL, 0, "in base") \
    X(price, DECIMAL, 0, "in the quote currency") \
    X(value, DECIMAL, 0, "what it is worth, in `asset`") \
    X(fee, DECIMAL, 0, "positive costs; negative is a rebate") \
    X(fee_asset, TEXT, 0, "that the fee is in") \
    X(liquidity, TEXT, 0, "maker or taker") \
    X(realised, DECIMAL, 0, "what it made, before fees, in `asset`") \
    X(asset, TEXT, 0, "settlement currency") \
    X(position, DECIMAL, 0, "of the strategy, behind it") \
    X(status, TEXT, 0, "booked; inferred: of sums alone; corrected; void: taken back; replaced: others stand for it") \
    X(seq, INT, 0, "number of its record")

#define HISTORY_POSITION_COLUMNS(X) \
    X(session, TEXT, 1, "as in sessions") \
    X(account, TEXT, 1, "name of the account") \
    X(strategy, TEXT, 1, "whose; nothing: the account's own, which is all of them") \
    X(symbol, TEXT, 1, "instrument, without its venue") \
    X(venue, TEXT, 0, "of the account") \
    X(side, TEXT, 0, "long, short or flat") \
    X(qty, DECIMAL, 0, "in base, below 0: short") \
    X(average, DECIMAL, 0, "entry price, rounded to 8 digits more than the price step has; of inverse contracts not supported") \
    X(price, DECIMAL, 0, "the last price known") \
    X(unrealised, DECIMAL, 0, "at that price, in `asset`") \
    X(realised, DECIMAL, 0, "so far, before fees, in `asset`") \
    X(asset, TEXT, 0, "settlement currency") \
    X(fills, INT, 0, "that made it") \
    X(opened, TIME, 0, "of what is held now")

#define HISTORY_TRADE_COLUMNS(X) \
    X(session, TEXT, 1, "as in sessions") \
    X(number, INT, 1, "from 1, in the order in which they began") \
    X(strategy, TEXT, 0, "whose") \
    X(symbol, TEXT, 0, "instrument, without its venue") \
    X(venue, TEXT, 0, "of the instrument") \
    X(side, TEXT, 0, "long or short") \
    X(status, TEXT, 0, "closed or open") \
    X(time, TIME, 0, "of the entry") \
    X(exit_time, TIME, 0, "of the exit") \
    X(qty, DECIMAL, 0, "opened in all, in base") \
    X(entry_price, DECIMAL, 0, "average, rounded to 8 digits more than the price step has; of inverse contracts not supported") \
    X(exit_price, DECIMAL, 0, "likewise") \
    X(profit, DECIMAL, 0, "before fees, in `asset`") \
    X(fees, DECIMAL, 0, "in `asset`") \
    X(net, DECIMAL, 0, "after fees, in `asset`") \
    X(asset, TEXT, 0, "settlement currency") \
    X(exit_reason, TEXT, 0, "signal, stop, trail, target ...") \
    X(tag, TEXT, 0, "of the order that opened it") \
    X(exit_tag, TEXT, 0, "of the order that ended it")

#define HISTORY_EQUITY_COLUMNS(X) \
    X(session, TEXT, 1, "as in sessions") \
    X(day, TEXT, 1, "UTC, 2024-01-31") \
    X(time, TIME, 0, "of the last price of that day") \
    X(equity, DECIMAL, 0, "at that time, in `currency`") \
    X(day_profit, DECIMAL, 0, "made on that day") \
    X(profit, DECIMAL, 0, "made since the start") \
    X(realised, DECIMAL, 0, "of it, by fills, before fees, each converted when it was made") \
    X(fees, DECIMAL, 0, "paid since the start, likewise") \
    X(unrealised, DECIMAL, 0, "what is left of it: profit less realised plus fees; changes of rates are in it") \
    X(currency, TEXT, 0, "of the session's first account") \
    X(name, TEXT, 0, "of the session") \
    X(strategy, TEXT, 0, "names of its strategies") \
    X(mode, TEXT, 0, "backtest, paper or run")

#define HISTORY_TRANSACTION_COLUMNS(X) \
    X(session, TEXT, 1, "as in sessions") \
    X(account, TEXT, 1, "name of the account") \
    X(entry, TEXT, 1, "the venue's name of it; of what we make of a record: its kind and what it is about") \
    X(time, TIME, 0, "when it was heard") \
    X(venue_time, TIME, 0, "when it was, as the venue says") \
    X(venue, TEXT, 0, "of the account") \
    X(type, TEXT, 0, "opening, deposit, withdrawal, transfer, funding, interest, fee, rebate, dividend, correction ...") \
    X(status, TEXT, 0, "pending, done, failed, canceled or reversed") \
    X(amount, DECIMAL, 0, "what the balance changed by, in `asset`") \
    X(asset, TEXT, 0, "currency") \
    X(after, DECIMAL, 0, "balance behind it, where the venue says it") \
    X(reference, TEXT, 0, "what it is about: an order, a fill, a hash") \
    X(text, TEXT, 0, "the venue's words") \
    X(seq, INT, 0, "number of its record")

#define HISTORY_PARAMETER_COLUMNS(X) \
    X(session, TEXT, 1, "as in sessions") \
    X(strategy, TEXT, 1, "whose") \
    X(name, TEXT, 1, "of the parameter") \
    X(value, TEXT, 0, "that it was started with first")

#define HISTORY_TRIAL_COLUMNS(X) \
    X(family, TEXT, 1, "strategies of one name on the same data, 16 hexadecimal digits") \
    X(trial, TEXT, 1, "text, parameters and data, likewise") \
    X(sharpe, TEXT, 0, "of a period, not of a year: a statistic, no amount; nothing: not known")

#define HISTORY_TABLES_OF(X) \
    X(SESSION, sessions, "what was run, a row a session") \
    X(ORDER, orders, "every order, as it was heard of last") \
    X(FILL, fills, "every fill, once") \
    X(POSITION, positions, "what each strategy and account held last, in each instrument") \
    X(TRADE, trades, "round trips, from flat to flat") \
    X(EQUITY, equity, "a row a UTC day: profit and loss") \
    X(TRANSACTION, transactions, "the ledger: opening cash, deposits, fees, funding, dividends, corrections") \
    X(PARAMETER, parameters, "of the strategies") \
    X(TRIAL, trials, "what was tried in backtests (docs/research.md)")

#define HISTORY_TABLE_ENUM(upper, lower, about) HISTORY_##upper,
enum history_table { HISTORY_TABLES_OF(HISTORY_TABLE_ENUM) HISTORY_TABLES };
#define HISTORY_SESSION_ENUM(name, type, key, about) SESSION_##name,
enum { HISTORY_SESSION_COLUMNS(HISTORY_SESSION_ENUM) SESSION_COLUMNS };
#define HISTORY_ORDER_ENUM(name, type, key, about) ORDER_##name,
enum { HISTORY_ORDER_COLUMNS(HISTORY_ORDER_ENUM) ORDER_COLUMNS };
#define HISTORY_FILL_ENUM(name, type, key, about) FILL_##name,
enum { HISTORY_FILL_COLUMNS(HISTORY_FILL_ENUM) FILL_COLUMNS };
#define HISTORY_POSITION_ENUM(name, type, key, about) POSITION_##name,
enum { HISTORY_POSITION_COLUMNS(HISTORY_POSITION_ENUM) POSITION_COLUMNS };
#define HISTORY_TRADE_ENUM(name, type, key, about) TRADE_##name,
enum { HISTORY_TRADE_COLUMNS(HISTORY_TRADE_ENUM) TRADE_COLUMNS };
#define HISTORY_EQUITY_ENUM(name, type, key, about) EQUITY_##name,
enum { HISTORY_EQUITY_COLUMNS(HISTORY_EQUITY_ENUM) EQUITY_COLUMNS };
#define HISTORY_TRANSACTION_ENUM(name, type, key, about) TRANSACTION_##name,
enum { HISTORY_TRANSACTION_COLUMNS(HISTORY_TRANSACTION_ENUM) TRANSACTION_COLUMNS };
#define HISTORY_PARAMETER_ENUM(name, type, key, about) PARAMETER_##name,
enum { HISTORY_PARAMETER_COLUMNS(HISTORY_PARAMETER_ENUM) PARAMETER_COLUMNS };
#define HISTORY_TRIAL_ENUM(name, type, key, about) TRIAL_##name,
enum { HISTORY_TRIAL_COLUMNS(HISTORY_TRIAL_ENUM) TRIAL_COLUMNS };
/* clang-format on */

/* Static. */
extern const struct oc_schema history_schema;
/* What a table, and a column of it, is about. Static. */
const char *history_table_about(uint32_t table);
const char *history_column_about(uint32_t table, uint32_t column);

#endif

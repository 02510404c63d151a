/* fold_rows.c: rows of what the engine and the meter know: orders, positions, round trips, days, the session. */
#include <stdio.h>
#include <string.h>

#include "history/fold.h"
#include "load/venue_lines.h"
#include "report/analysis.h"
#include "report/figures.h"

const char *fold_strategy(const struct history_fold *fold, uint32_t strategy, char text[STRATEGY_WORDS_MAX])
{
    const char *name = records_strategy_name(&fold->shown->records, strategy);
    if (!strategy)
        return "";
    if (name)
        snprintf(text, STRATEGY_WORDS_MAX, "%.*s", STRATEGY_WORDS_MAX - 1, name);
    else
        snprintf(text, STRATEGY_WORDS_MAX, "strategy %u", strategy);
    return text;
}

void fold_account(struct history_fold *fold, uint32_t account, uint32_t name_column, uint32_t venue_column)
{
    const struct account *held = portfolio_look(engine_portfolio(fold->session->engine), account);
    if (!held)
        return;
    row_text(&fold->row, name_column, held->name);
    row_text(&fold->row, venue_column, held->venue);
}

static void put_id(struct row *row, uint32_t column, const struct oc_id *id)
{
    row_text_n(row, column, id->text, id->size);
}

void fold_order(struct history_fold *fold, uint64_t number)
{
    struct engine *engine = fold->session->engine;
    const struct order *order = orders_find(engine_orders(engine), number);
    struct row *row = &fold->row;
    char name[TEXT_ORDER_MAX], words[STRATEGY_WORDS_MAX];
    struct instrument_steps steps;
    struct oc_id client, venue;
    if (!order || !instruments_steps(engine_instruments(engine), order->now.head.inst, &steps))
        return;
    const struct oc_request *now = &order->now;
    const struct instrument *instrument = instruments_get(engine_instruments(engine), now->head.inst);
    row_begin(row, HISTORY_ORDER);
    row_text(row, ORDER_session, fold->id);
    row_text(row, ORDER_order_id, text_order(number, name));
    row_int(row, ORDER_time, order->created_ns);
    row_int(row, ORDER_heard, order->updated_ns);
    row_text(row, ORDER_strategy, fold_strategy(fold, now->strategy, words));
    row_text(row, ORDER_owner, venue_order_owner(now->owner));
    fold_account(fold, now->account, ORDER_account, ORDER_venue);
    row_text(row, ORDER_symbol, instrument ? instrument->info.symbol : "");
    row_text(row, ORDER_side, now->side == OC_SIDE_BUY ? "buy" : now->side == OC_SIDE_SELL ? "sell" : "");
    row_text(row, ORDER_type, venue_order_type(now->type));
    row_text(row, ORDER_tif, venue_order_tif(now->tif));
    row_text(row, ORDER_role, venue_order_role(now->role));
    if (now->bits & OC_RQ_HAS_QTY)
        row_units(row, ORDER_qty, now->qty, steps.qty);
    if (now->bits & OC_RQ_HAS_QUOTE_QTY)
        row_dec(row, ORDER_quote_qty, now->quote_qty);
    if (now->bits & OC_RQ_HAS_PRICE)
        row_units(row, ORDER_price, now->price, steps.price);
    if (now->bits & OC_RQ_HAS_STOP)
        row_units(row, ORDER_stop_price, now->stop_price, steps.price);
    row_word(row, ORDER_status, state_name(order->state));
    row_units(row, ORDER_filled, order->filled, steps.qty);
    if (order->filled) {
        row_share(row, ORDER_average, order->filled_sum, order->filled, steps.price);
        row_money(row, ORDER_fee, order->fee);
        row_text(row, ORDER_fee_asset, instruments_asset_name(engine_instruments(engine), order->fee_asset));
    }
    row_text_n(row, ORDER_reason, order->reason, sizeof order->reason);
    row_text_n(row, ORDER_tag, now->tag, sizeof now->tag);
    engine_order_called(engine, number, &client, &venue);
    put_id(row, ORDER_client_id, &client);
    put_id(row, ORDER_venue_id, &venue);
    row_int(row, ORDER_seq, (int64_t)now->head.seq);
    fold_put(fold);
}

static uint32_t settle_of(const struct instrument *instrument)
{
    return instrument->info.settle ? instrument->info.settle : instrument->info.quote;
}

static void put_position(struct history_fold *fold, const struct position *position)
{
    struct engine *engine = fold->session->engine;
    const struct instrument *instrument = instruments_get(engine_instruments(engine), position->inst);
    const struct market *market = markets_get(engine_markets(engine), position->inst);
    struct row *row = &fold->row;
    char words[STRATEGY_WORDS_MAX];
    struct instrument_steps steps;
    oc_i128 money;
    if (!instrument || !position->fills || !instruments_steps(engine_instruments(engine), position->inst, &steps))
        return;
    row_begin(row, HISTORY_POSITION);
    row_text(row, POSITION_session, fold->id);
    fold_account(fold, position->account, POSITION_account, POSITION_venue);
    row_text(row, POSITION_strategy, fold_strategy(fold, position->strategy, words));
    row_text(row, POSITION_symbol, instrument->info.symbol);
    row_text(row, POSITION_side, position->qty > 0 ? "long" : position->qty < 0 ? "short" : "flat");
    row_units(row, POSITION_qty, position->qty, steps.qty);
    if (position->qty && instrument->info.kind != OC_KIND_INVERSE)
        row_share(row, POSITION_average, position->cost, instrument->money_mul * (position->qty + position->spare),
                  steps.price);
    if (market && market->has_mark) {
        row_share(row, POSITION_price, market->mark2, 2, steps.price);
        money = 0;
        if (!position->qty || position_unrealised(position, instrument, market->mark2 / 2, &money) == OC_OK)
            row_money(row, POSITION_unrealised, money);
    }
    row_money(row, POSITION_realised, position->realised);
    row_text(row, POSITION_asset, instruments_asset_name(engine_instruments(engine), settle_of(instrument)));
    row_int(row, POSITION_fills, position->fills);
    if (position->qty)
        row_int(row, POSITION_opened, position->opened_ns);
    fold_put(fold);
}

void fold_positions(struct history_fold *fold)
{
    const struct portfolio *portfolio = engine_portfolio(fold->session->engine);
    for (uint32_t i = 0; i < portfolio_book_count(portfolio); i++)
        put_position(fold, &portfolio_book_at(portfolio, i)->position);
}

static void put_trade(struct history_fold *fold, const struct trip *trip, uint32_t number)
{
    struct engine *engine = fold->session->engine;
    const struct instrument *instrument = instruments_get(engine_instruments(engine), trip->inst);
    struct row *row = &fold->row;
    char words[STRATEGY_WORDS_MAX];
    struct instrument_steps steps;
    if (!instrument || !instruments_steps(engine_instruments(engine), trip->inst, &steps))
        return;
    const oc_i128 mul = instrument->info.kind == OC_KIND_INVERSE ? 0 : instrument->money_mul * trip->qty;
    row_begin(row, HISTORY_TRADE);
    row_text(row, TRADE_session, fold->id);
    row_int(row, TRADE_number, number);
    row_text(row, TRADE_strategy, fold_strategy(fold, trip->strategy, words));
    row_text(row, TRADE_symbol, instrument->info.symbol);
    row_text(row, TRADE_venue, instrument->info.venue);
    row_text(row, TRADE_side, trip->side == OC_SIDE_BUY ? "long" : "short");
    row_text(row, TRADE_status, trip->is_open ? "open" : "closed");
    row_int(row, TRADE_time, trip->entry_ns);
    row_units(row, TRADE_qty, trip->qty, steps.qty);
    row_share(row, TRADE_entry_price, trip->entry_value, mul, steps.price);
    if (!trip->is_open) {
        row_int(row, TRADE_exit_time, trip->exit_ns);
        row_share(row, TRADE_exit_price, trip->exit_value, mul, steps.price);
    }
    row_money(row, TRADE_profit, trip->profit);
    row_money(row, TRADE_fees, trip->fees);
    row_money(row, TRADE_net, trip_net(trip));
    row_text(row, TRADE_asset, instruments_asset_name(engine_instruments(engine), settle_of(instrument)));
    row_text(row, TRADE_exit_reason, trip_exit_words(trip->exit));
    row_text_n(row, TRADE_tag, trip->tag, sizeof trip->tag);
    row_text_n(row, TRADE_exit_tag, trip->exit_tag, sizeof trip->exit_tag);
    fold_put(fold);
}

void fold_trades(struct history_fold *fold)
{
    const struct collect *collect = &fold->shown->meter.collect;
    bool have_ended = true;
    for (uint32_t i = fold->trades_put; i < collect->trip_count; i++) {
        put_trade(fold, &collect->trips[i], i + 1);
        have_ended = have_ended && !collect->trips[i].is_open;
        fold->trades_put += have_ended;
    }
}

/* Strategies that were in it, for rows of the whole session. */
static void put_strategies(struct history_fold *fold, uint32_t column)
{
    const struct records *records = &fold->shown->records;
    char text[RESULT_NAMES_MAX] = "";
    for (uint32_t i = 0; i < records->strategy_count; i++) {
        text_append(text, sizeof text, i ? ", " : "");
        text_append(text, sizeof text, records->strategies[i].name);
    }
    row_text(&fold->row, column, text);
}

void fold_day(struct history_fold *fold)
{
    struct fold_days *days = &fold->days;
    struct engine *engine = fold->session->engine;
    const oc_i128 profit = days->equity - days->start;
    struct row *row = &fold->row;
    char time[TEXT_TIME_MAX];
    text_from_time(time, days->last_ns);
    row_begin(row, HISTORY_EQUITY);
    row_text(row, EQUITY_session, fold->id);
    row_text_n(row, EQUITY_day, time, strlen("2024-01-31"));
    row_int(row, EQUITY_time, days->last_ns);
    row_money(row, EQUITY_equity, days->equity);
    row_money(row, EQUITY_day_profit, profit - days->before);
    row_money(row, EQUITY_profit, profit);
    row_money(row, EQUITY_realised, days->realised);
    row_money(row, EQUITY_fees, days->fees);
    row_money(row, EQUITY_unrealised, profit - days->realised + days->fees);
    row_text(row, EQUITY_currency, instruments_asset_name(engine_instruments(engine), fold->session->money.base));
    row_text(row, EQUITY_name, fold->name);
    put_strategies(fold, EQUITY_strategy);
    row_text(row, EQUITY_mode, fold->shown->records.mode);
    days->before = profit;
    fold_put(fold);
}

static void put_accounts(struct history_fold *fold)
{
    const struct portfolio *portfolio = engine_portfolio(fold->session->engine);
    char names[512] = "", venues[512] = "";
    for (uint32_t i = 1; i <= portfolio_account_count(portfolio); i++) {
        const struct account *account = portfolio_look(portfolio, i);
        text_append(names, sizeof names, i > 1 ? ", " : "");
        text_append(names, sizeof names, account->name);
        if (strstr(venues, account->venue) && account->venue[0])
            continue;
        text_append(venues, sizeof venues, venues[0] ? ", " : "");
        text_append(venues, sizeof venues, account->venue);
    }
    row_text(&fold->row, SESSION_account, names);
    row_text(&fold->row, SESSION_venue, venues);
}

void fold_worth(const struct history_fold *fold, oc_i128 *ret_start, oc_i128 *ret_final)
{
    const struct session *session = fold->session;
    uint32_t unpriced; /* left out of both */
    *ret_start = session->money.start + engine_outside(session->engine);
    if (portfolio_traded_equity_all(engine_portfolio(session->engine), session->money.base, ret_final, &unpriced) < 0)
        *ret_final = *ret_start;
}

static void put_symbols(struct history_fold *fold)
{
    const struct instruments *instruments = engine_instruments(fold->session->engine);
    char text[RESULT_NAMES_MAX];
    struct text symbols;
    const struct instrument *instrument;
    uint32_t count = 0;
    text_init_fixed(&symbols, text, sizeof text);
    while ((instrument = instruments_at(instruments, count + 1)) != NULL)
        text_format(&symbols, "%s%s", count++ ? ", " : "", instrument->info.symbol);
    if (symbols.is_cut)
        snprintf(text, sizeof text, "%u symbols", count);
    row_text(&fold->row, SESSION_symbol, text);
}

static void put_counts(struct history_fold *fold)
{
    const struct collect *collect = &fold->shown->meter.collect;
    const struct order_rows *orders = &fold->shown->meter.orders;
    uint64_t trades = collect->beyond.closed;
    for (uint32_t i = 0; i < collect->trip_count; i++)
        trades += !collect->trips[i].is_open;
    row_int(&fold->row, SESSION_orders, (int64_t)(orders->count + orders->not_kept));
    row_int(&fold->row, SESSION_fills, (int64_t)collect->fills);
    row_int(&fold->row, SESSION_trades, (int64_t)trades);
}

void fold_session(struct history_fold *fold)
{
    const struct records *records = &fold->shown->records;
    const struct instruments *instruments = engine_instruments(fold->session->engine);
    struct journal_place place;
    struct row *row = &fold->row;
    char hash[33], meaning[MEANING_TEXT_MAX];
    oc_i128 start, final;
    journal_stands(records->reader, &place);
    hash128_to_text(place.at[JOURNAL_ORDERS].hash, hash);
    meaning_text(&fold->shown->meter.meaning, meaning);
    fold_worth(fold, &start, &final);
    row_begin(row, HISTORY_SESSION);
    row_text(row, SESSION_session, fold->id);
    row_text(row, SESSION_name, fold->name);
    row_text(row, SESSION_folder, fold->dir);
    row_text(row, SESSION_mode, records->mode);
    row_text(row, SESSION_state, fold->state);
    row_int(row, SESSION_begun, fold->begun_ns);
    if (fold->first_ns) {
        row_int(row, SESSION_first_time, fold->first_ns);
        row_int(row, SESSION_last_time, fold->last_ns);
    }
    row_text(row, SESSION_version, records->version);
    put_strategies(fold, SESSION_strategy);
    put_symbols(fold);
    put_accounts(fold);
    row_text(row, SESSION_currency, instruments_asset_name(instruments, fold->session->money.base));
    row_money(row, SESSION_start, start);
    row_money(row, SESSION_final, final);
    row_money(row, SESSION_profit, final - start);
    row_money(row, SESSION_fees, fold->shown->meter.fees);
    put_counts(fold);
    row_int(row, SESSION_records, (int64_t)place.at[JOURNAL_ORDERS].count);
    row_text(row, SESSION_order_hash, hash);
    row_text(row, SESSION_meaning, meaning);
    if (!records->has_market)
        row_text(row, SESSION_note, "the data of its prices are gone: no days, and no profit behind the last fill");
    fold_put(fold);
}

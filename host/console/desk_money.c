/* desk_money.c: positions, balances, profit, and the status line. */
#include "console/desk_impl.h"

#include <string.h>

static oc_i128 unrealised_of(const struct desk *desk, const struct position *position,
                             const struct instrument *instrument)
{
    const struct market *market = markets_get(engine_markets(desk->engine), position->inst);
    oc_i128 money = 0;
    if (position->qty && market && market->has_mark)
        position_unrealised(position, instrument, market->mark2 / 2, &money);
    return money;
}

bool desk_positions(struct desk *desk, const struct desk_words *words, struct text *reply)
{
    uint32_t count = portfolio_book_count(desk->portfolio), i = (uint32_t)desk_from(words, 1), rows = 0;
    put_open(reply, NULL, '{');
    put_open(reply, "rows", '[');
    for (; i < count && rows < DESK_PAGE; i++) {
        const struct position *position = &portfolio_book_at(desk->portfolio, i)->position;
        const struct instrument *instrument = instruments_get(desk->instruments, position->inst);
        const struct market *market = markets_get(engine_markets(desk->engine), position->inst);
        double average;
        oc_i128 value = 0;
        if (position->qty == 0 || position->account != desk->config.account)
            continue;
        rows++;
        put_open(reply, NULL, '{');
        put_text(reply, "symbol", instrument->info.symbol);
        put_text(reply, "strategy", desk->config.host->strategy_name(desk->config.host->self, position->strategy));
        put_text(reply, "side", position->qty > 0 ? "long" : "short");
        put_qty(reply, "qty", instrument, true, position->qty);
        if (position_average(position, instrument, &average) == OC_OK)
            put_double(reply, "average", average);
        else
            put_null(reply, "average");
        put_price(reply, "last", instrument, market && market->has_last, market ? market->last : 0);
        if (market && market->has_mark)
            instrument_value(instrument, market->mark2 / 2, position->qty, &value);
        put_money(reply, "value", value);
        put_money(reply, "unrealised", unrealised_of(desk, position, instrument));
        put_money(reply, "realised", position->realised);
        put_close(reply, '}');
    }
    put_close(reply, ']');
    desk_next(reply, i < count, i);
    put_close(reply, '}');
    return true;
}

bool desk_balances(struct desk *desk, const struct desk_words *words, struct text *reply)
{
    const struct account *account = portfolio_account(desk->portfolio, desk->config.account);
    uint32_t count = instruments_asset_count(desk->instruments), asset = (uint32_t)desk_from(words, 1), rows = 0;
    put_open(reply, NULL, '{');
    put_open(reply, "rows", '[');
    for (asset = asset ? asset : 1; asset <= count && rows < DESK_PAGE; asset++) {
        oc_i128 total = portfolio_balance(desk->portfolio, desk->config.account, asset), value;
        const char *name = instruments_asset_name(desk->instruments, asset);
        if (total == 0 || !*name)
            continue;
        rows++;
        put_open(reply, NULL, '{');
        put_text(reply, "asset", name);
        put_money(reply, "total", total);
        if (portfolio_convert(desk->portfolio, total, asset, account->base, RATE_MIDDLE, &value) == OC_OK)
            put_money(reply, "value", value);
        else
            put_null(reply, "value");
        put_close(reply, '}');
    }
    put_close(reply, ']');
    desk_next(reply, asset <= count, asset);
    put_text(reply, "currency", instruments_asset_name(desk->instruments, account->base));
    put_close(reply, '}');
    return true;
}

static oc_i128 equity_of(const struct desk *desk)
{
    oc_i128 money = 0;
    portfolio_equity(desk->portfolio, desk->config.account, &money, NULL);
    return money;
}

/* What the fees of the net books are worth in the account's currency. */
static oc_i128 fees_of(struct desk *desk, const struct position *position, uint32_t base)
{
    oc_i128 sum = 0, money;
    for (uint32_t k = 0; k < position->fee_count; k++)
        if (portfolio_convert(desk->portfolio, position->fees[k].paid, position->fees[k].asset, base, RATE_MIDDLE,
                              &money) == OC_OK)
            sum += money;
    return sum;
}

bool desk_pnl(struct desk *desk, const struct desk_words *words, struct text *reply)
{
    struct desk_status status = {0};
    desk->config.host->status(desk->config.host->self, &status);
    uint32_t base = portfolio_account(desk->portfolio, desk->config.account)->base, rows = 0;
    uint32_t count = portfolio_book_count(desk->portfolio), first = (uint32_t)desk_from(words, 1), i = first;
    oc_i128 equity = equity_of(desk), realised = 0, unrealised = 0, fees = 0, money;
    for (uint32_t k = 0; k < count && k < 4 * DESK_PAGE; k++) {
        const struct position *position = &portfolio_book_at(desk->portfolio, k)->position;
        if (position->strategy || position->account != desk->config.account)
            continue;
        const struct instrument *instrument = instruments_get(desk->instruments, position->inst);
        if (portfolio_convert(desk->portfolio, position->realised, instrument->info.settle, base, RATE_MIDDLE,
                              &money) == OC_OK)
            realised += money;
        if (portfolio_convert(desk->portfolio, unrealised_of(desk, position, instrument), instrument->info.settle, base,
                              RATE_MIDDLE, &money) == OC_OK)
            unrealised += money;
        fees += fees_of(desk, position, base);
    }
    put_open(reply, NULL, '{');
    put_text(reply, "currency", status.currency);
    put_money(reply, "start", status.start);
    put_money(reply, "equity", equity);
    put_money(reply, "profit", equity - status.start);
    put_double(reply, "profit_share",
               status.start ? money_to_double(equity - status.start) / money_to_double(status.start) : 0);
    put_money(reply, "realised", realised);
    put_money(reply, "unrealised", unrealised);
    put_money(reply, "fees", fees);
    put_open(reply, "rows", '[');
    for (; i < count && rows < DESK_PAGE; i++) {
        const struct position *position = &portfolio_book_at(desk->portfolio, i)->position;
        if (position->account != desk->config.account || !position->fills)
            continue;
        const struct instrument *instrument = instruments_get(desk->instruments, position->inst);
        rows++;
        put_open(reply, NULL, '{');
        put_text(reply, "strategy", desk->config.host->strategy_name(desk->config.host->self, position->strategy));
        put_text(reply, "symbol", instrument->info.symbol);
        put_money(reply, "realised", position->realised);
        put_money(reply, "unrealised", unrealised_of(desk, position, instrument));
        put_money(reply, "fees", fees_of(desk, position, base));
        put_int(reply, "trips", position->trips);
        put_close(reply, '}');
    }
    put_close(reply, ']');
    desk_next(reply, i < count, i);
    put_close(reply, '}');
    return true;
}

bool desk_status(struct desk *desk, const struct desk_words *words, struct text *reply)
{
    struct desk_status status = {0};
    const struct instrument *instrument = instruments_at(desk->instruments, 1);
    if (words->count > 1 && !desk_instrument(desk, words, 1, &instrument, reply))
        return false;
    desk->config.host->status(desk->config.host->self, &status);
    const struct market *market = instrument ? markets_get(engine_markets(desk->engine), instrument->info.inst) : NULL;
    const struct book *book =
        instrument ? portfolio_find(desk->portfolio, desk->config.account, 0, instrument->info.inst) : NULL;
    uint32_t base = portfolio_account(desk->portfolio, desk->config.account)->base, held = 0;
    for (uint32_t i = 0; i < portfolio_book_count(desk->portfolio) && i < 1024; i++) {
        const struct position *position = &portfolio_book_at(desk->portfolio, i)->position;
        held += !position->strategy && position->qty && position->account == desk->config.account;
    }
    put_open(reply, NULL, '{');
    put_time(reply, "now", status.now_ns);
    put_int(reply, "now_ns", status.now_ns);
    put_text(reply, "mode", status.mode);
    put_bool(reply, "live", status.is_live);
    put_bool(reply, "paused", status.is_paused);
    put_bool(reply, "ended", status.is_ended);
    if (status.speed > 0)
        put_double(reply, "speed", status.speed);
    else
        put_text(reply, "speed", "max");
    put_text(reply, "currency", status.currency);
    put_money(reply, "equity", equity_of(desk));
    put_money(reply, "start", status.start);
    put_money(reply, "cash", portfolio_balance(desk->portfolio, desk->config.account, base));
    put_text(reply, "instrument", instrument ? instrument->info.symbol : NULL);
    put_price(reply, "last", instrument, market && market->has_last, market ? market->last : 0);
    put_qty(reply, "position", instrument, true, book ? book->position.qty : 0);
    put_text(reply, "halted", engine_latched(desk->engine, desk->config.account));
    put_int(reply, "open_orders", orders_open_count(engine_orders(desk->engine)));
    put_int(reply, "positions", held);
    put_int(reply, "fills", (int64_t)engine_stats(desk->engine)->fills);
    put_int(reply, "strategies", status.strategies);
    put_int(reply, "seq", (int64_t)status.seq);
    put_int(reply, "events", (int64_t)status.events);
    put_int(reply, "consoles", desk->config.post ? post_seats(desk->config.post) : 0);
    put_int(reply, "dropped", desk->config.post ? (int64_t)post_dropped(desk->config.post) : 0);
    put_close(reply, '}');
    return true;
}

/* service_money.c: positions, balances, profit, and the status line. */
#include "engine/dust.h"
#include "serve/console_service_impl.h"
#include "session/json_units.h"

#include <stdio.h>
#include <string.h>

/* 0 where there is no price. Negative: the amount does not fit. */
static oc_rc unrealised_of(const struct console_service *service, const struct position *position,
                           const struct instrument *instrument, oc_i128 *ret_money)
{
    const struct market *market = markets_get(engine_markets(service->engine), position->inst);
    *ret_money = 0;
    if (position->qty && market && market->has_mark)
        return position_unrealised(position, instrument, market->mark2 / 2, ret_money);
    return OC_OK;
}

/* An amount that does not fit is null: it is not 0. */
static void put_money(struct text *reply, const char *key, oc_rc rc, oc_i128 money)
{
    if (rc < 0)
        json_null(reply, key);
    else
        json_money(reply, key, money);
}

static void put_unrealised(const struct console_service *service, const struct position *position,
                           const struct instrument *instrument, struct text *reply)
{
    oc_i128 money;
    oc_rc rc = unrealised_of(service, position, instrument, &money);
    put_money(reply, "unrealised", rc, money);
}

/* Of several markets of one thing the one that is traded in the account's currency shows it, else the first. */
static bool shows_unassigned(const struct console_service *service, const struct account *owner,
                             const struct instrument *instrument)
{
    if (strcmp(instrument->info.venue, owner->venue) != 0)
        return false;
    if (instrument->info.quote == owner->base)
        return true;
    for (uint32_t i = 1; i < instruments_count(service->instruments); i++) {
        const struct instrument *other = instruments_at(service->instruments, i);
        if (other && other->info.base == instrument->info.base && strcmp(other->info.venue, owner->venue) == 0 &&
            other->info.kind == OC_KIND_SPOT && (other->info.quote == owner->base || i < instrument->index))
            return false;
    }
    return true;
}

/* What accounts with a capital hold beside strategies and beside what was traded by hand here: a row a market, the last of all rows. */
static void put_unassigned(struct console_service *service, struct text *reply)
{
    for (uint32_t id = 1; id <= portfolio_account_count(service->portfolio); id++) {
        const struct account *owner = portfolio_account(service->portfolio, id);
        for (uint32_t i = 1; owner->has_capital && i < instruments_count(service->instruments); i++) {
            const struct instrument *instrument = instruments_at(service->instruments, i);
            int64_t qty = 0;
            oc_i128 value = 0;
            oc_rc rc = OC_OK;
            if (!instrument || !shows_unassigned(service, owner, instrument) ||
                engine_unassigned_qty(service->engine, id, instrument->info.inst, &qty) < 0 || qty == 0)
                continue;
            const struct market *market = markets_get(engine_markets(service->engine), instrument->info.inst);
            json_open(reply, NULL, '{');
            json_text(reply, "symbol", instruments_name(service->instruments, instrument));
            service_put_account(service, id, reply);
            json_text(reply, "strategy", "unassigned");
            json_text(reply, "side", qty > 0 ? "long" : "short");
            json_qty(reply, "qty", instrument, true, qty);
            json_null(reply, "average");
            json_price(reply, "last", instrument, market && market->has_last, market ? market->last : 0);
            if (market && market->has_mark)
                rc = instrument_value(instrument, market->mark2 / 2, qty, &value);
            put_money(reply, "value", market && market->has_mark ? rc : (oc_rc)OC_E_NOT_FOUND, value);
            json_null(reply, "unrealised");
            json_null(reply, "realised");
            json_flag(reply, "unassigned", true);
            json_close(reply, '}');
        }
    }
}

bool service_positions(struct console_service *service, const struct command_words *words, struct text *reply)
{
    uint32_t count = portfolio_book_count(service->portfolio), i = (uint32_t)service_from(words, 1), rows = 0;
    json_open(reply, NULL, '{');
    json_open(reply, "rows", '[');
    for (; i < count && rows < CONSOLE_PAGE; i++) {
        const struct position *position = &portfolio_book_at(service->portfolio, i)->position;
        const struct instrument *instrument = instruments_get(service->instruments, position->inst);
        const struct market *market = markets_get(engine_markets(service->engine), position->inst);
        double average;
        int64_t shown;
        oc_i128 value = 0;
        oc_rc rc = OC_OK;
        if (position->qty == 0 && !position->has_dust)
            continue;
        const struct dust dust = dust_of(position, instrument);
        rows++;
        json_open(reply, NULL, '{');
        json_text(reply, "symbol", instruments_name(service->instruments, instrument));
        service_put_account(service, position->account, reply);
        json_text(reply, "strategy",
                  service->config.host->strategy_name(service->config.host->self, position->strategy));
        json_text(reply, "side", position->qty > 0 ? "long" : position->qty < 0 ? "short" : "flat");
        if (position->qty)
            json_time(reply, "opened", position->opened_ns);
        else
            json_null(reply, "opened");
        json_qty(reply, "qty", instrument, true, position->qty);
        if (position_average(position, instrument, &average) == OC_OK)
            json_double(reply, "average", average);
        else
            json_null(reply, "average");
        json_price(reply, "last", instrument, market && market->has_last, market ? market->last : 0);
        if (market && market->has_mark)
            rc = instrument_value(instrument, market->mark2 / 2, position->qty, &value);
        put_money(reply, "value", rc, value);
        put_unrealised(service, position, instrument, reply);
        json_money(reply, "realised", position->realised);
        if (!position->strategy)
            json_qty(reply, "by_hand", instrument, true,
                     dust_hand_qty(service->portfolio, position->account, instrument,
                                   market && market->has_mark ? market->mark2 / 2 : 0));
        if (!position->strategy &&
            statement_held(engine_statement(service->engine), position->account, position->inst, &shown))
            json_qty(reply, "venue_qty", instrument, true, shown);
        if (position->qty)
            service_put_protection(service, position, reply);
        if (position->has_dust) {
            json_money(reply, "dust", dust.qty);
            json_money(reply, "dust_cost", dust.cost);
        }
        json_close(reply, '}');
    }
    if (i == count && rows < CONSOLE_PAGE)
        put_unassigned(service, reply);
    json_close(reply, ']');
    service_next(reply, i < count, i);
    json_close(reply, '}');
    return true;
}

static bool put_balance(struct console_service *service, uint32_t id, uint32_t asset, struct text *reply)
{
    const struct account *account = portfolio_account(service->portfolio, id);
    const oc_i128 total = portfolio_balance(service->portfolio, id, asset);
    const oc_i128 used = engine_used(service->engine, id, asset);
    const char *name = instruments_asset_name(service->instruments, asset);
    oc_i128 value;
    if ((total == 0 && used == 0 && portfolio_tradable(service->portfolio, id, asset) == 0 &&
         !statement_find_balance(engine_statement(service->engine), id, asset, 0)) ||
        !*name)
        return false;
    json_open(reply, NULL, '{');
    json_text(reply, "asset", name);
    service_put_account(service, id, reply);
    json_money(reply, "free", total - used);
    json_money(reply, "used", used);
    json_money(reply, "total", total);
    if (account->has_capital) {
        json_money(reply, "capital", portfolio_tradable(service->portfolio, id, asset));
        json_money(reply, "unassigned", portfolio_unassigned(service->portfolio, id, asset));
    }
    if (portfolio_convert(service->portfolio, total, asset, account->base, RATE_MIDDLE, &value) == OC_OK)
        json_money(reply, "value", value);
    else
        json_null(reply, "value");
    service_put_balance_shown(service, id, asset, reply);
    json_close(reply, '}');
    return true;
}

/* A page goes on at (account, asset), both in one number. */
bool service_balances(struct console_service *service, const struct command_words *words, struct text *reply)
{
    const struct account *account = portfolio_account(service->portfolio, service->config.account);
    const uint32_t assets = instruments_asset_count(service->instruments),
                   accounts = portfolio_account_count(service->portfolio);
    const uint64_t end = (uint64_t)accounts * assets;
    uint64_t at = service_from(words, 1);
    uint32_t rows = 0;
    json_open(reply, NULL, '{');
    json_open(reply, "rows", '[');
    for (; at < end && rows < CONSOLE_PAGE; at++)
        rows += put_balance(service, (uint32_t)(at / assets) + 1, (uint32_t)(at % assets), reply);
    json_close(reply, ']');
    service_next(reply, at < end, at);
    json_text(reply, "currency", instruments_asset_name(service->instruments, account->base));
    json_close(reply, '}');
    return true;
}

/* What the fees of the net books are worth in the account's currency. */
static oc_i128 fees_of(struct console_service *service, const struct position *position, uint32_t base)
{
    oc_i128 sum = 0, money;
    for (uint32_t k = 0; k < position->fee_count; k++)
        if (portfolio_convert(service->portfolio, position->fees[k].paid, position->fees[k].asset, base, RATE_MIDDLE,
                              &money) == OC_OK)
            sum += money;
    return sum;
}

bool service_pnl(struct console_service *service, const struct command_words *words, struct text *reply)
{
    struct console_service_status status = {0};
    service->config.host->status(service->config.host->self, &status);
    uint32_t base = portfolio_account(service->portfolio, service->config.account)->base, rows = 0;
    uint32_t count = portfolio_book_count(service->portfolio), first = (uint32_t)service_from(words, 1), i = first;
    oc_i128 equity = 0, realised = 0, unrealised = 0, fees = 0, money;
    oc_rc rc = portfolio_traded_equity_all(service->portfolio, base, &equity, NULL);
    for (uint32_t k = 0; k < count && k < 4 * CONSOLE_PAGE; k++) {
        const struct position *position = &portfolio_book_at(service->portfolio, k)->position;
        if (position->strategy)
            continue;
        const struct instrument *instrument = instruments_get(service->instruments, position->inst);
        if (portfolio_convert(service->portfolio, position->realised, instrument->info.settle, base, RATE_MIDDLE,
                              &money) == OC_OK)
            realised += money;
        if (unrealised_of(service, position, instrument, &money) == OC_OK &&
            portfolio_convert(service->portfolio, money, instrument->info.settle, base, RATE_MIDDLE, &money) == OC_OK)
            unrealised += money;
        fees += fees_of(service, position, base);
    }
    json_open(reply, NULL, '{');
    json_text(reply, "currency", status.currency);
    json_money(reply, "start", status.start);
    put_money(reply, "equity", rc, equity);
    put_money(reply, "profit", rc, equity - status.start);
    if (rc < 0)
        json_null(reply, "profit_share");
    else
        json_double(reply, "profit_share",
                    status.start ? money_to_double(equity - status.start) / money_to_double(status.start) : 0);
    json_money(reply, "realised", realised);
    json_money(reply, "unrealised", unrealised);
    json_money(reply, "fees", fees);
    json_open(reply, "rows", '[');
    for (; i < count && rows < CONSOLE_PAGE; i++) {
        const struct position *position = &portfolio_book_at(service->portfolio, i)->position;
        if (!position->fills)
            continue;
        const struct instrument *instrument = instruments_get(service->instruments, position->inst);
        rows++;
        json_open(reply, NULL, '{');
        json_text(reply, "strategy",
                  service->config.host->strategy_name(service->config.host->self, position->strategy));
        json_text(reply, "symbol", instruments_name(service->instruments, instrument));
        json_money(reply, "realised", position->realised);
        put_unrealised(service, position, instrument, reply);
        json_money(reply, "fees", fees_of(service, position, base));
        json_int(reply, "trips", position->trips);
        json_close(reply, '}');
    }
    json_close(reply, ']');
    service_next(reply, i < count, i);
    json_close(reply, '}');
    return true;
}

bool service_status(struct console_service *service, const struct command_words *words, struct text *reply)
{
    struct console_service_status status = {0};
    const struct instrument *instrument = instruments_at(service->instruments, 1);
    if (words->count > 1 && !service_instrument(service, words, 1, &instrument, reply))
        return false;
    service->config.host->status(service->config.host->self, &status);
    const struct market *market =
        instrument ? markets_get(engine_markets(service->engine), instrument->info.inst) : NULL;
    int64_t position_qty = 0; /* of all accounts */
    for (uint32_t id = 1; instrument && id <= portfolio_account_count(service->portfolio); id++) {
        const struct book *book = portfolio_find(service->portfolio, id, 0, instrument->info.inst);
        position_qty += book ? book->position.qty : 0;
    }
    uint32_t base = portfolio_account(service->portfolio, service->config.account)->base, held = 0;
    for (uint32_t i = 0; i < portfolio_book_count(service->portfolio) && i < 1024; i++) {
        const struct position *position = &portfolio_book_at(service->portfolio, i)->position;
        held += !position->strategy && position->qty;
    }
    json_open(reply, NULL, '{');
    json_time(reply, "now", status.now_ns);
    json_int(reply, "now_ns", status.now_ns);
    json_text(reply, "mode", status.mode);
    json_flag(reply, "live", status.is_live);
    json_flag(reply, "rehearsed_only", status.is_rehearsed_only);
    json_flag(reply, "locked", status.is_live && service->asking && !service->asking->is_unlocked);
    json_flag(reply, "paused", status.is_paused);
    json_flag(reply, "ended", status.is_ended);
    if (status.speed > 0)
        json_double(reply, "speed", status.speed);
    else
        json_text(reply, "speed", "max");
    json_text(reply, "currency", status.currency);
    oc_i128 equity = 0;
    oc_rc rc = portfolio_traded_equity_all(service->portfolio, base, &equity, NULL);
    put_money(reply, "equity", rc, equity);
    json_money(reply, "start", status.start);
    json_money(reply, "cash", portfolio_tradable(service->portfolio, service->config.account, base));
    json_text(reply, "instrument", instrument ? instruments_name(service->instruments, instrument) : NULL);
    json_price(reply, "last", instrument, market && market->has_last, market ? market->last : 0);
    json_qty(reply, "position", instrument, true, position_qty);
    json_text(reply, "halted", engine_latched(service->engine, service->config.account));
    service_put_glance(service, &status, reply);
    service_put_missing(service, reply);
    json_int(reply, "open_orders", orders_open_count(engine_orders(service->engine)));
    json_int(reply, "positions", held);
    json_int(reply, "fills", (int64_t)engine_stats(service->engine)->fills);
    json_int(reply, "strategies", status.strategies);
    json_int(reply, "seq", (int64_t)status.seq);
    json_int(reply, "events", (int64_t)status.events);
    json_int(reply, "consoles", service->config.server ? console_server_seats(service->config.server) : 0);
    json_int(reply, "dropped", service->config.server ? (int64_t)console_server_dropped(service->config.server) : 0);
    json_close(reply, '}');
    return true;
}

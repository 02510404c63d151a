/* service_statement.c: what venues show of accounts, positions and markets: statement, ledger, figures. */
#include <stdio.h>
#include <string.h>

#include "serve/console_service_impl.h"
#include "session/json_units.h"

static const char *asset_name(const struct console_service *service, uint32_t asset)
{
    return asset ? instruments_asset_name(service->instruments, asset) : NULL;
}

static void put_said(struct text *reply, const char *key, struct oc_dec value, uint32_t is_said)
{
    if (is_said)
        json_dec(reply, key, value);
    else
        json_null(reply, key);
}

static void put_id(struct text *reply, const char *key, const struct oc_id *id)
{
    if (id->size)
        json_text_n(reply, key, id->text, id->size <= OC_ID_MAX ? id->size : OC_ID_MAX);
    else
        json_null(reply, key);
}

void service_put_account(const struct console_service *service, uint32_t id, struct text *reply)
{
    const struct account *account = portfolio_account(service->portfolio, id);
    char name[OC_VENUE_MAX + ACCOUNT_NAME_MAX];
    if (portfolio_account_count(service->portfolio) == 1 || !account)
        return;
    snprintf(name, sizeof name, "%s:%s", account->venue, account->name);
    json_text(reply, "account", name);
}

void service_put_balance_shown(const struct console_service *service, uint32_t account, uint32_t asset,
                               struct text *reply)
{
    const struct oc_ev_balance *balance = statement_find_balance(engine_statement(service->engine), account, asset, 0);
    oc_i128 total;
    if (!balance || statement_total(balance, &total) < 0)
        return;
    json_money(reply, "venue_total", total);
    put_said(reply, "venue_free", balance->free, balance->present & OC_BAL_FREE);
    put_said(reply, "venue_locked", balance->locked, balance->present & OC_BAL_LOCKED);
    put_said(reply, "borrowed", balance->borrowed, balance->present & OC_BAL_BORROWED);
    put_said(reply, "interest", balance->interest, balance->present & OC_BAL_INTEREST);
}

static void put_rights(const struct oc_ev_account *said, struct text *reply)
{
    uint32_t bit;
    const char *name;
    json_open(reply, "rights", '{');
    for (uint32_t i = 0; (name = statement_right(i, &bit)) != NULL; i++)
        if (said->known & bit)
            json_flag(reply, name, said->rights & bit);
    json_close(reply, '}');
}

static void put_statement(const struct console_service *service, uint32_t id, struct text *reply)
{
    const struct statement *statement = engine_statement(service->engine);
    const struct account_statement *of = statement_of(statement, id);
    const struct oc_ev_account none = {.present = 0}, *said = of ? &of->account : &none;
    const struct account *account = portfolio_account(service->portfolio, id);
    json_open(reply, NULL, '{');
    json_text(reply, "venue", account->venue);
    json_text(reply, "name", account->name);
    json_text(reply, "state", statement_state_name(statement_state(statement, id, OC_PART_TRADING)));
    json_text(reply, "market_state", statement_state_name(statement_state(statement, id, OC_PART_MARKET)));
    const int64_t until_ns = of ? of->states[OC_PART_TRADING].until_ns : 0;
    if (until_ns)
        json_time(reply, "until", until_ns);
    else
        json_null(reply, "until");
    put_id(reply, "venue_account", &said->venue_account);
    json_text(reply, "currency", asset_name(service, said->asset));
    put_said(reply, "equity", said->equity, said->present & OC_ACC_EQUITY);
    put_said(reply, "margin_used", said->margin_used, said->present & OC_ACC_MARGIN_USED);
    put_said(reply, "margin_free", said->margin_free, said->present & OC_ACC_MARGIN_FREE);
    put_said(reply, "maintenance", said->maintenance, said->present & OC_ACC_MAINTENANCE);
    put_said(reply, "unrealised", said->unrealised, said->present & OC_ACC_UNREALISED);
    put_said(reply, "maker_fee", said->maker_fee, said->present & OC_ACC_MAKER_FEE);
    put_said(reply, "taker_fee", said->taker_fee, said->present & OC_ACC_TAKER_FEE);
    put_said(reply, "leverage", said->leverage, said->present & OC_ACC_LEVERAGE);
    put_rights(said, reply);
    json_close(reply, '}');
}

bool service_statement(struct console_service *service, const struct command_words *words, struct text *reply)
{
    const uint32_t count = portfolio_account_count(service->portfolio);
    uint32_t id = (uint32_t)service_from(words, 1) + 1, rows = 0;
    json_open(reply, NULL, '{');
    json_open(reply, "rows", '[');
    for (; id <= count && rows < CONSOLE_PAGE; id++, rows++)
        put_statement(service, id, reply);
    json_close(reply, ']');
    service_next(reply, id <= count, id - 1);
    json_close(reply, '}');
    return true;
}

static void put_entry(const struct console_service *service, const struct oc_ev_ledger *entry, struct text *reply)
{
    json_open(reply, NULL, '{');
    json_time(reply, "time", entry->head.venue_ns);
    service_put_account(service, entry->head.source, reply);
    json_text(reply, "kind", statement_ledger_kind(entry->kind));
    json_text(reply, "status", statement_ledger_status(entry->status));
    json_text(reply, "asset", asset_name(service, entry->asset));
    json_dec(reply, "amount", entry->amount);
    put_said(reply, "fee", entry->fee, entry->present & OC_LEDGER_HAS_FEE);
    json_text(reply, "fee_asset", asset_name(service, entry->present & OC_LEDGER_HAS_FEE ? entry->fee_asset : 0));
    put_said(reply, "after", entry->after, entry->present & OC_LEDGER_HAS_AFTER);
    put_id(reply, "id", &entry->id);
    put_id(reply, "reference", &entry->reference);
    json_close(reply, '}');
}

bool service_ledger(struct console_service *service, const struct command_words *words, struct text *reply)
{
    const struct oc_ev_ledger *entry;
    uint32_t back = (uint32_t)service_from(words, 1), rows = 0;
    json_open(reply, NULL, '{');
    json_open(reply, "rows", '[');
    for (; rows < CONSOLE_PAGE && (entry = statement_entry(engine_statement(service->engine), back)) != NULL;
         back++, rows++)
        put_entry(service, entry, reply);
    json_close(reply, ']');
    service_next(reply, statement_entry(engine_statement(service->engine), back) != NULL, back);
    json_close(reply, '}');
    return true;
}

static void put_figure(struct text *reply, const char *name, struct oc_dec value, int64_t at_ns)
{
    json_open(reply, NULL, '{');
    json_text(reply, "figure", name);
    json_dec(reply, "value", value);
    if (at_ns)
        json_time(reply, "time", at_ns);
    else
        json_null(reply, "time");
    json_close(reply, '}');
}

bool service_figures(struct console_service *service, const struct command_words *words, struct text *reply)
{
    const struct instrument *instrument;
    if (!service_instrument(service, words, 1, &instrument, reply))
        return false;
    const struct market_figures *of = statement_figures_of(engine_statement(service->engine), instrument->info.inst);
    json_open(reply, NULL, '{');
    json_text(reply, "symbol", instruments_name(service->instruments, instrument));
    json_open(reply, "rows", '[');
    for (uint32_t what = 1; of && what < STATEMENT_FIGURES; what++)
        if (of->figures[what].at_ns)
            put_figure(reply, statement_figure_name(what), of->figures[what].value, of->figures[what].at_ns);
    if (of && of->funding.head.size) {
        put_figure(reply, "funding_rate", of->funding.rate, of->funding.due_ns);
        if (of->funding.present & OC_FUNDING_NEXT)
            put_figure(reply, "next_funding_rate", of->funding.next_rate,
                       of->funding.due_ns ? of->funding.due_ns + of->funding.interval_ns : 0);
    }
    json_close(reply, ']');
    json_close(reply, '}');
    return true;
}

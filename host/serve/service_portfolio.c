/* service_portfolio.c: `portfolio`: what all accounts hold together, by asset and by account, in one currency, with the rates it comes by. */
#include <stdio.h>
#include <string.h>

#include "engine/holdings.h"
#include "serve/console_service_impl.h"
#include "session/json_units.h"

enum { PARTS_SHOWN = 24, PAGE_BYTES = 24000 }; /* of a line; of the lines of a page, besides accounts and sums */

/* NULL, where a part of it has no price: then what is known of it stands beside. */
static void put_sum(struct text *reply, const char *key, const struct holding_sum *sum)
{
    char name[40];
    if (!sum->missing) {
        json_money_exact(reply, key, sum->known);
        return;
    }
    json_null(reply, key);
    snprintf(name, sizeof name, "%s_known", key);
    json_money_exact(reply, name, sum->known);
    snprintf(name, sizeof name, "%s_missing", key);
    json_int(reply, name, sum->missing);
}

static void put_known(struct text *reply, const char *key, bool is_known, oc_i128 money)
{
    if (is_known)
        json_money_exact(reply, key, money);
    else
        json_null(reply, key);
}

static void put_account_name(const struct console_service *service, uint32_t id, struct text *reply)
{
    const struct account *account = portfolio_look(service->portfolio, id);
    char name[OC_VENUE_MAX + ACCOUNT_NAME_MAX];
    snprintf(name, sizeof name, "%s:%s", account->venue, account->name);
    json_text(reply, "account", name);
}

/* Whether its venue is heard; where not, when it was last. */
static void put_heard(const struct holdings *holdings, uint32_t account, int64_t now_ns, struct text *reply)
{
    int64_t known_ns = 0;
    const bool is_heard = holdings_heard(holdings, account, &known_ns);
    json_flag(reply, "heard", is_heard);
    if (is_heard) {
        json_null(reply, "known");
        json_int(reply, "age_ns", 0);
        return;
    }
    json_time(reply, "known", known_ns);
    json_int(reply, "age_ns", now_ns > known_ns ? now_ns - known_ns : 0);
}

static void put_rate(const struct console_service *service, const struct holding_rate *rate, int64_t now_ns,
                     struct text *reply)
{
    put_known(reply, "rate", rate->is_known, rate->rate);
    json_open(reply, "rate_by", '[');
    for (uint32_t i = 0; i < rate->hops; i++) {
        const struct instrument *instrument = instruments_get(service->instruments, rate->inst[i]);
        char name[OC_VENUE_MAX + OC_SYMBOL_MAX];
        snprintf(name, sizeof name, "%s:%s", instrument->info.venue, instrument->info.symbol);
        json_text(reply, NULL, name);
    }
    json_close(reply, ']');
    if (!rate->hops) {
        json_null(reply, "rate_time");
        json_null(reply, "rate_age_ns");
        return;
    }
    json_time(reply, "rate_time", rate->at_ns);
    json_int(reply, "rate_age_ns", now_ns > rate->at_ns ? now_ns - rate->at_ns : 0);
    json_flag(reply, "rate_heard", rate->is_reached);
}

static void put_part(const struct console_service *service, const struct holdings *holdings,
                     const struct holding_part *part, int64_t now_ns, struct text *reply)
{
    const struct instrument *instrument = part->inst ? instruments_get(service->instruments, part->inst) : NULL;
    json_open(reply, NULL, '{');
    put_account_name(service, part->account, reply);
    json_text(reply, "as", instrument ? instruments_name(service->instruments, instrument) : "balance");
    put_known(reply, "qty", part->has_qty, part->qty);
    put_known(reply, "value", part->has_value, part->value);
    put_known(reply, "equity", part->has_counts, part->counts);
    put_heard(holdings, part->account, now_ns, reply);
    json_close(reply, '}');
}

static void put_line(const struct console_service *service, const struct holdings *holdings,
                     const struct holding_line *line, int64_t now_ns, struct text *reply)
{
    struct holding_part part;
    json_open(reply, NULL, '{');
    json_text(reply, "asset", instruments_asset_name(service->instruments, line->asset));
    put_sum(reply, "net", &line->net);
    put_sum(reply, "value", &line->value);
    put_sum(reply, "equity", &line->counts);
    put_rate(service, &line->rate, now_ns, reply);
    json_open(reply, "parts", '[');
    for (uint32_t i = 0; i < PARTS_SHOWN && holdings_part(holdings, line->asset, i, &part); i++)
        put_part(service, holdings, &part, now_ns, reply);
    json_close(reply, ']');
    json_int(reply, "parts_left", line->part_count > PARTS_SHOWN ? line->part_count - PARTS_SHOWN : 0);
    json_close(reply, '}');
}

static void put_profits(const struct holding_account *account, struct text *reply)
{
    put_sum(reply, "equity", &account->equity);
    put_sum(reply, "realised", &account->realised);
    put_sum(reply, "unrealised", &account->unrealised);
    put_sum(reply, "fees", &account->fees);
}

static void put_accounts(const struct console_service *service, const struct holdings *holdings, int64_t now_ns,
                         struct text *reply)
{
    struct holding_account account;
    json_open(reply, "accounts", '[');
    for (uint32_t id = 1; id <= portfolio_account_count(service->portfolio); id++) {
        holdings_account(holdings, id, &account);
        json_open(reply, NULL, '{');
        put_account_name(service, id, reply);
        json_text(reply, "state", statement_state_name(statement_state(holdings->statement, id, OC_PART_TRADING)));
        json_text(reply, "halted", engine_latched(service->engine, id));
        put_heard(holdings, id, now_ns, reply);
        put_profits(&account, reply);
        json_close(reply, '}');
    }
    json_close(reply, ']');
}

/* What is of the account's currency, in the one that is asked for. */
static void put_converted(const struct console_service *service, const struct holdings *holdings, const char *key,
                          bool is_known, oc_i128 money, struct text *reply)
{
    const uint32_t base = portfolio_look(service->portfolio, service->config.account)->base;
    is_known =
        is_known && portfolio_convert(service->portfolio, money, base, holdings->currency, RATE_SHOWN, &money) == OC_OK;
    put_known(reply, key, is_known, money);
}

static void put_sums(const struct console_service *service, const struct holdings *holdings,
                     const struct console_service_status *status, struct text *reply)
{
    const uint32_t base = portfolio_look(service->portfolio, service->config.account)->base;
    struct holding_account all;
    oc_i128 traded = 0, day = 0;
    holdings_all(holdings, &all);
    put_profits(&all, reply);
    const bool is_known = portfolio_traded_equity_all(service->portfolio, base, &traded, NULL) == OC_OK;
    put_converted(service, holdings, "start", true, status->start, reply);
    put_converted(service, holdings, "profit", is_known, traded - status->start, reply);
    put_converted(service, holdings, "day", service_day_profit(service, &day), day, reply);
}

/* No field, or "-": the account's. */
static bool currency_of(const struct console_service *service, const struct command_words *words, uint32_t *ret_asset,
                        struct text *reply)
{
    const char *asked = words->count > 1 ? words->fields[1] : "";
    *ret_asset = portfolio_look(service->portfolio, service->config.account)->base;
    if (!*asked || strcmp(asked, "-") == 0)
        return true;
    for (uint32_t asset = 1; asset < instruments_asset_count(service->instruments); asset++)
        if (strcasecmp(instruments_asset_name(service->instruments, asset), asked) == 0) {
            *ret_asset = asset;
            return true;
        }
    json_refusal(reply, "BAD_CURRENCY", "portfolio: found '%.40s', expected an asset of this session, such as %s",
                 asked, instruments_asset_name(service->instruments, *ret_asset));
    return false;
}

bool service_portfolio(struct console_service *service, const struct command_words *words, struct text *reply)
{
    struct holdings holdings = {.portfolio = service->portfolio, .statement = engine_statement(service->engine)};
    struct console_service_status status = {0};
    struct holding_line line;
    bool held[ENGINE_ASSETS_MAX];
    const uint32_t count = instruments_asset_count(service->instruments);
    uint32_t asset = (uint32_t)service_from(words, 2), rows = 0;
    if (!currency_of(service, words, &holdings.currency, reply))
        return false;
    service->config.host->status(service->config.host->self, &status);
    asset += asset == 0;
    holdings_assets(&holdings, held);
    json_open(reply, NULL, '{');
    json_open(reply, "rows", '[');
    for (; asset < count && rows < CONSOLE_PAGE && reply->size < PAGE_BYTES; asset++)
        if (held[asset] && holdings_line(&holdings, asset, &line)) {
            put_line(service, &holdings, &line, status.clock_ns, reply);
            rows++;
        }
    json_close(reply, ']');
    service_next(reply, asset < count, asset);
    json_text(reply, "currency", instruments_asset_name(service->instruments, holdings.currency));
    json_time(reply, "now", status.clock_ns);
    put_sums(service, &holdings, &status, reply);
    put_accounts(service, &holdings, status.clock_ns, reply);
    json_close(reply, '}');
    return true;
}

/* session_money.c: the accounts of a session, their opening cash, what that is worth, and whether simulators have the same. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "session/session.h"

static oc_rc cash_failed(struct session *session, const char *where, const char *found, const char *expected)
{
    struct error error;
    error_at(&error, OC_E_CONFIG, "%s", where);
    error_found(&error, "%s", found);
    error_expected(&error, "%s", expected);
    return session_fail(session, &error);
}

static oc_rc cash_missing(struct session *session)
{
    struct error error;
    (void)error_say(&error, OC_E_CONFIG, "cash", "none was given"); /* session_fail returns it */
    error_remedy(&error, "say --cash '10000 USDT'");
    return session_fail(session, &error);
}

/* What `text` says is the opening cash of an account. */
static oc_rc take_cash(struct session *session, const char *where, const char *text, uint32_t account)
{
    struct session_money *money = &session->money;
    while (*text) {
        char name[OC_ASSET_MAX];
        struct oc_dec dec = {0};
        uint32_t asset;
        if (start_value_read(&text, name, &dec) < 0)
            return cash_failed(session, where, text, "an amount and a currency: '10000 USDT'");
        if (instruments_asset(engine_instruments(session->engine), name, &asset) < 0)
            return cash_failed(session, where, name, "the name of a currency such as USDT");
        for (uint32_t i = 0; i < money->cash_count; i++)
            if (money->cash[i].account == account && money->cash[i].asset == asset)
                return cash_failed(session, where, name, "each currency of an account once");
        if (money->cash_count == SESSION_CASH_MAX)
            return cash_failed(session, where, name, "at most 16 amounts in all");
        money->cash[money->cash_count++] = (struct session_cash){.account = account, .asset = asset, .amount = dec};
    }
    return OC_OK;
}

/* The accounts of a venue, each with its own opening cash where that is said. */
static oc_rc add_accounts(struct session *session, const char *venue, uint32_t method)
{
    struct session_money *money = &session->money;
    char name[VENUE_ACCOUNT_MAX], key[SETTING_KEY_MAX];
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; rc == OC_OK && venue_account(session->settings, venue, i, name); i++) {
        uint32_t account;
        rc = portfolio_add_account(engine_portfolio(session->engine), name, venue, money->base, method, &account);
        if (rc < 0)
            return rc;
        snprintf(key, sizeof key, "venue.%s.cash.%s", venue, name);
        const char *cash = settings_text(session->settings, key, "");
        if (account > 1) /* of the first account.cash has been taken, or this key in its place */
            rc = take_cash(session, key, cash, account);
    }
    return rc;
}

/* account.capital: what strategies trade with, of the account that they trade with; in its currency. *ret_account: 0, none is set. */
static oc_rc take_capital(struct session *session, uint32_t *ret_account)
{
    struct portfolio *portfolio = engine_portfolio(session->engine);
    const char *text = settings_text(session->settings, "account.capital", NULL),
               *wanted = settings_text(session->settings, "strategy.account", NULL);
    uint32_t id = session->money.account;
    char name[OC_ASSET_MAX];
    struct oc_dec amount;
    oc_i128 money;
    *ret_account = 0;
    if (!text)
        return OC_OK;
    for (uint32_t i = 1; wanted && i <= portfolio_account_count(portfolio); i++)
        if (strcmp(portfolio_account(portfolio, i)->name, wanted) == 0)
            id = i;
    const char *at = text, *currency = instruments_asset_name(engine_instruments(session->engine), session->money.base);
    if (start_value_read(&at, name, &amount) < 0 || *at || amount.units <= 0)
        return cash_failed(session, "account.capital", text, "one amount above 0 and its currency: '500 USDT'");
    if (strcmp(name, currency) != 0)
        return cash_failed(session, "account.capital", text, currency);
    oc_rc rc = money_from_dec(amount, &money);
    if (rc == OC_OK)
        rc = portfolio_set_capital(portfolio, id, money);
    if (rc == OC_OK)
        rc = start_value_add(&session->money.start_value, session->money.base, amount);
    *ret_account = id;
    return rc < 0 ? session_fail_code(session, rc, "account.capital", "it cannot be kept") : rc;
}

/* An account that strategies are to trade with is there. */
static oc_rc judge_strategy_account(struct session *session)
{
    struct portfolio *portfolio = engine_portfolio(session->engine);
    const char *name = settings_text(session->settings, "strategy.account", NULL);
    char names[256] = "";
    for (uint32_t id = 1; name && id <= portfolio_account_count(portfolio); id++) {
        const char *known = portfolio_account(portfolio, id)->name;
        const size_t length = strlen(names);
        if (strcmp(known, name) == 0)
            return OC_OK;
        snprintf(names + length, sizeof names - length, "%s%s", length ? ", " : "", known);
    }
    return name ? cash_failed(session, "strategy.account", name, names) : (oc_rc)OC_OK;
}

/* The first currency of account.cash is the currency of account. */
oc_rc session_open_money(void *self, struct session *session)
{
    (void)self;
    struct session_money *money = &session->money;
    struct instruments *instruments = engine_instruments(session->engine);
    static const char *const methods[] = {"average", "fifo", "lifo"};
    const char *method = settings_text(session->settings, "account.cost_method", "average");
    char venue[PART_NAME_MAX];
    uint32_t number = 0;
    while (number < 3 && strcmp(methods[number], method) != 0)
        number++;
    if (number == 3)
        return cash_failed(session, "account.cost_method", method, "average, fifo or lifo");
    char key[SETTING_KEY_MAX] = "cash", name[VENUE_ACCOUNT_MAX];
    const char *cash = settings_text(session->settings, "account.cash", "");
    if (!*cash && venue_at(session->settings, 0, venue) && venue_account(session->settings, venue, 0, name)) {
        snprintf(key, sizeof key, "venue.%s.cash.%s", venue, name);
        cash = settings_text(session->settings, key, "");
    }
    if (!*cash) { /* until the venue says what there is */
        snprintf(key, sizeof key, "account.capital");
        cash = settings_text(session->settings, key, "");
    }
    oc_rc rc = take_cash(session, key, cash, 1);
    if (rc == OC_OK && !money->cash_count)
        rc = cash_missing(session);
    if (rc < 0)
        return rc;
    money->account = 1;
    money->base = money->cash[0].asset;
    if (!venue_names(session->settings))
        rc = portfolio_add_account(engine_portfolio(session->engine), "paper", "paper", money->base, number,
                                   &money->account);
    for (uint32_t i = 0; rc == OC_OK && venue_at(session->settings, i, venue); i++)
        rc = add_accounts(session, venue, number);
    if (rc == OC_OK)
        rc = judge_strategy_account(session);
    if (rc == OC_OK)
        rc = start_value_init(&money->start_value, instruments, money->base, session->clock.from_ns);
    uint32_t of_capital = 0;
    if (rc == OC_OK)
        rc = take_capital(session, &of_capital);
    for (uint32_t i = 0; i < money->cash_count && rc == OC_OK; i++)
        if (money->cash[i].account != of_capital)
            rc = start_value_add(&money->start_value, money->cash[i].asset, money->cash[i].amount);
    return rc;
}

void session_close_money(void *self, struct session *session)
{
    (void)self;
    start_value_release(&session->money.start_value);
}

oc_rc session_open_start(void *self, struct session *session)
{
    (void)self;
    struct session_money *money = &session->money;
    engine_start_at(session->engine, session->clock.now_ns);
    uint32_t unpriced; /* before the first prices */
    return portfolio_equity(money->start_value.portfolio, money->start_value.account, &money->start, &unpriced);
}

/* Records and books the opening cash. A session that goes on has it in its records. */
oc_rc session_open_balances(void *self, struct session *session)
{
    return session->journal.resume ? session_open_start(self, session) : session_record_balances(session);
}

oc_rc session_record_balances(struct session *session)
{
    struct session_money *money = &session->money;
    for (uint32_t i = 0; i < money->cash_count; i++) {
        const struct session_cash *cash = &money->cash[i];
        const struct venue *venue = venues_of(&session->venues, cash->account);
        struct oc_ev_balance event = {.head = {.size = sizeof event,
                                               .type = OC_EV_BALANCE,
                                               .source = cash->account,
                                               .venue_ns = session->clock.now_ns,
                                               .local_ns = session->clock.now_ns},
                                      .account = cash->account,
                                      .asset = cash->asset,
                                      .total = cash->amount};
        oc_rc rc = session_fact(session, &event.head);
        if (rc == OC_OK) {
            venue_call(venue, "balance");
            rc = venue->table->balance(venue->answers.self, cash->account, cash->asset, cash->amount);
            plugin_call_end();
        }
        if (rc < 0)
            return session_fail_code(session, rc, "cash", "the opening cash could not be booked");
    }
    uint32_t unpriced; /* before the first prices */
    return portfolio_traded_equity_all(engine_portfolio(session->engine), money->base, &money->start, &unpriced);
}

bool session_begin_figures(struct session *session, const struct oc_event *event)
{
    struct session_money *money = &session->money;
    oc_i128 start;
    if (__builtin_expect(money->is_counted && money->start_value.priced >= session->data.instrument_count, 1))
        return false;
    money->is_counted = start_value_counts(&money->start_value, event);
    if (!money->is_counted || start_value_price(&money->start_value, event, &start) < 0)
        return false;
    if (!money->first_inst)
        money->first_inst = event->inst;
    bool is_other =
        start != money->start; /* a holding was worth its first price from the beginning: that is no profit */
    money->start = start;
    return is_other;
}

static uint64_t reconcile_account(struct session *session, uint32_t account)
{
    uint64_t differences = 0;
    const struct venue *venue = venues_of(&session->venues, account);
    for (uint32_t i = 0; i < session->data.count && venue; i++) {
        int64_t units = 0;
        uint32_t inst = session->data.sources[i].inst;
        const struct book *book = portfolio_find(engine_portfolio(session->engine), account, 0, inst);
        int64_t ours = book ? book->position.qty + book->position.spare + book->position.fee_units : 0;
        venue_call(venue, "position");
        oc_rc rc = venue->table->position(venue->answers.self, account, inst, &units);
        plugin_call_end();
        if (rc < 0)
            continue;
        units -= sim_answers_units(&venue->answers, account, inst); /* the data may end before a fill is told */
        if (units == ours)
            continue;
        differences++;
        log_error("reconcile", "position differs: the simulator has %lld units, the portfolio %lld", (long long)units,
                  (long long)ours);
    }
    return differences;
}

uint64_t session_reconcile(struct session *session)
{
    uint64_t differences = 0;
    for (uint32_t id = 1; id <= portfolio_account_count(engine_portfolio(session->engine)); id++)
        differences += reconcile_account(session, id);
    return differences;
}

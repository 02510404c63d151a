/* arm.c: before a session may send orders with real money: one screen that says what is at stake, and the account's name as the answer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env_terminal.h"
#include "base/log.h"
#include "base/money.h"
#include "cli/arm_protect.h"
#include "cli/run.h"
#include "cli/visit.h"
#include "engine/statement.h"
#include "session/arming.h"
#include "session/tries.h"

enum { SCREEN_MAX = 1 << 16, ARM_BALANCES_MAX = 512, ARM_ORDERS_MAX = 8192, ORDERS_SHOWN = 10, LABEL = 14 };

struct arm_asked { /* what the venue says of the account, now */
    struct oc_ev_balance balances[ARM_BALANCES_MAX];
    struct oc_ev_order orders[ARM_ORDERS_MAX];
    uint32_t balance_count, order_count;
    bool is_over;
};

struct arm {
    struct run *run;
    struct session *session;
    struct venue_link *link;
    const char *account;
    struct venue_visit *visit; /* owned; NULL: the venue cannot be asked before */
    struct arm_asked *asked;   /* owned */
    struct text screen;
    bool is_capped; /* REHEARSED ONLY */
};

static void label(struct text *out, const char *name) { text_format(out, "  %-*s", LABEL - 2, name); }

/* ---- what the venue says ---- */

static void take(void *self, const struct oc_event *event)
{
    struct arm_asked *asked = self;
    const void *all = event;
    if (event->type == OC_EV_BALANCE && event->size >= sizeof *asked->balances &&
        ((const struct oc_ev_balance *)all)->token) {
        asked->is_over |= asked->balance_count == ARM_BALANCES_MAX;
        if (!asked->is_over)
            memcpy(&asked->balances[asked->balance_count++], event, sizeof *asked->balances);
    }
    if (event->type == OC_EV_ORDER && event->size >= sizeof *asked->orders &&
        ((const struct oc_ev_order *)all)->token) {
        asked->is_over |= asked->order_count == ARM_ORDERS_MAX;
        if (!asked->is_over)
            memcpy(&asked->orders[asked->order_count++], event, sizeof *asked->orders);
    }
}

/* Once, or for each instrument of the configuration where the venue wants one named. */
static oc_rc ask(struct arm *arm, uint32_t kind, const char *what, struct error *ret_error)
{
    const struct oc_venue *described = arm->visit->table->venue;
    struct oc_fetch question = {.size = sizeof question, .kind = (uint16_t)kind, .lane = OC_LANE_QUERY, .account = 1};
    struct oc_data_info info;
    bool by_instrument = false, is_offered = false;
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < described->fetch_count; i++)
        if (described->fetches[i].kind == kind) {
            is_offered = true;
            by_instrument = described->fetches[i].by & OC_BY_INSTRUMENT;
        }
    if (!is_offered)
        return OC_OK;
    if (!by_instrument)
        return visit_fetch(arm->visit, &question, what, take, arm->asked, ret_error);
    for (uint32_t i = 0; rc == OC_OK; i++) {
        rc = venue_instrument(arm->session->settings, arm->link->name, i, &info, ret_error);
        if (rc == OC_E_NOT_FOUND)
            return OC_OK;
        const struct oc_instrument *known = rc == OC_OK ? venue_visit_symbol(arm->visit, info.symbol) : NULL;
        if (rc == OC_OK && !known)
            return error_say(ret_error, OC_E_NOT_FOUND, info.symbol, "the venue does not list it");
        question.inst = known ? known->inst : 0;
        if (rc == OC_OK)
            rc = visit_fetch(arm->visit, &question, what, take, arm->asked, ret_error);
    }
    return rc;
}

/* The credentials are those that the session has already: nobody is asked for them twice. */
static oc_rc visit(struct arm *arm, struct error *ret_error)
{
    const struct oc_fetch instruments = {
        .size = sizeof instruments, .kind = OC_FETCH_INSTRUMENTS, .lane = OC_LANE_QUERY};
    arm->visit = venue_visit_new(arm->session->settings, arm->link->name);
    arm->asked = calloc(1, sizeof *arm->asked);
    if (!arm->visit || !arm->asked)
        return error_of_code(ret_error, OC_E_NOMEM, arm->link->name, "it cannot be asked what the account has");
    oc_rc rc = venue_visit_open(arm->visit, ret_error);
    arm->visit->keyring = arm->link->keyring;
    if (rc == OC_OK && !arm->visit->keyring.count)
        rc =
            error_say(ret_error, OC_E_CONFIG, arm->link->name,
                      "its account has no key to trade with: expected venue.%s.keys.%s", arm->link->name, arm->account);
    if (rc == OC_OK)
        rc = venue_visit_begin(arm->visit, ret_error);
    if (rc == OC_OK)
        rc = visit_fetch(arm->visit, &instruments, "its instruments", NULL, NULL, ret_error);
    if (rc == OC_OK)
        rc = ask(arm, OC_FETCH_BALANCES, "the account's balances", ret_error);
    if (rc == OC_OK)
        rc = ask(arm, OC_FETCH_OPEN_ORDERS, "the account's open orders", ret_error);
    if (rc == OC_OK && arm->asked->is_over)
        rc = error_say(ret_error, OC_E_LIMIT, arm->link->name,
                       "the account has more balances, or more open orders, than can be shown: %d and %d",
                       ARM_BALANCES_MAX, ARM_ORDERS_MAX);
    return rc;
}

static void leave(struct arm *arm)
{
    if (arm->visit) /* it was lent */
        memset(&arm->visit->keyring, 0, sizeof arm->visit->keyring);
    venue_visit_free(arm->visit);
    free(arm->asked);
    text_release(&arm->screen);
}

/* ---- the screen ---- */

static void capital_of(const struct arm *arm, char ret_asset[OC_ASSET_MAX], oc_i128 *ret_money)
{
    const char *at = settings_text(arm->session->settings, "account.capital", "");
    struct oc_dec amount = {0, 0, 0};
    *ret_money = 0;
    ret_asset[0] = 0;
    if (start_value_read(&at, ret_asset, &amount) == OC_OK && money_from_dec(amount, ret_money) < 0)
        *ret_money = 0;
}

static void put_balances(struct arm *arm)
{
    struct text *out = &arm->screen;
    char currency[OC_ASSET_MAX];
    oc_i128 capital, total;
    uint32_t rows = 0;
    capital_of(arm, currency, &capital);
    for (uint32_t i = 0; arm->asked && i < arm->asked->balance_count; i++) {
        const struct oc_ev_balance *balance = &arm->asked->balances[i];
        const char *asset = venue_visit_asset(arm->visit, balance->asset);
        if (balance->wallet || statement_total(balance, &total) < 0 || total == 0)
            continue;
        struct oc_dec whole = {0, 0, 0};
        (void)money_to_dec(total, 8, &whole); /* for showing */
        label(out, rows++ ? "" : "holdings");
        visit_put_dec(out, whole);
        text_format(out, " %s", asset);
        if (balance->locked.units) {
            text_put(out, " (");
            visit_put_dec(out, balance->locked);
            text_put(out, " in open orders)");
        }
        if (strcmp(asset, currency) == 0)
            text_put(out, ": what is not of the capital is unassigned\n");
        else if (arm->run->restore.has_journal)
            text_put(out, ": what strategies of this session do not hold is unassigned\n");
        else
            text_put(out, ": unassigned; nothing sells it until `adopt`\n");
    }
    if (!arm->visit) {
        label(out, "holdings");
        text_put(out, "not known before: the venue is a transcript\n");
    } else if (!rows) {
        label(out, "holdings");
        text_put(out, "none\n");
    }
}

static void put_orders(struct arm *arm)
{
    struct text *out = &arm->screen;
    const uint32_t count = arm->asked ? arm->asked->order_count : 0;
    if (!arm->visit)
        return;
    label(out, "open orders");
    if (!count) {
        text_put(out, "none\n");
        return;
    }
    text_format(out, "%u, of another hand or of an earlier session: strategies touch none of them;\n", count);
    label(out, "");
    text_put(out, "`cancel`, `cancel_all` and `kill` of a person do\n");
    for (uint32_t i = 0; i < count && i < ORDERS_SHOWN; i++) {
        const struct oc_ev_order *order = &arm->asked->orders[i];
        const struct oc_instrument *info = venue_visit_instrument(arm->visit, order->head.inst);
        if (!info)
            continue;
        label(out, "");
        text_format(out, "%s %s ", info->symbol, order->side == OC_SIDE_BUY ? "buy" : "sell");
        visit_put_units(out, order->qty, info->qty_step);
        if (order->present & OC_OF_PRICE) {
            text_put(out, " @ ");
            visit_put_units(out, order->price, info->price_step);
        }
        text_format(out, "  %.*s\n", (int)order->venue_order.size, order->venue_order.text);
    }
    if (count > ORDERS_SHOWN) {
        label(out, "");
        text_format(out, "and %u more: `outcry reconcile %s`\n", count - ORDERS_SHOWN, arm->link->name);
    }
}

static bool is_tried(const struct arm *arm)
{
    const struct part *part = parts_at(arm->session->parts, PART_CONNECTOR, 0);
    const struct try_made made = {.connector = part ? part->id : "",
                                  .version = part ? part->version : "",
                                  .environment = venue_text(arm->session->settings, arm->link->name, "environment", ""),
                                  .venue = arm->link->name,
                                  .account = arm->account};
    return tries_have_passed(&made);
}

/* Real money, and an account that was never tried with it: orders are no larger than session.rehearsed_cap. */
static oc_rc cap_untried(struct arm *arm)
{
    struct settings *settings = arm->session->settings;
    struct oc_dec cap = {25, 0, 0}, limit;
    const char *said = settings_text(settings, "session.rehearsed_cap", "25"), *text = NULL;
    if (!arming_is_real(settings) || is_tried(arm) || strcmp(arm->session->label, "try") == 0)
        return OC_OK;
    arm->is_capped = arm->session->is_rehearsed_only = true;
    (void)settings_dec(settings, "session.rehearsed_cap", &cap); /* it was checked; 25 where it is not set */
    if (!arming_limit(settings, arm->session->parts, "max_order_value", &text) ||
        settings_dec(settings, "risk.max_order_value.limit", &limit) < 0)
        return session_say(
            arm->session, OC_E_CONFIG, "--live",
            "REHEARSED ONLY: until `outcry venue try %s/%s --trade` has passed, the rule max_order_value "
            "must limit orders: it can neither be waived nor be of another name",
            arm->link->name, arm->account);
    if ((oc_i128)limit.units * num_pow10_128(cap.scale) <= (oc_i128)cap.units * num_pow10_128(limit.scale))
        return OC_OK;
    return settings_set(settings, "risk.max_order_value.limit", said, "REHEARSED ONLY") < 0
               ? session_fail(arm->session, &settings->error)
               : (oc_rc)OC_OK;
}

static void put_limits(struct arm *arm)
{
    struct text *out = &arm->screen;
    const struct settings *settings = arm->session->settings;
    const char *rule, *limit;
    label(out, "limits");
    for (uint32_t i = 0; (rule = arming_rule(i)) != NULL; i++) {
        text_format(out, "%s%s ", i ? ", " : "", rule);
        text_put(out, arming_limit(settings, arm->session->parts, rule, &limit) ? limit : "WAIVED");
    }
    if (*settings_text(settings, "risk.ramp.steps", ""))
        text_format(out, ", ramp %s", settings_text(settings, "risk.ramp.steps", ""));
    text_put(out, "\n");
}

static void put_markets(struct arm *arm)
{
    struct text *out = &arm->screen;
    struct oc_data_info info;
    struct error ignored;
    label(out, "markets");
    for (uint32_t i = 0; venue_instrument(arm->session->settings, arm->link->name, i, &info, &ignored) == OC_OK; i++)
        text_format(out, "%s%s", i ? ", " : "", info.symbol);
    text_put(out, "\n");
}

static void put_strategies(struct arm *arm)
{
    struct text *out = &arm->screen;
    const struct strategies *strategies = &arm->run->strategies;
    label(out, "strategies");
    if (!strategies->count)
        text_put(out, "none: a person trades by hand");
    for (uint32_t i = 0; i < strategies->count; i++)
        text_format(out, "%s%s", i ? ", " : "", strategies->list[i].file);
    text_put(out, "; one that is loaded later may do nothing until `may`\n");
}

static void put_screen(struct arm *arm)
{
    struct text *out = &arm->screen;
    struct settings *settings = arm->session->settings;
    const struct part *part = parts_at(arm->session->parts, PART_CONNECTOR, 0);
    const char *environment = venue_text(settings, arm->link->name, "environment", "");
    if (arming_is_real(settings))
        text_format(out, "LIVE: account %s at %s: orders are real money\n", arm->account, arm->link->name);
    else
        text_format(out, "REHEARSAL of live: account %s at %s, environment %s: no real money\n", arm->account,
                    arm->link->name, environment);
    label(out, "connector");
    text_format(out, "%s %s\n", part ? part->id : "", part ? part->version : "");
    if (arm->is_capped) {
        label(out, "");
        text_format(out, "REHEARSED ONLY: never tried with this account; an order is worth at most %s ",
                    settings_text(settings, "risk.max_order_value.limit", ""));
        arm_put_currencies(settings, arm->link->name, out);
        text_put(out, ", until\n");
        label(out, "");
        text_format(out, "`outcry venue try %s/%s --max AMOUNT --trade` has passed\n", arm->link->name, arm->account);
    }
    put_strategies(arm);
    label(out, "capital");
    text_format(out, "%s: strategies trade with this alone; day loss and drawdown are of it\n",
                settings_text(settings, "account.capital", ""));
    put_markets(arm);
    put_balances(arm);
    put_orders(arm);
    put_limits(arm);
    arm_put_protection(settings, arm->visit, arm->link->name, LABEL, out);
    label(out, "at the end");
    text_format(out, "Ctrl-C leaves all orders and positions as they are; SIGTERM and `stop`: on_exit %s\n",
                settings_text(settings, "session.on_exit", "leave"));
}

/* ---- the answer ---- */

static oc_rc refuse(struct session *session, const char *found, const char *account, const char *remedy)
{
    struct error error;
    error_at(&error, OC_E_DENIED, "--live %s", account);
    error_what(&error, "not armed: nothing was sent");
    if (found)
        error_found(&error, "%s", found);
    error_expected(&error, "the account's name, %s", account);
    error_remedy(&error, "%s", remedy);
    return session_fail(session, &error);
}

static oc_rc take_answer(struct arm *arm)
{
    const char *yes = arm->run->options->yes;
    char line[128];
    if (yes)
        return strcmp(yes, arm->account) == 0
                   ? (oc_rc)OC_OK
                   : refuse(arm->session, yes, arm->account, "say the account that is armed: --yes ACCOUNT");
    if (!env_terminal_is(0) || !env_terminal_is(2))
        return refuse(arm->session, NULL, arm->account,
                      "there is no terminal to ask at: read the screen above, and say --yes ACCOUNT");
    fputs("Type the account's name to arm it; anything else leaves: ", stderr);
    fflush(stderr);
    if (!fgets(line, sizeof line, stdin))
        line[0] = 0;
    line[strcspn(line, "\r\n")] = 0;
    return strcmp(line, arm->account) == 0
               ? (oc_rc)OC_OK
               : refuse(arm->session, line, arm->account, "start it again when it is meant");
}

static oc_rc judge_capital(struct arm *arm)
{
    char currency[OC_ASSET_MAX];
    oc_i128 capital, total;
    capital_of(arm, currency, &capital);
    for (uint32_t i = 0; arm->asked && i < arm->asked->balance_count; i++) {
        const struct oc_ev_balance *balance = &arm->asked->balances[i];
        if (!balance->wallet && strcmp(venue_visit_asset(arm->visit, balance->asset), currency) == 0 &&
            statement_total(balance, &total) == OC_OK && total >= capital)
            return OC_OK;
    }
    if (!arm->visit)
        return OC_OK;
    return session_say(arm->session, OC_E_CONFIG, "account.capital",
                       "the account holds less %s than the capital: see the screen above", currency);
}

/* ---- a session that goes on ---- */

/* What a person has seen when it was armed; all else of a session may not change at all (restore_same.c). */
static bool was_seen(const char *key)
{
    static const char *const seen[] = {"session.live", "session.on_exit", "account.", "risk.", "strategy."};
    for (size_t i = 0; i < sizeof seen / sizeof seen[0]; i++)
        if (strncmp(key, seen[i], strlen(seen[i])) == 0)
            return true;
    return false;
}

static void differs(struct text *what, const char *key, const char *then, const char *now)
{
    text_format(what, "  %s: %s when it was armed, now %s\n", key, then ? then : "not set", now ? now : "not set");
}

/* Each difference is a line of *what. */
static void compare_settings(const struct arm *arm, const char *header, size_t size, struct text *what)
{
    const struct settings *settings = arm->session->settings;
    struct header_line line;
    char key[SETTING_KEY_MAX], then[SETTING_VALUE_MAX];
    for (uint32_t i = 0; i < settings->count; i++) {
        const struct setting *now = &settings->list[i];
        bool is_there = false;
        if (!was_seen(now->key))
            continue;
        for (size_t at = 0; !is_there && header_next(header, size, &at, &line) == OC_OK;) {
            header_text(&line, 0, key, sizeof key);
            is_there = strcmp(line.word, "set") == 0 && strcmp(key, now->key) == 0;
        }
        if (!is_there)
            differs(what, now->key, NULL, now->value);
    }
    for (size_t at = 0; header_next(header, size, &at, &line) == OC_OK;) {
        header_text(&line, 0, key, sizeof key);
        header_text(&line, 1, then, sizeof then);
        const char *now = settings_text(settings, key, NULL);
        if (strcmp(line.word, "set") == 0 && was_seen(key) && (!now || strcmp(now, then) != 0))
            differs(what, key, then, now);
    }
}

/* The same account, capital, limits and strategies as when a person armed it: nobody is asked again. */
static bool is_armed_still(const struct arm *arm, struct text *what)
{
    const struct restore *restore = &arm->run->restore;
    const char *header;
    size_t size;
    if (!restore->has_journal || journal_header(restore->reader, &header, &size) < 0)
        return false;
    compare_settings(arm, header, size, what);
    for (uint32_t i = 0; i < arm->run->strategies.count; i++)
        if (strategies_has_changed(&arm->run->strategies, i))
            text_format(what, "  %s: another text than the session runs; it goes on with the one that it has\n",
                        arm->run->strategies.list[i].file);
    return what->size == 0;
}

static oc_rc show_and_ask(struct arm *arm)
{
    struct error error = {0};
    oc_rc rc = venue_net_is(arm->session->settings, arm->link->name) ? visit(arm, &error) : (oc_rc)OC_OK;
    if (rc < 0)
        return session_fail(arm->session, &error);
    put_screen(arm);
    fputs(arm->screen.data ? arm->screen.data : "", stderr);
    rc = judge_capital(arm);
    return rc == OC_OK ? take_answer(arm) : rc;
}

oc_rc run_arm(struct run *run)
{
    struct session *session = run->session;
    struct arm arm = {.run = run, .session = session, .account = arming_account(session->settings)};
    struct text what;
    if (!arming_is_set(session->settings) || !session->links.count)
        return OC_OK;
    arm.link = session->links.list[0];
    text_init_grow(&what, SCREEN_MAX);
    text_init_grow(&arm.screen, SCREEN_MAX);
    log_flush();
    oc_rc rc = cap_untried(&arm);
    if (rc < 0) {
        /* it was said */
    } else if (is_armed_still(&arm, &what)) {
        if (arm.is_capped)
            fputs("outcry: REHEARSED ONLY: orders stay small until `outcry venue try` has passed\n", stderr);
        fprintf(stderr, "outcry: armed again, as before: account %s at %s, capital %s\n", arm.account, arm.link->name,
                settings_text(session->settings, "account.capital", ""));
    } else {
        if (what.size)
            fprintf(stderr, "outcry: the session is not armed again by itself, for it differs:\n%s", what.data);
        rc = show_and_ask(&arm);
    }
    text_release(&what);
    leave(&arm);
    return rc;
}

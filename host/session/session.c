#include "session/session.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/text.h"
#include "replay/rewind.h"
#include "session/session_impl.h"
#include "steer/steer.h"

void session_note(struct session *session, const char *format, ...)
{
    if (session->note_count == RESULT_NOTES_MAX)
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(session->notes[session->note_count++].text, RESULT_LINE_MAX, format, args);
    va_end(args);
}

oc_rc session_fail(struct session *session, oc_rc rc, const char *format, ...)
{
    if (session->error[0])
        return rc;
    va_list args;
    va_start(args, format);
    vsnprintf(session->error, sizeof session->error, format, args);
    va_end(args);
    return rc;
}

void session_explain(struct session *session, const struct sandbox_error *error)
{
    session_explain_to(session->error, sizeof session->error, error);
}

void session_explain_to(char *ret_text, size_t size_max, const struct sandbox_error *error)
{
    struct text text;
    text_init_fixed(&text, ret_text, size_max);
    if (error->file[0] && error->line > 0 && !strstr(error->message, error->file))
        text_format(&text, "%s:%d: ", error->file, (int)error->line);
    text_format(&text, "%s", error->message);
    if (error->source_line[0])
        text_format(&text, "\n  %d | %s", (int)error->line, error->source_line);
    if (error->locals[0])
        text_format(&text, "\nlocals:\n%s", error->locals);
    if (error->traceback[0])
        text_format(&text, "\ntraceback:\n%s", error->traceback);
}

static void strategy_log(void *arg, int level, const char *text)
{
    struct session *session = arg;
    static const enum log_level levels[] = {LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR};
    log_write_at(session->now_ns, levels[level >= 0 && level <= OC_LOG_ERROR ? level : OC_LOG_ERROR], "strategy", text,
                 strlen(text));
}

/* A position that stands without its protection is never a matter of statistics alone. */
static __attribute__((noinline)) void say_unprotected(const struct session *session, const struct oc_ev_answer *denied)
{
    const struct order *order = orders_find(engine_orders(session->engine), denied->order);
    if (!order || order->now.owner != OC_OWNER_HOST ||
        (order->now.role != OC_ROLE_STOP_LOSS && order->now.role != OC_ROLE_TAKE_PROFIT))
        return;
    log_error("protection", "%s of order %llu was refused: %s; it is asked for again in a second",
              order->now.role == OC_ROLE_STOP_LOSS ? "the stop loss" : "the take profit",
              (unsigned long long)(order->now.parent & ((1ull << 40) - 1)), denied->reason);
}

/* To consoles, which are rare: apart from what is done with each record. */
static __attribute__((noinline)) void show_record(struct session *session, const struct oc_event *event)
{
    console_service_record(session->service, event);
    if (event->type != OC_EV_REQUEST && event->type != OC_EV_FILL)
        return;
    if (session->rewind)
        rewind_mark(session->rewind, event);
    session_stepped(session, event->type == OC_EV_FILL ? PACE_FILLS : PACE_ORDERS);
}

oc_rc session_record(struct session *session, struct oc_event *event)
{
    bool adds_risk = false;
    if (event->type == OC_EV_REQUEST) {
        const struct oc_request *request = (const struct oc_request *)(const void *)event;
        adds_risk = request->kind != OC_REQUEST_CANCEL && !(request->bits & OC_RQ_REDUCE_ONLY);
    }
    oc_rc rc = adds_risk ? door_record_risk(session->door, event) : door_record(session->door, event);
    if (event->type == OC_EV_DENIED)
        say_unprotected(session, (const struct oc_ev_answer *)(const void *)event);
    if (rc != OC_OK)
        return rc;
    meaning_fold(&session->meaning, event);
    if (session->on_record)
        session->on_record(session->on_record_arg, event);
    if (session->service)
        show_record(session, event);
    return rc;
}

static oc_rc record(void *self, struct oc_event *event) { return session_record(self, event); }
static void batch_begin(void *self) { door_batch_begin(((struct session *)self)->door); }
static oc_rc batch_commit(void *self) { return door_batch_commit(((struct session *)self)->door); }

/* One process a folder: two hosts on one journal would be two hosts on one account. */
oc_rc session_lock(struct session *session, const char *dir)
{
    char path[1024];
    oc_rc rc = env_mkdir(dir);
    if (rc < 0)
        return session_fail(session, rc, "session folder %s: %s", dir, env_error_text());
    snprintf(path, sizeof path, "%s/lock", dir);
    rc = env_lock(path, &session->lock_fd);
    if (rc == OC_E_STATE)
        return session_fail(session, rc, "session folder %s is in use by another outcry: end that one first", dir);
    return rc < 0 ? session_fail(session, rc, "session folder %s: %s", dir, env_error_text()) : rc;
}

static oc_rc open_door(struct session *session)
{
    const char *dir = settings_text(session->settings, "session.dir", NULL);
    struct text header;
    text_init_grow(&header, 4 << 20);
    session_header(session, &header);
    struct door_config config = {
        .dir = dir,
        .header = header.data,
        .header_size = header.size,
        .resume = session->resume,
        .durability = strcmp(settings_text(session->settings, "session.durability", "process"), "power") == 0
                          ? DOOR_POWER
                          : DOOR_PROCESS};
    oc_rc rc = door_open(&config, &session->door);
    text_release(&header);
    return rc < 0 ? session_fail(session, rc, "session folder %s: %s", dir ? dir : "(memory)", door_open_error()) : rc;
}

static oc_rc open_engine(struct session *session)
{
    struct engine_config config = {.epoch = door_epoch(session->door), .trade_from_ns = session->from_ns};
    bool strict = false;
    oc_rc rc = settings_boolean(session->settings, "risk.strict", &strict);
    if (rc < 0 && rc != OC_E_NOT_FOUND)
        return session_fail(session, rc, "%s", session->settings->error);
    config.strict = strict;
    struct engine_door door = {session, batch_begin, record, batch_commit};
    return engine_new(&config, &door, &session->engine);
}

/* "10000 USDT, 0.5 BTC": the first is the currency of account. */
static oc_rc open_cash(struct session *session)
{
    const char *at = settings_text(session->settings, "account.cash", "");
    struct instruments *instruments = engine_instruments(session->engine);
    struct portfolio *portfolio = engine_portfolio(session->engine);
    static const char *const methods[] = {"average", "fifo", "lifo"};
    const char *method = settings_text(session->settings, "account.cost_method", "average");
    uint32_t number = 0;
    while (number < 3 && strcmp(methods[number], method) != 0)
        number++;
    if (number == 3)
        return session_fail(session, OC_E_CONFIG, "account.cost_method: found '%s', expected average, fifo or lifo",
                            method);
    while (*at) {
        char amount[64], name[OC_ASSET_MAX];
        int used = 0;
        struct oc_dec dec = {0};
        uint32_t asset;
        if (sscanf(at, " %63[0-9.eE+-] %15[A-Za-z0-9._-]%n", amount, name, &used) != 2 ||
            text_to_decimal(amount, strlen(amount), &dec.units, &dec.scale) < 0 || dec.units < 0)
            return session_fail(session, OC_E_CONFIG,
                                "cash: found '%s', expected an amount and a currency: '10000 USDT'", at);
        at += used;
        at += strspn(at, " ,");
        if (instruments_asset(instruments, name, &asset) < 0)
            return session_fail(session, OC_E_CONFIG, "cash: '%s' is not a currency name", name);
        if (!session->account) {
            oc_rc rc = portfolio_add_account(portfolio, "paper", "paper", asset, number, &session->account);
            if (rc < 0)
                return rc;
            session->base = asset;
        }
        struct session_cash *cash = &session->cash[session->cash_count++];
        *cash = (struct session_cash){asset, dec};
        if (session->cash_count == SESSION_CASH_MAX)
            break;
    }
    if (!session->account)
        return session_fail(session, OC_E_CONFIG, "cash: none was given: say --cash '10000 USDT'");
    oc_rc rc = start_value_init(&session->start_value, instruments, session->base, session->from_ns);
    for (uint32_t i = 0; i < session->cash_count && rc == OC_OK; i++)
        rc = start_value_add(&session->start_value, session->cash[i].asset, session->cash[i].amount);
    return rc;
}

static oc_rc open_rules(struct session *session)
{
    static const char *const chain[] = {"kill_switch",    "max_order_qty", "max_order_value", "price_collar",
                                        "position_limit", "message_rate",  "max_daily_loss"};
    for (size_t i = 0; i < sizeof chain / sizeof chain[0]; i++) {
        struct plugin_instance *rule = &session->rules[session->rule_count];
        char id[64];
        rule->settings = session->settings;
        rule->now_ns = &session->now_ns;
        snprintf(id, sizeof id, "outcry.%s", chain[i]);
        snprintf(rule->section, sizeof rule->section, "risk.%s", chain[i]);
        oc_rc rc = plugin_instance_open(rule, session->registry, OC_RISK, id, session->error);
        if (rc < 0)
            return rc;
        session->rule_count++;
        rc = engine_add_rule(session->engine, chain[i], registry_interface(rule->plugin, OC_RISK), rule->self);
        if (rc < 0)
            return session_fail(session, rc, "risk rule %s was not taken (code %d)", id, (int)rc);
    }
    return OC_OK;
}

/* What the fills of this run assume is said on every report. */
static void note_profile(struct session *session)
{
    const struct settings *settings = session->settings;
    if (strcmp(settings_text(settings, "sim.paper.profile", "neutral"), "ideal") == 0) {
        session_note(session, "fills: IDEAL: the next event, no spread, no volume cap, latency %s",
                     settings_text(settings, "sim.paper.latency", "0"));
        return;
    }
    session_note(session,
                 "fills: half-spread %s of the price where data have no quotes, latency %s each way, at most %s of a "
                 "bar's volume",
                 settings_text(settings, "sim.paper.half_spread", "0.0001 (2 bps spread)"),
                 settings_text(settings, "sim.paper.latency", "5ms"),
                 settings_text(settings, "sim.paper.volume_cap", "0.1"));
    bool is_in_base = false;
    if (settings_boolean(session->settings, "sim.paper.fee_in_base", &is_in_base) == OC_OK && is_in_base)
        session_note(
            session,
            "fees: in the base currency: the account holds less than the positions, which count fills; a strategy that "
            "waits for a position of 0 does not find it");
    session_note(session, "fills: limits when traded through by one step; fees taker %s, maker %s",
                 settings_text(settings, "sim.paper.taker_fee", "0"),
                 settings_text(settings, "sim.paper.maker_fee", "0"));
}

static oc_rc open_sim(struct session *session)
{
    note_profile(session);
    session->sim.settings = session->settings;
    session->sim.sim_answers = &session->sim_answers;
    session->sim.now_ns = &session->now_ns;
    session->sim.seed = session->seed;
    strcpy(session->sim.section, "sim.paper");
    oc_rc rc = plugin_instance_open(&session->sim, session->registry, OC_SIM, "outcry.paper", session->error);
    if (rc < 0)
        return rc;
    session->sim_table = registry_interface(session->sim.plugin, OC_SIM);
    rc = sim_answers_init(&session->sim_answers, session->sim_table, session->sim.self);
    return rc < 0 ? rc : inbox_add_sim(session->loop, &session->sim_answers, session->account);
}

oc_rc session_record_balances(struct session *session)
{
    for (uint32_t i = 0; i < session->cash_count; i++) {
        const struct session_cash *cash = &session->cash[i];
        struct oc_ev_balance event = {.head = {.size = sizeof event,
                                               .type = OC_EV_BALANCE,
                                               .source = session->account,
                                               .venue_ns = session->now_ns,
                                               .local_ns = session->now_ns},
                                      .account = session->account,
                                      .asset = cash->asset,
                                      .total = cash->amount};
        oc_rc rc = session_record(session, &event.head);
        if (rc == OC_OK)
            rc = engine_input(session->engine, &event.head);
        if (rc == OC_OK)
            rc = session->sim_table->balance(session->sim.self, session->account, cash->asset, cash->amount);
        if (rc < 0)
            return session_fail(session, rc, "the opening cash could not be booked (code %d)", (int)rc);
    }
    return portfolio_equity(engine_portfolio(session->engine), session->account, &session->start, NULL);
}

/* A holding was worth its first price from the beginning: before it, that is no profit. */
static void session_first_price(struct session *session, const struct oc_event *event)
{
    oc_i128 start;
    if (start_value_price(&session->start_value, event, &start) < 0)
        return;
    if (!session->first_inst)
        session->first_inst = event->inst;
    if (start == session->start)
        return;
    collect_shift(&session->collect, start - session->start);
    session->start = start;
}

void session_begin_figures(struct session *session, const struct oc_event *event)
{
    if (__builtin_expect(session->is_counted && session->start_value.priced >= session->instrument_count, 1))
        return;
    session->is_counted = start_value_counts(&session->start_value, event);
    if (session->is_counted)
        session_first_price(session, event);
}

static oc_rc market_hook(void *self, struct oc_event *event)
{
    struct session *session = self;
    session->now_ns = event->local_ns;
    session->events++;
    if (__builtin_expect(!session->is_counted || session->start_value.priced < session->instrument_count, 0))
        session_begin_figures(session, event);
    oc_rc rc = door_market(session->door, event, session->by_value);
    if (session->service && rc == OC_OK) {
        console_service_market(session->service, event);
        session_stepped(session, PACE_EVENTS);
    }
    return rc;
}

static oc_rc answer_hook(void *self, struct oc_event *event)
{
    struct session *session = self;
    session->now_ns = event->local_ns;
    oc_rc rc = session_record(session, event);
    if (rc == OC_OK && event->type == OC_EV_FILL)
        session_watch_fill(session, (const struct oc_ev_fill *)(const void *)event);
    return rc;
}

static void progress_hook(void *self, uint64_t seq, uint64_t market_index)
{
    struct session *session = self;
    struct portfolio *portfolio = engine_portfolio(session->engine);
    oc_i128 equity;
    session_settle_fills(session);
    if (session->is_counted && portfolio_equity(portfolio, session->account, &equity, NULL) == OC_OK) {
        bool exposed = false;
        for (uint32_t i = 0; i < session->source_count && !exposed; i++) {
            const struct book *book = portfolio_find(portfolio, session->account, 0, session->sources[i].inst);
            exposed = book && book->position.qty != 0;
        }
        if (session->collect.events % session->collect.stride == 0) /* a point of the curve follows */
            session->collect.hold = session_hold(session);
        collect_equity(&session->collect, session->now_ns, equity, exposed);
    }
    door_progress(session->door, seq, market_index);
    session_checkpoint_due(session);
}

static oc_rc advance_hook(void *self, int64_t at_ns) { return session_advance(self, at_ns); }

oc_rc session_open(struct session *session)
{
    int64_t seed = 1;
    session->from_ns = INT64_MIN;
    session->ends_on_error |= strcmp(session->mode, "paper") != 0 && strcmp(session->mode, "replay") != 0;
    oc_rc rc = settings_integer(session->settings, "session.seed", &seed);
    session->seed = (uint64_t)seed;
    if (rc == OC_OK || rc == OC_E_NOT_FOUND)
        rc = settings_time(session->settings, "session.from", &session->from_ns);
    if (rc < 0 && rc != OC_E_NOT_FOUND)
        return session_fail(session, rc, "%s", session->settings->error);
    int64_t to_ns = INT64_MAX;
    rc = settings_time(session->settings, "session.to", &to_ns);
    if (rc < 0 && rc != OC_E_NOT_FOUND)
        return session_fail(session, rc, "%s", session->settings->error);
    if (to_ns < session->from_ns)
        return session_fail(session, OC_E_CONFIG, "session.from: found '%s', expected a time before session.to, '%s'",
                            settings_text(session->settings, "session.from", ""),
                            settings_text(session->settings, "session.to", ""));
    rc = session_read_strategies(session);
    if (rc == OC_OK)
        rc = session_probe_data(session);
    if (rc == OC_OK)
        rc = open_door(session);
    if (rc == OC_OK)
        rc = meaning_init(&session->meaning);
    if (rc == OC_OK)
        rc = open_engine(session);
    if (rc == OC_OK)
        rc = open_cash(session);
    struct inbox_hooks hooks = {session, market_hook, answer_hook, progress_hook, advance_hook};
    if (rc == OC_OK)
        rc = inbox_new(session->engine, &hooks, &session->loop);
    if (rc == OC_OK)
        rc = open_rules(session);
    if (rc == OC_OK)
        rc = open_sim(session);
    if (rc == OC_OK)
        rc = session_make_instruments(session);
    if (rc == OC_OK)
        rc = session_open_desk(session);
    if (rc == OC_OK && !session->resume)
        rc = session_record_balances(session);
    if (rc == OC_OK && session->resume)
        rc = portfolio_equity(session->start_value.portfolio, session->start_value.account, &session->start, NULL);
    if (rc == OC_OK)
        rc = session_load_strategies(session, strategy_log);
    if (rc < 0)
        return session_fail(session, rc, "the session could not be opened (code %d)", (int)rc);
    collect_init(&session->collect, session->start);
    return OC_OK;
}

oc_rc session_run(struct session *session)
{
    for (uint32_t i = 0; i < session->strategy_count && !session->is_restored; i++) {
        struct strategy *strategy = session->strategies[i].strategy;
        oc_rc rc = strategy ? strategy_start(strategy) : OC_OK;
        if (rc < 0 && session->ends_on_error)
            return session_strategy_failed(session, i);
    }
    oc_rc rc = inbox_run(session->loop);
    if (rc >= 0)
        session_linger(session);
    for (uint32_t i = 0; i < session->source_count; i++)
        if (rc < 0 && session->sources[i].error[0])
            return session_fail(session, rc, "%s", session->sources[i].error);
    for (uint32_t i = 0; i < session->strategy_count; i++)
        if (session->ends_on_error && engine_is_suspended(session->engine, session->strategies[i].id))
            return session_strategy_failed(session, i);
    if (rc < 0)
        return session_fail(session, rc, "the run ended early (code %d)%s%s", (int)rc,
                            door_failed(session->door) ? ": " : "",
                            door_failed(session->door) ? door_error(session->door) : "");
    return rc > 0 ? OC_E_AGAIN : OC_OK;
}

void session_close(struct session *session)
{
    for (uint32_t i = 0; i < session->strategy_count; i++) {
        session_drop_strategy(session, i);
        steer_source_free(session->strategies[i].opened);
    }
    session_release_steering(session);
    sandbox_watchdog_stop(session->watchdog);
    inbox_free(session->loop);
    start_value_release(&session->start_value);
    if (session->service)
        console_service_free(session->service);
    engine_free(session->engine);
    for (uint32_t i = 0; i < session->source_count; i++) {
        feed_source_close(&session->sources[i]);
        plugin_instance_close(&session->readers[i]);
    }
    plugin_instance_close(&session->sim);
    sim_answers_release(&session->sim_answers);
    for (uint32_t i = 0; i < session->rule_count; i++)
        plugin_instance_close(&session->rules[i]);
    collect_release(&session->collect);
    if (session->door)
        door_close(session->door);
    session->door = NULL;
    meaning_release(&session->meaning);
    if (session->lock_fd > 0)
        env_close(session->lock_fd);
    session->lock_fd = 0;
}

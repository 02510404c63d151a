/* session_run.c: while a session runs, and how it ends. */
#include <stdio.h>
#include <string.h>

#include "base/env.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/version.h"
#include "recover/restore.h"
#include "session/interrupt.h"
#include "session/session_impl.h"

/* Log lines hold no line breaks: one line each. */
static void log_lines(const char *text)
{
    while (*text) {
        int length = (int)strcspn(text, "\n");
        if (length)
            log_error("strategy", "%.*s", length, text);
        text += length + (text[length] == '\n');
    }
}

/* How long the others waited for the callback that was ended. */
static void note_gap(struct session *session, uint32_t offender)
{
    int64_t gap_ns = strategy_last_ns(session->strategies[offender].strategy);
    for (uint32_t i = 0; i < session->strategy_count; i++) {
        struct session_strategy *other = &session->strategies[i];
        if (i == offender || !other->strategy || gap_ns == 0)
            continue;
        other->gaps++;
        if (gap_ns > other->gap_ns)
            other->gap_ns = gap_ns;
    }
}

void session_tell_suspended(struct session *session)
{
    uint64_t suspended = engine_stats(session->engine)->suspended;
    if (suspended == session->suspended_told)
        return;
    session->suspended_told = suspended;
    for (uint32_t i = 0; i < session->strategy_count; i++) {
        struct session_strategy *owner = &session->strategies[i];
        uint32_t id = owner->id;
        if (!owner->strategy || owner->is_told || !engine_is_suspended(session->engine, id))
            continue;
        char text[SESSION_ERROR_MAX];
        const struct sandbox_error *error = strategy_error(owner->strategy);
        const char *words = engine_suspension(session->engine, id);
        owner->is_told = true;
        session_note(session, "suspended: %s: %s", owner->file, words[0] ? words : "before the restart");
        log_error("strategy", "%s is suspended: its orders stay, it makes no new ones", owner->file);
        if (error)
            session_explain_to(text, sizeof text, error);
        else
            snprintf(text, sizeof text, "%s", words);
        log_lines(text);
        note_gap(session, i);
        session_tell_strategy(session, i, "suspended", words);
    }
}

/* Paces the data and looks for an interruption; called once an instant. */
oc_rc session_advance(struct session *session, int64_t at_ns)
{
    bool is_over = session->has_stop && inbox_index(session->loop) >= session->stop_index;
    if (is_over && session->goes_on && inbox_is_opening(session->loop))
        is_over = !session->goes_on(session->commands_arg, at_ns);
    if (is_over) {
        oc_rc rc = session->commands_due ? session->commands_due(session->commands_arg, INT64_MAX) : OC_OK;
        return rc < 0 ? rc : 1; /* a positive code ends the loop without an error */
    }
    if (interrupt_count() > 0)
        return 1;
    if (engine_stats(session->engine)->suspended != session->suspended_told) {
        if (session->ends_on_error)
            return 1;
        session_tell_suspended(session);
    }
    if (session->speed > 0 || session->server) {
        oc_rc rc = session_attend(session, at_ns);
        if (rc != OC_OK)
            return rc;
    }
    if (session->commands_due) {
        oc_rc rc = session->commands_due(session->commands_arg, at_ns);
        if (rc != OC_OK)
            return rc;
    }
    if (session->progress && (++session->progress_ns & 1023) == 0)
        session->progress(session);
    return OC_OK;
}

/* Apart, so that each event does not pay for what it needs on the stack. */
__attribute__((noinline)) static void start_checkpoint(struct session *session)
{
    const char *why = "";
    oc_rc rc = door_checkpoint_poll(session->door, &why);
    if (rc == OC_OK)
        rc = session_checkpoint(session);
    if (rc < 0)
        log_warning("journal", "no checkpoint was written (code %d): a restart will take longer%s%s", (int)rc,
                    why[0] ? ": " : "", why);
}

/* A checkpoint copies the state and keeps the disk busy, so it is due by count of events and not more often than once a
 * second. */
void session_checkpoint_due(struct session *session)
{
    enum { EVENTS = 4096 };
    if (!session->checkpoints || ++session->since_checkpoint < EVENTS)
        return;
    session->since_checkpoint = 0;
    int64_t now_ns = env_clock_mono();
    if (now_ns - session->checkpoint_ns < 1000000000)
        return;
    session->checkpoint_ns = now_ns;
    start_checkpoint(session);
}

void session_settle_fills(struct session *session)
{
    if (!session->has_fill)
        return;
    session->has_fill = false;
    const struct oc_ev_fill *fill = &session->fill;
    const struct order *order = orders_find(engine_orders(session->engine), fill->order);
    uint32_t strategy = order ? order->now.strategy : 0;
    const struct book *book =
        portfolio_find(engine_portfolio(session->engine), session->account, strategy, fill->head.inst);
    const struct instrument *instrument = instruments_get(engine_instruments(session->engine), fill->head.inst);
    if (!book || !instrument)
        return;
    collect_fill(&session->collect, fill, instrument, &book->position, session->before, order ? order->now.tag : "");
    oc_i128 fee;
    if (money_from_dec(fill->fee, &fee) == OC_OK &&
        portfolio_convert(engine_portfolio(session->engine), fee, fill->fee_asset, session->base, RATE_MIDDLE, &fee) ==
            OC_OK)
        session->fees += fee;
}

void session_watch_fill(struct session *session, const struct oc_ev_fill *fill)
{
    session_settle_fills(session);
    const struct order *order = orders_find(engine_orders(session->engine), fill->order);
    uint32_t strategy = order ? order->now.strategy : 0;
    const struct book *book =
        portfolio_find(engine_portfolio(session->engine), session->account, strategy, fill->head.inst);
    session->before =
        book ? (struct collect_before){book->position.qty, book->position.realised} : (struct collect_before){0, 0};
    session->fill = *fill;
    session->has_fill = true;
}

bool session_has_failed(const struct session *session)
{
    return session->ends_on_error && session->engine && engine_stats(session->engine)->suspended > 0;
}

oc_rc session_strategy_failed(struct session *session, uint32_t index)
{
    struct strategy *strategy = session->strategies[index].strategy;
    const struct sandbox_error *error = strategy_error(strategy);
    if (error)
        session_explain(session, error);
    else if (strategy_missing(strategy))
        return session_fail(session, OC_E_DATA,
                            "%s: warm-up is too short: %u more bars are needed before --from for its indicators",
                            session->strategies[index].file, strategy_missing(strategy));
    const char *words = engine_suspension(session->engine, strategy_id(strategy));
    return session_fail(session, OC_E_STATE, "%s was suspended%s%s", session->strategies[index].file,
                        words[0] ? ": " : "", words);
}

/* Closes what is open at the last known price: the one exception to the rule of the next event. */
static oc_rc close_positions(struct session *session)
{
    for (uint32_t id = 1; id <= engine_client_count(session->engine); id++) { /* unloaded ones may hold something too */
        oc_rc rc = engine_begin(session->engine, 0);
        if (rc < 0)
            return rc;
        engine_flatten(session->engine, id, OC_ROLE_END, "end");
        rc = engine_end(session->engine, true);
        if (rc < 0)
            return rc;
    }
    oc_rc rc = session->sim_table->end(session->sim.self, session->now_ns);
    while (rc == OC_OK && session->sim_answers.count) /* however long its answers take */
        rc = inbox_finish(session->loop, session->sim_answers.heap[0].at_ns);
    return rc;
}

/* What the opening cash would be worth now, held in the first instrument since its first price; 0: not known. */
oc_i128 session_hold(struct session *session)
{
    const struct market *market = markets_get(engine_markets(session->engine), session->first_inst);
    int64_t first2 = start_value_first2(&session->start_value, session->first_inst);
    oc_i128 value;
    if (first2 <= 0 || !market || !market->has_mark ||
        num_muldiv_128(session->start, market->mark2, first2, NUM_HALF_EVEN, &value) < 0)
        return 0;
    return value;
}

static void buy_and_hold(struct session *session, struct result *result)
{
    result->buy_and_hold = session_hold(session);
    result->has_buy_and_hold = result->buy_and_hold != 0;
}

/* The simulator is the venue: its positions and ours must be the same to the unit. */
static void reconcile(struct session *session)
{
    for (uint32_t i = 0; i < session->source_count; i++) {
        int64_t units = 0;
        uint32_t inst = session->sources[i].inst;
        const struct book *book = portfolio_find(engine_portfolio(session->engine), session->account, 0, inst);
        int64_t ours = book ? book->position.qty : 0;
        if (session->sim_table->position(session->sim.self, session->account, inst, &units) == OC_OK && units != ours) {
            session->drift++;
            log_error("reconcile", "position differs: the simulator has %lld units, the portfolio %lld",
                      (long long)units, (long long)ours);
        }
    }
}

static void notes_of_data(struct session *session)
{
    struct oc_data_stats stats = {.size = sizeof stats};
    for (uint32_t i = 0; i < session->source_count; i++) {
        if (feed_source_stats(&session->sources[i], &stats) < 0)
            continue;
        session_note(session, "rows: %llu read, %llu events", (unsigned long long)stats.rows,
                     (unsigned long long)stats.events);
        if (stats.rounded)
            session_note(session, "rounded: %llu numbers carried binary noise", (unsigned long long)stats.rounded);
        if (stats.gaps)
            session_note(session, "gaps: %llu bars are missing in the data", (unsigned long long)stats.gaps);
        if (stats.skipped || stats.out_of_order)
            session_note(session, "skipped: %llu rows, %llu out of order", (unsigned long long)stats.skipped,
                         (unsigned long long)stats.out_of_order);
    }
}

/* P of the report: as it was said, else what the days of the data look like. */
static uint32_t periods_per_year(struct session *session)
{
    int64_t said;
    if (settings_integer(session->settings, "report.periods_per_year", &said) == OC_OK)
        return (uint32_t)said;
    uint32_t periods = collect_periods(&session->collect);
    if (periods == PERIODS_SESSIONS)
        session_note(session,
                     "a year: %u daily returns, as no data fall on a Saturday (report.periods_per_year says otherwise)",
                     periods);
    return periods;
}

/* Adds a name to a list; false: no room. */
static bool add_name(struct text *list, const char *name)
{
    text_format(list, "%s%s", list->size ? ", " : "", name);
    return list->size + 1 < RESULT_NAMES_MAX;
}

/* What was traded, and of which files: all names, or how many where they are too long to show. */
static void name_sources(struct session *session)
{
    struct text symbols, paths;
    uint32_t count = 0;
    bool fits_symbols = true, fits_paths = true;
    text_init_fixed(&symbols, session->symbols_text, sizeof session->symbols_text);
    text_init_fixed(&paths, session->paths_text, sizeof session->paths_text);
    for (uint32_t i = 0; i < session->source_count; i++) {
        const struct feed_source *source = &session->sources[i];
        const struct instrument *instrument = instruments_get(engine_instruments(session->engine), source->inst);
        bool is_first = true;
        for (uint32_t k = 0; k < i; k++)
            is_first &= session->sources[k].inst != source->inst;
        if (instrument && is_first && ++count)
            fits_symbols &= add_name(&symbols, instrument->info.symbol);
        fits_paths &= add_name(&paths, source->path);
    }
    if (!fits_symbols)
        snprintf(session->symbols_text, sizeof session->symbols_text, "%u symbols", count);
    if (!fits_paths && session->source_count > 1)
        snprintf(session->paths_text, sizeof session->paths_text, "%u files, the first %.160s", session->source_count,
                 session->sources[0].path);
}

oc_rc session_check_ran(struct session *session)
{
    char last[TEXT_TIME_MAX] = "";
    struct text text;
    text_init_fixed(&text, last, sizeof last);
    text_put_time(&text, session->now_ns);
    const char *to = settings_text(session->settings, "session.to", NULL);
    if (session->events == 0)
        return session_fail(session, OC_E_CONFIG, "%s: no data were read%s%s%s%s", session->sources[0].path,
                            to ? ": session.to, '" : "", to ? to : "", to ? "', is before what begins at " : "",
                            to ? last : "");
    if (session->collect.events == 0)
        return session_fail(
            session, OC_E_CONFIG,
            "session.from: found '%s', expected a time before the last of the data, %s: nothing could be traded",
            settings_text(session->settings, "session.from", ""), last);
    for (uint32_t i = 0; i < session->strategy_count; i++) {
        const struct strategy *strategy = session->strategies[i].strategy;
        if (strategy && strategy_calls(strategy) == 0 && strategy_missing(strategy) &&
            engine_stats(session->engine)->requests == 0)
            return session_fail(session, OC_E_DATA,
                                "%s: warm-up took all data: its indicators need %u more bars: give it more data",
                                session->strategies[i].file, strategy_missing(strategy));
    }
    return OC_OK;
}

oc_rc session_finish(struct session *session, struct result *ret_result)
{
    oc_rc rc = OC_OK;
    bool closes = strcmp(settings_text(session->settings, "session.end", "close"), "close") == 0;
    for (uint32_t i = 0; i < session->strategy_count; i++)
        if (session->strategies[i].strategy && strategy_stop(session->strategies[i].strategy, "end") < 0 &&
            session->ends_on_error)
            return session_strategy_failed(session, i);
    session_tell_suspended(session);
    inbox_finish(session->loop, session->now_ns);
    const char *halt = engine_latched(session->engine, session->account);
    if (halt)
        session_note(session, "halted by risk: %s: nothing more was opened", halt);
    if (closes && !session->error[0])
        rc = close_positions(session);
    session_settle_fills(session);
    if (session->is_restored) /* counts are of the whole session, curve and round trips since the last start */
        collect_restored(&session->collect, engine_stats(session->engine)->fills);
    reconcile(session);
    notes_of_data(session);
    struct result *result = ret_result;
    memset(result, 0, sizeof *result);
    result->version = OUTCRY_VERSION;
    result->mode = session->mode;
    const struct strategy *first = session->strategies[0].strategy;
    result->strategy = first ? strategy_name(first) : "none";
    result->strategy_file = session->strategies[0].file;
    name_sources(session);
    result->data = session->paths_text;
    result->symbol = session->symbols_text;
    result->profile = settings_text(session->settings, "sim.paper.profile", "neutral");
    result->currency = instruments_asset_name(engine_instruments(session->engine), session->base);
    if (first)
        strategy_params_text(first, session->params_text, sizeof session->params_text);
    result->params = session->params_text;
    result->error = session->error[0] ? session->error : NULL;
    result->period_ns = session->sources[0].info.period_ns;
    result->periods_per_year = periods_per_year(session);
    result->collect = &session->collect;
    result->stats = engine_stats(session->engine);
    result->instruments = engine_instruments(session->engine);
    result->portfolio = engine_portfolio(session->engine);
    result->account = session->account;
    result->start = session->start;
    uint32_t unpriced = 0;
    oc_rc valued = portfolio_equity(engine_portfolio(session->engine), session->account, &result->final, &unpriced);
    if (unpriced)
        session_note(session, "equity: %u balances have no price in %s and are left out", unpriced, result->currency);
    result->note_count = session->note_count;
    memcpy(result->notes, session->notes, sizeof result->notes);
    result->fees = session->fees;
    buy_and_hold(session, result);
    struct door_hash hash = door_order_hash(session->door);
    hash128_to_text((struct hash128){hash.low, hash.high}, result->order_hash);
    snprintf(result->input_hash, sizeof result->input_hash, "%016llx",
             (unsigned long long)door_input_hash(session->door));
    result->order_records = hash.count;
    result->market_events = door_market_count(session->door);
    result->bar_calls = first ? strategy_calls(first) : 0;
    if (session->collect.events)
        collect_equity(&session->collect, session->now_ns, result->final, false);
    return rc < 0 ? rc : valued;
}

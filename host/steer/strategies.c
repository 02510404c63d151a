#include "steer/strategies.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "steer/steer.h"

enum { WATCHDOG_PERIOD_US = 10000, PARAMS_TEXT_MAX = 4096 };

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

/* FILE:LINE and what it says; and behind it its source line, locals and calls, a line each. */
static void explain(const struct sandbox_error *error, oc_rc rc, struct error *ret_error,
                    char ret_trace[SESSION_TRACE_MAX])
{
    struct text text;
    char where[SANDBOX_NAME_MAX + 16] = "";
    if (error->file[0] && error->line > 0)
        snprintf(where, sizeof where, "%s:%d", error->file, (int)error->line);
    const bool is_named = error->file[0] && strstr(error->message, error->file); /* perhaps of another line */
    const bool is_first = where[0] && strncmp(error->message, where, strlen(where)) == 0;
    (void)error_of_sentence(ret_error, rc, is_named && !is_first ? "" : where, error->message); /* rc is the caller's */
    text_init_fixed(&text, ret_trace, SESSION_TRACE_MAX);
    if (error->source_line[0])
        text_format(&text, "  %d | %s\n", (int)error->line, error->source_line);
    if (error->locals[0])
        text_format(&text, "locals:\n%s\n", error->locals);
    if (error->traceback[0])
        text_format(&text, "traceback:\n%s\n", error->traceback);
}

static void log_error_lines(const struct sandbox_error *error)
{
    struct error said;
    char text[ERROR_TEXT_MAX], trace[SESSION_TRACE_MAX];
    explain(error, OC_E_STATE, &said, trace);
    error_text(&said, text);
    log_lines(text);
    log_lines(trace);
}

/* How long the others waited for the callback that was ended. */
static void note_gap(struct strategies *strategies, uint32_t offender)
{
    int64_t gap_ns = strategy_last_ns(strategies->list[offender].strategy);
    for (uint32_t i = 0; i < strategies->count; i++) {
        struct strategy_slot *other = &strategies->list[i];
        if (i == offender || !other->strategy || gap_ns == 0)
            continue;
        other->gaps++;
        if (gap_ns > other->gap_ns)
            other->gap_ns = gap_ns;
    }
}

/* Logs, notes and tells each strategy that was suspended since the last call. */
static void strategies_tell_suspended(struct strategies *strategies)
{
    struct session *session = strategies->session;
    uint64_t suspended = engine_stats(session->engine)->suspended;
    if (suspended == strategies->suspended_told)
        return;
    strategies->suspended_told = suspended;
    for (uint32_t i = 0; i < strategies->count; i++) {
        struct strategy_slot *owner = &strategies->list[i];
        if (!owner->strategy || owner->is_told || !engine_is_suspended(session->engine, owner->id))
            continue;
        const struct sandbox_error *error = strategy_error(owner->strategy);
        const char *words = engine_suspension(session->engine, owner->id);
        owner->is_told = true;
        session_note(session, "suspended: %s: %s", owner->file, words[0] ? words : "before the restart");
        static const char *const become[] = {"its orders stay", "its entries are canceled",
                                             "its entries are canceled, and what it holds is closed"};
        log_error("strategy", "%s is suspended: %s, it makes no new ones", owner->file,
                  become[engine_suspended_become(session->engine)]);
        if (error)
            log_error_lines(error);
        else
            log_lines(words);
        note_gap(strategies, i);
        strategies_tell(strategies, i, "suspended", words);
    }
}

oc_rc strategies_fail(struct strategies *strategies, const struct sandbox_error *error, oc_rc rc)
{
    struct session_words *words = &strategies->session->words;
    struct error said;
    if (!error_is_set(&words->error)) {
        explain(error, rc, &said, words->trace);
        (void)session_fail(strategies->session, &said); /* rc is returned below */
    }
    return rc;
}

static oc_rc say_failed(struct strategies *strategies, uint32_t index)
{
    struct session *session = strategies->session;
    const struct strategy_slot *owner = &strategies->list[index];
    const struct sandbox_error *error = strategy_error(owner->strategy);
    if (error)
        return strategies_fail(strategies, error, OC_E_STATE);
    if (strategy_missing(owner->strategy))
        return session_say(session, OC_E_DATA, owner->file,
                           "warm-up is too short: %u more bars are needed before --from for its indicators",
                           strategy_missing(owner->strategy));
    const char *words = engine_suspension(session->engine, owner->id);
    return session_say(session, OC_E_STATE, owner->file, "it was suspended%s%s", words[0] ? ": " : "", words);
}

bool strategies_have_failed(const struct strategies *strategies)
{
    return strategies->ends_on_failure && strategies->session->engine &&
           engine_stats(strategies->session->engine)->suspended > 0;
}

oc_rc strategies_check(struct strategies *strategies)
{
    for (uint32_t i = 0; i < strategies->count; i++)
        if (strategies->ends_on_failure && strategies->list[i].strategy &&
            engine_is_suspended(strategies->session->engine, strategies->list[i].id))
            return say_failed(strategies, i);
    return OC_OK;
}

oc_rc strategies_add_param(struct strategies *strategies, const char *name, const char *value)
{
    const size_t name_size = strlen(name) + 1, value_size = strlen(value) + 1;
    if (strategies->param_count == STRATEGIES_PARAMS_MAX)
        return OC_E_LIMIT;
    char *copy = malloc(name_size + value_size);
    if (!copy)
        return OC_E_NOMEM;
    memcpy(copy, name, name_size);
    memcpy(copy + name_size, value, value_size);
    strategies->param_texts[strategies->param_count] = copy;
    strategies->params[strategies->param_count++] = (struct strategy_param){copy, copy + name_size};
    return OC_OK;
}

/* Who was started, with which parameters: the end of the start, recorded with what on_start asked for as one batch. So a
 * session that is killed meanwhile starts its strategies once. */
static oc_rc record_started(struct strategies *strategies)
{
    struct text text;
    char params[PARAMS_TEXT_MAX];
    text_init_grow(&text, OC_EVENT_MAX / 2);
    for (uint32_t i = 0; i < strategies->count; i++) {
        const struct strategy_slot *slot = &strategies->list[i];
        if (!slot->strategy)
            continue;
        params[0] = 0;
        strategy_params_text(slot->strategy, params, sizeof params);
        text_format(&text, "strategy %u %s\n%s", slot->id, slot->name, params);
        if (text.size && text.data[text.size - 1] != '\n')
            text_put_char(&text, '\n');
    }
    size_t size = text.is_cut ? 0 : text.size, padded = (sizeof(struct oc_ev_text) + size + 7) & ~(size_t)7;
    struct oc_ev_text *event = calloc(1, padded);
    oc_rc rc = event ? OC_OK : OC_E_NOMEM;
    if (event) {
        int64_t now_ns = strategies->session->clock.now_ns;
        event->head = (struct oc_event){.size = (uint32_t)padded, .type = OC_EV_MARK, .venue_ns = now_ns};
        event->code = OC_MARK_START;
        event->key = strategies->session->rules.start;
        event->text_size = (uint32_t)size;
        if (size)
            memcpy(event + 1, text.data, size);
        rc = engine_record(strategies->session->engine, &event->head);
    }
    free(event);
    text_release(&text);
    return rc;
}

oc_rc strategies_start(struct strategies *strategies)
{
    oc_rc failed = OC_OK;
    for (uint32_t i = 0; i < strategies->count && failed == OC_OK; i++) {
        struct strategy *strategy = strategies->list[i].strategy;
        oc_rc rc = strategy ? strategy_start(strategy) : OC_OK;
        if (rc < 0 && rc != OC_E_AGAIN && strategies->ends_on_failure) /* it goes on behind that */
            failed = say_failed(strategies, i);
    }
    oc_rc rc = record_started(strategies);
    session_flush(strategies->session);
    return failed < 0 ? failed : rc;
}

oc_rc strategies_ended(struct strategies *strategies)
{
    oc_rc rc = strategies_check(strategies);
    if (rc == OC_OK)
        strategies_tell_suspended(strategies);
    return rc;
}

static oc_rc warm_up_failed(struct session *session, const char *file, uint32_t missing)
{
    struct error error;
    error_at(&error, OC_E_DATA, "%s", file);
    error_what(&error, "warm-up took all data: its indicators need %u more bars", missing);
    error_remedy(&error, "give it more data");
    return session_fail(session, &error);
}

oc_rc strategies_check_ran(struct strategies *strategies)
{
    for (uint32_t i = 0; i < strategies->count; i++) {
        const struct strategy *strategy = strategies->list[i].strategy;
        if (strategy && strategy_calls(strategy) == 0 && strategy_missing(strategy) &&
            engine_stats(strategies->session->engine)->requests == 0)
            return warm_up_failed(strategies->session, strategies->list[i].file, strategy_missing(strategy));
    }
    return OC_OK;
}

uint32_t strategies_loaded(const struct strategies *strategies)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < strategies->count; i++)
        count += strategies->list[i].strategy != NULL;
    return count;
}

const struct strategy_slot *strategies_find(const struct strategies *strategies, uint32_t id)
{
    for (uint32_t i = 0; i < strategies->count; i++)
        if (strategies->list[i].strategy && strategies->list[i].id == id)
            return &strategies->list[i];
    return NULL;
}

const char *strategies_name(const struct strategies *strategies, uint32_t id)
{
    for (uint32_t i = 0; i < strategies->number_count; i++)
        if (strategies->numbers[i].id == id)
            return strategies->numbers[i].name;
    return NULL;
}

void strategies_set_restoring(struct strategies *strategies, bool is_restoring)
{
    strategies->is_restoring = is_restoring;
    for (uint32_t i = 0; i < strategies->count; i++)
        if (strategies->list[i].strategy)
            strategy_set_restoring(strategies->list[i].strategy, is_restoring);
}

/* Watches for suspensions: told, or the end of the run. */
static void note(void *self, const struct input *input, const struct engine_out *out)
{
    struct strategies *strategies = self;
    (void)input;
    (void)out;
    if (__builtin_expect(engine_stats(strategies->session->engine)->suspended == strategies->suspended_told, 1))
        return;
    if (strategies->ends_on_failure)
        strategies->session->pace.is_stopping = true;
    else
        strategies_tell_suspended(strategies);
}

void strategies_release(struct strategies *strategies)
{
    for (uint32_t i = 0; i < strategies->count; i++) {
        steer_source_free(strategies->list[i].opened);
        strategies->list[i].opened = NULL;
    }
    for (uint32_t i = 0; i < strategies->param_count; i++)
        free(strategies->param_texts[i]);
    strategies->param_count = 0;
    free(strategies->numbers);
    strategies->numbers = NULL;
    strategies->number_count = 0;
    text_release(&strategies->prepared);
}

static void release_texts(void *self, struct session *session)
{
    (void)session;
    strategies_release(self);
}

static oc_rc open_strategies(void *self, struct session *session)
{
    struct strategies *strategies = self;
    oc_rc rc = settings_duration(session->settings, "strategy.deadline", &strategies->deadline_ns);
    if (rc < 0 && rc != OC_E_NOT_FOUND)
        return session_fail(session, &session->settings->error);
    if (!strategies->may_watch)
        strategies->deadline_ns = 0;
    if (strategies->deadline_ns > 0 && sandbox_watchdog_start(WATCHDOG_PERIOD_US, &strategies->watchdog) < 0)
        return session_fail_code(session, OC_E_IO, "strategy.deadline",
                                 "the timer that stops runaway scripts could not be started");
    strategies->opened_count = strategies->count;
    for (uint32_t i = 0; i < strategies->count; i++) {
        rc = strategies_make(strategies, i);
        if (rc < 0)
            return rc;
    }
    return watchers_add(&session->watchers, &(struct watcher){.self = strategies, .skips_quiet = true, .note = note});
}

static void close_strategies(void *self, struct session *session)
{
    struct strategies *strategies = self;
    (void)session;
    for (uint32_t i = 0; i < strategies->count; i++)
        strategies_drop(strategies, i);
    sandbox_watchdog_stop(strategies->watchdog);
    strategies->watchdog = NULL;
}

void strategies_add_texts(struct strategies *strategies, struct session *session)
{
    session->journal.header_self = strategies;
    session->journal.header_write = steer_put_header;
    session_add_stage(session, &(struct session_stage){"strategy texts", strategies, steer_read_texts, release_texts});
}

static const char *name_for_rules(void *self, uint32_t strategy) { return strategies_name(self, strategy); }

void strategies_add_stage(struct strategies *strategies, struct session *session)
{
    session->rules.strategies = strategies;
    session->rules.strategy_name = name_for_rules;
    session_add_stage(session, &(struct session_stage){"strategies", strategies, open_strategies, close_strategies});
}

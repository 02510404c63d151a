#include "recover/restore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/log.h"
#include "session/ending.h"
#include "session/recorded.h"
#include "session/rules_change.h"

static oc_rc folder_failed(struct session *session, oc_rc rc, const char *dir, const char *what, const char *remedy)
{
    struct error error;
    error_at(&error, rc, "session %s", dir);
    error_what(&error, "%s", what);
    error_remedy(&error, "%s", remedy);
    return session_fail(session, &error);
}

/* They go on as they were; what this start says of them holds when all is restored (run_go). */
static oc_rc begin_rules(struct restore *restore, struct session *session, const char *dir)
{
    struct journal_checkpoint checkpoint;
    struct rules *rules = &session->rules;
    const struct door_resume *resume = &restore->resume;
    uint32_t start = journal_checkpoint(restore->reader, &checkpoint) ? checkpoint.position[JOURNAL_ORDERS].segment
                                                                      : rules_first_start(restore->reader);
    rules->own_start = resume->has_stream[JOURNAL_ORDERS] ? resume->position[JOURNAL_ORDERS].segment + 1 : 0;
    if (start != SESSION_NEWEST)
        return rules_begin_as(session, dir, start, true);
    rules->start = rules->own_start; /* its strategies were not started: nothing was decided */
    session->journal.headers = dir;
    return OC_OK;
}

oc_rc restore_open(struct restore *restore, struct session *session, const char *dir)
{
    oc_rc rc = journal_open_read(dir, true, &restore->reader);
    if (rc == OC_E_NOT_FOUND)
        return OC_OK;
    if (rc == OC_E_DATA) {
        const struct journal_end *orders = journal_end(restore->reader, JOURNAL_ORDERS);
        char what[ERROR_WHAT_MAX];
        snprintf(what, sizeof what, "it is damaged and is not gone on with: %s",
                 orders->text[0] ? orders->text : journal_end(restore->reader, JOURNAL_MARKET)->text);
        return folder_failed(session, rc, dir, what,
                             "bring its files back from a copy, or begin a new session in another folder");
    }
    if (rc < 0)
        return recorded_fail(session, rc, dir);
    rc = restore_is_same(session, restore->parts.strategies, restore->reader, dir, &restore->is_same_sim);
    if (rc < 0)
        return rc;
    restore->is_same_sim |=
        session->links.count &&
        !venue_is_feed(session->settings); /* what it says is held against the records, event by event */
    rc = journal_resume(restore->reader, &restore->resume);
    if (rc < 0)
        return session_fail_code(session, rc, dir, "the session cannot be gone on with");
    restore->has_journal = true;
    session->journal.resume = &restore->resume;
    return begin_rules(restore, session, dir);
}

void restore_close(struct restore *restore)
{
    if (restore->reader)
        journal_close_read(restore->reader);
    restore->reader = NULL;
    free(restore->held);
    restore->held = NULL;
    restore->held_count = restore->held_room = 0;
}

static bool is_input(const struct oc_event *event)
{
    return event_is_of_order(event->type) || event->type == OC_EV_TIMER || inbox_is_end(event);
}

static oc_rc ended_early(struct session *session, oc_rc rc)
{
    struct error error;
    error_at(&error, rc, "%s%s", session->data.sources[0].path,
             session->data.count > 1 ? " or another of the files" : "");
    error_what(&error, "it ended before what the journal has processed: is it the same file?");
    error_remedy(&error, "give the file that the session began with, or a longer one");
    return session_fail(session, &error);
}

static oc_rc data_are_others(struct session *session, uint64_t inputs)
{
    struct error error;
    error_at(&error, OC_E_DATA, "%s%s", session->data.sources[0].path,
             session->data.count > 1 ? " or another of the files" : "");
    error_what(&error, "its first %llu events are not those that the session ran on: a changed file, or another one",
               (unsigned long long)inputs);
    error_remedy(&error, "give the data that the session began with, which may have grown at the end, or begin a new "
                         "session in another folder");
    return session_fail(session, &error);
}

/* A market event read again: what has been read is compared where the records, or the checkpoint, say what it was. */
static oc_rc note_input(struct restore *restore, struct session *session, struct oc_event *event)
{
    const struct journal_progress *progress = &restore->resume.progress;
    struct journal_checkpoint checkpoint = {0};
    restore->input_hash = door_fold_input(restore->input_hash, event);
    restore->inputs++;
    const bool has_checkpoint = journal_checkpoint(restore->reader, &checkpoint);
    const bool differs = (has_checkpoint && restore->inputs == checkpoint.market_count &&
                          restore->input_hash != checkpoint.input_hash) ||
                         (restore->resume.has_progress && restore->inputs == progress->market_index &&
                          restore->input_hash != progress->input_hash);
    return differs ? data_are_others(session, restore->inputs) : (oc_rc)OC_OK;
}

/* One that stands in the records by value: the connector says it again, and its venue has heard the requests before it. */
static oc_rc apply_value(struct restore *restore, struct session *session, const struct oc_event *event)
{
    session->clock.now_ns = event->local_ns;
    ending_pass(session, event);
    oc_rc rc = restore_sim_record(restore, session, event);
    if (rc < 0)
        return rc;
    session_begin_figures(session, event);
    rc = engine_restore(session->engine, event);
    if (rc == OC_OK && session->venues.is_feed && restore->is_same_sim && event->type == OC_EV_BOOK)
        rc = venues_see(&session->venues, event->local_ns, event);
    engine_clear_out(session->engine);
    inbox_passed(session->inbox, 1, event->local_ns);
    return rc;
}

/* One market event read again: prices, bars and indicators. The last may be one that the journal's count does not hold yet. */
static oc_rc apply_market(struct restore *restore, struct session *session, uint64_t seq, uint64_t market)
{
    struct inbox_point point = {.is_opening = true};
    while (point.is_opening) {
        oc_rc rc = inbox_point(session->inbox, &point);
        if (rc < 0)
            return ended_early(session, rc);
        if (!point.is_opening) {
            point.event->seq = seq;
            point.event->local_ns = session->clock.now_ns = restore->input_ns = point.at_ns;
            rc = note_input(restore, session, point.event);
            if (rc < 0)
                return rc;
            session_begin_figures(session, point.event);
            ending_pass(session, point.event);
        }
        rc = restore_sim_market(restore, session, &point);
        if (rc == OC_OK && !point.is_opening)
            rc = engine_restore(session->engine, point.event);
        if (rc == OC_OK && !point.is_opening && door_market_count(session->door) <= market)
            rc = door_market_known(session->door, point.event);
        engine_clear_out(session->engine);
        if (rc == OC_OK)
            rc = inbox_pass(session->inbox);
        if (rc < 0)
            return rc;
    }
    return OC_OK;
}

/* By value, they stand in the records, as far as older segments are still kept: the first prices are looked for there. */
static oc_rc pass_values(struct session *session, const char *dir, uint64_t count, uint64_t last_seq)
{
    struct journal_reader *reader = NULL;
    const struct oc_event *event;
    enum journal_stream stream;
    oc_rc rc = journal_open_read(dir, false, &reader);
    while (reader && !session_has_figures(session) && journal_next(reader, &event, &stream) == OC_OK &&
           event->seq <= last_seq)
        if (stream == JOURNAL_MARKET)
            session_begin_figures(session, event);
    if (reader)
        journal_close_read(reader);
    inbox_passed(session->inbox, count, session->clock.now_ns);
    return rc < 0 && rc != OC_E_DATA ? recorded_fail(session, rc, dir) : (oc_rc)OC_OK;
}

/* What lies before a checkpoint was processed: only read past. */
static oc_rc pass_markets(struct restore *restore, struct session *session, uint64_t count)
{
    struct inbox_point point;
    while (inbox_index(session->inbox) < count) {
        oc_rc rc = inbox_point(session->inbox, &point);
        if (rc < 0)
            return ended_early(session, rc);
        if (!point.is_opening) {
            point.event->local_ns = point.at_ns;
            rc = note_input(restore, session, point.event);
            if (rc < 0)
                return rc;
            session_begin_figures(session, point.event);
        }
        rc = inbox_pass(session->inbox);
        if (rc < 0)
            return rc;
    }
    return OC_OK;
}

static bool says(const struct oc_ev_text *command, const char *word)
{
    size_t size = strlen(word);
    const char *text = (const char *)(command + 1);
    return command->text_size >= size && memcmp(text, word, size) == 0 &&
           (command->text_size == size || text[size] == '\t');
}

/* What a recorded command did beside its own records. */
static void restore_command(const struct restore *restore, struct session *session, const struct oc_ev_text *command)
{
    strategies_steer_restored(restore->parts.strategies, command);
    if (says(command, "kill"))
        engine_latch(session->engine, 0, "KILLED");
    if (says(command, "unkill")) {
        engine_unlatch(session->engine, 0);
        engine_unlatch(session->engine, session->money.account);
    }
}

/* Facts that were applied while the journal failed stand in a checkpoint alone: one from before them knows nothing of them,
 * and what would be gone on with had other positions than the account. */
static oc_rc check_gap(const struct restore *restore, struct session *session, const struct oc_ev_text *mark)
{
    unsigned long long wanted = mark->head.seq; /* without words: one behind it */
    char words[64];
    snprintf(words, sizeof words, "%.*s", (int)mark->text_size, (const char *)(mark + 1));
    (void)sscanf(words, SESSION_GAP_WORDS, &wanted);
    if (!mark->key || restore->from_seq >= wanted)
        return OC_OK;
    struct error error;
    error_at(&error, OC_E_DATA, "session %s", settings_text(session->settings, "session.dir", ""));
    error_what(&error,
               "it is not gone on with: %u facts before record %llu were applied while its journal failed, and stand "
               "only in the checkpoint at record %llu, which is damaged or not there (the newest that is whole is at "
               "record %llu; 0: none)",
               mark->key, (unsigned long long)mark->head.seq, wanted, (unsigned long long)restore->from_seq);
    error_remedy(&error,
                 "bring the file checkpoint-%020llu back from a copy, or compare the positions of the account with "
                 "`outcry report` of it, and begin a new session in another folder",
                 wanted);
    return session_fail(session, &error);
}

static oc_rc take_mark(struct restore *restore, struct session *session, const struct oc_ev_text *mark)
{
    restore->is_started |= mark->code == OC_MARK_START;
    return mark->code == OC_MARK_GAP_END ? check_gap(restore, session, mark) : (oc_rc)OC_OK;
}

/* It ended while its journal failed. What was applied then and stands in no checkpoint is lost; the end of the gap is the
 * first input now. */
static void take_open_gap(struct session *session)
{
    static const char words[] = "the journal was failing when this session ended: what was filled then may be missing: "
                                "compare positions and balances with the account";
    session->journal.has_gap = session->journal.is_gap_tried = true;
    log_error("restore", "%s", words);
    session_note(session, "restored: %s", words);
}

/* What the venue, the engine and the strategies are told of a record; nobody is asked anything. */
static oc_rc apply_record(struct restore *restore, struct session *session, const struct oc_event *event)
{
    struct strategies *strategies = restore->parts.strategies;
    struct venue *venue = &session->venues.list[0];
    session->clock.now_ns = event->local_ns;
    ending_pass(session, event);
    meaning_fold(&restore->parts.meter->meaning, event);
    oc_rc rc = restore_sim_record(restore, session, event);
    if (rc < 0)
        return rc;
    if (event->type == OC_EV_STATE) {
        const struct oc_ev_text *text = (const struct oc_ev_text *)(const void *)event;
        const struct strategy_slot *slot = strategies_find(strategies, text->owner);
        if (slot)
            return strategy_restore_state(slot->strategy, text);
        return text->owner && text->owner <= engine_client_count(session->engine) ? OC_OK
                                                                                  : OC_E_DATA; /* unloaded since */
    }
    if (event->type == OC_EV_MARK)
        rc = rules_take_mark(session, event);
    if (event->type == OC_EV_MARK && rc == OC_OK)
        rc = take_mark(restore, session, (const struct oc_ev_text *)(const void *)event);
    if (rc < 0)
        return rc;
    if (event->type == OC_EV_BALANCE) {
        const struct oc_ev_balance *balance = (const struct oc_ev_balance *)(const void *)event;
        venue_call(venue, "balance");
        rc = venue->table->balance(venue->answers.self, balance->account, balance->asset, balance->total);
        plugin_call_end();
        if (rc < 0)
            return rc;
    }
    rc = engine_restore(session->engine, event);
    if (rc == OC_OK && event->type == OC_EV_INSTRUMENT)
        rc = session_show_instrument(session);
    meter_restore_fills(restore->parts.meter, engine_out(session->engine));
    engine_clear_out(session->engine);
    if (event->type == OC_EV_COMMAND && rc == OC_OK)
        restore_command(restore, session, (const struct oc_ev_text *)(const void *)event);
    return rc == OC_E_NOT_FOUND ? OC_OK : rc; /* an order that is final and forgotten */
}

/* Finds the last input whose callback may not have run to its end, or the last command that may not have been carried out:
 * recorded after the progress mark, and nothing of ours names it as its cause. What it asks for is recorded at once or not
 * at all, so doing it now doubles nothing; and where it asked for nothing, it asks for nothing again. */
static uint64_t unfinished_input(struct journal_reader *reader, uint64_t progress_seq)
{
    const struct oc_event *event;
    enum journal_stream stream;
    uint64_t last = 0, answered = 0;
    journal_rewind(reader);
    while (journal_next(reader, &event, &stream) == OC_OK) {
        bool begins = is_input(event) || event->type == OC_EV_COMMAND || stream == JOURNAL_MARKET;
        if (begins && event->seq > progress_seq)
            last = event->seq;
        else if (!begins && event->cause > answered)
            answered = event->cause;
    }
    journal_rewind(reader);
    return last > answered ? last : 0;
}

/* An input that was recorded and perhaps not handled: it is now, once. */
/* A connector says again what stands in the records: nothing new is recorded of it. */
static void set_going_through(struct session *session, bool is_going_through)
{
    links_set_going_through(&session->links, is_going_through);
}

static oc_rc finish_input(struct restore *restore, struct session *session, const struct oc_event *event)
{
    strategies_set_restoring(restore->parts.strategies, false);
    session->clock.now_ns = event->local_ns;
    oc_rc rc = restore_sim_record(restore, session, event);
    set_going_through(session, false);
    meaning_fold(&restore->parts.meter->meaning, event);
    if (event->type == OC_EV_TIMER) { /* it was taken out before it was recorded */
        const struct oc_ev_timer *timer = (const struct oc_ev_timer *)(const void *)event;
        timers_pass(engine_timers(session->engine), timer->due_ns, timer->timer);
    }
    if (rc == OC_OK)
        rc = session_finish_step(session, event);
    if (rc == OC_OK && event_is_market(event->type))
        rc = session_finish_market(session, event);
    if (event->type == OC_EV_COMMAND)
        log_info("restore", "the last command, record %llu, may not have been carried out: %s",
                 (unsigned long long)event->seq,
                 session->commands.was_ok ? "it is now" : "it is refused now as it was then");
    strategies_set_restoring(restore->parts.strategies, true);
    set_going_through(session, true);
    return rc;
}

/* The end of a built bar is an input without a record: those before this record had been handled, with all that came of them. What is
 * asked for at the very end of a bar came of it, unless another input of that instant is its cause. */
static void pass_bars(struct restore *restore, struct session *session, const struct oc_event *event)
{
    const bool is_output = event->type == OC_EV_REQUEST || event->type == OC_EV_DENIED || event->type == OC_EV_STATE ||
                           event->type == OC_EV_STRATEGY;
    const bool is_behind = event->type == OC_EV_TIMER || event->type == OC_EV_COMMAND ||
                           (is_output && event->local_ns > restore->input_ns);
    engine_restore_bars(session->engine, event->local_ns - !is_behind);
    engine_clear_out(session->engine);
    if (!is_output)
        restore->input_ns = event->local_ns;
}

/* The records after a checkpoint, and the market events between them. */
static oc_rc apply_all(struct restore *restore, struct session *session, uint64_t seq, uint64_t *market)
{
    struct journal_progress progress = {0};
    journal_progress(restore->reader, &progress);
    const uint64_t unfinished = unfinished_input(restore->reader, progress.seq);
    const struct oc_event *event = NULL;
    enum journal_stream stream;
    uint64_t lost = 0;
    oc_rc rc = OC_OK, more = journal_next(restore->reader, &event, &stream);
    while (rc == OC_OK) {
        while (more == OC_OK && event->seq <= seq)
            more = journal_next(restore->reader, &event, &stream);
        bool is_next = more == OC_OK && event->seq == seq + 1;
        /* A gap is a market event. Beyond the mark it counts as processed if anything was recorded after it: that
         * happens only when its callbacks have returned. By value, it was not on the disk when the power went: what was
         * recorded behind it holds all the same. */
        if (!is_next && more != OC_OK && (session->journal.has_market || *market >= progress.market_index))
            break;
        if (!is_next && session->journal.has_market) {
            lost += event->seq - seq - 1;
            seq = event->seq - 1;
            continue;
        }
        if (is_next)
            pass_bars(restore, session, event);
        if (!is_next) {
            rc = apply_market(restore, session, seq + 1, *market);
            *market += 1;
            restore->markets++;
        } else if (event->seq == unfinished) {
            rc = finish_input(restore, session, event);
        } else if (stream == JOURNAL_MARKET) {
            rc = apply_value(restore, session, event);
            *market += 1;
            restore->markets++;
        } else {
            rc = apply_record(restore, session, event);
            restore->records++;
        }
        seq++;
    }
    if (lost)
        log_warning("restore",
                    "%llu records were not on the disk when the power went: prices of that time are not known; orders "
                    "and fills are compared with the venue",
                    (unsigned long long)lost);
    return rc == OC_OK ? restore_sim_end(restore, session) : rc;
}

static oc_rc checkpoint_failed(struct session *session, oc_rc rc, uint64_t seq)
{
    struct error error;
    const char *rule = engine_unread_rule(session->engine);
    error_at(&error, rc, "session %s", settings_text(session->settings, "session.dir", ""));
    if (rule) {
        error_what(
            &error,
            "the risk rule %s cannot read the state that it saved at record %llu: its plugin is of another version",
            rule, (unsigned long long)seq);
        error_remedy(&error, "go on with the plugin file that wrote it, or give the new one a name of its own in "
                             "risk.chain: it begins anew");
        return session_fail(session, &error);
    }
    error_what(&error, "the checkpoint at record %llu is of another program or strategy: %s", (unsigned long long)seq,
               error_name(rc));
    error_remedy(&error, "go on with the program and the strategies that wrote it");
    return session_fail(session, &error);
}

oc_rc restore_apply(struct restore *restore, struct session *session)
{
    struct strategies *strategies = restore->parts.strategies;
    struct journal_checkpoint checkpoint = {0};
    uint64_t seq = 0, market = 0;
    oc_rc rc = OC_OK;
    strategies_set_restoring(strategies, true);
    set_going_through(session, true);
    strategies_take_stops(strategies, restore->reader);
    if (journal_checkpoint(restore->reader, &checkpoint)) {
        rc = checkpoint_load(&restore->parts, session, &checkpoint);
        if (rc < 0)
            return checkpoint_failed(session, rc, checkpoint.seq);
        restore->is_started = true; /* checkpoints are made behind market events only */
        seq = restore->from_seq = checkpoint.seq;
        market = checkpoint.market_count;
        rc = session->journal.has_market
                 ? pass_values(session, settings_text(session->settings, "session.dir", ""), market, seq)
                 : pass_markets(restore, session, market);
    }
    if (rc == OC_OK)
        rc = apply_all(restore, session, seq, &market);
    strategies_set_restoring(strategies, false);
    set_going_through(session, false);
    strategies->stop_count = 0; /* they belong to the reader */
    restore->in_flight = orders_open_count(engine_orders(session->engine));
    if (rc < 0)
        return session_fail_code(session, rc, settings_text(session->settings, "session.dir", ""),
                                 "the journal could not be applied");
    if (engine_risk_is_stopped(session->engine))
        take_open_gap(session);
    rc = restore_links(session);
    if (rc < 0)
        return rc;
    /* Killed before its opening cash was recorded: then it begins as if new. */
    restore->is_restored = restore->records > 0 || restore->markets > 0 || market > 0;
    snprintf(session->rules.recorded, sizeof session->rules.recorded, "%s", engine_missing(session->engine));
    if (!rules_are_others(session))
        engine_set_missing(session->engine, session->rules.missing); /* run_go records what changed */
    if (!restore->is_restored)
        return session_record_balances(session);
    if (!restore->is_same_sim)
        session_note(session, "restored: the simulator is another file than the recorded one: what it had decided and "
                              "not said is decided anew");
    strategies_warn_changed(strategies);
    strategies_tell_not_back(strategies);
    return meter_restored(restore->parts.meter);
}

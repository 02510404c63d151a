#include "recover/restore.h"

#include "session/session_impl.h"

#include <string.h>

#include "base/env.h"
#include "base/log.h"

enum { PARTS_FIXED = 4, PARTS_MAX = PARTS_FIXED + SESSION_STRATEGIES_MAX, BLOB_VERSION = 3, PART_ALIGN = 16 };
enum { PART_ROSTER, PART_ENGINE, PART_SIM, PART_ANSWERS }; /* and then each strategy; 0 bytes where it is unloaded */

struct blob_head {
    uint32_t version;
    uint32_t parts;
    uint64_t size[PARTS_MAX];
};

/* Plugins read their part where it lies. */
static size_t part_step(size_t size) { return (size + PART_ALIGN - 1) / PART_ALIGN * PART_ALIGN; }

static int64_t part_save(struct session *session, uint32_t part, char *bytes, size_t size_max)
{
    if (part == PART_ROSTER)
        return strategy_table_save(session, bytes, size_max);
    if (part == PART_ENGINE)
        return engine_save(session->engine, bytes, size_max);
    if (part == PART_SIM)
        return session->sim_table->save(session->sim.self, bytes, (uint32_t)size_max);
    if (part == PART_ANSWERS)
        return sim_answers_save(&session->sim_answers, bytes, size_max);
    struct strategy *strategy = session->strategies[part - PARTS_FIXED].strategy;
    return strategy ? strategy_save(strategy, bytes, size_max) : 0;
}

static oc_rc part_load(struct session *session, uint32_t part, const char *bytes, size_t size)
{
    if (part == PART_ROSTER)
        return strategy_table_load(session, bytes, size);
    if (part == PART_ENGINE)
        return engine_load(session->engine, bytes, size);
    if (part == PART_SIM)
        return session->sim_table->load(session->sim.self, bytes, (uint32_t)size);
    if (part == PART_ANSWERS)
        return sim_answers_load(&session->sim_answers, bytes, size);
    struct strategy *strategy = session->strategies[part - PARTS_FIXED].strategy;
    if (!strategy)
        return size ? OC_E_DATA : OC_OK;
    return strategy_load(strategy, bytes, size);
}

oc_rc session_checkpoint(struct session *session)
{
    struct blob_head head = {.version = BLOB_VERSION, .parts = PARTS_FIXED + session->strategy_count};
    void *buffer;
    size_t room, at = sizeof head;
    oc_rc rc = door_checkpoint_begin(session->door, &buffer, &room);
    if (rc < 0) /* a failed journal has been told */
        return rc == OC_E_AGAIN || rc == OC_E_IO || rc == OC_E_NOT_SUPPORTED ? OC_OK : rc;
    char *blob = buffer;
    for (uint32_t part = 0; part < head.parts; part++) {
        if (at + PART_ALIGN > room)
            return OC_E_LIMIT;
        int64_t size = part_save(session, part, blob + at, room - PART_ALIGN - at);
        if (size < 0)
            return (oc_rc)size;
        head.size[part] = (uint64_t)size;
        memset(blob + at + size, 0, part_step((size_t)size) - (size_t)size);
        at += part_step((size_t)size);
    }
    memcpy(blob, &head, sizeof head);
    return door_checkpoint_start(session->door, at);
}

static oc_rc session_checkpoint_read(struct session *session, const struct journal_checkpoint *checkpoint)
{
    struct blob_head head;
    const char *blob = checkpoint->blob;
    if (checkpoint->blob_size < sizeof head)
        return OC_E_DATA;
    memcpy(&head, blob, sizeof head);
    if (head.version != BLOB_VERSION || head.parts < PARTS_FIXED || head.parts > PARTS_MAX)
        return OC_E_DATA;
    size_t at = sizeof head;
    for (uint32_t part = 0; part < head.parts; part++) {
        size_t size = (size_t)head.size[part];
        if (size > checkpoint->blob_size - at)
            return OC_E_DATA;
        oc_rc rc = part_load(session, part, blob + at, size);
        if (rc == OC_OK && part == PART_ROSTER && head.parts != PARTS_FIXED + session->strategy_count)
            rc = OC_E_DATA;
        if (rc < 0)
            return rc;
        if (part_step(size) > checkpoint->blob_size - at)
            return OC_E_DATA;
        at += part_step(size);
    }
    return OC_OK;
}

oc_rc restore_open(struct restore *restore, struct session *session, const char *dir)
{
    memset(restore, 0, sizeof *restore);
    oc_rc rc = journal_open_read(dir, true, &restore->reader);
    if (rc == OC_E_NOT_FOUND)
        return OC_OK;
    if (rc == OC_E_DATA) {
        const struct journal_end *orders = journal_end(restore->reader, JOURNAL_ORDERS);
        return session_fail(session, rc, "session %s is damaged and is not gone on with: %s", dir,
                            orders->text[0] ? orders->text : journal_end(restore->reader, JOURNAL_MARKET)->text);
    }
    if (rc < 0)
        return session_fail(session, rc, "session %s: %s", dir, journal_error());
    rc = restore_is_same(session, restore->reader, dir, &restore->is_same_sim);
    if (rc < 0)
        return rc;
    rc = journal_resume(restore->reader, &restore->resume);
    if (rc < 0)
        return session_fail(session, rc, "session %s cannot be gone on with (code %d)", dir, (int)rc);
    restore->has_journal = true;
    session->resume = &restore->resume;
    session->is_restored = true;
    return OC_OK;
}

void restore_close(struct restore *restore)
{
    if (restore->reader)
        journal_close_read(restore->reader);
    restore->reader = NULL;
}

static bool is_input(const struct oc_event *event)
{
    return (event->type >= OC_EV_ACCEPTED && event->type <= OC_EV_SENT) || event->type == OC_EV_TIMER;
}

static oc_rc ended_early(struct session *session, oc_rc rc)
{
    if (session->error[0])
        return rc;
    return session_fail(session, rc, "%s%s ended before what the journal has processed: is it the same file?",
                        session->sources[0].path, session->source_count > 1 ? " or another of the files" : "");
}

/* One market event read again: prices, bars and indicators. */
static oc_rc apply_market(const struct restore *restore, struct session *session, uint64_t seq)
{
    struct inbox_point point = {.is_opening = true};
    while (point.is_opening) {
        oc_rc rc = inbox_peek(session->loop, &point);
        if (rc < 0)
            return ended_early(session, rc);
        if (!point.is_opening) {
            point.event->seq = seq;
            point.event->local_ns = session->now_ns = point.at_ns;
            session_begin_figures(session, point.event);
        }
        rc = restore_sim_market(restore, session, &point);
        if (rc == OC_OK && !point.is_opening)
            rc = engine_restore(session->engine, point.event);
        if (rc == OC_OK)
            rc = inbox_pass(session->loop);
        if (rc < 0)
            return rc;
    }
    return OC_OK;
}

/* What lies before a checkpoint was processed: only read past. */
static oc_rc pass_markets(struct session *session, uint64_t count)
{
    struct inbox_point point;
    while (inbox_index(session->loop) < count) {
        oc_rc rc = inbox_peek(session->loop, &point);
        if (rc < 0)
            return ended_early(session, rc);
        if (!point.is_opening) {
            point.event->local_ns = point.at_ns;
            session_begin_figures(session, point.event);
        }
        rc = inbox_pass(session->loop);
        if (rc < 0)
            return rc;
    }
    return OC_OK;
}

static oc_rc apply_record(const struct restore *restore, struct session *session, const struct oc_event *event)
{
    session->now_ns = event->local_ns;
    oc_rc rc = restore_sim_record(restore, session, event);
    if (rc < 0)
        return rc;
    if (event->type == OC_EV_STATE) {
        const struct oc_ev_text *text = (const struct oc_ev_text *)(const void *)event;
        for (uint32_t i = 0; i < session->strategy_count; i++)
            if (session->strategies[i].strategy && session->strategies[i].id == text->owner)
                return strategy_restore_state(session->strategies[i].strategy, text);
        return text->owner && text->owner <= engine_client_count(session->engine) ? OC_OK
                                                                                  : OC_E_DATA; /* unloaded since */
    }
    if (event->type == OC_EV_BALANCE) {
        const struct oc_ev_balance *balance = (const struct oc_ev_balance *)(const void *)event;
        session->sim_table->balance(session->sim.self, balance->account, balance->asset, balance->total);
    }
    if (event->type == OC_EV_FILL)
        session->fills_restored++;
    rc = engine_restore(session->engine, event);
    if (event->type == OC_EV_COMMAND && rc == OC_OK)
        rc = session_restore_command(session, (const struct oc_ev_text *)(const void *)event);
    return rc == OC_E_NOT_FOUND ? OC_OK : rc; /* an order that is final and forgotten */
}

static void set_restoring(struct session *session, bool is_restoring)
{
    session->is_restoring = is_restoring;
    for (uint32_t i = 0; i < session->strategy_count; i++)
        if (session->strategies[i].strategy)
            strategy_set_restoring(session->strategies[i].strategy, is_restoring);
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
        bool begins = is_input(event) || event->type == OC_EV_COMMAND;
        if (begins && event->seq > progress_seq)
            last = event->seq;
        else if (!begins && event->cause > answered)
            answered = event->cause;
    }
    journal_rewind(reader);
    return last > answered ? last : 0;
}

oc_rc restore_apply(struct restore *restore, struct session *session)
{
    struct journal_checkpoint checkpoint = {0};
    struct journal_progress progress = {0};
    uint64_t seq = 0, market = 0;
    oc_rc rc = OC_OK;
    set_restoring(session, true);
    session_take_stops(session, restore->reader);
    if (journal_checkpoint(restore->reader, &checkpoint)) {
        rc = session_checkpoint_read(session, &checkpoint);
        if (rc < 0)
            return session_fail(session, rc,
                                "the checkpoint at record %llu is of another program or strategy (code %d)",
                                (unsigned long long)checkpoint.seq, (int)rc);
        seq = checkpoint.seq;
        market = checkpoint.market_count;
        rc = pass_markets(session, market);
    }
    journal_progress(restore->reader, &progress);
    uint64_t unfinished = unfinished_input(restore->reader, progress.seq);
    const struct oc_event *event = NULL;
    enum journal_stream stream;
    oc_rc more = journal_next(restore->reader, &event, &stream);
    while (rc == OC_OK) {
        while (more == OC_OK && event->seq <= seq)
            more = journal_next(restore->reader, &event, &stream);
        bool is_next = more == OC_OK && event->seq == seq + 1;
        /* A gap is a market event. Beyond the mark it counts as processed if anything was recorded after it: that
         * happens only when its callbacks have returned. */
        if (!is_next && market >= progress.market_index && more != OC_OK)
            break;
        if (!is_next) {
            rc = apply_market(restore, session, seq + 1);
            market++;
            restore->markets++;
        } else if (event->seq == unfinished) {
            set_restoring(session, false);
            session->now_ns = event->local_ns;
            rc = restore_sim_record(restore, session, event);
            if (rc == OC_OK)
                rc = engine_input(session->engine, event);
            if (rc == OC_OK && event->type == OC_EV_COMMAND)
                rc = session_finish_command(session, (const struct oc_ev_text *)(const void *)event);
            set_restoring(session, true);
        } else {
            rc = apply_record(restore, session, event);
            restore->records++;
        }
        seq++;
    }
    set_restoring(session, false);
    session->stop_count = 0; /* they belong to the reader */
    restore->in_flight = orders_open_count(engine_orders(session->engine));
    if (rc < 0)
        return session_fail(session, rc, "the journal could not be applied (code %d)", (int)rc);
    /* Killed before its opening cash was recorded: then it begins as if new. */
    session->is_restored = restore->records > 0 || restore->markets > 0 || market > 0;
    if (!session->is_restored)
        return session_record_balances(session);
    if (!restore->is_same_sim)
        session_note(session, "restored: the simulator is another file than the recorded one: what it had decided and "
                              "not said is decided anew");
    session_warn_changed(session);
    session_note(session,
                 "restored: curve and round trips are those since the last start; money is of the whole session");
    oc_i128 equity;
    rc = portfolio_equity(engine_portfolio(session->engine), session->account, &equity, NULL);
    if (rc == OC_OK) /* the curve begins here, not where the session did */
        collect_shift(&session->collect, equity - session->collect.start);
    return rc;
}

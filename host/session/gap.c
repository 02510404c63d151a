#include "session/gap.h"

#include <stdio.h>
#include <string.h>

#include "base/env.h"
#include "base/json_out.h"
#include "base/log.h"
#include "session/session.h"

enum { JOURNAL_WORDS_MAX = 1024, TEND_NS = 1000000000, MARK_WORDS_MAX = ENGINE_MISSING_MAX };

void gap_missed(struct session *session, uint64_t count)
{
    struct session_journal *journal = &session->journal;
    if (!journal->has_gap) {
        char bytes[JOURNAL_WORDS_MAX];
        struct text json;
        text_init_fixed(&json, bytes, sizeof bytes);
        json_open(&json, NULL, '{');
        json_text(&json, "what", "the journal failed: cancels and closes go on, nothing new is opened");
        json_text(&json, "reason", door_error(session->door));
        json_close(&json, '}');
        if (!json.is_cut)
            watchers_tell(&session->watchers, TOLD_SESSION, &json);
        log_error("journal", "%s: facts are taken, cancels and closes go on, nothing new is opened",
                  door_failed(session->door) ? door_error(session->door) : "a record was refused");
    }
    if (!journal->has_gap)
        journal->is_gap_tried = journal->is_gap_said = false;
    if (count)
        journal->gap_seq = 0; /* one that was begun does not hold it */
    journal->has_gap = true;
    journal->missed += count;
    engine_stop_risk(session->engine, true);
}

bool gap_is_mark(const struct oc_event *event)
{
    const uint32_t code = ((const struct oc_ev_text *)(const void *)event)->code;
    return event->type == OC_EV_MARK && (code == OC_MARK_GAP || code == OC_MARK_GAP_END);
}

oc_rc session_mark(struct session *session, uint32_t code, uint64_t key, const char *words)
{
    struct {
        struct oc_ev_text event;
        char text[MARK_WORDS_MAX];
    } mark = {
        .event = {.head = {.type = OC_EV_MARK, .venue_ns = session->clock.now_ns, .local_ns = session->clock.now_ns},
                  .code = code,
                  .key = (uint32_t)key}};
    snprintf(mark.text, sizeof mark.text, "%s", words);
    mark.event.text_size = (uint32_t)strlen(mark.text);
    mark.event.head.size = (uint32_t)((sizeof mark.event + mark.event.text_size + 7) & ~(size_t)7);
    oc_rc rc = session_fact(session, &mark.event.head);
    return rc >= 0 && !mark.event.head.seq ? (oc_rc)OC_E_FULL : rc;
}

/* In the records a gap has a beginning: at its first sign where they still take it, else right before its end. */
static bool say_gap(struct session *session)
{
    struct session_journal *journal = &session->journal;
    journal->is_gap_tried = true;
    if (!journal->is_gap_said && door_reserve(session->door, DOOR_FRAME_SIZE + sizeof(struct oc_ev_text)) >= 0)
        journal->is_gap_said = session_mark(session, OC_MARK_GAP, 0, "") >= 0;
    return journal->is_gap_said;
}

oc_rc gap_checkpoint(struct session *session)
{
    struct session_journal *journal = &session->journal;
    oc_rc rc = journal->checkpoint(journal->self, session);
    if (rc == OC_OK)
        journal->checkpoint_seq = door_seq(session->door);
    return rc;
}

/* What was applied meanwhile is durable in a checkpoint before risk is taken again. False: not yet. */
static bool has_gap_checkpoint(struct session *session, int64_t now_ns)
{
    struct session_journal *journal = &session->journal;
    const char *why;
    if (!journal->missed)
        return true;
    if (!journal->checkpoint)
        return false;
    if (door_checkpoint_poll(session->door, &why) < 0)
        journal->gap_seq = 0;
    if (!journal->gap_seq) {
        /* one is known by its number alone: two of the same would not be told apart */
        if (door_seq(session->door) > journal->checkpoint_seq && gap_checkpoint(session) == OC_OK)
            journal->gap_seq = door_seq(session->door);
        journal->tend_ns = now_ns + TEND_NS / 100;
        return false;
    }
    if (door_checkpoint_seq(session->door) >= journal->gap_seq)
        return true;
    journal->tend_ns = now_ns + TEND_NS / 100; /* the worker is at it */
    return false;
}

/* The end of a gap is an input too: it resumes new risk, here as in a replay. Where it cannot be said the gap stays. */
static void end_gap(struct session *session)
{
    struct session_journal *journal = &session->journal;
    char words[48] = "";
    if (journal->missed)
        snprintf(words, sizeof words, SESSION_GAP_WORDS, (unsigned long long)journal->gap_seq);
    if (!say_gap(session) || session_mark(session, OC_MARK_GAP_END, journal->missed, words) < 0)
        return;
    log_warning("journal", "it takes records again; %llu were not recorded and stand in a checkpoint",
                (unsigned long long)journal->missed);
    journal->has_gap = false;
    journal->missed = journal->gap_seq = 0;
}

void gap_look(struct session *session)
{
    struct session_journal *journal = &session->journal;
    if (!journal->has_gap)
        gap_missed(session, 0);
    if (!journal->is_gap_tried)
        say_gap(session);
    int64_t now_ns = env_clock_mono();
    if (now_ns < journal->tend_ns)
        return;
    journal->tend_ns = now_ns + TEND_NS;
    if (door_tend(session->door) < 0 || !has_gap_checkpoint(session, now_ns))
        return;
    end_gap(session);
    if (journal->has_gap)
        return;
    if (door_sync_wait(session->door) < 0 || door_failed(session->door))
        gap_missed(session, 0); /* said to be over, and it is not: another one begins */
}

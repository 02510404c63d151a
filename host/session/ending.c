#include "session/ending.h"

#include "base/log.h"

/* [any] The venues fill at the last price what is to be closed, for no other price comes. */
static oc_rc end_venues(struct session *session)
{
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < session->venues.count && rc == OC_OK; i++) {
        const struct venue *venue = &session->venues.list[i];
        venue_call(venue, "end");
        rc = venue->table->end(venue->answers.self, session->clock.now_ns);
    }
    plugin_call_end();
    return rc;
}

void ending_close(struct session *session)
{
    for (uint32_t id = 1; id <= engine_client_count(session->engine); id++) { /* unloaded ones may hold something too */
        if (engine_begin(session->engine, 0) < 0)
            return;
        if (engine_flatten(session->engine, id, OC_ROLE_END, "end") < 0)
            session_note(session, "end: not everything that strategy %u held could be closed: see what was denied", id);
        engine_end(session->engine, true);
    }
}

oc_rc ending_step(struct session *session, const struct oc_event *event)
{
    if (!inbox_is_end(event))
        return OC_OK;
    engine_set_ending(session->engine, false);
    oc_rc rc = ((const struct oc_ev_text *)(const void *)event)->code == OC_MARK_CLOSE ? end_venues(session) : OC_OK;
    return rc < 0 ? rc : 1;
}

static oc_rc say(struct session *session, uint32_t code)
{
    oc_rc rc = session_mark(session, code, inbox_points(session->inbox), "");
    if (rc == OC_E_FULL) { /* it has ended, recorded or not */
        log_warning("journal", "where the run ended could not be recorded: a replay does not know of it");
        return OC_OK;
    }
    if (rc >= 0) /* it was handled, whether anything came of it or not */
        door_progress(session->door, door_seq(session->door), inbox_index(session->inbox));
    return rc > 0 ? (oc_rc)OC_OK : rc;
}

/* What venues say of the closing, however long their answers take. */
static oc_rc hear_out(struct session *session)
{
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < session->venues.count; i++)
        while (rc == OC_OK && session->venues.list[i].answers.count)
            rc = session_drain_answers(session, session->venues.list[i].answers.heap[0].at_ns);
    return rc;
}

static oc_rc close_once(struct session *session)
{
    oc_rc rc = say(session, OC_MARK_CLOSE);
    return rc == OC_OK ? hear_out(session) : rc;
}

oc_rc session_end(struct session *session, uint32_t code, bool closes)
{
    enum { ROUNDS = 4 }; /* what was under way may fill while all is closed */
    const uint32_t ended = session->pace.ended;
    const bool is_said = ended && (code == OC_MARK_STOP || ended != OC_MARK_STOP);
    oc_rc rc = is_said ? (oc_rc)OC_OK : say(session, code);
    if (rc == OC_OK)
        rc = session_drain_answers(session, session->clock.now_ns);
    /* Where no more data can come, what was filled before their end is told, however late it would have been. */
    for (uint32_t i = 0; i < session->venues.count && rc == OC_OK && code == OC_MARK_END && session->is_whole; i++)
        rc = session_drain_answers(session, sim_answers_last_fill_ns(&session->venues.list[i].answers));
    if (!closes || code != OC_MARK_END)
        return rc;
    if (ended == OC_MARK_CLOSE) /* it was killed in the middle of that */
        return rc == OC_OK ? hear_out(session) : rc;
    for (int i = 0; i < ROUNDS && rc == OC_OK && !engine_is_flat(session->engine); i++) {
        const uint64_t fills = engine_stats(session->engine)->fills;
        rc = close_once(session);
        if (engine_stats(session->engine)->fills == fills)
            break; /* refused: asking again changes nothing */
    }
    return rc;
}

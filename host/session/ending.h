/* ending.h: how a run ends. Its end is an input like any other: recorded, handled by the strategies (on_stop), made again by a replay,
 * and known to a restart, which goes on behind it.
 * Invariants: an end that nothing has followed is not said again; a run that is stopped by hand closes nothing. */
#ifndef SESSION_ENDING_H
#define SESSION_ENDING_H

#include "session/session.h"

/* [engine] code: OC_MARK_STOP (by hand), OC_MARK_END (the data ended). Behind the data what strategies hold is closed where
 * `closes`. What the venue says of it up to now is taken. Negative: it could not be recorded, or the run's error. */
CHECKED oc_rc session_end(struct session *session, uint32_t code, bool closes);

/* [engine] An input was taken, or read from the records: whether the run has ended with it. */
static inline void ending_pass(struct session *session, const struct oc_event *event)
{
    if (event->type < OC_EV_REQUEST || event->type == OC_EV_TIMER || event->type == OC_EV_COMMAND)
        session->pace.ended = 0;
    else if (inbox_is_end(event))
        session->pace.ended = ((const struct oc_ev_text *)(const void *)event)->code;
}

/* [engine] The last part of the step of a mark. Positive: the run is to end. */
CHECKED oc_rc ending_step(struct session *session, const struct oc_event *event);

/* [engine] Within the step of OC_MARK_CLOSE: asks for what closes it all. */
void ending_close(struct session *session);

#endif

/* restore_sim.c: the simulator lives again what it lived: the same calls in the same order, so that what it had decided and
 * not yet said is decided and said again. Answers that are recorded are taken out of what it says. Where it is another one
 * than the recording one, or says something else, the records are right: they are given to it as facts. */
#include "app/restore.h"

#include "app/session_impl.h"

/* What it asked to be called for up to at_ns. */
static oc_rc settle(struct session *session, int64_t at_ns)
{
    struct simhost *simhost = &session->simhost;
    while (simhost->due_ns <= at_ns) {
        const int64_t due_ns = simhost->due_ns;
        simhost->due_ns = INT64_MAX;
        oc_rc rc = simhost->table->due(simhost->self, due_ns);
        if (rc < 0)
            return rc;
    }
    return OC_OK;
}

/* Shows the open of the bar that is next, if that lies at or before at_ns. True: it did. */
static bool show_open(struct restore *restore, struct session *session, int64_t at_ns, oc_rc *ret_rc)
{
    struct feed_source *source = &session->sources[0];
    struct oc_event *event = NULL;
    *ret_rc = OC_OK;
    if (restore->is_opened || !restore->is_same_sim || feed_source_next(source, &event) < 0)
        return false;
    feed_source_hold(source);
    int64_t open_ns = INT64_MAX;
    if (event->type == OC_EV_BAR)
        open_ns = ((const struct oc_ev_bar *)(const void *)event)->open_ns;
    else if (event->type == OC_EV_QBAR)
        open_ns = ((const struct oc_ev_qbar *)(const void *)event)->open_ns;
    if (open_ns > at_ns)
        return false;
    restore->is_opened = true;
    *ret_rc = settle(session, open_ns);
    if (*ret_rc == OC_OK)
        *ret_rc = session->sim_table->market(session->sim.self, open_ns, event);
    return true;
}

oc_rc restore_sim_market(struct restore *restore, struct session *session, const struct oc_event *event)
{
    if (!restore->is_same_sim)
        return OC_OK;
    restore->is_opened = false;
    oc_rc rc = settle(session, event->local_ns);
    return rc < 0 ? rc : session->sim_table->market(session->sim.self, event->local_ns, event);
}

oc_rc restore_sim_open(struct restore *restore, struct session *session)
{
    oc_rc rc;
    show_open(restore, session, INT64_MAX - 1, &rc);
    return rc;
}

static bool is_answer(const struct oc_event *event) { return event->type >= OC_EV_ACCEPTED && event->type <= OC_EV_SENT; }

/* An answer of this instant may come of the open of a bar at this very instant. */
static oc_rc take_answer(struct restore *restore, struct session *session, const struct oc_event *event)
{
    oc_rc rc = OC_OK;
    if (simhost_forget(&session->simhost, event))
        return OC_OK;
    if (show_open(restore, session, event->local_ns, &rc) && rc == OC_OK)
        rc = settle(session, event->local_ns);
    if (rc < 0 || simhost_forget(&session->simhost, event))
        return rc;
    simhost_drop(&session->simhost, event);
    session->sim_table->observe(session->sim.self, event);
    return OC_OK;
}

oc_rc restore_sim_record(struct restore *restore, struct session *session, const struct oc_event *event)
{
    oc_rc rc = OC_OK;
    const bool is_after_open = event->type == OC_EV_TIMER || event->type == OC_EV_COMMAND; /* of the same instant */
    if (restore->is_same_sim) {
        show_open(restore, session, event->local_ns - !is_after_open, &rc);
        if (rc == OC_OK)
            rc = settle(session, event->local_ns);
    }
    if (rc < 0)
        return rc;
    if (is_answer(event))
        return take_answer(restore, session, event);
    if (event->type == OC_EV_REQUEST && restore->is_same_sim)
        return session->sim_table->request(session->sim.self, event->local_ns, (const struct oc_request *)(const void *)event);
    session->sim_table->observe(session->sim.self, event);
    return OC_OK;
}

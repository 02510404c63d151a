/* restore_sim.c: the simulator lives again what it lived: the same calls in the same order, so that what it had decided and
 * not yet said is decided and said again. Answers that are recorded are taken out of what it says. Where it is another one
 * than the recording one, or says something else, the records are right: they are given to it as facts. */
#include <stdlib.h>
#include <string.h>

#include "recover/restore.h"

/* What it asked to be called for up to at_ns. */
static oc_rc settle(struct session *session, int64_t at_ns)
{
    struct venue *venue = &session->venues.list[0];
    struct sim_answers *sim_answers = &venue->answers;
    while (sim_answers->due_ns <= at_ns) {
        const int64_t due_ns = sim_answers->due_ns;
        sim_answers->due_ns = INT64_MAX;
        oc_rc rc = sim_answers->table->due(sim_answers->self, due_ns);
        if (rc < 0)
            return rc;
    }
    return OC_OK;
}

/* Shows the opens that lie at or before at_ns. *ret_count: how many. */
static oc_rc show_opens(struct session *session, int64_t at_ns, uint32_t *ret_count)
{
    struct venue *venue = &session->venues.list[0];
    struct inbox_point point;
    oc_rc rc = OC_OK;
    *ret_count = 0;
    while (rc == OC_OK && inbox_point(session->inbox, &point) == OC_OK && point.is_opening && point.at_ns <= at_ns) {
        rc = settle(session, point.at_ns);
        if (rc == OC_OK)
            rc = venue->table->market(venue->answers.self, point.at_ns, point.event);
        if (rc == OC_OK)
            rc = inbox_pass(session->inbox);
        *ret_count += 1;
    }
    return rc;
}

/* A denial is recorded behind its request, within the same step: which requests left is known when the step has ended. */
static oc_rc hold(struct restore *restore, const struct oc_request *request)
{
    if (restore->held_count == restore->held_room) {
        const uint32_t room = restore->held_room ? restore->held_room * 2 : 64;
        struct oc_request *held = realloc(restore->held, room * sizeof *held);
        if (!held)
            return OC_E_NOMEM;
        restore->held = held;
        restore->held_room = room;
    }
    struct oc_request *copy = &restore->held[restore->held_count++];
    memset(copy, 0, sizeof *copy);
    memcpy(copy, request, request->head.size < sizeof *copy ? request->head.size : sizeof *copy);
    return OC_OK;
}

static void drop(struct restore *restore, uint64_t request)
{
    for (uint32_t i = 0; i < restore->held_count; i++)
        if (restore->held[i].id == request) {
            memmove(&restore->held[i], &restore->held[i + 1], (--restore->held_count - i) * sizeof *restore->held);
            return;
        }
}

static void observe(const struct venue *venue, const struct oc_event *event)
{
    venue_call(venue, "observe");
    venue->table->observe(venue->answers.self, event);
    plugin_call_end();
}

static oc_rc end(const struct venue *venue, int64_t at_ns)
{
    venue_call(venue, "end");
    oc_rc rc = venue->table->end(venue->answers.self, at_ns);
    plugin_call_end();
    return rc;
}

oc_rc restore_sim_end(struct restore *restore, struct session *session)
{
    struct venue *venue = &session->venues.list[0];
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < restore->held_count && rc == OC_OK; i++) {
        const struct oc_request *request = &restore->held[i];
        if (restore->is_same_sim)
            rc = venues_request(&session->venues, request->head.local_ns, request);
        else
            observe(venue, &request->head);
    }
    restore->held_count = 0;
    if (rc == OC_OK && restore->is_closing && restore->is_same_sim)
        rc = end(venue, restore->close_ns);
    restore->is_closing = false;
    return rc;
}

oc_rc restore_sim_market(struct restore *restore, struct session *session, const struct inbox_point *point)
{
    oc_rc rc = restore_sim_end(restore, session);
    if (rc < 0 || !restore->is_same_sim)
        return rc;
    rc = settle(session, point->at_ns);
    return rc < 0 ? rc : venues_see(&session->venues, point->at_ns, point->event);
}

/* An answer of this instant may come of the open of a bar at this very instant. */
static oc_rc take_answer(const struct restore *restore, struct session *session, const struct oc_event *event)
{
    struct venue *venue = &session->venues.list[0];
    uint32_t opens = 0;
    oc_rc rc = OC_OK;
    if (sim_answers_forget(&venue->answers, event))
        return OC_OK;
    if (restore->is_same_sim && !session->venues.is_feed)
        rc = show_opens(session, event->local_ns, &opens);
    if (rc == OC_OK && opens)
        rc = settle(session, event->local_ns);
    if (rc < 0 || (opens && sim_answers_forget(&venue->answers, event)))
        return rc;
    sim_answers_drop(&venue->answers, event);
    observe(venue, event);
    return OC_OK;
}

static bool is_output(const struct oc_event *event)
{
    return event->type == OC_EV_REQUEST || event->type == OC_EV_DENIED || event->type == OC_EV_STATE ||
           event->type == OC_EV_STRATEGY;
}

/* A connector hears the requests again, and says again what came of them: each event that entered by it is taken out of what it
 * says. A refusal of ours is made again when the request is. */
static oc_rc link_record(struct restore *restore, struct session *session, const struct oc_event *event)
{
    struct venue_link *link = links_of(&session->links, event->source);
    if (links_are_on_network(&session->links))
        return OC_OK;
    const bool is_said = link && venue_link_says(link, event) && (event->type != OC_EV_BALANCE || restore->is_started);
    const bool is_later = event->type == OC_EV_REQUEST && event->local_ns > restore->event_ns &&
                          (!restore->held_count || restore->held[0].head.local_ns < event->local_ns);
    oc_rc rc = is_output(event) && !is_later ? (oc_rc)OC_OK : restore_sim_end(restore, session);
    if (rc < 0)
        return rc;
    if (restore->is_started && (is_later || (!is_output(event) && !is_said)))
        links_expect_ahead(&session->links, event->local_ns);
    if (is_said)
        restore->event_ns = event->local_ns;
    if (event->type == OC_EV_REQUEST)
        return hold(restore, (const struct oc_request *)(const void *)event);
    if (event->type == OC_EV_DENIED)
        drop(restore, ((const struct oc_ev_answer *)(const void *)event)->request);
    if (!is_said || !link || (!event_is_market(event->type) && sim_answers_forget(link->answers, event)))
        return OC_OK;
    struct error error;
    return venue_link_expect(link, event, &error) < 0 ? session_fail(session, &error) : (oc_rc)OC_OK;
}

oc_rc restore_sim_record(struct restore *restore, struct session *session, const struct oc_event *event)
{
    if (session->links.count && !session->venues.is_feed)
        return link_record(restore, session, event);
    struct venue *venue = &session->venues.list[0];
    const bool is_after_open = event->type == OC_EV_TIMER || event->type == OC_EV_COMMAND; /* of the same instant */
    uint32_t opens;
    oc_rc rc = is_output(event) ? (oc_rc)OC_OK : restore_sim_end(restore, session);
    if (rc == OC_OK && restore->is_same_sim && !session->venues.is_feed)
        rc = show_opens(session, event->local_ns - !is_after_open, &opens);
    if (rc == OC_OK && restore->is_same_sim)
        rc = settle(session, event->local_ns);
    if (rc < 0)
        return rc;
    if (session->venues.is_feed && event->type == OC_EV_BOOK) /* shown when it is taken */
        return OC_OK;
    if (session->venues.is_feed && (event_is_market(event->type) || event->type == OC_EV_VENUE))
        return restore->is_same_sim ? venues_see(&session->venues, event->local_ns, event) : (oc_rc)OC_OK;
    if (event_is_of_order(event->type))
        return take_answer(restore, session, event);
    if (event->type == OC_EV_REQUEST)
        return hold(restore, (const struct oc_request *)(const void *)event);
    if (event->type == OC_EV_DENIED)
        drop(restore, ((const struct oc_ev_answer *)(const void *)event)->request);
    else
        observe(venue, event);
    if (event->type == OC_EV_MARK && ((const struct oc_ev_text *)(const void *)event)->code == OC_MARK_CLOSE) {
        restore->is_closing = true;
        restore->close_ns = event->local_ns;
    }
    return OC_OK;
}

static oc_rc say_all(struct session *session, struct venue_link *link)
{
    struct oc_event *event;
    oc_rc rc;
    while ((rc = venue_link_say_first(link, &event)) == OC_OK) {
        struct input input = {.kind = INPUT_ANSWER, .at_ns = event->local_ns, .event = event};
        rc = session_step(session, &input);
        if (rc < 0)
            return rc;
    }
    return rc == OC_E_AGAIN ? (oc_rc)OC_OK : rc;
}

oc_rc restore_links(struct session *session)
{
    struct error error;
    oc_rc rc = OC_OK;
    if (!links_are_on_network(&session->links))
        return OC_OK;
    rc = session_drain_answers(session, session->clock.now_ns); /* to what the last callback has asked for */
    for (uint32_t i = 0; i < session->links.count && rc == OC_OK; i++) {
        rc = venue_link_resume(session->links.list[i], &error);
        rc = rc < 0 ? session_fail(session, &error) : say_all(session, session->links.list[i]);
    }
    return rc;
}

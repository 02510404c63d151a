/* venue_link_records.c: a link and the records of its session: a replay is played by them, and a session that goes on gives its
 * connector what it was asked then, and holds what comes against them. */
#include <string.h>

#include "base/log.h"
#include "journal/door.h"
#include "session/names_again.h"
#include "session/venue_link.h"

/* Played by records. */

static bool names_asset(const struct oc_event *event)
{
    return event->type == OC_EV_MARK && ((const struct oc_ev_text *)(const void *)event)->code == OC_MARK_ASSET;
}

static bool is_start(const struct oc_event *event)
{
    return event->type == OC_EV_MARK && ((const struct oc_ev_text *)(const void *)event)->code == OC_MARK_START;
}

/* The next record that entered by a link. The opening cash stands before the start, and is the host's. */
static void look_for_record(struct venue_link *link)
{
    enum journal_stream stream;
    while (!link->recorded && journal_next(link->records, &link->recorded, &stream) == OC_OK) {
        const struct oc_event *event = link->recorded;
        link->is_started |= is_start(event);
        if (!names_asset(event) && (!link->is_started || !venue_link_says(link, event)))
            link->recorded = NULL;
        else if (!venue_link_has(link, event->source))
            link->recorded = NULL; /* another venue's */
    }
}

oc_rc venue_link_pull_record(struct venue_link *link)
{
    look_for_record(link);
    if (!link->recorded)
        return OC_E_END;
    if (!link->gives_way && link->recorded->seq > door_seq(link->world.door) + 1)
        return OC_E_AGAIN;
    memcpy(link->event, link->recorded, link->recorded->size);
    link->event->seq = 0;
    link->recorded = NULL;
    link->gives_way = false;
    link->has_head = true;
    return OC_OK;
}

/* Going through records again. */

/* The records are right: a connector or a transcript that says something else is another one. */
oc_rc venue_link_expect(struct venue_link *link, const struct oc_event *event, struct error *ret_error)
{
    const struct oc_event *said = link->event;
    const size_t head = sizeof *said;
    link->now_ns = event->local_ns;
    oc_rc rc = venue_link_pull(link, event->local_ns);
    link->has_head = false;
    if (rc == OC_OK && said->size == event->size && said->type == event->type && said->inst == event->inst &&
        said->source == event->source &&
        memcmp((const char *)said + head, (const char *)event + head, event->size - head) == 0)
        return OC_OK;
    error_at(ret_error, OC_E_DATA, "%s", venue_text(link->settings, link->name, "transcript", ""));
    error_what(ret_error,
               "line %u: it does not say what record %llu of the session holds: it is another transcript, or another "
               "connector reads it",
               transcript_line_number(&link->transcript), (unsigned long long)event->seq);
    error_remedy(ret_error, "go on with the files that the session began with");
    return OC_E_DATA;
}

void venue_link_expect_ahead(struct venue_link *link, int64_t at_ns)
{
    link->now_ns = at_ns;
    (void)venue_link_pull(link, at_ns); /* nothing there yet: as it was then */
}

static oc_rc send_held(struct venue_link *link, struct oc_request *held)
{
    if (!held->id)
        return OC_OK;
    link->now_ns = held->head.local_ns;
    if (link->is_started && held->head.local_ns > link->said_ns)
        venue_link_expect_ahead(link, link->now_ns);
    const oc_rc rc = venue_link_request(link, held);
    held->id = 0;
    return rc;
}

/* A record of the session before `seq`: what the connector was asked is asked again, what it said is said again. A request that is
 * followed by its refusal was never sent. */
static oc_rc again(struct venue_link *link, const struct oc_event *event, struct oc_request *held,
                   struct error *ret_error)
{
    const bool is_denial = event->type == OC_EV_DENIED && held->id &&
                           ((const struct oc_ev_answer *)(const void *)event)->request == held->id;
    const oc_rc rc = is_denial ? (oc_rc)OC_OK : send_held(link, held);
    held->id = 0;
    link->is_started |= is_start(event);
    if (names_again_note(link->again, event) < 0)
        return OC_E_NOMEM;
    if (event->type == OC_EV_REQUEST && venue_link_has(link, ((const struct oc_request *)(const void *)event)->account))
        memcpy(held, event, event->size < sizeof *held ? event->size : sizeof *held);
    if (rc < 0 || !link->is_started || !venue_link_says(link, event) || !venue_link_has(link, event->source))
        return rc;
    link->now_ns = link->said_ns = event->local_ns;
    if (!event_is_market(event->type) && sim_answers_forget(link->answers, event))
        return OC_OK;
    oc_rc said = venue_link_expect(link, event, ret_error);
    if (said == OC_OK && event->type == OC_EV_INSTRUMENT)
        said = venue_link_learn(link, (const struct oc_ev_instrument *)(const void *)event);
    return said;
}

oc_rc venue_link_go_through(struct venue_link *link, uint64_t seq)
{
    struct journal_reader *reader;
    struct oc_request held = {.id = 0};
    const struct oc_event *event;
    enum journal_stream stream;
    struct error error = {0};
    oc_rc rc = journal_open_read(settings_text(link->settings, "session.dir", ""), false, &reader);
    if (rc == OC_E_DATA) /* damaged behind what is whole */
        rc = OC_OK;
    if (rc == OC_OK)
        rc = names_again_new(&link->again);
    if (rc < 0) {
        journal_close_read(reader);
        return rc;
    }
    const bool was_going_through = link->is_going_through;
    link->is_going_through = true;
    while (rc == OC_OK && journal_next(reader, &event, &stream) == OC_OK && event->seq <= seq)
        rc = again(link, event, &held, &error);
    if (rc == OC_OK)
        rc = send_held(link, &held);
    link->is_going_through = was_going_through;
    names_again_free(link->again);
    link->again = NULL;
    journal_close_read(reader);
    if (error_is_set(&error)) {
        char text[ERROR_TEXT_MAX];
        error_text(&error, text);
        log_error("venue", "%s", text);
    }
    return rc;
}

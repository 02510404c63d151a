/* venue_link_again.c: a session on the network goes on: with its venue it begins anew, and nothing of what was under way is taken for done or
 * for not done. */
#include <stdio.h>
#include <string.h>

#include "session/venue_keys.h"
#include "session/venue_link.h"

oc_rc venue_link_recall(struct venue_link *link)
{
    struct journal_reader *reader;
    const struct oc_event *event;
    enum journal_stream stream;
    oc_rc rc = journal_open_read(settings_text(link->settings, "session.dir", ""), false, &reader);
    if (rc < 0)
        return rc;
    while (rc == OC_OK && journal_next(reader, &event, &stream) == OC_OK)
        if (stream == JOURNAL_ORDERS && venue_link_has(link, event->source) &&
            (!link->is_feed || venue_link_says(link, event)))
            rc = io_venue_recall(&link->venue, event);
    journal_close_read(reader);
    return rc;
}

/* Those that a checkpoint brought: nobody was told of them one by one; of one that is configured the venue's own name may have come since. */
static oc_rc learn_instruments(struct venue_link *link)
{
    const struct instruments *instruments = engine_instruments(link->world.engine);
    oc_rc rc = OC_OK;
    for (uint32_t i = 1; i < instruments_count(instruments) && rc == OC_OK; i++) {
        const struct oc_instrument *info = &instruments_at(instruments, i)->info;
        if (strcmp(info->venue, link->name) == 0)
            rc = io_venue_instrument(&link->venue, info);
    }
    return rc == OC_OK ? venue_link_want_account(link) : rc;
}

/* What its connector said of maintenance and the like in an earlier life: this one does not know of it, and would never say that it is over. If
 * it is not, it is met again. */
static oc_rc end_words(struct venue_link *link)
{
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < link->account_count && rc == OC_OK; i++) {
        const struct account_statement *of = statement_of(engine_statement(link->world.engine), link->accounts[i]);
        bool is_said = false;
        for (uint32_t part = OC_PART_ALL; of && part < OC_PART_LINK; part++)
            is_said |= of->states[part].state > OC_VENUE_DEGRADED;
        if (is_said)
            rc = io_venue_say_open(&link->venue, link->accounts[i]);
    }
    return rc;
}

oc_rc venue_link_resume(struct venue_link *link, struct error *ret_error)
{
    uint32_t count = 0;
    link->is_held = false;
    link->now_ns = *link->world.now_ns;
    oc_rc rc = learn_instruments(link);
    if (rc == OC_OK) /* before a bar ends, or a book is looked at, as if it had been heard meanwhile */
        rc = io_venue_say_down(&link->venue);
    if (rc == OC_OK)
        rc = end_words(link);
    if (rc == OC_OK)
        rc = io_venue_resume(&link->venue, link->now_ns, &count);
    if (rc == OC_E_NOT_SUPPORTED) {
        error_at(ret_error, rc, "venue.%s", link->name);
        error_what(ret_error,
                   "%u orders are open, and %s offers no question about an order (OC_FETCH_ORDER): what became of them "
                   "cannot be known, and to go on is not supported",
                   count, link->plugin.plugin->id);
        error_remedy(ret_error, "compare them with the venue by hand, and begin a new session in another folder");
        return rc;
    }
    return rc < 0 ? error_of_code(ret_error, rc, link->name, "its venue could not be gone on with") : rc;
}

bool venue_link_differs(const struct venue_link *link, struct error *ret_error)
{
    if (!link->transcript.mismatches)
        return false;
    error_at(ret_error, OC_E_STATE, "%s", venue_text(link->settings, link->name, "transcript", ""));
    error_what(ret_error, "%s", link->transcript.mismatch);
    return true;
}

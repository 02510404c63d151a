#include "report/contact.h"

#include <outcry/event_account.h>

#include "engine/state.h"

static void take_link(struct contact *contact, const struct oc_ev_venue *venue)
{
    if (venue->part != OC_PART_LINK || venue->head.source > ENGINE_ACCOUNTS_MAX)
        return;
    uint8_t *last = &contact->links[venue->head.source];
    const bool was_lost = *last == OC_VENUE_DOWN || *last == OC_VENUE_DEGRADED;
    const bool is_lost = venue->state == OC_VENUE_DOWN || venue->state == OC_VENUE_DEGRADED;
    contact->is_used = true;
    contact->moves += venue->text_size > 0;
    contact->lost += is_lost && !was_lost;
    contact->denied += venue->state == OC_VENUE_DENIED && *last != OC_VENUE_DENIED;
    /* Between the two it is compared, or opens: it is still lost. */
    if (venue->state == OC_VENUE_READY || is_lost || !was_lost) {
        contact->back += was_lost && venue->state == OC_VENUE_READY;
        *last = (uint8_t)venue->state;
    }
}

static void take_limit(struct contact *contact, const struct oc_ev_limit *limit)
{
    const int64_t span_ns = limit->until_ns - limit->head.local_ns;
    if (!limit->until_ns)
        return; /* open */
    contact->is_used = true;
    if (limit->limit == OC_LIMIT_SAID && limit->used)
        contact->told_to_wait++;
    else if (limit->limit == OC_LIMIT_SAID)
        contact->left_alone++;
    else
        contact->limited++;
    contact->waited_ns += span_ns > 0 ? span_ns : 0;
}

void contact_take(struct contact *contact, const struct oc_event *event)
{
    if (event->type == OC_EV_SENT) {
        contact->sent++;
        contact->is_used = true;
    } else if (event->type == OC_EV_VENUE) {
        take_link(contact, (const struct oc_ev_venue *)(const void *)event);
    } else if (event->type == OC_EV_LIMIT) {
        take_limit(contact, (const struct oc_ev_limit *)(const void *)event);
    }
}

void contact_note(struct contact *contact, const struct out_note *note, const struct oc_event *event)
{
    if (note->kind != NOTE_ORDER || note->before == note->after)
        return;
    if (note->after == STATE_UNKNOWN)
        contact->unknown++;
    if (note->before != STATE_UNKNOWN || !contact_open(contact))
        return;
    const bool is_absent = event && event->type == OC_EV_NOT_THERE;
    const bool is_ended =
        note->after == STATE_CANCELED || note->after == STATE_EXPIRED || note->after == STATE_REJECTED;
    if (is_absent)
        contact->absent++;
    else if (is_ended)
        contact->ended++;
    else
        contact->found++;
}

bool contact_row(const struct contact *contact, uint32_t i, const char **ret_name, const char **ret_words,
                 uint64_t *ret_count)
{
    const struct {
        const char *name, *words;
        uint64_t count;
    } rows[] = {{"sent", "requests that left", contact->sent},
                {"unknown", "orders of which nobody knew what had become", contact->unknown},
                {"unknown_found", "of these: shown by the venue, open or filled", contact->found},
                {"unknown_ended", "of these: ended, as the venue said", contact->ended},
                {"unknown_absent", "of these: never there", contact->absent},
                {"unknown_open", "of these: still not known", contact_open(contact)},
                {"lost", "times that a venue was not reached, or in part", contact->lost},
                {"reconnects", "times that all of it was reached again", contact->back},
                {"moves", "times that another place of an endpoint was taken", contact->moves},
                {"keys_refused", "times that it refused a key", contact->denied},
                {"limit_waits", "times that requests waited for a limit", contact->limited},
                {"told_to_wait", "times that an answer asked to be left alone", contact->told_to_wait},
                {"left_alone", "times that an endpoint was left alone, for it answered nothing", contact->left_alone}};
    if (i >= sizeof rows / sizeof *rows)
        return false;
    *ret_name = rows[i].name;
    *ret_words = rows[i].words;
    *ret_count = rows[i].count;
    return true;
}

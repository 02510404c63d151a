/* contact.h: what came of being in touch with venues: what was sent, of what nobody knew the outcome and how that was cleared up, how often a
 * venue was lost, and what it asked to wait for.
 *
 * Invariants: counted from what is recorded alone, so a run and the report of its records say the same; of simulators nothing is counted. */
#ifndef REPORT_CONTACT_H
#define REPORT_CONTACT_H

#include <stdbool.h>

#include "engine/limits.h"
#include "engine/out.h"

struct contact {
    uint64_t sent;                          /* requests that left */
    uint64_t unknown;                       /* orders of which nobody knew what had become */
    uint64_t found;                         /* of these: the venue has shown them, open or filled */
    uint64_t ended;                         /* of these: it has said that they ended without being filled */
    uint64_t absent;                        /* of these: never there */
    uint64_t lost;                          /* times that a venue, or a part of it, was not reached */
    uint64_t back;                          /* times that all of it was reached again */
    uint64_t moves;                         /* times that another place of an endpoint was taken */
    uint64_t denied;                        /* times that it refused a key */
    uint64_t limited;                       /* times that requests waited for a limit */
    uint64_t told_to_wait;                  /* times that an answer asked to be left alone (429, 418, Retry-After) */
    uint64_t left_alone;                    /* times that an endpoint was left alone, for it answered nothing */
    int64_t waited_ns;                      /* for as long as was said of these three */
    uint8_t links[ENGINE_ACCOUNTS_MAX + 1]; /* OC_VENUE_... of the link of each account, as it was said last */
    bool is_used;
};

/* An input as it is recorded. */
void contact_take(struct contact *contact, const struct oc_event *event);
/* An order went from one state to another, behind that input. */
void contact_note(struct contact *contact, const struct out_note *note, const struct oc_event *event);
/* Of those that were unknown and are no more, or not yet cleared up. */
static inline uint64_t contact_open(const struct contact *contact)
{
    return contact->unknown - contact->found - contact->ended - contact->absent;
}
/* The figures one after another, for who shows them: name in the JSON, words, count. False: there is none more. */
bool contact_row(const struct contact *contact, uint32_t i, const char **ret_name, const char **ret_words,
                 uint64_t *ret_count);

#endif

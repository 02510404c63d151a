/* compare.h: a recorded session made anew, and every record that it makes held against what was recorded.
 *
 * Invariants
 * - What was recorded is the session: settings, strategies' texts, commands and marks come from it.
 * - Records are compared whole, byte for byte, in their order. */
#ifndef REPLAY_COMPARE_H
#define REPLAY_COMPARE_H

#include "base/checked.h"
#include "journal/read.h"
#include "session/session.h"
#include "steer/strategies.h"

struct compare {
    struct session *session;       /* borrowed */
    struct strategies *strategies; /* borrowed */
    const char *dir;               /* borrowed */
    struct journal_reader *reader; /* owned */
    struct journal_reader *orders; /* the same journal, read ahead for new orders */
    uint64_t order;                /* the last one found; 0: none */
    const struct oc_event *next;   /* the record that is to come; NULL: no more */
    char *recorded;                /* a copy of a command or mark, OC_EVENT_MAX; owned */
    const struct oc_event *copied; /* what it is a copy of */
    uint64_t records;
    uint64_t differences;
    uint64_t gaps;   /* times that the journal failed while it was recorded */
    uint64_t missed; /* facts that are not in it for that */
    bool is_in_gap;
    bool shows; /* the first differences are printed */
};

/* Opens the recording and takes its header into settings, sources and strategies. A notice goes to `notes`. Negative:
 * session->words.error says why. compare_release is due all the same. */
CHECKED oc_rc compare_open(struct compare *compare, struct session *session, struct strategies *strategies,
                           const char *dir, struct text *notes);
void compare_release(struct compare *compare);
/* [setup] Before the balances: the first record is compared too. */
struct session_stage compare_stage(struct compare *compare);
/* How many recorded ones were not made again; then the reader is at its end. */
uint64_t compare_rest(struct compare *compare);
/* The session was ended by hand, or well: not by a kill. */
bool compare_was_ended(const struct compare *compare);
/* More was recorded than its end: what the venue said of it, or what it was gone on with. */
bool compare_goes_on(const struct compare *compare);
/* It has ended here, in the recording too: what the venue said of that, up to the next record. OC_E_AGAIN: it said it. */
CHECKED oc_rc compare_drain(struct compare *compare);
/* The market events were others than those that the recorded session processed, or fewer. */
bool compare_has_other_data(const struct compare *compare);
/* The recording holds this order. */
bool compare_has_order(struct compare *compare, uint64_t order);

#endif

/* state.h: the life of an order as one table.
 *
 * Invariants
 * - Every (state, event) pair is a transition, ignored or an alarm; nothing asserts on what a venue says.
 * - Final states are DENIED, FILLED, CANCELED, EXPIRED, REJECTED. A fill in a final state is booked and alarmed.
 * - UNKNOWN: sent, outcome not proven. It counts fully in exposure until the venue proves it.
 * - SHOWN: a venue shows it as open. LATE_FILL: a fill of which its sums had told before, or that was inferred from them: no
 *   surprise behind an end. BUST: a fill was taken back or corrected.
 * - STATE_BACK resolves to what the order's own facts say (accepted, triggered, filled so far), so that any order of
 *   the same facts ends in the same state. */
#ifndef ENGINE_STATE_H
#define ENGINE_STATE_H

#include <stdbool.h>
#include <stdint.h>

/* clang-format off */
#define ORDER_STATES(X) \
    X(NONE) X(INITIALIZED) X(DENIED) X(EMULATED) X(SUBMITTED) X(ACCEPTED) X(TRIGGERED) X(PARTIALLY_FILLED) X(FILLED) \
    X(PENDING_UPDATE) X(PENDING_CANCEL) X(CANCELED) X(EXPIRED) X(REJECTED) X(UNKNOWN)
/* clang-format on */

/* clang-format off */
#define ORDER_EVENTS(X) \
    X(NONE) X(DENY) X(EMULATE) X(SUBMIT) X(ACCEPT) X(REJECT) X(FILL) X(CANCELED) X(EXPIRED) X(TRIGGER) X(ASK_AMEND) \
    X(AMENDED) X(AMEND_REJECTED) X(ASK_CANCEL) X(CANCEL_REJECTED) X(UNKNOWN) X(NOT_THERE) X(TAKEN) X(SHOWN) X(ABSENT) \
    X(LATE_FILL) X(BUST)
/* clang-format on */

#define STATE_ENUM(name) STATE_##name,
enum order_state { ORDER_STATES(STATE_ENUM) STATE_COUNT };
#define EVENT_ENUM(name) EVENT_##name,
enum order_event { ORDER_EVENTS(EVENT_ENUM) EVENT_COUNT };

enum {                           /* what a cell says beside the states themselves */
       STATE_BACK = STATE_COUNT, /* resolve from the order's facts */
       STATE_STAY,               /* ignored: already known, or overtaken */
       STATE_ALARM               /* impossible by the rules: state stays, the event is counted and reported */
};

/* The cell of the table: a state, STATE_BACK, STATE_STAY or STATE_ALARM. */
int state_next(int state, int event);
bool state_is_final(int state);
/* Open in the sense of exposure: may still trade. */
bool state_is_open(int state);
/* Static upper-case names; "?" outside the range. */
const char *state_name(int state);
const char *state_event_name(int event);

#endif

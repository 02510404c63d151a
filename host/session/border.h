/* border.h: what a simulator or a connector says, judged before it may pass the door; and alarms, said to people.
 *
 * A simulator is a program, not the world: what cannot be is refused, named once in the log and counted in the report, and the
 * order stays as it was. What was booked although it contradicts what is known (engine_alarm) is said the same way.
 *
 * Invariants: judging changes nothing that is recorded; the same answers are refused in each run. */
#ifndef SESSION_BORDER_H
#define SESSION_BORDER_H

#include "base/checked.h"
#include "engine/engine.h"
#include "engine/out.h"

enum { BORDER_SAID_MAX = 8, BORDER_REFUSED_MAX = 100000 };

struct border {
    const char *simulator; /* its id, or the connector's, borrowed; for the log */
    bool is_venue;         /* a connector speaks */
    uint64_t refused;      /* answers of simulators, events of connectors */
    uint64_t alarms;
    bool is_halt_said;
    uint64_t seen; /* of those that the engine ever made */
};

/* Why an answer may not pass, or NULL. Static. */
const char *border_refuses(struct engine *engine, const struct oc_event *event);
/* The same of what the connector of `account` says, market events and balances among it. A venue's word is a fact: only what
 * cannot be booked is refused, and what is another account's. */
const char *border_refuses_venue(struct engine *engine, uint32_t account, const struct oc_event *event);
/* Counts and says what was refused. OC_E_DATA: too often; the run is to end. */
CHECKED oc_rc border_say(struct border *border, const char *why, const struct oc_event *event);
/* An input is done with: its alarms are said. */
void border_say_alarms(struct border *border, const struct engine_out *out);
/* Once: that an alarm has halted, where one has. */
void border_say_halt(struct border *border, const struct engine *engine);

#endif

/* states_kit.h: what a pair of the table of states comes to, whoever brings it about. */
#ifndef SUPPORT_STATES_KIT_H
#define SUPPORT_STATES_KIT_H

#include "support/said_kit.h"

static inline int facts_of(const struct order *order)
{
    if (order->filled >= order->now.qty)
        return STATE_FILLED;
    if (order->filled)
        return STATE_PARTIALLY_FILLED;
    if (order->is_triggered)
        return STATE_TRIGGERED;
    return order->is_accepted ? STATE_ACCEPTED : STATE_SUBMITTED;
}

/* The order was in `state` before the event, with so many alarms. */
static inline void pair_holds(const struct fixture *f, const struct order *order, int state, int event, uint64_t alarms)
{
    const int cell = state_next(state, event), now = order->state;
    const bool goes_on = state == STATE_PENDING_CANCEL || state == STATE_PENDING_UPDATE;
    int wanted = cell < STATE_COUNT ? cell : cell == STATE_BACK ? facts_of(order) : state;
    if (cell == STATE_BACK && goes_on && (event == EVENT_FILL || event == EVENT_LATE_FILL))
        wanted = state; /* what is being asked of the venue goes on */
    const bool is_alarm = cell == STATE_ALARM || order->filled > order->now.qty;
    if (now != wanted || (alarms_of(f) > alarms) != is_alarm)
        fail_msg("%s, %s: %s instead of %s, %d alarms", state_name(state), state_event_name(event), state_name(now),
                 state_name(wanted), (int)(alarms_of(f) - alarms));
}

#endif

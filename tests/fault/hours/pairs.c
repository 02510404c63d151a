/* pairs.c: which (state, event) pairs of the table of orders are driven: every look into the table is counted on its way (--wrap=state_next). */
#include "fault/hours/world.h"

#include <stdio.h>

int __real_state_next(int state, int event);
int __wrap_state_next(int state, int event);

int __wrap_state_next(int state, int event)
{
    if (state >= 0 && state < STATE_COUNT && event >= 0 && event < EVENT_COUNT)
        hours.sum.pairs[state][event]++;
    return __real_state_next(state, event);
}

/* What the table calls impossible is an alarm where it happens all the same; of the rest each is to happen. */
void pairs_print(const struct figures *sum)
{
    uint32_t driven = 0, all = 0, alarms = 0;
    for (int state = 0; state < STATE_COUNT; state++)
        for (int event = 0; event < EVENT_COUNT; event++) {
            const bool is_alarm = __real_state_next(state, event) == STATE_ALARM, has = sum->pairs[state][event] != 0;
            all += !is_alarm;
            driven += has && !is_alarm;
            alarms += has && is_alarm;
        }
    printf("%u of %u pairs of state and event were driven, and %u that are alarms; never:", driven, all, alarms);
    for (int state = 0; state < STATE_COUNT; state++) {
        bool is_named = false;
        for (int event = 0; event < EVENT_COUNT; event++) {
            if (__real_state_next(state, event) == STATE_ALARM || sum->pairs[state][event])
                continue;
            printf("%s%s %s", is_named ? "" : "\n ", is_named ? "," : state_name(state), state_event_name(event));
            is_named = true;
        }
    }
    printf("\n");
}

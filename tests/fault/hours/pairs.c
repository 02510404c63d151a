/* pairs.c: which (state, event) pairs of the table of orders are driven: every look into the table is counted on its way (--wrap=state_next).
 *
 * Invariants
 * - What the table calls impossible is an alarm where it happens all the same.
 * - A pair that cannot be at this venue stands below with the reason. One of them that is driven fails the run: the reason is wrong then. */
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

static const struct {
    int state, event; /* NONE: any */
    const char *why;
} never[] = {
    {STATE_EMULATED, EVENT_NONE, "no order is emulated yet"},
    {STATE_NONE, EVENT_EMULATE, "no order is emulated yet"},
    {STATE_NONE, EVENT_TRIGGER, "this venue shows a stop that was set off as open, and does not say that it was"},
    {STATE_TRIGGERED, EVENT_NONE, "only TRIGGER leads there"},
    {STATE_NONE, EVENT_BUST, "this venue never takes a trade back"},
    {STATE_SUBMITTED, EVENT_SUBMIT, "an order is submitted once"},
    {STATE_ACCEPTED, EVENT_SUBMIT, "an order is submitted once"},
    {STATE_PARTIALLY_FILLED, EVENT_SUBMIT, "an order is submitted once"},
    {STATE_FILLED, EVENT_SUBMIT, "an order is submitted once"},
    {STATE_PENDING_UPDATE, EVENT_SUBMIT, "an order is submitted once"},
    {STATE_PENDING_CANCEL, EVENT_SUBMIT, "an order is submitted once"},
    {STATE_UNKNOWN, EVENT_SUBMIT, "an order is submitted once"},
    {STATE_DENIED, EVENT_DENY, "an order is denied once"},
    {STATE_INITIALIZED, EVENT_ABSENT, "nobody asks about what has not left"},
    {STATE_DENIED, EVENT_ABSENT, "nobody asks about what has not left"},
    {STATE_PENDING_UPDATE, EVENT_ASK_AMEND, "refused before: one amendment at a time"},
    {STATE_PENDING_CANCEL, EVENT_ASK_AMEND, "refused before: it is being canceled"},
    {STATE_CANCELED, EVENT_ASK_AMEND, "refused before: it is over"},
    {STATE_EXPIRED, EVENT_ASK_AMEND, "refused before: it is over"},
    {STATE_REJECTED, EVENT_ASK_AMEND, "refused before: it is over"},
    {STATE_FILLED, EVENT_ASK_CANCEL, "refused before: it is over"},
    {STATE_CANCELED, EVENT_ASK_CANCEL, "refused before: it is over"},
    {STATE_EXPIRED, EVENT_ASK_CANCEL, "refused before: it is over"},
    {STATE_REJECTED, EVENT_ASK_CANCEL, "refused before: it is over"}};
static const char *why_never(int state, int event)
{
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        if ((never[i].state == state || never[i].state == STATE_NONE) &&
            (never[i].event == event || never[i].event == EVENT_NONE))
            return never[i].why;
    return NULL;
}

static void print_list(const struct figures *sum, const char *title, bool is_never)
{
    printf("%s:", title);
    for (int state = 0; state < STATE_COUNT; state++) {
        bool is_named = false;
        for (int event = 0; event < EVENT_COUNT; event++) {
            if (__real_state_next(state, event) == STATE_ALARM || sum->pairs[state][event] ||
                (why_never(state, event) != NULL) != is_never)
                continue;
            printf("%s%s %s", is_named ? "" : "\n ", is_named ? "," : state_name(state), state_event_name(event));
            is_named = true;
        }
    }
    printf("\n");
}

bool pairs_print(const struct figures *sum)
{
    uint32_t driven = 0, all = 0, alarms = 0, cannot = 0;
    bool is_good = true;
    for (int state = 0; state < STATE_COUNT; state++)
        for (int event = 0; event < EVENT_COUNT; event++) {
            const bool is_alarm = __real_state_next(state, event) == STATE_ALARM, has = sum->pairs[state][event] != 0;
            const char *why = is_alarm ? NULL : why_never(state, event);
            all += !is_alarm;
            cannot += why != NULL;
            driven += has && !is_alarm;
            alarms += has && is_alarm;
            if (why && has) {
                printf("FAIL %s %s was driven, which cannot be: %s\n", state_name(state), state_event_name(event), why);
                is_good = false;
            }
        }
    printf("%u of %u pairs of state and event were driven, %u cannot be at this venue, and %u that are alarms were\n",
           driven, all, cannot, alarms);
    print_list(sum, "not met", false);
    print_list(sum, "cannot be (tests/fault/hours/pairs.c says why)", true);
    return is_good;
}

#include "support/order_pairs.h"

#include <stdio.h>

int __real_state_next(int state, int event);
int __wrap_state_next(int state, int event);

order_pair_counts order_pairs;

int __wrap_state_next(int state, int event)
{
    if (state >= 0 && state < STATE_COUNT && event >= 0 && event < EVENT_COUNT)
        order_pairs[state][event]++;
    return __real_state_next(state, event);
}

#define FIRST_WORD  "the first word about an order ends the question: the answer behind it is not looked at"
#define TAKEN_ONCE  "the first word ends the question, and this venue rejects nothing that it has taken"
#define NO_DOUBT    "what is known to be over is in no doubt: nobody concludes that it is not there"
#define NEVER_THERE "what was refused, or is proven not to be there, has no end at the venue"
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
    {STATE_PENDING_CANCEL, EVENT_ASK_AMEND, "refused before: it is being canceled"},
    {STATE_CANCELED, EVENT_ASK_AMEND, "refused before: it is over"},
    {STATE_EXPIRED, EVENT_ASK_AMEND, "refused before: it is over"},
    {STATE_REJECTED, EVENT_ASK_AMEND, "refused before: it is over"},
    {STATE_INITIALIZED, EVENT_ASK_CANCEL, "what is asked for together is asked in its order: it is submitted by then"},
    {STATE_PENDING_CANCEL, EVENT_ASK_CANCEL, "refused before: it is being canceled"},
    {STATE_NONE, EVENT_TAKEN, "this venue says nothing of an order between taking it and what became of it"},
    {STATE_SUBMITTED, EVENT_CANCEL_REJECTED,
     "a cancel leaves PENDING_CANCEL or UNKNOWN with its end, or for a state of one that was taken"},
    {STATE_SUBMITTED, EVENT_LATE_FILL, "what tells that more has traded than is booked tells that it was taken"},
    {STATE_ACCEPTED, EVENT_ACCEPT, FIRST_WORD},
    {STATE_PARTIALLY_FILLED, EVENT_ACCEPT, FIRST_WORD},
    {STATE_FILLED, EVENT_ACCEPT, FIRST_WORD},
    {STATE_CANCELED, EVENT_ACCEPT, FIRST_WORD},
    {STATE_EXPIRED, EVENT_ACCEPT, FIRST_WORD},
    {STATE_ACCEPTED, EVENT_REJECT, TAKEN_ONCE},
    {STATE_CANCELED, EVENT_REJECT, TAKEN_ONCE},
    {STATE_EXPIRED, EVENT_REJECT, TAKEN_ONCE},
    {STATE_REJECTED, EVENT_REJECT, TAKEN_ONCE},
    {STATE_CANCELED, EVENT_NOT_THERE, NO_DOUBT},
    {STATE_EXPIRED, EVENT_NOT_THERE, NO_DOUBT},
    {STATE_REJECTED, EVENT_CANCELED, NEVER_THERE},
    {STATE_REJECTED, EVENT_EXPIRED, NEVER_THERE},
    {STATE_REJECTED, EVENT_AMENDED, NEVER_THERE},
    {STATE_CANCELED, EVENT_EXPIRED,
     "an order ends once there; the end of its first name, where it goes on under another, is none"},
    {STATE_EXPIRED, EVENT_AMENDED, "what expires never rests there, and only what rests is replaced"},
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

/* Only a process that follows upon another meets it: what is concluded anew of an order whose end was not written down. Simulated hours do. */
static bool is_of_hours(int state, int event) { return state == STATE_REJECTED && event == EVENT_NOT_THERE; }

static void print_list(order_pair_counts pairs, const char *title, bool is_never, bool has_reasons)
{
    printf("%s:", title);
    for (int state = 0; state < STATE_COUNT; state++) {
        bool is_named = false;
        for (int event = 0; event < EVENT_COUNT; event++) {
            if (__real_state_next(state, event) == STATE_ALARM || pairs[state][event] ||
                (has_reasons && why_never(state, event)) != is_never)
                continue;
            printf("%s%s %s", is_named ? "" : "\n ", is_named ? "," : state_name(state), state_event_name(event));
            is_named = true;
        }
    }
    printf("\n");
}

bool order_pairs_print(order_pair_counts pairs, bool is_at_binanceus, uint32_t *ret_missed)
{
    uint32_t driven = 0, all = 0, alarms = 0, cannot = 0, missed = 0;
    bool is_good = true;
    for (int state = 0; state < STATE_COUNT; state++)
        for (int event = 0; event < EVENT_COUNT; event++) {
            const bool is_alarm = __real_state_next(state, event) == STATE_ALARM, has = pairs[state][event] != 0;
            const char *why = is_alarm || !is_at_binanceus ? NULL : why_never(state, event);
            all += !is_alarm;
            missed += !is_alarm && !why && !has && !is_of_hours(state, event);
            cannot += why != NULL;
            driven += has && !is_alarm;
            alarms += has && is_alarm;
            if (why && has) {
                printf("FAIL %s %s was driven, which cannot be: %s\n", state_name(state), state_event_name(event), why);
                is_good = false;
            }
        }
    printf("%u of %u pairs of state and event were driven, and %u that are alarms", driven, all, alarms);
    printf(is_at_binanceus ? "; %u cannot be at this venue\n" : "\n", cannot);
    for (int state = 0; state < STATE_COUNT; state++)
        for (int event = 0; event < EVENT_COUNT; event++)
            if (__real_state_next(state, event) == STATE_ALARM && pairs[state][event])
                printf(" an alarm: %s %s\n", state_name(state), state_event_name(event));
    print_list(pairs, "not met", false, is_at_binanceus);
    if (is_at_binanceus)
        print_list(pairs, "cannot be (tests/support/order_pairs.c says why)", true, true);
    *ret_missed = missed;
    return is_good;
}

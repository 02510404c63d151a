/* protection.h: how much of a position open stops would close, and who holds them. [engine] */
#ifndef SESSION_PROTECTION_H
#define SESSION_PROTECTION_H

#include "engine/engine.h"

struct protection {
    int64_t held;    /* units: above 0 long, below 0 short */
    int64_t stopped; /* units that stops would close, at most; may be more than is held */
    int64_t
        in_host;    /* of them: units of which the host holds the stop: nothing of it is there while the host is down */
    int64_t stop;   /* price units: of the stop that the market reaches first */
    int64_t limit;  /* of that, where it has one */
    int64_t target; /* of the first target of an entry; by the host, or an order */
    bool has_leg;   /* an entry was given a stop for some of it */
    bool is_limit;  /* that stop has a limit: the market may jump over it without a fill */
    bool has_target;
    bool target_in_host;
};

/* What is there while the host is down: "native", stops at the venue for all that is held; "part", for a part of it; "host", none there, and
 * the host holds some; "nothing". */
const char *protection_down(const struct protection *protection);

/* Of a book; of an account what no strategy holds (`by_hand`), or all of it. A stop of which nobody knows whether it is there counts as
 * none. */
struct protection protection_of(struct engine *engine, const struct position *position, bool by_hand);

#endif

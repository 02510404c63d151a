/* protection.h: how much of a position open stops would close, and who holds them. [engine] */
#ifndef SESSION_PROTECTION_H
#define SESSION_PROTECTION_H

#include "engine/engine.h"

struct protection {
    int64_t held;    /* units: above 0 long, below 0 short */
    int64_t stopped; /* units that stops would close, at most; may be more than is held */
    int64_t stop;    /* price units: of the stop that the market reaches first */
    bool has_leg;    /* some are stops that an entry was given */
    bool in_host;    /* some are held by the host, and are not there while it is down */
    bool is_limit;   /* some are stop limits: they may be passed over without a fill */
};

/* Of a book; of an account what no strategy holds (`by_hand`), or all of it. A stop of which nobody knows whether it is there counts as
 * none. */
struct protection protection_of(struct engine *engine, const struct position *position, bool by_hand);

#endif

/* booked.h: fills that venues said, with what they did to the books: so that they can be taken back, corrected, or replaced.
 *
 * Invariants
 * - A correction leaves what there would be without the fill, or with the fill as it is now: quantity, money and fees to the last
 *   unit. The cost of a position too while nothing of it was closed since; else the difference is realised.
 * - Known are the last BOOKED_MAX fills of venues, the corrections of BUSTS_MAX, and at most BUSTS_WAITING_MAX of fills that have not
 *   come yet. A simulator's fills are not among them: it takes nothing back. */
#ifndef ENGINE_BOOKED_H
#define ENGINE_BOOKED_H

#include <outcry/event.h>
#include <stdbool.h>

#include "base/checked.h"
#include "base/fill_key.h"
#include "engine/portfolio.h"

enum { BOOKED_MAX = 4096, BUSTS_MAX = 4096, BUSTS_WAITING_MAX = 256 };

struct booked {
    struct booked *next; /* of an order's inferred ones */
    struct fill_key key;
    uint64_t order; /* 0: of none */
    uint32_t account;
    uint32_t strategy;
    struct portfolio_trade trade;
    oc_i128 value; /* money of the trade */
    oc_i128 sum;   /* what it adds to order.filled_sum */
    struct position_effect effects[2];
};

struct booked_fills {
    struct booked *ring; /* owned, as all below; the oldest at `first` once it is full */
    uint32_t first;
    uint32_t count;
    uint32_t room;
    uint32_t bust_first;
    uint64_t *busts; /* hashes of corrections that have acted: a ring */
    uint32_t bust_count;
    uint32_t waiting_count;
    struct oc_ev_bust *waiting; /* corrections of fills that have not come, the oldest first */
};

void booked_release(struct booked_fills *fills);
/* Room for one more: what follows does not allocate. OC_E_NOMEM. */
CHECKED oc_rc booked_room(struct booked_fills *fills);
void booked_put(struct booked_fills *fills, const struct booked *booked);
/* NULL: not among the last ones. Borrowed until the next is put. */
struct booked *booked_find(struct booked_fills *fills, struct fill_key key);
/* Whether this correction has not acted yet. Makes room for it: OC_E_NOMEM. */
CHECKED oc_rc booked_bust_is_new(struct booked_fills *fills, uint64_t hash, bool *ret_is_new);
/* After booked_bust_is_new, once it has. */
void booked_bust_remember(struct booked_fills *fills, uint64_t hash);
/* Keeps one until its fill comes. 1: the oldest has gone for it. OC_E_NOMEM. */
CHECKED oc_rc booked_wait(struct booked_fills *fills, const struct oc_ev_bust *bust);
/* Its fill has come: the correction at this place is waited for no longer. */
void booked_take(struct booked_fills *fills, uint32_t at, struct oc_ev_bust *ret_bust);

/* Money of so many units at a price, or as it is said. */
CHECKED oc_rc booked_value(const struct instrument *instrument, const struct position_trade *trade, oc_i128 *ret_value);
/* The fill is this from now on; qty 0: there was none. On failure nothing changes. */
CHECKED oc_rc booked_correct(struct portfolio *portfolio, const struct instrument *instrument, struct booked *booked,
                             const struct position_trade *now, oc_i128 fee);

#endif

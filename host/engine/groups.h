/* groups.h: protective groups: the stop loss and take profit that an entry order was given (ALGO-10).
 *
 * Invariants
 * - The host owns both legs. Where the venue cannot hold both at once one of them is held by the host (group_held.c): then never
 *   both are orders. Each is sized to the cumulative entry fill less what the legs have already closed; a fill
 *   of one leg reduces the other; the complete fill of one cancels the other.
 * - Legs are reduce-only. They stay when the strategy is suspended and go when its position in the instrument is flat. What
 *   the entry fills after that has legs of its own.
 * - A leg that is refused is told to the strategy and asked for again, with the prices, until it stands or nothing is left to protect:
 *   after GROUPS_RETRY_NS of the session's time, then after twice as long each time up to GROUPS_RETRY_MAX_NS, and each GROUPS_SAY_NS
 *   behind GROUPS_TRIES_MAX refusals in a row, or where the reason cannot pass by itself. It is an alarm once a reason, and again each
 *   GROUPS_SAY_NS. So is the change of its size, and its cancel, but that these are not told.
 * - A fill of the entry counts as what it made of the position, as it reads: without what a fee in base took, and with dust that it
 *   joined. What is smaller than the venue's smallest order is not protected: that is an alarm, once, until it has grown.
 * - Excess that reached the wrong side because both legs filled at once is flattened by a market order and counted. */
#ifndef ENGINE_GROUPS_H
#define ENGINE_GROUPS_H

#include <outcry/order.h>
#include <stdbool.h>

#include "base/checked.h"
#include "engine/group_index.h"
#include "engine/limits.h"

struct engine;
struct order;
struct oc_ev_fill;

#define GROUPS_RETRY_NS     1000000000LL
#define GROUPS_RETRY_MAX_NS (60 * GROUPS_RETRY_NS)
#define GROUPS_SAY_NS       (3600 * GROUPS_RETRY_NS)
#define GROUPS_REST_NS                                                                                                 \
    (3 * GROUPS_RETRY_NS)               /* so long a target that the host held may rest before its stop goes back */
#define GROUPS_TRAIL_NS GROUPS_RETRY_NS /* a stop that follows the market is moved no more often */
#define GROUPS_MOVE_NS  (10 * GROUPS_RETRY_NS) /* the same where it is taken back for that */
enum { GROUPS_TRIES_MAX = 64 };
enum { GROUPS_TOLD_MAX = ENGINE_ORDERS_CLOSED_KEPT }; /* an order that is forgotten cannot be told */

struct group_again { /* what is refused of a leg, until it stands */
    int64_t next_ns; /* it is not asked for before */
    int64_t said_ns; /* of the last alarm */
    uint64_t reason; /* of that: a hash of its words; 0: there was none */
    uint32_t tries;  /* refused in a row */
    uint32_t zero;
};

enum {                    /* the phase of a group; of which the host holds no leg: RESTS, YIELDS, MOVES */
       GROUP_RESTS = 0,   /* what is not the host's is, or is to be, an order at the venue */
       GROUP_ACTS = 1,    /* the market has touched the host's leg: the other is taken back, then this one is sent */
       GROUP_RETURNS = 2, /* it did not close all: the other one goes back */
       GROUP_YIELDS = 3,  /* on spot: its legs are taken back, for what they lock is being closed at market */
       GROUP_LEFT = 4,    /* a person took all of it back: nothing is asked for until its entry fills on */
       GROUP_MOVES = 5    /* its stop is taken back, and set anew when that has ended: the venue does not change it */
};

enum {
    GROUP_TRAIL_NONE = 0,
    GROUP_TRAIL_UNITS = 1,
    GROUP_TRAIL_PPM = 2
}; /* how a stop follows: OC_RQ_HAS_TRAIL, ..._PPM */

struct group {
    uint64_t id;         /* 0: free slot */
    uint64_t entry;      /* order */
    uint64_t stop_order; /* 0: none now */
    uint64_t target_order;
    int64_t stop_loss;
    int64_t take_profit;
    int64_t entered;    /* units filled of the entry */
    int64_t exited;     /* units closed by the legs */
    int64_t trail;      /* group_trail.c: how far the stop stays behind, by trail_kind */
    int64_t activation; /* where is_trailing is not set: the price from which it follows */
    int64_t best;       /* with has_best: what it is measured from */
    int64_t since_ns;   /* of the first fill of the entry */
    int64_t trail_ns;   /* the stop is not moved before */
    uint32_t inst;
    uint32_t account;
    uint32_t strategy;
    uint8_t side; /* of the entry */
    uint8_t has_stop;
    uint8_t has_target;
    uint8_t is_closing;
    uint8_t is_small; /* GROUP_...: legs that are too small to be asked for */
    uint8_t phase;    /* GROUP_RESTS... */
    uint8_t trail_kind;
    uint8_t is_trailing;
    uint8_t has_best;
    uint8_t is_oco; /* group_oco.c: entered is what one of its orders is, exited what all have traded; it has no legs */
    uint8_t zero[2];
    struct group_again stop_again, target_again;
    char tag[OC_TAG_MAX];
};

enum { GROUP_STOP_IS_SMALL = 1, GROUP_TARGET_IS_SMALL = 2, GROUP_ALL_IS_SMALL = 4 };

struct groups {
    struct group *list;
    uint32_t count; /* slots in use or free */
    uint32_t room;
    uint32_t live;
    uint32_t trailing; /* live ones whose stop follows the market */
    bool holds;        /* of some account the host holds what its venue does not */
    struct group_index index;
    uint32_t told_count, told_room;
    uint64_t *told;   /* orders refused by this input, for groups_tell; owned */
    int64_t retry_ns; /* with a price from then on refused legs are looked at again; 0: none is */
    int64_t due_ns;   /* without one: of accounts for which the host holds what their venue does not; 0: none is */
    uint64_t flattened;
};

void groups_release(struct groups *groups);
/* The list was read from a checkpoint. False: no memory. */
bool groups_index(struct groups *groups);
/* An entry with protection was staged: gives the group its id. OC_E_LIMIT, OC_E_NOMEM. */
CHECKED oc_rc groups_open(struct engine *engine, struct oc_request *entry);
/* The entry was dropped before it left: the group goes with it. 0: nothing. */
void groups_drop(struct engine *engine, uint64_t id);
/* A recorded request of a leg or an entry, as a fact. */
void groups_restore_request(struct engine *engine, const struct oc_request *request);
/* After a fill of any order was booked: sizes, places, amends or cancels legs (inside a batch of the host). */
void groups_fill(struct engine *engine, const struct order *order, const struct oc_ev_fill *fill);
/* What was inferred of an order gives way to a fill, which follows: the position was so much larger by it, and so much had traded. */
void groups_unfill(struct engine *engine, const struct order *order, int64_t grown, int64_t qty);
/* After an order became final. */
void groups_final(struct engine *engine, const struct order *order);
/* The stop order of a group; 0: it has none. */
uint64_t groups_stop_of(const struct groups *groups, uint64_t id);
/* This order was denied after its callback had returned: told with the next input. 0 is none. Beyond GROUPS_TOLD_MAX, or
 * without memory, it is an alarm instead. */
void groups_to_tell(struct engine *engine, uint64_t order);
/* After the input was told to its strategy: tells it of legs that were refused. */
void groups_tell(struct engine *engine);
/* With a timer of no strategy, as groups_next_ns said: the same without a price. In a restart, too. */
void groups_due(struct engine *engine);
/* With a price: asks again for what was refused of legs, when it is time. */
void groups_retry(struct engine *engine);
/* Of an order: something about it was refused here, now or in a record. A leg is looked at again when it is time. */
void groups_denied(struct engine *engine, const struct order *order);
/* Of an order: its venue refused it, its change or its cancel. */
void groups_refused(struct engine *engine, const struct order *order, uint16_t answer);
/* Of an order that is open: its venue has said its terms. What its entry has filled while a leg was amended is protected now. */
void groups_stands(struct engine *engine, const struct order *order);
/* An instrument has other terms: what it refused of legs it may take now. */
void groups_terms_changed(struct engine *engine, uint32_t inst);

/* group_again.c, of groups alone */
/* Refused legs are looked at again with a price from this time on, or before. */
void groups_wake(struct engine *engine, int64_t at_ns);
/* The same of one group; where the host may hold a leg of it, without a price. A restart comes to the same times. */
void group_wake(struct engine *engine, const struct group *group, int64_t at_ns);
struct group_again *group_again_of(struct group *group, uint8_t role);
/* Whether a leg may be asked for now; if not, it is looked at again when it may. */
bool group_again_is_due(struct engine *engine, struct group *group, uint8_t role);
/* It was refused, or came to nothing. `words`: of the alarm, NULL: it is none. */
void group_again_after(struct engine *engine, struct group *group, uint8_t role, const struct order *leg,
                       const char *reason, const char *words);

/* groups.c, for group_held.c */
bool group_leg_is_gone(const struct engine *engine, uint64_t leg);
/* There is no such leg yet, or no more. `acts`: as the order that a leg of the host becomes when the market touches it. */
bool group_leg_place(struct engine *engine, struct group *group, uint8_t role, int64_t qty, bool acts);
/* Brings one leg to `qty` open units: placed, amended or canceled. */
void group_leg_size(struct engine *engine, struct group *group, uint8_t role, int64_t qty);
struct group *group_of(const struct engine *engine, const struct order *leg); /* NULL: it is no leg */
uint64_t *group_leg_of(struct group *group, uint8_t role);
struct group *group_find(const struct groups *groups, uint64_t id);
/* A new one of this number, all else 0; NULL: no room. */
struct group *group_add(struct groups *groups, uint64_t id, uint32_t inst);
/* The group of an entry. OC_E_LIMIT. */
CHECKED oc_rc group_make(struct groups *groups, const struct oc_request *entry);
/* group_oco.c. Of a request with OC_LINK_OCO and no role, whose parent is the order that it cancels, and is canceled by: why not; NULL: it may. */
const char *oco_refuses(const struct engine *engine, const struct oc_request *request);
/* It becomes one of their group, now or in a record. OC_E_LIMIT. */
CHECKED oc_rc oco_join(struct engine *engine, struct oc_request *request);
/* The youngest of them was dropped before it left. False: no two are left, and none is tied any more. */
bool oco_stays(struct engine *engine, struct group *group);
bool oco_needs_work(const struct engine *engine, const struct group *group);
/* What one has traded is taken from the others. */
void oco_work(struct engine *engine, struct group *group);
/* Its venue refused a change or cancel of one of them: what is not made smaller goes; what does not go is asked for again, later. */
void oco_refused(struct engine *engine, const struct group *group, const struct order *order, uint16_t answer);
/* No order of it is open. */
bool oco_is_over(const struct engine *engine, const struct group *group);
/* In a batch of the host, of a group whose leg of the role `held` is the host's: whatever is to be done now. */
void group_held_work(struct engine *engine, struct group *group, uint8_t held);
/* With a price: whether there is something to be done now. The leg that the host holds (OC_ROLE_NONE: neither) acts where the market
 * touches it. */
bool group_moves(struct engine *engine, struct group *group, uint8_t held);
/* The leg that the host holds of a group, OC_ROLE_...; NONE: both are orders, or there is one. */
uint8_t group_held(const struct engine *engine, const struct group *group);
/* After a price of an instrument, where groups_follow. */
void groups_touch(struct engine *engine, const struct oc_event *event);
/* The price by which a stop of the group goes: of the last trade; without trades that at which what it protects can be closed. */
bool group_stop_price(const struct engine *engine, const struct group *group, int64_t *ret_price);
/* In a batch: what is held there is to be closed at market. Where legs lock it, they are taken back for that. */
void groups_yield(struct engine *engine, const struct oc_request *closing);
/* This leg is taken back with all that protects: the one that the host holds goes with it. True: there is one, and the cancel says so by
 * OC_ROLE_END. */
bool groups_let_go(struct engine *engine, const struct order *leg);
/* Whether the book that a group protects is being closed. */
bool group_is_closed_for(const struct engine *engine, const struct group *group);
/* Of an entry with protection: why its account's venue does not hold it as it is asked to; NULL: it does. */
const char *protect_refuses(const struct engine *engine, const struct oc_request *entry);
/* When something of groups is due without a price: where the host holds legs. INT64_MAX: nothing is. */
static inline int64_t groups_next_ns(const struct groups *groups)
{
    return groups->due_ns ? groups->due_ns : INT64_MAX;
}
/* Whether a price may move something: the host holds legs, or a stop follows the market. */
static inline bool groups_follow(const struct groups *groups)
{
    return (groups->holds && groups->live) || groups->trailing;
}

/* group_trail.c. The stop of a group as its entry asked for it. */
void group_trail_set(struct group *group, const struct oc_request *entry);
/* After a price of its instrument. True: its stop is to be moved now. */
bool group_trail(struct engine *engine, struct group *group, const struct oc_event *event);
bool group_trail_is_due(struct engine *engine, const struct group *group);
/* Whether this leg stands farther from the market than the group's stop_loss. A person may have moved it nearer: there it stays. */
bool group_trail_moves(const struct group *group, const struct order *leg);
/* Of a stop that is to be moved: it is taken back instead, for its venue does not change it. */
bool group_trail_takes_back(const struct engine *engine, const struct order *leg);
/* That was asked for, now or in a record. */
void group_trail_taken_back(struct engine *engine, struct group *group);
/* Phase MOVES: whether what was taken back is over, with all that it has filled, so that the stop can be set anew. */
bool group_trail_is_free(const struct engine *engine, const struct group *group);
/* Whether this would move a stop away from the market that follows it. */
bool group_trail_forbids(const struct engine *engine, const struct order *leg, const struct oc_request *amend);
/* An amendment of an order was asked for, now or in a record; `bits`: its own. */
void group_trail_asked(const struct engine *engine, const struct order *leg, uint32_t bits);

#endif

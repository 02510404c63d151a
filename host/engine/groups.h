/* groups.h: protective groups: the stop loss and take profit that an entry order was given (ALGO-10).
 *
 * Invariants
 * - The host owns both legs. Each is sized to the cumulative entry fill less what the legs have already closed; a fill
 *   of one leg reduces the other; the complete fill of one cancels the other.
 * - Legs are reduce-only. They stay when the strategy is suspended and go when its position in the instrument is flat. What
 *   the entry fills after that has legs of its own.
 * - A leg that is refused is told to the strategy, counted as an alarm, and asked for again each GROUPS_RETRY_NS of the
 *   session's time, with the prices, until it stands or nothing is left to protect; so is the change of its size, and its
 *   cancel, but that these are alarms only.
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

#define GROUPS_RETRY_NS 1000000000LL
enum { GROUPS_TOLD_MAX = ENGINE_ORDERS_CLOSED_KEPT }; /* an order that is forgotten cannot be told */

struct group {
    uint64_t id;         /* 0: free slot */
    uint64_t entry;      /* order */
    uint64_t stop_order; /* 0: none now */
    uint64_t target_order;
    int64_t stop_loss;
    int64_t take_profit;
    int64_t entered; /* units filled of the entry */
    int64_t exited;  /* units closed by the legs */
    uint32_t inst;
    uint32_t account;
    uint32_t strategy;
    uint8_t side; /* of the entry */
    uint8_t has_stop;
    uint8_t has_target;
    uint8_t is_closing;
    uint8_t is_small; /* GROUP_...: legs that are too small to be asked for */
    char tag[OC_TAG_MAX];
};

enum { GROUP_STOP_IS_SMALL = 1, GROUP_TARGET_IS_SMALL = 2, GROUP_ALL_IS_SMALL = 4 };

struct groups {
    struct group *list;
    uint32_t count; /* slots in use or free */
    uint32_t room;
    uint32_t live;
    struct group_index index;
    uint32_t told_count, told_room;
    uint64_t *told;   /* orders refused by this input, for groups_tell; owned */
    int64_t retry_ns; /* when refused legs are asked for again; 0: none is */
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
/* After an order became final. */
void groups_final(struct engine *engine, const struct order *order);
/* The stop order of a group; 0: it has none. */
uint64_t groups_stop_of(const struct groups *groups, uint64_t id);
/* This order was denied after its callback had returned: told with the next input. 0 is none. Beyond GROUPS_TOLD_MAX, or
 * without memory, it is an alarm instead. */
void groups_to_tell(struct engine *engine, uint64_t order);
/* After the input was told to its strategy: tells it of legs that were refused. */
void groups_tell(struct engine *engine);
/* With a price: asks again for what was refused of legs, when it is time. */
void groups_retry(struct engine *engine);
/* Of an order: something about it was refused, now or in a record. A leg is looked at again when it is time. */
void groups_denied(struct engine *engine, const struct order *order);

#endif

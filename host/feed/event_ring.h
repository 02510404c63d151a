/* event_ring.h: the inbound ring of one connector or data plugin: the host's side of the feed service.
 *
 * Invariants
 * - commit only queues: nothing is delivered before the plugin's own call has returned.
 * - An event is zeroed room first, and leaves as it was committed; the feed writes only
 * head.source.
 * - Market events leave room for answers: they are told OC_E_FULL while FEED_ANSWER_ROOM or less
 *   would remain, so that an order's answer or fill finds a place when quotes flood the ring.
 * - One writer (the plugin's part) and one reader (the door's); they may be one thread or two. */
#ifndef FEED_EVENT_RING_H
#define FEED_EVENT_RING_H

#include "base/checked.h"
#include "base/ring.h"

#include <outcry/services.h>

enum {
    FEED_SIZE_MIN = 1 << 18,
    FEED_ANSWER_ROOM = 1 << 16 /* bytes kept for answers and fills */
};

struct feed {
    struct ring ring;
    uint32_t source;       /* what head.source becomes where the plugin left 0 */
    struct oc_event *open; /* reserved, not yet committed */
    uint32_t open_size;
    uint64_t committed; /* events queued */
    uint64_t full;      /* times OC_E_FULL was said */
    uint64_t malformed; /* commits refused: wrong size or type */
};

/* `size` in bytes of the ring, at least FEED_SIZE_MIN. OC_E_INVALID, OC_E_NOMEM. [setup] */
CHECKED oc_rc feed_init(struct feed *feed, size_t size, uint32_t source);
void feed_release(struct feed *feed);

/* Zeroed room for an event of `size` bytes (48 to OC_EVENT_MAX, a multiple of 8), borrowed until
 * the commit. A second reserve replaces the first. OC_E_INVALID, OC_E_FULL. [io] */
CHECKED oc_rc feed_reserve(struct feed *feed, uint32_t size, struct oc_event **ret_event);

/* Queues what was reserved. The event's size may have shrunk. OC_E_STATE: nothing was reserved.
 * OC_E_DATA: its size or type is impossible, it is dropped and counted. OC_E_FULL as above. [io] */
CHECKED oc_rc feed_commit(struct feed *feed, struct oc_event *event);

/* The oldest event, borrowed until feed_drop; NULL when empty. [reader] */
const struct oc_event *feed_first(struct feed *feed);
void feed_drop(struct feed *feed);

#endif

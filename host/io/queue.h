/* queue.h: events that a connector has said and nobody has taken: whole calls only.
 *
 * Invariants
 * - What is added behind a mark goes when the call fails, as if it had never been said.
 * - Grows up to QUEUE_MAX bytes; within one call no further than the room that the host gave it, so that a call that says more is
 *   made again with more. */
#ifndef IO_QUEUE_H
#define IO_QUEUE_H

#include "base/checked.h"

#include <outcry/event.h>
#include <stdbool.h>
#include <stddef.h>

#define QUEUE_MAX ((size_t)256 << 20)

struct queue {
    char *bytes; /* owned */
    size_t room;
    size_t first; /* of the oldest event */
    size_t said;  /* end of the events of whole calls */
    size_t end;   /* end of those of the running call */
    size_t call_room;
    struct oc_event *open; /* reserved, not yet committed; moves with `bytes` */
    uint32_t open_size;
    uint32_t zero;
    uint64_t committed; /* ever, of whole calls */
    uint64_t malformed;
    uint64_t count; /* of the running call */
};

void queue_init(struct queue *queue);
void queue_release(struct queue *queue);
/* A call may say so many bytes. */
void queue_begin(struct queue *queue, size_t room);
/* Zeroed room for an event of `size` bytes, borrowed until the commit; a second reserve replaces the first. OC_E_INVALID, OC_E_FULL: more
 * than the call's room, OC_E_LIMIT: more than any, OC_E_NOMEM. */
CHECKED oc_rc queue_reserve(struct queue *queue, uint32_t size, struct oc_event **ret_event);
/* OC_E_STATE: nothing was reserved. OC_E_DATA: an impossible size or type; dropped and counted. */
CHECKED oc_rc queue_commit(struct queue *queue, struct oc_event *event);
/* The host's own word, within a call or not. */
CHECKED oc_rc queue_add(struct queue *queue, const struct oc_event *event);
/* The call is over: what it said stands, or goes. */
void queue_end(struct queue *queue, bool stands);
/* The events of the running call: NULL ends. `after` NULL: the first. */
const struct oc_event *queue_called(const struct queue *queue, const struct oc_event *after);
/* The oldest, borrowed until queue_drop; NULL: none. */
const struct oc_event *queue_first(const struct queue *queue);
void queue_drop(struct queue *queue);

#endif

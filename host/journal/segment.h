/* segment.h: one file of a stream: made, begun, released.
 *
 * Invariants: a prepared segment is all zero. A begun one has its head, whose magic is stored last:
 * a head is whole or absent.
 */
#ifndef JOURNAL_SEGMENT_H
#define JOURNAL_SEGMENT_H

#include "journal/format.h"

#include "base/checked.h"

struct segment {
    uint8_t *data; /* NULL: none */
    size_t size;
    int fd; /* -1: memory only */
    uint32_t index;
};

/* "orders-000000.oj" into JOURNAL_NAME_MAX bytes. */
void segment_name(char *name, enum journal_stream stream, uint32_t index);
/* True when `name` is one of a segment. */
bool segment_parse(const char *name, enum journal_stream *ret_stream, uint32_t *ret_index);
/* [any] Makes the file, its space reserved and durable, and maps it. With `prewrite` it is written
 * once, so that a sync of a record has no blocks to allot. Owned: segment_release. */
CHECKED oc_rc segment_create(const char *dir, enum journal_stream stream, uint32_t index, size_t size, bool prewrite,
                             struct segment *ret_segment);
/* A recycled buffer instead of a file. */
CHECKED oc_rc segment_in_memory(size_t size, struct segment *ret_segment);
void segment_release(struct segment *segment);
/* Stores the head; `head->check` is filled in here. */
void segment_begin(struct segment *segment, struct journal_segment_head *head);

static inline struct journal_segment_live *segment_live(const struct segment *segment)
{
    return (struct journal_segment_live *)(segment->data + JOURNAL_LIVE_OFFSET);
}

#endif

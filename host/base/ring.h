/* ring.h: records of varying size between one writer and one reader.
 *
 * Invariants
 *   - A record lies in one piece, aligned to 8; what does not fit before the end of the buffer is
 * skipped.
 *   - The writer sees only ring_reserve/ring_commit, the reader only ring_peek/ring_release. Each
 * side is one thread (or both are the same one). No side waits: full and empty are answers.
 *   - reserve without commit leaves no trace; a second reserve replaces the first.
 */
#ifndef BASE_RING_H
#define BASE_RING_H

#include <outcry/abi.h>

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"

enum { RING_SIZE_MIN = 64, RING_SIZE_MAX = 1 << 30 };

struct ring {
    uint8_t *data;
    uint64_t size; /* a power of two */
    uint8_t pad_0[48];
    /* the writer's line */
    uint64_t write_at;  /* where the next record goes, counted from the start of time */
    uint64_t read_seen; /* the reader's place as last looked up */
    uint64_t reserved_at;
    uint32_t reserved_size;
    uint8_t pad_1[36];
    _Atomic uint64_t head; /* published by the writer */
    uint8_t pad_2[56];
    /* the reader's line */
    _Atomic uint64_t tail; /* published by the reader */
    uint64_t read_at;
};

/* [setup] `size` is rounded up to a power of two. The largest record is half of it less 8. Release
 * with ring_release_all. */
CHECKED oc_rc ring_init(struct ring *ring, size_t size);
void ring_release_all(struct ring *ring);
/* [writer] `size` > 0 bytes to fill, uninitialised. OC_E_FULL: drain first. OC_E_LIMIT: can never
 * fit. Borrowed until commit. */
CHECKED oc_rc ring_reserve(struct ring *ring, uint32_t size, void **ret_data);
/* [writer] Publishes the first `size` bytes of what was reserved (0 < size <= reserved). */
void ring_commit(struct ring *ring, uint32_t size);
/* [reader] The oldest record, or NULL when empty. Borrowed until ring_release. */
void *ring_peek(struct ring *ring, uint32_t *ret_size);
/* [reader] Gives the record of the last ring_peek back. */
void ring_release(struct ring *ring);

#endif

/* arena.h: many small allocations given back at once, up to a maximum.
 *
 * Invariants: blocks are zeroed and aligned to 16; arena_reset keeps the memory, so a loop that
 * resets allocates only once; the sum of all chunks never exceeds `max`.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <outcry/abi.h>

#include <stddef.h>
#include <stdint.h>

struct arena_chunk;

struct arena {
    struct arena_chunk *first;
    struct arena_chunk *now; /* where the next block comes from */
    size_t chunk_size;
    size_t total; /* bytes taken from the system */
    size_t max;
    size_t used; /* bytes given out since the last reset */
};

/* [setup] Nothing is taken before the first block. Release with arena_release. */
void arena_init(struct arena *arena, size_t chunk_size, size_t max);
void arena_release(struct arena *arena);
/* Borrowed until arena_reset or arena_release. NULL: the maximum or the memory is exhausted. */
void *arena_alloc(struct arena *arena, size_t size);
/* A terminated copy; NULL as above. */
char *arena_copy_text(struct arena *arena, const char *text, size_t length);
void arena_reset(struct arena *arena);

#endif

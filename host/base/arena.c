/* arena.c: a list of chunks, walked again after each reset. */
#include "base/arena.h"

#include "base/env.h"

#include <string.h>

enum { ALIGN = 16 };

struct arena_chunk {
    struct arena_chunk *next;
    size_t size; /* of data */
    size_t used;
    size_t zero; /* keeps data aligned to 16 */
    uint8_t data[];
};

void arena_init(struct arena *arena, size_t chunk_size, size_t max)
{
    *arena = (struct arena){.chunk_size = chunk_size < ALIGN ? ALIGN : chunk_size, .max = max};
}

void arena_release(struct arena *arena)
{
    struct arena_chunk *chunk = arena->first;
    while (chunk) {
        struct arena_chunk *next = chunk->next;
        env_free(chunk);
        chunk = next;
    }
    arena_init(arena, arena->chunk_size, arena->max);
}

static struct arena_chunk *add_chunk(struct arena *arena, size_t size)
{
    size_t wanted = size > arena->chunk_size ? size : arena->chunk_size;
    size_t left = arena->max - arena->total;
    if (left < sizeof(struct arena_chunk) || size > left - sizeof(struct arena_chunk))
        return NULL;
    if (wanted > left - sizeof(struct arena_chunk))
        wanted = left - sizeof(struct arena_chunk);
    struct arena_chunk *chunk = env_alloc(sizeof *chunk + wanted);
    if (!chunk)
        return NULL;
    chunk->size = wanted;
    arena->total += sizeof *chunk + wanted;
    if (arena->now) {
        chunk->next = arena->now->next;
        arena->now->next = chunk;
    } else {
        arena->first = chunk;
    }
    return chunk;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    if (size > arena->max)
        return NULL;
    size = size ? (size + ALIGN - 1) & ~(size_t)(ALIGN - 1) : ALIGN;
    while (!arena->now || arena->now->size - arena->now->used < size) {
        struct arena_chunk *next = arena->now ? arena->now->next : arena->first;
        if (!next || next->size < size)
            next = add_chunk(arena, size);
        if (!next)
            return NULL;
        arena->now = next;
    }
    struct arena_chunk *chunk = arena->now;
    void *data = chunk->data + chunk->used;
    chunk->used += size;
    arena->used += size;
    memset(data, 0, size);
    return data;
}

char *arena_copy_text(struct arena *arena, const char *text, size_t length)
{
    char *copy = length < SIZE_MAX ? arena_alloc(arena, length + 1) : NULL;
    if (copy)
        memcpy(copy, text, length);
    return copy;
}

void arena_reset(struct arena *arena)
{
    for (struct arena_chunk *chunk = arena->first; chunk; chunk = chunk->next)
        chunk->used = 0;
    arena->now = arena->first;
    arena->used = 0;
}

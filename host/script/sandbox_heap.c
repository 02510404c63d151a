/* sandbox_heap.c: a capped heap of the sandbox's own: size classes cut from chunks, larger blocks
 * singly. Chunks go back when the sandbox is freed; Lua tells the size of what it frees, so small
 * blocks need no head. */
#include "script/sandbox_state.h"

#include "base/env.h"

#include <string.h>

enum { TEXT_HEAD_BYTES = 25 }; /* what Lua 5.4 asks for beside the bytes of a text; a test holds it */

struct heap_free {
    struct heap_free *next;
};

struct heap_big {
    struct heap_big *next;
    struct heap_big *prev;
    size_t size;
    size_t pad; /* keeps what follows on 16 bytes */
};

static size_t rounded(size_t size) { return (size + HEAP_CLASS_STEP - 1) & ~(size_t)(HEAP_CLASS_STEP - 1); }

static size_t class_of(size_t size) { return (size - 1) / HEAP_CLASS_STEP; }

static void link_in(struct heap_big **list, struct heap_big *big)
{
    big->prev = NULL;
    big->next = *list;
    if (*list)
        (*list)->prev = big;
    *list = big;
}

/* Twice-rounded classes may strand memory in free lists, so what is taken from the system has a
 * limit of its own. */
static bool footprint_allows(const struct sandbox *sandbox, size_t more)
{
    size_t max = sandbox->limits.heap_max_bytes;
    return sandbox->heap.footprint + more <= max + max / 2 + HEAP_HOST_RESERVE;
}

static struct heap_big *from_system(struct sandbox *sandbox, struct heap_big **list, size_t size)
{
    size_t whole = size + sizeof(struct heap_big);
    if (!footprint_allows(sandbox, whole))
        return NULL;
    struct heap_big *big = env_alloc(whole);
    if (!big)
        return NULL;
    big->size = whole;
    link_in(list, big);
    sandbox->heap.footprint += whole;
    return big;
}

static void *take_small(struct sandbox *sandbox, size_t size)
{
    struct heap *heap = &sandbox->heap;
    struct heap_free **list = &heap->free[class_of(size)];
    if (*list) {
        struct heap_free *block = *list;
        *list = block->next;
        return block;
    }
    size_t need = rounded(size);
    if (heap->chunk_left < need) {
        struct heap_big *chunk = from_system(sandbox, &heap->chunks, HEAP_CHUNK_BYTES);
        if (!chunk)
            return NULL;
        if (heap->chunk_left) { /* the rest of the old one serves its own class */
            struct heap_free *rest = (struct heap_free *)(void *)heap->chunk_next;
            rest->next = heap->free[class_of(heap->chunk_left)];
            heap->free[class_of(heap->chunk_left)] = rest;
        }
        heap->chunk_next = (char *)(chunk + 1);
        heap->chunk_left = HEAP_CHUNK_BYTES;
    }
    void *block = heap->chunk_next;
    heap->chunk_next += need;
    heap->chunk_left -= need;
    return block;
}

static void *take(struct sandbox *sandbox, size_t size)
{
    if (size <= HEAP_SMALL_MAX)
        return take_small(sandbox, size);
    struct heap_big *big = from_system(sandbox, &sandbox->heap.bigs, rounded(size));
    return big ? big + 1 : NULL;
}

static void give_back(struct heap *heap, void *block, size_t size)
{
    if (size <= HEAP_SMALL_MAX) {
        struct heap_free *freed = block;
        freed->next = heap->free[class_of(size)];
        heap->free[class_of(size)] = freed;
        return;
    }
    struct heap_big *big = (struct heap_big *)block - 1;
    if (big->prev)
        big->prev->next = big->next;
    else
        heap->bigs = big->next;
    if (big->next)
        big->next->prev = big->prev;
    heap->footprint -= big->size;
    env_free(big);
}

static bool limit_allows(const struct sandbox *sandbox, size_t more)
{
    if (sandbox->limits.allocs_max && sandbox->heap.allocs > sandbox->limits.allocs_max)
        return false;
    size_t max = sandbox->limits.heap_max_bytes + (sandbox_is_running(sandbox) ? 0 : HEAP_HOST_RESERVE);
    return more <= max && sandbox->heap.used <= max - more;
}

/* Lua collects everything after the first refusal and asks again. The second one of the same
 * request is the end: a script that could catch it would go on at the edge of its heap, with a full
 * collection for each allocation. */
static void *refuse(struct sandbox *sandbox, void *block, size_t size)
{
    struct heap *heap = &sandbox->heap;
    if (sandbox_is_running(sandbox) && heap->refused_size == size && heap->refused_block == block) {
        error_capture(sandbox, sandbox->running, false);
        sandbox_stop_now(sandbox, STOP_MEMORY);
    }
    heap->refused_block = block;
    heap->refused_size = size;
    return NULL;
}

void *heap_alloc(void *arg, void *block, size_t old_size, size_t size)
{
    struct sandbox *sandbox = arg;
    struct heap *heap = &sandbox->heap;
    if (!block && old_size == LUA_TSTRING && size > SANDBOX_TEXT_MAX + TEXT_HEAD_BYTES) {
        sandbox->is_text_long = true;
        return refuse(sandbox, block, size);
    }
    if (!block)
        old_size = 0; /* Lua passes a type there */
    if (size == 0) {
        if (old_size) {
            heap->used -= rounded(old_size);
            give_back(heap, block, old_size);
        }
        return NULL;
    }
    size_t old_round = rounded(old_size);
    size_t round = rounded(size);
    if (size > old_size) {
        heap->allocs++;
        if (size > SIZE_MAX / 4 || !limit_allows(sandbox, round - old_round))
            return refuse(sandbox, block, size);
    }
    if (round == old_round)
        return block;
    void *fresh = take(sandbox, size);
    if (!fresh) {
        if (size > old_size)
            return refuse(sandbox, block, size);
        fresh = block; /* Lua relies on shrinking; a block that is too large serves as well */
    } else if (old_size) {
        memcpy(fresh, block, old_size < size ? old_size : size);
        give_back(heap, block, old_size);
    }
    heap->used = heap->used - old_round + round;
    heap->refused_size = 0;
    return fresh;
}

static void release_list(struct heap_big *list)
{
    while (list) {
        struct heap_big *next = list->next;
        env_free(list);
        list = next;
    }
}

void heap_release(struct heap *heap)
{
    release_list(heap->bigs);
    release_list(heap->chunks);
}

size_t sandbox_heap_bytes(const struct sandbox *sandbox) { return sandbox->heap.used; }

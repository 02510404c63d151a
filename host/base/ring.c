/* ring.c: see ring.h. A record is an 8-byte head {size, zero} and the bytes; a head with SKIP leads
 * to the buffer's start. */
#include "base/ring.h"

#include "base/env.h"

#include <string.h>

#define SKIP UINT32_MAX

enum { HEAD_SIZE = 8 };

static uint64_t span(uint32_t size) { return HEAD_SIZE + (((uint64_t)size + 7) & ~(uint64_t)7); }

oc_rc ring_init(struct ring *ring, size_t size)
{
    if (size > RING_SIZE_MAX)
        return OC_E_INVALID;
    uint64_t rounded = RING_SIZE_MIN;
    while (rounded < size)
        rounded *= 2;
    uint8_t *data = env_alloc(rounded);
    if (!data)
        return OC_E_NOMEM;
    memset(ring, 0, sizeof *ring);
    ring->data = data;
    ring->size = rounded;
    return OC_OK;
}

void ring_release_all(struct ring *ring)
{
    env_free(ring->data);
    memset(ring, 0, sizeof *ring);
}

static void put_head(struct ring *ring, uint64_t at, uint32_t size)
{
    memcpy(ring->data + (at & (ring->size - 1)), &size, sizeof size);
}

static uint32_t get_head(const struct ring *ring, uint64_t at)
{
    uint32_t size;
    memcpy(&size, ring->data + (at & (ring->size - 1)), sizeof size);
    return size;
}

oc_rc ring_reserve(struct ring *ring, uint32_t size, void **ret_data)
{
    uint64_t wanted = span(size);
    if (size == 0 || wanted > ring->size / 2)
        return OC_E_LIMIT;
    uint64_t place = ring->write_at & (ring->size - 1);
    uint64_t skipped = place + wanted > ring->size ? ring->size - place : 0;
    uint64_t until = ring->write_at + skipped + wanted;
    if (until - ring->read_seen > ring->size) {
        ring->read_seen = atomic_load_explicit(&ring->tail, memory_order_acquire);
        if (until - ring->read_seen > ring->size)
            return OC_E_FULL;
    }
    if (skipped > 0)
        put_head(ring, ring->write_at, SKIP);
    ring->reserved_at = ring->write_at + skipped;
    ring->reserved_size = size;
    *ret_data = ring->data + (ring->reserved_at & (ring->size - 1)) + HEAD_SIZE;
    return OC_OK;
}

void ring_commit(struct ring *ring, uint32_t size)
{
    if (size == 0 || size > ring->reserved_size)
        return;
    put_head(ring, ring->reserved_at, size);
    ring->write_at = ring->reserved_at + span(size);
    ring->reserved_size = 0;
    atomic_store_explicit(&ring->head, ring->write_at, memory_order_release);
}

void *ring_peek(struct ring *ring, uint32_t *ret_size)
{
    if (ring->read_at == atomic_load_explicit(&ring->head, memory_order_acquire))
        return NULL;
    uint32_t size = get_head(ring, ring->read_at);
    if (size == SKIP) {
        ring->read_at += ring->size - (ring->read_at & (ring->size - 1));
        size = get_head(ring, ring->read_at);
    }
    *ret_size = size;
    return ring->data + (ring->read_at & (ring->size - 1)) + HEAD_SIZE;
}

void ring_release(struct ring *ring)
{
    ring->read_at += span(get_head(ring, ring->read_at));
    atomic_store_explicit(&ring->tail, ring->read_at, memory_order_release);
}

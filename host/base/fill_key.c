#include "base/fill_key.h"

#include <string.h>

#include "base/hash.h"

/* For each size a hash of its own: most fills are hashed by this. */
static inline __attribute__((always_inline)) struct fill_key key_of(const void *bytes, size_t size)
{
    struct hash128 hash = hash128(bytes, size);
    struct fill_key key = {hash.low, hash.high};
    if (key.low == 0 && key.high == 0)
        key.low = 1; /* zero marks an empty slot */
    return key;
}

struct ours {
    uint64_t order;
    uint32_t source;
    uint32_t inst;
    uint64_t size;
    char trade_id[sizeof((struct oc_ev_fill *)0)->trade_id];
};

static inline __attribute__((always_inline)) struct ours bytes_of(const struct oc_ev_fill *fill, uint64_t order)
{
    struct ours bytes = {order, fill->head.source, OC_INST_INDEX(fill->head.inst), fill->trade_id_size, {0}};
    memcpy(bytes.trade_id, fill->trade_id,
           fill->trade_id_size <= sizeof bytes.trade_id ? fill->trade_id_size : sizeof bytes.trade_id);
    return bytes;
}

struct fill_key fill_key_of(const struct oc_ev_fill *fill, uint64_t order, const struct oc_id *venue_order)
{
    struct {
        struct ours fill;
        char venue_order[OC_ID_MAX + 1];
    } bytes = {bytes_of(fill, order), {0}};
    if (!venue_order)
        return key_of(&bytes.fill, sizeof bytes.fill);
    bytes.venue_order[OC_ID_MAX] = (char)venue_order->size;
    memcpy(bytes.venue_order, venue_order->text, venue_order->size <= OC_ID_MAX ? venue_order->size : OC_ID_MAX);
    return key_of(&bytes, sizeof bytes);
}

struct fill_key fill_key(const struct oc_ev_fill *fill)
{
    const struct oc_ev_venue_fill *whole = (const struct oc_ev_venue_fill *)(const void *)fill;
    if (__builtin_expect(fill->head.size >= sizeof *whole && whole->venue_order.size, 0))
        return fill_key_of(fill, 0, &whole->venue_order);
    const struct ours bytes = bytes_of(fill, fill->order);
    return key_of(&bytes, sizeof bytes);
}

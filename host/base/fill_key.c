#include "base/fill_key.h"

#include <stddef.h>
#include <string.h>

#include "base/hash.h"

static struct fill_key key_of(const void *bytes, size_t size)
{
    struct hash128 hash = hash128(bytes, size);
    struct fill_key key = {hash.low, hash.high};
    if (key.low == 0 && key.high == 0)
        key.low = 1; /* zero marks an empty slot */
    return key;
}

struct bytes {
    uint64_t order;
    uint32_t source;
    uint32_t inst;
    uint64_t size;
    char trade_id[sizeof((struct oc_ev_fill *)0)->trade_id];
    char venue_order[OC_ID_MAX + 1];
};

struct fill_key fill_key_of(const struct oc_ev_fill *fill, uint64_t order, const struct oc_id *venue_order)
{
    struct bytes bytes = {order, fill->head.source, OC_INST_INDEX(fill->head.inst), fill->trade_id_size, {0}, {0}};
    size_t size = fill->trade_id_size <= sizeof bytes.trade_id ? fill->trade_id_size : sizeof bytes.trade_id;
    memcpy(bytes.trade_id, fill->trade_id, size);
    if (!venue_order)
        return key_of(&bytes, offsetof(struct bytes, venue_order));
    bytes.order = 0;
    bytes.venue_order[OC_ID_MAX] = (char)venue_order->size;
    memcpy(bytes.venue_order, venue_order->text, venue_order->size <= OC_ID_MAX ? venue_order->size : OC_ID_MAX);
    return key_of(&bytes, sizeof bytes);
}

struct fill_key fill_key(const struct oc_ev_fill *fill)
{
    const struct oc_ev_venue_fill *whole = (const struct oc_ev_venue_fill *)(const void *)fill;
    const bool has_id = fill->head.size >= sizeof *whole && whole->venue_order.size;
    return fill_key_of(fill, fill->order, has_id ? &whole->venue_order : NULL);
}

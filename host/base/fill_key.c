#include "base/fill_key.h"

#include <string.h>

#include "base/hash.h"

struct fill_key fill_key(const struct oc_ev_fill *fill)
{
    struct {
        uint64_t order;
        uint32_t source;
        uint32_t inst;
        uint64_t size;
        char trade_id[sizeof fill->trade_id];
    } bytes = {fill->order, fill->head.source, OC_INST_INDEX(fill->head.inst), fill->trade_id_size, {0}};
    size_t size = fill->trade_id_size <= sizeof bytes.trade_id ? fill->trade_id_size : sizeof bytes.trade_id;
    memcpy(bytes.trade_id, fill->trade_id, size);
    struct hash128 hash = hash128(&bytes, sizeof bytes);
    struct fill_key key = {hash.low, hash.high};
    if (key.low == 0 && key.high == 0)
        key.low = 1; /* zero marks an empty slot */
    return key;
}

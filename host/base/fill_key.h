/* fill_key.h: what a fill is known by, for ever: the bytes of (account, instrument, order, trade id) as 16 bytes.
 *
 * Invariants: the instrument counts without its version. The order is the venue's id of it where the fill says one, for that is
 * the same however the fill is told and whether its order is still known; else ours. Never zero. The same on every machine and in
 * every version: files hold it. */
#ifndef BASE_FILL_KEY_H
#define BASE_FILL_KEY_H

#include <outcry/event.h>
#include <stdbool.h>

struct fill_key {
    uint64_t low;
    uint64_t high;
};

struct fill_key fill_key(const struct oc_ev_fill *fill);
/* The same under another name of its order: `order` of ours, or 0 and the venue's id. */
struct fill_key fill_key_of(const struct oc_ev_fill *fill, uint64_t order, const struct oc_id *venue_order);

static inline bool fill_key_is_equal(struct fill_key a, struct fill_key b)
{
    return a.low == b.low && a.high == b.high;
}
/* -1, 0, 1: by low, then by high. */
static inline int fill_key_compare(struct fill_key a, struct fill_key b)
{
    if (a.low != b.low)
        return a.low < b.low ? -1 : 1;
    return (a.high > b.high) - (a.high < b.high);
}

#endif

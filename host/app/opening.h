/* opening.h: what the opening balances were worth at the first price of each market.
 *
 * Invariants
 * - A market's first price is that of its first event in the traded time: a bar's open (its close, where the bar opened before
 *   that time), a trade's price, the middle of a quote.
 * - Balances that no first price leads to yet are left out of the value, so it moves once for each market that is needed. */
#ifndef APP_OPENING_H
#define APP_OPENING_H

#include "engine/portfolio.h"

struct opening {
    struct markets *markets;     /* first prices only */
    struct portfolio *portfolio; /* opening balances only */
    uint32_t account;
    uint32_t priced; /* markets whose first price is known */
    int64_t from_ns; /* when the traded time begins */
};

/* `base` is the currency of account. opening_release is due even on failure. */
oc_rc opening_init(struct opening *opening, struct instruments *instruments, uint32_t base, int64_t from_ns);
void opening_release(struct opening *opening);
oc_rc opening_add(struct opening *opening, uint32_t asset, struct oc_dec amount);
/* Whether the traded time has begun with this event: a bar that closes where it begins is still before it. */
static inline bool opening_counts(const struct opening *opening, const struct oc_event *event)
{
    bool is_bar = event->type == OC_EV_BAR || event->type == OC_EV_QBAR;
    return is_bar ? event->local_ns > opening->from_ns : event->local_ns >= opening->from_ns;
}
/* Takes a market's first price; *ret_value is what the opening balances are worth then. OC_E_NOT_FOUND: not a first price. */
oc_rc opening_price(struct opening *opening, const struct oc_event *event, oc_i128 *ret_value);
/* Twice the first price in units; 0: not known. */
int64_t opening_first2(const struct opening *opening, uint32_t inst);

#endif

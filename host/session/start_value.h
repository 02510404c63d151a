/* start_value.h: what the opening balances were worth at the first price of each market.
 *
 * Invariants
 * - A market's first price is that of its first event in the traded time: a bar's open (its close, where the bar opened before
 *   that time), a trade's price, the middle of a quote.
 * - Balances that no first price leads to yet are left out of the value, so it moves once for each market that is needed. */
#ifndef SESSION_START_VALUE_H
#define SESSION_START_VALUE_H

#include "base/checked.h"
#include "engine/portfolio.h"

struct start_value {
    const struct instruments *instruments; /* borrowed */
    struct markets *markets;               /* first prices only */
    struct portfolio *portfolio;           /* opening balances only */
    uint32_t account;
    uint32_t priced; /* markets whose first price is known */
    int64_t from_ns; /* when the traded time begins */
};

/* `base` is the currency of account. start_value_release is due even on failure. */
CHECKED oc_rc start_value_init(struct start_value *start_value, struct instruments *instruments, uint32_t base,
                               int64_t from_ns);
void start_value_release(struct start_value *start_value);
/* The next amount and currency of "10000 USDT, 0.5 BTC", behind which *at goes. OC_E_INVALID. */
CHECKED oc_rc start_value_read(const char **at, char ret_name[OC_ASSET_MAX], struct oc_dec *ret_amount);
CHECKED oc_rc start_value_add(struct start_value *start_value, uint32_t asset, struct oc_dec amount);
/* Whether the traded time has begun with this event: a bar that closes where it begins is still before it. */
static inline bool start_value_counts(const struct start_value *start_value, const struct oc_event *event)
{
    bool is_bar = event->type == OC_EV_BAR || event->type == OC_EV_QBAR;
    return is_bar ? event->local_ns > start_value->from_ns : event->local_ns >= start_value->from_ns;
}
/* Takes a market's first price; *ret_value is what the opening balances are worth then. OC_E_NOT_FOUND: not a first price. */
CHECKED oc_rc start_value_price(struct start_value *start_value, const struct oc_event *event, oc_i128 *ret_value);
/* Twice the first price in units; 0: not known. */
int64_t start_value_first2(const struct start_value *start_value, uint32_t inst);

#endif

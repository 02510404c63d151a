/* worth.h: the equity of an account, or of its capital, at every event, at the cost of what the event changes.
 *
 * Invariants
 * - Equal to portfolio_traded_equity() to the last digit, whenever it is asked.
 * - As long as balances and positions stand still, only the instrument of the event is valued again; what is held in others
 *   costs nothing. Where a holding needs more than one price, or derivatives are held, all is valued each time. */
#ifndef REPORT_WORTH_H
#define REPORT_WORTH_H

#include "base/checked.h"
#include "engine/portfolio.h"

struct worth_holding {
    uint32_t asset;
    uint32_t index; /* of the instrument whose price it takes */
    oc_i128 money;
    oc_i128 value; /* in the account's currency */
};

struct worth {
    struct worth_holding *list; /* owned */
    uint32_t count, room;
    uint32_t *by_instrument; /* 1 + the holding that this instrument prices; owned */
    uint32_t index_room;
    uint64_t version; /* of the portfolio that the list was made of */
    uint32_t instrument_count;
    bool is_plain;   /* the list says it all */
    bool is_exposed; /* some position is not flat */
    oc_i128 equity;  /* as of the last call that said OC_OK */
};

void worth_release(struct worth *worth);
/* Behind a market event of `inst`; OC_E_NOT_FOUND and others as portfolio_traded_equity. The sum is in worth->equity. */
CHECKED oc_rc worth_again(struct worth *worth, struct portfolio *portfolio, const struct instruments *instruments,
                          uint32_t account, uint32_t inst);
/* The same, at no cost where the event changes nothing. */
CHECKED static inline oc_rc worth_at(struct worth *worth, struct portfolio *portfolio,
                                     const struct instruments *instruments, uint32_t account, uint32_t inst)
{
    const uint32_t index = OC_INST_INDEX(inst);
    if (__builtin_expect(worth->is_plain && worth->version == portfolio_version(portfolio), 1) &&
        (index >= worth->index_room || worth->by_instrument[index] == 0))
        return OC_OK;
    return worth_again(worth, portfolio, instruments, account, inst);
}

#endif

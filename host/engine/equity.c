/* equity.c: what an account is worth, and what of it strategies trade with. */
#include "engine/portfolio.h"

/* The middle of an odd spread lies between two price units: then it is the middle of the values there. */
oc_rc portfolio_unrealised(const struct position *position, const struct instrument *instrument, int64_t mark2,
                           oc_i128 *ret_money)
{
    int64_t low = mark2 / 2 - (mark2 % 2 < 0), high = low + (mark2 % 2 != 0);
    oc_i128 at_low, at_high, sum;
    oc_rc rc = position_unrealised(position, instrument, low, &at_low);
    if (rc < 0 || low == high) {
        if (rc == OC_OK)
            *ret_money = at_low;
        return rc;
    }
    rc = position_unrealised(position, instrument, high, &at_high);
    if (rc == OC_OK)
        rc = num_add_128(at_low, at_high, &sum);
    if (rc == OC_OK)
        *ret_money = num_quotient(sum, 2, NUM_HALF_EVEN);
    return rc;
}

/* Unrealised profit of the account's derivative positions, or of its strategies'; spot holdings are balances already. */
static oc_rc derivatives(struct portfolio *portfolio, const struct account *owner, bool is_of_capital,
                         oc_i128 *ret_money)
{
    const struct portfolio_world world = portfolio_world(portfolio);
    oc_i128 sum = 0;
    for (uint32_t i = 0; i < portfolio_book_count(portfolio); i++) {
        const struct position *position = &portfolio_book_at(portfolio, i)->position;
        if (position->account != owner->source || (position->strategy != 0) != is_of_capital || !position->qty)
            continue;
        const struct instrument *instrument = instruments_get(world.instruments, position->inst);
        const struct market *market = markets_get(world.markets, position->inst);
        if (instrument->info.kind == OC_KIND_SPOT || !market || !market->has_mark)
            continue;
        oc_i128 money, converted;
        oc_rc rc = portfolio_unrealised(position, instrument, market->mark2, &money);
        if (rc == OC_OK)
            rc = portfolio_convert(portfolio, money, instrument->info.settle, owner->base, RATE_MIDDLE, &converted);
        if (rc == OC_OK)
            rc = num_add_128(sum, converted, &sum);
        if (rc < 0)
            return rc;
    }
    *ret_money = sum;
    return OC_OK;
}

/* Of all that the account holds, or of its capital. */
static oc_rc equity_of(struct portfolio *portfolio, const struct account *owner, bool is_of_capital, oc_i128 *ret_money,
                       uint32_t *ret_unpriced)
{
    const oc_i128 *balances = is_of_capital ? owner->capital : owner->balances;
    oc_i128 sum = 0;
    uint32_t unpriced = 0;
    for (uint32_t asset = 1; asset < owner->asset_max; asset++) {
        oc_i128 money = balances[asset];
        if (money == 0)
            continue;
        oc_rc rc = OC_OK;
        if (asset != owner->base)
            rc = portfolio_convert(portfolio, money, asset, owner->base, RATE_MIDDLE, &money);
        if (rc == OC_E_NOT_FOUND) {
            unpriced++;
            continue;
        }
        if (rc == OC_OK)
            rc = num_add_128(sum, money, &sum);
        if (rc < 0)
            return rc;
    }
    if (unpriced && !ret_unpriced)
        return OC_E_NOT_FOUND;
    oc_i128 unrealised;
    oc_rc rc = derivatives(portfolio, owner, is_of_capital, &unrealised);
    if (rc < 0)
        return rc;
    rc = num_add_128(sum, unrealised, ret_money);
    if (ret_unpriced)
        *ret_unpriced = unpriced;
    return rc;
}

oc_rc portfolio_equity(struct portfolio *portfolio, uint32_t account, oc_i128 *ret_money, uint32_t *ret_unpriced)
{
    const struct account *owner = portfolio_look(portfolio, account);
    return owner ? equity_of(portfolio, owner, false, ret_money, ret_unpriced) : OC_E_NOT_FOUND;
}

oc_rc portfolio_traded_equity(struct portfolio *portfolio, uint32_t account, oc_i128 *ret_money, uint32_t *ret_unpriced)
{
    const struct account *owner = portfolio_look(portfolio, account);
    return owner ? equity_of(portfolio, owner, owner->has_capital, ret_money, ret_unpriced) : OC_E_NOT_FOUND;
}

oc_rc portfolio_traded_equity_all(struct portfolio *portfolio, uint32_t base, oc_i128 *ret_money,
                                  uint32_t *ret_unpriced)
{
    oc_i128 sum = 0;
    uint32_t unpriced = 0;
    for (uint32_t id = 1; id <= portfolio_account_count(portfolio); id++) {
        const struct account *owner = portfolio_look(portfolio, id);
        uint32_t own_unpriced = 0;
        oc_i128 own;
        oc_rc rc = equity_of(portfolio, owner, owner->has_capital, &own, ret_unpriced ? &own_unpriced : NULL);
        if (rc == OC_OK && owner->base != base)
            rc = portfolio_convert(portfolio, own, owner->base, base, RATE_MIDDLE, &own);
        if (rc == OC_OK)
            rc = num_add_128(sum, own, &sum);
        if (rc < 0)
            return rc;
        unpriced += own_unpriced;
    }
    *ret_money = sum;
    if (ret_unpriced)
        *ret_unpriced = unpriced;
    return OC_OK;
}

/* capital.c: the capital that strategies trade with: a part of an account that is theirs, kept beside what the account holds. */
#include <stdlib.h>

#include "engine/portfolio.h"

oc_rc portfolio_set_capital(struct portfolio *portfolio, uint32_t account, oc_i128 money)
{
    struct account *owner = portfolio_account(portfolio, account);
    if (!owner)
        return OC_E_NOT_FOUND;
    if (money <= 0 || owner->has_capital)
        return OC_E_INVALID;
    if (owner->asset_max) {
        owner->capital = calloc(owner->asset_max, sizeof *owner->capital);
        owner->capital_reserved = calloc(owner->asset_max, sizeof *owner->capital_reserved);
        if (!owner->capital || !owner->capital_reserved)
            return OC_E_NOMEM;
    }
    owner->has_capital = 1;
    owner->capital_start = money;
    return portfolio_put_capital(portfolio, account, owner->base, money);
}

oc_rc portfolio_put_capital(struct portfolio *portfolio, uint32_t account, uint32_t asset, oc_i128 money)
{
    struct account *owner = portfolio_account(portfolio, account);
    if (!owner || !owner->has_capital)
        return OC_E_STATE;
    const oc_rc rc = portfolio_move(portfolio, account, asset, 0); /* room */
    if (rc == OC_OK)
        owner->capital[asset] = money;
    return rc;
}

oc_i128 portfolio_tradable(const struct portfolio *portfolio, uint32_t account, uint32_t asset)
{
    const struct account *owner = portfolio_look(portfolio, account);
    if (!owner || asset >= owner->asset_max)
        return 0;
    return owner->has_capital ? owner->capital[asset] : owner->balances[asset];
}

oc_i128 portfolio_capital_reserved(const struct portfolio *portfolio, uint32_t account, uint32_t asset)
{
    const struct account *owner = portfolio_look(portfolio, account);
    return owner && owner->has_capital && asset < owner->asset_max ? owner->capital_reserved[asset] : 0;
}

oc_i128 portfolio_unassigned(const struct portfolio *portfolio, uint32_t account, uint32_t asset)
{
    const struct account *owner = portfolio_look(portfolio, account);
    if (!owner || !owner->has_capital || asset >= owner->asset_max)
        return 0;
    return owner->balances[asset] - owner->capital[asset];
}

bool portfolio_sells_unassigned(const struct portfolio *portfolio, uint32_t account)
{
    const struct account *owner = portfolio_look(portfolio, account);
    return owner && owner->has_capital && !owner->terms.may_short;
}

oc_rc portfolio_assign(struct portfolio *portfolio, uint32_t account, uint32_t strategy,
                       const struct portfolio_trade *trade)
{
    const struct instrument *instrument = instruments_get(portfolio_world(portfolio).instruments, trade->inst);
    const struct account *owner = portfolio_look(portfolio, account);
    const bool is_buy = trade->what.side == OC_SIDE_BUY;
    oc_i128 base, quote;
    if (!owner || !instrument)
        return OC_E_NOT_FOUND;
    if (!owner->has_capital || !strategy || instrument->info.kind != OC_KIND_SPOT || trade->fee != 0 ||
        trade->what.has_value)
        return OC_E_STATE;
    oc_rc rc = portfolio_base_money(instrument, trade->what.qty, &base);
    if (rc == OC_OK)
        rc = instrument_value(instrument, trade->what.price, trade->what.qty, &quote);
    if (rc == OC_OK)
        rc = portfolio_trade(portfolio, account, strategy, trade, NULL);
    if (rc == OC_OK) /* the account is as it was */
        rc = portfolio_move(portfolio, account, instrument->info.base, is_buy ? -base : base);
    return rc == OC_OK ? portfolio_move(portfolio, account, instrument->info.quote, is_buy ? quote : -quote) : rc;
}

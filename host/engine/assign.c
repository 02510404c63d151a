/* assign.c: what an account with a capital holds and no strategy has traded: how much of it is nobody's, and how a person gives a
 * strategy some of it, or takes it back. */
#include "engine/dust.h"
#include "engine/impl.h"

bool engine_holds_too_little(const struct engine *engine, uint32_t account, uint32_t inst)
{
    const struct account *owner = portfolio_account(engine->portfolio, account);
    const struct instrument *instrument;
    if (!owner || !owner->has_capital)
        return false;
    instrument = instruments_get(engine->instruments, inst);
    return instrument && instrument->info.kind == OC_KIND_SPOT &&
           portfolio_tradable(engine->portfolio, account, instrument->info.base) > 0 &&
           portfolio_unassigned(engine->portfolio, account, instrument->info.base) < 0;
}

/* The venue wins for the account. Where strategies count on more than it has now, somebody else has sold it. */
void assign_look(struct engine *engine, uint32_t account, uint32_t asset, oc_i128 unassigned_before)
{
    const struct account *owner = portfolio_account(engine->portfolio, account);
    if (owner && owner->has_capital && asset != owner->base && unassigned_before >= 0 &&
        portfolio_unassigned(engine->portfolio, account, asset) < 0 &&
        portfolio_tradable(engine->portfolio, account, asset) > 0)
        engine_alarm(engine, NULL,
                     "the account holds less than its strategies count on: they buy no more of it until it does, or a "
                     "person takes the difference from one of them (release)");
}

void assign_note(struct engine *engine, uint64_t order, uint32_t account, uint32_t inst, int64_t qty)
{
    const struct account *owner = portfolio_account(engine->portfolio, account);
    const struct instrument *instrument = instruments_get(engine->instruments, inst);
    struct book *book = portfolio_find(engine->portfolio, account, 0, inst);
    oc_i128 money = 0;
    if (!owner || !owner->has_capital || !book || !instrument || instrument->info.kind != OC_KIND_SPOT)
        return;
    if (is_stranger_id(order) && num_add(book->foreign, qty, &book->foreign) < 0)
        engine_alarm(engine, NULL, "more was traded by another hand than can be counted");
    if (portfolio_base_money(instrument, qty, &money) == OC_OK)
        assign_look(engine, account, instrument->info.base,
                    portfolio_unassigned(engine->portfolio, account, instrument->info.base) - money);
}

/* Of all that strategies hold there. */
static int64_t claimed(const struct portfolio *portfolio, uint32_t account, const struct instrument *instrument)
{
    int64_t qty = 0;
    for (uint32_t i = 0; i < portfolio_book_count(portfolio); i++) {
        const struct position *position = &portfolio_book_at(portfolio, i)->position;
        if (position->strategy && position->account == account && OC_INST_INDEX(position->inst) == instrument->index)
            qty += position->qty + position->spare;
    }
    return qty;
}

int64_t assign_exposed_qty(const struct portfolio *portfolio, uint32_t account, const struct instrument *instrument)
{
    const int64_t by_hand = dust_hand_qty(portfolio, account, instrument, 0);
    return claimed(portfolio, account, instrument) + by_hand;
}

oc_rc engine_unassigned_qty(const struct engine *engine, uint32_t account, uint32_t inst, int64_t *ret_qty)
{
    const struct instrument *instrument = instruments_get(engine->instruments, inst);
    const struct account *owner = portfolio_account(engine->portfolio, account);
    if (!instrument || !owner)
        return OC_E_NOT_FOUND;
    if (!owner->has_capital || instrument->info.kind != OC_KIND_SPOT)
        return OC_E_STATE;
    const oc_i128 step = instrument_step_money(instrument),
                  left = portfolio_unassigned(engine->portfolio, account, instrument->info.base);
    const int64_t by_hand = dust_hand_qty(engine->portfolio, account, instrument, 0);
    int64_t qty;
    const oc_rc rc = num_narrow(num_quotient(left, step, NUM_FLOOR), &qty);
    return rc < 0 ? rc : num_sub(qty, by_hand > 0 ? by_hand : 0, ret_qty);
}

oc_rc engine_assign(struct engine *engine, uint32_t account, uint32_t strategy, uint32_t inst, int64_t qty,
                    int64_t price)
{
    const struct instrument *instrument = instruments_get(engine->instruments, inst);
    const struct book *book = portfolio_find(engine->portfolio, account, strategy, inst);
    int64_t unassigned;
    oc_i128 value;
    oc_rc rc = engine_unassigned_qty(engine, account, inst, &unassigned);
    if (rc < 0)
        return rc;
    if (!strategy || qty == 0 || price <= 0)
        return OC_E_INVALID;
    rc = instrument_value(instrument, price, qty < 0 ? -qty : qty, &value);
    if (rc < 0)
        return rc;
    if (qty > 0 && qty > unassigned)
        return OC_E_LIMIT;
    if (qty > 0 && value > portfolio_tradable(engine->portfolio, account, instrument->info.quote) -
                               portfolio_capital_reserved(engine->portfolio, account, instrument->info.quote))
        return OC_E_DENIED;
    if (qty < 0 && (!book || -qty > book->position.qty + book->position.spare - book->open_sell))
        return OC_E_LIMIT;
    const struct portfolio_trade trade = {
        .what = {.price = price, .qty = qty < 0 ? -qty : qty, .side = qty < 0 ? OC_SIDE_SELL : OC_SIDE_BUY},
        .inst = inst,
        .fee_asset = instrument->info.quote,
        .at_ns = engine->now_ns};
    return portfolio_assign(engine->portfolio, account, strategy, &trade);
}

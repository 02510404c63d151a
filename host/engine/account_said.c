/* account_said.c: what a venue says of accounts, positions, figures and itself: kept, and booked where it is money. */
#include "engine/impl.h"

/* What it is worth now, in the account's currency. OC_E_NOT_FOUND: nothing has a price yet. */
static oc_rc count_outside(struct engine *engine, uint32_t account, uint32_t asset, oc_i128 money, bool is_correction)
{
    struct outside_money *outside = &engine->statement.outside;
    const struct account *owner = portfolio_account(engine->portfolio, account);
    oc_i128 *sum = is_correction ? &outside->corrected : &outside->put_in, worth;
    if (owner && owner->has_capital)
        return OC_OK; /* beside the capital: no profit, no loss and no capital */
    oc_rc rc = owner ? portfolio_convert(engine->portfolio, money, asset, owner->base, RATE_MIDDLE, &worth)
                     : (oc_rc)OC_E_NOT_FOUND;
    if (rc == OC_OK)
        rc = num_add_128(*sum, worth, sum);
    return rc < 0 ? rc : num_add_128(outside->of_account[account], worth, &outside->of_account[account]);
}

void outside_price(struct engine *engine)
{
    struct outside_money *outside = &engine->statement.outside;
    uint64_t left = 0;
    for (uint64_t i = 0; i < outside->waiting_count; i++)
        if (count_outside(engine, outside->waiting[i].account, outside->waiting[i].asset, outside->waiting[i].money,
                          outside->waiting[i].is_correction) < 0)
            outside->waiting[left++] = outside->waiting[i];
    outside->waiting_count = left;
}

static void note_outside(struct engine *engine, uint32_t account, uint32_t asset, oc_i128 money, bool is_correction)
{
    struct outside_money *outside = &engine->statement.outside;
    if (money == 0 || count_outside(engine, account, asset, money, is_correction) == OC_OK)
        return;
    uint64_t at = 0;
    while (at < outside->waiting_count &&
           (outside->waiting[at].account != account || outside->waiting[at].asset != asset ||
            outside->waiting[at].is_correction != is_correction))
        at++;
    if (at == STATEMENT_WAITING_MAX || (at < outside->waiting_count && num_add_128(outside->waiting[at].money, money,
                                                                                   &outside->waiting[at].money) < 0)) {
        engine_alarm(engine, NULL,
                     "money came or went that has no price: once it has one, it looks like a profit or a loss");
        return;
    }
    if (at == outside->waiting_count) {
        outside->waiting[at].account = account;
        outside->waiting[at].asset = asset;
        outside->waiting[at].is_correction = is_correction;
        outside->waiting[at].money = money;
        outside->waiting_count++;
    }
}

static oc_rc apply_balance(struct engine *engine, const struct oc_ev_balance *balance)
{
    const uint32_t account = balance->account ? balance->account : balance->head.source;
    if (balance->present & OC_BAL_OLD)
        return OC_OK; /* the next one has what moved it meanwhile */
    const oc_i128 before = portfolio_balance(engine->portfolio, account, balance->asset);
    const oc_i128 unassigned = portfolio_unassigned(engine->portfolio, account, balance->asset);
    oc_i128 money, change;
    oc_rc rc = statement_total(balance, &money);
    if (rc == OC_OK && !balance->wallet) /* another wallet's money cannot be traded with */
        rc = balance->present & OC_BAL_CHANGE
                 ? portfolio_move(engine->portfolio, account, balance->asset, money)
                 : portfolio_set_balance(engine->portfolio, account, balance->asset, money);
    if (rc < 0 || !(balance->present & OC_BAL_SAID))
        return rc;
    assign_look(engine, account, balance->asset, unassigned);
    if (num_sub_128(portfolio_balance(engine->portfolio, account, balance->asset), before, &change) == OC_OK)
        note_outside(engine, account, balance->asset, change, true);
    return statement_balance(&engine->statement, balance);
}

static oc_rc apply_ledger(struct engine *engine, const struct oc_ev_ledger *entry)
{
    const uint32_t account = entry->head.source;
    struct ledger_effect effect = {0};
    oc_rc rc = statement_ledger(&engine->statement, entry, portfolio_balance(engine->portfolio, account, entry->asset),
                                &effect);
    if (rc == OC_E_EXISTS) {
        engine_alarm(engine, NULL, "a ledger entry older than those that are remembered: it moves no balance");
        return OC_OK;
    }
    const oc_i128 unassigned = portfolio_unassigned(engine->portfolio, account, entry->asset);
    if (rc == OC_OK && effect.move != 0)
        rc = portfolio_move(engine->portfolio, account, entry->asset, effect.move);
    if (rc < 0)
        return rc;
    assign_look(engine, account, entry->asset, unassigned);
    note_outside(engine, account, entry->asset, effect.put_in, false);
    note_outside(engine, account, entry->asset, effect.corrected, true);
    return OC_OK;
}

static oc_rc apply_account(struct engine *engine, const struct oc_ev_account *account)
{
    const struct account_statement *before = statement_of(&engine->statement, account->head.source);
    const bool could = before && (before->account.rights & OC_MAY_WITHDRAW);
    oc_rc rc = statement_account(&engine->statement, account);
    const struct account_statement *now = statement_of(&engine->statement, account->head.source);
    if (rc == OC_OK && !could && (now->account.rights & OC_MAY_WITHDRAW))
        engine_alarm(engine, NULL, "the key of this account may withdraw: a key for trading should not");
    return rc;
}

static oc_rc apply_venue(struct engine *engine, const struct oc_ev_venue *venue)
{
    const uint32_t account = venue->head.source, before = statement_state(&engine->statement, account, OC_PART_TRADING);
    const bool was_reached = statement_reaches(&engine->statement, account);
    const oc_rc rc = statement_venue(&engine->statement, venue);
    if (statement_reaches(&engine->statement, account) != was_reached)
        portfolio_rates_changed(engine->portfolio);
    const uint32_t now = statement_state(&engine->statement, account, OC_PART_TRADING);
    if (rc == OC_OK && now == OC_VENUE_DENIED && before != OC_VENUE_DENIED)
        engine_alarm(engine, NULL, "the venue refuses the key of this account");
    return rc;
}

oc_i128 engine_outside(const struct engine *engine)
{
    const struct outside_money *outside = &engine->statement.outside;
    oc_i128 sum;
    return num_add_128(outside->put_in, outside->corrected, &sum) == OC_OK ? sum : outside->put_in;
}

oc_rc account_said_apply(struct engine *engine, const struct oc_event *event)
{
    const void *all = event;
    oc_rc rc;
    outside_price(engine);
    switch (event->type) {
    case OC_EV_BALANCE:
        rc = apply_balance(engine, all);
        break;
    case OC_EV_POSITION:
        rc = ((const struct oc_ev_position *)all)->present & OC_POS_OLD ? (oc_rc)OC_OK
                                                                        : statement_position(&engine->statement, all);
        break;
    case OC_EV_ACCOUNT:
        rc = apply_account(engine, all);
        break;
    case OC_EV_LEDGER:
        rc = apply_ledger(engine, all);
        break;
    case OC_EV_VENUE:
        rc = apply_venue(engine, all);
        break;
    case OC_EV_FIGURES:
        rc = statement_figures(&engine->statement, all);
        break;
    default:
        rc = statement_funding(&engine->statement, all);
        break;
    }
    if (rc == OC_E_LIMIT)
        engine_alarm(engine, NULL, "more accounts, positions or balances are shown than there is room for");
    if (engine->is_observed)
        chain_observe(engine, event);
    return rc == OC_E_LIMIT ? (oc_rc)OC_OK : rc;
}

#include "engine/holdings.h"

#include <string.h>

/* A part that has no price, or that does not fit, is missing. */
static void add(struct holding_sum *sum, bool is_known, oc_i128 money)
{
    if (!is_known || num_add_128(sum->known, money, &sum->known) < 0)
        sum->missing++;
}

static bool convert(const struct holdings *holdings, oc_i128 money, uint32_t asset, oc_i128 *ret_money)
{
    return portfolio_convert(holdings->portfolio, money, asset, holdings->currency, RATE_SHOWN, ret_money) == OC_OK;
}

/* What so many contracts are of their base, at a price. */
static bool base_of(const struct instrument *instrument, const struct position *position, int64_t price,
                    oc_i128 *ret_money)
{
    oc_i128 contracts, one = num_pow10_128(MONEY_SCALE), size;
    if (instrument->info.kind == OC_KIND_INVERSE)
        return price > 0 && instrument_value(instrument, price, position->qty, ret_money) == OC_OK;
    return portfolio_base_money(instrument, position->qty, &contracts) == OC_OK &&
           money_from_dec(instrument->info.contract_size, &size) == OC_OK &&
           num_muldiv_128(contracts, size, one, NUM_HALF_EVEN, ret_money) == OC_OK;
}

static void value_position(const struct holdings *holdings, const struct position *position,
                           const struct instrument *instrument, struct holding_part *part)
{
    const struct market *market = markets_get(portfolio_world(holdings->portfolio).markets, position->inst);
    const bool has_mark = market && market->has_mark;
    const int64_t mark2 = has_mark ? market->mark2 : 0;
    oc_i128 money;
    part->has_qty =
        (has_mark || instrument->info.kind != OC_KIND_INVERSE) && base_of(instrument, position, mark2 / 2, &part->qty);
    part->has_value = has_mark && instrument_value(instrument, mark2 / 2, position->qty, &money) == OC_OK &&
                      convert(holdings, money, instrument->info.settle, &part->value);
    part->has_counts = has_mark && portfolio_unrealised(position, instrument, mark2, &money) == OC_OK &&
                       convert(holdings, money, instrument->info.settle, &part->counts);
}

/* A derivative that somebody holds. */
static const struct instrument *derivative_of(const struct holdings *holdings, const struct position *position)
{
    const struct instrument *instrument =
        instruments_get(portfolio_world(holdings->portfolio).instruments, position->inst);
    return !position->strategy && position->qty && instrument && instrument->info.kind != OC_KIND_SPOT ? instrument
                                                                                                       : NULL;
}

void holdings_assets(const struct holdings *holdings, bool ret_held[ENGINE_ASSETS_MAX])
{
    struct portfolio *portfolio = holdings->portfolio;
    memset(ret_held, 0, ENGINE_ASSETS_MAX * sizeof *ret_held);
    for (uint32_t id = 1; id <= portfolio_account_count(portfolio); id++) {
        const struct account *owner = portfolio_look(portfolio, id);
        for (uint32_t asset = 1; asset < owner->asset_max && asset < ENGINE_ASSETS_MAX; asset++)
            ret_held[asset] |= owner->balances[asset] != 0;
    }
    for (uint32_t k = 0; k < portfolio_book_count(portfolio); k++) {
        const struct instrument *instrument = derivative_of(holdings, &portfolio_book_at(portfolio, k)->position);
        if (instrument && instrument->info.base < ENGINE_ASSETS_MAX)
            ret_held[instrument->info.base] = true;
    }
}

bool holdings_part(const struct holdings *holdings, uint32_t asset, uint32_t i, struct holding_part *ret_part)
{
    struct portfolio *portfolio = holdings->portfolio;
    for (uint32_t id = 1; id <= portfolio_account_count(portfolio); id++) {
        struct holding_part part = {.account = id, .qty = portfolio_balance(portfolio, id, asset), .has_qty = true};
        if (part.qty == 0 || i-- > 0)
            continue;
        part.has_value = part.has_counts = convert(holdings, part.qty, asset, &part.value);
        part.counts = part.value;
        *ret_part = part;
        return true;
    }
    for (uint32_t k = 0; k < portfolio_book_count(portfolio); k++) {
        const struct position *position = &portfolio_book_at(portfolio, k)->position;
        const struct instrument *instrument = derivative_of(holdings, position);
        struct holding_part part = {.account = position->account, .inst = position->inst};
        if (!instrument || instrument->info.base != asset || i-- > 0)
            continue;
        value_position(holdings, position, instrument, &part);
        *ret_part = part;
        return true;
    }
    return false;
}

static void rate_of(const struct holdings *holdings, uint32_t asset, struct holding_rate *ret_rate)
{
    const struct portfolio_world world = portfolio_world(holdings->portfolio);
    struct holding_rate rate = {.is_reached = true};
    rate.is_known = convert(holdings, num_pow10_128(MONEY_SCALE), asset, &rate.rate);
    const struct rate_path *path = portfolio_rate_path(holdings->portfolio, asset, holdings->currency);
    for (; rate.is_known && path && rate.hops < path->hops; rate.hops++) {
        const struct instrument *instrument = instruments_at(world.instruments, path->inst[rate.hops]);
        const struct market *market = markets_get(world.markets, instrument->info.inst);
        if (!rate.hops || market->mark_ns < rate.at_ns)
            rate.at_ns = market->mark_ns;
        rate.inst[rate.hops] = instrument->info.inst;
        rate.is_reached &= portfolio_reaches(holdings->portfolio, instrument->info.venue);
    }
    *ret_rate = rate;
}

bool holdings_line(const struct holdings *holdings, uint32_t asset, struct holding_line *ret_line)
{
    struct holding_line line = {.asset = asset};
    struct holding_part part;
    for (; holdings_part(holdings, asset, line.part_count, &part); line.part_count++) {
        add(&line.net, part.has_qty, part.qty);
        add(&line.value, part.has_value, part.value);
        add(&line.counts, part.has_counts, part.counts);
    }
    if (!line.part_count)
        return false;
    rate_of(holdings, asset, &line.rate);
    *ret_line = line;
    return true;
}

/* An amount of an asset, in the currency. */
static void add_money(const struct holdings *holdings, struct holding_sum *sum, oc_i128 money, uint32_t asset)
{
    oc_i128 value = 0;
    const bool is_known = money == 0 || convert(holdings, money, asset, &value);
    add(sum, is_known, value);
}

/* Profit of the account's own books: what strategies made is part of them. */
static void add_books(const struct holdings *holdings, uint32_t account, struct holding_account *sums)
{
    const struct portfolio_world world = portfolio_world(holdings->portfolio);
    for (uint32_t k = 0; k < portfolio_book_count(holdings->portfolio); k++) {
        const struct position *position = &portfolio_book_at(holdings->portfolio, k)->position;
        const struct instrument *instrument = instruments_get(world.instruments, position->inst);
        const struct market *market = markets_get(world.markets, position->inst);
        oc_i128 money = 0;
        if (position->account != account || position->strategy || !instrument)
            continue;
        add_money(holdings, &sums->realised, position->realised, instrument->info.settle);
        if (position->qty) {
            const bool is_known = market && market->has_mark &&
                                  portfolio_unrealised(position, instrument, market->mark2, &money) == OC_OK &&
                                  convert(holdings, money, instrument->info.settle, &money);
            add(&sums->unrealised, is_known, money);
            if (instrument->info.kind != OC_KIND_SPOT)
                add(&sums->equity, is_known, money);
        }
        for (uint32_t i = 0; i < position->fee_count; i++)
            add_money(holdings, &sums->fees, position->fees[i].paid, position->fees[i].asset);
    }
}

bool holdings_heard(const struct holdings *holdings, uint32_t account, int64_t *ret_known_ns)
{
    const struct account_statement *said = statement_of(holdings->statement, account);
    if (!said ||
        (statement_reaches(holdings->statement, account) && said->states[OC_PART_LINK].state != OC_VENUE_DENIED))
        return true;
    *ret_known_ns = statement_time(&said->states[OC_PART_LINK].head);
    return false;
}

void holdings_account(const struct holdings *holdings, uint32_t account, struct holding_account *ret_account)
{
    struct holding_account sums = {.account = account};
    const struct account *owner = portfolio_look(holdings->portfolio, account);
    sums.is_heard = holdings_heard(holdings, account, &sums.known_ns);
    for (uint32_t asset = 1; owner && asset < owner->asset_max; asset++)
        add_money(holdings, &sums.equity, owner->balances[asset], asset);
    add_books(holdings, account, &sums);
    *ret_account = sums;
}

static void add_sum(struct holding_sum *sum, const struct holding_sum *more)
{
    add(sum, true, more->known);
    sum->missing += more->missing;
}

void holdings_all(const struct holdings *holdings, struct holding_account *ret_all)
{
    struct holding_account all = {.is_heard = true}, one;
    for (uint32_t id = 1; id <= portfolio_account_count(holdings->portfolio); id++) {
        holdings_account(holdings, id, &one);
        all.is_heard &= one.is_heard;
        add_sum(&all.equity, &one.equity);
        add_sum(&all.realised, &one.realised);
        add_sum(&all.unrealised, &one.unrealised);
        add_sum(&all.fees, &one.fees);
    }
    *ret_all = all;
}

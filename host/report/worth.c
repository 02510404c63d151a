#include "report/worth.h"

#include <stdlib.h>
#include <string.h>

void worth_release(struct worth *worth)
{
    free(worth->list);
    free(worth->by_instrument);
    memset(worth, 0, sizeof *worth);
}

static bool make_room(struct worth *worth, uint32_t instrument_count)
{
    if (worth->count == worth->room) {
        uint32_t room = worth->room ? worth->room * 2 : 16;
        struct worth_holding *list = realloc(worth->list, room * sizeof *list);
        if (!list)
            return false;
        worth->list = list;
        worth->room = room;
    }
    if (worth->index_room < instrument_count) {
        uint32_t *index = realloc(worth->by_instrument, instrument_count * sizeof *index);
        if (!index)
            return false;
        worth->by_instrument = index;
        worth->index_room = instrument_count;
        memset(index, 0, instrument_count * sizeof *index);
        for (uint32_t i = 0; i < worth->count; i++)
            index[worth->list[i].index] = i + 1;
    }
    return true;
}

static bool add(struct worth *worth, struct portfolio *portfolio, uint32_t asset, uint32_t base, oc_i128 money,
                uint32_t instrument_count)
{
    struct worth_holding holding = {.asset = asset, .money = money, .index = portfolio_direct(portfolio, asset, base)};
    if (!holding.index || !make_room(worth, instrument_count) || worth->by_instrument[holding.index] ||
        portfolio_convert(portfolio, money, asset, base, RATE_MIDDLE, &holding.value) < 0 ||
        num_add_128(worth->equity, holding.value, &worth->equity) < 0)
        return false;
    worth->list[worth->count++] = holding;
    worth->by_instrument[holding.index] = worth->count;
    return true;
}

/* Who holds what, all of it valued. False: the plain way does not do. */
static bool make(struct worth *worth, struct portfolio *portfolio, const struct account *owner, uint32_t account,
                 uint32_t instrument_count)
{
    for (uint32_t i = 0; i < worth->count; i++)
        worth->by_instrument[worth->list[i].index] = 0;
    worth->count = 0;
    worth->equity = 0;
    worth->is_exposed = false;
    const bool is_alone = portfolio_account_count(portfolio) == 1;
    bool is_plain = is_alone; /* several accounts are added up the long way */
    for (uint32_t i = 0; i < portfolio_book_count(portfolio); i++) {
        const struct position *position = &portfolio_book_at(portfolio, i)->position;
        if ((is_alone && position->account != account) || (position->strategy != 0) != (owner->has_capital != 0) ||
            !position->qty)
            continue;
        worth->is_exposed = true;
        is_plain &= portfolio_is_spot(portfolio, position->inst);
    }
    for (uint32_t asset = 1; asset < owner->asset_max && is_plain; asset++) {
        oc_i128 money = portfolio_tradable(portfolio, account, asset);
        if (asset == owner->base)
            is_plain = num_add_128(worth->equity, money, &worth->equity) >= 0;
        else if (money != 0)
            is_plain = add(worth, portfolio, asset, owner->base, money, instrument_count);
    }
    return is_plain;
}

oc_rc worth_again(struct worth *worth, struct portfolio *portfolio, const struct instruments *instruments,
                  uint32_t account, uint32_t inst)
{
    const uint32_t count = instruments_count(instruments), index = OC_INST_INDEX(inst);
    const struct account *owner = portfolio_account(portfolio, account);
    if (!owner)
        return OC_E_NOT_FOUND;
    if (__builtin_expect(worth->version != portfolio_version(portfolio) || worth->instrument_count != count ||
                             !worth->is_plain,
                         0)) {
        worth->is_plain = make(worth, portfolio, owner, account, count);
        worth->version = portfolio_version(portfolio);
        worth->instrument_count = count;
    } else if (index < worth->index_room && worth->by_instrument[index]) {
        struct worth_holding *holding = &worth->list[worth->by_instrument[index] - 1];
        oc_i128 value;
        worth->is_plain =
            portfolio_convert(portfolio, holding->money, holding->asset, owner->base, RATE_MIDDLE, &value) >= 0;
        if (worth->is_plain) {
            worth->equity += value - holding->value;
            holding->value = value;
        }
    }
    uint32_t unpriced; /* before the first price of a holding; at the end the result says so */
    return worth->is_plain ? (oc_rc)OC_OK
                           : portfolio_traded_equity_all(portfolio, owner->base, &worth->equity, &unpriced);
}

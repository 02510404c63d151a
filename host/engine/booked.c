#include "engine/booked.h"

#include <stdlib.h>
#include <string.h>

#include "engine/dust.h"

void booked_release(struct booked_fills *fills)
{
    free(fills->ring);
    free(fills->busts);
    free(fills->waiting);
    *fills = (struct booked_fills){0};
}

oc_rc booked_room(struct booked_fills *fills)
{
    if (fills->count < fills->room || fills->room == BOOKED_MAX)
        return OC_OK;
    const uint32_t room = fills->room ? fills->room * 2 : 64;
    struct booked *ring = realloc(fills->ring, room * sizeof *ring);
    if (!ring)
        return OC_E_NOMEM;
    fills->ring = ring;
    fills->room = room;
    return OC_OK;
}

void booked_put(struct booked_fills *fills, const struct booked *booked)
{
    uint32_t at = fills->count;
    if (fills->count == BOOKED_MAX) {
        at = fills->first;
        fills->first = (at + 1) % BOOKED_MAX;
    } else {
        fills->count++;
    }
    fills->ring[at] = *booked;
    fills->ring[at].next = NULL;
}

struct booked *booked_find(struct booked_fills *fills, struct fill_key key)
{
    for (uint32_t i = 0; i < fills->count; i++)
        if (fill_key_is_equal(fills->ring[i].key, key))
            return &fills->ring[i];
    return NULL;
}

oc_rc booked_bust_is_new(struct booked_fills *fills, uint64_t hash, bool *ret_is_new)
{
    if (!fills->busts)
        fills->busts = calloc(BUSTS_MAX, sizeof *fills->busts);
    if (!fills->busts)
        return OC_E_NOMEM;
    *ret_is_new = true;
    for (uint32_t i = 0; i < fills->bust_count; i++)
        if (fills->busts[i] == hash)
            *ret_is_new = false;
    return OC_OK;
}

void booked_bust_remember(struct booked_fills *fills, uint64_t hash)
{
    if (fills->bust_count < BUSTS_MAX) {
        fills->busts[fills->bust_count++] = hash;
    } else {
        fills->busts[fills->bust_first] = hash;
        fills->bust_first = (fills->bust_first + 1) % BUSTS_MAX;
    }
}

oc_rc booked_wait(struct booked_fills *fills, const struct oc_ev_bust *bust)
{
    if (!fills->waiting)
        fills->waiting = calloc(BUSTS_WAITING_MAX, sizeof *fills->waiting);
    if (!fills->waiting)
        return OC_E_NOMEM;
    const bool is_full = fills->waiting_count == BUSTS_WAITING_MAX;
    struct oc_ev_bust oldest;
    if (is_full)
        booked_take(fills, 0, &oldest);
    fills->waiting[fills->waiting_count++] = *bust;
    return is_full;
}

void booked_take(struct booked_fills *fills, uint32_t at, struct oc_ev_bust *ret_bust)
{
    *ret_bust = fills->waiting[at];
    fills->waiting_count--;
    memmove(fills->waiting + at, fills->waiting + at + 1, (fills->waiting_count - at) * sizeof *fills->waiting);
}

oc_rc booked_value(const struct instrument *instrument, const struct position_trade *trade, oc_i128 *ret_value)
{
    if (!trade->has_value)
        return instrument_value(instrument, trade->price, trade->qty, ret_value);
    *ret_value = trade->value;
    return OC_OK;
}

/* Corrections. */

struct before { /* what is put back where a correction cannot be made */
    struct book *book;
    struct position position;
    struct lot *lots; /* owned: a copy */
};

static oc_rc before_take(struct before *before, struct book *book)
{
    const struct position *position = &book->position;
    *before = (struct before){.book = book, .position = *position};
    if (!position->lot_max)
        return OC_OK;
    before->lots = malloc(position->lot_max * sizeof *before->lots);
    if (!before->lots)
        return OC_E_NOMEM;
    memcpy(before->lots, position->lots, position->lot_count * sizeof *before->lots);
    return OC_OK;
}

static void before_end(struct before *before, bool is_put_back)
{
    if (!before->book)
        return;
    struct position *position = &before->book->position;
    if (is_put_back && (before->lots || !before->position.lot_max)) {
        free(position->lots);
        *position = before->position;
        position->lots = before->lots;
        return;
    }
    free(before->lots);
}

/* The trade once more, the other way round: what it had opened is closed at its own price. */
static oc_rc trade_back(struct position *position, const struct instrument *instrument, const struct booked *booked)
{
    struct position_trade back = booked->trade.what;
    struct position_plan plan;
    back.side = back.side == OC_SIDE_BUY ? OC_SIDE_SELL : OC_SIDE_BUY;
    const oc_rc rc = position_plan(position, instrument, &back, &plan);
    if (rc == OC_OK)
        position_commit(position, &plan, booked->trade.at_ns);
    return rc;
}

static oc_rc trade_anew(struct position *position, const struct instrument *instrument, const struct booked *booked,
                        const struct position_trade *now, struct position_effect *ret_effect)
{
    struct position_plan plan;
    const oc_rc rc = position_plan(position, instrument, now, &plan);
    if (rc == OC_OK) {
        *ret_effect = position_effect(position, &plan);
        position_commit(position, &plan, booked->trade.at_ns);
    }
    return rc;
}

/* One book. `value`: of the trade as it is now. */
static oc_rc correct_book(struct position *position, const struct instrument *instrument, const struct booked *booked,
                          const struct position_trade *now, oc_i128 value, struct position_effect *effect)
{
    const bool is_buy = now->side == OC_SIDE_BUY;
    if (now->qty && position_amend(position, effect, is_buy ? now->qty : -now->qty, is_buy ? value : -value))
        return OC_OK;
    if (booked->trade.what.qty && !position_undo(position, effect)) {
        const oc_rc rc = trade_back(position, instrument, booked);
        if (rc < 0)
            return rc;
    }
    *effect = (struct position_effect){.closes = UINT32_MAX}; /* there is nothing of it any more */
    return now->qty ? trade_anew(position, instrument, booked, now, effect) : (oc_rc)OC_OK;
}

/* A fee in base was of what was held: of nothing, it was the account's. */
static void settle(const struct before *before, const struct instrument *instrument, const struct booked *booked,
                   const struct position_trade *now, oc_i128 fee_more)
{
    const bool was_paid =
        booked->trade.fee_asset == instrument->info.base && before->position.qty + before->position.spare > 0;
    const struct dust_trade trade = {.price = now->qty ? now->price : booked->trade.what.price,
                                     .fee = was_paid ? fee_more : 0,
                                     .at_ns = booked->trade.at_ns};
    dust_settles(&before->book->position, instrument, &trade, NULL);
}

static oc_rc move_balances(struct portfolio *portfolio, const struct instrument *instrument,
                           const struct booked *booked, const struct position_trade *now, oc_i128 value, oc_i128 gained)
{
    const uint32_t account = booked->account, strategy = booked->strategy;
    const int64_t more = now->qty - booked->trade.what.qty;
    const bool is_buy = now->side == OC_SIDE_BUY;
    oc_i128 base;
    if (instrument->info.kind != OC_KIND_SPOT)
        return portfolio_move_of(portfolio, account, strategy, instrument->info.settle, gained);
    oc_rc rc = portfolio_base_money(instrument, is_buy ? more : -more, &base);
    if (rc == OC_OK)
        rc = portfolio_move_of(portfolio, account, strategy, instrument->info.base, base);
    const oc_i128 paid = is_buy ? value - booked->value : booked->value - value;
    if (rc == OC_OK) {
        rc = portfolio_move_of(portfolio, account, strategy, instrument->info.quote, -paid);
        if (rc < 0)
            (void)portfolio_move_of(portfolio, account, strategy, instrument->info.base,
                                    -base); /* it was there before */
    }
    return rc;
}

oc_rc booked_correct(struct portfolio *portfolio, const struct instrument *instrument, struct booked *booked,
                     const struct position_trade *now, oc_i128 fee)
{
    const uint32_t owners[2] = {0, booked->strategy}, count = booked->strategy ? 2 : 1;
    struct before before[2] = {{0}, {0}};
    struct booked next = *booked;
    oc_i128 value = 0, gained = 0;
    const oc_i128 fee_more = fee - booked->trade.fee;
    oc_rc rc = now->qty ? booked_value(instrument, now, &value) : (oc_rc)OC_OK;
    for (uint32_t i = 0; i < count && rc == OC_OK; i++) {
        struct book *book = portfolio_find(portfolio, booked->account, owners[i], booked->trade.inst);
        rc = book ? before_take(&before[i], book) : (oc_rc)OC_E_NOT_FOUND;
        if (rc == OC_OK)
            (void)dust_joins(&book->position);
        if (rc == OC_OK)
            rc = correct_book(&book->position, instrument, booked, now, value, &next.effects[i]);
        if (rc == OC_OK)
            rc = position_fee(&book->position, booked->trade.fee_asset, fee_more);
    }
    if (rc == OC_OK)
        gained = before[0].book->position.realised - before[0].position.realised;
    if (rc == OC_OK && fee_more)
        rc = portfolio_move_of(portfolio, booked->account, booked->strategy, booked->trade.fee_asset, -fee_more);
    if (rc == OC_OK) {
        rc = move_balances(portfolio, instrument, booked, now, value, gained);
        if (rc < 0 && fee_more)
            (void)portfolio_move_of(portfolio, booked->account, booked->strategy, booked->trade.fee_asset, fee_more);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (rc == OC_OK)
            settle(&before[i], instrument, booked, now, fee_more);
        before_end(&before[i], rc < 0);
    }
    if (rc < 0)
        return rc;
    next.trade.what = *now;
    next.trade.fee = fee;
    next.value = value;
    *booked = next;
    return OC_OK;
}

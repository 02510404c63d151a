/* sums.c: what a venue says has traded of an order beside the fills it tells: counted at once, asked for, and booked from the sums
 * where no fills will come; a fill that comes later stands in the place of what was inferred. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <outcry/venue.h>

#include "engine/impl.h"

bool sums_begin(struct engine *engine, struct order *order)
{
    const struct instrument *instrument = instruments_get(engine->instruments, order->now.head.inst);
    if (instrument && order_listen(order, instrument) == OC_OK)
        return true;
    engine_alarm(engine, order, "there is no memory for what a venue says of an order");
    return false;
}

void sums_note(struct order *order, const struct order_sums *sums)
{
    struct order_sums *known = &order->said->sums;
    const bool fills_come = known->fills_come || sums->fills_come,
               fills_asked = known->fills_asked || sums->fills_asked;
    if (sums->qty > known->qty) {
        *known = *sums;
    } else if (sums->qty == known->qty) {
        if (!(known->has & SAID_HAS_VALUE))
            known->value = sums->value;
        if (!(known->has & SAID_HAS_FEE)) {
            known->fee = sums->fee;
            known->fee_asset = sums->fee_asset;
        }
        known->has |= sums->has;
    }
    known->fills_come = fills_come;
    known->fills_asked = fills_asked;
}

static bool has_money(const struct instrument *instrument)
{
    return instrument->info.kind == OC_KIND_SPOT || instrument->info.kind == OC_KIND_LINEAR;
}

/* Money as price units x quantity units, to the nearest. */
static oc_i128 sum_of(const struct instrument *instrument, const struct booked *booked)
{
    const struct position_trade *what = &booked->trade.what;
    return what->has_value ? num_quotient(what->value, instrument->money_mul, NUM_HALF_EVEN)
                           : (oc_i128)what->price * what->qty;
}

/* A fill that no event holds, for those who are told of fills: until the next input. NULL: no memory. */
static struct oc_ev_fill *make_fill(struct engine *engine, const struct booked *booked,
                                    const struct position_trade *what, oc_i128 fee)
{
    if (engine->made_count == engine->made_room) {
        const uint32_t room = engine->made_room ? engine->made_room * 2 : 8;
        struct oc_ev_fill **made = realloc(engine->made, room * sizeof *made);
        if (!made)
            return NULL;
        engine->made = made;
        engine->made_room = room;
    }
    struct oc_ev_fill *fill = calloc(1, sizeof *fill);
    if (!fill)
        return NULL;
    engine->made[engine->made_count++] = fill;
    fill->head = (struct oc_event){.size = sizeof *fill,
                                   .type = OC_EV_FILL,
                                   .flags = OC_EVF_INFERRED,
                                   .source = booked->account,
                                   .inst = booked->trade.inst,
                                   .venue_ns = booked->trade.at_ns,
                                   .local_ns = engine->now_ns,
                                   .cause = engine->cause};
    fill->order = booked->order;
    fill->price = what->price;
    fill->qty = what->qty;
    fill->side = what->side;
    fill->fee_asset = booked->trade.fee_asset;
    (void)money_to_dec(fee, 8, &fill->fee); /* for showing */
    return fill;
}

void sums_forget_made(struct engine *engine)
{
    while (engine->made_count)
        free(engine->made[--engine->made_count]);
}

static const struct position *position_of(const struct engine *engine, const struct booked *booked)
{
    const struct book *book = portfolio_find(engine->portfolio, booked->account, booked->strategy, booked->trade.inst);
    return &book->position; /* something of it is booked there */
}

static void note_part(struct engine *engine, const struct booked *booked, const struct position_trade *what,
                      oc_i128 fee, struct out_note *note)
{
    const struct oc_ev_fill *fill = make_fill(engine, booked, what, fee);
    note->fill = fill ? &fill->head : NULL;
    if (fill)
        out_add_note(&engine->out, note);
    note->qty_before = note->qty_after;
    note->realised_before = note->realised_after;
}

/* What the position would be without the fill. Where fees took of what was bought there may be less than it: then nothing. */
static int64_t qty_between(const struct engine *engine, const struct booked *booked, int64_t qty)
{
    const struct position_trade *what = &booked->trade.what;
    const int64_t left = what->side == OC_SIDE_BUY ? qty - what->qty : qty + what->qty;
    const struct instrument *instrument = instruments_get(engine->instruments, booked->trade.inst);
    const bool is_in_base = instrument->info.kind == OC_KIND_SPOT && booked->trade.fee_asset == instrument->info.base;
    return is_in_base && qty > 0 && left < 0 ? 0 : left;
}

/* What was booked goes, and what it is now comes: figures of the run follow as if both were fills. */
static void note_corrected(struct engine *engine, const struct booked *before, const struct booked *now,
                           int64_t qty_before, oc_i128 realised_before)
{
    const struct position *position = position_of(engine, now);
    struct position_trade back = before->trade.what;
    struct out_note note = {.kind = NOTE_CORRECTED,
                            .strategy = now->strategy,
                            .order = now->order,
                            .inst = now->trade.inst,
                            .source = now->account,
                            .qty_before = qty_before,
                            .qty_after = position->qty,
                            .realised_before = realised_before,
                            .realised_after = position->realised};
    if (now->trade.what.qty)
        note.qty_after = qty_between(engine, before, qty_before);
    back.side = back.side == OC_SIDE_BUY ? OC_SIDE_SELL : OC_SIDE_BUY;
    if (back.qty)
        note_part(engine, before, &back, -before->trade.fee, &note);
    note.qty_after = position->qty;
    if (now->trade.what.qty)
        note_part(engine, now, &now->trade.what, now->trade.fee, &note);
}

static void order_take(struct order *order, const struct booked *booked)
{
    order->filled += booked->trade.what.qty;
    order->filled_sum += booked->sum;
    order->fee += booked->trade.fee;
    order->fee_asset = booked->trade.fee_asset;
    if (order->said)
        order->said->value += booked->value;
}

/* A booked fill has been changed: the order knows it so. */
static void order_follow(struct order *order, const struct booked *before, const struct booked *now)
{
    order->filled += now->trade.what.qty - before->trade.what.qty;
    order->filled_sum += now->sum - before->sum;
    order->fee += now->trade.fee - before->trade.fee;
    if (order->said)
        order->said->value += now->value - before->value;
}

oc_rc order_correct(struct engine *engine, struct order *order, struct booked *booked, const struct position_trade *now,
                    oc_i128 fee)
{
    const struct instrument *instrument = instruments_get(engine->instruments, booked->trade.inst);
    const struct booked before = *booked;
    const struct position *position = position_of(engine, booked);
    const int64_t qty = position->qty;
    const oc_i128 realised = position->realised;
    oc_rc rc = instrument ? booked_correct(engine->portfolio, instrument, booked, now, fee) : (oc_rc)OC_E_NOT_FOUND;
    if (rc < 0)
        return rc;
    if (!booked->strategy) {
        const int64_t more = booked->trade.what.qty - before.trade.what.qty;
        assign_note(engine, booked->order, booked->account, booked->trade.inst,
                    before.trade.what.side == OC_SIDE_BUY ? more : -more);
    }
    note_corrected(engine, &before, booked, qty, realised);
    booked->sum = sum_of(instrument, booked);
    if (order)
        order_follow(order, &before, booked);
    return OC_OK;
}

/* The part that stays of what was inferred: the parts always add up. */
static oc_rc shrink(struct engine *engine, struct order *order, struct booked *booked, int64_t gone)
{
    struct position_trade now = booked->trade.what;
    const int64_t whole = now.qty, rest = whole - gone;
    oc_i128 value = 0, fee = 0;
    if (rest) {
        oc_rc rc = num_muldiv_128(booked->value, rest, whole, NUM_HALF_EVEN, &value);
        if (rc == OC_OK)
            rc = num_muldiv_128(booked->trade.fee, rest, whole, NUM_HALF_EVEN, &fee);
        if (rc < 0)
            return rc;
    }
    now.qty = rest;
    if (now.has_value)
        now.value = value;
    return order_correct(engine, order, booked, &now, fee);
}

/* Nothing of it is left: whoever counts fills has counted it and counts those that stand in its place. */
static void note_replaced(struct engine *engine, const struct booked *booked, const struct position_trade *was)
{
    const struct oc_ev_fill *fill = make_fill(engine, booked, was, 0);
    engine->stats.fills--;
    if (fill)
        out_add_note(&engine->out, &(struct out_note){.kind = NOTE_REPLACED,
                                                      .strategy = booked->strategy,
                                                      .order = booked->order,
                                                      .inst = booked->trade.inst,
                                                      .source = booked->account,
                                                      .fill = &fill->head});
}

oc_rc sums_replace(struct engine *engine, struct order *order, const struct oc_ev_fill *fill)
{
    struct order_said *said = order ? order->said : NULL;
    int64_t qty = fill->qty;
    const oc_rc room = booked_room(&engine->booked);
    if (room < 0 || !said)
        return room;
    if ((fill->head.flags & OC_EVF_REPLAYED) && said->before) {
        const int64_t gone = qty < said->before ? qty : said->before;
        said->before -= gone;
        order->filled -= gone;
        qty -= gone;
    }
    while (qty && said->oldest) {
        struct booked *booked = said->oldest;
        const struct position_trade was = booked->trade.what;
        const int64_t gone = qty < booked->trade.what.qty ? qty : booked->trade.what.qty;
        const int64_t held = position_of(engine, booked)->qty;
        const oc_rc rc = shrink(engine, order, booked, gone);
        if (rc < 0)
            return rc;
        groups_unfill(engine, order, held > 0 ? held - position_of(engine, booked)->qty : gone, gone);
        said->inferred -= gone;
        qty -= gone;
        if (booked->trade.what.qty)
            continue;
        said->oldest = booked->next;
        note_replaced(engine, booked, &was);
        free(booked);
    }
    return OC_OK;
}

oc_rc sums_book(struct engine *engine, struct order *order, const struct oc_ev_fill *fill,
                const struct oc_ev_venue_fill *whole)
{
    const struct instrument *instrument = instruments_get(engine->instruments, fill->head.inst);
    struct booked booked = {.key = fill_key(whole ? &whole->fill : fill),
                            .order = order ? order->now.order : 0,
                            .account = order ? order->now.account : fill->head.source,
                            .strategy = order ? order->now.strategy : 0,
                            .trade = {.what = {.price = fill->price, .qty = fill->qty, .side = fill->side},
                                      .inst = fill->head.inst,
                                      .fee_asset = fill->fee_asset,
                                      .at_ns = fill->head.venue_ns}};
    struct position_trade *what = &booked.trade.what;
    if (!instrument)
        return OC_E_NOT_FOUND;
    oc_rc rc = money_from_dec(fill->fee, &booked.trade.fee);
    if (rc == OC_OK && whole && (whole->present & OC_FILL_VALUE) && has_money(instrument)) {
        what->has_value = true;
        rc = money_from_dec(whole->value, &what->value);
    }
    if (rc == OC_OK)
        rc = booked_value(instrument, what, &booked.value);
    if (rc == OC_OK)
        rc = portfolio_trade(engine->portfolio, booked.account, booked.strategy, &booked.trade, booked.effects);
    if (rc < 0)
        return rc;
    booked.sum = sum_of(instrument, &booked);
    booked_put(&engine->booked, &booked);
    if (order) {
        order_take(order, &booked);
        order->fills++;
    }
    return OC_OK;
}

/* What is booked without a fill of the venue's. */

/* The order's own price, else what was known when it was asked for, else the market's. False: there is none. */
static bool price_of(const struct engine *engine, const struct order *order, int64_t *ret_price)
{
    const struct market *market = markets_get(engine->markets, order->now.head.inst);
    if (order->now.bits & OC_RQ_HAS_PRICE)
        *ret_price = order->now.price;
    else if (order->known_price)
        *ret_price = order->known_price;
    else if (market && market->has_mark)
        *ret_price = market->mark2 / 2;
    else
        return false;
    return true;
}

/* On what terms what is missing is booked. False: at no price that is known. */
static bool terms_of(struct engine *engine, const struct order *order, const struct instrument *instrument,
                     struct position_trade *what)
{
    const struct order_said *said = order->said;
    const bool signs = instrument->info.present & OC_INST_HAS_PRICE_SIGN;
    oc_i128 unit;
    what->value = said->sums.value - said->value;
    if ((said->sums.has & SAID_HAS_VALUE) && has_money(instrument) && (what->value > 0 || signs) &&
        num_mul_128(instrument->money_mul, what->qty, &unit) == OC_OK &&
        num_narrow(num_quotient(what->value, unit, NUM_HALF_EVEN), &what->price) == OC_OK) {
        what->has_value = true;
        return true;
    }
    if (!price_of(engine, order, &what->price)) {
        engine_alarm(engine, order, "what has traded of an order cannot be booked: no price is known");
        return false;
    }
    engine_alarm(engine, order, "what has traded of an order is booked at a price that the venue did not say");
    return true;
}

static oc_rc infer_trade(struct engine *engine, struct order *order, struct booked *booked, int64_t missing)
{
    const struct order_said *said = order->said;
    const struct instrument *instrument = instruments_get(engine->instruments, order->now.head.inst);
    *booked = (struct booked){.order = order->now.order,
                              .account = order->now.account,
                              .strategy = order->now.strategy,
                              .trade = {.what = {.qty = missing, .side = order->now.side},
                                        .inst = order->now.head.inst,
                                        .fee_asset = order->fee_asset,
                                        .at_ns = said->sums.at_ns}};
    struct portfolio_trade *trade = &booked->trade;
    if (!terms_of(engine, order, instrument, &trade->what))
        return OC_E_NOT_FOUND;
    if ((said->sums.has & SAID_HAS_FEE) && (order->fee == 0 || order->fee_asset == said->sums.fee_asset)) {
        trade->fee_asset = said->sums.fee_asset;
        trade->fee = said->sums.fee - order->fee;
    }
    oc_rc rc = booked_value(instrument, &trade->what, &booked->value);
    if (rc == OC_OK)
        rc = portfolio_trade(engine->portfolio, booked->account, booked->strategy, trade, booked->effects);
    if (rc == OC_OK)
        booked->sum = sum_of(instrument, booked);
    return rc;
}

static void infer(struct engine *engine, struct order *order)
{
    const int64_t missing = order_missing(order);
    const struct book *book =
        portfolio_find(engine->portfolio, order->now.account, order->now.strategy, order->now.head.inst);
    struct out_note note = {.kind = NOTE_FILL,
                            .strategy = order->now.strategy,
                            .order = order->now.order,
                            .inst = order->now.head.inst,
                            .qty_before = book ? book->position.qty : 0,
                            .realised_before = book ? book->position.realised : 0};
    struct booked *booked = malloc(sizeof *booked);
    if (!booked || infer_trade(engine, order, booked, missing) < 0) {
        free(booked);
        return; /* it goes on being missing */
    }
    struct booked **last = &order->said->oldest;
    while (*last)
        last = &(*last)->next;
    *last = booked;
    order_take(order, booked);
    if (!order->now.strategy)
        assign_note(engine, order->now.order, order->now.account, order->now.head.inst,
                    order->now.side == OC_SIDE_BUY ? missing : -missing);
    order->said->inferred += missing;
    engine->stats.fills++;
    struct oc_ev_fill *fill = make_fill(engine, booked, &booked->trade.what, booked->trade.fee);
    book = portfolio_find(engine->portfolio, order->now.account, order->now.strategy, order->now.head.inst);
    if (!fill || !book) {
        order_moves(engine, order, EVENT_LATE_FILL);
        exposure_lower(engine, order);
        return;
    }
    const int size = snprintf(fill->trade_id, sizeof fill->trade_id, "sum %lld", (long long)order->said->sums.qty);
    fill->trade_id_size = (uint8_t)size;
    note.fill = &fill->head;
    note.qty_after = book->position.qty;
    note.realised_after = book->position.realised;
    out_add_note(&engine->out, &note);
    engine->qty_before = note.qty_before;
    fill_follows(engine, order, fill, EVENT_LATE_FILL);
}

/* Recorded with what else this input comes to, and sent as it: a session that goes on asks for them again as it did. */
static void ask_fills(struct engine *engine, const struct order *order)
{
    struct oc_request request = {.kind = OC_REQUEST_FILLS,
                                 .account = order->now.account,
                                 .order = order->now.order,
                                 .created_ns = order->now.created_ns,
                                 .owner = OC_OWNER_HOST,
                                 .head = {.inst = order->now.head.inst}};
    if (engine->is_restoring || !engine->asks_fills[order->now.account] || engine->is_in_batch)
        return;
    stage_begin(engine, 0);
    if (!stage_is_full(engine)) {
        stage_stamp(engine, &request);
        request.id = (1ull << 63) | ++engine->next_request;
        stage_add(engine, &request, NULL);
    }
    stage_end(engine, true);
}

static void ask(struct engine *engine, struct order *order)
{
    struct order_said *said = order->said;
    if (said->asked < said->sums.qty) {
        said->asked = said->sums.qty;
        ask_fills(engine, order);
        out_add_note(&engine->out, &(struct out_note){.kind = NOTE_MISSING,
                                                      .strategy = order->now.strategy,
                                                      .order = order->now.order,
                                                      .inst = order->now.head.inst,
                                                      .source = order->now.account,
                                                      .words = "fills are missing"});
    }
    if (said->is_alarmed || (said->sums.fills_asked && engine->asks_fills[order->now.account]))
        return;
    said->is_alarmed = true;
    engine_alarm(engine, order, "more of an order has traded than its fills say: counted, and its fills are asked for");
}

void sums_settle(struct engine *engine, struct order *order)
{
    if (!order->said || !order_missing(order))
        return;
    if ((order->said->sums.has & SAID_HAS_VALUE) && !order->said->sums.fills_come)
        infer(engine, order);
    else
        ask(engine, order);
}

/* The fetch began behind what the sum tells of, as far as the venue says when it was. */
static bool is_over(const struct order *order, const struct oc_ev_fetched *fetched)
{
    return order->now.account == fetched->head.source && order_missing(order) &&
           (!fetched->as_of_ns || fetched->as_of_ns >= order->said->sums.at_ns);
}

/* Booking tells strategies, and they move orders: the list is made first. */
static uint64_t *list_missing(struct engine *engine, const struct oc_ev_fetched *fetched, uint32_t *ret_count)
{
    const struct order *first[2] = {orders_closed_first(engine->orders), orders_open_first(engine->orders)};
    uint32_t count = 0;
    for (int i = 0; i < 2; i++)
        for (const struct order *order = first[i]; order; order = order->younger)
            count += is_over(order, fetched);
    uint64_t *list = count ? malloc(count * sizeof *list) : NULL;
    *ret_count = 0;
    for (int i = 0; i < 2 && list; i++)
        for (const struct order *order = first[i]; order; order = order->younger)
            if (is_over(order, fetched))
                list[(*ret_count)++] = order->now.order;
    return list;
}

void sums_end(struct engine *engine, const struct oc_ev_fetched *fetched)
{
    uint32_t count = 0;
    sums_forget_made(engine);
    if (fetched->kind != OC_FETCH_FILLS || fetched->rc < 0 || fetched->more)
        return;
    uint64_t *list = list_missing(engine, fetched, &count);
    for (uint32_t i = 0; i < count; i++) {
        struct order *order = orders_find(engine->orders, list[i]);
        if (order && order_missing(order))
            infer(engine, order);
    }
    free(list);
    if (__builtin_expect(engine->groups.told_count, 0))
        groups_tell(engine);
}

/* versions.c: an instrument arrives, changes its terms or its steps; and events that name a version which is no longer in force. */
#include <stdlib.h>
#include <string.h>

#include "engine/dust.h"
#include "engine/impl.h"
#include "engine/rescale.h"

/* Everything that counts in the steps of one instrument. With rescale->is_trial nothing changes. */

static void turn_market(struct engine *engine, uint32_t inst, struct rescale *rescale)
{
    struct market *market = markets_get(engine->markets, inst);
    if (!market)
        return;
    int64_t *const prices[] = {&market->last,     &market->bid,     &market->ask,      &market->bar.open,
                               &market->bar.high, &market->bar.low, &market->bar.close};
    for (size_t i = 0; i < sizeof prices / sizeof prices[0]; i++)
        rescale_price(rescale, prices[i]);
    rescale_mark2(rescale, &market->mark2);
    rescale_qty(rescale, &market->bid_qty);
    rescale_qty(rescale, &market->ask_qty);
    rescale_qty(rescale, &market->bar.volume);
    if (!rescale->is_trial)
        market->bar.head.inst = inst;
}

static void turn_builders(struct engine *engine, uint32_t inst, const struct instrument_steps *from,
                          struct rescale *rescale)
{
    for (uint32_t i = 0; i < engine->builder_count; i++) {
        struct bar_builder *builder = engine->builders[i];
        if (OC_INST_INDEX(builder->inst) != OC_INST_INDEX(inst))
            continue;
        if (builder->is_open) /* a bar or a bar of quotes: neither says money */
            (void)rescale_event(rescale, from, instruments_get(engine->instruments, inst), &builder->now.head);
        if (builder->has_ahead)
            (void)rescale_event(rescale, from, instruments_get(engine->instruments, inst), &builder->ahead.head);
        if (!rescale->is_trial)
            builder->inst = inst;
    }
}

static void turn_booked(struct rescale *rescale, struct booked *booked)
{
    struct position_trade *trade = &booked->trade.what;
    rescale->price_is_off = false;
    rescale_price(rescale, &trade->price);
    if (rescale->price_is_off && !rescale->is_trial && !trade->has_value) {
        trade->has_value = true;
        trade->value = booked->value;
    }
    rescale_qty(rescale, &trade->qty);
    rescale_product(rescale, &booked->sum);
    for (int i = 0; i < 2; i++) {
        rescale_qty(rescale, &booked->effects[i].close_qty);
        rescale_qty(rescale, &booked->effects[i].open_qty);
    }
}

static void turn_said(struct rescale *rescale, struct order_said *said)
{
    int64_t *const units[] = {&said->sums.qty, &said->asked, &said->before, &said->inferred};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        rescale_qty(rescale, units[i]);
    for (struct booked *booked = said->oldest; booked; booked = booked->next)
        turn_booked(rescale, booked);
}

static void turn_order(struct rescale *rescale, struct order *order)
{
    struct oc_request *now = &order->now;
    int64_t *const prices[] = {&now->price,       &now->stop_price, &now->stop_loss,
                               &now->take_profit, &now->activation, &now->price_bound,
                               &order->ask_price, &order->ask_stop, &order->known_price};
    int64_t *const units[] = {&now->qty,      &now->display_qty, &now->filled,
                              &order->filled, &order->ask_qty,   &order->worst_qty};
    for (size_t i = 0; i < sizeof prices / sizeof prices[0]; i++)
        rescale_price(rescale, prices[i]);
    if (now->bits & OC_RQ_HAS_TRAIL)
        rescale_price(rescale, &now->trail);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        rescale_qty(rescale, units[i]);
    rescale_product(rescale, &order->filled_sum);
    if (order->said)
        turn_said(rescale, order->said);
}

static void turn_orders(struct engine *engine, uint32_t inst, struct rescale *rescale)
{
    struct order *const lists[] = {orders_open_first(engine->orders), orders_closed_first(engine->orders)};
    for (int i = 0; i < 2; i++)
        for (struct order *order = lists[i]; order; order = order->younger) {
            if (OC_INST_INDEX(order->now.head.inst) != OC_INST_INDEX(inst))
                continue;
            rescale->price_is_off = rescale->qty_is_off = false;
            turn_order(rescale, order);
            if (rescale->is_trial)
                continue;
            order->now.head.inst = inst;
            if (order_is_open(order) && (rescale->price_is_off || rescale->qty_is_off)) {
                engine_alarm(engine, order, "an open order does not lie on the new steps: it is shown as the nearest");
                out_add_note(&engine->out, &(struct out_note){.kind = NOTE_STRANGER, .source = order->now.account});
            }
        }
}

/* What a long on spot holds beside the new steps is dust: it is a part of a step more, at the same average, of which the rest was
 * taken. */
static void keep_rest(const struct rescale *rescale, const struct instrument *instrument, struct position *position,
                      int64_t before)
{
    const oc_i128 whole = (oc_i128)before * rescale->qty.num, off = whole - (oc_i128)position->qty * rescale->qty.den,
                  more = num_quotient(off, rescale->qty.den, NUM_CEIL), lacks = more * rescale->qty.den - off;
    oc_i128 step, taken, cost;
    if (portfolio_base_money(instrument, 1, &step) < 0 ||
        num_muldiv_128(step, lacks, rescale->qty.den, NUM_HALF_EVEN, &taken) < 0 ||
        num_muldiv_128(position->cost, lacks, whole, NUM_HALF_EVEN, &cost) < 0)
        return;
    position->qty += (int64_t)more;
    position->taken += taken;
    position->cost += cost;
    if (position->lot_count) {
        position->lots[position->lot_count - 1].qty += (int64_t)more;
        position->lots[position->lot_count - 1].cost += cost;
    } else if (position->lot_max && more) { /* each lot was less than a step: what they are together is one */
        position->lots[0] = (struct lot){.qty = (int64_t)more, .cost = position->cost};
        position->lot_count = 1;
    }
}

static void turn_position(struct engine *engine, struct rescale *rescale, struct position *position)
{
    const struct instrument *instrument = instruments_get(engine->instruments, position->inst);
    rescale->qty_is_off = false;
    int64_t lots = 0;
    if (rescale->is_trial)
        rescale_qty(rescale, &position->spare);
    else
        (void)dust_joins(position);
    const int64_t before = position->qty;
    for (uint32_t i = position->lot_first; i < position->lot_count; i++) {
        rescale_qty(rescale, &position->lots[i].qty);
        lots += position->lots[i].qty;
    }
    rescale_qty(rescale, &position->qty);
    const bool is_off = rescale->qty_is_off;
    rescale_qty(rescale, &position->fee_units);
    rescale->qty_is_off = is_off;
    if (rescale->is_trial)
        return;
    if (position->method != COST_AVERAGE) {
        position->qty = lots;
        position_drop_dust(position);
    }
    if (rescale->qty_is_off && before > 0 && instrument->info.kind == OC_KIND_SPOT)
        keep_rest(rescale, instrument, position, before);
    else if (rescale->qty_is_off && !position->strategy)
        engine_alarm(engine, NULL,
                     "a position does not lie on the new steps: what is less than a step is not counted in it");
}

/* In the steps and limits that are in force now, at the market's price. */
static void settle_books(struct engine *engine, uint32_t inst)
{
    const struct instrument *instrument = instruments_get(engine->instruments, inst);
    const struct market *market = markets_get(engine->markets, inst);
    const struct dust_trade none = {.price = market ? market->mark2 / 2 : 0};
    for (uint32_t i = 0; i < portfolio_book_count(engine->portfolio); i++) {
        struct position *position = &portfolio_book_at(engine->portfolio, i)->position;
        if (OC_INST_INDEX(position->inst) != OC_INST_INDEX(inst))
            continue;
        (void)dust_joins(position);
        dust_settles(position, instrument, &none, NULL);
    }
}

static void turn_books(struct engine *engine, uint32_t inst, struct rescale *rescale)
{
    for (uint32_t i = 0; i < portfolio_book_count(engine->portfolio); i++) {
        struct book *book = portfolio_book_at(engine->portfolio, i);
        if (OC_INST_INDEX(book->position.inst) != OC_INST_INDEX(inst))
            continue;
        turn_position(engine, rescale, &book->position);
        if (!rescale->is_trial) {
            book->position.inst = inst;
            book->open_buy = book->open_sell = 0; /* counted again below */
        }
    }
}

static void turn_groups(struct engine *engine, uint32_t inst, struct rescale *rescale)
{
    for (uint32_t i = 0; i < engine->groups.count; i++) {
        struct group *group = &engine->groups.list[i];
        if (!group->id || OC_INST_INDEX(group->inst) != OC_INST_INDEX(inst))
            continue;
        rescale_price(rescale, &group->stop_loss);
        rescale_price(rescale, &group->take_profit);
        rescale_price(rescale, &group->activation);
        rescale_price(rescale, &group->best);
        if (group->trail_kind == GROUP_TRAIL_UNITS)
            rescale_price(rescale, &group->trail);
        rescale_qty(rescale, &group->entered);
        rescale_qty(rescale, &group->exited);
        if (!rescale->is_trial)
            group->inst = inst;
    }
}

/* What strategies keep in units. */
static void turn_clients(struct engine *engine, uint32_t inst, struct rescale *rescale)
{
    for (uint32_t id = 1; id <= engine->client_count; id++) {
        const struct engine_client *client = &engine->clients[id].table;
        if (client->rescaled)
            client->rescaled(client->self, inst, rescale);
    }
}

static void turn_busts(struct engine *engine, uint32_t inst, struct rescale *rescale)
{
    for (uint32_t i = 0; i < engine->booked.waiting_count; i++) {
        struct oc_ev_bust *bust = &engine->booked.waiting[i];
        if (OC_INST_INDEX(bust->head.inst) != OC_INST_INDEX(inst))
            continue;
        rescale_price(rescale, &bust->new_price);
        rescale_qty(rescale, &bust->new_qty);
        if (!rescale->is_trial)
            bust->head.inst = inst;
    }
}

static void count_exposure(struct engine *engine, uint32_t inst)
{
    struct order *const lists[] = {orders_open_first(engine->orders), orders_closed_first(engine->orders)};
    for (int i = 0; i < 2; i++)
        for (struct order *order = lists[i]; order; order = order->younger)
            if (order->exposure && OC_INST_INDEX(order->now.head.inst) == OC_INST_INDEX(inst)) {
                order->exposure = 0;
                exposure_lower(engine, order);
            }
}

static void turn_all(struct engine *engine, uint32_t inst, const struct instrument_steps *from, struct rescale *rescale)
{
    turn_market(engine, inst, rescale);
    turn_builders(engine, inst, from, rescale);
    turn_orders(engine, inst, rescale);
    for (uint32_t i = 0; i < engine->booked.count; i++)
        if (OC_INST_INDEX(engine->booked.ring[i].trade.inst) == OC_INST_INDEX(inst))
            turn_booked(rescale, &engine->booked.ring[i]);
    turn_busts(engine, inst, rescale);
    statement_turn(&engine->statement, inst, rescale);
    turn_groups(engine, inst, rescale);
    turn_books(engine, inst, rescale);
    if (rescale->is_trial)
        return;
    books_turn(engine, inst);
    turn_clients(engine, inst, rescale);
}

/* Whether everything fits into the new steps. */
static oc_rc try_steps(struct engine *engine, uint32_t inst, const struct oc_instrument *info,
                       struct instrument_steps *ret_from, struct rescale *ret_rescale)
{
    const struct instrument_steps to = {info->price_step, info->qty_step};
    if (!instruments_steps(engine->instruments, inst, ret_from))
        return OC_E_NOT_FOUND;
    oc_rc rc = rescale_init(ret_rescale, ret_from, &to);
    if (rc < 0)
        return rc;
    ret_rescale->is_trial = true;
    turn_all(engine, inst, ret_from, ret_rescale);
    ret_rescale->is_trial = false;
    return ret_rescale->overflows ? OC_E_RANGE : OC_OK;
}

oc_rc instrument_apply(struct engine *engine, const struct oc_ev_instrument *event)
{
    enum instrument_change change;
    struct instrument_steps from = {.price = {0}};
    struct rescale rescale = {.is_trial = true};
    uint32_t inst;
    oc_rc rc = instruments_judge(engine->instruments, &event->info, &change, &inst);
    if (rc == OC_OK && change == INSTRUMENT_NEW && !markets_get(engine->markets, inst))
        return OC_E_NOMEM;
    if (rc == OC_OK && change == INSTRUMENT_STEPS) /* as it is called until then */
        rc = try_steps(engine, OC_INST(OC_INST_INDEX(inst), OC_INST_VERSION(inst) - 1), &event->info, &from, &rescale);
    if (rc == OC_OK)
        rc = instruments_add(engine->instruments, &event->info, &inst);
    if (rc < 0)
        return rc;
    if (change == INSTRUMENT_STEPS) {
        turn_all(engine, inst, &from, &rescale);
        count_exposure(engine, inst);
        engine->has_versions = true;
    }
    if (change != INSTRUMENT_SAME) {
        settle_books(engine, inst);
        groups_terms_changed(engine, inst); /* what was too small to be protected may be large enough */
    }
    engine->last_instrument = inst;
    if (engine->is_observed)
        chain_observe(engine, &event->head);
    return OC_OK;
}

const struct oc_event *event_as_now(struct engine *engine, const struct oc_event *event)
{
    const struct instrument *instrument = instruments_get(engine->instruments, event->inst);
    struct instrument_steps from;
    struct rescale rescale;
    if (!instrument || instrument->info.inst == event->inst || event->type == OC_EV_INSTRUMENT)
        return event;
    if (!instruments_steps(engine->instruments, event->inst, &from))
        return NULL;
    const struct instrument_steps to = {instrument->info.price_step, instrument->info.qty_step};
    if (rescale_init(&rescale, &from, &to) < 0)
        return NULL;
    struct oc_event *turned = realloc(engine->turned, event->size);
    if (!turned)
        return NULL;
    engine->turned = turned;
    memcpy(turned, event, event->size);
    return rescale_event(&rescale, &from, instrument, turned) < 0 ? NULL : turned;
}

const struct oc_event *engine_as_now(struct engine *engine, const struct oc_event *event)
{
    return engine->has_versions ? event_as_now(engine, event) : event;
}

/* core_orders.c: orders from their placing to their end. */
#include "rehearsal/core_impl.h"

#include <string.h>

static bool is_better(uint8_t side, int64_t price, int64_t than)
{
    return side == CORE_BUY ? price > than : price < than;
}

static void tell_order(struct core *core, const struct core_order *order)
{
    if (order->id)
        core_tell(core, &(struct core_event){
                            .kind = CORE_ON_ORDER, .account = order->account, .inst = order->inst, .order = order});
}

static void tell_level(struct core *core, uint32_t inst, uint8_t side, int64_t price)
{
    int64_t qty = 0;
    core->insts[inst].book_seq++;
    for (uint32_t at = core->insts[inst].head[side - 1]; at != CORE_NONE; at = core->orders[at].behind) {
        const struct core_order *order = &core->orders[at];
        if (order->price == price)
            qty += order->qty - order->filled;
        else if (is_better(side, price, order->price))
            break;
    }
    core_tell(core,
              &(struct core_event){.kind = CORE_ON_LEVEL, .inst = inst, .side = side, .price = price, .qty = qty});
}

/* ---- lists ---- */

static uint32_t *list_of(struct core *core, const struct core_order *order)
{
    struct core_inst *inst = &core->insts[order->inst];
    return order->state == CORE_DORMANT ? &inst->dormant : &inst->head[order->side - 1];
}

static void link_order(struct core *core, uint32_t place)
{
    struct core_order *order = &core->orders[place];
    uint32_t *link = list_of(core, order), before = CORE_NONE;
    while (*link != CORE_NONE &&
           (order->state == CORE_DORMANT || !is_better(order->side, order->price, core->orders[*link].price))) {
        before = *link;
        link = &core->orders[before].behind;
    }
    order->before = before;
    order->behind = *link;
    if (order->behind != CORE_NONE)
        core->orders[order->behind].before = place;
    *link = place;
}

static void unlink_order(struct core *core, uint32_t place)
{
    struct core_order *order = &core->orders[place];
    if (order->before == CORE_NONE)
        *list_of(core, order) = order->behind;
    else
        core->orders[order->before].behind = order->behind;
    if (order->behind != CORE_NONE)
        core->orders[order->behind].before = order->before;
    order->before = order->behind = CORE_NONE;
}

/* It is in no list any more. */
static void end_order(struct core *core, uint32_t place, enum core_state state)
{
    struct core_order *order = &core->orders[place];
    const uint32_t asset = core_pays_with(core, order);
    const bool had_hold = order->held != 0;
    core_set_hold(core, order, 0);
    order->state = (uint8_t)state;
    core->accounts[order->account].open_count--;
    core->resting--;
    core_note_order(core, order);
    tell_order(core, order);
    if (had_hold)
        core_note_balance(core, order->account, asset);
    if (!order->id) {
        order->state = 0;
        core->house_free[core->house_free_count++] = place;
    }
}

/* ---- matching ---- */

static bool crosses(const struct core_order *order, int64_t price)
{
    return order->type == CORE_MARKET || order->price == price || is_better(order->side, order->price, price);
}

static void trade(struct core *core, uint32_t taker, uint32_t maker, int64_t qty)
{
    struct core_order *took = &core->orders[taker], *rested = &core->orders[maker];
    struct core_inst *inst = &core->insts[took->inst];
    const int64_t price = rested->price;
    struct core_trade *made = &core->trades[++core->trade_count % CORE_TRADES_MAX];
    *made = (struct core_trade){.number = core->trade_count,
                                .inst = took->inst,
                                .side = took->side,
                                .qty = qty,
                                .price = price,
                                .at_ns = core->now_ns};
    inst->last_price = price;
    core_settle(core, maker, qty, price, true);
    core_settle(core, taker, qty, price, false);
    if (rested->filled == rested->qty) {
        unlink_order(core, maker);
        end_order(core, maker, CORE_FILLED);
    } else {
        tell_order(core, rested);
    }
    core_tell(core, &(struct core_event){.kind = CORE_ON_TRADE, .inst = took->inst, .trade = made});
    tell_level(core, took->inst, took->side == CORE_BUY ? CORE_SELL : CORE_BUY, price);
}

bool core_is_spent(const struct core *core, const struct core_order *order, int64_t price)
{
    return order->by_money && order->filled > 0 && core_affordable(core, order, price) == 0;
}

static bool is_done(const struct core_order *order) { return order->by_money ? false : order->filled == order->qty; }

/* As far as it goes. True: nothing of it may rest, for an order of its own account stands in its way or its money is at an end. */
static bool match(struct core *core, uint32_t place)
{
    struct core_order *order = &core->orders[place];
    const uint32_t *other = &core->insts[order->inst].head[order->side == CORE_BUY ? 1 : 0];
    while (!is_done(order) && *other != CORE_NONE && crosses(order, core->orders[*other].price)) {
        const struct core_order *maker = &core->orders[*other];
        int64_t qty = maker->qty - maker->filled;
        const int64_t most =
            order->type == CORE_MARKET ? core_affordable(core, order, maker->price) : order->qty - order->filled;
        qty = most < qty ? most : qty;
        if (maker->account == order->account || qty == 0)
            return true;
        trade(core, place, *other, qty);
    }
    return false;
}

/* Whether so much can be traded at once. */
static bool can_fill(const struct core *core, const struct core_order *order)
{
    int64_t left = order->qty - order->filled;
    for (uint32_t at = core->insts[order->inst].head[order->side == CORE_BUY ? 1 : 0]; at != CORE_NONE && left > 0;
         at = core->orders[at].behind) {
        const struct core_order *maker = &core->orders[at];
        if (!crosses(order, maker->price) || maker->account == order->account)
            return false;
        left -= maker->qty - maker->filled;
    }
    return left <= 0;
}

/* It trades, and what is left rests or expires. */
static void run_order(struct core *core, uint32_t place)
{
    struct core_order *order = &core->orders[place];
    const int64_t filled = order->filled;
    const bool is_stopped = match(core, place);
    if (is_done(order)) {
        end_order(core, place, CORE_FILLED);
    } else if (order->type == CORE_MARKET && order->by_money && order->value > 0 && is_stopped) {
        end_order(core, place, CORE_FILLED); /* its money is spent but for less than a step */
    } else if (order->type == CORE_MARKET || order->tif != CORE_GTC || is_stopped) {
        end_order(core, place, CORE_EXPIRED);
    } else {
        link_order(core, place);
        if (order->filled != filled)
            tell_order(core, order);
        tell_level(core, order->inst, order->side, order->price);
    }
}

/* ---- stops ---- */

static bool is_reached(const struct core_order *order, int64_t last_price)
{
    return last_price != 0 && (order->side == CORE_BUY ? last_price >= order->stop : last_price <= order->stop);
}

/* What the last trade has reached becomes an order; each may reach others. */
static void trigger(struct core *core, uint32_t inst)
{
    uint32_t at = core->insts[inst].dormant;
    while (at != CORE_NONE) {
        struct core_order *order = &core->orders[at];
        const uint32_t place = at;
        at = order->behind;
        if (!is_reached(order, core->insts[inst].last_price))
            continue;
        unlink_order(core, place);
        order->state = CORE_WORKING;
        if (order->type == CORE_STOP) {
            core_set_hold(core, order, 0);
            core_note_balance(core, order->account, core_pays_with(core, order));
        }
        order->type = order->type == CORE_STOP ? CORE_MARKET : CORE_LIMIT;
        core_note_order(core, order);
        tell_order(core, order);
        run_order(core, place);
        at = core->insts[inst].dormant;
    }
}

/* ---- what customers ask ---- */

static enum core_why judge_numbers(const struct core *core, const struct core_ask *ask)
{
    const struct core_inst *inst = &core->insts[ask->inst];
    const bool has_price = ask->type == CORE_LIMIT || ask->type == CORE_STOP_LIMIT;
    const bool has_stop = ask->type == CORE_STOP || ask->type == CORE_STOP_LIMIT;
    oc_i128 value;
    if ((ask->side != CORE_BUY && ask->side != CORE_SELL) || ask->type < CORE_LIMIT || ask->type > CORE_STOP_LIMIT ||
        ask->tif < CORE_GTC || ask->tif > CORE_FOK ||
        (ask->is_post_only && (ask->type != CORE_LIMIT || ask->tif != CORE_GTC)) ||
        (ask->by_money && ask->type != CORE_MARKET) || (ask->type == CORE_MARKET && ask->tif == CORE_FOK))
        return CORE_NO_SUCH_KIND;
    if (ask->by_money)
        return ask->money <= 0 ? CORE_BAD_QTY : ask->money < inst->min_notional ? CORE_BELOW_MIN_NOTIONAL : CORE_OK;
    if (ask->qty <= 0)
        return CORE_BAD_QTY;
    if (ask->qty < inst->min_qty)
        return CORE_BELOW_MIN_QTY;
    if (ask->qty > inst->max_qty)
        return CORE_ABOVE_MAX_QTY;
    if ((has_price && ask->price <= 0) || (has_stop && ask->stop <= 0))
        return CORE_BAD_PRICE;
    const int64_t price = has_price ? ask->price : has_stop ? ask->stop : inst->last_price;
    if (num_mul_128((oc_i128)price * ask->qty, inst->value_unit, &value) < 0 || value > num_pow10_128(34))
        return CORE_ABOVE_MAX_QTY;
    return value < inst->min_notional && price > 0 ? CORE_BELOW_MIN_NOTIONAL : CORE_OK;
}

static enum core_why judge_client(const struct core *core, const struct core_ask *ask)
{
    const uint32_t place = core_order_by_client(core, ask->account, ask->client);
    if (place == CORE_NONE || (core->rules.ids_while_open && !core_is_open(&core->orders[place])))
        return CORE_OK;
    return CORE_CLIENT_ID_USED;
}

static bool would_take(const struct core *core, const struct core_order *order)
{
    const uint32_t best = core->insts[order->inst].head[order->side == CORE_BUY ? 1 : 0];
    return best != CORE_NONE && crosses(order, core->orders[best].price);
}

static enum core_why judge_order(const struct core *core, const struct core_order *order)
{
    const struct core_account *account = &core->accounts[order->account];
    const struct core_inst *inst = &core->insts[order->inst];
    const struct core_balance *balance = &account->balances[core_pays_with(core, order)];
    if (account->open_count >= core->rules.open_max && !account->is_house)
        return CORE_TOO_MANY_OPEN;
    if (order->is_post_only && would_take(core, order))
        return CORE_WOULD_TAKE;
    if (order->stop && is_reached(order, inst->last_price))
        return CORE_WOULD_TRIGGER;
    if (core_hold_for(core, order, order->qty) > balance->free)
        return CORE_NO_FUNDS;
    if (order->type == CORE_MARKET && order->side == CORE_SELL && !order->by_money &&
        order->qty * inst->qty_unit > balance->free)
        return CORE_NO_FUNDS;
    if (order->type == CORE_MARKET && (order->side == CORE_BUY || order->by_money) && balance->free == 0)
        return CORE_NO_FUNDS;
    return CORE_OK;
}

enum core_why core_place(struct core *core, int64_t now_ns, const struct core_ask *ask, uint32_t *ret_order)
{
    core->now_ns = now_ns;
    if (ask->inst >= core->inst_count)
        return CORE_NO_INSTRUMENT;
    const bool is_house = core->accounts[ask->account].is_house;
    struct core_order made = {.account = ask->account,
                              .inst = ask->inst,
                              .side = ask->side,
                              .type = ask->type,
                              .tif = ask->tif,
                              .is_post_only = ask->is_post_only,
                              .by_money = ask->by_money,
                              .qty = ask->by_money ? 0 : ask->qty,
                              .price = ask->type == CORE_LIMIT || ask->type == CORE_STOP_LIMIT ? ask->price : 0,
                              .stop = ask->type == CORE_STOP || ask->type == CORE_STOP_LIMIT ? ask->stop : 0,
                              .money = ask->by_money ? ask->money : 0,
                              .created_ns = now_ns,
                              .before = CORE_NONE,
                              .behind = CORE_NONE};
    memcpy(made.client, ask->client, CORE_CLIENT_MAX - 1);
    enum core_why why = core->insts[ask->inst].is_halted ? CORE_HALTED : judge_numbers(core, ask);
    why = why == CORE_OK ? judge_client(core, ask) : why;
    why = why == CORE_OK ? judge_order(core, &made) : why;
    if (why != CORE_OK)
        return why;
    if (!core_has_room(core) || core->resting == CORE_RESTING_MAX || (is_house && core->house_free_count == 0))
        return CORE_FULL;
    const uint32_t place = is_house ? core->house_free[--core->house_free_count] : CORE_HOUSE_MAX + core->order_count++;
    made.id = is_house ? 0 : core->order_count;
    made.state = made.stop ? CORE_DORMANT : CORE_WORKING;
    core->orders[place] = made;
    struct core_order *order = &core->orders[place];
    if (order->client[0])
        *core_client_slot(core, order->account, order->client) = place;
    core->accounts[order->account].open_count++;
    core->resting++;
    core_set_hold(core, order, core_hold_for(core, order, order->qty));
    core_note_order(core, order);
    if (order->held)
        core_note_balance(core, order->account, core_pays_with(core, order));
    *ret_order = place;
    tell_order(core, order);
    if (order->state == CORE_DORMANT) {
        link_order(core, place);
    } else if (order->tif == CORE_FOK && !can_fill(core, order)) {
        end_order(core, place, CORE_EXPIRED);
    } else {
        run_order(core, place);
        trigger(core, ask->inst);
    }
    return CORE_OK;
}

static enum core_why judge_open(const struct core *core, uint32_t place)
{
    if (place >= CORE_HOUSE_MAX + core->order_count || core->orders[place].state == 0)
        return CORE_NOT_FOUND;
    return core_is_open(&core->orders[place]) ? CORE_OK : CORE_NOT_OPEN;
}

enum core_why core_cancel(struct core *core, int64_t now_ns, uint32_t place)
{
    core->now_ns = now_ns;
    const enum core_why why = judge_open(core, place);
    if (why != CORE_OK)
        return why;
    const struct core_order order = core->orders[place];
    unlink_order(core, place);
    end_order(core, place, CORE_CANCELED);
    if (order.state == CORE_WORKING)
        tell_level(core, order.inst, order.side, order.price);
    return CORE_OK;
}

enum core_why core_move_stop(struct core *core, int64_t now_ns, uint32_t place, int64_t qty, int64_t price,
                             int64_t stop)
{
    core->now_ns = now_ns;
    enum core_why why = judge_open(core, place);
    if (why != CORE_OK)
        return why;
    struct core_order *order = &core->orders[place];
    struct core_order next = *order;
    const struct core_ask ask = {.account = order->account,
                                 .inst = order->inst,
                                 .side = order->side,
                                 .type = order->type,
                                 .tif = order->tif,
                                 .qty = qty,
                                 .price = price,
                                 .stop = stop};
    if (order->state != CORE_DORMANT)
        return CORE_NO_SUCH_KIND;
    why = core->insts[order->inst].is_halted ? CORE_HALTED : judge_numbers(core, &ask);
    if (why != CORE_OK)
        return why;
    next.qty = qty;
    next.price = price;
    next.stop = stop;
    if (is_reached(&next, core->insts[order->inst].last_price))
        return CORE_WOULD_TRIGGER;
    const oc_i128 held = core_hold_for(core, &next, qty);
    if (held - order->held > core->accounts[order->account].balances[core_pays_with(core, order)].free)
        return CORE_NO_FUNDS;
    if (!core_has_room(core))
        return CORE_FULL;
    order = &core->orders[place]; /* room may have moved them */
    order->qty = qty;
    order->price = price;
    order->stop = stop;
    core_set_hold(core, order, held);
    core_note_order(core, order);
    core_note_balance(core, order->account, core_pays_with(core, order));
    tell_order(core, order);
    return CORE_OK;
}

enum core_why core_amend(struct core *core, int64_t now_ns, uint32_t place, int64_t qty, int64_t price)
{
    core->now_ns = now_ns;
    enum core_why why = judge_open(core, place);
    if (why != CORE_OK)
        return why;
    struct core_order *order = &core->orders[place];
    const struct core_order was = *order;
    const struct core_ask ask = {.account = order->account,
                                 .inst = order->inst,
                                 .side = order->side,
                                 .type = CORE_LIMIT,
                                 .tif = order->tif,
                                 .is_post_only = order->is_post_only,
                                 .qty = qty,
                                 .price = price};
    if (order->state != CORE_WORKING)
        return CORE_NO_SUCH_KIND;
    if (core->insts[order->inst].is_halted)
        return CORE_HALTED;
    why = judge_numbers(core, &ask);
    if (why != CORE_OK)
        return why;
    if (qty <= order->filled)
        return CORE_BAD_QTY;
    if (qty == order->qty && price == order->price)
        return CORE_NOTHING_CHANGES;
    struct core_order next = *order;
    next.price = price;
    next.qty = qty;
    const oc_i128 held = core_hold_for(core, &next, qty - order->filled);
    if (held - order->held > core->accounts[order->account].balances[core_pays_with(core, order)].free)
        return CORE_NO_FUNDS;
    if (next.is_post_only && would_take(core, &next))
        return CORE_WOULD_TAKE;
    if (!core_has_room(core))
        return CORE_FULL;
    order = &core->orders[place]; /* room may have moved them */
    const bool keeps_place = price == order->price && qty < order->qty;
    if (!keeps_place)
        unlink_order(core, place);
    order->price = price;
    order->qty = qty;
    core_set_hold(core, order, held);
    core_note_order(core, order);
    core_note_balance(core, order->account, core_pays_with(core, order));
    tell_order(core, order);
    tell_level(core, was.inst, was.side, was.price);
    if (!keeps_place) {
        run_order(core, place);
        trigger(core, was.inst);
    }
    return CORE_OK;
}

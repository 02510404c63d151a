/* group_held.c: what becomes of a stop and a target where the venue cannot hold both at once: on spot an order locks what it would
 * sell, so that a second one for the same thing is refused.
 *
 * The stop is an order at the venue, where it protects while this host is down, and the target is held here. When the market touches
 * the target the stop is taken back; once that is confirmed, with all that it has filled, the target goes out for what is left; what it
 * does not fill gets its stop back. Where the venue has no stops it is the other way round, and the stop goes out at market.
 *
 * So never both are orders at the venue, whatever is cut off where: what was asked for stands in the records, the cancel of the one
 * leg with the role of the other, and what is done next follows from the states of the two orders. */
#include "engine/impl.h"

void engine_set_protect(struct engine *engine, uint32_t account, enum engine_protect protect, bool lacks_stops)
{
    if (account > ENGINE_ACCOUNTS_MAX)
        return;
    engine->protect[account] = (uint8_t)protect;
    engine->lacks_stops[account] = lacks_stops;
    engine->groups.holds = false;
    for (uint32_t i = 0; i <= ENGINE_ACCOUNTS_MAX; i++)
        engine->groups.holds |= engine->protect[i] == ENGINE_PROTECT_HOST;
}

static bool has_stops(const struct engine *engine, uint32_t account, const struct oc_instrument *info)
{
    const uint64_t stops = (uint64_t)1 << OC_ORDER_STOP | (uint64_t)1 << OC_ORDER_STOP_LIMIT;
    return !engine->lacks_stops[account] && (!(info->present & OC_INST_HAS_ORDERS) || (info->orders & stops));
}

/* Which of the two the venue of an account cannot hold, beside the other or at all. */
static uint8_t not_held(const struct engine *engine, uint32_t account, uint32_t inst, bool has_stop, bool has_target)
{
    const struct instrument *instrument = instruments_get(engine->instruments, inst);
    if (!instrument)
        return OC_ROLE_NONE;
    const bool is_spot = instrument->info.kind == OC_KIND_SPOT;
    if (!is_spot && (engine->own_way[account] & OC_CAN_PROTECT))
        return OC_ROLE_NONE;
    if (has_stop && !has_stops(engine, account, &instrument->info))
        return OC_ROLE_STOP_LOSS;
    return is_spot && has_stop && has_target ? OC_ROLE_TAKE_PROFIT : OC_ROLE_NONE;
}

uint8_t group_held(const struct engine *engine, const struct group *group)
{
    if (engine->protect[group->account] != ENGINE_PROTECT_HOST)
        return OC_ROLE_NONE;
    return not_held(engine, group->account, group->inst, group->has_stop || group->trail_kind, group->has_target);
}

const char *protect_refuses(const struct engine *engine, const struct oc_request *entry)
{
    const uint8_t protect = engine->protect[entry->account];
    const bool has_stop = entry->bits & (OC_RQ_HAS_STOP_LOSS | OC_RQ_HAS_TRAIL | OC_RQ_HAS_TRAIL_PPM);
    const bool has_target = entry->bits & OC_RQ_HAS_TAKE_PROFIT;
    if (protect != ENGINE_PROTECT_NATIVE && protect != ENGINE_PROTECT_REFUSE)
        return NULL;
    if (not_held(engine, entry->account, entry->head.inst, has_stop, has_target))
        return ENGINE_PROTECTION_NOT_SUPPORTED;
    const bool is_pair = has_stop && has_target && !(engine->own_way[entry->account] & OC_CAN_PROTECT);
    return protect == ENGINE_PROTECT_REFUSE && is_pair ? ENGINE_PROTECTION_NOT_SUPPORTED : NULL;
}

static int64_t open_of(const struct group *group) { return group->is_closing ? 0 : group->entered - group->exited; }

/* The price at which what the group protects can be closed: of the book, where that is not older than the last trade. */
static bool closing_price(const struct engine *engine, const struct group *group, int64_t *ret_price)
{
    const struct market *market = markets_get(engine->markets, group->inst);
    const bool sells = group->side == OC_SIDE_BUY;
    const bool has_side = market && (market->present & (sells ? OC_HAS_BID : OC_HAS_ASK));
    if (!market || (!has_side && !market->has_last))
        return false;
    const bool is_of_book = has_side && (!market->has_last || market->quote_ns >= market->last_ns);
    *ret_price = !is_of_book ? market->last : sells ? market->bid : market->ask;
    return true;
}

bool group_stop_price(const struct engine *engine, const struct group *group, int64_t *ret_price)
{
    const struct market *market = markets_get(engine->markets, group->inst);
    if (!market || !market->has_last)
        return closing_price(engine, group, ret_price);
    *ret_price = market->last;
    return true;
}

/* A stop goes by trades, where there are any, as at venues; a target by what it would be filled at. */
static bool is_touched(const struct engine *engine, const struct group *group, uint8_t held)
{
    const bool is_stop = held == OC_ROLE_STOP_LOSS, buys = group->side == OC_SIDE_BUY;
    int64_t price;
    if ((is_stop && !group->has_stop) ||
        !(is_stop ? group_stop_price(engine, group, &price) : closing_price(engine, group, &price)))
        return false;
    const int64_t from = is_stop ? group->stop_loss : group->take_profit;
    return is_stop == buys ? price <= from : price >= from;
}

struct legs {
    struct order *own, *other; /* NULL: none is open */
    uint8_t held, beside;      /* roles of the two */
    bool has_other;            /* the other was asked for */
    bool waits;                /* fills of what has ended are still to come */
};

static struct order *open_leg(const struct engine *engine, uint64_t leg, bool *waits)
{
    struct order *order = orders_find(engine->orders, leg);
    if (!order || !state_is_final(order->state))
        return order;
    *waits |= order_missing(order) > 0;
    return NULL;
}

static struct legs legs_of(const struct engine *engine, struct group *group, uint8_t held)
{
    const bool is_stop = held == OC_ROLE_STOP_LOSS;
    struct legs legs = {.held = held,
                        .beside = is_stop ? OC_ROLE_TAKE_PROFIT : OC_ROLE_STOP_LOSS,
                        .has_other = is_stop ? group->has_target : group->has_stop};
    legs.own = open_leg(engine, *group_leg_of(group, held), &legs.waits);
    legs.other = open_leg(engine, *group_leg_of(group, legs.beside), &legs.waits);
    return legs;
}

/* Its cancel was asked for, or what it came to is not known: nothing is asked for beside it. */
static bool is_leaving(const struct order *order)
{
    return order->state == STATE_PENDING_CANCEL || order->state == STATE_UNKNOWN;
}

/* Takes one back for the sake of the other, whose role its cancel has. */
static void give_way(struct engine *engine, struct group *group, struct order *order, uint8_t to)
{
    struct engine_refusal refusal = {0};
    if (is_leaving(order) || !group_again_is_due(engine, group, to) || engine->is_restoring)
        return;
    if (stage_cancel(engine, order, to, &refusal) < 0)
        group_again_after(engine, group, to, order, refusal.reason,
                          "a protective order that could not be taken back for the one beside it");
}

/* The order that the leg of the host became is over, and something is left. */
static void has_ended(struct engine *engine, struct group *group, const struct legs *legs)
{
    uint64_t *own = group_leg_of(group, legs->held);
    const struct order *order = orders_find(engine->orders, *own);
    const bool is_refused = order && (order->state == STATE_REJECTED || order->state == STATE_DENIED);
    *own = 0;
    if (legs->held == OC_ROLE_TAKE_PROFIT)
        group->phase = GROUP_RETURNS;
    if (order && order->filled)
        *group_again_of(group, legs->held) =
            (struct group_again){.next_ns = legs->held == OC_ROLE_TAKE_PROFIT ? engine->now_ns + GROUPS_RETRY_NS : 0};
    else
        group_again_after(engine, group, legs->held, order, order ? order->reason : "",
                          is_refused ? "a protective leg that the host holds was refused when the market touched it"
                                     : NULL);
}

/* True: what the host holds is the order, or is to be; the other one waits. */
static bool acts(struct engine *engine, struct group *group, const struct legs *legs, int64_t open)
{
    const bool is_target = legs->held == OC_ROLE_TAKE_PROFIT;
    if (legs->own) {
        const int64_t rest = legs->own->now.qty - legs->own->filled;
        if (is_leaving(legs->own))
            return true;
        if (is_target && engine->now_ns - legs->own->created_ns >= GROUPS_REST_NS)
            give_way(engine, group, legs->own, legs->beside);
        else if (open < rest)
            group_leg_size(engine, group, legs->held, open);
        else if (is_target)
            group_wake(engine, group, legs->own->created_ns + GROUPS_REST_NS);
        return true;
    }
    if (legs->other) {
        give_way(engine, group, legs->other, legs->held);
        return true;
    }
    if (legs->waits)
        return true;
    if (!is_target || is_touched(engine, group, legs->held)) {
        if (group_leg_place(engine, group, legs->held, open, true)) {
            if (is_target)
                group_wake(engine, group, engine->now_ns + GROUPS_REST_NS);
            return true;
        }
        if (group_again_is_due(engine, group, legs->held)) /* too small to be asked for: not at each price */
            group_again_after(engine, group, legs->held, NULL, "", NULL);
    }
    return !is_target; /* a stop that was touched is asked for until it has closed what there is */
}

void group_held_work(struct engine *engine, struct group *group, uint8_t held)
{
    struct legs legs = legs_of(engine, group, held);
    const int64_t open = open_of(group);
    if (group->phase == GROUP_LEFT && open > 0)
        return;
    if (open <= 0) {
        if (legs.own)
            group_leg_size(engine, group, held, 0);
        if (legs.other)
            group_leg_size(engine, group, legs.beside, 0);
        return;
    }
    if (group->phase == GROUP_ACTS && *group_leg_of(group, held) && !legs.own)
        has_ended(engine, group, &legs);
    if (group->phase == GROUP_ACTS) {
        if (acts(engine, group, &legs, open))
            return;
        group->phase = GROUP_RETURNS;
    }
    if (legs.own) { /* it was an order like the other when this session began */
        give_way(engine, group, legs.own, legs.beside);
        return;
    }
    if (legs.waits)
        return;
    if (legs.has_other && !(legs.other && is_leaving(legs.other)))
        group_leg_size(engine, group, legs.beside, open);
    if (group->phase != GROUP_MOVES &&
        (!legs.has_other || !group_leg_is_gone(engine, *group_leg_of(group, legs.beside))))
        group->phase = GROUP_RESTS;
}

bool group_is_closed_for(const struct engine *engine, const struct group *group)
{
    const struct book *book = portfolio_find(engine->portfolio, group->account, group->strategy, group->inst);
    return book && book->is_closing;
}

void groups_yield(struct engine *engine, const struct oc_request *closing)
{
    const struct instrument *instrument = instruments_get(engine->instruments, closing->head.inst);
    if (engine->protect[closing->account] == ENGINE_PROTECT_ORDERS || !engine->groups.live || !instrument ||
        instrument->info.kind != OC_KIND_SPOT)
        return;
    uint32_t next = group_index_first(&engine->groups.index, OC_INST_INDEX(closing->head.inst));
    while (next != GROUP_NONE) {
        struct group *group = &engine->groups.list[next];
        struct engine_refusal refusal;
        bool waits = false;
        next = engine->groups.index.places[next].behind;
        if (group->account != closing->account || group->strategy != closing->strategy || open_of(group) <= 0)
            continue;
        struct order *const legs[] = {open_leg(engine, group->stop_order, &waits),
                                      open_leg(engine, group->target_order, &waits)};
        for (int i = 0; i < 2; i++)
            if (legs[i] && stage_cancel(engine, legs[i], OC_ROLE_CLOSE, &refusal) == OC_OK)
                group->phase = GROUP_YIELDS; /* what stays is refused by the venue, and asked for again */
    }
}

/* It was asked for, is not there, and nobody took it back: a host that was killed had not asked for it again yet. */
static bool is_lost(struct engine *engine, struct group *group, uint8_t role)
{
    const bool is_wanted = role == OC_ROLE_STOP_LOSS ? group->has_stop : group->has_target;
    const struct order *order = is_wanted ? orders_find(engine->orders, *group_leg_of(group, role)) : NULL;
    return is_wanted && !group->is_small &&
           (!order || (state_is_final(order->state) && order->state != STATE_CANCELED)) &&
           group_again_is_due(engine, group, role);
}

bool group_moves(struct engine *engine, struct group *group, uint8_t held)
{
    if (open_of(group) <= 0 || group->phase == GROUP_LEFT || group->is_oco)
        return false;
    if (group->phase == GROUP_YIELDS)
        return !group_is_closed_for(engine, group);
    if (group->phase == GROUP_MOVES)
        return group_trail_is_free(engine, group);
    if (group->phase == GROUP_RESTS && ((held != OC_ROLE_STOP_LOSS && is_lost(engine, group, OC_ROLE_STOP_LOSS)) ||
                                        (held != OC_ROLE_TAKE_PROFIT && is_lost(engine, group, OC_ROLE_TAKE_PROFIT))))
        return true;
    if (!held)
        return false;
    if (group->phase != GROUP_RESTS) {
        const struct legs legs = legs_of(engine, group, held);
        const struct order *out = group->phase == GROUP_ACTS && legs.own ? legs.own : legs.other;
        if (out)
            return !is_leaving(out) && (out != legs.own || engine->now_ns - out->created_ns >= GROUPS_REST_NS);
        return !legs.waits &&
               engine->now_ns >= group_again_of(group, group->phase == GROUP_ACTS ? held : legs.beside)->next_ns;
    }
    if (!is_touched(engine, group, held) || !group_again_is_due(engine, group, held))
        return false;
    if (!group_leg_is_gone(engine, *group_leg_of(group, held)))
        return true; /* an order of before: that is taken back first */
    group->phase = GROUP_ACTS;
    *group_leg_of(group, held) = 0;
    return true;
}

uint32_t engine_missing_legs(const struct engine *engine)
{
    const struct groups *groups = &engine->groups;
    uint32_t count = 0;
    for (uint32_t i = 0; i < groups->count; i++) {
        const struct group *group = &groups->list[i];
        if (!group->id || group->is_closing || group->entered <= group->exited)
            continue;
        const uint8_t held = group_held(engine, group); /* that one is not missing, nor the other while it acts */
        if (group->phase == GROUP_YIELDS || (held && group->phase == GROUP_ACTS))
            continue;
        count += group->has_stop && held != OC_ROLE_STOP_LOSS && !(group->is_small & GROUP_STOP_IS_SMALL) &&
                 group_leg_is_gone(engine, group->stop_order);
        count += group->has_target && held != OC_ROLE_TAKE_PROFIT && !(group->is_small & GROUP_TARGET_IS_SMALL) &&
                 group_leg_is_gone(engine, group->target_order);
    }
    return count;
}

bool groups_let_go(struct engine *engine, const struct order *leg)
{
    struct group *group = group_of(engine, leg);
    if (!group || !group_held(engine, group))
        return false;
    group->phase = GROUP_LEFT;
    return true;
}

bool engine_guard_at(const struct engine *engine, uint32_t inst, uint32_t *at, struct engine_guard *ret_guard)
{
    const struct groups *groups = &engine->groups;
    if (*at == GROUP_NONE)
        return false;
    uint32_t place = *at ? *at - 1 : groups->live ? group_index_first(&groups->index, OC_INST_INDEX(inst)) : GROUP_NONE;
    for (; place != GROUP_NONE; place = groups->index.places[place].behind) {
        const struct group *group = &groups->list[place];
        if (open_of(group) <= 0 || group->is_oco)
            continue;
        const uint8_t held = group->phase == GROUP_LEFT ? OC_ROLE_NONE : group_held(engine, group);
        const uint32_t behind = groups->index.places[place].behind;
        *ret_guard = (struct engine_guard){.entry = group->entry,
                                           .account = group->account,
                                           .strategy = group->strategy,
                                           .open = open_of(group),
                                           .stop = group->stop_loss,
                                           .target = group->take_profit,
                                           .has_stop = group->has_stop,
                                           .has_target = group->has_target && group->phase != GROUP_LEFT,
                                           .side = group->side,
                                           .held = held,
                                           .is_acting = group->phase == GROUP_ACTS};
        *at = behind == GROUP_NONE ? GROUP_NONE : behind + 1;
        return true;
    }
    return false;
}

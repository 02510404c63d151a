/* walk.c: what happens inside a bar on the paths it is given: the one place for entries, resting orders and legs. */
#include "walk.h"

#include <stdlib.h>
#include <string.h>

bool walk_add(struct walk *walk, uint32_t order)
{
    struct paper *paper = walk->paper;
    if (walk->step_count == walk->step_room) {
        struct step *steps = paper_grown(walk->steps, &walk->step_room, PAPER_ORDERS_MAX, sizeof *steps);
        if (!steps) {
            walk->failed = true;
            return false;
        }
        walk->steps = steps;
    }
    const int64_t open_ns = walk->market->open_ns;
    struct step *step = &walk->steps[walk->step_count++];
    *step = (struct step){.order = order,
                          .is_coming = paper->orders[order].active_ns > open_ns,
                          .since_ns = open_ns,
                          .ready_ns = open_ns};
    step->has_from = paper_leg_from(paper, walk->market, &paper->orders[order], &step->from);
    return true;
}

static struct paper_order *order_of(const struct walk *walk, const struct step *step)
{
    return &walk->paper->orders[step->order];
}

static struct step *step_of(struct walk *walk, uint32_t order)
{
    for (uint32_t i = 0; i < walk->step_count; i++)
        if (walk->steps[i].order == order)
            return &walk->steps[i];
    return NULL;
}

static bool is_for(const struct walk *walk, const struct oc_request *request)
{
    return !walk->account || request->account == walk->account;
}

/* Triggered, it is a market order, or a limit that is satisfied there: any other takes nothing then. */
static bool will_take(const struct walk *walk, const struct step *step)
{
    const struct paper_order *order = order_of(walk, step);
    return !is_limit(order) ||
           reaches(order->ask.side, paper_paid(walk->paper, walk->market, order->ask.side, step->pays),
                   order->ask.price);
}

/* A limit takes from what the stops of the same leg of the path leave: they are first at its instant. */
static int64_t reserved(const struct walk *walk, int64_t now_ns)
{
    const int64_t end_ns = path_leg_end(walk, now_ns);
    int64_t qty = 0;
    for (uint32_t i = 0; i < walk->step_count; i++) {
        const struct step *step = &walk->steps[i];
        const struct paper_order *order = order_of(walk, step);
        if (step->next == NEXT_TRIGGER && step->next_ns <= end_ns && order->phase == PHASE_WORKING &&
            will_take(walk, step))
            qty += paper_remaining(walk->paper, order);
    }
    return qty;
}

/* A price of a side's line, against who pays it. */
static int64_t on_grid(struct paper_price price, uint8_t side)
{
    return (int64_t)num_quotient(price.num, price.den, side == OC_SIDE_BUY ? NUM_CEIL : NUM_FLOOR);
}

/* Where legs of what fills now begin; on quote bars that is the other side's price at this place. */
static int64_t legs_from(const struct walk *walk, const struct step *step, struct paper_price base, bool is_on_path)
{
    const struct paper_order *order = order_of(walk, step);
    const uint8_t other = is_buy(order) ? OC_SIDE_SELL : OC_SIDE_BUY;
    if (!walk->market->is_quoted_bar || !has_line(walk->market, other))
        return on_grid(base, order->ask.side);
    return on_grid(is_on_path ? path_price(walk, other, order->ask.account, walk->now_ns)
                              : path_line(walk, order->ask.side, other, walk->now_ns),
                   other);
}

static int64_t take(struct walk *walk, struct step *step, int64_t price, int64_t from, bool is_maker)
{
    struct paper_market *market = walk->market;
    const struct paper_deal deal = {.now_ns = walk->now_ns, .price = price, .from = from, .is_maker = is_maker};
    int64_t kept = 0;
    if (is_maker && market->volume_left > 0) {
        kept = reserved(walk, walk->now_ns);
        kept = kept < market->volume_left ? kept : market->volume_left;
        market->volume_left -= kept;
    }
    const int64_t before = order_of(walk, step)->filled;
    paper_take(walk->paper, order_of(walk, step), &deal);
    if (market->volume_left >= 0)
        market->volume_left += kept;
    return order_of(walk, step)->filled - before;
}

/* The leg of an entry that is judged from where the entry was filled, though the host has not asked for it yet. */
static bool leg_appears(struct walk *walk, const struct paper_order *entry, uint8_t role, int64_t ready_ns)
{
    struct paper *paper = walk->paper;
    const struct oc_request ask = entry->ask; /* the table may move */
    const struct paper_group *group = paper_group(paper, ask.group);
    struct paper_order *leg;
    if (!group)
        return false;
    const int64_t open = paper_group_open(walk->market, group);
    struct oc_request of_leg = {.head = ask.head,
                                .group = ask.group,
                                .qty = open,
                                .account = ask.account,
                                .strategy = ask.strategy,
                                .kind = OC_REQUEST_NEW,
                                .side = ask.side == OC_SIDE_BUY ? OC_SIDE_SELL : OC_SIDE_BUY,
                                .tif = OC_TIF_GTC,
                                .owner = OC_OWNER_HOST,
                                .link = OC_LINK_OCO,
                                .role = role,
                                .bits = OC_RQ_HAS_QTY | OC_RQ_REDUCE_ONLY};
    if (role == OC_ROLE_STOP_LOSS) {
        of_leg.type = OC_ORDER_STOP;
        of_leg.stop_price = ask.stop_loss;
        of_leg.bits |= OC_RQ_HAS_STOP;
    } else {
        of_leg.type = OC_ORDER_LIMIT;
        of_leg.price = ask.take_profit;
        of_leg.bits |= OC_RQ_HAS_PRICE;
    }
    const oc_rc rc = paper_room(paper, &of_leg, &leg);
    walk->failed |= rc == OC_E_NOMEM;
    if (rc < 0)
        return false;
    leg->phase = PHASE_WORKING;
    leg->active_ns = ready_ns;
    leg->decided_ns = walk->now_ns;
    paper_await(paper, leg);
    if (!walk_add(walk, paper_slot(paper, leg)))
        return false;
    walk->steps[walk->step_count - 1].is_coming = true; /* be it at the time of the open */
    return true;
}

/* Legs that stand already grow with what the entry has filled now. */
static bool legs_grow(struct walk *walk, uint64_t group, uint8_t role, int64_t qty)
{
    struct paper *paper = walk->paper;
    uint32_t slot = paper_first_in(paper, group);
    for (; slot != PAPER_NONE; slot = paper_next_in(paper, slot)) {
        struct paper_order *leg = &paper->orders[slot];
        if (leg->ask.role != role || leg->phase != PHASE_WORKING)
            continue;
        if (leg->is_awaited)
            leg->ask.qty += qty;
        else
            leg->grown += qty;
        return true;
    }
    return false;
}

/* An entry was filled at filled_ns, behind the open of a piece in which its stop of `side` lies: the piece takes it, if it is there
 * by then, target or not. */
static bool takes_stop(const struct walk *walk, uint8_t side, int64_t stop, int64_t filled_ns, int64_t ready_ns)
{
    const struct paper_piece *piece = path_running(walk, filled_ns);
    const int64_t *line = piece ? line_of(piece, side) : NULL;
    return walk->paper->profile != PROFILE_OPTIMISTIC && piece && filled_ns > piece->open_ns &&
           ready_ns < piece->close_ns && stop >= line[2] && stop <= line[1];
}

/* An entry was filled. Where its stop lies in the range of the bar, the bar takes it, target or not. */
static void entry_filled(struct walk *walk, uint32_t index, int64_t qty)
{
    struct paper *paper = walk->paper;
    const struct paper_market *market = walk->market;
    const struct oc_request entry = paper->orders[index].ask;
    struct paper_group *group = entry.role == OC_ROLE_ENTRY ? paper_group(paper, entry.group) : NULL;
    const int64_t more = group ? paper_group_grows(market, group, qty) : qty;
    const int64_t ready_ns = walk->now_ns + paper->response_ns + paper->entry_ns;
    const bool has_stop = entry.bits & OC_RQ_HAS_STOP_LOSS, has_target = entry.bits & OC_RQ_HAS_TAKE_PROFIT;
    if (entry.role != OC_ROLE_ENTRY || !entry.group || (!has_stop && !has_target) || ready_ns >= market->close_ns)
        return;
    const uint8_t leaves = entry.side == OC_SIDE_BUY ? OC_SIDE_SELL : OC_SIDE_BUY;
    const bool would_force = has_stop && takes_stop(walk, leaves, entry.stop_loss, walk->now_ns, ready_ns);
    const bool forces = would_force && !walk->is_natural;
    if (walk->trades)
        walk->trades->was_forced |= would_force;
    for (int i = 0; i < 2; i++) {
        const uint8_t role = i == 0 ? OC_ROLE_STOP_LOSS : OC_ROLE_TAKE_PROFIT;
        if (!(i == 0 ? has_stop : has_target))
            continue;
        if (!legs_grow(walk, entry.group, role, more) && !leg_appears(walk, &paper->orders[index], role, ready_ns))
            continue;
        for (uint32_t at = 0; at < walk->step_count; at++) {
            struct step *step = &walk->steps[at];
            const struct paper_order *leg = order_of(walk, step);
            if (leg->ask.group != entry.group || leg->ask.role != role)
                continue;
            if (!step->is_coming) { /* it stood there before: what it is now it is from here on */
                step->since_ns = walk->now_ns;
                step->ready_ns = ready_ns;
            }
            step->is_forced = forces && role == OC_ROLE_STOP_LOSS;
            step->is_asleep |= forces && role == OC_ROLE_TAKE_PROFIT;
            path_plan(walk, step);
        }
    }
}

/* After anything that may have filled it. */
static void settle(struct walk *walk, uint32_t index, uint32_t order, int64_t filled)
{
    struct step *step = &walk->steps[index];
    struct paper_order *done = &walk->paper->orders[order];
    if (filled > 0 && done->phase == PHASE_WORKING)
        step->is_asleep = true; /* what is left waits: the bar has no more of it */
    if (filled > 0)
        entry_filled(walk, order, filled);
    path_plan(walk, &walk->steps[index]);
}

/* A limit that a market order of this instant would satisfy takes; any other rests, or ends. */
static int64_t limit_judged(struct walk *walk, struct step *step, int64_t paid, int64_t from)
{
    struct paper_order *order = order_of(walk, step);
    int64_t filled = 0;
    if (reaches(order->ask.side, paid, order->ask.price))
        filled = take(walk, step, paid, from, false);
    order->has_rested = true;
    paper_end_immediate(walk->paper, order, walk->now_ns);
    return filled;
}

/* Decided inside this bar, or inside the piece of finer data that runs, by a timer or a person: its path is not for it. Legs are
 * the host's. */
static bool is_inside(const struct walk *walk, const struct paper_order *order)
{
    const bool is_hosts = order->ask.owner == OC_OWNER_HOST && !order->is_moved;
    const struct paper_piece *piece = path_running(walk, walk->now_ns);
    return piece && order->decided_ns > piece->open_ns && !is_hosts;
}

/* It can fill from the next bar on; from the next piece, where finer data go on. */
static void rests_inside(const struct walk *walk, struct step *step)
{
    const uint32_t number = path_piece(walk, walk->now_ns);
    step->is_asleep |= number + 1 >= walk->piece_count;
    step->since_ns = step->ready_ns = walk->pieces[number < walk->piece_count ? number : 0].close_ns;
    step->has_from = false;
}

/* What it pays is reached. */
static void triggers(struct walk *walk, uint32_t index)
{
    struct paper *paper = walk->paper;
    struct step *step = &walk->steps[index];
    struct paper_order *order = order_of(walk, step);
    const uint32_t number = step->order;
    const int64_t paid = paper_paid(paper, walk->market, order->ask.side, step->pays);
    const int64_t from = legs_from(walk, step, step->pays, !step->has_fixed);
    int64_t filled = 0;
    if (paper_remaining(paper, order) <= 0) { /* its group has nothing left for it */
        step->is_asleep = true;
        path_plan(walk, step);
        return;
    }
    paper_trigger(paper, order, walk->now_ns);
    step->since_ns = walk->now_ns;
    step->has_from = false;
    if (is_limit(order)) {
        if (is_inside(walk, order))
            rests_inside(walk, step);
        if ((order->ask.bits & OC_RQ_POST_ONLY) && reaches(order->ask.side, paid, order->ask.price))
            paper_finish(paper, order, OC_EV_REJECTED, walk->now_ns, "POST_ONLY_WOULD_CROSS");
        else
            filled = limit_judged(walk, step, paid, from);
    } else {
        filled = take(walk, step, paid, from, false);
        paper_end_immediate(paper, order, walk->now_ns);
        step->is_asleep = true;
    }
    step->has_fixed = false;
    settle(walk, index, number, filled);
}

static void limit_met(struct walk *walk, uint32_t index)
{
    struct step *step = &walk->steps[index];
    const uint32_t number = step->order;
    const int64_t price = order_of(walk, step)->ask.price;
    int64_t filled = 0;
    if (paper_remaining(walk->paper, order_of(walk, step)) > 0)
        filled = take(walk, step, price, legs_from(walk, step, (struct paper_price){price, 1}, true), true);
    step->is_asleep = true;
    settle(walk, index, number, filled);
}

/* Decided inside the bar: the path is not for it, only what a market order of its instant would pay. */
static void stop_comes_inside(struct walk *walk, struct step *step)
{
    const struct paper_order *order = order_of(walk, step);
    const struct paper_piece *piece = path_running(walk, walk->now_ns);
    const uint8_t side = order->ask.side;
    const bool buys = is_buy(order);
    const int64_t stop = order->ask.stop_price, third_ns = piece->open_ns + (piece->close_ns - piece->open_ns) / 3;
    const int64_t worse = line_of(piece, side)[buys ? 1 : 2];
    const struct paper_price now = path_line(walk, side, side, walk->now_ns);
    const bool is_beyond = buys ? now.num >= stop * now.den : now.num <= stop * now.den;
    if (!is_beyond && (buys ? worse < stop : worse > stop)) {
        rests_inside(walk, step);
        return;
    }
    step->has_fixed = true;
    step->pays = is_beyond ? now : (struct paper_price){stop, 1};
    step->next_ns = walk->now_ns > third_ns ? walk->now_ns : third_ns;
}

/* The stop of a group whose entry was filled behind the open lies in the range of the bar. */
static bool is_forced(const struct walk *walk, const struct paper_group *group)
{
    struct paper *paper = walk->paper;
    uint32_t slot = paper_first_in(paper, group->id);
    for (; slot != PAPER_NONE; slot = paper_next_in(paper, slot)) {
        const struct paper_order *leg = &paper->orders[slot];
        if (leg->ask.role != OC_ROLE_STOP_LOSS || leg->phase != PHASE_WORKING)
            continue;
        const bool would = takes_stop(walk, leg->ask.side, leg->ask.stop_price, group->fill_ns, walk->now_ns);
        if (walk->trades)
            walk->trades->was_forced |= would;
        return would && !walk->is_natural;
    }
    return false;
}

/* Where the entry of a leg was filled, if it took. */
static int64_t on_line(const struct walk *walk, const struct paper_order *leg, int64_t at_ns)
{
    const uint8_t side = is_buy(leg) ? OC_SIDE_SELL : OC_SIDE_BUY;
    if (walk->market->is_quoted_bar)
        return on_grid(path_line(walk, side, leg->ask.side, at_ns), leg->ask.side);
    return on_grid(path_line(walk, side, side, at_ns), side);
}

/* Decided before the bar, or the leg of an entry: the path is for it, from its arrival, or from its entry's fill. */
static int64_t comes_to_path(struct walk *walk, struct step *step, int64_t paid, int64_t from)
{
    struct paper *paper = walk->paper;
    struct paper_order *order = order_of(walk, step);
    const bool is_leg = order->ask.role != OC_ROLE_ENTRY && order->ask.role != OC_ROLE_NONE && !order->is_moved;
    const struct paper_group *group = is_leg ? paper_group(paper, order->ask.group) : NULL;
    int64_t filled = 0;
    step->since_ns = walk->now_ns;
    if (group && group->fill_ns >= walk->market->open_ns) {
        step->since_ns = group->fill_ns;
        step->has_from = true;
        step->from = group->is_on_line ? on_line(walk, order, group->fill_ns) : group->from;
        paid = paper_paid(paper, walk->market, order->ask.side, (struct paper_price){step->from, 1});
        if (is_forced(walk, group)) { /* as it was before a restart */
            step->is_forced = is_stop(order);
            step->is_asleep = !is_stop(order);
        }
    }
    if (is_stop(order)) {
        if (!step->has_from && path_is_beyond(walk, order, walk->now_ns)) {
            step->has_fixed = true;
            step->pays = path_line(walk, order->ask.side, order->ask.side, walk->now_ns);
            step->next_ns = walk->now_ns;
        }
    } else if (!step->is_asleep && (!order->has_rested || step->has_from)) {
        filled = limit_judged(walk, step, paid, from);
    }
    return filled;
}

/* It is here, or at another price. `index` names the step. */
static void comes(struct walk *walk, uint32_t index)
{
    struct paper *paper = walk->paper;
    const struct paper_market *market = walk->market;
    struct step *step = &walk->steps[index];
    struct paper_order *order = order_of(walk, step);
    const uint32_t number = step->order;
    int64_t filled = 0, paid = 0, from = 0;
    step->is_coming = false;
    step->ready_ns = walk->now_ns;
    const bool knows = has_line(market, order->ask.side) && (!market->is_dead || paper->dead_is_taken) &&
                       (!market->is_dead || market->has_last);
    if (knows) {
        const struct paper_price line = path_line(walk, order->ask.side, order->ask.side, walk->now_ns);
        paid = paper_paid(paper, market, order->ask.side, line);
        from = legs_from(walk, step, line, false);
    }
    const bool takes = knows && (!market->is_dead || !(is_limit(order) || is_stop(order)));
    if (!paper_accept(paper, order, walk->now_ns,
                      takes && is_limit(order) && !is_stop(order) &&
                          reaches(order->ask.side, paid, order->ask.price))) {
        path_plan(walk, step);
        return;
    }
    if (!takes) { /* it will have come at the next open that trades */
        step->is_asleep = true;
        if (!is_stop(order))
            paper_end_immediate(paper, order, walk->now_ns);
    } else if (!is_limit(order) && !is_stop(order)) {
        filled = take(walk, step, paid, from, false);
        paper_end_immediate(paper, order, walk->now_ns);
        step->is_asleep = true;
    } else if (!is_inside(walk, order)) {
        filled = comes_to_path(walk, step, paid, from);
    } else if (is_stop(order)) {
        stop_comes_inside(walk, step);
    } else {
        filled = limit_judged(walk, step, paid, from);
        rests_inside(walk, step);
    }
    settle(walk, index, number, filled);
}

static void message(struct walk *walk, const struct oc_request *request)
{
    struct paper *paper = walk->paper;
    if (request->kind == OC_REQUEST_CANCEL) {
        paper_cancel(paper, request, walk->now_ns);
        return;
    }
    struct paper_order *order = paper_find(paper, request->order);
    if (order && order->is_awaited && (request->bits & OC_RQ_QUANTITY_CHANGED)) { /* it was asked for by then */
        if (walk->trades) {
            order->ask.qty = request->qty;
            order->grown = 0;
        } else {
            (void)paper_claimed(paper, walk->now_ns, request);
        }
        return;
    }
    if (!paper_amend(paper, order, request, walk->now_ns))
        return;
    struct step *step = step_of(walk, (uint32_t)(order - paper->orders));
    if (!step)
        return;
    *step = (struct step){.order = step->order};
    comes(walk, (uint32_t)(step - walk->steps));
}

/* What comes is judged before what is met, so that stops which are beyond already are triggered with the others. */
enum kind { KIND_MARKET_COMES, KIND_STOP_COMES, KIND_TRIGGER, KIND_LIMIT, KIND_LIMIT_COMES, KIND_END };

static enum kind kind_of(const struct walk *walk, const struct step *step)
{
    const struct paper_order *order = order_of(walk, step);
    if (step->next == NEXT_ARRIVAL)
        return is_stop(order) ? KIND_STOP_COMES : is_limit(order) ? KIND_LIMIT_COMES : KIND_MARKET_COMES;
    return step->next == NEXT_TRIGGER ? KIND_TRIGGER : step->next == NEXT_LIMIT ? KIND_LIMIT : KIND_END;
}

/* At one instant: market orders, then stops, the nearest trigger first; then limits by price; then by time. */
static bool is_before(const struct walk *walk, const struct step *a, const struct step *b)
{
    if (a->next_ns != b->next_ns)
        return a->next_ns < b->next_ns;
    const enum kind x = kind_of(walk, a), y = kind_of(walk, b);
    if (x != y)
        return x < y;
    const struct paper_order *one = order_of(walk, a), *other = order_of(walk, b);
    const bool buys = is_buy(one);
    if (buys == is_buy(other) && x == KIND_TRIGGER && one->ask.stop_price != other->ask.stop_price)
        return buys ? one->ask.stop_price < other->ask.stop_price : one->ask.stop_price > other->ask.stop_price;
    if (buys == is_buy(other) && (x == KIND_LIMIT || x == KIND_LIMIT_COMES) && one->ask.price != other->ask.price)
        return buys ? one->ask.price > other->ask.price : one->ask.price < other->ask.price;
    const struct paper_link *links = walk->paper->links;
    return one->active_ns != other->active_ns ? one->active_ns < other->active_ns
                                              : links[a->order].number < links[b->order].number;
}

static uint32_t first_step(const struct walk *walk)
{
    uint32_t first = walk->step_count;
    for (uint32_t i = 0; i < walk->step_count; i++)
        if (walk->steps[i].next != NEXT_NONE && order_of(walk, &walk->steps[i])->phase == PHASE_WORKING &&
            (first == walk->step_count || is_before(walk, &walk->steps[i], &walk->steps[first])))
            first = i;
    return first;
}

static void does(struct walk *walk, uint32_t index)
{
    struct step *step = &walk->steps[index];
    struct paper *paper = walk->paper;
    struct paper_order *order = order_of(walk, step);
    if (step->next == NEXT_TRIGGER) {
        triggers(walk, index);
    } else if (step->next == NEXT_LIMIT) {
        limit_met(walk, index);
    } else if (step->next == NEXT_EXPIRY) {
        paper_finish(paper, order, OC_EV_EXPIRED, walk->now_ns, "TIME_IN_FORCE_ENDED");
        path_plan(walk, step);
    } else {
        comes(walk, index);
    }
}

/* The next thing: a step, or a message; its time, INT64_MAX: there is none. */
static int64_t coming(struct walk *walk, uint32_t *ret_step, uint32_t *message_at)
{
    const struct paper_waiting *waiting = &walk->paper->waiting[OC_INST_INDEX(walk->inst)];
    const uint32_t first = first_step(walk);
    while (*message_at < waiting->count && !is_for(walk, &waiting->list[*message_at]))
        ++*message_at;
    const int64_t step_ns = first < walk->step_count ? walk->steps[first].next_ns : INT64_MAX;
    const int64_t message_ns = *message_at < waiting->count ? waiting->list[*message_at].head.local_ns : INT64_MAX;
    *ret_step = step_ns <= message_ns ? first : walk->step_count;
    return step_ns <= message_ns ? step_ns : message_ns;
}

int64_t walk_run_behind(struct walk *walk, int64_t after_ns)
{
    uint32_t next = 0, step;
    walk->now_ns = walk->market->open_ns;
    for (uint32_t i = 0; i < walk->step_count; i++)
        path_plan(walk, &walk->steps[i]);
    for (;;) {
        const int64_t at_ns = coming(walk, &step, &next);
        if (walk->failed || at_ns == INT64_MAX || at_ns > walk->until_ns)
            return INT64_MAX;
        if (at_ns > after_ns)
            return at_ns;
        walk->now_ns = at_ns;
        if (step < walk->step_count)
            does(walk, step);
        else
            message(walk, &walk->paper->waiting[OC_INST_INDEX(walk->inst)].list[next++]);
    }
}

void walk_run(struct walk *walk) { (void)walk_run_behind(walk, INT64_MAX); }

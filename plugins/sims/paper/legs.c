/* legs.c: the protective legs of entries: what they hold together, and what happened to them before the host could ask for
 * them. The host hears of an entry's fill at the close of its bar and asks for the legs then; they acted at their own times. */
#include <string.h>

#include "walk.h"

static bool is_leg(const struct oc_request *ask)
{
    return ask->group && (ask->role == OC_ROLE_STOP_LOSS || ask->role == OC_ROLE_TAKE_PROFIT);
}

/* One of several of which each takes from the others what it trades. */
static bool is_oco(const struct oc_request *ask)
{
    return ask->group && ask->link == OC_LINK_OCO && ask->role == OC_ROLE_NONE;
}

void paper_oco_joins(struct paper *paper, const struct paper_order *order)
{
    if (!is_oco(&order->ask))
        return;
    struct paper_order *first = paper_find(paper, order->ask.group);
    struct paper_group *group = paper_group(paper, order->ask.group);
    if (!group && (group = paper_group_new(paper, &order->ask))) {
        group->entered = order->ask.qty;
        group->exited = first ? first->filled : 0;
        group->fill_ns = INT64_MIN;
    }
    if (first && !first->ask.group) {
        struct oc_request ask = first->ask;
        ask.group = order->ask.group;
        ask.link = OC_LINK_OCO;
        paper_asked(paper, first, &ask);
    }
}

bool paper_leg_from(struct paper *paper, const struct paper_market *market, const struct paper_order *order,
                    int64_t *ret_from)
{
    const int64_t open_ns = market->open_ns;
    const struct paper_group *group =
        is_leg(&order->ask) && !order->is_moved ? paper_group(paper, order->ask.group) : NULL;
    if (!group || group->is_on_line || group->fill_ns != open_ns || order->active_ns != open_ns)
        return false;
    *ret_from = group->from;
    return true;
}

/* What the fee of a purchase took of it. */
static oc_i128 taken_by(const struct paper_market *market, const struct oc_ev_fill *fill)
{
    oc_i128 fee = 0;
    if (fill->fee_asset != market->info.base || fill->side != OC_SIDE_BUY || market->info.kind != OC_KIND_SPOT ||
        money_from_dec(fill->fee, &fee) < 0 || fee < 0)
        return 0;
    return fee;
}

/* Units of the entry that are not there: a part of one is none that can be sold. */
static int64_t lost_of(const struct paper_market *market, const struct paper_group *group)
{
    const struct oc_dec *step = &market->info.qty_step;
    const oc_i128 unit = (oc_i128)step->units * num_pow10_128(MONEY_SCALE - step->scale);
    return group->taken ? (int64_t)((group->taken + unit - 1) / unit) : 0;
}

int64_t paper_group_open(const struct paper_market *market, const struct paper_group *group)
{
    return group->entered - group->exited - lost_of(market, group);
}

int64_t paper_group_grows(const struct paper_market *market, struct paper_group *group, int64_t qty)
{
    const int64_t before = group->lost;
    group->lost = lost_of(market, group);
    return qty - (group->lost - before);
}

/* NULL: the fill is of no group. */
static struct paper_group *group_takes(struct paper *paper, const struct paper_order *order,
                                       const struct oc_ev_fill *fill)
{
    const bool is_entry = order->ask.role == OC_ROLE_ENTRY && order->ask.group;
    if (!is_entry && !is_leg(&order->ask) && !is_oco(&order->ask))
        return NULL;
    struct paper_group *group = paper_group(paper, order->ask.group);
    if (!group && is_entry)
        group = paper_group_new(paper, &order->ask);
    if (!group)
        return NULL;
    group->entered += is_entry ? fill->qty : 0;
    group->exited += is_entry ? 0 : fill->qty;
    if (is_entry)
        group->taken += taken_by(paper_market(paper, order->ask.head.inst), fill);
    return is_entry ? group : NULL;
}

void paper_group_fill(struct paper *paper, const struct paper_order *order, const struct paper_deal *deal,
                      const struct oc_ev_fill *fill)
{
    struct paper_group *group =
        paper_market(paper, order->ask.head.inst)->has_bars ? group_takes(paper, order, fill) : NULL;
    if (!group)
        return;
    group->fill_ns = deal->now_ns;
    group->from = deal->from;
    group->is_on_line = false;
}

void paper_group_observe(struct paper *paper, const struct paper_order *order, const struct oc_ev_fill *fill)
{
    struct paper_group *group = group_takes(paper, order, fill);
    if (!group)
        return;
    const bool has_stop = order->ask.bits & OC_RQ_HAS_STOP, takes = fill->liquidity == OC_LIQUIDITY_TAKER;
    const bool at_stop =
        has_stop && takes && paper_with_spread(paper, fill->side, order->ask.stop_price) == fill->price;
    (void)paper_group_grows(paper_market(paper, order->ask.head.inst), group, fill->qty);
    group->fill_ns = fill->head.venue_ns;
    group->from = at_stop ? order->ask.stop_price : fill->price;
    group->is_on_line = takes && !at_stop;
}

int64_t paper_said(const struct paper *paper, const struct paper_order *order)
{
    int64_t qty = order->filled;
    for (uint32_t i = 0; order->is_awaited && i < paper->claim_count; i++) {
        const struct paper_claim *claim = &paper->claims[i];
        if (claim->group == order->ask.group && claim->role == order->ask.role && claim->said.head.type == OC_EV_FILL)
            qty -= claim->said.fill.qty;
    }
    return qty;
}

int64_t paper_remaining(struct paper *paper, const struct paper_order *order)
{
    const int64_t rest = order->ask.qty + order->grown - order->filled;
    const struct paper_market *market = paper_market(paper, order->ask.head.inst);
    if ((!is_leg(&order->ask) && !is_oco(&order->ask)) || !market->has_bars)
        return rest;
    const struct paper_group *group = paper_group(paper, order->ask.group);
    const int64_t open = group ? paper_group_open(market, group) : rest;
    /* the host knows what a fee left of a step before and what joined it: with that of this entry it may be one unit more */
    if (group && group->taken && !order->is_awaited && rest == open + 1)
        return rest;
    return open < rest ? open : rest;
}

void paper_claim(struct paper *paper, const struct paper_order *order, const struct oc_event *event)
{
    if (paper->claim_count == paper->claim_room) {
        struct paper_claim *claims =
            paper_grown(paper->claims, &paper->claim_room, PAPER_MESSAGES_MAX, sizeof *paper->claims);
        if (!claims) {
            paper->walk->failed = true;
            return;
        }
        paper->claims = claims;
    }
    struct paper_claim *claim = &paper->claims[paper->claim_count++];
    *claim = (struct paper_claim){
        .group = order->ask.group, .role = order->ask.role, .until_ns = paper_market(paper, event->inst)->close_ns};
    memcpy(&claim->said, event, event->size);
}

/* The place of a leg among those that are awaited; awaited_count: none is meant. */
static uint32_t awaited(const struct paper *paper, const struct oc_request *request)
{
    uint32_t at = 0;
    for (; at < paper->awaited_count; at++) {
        const struct oc_request *ask = &paper->orders[paper->awaited[at]].ask;
        if (request->kind == OC_REQUEST_NEW ? !ask->order && ask->group == request->group && ask->role == request->role
                                            : ask->order && ask->order == request->order)
            break;
    }
    return at;
}

/* What happened to it is said, in the order in which it did. */
static void claims_say(struct paper *paper, const struct paper_order *order)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < paper->claim_count; i++) {
        struct paper_claim *claim = &paper->claims[i];
        const bool is_of_it = claim->group == order->ask.group && claim->role == order->ask.role;
        if (is_of_it && claim->said.head.type == OC_EV_FILL && claim->said.fill.qty == 0)
            continue; /* cut */
        if (!is_of_it) {
            paper->claims[kept++] = *claim;
            continue;
        }
        struct oc_event *said = &claim->said.head;
        said->inst = order->ask.head.inst;
        said->cause = order->ask.head.seq;
        if (said->type == OC_EV_FILL) {
            claim->said.fill.order = order->ask.order;
            paper_trade_id(&claim->said.fill, order->ask.order);
        } else {
            claim->said.answer.order = claim->said.answer.request = order->ask.order;
        }
        paper_say(paper, order, said);
    }
    paper->claim_count = kept;
}

/* A part of a fill that was kept, or all of it, was never. */
static void take_back(struct paper *paper, const struct paper_claim *claim, int64_t qty)
{
    struct paper_group *group = paper_group(paper, claim->group);
    struct oc_ev_fill fill = claim->said.fill;
    oc_i128 value = 0, fee = 0, part = 0;
    (void)paper_value(paper_market(paper, fill.head.inst), fill.price, qty, &value);
    (void)money_from_dec(fill.fee, &fee); /* a fee of our own: it fits */
    (void)num_muldiv_128(fee, qty, fill.qty, NUM_FLOOR, &part);
    fill.side = fill.side == OC_SIDE_BUY ? OC_SIDE_SELL : OC_SIDE_BUY;
    fill.qty = qty;
    paper_book(paper, &fill, fill.head.source, value, qty < claim->said.fill.qty ? -part : -fee);
    if (group)
        group->exited -= qty;
}

/* What is kept of its fills; beyond `qty`, the host knows of less than was there: those are cut, the last first. */
static int64_t claimed_of(struct paper *paper, struct paper_order *order, int64_t qty)
{
    int64_t kept = 0;
    for (uint32_t i = paper->claim_count; i-- > 0;) {
        struct paper_claim *claim = &paper->claims[i];
        struct oc_ev_fill *fill = &claim->said.fill;
        if (claim->group != order->ask.group || claim->role != order->ask.role || fill->head.type != OC_EV_FILL)
            continue;
        const int64_t over = order->filled - qty, cut = over < 0 ? 0 : over < fill->qty ? over : fill->qty;
        if (cut > 0) {
            take_back(paper, claim, cut);
            order->filled -= cut;
            fill->qty -= cut;
        }
        kept += fill->qty;
    }
    return kept;
}

/* It had grown before it traded more than it was: that is told no later than what it traded. */
static int64_t grew_ns(const struct paper *paper, const struct paper_order *leg, int64_t now_ns)
{
    int64_t at_ns = now_ns;
    for (uint32_t i = 0; i < paper->claim_count; i++) {
        const struct paper_claim *claim = &paper->claims[i];
        if (claim->group == leg->ask.group && claim->role == leg->ask.role && claim->said.head.venue_ns < at_ns)
            at_ns = claim->said.head.venue_ns;
    }
    return at_ns;
}

bool paper_claimed(struct paper *paper, int64_t now_ns, const struct oc_request *request)
{
    const bool sizes = request->kind == OC_REQUEST_NEW ||
                       (request->kind == OC_REQUEST_AMEND && (request->bits & OC_RQ_QUANTITY_CHANGED));
    const uint32_t at = sizes ? awaited(paper, request) : paper->awaited_count;
    if (at == paper->awaited_count)
        return false;
    struct paper_order *order = &paper->orders[paper->awaited[at]];
    paper->floor_ns = now_ns;
    order->is_awaited = false;
    paper->awaited[at] = paper->awaited[--paper->awaited_count];
    const int64_t kept = claimed_of(paper, order, request->qty);
    if (request->kind == OC_REQUEST_NEW) {
        paper_asked(paper, order, request);
    } else {
        order->grown = 0;
        order->ask.qty = request->qty;
        paper_needs(paper, order);
        order->filled -= kept; /* they are said behind it */
        paper_answer(paper, request, OC_EV_AMENDED, grew_ns(paper, order, now_ns), NULL);
        order->filled += kept;
    }
    claims_say(paper, order);
    paper->floor_ns = INT64_MIN;
    return true;
}

/* A leg had all that the host knew of, and more was filled of its entry inside the bar: the host takes it for done and asks for
 * another for the rest. That one goes on as what the first is, triggered or not. */
static struct paper_order *exhausted(struct paper *paper, const struct oc_request *request)
{
    uint32_t slot = paper_first_in(paper, request->group);
    for (; slot != PAPER_NONE; slot = paper_next_in(paper, slot)) {
        struct paper_order *order = &paper->orders[slot];
        if (order->ask.role == request->role && order->phase == PHASE_WORKING && !order->is_awaited &&
            order->grown > 0 && order->filled >= order->ask.qty)
            return order;
    }
    return NULL;
}

bool paper_succeeds(struct paper *paper, int64_t now_ns, const struct oc_request *request)
{
    struct paper_order *order = request->kind == OC_REQUEST_NEW && is_leg(request) ? exhausted(paper, request) : NULL;
    if (!order)
        return false;
    order->filled = order->grown = 0;
    order->fills = 0;
    paper_asked(paper, order, request);
    paper_tell(paper, order, OC_EV_ACCEPTED, now_ns, NULL);
    if (order->is_triggered)
        paper_tell(paper, order, OC_EV_TRIGGERED, now_ns, NULL);
    return true;
}

/* Nobody asked for it: the leg that the host knows of is here still. */
static void never_happened(struct paper *paper, const struct paper_claim *claim)
{
    take_back(paper, claim, claim->said.fill.qty);
    for (uint32_t i = 0; i < paper->awaited_count; i++) {
        struct paper_order *order = &paper->orders[paper->awaited[i]];
        if (order->ask.group == claim->group && order->ask.role == claim->role)
            order->filled -= claim->said.fill.qty;
    }
}

void paper_claims_drop(struct paper *paper, int64_t now_ns)
{
    uint32_t kept = 0;
    if (!paper->awaited_count)
        return;
    for (uint32_t i = 0; i < paper->claim_count; i++) {
        const struct paper_claim *claim = &paper->claims[i];
        if (claim->until_ns >= now_ns)
            paper->claims[kept++] = *claim;
        else if (claim->said.head.type == OC_EV_FILL)
            never_happened(paper, claim);
    }
    paper->claim_count = kept;
    const uint32_t count = paper->awaited_count;
    paper->awaited_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct paper_order *order = &paper->orders[paper->awaited[i]];
        if (paper_market(paper, order->ask.head.inst)->close_ns >= now_ns) {
            paper->awaited[paper->awaited_count++] = paper->awaited[i];
            continue;
        }
        order->is_awaited = false;
        order->grown = 0;
        if (order->ask.order && order->filled < order->ask.qty)
            order->phase = PHASE_WORKING;
        else if (!order->ask.order)
            paper_over(paper, order);
        paper_needs(paper, order);
    }
}

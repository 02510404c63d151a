/* state.c: the venue's state as bytes, and recorded facts taken in again. */
#include <stdlib.h>
#include <string.h>

#include "paper.h"

enum { STATE_VERSION = 8 };

struct head {
    uint32_t version;
    uint32_t market_max;
    uint32_t order_count;
    uint32_t message_count;
    uint32_t waiting_count;
    uint32_t group_count;
    uint32_t claim_count;
    uint32_t running_count;
    uint32_t account_count;
    uint32_t asset_count;
    uint32_t used_count;
    uint32_t zero;
};

static uint64_t state_size(const struct paper *paper)
{
    return sizeof(struct head) + sizeof(oc_i128) * paper->account_count * paper->asset_count +
           (uint64_t)paper->market_max * (sizeof *paper->markets + sizeof *paper->positions) +
           (uint64_t)paper->order_count * sizeof *paper->orders +
           (uint64_t)paper->message_count * sizeof *paper->messages +
           (uint64_t)paper->waiting_count * sizeof(struct oc_request) +
           (uint64_t)paper->group_count * sizeof *paper->groups + (uint64_t)paper->claim_count * sizeof *paper->claims +
           (uint64_t)paper->running_count * sizeof *paper->running + (uint64_t)paper->used_count * sizeof *paper->used;
}

static char *put(char *at, const void *bytes, uint64_t size)
{
    if (size) /* an empty list may be NULL */
        memcpy(at, bytes, size);
    return at + size;
}

oc_rc paper_save(void *self, void *bytes, uint32_t size_max)
{
    struct paper *paper = self;
    uint64_t size = state_size(paper);
    if (size > size_max || size > INT32_MAX)
        return OC_E_LIMIT;
    struct head head = {STATE_VERSION,        paper->market_max,  paper->order_count, paper->message_count,
                        paper->waiting_count, paper->group_count, paper->claim_count, paper->running_count,
                        paper->account_count, paper->asset_count, paper->used_count,  0};
    char *at = put(bytes, &head, sizeof head);
    for (uint32_t i = 0; i < paper->account_count; i++)
        at = put(at, paper->balances[i], sizeof(oc_i128) * paper->asset_count);
    at = put(at, paper->markets, paper->market_max * sizeof *paper->markets);
    at = put(at, paper->positions, paper->market_max * sizeof *paper->positions);
    for (uint32_t i = paper->all.first; i != PAPER_NONE; i = paper->links[i].behind[PAPER_ALL])
        at = put(at, &paper->orders[i], sizeof *paper->orders);
    for (uint32_t i = 0; i < paper->message_count; i++)
        at = put(at, &paper->messages[(paper->message_first + i) % paper->message_room], sizeof *paper->messages);
    for (uint32_t i = 0; i < paper->market_max; i++)
        at = put(at, paper->waiting[i].list, paper->waiting[i].count * sizeof(struct oc_request));
    at = put(at, paper->groups, paper->group_count * sizeof *paper->groups);
    at = put(at, paper->claims, paper->claim_count * sizeof *paper->claims);
    at = put(at, paper->running, paper->running_count * sizeof *paper->running);
    put(at, paper->used, paper->used_count * sizeof *paper->used);
    return (oc_rc)size;
}

static bool is_sound(const struct head *head, uint32_t market_max, uint32_t size)
{
    struct paper shape = {.market_max = head->market_max,
                          .order_count = head->order_count,
                          .message_count = head->message_count,
                          .waiting_count = head->waiting_count,
                          .group_count = head->group_count,
                          .claim_count = head->claim_count,
                          .running_count = head->running_count,
                          .account_count = head->account_count,
                          .asset_count = head->asset_count,
                          .used_count = head->used_count};
    return head->version == STATE_VERSION && head->market_max == market_max && head->order_count <= PAPER_ORDERS_MAX &&
           head->message_count <= PAPER_MESSAGES_MAX && head->waiting_count <= PAPER_MESSAGES_MAX &&
           head->group_count <= PAPER_GROUPS_MAX && head->claim_count <= PAPER_MESSAGES_MAX &&
           head->running_count <= PAPER_INSTRUMENTS_MAX && head->account_count <= PAPER_ACCOUNTS_MAX &&
           head->asset_count <= PAPER_ASSETS_MAX && head->used_count <= PAPER_USED_MAX && state_size(&shape) == size;
}

/* A list as it was saved, in its memory or more of it; NULL: there is none, and nothing was freed. */
static void *list_of(void *list, uint32_t *room, uint32_t count, size_t size, const char **at)
{
    const char *from = *at;
    *at += count * size;
    if (count > *room) {
        list = realloc(list, count * size);
        *room = list ? count : *room;
    }
    return list && count ? memcpy(list, from, count * size) : list;
}

/* What a bar that ran had of it, and legs. */
static oc_rc load_rest(struct paper *paper, const struct head *head, const char *at)
{
    for (uint32_t i = 0; i < paper->market_max; i++)
        paper->waiting[i].count = 0;
    paper->waiting_count = 0;
    for (uint32_t i = 0; i < head->waiting_count; i++) {
        struct oc_request request;
        memcpy(&request, at, sizeof request);
        at += sizeof request;
        if (!paper_market(paper, request.head.inst))
            return OC_E_DATA;
        if (paper_waits(paper, &request) < 0)
            return OC_E_NOMEM;
    }
    const bool has_groups = paper_groups_load(paper, at, head->group_count);
    at += head->group_count * sizeof *paper->groups;
    struct paper_claim *claims = list_of(paper->claims, &paper->claim_room, head->claim_count, sizeof *claims, &at);
    paper->claims = claims ? claims : paper->claims;
    if (!has_groups || (head->claim_count && !claims))
        return OC_E_NOMEM;
    paper->claim_count = head->claim_count;
    paper->running_count = 0;
    for (uint32_t i = 0; i < head->running_count; i++, at += sizeof paper->running[0]) {
        uint32_t index;
        memcpy(&index, at, sizeof index);
        if (index >= paper->market_max)
            return OC_E_DATA;
        paper->markets[index].will_judge = false; /* it was, and is asked for again */
        paper_will_judge(paper, &paper->markets[index]);
    }
    paper->used_count = head->used_count;
    memcpy(paper->used, at, head->used_count * sizeof *paper->used);
    return OC_OK;
}

oc_rc paper_load(void *self, const void *bytes, uint32_t size)
{
    struct paper *paper = self;
    struct head head;
    if (size < sizeof head)
        return OC_E_DATA;
    memcpy(&head, bytes, sizeof head);
    if (!is_sound(&head, paper->market_max, size))
        return OC_E_DATA;
    const char *at = (const char *)bytes + sizeof head;
    for (uint32_t i = 0; i < paper->account_count; i++)
        memset(paper->balances[i], 0, sizeof(oc_i128) * paper->asset_count);
    for (uint32_t i = 0; i < PAPER_ACCOUNTS_MAX; i++) /* orders may have come of an account that has no balance yet */
        memset(paper->needed[i], 0, sizeof **paper->needed * paper->asset_count);
    paper->account_count = head.account_count;
    paper->asset_count = head.asset_count;
    for (uint32_t i = 0; i < head.account_count; i++, at += sizeof(oc_i128) * head.asset_count)
        memcpy(paper->balances[i], at, sizeof(oc_i128) * head.asset_count);
    memcpy(paper->markets, at, head.market_max * sizeof *paper->markets);
    at += head.market_max * sizeof *paper->markets;
    memcpy(paper->positions, at, head.market_max * sizeof *paper->positions);
    at += head.market_max * sizeof *paper->positions;
    paper_table_begin(paper);
    paper->expiry_count = 0;
    for (uint32_t i = 0; i < head.order_count; i++, at += sizeof *paper->orders) {
        struct paper_order *order;
        struct paper_order saved;
        memcpy(&saved, at, sizeof saved);
        oc_rc rc = paper_room(paper, &saved.ask, &order);
        if (rc < 0)
            return rc;
        *order = saved;
        if (order->is_awaited)
            paper_await(paper, order);
        order->phase = PHASE_WORKING;
        if (saved.phase == PHASE_DONE)
            paper_over(paper, order);
        paper_needs(paper, order);
        if (order->expire_ns && !paper_expires(paper, order))
            return OC_E_NOMEM;
    }
    paper->message_count = paper->message_first = 0;
    for (uint32_t i = 0; i < head.message_count; i++, at += sizeof *paper->messages) {
        oc_rc rc = paper_message_put(paper, (const struct oc_request *)(const void *)at);
        if (rc < 0)
            return rc;
    }
    return load_rest(paper, &head, at);
}

static void message_forget(struct paper *paper, uint64_t id)
{
    for (uint32_t i = 0; i < paper->message_count; i++) {
        uint32_t at = (paper->message_first + i) % paper->message_room;
        if (paper->messages[at].id != id)
            continue;
        for (; i + 1 < paper->message_count; i++) {
            uint32_t next = (at + 1) % paper->message_room;
            paper->messages[at] = paper->messages[next];
            at = next;
        }
        paper->message_count--;
        return;
    }
}

/* An answer proves that its request had arrived; its request is taken out of the messages under way. */
static void arrived(struct paper *paper, uint64_t request)
{
    for (uint32_t i = 0; i < paper->message_count; i++) {
        const struct oc_request *message = &paper->messages[(paper->message_first + i) % paper->message_room];
        if (message->id != request)
            continue;
        struct oc_request copy = *message;
        message_forget(paper, request);
        struct paper_order *order = paper_find(paper, copy.order);
        if (copy.kind == OC_REQUEST_NEW && !order && paper_room(paper, &copy, &order) == OC_OK) {
            order->phase = PHASE_WORKING;
            order->is_accepted = true;
            order->active_ns = copy.head.local_ns;
            order->decided_ns = copy.head.local_ns - paper->entry_ns;
            order->expire_ns = paper_expiry(&copy, copy.head.local_ns);
            order->has_rested = copy.bits & OC_RQ_POST_ONLY;
            paper->is_short |= order->expire_ns && !paper_expires(paper, order);
            paper_oco_joins(paper, order);
        } else if (copy.kind == OC_REQUEST_AMEND && order) {
            if (copy.bits & OC_RQ_QUANTITY_CHANGED)
                order->ask.qty = copy.qty;
            if (copy.bits & OC_RQ_PRICE_CHANGED)
                order->ask.price = copy.price;
            if (copy.bits & OC_RQ_STOP_CHANGED)
                order->ask.stop_price = copy.stop_price;
        }
        if (order)
            paper_needs(paper, order);
        return;
    }
}

static void observe_fill(struct paper *paper, const struct oc_ev_fill *fill)
{
    arrived(paper, fill->order);
    struct paper_order *order = paper_find(paper, fill->order);
    const struct paper_market *market = paper_market(paper, fill->head.inst);
    if (!order || !market)
        return;
    oc_i128 value = 0, fee = 0;
    (void)paper_value(market, fill->price, fill->qty, &value);
    (void)money_from_dec(fill->fee, &fee); /* a fee of our own: it fits */
    paper_book(paper, fill, order->ask.account, value, fee);
    paper_groups_drop(paper, fill->head.venue_ns);
    paper_group_observe(paper, order, fill);
    order->filled += fill->qty;
    order->spent += value + (fill->fee_asset == market->info.quote ? fee : 0);
    order->fills++;
    order->has_rested = true;
    paper_needs(paper, order);
    paper->recent[paper->recent_count++ % PAPER_RECENT] =
        (struct paper_recent){fill->head.inst, 0, fill->head.venue_ns, fill->qty};
    if (fill->head.flags & OC_EVF_LAST)
        paper_over(paper, order);
}

void paper_observe(void *self, const struct oc_event *event)
{
    struct paper *paper = self;
    if (event->type == OC_EV_REQUEST) {
        struct oc_request request = *(const struct oc_request *)(const void *)event;
        request.head.local_ns = paper_arrival(paper, request.head.local_ns, &request, true);
        paper_message_put(paper, &request);
        return;
    }
    if (event->type == OC_EV_FILL) {
        observe_fill(paper, (const struct oc_ev_fill *)(const void *)event);
    } else if (event->type >= OC_EV_ACCEPTED && event->type <= OC_EV_SENT) {
        const struct oc_ev_answer *answer = (const struct oc_ev_answer *)(const void *)event;
        arrived(paper, answer->request);
        struct paper_order *order = paper_find(paper, answer->order);
        bool ends = event->type == OC_EV_REJECTED || event->type == OC_EV_CANCELED || event->type == OC_EV_EXPIRED;
        if (order && event->type == OC_EV_TRIGGERED)
            order->is_triggered = true;
        if (order && event->type == OC_EV_TRIGGERED) {
            order->has_rested = false;
            order->triggered_ns = event->venue_ns;
        }
        if (order && ends)
            paper_over(paper, order);
    } else if (event->type == OC_EV_DENIED) {
        message_forget(paper, ((const struct oc_ev_answer *)(const void *)event)->request);
    }
    paper_sweep(paper);
}

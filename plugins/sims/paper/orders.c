/* orders.c: messages on their way to the venue, orders there, and answers on their way back. */
#include <stdlib.h>
#include <string.h>

#include "paper.h"

static struct oc_ev_answer answer_to(const struct oc_request *request, uint16_t type, int64_t now_ns,
                                     const char *reason)
{
    struct oc_ev_answer answer = {.head = request->head, .order = request->order, .request = request->id};
    answer.head.size = sizeof answer;
    answer.head.type = type;
    answer.head.flags = OC_EVF_LAST;
    answer.head.source = request->account;
    answer.head.venue_ns = now_ns;
    answer.head.cause = request->head.seq;
    answer.definitive = 1;
    answer.cum_qty = -1;
    if (reason)
        strncpy(answer.reason, reason, sizeof answer.reason - 1);
    return answer;
}

void paper_answer(struct paper *paper, const struct oc_request *request, uint16_t type, int64_t now_ns,
                  const char *reason)
{
    const struct paper_order *order = paper_find(paper, request->order);
    struct oc_ev_answer answer = answer_to(request, type, now_ns, reason);
    if (order)
        answer.cum_qty = paper_said(paper, order);
    if (type == OC_EV_AMENDED && order)
        answer.qty = order->ask.qty;
    paper_say(paper, NULL, &answer.head);
}

void paper_tell(struct paper *paper, const struct paper_order *order, uint16_t type, int64_t now_ns, const char *reason)
{
    struct oc_ev_answer answer = answer_to(&order->ask, type, now_ns, reason);
    answer.cum_qty = paper_said(paper, order);
    paper_say(paper, order, &answer.head);
}

void paper_finish(struct paper *paper, struct paper_order *order, uint16_t type, int64_t now_ns, const char *reason)
{
    paper_tell(paper, order, type, now_ns, reason);
    paper_over(paper, order);
}

void *paper_grown(void *list, uint32_t *room, uint32_t max, size_t size)
{
    const uint32_t wanted = *room ? *room * 2 : 32;
    void *grown = wanted <= max ? realloc(list, wanted * size) : NULL;
    if (grown)
        *room = wanted;
    return grown;
}

static int64_t day_end(int64_t now_ns)
{
    const int64_t day = 86400000000000LL;
    int64_t rest = now_ns % day;
    return now_ns - (rest < 0 ? rest + day : rest) + day;
}

int64_t paper_expiry(const struct oc_request *request, int64_t now_ns)
{
    if (request->tif == OC_TIF_GTD)
        return request->expire_ns;
    return request->tif == OC_TIF_DAY ? day_end(now_ns) : 0;
}

/* It is here, or at another price: at once, or, behind the open of a bar that runs, when the bar is judged. */
static void comes(struct paper *paper, struct paper_order *order, int64_t now_ns)
{
    struct paper_market *market = paper_market(paper, order->ask.head.inst);
    if (!bar_runs(market))
        paper_activate(paper, order, now_ns);
    else if (now_ns > market->open_ns)
        paper_will_judge(paper, market);
    else
        paper_at_open(paper, order);
    if (bar_runs(market) && order->phase == PHASE_WORKING && paper_in_reach(paper, market, order))
        paper_will_judge(paper, market);
}

static void arrive_new(struct paper *paper, const struct oc_request *request, int64_t now_ns)
{
    struct paper_order *order;
    const struct paper_market *market = paper_market(paper, request->head.inst);
    if (!market || !market->info.size) {
        paper_answer(paper, request, OC_EV_REJECTED, now_ns, "UNKNOWN_INSTRUMENT");
        return;
    }
    if (request->type < OC_ORDER_MARKET || request->type > OC_ORDER_STOP_LIMIT) {
        paper_answer(paper, request, OC_EV_REJECTED, now_ns, "ORDER_TYPE_NOT_SUPPORTED");
        return;
    }
    if (request->tif == OC_TIF_GTD && request->expire_ns <= now_ns) {
        paper_answer(paper, request, OC_EV_REJECTED, now_ns, "EXPIRES_IN_THE_PAST");
        return;
    }
    if (paper_room(paper, request, &order) < 0) {
        paper_answer(paper, request, OC_EV_REJECTED, now_ns, "TOO_MANY_ORDERS");
        return;
    }
    order->phase = PHASE_WORKING;
    order->active_ns = now_ns;
    order->decided_ns = now_ns - paper->entry_ns;
    order->expire_ns = paper_expiry(request, now_ns);
    paper->is_short |= order->expire_ns && !paper_expires(paper, order);
    paper_oco_joins(paper, order);
    paper_needs(paper, order);
    comes(paper, order, now_ns);
}

void paper_cancel(struct paper *paper, const struct oc_request *request, int64_t now_ns)
{
    struct paper_order *order = paper_find(paper, request->order);
    if (!order) {
        paper_answer(paper, request, OC_EV_CANCEL_REJECTED, now_ns, "ORDER_NOT_OPEN");
        return;
    }
    paper_answer(paper, request, OC_EV_CANCELED, now_ns, NULL);
    paper_over(paper, order);
}

bool paper_amend(struct paper *paper, struct paper_order *order, const struct oc_request *request, int64_t now_ns)
{
    bool moved = false;
    if (!order) {
        paper_answer(paper, request, OC_EV_AMEND_REJECTED, now_ns, "ORDER_NOT_OPEN");
        return false;
    }
    if ((request->bits & OC_RQ_QUANTITY_CHANGED) && request->qty <= order->filled) {
        paper_answer(paper, request, OC_EV_AMEND_REJECTED, now_ns, "QUANTITY_ALREADY_FILLED");
        return false;
    }
    if (request->bits & OC_RQ_QUANTITY_CHANGED) {
        order->has_place &= request->qty <= order->ask.qty; /* what grows goes to the end */
        order->ask.qty = request->qty;
        order->grown = 0;
    }
    if (request->bits & OC_RQ_PRICE_CHANGED) {
        moved = order->ask.price != request->price;
        order->ask.price = request->price;
    }
    if (request->bits & OC_RQ_STOP_CHANGED) {
        moved |= order->ask.stop_price != request->stop_price;
        order->ask.stop_price = request->stop_price;
    }
    paper_needs(paper, order);
    paper_answer(paper, request, OC_EV_AMENDED, now_ns, NULL);
    if (!moved)
        return false;
    order->active_ns = now_ns;
    order->decided_ns = now_ns - paper->entry_ns;
    order->is_moved = true;
    order->has_place = false;
    order->has_rested = false; /* what crosses at its new price takes, or is refused as when it came */
    return true;
}

oc_rc paper_waits(struct paper *paper, const struct oc_request *request)
{
    struct paper_waiting *waiting = &paper->waiting[OC_INST_INDEX(request->head.inst)];
    if (paper->waiting_count == PAPER_MESSAGES_MAX)
        return OC_E_FULL;
    if (waiting->count == waiting->room) {
        struct oc_request *list = paper_grown(waiting->list, &waiting->room, PAPER_MESSAGES_MAX, sizeof *list);
        if (!list)
            return OC_E_FULL;
        waiting->list = list;
    }
    waiting->list[waiting->count++] = *request;
    paper->waiting_count++;
    return OC_OK;
}

/* A cancel or an amend. Behind the open of a bar that runs it waits for the judgement: what was before it is not known. */
static oc_rc arrive_about(struct paper *paper, const struct oc_request *request, int64_t now_ns)
{
    struct paper_order *order = paper_find(paper, request->order);
    struct paper_market *market = paper_market(paper, request->head.inst); /* its order's */
    if (market && bar_runs(market) && now_ns > market->open_ns) {
        struct oc_request kept = *request;
        kept.head.local_ns = now_ns;
        const oc_rc rc = paper_waits(paper, &kept);
        if (rc == OC_OK)
            paper_will_judge(paper, market);
        return rc;
    }
    if (request->kind == OC_REQUEST_CANCEL)
        paper_cancel(paper, request, now_ns);
    else if (paper_amend(paper, order, request, now_ns) && order)
        comes(paper, order, now_ns);
    return OC_OK;
}

static oc_rc arrive(struct paper *paper, const struct oc_request *request, int64_t now_ns)
{
    struct paper_market *market = paper_market(paper, request->head.inst);
    oc_rc rc = OC_OK;
    if (market && bar_runs(market) && now_ns >= market->close_ns)
        rc = paper_end_inside(paper, market);
    if (rc == OC_OK && paper->awaited_count && request->kind == OC_REQUEST_AMEND &&
        paper_claimed(paper, now_ns, request))
        return OC_OK;
    if (rc == OC_OK && request->kind != OC_REQUEST_NEW)
        return arrive_about(paper, request, now_ns);
    if (rc == OC_OK)
        arrive_new(paper, request, now_ns);
    return rc;
}

static oc_rc messages_grow(struct paper *paper)
{
    uint32_t room = paper->message_room ? paper->message_room * 2 : 64;
    if (room > PAPER_MESSAGES_MAX)
        return OC_E_FULL;
    struct oc_request *messages = malloc(room * sizeof *messages);
    if (!messages)
        return OC_E_NOMEM;
    for (uint32_t i = 0; i < paper->message_count; i++)
        messages[i] = paper->messages[(paper->message_first + i) % paper->message_room];
    free(paper->messages);
    paper->messages = messages;
    paper->message_room = room;
    paper->message_first = 0;
    return OC_OK;
}

/* By arrival, and of one time in the order in which they were sent. */
oc_rc paper_message_put(struct paper *paper, const struct oc_request *request)
{
    if (paper->message_count == paper->message_room) {
        oc_rc rc = messages_grow(paper);
        if (rc < 0)
            return rc;
    }
    uint32_t at = paper->message_count++;
    for (; at > 0; at--) {
        const struct oc_request *before = &paper->messages[(paper->message_first + at - 1) % paper->message_room];
        if (before->head.local_ns <= request->head.local_ns)
            break;
        paper->messages[(paper->message_first + at) % paper->message_room] = *before;
    }
    paper->messages[(paper->message_first + at) % paper->message_room] = *request;
    return paper->sim_host->schedule_at(paper->host, request->head.local_ns);
}

/* A leg arrives two ways after the fill that it is for, whenever the host was told of that fill. That may lie behind now where
 * the bar of the fill is still to come, or to be judged: after a restart. */
int64_t paper_arrival(struct paper *paper, int64_t now_ns, const struct oc_request *request, bool is_fact)
{
    const struct paper_group *group =
        request->kind == OC_REQUEST_NEW && request->role != OC_ROLE_ENTRY ? paper_group(paper, request->group) : NULL;
    if (!group)
        return now_ns + paper->entry_ns;
    const struct paper_market *market = paper_market(paper, group->inst);
    const int64_t at_ns = group->fill_ns + paper->response_ns + paper->entry_ns;
    if (at_ns > now_ns || group->fill_ns > market->close_ns || (is_fact && bar_runs(market)))
        return at_ns;
    return now_ns;
}

oc_rc paper_message(struct paper *paper, int64_t now_ns, const struct oc_request *request)
{
    oc_rc rc;
    if (__builtin_expect(paper->awaited_count, 0)) {
        paper_claims_drop(paper, now_ns);
        if (paper_claimed(paper, now_ns, request)) {
            paper_sweep(paper);
            return OC_OK;
        }
    }
    if (paper_succeeds(paper, now_ns, request))
        return OC_OK;
    const int64_t arrives_ns = paper_arrival(paper, now_ns, request, false);
    if (arrives_ns != now_ns) {
        struct oc_request message = *request;
        message.head.local_ns = arrives_ns;
        return paper_message_put(paper, &message);
    }
    rc = arrive(paper, request, now_ns);
    paper_sweep(paper);
    return rc;
}

static oc_rc arrive_first(struct paper *paper)
{
    const struct oc_request request = paper->messages[paper->message_first];
    paper->message_first = (paper->message_first + 1) % paper->message_room;
    paper->message_count--;
    return arrive(paper, &request, request.head.local_ns);
}

oc_rc paper_due(struct paper *paper, int64_t now_ns)
{
    oc_rc rc = OC_OK;
    paper_claims_drop(paper, now_ns);
    while (rc >= 0) {
        const int64_t judged_ns = paper_next_judgement(paper);
        const int64_t arrives_ns =
            paper->message_count ? paper->messages[paper->message_first].head.local_ns : INT64_MAX;
        if (judged_ns > now_ns && arrives_ns > now_ns)
            break;
        rc = judged_ns <= arrives_ns ? paper_judge_due(paper, judged_ns) : arrive_first(paper);
    }
    paper_expire_due(paper, now_ns);
    paper_sweep(paper);
    return rc;
}

void paper_arrive_all(struct paper *paper)
{
    paper_drop_bars(paper);
    paper_claims_drop(paper, INT64_MAX);
    for (uint32_t at = 0; at < paper->market_max; at++) {
        struct paper_waiting *waiting = &paper->waiting[at];
        for (uint32_t i = 0; i < waiting->count; i++) /* no bar runs: it keeps nothing */
            (void)arrive_about(paper, &waiting->list[i], waiting->list[i].head.local_ns);
        waiting->count = 0;
    }
    paper->waiting_count = 0;
    while (paper->message_count)
        (void)arrive_first(paper);
}

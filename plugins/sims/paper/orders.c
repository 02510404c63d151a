/* orders.c: messages on their way to the venue, orders there, and answers on their way back. */
#include <stdlib.h>
#include <string.h>

#include "paper.h"

struct paper_order *paper_find(struct paper *paper, uint64_t id)
{
    for (uint32_t i = 0; i < paper->order_count; i++)
        if (paper->orders[i].ask.order == id && paper->orders[i].phase == PHASE_WORKING)
            return &paper->orders[i];
    return NULL;
}

void paper_answer(struct paper *paper, const struct oc_request *request, uint16_t type, int64_t now_ns,
                  const char *reason)
{
    const struct paper_order *order = paper_find(paper, request->order);
    struct oc_ev_answer answer = {.head = request->head, .order = request->order, .request = request->id};
    answer.head.size = sizeof answer;
    answer.head.type = type;
    answer.head.flags = OC_EVF_LAST;
    answer.head.source = request->account;
    answer.head.venue_ns = now_ns;
    answer.head.cause = request->head.seq;
    answer.definitive = 1;
    answer.cum_qty = order ? order->filled : -1;
    if (type == OC_EV_AMENDED && order)
        answer.qty = order->ask.qty;
    if (reason)
        strncpy(answer.reason, reason, sizeof answer.reason - 1);
    paper->sim_host->emit(paper->host, now_ns + paper->response_ns, &answer.head);
}

void paper_finish(struct paper *paper, struct paper_order *order, uint16_t type, int64_t now_ns, const char *reason)
{
    paper_answer(paper, &order->ask, type, now_ns, reason);
    order->phase = PHASE_DONE;
}

void paper_sweep(struct paper *paper)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < paper->order_count; i++) {
        if (paper->orders[i].phase == PHASE_DONE)
            continue;
        if (kept != i)
            paper->orders[kept] = paper->orders[i];
        kept++;
    }
    paper->order_count = kept;
}

oc_rc paper_room(struct paper *paper, struct paper_order **ret_order)
{
    if (paper->order_count == PAPER_ORDERS_MAX)
        return OC_E_LIMIT;
    if (paper->order_count == paper->order_room) {
        uint32_t room = paper->order_room ? paper->order_room * 2 : 32;
        struct paper_order *orders = realloc(paper->orders, room * sizeof *orders);
        if (!orders)
            return OC_E_NOMEM;
        paper->orders = orders;
        paper->order_room = room;
    }
    *ret_order = &paper->orders[paper->order_count++];
    memset(*ret_order, 0, sizeof **ret_order);
    return OC_OK;
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
    if (paper_room(paper, &order) < 0) {
        paper_answer(paper, request, OC_EV_REJECTED, now_ns, "TOO_MANY_ORDERS");
        return;
    }
    order->ask = *request;
    order->phase = PHASE_WORKING;
    order->active_ns = now_ns;
    order->expire_ns = paper_expiry(request, now_ns);
    if (order->expire_ns)
        paper->sim_host->schedule_at(paper->host, order->expire_ns);
    paper_activate(paper, order, now_ns);
}

static void arrive_cancel(struct paper *paper, const struct oc_request *request, int64_t now_ns)
{
    struct paper_order *order = paper_find(paper, request->order);
    if (!order) {
        paper_answer(paper, request, OC_EV_CANCEL_REJECTED, now_ns, "ORDER_NOT_OPEN");
        return;
    }
    paper_answer(paper, request, OC_EV_CANCELED, now_ns, NULL);
    order->phase = PHASE_DONE;
}

static void arrive_amend(struct paper *paper, const struct oc_request *request, int64_t now_ns)
{
    struct paper_order *order = paper_find(paper, request->order);
    if (!order) {
        paper_answer(paper, request, OC_EV_AMEND_REJECTED, now_ns, "ORDER_NOT_OPEN");
        return;
    }
    if ((request->bits & OC_RQ_QUANTITY_CHANGED) && request->qty <= order->filled) {
        paper_answer(paper, request, OC_EV_AMEND_REJECTED, now_ns, "QUANTITY_ALREADY_FILLED");
        return;
    }
    bool moved = false;
    if (request->bits & OC_RQ_QUANTITY_CHANGED)
        order->ask.qty = request->qty;
    if (request->bits & OC_RQ_PRICE_CHANGED) {
        moved = order->ask.price != request->price;
        order->ask.price = request->price;
    }
    if (request->bits & OC_RQ_STOP_CHANGED) {
        moved |= order->ask.stop_price != request->stop_price;
        order->ask.stop_price = request->stop_price;
    }
    paper_answer(paper, request, OC_EV_AMENDED, now_ns, NULL);
    if (moved)
        order->active_ns = now_ns;
    if (moved) /* it has arrived at its new price: what crosses there takes */
        order->has_rested = order->ask.bits & OC_RQ_POST_ONLY;
    if (moved)
        paper_activate(paper, order, now_ns);
}

static void arrive(struct paper *paper, const struct oc_request *request, int64_t now_ns)
{
    if (request->kind == OC_REQUEST_NEW)
        arrive_new(paper, request, now_ns);
    else if (request->kind == OC_REQUEST_CANCEL)
        arrive_cancel(paper, request, now_ns);
    else
        arrive_amend(paper, request, now_ns);
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

oc_rc paper_message_put(struct paper *paper, const struct oc_request *request)
{
    if (paper->message_count == paper->message_room) {
        oc_rc rc = messages_grow(paper);
        if (rc < 0)
            return rc;
    }
    paper->messages[(paper->message_first + paper->message_count++) % paper->message_room] = *request;
    return paper->sim_host->schedule_at(paper->host, request->head.local_ns);
}

oc_rc paper_message(struct paper *paper, int64_t now_ns, const struct oc_request *request)
{
    if (paper->entry_ns == 0) {
        arrive(paper, request, now_ns);
        paper_sweep(paper);
        return OC_OK;
    }
    struct oc_request message = *request;
    message.head.local_ns = now_ns + paper->entry_ns;
    return paper_message_put(paper, &message);
}

void paper_messages_due(struct paper *paper, int64_t now_ns)
{
    while (paper->message_count && paper->messages[paper->message_first].head.local_ns <= now_ns) {
        struct oc_request request = paper->messages[paper->message_first];
        paper->message_first = (paper->message_first + 1) % paper->message_room;
        paper->message_count--;
        arrive(paper, &request, request.head.local_ns);
    }
}

void paper_expire_due(struct paper *paper, int64_t now_ns)
{
    for (uint32_t i = 0; i < paper->order_count; i++) {
        struct paper_order *order = &paper->orders[i];
        if (order->phase == PHASE_WORKING && order->expire_ns && order->expire_ns <= now_ns)
            paper_finish(paper, order, OC_EV_EXPIRED, now_ns, "TIME_IN_FORCE_ENDED");
    }
}

/* venue_request.c: requests on their way: what waits, what left, what became of it. */
#include "io/venue_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

enum { BATCH_MAX = 64 };

static uint8_t lane_of(const struct oc_request *request)
{
    return request->kind == OC_REQUEST_CANCEL || request->kind == OC_REQUEST_CANCEL_ALL ||
                   request->kind == OC_REQUEST_DEADMAN
               ? OC_LANE_CANCEL
               : OC_LANE_ORDER;
}

struct oc_ev_answer io_word(const struct io_venue *venue, const struct oc_request *ask, uint16_t type, uint32_t why)
{
    static const char *const names[] = {[OC_WHY_NOT_SENT] = "NOT_SENT",
                                        [OC_WHY_LATE] = "LATE",
                                        [OC_WHY_TIMEOUT] = "TIMEOUT",
                                        [OC_WHY_NETWORK] = "NETWORK",
                                        [OC_WHY_PROTOCOL] = "PROTOCOL",
                                        [OC_WHY_DISCONNECTED] = "DISCONNECTED",
                                        [OC_WHY_SILENT] = "SILENT",
                                        [OC_WHY_TOO_MANY_ORDERS] = "TOO_MANY_AMENDMENTS",
                                        [OC_WHY_NOT_SUPPORTED] = "NOT_SUPPORTED_BY_VENUE",
                                        [OC_WHY_RATE_LIMIT] = "RATE_LIMIT",
                                        [OC_WHY_VENUE_ERROR] = "UNKNOWN_OUTCOME",
                                        [OC_WHY_CANCELED_BY_US] = "CANCELED_BY_US"};
    const int64_t now_ns = io_venue_now(venue);
    struct oc_ev_answer answer = {.head = {.size = sizeof answer,
                                           .type = type,
                                           .flags = OC_EVF_LAST,
                                           .source = ask->account,
                                           .inst = ask->head.inst,
                                           .venue_ns = now_ns,
                                           .cause = ask->head.seq},
                                  .order = ask->order,
                                  .request = ask->id,
                                  .cum_qty = -1};
    if (why < sizeof names / sizeof *names && names[why])
        snprintf(answer.reason, sizeof answer.reason, "%s", names[why]);
    return answer;
}

/* Nothing of it reached the venue: a new order is NOT_THERE, and a change that was not made leaves the order as it is. */
static void never_left(struct io_venue *venue, struct io_pending *pending, uint32_t why)
{
    const uint8_t kind = pending->ask->ask.kind;
    struct oc_ev_answer answer = io_word(venue, &pending->ask->ask,
                                         oc_request_makes_order(kind) ? OC_EV_NOT_THERE
                                         : kind == OC_REQUEST_AMEND   ? OC_EV_AMEND_REJECTED
                                                                      : OC_EV_CANCEL_REJECTED,
                                         why);
    answer.definitive = 1;
    pending->state = IO_PENDING_DONE;
    venue->counts.never_left++;
    if (pending->ask->ask.order)
        (void)io_say(venue, &answer.head);
    else
        log_warning("venue", "%s: a request of kind %u about no order never left", venue->name, kind);
}

/* What is about no order has no state that could be told: who asked for it sees what comes of it. */
static bool is_about_order(const struct io_pending *pending) { return pending->ask->ask.order != 0; }

/* It may or may not be there. */
static void unknown(struct io_venue *venue, struct io_pending *pending, uint32_t why)
{
    const struct oc_ev_answer answer = io_word(venue, &pending->ask->ask, OC_EV_UNKNOWN, why);
    const struct oc_request *ask = &pending->ask->ask;
    pending->state = IO_PENDING_DONE;
    venue->counts.unknown++;
    if (!is_about_order(pending)) {
        log_warning("venue", "%s: what came of a request of kind %u about no order is not known", venue->name,
                    ask->kind);
        return;
    }
    (void)io_say(venue, &answer.head);
    io_doubt_left(venue, pending->ask, io_venue_now(venue) + venue->table->venue->absence_ns);
}

/* Its word that it took nothing, before a byte left. */
static void refused(struct io_venue *venue, struct io_pending *pending, uint32_t why)
{
    const uint8_t kind = pending->ask->ask.kind;
    struct oc_ev_answer answer = io_word(venue, &pending->ask->ask,
                                         oc_request_makes_order(kind) ? OC_EV_REJECTED
                                         : kind == OC_REQUEST_AMEND   ? OC_EV_AMEND_REJECTED
                                                                      : OC_EV_CANCEL_REJECTED,
                                         why);
    answer.definitive = 1;
    pending->state = IO_PENDING_DONE;
    if (is_about_order(pending))
        (void)io_say(venue, &answer.head);
    else
        log_warning("venue", "%s does not take a request of kind %u about no order", venue->name, kind);
}

struct io_pending *io_pending_find(struct io_venue *venue, uint64_t request)
{
    for (uint32_t i = venue->pending_count; i > 0 && request; i--)
        if (venue->pending[i - 1].state != IO_PENDING_DONE && venue->pending[i - 1].ask->ask.id == request)
            return &venue->pending[i - 1];
    return NULL;
}

void io_pending_sweep(struct io_venue *venue)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < venue->pending_count; i++)
        if (venue->pending[i].state == IO_PENDING_DONE)
            free(venue->pending[i].ask);
        else
            venue->pending[kept++] = venue->pending[i];
    venue->pending_count = kept;
}

/* A cancel, or the kill switch, takes back what has not left. */
static bool take_back(struct io_venue *venue, uint64_t order, uint32_t why)
{
    bool is_back = false;
    for (uint32_t i = 0; i < venue->pending_count; i++) {
        struct io_pending *pending = &venue->pending[i];
        if (pending->state != IO_PENDING_WAITS || pending->ask->ask.order != order || pending->lane == OC_LANE_CANCEL)
            continue;
        is_back |= oc_request_makes_order(pending->ask->ask.kind);
        never_left(venue, pending, why);
    }
    return is_back;
}

void io_withdraw_old_steps(struct io_venue *venue, uint32_t inst)
{
    for (uint32_t i = 0; i < venue->pending_count; i++) {
        struct io_pending *pending = &venue->pending[i];
        const uint32_t asked = pending->ask->ask.head.inst;
        if (pending->state == IO_PENDING_WAITS && pending->lane != OC_LANE_CANCEL && asked != inst &&
            OC_INST_INDEX(asked) == OC_INST_INDEX(inst))
            never_left(venue, pending, OC_WHY_NOT_SENT);
    }
    io_pending_sweep(venue);
}

void io_venue_withdraw(struct io_venue *venue, uint32_t account, uint32_t why)
{
    for (uint32_t i = 0; i < venue->pending_count; i++)
        if (venue->pending[i].state == IO_PENDING_WAITS && venue->pending[i].lane != OC_LANE_CANCEL &&
            (!account || venue->pending[i].ask->ask.account == account))
            never_left(venue, &venue->pending[i], why);
    io_pending_sweep(venue);
}

oc_rc io_venue_request(struct io_venue *venue, const struct oc_request *request)
{
    if (request->kind == OC_REQUEST_CANCEL && take_back(venue, request->order, OC_WHY_CANCELED_BY_US)) {
        io_pending_sweep(venue);
        return OC_OK; /* the cancel of what never left never leaves */
    }
    const oc_rc rc =
        io_grow(&venue->pending, venue->pending_count, &venue->pending_room, IO_PENDING_MAX, sizeof *venue->pending);
    if (rc < 0)
        return rc == OC_E_LIMIT ? OC_E_FULL : rc;
    struct oc_venue_request *ask = calloc(1, sizeof *ask);
    if (!ask)
        return OC_E_NOMEM;
    ask->ask = *request;
    ask->ask.head.size = sizeof *ask;
    io_own_way(venue, ask);
    const bool is_named = io_name_request(venue, ask);
    const int64_t now_ns = io_venue_now(venue);
    venue->pending[venue->pending_count++] =
        (struct io_pending){.ask = ask,
                            .lane = lane_of(request),
                            .send_by_ns = request->send_by_ns ? request->send_by_ns : now_ns + IO_SEND_BY_NS,
                            .answer_by_ns = INT64_MAX};
    if (io_sync_holds(venue, request)) {
        never_left(venue, &venue->pending[venue->pending_count - 1], OC_WHY_NOT_SENT);
        io_pending_sweep(venue);
    } else if (!is_named) {
        refused(venue, &venue->pending[venue->pending_count - 1], OC_WHY_TOO_MANY_ORDERS);
        io_pending_sweep(venue);
    }
    return io_pending_flush(venue);
}

/* Whether an answer of this type is what a request of this kind waits for. */
static bool answers(uint16_t type, uint8_t kind)
{
    switch (type) {
    case OC_EV_ACCEPTED:
    case OC_EV_REJECTED:
    case OC_EV_FILL:
    case OC_EV_TRIGGERED:
    case OC_EV_ORDER:
    case OC_EV_TAKEN:
        return oc_request_makes_order(kind);
    case OC_EV_AMENDED: /* what is changed is there */
        return kind == OC_REQUEST_AMEND || oc_request_makes_order(kind);
    case OC_EV_AMEND_REJECTED:
        return kind == OC_REQUEST_AMEND;
    case OC_EV_CANCEL_REJECTED:
        return kind == OC_REQUEST_CANCEL;
    case OC_EV_CANCELED:
    case OC_EV_EXPIRED:
        return true; /* the end of the order answers all that was asked about it */
    default:
        return false;
    }
}

bool io_same_id(const struct oc_id *a, const struct oc_id *b)
{
    return a->size && a->size == b->size && memcmp(a->text, b->text, a->size) == 0;
}

bool io_names_of(const struct oc_event *event, struct io_names *ret)
{
    *ret = (struct io_names){0};
    if (event->type == OC_EV_FILL && event->size >= sizeof(struct oc_ev_fill)) {
        ret->order = ((const struct oc_ev_fill *)(const void *)event)->order;
        if (event->size >= sizeof(struct oc_ev_venue_fill)) {
            ret->client = ((const struct oc_ev_venue_fill *)(const void *)event)->client;
            ret->venue_order = ((const struct oc_ev_venue_fill *)(const void *)event)->venue_order;
        }
        return true;
    }
    if (event->type == OC_EV_ORDER && event->size >= sizeof(struct oc_ev_order)) {
        const struct oc_ev_order *shown = (const struct oc_ev_order *)(const void *)event;
        ret->order = shown->order;
        ret->client = shown->client;
        ret->venue_order = shown->venue_order;
        ret->is_replaced = shown->state == OC_SHOWN_CANCELED && shown->why == OC_WHY_REPLACED;
        return true;
    }
    if (event->type < OC_EV_ACCEPTED || event->type > OC_EV_TAKEN || event->size < sizeof(struct oc_ev_answer) ||
        event->type == OC_EV_BUST)
        return false;
    const struct oc_ev_answer *answer = (const struct oc_ev_answer *)(const void *)event;
    ret->request = answer->request;
    ret->order = answer->order;
    if (event->size >= sizeof(struct oc_ev_venue_answer)) {
        ret->client = ((const struct oc_ev_venue_answer *)(const void *)event)->client;
        ret->venue_order = ((const struct oc_ev_venue_answer *)(const void *)event)->venue_order;
    }
    ret->is_replaced = event->type == OC_EV_CANCELED && event->size >= sizeof(struct oc_ev_venue_answer) &&
                       ((const struct oc_ev_venue_answer *)(const void *)event)->why == OC_WHY_REPLACED;
    return true;
}

bool io_same_order(const struct io_names *said, const struct oc_venue_request *ask)
{
    return (said->order && ask->ask.order == said->order) || io_same_id(&said->client, &ask->client) ||
           io_same_id(&said->client, &ask->client_new) || io_same_id(&said->venue_order, &ask->venue_order);
}

/* An answer to another request about the same order says of this one only that the order is there, or is over: it may be
 * late, or said twice, while this one is under way. */
bool io_is_answer(uint16_t type, const struct io_names *said, const struct oc_venue_request *ask)
{
    const bool is_order = io_same_order(said, ask);
    const bool is_of_order = oc_request_makes_order(ask->ask.kind) || type == OC_EV_CANCELED || type == OC_EV_EXPIRED;
    if (said->request && ask->ask.id == said->request)
        return true;
    if (said->is_replaced && !oc_request_makes_order(ask->ask.kind))
        return false;
    return is_order && answers(type, ask->ask.kind) && (!said->request || is_of_order);
}

void io_pending_answered(struct io_venue *venue, const struct oc_event *event)
{
    struct io_names said;
    if (!venue->pending_count || !io_names_of(event, &said))
        return;
    for (uint32_t i = 0; i < venue->pending_count; i++) {
        struct io_pending *pending = &venue->pending[i];
        if (pending->state == IO_PENDING_DONE || !io_is_answer(event->type, &said, pending->ask))
            continue;
        io_wire_answered(venue, pending);
        pending->state = IO_PENDING_DONE;
        if (event->type == OC_EV_REJECTED && !is_about_order(pending))
            log_error("venue", "%s refuses to %s", venue->name,
                      pending->ask->ask.kind == OC_REQUEST_DEADMAN
                          ? "watch over this host: orders stay open when it is cut off"
                          : "cancel all at once: each order is canceled by its own cancel");
    }
}

static void left(struct io_venue *venue, struct io_pending *pending, const struct io_op *op, bool has_left)
{
    pending->is_batch = false;
    if (!has_left) {
        never_left(venue, pending, OC_WHY_NOT_SENT);
        return;
    }
    struct oc_ev_answer sent = io_word(venue, &pending->ask->ask, OC_EV_SENT, OC_WHY_NONE);
    if (venue->world.clock) /* what was thought since the event that led to it is in it */
        sent.head.venue_ns = venue->world.clock(venue->world.self);
    venue->counts.sent++;
    pending->state = IO_PENDING_LEFT;
    pending->exchange = op->exchange;
    pending->stream = op->stream;
    pending->left_ns = io_venue_now(venue);
    if (oc_request_makes_order(pending->ask->ask.kind) || pending->ask->ask.kind == OC_REQUEST_AMEND)
        io_account_moved(venue, pending->ask->ask.account);
    pending->answer_by_ns = io_venue_now(venue) + io_answer_ns(venue, op->at_ns);
    if (is_about_order(pending))
        (void)io_say(venue, &sent.head);
}

void io_pending_left(struct io_venue *venue, const struct io_op *op, bool has_left)
{
    const bool is_batch = (op->flags & OC_HTTP_BATCH) != 0;
    for (uint32_t i = 0; i < venue->pending_count; i++) {
        struct io_pending *pending = &venue->pending[i];
        if (pending->state == IO_PENDING_GOES && (is_batch ? pending->is_batch : pending->ask->ask.id == op->request))
            left(venue, pending, op, has_left);
    }
}

void io_pending_of_stream(struct io_venue *venue, uint32_t stream, uint32_t why)
{
    for (uint32_t i = 0; i < venue->pending_count; i++)
        if (venue->pending[i].state == IO_PENDING_LEFT && venue->pending[i].stream == stream && stream)
            unknown(venue, &venue->pending[i], why);
}

void io_pending_of_exchange(struct io_venue *venue, uint64_t exchange, bool has_left, uint32_t why)
{
    for (uint32_t i = 0; i < venue->pending_count; i++) {
        struct io_pending *pending = &venue->pending[i];
        if (pending->state != IO_PENDING_LEFT || pending->exchange != exchange || !exchange)
            continue;
        if (why == OC_WHY_PROTOCOL && !is_about_order(pending))
            pending->state = IO_PENDING_DONE; /* it was answered, and the connector read the answer */
        else if (has_left)
            unknown(venue, pending, why);
        else
            never_left(venue, pending, why);
    }
}

/* Those that go in one call: the first that waits in the lane, and what follows it as far as the venue takes batches. */
static uint32_t gather(struct io_venue *venue, uint32_t first, uint32_t places[BATCH_MAX])
{
    const struct io_pending *head = &venue->pending[first];
    const struct oc_venue *said = venue->table->venue;
    uint32_t most = head->ask->ask.kind == OC_REQUEST_NEW      ? said->batch_new
                    : head->ask->ask.kind == OC_REQUEST_CANCEL ? said->batch_cancel
                    : head->ask->ask.kind == OC_REQUEST_AMEND  ? said->batch_amend
                                                               : 1;
    uint32_t count = 0;
    most = most > BATCH_MAX ? BATCH_MAX : most;
    places[count++] = first;
    for (uint32_t i = first + 1; i < venue->pending_count && count < most; i++) {
        const struct io_pending *next = &venue->pending[i];
        if (next->state == IO_PENDING_WAITS && next->lane == head->lane && next->ask->ask.kind == head->ask->ask.kind &&
            next->ask->ask.account == head->ask->ask.account && !io_lacks_name(venue, &venue->pending[i]))
            places[count++] = i;
    }
    return count;
}

/* Each was tied to what is sent, or answered by an event of the same call. */
static bool is_whole(struct io_venue *venue, const uint32_t *places, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct io_pending *pending = &venue->pending[places[i]];
        bool is_answered = pending->state == IO_PENDING_GOES;
        struct io_names said;
        for (const struct oc_event *event = NULL; !is_answered && (event = queue_called(&venue->queue, event)) != NULL;)
            is_answered = io_names_of(event, &said) && io_is_answer(event->type, &said, pending->ask);
        if (!is_answered)
            return false;
    }
    return true;
}

/* Limits that count orders: one for each new one. OC_E_AGAIN: there is no room for them all. */
static oc_rc pay_for_orders(struct io_venue *venue, const struct oc_venue_request *first, uint32_t count, bool takes)
{
    const struct oc_venue *said = venue->table->venue;
    const struct oc_request *request = &first->ask;
    int64_t at_ns;
    oc_rc rc = OC_OK;
    for (uint16_t i = 0; i < said->limit_count && rc == OC_OK && oc_request_makes_order(request->kind); i++) {
        const struct oc_cost cost = {.limit = i, .weight = count};
        if (!said->limits[i].orders)
            continue;
        if (takes)
            rc = io_limits_pay(venue, &cost, 1, request->account, OC_LANE_ORDER);
        else
            rc = limits_may(&venue->limits, cost, request->account, OC_LANE_ORDER, io_venue_now(venue), &at_ns);
        if (rc == OC_E_AGAIN && !takes)
            io_limits_met(venue, i, request->account, at_ns);
    }
    return rc;
}

/* Not yet. Where a limit is why, each of them is counted once, and each limit is said once until it is open. */
static oc_rc later(struct io_venue *venue, const uint32_t *places, uint32_t count)
{
    const int64_t now_ns = io_venue_now(venue);
    struct oc_ev_limit *met = &venue->limited;
    for (uint32_t i = 0; i < count; i++) {
        struct io_pending *pending = &venue->pending[places[i]];
        pending->is_batch = false;
        venue->counts.limited += met->head.size && !pending->is_limited;
        pending->is_limited |= met->head.size != 0;
    }
    venue->retry_ns = now_ns + IO_RETRY_NS;
    if (!met->head.size || met->limit >= LIMITS_MAX || venue->limit_said_ns[met->limit] > now_ns)
        return 0;
    const int64_t least_ns = now_ns + IO_LIMIT_SAID_NS;
    venue->limit_said_ns[met->limit] = met->until_ns > least_ns ? met->until_ns : least_ns;
    io_limit_say(venue, met);
    return 0;
}

/* One call. 1: something came of it; 0: not yet. */
static oc_rc ask(struct io_venue *venue, const uint32_t *places, uint32_t count)
{
    struct oc_venue_request *batch = calloc(count, sizeof *batch);
    if (!batch)
        return OC_E_NOMEM;
    for (uint32_t i = 0; i < count; i++) {
        batch[i] = *venue->pending[places[i]].ask;
        venue->pending[places[i]].is_batch = true;
    }
    plugin_call_now.order = batch[0].ask.order;
    venue->limited = (struct oc_ev_limit){0};
    oc_rc rc = pay_for_orders(venue, batch, count, false);
    if (rc < 0) {
        free(batch);
        return later(venue, places, count);
    }
    do {
        io_call_begin(venue, IO_SITE_REQUEST, count * sizeof *batch);
        rc = pay_for_orders(venue, batch, count, true);
        if (rc == OC_OK)
            rc = venue->table->request(venue->self, batch, (uint32_t)(count * sizeof *batch), count,
                                       count > 1 ? OC_BATCH_FREE : OC_BATCH_SINGLE);
    } while (io_call_again(venue, rc));
    free(batch);
    const bool is_fault = rc >= 0 && !is_whole(venue, places, count);
    if (is_fault)
        rc = OC_E_DATA;
    venue->faults += is_fault;
    rc = io_call_end(venue, rc);
    if (rc >= 0)
        return 1;
    if (rc == OC_E_AGAIN || rc == OC_E_FULL)
        return later(venue, places, count);
    for (uint32_t i = 0; i < count; i++)
        venue->pending[places[i]].is_batch = false;
    if (rc == OC_E_NOMEM)
        return rc;
    for (uint32_t i = 0; i < count; i++)
        if (venue->pending[places[i]].state == IO_PENDING_WAITS)
            refused(venue, &venue->pending[places[i]],
                    rc == OC_E_NOT_SUPPORTED ? OC_WHY_NOT_SUPPORTED : OC_WHY_NOT_SENT);
    return 1;
}

oc_rc io_pending_flush(struct io_venue *venue)
{
    oc_rc rc = OC_OK;
    for (uint8_t lane = OC_LANE_CANCEL; lane <= OC_LANE_ORDER && rc >= 0; lane++)
        for (uint32_t i = 0; i < venue->pending_count && rc >= 0;) {
            uint32_t places[BATCH_MAX];
            if (venue->pending[i].state != IO_PENDING_WAITS || venue->pending[i].lane != lane ||
                io_sync_delays(venue, &venue->pending[i].ask->ask) || io_lacks_name(venue, &venue->pending[i])) {
                i++;
                continue;
            }
            rc = ask(venue, places, gather(venue, i, places));
            if (rc == 0)
                break; /* what stands behind it does not overtake it */
        }
    io_pending_sweep(venue);
    return rc < 0 ? rc : OC_OK;
}

oc_rc io_pending_due(struct io_venue *venue, int64_t now_ns)
{
    for (uint32_t i = 0; i < venue->pending_count; i++) {
        struct io_pending *pending = &venue->pending[i];
        if (pending->state == IO_PENDING_WAITS && pending->send_by_ns <= now_ns)
            never_left(venue, pending, pending->is_limited ? OC_WHY_RATE_LIMIT : OC_WHY_LATE);
        else if (pending->state == IO_PENDING_LEFT && pending->answer_by_ns <= now_ns)
            unknown(venue, pending, OC_WHY_TIMEOUT);
    }
    io_pending_sweep(venue);
    return OC_OK;
}

int64_t io_pending_next_ns(const struct io_venue *venue)
{
    int64_t next_ns = INT64_MAX;
    for (uint32_t i = 0; i < venue->pending_count; i++) {
        const struct io_pending *pending = &venue->pending[i];
        const int64_t at_ns = pending->state == IO_PENDING_WAITS  ? pending->send_by_ns
                              : pending->state == IO_PENDING_LEFT ? pending->answer_by_ns
                                                                  : INT64_MAX;
        if (at_ns < next_ns)
            next_ns = at_ns;
    }
    return next_ns;
}

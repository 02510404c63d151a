/* venue_call.c: a call into a connector as a transaction, and the carrying out of what it asked for. */
#include "io/venue_impl.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"

oc_rc io_grow(void *list, uint32_t count, uint32_t *room, uint32_t max, size_t each)
{
    void **owned = list;
    if (count < *room)
        return OC_OK;
    if (count >= max)
        return OC_E_LIMIT;
    uint32_t wanted = *room ? *room * 2 : 16;
    if (wanted > max)
        wanted = max;
    void *more = realloc(*owned, wanted * each);
    if (!more)
        return OC_E_NOMEM;
    *owned = more;
    *room = wanted;
    return OC_OK;
}

void io_call_begin(struct io_venue *venue, enum io_site site, size_t input_size)
{
    size_t room = IO_CALL_ROOM + 4 * input_size;
    venue->is_in_call = true;
    venue->site = site;
    venue->op_count = 0;
    venue->arena_size = 0;
    venue->has_limits_before = false;
    venue->limited = (struct oc_ev_limit){0};
    if (room < venue->call_room)
        room = venue->call_room;
    queue_begin(&venue->queue, room < QUEUE_MAX / 2 ? room : QUEUE_MAX / 2);
    plugin_call_begin(&venue->sites[site]);
}

bool io_call_again(struct io_venue *venue, oc_rc rc)
{
    const size_t room = venue->queue.call_room * 4;
    if (rc != OC_E_FULL || venue->queue.call_room >= QUEUE_MAX / 2)
        return false;
    venue->call_room = room < QUEUE_MAX / 2 ? room : QUEUE_MAX / 2;
    (void)io_call_end(venue, rc); /* it says the same */
    return true;
}

oc_rc io_call_keep(struct io_venue *venue, const void *bytes, uint32_t size, size_t *ret_at)
{
    if (venue->arena_size + size > venue->arena_room) {
        size_t room = venue->arena_room ? venue->arena_room : 4096;
        while (room < venue->arena_size + size)
            room *= 2;
        if (room > IO_ARENA_MAX)
            return OC_E_LIMIT;
        char *arena = malloc(room); /* not realloc: what it leaves behind may hold credentials */
        if (!arena)
            return OC_E_NOMEM;
        if (venue->arena_size) {
            memcpy(arena, venue->arena, venue->arena_size);
            explicit_bzero(venue->arena, venue->arena_size);
        }
        free(venue->arena);
        venue->arena = arena;
        venue->arena_room = room;
    }
    *ret_at = venue->arena_size;
    if (size)
        memcpy(venue->arena + venue->arena_size, bytes, size);
    venue->arena_size += size;
    return OC_OK;
}

oc_rc io_call_op(struct io_venue *venue, const struct io_op *op)
{
    const oc_rc rc = io_grow(&venue->ops, venue->op_count, &venue->op_room, IO_OPS_MAX, sizeof *op);
    if (rc == OC_OK)
        venue->ops[venue->op_count++] = *op;
    return rc;
}

oc_rc io_say(struct io_venue *venue, const struct oc_event *event)
{
    queue_begin(&venue->queue, QUEUE_MAX);
    const oc_rc rc = queue_add(&venue->queue, event);
    queue_end(&venue->queue, rc == OC_OK);
    if (rc < 0) /* what became of a request is never left unsaid */
        venue->lost = rc;
    return rc;
}

struct limits *io_limits_of(struct io_venue *venue)
{
    if (venue->is_in_call && !venue->has_limits_before) {
        venue->limits_before = venue->limits;
        venue->has_limits_before = true;
    }
    return &venue->limits;
}

/* Nothing of the call happened. */
static void undo(struct io_venue *venue)
{
    queue_end(&venue->queue, false);
    for (uint32_t i = 0; i < venue->stream_top; i++)
        if (venue->streams[i].is_of_call) {
            free(venue->streams[i].path);
            venue->streams[i] = (struct io_stream){0};
        }
    for (uint32_t i = 0; i < venue->pending_count; i++)
        if (venue->pending[i].state == IO_PENDING_GOES)
            venue->pending[i].state = IO_PENDING_WAITS;
    if (venue->has_limits_before)
        venue->limits = venue->limits_before;
    venue->has_limits_before = false;
    io_limits_undo(venue);
}

static oc_rc add_timer(struct io_venue *venue, const struct io_op *op)
{
    if (venue->timer_count == IO_TIMERS_MAX)
        return OC_E_LIMIT;
    venue->timers[venue->timer_count++] =
        (struct io_timer){.id = op->exchange, .user = op->user[0], .at_ns = op->at_ns};
    return OC_OK;
}

static void remove_timer(struct io_venue *venue, uint64_t id)
{
    for (uint32_t i = 0; i < venue->timer_count; i++)
        if (venue->timers[i].id == id) {
            memmove(&venue->timers[i], &venue->timers[i + 1], (venue->timer_count - i - 1) * sizeof *venue->timers);
            venue->timer_count--;
            return;
        }
}

static oc_rc send(struct io_venue *venue, const struct io_op *op)
{
    struct io_stream *stream = io_stream_of(venue, op->stream);
    const bool is_up = stream && (stream->state == IO_STREAM_OPEN || stream->state == IO_STREAM_READY);
    const oc_rc rc =
        is_up ? venue->link.send(venue->link.self, stream->link, venue->arena + op->body, op->body_size) : OC_E_STATE;
    if (op->request)
        io_pending_left(venue, op, rc == OC_OK);
    if (rc == OC_OK)
        io_wire_send(venue, op);
    if (rc == OC_OK)
        io_fetch_left(venue, op);
    else
        io_fetch_failed(venue, op->token, OC_WHY_NOT_SENT);
    return rc == OC_E_STATE ? OC_OK : rc; /* it fell: what follows from that is said elsewhere */
}

static oc_rc http(struct io_venue *venue, const struct io_op *op)
{
    oc_rc rc = io_grow(&venue->exchanges, venue->exchange_count, &venue->exchange_room, IO_PENDING_MAX,
                       sizeof *venue->exchanges);
    const struct io_exchange exchange = {.exchange = op->exchange,
                                         .endpoint = venue->table->venue->endpoints[op->endpoint].name,
                                         .path = venue->arena + op->path,
                                         .headers = venue->arena + op->headers,
                                         .body = venue->arena + op->body,
                                         .path_size = op->path_size,
                                         .headers_size = op->headers_size,
                                         .body_size = op->body_size,
                                         .method = op->method,
                                         .is_form = (op->flags & OC_HTTP_FORM) != 0,
                                         .is_query = op->token && !op->request && op->method == OC_METHOD_GET &&
                                                     op->lane > OC_LANE_RECONCILE,
                                         .at_ns = io_venue_now(venue)};
    if (rc == OC_OK)
        rc = venue->link.http(venue->link.self, &exchange);
    if (op->request)
        io_pending_left(venue, op, rc == OC_OK);
    if (rc < 0) {
        limits_give(&venue->limits, op->held, op->account, io_venue_now(venue));
        io_fetch_failed(venue, op->token, OC_WHY_NOT_SENT);
        return OC_OK;
    }
    io_wire_http(venue, op);
    io_wait_left(venue, op);
    io_fetch_left(venue, op);
    venue->exchanges[venue->exchange_count++] =
        (struct io_exchange_kept){.exchange = op->exchange,
                                  .request = op->request,
                                  .token = op->token,
                                  .user = {op->user[0], op->user[1], op->user[2]},
                                  .sent_ns = io_venue_now(venue),
                                  .held = op->held,
                                  .account = op->account,
                                  .endpoint = op->endpoint,
                                  .is_batch = (op->flags & OC_HTTP_BATCH) != 0,
                                  .lane = op->lane};
    return OC_OK;
}

static oc_rc carry_out(struct io_venue *venue, const struct io_op *op)
{
    struct io_stream *stream = op->stream ? io_stream_of(venue, op->stream) : NULL;
    switch ((enum io_op_kind)op->kind) {
    case IO_OP_OPEN:
        return stream ? io_stream_open(venue, stream) : OC_OK;
    case IO_OP_SEND:
        return send(venue, op);
    case IO_OP_HTTP:
        return http(venue, op);
    case IO_OP_CLOSE:
        if (stream)
            io_stream_close(venue, stream);
        return OC_OK;
    case IO_OP_FAIL:
        if (stream && stream->state != IO_STREAM_WAITS)
            io_stream_fail(venue, stream, op->why);
        return OC_OK;
    case IO_OP_READY:
        if (stream && stream->state == IO_STREAM_OPEN) {
            stream->state = IO_STREAM_READY;
            stream->is_succeeding = false;
            stream->ready_ns = io_venue_now(venue);
            venue->has_work = venue->reach_is_old = true;
            io_not_denied(venue, stream->account);
        }
        return OC_OK;
    case IO_OP_TIMER:
        return add_timer(venue, op);
    case IO_OP_UNTIMER:
        remove_timer(venue, op->exchange);
        return OC_OK;
    case IO_OP_MISSED: {
        const struct oc_fetch ask = {
            .size = sizeof ask, .kind = op->why, .account = op->account, .lane = OC_LANE_RECONCILE};
        uint64_t token;
        const oc_rc rc = io_venue_fetch(venue, &ask, &token);
        return rc == OC_E_NOT_SUPPORTED || rc == OC_E_LIMIT ? OC_OK : rc;
    }
    case IO_OP_STORE:
        return io_store_put(venue, op);
    }
    return OC_OK;
}

/* It is sent, or never will be: no copy of a credential stays. */
static void forget_spliced(struct io_venue *venue)
{
    if (venue->has_spliced && venue->arena_size)
        explicit_bzero(venue->arena, venue->arena_size);
    venue->has_spliced = false;
}

oc_rc io_call_end(struct io_venue *venue, oc_rc rc)
{
    plugin_call_end();
    venue->is_in_call = false;
    if (rc < 0) {
        undo(venue);
        forget_spliced(venue);
        return rc;
    }
    venue->call_room = 0;
    venue->shared_count = 0; /* what it took is spent */
    for (const struct oc_event *event = NULL; (event = queue_called(&venue->queue, event)) != NULL;) {
        io_denied_heard(venue, event);
        io_pending_answered(venue, event);
        io_fetch_heard(venue, (struct oc_event *)(uintptr_t)event);
        io_doubt_answered(venue, (struct oc_event *)(uintptr_t)event);
        io_fetch_answered(venue, event);
    }
    queue_end(&venue->queue, true);
    for (uint32_t i = 0; i < venue->stream_top; i++)
        venue->streams[i].is_of_call = false;
    for (uint32_t i = 0; i < venue->op_count; i++) {
        const oc_rc done = carry_out(venue, &venue->ops[i]);
        if (done < 0 && rc >= 0) {
            log_error("venue", "%s: what its call %s asked for could not be done: code %d", venue->name,
                      venue->sites[venue->site].call, (int)done);
            rc = done;
        }
    }
    venue->op_count = 0;
    forget_spliced(venue);
    return rc;
}

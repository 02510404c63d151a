/* venue_services.c: the services of a connector. What they are asked for within a call is noted, and carried out when the call stands. */
#include <stdlib.h>
#include <string.h>

#include "base/host_impl.h"
#include "base/log.h"
#include "base/random.h"
#include "io/client_id.h"
#include "io/venue_impl.h"

static struct io_venue *venue_of(const struct oc_host *host) { return ((const struct host_impl *)host->impl)->venue; }

/* The account that a source is, NULL: none of this instance. */
static const struct oc_account *account_of_source(const struct io_venue *venue, uint32_t source)
{
    for (uint32_t i = 0; i < venue->account_count; i++)
        if (venue->accounts[i].source == source)
            return &venue->accounts[i];
    return NULL;
}

static bool is_account(const struct io_venue *venue, uint32_t account)
{
    for (uint32_t i = 0; i < venue->account_count; i++)
        if (venue->accounts[i].account == account)
            return true;
    return account == 0;
}

/* feed */

static oc_rc feed_reserve(const struct oc_host *host, uint32_t size, struct oc_event **ret_event)
{
    struct io_venue *venue = venue_of(host);
    return venue->is_in_call ? queue_reserve(&venue->queue, size, ret_event) : OC_E_STATE;
}

/* An answer, a fill or an order that has the client's id alone: the order is read from it, where there is one. */
static void name_order(const struct io_venue *venue, struct oc_event *event)
{
    uint64_t *order = NULL;
    const struct oc_id *client = NULL;
    if (event->type == OC_EV_FILL && event->size >= sizeof(struct oc_ev_venue_fill)) {
        struct oc_ev_venue_fill *fill = (struct oc_ev_venue_fill *)(void *)event;
        order = &fill->fill.order;
        client = &fill->client;
    } else if (event->type == OC_EV_ORDER && event->size >= sizeof(struct oc_ev_order)) {
        struct oc_ev_order *shown = (struct oc_ev_order *)(void *)event;
        order = &shown->order;
        client = &shown->client;
    } else if (event->type >= OC_EV_ACCEPTED && event->type <= OC_EV_TAKEN && event->type != OC_EV_FILL &&
               event->type != OC_EV_BUST && event->size >= sizeof(struct oc_ev_venue_answer)) {
        struct oc_ev_venue_answer *said = (struct oc_ev_venue_answer *)(void *)event;
        order = &said->answer.order;
        client = &said->client;
    }
    const uint64_t named =
        order && *order == 0 ? client_id_order(venue->table->venue, venue->world.client_tag, client) : 0;
    if (named && venue->world.has_order && venue->world.has_order(venue->world.self, named))
        *order = named;
}

/* Whether it is reached. */
static bool is_of_link(const struct oc_event *event)
{
    return event->type == OC_EV_VENUE && event->size >= sizeof(struct oc_ev_venue) &&
           ((const struct oc_ev_venue *)(const void *)event)->part == OC_PART_LINK;
}

static oc_rc feed_commit(const struct oc_host *host, struct oc_event *event)
{
    struct io_venue *venue = venue_of(host);
    if (!venue->is_in_call || event != venue->queue.open)
        return OC_E_STATE;
    if (event->source && !account_of_source(venue, event->source) && event->source != venue->world.market_source) {
        venue->faults++;
        venue->queue.open = NULL;
        return OC_E_DENIED;
    }
    if (event->type == OC_EV_UNKNOWN || event->type == OC_EV_NOT_THERE || event->type == OC_EV_SENT ||
        event->type == OC_EV_STORE || is_of_link(event)) {
        venue->faults++; /* the host's words alone */
        venue->queue.open = NULL;
        return OC_E_DENIED;
    }
    if (!event->source)
        event->source = venue->world.market_source;
    name_order(venue, event);
    return queue_commit(&venue->queue, event);
}

static oc_rc feed_missed(const struct oc_host *host, uint32_t account, uint32_t kind)
{
    struct io_venue *venue = venue_of(host);
    if (!venue->is_in_call || !is_account(venue, account))
        return venue->is_in_call ? OC_E_DENIED : OC_E_STATE;
    const struct io_op op = {.kind = IO_OP_MISSED, .account = account, .why = kind};
    return io_call_op(venue, &op);
}

/* net */

struct spliced { /* where credentials are set in */
    const struct oc_splice *list;
    uint32_t count;
    uint32_t account;
};

/* Room for a credential, percent-encoded. */
enum { SPLICE_ROOM = 3 * SIGNER_SECRET_MAX };

/* A copy in the arena, with the credentials that belong in this place of it. */
static oc_rc keep(struct io_venue *venue, const struct spliced *spliced, uint8_t in, const void *bytes, uint32_t size,
                  size_t *ret_at, uint32_t *ret_size)
{
    uint32_t here = 0;
    for (uint32_t i = 0; i < spliced->count; i++)
        here += spliced->list[i].in == in;
    *ret_size = size;
    if (!here)
        return io_call_keep(venue, bytes, size, ret_at);
    const uint32_t room = size + here * SPLICE_ROOM;
    venue->has_spliced = true;
    char *text = malloc(room);
    if (!text)
        return OC_E_NOMEM;
    oc_rc rc =
        signer_splice(&venue->signer, spliced->account, spliced->list, spliced->count, in, bytes, size, text, room);
    if (rc >= 0) {
        *ret_size = (uint32_t)rc;
        rc = io_call_keep(venue, text, *ret_size, ret_at);
    }
    explicit_bzero(text, rc >= 0 ? *ret_size : room); /* nothing stands behind what was made */
    free(text);
    return rc;
}

/* Path, headers and ping in one piece, a zero behind the path and behind all, with the credentials that belong there. */
static oc_rc keep_opening(struct io_venue *venue, const struct oc_open *open, char **ret_path, uint32_t *ret_path_size,
                          uint32_t *ret_headers_size)
{
    const struct spliced spliced = {open->splices, open->splice_count, open->account};
    size_t path_at = 0, headers_at = 0;
    oc_rc rc = keep(venue, &spliced, OC_IN_PATH, open->path, open->path_size, &path_at, ret_path_size);
    if (rc == OC_OK)
        rc = keep(venue, &spliced, OC_IN_HEADERS, open->headers, open->headers_size, &headers_at, ret_headers_size);
    char *path = rc == OC_OK ? calloc(1, (size_t)*ret_path_size + *ret_headers_size + open->ping_size + 3) : NULL;
    if (!path)
        return rc < 0 ? rc : (oc_rc)OC_E_NOMEM;
    if (*ret_path_size)
        memcpy(path, venue->arena + path_at, *ret_path_size);
    if (*ret_headers_size)
        memcpy(path + *ret_path_size + 1, venue->arena + headers_at, *ret_headers_size);
    if (open->ping_size)
        memcpy(path + *ret_path_size + 1 + *ret_headers_size, open->ping, open->ping_size);
    *ret_path = path;
    return OC_OK;
}

static oc_rc net_open(const struct oc_host *host, const struct oc_open *open, uint32_t *ret_stream)
{
    struct io_venue *venue = venue_of(host);
    const struct oc_venue *said = venue->table->venue;
    struct io_stream *stream = venue->streams;
    if (!venue->is_in_call)
        return OC_E_STATE;
    if (open->size < sizeof *open || open->endpoint >= venue->table->venue->endpoint_count ||
        (open->path_size && !open->path) || (open->headers_size && !open->headers) || (open->ping_size && !open->ping))
        return OC_E_INVALID;
    if (!is_account(venue, open->account))
        return OC_E_DENIED;
    const char *what = open->frame == OC_FRAME_RAW           ? "raw frames"
                       : open->url                           ? "a url at run time"
                       : open->instead                       ? "one that takes the place of another"
                       : (open->flags & OC_OPEN_LISTEN) != 0 ? "to listen for a peer"
                                                             : NULL;
    if (what) {
        log_error("venue", "%s asks for a stream that is not supported yet: %s", venue->name, what);
        return OC_E_NOT_SUPPORTED;
    }
    while (stream < venue->streams + IO_STREAMS_MAX && stream->state != IO_STREAM_FREE)
        stream++;
    if (stream == venue->streams + IO_STREAMS_MAX)
        return OC_E_LIMIT;
    uint32_t path_size = 0, headers_size = 0;
    char *path = NULL;
    oc_rc rc = io_limits_pay(venue, open->costs, open->cost_count, open->account, OC_LANE_RECONCILE);
    if (rc == OC_OK)
        rc = keep_opening(venue, open, &path, &path_size, &headers_size);
    if (rc < 0)
        return rc;
    const struct io_op op = {.kind = IO_OP_OPEN, .stream = (uint32_t)io_number(venue)};
    rc = io_call_op(venue, &op);
    if (rc < 0) {
        free(path);
        return rc;
    }
    *stream = (struct io_stream){.state = IO_STREAM_NEW,
                                 .is_of_call = true,
                                 .endpoint = open->endpoint,
                                 .number = op.stream,
                                 .flags = open->flags,
                                 .account = open->account,
                                 .carries = open->carries,
                                 .room = open->room,
                                 .user = {open->user[0], open->user[1]},
                                 .path = path,
                                 .path_size = path_size,
                                 .headers_size = headers_size,
                                 .ping_size = open->ping_size,
                                 .message_max = open->message_max ? open->message_max : said->message_max,
                                 .frame = open->frame,
                                 .ping_ns = open->ping_ns,
                                 .silence_ns = open->silence_ns ? open->silence_ns : said->silence_ns,
                                 .age_ns = open->age_ns};
    if (venue->stream_top <= (uint32_t)(stream - venue->streams))
        venue->stream_top = (uint32_t)(stream - venue->streams) + 1;
    *ret_stream = stream->number;
    return OC_OK;
}

static oc_rc stream_op(const struct oc_host *host, uint32_t stream, uint8_t kind, uint32_t why)
{
    struct io_venue *venue = venue_of(host);
    if (!venue->is_in_call)
        return OC_E_STATE;
    if (!io_stream_of(venue, stream))
        return OC_E_NOT_FOUND;
    const struct io_op op = {.kind = kind, .stream = stream, .why = why};
    return io_call_op(venue, &op);
}

static oc_rc net_ready(const struct oc_host *host, uint32_t stream) { return stream_op(host, stream, IO_OP_READY, 0); }
static oc_rc net_close(const struct oc_host *host, uint32_t stream) { return stream_op(host, stream, IO_OP_CLOSE, 0); }

static oc_rc net_fail(const struct oc_host *host, uint32_t stream, uint32_t why)
{
    return stream_op(host, stream, IO_OP_FAIL, why);
}

/* What is sent, and the request that it is tied to, which must be waiting and is tied once. */
static oc_rc tie(struct io_venue *venue, const struct io_op *op, uint32_t flags)
{
    const uint64_t request = op->request;
    if (!request)
        return io_call_op(venue, op);
    struct io_pending *pending = io_pending_find(venue, request);
    if (!pending)
        return OC_E_NOT_FOUND;
    if (pending->state != IO_PENDING_WAITS)
        return OC_E_EXISTS; /* it goes, or is on its way: nothing is sent twice */
    const oc_rc rc = io_call_op(venue, op);
    if (rc < 0)
        return rc;
    if (!(flags & OC_HTTP_BATCH)) {
        pending->state = IO_PENDING_GOES;
        return OC_OK;
    }
    for (uint32_t i = 0; i < venue->pending_count; i++)
        if (venue->pending[i].is_batch && venue->pending[i].state == IO_PENDING_WAITS)
            venue->pending[i].state = IO_PENDING_GOES;
    return OC_OK;
}

/* Nothing tells when what was said on a stream is no longer under way. */
static oc_rc judge_costs(const struct io_venue *venue, const struct oc_cost *costs, uint32_t count)
{
    const struct oc_venue *said = venue->table->venue;
    for (uint32_t i = 0; i < count; i++)
        if (costs[i].limit < said->limit_count && said->limits[costs[i].limit].kind == OC_LIMIT_CONCURRENT) {
            log_error("venue", "%s: a send costs of %s, which counts exchanges under way: not supported", venue->name,
                      said->limits[costs[i].limit].name);
            return OC_E_NOT_SUPPORTED;
        }
    return OC_OK;
}

static oc_rc net_send(const struct oc_host *host, const struct oc_send *send)
{
    struct io_venue *venue = venue_of(host);
    if (!venue->is_in_call)
        return OC_E_STATE;
    if (send->size < sizeof *send || (send->bytes_size && !send->bytes))
        return OC_E_INVALID;
    const struct io_stream *stream = io_stream_of(venue, send->stream);
    if (!stream)
        return OC_E_NOT_FOUND;
    if (stream->state != IO_STREAM_OPEN && stream->state != IO_STREAM_READY)
        return OC_E_AGAIN;
    if (io_wait_holds(venue, io_wait_ban_ns(venue)))
        return OC_E_AGAIN;
    struct io_op op = {.kind = IO_OP_SEND,
                       .stream = send->stream,
                       .request = send->request,
                       .token = send->token,
                       .at_ns = send->answer_ns,
                       .flags = send->flags & OC_HTTP_BATCH};
    oc_rc rc = judge_costs(venue, send->costs, send->cost_count);
    if (rc == OC_OK)
        rc = io_limits_pay(venue, send->costs, send->cost_count, stream->account, send->lane);
    const struct spliced spliced = {send->splices, send->splice_count, stream->account};
    if (rc == OC_OK)
        rc = keep(venue, &spliced, OC_IN_BODY, send->bytes, send->bytes_size, &op.body, &op.body_size);
    if (rc == OC_OK)
        rc = tie(venue, &op, op.flags);
    return rc;
}

/* What it pays of a limit on how many are under way; one such limit. */
static oc_rc hold(const struct io_venue *venue, const struct oc_http *http, struct oc_cost *ret_held)
{
    const struct oc_venue *said = venue->table->venue;
    for (uint32_t i = 0; i < http->cost_count; i++) {
        const struct oc_cost cost = http->costs[i];
        if (cost.limit >= said->limit_count || said->limits[cost.limit].kind != OC_LIMIT_CONCURRENT)
            continue;
        if (ret_held->weight)
            return OC_E_NOT_SUPPORTED;
        *ret_held = cost;
    }
    return OC_OK;
}

/* What an exchange is made of, by its own members or by a form and the end of its path. */
struct shape {
    const struct io_form *form; /* NULL: none */
    uint32_t account;
    uint16_t endpoint;
    uint8_t method;
};

static oc_rc shape_of(const struct io_venue *venue, const struct oc_http *http, struct shape *ret_shape)
{
    if (http->size < sizeof *http || http->form > venue->form_count || http->method > OC_METHOD_PATCH ||
        (http->body_size && !http->body) || (http->headers_size && !http->headers) || (http->path_size && !http->path))
        return OC_E_INVALID;
    const struct io_form *form = http->form ? &venue->forms[http->form - 1] : NULL;
    *ret_shape = form ? (struct shape){form, form->account, form->endpoint, form->method}
                      : (struct shape){NULL, http->account, http->endpoint, http->method};
    if (ret_shape->endpoint >= venue->table->venue->endpoint_count ||
        (!form && (!http->path_size || http->path[0] != '/')))
        return OC_E_INVALID;
    return is_account(venue, ret_shape->account) ? OC_OK : OC_E_DENIED;
}

/* The form's path, and the exchange's behind it. */
static oc_rc keep_path(struct io_venue *venue, const struct io_form *form, const struct spliced *spliced,
                       const struct oc_http *http, struct io_op *op)
{
    size_t behind = 0;
    uint32_t size = 0;
    oc_rc rc = form ? io_call_keep(venue, form->text, form->path_size, &op->path) : (oc_rc)OC_OK;
    if (rc == OC_OK)
        rc = keep(venue, spliced, OC_IN_PATH, http->path, http->path_size, &behind, &size);
    if (rc < 0)
        return rc;
    op->path = form ? op->path : behind; /* the one stands right behind the other */
    op->path_size = size + (form ? form->path_size : 0);
    return OC_OK;
}

/* A lane is the connector's word; what cancels is known here. */
static uint32_t lane_of(struct io_venue *venue, const struct oc_http *http)
{
    const struct io_pending *pending = io_pending_find(venue, http->request);
    return pending ? pending->lane : (http->lane == OC_LANE_CANCEL ? OC_LANE_QUERY : http->lane);
}

static oc_rc net_http(const struct oc_host *host, const struct oc_http *http, uint64_t *ret_exchange)
{
    struct io_venue *venue = venue_of(host);
    struct shape shape;
    if (!venue->is_in_call)
        return OC_E_STATE;
    oc_rc rc = shape_of(venue, http, &shape);
    if (rc < 0)
        return rc;
    const struct io_form *form = shape.form;
    const struct spliced spliced = {http->splices, http->splice_count, shape.account};
    struct io_op op = {.kind = IO_OP_HTTP,
                       .method = shape.method,
                       .endpoint = shape.endpoint,
                       .exchange = io_number(venue),
                       .request = http->request,
                       .token = http->token,
                       .user = {http->user[0], http->user[1], http->user[2]},
                       .at_ns = http->answer_ns,
                       .account = shape.account,
                       .flags = http->flags,
                       .lane = lane_of(venue, http)};
    if (io_wait_holds(venue, io_wait_ns(venue, op.endpoint, op.lane)))
        return OC_E_AGAIN;
    rc = hold(venue, http, &op.held);
    if (rc == OC_OK)
        rc = io_limits_pay(venue, http->costs, http->cost_count, shape.account, http->lane);
    if (rc == OC_OK)
        rc = keep_path(venue, form, &spliced, http, &op);
    if (rc == OC_OK && form) {
        op.headers_size = form->headers_size;
        rc = io_call_keep(venue, form->text + form->path_size, form->headers_size, &op.headers);
    } else if (rc == OC_OK) {
        rc = keep(venue, &spliced, OC_IN_HEADERS, http->headers, http->headers_size, &op.headers, &op.headers_size);
    }
    if (rc == OC_OK)
        rc = keep(venue, &spliced, OC_IN_BODY, http->body, http->body_size, &op.body, &op.body_size);
    if (rc == OC_OK)
        rc = tie(venue, &op, http->flags);
    if (rc == OC_OK && ret_exchange)
        *ret_exchange = op.exchange;
    return rc;
}

/* It stays, whatever becomes of the call that prepares it. */
static oc_rc net_prepare(const struct oc_host *host, const struct oc_http *http, uint32_t *ret_form)
{
    struct io_venue *venue = venue_of(host);
    struct shape shape;
    oc_rc rc = http->form ? (oc_rc)OC_E_INVALID : shape_of(venue, http, &shape);
    if (rc < 0)
        return rc;
    if (venue->form_count == IO_FORMS_MAX)
        return OC_E_LIMIT;
    const uint32_t room = http->path_size + http->headers_size + (http->splice_count + 1) * SPLICE_ROOM;
    struct io_form form = {.account = shape.account, .endpoint = shape.endpoint, .method = shape.method};
    char *text = malloc(room);
    if (!text)
        return OC_E_NOMEM;
    rc = signer_splice(&venue->signer, shape.account, http->splices, http->splice_count, OC_IN_PATH, http->path,
                       http->path_size, text, room);
    if (rc >= 0) {
        form.path_size = (uint32_t)rc;
        rc = signer_splice(&venue->signer, shape.account, http->splices, http->splice_count, OC_IN_HEADERS,
                           http->headers, http->headers_size, text + form.path_size, room - form.path_size);
    }
    if (rc < 0) {
        free(text);
        return rc;
    }
    form.headers_size = (uint32_t)rc;
    form.text = text;
    venue->forms[venue->form_count++] = form;
    *ret_form = venue->form_count;
    return OC_OK;
}

/* As the link says, else between "://" and the next slash or blank of the endpoint's first url. */
static oc_rc net_authority(const struct oc_host *host, uint16_t endpoint, char *text, uint32_t size_max)
{
    const struct io_venue *venue = venue_of(host);
    if (endpoint >= venue->table->venue->endpoint_count)
        return OC_E_INVALID;
    const struct oc_endpoint *row = &venue->table->venue->endpoints[endpoint];
    const char *at = venue->link.authority ? venue->link.authority(venue->link.self, row->name) : NULL;
    if (!at && (at = row->urls ? strstr(row->urls, "://") : NULL) != NULL)
        at += 3;
    if (!at)
        return OC_E_NOT_FOUND;
    const size_t size = strcspn(at, "/ ");
    if (size + 1 > size_max)
        return OC_E_LIMIT;
    memcpy(text, at, size);
    text[size] = 0;
    return (oc_rc)size;
}

static oc_rc copy_out(const void *from, uint32_t size, void *to, uint32_t size_max)
{
    memcpy(to, from, size < size_max ? size : size_max);
    return (oc_rc)size;
}

static oc_rc net_asked(const struct oc_host *host, uint64_t request, void *ret_request, uint32_t size_max)
{
    const struct io_pending *pending = io_pending_find(venue_of(host), request);
    return pending ? copy_out(pending->ask, pending->ask->ask.head.size, ret_request, size_max) : OC_E_NOT_FOUND;
}

static oc_rc net_fetching(const struct oc_host *host, uint64_t token, void *ret_fetch, uint32_t size_max)
{
    const struct io_fetch *fetch = io_fetch_find(venue_of(host), token);
    return fetch ? copy_out(&fetch->ask, sizeof fetch->ask, ret_fetch, size_max) : OC_E_NOT_FOUND;
}

const void *io_venue_service(const char *id)
{
    static const struct oc_svc_feed feed = {
        .size = sizeof feed, .reserve = feed_reserve, .commit = feed_commit, .missed = feed_missed};
    static const struct oc_svc_net net = {.size = sizeof net,
                                          .open = net_open,
                                          .ready = net_ready,
                                          .send = net_send,
                                          .close = net_close,
                                          .fail = net_fail,
                                          .http = net_http,
                                          .prepare = net_prepare,
                                          .authority = net_authority,
                                          .asked = net_asked,
                                          .fetching = net_fetching};
    if (strcmp(id, OC_SVC_FEED) == 0)
        return &feed;
    return strcmp(id, OC_SVC_NET) == 0 ? &net : io_venue_service_of_world(id);
}

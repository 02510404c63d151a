/* venue_services.c: the services of a connector. What they are asked for within a call is noted, and carried out when the call stands. */
#include <stdlib.h>
#include <string.h>

#include "base/host_impl.h"
#include "base/log.h"
#include "base/random.h"
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
    if (event->type == OC_EV_UNKNOWN || event->type == OC_EV_NOT_THERE || event->type == OC_EV_SENT) {
        venue->faults++; /* the host's words alone */
        venue->queue.open = NULL;
        return OC_E_DENIED;
    }
    if (!event->source)
        event->source = venue->world.market_source;
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

/* To be changed: a call that fails changes nothing. */
static struct limits *limits_of(struct io_venue *venue)
{
    if (venue->is_in_call && !venue->has_limits_before) {
        venue->limits_before = venue->limits;
        venue->has_limits_before = true;
    }
    return &venue->limits;
}

/* Nothing that costs of a limit leaves while it is used up: the call is made again when it may. */
static oc_rc pay(struct io_venue *venue, const struct oc_cost *costs, uint32_t count, uint32_t account, uint32_t lane)
{
    const int64_t now_ns = io_venue_now(venue);
    for (uint32_t i = 0; i < count; i++) {
        int64_t at_ns;
        const oc_rc rc = limits_may(&venue->limits, costs[i], account, lane, now_ns, &at_ns);
        if (rc < 0)
            return rc;
    }
    for (uint32_t i = 0; i < count; i++)
        limits_take(limits_of(venue), costs[i], account, now_ns);
    return OC_OK;
}

static oc_rc keep(struct io_venue *venue, const void *bytes, uint32_t size, size_t *ret_at, uint32_t *ret_size)
{
    *ret_size = size;
    return io_call_keep(venue, bytes, size, ret_at);
}

static oc_rc net_open(const struct oc_host *host, const struct oc_open *open, uint32_t *ret_stream)
{
    struct io_venue *venue = venue_of(host);
    struct io_stream *stream = venue->streams;
    if (!venue->is_in_call)
        return OC_E_STATE;
    if (open->size < sizeof *open || open->endpoint >= venue->table->venue->endpoint_count ||
        (open->path_size && !open->path))
        return OC_E_INVALID;
    if (!is_account(venue, open->account))
        return OC_E_DENIED;
    if (open->frame == OC_FRAME_RAW || open->url || open->splice_count || (open->flags & OC_OPEN_LISTEN))
        return OC_E_NOT_SUPPORTED;
    while (stream < venue->streams + IO_STREAMS_MAX && stream->state != IO_STREAM_FREE)
        stream++;
    if (stream == venue->streams + IO_STREAMS_MAX)
        return OC_E_LIMIT;
    oc_rc rc = pay(venue, open->costs, open->cost_count, open->account, OC_LANE_RECONCILE);
    char *path = rc == OC_OK ? calloc(1, (size_t)open->path_size + 1) : NULL;
    if (!path)
        return rc < 0 ? rc : (oc_rc)OC_E_NOMEM;
    if (open->path_size)
        memcpy(path, open->path, open->path_size);
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
                                 .path_size = open->path_size};
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

static oc_rc net_send(const struct oc_host *host, const struct oc_send *send)
{
    struct io_venue *venue = venue_of(host);
    if (!venue->is_in_call)
        return OC_E_STATE;
    if (send->size < sizeof *send || (send->bytes_size && !send->bytes))
        return OC_E_INVALID;
    if (send->splice_count)
        return OC_E_NOT_SUPPORTED;
    const struct io_stream *stream = io_stream_of(venue, send->stream);
    if (!stream)
        return OC_E_NOT_FOUND;
    if (stream->state != IO_STREAM_OPEN && stream->state != IO_STREAM_READY)
        return OC_E_AGAIN;
    struct io_op op = {.kind = IO_OP_SEND,
                       .stream = send->stream,
                       .request = send->request,
                       .token = send->token,
                       .at_ns = send->answer_ns,
                       .flags = send->flags & OC_HTTP_BATCH};
    oc_rc rc = pay(venue, send->costs, send->cost_count, stream->account, send->lane);
    if (rc == OC_OK)
        rc = keep(venue, send->bytes, send->bytes_size, &op.body, &op.body_size);
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

static oc_rc net_http(const struct oc_host *host, const struct oc_http *http, uint64_t *ret_exchange)
{
    struct io_venue *venue = venue_of(host);
    if (!venue->is_in_call)
        return OC_E_STATE;
    if (http->size < sizeof *http || http->endpoint >= venue->table->venue->endpoint_count || !http->path_size ||
        !http->path || http->path[0] != '/' || http->method > OC_METHOD_PATCH || (http->body_size && !http->body) ||
        (http->headers_size && !http->headers))
        return OC_E_INVALID;
    if (!is_account(venue, http->account))
        return OC_E_DENIED;
    if (http->form || http->splice_count)
        return OC_E_NOT_SUPPORTED;
    struct io_op op = {.kind = IO_OP_HTTP,
                       .method = http->method,
                       .endpoint = http->endpoint,
                       .exchange = io_number(venue),
                       .request = http->request,
                       .token = http->token,
                       .user = {http->user[0], http->user[1], http->user[2]},
                       .at_ns = http->answer_ns,
                       .account = http->account,
                       .flags = http->flags};
    oc_rc rc = hold(venue, http, &op.held);
    if (rc == OC_OK)
        rc = pay(venue, http->costs, http->cost_count, http->account, http->lane);
    if (rc == OC_OK)
        rc = keep(venue, http->path, http->path_size, &op.path, &op.path_size);
    if (rc == OC_OK)
        rc = keep(venue, http->headers, http->headers_size, &op.headers, &op.headers_size);
    if (rc == OC_OK)
        rc = keep(venue, http->body, http->body_size, &op.body, &op.body_size);
    if (rc == OC_OK)
        rc = tie(venue, &op, http->flags);
    if (rc == OC_OK && ret_exchange)
        *ret_exchange = op.exchange;
    return rc;
}

static oc_rc net_prepare(const struct oc_host *host, const struct oc_http *http, uint32_t *ret_form)
{
    (void)host, (void)http, (void)ret_form;
    return OC_E_NOT_SUPPORTED;
}

/* Between "://" and the next slash or blank of the endpoint's first url. */
static oc_rc net_authority(const struct oc_host *host, uint16_t endpoint, char *text, uint32_t size_max)
{
    const struct io_venue *venue = venue_of(host);
    if (endpoint >= venue->table->venue->endpoint_count)
        return OC_E_INVALID;
    const char *urls = venue->table->venue->endpoints[endpoint].urls, *at = urls ? strstr(urls, "://") : NULL;
    if (!at)
        return OC_E_NOT_FOUND;
    at += 3;
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

/* time */

static int64_t time_now_ns(const struct oc_host *host) { return io_venue_now(venue_of(host)); }

static oc_rc time_venue_ns(const struct oc_host *host, int64_t *ret_ns, int64_t *ret_error_ns)
{
    const struct io_venue *venue = venue_of(host);
    if (!venue->has_offset && venue->table->venue->window_ns)
        return OC_E_STATE;
    *ret_ns = io_venue_now(venue) + venue->offset_ns;
    *ret_error_ns = venue->offset_error_ns;
    return venue->table->venue->window_ns && venue->offset_error_ns > venue->table->venue->window_ns ? OC_E_STATE
                                                                                                     : OC_OK;
}

/* The venue's clock was said somewhere between the send and the receipt: half of that is how wrong the middle may be. */
static oc_rc time_sample(const struct oc_host *host, int64_t said_ns, int64_t sent_ns, int64_t received_ns)
{
    struct io_venue *venue = venue_of(host);
    if (received_ns < sent_ns)
        return OC_E_INVALID;
    const int64_t error_ns = (received_ns - sent_ns) / 2, offset_ns = said_ns - (sent_ns + error_ns);
    if (!venue->has_offset || error_ns <= venue->offset_error_ns ||
        llabs(offset_ns - venue->offset_ns) > error_ns + venue->offset_error_ns) { /* better, or its clock was set */
        venue->offset_ns = offset_ns;
        venue->offset_error_ns = error_ns;
        venue->has_offset = true;
    }
    return OC_OK;
}

static oc_rc time_random(const struct oc_host *host, void *bytes, uint32_t size)
{
    struct io_venue *venue = venue_of(host);
    char *to = bytes;
    for (uint32_t at = 0; at < size; at += 8) {
        const uint64_t number = random_next(&venue->random);
        memcpy(to + at, &number, size - at < 8 ? size - at : 8);
    }
    return OC_OK;
}

static oc_rc time_timer(const struct oc_host *host, int64_t at_mono_ns, uint64_t user, uint64_t *ret_timer)
{
    struct io_venue *venue = venue_of(host);
    if (!venue->is_in_call)
        return OC_E_STATE;
    uint32_t count = venue->timer_count;
    for (uint32_t i = 0; i < venue->op_count; i++)
        count += venue->ops[i].kind == IO_OP_TIMER;
    if (count >= IO_TIMERS_MAX)
        return OC_E_LIMIT;
    const struct io_op op = {
        .kind = IO_OP_TIMER, .exchange = io_number(venue), .user = {user, 0, 0}, .at_ns = at_mono_ns};
    *ret_timer = op.exchange;
    return io_call_op(venue, &op);
}

static oc_rc time_cancel(const struct oc_host *host, uint64_t timer)
{
    struct io_venue *venue = venue_of(host);
    const struct io_op op = {.kind = IO_OP_UNTIMER, .exchange = timer};
    return venue->is_in_call ? io_call_op(venue, &op) : OC_E_STATE;
}

/* names */

static oc_rc scale_of(const struct oc_instrument *instrument, struct oc_scale *ret_scale)
{
    if (!instrument)
        return OC_E_NOT_FOUND;
    venue_names_scale(instrument, ret_scale);
    return OC_OK;
}

static oc_rc names_by_symbol(const struct oc_host *host, const char *symbol, uint32_t size, struct oc_scale *ret_scale)
{
    return scale_of(venue_names_symbol(&venue_of(host)->names, symbol, size), ret_scale);
}

static oc_rc names_by_number(const struct oc_host *host, uint64_t number, struct oc_scale *ret_scale)
{
    return scale_of(venue_names_number(&venue_of(host)->names, number), ret_scale);
}

static oc_rc names_by_inst(const struct oc_host *host, uint32_t inst, struct oc_scale *ret_scale)
{
    return scale_of(venue_names_inst(&venue_of(host)->names, inst), ret_scale);
}

static oc_rc names_record(const struct oc_host *host, uint32_t inst, struct oc_instrument *ret_instrument,
                          uint32_t size_max)
{
    const struct oc_instrument *found = venue_names_inst(&venue_of(host)->names, inst);
    return found ? copy_out(found, sizeof *found, ret_instrument, size_max) : OC_E_NOT_FOUND;
}

static oc_rc names_asset(const struct oc_host *host, const char *name, uint32_t size, uint32_t *ret_asset)
{
    const struct venue_assets *assets = &venue_of(host)->names.assets;
    if (size == 0 || size >= OC_ASSET_MAX)
        return OC_E_INVALID;
    return assets->intern ? assets->intern(assets->self, name, size, ret_asset) : OC_E_NOT_SUPPORTED;
}

static oc_rc names_asset_text(const struct oc_host *host, uint32_t asset, char name[OC_ASSET_MAX])
{
    const struct venue_assets *assets = &venue_of(host)->names.assets;
    const char *text = assets->text ? assets->text(assets->self, asset) : NULL;
    if (!text || strlen(text) >= OC_ASSET_MAX)
        return OC_E_NOT_FOUND;
    memcpy(name, text, strlen(text) + 1);
    return OC_OK;
}

/* limits */

static oc_rc limit_used(const struct oc_host *host, uint32_t account, uint32_t limit, uint64_t used)
{
    struct io_venue *venue = venue_of(host);
    return limits_used(limits_of(venue), account, limit, used, io_venue_now(venue));
}

static oc_rc limit_max(const struct oc_host *host, uint32_t account, uint32_t limit, uint64_t max, int64_t period_ns)
{
    struct io_venue *venue = venue_of(host);
    return limits_max(limits_of(venue), account, limit, max, period_ns, io_venue_now(venue));
}

static oc_rc limit_shut(const struct oc_host *host, uint32_t account, uint32_t limit, int64_t until_ns, uint32_t why)
{
    struct io_venue *venue = venue_of(host);
    (void)why;
    return limits_shut(limits_of(venue), account, limit, until_ns, io_venue_now(venue));
}

static oc_rc limit_give(const struct oc_host *host, uint32_t account, struct oc_cost cost)
{
    struct io_venue *venue = venue_of(host);
    limits_give(limits_of(venue), cost, account, io_venue_now(venue));
    return OC_OK;
}

void io_venue_skip(struct io_venue *venue, const char *what, const void *sample, uint32_t size)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (const char *c = what; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 0x100000001b3u;
    venue->skipped++;
    for (uint32_t i = 0; i < venue->skip_kind_count; i++)
        if (venue->skip_kinds[i] == hash)
            return;
    if (venue->skip_kind_count == IO_SKIPS_SAID)
        return;
    venue->skip_kinds[venue->skip_kind_count++] = hash;
    log_warning("venue", "%s skipped what it does not know (%s): %.*s", venue->name, what,
                (int)(size < 200 ? size : 200), (const char *)sample);
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
    static const struct oc_svc_time time = {.size = sizeof time,
                                            .now_ns = time_now_ns,
                                            .mono_ns = time_now_ns,
                                            .venue_ns = time_venue_ns,
                                            .sample = time_sample,
                                            .random = time_random,
                                            .timer = time_timer,
                                            .cancel = time_cancel};
    static const struct oc_svc_names names = {.size = sizeof names,
                                              .symbol = names_by_symbol,
                                              .number = names_by_number,
                                              .scale = names_by_inst,
                                              .record = names_record,
                                              .asset = names_asset,
                                              .asset_text = names_asset_text};
    static const struct oc_svc_limit limit = {
        .size = sizeof limit, .used = limit_used, .max = limit_max, .shut = limit_shut, .give = limit_give};
    static const struct {
        const char *id;
        const void *table;
    } all[] = {
        {OC_SVC_FEED, &feed}, {OC_SVC_NET, &net}, {OC_SVC_TIME, &time}, {OC_SVC_NAMES, &names}, {OC_SVC_LIMIT, &limit}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i].id, id) == 0)
            return all[i].table;
    return NULL;
}

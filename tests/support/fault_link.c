#include "support/fault_link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"

#include <outcry/event_order.h>

#define MS 1000000ll

static int64_t below(struct fault_link *link, int64_t count)
{
    return (int64_t)(random_next(&link->random) % (uint64_t)count);
}

static bool happens(struct fault_link *link, uint32_t rate)
{
    const bool is = below(link, 1000) < rate;
    link->faults += is;
    return is;
}

/* How long something is on its way. */
static int64_t way(struct fault_link *link)
{
    return happens(link, link->rates.stalls) ? below(link, 5000) * MS : (1 + below(link, 40)) * MS;
}

static struct fault_stream *stream_of(struct fault_link *link, uint32_t stream)
{
    for (uint32_t i = link->stream_count; i > 0; i--)
        if (link->streams[i - 1].stream == stream)
            return &link->streams[i - 1];
    return NULL;
}

const struct fault_request *fault_link_request(const struct fault_link *link, uint64_t request)
{
    for (uint32_t i = 0; i < link->request_count; i++)
        if (link->requests[i].request == request)
            return &link->requests[i];
    return NULL;
}

/* What these lines carry has left, or was taken over. */
static void note(struct fault_link *link, const char *bytes, uint32_t size, uint64_t exchange)
{
    char line[64];
    for (const char *at = bytes; at < bytes + size;) {
        const char *end = memchr(at, '\n', (size_t)(bytes + size - at));
        const int length = (int)((end ? end : bytes + size) - at);
        unsigned long long request;
        snprintf(line, sizeof line, "%.*s", length, at);
        at += length + 1;
        if (strchr("nac", line[0]) == NULL || sscanf(line, "%*s %llu", &request) != 1)
            continue;
        struct fault_request *known = (struct fault_request *)(uintptr_t)fault_link_request(link, request);
        if (!known) {
            if (link->request_count == FAULT_REQUESTS_MAX)
                abort();
            known = &link->requests[link->request_count++];
            *known = (struct fault_request){.request = request, .exchange = exchange};
        }
        known->left = FAULT_LEFT;
        known->times++;
    }
}

/* ---- what falls ---- */

/* Bytes up to a moment from now arrive, those behind it do not; the host is told a little later. */
static void fall(struct fault_link *link, struct fault_stream *stream)
{
    const int64_t cut_ns = link->clock_ns + below(link, 60) * MS;
    struct io_happening down = {.kind = IO_DOWN,
                                .stream = stream->stream,
                                .at_ns = cut_ns + 1 + below(link, 2) * below(link, 1500) * MS,
                                .why = OC_WHY_NETWORK};
    stream->is_up = false;
    happenings_cut(&link->out, stream->stream, cut_ns);
    if (!happens(link, link->rates.stale)) /* else it comes behind the fall */
        happenings_cut(&link->in, stream->stream, cut_ns);
    happenings_add(&link->in, &down);
    link->inner.close(link->inner.self, stream->stream);
}

static oc_rc fault_open(void *self, const struct io_opening *opening)
{
    struct fault_link *link = self;
    if (happens(link, link->rates.refuses / 2))
        return OC_E_IO;
    if (link->stream_count == FAULT_STREAMS_MAX)
        abort();
    if (happens(link, link->rates.refuses / 2)) {
        const struct io_happening refused = {.kind = IO_REFUSED,
                                             .stream = opening->stream,
                                             .at_ns = link->clock_ns + way(link),
                                             .status = 503,
                                             .why = OC_WHY_VENUE_ERROR,
                                             .bytes = "not now",
                                             .size = 7};
        happenings_add(&link->in, &refused);
        return OC_OK;
    }
    link->streams[link->stream_count++] = (struct fault_stream){.stream = opening->stream, .is_up = true};
    return link->inner.open(link->inner.self, opening);
}

static oc_rc fault_send(void *self, uint32_t number, const void *bytes, uint32_t size)
{
    struct fault_link *link = self;
    struct fault_stream *stream = stream_of(link, number);
    if (!stream || stream->is_known || (!stream->is_up && below(link, 2)))
        return OC_E_STATE;
    note(link, bytes, size, 0);
    if (!stream->is_up)
        return OC_OK; /* it left into nothing, and nobody knows yet */
    if (happens(link, link->rates.falls) && below(link, 2)) {
        fall(link, stream);
        return OC_OK;
    }
    if (!happens(link, link->rates.loses_sent)) {
        const int64_t at_ns = link->clock_ns + way(link);
        const struct io_happening sent = {.kind = IO_MESSAGE,
                                          .stream = number,
                                          .bytes = bytes,
                                          .size = size,
                                          .at_ns = stream->out_ns = at_ns > stream->out_ns ? at_ns : stream->out_ns};
        happenings_add(&link->out, &sent);
    }
    if (happens(link, link->rates.falls))
        fall(link, stream);
    return OC_OK;
}

static oc_rc fault_http(void *self, const struct io_exchange *exchange)
{
    struct fault_link *link = self;
    if (happens(link, link->rates.closed))
        return OC_E_IO;
    note(link, exchange->body, exchange->body_size, exchange->exchange);
    struct io_happening fate = {.exchange = exchange->exchange, .at_ns = link->clock_ns + way(link)};
    if (happens(link, link->rates.unsent)) {
        fate.kind = IO_UNSENT;
        fate.why = OC_WHY_NETWORK;
        for (uint32_t i = 0; i < link->request_count; i++)
            if (link->requests[i].exchange == exchange->exchange)
                link->requests[i].left = FAULT_UNSENT;
        happenings_add(&link->in, &fate);
        return OC_OK;
    }
    const bool is_lost = happens(link, link->rates.lost), is_broken = !is_lost && happens(link, link->rates.broken);
    if (is_lost && below(link, 2)) {
        fate.kind = IO_LOST;
        fate.why = OC_WHY_TIMEOUT;
        fate.at_ns += below(link, 15000) * MS;
        happenings_add(&link->in, &fate);
        return OC_OK;
    }
    if (is_lost || is_broken) {
        fate.kind = is_lost ? IO_LOST : IO_RESPONSE;
        happenings_add(&link->fates, &fate);
    }
    const int64_t late_ns = happens(link, link->rates.late) ? below(link, FAULT_LATE_NS / MS - 5100) * MS : 0;
    const struct io_happening sent = {.kind = IO_RESPONSE,
                                      .exchange = exchange->exchange,
                                      .at_ns = link->clock_ns + way(link) + late_ns,
                                      .bytes = exchange->body,
                                      .size = exchange->body_size};
    happenings_add(&link->out, &sent);
    return OC_OK;
}

static void fault_close(void *self, uint32_t number)
{
    struct fault_link *link = self;
    struct fault_stream *stream = stream_of(link, number);
    if (!stream)
        return;
    stream->is_known = true;
    if (stream->is_up)
        link->inner.close(link->inner.self, number);
    stream->is_up = false;
    if (!happens(link, link->rates.stale))
        happenings_cut(&link->in, number, link->clock_ns);
}

/* ---- what comes ---- */

static void say_message(struct fault_link *link, struct io_happening what)
{
    struct fault_stream *stream = stream_of(link, what.stream);
    if (!stream || !stream->is_up)
        return;
    if (what.kind == IO_MESSAGE && happens(link, link->rates.loses_said))
        return;
    what.at_ns = link->clock_ns + way(link);
    if (what.at_ns < stream->in_ns)
        what.at_ns = stream->in_ns;
    stream->in_ns = what.at_ns;
    happenings_add(&link->in, &what);
    if (what.kind == IO_MESSAGE && happens(link, link->rates.doubles)) {
        what.at_ns = stream->in_ns += below(link, 300) * MS;
        happenings_add(&link->in, &what);
    }
    if (what.kind == IO_MESSAGE && happens(link, link->rates.falls))
        fall(link, stream);
}

static void say_response(struct fault_link *link, struct io_happening what)
{
    what.at_ns = link->clock_ns + way(link) + (happens(link, link->rates.late) ? below(link, 20000) * MS : 0);
    for (uint32_t i = 0; i < link->fates.count; i++)
        if (link->fates.list[i].exchange == what.exchange) {
            if (link->fates.list[i].kind == IO_LOST) {
                what = (struct io_happening){
                    .kind = IO_LOST, .exchange = what.exchange, .at_ns = what.at_ns, .why = OC_WHY_NETWORK};
            } else {
                what.status = 502;
                what.bytes = "bad gateway";
                what.size = 11;
            }
            happenings_drop(&link->fates, i);
            break;
        }
    happenings_add(&link->in, &what);
}

/* The exchange comes to this time, and what it says until then sets out. */
static void advance(struct fault_link *link, int64_t to_ns)
{
    struct io_happening what;
    while (link->inner.next(link->inner.self, to_ns, &what) == OC_OK) {
        if (what.at_ns > link->clock_ns)
            link->clock_ns = what.at_ns;
        if (what.kind == IO_RESPONSE)
            say_response(link, what);
        else
            say_message(link, what);
        link->inner.taken(link->inner.self);
    }
    if (to_ns > link->clock_ns)
        link->clock_ns = to_ns;
}

static void arrive(struct fault_link *link)
{
    const struct io_happening *first = &link->out.list[0];
    if (first->kind == IO_MESSAGE) {
        (void)link->inner.send(link->inner.self, first->stream, first->bytes, first->size);
    } else {
        const struct io_exchange exchange = {
            .exchange = first->exchange, .body = first->bytes, .body_size = first->size};
        (void)link->inner.http(link->inner.self, &exchange);
    }
    happenings_drop(&link->out, 0);
}

static int64_t fault_next_ns(void *self)
{
    struct fault_link *link = self;
    const int64_t in_ns = happenings_next_ns(&link->in), out_ns = happenings_next_ns(&link->out),
                  inner_ns = link->inner.next_ns(link->inner.self);
    const int64_t first_ns = in_ns < out_ns ? in_ns : out_ns;
    return first_ns < inner_ns ? first_ns : inner_ns;
}

static oc_rc fault_next(void *self, int64_t until_ns, struct io_happening *ret)
{
    struct fault_link *link = self;
    for (;;) {
        const int64_t next_ns = fault_next_ns(link);
        if (next_ns > until_ns) {
            advance(link, until_ns);
            return OC_E_AGAIN;
        }
        if (happenings_next_ns(&link->in) == next_ns) {
            if (next_ns > link->clock_ns)
                link->clock_ns = next_ns;
            *ret = link->in.list[0];
            struct fault_stream *stream = ret->kind == IO_DOWN ? stream_of(link, ret->stream) : NULL;
            if (stream)
                stream->is_known = true;
            return OC_OK;
        }
        advance(link, next_ns);
        while (happenings_next_ns(&link->out) <= next_ns)
            arrive(link);
    }
}

static void fault_taken(void *self)
{
    struct fault_link *link = self;
    happenings_drop(&link->in, 0);
}

void fault_link_init(struct fault_link *link, const struct io_link *inner, const struct fault_rates *rates,
                     uint64_t seed, int64_t begin_ns)
{
    memset(link, 0, sizeof *link);
    link->inner = *inner;
    link->rates = *rates;
    link->random = seed;
    link->clock_ns = begin_ns;
}

void fault_link_release(struct fault_link *link)
{
    happenings_release(&link->in);
    happenings_release(&link->out);
    happenings_release(&link->fates);
}

void fault_link_calm(struct fault_link *link) { link->rates = (struct fault_rates){0}; }

struct io_link fault_link_of(struct fault_link *link)
{
    return (struct io_link){.self = link,
                            .open = fault_open,
                            .send = fault_send,
                            .http = fault_http,
                            .close = fault_close,
                            .next = fault_next,
                            .taken = fault_taken,
                            .next_ns = fault_next_ns};
}

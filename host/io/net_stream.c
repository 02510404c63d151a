/* net_stream.c: the life of a stream: asked for, made, up, read and written, over. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <outcry/connector.h>

#include "base/env.h"
#include "base/log.h"
#include "io/net_impl.h"

enum { READ_SIZE = 65536 };

struct net_stream *net_stream_of(struct net *net, uint32_t number)
{
    for (uint32_t i = 0; i < NET_STREAMS_MAX; i++) {
        struct net_stream *stream = &net->streams[i];
        if (stream->state != NET_FREE && !stream->is_closed && stream->number == number)
            return stream;
    }
    return NULL;
}

/* Opening. */

static const struct net_url *url_of(const struct net *net, const char *endpoint)
{
    for (uint32_t i = 0; i < net->endpoint_count; i++)
        if (strcmp(net->endpoints[i].name, endpoint) == 0)
            return &net->urls[i];
    return NULL;
}

/* A long answer of HTTP, a line a message: asked for by its url. */
static bool is_long(const struct net_url *url, const struct io_opening *opening)
{
    return opening->frame == OC_FRAME_LINES && !url->is_lines && !url->is_websocket;
}

/* NULL: it can be. */
static const char *cannot(const struct net_url *url, const struct io_opening *opening)
{
    if (!url)
        return "no url is known for this endpoint";
    if (opening->flags & OC_OPEN_GUNZIP)
        return "messages that are gzip are not supported";
    if (is_long(url, opening))
        return opening->ping_size || opening->ping_ns ? "a long answer of HTTP is only listened to: it takes no ping"
                                                      : NULL;
    if (opening->frame == OC_FRAME_WEBSOCKET && !url->is_websocket)
        return "a WebSocket is reached by wss://, or by ws:// on this machine";
    return url->is_lines || url->is_websocket ? NULL : "no stream is reached by such a url";
}

static oc_rc ask_maker(struct net_stream *stream)
{
    struct net_loop *loop = stream->net->loop;
    struct net_make *make = calloc(1, sizeof *make);
    if (!make)
        return OC_E_NOMEM;
    make->way = (struct net_way){.trust = &stream->net->trust, .url = stream->url, .reads_ahead = true};
    make->net = stream->net;
    make->stream = stream->number;
    const oc_rc rc = net_loop_make(loop, make);
    if (rc < 0)
        free(make);
    else
        stream->make = make;
    return rc;
}

static oc_rc open_long(struct net_stream *stream, const struct io_opening *opening)
{
    if (net_are_headers(opening->headers, opening->headers_size) && net_is_path(opening->path, opening->path_size))
        return net_http_long(stream, opening);
    net_stream_end(stream, IO_REFUSED, OC_WHY_PROTOCOL, 0, "its path or its headers hold what they may not");
    return OC_OK;
}

oc_rc net_stream_open(struct net *net, const struct io_opening *opening)
{
    uint32_t place = 0;
    while (place < NET_STREAMS_MAX && net->streams[place].state != NET_FREE)
        place++;
    if (place == NET_STREAMS_MAX)
        return OC_E_LIMIT;
    struct net_stream *stream = &net->streams[place];
    const struct net_url *url = url_of(net, opening->endpoint);
    const char *why = cannot(url, opening);
    *stream = (struct net_stream){.net = net, .url = url, .number = opening->stream, .state = NET_MAKING, .fd = -1};
    stream->at_ns = net->loop->now_ns;
    stream->made_ns = stream->heard_ns = stream->beat_ns = env_clock_mono();
    stream->message_max =
        opening->message_max && opening->message_max < net->message_max ? opening->message_max : net->message_max;
    stream->ping_ns = opening->ping_ns;
    stream->silence_ns = opening->silence_ns;
    if (why) {
        net_stream_end(stream, IO_REFUSED, OC_WHY_NOT_SUPPORTED, 0, why);
        return OC_OK;
    }
    if (opening->ping_size > sizeof stream->ping_text) {
        net_stream_end(stream, IO_REFUSED, OC_WHY_NOT_SUPPORTED, 0, "a ping of more than 128 bytes is not supported");
        return OC_OK;
    }
    if (opening->ping_size)
        memcpy(stream->ping_text, opening->ping, opening->ping_size);
    stream->ping_text_size = opening->ping_size;
    oc_rc rc = url->is_websocket ? net_shake_begin(stream, opening) : (oc_rc)OC_OK;
    if (rc == OC_OK)
        rc = is_long(url, opening) ? open_long(stream, opening) : ask_maker(stream);
    if (rc < 0)
        net_stream_release(stream);
    return rc;
}

/* Reading and writing. */

static void watch(struct net_stream *stream, short want);

static void on_ready(void *self, int fd, short is)
{
    struct net_stream *stream = self;
    (void)fd;
    (void)is;
    stream->is_ready = true; /* written and read in its turn */
}

static void watch(struct net_stream *stream, short want)
{
    if (stream->watched == want || stream->fd < 0)
        return;
    if (net_loop_watch(stream->net->loop, stream->fd, want, on_ready, stream) < 0)
        stream->is_ready = true; /* it is looked at in every turn */
    else
        stream->watched = want;
}

void net_stream_flush(struct net_stream *stream)
{
    const struct net_lib *lib = stream->net->lib;
    while (stream->easy && (stream->flight.size || stream->waiting.size)) {
        size_t sent = 0;
        if (!stream->flight.size) {
            const struct net_bytes empty = stream->flight;
            stream->flight = stream->waiting;
            stream->waiting = empty;
            stream->waiting.size = stream->flight_at = 0;
        }
        const CURLcode code = lib->send(stream->easy, stream->flight.data + stream->flight_at,
                                        stream->flight.size - stream->flight_at, &sent);
        if (code == CURLE_AGAIN) {
            stream->net->figures.again++;
            watch(stream, ENV_POLL_READ | ENV_POLL_WRITE);
            return;
        }
        if (code != CURLE_OK) {
            net_stream_end(stream, IO_DOWN, OC_WHY_NETWORK, 0, "what was to be sent could not be");
            return;
        }
        stream->flight_at += sent;
        if (stream->flight_at == stream->flight.size)
            stream->flight.size = stream->flight_at = 0;
    }
    watch(stream, ENV_POLL_READ);
}

oc_rc net_stream_put(struct net_stream *stream, const void *bytes, size_t size)
{
    /* Only behind what libcurl was given: that does not move. */
    if (stream->flight.size + stream->waiting.size + size > NET_OUT_MAX)
        return OC_E_LIMIT;
    return net_bytes_add(&stream->waiting, bytes, size, NET_OUT_MAX);
}

oc_rc net_stream_send(struct net_stream *stream, const void *bytes, uint32_t size)
{
    if (stream->state != NET_UP || stream->has_end)
        return OC_E_STATE;
    if (!stream->url->is_websocket && !stream->url->is_lines)
        return OC_E_NOT_SUPPORTED; /* a long answer of HTTP is only listened to */
    oc_rc rc;
    if (stream->flight.size + stream->waiting.size + size + 16 > NET_OUT_MAX)
        rc = OC_E_LIMIT;
    else if (stream->url->is_websocket)
        rc = net_frame_send(stream, WSLAY_TEXT_FRAME, bytes, size);
    else {
        rc = net_stream_put(stream, bytes, size);
        if (rc == OC_OK)
            rc = net_stream_put(stream, "\n", 1);
    }
    if (rc == OC_E_LIMIT) {
        log_warning("network", "%s: %d bytes wait on a stream whose peer takes none: nothing more is sent on it",
                    stream->net->venue, NET_OUT_MAX);
        return OC_E_STATE;
    }
    if (rc == OC_OK)
        net_stream_flush(stream);
    return rc;
}

/* What libcurl has, until it has no more or the turn is over. */
static void read_in(struct net_stream *stream, int64_t mono_ns)
{
    const struct net_lib *lib = stream->net->lib;
    size_t turn = 0;
    if (stream->in_at == stream->in.size)
        stream->in_at = stream->in.size = 0;
    if (stream->in_at) {
        memmove(stream->in.data, stream->in.data + stream->in_at, stream->in.size - stream->in_at);
        stream->in.size -= stream->in_at;
        stream->in_at = 0;
    }
    while (!stream->is_shut && turn < NET_TURN_MAX) {
        size_t got = 0;
        if (net_bytes_add(&stream->in, NULL, READ_SIZE, SIZE_MAX / 2) < 0)
            return; /* in the next turn */
        stream->in.size -= READ_SIZE;
        const CURLcode code = lib->recv(stream->easy, stream->in.data + stream->in.size, READ_SIZE, &got);
        if (code == CURLE_AGAIN) {
            /* Woken and nothing to read: part of a record, or TLS has something to write first. */
            watch(stream, turn || !stream->flight.size ? stream->watched : ENV_POLL_READ | ENV_POLL_WRITE);
            stream->is_ready = false;
            return;
        }
        if (code != CURLE_OK || !got) {
            stream->is_shut = true;
            stream->is_ready = false;
            net_loop_leave(stream->net->loop, stream->fd); /* it would be told again and again */
            stream->watched = 0;
            return;
        }
        stream->in.size += got;
        turn += got;
        stream->heard_ns = mono_ns;
    }
}

/* A WebSocket has pings of its own; on others only what the connector gave is said. */
static bool has_beat(const struct net_stream *stream)
{
    return stream->url->is_websocket || stream->ping_text_size > 0;
}

static int64_t beat_ns(const struct net_stream *stream) { return stream->ping_ns ? stream->ping_ns : NET_BEAT_NS; }

/* How long nothing may be heard: as was said, and no longer than two beats, of which each is answered. */
static int64_t silence_ns(const struct net_stream *stream)
{
    const int64_t said_ns = stream->silence_ns ? stream->silence_ns : INT64_MAX;
    const int64_t beats_ns = has_beat(stream) ? 2 * beat_ns(stream) : INT64_MAX;
    return said_ns < beats_ns ? said_ns : beats_ns;
}

static int64_t later(int64_t at_ns, int64_t span_ns) { return span_ns == INT64_MAX ? INT64_MAX : at_ns + span_ns; }

int64_t net_stream_due_ns(const struct net_stream *stream)
{
    if (stream->state == NET_SHAKING && !stream->has_end)
        return stream->made_ns + NET_CONNECT_NS;
    if (stream->state != NET_UP || stream->has_end)
        return INT64_MAX;
    const int64_t dead_ns = later(stream->heard_ns, silence_ns(stream));
    const int64_t next_ns = has_beat(stream) ? stream->beat_ns + beat_ns(stream) : INT64_MAX;
    return next_ns < dead_ns ? next_ns : dead_ns;
}

static void beat(struct net_stream *stream, int64_t mono_ns)
{
    if (mono_ns < net_stream_due_ns(stream))
        return;
    if (stream->state == NET_SHAKING) {
        net_stream_end(stream, IO_DOWN, OC_WHY_TIMEOUT, 0, "the server did not answer the opening handshake");
        return;
    }
    if (mono_ns >= later(stream->heard_ns, silence_ns(stream))) {
        net_stream_end(stream, IO_DOWN, OC_WHY_TIMEOUT, 0, "nothing was heard any more");
        return;
    }
    stream->beat_ns = mono_ns;
    oc_rc rc = OC_OK;
    if (stream->ping_text_size)
        rc = net_stream_send(stream, stream->ping_text, stream->ping_text_size);
    else if (stream->ping_ns || mono_ns - stream->heard_ns >= beat_ns(stream) / 2)
        rc = net_frame_send(stream, WSLAY_PING, "", 0);
    if (rc == OC_OK)
        net_stream_flush(stream);
}

void net_stream_turn(struct net_stream *stream, int64_t mono_ns)
{
    if (stream->is_closed) {
        if (stream->net->given_stream != stream)
            net_stream_release(stream);
        return;
    }
    if (stream->has_end || (stream->state != NET_SHAKING && stream->state != NET_UP))
        return;
    stream->at_ns = stream->net->loop->turned_ns;
    if (stream->is_ready && stream->net->given_stream != stream) {
        if (stream->flight.size)
            net_stream_flush(stream);
        if (!stream->has_end && stream->in.size - stream->in_at < NET_TURN_MAX)
            read_in(stream, mono_ns);
        if (stream->state == NET_SHAKING)
            net_shake_read(stream);
    }
    beat(stream, mono_ns);
}

/* What it says. */

static bool line_next(struct net_stream *stream)
{
    while (stream->in_at < stream->in.size) {
        const char *at = stream->in.data + stream->in_at;
        const size_t left = stream->in.size - stream->in_at;
        const char *end = memchr(at, '\n', left);
        if (!end) {
            if (left > stream->message_max)
                net_stream_end(stream, IO_DOWN, OC_WHY_PROTOCOL, 0, "a line is longer than a message may be");
            return false;
        }
        size_t size = (size_t)(end - at);
        stream->in_at += size + 1;
        size -= size && at[size - 1] == '\r';
        stream->message.size = 0;
        if (!size)
            continue;
        if (net_bytes_add(&stream->message, at, size, stream->message_max) < 0 || net_bytes_end(&stream->message) < 0) {
            net_stream_end(stream, IO_DOWN, OC_WHY_PROTOCOL, 0, "a line is longer than a message may be");
            return false;
        }
        stream->message_opcode = WSLAY_TEXT_FRAME;
        return true;
    }
    return false;
}

/* All that was read has been given, and the peer says nothing more. */
static void fall(struct net_stream *stream)
{
    if (stream->is_shut && !stream->has_end)
        net_stream_end(stream, IO_DOWN, OC_WHY_NETWORK, 0,
                       stream->is_in_frame || stream->message.size || stream->in_at < stream->in.size
                           ? "the connection ended in the middle of a message"
                           : "the connection ended");
}

bool net_stream_next(struct net_stream *stream, struct io_happening *ret)
{
    if (stream->is_closed)
        return false;
    *ret = (struct io_happening){.stream = stream->number, .at_ns = stream->at_ns};
    if (stream->has_up) {
        ret->kind = IO_UP;
        ret->status = stream->end_status;
        ret->bytes = stream->said.data;
        ret->size = (uint32_t)stream->said.size;
        return true;
    }
    if (stream->state == NET_UP && !stream->has_end) {
        if (stream->url->is_websocket ? net_frame_next(stream) : line_next(stream)) {
            stream->net->figures.messages++;
            ret->kind = IO_MESSAGE;
            ret->form = stream->message_opcode == WSLAY_BINARY_FRAME ? OC_MESSAGE_BINARY : OC_MESSAGE_TEXT;
            ret->bytes = stream->message.data;
            ret->size = (uint32_t)stream->message.size;
            return true;
        }
        fall(stream);
    }
    if (!stream->has_end)
        return false;
    ret->kind = stream->end_kind;
    ret->why = stream->end_why;
    ret->status = stream->end_status;
    ret->bytes = stream->said.data;
    ret->size = (uint32_t)stream->said.size;
    if (ret->kind == IO_REFUSED && ret->status) {
        ret->headers = stream->message.data;
        ret->headers_size = (uint32_t)stream->message.size;
    }
    return true;
}

void net_stream_taken(struct net_stream *stream, const struct io_happening *given)
{
    if (given->kind == IO_UP)
        stream->has_up = false;
    else if (given->kind == IO_MESSAGE)
        stream->message.size = 0;
    else
        net_stream_release(stream);
}

/* Its ends. */

/* The handle goes, and its socket with it; what was read stays. */
static void let_go(struct net_stream *stream)
{
    if (stream->fd >= 0)
        net_loop_leave(stream->net->loop, stream->fd);
    stream->fd = -1;
    stream->easy = NULL;
    stream->watched = 0;
    if (stream->kept)
        net_make_free(stream->kept);
    stream->kept = NULL;
    if (stream->make)
        atomic_store(&stream->make->is_cancelled, true);
    stream->make = NULL;
    net_stream_leave_long(stream);
    stream->flight.size = stream->waiting.size = stream->flight_at = 0;
}

void net_stream_end(struct net_stream *stream, uint32_t kind, uint32_t why, uint16_t status, const char *words)
{
    if (stream->has_end)
        return;
    log_warning("network", "%s: stream %s://%s: %s", stream->net->venue, stream->url ? stream->url->scheme : "",
                stream->url ? stream->url->authority : "", words);
    stream->has_end = true;
    stream->end_kind = kind;
    stream->end_why = why;
    stream->end_status = status;
    stream->is_ready = false;
    if (!stream->has_up && (kind == IO_DOWN || !stream->said.size)) {
        stream->said.size = 0;
        if (net_bytes_add(&stream->said, words, strlen(words), NET_REFUSED_MAX) < 0 || net_bytes_end(&stream->said) < 0)
            stream->said.size = 0;
    }
    let_go(stream);
}

void net_stream_close(struct net_stream *stream)
{
    if (stream->state == NET_UP && !stream->has_end && stream->url->is_websocket) {
        net_frame_close(stream, WSLAY_CODE_NORMAL_CLOSURE);
        if (!stream->has_end)
            net_stream_flush(stream);
    }
    let_go(stream);
    stream->is_closed = true;
    if (stream->net->given_stream != stream)
        net_stream_release(stream);
}

void net_stream_release(struct net_stream *stream)
{
    if (stream->state == NET_FREE)
        return;
    let_go(stream);
    if (stream->frames)
        stream->net->lib->frames_free(stream->frames);
    net_bytes_release(&stream->in);
    net_bytes_release(&stream->flight);
    net_bytes_release(&stream->waiting);
    net_bytes_release(&stream->said);
    net_bytes_release(&stream->message);
    *stream = (struct net_stream){.fd = -1};
}

/* Made. */

static void take_made(struct net_stream *stream, struct net_make *make)
{
    char words[NET_WORDS_MAX];
    stream->make = NULL;
    stream->at_ns = stream->net->loop->turned_ns;
    if (make->code != CURLE_OK) {
        const uint32_t why = net_way_why(&make->way, make->code, words);
        stream->net->figures.failures++;
        net_make_free(make);
        net_stream_end(stream, IO_DOWN, why, 0, words);
        return;
    }
    stream->net->figures.connections++;
    stream->kept = make;
    stream->easy = make->easy;
    stream->fd = make->fd;
    stream->made_ns = stream->heard_ns = stream->beat_ns = env_clock_mono();
    stream->state = stream->url->is_websocket ? NET_SHAKING : NET_UP;
    stream->has_up = stream->state == NET_UP;
    stream->is_ready = true; /* what came with the handshake of TLS was read already */
    watch(stream, ENV_POLL_READ);
    net_stream_flush(stream);
}

oc_rc net_probe(struct net *net, const char *endpoint, uint64_t number)
{
    const struct net_url *url = url_of(net, endpoint);
    struct net_loop *loop = net->loop;
    struct net_make *make = url ? calloc(1, sizeof *make) : NULL;
    if (!make)
        return url ? OC_E_NOMEM : OC_E_NOT_FOUND;
    make->way = (struct net_way){.trust = &net->trust, .url = url};
    make->net = net;
    make->probe = number;
    const oc_rc rc = net_loop_make(loop, make);
    if (rc != OC_OK)
        free(make);
    return rc;
}

/* Without room for it nothing is told, and whoever waits takes it for failed. */
static void probed(struct net *net, struct net_make *make)
{
    char words[NET_WORDS_MAX];
    const uint32_t why = make->code == CURLE_OK ? OC_WHY_NONE : net_way_why(&make->way, make->code, words);
    if (net->probed_count < NET_PROBES_MAX)
        net->probed[net->probed_count++] = (struct net_probed){.number = make->probe, .why = why};
    net_make_free(make);
}

void net_stream_made(struct net *net, struct net_make *make)
{
    if (make->talk) {
        net_http_made(net, make);
        return;
    }
    if (make->probe) {
        probed(net, make);
        return;
    }
    const bool is_wanted = !atomic_load(&make->is_cancelled);
    struct net_stream *stream = is_wanted ? net_stream_of(net, make->stream) : NULL;
    if (stream && stream->make == make)
        take_made(stream, make);
    else
        net_make_free(make);
}

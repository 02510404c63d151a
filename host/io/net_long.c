/* net_long.c: a stream that is a long answer of HTTP: one message a line, as they come. The exchange is libcurl's, on a connection of its own;
 * what it reads is taken over in the loop, for its callbacks may run in the thread that makes the connection. */
#include <string.h>
#include <strings.h>

#include <outcry/connector.h>

#include "base/env.h"
#include "io/net_impl.h"

static bool is_packed(const struct net_bytes *head)
{
    static const char name[] = "content-encoding: ", plain[] = "identity";
    const size_t size = sizeof name - 1;
    for (size_t at = 0; at < head->size;) {
        const char *line = head->data + at, *end = memchr(line, '\n', head->size - at);
        const size_t length = end ? (size_t)(end - line) + 1 : head->size - at;
        if (length > size && memcmp(line, name, size) == 0)
            return length != size + sizeof plain + 1 || strncasecmp(line + size, plain, sizeof plain - 1) != 0;
        at += length;
    }
    return false;
}

/* It says no: its words are what has come of the body. */
static void refused(struct net_stream *stream, const struct net_exchange *exchange, uint16_t status)
{
    const size_t size = exchange->content.size < NET_REFUSED_MAX ? exchange->content.size : NET_REFUSED_MAX;
    stream->said.size = stream->message.size = 0;
    if (net_bytes_add(&stream->said, exchange->content.data, size, NET_REFUSED_MAX) < 0 ||
        net_bytes_end(&stream->said) < 0)
        stream->said.size = 0;
    if (net_bytes_add(&stream->message, exchange->head.data, exchange->head.size, NET_HEAD_MAX) < 0 ||
        net_bytes_end(&stream->message) < 0)
        stream->message.size = 0;
    net_stream_end(stream, IO_REFUSED, OC_WHY_VENUE_ERROR, status, "the server refuses the stream");
}

static void come_up(struct net_stream *stream, const struct net_exchange *exchange, uint16_t status)
{
    stream->said.size = 0;
    if (is_packed(&exchange->head)) {
        net_stream_end(stream, IO_DOWN, OC_WHY_PROTOCOL, 0, "the server packs its answer: that is not supported");
        return;
    }
    if (net_bytes_add(&stream->said, exchange->head.data, exchange->head.size, NET_HEAD_MAX) < 0 ||
        net_bytes_end(&stream->said) < 0) {
        net_stream_end(stream, IO_DOWN, OC_WHY_OTHER, 0, "no memory");
        return;
    }
    stream->end_status = status;
    stream->state = NET_UP;
    stream->has_up = true;
}

/* What its callbacks have read, to the stream. It may be over with this, and the talk closed. */
void net_long_take(struct net_talk *talk)
{
    struct net_stream *stream = talk->stream;
    struct net_exchange *exchange = talk->exchange;
    const int64_t mono_ns = env_clock_mono();
    long status = 0;
    if (!stream || stream->has_end || !talk->is_head_over)
        return;
    (void)talk->net->lib->get(talk->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status < 200)
        return;
    if (status != 200) {
        if (exchange->content.size >= NET_REFUSED_MAX)
            refused(stream, exchange, (uint16_t)status);
        return;
    }
    if (stream->state != NET_UP) {
        stream->heard_ns = stream->beat_ns = mono_ns;
        come_up(stream, exchange, (uint16_t)status);
    }
    if (stream->has_end || !exchange->content.size)
        return;
    if (stream->in_at) {
        memmove(stream->in.data, stream->in.data + stream->in_at, stream->in.size - stream->in_at);
        stream->in.size -= stream->in_at;
        stream->in_at = 0;
    }
    if (net_bytes_add(&stream->in, exchange->content.data, exchange->content.size, SIZE_MAX / 2) < 0)
        return; /* in the next turn */
    exchange->content.size = 0;
    stream->heard_ns = mono_ns;
}

bool net_long_has_room(const struct net_talk *talk)
{
    return !talk->stream || talk->stream->in.size - talk->stream->in_at < NET_TURN_MAX;
}

/* The answer is over, or there is none. */
void net_long_ended(struct net_talk *talk, CURLcode code)
{
    char words[NET_WORDS_MAX];
    long status = 0;
    net_long_take(talk);
    struct net_stream *stream = talk->stream; /* NULL: nobody wants it any more */
    struct net_exchange *exchange = talk->exchange;
    if (!talk->is_open)
        return;
    const uint32_t why = net_way_why(&talk->way, code, words);
    const bool has_head = talk->is_head_over && code == CURLE_OK;
    (void)talk->net->lib->get(talk->easy, CURLINFO_RESPONSE_CODE, &status);
    if (stream && stream->state == NET_UP) {
        stream->is_shut = true; /* what was read is given first */
        net_stream_leave_long(stream);
    } else if (stream && has_head && status >= 200) {
        refused(stream, exchange, (uint16_t)status);
    } else if (stream) {
        stream->net->figures.failures++;
        net_stream_end(stream, IO_DOWN, talk->breach ? (uint32_t)OC_WHY_PROTOCOL : why, 0,
                       talk->breach       ? talk->breach
                       : code == CURLE_OK ? "the connection ended before an answer came"
                                          : words);
    } else {
        net_talk_close(talk);
    }
}

/* Its connection is there, and its request leaves. */
void net_long_made(struct net_talk *talk)
{
    struct net_stream *stream = talk->stream;
    if (!stream) { /* it was closed meanwhile */
        net_talk_close(talk);
        return;
    }
    stream->net->figures.connections++;
    stream->made_ns = stream->heard_ns = stream->beat_ns = env_clock_mono();
    stream->state = NET_SHAKING;
}

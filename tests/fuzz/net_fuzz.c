/* Any bytes as what a server says on a stream: behind the first byte, which says how, they are the answer to an opening handshake and what
 * follows it, frames, or lines. The same bytes in pieces of other sizes come to the same happenings; no message is larger than it may be;
 * what a stream gives behind its end is nothing. */
#include "io/net_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <outcry/connector.h>

enum { MESSAGE_MAX = 2000, GIVEN_MAX = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct net_loop loop;
static struct net net;
static struct net_url websocket = {.scheme = "wss", .authority = "a.example", .is_tls = true, .is_websocket = true};
static struct net_url lines = {.scheme = "tls", .authority = "a.example", .is_tls = true, .is_lines = true};

struct given { /* what a stream said, folded */
    uint64_t hash;
    uint32_t count;
    bool is_by_time; /* too many control frames within a second: which was the last depends on the clock */
};

static void must(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "net: %s\n", what);
        abort();
    }
}

static void fold(struct given *given, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        given->hash = (given->hash ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3u;
}

static void take_all(struct net_stream *stream, struct given *given)
{
    struct io_happening what;
    if (stream->state == NET_SHAKING)
        net_shake_read(stream);
    while (stream->state != NET_FREE && net_stream_next(stream, &what)) {
        must(given->count++ < GIVEN_MAX, "it says more than it heard");
        must(what.kind != IO_MESSAGE || what.size <= MESSAGE_MAX, "a message is larger than it may be");
        must(what.kind != IO_MESSAGE || !what.bytes[what.size + NET_ZEROS - 1], "no zeros behind a message");
        fold(given, &what.kind, sizeof what.kind);
        fold(given, &what.status, sizeof what.status);
        given->is_by_time |= what.kind == IO_DOWN && what.size > 12 && memcmp(what.bytes, "more than 50", 12) == 0;
        if (what.kind == IO_MESSAGE || what.kind == IO_UP)
            fold(given, what.bytes, what.size);
        net_stream_taken(stream, &what);
    }
    stream->flight.size = stream->waiting.size = 0; /* it leaves */
}

static struct given hear(uint8_t how, const uint8_t *bytes, size_t size, size_t piece)
{
    struct net_stream *stream = &net.streams[0];
    struct given given = {.hash = 0xcbf29ce484222325u};
    *stream = (struct net_stream){.net = &net, .number = 1, .fd = -1, .message_max = MESSAGE_MAX};
    stream->url = how % 3 == 2 ? &lines : &websocket;
    stream->state = how % 3 == 0 ? NET_SHAKING : NET_UP;
    strcpy(stream->key, "dGhlIHNhbXBsZSBub25jZQ=="); /* of RFC 6455, so that a seed can answer it */
    if (how % 3 == 1 && net_frame_open(stream) < 0)
        abort();
    for (size_t at = 0; at < size && stream->state != NET_FREE; at += piece) {
        const size_t more = piece < size - at ? piece : size - at;
        if (net_bytes_add(&stream->in, bytes + at, more, SIZE_MAX / 2) < 0)
            abort();
        take_all(stream, &given);
    }
    if (stream->state != NET_FREE) {
        stream->is_shut = true;
        take_all(stream, &given);
        must(stream->state == NET_FREE, "it does not end with its connection");
    }
    net_stream_release(stream);
    return given;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *missing;
    if (!size)
        return 0;
    net.loop = &loop;
    net.lib = loop.lib = net_lib_get(&missing);
    must(net.lib != NULL, "the libraries are not there");
    const struct given whole = hear(data[0], data + 1, size - 1, size),
                       torn = hear(data[0], data + 1, size - 1, 1 + data[0] / 3 % 16);
    must(whole.is_by_time || torn.is_by_time || (whole.hash == torn.hash && whole.count == torn.count),
         "other pieces, other happenings");
    return 0;
}

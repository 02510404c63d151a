/* net_shake.c: the opening handshake of a WebSocket (RFC 6455, 4): one request, and the head of its answer. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <outcry/connector.h>

#include "base/version.h"
#include "io/crypto.h"
#include "io/digest.h"
#include "io/net_impl.h"

static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/* A line of its own for each header, and nothing that would be another: the connector's bytes are not trusted with that. */
bool net_are_headers(const char *headers, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++)
        if (!headers[i] || (headers[i] == '\n' && (!i || headers[i - 1] != '\r' || (i > 2 && headers[i - 2] == '\n'))))
            return false;
    return !size || headers[size - 1] == '\n';
}

bool net_is_path(const char *path, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++)
        if ((unsigned char)path[i] <= ' ' || (unsigned char)path[i] >= 127)
            return false;
    return true;
}

oc_rc net_shake_begin(struct net_stream *stream, const struct io_opening *opening)
{
    const struct crypto *crypto = crypto_get();
    unsigned char key[16];
    char head[512];
    if (!crypto)
        return OC_E_STATE;
    if (!net_are_headers(opening->headers, opening->headers_size) || !net_is_path(opening->path, opening->path_size)) {
        net_stream_end(stream, IO_REFUSED, OC_WHY_PROTOCOL, 0, "its path or its headers hold what they may not");
        return OC_OK;
    }
    net_loop_mask(stream->net->loop, key, sizeof key);
    (void)crypto->base64((unsigned char *)stream->key, key, sizeof key);
    const char *slash = stream->url->path[0] || (opening->path_size && opening->path[0] == '/') ? "" : "/";
    const char *parts[] = {"GET ", stream->url->path, slash};
    oc_rc rc = OC_OK;
    for (size_t i = 0; i < 3 && rc == OC_OK; i++)
        rc = net_stream_put(stream, parts[i], strlen(parts[i]));
    if (rc == OC_OK)
        rc = net_stream_put(stream, opening->path, opening->path_size);
    const int size = snprintf(head, sizeof head,
                              " HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                              "Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\nUser-Agent: outcry/%s\r\n",
                              stream->url->authority, stream->key, OUTCRY_VERSION);
    if (rc == OC_OK)
        rc = net_stream_put(stream, head, (size_t)size);
    if (rc == OC_OK)
        rc = net_stream_put(stream, opening->headers, opening->headers_size);
    return rc == OC_OK ? net_stream_put(stream, "\r\n", 2) : rc;
}

/* The answer's head: where its lines begin, each ended by \r\n. */
struct head {
    const char *lines;
    size_t size; /* of the lines */
    uint16_t status;
};

/* The value of a header, without blanks around it; *ret_count is how often it stands there. */
static const char *value_of(const struct head *head, const char *name, size_t *ret_size, uint32_t *ret_count)
{
    const char *found = NULL;
    const size_t length = strlen(name);
    *ret_count = 0;
    for (const char *at = head->lines, *end = head->lines + head->size; at < end;) {
        const char *stop = memchr(at, '\r', (size_t)(end - at));
        const size_t size = stop ? (size_t)(stop - at) : (size_t)(end - at);
        if (size > length && at[length] == ':' && strncasecmp(at, name, length) == 0) {
            const char *value = at + length + 1;
            size_t left = size - length - 1;
            while (left && (*value == ' ' || *value == '\t'))
                value++, left--;
            while (left && (value[left - 1] == ' ' || value[left - 1] == '\t'))
                left--;
            found = value;
            *ret_size = left;
            ++*ret_count;
        }
        at += size + 2;
    }
    return found;
}

static bool is_value(const struct head *head, const char *name, const char *wanted)
{
    size_t size = 0;
    uint32_t count;
    const char *value = value_of(head, name, &size, &count);
    return value && count == 1 && size == strlen(wanted) && strncasecmp(value, wanted, size) == 0;
}

/* One of the words of a list, whatever their case. */
static bool has_word(const struct head *head, const char *name, const char *wanted)
{
    size_t size = 0;
    uint32_t count;
    const char *value = value_of(head, name, &size, &count);
    const size_t length = strlen(wanted);
    for (size_t at = 0; value && at + length <= size; at++)
        if (strncasecmp(value + at, wanted, length) == 0 && (at == 0 || strchr(", \t", value[at - 1])) &&
            (at + length == size || strchr(", \t", value[at + length])))
            return true;
    return false;
}

static bool is_accepted(const struct net_stream *stream, const struct head *head)
{
    const struct crypto *crypto = crypto_get();
    unsigned char made[20], text[32], joined[128];
    struct digest digest;
    size_t size = 0;
    uint32_t count;
    const int length = snprintf((char *)joined, sizeof joined, "%s%s", stream->key, guid);
    if (digest_begin(&digest, DIGEST_SHA1) < 0)
        return false;
    digest_add(&digest, joined, (size_t)length);
    (void)digest_end(&digest, made);
    (void)crypto->base64(text, made, sizeof made);
    const char *value = value_of(head, "sec-websocket-accept", &size, &count);
    return value && count == 1 && size == strlen((char *)text) && memcmp(value, text, size) == 0; /* case counts */
}

static const char *doubt(const struct net_stream *stream, const struct head *head)
{
    size_t size;
    uint32_t count;
    if (!is_value(head, "upgrade", "websocket") || !has_word(head, "connection", "upgrade"))
        return "the server answers 101 and does not say that it is a WebSocket";
    if (!is_accepted(stream, head))
        return "the server's Sec-WebSocket-Accept is not the one of this handshake";
    if (value_of(head, "sec-websocket-extensions", &size, &count))
        return "the server uses an extension that was not asked for: permessage-deflate is not supported";
    if (value_of(head, "content-length", &size, &count) && !is_value(head, "content-length", "0"))
        return "the server answers 101 with a body";
    return NULL;
}

/* Names in lower case, as everywhere behind this. */
static oc_rc keep_lines(struct net_bytes *to, const struct head *head)
{
    to->size = 0;
    oc_rc rc = net_bytes_add(to, head->lines, head->size, NET_HEAD_MAX);
    bool is_name = true;
    for (size_t i = 0; rc == OC_OK && i < to->size; i++) {
        char *c = &to->data[i];
        is_name = *c == '\n' || (is_name && *c != ':');
        if (is_name)
            *c = (char)tolower((unsigned char)*c);
    }
    return rc == OC_OK ? net_bytes_end(to) : rc;
}

/* It says no: its words are what has come of the body by now. */
static void refused(struct net_stream *stream, const struct head *head, const char *body, size_t size)
{
    char words[64];
    snprintf(words, sizeof words, "the server refuses the WebSocket: status %u", head->status);
    stream->said.size = 0;
    if (net_bytes_add(&stream->said, body, size < NET_REFUSED_MAX ? size : NET_REFUSED_MAX, NET_REFUSED_MAX) < 0 ||
        net_bytes_end(&stream->said) < 0)
        stream->said.size = 0;
    if (keep_lines(&stream->message, head) < 0) /* no message was begun */
        stream->message.size = 0;
    net_stream_end(stream, IO_REFUSED, OC_WHY_VENUE_ERROR, head->status, words);
}

/* The digits a text of this size begins with, and nothing behind it: what follows is of another line, or the body. */
static size_t number_of(const char *text, size_t size, size_t *ret_digits)
{
    size_t number = 0, digits = 0;
    for (; digits < size && isdigit((unsigned char)text[digits]); digits++)
        number = number > NET_REFUSED_MAX ? number : number * 10 + (size_t)(text[digits] - '0');
    if (ret_digits)
        *ret_digits = digits;
    return number;
}

/* How much of a body is still to come of what says no; a body whose length is not said ends with the connection. */
static bool is_whole(const struct net_stream *stream, const struct head *head, size_t size)
{
    size_t length_size = 0;
    uint32_t count;
    const char *length = value_of(head, "content-length", &length_size, &count);
    return stream->is_shut || size >= NET_REFUSED_MAX || (length && size >= number_of(length, length_size, NULL));
}

static const char *find_end(const char *bytes, size_t size)
{
    return size < 4 ? NULL : memmem(bytes, size, "\r\n\r\n", 4);
}

void net_shake_read(struct net_stream *stream)
{
    while (!stream->has_end && stream->state == NET_SHAKING) {
        const char *bytes = stream->in.data ? stream->in.data + stream->in_at : "";
        const size_t size = stream->in.size - stream->in_at;
        const char *end = find_end(bytes, size);
        if (size && memcmp(bytes, "HTTP/1.1 ", size < 9 ? size : 9) != 0) {
            net_stream_end(stream, IO_DOWN, OC_WHY_NOT_SUPPORTED, 0,
                           "the server does not speak HTTP/1.1, and HTTP/2 is not supported");
            return;
        }
        if (size > NET_HEAD_MAX && (!end || end - bytes > NET_HEAD_MAX)) {
            net_stream_end(stream, IO_DOWN, OC_WHY_PROTOCOL, 0, "the head of the server's answer is too large");
            return;
        }
        if (!end) {
            if (stream->is_shut)
                net_stream_end(stream, IO_DOWN, OC_WHY_NETWORK, 0, "the connection ended during the opening handshake");
            return;
        }
        const char *first = memchr(bytes, '\n', size);
        size_t digits;
        const size_t status = number_of(bytes + 9, (size_t)(first - (bytes + 9)), &digits);
        if (digits != 3 || status < 100) {
            net_stream_end(stream, IO_DOWN, OC_WHY_PROTOCOL, 0, "the server's answer has no status of three digits");
            return;
        }
        const struct head head = {.lines = first + 1,
                                  .size = end + 2 > first + 1 ? (size_t)(end + 2 - (first + 1)) : 0,
                                  .status = (uint16_t)status};
        const size_t head_size = (size_t)(end + 4 - bytes);
        if (head.status >= 100 && head.status < 200 && head.status != 101) {
            stream->in_at += head_size; /* the answer is still to come */
            continue;
        }
        if (head.status != 101) {
            if (is_whole(stream, &head, size - head_size))
                refused(stream, &head, bytes + head_size, size - head_size);
            return;
        }
        const char *why = doubt(stream, &head);
        if (!why && (keep_lines(&stream->said, &head) < 0 || net_frame_open(stream) < 0))
            why = "no memory";
        if (why) {
            net_stream_end(stream, IO_DOWN, OC_WHY_PROTOCOL, 0, why);
            return;
        }
        stream->in_at += head_size;
        stream->end_status = 101;
        stream->state = NET_UP;
        stream->has_up = true;
    }
}

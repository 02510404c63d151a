/* net_frame.c: WebSocket messages on a stream: libwslay reads and writes the frames; what they may be one behind the other is held here.
 *
 * Its layer of events is not used: that one answers every ping, and what is owed is one pong for the latest (RFC 6455, 5.5.3). */
#include <stdlib.h>
#include <string.h>

#include <outcry/connector.h>

#include "base/env.h"
#include "base/text.h"
#include "io/net_impl.h"

#define NS_PER_S 1000000000ll

static ssize_t on_recv(uint8_t *bytes, size_t size, int flags, void *self)
{
    struct net_stream *stream = self;
    const size_t left = stream->in.size - stream->in_at;
    (void)flags;
    if (!left)
        return -1; /* not now */
    if (size > left)
        size = left;
    memcpy(bytes, stream->in.data + stream->in_at, size);
    stream->in_at += size;
    return (ssize_t)size;
}

static ssize_t on_send(const uint8_t *bytes, size_t size, int flags, void *self)
{
    (void)flags;
    return net_stream_put(self, bytes, size) < 0 ? -1 : (ssize_t)size;
}

static int on_mask(uint8_t *mask, size_t size, void *self)
{
    net_loop_mask(((struct net_stream *)self)->net->loop, mask, size);
    return 0;
}

oc_rc net_frame_open(struct net_stream *stream)
{
    const struct wslay_frame_callbacks callbacks = {on_send, on_recv, on_mask};
    return stream->net->lib->frames_new(&stream->frames, &callbacks, stream) == 0 ? OC_OK : OC_E_NOMEM;
}

oc_rc net_frame_send(struct net_stream *stream, uint8_t opcode, const void *bytes, size_t size)
{
    struct wslay_frame_iocb part = {.fin = 1, .opcode = opcode, .payload_length = size, .mask = 1, .data = bytes};
    size_t sent = 0;
    do {
        part.data = (const uint8_t *)bytes + sent;
        part.data_length = size - sent;
        const ssize_t done = stream->net->lib->frames_send(stream->frames, &part);
        if (done < 0)
            return OC_E_LIMIT;
        sent += (size_t)done;
    } while (sent < size);
    return OC_OK;
}

void net_frame_close(struct net_stream *stream, uint16_t code)
{
    const uint8_t bytes[2] = {(uint8_t)(code >> 8), (uint8_t)code};
    if (stream->has_sent_close)
        return;
    stream->has_sent_close = true;
    if (net_frame_send(stream, WSLAY_CONNECTION_CLOSE, bytes, code == WSLAY_CODE_NO_STATUS_RCVD ? 0 : sizeof bytes) ==
        OC_OK)
        net_stream_flush(stream);
}

/* It broke the protocol: it is told by which code, and nothing more of it is believed. */
static bool breach(struct net_stream *stream, uint16_t code, const char *words)
{
    net_frame_close(stream, code);
    net_stream_end(stream, IO_DOWN, OC_WHY_PROTOCOL, 0, words);
    return false;
}

static bool is_utf8(const char *text, size_t size)
{
    for (size_t at = 0; at < size;) {
        uint64_t eight;
        if (size - at >= sizeof eight) {
            memcpy(&eight, text + at, sizeof eight);
            if (!(eight & 0x8080808080808080u)) {
                at += sizeof eight;
                continue;
            }
        }
        const int one = text_utf8_size(text + at, size - at);
        if (one < 1)
            return false;
        at += (size_t)one;
    }
    return true;
}

/* Control frames. */

static bool is_code(uint16_t code)
{
    return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) ||
           (code >= 3000 && code <= 4999);
}

static bool take_close(struct net_stream *stream)
{
    uint16_t code = WSLAY_CODE_NO_STATUS_RCVD;
    char words[NET_WORDS_MAX];
    if (stream->control_size >= 2)
        code = (uint16_t)(stream->control[0] << 8 | stream->control[1]);
    if (stream->control_size == 1 || (stream->control_size && !is_code(code)))
        return breach(stream, WSLAY_CODE_PROTOCOL_ERROR, "the server says goodbye with a code that there is not");
    const uint32_t said = stream->control_size > 2 ? stream->control_size - 2 : 0;
    if (said && !is_utf8((const char *)stream->control + 2, said))
        return breach(stream, WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA, "the server's words of goodbye are not UTF-8");
    net_frame_close(stream, code);
    snprintf(words, sizeof words, "the server closes the stream: %u %.*s", code, (int)said,
             said ? (const char *)stream->control + 2 : "");
    net_stream_end(stream, IO_DOWN, OC_WHY_NETWORK, 0, words);
    return false;
}

/* False: the stream is over. */
static bool take_control(struct net_stream *stream)
{
    const int64_t now_ns = env_clock_mono();
    if (now_ns - stream->controls_ns >= NS_PER_S) {
        stream->controls_ns = now_ns;
        stream->controls = 0;
    }
    if (++stream->controls > NET_CONTROLS_MAX)
        return breach(stream, WSLAY_CODE_POLICY_VIOLATION, "more than 50 control frames within a second");
    if (stream->frame_opcode == WSLAY_CONNECTION_CLOSE)
        return take_close(stream);
    if (stream->frame_opcode == WSLAY_PING) {
        memcpy(stream->ping, stream->control, stream->control_size);
        stream->ping_size = (uint8_t)stream->control_size;
        stream->has_ping = true;
    }
    return true;
}

static void answer_ping(struct net_stream *stream)
{
    if (!stream->has_ping || stream->has_end)
        return;
    stream->has_ping = false;
    if (net_frame_send(stream, WSLAY_PONG, stream->ping, stream->ping_size) == OC_OK) {
        stream->net->figures.pongs++;
        net_stream_flush(stream);
    }
}

/* Frames of messages. */

/* False: the stream is over. */
static bool begin_frame(struct net_stream *stream, const struct wslay_frame_iocb *part)
{
    const bool is_control = wslay_is_ctrl_frame(part->opcode), is_more = part->opcode == WSLAY_CONTINUATION_FRAME;
    const char *why = NULL;
    if (part->rsv)
        why = "a frame has a bit that was not negotiated: permessage-deflate is not supported";
    else if (part->mask)
        why = "the server masks its frames";
    else if (part->opcode > WSLAY_PING + 1 || (part->opcode > WSLAY_BINARY_FRAME && !is_control))
        why = "a frame of a kind that there is not";
    else if (is_control && (!part->fin || part->payload_length > sizeof stream->ping))
        why = "a control frame in pieces, or of more than 125 bytes";
    else if (!is_control && is_more != stream->has_message)
        why = is_more ? "a piece of no message" : "a message inside another";
    if (why)
        return breach(stream, WSLAY_CODE_PROTOCOL_ERROR, why);
    stream->is_in_frame = true;
    stream->is_final = part->fin;
    stream->frame_opcode = part->opcode;
    stream->frame_left = part->payload_length;
    if (is_control) {
        stream->control_size = 0;
        return true;
    }
    if (!is_more) {
        stream->message.size = 0;
        stream->fragments = 0;
        stream->message_opcode = part->opcode;
    }
    stream->has_message = true;
    if (++stream->fragments > NET_FRAGMENTS_MAX)
        return breach(stream, WSLAY_CODE_POLICY_VIOLATION, "a message in more than 1024 pieces");
    if (part->payload_length > stream->message_max - stream->message.size)
        return breach(stream, WSLAY_CODE_MESSAGE_TOO_BIG, "a message is larger than it may be");
    return true;
}

static bool add_part(struct net_stream *stream, const struct wslay_frame_iocb *part)
{
    stream->frame_left -= part->data_length;
    if (wslay_is_ctrl_frame(stream->frame_opcode)) {
        memcpy(stream->control + stream->control_size, part->data, part->data_length);
        stream->control_size += (uint32_t)part->data_length;
        return true;
    }
    if (net_bytes_add(&stream->message, part->data, part->data_length, stream->message_max) == OC_OK)
        return true;
    return breach(stream, WSLAY_CODE_MESSAGE_TOO_BIG,
                  "a message is larger than it may be, or than there is memory for");
}

/* The frame is whole. 1: and with it a message; 0: not yet; negative: the stream is over. */
static int end_frame(struct net_stream *stream)
{
    stream->is_in_frame = false;
    if (wslay_is_ctrl_frame(stream->frame_opcode))
        return take_control(stream) ? 0 : -1;
    if (!stream->is_final)
        return 0;
    stream->has_message = false;
    if (stream->message_opcode == WSLAY_TEXT_FRAME && !is_utf8(stream->message.data, stream->message.size)) {
        (void)breach(stream, WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA, "a message of text is not UTF-8");
        return -1;
    }
    if (net_bytes_end(&stream->message) < 0) {
        (void)breach(stream, WSLAY_CODE_MESSAGE_TOO_BIG, "no memory for a message");
        return -1;
    }
    return 1;
}

bool net_frame_next(struct net_stream *stream)
{
    int found = 0;
    while (found == 0) {
        struct wslay_frame_iocb part = {0};
        const ssize_t got = stream->net->lib->frames_recv(stream->frames, &part);
        if (got == WSLAY_ERR_WANT_READ)
            break;
        if (got < 0)
            return breach(stream, WSLAY_CODE_PROTOCOL_ERROR, "a frame that cannot be read");
        if (!stream->is_in_frame && !begin_frame(stream, &part))
            return false;
        if (!add_part(stream, &part))
            return false;
        if (!stream->frame_left)
            found = end_frame(stream);
    }
    if (found <= 0)
        answer_ping(stream);
    return found > 0;
}

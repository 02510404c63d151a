#include "support/transcript.h"

#include <stdio.h>
#include <string.h>

struct message { /* a record of `said` */
    uint32_t stream;
    uint32_t size;
    /* bytes */
};

oc_rc transcript_init(struct transcript *transcript, transcript_peer *peer, void *context)
{
    memset(transcript, 0, sizeof *transcript);
    transcript->peer = peer;
    transcript->context = context;
    return ring_init(&transcript->said, TRANSCRIPT_QUEUE_SIZE);
}

static uint64_t line_size(const struct transcript *transcript)
{
    const char *from = transcript->script + transcript->at;
    const char *end = memchr(from, '\n', transcript->script_size - transcript->at);
    return end ? (uint64_t)(end - from) : transcript->script_size - transcript->at;
}

static void next_line(struct transcript *transcript)
{
    transcript->at += line_size(transcript);
    if (transcript->at < transcript->script_size)
        transcript->at++;
    transcript->line++;
}

/* Goes to the next line that says something. '<', '>', or 0 at the end, 1 for a bad line. */
static char script_turn(struct transcript *transcript)
{
    while (transcript->at < transcript->script_size) {
        char first = transcript->script[transcript->at];
        if (first == '<' || first == '>')
            return first;
        if (first != '#' && first != '\n')
            return 1;
        next_line(transcript);
    }
    return 0;
}

/* The bytes of a line behind "< " or "> ". */
static const char *script_bytes(const struct transcript *transcript, uint64_t *ret_size)
{
    uint64_t size = line_size(transcript), skip = 1;
    if (size > 1 && transcript->script[transcript->at + 1] == ' ')
        skip = 2;
    *ret_size = size - skip;
    return transcript->script + transcript->at + skip;
}

oc_rc transcript_init_script(struct transcript *transcript, const char *script)
{
    size_t size = strlen(script);
    if (size > TRANSCRIPT_SCRIPT_MAX)
        return OC_E_LIMIT;
    memset(transcript, 0, sizeof *transcript);
    transcript->script = script;
    transcript->script_size = size;
    transcript->line = 1;
    for (char turn; (turn = script_turn(transcript)) != 0; next_line(transcript))
        if (turn == 1 || line_size(transcript) > TRANSCRIPT_MESSAGE_MAX)
            return OC_E_DATA;
    transcript->at = 0;
    transcript->line = 1;
    return ring_init(&transcript->said, TRANSCRIPT_QUEUE_SIZE);
}

void transcript_release(struct transcript *transcript) { ring_release_all(&transcript->said); }

oc_rc transcript_open(struct transcript *transcript, const char *url, uint32_t *ret_stream)
{
    if (strncmp(url, "transcript:", strlen("transcript:")) != 0)
        return OC_E_NOT_SUPPORTED;
    for (uint32_t i = 0; i < TRANSCRIPT_STREAM_MAX; i++) {
        struct transcript_stream *stream = &transcript->streams[i];
        if (stream->is_open || stream->is_told)
            continue;
        stream->is_open = true;
        *ret_stream = i + 1;
        return OC_OK;
    }
    return OC_E_LIMIT;
}

static struct transcript_stream *open_stream(struct transcript *transcript, uint32_t stream)
{
    if (stream == 0 || stream > TRANSCRIPT_STREAM_MAX || !transcript->streams[stream - 1].is_open)
        return NULL;
    return &transcript->streams[stream - 1];
}

oc_rc transcript_close(struct transcript *transcript, uint32_t stream)
{
    struct transcript_stream *open = open_stream(transcript, stream);
    if (!open)
        return OC_E_STATE;
    open->is_open = false;
    return OC_OK;
}

static void mismatch(struct transcript *transcript, const void *bytes, uint32_t size)
{
    transcript->mismatches++;
    if (transcript->mismatches > 1)
        return;
    uint64_t wanted_size = 0;
    const char *wanted = "";
    char turn = script_turn(transcript);
    if (turn == '>')
        wanted = script_bytes(transcript, &wanted_size);
    snprintf(transcript->mismatch, sizeof transcript->mismatch, "line %u: sent \"%.*s\", expected %s\"%.*s\"",
             transcript->line, (int)(size < 80 ? size : 80), (const char *)bytes, turn == '>' ? "" : "nothing ",
             (int)(wanted_size < 80 ? wanted_size : 80), wanted);
}

oc_rc transcript_send(struct transcript *transcript, uint32_t stream, const void *bytes, uint32_t size)
{
    if (!open_stream(transcript, stream))
        return OC_E_STATE;
    if (size > TRANSCRIPT_MESSAGE_MAX)
        return OC_E_LIMIT;
    transcript->sent++;
    if (!transcript->script) {
        transcript->peer(transcript->context, transcript, stream, bytes, size);
        return OC_OK;
    }
    uint64_t wanted_size;
    if (script_turn(transcript) == '>' && transcript->mismatches == 0) {
        const char *wanted = script_bytes(transcript, &wanted_size);
        if (wanted_size == size && memcmp(wanted, bytes, size) == 0) {
            next_line(transcript);
            return OC_OK;
        }
    }
    mismatch(transcript, bytes, size);
    return OC_OK; /* the bytes were sent; that they surprise the peer is for the test to see */
}

oc_rc transcript_say(struct transcript *transcript, uint32_t stream, const void *bytes, uint32_t size)
{
    if (!open_stream(transcript, stream))
        return OC_E_STATE;
    if (size > TRANSCRIPT_MESSAGE_MAX)
        return OC_E_LIMIT;
    void *room;
    struct message message = {.stream = stream, .size = size};
    oc_rc rc = ring_reserve(&transcript->said, (uint32_t)sizeof message + size, &room);
    if (rc < 0)
        return rc;
    memcpy(room, &message, sizeof message);
    if (size)
        memcpy((uint8_t *)room + sizeof message, bytes, size);
    ring_commit(&transcript->said, (uint32_t)sizeof message + size);
    return OC_OK;
}

static oc_rc tell_streams(struct transcript *transcript, const struct oc_connector *connector, void *self)
{
    for (uint32_t i = 0; i < TRANSCRIPT_STREAM_MAX; i++) {
        struct transcript_stream *stream = &transcript->streams[i];
        if (stream->is_open == stream->is_told)
            continue;
        stream->is_told = stream->is_open;
        if (!connector->stream)
            continue;
        oc_rc rc = connector->stream(self, i + 1, stream->is_open ? OC_STREAM_UP : OC_STREAM_DOWN);
        if (rc < 0) {
            stream->is_told = !stream->is_open;
            return rc;
        }
    }
    return OC_OK;
}

/* 1 if a message was taken, 0 if there is none. */
static oc_rc deliver_said(struct transcript *transcript, const struct oc_connector *connector, void *self)
{
    uint32_t size;
    const void *record = ring_peek(&transcript->said, &size);
    if (!record)
        return 0;
    struct message message;
    memcpy(&message, record, sizeof message);
    oc_rc rc = connector->bytes(self, message.stream, (const uint8_t *)record + sizeof message, message.size);
    if (rc != OC_E_FULL) /* an unreadable message must not come back for ever */
        ring_release(&transcript->said);
    return rc < 0 ? rc : 1;
}

static oc_rc deliver_line(struct transcript *transcript, const struct oc_connector *connector, void *self)
{
    if (!transcript->script || transcript->mismatches || script_turn(transcript) != '<')
        return 0;
    uint32_t stream = 1; /* a script speaks on the first stream that is open */
    while (stream <= TRANSCRIPT_STREAM_MAX && !transcript->streams[stream - 1].is_open)
        stream++;
    if (stream > TRANSCRIPT_STREAM_MAX)
        return 0;
    uint64_t size;
    const char *bytes = script_bytes(transcript, &size);
    /* The connector may answer inside the call: by then this line has happened. */
    uint64_t at = transcript->at;
    uint32_t line = transcript->line;
    next_line(transcript);
    oc_rc rc = connector->bytes(self, stream, bytes, (uint32_t)size);
    if (rc == OC_E_FULL) {
        transcript->at = at;
        transcript->line = line;
    }
    return rc < 0 ? rc : 1;
}

oc_rc transcript_pump(struct transcript *transcript, const struct oc_connector *connector, void *self,
                      uint32_t message_max)
{
    oc_rc rc = tell_streams(transcript, connector, self);
    oc_rc count = 0;
    while (rc >= 0 && (uint32_t)count < message_max) {
        rc = deliver_said(transcript, connector, self);
        if (rc == 0)
            rc = deliver_line(transcript, connector, self);
        if (rc == 0)
            break;
        count += rc > 0;
        transcript->delivered += rc > 0;
    }
    return rc < 0 ? rc : count;
}

bool transcript_is_done(const struct transcript *transcript)
{
    struct transcript at = *transcript;
    return transcript->script && transcript->mismatches == 0 && script_turn(&at) == 0;
}

static oc_rc net_open(void *self, const char *url, uint32_t *ret_stream)
{
    return transcript_open(self, url, ret_stream);
}

static oc_rc net_send(void *self, uint32_t stream, const void *bytes, uint32_t size)
{
    return transcript_send(self, stream, bytes, size);
}

static oc_rc net_close(void *self, uint32_t stream) { return transcript_close(self, stream); }

const struct io_net transcript_net = {.open = net_open, .send = net_send, .close = net_close};

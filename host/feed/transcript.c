#include "feed/transcript.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

struct message { /* a record of `said` */
    uint32_t stream;
    uint32_t size;
    /* bytes */
};

static oc_rc init(struct transcript *transcript)
{
    memset(transcript, 0, sizeof *transcript);
    transcript->clock_ns = INT64_MIN;
    transcript->said = malloc(TRANSCRIPT_QUEUE_SIZE);
    return transcript->said ? OC_OK : OC_E_NOMEM;
}

oc_rc transcript_init(struct transcript *transcript, transcript_peer *peer, void *context)
{
    oc_rc rc = init(transcript);
    transcript->peer = peer;
    transcript->context = context;
    return rc;
}

/* The script. */

static uint64_t line_size(const struct transcript *transcript, uint64_t at)
{
    const char *from = transcript->script + at;
    const char *end = memchr(from, '\n', transcript->script_size - at);
    return end ? (uint64_t)(end - from) : transcript->script_size - at;
}

static uint64_t line_after(const struct transcript *transcript, uint64_t at)
{
    at += line_size(transcript, at);
    return at < transcript->script_size ? at + 1 : at;
}

static void next_line(struct transcript *transcript)
{
    transcript->at = line_after(transcript, transcript->at);
    transcript->line++;
}

/* The bytes of a line behind "< " or "> ". */
static const char *line_bytes(const struct transcript *transcript, uint64_t at, uint64_t *ret_size)
{
    uint64_t size = line_size(transcript, at), skip = size > 1 && transcript->script[at + 1] == ' ' ? 2 : 1;
    *ret_size = size - skip;
    return transcript->script + at + skip;
}

/* Passes comments and standing answers, and times unless the clock is to stand. '<', '>', '@', or 0 at the end. */
static char script_pass(struct transcript *transcript, bool clock_goes)
{
    uint64_t size;
    while (transcript->at < transcript->script_size) {
        const char first = transcript->script[transcript->at];
        const char *bytes = line_bytes(transcript, transcript->at, &size);
        if (first == '<' || first == '>' || (first == '@' && !clock_goes))
            return first;
        if (first == '@')
            (void)text_to_time(bytes, size, &transcript->clock_ns); /* judged when it was opened */
        if (first == '?')
            transcript->rules[transcript->rule_count++] = transcript->at;
        next_line(transcript);
    }
    return 0;
}

/* '<', '>', or 0 at the end: what comes next. */
static char script_turn(struct transcript *transcript) { return script_pass(transcript, true); }

/* The line that must be sent next, without the clock going on for it; '>' or another turn. */
static char script_wants(const struct transcript *transcript, uint64_t *ret_at, uint32_t *ret_line)
{
    struct transcript ahead = *transcript;
    const char turn = script_turn(&ahead);
    *ret_at = ahead.at;
    *ret_line = ahead.line;
    return turn;
}

static oc_rc bad_line(struct transcript *transcript, const char *expected)
{
    const uint64_t size = line_size(transcript, transcript->at);
    snprintf(transcript->mismatch, sizeof transcript->mismatch, "line %u: found \"%.*s\"; expected %s",
             transcript->line, (int)(size < 60 ? size : 60), transcript->script + transcript->at, expected);
    return OC_E_DATA;
}

/* Every line, once: what can be wrong in a script is said before anything of it happens. */
static oc_rc judge_script(struct transcript *transcript)
{
    char before = 0;
    uint32_t rules = 0;
    for (; transcript->at < transcript->script_size; next_line(transcript)) {
        uint64_t size;
        int64_t at_ns;
        const char first = transcript->script[transcript->at];
        if (first == '\n' || first == '#')
            continue;
        const char *bytes = line_bytes(transcript, transcript->at, &size);
        if (!strchr("@<>?!", first))
            return bad_line(transcript, "a line that begins with # @ < > ? or !");
        if (first == '@' && text_to_time(bytes, size, &at_ns) < 0)
            return bad_line(transcript, "a time such as @ 2026-01-05T14:30:00Z");
        if (first == '!' && before != '?' && before != '!')
            return bad_line(transcript, "! lines behind the ? line that they answer");
        if (before == '?' && first != '!')
            return bad_line(transcript, "a ! line behind a ? line");
        if (first == '?' && ++rules > TRANSCRIPT_RULES_MAX)
            return bad_line(transcript, "at most 32 ? lines");
        if (size > TRANSCRIPT_MESSAGE_MAX)
            return bad_line(transcript, "at most 16384 bytes");
        before = first;
    }
    return before == '?' ? bad_line(transcript, "a ! line behind a ? line") : OC_OK;
}

oc_rc transcript_init_script(struct transcript *transcript, const char *script)
{
    const size_t size = strlen(script);
    oc_rc rc = init(transcript);
    if (rc < 0)
        return rc;
    transcript->script = script;
    transcript->script_size = size;
    transcript->line = 1;
    rc = size > TRANSCRIPT_SCRIPT_MAX ? OC_E_LIMIT : judge_script(transcript);
    if (rc < 0) {
        transcript_release(transcript);
        return rc;
    }
    transcript->at = 0;
    transcript->line = 1;
    return OC_OK;
}

void transcript_release(struct transcript *transcript)
{
    free(transcript->said);
    transcript->said = NULL;
}

/* Patterns. */

static size_t name_size(const char *at, const char *end)
{
    size_t size = 0;
    while (at + size < end &&
           ((at[size] >= 'a' && at[size] <= 'z') || at[size] == '_' || (size && at[size] >= '0' && at[size] <= '9')))
        size++;
    return size < TRANSCRIPT_NAME_MAX ? size : TRANSCRIPT_NAME_MAX - 1;
}

/* The value of a name, made where there is none yet; NULL: there are too many. */
static struct transcript_value *value_of(struct transcript *transcript, const char *name, size_t size, bool makes)
{
    for (uint32_t i = 0; i < transcript->value_count; i++)
        if (strlen(transcript->values[i].name) == size && memcmp(transcript->values[i].name, name, size) == 0)
            return &transcript->values[i];
    if (!makes || transcript->value_count == TRANSCRIPT_NAMES_MAX)
        return NULL;
    struct transcript_value *value = &transcript->values[transcript->value_count++];
    memset(value, 0, sizeof *value);
    memcpy(value->name, name, size);
    return value;
}

/* The literal bytes of a pattern up to its next $name; "$$" ends them behind one dollar. */
static size_t literal_size(const char *at, const char *end, size_t *ret_used)
{
    const char *dollar = memchr(at, '$', (size_t)(end - at));
    size_t size = dollar ? (size_t)(dollar - at) : (size_t)(end - at);
    *ret_used = size;
    if (!dollar || (dollar + 1 < end && name_size(dollar + 1, end)))
        return size;
    *ret_used = size + 1 + (dollar + 1 < end && dollar[1] == '$');
    return size + 1; /* the dollar is one of them */
}

/* Values are taken as they are found: of a pattern that fits only to a part, nobody asks for them. */
static bool fits(struct transcript *transcript, const char *pattern, size_t pattern_size, const char *bytes,
                 size_t size)
{
    const char *at = pattern, *end = pattern + pattern_size, *from = bytes, *last = bytes + size;
    struct transcript_value *value = NULL;
    while (at < end || value) {
        size_t used, length = literal_size(at, end, &used);
        const char *found = from;
        if (value)
            found = length ? memmem(from, (size_t)(last - from), at, length) : (at == end ? last : from);
        if (!found || (size_t)(last - found) < length || memcmp(found, at, length) != 0)
            return false;
        if (value) {
            if (found - from >= TRANSCRIPT_VALUE_MAX)
                return false;
            value->size = (uint32_t)(found - from);
            memcpy(value->bytes, from, value->size);
            value = NULL;
        }
        at += used;
        from = found + length;
        if (at < end && *at == '$' && (length = name_size(at + 1, end)) != 0) {
            value = value_of(transcript, at + 1, length, true);
            if (!value)
                return false;
            at += 1 + length;
        }
    }
    return from == last;
}

/* A line with its names replaced, into TRANSCRIPT_MESSAGE_MAX bytes; what does not fit is cut. */
static uint32_t fill_in(struct transcript *transcript, const char *line, uint64_t size, char *message)
{
    uint32_t length = 0;
    for (const char *at = line, *end = line + size; at < end && length < TRANSCRIPT_MESSAGE_MAX;) {
        char number[24];
        size_t name = *at == '$' ? name_size(at + 1, end) : 0;
        const struct transcript_value *value = name ? value_of(transcript, at + 1, name, false) : NULL;
        const char *from = at;
        size_t count = 1, used = 1;
        if (value) {
            from = value->bytes, count = value->size, used = 1 + name;
        } else if (*at == '$' && at + 1 < end && at[1] == '#') {
            count = (size_t)snprintf(number, sizeof number, "%llu", (unsigned long long)transcript->answered);
            from = number, used = 2;
        } else if (*at == '$' && at + 1 < end && at[1] == '$') {
            used = 2;
        }
        if (count > TRANSCRIPT_MESSAGE_MAX - length)
            count = TRANSCRIPT_MESSAGE_MAX - length;
        memcpy(message + length, from, count);
        length += (uint32_t)count;
        at += used;
    }
    return length;
}

/* Streams. */

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
    uint64_t wanted_size = 0, at;
    uint32_t line_number;
    const char *wanted = "";
    char turn = script_wants(transcript, &at, &line_number);
    if (turn == '>')
        wanted = line_bytes(transcript, at, &wanted_size);
    snprintf(transcript->mismatch, sizeof transcript->mismatch, "line %u: sent \"%.*s\", expected %s\"%.*s\"",
             line_number, (int)(size < 200 ? size : 200), (const char *)bytes, turn == '>' ? "" : "nothing ",
             (int)(wanted_size < 200 ? wanted_size : 200), wanted);
}

/* The standing answers of the first ? line that fits. OC_E_NOT_FOUND: none does. */
static oc_rc answer(struct transcript *transcript, uint32_t stream, const void *bytes, uint32_t size)
{
    char message[TRANSCRIPT_MESSAGE_MAX];
    for (uint32_t i = 0; i < transcript->rule_count; i++) {
        uint64_t length, at = transcript->rules[i];
        const char *line = line_bytes(transcript, at, &length);
        if (!fits(transcript, line, length, bytes, size))
            continue;
        transcript->answered++;
        for (at = line_after(transcript, at); at < transcript->script_size; at = line_after(transcript, at)) {
            const char first = transcript->script[at];
            if (first == '#' || first == '\n')
                continue;
            if (first != '!')
                break;
            line = line_bytes(transcript, at, &length);
            oc_rc rc = transcript_say(transcript, stream, message, fill_in(transcript, line, length, message));
            if (rc < 0)
                return rc;
        }
        return OC_OK;
    }
    return OC_E_NOT_FOUND;
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
    uint64_t at;
    uint32_t line_number;
    (void)script_pass(transcript, false); /* standing answers hold from here on */
    if (script_wants(transcript, &at, &line_number) == '>' && transcript->mismatches == 0) {
        uint64_t wanted_size;
        const char *wanted = line_bytes(transcript, at, &wanted_size);
        if (fits(transcript, wanted, wanted_size, bytes, size)) {
            (void)script_turn(transcript);
            next_line(transcript);
            return OC_OK;
        }
    }
    oc_rc rc = transcript->mismatches ? OC_E_NOT_FOUND : answer(transcript, stream, bytes, size);
    if (rc != OC_E_NOT_FOUND)
        return rc;
    mismatch(transcript, bytes, size);
    return OC_OK; /* the bytes were sent; that they surprise the peer is for others to see */
}

oc_rc transcript_say(struct transcript *transcript, uint32_t stream, const void *bytes, uint32_t size)
{
    if (!open_stream(transcript, stream))
        return OC_E_STATE;
    if (size > TRANSCRIPT_MESSAGE_MAX)
        return OC_E_LIMIT;
    const struct message message = {.stream = stream, .size = size};
    if (transcript->said_end + sizeof message + size > TRANSCRIPT_QUEUE_SIZE) {
        transcript->said_end -= transcript->said_at;
        memmove(transcript->said, transcript->said + transcript->said_at, transcript->said_end);
        transcript->said_at = 0;
    }
    if (transcript->said_end + sizeof message + size > TRANSCRIPT_QUEUE_SIZE)
        return OC_E_FULL;
    char *room = transcript->said + transcript->said_end;
    memcpy(room, &message, sizeof message);
    if (size)
        memcpy(room + sizeof message, bytes, size);
    transcript->said_end += (uint32_t)sizeof message + size;
    return OC_OK;
}

/* Delivery. */

static oc_rc tell_streams(struct transcript *transcript, const struct oc_connector_0_1 *connector, void *self)
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

/* 1 if a message was taken, 0 if there is none. The connector may send inside the call, which moves what is queued. */
static oc_rc deliver_said(struct transcript *transcript, const struct oc_connector_0_1 *connector, void *self)
{
    char bytes[TRANSCRIPT_MESSAGE_MAX];
    struct message message;
    if (transcript->said_at == transcript->said_end)
        return 0;
    memcpy(&message, transcript->said + transcript->said_at, sizeof message);
    memcpy(bytes, transcript->said + transcript->said_at + sizeof message, message.size);
    oc_rc rc = connector->bytes(self, message.stream, bytes, message.size);
    if (rc != OC_E_FULL) /* an unreadable message must not come back for ever */
        transcript->said_at += (uint32_t)sizeof message + message.size;
    if (transcript->said_at == transcript->said_end)
        transcript->said_at = transcript->said_end = 0;
    return rc < 0 ? rc : 1;
}

static oc_rc deliver_line(struct transcript *transcript, const struct oc_connector_0_1 *connector, void *self)
{
    char message[TRANSCRIPT_MESSAGE_MAX];
    if (!transcript->script || transcript->mismatches || script_turn(transcript) != '<')
        return 0;
    uint32_t stream = 1; /* a script speaks on the first stream that is open */
    while (stream <= TRANSCRIPT_STREAM_MAX && !transcript->streams[stream - 1].is_open)
        stream++;
    if (stream > TRANSCRIPT_STREAM_MAX)
        return 0;
    uint64_t size;
    const char *bytes = line_bytes(transcript, transcript->at, &size);
    const uint32_t length = fill_in(transcript, bytes, size, message);
    /* The connector may answer inside the call: by then this line has happened. */
    uint64_t at = transcript->at;
    uint32_t line = transcript->line;
    next_line(transcript);
    oc_rc rc = connector->bytes(self, stream, message, length);
    if (rc == OC_E_FULL) {
        transcript->at = at;
        transcript->line = line;
    }
    return rc < 0 ? rc : 1;
}

oc_rc transcript_pump(struct transcript *transcript, const struct oc_connector_0_1 *connector, void *self,
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

oc_rc transcript_pump_said(struct transcript *transcript, const struct oc_connector_0_1 *connector, void *self)
{
    const oc_rc rc = deliver_said(transcript, connector, self);
    transcript->delivered += rc > 0;
    return rc;
}

bool transcript_is_done(const struct transcript *transcript)
{
    uint64_t at;
    uint32_t line_number;
    return transcript->script && transcript->mismatches == 0 && transcript->said_at == transcript->said_end &&
           script_wants(transcript, &at, &line_number) == 0;
}

char transcript_turn(const struct transcript *transcript, uint32_t *ret_line)
{
    uint64_t at;
    return script_wants(transcript, &at, ret_line);
}

const char *transcript_waits_for(const struct transcript *transcript, uint32_t *ret_size, uint32_t *ret_line)
{
    uint64_t size, at;
    if (!transcript->script || script_wants(transcript, &at, ret_line) != '>')
        return NULL;
    const char *bytes = line_bytes(transcript, at, &size);
    *ret_size = (uint32_t)size;
    return bytes;
}

/* What a checkpoint holds; what was said and not delivered follows. */
struct place {
    uint64_t script_size;
    uint64_t at;
    uint64_t sent;
    uint64_t delivered;
    uint64_t answered;
    int64_t clock_ns;
    uint32_t line;
    uint32_t said_size;
    uint32_t value_count;
    uint32_t zero;
    struct transcript_value values[TRANSCRIPT_NAMES_MAX];
};

int64_t transcript_save(const struct transcript *transcript, char *bytes, size_t size_max)
{
    struct place place = {.script_size = transcript->script_size,
                          .at = transcript->at,
                          .sent = transcript->sent,
                          .delivered = transcript->delivered,
                          .answered = transcript->answered,
                          .clock_ns = transcript->clock_ns,
                          .line = transcript->line,
                          .said_size = transcript->said_end - transcript->said_at,
                          .value_count = transcript->value_count};
    memcpy(place.values, transcript->values, sizeof place.values);
    if (sizeof place + place.said_size > size_max)
        return OC_E_LIMIT;
    memcpy(bytes, &place, sizeof place);
    memcpy(bytes + sizeof place, transcript->said + transcript->said_at, place.said_size);
    return (int64_t)(sizeof place + place.said_size);
}

oc_rc transcript_load(struct transcript *transcript, const char *bytes, size_t size)
{
    struct place place;
    if (size < sizeof place)
        return OC_E_DATA;
    memcpy(&place, bytes, sizeof place);
    if (place.at > transcript->script_size || place.script_size > transcript->script_size ||
        place.value_count > TRANSCRIPT_NAMES_MAX || place.said_size > TRANSCRIPT_QUEUE_SIZE ||
        size != sizeof place + place.said_size)
        return OC_E_DATA; /* a script may have grown, and not shrunk */
    transcript->rule_count = 0;
    for (uint64_t at = 0; at < place.at; at = line_after(transcript, at))
        if (transcript->script[at] == '?')
            transcript->rules[transcript->rule_count++] = at;
    transcript->at = place.at;
    transcript->line = place.line;
    transcript->sent = place.sent;
    transcript->delivered = place.delivered;
    transcript->answered = place.answered;
    transcript->clock_ns = place.clock_ns;
    transcript->value_count = place.value_count;
    memcpy(transcript->values, place.values, sizeof place.values);
    transcript->said_at = 0;
    transcript->said_end = place.said_size;
    memcpy(transcript->said, bytes + sizeof place, place.said_size);
    return OC_OK;
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

#include "io/transcript.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

oc_rc transcript_init(struct transcript *transcript, const char *script, size_t size)
{
    memset(transcript, 0, sizeof *transcript);
    transcript->script = script;
    transcript->clock_ns = INT64_MIN;
    transcript->said_last = &transcript->said;
    if (size > TRANSCRIPT_SIZE_MAX)
        return OC_E_LIMIT;
    const oc_rc rc = transcript_read(transcript, size);
    if (rc < 0) {
        free(transcript->lines);
        free(transcript->parts);
        transcript->lines = NULL;
        transcript->parts = NULL;
        transcript->line_count = 0;
    }
    return rc;
}

static void free_said(struct transcript_said *said)
{
    if (!said)
        return;
    free((char *)(uintptr_t)said->happening.bytes);
    free((char *)(uintptr_t)said->happening.headers);
    free(said);
}

void transcript_release(struct transcript *transcript)
{
    while (transcript->said) {
        struct transcript_said *next = transcript->said->next;
        free_said(transcript->said);
        transcript->said = next;
    }
    free_said(transcript->given);
    free(transcript->lines);
    free(transcript->parts);
    memset(transcript, 0, sizeof *transcript);
}

oc_rc transcript_starts(const struct transcript *transcript, int64_t *ret_ns)
{
    if (!transcript->line_count || transcript->lines[0].kind != LINE_TIME || transcript->lines[0].is_later)
        return OC_E_NOT_FOUND;
    *ret_ns = transcript->lines[0].time_ns;
    return OC_OK;
}

/* What comes next. */

static int64_t time_of(const struct transcript *transcript, const struct transcript_line *line)
{
    if (!line->is_later)
        return line->time_ns;
    const int64_t from_ns = transcript->clock_ns == INT64_MIN ? 0 : transcript->clock_ns;
    int64_t at_ns;
    return __builtin_add_overflow(from_ns, line->time_ns, &at_ns) ? INT64_MAX : at_ns;
}

/* Who plays the host's part in the same file is not there yet. */
static bool waits_for_host(const struct transcript *transcript, const struct transcript_line *line)
{
    return transcript->until_line && line->number >= transcript->until_line;
}

/* Past standing answers, which hold from here on, and past times that have come. NULL: the script has ended. */
static const struct transcript_line *turn(struct transcript *transcript, int64_t until_ns)
{
    for (; transcript->at < transcript->line_count; transcript->at++) {
        const struct transcript_line *line = &transcript->lines[transcript->at];
        if (line->mark == '?')
            transcript->rules[transcript->rule_count++] = transcript->at;
        if (line->mark)
            continue;
        if (line->kind != LINE_TIME || waits_for_host(transcript, line))
            return line;
        const int64_t at_ns = time_of(transcript, line);
        if (at_ns > until_ns)
            return line;
        if (at_ns > transcript->clock_ns)
            transcript->clock_ns = at_ns;
    }
    return NULL;
}

/* The next line that must be met, were the clock to go on. */
static const struct transcript_line *wanted(const struct transcript *transcript)
{
    for (uint32_t i = transcript->at; i < transcript->line_count; i++)
        if (!transcript->lines[i].mark && transcript->lines[i].kind != LINE_TIME)
            return &transcript->lines[i];
    return NULL;
}

static bool is_met(const struct transcript_line *line)
{
    return line->kind == LINE_HEARS || line->kind == LINE_EXCHANGE || line->kind == LINE_OPEN ||
           line->kind == LINE_REFUSE;
}

const struct transcript_line *transcript_waits_for(const struct transcript *transcript)
{
    const struct transcript_line *line = wanted(transcript);
    return line && is_met(line) ? line : NULL;
}

/* `line`, which is the next but for times and standing answers, has happened. */
static void pass(struct transcript *transcript, const struct transcript_line *line)
{
    const uint32_t place = (uint32_t)(line - transcript->lines);
    for (; transcript->at < place; transcript->at++) {
        const struct transcript_line *before = &transcript->lines[transcript->at];
        if (before->mark == '?')
            transcript->rules[transcript->rule_count++] = transcript->at;
        if (before->kind == LINE_TIME && !before->mark && time_of(transcript, before) > transcript->clock_ns)
            transcript->clock_ns = time_of(transcript, before);
    }
    transcript->at = place + 1;
}

static void mismatch(struct transcript *transcript, const char *what, const char *where, const char *bytes,
                     uint32_t size)
{
    transcript->mismatches++;
    if (transcript->mismatches > 1)
        return;
    const struct transcript_line *line = wanted(transcript);
    const bool is_waiting = line && is_met(line);
    snprintf(transcript->mismatch, sizeof transcript->mismatch, "line %u: %s %s\"%.*s\", expected %s\"%.*s\"",
             transcript_line_number(transcript), what, where, (int)(size < 200 ? size : 200), bytes,
             is_waiting ? "" : "nothing ", is_waiting ? (int)(line->text.size < 200 ? line->text.size : 200) : 0,
             is_waiting ? line->text.at : "");
}

/* Happenings that wait. */

static oc_rc say(struct transcript *transcript, const struct io_happening *happening, char *bytes, char *headers)
{
    struct transcript_said *said = transcript->said_count < TRANSCRIPT_SAID_MAX ? calloc(1, sizeof *said) : NULL;
    if (!said) {
        free(bytes);
        free(headers);
        return transcript->said_count < TRANSCRIPT_SAID_MAX ? OC_E_NOMEM : OC_E_FULL;
    }
    said->happening = *happening;
    said->happening.bytes = bytes;
    said->happening.headers = headers;
    *transcript->said_last = said;
    transcript->said_last = &said->next;
    transcript->said_count++;
    return OC_OK;
}

/* The headers of an answer as they come from the wire: names in lower case. Owned; NULL: no memory. */
static char *headers_of(const struct transcript *transcript, const struct transcript_line *line, uint32_t *ret_size)
{
    size_t size = 0;
    char *all = calloc(1, 16);
    if (!all)
        return NULL;
    for (uint32_t i = 0; i < line->parts; i++) {
        const struct transcript_part *part = &transcript->parts[line->first_part + i];
        uint32_t value_size;
        char *value = transcript_fill(transcript, part->text, &value_size);
        char *more = value ? realloc(all, size + part->header.size + value_size + 4 + 16) : NULL;
        if (!more) {
            free(value);
            free(all);
            return NULL;
        }
        all = more;
        for (uint32_t j = 0; j < part->header.size; j++) {
            const char c = part->header.at[j];
            all[size++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
        }
        size += (size_t)sprintf(all + size, ": %.*s\r\n", (int)value_size, value);
        memset(all + size, 0, 16);
        free(value);
    }
    *ret_size = (uint32_t)size;
    return all;
}

/* The happening that a line is, its bytes owned by the caller. OC_E_AGAIN: its stream is not up. */
/* It comes on a stream that is not up: that is opened, or opened again, when the host does. */
static bool waits_for_stream(const struct transcript *transcript, const struct transcript_line *line)
{
    const struct transcript_name *name = &transcript->names[line->name];
    const bool is_of_stream = line->kind == LINE_SAYS || line->kind == LINE_FALLS || line->kind == LINE_TORN;
    return is_of_stream && (!name->stream || !name->is_up);
}

static oc_rc happening_of(struct transcript *transcript, const struct transcript_line *line, struct io_happening *ret,
                          char **ret_bytes, char **ret_headers)
{
    *ret = (struct io_happening){.at_ns = transcript->clock_ns};
    *ret_bytes = *ret_headers = NULL;
    if (waits_for_stream(transcript, line))
        return OC_E_AGAIN;
    if (line->kind == LINE_SAYS || line->kind == LINE_FALLS || line->kind == LINE_TORN)
        ret->stream = transcript->names[line->name].stream;
    else
        ret->exchange = transcript->exchange;
    switch ((enum transcript_kind)line->kind) {
    case LINE_SAYS:
        ret->kind = IO_MESSAGE;
        *ret_bytes = transcript_fill(transcript, line->text, &ret->size);
        return *ret_bytes ? OC_OK : OC_E_NOMEM;
    case LINE_FALLS:
    case LINE_TORN: /* nothing of it is heard */
        ret->kind = IO_DOWN;
        ret->why = OC_WHY_NETWORK;
        return OC_OK;
    case LINE_ANSWER:
        ret->kind = IO_RESPONSE;
        ret->status = line->status;
        *ret_bytes = transcript_fill(transcript, line->text, &ret->size);
        *ret_headers = *ret_bytes ? headers_of(transcript, line, &ret->headers_size) : NULL;
        return *ret_bytes && *ret_headers ? OC_OK : OC_E_NOMEM;
    case LINE_LOST:
    case LINE_UNSENT:
        ret->kind = line->kind == LINE_LOST ? IO_LOST : IO_UNSENT;
        ret->why = OC_WHY_NETWORK;
        return OC_OK;
    case LINE_TIME:
    case LINE_OPEN:
    case LINE_REFUSE:
    case LINE_HEARS:
    case LINE_EXCHANGE:
        break;
    }
    return OC_E_AGAIN;
}

static void fallen(struct transcript *transcript, uint32_t stream)
{
    for (uint32_t i = 0; i < transcript->name_count; i++)
        if (transcript->names[i].stream == stream) {
            transcript->names[i].stream = 0;
            transcript->names[i].is_up = false;
        }
}

/* What the ! lines behind a ? line say. */
static oc_rc answer(struct transcript *transcript, uint32_t rule)
{
    transcript->met++;
    for (uint32_t i = rule + 1; i < transcript->line_count && transcript->lines[i].mark == '!'; i++) {
        struct io_happening happening;
        char *bytes, *headers;
        oc_rc rc = happening_of(transcript, &transcript->lines[i], &happening, &bytes, &headers);
        if (rc == OC_OK)
            rc = say(transcript, &happening, bytes, headers);
        if (rc < 0 && rc != OC_E_AGAIN)
            return rc;
    }
    return OC_OK;
}

/* What is sent. */

static struct transcript_name *name_of_stream(struct transcript *transcript, uint32_t stream)
{
    for (uint32_t i = 0; i < transcript->name_count; i++)
        if (transcript->names[i].stream == stream)
            return &transcript->names[i];
    return NULL;
}

static oc_rc come_up(struct transcript *transcript, struct transcript_name *name, uint32_t stream)
{
    name->stream = stream;
    name->is_up = true;
    const struct io_happening happening = {.kind = IO_UP, .stream = stream, .at_ns = transcript->clock_ns};
    return say(transcript, &happening, NULL, NULL);
}

static oc_rc link_open(void *self, const struct io_opening *opening)
{
    struct transcript *transcript = self;
    const struct transcript_line *line = transcript->mismatches ? NULL : wanted(transcript);
    if (line && (line->kind == LINE_OPEN || line->kind == LINE_REFUSE) &&
        strcmp(transcript->names[line->name].endpoint, opening->endpoint) == 0 &&
        (!line->text.size || transcript_fits(transcript, line->text, opening->path, opening->path_size) ||
         line->kind == LINE_REFUSE)) {
        pass(transcript, line);
        if (line->kind == LINE_OPEN)
            return come_up(transcript, &transcript->names[line->name], opening->stream);
        struct io_happening happening = {.kind = IO_REFUSED,
                                         .stream = opening->stream,
                                         .status = line->status,
                                         .why = OC_WHY_VENUE_ERROR,
                                         .at_ns = transcript->clock_ns};
        char *words = transcript_fill(transcript, line->text, &happening.size);
        return words ? say(transcript, &happening, words, NULL) : OC_E_NOMEM;
    }
    for (uint32_t i = 0; i < transcript->name_count && !transcript->mismatches; i++) {
        struct transcript_name *name = &transcript->names[i];
        if (!name->is_scripted && !name->stream && strcmp(name->endpoint, opening->endpoint) == 0)
            return come_up(transcript, name, opening->stream);
    }
    mismatch(transcript, "opened", opening->endpoint, opening->path, opening->path_size);
    return OC_OK;
}

static oc_rc link_send(void *self, uint32_t stream, const void *bytes, uint32_t size)
{
    struct transcript *transcript = self;
    struct transcript_name *name = name_of_stream(transcript, stream);
    if (!name || !name->is_up)
        return OC_E_STATE;
    if (transcript->mismatches)
        return OC_OK; /* it left; nothing more happens */
    const struct transcript_line *line = wanted(transcript);
    if (line && line->kind == LINE_HEARS && &transcript->names[line->name] == name &&
        transcript_fits(transcript, line->text, bytes, size)) {
        pass(transcript, line);
        return OC_OK;
    }
    (void)turn(transcript, transcript->clock_ns); /* standing answers hold from here on */
    for (uint32_t i = 0; i < transcript->rule_count; i++) {
        const struct transcript_line *rule = &transcript->lines[transcript->rules[i]];
        if (rule->kind == LINE_HEARS && &transcript->names[rule->name] == name &&
            transcript_fits(transcript, rule->text, bytes, size))
            return answer(transcript, transcript->rules[i]);
    }
    mismatch(transcript, "sent", "", bytes, size);
    return OC_OK;
}

static bool has_header(struct transcript *transcript, const struct transcript_part *part,
                       const struct io_exchange *exchange)
{
    const char *at = exchange->headers, *end = at + exchange->headers_size;
    while (at < end) {
        const char *line_end = memchr(at, '\r', (size_t)(end - at));
        if (!line_end)
            return false;
        const char *colon = memchr(at, ':', (size_t)(line_end - at));
        if (colon && (size_t)(colon - at) == part->header.size &&
            strncasecmp(at, part->header.at, part->header.size) == 0) {
            const char *value = colon + 1 + (colon[1] == ' ');
            return transcript_fits(transcript, part->text, value, (uint32_t)(line_end - value));
        }
        at = line_end + 2;
    }
    return false;
}

static bool is_exchange(struct transcript *transcript, const struct transcript_line *line,
                        const struct io_exchange *exchange)
{
    if (line->kind != LINE_EXCHANGE || line->method != exchange->method ||
        !transcript_fits(transcript, line->text, exchange->path, exchange->path_size))
        return false;
    for (uint32_t i = 0; i < line->parts; i++) {
        const struct transcript_part *part = &transcript->parts[line->first_part + i];
        if (!(part->header.size ? has_header(transcript, part, exchange)
                                : transcript_fits(transcript, part->text, exchange->body, exchange->body_size)))
            return false;
    }
    return true;
}

static oc_rc link_http(void *self, const struct io_exchange *exchange)
{
    static const char *const methods[] = {"GET ", "POST ", "PUT ", "DELETE ", "PATCH "};
    struct transcript *transcript = self;
    if (transcript->mismatches)
        return OC_OK;
    const struct transcript_line *line = wanted(transcript);
    if (line && is_exchange(transcript, line, exchange)) {
        pass(transcript, line);
        transcript->exchange = exchange->exchange;
        return OC_OK;
    }
    (void)turn(transcript, transcript->clock_ns);
    for (uint32_t i = 0; i < transcript->rule_count; i++) {
        if (!is_exchange(transcript, &transcript->lines[transcript->rules[i]], exchange))
            continue;
        const uint64_t before = transcript->exchange;
        transcript->exchange = exchange->exchange;
        const oc_rc rc = answer(transcript, transcript->rules[i]);
        transcript->exchange = before;
        return rc;
    }
    mismatch(transcript, "asked", methods[exchange->method], exchange->path, exchange->path_size);
    return OC_OK;
}

static void link_close(void *self, uint32_t stream) { fallen(self, stream); }

/* What happens. */

static struct transcript_said *of_line(struct transcript *transcript, const struct transcript_line *line, oc_rc *ret_rc)
{
    struct io_happening happening;
    char *bytes, *headers;
    *ret_rc = happening_of(transcript, line, &happening, &bytes, &headers);
    if (*ret_rc < 0) {
        free(bytes);
        return NULL;
    }
    struct transcript_said *said = calloc(1, sizeof *said);
    if (!said) {
        free(bytes);
        free(headers);
        *ret_rc = OC_E_NOMEM;
        return NULL;
    }
    happening.bytes = bytes;
    happening.headers = headers;
    said->happening = happening;
    return said;
}

static oc_rc link_next(void *self, int64_t until_ns, struct io_happening *ret)
{
    struct transcript *transcript = self;
    oc_rc rc = OC_OK;
    if (!transcript->given && transcript->said) {
        transcript->given = transcript->said;
        transcript->said = transcript->given->next;
        transcript->said_count--;
        if (!transcript->said)
            transcript->said_last = &transcript->said;
        transcript->is_of_script = false;
    }
    if (!transcript->given) {
        const struct transcript_line *line = transcript->mismatches ? NULL : turn(transcript, until_ns);
        if (!line)
            return transcript->mismatches ? OC_E_AGAIN : OC_E_END;
        if (line->kind == LINE_TIME || is_met(line) || waits_for_host(transcript, line))
            return OC_E_AGAIN;
        transcript->given = of_line(transcript, line, &rc);
        if (!transcript->given)
            return rc;
        transcript->is_of_script = true;
    }
    *ret = transcript->given->happening;
    if (ret->at_ns < transcript->clock_ns)
        ret->at_ns = transcript->clock_ns;
    return OC_OK;
}

static void link_taken(void *self)
{
    struct transcript *transcript = self;
    struct transcript_said *given = transcript->given;
    if (!given)
        return;
    if (given->happening.kind == IO_DOWN)
        fallen(transcript, given->happening.stream);
    if (transcript->is_of_script)
        transcript->at++;
    transcript->given = NULL;
    free_said(given);
}

static int64_t link_next_ns(void *self)
{
    const struct transcript *transcript = self;
    if (transcript->given || transcript->said)
        return transcript->clock_ns;
    for (uint32_t i = transcript->at; i < transcript->line_count && !transcript->mismatches; i++) {
        const struct transcript_line *line = &transcript->lines[i];
        if (!line->mark)
            return line->kind == LINE_TIME                              ? time_of(transcript, line)
                   : is_met(line) || waits_for_stream(transcript, line) ? INT64_MAX
                                                                        : transcript->clock_ns;
    }
    return INT64_MAX;
}

struct io_link transcript_link(struct transcript *transcript)
{
    return (struct io_link){.self = transcript,
                            .open = link_open,
                            .send = link_send,
                            .http = link_http,
                            .close = link_close,
                            .next = link_next,
                            .taken = link_taken,
                            .next_ns = link_next_ns};
}

uint32_t transcript_line_number(const struct transcript *transcript)
{
    if (!transcript->line_count)
        return 1;
    const struct transcript_line *line = wanted(transcript);
    return line ? line->number : transcript->lines[transcript->line_count - 1].number;
}

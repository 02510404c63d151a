/* transcript_read.c: a transcript's text into lines: what can be wrong in it is said before anything of it happens. */
#include "io/transcript.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

struct reading {
    uint32_t exchanges; /* of the script, that are not answered yet */
    struct transcript *transcript;
    const char *at; /* of the rest of the line */
    const char *end;
    uint32_t number;
    uint32_t line_room, part_room;
    char before; /* the mark of the line before */
};

static oc_rc bad(struct reading *reading, const char *found, size_t size, const char *expected)
{
    snprintf(reading->transcript->mismatch, sizeof reading->transcript->mismatch,
             "line %u: found \"%.*s\"; expected %s", reading->number, (int)(size < 60 ? size : 60), found, expected);
    return OC_E_DATA;
}

static void skip_blanks(struct reading *reading)
{
    while (reading->at < reading->end && *reading->at == ' ')
        reading->at++;
}

static struct transcript_text word(struct reading *reading)
{
    struct transcript_text text = {.at = reading->at};
    while (reading->at < reading->end && *reading->at != ' ')
        reading->at++;
    text.size = (uint32_t)(reading->at - text.at);
    skip_blanks(reading);
    return text;
}

static bool is(struct transcript_text text, const char *wanted)
{
    return text.size == strlen(wanted) && memcmp(text.at, wanted, text.size) == 0;
}

static struct transcript_text rest(const struct reading *reading)
{
    return (struct transcript_text){.at = reading->at, .size = (uint32_t)(reading->end - reading->at)};
}

static bool is_name(struct transcript_text text)
{
    for (uint32_t i = 0; i < text.size; i++)
        if (!((text.at[i] >= 'a' && text.at[i] <= 'z') || text.at[i] == '_' ||
              (i && text.at[i] >= '0' && text.at[i] <= '9')))
            return false;
    return text.size > 0 && text.size < TRANSCRIPT_NAME_MAX;
}

static void *grown(void *list, uint32_t count, uint32_t *room, size_t each)
{
    if (count < *room)
        return list;
    const uint32_t wanted = *room ? *room * 2 : 64;
    void *more = realloc(list, wanted * each);
    if (more)
        *room = wanted;
    return more;
}

/* The stream of that name, which may be new. */
static oc_rc take_name(struct reading *reading, struct transcript_text name, struct transcript_text endpoint,
                       uint8_t *ret_name)
{
    struct transcript *transcript = reading->transcript;
    if (!is_name(name) || !is_name(endpoint))
        return bad(reading, name.at, name.size, "the name of a stream: at most 23 of a-z 0-9 _");
    for (uint32_t i = 0; i < transcript->name_count; i++)
        if (is(name, transcript->names[i].name)) {
            *ret_name = (uint8_t)i;
            return OC_OK;
        }
    if (transcript->name_count == TRANSCRIPT_NAMES_MAX)
        return bad(reading, name.at, name.size, "at most 16 streams");
    struct transcript_name *made = &transcript->names[transcript->name_count];
    memcpy(made->name, name.at, name.size);
    memcpy(made->endpoint, endpoint.at, endpoint.size);
    *ret_name = (uint8_t)transcript->name_count++;
    return OC_OK;
}

static oc_rc read_time(struct reading *reading, struct transcript_line *line)
{
    line->kind = LINE_TIME;
    line->is_later = reading->at < reading->end && *reading->at == '+';
    const char *at = reading->at + line->is_later;
    const size_t size = (size_t)(reading->end - at);
    const oc_rc rc =
        line->is_later ? text_to_duration(at, size, &line->time_ns) : text_to_time(at, size, &line->time_ns);
    if (rc < 0 || (line->is_later && line->time_ns < 0))
        return bad(reading, reading->at, (size_t)(reading->end - reading->at),
                   "a time such as 2026-01-05T14:30:00Z, or +250ms");
    return OC_OK;
}

static oc_rc read_status(struct reading *reading, struct transcript_line *line)
{
    const struct transcript_text text = word(reading);
    uint32_t status = 0;
    for (uint32_t i = 0; i < text.size && i < 4; i++)
        status = text.at[i] >= '0' && text.at[i] <= '9' ? status * 10 + (uint32_t)(text.at[i] - '0') : 1000;
    if (text.size != 3 || status < 100 || status > 599)
        return bad(reading, text.at, text.size, "a status from 100 to 599");
    line->status = (uint16_t)status;
    return OC_OK;
}

static oc_rc read_open(struct reading *reading, struct transcript_line *line, bool is_refused)
{
    struct transcript_text endpoint = word(reading), name = endpoint;
    struct reading ahead = *reading;
    line->kind = is_refused ? LINE_REFUSE : LINE_OPEN;
    if (is(word(&ahead), "as")) {
        name = word(&ahead);
        *reading = ahead;
    }
    oc_rc rc = take_name(reading, name, endpoint, &line->name);
    if (rc == OC_OK && is_refused)
        rc = read_status(reading, line);
    if (rc == OC_OK)
        reading->transcript->names[line->name].is_scripted = true;
    return rc;
}

static int method_of(struct transcript_text text)
{
    static const char *const names[] = {"GET", "POST", "PUT", "DELETE", "PATCH"};
    for (int i = 0; i < 5; i++)
        if (is(text, names[i]))
            return i;
    return -1;
}

/* The word behind the name of a stream says what happens on it. */
static oc_rc read_stream(struct reading *reading, struct transcript_line *line, struct transcript_text name)
{
    const struct transcript_text what = word(reading);
    line->kind = is(what, "<")       ? LINE_SAYS
                 : is(what, ">")     ? LINE_HEARS
                 : is(what, "falls") ? LINE_FALLS
                 : is(what, "torn")  ? LINE_TORN
                                     : 0;
    if (!line->kind)
        return bad(reading, name.at, (size_t)(reading->end - name.at),
                   "open, refuse, @, a method, answer, lost, unsent, or a stream with < > falls or torn");
    return take_name(reading, name, name, &line->name);
}

static oc_rc read_what(struct reading *reading, struct transcript_line *line)
{
    const struct transcript_text first = word(reading);
    const int method = method_of(first);
    oc_rc rc = OC_OK;
    if (is(first, "@")) {
        rc = read_time(reading, line);
    } else if (is(first, "open") || is(first, "refuse")) {
        rc = read_open(reading, line, is(first, "refuse"));
    } else if (method >= 0) {
        line->kind = LINE_EXCHANGE;
        line->method = (uint8_t)method;
        if (reading->at == reading->end || *reading->at != '/')
            rc = bad(reading, reading->at, (size_t)(reading->end - reading->at), "a path that begins with /");
    } else if (is(first, "answer")) {
        line->kind = LINE_ANSWER;
        rc = read_status(reading, line);
    } else if (is(first, "lost") || is(first, "unsent")) {
        line->kind = is(first, "lost") ? LINE_LOST : LINE_UNSENT;
    } else {
        rc = read_stream(reading, line, first);
    }
    line->text = rest(reading);
    return rc;
}

static bool is_met(uint8_t kind) { return kind == LINE_HEARS || kind == LINE_EXCHANGE; }

static bool is_answer(uint8_t kind) { return kind == LINE_ANSWER || kind == LINE_LOST || kind == LINE_UNSENT; }

/* What the standing answer that is being read is for. */
static bool is_asked_by_http(const struct transcript *transcript)
{
    uint32_t i = transcript->line_count;
    while (i > 0 && transcript->lines[i - 1].mark == '!')
        i--;
    return i > 0 && transcript->lines[i - 1].mark == '?' && transcript->lines[i - 1].kind == LINE_EXCHANGE;
}

/* ? stands before what is met, ! behind it before what happens then. */
static oc_rc judge_marks(struct reading *reading, const struct transcript_line *line)
{
    static const char then[] = "a ! line behind a ? line";
    const char *text = line->text.at ? line->text.at : reading->at;
    if (reading->before == '?' && line->mark != '!')
        return bad(reading, text, line->text.size, then);
    if (line->mark == '?' && !is_met(line->kind))
        return bad(reading, text, line->text.size, "a stream with >, or a method, behind ?");
    if (line->mark == '!' && ((reading->before != '?' && reading->before != '!') || is_met(line->kind) ||
                              line->kind == LINE_TIME || line->kind == LINE_OPEN || line->kind == LINE_REFUSE))
        return bad(reading, text, line->text.size,
                   "! lines behind the ? line that they answer: < falls torn answer lost unsent");
    reading->exchanges += !line->mark && line->kind == LINE_EXCHANGE;
    if (is_answer(line->kind) && !line->mark && reading->exchanges-- == 0)
        return bad(reading, text, line->text.size, "a method with a path before it: an exchange that this answers");
    if (is_answer(line->kind) && line->mark == '!' && !is_asked_by_http(reading->transcript))
        return bad(reading, text, line->text.size, "a `?` line with a method before it: an exchange that this answers");
    if (line->mark == '?' && reading->transcript->rule_count++ == TRANSCRIPT_RULES_MAX)
        return bad(reading, text, line->text.size, "at most 64 ? lines");
    return OC_OK;
}

static oc_rc read_part(struct reading *reading)
{
    struct transcript *transcript = reading->transcript;
    static const char expected[] = "an indented `header NAME: TEXT` or `body TEXT` behind a method or an answer";
    struct transcript_line *line = transcript->line_count ? &transcript->lines[transcript->line_count - 1] : NULL;
    struct transcript_part part = {{0}, {0}};
    skip_blanks(reading);
    const char *from = reading->at;
    const struct transcript_text what = word(reading);
    if (!line || (line->kind != LINE_EXCHANGE && line->kind != LINE_ANSWER) ||
        (is(what, "body") && line->kind == LINE_ANSWER) || (!is(what, "body") && !is(what, "header")))
        return bad(reading, from, (size_t)(reading->end - from), expected);
    if (is(what, "header")) {
        part.header = word(reading);
        if (part.header.size < 2 || part.header.at[part.header.size - 1] != ':')
            return bad(reading, from, (size_t)(reading->end - from), expected);
        part.header.size--;
    }
    if (line->parts == UINT16_MAX)
        return bad(reading, from, (size_t)(reading->end - from), "at most 65,535 indented lines");
    part.text = rest(reading);
    void *parts = grown(transcript->parts, transcript->part_count, &reading->part_room, sizeof part);
    if (!parts)
        return OC_E_NOMEM;
    transcript->parts = parts;
    if (!line->parts)
        line->first_part = transcript->part_count;
    line->parts++;
    transcript->parts[transcript->part_count++] = part;
    return OC_OK;
}

static oc_rc read_line(struct reading *reading)
{
    struct transcript *transcript = reading->transcript;
    struct transcript_line line = {.number = reading->number};
    if (*reading->at == ' ')
        return read_part(reading);
    if (*reading->at == '?' || *reading->at == '!') {
        line.mark = *reading->at++;
        skip_blanks(reading);
    }
    oc_rc rc = read_what(reading, &line);
    if (rc == OC_OK)
        rc = judge_marks(reading, &line);
    if (rc < 0)
        return rc;
    void *lines = grown(transcript->lines, transcript->line_count, &reading->line_room, sizeof line);
    if (!lines)
        return OC_E_NOMEM;
    transcript->lines = lines;
    transcript->lines[transcript->line_count++] = line;
    reading->before = line.mark;
    return OC_OK;
}

oc_rc transcript_read(struct transcript *transcript, size_t size)
{
    struct reading reading = {.transcript = transcript};
    bool has_head = false;
    const char *end = transcript->script + size;
    for (const char *at = transcript->script; at < end; at = reading.end + 1) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        reading.number++;
        reading.at = at;
        reading.end = line_end ? line_end : end;
        if (reading.end == at || *at == '#')
            continue;
        if (!has_head) {
            has_head = true;
            if (!is(rest(&reading), "transcript 2"))
                return bad(&reading, at, (size_t)(reading.end - at), "`transcript 2` as the first line");
            continue;
        }
        const oc_rc rc = read_line(&reading);
        if (rc < 0)
            return rc;
    }
    reading.number++;
    transcript->rule_count = 0;
    if (reading.before == '?')
        return bad(&reading, "the end", 7, "a ! line behind a ? line");
    return has_head ? OC_OK : bad(&reading, "the end", 7, "`transcript 2` as the first line");
}

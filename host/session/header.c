#include "session/header.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/version.h"
#include "session/session.h"

static void put_field(struct text *text, const char *bytes, size_t size)
{
    text_format(text, " %zu:", size);
    text_put_bytes(text, bytes, size);
}

void header_put(struct text *text, const char *word, ...)
{
    va_list args;
    va_start(args, word);
    text_put(text, word);
    for (const char *field = va_arg(args, const char *); field; field = va_arg(args, const char *))
        put_field(text, field, strlen(field));
    va_end(args);
    text_put_char(text, '\n');
}

void header_put_text(struct text *text, const char *word, const char *name, const char *bytes, size_t size)
{
    char hash[20];
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)hash64(bytes, size));
    text_put(text, word);
    put_field(text, name, strlen(name));
    put_field(text, bytes, size);
    put_field(text, hash, strlen(hash));
    text_put_char(text, '\n');
}

static void put_number(struct text *text, const char *word, uint64_t number)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    header_put(text, word, digits, NULL);
}

static void put_instrument(const struct session *session, uint32_t index, struct text *text)
{
    const struct oc_data_info *info = &session->data.sources[index].info;
    const char *symbol = session_symbol(session, index);
    char price[TEXT_DECIMAL_MAX], qty[TEXT_DECIMAL_MAX], venue[OC_VENUE_MAX], other[OC_VENUE_MAX];
    session_source_venue(&session->data.sources[index], venue);
    for (uint32_t i = 0; i < index; i++) {
        session_source_venue(&session->data.sources[i], other);
        if (strcmp(session_symbol(session, i), symbol) == 0 && strcmp(venue, other) == 0)
            return;
    }
    text_from_units(price, info->price_step.units, info->price_step.scale, TEXT_SHORTEST);
    text_from_units(qty, info->qty_step.units, info->qty_step.scale, TEXT_SHORTEST);
    header_put(text, "instrument", symbol, price, qty, venue[0] ? venue : NULL, NULL);
}

void header_put_instruments(const struct session *session, struct text *text)
{
    for (uint32_t i = 0; i < session->data.count; i++)
        if (session->data.sources[i].info.price_step.units)
            put_instrument(session, i, text);
}

/* As it was named, and from the root: a replay may be started elsewhere. */
static void put_data(const char *path, struct text *text)
{
    char place[PATH_MAX];
    const bool is_file = !feed_is_synthetic(path) && realpath(path, place);
    header_put(text, "data", path, is_file ? place : NULL, NULL);
}

/* Finer data of the inside of bars: their bytes are compared. */
static void put_inside(const struct feed_source *source, struct text *text)
{
    char place[PATH_MAX];
    if (!realpath(source->path, place))
        place[0] = 0;
    header_put(text, "inside", source->path, place, source->hash, NULL);
}

static void put_part(const struct part *part, struct text *text)
{
    char hash[20];
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)part->hash);
    header_put(text, "part", part->section, part->id, part->version, hash, part->path,
               part->is_missing ? "missing" : (part->is_ours ? "ours" : "foreign"), NULL);
}

void header_write(struct session *session, struct text *text)
{
    header_put(text, "outcry", OUTCRY_VERSION, outcry_build[0] ? outcry_build : NULL, NULL);
    header_put(text, "mode", session->label, NULL);
    if (session->is_whole)
        header_put(text, "whole", NULL);
    put_number(text, "seed", session->clock.seed);
    for (uint32_t i = 0; i < session->registry->count; i++) {
        const struct registry_entry *entry = &session->registry->entries[i];
        char hash[20];
        snprintf(hash, sizeof hash, "%016llx", (unsigned long long)entry->hash);
        header_put(text, "plugin", entry->plugin->id, entry->plugin->version, hash, NULL);
    }
    for (uint32_t i = 0; i < session->settings->count; i++)
        header_put(text, "set", session->settings->list[i].key, session->settings->list[i].value, NULL);
    for (uint32_t i = 0; i < session->data.count; i++)
        put_data(session->data.sources[i].path, text);
    for (uint32_t i = 0; i < session->data.intrabar_count; i++)
        put_inside(&session->data.sources[session->data.count + i], text);
    for (uint32_t i = 0; session->parts && i < session->parts->count; i++)
        put_part(&session->parts->list[i], text);
    char missing[ENGINE_MISSING_MAX] = "";
    if (session->rules.is_recorded) /* it goes on: what it began without is not what it goes on without */
        memcpy(missing, session->rules.recorded, sizeof missing);
    else if (session->parts) /* NULL: the kernel was opened without them */
        parts_missing(session->parts, missing, sizeof missing);
    if (missing[0])
        header_put(text, "lacks", missing, NULL);
    header_put_instruments(session, text);
    if (session->journal.header_write)
        session->journal.header_write(session->journal.header_self, text);
}

/* A length beyond the end is seen by header_next: no line end stands there. */
static bool take_field(const char *text, size_t size, size_t *at, struct header_field *ret_field)
{
    size_t length = 0, digits = 0;
    while (*at < size && text[*at] >= '0' && text[*at] <= '9' && digits++ < 9)
        length = length * 10 + (size_t)(text[(*at)++] - '0');
    if (digits == 0 || *at >= size || text[*at] != ':')
        return false;
    *ret_field = (struct header_field){text + *at + 1, length};
    *at += 1 + length;
    return true;
}

oc_rc header_next(const char *text, size_t size, size_t *at, struct header_line *ret_line)
{
    struct header_line line = {.count = 0};
    size_t length = 0;
    if (*at >= size)
        return OC_E_END;
    while (*at < size && length + 1 < sizeof line.word && text[*at] >= 'a' && text[*at] <= 'z')
        line.word[length++] = text[(*at)++];
    while (length && *at < size && text[*at] == ' ' && line.count < HEADER_FIELDS_MAX) {
        ++*at;
        if (!take_field(text, size, at, &line.fields[line.count++]))
            return OC_E_DATA;
    }
    if (length == 0 || *at >= size || text[*at] != '\n')
        return OC_E_DATA;
    ++*at;
    *ret_line = line;
    return OC_OK;
}

void header_text(const struct header_line *line, uint32_t i, char *ret_text, size_t size_max)
{
    size_t size = i < line->count ? line->fields[i].size : 0;
    if (size >= size_max)
        size = size_max - 1;
    if (size)
        memcpy(ret_text, line->fields[i].bytes, size);
    ret_text[size] = 0;
}

bool header_is_whole(const struct header_line *line)
{
    char hash[20], text[20];
    if (line->count != 3)
        return false;
    header_text(line, 2, text, sizeof text);
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)hash64(line->fields[1].bytes, line->fields[1].size));
    return strcmp(hash, text) == 0;
}

#include "io/wire_log.h"

#include <stdio.h>
#include <string.h>

#include "base/env_folder.h"
#include "base/json_out.h"
#include "base/log.h"
#include "base/redact.h"

enum { FORM_MAX = 4 * WIRE_SIGNATURE_MAX + 8, FORM_MIN = 12 };

static oc_rc turn(struct wire_log *log)
{
    if (log->fd >= 0)
        env_close(log->fd);
    log->fd = -1;
    oc_rc rc = env_folder_turn(log->path, WIRE_FILES_MAX);
    if (rc == OC_OK)
        rc = env_open(log->path, ENV_WRITE | ENV_CREATE | ENV_TRUNCATE, &log->fd);
    log->size = 0;
    return rc;
}

oc_rc wire_log_open(struct wire_log *log, const char *path, enum wire_level level, bool is_json, int64_t size_max)
{
    *log = (struct wire_log){.fd = -1, .size_max = size_max, .is_json = is_json};
    snprintf(log->path, sizeof log->path, "%s", path);
    const oc_rc rc = turn(log); /* each life of a session begins a file */
    if (rc < 0)
        return rc;
    text_init_grow(&log->line, WIRE_LINE_MAX);
    log->level = level;
    return OC_OK;
}

void wire_log_close(struct wire_log *log)
{
    if (log->level != WIRE_OFF)
        env_close(log->fd);
    text_release(&log->line);
    redact_drop(log);
    explicit_bzero(log->signatures, sizeof log->signatures);
    log->fd = -1;
    log->level = WIRE_OFF;
}

static void give_up(struct wire_log *log, const char *what)
{
    log_error("network", "%s: %s: nothing more is written there: %s", log->path, what, env_error_text());
    if (log->fd >= 0)
        env_close(log->fd);
    log->fd = -1;
    log->level = WIRE_OFF;
}

/* ---- what must not stand there ---- */

void wire_log_hide(struct wire_log *log, const void *signature, size_t size)
{
    struct wire_signature *place = &log->signatures[log->signature_next++ % WIRE_SIGNATURES];
    place->size = (uint32_t)(size < sizeof place->bytes ? size : sizeof place->bytes);
    memcpy(place->bytes, signature, place->size);
}

static uint32_t as_hex(const struct wire_signature *of, const char *digits, char *to)
{
    for (uint32_t i = 0; i < of->size; i++) {
        to[2 * i] = digits[of->bytes[i] >> 4];
        to[2 * i + 1] = digits[of->bytes[i] & 15];
    }
    return 2 * of->size;
}

/* Without what fills it up; '+' and '/' as they are given. */
static uint32_t as_base64(const struct wire_signature *of, const char *plus, const char *slash, char *to)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    uint32_t size = 0;
    for (uint32_t bit = 0; bit < of->size * 8; bit += 6) {
        const uint32_t at = bit / 8;
        const unsigned pair = (unsigned)of->bytes[at] << 8 | (at + 1 < of->size ? of->bytes[at + 1] : 0u);
        const unsigned digit = pair >> (10 - bit % 8) & 63;
        if (digit < 62)
            to[size++] = plain[digit];
        else
            for (const char *more = digit == 62 ? plus : slash; *more; more++)
                to[size++] = *more;
    }
    return size;
}

/* From its beginning on, as far as it goes: a text may have been cut. */
static void cut_form(const char *form, uint32_t size, char *text, size_t text_size)
{
    char *end = text + text_size;
    const uint32_t least = size < FORM_MIN ? size : FORM_MIN;
    for (char *at = text; (size_t)(end - at) >= least && (at = memmem(at, (size_t)(end - at), form, least)) != NULL;)
        for (uint32_t i = 0; i < size && at < end && *at == form[i]; i++)
            *at++ = '*';
}

static void scrub(const struct wire_log *log, char *text, size_t size)
{
    static const char *const pairs[][2] = {{"+", "/"}, {"-", "_"}, {"%2B", "%2F"}, {"+", "\\/"}};
    char form[FORM_MAX];
    redact(text, size);
    for (uint32_t i = 0; i < WIRE_SIGNATURES; i++) {
        const struct wire_signature *of = &log->signatures[i];
        if (!of->size)
            continue;
        cut_form((const char *)of->bytes, of->size, text, size);
        cut_form(form, as_hex(of, "0123456789abcdef", form), text, size);
        cut_form(form, as_hex(of, "0123456789ABCDEF", form), text, size);
        for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++)
            cut_form(form, as_base64(of, pairs[k][0], pairs[k][1], form), text, size);
    }
}

/* A copy that may be shown: at most WIRE_TEXT_MAX bytes, whole characters, nothing that must not stand there. */
static uint32_t shown(const struct wire_log *log, const char *from, uint32_t size,
                      char to[WIRE_TEXT_MAX + WIRE_BEHIND_MAX])
{
    const uint32_t taken = size < WIRE_TEXT_MAX + WIRE_BEHIND_MAX ? size : WIRE_TEXT_MAX + WIRE_BEHIND_MAX;
    if (taken)
        memcpy(to, from, taken);
    scrub(log, to, taken);
    uint32_t kept = taken < WIRE_TEXT_MAX ? taken : WIRE_TEXT_MAX;
    while (kept && kept < taken && ((unsigned char)to[kept] & 0xc0) == 0x80)
        kept--;
    return kept;
}

/* ---- lines ---- */

static void put_plain(struct text *line, const char *text, uint32_t size)
{
    for (uint32_t i = 0; i < size;) {
        const int taken = text_utf8_size(text + i, size - i);
        const unsigned char c = (unsigned char)text[i];
        if (taken == 0 || c < ' ' || c == 0x7f)
            text_put_char(line, taken == 0 ? '?' : ' ');
        else
            text_put_bytes(line, text + i, (size_t)taken);
        i += taken ? (uint32_t)taken : 1;
    }
}

static void put_text(const struct wire_log *log, struct text *line, const char *name, const char *text, uint32_t size)
{
    char room[WIRE_TEXT_MAX + WIRE_BEHIND_MAX];
    if (!size)
        return;
    const uint32_t kept = shown(log, text, size, room);
    if (log->is_json) {
        json_text_n(line, name, room, kept);
        return;
    }
    text_put(line, strcmp(name, "path") == 0 ? " " : " | ");
    put_plain(line, room, kept);
    if (kept < size)
        text_put(line, "\xe2\x80\xa6");
}

static void put_json(struct wire_log *log, const struct wire_entry *entry)
{
    struct text *line = &log->line;
    json_open(line, NULL, '{');
    json_time(line, "time", entry->at_ns);
    json_text(line, "venue", entry->venue);
    json_text(line, "what", entry->what);
    if (entry->endpoint)
        json_text(line, "endpoint", entry->endpoint);
    if (entry->exchange)
        json_int(line, "exchange", (int64_t)entry->exchange);
    if (entry->stream)
        json_int(line, "stream", (int64_t)entry->stream);
    if (entry->request)
        json_int(line, "request", (int64_t)entry->request);
    if (entry->method)
        json_text(line, "method", entry->method);
    put_text(log, line, "path", entry->path, entry->path_size);
    if (entry->status)
        json_int(line, "status", entry->status);
    if (entry->took_ns >= 0)
        json_double(line, "ms", (double)entry->took_ns / 1e6);
    if (entry->why)
        json_text(line, "why", entry->why);
    json_int(line, "bytes", entry->size);
    put_text(log, line, "headers", entry->headers, entry->headers_size);
    put_text(log, line, "text", entry->text, entry->text_size);
    json_close(line, '}');
}

static void put_words(struct wire_log *log, const struct wire_entry *entry)
{
    struct text *line = &log->line;
    text_put_time(line, entry->at_ns);
    text_format(line, " %s %s", entry->venue, entry->what);
    if (entry->endpoint)
        text_format(line, " %s", entry->endpoint);
    if (entry->exchange)
        text_format(line, " #%llu", (unsigned long long)entry->exchange);
    if (entry->stream)
        text_format(line, " stream %llu", (unsigned long long)entry->stream);
    if (entry->request)
        text_format(line, " request %llu", (unsigned long long)entry->request);
    if (entry->method)
        text_format(line, " %s", entry->method);
    put_text(log, line, "path", entry->path, entry->path_size);
    if (entry->status)
        text_format(line, " status %u", entry->status);
    if (entry->took_ns >= 0)
        text_format(line, " in %.3f ms", (double)entry->took_ns / 1e6);
    if (entry->why)
        text_format(line, " %s", entry->why);
    text_format(line, " %u bytes", entry->size);
    put_text(log, line, "headers", entry->headers, entry->headers_size);
    put_text(log, line, "text", entry->text, entry->text_size);
}

void wire_log_put(struct wire_log *log, const struct wire_entry *entry)
{
    if (!wire_log_is_on(log, entry->level))
        return;
    struct wire_entry cut = *entry;
    if (log->level < WIRE_ALL && entry->level > WIRE_ERRORS)
        cut.headers_size = cut.text_size = 0;
    text_clear(&log->line);
    if (log->is_json)
        put_json(log, &cut);
    else
        put_words(log, &cut);
    text_put_char(&log->line, '\n');
    if (log->line.is_cut) /* no memory for it */
        return;
    const int64_t size = (int64_t)log->line.size;
    if (log->size && log->size + size > log->size_max && turn(log) < 0) {
        give_up(log, "a new file could not be begun");
        return;
    }
    if (env_write(log->fd, log->line.data, log->line.size) < 0) {
        give_up(log, "it could not be written");
        return;
    }
    log->size += size;
    log->lines++;
}

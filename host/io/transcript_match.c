/* transcript_match.c: patterns of a transcript: names, and what cannot be the same twice. */
#include "io/transcript.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { JWT_HEAD_MAX = 512 };

static uint32_t name_size(const char *at, const char *end)
{
    uint32_t size = 0;
    while (at + size < end && size + 1 < TRANSCRIPT_NAME_MAX &&
           ((at[size] >= 'a' && at[size] <= 'z') || at[size] == '_' || (size && at[size] >= '0' && at[size] <= '9')))
        size++;
    return size;
}

static const struct transcript_value *value_of(const struct transcript *transcript, const char *name, uint32_t size)
{
    for (uint32_t i = 0; i < transcript->value_count; i++)
        if (strncmp(transcript->values[i].name, name, size) == 0 && transcript->values[i].name[size] == 0)
            return &transcript->values[i];
    return NULL;
}

/* A later value of a name replaces the earlier one. */
static bool set_value(struct transcript *transcript, const char *name, uint32_t name_length, const char *bytes,
                      uint32_t size)
{
    struct transcript_value *value = NULL;
    for (uint32_t i = 0; i < transcript->value_count; i++)
        if (strncmp(transcript->values[i].name, name, name_length) == 0 && !transcript->values[i].name[name_length])
            value = &transcript->values[i];
    if (!value && transcript->value_count == TRANSCRIPT_VALUES_MAX)
        return false;
    if (size > TRANSCRIPT_VALUE_MAX)
        return false;
    if (!value) {
        value = &transcript->values[transcript->value_count++];
        memcpy(value->name, name, name_length);
        value->name[name_length] = 0;
    }
    memcpy(value->bytes, bytes, size);
    value->size = size;
    return true;
}

/* What stands for something that differs each time: its size in the pattern, 0: it is no such thing. */
enum special { SPECIAL_NONE, SPECIAL_TIME, SPECIAL_NONCE, SPECIAL_JWT };

static uint32_t special_at(const char *at, const char *end, enum special *ret_kind)
{
    static const struct {
        const char *text;
        enum special kind;
    } all[] = {{"<time>", SPECIAL_TIME}, {"<nonce>", SPECIAL_NONCE}, {"<jwt>", SPECIAL_JWT}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const size_t size = strlen(all[i].text);
        if ((size_t)(end - at) >= size && memcmp(at, all[i].text, size) == 0) {
            *ret_kind = all[i].kind;
            return (uint32_t)size;
        }
    }
    const char *close =
        (size_t)(end - at) > 9 && memcmp(at, "<jwt kid=", 9) == 0 ? memchr(at, '>', (size_t)(end - at)) : NULL;
    *ret_kind = close ? SPECIAL_JWT : SPECIAL_NONE;
    return close ? (uint32_t)(close + 1 - at) : 0;
}

static int base64url(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '-' ? 62 : (c == '_' ? 63 : -1);
}

/* The first part of a token, which is JSON, says this key. */
static bool jwt_has_kid(const char *head, uint32_t size, const char *kid, uint32_t kid_size)
{
    char text[JWT_HEAD_MAX + 1], wanted[JWT_HEAD_MAX];
    uint32_t length = 0, bits = 0, value = 0;
    for (uint32_t i = 0; i < size && length < JWT_HEAD_MAX; i++) {
        value = value << 6 | (uint32_t)base64url(head[i]);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            text[length++] = (char)(value >> bits & 0xff);
        }
    }
    text[length] = 0;
    snprintf(wanted, sizeof wanted, "\"kid\":\"%.*s\"", (int)kid_size, kid);
    return strstr(text, wanted) != NULL;
}

static bool is_of_time(char c)
{
    return isdigit((unsigned char)c) || c == '-' || c == ':' || c == 'T' || c == 'Z' || c == '.';
}

/* How many bytes of `from` are the special thing of the pattern; 0: none are. */
static uint32_t take_special(enum special kind, const char *pattern, uint32_t pattern_size, const char *from,
                             const char *last)
{
    uint32_t size = 0, dots = 0, head = 0;
    if (kind == SPECIAL_TIME) {
        while (from + size < last && is_of_time(from[size]))
            size++;
        return size >= 10 ? size : 0;
    }
    if (kind == SPECIAL_NONCE) {
        while (from + size < last && (isalnum((unsigned char)from[size]) || from[size] == '-'))
            size++;
        return size;
    }
    while (from + size < last && (base64url(from[size]) >= 0 || (from[size] == '.' && dots < 2))) {
        if (from[size] == '.' && dots++ == 0)
            head = size;
        size++;
    }
    if (dots != 2 || head == 0)
        return 0;
    const bool is_named = pattern_size > 9;
    return !is_named || jwt_has_kid(from, head, pattern + 9, pattern_size - 10) ? size : 0;
}

/* The literal text from here to the next name or special thing; "$$" counts as one dollar. */
static uint32_t literal_at(const char *at, const char *end, char *literal, uint32_t *ret_size)
{
    uint32_t used = 0, size = 0;
    enum special kind;
    while (at + used < end) {
        if (at[used] == '$' && at + used + 1 < end && at[used + 1] == '$')
            used++;
        else if ((at[used] == '$' && name_size(at + used + 1, end)) ||
                 (at[used] == '<' && special_at(at + used, end, &kind)))
            break;
        literal[size++] = at[used++];
    }
    *ret_size = size;
    return used;
}

static const char *find(const char *from, const char *last, const char *what, uint32_t size)
{
    for (; from + size <= last; from++)
        if (memcmp(from, what, size) == 0)
            return from;
    return NULL;
}

/* Walks the pattern over the bytes; `literal` has room for the whole pattern. */
static bool walk(struct transcript *transcript, struct transcript_text pattern, const char *from, const char *last,
                 char *literal)
{
    const char *at = pattern.at, *end = pattern.at + pattern.size;
    while (at < end) {
        enum special kind = SPECIAL_NONE;
        uint32_t used = *at == '$' ? name_size(at + 1, end) : 0, size;
        if (used) {
            const char *name = at + 1;
            at += 1 + used;
            if (at < end && (*at == '<' && special_at(at, end, &kind)))
                return false; /* where would the one end? */
            const uint32_t literal_used = literal_at(at, end, literal, &size);
            const char *found = at == end ? last : (size ? find(from, last, literal, size) : NULL);
            if (!found || !set_value(transcript, name, used, from, (uint32_t)(found - from)))
                return false;
            from = found + (at == end ? 0 : size);
            at += literal_used;
            continue;
        }
        used = *at == '<' ? special_at(at, end, &kind) : 0;
        if (used) {
            const uint32_t taken = take_special(kind, at, used, from, last);
            if (!taken)
                return false;
            from += taken;
            at += used;
            continue;
        }
        at += literal_at(at, end, literal, &size);
        if ((size_t)(last - from) < size || memcmp(from, literal, size) != 0)
            return false;
        from += size;
    }
    return from == last;
}

bool transcript_fits(struct transcript *transcript, struct transcript_text pattern, const char *bytes, uint32_t size)
{
    char *literal = malloc(pattern.size + 1u);
    if (!literal)
        return false;
    struct transcript_value *kept = NULL;
    const uint32_t kept_count = transcript->value_count;
    bool fits = false;
    kept = malloc(sizeof transcript->values);
    if (kept) {
        memcpy(kept, transcript->values, sizeof transcript->values);
        fits = walk(transcript, pattern, bytes, bytes + size, literal);
        if (!fits) { /* names of a pattern that does not fit keep their values */
            memcpy(transcript->values, kept, sizeof transcript->values);
            transcript->value_count = kept_count;
        }
    }
    free(kept);
    free(literal);
    return fits;
}

/* What stands at `at`: *ret_size bytes in the text, *ret_count in the message, borrowed from `number` or a value. */
static const char *piece(const struct transcript *transcript, const char *at, const char *end, char number[24],
                         uint32_t *ret_size, uint32_t *ret_count)
{
    const uint32_t size = *at == '$' ? name_size(at + 1, end) : 0;
    const struct transcript_value *value = size ? value_of(transcript, at + 1, size) : NULL;
    if (value) {
        *ret_size = 1 + size;
        *ret_count = value->size;
        return value->bytes;
    }
    if (*at == '$' && at + 1 < end && at[1] == '#') {
        *ret_size = 2;
        *ret_count = (uint32_t)snprintf(number, 24, "%llu", (unsigned long long)transcript->met);
        return number;
    }
    *ret_size = *at == '$' && at + 1 < end && at[1] == '$' ? 2 : 1;
    *ret_count = 1;
    return at;
}

char *transcript_fill(const struct transcript *transcript, struct transcript_text text, uint32_t *ret_size)
{
    char number[24], *filled = NULL;
    const char *end = text.at + text.size;
    for (int is_written = 0; is_written < 2; is_written++) {
        uint32_t size = 0, used, count;
        for (const char *at = text.at; at < end; at += used) {
            const char *from = piece(transcript, at, end, number, &used, &count);
            if (is_written)
                memcpy(filled + size, from, count);
            size += count;
            if (size > TRANSCRIPT_SIZE_MAX / 4) /* one byte of it may stand for many */
                return NULL;
        }
        *ret_size = size;
        if (!is_written && !(filled = calloc(1, (size_t)size + 16)))
            return NULL;
    }
    return filled;
}

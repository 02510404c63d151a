/* text.c: the bounded string builder and the nearest name. */
#include "base/text.h"

#include "base/env.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { GROW_FIRST = 256 };

void text_init_fixed(struct text *text, char *data, size_t capacity)
{
    *text = (struct text){.data = data, .capacity = capacity, .max = capacity};
    data[0] = '\0';
}

void text_init_grow(struct text *text, size_t max)
{
    static char empty[1];
    *text = (struct text){.data = empty, .capacity = 1, .max = max ? max : 1};
}

void text_release(struct text *text)
{
    if (text->is_owned)
        env_free(text->data);
    text_init_grow(text, 1);
}

void text_clear(struct text *text)
{
    text->size = 0;
    text->is_cut = false;
    if (text->capacity > 1 || text->is_owned)
        text->data[0] = '\0';
}

/* Makes room for `more` bytes and the final zero, as far as the maximum and the memory go. */
static void reserve(struct text *text, size_t more)
{
    size_t wanted = more < text->max - text->size ? text->size + more + 1 : text->max;
    if (wanted <= text->capacity)
        return;
    size_t capacity = text->capacity < GROW_FIRST ? GROW_FIRST : text->capacity;
    while (capacity < wanted)
        capacity *= 2;
    if (capacity > text->max)
        capacity = text->max;
    char *data = text->is_owned ? env_resize(text->data, text->capacity, capacity) : env_alloc(capacity);
    if (!data)
        return;
    text->data = data;
    text->capacity = capacity;
    text->is_owned = true;
}

void text_put_bytes(struct text *text, const void *data, size_t size)
{
    reserve(text, size);
    size_t room = text->capacity - text->size - 1;
    size_t taken = size < room ? size : room;
    if (taken > 0) {
        memcpy(text->data + text->size, data, taken);
        text->size += taken;
        text->data[text->size] = '\0';
    }
    text->is_cut |= taken < size;
}

void text_put(struct text *text, const char *string) { text_put_bytes(text, string, strlen(string)); }

void text_put_char(struct text *text, char c) { text_put_bytes(text, &c, 1); }

void text_format(struct text *text, const char *format, ...)
{
    char small[256];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (length < 0) {
        text->is_cut = true;
        return;
    }
    if ((size_t)length < sizeof small) {
        text_put_bytes(text, small, (size_t)length);
        return;
    }
    reserve(text, (size_t)length);
    size_t room = text->capacity - text->size;
    va_start(args, format);
    vsnprintf(text->data + text->size, room, format, args);
    va_end(args);
    const bool is_whole = (size_t)length < room;
    text->size = is_whole ? text->size + (size_t)length : text->capacity - 1;
    text->is_cut |= !is_whole;
}

void text_put_units(struct text *text, int64_t units, int scale, int digits)
{
    char buffer[TEXT_DECIMAL_MAX];
    int length = text_from_units(buffer, units, scale, digits);
    if (length < 0)
        text->is_cut = true;
    else
        text_put_bytes(text, buffer, (size_t)length);
}

void text_put_time(struct text *text, int64_t ns)
{
    char buffer[TEXT_TIME_MAX];
    text_put_bytes(text, buffer, (size_t)text_from_time(buffer, ns));
}

int text_utf8_size(const char *text, size_t size)
{
    const unsigned char *c = (const unsigned char *)text;
    if (size == 0 || c[0] == 0)
        return 0;
    if (c[0] < 0x80)
        return 1;
    int wanted = c[0] >= 0xF0 ? 4 : c[0] >= 0xE0 ? 3 : 2;
    if (c[0] < 0xC2 || c[0] > 0xF4 || (size_t)wanted > size)
        return 0;
    for (int i = 1; i < wanted; i++)
        if ((c[i] & 0xC0) != 0x80)
            return 0;
    bool overlong = (c[0] == 0xE0 && c[1] < 0xA0) || (c[0] == 0xF0 && c[1] < 0x90);
    bool surrogate = c[0] == 0xED && c[1] >= 0xA0, beyond = c[0] == 0xF4 && c[1] >= 0x90;
    return overlong || surrogate || beyond ? 0 : wanted;
}

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

size_t text_distance(const char *a, const char *b)
{
    size_t a_size = strnlen(a, TEXT_NAME_MAX), b_size = strnlen(b, TEXT_NAME_MAX);
    size_t rows[3][TEXT_NAME_MAX + 1];
    for (size_t j = 0; j <= b_size; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_size; i++) {
        size_t *now = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= b_size; j++) {
            bool is_same = a[i - 1] == b[j - 1];
            size_t best = smaller(last[j] + 1, now[j - 1] + 1);
            best = smaller(best, last[j - 1] + !is_same);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                best = smaller(best, before[j - 2] + 1);
            now[j] = best;
        }
    }
    return rows[a_size % 3][b_size];
}

const char *text_nearest(const char *name, const char *const *names)
{
    const char *best = NULL;
    size_t best_distance = strlen(name) / 3 + 2; /* further away is another word, not a slip */
    for (; *names; names++) {
        size_t distance = text_distance(name, *names);
        if (distance < best_distance) {
            best_distance = distance;
            best = *names;
        }
    }
    return best;
}

/* terminal_text.c: text as a terminal shows it: columns, cuts, prompts, lists. */
#include "console/terminal_impl.h"

#include <string.h>
#include <wchar.h>

/* Bytes of the escape sequence at `text`; 0: there is none. */
static size_t escape_size(const char *text, size_t size)
{
    if (size < 2 || text[0] != '\x1b')
        return 0;
    if (text[1] != '[')
        return 2;
    size_t at = 2;
    while (at < size && (unsigned char)text[at] < 0x40)
        at++;
    return at < size ? at + 1 : size;
}

/* Bytes of the character at `text`, at least 1; what is none is one column of "?". */
static size_t take_char(const char *text, size_t size, uint32_t *ret_columns)
{
    wchar_t c;
    mbstate_t state;
    memset(&state, 0, sizeof state);
    size_t used = mbrtowc(&c, text, size, &state);
    int width = used && used <= size ? wcwidth(c) : -1;
    *ret_columns = width < 0 ? 1 : (uint32_t)width;
    return used && used <= size && width >= 0 ? used : 1;
}

uint32_t terminal_width(const char *text, size_t size)
{
    uint32_t width = 0, columns;
    for (size_t at = 0; at < size;) {
        size_t escape = escape_size(text + at, size - at);
        if (escape) {
            at += escape;
            continue;
        }
        at += take_char(text + at, size - at, &columns);
        width += columns;
    }
    return width;
}

static bool is_shown(const char *text, size_t used) { return used > 1 || (unsigned char)(text[0] - ' ') < 0x7f - ' '; }

void terminal_put_fit(struct text *to, const char *text, size_t size, uint32_t columns, bool has_unicode)
{
    bool is_long = terminal_width(text, size) > columns, has_escape = false;
    uint32_t left = is_long && columns ? columns - 1 : columns, width;
    for (size_t at = 0; at < size;) {
        size_t escape = escape_size(text + at, size - at);
        if (escape) {
            text_put_bytes(to, text + at, escape);
            has_escape = true;
            at += escape;
            continue;
        }
        size_t used = take_char(text + at, size - at, &width);
        if (width > left)
            break;
        left -= width;
        text_put_bytes(to, is_shown(text + at, used) ? text + at : " ", is_shown(text + at, used) ? used : 1);
        at += used;
    }
    if (is_long && columns)
        text_put(to, has_unicode ? "\xe2\x80\xa6" : "~");
    if (has_escape)
        text_put(to, "\x1b[0m");
}

void terminal_put_prompt(struct text *to, const char *text, size_t size)
{
    for (size_t at = 0; at < size;) {
        size_t run = escape_size(text + at, size - at), next;
        if (!run) {
            text_put_char(to, text[at++]);
            continue;
        }
        while ((next = escape_size(text + at + run, size - at - run)) != 0)
            run += next;
        text_put_char(to, '\1');
        text_put_bytes(to, text + at, run);
        text_put_char(to, '\1');
        at += run;
    }
}

size_t terminal_common(char words[][SHELL_WORD_MAX], uint32_t count)
{
    if (count == 0)
        return 0;
    size_t size = strlen(words[0]);
    for (uint32_t i = 1; i < count; i++) {
        size_t same = 0;
        while (same < size && words[i][same] == words[0][same])
            same++;
        size = same;
    }
    while (size && ((unsigned char)words[0][size] & 0xc0) == 0x80)
        size--; /* not within a character */
    return size;
}

void terminal_put_columns(struct text *to, char words[][SHELL_WORD_MAX], uint32_t count, uint32_t columns,
                          uint32_t rows_max)
{
    uint32_t widest = 1;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t width = terminal_width(words[i], strlen(words[i]));
        widest = width > widest ? width : widest;
    }
    uint32_t across = columns / (widest + 2) ? columns / (widest + 2) : 1;
    uint32_t rows = (count + across - 1) / across;
    uint32_t shown = rows > rows_max && rows_max > 1 ? rows_max - 1 : rows, left = 0;
    for (uint32_t row = 0; row < rows; row++) {
        for (uint32_t i = row; i < count; i += rows) {
            if (row >= shown) {
                left++;
                continue;
            }
            text_put(to, words[i]);
            for (uint32_t pad = terminal_width(words[i], strlen(words[i])); i + rows < count && pad < widest + 2; pad++)
                text_put_char(to, ' ');
        }
        if (row < shown)
            text_put_char(to, '\n');
    }
    if (left)
        text_format(to, "and %u more\n", left);
}

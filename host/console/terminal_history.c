/* terminal_history.c: what was typed, across runs and between consoles. */
#include "console/terminal_impl.h"

#include <string.h>

#include "base/env.h"

enum { FILE_MAX = 4 << 20 }; /* bytes that are read of the file: its end */

void terminal_history_encode(struct text *to, const char *entry, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (entry[i] == '\n')
            text_put(to, "\\n");
        else if (entry[i] == '\\')
            text_put(to, "\\\\");
        else if ((unsigned char)entry[i] >= ' ' || entry[i] == '\t')
            text_put_char(to, entry[i]);
    }
}

void terminal_history_decode(struct text *to, const char *line, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (line[i] == '\\' && i + 1 < size) {
            i++;
            text_put_char(to, line[i] == 'n' ? '\n' : line[i]);
        } else if (line[i]) {
            text_put_char(to, line[i]);
        }
    }
}

/* From which byte on the last TERMINAL_HISTORY_MAX lines begin. */
static size_t last_lines(const char *data, size_t size)
{
    uint32_t lines = 0;
    for (size_t at = size; at > 0; at--)
        if (data[at - 1] == '\n' && at < size && ++lines == TERMINAL_HISTORY_MAX)
            return at;
    return 0;
}

static void load(struct terminal_history *past, const char *data, size_t size)
{
    HistEvent event;
    struct text entry;
    text_init_grow(&entry, TERMINAL_CHUNK_MAX);
    for (const char *end; size && (end = memchr(data, '\n', size)) != NULL;) {
        size_t length = (size_t)(end - data);
        text_clear(&entry);
        terminal_history_decode(&entry, data, length);
        if (entry.size && !entry.is_cut)
            history(past->list, &event, H_ENTER, entry.data);
        data += length + 1;
        size -= length + 1;
    }
    text_release(&entry);
}

oc_rc terminal_history_open(struct terminal_history *past, const char *file)
{
    HistEvent event;
    char *data = NULL;
    size_t size = 0;
    past->file = file;
    past->list = history_init();
    if (!past->list)
        return OC_E_NOMEM;
    history(past->list, &event, H_SETSIZE, (int)TERMINAL_HISTORY_MAX);
    history(past->list, &event, H_SETUNIQUE, 1);
    /* A history that cannot be read or cut is no reason to have no console. */
    if (file && env_cut_private(file, FILE_MAX, last_lines) == OC_OK &&
        env_read_file(file, FILE_MAX * 2, &data, &size) == OC_OK)
        load(past, data, size);
    env_free(data);
    return OC_OK;
}

void terminal_history_close(struct terminal_history *past)
{
    if (past->list)
        history_end(past->list);
    past->list = NULL;
}

void terminal_history_add(struct terminal_history *past, const char *chunk)
{
    HistEvent event;
    struct text line;
    size_t size = strlen(chunk);
    while (size && strchr(" \t\n", chunk[size - 1]))
        size--;
    if (!size)
        return;
    text_init_grow(&line, TERMINAL_CHUNK_MAX * 2);
    text_put_bytes(&line, chunk, size);
    bool is_same =
        history(past->list, &event, H_FIRST) == 0 && event.str && !line.is_cut && strcmp(event.str, line.data) == 0;
    if (!line.is_cut && !is_same)
        history(past->list, &event, H_ENTER, line.data);
    text_clear(&line);
    terminal_history_encode(&line, chunk, size);
    text_put_char(&line, '\n');
    /* A line that cannot be kept is no reason to stop. */
    if (!is_same && past->file && !line.is_cut)
        (void)env_append_private(past->file, line.data, line.size);
    text_release(&line);
}

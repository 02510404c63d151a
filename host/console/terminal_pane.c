/* terminal_pane.c: the rows that stay: the headline, what was told, and the region below them. */
#include "console/terminal_impl.h"

#include <stdio.h>
#include <string.h>

#include "base/env.h"

static const int64_t paint_ns = 100000000, head_ns = 1000000000;

enum { SCREEN_MAX = 524288, POLITE_FACTOR = 10 };

static void show(const struct text *out)
{
    fwrite(out->data, 1, out->size, stdout);
    fflush(stdout);
}

/* The first row of the region, from 1. */
static uint32_t region_top(const struct terminal *terminal) { return terminal->pane ? terminal->pane + 2 : 1; }

void terminal_measure(struct terminal *terminal)
{
    uint32_t columns = 80, rows = 24, pane = 0;
    env_terminal_size(1, &columns, &rows);
    if (terminal->has_editor && rows >= TERMINAL_ROWS_MIN && terminal->config->pane_rows) {
        pane = rows / 4 > 2 ? rows / 4 : 2;
        pane = pane < terminal->config->pane_rows ? pane : terminal->config->pane_rows;
    }
    terminal->columns = columns;
    terminal->rows = rows;
    terminal->pane = pane;
    if (terminal->shell)
        shell_resize(terminal->shell, columns, terminal->has_editor ? rows - region_top(terminal) + 1 : 0);
}

static void put_row(struct terminal *terminal, struct text *out, uint32_t row, const char *text)
{
    text_format(out, "\x1b[%u;1H\x1b[0m\x1b[2K", row);
    terminal_put_fit(out, text, strlen(text), terminal->columns, terminal->has_unicode);
}

/* Bold, also after the colours within. */
static void put_head(struct terminal *terminal, struct text *out)
{
    static const char end[] = "\x1b[0m", bold[] = "\x1b[1m";
    char bytes[sizeof terminal->head * 2];
    struct text head;
    text_init_fixed(&head, bytes, sizeof bytes);
    text_put(&head, terminal->has_colour ? bold : "");
    for (const char *at = terminal->head; *at; at++) {
        bool is_end = terminal->has_colour && strncmp(at, end, sizeof end - 1) == 0;
        text_put_bytes(&head, at, is_end ? sizeof end - 1 : 1);
        if (is_end) {
            text_put(&head, bold);
            at += sizeof end - 2;
        }
    }
    put_row(terminal, out, 1, head.data);
    text_put(out, end);
}

static void put_rule(struct terminal *terminal, struct text *out)
{
    char words[64] = "";
    uint64_t lost = link_lost(terminal->config->link);
    if (lost)
        snprintf(words, sizeof words, " %llu lines were lost ", (unsigned long long)lost);
    uint32_t size = (uint32_t)strlen(words);
    text_format(out, "\x1b[%u;1H\x1b[0m\x1b[2K%s", terminal->pane + 1, terminal->has_colour ? "\x1b[2m" : "");
    for (uint32_t i = 0; i + size < terminal->columns; i++) {
        text_put(out, terminal->has_unicode ? "\xe2\x94\x80" : "-");
        if (i == 2)
            text_put(out, words);
    }
    text_put(out, "\x1b[0m");
}

static void put_pane(struct terminal *terminal, struct text *out)
{
    uint32_t lines = terminal->pane - 1;
    uint64_t kept = terminal->told_count < TERMINAL_TOLD_MAX ? terminal->told_count : TERMINAL_TOLD_MAX;
    uint64_t first = terminal->told_count - (kept < lines ? kept : lines);
    put_head(terminal, out);
    for (uint32_t i = 0; i < lines; i++) {
        bool is_there = first + i < terminal->told_count;
        put_row(terminal, out, 2 + i, is_there ? terminal->told[(first + i) % TERMINAL_TOLD_MAX] : "");
    }
    put_rule(terminal, out);
}

/* The end of the tail that fits into the region. */
static const char *last_rows(const struct terminal *terminal)
{
    const struct text *tail = &terminal->tail;
    uint32_t lines = 0, rows = terminal->rows - region_top(terminal) + 1;
    size_t at = tail->size;
    while (at > 0 && (tail->data[at - 1] != '\n' || ++lines <= rows))
        at--;
    return tail->size ? tail->data + at : "";
}

void terminal_redraw(struct terminal *terminal, bool is_empty)
{
    struct text out;
    if (is_empty)
        text_clear(&terminal->tail);
    text_init_grow(&out, SCREEN_MAX);
    text_put(&out, "\x1b[?25l\x1b[0m\x1b[r\x1b[H\x1b[2J");
    if (terminal->pane) {
        put_pane(terminal, &out);
        text_format(&out, "\x1b[%u;%ur\x1b[%u;1H", region_top(terminal), terminal->rows, region_top(terminal));
    }
    text_put(&out, last_rows(terminal));
    text_put(&out, "\x1b[?25h");
    show(&out);
    text_release(&out);
    terminal->is_drawn = terminal->pane > 0;
    terminal->is_stale = false;
}

/* What is on the screen goes up, into what the terminal remembers: line ends, one less than there are rows, push exactly the
 * rows above the cursor out. */
void terminal_enter(struct terminal *terminal)
{
    if (!terminal->pane)
        return;
    for (uint32_t i = 1; i < terminal->rows; i++)
        fputc('\n', stdout);
    if (terminal->shell)
        shell_headline(terminal->shell, terminal->head, sizeof terminal->head);
    terminal_redraw(terminal, false);
}

/* The rows of the pane are deleted, so that what is below moves up and the cursor with it. */
void terminal_leave(struct terminal *terminal)
{
    if (terminal->is_drawn)
        printf("\x1b"
               "7\x1b[0m\x1b[r\x1b[H\x1b[%uM\x1b"
               "8\x1b[%uA",
               region_top(terminal) - 1, region_top(terminal) - 1);
    fflush(stdout);
    terminal->is_drawn = false;
}

static void paint(struct terminal *terminal, int64_t now_ns)
{
    struct text out;
    text_init_grow(&out, SCREEN_MAX);
    text_put(&out, "\x1b[?25l\x1b"
                   "7");
    put_pane(terminal, &out);
    text_put(&out, "\x1b"
                   "8\x1b[?25h");
    show(&out);
    text_release(&out);
    terminal->painted_ns = now_ns;
    terminal->is_stale = false;
}

static void take_told(struct terminal *terminal)
{
    const char *kind, *json;
    while (link_told(terminal->config->link, &kind, &json) == OC_OK) {
        const uint64_t at = terminal->told_count++ % TERMINAL_TOLD_MAX;
        shell_told_text(terminal->shell, kind, json, terminal->told[at], TERMINAL_TOLD_LINE_MAX);
        snprintf(terminal->told_at[at], SHELL_TIME_MAX, "%s", shell_told_time(terminal->shell));
        terminal->is_stale = true;
        if (strcmp(kind, "alert") == 0 && terminal->is_person)
            fputc('\a', stdout); /* the terminal rings */
    }
}

/* After going back in a recording: what was told of later is still to come. */
static void forget_future(struct terminal *terminal)
{
    const char *now = shell_now(terminal->shell);
    const uint64_t count = terminal->told_count, kept = count < TERMINAL_TOLD_MAX ? count : TERMINAL_TOLD_MAX;
    uint64_t to = count - kept;
    for (uint64_t i = to; i < count && *now; i++) {
        const uint64_t at = i % TERMINAL_TOLD_MAX, place = to % TERMINAL_TOLD_MAX;
        if (strcmp(terminal->told_at[at], now) > 0)
            continue;
        if (place != at) {
            memcpy(terminal->told[place], terminal->told[at], sizeof terminal->told[at]);
            memcpy(terminal->told_at[place], terminal->told_at[at], sizeof terminal->told_at[at]);
        }
        to++;
    }
    if (*now && to < count) {
        terminal->told_count = to;
        terminal->told_shown = terminal->told_shown < to ? terminal->told_shown : to;
        terminal->is_stale = true;
    }
}

/* What timers print joins what is told, a line each. */
static void tick(struct terminal *terminal)
{
    char text[4096];
    const size_t size = shell_tick(terminal->shell, text, sizeof text);
    for (size_t at = 0; at < size;) {
        const char *end = memchr(text + at, '\n', size - at);
        const size_t length = end ? (size_t)(end - text) - at : size - at;
        const uint64_t row = terminal->told_count++ % TERMINAL_TOLD_MAX;
        snprintf(terminal->told[row], TERMINAL_TOLD_LINE_MAX, "%.*s", (int)length, text + at);
        snprintf(terminal->told_at[row], SHELL_TIME_MAX, "%s", shell_now(terminal->shell));
        terminal->is_stale = true;
        at += length + 1;
    }
}

void terminal_tend(struct terminal *terminal)
{
    if (!terminal->shell)
        return;
    if (link_poll(terminal->config->link) == OC_E_IO)
        terminal->is_gone = true;
    take_told(terminal);
    if (!terminal->is_drawn || terminal->is_gone)
        return;
    int64_t now_ns = env_clock_mono();
    if (now_ns - terminal->headed_ns >= head_ns + terminal->head_pause_ns) {
        shell_headline(terminal->shell, terminal->head, sizeof terminal->head);
        forget_future(terminal);
        tick(terminal);
        terminal->headed_ns = env_clock_mono();
        /* A host that answers slowly is asked less, for the keys wait meanwhile. */
        int64_t took_ns = terminal->headed_ns - now_ns;
        terminal->head_pause_ns = took_ns > paint_ns ? took_ns * POLITE_FACTOR : 0;
        terminal->is_stale = true;
        take_told(terminal);
    }
    if (terminal->is_stale && now_ns - terminal->painted_ns >= paint_ns)
        paint(terminal, now_ns);
}

void terminal_print_told(struct terminal *terminal)
{
    if (terminal->pane)
        return;
    uint64_t count = terminal->told_count, from = terminal->told_shown;
    if (count - from > TERMINAL_TOLD_MAX) {
        printf("(%llu earlier lines are not shown)\n", (unsigned long long)(count - from - TERMINAL_TOLD_MAX));
        from = count - TERMINAL_TOLD_MAX;
    }
    for (; from < count; from++)
        printf("%s\n", terminal->told[from % TERMINAL_TOLD_MAX]);
    fflush(stdout);
    terminal->told_shown = count;
}

void terminal_keep(struct terminal *terminal, const char *text, size_t size)
{
    struct text *tail = &terminal->tail;
    if (size > TERMINAL_TAIL_MAX / 2) {
        text += size - TERMINAL_TAIL_MAX / 2;
        size = TERMINAL_TAIL_MAX / 2;
    }
    if (tail->size + size + 1 > TERMINAL_TAIL_MAX) {
        size_t cut = tail->size / 2;
        const char *end = memchr(tail->data + cut, '\n', tail->size - cut);
        cut = end ? (size_t)(end - tail->data) + 1 : tail->size;
        tail->size -= cut;
        memmove(tail->data, tail->data + cut, tail->size + 1);
    }
    text_put_bytes(tail, text, size);
}

void terminal_print(struct terminal *terminal, const char *text, size_t size)
{
    fwrite(text, 1, size, stdout);
    fflush(stdout);
    if (terminal->pane)
        terminal_keep(terminal, text, size);
}

void terminal_stop(struct terminal *terminal)
{
    struct env_terminal_mode mode = {.is_known = false};
    terminal_leave(terminal);
    fputs(terminal->has_editor ? "\n\x1b[0m" : "\n", stdout);
    fflush(stdout);
    env_terminal_get(0, &mode);
    env_terminal_set(0, &terminal->mode);
    env_terminal_stop();
    env_terminal_set(0, &mode);
    terminal_measure(terminal);
    terminal_enter(terminal);
}

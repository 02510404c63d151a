/* terminal_edit.c: the line editor: libedit, its keys, and completion.
 *
 * libedit draws relatively to where it believes its cursor to be, and believes the terminal to be as high as it says. Two
 * things follow: whatever prints beneath it goes first to the end of what is typed (KEY_END, then the key that prints), and
 * ends in forget_screen(); and its height is set to that of the region before each line. */
#include "console/terminal_impl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/env.h"

enum { KEY_CANCEL = 3, KEY_END = 5, KEY_REDRAW = 0x1f, KEY_LIST = 0x1e, LIST_ROWS_LEAVE = 3, PASTE_MAX = 65536 };

static const char paste_on[] = "\x1b[?2004h", paste_off[] = "\x1b[?2004l"; /* the terminal brackets what is pasted */

static struct terminal *of(EditLine *edit)
{
    void *terminal = NULL;
    el_get(edit, EL_CLIENTDATA, &terminal);
    return terminal;
}

/* The editor knows nothing of the screen: its next drawing begins in the first column of the row the cursor is in. Setting
 * the height is the one public way to say so. */
static void forget_screen(struct terminal *terminal)
{
    char rows[16];
    snprintf(rows, sizeof rows, "%u", terminal->rows - (terminal->pane ? terminal->pane + 1 : 0));
    el_set(terminal->edit, EL_SETTC, "li", rows, (char *)NULL);
}

/* Asked at the start of each drawing. The first one of a line finds the height that el_gets took from the system. */
static char *right_prompt(EditLine *edit)
{
    static char empty[] = "";
    struct terminal *terminal = of(edit);
    int rows = 0;
    if (el_get(edit, EL_GETTC, "li", &rows) == 0 && (uint32_t)rows == terminal->rows && terminal->pane)
        forget_screen(terminal);
    return empty;
}

static char *left_prompt(EditLine *edit) { return of(edit)->prompt; }

static void push_key(struct terminal *terminal, char key)
{
    if (terminal->key_count < TERMINAL_KEYS_MAX)
        terminal->keys[terminal->key_count++] = key;
}

static bool pop_key(struct terminal *terminal, wchar_t *ret_key)
{
    if (!terminal->key_count)
        return false;
    *ret_key = (unsigned char)terminal->keys[0];
    memmove(terminal->keys, terminal->keys + 1, --terminal->key_count);
    return true;
}

/* Signals as keys. False: the line ends here. */
static bool take_signals(struct terminal *terminal)
{
    if (terminal->is_gone || env_terminal_end_signal())
        return false;
    unsigned signals = env_terminal_take_signals();
    if (signals & ENV_TERMINAL_STOP) {
        fputs(paste_off, stdout);
        terminal_stop(terminal);
        fputs(paste_on, stdout);
    }
    if (signals & (ENV_TERMINAL_STOP | ENV_TERMINAL_RESIZED)) {
        terminal_measure(terminal);
        push_key(terminal, KEY_REDRAW);
    }
    if (signals & ENV_TERMINAL_INTERRUPT) {
        push_key(terminal, KEY_END);
        push_key(terminal, KEY_CANCEL);
    }
    return true;
}

/* A character of several bytes comes at once, or is not one. */
static int read_key(EditLine *edit, wchar_t *ret_key)
{
    struct terminal *terminal = of(edit);
    mbstate_t state;
    memset(&state, 0, sizeof state);
    for (;;) {
        char byte;
        size_t got = 0;
        if (pop_key(terminal, ret_key))
            return 1;
        if (!terminal_wait(terminal)) {
            if (take_signals(terminal))
                continue;
            return -1;
        }
        if (env_read(0, &byte, 1, &got) < 0 || got == 0) {
            terminal->is_ended = true;
            return 0;
        }
        size_t used = mbrtowc(ret_key, &byte, 1, &state);
        if (used == (size_t)-2)
            continue;
        if (used != (size_t)-1)
            return 1;
        memset(&state, 0, sizeof state);
    }
}

static unsigned char cancel(EditLine *edit, int key)
{
    (void)key;
    fputs("^C\n", stdout);
    of(edit)->was_cancelled = true;
    return CC_NEWLINE;
}

static unsigned char redraw(EditLine *edit, int key)
{
    struct terminal *terminal = of(edit);
    (void)key;
    terminal_redraw(terminal, terminal->wants_clear || !terminal->pane);
    terminal->wants_clear = false;
    el_resize(edit);
    forget_screen(terminal);
    return CC_REFRESH;
}

static unsigned char clear(EditLine *edit, int key)
{
    of(edit)->wants_clear = true;
    return redraw(edit, key);
}

static uint64_t fingerprint(const char *text, size_t size)
{
    uint64_t sum = 14695981039346656037u;
    for (size_t i = 0; i < size; i++)
        sum = (sum ^ (unsigned char)text[i]) * 1099511628211u;
    return sum ? sum : 1;
}

/* Replaces the bytes of the word that is typed by those of the completion. */
static void replace(EditLine *edit, const char *typed, size_t typed_size, const char *word)
{
    size_t count = 0;
    mbstate_t state;
    memset(&state, 0, sizeof state);
    for (size_t at = 0; at < typed_size; count++) {
        size_t used = mbrtowc(NULL, typed + at, typed_size - at, &state);
        at += used && used <= typed_size - at ? used : 1;
    }
    el_deletestr(edit, (int)count);
    el_insertstr(edit, word);
}

static unsigned char complete(EditLine *edit, int key)
{
    struct terminal *terminal = of(edit);
    const LineInfo *info = el_line(edit);
    size_t size = (size_t)(info->cursor - info->buffer), from = 0;
    uint64_t print = fingerprint(info->buffer, size);
    (void)key;
    char *line = env_alloc(size + 1);
    if (!line)
        return CC_ERROR;
    memcpy(line, info->buffer, size);
    const char *start = strrchr(line, '\n'); /* of a recalled chunk: its last line */
    start = start ? start + 1 : line;
    uint32_t count = terminal->word_count = shell_complete(terminal->shell, start, &from, terminal->words);
    const char *typed = start + (from < strlen(start) ? from : strlen(start));
    size_t common = terminal_common(terminal->words, count), typed_size = strlen(typed);
    unsigned char answer = CC_ERROR;
    bool goes_on =
        common > typed_size || (count && common == typed_size && strncmp(typed, terminal->words[0], common) != 0);
    if (count && goes_on) {
        char word[SHELL_WORD_MAX];
        memcpy(word, terminal->words[0], common);
        word[common] = 0;
        replace(edit, typed, typed_size, word);
        answer = CC_REFRESH;
    } else if (count > 1 && terminal->listed_at == print) {
        const LineInfoW *wide = el_wline(edit);
        terminal->list_back = (int)(wide->lastchar - wide->cursor);
        push_key(terminal, KEY_END);
        push_key(terminal, KEY_LIST);
        answer = CC_NORM;
    }
    terminal->listed_at = count > 1 && answer != CC_REFRESH ? print : 0;
    env_free(line);
    return answer;
}

/* After KEY_END: beneath the line. */
static unsigned char list_words(EditLine *edit, int key)
{
    struct terminal *terminal = of(edit);
    struct text out;
    uint32_t rows = terminal->rows - (terminal->pane ? terminal->pane + 1 : 0);
    (void)key;
    text_init_grow(&out, TERMINAL_CHUNK_MAX);
    terminal_put_columns(&out, terminal->words, terminal->word_count, terminal->columns,
                         rows > LIST_ROWS_LEAVE + 1 ? rows - LIST_ROWS_LEAVE : 1);
    fputs("\n", stdout);
    terminal_print(terminal, out.data, out.size);
    text_release(&out);
    forget_screen(terminal);
    el_cursor(edit, -terminal->list_back);
    terminal->list_back = 0;
    return CC_REFRESH;
}

/* What is pasted is typed, ends of lines and tabs too, and is looked at before it is evaluated: one chunk. */
static unsigned char paste(EditLine *edit, int key)
{
    static const wchar_t end[] = L"\x1b[201~";
    enum { END_SIZE = sizeof end / sizeof end[0] - 1 };
    size_t size = 0;
    wchar_t *text = env_alloc((PASTE_MAX + 1) * sizeof *text);
    wchar_t c;
    (void)key;
    while (text && el_wgetc(edit, &c) == 1) {
        if (size < PASTE_MAX)
            text[size++] = c == L'\r' ? L'\n' : c;
        if (size >= END_SIZE && wmemcmp(text + size - END_SIZE, end, END_SIZE) == 0) {
            size -= END_SIZE;
            break;
        }
    }
    size_t kept = 0;
    for (size_t i = 0; i < size; i++)
        if (text[i] >= L' ' || text[i] == L'\n' || text[i] == L'\t')
            text[kept++] = text[i] == L'\t' ? L' ' : text[i];
    while (kept && text[kept - 1] == L'\n')
        kept--;
    bool is_in = kept > 0;
    if (is_in) {
        text[kept] = 0;
        is_in = el_winsertstr(edit, text) == 0;
    }
    env_free(text);
    return is_in ? CC_REFRESH : CC_ERROR;
}

static void bind_keys(EditLine *edit)
{
    static const char *const binds[][2] = {
        {"^C", "outcry-cancel"},           {"^_", "outcry-redraw"},       {"^^", "outcry-list"},
        {"^I", "outcry-complete"},         {"^L", "outcry-clear"},        {"^R", "em-inc-search-prev"},
        {"^S", "em-inc-search-next"},      {"^W", "ed-delete-prev-word"}, {"^E", "ed-move-to-end"},
        {"\\e[3~", "ed-delete-next-char"}, {"\\e[1;5C", "em-next-word"},  {"\\e[1;5D", "ed-prev-word"},
        {"\\e[H", "ed-move-to-beg"},       {"\\e[F", "ed-move-to-end"},   {"\\eOH", "ed-move-to-beg"},
        {"\\eOF", "ed-move-to-end"},       {"\\e[1~", "ed-move-to-beg"},  {"\\e[4~", "ed-move-to-end"},
        {"\\e[A", "ed-prev-history"},      {"\\e[B", "ed-next-history"},  {"\\e[C", "ed-next-char"},
        {"\\e[D", "ed-prev-char"},         {"\\e[200~", "outcry-paste"},
    };
    for (size_t i = 0; i < sizeof binds / sizeof binds[0]; i++)
        el_set(edit, EL_BIND, binds[i][0], binds[i][1], (char *)NULL);
}

oc_rc terminal_edit_open(struct terminal *terminal)
{
    EditLine *edit = terminal->edit = el_init("outcry", stdin, stdout, stderr);
    if (!edit)
        return OC_E_NOMEM;
    oc_rc rc = terminal_history_open(&terminal->history, terminal->config->history_file);
    if (rc < 0)
        return rc;
    el_set(edit, EL_CLIENTDATA, terminal);
    el_set(edit, EL_EDITOR, "emacs");
    el_set(edit, EL_SIGNAL, 0);
    el_set(edit, EL_PROMPT_ESC, left_prompt, '\1');
    el_set(edit, EL_RPROMPT, right_prompt);
    el_set(edit, EL_HIST, history, terminal->history.list);
    el_set(edit, EL_GETCFN, read_key);
    /* Between two lines keys are kept as they are, without echo: what is typed ahead is for the next prompt. */
    el_set(edit, EL_SETTY, "-x", "-echo", "-icanon", "-iexten", "-ixon", (char *)NULL);
    el_set(edit, EL_SETTY, "-d", "-ixon", (char *)NULL);
    /* Wide, for el_set makes copies of the two strings that nobody frees. */
    el_wset(edit, EL_ADDFN, L"outcry-cancel", L"Drop the line", cancel);
    el_wset(edit, EL_ADDFN, L"outcry-redraw", L"Draw the screen anew", redraw);
    el_wset(edit, EL_ADDFN, L"outcry-clear", L"Clear the screen", clear);
    el_wset(edit, EL_ADDFN, L"outcry-complete", L"Complete the name", complete);
    el_wset(edit, EL_ADDFN, L"outcry-paste", L"Take what is pasted", paste);
    el_wset(edit, EL_ADDFN, L"outcry-list", L"List completions", list_words);
    bind_keys(edit);
    el_source(edit, NULL); /* ~/.editrc, as every program with this editor */
    return OC_OK;
}

void terminal_edit_close(struct terminal *terminal)
{
    if (terminal->edit)
        el_end(terminal->edit);
    terminal->edit = NULL;
    terminal_history_close(&terminal->history);
}

static void make_prompt(struct terminal *terminal, bool is_more, char plain[SHELL_PROMPT_MAX])
{
    struct text prompt;
    size_t size = shell_prompt(terminal->shell, is_more, plain);
    text_init_fixed(&prompt, terminal->prompt, sizeof terminal->prompt);
    terminal_put_prompt(&prompt, plain, size);
}

enum terminal_read terminal_edit_line(struct terminal *terminal, bool is_more, struct text *line)
{
    char plain[SHELL_PROMPT_MAX];
    int count = 0;
    text_clear(line);
    make_prompt(terminal, is_more, plain);
    terminal->was_cancelled = false;
    terminal->listed_at = 0;
    terminal->key_count = 0;
    fputs(paste_on, stdout);
    const char *typed = el_gets(terminal->edit, &count);
    fputs(paste_off, stdout);
    size_t size = typed && count > 0 ? (size_t)count : 0;
    while (size && typed[size - 1] == '\n')
        size--;
    text_put_bytes(line, size ? typed : "", size);
    if (terminal->pane) { /* as it stands in the region */
        terminal_keep(terminal, plain, strlen(plain));
        terminal_keep(terminal, line->size ? line->data : "", line->size);
        terminal_keep(terminal, terminal->was_cancelled ? "^C\n" : "\n", terminal->was_cancelled ? 3 : 1);
    }
    if (terminal->was_cancelled)
        return TERMINAL_CANCELLED;
    if (typed)
        return TERMINAL_LINE;
    fputc('\n', stdout);
    if (terminal->is_gone)
        return TERMINAL_GONE;
    return env_terminal_end_signal() ? TERMINAL_SIGNALLED : TERMINAL_END;
}

/* terminal.c: one line after another: read, evaluate, show. */
#include "console/terminal.h"

#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "console/terminal_impl.h"

enum { EXIT_SIGNALLED = 128, EMPTY_LINES_END = 2, KEY_ESCAPE = 0x1b };

static const char red[] = "\x1b[31m", plain[] = "\x1b[0m", clear[] = "\x1b[2J\x1b[H"; /* as the word clear prints it */

/* What the handler of signals reaches; set while an evaluation runs. */
static struct shell *volatile evaluating;

static void interrupt(void *arg)
{
    (void)arg;
    struct shell *shell = evaluating;
    if (shell)
        shell_interrupt(shell);
}

static void say(struct terminal *terminal, const char *what)
{
    char line[160];
    int size = snprintf(line, sizeof line, "%s%s%s\n", terminal->has_colour ? red : "", what,
                        terminal->has_colour ? plain : "");
    terminal_print(terminal, line, (size_t)size);
}

/* Within an evaluation: the only time between two lines of it. */
static void print(void *arg, const char *text, size_t size)
{
    struct terminal *terminal = arg;
    unsigned signals = terminal->is_person ? env_terminal_peek_signals() : 0;
    if (signals & (ENV_TERMINAL_STOP | ENV_TERMINAL_RESIZED)) {
        env_terminal_take_signals();
        if (signals & ENV_TERMINAL_STOP)
            terminal_stop(terminal);
        terminal_measure(terminal);
        if (terminal->pane)
            terminal_redraw(terminal, false);
    }
    if (terminal->pane && size == sizeof clear - 1 && memcmp(text, clear, size) == 0)
        terminal_redraw(terminal, true); /* the region, not the pane */
    else
        terminal_print(terminal, text, size);
    terminal_tend(terminal);
}

/* A pager's question takes Enter as yes; any other only `y`, and nothing that was typed before it. */
static bool confirm(void *arg, const char *question)
{
    struct terminal *terminal = arg;
    bool is_pager = strncmp(question, "-- more", 7) == 0;
    if (!is_pager)
        terminal_forget_keys(terminal);
    printf("%s%s%s", is_pager && terminal->has_colour ? "\x1b[7m" : "", question,
           is_pager && terminal->has_colour ? plain : "");
    fflush(stdout);
    for (;;) {
        char key = terminal_key(terminal);
        bool is_yes = key == 'y' || key == 'Y' || (is_pager && (key == '\n' || key == '\r' || key == ' '));
        bool is_no = !key || key == KEY_ESCAPE || key == 'n' || key == 'N' || key == 'q' || key == '\n' || key == '\r';
        if (!is_yes && !is_no)
            continue;
        if (is_pager)
            fputs(terminal->has_editor ? "\r\x1b[K" : "\n", stdout);
        else
            terminal_print(terminal, is_yes ? "y\n" : "n\n", 2);
        fflush(stdout);
        return is_yes;
    }
}

static enum shell_result evaluate(struct terminal *terminal, const char *chunk)
{
    evaluating = terminal->shell;
    enum shell_result result = env_terminal_end_signal() ? SHELL_QUIT : shell_eval(terminal->shell, chunk);
    evaluating = NULL;
    unsigned signals = env_terminal_take_signals(); /* a Ctrl-C was for the evaluation */
    if (signals & ENV_TERMINAL_STOP && terminal->is_person)
        terminal_stop(terminal);
    if (signals & ENV_TERMINAL_RESIZED) {
        terminal_measure(terminal);
        if (terminal->has_editor)
            terminal_redraw(terminal, false);
    }
    return result;
}

static enum terminal_read read_line(struct terminal *terminal, bool is_more, struct text *line)
{
    char prompt[SHELL_PROMPT_MAX];
    if (terminal->is_person) {
        terminal_tend(terminal);
        terminal_print_told(terminal);
    }
    if (terminal->has_editor)
        return terminal_edit_line(terminal, is_more, line);
    if (terminal->is_person) {
        shell_prompt(terminal->shell, is_more, prompt);
        fputs(prompt, stdout);
        fflush(stdout);
    }
    enum terminal_read read = terminal_plain_line(terminal, line);
    if (terminal->is_person && read != TERMINAL_LINE)
        fputc('\n', stdout);
    return read;
}

/* What one line, or its absence, makes of the chunk. */
struct talk {
    struct text line, chunk;
    bool is_more;
    int empty_lines;
    int code; /* < 0: it goes on */
};

static void forget_chunk(struct talk *talk)
{
    text_clear(&talk->chunk);
    talk->is_more = false;
    talk->empty_lines = 0;
}

static void take_line(struct terminal *terminal, struct talk *talk)
{
    bool is_empty = strspn(talk->line.data, " \t") == talk->line.size;
    talk->empty_lines = is_empty ? talk->empty_lines + 1 : 0;
    if (is_empty && !talk->is_more)
        return;
    if (talk->is_more)
        text_put_char(&talk->chunk, '\n');
    text_put_bytes(&talk->chunk, talk->line.data, talk->line.size);
    if (talk->line.is_cut || talk->chunk.is_cut) {
        say(terminal, "error: more than 262,144 bytes at once: not evaluated");
        forget_chunk(talk);
        return;
    }
    enum shell_result result = evaluate(terminal, talk->chunk.data);
    talk->is_more = result == SHELL_MORE;
    if (talk->is_more && terminal->is_person && talk->empty_lines >= EMPTY_LINES_END) {
        say(terminal, "error: the chunk is not complete: not evaluated");
        talk->is_more = false;
    }
    if (talk->is_more)
        return;
    if (terminal->has_editor)
        terminal_history_add(&terminal->history, talk->chunk.data);
    forget_chunk(talk);
    if (result == SHELL_QUIT)
        talk->code = 0;
    if (result == SHELL_GONE)
        talk->code = 1;
}

static void take_end(struct terminal *terminal, struct talk *talk, enum terminal_read read)
{
    bool is_left = talk->is_more && terminal->is_person && !terminal->is_ended;
    switch (read) {
    case TERMINAL_CANCELLED:
        if (!terminal->is_person)
            talk->code = EXIT_SIGNALLED + 2;
        break;
    case TERMINAL_END: /* Ctrl-D in the middle of a chunk leaves the chunk only */
        if (talk->is_more && !is_left)
            say(terminal, "error: the input ends within a chunk that is not complete");
        if (!is_left)
            talk->code = 0;
        break;
    case TERMINAL_GONE:
        say(terminal, "the host is gone");
        talk->code = 1;
        break;
    case TERMINAL_SIGNALLED:
    case TERMINAL_LINE:
        break;
    }
    forget_chunk(talk);
}

static int run(struct terminal *terminal)
{
    struct talk talk = {.code = -1};
    text_init_grow(&talk.line, TERMINAL_CHUNK_MAX);
    text_init_grow(&talk.chunk, TERMINAL_CHUNK_MAX);
    while (talk.code < 0) {
        enum terminal_read read = read_line(terminal, talk.is_more, &talk.line);
        if (read == TERMINAL_LINE)
            take_line(terminal, &talk);
        else
            take_end(terminal, &talk, read);
        if (env_terminal_end_signal() && talk.code != 1)
            talk.code = EXIT_SIGNALLED + env_terminal_end_signal();
    }
    text_release(&talk.line);
    text_release(&talk.chunk);
    return talk.code;
}

static bool names_utf8(const char *name) { return name && (strcasestr(name, "utf-8") || strcasestr(name, "utf8")); }

/* Characters of this thread alone, as the environment says; everything else, numbers above all, stays as it is in C. An
 * environment without UTF-8 still types and reads it: only what we draw is plain then. */
static locale_t take_locale(locale_t *ret_before, bool *ret_is_unicode)
{
    const char *all = getenv("LC_ALL"), *type = getenv("LC_CTYPE"), *lang = getenv("LANG");
    *ret_is_unicode = names_utf8(all && *all ? all : (type && *type ? type : lang));
    locale_t locale = newlocale(LC_CTYPE_MASK, *ret_is_unicode ? "" : "C.UTF-8", (locale_t)0);
    if (!locale)
        locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    *ret_before = locale ? uselocale(locale) : (locale_t)0;
    *ret_is_unicode = *ret_is_unicode && locale && strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    return locale;
}

static void look_around(struct terminal *terminal)
{
    const char *term = getenv("TERM"), *no_colour = getenv("NO_COLOR");
    bool is_dumb = !term || !*term || strcmp(term, "dumb") == 0, shows = env_terminal_is(1);
    terminal->is_person = shows && env_terminal_is(0);
    terminal->has_editor = terminal->is_person && !is_dumb;
    terminal->has_colour = terminal->config->has_colour && shows && !is_dumb && !(no_colour && *no_colour);
}

static oc_rc open_shell(struct terminal *terminal)
{
    const struct terminal_config *config = terminal->config;
    struct shell_config shell = {.link = config->link,
                                 .print = print,
                                 .arg = terminal,
                                 .confirm = terminal->is_person ? confirm : NULL,
                                 .limit_ns = config->limit_ns,
                                 .columns = terminal->columns,
                                 .has_colour = terminal->has_colour,
                                 .has_braille = terminal->has_unicode,
                                 .session_file = config->save_folder,
                                 .diff = config->diff,
                                 .diff_arg = config->diff_arg,
                                 .history = config->history};
    return shell_new(&shell, &terminal->shell);
}

int terminal_run(const struct terminal_config *config)
{
    struct terminal *terminal = env_alloc(sizeof *terminal);
    locale_t before, locale;
    int code = 1;
    if (!terminal)
        return code;
    terminal->config = config;
    locale = take_locale(&before, &terminal->has_unicode);
    look_around(terminal);
    text_init_grow(&terminal->tail, TERMINAL_TAIL_MAX);
    terminal_measure(terminal);
    oc_rc rc = open_shell(terminal);
    if (rc == OC_OK && terminal->has_editor) {
        env_terminal_get(0, &terminal->mode);
        env_terminal_set_keys(0);
        rc = terminal_edit_open(terminal);
    }
    if (rc == OC_OK) {
        env_terminal_catch(interrupt, NULL);
        terminal_measure(terminal);
        terminal_enter(terminal);
        code = run(terminal);
    } else {
        const char *why = rc == OC_E_IO     ? "the host is gone, or speaks another protocol"
                          : rc == OC_E_FULL ? "as many consoles as the host takes are attached: end one of them first"
                                            : "no memory for a console";
        fprintf(stderr, "outcry: %s\n", why);
    }
    terminal_leave(terminal);
    terminal_edit_close(terminal);
    env_terminal_set(0, &terminal->mode);
    if (rc == OC_OK)
        env_terminal_release();
    shell_free(terminal->shell);
    text_release(&terminal->tail);
    if (locale) {
        uselocale(before);
        freelocale(locale);
    }
    env_free(terminal);
    return code;
}

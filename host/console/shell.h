/* shell.h: console Lua: what a person types becomes words over the link, and answers become text.
 *
 * Invariants
 * - Runs in the console's own thread or process, never on the engine's. It knows the host by the link only.
 * - Every evaluation ends: by itself, by shell_interrupt, or by the limit; globals outlive all three.
 * - Output goes through print() in whole lines; colours only where the terminal has them. */
#ifndef CONSOLE_SHELL_H
#define CONSOLE_SHELL_H

#include "base/checked.h"
#include "base/text.h"
#include "console/link.h"

enum { SHELL_PROMPT_MAX = 256, SHELL_COMPLETIONS_MAX = 128, SHELL_WORD_MAX = 96 };

struct shell; /* opaque */

enum shell_result {
    SHELL_DONE,
    SHELL_MORE,  /* the chunk is not complete: ask for another line and evaluate both */
    SHELL_ERROR, /* said already; also for a refusal */
    SHELL_QUIT,  /* quit() or exit() */
    SHELL_GONE   /* the host is gone */
};

struct shell_config {
    struct link *link;
    void (*print)(void *arg, const char *text, size_t size); /* whole lines, without or with colours */
    void *arg;
    /* Asks the person; NULL: nobody is there, the answer is no. */
    bool (*confirm)(void *arg, const char *question);
    int64_t limit_ns; /* of one evaluation: 5 s */
    uint32_t columns; /* 80 */
    uint32_t rows;    /* 24; 0: no paging */
    bool has_colour;
    bool has_braille;         /* false: chart() draws with plain characters */
    const char *session_file; /* folder of files that save() may write into; NULL: the working folder */
    /* Where two sessions part, as text, terminated. False: `text` says why not. NULL: diff() is not supported here. */
    bool (*diff)(void *arg, const char *a, const char *b, char *text, size_t size_max);
    void *diff_arg;
    /* Rows of the history over all sessions, as text: `words` are a verb of it and its filters, each ended by a zero, and one more zero. As diff. */
    bool (*history)(void *arg, const char *words, char *text, size_t size_max);
};

/* Says hello, subscribes to all that is told, and installs the words. On the thread that will evaluate. `config` is copied,
 * what it points to is borrowed until shell_free. OC_E_IO: the host is gone or speaks another protocol. OC_E_FULL:
 * CONSOLE_SERVER_SEATS_MAX are attached. OC_E_NOMEM. Owned: shell_free. */
CHECKED oc_rc shell_new(const struct shell_config *config, struct shell **ret_shell);
void shell_free(struct shell *shell);
void shell_resize(struct shell *shell, uint32_t columns, uint32_t rows);
/* Evaluates what was typed: Lua, a bare known name, or the word form of an order. */
enum shell_result shell_eval(struct shell *shell, const char *text);
/* While nothing is evaluated: does what every() and after() have due. What that prints goes into `text`, lines parted by '\n'.
 * Returns its length; 0 also where no timer waits. */
size_t shell_tick(struct shell *shell, char *text, size_t size_max);
/* From a signal handler, or another thread: the running evaluation ends soon. What shell_prompt, shell_headline and
 * shell_told_text do is safe while an evaluation prints or asks; shell_eval and shell_complete are not entered twice. */
void shell_interrupt(struct shell *shell);
/* "paper BTC/USDT 10,214.30 +0.8% > ", with colours if there are any; asks the host for its status. `is_more`: for the next
 * line of an incomplete chunk. Returns its length. */
size_t shell_prompt(struct shell *shell, bool is_more, char text[SHELL_PROMPT_MAX]);
/* One line for the pane's head: mode, environment, instrument, equity, halt, seq, paused. No line end. */
size_t shell_headline(struct shell *shell, char *text, size_t size_max);
/* To the second, "2024-01-01T00:05:00": what the last line that was told is about ("": no place in the data), and where the session
 * was when it was asked last. Borrowed until the next call. */
enum { SHELL_TIME_MAX = 20 };
const char *shell_told_time(const struct shell *shell);
const char *shell_now(const struct shell *shell);
/* Turns a line that was told into text for the pane: "12:00:01 FILL o3 BUY 0.1000 BTC/USDT @ 60,012.4". */
size_t shell_told_text(struct shell *shell, const char *kind, const char *json, char *text, size_t size_max);
/* Names that may go on at the end of `line` (names, fields after a dot, instruments, open order ids). *ret_from is where in
 * the line the completed word begins. Returns how many of words[] were filled, in order. */
uint32_t shell_complete(struct shell *shell, const char *line, size_t *ret_from,
                        char words[SHELL_COMPLETIONS_MAX][SHELL_WORD_MAX]);
/* The words as a Markdown page, from the table that help() reads. OC_E_NOMEM, OC_E_LIMIT: cut. */
CHECKED oc_rc shell_reference(struct text *text);

#endif

/* terminal.h: the person's side of a console: the line editor, the pane, pages; or a pipe.
 *
 * Invariants
 * - The line being typed is never broken: what arrives meanwhile goes to the pane (or, on a dumb terminal, waits for the
 *   next prompt).
 * - The terminal is left as it was found, however the console ends.
 * - In a pipe: no prompt, no pane, no colour; each line is evaluated as it comes; 0 at its end. */
#ifndef CONSOLE_TERMINAL_H
#define CONSOLE_TERMINAL_H

#include "console/shell.h"

enum { TERMINAL_PANE_DEFAULT = 5, TERMINAL_HISTORY_MAX = 10000 };

struct terminal_config {
    struct link *link;
    const char *history_file; /* NULL: none is kept */
    uint32_t pane_rows;       /* 0: no pane */
    int64_t limit_ns;         /* console.limit */
    bool has_colour;          /* allowed; NO_COLOR and TERM=dumb still say no */
    const char *save_folder;  /* where save() writes; NULL: the working folder */
    bool (*diff)(void *arg, const char *a, const char *b, char *text,
                 size_t size_max); /* as shell_config's; may be NULL */
    void *diff_arg;
    bool (*history)(void *arg, const char *words, char *text, size_t size_max);
};

/* Runs until quit, the end of input, or the host's end. [setup] Handlers of SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP and
 * SIGWINCH are taken meanwhile. Returns the exit code: 0 good, 1 the host went away, 128 + N ended by signal N. */
int terminal_run(const struct terminal_config *config);

#endif

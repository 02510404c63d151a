/* terminal_impl.h: what the files of the terminal share. Private to host/console/terminal*.c.
 *
 * The screen with a pane:
 *
 *     row 1           the headline: LIVE, equity, halt; never scrolls away
 *     rows 2..pane    the youngest of what was told
 *     row pane + 1    a thin rule
 *     the rest        a scroll region (DECSTBM), in which the editor moves relatively and evaluations print
 *
 * Invariants
 * - The pane is painted between two keys, or between two lines of output: never while the editor is half way through. It
 *   saves and restores the cursor, and touches no row of the region.
 * - What is in the region is also in `tail`, so that it can be drawn anew after a resize or a stop. */
#ifndef CONSOLE_TERMINAL_IMPL_H
#define CONSOLE_TERMINAL_IMPL_H

#include <histedit.h>

#include "base/checked.h"
#include "base/env_terminal.h"
#include "base/text.h"
#include "console/terminal.h"

enum {
    TERMINAL_TOLD_MAX = 64, /* lines kept for the pane, or for the next prompt */
    TERMINAL_TOLD_LINE_MAX = 512,
    TERMINAL_CHUNK_MAX = 262144, /* bytes of what is evaluated at once */
    TERMINAL_TAIL_MAX = 131072,  /* bytes of the region that are kept to be drawn anew */
    TERMINAL_PROMPT_MAX = SHELL_PROMPT_MAX * 2,
    TERMINAL_ROWS_MIN = 10, /* below: no pane */
    TERMINAL_KEYS_MAX = 16,
    TERMINAL_IN_MAX = 4096
};

struct terminal_history {
    History *list;
    const char *file; /* borrowed; NULL: none */
};

struct terminal {
    const struct terminal_config *config;
    struct shell *shell;
    bool is_person;  /* stdin and stdout are terminals */
    bool has_editor; /* and not dumb */
    bool has_colour;
    bool has_unicode;
    bool is_gone;  /* the host */
    bool is_ended; /* the input */
    uint32_t columns, rows;
    struct env_terminal_mode mode; /* as it was found */

    /* The pane: terminal_pane.c */
    uint32_t pane; /* rows of it, headline included, rule not; 0: none */
    bool is_drawn;
    bool is_stale; /* there is something new */
    int64_t painted_ns, headed_ns, head_pause_ns;
    char head[1024];
    char told[TERMINAL_TOLD_MAX][TERMINAL_TOLD_LINE_MAX];
    char told_at[TERMINAL_TOLD_MAX][SHELL_TIME_MAX]; /* data time of each; "": of no place in the data */
    uint64_t told_count;                             /* all so far; the ring has the youngest */
    uint64_t told_shown;                             /* without a pane: printed so far */
    struct text tail;

    /* The editor: terminal_edit.c */
    EditLine *edit;
    struct terminal_history history;
    char prompt[TERMINAL_PROMPT_MAX]; /* with \1 around what has no width */
    char keys[TERMINAL_KEYS_MAX];     /* that come before those typed */
    uint32_t key_count;
    bool was_cancelled;
    bool wants_clear;
    uint64_t listed_at; /* a fingerprint of the line at the last TAB: tells the second from the first */
    uint32_t word_count;
    char words[SHELL_COMPLETIONS_MAX][SHELL_WORD_MAX];
    int list_back; /* characters from the end back to the cursor, for after the list */

    /* Lines without the editor: terminal_key.c */
    size_t in_at, in_size;
    char in[TERMINAL_IN_MAX];
};

/* terminal_text.c: text as a terminal shows it. The thread's locale says what a character is. */
/* Columns that `text` takes; escape sequences take none. */
uint32_t terminal_width(const char *text, size_t size);
/* Puts `text` cut to `columns`, with an ellipsis if cut and the colours ended; control characters become spaces. */
void terminal_put_fit(struct text *to, const char *text, size_t size, uint32_t columns, bool has_unicode);
/* Puts `text` with \1 around each escape sequence, as the editor wants its prompt. */
void terminal_put_prompt(struct text *to, const char *text, size_t size);
/* Bytes that all the words begin with. */
size_t terminal_common(char words[][SHELL_WORD_MAX], uint32_t count);
/* Puts the words in columns, read downwards, at most `rows_max` lines. */
void terminal_put_columns(struct text *to, char words[][SHELL_WORD_MAX], uint32_t count, uint32_t columns,
                          uint32_t rows_max);

/* terminal_history.c */
CHECKED oc_rc terminal_history_open(struct terminal_history *past, const char *file);
void terminal_history_close(struct terminal_history *past);
/* Remembers a chunk, and appends it to the file at once. */
void terminal_history_add(struct terminal_history *past, const char *chunk);
/* One entry as one line of the file, and back: \n and \\ for what a line cannot hold. */
void terminal_history_encode(struct text *to, const char *entry, size_t size);
void terminal_history_decode(struct text *to, const char *line, size_t size);

/* terminal_pane.c */
/* Asks for the size and plans the screen; tells the shell. */
void terminal_measure(struct terminal *terminal);
/* Makes room, then draws all. */
void terminal_enter(struct terminal *terminal);
/* Draws all anew: pane, and the tail of the region unless `is_empty`. The cursor is where the prompt begins. */
void terminal_redraw(struct terminal *terminal, bool is_empty);
/* Takes the pane away. */
void terminal_leave(struct terminal *terminal);
/* Takes what was told, and paints what is due. Sets is_gone. */
void terminal_tend(struct terminal *terminal);
/* Without a pane: prints what was told since. */
void terminal_print_told(struct terminal *terminal);
/* Into the region. */
void terminal_print(struct terminal *terminal, const char *text, size_t size);
/* Notes what the editor has put into the region. */
void terminal_keep(struct terminal *terminal, const char *text, size_t size);
/* Ctrl-Z: gives the terminal back, stops, and takes it again. */
void terminal_stop(struct terminal *terminal);

/* terminal_edit.c */
CHECKED oc_rc terminal_edit_open(struct terminal *terminal);
void terminal_edit_close(struct terminal *terminal);
enum terminal_read { TERMINAL_LINE, TERMINAL_CANCELLED, TERMINAL_END, TERMINAL_GONE, TERMINAL_SIGNALLED };
/* One line into `line` (cleared first), without its end. */
enum terminal_read terminal_edit_line(struct terminal *terminal, bool is_more, struct text *line);

/* terminal_key.c: keys and lines without the editor. */
/* Waits for input, tending meanwhile. False: a signal came, or the host is gone. */
bool terminal_wait(struct terminal *terminal);
/* One key; 0: interrupted, or nobody is there any more. */
char terminal_key(struct terminal *terminal);
/* Drops what was typed until now. */
void terminal_forget_keys(struct terminal *terminal);
enum terminal_read terminal_plain_line(struct terminal *terminal, struct text *line);

#endif

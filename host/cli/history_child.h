/* history_child.h: a process of its own keeps the history up with a session that runs: `outcry history follow SESSION`.
 *
 * Invariants
 * - The engine's thread does nothing for it but to look at one flag. Nothing of it can stop, slow or end the session: not a full disk, not a
 *   damaged database, not its crash.
 * - It outlives this process, however that ends, until it has read the records to their end. */
#ifndef CLI_HISTORY_CHILD_H
#define CLI_HISTORY_CHILD_H

#include <stdatomic.h>

#include "base/env_run.h"
#include "base/error.h"
#include "config/settings.h"
#include "tell/tell.h"

enum { HISTORY_KEYS = 5 };

struct history_words { /* the settings that another process of the history needs */
    char values[HISTORY_KEYS][SETTING_KEY_MAX + SETTING_VALUE_MAX];
};

/* Puts them behind argv[count], two each; they point into `words`. Returns the new count. */
uint32_t history_settings(const struct settings *settings, struct history_words *words, const char **argv,
                          uint32_t count);

struct history_child { /* begun as zeros */
    struct env_run run;
    struct env_thread *thread; /* NULL: there is none */
    _Atomic bool is_ending;
    _Atomic uint32_t news;         /* grows with each word of it */
    uint32_t heard;                /* of them; the engine's thread */
    char words[2][ERROR_TEXT_MAX]; /* by `news`, modulo 2: why it is behind; "": it is not */
};

/* [setup] Where history.write and history.follow say so. What is wrong is logged: it fails no session. */
void history_child_begin(struct history_child *child, struct settings *settings, const char *session_dir);
/* [engine] What it has said since, to the log and to `tell`. */
void history_child_look(struct history_child *child, struct tell *tell);
/* [setup] It is let go of: it reads what is left, by itself. Takes one that was not begun. */
void history_child_end(struct history_child *child);

#endif

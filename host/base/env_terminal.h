/* env_terminal.h: a person's terminal: its size, its modes, its signals, and a private file that grows.
 *
 * Invariants
 * - Part of host/base/env*: the one place that knows the operating system. There is no simulated binding.
 * - One program has one terminal, so what is caught here is of the process; the handlers note and return. */
#ifndef BASE_ENV_TERMINAL_H
#define BASE_ENV_TERMINAL_H

#include "base/checked.h"
#include "base/env.h"

enum { ENV_TERMINAL_MODE_MAX = 128 };

struct env_terminal_mode { /* what the system keeps of a terminal; copied, never looked into */
    _Alignas(8) unsigned char bytes[ENV_TERMINAL_MODE_MAX];
    bool is_known;
};

/* What came since the last env_terminal_take_signals, as bits. */
enum {
    ENV_TERMINAL_INTERRUPT = 1, /* Ctrl-C */
    ENV_TERMINAL_STOP = 2,      /* Ctrl-Z */
    ENV_TERMINAL_RESIZED = 4,
    ENV_TERMINAL_END = 8 /* SIGTERM, SIGHUP, SIGQUIT */
};

/* [any] Both refer to an open descriptor. */
bool env_terminal_is(int fd);
/* [any] False: unknown; the outputs are untouched. */
bool env_terminal_size(int fd, uint32_t *ret_columns, uint32_t *ret_rows);

/* [any] Notes the mode. */
void env_terminal_get(int fd, struct env_terminal_mode *ret_mode);
/* [any] Brings a noted mode back; nothing that was typed is lost. An unknown one is ignored. */
void env_terminal_set(int fd, const struct env_terminal_mode *mode);
/* [any] Keys one at a time and without echo, while Ctrl-C and Ctrl-Z still send their signals. */
void env_terminal_set_keys(int fd);

/* [setup] Notes SIGINT, SIGTSTP, SIGWINCH, SIGTERM, SIGHUP and SIGQUIT from now on. `interrupt` (may be NULL) is called from
 * the handler of SIGINT, SIGTERM, SIGHUP and SIGQUIT: it may only set flags. `arg` is borrowed until the release. */
void env_terminal_catch(void (*interrupt)(void *arg), void *arg);
/* [setup] Brings the handlers back that were there. */
void env_terminal_release(void);
/* [any] Bits of what came; forgets them. */
unsigned env_terminal_take_signals(void);
/* [any] Bits of what came; keeps them. */
unsigned env_terminal_peek_signals(void);
/* [any] Which signal ENV_TERMINAL_END was; 0: none came. */
int env_terminal_end_signal(void);
/* [any] Stops the process as Ctrl-Z would without us; returns when it goes on. */
void env_terminal_stop(void);

/* [any] Appends to a file of the owner alone (made with mode 0600), whole even when several processes do so at once. */
CHECKED oc_rc env_append_private(const char *path, const void *data, size_t size);
/* [any] Replaces a private file by what `edit` makes of it while no env_append_private is under way. `edit` gets its bytes
 * and says from which on they are kept. A missing file is no error. */
CHECKED oc_rc env_cut_private(const char *path, size_t size_max, size_t (*edit)(const char *data, size_t size));

#endif

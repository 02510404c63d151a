/* env_run.h: another program, spoken to by its standard input and output, for a bounded time.
 *
 * Invariants
 * - The arguments are a list: no shell reads them. What the program writes to its standard error goes nowhere.
 * - It has no descriptor of ours but its own two, a process group of its own, and ends with its whole group at env_run_end.
 * - What is read goes straight into the caller's bytes.
 * - Part of host/base/env*: the one place that knows the operating system. There is no simulated binding. */
#ifndef BASE_ENV_RUN_H
#define BASE_ENV_RUN_H

#include "base/checked.h"
#include "base/env.h"

enum { ENV_RUN_WORDS_MAX = 64 }; /* of its arguments */

struct env_run { /* pid 0: none */
    int pid;
    int to_fd;   /* its standard input; -1: closed */
    int from_fd; /* its standard output */
};

/* [setup] argv[0] is looked for in PATH; NULL-terminated. OC_E_NOT_FOUND: no such program; OC_E_IO: it could not be started.
 * Owned: env_run_end, also where the caller is not content. */
CHECKED oc_rc env_run_start(const char *const *argv, struct env_run *ret_run);
/* [setup] All of it. OC_E_AGAIN: not by until_ns of env_clock_mono(); OC_E_END: the program reads no more. */
CHECKED oc_rc env_run_write(struct env_run *run, const void *data, size_t size, int64_t until_ns);
/* [setup] The program sees the end of its input. */
void env_run_close_input(struct env_run *run);
/* [setup] What there is, at most `size` bytes; *ret_size 0: the program has closed its output. OC_E_AGAIN: nothing by until_ns. */
CHECKED oc_rc env_run_read(struct env_run *run, void *data, size_t size, int64_t until_ns, size_t *ret_size);
/* Whether it has ended, or nobody speaks there any more. Does not wait. */
bool env_run_has_ended(const struct env_run *run);
/* Ends it at once. *ret_signal is what had ended it before, 0: nothing had; then *ret_code is its exit code, -1: this call ended it. */
void env_run_kill(struct env_run *run, int *ret_code, int *ret_signal);
/* [setup] This process is the program: its standard input and output become *ret_run, and nothing else is said there. It ends with the
 * process that started it. */
void env_run_is_child(struct env_run *ret_run);
/* [setup] Waits to until_ns for it to end by itself and then ends it. *ret_code is its exit code; -1: it was ended, or died. */
void env_run_end(struct env_run *run, int64_t until_ns, int *ret_code);

#endif

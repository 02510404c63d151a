/* env_fork.h: copies of a process that sleep until they are wanted again: checkpoints that cost a page table.
 *
 * Invariants
 * - Only a process of one thread forks.
 * - What copies share with their origin is the place in open files; it is noted at the fork and put back when a copy goes
 *   on. Only one of them runs at a time. */
#ifndef BASE_ENV_FORK_H
#define BASE_ENV_FORK_H

#include "base/checked.h"
#include "base/env.h"

enum { ENV_FORK_FILES_MAX = 32, ENV_WAKE_MAX = 256 };

struct env_copy { /* a sleeping copy, seen from the one that runs */
    int pid;
    int wake_fd; /* what is written here wakes it */
};

enum env_fork_side { ENV_FORK_ORIGIN, ENV_FORK_WOKEN };

/* Makes a sleeping copy. It returns at once as ENV_FORK_ORIGIN with *ret_copy; and again, each time the copy is woken, as
 * ENV_FORK_WOKEN in a new process with the message in `message` (ENV_WAKE_MAX bytes): the copy itself goes on sleeping. It
 * ends when the other end of `life_fd` is closed. OC_E_IO: no copy was made. */
CHECKED oc_rc env_fork_copy(int life_fd, void *message, struct env_copy *ret_copy, enum env_fork_side *ret_side);
/* Wakes it with `size` bytes. OC_E_NOT_FOUND: it is gone. */
CHECKED oc_rc env_fork_wake(const struct env_copy *copy, const void *message, size_t size);
void env_fork_end(struct env_copy *copy);
/* A child that runs `fn` and then ends with its result; the person's keys do not reach it. *ret_pid is the
 * caller's to reap. */
CHECKED oc_rc env_fork_child(int (*fn)(void *arg), void *arg, int *ret_pid);
/* Waits for a child: *ret_code is its result, or *ret_signal what killed it (0: nothing did). OC_E_LIMIT: timeout_ns has passed, and
 * it was killed. OC_E_IO. */
CHECKED oc_rc env_fork_wait(int pid, int64_t timeout_ns, int *ret_code, int *ret_signal);
/* Ends this process without any cleaning up. */
void env_fork_exit(int code) __attribute__((noreturn));

#endif

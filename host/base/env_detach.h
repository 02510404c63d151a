/* env_detach.h: a process that goes on without the terminal it was started at: begun as a child of the one that a person waits for, and let go of
 * when it stands.
 *
 * Invariants
 * - It is forked before there is a second thread, and keeps the terminal until it is let go: what it asks is asked there.
 * - Part of host/base/env*: the one place that knows the operating system. There is no simulated binding. */
#ifndef BASE_ENV_DETACH_H
#define BASE_ENV_DETACH_H

#include "base/checked.h"
#include "base/env.h"

enum env_detach_side { ENV_DETACH_WAITED, ENV_DETACH_CHILD };

/* [setup] Returns twice. In the child: ENV_DETACH_CHILD, with *ret_tell_fd for env_detach_end. In the other one, when the child has told that it
 * stands or has ended: ENV_DETACH_WAITED; what it told is on the standard output, and *ret_code is what to end with. OC_E_IO. */
CHECKED oc_rc env_detach_begin(enum env_detach_side *ret_side, int *ret_tell_fd, int *ret_code);
/* [setup] In the child: a session of its own, without a terminal; its output goes to the end of the file, and whoever waits is told `words`. */
CHECKED oc_rc env_detach_end(int tell_fd, const char *path, const char *words);
/* [any] Standard output and error go to the end of this file from now on. *ret_size: what it has already. */
CHECKED oc_rc env_detach_output(const char *path, int64_t *ret_size);

#endif

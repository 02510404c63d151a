/* env_secret.h: memory for secrets, and how one comes into it without passing through any other: the environment, an open descriptor, a
 * file of the owner alone, a terminal.
 *
 * Invariants
 * - Part of host/base/env*: the one place that knows the operating system. There is no simulated binding.
 * - The pages lie between two that cannot be read or written, are locked against the swap where the system allows it, stand in no core
 *   dump, are zero in a forked copy (but those of env_secret_shared), and are overwritten before they are given back.
 * - What is read goes from the system call straight into such pages: no stdio, no buffer between.
 * - No function here puts a byte of a secret into env_error_text(). */
#ifndef BASE_ENV_SECRET_H
#define BASE_ENV_SECRET_H

#include "base/checked.h"
#include "base/env.h"

struct env_secret { /* `bytes` NULL: none */
    unsigned char *bytes;
    uint32_t size; /* used */
    uint32_t room; /* usable; whole pages */
};

/* [any] Zeroed. OC_E_NOMEM. Owned: env_secret_free. */
CHECKED oc_rc env_secret_new(uint32_t room, struct env_secret *ret_secret);
/* [any] The same, seen by forked copies too, and what they write is seen here. */
CHECKED oc_rc env_secret_shared(uint32_t room, struct env_secret *ret_secret);
/* Takes one that is none. */
void env_secret_free(struct env_secret *secret);
/* [any] Overwritten, nothing used. */
void env_secret_clear(struct env_secret *secret);
/* [any] Whether every such page so far could be locked; false: they may be swapped (`ulimit -l`). */
bool env_secret_is_locked(void);
/* [setup] From now on this process leaves no core dump, and no other process of the same user can look into it. */
void env_secret_guard(void);

/* All below fill *secret, which has its room already. OC_E_LIMIT: there is more than fits; then it holds nothing. */
/* [setup] Takes the variable out of the environment: it is overwritten there, where /proc shows it too. OC_E_NOT_FOUND. */
CHECKED oc_rc env_secret_variable(const char *name, struct env_secret *secret);
/* [setup] An open descriptor to its end; it is closed. OC_E_AGAIN: the end did not come within timeout_ns. OC_E_INVALID: it is not open. */
CHECKED oc_rc env_secret_descriptor(int fd, int64_t timeout_ns, struct env_secret *secret);
/* [setup] A regular file that belongs to this user or to root, and that nobody else may read or write. OC_E_DENIED: another may. */
CHECKED oc_rc env_secret_file(const char *path, struct env_secret *secret);
/* [setup] A line that a person types at the terminal of this process, without echo. OC_E_NOT_FOUND: there is no terminal; OC_E_STATE:
 * the person gave up (Ctrl-C, Ctrl-D). */
CHECKED oc_rc env_secret_ask(const char *prompt, struct env_secret *secret);
/* [setup] Whether there is a terminal to ask at. */
bool env_secret_can_ask(void);

/* [setup] Replaces a file of the owner alone (0600): after any crash it is the old or the new one. */
CHECKED oc_rc env_replace_private(const char *dir, const char *name, const void *data, size_t size);
/* [setup] Makes a folder of the owner alone, and those above it that are missing. */
CHECKED oc_rc env_make_private_dir(const char *path);

#endif

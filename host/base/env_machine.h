/* env_machine.h: what the machine is like, for `outcry doctor`.
 *
 * Invariants
 * - Part of host/base/env*: the one place that knows the operating system. There is no simulated binding. [setup] */
#ifndef BASE_ENV_MACHINE_H
#define BASE_ENV_MACHINE_H

#include "base/checked.h"
#include "base/env.h"

/* Bytes that this user may still write where `path` lies. */
CHECKED oc_rc env_free_bytes(const char *path, uint64_t *ret_bytes);
/* Whether a time service keeps the clock of this machine, and the largest error that the kernel counts with. OC_E_NOT_SUPPORTED. */
CHECKED oc_rc env_clock_health(bool *ret_is_kept, int64_t *ret_error_ns);
/* Bytes that may be locked against the swap; UINT64_MAX: without a limit. */
CHECKED oc_rc env_lock_limit(uint64_t *ret_bytes);
/* Whether another user than the owner may read or write a file, or it is not ours. */
CHECKED oc_rc env_is_private(const char *path, bool *ret_is_private);

#endif

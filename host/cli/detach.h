/* detach.h: `--detach`: a session that goes on without its terminal, and the file that its log goes to.
 *
 * Invariants
 * - What is asked before it is armed is asked at the terminal; it is let go when it stands.
 * - The file is host.log in the session's folder, of at most log.host_mib, and DETACH_FILES_MAX - 1 of before are kept. */
#ifndef CLI_DETACH_H
#define CLI_DETACH_H

#include "base/checked.h"
#include "base/env.h"

enum { DETACH_FILES_MAX = 4 };

struct run;

struct detach {
    int tell_fd; /* who waits at the terminal; 0: nobody, it is not to be let go of */
    char path[ENV_PATH_MAX];
    int64_t size, size_max; /* of the file; it is only looked at under the log's lock */
};

/* [setup] Where it is wanted, before there is a thread. True: this is the process that waited, and *ret_code is its end. */
bool detach_begin(struct detach *detach, bool is_wanted, int *ret_code);
/* [setup] The session stands: it is let go of. Nothing where it is not to be. Negative: the session's complaint says why. */
CHECKED oc_rc detach_end(struct detach *detach, struct run *run);

#endif

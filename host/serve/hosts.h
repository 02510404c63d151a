/* hosts.h: which hosts of this user run, and which have died: a file for each in the user's runtime folder, `host-PID.run`, held locked by
 * its host for as long as that lives.
 *
 * Invariants
 * - The system lets go of the lock when the process ends, however it ends: a file that is not locked is of a host that has died.
 * - A clean end takes the file away. That of a host that died stays until its session is started again, or its folder is gone: somebody
 *   who looks is told. One of a host without a folder goes when it has been looked at.
 * - Lines "key=value"; keys that are not known are passed over. */
#ifndef SERVE_HOSTS_H
#define SERVE_HOSTS_H

#include "base/checked.h"
#include "base/env.h"
#include "base/env_socket.h"

enum { HOSTS_MAX = 64, HOSTS_WORDS_MAX = 128 };

struct host_run {
    int pid;
    bool is_alive;
    char mode[16];                    /* "paper", "run", "console" */
    char session[ENV_PATH_MAX];       /* its folder, absolute; "": none */
    char socket[ENV_SOCKET_PATH_MAX]; /* where it listens; "": nowhere */
    char venue[HOSTS_WORDS_MAX];      /* groups of the configuration; "": a simulator */
    char version[32];
    int64_t started_ns;
};

struct host_file { /* begun as {-1} */
    int fd;
    char path[ENV_SOCKET_PATH_MAX + 32];
    char socket[ENV_SOCKET_PATH_MAX]; /* as it was told */
};

/* [setup] Of this process; files of hosts that died in the same session go. OC_E_STATE, OC_E_IO, OC_E_LIMIT: env_error_text says. */
CHECKED oc_rc host_file_open(struct host_file *file, const struct host_run *run);
/* [setup] A clean end. Takes one that is not open. */
void host_file_close(struct host_file *file);
/* [setup] All, at most HOSTS_MAX, those alive first. `forgets`: files of dead hosts without a folder go behind this. OC_E_NOT_FOUND: there
 * is no runtime folder. */
CHECKED oc_rc hosts_list(struct host_run *list, uint32_t *ret_count, bool forgets);

#endif

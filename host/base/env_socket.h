/* env_socket.h: local stream sockets: a Unix socket that only its owner may reach, and pairs within one process.
 *
 * Invariants
 * - Descriptors do not survive exec, and never raise SIGPIPE.
 * - Part of host/base/env*: the one place that knows the operating system. There is no simulated binding: a simulated
 *   host is asked without a socket. */
#ifndef BASE_ENV_SOCKET_H
#define BASE_ENV_SOCKET_H

#include "base/checked.h"
#include "base/env.h"

enum { ENV_SOCKET_PATH_MAX = 100, ENV_POLL_MAX = 16 };
enum { ENV_POLL_READ = 1, ENV_POLL_WRITE = 2, ENV_POLL_GONE = 4 };

struct env_poll {
    int fd;       /* negative: left out */
    short want;   /* ENV_POLL_READ, ENV_POLL_WRITE */
    short ret_is; /* what is possible; GONE: the other end closed it */
};

/* Two connected ends; both are owned: env_close. */
CHECKED oc_rc env_socket_pair(int ret_fd[2]);
/* Listens at `path` with mode 0600. A file left by a dead host is replaced; OC_E_EXISTS: a host answers there, or it is
 * no socket. OC_E_LIMIT: the path is too long. Owned: env_close, then env_unlink(path). */
CHECKED oc_rc env_socket_listen(const char *path, int *ret_fd);
/* OC_E_AGAIN: nobody waits. A caller of another user is closed: OC_E_STATE. The descriptor does not block. */
CHECKED oc_rc env_socket_accept(int fd, int *ret_fd);
/* OC_E_NOT_FOUND: no such file. OC_E_IO: nobody listens there any more. OC_E_AGAIN: too many knock there just now.
 * OC_E_STATE: it may not be used. */
CHECKED oc_rc env_socket_connect(const char *path, int *ret_fd);
/* "127.0.0.1:9464", "[::1]:9464"; port 0: any, and *ret_port is it. Of this machine alone: OC_E_INVALID for any other address. OC_E_IO. Owned:
 * env_close. */
CHECKED oc_rc env_tcp_listen(const char *address, int *ret_fd, int *ret_port);
/* OC_E_AGAIN: nobody waits. The descriptor does not block. */
CHECKED oc_rc env_tcp_accept(int fd, int *ret_fd);
/* Does not wait: *ret_size 0 with OC_OK is the end; OC_E_AGAIN: nothing is there. */
CHECKED oc_rc env_socket_read(int fd, void *data, size_t size, size_t *ret_size);
/* Does not wait: *ret_size may be less than size; OC_E_AGAIN: no room. OC_E_IO: the other end is gone. */
CHECKED oc_rc env_socket_write(int fd, const void *data, size_t size, size_t *ret_size);
/* Waits at most timeout_ns (negative: without end; rounded up to 1 ms). Returns how many are ready, 0 after the time or a
 * signal. */
int env_poll(struct env_poll *list, uint32_t count, int64_t timeout_ns);
/* $XDG_RUNTIME_DIR/outcry, or /tmp/outcry-UID: made if needed, with mode 0700 and ours. OC_E_STATE: it is another's. */
CHECKED oc_rc env_runtime_dir(char *path, size_t size_max);
/* Number of this process. */
int env_process(void);

#endif

/* env_net.h: what the network needs of the operating system: sockets of IP, and a poller that many of them wait in.
 *
 * Invariants
 * - Descriptors do not survive exec, never wait and never raise SIGPIPE where this house writes to them.
 * - A descriptor leaves the poller before it is closed.
 * - Part of host/base/env*: the one place that knows the operating system. There is no simulated binding: a simulation has a link of its
 *   own in place of the network. */
#ifndef BASE_ENV_NET_H
#define BASE_ENV_NET_H

#include "base/checked.h"
#include "base/env_socket.h"

enum { ENV_READY_MAX = 64 };

struct env_poller; /* opaque */

struct env_ready {
    int fd;
    short is; /* ENV_POLL_... */
};

/* Owned: env_poller_free, which takes NULL. OC_E_NOMEM, OC_E_IO. */
CHECKED oc_rc env_poller_new(struct env_poller **ret_poller);
void env_poller_free(struct env_poller *poller);
/* Waits for `want` of a descriptor from now on, as long as it holds; ENV_POLL_GONE is always told. */
CHECKED oc_rc env_poller_watch(struct env_poller *poller, int fd, short want);
/* One that is not watched is ignored. */
void env_poller_leave(struct env_poller *poller, int fd);
/* Waits until one is ready, somebody has called env_poller_wake, or timeout_ns has passed (negative: without end; rounded up to 1 ms).
 * Returns how many are in `ready`, at most ENV_READY_MAX; a call to wake is none of them, and is over with this. */
uint32_t env_poller_wait(struct env_poller *poller, struct env_ready ready[ENV_READY_MAX], int64_t timeout_ns);
/* Readable while somebody has called env_poller_wake: one poller waits for another. */
int env_poller_fd(const struct env_poller *poller);
/* [any] The wait of now, or the next one, ends at once. */
void env_poller_wake(struct env_poller *poller);

/* A socket of IP for a connection whose death is noticed: what was sent and is not confirmed within `dead_ns` ends it, and so does a peer
 * that does not answer for so long while nothing is sent. `family`, `type` and `protocol` are the system's. */
CHECKED oc_rc env_net_socket(int family, int type, int protocol, int64_t dead_ns, int *ret_fd);
/* Whether an address of the system (struct sockaddr) is this machine itself. */
bool env_net_is_loopback(const void *address, size_t size);

#endif

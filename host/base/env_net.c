#include "base/env_net.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define NS_PER_MS 1000000
#define NS_PER_S  1000000000

struct env_poller {
    int fd;
    int wake_fd;
};

oc_rc env_poller_new(struct env_poller **ret_poller)
{
    struct env_poller *poller = env_alloc(sizeof *poller);
    if (!poller)
        return OC_E_NOMEM;
    struct epoll_event event = {.events = EPOLLIN};
    poller->fd = epoll_create1(EPOLL_CLOEXEC);
    poller->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    event.data.fd = poller->wake_fd;
    if (poller->fd < 0 || poller->wake_fd < 0 || epoll_ctl(poller->fd, EPOLL_CTL_ADD, poller->wake_fd, &event) < 0) {
        const oc_rc rc = env_fail("make a poller", "", errno);
        env_poller_free(poller);
        return rc;
    }
    *ret_poller = poller;
    return OC_OK;
}

void env_poller_free(struct env_poller *poller)
{
    if (!poller)
        return;
    env_close(poller->wake_fd);
    env_close(poller->fd);
    env_free(poller);
}

oc_rc env_poller_watch(struct env_poller *poller, int fd, short want)
{
    struct epoll_event event = {.events =
                                    (want & ENV_POLL_READ ? EPOLLIN : 0u) | (want & ENV_POLL_WRITE ? EPOLLOUT : 0u)};
    event.data.fd = fd;
    if (epoll_ctl(poller->fd, EPOLL_CTL_ADD, fd, &event) == 0)
        return OC_OK;
    if (errno == EEXIST && epoll_ctl(poller->fd, EPOLL_CTL_MOD, fd, &event) == 0)
        return OC_OK;
    return env_fail("watch a socket", "", errno);
}

void env_poller_leave(struct env_poller *poller, int fd)
{
    struct epoll_event event = {.events = 0};
    (void)epoll_ctl(poller->fd, EPOLL_CTL_DEL, fd, &event); /* it may have left with the descriptor */
}

uint32_t env_poller_wait(struct env_poller *poller, struct env_ready ready[ENV_READY_MAX], int64_t timeout_ns)
{
    struct epoll_event events[ENV_READY_MAX];
    const int64_t timeout_ms = timeout_ns < 0 ? -1 : (timeout_ns + NS_PER_MS - 1) / NS_PER_MS;
    const int count =
        epoll_wait(poller->fd, events, ENV_READY_MAX, timeout_ms > INT32_MAX ? INT32_MAX : (int)timeout_ms);
    uint32_t found = 0;
    for (int i = 0; i < count; i++) {
        uint64_t calls;
        const uint32_t is = events[i].events;
        if (events[i].data.fd == poller->wake_fd) {
            (void)!read(poller->wake_fd, &calls, sizeof calls); /* it is over, however many called */
            continue;
        }
        ready[found].fd = events[i].data.fd;
        ready[found++].is = (short)((is & EPOLLIN ? ENV_POLL_READ : 0) | (is & EPOLLOUT ? ENV_POLL_WRITE : 0) |
                                    (is & (EPOLLHUP | EPOLLERR) ? ENV_POLL_GONE : 0));
    }
    return found;
}

int env_poller_fd(const struct env_poller *poller) { return poller->fd; }

void env_poller_wake(struct env_poller *poller)
{
    const uint64_t one = 1;
    (void)!write(poller->wake_fd, &one, sizeof one); /* a full counter is a call as well */
}

/* Probes from half of the time on, so that the last of them is lost by its end. */
static bool set_dead(int fd, int64_t dead_ns)
{
    const int64_t half_s = dead_ns / 2 / NS_PER_S;
    const int on = 1, dead_ms = (int)(dead_ns / NS_PER_MS), idle_s = half_s > 1 ? (int)half_s : 1, every_s = 1,
              probes = idle_s;
    return setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on) == 0 &&
           setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof idle_s) == 0 &&
           setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &every_s, sizeof every_s) == 0 &&
           setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes) == 0 &&
           setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &dead_ms, sizeof dead_ms) == 0;
}

oc_rc env_net_socket(int family, int type, int protocol, int64_t dead_ns, int *ret_fd)
{
    const int fd = socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
    if (fd < 0)
        return env_fail("make a socket", "", errno);
    if (type == SOCK_STREAM && !set_dead(fd, dead_ns)) {
        const oc_rc rc = env_fail("set up a socket", "", errno);
        env_close(fd);
        return rc;
    }
    *ret_fd = fd;
    return OC_OK;
}

bool env_net_is_loopback(const void *address, size_t size)
{
    static const uint8_t mapped[13] = {[10] = 0xff, [11] = 0xff, [12] = 127};
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    sa_family_t family;
    if (size < sizeof family)
        return false;
    memcpy(&family, address, sizeof family);
    if (family == AF_INET && size >= sizeof v4) {
        memcpy(&v4, address, sizeof v4);
        return ntohl(v4.sin_addr.s_addr) >> 24 == 127;
    }
    if (family != AF_INET6 || size < sizeof v6)
        return false;
    memcpy(&v6, address, sizeof v6);
    return memcmp(&v6.sin6_addr, &in6addr_loopback, sizeof in6addr_loopback) == 0 ||
           memcmp(&v6.sin6_addr, mapped, sizeof mapped) == 0;
}

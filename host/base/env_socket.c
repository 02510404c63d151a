#include "base/env_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

oc_rc env_socket_pair(int ret_fd[2])
{
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) < 0)
        return env_fail("make a socket pair", "", errno);
    ret_fd[0] = fds[0];
    ret_fd[1] = fds[1];
    return OC_OK;
}

static oc_rc address_of(const char *path, struct sockaddr_un *ret_address)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= ENV_SOCKET_PATH_MAX) {
        (void)env_fail("socket path (at most 99 bytes)", path, ENAMETOOLONG);
        return OC_E_LIMIT;
    }
    strcpy(address.sun_path, path);
    *ret_address = address;
    return OC_OK;
}

static int new_socket(void) { return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); }

/* A socket file that nobody listens at any more may go; anything else stays. */
static oc_rc make_room(const char *path, const struct sockaddr_un *address)
{
    struct stat stat;
    if (lstat(path, &stat) < 0)
        return OC_OK;
    if (!S_ISSOCK(stat.st_mode))
        return env_fail("listen (this is no socket)", path, EEXIST);
    int fd = new_socket();
    if (fd < 0)
        return env_fail("make a socket", path, errno);
    int failed = connect(fd, (const struct sockaddr *)(const void *)address, sizeof *address);
    close(fd);
    if (failed == 0 || errno != ECONNREFUSED)
        return env_fail("listen (another host answers here)", path, EEXIST);
    unlink(path);
    return OC_OK;
}

oc_rc env_socket_listen(const char *path, int *ret_fd)
{
    struct sockaddr_un address;
    char made[ENV_SOCKET_PATH_MAX + 8];
    oc_rc rc = address_of(path, &address);
    if (rc == OC_OK)
        rc = make_room(path, &address);
    if (rc < 0)
        return rc;
    int fd = new_socket();
    if (fd < 0)
        return env_fail("make a socket", path, errno);
    snprintf(made, sizeof made, "%s.new", path); /* who finds the name finds a host that listens */
    snprintf(address.sun_path, sizeof address.sun_path, "%s", made);
    struct stat stat;
    if (lstat(made, &stat) == 0 && S_ISSOCK(stat.st_mode)) /* of a start that was killed right here */
        unlink(made);
    /* Its mode before it listens; not by umask, which is the process's: another thread may be making a folder. */
    if (bind(fd, (const struct sockaddr *)(const void *)&address, sizeof address) < 0 || chmod(made, 0600) < 0 ||
        listen(fd, 16) < 0 || rename(made, path) < 0) {
        rc = env_fail("listen", path, errno);
        unlink(made);
        close(fd);
        return rc;
    }
    *ret_fd = fd;
    return OC_OK;
}

oc_rc env_socket_accept(int fd, int *ret_fd)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    int accepted = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (accepted < 0)
        return errno == EAGAIN || errno == EINTR || errno == ECONNABORTED ? OC_E_AGAIN : env_fail("accept", "", errno);
    if (getsockopt(accepted, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 || peer.uid != geteuid()) {
        close(accepted);
        (void)env_fail("accept a console of another user", "", EACCES);
        return OC_E_STATE;
    }
    *ret_fd = accepted;
    return OC_OK;
}

oc_rc env_socket_connect(const char *path, int *ret_fd)
{
    struct sockaddr_un address;
    oc_rc rc = address_of(path, &address);
    if (rc < 0)
        return rc;
    int fd = new_socket();
    if (fd < 0)
        return env_fail("make a socket", path, errno);
    if (connect(fd, (const struct sockaddr *)(const void *)&address, sizeof address) < 0) {
        int error = errno;
        close(fd);
        (void)env_fail("connect", path, error); /* for its words, here and below; the codes are ours */
        if (error == EAGAIN)
            return OC_E_AGAIN;
        return error == ENOENT ? OC_E_NOT_FOUND : (error == ECONNREFUSED ? OC_E_IO : OC_E_STATE);
    }
    *ret_fd = fd;
    return OC_OK;
}

/* False: it is no loopback address and port. */
static bool take_address(const char *text, struct sockaddr_storage *ret_address, socklen_t *ret_size)
{
    const char *colon = strrchr(text, ':');
    char host[64] = "", *end;
    const long port = colon ? strtol(colon + 1, &end, 10) : -1;
    if (!colon || !colon[1] || *end || port < 0 || port > 65535 || (size_t)(colon - text) >= sizeof host)
        return false;
    memcpy(host, text, (size_t)(colon - text));
    memset(ret_address, 0, sizeof *ret_address);
    if (strcmp(host, "[::1]") == 0) {
        struct sockaddr_in6 *six = (struct sockaddr_in6 *)(void *)ret_address;
        *six = (struct sockaddr_in6){
            .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port), .sin6_addr = in6addr_loopback};
        *ret_size = sizeof *six;
        return true;
    }
    struct sockaddr_in *four = (struct sockaddr_in *)(void *)ret_address;
    four->sin_family = AF_INET;
    four->sin_port = htons((uint16_t)port);
    *ret_size = sizeof *four;
    return inet_pton(AF_INET, host, &four->sin_addr) == 1 && (ntohl(four->sin_addr.s_addr) >> 24) == 127;
}

oc_rc env_tcp_listen(const char *address, int *ret_fd, int *ret_port)
{
    struct sockaddr_storage at, bound;
    socklen_t size, bound_size = sizeof bound;
    const int yes = 1;
    memset(&bound, 0, sizeof bound);
    if (!take_address(address, &at, &size))
        return OC_E_INVALID;
    const int fd = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return env_fail("make a socket", address, errno);
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) < 0 ||
        bind(fd, (const struct sockaddr *)(const void *)&at, size) < 0 || listen(fd, 16) < 0 ||
        getsockname(fd, (struct sockaddr *)(void *)&bound, &bound_size) < 0) {
        const oc_rc rc = env_fail("listen", address, errno);
        close(fd);
        return rc == OC_OK ? (oc_rc)OC_E_IO : rc;
    }
    *ret_port = ntohs(bound.ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)(const void *)&bound)->sin6_port
                                                  : ((const struct sockaddr_in *)(const void *)&bound)->sin_port);
    *ret_fd = fd;
    return OC_OK;
}

oc_rc env_tcp_accept(int fd, int *ret_fd)
{
    const int accepted = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (accepted < 0)
        return errno == EAGAIN || errno == EINTR || errno == ECONNABORTED ? OC_E_AGAIN : env_fail("accept", "", errno);
    *ret_fd = accepted;
    return OC_OK;
}

oc_rc env_socket_read(int fd, void *data, size_t size, size_t *ret_size)
{
    ssize_t got = recv(fd, data, size, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return OC_E_AGAIN;
    if (got < 0 && errno != ECONNRESET)
        return env_fail("read", "a console's socket", errno);
    *ret_size = got < 0 ? 0 : (size_t)got;
    return OC_OK;
}

oc_rc env_socket_write(int fd, const void *data, size_t size, size_t *ret_size)
{
    ssize_t put = send(fd, data, size, MSG_NOSIGNAL);
    if (put < 0 && (errno == EAGAIN || errno == EINTR))
        return OC_E_AGAIN;
    if (put < 0) {
        (void)env_fail("write", "a console's socket", errno);
        return OC_E_IO;
    }
    *ret_size = (size_t)put;
    return OC_OK;
}

int env_poll(struct env_poll *list, uint32_t count, int64_t timeout_ns)
{
    struct pollfd fds[ENV_POLL_MAX];
    if (count > ENV_POLL_MAX)
        count = ENV_POLL_MAX;
    for (uint32_t i = 0; i < count; i++) {
        short events =
            (short)((list[i].want & ENV_POLL_READ ? POLLIN : 0) | (list[i].want & ENV_POLL_WRITE ? POLLOUT : 0));
        fds[i] = (struct pollfd){list[i].fd, events, 0};
        list[i].ret_is = 0;
    }
    int timeout_ms = timeout_ns < 0 ? -1 : (int)((timeout_ns + 999999) / 1000000);
    int ready = poll(fds, count, timeout_ms);
    for (uint32_t i = 0; i < count && ready > 0; i++) {
        const short found = fds[i].revents;
        list[i].ret_is = (short)((found & POLLIN ? ENV_POLL_READ : 0) | (found & POLLOUT ? ENV_POLL_WRITE : 0) |
                                 (found & (POLLHUP | POLLERR | POLLNVAL) ? ENV_POLL_GONE : 0));
    }
    return ready > 0 ? ready : 0;
}

oc_rc env_runtime_dir(char *path, size_t size_max)
{
    const char *base = getenv("XDG_RUNTIME_DIR");
    int length = base && *base ? snprintf(path, size_max, "%s/outcry", base)
                               : snprintf(path, size_max, "/tmp/outcry-%u", (unsigned)geteuid());
    if (length < 0 || (size_t)length >= size_max)
        return OC_E_LIMIT;
    struct stat stat;
    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        return env_fail("make the folder", path, errno);
    if (lstat(path, &stat) < 0)
        return env_fail("look at the folder", path, errno);
    if (!S_ISDIR(stat.st_mode) || stat.st_uid != geteuid() || (stat.st_mode & 077)) {
        (void)env_fail("use the folder (it must be ours alone, mode 0700)", path, EACCES);
        return OC_E_STATE;
    }
    return OC_OK;
}

int env_process(void) { return (int)getpid(); }

#include "base/env_secret.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

enum { PAGE = 4096, LINE_WAIT_MS = 600000 };

static bool has_unlocked;

static oc_rc map_pages(uint32_t room, bool is_shared, struct env_secret *ret_secret)
{
    const size_t size = ((size_t)room + PAGE - 1) / PAGE * PAGE, whole = size + 2 * (size_t)PAGE;
    if (!room || size > UINT32_MAX)
        return OC_E_INVALID;
    unsigned char *pages = mmap(NULL, whole, PROT_NONE, (is_shared ? MAP_SHARED : MAP_PRIVATE) | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED)
        return env_fail("map memory", NULL, errno);
    if (mprotect(pages + PAGE, size, PROT_READ | PROT_WRITE) < 0) {
        (void)munmap(pages, whole);
        return env_fail("map memory", NULL, ENOMEM);
    }
    if (mlock(pages + PAGE, size) < 0)
        has_unlocked = true;
    (void)madvise(pages + PAGE, size, MADV_DONTDUMP);
    if (!is_shared)
        (void)madvise(pages + PAGE, size, MADV_WIPEONFORK);
    *ret_secret = (struct env_secret){pages + PAGE, 0, (uint32_t)size};
    return OC_OK;
}

oc_rc env_secret_new(uint32_t room, struct env_secret *ret_secret) { return map_pages(room, false, ret_secret); }

oc_rc env_secret_shared(uint32_t room, struct env_secret *ret_secret) { return map_pages(room, true, ret_secret); }

void env_secret_free(struct env_secret *secret)
{
    if (secret->bytes) {
        explicit_bzero(secret->bytes, secret->room);
        (void)munmap(secret->bytes - PAGE, (size_t)secret->room + 2 * (size_t)PAGE);
    }
    *secret = (struct env_secret){0};
}

void env_secret_clear(struct env_secret *secret)
{
    if (secret->bytes)
        explicit_bzero(secret->bytes, secret->room);
    secret->size = 0;
}

bool env_secret_is_locked(void) { return !has_unlocked; }

void env_secret_guard(void)
{
    const struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/* The copy that getenv() shows is the one that the kernel shows of a process: it is overwritten before the name goes. */
oc_rc env_secret_variable(const char *name, struct env_secret *secret)
{
    char *value = getenv(name);
    env_secret_clear(secret);
    if (!value)
        return OC_E_NOT_FOUND;
    const size_t size = strlen(value);
    const bool fits = size <= secret->room;
    if (fits) {
        memcpy(secret->bytes, value, size);
        secret->size = (uint32_t)size;
    }
    explicit_bzero(value, size);
    (void)unsetenv(name);
    return fits ? (oc_rc)OC_OK : (oc_rc)OC_E_LIMIT;
}

/* To the end, or OC_E_LIMIT where there is more than fits. */
static oc_rc read_all(int fd, const char *path, int64_t until_ns, struct env_secret *secret)
{
    env_secret_clear(secret);
    for (;;) {
        unsigned char beyond;
        struct pollfd ready = {fd, POLLIN, 0};
        const int64_t left_ns = until_ns < 0 ? 0 : until_ns - env_os.clock_mono();
        const bool is_full = secret->size == secret->room;
        if (until_ns >= 0 && (left_ns <= 0 || poll(&ready, 1, (int)(left_ns / 1000000) + 1) == 0))
            return OC_E_AGAIN;
        const ssize_t got =
            read(fd, is_full ? &beyond : secret->bytes + secret->size, is_full ? 1 : secret->room - secret->size);
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (got < 0)
            return env_fail("read", path, errno);
        if (got == 0)
            return OC_OK;
        if (is_full) {
            explicit_bzero(&beyond, 1);
            return OC_E_LIMIT;
        }
        secret->size += (uint32_t)got;
    }
}

static oc_rc emptied(oc_rc rc, struct env_secret *secret)
{
    if (rc < 0)
        env_secret_clear(secret);
    return rc;
}

oc_rc env_secret_descriptor(int fd, int64_t timeout_ns, struct env_secret *secret)
{
    char name[32];
    if (fcntl(fd, F_GETFD) < 0)
        return OC_E_INVALID;
    snprintf(name, sizeof name, "descriptor %d", fd);
    const oc_rc rc = read_all(fd, name, env_os.clock_mono() + timeout_ns, secret);
    (void)close(fd);
    return emptied(rc, secret);
}

oc_rc env_secret_file(const char *path, struct env_secret *secret)
{
    struct stat status;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    oc_rc rc = OC_OK;
    if (fd < 0)
        return env_fail("open", path, errno);
    if (fstat(fd, &status) < 0)
        rc = env_fail("open", path, errno);
    else if (!S_ISREG(status.st_mode))
        rc = env_fail_kind(path, "something else");
    else if ((status.st_uid != geteuid() && status.st_uid != 0) || (status.st_mode & 077))
        rc = OC_E_DENIED;
    if (rc == OC_OK)
        rc = read_all(fd, path, -1, secret);
    (void)close(fd);
    return emptied(rc, secret);
}

bool env_secret_can_ask(void)
{
    const int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (fd >= 0)
        (void)close(fd);
    return fd >= 0;
}

/* One byte at a time, so that nothing behind the line's end is taken; a person's own erase keys work. */
static oc_rc read_line(int fd, struct env_secret *secret)
{
    for (;;) {
        unsigned char typed;
        struct pollfd ready = {fd, POLLIN, 0};
        if (poll(&ready, 1, LINE_WAIT_MS) == 0)
            return OC_E_AGAIN;
        const ssize_t got = read(fd, &typed, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0 || typed == 3 || typed == 28 || (typed == 4 && !secret->size))
            return OC_E_STATE;
        if (typed == '\n' || typed == '\r')
            return OC_OK;
        if (typed == 127 || typed == 8) {
            secret->size -= secret->size > 0;
        } else if (typed == 21) {
            env_secret_clear(secret);
        } else {
            if (secret->size == secret->room)
                return OC_E_LIMIT;
            secret->bytes[secret->size++] = typed;
        }
        explicit_bzero(&typed, 1);
    }
}

oc_rc env_secret_ask(const char *prompt, struct env_secret *secret)
{
    struct termios before, now;
    const int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    env_secret_clear(secret);
    if (fd < 0)
        return OC_E_NOT_FOUND;
    if (tcgetattr(fd, &before) < 0) {
        (void)close(fd);
        return OC_E_NOT_FOUND;
    }
    now = before;
    now.c_lflag &= (tcflag_t) ~(ECHO | ICANON | ISIG); /* Ctrl-C is a byte here: the mode is always brought back */
    now.c_cc[VMIN] = 1;
    now.c_cc[VTIME] = 0;
    (void)tcsetattr(fd, TCSAFLUSH, &now);
    oc_rc rc = env_os.write(fd, prompt, strlen(prompt));
    if (rc == OC_OK)
        rc = read_line(fd, secret);
    if (env_os.write(fd, "\n", 1) < 0 && rc == OC_OK)
        rc = OC_E_IO;
    (void)tcsetattr(fd, TCSAFLUSH, &before);
    (void)close(fd);
    return emptied(rc, secret);
}

oc_rc env_replace_private(const char *dir, const char *name, const void *data, size_t size)
{
    char path[ENV_PATH_MAX], temporary[ENV_PATH_MAX];
    oc_rc rc = env_path(path, dir, name);
    if (rc == OC_OK && snprintf(temporary, sizeof temporary, "%s/.%s.new", dir, name) >= (int)sizeof temporary)
        rc = OC_E_INVALID;
    if (rc < 0)
        return env_fail("write", name, ENAMETOOLONG);
    (void)unlink(temporary); /* of a writer that died: the lock of the vault says that none is at work */
    const int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return env_fail("write", temporary, errno);
    rc = env_os.write(fd, data, size);
    if (rc == OC_OK)
        rc = env_os.sync(fd);
    (void)close(fd);
    if (rc == OC_OK)
        rc = env_os.rename(temporary, path);
    if (rc == OC_OK)
        return env_os.sync_dir(dir);
    (void)unlink(temporary);
    return rc;
}

oc_rc env_make_private_dir(const char *path)
{
    char part[ENV_PATH_MAX];
    oc_rc rc = env_path(part, path, NULL);
    if (rc < 0)
        return env_fail("make", path, ENAMETOOLONG);
    for (char *at = part + 1;; at++) {
        const char kept = *at;
        if (kept != '/' && kept)
            continue;
        *at = 0;
        if (mkdir(part, 0700) < 0 && errno != EEXIST)
            return env_fail("make", part, errno);
        *at = kept;
        if (!kept)
            return OC_OK;
    }
}

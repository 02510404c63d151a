#include "base/env_fork.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct place {
    int fd;
    off_t at;
};

/* Regular files that are open for reading, and where. Not the standard ones: they are the person's, and go on. */
static uint32_t note_files(struct place places[ENV_FORK_FILES_MAX])
{
    uint32_t count = 0;
    DIR *dir = opendir("/proc/self/fd");
    if (!dir)
        return 0;
    for (struct dirent *entry = readdir(dir); entry && count < ENV_FORK_FILES_MAX; entry = readdir(dir)) {
        char *end;
        struct stat stat;
        long fd = strtol(entry->d_name, &end, 10);
        bool is_other = end != entry->d_name && !*end && fd > STDERR_FILENO && fd != dirfd(dir);
        if (!is_other || fstat((int)fd, &stat) < 0 || !S_ISREG(stat.st_mode))
            continue;
        off_t at = lseek((int)fd, 0, SEEK_CUR);
        if (at >= 0)
            places[count++] = (struct place){(int)fd, at};
    }
    closedir(dir);
    return count;
}

/* The sleeping copy's life: a message makes a running one of it. Returns in that one only; false: no further process was
 * to be had, and the sleeping copy itself is the running one now. */
static bool sleep_until_woken(int life_fd, int wake_fd, const struct place *places, uint32_t count, void *message)
{
    int pid = -1;
    while (pid != 0) {
        struct pollfd list[2] = {{wake_fd, POLLIN, 0}, {life_fd, POLLHUP, 0}};
        if (poll(list, 2, -1) < 0 && errno != EINTR)
            _exit(0);
        if (list[1].revents & (POLLHUP | POLLERR | POLLNVAL))
            _exit(0);
        if (!(list[0].revents & (POLLIN | POLLHUP)))
            continue;
        if (read(wake_fd, message, ENV_WAKE_MAX) != ENV_WAKE_MAX)
            _exit(0);
        pid = fork();
        if (pid < 0) /* whoever woke it has ended: somebody must go on */
            break;
    }
    for (uint32_t i = 0; i < count; i++)
        lseek(places[i].fd, places[i].at, SEEK_SET);
    return pid == 0;
}

oc_rc env_fork_copy(int life_fd, void *message, struct env_copy *ret_copy, enum env_fork_side *ret_side)
{
    struct place places[ENV_FORK_FILES_MAX];
    int ends[2];
    if (pipe(ends) < 0)
        return env_fail("make a pipe", "", errno);
    uint32_t count = note_files(places);
    signal(SIGCHLD, SIG_IGN);
    int pid = fork();
    if (pid < 0) {
        close(ends[0]);
        close(ends[1]);
        return env_fail("copy the process", "", errno);
    }
    if (pid == 0) {
        bool is_kept = sleep_until_woken(life_fd, ends[0], places, count, message);
        close(ends[0]);
        if (!is_kept)
            close(ends[1]);
        *ret_copy = is_kept ? (struct env_copy){getppid(), ends[1]} : (struct env_copy){0, -1};
        *ret_side = ENV_FORK_WOKEN;
        return OC_OK;
    }
    close(ends[0]);
    *ret_copy = (struct env_copy){pid, ends[1]};
    *ret_side = ENV_FORK_ORIGIN;
    return OC_OK;
}

oc_rc env_fork_wake(const struct env_copy *copy, const void *message, size_t size)
{
    char whole[ENV_WAKE_MAX] = {0};
    if (size > sizeof whole)
        return OC_E_LIMIT;
    memcpy(whole, message, size);
    if (copy->pid <= 0 || kill(copy->pid, 0) < 0)
        return OC_E_NOT_FOUND;
    return write(copy->wake_fd, whole, sizeof whole) == (ssize_t)sizeof whole ? OC_OK : OC_E_NOT_FOUND;
}

void env_fork_end(struct env_copy *copy)
{
    if (copy->pid > 0)
        kill(copy->pid, SIGKILL);
    if (copy->wake_fd >= 0)
        close(copy->wake_fd);
    *copy = (struct env_copy){0, -1};
}

oc_rc env_fork_child(int (*fn)(void *arg), void *arg, int *ret_pid)
{
    int pid = fork();
    if (pid < 0)
        return env_fail("start a process", "", errno);
    if (pid == 0) {
        signal(SIGINT, SIG_IGN);
        signal(SIGTSTP, SIG_IGN);
        signal(SIGPIPE, SIG_IGN);
        _exit(fn(arg));
    }
    *ret_pid = pid;
    return OC_OK;
}

oc_rc env_fork_wait(int pid, int64_t timeout_ns, int *ret_code, int *ret_signal)
{
    enum { STEP_NS = 2000000 };
    int status = 0, done = 0;
    for (int64_t waited_ns = 0; done == 0; waited_ns += STEP_NS) {
        done = waitpid(pid, &status, WNOHANG);
        if (done < 0)
            return env_fail("wait for a process", "", errno);
        if (done == 0 && waited_ns >= timeout_ns) {
            kill(pid, SIGKILL);
            (void)waitpid(pid, &status, 0);
            return OC_E_LIMIT;
        }
        if (done == 0)
            env_sleep(STEP_NS);
    }
    *ret_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    *ret_signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    return OC_OK;
}

void env_fork_exit(int code) { _exit(code); }

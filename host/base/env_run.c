#include "base/env_run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STEP_NS = 2000000, ENDS_MAX = 25 };

/* In the child: between fork and exec, so nothing here allocates. What went wrong is told to the origin by `told_fd`. */
static void become(const char *const *argv, const int to[2], const int from[2], int told_fd)
{
    const int nothing = open("/dev/null", O_RDWR);
    sigset_t none;
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)signal(SIGINT, SIG_DFL);
    (void)setpgid(0, 0);
    if (nothing < 0 || dup2(to[0], STDIN_FILENO) < 0 || dup2(from[1], STDOUT_FILENO) < 0 ||
        dup2(nothing, STDERR_FILENO) < 0)
        _exit(126);
    const int kept_fd = STDERR_FILENO + 1; /* its number is free, or is closed by dup2 */
    if (dup2(told_fd, kept_fd) < 0 || fcntl(kept_fd, F_SETFD, FD_CLOEXEC) < 0)
        _exit(126);
    (void)close_range((unsigned)kept_fd + 1, ~0u, 0);
    char *words[ENV_RUN_WORDS_MAX + 1];
    memcpy(words, argv, sizeof words);
    (void)execvp(words[0], words);
    const int why = errno;
    (void)!write(kept_fd, &why, sizeof why);
    _exit(127);
}

static void close_both(int ends[2])
{
    for (int i = 0; i < 2; i++)
        if (ends[i] >= 0)
            (void)close(ends[i]);
}

oc_rc env_run_start(const char *const *argv, struct env_run *ret_run)
{
    int to[2] = {-1, -1}, from[2] = {-1, -1}, told[2] = {-1, -1}, why = 0;
    const char *words[ENV_RUN_WORDS_MAX + 1] = {0};
    uint32_t count = 0;
    while (count < ENV_RUN_WORDS_MAX && argv[count]) {
        words[count] = argv[count];
        count++;
    }
    if (!count || argv[count])
        return OC_E_INVALID;
    if (pipe2(to, O_CLOEXEC) < 0 || pipe2(from, O_CLOEXEC) < 0 || pipe2(told, O_CLOEXEC) < 0) {
        const oc_rc rc = env_fail("make a pipe for", argv[0], errno);
        close_both(to), close_both(from), close_both(told);
        return rc;
    }
    const int pid = fork();
    if (pid == 0)
        become(words, to, from, told[1]);
    const int fork_error = errno;
    (void)close(told[1]);
    told[1] = -1;
    if (pid > 0)
        (void)setpgid(pid, pid);
    while (pid > 0 && read(told[0], &why, sizeof why) < 0 && errno == EINTR)
        continue;
    (void)close(told[0]);
    (void)close(to[0]);
    (void)close(from[1]);
    if (pid < 0 || why) {
        (void)close(to[1]);
        (void)close(from[0]);
        if (pid > 0)
            (void)waitpid(pid, NULL, 0);
        return env_fail("start", argv[0], pid < 0 ? fork_error : why);
    }
    (void)fcntl(to[1], F_SETFL, O_NONBLOCK);
    (void)fcntl(from[0], F_SETFL, O_NONBLOCK);
    *ret_run = (struct env_run){pid, to[1], from[0]};
    return OC_OK;
}

/* Ready, or its other end is closed; false: neither by until_ns. */
static bool wait_ready(int fd, short what, int64_t until_ns)
{
    struct pollfd ready = {fd, what, 0};
    for (;;) {
        const int64_t left_ns = until_ns - env_os.clock_mono();
        if (left_ns <= 0)
            return false;
        const int got = poll(&ready, 1, (int)(left_ns / 1000000 < 60000 ? left_ns / 1000000 + 1 : 60000));
        if (got > 0)
            return true;
    }
}

oc_rc env_run_write(struct env_run *run, const void *data, size_t size, int64_t until_ns)
{
    const char *at = data;
    struct sigaction ignore, before;
    oc_rc rc = OC_OK;
    memset(&ignore, 0, sizeof ignore);
    ignore.sa_handler = SIG_IGN;
    (void)sigaction(SIGPIPE, &ignore, &before); /* a program that has ended is a code, not a signal */
    while (size && rc == OC_OK) {
        if (run->to_fd < 0 || !wait_ready(run->to_fd, POLLOUT, until_ns)) {
            rc = run->to_fd < 0 ? OC_E_END : OC_E_AGAIN;
            break;
        }
        const ssize_t put = write(run->to_fd, at, size);
        if (put < 0 && errno != EINTR && errno != EAGAIN)
            rc = OC_E_END;
        at += put > 0 ? put : 0;
        size -= put > 0 ? (size_t)put : 0;
    }
    (void)sigaction(SIGPIPE, &before, NULL);
    return rc;
}

void env_run_close_input(struct env_run *run)
{
    if (run->to_fd >= 0)
        (void)close(run->to_fd);
    run->to_fd = -1;
}

oc_rc env_run_read(struct env_run *run, void *data, size_t size, int64_t until_ns, size_t *ret_size)
{
    for (;;) {
        if (!wait_ready(run->from_fd, POLLIN, until_ns))
            return OC_E_AGAIN;
        const ssize_t got = read(run->from_fd, data, size);
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (got < 0)
            return env_fail("read from a program", NULL, errno);
        *ret_size = (size_t)got;
        return OC_OK;
    }
}

void env_run_end(struct env_run *run, int64_t until_ns, int *ret_code)
{
    int status = 0, done = 0;
    *ret_code = -1;
    if (run->pid <= 0)
        return;
    env_run_close_input(run);
    (void)close(run->from_fd);
    while ((done = waitpid(run->pid, &status, WNOHANG)) == 0 && env_os.clock_mono() < until_ns)
        env_os.sleep(STEP_NS);
    (void)kill(-run->pid, SIGKILL); /* what it started goes with it */
    if (done == 0)
        done = waitpid(run->pid, &status, 0) > 0 ? 0 : -1;
    if (done > 0 && WIFEXITED(status))
        *ret_code = WEXITSTATUS(status);
    *run = (struct env_run){0, -1, -1};
}

bool env_run_has_ended(const struct env_run *run)
{
    struct pollfd other = {run->from_fd, 0, 0};
    return poll(&other, 1, 0) > 0 && (other.revents & (POLLHUP | POLLERR | POLLNVAL));
}

void env_run_kill(struct env_run *run, int *ret_code, int *ret_signal)
{
    int status = 0;
    *ret_code = -1;
    *ret_signal = 0;
    if (run->pid <= 0)
        return;
    env_run_close_input(run);
    (void)close(run->from_fd);
    for (int i = 0; i < ENDS_MAX && waitpid(run->pid, &status, WNOHANG) == 0;
         i++) { /* its ends are closed before it is a corpse */
        if (i + 1 == ENDS_MAX) {
            (void)kill(-run->pid, SIGKILL);
            (void)waitpid(run->pid, NULL, 0);
            *run = (struct env_run){0, -1, -1};
            return;
        }
        env_os.sleep(STEP_NS);
    }
    (void)kill(-run->pid, SIGKILL); /* what it started goes with it */
    if (WIFSIGNALED(status))
        *ret_signal = WTERMSIG(status);
    else
        *ret_code = WEXITSTATUS(status);
    *run = (struct env_run){0, -1, -1};
}

void env_run_is_child(struct env_run *ret_run)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    *ret_run = (struct env_run){0, fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1),
                                fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)};
    (void)dup2(nothing, STDOUT_FILENO);
    (void)dup2(nothing, STDIN_FILENO);
}

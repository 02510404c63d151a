#include "base/env_detach.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TOLD_MAX = 1024 };

/* What the child tells, and how it ended where it told nothing. */
static int wait_for(int fd, int pid)
{
    char told[TOLD_MAX];
    bool has_told = false;
    int status = 0;
    for (;;) {
        const ssize_t size = read(fd, told, sizeof told);
        if (size < 0 && errno == EINTR)
            continue;
        if (size <= 0)
            break;
        has_told = fwrite(told, 1, (size_t)size, stdout) == (size_t)size;
    }
    close(fd);
    if (has_told)
        return fflush(stdout) == 0 ? 0 : 1;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

oc_rc env_detach_begin(enum env_detach_side *ret_side, int *ret_tell_fd, int *ret_code)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return OC_E_IO;
    fflush(NULL);
    const pid_t pid = fork();
    if (pid < 0) {
        close(ends[0]);
        close(ends[1]);
        return OC_E_IO;
    }
    if (pid == 0) {
        close(ends[0]);
        *ret_tell_fd = ends[1];
        *ret_side = ENV_DETACH_CHILD;
        return OC_OK;
    }
    close(ends[1]);
    signal(SIGINT, SIG_IGN); /* a key of the terminal is the child's to obey: it is told how that ends */
    *ret_code = wait_for(ends[0], pid);
    *ret_side = ENV_DETACH_WAITED;
    return OC_OK;
}

oc_rc env_detach_output(const char *path, int64_t *ret_size)
{
    struct stat stat;
    const int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        return OC_E_IO;
    fflush(stdout);
    fflush(stderr);
    const bool is_there = fstat(fd, &stat) == 0 && dup2(fd, STDOUT_FILENO) >= 0 && dup2(fd, STDERR_FILENO) >= 0;
    close(fd);
    *ret_size = is_there ? stat.st_size : 0;
    return is_there ? (oc_rc)OC_OK : (oc_rc)OC_E_IO;
}

oc_rc env_detach_end(int tell_fd, const char *path, const char *words)
{
    int64_t size;
    const int null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    oc_rc rc = null_fd < 0 ? (oc_rc)OC_E_IO : env_detach_output(path, &size);
    if (rc == OC_OK && (dup2(null_fd, STDIN_FILENO) < 0 || setsid() < 0))
        rc = OC_E_IO;
    if (null_fd >= 0)
        close(null_fd);
    if (rc == OC_OK)
        rc = env_write(tell_fd, words, strlen(words));
    close(tell_fd);
    return rc;
}

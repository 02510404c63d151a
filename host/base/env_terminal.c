#include "base/env_terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

_Static_assert(sizeof(struct termios) <= ENV_TERMINAL_MODE_MAX, "a mode has room for the system's own");

enum { LOCK_TRIES_MAX = 200, LOCK_WAIT_NS = 1000000, COLUMNS_MAX = 1000, ROWS_MAX = 1000 };

static const int caught[] = {SIGINT, SIGTSTP, SIGWINCH, SIGTERM, SIGHUP, SIGQUIT};
enum { CAUGHT_COUNT = sizeof caught / sizeof caught[0] };

static struct sigaction before[CAUGHT_COUNT];
static volatile sig_atomic_t seen[CAUGHT_COUNT], end_signal;
static void (*volatile on_interrupt)(void *arg);
static void *volatile on_interrupt_arg;

bool env_terminal_is(int fd) { return isatty(fd) == 1; }

bool env_terminal_size(int fd, uint32_t *ret_columns, uint32_t *ret_rows)
{
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) < 0 || size.ws_col == 0 || size.ws_row == 0)
        return false;
    *ret_columns = size.ws_col < COLUMNS_MAX ? size.ws_col : COLUMNS_MAX;
    *ret_rows = size.ws_row < ROWS_MAX ? size.ws_row : ROWS_MAX;
    return true;
}

void env_terminal_get(int fd, struct env_terminal_mode *ret_mode)
{
    struct termios mode;
    if (tcgetattr(fd, &mode) < 0)
        return;
    memcpy(ret_mode->bytes, &mode, sizeof mode);
    ret_mode->is_known = true;
}

void env_terminal_set(int fd, const struct env_terminal_mode *mode)
{
    struct termios saved;
    if (!mode->is_known)
        return;
    memcpy(&saved, mode->bytes, sizeof saved);
    while (tcsetattr(fd, TCSADRAIN, &saved) < 0 && errno == EINTR)
        ;
}

void env_terminal_set_keys(int fd)
{
    struct termios mode;
    if (tcgetattr(fd, &mode) < 0)
        return;
    mode.c_lflag &= ~(tcflag_t)(ICANON | ECHO | IEXTEN);
    mode.c_lflag |= ISIG;
    mode.c_iflag &= ~(tcflag_t)IXON;
    mode.c_iflag |= ICRNL;
    mode.c_cc[VMIN] = 1;
    mode.c_cc[VTIME] = 0;
    while (tcsetattr(fd, TCSADRAIN, &mode) < 0 && errno == EINTR)
        ;
}

static void note(int number)
{
    int error_number = errno;
    for (int i = 0; i < CAUGHT_COUNT; i++)
        if (caught[i] == number)
            seen[i] = 1;
    bool is_end = number == SIGTERM || number == SIGHUP || number == SIGQUIT;
    if (is_end)
        end_signal = number;
    if ((is_end || number == SIGINT) && on_interrupt)
        on_interrupt(on_interrupt_arg);
    errno = error_number;
}

static void catch_one(int index)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = note; /* without SA_RESTART: waits end early, and every read here goes on after EINTR */
    sigaction(caught[index], &action, &before[index]);
}

void env_terminal_catch(void (*interrupt)(void *arg), void *arg)
{
    on_interrupt = interrupt;
    on_interrupt_arg = arg;
    end_signal = 0;
    for (int i = 0; i < CAUGHT_COUNT; i++) {
        seen[i] = 0;
        catch_one(i);
    }
}

void env_terminal_release(void)
{
    for (int i = 0; i < CAUGHT_COUNT; i++)
        sigaction(caught[i], &before[i], NULL);
    on_interrupt = NULL;
}

unsigned env_terminal_peek_signals(void)
{
    unsigned bits = 0;
    for (int i = 0; i < CAUGHT_COUNT; i++)
        if (seen[i])
            bits |= i == 0   ? ENV_TERMINAL_INTERRUPT
                    : i == 1 ? ENV_TERMINAL_STOP
                    : i == 2 ? ENV_TERMINAL_RESIZED
                             : ENV_TERMINAL_END;
    return bits;
}

/* Cleared before they are looked at, so that one that comes meanwhile is seen now or stays for later. */
unsigned env_terminal_take_signals(void)
{
    unsigned bits = env_terminal_peek_signals();
    for (int i = 0; i < CAUGHT_COUNT; i++) {
        bool is_taken = i == 0   ? (bits & ENV_TERMINAL_INTERRUPT) != 0
                        : i == 1 ? (bits & ENV_TERMINAL_STOP) != 0
                        : i == 2 ? (bits & ENV_TERMINAL_RESIZED) != 0
                                 : (bits & ENV_TERMINAL_END) != 0;
        if (is_taken)
            seen[i] = 0;
    }
    return bits;
}

int env_terminal_end_signal(void) { return end_signal; }

void env_terminal_stop(void)
{
    struct sigaction plain;
    memset(&plain, 0, sizeof plain);
    plain.sa_handler = SIG_DFL;
    sigemptyset(&plain.sa_mask);
    sigaction(SIGTSTP, &plain, NULL);
    kill(getpid(), SIGTSTP); /* the whole process: it stops here, and goes on from here */
    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = note;
    sigaction(SIGTSTP, &action, NULL);
}

/* Locked against other consoles, for a short while at most: a lock that does not come is no reason to lose the line. */
static oc_rc open_private(const char *path, int flags, int *ret_fd)
{
    int fd = open(path, flags | O_CLOEXEC, 0600);
    if (fd < 0)
        return env_fail("open", path, errno);
    for (int i = 0; i < LOCK_TRIES_MAX && flock(fd, LOCK_EX | LOCK_NB) < 0; i++)
        env_sleep(LOCK_WAIT_NS);
    *ret_fd = fd;
    return OC_OK;
}

oc_rc env_append_private(const char *path, const void *data, size_t size)
{
    int fd = -1;
    oc_rc rc = open_private(path, O_WRONLY | O_CREAT | O_APPEND, &fd);
    if (rc < 0)
        return rc;
    rc = env_os.write(fd, data, size);
    close(fd);
    return rc;
}

/* In place, for a rename would leave an appender with the old file. */
oc_rc env_cut_private(const char *path, size_t size_max, size_t (*edit)(const char *data, size_t size))
{
    int fd = -1;
    size_t got = 0;
    char *data = NULL;
    struct stat status;
    oc_rc rc = open_private(path, O_RDWR, &fd);
    if (rc < 0)
        return rc == OC_E_NOT_FOUND ? OC_OK : rc;
    if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
        rc = env_fail("stat", path, errno ? errno : EINVAL);
    } else if (status.st_size > 0) {
        size_t size = (size_t)status.st_size < size_max ? (size_t)status.st_size : size_max;
        data = env_alloc(size);
        rc = data ? env_os.pread(fd, data, size, status.st_size - (int64_t)size, &got) : OC_E_NOMEM;
    }
    if (rc == OC_OK && got) {
        size_t from = edit(data, got);
        if (from || (int64_t)got < status.st_size) {
            rc = pwrite(fd, data + from, got - from, 0) == (ssize_t)(got - from) ? OC_OK
                                                                                 : env_fail("write", path, errno);
            if (rc == OC_OK && ftruncate(fd, (off_t)(got - from)) < 0)
                rc = env_fail("truncate", path, errno);
        }
    }
    env_free(data);
    close(fd);
    return rc;
}

/* env_os.c: the real binding, Linux. */
#include "base/env.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { NS_PER_S = 1000000000 };

struct env_thread {
    pthread_t id;
    env_thread_fn fn;
    void *arg;
};

struct env_signal {
    sem_t sem;
};

static int64_t clock_read(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

static int64_t os_clock_real(void) { return clock_read(CLOCK_REALTIME); }
static int64_t os_clock_mono(void) { return clock_read(CLOCK_MONOTONIC); }
static int64_t os_clock_cpu(void) { return clock_read(CLOCK_THREAD_CPUTIME_ID); }

static void os_sleep(int64_t ns)
{
    if (ns <= 0)
        return;
    struct timespec left = {.tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S};
    while (nanosleep(&left, &left) < 0 && errno == EINTR)
        ;
}

/* The open file is compared with what its name leads to, so that a link turned meanwhile is no way out. */
static bool is_within(int fd, const char *path)
{
    char real[PATH_MAX], folder[PATH_MAX], named[PATH_MAX];
    struct stat opened, found;
    const char *slash = strrchr(path, '/');
    if (snprintf(named, sizeof named, "%.*s", slash ? (int)(slash - path) + 1 : 2, slash ? path : "./") >= PATH_MAX)
        return false;
    if (fstat(fd, &opened) < 0 || !S_ISREG(opened.st_mode) || !realpath(named, folder) || !realpath(path, real) ||
        stat(real, &found) < 0 || opened.st_dev != found.st_dev || opened.st_ino != found.st_ino)
        return false;
    size_t size = strcmp(folder, "/") == 0 ? 0 : strlen(folder);
    return strncmp(real, folder, size) == 0 && real[size] == '/';
}

/* What is read is a regular file: a pipe or a device has no size, and may never end. What is written may be one. */
static oc_rc check_kind(int fd, const char *path, unsigned flags)
{
    struct stat opened;
    if (fstat(fd, &opened) < 0)
        return env_fail("open", path, errno);
    if (flags & ENV_READ && !S_ISREG(opened.st_mode))
        return env_fail_kind(path, S_ISDIR(opened.st_mode)    ? "a folder"
                                   : S_ISFIFO(opened.st_mode) ? "a pipe"
                                                              : "a device or socket");
    if (!S_ISREG(opened.st_mode) && fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK) < 0)
        return env_fail("open", path, errno);
    return OC_OK;
}

static oc_rc os_open(const char *path, unsigned flags, int *ret_fd)
{
    int os_flags = O_CLOEXEC | O_NONBLOCK | O_NOCTTY; /* so that opening never waits for the other end of a pipe */
    if (flags & ENV_WRITE)
        os_flags |= flags & ENV_READ ? O_RDWR : O_WRONLY;
    if (flags & ENV_CREATE)
        os_flags |= O_CREAT;
    if (flags & ENV_TRUNCATE)
        os_flags |= O_TRUNC;
    if (flags & ENV_EXCLUSIVE)
        os_flags |= O_CREAT | O_EXCL;
    int fd;
    do {
        fd = open(path, os_flags, 0640);
    } while (fd < 0 && errno == EINTR);
    if (fd < 0)
        return env_fail("open", path, errno);
    if (flags & ENV_WITHIN && !is_within(fd, path)) {
        close(fd);
        (void)env_fail("open", path, EACCES); /* for its words; the code is ours */
        return OC_E_INVALID;
    }
    oc_rc rc = check_kind(fd, path, flags);
    if (rc < 0) {
        close(fd);
        return rc;
    }
    *ret_fd = fd;
    return OC_OK;
}

static void os_close(int fd)
{
    if (fd >= 0)
        close(fd);
}

static oc_rc os_read(int fd, void *data, size_t size, size_t *ret_size)
{
    ssize_t got;
    do {
        got = read(fd, data, size);
    } while (got < 0 && errno == EINTR);
    if (got < 0)
        return env_fail("read", NULL, errno);
    *ret_size = (size_t)got;
    return OC_OK;
}

static oc_rc os_pread(int fd, void *data, size_t size, int64_t offset, size_t *ret_size)
{
    size_t done = 0;
    while (done < size) {
        ssize_t got = pread(fd, (char *)data + done, size - done, offset + (int64_t)done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return env_fail("read", NULL, errno);
        if (got == 0)
            break;
        done += (size_t)got;
    }
    *ret_size = done;
    return OC_OK;
}

static oc_rc os_write(int fd, const void *data, size_t size)
{
    size_t done = 0;
    while (done < size) {
        ssize_t put = write(fd, (const char *)data + done, size - done);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return env_fail("write", NULL, put < 0 ? errno : EIO);
        done += (size_t)put;
    }
    return OC_OK;
}

static oc_rc os_file_size(int fd, int64_t *ret_size)
{
    struct stat status;
    if (fstat(fd, &status) < 0)
        return env_fail("stat", NULL, errno);
    *ret_size = status.st_size;
    return OC_OK;
}

static oc_rc os_truncate(int fd, int64_t size)
{
    if (ftruncate(fd, size) < 0)
        return env_fail("truncate", NULL, errno);
    return OC_OK;
}

static oc_rc os_preallocate(int fd, int64_t size)
{
    int error = posix_fallocate(fd, 0, size);
    return error ? env_fail("preallocate", NULL, error) : OC_OK;
}

static oc_rc os_map(int fd, size_t size, bool is_writable, void **ret_data)
{
    int access = is_writable ? PROT_READ | PROT_WRITE : PROT_READ;
    void *data = mmap(NULL, size, access, MAP_SHARED, fd, 0);
    if (data == MAP_FAILED)
        return env_fail("map", NULL, errno);
    *ret_data = data;
    return OC_OK;
}

static void os_unmap(void *data, size_t size)
{
    if (data)
        munmap(data, size);
}

static void os_map_populate(void *data, size_t size)
{
#ifdef MADV_POPULATE_WRITE
    (void)madvise(data, size, MADV_POPULATE_WRITE); /* kernels before 5.14 refuse: then the faults come later */
#else
    (void)data;
    (void)size;
#endif
}

static oc_rc os_map_sync(void *data, size_t size)
{
    if (msync(data, size, MS_SYNC) < 0)
        return env_fail("msync", NULL, errno);
    return OC_OK;
}

static oc_rc os_sync(int fd)
{
    /* No retry on EINTR or EIO: after a failure the kernel may have dropped the pages, and a second
     * call would say "done". */
    if (fdatasync(fd) < 0)
        return env_fail("fdatasync", NULL, errno);
    return OC_OK;
}

static oc_rc os_sync_dir(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return env_fail("open folder", path, errno);
    oc_rc rc = fsync(fd) < 0 ? env_fail("fsync folder", path, errno) : OC_OK;
    close(fd);
    return rc;
}

static oc_rc os_rename(const char *from, const char *to)
{
    return rename(from, to) < 0 ? env_fail("rename", from, errno) : OC_OK;
}

static oc_rc os_unlink(const char *path) { return unlink(path) < 0 ? env_fail("unlink", path, errno) : OC_OK; }

static oc_rc os_mkdir(const char *path)
{
    if (mkdir(path, 0750) == 0)
        return OC_OK;
    int error = errno;
    struct stat status;
    if (error == EEXIST && stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return OC_OK;
    return env_fail("mkdir", path, error);
}

static oc_rc os_lock(const char *path, int *ret_fd)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (fd < 0)
        return env_fail("open", path, errno);
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
        *ret_fd = fd;
        return OC_OK;
    }
    int error = errno;
    close(fd);
    oc_rc rc = env_fail("lock", path, error);
    return error == EWOULDBLOCK ? OC_E_STATE : rc;
}

static oc_rc os_list(const char *path, env_list_fn fn, void *arg)
{
    DIR *dir = opendir(path);
    if (!dir)
        return env_fail("list", path, errno);
    oc_rc rc = OC_OK;
    while (rc >= 0) {
        errno = 0;
        struct dirent *entry = readdir(dir);
        if (!entry) {
            rc = errno ? env_fail("list", path, errno) : OC_OK;
            break;
        }
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            rc = fn(arg, entry->d_name);
    }
    closedir(dir);
    return rc;
}

static void *os_alloc(size_t size)
{
    void *data = calloc(1, size ? size : 1);
    if (!data)
        (void)env_fail("allocate", NULL, ENOMEM); /* for its words: NULL is the answer */
    return data;
}

static void *os_resize(void *data, size_t old_size, size_t size)
{
    char *grown = realloc(data, size ? size : 1);
    if (!grown) {
        (void)env_fail("allocate", NULL, ENOMEM); /* for its words: NULL is the answer */
        return NULL;
    }
    if (size > old_size)
        memset(grown + old_size, 0, size - old_size);
    return grown;
}

static void os_free(void *data) { free(data); }

static oc_rc os_random(void *data, size_t size)
{
    size_t done = 0;
    while (done < size) {
        ssize_t got = getrandom((char *)data + done, size - done, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return env_fail("random", NULL, errno);
        done += (size_t)got;
    }
    return OC_OK;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Without a readable boot id it stays zero: two starts then look like one, and a torn tail is
 * refused instead of cut. */
static void os_boot_id(uint8_t ret_id[ENV_BOOT_ID_SIZE])
{
    memset(ret_id, 0, ENV_BOOT_ID_SIZE);
    char text[64];
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    ssize_t got = read(fd, text, sizeof text);
    close(fd);
    size_t digits = 0;
    for (ssize_t i = 0; i < got && digits < 2 * ENV_BOOT_ID_SIZE; i++) {
        int digit = hex_digit(text[i]);
        if (digit < 0)
            continue;
        ret_id[digits / 2] = (uint8_t)(ret_id[digits / 2] * 16 + digit);
        digits++;
    }
}

static void *thread_main(void *arg)
{
    struct env_thread *thread = arg;
    thread->fn(thread->arg);
    return NULL;
}

void env_give_way(void)
{
    const struct sched_param parameter = {0};
    (void)sched_setscheduler(0, SCHED_BATCH, &parameter);
}

bool env_exists(const char *path) { return access(path, R_OK) == 0; }

oc_rc env_program_folder(char *path, size_t size_max)
{
    ssize_t length = readlink("/proc/self/exe", path, size_max - 1);
    if (length < 0)
        return env_fail("find the program", "/proc/self/exe", errno);
    if ((size_t)length >= size_max - 1)
        return OC_E_LIMIT;
    path[length] = 0;
    char *slash = strrchr(path, '/');
    if (slash)
        *slash = 0;
    return OC_OK;
}

oc_rc env_read_share(const char *path, double *ret_share)
{
    struct stat wanted, found;
    DIR *dir =
        stat(path, &wanted) == 0 && S_ISREG(wanted.st_mode) && wanted.st_size > 0 ? opendir("/proc/self/fd") : NULL;
    oc_rc rc = OC_E_NOT_FOUND;
    for (struct dirent *entry = dir ? readdir(dir) : NULL; entry && rc < 0; entry = readdir(dir)) {
        char *end;
        long fd = strtol(entry->d_name, &end, 10);
        if (end == entry->d_name || *end || fstat((int)fd, &found) < 0 || found.st_ino != wanted.st_ino ||
            found.st_dev != wanted.st_dev)
            continue;
        off_t at = lseek((int)fd, 0, SEEK_CUR);
        if (at < 0)
            continue;
        *ret_share = (double)at / (double)wanted.st_size;
        rc = OC_OK;
    }
    if (dir)
        closedir(dir);
    return rc;
}

void env_take_back(void)
{
    const struct sched_param parameter = {0};
    (void)sched_setscheduler(0, SCHED_OTHER, &parameter);
}

static oc_rc os_thread_start(env_thread_fn fn, void *arg, struct env_thread **ret_thread)
{
    struct env_thread *thread = calloc(1, sizeof *thread);
    if (!thread)
        return env_fail("start a thread", NULL, ENOMEM);
    thread->fn = fn;
    thread->arg = arg;
    sigset_t mine, before; /* what a person's keys send goes to the first thread */
    sigemptyset(&mine);
    sigaddset(&mine, SIGINT);
    sigaddset(&mine, SIGTERM);
    sigaddset(&mine, SIGWINCH);
    sigaddset(&mine, SIGTSTP);
    pthread_sigmask(SIG_BLOCK, &mine, &before);
    int error = pthread_create(&thread->id, NULL, thread_main, thread);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error) {
        free(thread);
        (void)env_fail("start a thread", NULL, error);
        return OC_E_NOMEM; /* a limit of the system's, not "later" */
    }
    *ret_thread = thread;
    return OC_OK;
}

static void os_thread_join(struct env_thread *thread)
{
    if (!thread)
        return;
    pthread_join(thread->id, NULL);
    free(thread);
}

static oc_rc os_signal_new(struct env_signal **ret_signal)
{
    struct env_signal *signal = calloc(1, sizeof *signal);
    if (!signal)
        return env_fail("make a signal", NULL, ENOMEM);
    sem_init(&signal->sem, 0, 0);
    *ret_signal = signal;
    return OC_OK;
}

static void os_signal_free(struct env_signal *signal)
{
    if (!signal)
        return;
    sem_destroy(&signal->sem);
    free(signal);
}

static void os_signal_post(struct env_signal *signal) { sem_post(&signal->sem); }

static bool os_signal_wait(struct env_signal *signal, int64_t timeout_ns)
{
    int got;
    if (timeout_ns < 0) {
        do {
            got = sem_wait(&signal->sem);
        } while (got < 0 && errno == EINTR);
        return got == 0;
    }
    int64_t until = clock_read(CLOCK_MONOTONIC) + timeout_ns;
    struct timespec deadline = {.tv_sec = until / NS_PER_S, .tv_nsec = until % NS_PER_S};
    do {
        got = sem_clockwait(&signal->sem, CLOCK_MONOTONIC, &deadline);
    } while (got < 0 && errno == EINTR);
    return got == 0;
}

const struct env env_os = {
    .name = "os",
    .clock_real = os_clock_real,
    .clock_mono = os_clock_mono,
    .clock_cpu = os_clock_cpu,
    .sleep = os_sleep,
    .open = os_open,
    .close = os_close,
    .read = os_read,
    .pread = os_pread,
    .write = os_write,
    .file_size = os_file_size,
    .truncate = os_truncate,
    .preallocate = os_preallocate,
    .map = os_map,
    .unmap = os_unmap,
    .map_populate = os_map_populate,
    .map_sync = os_map_sync,
    .sync = os_sync,
    .sync_dir = os_sync_dir,
    .rename = os_rename,
    .unlink = os_unlink,
    .mkdir = os_mkdir,
    .lock = os_lock,
    .list = os_list,
    .alloc = os_alloc,
    .resize = os_resize,
    .free = os_free,
    .random = os_random,
    .boot_id = os_boot_id,
    .thread_start = os_thread_start,
    .thread_join = os_thread_join,
    .signal_new = os_signal_new,
    .signal_free = os_signal_free,
    .signal_post = os_signal_post,
    .signal_wait = os_signal_wait,
};

/* env_split.c: the operating system of a simulated process: files below HOURS_DISK, clock and random numbers are the
 * simulation's; what else it reads (plugins, configuration, the strategy) are files of this machine. Memory is this machine's, for the venue
 * lives on when a process dies: what that one had is lost. */
#include "fault/hours/env_split.h"

#include "support/env_sim.h"

#include <string.h>

enum { SIM_FD = 1 << 20 };

static const struct env *sim;

static const struct env *of_path(const char *path)
{
    return strncmp(path, HOURS_DISK, sizeof HOURS_DISK - 1) == 0 ? sim : &env_os;
}

static const struct env *of_fd(int fd) { return fd >= SIM_FD ? sim : &env_os; }
static int own_fd(int fd) { return fd >= SIM_FD ? fd - SIM_FD : fd; }

static oc_rc given_fd(const struct env *env, oc_rc rc, int *ret_fd)
{
    if (rc >= 0 && env == sim)
        *ret_fd += SIM_FD;
    return rc;
}

static oc_rc split_open(const char *path, unsigned flags, int *ret_fd)
{
    const struct env *env = of_path(path);
    return given_fd(env, env->open(path, flags, ret_fd), ret_fd);
}

static oc_rc split_lock(const char *path, int *ret_fd)
{
    const struct env *env = of_path(path);
    return given_fd(env, env->lock(path, ret_fd), ret_fd);
}

static void split_close(int fd) { of_fd(fd)->close(own_fd(fd)); }

static oc_rc split_read(int fd, void *data, size_t size, size_t *ret_size)
{
    return of_fd(fd)->read(own_fd(fd), data, size, ret_size);
}

static oc_rc split_pread(int fd, void *data, size_t size, int64_t offset, size_t *ret_size)
{
    return of_fd(fd)->pread(own_fd(fd), data, size, offset, ret_size);
}

static oc_rc split_write(int fd, const void *data, size_t size) { return of_fd(fd)->write(own_fd(fd), data, size); }
static oc_rc split_file_size(int fd, int64_t *ret_size) { return of_fd(fd)->file_size(own_fd(fd), ret_size); }
static oc_rc split_truncate(int fd, int64_t size) { return of_fd(fd)->truncate(own_fd(fd), size); }
static oc_rc split_preallocate(int fd, int64_t size) { return of_fd(fd)->preallocate(own_fd(fd), size); }
static oc_rc split_sync(int fd) { return of_fd(fd)->sync(own_fd(fd)); }

static oc_rc split_map(int fd, size_t size, bool is_writable, void **ret_data)
{
    return fd >= SIM_FD ? sim->map(own_fd(fd), size, is_writable, ret_data) : (oc_rc)OC_E_NOT_SUPPORTED;
}

static oc_rc split_sync_dir(const char *path) { return of_path(path)->sync_dir(path); }
static oc_rc split_rename(const char *from, const char *to) { return of_path(from)->rename(from, to); }
static oc_rc split_unlink(const char *path) { return of_path(path)->unlink(path); }
static oc_rc split_mkdir(const char *path) { return of_path(path)->mkdir(path); }
static oc_rc split_list(const char *path, env_list_fn fn, void *arg) { return of_path(path)->list(path, fn, arg); }

void env_split_bind(void)
{
    static struct env split;
    sim = env_current();
    split = *sim;
    split.open = split_open;
    split.lock = split_lock;
    split.close = split_close;
    split.read = split_read;
    split.pread = split_pread;
    split.write = split_write;
    split.file_size = split_file_size;
    split.truncate = split_truncate;
    split.preallocate = split_preallocate;
    split.sync = split_sync;
    split.map = split_map;
    split.sync_dir = split_sync_dir;
    split.rename = split_rename;
    split.unlink = split_unlink;
    split.mkdir = split_mkdir;
    split.list = split_list;
    split.alloc = env_os.alloc;
    split.resize = env_os.resize;
    split.free = env_os.free;
    env_bind(&split);
}

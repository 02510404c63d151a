/* counted_env.h: the real environment, which counts what one thread asks of it that may block: files, waiting, and
 * allocations above 64 KB. */
#ifndef TEST_COUNTED_ENV_H
#define TEST_COUNTED_ENV_H

#include "base/env.h"

enum { ALLOC_SMALL = 64 << 10 };

/* What the thread under test has asked of the system; the worker's calls go past. */
static _Thread_local bool is_engine;
static unsigned blocked;

static void count(bool may_block)
{
    if (is_engine && may_block)
        blocked++;
}

static oc_rc count_open(const char *path, unsigned flags, int *ret_fd)
{
    count(true);
    return env_os.open(path, flags, ret_fd);
}
static oc_rc count_write(int fd, const void *data, size_t size)
{
    count(true);
    return env_os.write(fd, data, size);
}
static oc_rc count_truncate(int fd, int64_t size)
{
    count(true);
    return env_os.truncate(fd, size);
}
static oc_rc count_preallocate(int fd, int64_t size)
{
    count(true);
    return env_os.preallocate(fd, size);
}
static oc_rc count_map(int fd, size_t size, bool is_writable, void **ret_data)
{
    count(true);
    return env_os.map(fd, size, is_writable, ret_data);
}
static oc_rc count_map_sync(void *data, size_t size)
{
    count(true);
    return env_os.map_sync(data, size);
}
static oc_rc count_sync(int fd)
{
    count(true);
    return env_os.sync(fd);
}
static oc_rc count_sync_dir(const char *path)
{
    count(true);
    return env_os.sync_dir(path);
}
static oc_rc count_rename(const char *from, const char *to)
{
    count(true);
    return env_os.rename(from, to);
}
static oc_rc count_unlink(const char *path)
{
    count(true);
    return env_os.unlink(path);
}
static oc_rc count_list(const char *path, env_list_fn fn, void *arg)
{
    count(true);
    return env_os.list(path, fn, arg);
}
static void *count_alloc(size_t size)
{
    count(size > ALLOC_SMALL);
    return env_os.alloc(size);
}
static void *count_resize(void *data, size_t old_size, size_t size)
{
    count(size > ALLOC_SMALL);
    return env_os.resize(data, old_size, size);
}
static bool count_signal_wait(struct env_signal *signal, int64_t timeout_ns)
{
    count(true);
    return env_os.signal_wait(signal, timeout_ns);
}

/* Bind it with env_bind; from then on `blocked` counts the thread that has set is_engine. */
static struct env counted_env(void)
{
    struct env counted = env_os;
    counted.open = count_open, counted.write = count_write, counted.truncate = count_truncate;
    counted.preallocate = count_preallocate, counted.map = count_map, counted.map_sync = count_map_sync;
    counted.sync = count_sync, counted.sync_dir = count_sync_dir, counted.rename = count_rename;
    counted.unlink = count_unlink, counted.list = count_list, counted.alloc = count_alloc;
    counted.resize = count_resize, counted.signal_wait = count_signal_wait;
    return counted;
}

#endif

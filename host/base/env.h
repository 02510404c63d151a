/* env.h: the one place that knows the operating system.
 *
 * A table of operations with a current binding. The real one is env_os.c; a test binds another
 * instead, and then the same product code runs over a simulated clock, disk and allocator.
 *
 * Invariants
 *   - Nothing outside host/base/env*.c calls the clock, files, maps, threads or random numbers of
 * the system.
 *   - The wrappers below are inline and go through one pointer, also in release builds, so that the
 * released code is the code that the fault simulation has run. What they cost is one load and one
 * call beside a system call.
 *   - The binding is changed only while no other thread uses it ([setup]).
 *   - Every negative code leaves a sentence in env_error_text() of the calling thread.
 */
#ifndef BASE_ENV_H
#define BASE_ENV_H

#include <outcry/abi.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"

enum env_open_flag {
    ENV_READ = 1,
    ENV_WRITE = 2,
    ENV_CREATE = 4,     /* make it when absent */
    ENV_TRUNCATE = 8,   /* drop what is in it */
    ENV_EXCLUSIVE = 16, /* fail with OC_E_EXISTS when it is there */
    ENV_WITHIN = 32     /* OC_E_INVALID unless it is a regular file that stands, all links followed, in the folder that
                           its name says or below; never waits for the other end of a pipe */
};

enum { ENV_PATH_MAX = 1024, ENV_BOOT_ID_SIZE = 16, ENV_ERROR_MAX = 512 };

struct env_thread; /* opaque */
struct env_signal; /* opaque: a counting signal between two threads */

typedef void (*env_thread_fn)(void *arg);
/* Called once a name, in no stated order, without "." and "..". A negative return stops the listing
 * and is its result. */
typedef oc_rc (*env_list_fn)(void *arg, const char *name);

struct env {
    const char *name;
    int64_t (*clock_real)(void);
    int64_t (*clock_mono)(void);
    int64_t (*clock_cpu)(void);
    void (*sleep)(int64_t ns);
    oc_rc (*open)(const char *path, unsigned flags, int *ret_fd);
    void (*close)(int fd);
    oc_rc (*read)(int fd, void *data, size_t size, size_t *ret_size);
    oc_rc (*pread)(int fd, void *data, size_t size, int64_t offset, size_t *ret_size);
    oc_rc (*write)(int fd, const void *data, size_t size);
    oc_rc (*file_size)(int fd, int64_t *ret_size);
    oc_rc (*truncate)(int fd, int64_t size);
    oc_rc (*preallocate)(int fd, int64_t size);
    oc_rc (*map)(int fd, size_t size, bool is_writable, void **ret_data);
    void (*unmap)(void *data, size_t size);
    void (*map_populate)(void *data, size_t size);
    oc_rc (*map_sync)(void *data, size_t size);
    oc_rc (*sync)(int fd);
    oc_rc (*sync_dir)(const char *path);
    oc_rc (*rename)(const char *from, const char *to);
    oc_rc (*unlink)(const char *path);
    oc_rc (*mkdir)(const char *path);
    oc_rc (*lock)(const char *path, int *ret_fd);
    oc_rc (*list)(const char *path, env_list_fn fn, void *arg);
    void *(*alloc)(size_t size);
    void *(*resize)(void *data, size_t old_size, size_t size);
    void (*free)(void *data);
    oc_rc (*random)(void *data, size_t size);
    void (*boot_id)(uint8_t ret_id[ENV_BOOT_ID_SIZE]);
    oc_rc (*thread_start)(env_thread_fn fn, void *arg, struct env_thread **ret_thread);
    void (*thread_join)(struct env_thread *thread);
    oc_rc (*signal_new)(struct env_signal **ret_signal);
    void (*signal_free)(struct env_signal *signal);
    void (*signal_post)(struct env_signal *signal);
    bool (*signal_wait)(struct env_signal *signal, int64_t timeout_ns);
};

extern const struct env env_os;       /* static: the real binding */
extern const struct env *env_binding; /* never NULL; use env_current() and env_bind() */

/* [any] static. */
static inline const struct env *env_current(void) { return env_binding; }
/* [setup] NULL binds the real one again. `env` is borrowed until the next env_bind. */
void env_bind(const struct env *env);

/* [any] The last failure in this thread, as "what path: why (ENAME)"; "" when there was none.
 * Static, until the next failure. */
const char *env_error_text(void);
/* [any] For bindings: records a failure of this thread and returns the code that stands for
 * `error_number`. */
CHECKED oc_rc env_fail(const char *what, const char *path, int error_number);
/* [any] The file of that name is no regular file: OC_E_IO. `found`: "a pipe". */
CHECKED oc_rc env_fail_kind(const char *path, const char *found);

/* [any] ns UTC since 1970. Only io asks; everyone else is told the time. */
static inline int64_t env_clock_real(void) { return env_binding->clock_real(); }
/* [any] ns since some start; never goes back. */
static inline int64_t env_clock_mono(void) { return env_binding->clock_mono(); }
/* [any] ns of CPU used by the calling thread. */
static inline int64_t env_clock_cpu(void) { return env_binding->clock_cpu(); }
static inline void env_sleep(int64_t ns) { env_binding->sleep(ns); }

/* [any] `flags` of env_open_flag. The descriptor is owned: env_close. OC_E_NOT_FOUND, OC_E_EXISTS,
 * OC_E_IO … */
CHECKED static inline oc_rc env_open(const char *path, unsigned flags, int *ret_fd)
{
    return env_binding->open(path, flags, ret_fd);
}
/* Negative descriptors are ignored. */
static inline void env_close(int fd) { env_binding->close(fd); }
/* Up to `size` bytes; *ret_size 0 is the end. */
CHECKED static inline oc_rc env_read(int fd, void *data, size_t size, size_t *ret_size)
{
    return env_binding->read(fd, data, size, ret_size);
}
/* Reads until `size` bytes or the end of the file; *ret_size tells how many. */
CHECKED static inline oc_rc env_pread(int fd, void *data, size_t size, int64_t offset, size_t *ret_size)
{
    return env_binding->pread(fd, data, size, offset, ret_size);
}
/* All or a negative code (then an unknown part is written). OC_E_FULL: no space. */
CHECKED static inline oc_rc env_write(int fd, const void *data, size_t size)
{
    return env_binding->write(fd, data, size);
}
CHECKED static inline oc_rc env_file_size(int fd, int64_t *ret_size) { return env_binding->file_size(fd, ret_size); }
CHECKED static inline oc_rc env_truncate(int fd, int64_t size) { return env_binding->truncate(fd, size); }
/* Reserves the space, so that a later store into a map of it cannot fail for want of room; reads as
 * zero. */
CHECKED static inline oc_rc env_preallocate(int fd, int64_t size) { return env_binding->preallocate(fd, size); }
/* Maps the first `size` bytes, shared with the file. Owned: env_unmap. */
CHECKED static inline oc_rc env_map(int fd, size_t size, bool is_writable, void **ret_data)
{
    return env_binding->map(fd, size, is_writable, ret_data);
}
static inline void env_unmap(void *data, size_t size) { env_binding->unmap(data, size); }
/* Takes the page faults of a part of a writable map now. `data` on a page. A hint: it cannot fail.
 */
static inline void env_map_populate(void *data, size_t size) { env_binding->map_populate(data, size); }
/* Part of a map, made durable. `data` on a page. After an error the pages may be lost: never try
 * again on that file. */
CHECKED static inline oc_rc env_map_sync(void *data, size_t size) { return env_binding->map_sync(data, size); }
/* fdatasync: data and size of the file, mapped stores included. The same warning. */
CHECKED static inline oc_rc env_sync(int fd) { return env_binding->sync(fd); }
/* Names in the folder made durable. */
CHECKED static inline oc_rc env_sync_dir(const char *path) { return env_binding->sync_dir(path); }
CHECKED static inline oc_rc env_rename(const char *from, const char *to) { return env_binding->rename(from, to); }
CHECKED static inline oc_rc env_unlink(const char *path) { return env_binding->unlink(path); }
/* OC_OK also when the folder is already there. */
CHECKED static inline oc_rc env_mkdir(const char *path) { return env_binding->mkdir(path); }
/* Makes the file if needed and locks it against other processes until env_close or death. OC_E_STATE: another one holds it. */
CHECKED static inline oc_rc env_lock(const char *path, int *ret_fd) { return env_binding->lock(path, ret_fd); }
CHECKED static inline oc_rc env_list(const char *path, env_list_fn fn, void *arg)
{
    return env_binding->list(path, fn, arg);
}

/* Zeroed; NULL when there is none. Owned: env_free. */
static inline void *env_alloc(size_t size) { return env_binding->alloc(size); }
/* New bytes are zero. On NULL the old block stays. */
static inline void *env_resize(void *data, size_t old_size, size_t size)
{
    return env_binding->resize(data, old_size, size);
}
static inline void env_free(void *data) { env_binding->free(data); }
CHECKED static inline oc_rc env_random(void *data, size_t size) { return env_binding->random(data, size); }
/* Changes with every start of the machine: tells a loss of power from the death of a process. */
static inline void env_boot_id(uint8_t ret_id[ENV_BOOT_ID_SIZE]) { env_binding->boot_id(ret_id); }

/* OC_E_NOT_SUPPORTED in the simulation: do the work in the caller's turn then. Owned:
 * env_thread_join. */
CHECKED static inline oc_rc env_thread_start(env_thread_fn fn, void *arg, struct env_thread **ret_thread)
{
    return env_binding->thread_start(fn, arg, ret_thread);
}
static inline void env_thread_join(struct env_thread *thread) { env_binding->thread_join(thread); }
CHECKED static inline oc_rc env_signal_new(struct env_signal **ret_signal)
{
    return env_binding->signal_new(ret_signal);
}
static inline void env_signal_free(struct env_signal *signal) { env_binding->signal_free(signal); }
static inline void env_signal_post(struct env_signal *signal) { env_binding->signal_post(signal); }
/* False when `timeout_ns` passed; a negative timeout waits without end. */
static inline bool env_signal_wait(struct env_signal *signal, int64_t timeout_ns)
{
    return env_binding->signal_wait(signal, timeout_ns);
}

/* [any] The calling thread is long work beside an engine that must not wait: it never takes a core from a thread that wakes,
 * and keeps its fair share, also on a machine whose cores are all busy. (SCHED_IDLE would starve there, and an ordinary user
 * cannot leave it again.) In a signal handler too. env_take_back ends it. */
void env_give_way(void);
void env_take_back(void);

/* [any] The path of a file in a folder, into ENV_PATH_MAX bytes; `name` NULL: of the folder itself. OC_E_INVALID: it is longer. */
CHECKED oc_rc env_path(char *ret_path, const char *dir, const char *name);
/* [any] Whether there is a file or folder that may be read. */
bool env_exists(const char *path);
/* [any] The folder of the running program, absolute. OC_E_IO, OC_E_LIMIT. */
CHECKED oc_rc env_program_folder(char *path, size_t size_max);

/* [any] The user's own data folder of this program, into ENV_PATH_MAX bytes: $XDG_DATA_HOME/outcry, else ~/.local/share/outcry. It need not
 * be there. OC_E_NOT_FOUND: there is no home; OC_E_INVALID: it is too long. */
CHECKED oc_rc env_user_folder(char *ret_path);

/* [any] Whether a process holds env_lock() of this file. Nothing is taken. False where the system does not tell. */
bool env_is_locked(const char *path);

/* [any] How much of a file this process has read: the share of its size at which a descriptor of it stands, 0..1.
 * OC_E_NOT_FOUND: it is not open. For a progress bar. */
CHECKED oc_rc env_read_share(const char *path, double *ret_share);

/* Reads a whole file of at most `max` bytes; *ret_data has a zero byte after it, owned: env_free.
 * OC_E_LIMIT when larger. */
CHECKED oc_rc env_read_file(const char *path, size_t max, char **ret_data, size_t *ret_size);
/* The same for a file opened with ENV_WITHIN. */
CHECKED oc_rc env_read_within(const char *path, size_t max, char **ret_data, size_t *ret_size);
/* Writes `path` so that after any crash it is the old or the new one: temporary name, sync, rename,
 * sync of the folder. */
CHECKED oc_rc env_replace_file(const char *dir, const char *name, const void *data, size_t size);

#endif

/* env_sim.h: the simulated binding: a clock that moves when told, timed callbacks in seeded order,
 * a disk in memory that loses, tears and reorders what was not synced, and failures on demand.
 *
 * Invariants
 *   - One simulation at a time, one thread. The same seed and the same calls give the same answers.
 *   - Of a file there are the current bytes (what the process sees) and the durable ones. env_sync
 * moves one to the other; env_sim_writeback moves a random part, as a kernel may at any time. A
 * mapped file is the current bytes themselves.
 *   - A sync that was made to fail writes a random part and forgets the rest: a second sync would
 * say "done" and not write it, as Linux does. Names (create, rename, unlink) are durable after
 * env_sync_dir; folders at once.
 *   - A crash keeps of each 512-byte sector the durable or the current bytes, or a cut between them
 * at a multiple of 8, and any part of the unsynced names. A kill keeps all current bytes. Both end
 * the process: descriptors, maps and allocations are gone, so a test just drops its pointers.
 *   - No threads: env_thread_start says OC_E_NOT_SUPPORTED and work is done in the caller's turn.
 */
#ifndef SUPPORT_ENV_SIM_H
#define SUPPORT_ENV_SIM_H

#include "base/env.h"

enum {
    ENV_SIM_SECTOR = 512,
    ENV_SIM_SPARSE = 256 << 10,
    ENV_SIM_FILES_MAX = 512,
    ENV_SIM_FD_MAX = 256,
    ENV_SIM_TIMERS_MAX = 4096,
    ENV_SIM_PATH_MAX = 256
};

enum env_sim_op {
    ENV_SIM_NONE = 0,
    ENV_SIM_OPEN,
    ENV_SIM_READ,
    ENV_SIM_WRITE,
    ENV_SIM_SYNC, /* file, map and folder */
    ENV_SIM_MAP,
    ENV_SIM_PREALLOCATE,
    ENV_SIM_RENAME, /* and unlink, truncate, mkdir */
    ENV_SIM_ALLOC,
    ENV_SIM_ANY, /* each of the above */
    ENV_SIM_OP_COUNT
};

struct env_sim_config {
    uint64_t seed;
    int64_t start_ns; /* the clocks at the start */
    size_t disk_max;  /* bytes of all files; 0 = no limit */
};

/* [setup] Starts an empty simulation and binds it. OC_E_NOMEM. Ended by env_sim_stop. */
oc_rc env_sim_start(const struct env_sim_config *config);
/* [setup] Binds the real environment again and forgets everything. */
void env_sim_stop(void);

/* Moves both clocks, running what env_sim_at has planned on the way. */
void env_sim_advance(int64_t ns);
/* Calls fn(arg) when the clock reaches `time_ns`; ties in an order given by the seed. OC_E_LIMIT.
 */
oc_rc env_sim_at(int64_t time_ns, void (*fn)(void *arg), void *arg);
/* A number from the simulation's own stream. */
uint64_t env_sim_random(void);

/* The `nth` operation of this kind from now (1 = next) fails once. 0 disarms. Allocations answer
 * NULL, others OC_E_IO. */
void env_sim_fail(enum env_sim_op op, uint64_t nth);
/* From now on each operation of this kind fails: a disk that is broken. ENV_SIM_NONE: it is whole again. */
void env_sim_break(enum env_sim_op op);
/* Calls fn(arg) in front of the `nth` operation of any kind from now, once: the place to end the
 * process with a longjmp and env_sim_crash or env_sim_kill. 0 disarms. */
void env_sim_on_operation(uint64_t nth, void (*fn)(void *arg), void *arg);
/* True when the failure armed last has happened. */
bool env_sim_has_failed(void);
/* Operations of a kind since the start. */
uint64_t env_sim_count(enum env_sim_op op);

/* [setup] Files are written from their beginning on: behind ENV_SIM_SPARSE bytes that are zero and were never anything else a sync looks no
 * further. Off at first. */
void env_sim_set_sparse(bool sparse);
/* Makes a random part of what is not durable durable. `per_1000`: how many of the changed sectors.
 */
void env_sim_writeback(unsigned per_1000);
/* The power goes: a possible image after it, chosen by `seed`, is the disk of the next process,
 * under a new boot id. */
void env_sim_crash(uint64_t seed);
/* The process dies (kill -9), the machine goes on. */
void env_sim_kill(void);

/* What a process would leak now: allocations, descriptors and maps that are still open. */
size_t env_sim_live_allocations(void);
size_t env_sim_live_files(void);

/* Bytes that all files may have from now on; 0: no limit. */
void env_sim_limit_disk(size_t disk_max);
/* The current bytes of a file, borrowed until it changes; NULL when there is none. */
uint8_t *env_sim_file(const char *path, size_t *ret_size);
/* Replaces the bytes of a file, current and durable, making it if need be. OC_E_LIMIT, OC_E_NOMEM,
 * OC_E_STATE (mapped). */
oc_rc env_sim_put_file(const char *path, const void *data, size_t size);

#endif

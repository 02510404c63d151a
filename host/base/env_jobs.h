/* env_jobs.h: jobs in children, several at a time, each with so many bytes as its result.
 *
 * Invariants
 * - Only a process of one thread forks. A child has the caller's memory as it was when its job began, and changes nothing of it.
 * - Which job runs beside which, and when it ends, is up to the machine; what comes of a job is up to its index alone.
 * - At most `workers` children at once; each ends with its job, at its time limit, or when the caller is stopped.
 * - Part of host/base/env*: the one place that knows the operating system. There is no simulated binding. */
#ifndef BASE_ENV_JOBS_H
#define BASE_ENV_JOBS_H

#include "base/checked.h"
#include "base/env.h"

enum { ENV_JOBS_WORKERS_MAX = 64, ENV_JOBS_MAX = 1 << 20 };

enum env_job_state {
    ENV_JOB_NONE, /* not begun: the caller was stopped before */
    ENV_JOB_DONE,
    ENV_JOB_DIED, /* a signal, or an exit of its own */
    ENV_JOB_LATE  /* ended at its time limit */
};

struct env_jobs {
    void *self;
    uint32_t count;
    uint32_t workers; /* 0: as many as there are cores */
    size_t result_size;
    int64_t timeout_ns; /* of each */
    /* In a child. The result is zero before. */
    void (*run)(void *self, uint32_t index, void *ret_result);
    /* Asked now and then; true: children are ended and nothing more begins. NULL: never. */
    bool (*is_stopped)(void *self);
    /* In the caller: a job has ended as `state` says, as the `ended`-th. The result is borrowed. NULL: nobody asks. */
    void (*told)(void *self, uint32_t index, enum env_job_state state, const void *result, uint32_t ended);
};

/* Results and states (enum env_job_state), count of each, in the order of the jobs. OC_E_AGAIN: it was stopped, and some are
 * ENV_JOB_NONE. OC_E_IO, OC_E_NOMEM, OC_E_LIMIT: none of them counts. */
CHECKED oc_rc env_jobs_run(const struct env_jobs *jobs, void *ret_results, uint8_t *ret_states);
/* Cores that this process may use, at least 1. */
uint32_t env_cores(void);

#endif

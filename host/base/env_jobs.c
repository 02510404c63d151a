#include "base/env_jobs.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/env_fork.h"

enum { WAIT_NS = 1000000 };

struct worker {
    int pid; /* 0: idle */
    uint32_t job;
    int64_t until_ns;
};

struct pool {
    const struct env_jobs *jobs;
    char *shared; /* results, then a byte a job: its child came to the end */
    uint8_t *states;
    struct worker list[ENV_JOBS_WORKERS_MAX];
    uint32_t workers;
    uint32_t begun;
    uint32_t ended;
    uint32_t job; /* of the child */
};

uint32_t env_cores(void)
{
    cpu_set_t set;
    const int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return count < 1 ? 1 : (uint32_t)count;
}

static char *finished(const struct pool *pool, uint32_t job)
{
    return pool->shared + (size_t)pool->jobs->count * pool->jobs->result_size + job;
}

static int child(void *arg)
{
    const struct pool *pool = arg;
    pool->jobs->run(pool->jobs->self, pool->job, pool->shared + (size_t)pool->job * pool->jobs->result_size);
    *finished(pool, pool->job) = 1;
    return 0;
}

static oc_rc begin(struct pool *pool, struct worker *worker)
{
    pool->job = pool->begun;
    oc_rc rc = env_fork_child(child, pool, &worker->pid);
    if (rc < 0) {
        worker->pid = 0;
        return rc;
    }
    worker->job = pool->begun++;
    worker->until_ns = env_clock_mono() + pool->jobs->timeout_ns;
    return OC_OK;
}

static void end(struct pool *pool, struct worker *worker, enum env_job_state state)
{
    pool->states[worker->job] = (uint8_t)(*finished(pool, worker->job) ? ENV_JOB_DONE : state);
    worker->pid = 0;
    pool->ended++;
    if (pool->jobs->told)
        pool->jobs->told(pool->jobs->self, worker->job, pool->states[worker->job],
                         pool->shared + (size_t)worker->job * pool->jobs->result_size, pool->ended);
}

static void kill_child(struct worker *worker)
{
    kill(worker->pid, SIGKILL);
    (void)waitpid(worker->pid, NULL, 0);
}

/* True: some child has ended. */
static bool reap(struct pool *pool)
{
    bool has_ended = false;
    for (uint32_t i = 0; i < pool->workers; i++) {
        struct worker *worker = &pool->list[i];
        if (!worker->pid)
            continue;
        const int done = waitpid(worker->pid, NULL, WNOHANG);
        if (done == 0 && env_clock_mono() < worker->until_ns)
            continue;
        if (done == 0)
            kill_child(worker);
        end(pool, worker, done == 0 ? ENV_JOB_LATE : ENV_JOB_DIED);
        has_ended = true;
    }
    return has_ended;
}

static void stop(struct pool *pool)
{
    for (uint32_t i = 0; i < pool->workers; i++) {
        if (!pool->list[i].pid)
            continue;
        kill_child(&pool->list[i]);
        pool->states[pool->list[i].job] = ENV_JOB_NONE;
    }
}

static oc_rc work(struct pool *pool)
{
    const struct env_jobs *jobs = pool->jobs;
    while (pool->ended < jobs->count) {
        for (uint32_t i = 0; i < pool->workers && pool->begun < jobs->count; i++) {
            oc_rc rc = pool->list[i].pid ? (oc_rc)OC_OK : begin(pool, &pool->list[i]);
            if (rc < 0) {
                stop(pool);
                return rc;
            }
        }
        if (jobs->is_stopped && jobs->is_stopped(jobs->self)) {
            stop(pool);
            return OC_E_AGAIN;
        }
        if (!reap(pool))
            env_sleep(WAIT_NS);
    }
    return OC_OK;
}

oc_rc env_jobs_run(const struct env_jobs *jobs, void *ret_results, uint8_t *ret_states)
{
    const size_t size = (size_t)jobs->count * (jobs->result_size + 1);
    if (jobs->count == 0)
        return OC_OK;
    if (jobs->count > ENV_JOBS_MAX || jobs->result_size > (1 << 20))
        return OC_E_LIMIT;
    void *shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return env_fail("get memory for results", "", errno);
    struct pool pool = {.jobs = jobs, .shared = shared, .states = ret_states};
    pool.workers = jobs->workers ? jobs->workers : env_cores();
    if (pool.workers > ENV_JOBS_WORKERS_MAX)
        pool.workers = ENV_JOBS_WORKERS_MAX;
    memset(ret_states, ENV_JOB_NONE, jobs->count);
    oc_rc rc = work(&pool);
    memcpy(ret_results, shared, (size_t)jobs->count * jobs->result_size);
    munmap(shared, size);
    return rc;
}

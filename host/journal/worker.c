/* worker.c: a set of wanted jobs, a signal to begin and one to say "done". */
#include "journal/worker.h"

#include "base/fault.h"

enum { WAIT_NS = 1000000 }; /* looks again after this, should a signal have gone to another waiter */

static void run(void *arg)
{
    struct worker *worker = arg;
    unsigned jobs = 0;
    while (!(jobs & WORKER_STOP)) {
        (void)env_signal_wait(worker->go, -1);
        atomic_store(&worker->is_busy, true);
        jobs = atomic_exchange(&worker->wanted, 0);
        if (jobs & ~(unsigned)WORKER_STOP)
            worker->fn(worker->arg, jobs & ~(unsigned)WORKER_STOP);
        atomic_store(&worker->is_busy, false);
        env_signal_post(worker->done);
    }
}

void worker_catch_up(struct worker *worker)
{
    if (worker->thread)
        return;
    unsigned jobs = atomic_exchange(&worker->wanted, 0) & ~(unsigned)WORKER_STOP;
    if (jobs && worker->fn)
        worker->fn(worker->arg, jobs);
}

oc_rc worker_start(struct worker *worker, worker_fn fn, void *arg)
{
    *worker = (struct worker){.fn = fn, .arg = arg};
    oc_rc rc = env_signal_new(&worker->go);
    if (rc >= 0)
        rc = env_signal_new(&worker->done);
    if (rc >= 0)
        rc = env_thread_start(run, worker, &worker->thread);
    if (rc == OC_E_NOT_SUPPORTED) {
        worker->thread = NULL;
        return OC_OK;
    }
    if (rc < 0)
        worker_stop(worker);
    return rc;
}

void worker_ask(struct worker *worker, unsigned jobs)
{
    atomic_fetch_or(&worker->wanted, jobs);
    if (!worker->thread) {
        if (!FAULT("worker.later")) /* the worker has not come to it yet */
            worker_catch_up(worker);
        return;
    }
    env_signal_post(worker->go);
}

void worker_wait(struct worker *worker)
{
    worker_catch_up(worker);
    while (worker->thread && (atomic_load(&worker->wanted) != 0 || atomic_load(&worker->is_busy)))
        (void)env_signal_wait(worker->done, WAIT_NS);
}

void worker_stop(struct worker *worker)
{
    worker_catch_up(worker);
    if (worker->thread) {
        worker_ask(worker, WORKER_STOP);
        env_thread_join(worker->thread);
    }
    env_signal_free(worker->go);
    env_signal_free(worker->done);
    *worker = (struct worker){0};
}

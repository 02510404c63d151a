/* worker.h: one thread that does, in order of need, what may block: preparing files, releasing
 * them, syncing.
 *
 * Invariants: jobs are bits; a job asked for twice before it began is done once. Where there are no
 * threads (simulation) a job is done in the caller's turn, inside worker_ask, or with the fault "worker.later"
 * armed inside the next worker_ask, worker_catch_up, worker_wait or worker_stop. The function runs on one thread at a time.
 */
#ifndef JOURNAL_WORKER_H
#define JOURNAL_WORKER_H

#include <outcry/abi.h>

#include "base/checked.h"
#include "base/env.h"

#include <stdatomic.h>

typedef void (*worker_fn)(void *arg, unsigned jobs);

enum { WORKER_STOP = 1 << 15 }; /* jobs are the bits below */

struct worker {
    worker_fn fn;
    void *arg;
    struct env_thread *thread; /* NULL: in the caller's turn */
    struct env_signal *go;
    struct env_signal *done;
    _Atomic unsigned wanted;
    atomic_bool is_busy;
};

/* [setup] OC_E_NOMEM, OC_E_IO. Ended by worker_stop. */
CHECKED oc_rc worker_start(struct worker *worker, worker_fn fn, void *arg);
/* [setup] Finishes what was asked for, then ends. Does nothing on a zeroed worker. */
void worker_stop(struct worker *worker);
void worker_ask(struct worker *worker, unsigned jobs);
/* Where there is no thread: does in the caller's turn what was put off. */
void worker_catch_up(struct worker *worker);
/* Returns when everything asked for so far is done. */
void worker_wait(struct worker *worker);

#endif

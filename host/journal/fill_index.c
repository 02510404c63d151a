/* fill_index.c: two rings between the door's thread and the worker that has the set. */
#include "journal/fill_index.h"

#include <stdio.h>
#include <string.h>

#include "journal/fill_set.h"
#include "journal/read.h"
#include "journal/worker.h"

enum { WORK = 1, WAKE_EVERY = 256 /* fills that are added before the worker is woken for them alone */ };

struct command {
    struct fill_key key;
    uint64_t seq;    /* of what is added; 0: a question */
    uint64_t cookie; /* of a question */
};

struct answer {
    uint64_t cookie;
    oc_rc rc;
    uint32_t flag;
};

struct fill_index {
    struct fill_set set; /* worker */
    struct worker worker;
    struct command *queue;
    struct answer *answers;
    _Atomic uint64_t queue_end;    /* written by the user */
    _Atomic uint64_t queue_begin;  /* written by the worker */
    _Atomic uint64_t answer_end;   /* written by the worker */
    _Atomic uint64_t answer_begin; /* written by the user */
    uint64_t asked;                /* questions in all */
    _Atomic int rc;                /* worker: the first failure, after `why` */
    char why[JOURNAL_ERROR_MAX];
};

static bool is_recorded(const struct oc_ev_fill *fill)
{
    return fill->qty > 0 && fill->trade_id_size > 0 && fill->trade_id_size <= sizeof fill->trade_id &&
           !(fill->head.flags & OC_EVF_SEEN);
}

static void fail(struct fill_index *index, oc_rc rc)
{
    if (rc >= 0 || atomic_load(&index->rc) < 0)
        return;
    snprintf(index->why, sizeof index->why, "journal %s: the index of fills: %s", index->set.dir,
             rc == OC_E_DATA    ? "a file is damaged; a restart makes it again from the journal"
             : rc == OC_E_LIMIT ? "there are more fills than it can hold"
                                : env_error_text());
    atomic_store_explicit(&index->rc, (int)rc, memory_order_release);
}

static void put_answer(struct fill_index *index, uint64_t cookie, oc_rc rc, bool has)
{
    uint64_t end = atomic_load_explicit(&index->answer_end, memory_order_relaxed);
    index->answers[end % FILL_ASKS_MAX] = (struct answer){cookie, rc, has ? OC_EVF_SEEN : OC_EVF_NEW};
    atomic_store_explicit(&index->answer_end, end + 1, memory_order_release);
}

static void work(void *arg, unsigned jobs)
{
    (void)jobs;
    struct fill_index *index = arg;
    uint64_t at = atomic_load_explicit(&index->queue_begin, memory_order_relaxed);
    while (at != atomic_load_explicit(&index->queue_end, memory_order_acquire)) {
        struct command command = index->queue[at % FILL_QUEUE];
        bool has = false;
        oc_rc rc = (oc_rc)atomic_load(&index->rc);
        if (rc >= 0)
            rc = command.seq ? fill_set_add(&index->set, command.key, command.seq)
                             : fill_set_has(&index->set, command.key, &has);
        fail(index, rc);
        if (!command.seq)
            put_answer(index, command.cookie, rc, has);
        atomic_store_explicit(&index->queue_begin, ++at, memory_order_release);
    }
    if (atomic_load(&index->rc) >= 0)
        fail(index, fill_set_write(&index->set));
}

/* From the newest checkpoint on, or all records where the set is older than that. */
static oc_rc open_reader(const struct fill_set *set, const char *dir, struct journal_reader **ret_reader)
{
    struct journal_checkpoint checkpoint;
    oc_rc rc = journal_open_read(dir, true, ret_reader);
    if (rc < 0 || !journal_checkpoint(*ret_reader, &checkpoint) || checkpoint.seq <= set->last_seq)
        return rc;
    journal_close_read(*ret_reader);
    *ret_reader = NULL;
    return journal_open_read(dir, false, ret_reader);
}

static oc_rc fill_up(struct fill_index *index, const char *dir)
{
    struct journal_reader *reader = NULL;
    const struct oc_event *event;
    enum journal_stream stream;
    oc_rc rc = open_reader(&index->set, dir, &reader);
    while (rc >= 0 && journal_next(reader, &event, &stream) == OC_OK) {
        const struct oc_ev_fill *fill = (const struct oc_ev_fill *)(const void *)event;
        if (event->type == OC_EV_FILL && event->size >= sizeof *fill && is_recorded(fill))
            rc = fill_set_add(&index->set, fill_key(fill), event->seq);
    }
    if (reader)
        journal_close_read(reader);
    return rc < 0 ? rc : fill_set_write(&index->set);
}

/* The number of the last record that the journal has; behind a checkpoint there may be none. */
static oc_rc last_record(const char *dir, uint64_t *ret_seq)
{
    struct journal_reader *reader = NULL;
    struct journal_checkpoint checkpoint;
    oc_rc rc = journal_open_read(dir, true, &reader);
    if (rc >= 0)
        *ret_seq = journal_end(reader, JOURNAL_ORDERS)->last_seq;
    if (rc >= 0 && journal_checkpoint(reader, &checkpoint) && checkpoint.seq > *ret_seq)
        *ret_seq = checkpoint.seq;
    if (reader)
        journal_close_read(reader);
    return rc;
}

oc_rc fill_index_open(const char *dir, uint32_t tail_max, struct fill_index **ret_index)
{
    struct fill_index *index = env_alloc(sizeof *index);
    if (!index)
        return OC_E_NOMEM;
    index->set.tail_fd = -1;
    index->queue = env_alloc(FILL_QUEUE * sizeof *index->queue);
    index->answers = env_alloc(FILL_ASKS_MAX * sizeof *index->answers);
    uint64_t last = 0;
    oc_rc rc = index->queue && index->answers ? last_record(dir, &last) : OC_E_NOMEM;
    bool is_fresh = rc == OC_E_NOT_FOUND;
    if (rc >= 0 || is_fresh)
        rc = fill_set_open(&index->set, dir, last, tail_max);
    if (rc >= 0 && !is_fresh)
        rc = fill_up(index, dir);
    if (rc >= 0)
        rc = worker_start(&index->worker, work, index);
    if (rc < 0) {
        (void)fill_index_close(index);
        return rc;
    }
    *ret_index = index;
    return OC_OK;
}

oc_rc fill_index_close(struct fill_index *index)
{
    if (!index)
        return OC_OK;
    if (index->worker.fn) {
        worker_ask(&index->worker, WORK);
        worker_stop(&index->worker);
    }
    oc_rc rc = (oc_rc)atomic_load(&index->rc), closed = fill_set_close(&index->set);
    env_free(index->queue);
    env_free(index->answers);
    env_free(index);
    return rc < 0 ? rc : closed;
}

static oc_rc put_command(struct fill_index *index, const struct command *command)
{
    uint64_t end = atomic_load_explicit(&index->queue_end, memory_order_relaxed);
    if (end - atomic_load_explicit(&index->queue_begin, memory_order_acquire) == FILL_QUEUE)
        return OC_E_FULL;
    index->queue[end % FILL_QUEUE] = *command;
    atomic_store_explicit(&index->queue_end, end + 1, memory_order_release);
    /* What only waits in the queue when the process dies is taken from the journal again. */
    if (!command->seq || (end + 1) % WAKE_EVERY == 0)
        worker_ask(&index->worker, WORK);
    return OC_OK;
}

oc_rc fill_index_add(struct fill_index *index, const struct oc_ev_fill *fill)
{
    if (!is_recorded(fill))
        return OC_OK;
    return fill->head.seq ? put_command(index, &(struct command){.key = fill_key(fill), .seq = fill->head.seq})
                          : OC_E_INVALID;
}

oc_rc fill_index_ask(struct fill_index *index, const struct oc_ev_fill *fill, uint64_t cookie)
{
    if (index->asked - atomic_load_explicit(&index->answer_begin, memory_order_relaxed) == FILL_ASKS_MAX)
        return OC_E_FULL;
    oc_rc rc = put_command(index, &(struct command){.key = fill_key(fill), .cookie = cookie});
    index->asked += rc >= 0;
    return rc;
}

oc_rc fill_index_answer(struct fill_index *index, uint64_t *ret_cookie, uint16_t *ret_flag)
{
    uint64_t begin = atomic_load_explicit(&index->answer_begin, memory_order_relaxed);
    if (begin == atomic_load_explicit(&index->answer_end, memory_order_acquire))
        return OC_E_AGAIN;
    struct answer answer = index->answers[begin % FILL_ASKS_MAX];
    atomic_store_explicit(&index->answer_begin, begin + 1, memory_order_release);
    *ret_cookie = answer.cookie;
    if (answer.rc >= 0)
        *ret_flag = (uint16_t)answer.flag;
    return answer.rc;
}

const char *fill_index_error(const struct fill_index *index)
{
    return atomic_load_explicit(&index->rc, memory_order_acquire) < 0 ? index->why : "";
}

struct fill_index_stats fill_index_stats(const struct fill_index *index)
{
    return (struct fill_index_stats){fill_set_count(&index->set), index->set.run_count};
}

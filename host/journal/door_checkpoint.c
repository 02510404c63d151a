/* door_checkpoint.c: a checkpoint between the engine, which fills the buffer, and the worker, which makes a file of it. */
#include "journal/door_impl.h"

#include "base/env.h"
#include "journal/checkpoint.h"

#include <stdio.h>

oc_rc door_checkpoint_begin(struct door *door, void **ret_blob, size_t *ret_room)
{
    if (door->is_memory)
        return OC_E_NOT_SUPPORTED;
    if (door->batch_more)
        return OC_E_STATE;
    if (atomic_load(&door->state) == DOOR_BROKEN)
        return OC_E_IO;
    if (atomic_load_explicit(&door->checkpoint_state, memory_order_acquire) == CHECKPOINT_ASKED) {
        door->stats.checkpoints_skipped++;
        return OC_E_AGAIN;
    }
    atomic_store_explicit(&door->checkpoint_state, CHECKPOINT_BEGUN, memory_order_relaxed);
    *ret_blob = door->checkpoint + 1;
    *ret_room = door->checkpoint_room;
    return OC_OK;
}

oc_rc door_checkpoint_start(struct door *door, size_t size)
{
    if (door->batch_more || atomic_load_explicit(&door->checkpoint_state, memory_order_relaxed) != CHECKPOINT_BEGUN)
        return OC_E_STATE;
    if (size > door->checkpoint_room)
        return OC_E_LIMIT;
    struct journal_checkpoint_head *head = door->checkpoint;
    *head = (struct journal_checkpoint_head){
        .epoch = door->epoch.number,
        .seq = door->seq,
        .market_count = door->market_count,
        .input_hash = door->input_hash,
        .hash_low = door->stream[JOURNAL_ORDERS].hash.low,
        .hash_high = door->stream[JOURNAL_ORDERS].hash.high,
        .blob_size = size,
    };
    memcpy(head->session, door->session, sizeof head->session);
    for (int i = 0; i < JOURNAL_STREAMS; i++) {
        const struct door_stream *stream = &door->stream[i];
        head->count[i] = stream->count;
        head->segment[i] = stream->now.index;
        head->offset[i] = stream->is_open ? stream->end : 0;
        head->last[i] = stream->last;
        head->chain[i] = stream->chain;
    }
    door_note_asked(door);
    atomic_store_explicit(&door->checkpoint_state, CHECKPOINT_ASKED, memory_order_release);
    worker_ask(&door->worker, DOOR_JOB_CHECKPOINT);
    return OC_OK;
}

void door_checkpoint_write(void *arg, unsigned jobs)
{
    (void)jobs;
    struct door *door = arg;
    struct journal_checkpoint_head *head = door->checkpoint;
    head->made_ns = env_clock_real();
    /* What a checkpoint stands for must not be newer on the disk than the records before it. */
    oc_rc rc = door->checkpoint_is_durable ? checkpoint_write(door->dir, head) : OC_E_IO;
    if (rc < 0)
        snprintf(door->checkpoint_why, sizeof door->checkpoint_why, "%s",
                 door->checkpoint_is_durable ? env_error_text() : door_error(door));
    else
        atomic_store_explicit(&door->checkpoint_seq, head->seq, memory_order_release);
    door->checkpoint_is_told &= rc < 0;
    door->checkpoint_rc = rc;
    atomic_store_explicit(&door->checkpoint_state, CHECKPOINT_FREE, memory_order_release);
}

oc_rc door_checkpoint_poll(struct door *door, const char **ret_why)
{
    if (atomic_load_explicit(&door->checkpoint_state, memory_order_acquire) != CHECKPOINT_FREE)
        return OC_OK;
    if (door->checkpoint_rc == OC_OK || door->checkpoint_is_told)
        return OC_OK;
    door->checkpoint_is_told = true;
    *ret_why = door->checkpoint_why;
    return door->checkpoint_rc;
}

uint64_t door_checkpoint_seq(const struct door *door)
{
    return atomic_load_explicit(&door->checkpoint_seq, memory_order_acquire);
}

/* door_work.c: room for records, the worker's jobs, durability. */
#include "journal/door_impl.h"

#include "base/env.h"
#include "base/fault.h"

#include <stdio.h>

void door_fail(struct door *door, enum door_state state, const char *what)
{
    while (atomic_flag_test_and_set_explicit(&door->error_lock, memory_order_acquire))
        ;
    if (atomic_load(&door->state) < (int)state) {
        const char *why = env_error_text();
        const char *next = state == DOOR_BROKEN
                               ? "new risk is refused until a restart: nobody knows what the disk has kept"
                               : "new risk is refused until there is space";
        snprintf(door->error, sizeof door->error, "journal %s: %s%s%s; %s", door->dir, what, why[0] ? ": " : "", why,
                 next);
        atomic_store_explicit(&door->state, (int)state, memory_order_release);
    }
    atomic_flag_clear_explicit(&door->error_lock, memory_order_release);
}

static void begin(struct door *door, struct door_stream *stream, struct segment *segment, uint64_t previous_end)
{
    struct journal_segment_head head = {
        .version = JOURNAL_VERSION,
        .stream = stream->id,
        .index = segment->index,
        .epoch = door->epoch.number,
        .size = segment->size,
        .first_seq = door->seq + 1,
        .previous_end = previous_end,
        .previous_chain = stream->chain,
        .hash_low = stream->hash.low,
        .hash_high = stream->hash.high,
        .count = stream->count,
        .begun_ns = env_clock_real(),
    };
    memcpy(head.session, door->session, sizeof head.session);
    memcpy(head.boot, door->boot, sizeof head.boot);
    struct journal_live_slot *live = &door->live->slot[stream->id][segment->index % 2];
    atomic_store_explicit(&live->end, JOURNAL_DATA_OFFSET, memory_order_relaxed);
    live->segment = (uint64_t)segment->index + 1;
    stream->live = live;
    segment_begin(segment, &head);
    stream->now = *segment;
    stream->data = segment->data;
    stream->end = JOURNAL_DATA_OFFSET;
    stream->limit = segment->size <= JOURNAL_POPULATE ? segment->size : JOURNAL_POPULATE / 2;
    stream->next_index = segment->index + 1;
    stream->is_open = true;
    door->stats.segments++;
    atomic_store(&stream->sync_fd, segment->fd);
}

oc_rc door_stream_open(struct door *door, struct door_stream *stream, const struct journal_position *from)
{
    struct segment segment;
    if (door->is_memory) {
        oc_rc rc = segment_in_memory(stream->segment_size, &segment);
        if (rc < 0)
            return rc;
        stream->now = segment;
        stream->data = segment.data;
        stream->end = JOURNAL_DATA_OFFSET;
        stream->limit = segment.size;
        stream->live = &door->live->slot[stream->id][0];
        stream->is_open = true;
        door->stats.segments++;
        return OC_OK;
    }
    uint32_t index = from ? from->segment + 1 : 0;
    oc_rc rc = segment_create(door->dir, (enum journal_stream)stream->id, index, stream->segment_size, door->prewrite,
                              &segment);
    if (rc < 0)
        return rc;
    if (from) {
        stream->chain = from->chain;
        stream->hash = from->hash;
        stream->count = from->count;
    }
    begin(door, stream, &segment, from ? from->offset : 0);
    rc = env_sync(segment.fd); /* the first head of all must not be lost: without it nothing tells
                                  whose records follow */
    if (rc < 0)
        return rc;
    atomic_store(&stream->next_state, NEXT_WANTED);
    worker_ask(&door->worker, DOOR_JOB_PREPARE);
    return OC_OK;
}

static oc_rc take_next(struct door *door, struct door_stream *stream)
{
    if (atomic_load_explicit(&stream->next_state, memory_order_acquire) == NEXT_READY &&
        !atomic_load_explicit(&stream->has_old, memory_order_acquire))
        return OC_OK;
    if (stream->is_full && atomic_load(&door->state) != DOOR_GOOD)
        return OC_E_FULL; /* asked for once; door_tend finds out when there is space again */
    door->stats.stalls++;
    worker_wait(&door->worker);
    if (atomic_load(&stream->next_state) != NEXT_READY) { /* once more: space may have come back */
        atomic_store(&stream->next_state, NEXT_WANTED);
        worker_ask(&door->worker, DOOR_JOB_PREPARE);
        worker_wait(&door->worker);
    }
    stream->is_full = atomic_load_explicit(&stream->next_state, memory_order_acquire) != NEXT_READY;
    return stream->is_full ? OC_E_FULL : OC_OK;
}

oc_rc door_reserve(struct door *door, size_t size)
{
    struct door_stream *orders = &door->stream[JOURNAL_ORDERS];
    if (door->is_memory || orders->end + size <= orders->now.size)
        return OC_OK;
    oc_rc rc = size > orders->segment_size - JOURNAL_DATA_OFFSET ? (oc_rc)OC_E_LIMIT
               : FAULT("journal.reserve")                        ? (oc_rc)OC_E_FULL
                                                                 : take_next(door, orders);
    if (rc < 0)
        door->stats.refused++;
    return rc;
}

static oc_rc rotate(struct door *door, struct door_stream *stream)
{
    if (FAULT("journal.rotate"))
        return OC_E_FULL;
    oc_rc rc = take_next(door, stream);
    if (rc < 0)
        return rc;
    struct segment next = stream->next;
    uint64_t old_end = stream->end;
    stream->old = stream->now;
    stream->old_end = old_end;
    stream->bytes += old_end - JOURNAL_DATA_OFFSET;
    /* Told before the new descriptor is shown (begin): a worker that syncs the new segment also sees that there is an
     * old one to sync first. */
    atomic_store(&stream->populate_data, next.data);
    atomic_store(&stream->has_old, true);
    begin(door, stream, &next, old_end);
    atomic_store(&stream->next_state, NEXT_WANTED);
    worker_ask(&door->worker, DOOR_JOB_RETIRE | DOOR_JOB_PREPARE);
    return OC_OK;
}

oc_rc door_make_room(struct door *door, struct door_stream *stream, uint32_t size)
{
    uint64_t need = JOURNAL_FRAME_SIZE + (uint64_t)size;
    if (need > stream->segment_size - JOURNAL_DATA_OFFSET)
        return OC_E_LIMIT;
    if (!stream->is_open) {
        oc_rc rc = door_stream_open(door, stream, NULL);
        if (rc < 0) {
            door_fail(door, DOOR_NO_SPACE, "a stream cannot be begun");
            return rc == OC_E_NOMEM ? rc : OC_E_FULL;
        }
    }
    if (stream->end + need <= stream->now.size) {
        while (stream->end + need > stream->limit) { /* half a piece before its end the next one is made ready */
            uint64_t piece = stream->limit / JOURNAL_POPULATE + 1;
            atomic_store(&stream->populate_data, stream->data);
            atomic_store(&stream->populate_from, piece * JOURNAL_POPULATE);
            worker_ask(&door->worker, DOOR_JOB_POPULATE);
            stream->limit += JOURNAL_POPULATE;
            if (stream->limit > stream->now.size)
                stream->limit = stream->now.size;
        }
        return OC_OK;
    }
    if (door->is_memory) {
        stream->bytes += stream->end - JOURNAL_DATA_OFFSET;
        stream->end = JOURNAL_DATA_OFFSET;
        return OC_OK;
    }
    return rotate(door, stream);
}

/* Removes the oldest market segments until what is there, the new one included, keeps to the
 * budget. */
static void keep_budget(struct door *door, struct door_stream *stream)
{
    while (stream->first_index + 1 < stream->next_index &&
           (uint64_t)(stream->next_index - stream->first_index + 1) * stream->segment_size > door->market_budget) {
        char name[JOURNAL_NAME_MAX], path[ENV_PATH_MAX];
        segment_name(name, JOURNAL_MARKET, stream->first_index);
        if (env_path(path, door->dir, name) >= 0)
            (void)env_unlink(path); /* gone already: nothing owed */
        stream->first_index++;
    }
}

static void prepare(struct door *door, struct door_stream *stream)
{
    if (atomic_load_explicit(&stream->next_state, memory_order_acquire) != NEXT_WANTED)
        return;
    if (stream->id == JOURNAL_MARKET)
        keep_budget(door, stream);
    oc_rc rc = segment_create(door->dir, (enum journal_stream)stream->id, stream->next_index, stream->segment_size,
                              door->prewrite, &stream->next);
    if (rc < 0)
        door_fail(door, DOOR_NO_SPACE, "the next segment cannot be made");
    atomic_store_explicit(&stream->next_state, rc < 0 ? NEXT_FAILED : NEXT_READY, memory_order_release);
}

static void mark_synced(struct segment *segment, uint64_t end)
{
    struct journal_segment_live *live = segment_live(segment);
    live->synced_end = end;
    live->synced_check = journal_pair_check(end, segment->index);
}

static bool retire(struct door *door, struct door_stream *stream)
{
    if (!atomic_load_explicit(&stream->has_old, memory_order_acquire))
        return true;
    oc_rc rc = env_sync(stream->old.fd);
    if (rc < 0)
        door_fail(door, DOOR_BROKEN, "a full segment could not be made durable");
    else
        mark_synced(&stream->old, stream->old_end);
    segment_release(&stream->old);
    atomic_store_explicit(&stream->has_old, false, memory_order_release);
    return rc >= 0;
}

static void populate(struct door_stream *stream)
{
    uint8_t *data = atomic_load(&stream->populate_data);
    uint64_t from = atomic_load(&stream->populate_from);
    if (data && from + JOURNAL_POPULATE <= stream->segment_size)
        env_map_populate(data + from, JOURNAL_POPULATE);
}

/* Everything up to `seq` is durable; never goes back, whoever says it first. */
static void door_raise_durable(struct door *door, uint64_t seq)
{
    uint64_t known = atomic_load_explicit(&door->durable_seq, memory_order_relaxed);
    while (known < seq && !atomic_compare_exchange_weak_explicit(&door->durable_seq, &known, seq, memory_order_release,
                                                                 memory_order_relaxed))
        ;
}

/* Syncs the streams that were asked for, in use and left behind. The descriptor is that of the segment in use now or a
 * moment ago; one that was left meanwhile is still open, because only retire(), on this thread, closes it, and syncs it
 * first. */
static bool sync_streams(struct door *door, const bool is_wanted[JOURNAL_STREAMS])
{
    bool is_durable = atomic_load(&door->state) != DOOR_BROKEN;
    for (int i = 0; i < JOURNAL_STREAMS; i++) {
        if (is_durable && is_wanted[i] && env_sync(atomic_load(&door->stream[i].sync_fd)) < 0) {
            door_fail(door, DOOR_BROKEN, "a sync failed");
            is_durable = false;
        }
    }
    for (int i = 0; i < JOURNAL_STREAMS; i++)
        if (!retire(door, &door->stream[i]))
            is_durable = false;
    return is_durable;
}

void door_work(void *arg, unsigned jobs)
{
    struct door *door = arg;
    bool is_checkpoint = (jobs & DOOR_JOB_CHECKPOINT) != 0;
    uint64_t seq = atomic_load_explicit(&door->sync_seq, memory_order_acquire);
    bool is_wanted[JOURNAL_STREAMS] = {
        [JOURNAL_ORDERS] = is_checkpoint || (jobs & DOOR_JOB_SYNC),
        [JOURNAL_MARKET] = is_checkpoint && door->checkpoint->offset[JOURNAL_MARKET] > 0,
    };
    bool is_durable = sync_streams(door, is_wanted);
    if (is_durable && is_wanted[JOURNAL_ORDERS])
        door_raise_durable(door, seq);
    for (int i = 0; i < JOURNAL_STREAMS; i++) {
        if (jobs & DOOR_JOB_POPULATE)
            populate(&door->stream[i]);
        prepare(door, &door->stream[i]);
    }
    worker_catch_up(&door->writer);
    if (is_checkpoint) {
        door->checkpoint_is_durable = is_durable;
        worker_ask(&door->writer, DOOR_JOB_CHECKPOINT);
    }
}

oc_rc door_stream_sync(struct door *door, struct door_stream *stream)
{
    if (!stream->is_open)
        return OC_OK;
    if (atomic_load(&stream->has_old))
        worker_wait(&door->worker);
    if (atomic_load(&door->state) == DOOR_BROKEN)
        return OC_E_IO;
    uint64_t end = stream->end;
    door->stats.syncs++;
    if (env_sync(stream->now.fd) < 0) {
        door_fail(door, DOOR_BROKEN, "a sync failed");
        return OC_E_IO;
    }
    if (door->syncs_until_mark-- == 0) {
        mark_synced(&stream->now, end);
        door->syncs_until_mark = JOURNAL_SYNC_MARKS;
    }
    return OC_OK;
}

oc_rc door_sync(struct door *door)
{
    if (door->is_memory)
        return OC_OK;
    uint64_t seq = door->seq;
    oc_rc rc = door_stream_sync(door, &door->stream[JOURNAL_ORDERS]);
    if (rc >= 0)
        door_raise_durable(door, seq);
    return rc;
}

void door_note_asked(struct door *door)
{
    struct door_stream *orders = &door->stream[JOURNAL_ORDERS];
    if (door->asked_end && door->asked_index == orders->now.index && door_durable_seq(door) >= door->asked_seq &&
        door->syncs_until_mark-- == 0) {
        mark_synced(&orders->now, door->asked_end);
        door->syncs_until_mark = JOURNAL_SYNC_MARKS;
    }
    door->asked_end = orders->end;
    door->asked_index = orders->now.index;
    door->asked_seq = door->seq;
    door->stats.syncs++;
    atomic_store_explicit(&door->sync_seq, door->seq, memory_order_release);
}

oc_rc door_sync_start(struct door *door)
{
    if (door->is_memory)
        return OC_OK;
    if (atomic_load(&door->state) == DOOR_BROKEN)
        return OC_E_IO;
    door_note_asked(door);
    worker_ask(&door->worker, DOOR_JOB_SYNC);
    return OC_OK;
}

oc_rc door_tend(struct door *door)
{
    if (door->is_memory || atomic_load(&door->state) == DOOR_GOOD)
        return OC_OK;
    if (atomic_load(&door->state) == DOOR_BROKEN)
        return OC_E_IO;
    bool has_all = true;
    worker_wait(&door->worker);
    for (int i = 0; i < JOURNAL_STREAMS; i++) {
        struct door_stream *stream = &door->stream[i];
        if (!stream->is_open)
            continue;
        if (atomic_load(&stream->next_state) == NEXT_FAILED) {
            atomic_store(&stream->next_state, NEXT_WANTED);
            worker_ask(&door->worker, DOOR_JOB_PREPARE);
            worker_wait(&door->worker);
        }
        has_all = has_all && atomic_load(&stream->next_state) == NEXT_READY;
    }
    int no_space = DOOR_NO_SPACE;
    if (has_all)
        atomic_compare_exchange_strong(&door->state, &no_space, DOOR_GOOD);
    return has_all ? OC_OK : OC_E_IO;
}

oc_rc door_sync_wait(struct door *door)
{
    const uint64_t seq = door->seq;
    oc_rc rc = door_sync_start(door);
    if (rc < 0 || door->is_memory)
        return rc;
    worker_wait(&door->worker);
    return door_durable_seq(door) >= seq ? (oc_rc)OC_OK : (oc_rc)OC_E_IO;
}

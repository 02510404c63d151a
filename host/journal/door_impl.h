/* door_impl.h: what door*.c share. Nobody else includes this.
 *
 * Who touches what: the door's thread owns everything but the members marked "worker". The
 * hand-over goes through an atomic state: next_state (worker -> door) and has_old (door -> worker) of a segment,
 * checkpoint_state (both ways) of a checkpoint's buffer.
 */
#ifndef JOURNAL_DOOR_IMPL_H
#define JOURNAL_DOOR_IMPL_H

#include "journal/door.h"
#include "journal/epoch.h"
#include "journal/read.h"
#include "journal/segment.h"
#include "journal/worker.h"

#include "base/checked.h"

enum door_job {
    DOOR_JOB_PREPARE = 1,
    DOOR_JOB_RETIRE = 2,
    DOOR_JOB_POPULATE = 4,
    DOOR_JOB_SYNC = 8,
    DOOR_JOB_CHECKPOINT = 16
};

/* Who has the checkpoint's buffer: the door when FREE (and between begin and start), worker and then writer when ASKED. */
enum checkpoint_state { CHECKPOINT_FREE = 0, CHECKPOINT_BEGUN, CHECKPOINT_ASKED };

enum next_state { NEXT_NONE = 0, NEXT_WANTED, NEXT_READY, NEXT_FAILED };

enum door_state { DOOR_GOOD = 0, DOOR_NO_SPACE, DOOR_BROKEN };

struct door_stream {
    /* the hot part */
    uint8_t *data;
    uint64_t end;   /* where the next record goes */
    uint64_t limit; /* an append beyond it needs make_room */
    uint64_t last;  /* where the last record's frame is; 0 = none in this segment */
    struct journal_live_slot *live;
    struct hash128 hash;
    uint64_t count;
    uint32_t chain;
    uint32_t id; /* enum journal_stream */
    /* the rest */
    struct segment now;
    size_t segment_size;
    uint64_t bytes;
    uint32_t first_index; /* oldest segment that is kept */
    bool is_open;
    bool is_full; /* the next segment could not be made when it was needed */
    /* worker: asked for, then filled in before next_state says READY or FAILED */
    struct segment next;
    _Atomic int next_state;
    uint32_t next_index;
    /* worker: released, then has_old is false */
    struct segment old;
    uint64_t old_end;
    atomic_bool has_old;
    _Atomic(uint8_t *) populate_data;
    _Atomic uint64_t populate_from;
    _Atomic int sync_fd;
};

struct door {
    uint64_t seq;
    uint64_t market_count;
    uint64_t input_hash;
    uint32_t batch_more; /* JOURNAL_FRAME_MORE inside a batch */
    unsigned mark_turn;
    /* the last record of the batch that is open, to be ended by door_batch_commit */
    uint8_t *batch_at; /* NULL: no record yet */
    struct hash128 batch_hash;
    uint32_t batch_size;
    uint32_t batch_chain; /* before it */
    oc_rc batch_rc;
    struct door_stream stream[JOURNAL_STREAMS];
    bool is_memory;
    bool prewrite;
    uint64_t market_budget;
    struct journal_live_file *live; /* mapped, or live_memory */
    struct journal_live_file live_memory;
    int live_fd;
    unsigned syncs_until_mark;
    struct epoch epoch;
    uint8_t session[16];
    uint8_t boot[16];
    struct worker worker;
    struct worker writer; /* of checkpoints' files: what waits for a segment or a sync does not wait for them */
    /* durability */
    _Atomic uint64_t durable_seq;
    _Atomic uint64_t sync_seq; /* what an asked-for sync will make durable */
    uint64_t asked_end;        /* of the orders segment when it was asked for, and the number then */
    uint64_t asked_seq;
    uint32_t asked_index;
    _Atomic int state; /* enum door_state */
    /* the checkpoint under way: allotted at open, a head and the blob behind it */
    struct journal_checkpoint_head *checkpoint;
    size_t checkpoint_room; /* bytes of the blob */
    _Atomic int checkpoint_state;
    bool checkpoint_is_durable; /* worker, for the writer: the records before it are */
    bool checkpoint_is_told;    /* a failure, by door_checkpoint_poll; as checkpoint_rc, whose the buffer is */
    oc_rc checkpoint_rc;        /* writer: how it ended, before checkpoint_state says FREE */
    char checkpoint_why[JOURNAL_ERROR_MAX];
    _Atomic uint64_t checkpoint_seq;
    struct door_stats stats;
    char dir[ENV_PATH_MAX];
    char error[JOURNAL_ERROR_MAX]; /* written once, before state leaves DOOR_GOOD */
    atomic_flag error_lock;
};

/* Makes a record of `size` bytes fit behind stream->end. */
CHECKED oc_rc door_make_room(struct door *door, struct door_stream *stream, uint32_t size);
/* The worker's function. */
void door_work(void *arg, unsigned jobs);
/* Notes a failure once; the worse state stays. */
void door_fail(struct door *door, enum door_state state, const char *what);
/* Opens the first segment of a stream at `index`, with `head` filled but for what the segment
 * itself knows. */
CHECKED oc_rc door_stream_open(struct door *door, struct door_stream *stream, const struct journal_position *from);
/* Notes what is being made durable by the worker, so that a later call can mark how far that went. */
void door_note_asked(struct door *door);
/* The writer's function: the file of the checkpoint that was handed over. */
void door_checkpoint_write(void *arg, unsigned jobs);
/* Syncs one stream's current segment, in the caller's turn, and marks how far. */
CHECKED oc_rc door_stream_sync(struct door *door, struct door_stream *stream);

#endif

/* door.h: the only door between io and engine: one sequence number and one record for everything
 * that passes, before anyone acts on it.
 *
 * Invariants
 *   - seq starts at 1 and grows by one with each event that passes, of either stream, recorded by
 * value or not.
 *   - An append is a copy and a checksum: no system call, no allocation. Segments are made ready by
 * a worker.
 *   - What was appended survives the death of the process (kill -9) at any instruction: a record
 * appears whole or not at all. It survives a loss of power when door_durable_seq has reached it.
 *   - The records between door_batch_begin and door_batch_commit are restored together or not at
 * all.
 *   - After a failed sync nothing that adds risk is recorded any more (door_record_risk), for ever:
 * the kernel may have dropped what it was given, and a second sync would not say so. Want of space
 * only suspends it until door_tend finds space.
 *   - In memory-only mode (no folder) the same code runs over one recycled buffer: sequence and
 * hashes are the same, and nothing can be read back.
 *   - One thread uses a door; [engine] and [io] share it only when they are fused.
 */
#ifndef JOURNAL_DOOR_H
#define JOURNAL_DOOR_H

#include <outcry/event.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"

struct door; /* opaque */
struct door_resume;

enum door_durability {
    DOOR_PROCESS = 0, /* survives our own death; the disk follows when the kernel likes, and at checkpoints */
    DOOR_POWER = 1    /* door_sync / door_sync_start before a request leaves */
};

struct door_config {
    const char *dir;       /* session folder, its parent exists; NULL = memory only */
    const char *epoch_dir; /* where order-id epochs are counted: shared by all sessions of an
                              account; NULL = dir */
    const char *header;    /* text of the session header (build, plugins, strategy, configuration, seed
                           …), not read here */
    size_t header_size;
    const struct door_resume
        *resume; /* from journal_resume: go on in a folder that has records; NULL = a new session */
    enum door_durability durability;
    size_t orders_segment_size; /* bytes, 0 = JOURNAL_SEGMENT_DEFAULT */
    size_t market_segment_size; /* likewise */
    uint64_t market_budget;     /* bytes of market segments kept, older ones are removed; 0 = the default */
    size_t checkpoint_size;     /* bytes of the largest blob of a checkpoint, 0 = JOURNAL_CHECKPOINT_MAX */
    bool market_by_value;       /* make the market stream ready now, and not at its first event */
};

/* A running hash of the orders stream, all fields of all records, and their number. */
struct door_hash {
    uint64_t low;
    uint64_t high;
    uint64_t count;
};

struct door_stats {
    uint64_t order_bytes;
    uint64_t market_bytes;
    uint64_t segments; /* begun, both streams */
    uint64_t stalls;   /* appends that had to wait for a segment */
    uint64_t syncs;
    uint64_t refused;             /* records refused because of a failure */
    uint64_t checkpoints_skipped; /* the worker was still at the one before */
};

/* [setup] Opens a new session, or goes on after `resume`. Everything in `config` is borrowed for
 * the call. OC_E_EXISTS: the folder has records and no resume was given. OC_E_IO, OC_E_FULL,
 * OC_E_NOMEM, OC_E_INVALID, OC_E_LIMIT: door_open_error says why. The door is owned: door_close. */
CHECKED oc_rc door_open(const struct door_config *config, struct door **ret_door);
/* [any] Why the last door_open of this thread failed. Static. */
const char *door_open_error(void);
/* [setup] Marks the session as ended well, makes it durable and releases the door, also on failure
 * (negative: it was not marked, and the next start treats it as a crash). Takes NULL. */
CHECKED oc_rc door_close(struct door *door);
/* [setup] Releases the door and leaves the files as a crash would. Takes NULL. */
void door_abandon(struct door *door);

/* The last sequence number given. */
uint64_t door_seq(const struct door *door);

/* Stamps event->seq and appends the event to the orders stream. The caller has set size (a multiple
 * of 8, 48..OC_EVENT_MAX), local_ns and cause. Facts (answers, fills, verdicts, timers, cancels) go
 * through here and are taken as long as there is room. OC_E_FULL: no room is left. OC_E_LIMIT:
 * larger than a segment. OC_E_INVALID: size. On failure no number is given. */
CHECKED oc_rc door_record(struct door *door, struct oc_event *event);
/* The same for what adds risk (a new order, an amendment upwards): OC_E_IO while door_failed. */
CHECKED oc_rc door_record_risk(struct door *door, struct oc_event *event);
/* Stamps event->seq, counts it and folds it into the input hash (all bytes but seq). By value it is
 * also appended to the market stream; a failure there is OC_E_FULL and gives no number. By
 * reference it cannot fail but for OC_E_INVALID. */
CHECKED oc_rc door_market(struct door *door, struct oc_event *event, bool by_value);

/* The input hash behind one more market event: what it says, not which number or place it has. */
uint64_t door_fold_input(uint64_t input_hash, struct oc_event *event);
/* One that had its number before a restart and is behind the last progress: counted and folded only. */
CHECKED oc_rc door_market_known(struct door *door, struct oc_event *event);

/* Makes sure that records of so many bytes in all, frames (DOOR_FRAME_SIZE each) included, will be taken by door_record: so that
 * a batch is recorded as a whole or not begun. OC_E_FULL: there is no room. OC_E_LIMIT: more than a segment holds. */
CHECKED oc_rc door_reserve(struct door *door, size_t size);
#define DOOR_FRAME_SIZE 8u
/* The records that follow belong together. Not nested. */
void door_batch_begin(struct door *door);
/* Ends the batch. Without records it leaves no trace. Negative: a record of the batch was refused;
 * the others stand. */
CHECKED oc_rc door_batch_commit(struct door *door);

/* Everything up to the input `seq`, and the first `market_index` market events, has been processed
 * completely. A few stores. */
void door_progress(struct door *door, uint64_t seq, uint64_t market_index);

/* Makes all that is recorded durable and returns when it is. OC_E_IO: failed, now and for ever. */
CHECKED oc_rc door_sync(struct door *door);
/* Asks the worker for the same and returns at once; door_durable_seq tells when. */
CHECKED oc_rc door_sync_start(struct door *door);
/* The worker makes all that is recorded durable; returns when it has. OC_E_IO: failed. Without a folder there is nothing to do. */
CHECKED oc_rc door_sync_wait(struct door *door);
/* All records up to this number are durable. */
uint64_t door_durable_seq(const struct door *door);
/* A checkpoint stands for everything up to door_seq; the blob is the engine's. It is written straight into the door's
 * buffer, between begin and start, and the worker does the rest: it makes the records before it durable, writes the
 * file, removes older ones. Neither call blocks, allocates or calls the system.
 * *ret_blob, of *ret_room bytes, is borrowed until door_checkpoint_start. OC_E_AGAIN: the worker is still at the one
 * before, do without this one. OC_E_IO: the journal has failed. OC_E_STATE: inside a batch. OC_E_NOT_SUPPORTED: there
 * is no folder. */
CHECKED oc_rc door_checkpoint_begin(struct door *door, void **ret_blob, size_t *ret_room);
/* Hands the first `size` bytes of the blob over. OC_E_LIMIT: more than there is room for. OC_E_STATE: not begun, or
 * inside a batch. */
CHECKED oc_rc door_checkpoint_start(struct door *door, size_t size);
/* Why the last checkpoint is not on the disk: told once, until one succeeds; else OC_OK. *ret_why: its sentence, borrowed
 * until the next door_checkpoint_start. */
CHECKED oc_rc door_checkpoint_poll(struct door *door, const char **ret_why);
/* The newest checkpoint that is on the disk stands for everything up to here; 0: none of this door's. */
uint64_t door_checkpoint_seq(const struct door *door);
/* Now and then, when idle: tries again after want of space. OC_E_IO while failed. */
CHECKED oc_rc door_tend(struct door *door);

/* True while new risk is refused; door_error has the sentence. */
bool door_failed(const struct door *door);
const char *door_error(const struct door *door);

/* 1..JOURNAL_EPOCH_MAX; raised at each start after an unclean end. */
uint32_t door_epoch(const struct door *door);
/* The session's 16 random bytes, the same in each of its lives. Borrowed. */
const uint8_t *door_session(const struct door *door);
/* The next order id: epoch << 40 | counter, never given before. OC_E_LIMIT, OC_E_IO. One call in
 * 2^20 writes a file. */
CHECKED oc_rc door_order_id(struct door *door, uint64_t *ret_id);

struct door_hash door_order_hash(const struct door *door);
/* Of the market events, by value or by reference. */
uint64_t door_input_hash(const struct door *door);
uint64_t door_market_count(const struct door *door);
struct door_stats door_stats(const struct door *door);

#endif

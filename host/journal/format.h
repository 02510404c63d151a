/* format.h: the bytes of the journal's files. docs/journal-format.md says the same in words; a
 * change of either raises JOURNAL_VERSION.
 *
 * Invariants: little-endian, no padding, every structure ends in a hash of the bytes before it (the
 * live part of a segment excepted: it is stored to while in use, and each of its pairs carries its
 * own check).
 */
#ifndef JOURNAL_FORMAT_H
#define JOURNAL_FORMAT_H

#include "base/hash.h"
#include "journal/limits.h"

#include <outcry/event.h>

#include <stdatomic.h>

#define JOURNAL_SEGMENT_MAGIC 0x314745534352544fu
#define JOURNAL_VERSION       2u
#define JOURNAL_LIVE_OFFSET   512u
#define JOURNAL_DATA_OFFSET   ((uint64_t)JOURNAL_PAGE)
#define JOURNAL_CHAIN_START   0x6f757463u /* the chain before the first record of a stream */
#define JOURNAL_FRAME_SIZE    8u
#define JOURNAL_FRAME_MORE    1u /* in a frame's size: the batch goes on behind this record */
#define JOURNAL_FRAME_HERE    2u /* always set, so that no single bit makes a frame look like the end */
#define JOURNAL_SYNC_MARKS    64 /* syncs between two marks of how far they went: a mark makes the next sync dearer */

enum journal_stream { JOURNAL_ORDERS = 0, JOURNAL_MARKET = 1, JOURNAL_STREAMS = 2 };

/* Offset 0 of a segment; written once, when the segment is begun. All zero: prepared and not begun.
 */
struct journal_segment_head {
    uint64_t magic;
    uint32_t version;
    uint32_t stream;
    uint8_t session[16];
    uint8_t boot[16]; /* of the machine when the segment was begun */
    uint32_t index;   /* from 0, without gaps */
    uint32_t epoch;
    uint64_t size;         /* bytes of the file while it is in use */
    uint64_t first_seq;    /* no record in it has a smaller seq */
    uint64_t previous_end; /* offset behind the last good record of the segment before; 0 in segment 0 */
    uint32_t previous_chain;
    uint32_t zero;
    uint64_t hash_low; /* the stream's record hash before this segment */
    uint64_t hash_high;
    uint64_t count; /* records of the stream before this segment */
    int64_t begun_ns;
    uint64_t check;
};

/* A value and the proof that it was meant: torn or flipped pairs are ignored. */
struct journal_mark {
    uint64_t seq;
    uint64_t market_index;
    uint64_t input_hash;
    uint64_t check;
};

/* Offset 512 of a segment. */
struct journal_segment_live {
    uint64_t synced_end; /* an offset up to which a sync has succeeded */
    uint64_t synced_check;
    uint64_t closed_end; /* of a session that ended well */
    uint64_t closed_check;
};

/* The file "live": plain stores, never synced, so that they cost nothing. They survive a kill;
 * after a loss of power they are some older state. */
struct journal_live_slot {
    uint64_t segment;     /* index + 1; 0 = none */
    _Atomic uint64_t end; /* offset behind the last record that was appended to it */
};

struct journal_live_file {
    uint64_t magic;
    uint8_t session[16];
    uint64_t zero[5];
    struct journal_live_slot slot[JOURNAL_STREAMS][2]; /* segment index modulo 2 */
    struct journal_mark mark[2];                       /* written in turn */
};

#define JOURNAL_LIVE_NAME  "live"
#define JOURNAL_LIVE_MAGIC 0x314556494c52544fu

/* In front of a record: one 64-bit store makes the record appear. A size of 0 is the end. */
struct journal_frame {
    uint32_t size; /* of the event, a multiple of 8, and JOURNAL_FRAME_HERE, and perhaps
                      JOURNAL_FRAME_MORE */
    uint32_t check;
};

struct journal_checkpoint_head {
    uint64_t magic;
    uint32_t version;
    uint32_t epoch;
    uint8_t session[16];
    uint64_t seq;          /* everything up to here is in the blob */
    uint64_t market_count; /* market events up to here */
    uint64_t input_hash;
    uint64_t hash_low; /* of the orders stream up to here */
    uint64_t hash_high;
    uint64_t count[JOURNAL_STREAMS];   /* records of each stream */
    uint32_t segment[JOURNAL_STREAMS]; /* where each stream goes on */
    uint64_t offset[JOURNAL_STREAMS];
    uint64_t last[JOURNAL_STREAMS]; /* offset of the frame before that; 0 = none in this segment */
    uint32_t chain[JOURNAL_STREAMS];
    int64_t made_ns;
    uint64_t blob_size;
    uint64_t blob_low; /* hash of the blob */
    uint64_t blob_high;
    uint64_t check;
};

#define JOURNAL_CHECKPOINT_MAGIC 0x3154504b4352544fu

struct journal_epoch_file {
    uint64_t magic;
    uint32_t version;
    uint32_t epoch;
    uint32_t is_clean; /* the last user closed it */
    uint32_t zero;
    uint64_t id_end;     /* order counters below this one may have been used in this epoch */
    uint8_t session[16]; /* of the last user */
    uint64_t last_seq;   /* its last sequence number, when clean */
    uint64_t check;
};

#define JOURNAL_EPOCH_MAGIC 0x314843504352544fu

_Static_assert(sizeof(struct journal_segment_head) == 128 && sizeof(struct journal_segment_live) == 32 &&
                   sizeof(struct journal_live_file) == 192 && sizeof(struct journal_checkpoint_head) == 176 &&
                   sizeof(struct journal_epoch_file) == 64 && sizeof(struct journal_frame) == 8,
               "docs/journal-format.md gives these sizes");

/* The hash that ends a structure. */
#define JOURNAL_CHECK(pointer) hash64((pointer), offsetof(__typeof__(*(pointer)), check))

static inline uint64_t journal_pair_check(uint64_t value, uint64_t salt)
{
    return hash64_fold(hash64_fold(0x6f75, value), salt);
}

static inline uint64_t journal_mark_check(const struct journal_mark *mark)
{
    uint64_t state = hash64_fold(0x6d61726b, mark->seq);
    return hash64_fold(hash64_fold(state, mark->market_index), mark->input_hash);
}

/* The chained check of a record: from the check before, the record's hash and the frame's size
 * word. */
static inline uint32_t journal_frame_check(uint32_t chain, struct hash128 hash, uint32_t size_word)
{
    uint64_t state = hash64_fold(hash.low ^ (hash.high << 1 | hash.high >> 63), (uint64_t)chain << 32 | size_word);
    return (uint32_t)(state >> 32); /* the upper half depends on every bit */
}

#endif

/* limits.h: every limit of the journal, in one place. */
#ifndef JOURNAL_LIMITS_H
#define JOURNAL_LIMITS_H

enum {
    JOURNAL_PAGE = 4096,            /* segment sizes are multiples of it; a segment's head takes one */
    JOURNAL_SEGMENT_MIN = 16 << 10, /* a record larger than a segment is refused */
    JOURNAL_SEGMENT_MAX = 1 << 30,
    JOURNAL_SEGMENT_DEFAULT = 8 << 20,
    JOURNAL_MEMORY_SEGMENT = 256 << 10, /* memory-only: small enough to stay in the cache */
    JOURNAL_POPULATE = 1 << 20,         /* bytes of a map made ready ahead of the appends */
    JOURNAL_SEGMENTS_MAX = 1 << 16,     /* segments of a stream */
    JOURNAL_CHECKPOINT_MAX = 64 << 20,  /* bytes of a checkpoint's blob */
    JOURNAL_CHECKPOINTS_KEPT = 2,
    JOURNAL_CHECKPOINTS_LISTED = 64, /* looked at in one folder */
    JOURNAL_SEARCH_MAX = 64 << 20,   /* bytes hashed in search of records behind damage */
    JOURNAL_HEADER_MAX = 4 << 20,    /* bytes of the session header's text */
    JOURNAL_NAME_MAX = 64,           /* bytes of a file name inside a session folder */
    JOURNAL_ERROR_MAX = 2048,
    JOURNAL_EPOCH_MAX = (1 << 24) - 1,
    JOURNAL_ID_BITS = 40,       /* of an order id below the epoch */
    JOURNAL_ID_BLOCK = 1 << 20, /* ids promised to the epoch file at a time */
    /* the index of fills */
    FILL_TAIL = 65536,       /* identities in memory before they become a run */
    FILL_MERGE = 8,          /* runs of one size become one of the next */
    FILL_RUN_MAX = 33554432, /* identities of the largest run: 512 MiB */
    FILL_RUNS_MAX = 128,     /* runs, each an open file: some three thousand million fills */
    FILL_ASKS_MAX = 4096,    /* questions that are not answered or whose answer is not taken */
    FILL_QUEUE = 16384       /* questions and fills on the way to the worker */
};

#define JOURNAL_MARKET_BUDGET_DEFAULT ((uint64_t)4 << 30) /* bytes of market segments kept */

#endif

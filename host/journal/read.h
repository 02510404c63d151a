/* read.h: what a journal says: both streams merged by sequence, and how each of them ends.
 *
 * Invariants
 *   - Everything is verified when the journal is opened; the walk afterwards cannot fail. What is
 * handed out is whole: every check is right, every batch complete.
 *   - Nothing is silently shorter. Each stream's end is classified, with file and offset: what was
 * cut is counted, what must not be read past is refused.
 *   - Reading changes no file.
 */
#ifndef JOURNAL_READ_H
#define JOURNAL_READ_H

#include "journal/format.h"

#include <stdbool.h>

#include "base/checked.h"

struct journal_reader; /* opaque */

enum journal_tail {
    JOURNAL_TAIL_NONE = 0, /* the stream has no segment */
    JOURNAL_TAIL_CLEAN,    /* ended well */
    JOURNAL_TAIL_OPEN,     /* the process died, nothing is lost */
    JOURNAL_TAIL_TORN,     /* cut: what was not yet durable when the power went, an incomplete batch, a
                          shortened file */
    JOURNAL_TAIL_CORRUPT,  /* refused: damage where everything had been written */
    JOURNAL_TAIL_MISSING,  /* refused: a segment is not there */
    JOURNAL_TAIL_OLD,      /* refused: a file of another time or session stands among the others */
    JOURNAL_TAIL_TOO_NEW   /* refused: a version this program does not know */
};

/* Where a stream goes on. */
struct journal_position {
    uint32_t segment;
    uint32_t chain;
    uint64_t offset;
    struct hash128 hash; /* of the stream's records so far */
    uint64_t count;
};

struct journal_end {
    enum journal_tail tail;
    struct journal_position position; /* behind the last record handed out */
    uint64_t last_seq;
    uint32_t first_segment; /* above 0 in the market stream: older ones were removed by the budget */
    uint32_t segment;       /* where the damage is */
    uint64_t offset;
    uint64_t cut_bytes;   /* from the cut to the last byte that is not zero */
    uint64_t cut_records; /* whole records of an incomplete batch that were left out */
    bool has_beyond;      /* whole records are known behind the cut, and are lost */
    char text[256];       /* one sentence: file, offset, found, expected */
};

/* Everything up to the input `seq` had been processed. After a loss of power only what the records
 * reach counts: what was processed behind them is lost, and has to be processed again. */
struct journal_progress {
    uint64_t seq;
    uint64_t market_index;
    uint64_t input_hash;
    bool is_doubtful; /* a mark that may have been newer is unreadable */
};

/* What a door needs to go on where a journal ends. */
struct door_resume {
    uint8_t session[16];
    uint64_t seq;
    uint64_t market_count;
    uint64_t input_hash;
    struct journal_position position[JOURNAL_STREAMS];
    bool has_stream[JOURNAL_STREAMS];
    uint32_t first_segment[JOURNAL_STREAMS];
    struct journal_progress progress;
    bool has_progress;
};

struct journal_checkpoint {
    uint64_t seq;
    uint64_t market_count;
    uint64_t input_hash;
    struct journal_position position[JOURNAL_STREAMS];
    const void *blob; /* borrowed from the reader */
    size_t blob_size;
    unsigned passed_over; /* newer ones that were damaged */
};

/* [any] Opens and verifies. With `from_checkpoint` it begins at the newest valid checkpoint (all
 * records when there is none), and older segments are not looked at. OC_E_NOT_FOUND: no journal
 * there. OC_E_STATE: files of several sessions, nothing is given. OC_E_DATA: refused; *ret_reader is still given, so that journal_end can say what was
 * found, and journal_next gives what is good before. OC_E_IO, OC_E_NOMEM: nothing is given. Owned:
 * journal_close_read. */
CHECKED oc_rc journal_open_read(const char *dir, bool from_checkpoint, struct journal_reader **ret_reader);
void journal_close_read(struct journal_reader *reader);

/* Where the walk of a reader stands, in both streams. */
struct journal_place {
    struct journal_position at[JOURNAL_STREAMS];
};

/* Behind the last record that journal_next gave. */
void journal_stands(const struct journal_reader *reader, struct journal_place *ret_place);
/* [any] What has come behind a place, of a journal that may be being written: its ends say nothing then, and it has neither header nor
 * checkpoint. As journal_open_read. */
CHECKED oc_rc journal_open_behind(const char *dir, const struct journal_place *place,
                                  struct journal_reader **ret_reader);

/* The next record, which stays the next. */
CHECKED oc_rc journal_look(const struct journal_reader *reader, const struct oc_event **ret_event,
                           enum journal_stream *ret_stream);
/* The next record by sequence, borrowed until journal_close_read. OC_E_END. */
CHECKED oc_rc journal_next(struct journal_reader *reader, const struct oc_event **ret_event,
                           enum journal_stream *ret_stream);
/* Starts again. */
void journal_rewind(struct journal_reader *reader);

const struct journal_end *journal_end(const struct journal_reader *reader, enum journal_stream stream);
/* False: no mark was stored (a fresh journal, or the power went before it was written). */
bool journal_progress(const struct journal_reader *reader, struct journal_progress *ret_progress);
/* The newest valid one, when opened from it; else false. */
bool journal_checkpoint(const struct journal_reader *reader, struct journal_checkpoint *ret_checkpoint);
/* The running hash of the orders stream at its end. */
struct hash128 journal_order_hash(const struct journal_reader *reader, uint64_t *ret_count);
/* [any] The session header's text, newest first when there are several. Borrowed. OC_E_NOT_FOUND,
 * OC_E_DATA. */
CHECKED oc_rc journal_header(const struct journal_reader *reader, const char **ret_text, size_t *ret_size);
/* For a door that goes on. OC_E_STATE: a stream was refused. The input's hash and count are those
 * of the last progress. */
CHECKED oc_rc journal_resume(const struct journal_reader *reader, struct door_resume *ret_resume);

/* Why the last journal_open_read of this thread failed. Static. */
const char *journal_error(void);

#endif

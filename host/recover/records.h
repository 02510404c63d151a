/* records.h: the figures of a recorded session from its records alone: what was asked, answered and filled, as it was.
 *
 * Invariants
 * - Nothing is decided again: no strategy, rule or venue is opened.
 * - Prices are those of the data that the records were made on; their hash and their steps are compared. Where they cannot be
 *   read, or are others, they are not opened: instruments are those of the header, positions are valued with the last
 *   checkpoint, and the report says so. */
#ifndef RECOVER_RECORDS_H
#define RECOVER_RECORDS_H

#include "base/checked.h"
#include "journal/read.h"
#include "report/meter.h"
#include "report/shadow.h"

enum { RECORDS_TEXT_MAX = 4096, RECORDS_FILES_MAX = 16 };

struct records {
    struct session *session; /* borrowed, as the meter */
    struct meter *meter;
    const char *dir;               /* borrowed */
    struct journal_reader *reader; /* owned */
    bool has_market;               /* the data were read, and are those of the records */
    bool was_ended;                /* by hand, or well: not by a kill */
    int64_t market_ns;             /* of the last market event */
    bool rests;                    /* a market event waits for what comes of it at its instant */
    uint64_t gaps;                 /* times the journal failed while it was recorded */
    uint64_t missed;               /* facts that are not in it for that */
    bool is_in_gap;
    uint32_t rules_start; /* whose settings of the rules are in force: see OC_MARK_SETTINGS */
    struct text
        instruments; /* the header's lines of them: the steps that prices and quantities are counted in; owned */
    uint32_t instrument_count;
    char mode[16];
    char version[80];  /* of the program that began it, or went on with it last */
    struct text start; /* what the start of the strategies recorded: names and parameters; owned */
    struct records_strategy {
        uint32_t id;
        char name[64];
    } strategies[RECORDS_FILES_MAX]; /* of it */
    uint32_t strategy_count;
    char names[RESULT_NAMES_MAX]; /* of them all, for the report, as the next one */
    char files_text[RESULT_NAMES_MAX];
    char files[RECORDS_FILES_MAX][256]; /* of the strategies that it was opened with: file i has number i + 1 */
    uint32_t file_count;
    char params[RECORDS_TEXT_MAX];
    struct part *parts; /* of the header; owned */
    uint32_t part_count;
    char failure[RECORDS_TEXT_MAX]; /* why its strategy was suspended, where that ended the run; else "" */
    bool ends_on_failure;
    struct shadow shadow;             /* beside what was live */
    uint64_t seq;                     /* of the record that is being folded, as it was recorded */
    char *copy;                       /* of it; owned */
    struct oc_ev_bar last;            /* the last market event that was a trade (as far as it is one) or a bar */
    const struct session_stage *also; /* opened behind the meter; borrowed; NULL: none */
    bool was_stopped;                 /* by hand: the last end that stands there */
};

/* [setup] Reads the header into the session, which is not open yet, and composes what the figures need. Notes of what is other
 * now go to *notes. Negative: session->words.error says why. records_close is due all the same. */
CHECKED oc_rc records_open(struct records *records, struct session *session, struct meter *meter, const char *dir,
                           struct text *notes);
/* Opens the session and folds the records. OC_E_STATE: the data are not those of the records: to be made anew without them. */
CHECKED oc_rc records_fold(struct records *records);
/* The same in pieces, of a session that some process has: opens it; then, again and again, folds what has been recorded and handled
 * since. OC_E_STATE, as above. */
CHECKED oc_rc records_begin(struct records *records);
CHECKED oc_rc records_more(struct records *records);
/* The name of a strategy, as its start recorded it; NULL: it was loaded later, or there is none. */
const char *records_strategy_name(const struct records *records, uint32_t strategy);
/* What a report shows; borrows from all of them. */
CHECKED oc_rc records_result(struct records *records, struct result *ret_result);
void records_close(struct records *records);

#endif

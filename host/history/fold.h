/* fold.h: a watcher beside the meter of a report: what the records of a session say, as rows for the store.
 *
 * Invariants
 * - The engine folds the records (recover/records.h), as for `outcry report`; what an order came to is asked of it, and made nowhere else.
 * - A row is made of the records alone, however often and in however many pieces they are read.
 * - Rows of records that the store has already are not put again; positions, round trips and sums are, and say the same.
 * - The first failure ends the rows, not the fold: rc. */
#ifndef HISTORY_FOLD_H
#define HISTORY_FOLD_H

#include "history/store.h"
#include "recover/shown.h"
#include "report/figures.h"

enum { FOLD_DIRTY_MAX = 2048, FOLD_PUTS_MAX = 20000, FOLD_ID_MAX = 33 };

struct fold_days { /* of profit and loss */
    int64_t day;   /* the running UTC day */
    int64_t last_ns;
    oc_i128 equity; /* at that time */
    oc_i128 start;  /* that it counts from */
    oc_i128 before; /* profit at the end of the day before */
    oc_i128 realised;
    oc_i128 fees;
    bool has_any;
};

struct history_fold {
    struct history_store *store; /* borrowed, as the next one */
    struct shown *shown;
    struct session *session;
    struct session_stage stage;
    char id[FOLD_ID_MAX]; /* of the session */
    char name[128];       /* last part of its folder */
    char dir[ENV_PATH_MAX];
    const char *state; /* "ended" */
    int64_t begun_ns;
    struct oc_reached behind; /* rows up to there are in the store */
    bool is_other;            /* the records up to there are not those that the rows were made of */
    bool is_compared;         /* with what is there now */
    bool is_writing;          /* a transaction is open */
    bool may_part;            /* into several: nothing that comes later makes what was put wrong */
    int64_t first_ns, last_ns;
    uint64_t before_seq;            /* of the record before the one that is being folded */
    uint64_t puts;                  /* since the last commit */
    uint64_t dirty[FOLD_DIRTY_MAX]; /* orders whose row is to be put */
    uint32_t dirty_count;
    uint16_t dirty_table[2 * FOLD_DIRTY_MAX]; /* 1 + place */
    uint32_t trades_put;                      /* round trips before this one have ended, and are in the store */
    struct fold_days days;
    struct row row; /* being made */
    oc_rc rc;
    struct error error;
};

/* The stage joins the session of `shown`, which is to be folded next. `dir` is the session's folder. */
void history_fold_begin(struct history_fold *fold, struct history_store *store, struct shown *shown, const char *dir);
/* Behind the fold of all records: what remains, and that the store has all of it: `stamp`, `is_whole`. */
CHECKED oc_rc history_fold_end(struct history_fold *fold, uint64_t stamp, bool is_whole);

/* In the place of both, of a session that some process has, behind shown_begin: what has come since, and that the store has it.
 * OC_E_STATE: as there. A failure of the store: fold->rc; the session is begun again then. */
CHECKED oc_rc history_fold_more(struct history_fold *fold, bool *ret_has_news);

/* fold_rows.c */
void fold_worth(const struct history_fold *fold, oc_i128 *ret_start, oc_i128 *ret_final);
void fold_put(struct history_fold *fold);
const char *fold_strategy(const struct history_fold *fold, uint32_t strategy, char text[STRATEGY_WORDS_MAX]);
void fold_account(struct history_fold *fold, uint32_t account, uint32_t name_column, uint32_t venue_column);
void fold_order(struct history_fold *fold, uint64_t order);
void fold_positions(struct history_fold *fold);
void fold_trades(struct history_fold *fold);
void fold_day(struct history_fold *fold);
void fold_session(struct history_fold *fold);
/* fold_events.c */
void fold_fill(struct history_fold *fold, const struct out_note *note, const struct oc_event *event);
void fold_corrected(struct history_fold *fold, const struct out_note *note, const struct oc_event *event);
void fold_ledger(struct history_fold *fold, const struct oc_ev_ledger *entry);
void fold_balance(struct history_fold *fold, const struct oc_ev_balance *balance);
void fold_parameters(struct history_fold *fold, const struct oc_ev_text *mark);

#endif

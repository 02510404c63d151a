/* decisions.h: a watcher that keeps what strategies decided, one after the other: what a run with less data is compared with.
 *
 * Invariants
 * - A decision is a request that left a strategy or its groups: order, amendment, cancel, denied ones too. Not its record's number, nor
 *   the instant it expires at.
 * - Each holds the hash of itself and all before it: two runs decided the same up to the n-th where their n-th hashes are equal.
 * - At most DECISIONS_MAX are kept; what comes behind them is compared with nothing. */
#ifndef CLI_DECISIONS_H
#define CLI_DECISIONS_H

#include "session/session.h"

enum { DECISIONS_MAX = 1 << 20 };

struct decision {
    uint64_t hash; /* of all up to it */
    int64_t ns;
    uint32_t event; /* market events taken by then */
    uint32_t strategy : 31;
    uint32_t is_direct : 1; /* in a callback of that event itself: with nothing behind it the decision is the same */
};

struct decisions {
    struct session *session; /* borrowed; set when its stage opens */
    struct decision *list;   /* owned */
    uint32_t count;
    uint32_t room;
    int64_t shift_ns;         /* its data are so much later than those it is compared with */
    int64_t last_ns;          /* of the last market event; only where it follows them */
    int64_t first_ns;         /* where its data begin */
    struct oc_data_info info; /* of its first source */
    uint32_t taken;           /* market events, likewise */
    bool follows;             /* set before: last_ns and taken are kept */
    bool is_ended;            /* nothing more is taken */
    bool is_full;
};

/* The stage that adds the watcher, for run_compose. `decisions` is zero but for shift_ns and follows. */
struct session_stage decisions_stage(struct decisions *decisions);
/* Its open: OC_E_LIMIT. */
CHECKED oc_rc decisions_watch(void *self, struct session *session);
void decisions_release(struct decisions *decisions);

/* Where what a run of data that end with market event `events`, at `last_ns`, decided parts from the whole; *ret_at counts from 0.
 * False: it does not. */
bool decisions_part(const struct decisions *whole, const struct decisions *cut, uint32_t events, int64_t last_ns,
                    uint32_t *ret_at);

#endif

/* restore.h: recovery: a session goes on where its journal ends. Start is recovery; a new folder is the empty case.
 *
 * Invariants
 * - State = the newest checkpoint plus the records after it, taken as facts: no strategy or rule decides.
 * - Market events by reference are read again from their file up to the recorded progress; they feed prices and
 *   indicators.
 * - The simulator, which is the venue, sees the same events and requests at the same instants as it did, and no request that
 *   was denied: it never left. What it had decided and not yet said is still to come. What it says beside the records before their end is not heard.
 * - On the network nobody is told of the records: what was asked for and not answered is unknown, and the venue is asked.
 * - An input that was recorded but whose callback had not finished is given to its callback, once. */
#ifndef RECOVER_RESTORE_H
#define RECOVER_RESTORE_H

#include "base/checked.h"
#include "journal/read.h"
#include "recover/checkpoint.h"

struct restore {
    struct checkpoint_parts parts; /* set by the caller before anything else */
    struct journal_reader *reader;
    struct door_resume resume;
    uint64_t records;    /* applied as facts */
    uint64_t markets;    /* read again */
    uint64_t in_flight;  /* orders open after it */
    uint64_t from_seq;   /* of the checkpoint; 0: none */
    uint64_t inputs;     /* market events read again since the beginning of the data, and their hash */
    uint64_t input_hash; /* it is compared where the records say what it was */
    bool has_journal;
    bool is_started;         /* its strategies were */
    bool is_restored;        /* something was: it is not begun anew */
    struct oc_request *held; /* of the last step, not yet given to the simulator: one may have been denied; owned */
    uint32_t held_count;
    uint32_t held_room;
    int64_t input_ns; /* of the last input; what was asked for later came of a built bar */
    int64_t event_ns; /* of the last event of a connector */
    int64_t close_ns; /* of the OC_MARK_CLOSE behind whose requests the simulator fills at the last price */
    bool is_closing;
    bool is_same_sim; /* the simulator is the file that was recorded with; else the records are all it learns */
};

/* Looks into the folder. OC_OK with has_journal false: it is new. OC_E_DATA: damaged, words.error says where. */
CHECKED oc_rc restore_open(struct restore *restore, struct session *session, const char *dir);
/* After session_open, before session_run. */
CHECKED oc_rc restore_apply(struct restore *restore, struct session *session);
void restore_close(struct restore *restore);

/* restore_sim.c: what the simulator hears of a point of the data, and of a record, in their order. */
CHECKED oc_rc restore_sim_market(struct restore *restore, struct session *session, const struct inbox_point *point);
CHECKED oc_rc restore_sim_record(struct restore *restore, struct session *session, const struct oc_event *event);
/* After the last of them. */
CHECKED oc_rc restore_sim_end(struct restore *restore, struct session *session);

/* Behind all records: links on the network say what is unknown by now, which is recorded and handled before anything else. */
CHECKED oc_rc restore_links(struct session *session);

/* restore_same.c: OC_E_CONFIG: data, seed, money, fills, strategies or parameters are not those the session began with. */
CHECKED oc_rc restore_is_same(struct session *session, struct strategies *strategies,
                              const struct journal_reader *reader, const char *dir, bool *ret_is_same_sim);

#endif

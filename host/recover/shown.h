/* shown.h: the report of a recorded session, made of its records: of `outcry report`, and of a session that was gone on with, whose own
 * meter has seen no more than what came since its last start. */
#ifndef CLI_SHOWN_H
#define CLI_SHOWN_H

#include "base/checked.h"
#include "config/options.h"
#include "recover/records.h"

struct shown {
    struct options options; /* its settings are those of the records */
    struct registry registry;
    struct session *session; /* owned */
    struct meter meter;
    struct records records;
    struct result result;
    const struct session_stage *also; /* opened behind the meter; borrowed; NULL: none */
    bool is_silent;                   /* what is other now is told to nobody */
};

/* NULL: no memory. Owned: shown_free, which takes NULL. */
struct shown *shown_new(void);
void shown_free(struct shown *shown);
/* Folds the records of `dir` and fills shown->result. Where the data cannot be read, or are others, and `needs_data` is not set,
 * of the records alone. What is other now than it was recorded goes to the standard error. Negative: session->words.error, if there
 * is a session. OC_E_STATE: the data are needed. */
CHECKED oc_rc shown_fold(struct shown *shown, const char *dir, bool needs_data);
/* In the place of shown_fold: opens it, for records_more. As there. */
CHECKED oc_rc shown_begin(struct shown *shown, const char *dir);

#endif

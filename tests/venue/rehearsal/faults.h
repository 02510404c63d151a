/* faults.h: what goes wrong at the rehearsal venue: said in words, one line each, in a file or while it runs.
 *
 *   [at TIME] VERB [NOUN] [TIME] [of orders|cancels|amends|reads] [COUNT | 1 in N | always | off]
 *
 *   drop answers 3                    the next three answers never come; what was asked was done
 *   fail answers of orders 1 in 20    one order in twenty is taken, and answered with 503
 *   at 30s delay messages 2s always   from half a minute on, streams are two seconds late
 *
 * Invariants
 * - What is drawn (1 in N) is drawn under the seed: the same lines and requests give the same faults.
 * - A line that cannot be read changes nothing, and says what was expected. At most FAULTS_MAX lines hold or wait at a time.
 * - Where two lines fit one thing, the earlier one decides. */
#ifndef REHEARSAL_FAULTS_H
#define REHEARSAL_FAULTS_H

#include "base/checked.h"
#include "base/text.h"

enum { FAULTS_MAX = 64, FAULT_LINE_MAX = 128, FAULTS_FILE_MAX = 65536 };

enum fault_kind { /* FAULT_VERB_NOUN; the table of faults.c says what each does */
                  FAULT_NONE = 0,
                  FAULT_DROP_ANSWERS,
                  FAULT_DROP_REQUESTS,
                  FAULT_DROP_MESSAGES,
                  FAULT_DROP_FILLS,
                  FAULT_DELAY_ANSWERS,
                  FAULT_DELAY_REQUESTS,
                  FAULT_DELAY_MESSAGES,
                  FAULT_DUPLICATE_REQUESTS,
                  FAULT_DUPLICATE_MESSAGES,
                  FAULT_REORDER_MESSAGES,
                  FAULT_HALF_OPEN_STREAMS,
                  FAULT_RESET_ANSWERS,
                  FAULT_RESET_CONNECTIONS,
                  FAULT_RESET_STREAMS,
                  FAULT_SPLIT_MESSAGES,
                  FAULT_CUT_ANSWERS,
                  FAULT_CUT_MESSAGES,
                  FAULT_FAIL_ANSWERS,
                  FAULT_FAIL_REQUESTS,
                  FAULT_LIMIT_REQUESTS,
                  FAULT_BAN_REQUESTS,
                  FAULT_KINDS
};

enum fault_of { FAULT_OF_ALL = 0, FAULT_OF_ORDERS, FAULT_OF_CANCELS, FAULT_OF_AMENDS, FAULT_OF_READS };

struct fault {
    enum fault_kind kind;
    enum fault_of of;
    int64_t value_ns;
    uint64_t left;   /* of a count; UINT64_MAX: always */
    uint64_t one_in; /* 1: each */
};

struct fault_due { /* a line of anything that waits for its time */
    int64_t at_ns;
    char line[FAULT_LINE_MAX];
};

struct faults {
    uint64_t random;
    struct fault list[FAULTS_MAX];
    struct fault_due due[FAULTS_MAX];
    uint32_t count, due_count;
    uint64_t made[FAULT_KINDS]; /* happened */
};

void faults_init(struct faults *faults, uint64_t seed);
/* A line whose first word is a verb of faults. OC_E_NOT_FOUND: it is not; OC_E_INVALID, OC_E_LIMIT: *out says why. */
CHECKED oc_rc faults_read(struct faults *faults, const char *line, struct text *out);
/* Does it happen to this one? *ret_value_ns: how long, where the fault has a time. */
bool faults_draw(struct faults *faults, enum fault_kind kind, enum fault_of of, int64_t *ret_value_ns);
/* "at TIME LINE": waits; other lines are OC_E_NOT_FOUND. `begin_ns`: what TIME counts from. */
CHECKED oc_rc faults_at(struct faults *faults, const char *line, int64_t begin_ns, struct text *out);
/* The line that is due by now, copied; false: none. */
bool faults_due(struct faults *faults, int64_t now_ns, char ret_line[FAULT_LINE_MAX]);
/* INT64_MAX: none waits. */
int64_t faults_next_ns(const struct faults *faults);
/* All that holds or waits is over. */
void faults_clear(struct faults *faults);
/* What holds, what waits, what has happened; a line each. */
void faults_say(const struct faults *faults, int64_t begin_ns, struct text *out);
/* The table of all faults: a line each. */
void faults_help(struct text *out);
const char *fault_name(enum fault_kind kind);

#endif

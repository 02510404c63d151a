/* try_impl.h: what the files of `outcry venue try` share: the steps, and the session around them. Nobody else includes this. */
#ifndef CLI_TRY_IMPL_H
#define CLI_TRY_IMPL_H

#include "cli/run.h"

enum { TRY_ROWS_MAX = 24 };
enum try_step {
    STEP_WAIT,
    STEP_PLACE,
    STEP_PLACED,
    STEP_AMENDED,
    STEP_CANCELED,
    STEP_ASK,
    STEP_BOUGHT,
    STEP_SOLD,
    STEP_COMPARE,
    STEP_END
};

struct try_row {
    char name[16];
    char text[160];
    bool is_bad;
};

struct trying {
    struct run *run;
    struct session *session;
    struct options *options; /* borrowed */
    char venue[PART_NAME_MAX];
    char account_name[VENUE_ACCOUNT_MAX];
    uint32_t account;
    oc_i128 most; /* of one order */
    enum try_step step;
    int64_t until_ns, since_ns, sent_ns; /* of the monotonic clock; sent_ns: of the last command, 0: none */
    uint64_t order;
    int64_t qty, price;
    struct try_row rows[TRY_ROWS_MAX];
    uint32_t row_count;
    bool is_bad, has_traded;
};

/* One more line of what came of it. */
void try_add(struct trying *trying, bool is_good, const char *name, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The next step has so long from now on. */
void try_next(struct trying *trying, enum try_step step);
/* [engine] For pace.is_over: between two inputs of the session one look at what has come, and what is asked for next. True: it is over. */
bool try_step(void *self);

#endif

/* status.h: what `outcry status` and `outcry metrics` know of one session: the answers of its host, and whether something is wrong. */
#ifndef CLI_STATUS_H
#define CLI_STATUS_H

#include "base/text.h"
#include "cli/parsed.h"
#include "cli/targets.h"

enum { STATUS_ROWS_MAX = 256, STATUS_WRONGS_MAX = 32, STATUS_WORDS_MAX = 200 };

struct status {
    const struct host_run *run; /* borrowed */
    enum target_state state;
    /* Answers of the host, as objects; {NULL} where it did not answer. Lists are of all pages, at most STATUS_ROWS_MAX rows. */
    struct parsed head, venues, orders, positions, strategies, risk, balances, portfolio;
    uint32_t order_total;
    char wrongs[STATUS_WRONGS_MAX][STATUS_WORDS_MAX]; /* one sentence each, the worst first */
    uint32_t wrong_count;
    bool is_latched; /* nothing is opened: a person or a rule has said so */
};

/* Asks; what is wrong is judged. status_close is due. `stale_ns`: a feed that is older is wrong; 0: none is. [setup] */
void status_ask(struct status *status, const struct host_run *run, int64_t timeout_ns, int64_t stale_ns);
void status_close(struct status *status);
/* One screen of 80 columns. */
void status_put_screen(const struct status *status, bool has_colour, struct text *out);
/* One object. */
void status_put_json(const struct status *status, struct text *out);

#endif

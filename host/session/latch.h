/* latch.h: the kill latch of a session: one page of the file `control.page` in its folder, which another process of its user sets while the
 * host runs, hangs or is down. Beside it stand where the day began and the alerts that a person has set, so that a restart
 * shows the same.
 *
 * Invariants
 * - Who asks has it on the disk before it does anything else. Nothing takes an ask back; the session takes it, once, as a recorded command
 *   `kill`, and is halted from there on by its records until `unkill`.
 * - Between the ask and that command no request that could add risk leaves for a venue on the network (venue_link_request).
 * - The host looks at one word of memory: no system call, no wait.
 * - Each kind of ask is counted by itself; of several that were not taken the largest is carried out: `flatten` is more than `all`, and `all`
 *   more than `entries`. */
#ifndef SESSION_LATCH_H
#define SESSION_LATCH_H

#include <outcry/abi.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/checked.h"

#define LATCH_FILE "control.page"
enum { LATCH_PAGE = 4096, LATCH_BY_MAX = 64, LATCH_ALERTS_MAX = 64 };
enum { KEPT_ALERT_ABOVE = 1, KEPT_ALERT_FIRED = 2, KEPT_ALERT_POSITION = 4 };

enum latch_what { LATCH_ENTRIES, LATCH_ALL, LATCH_FLATTEN, LATCH_KINDS };

struct latch_asks { /* of each kind, how many */
    uint64_t of[LATCH_KINDS];
};

struct kept_alert {  /* that a person has set */
    uint32_t index;  /* of its instrument */
    uint32_t number; /* 0: none */
    int64_t units;   /* of a price, or a quantity of a position: a decimal */
    int32_t scale;
    uint32_t bits; /* KEPT_ALERT_... */
    int64_t fired_ns;
};

struct latch_page { /* the file; frozen */
    char magic[16];
    _Atomic uint64_t asked[LATCH_KINDS];
    _Atomic uint64_t taken[LATCH_KINDS]; /* of these, by the session */
    int64_t at_ns;                       /* of the last ask, UTC */
    char by[LATCH_BY_MAX];
    int64_t day;             /* of the host alone: since 1970, in the zone of session.day; 0: not known */
    int64_t day_from_ns;     /* when the profit was looked at */
    uint64_t day_profit_low; /* money of then, 128 bits */
    uint64_t day_profit_high;
    struct kept_alert alerts[LATCH_ALERTS_MAX]; /* of the host alone */
};

struct latch { /* begun as zeros: nobody asks */
    struct latch_page *page;
};

/* Makes the file where it is not there. OC_E_DATA: it is no latch, or damaged: env_error_text says so too. Owned: latch_close. [setup] */
CHECKED oc_rc latch_open(struct latch *latch, const char *dir);
void latch_close(struct latch *latch);
/* [any] Some ask was not taken yet. */
static inline bool latch_is_asked(const struct latch *latch)
{
    for (int i = 0; latch->page && i < LATCH_KINDS; i++)
        if (atomic_load_explicit(&latch->page->asked[i], memory_order_acquire) !=
            atomic_load_explicit(&latch->page->taken[i], memory_order_relaxed))
            return true;
    return false;
}
/* [any] Asks, and comes back when it is on the disk. OC_E_IO: it may not be there after a loss of power. */
CHECKED oc_rc latch_ask(struct latch *latch, enum latch_what what, const char *by, int64_t now_ns);
/* [engine] The largest of what is asked for and not taken; who asked last goes into `ret_by`, of LATCH_BY_MAX bytes. */
enum latch_what latch_look(const struct latch *latch, char *ret_by, struct latch_asks *ret_asks);
/* [engine] It was carried out, up to those asks. */
void latch_take(struct latch *latch, const struct latch_asks *asks);
/* "entries", "all", "flatten". Static. */
const char *latch_name(enum latch_what what);

#endif

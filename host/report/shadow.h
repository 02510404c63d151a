/* shadow.h: the paper simulator beside the orders of a live session: what it makes of the recorded prices and of each request as it left, against
 * what the venue made of it.
 *
 * Invariants
 * - Made of the records, where prices stand by value, behind the session: nothing of it runs while orders are live.
 * - The simulator is that of `sim.paper`; what an account holds is not asked (the venue had taken the order or not).
 * - A request that SHADOW_REQUESTS_MAX younger ones came behind before it left, one that left before the first recorded price, and one of the
 *   venue's own way (a close, a protection) are not given to it; an order that was open while the venue was out of touch is not compared, for
 *   prices are missing. They are counted. */
#ifndef REPORT_SHADOW_H
#define REPORT_SHADOW_H

#include "engine/limits.h"
#include "report/meter.h"
#include "session/parts.h"
#include "session/venues.h"

enum {
    SHADOW_REQUESTS_MAX = 512,
    SHADOW_ORDERS_MIN = 10, /* fewer give no verdict */
    SHADOW_WHY_MAX = 256,
    SHADOW_CHECKS = 6
};

enum shadow_end { SHADOW_OPEN, SHADOW_FILLED, SHADOW_REJECTED, SHADOW_CANCELED, SHADOW_EXPIRED };

struct shadow_order {                      /* of the order's row, at the same place */
    int64_t sent_ns;                       /* 0: it was not given to the simulator */
    int64_t spread;                        /* then, units; 0: not known */
    int64_t live_first_ns, paper_first_ns; /* of the first fill as it was told; 0: none */
    int64_t paper_filled;
    oc_i128 paper_sum;  /* price units x quantity units */
    uint32_t paper_end; /* enum shadow_end */
    bool is_blind;      /* it was open while prices were missing */
    char paper_reason[OC_REASON_MAX];
};

struct shadow {
    struct session *session;   /* borrowed, as the next */
    const struct meter *meter; /* whose orders have rows; its stage is before this one */
    bool is_used;              /* it was there from the beginning */
    bool has_failed;           /* the simulator has, on the way */
    char why[SHADOW_WHY_MAX];  /* it is not there; "": it is, or nobody wants it */
    struct parts *parts;       /* owned */
    struct venues *venues;     /* owned */
    int64_t now_ns;            /* of the simulator */
    uint64_t not_given;        /* requests, see above */
    uint64_t blind;            /* orders */
    struct shadow_order *list; /* owned */
    uint32_t room;
    struct oc_request *requests;    /* that have not left yet, by number; owned */
    struct execution *live, *paper; /* what came after fills; owned */
};

/* A figure of reliability: of the live session, of the simulator, how they differ, and what that may be. */
struct shadow_check {
    const char *name, *words; /* "fill_rate", "Fill rate" */
    const char *limit_words;
    struct figure live, paper, error;
    uint64_t count; /* orders or fills that are compared */
    bool is_known, is_met;
};

struct shadow_figures {
    uint64_t orders; /* compared: they ended at the venue, and the simulator was given them */
    uint64_t both;   /* filled by both */
    struct figure price_mean,
        price_p95; /* of orders filled by both: what the simulator paid more, in spreads; the second of its size */
    struct shadow_check checks[SHADOW_CHECKS];
    bool is_known, is_met; /* the verdict */
};

/* Whether the session trades at a venue and its settings do not say no (live.shadow). */
bool shadow_is_wanted(const struct session *session);
/* [setup] Behind the meter's; where it is not wanted, or no simulator can be had, it does nothing. */
void shadow_add_stage(struct shadow *shadow, struct session *session, const struct meter *meter);
/* Behind the last record: what is still under way in the simulator is told. */
void shadow_end(struct shadow *shadow);
/* OC_E_NOMEM. */
CHECKED oc_rc shadow_figures_make(const struct shadow *shadow, struct shadow_figures *ret_figures);
/* Of row `place` of the report's orders; NULL: it is not compared. */
const struct shadow_order *shadow_order_at(const struct shadow *shadow, uint32_t place);
/* Static: "filled". */
const char *shadow_end_words(uint32_t end);

#endif

/* live.h: how a session at a venue, or on its feed, carried out its orders: how long each way took, what fills cost against the price when the
 * decision was made and when the order left, what was charged, how much of the time it was in touch; and the figures that it is held to.
 *
 * Invariants
 * - Made of what is recorded alone, so a run and the report of its records say the same.
 * - Orders of this session alone: of another hand nothing is counted but fees. An order that LIVE_ORDERS_MAX younger ones came behind
 *   is not followed any more, and counted in `beyond`.
 * - A span is known to 1.6 % of itself, the longest one exactly. Costs are positive when bad. */
#ifndef REPORT_LIVE_H
#define REPORT_LIVE_H

#include "engine/limits.h"
#include "engine/out.h"
#include "report/collect.h"
#include "report/figure.h"

struct session;

enum {
    LIVE_ORDERS_MAX = 4096,
    LIVE_ASSETS_MAX = 16,
    LIVE_SPAN_PARTS = 64, /* of each doubling */
    LIVE_SPAN_BINS = 44 * LIVE_SPAN_PARTS,
    LIVE_TARGETS = 4
};

enum live_way {
    LIVE_SENT,  /* from the event that led to the decision until the order left */
    LIVE_ACKED, /* from there until the venue's first word about it */
    LIVE_TOLD,  /* from there until its first fill, of an order that took */
    LIVE_WAYS
};

struct live_spans { /* how often a span was so long */
    uint64_t count;
    int64_t longest_ns;
    uint32_t bins[LIVE_SPAN_BINS];
};

struct live_cost { /* of fills against a price, in the account's currency */
    uint64_t fills;
    oc_i128 slip;
    oc_i128 base; /* what traded, at that price */
};

struct live_order {
    uint64_t order;
    int64_t signal_ns, sent_ns, acked_ns; /* 0: not known */
    int64_t signal2, arrival2;            /* twice the mark then */
    bool has_signal, has_arrival;
    bool is_filled_once;
    bool is_canceled; /* by this side */
    bool is_failed;
    bool is_over;
};

struct live {
    bool is_used;    /* a venue says the market */
    bool is_paper;   /* a simulator fills: an order leaves when it is decided */
    uint64_t orders; /* that were not denied */
    uint64_t failed; /* of these: refused by the venue, not there, or of which nobody knew what had become */
    uint64_t over;   /* that ended, but for those that this side canceled */
    uint64_t filled; /* of these: whole */
    uint64_t fills;
    uint64_t fills_undecided; /* of these: neither price is known */
    uint64_t beyond;
    struct live_spans ways[LIVE_WAYS];
    struct live_cost signal, arrival;
    struct {
        uint32_t asset;
        uint32_t zero;
        oc_i128 fee;
    } fees[LIVE_ASSETS_MAX];
    uint32_t fee_count;
    uint64_t fees_beyond;                   /* fills with fees in other assets */
    uint8_t links[ENGINE_ACCOUNTS_MAX + 1]; /* OC_VENUE_... of each account's link; 0: none yet */
    int64_t heard_ns;                       /* when a venue said something last */
    int64_t up_ns, down_ns;
    bool has_begun;                          /* all were ready once */
    bool is_stopped;                         /* by hand, and not started again yet */
    struct live_order list[LIVE_ORDERS_MAX]; /* by order number */
};

struct live_target { /* a figure and its limit */
    const char *name, *words;
    const char *limit_words; /* "> 99 %" */
    struct figure figure;    /* a share */
    double limit;
    bool is_least; /* more is better, and the limit itself is met */
    bool is_met;   /* where the figure is known */
};

/* [setup] */
void live_open(struct live *live, const struct session *session);
/* An input as it is recorded. */
void live_take(struct live *live, const struct session *session, const struct oc_event *event);
/* A price of then was heard. */
void live_heard(struct live *live, int64_t at_ns);
/* A request that was not denied, and one that was after all. */
void live_ask(struct live *live, const struct session *session, const struct oc_request *request);
void live_deny(struct live *live, uint64_t order, uint64_t request);
/* What became of an order, behind an input. */
void live_note(struct live *live, const struct session *session, const struct out_note *note,
               const struct oc_event *event);

/* The span that `share` of all are not longer than; 0 where there is none. */
int64_t live_span(const struct live_spans *spans, double share);
/* Static: "signal_to_sent"; "signal to sent, ...". */
const char *live_way_name(enum live_way way);
const char *live_way_words(enum live_way way);
/* slip / base. */
struct figure live_cost_share(const struct live_cost *cost);
/* The i-th of LIVE_TARGETS. */
struct live_target live_target(const struct live *live, uint32_t i);

#endif

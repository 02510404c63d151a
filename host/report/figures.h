/* figures.h: what text, JSON and HTML show, computed once from a result.
 *
 * Invariants
 * - A figure that is not available has is_known false and value 0; no writer prints its value then.
 * - Money is exact (1e-20 of a currency unit). Trip money is after fees in the settlement asset, and only known when
 *   all trips settle in one asset.
 * - Closes are daily at 00:00 UTC; the day still running at the end counts as one; closes[0] is the start.
 * - Wins are trips with a profit above 0 after fees. Trips still open at the end are counted apart. */
#ifndef REPORT_FIGURES_H
#define REPORT_FIGURES_H

#include "base/checked.h"
#include "report/figure.h"
#include "report/result.h"
#include "report/stats.h"

enum { FIGURE_TAIL_PERCENT = 95, FIGURE_DAYS_MIN = 30 /* below, nothing is said of a year */ };

struct trip_figures {
    uint64_t closed;
    uint64_t open;
    uint64_t wins;
    uint64_t losses; /* below 0; a trip of exactly 0 is neither */
    uint64_t ambiguous;
    uint64_t inside;          /* with an order that was decided inside its bar */
    uint64_t ended;           /* closed by the end of the data */
    const char *asset;        /* that trip money is in; static */
    int money_scale;          /* digits after the point that suit them */
    const char *why_no_money; /* static sentence, "" when nothing was traded */
    bool has_money;           /* at least one closed trip, one settlement asset, none of them lost */
    oc_i128 net;
    oc_i128 ambiguous_net; /* of net */
    oc_i128 inside_net;    /* of net */
    oc_i128 gains;
    oc_i128 losses_sum; /* positive */
    oc_i128 average;    /* rounded half to even */
    oc_i128 best;
    oc_i128 worst;
    double squares; /* of the net of each */
    struct figure win_rate;
    struct figure profit_factor;
    struct figure hold_seconds; /* average time from first entry to last exit */
};

struct part_figures { /* what one strategy did, or what was done in one symbol */
    uint32_t strategy;
    uint32_t inst_index;
    uint32_t settle;   /* of net */
    bool has_no_money; /* several settlement assets, or beyond the range of money */
    uint64_t fills;
    uint64_t closed;
    uint64_t wins;
    oc_i128 net;  /* of closed trips, after fees */
    oc_i128 fees; /* account currency */
};

struct parts_figures {         /* in the order of their numbers */
    struct part_figures *list; /* owned */
    uint32_t count;
};

struct figures {
    oc_i128 profit; /* final less start */
    struct figure total_return;
    struct figure hold_return; /* buy and hold */
    struct figure exposure;    /* share of market events with a position */
    struct figure maker_share;
    struct fall fall;
    bool has_fall;
    uint32_t days;   /* daily returns */
    double *closes;  /* days + 1 */
    double *returns; /* days; only when has_returns */
    double *scratch; /* days */
    bool has_returns;
    struct figure sharpe;
    struct figure sortino;
    struct figure volatility;
    struct figure cagr;
    struct figure calmar;
    struct figure ulcer;
    struct figure tail_loss; /* historical value at risk of one day, share */
    struct figure tail_shortfall;
    struct figure tail_normal; /* the same loss, were returns normal; with their skew and kurtosis */
    struct figure tail_shaped;
    struct figure probable_sharpe;
    struct trip_figures trips;
    struct parts_figures strategies;
    struct parts_figures symbols;
    struct figure ambiguous_share; /* of the net of trips; known where that is above zero */
    struct figure inside_share;
    struct figure spread_share; /* what takers paid of it, of what they traded: one way */
    int64_t span_ns;
};

/* Digits after the point that suit amounts of this size: 2, or 8 below 100 units of the currency. */
int money_scale_for(oc_i128 size);
/* OC_E_NOMEM. Release with figures_release. */
CHECKED oc_rc figures_make(const struct result *result, struct figures *ret_figures);
void figures_release(struct figures *figures);
/* The name of a strategy, or "strategy 3"; 0: "by hand". */
enum { STRATEGY_WORDS_MAX = 80 };
const char *strategy_words(const struct result *result, uint32_t strategy, char text[STRATEGY_WORDS_MAX]);
/* Profit after fees of one trip. */
oc_i128 trip_net(const struct trip *trip);
/* Average price of `qty` units worth `value`, as the nearest double; display only. */
struct figure trip_price(const struct instrument *instrument, oc_i128 value, int64_t qty);

#endif

/* analysis.h: what JSON and the page show beside the figures: costs, falls, Sharpe over time, the shape of returns, trips by kind.
 *
 * Invariants
 * - Nothing is made of too few: what needs more than there is says so (false, or a figure that is not known). */
#ifndef REPORT_ANALYSIS_H
#define REPORT_ANALYSIS_H

#include "report/figures.h"

enum {
    ROLLING_DAYS = FIGURE_DAYS_MIN, /* of one point of the rolling Sharpe ratio */
    HISTOGRAM_BINS_MAX = 40,
    BAND_TRIPS_MIN = 30
};

/* From what the decisions would have made to what was made. The account's currency. */
struct costs {
    oc_i128 gross; /* had every fill been at the price of its decision, without fees */
    oc_i128 spread;
    oc_i128 slip; /* beyond the spread; with it where has_spread is not set */
    oc_i128 fees;
    oc_i128 net;
    oc_i128 turnover;
    bool has_spread;
    bool has_slip;      /* some fill is compared; else gross is what fills made */
    uint64_t undecided; /* fills whose slippage is not known: what it was is left in gross */
    struct figure fee_rate;
    struct figure break_even; /* the fee, one way, at which nothing would have been left */
};

void analysis_costs(const struct result *result, const struct figures *figures, struct costs *ret_costs);

/* Sharpe ratio of the ROLLING_DAYS daily returns that end with return `day` (from 0). */
struct figure analysis_rolling(const struct result *result, const struct figures *figures, uint32_t day);
/* When daily return `day` closed. */
int64_t analysis_day_ns(const struct result *result, uint32_t day);

struct histogram {
    double from; /* of the first bin; each holds from <= r < from + step, the last one its upper end too */
    double step;
    uint32_t count;
    uint32_t bins[HISTOGRAM_BINS_MAX];
};

/* Of daily returns. False: fewer than FIGURE_DAYS_MIN. */
bool analysis_histogram(const struct figures *figures, struct histogram *ret_histogram);

/* Nine times in ten the net of as many trips like these would lie within, were each as good as any other: net -+ 1.645 s sqrt(n).
 * False: fewer than BAND_TRIPS_MIN trips. */
struct band {
    double low;
    double high;
};
bool analysis_band(const struct figures *figures, struct band *ret_band);

/* Profit after fees as a multiple of what the stop would have lost. */
struct figure trip_multiple(const struct trip *trip);
/* What it slipped, beyond the spread; with it where has_no_spread. */
oc_i128 trip_slippage(const struct trip *trip);
/* Static words: "take profit". */
const char *trip_exit_words(uint32_t exit);

/* The groups of closed trips, in the order in which they are shown. */
enum grouping { BY_SIDE, BY_EXIT, BY_TAG, BY_HOUR, BY_WEEKDAY, GROUPING_COUNT };
struct group_row {
    const struct trip_group *group;
    char name[48];
};
/* The next row of a grouping with any trip; *at begins with 0. False: no more. */
bool analysis_group_next(const struct collect *collect, enum grouping grouping, uint32_t *at,
                         struct group_row *ret_row);
/* Static: "by_side". */
const char *analysis_grouping_key(enum grouping grouping);

/* What should make a reader doubt, the worst first. */
enum { WARNINGS_MAX = 16, WARNING_TEXT_MAX = 640 };
enum warning_weight { WARNING_BAD = 1, WARNING_DOUBT, WARNING_HINT };
struct warning {
    enum warning_weight weight;
    char text[WARNING_TEXT_MAX];
};
uint32_t analysis_warnings(const struct result *result, const struct figures *figures,
                           struct warning ret_list[WARNINGS_MAX]);
const char *analysis_warning_words(enum warning_weight weight); /* static: "bad" */

/* A share of a price in the mean, from EXECUTION_FILLS_MIN fills on. */
struct figure analysis_share(const struct share_sum *sum);
struct figure analysis_orders(const struct tca_mean *mean); /* of orders; as many are needed */

#endif

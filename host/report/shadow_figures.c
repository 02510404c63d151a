/* shadow_figures.c: how far the paper simulator is from what a venue made of the same orders. */
#include <stdlib.h>
#include <string.h>

#include "base/detmath.h"
#include "engine/state.h"
#include "report/shadow.h"
#include "report/stats.h"

#define RATE_ERROR_MAX  0.03
#define TIME_RATIO_MIN  0.8
#define TIME_RATIO_MAX  1.25
#define PRICE_ERROR_MAX 0.3

struct sums { /* of the orders that are compared */
    uint64_t orders, both, priced;
    double live_rate, paper_rate;
    double price;               /* what the simulator paid more, in spreads */
    double *live_ms, *paper_ms; /* of orders filled by both */
    double *ratios;
    double *sizes; /* of what it paid more or less, in spreads */
};

/* The median of values that are put in order; they are some. */
static double rank_of(double *values, uint64_t count, double share)
{
    uint64_t at = (uint64_t)(share * (double)count);
    qsort(values, count, sizeof *values, stats_ascending);
    at = (double)at < share * (double)count ? at : at ? at - 1 : 0; /* the smallest that so many do not exceed */
    return values[at < count ? at : count - 1];
}

static double average(oc_i128 sum, int64_t qty) { return (double)sum / (double)qty; }

static void add_both(struct sums *sums, const struct order_row *row, const struct shadow_order *shadow)
{
    const double live_ms = (double)(shadow->live_first_ns - shadow->sent_ns) / 1e6;
    const double paper_ms = (double)(shadow->paper_first_ns - shadow->sent_ns) / 1e6;
    sums->live_ms[sums->both] = live_ms;
    sums->paper_ms[sums->both] = paper_ms;
    sums->ratios[sums->both++] = live_ms > 0.0 ? paper_ms / live_ms : paper_ms > 0.0 ? 1e9 : 1.0;
    if (shadow->spread <= 0)
        return;
    const double more = average(shadow->paper_sum, shadow->paper_filled) - average(row->filled_sum, row->filled);
    const double signed_more = (row->now.side == OC_SIDE_BUY ? more : -more) / (double)shadow->spread;
    sums->price += signed_more;
    sums->sizes[sums->priced++] = signed_more > 0 ? signed_more : 0.0 - signed_more;
}

static void add(struct sums *sums, const struct order_row *row, const struct shadow_order *shadow)
{
    if (!state_is_final((int)row->state) || row->now.qty <= 0 || !(row->now.bits & OC_RQ_HAS_QTY))
        return;
    sums->orders++;
    sums->live_rate += (double)row->filled / (double)row->now.qty;
    sums->paper_rate += (double)shadow->paper_filled / (double)row->now.qty;
    if (row->filled > 0 && shadow->paper_filled > 0)
        add_both(sums, row, shadow);
}

static void judge(struct shadow_check *check, bool is_known, bool is_met)
{
    check->is_known = is_known;
    check->is_met = is_known && is_met;
}

/* The mean of what came after fills of the simulator has the sign of that of live ones, and lies where that may lie nineteen times in
 * twenty. */
static void judge_markout(struct shadow_check *check, const struct share_sum *live, const struct share_sum *paper)
{
    check->limit_words = "same sign, within 95 %";
    check->count = live->count < paper->count ? live->count : paper->count;
    if (live->count < EXECUTION_FILLS_MIN || paper->count < EXECUTION_FILLS_MIN)
        return;
    const double n = (double)live->count, sum = (double)live->sum / 1e12;
    const double spread = ((double)live->squares / 1e24 - sum * sum / n) / (n - 1.0);
    const double half = 1.959963984540054 * det_sqrt((spread > 0.0 ? spread : 0.0) / n);
    check->live = (struct figure){sum / n, true};
    check->paper = (struct figure){(double)paper->sum / 1e12 / (double)paper->count, true};
    const double away = check->paper.value - check->live.value;
    check->error = (struct figure){away, true};
    judge(check, true, (away < 0 ? -away : away) <= half && (check->live.value >= 0) == (check->paper.value >= 0));
}

static void judge_all(struct shadow_figures *figures, struct sums *sums, const struct shadow *shadow)
{
    struct shadow_check *rate = &figures->checks[0], *time = &figures->checks[1], *price = &figures->checks[2];
    const bool is_enough = sums->orders >= SHADOW_ORDERS_MIN, has_both = sums->both >= SHADOW_ORDERS_MIN;
    rate->count = sums->orders;
    time->count = sums->both;
    price->count = sums->priced;
    if (sums->orders) {
        const double n = (double)sums->orders, away = (sums->paper_rate - sums->live_rate) / n;
        rate->live = (struct figure){sums->live_rate / n, true};
        rate->paper = (struct figure){sums->paper_rate / n, true};
        rate->error = (struct figure){away < 0 ? -away : away, true};
        judge(rate, is_enough, rate->error.value <= RATE_ERROR_MAX);
    }
    if (sums->both) {
        time->live = (struct figure){rank_of(sums->live_ms, sums->both, 0.5), true};
        time->paper = (struct figure){rank_of(sums->paper_ms, sums->both, 0.5), true};
        time->error = (struct figure){rank_of(sums->ratios, sums->both, 0.5), true};
        judge(time, has_both, time->error.value >= TIME_RATIO_MIN && time->error.value <= TIME_RATIO_MAX);
    }
    if (sums->priced) {
        const double mean = sums->price / (double)sums->priced;
        figures->price_mean = price->error = price->paper = (struct figure){mean, true};
        figures->price_p95 = (struct figure){rank_of(sums->sizes, sums->priced, 0.95), true};
        judge(price, sums->priced >= SHADOW_ORDERS_MIN, mean <= PRICE_ERROR_MAX && mean >= -PRICE_ERROR_MAX);
    }
    for (int i = 0; i < EXECUTION_HORIZONS && shadow->live; i++)
        judge_markout(&figures->checks[3 + i], &shadow->live->horizons[i].markout, &shadow->paper->horizons[i].markout);
    figures->is_known = rate->is_known && time->is_known && price->is_known;
    figures->is_met = figures->is_known;
    for (int i = 0; i < SHADOW_CHECKS; i++)
        figures->is_met &= !figures->checks[i].is_known || figures->checks[i].is_met;
    figures->orders = sums->orders;
    figures->both = sums->both;
}

oc_rc shadow_figures_make(const struct shadow *shadow, struct shadow_figures *ret_figures)
{
    static const struct shadow_check checks[SHADOW_CHECKS] = {
        {.name = "fill_rate", .words = "Filled", .limit_words = "error at most 3 points"},
        {.name = "fill_time", .words = "First fill, median", .limit_words = "ratio 0.8 to 1.25"},
        {.name = "slippage", .words = "Price, mean error", .limit_words = "at most 0.3 spreads"},
        {.name = "markout_1s", .words = "Markout after 1 s"},
        {.name = "markout_10s", .words = "Markout after 10 s"},
        {.name = "markout_60s", .words = "Markout after 60 s"}};
    const uint32_t rows = shadow->is_used ? shadow->meter->orders.count : 0;
    struct shadow_figures figures = {0};
    struct sums sums = {0};
    memcpy(figures.checks, checks, sizeof checks);
    double *values = calloc((size_t)rows * 4 + 1, sizeof *values);
    if (!values)
        return OC_E_NOMEM;
    sums.live_ms = values;
    sums.paper_ms = values + rows;
    sums.ratios = values + (size_t)rows * 2;
    sums.sizes = values + (size_t)rows * 3;
    for (uint32_t i = 0; i < rows; i++)
        if (shadow_order_at(shadow, i))
            add(&sums, &shadow->meter->orders.list[i], shadow_order_at(shadow, i));
    judge_all(&figures, &sums, shadow);
    free(values);
    *ret_figures = figures;
    return OC_OK;
}

#include "report/figures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void figure_set(struct figure *figure, oc_rc rc, double value)
{
    figure->is_known = rc == OC_OK;
    figure->value = rc == OC_OK ? value : 0.0;
}

/* part / whole, known when the whole is above zero. */
static struct figure quotient(double part, double whole)
{
    struct figure figure = {0, false};
    figure_set(&figure, whole > 0.0 ? OC_OK : OC_E_NOT_FOUND, whole > 0.0 ? part / whole : 0.0);
    return figure;
}

oc_i128 trip_net(const struct trip *trip) { return trip->profit - trip->fees; }

struct figure trip_price(const struct instrument *instrument, oc_i128 value, int64_t qty)
{
    struct figure price = {0, false};
    if (!instrument || qty == 0 || value == 0)
        return price;
    double size = instrument_qty(instrument, qty), money = money_to_double(value);
    if (instrument->info.kind != OC_KIND_SPOT)
        size *= (double)instrument->info.contract_size.units / (double)num_pow10(instrument->info.contract_size.scale);
    price.value = instrument->info.kind == OC_KIND_INVERSE ? size / money : money / size;
    price.is_known = true;
    return price;
}

int money_scale_for(oc_i128 size)
{
    oc_i128 hundred = 100 * num_pow10_128(MONEY_SCALE);
    return size >= hundred || size <= -hundred ? 2 : 8;
}

static uint32_t settle_of(const struct result *result, const struct trip *trip)
{
    const struct instrument *instrument = result->instruments ? instruments_get(result->instruments, trip->inst) : NULL;
    return instrument ? instrument->info.settle : 0;
}

static void make_trips(const struct result *result, struct trip_figures *figures)
{
    const struct collect *collect = result->collect;
    struct trip_sums sums = collect->beyond;
    for (uint32_t i = 0; i < collect->trip_count; i++) {
        const struct trip *trip = &collect->trips[i];
        if (trip->is_open)
            sums.open++;
        else
            trip_sums_add(&sums, trip, settle_of(result, trip));
    }
    *figures = (struct trip_figures){.closed = sums.closed,
                                     .open = sums.open,
                                     .wins = sums.wins,
                                     .losses = sums.losses,
                                     .ambiguous = sums.ambiguous,
                                     .inside = sums.inside,
                                     .ambiguous_net = sums.ambiguous_net,
                                     .inside_net = sums.inside_net,
                                     .ended = sums.ended,
                                     .net = sums.net,
                                     .squares = sums.squares,
                                     .gains = sums.gains,
                                     .losses_sum = sums.losses_sum,
                                     .best = sums.best,
                                     .worst = sums.worst,
                                     .why_no_money = sums.has_overflow  ? "beyond the range of money"
                                                     : sums.has_several ? "several settlement assets"
                                                                        : ""};
    figures->asset = sums.settle && result->instruments ? instruments_asset_name(result->instruments, sums.settle)
                                                        : result->currency;
    figures->win_rate = quotient((double)figures->wins, (double)figures->closed);
    figures->hold_seconds = quotient(sums.held_seconds, (double)figures->closed);
    if (collect->trips_dropped) { /* what was kept is not all: no figure may be made of it */
        figures->why_no_money = "memory ran out for trips";
        figures->win_rate.is_known = figures->hold_seconds.is_known = false;
    }
    figures->has_money = figures->closed > 0 && !figures->why_no_money[0];
    if (!figures->has_money)
        return;
    bool is_account = result->currency && strcmp(figures->asset, result->currency) == 0;
    figures->money_scale = money_scale_for(is_account ? result->start : figures->gains + figures->losses_sum);
    figures->average = num_quotient(figures->net, (oc_i128)figures->closed, NUM_HALF_EVEN);
    figures->profit_factor = quotient(money_to_double(figures->gains), money_to_double(figures->losses_sum));
}

const char *strategy_words(const struct result *result, uint32_t strategy, char text[STRATEGY_WORDS_MAX])
{
    const char *name = strategy && result->strategy_name ? result->strategy_name(result->names, strategy) : NULL;
    if (name)
        snprintf(text, STRATEGY_WORDS_MAX, "%.*s", STRATEGY_WORDS_MAX - 1, name);
    else if (strategy)
        snprintf(text, STRATEGY_WORDS_MAX, "strategy %u", strategy);
    else
        snprintf(text, STRATEGY_WORDS_MAX, "by hand");
    return text;
}

static void part_add(struct part_figures *part, const struct running *running)
{
    if (part->settle && running->settle && part->settle != running->settle)
        part->has_no_money = true;
    part->settle = part->settle ? part->settle : running->settle;
    part->fills += running->fills;
    part->closed += running->closed;
    part->wins += running->wins;
    part->fees += running->fees;
    part->has_no_money |= running->has_overflow || num_add_128(part->net, running->net, &part->net) < 0;
}

/* A row for each strategy, or each instrument, that had fills. */
static oc_rc make_parts(const struct collect *collect, bool by_strategy, struct parts_figures *ret_parts)
{
    uint32_t numbers = 0;
    for (uint32_t i = 0; i < collect->running_size; i++) {
        const struct running *running = &collect->running[i];
        const uint32_t number = by_strategy ? running->strategy : running->inst_index;
        numbers = running->is_used && number >= numbers ? number + 1 : numbers;
    }
    struct part_figures *list = calloc(numbers ? numbers : 1, sizeof *list);
    if (!list)
        return OC_E_NOMEM;
    for (uint32_t i = 0; i < collect->running_size; i++) {
        const struct running *running = &collect->running[i];
        if (!running->is_used)
            continue;
        struct part_figures *part = &list[by_strategy ? running->strategy : running->inst_index];
        part->strategy = running->strategy;
        part->inst_index = running->inst_index;
        part_add(part, running);
    }
    uint32_t count = 0;
    for (uint32_t i = 0; i < numbers; i++)
        if (list[i].fills)
            list[count++] = list[i];
    *ret_parts = (struct parts_figures){list, count};
    return OC_OK;
}

/* Closes: the start, each finished day, and the day that was running at the end. */
static oc_rc make_closes(const struct collect *collect, struct figures *figures)
{
    if (collect->events == 0 || collect->days_dropped)
        return OC_OK;
    uint32_t days = collect->day_count + 1;
    figures->closes = calloc(days + 1, sizeof *figures->closes);
    figures->returns = calloc(days, sizeof *figures->returns);
    figures->scratch = calloc(days, sizeof *figures->scratch);
    if (!figures->closes || !figures->returns || !figures->scratch)
        return OC_E_NOMEM;
    figures->closes[0] = money_to_double(collect->start);
    for (uint32_t i = 0; i < collect->day_count; i++)
        figures->closes[i + 1] = money_to_double(collect->days[i].equity);
    figures->closes[days] = money_to_double(collect->last);
    figures->days = days;
    figures->has_returns = stats_returns(figures->closes, days + 1, figures->returns) == OC_OK;
    return OC_OK;
}

static void make_ratios(const struct result *result, struct figures *figures)
{
    if (!figures->has_returns)
        return;
    struct returns returns = {figures->returns, figures->days};
    double value = 0.0, periods = result->periods_per_year;
    const bool is_long = figures->days >= FIGURE_DAYS_MIN; /* a few days raised to the power of a year say nothing */
    oc_rc rc = is_long ? stats_sharpe(returns, 0.0, periods, &value) : OC_E_NOT_FOUND;
    figure_set(&figures->sharpe, rc, value);
    rc = is_long ? stats_sortino(returns, 0.0, periods, &value) : OC_E_NOT_FOUND;
    figure_set(&figures->sortino, rc, value);
    rc = is_long ? stats_volatility(returns, periods, &value) : OC_E_NOT_FOUND;
    figure_set(&figures->volatility, rc, value);
    /* Of days of the calendar, so that a market with sessions, or data with holes, grows in the same time as any other. */
    uint32_t calendar = (uint32_t)(result->collect->day - result->collect->first_day + 1);
    rc = calendar >= FIGURE_DAYS_MIN
             ? stats_cagr(figures->closes[0], figures->closes[figures->days], calendar, PERIODS_ALL_DAYS, &value)
             : OC_E_NOT_FOUND;
    figure_set(&figures->cagr, rc, value);
    rc = figures->cagr.is_known && figures->has_fall ? stats_calmar(figures->cagr.value, figures->fall.share, &value)
                                                     : OC_E_NOT_FOUND;
    figure_set(&figures->calmar, rc, value);
    rc = figures->days > 1 ? stats_ulcer(figures->closes, figures->days + 1, &value) : OC_E_NOT_FOUND;
    figure_set(&figures->ulcer, rc, value);
    rc = is_long ? stats_probable_sharpe(returns, NULL, &value) : OC_E_NOT_FOUND;
    figure_set(&figures->probable_sharpe, rc, value);
    struct tail tail = {0};
    /* Below 1 / (1 - c) days the rank is the worst day itself and says nothing about a tail. */
    rc = figures->days >= 100 / (100 - FIGURE_TAIL_PERCENT)
             ? stats_tail(returns, FIGURE_TAIL_PERCENT, figures->scratch, &tail)
             : OC_E_NOT_FOUND;
    figure_set(&figures->tail_loss, rc, tail.value_at_risk);
    figure_set(&figures->tail_shortfall, rc, tail.shortfall);
    rc = rc == OC_OK ? stats_tail_normal(returns, FIGURE_TAIL_PERCENT, 1, &tail) : rc;
    figure_set(&figures->tail_normal, rc, tail.value_at_risk);
    rc = rc == OC_OK ? stats_tail_shaped(returns, FIGURE_TAIL_PERCENT, &tail) : rc;
    figure_set(&figures->tail_shaped, rc, tail.value_at_risk);
}

oc_rc figures_make(const struct result *result, struct figures *ret_figures)
{
    const struct collect *collect = result->collect;
    struct figures figures;
    memset(&figures, 0, sizeof figures);
    double start = money_to_double(result->start);
    figures.profit = result->final - result->start;
    figures.total_return = quotient(money_to_double(figures.profit), start);
    if (result->has_buy_and_hold)
        figures.hold_return = quotient(money_to_double(result->buy_and_hold - result->start), start);
    figures.exposure = quotient((double)collect->exposed, (double)collect->events);
    figures.maker_share = quotient((double)collect->makers, (double)(collect->fills - collect->fills_before));
    figures.has_fall = collect->events > 0 && collect_fall(collect, &figures.fall) == OC_OK;
    figures.span_ns = collect->events ? collect->last_ns - collect->first_ns : 0;
    oc_rc rc = make_closes(collect, &figures);
    if (rc == OC_OK)
        rc = make_parts(collect, true, &figures.strategies);
    if (rc == OC_OK)
        rc = make_parts(collect, false, &figures.symbols);
    if (rc < 0) {
        figures_release(&figures);
        return rc;
    }
    make_ratios(result, &figures);
    make_trips(result, &figures.trips);
    if (figures.trips.has_money) {
        const double net = money_to_double(figures.trips.net);
        figures.ambiguous_share = quotient(money_to_double(figures.trips.ambiguous_net), net);
        figures.inside_share = quotient(money_to_double(figures.trips.inside_net), net);
    }
    if (result->spread && result->spread->is_known)
        figures.spread_share =
            quotient(money_to_double(result->spread->paid), money_to_double(result->spread->turnover));
    *ret_figures = figures;
    return OC_OK;
}

void figures_release(struct figures *figures)
{
    free(figures->closes);
    free(figures->returns);
    free(figures->scratch);
    free(figures->strategies.list);
    free(figures->symbols.list);
    figures->strategies = figures->symbols = (struct parts_figures){0};
    figures->closes = figures->returns = figures->scratch = NULL;
}

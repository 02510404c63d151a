#include "report/collect.h"

#include <stdlib.h>
#include <string.h>

#define DAY_NS 86400000000000LL

void collect_init(struct collect *collect, oc_i128 start)
{
    memset(collect, 0, sizeof *collect);
    collect->start = collect->last = collect->peak = collect->low = collect->trough = start;
    collect->stride = 1;
    collect->day = INT64_MIN;
}

void collect_release(struct collect *collect)
{
    free(collect->days);
    free(collect->trips);
    for (uint32_t i = 0; i < collect->running_size; i++)
        free(collect->running[i].own);
    free(collect->running);
    free(collect->ambiguous_at);
    free(collect->first_here);
    memset(collect, 0, sizeof *collect);
}

/* Into a list with the deepest first; at equal depth the earlier one. Returns how many it has then. */
static uint32_t fall_put(struct fall falls[FALLS_MAX], uint32_t count, const struct fall *fall)
{
    uint32_t at = count;
    while (at > 0 && falls[at - 1].share < fall->share)
        at--;
    if (at == FALLS_MAX)
        return count;
    const uint32_t kept = count < FALLS_MAX ? count : FALLS_MAX - 1;
    memmove(&falls[at + 1], &falls[at], (kept - at) * sizeof *falls);
    falls[at] = *fall;
    return kept + 1;
}

void collect_shift(struct collect *collect, oc_i128 amount)
{
    oc_i128 *const values[] = {&collect->start, &collect->last,   &collect->peak,
                               &collect->low,   &collect->trough, &collect->drawdown_peak};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        *values[i] += amount;
    for (uint32_t i = 0; i < collect->curve_count; i++)
        collect->curve[i].equity += amount;
    for (uint32_t i = 0; i < collect->day_count; i++)
        collect->days[i].equity += amount;
    collect->has_no_share &= collect->start <= 0;
    const uint32_t count = collect->fall_count;
    collect->fall_count = 0;
    for (uint32_t i = 0; i < count; i++) { /* their order may be another now */
        struct fall fall = collect->falls[i];
        fall.peak += amount;
        if (fall.peak > 0)
            fall.share = money_to_double(fall.amount) / money_to_double(fall.peak);
        collect->fall_count = fall_put(collect->falls, collect->fall_count, &fall);
    }
}

static void curve_add(struct collect *collect, int64_t ns, oc_i128 equity)
{
    if (collect->curve_count == CURVE_MAX) { /* half the density from here on, and for what is there */
        for (uint32_t i = 1; i < CURVE_MAX / 2; i++)
            collect->curve[i] = collect->curve[i * 2];
        collect->curve_count = CURVE_MAX / 2;
        collect->stride *= 2;
    }
    collect->curve[collect->curve_count++] = (struct curve_point){ns, equity, collect->hold, collect->exposure};
}

static void day_add(struct collect *collect)
{
    if (collect->day_count == DAYS_MAX) {
        collect->days_dropped++;
        return;
    }
    if (collect->day_count == collect->day_room) {
        uint32_t room = collect->day_room ? collect->day_room * 2 : 64;
        struct curve_point *days = realloc(collect->days, room * sizeof *days);
        if (!days) {
            collect->days_dropped++;
            return;
        }
        collect->days = days;
        collect->day_room = room;
    }
    collect->days[collect->day_count++] = (struct curve_point){collect->last_ns, collect->last, 0, 0};
}

/* The fall from the present peak. Looked at once a peak, not once an event. False: there is none that has a share. */
static bool fall_here(const struct collect *collect, int64_t back_ns, struct fall *ret_fall)
{
    oc_i128 amount = collect->peak - collect->trough;
    if (amount <= 0 || collect->peak <= 0)
        return false;
    double share = money_to_double(amount) / money_to_double(collect->peak);
    *ret_fall = (struct fall){share, amount, collect->peak, collect->peak_ns, collect->trough_ns, back_ns};
    return true;
}

oc_rc collect_fall(const struct collect *collect, struct fall *ret_fall)
{
    struct fall falls[FALLS_MAX];
    if (collect->has_no_share || collect->peak <= 0)
        return OC_E_NOT_FOUND;
    *ret_fall = collect_falls(collect, falls) ? falls[0] : (struct fall){0};
    return OC_OK;
}

uint32_t collect_falls(const struct collect *collect, struct fall ret_falls[FALLS_MAX])
{
    struct fall running;
    uint32_t count = collect->fall_count;
    if (collect->has_no_share)
        return 0;
    memcpy(ret_falls, collect->falls, sizeof collect->falls);
    return fall_here(collect, 0, &running) ? fall_put(ret_falls, count, &running) : count;
}

/* 0: Sunday. 1970-01-01 was a Thursday. */
static int weekday(int64_t day) { return (int)(((day + 4) % 7 + 7) % 7); }

/* The day that holds ns begins. */
static __attribute__((noinline)) void day_begin(struct collect *collect, int64_t ns)
{
    int64_t day = ns / DAY_NS - (ns % DAY_NS < 0);
    if (ns % DAY_NS == 0) /* an instant at midnight closes the day before */
        day--;
    if (day == collect->day)
        return;
    if (collect->events) {
        day_add(collect);
    } else {
        collect->first_ns = collect->peak_ns = ns;
        collect->first_day = day;
    }
    collect->day = day;
    collect->day_from_ns = day * DAY_NS;
    collect->day_until_ns = (day + 1) * DAY_NS;
    collect->weekdays[weekday(day)]++;
}

/* What is made of the equity at an instant: peak, trough and the fall between them. */
static void follow(struct collect *collect, int64_t ns, oc_i128 equity)
{
    collect->last = equity;
    collect->last_ns = ns;
    if (equity > collect->peak) {
        struct fall fall;
        if (collect->trough < collect->peak && fall_here(collect, ns, &fall))
            collect->fall_count = fall_put(collect->falls, collect->fall_count, &fall);
        collect->has_no_share |= collect->peak <= 0;
        collect->peak = collect->trough = equity;
        collect->peak_ns = ns;
    } else if (collect->peak - equity > collect->drawdown) {
        collect->drawdown = collect->peak - equity;
        collect->drawdown_peak = collect->peak;
        collect->drawdown_from_ns = collect->peak_ns;
        collect->drawdown_to_ns = ns;
    }
    if (equity < collect->low)
        collect->low = equity;
    if (equity < collect->trough) {
        collect->trough = equity;
        collect->trough_ns = ns;
    }
}

void collect_equity(struct collect *collect, int64_t ns, oc_i128 equity, bool is_exposed)
{
    if (ns <= collect->day_from_ns || ns > collect->day_until_ns)
        day_begin(collect, ns);
    follow(collect, ns, equity);
    collect->exposed += is_exposed;
    if (collect->events++ % collect->stride == 0)
        curve_add(collect, ns, equity);
}

void collect_end(struct collect *collect, oc_i128 equity)
{
    struct curve_point *last = &collect->curve[collect->curve_count - 1];
    follow(collect, collect->last_ns, equity);
    if (last->ns == collect->last_ns)
        last->equity = equity;
    else
        curve_add(collect, collect->last_ns, equity);
}

uint32_t collect_periods(const struct collect *collect)
{
    enum { SATURDAY = 6 };
    uint64_t saturdays = 0, working = 0, seen = 0;
    if (!collect->events || collect->weekdays[SATURDAY])
        return PERIODS_ALL_DAYS;
    int64_t days = collect->day - collect->first_day + 1;
    for (int i = 0; i < 7; i++) { /* how often each day of the week falls into the time between */
        int64_t before = (i - weekday(collect->first_day) + 7) % 7;
        uint64_t falls = days > before ? (uint64_t)((days - before + 6) / 7) : 0;
        if (i == SATURDAY)
            saturdays = falls;
        else if (i > 0)
            working += falls;
        seen += i > 0 ? collect->weekdays[i] : 0;
    }
    return saturdays >= 2 && seen * 2 >= working ? PERIODS_SESSIONS : PERIODS_ALL_DAYS;
}

void collect_restored(struct collect *collect, uint64_t fills)
{
    collect->fills_before = fills > collect->fills ? fills - collect->fills : 0;
    collect->fills = fills;
}

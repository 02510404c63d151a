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
    memset(collect, 0, sizeof *collect);
}

void collect_shift(struct collect *collect, oc_i128 amount)
{
    oc_i128 *const values[] = {&collect->start,  &collect->last,      &collect->peak,         &collect->low,
                               &collect->trough, &collect->fall.peak, &collect->drawdown_peak};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        *values[i] += amount;
    for (uint32_t i = 0; i < collect->curve_count; i++)
        collect->curve[i].equity += amount;
    for (uint32_t i = 0; i < collect->day_count; i++)
        collect->days[i].equity += amount;
    collect->has_no_share &= collect->start <= 0;
    if (collect->fall.amount && collect->fall.peak > 0)
        collect->fall.share = money_to_double(collect->fall.amount) / money_to_double(collect->fall.peak);
}

static void curve_add(struct collect *collect, int64_t ns, oc_i128 equity)
{
    if (collect->curve_count == CURVE_MAX) { /* half the density from here on, and for what is there */
        for (uint32_t i = 1; i < CURVE_MAX / 2; i++)
            collect->curve[i] = collect->curve[i * 2];
        collect->curve_count = CURVE_MAX / 2;
        collect->stride *= 2;
    }
    collect->curve[collect->curve_count++] = (struct curve_point){ns, equity, collect->hold};
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
    collect->days[collect->day_count++] = (struct curve_point){collect->last_ns, collect->last, 0};
}

/* The fall from the present peak, if it is larger by share than `worst`. Looked at once a peak, not once an event. */
static void fall_worst(const struct collect *collect, struct fall *worst)
{
    oc_i128 amount = collect->peak - collect->trough;
    if (amount <= 0 || collect->peak <= 0)
        return;
    double share = money_to_double(amount) / money_to_double(collect->peak);
    if (share > worst->share)
        *worst = (struct fall){share, amount, collect->peak, collect->peak_ns, collect->trough_ns};
}

oc_rc collect_fall(const struct collect *collect, struct fall *ret_fall)
{
    if (collect->has_no_share || collect->peak <= 0)
        return OC_E_NOT_FOUND;
    struct fall fall = collect->fall;
    fall_worst(collect, &fall);
    *ret_fall = fall;
    return OC_OK;
}

/* 0: Sunday. 1970-01-01 was a Thursday. */
static int weekday(int64_t day) { return (int)(((day + 4) % 7 + 7) % 7); }

void collect_equity(struct collect *collect, int64_t ns, oc_i128 equity, bool is_exposed)
{
    int64_t day = ns / DAY_NS - (ns % DAY_NS < 0);
    if (ns % DAY_NS == 0) /* an instant at midnight closes the day before */
        day--;
    if (day != collect->day) {
        if (collect->events) {
            day_add(collect);
        } else {
            collect->first_ns = collect->peak_ns = ns;
            collect->first_day = day;
        }
        collect->day = day;
        collect->weekdays[weekday(day)]++;
    }
    collect->last = equity;
    collect->last_ns = ns;
    if (equity > collect->peak) {
        if (collect->trough < collect->peak)
            fall_worst(collect, &collect->fall);
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
    collect->exposed += is_exposed;
    if (collect->events++ % collect->stride == 0)
        curve_add(collect, ns, equity);
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

static struct trip *trip_open(struct collect *collect)
{
    if (collect->trip_count == TRIPS_MAX) {
        collect->trips_dropped++;
        return NULL;
    }
    if (collect->trip_count == collect->trip_room) {
        uint32_t room = collect->trip_room ? collect->trip_room * 2 : 64;
        struct trip *trips = realloc(collect->trips, room * sizeof *trips);
        if (!trips) {
            collect->trips_dropped++;
            return NULL;
        }
        collect->trips = trips;
        collect->trip_room = room;
    }
    struct trip *trip = &collect->trips[collect->trip_count++];
    memset(trip, 0, sizeof *trip);
    trip->is_open = 1;
    return trip;
}

static struct trip *trip_running(struct collect *collect, uint32_t strategy, uint32_t inst)
{
    for (uint32_t i = collect->trip_count; i > 0 && collect->trip_count - i < 256; i--) {
        struct trip *trip = &collect->trips[i - 1];
        if (trip->is_open && trip->strategy == strategy && OC_INST_INDEX(trip->inst) == OC_INST_INDEX(inst))
            return trip;
    }
    return NULL;
}

static void trip_take(struct trip *trip, const struct oc_ev_fill *fill, const struct instrument *instrument,
                      int64_t qty, bool opens)
{
    oc_i128 value = 0;
    instrument_value(instrument, fill->price, qty, &value);
    if (opens) {
        trip->entry_value += value;
        trip->qty += qty;
    } else {
        trip->exit_value += value;
    }
    trip->exit_ns = fill->head.venue_ns;
    trip->fills++;
    trip->is_ambiguous |= (fill->head.flags & OC_EVF_AMBIGUOUS) != 0;
    trip->is_end |= (fill->head.flags & OC_EVF_END) != 0;
}

void collect_fill(struct collect *collect, const struct oc_ev_fill *fill, const struct instrument *instrument,
                  const struct position *position, struct collect_before before, const char *tag)
{
    int64_t signed_qty = fill->side == OC_SIDE_BUY ? fill->qty : -fill->qty;
    oc_i128 fee = 0;
    if (fill->fee_asset == instrument->info.settle && money_from_dec(fill->fee, &fee) < 0)
        fee = 0;
    collect->fills++;
    collect->buys += fill->side == OC_SIDE_BUY;
    collect->makers += fill->liquidity == OC_LIQUIDITY_MAKER;
    bool reduces = before.qty != 0 && (before.qty < 0) != (signed_qty < 0);
    int64_t held = before.qty < 0 ? -before.qty : before.qty;
    int64_t closing = reduces ? (fill->qty < held ? fill->qty : held) : 0;
    struct trip *trip = before.qty ? trip_running(collect, position->strategy, fill->head.inst) : NULL;
    if (closing && trip) {
        oc_i128 part = fee;
        if (closing < fill->qty && num_muldiv_128(fee, closing, fill->qty, NUM_HALF_EVEN, &part) < 0)
            part = fee;
        trip_take(trip, fill, instrument, closing, false);
        trip->profit += position->realised - before.realised;
        trip->fees += part;
        fee -= part;
        if (closing == held)
            trip->is_open = 0;
    }
    int64_t opening = fill->qty - closing;
    if (opening == 0)
        return;
    if (!trip || !trip->is_open) {
        trip = trip_open(collect);
        if (!trip)
            return;
        trip->entry_ns = fill->head.venue_ns;
        trip->inst = fill->head.inst;
        trip->strategy = position->strategy;
        trip->side = fill->side;
        strncpy(trip->tag, tag, sizeof trip->tag - 1);
    }
    trip_take(trip, fill, instrument, opening, true);
    trip->fees += fee;
}

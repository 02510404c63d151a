#include "report/live_rows.h"

#include <stdio.h>

enum { ROW_ORDERS = LIVE_TARGETS, ROW_ARRIVAL, ROW_SIGNAL, ROW_WAYS, ROW_BEYOND = ROW_WAYS + LIVE_WAYS, ROW_FEES };

bool live_is_shown(const struct result *result) { return result->live && result->live->is_used; }

const char *live_title(const struct result *result)
{
    return live_is_shown(result) && result->live->is_paper ? "On paper, at the venue's prices" : "At the venue";
}

/* "0.312 ms", "4.2 s". */
static const char *format_wait(int64_t span_ns, char text[FORMAT_MAX])
{
    const double ms = (double)span_ns / 1e6;
    if (ms < 1000.0)
        snprintf(text, FORMAT_MAX, "%.3f ms", ms);
    else
        snprintf(text, FORMAT_MAX, "%.3f s", ms / 1e3);
    return text;
}

static void put_target(const struct result *result, uint32_t i, struct live_row *row)
{
    const struct live *live = result->live;
    const struct live_target target = live_target(live, i);
    char a[FORMAT_MAX], b[FORMAT_MAX];
    snprintf(row->key, sizeof row->key, "%s", target.words);
    format_percent(target.figure, false, row->value);
    row->is_met = target.is_met;
    row->is_missed = target.figure.is_known && !target.is_met;
    int size = snprintf(row->note, sizeof row->note, "%s %s: ",
                        row->is_met      ? "met,"
                        : row->is_missed ? "MISSED,"
                                         : "not known,",
                        target.limit_words);
    char *note = row->note + size;
    const size_t room = sizeof row->note - (size_t)size;
    if (i == 0)
        snprintf(note, room, "%s of %s that ended", format_count(live->filled, a), format_count(live->over, b));
    else if (i == 1)
        snprintf(note, room, "against arrival");
    else if (i == 2)
        snprintf(note, room, "%s of %s orders", format_count(live->failed, a), format_count(live->orders, b));
    else
        snprintf(note, room, "%s of %s lost", format_span((double)live->down_ns / 1e9, a),
                 format_span((double)(live->up_ns + live->down_ns) / 1e9, b));
}

static void put_cost(const struct live_cost *cost, const char *when, struct live_row *row)
{
    char count[FORMAT_MAX];
    snprintf(row->key, sizeof row->key, "Slippage, %s", when);
    format_bps(live_cost_share(cost), row->value);
    snprintf(row->note, sizeof row->note, "%s fills against the middle %s", format_count(cost->fills, count),
             strcmp(when, "arrival") == 0 ? "as orders left" : "as they were decided");
}

static bool put_way(const struct live *live, enum live_way way, struct live_row *row)
{
    const struct live_spans *spans = &live->ways[way];
    char p90[FORMAT_MAX], p99[FORMAT_MAX], longest[FORMAT_MAX], count[FORMAT_MAX];
    if (!spans->count)
        return false;
    snprintf(row->key, sizeof row->key, "%s", live_way_words(way));
    format_wait(live_span(spans, 0.5), row->value);
    snprintf(row->note, sizeof row->note, "p50; p90 %s, p99 %s, longest %s; %s orders",
             format_wait(live_span(spans, 0.9), p90), format_wait(live_span(spans, 0.99), p99),
             format_wait(spans->longest_ns, longest), format_count(spans->count, count));
    return true;
}

static bool put_fee(const struct result *result, uint32_t i, struct live_row *row)
{
    if (i >= result->live->fee_count)
        return false;
    snprintf(row->key, sizeof row->key, "Fees charged");
    format_exact(result->live->fees[i].fee, row->value);
    snprintf(row->note, sizeof row->note, "%s, as %s said them",
             instruments_asset_name(result->instruments, result->live->fees[i].asset),
             result->live->is_paper ? "the simulator" : "the venue");
    return true;
}

static bool put_row(const struct result *result, uint32_t at, struct live_row *row)
{
    const struct live *live = result->live;
    char text[FORMAT_MAX];
    if (at < LIVE_TARGETS) {
        put_target(result, at, row);
        return true;
    }
    if (at == ROW_ORDERS) {
        snprintf(row->key, sizeof row->key, "Orders");
        format_count(live->orders, row->value);
        snprintf(row->note, sizeof row->note, "that were not denied; %s fills", format_count(live->fills, text));
        return true;
    }
    if (at == ROW_ARRIVAL || at == ROW_SIGNAL) {
        put_cost(at == ROW_ARRIVAL ? &live->arrival : &live->signal, at == ROW_ARRIVAL ? "arrival" : "signal", row);
        return true;
    }
    if (at < ROW_BEYOND)
        return put_way(live, (enum live_way)(at - ROW_WAYS), row);
    if (at == ROW_BEYOND && live->beyond) {
        snprintf(row->key, sizeof row->key, "Not followed");
        format_count(live->beyond, row->value);
        snprintf(row->note, sizeof row->note, "orders that %d younger ones came behind", LIVE_ORDERS_MAX);
        return true;
    }
    return at >= ROW_FEES && put_fee(result, at - ROW_FEES, row);
}

bool live_row_next(const struct result *result, uint32_t *at, struct live_row *ret_row)
{
    if (!live_is_shown(result))
        return false;
    while (*at < ROW_FEES + LIVE_ASSETS_MAX) {
        memset(ret_row, 0, sizeof *ret_row);
        if (put_row(result, (*at)++, ret_row))
            return true;
    }
    return false;
}

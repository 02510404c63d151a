/* live_json.c: what the JSON report says of a session at a venue. */
#include "base/json_out.h"
#include "report/json_impl.h"
#include "report/live_rows.h"
#include "report/shadow_rows.h"

static void put_targets(struct report_json *json, const struct live *live)
{
    json_open(&json->text, "targets", '[');
    for (uint32_t i = 0; i < LIVE_TARGETS; i++) {
        const struct live_target target = live_target(live, i);
        json_open(&json->text, NULL, '{');
        json_text(&json->text, "name", target.name);
        report_json_figure(json, "value", target.figure);
        report_json_figure(json, "limit", (struct figure){target.limit, true});
        if (target.figure.is_known)
            json_flag(&json->text, "met", target.is_met);
        else
            json_null(&json->text, "met");
        json_close(&json->text, '}');
    }
    json_close(&json->text, ']');
}

static void put_cost(struct report_json *json, const char *name, const struct live_cost *cost)
{
    json_open(&json->text, name, '{');
    json_int(&json->text, "fills", (int64_t)cost->fills);
    report_json_money(json, "cost", cost->slip, cost->fills > 0);
    report_json_figure(json, "share", live_cost_share(cost));
    json_close(&json->text, '}');
}

static void put_ways(struct report_json *json, const struct live *live)
{
    json_open(&json->text, "latency_ns", '{');
    for (int way = 0; way < LIVE_WAYS; way++) {
        const struct live_spans *spans = &live->ways[way];
        json_open(&json->text, live_way_name((enum live_way)way), '{');
        json_int(&json->text, "orders", (int64_t)spans->count);
        if (spans->count) {
            json_int(&json->text, "p50", live_span(spans, 0.5));
            json_int(&json->text, "p90", live_span(spans, 0.9));
            json_int(&json->text, "p99", live_span(spans, 0.99));
            json_int(&json->text, "max", spans->longest_ns);
        }
        json_close(&json->text, '}');
    }
    json_close(&json->text, '}');
}

static void put_fees(struct report_json *json, const struct result *result)
{
    json_open(&json->text, "fees", '[');
    for (uint32_t i = 0; i < result->live->fee_count; i++) {
        json_open(&json->text, NULL, '{');
        json_text(&json->text, "asset", instruments_asset_name(result->instruments, result->live->fees[i].asset));
        report_json_money(json, "charged", result->live->fees[i].fee, true);
        json_close(&json->text, '}');
    }
    json_close(&json->text, ']');
}

void report_json_live(struct report_json *json, const struct result *result)
{
    const struct live *live = result->live;
    if (!live_is_shown(result)) {
        json_null(&json->text, "live");
        return;
    }
    json_open(&json->text, "live", '{');
    json_text(&json->text, "fills_by", live->is_paper ? "simulator" : "venue");
    put_targets(json, live);
    json_int(&json->text, "orders", (int64_t)live->orders);
    json_int(&json->text, "failed", (int64_t)live->failed);
    json_int(&json->text, "ended", (int64_t)live->over);
    json_int(&json->text, "filled", (int64_t)live->filled);
    json_int(&json->text, "fills", (int64_t)live->fills);
    json_int(&json->text, "fills_undecided", (int64_t)live->fills_undecided);
    json_int(&json->text, "not_followed", (int64_t)live->beyond);
    put_fees(json, result);
    put_cost(json, "arrival_slippage", &live->arrival);
    put_cost(json, "signal_slippage", &live->signal);
    put_ways(json, live);
    json_int(&json->text, "up_ms", live->up_ns / 1000000);
    json_int(&json->text, "down_ms", live->down_ns / 1000000);
    json_close(&json->text, '}');
}

static void put_checks(struct report_json *json, const struct shadow_figures *figures)
{
    json_open(&json->text, "checks", '[');
    for (int i = 0; i < SHADOW_CHECKS; i++) {
        const struct shadow_check *check = &figures->checks[i];
        json_open(&json->text, NULL, '{');
        json_text(&json->text, "name", check->name);
        json_int(&json->text, "count", (int64_t)check->count);
        report_json_figure(json, "live", check->live);
        report_json_figure(json, "paper", check->paper);
        report_json_figure(json, "error", check->error);
        if (check->is_known)
            json_flag(&json->text, "passed", check->is_met);
        else
            json_null(&json->text, "passed");
        json_close(&json->text, '}');
    }
    json_close(&json->text, ']');
}

void report_json_shadow(struct report_json *json, const struct result *result)
{
    const struct shadow *shadow = result->shadow;
    struct shadow_figures figures;
    if (!shadow || (!shadow->is_used && !shadow->why[0]) || shadow_figures_make(shadow, &figures) < 0) {
        json_null(&json->text, "divergence");
        return;
    }
    json_open(&json->text, "divergence", '{');
    json_text(&json->text, "verdict", shadow_verdict(shadow, &figures));
    json_text(&json->text, "why", shadow->why[0] ? shadow->why : NULL);
    json_int(&json->text, "orders", (int64_t)figures.orders);
    json_int(&json->text, "filled_by_both", (int64_t)figures.both);
    json_int(&json->text, "not_given", (int64_t)shadow->not_given);
    json_int(&json->text, "out_of_sight", (int64_t)shadow->blind);
    report_json_figure(json, "price_difference_mean", figures.price_mean);
    report_json_figure(json, "price_difference_p95", figures.price_p95);
    put_checks(json, &figures);
    json_close(&json->text, '}');
}

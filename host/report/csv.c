/* csv.c: trips, orders, equity, and orders beside those on paper, as files for a spreadsheet. What is not known is an empty cell; money has all its digits. */
#include <stdio.h>
#include <string.h>

#include "base/env.h"
#include "load/venue_lines.h"
#include "report/analysis.h"
#include "report/format.h"
#include "report/report.h"
#include "report/shadow.h"

enum { CSV_SIZE_MAX = 1 << 28, PATH_SIZE = 4096 };

/* The next cell of a line. Text of others is quoted where it must be. */
static void cell(struct text *file, const char *value)
{
    if (file->size && file->data[file->size - 1] != '\n')
        text_put_char(file, ',');
    if (!value[strcspn(value, ",\"\r\n")]) {
        text_put(file, value);
        return;
    }
    text_put_char(file, '"');
    for (const char *at = value; *at; at++)
        text_put(file, *at == '"' ? "\"\"" : (const char[]){*at, 0});
    text_put_char(file, '"');
}

/* An empty first cell of a line needs its comma all the same: no line begins with one here. */
static void cell_money(struct text *file, oc_i128 money, bool is_known)
{
    char text[FORMAT_MAX];
    cell(file, is_known ? format_exact(money, text) : "");
}

static void cell_figure(struct text *file, struct figure figure)
{
    char text[FORMAT_MAX];
    snprintf(text, sizeof text, "%.15g", figure.value);
    cell(file, figure.is_known ? text : "");
}

static void cell_time(struct text *file, int64_t ns, bool is_known)
{
    char text[TEXT_TIME_MAX];
    if (is_known)
        text_from_time(text, ns);
    cell(file, is_known ? text : "");
}

/* Units of a version's steps. */
static void cell_units(struct text *file, int64_t units, struct oc_dec step, bool is_known)
{
    char text[TEXT_DECIMAL_MAX];
    if (is_known)
        text_from_units_128(text, (oc_i128)units * step.units, step.scale, TEXT_SHORTEST);
    cell(file, is_known ? text : "");
}

static const char *symbol_of(const struct result *result, uint32_t inst)
{
    const struct instrument *instrument = instruments_get(result->instruments, inst);
    return instrument ? instruments_name(result->instruments, instrument) : "";
}

static void put_trips(struct text *file, const struct result *result)
{
    char name[STRATEGY_WORDS_MAX];
    text_put(file,
             "strategy,symbol,side,entry,exit,held_seconds,qty,entry_price,exit_price,profit,fees,net,asset,mae,mfe,"
             "stop,r,spread,slippage,exit_reason,tag,exit_tag,open,ambiguous,end\n");
    for (uint32_t i = 0; i < result->collect->trip_count; i++) {
        const struct trip *trip = &result->collect->trips[i];
        const struct instrument *instrument = instruments_get(result->instruments, trip->inst);
        const struct figure none = {0, false};
        struct instrument_steps steps;
        if (!instrument || !instruments_steps(result->instruments, trip->inst, &steps))
            continue;
        cell(file, strategy_words(result, trip->strategy, name));
        cell(file, instruments_name(result->instruments, instrument));
        cell(file, trip->side == OC_SIDE_BUY ? "long" : "short");
        cell_time(file, trip->entry_ns, true);
        cell_time(file, trip->exit_ns, !trip->is_open);
        cell_figure(file, (struct figure){(double)(trip->exit_ns - trip->entry_ns) / 1e9, !trip->is_open});
        cell_units(file, trip->qty, steps.qty, true);
        cell_figure(file, trip_price(instrument, trip->entry_value, trip->qty));
        cell_figure(file, trip->is_open ? none : trip_price(instrument, trip->exit_value, trip->qty));
        cell_money(file, trip->profit, true);
        cell_money(file, trip->fees, true);
        cell_money(file, trip_net(trip), true);
        cell(file, instruments_asset_name(result->instruments, instrument->info.settle));
        cell_money(file, trip->worst, trip->has_path);
        cell_money(file, trip->best, trip->has_path);
        cell_units(file, trip->stop, steps.price, trip->stop != 0);
        cell_figure(file, trip_multiple(trip));
        cell_money(file, trip->spread, !trip->has_no_spread);
        cell_money(file, trip_slippage(trip), !trip->has_no_slip);
        cell(file, trip_exit_words(trip->exit));
        cell(file, trip->tag);
        cell(file, trip->exit_tag);
        cell(file, trip->is_open ? "1" : "0");
        cell(file, trip->is_ambiguous ? "1" : "0");
        cell(file, trip->is_end ? "1" : "0");
        text_put_char(file, '\n');
    }
}

static void cell_average(struct text *file, oc_i128 sum, int64_t filled, struct oc_dec step)
{
    const bool is_known = filled > 0;
    const double units = is_known ? (double)sum / (double)filled : 0.0;
    cell_figure(file, (struct figure){units * (double)step.units / (double)num_pow10(step.scale), is_known});
}

static void put_order(struct text *file, const struct result *result, const struct order_row *row)
{
    const struct oc_request *now = &row->now;
    char text[FORMAT_MAX], name[STRATEGY_WORDS_MAX];
    struct instrument_steps steps;
    if (!instruments_steps(result->instruments, now->head.inst, &steps))
        return;
    cell(file, text_order(now->order, text));
    cell_time(file, row->asked_ns, true);
    cell_time(file, row->last_ns, true);
    cell(file, strategy_words(result, now->strategy, name));
    cell(file, symbol_of(result, now->head.inst));
    cell(file, now->side == OC_SIDE_BUY ? "buy" : "sell");
    cell(file, venue_order_type(now->type));
    cell(file, venue_order_role(now->role));
    cell_units(file, now->qty, steps.qty, (now->bits & OC_RQ_HAS_QTY) != 0);
    cell_units(file, now->price, steps.price, (now->bits & OC_RQ_HAS_PRICE) != 0);
    cell_units(file, now->stop_price, steps.price, (now->bits & OC_RQ_HAS_STOP) != 0);
    cell(file, state_name((int)row->state));
    cell_units(file, row->filled, steps.qty, true);
    const bool has_fill = row->filled > 0;
    cell_average(file, row->filled_sum, row->filled, steps.price);
    cell_money(file, row->fee, has_fill);
    cell(file, has_fill ? instruments_asset_name(result->instruments, row->fee_asset) : "");
    cell(file, row->reason);
    cell(file, now->tag);
    text_put_char(file, '\n');
}

static void put_orders(struct text *file, const struct result *result)
{
    text_put(
        file,
        "order,asked,heard,strategy,symbol,side,type,role,qty,price,stop,state,filled,average,fee,fee_asset,reason,"
        "tag\n");
    for (uint32_t i = 0; result->orders && i < result->orders->count; i++)
        put_order(file, result, &result->orders->list[i]);
}

static void put_equity(struct text *file, const struct result *result)
{
    const struct collect *collect = result->collect;
    const struct curve_point last = {collect->last_ns, collect->last, collect->hold, collect->exposure};
    const uint32_t count = collect->curve_count;
    const bool ends = count && collect->curve[count - 1].ns != collect->last_ns;
    text_put(file, "time,equity,buy_and_hold,exposure\n");
    for (uint32_t i = 0; i < count + ends; i++) {
        const struct curve_point *point = i < count ? &collect->curve[i] : &last;
        cell_time(file, point->ns, true);
        cell_money(file, point->equity, true);
        cell_money(file, point->hold, result->has_buy_and_hold && point->hold > 0);
        cell_money(file, point->exposure, true);
        text_put_char(file, '\n');
    }
}

/* Milliseconds until its first fill. */
static void cell_wait(struct text *file, int64_t from_ns, int64_t to_ns)
{
    cell_figure(file, (struct figure){(double)(to_ns - from_ns) / 1e6, to_ns != 0});
}

static void put_pair(struct text *file, const struct result *result, const struct order_row *row,
                     const struct shadow_order *paper)
{
    char text[FORMAT_MAX];
    struct instrument_steps steps;
    if (!instruments_steps(result->instruments, row->now.head.inst, &steps))
        return;
    cell(file, text_order(row->now.order, text));
    cell_time(file, paper->sent_ns, true);
    cell(file, symbol_of(result, row->now.head.inst));
    cell(file, row->now.side == OC_SIDE_BUY ? "buy" : "sell");
    cell(file, venue_order_type(row->now.type));
    cell_units(file, row->now.qty, steps.qty, (row->now.bits & OC_RQ_HAS_QTY) != 0);
    cell_units(file, row->now.price, steps.price, (row->now.bits & OC_RQ_HAS_PRICE) != 0);
    cell_units(file, paper->spread, steps.price, paper->spread != 0);
    cell(file, state_name((int)row->state));
    cell_units(file, row->filled, steps.qty, true);
    cell_average(file, row->filled_sum, row->filled, steps.price);
    cell_wait(file, paper->sent_ns, paper->live_first_ns);
    cell(file, shadow_end_words(paper->paper_end));
    cell_units(file, paper->paper_filled, steps.qty, true);
    cell_average(file, paper->paper_sum, paper->paper_filled, steps.price);
    cell_wait(file, paper->sent_ns, paper->paper_first_ns);
    cell(file, paper->paper_reason);
    text_put_char(file, '\n');
}

static void put_divergence(struct text *file, const struct result *result)
{
    text_put(file,
             "order,sent,symbol,side,type,qty,price,spread,live_state,live_filled,live_average,live_first_fill_ms,"
             "paper_state,paper_filled,paper_average,paper_first_fill_ms,paper_reason\n");
    for (uint32_t i = 0; result->orders && i < result->orders->count; i++) {
        const struct shadow_order *paper = shadow_order_at(result->shadow, i);
        if (paper)
            put_pair(file, result, &result->orders->list[i], paper);
    }
}

static oc_rc write_one(const struct result *result, const char *dir, const char *name,
                       void (*put)(struct text *file, const struct result *result))
{
    char path[PATH_SIZE];
    struct text file;
    int fd = -1;
    if (snprintf(path, sizeof path, "%s/%s", dir, name) >= (int)sizeof path)
        return OC_E_LIMIT;
    text_init_grow(&file, CSV_SIZE_MAX);
    put(&file, result);
    oc_rc rc = file.is_cut ? (oc_rc)OC_E_NOMEM : env_open(path, ENV_WRITE | ENV_CREATE | ENV_TRUNCATE, &fd);
    if (rc == OC_OK)
        rc = env_write(fd, file.data, file.size);
    env_close(fd);
    text_release(&file);
    return rc;
}

oc_rc report_csv(const struct result *result, const char *dir)
{
    oc_rc rc = env_mkdir(dir);
    if (rc == OC_OK || rc == OC_E_EXISTS)
        rc = write_one(result, dir, "trips.csv", put_trips);
    if (rc == OC_OK)
        rc = write_one(result, dir, "orders.csv", put_orders);
    if (rc == OC_OK && result->shadow && result->shadow->is_used)
        rc = write_one(result, dir, "divergence.csv", put_divergence);
    return rc == OC_OK ? write_one(result, dir, "equity.csv", put_equity) : rc;
}

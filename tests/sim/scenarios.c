/*
 * scenarios.c: scenarios SEED COUNT FOLDER: draws COUNT scenarios of one run and writes them into FOLDER: a data file for each
 * (S0-USDT.csv ...), plan.lua (what driver.lua does), scenarios.txt (the same for the reference), options (of outcry, one a line).
 * Everything follows from SEED by a generator of its own. `scenarios SEED COUNT FOLDER ONLY` writes only number ONLY of them.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw.h"

enum { BARS = 9, LAST_BAR = 27, ORDERS = 6 };

/* --- What holds for all scenarios of the run --- */

struct run {
    const char *profile, *limit_fill, *gap, *zero, *cap, *half, *taker, *maker;
    int64_t entry, response, period; /* ns */
    bool quoted;
    FILE *options, *plan, *text;
};

struct bar {
    int64_t open, high, low, close, volume; /* ticks, lots */
    int64_t spread[4];                      /* the ask above the bid, at each price */
    int64_t at;                             /* ns of the open, from the base */
};

static void draw_run(struct run *run)
{
    static const char *const profiles[] = {"pessimistic", "neutral", "optimistic", "ideal"};
    static const char *const fills[] = {"touch", "through", "through2"};
    static const char *const gaps[] = {"auto", "open", "limit"};
    static const char *const zeros[] = {"wait", "wait", "take"};
    static const char *const caps[] = {"0", "0.1", "0.1", "0.037"};
    static const char *const halves[] = {"0", "0", "0.0001", "0.000137", "0.001"};
    static const char *const takers[] = {"0", "0.001", "0.000473", "-0.0001"};
    static const char *const makers[] = {"0", "0.0002", "-0.000137"};
    static const int64_t latencies[] = {0, 0, 60, 5000000, 1234567, 7000000100, 25000000000, 90000000000};
    static const int64_t periods[] = {60, 60, 60, 3, 300};
    run->profile = PICK(profiles);
    run->limit_fill = PICK(fills);
    run->gap = PICK(gaps);
    run->zero = PICK(zeros);
    run->cap = PICK(caps);
    run->half = PICK(halves);
    run->taker = PICK(takers);
    run->maker = PICK(makers);
    run->period = PICK(periods) * INT64_C(1000000000);
    run->entry = PICK(latencies) / 60 * (run->period / INT64_C(1000000000));
    run->response = chance(70) ? run->entry : PICK(latencies) / 60 * (run->period / INT64_C(1000000000));
    run->quoted = chance(20);
    if ((run->entry + run->response) * 20 >
        run->period) /* what legs of parts are when the next part comes before them is not said */
        run->cap = "0";
}

static void write_options(const struct run *run)
{
    fprintf(run->options, "--profile\n%s\n--set\nrisk.price_collar.band=1\n", run->profile);
    fprintf(run->options, "--set\nsim.paper.limit_fill=%s\n--set\nsim.paper.gap=%s\n", run->limit_fill, run->gap);
    fprintf(run->options, "--set\nsim.paper.zero_volume=%s\n--set\nsim.paper.volume_cap=%s\n", run->zero, run->cap);
    fprintf(run->options, "--set\nsim.paper.half_spread=%s\n", run->half);
    fprintf(run->options, "--set\nsim.paper.taker_fee=%s\n--set\nsim.paper.maker_fee=%s\n", run->taker, run->maker);
    fprintf(run->options, "--set\nsim.paper.entry_latency=%" PRId64 "ns\n", run->entry);
    fprintf(run->options, "--set\nsim.paper.response_latency=%" PRId64 "ns\n", run->response);
    fprintf(run->options, "--data\nperiod=%" PRId64 "s;price_step=0.01;qty_step=0.001\n", run->period / 1000000000);
}

static void write_settings(const struct run *run, int number)
{
    fprintf(run->text, "scenario S%d\nset price_decimals 2\nset qty_decimals 3\n", number);
    fprintf(run->text, "set profile %s\nset limit_fill %s\nset gap %s\nset zero_volume %s\n", run->profile,
            run->quoted ? "touch" : run->limit_fill, run->gap, run->zero);
    fprintf(run->text, "set cap %s\nset half_spread %s\nset taker %s\nset maker %s\n", run->cap, run->half, run->taker,
            run->maker);
    fprintf(run->text, "set entry %s\nset response %s\nset period %s\n", seconds(run->entry), seconds(run->response),
            seconds(run->period));
}

/* --- Bars --- */

static void draw_bars(const struct run *run, struct bar *bars, int volumes)
{
    int64_t last = 10000, at = 0;
    for (int i = 0; i < BARS; i++) {
        struct bar *bar = &bars[i];
        int64_t range = chance(20) ? 0 : chance(30) ? between(1, 4) : between(5, 400);
        bar->open = last + (i > 0 && chance(35) ? between(-300, 300) : 0);
        bar->high = bar->open + (chance(15) ? 0 : between(0, range));
        bar->low = bar->open - (chance(15) ? 0 : between(0, range));
        bar->close = chance(15) ? bar->open : between(bar->low, bar->high);
        bar->volume = volumes == 1 ? 0 : chance(25) ? 0 : chance(30) ? between(1, 3000) : between(3000, 60000);
        if (volumes == 2 && i > 0 && chance(15)) { /* nothing traded */
            bar->open = bar->high = bar->low = bar->close = last;
            bar->volume = 0;
        }
        for (int k = 0; k < 4; k++)
            bar->spread[k] = between(0, 6);
        last = bar->close;
        bar->at = i == BARS - 1 ? LAST_BAR * run->period : at; /* all end together, whatever of them is run */
        at += run->period * (i > 0 && chance(8) ? between(2, 3) : 1);
    }
}

static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

static void write_bars(const struct run *run, const struct bar *bars, FILE *csv, int volumes)
{
    fprintf(csv, run->quoted ? "timestamp,bid_open,bid_high,bid_low,bid_close,ask_open,ask_high,ask_low,ask_close\n"
                 : volumes   ? "timestamp,open,high,low,close,volume\n"
                             : "timestamp,open,high,low,close\n");
    for (int i = 0; i < BARS; i++) {
        const struct bar *bar = &bars[i];
        char words[160], volume[32];
        int64_t ask_open = bar->open + bar->spread[0], ask_close = bar->close + bar->spread[3];
        int64_t ask_high = most(bar->high + bar->spread[1], most(ask_open, ask_close));
        int64_t ask_low = -most(-bar->low - bar->spread[2], most(-ask_open, -ask_close));
        snprintf(words, sizeof words, "%s %s %s %s", price(bar->open), price(bar->high), price(bar->low),
                 price(bar->close));
        if (run->quoted)
            snprintf(words + strlen(words), sizeof words - strlen(words), " %s %s %s %s", price(ask_open),
                     price(ask_high), price(ask_low), price(ask_close));
        snprintf(volume, sizeof volume, " %" PRId64 ".%03" PRId64, bar->volume / LOTS, bar->volume % LOTS);
        if (volumes && !run->quoted)
            strcat(words, volume);
        fprintf(run->text, "%s %s %s%s\n", run->quoted ? "quotes" : "bar", seconds(bar->at), words,
                volumes || run->quoted ? "" : " -");
        for (char *blank = words; (blank = strchr(blank, ' ')) != NULL;)
            *blank = ',';
        fprintf(csv, "%" PRId64 ",%s\n", BASE + bar->at / 1000000000, words);
    }
}

/* --- Orders --- */

struct when {
    int64_t ns;
    bool by_timer;
    int bar; /* the first that it can meet */
};

static struct when draw_when(const struct run *run, const struct bar *bars, int from)
{
    struct when when = {.bar = (int)between(from, BARS - 2)};
    when.by_timer = chance(35);
    when.ns = bars[when.bar - 1].at + run->period;
    if (when.by_timer) /* whole thousandths of the bar, so that the reference's thirds are met too seldom to matter */
        when.ns = bars[when.bar].at + between(1, 999) * (run->period / 1000);
    return when;
}

/* A price that matters to the bars from `from` on: one of theirs, or a tick or two beside it. */
static int64_t draw_level(const struct bar *bars, int from)
{
    const struct bar *bar = &bars[between(from, from + 1 < BARS ? from + 1 : from)];
    int64_t at = 0;
    switch (between(0, 4)) {
    case 0:
        at = bar->open;
        break;
    case 1:
        at = bar->high;
        break;
    case 2:
        at = bar->low;
        break;
    case 3:
        at = bar->close;
        break;
    default:
        return between(bar->low - 5, bar->high + 5);
    }
    return at + (chance(40) ? 0 : between(-3, 3));
}

/* Which orders of a scenario have legs. Where several groups of legs and the closing of positions by other orders meet, it is the host
 * that takes legs down, when it is told: that is no matter of the simulator and has tests of its own. */
enum style { STYLE_ENTRIES, STYLE_BOTH_SIDES, STYLE_CLOSES };

/* What both are told of a request: `lua` and `text` go on with the same words. */
static void option(const struct run *run, const char *lua, const char *text, const char *value)
{
    fprintf(run->plan, ", %s = \"%s\"", lua, value);
    fprintf(run->text, " %s=%s", text, value);
}

/* On the side where the host takes it, below or above what the entry can trade at: near, or a price of the bars that come. */
static int64_t draw_leg(const struct bar *bars, int from, int64_t below, int64_t above, bool is_above)
{
    const int64_t away = between(1, chance(30) ? 5 : 150), level = draw_level(bars, from);
    if (chance(40) && (is_above ? level > above : level < below))
        return level;
    return is_above ? above + away : below - away;
}

static void draw_protection(const struct run *run, const struct bar *bars, int from, int64_t below, int64_t above,
                            int side)
{
    if (chance(75))
        option(run, "stop_loss", "sl", price(draw_leg(bars, from, below, above, side < 0)));
    if (chance(60))
        option(run, "take_profit", "tp", price(draw_leg(bars, from, below, above, side > 0)));
}

static void draw_order(const struct run *run, const struct bar *bars, int number, struct when when, int side,
                       bool guards)
{
    bool has_price = chance(50), has_stop = chance(40);
    const struct bar *last = &bars[when.bar - 1];
    int64_t below = last->close, above = last->close + (run->quoted ? last->spread[3] : 0);
    int64_t limit = draw_level(bars, when.bar), stop = draw_level(bars, when.bar);
    if (has_stop && has_price && chance(70))
        limit = stop + between(-20, 20);
    if (has_stop)
        below = above = stop;
    else if (has_price && side > 0)
        below = below < limit ? below : limit, above = above < limit ? above : limit;
    else if (has_price)
        below = most(below, limit), above = most(above, limit);
    const char *qty = quantity(chance(30) ? 1000 : chance(50) ? between(1, 999) : between(1000, 5000));
    fprintf(run->plan, "  { at = %" PRId64 ", timer = %s, op = \"%s\", id = %d, qty = \"%s\"", when.ns,
            when.by_timer ? "true" : "false", side > 0 ? "buy" : "sell", number, qty);
    fprintf(run->text, "order %s %s %s", seconds(when.ns), side > 0 ? "buy" : "sell", qty);
    if (has_price)
        option(run, "price", "price", price(limit));
    if (has_stop)
        option(run, "stop", "stop", price(stop));
    if (guards)
        draw_protection(run, bars, when.bar, below, above, side);
    if (has_price && !has_stop && chance(15)) {
        fprintf(run->plan, ", post_only = true");
        fprintf(run->text, " post");
    } else if (chance(15))
        option(run, "tif", "tif", chance(50) ? "IOC" : "FOK");
    else if ((has_price || has_stop) && chance(15)) {
        const int64_t most_ns = bars[BARS - 1].at, room = 3 * run->period;
        int64_t end = between(when.ns + 1, when.ns + room < most_ns ? when.ns + room : most_ns);
        fprintf(run->plan, ", tif = \"GTD\", expire = %" PRId64, end);
        fprintf(run->text, " expire=%s", seconds(end));
    }
    fprintf(run->plan, " },\n");
    fprintf(run->text, "\n");
    for (int i = 0; (has_price || has_stop) && when.bar < BARS - 2 && i < 2 && chance(25); i++) {
        struct when then = draw_when(run, bars, when.bar + 1);
        bool cancels = i > 0 || chance(40); /* an amend while one is under way is refused */
        fprintf(run->plan, "  { at = %" PRId64 ", timer = %s, op = \"%s\", id = %d", then.ns,
                then.by_timer ? "true" : "false", cancels ? "cancel" : "amend", number);
        fprintf(run->text, "%s %s %d", cancels ? "cancel" : "amend", seconds(then.ns), number);
        const bool prices = has_price && (!has_stop || chance(50)), stops = has_stop && chance(70);
        if (!cancels && prices)
            option(run, "price", "price", price(draw_level(bars, then.bar)));
        if (!cancels && stops)
            option(run, "stop", "stop", price(draw_level(bars, then.bar)));
        if (!cancels && (chance(30) || !(prices || stops)))
            option(run, "qty", "qty", quantity(between(1, 5000)));
        fprintf(run->plan, " },\n");
        fprintf(run->text, "\n");
        when.bar = then.bar;
    }
}

/* The same draws whether it is written or not, so that a scenario can be made alone. */
static void draw_scenario(struct run *run, const char *folder, int number, bool is_written)
{
    char path[4096];
    struct bar bars[BARS];
    struct run out = *run;
    FILE *nowhere = is_written ? NULL : fopen("/dev/null", "w"), *csv = nowhere;
    if (is_written) {
        snprintf(path, sizeof path, "%s/S%d-USDT.csv", folder, number);
        csv = fopen(path, "w");
    } else
        out.plan = out.text = nowhere;
    if (!csv)
        exit(2);
    int volumes = chance(35) ? 0 : chance(10) ? 1 : 2;
    write_settings(&out, number);
    draw_bars(&out, bars, volumes);
    write_bars(&out, bars, csv, volumes);
    fprintf(out.plan, "[\"S%d/USDT\"] = {\n", number);
    /* Without latency legs come at the instant of an open, in an order that is the host's, and a cap would tell. */
    const bool has_legs = run->entry + run->response > 0 || run->cap[1] == '\0';
    const enum style style = has_legs ? (enum style)between(0, 2) : STYLE_BOTH_SIDES;
    const int side = chance(50) ? 1 : -1;
    for (int i = 0, count = (int)between(1, ORDERS); i < count; i++) {
        const bool turns = style == STYLE_BOTH_SIDES ? chance(50) : style == STYLE_CLOSES && i > 0;
        const bool guards = style == STYLE_ENTRIES ? chance(75) : style == STYLE_CLOSES && i == 0;
        draw_order(&out, bars, i, draw_when(&out, bars, 1), turns ? -side : side, guards);
    }
    fprintf(out.plan, "},\n");
    fprintf(out.text, "end\n");
    fclose(csv);
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "usage: scenarios SEED COUNT FOLDER [ONLY]\n");
        return 2;
    }
    int count = atoi(argv[2]), only = argc > 4 ? atoi(argv[4]) : -1;
    state = strtoull(argv[1], NULL, 10) * UINT64_C(1000003);
    struct run run = {.options = begin(argv[3], "options"),
                      .plan = begin(argv[3], "plan.lua"),
                      .text = begin(argv[3], "scenarios.txt")};
    draw_run(&run);
    write_options(&run);
    fprintf(run.plan, "return {\n");
    for (int i = 0; i < count; i++)
        draw_scenario(&run, argv[3], i, only < 0 || only == i);
    fprintf(run.plan, "}\n");
    fclose(run.options);
    fclose(run.plan);
    fclose(run.text);
    return 0;
}

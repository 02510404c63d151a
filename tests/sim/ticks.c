/*
 * ticks.c: tick_scenarios SEED COUNT FOLDER [ONLY]: as scenarios.c, on trades or on quotes: prices that are told when they come, each
 * with its size. Either several orders of every kind, or one entry with a stop and a target.
 */
#include "draw.h"

#include <string.h>

enum { TICKS = 40, ORDERS = 7, MILLISECOND = 1000000, LAST_MS = 120000 };

struct run {
    const char *profile, *limit_fill, *half, *taker, *maker;
    int64_t entry, response; /* ns */
    bool quotes;
    FILE *options, *plan, *text;
};

struct tick {
    int64_t ms, bid, ask; /* ticks; a trade is a bid alone */
    int64_t bid_qty, ask_qty;
};

static void draw_run(struct run *run)
{
    static const char *const profiles[] = {"pessimistic", "neutral", "optimistic", "ideal"};
    static const char *const fills[] = {"touch", "through", "through2"};
    static const char *const halves[] = {"0", "0.0001", "0.000137", "0.001"};
    static const char *const takers[] = {"0", "0.001", "0.000473", "-0.0001"};
    static const char *const makers[] = {"0", "0.0002", "-0.000137"};
    static const int64_t latencies[] = {0, 0, 1, 5000000, 1234567, 250000000, 7000000100};
    run->profile = PICK(profiles);
    run->limit_fill = PICK(fills);
    run->half = PICK(halves);
    run->taker = PICK(takers);
    run->maker = PICK(makers);
    run->entry = PICK(latencies);
    run->response = chance(70) ? run->entry : PICK(latencies);
    run->quotes = chance(50);
}

static void write_options(const struct run *run)
{
    fprintf(run->options, "--profile\n%s\n--set\nrisk.price_collar.band=1\n", run->profile);
    fprintf(run->options, "--set\nsim.paper.limit_fill=%s\n--set\nsim.paper.half_spread=%s\n", run->limit_fill,
            run->half);
    fprintf(run->options, "--set\nsim.paper.taker_fee=%s\n--set\nsim.paper.maker_fee=%s\n", run->taker, run->maker);
    fprintf(run->options, "--set\nsim.paper.entry_latency=%" PRId64 "ns\n", run->entry);
    fprintf(run->options, "--set\nsim.paper.response_latency=%" PRId64 "ns\n", run->response);
    fprintf(run->options, "--data\nunit=ms;price_step=0.01;qty_step=0.001\n");
}

static void write_settings(const struct run *run, int number)
{
    fprintf(run->text, "scenario S%d\nset price_decimals 2\nset qty_decimals 3\n", number);
    fprintf(run->text, "set profile %s\nset limit_fill %s\nset half_spread %s\n", run->profile, run->limit_fill,
            run->half);
    fprintf(run->text, "set taker %s\nset maker %s\n", run->taker, run->maker);
    fprintf(run->text, "set entry %s\n", seconds(run->entry));
    fprintf(run->text, "set response %s\n", seconds(run->response));
}

static void draw_ticks(const struct run *run, struct tick *ticks, bool is_deep)
{
    int64_t price = 10000, ms = 0;
    for (int i = 0; i < TICKS; i++) {
        struct tick *tick = &ticks[i];
        price += chance(30) ? 0 : chance(80) ? between(-6, 6) : between(-60, 60);
        ms += chance(10) ? 0 : between(1, i % 2 ? 300 : 5000);
        tick->ms = i == TICKS - 1 ? LAST_MS : ms;
        tick->bid = price;
        tick->ask = price + (run->quotes ? between(1, 5) : 0);
        tick->bid_qty = is_deep ? 1000000 : between(1, chance(50) ? 3000 : 300);
        tick->ask_qty = is_deep ? 1000000 : between(1, chance(50) ? 3000 : 300);
    }
}

static void write_ticks(const struct run *run, const struct tick *ticks, FILE *csv)
{
    fprintf(csv, run->quotes ? "timestamp,bid,bid_size,ask,ask_size\n" : "timestamp,price,quantity\n");
    for (int i = 0; i < TICKS; i++) {
        const struct tick *tick = &ticks[i];
        char words[160];
        int used = snprintf(words, sizeof words, "%s %s", price(tick->bid), quantity(tick->bid_qty));
        if (run->quotes)
            used += snprintf(words + used, sizeof words - (size_t)used, " %s ", price(tick->ask));
        if (run->quotes)
            snprintf(words + used, sizeof words - (size_t)used, "%s", quantity(tick->ask_qty));
        fprintf(run->text, "%s %s %s\n", run->quotes ? "quote" : "trade", seconds(tick->ms * MILLISECOND), words);
        for (char *blank = words; (blank = strchr(blank, ' ')) != NULL;)
            *blank = ',';
        fprintf(csv, "%" PRId64 ",%s\n", BASE * INT64_C(1000) + tick->ms, words);
    }
}

/* Behind a tick; now and then so that it arrives with one. */
static int64_t draw_when(const struct run *run, const struct tick *ticks, int from, int *ret_at)
{
    const int at = (int)between(from, TICKS - 4);
    *ret_at = at;
    if (run->entry > 0 && chance(20) && ticks[at + 1].ms * MILLISECOND - run->entry > ticks[0].ms * MILLISECOND)
        return ticks[at + 1].ms * MILLISECOND - run->entry;
    return ticks[at].ms * MILLISECOND + between(1, 400 * MILLISECOND);
}

static void option(const struct run *run, const char *lua, const char *text, const char *value)
{
    fprintf(run->plan, ", %s = \"%s\"", lua, value);
    fprintf(run->text, " %s=%s", text, value);
}

static int64_t draw_level(const struct tick *ticks, int at)
{
    const struct tick *tick = &ticks[between(at, at + 3 < TICKS ? at + 3 : at)];
    return (chance(50) ? tick->bid : tick->ask) + (chance(40) ? 0 : between(-8, 8));
}

static void write_order(const struct run *run, int number, int64_t ns, int side, int64_t lots)
{
    fprintf(run->plan, "  { at = %" PRId64 ", timer = true, op = \"%s\", id = %d, qty = \"%s\"", ns,
            side > 0 ? "buy" : "sell", number, quantity(lots));
    fprintf(run->text, "order %s %s %s", seconds(ns), side > 0 ? "buy" : "sell", quantity(lots));
}

static void draw_order(const struct run *run, const struct tick *ticks, int number)
{
    int at;
    int64_t ns = draw_when(run, ticks, 0, &at);
    const bool has_price = chance(65), has_stop = chance(35);
    const int64_t stop = draw_level(ticks, at), limit = has_stop ? stop + between(-6, 6) : draw_level(ticks, at);
    write_order(run, number, ns, chance(50) ? 1 : -1, chance(50) ? between(1, 400) : between(400, 4000));
    if (has_price)
        option(run, "price", "price", price(limit));
    if (has_stop)
        option(run, "stop", "stop", price(stop));
    if (has_price && !has_stop && chance(20)) {
        fprintf(run->plan, ", post_only = true");
        fprintf(run->text, " post");
    } else if (chance(20)) {
        option(run, "tif", "tif", chance(50) ? "IOC" : "FOK");
    } else if ((has_price || has_stop) && chance(15)) {
        const int64_t end = between(ns + 1, LAST_MS * (int64_t)MILLISECOND - 1);
        fprintf(run->plan, ", tif = \"GTD\", expire = %" PRId64, end);
        fprintf(run->text, " expire=%s", seconds(end));
    }
    fprintf(run->plan, " },\n");
    fprintf(run->text, "\n");
    for (int i = 0; (has_price || has_stop) && i < 2 && at < TICKS - 6 && chance(30); i++) {
        const bool cancels = i > 0 || chance(40); /* an amend while one is under way is refused */
        const int64_t then = draw_when(run, ticks, at + 1, &at);
        if (then <= ns)
            break;
        ns = then;
        fprintf(run->plan, "  { at = %" PRId64 ", timer = true, op = \"%s\", id = %d", ns, cancels ? "cancel" : "amend",
                number);
        fprintf(run->text, "%s %s %d", cancels ? "cancel" : "amend", seconds(ns), number);
        const bool prices = has_price && (!has_stop || chance(50)), stops = has_stop && chance(70);
        if (!cancels && prices)
            option(run, "price", "price", price(draw_level(ticks, at)));
        if (!cancels && stops)
            option(run, "stop", "stop", price(draw_level(ticks, at)));
        if (!cancels && (chance(30) || !(prices || stops)))
            option(run, "qty", "qty", quantity(between(1, 4000)));
        fprintf(run->plan, " },\n");
        fprintf(run->text, "\n");
    }
}

/* One entry and its legs, in a market that is deep enough for each whole. */
static void draw_guarded(const struct run *run, const struct tick *ticks)
{
    int at;
    const int64_t ns = draw_when(run, ticks, 0, &at);
    const int side = chance(50) ? 1 : -1;
    int now = 0; /* what is in force when it is asked for */
    while (ticks[now + 1].ms * MILLISECOND <= ns)
        now++;
    int64_t below = ticks[now].bid, above = ticks[now].ask;
    write_order(run, 0, ns, side, between(1, 5000));
    if (chance(40)) {
        const int64_t limit = draw_level(ticks, at);
        option(run, "price", "price", price(limit));
        below = limit < below ? limit : below;
        above = limit > above ? limit : above;
    }
    const int64_t low = below - between(1, 40), high = above + between(1, 40);
    if (chance(80))
        option(run, "stop_loss", "sl", price(side > 0 ? low : high));
    if (chance(70))
        option(run, "take_profit", "tp", price(side > 0 ? high : low));
    fprintf(run->plan, " },\n");
    fprintf(run->text, "\n");
}

static void draw_scenario(struct run *run, const char *folder, int number, bool is_written)
{
    char path[4096];
    struct tick ticks[TICKS];
    struct run out = *run;
    FILE *nowhere = is_written ? NULL : fopen("/dev/null", "w"), *csv = nowhere;
    snprintf(path, sizeof path, "S%d-USDT.csv", number);
    if (is_written)
        csv = begin(folder, path);
    else
        out.plan = out.text = nowhere;
    if (!csv)
        exit(2);
    const bool guards = chance(40);
    write_settings(&out, number);
    draw_ticks(&out, ticks, guards || chance(20));
    write_ticks(&out, ticks, csv);
    fprintf(out.plan, "[\"S%d/USDT\"] = {\n", number);
    if (guards)
        draw_guarded(&out, ticks);
    for (int i = 0, count = guards ? 0 : (int)between(1, ORDERS); i < count; i++)
        draw_order(&out, ticks, i);
    fprintf(out.plan, "},\n");
    fprintf(out.text, "end\n");
    fclose(csv);
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "usage: tick_scenarios SEED COUNT FOLDER [ONLY]\n");
        return 2;
    }
    const int count = atoi(argv[2]), only = argc > 4 ? atoi(argv[4]) : -1;
    state = strtoull(argv[1], NULL, 10) * UINT64_C(1000003) + 77;
    struct run run = {.options = begin(argv[3], "options"),
                      .plan = begin(argv[3], "plan.lua"),
                      .text = begin(argv[3], "scenarios.txt")};
    draw_run(&run);
    write_options(&run);
    fprintf(run.plan, "return { ticks = true,\n");
    for (int i = 0; i < count; i++)
        draw_scenario(&run, argv[3], i, only < 0 || only == i);
    fprintf(run.plan, "}\n");
    fclose(run.options);
    fclose(run.plan);
    fclose(run.text);
    return 0;
}

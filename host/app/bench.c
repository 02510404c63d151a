/* bench.c: `outcry bench`: our figures beside a measuring stick of the same run, as ratios. Nothing is asserted. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "app/run.h"
#include "app/verbs.h"
#include "app/version.h"
#include "base/env.h"
#include "base/log.h"

enum { BARS = 500000, REPEATS = 5 };

static void make_bars(struct oc_ev_bar *bars, uint64_t count)
{
    uint64_t random = 88172645463325252ull;
    int64_t price = 3712345;
    for (uint64_t i = 0; i < count; i++) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        int64_t open = price, at_ns = (int64_t)i * 60000000000LL;
        price += (int64_t)(random % 2001) - 1000;
        if (price < 100000)
            price = 100000;
        bars[i] = (struct oc_ev_bar){.head = {.size = sizeof bars[i], .type = OC_EV_BAR, .venue_ns = at_ns + 60000000000LL},
                                     .open_ns = at_ns,
                                     .period_ns = 60000000000LL,
                                     .open = open,
                                     .high = (open > price ? open : price) + 100,
                                     .low = (open < price ? open : price) - 100,
                                     .close = price,
                                     .volume = 100000000,
                                     .present = OC_HAS_VOLUME};
    }
}

/* The body both sides run: an SMA 10/30 cross kept in plain Lua. */
#define BODY                                                                                       \
    "  local p = b.close cnt = cnt + 1 pos = pos % 30 + 1 s = s + p - rb[pos]\n"                     \
    "  local j = pos - 10 if j < 1 then j = j + 30 end\n"                                            \
    "  f = f + p - rb[j] rb[pos] = p\n"                                                              \
    "  if cnt >= 30 then local up = f * 3 > s\n"                                                     \
    "    if up and not inpos then inpos = true BUY elseif not up and inpos then inpos = false SELL end\n" \
    "  end\n"

static const char prologue[] = "local rb, f, s, pos, cnt, inpos = {}, 0, 0, 0, 0, false\n"
                               "for i = 1, 30 do rb[i] = 0 end\n";

static char *script(const char *head, const char *buy, const char *sell, const char *tail)
{
    char *text = calloc(1, 4096);
    if (!text)
        return NULL;
    int at = snprintf(text, 4096, "%s%s", prologue, head);
    for (const char *from = BODY; *from && at < 4000;) {
        const char *word = NULL;
        if (strncmp(from, "BUY", 3) == 0) {
            word = buy;
            from += 3;
        } else if (strncmp(from, "SELL", 4) == 0) {
            word = sell;
            from += 4;
        }
        if (word)
            at += snprintf(text + at, (size_t)(4096 - at), "%s", word);
        else
            text[at++] = *from++;
    }
    snprintf(text + at, (size_t)(4096 - at), "%s", tail);
    return text;
}

/* The stick: the least that a scripted backtest bar costs: a pending fill, a reused userdata, lua_pcall. */
struct floor_bar {
    int64_t close;
};

static int64_t floor_pending, floor_cash, floor_position;

static int lj_floor_index(lua_State *lua)
{
    const struct floor_bar *bar = lua_touserdata(lua, 1);
    const char *key = lua_tostring(lua, 2);
    lua_pushinteger(lua, key[0] == 'c' ? bar->close : 0);
    return 1;
}

static int lj_floor_market(lua_State *lua)
{
    floor_pending = lua_toboolean(lua, 1) ? 1 : -1;
    return 0;
}

static double floor_ns(const struct oc_ev_bar *bars, uint64_t count)
{
    lua_State *lua = luaL_newstate();
    char *text = script("return function(self, b)\n", "mkt(true)", "mkt(false)", "end\n");
    if (!lua || !text)
        abort();
    luaL_openlibs(lua);
    lua_register(lua, "mkt", lj_floor_market);
    if (luaL_dostring(lua, text))
        abort();
    int function = luaL_ref(lua, LUA_REGISTRYINDEX);
    struct floor_bar *view = lua_newuserdatauv(lua, sizeof *view, 0);
    lua_newtable(lua);
    lua_pushcfunction(lua, lj_floor_index);
    lua_setfield(lua, -2, "__index");
    lua_setmetatable(lua, -2);
    int bar_ref = luaL_ref(lua, LUA_REGISTRYINDEX);
    lua_newtable(lua);
    int self_ref = luaL_ref(lua, LUA_REGISTRYINDEX);
    int64_t start_ns = env_clock_cpu();
    for (uint64_t i = 0; i < count; i++) {
        if (floor_pending) {
            oc_i128 cost = (oc_i128)bars[i].open * 1000000 / 100000000;
            floor_cash -= floor_pending * (int64_t)cost + (int64_t)(cost / 1000);
            floor_position += floor_pending * 1000000;
            floor_pending = 0;
        }
        view->close = bars[i].close;
        lua_rawgeti(lua, LUA_REGISTRYINDEX, function);
        lua_rawgeti(lua, LUA_REGISTRYINDEX, self_ref);
        lua_rawgeti(lua, LUA_REGISTRYINDEX, bar_ref);
        if (lua_pcall(lua, 2, 0, 0))
            abort();
    }
    int64_t passed_ns = env_clock_cpu() - start_ns;
    free(text);
    lua_close(lua);
    return (double)passed_ns / (double)count;
}

struct bars_figure {
    double ns;
    uint64_t fills;
    uint64_t requests;
};

static oc_rc backtest_ns(struct registry *registry, struct oc_ev_bar *bars, uint64_t count, struct bars_figure *ret)
{
    struct options *options = calloc(1, sizeof *options);
    struct session *session = options ? run_session_new(options, registry, "backtest") : NULL;
    char *text = script("function on_bar(m, b)\n", "m:buy{ quote_qty = account.cash }", "m:close()", "end\n");
    oc_rc rc = session && text ? OC_OK : OC_E_NOMEM;
    if (rc == OC_OK) {
        session->progress = NULL;
        settings_set(&options->settings, "account.cash", "1000000 USDT", "bench");
        settings_set(&options->settings, "sim.paper.taker_fee", "0.00001", "bench");
        settings_set(&options->settings, "sim.paper.profile", "ideal", "bench");
        session->source_count = session->strategy_count = 1;
        session->sources[0].memory = bars;
        session->sources[0].memory_count = count;
        snprintf(session->strategies[0].file, sizeof session->strategies[0].file, "bench.lua");
        session->strategies[0].text = text;
        session->strategies[0].text_size = strlen(text);
        rc = session_open(session);
    }
    if (rc == OC_OK) {
        int64_t start_ns = env_clock_cpu();
        rc = session_run(session);
        ret->ns = (double)(env_clock_cpu() - start_ns) / (double)count;
        ret->fills = engine_stats(session->engine)->fills;
        ret->requests = engine_stats(session->engine)->requests;
    }
    if (rc < 0 && session)
        fprintf(stderr, "outcry: %s\n", session->error);
    if (session)
        session_close(session);
    free(session);
    if (options)
        options_release(options);
    free(options);
    return rc;
}

static int compare_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, compare_double);
    return values[count / 2];
}

static int bench_bars(struct registry *registry)
{
    struct oc_ev_bar *bars = calloc(BARS, sizeof *bars);
    double ours[REPEATS], stick[REPEATS];
    struct bars_figure figure = {0};
    if (!bars)
        return EXIT_RUN;
    const char *fixed = getenv("BENCH_N"); /* exactly so many bars, once: for instruction counts */
    uint64_t count = fixed ? strtoull(fixed, NULL, 10) : BARS;
    count = count > BARS ? BARS : count;
    for (int i = 0; i < REPEATS; i++) {
        make_bars(bars, BARS);
        if (backtest_ns(registry, bars, count, &figure) < 0) {
            free(bars);
            return EXIT_RUN;
        }
        ours[i] = figure.ns;
        if (fixed)
            break;
        stick[i] = floor_ns(bars, count);
    }
    free(bars);
    if (fixed) {
        printf("bars ran n=%llu\n", (unsigned long long)count);
        return EXIT_GOOD;
    }
    double a = median(ours, REPEATS), b = median(stick, REPEATS);
    printf("bars through Lua on_bar, from memory: SMA cross, paper fills, fees, %s, accounts, journal\n", "7 rules");
    printf("  ours   %8.1f ns/bar  %6.2f M bars/s   (%llu orders, %llu fills)\n", a, 1e3 / a,
           (unsigned long long)figure.requests, (unsigned long long)figure.fills);
    printf("  floor  %8.1f ns/bar  %6.2f M bars/s   the same Lua body, called directly\n", b, 1e3 / b);
    printf("  ratio  %8.2f x the floor's speed\n", b / a);
    return EXIT_GOOD;
}

enum { APPENDS = 2000000 };

static int bench_journal(void)
{
    struct door *door;
    struct door_config config = {0};
    if (door_open(&config, &door) < 0)
        return EXIT_RUN;
    struct oc_ev_fill fill = {.head = {.size = sizeof fill, .type = OC_EV_FILL}, .qty = 1};
    int64_t start_ns = env_clock_cpu();
    for (int i = 0; i < APPENDS; i++) {
        fill.price = i;
        fill.head.local_ns = i;
        if (door_record(door, &fill.head) < 0)
            break;
    }
    double append = (double)(env_clock_cpu() - start_ns) / APPENDS;
    struct oc_ev_bar bar = {.head = {.size = sizeof bar, .type = OC_EV_BAR}};
    start_ns = env_clock_cpu();
    for (int i = 0; i < APPENDS; i++) {
        bar.close = i;
        door_market(door, &bar.head, false);
        door_progress(door, bar.head.seq, (uint64_t)i);
    }
    double market = (double)(env_clock_cpu() - start_ns) / APPENDS;
    door_close(door);
    printf("journal, in memory\n  append of a %u-byte record %6.1f ns\n  sequence, input hash and mark of a bar %6.1f ns\n",
           fill.head.size, append, market);
    return EXIT_GOOD;
}

int verb_bench(int argc, char **argv)
{
    const char *filter = argc > 1 ? argv[1] : "";
    struct registry *registry = calloc(1, sizeof *registry);
    int code = EXIT_RUN;
    if (registry && run_load_plugins(registry) == OC_OK) {
        log_set_level(LOG_ERROR);
        printf("outcry %s, compiler %s; median of %d, thread CPU time\n", OUTCRY_VERSION, __VERSION__, REPEATS);
        code = EXIT_GOOD;
        if (strstr("bars", filter))
            code = bench_bars(registry);
        if (code == EXIT_GOOD && strstr("journal", filter))
            code = bench_journal();
    }
    free(registry);
    return code;
}

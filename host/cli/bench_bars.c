/* bench_bars.c: bars through a strategy: the Lua body beside the same body called directly, C alone, the watchdog. */
#include "cli/bench.h"
#include "cli/complain.h"
#include "steer/steer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "base/env.h"
#include "cli/verbs.h"

void bench_make_bars(struct oc_ev_bar *bars, uint64_t count)
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
        bars[i] =
            (struct oc_ev_bar){.head = {.size = sizeof bars[i], .type = OC_EV_BAR, .venue_ns = at_ns + 60000000000LL},
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
#define BODY                                                                                                           \
    "  local p = b.close cnt = cnt + 1 pos = pos % 30 + 1 s = s + p - rb[pos]\n"                                       \
    "  local j = pos - 10 if j < 1 then j = j + 30 end\n"                                                              \
    "  f = f + p - rb[j] rb[pos] = p\n"                                                                                \
    "  if cnt >= 30 then local up = f * 3 > s\n"                                                                       \
    "    if up and not inpos then inpos = true BUY elseif not up and inpos then inpos = false SELL end\n"              \
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

/* A user in C: it takes each bar, and orders at each when told to. */
struct c_user {
    struct session *session;
    uint32_t inst;
    uint32_t account;
    bool orders;
    bool is_long;
};

static oc_rc c_bar(void *self, const struct oc_event *bar)
{
    struct c_user *user = self;
    (void)bar;
    if (!user->orders)
        return OC_OK;
    struct engine_refusal refusal;
    struct oc_request request = {.head = {.inst = user->inst},
                                 .account = user->account,
                                 .side = user->is_long ? OC_SIDE_SELL : OC_SIDE_BUY,
                                 .type = OC_ORDER_MARKET,
                                 .tif = OC_TIF_GTC,
                                 .qty = 1000000,
                                 .bits = OC_RQ_HAS_QTY};
    user->is_long = !user->is_long;
    oc_rc rc = engine_submit(user->session->engine, &request, &refusal);
    return rc < 0 ? rc : OC_OK;
}

static struct c_user c_user;

static oc_rc add_c_user(struct session *session, const struct bench_run *run)
{
    uint32_t strategy;
    const struct engine_client ours = {.self = &c_user, .bar = c_bar};
    const struct engine_client *client = run->user == BENCH_C_OTHER ? run->client : &ours;
    c_user = (struct c_user){.session = session,
                             .inst = session->data.sources[0].inst,
                             .account = session->money.account,
                             .orders = run->user == BENCH_C_ORDER};
    oc_rc rc = engine_add_client(session->engine, "bench", client, &strategy);
    return rc < 0 ? rc : engine_subscribe(session->engine, strategy, session->data.sources[0].inst, 0);
}

static char *text_for(enum bench_user user)
{
    if (user == BENCH_LUA)
        return script("function on_bar(m, b)\n", "m:buy{ quote_qty = account.cash }", "m:close()", "end\n");
    char *text = calloc(1, 64);
    if (text)
        snprintf(text, 64, "strategy { name = 'bench' }\n");
    return text;
}

struct run *bench_session_open(const struct bench *bench, struct oc_ev_bar *bars, uint64_t count, struct bench_run *run)
{
    struct options *options = calloc(1, sizeof *options);
    struct run *made = options ? run_new(options, bench->registry, "backtest") : NULL;
    char *text = text_for(run->user);
    if (!made || !text) {
        run_free(made);
        free(options);
        free(text);
        return NULL;
    }
    struct session *session = made->session;
    oc_rc rc =
        bench_set(&options->settings, (const char *const[]){"account.cash", "1000000 USDT", "sim.paper.taker_fee",
                                                            "0.00001", "sim.paper.profile", "ideal", NULL});
    if (rc == OC_OK && !run->is_watched)
        rc = bench_set(&options->settings, (const char *const[]){"strategy.deadline", "0", NULL});
    if (rc == OC_OK && run->session_dir)
        rc = bench_set(&options->settings,
                       (const char *const[]){"session.dir", run->session_dir, "history.write", "no", NULL});
    if (rc == OC_OK && run->settings)
        rc = bench_set(&options->settings, run->settings);
    session->data.count = made->strategies.count = 1;
    session->data.sources[0].memory = bars;
    session->data.sources[0].memory_count = count;
    made->strategies.may_watch = made->strategies.ends_on_failure = true;
    if (rc == OC_OK)
        rc = strategies_set_text(&made->strategies, 0, "bench.lua", text, strlen(text));
    free(text);
    run_compose(made, 0, run->watcher);
    if (rc == OC_OK)
        rc = run_open(made);
    if (rc == OC_OK && run->user != BENCH_LUA)
        rc = add_c_user(session, run);
    if (rc < 0) {
        (void)complain_of_session(session, rc, "the session could not be opened", false);
        bench_session_close(made);
        return NULL;
    }
    return made;
}

void bench_session_close(struct run *run)
{
    struct options *options = run->options;
    run_free(run);
    options_release(options);
    free(options);
}

oc_rc bench_session_run(const struct bench *bench, struct oc_ev_bar *bars, uint64_t count, struct bench_run *run)
{
    struct run *made = bench_session_open(bench, bars, count, run);
    if (!made)
        return OC_E_STATE;
    struct session *session = made->session;
    int64_t start_ns = env_clock_cpu();
    oc_rc rc = run_go(made);
    run->ns = (double)(env_clock_cpu() - start_ns) / (double)count;
    run->fills = engine_stats(session->engine)->fills;
    run->requests = engine_stats(session->engine)->requests;
    run->records = door_order_hash(session->door).count;
    if (rc < 0)
        (void)complain_of_session(session, rc, "the run failed", false);
    bench_session_close(made);
    return rc;
}

/* Exactly so many bars, once. */
static int run_fixed(const struct bench *bench, enum bench_user user, const char *name)
{
    struct oc_ev_bar *bars = calloc(BENCH_BARS_MAX, sizeof *bars);
    struct bench_run run = {.user = user, .session_dir = getenv("BENCH_SESSION")};
    uint64_t count = bench->fixed > BENCH_BARS_MAX ? BENCH_BARS_MAX : bench->fixed;
    oc_rc rc = bars ? OC_OK : OC_E_NOMEM;
    if (rc == OC_OK) {
        bench_make_bars(bars, BENCH_BARS_MAX);
        rc = bench_session_run(bench, bars, count, &run);
    }
    free(bars);
    if (rc < 0)
        return EXIT_RUN;
    printf("%s ran n=%llu requests=%llu\n", name, (unsigned long long)count, (unsigned long long)run.requests);
    return EXIT_GOOD;
}

int bench_bars(const struct bench *bench)
{
    enum { REPEATS = 7 };
    if (bench->fixed)
        return run_fixed(bench, BENCH_LUA, "bars");
    struct oc_ev_bar *bars = calloc(BENCH_BARS_MAX, sizeof *bars);
    double ours[REPEATS], stick[REPEATS];
    struct bench_run run = {.user = BENCH_LUA, .is_watched = true};
    oc_rc rc = bars ? OC_OK : OC_E_NOMEM;
    for (int i = 0; i < REPEATS && rc == OC_OK; i++) {
        bench_make_bars(bars, BENCH_BARS_MAX);
        rc = bench_session_run(bench, bars, BENCH_BARS_MAX, &run);
        ours[i] = run.ns;
        stick[i] = floor_ns(bars, BENCH_BARS_MAX);
    }
    free(bars);
    if (rc < 0)
        return EXIT_RUN;
    double a = bench_median(ours, REPEATS), b = bench_median(stick, REPEATS);
    bench_row(bench, "bars",
              "through Lua on_bar, from memory: SMA cross, paper fills, fees, 7 rules, accounts, journal, watchdog");
    bench_figure(bench, "ours", a, 1, "ns/bar", "%6.2f M bars/s   (%llu orders, %llu fills)", 1e3 / a,
                 (unsigned long long)run.requests, (unsigned long long)run.fills);
    bench_figure(bench, "floor", b, 1, "ns/bar", "%6.2f M bars/s   the same Lua body, called directly", 1e3 / b);
    bench_figure(bench, "ratio", b / a, 2, "x", "the floor's speed");
    return EXIT_GOOD;
}

int bench_order(const struct bench *bench)
{
    enum { REPEATS = 5, COUNT = 100000 };
    if (bench->fixed)
        return run_fixed(bench, getenv("BENCH_IDLE") ? BENCH_C_EVENT : BENCH_C_ORDER, "order");
    struct oc_ev_bar *bars = calloc(COUNT, sizeof *bars);
    double event[REPEATS], order[REPEATS];
    struct bench_run idle = {.user = BENCH_C_EVENT}, busy = {.user = BENCH_C_ORDER};
    oc_rc rc = bars ? OC_OK : OC_E_NOMEM;
    for (int i = 0; i < REPEATS && rc == OC_OK; i++) {
        bench_make_bars(bars, COUNT);
        rc = bench_session_run(bench, bars, COUNT, &idle);
        event[i] = idle.ns;
        if (rc == OC_OK)
            rc = bench_session_run(bench, bars, COUNT, &busy);
        order[i] = busy.ns;
    }
    free(bars);
    if (rc < 0)
        return EXIT_RUN;
    double a = bench_median(event, REPEATS), b = bench_median(order, REPEATS);
    bench_row(bench, "order", "the same path with a client in C (no Lua), a market order at every bar");
    bench_figure(bench, "bar", a, 1, "ns", "event, simulator, accounts, journal");
    bench_figure(bench, "order", b - a, 1, "ns more",
                 "7 rules, %.1f journal records, simulator, fill, fees, accounts (%llu orders)",
                 (double)busy.records / (double)busy.requests, (unsigned long long)busy.requests);
    return EXIT_GOOD;
}

int bench_stop(const struct bench *bench)
{
    enum { REPEATS = 15, COUNT = 200000 };
    struct oc_ev_bar *bars = calloc(COUNT, sizeof *bars);
    double with[REPEATS] = {0}, without[REPEATS] = {0}, ratio[REPEATS];
    oc_rc rc = bars ? OC_OK : OC_E_NOMEM;
    for (int i = 0; i < REPEATS * 2 && rc == OC_OK; i++) {
        struct bench_run run = {.user = BENCH_LUA, .is_watched = (i & 1) != (i >> 1 & 1)}; /* each goes first in turn */
        bench_make_bars(bars, COUNT);
        rc = bench_session_run(bench, bars, COUNT, &run);
        (run.is_watched ? with : without)[i / 2] = run.ns;
    }
    free(bars);
    if (rc < 0)
        return EXIT_RUN;
    for (int i = 0; i < REPEATS; i++)
        ratio[i] = with[i] / without[i];
    bench_row(bench, "stop", "being able to stop a runaway script, on the row `bars`");
    bench_figure(bench, "with", bench_median(with, REPEATS), 1, "ns/bar", "a timer of 10 ms");
    bench_figure(bench, "without", bench_median(without, REPEATS), 1, "ns/bar", "no timer");
    bench_figure(bench, "ratio", bench_median(ratio, REPEATS), 3, "x", "(median of %d pairs)", REPEATS);
    return EXIT_GOOD;
}

/* flood.c: what a host takes: a thousand markets through TLS, heard by the link, the connector of Binance.US, and the engine's markets and order books, in one
 * thread; said by a process of its own on plain OpenSSL (sender.c). Nothing may be missing: every message is counted, trades have numbers without a
 * hole, books are chained, and at the end each book is what was said, level by level.
 *
 *   flood_bench PLUGINS [MARKETS [RATE [SECONDS]]]       1000 200000 60; in an empty folder */
#define KIT_OF_A_PROGRAM
#define CERTS "" /* of the folder that it works in */
#include "bench/flood/flood.h"
#include "rehearsal/certificate.h"
#include "venue/net_kit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/plugin_bench.h"
#include "engine/depth.h"
#include "session/parts.h"

enum { LOOKS_EACH = 199 }; /* changes of books */
#define BEGIN_NS 60000000000ll
#define LATE_NS  5000000000ll /* behind the last message: what has not come by then does not come */

static struct host {
    struct flood_shared *shared;
    struct settings settings;
    struct registry registry;
    struct catalogue catalogue;
    struct bench_world world;
    struct bench_plugin plugin;
    struct kit kit;
    uint32_t insts[FLOOD_MARKETS_MAX];
    uint64_t trades[FLOOD_MARKETS_MAX]; /* the number of the last */
    uint64_t heard[FLOOD_KINDS], holes, others, lost, wrong;
    int64_t late_ns; /* the longest way of a trade, by the venue's time */
} host;

static void say_error(const char *what, const struct error *error)
{
    char text[ERROR_TEXT_MAX] = "";
    if (error_is_set(error))
        error_text(error, text);
    fprintf(stderr, "flood_bench: %s: %s\n", what, text);
}

/* Its place; FLOOD_MARKETS_MAX: it is none of them. The engine numbers them one behind the other. */
static uint32_t market_of(uint32_t inst)
{
    const uint32_t place = OC_INST_INDEX(inst) - OC_INST_INDEX(host.insts[0]);
    return place < host.shared->markets ? place : FLOOD_MARKETS_MAX;
}

static oc_rc add_markets(void)
{
    struct instruments *instruments = engine_instruments(host.world.engine);
    oc_rc rc = OC_OK;
    host.insts[0] = host.world.instrument.inst;
    for (uint32_t i = 0; i < host.shared->markets && rc >= 0; i++) {
        struct oc_instrument info = host.world.instrument;
        char base[OC_ASSET_MAX];
        snprintf(base, sizeof base, "S%04u", i);
        snprintf(info.symbol, sizeof info.symbol, "S%04u/USD", i);
        snprintf(info.venue_symbol, sizeof info.venue_symbol, "S%04uUSD", i);
        rc = i ? instruments_asset(instruments, base, &info.base) : OC_OK;
        if (rc >= 0 && i)
            rc = instruments_add(instruments, &info, &info.inst);
        host.insts[i] = info.inst;
        if (rc >= 0)
            rc = engine_want_book(host.world.engine, info.inst);
        if (rc >= 0)
            rc = io_venue_instrument(&host.plugin.venue, &info);
    }
    return rc;
}

static oc_rc begin(struct error *ret_error)
{
    static struct load_report report;
    static const uint32_t topics[FLOOD_KINDS] = {OC_TOPIC_BOOK, OC_TOPIC_QUOTES, OC_TOPIC_TRADES};
    oc_rc rc = parts_look(&host.catalogue, &host.settings, ret_error);
    const struct catalogue_entry *entry =
        rc < 0 ? NULL : catalogue_find(&host.catalogue, OC_CONNECTOR, "outcry.binanceus");
    if (!entry)
        return rc < 0 ? rc : error_of_code(ret_error, OC_E_NOT_FOUND, "outcry.binanceus", "no plugin folder has it");
    if ((rc = load_plugin(&host.registry, entry->path, NULL, &report)) < 0)
        return error_of_code(ret_error, rc, entry->path, "it could not be loaded");
    host.world.settings = &host.settings;
    host.world.registry = &host.registry;
    rc = bench_world_init(&host.world, "S0000/USD", "0.01", "0.00001", "10000", ret_error);
    if (rc < 0)
        return rc;
    engine_set_books(host.world.engine, host.world.account, DEPTH_RESYNC, 1000);
    host.world.now_ns = net_loop_now(host.kit.loop);
    rc = bench_plugin_open(&host.plugin, &host.world, registry_find(&host.registry, OC_CONNECTOR, entry->id)->plugin,
                           &host.kit.link, ret_error);
    if (rc >= 0)
        rc = io_venue_start(&host.plugin.venue, host.plugin.instance.self);
    if (rc >= 0)
        rc = add_markets();
    for (uint32_t i = 0; i < host.shared->markets && rc >= 0; i++)
        for (uint32_t k = 0; k < FLOOD_KINDS && rc >= 0; k++)
            rc = io_venue_subscribe(&host.plugin.venue, &(struct oc_sub){.inst = host.insts[i], .topic = topics[k]});
    return rc < 0 && !error_is_set(ret_error) ? error_of_code(ret_error, rc, "outcry.binanceus", "it did not begin")
                                              : rc;
}

/* The first change is all that there is of a book. */
static void take_book(struct oc_ev_book *book)
{
    const struct depth *depth = engine_book(host.world.engine, book->head.inst);
    if (book->first_seq == 1 && depth && !depth->is_whole) {
        book->kind = OC_BOOK_SNAPSHOT;
        book->first_seq = book->last_seq;
    }
    host.heard[0]++;
}

static void take_trade(const struct oc_ev_trade *trade)
{
    const uint32_t market = market_of(trade->head.inst);
    if (market == FLOOD_MARKETS_MAX)
        return;
    host.holes += trade->trade_id != ++host.trades[market];
    const int64_t way_ns = host.world.now_ns - trade->head.venue_ns;
    host.late_ns = way_ns > host.late_ns ? way_ns : host.late_ns;
    host.heard[2]++;
}

/* Level by level, best first, what the last change of each slot left. */
static bool is_right(uint32_t market)
{
    if (market == FLOOD_MARKETS_MAX)
        return false;
    const struct depth *depth = engine_book(host.world.engine, host.insts[market]);
    const uint64_t number = depth ? depth->last_seq / 2 : 0;
    if (!depth || !depth_is_shown(depth) || depth->gaps || depth->crossings || number == 0)
        return false;
    for (uint32_t is_ask = 0; is_ask < 2; is_ask++) {
        uint32_t at = 0;
        for (uint32_t slot = 0; slot < FLOOD_SLOTS; slot++) {
            uint64_t last = number;
            while (last && flood_slot(last) != slot)
                last--;
            const uint32_t qty = last ? flood_qty(market, last, is_ask) : 0;
            if (!qty)
                continue;
            const struct oc_level *level = depth_level(&depth->sides[is_ask], at++);
            if (!level || level->price != flood_price(slot, is_ask) || level->qty != qty)
                return false;
        }
        if (depth_level(&depth->sides[is_ask], at))
            return false;
    }
    return true;
}

static void take(struct oc_event *event)
{
    if (event->type == OC_EV_BOOK)
        take_book((struct oc_ev_book *)(void *)event);
    else if (event->type == OC_EV_TRADE)
        take_trade((const struct oc_ev_trade *)(const void *)event);
    else if (event->type == OC_EV_QUOTE)
        host.heard[1]++;
    else if (event->type == OC_EV_VENUE)
        host.lost += ((const struct oc_ev_venue *)(const void *)event)->state == OC_VENUE_DOWN;
    if (event->type == OC_EV_BOOK || event->type == OC_EV_TRADE || event->type == OC_EV_QUOTE)
        host.others += bench_input(&host.world, event) < 0;
    if (event->type == OC_EV_BOOK && host.heard[0] % LOOKS_EACH == 0) /* in between, too */
        host.wrong += !is_right(market_of(event->inst));
}

static uint64_t heard(void) { return host.heard[0] + host.heard[1] + host.heard[2]; }

/* What is there now; it waits where there is nothing. */
static bool turn(void)
{
    const struct oc_event *event;
    host.world.now_ns = net_loop_now(host.kit.loop);
    const oc_rc rc = io_venue_pump(&host.plugin.venue, host.world.now_ns);
    while ((event = io_venue_first(&host.plugin.venue)) != NULL) {
        take((struct oc_event *)(uintptr_t)event);
        io_venue_drop(&host.plugin.venue);
    }
    if (rc == 0)
        net_loop_wait(host.kit.loop, 1000000);
    return rc >= 0;
}

static double cpu_us(void)
{
    struct rusage usage;
    getrusage(RUSAGE_THREAD, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static int hear(void)
{
    struct flood_shared *shared = host.shared;
    const uint32_t topics = shared->markets * FLOOD_KINDS;
    const int64_t until_ns = env_clock_mono() + BEGIN_NS;
    while (atomic_load(&shared->subscribed) < topics && env_clock_mono() < until_ns)
        if (!turn())
            return fputs("flood_bench: the link has ended\n", stderr), 1;
    if (atomic_load(&shared->subscribed) < topics)
        return fprintf(stderr, "flood_bench: %u of %u topics were asked for\n", atomic_load(&shared->subscribed),
                       topics),
               1;
    const double before = cpu_us();
    const int64_t from_ns = env_clock_mono();
    int64_t end_ns = from_ns, last_ns = from_ns;
    atomic_store(&shared->goes, true);
    for (uint64_t was = 0, wanted = 0; end_ns - last_ns < LATE_NS; end_ns = env_clock_mono()) {
        if (!turn())
            return fputs("flood_bench: the link has ended\n", stderr), 1;
        if (heard() != was) {
            was = heard();
            last_ns = env_clock_mono();
        }
        wanted = shared->rate * shared->seconds;
        if (was >= wanted)
            break;
    }
    const double cpu = cpu_us() - before, seconds = (double)(last_ns - from_ns) / 1e9;
    for (uint32_t i = 0; i < shared->markets; i++)
        host.wrong += !is_right(i);
    for (int i = 0; i < 1000 && atomic_load(&shared->said) < heard(); i++) /* it counts behind what it has written */
        usleep(1000);
    const uint64_t said = atomic_load(&shared->said), all = heard();
    printf("said     %llu messages of %u markets, in %.1f s: %.0f a second; at most %.1f ms behind its schedule\n",
           (unsigned long long)said, shared->markets, seconds, (double)said / seconds,
           (double)atomic_load(&shared->behind_us) / 1e3);
    printf("heard    %llu: %llu changes of books, %llu tops, %llu trades; cpu %.2f us each, %.0f %% of a core; the "
           "longest way %.1f ms\n",
           (unsigned long long)all, (unsigned long long)host.heard[0], (unsigned long long)host.heard[1],
           (unsigned long long)host.heard[2], cpu / (double)(all ? all : 1), cpu / seconds / 1e4,
           (double)host.late_ns / 1e6);
    printf("missing  %lld messages, %llu holes in the numbers of trades, %llu refused, %llu streams lost, %llu times a "
           "book was not what was said\n",
           (long long)(said - all), (unsigned long long)host.holes, (unsigned long long)host.others,
           (unsigned long long)host.lost, (unsigned long long)host.wrong);
    return said == all && said && !host.holes && !host.others && !host.lost && !host.wrong ? 0 : 1;
}

static SSL_CTX *make_context(struct certificates *made)
{
    char words[256] = "";
    struct text out;
    text_init_fixed(&out, words, sizeof words);
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (!context || certificates_make(made, ".", "", &out) < 0 || !certificates_show(made, context, "good")) {
        fprintf(stderr, "flood_bench: no certificate: %s\n", words);
        return NULL;
    }
    return context;
}

static int run(const char *plugins)
{
    static struct net_endpoint endpoints[2] = {{.name = "rest"}, {.name = "stream"}};
    const int port = atomic_load(&host.shared->port);
    char folder[4200];
    struct error error = {0};
    struct net_config config = {.venue = "binanceus",
                                .where = "venue.binanceus",
                                .ca_file = "ca.pem",
                                .endpoints = endpoints,
                                .endpoint_count = 2};
    snprintf(endpoints[0].url, sizeof endpoints[0].url, "https://localhost:%d", port);
    snprintf(endpoints[1].url, sizeof endpoints[1].url, "wss://localhost:%d", port);
    snprintf(folder, sizeof folder, "%s/connector", plugins);
    if (settings_set(&host.settings, "plugins.folders", folder, "the command line") < 0 ||
        net_loop_new(&host.kit.loop, &error) < 0 || net_new(host.kit.loop, &config, &host.kit.net, &error) < 0)
        return say_error("the network", &error), 1;
    host.kit.link = net_link(host.kit.net);
    registry_init(&host.registry);
    if (begin(&error) < 0)
        return say_error("it does not begin", &error), 1;
    const int code = hear();
    bench_plugin_close(&host.plugin);
    bench_world_release(&host.world);
    settings_release(&host.settings);
    kit_end(&host.kit);
    return code;
}

int main(int argc, char **argv)
{
    static char plugins[4097];
    struct certificates made = {0};
    struct flood_shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (argc < 2 || !realpath(argv[1], plugins) || shared == MAP_FAILED)
        return fputs("usage: flood_bench PLUGINS [MARKETS [RATE [SECONDS]]]\n", stderr), 2;
    shared->markets = argc > 2 ? (uint32_t)atoi(argv[2]) : FLOOD_MARKETS_MAX;
    shared->rate = argc > 3 ? strtoull(argv[3], NULL, 10) : 200000;
    shared->seconds = argc > 4 ? (uint32_t)atoi(argv[4]) : 60;
    if (shared->markets < 1 || shared->markets > FLOOD_MARKETS_MAX || shared->rate < shared->markets ||
        shared->seconds < 1 || shared->seconds > FLOOD_SECONDS_MAX)
        return fputs("flood_bench: 1 to 1000 markets, at least a message a second of each, 1 to 3600 seconds\n",
                     stderr),
               2;
    log_set_level(getenv("FLOOD_LOUD") ? LOG_DEBUG : LOG_NONE);
    SSL_CTX *context = make_context(&made);
    if (!context)
        return 1;
    const pid_t pid = fork();
    if (pid == 0) {
        flood_serve(shared, context);
        _exit(0);
    }
    while (pid > 0 && !atomic_load(&shared->port))
        usleep(1000);
    host.shared = shared;
    const int code = pid > 0 ? run(plugins) : 1;
    atomic_store(&shared->is_over, true);
    if (pid > 0)
        waitpid(pid, NULL, 0);
    SSL_CTX_free(context);
    certificates_release(&made);
    return code;
}

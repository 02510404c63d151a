/* bench_venue.c: what a venue says, from the bytes of a frame to the event, through the host's venue and the connector of Binance.US, and on
 * into the engine; beside a scanner that is written for the frame alone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "cli/bench.h"
#include "cli/complain.h"
#include "cli/plugin_bench.h"
#include "cli/verbs.h"
#include "engine/depth.h"
#include "io/kept_key.h"
#include "session/parts.h"

enum { FRAMES = 512, FRAME_MAX = 4096, LEVELS = 20, SETTLE_MAX = 1000, ROOM = 16 /* zeros behind a frame */ };

static volatile int64_t seen; /* what was read is used */

struct frame {
    char bytes[FRAME_MAX + ROOM];
    uint32_t size;
};

/* The venue: it answers what is asked of it, and says frame after frame. */
struct peer {
    const struct frame *frame; /* the next; NULL: it says nothing */
    const int64_t *now_ns;     /* borrowed */
    char answer[1024];
    char sent[1024];   /* the last order, as its bytes leave */
    uint64_t orders;   /* that left */
    uint64_t exchange; /* 0: nothing is asked */
    uint32_t stream;   /* of the market */
    uint32_t opening;  /* 0: none is */
};

struct venue_bench {
    struct peer peer;
    struct bench_world world;
    struct bench_plugin plugin;
    struct settings settings;
    struct catalogue catalogue;
    struct frame frames[FRAMES];
    uint64_t number; /* of the last change of the book: twelve digits */
};

static const char info[] =
    "{\"timezone\":\"UTC\",\"serverTime\":%lld,\"rateLimits\":[],\"exchangeFilters\":[],\"symbols\":[{\"symbol\":"
    "\"BTCUSDT\",\"status\":\"TRADING\",\"baseAsset\":\"BTC\",\"quoteAsset\":\"USDT\",\"orderTypes\":[\"LIMIT\"],"
    "\"filters\":["
    "{\"filterType\":\"PRICE_FILTER\",\"tickSize\":\"0.01\"},{\"filterType\":\"LOT_SIZE\",\"stepSize\":\"0.00001\"}]}]"
    "}";

/* ---- the link ---- */

static oc_rc peer_open(void *self, const struct io_opening *opening)
{
    struct peer *peer = self;
    peer->opening = opening->stream;
    if (opening->path_size == 3) /* /ws; behind it stands a listen key */
        peer->stream = opening->stream;
    return OC_OK;
}

static oc_rc peer_send(void *self, uint32_t stream, const void *bytes, uint32_t size)
{
    (void)self, (void)stream, (void)bytes, (void)size;
    return OC_OK;
}

static oc_rc peer_http(void *self, const struct io_exchange *exchange)
{
    struct peer *peer = self;
    const long long now_ms = *peer->now_ns / 1000000;
    if (peer->exchange)
        return OC_E_FULL;
    peer->exchange = exchange->exchange;
    if (strncmp(exchange->path, "/api/v3/order?", 14) == 0) {
        if (exchange->path_size >= sizeof peer->sent)
            return OC_E_LIMIT;
        memcpy(peer->sent, exchange->path, exchange->path_size);
        peer->sent[exchange->path_size] = 0;
        peer->orders++;
    } else if (strstr(exchange->path, "userDataStream")) {
        snprintf(peer->answer, sizeof peer->answer, "{\"listenKey\":\"a-key-of-the-bench\"}");
    } else if (strstr(exchange->path, "exchangeInfo")) {
        snprintf(peer->answer, sizeof peer->answer, info, now_ms);
    } else {
        snprintf(peer->answer, sizeof peer->answer, "{\"serverTime\":%lld}", now_ms);
    }
    return OC_OK;
}

static void peer_close(void *self, uint32_t stream) { (void)self, (void)stream; }

static oc_rc peer_next(void *self, int64_t until_ns, struct io_happening *ret)
{
    const struct peer *peer = self;
    (void)until_ns;
    *ret = (struct io_happening){.at_ns = *peer->now_ns, .headers = ""};
    if (peer->opening) {
        ret->kind = IO_UP;
        ret->stream = peer->opening;
    } else if (peer->exchange && peer->answer[0]) {
        ret->kind = IO_RESPONSE;
        ret->exchange = peer->exchange;
        ret->status = 200;
        ret->bytes = peer->answer;
        ret->size = (uint32_t)strlen(peer->answer);
    } else if (peer->frame) {
        ret->kind = IO_MESSAGE;
        ret->stream = peer->stream;
        ret->bytes = peer->frame->bytes;
        ret->size = peer->frame->size;
    } else {
        return OC_E_AGAIN;
    }
    return OC_OK;
}

static void peer_taken(void *self)
{
    struct peer *peer = self;
    if (peer->opening) {
        peer->opening = 0;
    } else if (peer->exchange && peer->answer[0]) {
        peer->exchange = 0;
        peer->answer[0] = 0;
    } else {
        peer->frame = NULL;
    }
}

static int64_t peer_next_ns(void *self)
{
    const struct peer *peer = self;
    return peer->frame || peer->opening || (peer->exchange && peer->answer[0]) ? *peer->now_ns : INT64_MAX;
}

/* ---- frames, as Binance writes them ---- */

static void make_trade(struct venue_bench *bench, uint32_t i)
{
    struct frame *frame = &bench->frames[i];
    frame->size =
        (uint32_t)snprintf(frame->bytes, FRAME_MAX,
                           "{\"e\":\"trade\",\"E\":17676234%05u,\"s\":\"BTCUSDT\",\"t\":%u,\"p\":\"%u.%02u000000\","
                           "\"q\":\"0.%05u000\",\"b\":"
                           "23893495831,\"a\":23893495822,\"T\":17676233%05u,\"m\":%s,\"M\":true}",
                           i, 3254523 + i, 37123 + i % 7, i % 100, i * 37 % 100000, i, i & 1 ? "true" : "false");
}

static void make_top(struct venue_bench *bench, uint32_t i)
{
    struct frame *frame = &bench->frames[i];
    frame->size =
        (uint32_t)snprintf(frame->bytes, FRAME_MAX,
                           "{\"u\":40090021%03u,\"s\":\"BTCUSDT\",\"b\":\"37123.%02u000000\",\"B\":\"31.%05u000\","
                           "\"a\":\"37124.%02u000000\",\"A\":\"40.66000000\"}",
                           i, i % 100, i * 37 % 100000, i % 100);
}

/* Where a frame of a book says its numbers, of twelve digits. */
enum { NUMBERS_AT = sizeof "{\"e\":\"depthUpdate\",\"E\":1767623400123,\"s\":\"BTCUSDT\",\"U\":" - 1, DIGITS = 12 };

static void put_digits(char *at, uint64_t number)
{
    for (int i = DIGITS; i-- > 0; number /= 10)
        at[i] = (char)('0' + number % 10);
}

/* Each begins where the one before ended. */
static void number_depth(struct venue_bench *bench, uint32_t i)
{
    char *at = bench->frames[i].bytes + NUMBERS_AT;
    put_digits(at, bench->number + 1);
    put_digits(at + DIGITS + sizeof ",\"u\":" - 1, bench->number + 90);
    bench->number += 90;
}

static void make_depth(struct venue_bench *bench, uint32_t i)
{
    struct frame *frame = &bench->frames[i];
    struct text out;
    text_init_fixed(&out, frame->bytes, FRAME_MAX);
    text_put(
        &out,
        "{\"e\":\"depthUpdate\",\"E\":1767623400123,\"s\":\"BTCUSDT\",\"U\":100000000000,\"u\":100000000000,\"b\":[");
    for (uint32_t level = 0; level < 2 * LEVELS; level++) {
        const uint32_t at = level % LEVELS;
        text_format(&out, "%s[\"%u.%02u000000\",\"%u.%05u000\"]",
                    level == LEVELS ? "],\"a\":["
                    : level         ? ","
                                    : "",
                    level < LEVELS ? 37123 - at / 3 : 37124 + at / 3, level < LEVELS ? 99 - at * 7 % 100 : at * 7 % 100,
                    1 + (at + i) % 5, (at * 7919 + i) % 100000);
    }
    text_put(&out, "]}");
    frame->size = (uint32_t)out.size;
}

/* ---- the stick: any order of members of one letter, decimals of eight digits, nothing checked that stands between ---- */

static int64_t eight_digits(const char **at)
{
    int64_t sum = 0;
    int left = 8;
    for (; (unsigned)(**at - '0') < 10; (*at)++)
        sum = sum * 10 + (**at - '0');
    if (**at == '.')
        for ((*at)++; (unsigned)(**at - '0') < 10 && left > 0; (*at)++, left--)
            sum = sum * 10 + (**at - '0');
    for (; left > 0; left--)
        sum *= 10;
    return sum;
}

static bool stick_object(const struct frame *frame)
{
    const char *at = frame->bytes;
    int64_t sum = 0;
    if (*at++ != '{')
        return false;
    for (;;) {
        if (at[0] != '"' || at[2] != '"' || at[3] != ':')
            return false;
        const char key = at[1];
        at += 4;
        if (*at == '"') {
            at++;
            if (strchr("pqbBaA", key))
                sum += eight_digits(&at);
            for (; *at != '"'; at++) {
                if (!*at)
                    return false;
                sum += key == 's' ? *at : 0;
            }
            at++;
        } else if ((unsigned)(*at - '0') < 10) {
            sum += eight_digits(&at);
        } else {
            sum += *at == 't';
            while (*at != ',' && *at != '}')
                at++;
        }
        if (*at == '}')
            break;
        if (*at++ != ',')
            return false;
    }
    seen += sum;
    return true;
}

static bool stick_depth(const struct frame *frame)
{
    const char *at = frame->bytes, *end = at + frame->size;
    int64_t sum = 0;
    while ((at = memchr(at, '[', (size_t)(end - at))) != NULL) {
        at++;
        if (*at == '[')
            at++;
        if (*at++ != '"')
            return false;
        sum += eight_digits(&at);
        if (memcmp(at, "\",\"", 3) != 0)
            return false;
        at += 3;
        sum += eight_digits(&at);
    }
    seen += sum;
    return true;
}

/* ---- ours ---- */

/* Until there is nothing to do. */
static void settle(struct venue_bench *bench)
{
    for (int i = 0; i < SETTLE_MAX && io_venue_pump(&bench->plugin.venue, bench->world.now_ns) > 0; i++)
        while (io_venue_first(&bench->plugin.venue))
            io_venue_drop(&bench->plugin.venue);
}

/* One frame; its event goes on into the engine where `world` is given. */
static bool hear(struct venue_bench *bench, const struct frame *frame, struct bench_world *world, uint32_t type)
{
    struct io_venue *venue = &bench->plugin.venue;
    bench->peer.frame = frame;
    if (io_venue_pump(venue, bench->world.now_ns) != 1)
        return false;
    const struct oc_event *event = io_venue_first(venue);
    if (!event || event->type != type)
        return false;
    const bool is_good = !world || bench_input(world, (struct oc_event *)(uintptr_t)event) == OC_OK;
    seen += event->venue_ns;
    io_venue_drop(venue);
    return is_good;
}

/* A book that is whole, from the first change. */
static bool begin_book(struct venue_bench *bench)
{
    const struct oc_event *event;
    struct engine *engine = bench->world.engine;
    make_depth(bench, 0);
    number_depth(bench, 0);
    bench->peer.frame = &bench->frames[0];
    engine_set_books(engine, bench->world.account, DEPTH_RESYNC, 1000);
    if (engine_want_book(engine, bench->world.instrument.inst) < 0 ||
        io_venue_pump(&bench->plugin.venue, bench->world.now_ns) != 1 ||
        (event = io_venue_first(&bench->plugin.venue)) == NULL || event->type != OC_EV_BOOK)
        return false;
    struct oc_ev_book *book = (struct oc_ev_book *)(uintptr_t)event;
    book->kind = OC_BOOK_SNAPSHOT;
    book->first_seq = book->last_seq;
    const bool is_good = bench_input(&bench->world, &book->head) == OC_OK;
    io_venue_drop(&bench->plugin.venue);
    const struct depth *depth = engine_book(engine, bench->world.instrument.inst);
    return is_good && depth && depth->is_whole;
}

/* ---- an order: from the host's request to the bytes that leave, signed, beside the signature alone ---- */

/* The answer to the order that left last is heard. */
static bool answer_order(struct venue_bench *bench)
{
    snprintf(bench->peer.answer, sizeof bench->peer.answer,
             "{\"symbol\":\"BTCUSDT\",\"orderId\":%llu,\"clientOrderId\":\"x\",\"transactTime\":1767623400000}",
             (unsigned long long)bench->peer.orders);
    settle(bench);
    return bench->peer.exchange == 0;
}

static bool measure_orders(struct venue_bench *bench, uint64_t count, double *ours, double *stick)
{
    struct io_venue *venue = &bench->plugin.venue;
    struct kept_key key = {0};
    struct signing signing;
    uint8_t signature[KEPT_SIGNATURE_MAX];
    int64_t ours_ns = 0, stick_ns = 0;
    bool is_good = kept_key_init_test(&key, OC_SIGN_HMAC_SHA256, "a key") == OC_OK;
    for (uint64_t i = 0; i < count && is_good; i++) {
        const struct oc_request request = bench_request(&bench->world, OC_SIDE_BUY, 123, 3712345);
        const uint64_t before = bench->peer.orders;
        const int64_t begin_ns = env_clock_cpu();
        is_good = io_venue_request(venue, &request) == OC_OK;
        for (int k = 0; k < 8 && is_good && bench->peer.orders == before; k++)
            is_good = io_venue_pump(venue, bench->world.now_ns) >= 0;
        const int64_t middle_ns = env_clock_cpu();
        is_good &= bench->peer.orders == before + 1;
        kept_key_begin(&signing, &key);
        kept_key_add(&signing, bench->peer.sent, (uint32_t)strlen(bench->peer.sent));
        is_good &= kept_key_sign(&signing, signature, sizeof signature) > 0;
        ours_ns += middle_ns - begin_ns;
        stick_ns += env_clock_cpu() - middle_ns;
        is_good = is_good && answer_order(bench);
        bench->world.now_ns += 300000000; /* as many as the venue takes */
        settle(bench);
    }
    kept_key_release(&key);
    *ours = (double)ours_ns / (double)count;
    *stick = (double)stick_ns / (double)count;
    return is_good;
}

static const struct work {
    const char *name, *about;
    uint32_t type;
    bool is_for_engine;
    void (*make)(struct venue_bench *bench, uint32_t i);
    void (*again)(struct venue_bench *bench, uint32_t i); /* NULL: it may be said twice */
    bool (*stick)(const struct frame *frame);
} works[] = {{"trade", "trade frame to event", OC_EV_TRADE, false, make_trade, NULL, stick_object},
             {"top", "bookTicker frame to the top of the book", OC_EV_QUOTE, true, make_top, NULL, stick_object},
             {"depth", "frame of 20+20 levels to the book, its numbers checked", OC_EV_BOOK, true, make_depth,
              number_depth, stick_depth}};
enum { WORKS = sizeof works / sizeof *works };

static bool measure(struct venue_bench *bench, const struct work *work, uint64_t count, double *ours, double *stick)
{
    struct bench_world *world = work->is_for_engine ? &bench->world : NULL;
    int64_t ours_ns = 0, stick_ns = 0;
    for (uint32_t i = 0; i < FRAMES; i++)
        work->make(bench, i);
    for (uint64_t done = 0; done < count; done += FRAMES) {
        const uint32_t times = count - done < FRAMES ? (uint32_t)(count - done) : FRAMES;
        for (uint32_t i = 0; i < times && work->again; i++)
            work->again(bench, i);
        const int64_t begin_ns = env_clock_cpu();
        for (uint32_t i = 0; i < times; i++)
            if (!hear(bench, &bench->frames[i], world, work->type))
                return false;
        const int64_t middle_ns = env_clock_cpu();
        for (uint32_t i = 0; i < times && stick; i++)
            if (!work->stick(&bench->frames[i]))
                return false;
        ours_ns += middle_ns - begin_ns;
        stick_ns += env_clock_cpu() - middle_ns;
    }
    *ours = (double)ours_ns / (double)count;
    if (stick)
        *stick = (double)stick_ns / (double)count;
    return true;
}

static oc_rc begin(struct venue_bench *bench, struct registry *registry, struct error *ret_error)
{
    const struct io_link link = {&bench->peer, peer_open,  peer_send,    peer_http, peer_close,
                                 peer_next,    peer_taken, peer_next_ns, NULL,      NULL};
    const uint32_t topics[] = {OC_TOPIC_TRADES, OC_TOPIC_QUOTES, OC_TOPIC_BOOK};
    static struct load_report report;
    bench->world.settings = &bench->settings;
    bench->world.registry = registry;
    bench->peer.now_ns = &bench->world.now_ns;
    bench->number = 100000000000;
    oc_rc rc = parts_look(&bench->catalogue, &bench->settings, ret_error);
    const struct catalogue_entry *entry =
        rc < 0 ? NULL : catalogue_find(&bench->catalogue, OC_CONNECTOR, "outcry.binanceus");
    if (!entry)
        return rc < 0 ? rc : error_of_code(ret_error, OC_E_NOT_FOUND, "outcry.binanceus", "no plugin folder has it");
    if (!registry_find(registry, OC_CONNECTOR, entry->id) &&
        (rc = load_plugin(registry, entry->path, NULL, &report)) < 0)
        return error_of_code(ret_error, rc, entry->path, "it could not be loaded");
    rc = bench_world_init(&bench->world, "BTC/USDT", "0.01", "0.00001", "10000", ret_error);
    if (rc < 0)
        return rc;
    snprintf(bench->world.instrument.venue_symbol, sizeof bench->world.instrument.venue_symbol, "BTCUSDT");
    rc = bench_plugin_open(&bench->plugin, &bench->world, registry_find(registry, OC_CONNECTOR, entry->id)->plugin,
                           &link, ret_error);
    if (rc == OC_OK)
        rc = io_venue_start(&bench->plugin.venue, bench->plugin.instance.self);
    if (rc >= 0)
        rc = io_venue_instrument(&bench->plugin.venue, &bench->world.instrument);
    for (size_t i = 0; i < sizeof topics / sizeof *topics && rc >= 0; i++)
        rc = io_venue_subscribe(&bench->plugin.venue,
                                &(struct oc_sub){.inst = bench->world.instrument.inst, .topic = topics[i]});
    const struct oc_account account = {.size = sizeof account,
                                       .account = bench->world.account,
                                       .source = bench->world.account,
                                       .state = OC_ACCOUNT_ADDED,
                                       .name = "main"};
    settle(bench);
    if (rc >= 0)
        rc = io_venue_account(&bench->plugin.venue, &account);
    settle(bench);
    if (rc >= 0 && !begin_book(bench))
        rc = OC_E_STATE;
    return rc < 0 && !error_is_set(ret_error) ? error_of_code(ret_error, rc, "outcry.binanceus", "it did not begin")
                                              : rc;
}

static int run(struct venue_bench *bench, const struct bench *to, const char *wanted)
{
    const uint64_t fixed = to->fixed;
    const int repeats = fixed ? 1 : 15;
    double ours[BENCH_REPEATS_MAX], stick[BENCH_REPEATS_MAX];
    for (size_t i = 0; i < WORKS; i++) {
        if (wanted && strcmp(wanted, works[i].name) != 0)
            continue;
        for (int k = 0; k < repeats; k++)
            if (!measure(bench, &works[i], fixed ? fixed : 8 * FRAMES, &ours[k], fixed ? NULL : &stick[k])) {
                fprintf(stderr, "outcry: bench: venue: %s: a frame was not understood\n", works[i].name);
                return EXIT_RUN;
            }
        if (fixed)
            continue;
        const double a = bench_median(ours, repeats), b = bench_median(stick, repeats);
        bench_figure(to, works[i].name, a, 1, "ns", "%s, %u bytes (p99 %.1f)", works[i].about, bench->frames[0].size,
                     bench_percentile(ours, repeats, 99));
        bench_figure(to, "stick", b, 1, "ns", "a scanner for this frame alone, numbers read and nothing else done");
        bench_figure(to, "ratio", a / b, 2, "x", "the stick's time");
    }
    for (int k = 0; k < repeats && (!wanted || strcmp(wanted, "order") == 0); k++)
        if (!measure_orders(bench, fixed ? fixed : FRAMES, &ours[k], &stick[k])) {
            fputs("outcry: bench: venue: an order did not leave\n", stderr);
            return EXIT_RUN;
        }
    if (fixed)
        return EXIT_GOOD;
    const double a = bench_median(ours, repeats), b = bench_median(stick, repeats);
    bench_figure(to, "order", a, 1, "ns",
                 "a request to its bytes, signed, of %zu bytes (p99 %.1f); the clock is read within",
                 strlen(bench->peer.sent), bench_percentile(ours, repeats, 99));
    bench_figure(to, "stick", b, 1, "ns", "the signature alone, likewise");
    bench_figure(to, "ratio", a / b, 2, "x", "the stick's time");
    return EXIT_GOOD;
}

int bench_venue(const struct bench *bench)
{
    struct error error = {0};
    struct venue_bench *venue = calloc(1, sizeof *venue);
    if (!venue)
        return complain(&(struct error){0}, OC_E_NOMEM, false);
    const oc_rc rc = begin(venue, bench->registry, &error);
    int code = rc < 0 ? complain(&error, rc, false) : EXIT_GOOD;
    if (code == EXIT_GOOD && !bench->fixed)
        bench_row(bench, "venue", "what Binance.US says, through its connector and the host's venue");
    if (code == EXIT_GOOD)
        code = run(venue, bench, bench->fixed ? getenv("BENCH_FRAME") : NULL);
    if (venue->plugin.world)
        bench_plugin_close(&venue->plugin);
    if (venue->world.engine)
        bench_world_release(&venue->world);
    settings_release(&venue->settings);
    free(venue);
    return code;
}

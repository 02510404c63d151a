/* path.c: from the bytes of a trade's frame to the bytes of a signed order, whole and in one run: the host's loop, link, venue and connector, the
 * event's record, the engine, a Lua strategy that orders at each trade, seven rules with limits, the order's record, the connector's request and
 * its signature. The exchange is the rehearsal venue in process (tests/fault/hours/net_sim.c), whose own work is not in it; row `behind`. That work takes
 * what the host had in the caches of the processor; in row `path` frames and answers are made beforehand, or by one line of text.
 *
 *   path_bench PLUGINS [ORDERS]      in an empty folder, where it records; path.sh makes one
 *
 * Beside it, in the same run, the signature of the same bytes alone. The clock is read at both ends of each order; what reading it costs is taken off. */
#include "fault/hours/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/env.h"
#include "base/log.h"
#include "io/kept_key.h"
#include "rehearsal/market.h"

enum { ORDERS_MAX = 20000, WARM = 500, SPAN_MS = 400, ANSWER_MAX = 1024 };
#define MADE_NS   (150 * HOURS_MS) /* between made frames: as many orders as the venue takes */
#define STRIDE_NS HOURS_S

struct hours hours;

static struct bench_path {
    int64_t begin_ns; /* the last frame of a trade was given; 0: none is under way */
    int64_t clock_ns; /* what reading the clock costs */
    uint32_t wanted, count;
    double took[ORDERS_MAX], behind[ORDERS_MAX], stick[ORDERS_MAX];
    bool is_made;      /* frames and answers are ours */
    uint32_t stream;   /* of trades */
    uint32_t own;      /* of the account */
    uint32_t number;   /* that the venue gave last */
    uint64_t exchange; /* that is answered next; 0: none */
    bool is_reported;  /* what became of its order is said next, on `own` */
    int64_t frame_ns;  /* when the next frame is due */
    char frame[512], answer[ANSWER_MAX], report[ANSWER_MAX];
    char sent[1024];
    struct kept_key key;
} path;

struct io_link __real_sim_link_of(struct sim_link *link);
struct io_link __wrap_sim_link_of(struct sim_link *link);

static void sign_alone(void)
{
    struct signing signing;
    uint8_t signature[KEPT_SIGNATURE_MAX];
    const int64_t begin_ns = env_clock_mono();
    kept_key_begin(&signing, &path.key);
    kept_key_add(&signing, path.sent, (uint32_t)strlen(path.sent));
    if (kept_key_sign(&signing, signature, sizeof signature) <= 0)
        abort();
    path.stick[path.count] = (double)(env_clock_mono() - begin_ns - path.clock_ns);
}

/* It has left: an order that does not rest, and of which nothing was filled. */
static void answer_order(uint64_t exchange)
{
    const char *client = strstr(path.sent, "newClientOrderId=");
    client = client ? client + strlen("newClientOrderId=") : "";
    const int size = (int)strcspn(client, "&");
    const long long now_ms = hours.now_ns / HOURS_MS;
    path.exchange = exchange;
    path.number++;
    path.is_reported = true;
    snprintf(
        path.answer, sizeof path.answer,
        "{\"symbol\":\"BTCUSD\",\"orderId\":%u,\"orderListId\":-1,\"clientOrderId\":\"%.*s\",\"transactTime\":%lld}",
        path.number, size, client, now_ms);
    snprintf(
        path.report, sizeof path.report,
        "{\"e\":\"executionReport\",\"E\":%lld,\"s\":\"BTCUSD\",\"c\":\"%.*s\",\"S\":\"BUY\",\"o\":\"LIMIT\",\"f\":"
        "\"IOC\","
        "\"q\":\"0.00100000\",\"p\":\"54000.00000000\",\"P\":\"0.00000000\",\"F\":\"0.00000000\",\"g\":-1,\"C\":\"\","
        "\"x\":\"EXPIRED\",\"X\":\"EXPIRED\",\"r\":\"NONE\",\"i\":%u,\"l\":\"0.00000000\",\"z\":\"0.00000000\","
        "\"L\":\"0.00000000\",\"n\":\"0\",\"N\":null,\"T\":%lld,\"t\":-1,\"I\":1,\"w\":false,\"m\":false,\"M\":false,"
        "\"O\":%lld,\"Z\":\"0.00000000\",\"Y\":\"0.00000000\",\"Q\":\"0.00000000\"}",
        now_ms, size, client, path.number, now_ms, now_ms);
}

static oc_rc timed_http(void *self, const struct io_exchange *exchange)
{
    const int64_t end_ns = env_clock_mono();
    const struct io_link real = __real_sim_link_of(self);
    const bool is_order = strncmp(exchange->path, "/api/v3/order?", 14) == 0;
    if (path.begin_ns && is_order && path.count < path.wanted) {
        (path.is_made ? path.took : path.behind)[path.count] = (double)(end_ns - path.begin_ns - path.clock_ns);
        snprintf(path.sent, sizeof path.sent, "%.*s", (int)exchange->path_size, exchange->path);
        sign_alone();
        path.count++;
    }
    path.begin_ns = 0;
    if (!path.is_made || !is_order)
        return real.http(real.self, exchange);
    answer_order(exchange->exchange);
    return OC_OK;
}

static oc_rc made_next(struct io_happening *ret)
{
    *ret = (struct io_happening){.at_ns = hours.now_ns, .headers = ""};
    if (path.exchange) {
        ret->kind = IO_RESPONSE;
        ret->exchange = path.exchange;
        ret->status = 200;
        ret->bytes = path.answer;
        ret->size = (uint32_t)strlen(path.answer);
        return OC_OK;
    }
    ret->kind = IO_MESSAGE;
    ret->form = OC_MESSAGE_TEXT;
    if (path.is_reported) {
        ret->stream = path.own;
        ret->bytes = path.report;
        ret->size = (uint32_t)strlen(path.report);
        return OC_OK;
    }
    ret->stream = path.stream;
    ret->bytes = path.frame;
    ret->size = (uint32_t)snprintf(
        path.frame, sizeof path.frame,
        "{\"e\":\"trade\",\"E\":%lld,\"s\":\"BTCUSD\",\"t\":%u,\"p\":\"%u.%02u000000\",\"q\":\"0.%05u000\","
        "\"b\":23893495831,\"a\":23893495822,\"T\":%lld,\"m\":%s,\"M\":true}",
        (long long)(hours.now_ns / HOURS_MS), 5000000 + path.count, 59950 + path.count % 100, path.count % 100,
        1 + path.count * 37 % 99999, (long long)(hours.now_ns / HOURS_MS), path.count & 1 ? "true" : "false");
    path.begin_ns = env_clock_mono();
    return OC_OK;
}

static bool is_made_due(void)
{
    return path.exchange || path.is_reported || (path.is_made && path.frame_ns <= hours.now_ns);
}

static bool is_of(const struct io_happening *what, const char *event)
{
    const size_t size = strlen(event);
    return what->kind == IO_MESSAGE && what->size > 6 + size && memcmp(what->bytes, "{\"e\":\"", 6) == 0 &&
           memcmp((const char *)what->bytes + 6, event, size) == 0;
}

static oc_rc timed_next(void *self, int64_t until_ns, struct io_happening *ret)
{
    const struct io_link real = __real_sim_link_of(self);
    path.begin_ns = 0;
    const oc_rc rc = real.next(real.self, until_ns, ret);
    if (rc == OC_E_AGAIN && is_made_due())
        return made_next(ret);
    if (rc == OC_OK && is_of(ret, "executionReport"))
        path.own = ret->stream;
    if (rc != OC_OK || !is_of(ret, "trade"))
        return rc;
    path.stream = ret->stream;
    path.begin_ns = env_clock_mono();
    return rc;
}

static void timed_taken(void *self)
{
    const struct io_link real = __real_sim_link_of(self);
    if (hours.venues[0].link.out.count || !is_made_due())
        real.taken(real.self);
    else if (path.exchange)
        path.exchange = 0;
    else if (path.is_reported)
        path.is_reported = false;
    else
        path.frame_ns = hours.now_ns + MADE_NS;
}

static int64_t timed_next_ns(void *self)
{
    const struct io_link real = __real_sim_link_of(self);
    const int64_t real_ns = real.next_ns(real.self),
                  made_ns = path.exchange || path.is_reported ? hours.now_ns : path.frame_ns;
    return path.is_made && made_ns < real_ns ? made_ns : real_ns;
}

struct io_link __wrap_sim_link_of(struct sim_link *link)
{
    struct io_link timed = __real_sim_link_of(link);
    timed.http = timed_http;
    timed.next = timed_next;
    timed.taken = timed_taken;
    timed.next_ns = timed_next_ns;
    return timed;
}

/* What net_sim.c asks of a world. */

void hours_say(const char *format, ...) { (void)format; }
void hours_may_die(enum hours_place place) { (void)place; }

static int64_t sooner(int64_t a, int64_t b) { return a < b ? a : b; }

void hours_wait(int64_t timeout_ns)
{
    struct session *session = hours.run->session;
    int64_t next_ns = sooner(hours.now_ns + STRIDE_NS, session_rest_ns(session));
    if (path.count >= path.wanted && !path.is_made &&
        !hours.venues[0].link.out.count) { /* the venue's market stands still */
        hours.venues[0].exchange->market = NULL;
        path.is_made = true;
        path.count = 0;
        path.frame_ns = hours.now_ns + HOURS_S;
    }
    if ((path.is_made && path.count >= path.wanted) || hours.now_ns > hours.end_ns) {
        session->pace.by_hand = true;
        if (session->pace.ended)
            next_ns = hours.now_ns + timeout_ns;
    }
    for (uint32_t i = 0; i < session->links.count; i++)
        next_ns = sooner(next_ns, venue_link_next_ns(session->links.list[i]));
    hours.now_ns = next_ns > hours.now_ns ? next_ns : hours.now_ns + HOURS_MS;
    hours.venues[0].link.clock_ns = hours.now_ns;
    venue_advance(hours.venues[0].exchange, hours.now_ns);
}

/* A host. */

static const char strategy[] = "strategy { name = 'path' }\n"
                               "function on_trade(m, t)\n"
                               "  local order, err = m:buy { qty = 0.001, price = t.price * 0.9, tif = 'IOC' }\n"
                               "  if not order then log.error('not taken: %s', err.message) end\n"
                               "end\n";

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0 || chmod(name, 0600) != 0) {
        perror(name);
        exit(1);
    }
}

static void begin_folder(const char *plugins)
{
    static char text[4096], folder[ENV_PATH_MAX];
    if (!getcwd(folder, sizeof folder))
        exit(1);
    write_file("main.key", "the-key");
    write_file("main.secret", "the-secret-of-this-account");
    write_file("path.lua", strategy);
    snprintf(
        text, sizeof text,
        "plugins: { folders = [\"%s/connector\", \"%s/risk\"]; };\n"
        "venue: { binanceus: { connector = \"outcry.binanceus\"; accounts = [\"main\"]; environment = \"local\"; "
        "link = \"network\";\n"
        "  endpoint: { rest = \"https://localhost:7443\"; stream = \"wss://localhost:7443\"; };\n"
        "  keys: { main: { environment = \"local\"; api_key = \"file:main.key\"; secret = \"file:main.secret\"; }; };\n"
        "  instruments = ( { symbol = \"BTC/USD\"; price_step = \"0.01\"; qty_step = \"0.00001\"; } );\n"
        "}; };\n",
        plugins, plugins);
    write_file("main.conf", text);
    setenv("HOME", folder, 1);
    setenv("XDG_RUNTIME_DIR", folder, 1);
}

static void begin_exchange(void)
{
    char words[256] = "";
    static const struct hours_kind kind = {.name = "binanceus"};
    hours.count = 1;
    hours.venues[0].kind = &kind;
    struct text out;
    text_init_fixed(&out, words, sizeof words);
    hours.venues[0].exchange = venue_new(
        &(struct venue_config){
            .face = face_named("binanceus"), .seed = 1, .begin_ns = HOURS_BEGIN_NS, .money = "100000 USD"},
        &out);
    if (!hours.venues[0].exchange ||
        !venue_add_key(hours.venues[0].exchange, "the-key", "the-secret-of-this-account", 0, true))
        abort();
    hours.venues[0].exchange->market = market_new(hours.venues[0].exchange->core, hours.venues[0].exchange->face, 1,
                                                  HOURS_BEGIN_NS, SPAN_MS * HOURS_MS);
    sim_link_init(&hours.venues[0].link, hours.venues[0].exchange, HOURS_BEGIN_NS);
}

static int fail(const struct session *session, const char *what)
{
    char text[ERROR_TEXT_MAX] = "";
    if (error_is_set(&session->words.error))
        error_text(&session->words.error, text);
    fprintf(stderr, "path_bench: %s: %s\n", what, text);
    return 1;
}

static int run(void)
{
    static const char *const line[] = {"run",
                                       "path.lua",
                                       "--venue",
                                       "binanceus",
                                       "--config",
                                       "main.conf",
                                       "--cash",
                                       "100000 USD",
                                       "--listen",
                                       "none",
                                       "--session",
                                       "s",
                                       "--max-order-value",
                                       "100000",
                                       "--max-position",
                                       "1",
                                       "--max-day-loss",
                                       "50000",
                                       "--quiet",
                                       "--set",
                                       "history.write=no"};
    enum { COUNT = sizeof line / sizeof *line };
    static char room[COUNT][64];
    char *argv[COUNT + 1] = {0};
    struct options *options = calloc(1, sizeof *options);
    for (int i = 0; i < COUNT; i++) {
        snprintf(room[i], sizeof room[i], "%s", line[i]);
        argv[i] = room[i];
    }
    log_set_sink(run_log_to_stderr, NULL);
    if (!getenv("PATH_LOUD"))
        log_set_level(LOG_NONE);
    if (!options || options_parse(options, COUNT, argv) < 0 || options_finish(options) < 0)
        return fputs("path_bench: its words are not taken\n", stderr), 1;
    hours.options = options;
    hours.run = run_new(options, hours.registry, "run");
    if (!hours.run)
        return 1;
    hours.run->strategies.may_watch = true;
    oc_rc rc = run_take_venue(hours.run);
    run_compose(hours.run, RUN_CONSOLE | RUN_RECOVERS | RUN_ENDS, NULL);
    if (rc == OC_OK)
        rc = run_open(hours.run);
    if (rc < 0)
        return fail(hours.run->session, "it does not begin");
    rc = run_go(hours.run);
    if (rc < 0 && rc != OC_E_AGAIN)
        return fail(hours.run->session, "it ended by itself");
    return 0;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print(const char *name, double *values, const char *about)
{
    const uint32_t count = path.count - WARM;
    qsort(values + WARM, count, sizeof *values, by_size);
    printf("%-6s p50 %6.0f ns  p99 %6.0f ns  p99.9 %6.0f ns   %s\n", name, values[WARM + count / 2],
           values[WARM + count * 99 / 100], values[WARM + (uint64_t)count * 999 / 1000], about);
}

static void measure_clock(void)
{
    int64_t least_ns = INT64_MAX;
    for (int i = 0; i < 10000; i++) {
        const int64_t begin_ns = env_clock_mono(), end_ns = env_clock_mono();
        least_ns = end_ns - begin_ns < least_ns ? end_ns - begin_ns : least_ns;
    }
    path.clock_ns = least_ns;
}

int main(int argc, char **argv)
{
    static char plugins[4097];
    if (argc < 2 || !realpath(argv[1], plugins))
        return fputs("usage: path_bench PLUGINS [ORDERS]\n", stderr), 2;
    path.wanted = argc > 2 ? (uint32_t)atoi(argv[2]) : 4000;
    if (path.wanted <= WARM || path.wanted > ORDERS_MAX)
        return fprintf(stderr, "path_bench: %d to %d orders\n", WARM + 1, ORDERS_MAX), 2;
    hours.registry = calloc(1, sizeof *hours.registry);
    if (!hours.registry || kept_key_init_test(&path.key, OC_SIGN_HMAC_SHA256, "a key") < 0)
        return 1;
    registry_init(hours.registry);
    hours.now_ns = HOURS_BEGIN_NS;
    hours.end_ns = HOURS_BEGIN_NS + 24 * HOURS_HOUR;
    begin_folder(plugins);
    begin_exchange();
    path.number = 1000000;
    measure_clock();
    const int code = run();
    kept_key_release(&path.key);
    if (code == 0 && path.count < path.wanted)
        return fprintf(stderr, "path_bench: %u orders left, and %u were wanted\n", path.count, path.wanted), 1;
    if (code == 0) {
        print("path", path.took, "a trade's frame to its signed order: venue, record, Lua, 7 rules, record, signature");
        print("behind", path.behind, "the same where the venue itself is at work in between, on the same core");
        print("stick", path.stick, "the signature of the same bytes alone");
    }
    return code;
}

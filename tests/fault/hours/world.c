#include "fault/hours/world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/plugin_call.h"
#include "base/random.h"
#include "cli/complain.h"
#include "fault/hours/env_split.h"
#include "fault/hours/oracle.h"
#include "rehearsal/market.h"
#include "support/env_sim.h"

#define STRIDE_NS HOURS_S /* nobody waits longer without looking around */

struct hours hours;

void hours_fail(const char *format, ...)
{
    va_list list;
    if (hours.failed[0])
        return;
    const int size = snprintf(hours.failed, sizeof hours.failed,
                              "%.3f h: ", (double)(hours.now_ns - HOURS_BEGIN_NS) / (double)HOURS_HOUR);
    va_start(list, format);
    vsnprintf(hours.failed + size, sizeof hours.failed - (size_t)size, format, list);
    va_end(list);
    hours_say("FAILED %s", hours.failed);
}

void hours_say(const char *format, ...)
{
    va_list list;
    if (!hours.is_loud)
        return;
    fprintf(stderr, "%10.3f ", (double)(hours.now_ns - HOURS_BEGIN_NS) / 1e9);
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
    fputc('\n', stderr);
}

struct engine *hours_engine(void) { return hours.run ? hours.run->session->engine : NULL; }
struct venue_link *hours_venue(void) { return hours.run ? hours.run->session->links.list[0] : NULL; }

void hours_command(const char *line)
{
    char words[512] = "";
    struct text out;
    text_init_fixed(&out, words, sizeof words);
    hours_say("venue> %s", line);
    if (venue_command(hours.exchange, line, &out) < 0)
        hours_fail("the venue does not take '%s': %s", line, words);
}

/* ---- time ---- */

static void go_to(int64_t to_ns)
{
    if (to_ns > hours.now_ns) {
        env_sim_advance(to_ns - hours.now_ns);
        hours.now_ns = to_ns;
    }
}

/* The venue's time is ours, also while what it has said is not looked at. */
static void venue_goes_on(void)
{
    hours.link.clock_ns = hours.now_ns;
    venue_advance(hours.exchange, hours.now_ns);
}

static int64_t sooner(int64_t a, int64_t b) { return a < b ? a : b; }

void hours_wait(int64_t timeout_ns)
{
    struct session *session = hours.run->session;
    int64_t next_ns = hours.now_ns + STRIDE_NS;
    hours_may_die(HOURS_AT_WAIT);
    oracle_look();
    if (hours.failed[0] || (hours.now_ns >= hours.end_ns && hours.link.out.count == 0)) {
        session->pace.by_hand = true; /* nothing is on its way */
        next_ns = hours.now_ns + timeout_ns;
        if (!session->pace.ended)
            return;
    }
    next_ns = sooner(next_ns, session_rest_ns(session));
    for (uint32_t i = 0; i < session->links.count; i++)
        next_ns = sooner(next_ns, venue_link_next_ns(session->links.list[i]));
    next_ns = sooner(next_ns, weather_next_ns());
    go_to(next_ns > hours.now_ns ? next_ns : hours.now_ns + HOURS_MS);
    venue_goes_on();
    weather_advance();
}

/* ---- a process ---- */

void hours_may_die(enum hours_place place)
{
    if (!hours.kill_in || --hours.kill_in)
        return;
    hours.sum.kills[place]++;
    longjmp(hours.death, 1);
}

static void at_disk(void *arg)
{
    (void)arg;
    if (!hours.kill_in)
        return;
    hours.kill_in = 0;
    hours.sum.kills[HOURS_AT_DISK]++;
    longjmp(hours.death, 1);
}

void hours_kill(bool is_power)
{
    hours.is_power = is_power;
    hours.kill_in = 1 + (uint32_t)hours_below(60);
    if (hours_below(3) == 0) {
        hours.kill_in = 1u << 30;
        env_sim_on_operation(1 + hours_below(40), at_disk, NULL);
    }
}

static void break_connections(void)
{
    for (uint32_t i = 0; i < VENUE_SEATS_MAX; i++)
        if (hours.link.streams[i].stream)
            venue_leave(hours.exchange, hours.link.streams[i].seat);
    for (uint32_t i = 0; i < VENUE_EXCHANGES_MAX; i++)
        if (hours.link.exchanges[i].exchange)
            venue_forget(hours.exchange, hours.link.exchanges[i].place);
    sim_link_release(&hours.link);
    sim_link_init(&hours.link, hours.exchange, hours.now_ns);
}

/* The venue goes on by itself while no process is there. */
static void go_alone(int64_t until_ns)
{
    while (hours.now_ns < until_ns) {
        const int64_t next_ns = sooner(sooner(venue_next_ns(hours.exchange), weather_next_ns()), until_ns);
        go_to(next_ns > hours.now_ns ? next_ns : hours.now_ns + HOURS_MS);
        venue_goes_on();
        weather_advance();
    }
}

static void die(void)
{
    hours_say("%s", hours.is_power ? "the power fails" : "killed");
    hours.run = NULL; /* what it had is lost with it */
    hours.kill_in = 0;
    plugin_call_now.site = NULL;
    if (hours.is_power)
        env_sim_crash(hours_below(1u << 30));
    else
        env_sim_kill();
    break_connections();
    go_alone(hours.now_ns + (int64_t)hours_below(20) * HOURS_S + 1 + (int64_t)hours_below(1000000000));
}

static void quiet(void *arg, enum log_level level, const char *line, size_t length)
{
    (void)arg, (void)level;
    hours_say("%.*s", (int)length, line);
}

static oc_rc say_failed(const struct session *session, const char *what, oc_rc rc)
{
    char text[ERROR_TEXT_MAX] = "";
    if (error_is_set(&session->words.error))
        error_text(&session->words.error, text);
    hours_fail("%s: %d %s %s", what, rc, text, session->words.trace);
    return rc;
}

/* The seal of `outcry kill` lies in files of the machine, which no simulated disk has (--wrap=kill_seal_write). */
oc_rc __wrap_kill_seal_write(const struct links *links, const char *dir, struct error *ret_error);
oc_rc __wrap_kill_seal_write(const struct links *links, const char *dir, struct error *ret_error)
{
    (void)links, (void)dir, (void)ret_error;
    return OC_OK;
}

/* As `outcry run` does it, but for console and report. */
static oc_rc live(struct options *options)
{
    const struct session_stage stage = oracle_stage();
    struct run *run = run_new(options, hours.registry, "run");
    static struct result result; /* borrows from the run */
    hours.run = run;
    hours.lives++;
    run->strategies.may_watch = true;
    oc_rc rc = run_take_venue(run);
    run_compose(run, RUN_CONSOLE | RUN_RECOVERS | RUN_ENDS, &stage);
    if (rc == OC_OK)
        rc = run_open(run);
    if (rc < 0)
        return say_failed(run->session, "it does not begin", rc);
    oracle_goes_on();
    rc = run_go(run);
    if (rc < 0 && rc != OC_E_AGAIN)
        return say_failed(run->session, "it ended by itself", rc);
    if (rc == OC_OK)
        return say_failed(run->session, "it ended", rc);
    oracle_end();
    rc = run_finish(run, &result);
    if (rc < 0)
        return say_failed(run->session, "it could not be ended", rc);
    rc = session_close(run->session);
    hours.run = NULL;
    return rc;
}

static oc_rc begin_process(struct options *options)
{
    static const char *const line[] = {"run",       "driver.lua",      "--venue",    "binanceus",       "--config",
                                       "main.conf", "--cash",          "100000 USD", "--listen",        "none",
                                       "--session", (HOURS_DISK "/s"), "--set",      "session.seed=77", "--json"};
    enum { COUNT = sizeof line / sizeof *line };
    static char room[COUNT][64]; /* which the options go on reading */
    char *argv[COUNT + 1] = {0};
    for (int i = 0; i < COUNT; i++) {
        snprintf(room[i], sizeof room[i], "%s", line[i]);
        argv[i] = room[i];
    }
    log_set_sink(quiet, NULL);
    if (!hours.is_loud)
        log_set_level(LOG_NONE);
    oc_rc rc = options_parse(options, COUNT, argv);
    if (rc == OC_OK)
        rc = options_finish(options);
    if (rc < 0) {
        char text[ERROR_TEXT_MAX];
        error_text(&options->error, text);
        hours_fail("the command line: %s", text);
    }
    return rc;
}

static void begin_exchange(uint64_t seed)
{
    char words[256] = "";
    struct text out;
    text_init_fixed(&out, words, sizeof words);
    hours.exchange = venue_new(&(struct venue_config){.face = face_named("binanceus"),
                                                      .seed = seed,
                                                      .begin_ns = HOURS_BEGIN_NS,
                                                      .money = "100000 USD, 100000 USDT, 2 BTC, 10 ETH"},
                               &out);
    if (!hours.exchange || !venue_add_key(hours.exchange, "the-key", "the-secret-of-this-account", 0, true))
        abort();
    hours.exchange->market =
        market_new(hours.exchange->core, hours.exchange->face, seed, HOURS_BEGIN_NS, 2600 * HOURS_MS);
    sim_link_init(&hours.link, hours.exchange, HOURS_BEGIN_NS);
}

bool hours_run(uint64_t seed, uint32_t hours_count)
{
    hours.seed = seed;
    hours.random = random_mix(seed + 0x686f757273u);
    hours.now_ns = HOURS_BEGIN_NS;
    hours.end_ns = HOURS_BEGIN_NS + hours_count * HOURS_HOUR;
    const struct env_sim_config disk = {.seed = seed, .start_ns = HOURS_BEGIN_NS};
    begin_exchange(seed);
    if (env_sim_start(&disk) < 0)
        abort();
    env_sim_set_sparse(true);
    env_split_bind();
    if (env_mkdir(HOURS_DISK) < 0)
        hours_fail("the disk: %s", env_error_text());
    weather_begin(hours_count);
    oracle_begin();
    while (!hours.failed[0]) {
        hours.options = calloc(1, sizeof *hours.options); /* lost with its process, as all that it has */
        if (setjmp(hours.death)) {
            die();
            continue;
        }
        if (!hours.options || begin_process(hours.options) < 0 || live(hours.options) < 0 ||
            hours.now_ns >= hours.end_ns)
            break;
    }
    const char *wrong = core_proof(hours.exchange->core);
    if (wrong)
        hours_fail("the venue's own ledger: %s", wrong);
    weather_count();
    memcpy(hours.sum.pairs, order_pairs, sizeof order_pairs);
    hours.sum.lives = hours.lives;
    hours.sum.hours = hours_count;
    hours.sum.seeds = 1;
    hours.sum.failed = hours.failed[0] != 0;
    return !hours.failed[0];
}

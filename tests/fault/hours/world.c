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

const struct venue_link *hours_link(const struct hours_venue *venue)
{
    return hours.run && venue->place < hours.run->session->links.count ? hours.run->session->links.list[venue->place]
                                                                       : NULL;
}

struct hours_venue *hours_venue_of(uint32_t account)
{
    for (uint32_t i = 0; i < hours.count; i++)
        if (hours_link(&hours.venues[i]) && venue_link_has(hours_link(&hours.venues[i]), account))
            return &hours.venues[i];
    return NULL;
}

void hours_command(struct hours_venue *venue, const char *line)
{
    char words[512] = "";
    struct text out;
    text_init_fixed(&out, words, sizeof words);
    hours_say("%s> %s", venue->kind->name, line);
    if (venue_command(venue->exchange, line, &out) < 0)
        hours_fail("%s does not take '%s': %s", venue->kind->name, line, words);
}

/* ---- time ---- */

static void go_to(int64_t to_ns)
{
    if (to_ns > hours.now_ns) {
        env_sim_advance(to_ns - hours.now_ns);
        hours.now_ns = to_ns;
    }
}

/* Their time is ours, also while what they have said is not looked at. */
static void venues_go_on(void)
{
    for (uint32_t i = 0; i < hours.count; i++) {
        hours.venues[i].link.clock_ns = hours.now_ns;
        venue_advance(hours.venues[i].exchange, hours.now_ns);
    }
}

static bool is_anything_on_its_way(void)
{
    for (uint32_t i = 0; i < hours.count; i++)
        if (hours.venues[i].link.out.count || venue_next_ns(hours.venues[i].exchange) <= hours.now_ns)
            return true;
    return false;
}

static int64_t sooner(int64_t a, int64_t b) { return a < b ? a : b; }

void hours_wait(int64_t timeout_ns)
{
    struct session *session = hours.run->session;
    int64_t next_ns = hours.now_ns + STRIDE_NS;
    hours_may_die(HOURS_AT_WAIT);
    oracle_look();
    if (hours.failed[0] || (hours.now_ns >= hours.end_ns && !is_anything_on_its_way())) {
        session->pace.by_hand = true; /* nothing is on its way */
        next_ns = hours.now_ns + timeout_ns;
        if (!session->pace.ended)
            return;
    }
    next_ns = sooner(next_ns, session_rest_ns(session));
    for (uint32_t i = 0; i < session->links.count; i++)
        if (session->links.list[i]->table) /* else it is closed by now */
            next_ns = sooner(next_ns, venue_link_next_ns(session->links.list[i]));
    next_ns = sooner(next_ns, weather_next_ns());
    go_to(next_ns > hours.now_ns ? next_ns : hours.now_ns + HOURS_MS);
    venues_go_on();
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

void hours_spare(void)
{
    hours.kill_in = 0;
    env_sim_on_operation(0, NULL, NULL);
}

static void break_connections(struct hours_venue *venue)
{
    struct sim_link *link = &venue->link;
    for (uint32_t i = 0; i < VENUE_SEATS_MAX; i++)
        if (link->streams[i].stream)
            venue_leave(venue->exchange, link->streams[i].seat);
    for (uint32_t i = 0; i < VENUE_EXCHANGES_MAX; i++)
        if (link->exchanges[i].exchange)
            venue_forget(venue->exchange, link->exchanges[i].place);
    sim_link_release(link);
    sim_link_init(link, venue->exchange, hours.now_ns);
}

/* The venues go on by themselves while no process is there. */
static void go_alone(int64_t until_ns)
{
    while (hours.now_ns < until_ns) {
        int64_t next_ns = sooner(weather_next_ns(), until_ns);
        for (uint32_t i = 0; i < hours.count; i++)
            next_ns = sooner(next_ns, venue_next_ns(hours.venues[i].exchange));
        go_to(next_ns > hours.now_ns ? next_ns : hours.now_ns + HOURS_MS);
        venues_go_on();
        weather_advance();
    }
}

static void die(void)
{
    hours_say("%s", hours.is_power ? "the power fails" : "killed");
    hours.run = NULL; /* what it had is lost with it */
    oracle_dies();
    hours.kill_in = 0;
    plugin_call_now.site = NULL;
    if (hours.is_power)
        env_sim_crash(hours_below(1u << 30));
    else
        env_sim_kill();
    for (uint32_t i = 0; i < hours.count; i++)
        break_connections(&hours.venues[i]);
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
    static char names[HOURS_NAMES_MAX];
    const char *const line[] = {"run",    "driver.lua",      "--venue",  names,  "--config",  "main.conf",
                                "--cash", "100000 USD",      "--listen", "none", "--session", (HOURS_DISK "/s"),
                                "--set",  "session.seed=77", "--json"};
    enum { COUNT = sizeof line / sizeof *line };
    static char room[COUNT][HOURS_NAMES_MAX]; /* which the options go on reading */
    char *argv[COUNT + 1] = {0};
    hours_names(names);
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

bool hours_run(uint64_t seed, uint32_t hours_count)
{
    hours.seed = seed;
    hours.random = random_mix(seed + 0x686f757273u);
    hours.now_ns = HOURS_BEGIN_NS;
    hours.end_ns = HOURS_BEGIN_NS + hours_count * HOURS_HOUR;
    const struct env_sim_config disk = {.seed = seed, .start_ns = HOURS_BEGIN_NS};
    for (uint32_t i = 0; i < hours.count; i++)
        hours_begin_venue(&hours.venues[i], seed + i * 1000003u);
    if (env_sim_start(&disk) < 0)
        abort();
    env_sim_set_sparse(true);
    env_split_bind();
    if (env_mkdir(HOURS_DISK) < 0)
        hours_fail("the disk: %s", env_error_text());
    weather_begin();
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
    for (uint32_t i = 0; i < hours.count; i++) {
        const char *wrong = core_proof(hours.venues[i].exchange->core);
        if (wrong)
            hours_fail("the ledger of %s itself: %s", hours.venues[i].kind->name, wrong);
    }
    weather_count();
    memcpy(hours.sum.pairs, order_pairs, sizeof order_pairs);
    hours.sum.lives = hours.lives;
    hours.sum.hours = hours_count;
    hours.sum.seeds = 1;
    hours.sum.failed = hours.failed[0] != 0;
    return !hours.failed[0];
}

/* kill.c: `outcry kill`: no new risk, from another process: by the host where it answers, else by its latch and at its venues. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json_out.h"
#include "base/log.h"
#include "cli/complain.h"
#include "cli/help.h"
#include "cli/kill_away.h"
#include "cli/parsed.h"
#include "cli/run.h"
#include "cli/targets.h"
#include "cli/verbs.h"
#include "session/latch.h"

static const char usage[] =
    "usage: outcry kill [all|flatten] [--session DIR | --attach SOCKET] [--wait 1s] [--json]\n"
    "Stops new risk, in every session of this user or in the one that is named: nothing is opened until `unkill` in "
    "its\n"
    "console. Entries are cancelled, protective orders stay; `all` cancels these too, `flatten` closes what is held.\n"
    "A host that does not answer within --wait is killed without it: its latch is set, which it reads when it wakes "
    "or\n"
    "starts again, and its orders are cancelled at the venue by this process. No passphrase is needed.\n"
    "exit codes: 0 done, 1 not all of it is done: what is missing is said, 2 wrong use\n";

enum { SHOWN_MAX = 1 << 20 };
#define WAIT_NS       1000000000ll
#define AWAY_NS       30000000000ll
#define LATCH_LOOK_NS 10000000ll

struct killing {
    enum latch_what what;
    int64_t wait_ns;
    struct targets targets;
    char name[32];   /* of this process: who is recorded */
    struct text out; /* for people, or JSON */
    bool is_bad;
};

/* The host has done it. */

static void put_unprotected(struct killing *killing, const struct parsed *answer)
{
    const struct parsed rows = parsed_at(answer, "unprotected");
    for (uint32_t i = 0; i < parsed_count(&rows); i++) {
        const struct parsed row = parsed_row(&rows, i);
        char side[16], symbol[80], strategy[80], qty[64];
        text_format(&killing->out, "  not protected: %s %s %s %s%s\n", parsed_text(&row, "side", side, sizeof side),
                    parsed_text(&row, "qty", qty, sizeof qty), parsed_text(&row, "symbol", symbol, sizeof symbol),
                    *parsed_text(&row, "strategy", strategy, sizeof strategy) ? "of " : "by hand", strategy);
    }
    const int64_t count = parsed_int(answer, "unprotected_count", 0);
    if (count > parsed_count(&rows))
        text_format(&killing->out, "  not protected: %lld more\n", (long long)(count - parsed_count(&rows)));
}

static void put_done(struct killing *killing, const struct host_run *run, const char *json)
{
    char words[ENV_PATH_MAX + 256], kind[16];
    if (killing->targets.json) {
        json_open(&killing->out, NULL, '{');
        json_text(&killing->out, "session", run->session[0] ? run->session : NULL);
        json_int(&killing->out, "pid", run->pid);
        json_text(&killing->out, "by", "host");
        text_format(&killing->out, ",\"host\":%s", json);
        json_close(&killing->out, '}');
        return;
    }
    struct parsed answer;
    if (!parsed_open(&answer, json))
        return;
    text_format(&killing->out, "killed (%s): %s\n", parsed_text(&answer, "kill", kind, sizeof kind),
                target_words(run, words, sizeof words));
    text_format(&killing->out, "  cancelled: %lld asked", (long long)parsed_int(&answer, "cancelled", 0));
    if (killing->what == LATCH_FLATTEN)
        text_format(&killing->out, "; positions being closed: %lld", (long long)parsed_int(&answer, "closing", 0));
    if (parsed_int(&answer, "stay", 0) > 0)
        text_format(&killing->out, "; stay: %lld", (long long)parsed_int(&answer, "stay", 0));
    if (parsed_int(&answer, "foreign", 0) > 0)
        text_format(&killing->out, "; of another hand, not touched: %lld",
                    (long long)parsed_int(&answer, "foreign", 0));
    text_put(&killing->out, "\n");
    if (killing->what != LATCH_FLATTEN)
        put_unprotected(killing, &answer);
    text_put(&killing->out, "  nothing is opened until `unkill` in its console: outcry console --attach --trade\n");
    parsed_close(&answer);
}

/* True: the host answered, whatever it said. */
static bool by_host(struct killing *killing, const struct host_run *run, enum target_state *ret_state)
{
    const char *const trade[] = {"trade"}, *const kill[] = {"kill", latch_name(killing->what)};
    const char *refusal = NULL;
    struct link *link;
    *ret_state = target_reach(run, killing->name, killing->wait_ns, &link);
    if (*ret_state != TARGET_ANSWERS)
        return false;
    const char *json = target_ask(link, trade, 1, killing->wait_ns, NULL);
    if (json)
        json = target_ask(link, kill, 2, killing->wait_ns, &refusal);
    if (json)
        put_done(killing, run, json);
    else
        *ret_state = TARGET_HANGS;
    const bool is_refused = refusal && strstr(refusal, "\"FEED_ENDED\"");
    if (is_refused && !killing->targets.json)
        text_format(&killing->out, "nothing to kill: %s: its feed has ended\n", run->session);
    link_free(link);
    return json || is_refused;
}

/* Without the host. */

static const char *why_without(enum target_state state)
{
    return state == TARGET_DIED   ? "its host is not there"
           : state == TARGET_DEAF ? "its host listens at no socket"
                                  : "its host does not answer";
}

/* *ret_taken: the host has come to it meanwhile. `waits`: it may, for it was not asked before. */
static oc_rc set_latch(const struct killing *killing, const struct host_run *run, bool waits, bool *ret_taken)
{
    struct latch latch = {NULL};
    const int64_t until_ns = env_clock_mono() + killing->wait_ns;
    *ret_taken = false;
    oc_rc rc = latch_open(&latch, run->session);
    if (rc < 0)
        return rc;
    rc = latch_ask(&latch, killing->what, killing->name, env_clock_real());
    while (waits && latch_is_asked(&latch) && env_clock_mono() < until_ns)
        env_sleep(LATCH_LOOK_NS);
    *ret_taken = !latch_is_asked(&latch);
    latch_close(&latch);
    return rc;
}

static void put_away(struct killing *killing, const struct kill_away *row)
{
    struct text *out = &killing->out;
    if (killing->targets.json) {
        json_open(out, NULL, '{');
        json_text(out, "venue", row->venue);
        json_flag(out, "is_over", row->is_over);
        json_int(out, "to_go", row->first);
        json_int(out, "left", row->left);
        json_int(out, "stay", row->staying);
        json_int(out, "at_once", row->at_once);
        json_int(out, "foreign", row->foreign);
        json_double(out, "took_ms", (double)row->took_ns / 1e6);
        json_text(out, "why", row->why[0] ? row->why : NULL);
        json_close(out, '}');
        return;
    }
    text_format(out, "  %s: %u of %u orders are gone, in %.0f ms", row->venue,
                row->first > row->left ? row->first - row->left : 0, row->first, (double)row->took_ns / 1e6);
    if (row->at_once)
        text_format(out, " (%u market%s by one message)", row->at_once, row->at_once > 1 ? "s" : "");
    if (row->staying)
        text_format(out, "; %u protective orders stay", row->staying);
    if (row->foreign)
        text_format(out, "; %u of another hand are not touched", row->foreign);
    text_put(out, "\n");
    if (row->why[0])
        text_format(out, "  %s: NOT DONE: %s\n", row->venue, row->why);
}

static void at_venues(struct killing *killing, const struct host_run *run)
{
    struct kill_away rows[KILL_AWAY_VENUES_MAX];
    char why[512] = "";
    uint32_t count = 0;
    const bool takes_all = killing->what != LATCH_ENTRIES;
    const oc_rc rc = kill_away(run->session, takes_all, AWAY_NS, rows, &count, why);
    if (killing->targets.json)
        json_open(&killing->out, "venues", '[');
    for (uint32_t i = 0; i < count; i++) {
        put_away(killing, &rows[i]);
        killing->is_bad |= !rows[i].is_over;
    }
    if (killing->targets.json)
        json_close(&killing->out, ']');
    if (rc == OC_OK || rc == OC_E_NOT_FOUND) {
        if (rc == OC_E_NOT_FOUND && !killing->targets.json)
            text_put(&killing->out, "  it trades at no venue on the network: no order of it rests anywhere else\n");
        return;
    }
    killing->is_bad = true;
    if (!killing->targets.json)
        text_format(&killing->out, "  NOT DONE: %s: cancel its orders at the venue yourself\n",
                    why[0] ? why : error_name(rc));
}

static void without_host(struct killing *killing, const struct host_run *run, enum target_state state)
{
    struct text *out = &killing->out;
    char words[ENV_PATH_MAX + 256];
    bool is_taken = false;
    const oc_rc rc = run->session[0] ? set_latch(killing, run, state == TARGET_DEAF, &is_taken) : (oc_rc)OC_E_NOT_FOUND;
    if (killing->targets.json) {
        json_open(out, NULL, '{');
        json_text(out, "session", run->session[0] ? run->session : NULL);
        json_int(out, "pid", run->pid);
        json_text(out, "by", is_taken ? "latch" : "venue");
        json_flag(out, "latched", rc == OC_OK);
    } else {
        text_format(out, "killed (%s): %s: %s\n", latch_name(killing->what), target_words(run, words, sizeof words),
                    is_taken ? "by its latch" : why_without(state));
        if (rc == OC_OK && !is_taken)
            text_put(out, "  latched: when it wakes or is started again, nothing is opened until `unkill`\n");
        else if (rc < 0)
            text_format(out, "  NOT LATCHED: %s\n",
                        run->session[0] ? env_error_text() : "it has no folder: end its process to be sure");
        if (killing->what == LATCH_FLATTEN && !is_taken)
            text_put(out, "  positions are NOT closed: that is done by the host, when it wakes or is started again\n");
    }
    killing->is_bad |= rc < 0 || (killing->what == LATCH_FLATTEN && !is_taken);
    if (run->session[0] && !is_taken)
        at_venues(killing, run);
    if (killing->targets.json)
        json_close(out, '}');
}

static oc_rc take_words(struct killing *killing, int argc, char **argv, struct error *ret_error)
{
    oc_rc rc = targets_take(&killing->targets, &argc, argv, ret_error);
    for (int i = 1; i < argc && rc == OC_OK; i++) {
        const char *word = argv[i];
        if (strcmp(word, "all") == 0)
            killing->what = LATCH_ALL;
        else if (strcmp(word, "flatten") == 0)
            killing->what = LATCH_FLATTEN;
        else if (strcmp(word, "--wait") == 0 && i + 1 < argc)
            rc = text_to_duration(argv[i + 1], strlen(argv[i + 1]), &killing->wait_ns), i++;
        else
            rc = error_say(ret_error, OC_E_INVALID, word, "expected all, flatten, or an option");
        if (rc < 0 && !error_is_set(ret_error))
            (void)error_say(ret_error, OC_E_INVALID, "--wait", "expected a time, such as 1s");
    }
    return rc;
}

int verb_kill(int argc, char **argv)
{
    struct killing killing = {.what = LATCH_ENTRIES, .wait_ns = WAIT_NS};
    struct error error = {0};
    if (help_is_asked(argc, argv)) {
        fputs(usage, stdout);
        return EXIT_GOOD;
    }
    oc_rc rc = take_words(&killing, argc, argv, &error);
    if (rc < 0) {
        (void)complain(&error, OC_E_INVALID, killing.targets.json);
        fputs(usage, stderr);
        return EXIT_USE;
    }
    log_set_sink(run_log_to_stderr, NULL);
    log_set_level(LOG_ERROR);
    rc = targets_find(&killing.targets, false, &error);
    if (rc < 0) {
        (void)complain(&error, rc, killing.targets.json);
        return EXIT_RUN;
    }
    snprintf(killing.name, sizeof killing.name, "outcry-kill-%d", env_process());
    text_init_grow(&killing.out, SHOWN_MAX);
    if (killing.targets.json)
        json_open(&killing.out, NULL, '[');
    for (uint32_t i = 0; i < killing.targets.count; i++) {
        enum target_state state;
        if (!by_host(&killing, &killing.targets.list[i], &state))
            without_host(&killing, &killing.targets.list[i], state);
        if (!killing.targets.json) { /* the next one may take long */
            fputs(killing.out.data ? killing.out.data : "", stdout);
            fflush(stdout);
            text_clear(&killing.out);
        }
    }
    if (killing.targets.json) {
        json_close(&killing.out, ']');
        text_put(&killing.out, "\n");
        fputs(killing.out.data, stdout);
    }
    text_release(&killing.out);
    log_flush();
    return killing.is_bad ? EXIT_RUN : EXIT_GOOD;
}

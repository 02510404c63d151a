/* status.c: `outcry status`: what is going on, from any shell. */
#include "cli/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/env_machine.h"
#include "base/json_out.h"
#include "base/log.h"
#include "cli/complain.h"
#include "cli/help.h"
#include "cli/verbs.h"

static const char usage[] =
    "usage: outcry status [--session DIR | --attach SOCKET] [--json] [--wait 2s] [--stale 30s]\n"
    "One screen of each session of this user, or of the one that is named. Nothing is changed.\n"
    "exit codes: 0 all is good, 1 something is wrong (it says what), 2 wrong use, 3 nothing runs,\n"
    "            4 a host does not answer within --wait, 5 halted: nothing is opened until `unkill`,\n"
    "            6 a host has died; of several the worst: 4, 6, 5, 1\n";

enum { SHOWN_MAX = 1 << 22, EXIT_NOTHING = 3, EXIT_HANGS = 4, EXIT_HALTED = 5, EXIT_DIED = 6 };
#define WAIT_NS    2000000000ll
#define STALE_NS   30000000000ll
#define DISK_LEAST (64ull << 20) /* what the next segments of the records need */

/* What is wrong. */

static void wrong(struct status *status, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void wrong(struct status *status, const char *format, ...)
{
    va_list args;
    if (status->wrong_count == STATUS_WRONGS_MAX)
        return;
    va_start(args, format);
    vsnprintf(status->wrongs[status->wrong_count++], STATUS_WORDS_MAX, format, args);
    va_end(args);
}

static void judge_venues(struct status *status)
{
    char venue[48], state[24], why[48];
    for (uint32_t i = 0; i < parsed_count(&status->venues); i++) {
        const struct parsed row = parsed_row(&status->venues, i);
        parsed_text(&row, "venue", venue, sizeof venue);
        parsed_text(&row, "state", state, sizeof state);
        if (strcmp(state, "running") != 0 && strcmp(state, "paused") != 0 && strcmp(state, "ready") != 0 &&
            strcmp(state, "ended") != 0)
            wrong(status, "%s is %s", venue, state);
        if (parsed_has(&row, "why"))
            wrong(status, "%s refuses a key: %s", venue, parsed_text(&row, "why", why, sizeof why));
        if (parsed_int(&row, "unknown_open", 0))
            wrong(status, "%s: nobody knows what became of %lld orders", venue,
                  (long long)parsed_int(&row, "unknown_open", 0));
        if (parsed_int(&row, "streams_ready", 0) < parsed_int(&row, "streams", 0))
            wrong(status, "%s: %lld of %lld streams are not there", venue,
                  (long long)(parsed_int(&row, "streams", 0) - parsed_int(&row, "streams_ready", 0)),
                  (long long)parsed_int(&row, "streams", 0));
        if (parsed_flag(&row, "banned"))
            wrong(status, "%s has banned this address or key", venue);
        if (parsed_double(&row, "limit_share", 0) >= 0.9)
            wrong(status, "%s: %.0f %% of a limit are used", venue, parsed_double(&row, "limit_share", 0) * 100);
    }
}

static void judge_positions(struct status *status)
{
    char symbol[80], strategy[80];
    for (uint32_t i = 0; i < parsed_count(&status->positions); i++) {
        const struct parsed row = parsed_row(&status->positions, i);
        if (parsed_has(&row, "venue_qty") && parsed_double(&row, "venue_qty", 0) != parsed_double(&row, "qty", 0))
            wrong(status, "%s: the venue shows another position than we count",
                  parsed_text(&row, "symbol", symbol, sizeof symbol));
    }
    for (uint32_t i = 0; i < parsed_count(&status->strategies); i++) {
        const struct parsed row = parsed_row(&status->strategies, i);
        char state[24];
        if (strcmp(parsed_text(&row, "state", state, sizeof state), "suspended") == 0)
            wrong(status, "%s is suspended: it does not trade", parsed_text(&row, "name", strategy, sizeof strategy));
        if (parsed_flag(&row, "differs")) {
            char words[STATUS_WORDS_MAX];
            wrong(status, "%s: %s", parsed_text(&row, "name", strategy, sizeof strategy),
                  parsed_text(&row, "resync", words, sizeof words));
        }
    }
}

static void judge(struct status *status, int64_t stale_ns)
{
    const int64_t legs = parsed_int(&status->head, "missing_legs", 0);
    if (legs)
        wrong(status, "%lld stops or targets that were asked for do not stand: see its log, or explain the entry",
              (long long)legs);
    const struct parsed latches = parsed_at(&status->head, "latches");
    char words[128];
    status->is_latched = parsed_count(&latches) != 0;
    for (uint32_t i = 0; i < parsed_count(&latches); i++) {
        const struct parsed row = parsed_row(&latches, i);
        char account[80];
        parsed_text(&row, "account", account, sizeof account);
        wrong(status, "halted%s%s: %s: nothing is opened until `unkill`", *account ? " at " : "", account,
              parsed_text(&row, "reason", words, sizeof words));
    }
    if (parsed_has(&status->head, "missing"))
        wrong(status, "rules are missing (%s): cancels and reductions only",
              parsed_text(&status->head, "missing", words, sizeof words));
    const int64_t age_ns = parsed_int(&status->head, "feed_age_ns", 0);
    if (parsed_flag(&status->head, "by_clock") && stale_ns && age_ns > stale_ns)
        wrong(status, "no price for %lld s", (long long)(age_ns / 1000000000));
    const int64_t lost =
        parsed_int(&status->head, "alerts_not_told", 0) + parsed_int(&status->head, "alerts_dropped", 0);
    if (lost)
        wrong(status, "%lld alerts could not be told since the start: see its log", (long long)lost);
    uint64_t bytes = 0;
    if (status->run->session[0] && env_free_bytes(status->run->session, &bytes) == OC_OK && bytes < DISK_LEAST)
        wrong(status, "%llu MiB are free where it is recorded", (unsigned long long)(bytes >> 20));
    judge_venues(status);
    judge_positions(status);
}

/* Asking. */

static struct parsed one(struct link *link, const char *word, int64_t timeout_ns)
{
    const char *const fields[] = {word};
    struct parsed parsed = {NULL};
    const char *json = target_ask(link, fields, 1, timeout_ns, NULL);
    if (json)
        (void)parsed_open(&parsed, json); /* none: as where there is no answer */
    return parsed;
}

/* All pages of a list, as one. */
static struct parsed all(struct link *link, const char *word, const char *which, int64_t timeout_ns)
{
    struct parsed rows = parsed_list_new();
    int64_t from = 0;
    while (rows.object && parsed_count(&rows) < STATUS_ROWS_MAX) {
        char page[24];
        snprintf(page, sizeof page, "%lld", (long long)from);
        const char *const fields[] = {word, which ? which : page, page};
        const char *json = target_ask(link, fields, which ? 3 : 2, timeout_ns, NULL);
        struct parsed answer;
        if (!json || !parsed_open(&answer, json))
            break;
        parsed_list_append(&rows, &answer, "rows");
        const bool has_more = parsed_has(&answer, "next");
        from = parsed_int(&answer, "next", 0);
        parsed_close(&answer);
        if (!has_more)
            break;
    }
    return rows;
}

/* Its sums, and the lines of all pages. */
static struct parsed portfolio(struct link *link, int64_t timeout_ns)
{
    struct parsed whole = one(link, "portfolio", timeout_ns);
    struct parsed rows = parsed_at(&whole, "rows");
    int64_t from = parsed_int(&whole, "next", 0);
    while (rows.object && from && parsed_count(&rows) < STATUS_ROWS_MAX) {
        char page[24];
        snprintf(page, sizeof page, "%lld", (long long)from);
        const char *const fields[] = {"portfolio", "-", page};
        const char *json = target_ask(link, fields, 3, timeout_ns, NULL);
        struct parsed answer;
        if (!json || !parsed_open(&answer, json))
            break;
        parsed_list_append(&rows, &answer, "rows");
        from = parsed_int(&answer, "next", 0);
        parsed_close(&answer);
    }
    return whole;
}

void status_ask(struct status *status, const struct host_run *run, int64_t timeout_ns, int64_t stale_ns)
{
    struct link *link;
    *status = (struct status){.run = run};
    status->state = target_reach(run, "outcry-status", timeout_ns, &link);
    if (status->state == TARGET_ANSWERS) {
        status->head = one(link, "status", timeout_ns);
        status->venues = all(link, "venues", NULL, timeout_ns);
        status->orders = all(link, "orders", "open", timeout_ns);
        status->positions = all(link, "positions", NULL, timeout_ns);
        status->strategies = all(link, "strategies", NULL, timeout_ns);
        status->balances = all(link, "balances", NULL, timeout_ns);
        status->portfolio = portfolio(link, timeout_ns);
        status->risk = one(link, "risk", timeout_ns);
        link_free(link);
        if (!status->head.object)
            status->state = TARGET_HANGS;
    }
    if (status->state == TARGET_ANSWERS)
        judge(status, stale_ns);
    else if (status->state == TARGET_HANGS)
        wrong(status, "its host does not answer: `outcry kill` works without it");
    else if (status->state == TARGET_DEAF)
        wrong(status, "its host listens at no socket: nothing can be asked (--listen)");
    else
        wrong(status,
              "its host has died: orders may rest at the venue; start it again with the same words, or `outcry kill`");
}

void status_close(struct status *status)
{
    struct parsed *const all_of[] = {&status->head,       &status->venues, &status->orders,   &status->positions,
                                     &status->strategies, &status->risk,   &status->balances, &status->portfolio};
    for (size_t i = 0; i < sizeof all_of / sizeof *all_of; i++)
        parsed_close(all_of[i]);
}

static int code_of(const struct status *status)
{
    switch (status->state) {
    case TARGET_HANGS:
        return EXIT_HANGS;
    case TARGET_DIED:
        return EXIT_DIED;
    case TARGET_ANSWERS:
    case TARGET_DEAF:
    default:
        return status->is_latched ? EXIT_HALTED : status->wrong_count ? EXIT_RUN : EXIT_GOOD;
    }
}

/* Of several sessions the worst. */
static int worse(int a, int b)
{
    static const int order[] = {EXIT_GOOD, EXIT_RUN, EXIT_HALTED, EXIT_DIED, EXIT_HANGS};
    int at_a = 0, at_b = 0;
    while (order[at_a] != a)
        at_a++;
    while (order[at_b] != b)
        at_b++;
    return at_a > at_b ? a : b;
}

struct asking {
    struct targets targets;
    int64_t wait_ns, stale_ns;
};

static oc_rc take_words(struct asking *asking, int argc, char **argv, struct error *ret_error)
{
    oc_rc rc = targets_take(&asking->targets, &argc, argv, ret_error);
    for (int i = 1; i < argc && argv[i] && rc == OC_OK; i++) {
        int64_t *to = strcmp(argv[i], "--wait") == 0    ? &asking->wait_ns
                      : strcmp(argv[i], "--stale") == 0 ? &asking->stale_ns
                                                        : NULL;
        const char *value = to && i + 1 < argc ? argv[i + 1] : NULL;
        if (!to)
            rc = error_say(ret_error, OC_E_INVALID, argv[i], "expected an option");
        else if (!value || text_to_duration(value, strlen(value), to) < 0 || *to < 0)
            rc = error_say(ret_error, OC_E_INVALID, argv[i], "expected a time, such as 2s");
        else
            i++;
    }
    return rc;
}

static int show(const struct asking *asking)
{
    struct text out;
    int code = EXIT_GOOD;
    const bool is_json = asking->targets.json;
    text_init_grow(&out, SHOWN_MAX);
    if (is_json)
        json_open(&out, NULL, '[');
    for (uint32_t i = 0; i < asking->targets.count; i++) {
        struct status *status = calloc(1, sizeof *status);
        if (!status)
            return EXIT_RUN;
        status_ask(status, &asking->targets.list[i], asking->wait_ns, asking->stale_ns);
        if (is_json)
            status_put_json(status, &out);
        else
            status_put_screen(status, isatty(1) && !getenv("NO_COLOR"), &out);
        code = worse(code, code_of(status));
        status_close(status);
        free(status);
    }
    if (is_json) {
        json_close(&out, ']');
        text_put(&out, "\n");
    }
    fputs(out.data ? out.data : "", stdout);
    text_release(&out);
    return code;
}

int verb_status(int argc, char **argv)
{
    struct asking asking = {.wait_ns = WAIT_NS, .stale_ns = STALE_NS};
    struct error error = {0};
    if (help_is_asked(argc, argv)) {
        fputs(usage, stdout);
        return EXIT_GOOD;
    }
    oc_rc rc = take_words(&asking, argc, argv, &error);
    if (rc < 0) {
        (void)complain(&error, OC_E_INVALID, asking.targets.json);
        fputs(usage, stderr);
        return EXIT_USE;
    }
    rc = targets_find(&asking.targets, true, &error);
    if (rc < 0) {
        (void)complain(&error, rc, asking.targets.json);
        return EXIT_NOTHING;
    }
    return show(&asking);
}

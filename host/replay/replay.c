/* replay.c: runs a recorded session again, Lua included, and compares every record. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/text.h"
#include "base/version.h"
#include "cli/run.h"
#include "cli/verbs.h"
#include "journal/read.h"
#include "replay/rewind.h"
#include "report/report.h"
#include "session/session_impl.h"
#include "steer/steer.h"

enum { LINE_MAX_SIZE = 2048, DIFFERENCES_MAX = 10 };

struct compare {
    struct journal_reader *reader;
    struct journal_reader *commands; /* the same journal, read ahead for commands */
    const struct oc_event *command;  /* the next one, or NULL */
    struct journal_reader *orders;   /* the same journal, read ahead for new orders */
    uint64_t order;                  /* the last one found; 0: none */
    struct session *session;
    const char *dir;
    const struct oc_event *next;
    uint64_t records;
    uint64_t differences;
    bool shows;
};

static void next_order_record(struct compare *compare)
{
    enum journal_stream stream;
    do {
        if (journal_next(compare->reader, &compare->next, &stream) < 0)
            compare->next = NULL;
    } while (compare->next && stream != JOURNAL_ORDERS);
}

static void next_command(struct compare *compare)
{
    enum journal_stream stream;
    do {
        if (journal_next(compare->commands, &compare->command, &stream) < 0)
            compare->command = NULL;
    } while (compare->command && compare->command->type != OC_EV_COMMAND);
}

/* The next record is one of how the session was ended. */
static bool is_ending(const struct compare *compare)
{
    const struct oc_request *request = (const struct oc_request *)(const void *)compare->next;
    return compare->next->type == OC_EV_REQUEST && request->role == OC_ROLE_END;
}

/* A paced session hears answers and timers between prices. Where the recorded one was ended, so many of them had come. */
static oc_rc catch_up(struct compare *compare, int64_t before_ns)
{
    struct session *session = compare->session;
    for (oc_rc rc = OC_OK; compare->next && inbox_next_ns(session->loop) <= compare->next->local_ns;) {
        if (is_ending(compare) || compare->next->local_ns >= before_ns)
            break;
        rc = inbox_drain(session->loop, compare->next->local_ns);
        if (rc < 0)
            return rc;
    }
    return OC_OK;
}

/* Carries out the commands that were given before the data moved on to at_ns. Each was recorded when all that was due up
 * to its own time had happened; if its number is not the next one then, the replay differs, and the comparison says so. */
static oc_rc commands_due(void *arg, int64_t at_ns)
{
    struct compare *compare = arg;
    struct session *session = compare->session;
    while (compare->command && compare->command->local_ns < at_ns) {
        const struct oc_ev_text *command = (const struct oc_ev_text *)(const void *)compare->command;
        oc_rc rc = inbox_drain(session->loop, command->head.local_ns);
        if (rc < 0)
            return rc;
        session->pace.command_ns = command->head.local_ns;
        struct text reply;
        text_init_grow(&reply, COMMAND_LINE_MAX);
        session_command(session, (const char *)(command + 1), command->text_size, &reply);
        text_release(&reply);
        next_command(compare);
    }
    return at_ns == INT64_MAX ? catch_up(compare, INT64_MAX) : OC_OK;
}

static bool goes_on(void *arg, int64_t at_ns)
{
    struct compare *compare = arg;
    return commands_due(compare, at_ns) == OC_OK && catch_up(compare, at_ns) == OC_OK && compare->next &&
           !is_ending(compare) && compare->next->local_ns >= at_ns;
}

static const char *type_name(uint16_t type)
{
    switch (type) {
    case OC_EV_REQUEST:
        return "request";
    case OC_EV_DENIED:
        return "denied";
    case OC_EV_ACCEPTED:
        return "accepted";
    case OC_EV_REJECTED:
        return "rejected";
    case OC_EV_FILL:
        return "fill";
    case OC_EV_CANCELED:
        return "canceled";
    case OC_EV_TIMER:
        return "timer";
    case OC_EV_STATE:
        return "state";
    case OC_EV_COMMAND:
        return "command";
    case OC_EV_STRATEGY:
        return "suspended";
    default:
        return "record";
    }
}

static void show(const char *side, const struct oc_event *event)
{
    char time[64];
    struct text text;
    text_init_fixed(&text, time, sizeof time);
    text_put_time(&text, event->local_ns);
    printf("  %-9s seq %-8llu %s %-9s", side, (unsigned long long)event->seq, time, type_name(event->type));
    if (event->type == OC_EV_FILL) {
        const struct oc_ev_fill *fill = (const struct oc_ev_fill *)(const void *)event;
        printf(" order %llx %s %lld at %lld", (unsigned long long)fill->order,
               fill->side == OC_SIDE_BUY ? "buy" : "sell", (long long)fill->qty, (long long)fill->price);
    } else if (event->type == OC_EV_REQUEST) {
        const struct oc_request *request = (const struct oc_request *)(const void *)event;
        printf(" order %llx %s %lld", (unsigned long long)request->order, request->side == OC_SIDE_BUY ? "buy" : "sell",
               (long long)request->qty);
    }
    putchar('\n');
}

/* The order a record is about; 0: none. */
static uint64_t order_of(const struct oc_event *event)
{
    if (event->type == OC_EV_REQUEST)
        return ((const struct oc_request *)(const void *)event)->order;
    return event->type == OC_EV_DENIED ? ((const struct oc_ev_answer *)(const void *)event)->order : 0;
}

/* A session that was killed and went on gives ids of a new epoch from there on: the first of them, when all before it were
 * given again. */
static void next_order(struct compare *compare)
{
    const struct oc_event *event;
    enum journal_stream stream;
    const uint64_t last = compare->order;
    while (compare->order == last && journal_next(compare->orders, &event, &stream) == OC_OK) {
        if (stream == JOURNAL_ORDERS && order_of(event) > last)
            compare->order = order_of(event);
    }
    if (compare->order >> 40 != last >> 40)
        engine_set_next_order(compare->session->engine, compare->order);
}

static bool has_order(void *arg, uint64_t order)
{
    const struct compare *compare = arg;
    struct journal_reader *reader = NULL;
    const struct oc_event *event;
    enum journal_stream stream;
    bool is_there = false;
    journal_open_read(compare->dir, false, &reader);
    while (reader && !is_there && journal_next(reader, &event, &stream) == OC_OK)
        is_there = stream == JOURNAL_ORDERS && order_of(event) == order;
    if (reader)
        journal_close_read(reader);
    return is_there || !reader;
}

/* Called with every record the replay makes, after its number was given. */
static void on_record(void *arg, const struct oc_event *event)
{
    struct compare *compare = arg;
    const struct oc_event *recorded = compare->next;
    compare->records++;
    bool is_same = recorded && recorded->size == event->size && memcmp(recorded, event, event->size) == 0;
    if (!is_same) {
        compare->differences++;
        if (compare->shows && compare->differences <= DIFFERENCES_MAX) {
            printf("difference %llu:\n", (unsigned long long)compare->differences);
            if (recorded)
                show("recorded", recorded);
            else
                puts("  recorded  nothing more");
            show("replayed", event);
        }
    }
    if (recorded)
        next_order_record(compare);
    if (order_of(event) == compare->order && compare->order)
        next_order(compare);
}

/* A header line at *at, copied without its end; false at the end of the text. */
static bool next_line(const char *text, size_t size, size_t *at, char line[LINE_MAX_SIZE])
{
    if (*at >= size)
        return false;
    const char *end = memchr(text + *at, '\n', size - *at);
    size_t length = end ? (size_t)(end - text) - *at : size - *at;
    snprintf(line, LINE_MAX_SIZE, "%.*s", (int)(length < LINE_MAX_SIZE - 1 ? length : LINE_MAX_SIZE - 1), text + *at);
    *at += length + 1;
    return true;
}

static oc_rc take_strategy(struct session *session, const char *text, size_t size, size_t *at, const char *line)
{
    size_t length = 0;
    oc_rc rc = OC_E_DATA;
    bool is_next = strncmp(line, "strategy ", 9) == 0;
    uint32_t index = session->strategy_count - !is_next; /* a module is of the strategy before it */
    if (index < SESSION_STRATEGIES_MAX && *at <= size)
        rc = session_take_source(&session->strategies[index], line, text + *at, size - *at, &length);
    if (rc < 0)
        return session_fail(session, rc, "the session's header is damaged: %s", line);
    if (is_next) {
        struct session_strategy *strategy = &session->strategies[session->strategy_count++];
        snprintf(strategy->file, sizeof strategy->file, "%s", strategy->opened->file);
    }
    *at += length + 1;
    return OC_OK;
}

static void warn_other(const char *line, const struct registry *registry)
{
    char id[80], version[32];
    unsigned long long hash;
    if (sscanf(line, "outcry = \"%31[^\"]", version) == 1 && strcmp(version, OUTCRY_VERSION) != 0)
        fprintf(stderr, "note: recorded by outcry %s, replayed by %s\n", version, OUTCRY_VERSION);
    if (sscanf(line, "plugin %79s %31s %llx", id, version, &hash) != 3)
        return;
    const struct registry_entry *entry = registry_find(registry, NULL, id);
    if (!entry || entry->hash != hash)
        fprintf(stderr, "note: plugin %s is not the file that was recorded with\n", id);
}

static oc_rc take_header(struct session *session, struct settings *settings, const char *text, size_t size)
{
    static char params[SESSION_PARAMS_MAX][256];
    char line[LINE_MAX_SIZE];
    oc_rc rc = OC_OK;
    for (size_t at = 0; rc == OC_OK && next_line(text, size, &at, line);) {
        char *equals = strchr(line, '=');
        if (strncmp(line, "set ", 4) == 0 && equals) {
            *equals = 0;
            if (strcmp(line + 4, "session.dir") != 0)
                rc = settings_set(settings, line + 4, equals + 1, "the session's header");
        } else if (strncmp(line, "param ", 6) == 0 && equals && session->param_count < SESSION_PARAMS_MAX) {
            char *copy = params[session->param_count];
            *equals = 0;
            snprintf(copy, sizeof params[0], "%.120s", line + 6);
            size_t name = strlen(copy) + 1;
            snprintf(copy + name, sizeof params[0] - name, "%.120s", equals + 1);
            session->params[session->param_count++] = (struct strategy_param){copy, copy + name};
        } else if (strncmp(line, "data ", 5) == 0 && session->source_count < FEED_SOURCES_MAX) {
            snprintf(session->sources[session->source_count++].path, sizeof session->sources[0].path, "%s", line + 5);
        } else if (strncmp(line, "seed = ", 7) == 0) {
            rc = settings_set(settings, "session.seed", line + 7, "the session's header");
        } else if (strncmp(line, "strategy ", 9) == 0 || strncmp(line, "module ", 7) == 0) {
            rc = take_strategy(session, text, size, &at, line);
        } else if (strcmp(line, "mode = \"backtest\"") == 0) {
            session->ends_on_error = true;
        } else {
            warn_other(line, session->registry);
        }
    }
    return rc;
}

/* What was recorded ends where progress says: a session that was stopped early is replayed as far as it went. */
static oc_rc run_again(struct session *session, struct compare *compare)
{
    struct journal_progress progress = {0};
    oc_rc rc = session_open(session);
    if (rc == OC_OK)
        next_order(compare);
    /* the data may go on beyond where the session was ended; without a mark it was ended before the first event */
    session->has_stop = journal_progress(compare->reader, &progress) ||
                        journal_end(compare->reader, JOURNAL_ORDERS)->tail == JOURNAL_TAIL_CLEAN;
    session->stop_index = session->has_stop ? progress.market_index : 0;
    for (uint32_t i = 0; i < session->strategy_count && rc == OC_OK; i++)
        session_expect_stop(session, session->strategies[i].id);
    if (rc == OC_OK)
        rc = session_run(session);
    return rc;
}

/* What the caller wants to see of it. */
struct wish {
    bool diff;
    bool report;
    bool json;
    const char *html;
};

static oc_rc show_report(struct session *session, const struct result *result, const struct wish *wish)
{
    oc_rc rc = OC_OK;
    if (wish->report)
        rc = wish->json ? report_json(result, stdout) : report_text(result, stdout);
    if (rc == OC_OK && wish->html)
        rc = report_html(result, wish->html);
    if (rc < 0)
        session_fail(session, rc, "the report could not be written (code %d)%s%s", (int)rc,
                     wish->html && rc != OC_E_NOMEM ? ": " : "",
                     wish->html && rc != OC_E_NOMEM ? env_error_text() : "");
    return rc;
}

/* Opens the recording and makes its session of it. Complaints are on stderr. */
static oc_rc prepare(struct compare *compare, struct session *session, const char *dir)
{
    const char *text;
    size_t size;
    oc_rc rc = journal_open_read(dir, false, &compare->reader);
    if (rc < 0 && rc != OC_E_DATA) {
        fprintf(stderr, "outcry: session %s: %s\n", dir, journal_error());
        return rc;
    }
    if (rc == OC_E_DATA)
        fprintf(stderr, "note: %s\n", journal_end(compare->reader, JOURNAL_ORDERS)->text);
    rc = journal_header(compare->reader, &text, &size);
    if (rc == OC_OK)
        rc = take_header(session, session->settings, text, size);
    if (rc < 0) {
        fprintf(stderr, "outcry: session %s: %s\n", dir,
                session->error[0] ? session->error : "its header cannot be read");
        return rc;
    }
    session_take_stops(session, compare->reader);
    next_order_record(compare);
    compare->session = session;
    compare->dir = dir;
    if (journal_open_read(dir, false, &compare->commands) >= 0)
        next_command(compare);
    rc = journal_open_read(dir, false, &compare->orders);
    if (!compare->orders)
        return rc;
    session->commands_due = commands_due;
    session->goes_on = goes_on;
    session->has_order = has_order;
    session->commands_arg = compare;
    session->may_be_empty = true;
    session->on_record = on_record;
    session->on_record_arg = compare;
    return OC_OK;
}

static void release(struct compare *compare)
{
    if (compare->reader)
        journal_close_read(compare->reader);
    if (compare->commands)
        journal_close_read(compare->commands);
    if (compare->orders)
        journal_close_read(compare->orders);
}

/* What came out of it, against what was recorded. */
static int judge(struct compare *compare, const struct session *session, const struct wish *wish)
{
    uint64_t recorded, left = 0;
    struct hash128 hash = journal_order_hash(compare->reader, &recorded);
    for (; compare->next; next_order_record(compare))
        left++;
    struct door_hash ours = door_order_hash(session->door);
    bool agrees = compare->differences == 0 && left == 0 && ours.low == hash.low && ours.high == hash.high;
    char ours_text[HASH_TEXT_MAX], hash_text[HASH_TEXT_MAX];
    hash128_to_text((struct hash128){ours.low, ours.high}, ours_text);
    hash128_to_text(hash, hash_text);
    if (wish->report && agrees)
        return EXIT_GOOD;
    printf("recorded  %llu records, order hash %s\n", (unsigned long long)recorded, hash_text);
    printf("replayed  %llu records, order hash %s\n", (unsigned long long)ours.count, ours_text);
    if (agrees)
        printf("the session agrees with itself\n");
    else
        printf("the session does NOT agree: %llu records differ, %llu recorded ones were not made again%s\n",
               (unsigned long long)compare->differences, (unsigned long long)left, wish->diff ? "" : "; see --diff");
    return agrees ? EXIT_GOOD : EXIT_RUN;
}

static int replay(struct session *session, const char *dir, const struct wish *wish)
{
    struct compare compare = {.shows = wish->diff};
    struct result *result = calloc(1, sizeof *result);
    int code = EXIT_RUN;
    if (!result || prepare(&compare, session, dir) < 0)
        goto out;
    oc_rc rc = run_again(session, &compare);
    bool is_whole = journal_end(compare.reader, JOURNAL_ORDERS)->tail == JOURNAL_TAIL_CLEAN;
    bool stopped = rc == OC_E_AGAIN && !is_whole;
    if (rc == OC_E_AGAIN && is_whole)
        rc = OC_OK;
    if (rc == OC_OK || (stopped && wish->report))
        rc = session_finish(session, result);
    bool failed = rc < 0 && session_has_failed(session); /* as it did when it was recorded, if the records agree */
    if (rc == OC_OK)
        rc = show_report(session, result, wish);
    if (failed)
        printf("the run ended with an error:\n%s\n", session->error);
    if (rc < 0 && !stopped && !failed)
        fprintf(stderr, "outcry: %s\n", session->error[0] ? session->error : "the session could not be replayed");
    else
        code = judge(&compare, session, wish);
out:
    release(&compare);
    free(result);
    return code;
}

int replay_serve(const char *dir, int fd)
{
    struct options *options = calloc(1, sizeof *options);
    struct registry *registry = calloc(1, sizeof *registry);
    struct compare compare = {.shows = false};
    struct session *session = NULL;
    int code = EXIT_RUN;
    log_set_level(LOG_NONE);
    if (options && registry && run_load_plugins(registry) == OC_OK)
        session = run_session_new(options, registry, "replay");
    if (!session || prepare(&compare, session, dir) < 0 || console_server_new(NULL, fd, false, &session->server) < 0 ||
        rewind_new(session, fd, &session->rewind) < 0)
        goto out;
    session->progress = NULL;
    session->has_own_console = true;
    session->pace.is_paused = true;
    oc_rc rc = run_again(session, &compare);
    code = rc == OC_OK || rc == OC_E_AGAIN ? EXIT_GOOD : EXIT_RUN;
    if (code != EXIT_GOOD)
        fprintf(stderr, "outcry: %s\n", session->error[0] ? session->error : "the session could not be replayed");
out:
    if (session) {
        rewind_free(session->rewind);
        session_close(session);
        console_server_free(session->server);
    }
    free(session);
    release(&compare);
    if (options)
        options_release(options);
    free(registry);
    free(options);
    return code;
}

static int verb(int argc, char **argv, struct wish wish, const char *usage)
{
    const char *dir = NULL;
    bool has_console = false, has_pane = true;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--console") == 0 && !wish.report) {
            has_console = true;
        } else if (strcmp(argv[i], "--no-pane") == 0 && !wish.report) {
            has_pane = false;
        } else if (strcmp(argv[i], "--diff") == 0) {
            wish.diff = true;
        } else if (strcmp(argv[i], "--json") == 0) {
            wish.json = true;
        } else if (strcmp(argv[i], "--report") == 0 && i + 1 < argc) {
            wish.html = argv[++i];
        } else if (argv[i][0] != '-' && !dir) {
            dir = argv[i];
        } else {
            dir = NULL;
            break;
        }
    }
    if (!dir) {
        fputs(usage, stderr);
        return EXIT_USE;
    }
    if (has_console)
        return rewind_console(dir, has_pane);
    struct options *options = calloc(1, sizeof *options);
    struct registry *registry = calloc(1, sizeof *registry);
    int code = EXIT_RUN;
    if (options && registry && run_load_plugins(registry) == OC_OK) {
        options->quiet = true;
        struct session *session = run_session_new(options, registry, "replay");
        log_set_level(LOG_NONE);
        if (session) {
            code = replay(session, dir, &wish);
            session_close(session);
        }
        free(session);
    }
    if (options)
        options_release(options);
    free(registry);
    free(options);
    return code;
}

int verb_replay(int argc, char **argv)
{
    return verb(argc, argv, (struct wish){0}, "usage: outcry replay SESSION [--diff] [--console [--no-pane]]\n");
}

int verb_report(int argc, char **argv)
{
    return verb(argc, argv, (struct wish){.report = true},
                "usage: outcry report SESSION [--json] [--report FILE.html]\n");
}

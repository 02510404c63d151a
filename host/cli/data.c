/* data.c: `outcry data`, and of it `fetch`: bars of the past, asked of a venue page by page, as a file that a backtest reads. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/complain.h"
#include "cli/data.h"
#include "cli/run.h"
#include "cli/verbs.h"
#include "engine/bars.h"
#include "session/interrupt.h"
#include "session/venue_keys.h"

enum { PAGE_BARS = 500, SAVE_PAGES = 40, GAPS_SHOWN = 10 };
#define FILE_MAX  (1ull << 30)
#define PAGE_NS   300000000000ll /* a page may wait for the venue's limits */
#define FIRST_ROW "time,open,high,low,close,volume\n"

static const char usage[] =
    "usage: outcry data fetch VENUE SYMBOL TIMEFRAME [FILE] --from DATE [--to DATE] --config FILE\n"
    "       outcry data record VENUE SYMBOL... [--duration 1h] --config FILE\n"
    "VENUE is a group of the configuration. FILE is data/VENUE/BASE-QUOTE-TIMEFRAME.csv where none is named; what it "
    "holds is\n"
    "not asked for again. What is recorded goes to data/VENUE/BASE-QUOTE-trades.csv and -quotes.csv, behind what is "
    "there;\norder books too, to -books.csv, with --set data.record=trades,quotes,books. No key is needed.\n";

struct row {
    int64_t open_ns;
    char text[232]; /* with its end of line */
};

/* A file of bars, oldest first, and the page that is being asked for. */
struct fetch {
    struct venue_visit *visit;
    const struct oc_instrument *info;
    int64_t period_ns;
    int64_t from_ns, to_ns; /* of the page: [from, to) */
    int64_t closed_ns;      /* bars that end behind it are not over */
    int64_t keep_ns;        /* what lies further back before the last is let go; 0: nothing */
    struct row *rows;       /* owned */
    size_t count, room;
    size_t fetched, let_go;
    bool is_short; /* no memory for a row */
    char folder[ENV_PATH_MAX], name[96], path[ENV_PATH_MAX];
};

static bool grow(struct fetch *fetch)
{
    if (fetch->count < fetch->room)
        return true;
    const size_t room = fetch->room ? 2 * fetch->room : 4096;
    struct row *rows = room * sizeof *rows <= FILE_MAX ? realloc(fetch->rows, room * sizeof *rows) : NULL;
    if (!rows)
        return false;
    fetch->rows = rows;
    fetch->room = room;
    return true;
}

/* ---- the file ---- */

static oc_rc file_failed(const struct fetch *fetch, size_t line, const char *what, struct error *ret_error)
{
    error_at(ret_error, OC_E_DATA, "%s", fetch->path);
    error_what(ret_error, "line %zu: %s", line, what);
    error_expected(ret_error, "a file that `outcry data fetch` wrote, of the same market and timeframe");
    error_remedy(ret_error, "name another file, or move this one away");
    return OC_E_DATA;
}

static oc_rc read_rows(struct fetch *fetch, const char *at, struct error *ret_error)
{
    size_t line = 1;
    if (strncmp(at, FIRST_ROW, sizeof FIRST_ROW - 1) != 0)
        return file_failed(fetch, line, "it is not such a file", ret_error);
    for (at += sizeof FIRST_ROW - 1; *at; line++) {
        const size_t time = strcspn(at, ",\n"), length = strcspn(at, "\n");
        int64_t open_ns;
        if (!at[length])
            break; /* half a row, of before a kill */
        if (!grow(fetch))
            return error_of_code(ret_error, OC_E_NOMEM, fetch->path, "it is too large");
        struct row *row = &fetch->rows[fetch->count];
        if (length + 2 > sizeof row->text || at[time] != ',' || text_to_time(at, time, &open_ns) < 0)
            return file_failed(fetch, line + 1, "it begins with no time", ret_error);
        if (bar_start(open_ns, fetch->period_ns) != open_ns || (fetch->count && open_ns <= row[-1].open_ns))
            return file_failed(fetch, line + 1, "its time is not one of a bar behind that before", ret_error);
        row->open_ns = open_ns;
        snprintf(row->text, sizeof row->text, "%.*s\n", (int)length, at);
        fetch->count++;
        at += length + 1;
    }
    return OC_OK;
}

static oc_rc read_file(struct fetch *fetch, struct error *ret_error)
{
    char *text;
    size_t size;
    if (!env_exists(fetch->path))
        return OC_OK;
    oc_rc rc = env_read_file(fetch->path, FILE_MAX, &text, &size);
    if (rc < 0)
        return error_of_code(ret_error, rc, fetch->path, env_error_text());
    rc = read_rows(fetch, text, ret_error);
    env_free(text);
    return rc;
}

/* data.keep. */
static void let_go(struct fetch *fetch)
{
    size_t first = 0;
    while (fetch->keep_ns && first < fetch->count &&
           fetch->rows[first].open_ns < fetch->rows[fetch->count - 1].open_ns - fetch->keep_ns)
        first++;
    if (first == 0)
        return;
    memmove(fetch->rows, fetch->rows + first, (fetch->count - first) * sizeof *fetch->rows);
    fetch->count -= first;
    fetch->let_go += first;
}

static oc_rc write_file(const struct fetch *fetch, struct error *ret_error)
{
    struct text out;
    text_init_grow(&out, FILE_MAX);
    text_put(&out, FIRST_ROW);
    for (size_t i = 0; i < fetch->count; i++)
        text_put(&out, fetch->rows[i].text);
    const oc_rc rc = out.is_cut ? (oc_rc)OC_E_LIMIT : env_replace_file(fetch->folder, fetch->name, out.data, out.size);
    text_release(&out);
    return rc < 0 ? error_of_code(ret_error, rc, fetch->path, "it could not be written") : rc;
}

oc_rc data_make_folder(const char *folder, struct error *ret_error)
{
    char part[ENV_PATH_MAX];
    snprintf(part, sizeof part, "%s", folder);
    for (char *at = strchr(part + 1, '/');; at = strchr(at + 1, '/')) {
        if (at)
            *at = 0;
        if (env_mkdir(part) < 0)
            return error_say(ret_error, OC_E_IO, part, "the folder could not be made: %s", env_error_text());
        if (!at)
            return OC_OK;
        *at = '/';
    }
}

void data_symbol_name(const struct oc_instrument *info, char ret_name[OC_SYMBOL_MAX])
{
    snprintf(ret_name, OC_SYMBOL_MAX, "%s", info->symbol);
    for (char *at = ret_name; *at; at++)
        *at = *at == '/' || *at == ':' ? '-' : *at;
}

static oc_rc name_file(struct fetch *fetch, const char *venue, const char *given, const char *period,
                       struct error *ret_error)
{
    char symbol[OC_SYMBOL_MAX];
    data_symbol_name(fetch->info, symbol);
    const char *slash = given ? strrchr(given, '/') : NULL;
    const char *name = slash ? slash + 1 : given;
    if (given)
        snprintf(fetch->folder, sizeof fetch->folder, "%.*s", slash ? (int)(slash - given) : 1, slash ? given : ".");
    else
        snprintf(fetch->folder, sizeof fetch->folder, "data/%s", venue);
    const int length = given ? snprintf(fetch->name, sizeof fetch->name, "%s", name)
                             : snprintf(fetch->name, sizeof fetch->name, "%s-%s.csv", symbol, period);
    if (length <= 0 || (size_t)length >= sizeof fetch->name ||
        snprintf(fetch->path, sizeof fetch->path, "%s/%s", fetch->folder, fetch->name) >= (int)sizeof fetch->path)
        return error_say(ret_error, OC_E_INVALID, given ? given : symbol, "no name of a file of at most 95 bytes");
    return data_make_folder(fetch->folder, ret_error);
}

/* ---- asking ---- */

static void put_bar(struct text *out, const struct oc_instrument *info, const struct oc_ev_bar *bar)
{
    const int64_t line[] = {bar->open, bar->high, bar->low, bar->close};
    text_put_time(out, bar->open_ns);
    for (int i = 0; i < 4; i++) {
        text_put(out, ",");
        visit_put_units(out, line[i], info->price_step);
    }
    text_put(out, ",");
    if (bar->present & OC_HAS_VOLUME)
        visit_put_units(out, bar->volume, info->qty_step);
    text_put(out, "\n");
}

static void take_bar(void *self, const struct oc_event *event)
{
    struct fetch *fetch = self;
    const struct oc_ev_bar *bar = (const struct oc_ev_bar *)(const void *)event;
    if (event->type != OC_EV_BAR || event->size < sizeof *bar ||
        OC_INST_INDEX(event->inst) != OC_INST_INDEX(fetch->info->inst) || bar->period_ns != fetch->period_ns ||
        bar->open_ns < fetch->from_ns || bar->open_ns >= fetch->to_ns ||
        bar->open_ns + bar->period_ns > fetch->closed_ns ||
        (fetch->count && bar->open_ns <= fetch->rows[fetch->count - 1].open_ns))
        return;
    if (!grow(fetch)) {
        fetch->is_short = true;
        return;
    }
    struct row *row = &fetch->rows[fetch->count++];
    struct text text;
    text_init_fixed(&text, row->text, sizeof row->text);
    put_bar(&text, fetch->info, bar);
    row->open_ns = bar->open_ns;
    fetch->fetched++;
}

/* The venue's clock, where it is known, says which bars are over. */
static int64_t venue_now(const struct venue_visit *visit)
{
    struct io_health health;
    io_venue_health(&visit->io, &health);
    return env_clock_real() + (health.is_clock_known ? health.clock.offset_ns : 0);
}

/* [from, to), behind the last row. Positive: it was stopped by hand. */
static oc_rc ask_range(struct fetch *fetch, int64_t from_ns, int64_t to_ns, bool saves, struct error *ret_error)
{
    oc_rc rc = OC_OK;
    for (uint32_t page = 1; from_ns < to_ns && rc == OC_OK; page++) {
        const int64_t span_ns = PAGE_BARS * fetch->period_ns;
        fetch->from_ns = from_ns;
        fetch->to_ns = to_ns - from_ns < span_ns ? to_ns : from_ns + span_ns;
        fetch->closed_ns = venue_now(fetch->visit);
        const struct oc_fetch ask = {.size = sizeof ask,
                                     .kind = OC_FETCH_BARS,
                                     .inst = fetch->info->inst,
                                     .from_ns = fetch->from_ns,
                                     .to_ns = fetch->to_ns,
                                     .period_ns = fetch->period_ns,
                                     .lane = OC_LANE_QUERY};
        rc = venue_visit_fetch(fetch->visit, &ask, PAGE_NS, take_bar, fetch);
        if (rc == OC_E_LATE)
            return error_say(ret_error, rc, fetch->visit->venue, "no answer in 5 min: the same words go on from here");
        if (rc < 0)
            return error_of_code(ret_error, rc, fetch->visit->venue, "its bars could not be fetched");
        if (fetch->is_short)
            return error_of_code(ret_error, OC_E_NOMEM, fetch->path, "no memory for so many bars");
        from_ns = fetch->to_ns;
        if (saves && page % SAVE_PAGES == 0)
            rc = write_file(fetch, ret_error);
        if (interrupt_count() > 0)
            return rc < 0 ? rc : 1;
    }
    return rc;
}

/* What lies before the rows of the file is asked for first, as a whole or not at all. */
static oc_rc ask_before(struct fetch *fetch, int64_t from_ns, int64_t to_ns, struct error *ret_error)
{
    struct fetch before = *fetch;
    before.rows = NULL;
    before.count = before.room = 0;
    const oc_rc rc = ask_range(&before, from_ns, to_ns, false, ret_error);
    for (size_t i = 0; rc == OC_OK && i < fetch->count; i++) {
        if (!grow(&before)) {
            free(before.rows);
            return error_of_code(ret_error, OC_E_NOMEM, fetch->path, "no memory for so many bars");
        }
        before.rows[before.count++] = fetch->rows[i];
    }
    struct row *left = rc == OC_OK ? fetch->rows : before.rows;
    if (rc == OC_OK)
        *fetch = before;
    free(left);
    return rc;
}

static oc_rc ask_all(struct fetch *fetch, int64_t from_ns, int64_t to_ns, struct error *ret_error)
{
    oc_rc rc = OC_OK;
    if (fetch->count && from_ns < fetch->rows[0].open_ns)
        rc = ask_before(fetch, from_ns, fetch->rows[0].open_ns, ret_error);
    if (fetch->count && from_ns <= fetch->rows[fetch->count - 1].open_ns)
        from_ns = fetch->rows[fetch->count - 1].open_ns + fetch->period_ns;
    else if (fetch->count && from_ns > fetch->rows[fetch->count - 1].open_ns + fetch->period_ns)
        from_ns = fetch->rows[fetch->count - 1].open_ns + fetch->period_ns; /* no hole of our own making */
    return rc == OC_OK ? ask_range(fetch, from_ns, to_ns, true, ret_error) : rc;
}

/* ---- what came of it ---- */

static void show_gaps(const struct fetch *fetch)
{
    size_t gaps = 0, missing = 0;
    char from[TEXT_TIME_MAX], to[TEXT_TIME_MAX];
    for (size_t i = 1; i < fetch->count; i++) {
        const int64_t due_ns = fetch->rows[i - 1].open_ns + fetch->period_ns, open_ns = fetch->rows[i].open_ns;
        if (open_ns == due_ns)
            continue;
        missing += (size_t)((open_ns - due_ns) / fetch->period_ns);
        text_from_time(from, due_ns);
        text_from_time(to, open_ns);
        if (gaps++ < GAPS_SHOWN)
            printf("gap: %s to %s, %lld bars\n", from, to, (long long)((open_ns - due_ns) / fetch->period_ns));
    }
    if (gaps > GAPS_SHOWN)
        printf("gap: and %zu more\n", gaps - GAPS_SHOWN);
    printf("gaps: %zu, %zu bars that the venue does not say\n", gaps, missing);
}

static void show(const struct fetch *fetch, bool is_json)
{
    char first[TEXT_TIME_MAX] = "none", last[TEXT_TIME_MAX] = "none";
    if (fetch->count) {
        text_from_time(first, fetch->rows[0].open_ns);
        text_from_time(last, fetch->rows[fetch->count - 1].open_ns);
    }
    if (is_json) {
        size_t gaps = 0;
        for (size_t i = 1; i < fetch->count; i++)
            gaps += fetch->rows[i].open_ns != fetch->rows[i - 1].open_ns + fetch->period_ns;
        printf("{\"file\":\"%s\",\"bars\":%zu,\"fetched\":%zu,\"let_go\":%zu,\"first\":\"%s\",\"last\":\"%s\",\"gaps\":"
               "%zu}\n",
               fetch->path, fetch->count, fetch->fetched, fetch->let_go, first, last, gaps);
        return;
    }
    printf("%s: %zu bars, %zu of them fetched now; %s to %s\n", fetch->path, fetch->count, fetch->fetched, first, last);
    if (fetch->let_go)
        printf("let go: %zu bars that lay further back than data.keep\n", fetch->let_go);
    show_gaps(fetch);
}

/* ---- the verb ---- */

oc_rc data_ask_markets(struct venue_visit *visit, struct error *ret_error)
{
    struct oc_fetch ask = {.size = sizeof ask, .kind = OC_FETCH_TIME, .lane = OC_LANE_QUERY};
    const oc_rc rc =
        venue_visit_fetch(visit, &ask, VISIT_ANSWER_NS, NULL, NULL); /* where it has no clock, ours is used */
    if (rc < 0 && rc != OC_E_NOT_SUPPORTED)
        return error_of_code(ret_error, rc, visit->venue, "its clock was not told");
    ask.kind = OC_FETCH_INSTRUMENTS;
    return visit_fetch(visit, &ask, "its instruments", NULL, NULL, ret_error);
}

oc_rc data_market(const struct venue_visit *visit, const char *symbol, const struct oc_instrument **ret_info,
                  struct error *ret_error)
{
    const struct oc_instrument *info = venue_visit_symbol(visit, symbol);
    if (!info)
        return error_say(ret_error, OC_E_NOT_FOUND, symbol, "%s has no such market: `outcry markets %s` lists them",
                         visit->venue, visit->venue);
    *ret_info = info;
    return OC_OK;
}

static oc_rc take_times(struct fetch *fetch, struct settings *settings, int64_t *ret_from, int64_t *ret_to,
                        struct error *ret_error)
{
    oc_rc rc = settings_time(settings, "session.from", ret_from);
    if (rc == OC_E_NOT_FOUND)
        return error_say(ret_error, OC_E_INVALID, "--from", "where does it begin? such as --from 2026-01-01");
    if (rc == OC_OK && (rc = settings_time(settings, "session.to", ret_to)) == OC_E_NOT_FOUND) {
        *ret_to = venue_now(fetch->visit);
        rc = OC_OK;
    }
    if (rc < 0)
        return error_copy(ret_error, &settings->error);
    rc = settings_duration(settings, "data.keep", &fetch->keep_ns);
    if (rc < 0 && rc != OC_E_NOT_FOUND)
        return error_copy(ret_error, &settings->error);
    if (fetch->keep_ns && *ret_from < *ret_to - fetch->keep_ns)
        return error_say(ret_error, OC_E_INVALID, "--from",
                         "data.keep lets go what lies further back than %s: a later --from, or a longer data.keep",
                         settings_text(settings, "data.keep", ""));
    *ret_from = bar_start(*ret_from, fetch->period_ns);
    return *ret_from < *ret_to ? (oc_rc)OC_OK : error_say(ret_error, OC_E_INVALID, "--from", "it is not before --to");
}

/* Its markets are heard by who has a key: so are its bars. */
static bool says_to_accounts_alone(const struct oc_venue *venue)
{
    for (uint32_t i = 0; i < venue->topic_count; i++)
        if (venue->topics[i].topic != OC_TOPIC_PRIVATE && (venue->topics[i].flags & OC_TOPIC_OF_ACCOUNT))
            return true;
    return false;
}

oc_rc data_visit(struct venue_visit *visit, struct settings *settings, struct error *ret_error)
{
    if (venue_default_account(settings, visit->venue, "nobody") < 0)
        return error_copy(ret_error, &settings->error);
    oc_rc rc = venue_visit_open(visit, ret_error);
    if (rc == OC_OK && says_to_accounts_alone(visit->table->venue))
        rc = venue_visit_sign(visit, ret_error);
    return rc < 0 ? rc : venue_visit_begin(visit, ret_error);
}

static bool has_period(const struct oc_venue *venue, int64_t period_ns)
{
    for (uint32_t i = 0; i < venue->bar_count; i++)
        if (venue->bars_ns[i] == period_ns)
            return true;
    return false;
}

static oc_rc fetch_all(struct fetch *fetch, struct options *options, struct error *ret_error)
{
    const char *period = options->words[3], *given = options->word_count > 4 ? options->words[4] : NULL;
    int64_t from_ns = 0, to_ns = 0;
    if (text_to_duration(period, strlen(period), &fetch->period_ns) < 0 || !bar_period_is_valid(fetch->period_ns))
        return error_say(ret_error, OC_E_INVALID, period, "expected a timeframe from 1s to 1d such as 1m, 1h, 1d");
    oc_rc rc = data_visit(fetch->visit, &options->settings, ret_error);
    if (rc == OC_OK && !has_period(fetch->visit->table->venue, fetch->period_ns))
        return error_say(ret_error, OC_E_NOT_SUPPORTED, period,
                         "%s has no history of such bars: `outcry venue info %s` lists them", fetch->visit->venue,
                         fetch->visit->venue);
    if (rc == OC_OK)
        rc = data_ask_markets(fetch->visit, ret_error);
    if (rc == OC_OK)
        rc = data_market(fetch->visit, options->words[2], &fetch->info, ret_error);
    if (rc == OC_OK)
        rc = take_times(fetch, &options->settings, &from_ns, &to_ns, ret_error);
    if (rc == OC_OK)
        rc = name_file(fetch, fetch->visit->venue, given, period, ret_error);
    if (rc == OC_OK)
        rc = read_file(fetch, ret_error);
    if (rc < 0)
        return rc;
    struct error late;
    rc = ask_all(fetch, from_ns, to_ns, ret_error);
    let_go(fetch);
    const oc_rc written =
        fetch->fetched || fetch->let_go ? write_file(fetch, rc < 0 ? &late : ret_error) : (oc_rc)OC_OK;
    return rc < 0 ? rc : written < 0 ? written : rc;
}

static int fetch_verb(struct options *options)
{
    struct error error = {0};
    struct fetch fetch = {.visit = venue_visit_new(&options->settings, options->words[1])};
    oc_rc rc = fetch.visit ? fetch_all(&fetch, options, &error)
                           : error_of_code(&error, OC_E_NOMEM, options->words[1], "it cannot be asked");
    int code = rc > 0 ? EXIT_INTERRUPTED : EXIT_GOOD;
    if (rc < 0)
        code = complain(&error, rc, options->json);
    else
        show(&fetch, options->json);
    if (rc == OC_E_INVALID)
        code = EXIT_USE;
    if (rc > 0)
        fputs("outcry: stopped by hand: the same words go on from here\n", stderr);
    venue_visit_free(fetch.visit);
    free(fetch.rows);
    return code;
}

int verb_data(int argc, char **argv)
{
    struct options *options = calloc(1, sizeof *options);
    int code = EXIT_USE;
    if (!options)
        return EXIT_RUN;
    oc_rc rc = options_parse(options, argc, argv);
    const bool records = options->word_count && strcmp(options->words[0], "record") == 0;
    const bool fetches = options->word_count && strcmp(options->words[0], "fetch") == 0;
    if (rc == OC_OK && !(records && options->word_count >= 3 && options->word_count <= 66) &&
        !(fetches && options->word_count >= 4 && options->word_count <= 5))
        rc = error_say(&options->error, OC_E_INVALID, "data",
                       "expected fetch, a venue, a symbol and a timeframe; or record, a venue and symbols");
    if (rc < 0) {
        (void)complain(&options->error, OC_E_INVALID, options->json);
        fputs(usage, stderr);
    } else {
        log_set_sink(run_log_to_stderr, NULL);
        log_set_level(LOG_WARNING);
        interrupt_install();
        code = options_finish(options) < 0 ? complain(&options->error, OC_E_CONFIG, options->json)
               : records                   ? data_record(options)
                                           : fetch_verb(options);
        log_flush();
    }
    options_release(options);
    free(options);
    return code;
}

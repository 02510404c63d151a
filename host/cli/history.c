/* history.c: `outcry orders`, `fills`, `positions`, `trades`, `pnl`, `sessions`, `transactions`: what all sessions have left, and `outcry history`. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/env.h"
#include "base/json_out.h"
#include "base/log.h"
#include "cli/complain.h"
#include "cli/help.h"
#include "cli/history.h"
#include "cli/history_show.h"
#include "cli/run.h"
#include "cli/verbs.h"
#include "config/options.h"
#include "history/follow.h"
#include "session/interrupt.h"

enum { LIMIT_DEFAULT = 100, CONFIG_WORDS_MAX = 64 };
#define FOLLOW_NS 500000000ll

static const char usage[] =
    "usage: outcry %s [filters] [--limit 100] [--csv | --json] [--follow] [--config FILE] [--set KEY=VALUE]\n"
    "Over all sessions of the data folder; what the journals have and the database has not is read first.\n"
    "filters:";
static const char usage_end[] =
    "--since and --until take 2024-01-31, 2024-01-31T12:00:00Z, or how long ago: 7d. --search finds a text in any "
    "column.\n"
    "--symbol takes BTC/USDT or venue:BTC/USDT. --limit 0 shows all; CSV and JSON do, unless it is said.\n"
    "--csv and --json have every column with every digit: `outcry help tables`, docs/history.md.\n"
    "--follow goes on as records come, an object a line with --json; Ctrl-C ends it.\n"
    "exit codes: 0 good, 1 the history could not be read, 2 wrong use, 3 configuration\n";

struct wish {
    const char *verb;
    uint32_t table;
    const char *filters[FILTERS];
    uint32_t limit;
    bool has_limit;
    enum show_form form;
    bool follows;
    char *config[CONFIG_WORDS_MAX]; /* what is left for the options */
    int config_count;
};

static void put_usage(const struct wish *wish, FILE *out)
{
    fprintf(out, usage, wish->verb);
    for (int i = 0; i < FILTERS; i++)
        if (history_has_filter(wish->table, (enum history_filter)i))
            fprintf(out, " --%s", history_filter_name((enum history_filter)i));
    fprintf(out, "\n%s", usage_end);
}

/* ---- words ---- */

static oc_rc unknown(const char *word, struct error *ret_error)
{
    const char *names[FILTERS + 8] = {"limit", "csv", "json", "follow", "config", "set", "help"};
    const char *end = strchr(word, '=');
    char name[64];
    for (int i = 0; i < FILTERS; i++)
        names[7 + i] = history_filter_name((enum history_filter)i);
    error_at(ret_error, OC_E_INVALID, "%s", word[0] == '-' ? "option" : "word");
    error_what(ret_error, "not known here");
    error_found(ret_error, "%s", word);
    snprintf(name, sizeof name, "%.*s", (int)(end ? end - word : (long)strlen(word)), word);
    const char *nearest = text_nearest(name + strspn(name, "-"), names);
    if (nearest && strcmp(nearest, word + strspn(word, "-")) == 0)
        error_what(ret_error, "a value is missing behind it");
    else if (nearest)
        error_remedy(ret_error, "did you mean '--%s'?", nearest);
    else
        error_remedy(ret_error, "--help shows what there is");
    return OC_E_INVALID;
}

static oc_rc take_limit(struct wish *wish, const char *value, struct error *ret_error)
{
    int64_t limit;
    if (text_to_int(value, strlen(value), &limit) < 0 || limit < 0 || limit > SHOW_ROWS_MAX) {
        error_at(ret_error, OC_E_INVALID, "--limit");
        error_found(ret_error, "%s", value);
        error_expected(ret_error, "a whole number up to %d; 0 shows all", SHOW_ROWS_MAX);
        return OC_E_INVALID;
    }
    wish->limit = (uint32_t)limit;
    wish->has_limit = true;
    return OC_OK;
}

/* "--name value" and "--name=value"; NULL: there is none. */
static const char *value_of(const char *word, int argc, char **argv, int *at, const char *name)
{
    const size_t size = strlen(name);
    if (strncmp(word, name, size) != 0 || (word[size] != 0 && word[size] != '='))
        return NULL;
    if (word[size] == '=')
        return word + size + 1;
    return *at + 1 < argc ? argv[++*at] : NULL;
}

static oc_rc take_option(struct wish *wish, int argc, char **argv, int *at, struct error *ret_error)
{
    const char *word = argv[*at];
    if (strncmp(word, "--", 2) != 0)
        return unknown(word, ret_error);
    for (int i = 0; i < FILTERS; i++) {
        const char *value = value_of(word + 2, argc, argv, at, history_filter_name((enum history_filter)i));
        if (value) {
            wish->filters[i] = value;
            return OC_OK;
        }
    }
    const char *limit = value_of(word + 2, argc, argv, at, "limit");
    if (limit)
        return take_limit(wish, limit, ret_error);
    const int from = *at;
    if (value_of(word + 2, argc, argv, at, "config") || value_of(word + 2, argc, argv, at, "set")) {
        for (int i = from; i <= *at && wish->config_count < CONFIG_WORDS_MAX - 1; i++)
            wish->config[wish->config_count++] = argv[i];
        return OC_OK;
    }
    return unknown(word, ret_error);
}

static oc_rc take_words(struct wish *wish, int argc, char **argv, struct error *ret_error)
{
    oc_rc rc = OC_OK;
    wish->config[wish->config_count++] = argv[0];
    for (int i = 1; i < argc && rc == OC_OK; i++) {
        if (strcmp(argv[i], "--json") == 0)
            wish->form = SHOW_JSON;
        else if (strcmp(argv[i], "--csv") == 0)
            wish->form = SHOW_CSV;
        else if (strcmp(argv[i], "--follow") == 0)
            wish->follows = true;
        else if (strcmp(argv[i], "--said") == 0)
            (void)dup2(1, 2); /* a console reads the output alone; else complaints go where they went */
        else
            rc = take_option(wish, argc, argv, &i, ret_error);
    }
    if (!wish->has_limit)
        wish->limit = wish->form == SHOW_TABLE ? LIMIT_DEFAULT : 0;
    return rc;
}

/* ---- work ---- */

static void say(void *self, const char *line)
{
    (void)self;
    fprintf(stderr, "outcry: %s\n", line);
}

/* Whether it could be: a reader that has gone ends it, and that is no failure. */
static bool flush(void)
{
    struct pollfd output = {.fd = 1};
    if (fflush(stdout) != 0 || ferror(stdout))
        return false;
    return poll(&output, 1, 0) <= 0 || !(output.revents & (POLLERR | POLLNVAL)); /* nothing may be written for long */
}

/* Where the store takes no rows, what it has is shown all the same; said once, until it takes them again. */
static void refresh(struct history_follow *following, const char *only, uint32_t *ret_running, bool *has_failed)
{
    struct error error = {0};
    char text[ERROR_TEXT_MAX];
    const bool fails = history_follow_turn(following, only, ret_running, &error) < 0;
    error_text(&error, text);
    if (fails && !*has_failed)
        fprintf(stderr, "outcry: %s: the history is behind the journals until it takes rows again\n", text);
    if (!fails && *has_failed)
        fputs("outcry: the history takes rows again\n", stderr);
    *has_failed = fails;
}

static const struct history_telling telling = {NULL, say};

/* All of it, as it is now. */
static void catch_up(struct history_store *store)
{
    struct error error = {0};
    struct history_caught caught;
    char text[ERROR_TEXT_MAX];
    if (history_catch_up(store, &telling, &caught, &error) == OC_OK && history_keep(store, &error) == OC_OK)
        return;
    error_text(&error, text);
    fprintf(stderr, "outcry: %s: what is shown may be behind the journals\n", text);
}

static oc_rc follow(struct show *show, struct history_ask *ask, struct error *ret_error)
{
    struct history_follow *following = history_follow_new(show->store, &telling);
    bool has_failed = false;
    uint32_t running;
    oc_rc rc = following ? (oc_rc)OC_OK : error_of_code(ret_error, OC_E_NOMEM, "history", "it cannot be followed");
    interrupt_install();
    while (rc == OC_OK && flush() && !interrupt_count()) {
        refresh(following, NULL, &running, &has_failed);
        rc = show_news(show, ask, ret_error);
        if (rc == OC_OK && flush() && !interrupt_count())
            env_sleep(FOLLOW_NS);
    }
    history_follow_free(following);
    if (rc == OC_OK && !interrupt_count() &&
        !freopen("/dev/null", "w", stdout)) /* the reader has gone: nothing is owed to it */
        rc = error_of_code(ret_error, OC_E_IO, "the standard output", "it could not be let go of");
    return rc;
}

static oc_rc work(const struct wish *wish, struct history_store *store, struct error *ret_error)
{
    struct history_ask *ask = calloc(1, sizeof *ask);
    struct show show = {.store = store};
    const char *no_colour = getenv("NO_COLOR");
    oc_rc rc = ask ? show_init(&show, store, wish->table, wish->form, stdout) : (oc_rc)OC_E_NOMEM;
    if (rc < 0)
        rc = error_of_code(ret_error, rc, "history", "the rows could not be shown");
    show.is_coloured = wish->form == SHOW_TABLE && isatty(1) && !(no_colour && *no_colour);
    show.follows = wish->follows;
    show.is_line = wish->form == SHOW_JSON && wish->follows;
    if (store->said[0])
        say(NULL, store->said);
    if (rc == OC_OK)
        catch_up(store);
    if (rc == OC_OK)
        rc = history_ask_make(store, wish->table, wish->filters, env_clock_real(), ask, ret_error);
    if (rc == OC_OK)
        rc = show_rows(&show, ask, wish->limit, ret_error);
    if (rc == OC_OK && wish->follows)
        rc = follow(&show, ask, ret_error);
    else if (rc == OC_OK)
        show_end(&show, wish->limit);
    show_release(&show);
    free(ask);
    return rc;
}

static int ask(struct wish *wish, int argc, char **argv)
{
    struct options *options = calloc(1, sizeof *options);
    struct error error = {0};
    struct history_store *store = NULL;
    if (!options)
        return EXIT_RUN;
    oc_rc rc = take_words(wish, argc, argv, &error);
    if (rc == OC_OK && options_parse(options, wish->config_count, wish->config) < 0)
        rc = error_copy(&error, &options->error);
    int code = rc < 0 ? EXIT_USE : EXIT_GOOD;
    if (rc == OC_OK && options_finish(options) < 0)
        rc = error_copy(&error, &options->error);
    log_set_sink(run_log_to_stderr, NULL);
    log_set_level(LOG_WARNING);
    if (rc == OC_OK) {
        store = history_store_open(&options->settings, &error);
        rc = store ? work(wish, store, &error) : error.rc;
        code = rc == OC_E_INVALID || rc == OC_E_NOT_SUPPORTED ? EXIT_USE : EXIT_GOOD;
    }
    if (rc < 0) {
        const int failed = complain(&error, rc, wish->form == SHOW_JSON);
        code = code == EXIT_GOOD ? failed : code;
    }
    history_store_free(store);
    log_flush();
    options_release(options);
    free(options);
    return code;
}

static int verb(const char *name, uint32_t table, int argc, char **argv)
{
    struct wish wish = {.verb = name, .table = table};
    if (!help_is_asked(argc, argv))
        return ask(&wish, argc, argv);
    put_usage(&wish, stdout);
    return EXIT_GOOD;
}

int verb_orders(int argc, char **argv) { return verb("orders", HISTORY_ORDER, argc, argv); }
int verb_fills(int argc, char **argv) { return verb("fills", HISTORY_FILL, argc, argv); }
int verb_positions(int argc, char **argv) { return verb("positions", HISTORY_POSITION, argc, argv); }
int verb_trades(int argc, char **argv) { return verb("trades", HISTORY_TRADE, argc, argv); }
int verb_pnl(int argc, char **argv) { return verb("pnl", HISTORY_EQUITY, argc, argv); }
int verb_sessions(int argc, char **argv) { return verb("sessions", HISTORY_SESSION, argc, argv); }
int verb_transactions(int argc, char **argv) { return verb("transactions", HISTORY_TRANSACTION, argc, argv); }

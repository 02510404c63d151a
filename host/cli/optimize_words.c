#include "cli/optimize_words.h"

#include <stdlib.h>
#include <string.h>

#include "base/env_jobs.h"
#include "base/text.h"
#include "cli/help.h"

static const char *const names[] = {"over",         "search",        "trials", "objective", "workers", "min-trips",
                                    "walk-forward", "out-of-sample", "study",  "map",       NULL};
static const char usage[] =
    "usage: outcry optimize FILE.lua DATA... --over NAME=FROM..TO[:STEP]... [options of backtest]\n\n"
    "  --over fast=5..50:5              a range of a parameter, or words: mode=trend,range; several\n"
    "  --search grid                    all of it; random; adaptive (differential evolution)\n"
    "  --trials 200                     so many runs; of a grid all\n"
    "  --objective sharpe               sortino, calmar, return, cagr, profit_factor, win_rate, drawdown\n"
    "  --min-trips 10                   a run with fewer round trips has no score\n"
    "  --out-of-sample 30%              the last part of the time is kept out of the search, and run behind it\n"
    "  --walk-forward 5                 windows, each run with what all data before it chose\n"
    "  --workers 2                      so many runs at once (one a core): the same results with any number\n"
    "  --study FILE                     keeps what was run; the same words go on with it\n"
    "  --map FILE.html                  the plane of the first two parameters as a page\n"
    "  --json, --quiet                  the result for other programs; nothing\n\n"
    "All else is said to the backtest: `outcry backtest --help`.\n";

void optimize_usage(FILE *out)
{
    fputs("outcry optimize: look for parameters, and see what the choice is worth\n\n", out);
    fputs(usage, out);
}

bool optimize_is_help(int argc, char **argv) { return help_is_asked(argc, argv); }

static oc_rc wrong(struct error *error, const char *option, const char *found, const char *expected)
{
    error_at(error, OC_E_INVALID, "--%s", option);
    error_found(error, "%.100s", found);
    error_expected(error, "%s", expected);
    return OC_E_INVALID;
}

static oc_rc take_number(const char *option, const char *value, int64_t low, int64_t high, uint32_t *ret,
                         struct error *error)
{
    int64_t number;
    char expected[64];
    const size_t size = strlen(value);
    const bool is_percent = size && value[size - 1] == '%' && strcmp(option, "out-of-sample") == 0;
    if (text_to_int(value, size - is_percent, &number) == OC_OK && number >= low && number <= high) {
        *ret = (uint32_t)number;
        return OC_OK;
    }
    snprintf(expected, sizeof expected, "a whole number from %lld to %lld", (long long)low, (long long)high);
    return wrong(error, option, value, expected);
}

static oc_rc take_objective(struct optimize_wish *wish, const char *value, struct error *error)
{
    const char *list[PROBE_FIGURES + 1] = {0};
    for (uint32_t i = 0; (list[i] = probe_figure_name(i)) != NULL; i++)
        if (strcmp(list[i], value) == 0) {
            wish->objective = i;
            return OC_OK;
        }
    (void)wrong(error, "objective", value,
                "sharpe, sortino, calmar, return, cagr, profit_factor, win_rate or drawdown");
    const char *nearest = text_nearest(value, list);
    if (nearest)
        error_remedy(error, "did you mean '%s'?", nearest);
    return OC_E_INVALID;
}

static oc_rc take_kind(struct optimize_wish *wish, const char *value, struct error *error)
{
    static const char *const kinds[] = {"", "grid", "random", "adaptive"};
    for (uint32_t i = SEARCH_GRID; i <= SEARCH_ADAPTIVE; i++)
        if (strcmp(kinds[i], value) == 0) {
            wish->kind = i;
            return OC_OK;
        }
    return wrong(error, "search", value, "grid, random or adaptive");
}

static oc_rc take(struct optimize_wish *wish, struct search *search, const char *option, const char *value,
                  struct error *error)
{
    if (strcmp(option, "over") == 0) {
        oc_rc rc = search_add(search, value, error);
        if (rc == OC_OK)
            wish->over[wish->over_count++] = value;
        return rc;
    }
    if (strcmp(option, "search") == 0)
        return take_kind(wish, value, error);
    if (strcmp(option, "objective") == 0)
        return take_objective(wish, value, error);
    if (strcmp(option, "trials") == 0)
        return take_number(option, value, 1, SEARCH_POINTS_MAX, &wish->trials, error);
    if (strcmp(option, "workers") == 0)
        return take_number(option, value, 1, ENV_JOBS_WORKERS_MAX, &wish->workers, error);
    if (strcmp(option, "min-trips") == 0)
        return take_number(option, value, 0, 1000000, &wish->min_trips, error);
    if (strcmp(option, "walk-forward") == 0)
        return take_number(option, value, 2, OPTIMIZE_WINDOWS_MAX, &wish->windows, error);
    if (strcmp(option, "out-of-sample") == 0)
        return take_number(option, value, 1, 90, &wish->out_percent, error);
    if (strcmp(option, "study") == 0)
        wish->study = value;
    else
        wish->map = value;
    return OC_OK;
}

/* One of its own options: *ret_value behind = or the next word. */
static const char *own_option(char **argv, int argc, int *at, const char **ret_value)
{
    const char *word = argv[*at];
    if (strncmp(word, "--", 2) != 0)
        return NULL;
    const char *equals = strchr(word, '=');
    const size_t size = equals ? (size_t)(equals - word - 2) : strlen(word + 2);
    for (int i = 0; names[i]; i++) {
        if (strlen(names[i]) != size || memcmp(word + 2, names[i], size) != 0)
            continue;
        *ret_value = equals ? equals + 1 : *at + 1 < argc ? argv[++*at] : NULL;
        return names[i];
    }
    return NULL;
}

/* What a search would write over with each run, or cannot be of many. */
static oc_rc refuse(const char *word, struct error *error)
{
    static const char *const others[] = {"report", "csv", "session", "null"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        const size_t size = strlen(others[i]);
        if (strncmp(word, "--", 2) != 0 || strncmp(word + 2, others[i], size) != 0 ||
            (word[2 + size] && word[2 + size] != '='))
            continue;
        error_at(error, OC_E_INVALID, "--%s", others[i]);
        error_what(error, "it is of one run, not of a search");
        error_remedy(error, "run `outcry backtest` with the parameters that were found");
        return OC_E_INVALID;
    }
    return OC_OK;
}

static oc_rc read_words(struct optimize_wish *wish, struct search *search, int argc, char **argv, struct error *error)
{
    static char verb[] = "backtest";
    wish->argv[wish->words.argc++] = verb;
    for (int i = 1; i < argc; i++) {
        const char *value = NULL, *option = own_option(argv, argc, &i, &value);
        wish->is_json |= strcmp(argv[i], "--json") == 0;
        if (option && !value)
            return error_say(error, OC_E_INVALID, option, "it needs a value");
        if (option) {
            oc_rc rc = take(wish, search, option, value, error);
            if (rc < 0)
                return rc;
            continue;
        }
        oc_rc rc = refuse(argv[i], error);
        if (rc < 0)
            return rc;
        if (strcmp(argv[i], "--json") == 0)
            continue;
        if (strcmp(argv[i], "--quiet") == 0) {
            wish->is_quiet = true;
            continue;
        }
        if (wish->words.argc == OPTIMIZE_WORDS_MAX - 1)
            return error_say(error, OC_E_LIMIT, argv[i], "at most %d words", OPTIMIZE_WORDS_MAX);
        wish->argv[wish->words.argc++] = argv[i];
    }
    wish->words.argv = wish->argv;
    return OC_OK;
}

/* The words of the backtest alone, once before any child: research.* of its settings. */
static oc_rc read_settings(struct optimize_wish *wish, struct error *error)
{
    struct options *options = calloc(1, sizeof *options);
    int64_t workers = 0;
    if (!options)
        return error_of_code(error, OC_E_NOMEM, "optimize", "");
    oc_rc rc = options_parse(options, wish->words.argc, wish->words.argv);
    if (rc == OC_OK)
        rc = options_finish(options);
    if (rc < 0)
        *error = options->error;
    wish->has_trials = true;
    if (rc == OC_OK) {
        rc = settings_boolean(&options->settings, "research.trials", &wish->has_trials);
        if (rc == OC_OK || rc == OC_E_NOT_FOUND)
            rc = settings_integer(&options->settings, "research.workers", &workers);
        if (rc == OC_E_CONFIG)
            *error = options->settings.error;
        rc = rc == OC_E_NOT_FOUND ? (oc_rc)OC_OK : rc;
    }
    if (rc == OC_OK && !wish->workers && workers > 0 && workers <= ENV_JOBS_WORKERS_MAX)
        wish->workers = (uint32_t)workers;
    options_release(options);
    free(options);
    return rc;
}

oc_rc optimize_words(struct optimize_wish *wish, struct search *search, int argc, char **argv, struct error *ret_error)
{
    enum { TRIALS_USUAL = 200 };
    wish->kind = SEARCH_GRID;
    wish->objective = PROBE_SHARPE;
    wish->min_trips = 10;
    oc_rc rc = read_words(wish, search, argc, argv, ret_error);
    if (rc < 0)
        return rc;
    if (!search->param_count) {
        error_at(ret_error, OC_E_INVALID, "optimize");
        error_what(ret_error, "no range to look through");
        error_remedy(ret_error, "--over NAME=FROM..TO:STEP, of a parameter that the strategy declares");
        return OC_E_INVALID;
    }
    if (wish->windows && wish->out_percent) {
        error_at(ret_error, OC_E_INVALID, "--walk-forward");
        error_what(ret_error, "it keeps data out of each search already: not together with --out-of-sample");
        return OC_E_INVALID;
    }
    if (wish->kind != SEARCH_GRID && !wish->trials)
        wish->trials = TRIALS_USUAL;
    return read_settings(wish, ret_error);
}

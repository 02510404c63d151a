/* optimize_show.c: what a search found, as text and as one JSON object. */
#include <stdlib.h>
#include <string.h>

#include "base/json_out.h"
#include "base/text.h"
#include "cli/optimize.h"
#include "report/format.h"

enum { SHOW_JSON_MAX = 1 << 26, SHOW_PARAMS_MAX = 400 };

static const char *put_params(const struct search *search, const uint32_t *at, char ret_text[SHOW_PARAMS_MAX])
{
    char value[SEARCH_WORD_MAX];
    struct text text;
    text_init_fixed(&text, ret_text, SHOW_PARAMS_MAX);
    for (uint32_t i = 0; i < search->param_count; i++)
        text_format(&text, "%s%s=%s", i ? " " : "", search->params[i].name,
                    search_value(&search->params[i], at[i], value));
    return ret_text;
}

static bool is_share(uint32_t figure)
{
    return figure == PROBE_RETURN || figure == PROBE_CAGR || figure == PROBE_WIN_RATE || figure == PROBE_DRAWDOWN;
}

static const char *put_figure(uint32_t figure, struct figure value, char text[FORMAT_MAX])
{
    return is_share(figure) ? format_percent(value, false, text) : format_ratio(value, text);
}

/* Points by score, the best first; the order in which they were tried decides among equals. */
static uint32_t sorted(const struct search *search, uint32_t *ret_list)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < search->told; i++) {
        uint32_t at = count < OPTIMIZE_TOP ? count++ : OPTIMIZE_TOP;
        for (; at > 0 && search->points[i].score > search->points[ret_list[at - 1]].score; at--)
            if (at < OPTIMIZE_TOP)
                ret_list[at] = ret_list[at - 1];
        if (at < OPTIMIZE_TOP)
            ret_list[at] = i;
    }
    return count;
}

static void put_row(const struct optimize *optimize, const char *name, const uint32_t *at,
                    const struct probe_result *result, FILE *out)
{
    char params[SHOW_PARAMS_MAX], score[FORMAT_MAX], made[FORMAT_MAX], fall[FORMAT_MAX], trips[FORMAT_MAX];
    const uint32_t objective = optimize->wish.objective;
    fprintf(out, "  %-10s%12s%12s%12s%8s  %s\n", name, put_figure(objective, result->of[objective], score),
            format_percent(result->of[PROBE_RETURN], true, made),
            format_percent(result->of[PROBE_DRAWDOWN], false, fall), format_count(result->trips, trips),
            put_params(&optimize->search, at, params));
}

static void put_heads(const struct optimize *optimize, const char *title, FILE *out)
{
    fprintf(out, "\n%s\n  %-10s%12s%12s%12s%8s  %s\n", title, "", probe_figure_name(optimize->wish.objective), "return",
            "drawdown", "trips", "parameters");
}

static void put_list(const struct optimize *optimize, FILE *out)
{
    uint32_t list[OPTIMIZE_TOP];
    char name[16];
    const uint32_t count = sorted(&optimize->search, list);
    put_heads(optimize, "The best", out);
    for (uint32_t i = 0; i < count && optimize->search.points[list[i]].score > SEARCH_NO_SCORE; i++) {
        snprintf(name, sizeof name, "%u", i + 1);
        put_row(optimize, name, optimize->search.points[list[i]].at, &optimize->results[list[i]], out);
    }
}

/* The plateau is what to take: a peak that stands alone was made by chance. */
static void put_choices(const struct optimize *optimize, FILE *out)
{
    char level[FORMAT_MAX];
    const uint32_t objective = optimize->wish.objective;
    const double sign = objective == PROBE_DRAWDOWN ? -1.0 : 1.0;
    put_heads(optimize, "Plateau and peak", out);
    if (optimize->plateau.is_known)
        put_row(optimize, "plateau", optimize->plateau.at, &optimize->plateau.in, out);
    if (optimize->plateau.has_out)
        put_row(optimize, "  out", optimize->plateau.at, &optimize->plateau.out, out);
    put_row(optimize, "peak", optimize->best.at, &optimize->best.in, out);
    if (optimize->best.has_out)
        put_row(optimize, "  out", optimize->best.at, &optimize->best.out, out);
    if (optimize->plateau.is_known)
        fprintf(out, "  plateau: the point whose neighbours are the best; their median is %s\n",
                put_figure(objective, (struct figure){sign * optimize->plateau_level, true}, level));
    if (optimize->split_ns != INT64_MAX)
        fprintf(out, "  out: of the last %u %% of the time, from %s on, which the search did not see\n",
                optimize->wish.out_percent, format_time(optimize->split_ns, level));
}

/* What the windows made together, one behind the other. */
static struct figure compounded(const struct optimize *optimize, uint32_t *ret_good)
{
    double value = 1.0;
    *ret_good = 0;
    for (uint32_t i = 0; i < optimize->wish.windows; i++) {
        const struct probe_result *out = &optimize->windows[i].choice.out;
        if (!optimize->windows[i].choice.has_out || out->rc < 0 || !out->of[PROBE_RETURN].is_known)
            continue;
        value *= 1.0 + out->of[PROBE_RETURN].value;
        *ret_good += out->of[PROBE_RETURN].value > 0.0;
    }
    return (struct figure){value - 1.0, optimize->wish.windows > 0};
}

static void put_windows(const struct optimize *optimize, FILE *out)
{
    char from[FORMAT_MAX], in[FORMAT_MAX], made[FORMAT_MAX], params[SHOW_PARAMS_MAX];
    const uint32_t objective = optimize->wish.objective;
    uint32_t good;
    if (!optimize->wish.windows)
        return;
    fprintf(out, "\nWalk forward\n  %-20s%12s%12s%12s  %s\n", "run from", "searched", "run", "return", "parameters");
    for (uint32_t i = 0; i < optimize->wish.windows; i++) {
        const struct optimize_window *window = &optimize->windows[i];
        const struct optimize_choice *choice = &window->choice;
        fprintf(out, "  %-20s", format_time(window->split_ns, from));
        if (!choice->has_out) {
            fputs("         n/a  no run had a score\n", out);
            continue;
        }
        char then[FORMAT_MAX];
        fprintf(out, "%12s%12s%12s  %s\n", put_figure(objective, choice->in.of[objective], in),
                put_figure(objective, choice->out.of[objective], then),
                format_percent(choice->out.of[PROBE_RETURN], true, made),
                put_params(&optimize->search, choice->at, params));
    }
    const struct figure all = compounded(optimize, &good);
    fprintf(out, "  together %s; %u of %u windows made money\n", format_percent(all, true, made), good,
            optimize->wish.windows);
}

static void put_trials(const struct optimize *optimize, FILE *out)
{
    char share[FORMAT_MAX], ratio[FORMAT_MAX], count[FORMAT_MAX];
    const struct check_trials *trials = &optimize->trials;
    if (trials->why[0])
        fprintf(out, "\n  trials: %s\n", trials->why);
    if (!trials->is_made)
        return;
    fprintf(out, "\n  %s%s trials on these data. ", trials->is_bounded ? "at least " : "",
            format_count(trials->count, count));
    if (trials->deflated.is_known)
        fprintf(out, "The best of so many makes a Sharpe ratio of %s by luck;\n  that the peak's is above it: %s.\n",
                format_ratio(trials->benchmark, ratio), format_percent(trials->deflated, false, share));
    else
        fputs("Too few have a Sharpe ratio to say what luck makes.\n", out);
}

void optimize_text(const struct optimize *optimize, FILE *out)
{
    static const char *const kinds[] = {"", "grid", "random", "adaptive"};
    const uint64_t size = search_size(&optimize->search);
    char all[FORMAT_MAX], made[FORMAT_MAX];
    fprintf(out, "Outcry optimize  %s search by %s: %s runs of %s points\n", kinds[optimize->wish.kind],
            probe_figure_name(optimize->wish.objective), format_count(optimize->search.told, made),
            size == UINT64_MAX ? "very many" : format_count(size, all));
    if (optimize->failed)
        fprintf(out, "  %s runs failed, the first: %.200s\n", format_count(optimize->failed, made),
                optimize->first_error);
    put_list(optimize, out);
    put_choices(optimize, out);
    put_windows(optimize, out);
    put_trials(optimize, out);
}

/* ---- JSON ---- */

static void json_figure(struct text *json, const char *name, struct figure figure)
{
    if (figure.is_known)
        json_double_exact(json, name, figure.value);
    else
        json_null(json, name);
}

static void json_result(struct text *json, const char *name, const struct probe_result *result)
{
    const struct figure none = {0.0, false};
    json_open(json, name, '{');
    for (uint32_t i = 0; i < PROBE_FIGURES; i++)
        json_figure(json, probe_figure_name(i), result->rc < 0 ? none : result->of[i]);
    json_int(json, "trips", (int64_t)result->trips);
    json_double_exact(json, "profit", result->profit);
    if (result->rc < 0)
        json_text(json, "error", result->error);
    json_close(json, '}');
}

static void json_params(struct text *json, const struct search *search, const uint32_t *at)
{
    char value[SEARCH_WORD_MAX];
    json_open(json, "params", '{');
    for (uint32_t i = 0; i < search->param_count; i++)
        json_text(json, search->params[i].name, search_value(&search->params[i], at[i], value));
    json_close(json, '}');
}

static void json_choice(struct text *json, const char *name, const struct optimize *optimize,
                        const struct optimize_choice *choice)
{
    if (!choice->is_known) {
        json_null(json, name);
        return;
    }
    json_open(json, name, '{');
    json_params(json, &optimize->search, choice->at);
    json_result(json, "searched", &choice->in);
    if (choice->has_out)
        json_result(json, "out_of_sample", &choice->out);
    else
        json_null(json, "out_of_sample");
    json_close(json, '}');
}

static void json_windows(struct text *json, const struct optimize *optimize)
{
    uint32_t good;
    json_open(json, "walk_forward", '[');
    for (uint32_t i = 0; i < optimize->wish.windows; i++) {
        const struct optimize_window *window = &optimize->windows[i];
        json_open(json, NULL, '{');
        json_time(json, "run_from", window->split_ns);
        json_choice(json, "choice", optimize, &window->choice);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_figure(json, "walk_forward_return", compounded(optimize, &good));
}

oc_rc optimize_json(const struct optimize *optimize, FILE *out)
{
    static const char *const kinds[] = {"", "grid", "random", "adaptive"};
    struct text json;
    text_init_grow(&json, SHOW_JSON_MAX);
    json_open(&json, NULL, '{');
    json_text(&json, "search", kinds[optimize->wish.kind]);
    json_text(&json, "objective", probe_figure_name(optimize->wish.objective));
    json_int(&json, "runs", optimize->search.told);
    json_int(&json, "failed", (int64_t)optimize->failed);
    if (optimize->split_ns != INT64_MAX)
        json_time(&json, "out_of_sample_from", optimize->split_ns);
    else
        json_null(&json, "out_of_sample_from");
    json_choice(&json, "plateau", optimize, &optimize->plateau);
    json_choice(&json, "peak", optimize, &optimize->best);
    json_windows(&json, optimize);
    if (optimize->trials.is_made)
        json_int(&json, "trials", (int64_t)optimize->trials.count);
    else
        json_null(&json, "trials");
    json_figure(&json, "luck_sharpe", optimize->trials.benchmark);
    json_figure(&json, "deflated_sharpe", optimize->trials.deflated);
    json_open(&json, "points", '[');
    for (uint32_t i = 0; i < optimize->search.told; i++) {
        json_open(&json, NULL, '{');
        json_params(&json, &optimize->search, optimize->search.points[i].at);
        json_result(&json, "result", &optimize->results[i]);
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_close(&json, '}');
    const bool is_cut = json.is_cut;
    if (!is_cut)
        fprintf(out, "%s\n", json.data);
    text_release(&json);
    return is_cut ? OC_E_NOMEM : OC_OK;
}

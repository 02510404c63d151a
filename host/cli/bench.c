/* bench.c: `outcry bench [ROW] [DIR]`: our figures beside a measuring stick of the same run, as ratios. */
#include "cli/bench.h"
#include "cli/complain.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/json_out.h"
#include "base/log.h"
#include "base/version.h"
#include "cli/verbs.h"
#include "session/parts.h"

struct bench_out {
    struct text json; /* with is_json: what is printed at the end */
    bool is_json;
    bool has_row, has_figures; /* that is open */
};

static void end_row(struct bench_out *out)
{
    if (out->has_figures)
        json_close(&out->json, ']');
    if (out->has_row)
        json_close(&out->json, '}');
    out->has_row = out->has_figures = false;
}

void bench_row(const struct bench *bench, const char *row, const char *about, ...)
{
    struct bench_out *out = bench->out;
    char words[256];
    va_list args;
    va_start(args, about);
    vsnprintf(words, sizeof words, about, args);
    va_end(args);
    if (!out->is_json) {
        printf("%s: %s\n", row, words);
        return;
    }
    end_row(out);
    json_open(&out->json, NULL, '{');
    json_text(&out->json, "row", row);
    json_text(&out->json, "about", words);
    out->has_row = true;
}

void bench_figure(const struct bench *bench, const char *name, double value, int digits, const char *unit,
                  const char *format, ...)
{
    struct bench_out *out = bench->out;
    char words[256];
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    if (!out->is_json) {
        printf("  %-8s %8.*f %-8s %s%s\n", name, digits, value, unit, *words ? " " : "", words);
        return;
    }
    if (!out->has_figures)
        json_open(&out->json, "figures", '[');
    out->has_figures = true;
    json_open(&out->json, NULL, '{');
    json_text(&out->json, "name", name);
    json_double(&out->json, "value", value);
    json_text(&out->json, "unit", unit);
    json_text(&out->json, "words", words);
    json_close(&out->json, '}');
}

void bench_text(const struct bench *bench, const char *said, size_t size)
{
    if (!bench->out->is_json) {
        (void)fwrite(said, 1, size, stdout);
        (void)fflush(stdout);
        return;
    }
    json_text_n(&bench->out->json, "said", said, size);
}

static int compare_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

double bench_percentile(double *values, int count, int percent)
{
    qsort(values, (size_t)count, sizeof *values, compare_double);
    int at = (int)((int64_t)count * percent / 100);
    return values[at < count ? at : count - 1];
}

double bench_median(double *values, int count) { return bench_percentile(values, count, 50); }

static oc_rc remove_entry(void *arg, const char *name)
{
    char path[ENV_PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", (const char *)arg, name);
    (void)remove(path);
    return OC_OK;
}

void bench_remove(const char *dir)
{
    char name[ENV_PATH_MAX];
    snprintf(name, sizeof name, "%s", dir);
    (void)env_list(name, remove_entry, name);
    (void)remove(name);
}

static const struct row {
    const char *name;
    int (*run)(const struct bench *bench);
} rows[] = {{"bars", bench_bars},       {"order", bench_order},     {"stop", bench_stop},       {"door", bench_door},
            {"journal", bench_journal}, {"durable", bench_durable}, {"restore", bench_restore}, {"rules", bench_rules},
            {"console", bench_console}, {"json", bench_json},       {"venue", bench_venue},     {"net", bench_net}};

enum { ROWS = sizeof rows / sizeof rows[0] };

static bool is_row(const char *name)
{
    for (int i = 0; i < ROWS; i++)
        if (strcmp(rows[i].name, name) == 0)
            return true;
    return false;
}

oc_rc bench_set(struct settings *settings, const char *const *pairs)
{
    oc_rc rc = OC_OK;
    for (; *pairs && rc == OC_OK; pairs += 2)
        rc = settings_set(settings, pairs[0], pairs[1], "bench");
    return rc;
}

int verb_bench(int argc, char **argv)
{
    struct bench_out out = {.is_json = false};
    int kept = 1;
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--json") == 0)
            out.is_json = true;
        else
            argv[kept++] = argv[i];
    argc = kept;
    const char *wanted = argc > 1 ? argv[1] : "", *fixed = getenv("BENCH_N");
    if (*wanted && !is_row(wanted)) {
        fprintf(stderr, "outcry: bench: found '%s', expected", wanted);
        for (int i = 0; i < ROWS; i++)
            fprintf(stderr, "%s %s", i ? "," : "", rows[i].name);
        fputs(", or nothing for all of them\n", stderr);
        return EXIT_USE;
    }
    /* A folder of our own name: what is in it is removed. */
    char dir[ENV_PATH_MAX];
    snprintf(dir, sizeof dir, "%s/outcry-bench.tmp", argc > 2 ? argv[2] : ".");
    struct registry *registry = calloc(1, sizeof *registry);
    struct bench bench = {.registry = registry,
                          .fixed = fixed ? strtoull(fixed, NULL, 10) : 0,
                          .is_one = *wanted,
                          .dir = dir,
                          .out = &out};
    int code = EXIT_RUN;
    struct error error;
    oc_rc rc = registry ? parts_load_default(registry, &error)
                        : error_of_code(&error, OC_E_NOMEM, "bench", "it could not begin");
    if (rc < 0)
        code = complain(&error, rc, false);
    if (rc == OC_OK) {
        log_set_level(LOG_ERROR);
        if (out.is_json) {
            text_init_grow(&out.json, 1 << 20);
            json_open(&out.json, NULL, '{');
            json_text(&out.json, "version", OUTCRY_VERSION);
            json_text(&out.json, "build", outcry_build);
            json_text(&out.json, "compiler", __VERSION__);
            json_open(&out.json, "rows", '[');
        } else {
            printf("outcry %s, build %s, compiler %s; medians, CPU time of the thread unless said\n", OUTCRY_VERSION,
                   outcry_build, __VERSION__);
        }
        code = EXIT_GOOD;
        for (int i = 0; i < ROWS && code == EXIT_GOOD; i++)
            if (!*wanted || strcmp(rows[i].name, wanted) == 0)
                code = rows[i].run(&bench);
    }
    if (code == EXIT_GOOD && out.is_json) {
        end_row(&out);
        json_close(&out.json, ']');
        json_close(&out.json, '}');
        puts(out.json.data);
    }
    if (out.json.data)
        text_release(&out.json);
    free(registry);
    return code;
}

/* compare.c: `outcry compare`: two recorded sessions day by day, and in each what was done by hand against what strategies did. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_out.h"
#include "base/log.h"
#include "cli/complain.h"
#include "cli/verbs.h"
#include "recover/shown.h"
#include "report/analysis.h"
#include "report/format.h"
#include "report/paired.h"

enum { COMPARE_SEED = 1 };

struct side { /* one session */
    const char *dir;
    struct shown *shown;
    struct figures figures;
    bool has_figures;
    double *hand, *own; /* net of closed trips, by who began them; owned */
    uint32_t hand_count, own_count;
};

struct comparison {
    struct side sides[2];
    int count;
    bool is_json;
    struct paired days;
    bool has_days;
    uint32_t day_count; /* that both have */
};

static bool take_trips(struct side *side)
{
    const struct collect *collect = side->shown->result.collect;
    side->hand = calloc(collect->trip_count + 1, sizeof *side->hand);
    side->own = calloc(collect->trip_count + 1, sizeof *side->own);
    for (uint32_t i = 0; i < collect->trip_count && side->hand && side->own && side->figures.trips.has_money; i++) {
        const struct trip *trip = &collect->trips[i];
        if (trip->is_open)
            continue;
        const double net = money_to_double(trip_net(trip));
        if (trip->strategy)
            side->own[side->own_count++] = net;
        else
            side->hand[side->hand_count++] = net;
    }
    return side->hand && side->own;
}

static int open_side(struct side *side, bool is_json)
{
    struct error error;
    side->shown = shown_new();
    oc_rc rc = side->shown ? shown_fold(side->shown, side->dir, false) : (oc_rc)OC_E_NOMEM;
    if (rc == OC_OK)
        rc = figures_make(&side->shown->result, &side->figures);
    side->has_figures = rc == OC_OK;
    if (rc == OC_OK && !take_trips(side))
        rc = OC_E_NOMEM;
    if (rc == OC_OK)
        return EXIT_GOOD;
    if (side->shown && side->shown->session)
        return complain_of_session(side->shown->session, rc, "the session could not be read", is_json);
    return complain(&error, error_of_code(&error, rc, side->dir, "the session could not be read"), is_json);
}

static void close_side(struct side *side)
{
    if (side->has_figures)
        figures_release(&side->figures);
    shown_free(side->shown);
    free(side->hand);
    free(side->own);
}

/* Returns of the days that both have. */
static oc_rc compare_days(struct comparison *comparison)
{
    const int64_t day_ns = 86400000000000LL;
    const struct side *a = &comparison->sides[0], *b = &comparison->sides[1];
    if (comparison->count < 2 || !a->figures.has_returns || !b->figures.has_returns)
        return OC_OK;
    const uint32_t most = a->figures.days < b->figures.days ? a->figures.days : b->figures.days;
    double *first = calloc(most + 1, sizeof *first), *second = calloc(most + 1, sizeof *second);
    oc_rc rc = first && second ? OC_OK : OC_E_NOMEM;
    for (uint32_t i = 0, k = 0; rc == OC_OK && i < a->figures.days && k < b->figures.days;) {
        const int64_t one = (analysis_day_ns(&a->shown->result, i) - 1) / day_ns,
                      other = (analysis_day_ns(&b->shown->result, k) - 1) / day_ns;
        if (one == other) {
            first[comparison->day_count] = a->figures.returns[i];
            second[comparison->day_count++] = b->figures.returns[k];
        }
        i += one <= other;
        k += other <= one;
    }
    if (rc == OC_OK) {
        rc = paired_compare(first, second, comparison->day_count, COMPARE_SEED, &comparison->days);
        comparison->has_days = rc == OC_OK;
    }
    free(first);
    free(second);
    return rc == OC_E_NOT_FOUND ? (oc_rc)OC_OK : rc;
}

/* ---- text ---- */

static const char *bps(double value, char text[FORMAT_MAX]) { return format_bps((struct figure){value, true}, text); }

static void put_days(const struct comparison *comparison)
{
    char mean[FORMAT_MAX], low[FORMAT_MAX], high[FORMAT_MAX], chance[FORMAT_MAX];
    const struct paired *days = &comparison->days;
    if (comparison->count < 2)
        return;
    puts("\nDay by day, A - B");
    if (!comparison->has_days) {
        printf("  n/a: %u days that both have; %d are needed\n", comparison->day_count, PAIRED_MIN);
        return;
    }
    printf("  %u days: A better on %u, worse on %u\n", days->count, days->better, days->worse);
    printf("  mean %s a day; 19 in 20: %s to %s\n", bps(days->mean, mean), bps(days->low, low), bps(days->high, high));
    printf("  that A is no better: %s\n", format_percent((struct figure){days->chance, true}, false, chance));
}

static void put_side(const struct side *side, char name)
{
    struct two_groups groups;
    struct other_orders orders;
    char percent[FORMAT_MAX];
    printf("\n%c  %s\n  trips: %u of strategies, %u by hand\n", name, side->dir, side->own_count, side->hand_count);
    if (paired_groups(side->own, side->own_count, side->hand, side->hand_count, COMPARE_SEED, &groups) == OC_OK)
        printf("  mean net: strategies %.6g, by hand %.6g; that they are alike: %s\n", groups.mean_a, groups.mean_b,
               format_percent((struct figure){groups.chance, true}, false, percent));
    else if (side->hand_count)
        printf("  strategies against by hand: n/a, %d trips of each are needed\n", PAIRED_MIN);
    if (paired_orders(side->own, side->own_count, COMPARE_SEED, &orders) == OC_OK)
        printf("  as many trips of strategies drawn again, 18 in 20: net %.6g to %.6g, deepest fall %.6g to %.6g\n",
               orders.net.low, orders.net.high, orders.fall.low, orders.fall.high);
    else
        printf("  trips drawn again: n/a, %d are needed\n", PAIRED_MIN);
}

/* ---- JSON ---- */

static void json_range(struct text *json, const char *name, const struct range *range)
{
    json_open(json, name, '{');
    json_double_exact(json, "low", range->low);
    json_double_exact(json, "middle", range->middle);
    json_double_exact(json, "high", range->high);
    json_close(json, '}');
}

static void json_side(struct text *json, const struct side *side)
{
    struct two_groups groups;
    struct other_orders orders;
    json_open(json, NULL, '{');
    json_text(json, "session", side->dir);
    json_int(json, "strategy_trips", side->own_count);
    json_int(json, "hand_trips", side->hand_count);
    if (paired_groups(side->own, side->own_count, side->hand, side->hand_count, COMPARE_SEED, &groups) == OC_OK) {
        json_open(json, "origin", '{');
        json_double_exact(json, "strategy_mean", groups.mean_a);
        json_double_exact(json, "hand_mean", groups.mean_b);
        json_double_exact(json, "chance", groups.chance);
        json_close(json, '}');
    } else {
        json_null(json, "origin");
    }
    if (paired_orders(side->own, side->own_count, COMPARE_SEED, &orders) == OC_OK) {
        json_range(json, "net_again", &orders.net);
        json_range(json, "fall_again", &orders.fall);
    } else {
        json_null(json, "net_again");
        json_null(json, "fall_again");
    }
    json_close(json, '}');
}

static void put_json(const struct comparison *comparison)
{
    const struct paired *days = &comparison->days;
    struct text json;
    text_init_grow(&json, 1 << 16);
    json_open(&json, NULL, '{');
    if (comparison->has_days) {
        json_open(&json, "days", '{');
        json_int(&json, "count", days->count);
        json_int(&json, "better", days->better);
        json_int(&json, "worse", days->worse);
        json_double_exact(&json, "mean", days->mean);
        json_double_exact(&json, "low", days->low);
        json_double_exact(&json, "high", days->high);
        json_double_exact(&json, "chance", days->chance);
        json_close(&json, '}');
    } else {
        json_null(&json, "days");
    }
    json_open(&json, "sessions", '[');
    for (int i = 0; i < comparison->count; i++)
        json_side(&json, &comparison->sides[i]);
    json_close(&json, ']');
    json_close(&json, '}');
    puts(json.data);
    text_release(&json);
}

static int compare(struct comparison *comparison)
{
    int code = EXIT_GOOD;
    struct error error;
    log_set_level(LOG_NONE);
    for (int i = 0; i < comparison->count && code == EXIT_GOOD; i++)
        code = open_side(&comparison->sides[i], comparison->is_json);
    oc_rc rc = code == EXIT_GOOD ? compare_days(comparison) : (oc_rc)OC_OK;
    if (rc < 0)
        code = complain(&error, error_of_code(&error, rc, "compare", ""), comparison->is_json);
    if (code != EXIT_GOOD)
        return code;
    if (comparison->is_json) {
        put_json(comparison);
        return code;
    }
    printf("Outcry compare\n");
    put_days(comparison);
    for (int i = 0; i < comparison->count; i++)
        put_side(&comparison->sides[i], (char)('A' + i));
    return code;
}

int verb_compare(int argc, char **argv)
{
    struct comparison comparison = {.count = 0};
    bool is_wrong = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0)
            comparison.is_json = true;
        else if (argv[i][0] == '-' || comparison.count == 2)
            is_wrong = true;
        else
            comparison.sides[comparison.count++].dir = argv[i];
    }
    if (is_wrong || !comparison.count) {
        struct error error;
        (void)complain(&error,
                       error_say(&error, OC_E_INVALID, "compare", "usage: outcry compare SESSION [SESSION] [--json]"),
                       comparison.is_json);
        return EXIT_USE;
    }
    const int code = compare(&comparison);
    close_side(&comparison.sides[0]);
    close_side(&comparison.sides[1]);
    return code;
}

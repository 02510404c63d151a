#include "report/shadow_rows.h"

#include <stdio.h>

const char *shadow_verdict(const struct shadow *shadow, const struct shadow_figures *figures)
{
    if (!shadow->is_used)
        return "not known";
    if (!figures->is_known)
        return "too few orders";
    return figures->is_met ? "passed" : "failed";
}

static void put_verdict(const struct shadow *shadow, const struct shadow_figures *figures, struct live_row *row)
{
    char orders[FORMAT_MAX], both[FORMAT_MAX], others[FORMAT_MAX];
    const uint64_t not_compared = shadow->not_given + shadow->blind;
    snprintf(row->key, sizeof row->key, "Verdict");
    snprintf(row->value, sizeof row->value, "%s", shadow_verdict(shadow, figures));
    row->is_met = figures->is_known && figures->is_met;
    row->is_missed = figures->is_known && !figures->is_met;
    if (shadow->why[0])
        snprintf(row->note, sizeof row->note, "%s", shadow->why);
    else
        snprintf(row->note, sizeof row->note, "%s orders that ended, %s filled by both%s%s%s",
                 format_count(figures->orders, orders), format_count(figures->both, both), not_compared ? "; " : "",
                 not_compared ? format_count(not_compared, others) : "", not_compared ? " not compared" : "");
}

static const char *value_of(uint32_t at, struct figure figure, char text[FORMAT_MAX])
{
    if (at == 0)
        return format_percent(figure, false, text);
    if (at >= 3)
        return format_bps(figure, text);
    if (figure.is_known)
        snprintf(text, FORMAT_MAX, at == 1 ? "%.3f ms" : "%.3f spreads", figure.value);
    return figure.is_known ? text : "n/a";
}

static void put_check(const struct shadow_figures *figures, uint32_t at, struct live_row *row)
{
    const struct shadow_check *check = &figures->checks[at];
    char live[FORMAT_MAX], paper[FORMAT_MAX], error[FORMAT_MAX];
    snprintf(row->key, sizeof row->key, "%s", check->words);
    snprintf(row->value, sizeof row->value, "%s", value_of(at, check->paper, paper));
    row->is_met = check->is_known && check->is_met;
    row->is_missed = check->is_known && !check->is_met;
    int size = snprintf(row->note, sizeof row->note, "%s%s",
                        row->is_met      ? "met, "
                        : row->is_missed ? "FAILED, "
                                         : "",
                        check->limit_words);
    if (at == 2)
        return;
    if (check->live.is_known)
        size +=
            snprintf(row->note + size, sizeof row->note - (size_t)size, "; live %s", value_of(at, check->live, live));
    if (at == 1 && check->error.is_known)
        snprintf(row->note + size, sizeof row->note - (size_t)size, ", %s times as long",
                 format_ratio(check->error, error));
}

static void put_price(const struct shadow_figures *figures, struct live_row *row)
{
    char p95[FORMAT_MAX];
    snprintf(row->key, sizeof row->key, "Paid more, mean");
    snprintf(row->value, sizeof row->value, "%s", value_of(2, figures->price_mean, p95));
    snprintf(row->note, sizeof row->note, "than live; its size p95: %s", value_of(2, figures->price_p95, p95));
}

bool shadow_row_next(const struct result *result, uint32_t *at, struct live_row *ret_row)
{
    const struct shadow *shadow = result->shadow;
    struct shadow_figures figures;
    if (!shadow || (!shadow->is_used && !shadow->why[0]) || *at > SHADOW_CHECKS + 1u ||
        shadow_figures_make(shadow, &figures) < 0)
        return false;
    memset(ret_row, 0, sizeof *ret_row);
    if (*at == 0)
        put_verdict(shadow, &figures, ret_row);
    else if (*at <= SHADOW_CHECKS)
        put_check(&figures, *at - 1, ret_row);
    else
        put_price(&figures, ret_row);
    ++*at;
    if (!shadow->is_used) /* there is nothing more to say */
        *at = SHADOW_CHECKS + 2;
    return true;
}

#include "report/checks.h"

#include <string.h>

#include "base/json_out.h"
#include "report/analysis.h"
#include "report/format.h"
#include "report/page.h"

void checks_luck(struct check_luck *luck)
{
    luck->percentile = luck->chance = (struct figure){0};
    if (!luck->made)
        return;
    const double made = luck->made, even = luck->even;
    luck->percentile = (struct figure){100.0 * (luck->below + even / 2.0) / made, true};
    luck->chance = (struct figure){(1.0 + made - luck->below) / (1.0 + made), true};
}

static bool have_parted(const struct checks *checks) { return checks->cuts.parted || checks->later.parted; }

struct figure checks_percentile(const struct checks *checks)
{
    struct figure lower = checks->luck[0].percentile;
    for (int i = 1; i < CHECK_LUCK_KINDS; i++) {
        const struct figure other = checks->luck[i].percentile;
        if (!lower.is_known || (other.is_known && other.value < lower.value))
            lower = other;
    }
    return lower;
}

const char *checks_grade(const struct result *result, const struct figures *figures)
{
    const struct checks *checks = result->checks;
    struct band band;
    if (!checks)
        return "";
    if (have_parted(checks))
        return "F";
    const struct figure percentile = checks_percentile(checks);
    if (!percentile.is_known)
        return "";
    if (percentile.value < 80.0 || figures->profit <= 0)
        return "D";
    if (percentile.value < 95.0)
        return "C";
    const bool is_sure = percentile.value >= 99.0 && checks->trials.deflated.is_known &&
                         checks->trials.deflated.value >= 0.95 && analysis_band(figures, &band) && band.low > 0.0 &&
                         !(figures->ambiguous_share.is_known && figures->ambiguous_share.value > 0.1);
    return is_sure ? "A" : "B";
}

static const char *luck_name(uint32_t kind) { return kind ? "coins" : "blocks"; }

/* 71.4 -> "71st percentile". */
static const char *put_percentile(struct figure figure, char text[FORMAT_MAX])
{
    const unsigned whole = (unsigned)figure.value, last = whole % 10;
    const bool is_teen = whole % 100 / 10 == 1;
    const char *end = is_teen || last == 0 || last > 3 ? "th" : last == 1 ? "st" : last == 2 ? "nd" : "rd";
    snprintf(text, FORMAT_MAX, figure.is_known ? "%u%s percentile" : "n/a", whole, end);
    return text;
}

/* ---- rows: text and page ---- */

struct check_row {
    char name[32];
    char value[FORMAT_MAX];
    char note[CHECK_WHY_MAX + 64];
    const char *tone;
};

static void row_of_repeat(struct check_row *row, const char *name, const struct check_repeat *repeat, bool is_cut)
{
    char at[FORMAT_MAX], cut[FORMAT_MAX];
    snprintf(row->name, sizeof row->name, "%s", name);
    row->tone = repeat->parted ? "bad" : "";
    if (is_cut)
        snprintf(row->value, sizeof row->value, "%u of %u the same", repeat->compared - repeat->parted, repeat->wanted);
    else
        snprintf(row->value, sizeof row->value, "%s",
                 repeat->parted     ? "not the same"
                 : repeat->compared ? "the same"
                                    : "n/a");
    if (repeat->parted && is_cut)
        snprintf(row->note, sizeof row->note, "LOOKS AHEAD: %s decided otherwise at %s with data to %s",
                 repeat->strategy, format_time(repeat->at_ns, at), format_time(repeat->cut_ns, cut));
    else if (repeat->parted)
        snprintf(row->note, sizeof row->note, "KNOWS ITS DATA: %s decided otherwise at %s", repeat->strategy,
                 format_time(repeat->at_ns, at));
    else
        snprintf(row->note, sizeof row->note, "%s",
                 repeat->why[0] ? repeat->why
                 : is_cut       ? "decisions before each end of data"
                                : "the same bars, 28 years on");
}

static void row_of_luck(struct check_row *row, const struct checks *checks, uint32_t kind)
{
    const struct check_luck *luck = &checks->luck[kind];
    char chance[FORMAT_MAX];
    snprintf(row->name, sizeof row->name, "Luck, %s", luck_name(kind));
    row->tone = luck->percentile.is_known && luck->percentile.value < 80.0 ? "bad" : "";
    put_percentile(luck->percentile, row->value);
    if (luck->made)
        snprintf(row->note, sizeof row->note, "of %u, by %s; as much by luck: %s", luck->made,
                 checks->is_by_sharpe ? "Sharpe" : "return", format_percent(luck->chance, false, chance));
    else
        snprintf(row->note, sizeof row->note, "%s", checks->luck_why);
}

static void row_of_trials(struct check_row *row, const struct check_trials *trials)
{
    char count[FORMAT_MAX];
    snprintf(row->name, sizeof row->name, "Trials");
    snprintf(row->value, sizeof row->value, "%s%s", trials->is_bounded ? "at least " : "",
             trials->is_made ? format_count(trials->count, count) : "n/a");
    snprintf(row->note, sizeof row->note, "%s", trials->why[0] ? trials->why : "of it on these data, this one too");
}

static void row_of_deflated(struct check_row *row, const struct check_trials *trials)
{
    char ratio[FORMAT_MAX];
    snprintf(row->name, sizeof row->name, "Deflated Sharpe");
    format_percent(trials->deflated, false, row->value);
    row->tone = trials->deflated.is_known && trials->deflated.value < 0.5 ? "bad" : "";
    if (trials->benchmark.is_known)
        snprintf(row->note, sizeof row->note, "sure above %s, luck's best of all",
                 format_ratio(trials->benchmark, ratio));
}

/* *at begins with 0. False: no more. */
static bool next_row(const struct checks *checks, uint32_t *at, struct check_row *row)
{
    for (; *at < 6; ++*at) {
        const uint32_t kind = *at;
        const bool is_asked = kind == 0   ? checks->cuts.wanted
                              : kind == 1 ? checks->later.wanted
                              : kind < 4  ? checks->luck_wanted
                              : kind == 4 ? checks->trials.is_made || checks->trials.why[0]
                                          : checks->trials.deflated.is_known;
        if (!is_asked)
            continue;
        *row = (struct check_row){.tone = ""};
        if (kind == 0)
            row_of_repeat(row, "Random cuts", &checks->cuts, true);
        else if (kind == 1)
            row_of_repeat(row, "Other years", &checks->later, false);
        else if (kind < 4)
            row_of_luck(row, checks, kind - 2);
        else if (kind == 4)
            row_of_trials(row, &checks->trials);
        else
            row_of_deflated(row, &checks->trials);
        ++*at;
        return true;
    }
    return false;
}

/* Foreign names: what a terminal would obey is shown as '?'. */
static void put_plain(const char *text, FILE *out)
{
    for (; *text; text++)
        fputc((unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text, out);
}

void checks_text(const struct checks *checks, FILE *out)
{
    struct check_row row;
    bool is_first = true;
    for (uint32_t at = 0; next_row(checks, &at, &row); is_first = false) {
        fprintf(out, "%s  %-20s %20s  ", is_first ? "\nChecks\n" : "", row.name, row.value);
        put_plain(row.note, out);
        fputc('\n', out);
    }
}

void checks_complain(const struct checks *checks, FILE *out)
{
    struct check_row row;
    for (uint32_t at = 0; next_row(checks, &at, &row);) {
        if (strncmp(row.note, "LOOKS", 5) != 0 && strncmp(row.note, "KNOWS", 5) != 0)
            continue;
        fputs("outcry: ", out);
        put_plain(row.note, out);
        fputc('\n', out);
    }
}

void checks_page(struct text *page, const struct checks *checks)
{
    struct check_row row;
    if (!checks)
        return;
    bool has_rows = false;
    for (uint32_t at = 0; next_row(checks, &at, &row); has_rows = true) {
        if (!has_rows)
            text_put(page, "<section><h2>Checks</h2><dl>\n");
        text_format(page, "<div><dt>%s</dt><dd class=\"%s\">%s</dd><dd class=\"note\">", row.name, row.tone, row.value);
        page_escaped(page, row.note);
        text_put(page, "</dd></div>\n");
    }
    if (has_rows)
        text_put(page, "</dl></section>\n");
}

/* ---- JSON ---- */

static void json_repeat(struct report_json *json, const char *name, const struct check_repeat *repeat)
{
    if (!repeat->wanted) {
        json_null(&json->text, name);
        return;
    }
    json_open(&json->text, name, '{');
    json_int(&json->text, "wanted", repeat->wanted);
    json_int(&json->text, "compared", repeat->compared);
    json_int(&json->text, "parted", repeat->parted);
    json_text(&json->text, "strategy", repeat->parted ? repeat->strategy : NULL);
    report_json_time(json, "data_to", repeat->cut_ns, repeat->parted && repeat->cut_ns);
    report_json_time(json, "decision", repeat->at_ns, repeat->parted);
    json_text(&json->text, "why", repeat->why[0] ? repeat->why : NULL);
    json_close(&json->text, '}');
}

static void json_luck(struct report_json *json, const struct checks *checks)
{
    if (!checks->luck_wanted) {
        json_null(&json->text, "null");
        return;
    }
    json_open(&json->text, "null", '{');
    json_int(&json->text, "wanted", checks->luck_wanted);
    json_text(&json->text, "score", checks->is_by_sharpe ? "sharpe" : "return");
    for (uint32_t i = 0; i < CHECK_LUCK_KINDS; i++) {
        const struct check_luck *luck = &checks->luck[i];
        json_open(&json->text, luck_name(i), '{');
        json_int(&json->text, "markets", luck->made);
        json_int(&json->text, "below", luck->below);
        json_int(&json->text, "even", luck->even);
        report_json_figure(json, "percentile", luck->percentile);
        report_json_figure(json, "chance", luck->chance);
        json_close(&json->text, '}');
    }
    json_text(&json->text, "why", checks->luck_why[0] ? checks->luck_why : NULL);
    json_close(&json->text, '}');
}

void checks_json(struct report_json *json, const struct checks *checks)
{
    if (!checks) {
        json_null(&json->text, "checks");
        return;
    }
    const struct check_trials *trials = &checks->trials;
    json_open(&json->text, "checks", '{');
    json_repeat(json, "cuts", &checks->cuts);
    json_repeat(json, "later", &checks->later);
    json_luck(json, checks);
    if (trials->is_made) {
        json_int(&json->text, "trials", (int64_t)trials->count);
        json_flag(&json->text, "trials_bounded", trials->is_bounded);
    } else {
        json_null(&json->text, "trials");
    }
    report_json_figure(json, "luck_sharpe", trials->benchmark);
    report_json_figure(json, "deflated_sharpe", trials->deflated);
    json_text(&json->text, "trials_why", trials->why[0] ? trials->why : NULL);
    json_close(&json->text, '}');
}

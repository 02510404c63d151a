#include "report/compare.h"

#include <string.h>

#include "base/json_out.h"
#include "report/analysis.h"
#include "report/format.h"

enum { COMPARED_MAX = 32, COMPARE_TEXT_MAX = 1 << 20 };

enum compared_kind { COMPARED_MONEY, COMPARED_SHARE, COMPARED_RATIO, COMPARED_COUNT, COMPARED_BPS };

/* A figure of both. Money is exact. */
struct compared {
    const char *key;
    const char *words;
    enum compared_kind kind;
    struct figure figure[2];
    oc_i128 money[2];
};

struct comparison {
    struct compared list[COMPARED_MAX];
    uint32_t count;
    int scale;
    struct { /* by instrument, time of the entry and side */
        uint64_t same;
        uint64_t only[2];
        const struct trip *first; /* that the other has not */
        int first_of;
    } trips;
};

static struct compared *add(struct comparison *all, const char *key, const char *words, enum compared_kind kind)
{
    struct compared *row = &all->list[all->count++];
    *row = (struct compared){.key = key, .words = words, .kind = kind};
    return row;
}

static void add_figure(struct comparison *all, const char *key, const char *words, enum compared_kind kind,
                       struct figure a, struct figure b)
{
    struct compared *row = add(all, key, words, kind);
    row->figure[0] = a;
    row->figure[1] = b;
}

static void add_money(struct comparison *all, const char *key, const char *words, oc_i128 a, oc_i128 b)
{
    struct compared *row = add(all, key, words, COMPARED_MONEY);
    row->money[0] = a;
    row->money[1] = b;
    row->figure[0] = row->figure[1] = (struct figure){0, true};
}

static struct figure counted(uint64_t count) { return (struct figure){(double)count, true}; }

static void make_figures(struct comparison *all, const struct result *const results[2], const struct figures figures[2])
{
    const struct figures *a = &figures[0], *b = &figures[1];
    struct costs costs[2];
    for (int i = 0; i < 2; i++)
        analysis_costs(results[i], &figures[i], &costs[i]);
    add_figure(all, "return", "Return", COMPARED_SHARE, a->total_return, b->total_return);
    add_money(all, "profit", "Profit", a->profit, b->profit);
    add_figure(all, "max_drawdown", "Max drawdown", COMPARED_SHARE, (struct figure){a->fall.share, a->has_fall},
               (struct figure){b->fall.share, b->has_fall});
    add_figure(all, "cagr", "CAGR", COMPARED_SHARE, a->cagr, b->cagr);
    add_figure(all, "volatility", "Volatility", COMPARED_SHARE, a->volatility, b->volatility);
    add_figure(all, "sharpe", "Sharpe", COMPARED_RATIO, a->sharpe, b->sharpe);
    add_figure(all, "sortino", "Sortino", COMPARED_RATIO, a->sortino, b->sortino);
    add_figure(all, "calmar", "Calmar", COMPARED_RATIO, a->calmar, b->calmar);
    add_figure(all, "round_trips", "Round trips", COMPARED_COUNT, counted(a->trips.closed), counted(b->trips.closed));
    add_figure(all, "win_rate", "Win rate", COMPARED_SHARE, a->trips.win_rate, b->trips.win_rate);
    add_figure(all, "profit_factor", "Profit factor", COMPARED_RATIO, a->trips.profit_factor, b->trips.profit_factor);
    add_money(all, "gross", "Gross", costs[0].gross, costs[1].gross);
    add_money(all, "slippage", "Spread and slippage", costs[0].spread + costs[0].slip, costs[1].spread + costs[1].slip);
    add_money(all, "fees", "Fees", costs[0].fees, costs[1].fees);
    add_figure(all, "break_even_fee", "Break-even fee", COMPARED_BPS, costs[0].break_even, costs[1].break_even);
    add_figure(all, "exposure", "Exposure", COMPARED_SHARE, a->exposure, b->exposure);
    add_figure(all, "fills", "Fills", COMPARED_COUNT, counted(results[0]->collect->fills),
               counted(results[1]->collect->fills));
    add_figure(all, "denied", "Denied", COMPARED_COUNT, counted(results[0]->stats->denied),
               counted(results[1]->stats->denied));
    add_figure(all, "ambiguous", "Ambiguous fills", COMPARED_COUNT, counted(results[0]->stats->ambiguous),
               counted(results[1]->stats->ambiguous));
}

/* Which comes first; 0: it is the same trip. Instruments are told apart by name: numbers are of a session. */
static int trip_order(const struct result *const results[2], const struct trip *a, const struct trip *b)
{
    if (a->entry_ns != b->entry_ns)
        return a->entry_ns < b->entry_ns ? -1 : 1;
    const struct instrument *of_a = instruments_get(results[0]->instruments, a->inst);
    const struct instrument *of_b = instruments_get(results[1]->instruments, b->inst);
    if (!of_a || !of_b)
        return (int)a->side - (int)b->side;
    const int symbol = strcmp(of_a->info.symbol, of_b->info.symbol);
    const int order = symbol ? symbol : strcmp(of_a->info.venue, of_b->info.venue);
    return order ? order : (int)a->side - (int)b->side;
}

/* Trips stand in the order of their entries. */
static void match_trips(struct comparison *all, const struct result *const results[2])
{
    const struct collect *a = results[0]->collect, *b = results[1]->collect;
    uint32_t i = 0, k = 0;
    while (i < a->trip_count || k < b->trip_count) {
        const int order = i == a->trip_count   ? 1
                          : k == b->trip_count ? -1
                                               : trip_order(results, &a->trips[i], &b->trips[k]);
        if (order && !all->trips.first) {
            all->trips.first = order < 0 ? &a->trips[i] : &b->trips[k];
            all->trips.first_of = order > 0;
        }
        all->trips.same += order == 0;
        all->trips.only[0] += order < 0;
        all->trips.only[1] += order > 0;
        i += order <= 0;
        k += order >= 0;
    }
}

static const char *show(const struct compared *row, int side, int scale, char text[FORMAT_MAX])
{
    switch (row->kind) {
    case COMPARED_MONEY:
        return format_money(row->money[side], scale, false, text);
    case COMPARED_SHARE:
        return format_percent(row->figure[side], false, text);
    case COMPARED_BPS:
        return format_bps(row->figure[side], text);
    case COMPARED_COUNT:
        return format_count((uint64_t)row->figure[side].value, text);
    case COMPARED_RATIO:
    default:
        return format_ratio(row->figure[side], text);
    }
}

/* B less A, with a sign; "" where they are the same. */
static const char *show_more(const struct compared *row, int scale, char text[FORMAT_MAX])
{
    if (!row->figure[0].is_known || !row->figure[1].is_known)
        return "";
    struct compared more = *row;
    more.money[0] = row->money[1] - row->money[0];
    more.figure[0].value = row->figure[1].value - row->figure[0].value;
    if (row->kind == COMPARED_MONEY ? more.money[0] == 0 : !(more.figure[0].value < 0 || more.figure[0].value > 0))
        return "";
    if (row->kind == COMPARED_MONEY)
        return format_money(more.money[0], scale, true, text);
    if (row->kind == COMPARED_SHARE) {
        format_percent(more.figure[0], true, text);
        text[strlen(text) - 1] = 0;
        return strcat(text, "pts");
    }
    const bool is_count = row->kind == COMPARED_COUNT;
    snprintf(text, FORMAT_MAX, is_count ? "%+.0f" : "%+.2f",
             more.figure[0].value * (row->kind == COMPARED_BPS ? 1e4 : 1));
    return strcmp(text + 1, "0.00") == 0 ? "" : text;
}

static void both(struct text *out, const char *name, const char *a, const char *b)
{
    if (strcmp(a ? a : "", b ? b : "") == 0)
        text_format(out, "  %-20s %s\n", name, a && *a ? a : "none");
    else
        text_format(out, "  %-20s A %s\n  %-20s B %s\n", name, a && *a ? a : "none", "", b && *b ? b : "none");
}

/* Parameters stand one a line; here with commas. */
static const char *flat(const char *params, char *room, size_t size)
{
    text_copy(room, size, params ? params : "");
    for (char *at = room; *at; at++)
        if (*at == '\n')
            *at = at[1] ? ' ' : 0;
    return room;
}

static void put_text(struct text *out, const struct comparison *all, const struct result *const results[2])
{
    char a[FORMAT_MAX], b[FORMAT_MAX], more[FORMAT_MAX], params[2][SESSION_LINE_MAX];
    both(out, "strategy", results[0]->strategy, results[1]->strategy);
    both(out, "parameters", flat(results[0]->params, params[0], sizeof params[0]),
         flat(results[1]->params, params[1], sizeof params[1]));
    both(out, "data", results[0]->data, results[1]->data);
    both(out, "profile", results[0]->profile, results[1]->profile);
    both(out, "input hash", results[0]->input_hash, results[1]->input_hash);
    both(out, "meaning", results[0]->meaning, results[1]->meaning);
    text_format(out, "\n  %-20s %18s %18s %18s\n", "", "A", "B", "B - A");
    for (uint32_t i = 0; i < all->count; i++) {
        const struct compared *row = &all->list[i];
        text_format(out, "  %-20s %18s %18s %18s\n", row->words, show(row, 0, all->scale, a),
                    show(row, 1, all->scale, b), show_more(row, all->scale, more));
    }
    text_format(out, "\n  trips: %s in both", format_count(all->trips.same, a));
    text_format(out, ", %s only in A, %s only in B", format_count(all->trips.only[0], a),
                format_count(all->trips.only[1], b));
    const struct trip *first = all->trips.first;
    if (first)
        text_format(out, "; the first that differs: %s %s UTC, of %s", first->side == OC_SIDE_BUY ? "long" : "short",
                    format_time(first->entry_ns, a), all->trips.first_of ? "B" : "A");
    text_put_char(out, '\n');
}

static void put_json(struct text *out, const struct comparison *all, const struct result *const results[2])
{
    static const char *const sides[] = {"a", "b"};
    char money[FORMAT_MAX];
    json_open(out, NULL, '{');
    for (int side = 0; side < 2; side++) {
        const struct result *result = results[side];
        json_open(out, sides[side], '{');
        json_text(out, "strategy", result->strategy);
        json_text(out, "params", result->params);
        json_text(out, "data", result->data);
        json_text(out, "profile", result->profile);
        json_text(out, "input", result->input_hash);
        json_text(out, "meaning", result->meaning);
        for (uint32_t i = 0; i < all->count; i++) {
            const struct compared *row = &all->list[i];
            if (row->kind == COMPARED_MONEY)
                json_text(out, row->key, format_exact(row->money[side], money));
            else if (row->figure[side].is_known)
                json_double_exact(out, row->key, row->figure[side].value);
            else
                json_null(out, row->key);
        }
        json_close(out, '}');
    }
    json_open(out, "trips", '{');
    json_int(out, "same", (int64_t)all->trips.same);
    json_int(out, "only_a", (int64_t)all->trips.only[0]);
    json_int(out, "only_b", (int64_t)all->trips.only[1]);
    if (all->trips.first)
        json_time(out, "first_different", all->trips.first->entry_ns);
    else
        json_null(out, "first_different");
    json_close(out, '}');
    json_close(out, '}');
    text_put_char(out, '\n');
}

oc_rc report_compare(const struct result *a, const struct result *b, bool is_json, FILE *out)
{
    const struct result *const results[2] = {a, b};
    struct comparison all = {.scale = money_scale_for(a->start)};
    struct figures figures[2];
    struct text text;
    oc_rc rc = figures_make(a, &figures[0]);
    if (rc < 0)
        return rc;
    rc = figures_make(b, &figures[1]);
    if (rc < 0) {
        figures_release(&figures[0]);
        return rc;
    }
    text_init_grow(&text, COMPARE_TEXT_MAX);
    make_figures(&all, results, figures);
    match_trips(&all, results);
    if (is_json)
        put_json(&text, &all, results);
    else
        put_text(&text, &all, results);
    if (text.is_cut)
        rc = OC_E_NOMEM;
    else if (fwrite(text.data, 1, text.size, out) != text.size || fflush(out) != 0)
        rc = OC_E_IO;
    text_release(&text);
    figures_release(&figures[0]);
    figures_release(&figures[1]);
    return rc;
}

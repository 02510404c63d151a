/* page_more.c: costs, falls, trips by kind and execution on the page; all of it without scripts. */
#include <stdio.h>
#include <string.h>

#include "report/analysis.h"
#include "report/chart.h"
#include "report/format.h"
#include "report/page.h"

struct step {
    const char *name;
    oc_i128 from; /* the bar reaches from here ... */
    oc_i128 to;   /* ... to here */
    bool is_sum;
    bool is_known;
    const char *note;
};

static void put_step(struct text *page, const struct step *step, double low, double span, int scale)
{
    const double from = money_to_double(step->from), to = money_to_double(step->to);
    const double left = ((from < to ? from : to) - low) / span * 100.0;
    const double width = (from < to ? to - from : from - to) / span * 100.0;
    const oc_i128 amount = step->to - step->from;
    char money[FORMAT_MAX];
    text_format(page, "<tr%s><td class=\"left\">%s</td><td class=\"fallbar\">", step->is_sum ? " class=\"sum\"" : "",
                step->name);
    if (step->is_known)
        text_format(page, "<i class=\"%s\" style=\"margin-left:%.2f%%;width:%.2f%%\"></i>", amount < 0 ? "loss" : "win",
                    left, width > 0.3 ? width : 0.3);
    text_format(page, "</td><td class=\"%s\">%s</td><td class=\"left soft wrap\">%s</td></tr>\n",
                step->is_known ? page_tone(amount) : "soft",
                step->is_known ? format_money(amount, scale, true, money) : "n/a", step->note);
}

/* From what decisions would have made to what was made. */
static void put_costs(struct text *page, const struct result *result, const struct figures *figures)
{
    struct costs costs;
    char note[FORMAT_MAX * 3], even[FORMAT_MAX], rate[FORMAT_MAX];
    analysis_costs(result, figures, &costs);
    const oc_i128 after_spread = costs.gross - costs.spread, after_slip = after_spread - costs.slip;
    const struct step steps[] = {
        {"Gross", 0, costs.gross, true, true, "every fill at the price of its decision"},
        {"Spread", costs.gross, after_spread, false, costs.has_spread,
         costs.has_spread ? "half of it, with each taker" : "within slippage"},
        {"Slippage", after_spread, after_slip, false, costs.has_slip, "what prices moved between decision and fill"},
        {"Impact", after_slip, after_slip, false, false, "not simulated, and not told by a venue"},
        {"Fees", after_slip, costs.net, false, true, "negative ones are rebates"},
        {"Funding", costs.net, costs.net, false, false, "of derivatives alone"},
        {"Net", 0, costs.net, true, true, "final less start"}};
    double low = 0.0, high = 0.0;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        const double from = money_to_double(steps[i].from), to = money_to_double(steps[i].to);
        low = from < low ? from : low;
        low = to < low ? to : low;
        high = from > high ? from : high;
        high = to > high ? to : high;
    }
    text_put(page, "<section><h2>Costs, ");
    page_escaped(page, result->currency);
    text_put(page, "</h2><div class=\"wide\"><table class=\"costs\">\n");
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        put_step(page, &steps[i], low, high > low ? high - low : 1.0, money_scale_for(result->start));
    snprintf(note, sizeof note, "Break-even fee %s one way; paid %s.", format_bps(costs.break_even, even),
             format_bps(costs.fee_rate, rate));
    text_format(page, "</table></div><p class=\"tablenote\">%s", note);
    if (costs.undecided)
        text_format(page, " Of %llu fills the price of the decision is not known: what they slipped stays in gross.",
                    (unsigned long long)costs.undecided);
    text_put(page, "</p></section>\n");
}

static void put_falls(struct text *page, const struct result *result)
{
    struct fall falls[FALLS_MAX];
    char share[FORMAT_MAX], money[FORMAT_MAX], from[FORMAT_MAX], to[FORMAT_MAX], back[FORMAT_MAX], down[FORMAT_MAX],
        up[FORMAT_MAX];
    const struct collect *collect = result->collect;
    const uint32_t count = collect->events ? collect_falls(collect, falls) : 0;
    text_put(page, "<section><h2>Drawdowns</h2>");
    if (!count) {
        text_put(page, "<p class=\"none\">None.</p></section>\n");
        return;
    }
    text_put(page, "<div class=\"wide\"><table><tr><th>Depth</th><th>Amount</th><th class=\"left\">Peak</th>"
                   "<th class=\"left\">Trough</th><th class=\"left\">Recovered</th><th>Down</th><th>Back</th></tr>\n");
    for (uint32_t i = 0; i < count; i++) {
        const struct fall *fall = &falls[i];
        text_format(page,
                    "<tr><td class=\"bad\">%s</td><td>%s</td><td class=\"left\">%s</td><td class=\"left\">%s</td>"
                    "<td class=\"left\">%s</td><td>%s</td><td>%s</td></tr>\n",
                    format_percent((struct figure){fall->share, true}, false, share),
                    format_money(fall->amount, money_scale_for(result->start), false, money),
                    format_time(fall->from_ns, from), format_time(fall->to_ns, to),
                    fall->back_ns ? format_time(fall->back_ns, back) : "not yet",
                    format_span((double)(fall->to_ns - fall->from_ns) / 1e9, down),
                    fall->back_ns ? format_span((double)(fall->back_ns - fall->to_ns) / 1e9, up) : "n/a");
    }
    text_format(page,
                "</table></div><p class=\"tablenote\">The %d deepest by share of their peak, looked at on every market "
                "event.</p></section>\n",
                FALLS_MAX);
}

static void put_groups(struct text *page, const struct result *result, enum grouping grouping, const char *title)
{
    struct group_row row;
    char trips[FORMAT_MAX], rate[FORMAT_MAX], net[FORMAT_MAX], mean[FORMAT_MAX], fees[FORMAT_MAX];
    const int scale = money_scale_for(result->start);
    text_format(page,
                "<section><h2>By %s</h2><div class=\"wide\"><table><tr><th class=\"left\"></th><th>Trips</th>"
                "<th>Won</th><th>Net</th><th>Average</th><th>Fees</th></tr>\n",
                title);
    for (uint32_t at = 0; analysis_group_next(result->collect, grouping, &at, &row);) {
        const struct trip_group *group = row.group;
        const struct figure won = {(double)group->wins / (double)group->closed, true};
        text_put(page, "<tr><td class=\"left\">");
        page_escaped(page, row.name[0] ? row.name : "none");
        text_format(page, "</td><td>%s</td><td>%s</td>", format_count(group->closed, trips),
                    format_percent(won, false, rate));
        if (group->has_no_money)
            text_put(page, "<td class=\"soft\">n/a</td><td class=\"soft\">n/a</td><td class=\"soft\">n/a</td></tr>\n");
        else
            text_format(
                page, "<td class=\"%s\">%s</td><td>%s</td><td>%s</td></tr>\n", page_tone(group->net),
                format_money(group->net, scale, true, net),
                format_money(num_quotient(group->net, (oc_i128)group->closed, NUM_HALF_EVEN), scale, true, mean),
                format_money(group->fees, scale, false, fees));
    }
    text_put(page, "</table></div></section>\n");
}

static void put_row(struct text *page, const char *name, const char *value, const char *note)
{
    text_format(page, "<div><dt>%s</dt><dd>%s</dd><dd class=\"note\">%s</dd></div>\n", name, value, note);
}

/* What the market did while orders worked: means over orders. */
static void put_tca(struct text *page, const struct tca *tca)
{
    char text[FORMAT_MAX], note[FORMAT_MAX * 8], count[FORMAT_MAX], parts[4][FORMAT_MAX];
    const struct tca_mean *const four[] = {&tca->delay, &tca->trading, &tca->opportunity, &tca->fees};
    struct figure whole = {0, true};
    for (int i = 0; i < 4; i++) {
        const struct figure part = analysis_orders(four[i]);
        whole = (struct figure){whole.value + part.value, part.is_known};
        format_bps(part, parts[i]);
    }
    snprintf(note, sizeof note, "delay %s, trading %s, opportunity %s, fees %s; %s orders, also what they did not fill",
             parts[0], parts[1], parts[2], parts[3], format_count(tca->delay.count, count));
    put_row(page, "Implementation shortfall", format_bps(whole, text), note);
    const struct {
        const char *name, *note;
        const struct tca_mean *mean;
    } rows[] = {{"Against VWAP", "what traded while the order worked, our fills in it; positive is bad", &tca->vwap},
                {"Against VWAP of others", "the same without our fills", &tca->vwap_without},
                {"Against TWAP", "the price held while it worked, by time", &tca->twap},
                {"Against PWP, 20 %", "the first volume of which it is a fifth", &tca->pwp}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        snprintf(note, sizeof note, "%s; %s orders", rows[i].note, format_count(rows[i].mean->count, count));
        put_row(page, rows[i].name, format_bps(analysis_orders(rows[i].mean), text), note);
    }
    snprintf(note, sizeof note, "our part of what traded meanwhile; %s orders",
             format_count(tca->participation.count, count));
    put_row(page, "Participation", format_percent(analysis_orders(&tca->participation), false, text), note);
}

static void put_execution(struct text *page, const struct result *result)
{
    const struct execution *execution = result->execution;
    char text[FORMAT_MAX], name[FORMAT_MAX * 2], note[FORMAT_MAX * 3], count[FORMAT_MAX];
    const uint64_t compared = execution->fills - execution->undecided;
    const bool is_enough = compared >= EXECUTION_FILLS_MIN && execution->decided > 0;
    const double decided = is_enough ? money_to_double(execution->decided) : 1.0;
    text_put(page, "<section><h2>Execution</h2><dl>\n");
    snprintf(note, sizeof note, "fill against decision, the spread included; %s fills compared",
             format_count(compared, count));
    put_row(page, "Decision slippage",
            format_bps((struct figure){money_to_double(execution->slip) / decided, is_enough}, text), note);
    put_row(page, "Shortfall",
            format_bps((struct figure){money_to_double(execution->slip + result->fees) / decided,
                                       is_enough && !execution->undecided},
                       text),
            "the same and fees; what was not filled has none");
    put_row(page, "Effective spread", format_bps(analysis_share(&execution->effective), text),
            "2 side (p \xE2\x88\x92 mid) / mid, where the data hold quotes");
    for (int i = 0; i < EXECUTION_HORIZONS; i++) {
        char span[FORMAT_MAX];
        const struct share_sum *sum = &execution->horizons[i].markout;
        text_from_duration(span, execution->horizons[i].after_ns);
        snprintf(name, sizeof name, "Markout after %s", span);
        snprintf(note, sizeof note, "side (price then \xE2\x88\x92 p) / p, positive is good; %s fills",
                 format_count(sum->count, count));
        put_row(page, name, format_bps(analysis_share(sum), text), note);
    }
    put_tca(page, result->tca);
    text_format(page, "</dl><p class=\"tablenote\">n/a below %d fills, or orders.", EXECUTION_FILLS_MIN);
    if (result->tca->not_followed)
        text_format(page, " %llu orders found no room to be followed.", (unsigned long long)result->tca->not_followed);
    if (execution->not_followed)
        text_format(page, " %llu fills came while %d were waited for: no markout.",
                    (unsigned long long)execution->not_followed, EXECUTION_WAITING_MAX);
    text_put(page, "</p></section>\n");
}

static void put_chart(struct text *page, const char *title)
{
    text_format(page, "<section class=\"chart\"><h2>%s</h2>\n", title);
}

void page_more(struct text *page, const struct result *result, const struct figures *figures)
{
    char title[64];
    const bool has_trips = figures->trips.closed > 0;
    put_costs(page, result, figures);
    put_falls(page, result);
    text_put(page, "<div class=\"two\">\n");
    snprintf(title, sizeof title, "Sharpe ratio of %d days", ROLLING_DAYS);
    put_chart(page, title);
    chart_rolling(page, result, figures);
    text_put(page, "</section>\n");
    put_chart(page, "Daily returns by size");
    chart_histogram(page, figures);
    text_put(page, "</section>\n</div>\n");
    if (!has_trips)
        return;
    text_put(page, "<div class=\"two\">\n");
    put_chart(page, "Net by hour of the entry, UTC");
    chart_group(page, result, BY_HOUR);
    text_put(page, "</section>\n");
    put_chart(page, "Net by weekday of the entry");
    chart_group(page, result, BY_WEEKDAY);
    text_put(page, "</section>\n</div>\n<div class=\"two\">\n");
    put_groups(page, result, BY_SIDE, "side");
    put_groups(page, result, BY_EXIT, "exit");
    text_put(page, "</div>\n<div class=\"two\">\n");
    put_groups(page, result, BY_TAG, "tag of the entry");
    if (result->execution)
        put_execution(page, result);
    text_put(page, "</div>\n");
}

/* status_screen.c: `outcry status` for people, and for programs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/json_out.h"
#include "cli/status.h"

enum { ORDERS_SHOWN = 8, POSITIONS_SHOWN = 8, STRATEGIES_SHOWN = 8, WORD = 96, LINE = 80 };

struct screen {
    struct text *out;
    const struct status *status;
    bool has_colour;
};

static void head(struct screen *screen, const char *word) { text_format(screen->out, "%-11s", word); }

static void red(struct screen *screen, bool is_on)
{
    if (screen->has_colour)
        text_put(screen->out, is_on ? "\x1b[31m" : "\x1b[0m");
}

/* "0.4 s", "3 min", "2 h", "5 d". */
static const char *span(double seconds, char *text, size_t size)
{
    if (seconds < 0)
        snprintf(text, size, "never");
    else if (seconds < 10)
        snprintf(text, size, "%.1f s", seconds);
    else if (seconds < 120)
        snprintf(text, size, "%.0f s", seconds);
    else if (seconds < 7200)
        snprintf(text, size, "%.0f min", seconds / 60);
    else if (seconds < 172800)
        snprintf(text, size, "%.0f h", seconds / 3600);
    else
        snprintf(text, size, "%.0f d", seconds / 86400);
    return text;
}

/* A line that is too long for the screen is cut: nothing here is worth a second one. */
static void end_line(struct screen *screen, size_t from)
{
    struct text *out = screen->out;
    size_t columns = 0, at = from;
    while (out->data && at < out->size && columns < LINE) {
        const int size = text_utf8_size(out->data + at, out->size - at);
        at += size > 0 ? (size_t)size : 1;
        columns++;
    }
    if (out->data && at < out->size) {
        out->size = at;
        out->data[at] = 0;
    }
    text_put(out, "\n");
}

static void put_title(struct screen *screen)
{
    const struct host_run *run = screen->status->run;
    struct text *out = screen->out;
    char words[ENV_PATH_MAX + 256], age[24];
    const size_t from = out->size;
    text_put(out, target_words(run, words, sizeof words));
    if (run->started_ns && run->is_alive)
        text_format(out, ", for %s", span((double)(env_clock_real() - run->started_ns) / 1e9, age, sizeof age));
    end_line(screen, from);
}

static void put_state(struct screen *screen)
{
    const struct parsed *head_of = &screen->status->head;
    struct text *out = screen->out;
    char mode[16], instrument[WORD], last[WORD], age[24];
    const size_t from = out->size;
    const int64_t age_ns = parsed_int(head_of, "feed_age_ns", -1);
    head(screen, "state");
    text_format(out, "%s%s%s%s", parsed_flag(head_of, "live") ? "LIVE " : "",
                parsed_flag(head_of, "rehearsed_only") ? "REHEARSED ONLY " : "",
                parsed_text(head_of, "mode", mode, sizeof mode),
                parsed_flag(head_of, "ended")    ? ", its feed has ended"
                : parsed_flag(head_of, "paused") ? ", paused"
                                                 : "");
    if (parsed_has(head_of, "last"))
        text_format(out, "; %s %s", parsed_text(head_of, "instrument", instrument, sizeof instrument),
                    parsed_text(head_of, "last", last, sizeof last));
    text_format(out, "; price %s%s", span(age_ns < 0 ? -1 : (double)age_ns / 1e9, age, sizeof age),
                age_ns < 0 ? "" : " old");
    end_line(screen, from);
}

static void put_money(struct screen *screen)
{
    const struct parsed *head_of = &screen->status->head;
    const struct parsed day = parsed_at(head_of, "day");
    struct text *out = screen->out;
    char currency[16], from_time[40], zone[24] = "UTC";
    const size_t from = out->size;
    parsed_text(head_of, "currency", currency, sizeof currency);
    head(screen, "equity");
    if (!parsed_has(head_of, "equity")) {
        text_put(out, "not known: a price is missing");
    } else {
        const double equity = parsed_double(head_of, "equity", 0);
        text_format(out, "%.2f %s, %+.2f since the start", equity, currency,
                    equity - parsed_double(head_of, "start", 0));
    }
    const int64_t minutes = parsed_int(&day, "zone_minutes", 0);
    if (minutes)
        snprintf(zone, sizeof zone, "UTC%+03d:%02d", (int)(minutes / 60), abs((int)(minutes % 60)));
    if (parsed_has(&day, "profit"))
        text_format(out, "; today %+.2f (%s, from %.5s)", parsed_double(&day, "profit", 0), zone,
                    parsed_text(&day, "from", from_time, sizeof from_time) + (strlen(from_time) > 16 ? 11 : 0));
    end_line(screen, from);
}

/* Of several accounts: what is of each, and since when nothing was heard of it. */
static void put_accounts(struct screen *screen)
{
    const struct parsed *portfolio = &screen->status->portfolio, rows = parsed_at(portfolio, "accounts");
    struct text *out = screen->out;
    char account[WORD], currency[16], age[24];
    parsed_text(portfolio, "currency", currency, sizeof currency);
    for (uint32_t i = 0; parsed_count(&rows) > 1 && i < parsed_count(&rows); i++) {
        const struct parsed row = parsed_row(&rows, i);
        const bool is_known = parsed_has(&row, "equity");
        const size_t from = out->size;
        text_format(out, "%-11s%s  %s%.2f %s", i ? "" : "of it", parsed_text(&row, "account", account, sizeof account),
                    is_known ? "" : "not all known: ", parsed_double(&row, is_known ? "equity" : "equity_known", 0),
                    currency);
        if (!parsed_flag(&row, "heard"))
            text_format(out, "; not heard for %s", span((double)parsed_int(&row, "age_ns", 0) / 1e9, age, sizeof age));
        end_line(screen, from);
    }
}

static void put_venues(struct screen *screen)
{
    struct text *out = screen->out;
    char venue[WORD], state[WORD], age[24];
    for (uint32_t i = 0; i < parsed_count(&screen->status->venues); i++) {
        const struct parsed row = parsed_row(&screen->status->venues, i), clock = parsed_at(&row, "clock");
        const size_t from = out->size;
        head(screen, i ? "" : "venue");
        text_format(out, "%s %s", parsed_text(&row, "venue", venue, sizeof venue),
                    parsed_text(&row, "state", state, sizeof state));
        if (parsed_has(&row, "streams"))
            text_format(out, "; streams %lld/%lld", (long long)parsed_int(&row, "streams_ready", 0),
                        (long long)parsed_int(&row, "streams", 0));
        if (parsed_has(&row, "compared"))
            text_format(out, "; reconciled %s%s", span(parsed_double(&row, "compared_age_s", -1), age, sizeof age),
                        parsed_has(&row, "compared_age_s") ? " ago" : "");
        end_line(screen, from);
        const size_t below = out->size;
        if (clock.object)
            text_format(out, "%-11sclock %+.1f ms within %.1f", "", parsed_double(&clock, "offset_ms", 0),
                        parsed_double(&clock, "error_ms", 0));
        if (parsed_has(&row, "limit_share"))
            text_format(out, "%*s%slimits of requests %.0f %%", clock.object ? 0 : 11, "", clock.object ? "; " : "",
                        parsed_double(&row, "limit_share", 0) * 100);
        if (out->size > below)
            end_line(screen, below);
    }
}

/* What of each rule's limit is used by the smallest buy of the first instrument. */
static void put_limits(struct screen *screen)
{
    const struct parsed rows = parsed_at(&screen->status->risk, "rows");
    struct text *out = screen->out;
    size_t from = out->size;
    char rule[WORD], words[WORD];
    head(screen, "limits");
    bool is_empty = true;
    for (uint32_t i = 0; i < parsed_count(&rows); i++) {
        const struct parsed row = parsed_row(&rows, i);
        const double limit = parsed_double(&row, "limit", 0), used = parsed_double(&row, "used", 0);
        parsed_text(&row, "rule", rule, sizeof rule);
        words[0] = 0;
        if (!parsed_flag(&row, "allowed"))
            snprintf(words, sizeof words, "%.40s REFUSES", rule);
        else if (limit > 0)
            snprintf(words, sizeof words, "%.40s %.0f %%", rule, used / limit * 100);
        if (*words && out->size - from + strlen(words) + 2 > LINE) { /* the next line */
            text_put(out, ",");
            end_line(screen, from);
            from = out->size;
            head(screen, "");
        }
        if (*words)
            text_format(out, "%s%s", out->size > from + 11 ? ", " : "", words);
        is_empty = is_empty && !*words;
    }
    if (is_empty)
        text_format(out, "%u rules, none has a limit set", parsed_count(&rows));
    end_line(screen, from);
}

static void put_orders(struct screen *screen)
{
    const struct parsed *rows = &screen->status->orders;
    struct text *out = screen->out;
    char id[WORD], side[WORD], qty[WORD], symbol[WORD], price[WORD], state[WORD], strategy[WORD], owner[WORD];
    text_format(out, "%-11s%lld open\n", "orders", (long long)parsed_int(&screen->status->head, "open_orders", 0));
    for (uint32_t i = 0; i < parsed_count(rows) && i < ORDERS_SHOWN; i++) {
        const struct parsed row = parsed_row(rows, i);
        const size_t from = out->size;
        const bool waits = parsed_has(&row, "stop");
        const double distance = parsed_double(&row, "distance_bps", 0) / 100;
        parsed_text(&row, waits ? "stop" : "price", price, sizeof price);
        text_format(out, "  %-6s %-4s %s %s %s%s  %s", parsed_text(&row, "id", id, sizeof id),
                    parsed_text(&row, "side", side, sizeof side), parsed_text(&row, "remaining", qty, sizeof qty),
                    parsed_text(&row, "symbol", symbol, sizeof symbol),
                    waits    ? "stop "
                    : *price ? "@ "
                             : "market",
                    price, parsed_text(&row, "state", state, sizeof state));
        if (parsed_has(&row, "distance_bps"))
            text_format(out, "  %.2f %% away", distance);
        const bool is_foreign = strcmp(parsed_text(&row, "owner", owner, sizeof owner), "external") == 0;
        parsed_text(&row, "strategy", strategy, sizeof strategy);
        text_format(out, "  %s", is_foreign ? "another hand" : *strategy ? strategy : "by hand");
        end_line(screen, from);
    }
    if (parsed_count(rows) > ORDERS_SHOWN)
        text_format(out, "  and %lld more\n",
                    (long long)parsed_int(&screen->status->head, "open_orders", 0) - ORDERS_SHOWN);
}

/* A line of its own: what is there while the host is down, too. */
static void put_protection(struct screen *screen, const struct parsed *row)
{
    const struct parsed protection = parsed_at(row, "protection");
    char by[16], stop[WORD], stopped[WORD], limit[WORD], target[WORD], target_by[16], down[16];
    struct text *out = screen->out;
    const size_t from = out->size;
    if (!protection.object)
        return;
    parsed_text(&protection, "by", by, sizeof by);
    parsed_text(&protection, "down", down, sizeof down);
    text_put(out, "    ");
    if (strcmp(by, "none") == 0) {
        text_put(out, "not protected");
    } else {
        text_format(out, "stop %s", parsed_text(&protection, "stop", stop, sizeof stop));
        if (*parsed_text(&protection, "limit", limit, sizeof limit))
            text_format(out, " limit %s", limit);
        if (!parsed_flag(&protection, "is_whole"))
            text_format(out, " for %s only", parsed_text(&protection, "stopped", stopped, sizeof stopped));
        text_format(out, " (%s)", by);
    }
    if (parsed_has(&protection, "target"))
        text_format(out, ", target %s (%s)", parsed_text(&protection, "target", target, sizeof target),
                    parsed_text(&protection, "target_by", target_by, sizeof target_by));
    if (*down)
        text_format(out, "; host down: %s", strcmp(down, "host") == 0 ? "host only: nothing protects" : down);
    end_line(screen, from);
}

static void put_positions(struct screen *screen)
{
    const struct parsed *rows = &screen->status->positions;
    struct text *out = screen->out;
    uint32_t shown = 0;
    char symbol[WORD], strategy[WORD], side[WORD], qty[WORD];
    text_format(out, "%-11s%lld\n", "positions", (long long)parsed_int(&screen->status->head, "positions", 0));
    for (uint32_t i = 0; i < parsed_count(rows) && shown < POSITIONS_SHOWN; i++) {
        const struct parsed row = parsed_row(rows, i);
        const size_t from = out->size;
        shown++;
        text_format(out, "  %s %s  %s %s", parsed_text(&row, "symbol", symbol, sizeof symbol),
                    *parsed_text(&row, "strategy", strategy, sizeof strategy) ? strategy : "account",
                    parsed_text(&row, "side", side, sizeof side), parsed_text(&row, "qty", qty, sizeof qty));
        if (parsed_has(&row, "average"))
            text_format(out, " @ %.8g", parsed_double(&row, "average", 0));
        if (parsed_has(&row, "unrealised"))
            text_format(out, "  %+.2f", parsed_double(&row, "unrealised", 0));
        end_line(screen, from);
        put_protection(screen, &row);
    }
    if (parsed_count(rows) > shown)
        text_format(out, "  and %u more\n", parsed_count(rows) - shown);
}

static void put_strategies(struct screen *screen)
{
    const struct parsed *rows = &screen->status->strategies;
    struct text *out = screen->out;
    char name[WORD], state[WORD];
    const size_t from = out->size;
    head(screen, "strategies");
    for (uint32_t i = 0; i < parsed_count(rows) && i < STRATEGIES_SHOWN; i++) {
        const struct parsed row = parsed_row(rows, i);
        text_format(out, "%s%s %s", i ? ", " : "", parsed_text(&row, "name", name, sizeof name),
                    parsed_text(&row, "state", state, sizeof state));
    }
    if (!parsed_count(rows))
        text_put(out, "none");
    if (parsed_count(rows) > STRATEGIES_SHOWN)
        text_format(out, " and %u more", parsed_count(rows) - STRATEGIES_SHOWN);
    end_line(screen, from);
}

static void put_wrongs(struct screen *screen)
{
    const struct status *status = screen->status;
    if (!status->wrong_count) {
        text_format(screen->out, "%-11snothing\n", "wrong");
        return;
    }
    for (uint32_t i = 0; i < status->wrong_count; i++) {
        head(screen, i ? "" : "wrong");
        red(screen, true);
        text_put(screen->out, status->wrongs[i]);
        red(screen, false);
        text_put(screen->out, "\n");
    }
}

void status_put_screen(const struct status *status, bool has_colour, struct text *out)
{
    struct screen screen = {out, status, has_colour};
    if (out->size)
        text_put(out, "\n");
    put_title(&screen);
    if (status->state == TARGET_ANSWERS) {
        put_state(&screen);
        put_money(&screen);
        put_accounts(&screen);
        put_venues(&screen);
        put_limits(&screen);
        put_orders(&screen);
        put_positions(&screen);
        put_strategies(&screen);
    }
    put_wrongs(&screen);
}

void status_put_json(const struct status *status, struct text *out)
{
    static const char *const states[] = {"answers", "hangs", "deaf", "died"};
    const struct host_run *run = status->run;
    const struct {
        const char *name;
        const struct parsed *object;
    } parts[] = {{"status", &status->head},           {"venues", &status->venues},
                 {"orders", &status->orders},         {"positions", &status->positions},
                 {"strategies", &status->strategies}, {"balances", &status->balances},
                 {"portfolio", &status->portfolio},   {"risk", &status->risk}};
    json_open(out, NULL, '{');
    json_text(out, "session", run->session[0] ? run->session : NULL);
    json_text(out, "socket", run->socket[0] ? run->socket : NULL);
    json_int(out, "pid", run->pid);
    json_text(out, "mode", run->mode[0] ? run->mode : NULL);
    json_text(out, "venue", run->venue[0] ? run->venue : NULL);
    json_text(out, "host", states[status->state]);
    json_open(out, "wrong", '[');
    for (uint32_t i = 0; i < status->wrong_count; i++)
        json_text(out, NULL, status->wrongs[i]);
    json_close(out, ']');
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        text_format(out, ",\"%s\":%s", parts[i].name, parsed_json(parts[i].object));
    json_close(out, '}');
}

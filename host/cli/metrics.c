/* metrics.c: `outcry metrics`: the figures of running sessions for Prometheus, once or on a port of this machine. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env_socket.h"
#include "cli/complain.h"
#include "cli/help.h"
#include "cli/status.h"
#include "cli/verbs.h"
#include "session/interrupt.h"

static const char usage[] =
    "usage: outcry metrics [--session DIR | --attach SOCKET] [--listen 127.0.0.1:PORT] [--wait 2s]\n"
    "Figures of each session of this user, or of one, in the text format of Prometheus: once to the output, or with "
    "--listen\n"
    "to whoever asks GET /metrics there. Names and units: docs/watching.md.\n"
    "exit codes: 0 written, 2 wrong use, 3 no session runs (with --listen: it waits for one)\n";

enum { SHOWN_MAX = 1 << 22, REQUEST_MAX = 4096, EXIT_NOTHING = 3 };
#define WAIT_NS   2000000000ll
#define ACCEPT_NS 500000000ll
#define CLIENT_NS 2000000000ll

struct family {
    const char *name, *type, *help;
    const char *key; /* of the row; NULL: of its own */
    double factor;
};

struct page {
    struct status *all; /* of the sessions; owned */
    uint32_t count;
    struct text *out;
};

/* "\"", "\\" and line ends are escaped. */
static void put_label(struct text *out, const char *name, const char *value, bool is_first)
{
    text_format(out, "%s%s=\"", is_first ? "" : ",", name);
    for (; *value; value++) {
        if (*value == '"' || *value == '\\')
            text_put_char(out, '\\');
        if (*value == '\n')
            text_put(out, "\\n");
        else
            text_put_char(out, *value);
    }
    text_put_char(out, '"');
}

static void put_head(const struct page *page, const struct family *family)
{
    text_format(page->out, "# HELP %s %s\n# TYPE %s %s\n", family->name, family->help, family->name, family->type);
}

static void begin(const struct page *page, const char *name, const struct status *status)
{
    text_format(page->out, "%s{", name);
    put_label(page->out, "session", status->run->session[0] ? status->run->session : status->run->socket, true);
}

static void end(const struct page *page, double value) { text_format(page->out, "} %.15g\n", value); }

static double number_of(const struct parsed *row, const struct family *family)
{
    const double value = parsed_double(row, family->key, 0);
    return value * (family->factor != 0 ? family->factor : 1);
}

/* One figure of each session. */
static void put_heads(const struct page *page)
{
    static const struct family families[] = {
        {"outcry_equity", "gauge", "What the session is worth, in its currency.", "equity", 0},
        {"outcry_start", "gauge", "What it began with, and what came from outside.", "start", 0},
        {"outcry_cash", "gauge", "Cash in its currency.", "cash", 0},
        {"outcry_feed_age_seconds", "gauge", "Since the last price.", "feed_age_ns", 1e-9},
        {"outcry_paused", "gauge", "1: it stands still.", "paused", 0},
        {"outcry_open_orders", "gauge", "Orders that are open.", "open_orders", 0},
        {"outcry_positions", "gauge", "Markets in which something is held.", "positions", 0},
        {"outcry_strategies", "gauge", "Strategies that are loaded.", "strategies", 0},
        {"outcry_fills_total", "counter", "Fills of the session.", "fills", 0},
        {"outcry_records_total", "counter", "Numbers given to records and inputs.", "seq", 0},
        {"outcry_market_events_total", "counter", "Market events since the last start.", "events", 0},
        {"outcry_missing_legs", "gauge", "Stops and targets of entries that were asked for and do not stand.",
         "missing_legs", 0},
        {"outcry_alarms_total", "counter", "Contradictions of venues.", "alarms", 0},
        {"outcry_alerts_told_total", "counter", "Messages and beats that channels of alerts took.", "alerts_told", 0},
        {"outcry_alerts_not_told_total", "counter", "Those that they did not.", "alerts_not_told", 0},
        {"outcry_alerts_dropped_total", "counter", "Messages for which there was no room.", "alerts_dropped", 0},
        {"outcry_console_dropped_total", "counter", "Lines that no console got.", "dropped", 0},
        {NULL, NULL, NULL, NULL, 0}};
    for (const struct family *family = families; family->name; family++) {
        put_head(page, family);
        for (uint32_t i = 0; i < page->count; i++) {
            if (!parsed_has(&page->all[i].head, family->key))
                continue;
            begin(page, family->name, &page->all[i]);
            end(page, number_of(&page->all[i].head, family));
        }
    }
}

static void put_states(const struct page *page)
{
    static const struct family up = {"outcry_up", "gauge", "1: its host answers. 0: it hangs, or has died.", NULL, 0},
                               halted = {"outcry_halted", "gauge", "1: nothing is opened until unkill.", NULL, 0},
                               wrong = {"outcry_wrong", "gauge", "Lines `wrong` of outcry status.", NULL, 0},
                               day = {"outcry_profit_today", "gauge",
                                      "Since the day began (session.day), in its currency.", NULL, 0};
    put_head(page, &up);
    for (uint32_t i = 0; i < page->count; i++) {
        begin(page, up.name, &page->all[i]);
        put_label(page->out, "mode", page->all[i].run->mode, false);
        end(page, page->all[i].state == TARGET_ANSWERS);
    }
    put_head(page, &halted);
    for (uint32_t i = 0; i < page->count; i++) {
        begin(page, halted.name, &page->all[i]);
        end(page, page->all[i].is_latched);
    }
    put_head(page, &wrong);
    for (uint32_t i = 0; i < page->count; i++) {
        begin(page, wrong.name, &page->all[i]);
        end(page, page->all[i].wrong_count);
    }
    put_head(page, &day);
    for (uint32_t i = 0; i < page->count; i++) {
        const struct parsed of = parsed_at(&page->all[i].head, "day");
        if (!parsed_has(&of, "profit"))
            continue;
        begin(page, day.name, &page->all[i]);
        end(page, parsed_double(&of, "profit", 0));
    }
}

/* Rows of a list: `labels` are members that name the row, ended by NULL. */
static void put_rows(const struct page *page, const struct family *families, size_t list, const char *const *labels)
{
    char value[128];
    for (const struct family *family = families; family->name; family++) {
        put_head(page, family);
        for (uint32_t i = 0; i < page->count; i++) {
            const struct parsed *rows = (const struct parsed *)(const void *)((const char *)&page->all[i] + list);
            for (uint32_t k = 0; k < parsed_count(rows); k++) {
                const struct parsed row = parsed_row(rows, k);
                if (!parsed_has(&row, family->key))
                    continue;
                begin(page, family->name, &page->all[i]);
                for (int l = 0; labels[l]; l++)
                    put_label(page->out, labels[l], parsed_text(&row, labels[l], value, sizeof value), false);
                end(page, number_of(&row, family));
            }
        }
    }
}

static void put_lists(const struct page *page)
{
    static const struct family venues[] = {
        {"outcry_venue_streams", "gauge", "Streams that are wanted.", "streams", 0},
        {"outcry_venue_streams_ready", "gauge", "Streams that are there.", "streams_ready", 0},
        {"outcry_venue_requests_total", "counter", "Requests that left, since the last start.", "sent", 0},
        {"outcry_venue_unknown_total", "counter", "Requests of which nobody knew what became.", "unknown", 0},
        {"outcry_venue_unknown_open", "gauge", "Orders of which nobody knows what became.", "unknown_open", 0},
        {"outcry_venue_reconnects_total", "counter", "Streams that came up again.", "reconnects", 0},
        {"outcry_venue_limit_share", "gauge", "Of the limit that is used most, 0 to 1.", "limit_share", 0},
        {"outcry_venue_reconciled_age_seconds", "gauge", "Since it was compared with what is known.", "compared_age_s",
         0},
        {NULL, NULL, NULL, NULL, 0}};
    static const struct family positions[] = {
        {"outcry_position_quantity", "gauge", "Held, below 0 short; without a strategy: of the account.", "qty", 0},
        {"outcry_position_unrealised", "gauge", "In its settlement currency.", "unrealised", 0},
        {NULL, NULL, NULL, NULL, 0}};
    static const struct family strategies[] = {
        {"outcry_strategy_calls_total", "counter", "Callbacks.", "calls", 0},
        {"outcry_strategy_open_orders", "gauge", "Orders of it that are open.", "open_orders", 0},
        {"outcry_strategy_longest_callback_seconds", "gauge", "Its longest callback.", "longest_us", 1e-6},
        {NULL, NULL, NULL, NULL, 0}};
    static const struct family balances[] = {{"outcry_balance", "gauge", "Of an asset, in its units.", "total", 0},
                                             {NULL, NULL, NULL, NULL, 0}};
    static const char *const of_venue[] = {"venue", "state", NULL}, *const of_position[] = {"symbol", "strategy", NULL},
                             *const of_strategy[] = {"name", "state", NULL}, *const of_balance[] = {"asset", NULL};
    put_rows(page, venues, offsetof(struct status, venues), of_venue);
    put_rows(page, positions, offsetof(struct status, positions), of_position);
    put_rows(page, strategies, offsetof(struct status, strategies), of_strategy);
    put_rows(page, balances, offsetof(struct status, balances), of_balance);
}

static void put_clocks(const struct page *page)
{
    static const struct family families[] = {
        {"outcry_venue_clock_offset_seconds", "gauge", "Clock of the venue less ours.", "offset_ms", 1e-3},
        {"outcry_venue_clock_error_seconds", "gauge", "How far that may be wrong.", "error_ms", 1e-3},
        {NULL, NULL, NULL, NULL, 0}};
    char venue[64];
    for (const struct family *family = families; family->name; family++) {
        put_head(page, family);
        for (uint32_t i = 0; i < page->count; i++)
            for (uint32_t k = 0; k < parsed_count(&page->all[i].venues); k++) {
                const struct parsed row = parsed_row(&page->all[i].venues, k), clock = parsed_at(&row, "clock");
                if (!clock.object)
                    continue;
                begin(page, family->name, &page->all[i]);
                put_label(page->out, "venue", parsed_text(&row, "venue", venue, sizeof venue), false);
                end(page, number_of(&clock, family));
            }
    }
}

struct asking {
    struct targets targets;
    const char *listen;
    int64_t wait_ns;
};

/* False: none runs. */
static bool write_page(struct asking *asking, struct text *out)
{
    struct error none;
    struct page page = {.out = out};
    if (targets_find(&asking->targets, true, &none) < 0)
        asking->targets.count = 0;
    page.all = calloc(asking->targets.count + 1, sizeof *page.all);
    page.count = page.all ? asking->targets.count : 0;
    for (uint32_t i = 0; i < page.count; i++)
        status_ask(&page.all[i], &asking->targets.list[i], asking->wait_ns, 30000000000ll);
    put_states(&page);
    put_heads(&page);
    put_lists(&page);
    put_clocks(&page);
    for (uint32_t i = 0; i < page.count; i++)
        status_close(&page.all[i]);
    free(page.all);
    return page.count > 0;
}

/* Serving. */

/* The first line of what it asks; false: it is no GET of the page. */
static bool is_wanted(int fd)
{
    char request[REQUEST_MAX + 1];
    size_t size = 0;
    const int64_t until_ns = env_clock_mono() + CLIENT_NS;
    while (size < REQUEST_MAX && env_clock_mono() < until_ns) {
        struct env_poll poll = {fd, ENV_POLL_READ, 0};
        size_t got = 0;
        if (env_poll(&poll, 1, CLIENT_NS) == 0 || env_socket_read(fd, request + size, REQUEST_MAX - size, &got) < 0 ||
            !got)
            break;
        size += got;
        request[size] = 0;
        if (strstr(request, "\r\n\r\n"))
            break;
    }
    request[size] = 0;
    return strncmp(request, "GET /metrics", 12) == 0 || strncmp(request, "GET / ", 6) == 0;
}

static void write_all(int fd, const char *data, size_t size)
{
    const int64_t until_ns = env_clock_mono() + CLIENT_NS;
    while (size && env_clock_mono() < until_ns) {
        size_t sent = 0;
        const oc_rc rc = env_socket_write(fd, data, size, &sent);
        struct env_poll poll = {fd, ENV_POLL_WRITE, 0};
        if (rc == OC_E_AGAIN)
            env_poll(&poll, 1, CLIENT_NS);
        else if (rc < 0)
            return;
        data += sent;
        size -= sent;
    }
}

static void serve_one(struct asking *asking, int fd)
{
    char head[256];
    struct text out;
    text_init_grow(&out, SHOWN_MAX);
    const bool is_good = is_wanted(fd);
    if (is_good)
        (void)write_page(asking, &out);
    const int size = snprintf(head, sizeof head,
                              "HTTP/1.1 %s\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
                              "Content-Length: %zu\r\nConnection: close\r\n\r\n",
                              is_good ? "200 OK" : "404 Not Found", out.size);
    write_all(fd, head, (size_t)size);
    write_all(fd, out.data ? out.data : "", out.size);
    text_release(&out);
}

static int serve(struct asking *asking)
{
    struct error error;
    int fd, port = 0;
    const oc_rc rc = env_tcp_listen(asking->listen, &fd, &port);
    if (rc < 0) {
        (void)complain(&error,
                       error_say(&error, rc, "--listen", "%s",
                                 rc == OC_E_INVALID ? "expected an address of this machine and a port: 127.0.0.1:9464"
                                                    : env_error_text()),
                       false);
        return rc == OC_E_INVALID ? EXIT_USE : EXIT_RUN;
    }
    interrupt_install();
    printf("listens: http://127.0.0.1:%d/metrics\n", port);
    fflush(stdout);
    while (interrupt_count() == 0) {
        struct env_poll poll = {fd, ENV_POLL_READ, 0};
        int client;
        if (env_poll(&poll, 1, ACCEPT_NS) == 0 || env_tcp_accept(fd, &client) < 0)
            continue;
        serve_one(asking, client);
        env_close(client);
    }
    env_close(fd);
    return EXIT_GOOD;
}

static oc_rc take_words(struct asking *asking, int argc, char **argv, struct error *ret_error)
{
    oc_rc rc = targets_take(&asking->targets, &argc, argv, ret_error);
    for (int i = 1; i < argc && rc == OC_OK; i += 2) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--listen") == 0 && *value)
            asking->listen = value;
        else if (strcmp(argv[i], "--wait") != 0 || text_to_duration(value, strlen(value), &asking->wait_ns) < 0)
            rc = error_say(ret_error, OC_E_INVALID, argv[i], "expected an option");
    }
    return rc;
}

int verb_metrics(int argc, char **argv)
{
    struct asking asking = {.wait_ns = WAIT_NS};
    struct error error = {0};
    struct text out;
    if (help_is_asked(argc, argv)) {
        fputs(usage, stdout);
        return EXIT_GOOD;
    }
    if (take_words(&asking, argc, argv, &error) < 0) {
        (void)complain(&error, OC_E_INVALID, false);
        fputs(usage, stderr);
        return EXIT_USE;
    }
    if (asking.listen)
        return serve(&asking);
    text_init_grow(&out, SHOWN_MAX);
    const bool has_any = write_page(&asking, &out);
    fputs(out.data ? out.data : "", stdout);
    text_release(&out);
    return has_any ? EXIT_GOOD : EXIT_NOTHING;
}

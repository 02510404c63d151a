#include "cli/standing.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/env.h"
#include "base/env_notify.h"
#include "cli/parsed.h"
#include "cli/run.h"
#include "session/venue_keys.h"

#define LINE_NS 1000000000ll

static _Atomic bool is_shown; /* a line stands on the terminal, without its end; the log clears it */

/* "plain (local), accounts main" */
static void put_venues(const struct session *session, struct text *out)
{
    for (uint32_t i = 0; i < session->links.count; i++) {
        const char *name = session->links.list[i]->name;
        text_format(out, "%s%s (%s), accounts %s", i ? "; " : "", name,
                    venue_text(session->settings, name, "environment", "?"),
                    venue_text(session->settings, name, "accounts", "?"));
    }
}

static void put_feed(const struct session *session, struct text *out)
{
    const char *speed = settings_text(session->settings, "session.speed", "max");
    if (venue_is_feed(session->settings))
        text_format(out, "prices of %s", settings_text(session->settings, "session.venue", "?"));
    else if (session->data.count)
        text_format(out, "prices of %s%s at speed %s", session->data.sources[0].path,
                    session->data.count > 1 ? " and more" : "", speed);
}

static void put_start(struct run *run)
{
    const struct session *session = run->session;
    char bytes[2048];
    struct text out;
    const bool at_venue = session->links.count && !session->venues.is_feed;
    text_init_fixed(&out, bytes, sizeof bytes);
    text_format(&out, "outcry: %s, session %s, console %s; ", session->label,
                settings_text(session->settings, "session.dir", "without a folder"),
                run->host_file.socket[0] ? run->host_file.socket : "none");
    if (at_venue) {
        text_put(&out, "at ");
        put_venues(session, &out);
        text_put(&out, "; at stake: what these accounts hold");
    } else {
        put_feed(session, &out);
        text_format(&out, "; at stake: nothing, it is paper (%s)",
                    settings_text(session->settings, "account.cash", "no cash"));
    }
    fprintf(stderr, "%s\n", out.data);
}

bool standing_is_paced(const struct session *session)
{
    return session->pace.speed > 0 || links_are_on_network(&session->links);
}

oc_rc standing_begin(struct standing *standing, struct run *run)
{
    const struct options *options = run->options;
    *standing = (struct standing){.run = run, .watchdog_ns = env_watchdog_ns()};
    if (!standing_is_paced(run->session) || !run->console.service)
        standing->run = NULL;
    else if (!options->quiet && !options->json && !run->console.has_own)
        put_start(run);
    oc_rc rc = detach_end(&run->detach, run);
    standing->has_line = standing->run && !options->quiet && !options->json && isatty(2) && !run->console.has_own;
    if (rc == OC_OK)
        (void)env_notify("READY=1\nSTATUS=the session is open"); /* false: nobody asked for it */
    return rc;
}

void standing_clear(void)
{
    if (atomic_load(&is_shown) && atomic_exchange(&is_shown, false)) /* any thread logs */
        fputs("\r\x1b[K", stderr);
}

static void put_line(const struct standing *standing)
{
    const struct command_words words = {.fields = {"status"}, .count = 1};
    char instrument[64], last[64], halted[64];
    struct parsed status;
    struct text json;
    text_init_grow(&json, COMMAND_LINE_MAX);
    if (console_service_ask(standing->run->console.service, &words, &json) && json.data &&
        parsed_open(&status, json.data)) {
        const struct parsed day = parsed_at(&status, "day");
        char line[160];
        snprintf(line, sizeof line, "%s %s %s  today %+.2f  %lld orders  %lld positions%s%s",
                 standing->run->session->label, parsed_text(&status, "instrument", instrument, sizeof instrument),
                 parsed_text(&status, "last", last, sizeof last), parsed_double(&day, "profit", 0),
                 (long long)parsed_int(&status, "open_orders", 0), (long long)parsed_int(&status, "positions", 0),
                 parsed_has(&status, "halted") ? "  HALTED " : "",
                 parsed_has(&status, "halted") ? parsed_text(&status, "halted", halted, sizeof halted) : "");
        fprintf(stderr, "\r%.79s\x1b[K", line);
        fflush(stderr);
        atomic_store(&is_shown, true);
        parsed_close(&status);
    }
    text_release(&json);
}

void standing_look(void *self)
{
    struct standing *standing = self;
    if (!standing->has_line && !standing->watchdog_ns)
        return;
    const int64_t now_ns = env_clock_mono();
    if (standing->watchdog_ns && now_ns >= standing->beat_ns) {
        standing->beat_ns = now_ns + standing->watchdog_ns;
        (void)env_notify("WATCHDOG=1"); /* false: nobody listens, and then nobody waits for it */
    }
    if (standing->has_line && now_ns >= standing->line_ns) {
        standing->line_ns = now_ns + LINE_NS;
        put_line(standing);
    }
}

void standing_end(struct standing *standing)
{
    standing_clear();
    if (standing->run || standing->watchdog_ns)
        (void)env_notify("STOPPING=1"); /* as above */
    *standing = (struct standing){.run = NULL};
}

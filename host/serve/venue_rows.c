#include "serve/venue_rows.h"

#include <stdio.h>
#include <string.h>

#include "base/json_out.h"
#include "base/why.h"
#include "io/venue_health.h"
#include "session/venue_keys.h"

static const char *run_state(const struct session *session)
{
    return session->pace.is_ended ? "ended" : (session->pace.is_paused ? "paused" : "running");
}

static int64_t instruments_of(const struct session *session, const char *venue)
{
    const struct instruments *instruments = engine_instruments(session->engine);
    int64_t count = 0;
    for (uint32_t i = 1; i < instruments_count(instruments); i++)
        count += strcmp(instruments_at(instruments, i)->info.venue, venue) == 0;
    return count;
}

/* What is most in the way of trading by what the venue has said to any of its accounts; else how the session is. */
static const char *state_of(struct session *session, const char *venue)
{
    const struct statement *statement = engine_statement(session->engine);
    struct portfolio *portfolio = engine_portfolio(session->engine);
    uint32_t worst = OC_VENUE_READY;
    for (uint32_t id = 1; id <= portfolio_account_count(portfolio); id++) {
        const uint32_t state = statement_state(statement, id, OC_PART_TRADING);
        const struct account *account = portfolio_account(portfolio, id);
        if (account && strcmp(account->venue, venue) == 0 && statement_state_is_worse(state, worst))
            worst = state;
    }
    return worst == OC_VENUE_READY || session->pace.is_ended ? run_state(session) : statement_state_name(worst);
}

/* Why its key is refused, of the first account that it refuses; NULL: it is not. */
static const char *denial_of(const struct session *session, const char *venue)
{
    const struct statement *statement = engine_statement(session->engine);
    struct portfolio *portfolio = engine_portfolio(session->engine);
    for (uint32_t id = 1; id <= portfolio_account_count(portfolio); id++) {
        const struct account_statement *of = statement_of(statement, id);
        const struct account *account = portfolio_account(portfolio, id);
        if (!of || !account || strcmp(account->venue, venue) != 0)
            continue;
        for (uint32_t part = 0; part < STATEMENT_PARTS; part++)
            if (of->states[part].state == OC_VENUE_DENIED)
                return why_name(of->states[part].why);
    }
    return NULL;
}

/* Parts of a million of the limit that is used most. */
static int64_t fullest(const struct io_health *health)
{
    int64_t most = 0;
    for (uint32_t i = 0; i < health->limit_count; i++) {
        const struct io_limit_used *limit = &health->limits[i];
        const int64_t share = limit->max ? (int64_t)(limit->used * 1000000 / limit->max) : 0;
        most = share > most ? share : most;
    }
    return most;
}

static void put_limits(struct session *session, const struct io_health *health, struct text *reply)
{
    json_open(reply, "limits", '[');
    for (uint32_t i = 0; i < health->limit_count; i++) {
        const struct io_limit_used *limit = &health->limits[i];
        const struct account *account = portfolio_account(engine_portfolio(session->engine), limit->account);
        json_open(reply, NULL, '{');
        json_text(reply, "limit", limit->name);
        json_text(reply, "account", limit->account && account ? account->name : NULL);
        json_int(reply, "used", (int64_t)limit->used);
        json_int(reply, "max", (int64_t)limit->max);
        json_close(reply, '}');
    }
    json_close(reply, ']');
    json_double(reply, "limit_share", (double)fullest(health) / 1e6);
}

static void put_clock(const struct io_health *health, struct text *reply)
{
    if (!health->is_clock_known) {
        json_null(reply, "clock");
        return;
    }
    json_open(reply, "clock", '{');
    json_double(reply, "offset_ms", (double)health->clock.offset_ns / 1e6);
    json_double(reply, "error_ms", (double)health->clock.error_ns / 1e6);
    json_double(reply, "age_s", (double)health->clock_age_ns / 1e9);
    json_close(reply, '}');
}

/* How many questions each of its places was asked, where they are balanced. */
static void put_queries(const struct pool_endpoint *of, struct text *reply)
{
    if (!of || of->balance == POOL_ONE)
        return;
    json_open(reply, "queries", '[');
    for (uint32_t i = 0; i < of->count; i++)
        json_int(reply, NULL, (int64_t)of->places[i].queries);
    json_close(reply, ']');
}

/* Where each of its endpoints is, and which place of how many that is. */
static void put_endpoints(const struct venue_link *link, struct text *reply)
{
    const struct oc_venue *said = link->table->venue;
    json_open(reply, "endpoints", '[');
    for (uint32_t i = 0; i < said->endpoint_count; i++) {
        uint32_t count, place = pool_active(&link->pool, said->endpoints[i].name, &count);
        bool is_first = true;
        for (uint32_t k = 0; k < i; k++) /* rows of one name are one endpoint */
            is_first &= strcmp(said->endpoints[k].name, said->endpoints[i].name) != 0;
        if (!is_first)
            continue;
        json_open(reply, NULL, '{');
        json_text(reply, "endpoint", said->endpoints[i].name);
        json_text(reply, "at", link->venue.link.authority(link->venue.link.self, said->endpoints[i].name));
        json_int(reply, "place", place + 1);
        json_int(reply, "places", count);
        put_queries(pool_find(&link->pool, said->endpoints[i].name), reply);
        json_close(reply, '}');
    }
    json_close(reply, ']');
}

/* How it is on the network, now: where records play it, nothing is known of that. */
static void put_health(struct session *session, const char *venue, struct text *reply)
{
    const struct venue_link *link = NULL;
    struct io_health health;
    for (uint32_t i = 0; i < session->links.count; i++)
        if (strcmp(session->links.list[i]->name, venue) == 0)
            link = session->links.list[i];
    if (!link || !link->table || !link->net)
        return;
    io_venue_health(&link->venue, &health);
    json_int(reply, "streams", health.streams);
    json_int(reply, "streams_ready", health.streams_ready);
    json_int(reply, "sent", (int64_t)health.counts.sent);
    json_int(reply, "waiting", health.waiting);
    json_int(reply, "under_way", health.under_way);
    json_int(reply, "unknown", (int64_t)health.counts.unknown);
    json_int(reply, "unknown_open", health.doubts);
    json_int(reply, "reconnects", (int64_t)health.counts.reconnects);
    json_int(reply, "limit_waits", (int64_t)health.counts.limited);
    json_int(reply, "told_to_wait", (int64_t)health.counts.told_to_wait);
    if (health.wait_until_ns == INT64_MIN)
        json_null(reply, "wait_until");
    else
        json_time(reply, "wait_until", health.wait_until_ns);
    json_flag(reply, "banned", health.is_banned);
    json_int(reply, "broken", (int64_t)health.counts.broken);
    json_int(reply, "moves", (int64_t)health.counts.moves);
    json_int(reply, "succeeded", (int64_t)health.counts.succeeded);
    json_int(reply, "compared", (int64_t)health.counts.compared);
    if (health.compared_age_ns < 0)
        json_null(reply, "compared_age_s");
    else
        json_double(reply, "compared_age_s", (double)health.compared_age_ns / 1e9);
    put_endpoints(link, reply);
    put_clock(&health, reply);
    put_limits(session, &health, reply);
}

static void list_connector(struct session *session, const char *venue, struct text *reply)
{
    char note[200];
    json_open(reply, NULL, '{');
    json_text(reply, "venue", venue);
    json_text(reply, "kind", "connector");
    json_text(reply, "state", state_of(session, venue));
    json_int(reply, "instruments", instruments_of(session, venue));
    snprintf(note, sizeof note, "%.60s, %.30s, accounts %.80s", venue_text(session->settings, venue, "connector", ""),
             venue_text(session->settings, venue, "environment", ""),
             venue_text(session->settings, venue, "accounts", ""));
    json_text(reply, "note", note);
    json_text(reply, "why", denial_of(session, venue));
    put_health(session, venue, reply);
    json_close(reply, '}');
}

void venue_rows_put(struct session *session, struct text *reply)
{
    const struct part *sim = session->parts ? parts_at(session->parts, PART_SIM, 0) : NULL;
    char venue[PART_NAME_MAX], note[200];
    for (uint32_t i = 0; venue_at(session->settings, i, venue); i++)
        list_connector(session, venue, reply);
    if (venue_names(session->settings))
        return;
    json_open(reply, NULL, '{');
    json_text(reply, "venue", "paper");
    json_text(reply, "kind", "simulator");
    json_text(reply, "state", run_state(session));
    json_int(reply, "instruments", (int64_t)instruments_count(engine_instruments(session->engine)) - 1);
    if (sim && strcmp(sim->id, "outcry.paper") != 0)
        snprintf(note, sizeof note, "fills as %s decides", sim->id);
    else
        snprintf(note, sizeof note, "%s, %s, fees taker %s maker %s",
                 settings_text(session->settings, "sim.paper.profile", "neutral"),
                 settings_text(session->settings, "sim.paper.latency", "5ms"),
                 settings_text(session->settings, "sim.paper.taker_fee", "0"),
                 settings_text(session->settings, "sim.paper.maker_fee", "0"));
    json_text(reply, "note", note);
    json_close(reply, '}');
}

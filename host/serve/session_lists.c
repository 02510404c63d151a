/* session_lists.c: lists that the composition knows: venues, plugins, strategies, risk, journal. */
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/json_out.h"
#include "serve/console_host.h"
#include "serve/session_lists.h"
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
    json_close(reply, '}');
}

static void list_venues(struct session *session, struct text *reply)
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

static void list_plugins(const struct session *session, uint64_t from, struct text *reply, uint64_t *ret_next)
{
    char hash[20];
    const uint32_t count = session->parts ? session->parts->count : 0;
    uint64_t i = from;
    for (; i < count && i < from + CONSOLE_PAGE; i++) {
        const struct part *part = &session->parts->list[i];
        snprintf(hash, sizeof hash, "%016llx", (unsigned long long)part->hash);
        json_open(reply, NULL, '{');
        json_text(reply, "part", part->section);
        json_text(reply, "id", part->id);
        json_text(reply, "version", part->version);
        json_text(reply, "from", part->is_missing ? "missing" : (part->is_ours ? "ours" : "foreign"));
        json_text(reply, "file", part->path);
        json_text(reply, "hash", part->is_missing ? "" : hash);
        json_close(reply, '}');
    }
    *ret_next = i < count ? i : 0;
}

/* What each rule has of its limit now: asked with the smallest buy of the first instrument. */
static void list_risk(struct console_host *host, struct text *reply)
{
    struct session *session = host->session;
    char bytes[8192];
    struct text preview;
    struct command_words words = {.fields = {"preview", "buy", "", ""}, .count = 4};
    const struct instrument *instrument = instruments_at(engine_instruments(session->engine), 1);
    char qty[TEXT_DECIMAL_MAX], amount[TEXT_DECIMAL_MAX + 8];
    struct oc_dec lot = {0};
    if (instrument)
        (void)instrument_qty_dec(instrument, 1, &lot); /* one lot fits */
    text_from_units(qty, lot.units, lot.scale, TEXT_SHORTEST);
    snprintf(amount, sizeof amount, "qty=%s", qty);
    words.fields[2] = instruments_name(engine_instruments(session->engine), instrument);
    words.fields[3] = amount;
    text_init_fixed(&preview, bytes, sizeof bytes);
    console_service_ask(host->service, &words, &preview);
    const char *rows = strstr(bytes, "\"rules\":["), *end = rows ? strstr(rows, "],\"missing\"") : NULL;
    if (rows && end)
        text_put_bytes(reply, rows + 9, (size_t)(end - rows) - 9);
}

static void list_journal(struct session *session, struct text *reply)
{
    struct door_hash hash = door_order_hash(session->door);
    struct door_stats stats = door_stats(session->door);
    char text[HASH_TEXT_MAX], input[20];
    hash128_to_text((struct hash128){hash.low, hash.high}, text);
    snprintf(input, sizeof input, "%016llx", (unsigned long long)door_input_hash(session->door));
    json_open(reply, NULL, '{');
    json_text(reply, "folder", settings_text(session->settings, "session.dir", NULL));
    json_int(reply, "seq", (int64_t)door_seq(session->door));
    json_int(reply, "records", (int64_t)hash.count);
    json_int(reply, "markets", (int64_t)door_market_count(session->door));
    json_text(reply, "order_hash", text);
    json_text(reply, "input_hash", input);
    json_int(reply, "order_bytes", (int64_t)stats.order_bytes);
    json_int(reply, "market_bytes", (int64_t)stats.market_bytes);
    json_int(reply, "durable_seq", (int64_t)door_durable_seq(session->door));
    json_text(reply, "failed", door_failed(session->door) ? door_error(session->door) : NULL);
    json_close(reply, '}');
}

bool session_lists(void *self, const char *word, const struct command_words *words, struct text *reply)
{
    struct console_host *host = self;
    struct session *session = host->session;
    int64_t from = 0;
    uint64_t next = 0;
    if (words->count > 1)
        (void)text_to_int(words->fields[1], strlen(words->fields[1]), &from); /* no number: from the beginning */
    if (strcmp(word, "journal") == 0) {
        list_journal(session, reply);
        return true;
    }
    json_open(reply, NULL, '{');
    if (strcmp(word, "risk") == 0) {
        json_text(reply, "halted", engine_latched(session->engine, session->money.account));
        json_text(reply, "missing", engine_missing(session->engine)[0] ? engine_missing(session->engine) : NULL);
    }
    json_open(reply, "rows", '[');
    if (strcmp(word, "venues") == 0)
        list_venues(session, reply);
    else if (strcmp(word, "plugins") == 0)
        list_plugins(session, from > 0 ? (uint64_t)from : 0, reply, &next);
    else if (strcmp(word, "risk") == 0)
        list_risk(host, reply);
    for (uint32_t i = 0; strcmp(word, "strategies") == 0 && i < host->strategies->count; i++)
        if (host->strategies->list[i].strategy)
            strategies_put(host->strategies, reply, NULL, i);
    json_close(reply, ']');
    if (next)
        json_int(reply, "next", (int64_t)next);
    else
        json_null(reply, "next");
    json_close(reply, '}');
    return true;
}

/* session_lists.c: lists that the composition knows: venues, plugins, strategies, risk, journal. */
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/json_out.h"
#include "serve/console_host.h"
#include "serve/session_lists.h"
#include "serve/venue_rows.h"

/* What a plugin says of itself; NULL: it is not there. */
static const char *about_of(const struct session *session, const struct part *part)
{
    const struct registry_entry *entry = part->is_missing ? NULL : registry_find(session->registry, NULL, part->id);
    return entry ? entry->plugin->about : NULL;
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
        json_text(reply, "about", about_of(session, part));
        json_close(reply, '}');
    }
    *ret_next = i < count ? i : 0;
}

/* What each rule says now of the smallest buy of the first instrument. */
static void list_risk(struct console_host *host, struct text *reply)
{
    const struct session *session = host->session;
    const struct instruments *instruments = engine_instruments(session->engine);
    const struct instrument *instrument = instruments_at(instruments, 1);
    const char *symbol = instrument ? instruments_name(instruments, instrument) : "";
    char bytes[8192], qty[TEXT_DECIMAL_MAX], amount[TEXT_DECIMAL_MAX + 8];
    struct text preview;
    struct oc_dec lot = {0};
    if (instrument)
        (void)instrument_qty_dec(instrument, 1, &lot); /* one lot fits */
    text_from_units(qty, lot.units, lot.scale, TEXT_SHORTEST);
    snprintf(amount, sizeof amount, "qty=%s", qty);
    json_open(reply, NULL, '{');
    json_text(reply, "halted", engine_latched(session->engine, session->money.account));
    json_text(reply, "missing", engine_missing(session->engine)[0] ? engine_missing(session->engine) : NULL);
    json_open(reply, "asked", '{');
    json_text(reply, "symbol", symbol);
    json_text(reply, "qty", qty);
    json_close(reply, '}');
    json_open(reply, "rows", '[');
    const struct command_words words = {.fields = {"preview", "buy", symbol, amount}, .count = 4};
    text_init_fixed(&preview, bytes, sizeof bytes);
    console_service_ask(host->service, &words, &preview);
    const char *rows = strstr(bytes, "\"rules\":["), *end = rows ? strstr(rows, "],\"missing\"") : NULL;
    if (rows && end)
        text_put_bytes(reply, rows + 9, (size_t)(end - rows) - 9);
    json_close(reply, ']');
    json_null(reply, "next");
    json_close(reply, '}');
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
    if (strcmp(word, "journal") == 0 || strcmp(word, "risk") == 0) {
        if (strcmp(word, "risk") == 0)
            list_risk(host, reply);
        else
            list_journal(session, reply);
        return true;
    }
    json_open(reply, NULL, '{');
    json_open(reply, "rows", '[');
    if (strcmp(word, "venues") == 0)
        venue_rows_put(session, reply);
    else if (strcmp(word, "plugins") == 0)
        list_plugins(session, from > 0 ? (uint64_t)from : 0, reply, &next);
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

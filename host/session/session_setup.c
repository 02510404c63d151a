/* session_setup.c: what a session is made of: strategies, data, instruments. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/num.h"
#include "base/text.h"
#include "base/version.h"
#include "session/session_impl.h"

static const char *symbol_of(const struct session *session, uint32_t index)
{
    return settings_text(session->settings, "data.symbol", session->sources[index].info.symbol);
}

/* The finer step, if the coarser is a multiple of it. */
static bool finer_step(struct oc_dec *one, struct oc_dec *other)
{
    int32_t scale = one->scale > other->scale ? one->scale : other->scale;
    oc_i128 a = one->units * num_pow10_128(scale - one->scale), b = other->units * num_pow10_128(scale - other->scale);
    if (a <= 0 || b <= 0 || (a % b != 0 && b % a != 0))
        return false;
    *(a > b ? one : other) = *(a > b ? other : one);
    return true;
}

static const char *kind_of(uint32_t event_type)
{
    switch (event_type) {
    case OC_EV_BAR:
        return "bars";
    case OC_EV_QBAR:
        return "bars of quotes";
    case OC_EV_QUOTE:
        return "quotes";
    default:
        return "trades";
    }
}

static bool has_quotes(uint32_t event_type) { return event_type == OC_EV_QUOTE || event_type == OC_EV_QBAR; }

/* Two files of one market: quotes beside trades complete each other; two of a kind would be traded as one market that jumps
 * from file to file. */
static oc_rc join_sources(struct session *session, uint32_t first, uint32_t second)
{
    struct feed_source *a = &session->sources[first], *b = &session->sources[second];
    const char *symbol = symbol_of(session, first), *kind_a = kind_of(a->info.event_type),
               *kind_b = kind_of(b->info.event_type);
    if (has_quotes(a->info.event_type) == has_quotes(b->info.event_type))
        return session_fail(
            session, OC_E_CONFIG,
            "%s and %s: found %s and %s of one symbol, %s; expected one file of a symbol, or quotes beside trades: "
            "join the files%s",
            a->path, b->path, kind_a, kind_b, symbol,
            settings_get(session->settings, "data.symbol")
                ? ", or leave --symbol away and let the names of the files say what they are"
                : ", or name one of them after its own symbol");
    if (b->info.event_type == OC_EV_QBAR) /* they have no quantities */
        b->info.qty_step = a->info.qty_step;
    else if (a->info.event_type == OC_EV_QBAR)
        a->info.qty_step = b->info.qty_step;
    if (!finer_step(&a->info.price_step, &b->info.price_step) || !finer_step(&a->info.qty_step, &b->info.qty_step))
        return session_fail(session, OC_E_CONFIG,
                            "%s and %s: their steps of price or quantity do not fit each other: state them with --data "
                            "'price_step=0.01;qty_step=0.001'",
                            a->path, b->path);
    session_note(session, "%s: %s of %.90s beside %s of %.90s", symbol, kind_a, a->path, kind_b, b->path);
    return OC_OK;
}

static oc_rc join_all_sources(struct session *session)
{
    for (uint32_t second = 1; second < session->source_count; second++)
        for (uint32_t first = 0; first < second; first++)
            if (strcmp(symbol_of(session, first), symbol_of(session, second)) == 0) {
                oc_rc rc = join_sources(session, first, second);
                if (rc < 0)
                    return rc;
            }
    return OC_OK;
}

/* The reader of a file: the plugin that gives its events. Prices made here, or held in memory, need none. */
static oc_rc open_reader(struct session *session, uint32_t index, const char *path)
{
    struct feed_source *source = &session->sources[index];
    struct plugin_instance *reader = &session->readers[index];
    if (source->memory || feed_is_synthetic(path))
        return OC_OK;
    reader->settings = session->settings;
    snprintf(reader->section, sizeof reader->section, "data.csv");
    reader->io.feed = &source->feed;
    oc_rc rc = plugin_instance_open(reader, session->registry, OC_DATA, "outcry.csv", source->error);
    if (rc < 0)
        return rc;
    source->table = registry_interface(reader->plugin, OC_DATA);
    source->reader = reader->self;
    return OC_OK;
}

oc_rc session_probe_data(struct session *session)
{
    for (uint32_t i = 0; i < session->source_count; i++) {
        struct feed_source *source = &session->sources[i];
        char path[512];
        snprintf(path, sizeof path, "%s", source->path);
        oc_rc rc = open_reader(session, i, path);
        if (rc == OC_OK)
            rc =
                feed_source_open(source, path, settings_text(session->settings, "data.options", ""), session->seed + i);
        if (rc < 0)
            return session_fail(session, rc, "%s", source->error[0] ? source->error : "the data could not be opened");
        const char *line = source->info.notes;
        while (*line) {
            int length = (int)strcspn(line, "\n");
            session_note(session, "%.*s", length, line);
            line += length + (line[length] == '\n');
        }
        rc = settings_time(session->settings, "session.to", &source->until_ns);
        if (rc < 0 && rc != OC_E_NOT_FOUND)
            return session_fail(session, rc, "%s", session->settings->error);
        int64_t duration_ns = 0;
        rc = settings_duration(session->settings, "session.duration", &duration_ns);
        if (rc < 0 && rc != OC_E_NOT_FOUND)
            return session_fail(session, rc, "%s", session->settings->error);
        if (rc == OC_OK && source->info.first_ns + duration_ns < source->until_ns)
            source->until_ns = source->info.first_ns + duration_ns;
    }
    return session->source_count ? join_all_sources(session)
                                 : session_fail(session, OC_E_CONFIG, "no data file was named");
}

/* "BTC/USDT" -> its assets; "SPY" -> the currency of account is the quote. */
static oc_rc symbol_assets(struct session *session, struct oc_instrument *info)
{
    struct instruments *instruments = engine_instruments(session->engine);
    char base[OC_SYMBOL_MAX], quote[OC_SYMBOL_MAX] = "";
    snprintf(base, sizeof base, "%s", info->symbol);
    char *slash = strchr(base, '/');
    if (strchr(slash ? slash + 1 : base, ':')) /* what settles in a currency of its own is a contract, not a coin */
        return session_fail(
            session, OC_E_CONFIG,
            "symbol '%s' names a contract: not supported by the paper venue yet: spot symbols only; expected "
            "BASE/QUOTE such as BTC/USDT: --symbol says it",
            info->symbol);
    if (slash) {
        snprintf(quote, sizeof quote, "%s", slash + 1);
        *slash = 0;
    } else {
        snprintf(quote, sizeof quote, "%s", instruments_asset_name(instruments, session->base));
        snprintf(info->symbol, sizeof info->symbol, "%.30s/%.15s", base, quote);
        session_note(session, "symbol: %s (the quote currency is that of the cash)", info->symbol);
    }
    base[OC_ASSET_MAX - 1] = quote[OC_ASSET_MAX - 1] = 0;
    oc_rc rc = instruments_asset(instruments, base, &info->base);
    if (rc == OC_OK)
        rc = instruments_asset(instruments, quote, &info->quote);
    if (rc < 0)
        return session_fail(session, rc, "symbol '%s': its assets could not be named", info->symbol);
    for (uint32_t i = 0; i < session->cash_count; i++)
        if (session->cash[i].asset == info->quote)
            return OC_OK;
    return session_fail(session, OC_E_CONFIG,
                        "the cash is in %s and %s is paid in %s: give --cash in %s, or name the symbol with --symbol",
                        instruments_asset_name(instruments, session->base), info->symbol, quote, quote);
}

oc_rc session_make_instruments(struct session *session)
{
    for (uint32_t i = 0; i < session->source_count; i++) {
        struct feed_source *source = &session->sources[i];
        struct oc_instrument info = {.size = sizeof info,
                                     .kind = OC_KIND_SPOT,
                                     .status = OC_STATUS_TRADING,
                                     .price_step = source->info.price_step,
                                     .qty_step = source->info.qty_step,
                                     .contract_size = {1, 0, 0},
                                     .venue = "paper"};
        snprintf(info.symbol, sizeof info.symbol, "%s", symbol_of(session, i));
        oc_rc rc = symbol_assets(session, &info);
        if (rc < 0)
            return rc;
        source->inst = instruments_find(engine_instruments(session->engine), info.symbol);
        if (!source->inst) {
            rc = instruments_add(engine_instruments(session->engine), &info, &source->inst);
            if (rc < 0)
                return session_fail(session, rc,
                                    "instrument %s was not accepted (code %d): price step %lld e-%d, "
                                    "quantity step %lld e-%d",
                                    info.symbol, (int)rc, (long long)info.price_step.units, (int)info.price_step.scale,
                                    (long long)info.qty_step.units, (int)info.qty_step.scale);
            session->instrument_count++;
            info.inst = source->inst;
            info.settle = info.quote;
            rc = session->sim_table->instrument(session->sim.self, &info);
        }
        if (rc == OC_OK)
            rc = feed_source_start(source, source->inst);
        struct inbox_source entry = {source, feed_source_next};
        if (rc == OC_OK)
            rc = inbox_add_source(session->loop, &entry);
        if (rc < 0)
            return session_fail(session, rc, "%s", source->error[0] ? source->error : "the data could not be started");
        if (i == 0)
            session->now_ns = session->first_ns = source->info.first_ns;
    }
    return OC_OK;
}

oc_rc session_load_strategies(struct session *session, strategy_log_fn log)
{
    bool is_live = strcmp(session->mode, "paper") == 0;
    int64_t deadline_ns = is_live ? 250000000 : 10000000000;
    oc_rc rc = settings_duration(session->settings, "strategy.deadline", &deadline_ns);
    if (rc < 0 && rc != OC_E_NOT_FOUND)
        return session_fail(session, rc, "%s", session->settings->error);
    bool watched = strcmp(session->mode, "replay") != 0 && deadline_ns > 0;
    if (watched && sandbox_watchdog_start(10000, &session->watchdog) < 0)
        return session_fail(session, OC_E_IO, "the timer that stops runaway scripts could not be started");
    session->log = log;
    session->deadline_ns = watched ? deadline_ns : 0;
    session->opened_strategies = session->strategy_count;
    for (uint32_t i = 0; i < session->strategy_count; i++) {
        rc = session_make_strategy(session, i);
        if (rc < 0)
            return rc;
    }
    return OC_OK;
}

/* Symbol and steps, in the order in which instruments get their numbers: for readers of the journal alone. */
static void header_instrument(const struct session *session, uint32_t index, struct text *text)
{
    const struct oc_data_info *info = &session->sources[index].info;
    const char *symbol = symbol_of(session, index);
    for (uint32_t i = 0; i < index; i++)
        if (strcmp(symbol_of(session, i), symbol) == 0)
            return;
    text_format(text, "instrument %s ", symbol);
    text_put_units(text, info->price_step.units, info->price_step.scale, TEXT_SHORTEST);
    text_put_char(text, ' ');
    text_put_units(text, info->qty_step.units, info->qty_step.scale, TEXT_SHORTEST);
    text_put_char(text, '\n');
}

void session_header(struct session *session, struct text *text)
{
    text_format(text, "outcry = \"%s\"\nmode = \"%s\"\nseed = %llu\n", OUTCRY_VERSION, session->mode,
                (unsigned long long)session->seed);
    for (uint32_t i = 0; i < session->registry->count; i++) {
        const struct registry_entry *entry = &session->registry->entries[i];
        text_format(text, "plugin %s %s %016llx\n", entry->plugin->id, entry->plugin->version,
                    (unsigned long long)entry->hash);
    }
    for (uint32_t i = 0; i < session->settings->count; i++) {
        const struct setting *setting = &session->settings->list[i];
        text_format(text, "set %s=%s\n", setting->key, setting->value);
    }
    for (uint32_t i = 0; i < session->param_count; i++)
        text_format(text, "param %s=%s\n", session->params[i].name, session->params[i].value);
    for (uint32_t i = 0; i < session->source_count; i++)
        text_format(text, "data %s\n", session->sources[i].path);
    for (uint32_t i = 0; i < session->source_count; i++)
        header_instrument(session, i, text);
    session_put_sources(session, text);
}

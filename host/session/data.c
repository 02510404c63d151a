/* data.c: what a session trades on: its sources, their readers, and the instruments they make. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/log.h"
#include "base/num.h"
#include "base/text.h"
#include "session/intrabar.h"
#include "session/session.h"
#include "session/venue_keys.h"

const char *session_symbol(const struct session *session, uint32_t index)
{
    return settings_text(session->settings, "data.symbol", session->data.sources[index].info.symbol);
}

/* The finer step, if the coarser is a multiple of it. */
bool session_finer_step(struct oc_dec *one, struct oc_dec *other)
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
    struct feed_source *a = &session->data.sources[first], *b = &session->data.sources[second];
    const char *symbol = session_symbol(session, first), *kind_a = kind_of(a->info.event_type),
               *kind_b = kind_of(b->info.event_type);
    struct error error;
    if (has_quotes(a->info.event_type) == has_quotes(b->info.event_type)) {
        error_at(&error, OC_E_CONFIG, "%s and %s", a->path, b->path);
        error_found(&error, "%s and %s of one symbol, %s", kind_a, kind_b, symbol);
        error_expected(&error, "one file of a symbol, or quotes beside trades");
        error_remedy(&error, "join the files%s",
                     settings_get(session->settings, "data.symbol")
                         ? ", or leave --symbol away and let the names of the files say what they are"
                         : ", or name one of them after its own symbol");
        return session_fail(session, &error);
    }
    if (b->info.event_type == OC_EV_QBAR) /* they have no quantities */
        b->info.qty_step = a->info.qty_step;
    else if (a->info.event_type == OC_EV_QBAR)
        a->info.qty_step = b->info.qty_step;
    if (!session_finer_step(&a->info.price_step, &b->info.price_step) ||
        !session_finer_step(&a->info.qty_step, &b->info.qty_step)) {
        error_at(&error, OC_E_CONFIG, "%s and %s", a->path, b->path);
        error_what(&error, "their steps of price or quantity do not fit each other");
        error_remedy(&error, "state them with --data 'price_step=0.01;qty_step=0.001'");
        return session_fail(session, &error);
    }
    session_note(session, "%s: %s of %.90s beside %s of %.90s", symbol, kind_a, a->path, kind_b, b->path);
    return OC_OK;
}

void session_source_venue(const struct feed_source *source, char ret_venue[OC_VENUE_MAX])
{
    const char *at = feed_is_venue(source->path) ? strchr(source->path, ':') : NULL;
    snprintf(ret_venue, OC_VENUE_MAX, "%.*s", at ? (int)strcspn(at + 1, ":") : 0, at ? at + 1 : "");
}

static bool is_of_one_venue(const struct feed_source *a, const struct feed_source *b)
{
    char first[OC_VENUE_MAX], second[OC_VENUE_MAX];
    session_source_venue(a, first);
    session_source_venue(b, second);
    return strcmp(first, second) == 0;
}

static oc_rc join_all_sources(struct session *session)
{
    for (uint32_t second = 1; second < session->data.count; second++)
        for (uint32_t first = 0; first < second; first++)
            if (is_of_one_venue(&session->data.sources[first], &session->data.sources[second]) &&
                strcmp(session_symbol(session, first), session_symbol(session, second)) == 0) {
                oc_rc rc = join_sources(session, first, second);
                if (rc < 0)
                    return rc;
            }
    return OC_OK;
}

/* The recorded file: by its name, if that means the same file from here. */
static void find_recorded(const struct feed_source *source, char *ret_path, size_t size_max)
{
    char here[PATH_MAX];
    const bool is_same = realpath(source->path, here) && strcmp(here, source->place) == 0;
    const bool is_there = source->place[0] && env_exists(source->place);
    snprintf(ret_path, size_max, "%s", is_there && !is_same ? source->place : source->path);
}

/* Its place in the list of its venue. */
static uint32_t place_in_venue(const struct session *session, uint32_t index)
{
    uint32_t place = 0;
    for (uint32_t i = 0; i < index; i++)
        place += is_of_one_venue(&session->data.sources[i], &session->data.sources[index]);
    return place;
}

/* When a session at a venue begins. */
static oc_rc take_first_time(struct session *session, const char *venue, struct feed_source *source)
{
    char key[SETTING_KEY_MAX];
    snprintf(key, sizeof key, "venue.%s.starts", venue);
    oc_rc rc = settings_time(session->settings, key, &source->info.first_ns);
    return rc == OC_E_CONFIG ? error_keep(&source->error, &session->settings->error) : OC_OK;
}

/* The reader of a file is the first part that takes it. Prices made here, or held in memory, need none. */
static oc_rc open_source(struct session *session, uint32_t index)
{
    struct feed_source *source = &session->data.sources[index];
    struct plugin_instance *reader = &session->data.readers[index];
    char finer[sizeof source->options];
    const bool is_finer = index >= session->data.count;
    if (is_finer)
        intrabar_options(session->settings, finer, sizeof finer);
    const char *options = is_finer ? finer : settings_text(session->settings, "data.options", "");
    const struct part *part;
    struct error said[PARTS_READERS_MAX]; /* by the readers that did not take it */
    uint32_t refused = 0;
    char path[sizeof source->place], text[ERROR_TEXT_MAX];
    oc_rc rc = OC_E_NOT_FOUND;
    if (feed_is_venue(source->path)) {
        char venue[OC_VENUE_MAX];
        session_source_venue(source, venue);
        rc = venue_instrument(session->settings, venue, place_in_venue(session, index), &source->info, &source->error);
        return rc < 0 ? rc : take_first_time(session, venue, source);
    }
    find_recorded(source, path, sizeof path);
    if (source->memory || feed_is_synthetic(path))
        return feed_source_open(source, path, options, session->clock.seed + index);
    for (uint32_t i = 0; rc < 0 && (part = parts_at(session->parts, PART_READER, i)) != NULL; i++) {
        feed_source_close(source); /* the one before did not take it */
        plugin_instance_close(reader);
        source->error = (struct error){0};
        reader->settings = session->settings;
        memcpy(reader->section, part->section, sizeof reader->section);
        reader->impl.feed = &source->feed;
        rc = plugin_instance_open(reader, session->registry, OC_DATA, part->id, &source->error);
        if (rc < 0)
            return rc;
        source->table = registry_interface(reader->plugin, OC_DATA);
        source->reader = reader->self;
        source->is_judged = !part->is_ours;
        source->reader_name = part->id;
        rc = feed_source_open(source, path, options, session->clock.seed + index);
        if (rc < 0)
            said[refused++] = source->error;
    }
    for (uint32_t i = 0; rc < 0 && i + 1 < refused;
         i++) { /* the last one's complaint ends the run: the others' may be the true one */
        error_text(&said[i], text);
        log_error("data", "%s did not take it: %s", parts_at(session->parts, PART_READER, i)->section, text);
    }
    return rc;
}

static oc_rc source_failed(struct session *session, const struct feed_source *source, oc_rc rc)
{
    return error_is_set(&source->error) ? session_fail(session, &source->error)
                                        : session_fail_code(session, rc, source->path, "the data could not be opened");
}

static oc_rc no_data_named(struct session *session)
{
    struct error error;
    (void)error_say(&error, OC_E_CONFIG, "data", "no data file was named"); /* session_fail returns it */
    error_expected(&error, "a file such as btcusdt.csv, or synthetic-bars");
    return session_fail(session, &error);
}

/* Finer data of the inside of bars. */
static oc_rc open_finer(struct session *session)
{
    struct session_data *data = &session->data;
    char path[sizeof data->sources->path];
    uint32_t count = 0;
    for (; intrabar_name(session->settings, count, path, sizeof path); count++) {
        const uint32_t index = data->count + count;
        if (index == FEED_SOURCES_MAX)
            return session_say(session, OC_E_LIMIT, path, "at most %d data files", FEED_SOURCES_MAX);
        memcpy(data->sources[index].path, path, sizeof path);
        oc_rc rc = open_source(session, index);
        if (rc < 0)
            return source_failed(session, &data->sources[index], rc);
    }
    data->intrabar_count = count;
    return count ? intrabar_join(session) : (oc_rc)OC_OK;
}

oc_rc session_open_data(void *self, struct session *session)
{
    (void)self;
    for (uint32_t i = 0; i < session->data.count; i++) {
        struct feed_source *source = &session->data.sources[i];
        oc_rc rc = open_source(session, i);
        if (rc < 0)
            return source_failed(session, source, rc);
        const char *line = source->info.notes;
        while (*line) {
            int length = (int)strcspn(line, "\n");
            if (strncmp(line, "symbol: ", 8) == 0 && settings_get(session->settings, "data.symbol"))
                session_note(session, "symbol: %s (stated)", session_symbol(session, i));
            else
                session_note(session, "%.*s", length, line);
            line += length + (line[length] == '\n');
        }
        rc = settings_time(session->settings, "session.to", &source->until_ns);
        if (rc < 0 && rc != OC_E_NOT_FOUND)
            return session_fail(session, &session->settings->error);
        int64_t duration_ns = 0;
        rc = settings_duration(session->settings, "session.duration", &duration_ns);
        if (rc < 0 && rc != OC_E_NOT_FOUND)
            return session_fail(session, &session->settings->error);
        int64_t end_ns; /* none, where it lies behind the end of time */
        if (rc == OC_OK && !__builtin_add_overflow(source->info.first_ns, duration_ns, &end_ns) &&
            end_ns < source->until_ns)
            source->until_ns = end_ns;
    }
    if (!session->data.count)
        return no_data_named(session);
    oc_rc rc = join_all_sources(session);
    return rc < 0 ? rc : open_finer(session);
}

static oc_rc symbol_failed(struct session *session, const char *symbol, const char *what)
{
    struct error error;
    error_at(&error, OC_E_CONFIG, "data.symbol");
    error_what(&error, "%s", what);
    error_found(&error, "%s", symbol);
    error_expected(&error, "BASE/QUOTE such as BTC/USDT");
    error_remedy(&error, "--symbol says it");
    return session_fail(session, &error);
}

static oc_rc cash_is_other(struct session *session, const char *symbol, const char *quote)
{
    struct error error;
    error_at(&error, OC_E_CONFIG, "account.cash");
    error_what(&error, "the cash is in %s and %s is paid in %s",
               instruments_asset_name(engine_instruments(session->engine), session->money.base), symbol, quote);
    error_remedy(&error, "give --cash in %s, or name the symbol with --symbol", quote);
    return session_fail(session, &error);
}

/* What settles in a currency of its own is a contract, not a coin: `settle` is that and what stands behind it, "USDT-261225". */
static oc_rc take_contract(struct session *session, struct oc_instrument *info, bool is_of_venue, char *settle,
                           const char *base, const char *quote)
{
    if (!is_of_venue)
        return symbol_failed(session, info->symbol,
                             "a contract is not supported by the paper venue yet: spot symbols only");
    settle[strcspn(settle, "-")] = 0;
    info->kind = strcmp(settle, quote) == 0 ? OC_KIND_LINEAR : OC_KIND_INVERSE;
    if (info->kind == OC_KIND_INVERSE && strcmp(settle, base) != 0)
        return symbol_failed(session, info->symbol,
                             "a contract that settles in neither of its two currencies is not supported");
    return OC_OK;
}

/* "BTC/USDT" -> its assets; "SPY" -> the currency of account is the quote. Of a venue's instrument, the kind too: "BTC/USDT:USDT". */
static oc_rc symbol_assets(struct session *session, struct oc_instrument *info, bool is_of_venue)
{
    struct instruments *instruments = engine_instruments(session->engine);
    char base[OC_SYMBOL_MAX], quote[OC_SYMBOL_MAX] = "";
    snprintf(base, sizeof base, "%s", info->symbol);
    char *slash = strchr(base, '/'), *colon = strchr(slash ? slash + 1 : base, ':');
    if (colon) {
        *colon = 0;
        if (slash)
            *slash = 0;
        const oc_rc rc = take_contract(session, info, is_of_venue, colon + 1, base, slash ? slash + 1 : "");
        if (rc < 0)
            return rc;
        if (slash)
            *slash = '/';
    }
    if (slash) {
        snprintf(quote, sizeof quote, "%s", slash + 1);
        *slash = 0;
    } else {
        snprintf(quote, sizeof quote, "%s", instruments_asset_name(instruments, session->money.base));
        snprintf(info->symbol, sizeof info->symbol, "%.30s/%.15s", base, quote);
        session_note(session, "symbol: %s (the quote currency is that of the cash)", info->symbol);
    }
    base[OC_ASSET_MAX - 1] = quote[OC_ASSET_MAX - 1] = 0;
    oc_rc rc = instruments_asset(instruments, base, &info->base);
    if (rc == OC_OK)
        rc = instruments_asset(instruments, quote, &info->quote);
    if (rc < 0)
        return session_fail_code(session, rc, info->symbol, "the assets of the symbol could not be named");
    const bool is_inverse = info->kind == OC_KIND_INVERSE;
    for (uint32_t i = 0; i < session->money.cash_count; i++)
        if (session->money.cash[i].asset == (is_inverse ? info->base : info->quote))
            return OC_OK;
    return cash_is_other(session, info->symbol, is_inverse ? base : quote);
}

oc_rc session_name_assets(struct session *session)
{
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < session->data.count && rc == OC_OK; i++) {
        struct oc_instrument info = {.kind = OC_KIND_SPOT};
        snprintf(info.symbol, sizeof info.symbol, "%s", session_symbol(session, i));
        rc = symbol_assets(session, &info, feed_is_venue(session->data.sources[i].path));
    }
    instruments_assets_given(engine_instruments(session->engine));
    return rc;
}

oc_rc session_show_instrument(struct session *session)
{
    const struct instrument *last =
        instruments_get(engine_instruments(session->engine), engine_last_instrument(session->engine));
    return last ? venues_instrument(&session->venues, &last->info) : (oc_rc)OC_OK;
}

static oc_rc instrument_failed(struct session *session, oc_rc rc, const struct oc_instrument *info)
{
    struct error error;
    error_at(&error, rc, "instrument %s", info->symbol);
    error_what(&error, "it was not accepted: %s", error_name(rc));
    error_found(&error, "price step %lld e-%d, quantity step %lld e-%d", (long long)info->price_step.units,
                (int)info->price_step.scale, (long long)info->qty_step.units, (int)info->qty_step.scale);
    error_remedy(&error, "state the steps with --data 'price_step=0.01;qty_step=0.001'");
    return session_fail(session, &error);
}

/* The instrument of a source, once for all sources of one symbol. */
static oc_rc open_instrument(struct session *session, uint32_t index)
{
    struct feed_source *source = &session->data.sources[index];
    struct oc_instrument info = {.size = sizeof info,
                                 .kind = OC_KIND_SPOT,
                                 .status = OC_STATUS_TRADING,
                                 .present = source->info.bits & OC_DATA_SIGNED ? OC_INST_HAS_PRICE_SIGN : 0,
                                 .price_step = source->info.price_step,
                                 .qty_step = source->info.qty_step,
                                 .contract_size = {1, 0, 0},
                                 .venue = "paper"};
    const bool is_of_venue = feed_is_venue(source->path);
    oc_rc rc = OC_OK;
    if (is_of_venue) {
        session_source_venue(source, info.venue);
        rc = venue_contract_size(session->settings, info.venue, place_in_venue(session, index), &info.contract_size,
                                 &source->error);
    }
    if (rc < 0)
        return session_fail(session, &source->error);
    snprintf(info.symbol, sizeof info.symbol, "%s", session_symbol(session, index));
    rc = symbol_assets(session, &info, is_of_venue);
    if (rc < 0)
        return rc;
    char name[OC_VENUE_MAX + OC_SYMBOL_MAX];
    snprintf(name, sizeof name, "%s:%s", info.venue, info.symbol);
    source->inst = instruments_find(engine_instruments(session->engine), name);
    if (source->inst)
        return OC_OK;
    rc = instruments_add(engine_instruments(session->engine), &info, &source->inst);
    if (rc < 0)
        return instrument_failed(session, rc, &info);
    session->data.instrument_count++;
    info.inst = source->inst;
    info.settle = info.kind == OC_KIND_INVERSE ? info.base : info.quote;
    rc = venues_instrument(&session->venues, &info);
    return rc < 0 ? session_fail_code(session, rc, info.symbol, "the venue did not take the instrument") : OC_OK;
}

/* What no market of the data can ever value would be missing from every figure. */
static oc_rc check_cash(struct session *session)
{
    const struct instruments *instruments = engine_instruments(session->engine);
    const struct session_money *money = &session->money;
    const char *base = instruments_asset_name(instruments, money->base);
    struct error error;
    for (uint32_t i = 0; i < money->cash_count; i++) {
        const char *name = instruments_asset_name(instruments, money->cash[i].asset);
        if (portfolio_leads(engine_portfolio(session->engine), money->cash[i].asset, money->base))
            continue;
        error_at(&error, OC_E_CONFIG, "account.cash");
        error_what(&error,
                   "no market of the data leads from %s to %s, the currency of account: the equity could not be told",
                   name, base);
        error_remedy(&error, "give data of %s/%s too, or leave %s out, or name first what the markets are paid in",
                     name, base, name);
        return session_fail(session, &error);
    }
    return OC_OK;
}

oc_rc session_open_instruments(void *self, struct session *session)
{
    (void)self;
    for (uint32_t i = 0; i < session->data.count; i++) {
        struct feed_source *source = &session->data.sources[i];
        oc_rc rc = open_instrument(session, i);
        if (rc < 0)
            return rc;
        const bool is_venue = feed_is_venue(source->path); /* its events come by the session's link */
        if (!is_venue)
            rc = feed_source_start(source, source->inst);
        struct inbox_source entry = {.self = source,
                                     .next = source->is_judged ? feed_source_next_judged : feed_source_next};
        if (rc == OC_OK && !is_venue)
            rc = intrabar_start(session, i, &entry);
        if (rc == OC_OK && !is_venue)
            rc = inbox_add_source(session->inbox, &entry);
        if (rc < 0)
            return source_failed(session, source, rc);
        if (i == 0 || (is_venue && source->info.first_ns < session->clock.first_ns)) /* the first venue that begins */
            session->clock.now_ns = session->clock.first_ns = source->info.first_ns;
    }
    return check_cash(session);
}

oc_rc session_open_instruments_alone(void *self, struct session *session)
{
    (void)self;
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < session->data.count && rc == OC_OK; i++)
        if (session->data.sources[i].info.price_step.units)
            rc = open_instrument(session, i);
    return rc;
}

void session_close_data(void *self, struct session *session)
{
    (void)self;
    for (uint32_t i = 0; i < session->data.count + session->data.intrabar_count; i++) {
        feed_source_close(&session->data.sources[i]);
        plugin_instance_close(&session->data.readers[i]);
    }
}

void session_note_data(struct session *session)
{
    const struct border *border = &session->border;
    intrabar_note(session);
    if (border->refused)
        session_note(session, "the %s said %llu things that cannot be: they were refused",
                     border->is_venue ? "connector" : "simulator", (unsigned long long)border->refused);
    if (links_unread(&session->links))
        session_note(session, "the connector could not read %llu messages of its venue",
                     (unsigned long long)links_unread(&session->links));
    if (border->alarms)
        session_note(session, "ALARMS: %llu contradictions between venue and host: the log names the first ones",
                     (unsigned long long)border->alarms);
    struct oc_data_stats stats = {.size = sizeof stats};
    for (uint32_t i = 0; i < session->data.count; i++) {
        if (feed_source_stats(&session->data.sources[i], &stats) < 0)
            continue;
        session_note(session, "rows: %llu read, %llu events", (unsigned long long)stats.rows,
                     (unsigned long long)stats.events);
        if (stats.rounded)
            session_note(session, "rounded: %llu numbers carried binary noise", (unsigned long long)stats.rounded);
        if (stats.gaps)
            session_note(session, "gaps: %llu bars are missing in the data", (unsigned long long)stats.gaps);
        if (stats.skipped || stats.out_of_order)
            session_note(session, "skipped: %llu rows, %llu out of order", (unsigned long long)stats.skipped,
                         (unsigned long long)stats.out_of_order);
    }
}

oc_rc session_check_data(struct session *session, uint64_t traded)
{
    char last[TEXT_TIME_MAX] = "";
    struct text text;
    text_init_fixed(&text, last, sizeof last);
    text_put_time(&text, session->clock.now_ns);
    const char *to = settings_text(session->settings, "session.to", NULL);
    struct error error;
    if (session->data.events == 0) {
        error_at(&error, OC_E_CONFIG, "%s", session->data.sources[0].path);
        error_what(&error, "no data were read%s%s%s%s", to ? ": session.to, '" : "", to ? to : "",
                   to ? "', is before what begins at " : "", to ? last : "");
        return session_fail(session, &error);
    }
    if (traded == 0) {
        error_at(&error, OC_E_CONFIG, "session.from");
        error_found(&error, "%s", settings_text(session->settings, "session.from", ""));
        error_expected(&error, "a time before the last of the data, %s", last);
        error_remedy(&error, "nothing could be traded");
        return session_fail(session, &error);
    }
    return OC_OK;
}

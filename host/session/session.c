#include "session/session.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/text.h"
#include "journal/limits.h"
#include "session/header.h"
#include "session/venue_keys.h"
#include "session/venue_net.h"

struct session *session_new(struct settings *settings, struct registry *registry, const char *label)
{
    struct session *session = calloc(1, sizeof *session);
    if (!session)
        return NULL;
    session->settings = settings;
    session->registry = registry;
    session->label = label;
    session->limits.instant_ns = session->pace.granted_ns = INT64_MIN;
    session->data.sources = calloc(FEED_SOURCES_MAX, sizeof *session->data.sources);
    session->data.readers = calloc(FEED_SOURCES_MAX, sizeof *session->data.readers);
    if (session->data.sources && session->data.readers)
        return session;
    session_free(session);
    return NULL;
}

void session_free(struct session *session)
{
    if (!session)
        return;
    (void)session_close(session);
    rules_close(&session->rules);
    links_free(&session->links);
    free(session->parts);
    free(session->data.intrabars);
    free(session->data.sources);
    free(session->data.readers);
    plots_release(&session->plots);
    latch_close(&session->latch);
    free(session);
}

void session_note(struct session *session, const char *format, ...)
{
    if (session->words.note_count == SESSION_NOTES_MAX)
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(session->words.notes[session->words.note_count++].text, SESSION_LINE_MAX, format, args);
    va_end(args);
}

oc_rc session_fail(struct session *session, const struct error *error)
{
    return error_keep(&session->words.error, error);
}

oc_rc session_say(struct session *session, oc_rc rc, const char *where, const char *format, ...)
{
    char sentence[ERROR_WHAT_MAX + 1]; /* one more: that it is cut shows */
    struct error error;
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    (void)error_say(&error, rc, where, "%s", sentence); /* session_fail returns it */
    return session_fail(session, &error);
}

oc_rc session_fail_code(struct session *session, oc_rc rc, const char *where, const char *what)
{
    struct error error;
    (void)error_of_code(&error, rc, where, what); /* session_fail returns it */
    return session_fail(session, &error);
}

static oc_rc folder_failed(struct session *session, oc_rc rc, const char *dir, const char *what, const char *remedy)
{
    struct error error;
    error_at(&error, rc, "session folder %s", dir);
    error_what(&error, "%s", what);
    error_remedy(&error, "%s", remedy);
    return session_fail(session, &error);
}

/* One process a folder: two hosts on one journal would be two hosts on one account. */
oc_rc session_lock(struct session *session, const char *dir)
{
    char path[ENV_PATH_MAX];
    oc_rc rc = env_mkdir(dir);
    if (rc < 0)
        return folder_failed(session, rc, dir, env_error_text(), "");
    const int length = snprintf(path, sizeof path, "%s/lock", dir);
    if (length < 0 || length >= (int)sizeof path)
        return folder_failed(session, OC_E_LIMIT, dir, "the path is too long", "use a shorter one");
    rc = env_lock(path, &session->journal.lock_fd);
    if (rc == OC_E_STATE)
        return folder_failed(session, rc, dir, "it is in use by another outcry", "end that one first");
    return rc < 0 ? folder_failed(session, rc, dir, env_error_text(), "") : rc;
}

oc_rc session_open_latch(struct session *session, const char *dir)
{
    const oc_rc rc = latch_open(&session->latch, dir);
    session->links.latch = &session->latch;
    if (rc == OC_E_DATA)
        return folder_failed(session, rc, dir, "its file " LATCH_FILE " is not one that outcry has made, or is damaged",
                             "whether somebody has killed this session is not known: look at its orders, then move the "
                             "file away");
    return rc < 0 ? folder_failed(session, rc, dir, env_error_text(), "") : rc;
}

/* A setting that may be missing. */
static oc_rc optional(struct session *session, oc_rc rc)
{
    return rc < 0 && rc != OC_E_NOT_FOUND ? session_fail(session, &session->settings->error) : OC_OK;
}

static oc_rc open_clock(void *self, struct session *session)
{
    (void)self;
    struct session_clock *clock = &session->clock;
    int64_t seed = 1, to_ns = INT64_MAX;
    clock->from_ns = INT64_MIN;
    oc_rc rc = optional(session, settings_integer(session->settings, "session.seed", &seed));
    clock->seed = (uint64_t)seed;
    if (rc == OC_OK)
        rc = optional(session, settings_time(session->settings, "session.from", &clock->from_ns));
    if (rc == OC_OK)
        rc = optional(session, settings_time(session->settings, "session.to", &to_ns));
    if (rc == OC_OK && to_ns < clock->from_ns) {
        struct error error;
        error_at(&error, OC_E_CONFIG, "session.from");
        error_found(&error, "%s", settings_text(session->settings, "session.from", ""));
        error_expected(&error, "a time before session.to, '%s'", settings_text(session->settings, "session.to", ""));
        return session_fail(session, &error);
    }
    return rc;
}

static oc_rc open_door(void *self, struct session *session)
{
    (void)self;
    const char *dir = settings_text(session->settings, "session.dir", NULL);
    struct text header;
    text_init_grow(&header, JOURNAL_HEADER_MAX + 1); /* and the zero behind it */
    header_write(session, &header);
    session->journal.is_power = strcmp(settings_text(session->settings, "session.durability", "process"), "power") == 0;
    struct door_config config = {.dir = dir,
                                 .header = header.data,
                                 .header_size = header.size,
                                 .resume = session->journal.resume,
                                 .market_by_value = session->journal.has_market,
                                 .durability = session->journal.is_power ? DOOR_POWER : DOOR_PROCESS};
    const char *place = dir ? dir : "(memory)";
    if (header.is_cut) {
        char what[160];
        text_release(&header);
        snprintf(what, sizeof what,
                 "what the session is begun with (settings, the texts of strategies and of what they require) is more "
                 "than %d bytes",
                 JOURNAL_HEADER_MAX);
        return folder_failed(session, OC_E_LIMIT, place, what, "make the texts smaller, or load fewer of them");
    }
    oc_rc rc = door_open(&config, &session->door);
    text_release(&header);
    return rc < 0 ? folder_failed(session, rc, place, door_open_error(), "") : rc;
}

static void close_door(void *self, struct session *session)
{
    (void)self;
    bool was_told = !session->door || door_failed(session->door);
    oc_rc rc = door_close(session->door);
    session->journal.closed = was_told ? (oc_rc)OC_OK : rc;
    session->door = NULL;
}

static uint32_t suspended_of(const struct settings *settings)
{
    if (strcmp(settings_text(settings, "strategy.on_error", "suspend"), "flatten") == 0)
        return ENGINE_SUSPENDED_CLOSES;
    const bool cancels = strcmp(settings_text(settings, "strategy.suspended_entries", "keep"), "cancel") == 0;
    return cancels ? ENGINE_SUSPENDED_CANCELS : ENGINE_SUSPENDED_KEEPS;
}

static oc_rc open_engine(void *self, struct session *session)
{
    (void)self;
    struct engine_config config = {.epoch = door_epoch(session->door),
                                   .trade_from_ns = session->clock.from_ns,
                                   .suspended = suspended_of(session->settings)};
    oc_rc rc = engine_new(&config, &session->engine);
    return rc < 0 ? rc : inbox_new(session->engine, &session->venues, &session->inbox);
}

static void close_engine(void *self, struct session *session)
{
    (void)self;
    inbox_free(session->inbox);
    engine_free(session->engine);
    session->inbox = NULL;
    session->engine = NULL;
}

struct rules_world session_rules_world(const struct session *session)
{
    const struct rules *rules = &session->rules;
    return (struct rules_world){session->engine, rules->settings ? rules->settings : session->settings,
                                rules->parts ? rules->parts : session->parts, session->registry,
                                &session->clock.now_ns};
}

static oc_rc open_rules(void *self, struct session *session)
{
    (void)self;
    const struct rules_world world = session_rules_world(session);
    struct error error;
    return rules_open(&session->rules, &world, &error) < 0 ? session_fail(session, &error) : (oc_rc)OC_OK;
}

static void close_rules(void *self, struct session *session)
{
    (void)self;
    rules_close(&session->rules);
}

/* What another simulator than ours assumes only its author knows: its own sentence, and what was set. */
static oc_rc note_simulator(struct session *session, const struct part *part)
{
    const struct registry_entry *entry = registry_find(session->registry, OC_SIM, part->id);
    char prefix[SETTING_KEY_MAX + 2];
    const size_t length = (size_t)snprintf(prefix, sizeof prefix, "%s.", part->section);
    session_note(session, "fills: as %s decides: %s", part->id, entry ? entry->plugin->about : "");
    for (uint32_t i = 0; i < session->settings->count; i++) {
        const struct setting *setting = &session->settings->list[i];
        if (strncmp(setting->key, prefix, length) == 0 && strcmp(setting->key + length, "plugin") != 0)
            session_note(session, "fills: %s %s", setting->key + length, setting->value);
    }
    return OC_OK;
}

/* When a bar fills a resting limit. */
static const char *limit_words(const struct settings *settings)
{
    const char *profile = settings_text(settings, "sim.paper.profile", "neutral");
    const char *fill = settings_text(settings, "sim.paper.limit_fill", "profile");
    if (strcmp(fill, "profile") == 0)
        fill = strcmp(profile, "neutral") == 0 ? "through" : strcmp(profile, "pessimistic") == 0 ? "through2" : "touch";
    if (strcmp(fill, "touch") == 0)
        return "touched";
    return strcmp(fill, "through") == 0 ? "traded through by one step" : "traded through by two steps";
}

/* Where the fees of a paper session on a live feed come from. */
static const char *fee_words(const struct settings *settings, char room[128])
{
    const char *of = settings_text(settings, "session.fees_of", NULL);
    const bool is_said = settings_get(settings, "sim.paper.taker_fee") || settings_get(settings, "sim.paper.maker_fee");
    if (!venue_is_feed(settings))
        return "";
    if (!of)
        return is_said ? ", of the configuration: the venue is not asked"
                       : ": none is configured, and the venue is not asked";
    snprintf(room, 128,
             is_said ? ", as the account %s paid when it began" : ": the account %s was asked, and has no rates", of);
    return room;
}

/* What the fills of this run assume is said on every report. */
static oc_rc note_profile(void *self, struct session *session)
{
    (void)self;
    const struct settings *settings = session->settings;
    const bool is_feed = venue_is_feed(settings);
    char venue[PART_NAME_MAX], room[128];
    for (uint32_t i = 0; venue_at(settings, i, venue); i++)
        session_note(session, "%s the venue %s says, through %s; %s: %s", is_feed ? "prices: as" : "fills: as", venue,
                     venue_text(settings, venue, "connector", ""), venue_text(settings, venue, "environment", ""),
                     venue_net_is(settings, venue) ? "over the network" : "a transcript stands for the exchange");
    if (venue_names(settings) && !is_feed)
        return OC_OK;
    const struct part *part = session->parts ? parts_at(session->parts, PART_SIM, 0) : NULL;
    if (part && strcmp(part->id, "outcry.paper") != 0)
        return note_simulator(session, part);
    const char *id = settings_text(settings, "sim.paper.plugin", "outcry.paper");
    if (strcmp(id, "outcry.paper") != 0) {
        session_note(session, "fills: as the simulator %s makes them: what it assumes is its own", id);
        return OC_OK;
    }
    if (strcmp(settings_text(settings, "sim.paper.profile", "neutral"), "ideal") == 0) {
        session_note(session, "fills: IDEAL: the next event, no spread, no volume cap, latency %s",
                     settings_text(settings, "sim.paper.latency", "0"));
        if (is_feed)
            session_note(session, "fees: taker %s, maker %s%s", settings_text(settings, "sim.paper.taker_fee", "0"),
                         settings_text(settings, "sim.paper.maker_fee", "0"), fee_words(settings, room));
        return OC_OK;
    }
    session_note(session,
                 "fills: half-spread %s of the price where data have no quotes, latency %s each way, at most %s of a "
                 "bar's volume",
                 settings_text(settings, "sim.paper.half_spread", "0.0001 (2 bps spread)"),
                 settings_text(settings, "sim.paper.latency", "5ms"),
                 settings_text(settings, "sim.paper.volume_cap", "0.1"));
    bool is_in_base = false;
    if (settings_boolean(session->settings, "sim.paper.fee_in_base", &is_in_base) == OC_OK && is_in_base)
        session_note(session, "fees: in the base currency: a position is what is left of what was bought; less than a "
                              "step of it is dust, "
                              "which joins what is bought next");
    const char *taker = settings_text(settings, "sim.paper.taker_fee", NULL),
               *maker = settings_text(settings, "sim.paper.maker_fee", NULL);
    session_note(session, "fills: limits when %s; fees taker %s, maker %s%s", limit_words(settings),
                 taker ? taker : "0", maker ? maker : "0", fee_words(settings, room));
    return OC_OK;
}

static oc_rc open_links(struct session *session)
{
    const struct venue_link_world world = {.engine = session->engine,
                                           .door = session->door,
                                           .venues = &session->venues,
                                           .inbox = session->inbox,
                                           .border = &session->border,
                                           .registry = session->registry,
                                           .parts = session->parts,
                                           .now_ns = &session->clock.now_ns,
                                           .seed = session->clock.seed,
                                           .is_resumed = session->journal.resume != NULL};
    struct error error;
    oc_rc rc = session_name_assets(session);
    if (rc < 0)
        return rc;
    if (!venue_is_feed(session->settings)) {
        session->border.is_venue = true;
        session->border.simulator = venue_names(session->settings);
    }
    return links_open(&session->links, &world, &error) < 0 ? session_fail(session, &error) : (oc_rc)OC_OK;
}

/* The links say the market; orders of every account are the simulator's all the same. */
static oc_rc open_feed(struct session *session, const struct oc_sim *table, void *self)
{
    oc_rc rc = open_links(session);
    session->venues.is_feed = true;
    for (uint32_t id = 1; id <= portfolio_account_count(engine_portfolio(session->engine)) && rc == OC_OK; id++)
        rc = venues_add(&session->venues, id, table, self);
    return rc;
}

oc_rc session_open_simulator(struct session *session, struct venue *venue, const struct part *part,
                             struct error *ret_error)
{
    venue->sim.settings = session->settings;
    venue->sim.sim_answers = &venue->answers;
    venue->sim.engine = session->engine;
    venue->sim.now_ns = &session->clock.now_ns;
    venue->sim.seed = session->clock.seed;
    venue->is_foreign = !part->is_ours;
    snprintf(venue->sim.section, sizeof venue->sim.section, "%s", part->section);
    return plugin_instance_open(&venue->sim, session->registry, OC_SIM, part->id, ret_error);
}

/* [setup] Opens the simulator, which is the first of the venues. */
static oc_rc open_simulator(struct session *session)
{
    struct venue *venue = &session->venues.list[0];
    const struct part *part = parts_at(session->parts, PART_SIM, 0);
    struct error error;
    session->border.simulator = part->id;
    oc_rc rc = session_open_simulator(session, venue, part, &error);
    if (rc < 0)
        return session_fail(session, &error);
    const struct oc_sim *table = registry_interface(venue->sim.plugin, OC_SIM);
    rc = venues_add(&session->venues, session->money.account, table, venue->sim.self);
    return rc < 0 || !session->links.count ? rc : open_feed(session, table, venue->sim.self);
}

static oc_rc open_venue(struct session *session)
{
    return session->links.count && !venue_is_feed(session->settings) ? open_links(session) : open_simulator(session);
}

static oc_rc open_venues(void *self, struct session *session)
{
    (void)self;
    struct portfolio *portfolio = engine_portfolio(session->engine);
    oc_rc rc = open_venue(session);
    for (uint32_t id = 1; id <= portfolio_account_count(portfolio) && rc == OC_OK; id++)
        rc = venues_take_terms(&session->venues, portfolio, id);
    return rc;
}

static void close_venues(void *self, struct session *session)
{
    (void)self;
    links_close(&session->links, session->pace.ended != 0);
    venues_release(&session->venues);
}

void session_add_stage(struct session *session, const struct session_stage *stage)
{
    if (session->stages.count < SESSION_STAGES_MAX)
        session->stages.list[session->stages.count++] = *stage;
}

oc_rc session_open_parts(struct session *session, uint32_t wants, bool may_lack)
{
    struct error error;
    if (session->parts)
        return OC_OK;
    session->parts = calloc(1, sizeof *session->parts);
    if (!session->parts)
        return OC_E_NOMEM;
    oc_rc rc = parts_open(session->parts, session->settings, session->registry, wants, may_lack, &error);
    if (rc == OC_OK)
        rc = links_describe(&session->links, session->registry, session->parts, &error);
    if (rc < 0 && rc != OC_E_NOMEM)
        error.rc = OC_E_CONFIG; /* what is configured and cannot be had is a fault of the configuration */
    if (rc < 0)
        return session_fail(session, &error);
    for (uint32_t i = 0; i < session->parts->count; i++) {
        const struct part *part = &session->parts->list[i];
        if (part->is_missing)
            session_note(session, "%s: plugin %s could not be had: cancels and reductions only", part->section,
                         part->id);
        else if (!part->is_ours)
            session_note(session, "%s: %s %s, a plugin from outside: %s, %016llx", part->section, part->id,
                         part->version, part->path, (unsigned long long)part->hash);
    }
    return OC_OK;
}

static oc_rc open_watch(void *self, struct session *session)
{
    (void)self;
    return plugin_watch_start(&session->data.events, &session->plugin_watch);
}

static void close_watch(void *self, struct session *session)
{
    (void)self;
    plugin_watch_stop(session->plugin_watch);
    session->plugin_watch = NULL;
}

static oc_rc open_no_parts(void *self, struct session *session)
{
    (void)self;
    return session_open_parts(session, 0, false);
}

static oc_rc open_reading_parts(void *self, struct session *session)
{
    (void)self;
    return session_open_parts(session, PART_READER, false);
}

static oc_rc open_trading_parts(void *self, struct session *session)
{
    (void)self;
    return session_open_parts(session, PART_RULE | PART_SIM, session->may_lack_rules);
}

static oc_rc open_all_parts(void *self, struct session *session)
{
    (void)self;
    return session_open_parts(session, PART_RULE | PART_SIM | PART_READER, session->may_lack_rules);
}

static void close_parts(void *self, struct session *session)
{
    (void)self;
    free(session->parts);
    session->parts = NULL;
}

void session_add_kernel(struct session *session, bool reads, bool trades)
{
    static const struct session_stage first[] = {
        {"door", NULL, open_door, close_door},
        {"engine", NULL, open_engine, close_engine},
        {"money", NULL, session_open_money, session_close_money},
        {"assumptions", NULL, note_profile, NULL},
    };
    static const struct session_stage trading[] = {
        {"rules", NULL, open_rules, close_rules},
        {"venues", NULL, open_venues, close_venues},
    };
    static const struct session_stage parts[] = {
        {"parts", NULL, open_no_parts, close_parts},
        {"parts", NULL, open_reading_parts, close_parts},
        {"parts", NULL, open_trading_parts, close_parts},
        {"parts", NULL, open_all_parts, close_parts},
    };
    session_add_stage(session, &(struct session_stage){"plugin watch", NULL, open_watch, close_watch});
    session_add_stage(session, &parts[(trades ? 2 : 0) + (reads ? 1 : 0)]);
    session_add_stage(session, &(struct session_stage){"clock", NULL, open_clock, NULL});
    if (reads)
        session_add_stage(session, &(struct session_stage){"data", NULL, session_open_data, session_close_data});
    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++)
        session_add_stage(session, &first[i]);
    for (size_t i = 0; i < sizeof trading / sizeof trading[0] && trades; i++)
        session_add_stage(session, &trading[i]);
    session_add_stage(session,
                      &(struct session_stage){"instruments", NULL,
                                              reads ? session_open_instruments : session_open_instruments_alone, NULL});
}

void session_add_balances(struct session *session, bool records)
{
    session_add_stage(
        session, &(struct session_stage){"balances", NULL, records ? session_open_balances : session_open_start, NULL});
}

oc_rc session_open(struct session *session)
{
    while (session->stages.opened < session->stages.count) {
        const struct session_stage *stage = &session->stages.list[session->stages.opened++];
        oc_rc rc = stage->open ? stage->open(stage->self, session) : OC_OK;
        if (rc < 0)
            rc = session_fail_code(session, rc, stage->name, "the session could not be opened");
        if (rc < 0)
            return rc == OC_E_NOMEM ? (oc_rc)OC_E_CONFIG : rc; /* what the machine does not give */
    }
    return OC_OK;
}

oc_rc session_close(struct session *session)
{
    session->journal.closed = OC_OK;
    while (session->stages.opened) {
        const struct session_stage *stage = &session->stages.list[--session->stages.opened];
        if (stage->close)
            stage->close(stage->self, session);
    }
    if (session->journal.lock_fd > 0)
        env_close(session->journal.lock_fd);
    session->journal.lock_fd = 0;
    return session->journal.closed;
}

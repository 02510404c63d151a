/* run_venue.c: `outcry run`: a connector is the venue; and `outcry paper --venue`: it says the market, and a simulator fills. What is
 * asked before it is begun. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/env_socket.h"
#include "base/text.h"
#include "cli/run.h"
#include "config/check.h"
#include "session/account_keys.h"
#include "session/arming.h"
#include "session/kill_seal.h"
#include "session/venue_keys.h"
#include "session/venue_net.h"

/* A replay may be started elsewhere, and a restart compares. */
static oc_rc make_absolute(struct session *session, const char *venue)
{
    char path[PATH_MAX], key[SETTING_KEY_MAX], origin[SETTING_ORIGIN_MAX];
    snprintf(key, sizeof key, "venue.%s.transcript", venue);
    const struct setting *setting = settings_get(session->settings, key);
    if (!setting || !realpath(setting->value, path))
        return OC_OK; /* reading it says more */
    snprintf(origin, sizeof origin, "%s", setting->origin);
    return settings_set(session->settings, key, path, origin) < 0 ? session_fail(session, &session->settings->error)
                                                                  : (oc_rc)OC_OK;
}

/* A source for each instrument: its market events come by the session's link. */
static oc_rc add_instruments(struct session *session, const char *venue)
{
    struct oc_data_info info;
    struct error error;
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; (rc = venue_instrument(session->settings, venue, i, &info, &error)) == OC_OK; i++) {
        if (session->data.count == FEED_SOURCES_MAX)
            return session_say(session, OC_E_LIMIT, venue, "at most %d instruments of all venues together",
                               FEED_SOURCES_MAX);
        struct feed_source *source = &session->data.sources[session->data.count++];
        snprintf(source->path, sizeof source->path, "venue:%s:%s", venue, info.symbol);
    }
    return rc == OC_E_NOT_FOUND ? (oc_rc)OC_OK : session_fail(session, &error);
}

/* Positions are held when it is stopped, as at a venue, unless it is said otherwise. */
static oc_rc judge_feed(struct session *session)
{
    if (settings_get(session->settings, "session.end"))
        return OC_OK;
    return settings_set(session->settings, "session.end", "hold", "`outcry paper --venue`") < 0
               ? session_fail(session, &session->settings->error)
               : (oc_rc)OC_OK;
}

/* What a run at a venue has no use for, and what it would end with. */
static oc_rc judge_words(struct run *run)
{
    static const char *const unused[] = {"session.feed", "session.duration", "session.to",
                                         "data.options", "data.intrabar",    "data.intrabar_options"};
    struct session *session = run->session;
    if (session->data.count)
        return session_say(session, OC_E_CONFIG, session->data.sources[0].path,
                           "a session at a venue takes no data file: its connector says the prices");
    for (size_t i = 0; i < sizeof unused / sizeof unused[0]; i++) {
        const struct setting *setting = settings_get(session->settings, unused[i]);
        if (setting)
            return session_say(session, OC_E_CONFIG, setting->origin,
                               "%s is of data files: a session at a venue has none", unused[i]);
    }
    if (venue_is_feed(session->settings))
        return judge_feed(session);
    for (uint32_t i = 0; i < session->settings->count; i++) {
        const struct setting *setting = &session->settings->list[i];
        if (strncmp(setting->key, "sim.", 4) == 0 && strncmp(setting->origin, "--", 2) == 0)
            return session_say(session, OC_E_CONFIG, setting->origin,
                               "%s is of a simulator: at a venue the venue fills", setting->key);
    }
    if (strcmp(settings_text(session->settings, "session.end", "hold"), "hold") != 0)
        return session_say(
            session, OC_E_NOT_SUPPORTED, "session.end",
            "a run at a venue is left as it is when it ends: --on-exit flatten closes it on SIGTERM and `stop`");
    return settings_set(session->settings, "session.end", "hold", "`outcry run`") < 0
               ? session_fail(session, &session->settings->error)
               : (oc_rc)OC_OK;
}

/* On the network it begins now; a replay has no clock and finds it in the settings. */
static oc_rc take_clock(struct session *session, const char *venue)
{
    char key[SETTING_KEY_MAX], time[TEXT_TIME_MAX];
    snprintf(key, sizeof key, "venue.%s.starts", venue);
    text_from_time(time, env_clock_real());
    return settings_set(session->settings, key, time, "the clock") < 0
               ? session_fail(session, &session->settings->error)
               : (oc_rc)OC_OK;
}

/* One venue: its instruments, and what its transcript says. */
static oc_rc take_link(struct session *session, struct venue_link *link)
{
    struct error error;
    oc_rc rc = add_instruments(session, link->name);
    if (rc == OC_OK && venue_net_is(session->settings, link->name))
        return take_clock(session, link->name);
    const bool is_local = strcmp(venue_text(session->settings, link->name, "environment", ""), "local") == 0;
    if (rc < 0 || !is_local || !*venue_text(session->settings, link->name, "transcript", ""))
        return rc;
    rc = make_absolute(session, link->name);
    if (rc == OC_OK)
        rc = venue_link_read(link, &error);
    if (rc < 0 && !error_is_set(&session->words.error))
        return session_fail(session, &error);
    return rc;
}

/* The links of the named venues, and what is asked before they are opened. */
static oc_rc take_links(struct run *run)
{
    struct session *session = run->session;
    struct error error;
    oc_rc rc = links_new(&session->links, session->settings, NULL);
    if (rc < 0)
        return rc;
    rc = run_take_words(run);
    if (rc == OC_OK)
        rc = judge_words(run);
    session->may_lack_rules = session->journal.has_market = true;
    if (rc < 0)
        return rc;
    rc = venue_judge(session->settings, &error);
    if (rc == OC_OK)
        rc = venue_judge_markets(session->settings, &error);
    if (rc == OC_OK)
        rc = account_keys_judge(session->settings, &error);
    if (rc < 0)
        return session_fail(session, &error);
    rc = check_speed(session->settings, &session->pace.speed);
    if (rc < 0 && rc != OC_E_NOT_FOUND)
        return session_fail(session, &session->settings->error);
    if (session->pace.speed > 0 && links_are_on_network(&session->links))
        return session_say(session, OC_E_NOT_SUPPORTED, "session.speed",
                           "a session on the network goes with the clock: it has no speed of its own");
    rc = OC_OK;
    for (uint32_t i = 0; i < session->links.count && rc == OC_OK; i++)
        rc = take_link(session, session->links.list[i]);
    return rc;
}

/* It needs no key, so it needs no name of an account either. */
static oc_rc name_accounts(struct settings *settings)
{
    char venue[PART_NAME_MAX];
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; rc == OC_OK && venue_at(settings, i, venue); i++)
        rc = venue_default_account(settings, venue, "paper");
    return rc;
}

/* A folder of its own, in the one where it is begun: what was traded on a live feed comes but once. */
static oc_rc keep_folder(struct settings *settings)
{
    char name[ENV_PATH_MAX], time[TEXT_TIME_MAX];
    if (settings_get(settings, "session.dir"))
        return OC_OK;
    text_from_time(time, env_clock_real() / 1000000000 * 1000000000);
    size_t kept = 0;
    for (const char *at = time; *at; at++)
        if ((*at >= '0' && *at <= '9') || *at == 'T')
            time[kept++] = *at;
    time[kept] = 0;
    snprintf(name, sizeof name, "sessions/paper-%s-%d", time, env_process());
    if ((!env_exists("sessions") && env_mkdir("sessions") < 0))
        return OC_E_IO;
    return settings_set(settings, "session.dir", name, "`outcry paper --venue`");
}

/* Venues that are named and not described; the account that is armed, without its venue. */
static oc_rc describe_venues(struct run *run)
{
    struct settings *settings = run->session->settings;
    const char *live = settings_text(settings, "session.live", NULL), *slash = live ? strchr(live, '/') : NULL;
    char venue[PART_NAME_MAX];
    struct error error;
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; rc == OC_OK && venue_at(settings, i, venue); i++)
        rc = venue_default_group(settings, venue, slash ? slash + 1 : live, &error);
    return rc < 0 ? session_fail(run->session, &error) : rc;
}

oc_rc run_take_feed(struct run *run)
{
    struct settings *settings = run->session->settings;
    oc_rc rc = settings_set(settings, "session.venue", run->options->venue, "--venue");
    if (rc == OC_OK && (rc = describe_venues(run)) < 0)
        return rc;
    if (rc == OC_OK)
        rc = settings_set(settings, "session.paper", "yes", "`outcry paper --venue`");
    if (rc == OC_OK)
        rc = name_accounts(settings);
    if (rc < 0)
        return session_fail(run->session, &settings->error);
    rc = run_take_symbols(run);
    if (rc == OC_OK && (rc = keep_folder(settings)) < 0)
        return rc == OC_E_IO
                   ? session_say(run->session, rc, "sessions", "the folder could not be made: %s", env_error_text())
                   : session_fail(run->session, &settings->error);
    return rc == OC_OK ? take_links(run) : rc;
}

oc_rc run_take_venue(struct run *run)
{
    struct session *session = run->session;
    if (!run->options->venue)
        return session_say(session, OC_E_CONFIG, "--venue",
                           "none was named: a run trades at a venue of the configuration, --venue NAME");
    if (settings_set(session->settings, "session.venue", run->options->venue, "--venue") < 0)
        return session_fail(session, &session->settings->error);
    oc_rc rc = describe_venues(run);
    if (rc == OC_OK)
        rc = run_take_symbols(run);
    return rc == OC_OK ? take_links(run) : rc;
}

oc_rc run_judge_venue(struct run *run)
{
    struct session *session = run->session;
    struct error error;
    links_set_console(&session->links, run->console.server != NULL);
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < session->links.count && rc == OC_OK; i++)
        rc = venue_net_judge(session->settings, session->links.list[i]->name, &error);
    if (rc == OC_OK)
        rc = venue_judge_environment(session->settings, &error);
    if (rc == OC_OK)
        rc = arming_judge(session->settings, session->parts, &error);
    return rc < 0 ? session_fail(session, &error) : rc;
}

oc_rc run_unlock_venue(struct run *run)
{
    struct session *session = run->session;
    struct error error;
    const oc_rc rc = links_unlock(&session->links, session->settings, session->registry, session->parts, &error);
    return rc < 0 ? session_fail(session, &error) : rc;
}

oc_rc run_seal(struct run *run, const char *dir)
{
    struct session *session = run->session;
    struct error error;
    const oc_rc rc = kill_seal_write(&session->links, dir, &error);
    return rc < 0 ? session_fail(session, &error) : rc;
}

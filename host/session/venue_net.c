#include "session/venue_net.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/env_socket.h"
#include "base/log.h"
#include "io/vault.h"
#include "session/venue_keys.h"

enum { NAME_MAX_OF_SEVERAL = 28 };

bool venue_net_is(const struct settings *settings, const char *venue)
{
    return strcmp(venue_text(settings, venue, "link", ""), "network") == 0;
}

static oc_rc complain(const struct settings *settings, const char *venue, const char *key, const char *what,
                      const char *expected, struct error *ret_error)
{
    char full[SETTING_KEY_MAX];
    snprintf(full, sizeof full, "venue.%s.%s", venue, key);
    const struct setting *setting = settings_get(settings, full);
    error_at(ret_error, OC_E_CONFIG, "%s%s%s", setting ? setting->origin : "", setting ? ": " : "", full);
    error_what(ret_error, "%s", what);
    if (setting)
        error_found(ret_error, "%s", setting->value);
    if (*expected)
        error_expected(ret_error, "%s", expected);
    return OC_E_CONFIG;
}

/* The first key of the network in the group; NULL: there is none. */
static const char *first_key(const struct settings *settings, const char *venue)
{
    static const char *const names[] = {"endpoint.", "ca_file", "proxy",      "balance.",
                                        "bar_grace", "bars",    "empty_bars", "isolate"};
    char prefix[SETTING_KEY_MAX];
    const size_t length = (size_t)snprintf(prefix, sizeof prefix, "venue.%s.", venue);
    for (uint32_t i = 0; i < settings->count; i++)
        for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
            if (strncmp(settings->list[i].key, prefix, length) == 0 &&
                strncmp(settings->list[i].key + length, names[k], strlen(names[k])) == 0)
                return settings->list[i].key + length;
    return NULL;
}

oc_rc venue_net_judge(const struct settings *settings, const char *venue, struct error *ret_error)
{
    char other[PART_NAME_MAX];
    const char *link = venue_text(settings, venue, "link", "transcript");
    const bool is_network = venue_net_is(settings, venue);
    if (!is_network && strcmp(link, "transcript") != 0)
        return complain(settings, venue, "link", "there is no such link", "transcript or network", ret_error);
    if (is_network && *venue_text(settings, venue, "transcript", ""))
        return complain(settings, venue, "transcript", "its link is the network: a transcript would change nothing", "",
                        ret_error);
    const char *key = is_network ? NULL : first_key(settings, venue);
    if (key)
        return complain(settings, venue, key, "its link is a transcript: this would change nothing",
                        "link = \"network\" beside it", ret_error);
    for (uint32_t i = 0; venue_at(settings, i, other); i++)
        if (venue_net_is(settings, other) != is_network)
            return error_say(ret_error, OC_E_NOT_SUPPORTED, "--venue",
                             "%s and %s: a transcript and the network in one session are not supported, for each has a "
                             "time of its own",
                             venue, other);
    return OC_OK;
}

/* Where an endpoint is: as configured, which `local` alone can be, else as its row for this environment says; NULL: nowhere. */
static const char *url_of(const struct settings *settings, const char *venue, const struct oc_venue *described,
                          const char *name)
{
    char key[SETTING_KEY_MAX];
    snprintf(key, sizeof key, "endpoint.%s", name);
    const char *url = venue_text(settings, venue, key, NULL);
    for (uint32_t i = 0; !url && i < described->endpoint_count; i++)
        if (described->endpoints[i].env == venue_env(settings, venue) &&
            strcmp(described->endpoints[i].name, name) == 0)
            url = described->endpoints[i].urls;
    return url;
}

static bool is_endpoint(const struct oc_venue *described, const char *name)
{
    for (uint32_t i = 0; i < described->endpoint_count; i++)
        if (strcmp(described->endpoints[i].name, name) == 0)
            return true;
    return false;
}

static void list_endpoints(const struct oc_venue *described, char words[ERROR_EXPECTED_MAX])
{
    size_t length = (size_t)snprintf(words, ERROR_EXPECTED_MAX, "one of");
    for (uint32_t i = 0; i < described->endpoint_count && length < ERROR_EXPECTED_MAX; i++)
        length += (size_t)snprintf(words + length, ERROR_EXPECTED_MAX - length, "%s %s", i ? "," : "",
                                   described->endpoints[i].name);
}

/* The place `i` of an endpoint, of the urls with blanks between; "" behind the last. Its name for the link is the endpoint's, then NAME#2. */
static struct net_endpoint place_of(const char *name, const char *urls, uint32_t i)
{
    struct net_endpoint place = {{0}, {0}};
    for (uint32_t k = 0; *(urls += strspn(urls, " ")); k++) {
        const size_t size = strcspn(urls, " ");
        if (k == i) {
            snprintf(place.url, sizeof place.url, "%.*s", (int)(size < sizeof place.url ? size : 0), urls);
            snprintf(place.name, sizeof place.name, i ? "%.28s#%u" : "%s", name, i + 1);
            break;
        }
        urls += size;
    }
    return place;
}

/* Names of the description, each once: rows of one name are one endpoint, a row for each environment. */
static bool is_first_row(const struct oc_venue *described, uint32_t row)
{
    for (uint32_t i = 0; i < row; i++)
        if (strcmp(described->endpoints[i].name, described->endpoints[row].name) == 0)
            return false;
    return true;
}

struct net_endpoint *venue_net_places(const struct settings *settings, const char *venue,
                                      const struct oc_venue *described, uint32_t *ret_count)
{
    struct net_endpoint *endpoints = calloc(described->endpoint_count * (POOL_PLACES_MAX + 1) + 1, sizeof *endpoints);
    uint32_t count = 0;
    for (uint32_t i = 0; endpoints && i < described->endpoint_count; i++) {
        const char *name = described->endpoints[i].name, *urls = url_of(settings, venue, described, name);
        for (uint32_t k = 0; is_first_row(described, i) && k <= POOL_PLACES_MAX; k++) {
            endpoints[count] = place_of(name, urls, k);
            count += endpoints[count].url[0] != 0;
        }
    }
    *ret_count = count;
    return endpoints;
}

/* Of venue.NAME.balance.ENDPOINT; false: there is no such word. */
static bool balance_of(const char *word, enum pool_balance *ret_balance)
{
    static const char *const words[] = {"one", "round_robin", "least_latency"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i], word) == 0) {
            *ret_balance = (enum pool_balance)i;
            return true;
        }
    return false;
}

static const char *balance_text(const struct settings *settings, const char *venue, const char *endpoint)
{
    char key[SETTING_KEY_MAX];
    snprintf(key, sizeof key, "balance.%s", endpoint);
    return venue_text(settings, venue, key, "one");
}

/* What would change nothing is refused. */
static oc_rc judge_balance(const struct settings *settings, const char *venue, const struct oc_venue *described,
                           struct error *ret_error)
{
    char prefix[SETTING_KEY_MAX], words[ERROR_EXPECTED_MAX], key[SETTING_KEY_MAX];
    const size_t length = (size_t)snprintf(prefix, sizeof prefix, "venue.%s.balance.", venue);
    enum pool_balance balance;
    for (uint32_t i = 0; i < settings->count; i++) {
        const struct setting *setting = &settings->list[i];
        const char *name = setting->key + length;
        if (strncmp(setting->key, prefix, length) != 0)
            continue;
        snprintf(key, sizeof key, "balance.%s", name);
        list_endpoints(described, words);
        if (!is_endpoint(described, name))
            return complain(settings, venue, key, "its connector describes no such endpoint", words, ret_error);
        const char *urls = url_of(settings, venue, described, name);
        if (!urls || !place_of(name, urls, 1).url[0])
            return complain(settings, venue, key, "this endpoint has one place: nothing could be balanced",
                            "two or more urls in endpoint, with blanks between", ret_error);
        if (!balance_of(setting->value, &balance))
            return complain(settings, venue, key, "there is no such word", "one, round_robin or least_latency",
                            ret_error);
    }
    return OC_OK;
}

oc_rc venue_net_pool(const struct settings *settings, const char *venue, const struct oc_venue *described,
                     const struct io_link *below, struct pool *ret_pool)
{
    oc_rc rc = OC_OK;
    pool_init(ret_pool, below);
    for (uint32_t i = 0; i < described->endpoint_count && rc == OC_OK; i++) {
        const char *name = described->endpoints[i].name, *urls = url_of(settings, venue, described, name);
        if (!is_first_row(described, i) || !place_of(name, urls, 1).url[0])
            continue;
        for (uint32_t k = 0; k < POOL_PLACES_MAX && rc == OC_OK; k++) {
            const struct net_endpoint place = place_of(name, urls, k);
            if (place.url[0])
                rc = pool_add(ret_pool, name, place.name);
        }
        enum pool_balance balance = POOL_ONE;
        if (rc == OC_OK && balance_of(balance_text(settings, venue, name), &balance))
            rc = pool_set_balance(ret_pool, name, balance);
    }
    return rc;
}

/* `loop` NULL: judged only. */
static oc_rc open_or_judge(const struct settings *settings, const char *venue, const struct oc_venue *described,
                           struct net_loop *loop, struct net **ret_net, struct error *ret_error)
{
    char where[SETTING_KEY_MAX];
    struct net_config config = {.venue = venue,
                                .message_max = described->message_max,
                                .ca_file = venue_text(settings, venue, "ca_file", NULL),
                                .proxy = venue_text(settings, venue, "proxy", NULL),
                                .where = where};
    struct net_endpoint *endpoints = venue_net_places(settings, venue, described, &config.endpoint_count);
    if (!endpoints)
        return error_of_code(ret_error, OC_E_NOMEM, venue, "the network could not be set up");
    config.endpoints = endpoints;
    snprintf(where, sizeof where, "venue.%s", venue);
    const oc_rc rc = loop ? net_new(loop, &config, ret_net, ret_error) : net_judge(&config, ret_error);
    free(endpoints);
    return rc;
}

/* An environment of which the description knows no place: those that it knows. */
static oc_rc nowhere(const struct settings *settings, const char *venue, const struct oc_venue *described,
                     const char *name, struct error *ret_error)
{
    char words[ERROR_EXPECTED_MAX] = "", what[ERROR_WHAT_MAX];
    for (uint32_t env = OC_ENV_LIVE; env <= OC_ENV_LOCAL; env++)
        for (uint32_t i = 0; i < described->endpoint_count; i++)
            if (described->endpoints[i].env == env && strcmp(described->endpoints[i].name, name) == 0) {
                const size_t length = strlen(words);
                snprintf(words + length, sizeof words - length, "%s%s", length ? ", " : "", vault_env_name(env));
                break;
            }
    snprintf(what, sizeof what, "its connector knows no place of %s in this environment", name);
    return complain(settings, venue, "environment", what, *words ? words : "local, with a place in endpoint",
                    ret_error);
}

oc_rc venue_net_describe(const struct settings *settings, const char *venue, const struct oc_venue *described,
                         struct error *ret_error)
{
    char prefix[SETTING_KEY_MAX], key[SETTING_KEY_MAX], words[ERROR_EXPECTED_MAX];
    const size_t length = (size_t)snprintf(prefix, sizeof prefix, "venue.%s.endpoint.", venue);
    for (uint32_t i = 0; i < settings->count; i++) {
        const char *name = settings->list[i].key + length;
        if (strncmp(settings->list[i].key, prefix, length) != 0)
            continue;
        snprintf(key, sizeof key, "endpoint.%s", name);
        if (venue_env(settings, venue) != OC_ENV_LOCAL)
            return complain(
                settings, venue, key,
                "where a venue is, its connector says: only the environment local has places of a configuration",
                "environment = \"local\", or no endpoint", ret_error);
        if (is_endpoint(described, name))
            continue;
        list_endpoints(described, words);
        return complain(settings, venue, key, "its connector describes no such endpoint", words, ret_error);
    }
    for (uint32_t i = 0; i < described->endpoint_count; i++) {
        const char *name = described->endpoints[i].name;
        const char *urls = url_of(settings, venue, described, name);
        snprintf(key, sizeof key, "endpoint.%s", name);
        if (urls && place_of(name, urls, POOL_PLACES_MAX).url[0])
            return complain(settings, venue, key, "too many places of one endpoint", "at most four", ret_error);
        if (urls && place_of(name, urls, 1).url[0] && strlen(name) > NAME_MAX_OF_SEVERAL)
            return complain(settings, venue, key, "an endpoint of so long a name has one place", "one url", ret_error);
        if (urls)
            continue;
        if (venue_env(settings, venue) != OC_ENV_LOCAL)
            return nowhere(settings, venue, described, name, ret_error);
        return complain(settings, venue, key, "it is not set, and the description has no url for this environment",
                        "a url such as \"wss://127.0.0.1:7443\"", ret_error);
    }
    const oc_rc rc = judge_balance(settings, venue, described, ret_error);
    return rc < 0 ? rc : open_or_judge(settings, venue, described, NULL, NULL, ret_error);
}

oc_rc venue_net_open(const struct settings *settings, const char *venue, const struct oc_venue *described,
                     struct net_loop *loop, struct net **ret_net, struct error *ret_error)
{
    return open_or_judge(settings, venue, described, loop, ret_net, ret_error);
}

void venue_net_share_limits(const char *venue, const struct oc_venue *described, struct limits_shared *ret_limits)
{
    char folder[ENV_PATH_MAX], path[ENV_PATH_MAX + OC_VENUE_MAX + 16];
    *ret_limits = (struct limits_shared){0};
    if (!described->limit_count)
        return;
    oc_rc rc = env_runtime_dir(folder, sizeof folder);
    snprintf(path, sizeof path, "%s/limits-%s", folder, described->venue);
    if (rc == OC_OK)
        rc = limits_shared_open(ret_limits, path);
    if (rc < 0)
        log_warning("venue", "%s: its limits are not shared with other processes of this machine: %s", venue,
                    rc == OC_E_DATA ? "the file is of another version" : env_error_text());
}

#include "session/venue_visit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session/venue_keys.h"

#define LOOK_NS 50000000ll /* a wait is not longer, or what came meanwhile is seen late */

struct venue_visit *venue_visit_new(struct settings *settings, const char *venue)
{
    struct venue_visit *visit = calloc(1, sizeof *visit);
    if (!visit)
        return NULL;
    visit->settings = settings;
    snprintf(visit->venue, sizeof visit->venue, "%s", venue);
    registry_init(&visit->registry);
    return visit;
}

void venue_visit_free(struct venue_visit *visit)
{
    if (!visit)
        return;
    plugin_instance_close(&visit->instance);
    if (visit->has_io)
        io_venue_release(&visit->io);
    keyring_release(&visit->keyring);
    free(visit->instruments);
    net_free(visit->net);
    net_loop_free(visit->loop);
    limits_shared_close(&visit->shared);
    free(visit);
}

oc_rc venue_visit_open(struct venue_visit *visit, struct error *ret_error)
{
    struct settings *settings = visit->settings;
    oc_rc rc = settings_set(settings, "session.venue", visit->venue, "the name of the venue");
    if (rc < 0)
        return error_copy(ret_error, &settings->error);
    rc = venue_default_group(settings, visit->venue, NULL, ret_error);
    if (rc < 0)
        return rc;
    rc = venue_default_account(settings, visit->venue, "main"); /* who asks about the market alone names none */
    if (rc < 0)
        return error_copy(ret_error, &settings->error);
    rc = venue_judge(settings, ret_error);
    if (rc == OC_OK)
        rc = venue_net_judge(settings, visit->venue, ret_error);
    if (rc == OC_OK)
        rc = venue_judge_environment(settings, ret_error);
    if (rc == OC_OK)
        rc = parts_open(&visit->parts, settings, &visit->registry, PART_CONNECTOR, false, ret_error);
    if (rc < 0)
        return rc;
    const struct part *part = parts_at(&visit->parts, PART_CONNECTOR, 0);
    const struct registry_entry *entry = part ? registry_find(&visit->registry, OC_CONNECTOR, part->id) : NULL;
    if (!entry)
        return error_say(ret_error, OC_E_NOT_FOUND, visit->venue, "its connector was not found");
    visit->plugin = entry->plugin;
    visit->table = registry_interface(entry->plugin, OC_CONNECTOR);
    visit->is_on_network = venue_net_is(settings, visit->venue);
    snprintf(visit->instance.section, sizeof visit->instance.section, "%s", part->section);
    return visit->is_on_network ? venue_net_describe(settings, visit->venue, visit->table->venue, ret_error)
                                : (oc_rc)OC_OK;
}

/* Places. */

static oc_rc list_places(struct venue_visit *visit)
{
    uint32_t count;
    struct net_endpoint *all = venue_net_places(visit->settings, visit->venue, visit->table->venue, &count);
    for (uint32_t i = 0; all && i < count && i < NET_ENDPOINTS_MAX; i++)
        visit->places[visit->place_count++].at = all[i];
    free(all);
    return all ? OC_OK : OC_E_NOMEM;
}

static void heard(struct venue_visit *visit, const struct io_happening *what, int64_t from_ns)
{
    struct visit_place *place = what->kind == IO_PROBED && what->exchange && what->exchange <= visit->place_count
                                    ? &visit->places[what->exchange - 1]
                                    : NULL;
    if (!place || place->is_over)
        return;
    place->is_over = true;
    place->is_reached = what->status != 0;
    place->why = what->why;
    place->took_ns = what->at_ns - from_ns;
}

static bool are_over(const struct venue_visit *visit)
{
    for (uint32_t i = 0; i < visit->place_count; i++)
        if (!visit->places[i].is_over)
            return false;
    return true;
}

/* All at once, each on a connection of its own. */
static void try_places(struct venue_visit *visit, int64_t until_ns)
{
    const struct io_link link = net_link(visit->net);
    struct io_happening what;
    const int64_t from_ns = net_loop_now(visit->loop);
    for (uint32_t i = 0; i < visit->place_count; i++) {
        struct visit_place *place = &visit->places[i];
        if (link.probe(link.self, place->at.name, i + 1) < 0) {
            place->is_over = true;
            place->why = OC_WHY_NETWORK;
        }
    }
    while (!are_over(visit) && net_loop_now(visit->loop) < until_ns) {
        const oc_rc rc = link.next(link.self, net_loop_now(visit->loop), &what);
        if (rc == OC_OK) {
            heard(visit, &what, from_ns);
            link.taken(link.self);
        } else {
            net_loop_wait(visit->loop, LOOK_NS);
        }
    }
    for (uint32_t i = 0; i < visit->place_count; i++)
        if (!visit->places[i].is_over)
            visit->places[i].why = OC_WHY_TIMEOUT;
}

/* Its connector, and its clock. */

static oc_rc intern(void *self, const char *name, uint32_t size, uint32_t *ret_asset)
{
    struct venue_visit *visit = self;
    uint32_t at = 0;
    if (size == 0 || size >= OC_ASSET_MAX)
        return OC_E_LIMIT;
    while (at < visit->asset_count && (strlen(visit->assets[at]) != size || memcmp(visit->assets[at], name, size) != 0))
        at++;
    if (at == VISIT_ASSETS_MAX)
        return OC_E_LIMIT;
    if (at == visit->asset_count)
        memcpy(visit->assets[visit->asset_count++], name, size);
    *ret_asset = at + 1;
    return OC_OK;
}

static const char *asset_text(void *self, uint32_t asset)
{
    const struct venue_visit *visit = self;
    return asset && asset <= visit->asset_count ? visit->assets[asset - 1] : NULL;
}

const char *venue_visit_asset(const struct venue_visit *visit, uint32_t asset)
{
    const char *name = asset_text((void *)(uintptr_t)visit, asset);
    return name ? name : "";
}

oc_rc venue_visit_intern(struct venue_visit *visit, const char *name, size_t size, uint32_t *ret_asset)
{
    return size < OC_ASSET_MAX ? intern(visit, name, (uint32_t)size, ret_asset) : (oc_rc)OC_E_DATA;
}

static void called(void *self, uint64_t order, struct oc_id *ret_client, struct oc_id *ret_venue)
{
    const struct venue_visit *visit = self;
    if (visit->called)
        visit->called(visit->owner, order, ret_client, ret_venue);
}

static oc_rc start_connector(struct venue_visit *visit, struct error *ret_error)
{
    const struct io_link below = net_link(visit->net);
    const struct io_world world = {.now_ns = &visit->now_ns,
                                   .seed = 1,
                                   .env = venue_env(visit->settings, visit->venue),
                                   .market_source = 1,
                                   .assets = {visit, intern, asset_text},
                                   .keys = visit->keyring.count ? &visit->keyring : NULL,
                                   .client_tag = visit->client_tag,
                                   .called = visit->client_tag ? called : NULL,
                                   .limits = visit->shared.map ? &visit->shared : NULL,
                                   .title = visit->venue,
                                   .clock_steps = net_loop_steps(visit->loop),
                                   .syncs = true,
                                   .self = visit};
    const struct oc_venue *described = visit->table->venue;
    oc_rc rc = venue_net_pool(visit->settings, visit->venue, described, &below, &visit->pool);
    const struct io_link link = visit->pool.endpoint_count ? pool_link(&visit->pool) : below;
    visit->now_ns = net_loop_now(visit->loop);
    if (rc == OC_OK)
        rc = io_venue_init(&visit->io, visit->table, visit->plugin->id, &link, &world);
    if (rc < 0)
        return error_of_code(ret_error, rc, visit->venue, "it could not be opened");
    visit->has_io = true;
    visit->instance.settings = visit->settings;
    visit->instance.now_ns = &visit->now_ns;
    visit->instance.seed = 1;
    visit->instance.impl.venue = &visit->io;
    rc = plugin_instance_open(&visit->instance, &visit->registry, OC_CONNECTOR, visit->plugin->id, ret_error);
    if (rc < 0)
        return rc;
    rc = io_venue_start(&visit->io, visit->instance.self);
    return rc < 0 ? error_of_code(ret_error, rc, visit->venue, "its connector did not start") : rc;
}

static void ask_clock(struct venue_visit *visit, int64_t until_ns)
{
    oc_rc rc = OC_OK;
    while (rc >= 0 && visit->io.clock.count < IO_CLOCK_FIRST &&
           (visit->now_ns = net_loop_now(visit->loop)) < until_ns) {
        rc = io_venue_pump(&visit->io, visit->now_ns);
        while (io_venue_first(&visit->io)) /* nobody is told */
            io_venue_drop(&visit->io);
        const int64_t next_ns = io_venue_next_ns(&visit->io);
        if (rc == 0 && next_ns > visit->now_ns)
            net_loop_wait(visit->loop, next_ns - visit->now_ns < LOOK_NS ? next_ns - visit->now_ns : LOOK_NS);
    }
}

static int is_shorter(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void take_clock(struct venue_visit *visit)
{
    struct io_health health;
    io_venue_health(&visit->io, &health);
    visit->is_clock_known = health.is_clock_known;
    visit->clock = health.clock;
    visit->clock_age_ns = health.clock_age_ns;
    for (uint32_t i = 0; i < visit->io.clock.count && i < IO_CLOCK_SAMPLES; i++)
        visit->trips_ns[visit->trip_count++] = 2 * visit->io.clock.samples[i].error_ns;
    qsort(visit->trips_ns, visit->trip_count, sizeof *visit->trips_ns, is_shorter);
}

static void look_at_limits(struct venue_visit *visit)
{
    const struct oc_venue *described = visit->table->venue;
    for (uint32_t i = 0; i < described->limit_count && i < OC_VENUE_LIMITS_MAX; i++) {
        const struct oc_limit *limit = &described->limits[i];
        const uint64_t key = limit->scope == OC_SCOPE_ADDRESS ? limits_shared_key(described, i, "", 0) : 0;
        visit->limits[i].is_known = key && visit->shared.map;
        if (visit->limits[i].is_known)
            visit->limits[i].used = limits_shared_look(&visit->shared, key, limit, net_loop_now(visit->loop));
    }
}

bool venue_visit_is_reached(const struct venue_visit *visit)
{
    bool is_reached = false;
    for (uint32_t i = 0; i < visit->place_count; i++)
        is_reached |= visit->places[i].is_reached;
    return is_reached;
}

static bool tells_time(const struct oc_venue *described)
{
    for (uint32_t i = 0; i < described->fetch_count; i++)
        if (described->fetches[i].kind == OC_FETCH_TIME)
            return true;
    return false;
}

static oc_rc connect(struct venue_visit *visit, struct error *ret_error)
{
    oc_rc rc = net_loop_new(&visit->loop, ret_error);
    if (rc == OC_OK)
        rc = venue_net_open(visit->settings, visit->venue, visit->table->venue, visit->loop, &visit->net, ret_error);
    if (rc == OC_OK)
        venue_net_share_limits(visit->venue, visit->table->venue, &visit->shared);
    return rc;
}

static oc_rc add_accounts(struct venue_visit *visit, struct error *ret_error)
{
    char name[VENUE_ACCOUNT_MAX];
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; rc == OC_OK && (visit->keyring.count || visit->gives_accounts) &&
                         venue_account(visit->settings, visit->venue, i, name);
         i++) {
        struct oc_account account = {
            .size = sizeof account, .account = i + 1, .source = i + 1, .state = OC_ACCOUNT_ADDED};
        snprintf(account.name, sizeof account.name, "%s", name);
        rc = io_venue_account(&visit->io, &account);
        visit->account_count += rc == OC_OK;
        if (rc < 0)
            return error_of_code(ret_error, rc, visit->venue, "its connector takes no account");
    }
    return rc;
}

oc_rc venue_visit_begin(struct venue_visit *visit, struct error *ret_error)
{
    if (!visit->is_on_network)
        return error_say(ret_error, OC_E_NOT_SUPPORTED, visit->venue,
                         "its link is a transcript, which answers a session alone: link = \"network\" is needed");
    oc_rc rc = connect(visit, ret_error);
    if (rc == OC_OK)
        rc = start_connector(visit, ret_error);
    return rc == OC_OK ? add_accounts(visit, ret_error) : rc;
}

oc_rc venue_visit_ask(struct venue_visit *visit, int64_t timeout_ns, struct error *ret_error)
{
    if (!visit->is_on_network)
        return OC_OK;
    oc_rc rc = connect(visit, ret_error);
    if (rc < 0)
        return rc;
    rc = list_places(visit);
    if (rc < 0)
        return error_of_code(ret_error, rc, visit->venue, "its endpoints could not be listed");
    try_places(visit, net_loop_now(visit->loop) + timeout_ns);
    rc = start_connector(visit, ret_error);
    if (rc < 0)
        return rc;
    visit->can_tell_time = tells_time(visit->table->venue);
    if (visit->can_tell_time && venue_visit_is_reached(visit)) {
        ask_clock(visit, net_loop_now(visit->loop) + timeout_ns);
        take_clock(visit);
    }
    look_at_limits(visit);
    return add_accounts(visit, ret_error);
}

bool venue_visit_is_good(const struct venue_visit *visit)
{
    for (uint32_t i = 0; i < visit->place_count; i++)
        if (!visit->places[i].is_reached)
            return false;
    return !visit->can_tell_time || visit->is_clock_known;
}

#include "session/links.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "session/account_keys.h"
#include "session/venue_keys.h"
#include "session/venue_net.h"

/* As the settings want it, in the folder of the session. */
static oc_rc open_wire_log(struct links *links, struct settings *settings, struct error *ret_error)
{
    static const char *const levels[] = {"off", "errors", "requests", "all"};
    const char *wanted = settings_text(settings, "log.network", "off");
    const char *dir = settings_text(settings, "session.dir", NULL);
    char path[ENV_PATH_MAX];
    int64_t mib = 0;
    uint32_t level = 0;
    while (level < WIRE_ALL && strcmp(levels[level], wanted) != 0)
        level++;
    if (level == WIRE_OFF || !dir)
        return OC_OK;
    if (settings_integer(settings, "log.network_mib", &mib) < 0)
        mib = WIRE_MIB;
    const bool is_json = strcmp(settings_text(settings, "log.network_form", "text"), "json") == 0;
    oc_rc rc = env_path(path, dir, "network.log");
    if (rc == OC_OK)
        rc = wire_log_open(&links->wire, path, (enum wire_level)level, is_json, mib << 20);
    return rc < 0 ? error_of_code(ret_error, rc, "log.network", "its file could not be begun") : rc;
}

oc_rc links_new(struct links *links, struct settings *settings, const char *recorded_dir)
{
    char name[PART_NAME_MAX];
    while (links->count < PARTS_VENUES_MAX && venue_at(settings, links->count, name)) {
        struct venue_link *link = venue_link_new(settings, name, recorded_dir);
        if (!link)
            return OC_E_NOMEM;
        links->list[links->count++] = link;
    }
    return OC_OK;
}

void links_free(struct links *links)
{
    while (links->count)
        venue_link_free(links->list[--links->count]);
    net_loop_free(links->loop);
    links->loop = NULL;
}

bool links_are_on_network(const struct links *links)
{
    return links->count && !links->list[0]->records_dir && venue_net_is(links->list[0]->settings, links->list[0]->name);
}

void links_wait(const struct links *links, int64_t rest_ns, int64_t ns)
{
    int64_t next_ns = rest_ns;
    for (uint32_t i = 0; i < links->count; i++) {
        const int64_t own_ns = venue_link_next_ns(links->list[i]);
        next_ns = own_ns < next_ns ? own_ns : next_ns;
    }
    const int64_t now_ns = net_loop_now(links->loop);
    if (next_ns > now_ns)
        net_loop_wait(links->loop, next_ns - now_ns < ns ? next_ns - now_ns : ns);
}

struct venue_link *links_of(const struct links *links, uint32_t account)
{
    for (uint32_t i = 0; i < links->count; i++)
        if (venue_link_has(links->list[i], account))
            return links->list[i];
    return NULL;
}

oc_rc links_open(struct links *links, const struct venue_link_world *world, struct error *ret_error)
{
    const bool is_on_network = links_are_on_network(links);
    oc_rc rc = is_on_network ? net_loop_new(&links->loop, ret_error) : (oc_rc)OC_OK;
    if (rc == OC_OK && is_on_network)
        rc = open_wire_log(links, links->list[0]->settings, ret_error);
    for (uint32_t i = 0; i < links->count && rc == OC_OK; i++) {
        struct venue_link_world own = *world;
        own.links = links;
        own.place = i;
        rc = venue_link_open(links->list[i], &own, ret_error);
    }
    return rc;
}

void links_close(struct links *links, bool is_clean)
{
    for (uint32_t i = 0; i < links->count; i++)
        venue_link_end(links->list[i], is_clean);
    wire_log_close(&links->wire);
}

oc_rc links_describe(struct links *links, struct registry *registry, const struct parts *parts, struct error *ret_error)
{
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < links->count && rc == OC_OK; i++)
        rc = venue_link_describe(links->list[i], registry, parts, i, ret_error);
    return rc;
}

oc_rc links_unlock(struct links *links, struct settings *settings, struct registry *registry, const struct parts *parts,
                   struct error *ret_error)
{
    struct account_keys keys = {settings, NULL};
    oc_rc rc = OC_OK;
    bool has_any = false;
    for (uint32_t i = 0; i < links->count && rc == OC_OK; i++) {
        struct venue_link *link = links->list[i];
        const struct part *part = parts ? parts_at(parts, PART_CONNECTOR, i) : NULL;
        const struct registry_entry *entry = part ? registry_find(registry, OC_CONNECTOR, part->id) : NULL;
        const struct oc_connector *table = entry ? registry_interface(entry->plugin, OC_CONNECTOR) : NULL;
        if (link->records_dir || !table || link->is_feed) /* opening says what is missing */
            continue;
        rc = account_keys_fill(&keys, link->name, table->venue, &link->keyring, ret_error);
        has_any |= link->keyring.count != 0;
    }
    account_keys_close(&keys);
    if (has_any)
        env_secret_guard();
    if (has_any && !env_secret_is_locked())
        log_warning("keys", "the pages of secrets could not all be locked, and may be swapped: raise `ulimit -l`, or "
                            "LimitMEMLOCK of the unit");
    return rc;
}

void links_taken(struct links *links, uint32_t source)
{
    struct venue_link *link = links_of(links, source);
    if (link)
        venue_link_taken(link);
}

/* Which of them goes on first; NULL: nothing of any is due. */
static struct venue_link *earliest(const struct links *links)
{
    struct venue_link *first = NULL;
    int64_t first_ns = INT64_MAX;
    for (uint32_t i = 0; i < links->count; i++) {
        const int64_t next_ns = venue_link_next_ns(links->list[i]);
        if (next_ns < first_ns) {
            first = links->list[i];
            first_ns = next_ns;
        }
    }
    return first;
}

oc_rc links_stalled(struct links *links, struct error *ret_error)
{
    struct venue_link *first = earliest(links);
    if (first)
        return venue_link_stalled(first, ret_error);
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < links->count && rc == OC_OK; i++)
        rc = venue_link_stalled(links->list[i], ret_error);
    return rc;
}

bool links_differ(const struct links *links, struct error *ret_error)
{
    for (uint32_t i = 0; i < links->count; i++)
        if (venue_link_differs(links->list[i], ret_error))
            return true;
    return false;
}

void links_set_going_through(struct links *links, bool is_going_through)
{
    for (uint32_t i = 0; i < links->count; i++)
        links->list[i]->is_going_through = is_going_through;
}

void links_set_console(struct links *links, bool has_console)
{
    for (uint32_t i = 0; i < links->count; i++)
        links->list[i]->has_console = has_console;
}

void links_expect_ahead(struct links *links, int64_t at_ns)
{
    for (uint32_t i = 0; i < links->count; i++)
        if (!links->list[i]->answers->count)
            venue_link_expect_ahead(links->list[i], at_ns);
}

uint64_t links_unread(const struct links *links)
{
    uint64_t unread = 0;
    for (uint32_t i = 0; i < links->count; i++)
        unread += links->list[i]->venue.unread;
    return unread;
}

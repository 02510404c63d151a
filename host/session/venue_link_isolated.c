/* venue_link_isolated.c: a link whose connector runs in a process of its own. */
#include <stdlib.h>

#include "session/links.h"
#include "session/venue_link.h"

oc_rc venue_link_isolate(struct venue_link *link, const struct registry_entry *entry, const struct oc_connector **table,
                         struct error *ret_error)
{
    bool is_isolated = false;
    const oc_rc rc = venue_isolated(link->settings, link->name, &is_isolated, ret_error);
    if (rc < 0 || !is_isolated)
        return rc;
    link->isolate = calloc(1, sizeof *link->isolate);
    if (!link->isolate)
        return error_of_code(ret_error, OC_E_NOMEM, link->name, "its connector has no room");
    *table = isolate_table(link->isolate, entry);
    return OC_OK;
}

oc_rc venue_link_open_plugin(struct venue_link *link, const char *id, struct error *ret_error)
{
    return link->isolate ? isolate_open(link->isolate, &link->plugin, &link->venue, ret_error)
                         : plugin_instance_open(&link->plugin, link->world.registry, OC_CONNECTOR, id, ret_error);
}

oc_rc venue_link_look(struct venue_link *link) { return link->isolate ? isolate_look(link->isolate) : (oc_rc)OC_OK; }

int64_t venue_link_looks_ns(const struct venue_link *link)
{
    return link->isolate ? net_loop_now(link->world.links->loop) + isolate_wait_ns(link->isolate) : INT64_MAX;
}

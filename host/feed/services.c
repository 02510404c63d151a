#include "feed/services.h"

#include <string.h>

static struct feed *feed_of(const struct oc_host *host) { return ((const struct host_impl *)host->impl)->feed; }

static oc_rc reserve(const struct oc_host *host, uint32_t size, struct oc_event **ret_event)
{
    struct feed *feed = feed_of(host);
    return feed ? feed_reserve(feed, size, ret_event) : OC_E_NOT_SUPPORTED;
}

static oc_rc commit(const struct oc_host *host, struct oc_event *event)
{
    struct feed *feed = feed_of(host);
    return feed ? feed_commit(feed, event) : OC_E_NOT_SUPPORTED;
}

/* Nothing is missed of a file. */
static oc_rc missed(const struct oc_host *host, uint32_t account, uint32_t kind)
{
    return (void)host, (void)account, (void)kind, OC_E_NOT_SUPPORTED;
}

const void *feed_service(const char *id)
{
    static const struct oc_svc_feed table = {
        .size = sizeof table, .reserve = reserve, .commit = commit, .missed = missed};
    return strcmp(id, OC_SVC_FEED) == 0 ? &table : NULL;
}

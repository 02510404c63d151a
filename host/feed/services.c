#include "feed/services.h"

#include <string.h>

static struct io_services *services_of(const struct oc_host *host) { return host->impl; }

static oc_rc reserve(const struct oc_host *host, uint32_t size, struct oc_event **ret_event)
{
    struct feed *feed = services_of(host)->feed;
    return feed ? feed_reserve(feed, size, ret_event) : OC_E_NOT_SUPPORTED;
}

static oc_rc commit(const struct oc_host *host, struct oc_event *event)
{
    struct feed *feed = services_of(host)->feed;
    return feed ? feed_commit(feed, event) : OC_E_NOT_SUPPORTED;
}

static oc_rc net_open(const struct oc_host *host, const char *url, uint32_t *ret_stream)
{
    const struct io_services *services = services_of(host);
    return services->net ? services->net->open(services->net_self, url, ret_stream) : OC_E_NOT_SUPPORTED;
}

static oc_rc net_send(const struct oc_host *host, uint32_t stream, const void *bytes, uint32_t size, uint64_t request)
{
    (void)request; /* no driver yet tells the fate of a request */
    const struct io_services *services = services_of(host);
    return services->net ? services->net->send(services->net_self, stream, bytes, size) : OC_E_NOT_SUPPORTED;
}

static oc_rc net_close(const struct oc_host *host, uint32_t stream)
{
    const struct io_services *services = services_of(host);
    return services->net ? services->net->close(services->net_self, stream) : OC_E_NOT_SUPPORTED;
}

static const struct oc_svc_feed feed_table = {.size = sizeof feed_table, .reserve = reserve, .commit = commit};
static const struct oc_svc_net_0_1 net_table = {
    .size = sizeof net_table, .open = net_open, .send = net_send, .close = net_close};

const void *io_service(const char *id)
{
    if (strcmp(id, OC_SVC_FEED) == 0)
        return &feed_table;
    return strcmp(id, OC_SVC_NET_0_1) == 0 ? &net_table : NULL;
}

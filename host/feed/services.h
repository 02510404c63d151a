/* services.h: the io services that a plugin instance finds by id: feed and net.
 *
 * Invariants
 * - oc_host.impl of an instance points to a struct io_services, or to a struct that begins with
 * one.
 * - A member that is NULL answers OC_E_NOT_SUPPORTED. */
#ifndef FEED_SERVICES_H
#define FEED_SERVICES_H

#include "feed/event_ring.h"

#include <outcry/draft/connector_0_1.h>

/* What carries the bytes of a connector: the driver behind its streams. Codes as oc_svc_net_0_1. [io] */
struct io_net {
    oc_rc (*open)(void *self, const char *url, uint32_t *ret_stream);
    oc_rc (*send)(void *self, uint32_t stream, const void *bytes, uint32_t size);
    oc_rc (*close)(void *self, uint32_t stream);
};

struct io_services {
    struct feed *feed;        /* borrowed for the life of the instance */
    const struct io_net *net; /* the same */
    void *net_self;
};

/* The static table of OC_SVC_FEED or OC_SVC_NET_0_1, else NULL. [any] */
const void *io_service(const char *id);

#endif

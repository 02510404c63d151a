/* services.h: the io services that a plugin instance finds by id: feed and net.
 *
 * Invariants
 * - oc_host.impl of an instance points to a struct io_services, or to a struct that begins with
 * one.
 * - A member that is NULL answers OC_E_NOT_SUPPORTED. */
#ifndef FEED_SERVICES_H
#define FEED_SERVICES_H

#include "feed/event_ring.h"
#include "feed/transcript.h"

struct io_services {
    struct feed *feed;             /* borrowed for the life of the instance */
    struct transcript *transcript; /* net by "transcript:" urls */
};

/* The static table of OC_SVC_FEED or OC_SVC_NET, else NULL. [any] */
const void *io_service(const char *id);

#endif

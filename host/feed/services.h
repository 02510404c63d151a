/* services.h: the feed service of a reader of data, found through the struct host_impl that its host.impl begins with.
 * Invariant: without a feed it answers OC_E_NOT_SUPPORTED. */
#ifndef FEED_SERVICES_H
#define FEED_SERVICES_H

#include "base/host_impl.h"
#include "feed/event_ring.h"

/* The static table of OC_SVC_FEED, else NULL. [any] */
const void *feed_service(const char *id);

#endif

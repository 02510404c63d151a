/* venue_world.h: what a session's link knows for its venue: assets, orders and how they are called; and what is configured of the venue
 * beside trading, held against the connector's description. */
#ifndef SESSION_VENUE_WORLD_H
#define SESSION_VENUE_WORLD_H

#include "session/venue_link.h"

/* An open order as a venue that is compared with it is to know it. */
struct io_open_order venue_world_open(const struct order *order);
/* Borrows the link for the life of the venue. */
struct io_world venue_world_of(struct venue_link *link);
/* The engine knows what is canceled at once, and the venue after which time it cancels by itself. [setup] */
CHECKED oc_rc venue_world_guard(struct venue_link *link, struct error *ret_error);

#endif

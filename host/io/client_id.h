/* client_id.h: the client's id of an order, as a venue's description wants it: made of the order's own number, so that it is the same in every
 * life, another for each order and each revision of one, and can be read back.
 *
 * Invariant: what is read back was made here, or by another host of the same kind: who asks must know the order. */
#ifndef IO_CLIENT_ID_H
#define IO_CLIENT_ID_H

#include <outcry/venue.h>

/* Size 0: the description has no client ids, or this number does not fit its form: of a NUMBER 255 revisions do, of a TEXT of 17
 * characters 1,023, and 32 times as many for each more. */
void client_id_make(const struct oc_venue *venue, uint64_t order, uint32_t revision, struct oc_id *ret_id);
/* The order that it was made for; 0: it is of no such form. */
uint64_t client_id_order(const struct oc_venue *venue, const struct oc_id *id);

#endif

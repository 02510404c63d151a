/* client_id.h: the client's id of an order, as a venue's description wants it: made of the session's tag and the order's own number, so that it is
 * the same in every life, another for each session, each order and each revision of one, and can be read back.
 *
 * Invariants
 * - What is read back was made here, or by a session of the same tag: who asks must know the order.
 * - Where the form has no room for a tag (a NUMBER, a TEXT below 21 characters), sessions of one account make the same ids: who trades there gives each
 *   account one session folder. */
#ifndef IO_CLIENT_ID_H
#define IO_CLIENT_ID_H

#include <outcry/venue.h>

enum { CLIENT_TAG_BITS = 20 };

/* Of a session's 16 random bytes, the same in each of its lives; never 0, which is no tag. */
uint32_t client_id_tag(const uint8_t session[16]);
/* Size 0: the description has no client ids, or this number does not fit its form: of a NUMBER 255 revisions do, of a TEXT of 17 (21 with a tag)
 * characters 1,023, and 32 times as many for each more. */
void client_id_make(const struct oc_venue *venue, uint32_t tag, uint64_t order, uint32_t revision,
                    struct oc_id *ret_id);
/* The order that it was made for; 0: it is of no such form, or of another tag. */
uint64_t client_id_order(const struct oc_venue *venue, uint32_t tag, const struct oc_id *id);

#endif

/* token.h: tokens that requests are signed with (JWS, compact): ES256 and EdDSA, by the key that a PEM holds. For faces whose keys are such. */
#ifndef REHEARSAL_TOKEN_H
#define REHEARSAL_TOKEN_H

#include "rehearsal/venue.h"

/* Whose it is: signed by the key that it names, good now (by the venue's clock, a second early at most) and, unless `method` is NULL, for this method and
 * this path: "GET HOST/path". NULL: it is none. */
struct venue_key *token_key(struct rehearsal *venue, const char *token, size_t size, const char *method,
                            const char *path, size_t path_size);
/* A new private key of P-256 as PEM. False: it could not be made. */
bool token_new_key(char *ret_pem, size_t size_max);

#endif

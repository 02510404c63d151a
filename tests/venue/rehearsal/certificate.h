/* certificate.h: an authority of the rehearsal venue's own, and certificates by it: one that is good for this machine, one that has expired,
 * one of another name.
 *
 * Invariants
 * - The authority is made once and kept in a folder (ca.pem for whoever trusts it, ca.key for its owner alone), so that a venue that is
 *   started again is trusted by who trusted it before. Certificates are new at each start, and stand in no file. */
#ifndef REHEARSAL_CERTIFICATE_H
#define REHEARSAL_CERTIFICATE_H

#include "base/checked.h"
#include "base/text.h"

#include <openssl/ssl.h>

struct certificates {
    X509 *authority; /* owned, as all */
    EVP_PKEY *key;   /* of the certificates */
    X509 *good, *expired, *other_name;
};

/* `names`: of hosts that the good and the expired one hold beside this machine's, with commas between. OC_E_IO: *out says why.
 * certificates_release is due all the same. */
CHECKED oc_rc certificates_make(struct certificates *made, const char *folder, const char *names, struct text *out);
void certificates_release(struct certificates *made);
/* New connections are shown the one of this name: "good", "expired", "other-name". */
bool certificates_show(const struct certificates *made, SSL_CTX *context, const char *name);

#endif

/* serve_lws.h: the rehearsal venue over sockets: libwebsockets is the server, TLS by certificates of its own, HTTP/1.1 and WebSocket on one
 * port of this machine.
 *
 * Invariants
 * - One thread. What the venue says and when is the venue's; this part moves bytes.
 * - It listens on 127.0.0.1 alone. At most SERVE_CONNECTIONS_MAX connections; one more is refused.
 * - Reset is a reset on the wire; cut ends in the middle of a body or of a frame; what is lost is silence until the client gives up. */
#ifndef REHEARSAL_SERVE_LWS_H
#define REHEARSAL_SERVE_LWS_H

#include "rehearsal/certificate.h"
#include "rehearsal/venue.h"

enum { SERVE_CONNECTIONS_MAX = 256 };

struct serve; /* opaque */

/* Owned: serve_free, which takes NULL. NULL: *out says why. Port 0: the system's choice. */
struct serve *serve_new(struct rehearsal *venue, const struct certificates *certificates, int port, struct text *out);
int serve_port(const struct serve *serve);
/* Until a signal, or `quit` at the prompt; lines of stdin are commands, what they do is written to stdout. */
void serve_run(struct serve *serve);
/* From a signal handler. */
void serve_stop(void);
void serve_free(struct serve *serve);

#endif

/* transcript.h: the in-process transport: streams whose peer is a written script or a function.
 *
 * A script is text, one line a message, in the order in which things must happen:
 *   # comment, or an empty line
 *   < bytes     the peer says this
 *   > bytes     we must have sent exactly this before the peer goes on
 *
 * Invariants
 * - send() only queues or compares; what the peer says reaches the connector in transcript_pump(),
 *   never inside one of the connector's own calls.
 * - A message that the connector answered with OC_E_FULL stays first and is given again.
 * - What was sent and is not in the script is a mismatch: it is counted, the first one is kept as
 *   text, and nothing more is delivered. */
#ifndef SUPPORT_TRANSCRIPT_H
#define SUPPORT_TRANSCRIPT_H

#include "base/ring.h"
#include "feed/services.h"

#include <outcry/connector.h>
#include <outcry/services.h>
#include <stdbool.h>

enum {
    TRANSCRIPT_STREAM_MAX = 4,
    TRANSCRIPT_MESSAGE_MAX = 16384,  /* bytes of a message, either way */
    TRANSCRIPT_QUEUE_SIZE = 1 << 18, /* bytes of what a peer has said and was not delivered */
    TRANSCRIPT_SCRIPT_MAX = 1 << 24
};

struct transcript;
/* [io] A peer that is told a message and answers by transcript_say(). `bytes` are borrowed. */
typedef void transcript_peer(void *context, struct transcript *transcript, uint32_t stream, const void *bytes,
                             uint32_t size);

struct transcript_stream {
    bool is_open;
    bool is_told; /* the connector knows */
};

struct transcript {
    const char *script; /* borrowed; NULL: the peer is a function */
    uint64_t script_size;
    uint64_t at;   /* of the line that is next in the script */
    uint32_t line; /* its number, from 1 */
    transcript_peer *peer;
    void *context;
    struct ring said;
    struct transcript_stream streams[TRANSCRIPT_STREAM_MAX]; /* stream n is [n - 1] */
    uint64_t sent;
    uint64_t delivered;
    uint64_t mismatches;
    char mismatch[256];
};

/* A peer by function. OC_E_NOMEM. [setup] */
oc_rc transcript_init(struct transcript *transcript, transcript_peer *peer, void *context);
/* A peer by script, which is borrowed until release. OC_E_LIMIT, OC_E_NOMEM, OC_E_DATA for a line
 * that begins with none of # < > (the number is in `line`). [setup] */
oc_rc transcript_init_script(struct transcript *transcript, const char *script);
void transcript_release(struct transcript *transcript);

/* The net service: url "transcript:NAME". OC_E_NOT_SUPPORTED for another scheme, OC_E_LIMIT. [io]
 */
oc_rc transcript_open(struct transcript *transcript, const char *url, uint32_t *ret_stream);
/* OC_E_STATE: the stream is not open. OC_E_LIMIT: too long. [io] */
oc_rc transcript_send(struct transcript *transcript, uint32_t stream, const void *bytes, uint32_t size);
oc_rc transcript_close(struct transcript *transcript, uint32_t stream);

/* The same for io_services.net, with the transcript as net_self. */
extern const struct io_net transcript_net;

/* The peer says a message. OC_E_FULL, OC_E_LIMIT, OC_E_STATE (not open). [io] */
oc_rc transcript_say(struct transcript *transcript, uint32_t stream, const void *bytes, uint32_t size);

/* Delivers to the connector: streams that went up or down, then at most message_max messages.
 * Returns how many messages were taken, OC_E_FULL if the connector could not take one (drain the
 * feed and pump again), or the connector's error. [io] */
oc_rc transcript_pump(struct transcript *transcript, const struct oc_connector *connector, void *self,
                      uint32_t message_max);

/* True if every line of the script has happened, without mismatch. */
bool transcript_is_done(const struct transcript *transcript);

#endif

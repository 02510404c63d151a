/* transcript.h: the in-process link: streams of a connector whose peer is a written script, or a function of a test.
 *
 * A script is text, one line a message, in the order in which things must happen:
 *   # comment, or an empty line
 *   @ TIME      the clock stands at TIME; as the first line: when the session begins
 *   < bytes     the peer says this
 *   > pattern   we must have sent this before the peer goes on
 *   ? pattern   from here on, what is sent like this and is not the next > line is answered with
 *   ! bytes     these, of which one or more follow a ? line
 * $name in a pattern stands for any bytes, up to what follows it there; in later < and ! lines for those bytes. $# in a ! line
 * counts the requests that were answered so. $$ is one dollar.
 *
 * Invariants
 * - send() only queues or compares; what the peer says reaches the connector in transcript_pump(),
 *   never inside one of the connector's own calls.
 * - A message that the connector answered with OC_E_FULL stays first and is given again.
 * - What was sent and is not in the script is a mismatch: it is counted, the first one is kept as
 *   text, and nothing more is delivered.
 * - What a script comes to depends on what is sent alone: the same requests give the same messages. */
#ifndef FEED_TRANSCRIPT_H
#define FEED_TRANSCRIPT_H

#include "feed/services.h"

#include <outcry/draft/connector_0_1.h>
#include <outcry/services.h>
#include <stdbool.h>

enum {
    TRANSCRIPT_STREAM_MAX = 4,
    TRANSCRIPT_MESSAGE_MAX = 16384,  /* bytes of a message, either way */
    TRANSCRIPT_QUEUE_SIZE = 1 << 18, /* bytes of what a peer has said and was not delivered */
    TRANSCRIPT_SCRIPT_MAX = 1 << 26,
    TRANSCRIPT_NAMES_MAX = 16, /* $name in one script */
    TRANSCRIPT_NAME_MAX = 16,
    TRANSCRIPT_VALUE_MAX = 128,
    TRANSCRIPT_RULES_MAX = 32 /* ? lines */
};

struct transcript;
/* [io] A peer that is told a message and answers by transcript_say(). `bytes` are borrowed. */
typedef void transcript_peer(void *context, struct transcript *transcript, uint32_t stream, const void *bytes,
                             uint32_t size);

struct transcript_stream {
    bool is_open;
    bool is_told; /* the connector knows */
};

struct transcript_value { /* what a $name stands for */
    char name[TRANSCRIPT_NAME_MAX];
    char bytes[TRANSCRIPT_VALUE_MAX];
    uint32_t size;
    uint32_t zero;
};

struct transcript {
    const char *script; /* borrowed; NULL: the peer is a function */
    uint64_t script_size;
    uint64_t at;   /* of the line that is next in the script */
    uint32_t line; /* its number, from 1 */
    transcript_peer *peer;
    void *context;
    char *said; /* TRANSCRIPT_QUEUE_SIZE; what a peer has said, from said_at to said_end; owned */
    uint32_t said_at;
    uint32_t said_end;
    uint64_t rules[TRANSCRIPT_RULES_MAX]; /* where the ? lines begin that hold by now */
    uint32_t rule_count;
    uint32_t value_count;
    struct transcript_value values[TRANSCRIPT_NAMES_MAX];
    uint64_t answered;                                       /* requests, by a ? line */
    int64_t clock_ns;                                        /* of the last @ line; INT64_MIN: there was none */
    struct transcript_stream streams[TRANSCRIPT_STREAM_MAX]; /* stream n is [n - 1] */
    uint64_t sent;
    uint64_t delivered;
    uint64_t mismatches;
    char mismatch[512];
};

/* A peer by function. OC_E_NOMEM. [setup] */
CHECKED oc_rc transcript_init(struct transcript *transcript, transcript_peer *peer, void *context);
/* A peer by script, which is borrowed until release. OC_E_LIMIT, OC_E_NOMEM, OC_E_DATA for a line
 * that cannot be (its number is in `line`, why in `mismatch`). [setup] */
CHECKED oc_rc transcript_init_script(struct transcript *transcript, const char *script);
void transcript_release(struct transcript *transcript);

/* The net service: url "transcript:NAME". OC_E_NOT_SUPPORTED for another scheme, OC_E_LIMIT. [io]
 */
CHECKED oc_rc transcript_open(struct transcript *transcript, const char *url, uint32_t *ret_stream);
/* OC_E_STATE: the stream is not open. OC_E_LIMIT: too long. [io] */
CHECKED oc_rc transcript_send(struct transcript *transcript, uint32_t stream, const void *bytes, uint32_t size);
CHECKED oc_rc transcript_close(struct transcript *transcript, uint32_t stream);

/* The same for io_services.net, with the transcript as net_self. */
extern const struct io_net transcript_net;

/* The peer says a message. OC_E_FULL, OC_E_LIMIT, OC_E_STATE (not open). [io] */
CHECKED oc_rc transcript_say(struct transcript *transcript, uint32_t stream, const void *bytes, uint32_t size);

/* Delivers to the connector: streams that went up or down, then at most message_max messages.
 * Returns how many messages were taken, OC_E_FULL if the connector could not take one (drain the
 * feed and pump again), or the connector's error. [io] */
CHECKED oc_rc transcript_pump(struct transcript *transcript, const struct oc_connector_0_1 *connector, void *self,
                              uint32_t message_max);

/* One message of standing answers: the lines of a script stay where they are. 1: it was taken; 0: there is none. [io] */
CHECKED oc_rc transcript_pump_said(struct transcript *transcript, const struct oc_connector_0_1 *connector, void *self);

/* True if every line of the script has happened, without mismatch. */
bool transcript_is_done(const struct transcript *transcript);
/* What comes next: '<', '>', or 0 at the end, and the number of its line. */
char transcript_turn(const struct transcript *transcript, uint32_t *ret_line);
/* The line that must be sent before the peer goes on, and its number; NULL: it waits for none. Borrowed. */
const char *transcript_waits_for(const struct transcript *transcript, uint32_t *ret_size, uint32_t *ret_line);

/* Where the script stands, as bytes: the size used, or OC_E_LIMIT. What is loaded goes on from there; which streams are open is
 * the connector's. OC_E_DATA: these are not such bytes. */
int64_t transcript_save(const struct transcript *transcript, char *bytes, size_t size_max);
CHECKED oc_rc transcript_load(struct transcript *transcript, const char *bytes, size_t size);

#endif

/* isolate_wire.h: frames between a host and a connector in a process of its own: a kind, and values and bytes one behind the other.
 *
 * Invariants
 * - Both ends are the same program: structs go over as they lie in memory, and what they point to behind them.
 * - The two speak in turn: one sends a whole frame, then listens.
 * - What is read is held against its frame: what does not fit marks it as bad, and nothing of it is believed.
 * - A frame has at most ISOLATE_FRAME_MAX bytes. Behind each run of bytes stand 16 zeros that may be read. */
#ifndef SESSION_ISOLATE_WIRE_H
#define SESSION_ISOLATE_WIRE_H

#include <outcry/connector.h>

#include "base/checked.h"
#include "base/env_run.h"

#define ISOLATE_FRAME_MAX ((size_t)128 << 20)

enum isolate_kind {
    ISOLATE_NONE,
    /* to the connector */
    ISOLATE_OPEN,
    ISOLATE_START,
    ISOLATE_ACCOUNT,
    ISOLATE_FETCH,
    ISOLATE_SUBSCRIBE,
    ISOLATE_STREAM,
    ISOLATE_MESSAGE,
    ISOLATE_RESPONSE,
    ISOLATE_REQUEST,
    ISOLATE_TIMER,
    ISOLATE_QUIESCE,
    ISOLATE_CLOSE,
    /* to the host, within a call */
    ISOLATE_DONE,
    ISOLATE_LOG,
    ISOLATE_SKIP,
    ISOLATE_MISSED,
    ISOLATE_NET_OPEN,
    ISOLATE_NET_READY,
    ISOLATE_NET_SEND,
    ISOLATE_NET_CLOSE,
    ISOLATE_NET_FAIL,
    ISOLATE_NET_HTTP,
    ISOLATE_NET_PREPARE,
    ISOLATE_NET_AUTHORITY,
    ISOLATE_NET_ASKED,
    ISOLATE_NET_FETCHING,
    ISOLATE_VENUE_NS,
    ISOLATE_SAMPLE,
    ISOLATE_RANDOM,
    ISOLATE_SET_TIMER,
    ISOLATE_CANCEL_TIMER,
    ISOLATE_SYMBOL,
    ISOLATE_NUMBER,
    ISOLATE_SCALE,
    ISOLATE_RECORD,
    ISOLATE_ASSET,
    ISOLATE_ASSET_TEXT,
    ISOLATE_USED,
    ISOLATE_MAX,
    ISOLATE_SHUT,
    ISOLATE_GIVE,
    ISOLATE_KEY,
    ISOLATE_SIGN,
    ISOLATE_DIGEST,
    ISOLATE_PUBLIC_TEXT,
    ISOLATE_KEEP,
    ISOLATE_NONCE,
    ISOLATE_GET,
    ISOLATE_PUT,
    /* and the answer to it */
    ISOLATE_ANSWER
};

struct wire {    /* a frame that is made, or that was read; zeroed is empty */
    char *bytes; /* owned: wire_release */
    size_t size;
    size_t room;
    size_t at; /* read so far */
    bool is_bad;
};

void wire_release(struct wire *wire);
void wire_begin(struct wire *wire, enum isolate_kind kind);
void wire_put(struct wire *wire, const void *bytes, size_t size);
void wire_put_number(struct wire *wire, int64_t number);
/* Its size before it. */
void wire_put_bytes(struct wire *wire, const void *bytes, size_t size);
/* OC_E_AGAIN: not by until_ns of env_clock_mono(); OC_E_END: nobody is there; OC_E_NOMEM, OC_E_LIMIT: it could not be made. */
CHECKED oc_rc wire_send(struct wire *wire, struct env_run *run, int64_t until_ns);
/* The same; OC_E_DATA: no frame. */
CHECKED oc_rc wire_receive(struct wire *wire, struct env_run *run, int64_t until_ns, enum isolate_kind *ret_kind);
/* So many bytes, borrowed until the next frame. NULL: they are not there; the frame is bad. */
void *wire_take(struct wire *wire, size_t size);
int64_t wire_take_number(struct wire *wire);
/* A copy of a struct; zeros where it is not there. */
void wire_take_into(struct wire *wire, void *into, size_t size);
void *wire_take_bytes(struct wire *wire, uint32_t *ret_size);

#endif

/* connector.h: an exchange connector: a codec. Bytes in, events out; orders in, requests out.
 *
 * Invariants
 * - The host owns sockets, TLS, retry, rate limits, clocks and keys; a connector asks the net and
 * sign services.
 * - A connector keeps no truth of its own: a new generation is given open orders and subscriptions
 * by the host.
 * - Events are produced with the feed service (reserve, fill in, commit). A full ring gives
 * OC_E_FULL: the call returns it and is made again with the same bytes.
 * - [remote]: flat arguments, no host pointers kept beyond the call. */
#ifndef OUTCRY_CONNECTOR_H
#define OUTCRY_CONNECTOR_H

#include <outcry/instrument.h>
#include <outcry/order.h>
#include <outcry/plugin.h>

enum { OC_STREAM_NONE = 0, OC_STREAM_UP = 1, OC_STREAM_DOWN = 2 };
enum { /* capabilities */
       OC_CAP_AMEND = 1u << 0,
       OC_CAP_QUOTE_QTY = 1u << 1,
       OC_CAP_STOP = 1u << 2,
       OC_CAP_POST_ONLY = 1u << 3,
       OC_CAP_REDUCE_ONLY = 1u << 4,
       OC_CAP_GTD = 1u << 5,
       OC_CAP_BOOK = 1u << 6,
       OC_CAP_BARS = 1u << 7
};

struct oc_connector {
    uint32_t size;
    uint32_t flags;
    uint64_t capabilities;
    /* [io][remote] Opens its streams through the net service. */
    oc_rc (*start)(void *self);
    /* [io][remote] An instrument the host wants traded or watched. */
    oc_rc (*subscribe)(void *self, const struct oc_instrument *instrument);
    /* [io][remote] Bytes of one message or chunk on a stream; borrowed until the call returns. */
    oc_rc (*bytes)(void *self, uint32_t stream, const void *bytes, uint32_t size);
    /* [io][remote] A stream went up or down: OC_STREAM_... */
    oc_rc (*stream)(void *self, uint32_t stream, uint32_t state);
    /* [io][remote] Sends an order request. Anything but OC_OK means that no byte was sent: the
     * order is refused. */
    oc_rc (*request)(void *self, const struct oc_request *request);
    /* [io][remote] No new work after this; returns OC_OK when idle, OC_E_AGAIN before deadline_ns.
     */
    oc_rc (*quiesce)(void *self, int64_t deadline_ns);
};

#endif

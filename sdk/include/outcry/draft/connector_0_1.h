/* draft/connector_0_1.h: the connector interface before 0.2. Its streams are transcripts only; it goes when the host has run every
 * connector by connector.h for one version. */
#ifndef OUTCRY_DRAFT_CONNECTOR_0_1_H
#define OUTCRY_DRAFT_CONNECTOR_0_1_H

#include <outcry/connector.h>

#define OC_CONNECTOR_0_1 "outcry.connector/0.1"
#define OC_SVC_NET_0_1   "outcry.host.net/0.1"

/* [io] Streams. The url's scheme decides the transport. */
struct oc_svc_net_0_1 {
    uint32_t size;
    uint32_t zero;
    oc_rc (*open)(const struct oc_host *host, const char *url, uint32_t *ret_stream);
    /* Queues bytes (copied) for one message; `request` ties an order to them, 0 none. */
    oc_rc (*send)(const struct oc_host *host, uint32_t stream, const void *bytes, uint32_t size, uint64_t request);
    oc_rc (*close)(const struct oc_host *host, uint32_t stream);
};


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

struct oc_connector_0_1 {
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

/* net.h: the network as a link: the streams and exchanges of one venue over TLS, for whoever holds a struct io_link.
 *
 * Who does what: libcurl makes connections (CONNECT_ONLY: names, proxy, TLS, certificates), reads and writes their bytes, and speaks HTTP;
 * libwslay reads and writes frames. This part decides, waits, and says what happened.
 *
 * Invariants
 * - A loop is of one thread. Connections of streams are made on a thread of its own, several at once: a name that nobody resolves, a SYN
 *   that nobody answers and a handshake that stops half way delay nothing else. What was made is handed over and belongs to the loop.
 * - TLS from 1.2 on, certificate and name checked, always. Plain `ws`, `http` and `tcp` reach this machine alone, judged by address.
 *   Environment variables choose neither proxy nor trust.
 * - *Left* is said as soon as libcurl was given the first byte: what it could not send at once (AGAIN) is given to it again with the same
 *   buffer until it has gone. No exchange is made twice: where libcurl would try again by itself, it is LOST.
 * - Only a whole answer is a RESPONSE. One that is cut off, ended by the close of its connection, of two lengths, or followed by bytes that
 *   nobody asked for is LOST, and its connection is closed.
 * - A connection that has more to give than one turn takes stands on a ready list: bytes that were read ahead wake no poller.
 * - A frame with a bit that was not negotiated is a breach (1002). permessage-deflate is not supported and never offered.
 * - Every buffer, list and time has a limit, below. A descriptor leaves the poller before it is closed. */
#ifndef IO_NET_H
#define IO_NET_H

#include "base/checked.h"
#include "base/error.h"
#include "io/link.h"

#include <stddef.h>

struct env_poller;

enum {
    NET_LINKS_MAX = 16,      /* of a loop */
    NET_ENDPOINTS_MAX = 32,  /* of a link */
    NET_STREAMS_MAX = 32,    /* of a link */
    NET_TALKS_MAX = 8,       /* connections of HTTP to one endpoint */
    NET_EXCHANGES_MAX = 512, /* of a link, waiting and under way */
    NET_NAME_MAX = 33,
    NET_URL_MAX = 513,
    NET_WORDS_MAX = 320,        /* of why something failed */
    NET_REFUSED_MAX = 4096,     /* bytes of a body that says why a stream was refused */
    NET_HEAD_MAX = 65536,       /* bytes of the head of an answer */
    NET_BODY_MAX = 32 << 20,    /* bytes of a body, inflated */
    NET_RATIO_MAX = 100,        /* times what came over the wire */
    NET_RATIO_FREE = 1 << 20,   /* bytes that may be inflated whatever came */
    NET_MESSAGE_MAX = 16 << 20, /* bytes of a message, unless less was said */
    NET_FRAGMENTS_MAX = 1024,   /* of a message */
    NET_CONTROLS_MAX = 50,      /* control frames within a second */
    NET_OUT_MAX = 4 << 20,      /* bytes of a stream that wait to leave */
    NET_TURN_MAX = 256 << 10    /* bytes of a stream that are read in one turn */
};
#define NET_CONNECT_NS                                                                                                 \
    10000000000ll /* a connection is made within, its TLS included; and a stream is up within as much again */
#define NET_ANSWER_NS 60000000000ll /* an exchange is over within */
#define NET_PROBE_NS  3000000000ll  /* a place of HTTP that is tried answers within, or is not there */
#define NET_WAIT_NS   5000000000ll  /* one that finds no free connection waits so long */
#define NET_DEAD_NS   10000000000ll /* what was sent is not confirmed by the peer's machine: the connection is dead */
#define NET_IDLE_NS   60000000000ll /* an idle connection of HTTP is closed after */
#define NET_BEAT_NS   5000000000ll /* a stream on which so long nothing came is pinged; after twice as long it is dead */

struct net_loop; /* opaque */
struct net;      /* opaque */

struct net_endpoint {
    char name[NET_NAME_MAX]; /* in the description */
    char url[NET_URL_MAX];   /* scheme://host[:port][/path]; https wss tls, or to this machine http ws tcp */
};

struct net_config {    /* borrowed during net_new */
    const char *venue; /* for words */
    const struct net_endpoint *endpoints;
    uint32_t endpoint_count;
    uint32_t message_max; /* bytes, 0: NET_MESSAGE_MAX */
    const char *ca_file;  /* whom to trust; NULL: whom the system trusts */
    const char *proxy;    /* http://host:port (CONNECT), socks5://host:port, socks5h://host:port; NULL: none */
    const char *where;    /* the setting that a complaint names: "venue.NAME" */
};

/* [setup] Loads the libraries. Owned: net_loop_free, which takes NULL, behind the links. OC_E_NOT_SUPPORTED: they are not there. */
CHECKED oc_rc net_loop_new(struct net_loop **ret_loop, struct error *ret_error);
void net_loop_free(struct net_loop *loop);
/* ns UTC that never goes back: the wall clock as it was at the start, and what has passed since. A clock that was set forward, or a
 * machine that slept, is followed. */
int64_t net_loop_now(struct net_loop *loop);
/* How often it was set forward. Borrowed for the life of the loop. */
const uint32_t *net_loop_steps(const struct net_loop *loop);
/* Waits until a link may have something to say, or timeout_ns has passed. */
void net_loop_wait(struct net_loop *loop, int64_t timeout_ns);
/* A wait ends when this poller is woken, too; NULL: none is any more. Borrowed until then. */
CHECKED oc_rc net_loop_also(struct net_loop *loop, struct env_poller *also);

/* [setup] Whether net_new would take it. */
CHECKED oc_rc net_judge(const struct net_config *config, struct error *ret_error);
/* [setup] Owned: net_free, which takes NULL. OC_E_CONFIG: an endpoint, a file or a proxy that cannot be: *ret_error. */
CHECKED oc_rc net_new(struct net_loop *loop, const struct net_config *config, struct net **ret_net,
                      struct error *ret_error);
void net_free(struct net *net);
/* The driver; `self` is the net. next() looks at the sockets when it is asked for a later time than before. */
struct io_link net_link(struct net *net);
/* Nothing is under way: no exchange, and no byte that waits to leave. */
bool net_is_idle(const struct net *net);

#endif

/* net_way.h: how one handle of libcurl reaches its endpoint: whom it trusts, by what proxy, what it may not do. The same for a stream and
 * for an exchange, so that no rule holds for one of them alone.
 *
 * Invariants: see net.h. Certificates and names are checked by every handle that is set up here, and there is no option about it. */
#ifndef IO_NET_WAY_H
#define IO_NET_WAY_H

#include "base/checked.h"
#include "base/error.h"
#include "io/net.h"
#include "io/net_lib.h"

struct net_url { /* of an endpoint, taken apart */
    char scheme[8];
    char authority[256]; /* host[:port] as it stands there: what is asked for by name */
    char path[256];      /* "" or begins with '/', without a '/' at its end */
    bool is_tls;
    bool is_lines;     /* tcp, tls: lines; else WebSocket and HTTP */
    bool is_websocket; /* ws, wss */
};

/* OC_E_CONFIG: what cannot be, in `words` (NET_WORDS_MAX). The first of several urls. */
CHECKED oc_rc net_url_read(const char *text, struct net_url *ret_url, char *words);

struct net_trust { /* of a link */
    const struct net_lib *lib;
    X509_STORE *store; /* owned */
    char proxy[NET_URL_MAX];
};

/* Reads whom to trust. OC_E_CONFIG, *ret_error. [setup] */
CHECKED oc_rc net_trust_init(struct net_trust *trust, const struct net_lib *lib, const struct net_config *config,
                             struct error *ret_error);
void net_trust_release(struct net_trust *trust);

struct net_way { /* of one handle; does not move while it lives */
    const struct net_trust *trust;
    const struct net_url *url;
    bool reads_ahead; /* what was read ahead wakes no poller: only for who reads until there is no more */
    bool is_away;     /* plain, and the address is another machine's */
    char words[CURL_ERROR_SIZE];
};

/* Sets up a handle: what every one is told. OC_E_NOMEM. */
CHECKED oc_rc net_way_set(struct net_way *way, CURL *easy);
/* What it reaches: its url, with `path` behind. OC_E_NOMEM. */
CHECKED oc_rc net_way_to(struct net_way *way, CURL *easy, const char *path);
/* Why it failed: OC_WHY_..., and words. */
uint32_t net_way_why(const struct net_way *way, CURLcode code, char words[NET_WORDS_MAX]);

#endif

/* services.h: what the host offers a plugin, found by id with host->service(host, id).
 *
 * Invariants
 * - All tables are static. Each begins with its size; test OC_HAS before calling what is newer than you need.
 * - A call of the host into a plugin is a transaction. What the plugin commits, sends, opens, asks, sets and stores during
 *   it takes effect in that order when it returns 0 or more, and leaves no trace when it returns a negative code. So a call
 *   that returned OC_E_AGAIN or OC_E_FULL may be made again with the same arguments, and nothing happens twice. The plugin's
 *   own memory is its own business: set it behind the last step that can fail.
 * - Nothing here waits. What takes time ends in a later call into the plugin.
 * - A struct that is given has its size first; every pointer in it has a size beside it; all is copied before the service
 *   returns. A plugin in a process of its own gets the same tables from a stub; only sign, digest and store.get cross over. */
#ifndef OUTCRY_SERVICES_H
#define OUTCRY_SERVICES_H

#include <outcry/instrument.h>
#include <outcry/order.h>
#include <outcry/plugin.h>

#define OC_SVC_CONFIG "outcry.host.config/0.1"
#define OC_SVC_LOG    "outcry.host.log/0.2"
#define OC_SVC_FEED   "outcry.host.feed/0.2"
#define OC_SVC_NET    "outcry.host.net/0.2"
#define OC_SVC_SIGN   "outcry.host.sign/0.2"
#define OC_SVC_TIME   "outcry.host.time/0.2"
#define OC_SVC_NAMES  "outcry.host.names/0.2"
#define OC_SVC_LIMIT  "outcry.host.limit/0.2"
#define OC_SVC_STORE  "outcry.host.store/0.2"
#define OC_SVC_ENGINE "outcry.host.engine/0.1"

/* ---- config ---- */

/* [setup] The instance's own section of the configuration. Where the descriptor declares keys
 * (keys.h), a key that is not set has its declared default, and a value is within the declared range.
 * OC_OK; outputs are untouched otherwise. OC_E_NOT_FOUND: the key is not set and has no default (no
 * message). OC_E_CONFIG: it is there and wrong, or required and not there; file, line, found and
 * expected were logged. OC_E_INVALID: the plugin's own defect, logged once: a key that its table does
 * not declare, or declares as another type. OC_E_LIMIT: the key is longer than the host holds. */
struct oc_svc_config {
    uint32_t size;
    uint32_t zero;
    oc_rc (*dec)(const struct oc_host *host, const char *key, struct oc_dec *ret_value);
    oc_rc (*integer)(const struct oc_host *host, const char *key, int64_t *ret_value);
    oc_rc (*duration)(const struct oc_host *host, const char *key, int64_t *ret_ns);
    oc_rc (*boolean)(const struct oc_host *host, const char *key, uint32_t *ret_value);
    /* Copies at most size_max bytes with the final NUL; OC_E_LIMIT if it does not fit. */
    oc_rc (*text)(const struct oc_host *host, const char *key, char *text, uint32_t size_max);
    /* How many groups the list `key` holds, at most OC_KEY_GROUPS_MAX; 0 is OC_OK unless the key is
     * required. The members of group i are read by the getters above, with the key "KEY.i.MEMBER"
     * (i from 0, no leading zeros). OC_E_CONFIG: a group is missing between others. */
    oc_rc (*count)(const struct oc_host *host, const char *key, uint32_t *ret_count);
};

/* ---- log ---- */

enum { OC_LOG_DEBUG = 0, OC_LOG_INFO = 1, OC_LOG_WARN = 2, OC_LOG_ERROR = 3 };

struct oc_svc_log {
    uint32_t size;
    uint32_t zero;
    /* [any] One finished line, at most 1,000 bytes; longer is cut. Secrets must not be passed. */
    void (*line)(const struct oc_host *host, uint32_t level, const char *text);
    /* [any] Something met that the codec does not know or cannot use: counted under `what` ("trade.side", "type"), the first
     * sample of each is logged. Never silent, never a storm. */
    void (*skip)(const struct oc_host *host, const char *what, const void *sample, uint32_t size);
};

/* ---- feed ---- */

struct oc_svc_feed {
    uint32_t size;
    uint32_t zero;
    /* [io][remote] Zeroed room for one event, borrowed until the commit. Before a call the host makes room for 64 KiB and four
     * bytes an input byte, so OC_E_FULL is met only by a codec that makes more: it returns the code, and is called again once
     * the ring is empty and larger. OC_E_LIMIT: more than any ring holds; the message is dropped, counted, and its stream failed. */
    oc_rc (*reserve)(const struct oc_host *host, uint32_t size, struct oc_event **ret_event);
    /* [io][remote] Queues it; head.size may have shrunk since. source 0 becomes the venue's market source; any other must be that of an account of this
     * instance (OC_E_DENIED). OC_E_DATA: an impossible size or type; dropped and counted. */
    oc_rc (*commit)(const struct oc_host *host, struct oc_event *event);
    /* [io][remote] The venue shows that something of `kind` (OC_FETCH_...) was missed, though the stream itself is sound: the
     * host fetches it now, from the cursor of the last OC_EV_FETCHED of this kind and account that had one. Cursors are in the
     * journal with their events: a session that goes on goes on from them. */
    oc_rc (*missed)(const struct oc_host *host, uint32_t account, uint32_t kind);
};

/* ---- net ---- */

enum { /* how bytes become messages */
       OC_FRAME_NONE = 0,
       OC_FRAME_WEBSOCKET = 1,
       OC_FRAME_LINES =
           2, /* a long answer of HTTP, or TCP: one message a line without its \n; blank lines are left out */
       OC_FRAME_RAW =
           3 /* TCP: the codec takes whole messages off the front and says how many bytes it took. Not supported
                         * yet: OC_E_NOT_SUPPORTED */
};
enum { /* oc_open.flags */
       OC_OPEN_KEEP =
           1u << 0, /* when it falls, the host opens the same again; else the plugin is told and may open another */
       OC_OPEN_LISTEN = 1u << 1,  /* wait for a peer to connect. Not supported yet: OC_E_NOT_SUPPORTED */
       OC_OPEN_GUNZIP = 1u << 2,  /* binary messages are gzip or raw deflate: the host inflates, within its limits */
       OC_OPEN_DEFLATE = 1u << 3, /* permessage-deflate may be offered */
       OC_OPEN_WHOLE_SET =
           1u << 4,             /* its subscriptions stand in the url and were those of the running subscribe call */
       OC_OPEN_ORDERS = 1u << 5 /* order requests travel on it: while it is down, trading is */
};
enum { OC_METHOD_GET = 0, OC_METHOD_POST = 1, OC_METHOD_PUT = 2, OC_METHOD_DELETE = 3, OC_METHOD_PATCH = 4 };
enum { OC_MESSAGE_TEXT = 0, OC_MESSAGE_BINARY = 1 };
enum { /* which share of a limit it may use; the later ones leave room for the earlier */
       OC_LANE_CANCEL = 0,
       OC_LANE_ORDER = 1,
       OC_LANE_RECONCILE = 2,
       OC_LANE_QUERY = 3,
       OC_LANE_BULK = 4
};
enum { /* oc_http.flags */
       OC_HTTP_SAFE =
           1u << 0, /* made twice it changes nothing: the host may try again by itself (never with `request`) */
       OC_HTTP_FORM = 1u << 1,  /* body is application/x-www-form-urlencoded; default application/json */
       OC_HTTP_PLAIN = 1u << 2, /* no account: no key, the limits of the address only */
       OC_HTTP_BATCH = 1u << 3  /* carries every request of the running request() call, not `request` alone */
};

/* A credential set in at `at` of a text when the bytes leave: the plugin never sees it, logs and the journal neither. */
enum { OC_IN_PATH = 0, OC_IN_HEADERS = 1, OC_IN_BODY = 2 };
enum { OC_AS_IS = 0, OC_AS_PERCENT = 1, OC_AS_JSON = 2, OC_AS_BASE64 = 3 };

struct oc_splice { /* frozen; in rising order of (in, at) */
    uint32_t at;
    uint16_t field; /* credential of the description, from 1; or what sign.keep gave */
    uint8_t in;     /* OC_IN_... */
    uint8_t as;     /* OC_AS_... */
};

struct oc_cost {    /* frozen */
    uint16_t limit; /* place in the description's list of limits */
    uint16_t zero;
    uint32_t weight;
};

struct oc_open {
    uint32_t size;
    uint32_t flags;    /* OC_OPEN_... */
    uint16_t endpoint; /* place in the description's list */
    uint8_t frame;     /* OC_FRAME_... */
    uint8_t method;
    uint32_t account;     /* whose credentials and limits; 0: nobody's */
    uint32_t carries;     /* OC_TOPIC_... that may be subscribed on it */
    uint32_t room;        /* subscriptions it may carry; 0: any number */
    uint32_t message_max; /* bytes; 0: the description's */
    uint32_t instead; /* the stream it takes the place of. Not supported yet: anything but 0 is OC_E_NOT_SUPPORTED */
    const char
        *url; /* a host that the venue names at run time. Not supported yet: anything but NULL is OC_E_NOT_SUPPORTED */
    const char *path;
    const char *headers; /* "Name: value\r\n" lines */
    const void *body;
    const char *ping; /* said when nothing was said for ping_ns; NULL: WebSocket ping frames */
    const struct oc_splice *splices;
    const struct oc_cost *costs;
    uint32_t url_size;
    uint32_t path_size;
    uint32_t headers_size;
    uint32_t body_size;
    uint32_t ping_size;
    uint32_t splice_count;
    uint32_t cost_count;
    uint32_t zero;
    int64_t ping_ns; /* 0: no pings */
    int64_t
        silence_ns; /* nothing heard for so long, control frames included: the stream is dead. 0: the description's */
    int64_t
        age_ns; /* the venue ends it at this age: its next connection is made before, and told as a fall; 0: not said */
    uint64_t user[2]; /* given back with everything about the stream */
};

struct oc_send {
    uint32_t size;
    uint32_t stream;
    uint8_t kind;  /* OC_MESSAGE_... */
    uint8_t lane;  /* OC_LANE_... */
    uint8_t flags; /* OC_HTTP_BATCH, as there */
    uint8_t zero;
    uint32_t bytes_size;
    const void *bytes;
    const struct oc_splice *splices;
    const struct oc_cost *costs;
    uint32_t splice_count;
    uint32_t cost_count;
    uint64_t request; /* the order request that it carries, 0 none: the host proves what became of it */
    uint64_t token;   /* the fetch that it serves, 0 none */
    int64_t send_by_ns;
    int64_t
        answer_ns; /* no event that answers `request` or ends `token` within so long: UNKNOWN, or asked again. 0: the
                          description's */
};

struct oc_http {
    uint32_t size;
    uint16_t endpoint;
    uint8_t method; /* OC_METHOD_... */
    uint8_t flags;  /* OC_HTTP_... */
    uint8_t lane;   /* OC_LANE_... */
    uint8_t zero[3];
    uint32_t account;
    uint32_t form; /* what prepare() gave: endpoint, method, account, headers and splices are its; 0 none */
    uint32_t path_size;
    uint32_t headers_size;
    uint32_t body_size;
    uint32_t splice_count;
    uint32_t cost_count;
    const char *path; /* begins with '/', with the query; behind the path of a prepared form */
    const char *headers;
    const void *body;
    const struct oc_splice *splices;
    const struct oc_cost *costs;
    uint64_t request; /* as in oc_send */
    uint64_t token;
    int64_t send_by_ns;
    int64_t answer_ns;
    uint64_t user[3]; /* given back with the answer: what it was about, so that no table is needed */
};

/* [io][remote] Endpoints are named by their place in the description: which url that is in this environment, which of several
 * hosts, through which pooled and warm connection, behind which breaker: the host knows. TLS and names are always checked.
 * OC_E_AGAIN: a limit, a closed breaker or no connection in time for send_by_ns; return it: the call is made again when that
 * may have changed. */
struct oc_svc_net {
    uint32_t size;
    uint32_t zero;
    oc_rc (*open)(const struct oc_host *host, const struct oc_open *open, uint32_t *ret_stream);
    /* The stream is logged in and may carry subscriptions and orders. */
    oc_rc (*ready)(const struct oc_host *host, uint32_t stream);
    oc_rc (*send)(const struct oc_host *host, const struct oc_send *send);
    oc_rc (*close)(const struct oc_host *host, uint32_t stream);
    /* What came on it cannot be trusted (a gap, a refused login): the host closes it with this reason, opens it again after its
     * back-off if it is to be kept, and gives its subscriptions again. */
    oc_rc (*fail)(const struct oc_host *host, uint32_t stream, uint32_t why);
    oc_rc (*http)(const struct oc_host *host, const struct oc_http *http, uint64_t *ret_exchange);
    /* [setup][io] Everything of a request but the end of its path, its body and costs, rendered once. */
    oc_rc (*prepare)(const struct oc_host *host, const struct oc_http *http, uint32_t *ret_form);
    /* "api.example.com" or "api.example.com:8443": the name under which the next http or open of this call to this endpoint will
     * ask, for venues that sign it. Returns its size. */
    oc_rc (*authority)(const struct oc_host *host, uint16_t endpoint, char *text, uint32_t size_max);
    /* The order request, or the fetch, that is under way by this number, copied. OC_E_NOT_FOUND: it is answered, or was of an
     * earlier life. At most size_max bytes; returns the size. */
    oc_rc (*asked)(const struct oc_host *host, uint64_t request, void *ret_request, uint32_t size_max);
    oc_rc (*fetching)(const struct oc_host *host, uint64_t token, void *ret_fetch, uint32_t size_max);
};

/* ---- sign ---- */

enum { /* what a signature is made by; its size */
       OC_SIGN_NONE = 0,
       OC_SIGN_HMAC_SHA256 = 1,      /* 32 */
       OC_SIGN_HMAC_SHA512 = 2,      /* 64 */
       OC_SIGN_HMAC_SHA384 = 3,      /* 48 */
       OC_SIGN_HMAC_SHA1 = 4,        /* 20 */
       OC_SIGN_ES256 = 5,            /* 64: r and s, as JWS wants them */
       OC_SIGN_ED25519 = 6,          /* 64 */
       OC_SIGN_RSA_SHA256 = 7,       /* size of the key */
       OC_SIGN_SECP256K1_SHA256 = 8, /* 64: r and s, low s, nonce of RFC 6979 (Cosmos) */
       OC_SIGN_SECP256K1_KECCAK = 9  /* 65: r, s and the recovery bit (Ethereum) */
};
enum { /* digests without a key; a part may be a credential */
       OC_DIGEST_SHA256 = 1,
       OC_DIGEST_SHA512 = 2,
       OC_DIGEST_KECCAK256 = 3,
       OC_DIGEST_MD5 = 4,
       OC_DIGEST_CRC32 = 5,
       OC_DIGEST_RIPEMD160 = 6
};
enum {                           /* form of a public text of a key */
       OC_PUBLIC_TEXT = 0,       /* as stored: key id, account number, client id */
       OC_PUBLIC_COMPRESSED = 1, /* 33 bytes of an elliptic key */
       OC_PUBLIC_ETHEREUM = 2    /* 20 bytes: the address */
};
enum {
    OC_KEEP_FOR_SESSION = 0,
    OC_KEEP_IN_VAULT =
        1 /* is to survive: a refresh token that the venue has rotated. Not supported yet: OC_E_NOT_SUPPORTED */
};

struct oc_part { /* frozen. Bytes, or (field != 0) a credential that the plugin does not see */
    const void *bytes;
    uint32_t size;
    uint16_t field;
    uint16_t zero;
};

/* [io] Keys stay with the host. A key of another environment, a secret where a public text is asked, an algorithm that the
 * vault's entry does not allow: OC_E_DENIED. Signing by hand of the host costs one call and one MAC: contexts are kept. */
struct oc_svc_sign {
    uint32_t size;
    uint32_t zero;
    /* [setup][io] A handle for (account, credential, algorithm), for the life of the instance. */
    oc_rc (*key)(const struct oc_host *host, uint32_t account, uint16_t field, uint32_t algorithm, uint32_t *ret_key);
    /* Signs the parts one behind the other. Returns the size of the signature. */
    oc_rc (*sign)(const struct oc_host *host, uint32_t key, const struct oc_part *parts, uint32_t count,
                  uint8_t *signature, uint32_t signature_max);
    oc_rc (*digest)(const struct oc_host *host, uint32_t account, uint32_t algorithm, const struct oc_part *parts,
                    uint32_t count, uint8_t *digest, uint32_t digest_max);
    /* A public text of a credential. Returns its size. */
    oc_rc (*public_text)(const struct oc_host *host, uint32_t account, uint16_t field, uint32_t form, void *text,
                         uint32_t size_max);
    /* A secret that came over the wire (session token, listen key, access token): from now on it is a field for splices and
     * parts, and is cut out of every log. Several under one name: the last holds. */
    oc_rc (*keep)(const struct oc_host *host, uint32_t account, const char *name, const void *secret, uint32_t size,
                  int64_t until_ns, uint32_t how, uint16_t *ret_field);
    /* A number that rises with every call, for this key, over all processes and lives that share it: at least the time in
     * units of unit_ns. */
    oc_rc (*nonce)(const struct oc_host *host, uint32_t account, uint16_t field, int64_t unit_ns, uint64_t *ret_nonce);
};

/* ---- time ---- */

/* [io] The only clocks and random numbers a connector may use: in a simulation they are the simulation's. */
struct oc_svc_time {
    uint32_t size;
    uint32_t zero;
    int64_t (*now_ns)(const struct oc_host *host);  /* UTC */
    int64_t (*mono_ns)(const struct oc_host *host); /* never goes back */
    /* The venue's clock now, for signing. OC_E_STATE: not known well enough for the description's window; then nothing signed
     * may leave. */
    oc_rc (*venue_ns)(const struct oc_host *host, int64_t *ret_ns, int64_t *ret_error_ns);
    /* The venue said `said_ns` in an answer to what left at sent_ns and came at received_ns. */
    oc_rc (*sample)(const struct oc_host *host, int64_t said_ns, int64_t sent_ns, int64_t received_ns);
    oc_rc (*random)(const struct oc_host *host, void *bytes, uint32_t size);
    /* timer() is called once at or after at_mono_ns. OC_E_LIMIT. */
    oc_rc (*timer)(const struct oc_host *host, int64_t at_mono_ns, uint64_t user, uint64_t *ret_timer);
    oc_rc (*cancel)(const struct oc_host *host, uint64_t timer);
};

/* ---- names ---- */

enum { OC_SCALE_SIGNED = 1u << 0 /* oc_scale.flags: prices may be zero or negative */ };

/* What a codec needs to turn a number's text into units: units = text * 10^digits / div, exactly or refused. */
struct oc_scale { /* frozen */
    uint32_t inst;
    uint8_t price_digits;
    uint8_t qty_digits;
    uint16_t flags; /* OC_SCALE_SIGNED */
    int64_t price_div;
    int64_t qty_div;
    uint64_t zero;
};

/* [io] OC_E_NOT_FOUND: nobody has named it; fetch OC_FETCH_INSTRUMENTS says what there is. About 20 ns. */
struct oc_svc_names {
    uint32_t size;
    uint32_t zero;
    oc_rc (*symbol)(const struct oc_host *host, const char *venue_symbol, uint32_t size, struct oc_scale *ret_scale);
    oc_rc (*number)(const struct oc_host *host, uint64_t venue_number, struct oc_scale *ret_scale);
    oc_rc (*scale)(const struct oc_host *host, uint32_t inst, struct oc_scale *ret_scale);
    /* The record, copied: at most size_max bytes. Returns its size. */
    oc_rc (*record)(const struct oc_host *host, uint32_t inst, struct oc_instrument *ret_instrument, uint32_t size_max);
    /* Interns an asset by its unified name (the connector knows that XXBT is BTC). */
    oc_rc (*asset)(const struct oc_host *host, const char *name, uint32_t size, uint32_t *ret_asset);
    oc_rc (*asset_text)(const struct oc_host *host, uint32_t asset, char name[OC_ASSET_MAX]);
};

/* ---- limits ---- */

/* [io] Costs named with open, send and http are taken by the host. Here the venue's own count corrects it. */
struct oc_svc_limit {
    uint32_t size;
    uint32_t zero;
    oc_rc (*used)(const struct oc_host *host, uint32_t account, uint32_t limit, uint64_t used);
    oc_rc (*max)(const struct oc_host *host, uint32_t account, uint32_t limit, uint64_t max, int64_t period_ns);
    /* Nothing that costs of it leaves before until_ns (Retry-After, a ban). */
    oc_rc (*shut)(const struct oc_host *host, uint32_t account, uint32_t limit, int64_t until_ns, uint32_t why);
    /* Part of a cost given back: a cancel that was not charged. */
    oc_rc (*give)(const struct oc_host *host, uint32_t account, struct oc_cost cost);
};

/* ---- store ---- */

enum {
    OC_STORE_SOON = 0, /* recorded with what the call says */
    OC_STORE_FIRST = 1 /* durable before anything that this call sends leaves. Not supported yet: OC_E_NOT_SUPPORTED */
};
enum { OC_STORE_KEY_MAX = 32 /* with the final NUL */, OC_STORE_KEYS_MAX = 64, OC_STORE_VALUE_MAX = 4096 };

/* [io] Small state of a session that must outlive the process and is not known otherwise: FIX sequence numbers, a chain's
 * account sequence. At most OC_STORE_KEYS_MAX keys an instance, of OC_STORE_VALUE_MAX bytes each; a key is [a-z0-9_.-]. A put takes
 * effect with its call, and is recorded (OC_EV_STORE) among the events of that call, in their order: a session that goes on
 * behind any record has exactly what was put by then. */
struct oc_svc_store {
    uint32_t size;
    uint32_t zero;
    /* Copies at most size_max bytes; returns the whole size. What the running call has put does not stand yet. OC_E_NOT_FOUND,
     * OC_E_DENIED: not an account of this instance (0: the instance's own), OC_E_INVALID: no key. */
    oc_rc (*get)(const struct oc_host *host, uint32_t account, const char *key, void *bytes, uint32_t size_max);
    /* size 0: the key goes. OC_E_LIMIT: too long, or one key too many. Codes of get. OC_E_STATE: within no call. */
    oc_rc (*put)(const struct oc_host *host, uint32_t account, const char *key, const void *bytes, uint32_t size,
                 uint32_t how);
    /* Records by number, for what a peer may ask to hear again. Not supported yet: OC_E_NOT_SUPPORTED. */
    oc_rc (*append)(const struct oc_host *host, uint32_t account, const char *log, uint64_t number, const void *bytes,
                    uint32_t size, uint32_t how);
    oc_rc (*read)(const struct oc_host *host, uint32_t account, const char *log, uint64_t number, void *bytes,
                  uint32_t size_max);
};

/* ---- engine ---- */

/* [engine] Deterministic services for risk, sim and algo. */
struct oc_svc_engine {
    uint32_t size;
    uint32_t zero;
    int64_t (*now_ns)(const struct oc_host *host);
    /* Uniform 64 bits of the named stream, from the run's seed. */
    uint64_t (*random)(const struct oc_host *host, uint32_t stream);
    /* Zeroed memory for the life of the instance; NULL at the plugin's cap. */
    void *(*alloc)(const struct oc_host *host, uint64_t size);
};

#endif

/* services.h: what the host offers a plugin, found by id with host->service(host, id).
 * All tables are static. Each begins with its size; test OC_HAS before calling what is newer than
 * you need. */
#ifndef OUTCRY_SERVICES_H
#define OUTCRY_SERVICES_H

#include <outcry/plugin.h>

#define OC_SVC_CONFIG "outcry.host.config/0.1"
#define OC_SVC_LOG    "outcry.host.log/0.1"
#define OC_SVC_FEED   "outcry.host.feed/0.1"
#define OC_SVC_NET    "outcry.host.net/0.1"
#define OC_SVC_SIGN   "outcry.host.sign/0.1"
#define OC_SVC_ENGINE "outcry.host.engine/0.1"

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

enum { OC_LOG_DEBUG = 0, OC_LOG_INFO = 1, OC_LOG_WARN = 2, OC_LOG_ERROR = 3 };

/* [any] One finished line, at most 1,000 bytes; longer is cut. Secrets must not be passed. */
struct oc_svc_log {
    uint32_t size;
    uint32_t zero;
    void (*line)(const struct oc_host *host, uint32_t level, const char *text);
};

/* [io][remote] The inbound ring. reserve gives zeroed room for one event, commit queues it; nothing
 * is delivered before the plugin's own call has returned. OC_E_FULL: return it to the host and be
 * called again. */
struct oc_svc_feed {
    uint32_t size;
    uint32_t zero;
    oc_rc (*reserve)(const struct oc_host *host, uint32_t size, struct oc_event **ret_event);
    oc_rc (*commit)(const struct oc_host *host, struct oc_event *event);
};

/* [io] Streams. The url's scheme decides the transport. */
struct oc_svc_net {
    uint32_t size;
    uint32_t zero;
    oc_rc (*open)(const struct oc_host *host, const char *url, uint32_t *ret_stream);
    /* Queues bytes (copied) for one message; `request` ties an order to them, 0 none. */
    oc_rc (*send)(const struct oc_host *host, uint32_t stream, const void *bytes, uint32_t size, uint64_t request);
    oc_rc (*close)(const struct oc_host *host, uint32_t stream);
};

/* [io] Signing with a key of the vault; the plugin never sees the key. algorithm: "hmac-sha256",
 * ... */
struct oc_svc_sign {
    uint32_t size;
    uint32_t zero;
    oc_rc (*sign)(const struct oc_host *host, const char *key, const char *algorithm, const void *bytes, uint32_t size,
                  uint8_t *signature, uint32_t signature_max);
};

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

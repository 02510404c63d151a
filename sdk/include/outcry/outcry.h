/* outcry.h: everything a plugin of a stable kind needs, and a few inline helpers that call the
 * host's services. */
#ifndef OUTCRY_OUTCRY_H
#define OUTCRY_OUTCRY_H

#include <outcry/connector.h>
#include <outcry/keys.h>
#include <outcry/order.h>
#include <outcry/plugin.h>
#include <outcry/risk.h>
#include <outcry/services.h>
#include <string.h>

static inline oc_rc oc_config_dec(const struct oc_host *host, const char *key, struct oc_dec *ret_value)
{
    const struct oc_svc_config *config = (const struct oc_svc_config *)host->service(host, OC_SVC_CONFIG);
    return config ? config->dec(host, key, ret_value) : OC_E_NOT_SUPPORTED;
}

static inline oc_rc oc_config_integer(const struct oc_host *host, const char *key, int64_t *ret_value)
{
    const struct oc_svc_config *config = (const struct oc_svc_config *)host->service(host, OC_SVC_CONFIG);
    return config ? config->integer(host, key, ret_value) : OC_E_NOT_SUPPORTED;
}

static inline oc_rc oc_config_duration(const struct oc_host *host, const char *key, int64_t *ret_ns)
{
    const struct oc_svc_config *config = (const struct oc_svc_config *)host->service(host, OC_SVC_CONFIG);
    return config ? config->duration(host, key, ret_ns) : OC_E_NOT_SUPPORTED;
}

static inline oc_rc oc_config_boolean(const struct oc_host *host, const char *key, uint32_t *ret_value)
{
    const struct oc_svc_config *config = (const struct oc_svc_config *)host->service(host, OC_SVC_CONFIG);
    return config ? config->boolean(host, key, ret_value) : OC_E_NOT_SUPPORTED;
}

static inline oc_rc oc_config_text(const struct oc_host *host, const char *key, char *text, uint32_t size_max)
{
    const struct oc_svc_config *config = (const struct oc_svc_config *)host->service(host, OC_SVC_CONFIG);
    return config ? config->text(host, key, text, size_max) : OC_E_NOT_SUPPORTED;
}

/* The groups of a list; member m of group i is then the key "KEY.i.m" of the getters above. */
static inline oc_rc oc_config_count(const struct oc_host *host, const char *key, uint32_t *ret_count)
{
    const struct oc_svc_config *config = (const struct oc_svc_config *)host->service(host, OC_SVC_CONFIG);
    if (!config || !OC_HAS(config, count) || !config->count)
        return OC_E_NOT_SUPPORTED;
    return config->count(host, key, ret_count);
}

static inline void oc_log(const struct oc_host *host, uint32_t level, const char *text)
{
    const struct oc_svc_log *log = (const struct oc_svc_log *)host->service(host, OC_SVC_LOG);
    if (log)
        log->line(host, level, text);
}

static inline oc_rc oc_allow(struct oc_verdict *ret_verdict)
{
    ret_verdict->allowed = 1;
    return OC_OK;
}

/* One message of a running request() call, tied to the request that it carries. */
static inline oc_rc oc_send_text(const struct oc_host *host, uint32_t stream, const char *text, uint32_t size,
                                 uint64_t request)
{
    const struct oc_svc_net *net = (const struct oc_svc_net *)host->service(host, OC_SVC_NET);
    struct oc_send send;
    memset(&send, 0, sizeof send);
    send.size = sizeof send;
    send.stream = stream;
    send.bytes = text;
    send.bytes_size = size;
    send.request = request;
    return net ? net->send(host, &send) : OC_E_NOT_SUPPORTED;
}

/* Refuses with a stable reason and the two numbers that decided. */
static inline oc_rc oc_refuse(struct oc_verdict *ret_verdict, const char *reason, struct oc_dec used,
                              struct oc_dec limit)
{
    ret_verdict->allowed = 0;
    for (uint32_t i = 0; reason[i] && i + 1 < OC_REASON_MAX; i++)
        ret_verdict->reason[i] = reason[i];
    ret_verdict->used = used;
    ret_verdict->limit = limit;
    return OC_OK;
}

#endif

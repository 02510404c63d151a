/* plugin.h: what a plugin file exports, and what the host gives an instance.
 *
 * A plugin file exports one constant list, `oc_plugins_v1`, terminated by NULL. Everything
 * reachable from it is static constant data, so the list can be read and judged without running a
 * line of the plugin. Thread tags: [setup] before or after trading, [io], [engine], [any], [remote]
 * (may be called across a process border). The host never calls into a plugin from inside one of
 * the plugin's own calls. */
#ifndef OUTCRY_PLUGIN_H
#define OUTCRY_PLUGIN_H

#include <outcry/event.h>
#include <outcry/keys.h>

/* Kinds, which are also the ids of their main interface. Draft kinds are matched exactly. */
#define OC_CONNECTOR "outcry.connector/0.2"
#define OC_RISK      "outcry.risk/0.1"
#define OC_SIM       "outcry.sim/0.1"
#define OC_DATA      "outcry.data/0.1"
#define OC_STORE     "outcry.store/0.1"

struct oc_iface {
    const char *id;    /* static */
    const void *table; /* static; its first member is uint32_t size */
};

/* One per plugin instance; borrowed until close() returns. */
struct oc_host {
    uint32_t size;
    uint32_t abi; /* OC_ABI_MAJOR << 16 | OC_ABI_MINOR */
    /* [any] Returns the static table of a service (services.h) or NULL if this host does not offer
     * it. */
    const void *(*service)(const struct oc_host *host, const char *id);
    void *impl; /* the host's own */
};

struct oc_plugin {
    uint32_t size;
    uint16_t abi_major;
    uint16_t abi_minor;
    const char *kind;    /* OC_RISK ... */
    const char *id;      /* reverse-DNS, [a-z0-9._-], 3..64 characters, unique in a process */
    const char *version; /* semantic version of the plugin */
    const char *license; /* SPDX identifier */
    const char *about;   /* one line */
    /* [setup] Makes one instance. On failure nothing is left behind and *ret_self is untouched. */
    oc_rc (*open)(const struct oc_host *host, void **ret_self);
    /* [setup] Ends it. NULL is not passed. */
    void (*close)(void *self);
    const struct oc_iface *ifaces; /* terminated by {0} */
    /* The keys of its configuration (keys.h), ended by {0}. NULL, or a smaller `size`: none are
     * declared. */
    const struct oc_key *keys;
};

/* What a file exports, its descriptors ended by NULL: OC_PLUGINS(&rule); or OC_PLUGINS(&one, &other);
 * In C++ the list needs a declaration of its own, or nobody outside the file would see it. */
#ifdef __cplusplus
#define OC_PLUGINS(...)                                                                                                \
    extern "C" OC_EXPORT const struct oc_plugin *const oc_plugins_v1[];                                                \
    const struct oc_plugin *const oc_plugins_v1[] = {__VA_ARGS__, nullptr}
#else
#define OC_PLUGINS(...) OC_EXPORT const struct oc_plugin *const oc_plugins_v1[] = {__VA_ARGS__, NULL}
#endif

#endif

/* plugin_probe_impl.h: what the files of `plugin check` share. Everything runs in the child.
 * Invariants: a fault is said once, on stderr, and makes the file a bad one. */
#ifndef CLI_PLUGIN_PROBE_IMPL_H
#define CLI_PLUGIN_PROBE_IMPL_H

#include "cli/plugin_bench.h"

enum { PROBE_STATE_MAX = 1 << 22, PROBE_DRIVES = 40 };

struct probe { /* of one plugin of a file */
    const char *path;
    const struct oc_plugin *plugin;
    struct settings *settings;
    struct registry *registry;
    uint32_t faults;
    int code; /* of the verb, where there are faults */
};

/* FILE: ID: CALL: what is wrong. */
void probe_fault(struct probe *probe, const char *call, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* What it saves, into the room that a host gives a rule, or into PROBE_STATE_MAX bytes: the size; OC_E_NOT_SUPPORTED where it saves nothing. */
CHECKED oc_rc probe_save(struct bench_plugin *bench, oc_rc (*save)(void *self, void *bytes, uint32_t size_max),
                         char *bytes);
/* What was saved, loaded into another instance and saved again, is the same. */
void probe_state(struct probe *probe, struct bench_plugin *from, struct bench_plugin *to,
                 oc_rc (*save)(void *, void *, uint32_t), oc_rc (*load)(void *, const void *, uint32_t));
/* plugin_probe_rule.c: a rule is asked, and told, and asked again. */
void probe_rule(struct probe *probe, struct bench_plugin *bench, struct bench_plugin *other);

enum { PROBE_EXCHANGES_MAX = 64 };

struct probe_peer {   /* a venue that takes everything */
    uint64_t hash;    /* of what was sent, opened and said */
    const char *says; /* NULL: nothing */
    uint32_t size;
    uint32_t stream;
    bool is_opening;
    uint32_t exchange_count;
    uint64_t exchanges[PROBE_EXCHANGES_MAX];
};

struct io_link probe_link(struct probe_peer *peer);
/* Two instances of one connector, each at a peer of its own, do the same. */
void probe_connector(struct probe *probe, struct bench_plugin *benches, struct probe_peer *peers);

#endif

/* instance.h: one opened plugin: its host object, its section of the settings, the services it may find.
 * Invariants: an instance outlives the engine that was given its table; everything is [setup] but the services. */
#ifndef APP_INSTANCE_H
#define APP_INSTANCE_H

#include "app/settings.h"
#include "engine/simhost.h"
#include "io/services.h"
#include "load/load.h"

struct instance {
    struct io_services io; /* first: io/services.h finds it through host.impl */
    struct oc_host host;
    struct settings *settings; /* borrowed */
    char section[SETTING_KEY_MAX];
    const struct oc_plugin *plugin;
    void *self;
    struct simhost *simhost; /* simulators */
    const int64_t *now_ns;   /* logical time, borrowed; NULL before there is one */
    uint64_t seed;
    uint64_t random[8];
    uint64_t memory_left;
    struct instance_block *blocks;
};

/* Opens `id` of `kind`. `section` names its settings ("risk.price_collar"). What went wrong is in error[]. */
oc_rc instance_open(struct instance *instance, const struct registry *registry, const char *kind, const char *id,
                    char error[512]);
void instance_close(struct instance *instance);

#endif

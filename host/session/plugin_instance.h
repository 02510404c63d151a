/* plugin_instance.h: one opened plugin: its host object, its section of the settings, the services it may find.
 * Invariants: an instance outlives the engine that was given its table; everything is [setup] but the services. */
#ifndef SESSION_PLUGIN_INSTANCE_H
#define SESSION_PLUGIN_INSTANCE_H

#include "base/checked.h"
#include "base/host_impl.h"
#include "config/settings.h"
#include "feed/services.h"
#include "io/venue.h"
#include "load/load.h"
#include "session/sim_answers.h"

struct engine;

enum { PLUGIN_SAID_MAX = 400 };
enum { PLUGIN_DEFECTS_MAX = 16 }; /* keys that a plugin reads and does not declare; more are not logged */

struct plugin_instance {
    struct host_impl impl; /* first: host.impl points to it */
    struct oc_host host;
    struct settings *settings; /* borrowed */
    char section[SETTING_KEY_MAX];
    const struct oc_plugin *plugin;
    void *self;
    struct sim_answers *sim_answers;         /* simulators */
    const struct engine *engine;             /* simulators: whose order books they read; borrowed; NULL: none */
    const void *(*services)(const char *id); /* those of another process, before our own; NULL: there are none */
    const int64_t *now_ns;                   /* logical time, borrowed; NULL before there is one */
    uint64_t seed;
    uint64_t random[8];
    uint64_t memory_left;
    struct plugin_instance_block *blocks;
    uint64_t defects[PLUGIN_DEFECTS_MAX]; /* hashes of keys that were logged once */
    uint32_t defect_count;
    bool is_defective; /* it has read such a key: why it does not open */
    bool is_opening;
    char said[PLUGIN_SAID_MAX]; /* the last error that it told while it opened: why it does not */
};

/* Opens `id` of `kind`. `section` names its settings ("risk.price_collar"). *ret_error says what went wrong. */
CHECKED oc_rc plugin_instance_open(struct plugin_instance *instance, const struct registry *registry, const char *kind,
                                   const char *id, struct error *ret_error);
/* What `plugin` says is in another process: `self` is who speaks for it there, and this instance its host object here. */
void plugin_instance_stand_for(struct plugin_instance *instance, const struct oc_plugin *plugin, void *self);
void plugin_instance_close(struct plugin_instance *instance);

#endif

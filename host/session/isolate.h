/* isolate.h: a connector in a process of its own (venue.NAME.isolate = true): the same program, started once more, runs the codec; sockets,
 * keys, limits, the list of what was sent and the journal stay in the host.
 *
 * Invariants
 * - To the host it is a table as any other. A call waits for its end; what the connector asks of services meanwhile is done here, within
 *   the call, as if it stood beside. So a call that its process does not survive is one that never was: OC_E_AGAIN, nothing of it leaves.
 * - Whatever becomes of the process, the host goes on: a crash, a kill, a call that takes longer than ISOLATE_CALL_NS, a frame that is none.
 *   The venue is down then; what left and is not answered is UNKNOWN and asked about, never sent again.
 * - It is started again by itself: after a second, two, four, up to a minute; after ISOLATE_OFTEN times that it did not live for a minute,
 *   each hour.
 * - The process has no key, no socket and no file of the host, but its own two pipes; its log lines are the host's. It ends with the host. */
#ifndef SESSION_ISOLATE_H
#define SESSION_ISOLATE_H

#include "session/isolate_wire.h"
#include "session/plugin_instance.h"

#define ISOLATE_CALL_NS  5000000000ll
#define ISOLATE_LIVES_NS 60000000000ll /* so long is good: what went before is forgotten */
#define ISOLATE_LOOK_NS  250000000ll   /* between calls it is looked at so often */
enum { ISOLATE_OFTEN = 64 };

struct isolate {
    struct oc_connector table; /* what the host calls */
    struct oc_plugin plugin;   /* the connector's descriptor, to close it */
    const struct registry_entry *entry;
    struct plugin_instance *instance; /* borrowed; its host object stands for the one over there */
    struct io_venue *venue;           /* borrowed */
    struct env_run run;
    struct wire sent, got;
    const char *call; /* static: the last one */
    uint32_t generation;
    uint32_t tries;   /* in a row, of those that did not live long */
    int64_t born_ns;  /* env_clock_mono() */
    int64_t again_ns; /* gone: when it is started again, of the same clock */
    int64_t looked_ns;
    bool is_there;
    bool is_lost; /* and the venue has not been told */
};

/* The first start: as plugin_instance_open. `venue` is initialised with isolate_table(). Owned: plugin_instance_close, of the instance. [setup] */
CHECKED oc_rc isolate_open(struct isolate *isolate, struct plugin_instance *instance, struct io_venue *venue,
                           struct error *ret_error);
/* The table for io_venue_init, of the plugin of an entry. */
const struct oc_connector *isolate_table(struct isolate *isolate, const struct registry_entry *entry);
/* Between calls: tells the venue that it is gone, and starts it again when it is time. Codes of io_venue_lose_codec. */
CHECKED oc_rc isolate_look(struct isolate *isolate);
/* When it is to be looked at next, so many nanoseconds from now. */
int64_t isolate_wait_ns(const struct isolate *isolate);

/* The other process: speaks by its standard input and output until those end. The exit code. */
int isolate_serve(void);

#endif

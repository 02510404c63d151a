/* isolate_impl.h: isolate*.c only. */
#ifndef SESSION_ISOLATE_IMPL_H
#define SESSION_ISOLATE_IMPL_H

#include "load/load.h"
#include "session/isolate.h"

/* Does what the connector asks for in `got` and makes the answer in `sent`. False: no such thing, or a frame that is bad. */
bool isolate_answer(struct isolate *isolate, enum isolate_kind kind);

/* The process of the connector. */

struct isolate_here { /* it has one connector and one thread */
    struct env_run host;
    struct wire in, out;
    struct wire sent, answer; /* of a service, within a call */
    struct settings settings;
    struct registry registry;
    struct plugin_instance instance;
    const struct oc_connector *table;
    int64_t now_ns;
    char *events; /* of the running call; owned */
    size_t events_room, events_size, room;
    int64_t event_count;
    struct oc_event *open;
    size_t open_at;
};

extern struct isolate_here here;

/* The host's services, as questions to it. NULL: none of that name. */
const void *isolate_service(const char *id);
/* A call begins: what was asked of names before holds where this number is the same. */
void isolate_names_are(int64_t changes);
/* A line of the host's log. */
void isolate_log(uint32_t level, const char *text);

#endif

/* feed_source.h: market data for the loop: a file through a data plugin, or seeded synthetic prices.
 * Invariants: events come in time order; an event is borrowed until the next call; at most FEED_SOURCES_MAX sources. */
#ifndef APP_FEED_SOURCE_H
#define APP_FEED_SOURCE_H

#include <outcry/draft/data.h>

#include "app/instance.h"
#include "engine/loop.h"

enum { FEED_SOURCES_MAX = 64, FEED_CHUNK = 256 };

struct synthetic { /* bars of a seeded walk, or trades and quotes at a rate */
    uint64_t state;
    int64_t price;
    int64_t now_ns;
    int64_t period_ns; /* bars; 0: ticks */
    int64_t step_ns;   /* ticks */
    uint64_t count;
    uint64_t max; /* 0: endless */
};

struct feed_source {
    char path[512]; /* file, or "synthetic..." */
    char options[512];
    struct instance instance;
    const struct oc_data *table; /* NULL: synthetic */
    struct oc_data_info info;
    struct feed feed;
    struct synthetic synthetic;
    struct oc_ev_bar *memory; /* bars held by the caller (bench), borrowed; NULL */
    uint64_t memory_count;
    uint64_t memory_at;
    uint32_t inst;
    uint32_t token;
    uint64_t skip;    /* events before the first one given (restore) */
    int64_t until_ns; /* events after it are not given */
    bool is_started;
    bool is_ended;
    union {
        struct oc_event head;
        char bytes[512];
    } event;
    char error[512];
};

/* Finds out what a path is: opens the plugin and probes, or prepares synthetic data. */
oc_rc feed_source_open(struct feed_source *source, const struct registry *registry, struct settings *settings,
                       const char *path, uint64_t seed);
/* After the instrument was made. */
oc_rc feed_source_start(struct feed_source *source, uint32_t inst);
void feed_source_close(struct feed_source *source);
/* For the loop; self is the struct feed_source. */
oc_rc feed_source_next(void *self, struct oc_event **ret_event);
oc_rc feed_source_stats(struct feed_source *source, struct oc_data_stats *ret_stats);

#endif

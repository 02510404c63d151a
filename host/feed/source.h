/* source.h: market data for the inbox: a file through a data plugin, or seeded synthetic prices.
 * Invariants: events come in time order; an event is borrowed until the next call; at most FEED_SOURCES_MAX sources. */
#ifndef FEED_SOURCE_H
#define FEED_SOURCE_H

#include <outcry/draft/data.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/plugin_call.h"
#include "feed/event_ring.h"

enum { FEED_SOURCES_MAX = 1000, FEED_CHUNK = 256 };

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
    char path[512];  /* file, or "synthetic..." */
    char place[512]; /* where a recorded session says that the file is, from the root; empty: it does not */
    char options[512];
    char hash[20];               /* of the file's bytes, where the session compares it; "": it does not */
    char hash_recorded[20];      /* what a recorded session says of that */
    const struct oc_data *table; /* of the reader; NULL: synthetic, or in memory. Borrowed */
    void *reader;                /* its instance, borrowed */
    const char *reader_name;     /* id of its plugin, static; NULL: not said */
    struct plugin_site probe, pull;
    struct oc_data_info info;
    struct feed feed;
    bool has_ring;
    struct synthetic synthetic;
    struct oc_ev_bar *memory; /* bars held by the caller (bench), borrowed; NULL */
    uint64_t memory_count;
    uint64_t memory_at;
    uint32_t inst;
    uint32_t token;
    uint64_t skip;    /* events before the first one given (restore) */
    int64_t until_ns; /* events after it are not given */
    bool is_judged;   /* its reader is not one of ours: what it says is judged event by event */
    uint64_t judged;  /* events */
    int64_t last_ns;  /* of the event before */
    bool is_started;
    bool is_ended;
    union {
        struct oc_event head;
        char bytes[512];
    } event;
    struct error error;
};

/* Prices that are made here, and need no reader. */
bool feed_is_synthetic(const char *path);
/* "venue:NAME:SYMBOL": what a connector says of an instrument; it is no file, and the session's link has it. */
bool feed_is_venue(const char *path);
/* Finds out what a path is: asks the reader (table and reader are set, its ring is source->feed), or prepares synthetic
 * data. What went wrong is in source->error. */
CHECKED oc_rc feed_source_open(struct feed_source *source, const char *path, const char *options, uint64_t seed);
/* After the instrument was made. */
CHECKED oc_rc feed_source_start(struct feed_source *source, uint32_t inst);
void feed_source_close(struct feed_source *source);
/* For the inbox; self is the struct feed_source. */
CHECKED oc_rc feed_source_next(void *self, struct oc_event **ret_event);
/* The same of a reader that is not one of ours: what cannot be is OC_E_DATA, with the event's number in source->error. */
CHECKED oc_rc feed_source_next_judged(void *self, struct oc_event **ret_event);
/* Why a whole market event cannot be, whoever says it: its prices (`is_signed`: which may be zero or below) and quantities. NULL: it
 * can. Static. */
const char *feed_refuses(const struct oc_event *event, bool is_signed);
CHECKED oc_rc feed_source_stats(struct feed_source *source, struct oc_data_stats *ret_stats);

#endif

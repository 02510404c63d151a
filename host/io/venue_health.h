/* venue_health.h: how a venue is: for who shows it. Of now, by value; nothing is recorded of it. */
#ifndef IO_VENUE_HEALTH_H
#define IO_VENUE_HEALTH_H

#include "io/venue.h"

struct io_limit_used { /* one that something was used of */
    const char *name;  /* static */
    uint32_t account;  /* 0: of the address */
    uint32_t zero;
    uint64_t used, max;
};

struct io_health {
    struct io_counts counts;
    uint32_t streams, streams_ready;
    uint32_t waiting;   /* requests that have not left */
    uint32_t under_way; /* that have left and are not answered */
    uint32_t doubts;    /* orders of which nobody knows what became */
    uint32_t limit_count;
    struct io_limit_used limits[LIMITS_SCOPES_MAX];
    int64_t wait_until_ns; /* INT64_MIN: it did not ask to be left alone, or that is over */
    bool is_banned;
    bool is_clock_known;
    bool is_clock_good; /* well enough to sign by */
    uint8_t zero[5];
    struct io_clock_sample clock; /* its error as of now */
    int64_t clock_age_ns;
    int64_t compared_age_ns; /* since it was compared with what is known; -1: it never was */
};

void io_venue_health(const struct io_venue *venue, struct io_health *ret_health);
/* One line of the log: what came of being in touch with it. Nothing where nothing was sent and nothing fell. */
void io_venue_say_counts(const struct io_venue *venue, const char *name);

#endif

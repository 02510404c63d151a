/* sim_link.h: the rehearsal venue as a link in process, under a clock that a test moves: what host/io has in place of a network (io/link.h). The
 * same venue, face and faults as over sockets.
 *
 * Invariants
 * - Simulated time: next() goes on from one thing that is due to the next, and never past the time it is given.
 * - What leaves arrives at once; what the venue says takes SIM_LATENCY_NS. A reset, or half of an answer, is LOST; an exchange that gets no
 *   answer is LOST after SIM_ANSWER_NS; a stream that is silent because it is half-open falls after SIM_DEAD_NS.
 * - An endpoint NAME#2 is another way to the same venue. A way that is cut carries nothing: what was under way on it is LOST or falls, and what the
 *   venue had been asked is done all the same.
 * - The same venue, calls and times give the same happenings. */
#ifndef REHEARSAL_SIM_LINK_H
#define REHEARSAL_SIM_LINK_H

#include "rehearsal/venue.h"
#include "support/happenings.h"

#define SIM_LATENCY_NS 2000000ll
#define SIM_ANSWER_NS  60000000000ll
#define SIM_DEAD_NS    10000000000ll
enum { SIM_PLACES = 4 };

struct sim_stream {
    uint32_t stream; /* the host's name for it; 0: free */
    uint32_t seat;
    uint32_t place;
    int64_t dead_ns; /* half-open: when that is noticed; 0: it is not */
};

struct sim_exchange {
    uint64_t exchange; /* the host's name for it; 0: free */
    uint32_t place;    /* at the venue */
    uint32_t way;
    int64_t lost_ns;
};

struct sim_link {
    struct rehearsal *venue; /* borrowed */
    int64_t clock_ns;
    struct happenings out;
    struct sim_stream streams[VENUE_SEATS_MAX];
    struct sim_exchange exchanges[VENUE_EXCHANGES_MAX];
    uint64_t asked; /* requests that arrived */
    bool is_cut[SIM_PLACES];
};

void sim_link_init(struct sim_link *link, struct rehearsal *venue, int64_t begin_ns);
void sim_link_release(struct sim_link *link);
/* From now on, or no more. */
void sim_link_cut(struct sim_link *link, uint32_t way, bool is_cut);
struct io_link sim_link_of(struct sim_link *link);

#endif

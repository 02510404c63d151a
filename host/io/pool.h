/* pool.h: several places of one endpoint behind one name: a link over another (link.h), where one stands for all. It decides where what is asked for
 * next goes; what has left is never moved.
 *
 * Invariants
 * - The places of an endpoint are those that the link below calls NAME, NAME#2, NAME#3 ...; the first is the one that is wanted.
 * - Exchanges, and streams by which orders are heard of, go to the active place. What came to nothing there is a reason to try it; it is left
 *   only when it was tried POOL_PROBES times in vain, and only for a place that was tried with success just before. An exchange that was under
 *   way there stays there: what became of it is for the venue to say, at the new place.
 * - Where that is configured, questions that prove nothing go to all places that are not doubted, in turn or to the one that answers soonest;
 *   of the latter each POOL_LOOK-th goes in turn all the same, or a place that was slow once would be slow for ever.
 * - Other streams open at the next place as soon as one fell.
 * - The first place is tried again each POOL_BACK_NS; when POOL_BACK in a row were good, it is active again. Streams that are up stay.
 * - Each move is a happening (IO_MOVED), in its order among the others.
 * - It has no clock: time is that of what happens. Bounded: POOL_ENDPOINTS_MAX, POOL_PLACES_MAX, POOL_KNOWN_MAX. */
#ifndef IO_POOL_H
#define IO_POOL_H

#include "io/link.h"

enum {
    POOL_ENDPOINTS_MAX = 32,
    POOL_PLACES_MAX = 4,
    POOL_NAME_MAX = 33,
    POOL_KNOWN_MAX = 1024, /* exchanges and streams under way of which the place is known */
    POOL_MOVED_MAX = 32,   /* moves that were not given yet */
    POOL_WORDS_MAX = 192,
    POOL_PROBES = 2,
    POOL_BACK = 3,
    POOL_LOOK = 16
};
enum pool_balance { POOL_ONE, POOL_ROUND_ROBIN, POOL_LEAST_LATENCY }; /* where questions go */
#define POOL_PROBE_NS 500000000ll                                     /* between two tries of a place that is doubted */
#define POOL_BACK_NS  5000000000ll  /* between two tries of the first place while another is active */
#define POOL_LATE_NS  12000000000ll /* a try of which nothing was heard has failed */

struct pool_place {
    char name[POOL_NAME_MAX]; /* of the link below */
    bool is_doubted;
    uint32_t failed;  /* tries in a row */
    uint32_t good;    /* tries in a row */
    uint64_t probe;   /* under way, 0: none */
    int64_t probe_ns; /* it is tried then; INT64_MAX: not by itself. Under way: it is late then */
    int64_t took_ns;  /* an answer, of late; 0: not known */
    uint64_t queries; /* that went there by balance */
};

struct pool_endpoint {
    char name[POOL_NAME_MAX];
    struct pool_place places[POOL_PLACES_MAX];
    uint32_t count;
    uint32_t active;
    uint32_t next;    /* where a stream without orders opens */
    uint32_t wanted;  /* a place that is tried before the active one is left; POOL_PLACES_MAX: none */
    uint32_t balance; /* POOL_... */
    uint32_t turn;    /* questions that were balanced */
};

struct pool_known { /* 0: free */
    uint64_t exchange;
    uint32_t stream;
    uint16_t endpoint, place;
    int64_t at_ns; /* of an exchange: when it left */
};

struct pool_moved {
    char words[POOL_WORDS_MAX]; /* "endpoint rest: NAME, for NAME does not answer" */
    uint32_t size;
    uint32_t endpoint;
    int64_t at_ns;
};

struct pool {
    struct io_link link; /* below; borrowed */
    struct pool_endpoint endpoints[POOL_ENDPOINTS_MAX];
    uint32_t endpoint_count;
    struct pool_known known[POOL_KNOWN_MAX];
    struct pool_moved moved[POOL_MOVED_MAX];
    uint32_t moved_count;
    uint64_t probes; /* numbers that were given */
    int64_t now_ns;
    struct io_happening given; /* last, and not done with; kind 0: none. Its texts are not looked at */
    uint64_t moves;            /* ever */
};

void pool_init(struct pool *pool, const struct io_link *link);
/* One more place of an endpoint, the first first. OC_E_LIMIT. */
CHECKED oc_rc pool_add(struct pool *pool, const char *endpoint, const char *place);
/* Where questions of an endpoint go. OC_E_NOT_FOUND: it has one place. */
CHECKED oc_rc pool_set_balance(struct pool *pool, const char *endpoint, enum pool_balance balance);
struct io_link pool_link(struct pool *pool);
/* NULL: it has one place. */
const struct pool_endpoint *pool_find(const struct pool *pool, const char *endpoint);
/* The place where exchanges go, from 0, and how many there are; of an endpoint that is not known 0 of 1. */
uint32_t pool_active(const struct pool *pool, const char *endpoint, uint32_t *ret_count);

#endif

/* fault_link.h: a link between a venue and an exchange on which things go wrong, under a seed: messages are late, lost,
 * said twice, torn by a fall; streams are refused and fall; exchanges of HTTP do not leave, are lost before or behind
 * the exchange, or come late; what is of a stream that fell comes behind its fall.
 *
 * Invariants
 * - The same seed, rates and calls give the same faults.
 * - What one stream carries stays in order; streams and exchanges overtake each other.
 * - Nothing that left arrives later than FAULT_LATE_NS, or twice.
 * - It knows of each request whether it left: one line "new|amend|cancel REQUEST ..." each. */
#ifndef SUPPORT_FAULT_LINK_H
#define SUPPORT_FAULT_LINK_H

#include "support/happenings.h"

#define FAULT_LATE_NS 12000000000ll

struct fault_rates {     /* of 1,000 */
    uint32_t falls;      /* a stream, with each message and each send */
    uint32_t loses_sent; /* what was sent on a stream never arrives */
    uint32_t loses_said; /* a message of the exchange */
    uint32_t doubles;    /* a message of the exchange comes twice */
    uint32_t stalls;     /* a message, or what was sent, takes seconds */
    uint32_t stale;      /* of what a fallen stream still had comes behind its fall */
    uint32_t refuses;    /* a stream */
    uint32_t closed;     /* an exchange cannot be made, and the host is told at once */
    uint32_t unsent;     /* an exchange was taken over and does not leave */
    uint32_t lost;       /* one that left gets no answer; half of them never arrive */
    uint32_t late;       /* one arrives late, or is answered late */
    uint32_t broken;     /* one is carried out and answered with nonsense */
};

enum fault_left { FAULT_HELD, FAULT_LEFT, FAULT_UNSENT /* taken over, and did not leave */ };

enum { FAULT_STREAMS_MAX = 4096, FAULT_REQUESTS_MAX = 8192 };

struct fault_stream {
    uint32_t stream;
    bool is_up;            /* at the exchange */
    bool is_known;         /* that it fell: the host was told, or closed it */
    int64_t out_ns, in_ns; /* nothing overtakes what went before */
};

struct fault_request {
    uint64_t request;
    uint64_t exchange; /* 0: by a stream */
    enum fault_left left;
    uint32_t times;
};

struct fault_link {
    struct io_link inner;
    struct fault_rates rates;
    uint64_t random;
    int64_t clock_ns;
    struct happenings in, out; /* to the host; to the exchange */
    struct fault_stream streams[FAULT_STREAMS_MAX];
    uint32_t stream_count;
    struct fault_request requests[FAULT_REQUESTS_MAX];
    uint32_t request_count;
    struct happenings fates; /* exchanges of which the answer is lost or broken: kind */
    uint64_t faults;         /* that were made */
};

void fault_link_init(struct fault_link *link, const struct io_link *inner, const struct fault_rates *rates,
                     uint64_t seed, int64_t begin_ns);
void fault_link_release(struct fault_link *link);
struct io_link fault_link_of(struct fault_link *link);
/* No more faults. What is on its way comes as it would have. */
void fault_link_calm(struct fault_link *link);
/* NULL: it never left, nor was taken over. */
const struct fault_request *fault_link_request(const struct fault_link *link, uint64_t request);

#endif

/* exchange_codec.h: the connector of the exchange of exchange_sim.h. Requests of an odd number go by the stream of
 * orders, those of an even one and several at once by HTTP; one order in two is asked for by the stream.
 *
 * Invariants
 * - Now and then a call has done all its work and says OC_E_AGAIN: what the host makes of it shall be as if it had not
 *   been made.
 * - A message of a session that was over when it came is counted: the host has to know it by its stream. */
#ifndef SUPPORT_EXCHANGE_CODEC_H
#define SUPPORT_EXCHANGE_CODEC_H

#include <outcry/outcry.h>
#include <stdbool.h>

enum { CODEC_STREAMS = 2 };

enum { CODEC_TOKENS = 1 << 16 };

struct exchange_codec {
    const struct oc_host *host;
    const struct oc_svc_feed *feed;
    const struct oc_svc_net *net;
    const struct oc_svc_time *time;
    uint32_t inst;
    uint32_t accounts; /* numbered from 1 */
    struct {
        uint32_t stream;  /* the host's name for it */
        uint32_t session; /* 0: not begun */
        uint32_t last;    /* the newest that has begun */
    } places[CODEC_STREAMS];
    uint32_t again_every; /* calls; 0: never */
    uint32_t calls;
    bool has_value; /* sums are said with their money, and no word of fills to come: what is missing is inferred */
    uint64_t stale;
    uint8_t asked[CODEC_TOKENS]; /* by token: how often */
};

extern const struct oc_connector exchange_connector;

/* Its services are the host's. */
void exchange_codec_init(struct exchange_codec *codec, const struct oc_host *host, uint32_t inst, uint32_t accounts);

#endif

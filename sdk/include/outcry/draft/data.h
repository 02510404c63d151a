/* draft/data.h: a source of market data. Draft: outcry.data/0.1, matched exactly. [remote]
 * throughout.
 *
 * Invariants
 * - Flat arguments, no host pointers kept, events are passed through the feed service (services.h).
 * - pull() may stop at any event when the ring is full (OC_E_FULL) and goes on from there at the
 * next call.
 * - Events come in time order (venue_ns); what is out of order is counted and reported, never
 * reordered silently. */
#ifndef OUTCRY_DRAFT_DATA_H
#define OUTCRY_DRAFT_DATA_H

#include <outcry/instrument.h>
#include <outcry/plugin.h>

#define OC_DATA_NOTE_MAX 2048

enum { OC_DATA_SIGNED = 1u << 0 /* oc_data_info.bits: prices may be zero or below */ };

struct oc_data_info { /* what probe() found out; each inference is a line in `notes` */
    uint32_t size;
    uint32_t event_type; /* OC_EV_BAR, QBAR, QUOTE, TRADE */
    int64_t period_ns;   /* bars; 0 otherwise */
    int64_t first_ns;
    uint64_t inferred; /* count of inferences in notes */
    struct oc_dec price_step;
    struct oc_dec qty_step;
    char symbol[OC_SYMBOL_MAX];   /* unified, or base only ("AAPL") */
    char notes[OC_DATA_NOTE_MAX]; /* lines, \n-separated */
    uint32_t bits;                /* OC_DATA_SIGNED */
    uint32_t zero;
};

struct oc_data_stats {
    uint32_t size;
    uint32_t zero;
    uint64_t rows;
    uint64_t events;
    uint64_t rounded; /* binary noise rounded to the shortest decimal */
    uint64_t skipped; /* rows refused, each counted */
    uint64_t gaps;    /* missing bars */
    uint64_t out_of_order;
};

struct oc_data {
    uint32_t size;
    uint32_t flags;
    /* [remote] Looks at a file without reading all of it. A file that is not of this reader's making is
     * OC_E_DATA, and the next reader is asked; error(0) says why. `options` is "key=value;key=value"
     * (columns, unit, zone...). */
    oc_rc (*probe)(void *self, const char *path, const char *options, struct oc_data_info *ret_info);
    /* [remote] Opens a stream under `token` (chosen by the host); events will name `inst` and use
     * `info`'s steps. */
    oc_rc (*start)(void *self, uint64_t token, const char *path, const char *options, uint32_t inst,
                   const struct oc_data_info *info);
    /* [remote] Produces at most event_max events into the feed. Returns how many, OC_E_FULL with
     * none written, OC_E_END at the end, OC_E_DATA with the reason in error() when a row cannot be
     * read. */
    oc_rc (*pull)(void *self, uint64_t token, uint32_t event_max);
    /* [remote] Skips event_count events from the start of the stream (restore). Required. */
    oc_rc (*skip)(void *self, uint64_t token, uint64_t event_count);
    oc_rc (*stats)(void *self, uint64_t token, struct oc_data_stats *ret_stats);
    /* [remote] Copies the last error of the token (0: of probe) as text. */
    oc_rc (*error)(void *self, uint64_t token, char *text, uint32_t size_max);
    void (*stop)(void *self, uint64_t token);
};

#endif

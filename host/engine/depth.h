/* depth.h: the order book of an instrument as its venue says it: a snapshot, and the chain of changes behind it.
 *
 * Invariants
 * - A book is whole or it waits for a snapshot; nobody is shown one that waits. Changes that come meanwhile are held, at most
 *   ENGINE_DEPTH_HELD bytes of them; what the snapshot knows already is dropped, and what does not follow it makes it too old.
 * - Changes follow one another as the event's chain says (oc_ev_book.chain). One that does not is a gap, and bid >= ask behind a
 *   transaction is crossed: what becomes of the book then is its policy.
 * - At most `room` levels a side. Deeper ones that are left out, or that a snapshot of so many levels did not say, are not known until
 *   they come into reach: such a side is cut, and thin where fewer than ENGINE_DEPTH_THIN (or half of `room`) are left of it.
 * - Sorted arrays, the best level last: most changes are near it, and move little. No memory is asked for behind depths_want().
 * - Only instruments whose book somebody wants have one; the others cost nothing. */
#ifndef ENGINE_DEPTH_H
#define ENGINE_DEPTH_H

#include <outcry/event_market.h>
#include <stdbool.h>

#include "base/checked.h"
#include "base/money.h"

enum depth_policy {
    DEPTH_OFF = 0,
    DEPTH_WARN = 1,   /* said, and gone on with what comes */
    DEPTH_RESYNC = 2, /* dropped, and begun anew */
    DEPTH_HALT = 3    /* the same, and nothing is opened until a person takes it back */
};

enum depth_fault { DEPTH_SOUND = 0, DEPTH_GAP = 1, DEPTH_CROSSED = 2 };
enum { DEPTH_BIDS = 0, DEPTH_ASKS = 1, DEPTH_LEVELS_MIN = 5 /* that can be wanted */ };

struct depth_side {
    struct oc_level *levels; /* owned; the best one last */
    uint32_t count;
    bool is_cut;  /* what is deeper than `edge` is not known */
    bool is_asks; /* the lowest price is the best */
    uint8_t zero[2];
    int64_t edge;
};

struct depth {
    uint32_t inst;
    uint32_t policy; /* enum depth_policy */
    uint32_t room;   /* levels a side, in a snapshot that is asked for too */
    bool is_whole;
    bool is_fresh;   /* no change was applied behind the snapshot */
    bool is_partial; /* the event before goes on in the next one */
    bool skips;      /* and is not taken */
    bool is_crossed;
    uint8_t zero[3];
    uint64_t last_seq; /* the venue's number of the last change that it holds */
    int64_t at_ns;     /* when it last changed: the venue's time of the event */
    struct depth_side sides[2];
    char *held; /* owned; changes behind one another */
    uint32_t held_size;
    uint32_t held_count;
    uint64_t held_last; /* the venue's number of the last one */
    /* What happened to it. */
    uint64_t snapshots, gaps, crossings;
    uint32_t fault; /* enum depth_fault: the last one */
    uint32_t zero2;
    uint64_t fault_seq; /* number of the input that showed it */
};

struct depths {
    struct depth **list; /* owned, as what is in it: they do not move */
    uint32_t count;
    uint32_t room;
    uint16_t *places; /* by index of the instrument: place + 1; owned; NULL: nobody has wanted any */
};

/* The book of an instrument, made where there is none yet. OC_E_LIMIT: more than ENGINE_DEPTHS_MAX, or no such instrument index;
 * OC_E_NOMEM. */
CHECKED oc_rc depths_want(struct depths *depths, uint32_t inst, uint32_t policy, uint32_t room,
                          struct depth **ret_depth);
/* NULL: nobody has wanted it. */
struct depth *depths_find(const struct depths *depths, uint32_t inst);
void depths_release(struct depths *depths);

/* An event of its instrument, whose prices market_takes. Returns what is wrong with the book behind it. */
enum depth_fault depth_apply(struct depth *depth, const struct oc_ev_book *event);
/* What it holds is no longer to be believed: it waits for a snapshot. */
void depth_drop(struct depth *depth);
/* A snapshot would help: it waits for one, or is thin. */
bool depth_wants(const struct depth *depth);
/* Whole, not crossed, and not in the middle of a transaction. */
static inline bool depth_is_shown(const struct depth *depth)
{
    return depth->is_whole && !depth->is_crossed && !depth->is_partial;
}
/* The i-th level from the best on; NULL: there are fewer. */
static inline const struct oc_level *depth_level(const struct depth_side *side, uint32_t i)
{
    return i < side->count ? &side->levels[side->count - 1 - i] : NULL;
}
/* What `qty` units would take of a side, best first: how many of them there are, and the sum of price x quantity of these. */
int64_t depth_walk(const struct depth_side *side, int64_t qty, oc_i128 *ret_sum);
/* Prices of a book event that can be counted with. */
bool depth_takes(const struct oc_ev_book *event);

#endif

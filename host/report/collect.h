/* collect.h: what a run leaves behind for its report: equity over time, fills, round trips.
 *
 * Invariants
 * - Every market event is looked at for peak, trough and drawdown; the curve keeps at most CURVE_MAX points by halving
 *   its density, first and last always kept; daily closes (UTC) are kept apart for the statistics.
 * - A round trip runs from flat to flat (or to the other side) of one strategy in one instrument. The first TRIPS_MAX
 *   are listed; each counts in all figures, listed or not.
 * - What a trip went through (worst and best profit) is looked at with every price of its instrument that comes while it is open: of a
 *   bar high and low, where nothing of the trip was filled but at its open; else its close, as nobody knows what of the bar came later.
 * - Money is exact; statistics made of it later are doubles. */
#ifndef REPORT_COLLECT_H
#define REPORT_COLLECT_H

#include <outcry/order.h>

#include "base/checked.h"
#include "engine/out.h"
#include "engine/portfolio.h"

enum { CURVE_MAX = 4096, TRIPS_MAX = 100000, DAYS_MAX = 40000, FALLS_MAX = 10, TAGS_MAX = 64 };

struct curve_point {
    int64_t ns;
    oc_i128 equity;
    oc_i128 hold;     /* collect->hold at that time */
    oc_i128 exposure; /* likewise */
};

/* A fall below the running peak. */
struct fall {
    double share; /* of the peak */
    oc_i128 amount;
    oc_i128 peak;
    int64_t from_ns; /* time of the peak */
    int64_t to_ns;   /* of the lowest point */
    int64_t back_ns; /* when equity was above the peak again; 0: it was not */
};

/* Why a trip ended: what its last fill was. */
enum trip_exit {
    EXIT_NONE = 0, /* it has not */
    EXIT_SIGNAL,   /* an order of the strategy */
    EXIT_STOP,     /* a stop loss, or another stop */
    EXIT_TRAIL,    /* a trailing stop */
    EXIT_TARGET,   /* a take profit */
    EXIT_REVERSED, /* the fill went on to the other side */
    EXIT_HAND,     /* a person */
    EXIT_HOST,     /* the host, by a rule of its own */
    EXIT_END,      /* the end of the data */
    EXIT_COUNT
};

/* What is known of the order of a fill, and what the fill cost beside its fee, in the settlement asset. */
struct fill_terms {
    const char *tag;
    int64_t stop_loss; /* that the order brings along; price units */
    bool has_stop_loss;
    bool has_spread;
    bool has_slip;
    uint8_t exit;   /* enum trip_exit, should it close something */
    oc_i128 spread; /* half of it, as in spread.h */
    oc_i128 slip;   /* what it is worse than the price its order was decided at, the spread included */
};

struct trip {
    int64_t entry_ns;
    int64_t exit_ns;
    oc_i128 entry_value; /* sum of price x quantity of the fills that opened it */
    oc_i128 exit_value;
    oc_i128 profit; /* before fees, settlement asset */
    oc_i128
        fees; /* in the settlement asset, and in base at the price of the fill; one that crosses zero shares it by quantity */
    int64_t qty; /* units opened in all */
    uint32_t inst;
    uint32_t strategy;
    uint32_t fills;
    uint8_t side;    /* OC_SIDE_BUY: long */
    uint8_t is_open; /* still open at the end */
    uint8_t is_ambiguous;
    uint8_t is_end;        /* closed by the end of the data */
    uint8_t is_inside;     /* an order of it was decided inside the bar that filled it */
    uint8_t exit;          /* enum trip_exit */
    uint8_t has_no_risk;   /* something of it was opened without a stop */
    uint8_t has_no_spread; /* of some fill it is not known */
    uint8_t has_no_slip;
    uint8_t has_path; /* worst and best are known */
    char tag[OC_TAG_MAX];
    char exit_tag[OC_TAG_MAX]; /* of the order that ended it */
    int64_t left;              /* units that are open */
    int64_t stop;              /* that it was opened with, price units; 0: none */
    oc_i128 risk;              /* what would have been lost, had it ended at its stops; before fees */
    oc_i128 spread;            /* of its fills: struct fill_terms */
    oc_i128 slip;
    oc_i128 worst; /* profit before fees while it was open: the lowest, at most 0 ... */
    oc_i128 best;  /* ... and the highest, at least 0 */
};

/* Closed trips of one kind together. */
struct trip_group {
    uint64_t closed;
    uint64_t wins;
    oc_i128 net; /* after fees */
    oc_i128 fees;
    uint32_t settle;   /* that money is in */
    bool has_no_money; /* several settlement assets, or beyond the range of money */
};

struct tag_group {
    char tag[OC_TAG_MAX];
    struct trip_group group;
};

struct trip_groups {
    struct trip_group side[2];    /* long, short */
    struct trip_group hour[24];   /* of the entry, UTC */
    struct trip_group weekday[7]; /* likewise, Sunday first */
    struct trip_group exit[EXIT_COUNT];
    struct tag_group tags[TAGS_MAX]; /* in the order in which they came */
    uint32_t tag_count;
    uint32_t zero;
    struct trip_group other_tags;
};

/* What is made of closed trips, and how many are open. */
struct trip_sums {
    uint64_t closed;
    uint64_t open;
    uint64_t wins;
    uint64_t losses;
    uint64_t ambiguous;
    uint64_t inside;
    uint64_t ended;
    oc_i128 net;
    oc_i128 ambiguous_net; /* of net: what rests on ambiguous bars, and on orders decided inside bars */
    oc_i128 inside_net;
    oc_i128 gains;
    oc_i128 losses_sum; /* positive */
    oc_i128 best;
    oc_i128 worst;
    double held_seconds;
    double squares;    /* of net */
    uint32_t settle;   /* of the first */
    bool has_several;  /* settlement assets */
    bool has_overflow; /* beyond the range of money */
};

void trip_sums_add(struct trip_sums *sums, const struct trip *trip, uint32_t settle);

/* What a strategy did in an instrument, and where its open trip is. */
struct running {
    uint32_t strategy;
    uint32_t inst_index;
    uint32_t is_used;
    uint32_t at;      /* collect_trips.c: none, own, or a place in the list */
    struct trip *own; /* beyond the limit of the list; kept for the next one */
    uint64_t fills;
    uint64_t closed; /* trips */
    uint64_t wins;
    uint32_t settle; /* asset that net is in */
    uint32_t has_overflow;
    oc_i128 net;        /* of closed trips, after fees */
    oc_i128 fees;       /* of all its fills; account currency, where convertible */
    uint32_t next_here; /* 1 + the place of the next one of this instrument; 0: none */
    uint32_t has_range;
    uint64_t fill_seq; /* of the last fill; UINT64_MAX: it was within a bar that has not closed yet */
    int64_t low;       /* prices since the last fill of the trip, where has_range */
    int64_t high;
};

/* A price of an instrument, or all of a bar. */
struct price_seen {
    uint64_t seq; /* of its event: a fill with a lower one is told before, so at the open of a bar or earlier */
    int64_t high;
    int64_t low;
    int64_t last;
};

struct collect {
    struct curve_point curve[CURVE_MAX];
    uint32_t curve_count;
    uint32_t zero;
    uint64_t stride; /* market events between points */
    uint64_t events;
    int64_t day;         /* number of the running UTC day */
    int64_t day_from_ns; /* it goes from behind this instant to the other one */
    int64_t day_until_ns;
    int64_t first_day;
    uint32_t weekdays[7]; /* days that had events, Sunday first */
    uint32_t zero_days;
    struct curve_point *days; /* close of each day that had events */
    uint32_t day_count;
    uint32_t day_room;
    uint32_t days_dropped; /* beyond DAYS_MAX */
    uint32_t has_no_share; /* 1: a peak was not above zero, so a share of it means nothing */
    oc_i128 start;
    oc_i128 last;
    oc_i128 peak;
    oc_i128 low;      /* lowest equity */
    oc_i128 trough;   /* lowest equity since the peak */
    oc_i128 hold;     /* set by the caller before collect_equity: what buying and holding is worth now; 0: not known */
    oc_i128 drawdown; /* largest amount below the peak before it */
    oc_i128 drawdown_peak; /* that peak */
    int64_t first_ns;
    int64_t last_ns;
    int64_t peak_ns;
    int64_t drawdown_from_ns;
    int64_t drawdown_to_ns;
    int64_t trough_ns;
    oc_i128 exposure; /* set likewise: the most that positions were worth since the point before, long or short */
    struct fall falls[FALLS_MAX]; /* the largest by share among the peaks already passed, the deepest first */
    uint32_t fall_count;
    uint32_t open_trips;
    uint32_t *first_here; /* by instrument index: 1 + the place of its first `running`; owned */
    uint32_t here_room;
    uint32_t has_prices;   /* collect_price was told of some */
    uint32_t skips_course; /* set behind collect_init: how trips went is not kept, nor groups of them */
    uint32_t zero_course;
    struct trip_groups groups;
    struct trip *trips;
    uint32_t trip_count;
    uint32_t trip_room;
    uint64_t trips_dropped;  /* for want of memory: then nothing is made of trips */
    struct running *running; /* open addressing, power of two; as many as positions */
    uint32_t running_size;
    uint32_t running_count;
    struct trip_sums beyond; /* of the trips begun when the list had TRIPS_MAX */
    uint64_t fills;
    uint64_t buys;
    uint64_t makers;
    int64_t *ambiguous_at; /* by instrument: the last bar that was counted; owned */
    uint32_t ambiguous_room;
    uint32_t ambiguous_zero;
    uint64_t ambiguous_bars; /* with a fill or a trigger that the other path does not have */
    uint64_t inside;         /* fills of orders decided inside their bar */
    uint64_t unknown_volume; /* fills in bars of which no volume is known, with a cap set */
    uint64_t inferred;       /* of fills: told by the venue's sums alone, since the last start */
    uint64_t fills_before;   /* of fills: made before the last start, so buys and makers do not have them */
    uint64_t exposed;        /* market events with an open position */
};

void collect_init(struct collect *collect, oc_i128 start);
void collect_release(struct collect *collect);
/* All equity so far was `amount` higher: a holding of the start has got its first price only now. */
void collect_shift(struct collect *collect, oc_i128 amount);
/* After each market event. */
void collect_equity(struct collect *collect, int64_t ns, oc_i128 equity, bool is_exposed);
/* What it was worth in the end, closing fills included: at the last event, which is counted already. */
void collect_end(struct collect *collect, oc_i128 equity);
/* The same where the event has changed nothing; false: it may have, collect_equity is asked. */
static inline bool collect_stands(struct collect *collect, int64_t ns, oc_i128 equity, bool is_exposed)
{
    if (equity != collect->last || ns <= collect->day_from_ns || ns > collect->day_until_ns || collect->events == 0 ||
        (collect->events & (collect->stride - 1)) == 0) /* the stride is a power of two */
        return false;
    collect->last_ns = ns;
    collect->exposed += is_exposed;
    collect->events++;
    return true;
}
/* The largest fall by share of its peak (PERF-6), the running one included; all zero if equity never fell.
 * OC_E_NOT_FOUND: a peak was not above zero. */
CHECKED oc_rc collect_fall(const struct collect *collect, struct fall *ret_fall);
/* All falls that are kept and the running one, the deepest first. Returns how many. */
uint32_t collect_falls(const struct collect *collect, struct fall ret_falls[FALLS_MAX]);
/* How many daily returns make a year: 252 where the data skip every Saturday of at least two weeks and have most working
 * days, so that the market is one of sessions; else 365. */
enum { PERIODS_SESSIONS = 252, PERIODS_ALL_DAYS = 365 };
uint32_t collect_periods(const struct collect *collect);
/* A session that went on: it has made so many fills in all. */
void collect_restored(struct collect *collect, uint64_t fills);
/* A fill or a trigger in a bar that is ambiguous and began at bar_ns: bars are counted once. */
void collect_ambiguous(struct collect *collect, uint32_t inst, int64_t bar_ns);
/* What a fill cost, in the account's currency. */
void collect_fee(struct collect *collect, uint32_t strategy, uint32_t inst, oc_i128 fee);
/* After each fill was booked: `note` says what it made of the strategy's book. */
void collect_fill(struct collect *collect, const struct oc_ev_fill *fill, const struct instrument *instrument,
                  const struct out_note *note, const struct fill_terms *terms);
/* The same of one that only stands for a correction: it moves money and trips, and is no fill. */
void collect_correct(struct collect *collect, const struct oc_ev_fill *fill, const struct instrument *instrument,
                     const struct out_note *note, const struct fill_terms *terms);
/* A price while trips of the instrument are open; after what it filled. */
void collect_price_seen(struct collect *collect, const struct instrument *instrument, const struct price_seen *seen);
static inline void collect_price(struct collect *collect, const struct instrument *instrument,
                                 const struct price_seen *seen)
{
    collect->has_prices = 1;
    if (collect->open_trips && instrument->index < collect->here_room && collect->first_here[instrument->index])
        collect_price_seen(collect, instrument, seen);
}
/* An inferred fill that was counted stands for no fill any more: those of the venue are counted in its place. */
void collect_replaced(struct collect *collect, const struct oc_ev_fill *fill, uint32_t strategy);
/* The instrument counts in other steps from now on. */
void collect_rescale(struct collect *collect, const struct instruments *instruments, uint32_t inst);

#endif

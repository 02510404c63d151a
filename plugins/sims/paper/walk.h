/* walk.h: one walk through a bar: the orders that it can be for, and what they come to, in the order of time.
 *
 * Invariants
 * - A walk changes orders, balances and positions for good. A trial is a walk of which everything is taken back (judge.c), so
 *   what was chosen and what is booked cannot differ.
 * - Orders are named by their index: legs that appear on the way are put at the end of the table, which may move. */
#ifndef PAPER_WALK_H
#define PAPER_WALK_H

#include "paper.h"

enum next { NEXT_NONE, NEXT_TRIGGER, NEXT_LIMIT, NEXT_ARRIVAL, NEXT_EXPIRY };

/* One order on its way through the bar. */
struct step {
    uint32_t order;
    uint8_t next;   /* enum next */
    bool is_coming; /* it arrives inside the bar */
    bool is_asleep; /* nothing more of this bar is for it */
    bool is_forced; /* a stop that this bar takes, whatever its path */
    bool has_from;  /* it is judged from a price of its own: the leg of an entry */
    bool has_fixed; /* decided inside the bar: its trigger is known already */
    int64_t next_ns;
    int64_t since_ns; /* the path behind this is for it */
    int64_t ready_ns; /* but nothing happens to it before */
    int64_t from;
    struct paper_price pays; /* what its trigger pays, before the spread */
};

/* A fill, for comparing two ways through a bar. */
struct trade {
    uint64_t order;
    int64_t at_ns;
    int64_t price;
    int64_t qty;
    uint32_t role; /* of a leg that has no number yet */
    bool is_maker, is_buy;
};

struct trades {
    struct trade *list; /* owned */
    uint32_t count;
    uint32_t room;
    oc_i128 twice; /* twice what the account is worth by it at the close of the piece that is tried */
    bool was_forced;
};

struct walk {
    struct paper *paper;
    struct paper_market *market;
    uint32_t inst;
    uint32_t account; /* of a trial; 0: all */
    bool is_natural;  /* no stop is forced */
    bool failed;      /* no memory */
    int64_t now_ns;
    int64_t until_ns;       /* what is behind it does not happen */
    struct trades *trades;  /* of a trial; NULL: it is none */
    uint32_t piece_count;   /* one at least */
    uint32_t tried_piece;   /* at whose close a trial is valued */
    uint32_t word_count;    /* of bits of pieces for one account; 0: no piece has a range */
    uint32_t words_room;    /* of all accounts */
    uint64_t *high_first;   /* owned; by account and piece: bit */
    uint64_t *is_ambiguous; /* owned */
    const struct paper_piece *pieces;
    struct paper_piece whole; /* the bar itself, where nothing finer was said */
    struct step *steps;
    uint32_t step_count;
    uint32_t step_room;
    /* judge.c */
    struct trades tried[4];
    struct paper_order *orders; /* as they were */
    uint32_t orders_room;
    struct paper_group *groups;
    uint32_t groups_room;
};

static inline bool walk_bit(const struct walk *walk, const uint64_t *bits, uint32_t account, uint32_t piece)
{
    if (!walk->word_count)
        return false;
    return bits[account % PAPER_ACCOUNTS_MAX * walk->word_count + piece / 64] >> (piece % 64) & 1;
}

/* Walks: the steps stand in walk->steps, and which path each account has in walk->high_first. Until walk->until_ns. */
void walk_run(struct walk *walk);
/* Puts an order on the way. False: no memory. */
bool walk_add(struct walk *walk, uint32_t order);

/* When the first thing behind after_ns happens on these paths; nothing from there on is done. INT64_MAX: nothing more does. */
int64_t walk_run_behind(struct walk *walk, int64_t after_ns);

/* path.c */
/* Sets the step's next point, from what it is and since when. */
void path_plan(const struct walk *walk, struct step *step);
/* True if the path of the account stands at or beyond the order's stop at at_ns. */
bool path_is_beyond(const struct walk *walk, const struct paper_order *order, int64_t at_ns);
/* Where the account's path of a side stands. */
struct paper_price path_price(const struct walk *walk, uint8_t side, uint32_t account, int64_t at_ns);
/* When the leg of the path that at_ns is on ends. */
int64_t path_leg_end(const struct walk *walk, int64_t at_ns);
/* What a market order of `side` pays at at_ns, before the spread, on the prices that `of` is judged on. Between two pieces of
 * finer data: the worse of the one's close and the other's open. */
struct paper_price path_line(const struct walk *walk, uint8_t side, uint8_t of, int64_t at_ns);
/* The piece that has opened by at_ns and not closed; NULL: none. */
const struct paper_piece *path_running(const struct walk *walk, int64_t at_ns);
/* The number of the last piece that has opened by at_ns; piece_count: none has. */
uint32_t path_piece(const struct walk *walk, int64_t at_ns);

#endif

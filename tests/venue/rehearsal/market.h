/* market.h: what moves the prices of a rehearsal venue: a walk under a seed, or a recorded file. Two house accounts quote and trade at the
 * same core as everybody, so an order that rests is filled when the market comes through it.
 *
 * Invariants
 * - The same seed, file, times and orders of customers make the same market.
 * - A walk is drawn back to where it began, so that it stays around there.
 * - The maker quotes MARKET_LEVELS prices a side around the middle, anew with each step; the taker trades against what is best, be it of the
 *   maker or of a customer.
 * - A recorded file gives one price a row (four a bar: open, the extremes, close), at the distances of its times, or one each `every_ns`.
 *   The first row comes at the start; behind the last one the market stands. Rows that cannot be read end it, and are said. */
#ifndef REHEARSAL_MARKET_H
#define REHEARSAL_MARKET_H

#include "rehearsal/core.h"

#include "base/checked.h"
#include "base/text.h"

enum { MARKET_LEVELS = 8, MARKET_POINTS_MAX = 4 };

struct face;
struct market;
struct market_file;

struct market_point { /* a price of a recorded file */
    int64_t at_ns;
    struct oc_dec price, qty; /* qty zero: not said */
    uint8_t side;             /* of who took; 0: not said */
};

/* [setup] A walk of every instrument, a step each every_ns. Owned: market_free, which takes NULL. NULL: no memory, or no room for the house. */
struct market *market_new(struct core *core, const struct face *face, uint64_t seed, int64_t begin_ns,
                          int64_t every_ns);
/* [setup] The first so many instruments alone move: nobody asks for the others. */
void market_move(struct market *market, uint32_t count);
/* [setup] The first instrument follows the file from now on; `every_ns` 0: as recorded. Takes the file over. */
void market_follow(struct market *market, struct market_file *file, int64_t every_ns);
void market_free(struct market *market);
/* The steps that are due by then. After a pause of more than ten seconds it goes on from now. */
void market_advance(struct market *market, int64_t now_ns);
int64_t market_next_ns(const struct market *market);
/* Why a file has ended before its end; "" where it has not. */
const char *market_error(const struct market *market);

/* market_file.c: bars, quotes and trades of a CSV file, plain or gzip, by the reader of the plugin outcry.csv. OC_E_DATA: *out says why. */
CHECKED oc_rc market_file_open(const char *path, struct market_file **ret_file, struct text *out);
void market_file_close(struct market_file *file);
/* The points of the next row; 0: the end, or *ret_error says why not. */
uint32_t market_file_next(struct market_file *file, struct market_point ret_points[MARKET_POINTS_MAX],
                          const char **ret_error);

#endif

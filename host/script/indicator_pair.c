/* indicator_pair.c: correlation and beta of a market with another one, of the last n returns of bars that closed together.
 *
 * A return is close / close before - 1, from one pair to the next; a bar whose twin is missing makes no pair. Where a close is not above 0 a
 * return is not defined, and the window begins anew. */
#include "script/indicator_impl.h"

struct pair_return {
    double own;
    double other;
};

struct pair {
    double own_close, other_close; /* of the last bars */
    int64_t own_ns, other_ns;      /* when they opened */
    bool has_own, has_other;
    bool has_before;
    double own_before, other_before; /* of the pair before */
    struct pair_return sum, square;
    double product;
    uint64_t own_same, other_same; /* returns in a row that are equal: then there is no variance */
    struct pair_return last;
    uint32_t at, length, held, zero;
    struct pair_return ring[];
};

static size_t measure_pair(const struct indicator_shape *shape, uint32_t *ret_need)
{
    *ret_need = arg_whole(shape, 0) + 1;
    return sizeof(struct pair) + arg_whole(shape, 0) * sizeof(struct pair_return);
}

static void begin_pair(struct indicator *indicator, const struct instrument *instrument)
{
    struct pair *pair = indicator->state;
    (void)instrument;
    pair->length = arg_whole(&indicator->shape, 0);
}

static void pair_count(struct pair *pair, struct pair_return move, double sign)
{
    pair->sum.own += sign * move.own;
    pair->sum.other += sign * move.other;
    pair->square.own += sign * move.own * move.own;
    pair->square.other += sign * move.other * move.other;
    pair->product += sign * move.own * move.other;
}

/* What additions and subtractions leave behind does not grow: each time round the ring it is summed afresh. */
static void pair_sum(struct pair *pair)
{
    pair->sum = pair->square = (struct pair_return){0};
    pair->product = 0.0;
    for (uint32_t i = 0; i < pair->held; i++)
        pair_count(pair, pair->ring[i], 1.0);
}

static void pair_return_add(struct pair *pair, struct pair_return move)
{
    struct pair_return *slot = &pair->ring[pair->at];
    pair->own_same = pair->held && move.own == pair->last.own ? pair->own_same + 1 : 1;
    pair->other_same = pair->held && move.other == pair->last.other ? pair->other_same + 1 : 1;
    pair->last = move;
    if (pair->held == pair->length)
        pair_count(pair, *slot, -1.0);
    else
        pair->held++;
    pair_count(pair, move, 1.0);
    *slot = move;
    pair->at = ring_next(pair->at, pair->length);
    if (pair->at == 0)
        pair_sum(pair);
}

static double pair_value(const struct pair *pair, bool is_beta)
{
    const double length = (double)pair->length;
    const double together = length * pair->product - pair->sum.own * pair->sum.other;
    const double other = length * pair->square.other - pair->sum.other * pair->sum.other;
    if (pair->other_same >= pair->length || !(other > 0))
        return (double)NAN;
    if (is_beta)
        return together / other;
    const double own = length * pair->square.own - pair->sum.own * pair->sum.own;
    if (pair->own_same >= pair->length || !(own > 0))
        return (double)NAN;
    const double value = together / (det_sqrt(own) * det_sqrt(other));
    return value > 1.0 ? 1.0 : value < -1.0 ? -1.0 : value;
}

static void pair_complete(struct indicator *indicator)
{
    struct pair *pair = indicator->state;
    if (!pair->has_own || !pair->has_other || pair->own_ns != pair->other_ns)
        return;
    pair->has_own = pair->has_other = false;
    const bool is_defined = pair->own_close > 0 && pair->other_close > 0;
    if (pair->has_before && is_defined) {
        const struct pair_return move = {pair->own_close / pair->own_before - 1.0,
                                         pair->other_close / pair->other_before - 1.0};
        pair_return_add(pair, move);
    } else {
        pair->held = pair->at = 0;
        pair_sum(pair);
    }
    pair->has_before = is_defined;
    pair->own_before = pair->own_close;
    pair->other_before = pair->other_close;
    if (++indicator->count < indicator->need)
        return;
    push(indicator,
         pair->held == pair->length ? pair_value(pair, indicator->shape.kind == INDICATOR_BETA) : (double)NAN);
}

static void take_pair(struct indicator *indicator, const struct indicator_bar *bar)
{
    struct pair *pair = indicator->state;
    pair->own_close = close_of(bar);
    pair->own_ns = bar->open_ns;
    pair->has_own = true;
    pair_complete(indicator);
}

static void take_pair_other(struct indicator *indicator, const struct indicator_bar *bar)
{
    struct pair *pair = indicator->state;
    pair->other_close = close_of(bar);
    pair->other_ns = bar->open_ns;
    pair->has_other = true;
    pair_complete(indicator);
}

const struct indicator_kind indicator_correlation = {.name = "correlation",
                                                     .lines = {"value"},
                                                     .args = {ARG_LENGTH(2, INDICATOR_LENGTH_MAX, NAN)},
                                                     .measure = measure_pair,
                                                     .begin = begin_pair,
                                                     .take = take_pair,
                                                     .take_other = take_pair_other};

const struct indicator_kind indicator_beta = {.name = "beta",
                                              .lines = {"value"},
                                              .args = {ARG_LENGTH(2, INDICATOR_LENGTH_MAX, NAN)},
                                              .measure = measure_pair,
                                              .begin = begin_pair,
                                              .take = take_pair,
                                              .take_other = take_pair_other};

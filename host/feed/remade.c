#include "feed/remade.h"

#include <stdlib.h>
#include <string.h>

#include "base/random.h"

static uint32_t block_size(uint32_t count)
{
    uint32_t size = 1;
    while ((uint64_t)size * size < count)
        size++;
    return size;
}

/* Fisher and Yates. `order` gets 0 .. count - 1 in another order. */
static void shuffle(uint32_t *order, uint32_t count, uint64_t seed)
{
    uint64_t state = seed;
    for (uint32_t i = 0; i < count; i++)
        order[i] = i;
    for (uint32_t i = count; i > 1; i--) {
        const uint32_t k = (uint32_t)(random_next(&state) % i), kept = order[i - 1];
        order[i - 1] = order[k];
        order[k] = kept;
    }
}

/* The nearest unit, at least one. 0: beyond the range. */
static int64_t unit(double price)
{
    if (!(price < 4e18))
        return 0;
    return price < 1.0 ? 1 : (int64_t)(price + 0.5);
}

/* What a bar did, as shares of the close before it: nothing in it knows where the price stood. */
struct move {
    double gap, high, low, close; /* open / last close; the others / open */
    int64_t volume;
    uint32_t present, trades;
};

static struct move move_of(const struct oc_ev_bar *bar, int64_t last_close)
{
    const double open = (double)bar->open;
    return (struct move){.gap = open / (double)last_close,
                         .high = (double)bar->high / open,
                         .low = (double)bar->low / open,
                         .close = (double)bar->close / open,
                         .volume = bar->volume,
                         .present = bar->present,
                         .trades = bar->trades};
}

static struct move mirrored(struct move move)
{
    const double high = move.high;
    move.gap = 1.0 / move.gap;
    move.high = 1.0 / move.low;
    move.low = 1.0 / high;
    move.close = 1.0 / move.close;
    return move;
}

/* `last`: the close before, exact, so that steps of the grid do not add up. */
static bool put_move(struct oc_ev_bar *bar, const struct move *move, double *last)
{
    const double open = *last * move->gap;
    bar->open = unit(open);
    bar->high = unit(open * move->high);
    bar->low = unit(open * move->low);
    bar->close = unit(open * move->close);
    if (bar->high < bar->open)
        bar->high = bar->open;
    if (bar->high < bar->close)
        bar->high = bar->close;
    if (bar->low > bar->open)
        bar->low = bar->open;
    if (bar->low > bar->close)
        bar->low = bar->close;
    bar->volume = move->volume;
    bar->present = move->present;
    bar->trades = move->trades;
    *last = open * move->close < 1.0 ? 1.0 : open * move->close;
    return bar->open && bar->high && bar->low && bar->close;
}

static oc_rc put_all(struct oc_ev_bar *bars, const struct move *moves, uint32_t count, double first)
{
    double last = first;
    for (uint32_t i = 0; i < count; i++)
        if (!put_move(&bars[i], &moves[i], &last))
            return OC_E_LIMIT;
    return OC_OK;
}

/* A short last block stays where it is: else those behind it would stand in other places than they do in a longer source. */
static void order_blocks(const struct move *moves, uint32_t count, uint32_t *order, uint64_t seed, struct move *ret)
{
    const uint32_t size = block_size(count), blocks = count / size;
    shuffle(order, blocks, seed);
    for (uint32_t i = 0; i < blocks; i++)
        memcpy(&ret[(size_t)i * size], &moves[(size_t)order[i] * size], size * sizeof *moves);
    memcpy(&ret[(size_t)blocks * size], &moves[(size_t)blocks * size], (count - (size_t)blocks * size) * sizeof *moves);
}

static oc_rc later(struct oc_ev_bar *bars, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (bars[i].head.venue_ns > INT64_MAX - REMADE_LATER_NS)
            return OC_E_LIMIT;
    for (uint32_t i = 0; i < count; i++) {
        bars[i].head.venue_ns += REMADE_LATER_NS;
        bars[i].open_ns += REMADE_LATER_NS;
    }
    return OC_OK;
}

oc_rc remade_bars(struct oc_ev_bar *bars, uint32_t count, enum remade_kind kind, uint64_t seed, bool is_signed)
{
    if (kind == REMADE_NONE || count == 0)
        return OC_OK;
    if (kind == REMADE_LATER)
        return later(bars, count);
    if (is_signed)
        return OC_E_NOT_SUPPORTED;
    for (uint32_t i = 0; i < count; i++)
        if (bars[i].low <= 0)
            return OC_E_NOT_SUPPORTED;
    struct move *moves = calloc(count, sizeof *moves), *made = calloc(count, sizeof *made);
    uint32_t *order = calloc(count, sizeof *order);
    oc_rc rc = OC_E_NOMEM;
    if (!moves || !made || !order)
        goto out;
    const double first = (double)bars[0].open;
    for (uint32_t i = 0; i < count; i++)
        moves[i] = move_of(&bars[i], i ? bars[i - 1].close : bars[0].open);
    if (kind == REMADE_BLOCKS) {
        order_blocks(moves, count, order, seed, made);
    } else {
        uint64_t state = seed;
        for (uint32_t i = 0; i < count; i++)
            made[i] = random_next(&state) >> 63 ? mirrored(moves[i]) : moves[i];
    }
    rc = put_all(bars, made, count, first);
out:
    free(order);
    free(made);
    free(moves);
    return rc;
}

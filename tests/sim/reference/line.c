/* line.c: prices inside a bar (formula sheet 7.6, rules 1, 5 and 7). */
#include "reference.h"

/* The four points of the path: open, first extreme, second, close. Buys look at the ask's. */
int64_t path_point(const struct walk *walk, int side, int point)
{
    const struct bar *bar = walk->bar;
    int which = side > 0 ? 0 : 1;
    if (point == 0)
        return bar->open[which];
    if (point == 3)
        return bar->close[which];
    return (point == 1) == walk->low_first ? bar->low[which] : bar->high[which];
}

wide path_at(const struct walk *walk, int side, int64_t tau)
{
    int64_t third = walk->scenario->setup.third;
    int leg = tau >= 3 * third ? 2 : (int)(tau / third);
    int64_t from = path_point(walk, side, leg), to = path_point(walk, side, leg + 1);
    return (wide)from * third + (wide)(to - from) * (tau - leg * third);
}

/* Straight from the open to the extreme that is worse for `side`, and that extreme from T/3 on, of the ask (0) or the bid (1). */
static wide line_at(const struct walk *walk, int which, int side, int64_t tau)
{
    int64_t third = walk->scenario->setup.third;
    const struct bar *bar = walk->bar;
    int64_t worse = side > 0 ? bar->high[which] : bar->low[which];
    int64_t gone = tau < third ? tau : third;
    return (wide)bar->open[which] * third + (wide)(worse - bar->open[which]) * gone;
}

/* Rule 5: what a market order pays. */
wide market_at(const struct walk *walk, int side, int64_t tau) { return line_at(walk, side > 0 ? 0 : 1, side, tau); }

/* Where legs of an entry of this side begin on quote bars: their own side's price, at the place where the entry was filled. */
wide beside_at(const struct walk *walk, int side, int64_t tau)
{
    return walk->is_on_line ? line_at(walk, side > 0 ? 1 : 0, side, tau) : path_at(walk, -side, tau);
}

bool is_dead(const struct walk *walk)
{
    const struct bar *bar = walk->bar;
    return bar->has_volume && bar->volume == 0 && bar->low[0] == bar->high[0];
}

/* Rule 7: with the half-spread, rounded a single time, up for buys and down for sells. */
int64_t taker_price(const struct walk *walk, wide price, int side)
{
    const struct setup *setup = &walk->scenario->setup;
    int64_t half = setup->is_quoted ? 0 : is_dead(walk) ? 2 * setup->half_spread : setup->half_spread;
    wide above = price * (SHARE + side * half), below = (wide)setup->third * SHARE;
    wide whole = above / below, rest = above % below;
    if (rest < 0) {
        whole--;
        rest += below;
    }
    return (int64_t)(side > 0 && rest > 0 ? whole + 1 : whole);
}

/* Whether a stop of this side is passed at the price: at or above it for a buy. */
bool is_beyond(wide price, wide level, int side) { return side > 0 ? price >= level : price <= level; }

/* When the line through the leg of the path that ends at or behind `until` fills or triggers the order; false: not by `until`. */
bool crosses(const struct walk *walk, const struct order *order, int64_t until, int64_t *ret_tau)
{
    int64_t third = walk->scenario->setup.third;
    int leg = (int)((until - 1) / third);
    int64_t begin = leg * third, end = begin + third;
    wide from = (wide)path_point(walk, order->side, leg) * third;
    wide to = (wide)path_point(walk, order->side, leg + 1) * third;
    if (order->is_fresh && !order->is_grown &&
        order->since_tau >= begin) { /* a leg's own line, from its entry's fill */
        begin = order->since_tau;
        from = order->start_price;
    }
    bool is_stop = order->has_stop && !order->is_triggered;
    int way = is_stop ? order->side : -order->side; /* where the line must go */
    wide level =
        is_stop ? (wide)order->stop * third : (wide)(order->price - order->side * walk->scenario->setup.depth) * third;
    if (begin >= until || order->since_tau > until || (to - from) * way <= 0 || (to - level) * way < 0)
        return false;
    int64_t tau = begin;
    wide missing = (level - from) * way, length = (to - from) * way;
    if (missing > 0) /* a whole ns, and not before */
        tau += (int64_t)((missing * (end - begin) + length - 1) / length);
    if (tau > until)
        return false;
    *ret_tau = tau > order->since_tau ? tau : order->since_tau;
    return true;
}

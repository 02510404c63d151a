/* path.c: the geometry of a bar's path: four points, straight between them, and where an order meets it. */
#include "walk.h"

enum { POINTS = 4 };

struct path {
    int64_t at_ns[POINTS];
    int64_t price[POINTS];
};

static struct path path_of(const struct walk *walk, uint8_t side, uint32_t account)
{
    const struct paper_market *market = walk->market;
    const int64_t *line = side == OC_SIDE_BUY ? market->buy_line : market->sell_line;
    const bool high_first = bit_of(walk->high_first, account);
    const int64_t open_ns = market->open_ns, third = (market->close_ns - open_ns) / 3;
    return (struct path){{open_ns, open_ns + third, open_ns + third * 2, market->close_ns},
                         {line[0], line[high_first ? 1 : 2], line[high_first ? 2 : 1], line[3]}};
}

int64_t path_leg_end(const struct paper_market *market, int64_t at_ns)
{
    const int64_t third = (market->close_ns - market->open_ns) / 3;
    if (at_ns <= market->open_ns + third)
        return market->open_ns + third;
    return at_ns <= market->open_ns + third * 2 ? market->open_ns + third * 2 : market->close_ns;
}

static int leg_at(const struct path *path, int64_t at_ns)
{
    int leg = 0;
    while (leg < POINTS - 2 && at_ns >= path->at_ns[leg + 1])
        leg++;
    return leg;
}

bool path_is_beyond(const struct walk *walk, const struct paper_order *order, int64_t at_ns)
{
    const struct path path = path_of(walk, order->ask.side, order->ask.account);
    const int leg = leg_at(&path, at_ns);
    const oc_i128 passed = at_ns - path.at_ns[leg], length = path.at_ns[leg + 1] - path.at_ns[leg];
    const oc_i128 gone = ((oc_i128)path.price[leg + 1] - path.price[leg]) * passed,
                  missing = ((oc_i128)order->ask.stop_price - path.price[leg]) * length;
    if (length == 0)
        return is_buy(order) ? path.price[leg + 1] >= order->ask.stop_price
                             : path.price[leg + 1] <= order->ask.stop_price;
    return is_buy(order) ? gone >= missing : gone <= missing;
}

struct paper_price path_price(const struct walk *walk, uint8_t side, uint32_t account, int64_t at_ns)
{
    const struct path path = path_of(walk, side, account);
    const int leg = leg_at(&path, at_ns);
    const int64_t length = path.at_ns[leg + 1] - path.at_ns[leg];
    if (length == 0)
        return (struct paper_price){path.price[leg + 1], 1};
    return (struct paper_price){(oc_i128)path.price[leg] * length +
                                    ((oc_i128)path.price[leg + 1] - path.price[leg]) * (at_ns - path.at_ns[leg]),
                                length};
}

/* When the straight way from one point to another comes to `level`, which lies on it. */
static int64_t crossing(int64_t from_ns, int64_t from, int64_t to_ns, int64_t to, int64_t level)
{
    if (to == from)
        return from_ns;
    return from_ns + (int64_t)num_quotient(((oc_i128)level - from) * (to_ns - from_ns), (oc_i128)to - from, NUM_CEIL);
}

static void set(struct step *step, uint8_t next, int64_t at_ns, struct paper_price pays)
{
    step->next = next;
    step->next_ns = at_ns > step->ready_ns ? at_ns : step->ready_ns;
    step->pays = pays;
}

/* The legs of the path that are for the step, one after the other; the first may begin at a price of its own. */
struct leg {
    int64_t from_ns, from, to_ns, to;
    bool is_own;
};

static struct leg leg_of(const struct path *path, const struct step *step, int number, bool is_first)
{
    struct leg leg = {path->at_ns[number], path->price[number], path->at_ns[number + 1], path->price[number + 1],
                      is_first && step->has_from};
    if (leg.is_own) {
        leg.from_ns = step->since_ns;
        leg.from = step->from;
    }
    return leg;
}

static void plan_stop(const struct path *path, const struct paper_order *order, struct step *step)
{
    const int64_t stop = order->ask.stop_price;
    const bool buys = is_buy(order);
    const int first = leg_at(path, step->since_ns);
    for (int number = first; number < POINTS - 1; number++) {
        const struct leg leg = leg_of(path, step, number, number == first);
        if (leg.is_own && (buys ? leg.from >= stop : leg.from <= stop)) {
            set(step, NEXT_TRIGGER, step->since_ns, (struct paper_price){leg.from, 1});
            return;
        }
        if (buys ? leg.to < stop || leg.from >= stop : leg.to > stop || leg.from <= stop)
            continue;
        set(step, NEXT_TRIGGER, crossing(leg.from_ns, leg.from, leg.to_ns, leg.to, stop),
            (struct paper_price){stop, 1});
        return;
    }
    if (step->is_forced) /* not on the rest of this path: as soon as it is there */
        set(step, NEXT_TRIGGER, step->since_ns, (struct paper_price){stop, 1});
}

/* The path goes through where it moves towards the limit and beyond: the price at which the order came does not fill it. */
static void plan_limit(const struct walk *walk, const struct path *path, const struct paper_order *order,
                       struct step *step)
{
    const bool buys = is_buy(order);
    const int64_t through = walk->market->is_quoted_bar ? 0 : walk->paper->through;
    const int64_t level = buys ? order->ask.price - through : order->ask.price + through;
    const int first = leg_at(path, step->since_ns);
    for (int number = first; number < POINTS - 1; number++) {
        const struct leg leg = leg_of(path, step, number, number == first);
        if (buys ? leg.to > level || leg.to >= leg.from : leg.to < level || leg.to <= leg.from)
            continue;
        const bool is_past = buys ? leg.from <= level : leg.from >= level;
        const int64_t at_ns = is_past ? leg.from_ns : crossing(leg.from_ns, leg.from, leg.to_ns, leg.to, level);
        set(step, NEXT_LIMIT, at_ns > step->since_ns ? at_ns : step->since_ns,
            (struct paper_price){order->ask.price, 1});
        return;
    }
}

void path_plan(const struct walk *walk, struct step *step)
{
    const struct paper_order *order = &walk->paper->orders[step->order];
    const struct paper_market *market = walk->market;
    step->next = NEXT_NONE;
    if (order->phase != PHASE_WORKING)
        return;
    if (step->is_coming) {
        set(step, NEXT_ARRIVAL, order->active_ns, (struct paper_price){0, 1});
        return;
    }
    const bool can_meet = !step->is_asleep && !market->is_dead && has_line(market, order->ask.side);
    if (can_meet && step->has_fixed) {
        step->next = NEXT_TRIGGER;
    } else if (can_meet) {
        const struct path path = path_of(walk, order->ask.side, order->ask.account);
        if (is_stop(order))
            plan_stop(&path, order, step);
        else if (is_limit(order))
            plan_limit(walk, &path, order, step);
    }
    if (order->expire_ns && order->expire_ns < market->close_ns && !order->is_awaited &&
        (step->next == NEXT_NONE || order->expire_ns < step->next_ns)) {
        step->next = NEXT_EXPIRY;
        step->next_ns = order->expire_ns > walk->now_ns ? order->expire_ns : walk->now_ns;
    }
}

/* path.c: the geometry of a path: a bar's four points, straight between them, or those of the finer data inside it, one piece after
 * the other; and where an order meets it. */
#include "walk.h"

/* Of a piece: the way to its open, which takes no time, then the three between its points. */
enum { LEGS = 4 };

struct leg {
    int64_t from_ns, from, to_ns, to;
    bool is_jump; /* no price between: a stop that is passed pays the end */
};

uint32_t path_piece(const struct walk *walk, int64_t at_ns)
{
    uint32_t low = 0, high = walk->piece_count; /* those before low have opened, those from high on have not */
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (walk->pieces[middle].open_ns <= at_ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? low - 1 : walk->piece_count;
}

const struct paper_piece *path_running(const struct walk *walk, int64_t at_ns)
{
    const uint32_t number = path_piece(walk, at_ns);
    return number < walk->piece_count && at_ns < walk->pieces[number].close_ns ? &walk->pieces[number] : NULL;
}

static struct leg leg_of(const struct walk *walk, uint8_t side, uint32_t account, uint32_t number)
{
    const uint32_t index = number / LEGS, part = number % LEGS;
    const struct paper_piece *piece = &walk->pieces[index];
    const int64_t *line = line_of(piece, side), third = (piece->close_ns - piece->open_ns) / 3;
    if (part == 0) {
        const int64_t *bar = side == OC_SIDE_BUY ? walk->market->buy_line : walk->market->sell_line;
        const int64_t from = index ? line_of(piece - 1, side)[3] : bar[0];
        return (struct leg){piece->open_ns, from, piece->open_ns, line[0], true};
    }
    const bool high_first = walk_bit(walk, walk->high_first, account, index);
    const int64_t prices[LEGS] = {line[0], line[high_first ? 1 : 2], line[high_first ? 2 : 1], line[3]};
    return (struct leg){piece->open_ns + third * (part - 1), prices[part - 1],
                        part == LEGS - 1 ? piece->close_ns : piece->open_ns + third * part, prices[part], false};
}

/* The leg that at_ns is on, or the one that comes next where no piece runs. */
static uint32_t leg_at(const struct walk *walk, int64_t at_ns)
{
    const uint32_t index = path_piece(walk, at_ns);
    if (index == walk->piece_count)
        return 0;
    const struct paper_piece *piece = &walk->pieces[index];
    const int64_t third = (piece->close_ns - piece->open_ns) / 3;
    if (at_ns >= piece->close_ns && index + 1 < walk->piece_count)
        return (index + 1) * LEGS;
    uint32_t part = 1;
    while (part < LEGS - 1 && at_ns >= piece->open_ns + third * part)
        part++;
    return index * LEGS + part;
}

int64_t path_leg_end(const struct walk *walk, int64_t at_ns)
{
    uint32_t index = path_piece(walk, at_ns > walk->market->open_ns ? at_ns - 1 : at_ns);
    const struct paper_piece *piece = index < walk->piece_count ? &walk->pieces[index] : NULL;
    if (!piece || at_ns > piece->close_ns)
        return at_ns;
    const int64_t third = (piece->close_ns - piece->open_ns) / 3;
    if (at_ns <= piece->open_ns + third)
        return piece->open_ns + third;
    return at_ns <= piece->open_ns + third * 2 ? piece->open_ns + third * 2 : piece->close_ns;
}

bool path_is_beyond(const struct walk *walk, const struct paper_order *order, int64_t at_ns)
{
    const int64_t stop = order->ask.stop_price;
    const struct paper_price now = path_price(walk, order->ask.side, order->ask.account, at_ns);
    return is_buy(order) ? now.num >= (oc_i128)stop * now.den : now.num <= (oc_i128)stop * now.den;
}

struct paper_price path_price(const struct walk *walk, uint8_t side, uint32_t account, int64_t at_ns)
{
    const struct leg leg = leg_of(walk, side, account, leg_at(walk, at_ns));
    const int64_t length = leg.to_ns - leg.from_ns;
    if (leg.is_jump)
        return (struct paper_price){leg.from, 1};
    if (length == 0)
        return (struct paper_price){leg.to, 1};
    return (struct paper_price){(oc_i128)leg.from * length + ((oc_i128)leg.to - leg.from) * (at_ns - leg.from_ns),
                                length};
}

struct paper_price path_line(const struct walk *walk, uint8_t side, uint8_t of, int64_t at_ns)
{
    const uint32_t index = path_piece(walk, at_ns), next = index == walk->piece_count ? 0 : index + 1;
    const struct paper_piece *piece = index < walk->piece_count ? &walk->pieces[index] : NULL;
    if (walk->market->is_dead || (piece && (at_ns < piece->close_ns || next == walk->piece_count)))
        return paper_line(walk->market, piece ? piece : walk->pieces, side, of, at_ns);
    const int64_t *bar = side == OC_SIDE_BUY ? walk->market->buy_line : walk->market->sell_line;
    const int64_t before = piece ? line_of(piece, side)[3] : bar[0], behind = line_of(&walk->pieces[next], side)[0];
    const int64_t *beside = of == OC_SIDE_BUY ? walk->market->buy_line : walk->market->sell_line;
    const bool is_behind = side == OC_SIDE_BUY ? behind >= before : behind <= before;
    if (is_behind)
        return (struct paper_price){line_of(&walk->pieces[next], of)[0], 1};
    return (struct paper_price){piece ? line_of(piece, of)[3] : beside[0], 1};
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

/* A leg of the path that is for the step; the first may begin at a price of its own. */
static struct leg leg_for(const struct walk *walk, const struct paper_order *order, const struct step *step,
                          uint32_t number, bool is_own)
{
    struct leg leg = leg_of(walk, order->ask.side, order->ask.account, number);
    if (is_own) {
        leg.from_ns = step->since_ns;
        leg.from = step->from;
    }
    return leg;
}

static int64_t met_ns(const struct leg *leg, int64_t level)
{
    return leg->is_jump ? leg->to_ns : crossing(leg->from_ns, leg->from, leg->to_ns, leg->to, level);
}

static void plan_stop(const struct walk *walk, const struct paper_order *order, struct step *step)
{
    const int64_t stop = order->ask.stop_price;
    const bool buys = is_buy(order);
    const uint32_t first = leg_at(walk, step->since_ns);
    const uint32_t end = step->is_forced ? (first / LEGS + 1) * LEGS : walk->piece_count * LEGS;
    for (uint32_t number = first; number < end; number++) {
        const bool is_own = number == first && step->has_from;
        const struct leg leg = leg_for(walk, order, step, number, is_own);
        if (is_own && (buys ? leg.from >= stop : leg.from <= stop)) {
            set(step, NEXT_TRIGGER, step->since_ns, (struct paper_price){leg.from, 1});
            return;
        }
        if (buys ? leg.to < stop || leg.from >= stop : leg.to > stop || leg.from <= stop)
            continue;
        set(step, NEXT_TRIGGER, met_ns(&leg, stop), (struct paper_price){leg.is_jump ? leg.to : stop, 1});
        return;
    }
    if (step->is_forced) /* not on the rest of this path: as soon as it is there */
        set(step, NEXT_TRIGGER, step->since_ns, (struct paper_price){stop, 1});
}

/* The path goes through where it moves towards the limit and beyond: the price at which the order came does not fill it. */
static void plan_limit(const struct walk *walk, const struct paper_order *order, struct step *step)
{
    const bool buys = is_buy(order);
    const int64_t through = walk->market->is_quoted_bar ? 0 : walk->paper->through;
    const int64_t level = buys ? order->ask.price - through : order->ask.price + through;
    const uint32_t first = leg_at(walk, step->since_ns);
    for (uint32_t number = first; number < walk->piece_count * LEGS; number++) {
        const struct leg leg = leg_for(walk, order, step, number, number == first && step->has_from);
        if (buys ? leg.to > level || leg.to >= leg.from : leg.to < level || leg.to <= leg.from)
            continue;
        const bool is_past = !leg.is_jump && (buys ? leg.from <= level : leg.from >= level);
        const int64_t at_ns = is_past ? leg.from_ns : met_ns(&leg, level);
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
        if (is_stop(order))
            plan_stop(walk, order, step);
        else if (is_limit(order))
            plan_limit(walk, order, step);
    }
    if (order->expire_ns && order->expire_ns < market->close_ns && !order->is_awaited &&
        (step->next == NEXT_NONE || order->expire_ns < step->next_ns)) {
        step->next = NEXT_EXPIRY;
        step->next_ns = order->expire_ns > walk->now_ns ? order->expire_ns : walk->now_ns;
    }
}

#include "rehearsal/market.h"

#include "base/money.h"
#include "base/random.h"
#include "rehearsal/face.h"

#include <stdlib.h>

#define PAUSE_NS 10000000000ll

enum { STEPS_MAX = 4096 /* that are caught up with at once */ };

struct walk {                               /* of an instrument */
    int64_t begin, middle, tick;            /* units */
    uint32_t quotes[2 * MARKET_LEVELS + 1]; /* places of the maker's open orders */
    uint32_t quote_count;
};

struct market {
    struct core *core;
    uint32_t maker, taker;
    uint64_t random;
    int64_t every_ns, next_ns;
    struct walk walks[CORE_INSTS_MAX];
    uint32_t count;           /* of them, that move */
    struct market_file *file; /* NULL: none, or at its end */
    bool has_file;            /* the first instrument follows one */
    int64_t file_every_ns, file_next_ns;
    int64_t offset_ns; /* from a time of the file to ours */
    struct market_point points[MARKET_POINTS_MAX];
    uint32_t point, point_count;
    char error[256];
};

static bool pay_house(struct core *core, uint32_t account, int64_t now_ns)
{
    for (uint32_t asset = 0; asset < core_asset_count(core); asset++)
        if (core_pay(core, now_ns, account, asset, num_pow10_128(11 + MONEY_SCALE)) != CORE_OK)
            return false;
    return true;
}

struct market *market_new(struct core *core, const struct face *face, uint64_t seed, int64_t begin_ns, int64_t every_ns)
{
    struct market *market = calloc(1, sizeof *market);
    if (!market)
        return NULL;
    market->core = core;
    market->random = seed ^ 0x6d61726b6574u;
    market->every_ns = every_ns;
    market->next_ns = begin_ns;
    market->file_next_ns = INT64_MAX;
    market->maker = core_add_account(core, "house-maker", true, 0, 0);
    market->taker = core_add_account(core, "house-taker", true, 0, 0);
    if (market->maker == CORE_NONE || market->taker == CORE_NONE || !pay_house(core, market->maker, begin_ns) ||
        !pay_house(core, market->taker, begin_ns)) {
        market_free(market);
        return NULL;
    }
    market->count = face->inst_count;
    for (uint32_t i = 0; i < face->inst_count; i++) {
        market->walks[i].begin = market->walks[i].middle = face->insts[i].price;
        market->walks[i].tick = face->insts[i].price / 10000 + 1;
    }
    return market;
}

void market_move(struct market *market, uint32_t count) { market->count = count; }

void market_free(struct market *market)
{
    if (!market)
        return;
    market_file_close(market->file);
    free(market);
}

const char *market_error(const struct market *market) { return market->error; }

static int64_t below(struct market *market, int64_t count)
{
    return (int64_t)(random_next(&market->random) % (uint64_t)count);
}

/* ---- quotes and trades of the house ---- */

static uint32_t house_order(struct market *market, uint32_t account, uint32_t inst, uint8_t side, uint8_t tif,
                            int64_t price, int64_t qty, int64_t now_ns)
{
    const struct core_inst *in = core_inst(market->core, inst);
    struct core_ask ask = {
        .account = account, .inst = inst, .side = side, .type = CORE_LIMIT, .tif = tif, .qty = qty, .price = price};
    uint32_t order = CORE_NONE;
    const oc_i128 value = price * in->value_unit;
    if (price <= 0)
        return CORE_NONE;
    if (ask.qty * value < in->min_notional) /* the least that may be */
        ask.qty = (int64_t)((in->min_notional + value - 1) / value);
    ask.qty = ask.qty < in->min_qty ? in->min_qty : ask.qty > in->max_qty ? in->max_qty : ask.qty;
    if (core_place(market->core, now_ns, &ask, &order) != CORE_OK)
        return CORE_NONE;
    return core_order(market->core, order)->state == CORE_WORKING ? order : CORE_NONE;
}

static void withdraw_quotes(struct market *market, struct walk *walk, int64_t now_ns)
{
    for (uint32_t i = 0; i < walk->quote_count; i++) {
        const struct core_order *order = core_order(market->core, walk->quotes[i]);
        if (order->state == CORE_WORKING && order->account == market->maker)
            (void)core_cancel(market->core, now_ns, walk->quotes[i]);
    }
    walk->quote_count = 0;
}

static void keep_quote(struct walk *walk, uint32_t order)
{
    if (order != CORE_NONE)
        walk->quotes[walk->quote_count++] = order;
}

static int64_t some_qty(struct market *market, uint32_t inst)
{
    const struct core_inst *in = core_inst(market->core, inst);
    const oc_i128 money = 500 * num_pow10_128(MONEY_SCALE); /* about so much a quote */
    const int64_t qty = (int64_t)(money / (market->walks[inst].middle * in->value_unit)) + 1;
    return qty / 2 + below(market, qty + 1);
}

static void quote(struct market *market, uint32_t inst, int64_t now_ns)
{
    struct walk *walk = &market->walks[inst];
    for (int i = 0; i < MARKET_LEVELS; i++)
        for (uint8_t side = CORE_BUY; side <= CORE_SELL; side++) {
            const int64_t away = walk->tick * (1 + i);
            keep_quote(walk, house_order(market, market->maker, inst, side, CORE_GTC,
                                         side == CORE_BUY ? walk->middle - away : walk->middle + away,
                                         some_qty(market, inst), now_ns));
        }
}

/* A trade at a price: customers whose orders are as good come first. */
static void print_trade(struct market *market, uint32_t inst, uint8_t side, int64_t price, int64_t qty, int64_t now_ns)
{
    struct walk *walk = &market->walks[inst];
    keep_quote(walk, house_order(market, market->maker, inst, side == CORE_BUY ? CORE_SELL : CORE_BUY, CORE_GTC, price,
                                 qty, now_ns));
    (void)house_order(market, market->taker, inst, side, CORE_IOC, price, qty, now_ns);
}

static void step_walk(struct market *market, uint32_t inst, int64_t now_ns)
{
    struct walk *walk = &market->walks[inst];
    const int64_t home = (walk->begin - walk->middle) / 64; /* so that an order near to it trades some time */
    const int64_t step = (below(market, 7) - 3) * walk->tick / 2 + home;
    if (walk->middle + step > walk->tick * (MARKET_LEVELS + 2))
        walk->middle += step;
    withdraw_quotes(market, walk, now_ns);
    quote(market, inst, now_ns);
    if (below(market, 3) == 0)
        return;
    const uint8_t side = below(market, 2) ? CORE_BUY : CORE_SELL;
    const int64_t away = walk->tick * (1 + below(market, 2));
    (void)house_order(market, market->taker, inst, side, CORE_IOC,
                      side == CORE_BUY ? walk->middle + away : walk->middle - away, some_qty(market, inst), now_ns);
}

/* ---- a recorded file ---- */

static int64_t nearest(struct oc_dec value, struct oc_dec step)
{
    oc_i128 money;
    const oc_i128 unit = (oc_i128)step.units * num_pow10_128(MONEY_SCALE - step.scale);
    if (money_from_dec(value, &money) < 0)
        return 0;
    const oc_i128 units = (money + unit / 2) / unit;
    return units > 0 && units < INT64_MAX / 4 ? (int64_t)units : 0;
}

static void fetch_points(struct market *market)
{
    const char *error = "";
    if (market->point < market->point_count)
        return;
    market->point = 0;
    market->point_count = market_file_next(market->file, market->points, &error);
    if (market->point_count == 0) {
        text_copy(market->error, sizeof market->error, error);
        market_file_close(market->file);
        market->file = NULL;
        market->file_next_ns = INT64_MAX;
    }
}

void market_follow(struct market *market, struct market_file *file, int64_t every_ns)
{
    market->file = file;
    market->has_file = true;
    market->file_every_ns = every_ns;
    fetch_points(market);
    market->offset_ns = market->next_ns - (market->point_count ? market->points[0].at_ns : 0);
    market->file_next_ns = market->file ? market->next_ns : INT64_MAX;
}

static void step_file(struct market *market, int64_t now_ns)
{
    const struct market_point *point = &market->points[market->point++];
    struct walk *walk = &market->walks[0];
    const struct core_inst *inst = core_inst(market->core, 0);
    const int64_t price = nearest(point->price, inst->price_step);
    int64_t qty = nearest(point->qty, inst->qty_step);
    if (price > 0) {
        const uint8_t side = point->side ? point->side : price < walk->middle ? CORE_SELL : CORE_BUY;
        walk->middle = price;
        walk->tick = price / 10000 + 1;
        qty = qty ? qty : some_qty(market, 0);
        withdraw_quotes(market, walk, now_ns);
        quote(market, 0, now_ns);
        print_trade(market, 0, side, price, qty, now_ns);
    }
    fetch_points(market);
    if (market->file && market->file_every_ns)
        market->file_next_ns += market->file_every_ns;
    else if (market->file)
        market->file_next_ns = market->points[market->point].at_ns + market->offset_ns;
}

/* ---- time ---- */

int64_t market_next_ns(const struct market *market)
{
    return market->file_next_ns < market->next_ns ? market->file_next_ns : market->next_ns;
}

void market_advance(struct market *market, int64_t now_ns)
{
    if (now_ns - market->next_ns > PAUSE_NS)
        market->next_ns = now_ns; /* it was stopped, and is not made up for */
    for (int i = 0; i < STEPS_MAX && market_next_ns(market) <= now_ns; i++) {
        const int64_t at_ns = market_next_ns(market);
        if (at_ns == market->file_next_ns) {
            step_file(market, now_ns);
            continue;
        }
        market->next_ns += market->every_ns;
        for (uint32_t inst = 0; inst < market->count; inst++)
            if (inst > 0 || !market->has_file)
                step_walk(market, inst, now_ns);
    }
}

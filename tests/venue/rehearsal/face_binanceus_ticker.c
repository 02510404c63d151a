/* face_binanceus_ticker.c: what a market did in the last 24 hours, by REST and as a stream, of the trades that the venue keeps. */
#include "rehearsal/face_binanceus.h"

#include "base/json_out.h"

#include <stdio.h>
#include <string.h>

enum { TRADES_MAX = 1000 };
#define DAY_NS    86400000000000ll
#define SECOND_NS 1000000000ll

struct day { /* of one market */
    int64_t open, high, low, last, last_qty, volume, count, first_ns;
    uint64_t first, final; /* numbers of trades */
    oc_i128 value;
};

static void sum_up(const struct rehearsal *venue, uint32_t inst, struct day *ret_day)
{
    static struct core_trade trades[TRADES_MAX]; /* the newest first */
    const struct core_inst *in = core_inst(venue->core, inst);
    const int64_t from_ns = venue_clock(venue) - DAY_NS;
    struct day day = {.first_ns = from_ns};
    for (uint32_t left = core_trades(venue->core, inst, trades, TRADES_MAX); left--;) {
        const struct core_trade *trade = &trades[left];
        if (trade->at_ns < from_ns)
            continue;
        if (!day.count++) {
            day.open = day.high = day.low = trade->price;
            day.first = trade->number;
        }
        day.high = trade->price > day.high ? trade->price : day.high;
        day.low = trade->price < day.low ? trade->price : day.low;
        day.last = trade->price;
        day.last_qty = trade->qty;
        day.final = trade->number;
        day.volume += trade->qty;
        day.value += (oc_i128)trade->price * trade->qty * in->value_unit;
    }
    *ret_day = day;
}

enum { PLACES = 19 };

/* By the names of REST, or by the letters of the stream. */
static void put_day(const struct rehearsal *venue, struct text *out, uint32_t inst, const char *const names[PLACES])
{
    const struct core_inst *in = core_inst(venue->core, inst);
    struct core_level best[2] = {{0, 0}, {0, 0}};
    struct day day;
    char percent[32];
    sum_up(venue, inst, &day);
    (void)core_levels(venue->core, inst, CORE_BUY, &best[0], 1);
    (void)core_levels(venue->core, inst, CORE_SELL, &best[1], 1);
    snprintf(percent, sizeof percent, "%.3f",
             day.open ? 100.0 * (double)(day.last - day.open) / (double)day.open : 0.0);
    json_text(out, names[0], in->symbol);
    bn_put_units(out, names[1], day.last - day.open, in->price_step);
    json_text(out, names[2], percent);
    bn_put_units(out, names[3], day.count ? (day.high + day.low) / 2 : 0, in->price_step);
    bn_put_units(out, names[4], day.open, in->price_step);
    bn_put_units(out, names[5], day.last, in->price_step);
    bn_put_units(out, names[6], day.last_qty, in->qty_step);
    bn_put_units(out, names[7], best[0].price, in->price_step);
    bn_put_units(out, names[8], best[0].qty, in->qty_step);
    bn_put_units(out, names[9], best[1].price, in->price_step);
    bn_put_units(out, names[10], best[1].qty, in->qty_step);
    bn_put_units(out, names[11], day.open, in->price_step);
    bn_put_units(out, names[12], day.high, in->price_step);
    bn_put_units(out, names[13], day.low, in->price_step);
    bn_put_units(out, names[14], day.volume, in->qty_step);
    bn_put_money(out, names[15], day.value);
    json_int(out, names[16], day.first_ns / 1000000);
    json_int(out, names[17], venue_clock(venue) / 1000000);
    json_int(out, names[18], (int64_t)day.first);
}

static void put_end(struct text *out, const struct rehearsal *venue, uint32_t inst, const char *last, const char *count)
{
    struct day day;
    sum_up(venue, inst, &day);
    json_int(out, last, (int64_t)day.final);
    json_int(out, count, day.count);
}

void bn_get_ticker(struct bn_call *call)
{
    static const char *const names[PLACES] = {
        "symbol",   "priceChange", "priceChangePercent", "weightedAvgPrice", "prevClosePrice", "lastPrice", "lastQty",
        "bidPrice", "bidQty",      "askPrice",           "askQty",           "openPrice",      "highPrice", "lowPrice",
        "volume",   "quoteVolume", "openTime",           "closeTime",        "firstId"};
    struct text *out = &call->ret->body;
    uint32_t inst;
    if (!bn_inst(call, false, &inst))
        return;
    if (inst == CORE_NONE)
        json_open(out, NULL, '[');
    for (uint32_t i = 0; i < core_inst_count(call->venue->core); i++) {
        if (inst != CORE_NONE && inst != i)
            continue;
        json_open(out, NULL, '{');
        put_day(call->venue, out, i, names);
        put_end(out, call->venue, i, "lastId", "count");
        json_close(out, '}');
    }
    if (inst == CORE_NONE)
        json_close(out, ']');
}

static void tell_mini(struct rehearsal *venue, struct seat *seat, uint32_t inst)
{
    const struct core_inst *in = core_inst(venue->core, inst);
    char name[CORE_NAME_MAX + 24];
    struct bn_message message;
    struct day day;
    sum_up(venue, inst, &day);
    struct text *out = bn_begin(&message, seat, bn_stream_name(in, "@miniTicker", name));
    json_text(out, "e", "24hrMiniTicker");
    json_int(out, "E", venue_clock(venue) / 1000000);
    json_text(out, "s", in->symbol);
    bn_put_units(out, "c", day.last, in->price_step);
    bn_put_units(out, "o", day.open, in->price_step);
    bn_put_units(out, "h", day.high, in->price_step);
    bn_put_units(out, "l", day.low, in->price_step);
    bn_put_units(out, "v", day.volume, in->qty_step);
    bn_put_money(out, "q", day.value);
    bn_send(venue, seat, &message);
}

void bn_tell_ticker(struct rehearsal *venue, struct seat *seat, uint32_t inst)
{
    static const char *const names[PLACES] = {"s", "p", "P", "w", "x", "c", "Q", "b", "B", "a",
                                              "A", "o", "h", "l", "v", "q", "O", "C", "F"};
    const int64_t now_ns = venue_clock(venue);
    char name[CORE_NAME_MAX + 24];
    struct bn_message message;
    if (now_ns < seat->figures_ns[inst] + SECOND_NS)
        return;
    seat->figures_ns[inst] = now_ns;
    if (seat->topics[inst] & BN_MINI_TICKER)
        tell_mini(venue, seat, inst);
    if (!(seat->topics[inst] & BN_TICKER))
        return;
    struct text *out = bn_begin(&message, seat, bn_stream_name(core_inst(venue->core, inst), "@ticker", name));
    json_text(out, "e", "24hrTicker");
    json_int(out, "E", now_ns / 1000000);
    put_day(venue, out, inst, names);
    put_end(out, venue, inst, "L", "n");
    bn_send(venue, seat, &message);
}

/* collect_trips.c: round trips as fills come: those that run by what they are of, however many end meanwhile (S7). */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/rescale.h"
#include "report/collect_impl.h"

enum { RUNNING_FIRST = 16 };

/* The place joins the others of its instrument. False: no memory. */
static bool chain(struct collect *collect, uint32_t slot)
{
    struct running *running = &collect->running[slot];
    if (running->inst_index >= collect->here_room) {
        const uint32_t room = running->inst_index + 16;
        uint32_t *list = realloc(collect->first_here, room * sizeof *list);
        if (!list)
            return false;
        memset(list + collect->here_room, 0, (room - collect->here_room) * sizeof *list);
        collect->first_here = list;
        collect->here_room = room;
    }
    running->next_here = collect->first_here[running->inst_index];
    collect->first_here[running->inst_index] = slot + 1;
    return true;
}

/* The place of a strategy's trips in an instrument, made at the first; there are as many as positions. NULL: no memory. */
static struct running *running_slot(struct collect *collect, uint32_t strategy, uint32_t inst)
{
    if (collect->running_count * 2 >= collect->running_size) {
        uint32_t size = collect->running_size ? collect->running_size * 2 : RUNNING_FIRST;
        struct running *old = collect->running, *table = calloc(size, sizeof *table);
        if (!table)
            return NULL;
        uint32_t old_size = collect->running_size;
        collect->running = table;
        collect->running_size = size;
        collect->running_count = 0;
        if (collect->here_room)
            memset(collect->first_here, 0, collect->here_room * sizeof *collect->first_here);
        for (uint32_t i = 0; i < old_size; i++) {
            if (!old[i].is_used)
                continue;
            struct running *moved = running_slot(collect, old[i].strategy, OC_INST(old[i].inst_index, 0));
            old[i].next_here = moved->next_here;
            *moved = old[i];
        }
        free(old);
    }
    uint32_t mask = collect->running_size - 1, index = OC_INST_INDEX(inst);
    uint32_t slot = (strategy * 0x9E3779B1u ^ index * 0x85EBCA77u) >> 7 & mask;
    struct running *running = &collect->running[slot];
    while (running->is_used && (running->strategy != strategy || running->inst_index != index)) {
        slot = (slot + 1) & mask;
        running = &collect->running[slot];
    }
    if (!running->is_used) {
        *running = (struct running){.strategy = strategy, .inst_index = index, .is_used = 1};
        if (!chain(collect, slot)) {
            running->is_used = 0;
            return NULL;
        }
        collect->running_count++;
    }
    return running;
}

static bool list_room(struct collect *collect)
{
    if (collect->trip_count < collect->trip_room)
        return true;
    uint32_t room = collect->trip_room ? collect->trip_room * 2 : 64;
    struct trip *trips = realloc(collect->trips, room * sizeof *trips);
    if (!trips)
        return false;
    collect->trips = trips;
    collect->trip_room = room;
    return true;
}

/* In the list, or behind its limit in a place of its own until it ends. */
static struct trip *trip_open(struct collect *collect, struct running *running)
{
    if (collect->trip_count < TRIPS_MAX) {
        if (!list_room(collect))
            return NULL;
        running->at = AT_LIST + collect->trip_count++;
    } else {
        if (!running->own)
            running->own = malloc(sizeof *running->own);
        if (!running->own)
            return NULL;
        running->at = AT_OWN;
        collect->beyond.open++;
    }
    struct trip *trip = running_trip(collect, running);
    if (!trip)
        return NULL;
    memset(trip, 0, sizeof *trip);
    trip->is_open = 1;
    collect->open_trips++;
    return trip;
}

void trip_sums_add(struct trip_sums *sums, const struct trip *trip, uint32_t settle)
{
    oc_i128 net = trip->profit - trip->fees;
    oc_i128 *side = net > 0 ? &sums->gains : &sums->losses_sum;
    if (sums->closed++ == 0) {
        sums->settle = settle;
        sums->best = sums->worst = net;
    }
    sums->has_several |= settle != sums->settle;
    sums->wins += net > 0;
    sums->losses += net < 0;
    sums->ambiguous += trip->is_ambiguous;
    sums->inside += trip->is_inside;
    sums->ended += trip->is_end;
    sums->held_seconds += (double)(trip->exit_ns - trip->entry_ns) / 1e9;
    sums->squares += money_to_double(net) * money_to_double(net);
    if (num_add_128(sums->net, net, &sums->net) < 0 || num_add_128(*side, net > 0 ? net : -net, side) < 0)
        sums->has_overflow = true;
    if (!sums->has_overflow) { /* parts of a sum that fits */
        sums->ambiguous_net += trip->is_ambiguous ? net : 0;
        sums->inside_net += trip->is_inside ? net : 0;
    }
    sums->best = net > sums->best ? net : sums->best;
    sums->worst = net < sums->worst ? net : sums->worst;
}

/* What part of it stands for of a fill. */
static oc_i128 share(oc_i128 money, int64_t part, int64_t whole)
{
    if (part != whole && num_muldiv_128(money, part, whole, NUM_HALF_EVEN, &money) < 0)
        return 0;
    return money;
}

static void trip_end(struct collect *collect, struct running *running, struct trip *trip,
                     const struct instrument *instrument)
{
    const oc_i128 net = trip->profit - trip->fees;
    trip->is_open = 0;
    trip->has_path = collect->has_prices != 0;
    collect->open_trips--;
    if (!collect->skips_course)
        trip_groups_add(&collect->groups, trip, instrument->info.settle);
    running->closed++;
    running->wins += net > 0;
    running->settle = instrument->info.settle;
    running->has_overflow |= num_add_128(running->net, net, &running->net) < 0;
    if (running->at == AT_OWN) {
        collect->beyond.open--;
        trip_sums_add(&collect->beyond, trip, instrument->info.settle);
    }
    running->at = AT_NONE;
}

/* What it would have lost at its stop, had it gone there. */
static void take_risk(struct trip *trip, const struct oc_ev_fill *fill, const struct instrument *instrument,
                      const struct fill_terms *terms, int64_t qty)
{
    oc_i128 value, at_stop;
    if (!terms->has_stop_loss || instrument_value(instrument, fill->price, qty, &value) < 0 ||
        instrument_value(instrument, terms->stop_loss, qty, &at_stop) < 0) {
        trip->has_no_risk = 1;
        return;
    }
    trip->stop = terms->stop_loss;
    trip->risk += trip_sign(trip, instrument) * (value - at_stop);
}

/* What it cost beside its fee, and what it made of the trip's course. */
static void take_course(struct trip *trip, const struct oc_ev_fill *fill, const struct instrument *instrument,
                        const struct fill_terms *terms, int64_t qty)
{
    trip->spread += share(terms->spread, qty, fill->qty);
    trip->slip += share(terms->slip, qty, fill->qty);
    trip->has_no_spread |= !terms->has_spread;
    trip->has_no_slip |= !terms->has_slip;
    trip_path_at(trip, instrument, fill->price);
}

static void trip_take(struct trip *trip, const struct oc_ev_fill *fill, const struct instrument *instrument,
                      int64_t qty, bool opens)
{
    oc_i128 value = 0;
    (void)instrument_value(instrument, fill->price, qty, &value); /* the portfolio has booked more: it fits */
    if (opens) {
        trip->entry_value += value;
        trip->qty += qty;
        trip->left += qty;
    } else {
        trip->exit_value += value;
        trip->left -= qty < trip->left ? qty : trip->left;
    }
    trip->exit_ns = fill->head.venue_ns;
    trip->fills++;
    trip->is_ambiguous |= (fill->head.flags & OC_EVF_AMBIGUOUS) != 0;
    trip->is_end |= (fill->head.flags & OC_EVF_END) != 0;
    trip->is_inside |= (fill->head.flags & OC_EVF_INSIDE) != 0;
}

void collect_fee(struct collect *collect, uint32_t strategy, uint32_t inst, oc_i128 fee)
{
    struct running *running = running_slot(collect, strategy, inst);
    if (running)
        running->fees += fee;
}

void collect_ambiguous(struct collect *collect, uint32_t inst, int64_t bar_ns)
{
    const uint32_t index = OC_INST_INDEX(inst);
    if (index >= collect->ambiguous_room) {
        const uint32_t room = index + 16;
        int64_t *list = realloc(collect->ambiguous_at, room * sizeof *list);
        if (!list) /* counted, perhaps twice */
            goto count;
        memset(list + collect->ambiguous_room, 0, (room - collect->ambiguous_room) * sizeof *list);
        collect->ambiguous_at = list;
        collect->ambiguous_room = room;
    }
    if (collect->ambiguous_at[index] == bar_ns)
        return;
    collect->ambiguous_at[index] = bar_ns;
count:
    collect->ambiguous_bars++;
}

/* A fee in base at the price of its fill; 0: in an asset that trips do not count. */
static __attribute__((noinline)) oc_i128 fee_in_base(const struct oc_ev_fill *fill, const struct instrument *instrument)
{
    oc_i128 fee, step, value;
    if (instrument->info.kind != OC_KIND_SPOT || fill->fee_asset != instrument->info.base ||
        money_from_dec(fill->fee, &fee) < 0 || instrument_value(instrument, fill->price, 1, &value) < 0 ||
        portfolio_base_money(instrument, 1, &step) < 0 || num_muldiv_128(fee, value, step, NUM_HALF_EVEN, &fee) < 0)
        return 0;
    return fee;
}

/* What of a fill was closed: a fee in base and dust make the position another than what traded, so it is what does not stand there
 * now. */
static __attribute__((noinline)) int64_t closed_of(const struct oc_ev_fill *fill, const struct out_note *note)
{
    const bool buys = fill->side == OC_SIDE_BUY;
    if (note->qty_before == 0 || (note->qty_before < 0) != buys)
        return 0;
    if (note->qty_after == 0 || (note->qty_after > 0) != buys)
        return fill->qty;
    return fill->qty - (note->qty_after < 0 ? -note->qty_after : note->qty_after);
}

/* `running` may be NULL: no memory. */
static void trips_take(struct collect *collect, struct running *running, const struct oc_ev_fill *fill,
                       const struct instrument *instrument, const struct out_note *note, const struct fill_terms *terms)
{
    int64_t signed_qty = fill->side == OC_SIDE_BUY ? fill->qty : -fill->qty;
    oc_i128 fee = 0;
    if (running) {
        running->has_range = 0;
        running->fill_seq = fill->head.flags & OC_EVF_INSIDE ? UINT64_MAX : fill->head.seq;
    }
    if (__builtin_expect(fill->fee_asset != instrument->info.settle, 0))
        fee = fee_in_base(fill, instrument);
    else if (money_from_dec(fill->fee, &fee) < 0)
        fee = 0;
    bool reduces = note->qty_before != 0 && (note->qty_before < 0) != (signed_qty < 0);
    int64_t held = note->qty_before < 0 ? -note->qty_before : note->qty_before;
    int64_t closing = reduces ? (fill->qty < held ? fill->qty : held) : 0;
    const bool is_other = note->qty_before + signed_qty != note->qty_after;
    if (__builtin_expect(is_other, 0))
        closing = closed_of(fill, note);
    struct trip *trip = note->qty_before && running ? running_trip(collect, running) : NULL;
    if (closing && trip) {
        oc_i128 part = fee;
        if (closing < fill->qty && num_muldiv_128(fee, closing, fill->qty, NUM_HALF_EVEN, &part) < 0)
            part = fee;
        trip_take(trip, fill, instrument, closing, false);
        if (!collect->skips_course)
            take_course(trip, fill, instrument, terms, closing);
        trip->profit += note->realised_after - note->realised_before;
        trip->fees += part;
        fee -= part;
    }
    int64_t opening = fill->qty - closing;
    /* or what could not be sold alone began it, and the other side begins now */
    if (trip && (closing ? opening || note->qty_after == 0 : trip->side != fill->side)) {
        trip->exit = fill->head.flags & OC_EVF_END           ? EXIT_END
                     : opening && terms->exit == EXIT_SIGNAL ? EXIT_REVERSED
                                                             : terms->exit;
        text_copy(trip->exit_tag, sizeof trip->exit_tag, terms->tag);
        trip_end(collect, running, trip, instrument);
    }
    if (opening == 0)
        return;
    if (!trip || !trip->is_open) {
        trip = running ? trip_open(collect, running) : NULL;
        if (!trip) {
            collect->trips_dropped++;
            return;
        }
        trip->entry_ns = fill->head.venue_ns;
        trip->inst = fill->head.inst;
        trip->strategy = note->strategy;
        trip->side = fill->side;
        text_copy(trip->tag, sizeof trip->tag, terms->tag);
    }
    trip_take(trip, fill, instrument, opening, true);
    if (!collect->skips_course) {
        take_risk(trip, fill, instrument, terms, opening);
        take_course(trip, fill, instrument, terms, opening);
    }
    trip->fees += fee;
    if (__builtin_expect(is_other, 0) && !closing)
        trip->profit += note->realised_after - note->realised_before; /* what a fee took was sold */
}

void collect_correct(struct collect *collect, const struct oc_ev_fill *fill, const struct instrument *instrument,
                     const struct out_note *note, const struct fill_terms *terms)
{
    trips_take(collect, running_slot(collect, note->strategy, fill->head.inst), fill, instrument, note, terms);
}

void collect_fill(struct collect *collect, const struct oc_ev_fill *fill, const struct instrument *instrument,
                  const struct out_note *note, const struct fill_terms *terms)
{
    struct running *running = running_slot(collect, note->strategy, fill->head.inst);
    collect->fills++;
    collect->buys += fill->side == OC_SIDE_BUY;
    collect->makers += fill->liquidity == OC_LIQUIDITY_MAKER;
    collect->inferred += (fill->head.flags & OC_EVF_INFERRED) != 0;
    collect->inside += (fill->head.flags & OC_EVF_INSIDE) != 0;
    collect->unknown_volume += (fill->head.flags & OC_EVF_UNKNOWN_VOLUME) != 0;
    if (running)
        running->fills++;
    trips_take(collect, running, fill, instrument, note, terms);
}

void collect_replaced(struct collect *collect, const struct oc_ev_fill *fill, uint32_t strategy)
{
    struct running *running = running_slot(collect, strategy, fill->head.inst);
    collect->fills--;
    if (!collect->inferred) { /* of before the last start */
        collect->fills_before -= collect->fills_before > 0;
        return;
    }
    collect->inferred--;
    collect->buys -= fill->side == OC_SIDE_BUY;
    if (running)
        running->fills--;
}

void collect_rescale(struct collect *collect, const struct instruments *instruments, uint32_t inst)
{
    struct rescale rescale;
    for (uint64_t i = 0; i < collect->trip_count; i++) {
        struct trip *trip = &collect->trips[i];
        if (OC_INST_INDEX(trip->inst) == OC_INST_INDEX(inst) && rescale_since(instruments, trip->inst, &rescale)) {
            rescale_qty(&rescale, &trip->qty);
            rescale_qty(&rescale, &trip->left);
            rescale_price(&rescale, &trip->stop);
            trip->inst = inst;
        }
    }
    for (uint32_t i = 0; i < collect->running_size; i++) /* prices of the old steps */
        collect->running[i].has_range = 0;
}

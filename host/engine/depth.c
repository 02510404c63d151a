#include "engine/depth.h"

#include <stdlib.h>
#include <string.h>

#include "engine/limits.h"
#include "engine/market.h"

/* ---- the list ---- */

static void depth_free(struct depth *depth)
{
    if (!depth)
        return;
    free(depth->sides[DEPTH_BIDS].levels);
    free(depth->sides[DEPTH_ASKS].levels);
    free(depth->held);
    free(depth);
}

static struct depth *depth_new(uint32_t inst, uint32_t policy, uint32_t room)
{
    struct depth *depth = calloc(1, sizeof *depth);
    if (!depth)
        return NULL;
    depth->inst = inst;
    depth->policy = policy;
    depth->room = room;
    depth->sides[DEPTH_ASKS].is_asks = true;
    for (int i = 0; i < 2; i++)
        depth->sides[i].levels = calloc(ENGINE_DEPTH_LEVELS, sizeof(struct oc_level));
    depth->held = malloc(ENGINE_DEPTH_HELD);
    if (!depth->sides[DEPTH_BIDS].levels || !depth->sides[DEPTH_ASKS].levels || !depth->held) {
        depth_free(depth);
        return NULL;
    }
    return depth;
}

struct depth *depths_find(const struct depths *depths, uint32_t inst)
{
    const uint32_t index = OC_INST_INDEX(inst);
    if (!depths->places || index >= ENGINE_INSTRUMENTS_MAX || !depths->places[index])
        return NULL;
    return depths->list[depths->places[index] - 1];
}

oc_rc depths_want(struct depths *depths, uint32_t inst, uint32_t policy, uint32_t room, struct depth **ret_depth)
{
    const uint32_t index = OC_INST_INDEX(inst);
    struct depth *depth = depths_find(depths, inst);
    if (depth) {
        *ret_depth = depth;
        return OC_OK;
    }
    if (depths->count == ENGINE_DEPTHS_MAX || index >= ENGINE_INSTRUMENTS_MAX || room > ENGINE_DEPTH_LEVELS || !room)
        return OC_E_LIMIT;
    if (!depths->places)
        depths->places = calloc(ENGINE_INSTRUMENTS_MAX, sizeof *depths->places);
    if (depths->count == depths->room) {
        const uint32_t more = depths->room ? 2 * depths->room : 8;
        struct depth **list = realloc(depths->list, more * sizeof(struct depth *));
        if (!list)
            return OC_E_NOMEM;
        depths->list = list;
        depths->room = more;
    }
    depth = depths->places ? depth_new(inst, policy, room) : NULL;
    if (!depth)
        return OC_E_NOMEM;
    depths->list[depths->count++] = depth;
    depths->places[index] = (uint16_t)depths->count;
    *ret_depth = depth;
    return OC_OK;
}

void depths_release(struct depths *depths)
{
    for (uint32_t i = 0; i < depths->count; i++)
        depth_free(depths->list[i]);
    free(depths->list);
    free(depths->places);
    *depths = (struct depths){.list = NULL};
}

/* ---- levels ---- */

/* Larger is better, on both sides. */
static int64_t worth(const struct depth_side *side, int64_t price) { return side->is_asks ? -price : price; }

/* Where a level of that price stands, or would. */
static uint32_t place_of(const struct depth_side *side, int64_t price)
{
    const int64_t wanted = worth(side, price);
    uint32_t low = 0, high = side->count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (worth(side, side->levels[middle].price) < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The deepest ones go, and are not known from here on. */
static void cut(struct depth_side *side, uint32_t count)
{
    if (count >= side->count)
        return;
    memmove(side->levels, side->levels + (side->count - count), count * sizeof *side->levels);
    side->count = count;
}

static void set_level(struct depth_side *side, uint32_t room, struct oc_level level)
{
    uint32_t at = place_of(side, level.price);
    const bool is_there = at < side->count && side->levels[at].price == level.price;
    if (is_there && level.qty > 0) {
        side->levels[at].qty = level.qty;
        return;
    }
    if (is_there) { /* it goes */
        memmove(side->levels + at, side->levels + at + 1, (side->count - at - 1) * sizeof *side->levels);
        side->count--;
        return;
    }
    if (level.qty <= 0 || (side->is_cut && worth(side, level.price) < worth(side, side->edge)))
        return; /* nothing of what is known */
    if (side->count == room) {
        side->is_cut = true;
        if (at == 0) { /* deeper than all */
            side->edge = side->levels[0].price;
            return;
        }
        cut(side, room - 1);
        at--;
        side->edge = at ? side->levels[0].price : level.price;
    }
    memmove(side->levels + at + 1, side->levels + at, (side->count - at) * sizeof *side->levels);
    side->levels[at] = level;
    side->count++;
}

static void set_levels(struct depth_side *side, uint32_t room, const struct oc_level *levels, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        set_level(side, room, levels[i]);
}

/* Of a snapshot, from the last to the first: where the best are said first, each goes to the end of the array. */
static void fill_side(struct depth_side *side, uint32_t room, const struct oc_level *levels, uint32_t count)
{
    for (uint32_t i = count; i > 0; i--)
        set_level(side, room, levels[i - 1]);
}

static bool is_crossed(const struct depth *depth)
{
    const struct oc_level *bid = depth_level(&depth->sides[DEPTH_BIDS], 0),
                          *ask = depth_level(&depth->sides[DEPTH_ASKS], 0);
    return bid && ask && bid->price >= ask->price;
}

bool depth_takes(const struct oc_ev_book *event)
{
    const struct oc_level *levels = (const struct oc_level *)(const void *)((const char *)event + event->tail);
    for (uint64_t i = 0; i < (uint64_t)event->bids + event->asks; i++)
        if (levels[i].price > MARKET_PRICE_MAX || levels[i].price < -MARKET_PRICE_MAX)
            return false;
    return true;
}

int64_t depth_walk(const struct depth_side *side, int64_t qty, oc_i128 *ret_sum)
{
    int64_t taken = 0;
    oc_i128 sum = 0;
    for (uint32_t i = 0; i < side->count && taken < qty; i++) {
        const struct oc_level *level = depth_level(side, i);
        const int64_t more = level->qty < qty - taken ? level->qty : qty - taken;
        taken += more;
        sum += (oc_i128)level->price * more;
    }
    *ret_sum = sum;
    return taken;
}

/* ---- the chain ---- */

struct change { /* of a book; as it is held, its levels behind it */
    uint64_t first_seq, last_seq, prev_seq;
    int64_t at_ns;
    uint32_t bids, asks;
    uint32_t depth; /* of the feed */
    uint16_t chain;
    bool is_more; /* it goes on in the next one */
    bool is_rest; /* of the one before */
};

static struct change change_of(const struct depth *depth, const struct oc_ev_book *event)
{
    return (struct change){.first_seq = event->first_seq,
                           .last_seq = event->last_seq,
                           .prev_seq = event->prev_seq,
                           .at_ns = event->head.venue_ns,
                           .bids = event->bids,
                           .asks = event->asks,
                           .depth = event->depth,
                           .chain = event->chain,
                           .is_more = (event->head.flags & OC_EVF_MORE) != 0,
                           .is_rest = depth->is_partial};
}

static const struct oc_level *levels_of(const struct oc_ev_book *event)
{
    return (const struct oc_level *)(const void *)((const char *)event + event->tail);
}

enum follows { FOLLOWS, FOLLOWS_SEEN, FOLLOWS_NOT };

static enum follows follows_range(const struct depth *depth, const struct change *change)
{
    const uint64_t next = depth->last_seq + 1;
    if (depth->is_fresh) {
        if (change->last_seq < next)
            return FOLLOWS_SEEN;
        return change->first_seq <= next ? FOLLOWS : FOLLOWS_NOT;
    }
    /* Venues say the last change again behind a reconnection; one of before that is a gap like any other. */
    if (change->last_seq == depth->last_seq)
        return FOLLOWS_SEEN;
    return change->first_seq == next ? FOLLOWS : FOLLOWS_NOT;
}

static enum follows follows_previous(const struct depth *depth, const struct change *change)
{
    if (!depth->is_fresh)
        return change->prev_seq == depth->last_seq   ? FOLLOWS
               : change->last_seq == depth->last_seq ? FOLLOWS_SEEN
                                                     : FOLLOWS_NOT;
    if (change->last_seq < depth->last_seq)
        return FOLLOWS_SEEN;
    return change->prev_seq <= depth->last_seq ? FOLLOWS : FOLLOWS_NOT;
}

static enum follows follows(const struct depth *depth, const struct change *change)
{
    if (change->chain == OC_CHAIN_RANGE)
        return follows_range(depth, change);
    return change->chain == OC_CHAIN_PREVIOUS ? follows_previous(depth, change) : FOLLOWS;
}

static void apply(struct depth *depth, const struct change *change, const struct oc_level *levels)
{
    set_levels(&depth->sides[DEPTH_BIDS], depth->room, levels, change->bids);
    set_levels(&depth->sides[DEPTH_ASKS], depth->room, levels + change->bids, change->asks);
    for (int i = 0; i < 2 && change->depth; i++) /* deeper ones leave without a word, and come again with one */
        cut(&depth->sides[i], change->depth);
    depth->last_seq = change->last_seq;
    depth->at_ns = change->at_ns;
    depth->is_fresh = false;
}

/* ---- held ---- */

static void forget_held(struct depth *depth) { depth->held_size = depth->held_count = 0; }

static bool goes_on(const struct depth *depth, const struct change *change)
{
    if (!depth->held_count || change->is_rest || change->chain == OC_CHAIN_NONE)
        return true;
    return (change->chain == OC_CHAIN_RANGE ? change->first_seq - 1 : change->prev_seq) == depth->held_last;
}

/* Behind what is held, or, where it does not follow that or there is no room for both, in its place. */
static void hold(struct depth *depth, const struct change *change, const struct oc_level *levels)
{
    const size_t size = ((size_t)change->bids + change->asks) * sizeof *levels, all = sizeof *change + size;
    if (change->last_seq == depth->held_last && depth->held_count && !change->is_rest && change->chain != OC_CHAIN_NONE)
        return; /* said again */
    if (!goes_on(depth, change) || depth->held_size + all > ENGINE_DEPTH_HELD)
        forget_held(depth);
    if (all > ENGINE_DEPTH_HELD || (change->is_rest && !depth->held_count))
        return; /* one that is not held as a whole is not held */
    memcpy(depth->held + depth->held_size, change, sizeof *change);
    memcpy(depth->held + depth->held_size + sizeof *change, levels, size);
    depth->held_size += (uint32_t)all;
    depth->held_count++;
    depth->held_last = change->last_seq;
}

/* Behind a snapshot. False: what is held does not follow it, and is held on. */
static bool apply_held(struct depth *depth)
{
    bool skips = false;
    for (uint32_t at = 0; at < depth->held_size;) {
        struct change change;
        memcpy(&change, depth->held + at, sizeof change);
        const struct oc_level *levels = (const struct oc_level *)(const void *)(depth->held + at + sizeof change);
        const enum follows how = change.is_rest ? (skips ? FOLLOWS_SEEN : FOLLOWS) : follows(depth, &change);
        if (how == FOLLOWS_NOT)
            return false; /* of the first only: the others follow one another */
        skips = how == FOLLOWS_SEEN;
        if (!skips)
            apply(depth, &change, levels);
        at += (uint32_t)(sizeof change + ((size_t)change.bids + change.asks) * sizeof *levels);
    }
    forget_held(depth);
    return true;
}

/* ---- events ---- */

void depth_drop(struct depth *depth)
{
    for (int i = 0; i < 2; i++) {
        depth->sides[i].count = 0;
        depth->sides[i].is_cut = false;
    }
    depth->is_whole = depth->is_crossed = depth->is_fresh = depth->is_partial = depth->skips = false;
    forget_held(depth);
}

static bool is_thin(const struct depth *depth, const struct depth_side *side)
{
    const uint32_t least = depth->room < 2 * ENGINE_DEPTH_THIN ? depth->room / 2 : ENGINE_DEPTH_THIN;
    return side->is_cut && side->count < least;
}

bool depth_wants(const struct depth *depth)
{
    return !depth->is_whole || is_thin(depth, &depth->sides[DEPTH_BIDS]) || is_thin(depth, &depth->sides[DEPTH_ASKS]);
}

/* A snapshot that is older than what is known already is of no use, nor are the parts of it that follow. */
static bool is_old(const struct depth *depth, const struct change *change)
{
    return depth->is_whole && change->chain != OC_CHAIN_NONE && change->last_seq < depth->last_seq;
}

static void take_snapshot(struct depth *depth, const struct change *change, const struct oc_level *levels)
{
    const uint32_t counts[2] = {change->bids, change->asks};
    if (!change->is_rest) {
        depth->skips = is_old(depth, change);
        if (depth->skips)
            return;
        for (int i = 0; i < 2; i++) {
            depth->sides[i].count = 0;
            depth->sides[i].is_cut = false;
        }
        depth->is_whole = depth->is_crossed = false;
    }
    if (depth->skips)
        return;
    for (int i = 0; i < 2; levels += counts[i], i++)
        fill_side(&depth->sides[i], depth->room, levels, counts[i]);
    for (int i = 0; i < 2 && change->depth; i++)
        cut(&depth->sides[i], change->depth);
    if (change->is_more)
        return;
    for (int i = 0; i < 2; i++)
        if (depth->sides[i].count == depth->room && !change->depth) { /* as many as were asked for */
            depth->sides[i].is_cut = true;
            depth->sides[i].edge = depth->sides[i].levels[0].price;
        }
    depth->last_seq = change->last_seq;
    depth->at_ns = change->at_ns;
    depth->is_fresh = true;
    depth->snapshots++;
    depth->is_whole = apply_held(depth);
}

/* A change that does not follow. Behind a snapshot that nothing has followed yet it was the snapshot that was too old, and no gap. */
static enum depth_fault broken(struct depth *depth, const struct change *change, const struct oc_level *levels)
{
    const bool was_fresh = depth->is_fresh, is_more = change->is_more;
    depth->gaps += !was_fresh;
    if (depth->policy == DEPTH_WARN && !was_fresh) {
        apply(depth, change, levels);
        return DEPTH_GAP;
    }
    depth_drop(depth);
    depth->is_partial = is_more;
    hold(depth, change, levels);
    return was_fresh ? DEPTH_SOUND : DEPTH_GAP;
}

static enum depth_fault take_change(struct depth *depth, const struct change *change, const struct oc_level *levels)
{
    if (!depth->is_whole) {
        hold(depth, change, levels);
        return DEPTH_SOUND;
    }
    const enum follows how = change->is_rest ? FOLLOWS : follows(depth, change);
    if (!change->is_rest)
        depth->skips = how == FOLLOWS_SEEN;
    if (how == FOLLOWS_NOT)
        return broken(depth, change, levels);
    if (!depth->skips)
        apply(depth, change, levels);
    return DEPTH_SOUND;
}

enum depth_fault depth_apply(struct depth *depth, const struct oc_ev_book *event)
{
    const struct change change = change_of(depth, event);
    enum depth_fault fault = DEPTH_SOUND;
    depth->is_partial = change.is_more;
    if (event->kind == OC_BOOK_SNAPSHOT)
        take_snapshot(depth, &change, levels_of(event));
    else
        fault = take_change(depth, &change, levels_of(event));
    if (!depth->is_whole || depth->is_partial || !(event->head.flags & OC_EVF_LAST))
        return fault;
    const bool was_crossed = depth->is_crossed;
    depth->is_crossed = is_crossed(depth);
    if (!depth->is_crossed || was_crossed)
        return fault;
    depth->crossings++;
    if (depth->policy != DEPTH_WARN)
        depth_drop(depth);
    return DEPTH_CROSSED;
}

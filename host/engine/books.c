/* books.c: the order books that somebody wants: kept from what venues say, shown to who asked for them, begun anew where they broke. */
#include <string.h>

#include "engine/impl.h"
#include "engine/save.h"

void engine_set_books(struct engine *engine, uint32_t account, uint32_t policy, uint32_t levels)
{
    if (account && account <= ENGINE_ACCOUNTS_MAX)
        engine->market_terms[account].policy = policy, engine->market_terms[account].levels = levels;
}

const struct market_terms *market_terms_of(const struct engine *engine, const struct instrument *instrument)
{
    for (uint32_t id = 1; id <= portfolio_account_count(engine->portfolio); id++) {
        const struct account *account = portfolio_account(engine->portfolio, id);
        if (account && strcmp(account->venue, instrument->info.venue) == 0)
            return &engine->market_terms[id];
    }
    return &engine->market_terms[0];
}

oc_rc engine_want_book(struct engine *engine, uint32_t inst)
{
    const struct instrument *instrument = instruments_get(engine->instruments, inst);
    if (!instrument)
        return OC_E_NOT_FOUND;
    const struct market_terms *terms = market_terms_of(engine, instrument);
    struct depth *depth;
    if (terms->policy == DEPTH_OFF)
        return OC_E_NOT_SUPPORTED;
    const uint32_t count = engine->depths.count;
    const oc_rc rc = depths_want(&engine->depths, instrument->info.inst, terms->policy, terms->levels, &depth);
    if (rc == OC_OK)
        depth->policy = terms->policy;
    engine->book_news += engine->depths.count != count;
    return rc;
}

const struct depth *engine_book(const struct engine *engine, uint32_t inst)
{
    return depths_find(&engine->depths, inst);
}

const struct depth *engine_book_at(const struct engine *engine, uint32_t i)
{
    return i < engine->depths.count ? engine->depths.list[i] : NULL;
}

uint64_t engine_book_news(const struct engine *engine) { return engine->book_news; }

oc_rc book_apply(struct engine *engine, const struct oc_ev_book *event)
{
    struct depth *depth = depths_find(&engine->depths, event->head.inst);
    if (!depth) /* nobody wants it */
        return OC_OK;
    if (!depth_takes(event))
        return OC_E_RANGE;
    const bool wanted = depth_wants(depth);
    const enum depth_fault fault = depth_apply(depth, event);
    engine->book_news += depth_wants(depth) != wanted || (!depth->is_whole && depth->held_count == 1);
    if (fault) {
        depth->fault = fault;
        depth->fault_seq = event->head.seq;
        if (depth->policy == DEPTH_HALT)
            engine_latch(engine, 0, ENGINE_BOOK_BROKEN);
    }
    if ((event->head.flags & OC_EVF_LAST) && depth_is_shown(depth))
        book_show(engine, &event->head);
    return OC_OK;
}

static bool is_of(const struct engine *engine, uint32_t inst, const char *venue)
{
    const struct instrument *instrument = instruments_get(engine->instruments, inst);
    return instrument && strcmp(instrument->info.venue, venue) == 0;
}

/* What a venue said while it was not heard nobody knows: its books begin anew. */
void markets_lost(struct engine *engine, const struct oc_ev_venue *said)
{
    const struct account *account = portfolio_account(engine->portfolio, said->head.source);
    if (!account || said->part != OC_PART_LINK ||
        (said->state > OC_VENUE_SYNCING && said->state != OC_VENUE_DEGRADED && said->state != OC_VENUE_DENIED))
        return;
    for (uint32_t i = 0; i < engine->depths.count; i++)
        if (is_of(engine, engine->depths.list[i]->inst, account->venue))
            depth_drop(engine->depths.list[i]);
    for (uint32_t i = 0; i < engine->builder_count; i++)
        if (is_of(engine, engine->builders[i]->inst, account->venue))
            bar_builder_lost(engine->builders[i]);
    engine->book_news++;
}

/* In other steps it is another book. */
void books_turn(struct engine *engine, uint32_t inst)
{
    struct depth *depth = depths_find(&engine->depths, inst);
    if (!depth)
        return;
    depth_drop(depth);
    depth->inst = inst;
    engine->book_news++;
}

/* ---- saved ---- */

static void pass_levels(struct save_cursor *cursor, struct depth_side *side)
{
    save_pass(cursor, &side->is_cut, sizeof side->is_cut);
    save_pass(cursor, &side->edge, sizeof side->edge);
    const uint32_t count = save_count(cursor, side->count, ENGINE_DEPTH_LEVELS);
    if (!cursor->is_bad && count)
        save_pass(cursor, side->levels, count * sizeof *side->levels);
    side->count = cursor->is_bad ? 0 : count;
}

/* Into a book that was made anew: its memory and its terms are those of this start. */
static void take_stored(struct depth *depth, const struct depth *stored)
{
    const struct depth own = *depth;
    *depth = *stored;
    depth->policy = own.policy;
    depth->room = own.room;
    depth->held = own.held;
    memcpy(depth->sides, own.sides, sizeof own.sides);
}

static void pass_depth(struct save_cursor *cursor, struct depth *depth)
{
    struct depth stored = *depth; /* where its levels lie is no state */
    memset(stored.sides, 0, sizeof stored.sides);
    stored.held = NULL;
    save_pass(cursor, &stored, sizeof stored);
    if (stored.held_size > ENGINE_DEPTH_HELD || stored.room > ENGINE_DEPTH_LEVELS)
        cursor->is_bad = true;
    if (cursor->is_bad)
        return;
    if (!cursor->is_writing)
        take_stored(depth, &stored);
    pass_levels(cursor, &depth->sides[DEPTH_BIDS]);
    pass_levels(cursor, &depth->sides[DEPTH_ASKS]);
    if (depth->held_size)
        save_pass(cursor, depth->held, depth->held_size);
    if (depth->room != stored.room || depth->policy == DEPTH_OFF) /* under other terms it begins anew */
        depth_drop(depth);
}

void save_depths(struct engine *engine, struct save_cursor *cursor)
{
    const uint32_t count = save_count(cursor, engine->depths.count, ENGINE_DEPTHS_MAX);
    for (uint32_t i = 0; i < count && !cursor->is_bad; i++) {
        struct depth *depth = cursor->is_writing ? engine->depths.list[i] : NULL;
        uint32_t inst = depth ? depth->inst : 0;
        save_pass(cursor, &inst, sizeof inst);
        const struct instrument *instrument = instruments_get(engine->instruments, inst);
        const struct market_terms *terms = instrument ? market_terms_of(engine, instrument) : NULL;
        if (!depth && !cursor->is_bad &&
            (!terms || depths_want(&engine->depths, inst, terms->policy,
                                   terms->levels ? terms->levels : ENGINE_DEPTH_LEVELS, &depth) < 0))
            cursor->is_bad = true;
        if (!cursor->is_bad)
            pass_depth(cursor, depth);
    }
    engine->book_news++;
}

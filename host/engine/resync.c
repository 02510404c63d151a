/* resync.c: behind a hole in what was heard: strategies are told, and what each would hold is held against what it holds. */
#include "engine/impl.h"

static uint32_t find(const struct engine *engine, uint32_t strategy, uint32_t inst)
{
    uint32_t i = 0;
    while (i < engine->resync_count &&
           (engine->resyncs[i].strategy != strategy || OC_INST_INDEX(engine->resyncs[i].inst) != OC_INST_INDEX(inst)))
        i++;
    return i;
}

static void drop(struct engine *engine, uint32_t i)
{
    if (i < engine->resync_count)
        engine->resyncs[i] = engine->resyncs[--engine->resync_count];
}

/* The oldest goes where there is no room: its strategy was told, and so was whoever looks. */
static uint32_t place_of(struct engine *engine, uint32_t strategy, uint32_t inst)
{
    uint32_t i = find(engine, strategy, inst);
    if (i < engine->resync_count)
        return i;
    if (engine->resync_count < ENGINE_RESYNCS_MAX)
        return engine->resync_count++;
    i = 0;
    for (uint32_t k = 1; k < ENGINE_RESYNCS_MAX; k++)
        if (engine->resyncs[k].at_ns < engine->resyncs[i].at_ns)
            i = k;
    return i;
}

static int64_t held(const struct engine *engine, uint32_t strategy, uint32_t inst)
{
    int64_t qty = 0;
    const uint32_t count = portfolio_account_count(engine->portfolio);
    for (uint32_t account = 1; account <= count; account++) {
        const struct book *book = portfolio_find(engine->portfolio, account, strategy, inst);
        qty += book ? book->position.qty : 0; /* of markets of one venue it is in one of them */
    }
    return qty;
}

void resync_begin(struct engine *engine) { engine->would = (struct engine_resync){0}; }

void resync_end(struct engine *engine, uint32_t strategy, uint32_t inst, uint64_t missed, oc_rc rc)
{
    struct engine_resync said = {0};
    if (rc >= 0)
        said = engine->would;
    said.strategy = strategy;
    said.inst = inst;
    said.missed = missed;
    said.at_ns = engine->now_ns;
    const bool is_good =
        said.would == ENGINE_WOULD_NOT_SAID ? held(engine, strategy, inst) == 0 : !engine_resync_differs(engine, &said);
    if (is_good)
        drop(engine, find(engine, strategy, inst));
    else
        engine->resyncs[place_of(engine, strategy, inst)] = said;
}

void engine_would_hold(struct engine *engine, uint32_t would, int64_t qty)
{
    engine->would.would = would;
    engine->would.qty = qty;
}

bool engine_resync_differs(const struct engine *engine, const struct engine_resync *resync)
{
    const int64_t qty = held(engine, resync->strategy, resync->inst);
    const struct instrument *now = instruments_get(engine->instruments, resync->inst);
    switch (resync->would) {
    case ENGINE_WOULD_LONG:
        return qty <= 0;
    case ENGINE_WOULD_SHORT:
        return qty >= 0;
    case ENGINE_WOULD_HOLD:
        if (now && now->info.inst == resync->inst)
            return qty != resync->qty;
        return (qty > 0) - (qty < 0) != (resync->qty > 0) - (resync->qty < 0); /* the steps are others since */
    default:
        return false;
    }
}

int64_t engine_resync_held(const struct engine *engine, const struct engine_resync *resync)
{
    return held(engine, resync->strategy, resync->inst);
}

const struct engine_resync *engine_resync_at(const struct engine *engine, uint32_t i)
{
    return i < engine->resync_count ? &engine->resyncs[i] : NULL;
}

void resync_ordered(struct engine *engine, const struct oc_request *request)
{
    if (engine->caller) /* what it orders within the call is followed by what it says */
        drop(engine, find(engine, engine->caller, request->head.inst));
}

void resync_filled(struct engine *engine, uint32_t strategy, uint32_t inst)
{
    const uint32_t i = find(engine, strategy, inst);
    if (i == engine->resync_count)
        return;
    const struct engine_resync *resync = &engine->resyncs[i];
    const bool is_over = resync->would == ENGINE_WOULD_NOT_SAID ? held(engine, strategy, inst) == 0
                                                                : !engine_resync_differs(engine, resync);
    if (is_over)
        drop(engine, i);
}

void resync_forget(struct engine *engine, uint32_t strategy)
{
    for (uint32_t i = engine->resync_count; i-- > 0;)
        if (engine->resyncs[i].strategy == strategy)
            drop(engine, i);
}

/* live_bars.c: bars of a live feed: built from what the venue tells, and where that has a hole, or lies before the beginning, from its own
 * history. */
#include "engine/impl.h"

void engine_set_bars(struct engine *engine, uint32_t account, const struct engine_bars *bars)
{
    if (account && account <= ENGINE_ACCOUNTS_MAX)
        engine->market_terms[account].bars = *bars;
}

static const struct engine_bars *terms_of(const struct engine *engine, const struct bar_builder *builder)
{
    return &market_terms_of(engine, instruments_get(engine->instruments, builder->inst))->bars;
}

void live_bar_begin(const struct engine *engine, struct bar_builder *builder)
{
    const struct engine_bars *terms = terms_of(engine, builder);
    if (terms->is_live)
        bar_builder_go_live(builder, terms->grace_ns, terms->is_flat);
}

static void want(struct engine *engine, struct bar_builder *builder, int64_t from_ns, int64_t to_ns, int64_t call_ns)
{
    if (!builder->asks_to) {
        builder->asks_from = from_ns;
        builder->is_gap = builder->told_ns != INT64_MIN;
        builder->fed = 0;
    }
    builder->asks_to = to_ns;
    builder->asks_call = call_ns;
    engine->history_news++;
}

static int64_t history_begins(const struct bar_builder *builder, int64_t to_ns)
{
    const int64_t span_ns = ENGINE_HISTORY_BARS * builder->period_ns;
    return to_ns > span_ns ? bar_start(to_ns - span_ns, builder->period_ns) : 0;
}

/* A bar that was heard as a whole is told now. What was to be told before it and has not come by now is left out: a strategy is called
 * in the order of time. */
void live_bar_close(struct engine *engine, struct bar_builder *builder)
{
    const int64_t start_ns = builder->now.bar.open_ns, end_ns = start_ns + builder->period_ns;
    if (start_ns >= builder->whole_ns) {
        builder->left_out += builder->asks_call != 0;
        builder->asks_to = builder->asks_call = 0;
        builder->told_ns = end_ns;
        builder_tell(engine, builder, &builder->now.head, false);
    } else {
        const int64_t from_ns = builder->told_ns == INT64_MIN ? history_begins(builder, start_ns) : builder->told_ns;
        want(engine, builder, from_ns, end_ns, end_ns);
    }
    bar_builder_go_on(builder);
}

/* By the venue's time, which is a claim. */
void live_bar_add(struct engine *engine, struct bar_builder *builder, const struct oc_event *event)
{
    const int64_t latest_ns = engine->now_ns + BAR_AHEAD_NS,
                  at_ns = event->venue_ns < latest_ns ? event->venue_ns : latest_ns;
    if (event->type != (terms_of(engine, builder)->of_quotes ? OC_EV_QUOTE : OC_EV_TRADE)) {
        bar_builder_heard(builder, at_ns);
        return;
    }
    while (bar_builder_is_beyond(builder, at_ns)) /* at most as many as lie in BAR_AHEAD_NS and the grace */
        builder_close(engine, builder);
    const bool is_first = builder->told_ns == INT64_MIN && !builder->asks_to && !builder->is_open;
    bar_builder_add(builder, event, at_ns);
    if (is_first && builder->is_open) {
        const int64_t start_ns = builder->now.bar.open_ns; /* at one place in both */
        want(engine, builder, history_begins(builder, start_ns), start_ns, 0);
    }
}

void live_bars_heard(struct engine *engine, uint32_t inst)
{
    for (uint32_t i = 0; i < engine->builder_count; i++)
        if (engine->builders[i]->is_live && OC_INST_INDEX(engine->builders[i]->inst) == OC_INST_INDEX(inst))
            bar_builder_heard(engine->builders[i], engine->now_ns);
}

static void take(struct engine *engine, struct bar_builder *builder, const struct oc_ev_bar *bar)
{
    const int64_t end_ns = bar->open_ns + bar->period_ns;
    if (!builder->asks_to || bar->open_ns < builder->asks_from || end_ns > builder->asks_to ||
        bar->open_ns < builder->told_ns)
        return; /* nobody waits for it, or it was told already */
    const bool is_called = end_ns == builder->asks_call && engine->now_ns < end_ns + builder->period_ns;
    builder->told_ns = end_ns;
    builder->fed += !is_called;
    if (!is_called)
        builder_tell(engine, builder, &bar->head, true);
    if (end_ns == builder->asks_to) {
        if (builder->is_gap && builder->fed)
            builder_resync(engine, builder);
        builder->asks_to = builder->asks_call = 0;
        builder->fed = 0;
    }
    if (is_called)
        builder_tell(engine, builder, &bar->head, false);
}

void history_apply(struct engine *engine, const struct oc_ev_bar *bar)
{
    if (bar->head.flags & OC_EVF_FORMING)
        return;
    for (uint32_t i = 0; i < engine->builder_count; i++) {
        struct bar_builder *builder = engine->builders[i];
        if (builder->is_live && builder->period_ns == bar->period_ns &&
            OC_INST_INDEX(builder->inst) == OC_INST_INDEX(bar->head.inst))
            take(engine, builder, bar);
    }
}

bool engine_history_at(const struct engine *engine, uint32_t i, struct engine_history *ret_history)
{
    if (i >= engine->builder_count)
        return false;
    const struct bar_builder *builder = engine->builders[i];
    *ret_history = (struct engine_history){.inst = builder->inst,
                                           .period_ns = builder->period_ns,
                                           .from_ns = builder->asks_from > builder->told_ns ? builder->asks_from
                                                                                            : builder->told_ns,
                                           .to_ns = builder->asks_to};
    return true;
}

uint64_t engine_history_news(const struct engine *engine) { return engine->history_news; }

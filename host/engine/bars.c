#include "engine/bars.h"

#include <stddef.h>
#include <string.h>

#define DAY_NS    86400000000000LL
#define SECOND_NS 1000000000LL

bool bar_period_is_valid(int64_t period_ns)
{
    return period_ns >= SECOND_NS && period_ns <= DAY_NS && DAY_NS % period_ns == 0;
}

int64_t bar_start(int64_t now_ns, int64_t period_ns)
{
    int64_t rest = now_ns % period_ns;
    return now_ns - (rest < 0 ? rest + period_ns : rest);
}

void bar_builder_init(struct bar_builder *builder, uint32_t inst, int64_t period_ns)
{
    memset(builder, 0, sizeof *builder);
    builder->inst = inst;
    builder->period_ns = period_ns;
}

_Static_assert(offsetof(struct oc_ev_bar, open_ns) == offsetof(struct oc_ev_qbar, open_ns) &&
                   offsetof(struct oc_ev_bar, period_ns) == offsetof(struct oc_ev_qbar, period_ns),
               "open_bar() writes them once");

static void open_bar(struct bar_builder *builder, const struct oc_event *event, int64_t at_ns)
{
    int64_t start = bar_start(at_ns, builder->period_ns);
    if (builder->end_ns && start > builder->end_ns)
        builder->gaps += (uint64_t)((start - builder->end_ns) / builder->period_ns);
    bool quotes = event->type == OC_EV_QUOTE || event->type == OC_EV_QBAR;
    memset(&builder->now, 0, sizeof builder->now);
    builder->end_ns = start + builder->period_ns;
    builder->due_ns = builder->end_ns + builder->grace_ns;
    builder->now.head = (struct oc_event){
        .size = quotes ? (uint32_t)sizeof(struct oc_ev_qbar) : (uint32_t)sizeof(struct oc_ev_bar),
        .type = quotes ? OC_EV_QBAR : OC_EV_BAR,
        .source = event->source,
        .inst = event->inst,
        .venue_ns = builder->end_ns,
        .local_ns = builder->end_ns,
    };
    builder->now.bar.open_ns = start; /* at one place in both */
    builder->now.bar.period_ns = builder->period_ns;
    builder->is_open = 1;
}

static void line_add(int64_t line[4], bool first, const int64_t from[4])
{
    if (first)
        line[0] = from[0], line[1] = from[1], line[2] = from[2];
    if (from[1] > line[1])
        line[1] = from[1];
    if (from[2] < line[2])
        line[2] = from[2];
    line[3] = from[3];
}

static void add_price(struct oc_ev_bar *bar, const int64_t line[4], int64_t volume, uint32_t present)
{
    int64_t now[4] = {bar->open, bar->high, bar->low, bar->close};
    line_add(now, bar->trades == 0, line);
    bar->open = now[0], bar->high = now[1], bar->low = now[2], bar->close = now[3];
    if (present) {
        bar->present |= OC_HAS_VOLUME;
        if (__builtin_add_overflow(bar->volume, volume, &bar->volume))
            bar->volume = INT64_MAX;
    }
    bar->trades++;
}

static void add_quote(struct oc_ev_qbar *bar, const struct oc_event *event)
{
    if (event->type == OC_EV_QUOTE) {
        const struct oc_ev_quote *quote = (const struct oc_ev_quote *)(const void *)event;
        int64_t bid[4] = {quote->bid, quote->bid, quote->bid, quote->bid};
        int64_t ask[4] = {quote->ask, quote->ask, quote->ask, quote->ask};
        if (quote->present & OC_HAS_BID)
            line_add(bar->bid, !(bar->present & OC_HAS_BID), bid);
        if (quote->present & OC_HAS_ASK)
            line_add(bar->ask, !(bar->present & OC_HAS_ASK), ask);
        bar->present |= quote->present & (OC_HAS_BID | OC_HAS_ASK);
    } else {
        const struct oc_ev_qbar *part = (const struct oc_ev_qbar *)(const void *)event;
        if (part->present & OC_HAS_BID)
            line_add(bar->bid, !(bar->present & OC_HAS_BID), part->bid);
        if (part->present & OC_HAS_ASK)
            line_add(bar->ask, !(bar->present & OC_HAS_ASK), part->ask);
        bar->present |= part->present & (OC_HAS_BID | OC_HAS_ASK);
    }
    bar->quotes++;
}

/* Smaller bars follow one another without a hole: one of them holds the end, or begins there. */
static void set_due(struct bar_builder *builder, int64_t open_ns, int64_t period_ns)
{
    const int64_t rest = period_ns > 0 && period_ns < builder->period_ns ? (builder->end_ns - open_ns) % period_ns : 0;
    builder->due_ns = builder->end_ns + (rest > 0 ? period_ns - rest : 0);
}

/* ---- live ---- */

void bar_builder_go_live(struct bar_builder *builder, int64_t grace_ns, bool is_flat)
{
    builder->is_live = true;
    builder->is_flat = is_flat;
    builder->grace_ns = grace_ns;
    builder->whole_ns = INT64_MAX;
    builder->told_ns = INT64_MIN;
}

void bar_builder_lost(struct bar_builder *builder) { builder->whole_ns = INT64_MAX; }

/* A trade at the last close that was none: the first real one takes its place (trades is 0). */
static void open_flat(struct bar_builder *builder)
{
    const struct oc_ev_bar before = builder->now.bar;
    open_bar(builder, &before.head, builder->end_ns);
    struct oc_ev_bar *bar = &builder->now.bar;
    bar->open = bar->high = bar->low = bar->close = before.close;
    bar->present = before.present & OC_HAS_VOLUME;
}

void bar_builder_go_on(struct bar_builder *builder)
{
    if (builder->is_flat && builder->now.head.type == OC_EV_BAR && !builder->has_ahead) {
        open_flat(builder);
        return;
    }
    if (!builder->has_ahead)
        return;
    builder->has_ahead = false;
    builder->now = builder->ahead;
    builder->end_ns += builder->period_ns;
    builder->due_ns = builder->end_ns + builder->grace_ns;
    builder->is_open = 1;
}

static void add_one(struct bar_builder *builder, const struct oc_event *event, int64_t at_ns);

static void add_ahead(struct bar_builder *builder, const struct oc_event *event, int64_t at_ns)
{
    struct bar_builder next = {.inst = builder->inst, .period_ns = builder->period_ns, .is_open = builder->has_ahead};
    next.end_ns = builder->end_ns + (builder->has_ahead ? builder->period_ns : 0);
    next.now = builder->ahead;
    add_one(&next, event, at_ns);
    builder->ahead = next.now;
    builder->has_ahead = true;
}

/* Of the open bar, of the next one, or of one that is over. */
static void add_live(struct bar_builder *builder, const struct oc_event *event, int64_t at_ns)
{
    const int64_t start_ns = bar_start(at_ns, builder->period_ns);
    bar_builder_heard(builder, at_ns);
    if (start_ns < (builder->is_open ? builder->end_ns - builder->period_ns : builder->end_ns))
        builder->late++;
    else if (builder->is_open && start_ns >= builder->end_ns)
        add_ahead(builder, event, at_ns);
    else
        add_one(builder, event, at_ns);
}

void bar_builder_add(struct bar_builder *builder, const struct oc_event *event, int64_t at_ns)
{
    if (__builtin_expect(builder->is_live, 0))
        add_live(builder, event, at_ns);
    else
        add_one(builder, event, at_ns);
}

static void add_one(struct bar_builder *builder, const struct oc_event *event, int64_t at_ns)
{
    if (!builder->is_open)
        open_bar(builder, event, at_ns);
    if (event->type == OC_EV_BAR)
        set_due(builder, at_ns, ((const struct oc_ev_bar *)(const void *)event)->period_ns);
    else if (event->type == OC_EV_QBAR)
        set_due(builder, at_ns, ((const struct oc_ev_qbar *)(const void *)event)->period_ns);
    if (builder->now.head.type == OC_EV_QBAR) {
        if (event->type == OC_EV_QUOTE || event->type == OC_EV_QBAR)
            add_quote(&builder->now.qbar, event);
        return;
    }
    if (event->type == OC_EV_TRADE) {
        const struct oc_ev_trade *trade = (const struct oc_ev_trade *)(const void *)event;
        int64_t line[4] = {trade->price, trade->price, trade->price, trade->price};
        add_price(&builder->now.bar, line, trade->qty, trade->present & OC_HAS_QTY);
    } else if (event->type == OC_EV_BAR) {
        const struct oc_ev_bar *bar = (const struct oc_ev_bar *)(const void *)event;
        int64_t line[4] = {bar->open, bar->high, bar->low, bar->close};
        add_price(&builder->now.bar, line, bar->volume, bar->present & OC_HAS_VOLUME);
    }
}

const struct oc_event *bar_builder_take(struct bar_builder *builder)
{
    builder->is_open = 0;
    return &builder->now.head;
}

#include "session/inbox.h"

#include <stdlib.h>
#include <string.h>

#include "engine/limits.h"

struct cursor {
    struct inbox_source source;
    struct oc_event *event; /* NULL at the end */
    int64_t at_ns;          /* when its next point is due */
    uint32_t is_opening;    /* 1: the point is the bar's open */
    uint32_t zero;
};

struct inbox {
    struct engine *engine;
    struct inbox_hooks hooks;
    struct cursor *cursors;
    uint32_t cursor_count;
    uint32_t sim_count;
    struct sim_answers *sims[ENGINE_ACCOUNTS_MAX];
    uint64_t index;
    int64_t now_ns;
    uint32_t primed_count; /* cursors whose source has given its first event */
};

oc_rc inbox_new(struct engine *engine, const struct inbox_hooks *hooks, struct inbox **ret_loop)
{
    struct inbox *loop = calloc(1, sizeof *loop);
    if (!loop)
        return OC_E_NOMEM;
    loop->engine = engine;
    loop->hooks = *hooks;
    loop->now_ns = INT64_MIN;
    *ret_loop = loop;
    return OC_OK;
}

void inbox_free(struct inbox *loop)
{
    if (!loop)
        return;
    free(loop->cursors);
    free(loop);
}

oc_rc inbox_add_source(struct inbox *loop, const struct inbox_source *source)
{
    if (loop->cursor_count == ENGINE_SOURCES_MAX)
        return OC_E_LIMIT;
    struct cursor *cursors = realloc(loop->cursors, (loop->cursor_count + 1) * sizeof *cursors);
    if (!cursors)
        return OC_E_NOMEM;
    loop->cursors = cursors;
    memset(&cursors[loop->cursor_count], 0, sizeof *cursors);
    cursors[loop->cursor_count++].source = *source;
    return OC_OK;
}

static oc_rc sim_request(void *self, int64_t now_ns, const struct oc_request *request)
{
    struct sim_answers *sim_answers = self;
    return sim_answers->table->request(sim_answers->self, now_ns, request);
}

oc_rc inbox_add_sim(struct inbox *loop, struct sim_answers *sim_answers, uint32_t account)
{
    uint32_t i = 0;
    while (i < loop->sim_count && loop->sims[i] != sim_answers)
        i++;
    if (i == ENGINE_ACCOUNTS_MAX)
        return OC_E_LIMIT;
    if (i == loop->sim_count)
        loop->sims[loop->sim_count++] = sim_answers;
    struct engine_venue venue = {sim_answers, sim_request};
    return engine_set_venue(loop->engine, account, &venue);
}

static int64_t open_ns_of(const struct oc_event *event)
{
    if (event->type == OC_EV_BAR)
        return ((const struct oc_ev_bar *)(const void *)event)->open_ns;
    return ((const struct oc_ev_qbar *)(const void *)event)->open_ns;
}

static oc_rc cursor_next(struct cursor *cursor)
{
    oc_rc rc = cursor->source.next(cursor->source.self, &cursor->event);
    if (rc == OC_E_END) {
        cursor->event = NULL;
        cursor->at_ns = INT64_MAX;
        return OC_OK;
    }
    if (rc < 0)
        return rc;
    bool is_bar = cursor->event->type == OC_EV_BAR || cursor->event->type == OC_EV_QBAR;
    cursor->is_opening = is_bar;
    cursor->at_ns = is_bar ? open_ns_of(cursor->event) : cursor->event->venue_ns;
    return OC_OK;
}

static oc_rc show_sims(struct inbox *loop, int64_t at_ns, const struct oc_event *event)
{
    for (uint32_t i = 0; i < loop->sim_count; i++) {
        struct sim_answers *sim_answers = loop->sims[i];
        oc_rc rc = sim_answers->table->market(sim_answers->self, at_ns, event);
        if (rc < 0)
            return rc;
    }
    return OC_OK;
}

static oc_rc answers(struct inbox *loop, struct sim_answers *sim_answers, int64_t at_ns)
{
    union {
        struct oc_event head;
        char bytes[SIM_ANSWERS_ANSWER_MAX];
    } answer;
    if (sim_answers->due_ns <= at_ns) {
        sim_answers->due_ns = INT64_MAX;
        oc_rc rc = sim_answers->table->due(sim_answers->self, at_ns);
        if (rc < 0)
            return rc;
    }
    while (sim_answers_take(sim_answers, at_ns, &answer, sizeof answer) == OC_OK) {
        answer.head.local_ns = at_ns;
        oc_rc rc = loop->hooks.answer ? loop->hooks.answer(loop->hooks.self, &answer.head) : OC_OK;
        if (rc == OC_OK)
            rc = engine_input(loop->engine, &answer.head);
        if (rc < 0)
            return rc;
    }
    return OC_OK;
}

static int64_t sims_next_ns(const struct inbox *loop)
{
    int64_t next = INT64_MAX;
    for (uint32_t i = 0; i < loop->sim_count; i++) {
        int64_t at_ns = sim_answers_next_ns(loop->sims[i]);
        if (at_ns < next)
            next = at_ns;
    }
    return next;
}

/* The cursor whose point comes first: time, closes before opens, then its place. */
static struct cursor *cursor_first(struct inbox *loop)
{
    struct cursor *first = &loop->cursors[0];
    for (uint32_t i = 1; i < loop->cursor_count; i++) {
        struct cursor *cursor = &loop->cursors[i];
        if (cursor->at_ns < first->at_ns || (cursor->at_ns == first->at_ns && cursor->is_opening < first->is_opening))
            first = cursor;
    }
    return first;
}

static oc_rc drain(struct inbox *loop, int64_t at_ns, int64_t timer_ns);

static oc_rc market_point(struct inbox *loop, struct cursor *cursor)
{
    struct oc_event *event = cursor->event;
    if (cursor->is_opening) {
        cursor->is_opening = 0;
        int64_t open_ns = cursor->at_ns;
        cursor->at_ns = event->venue_ns;
        return show_sims(loop, open_ns, event);
    }
    event->local_ns = cursor->at_ns;
    oc_rc rc = loop->hooks.market ? loop->hooks.market(loop->hooks.self, event) : OC_OK;
    if (rc == OC_OK)
        rc = show_sims(loop, cursor->at_ns, event);
    if (rc == OC_OK)
        rc = engine_input(loop->engine, event);
    if (rc < 0)
        return rc;
    loop->index++;
    uint64_t seq = event->seq;
    if (sims_next_ns(loop) <= cursor->at_ns)
        rc = drain(loop, cursor->at_ns, cursor->at_ns - 1);
    if (loop->hooks.progress)
        loop->hooks.progress(loop->hooks.self, seq, loop->index);
    return rc < 0 ? rc : cursor_next(cursor);
}

/* Answers up to at_ns and timers up to timer_ns, each instant completely before the next, answers first. */
static oc_rc drain(struct inbox *loop, int64_t at_ns, int64_t timer_ns)
{
    for (;;) {
        int64_t sim_next = sims_next_ns(loop), timer_next = engine_next_ns(loop->engine);
        oc_rc rc = OC_OK;
        if (sim_next <= at_ns && sim_next <= timer_next) {
            if (sim_next > loop->now_ns)
                loop->now_ns = sim_next;
            for (uint32_t i = 0; i < loop->sim_count && rc == OC_OK; i++)
                rc = answers(loop, loop->sims[i], sim_next);
        } else if (timer_next <= timer_ns) {
            if (timer_next > loop->now_ns)
                loop->now_ns = timer_next;
            rc = engine_tick(loop->engine, timer_next);
        } else if (sim_next <= at_ns) { /* a timer of this very instant waits for the market; answers do not */
            for (uint32_t i = 0; i < loop->sim_count && rc == OC_OK; i++)
                rc = answers(loop, loop->sims[i], sim_next);
        } else {
            return OC_OK;
        }
        if (rc < 0)
            return rc;
    }
}

oc_rc inbox_drain(struct inbox *loop, int64_t at_ns) { return drain(loop, at_ns, at_ns); }
oc_rc inbox_finish(struct inbox *loop, int64_t at_ns) { return drain(loop, at_ns, INT64_MIN); }

int64_t inbox_next_ns(const struct inbox *loop)
{
    int64_t sim_next = sims_next_ns(loop), timer_next = engine_next_ns(loop->engine);
    return sim_next < timer_next ? sim_next : timer_next;
}

bool inbox_is_opening(struct inbox *loop)
{
    const struct cursor *cursor = loop->cursor_count ? cursor_first(loop) : NULL;
    return cursor && cursor->event && cursor->is_opening;
}

int64_t inbox_now(const struct inbox *loop) { return loop->now_ns; }

static oc_rc prime(struct inbox *loop)
{
    for (; loop->primed_count < loop->cursor_count; loop->primed_count++) {
        oc_rc rc = cursor_next(&loop->cursors[loop->primed_count]);
        if (rc < 0)
            return rc;
    }
    return OC_OK;
}

oc_rc inbox_peek(struct inbox *loop, struct inbox_point *ret_point)
{
    oc_rc rc = prime(loop);
    if (rc < 0)
        return rc;
    const struct cursor *cursor = loop->cursor_count ? cursor_first(loop) : NULL;
    if (!cursor || !cursor->event)
        return OC_E_END;
    *ret_point = (struct inbox_point){cursor->event, cursor->at_ns, cursor->is_opening};
    return OC_OK;
}

oc_rc inbox_pass(struct inbox *loop)
{
    struct cursor *cursor = cursor_first(loop);
    if (cursor->at_ns >
        loop->now_ns) /* the open of this very instant follows without a look at commands, as in a run */
        loop->now_ns = cursor->at_ns;
    if (cursor->is_opening) {
        cursor->is_opening = 0;
        cursor->at_ns = cursor->event->venue_ns;
        return OC_OK;
    }
    loop->index++;
    return cursor_next(cursor);
}

oc_rc inbox_run(struct inbox *loop)
{
    oc_rc primed = prime(loop);
    if (primed < 0)
        return primed;
    while (loop->cursor_count) {
        struct cursor *cursor = cursor_first(loop);
        int64_t at_ns = cursor->at_ns;
        if (!cursor->event)
            break;
        oc_rc rc = OC_OK;
        if (at_ns > loop->now_ns) {
            if (loop->hooks.advance)
                rc = loop->hooks.advance(loop->hooks.self, at_ns);
            if (rc != OC_OK)
                return rc;
        }
        /* what remains of the instants before, their timers included, and the answers of this one */
        if (sims_next_ns(loop) <= at_ns || engine_next_ns(loop->engine) < at_ns)
            rc = drain(loop, at_ns, at_ns - 1);
        if (rc < 0)
            return rc;
        if (at_ns > loop->now_ns)
            loop->now_ns = at_ns;
        rc = market_point(loop, cursor);
        if (rc < 0)
            return rc;
    }
    return OC_OK;
}

uint64_t inbox_index(const struct inbox *loop) { return loop->index; }

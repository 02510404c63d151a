#include "session/inbox.h"

#include <stdlib.h>
#include <string.h>

#include "engine/limits.h"

struct cursor {
    struct inbox_source source;
    struct oc_event *event; /* NULL at the end, or while it waits */
    int64_t at_ns;          /* when its next point is due; INT64_MAX without an event */
    bool is_opening;        /* the point is the bar's open */
    bool is_waiting;        /* it said OC_E_AGAIN */
};

enum { FEW_CURSORS = 8 };

struct inbox {
    struct engine *engine;
    struct venues *venues;
    struct cursor *cursors;
    uint32_t cursor_count;
    uint32_t leaf_count; /* 0: so few that they are looked through; else a power of two */
    uint32_t
        *winners; /* beyond FEW_CURSORS: of each pair the first, [1] of all; the leaves from leaf_count on. Owned */
    uint32_t primed_count; /* cursors whose source has given its first event */
    uint32_t waiting_count;
    struct cursor *taken; /* whose event is the input being handled; NULL: none */
    bool is_in_timers;    /* the last input was a timer or a bar's end: those of the instant go on */
    uint64_t index;
    uint64_t points;
    int64_t now_ns;
    struct inbox_recording recording;
    union {
        struct oc_event head;
        char bytes[SIM_ANSWERS_LONG_MAX];
    } answer;
    struct oc_ev_timer timer;
};

oc_rc inbox_new(struct engine *engine, struct venues *venues, struct inbox **ret_inbox)
{
    struct inbox *inbox = calloc(1, sizeof *inbox);
    if (!inbox)
        return OC_E_NOMEM;
    inbox->engine = engine;
    inbox->venues = venues;
    inbox->now_ns = INT64_MIN;
    *ret_inbox = inbox;
    return OC_OK;
}

void inbox_free(struct inbox *inbox)
{
    if (!inbox)
        return;
    free(inbox->cursors);
    free(inbox->winners);
    free(inbox);
}

/* Time, closes before opens, then its place. */
static bool is_before(const struct inbox *inbox, uint32_t a, uint32_t b)
{
    const struct cursor *one = &inbox->cursors[a], *other = &inbox->cursors[b];
    if (one->at_ns != other->at_ns)
        return one->at_ns < other->at_ns;
    return one->is_opening != other->is_opening ? !one->is_opening : a < b;
}

static void match(struct inbox *inbox, uint32_t place)
{
    const uint32_t left = inbox->winners[2 * place], right = inbox->winners[2 * place + 1];
    const bool has_right = right < inbox->cursor_count;
    inbox->winners[place] = has_right && is_before(inbox, right, left) ? right : left;
}

/* Its point has changed. */
static void moved(struct inbox *inbox, const struct cursor *cursor)
{
    if (!inbox->leaf_count)
        return;
    for (uint32_t place = (inbox->leaf_count + (uint32_t)(cursor - inbox->cursors)) / 2; place; place /= 2)
        match(inbox, place);
}

static oc_rc winners_make(struct inbox *inbox)
{
    uint32_t leaves = 2 * FEW_CURSORS;
    if (inbox->cursor_count <= FEW_CURSORS)
        return OC_OK;
    while (leaves < inbox->cursor_count)
        leaves *= 2;
    uint32_t *winners = realloc(inbox->winners, 2 * leaves * sizeof *winners);
    if (!winners)
        return OC_E_NOMEM;
    inbox->winners = winners;
    inbox->leaf_count = leaves;
    for (uint32_t i = 0; i < leaves; i++)
        winners[leaves + i] = i;
    for (uint32_t place = leaves - 1; place; place--)
        match(inbox, place);
    return OC_OK;
}

oc_rc inbox_add_source(struct inbox *inbox, const struct inbox_source *source)
{
    if (inbox->cursor_count == ENGINE_SOURCES_MAX)
        return OC_E_LIMIT;
    struct cursor *cursors = realloc(inbox->cursors, (inbox->cursor_count + 1) * sizeof *cursors);
    if (!cursors)
        return OC_E_NOMEM;
    inbox->cursors = cursors;
    memset(&cursors[inbox->cursor_count], 0, sizeof *cursors);
    cursors[inbox->cursor_count++].source = *source;
    return winners_make(inbox);
}

void inbox_set_recording(struct inbox *inbox, const struct inbox_recording *recording)
{
    inbox->recording = *recording;
}

static bool is_bar(const struct oc_event *event) { return event->type == OC_EV_BAR || event->type == OC_EV_QBAR; }

static int64_t open_ns_of(const struct oc_event *event)
{
    if (event->type == OC_EV_BAR)
        return ((const struct oc_ev_bar *)(const void *)event)->open_ns;
    return ((const struct oc_ev_qbar *)(const void *)event)->open_ns;
}

static oc_rc cursor_read(struct inbox *inbox, struct cursor *cursor)
{
    oc_rc rc = cursor->source.next(cursor->source.self, &cursor->event);
    inbox->waiting_count -= cursor->is_waiting;
    cursor->is_waiting = rc == OC_E_AGAIN;
    inbox->waiting_count += cursor->is_waiting;
    if (rc == OC_E_END || rc == OC_E_AGAIN) {
        cursor->event = NULL;
        cursor->at_ns = INT64_MAX;
        return OC_OK;
    }
    if (rc < 0)
        return rc;
    cursor->is_opening = is_bar(cursor->event) && !cursor->source.is_live;
    cursor->at_ns = cursor->is_opening ? open_ns_of(cursor->event) : cursor->event->venue_ns;
    if (cursor->source.is_live)
        cursor->at_ns = cursor->event->local_ns;
    return OC_OK;
}

static oc_rc cursor_next(struct inbox *inbox, struct cursor *cursor)
{
    const oc_rc rc = cursor_read(inbox, cursor);
    moved(inbox, cursor);
    return rc;
}

static oc_rc prime(struct inbox *inbox)
{
    for (; __builtin_expect(inbox->primed_count < inbox->cursor_count, 0); inbox->primed_count++) {
        oc_rc rc = cursor_next(inbox, &inbox->cursors[inbox->primed_count]);
        if (rc < 0)
            return rc;
    }
    for (uint32_t i = 0; __builtin_expect(inbox->waiting_count != 0, 0) && i < inbox->cursor_count; i++)
        if (inbox->cursors[i].is_waiting) {
            oc_rc rc = cursor_next(inbox, &inbox->cursors[i]);
            if (rc < 0)
                return rc;
        }
    return OC_OK;
}

/* The cursor whose point comes first. NULL: none has one. */
static struct cursor *cursor_first(struct inbox *inbox)
{
    struct cursor *first = &inbox->cursors[inbox->leaf_count ? inbox->winners[1] : 0];
    for (uint32_t i = 1; !inbox->leaf_count && i < inbox->cursor_count; i++) {
        struct cursor *cursor = &inbox->cursors[i];
        if (cursor->at_ns < first->at_ns || (cursor->at_ns == first->at_ns && cursor->is_opening < first->is_opening))
            first = cursor;
    }
    return inbox->cursor_count && first->event ? first : NULL;
}

static int64_t goes_to(const struct inbox *inbox)
{
    return inbox->recording.goes_to ? inbox->recording.goes_to(inbox->recording.self) : INT64_MIN;
}

/* How far answers and timers go without a point of the data. */
static int64_t rests_until(const struct inbox *inbox)
{
    int64_t until_ns = INT64_MAX;
    if (!inbox->waiting_count)
        return goes_to(inbox); /* only what a recording goes on with is left */
    for (uint32_t i = 0; i < inbox->cursor_count; i++) {
        const struct cursor *cursor = &inbox->cursors[i];
        const int64_t own_ns =
            cursor->is_waiting && cursor->source.until ? cursor->source.until(cursor->source.self) : INT64_MAX;
        if (own_ns < until_ns)
            until_ns = own_ns;
    }
    return until_ns;
}

static struct oc_ev_text *recorded_next(const struct inbox *inbox, bool *ret_now)
{
    *ret_now = false;
    return inbox->recording.next ? inbox->recording.next(inbox->recording.self, ret_now) : NULL;
}

/* Answers before timers, but for those of an instant whose timers have begun. */
static uint32_t rest_first(const struct inbox *inbox, int64_t *ret_at_ns)
{
    int64_t answer_ns = venues_next_ns(inbox->venues), timer_ns = engine_next_ns(inbox->engine);
    bool goes_on = inbox->is_in_timers && timer_ns <= inbox->now_ns;
    *ret_at_ns = goes_on || timer_ns < answer_ns ? timer_ns : answer_ns;
    return goes_on || timer_ns < answer_ns ? INPUT_TIMER : INPUT_ANSWER;
}

/* The recording has ended with this point of the data, or before it. */
static bool is_beyond(const struct inbox *inbox, const struct cursor *cursor)
{
    if (!inbox->recording.has_end || inbox->index < inbox->recording.market_count)
        return false;
    return !cursor->is_opening || (goes_to(inbox) < cursor->at_ns && cursor->at_ns > inbox->now_ns);
}

static struct input recorded_input(struct oc_ev_text *recorded)
{
    uint32_t kind = recorded->head.type == OC_EV_COMMAND ? INPUT_COMMAND : INPUT_FACT;
    return (struct input){.kind = kind, .at_ns = recorded->head.local_ns, .event = &recorded->head};
}

oc_rc inbox_peek(struct inbox *inbox, struct input *ret_next)
{
    oc_rc rc = prime(inbox);
    if (rc < 0)
        return rc;
    bool is_now;
    struct oc_ev_text *recorded = recorded_next(inbox, &is_now);
    const struct cursor *cursor = cursor_first(inbox);
    if (is_now) { /* opens have no numbers of their own: those before it are shown first */
        const bool is_stop = inbox_is_end(&recorded->head);
        const bool is_before = is_stop ? (int32_t)((uint32_t)inbox->points - recorded->key) < 0
                                       : cursor && cursor->at_ns <= recorded->head.local_ns;
        const bool shows = cursor && cursor->is_opening && is_before;
        *ret_next = shows ? (struct input){.kind = INPUT_OPEN, .at_ns = cursor->at_ns} : recorded_input(recorded);
        return OC_OK;
    }
    int64_t rest_ns;
    uint32_t rest = rest_first(inbox, &rest_ns);
    if (cursor && is_beyond(inbox, cursor))
        cursor = NULL;
    int64_t market_ns = cursor ? cursor->at_ns : INT64_MAX;
    int64_t until_ns = cursor ? INT64_MAX : rests_until(inbox);
    if (recorded && recorded->head.local_ns > until_ns)
        until_ns = recorded->head.local_ns;
    *ret_next = (struct input){.kind = INPUT_NONE, .at_ns = INT64_MAX};
    if (rest_ns <= until_ns && rest_ns < INT64_MAX &&
        (rest_ns < market_ns || (rest_ns == market_ns && rest == INPUT_ANSWER)))
        *ret_next = (struct input){.kind = rest, .at_ns = rest_ns};
    else if (cursor)
        *ret_next = (struct input){.kind = cursor->is_opening ? INPUT_OPEN : INPUT_MARKET, .at_ns = market_ns};
    if (recorded && recorded->head.local_ns < ret_next->at_ns)
        *ret_next = recorded_input(recorded);
    if (ret_next->kind != INPUT_NONE)
        return OC_OK;
    return inbox->waiting_count ? OC_E_AGAIN : OC_E_END;
}

int64_t inbox_market_ns(struct inbox *inbox)
{
    const struct cursor *cursor = cursor_first(inbox);
    return cursor && !is_beyond(inbox, cursor) ? cursor->at_ns : INT64_MAX;
}

oc_rc inbox_peek_rest(struct inbox *inbox, int64_t answers_ns, int64_t timers_ns, struct input *ret_next)
{
    int64_t answer_ns = venues_next_ns(inbox->venues), timer_ns = engine_next_ns(inbox->engine);
    bool goes_on = inbox->is_in_timers && timer_ns <= inbox->now_ns;
    bool has_answer = answer_ns <= answers_ns && answer_ns < INT64_MAX;
    bool has_timer = timer_ns <= timers_ns && timer_ns < INT64_MAX;
    if (has_timer && (goes_on || !has_answer || timer_ns < answer_ns))
        *ret_next = (struct input){.kind = INPUT_TIMER, .at_ns = timer_ns};
    else if (has_answer)
        *ret_next = (struct input){.kind = INPUT_ANSWER, .at_ns = answer_ns};
    else
        return OC_E_END;
    return OC_OK;
}

static void take_timer(struct inbox *inbox, struct input *input)
{
    input->kind = INPUT_BARS;
    if (engine_bars_end_ns(inbox->engine) <= input->at_ns)
        return;
    input->kind = engine_take_timer(inbox->engine, input->at_ns, &inbox->timer) ? INPUT_TIMER : INPUT_NONE;
    input->event = &inbox->timer.head;
}

static void take_market(struct inbox *inbox, struct cursor *cursor, struct input *input)
{
    input->event = cursor->event;
    inbox->points++;
    if (input->kind == INPUT_OPEN) {
        cursor->is_opening = false;
        cursor->at_ns = cursor->event->venue_ns;
        moved(inbox, cursor);
        return;
    }
    inbox->taken = cursor;
    cursor->event->local_ns = cursor->at_ns;
    inbox->index++;
}

oc_rc inbox_take(struct inbox *inbox, struct input *input)
{
    oc_rc rc = OC_OK;
    if (input->at_ns > inbox->now_ns)
        inbox->now_ns = input->at_ns;
    inbox->is_in_timers = input->kind == INPUT_TIMER;
    if (input->kind == INPUT_ANSWER) {
        rc = venues_take(inbox->venues, input->at_ns, &inbox->answer, sizeof inbox->answer);
        if (rc == OC_E_NOT_FOUND)
            input->kind = INPUT_NONE;
        input->event = &inbox->answer.head;
        inbox->answer.head.local_ns = input->at_ns;
        return rc == OC_E_NOT_FOUND ? OC_OK : rc;
    }
    if (input->kind == INPUT_TIMER)
        take_timer(inbox, input);
    else if (input->kind != INPUT_COMMAND && input->kind != INPUT_FACT) /* what was recorded is there already */
        take_market(inbox, cursor_first(inbox), input);
    return rc;
}

oc_rc inbox_next(struct inbox *inbox, struct input *ret_input)
{
    if (__builtin_expect(!inbox->recording.next && !inbox->waiting_count && inbox->primed_count == inbox->cursor_count,
                         1)) {
        struct cursor *cursor = cursor_first(inbox); /* most often the market is next */
        if (cursor && venues_next_ns(inbox->venues) > cursor->at_ns && engine_next_ns(inbox->engine) >= cursor->at_ns) {
            ret_input->kind = cursor->is_opening ? INPUT_OPEN : INPUT_MARKET;
            ret_input->at_ns = cursor->at_ns;
            if (cursor->at_ns > inbox->now_ns)
                inbox->now_ns = cursor->at_ns;
            inbox->is_in_timers = false;
            take_market(inbox, cursor, ret_input);
            return OC_OK;
        }
    }
    oc_rc rc = inbox_peek(inbox, ret_input);
    return rc < 0 ? rc : inbox_take(inbox, ret_input);
}

oc_rc inbox_next_market(struct inbox *inbox)
{
    struct cursor *cursor = inbox->taken;
    inbox->taken = NULL;
    return cursor ? cursor_next(inbox, cursor) : (oc_rc)OC_OK;
}

int64_t inbox_now(const struct inbox *inbox) { return inbox->now_ns; }
uint64_t inbox_points(const struct inbox *inbox) { return inbox->points; }
uint64_t inbox_index(const struct inbox *inbox) { return inbox->index; }

oc_rc inbox_point(struct inbox *inbox, struct inbox_point *ret_point)
{
    oc_rc rc = prime(inbox);
    if (rc < 0)
        return rc;
    const struct cursor *cursor = cursor_first(inbox);
    if (!cursor)
        return OC_E_END;
    *ret_point = (struct inbox_point){cursor->event, cursor->at_ns, cursor->is_opening};
    return OC_OK;
}

void inbox_passed(struct inbox *inbox, uint64_t count, int64_t now_ns)
{
    inbox->index += count;
    inbox->points += count;
    if (now_ns > inbox->now_ns)
        inbox->now_ns = now_ns;
}

oc_rc inbox_pass(struct inbox *inbox)
{
    struct cursor *cursor = cursor_first(inbox);
    if (cursor->at_ns >
        inbox->now_ns) /* the open of this very instant follows without a look at commands, as in a run */
        inbox->now_ns = cursor->at_ns;
    inbox->points++;
    if (cursor->is_opening) {
        cursor->is_opening = false;
        cursor->at_ns = cursor->event->venue_ns;
        moved(inbox, cursor);
        return OC_OK;
    }
    inbox->index++;
    return cursor_next(inbox, cursor);
}

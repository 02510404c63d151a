#include "replay/rewind.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env_fork.h"
#include "base/json_out.h"
#include "base/text.h"

enum { TURNS_BETWEEN_LOOKS = 1023 };

struct copy {
    struct env_copy process;
    uint64_t events;
    int64_t now_ns;
};

struct mark { /* of an order or a fill */
    uint64_t order;
    uint64_t events; /* at the last turn before it */
    bool is_fill;
};

enum goal_kind { GOAL_NONE, GOAL_EVENTS, GOAL_TIME, GOAL_ORDER };

struct goal {
    uint32_t kind;
    uint32_t zero;
    uint64_t number;
    int64_t at_ns;
};

struct message { /* to a copy that wakes */
    struct goal goal;
    char question[REWIND_QUESTION_MAX]; /* to answer */
};

struct rewind {
    struct session *session;
    struct rewind_console console;
    int life_fd;
    uint32_t copy_count;
    struct copy copies[REWIND_COPIES_MAX];
    uint64_t stride;
    uint64_t next_at;
    uint64_t turn_events; /* at the last turn */
    struct goal goal;
    struct mark *marks; /* a ring of REWIND_MARKS_MAX */
    uint64_t mark_count;
    uint64_t turns;
};

oc_rc rewind_new(struct session *session, const struct rewind_console *console, int life_fd, struct rewind **ret_rewind)
{
    struct rewind *rewind = calloc(1, sizeof *rewind);
    if (rewind)
        rewind->marks = calloc(REWIND_MARKS_MAX, sizeof *rewind->marks);
    if (!rewind || !rewind->marks) {
        free(rewind);
        return OC_E_NOMEM;
    }
    rewind->session = session;
    rewind->console = *console;
    rewind->life_fd = life_fd;
    rewind->stride = REWIND_STRIDE;
    *ret_rewind = rewind;
    return OC_OK;
}

void rewind_free(struct rewind *rewind)
{
    if (!rewind)
        return;
    for (uint32_t i = 0; i < rewind->copy_count; i++)
        env_fork_end(&rewind->copies[i].process);
    free(rewind->marks);
    free(rewind);
}

/* Every second copy goes; the first stays. */
static void thin_out(struct rewind *rewind)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < rewind->copy_count; i++) {
        if (i % 2 == 0)
            rewind->copies[kept++] = rewind->copies[i];
        else
            env_fork_end(&rewind->copies[i].process);
    }
    rewind->copy_count = kept;
    rewind->stride *= 2;
}

/* The service was busy with another question when this copy was made: now it is this one. */
static void go_on(struct rewind *rewind, const struct message *message)
{
    struct session *session = rewind->session;
    rewind->goal = message->goal;
    session->pace.step_kind = PACE_FREE;
    session->pace.is_paused = false;
    session->pace.is_ended = false;
    rewind->console.take_over(rewind->console.self, message->question);
}

static void make_copy(struct rewind *rewind)
{
    struct session *session = rewind->session;
    union {
        struct message message;
        char bytes[ENV_WAKE_MAX];
    } wake;
    enum env_fork_side side;
    if (rewind->copy_count == REWIND_COPIES_MAX)
        thin_out(rewind);
    struct copy *copy = &rewind->copies[rewind->copy_count++]; /* a woken copy finds itself in its table */
    copy->events = session->data.events;
    copy->now_ns = session->data.events ? inbox_now(session->inbox) : INT64_MIN;
    rewind->next_at = session->data.events + rewind->stride;
    if (env_fork_copy(rewind->life_fd, &wake, &copy->process, &side) < 0)
        rewind->copy_count--; /* going back starts earlier then */
    else if (side == ENV_FORK_WOKEN)
        go_on(rewind, &wake.message);
}

void rewind_turn(struct rewind *rewind, int64_t at_ns)
{
    struct session *session = rewind->session;
    struct goal *goal = &rewind->goal;
    rewind->turn_events = session->data.events;
    if ((++rewind->turns & TURNS_BETWEEN_LOOKS) ==
        0) /* nobody else reads the console's socket while the recording runs */
        rewind->console.serve(rewind->console.self);
    if (session->data.events >= rewind->next_at)
        make_copy(rewind);
    bool is_there = (goal->kind == GOAL_EVENTS && session->data.events >= goal->number) ||
                    (goal->kind == GOAL_TIME && at_ns > goal->at_ns);
    if (is_there) {
        *goal = (struct goal){.kind = GOAL_NONE};
        session->pace.is_paused = true;
    }
}

void rewind_stop(struct rewind *rewind) { rewind->goal = (struct goal){.kind = GOAL_NONE}; }

void rewind_mark(struct rewind *rewind, const struct oc_event *event)
{
    const struct oc_request *request = (const struct oc_request *)(const void *)event;
    const struct oc_ev_fill *fill = (const struct oc_ev_fill *)(const void *)event;
    bool is_fill = event->type == OC_EV_FILL;
    if (!is_fill && request->kind != OC_REQUEST_NEW)
        return;
    if (!is_fill && rewind->goal.kind == GOAL_ORDER && rewind->goal.number == request->order) {
        rewind->goal = (struct goal){.kind = GOAL_NONE};
        rewind->session->pace.is_paused = rewind->session->pace.is_within = true; /* before anything is filled */
    }
    struct mark *mark = &rewind->marks[rewind->mark_count++ % REWIND_MARKS_MAX];
    *mark = (struct mark){is_fill ? fill->order : request->order, rewind->turn_events, is_fill};
}

/* The events at the last turn before the count-th order or fill from here back; 0: before the first one. */
static uint64_t before_mark(const struct rewind *rewind, bool is_fill, uint64_t count)
{
    uint64_t kept = rewind->mark_count < REWIND_MARKS_MAX ? rewind->mark_count : REWIND_MARKS_MAX;
    for (uint64_t i = 1; i <= kept; i++) {
        const struct mark *mark = &rewind->marks[(rewind->mark_count - i) % REWIND_MARKS_MAX];
        if (mark->is_fill == is_fill && --count == 0)
            return mark->events;
    }
    return 0;
}

/* Wakes the last copy at or before the goal (an order's is so many events), and ends here. Returns only when there is none. */
static oc_rc go_back(struct rewind *rewind, const struct goal *goal, uint64_t events, struct text *reply)
{
    struct message message = {.goal = *goal};
    rewind->console.question(rewind->console.self, message.question);
    for (uint32_t i = rewind->copy_count; i-- > 0;) {
        struct copy *copy = &rewind->copies[i];
        bool is_before = goal->kind == GOAL_TIME ? copy->now_ns <= goal->at_ns : copy->events <= events;
        if (!is_before && i > 0) {
            env_fork_end(&copy->process);
            continue;
        }
        if (env_fork_wake(&copy->process, &message, sizeof message) == OC_OK)
            env_fork_exit(0);
    }
    json_refusal(reply, "NO_COPY", "no earlier instant is kept: the system allowed no copy of the process");
    return OC_E_INVALID;
}

static oc_rc go_forward(struct rewind *rewind, const struct goal *goal)
{
    rewind->goal = *goal;
    rewind->session->pace.step_kind = PACE_FREE;
    rewind->session->pace.is_paused = false;
    return OC_E_AGAIN;
}

static oc_rc control_back(struct rewind *rewind, const struct command_words *words, struct text *reply)
{
    static const char *const kinds[] = {"events", "orders", "fills"};
    struct goal goal = {.kind = GOAL_EVENTS};
    int64_t count = 1;
    uint32_t kind = 0;
    if (words->count > 1 && (text_to_int(words->fields[1], strlen(words->fields[1]), &count) < 0 || count < 1)) {
        json_refusal(reply, "BAD_STEP", "back: found '%.20s', expected a count of 1 or more: back 10 events",
                     words->fields[1]);
        return OC_E_INVALID;
    }
    while (words->count > 2 && kind < 3 && strcmp(kinds[kind], words->fields[2]) != 0)
        kind++;
    if (kind == 3) {
        json_refusal(reply, "BAD_STEP", "back: found '%.20s', expected events, orders or fills", words->fields[2]);
        return OC_E_INVALID;
    }
    uint64_t events = rewind->session->data.events;
    goal.number = kind == 0 ? (events > (uint64_t)count ? events - (uint64_t)count : 0)
                            : before_mark(rewind, kind == 2, (uint64_t)count);
    return go_back(rewind, &goal, goal.number, reply);
}

static oc_rc control_to(struct rewind *rewind, const struct command_words *words, struct text *reply)
{
    struct session *session = rewind->session;
    struct goal goal = {.kind = GOAL_ORDER};
    const char *place = words->count > 1 ? words->fields[1] : "";
    if (text_to_order(place, &goal.number)) {
        for (uint64_t i = 1; i <= rewind->mark_count && i <= REWIND_MARKS_MAX; i++) {
            const struct mark *mark = &rewind->marks[(rewind->mark_count - i) % REWIND_MARKS_MAX];
            if (!mark->is_fill && mark->order == goal.number)
                return go_back(rewind, &goal, mark->events, reply);
        }
        if (!rewind->console.has_order(rewind->console.self, goal.number)) {
            json_refusal(reply, "NO_ORDER", "the recording has no order %.40s", place);
            return OC_E_INVALID;
        }
    } else if (text_to_time(place, strlen(place), &goal.at_ns) == OC_OK) {
        goal.kind = GOAL_TIME;
        if (goal.at_ns < inbox_now(session->inbox))
            return go_back(rewind, &goal, 0, reply);
    } else {
        json_refusal(reply, "BAD_PLACE",
                     "to: found '%.40s', expected a time such as 2024-01-01T10:00:00, or an order such as o3", place);
        return OC_E_INVALID;
    }
    if (session->pace.is_ended) {
        json_refusal(reply, "FEED_ENDED", "the recording has ended before that");
        return OC_E_INVALID;
    }
    return go_forward(rewind, &goal);
}

oc_rc rewind_control(struct rewind *rewind, const struct command_words *words, struct text *reply)
{
    return strcmp(words->fields[0], "back") == 0 ? control_back(rewind, words, reply)
                                                 : control_to(rewind, words, reply);
}

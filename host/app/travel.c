#include "app/travel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/session_impl.h"
#include "base/env_fork.h"

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
    struct post_token token; /* of the question to answer */
};

struct travel {
    struct session *session;
    int life_fd;
    uint32_t copy_count;
    struct copy copies[TRAVEL_COPIES_MAX];
    uint64_t stride;
    uint64_t next_at;
    uint64_t turn_events; /* at the last turn */
    struct goal goal;
    struct mark *marks; /* a ring of TRAVEL_MARKS_MAX */
    uint64_t mark_count;
    uint64_t turns;
};

oc_rc travel_new(struct session *session, int life_fd, struct travel **ret_travel)
{
    struct travel *travel = calloc(1, sizeof *travel);
    if (travel)
        travel->marks = calloc(TRAVEL_MARKS_MAX, sizeof *travel->marks);
    if (!travel || !travel->marks) {
        free(travel);
        return OC_E_NOMEM;
    }
    travel->session = session;
    travel->life_fd = life_fd;
    travel->stride = TRAVEL_STRIDE;
    *ret_travel = travel;
    return OC_OK;
}

void travel_free(struct travel *travel)
{
    if (!travel)
        return;
    for (uint32_t i = 0; i < travel->copy_count; i++)
        env_fork_end(&travel->copies[i].process);
    free(travel->marks);
    free(travel);
}

/* Every second copy goes; the first stays. */
static void thin_out(struct travel *travel)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < travel->copy_count; i++) {
        if (i % 2 == 0)
            travel->copies[kept++] = travel->copies[i];
        else
            env_fork_end(&travel->copies[i].process);
    }
    travel->copy_count = kept;
    travel->stride *= 2;
}

/* The desk was busy with another question when this copy was made: now it is this one. */
static void go_on(struct travel *travel, const struct message *message)
{
    struct session *session = travel->session;
    travel->goal = message->goal;
    session->pace.step_kind = PACE_FREE;
    session->pace.is_paused = false;
    session->pace.is_ended = false;
    desk_take_over(session->desk, &message->token);
}

static void make_copy(struct travel *travel)
{
    struct session *session = travel->session;
    union {
        struct message message;
        char bytes[ENV_WAKE_MAX];
    } wake;
    enum env_fork_side side;
    if (travel->copy_count == TRAVEL_COPIES_MAX)
        thin_out(travel);
    struct copy *copy = &travel->copies[travel->copy_count++]; /* a woken copy finds itself in its table */
    copy->events = session->events;
    copy->now_ns = session->events ? loop_now(session->loop) : INT64_MIN;
    travel->next_at = session->events + travel->stride;
    if (env_fork_copy(travel->life_fd, &wake, &copy->process, &side) < 0)
        travel->copy_count--; /* going back starts earlier then */
    else if (side == ENV_FORK_WOKEN)
        go_on(travel, &wake.message);
}

void travel_turn(struct travel *travel, int64_t at_ns)
{
    struct session *session = travel->session;
    struct goal *goal = &travel->goal;
    travel->turn_events = session->events;
    if ((++travel->turns & TURNS_BETWEEN_LOOKS) ==
        0) /* nobody else reads the console's socket while the recording runs */
        post_wait(session->post, 0);
    if (session->events >= travel->next_at)
        make_copy(travel);
    bool is_there = (goal->kind == GOAL_EVENTS && session->events >= goal->number) ||
                    (goal->kind == GOAL_TIME && at_ns > goal->at_ns) ||
                    (goal->kind == GOAL_ORDER && orders_find(engine_orders(session->engine), goal->number));
    if (is_there) {
        *goal = (struct goal){.kind = GOAL_NONE};
        session->pace.is_paused = true;
    }
}

void travel_stop(struct travel *travel) { travel->goal = (struct goal){.kind = GOAL_NONE}; }

void travel_mark(struct travel *travel, const struct oc_event *event)
{
    const struct oc_request *request = (const struct oc_request *)(const void *)event;
    const struct oc_ev_fill *fill = (const struct oc_ev_fill *)(const void *)event;
    bool is_fill = event->type == OC_EV_FILL;
    if (!is_fill && request->kind != OC_REQUEST_NEW)
        return;
    struct mark *mark = &travel->marks[travel->mark_count++ % TRAVEL_MARKS_MAX];
    *mark = (struct mark){is_fill ? fill->order : request->order, travel->turn_events, is_fill};
}

/* The events at the last turn before the count-th order or fill from here back; 0: before the first one. */
static uint64_t before_mark(const struct travel *travel, bool is_fill, uint64_t count)
{
    uint64_t kept = travel->mark_count < TRAVEL_MARKS_MAX ? travel->mark_count : TRAVEL_MARKS_MAX;
    for (uint64_t i = 1; i <= kept; i++) {
        const struct mark *mark = &travel->marks[(travel->mark_count - i) % TRAVEL_MARKS_MAX];
        if (mark->is_fill == is_fill && --count == 0)
            return mark->events;
    }
    return 0;
}

/* Wakes the last copy at or before the goal (an order's is so many events), and ends here. Returns only when there is none. */
static oc_rc go_back(struct travel *travel, const struct goal *goal, uint64_t events, struct text *reply)
{
    struct message message = {.goal = *goal, .token = desk_token(travel->session->desk)};
    for (uint32_t i = travel->copy_count; i-- > 0;) {
        struct copy *copy = &travel->copies[i];
        bool is_before = goal->kind == GOAL_TIME ? copy->now_ns <= goal->at_ns : copy->events <= events;
        if (!is_before && i > 0) {
            env_fork_end(&copy->process);
            continue;
        }
        if (env_fork_wake(&copy->process, &message, sizeof message) == OC_OK)
            env_fork_exit(0);
    }
    put_refusal(reply, "NO_COPY", "no earlier instant is kept: the system allowed no copy of the process");
    return OC_E_INVALID;
}

static oc_rc go_forward(struct travel *travel, const struct goal *goal)
{
    travel->goal = *goal;
    travel->session->pace.step_kind = PACE_FREE;
    travel->session->pace.is_paused = false;
    return OC_E_AGAIN;
}

static oc_rc control_back(struct travel *travel, const struct desk_words *words, struct text *reply)
{
    static const char *const kinds[] = {"events", "orders", "fills"};
    struct goal goal = {.kind = GOAL_EVENTS};
    int64_t count = 1;
    uint32_t kind = 0;
    if (words->count > 1 && (text_to_int(words->fields[1], strlen(words->fields[1]), &count) < 0 || count < 1)) {
        put_refusal(reply, "BAD_STEP", "back: found '%.20s', expected a count of 1 or more: back 10 events",
                    words->fields[1]);
        return OC_E_INVALID;
    }
    while (words->count > 2 && kind < 3 && strcmp(kinds[kind], words->fields[2]) != 0)
        kind++;
    if (kind == 3) {
        put_refusal(reply, "BAD_STEP", "back: found '%.20s', expected events, orders or fills", words->fields[2]);
        return OC_E_INVALID;
    }
    uint64_t events = travel->session->events;
    goal.number = kind == 0 ? (events > (uint64_t)count ? events - (uint64_t)count : 0)
                            : before_mark(travel, kind == 2, (uint64_t)count);
    return go_back(travel, &goal, goal.number, reply);
}

static oc_rc control_to(struct travel *travel, const struct desk_words *words, struct text *reply)
{
    struct session *session = travel->session;
    struct goal goal = {.kind = GOAL_ORDER};
    const char *place = words->count > 1 ? words->fields[1] : "";
    if (desk_order_of(session->desk, place, &goal.number)) {
        for (uint64_t i = 1; i <= travel->mark_count && i <= TRAVEL_MARKS_MAX; i++) {
            const struct mark *mark = &travel->marks[(travel->mark_count - i) % TRAVEL_MARKS_MAX];
            if (!mark->is_fill && mark->order == goal.number)
                return go_back(travel, &goal, mark->events, reply);
        }
        if (session->has_order && !session->has_order(session->commands_arg, goal.number)) {
            put_refusal(reply, "NO_ORDER", "the recording has no order %.40s", place);
            return OC_E_INVALID;
        }
    } else if (text_to_time(place, strlen(place), &goal.at_ns) == OC_OK) {
        goal.kind = GOAL_TIME;
        if (goal.at_ns < loop_now(session->loop))
            return go_back(travel, &goal, 0, reply);
    } else {
        put_refusal(reply, "BAD_PLACE",
                    "to: found '%.40s', expected a time such as 2024-01-01T10:00:00, or an order such as o3", place);
        return OC_E_INVALID;
    }
    if (session->pace.is_ended) {
        put_refusal(reply, "FEED_ENDED", "the recording has ended before that");
        return OC_E_INVALID;
    }
    return go_forward(travel, &goal);
}

oc_rc travel_control(struct travel *travel, const struct desk_words *words, struct text *reply)
{
    return strcmp(words->fields[0], "back") == 0 ? control_back(travel, words, reply)
                                                 : control_to(travel, words, reply);
}

/* bar_kit.h: the paper venue on bars, with a host that asks for the legs of entries as the engine does: when it is told. */
#ifndef SUPPORT_BAR_KIT_H
#define SUPPORT_BAR_KIT_H

#include "support/paper_kit.h"

/* Settings of the worked bars: no spread, no cap, limits by touch. */
#define COMMON  "half_spread", "0", "volume_cap", "0", "limit_fill", "touch", "allow_short", "yes", "check_funds", "no"
#define AT_ONCE "latency", "0", COMMON

enum { SENT_MAX = 256 };

struct desk {
    struct venue *v;
    int64_t minute; /* of the next bar */
    int64_t period_ns;
    int64_t now_ns;
    struct oc_request sent[SENT_MAX];
    int64_t filled[SENT_MAX]; /* as told */
    int sent_count;
    int64_t told_ns[256]; /* when each fill was told */
    bool may_fail;
    oc_rc failed; /* what a call of the venue said that could not be done */
};

static inline void desk_takes(struct desk *desk, oc_rc rc)
{
    if (!desk->may_fail)
        assert_int_equal(rc, OC_OK);
    if (rc < 0)
        desk->failed = rc;
}

/* `pairs` as in venue_new; a quantity of 1 is 1000 units. */
static inline struct desk *desk_new(const char *const *pairs)
{
    struct desk *desk = calloc(1, sizeof *desk);
    desk->v = venue_new(pairs);
    desk->period_ns = MINUTE;
    return desk;
}

static inline void desk_free(struct desk *desk)
{
    venue_free(desk->v);
    free(desk);
}

static inline uint64_t desk_sends(struct desk *desk, struct oc_request request)
{
    request.head.local_ns = desk->now_ns;
    if (request.kind == OC_REQUEST_NEW)
        desk->sent[desk->sent_count++] = request;
    desk_takes(desk, desk->v->sim->request(desk->v->instance.self, desk->now_ns, &request));
    return request.order;
}

static inline struct oc_request *sent_leg(struct desk *desk, uint64_t group, uint8_t role)
{
    for (int i = 0; i < desk->sent_count; i++)
        if (desk->sent[i].group == group && desk->sent[i].role == role)
            return &desk->sent[i];
    return NULL;
}

static inline struct oc_request about(const struct desk *desk, uint64_t id, uint8_t kind)
{
    struct oc_request request = {.kind = kind, .order = id, .id = (1ull << 60) + ++desk->v->next, .account = ACCOUNT};
    request.head.inst = INST;
    request.head.size = sizeof request;
    return request;
}

static inline void leg_wanted(struct desk *desk, const struct oc_request *entry, uint8_t role, int64_t total)
{
    struct oc_request *leg = sent_leg(desk, entry->group, role);
    const uint8_t side = entry->side == OC_SIDE_BUY ? OC_SIDE_SELL : OC_SIDE_BUY;
    if (leg) {
        struct oc_request amend = about(desk, leg->order, OC_REQUEST_AMEND);
        amend.head.inst = entry->head.inst;
        amend.account = entry->account;
        amend.bits = OC_RQ_QUANTITY_CHANGED;
        amend.qty = total;
        desk_sends(desk, amend);
        return;
    }
    struct oc_request request = role == OC_ROLE_STOP_LOSS ? order(desk->v, side, total, 0, entry->stop_loss)
                                                          : order(desk->v, side, total, entry->take_profit, 0);
    request.bits |= OC_RQ_REDUCE_ONLY;
    request.head.inst = entry->head.inst;
    request.account = entry->account;
    request.group = entry->group;
    request.role = role;
    request.owner = OC_OWNER_HOST;
    desk_sends(desk, request);
}

/* What the engine does with the fill of an entry, or of a leg. */
static inline void desk_hears(struct desk *desk, const struct oc_ev_fill *fill)
{
    for (int i = 0; i < desk->sent_count; i++) {
        const struct oc_request about_it = desk->sent[i];
        if (about_it.order != fill->order)
            continue;
        desk->filled[i] += fill->qty;
        if (about_it.role == OC_ROLE_ENTRY && (about_it.bits & OC_RQ_HAS_STOP_LOSS))
            leg_wanted(desk, &about_it, OC_ROLE_STOP_LOSS, desk->filled[i]);
        if (about_it.role == OC_ROLE_ENTRY && (about_it.bits & OC_RQ_HAS_TAKE_PROFIT))
            leg_wanted(desk, &about_it, OC_ROLE_TAKE_PROFIT, desk->filled[i]);
        if (about_it.role == OC_ROLE_STOP_LOSS || about_it.role == OC_ROLE_TAKE_PROFIT) {
            const struct oc_request *other =
                sent_leg(desk, about_it.group, OC_ROLE_STOP_LOSS + OC_ROLE_TAKE_PROFIT - about_it.role);
            struct oc_request cancel = about(desk, other ? other->order : 0, OC_REQUEST_CANCEL);
            cancel.head.inst = about_it.head.inst;
            cancel.account = about_it.account;
            if (other)
                desk_sends(desk, cancel);
        }
    }
}

/* Time passes: what the venue wanted to do, and what it says, as a session does it. */
static inline void desk_waits(struct desk *desk, int64_t to_ns)
{
    struct venue *v = desk->v;
    union {
        struct oc_event head;
        struct oc_ev_answer answer;
        struct oc_ev_fill fill;
        char bytes[SIM_ANSWERS_ANSWER_MAX];
    } got;
    while (sim_answers_next_ns(&v->sim_answers) <= to_ns) {
        const int64_t at_ns = sim_answers_next_ns(&v->sim_answers);
        desk->now_ns = at_ns > desk->now_ns ? at_ns : desk->now_ns;
        if (v->sim_answers.due_ns <= at_ns) {
            v->sim_answers.due_ns = INT64_MAX;
            desk_takes(desk, v->sim->due(v->instance.self, at_ns));
        }
        if (sim_answers_take(&v->sim_answers, at_ns, &got, sizeof got) < 0)
            continue;
        if (got.head.type != OC_EV_FILL) {
            v->answers[v->answer_count++] = got.answer;
            continue;
        }
        desk->told_ns[v->fill_count] = at_ns;
        v->fills[v->fill_count++] = got.fill;
        desk_hears(desk, &got.fill);
    }
    desk->now_ns = to_ns;
}

static inline void bar_begins(struct desk *desk, const struct oc_event *event)
{
    desk_waits(desk, desk->minute * MINUTE);
    desk_takes(desk, desk->v->sim->market(desk->v->instance.self, desk->now_ns, event));
}

/* Up to its close, and what is said then, and that it has closed. */
static inline void bar_ends(struct desk *desk, const struct oc_event *event)
{
    desk_waits(desk, event->venue_ns);
    desk_takes(desk, desk->v->sim->market(desk->v->instance.self, desk->now_ns, event));
    desk->minute = event->venue_ns / MINUTE;
}

static inline struct oc_ev_bar a_bar(const struct desk *desk, int64_t open, int64_t high, int64_t low, int64_t close)
{
    const int64_t open_ns = desk->minute * MINUTE;
    return (struct oc_ev_bar){.head = {.size = sizeof(struct oc_ev_bar),
                                       .type = OC_EV_BAR,
                                       .inst = INST,
                                       .venue_ns = open_ns + desk->period_ns},
                              .open_ns = open_ns,
                              .period_ns = desk->period_ns,
                              .open = open,
                              .high = high,
                              .low = low,
                              .close = close};
}

/* A bar of no known volume, from its open to its close. */
static inline void shows(struct desk *desk, int64_t open, int64_t high, int64_t low, int64_t close)
{
    const struct oc_ev_bar bar = a_bar(desk, open, high, low, close);
    bar_begins(desk, &bar.head);
    bar_ends(desk, &bar.head);
}

static inline void shows_volume(struct desk *desk, const int64_t line[4], int64_t volume)
{
    struct oc_ev_bar bar = a_bar(desk, line[0], line[1], line[2], line[3]);
    bar.volume = volume;
    bar.present = OC_HAS_VOLUME;
    bar_begins(desk, &bar.head);
    bar_ends(desk, &bar.head);
}

/* A bar that runs, and the time at which something in it is decided. */
static inline void inside(struct desk *desk, int64_t at_ns, const struct oc_request *request, const int64_t line[4])
{
    const struct oc_ev_bar bar = a_bar(desk, line[0], line[1], line[2], line[3]);
    bar_begins(desk, &bar.head);
    desk_waits(desk, at_ns);
    desk_sends(desk, *request);
    bar_ends(desk, &bar.head);
}

/* An order of quantity 1, with legs where these are not 0. */
static inline struct oc_request entry(struct desk *desk, uint8_t side, int64_t price, int64_t stop, int64_t stop_loss,
                                      int64_t take_profit)
{
    struct oc_request request = order(desk->v, side, 1000, price, stop);
    if (!stop_loss && !take_profit)
        return request;
    request.group = request.order;
    request.role = OC_ROLE_ENTRY;
    request.link = OC_LINK_BRACKET;
    request.stop_loss = stop_loss;
    request.take_profit = take_profit;
    request.bits |= (stop_loss ? OC_RQ_HAS_STOP_LOSS : 0u) | (take_profit ? OC_RQ_HAS_TAKE_PROFIT : 0u);
    return request;
}

static inline uint64_t buys(struct desk *desk, int64_t price, int64_t stop, int64_t stop_loss, int64_t take_profit)
{
    return desk_sends(desk, entry(desk, OC_SIDE_BUY, price, stop, stop_loss, take_profit));
}

static inline uint64_t sells(struct desk *desk, int64_t price, int64_t stop)
{
    return desk_sends(desk, entry(desk, OC_SIDE_SELL, price, stop, 0, 0));
}

enum { TAKER = 0, MAKER = 1, AMBIGUOUS = 2 };

static inline void fill_is_at(const struct desk *desk, int number, int64_t signed_price, int how, int line)
{
    const struct oc_ev_fill *fill = &desk->v->fills[number];
    const int64_t price = fill->side == OC_SIDE_BUY ? fill->price : -fill->price;
    const bool is_ambiguous = fill->head.flags & OC_EVF_AMBIGUOUS;
    if (number >= desk->v->fill_count)
        fail_msg("line %d: there is no fill %d", line, number);
    if (price != signed_price || (fill->liquidity == OC_LIQUIDITY_MAKER) != (how & MAKER) ||
        is_ambiguous != !!(how & AMBIGUOUS))
        fail_msg("line %d: fill %d is %lld, liquidity %d, ambiguous %d", line, number, (long long)price,
                 fill->liquidity, is_ambiguous);
}

/* A purchase at `signed_price`, a sale where it is negative. */
#define fill_is(desk, number, signed_price, how) fill_is_at(desk, number, signed_price, how, __LINE__)

#endif

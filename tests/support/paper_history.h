/* paper_history.h: drawn histories of the paper venue: three accounts on two instruments, bars and now and then what lies inside them,
 * orders, legs, amends and cancels, and what each of them is told. */
#ifndef SUPPORT_PAPER_HISTORY_H
#define SUPPORT_PAPER_HISTORY_H

#include "support/bar_kit.h"

enum { BARS = 7, MARKETS = 2, ACCOUNTS = 3, TRADERS = MARKETS * ACCOUNTS, SAYINGS_MAX = 1024, PIECES = 5 };

__attribute__((unused)) static const uint32_t usual[ACCOUNTS] = {1, 2, 64}, turned[ACCOUNTS] = {64, 1, 63};
static const uint32_t insts[MARKETS] = {INST, OC_INST(2, 1)};

__attribute__((unused)) static const char *const capped[] = {
    "latency",     "7s",  "response_latency", "2s",     "taker_fee", "0.001", "volume_cap", "0.25",
    "allow_short", "yes", "half_spread",      "0.0003", NULL};
__attribute__((unused)) static const char *const in_base[] = {
    "latency", "0", "fee_in_base", "yes", "taker_fee", "0.001", "volume_cap", "0.1", "limit_fill", "touch", NULL};
__attribute__((unused)) static const char *const apart[] = {
    "latency", "3s",          "taker_fee", "0.001",       "maker_fee", "-0.0002", "volume_cap",
    "0",       "check_funds", "no",        "allow_short", "yes",       NULL};
__attribute__((unused)) static const char *const at_best[] = {
    "profile", "optimistic",  "latency", "0",           "volume_cap", "0", "taker_fee",
    "0.001",   "check_funds", "no",      "allow_short", "yes",        NULL};

/* One on one instrument, for one account. Draws of its own: what it does hangs on no other. */
struct trader {
    uint64_t random;
    uint32_t account, inst;
    struct oc_request asked[3 * BARS];
    int asked_count;
};

/* A fill or an answer, by what all runs have in common: not by the numbers of legs and amends. */
struct saying {
    uint32_t who, inst; /* which of the accounts */
    int64_t words[14];
    char reason[48];
};

/* What finer data say of the bar that comes next, or runs. */
struct inside {
    bool is_said;
    int count;
    union {
        struct oc_event head;
        struct oc_ev_bar bar;
        struct oc_ev_trade trade;
    } list[PIECES];
};

struct history {
    const char *const *pairs;
    const uint32_t *accounts;
    uint64_t seed;
    bool is_cut;
    uint32_t traders;     /* a bit for each that takes part */
    void (*begins)(void); /* NULL, or called when the venue is open; then what it says may be that there is no memory */
    struct desk *desk;
    struct trader trader[TRADERS];
    uint64_t random[MARKETS], inner[MARKETS];
    int64_t price[MARKETS];
    struct inside inside[MARKETS];
    struct saying sayings[SAYINGS_MAX];
    int count, cuts;
    oc_rc failed;
};

static int64_t roll(uint64_t *random, int64_t below)
{
    *random = *random * 6364136223846793005u + 1442695040888963407u;
    return (int64_t)((*random >> 20) % (uint64_t)below);
}

static struct venue *opened(const struct history *history)
{
    struct venue *v = venue_new(history->pairs);
    const struct oc_instrument other = {.size = sizeof other,
                                        .inst = insts[1],
                                        .kind = OC_KIND_LINEAR,
                                        .base = 3,
                                        .quote = USDT,
                                        .settle = USDT,
                                        .price_step = {5, 2, 0},
                                        .qty_step = {1, 2, 0},
                                        .contract_size = {1, 1, 0},
                                        .symbol = "ETH/USDT"};
    assert_int_equal(v->sim->instrument(v->instance.self, &other), OC_OK);
    for (int i = 0; i < ACCOUNTS; i++) {
        v->sim->balance(v->instance.self, history->accounts[i], USDT, (struct oc_dec){300 + 100 * i, 0, 0});
        v->sim->balance(v->instance.self, history->accounts[i], BTC, (struct oc_dec){2, 0, 0});
    }
    return v;
}

static const struct oc_request *sent_of(const struct history *history, uint64_t order)
{
    static const struct oc_request none;
    for (int i = 0; i < history->desk->sent_count; i++)
        if (history->desk->sent[i].order == order)
            return &history->desk->sent[i];
    return &none;
}

static struct saying *says(struct history *history, const struct oc_event *event)
{
    struct saying *saying = &history->sayings[history->count++];
    assert_true(history->count < SAYINGS_MAX);
    while (saying->who < ACCOUNTS && history->accounts[saying->who] != event->source)
        saying->who++;
    saying->inst = event->inst;
    saying->words[0] = event->type;
    saying->words[1] = event->venue_ns;
    saying->words[2] = event->flags;
    return saying;
}

static void note(struct history *history)
{
    struct venue *v = history->desk->v;
    for (int i = 0; i < v->answer_count; i++) {
        const struct oc_ev_answer *answer = &v->answers[i];
        struct saying *saying = says(history, &answer->head);
        const struct oc_request *about_it = sent_of(history, answer->order);
        const int64_t words[] = {(int64_t)about_it->group, about_it->role, answer->cum_qty, answer->qty};
        memcpy(&saying->words[3], words, sizeof words);
        memcpy(saying->reason, answer->reason,
               sizeof answer->reason < sizeof saying->reason ? sizeof answer->reason : sizeof saying->reason);
    }
    for (int i = 0; i < v->fill_count; i++) {
        const struct oc_ev_fill *fill = &v->fills[i];
        struct saying *saying = says(history, &fill->head);
        const struct oc_request *about_it = sent_of(history, fill->order);
        const int64_t words[] = {(int64_t)about_it->group,
                                 about_it->role,
                                 fill->price,
                                 fill->qty,
                                 fill->side,
                                 fill->liquidity,
                                 fill->fee.units,
                                 fill->fee.scale,
                                 history->desk->told_ns[i],
                                 fill->fee_asset};
        memcpy(&saying->words[3], words, sizeof words);
    }
    v->answer_count = v->fill_count = 0;
}

static void says_inside(struct history *history, int market)
{
    struct desk *desk = history->desk;
    const struct inside *inside = &history->inside[market];
    desk_takes(desk, desk->v->sim->finer(desk->v->instance.self, insts[market], NULL));
    for (int i = 0; i < inside->count && !desk->failed; i++)
        desk_takes(desk, desk->v->sim->finer(desk->v->instance.self, insts[market], &inside->list[i].head));
}

/* Another process goes on from the saved bytes; it asks for its own times, and is told again what lies inside the bars. */
static void cut(struct history *history)
{
    static char bytes[4 << 20], again[4 << 20], under_way[1 << 20];
    if (!history->is_cut)
        return;
    struct venue *v = history->desk->v, *w = opened(history);
    const oc_rc size = v->sim->save(v->instance.self, bytes, sizeof bytes);
    const int64_t under_way_size = sim_answers_save(&v->sim_answers, under_way, sizeof under_way);
    assert_true(size > 0 && under_way_size > 0);
    assert_int_equal(w->sim->load(w->instance.self, bytes, (uint32_t)size), OC_OK);
    assert_int_equal(w->sim->save(w->instance.self, again, sizeof again), size);
    assert_memory_equal(again, bytes, (size_t)size);
    assert_int_equal(sim_answers_load(&w->sim_answers, under_way, (size_t)under_way_size), OC_OK);
    w->next = v->next;
    venue_free(v);
    history->desk->v = w;
    history->cuts++;
    for (int i = 0; i < MARKETS; i++)
        if (history->inside[i].is_said)
            says_inside(history, i);
}

static void waits(struct history *history, int64_t at_ns)
{
    if (history->desk->failed)
        return;
    cut(history);
    desk_waits(history->desk, at_ns);
    note(history);
}

static struct oc_request new_order(struct history *history, struct trader *trader)
{
    uint64_t *random = &trader->random;
    const int64_t price = history->price[trader->inst != INST], form = roll(random, 5);
    const int64_t limit = price - 30 + roll(random, 60), stop = price - 30 + roll(random, 60);
    const uint8_t side = roll(random, 2) ? OC_SIDE_BUY : OC_SIDE_SELL;
    struct oc_request request = order(history->desk->v, side, 1 + roll(random, 900), form == 1 || form == 4 ? limit : 0,
                                      form == 2 || form == 4 ? stop : 0);
    const int64_t away = 5 + roll(random, 25), way = roll(random, 8);
    request.head.inst = trader->inst;
    request.account = trader->account;
    request.id = request.order = request.group =
        1000000u * (1u + (uint64_t)(trader - history->trader)) + (uint64_t)trader->asked_count;
    if (roll(random, 2)) {
        request.role = OC_ROLE_ENTRY;
        request.link = OC_LINK_BRACKET;
        request.stop_loss = side == OC_SIDE_BUY ? price - away : price + away;
        request.take_profit = side == OC_SIDE_BUY ? price + away : price - away;
        request.bits |= OC_RQ_HAS_STOP_LOSS | (roll(random, 3) ? OC_RQ_HAS_TAKE_PROFIT : 0u);
    }
    if (way == 1 && request.type == OC_ORDER_LIMIT)
        request.bits |= OC_RQ_POST_ONLY;
    if (way == 2)
        request.tif = roll(random, 2) ? OC_TIF_IOC : OC_TIF_FOK;
    if (way == 3)
        request.tif = OC_TIF_GTD, request.expire_ns = history->desk->now_ns + roll(random, 3 * MINUTE);
    if (way == 4)
        request.bits |= OC_RQ_REDUCE_ONLY;
    return trader->asked[trader->asked_count++] = request;
}

static void acts(struct history *history, struct trader *trader, bool takes_part)
{
    uint64_t *random = &trader->random;
    struct oc_request request;
    if (trader->asked_count == 0 || roll(random, 3) > 0) {
        request = new_order(history, trader);
    } else {
        const struct oc_request *old = &trader->asked[roll(random, trader->asked_count)];
        const int64_t price = history->price[trader->inst != INST];
        request = about(history->desk, old->order, roll(random, 2) ? OC_REQUEST_AMEND : OC_REQUEST_CANCEL);
        request.head.inst = trader->inst;
        request.account = trader->account;
        if ((old->bits & OC_RQ_HAS_PRICE) && request.kind == OC_REQUEST_AMEND)
            request.bits |= OC_RQ_PRICE_CHANGED, request.price = price - 30 + roll(random, 60);
        if ((old->bits & OC_RQ_HAS_STOP) && request.kind == OC_REQUEST_AMEND)
            request.bits |= OC_RQ_STOP_CHANGED, request.stop_price = price - 30 + roll(random, 60);
        if (request.kind == OC_REQUEST_AMEND && (roll(random, 2) || !request.bits))
            request.bits |= OC_RQ_QUANTITY_CHANGED, request.qty = 1 + roll(random, 900);
    }
    if (takes_part && !history->desk->failed) {
        cut(history);
        desk_sends(history->desk, request);
        note(history);
    }
}

static struct oc_ev_bar drawn_bar(struct history *history, int market)
{
    uint64_t *random = &history->random[market];
    const int64_t open = history->price[market] + (roll(random, 5) ? 0 : roll(random, 21) - 10),
                  close = open - 20 + roll(random, 41), up = roll(random, 20), down = roll(random, 20);
    struct oc_ev_bar bar =
        a_bar(history->desk, open, (open > close ? open : close) + up, (open < close ? open : close) - down, close);
    bar.head.inst = insts[market];
    bar.volume = roll(random, 4000);
    bar.present = roll(random, 4) ? OC_HAS_VOLUME : 0;
    history->price[market] = close;
    return bar;
}

static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }
static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* Four quarters that come to the bar, some with a gap between them, one now and then without a trade. */
static void draw_quarters(uint64_t *random, const struct oc_ev_bar *whole, struct inside *inside)
{
    const int64_t range = whole->high - whole->low + 1, top = roll(random, 4), bottom = roll(random, 4);
    int64_t price = whole->open;
    for (int i = 0; i < 4; i++) {
        const int64_t gap = roll(random, 4), to = whole->low + roll(random, range), is_still = roll(random, 5) == 0;
        const int64_t open = i && gap == 0 ? whole->low + roll(random, range) : price,
                      close = i == 3 ? whole->close : to;
        if (is_still && i != 0 && i != 3 && i != top && i != bottom)
            continue;
        struct oc_ev_bar *bar = &inside->list[inside->count++].bar;
        *bar = *whole;
        bar->period_ns = MINUTE / 4;
        bar->open_ns = whole->open_ns + i * bar->period_ns;
        bar->head.venue_ns = bar->open_ns + bar->period_ns;
        bar->open = open;
        bar->close = price = close;
        bar->high = i == top ? whole->high : larger(open, close);
        bar->low = i == bottom ? whole->low : smaller(open, close);
    }
}

static void draw_trades(uint64_t *random, const struct oc_ev_bar *whole, struct inside *inside)
{
    const bool is_high_first = roll(random, 2);
    const int64_t between = whole->low + roll(random, whole->high - whole->low + 1);
    const int64_t prices[PIECES] = {whole->open, is_high_first ? whole->high : whole->low, between,
                                    is_high_first ? whole->low : whole->high, whole->close};
    for (inside->count = 0; inside->count < PIECES; inside->count++)
        inside->list[inside->count].trade =
            (struct oc_ev_trade){.head = {.size = sizeof(struct oc_ev_trade),
                                          .type = OC_EV_TRADE,
                                          .inst = whole->head.inst,
                                          .venue_ns = whole->open_ns + inside->count * (MINUTE / PIECES)},
                                 .price = prices[inside->count]};
}

static void draw_inside(struct history *history, int market, const struct oc_ev_bar *whole)
{
    struct inside *inside = &history->inside[market];
    const int64_t form = roll(&history->inner[market], 4);
    *inside = (struct inside){.count = 0};
    if (form == 1)
        draw_trades(&history->inner[market], whole, inside);
    else if (form > 1)
        draw_quarters(&history->inner[market], whole, inside);
}

/* An instrument that nobody trades is not there. */
static void shown(struct history *history, const struct oc_ev_bar *bar)
{
    struct desk *desk = history->desk;
    const uint32_t of_one = (1u << ACCOUNTS) - 1;
    if (desk->failed || !(history->traders & (bar->head.inst == INST ? of_one : of_one << ACCOUNTS)))
        return;
    cut(history);
    const int market = bar->head.inst != INST;
    if (!history->inside[market].is_said)
        says_inside(history, market);
    history->inside[market].is_said = true;
    if (desk->failed)
        return;
    desk_takes(desk, desk->v->sim->market(desk->v->instance.self, desk->now_ns, &bar->head));
    desk_waits(desk, desk->now_ns); /* answers come before what the market says next */
    note(history);
}

static void one_bar(struct history *history, int64_t open_ns)
{
    struct oc_ev_bar bars[MARKETS];
    bool is_live[MARKETS];
    int64_t at_ns[TRADERS];
    waits(history, open_ns);
    for (int i = 0; i < MARKETS; i++) {
        bars[i] = drawn_bar(history, i);
        draw_inside(history, i, &bars[i]);
        is_live[i] = roll(&history->random[i], 5) == 0; /* shown at its close only */
        if (!is_live[i])
            shown(history, &bars[i]);
    }
    for (int i = 0; i < TRADERS; i++)
        at_ns[i] = open_ns + (roll(&history->trader[i].random, 4) ? roll(&history->trader[i].random, MINUTE) : 0);
    for (int turn = 0; turn < TRADERS; turn++) {
        int next = 0;
        for (int i = 1; i < TRADERS; i++)
            next = at_ns[i] < at_ns[next] ? i : next;
        waits(history, at_ns[next]);
        acts(history, &history->trader[next], history->traders >> next & 1);
        at_ns[next] = INT64_MAX;
    }
    waits(history, open_ns + MINUTE);
    for (int i = 0; i < MARKETS; i++)
        shown(history, &bars[i]);
    history->desk->minute++;
}

static struct history *played(struct history of)
{
    struct history *history = calloc(1, sizeof *history);
    *history = of;
    history->desk = desk_new(history->pairs);
    venue_free(history->desk->v);
    history->desk->v = opened(history);
    history->desk->may_fail = history->begins != NULL;
    if (history->begins)
        history->begins();
    for (int i = 0; i < MARKETS; i++) {
        history->random[i] = history->seed * 100 + (uint64_t)i;
        history->inner[i] = history->seed * 100 + 50 + (uint64_t)i;
        history->price[i] = 10000;
    }
    for (int i = 0; i < TRADERS; i++)
        history->trader[i] = (struct trader){.random = history->seed * 1000 + (uint64_t)i,
                                             .account = history->accounts[i % ACCOUNTS],
                                             .inst = insts[i / ACCOUNTS]};
    for (int i = 0; i < BARS; i++)
        one_bar(history, i * MINUTE);
    waits(history, BARS * MINUTE + MINUTE / 2);
    for (int i = 0; i < TRADERS; i++) {
        const struct trader *trader = &history->trader[i];
        int64_t units = 0;
        history->desk->v->sim->position(history->desk->v->instance.self, trader->account, trader->inst, &units);
        history->sayings[history->count++] =
            (struct saying){.who = (uint32_t)(i % ACCOUNTS), .inst = trader->inst, .words = {0, units}};
    }
    history->failed = history->desk->failed < 0 ? history->desk->failed : history->desk->v->sim_answers.lost;
    desk_free(history->desk);
    return history;
}

#endif

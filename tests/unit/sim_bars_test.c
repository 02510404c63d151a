/* sim_bars_test.c: the worked bars of the formula sheet, 7.6, SIM-11 to SIM-26: what fills, at what price, and when it is told. */
#include "support/bar_kit.h"

static const char *const neutral[] = {AT_ONCE, NULL};
static const char *const pessimistic[] = {"profile", "pessimistic", AT_ONCE, NULL};
static const char *const optimistic[] = {"profile", "optimistic", AT_ONCE, NULL};
static const char *const slow_neutral[] = {"latency", "5ms", COMMON, NULL};
static const char *const slow_pessimistic[] = {"profile", "pessimistic", "latency", "5ms", COMMON, NULL};
static const char *const *const both[] = {neutral, pessimistic};
static const char *const *const slow[] = {slow_neutral, slow_pessimistic};

static int64_t held(const struct desk *desk)
{
    int64_t units = 0;
    assert_int_equal(desk->v->sim->position(desk->v->instance.self, ACCOUNT, INST, &units), OC_OK);
    return units;
}

static void breakout(const char *const *pairs)
{
    static const int64_t losses[] = {10200, 9950, 9400};
    for (int i = 0; i < 3; i++) {
        struct desk *desk = desk_new(pairs);
        buys(desk, 0, 10300, losses[i], 0);
        shows(desk, 10000, 10500, 9500, 10400);
        fill_is(desk, 0, 10300, i < 2 ? AMBIGUOUS : 0);
        assert_int_equal(desk->v->fill_count, i < 2 ? 2 : 1);
        if (i < 2)
            fill_is(desk, 1, -losses[i], AMBIGUOUS);
        assert_int_equal(held(desk), i < 2 ? 0 : 1000);
        assert_int_equal(desk->told_ns[0], MINUTE);
        desk_free(desk);
    }
}

static void dip(const char *const *pairs)
{
    static const int64_t highs[] = {10500, 10600};
    for (int i = 0; i < 2; i++) {
        struct desk *desk = desk_new(pairs);
        buys(desk, 9600, 0, 0, 10400);
        shows(desk, 10000, highs[i], 9500, 10000);
        fill_is(desk, 0, 9600, MAKER | AMBIGUOUS);
        assert_int_equal(desk->v->fill_count, 1);
        shows(desk, 10000, 10450, 9900, 10100);
        assert_int_equal(desk->v->fill_count, 2);
        fill_is(desk, 1, -10400, MAKER);
        desk_free(desk);
    }
}

static void dip_that_is_stopped(const char *const *pairs)
{
    struct desk *desk = desk_new(pairs);
    buys(desk, 9600, 0, 9550, 10400);
    shows(desk, 10000, 10500, 9500, 10000);
    assert_int_equal(desk->v->fill_count, 2);
    fill_is(desk, 0, 9600, MAKER);
    fill_is(desk, 1, -9550, TAKER);
    desk_free(desk);
}

static void SIM_11_a_breakout_is_stopped_at_its_own_stop_Q1(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++)
        breakout(both[i]);
}

static void SIM_12_a_dip_is_not_sold_at_the_high_of_its_bar_Q2(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++)
        dip(both[i]);
    struct desk *desk = desk_new(optimistic);
    buys(desk, 9600, 0, 0, 10400);
    shows(desk, 10000, 10600, 9500, 10000);
    assert_int_equal(desk->v->fill_count, 2);
    fill_is(desk, 0, 9600, MAKER | AMBIGUOUS);
    fill_is(desk, 1, -10400, MAKER | AMBIGUOUS);
    desk_free(desk);
}

static void SIM_13_both_paths_may_agree(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++)
        dip_that_is_stopped(both[i]);
}

static void SIM_14_a_stop_limit_rests_on_the_rest_of_the_path_Q19(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct desk *desk = desk_new(both[i]);
        buys(desk, 10200, 10400, 0, 0);
        shows(desk, 10001, 10550, 10000, 10500);
        assert_int_equal(desk->v->fill_count, 0);
        assert_int_equal(last_answer(desk->v)->head.type, OC_EV_TRIGGERED);
        assert_true(last_answer(desk->v)->head.flags & OC_EVF_AMBIGUOUS);
        shows(desk, 10500, 10500, 10200, 10300); /* it rests */
        fill_is(desk, 0, 10200, MAKER);
        desk_free(desk);
        desk = desk_new(both[i]);
        buys(desk, 10450, 10400, 0, 0);
        shows(desk, 10001, 10550, 10000, 10500);
        fill_is(desk, 0, 10400, TAKER);
        desk_free(desk);
    }
    struct desk *desk = desk_new(optimistic);
    buys(desk, 10200, 10400, 0, 0);
    shows(desk, 10001, 10550, 10000, 10500);
    fill_is(desk, 0, 10200, MAKER | AMBIGUOUS);
    desk_free(desk);
}

/* Long 1 from 100, with a stop and a target that rest. */
static struct desk *bracketed(const char *const *pairs, int64_t stop, int64_t target)
{
    struct desk *desk = desk_new(pairs);
    buys(desk, 0, 0, stop, target);
    shows(desk, 10000, 10000, 10000, 10000);
    fill_is(desk, 0, 10000, TAKER);
    return desk;
}

static void closed(struct desk *desk)
{
    const struct oc_event event = {
        .size = sizeof(struct oc_ev_session), .type = OC_EV_SESSION, .inst = INST, .venue_ns = desk->now_ns};
    const struct oc_ev_session session = {.head = event, .status = OC_SESSION_CLOSED};
    assert_int_equal(desk->v->sim->market(desk->v->instance.self, desk->now_ns, &session.head), OC_OK);
}

static void SIM_15_stop_and_target_and_gaps_Q15(void **state)
{
    (void)state;
    static const int64_t rows[][4] = {
        {10000, 10500, 9700, 10100}, {9700, 10500, 9600, 10100}, {10400, 10600, 10350, 10500}};
    static const int64_t fills[] = {-9800, -9700, -10300};
    static const int how[] = {TAKER | AMBIGUOUS, TAKER, MAKER};
    for (int i = 0; i < 6; i++) {
        struct desk *desk = bracketed(both[i / 3], 9800, 10300);
        shows(desk, rows[i % 3][0], rows[i % 3][1], rows[i % 3][2], rows[i % 3][3]);
        assert_int_equal(desk->v->fill_count, 2);
        fill_is(desk, 1, fills[i % 3], how[i % 3]);
        desk_free(desk);
    }
    struct desk *desk = bracketed(optimistic, 9800, 10300);
    shows(desk, 10000, 10500, 9700, 10100);
    fill_is(desk, 1, -10300, MAKER | AMBIGUOUS);
    desk_free(desk);
    desk = bracketed(neutral, 9800, 10300);
    closed(desk);
    shows(desk, 10400, 10600, 10350, 10500);
    fill_is(desk, 1, -10400, TAKER);
    desk_free(desk);
    desk = bracketed((const char *const[]){"gap", "open", AT_ONCE, NULL}, 9800, 10300);
    shows(desk, 10400, 10600, 10350, 10500);
    fill_is(desk, 1, -10400, TAKER);
    desk_free(desk);
    desk = bracketed((const char *const[]){"gap", "limit", AT_ONCE, NULL}, 9800, 10300);
    closed(desk);
    shows(desk, 10400, 10600, 10350, 10500);
    fill_is(desk, 1, -10300, MAKER);
    desk_free(desk);
}

/* Long 1 from 100 with a target at 103, bars of a minute up to `from_ns`, and a gap over the target behind a pause. */
static void gap_behind_a_pause(int64_t from_ns, int64_t pause_ns, int64_t paid, int how)
{
    struct desk *desk = desk_new(neutral);
    desk->minute = from_ns / MINUTE;
    desk->now_ns = from_ns;
    buys(desk, 0, 0, 9800, 10300);
    shows(desk, 10000, 10000, 10000, 10000);
    desk->minute += pause_ns / MINUTE;
    shows(desk, 10400, 10600, 10350, 10500);
    fill_is(desk, 1, -paid, how);
    desk_free(desk);
}

static void SIM_15_sessions_that_nothing_states_are_seen_from_pauses(void **state)
{
    (void)state;
    const int64_t hour = 60 * MINUTE, day = 24 * hour;
    const int64_t monday = 4 * day, friday = 8 * day; /* behind 1970-01-01, a Thursday */
    gap_behind_a_pause(monday + 15 * hour, 4 * hour - MINUTE, 10300, MAKER);
    gap_behind_a_pause(monday + 15 * hour, 4 * hour, 10400, TAKER);
    gap_behind_a_pause(monday + 15 * hour, 17 * hour, 10400, TAKER);
    gap_behind_a_pause(friday + 20 * hour, 50 * hour, 10400, TAKER);      /* a weekend, to Sunday night */
    gap_behind_a_pause(friday + 20 * hour, 9 * hour, 10300, MAKER);       /* behind it lies a Saturday's bar */
    gap_behind_a_pause(friday + day + 12 * hour, 5 * hour, 10300, MAKER); /* it trades on Saturdays */
    gap_behind_a_pause(friday + 22 * hour, 5 * hour, 10400, TAKER);       /* late hours of a Friday */
    gap_behind_a_pause(friday + day + 23 * hour + 59 * MINUTE, 5 * hour, 10300, MAKER);
    gap_behind_a_pause(friday + 2 * day, 5 * hour, 10400, TAKER); /* a Sunday */
}

static void SIM_16_a_price_is_rounded_once_Q4(void **state)
{
    (void)state;
    static const char *const latencies[] = {"0", "5ms", "30s"};
    for (int i = 0; i < 3; i++) {
        struct desk *desk = desk_new((const char *const[]){"latency", latencies[i], "half_spread", "0.0001",
                                                           "check_funds", "no", "allow_short", "yes", NULL});
        desk_sends(desk, entry(desk, OC_SIDE_BUY, 0, 0, 0, 0));
        desk_sends(desk, entry(desk, OC_SIDE_SELL, 0, 0, 0, 0));
        shows(desk, 812, 812, 812, 812);
        desk_waits(desk, 3 * MINUTE);
        fill_is(desk, 0, 813, TAKER);
        fill_is(desk, 1, -811, TAKER);
        desk_free(desk);
    }
    struct desk *desk =
        desk_new((const char *const[]){"latency", "5s", "half_spread", "0.0001", "check_funds", "no", NULL});
    desk_sends(desk, entry(desk, OC_SIDE_BUY, 0, 0, 0, 0));
    shows(desk, 10000, 10001, 10000, 10000); /* 10000.25 on the line, 10001.250025 paid */
    desk_waits(desk, 2 * MINUTE);
    fill_is(desk, 0, 10002, TAKER);
    desk_free(desk);
}

static void SIM_17_what_is_decided_inside_a_bar_gets_no_path(void **state)
{
    (void)state;
    static const int64_t line[] = {10000, 10800, 9500, 10100};
    static const struct {
        int64_t price, stop, at_ns, fill;
    } rows[] = {{0, 0, MINUTE / 6, 10400},     {0, 0, MINUTE / 2, 10800},         {0, 10600, MINUTE / 2, 10800},
                {0, 10600, MINUTE / 6, 10600}, {0, 11000, MINUTE / 2, 0},         {9600, 0, MINUTE / 2, 0},
                {10850, 0, MINUTE / 2, 10800}, {10700, 10600, MINUTE / 6, 10600}, {10500, 10600, MINUTE / 6, 0}};
    for (int i = 0; i < 9; i++)
        for (int which = 0; which < 2; which++) {
            struct desk *desk = desk_new(both[which]);
            const struct oc_request request = entry(desk, OC_SIDE_BUY, rows[i].price, rows[i].stop, 0, 0);
            inside(desk, rows[i].at_ns, &request, line);
            if (!rows[i].fill) {
                assert_int_equal(desk->v->fill_count, 0);
            } else {
                fill_is(desk, 0, rows[i].fill, TAKER);
                assert_int_equal(desk->told_ns[0], MINUTE);
                assert_true(desk->v->fills[0].head.flags & OC_EVF_INSIDE);
                assert_true(desk->v->fills[0].head.venue_ns >= MINUTE / 6);
            }
            desk_free(desk);
        }
    struct desk *desk = desk_new(neutral); /* and from the next bar on it is a limit like others */
    const struct oc_request request = entry(desk, OC_SIDE_BUY, 9600, 0, 0, 0);
    inside(desk, MINUTE / 2, &request, line);
    shows(desk, 10100, 10100, 9600, 10000);
    fill_is(desk, 0, 9600, MAKER);
    desk_free(desk);
}

static void SIM_18_a_close_inside_a_bar_pays_the_worse_extreme(void **state)
{
    (void)state;
    static const int64_t line[] = {10000, 10500, 9500, 10000};
    struct desk *desk = desk_new(neutral);
    buys(desk, 0, 0, 0, 0);
    shows(desk, 10000, 10000, 10000, 10000);
    struct oc_request close = entry(desk, OC_SIDE_SELL, 0, 0, 0, 0);
    close.bits |= OC_RQ_REDUCE_ONLY;
    inside(desk, MINUTE + MINUTE / 2, &close, line);
    fill_is(desk, 1, -9500, TAKER);
    assert_int_equal(desk->v->fills[1].head.venue_ns, MINUTE + MINUTE / 2);
    assert_int_equal(desk->told_ns[1], 2 * MINUTE);
    desk_free(desk);
}

static void SIM_19_stops_both_ways_are_told_at_the_close_Q11(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct desk *desk = desk_new(both[i]);
        const uint64_t up = buys(desk, 0, 10001, 0, 0);
        sells(desk, 0, 9999);
        const struct oc_ev_bar bar = a_bar(desk, 10000, 10500, 9500, 10000);
        bar_begins(desk, &bar.head);
        desk_waits(desk, MINUTE - 1);
        assert_int_equal(desk->v->fill_count, 0); /* nothing is known before */
        for (int told = 0; told < desk->v->answer_count; told++)
            assert_int_equal(desk->v->answers[told].head.type, OC_EV_ACCEPTED);
        bar_ends(desk, &bar.head);
        assert_int_equal(desk->v->fill_count, 2);
        assert_int_equal(desk->v->fills[0].price + desk->v->fills[1].price, 20000);
        assert_int_equal(desk->told_ns[0], MINUTE);
        assert_int_equal(desk->told_ns[1], MINUTE);
        desk_sends(desk, about(desk, up, OC_REQUEST_CANCEL)); /* too late for this bar */
        shows(desk, 10000, 10000, 10000, 10000);
        assert_int_equal(last_answer(desk->v)->head.type, OC_EV_CANCEL_REJECTED);
        desk_free(desk);
    }
}

static void SIM_20_a_bar_without_trades_trades_nothing_Q10(void **state)
{
    (void)state;
    static const char *const capped[] = {"latency", "0",           "half_spread", "0", "volume_cap",
                                         "0.1",     "check_funds", "no",          NULL};
    static const int64_t line[] = {10000, 10000, 10000, 10000}, volumes[] = {0, 0, 5000, 0, 10000};
    struct desk *desk = desk_new(capped);
    struct oc_request request = order(desk->v, OC_SIDE_BUY, 3000, 0, 0);
    desk_sends(desk, request);
    for (int i = 0; i < 5; i++)
        shows_volume(desk, line, volumes[i]);
    assert_int_equal(desk->v->fill_count, 2);
    assert_int_equal(desk->v->fills[0].qty, 500);
    assert_int_equal(desk->v->fills[0].head.venue_ns, 2 * MINUTE);
    assert_int_equal(desk->v->fills[1].qty, 1000);
    assert_int_equal(desk->v->fills[1].head.venue_ns, 4 * MINUTE);
    desk_free(desk);
    desk = desk_new(capped); /* no volume is known: all of it, and it is marked */
    desk_sends(desk, order(desk->v, OC_SIDE_BUY, 3000, 0, 0));
    shows(desk, 10000, 10000, 10000, 10000);
    assert_int_equal(desk->v->fill_count, 1);
    assert_int_equal(desk->v->fills[0].qty, 3000);
    assert_true(desk->v->fills[0].head.flags & OC_EVF_UNKNOWN_VOLUME);
    desk_free(desk);
    desk = desk_new((const char *const[]){"latency", "0", "half_spread", "0.001", "zero_volume", "take", "check_funds",
                                          "no", NULL});
    shows(desk, 10000, 10000, 10000, 10000);
    desk_sends(desk, order(desk->v, OC_SIDE_BUY, 3000, 0, 0));
    shows_volume(desk, line, 0);
    fill_is(desk, 0, 10020, TAKER); /* the last close, twice the half-spread */
    desk_free(desk);
}

static void SIM_21_five_milliseconds_change_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        breakout(slow[i]);
        dip(slow[i]);
        dip_that_is_stopped(slow[i]);
    }
}

static void SIM_22_a_marketable_limit_takes_at_its_arrival(void **state)
{
    (void)state;
    for (int is_slow = 0; is_slow < 2; is_slow++) {
        struct desk *desk = desk_new(is_slow ? slow_neutral : neutral);
        shows(desk, 10000, 10000, 10000, 10000);
        buys(desk, 10400, 0, 0, 0);
        shows(desk, 10000, 10500, 9500, 10000);
        fill_is(desk, 0, is_slow ? 10001 : 10000, TAKER);
        desk_free(desk);
    }
}

static void SIM_23_stop_or_target_by_the_profile(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct desk *desk = bracketed(i < 2 ? both[i] : optimistic, 9800, 10200);
        shows(desk, 10000, 10300, 9000, 10000);
        assert_int_equal(desk->v->fill_count, 2);
        fill_is(desk, 1, i < 2 ? -9800 : -10200, (i < 2 ? TAKER : MAKER) | AMBIGUOUS);
        desk_free(desk);
    }
}

static void SIM_24_touch_through_and_through_by_two(void **state)
{
    (void)state;
    static const char *const words[] = {"touch", "through", "through2"};
    static const char *const profiles[] = {"optimistic", "neutral", "pessimistic"};
    for (int by = 0; by < 3; by++)
        for (int is_profile = 0; is_profile < 2; is_profile++)
            for (int64_t low = 9500; low >= 9498; low--) {
                struct desk *desk =
                    desk_new((const char *const[]){is_profile ? "profile" : "limit_fill",
                                                   is_profile ? profiles[by] : words[by], "latency", "0", NULL});
                shows(desk, 10000, 10000, 10000, 10000);
                buys(desk, 9500, 0, 0, 0);
                shows(desk, 10000, 10000, low, 10000);
                assert_int_equal(desk->v->fill_count, 9500 - low >= by);
                desk_free(desk);
            }
    struct desk *desk = desk_new((const char *const[]){"profile", "ideal", NULL});
    buys(desk, 9500, 0, 0, 0);
    shows(desk, 10000, 10000, 9500, 10000);
    fill_is(desk, 0, 9500, MAKER);
    desk_free(desk);
}

static void SIM_25_a_stop_in_the_range_is_taken_before_the_target(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct desk *desk = desk_new(i < 2 ? both[i] : optimistic);
        buys(desk, 0, 10300, 10200, 10600);
        shows(desk, 10000, 10600, 9900, 10500);
        assert_int_equal(desk->v->fill_count, 2);
        fill_is(desk, 0, 10300, i < 2 ? AMBIGUOUS : 0);
        fill_is(desk, 1, i < 2 ? -10200 : -10600, i < 2 ? TAKER | AMBIGUOUS : MAKER);
        desk_free(desk);
        desk = desk_new(i < 2 ? both[i] : optimistic);
        buys(desk, 0, 10300, 9850, 10600);
        shows(desk, 10000, 10600, 9900, 10500);
        fill_is(desk, 1, -10600, MAKER);
        desk_free(desk);
    }
}

static void SIM_26_a_limit_inside_the_spread_rests(void **state)
{
    (void)state;
    struct desk *desk = desk_new((const char *const[]){"latency", "0", "half_spread", "0.0001", "check_funds", "no",
                                                       "limit_fill", "touch", NULL});
    shows(desk, 6000000, 6000000, 6000000, 6000000);
    buys(desk, 6000001, 0, 0, 0);
    shows(desk, 6000000, 6010000, 6000000, 6010000);
    assert_int_equal(desk->v->fill_count, 0);
    shows(desk, 6010000, 6010000, 6000000, 6005000);
    fill_is(desk, 0, 6000001, MAKER);
    desk_free(desk);
}

/* A bar of two lines: the ask stands 20 above the bid. */
static void shows_quotes(struct desk *desk, int64_t open, int64_t high, int64_t low, int64_t close)
{
    const int64_t open_ns = desk->minute * MINUTE;
    const struct oc_ev_qbar bar = {
        .head = {.size = sizeof bar, .type = OC_EV_QBAR, .inst = INST, .venue_ns = open_ns + desk->period_ns},
        .open_ns = open_ns,
        .period_ns = desk->period_ns,
        .bid = {open, high, low, close},
        .ask = {open + 20, high + 20, low + 20, close + 20},
        .present = OC_HAS_BID | OC_HAS_ASK};
    bar_begins(desk, &bar.head);
    bar_ends(desk, &bar.head);
}

/* On a bar of quotes an entry is filled on its own line and its legs on the other: each to the step. */
static void legs_look_at_the_other_line_of_quotes(void **state)
{
    (void)state;
    static const struct {
        uint8_t side;
        int64_t stop, stop_loss, take_profit, fill, leg;
    } rows[] = {
        {OC_SIDE_BUY, 10300, 9490, 0, 10300, -9490},  /* the lowest bid */
        {OC_SIDE_BUY, 10300, 9489, 0, 10300, 0},      /* which the ask alone does not reach */
        {OC_SIDE_SELL, 9700, 10520, 0, -9700, 10520}, /* the highest ask */
        {OC_SIDE_SELL, 9700, 10521, 0, -9700, 0},
        {OC_SIDE_BUY, 10300, 0, 10501, 10300, 0},        /* bids end at 10500 */
        {OC_SIDE_SELL, 9700, 0, 9509, -9700, 0},         /* asks at 9510 */
        {OC_SIDE_BUY, 10300, 9490, 10450, 10300, -9490}, /* the range of the bids holds the stop: it is taken first */
        {OC_SIDE_SELL, 9700, 10520, 9560, -9700, 10520},
        {OC_SIDE_BUY, 10300, 10290, 0, 10300, -10280}, /* between bid and ask: hit where it begins */
        {OC_SIDE_SELL, 9700, 9710, 0, -9700, 9720},    /* rounded against the leg */
        {OC_SIDE_BUY, 0, 10010, 0, 10020, -10000},     /* the same at the open */
        {OC_SIDE_SELL, 0, 10010, 0, -10000, 10020}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct desk *desk = desk_new(neutral);
        desk_sends(desk, entry(desk, rows[i].side, 0, rows[i].stop, rows[i].stop_loss, rows[i].take_profit));
        shows_quotes(desk, 10000, 10500, 9490, 10000);
        assert_int_equal(desk->v->fill_count, rows[i].leg ? 2 : 1);
        assert_int_equal(desk->v->fills[0].price, rows[i].fill < 0 ? -rows[i].fill : rows[i].fill);
        if (rows[i].leg)
            assert_int_equal(desk->v->fills[1].price, rows[i].leg < 0 ? -rows[i].leg : rows[i].leg);
        assert_int_equal(held(desk), rows[i].leg ? 0 : (rows[i].side == OC_SIDE_BUY ? 1000 : -1000));
        desk_free(desk);
    }
}

/* A leg that grew and was hit inside a bar, before its host could ask: the amendment is answered, and then what happened is told. */
static void a_leg_that_grew_inside_is_amended_and_told(void **state)
{
    (void)state;
    struct desk *desk = desk_new((const char *const[]){AT_ONCE, "volume_cap", "1", NULL});
    buys(desk, 9900, 0, 9800, 0);
    shows_volume(desk, (const int64_t[]){10000, 10000, 9890, 9950}, 400);
    assert_int_equal(held(desk), 400);
    const int answers = desk->v->answer_count;
    shows_volume(desk, (const int64_t[]){9950, 9960, 9700, 9750}, 100000);
    assert_int_equal(held(desk), 0);
    int64_t sold = 0;
    for (int i = 0; i < desk->v->fill_count; i++)
        sold += desk->v->fills[i].side == OC_SIDE_SELL ? desk->v->fills[i].qty : 0;
    assert_int_equal(sold, 1000);
    int amended = 0;
    for (int i = answers; i < desk->v->answer_count; i++)
        amended +=
            desk->v->answers[i].head.type == OC_EV_AMENDED && desk->v->answers[i].request != desk->v->answers[i].order;
    assert_int_equal(amended, 1);
    desk_free(desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(SIM_11_a_breakout_is_stopped_at_its_own_stop_Q1),
        cmocka_unit_test(SIM_12_a_dip_is_not_sold_at_the_high_of_its_bar_Q2),
        cmocka_unit_test(SIM_13_both_paths_may_agree),
        cmocka_unit_test(SIM_14_a_stop_limit_rests_on_the_rest_of_the_path_Q19),
        cmocka_unit_test(SIM_15_stop_and_target_and_gaps_Q15),
        cmocka_unit_test(SIM_15_sessions_that_nothing_states_are_seen_from_pauses),
        cmocka_unit_test(SIM_16_a_price_is_rounded_once_Q4),
        cmocka_unit_test(SIM_17_what_is_decided_inside_a_bar_gets_no_path),
        cmocka_unit_test(SIM_18_a_close_inside_a_bar_pays_the_worse_extreme),
        cmocka_unit_test(SIM_19_stops_both_ways_are_told_at_the_close_Q11),
        cmocka_unit_test(SIM_20_a_bar_without_trades_trades_nothing_Q10),
        cmocka_unit_test(SIM_21_five_milliseconds_change_nothing),
        cmocka_unit_test(SIM_22_a_marketable_limit_takes_at_its_arrival),
        cmocka_unit_test(SIM_23_stop_or_target_by_the_profile),
        cmocka_unit_test(SIM_24_touch_through_and_through_by_two),
        cmocka_unit_test(SIM_25_a_stop_in_the_range_is_taken_before_the_target),
        cmocka_unit_test(SIM_26_a_limit_inside_the_spread_rests),
        cmocka_unit_test(legs_look_at_the_other_line_of_quotes),
        cmocka_unit_test(a_leg_that_grew_inside_is_amended_and_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* groups_trail_test.c: stops that follow the market. */
#include "engine/impl.h"
#include "engine/save.h"
#include "support/engine_fixture.h"

enum { NONE = 0 };
#define T0 (1000 * GROUPS_TRAIL_NS) /* behind all that came before */

static int64_t take_profit; /* of the next entry */

static uint64_t entry_of(struct fixture *f, uint8_t side, uint32_t kind, int64_t trail, int64_t from, int64_t stop)
{
    struct oc_request request = fixture_order(f, side, 10, 10000);
    request.bits |= kind | (from ? (uint32_t)OC_RQ_HAS_ACTIVATION : 0) | (stop ? (uint32_t)OC_RQ_HAS_STOP_LOSS : 0);
    request.bits |= take_profit ? (uint32_t)OC_RQ_HAS_TAKE_PROFIT : 0;
    request.take_profit = take_profit;
    request.trail = trail;
    request.activation = from;
    request.stop_loss = stop;
    return fixture_submit(f, request);
}

static const struct order *stop_of(const struct fixture *f)
{
    for (uint32_t i = f->sent_count; i > 0; i--)
        if (f->sent[i - 1].role == OC_ROLE_STOP_LOSS && f->sent[i - 1].kind == OC_REQUEST_NEW)
            return fixture_find(f, f->sent[i - 1].order);
    return NULL;
}

/* The venue does what it was asked to. */
static void follow(struct fixture *f)
{
    const struct order *stop = stop_of(f);
    if (stop && stop->state == STATE_SUBMITTED)
        fixture_say(f, OC_EV_ACCEPTED, stop->now.order);
    if (stop && stop->ask_bits)
        fixture_say(f, OC_EV_AMENDED, stop->now.order);
}

/* Prices, two seconds apart, and the stop behind each; NONE: there is none. */
static void walk(struct fixture *f, const int64_t (*steps)[2], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        f->now_ns += 2 * GROUPS_TRAIL_NS;
        fixture_price(f, steps[i][0]);
        follow(f);
        const struct order *stop = stop_of(f);
        assert_int_equal(stop ? stop->now.stop_price : NONE, steps[i][1]);
    }
}

static void ALGO_8(void **state)
{
    (void)state;
    static const int64_t steps[][2] = {{10000, NONE},  {10080, NONE},  {10100, 9900},  {10250, 10050}, {10200, 10050},
                                       {10370, 10170}, {10290, 10170}, {10180, 10170}, {10160, 10170}};
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t entry = entry_of(f, OC_SIDE_BUY, OC_RQ_HAS_TRAIL, 200, 10100, NONE);
    fixture_trade(f, entry, OC_SIDE_BUY, 10, 10000);
    walk(f, steps, sizeof steps / sizeof steps[0]);
    fixture_say(f, OC_EV_TRIGGERED, stop_of(f)->now.order);
    fixture_trade(f, stop_of(f)->now.order, OC_SIDE_SELL, 10, 10160);
    assert_int_equal(fixture_book(f)->position.qty, 0);
    assert_int_equal(f->engine->groups.live, 0);
    assert_int_equal(f->engine->groups.trailing, 0);
    fixture_free(f);
}

static void ALGO_9(void **state)
{
    (void)state;
    static const int64_t steps[][2] = {{10000, 9850},  {10080, 9928},  {10100, 9948},  {10250, 10096},
                                       {10200, 10096}, {10370, 10214}, {10290, 10214}, {10180, 10214}};
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t entry = entry_of(f, OC_SIDE_BUY, OC_RQ_HAS_TRAIL_PPM, 15000, NONE, NONE);
    fixture_trade(f, entry, OC_SIDE_BUY, 10, 10000);
    walk(f, steps, sizeof steps / sizeof steps[0]);
    fixture_free(f);
}

static void a_sale_is_followed_downwards(void **state)
{
    (void)state;
    static const int64_t steps[][2] = {{10000, 10150}, {9920, 10069}, {9950, 10069}, {9899, 10048}};
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t entry = entry_of(f, OC_SIDE_SELL, OC_RQ_HAS_TRAIL_PPM, 15000, NONE, NONE);
    fixture_trade(f, entry, OC_SIDE_SELL, 10, 10000);
    walk(f, steps,
         sizeof steps / sizeof steps[0]); /* 9920 * 1.015 = 10068.8, 9899 * 1.015 = 10047.485: up to the grid */
    fixture_free(f);
}

/* The stop that was given stays until the market has carried the other one past it. */
static void it_begins_at_the_stop_that_was_given(void **state)
{
    (void)state;
    static const int64_t steps[][2] = {{10000, 9900}, {10050, 9900}, {10150, 9950}, {9960, 9950}};
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t entry = entry_of(f, OC_SIDE_BUY, OC_RQ_HAS_TRAIL, 200, NONE, 9900);
    fixture_trade(f, entry, OC_SIDE_BUY, 10, 10000);
    walk(f, steps, 2);
    assert_int_equal(f->engine->groups.list[0].stop_loss, 9900); /* what a leg that is placed anew would have */
    walk(f, steps + 2, sizeof steps / sizeof steps[0] - 2);
    fixture_free(f);
}

/* Not more often than GROUPS_TRAIL_NS: then to where the market has been meanwhile. */
static void it_is_moved_at_most_once_a_second(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t entry = entry_of(f, OC_SIDE_BUY, OC_RQ_HAS_TRAIL, 200, NONE, NONE);
    fixture_trade(f, entry, OC_SIDE_BUY, 10, 10000);
    follow(f);
    f->now_ns = T0 + 5 * GROUPS_TRAIL_NS;
    fixture_price(f, 10100);
    assert_int_equal(stop_of(f)->ask_stop, 9900);
    follow(f);
    const uint32_t sent = f->sent_count;
    f->now_ns = T0 + 5 * GROUPS_TRAIL_NS + GROUPS_TRAIL_NS / 2;
    fixture_price(f, 10300);
    assert_int_equal(f->sent_count, sent);
    f->now_ns = T0 + 6 * GROUPS_TRAIL_NS;
    fixture_price(f, 10200); /* that it has turned meanwhile changes nothing */
    assert_int_equal(f->sent_count, sent + 1);
    assert_int_equal(f->sent[sent].stop_price, 10100);
    fixture_price(f, 10400); /* the answer to that is awaited */
    assert_int_equal(f->sent_count, sent + 1);
    fixture_free(f);
}

/* A price at which legs are looked at again, as the first one behind a restart, counts before the stop is moved. What had to wait for
 * an answer is looked at again behind it. */
static void it_is_moved_behind_the_newest_price(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t entry = entry_of(f, OC_SIDE_BUY, OC_RQ_HAS_TRAIL, 200, NONE, NONE);
    fixture_trade(f, entry, OC_SIDE_BUY, 10, 10000);
    follow(f);
    f->now_ns = T0;
    fixture_price(f, 10100);
    f->now_ns = T0 + 2 * GROUPS_TRAIL_NS;
    fixture_price(f, 10200); /* the answer to the last one is awaited */
    assert_int_equal(f->engine->groups.retry_ns, 0);
    follow(f);
    assert_int_equal(f->engine->groups.retry_ns, f->now_ns);
    const uint32_t sent = f->sent_count;
    f->now_ns += GROUPS_TRAIL_NS;
    fixture_price(f, 10300);
    assert_int_equal(f->sent_count, sent + 1);
    assert_int_equal(f->sent[sent].stop_price, 10100);
    fixture_free(f);
}

/* A person may bring it nearer, and it goes on from there; away from the market it is not moved. */
static void a_person_brings_it_nearer_only(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct engine_refusal refusal = {0};
    const uint64_t entry = entry_of(f, OC_SIDE_BUY, OC_RQ_HAS_TRAIL, 200, NONE, NONE);
    fixture_trade(f, entry, OC_SIDE_BUY, 10, 10000);
    follow(f);
    struct oc_request amend = {.order = stop_of(f)->now.order, .bits = OC_RQ_STOP_CHANGED, .stop_price = 9700};
    engine_begin(f->engine, 0);
    assert_int_equal(engine_amend(f->engine, &amend, &refusal), OC_E_LIMIT);
    assert_string_equal(refusal.reason, "TRAILING_STOP_NOT_LOOSENED");
    amend.stop_price = 9900;
    assert_int_equal(engine_amend(f->engine, &amend, &refusal), OC_OK);
    fixture_end(f, true);
    fixture_flush(f);
    follow(f);
    static const int64_t steps[][2] = {{10050, 9900}, {10150, 9950}};
    walk(f, steps, 2);
    fixture_free(f);
}

/* Refused: it is asked for again, later. A restart that reads the same records comes to the same stop. */
static void what_is_refused_is_asked_for_again(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    engine_set_protect(f->engine, f->account, ENGINE_PROTECT_HOST, false);
    const uint64_t entry = entry_of(f, OC_SIDE_BUY, OC_RQ_HAS_TRAIL, 200, NONE, NONE);
    fixture_trade(f, entry, OC_SIDE_BUY, 10, 10000);
    follow(f);
    f->now_ns = T0 + 5 * GROUPS_TRAIL_NS;
    fixture_price(f, 10100);
    fixture_say(f, OC_EV_AMEND_REJECTED, stop_of(f)->now.order);
    const uint32_t sent = f->sent_count;
    fixture_price(f, 10100);
    assert_int_equal(f->sent_count, sent);
    f->now_ns = T0 + 7 * GROUPS_TRAIL_NS;
    fixture_price(f, 10050);
    assert_int_equal(f->sent_count, sent + 1);
    assert_int_equal(f->sent[sent].stop_price, 9900);
    fixture_free(f);
}

/* A bar is taken by its extreme; the one in which the entry filled by its close, for its extreme may lie before the fill. */
static void of_a_bar_its_extreme_counts(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t entry = entry_of(f, OC_SIDE_BUY, OC_RQ_HAS_TRAIL, 200, NONE, NONE);
    struct oc_ev_fill fill = fixture_fill(f, entry, OC_SIDE_BUY, 10, 10000, "t1");
    fill.head.venue_ns = T0 + 30 * GROUPS_TRAIL_NS;
    fixture_input(f, &fill);
    follow(f);
    struct oc_ev_bar bar = {.head = {.size = sizeof bar, .type = OC_EV_BAR, .inst = f->sent[0].head.inst},
                            .period_ns = 60 * GROUPS_TRAIL_NS,
                            .open = 10000,
                            .high = 10500,
                            .low = 9950,
                            .close = 10100,
                            .volume = 5};
    bar.open_ns = T0;
    f->now_ns = T0 + 60 * GROUPS_TRAIL_NS;
    assert_int_equal(fixture_input(f, &bar), OC_OK);
    follow(f);
    assert_int_equal(stop_of(f)->now.stop_price, 9900);
    bar.open_ns = T0 + 60 * GROUPS_TRAIL_NS;
    bar.head.venue_ns = 0;
    f->now_ns = T0 + 120 * GROUPS_TRAIL_NS;
    assert_int_equal(fixture_input(f, &bar), OC_OK);
    follow(f);
    assert_int_equal(stop_of(f)->now.stop_price, 10300);
    fixture_free(f);
}

/* A venue that does not change stops: the old one is taken back, and the new one is asked for when that is over, with all it has filled. */
static void set_anew(int64_t target)
{
    struct fixture *f = fixture_new(COST_AVERAGE);
    engine_set_protect(f->engine, f->account, ENGINE_PROTECT_HOST, false);
    engine_set_fixed_stops(f->engine, f->account, 1u << OC_ORDER_STOP);
    take_profit = target;
    const uint64_t entry = entry_of(f, OC_SIDE_BUY, OC_RQ_HAS_TRAIL, 200, NONE, NONE);
    take_profit = NONE;
    fixture_trade(f, entry, OC_SIDE_BUY, 10, 10000);
    follow(f);
    const uint64_t first = stop_of(f)->now.order;
    f->now_ns = T0;
    fixture_price(f, 10100);
    uint32_t sent = f->sent_count;
    assert_int_equal(f->sent[sent - 1].kind, OC_REQUEST_CANCEL);
    assert_int_equal(f->sent[sent - 1].role, OC_ROLE_MOVE);
    assert_int_equal(f->sent[sent - 1].order, first);
    f->now_ns += 3 * GROUPS_TRAIL_NS;
    fixture_price(f, 10200); /* what became of it is not known yet */
    fixture_price(f, 9000);
    assert_int_equal(f->sent_count, sent);
    fixture_trade(f, first, OC_SIDE_SELL, 3, 9800); /* it filled meanwhile */
    assert_int_equal(f->sent_count, sent);
    fixture_say(f, OC_EV_CANCELED, first);
    assert_int_equal(f->sent_count, sent + 1);
    assert_int_equal(f->sent[sent].kind, OC_REQUEST_NEW);
    assert_int_equal(f->sent[sent].stop_price, 10000);
    assert_int_equal(f->sent[sent].qty, 7);
    follow(f);
    /* not again at once */
    fixture_price(f, 10300);
    assert_int_equal(f->sent_count, sent + 1);
    f->now_ns += GROUPS_MOVE_NS;
    fixture_price(f, 10300);
    assert_int_equal(f->sent_count, sent + 2);
    assert_int_equal(f->sent[sent + 1].kind, OC_REQUEST_CANCEL);
    /* refused: it stands, and is asked for again */
    fixture_say(f, OC_EV_CANCEL_REJECTED, f->sent[sent + 1].order);
    f->now_ns += 2 * GROUPS_MOVE_NS;
    fixture_price(f, 10300);
    assert_int_equal(f->sent_count, sent + 3);
    assert_int_equal(f->sent[sent + 2].kind, OC_REQUEST_CANCEL);
    fixture_free(f);
}

static void where_stops_are_not_changed_they_are_set_anew(void **state)
{
    (void)state;
    set_anew(NONE);
    set_anew(20000); /* that one is held by the host */
}

/* A life that read in its records that a stop was taken back to be moved sets it anew, where nothing says that it was. */
static void a_restart_sets_anew_what_was_taken_back(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    engine_set_protect(f->engine, f->account, ENGINE_PROTECT_HOST, false);
    engine_set_fixed_stops(f->engine, f->account, 1u << OC_ORDER_STOP);
    const uint64_t entry = entry_of(f, OC_SIDE_BUY, OC_RQ_HAS_TRAIL, 200, NONE, NONE);
    fixture_trade(f, entry, OC_SIDE_BUY, 10, 10000);
    follow(f);
    f->now_ns = T0;
    fixture_price(f, 10100);
    struct oc_request records[3] = {f->sent[0], f->sent[1], f->sent[2]};
    struct fixture *g = fixture_new(COST_AVERAGE);
    engine_set_protect(g->engine, g->account, ENGINE_PROTECT_HOST, false);
    engine_set_fixed_stops(g->engine, g->account, 1u << OC_ORDER_STOP);
    assert_int_equal(engine_restore(g->engine, &records[0].head), OC_OK);
    assert_int_equal(engine_stats(g->engine)->alarms, 0);
    struct oc_ev_answer answer = fixture_answer(g, OC_EV_ACCEPTED, entry);
    struct oc_ev_fill fill = fixture_fill(g, entry, OC_SIDE_BUY, 10, 10000, "t1");
    assert_int_equal(engine_restore(g->engine, &fill.head), OC_OK);
    assert_int_equal(engine_restore(g->engine, &records[1].head), OC_OK);
    answer.order = answer.request = records[1].order;
    assert_int_equal(engine_restore(g->engine, &answer.head), OC_OK);
    struct oc_ev_trade trade = {.head = {.size = sizeof trade, .type = OC_EV_TRADE, .inst = g->inst, .local_ns = T0},
                                .price = 10100,
                                .qty = 1,
                                .present = OC_HAS_QTY};
    assert_int_equal(engine_restore(g->engine, &trade.head), OC_OK);
    assert_int_equal(engine_restore(g->engine, &records[2].head), OC_OK);
    assert_int_equal(g->engine->groups.list[0].phase, GROUP_MOVES);
    answer = fixture_answer(g, OC_EV_DENIED, records[1].order); /* it never went out */
    answer.request = records[2].id;
    assert_int_equal(engine_restore(g->engine, &answer.head), OC_OK);
    assert_int_equal(g->engine->groups.list[0].phase, GROUP_RESTS);
    records[2].id++;
    assert_int_equal(engine_restore(g->engine, &records[2].head), OC_OK);
    assert_int_equal(g->engine->groups.list[0].phase, GROUP_MOVES);
    answer = fixture_answer(g, OC_EV_CANCELED, records[1].order);
    assert_int_equal(engine_restore(g->engine, &answer.head), OC_OK);
    g->now_ns = T0 + 5 * GROUPS_RETRY_NS;
    fixture_price(g, 10050);
    assert_int_equal(g->sent_count, 1);
    assert_int_equal(g->sent[0].role, OC_ROLE_STOP_LOSS);
    assert_int_equal(g->sent[0].kind, OC_REQUEST_NEW);
    assert_int_equal(g->sent[0].stop_price, 9900);
    assert_int_equal(g->sent[0].qty, 10);
    fixture_free(g);
    fixture_free(f);
}

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    static const struct {
        uint32_t kind;
        int64_t trail;
        const char *reason;
    } cases[] = {{OC_RQ_HAS_TRAIL, 0, "TRAIL_OUT_OF_RANGE"},
                 {OC_RQ_HAS_TRAIL, -5, "TRAIL_OUT_OF_RANGE"},
                 {OC_RQ_HAS_TRAIL_PPM, 1000000, "TRAIL_OUT_OF_RANGE"},
                 {OC_RQ_HAS_TRAIL, 10000, "PROTECTION_PRICE_NOT_POSITIVE"},
                 {OC_RQ_HAS_TRAIL, MARKET_PRICE_MAX + 1, "TRAIL_OUT_OF_RANGE"}};
    struct fixture *f = fixture_new(COST_AVERAGE);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct engine_refusal refusal = {0};
        struct oc_request request = fixture_order(f, OC_SIDE_BUY, 10, 10000);
        request.bits |= cases[i].kind;
        request.trail = cases[i].trail;
        engine_begin(f->engine, 0);
        assert_int_equal(engine_submit(f->engine, &request, &refusal), OC_E_LIMIT);
        assert_string_equal(refusal.reason, cases[i].reason);
        fixture_end(f, true);
    }
    assert_int_equal(f->engine->groups.live, 0);
    fixture_free(f);
}

static void it_is_read_as_people_say_it(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const struct instrument *instrument =
        instruments_get(f->engine->instruments, fixture_order(f, OC_SIDE_BUY, 1, 1).head.inst);
    static const struct {
        const char *text;
        uint32_t bit;
        int64_t trail;
    } cases[] = {{"2.5", OC_RQ_HAS_TRAIL, 250},
                 {"1.5%", OC_RQ_HAS_TRAIL_PPM, 15000},
                 {"0.01", OC_RQ_HAS_TRAIL, 1},
                 {"0.0001%", OC_RQ_HAS_TRAIL_PPM, 1},
                 {"99.9999%", OC_RQ_HAS_TRAIL_PPM, 999999}};
    static const char *const wrong[] = {"", "%", "0", "0%", "100%", "-1", "-1%", "1.5 %", "two", "0.001", "1.5%%"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct oc_request request = {0};
        assert_int_equal(trail_read(instrument, cases[i].text, &request), OC_OK);
        assert_int_equal(request.bits, cases[i].bit);
        assert_int_equal(request.trail, cases[i].trail);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct oc_request request = {0};
        assert_int_equal(trail_read(instrument, wrong[i], &request), OC_E_INVALID);
        assert_int_equal(request.bits, 0);
    }
    const uint64_t entry = entry_of(f, OC_SIDE_BUY, OC_RQ_HAS_TRAIL_PPM, 15000, NONE, NONE);
    fixture_trade(f, entry, OC_SIDE_BUY, 10, 10000);
    char text[TRAIL_TEXT_MAX];
    assert_true(engine_trail_text(f->engine, fixture_find(f, entry), text));
    assert_string_equal(text, "1.5%");
    assert_true(engine_trail_text(f->engine, stop_of(f), text));
    assert_string_equal(text, "1.5%");
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ALGO_8),
        cmocka_unit_test(ALGO_9),
        cmocka_unit_test(a_sale_is_followed_downwards),
        cmocka_unit_test(it_begins_at_the_stop_that_was_given),
        cmocka_unit_test(it_is_moved_at_most_once_a_second),
        cmocka_unit_test(it_is_moved_behind_the_newest_price),
        cmocka_unit_test(a_person_brings_it_nearer_only),
        cmocka_unit_test(what_is_refused_is_asked_for_again),
        cmocka_unit_test(of_a_bar_its_extreme_counts),
        cmocka_unit_test(where_stops_are_not_changed_they_are_set_anew),
        cmocka_unit_test(a_restart_sets_anew_what_was_taken_back),
        cmocka_unit_test(what_makes_no_sense_is_refused),
        cmocka_unit_test(it_is_read_as_people_say_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

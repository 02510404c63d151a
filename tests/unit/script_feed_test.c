/* script_feed_test.c: what a live feed tells a strategy of itself: whether its venue is reached, and that bars were missed. */
#include "support/strategy_kit.h"

#define SECOND 1000000000ll
#define T0     (1700000000ll / 60 * 60 * SECOND)

static void link_is(struct kit *kit, uint32_t state, uint32_t why)
{
    struct oc_ev_venue venue = {.head = {.size = sizeof venue, .type = OC_EV_VENUE, .source = kit->f->account},
                                .state = state,
                                .part = OC_PART_LINK,
                                .why = why,
                                .tail = sizeof venue};
    assert_int_equal(fixture_input(kit->f, &venue), OC_OK);
}

static const char tells[] = "function on_venue_up(v) print('up', v.name, v.account, v.state, v.reason) end\n"
                            "function on_venue_down(v) print('down', v.name, v.state, v.reason) end\n"
                            "function on_venue_stale(v) print('stale', v.state) end\n";

static void a_venue_that_comes_and_goes_is_told_once_each(void **state)
{
    (void)state;
    struct kit *kit = kit_new(tells);
    link_is(kit, OC_VENUE_CONNECTING, 0);
    link_is(kit, OC_VENUE_SYNCING, 0);
    assert_int_equal(kit->log_size, 0);
    link_is(kit, OC_VENUE_READY, 0);
    link_is(kit, OC_VENUE_READY, 0);
    assert_true(kit_said(kit, "up\ttest\tmain\tready\tnil\n"));
    kit->log_size = 0;
    link_is(kit, OC_VENUE_READY, 0);
    assert_int_equal(kit->log_size, 0);
    link_is(kit, OC_VENUE_DEGRADED, 0);
    assert_true(kit_said(kit, "stale\tdegraded\n"));
    link_is(kit, OC_VENUE_DOWN, 0);
    assert_true(kit_said(kit, "down\ttest\tdown\tnil\n"));
    link_is(kit, OC_VENUE_DENIED, OC_WHY_INSUFFICIENT_FUNDS);
    assert_true(kit_said(kit, "down\ttest\tdenied\tINSUFFICIENT_FUNDS\n"));
    kit_free(kit);
}

static void orders_of_on_venue_up_are_orders(void **state)
{
    (void)state;
    struct kit *kit = kit_new("local market\n"
                              "function on_init(m) market = m end\n"
                              "function on_venue_up(v) market:buy { qty = 1, price = 99 } end");
    const uint32_t before = kit->f->sent_count;
    link_is(kit, OC_VENUE_READY, 0);
    assert_int_equal(kit->f->sent_count, before + 1);
    kit_free(kit);
}

/* ---- on_resync ---- */

static struct kit *resyncs(const char *head)
{
    static const struct engine_bars live = {.is_live = true, .grace_ns = SECOND / 2};
    static char text[1024];
    struct kit *kit = calloc(1, sizeof *kit);
    kit->f = fixture_new(COST_AVERAGE);
    snprintf(text, sizeof text,
             "strategy { timeframe = '1m'%s }\n"
             "function on_bar(m, b) print('bar', b.close) end\n"
             "function on_resync(m, missed)\n"
             "  local order, err = m:buy { qty = 1, price = 99 }\n"
             "  print('resync', missed, order and order.state, err and err.code)\n"
             "end",
             head);
    const struct strategy_config config = {.file = "test.lua",
                                           .text = text,
                                           .text_size = strlen(text),
                                           .from_ns = INT64_MIN,
                                           .account = kit->f->account,
                                           .seed = 1,
                                           .log = kit_log,
                                           .log_arg = kit};
    engine_set_bars(kit->f->engine, kit->f->account, &live);
    kit->f->now_ns = T0;
    assert_int_equal(strategy_new(kit->f->engine, &config, &kit->strategy, &kit->error), OC_OK);
    assert_int_equal(strategy_add_market(kit->strategy, kit->f->inst, &kit->error), OC_OK);
    assert_int_equal(strategy_start(kit->strategy), OC_OK);
    fixture_flush(kit->f);
    return kit;
}

static void trades(struct kit *kit, int64_t at)
{
    struct fixture *f = kit->f;
    fixture_tick(f, T0 + at * SECOND);
    f->now_ns = T0 + at * SECOND;
    struct oc_ev_trade trade = {
        .head = {.size = sizeof trade, .type = OC_EV_TRADE, .inst = f->inst, .venue_ns = f->now_ns},
        .price = 10000,
        .qty = 1,
        .present = OC_HAS_QTY};
    assert_int_equal(fixture_input(f, &trade), OC_OK);
}

static void history(struct kit *kit, int64_t minute)
{
    struct oc_ev_bar bar = {.head = {.size = sizeof bar,
                                     .type = OC_EV_BAR,
                                     .flags = OC_EVF_PAST,
                                     .inst = kit->f->inst,
                                     .venue_ns = T0 + (minute + 1) * 60 * SECOND},
                            .open_ns = T0 + minute * 60 * SECOND,
                            .period_ns = 60 * SECOND,
                            .open = 10000,
                            .high = 10100,
                            .low = 9900,
                            .close = 10050,
                            .volume = 7,
                            .present = OC_HAS_VOLUME};
    assert_int_equal(fixture_input(kit->f, &bar), OC_OK);
}

/* Whole bars, then a hole of three minutes, of which the venue tells afterwards. */
static void has_a_hole(struct kit *kit)
{
    trades(kit, 10);
    trades(kit, 61);
    trades(kit, 121);
    trades(kit, 181);
    link_is(kit, OC_VENUE_DOWN, 0);
    link_is(kit, OC_VENUE_READY, 0);
    kit->log_size = 0;
    trades(kit, 370);
    trades(kit, 421);
    for (int64_t minute = 3; minute < 6; minute++)
        history(kit, minute);
    history(kit, 6);
}

static void behind_a_hole_it_is_told_how_many_bars_were_missed_and_reduces(void **state)
{
    (void)state;
    struct kit *kit = resyncs("");
    has_a_hole(kit);
    assert_true(kit_said(kit, "resync\t3\t"));
    assert_true(kit_said(kit, "\nbar\t100.5\n")); /* the last one is told in its time */
    assert_true(kit_sent(kit)->bits & OC_RQ_REDUCE_ONLY);
    kit_free(kit);
}

/* A strategy that holds two, and behind a hole says `would`. */
static struct kit *holds(const char *would)
{
    static char text[1024];
    static const struct engine_bars live = {.is_live = true, .grace_ns = SECOND / 2};
    struct kit *kit = calloc(1, sizeof *kit);
    kit->f = fixture_new(COST_AVERAGE);
    snprintf(text, sizeof text,
             "strategy { timeframe = '1m' }\n"
             "function on_bar(m, b)\n"
             "  if not state.had then state.had = m:buy { qty = 2, price = 99 } ~= nil end\n"
             "  if state.sells then state.sells = nil m:sell { qty = 1, price = 200 } end\n"
             "end\n"
             "function on_resync(m, missed) %s end",
             would);
    const struct strategy_config config = {.file = "test.lua",
                                           .text = text,
                                           .text_size = strlen(text),
                                           .from_ns = INT64_MIN,
                                           .account = kit->f->account,
                                           .seed = 1,
                                           .log = kit_log,
                                           .log_arg = kit};
    engine_set_bars(kit->f->engine, kit->f->account, &live);
    kit->f->now_ns = T0;
    assert_int_equal(strategy_new(kit->f->engine, &config, &kit->strategy, &kit->error), OC_OK);
    assert_int_equal(strategy_add_market(kit->strategy, kit->f->inst, &kit->error), OC_OK);
    assert_int_equal(strategy_start(kit->strategy), OC_OK);
    fixture_flush(kit->f);
    trades(kit, 10);
    trades(kit, 61);
    trades(kit, 121);
    assert_int_equal(kit->f->sent_count, 1);
    assert_int_equal(fixture_trade(kit->f, kit->f->sent[0].order, OC_SIDE_BUY, 2000, 9900), OC_OK);
    trades(kit, 181);
    link_is(kit, OC_VENUE_DOWN, 0);
    link_is(kit, OC_VENUE_READY, 0);
    trades(kit, 370);
    trades(kit, 421);
    for (int64_t minute = 3; minute < 7; minute++)
        history(kit, minute);
    return kit;
}

static const struct engine_resync *only(const struct kit *kit)
{
    assert_null(engine_resync_at(kit->f->engine, 1));
    return engine_resync_at(kit->f->engine, 0);
}

static void what_is_held_is_held_against_what_it_says_it_would(void **state)
{
    (void)state;
    static const struct {
        const char *says;
        uint32_t would;
        int64_t qty;
        bool differs, is_there;
    } rows[] = {{"return 'flat'", ENGINE_WOULD_HOLD, 0, true, true},
                {"return 0", ENGINE_WOULD_HOLD, 0, true, true},
                {"return '0'", ENGINE_WOULD_HOLD, 0, true, true},
                {"return 'short'", ENGINE_WOULD_SHORT, 0, true, true},
                {"return -2", ENGINE_WOULD_HOLD, -2000, true, true},
                {"return 3", ENGINE_WOULD_HOLD, 3000, true, true},
                {"return '1'", ENGINE_WOULD_HOLD, 1000, true, true},
                {"return 2", 0, 0, false, false},
                {"return 'long'", 0, 0, false, false},
                {"", ENGINE_WOULD_NOT_SAID, 0, false, true}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct kit *kit = holds(rows[i].says);
        const struct engine_resync *resync = only(kit);
        assert_int_equal(resync != NULL, rows[i].is_there);
        if (resync) {
            assert_int_equal(resync->would, rows[i].would);
            assert_int_equal(resync->qty, rows[i].qty);
            assert_int_equal(resync->missed, 3);
            assert_int_equal(engine_resync_differs(kit->f->engine, resync), rows[i].differs);
            assert_int_equal(engine_resync_held(kit->f->engine, resync), 2000);
        }
        kit_free(kit);
    }
}

static void it_is_over_when_it_is_met_or_the_strategy_orders_again(void **state)
{
    (void)state;
    struct kit *kit = holds("m:close { price = 98 } return 'flat'");
    assert_non_null(only(kit)); /* what it ordered within the call does not end it */
    assert_int_equal(kit->f->sent_count, 2);
    assert_int_equal(fixture_trade(kit->f, kit->f->sent[1].order, OC_SIDE_SELL, 1000, 9800), OC_OK);
    assert_non_null(only(kit));
    assert_int_equal(fixture_trade(kit->f, kit->f->sent[1].order, OC_SIDE_SELL, 1000, 9800), OC_OK);
    assert_null(only(kit));
    kit_free(kit);
    kit = holds("state.sells = true return 'flat'");
    assert_null(only(kit)); /* the bar behind it was told in its time, and it ordered there */
    kit_free(kit);
    kit = holds("return 'flat'");
    engine_remove_client(kit->f->engine, 1);
    assert_null(only(kit));
    kit_free(kit);
}

static void what_it_may_say_is_a_quantity_or_a_side(void **state)
{
    (void)state;
    static const char *const wrong[] = {"return {}", "return true", "return 'up'", "return 0/0"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct kit *kit = holds(wrong[i]);
        assert_true(engine_is_suspended(kit->f->engine, 1));
        assert_non_null(strstr(strategy_error(kit->strategy)->message, "what on_resync returns"));
        assert_int_equal(only(kit)->would, ENGINE_WOULD_NOT_SAID);
        kit_free(kit);
    }
}

static void who_trades_late_may_open(void **state)
{
    (void)state;
    struct kit *kit = resyncs(", trade_late = true");
    has_a_hole(kit);
    assert_true(kit_said(kit, "resync\t3\t"));
    assert_false(kit_sent(kit)->bits & OC_RQ_REDUCE_ONLY);
    kit_free(kit);
}

static void trade_late_is_yes_or_no(void **state)
{
    (void)state;
    struct strategy_config config = {.file = "test.lua",
                                     .text = "strategy { trade_late = 'yes' }",
                                     .text_size = sizeof "strategy { trade_late = 'yes' }" - 1,
                                     .from_ns = INT64_MIN};
    struct sandbox_error error;
    struct strategy *strategy;
    struct fixture *f = fixture_new(COST_AVERAGE);
    assert_int_equal(strategy_new(f->engine, &config, &strategy, &error), OC_E_INVALID);
    assert_non_null(strstr(error.message, "trade_late"));
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_venue_that_comes_and_goes_is_told_once_each),
        cmocka_unit_test(orders_of_on_venue_up_are_orders),
        cmocka_unit_test(behind_a_hole_it_is_told_how_many_bars_were_missed_and_reduces),
        cmocka_unit_test(what_is_held_is_held_against_what_it_says_it_would),
        cmocka_unit_test(it_is_over_when_it_is_met_or_the_strategy_orders_again),
        cmocka_unit_test(what_it_may_say_is_a_quantity_or_a_side),
        cmocka_unit_test(who_trades_late_may_open),
        cmocka_unit_test(trade_late_is_yes_or_no),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

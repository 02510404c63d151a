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
        cmocka_unit_test(who_trades_late_may_open),
        cmocka_unit_test(trade_late_is_yes_or_no),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

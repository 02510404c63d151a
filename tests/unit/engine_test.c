/* engine_test.c: staging, the risk seam, latches, clients, bars and timers, checkpoints and facts. */
#include "support/engine_kit.h"

static void give_bar(struct fixture *f, int64_t open_ns, int64_t period_ns, int64_t price)
{
    struct oc_ev_bar bar = {.head = {.size = sizeof bar, .type = OC_EV_BAR, .inst = f->inst},
                            .open_ns = open_ns,
                            .period_ns = period_ns,
                            .open = price,
                            .high = price,
                            .low = price,
                            .close = price};
    f->now_ns = open_ns + period_ns;
    assert_int_equal(fixture_input(f, &bar), OC_OK);
}

static void a_failing_callback_leaves_nothing(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct user user = {.order_qty = 5, .answer = OC_E_INVALID}, other = {.order_qty = 3};
    uint32_t a = user_add(f, &user), b = user_add(f, &other);
    assert_int_equal(engine_subscribe(f->engine, a, f->inst, 0), OC_OK);
    assert_int_equal(engine_subscribe(f->engine, b, f->inst, 0), OC_OK);
    uint32_t records = f->record_count;
    give_bar(f, 0, MINUTE, 10000);
    assert_int_equal(user.bars, 1);
    assert_true(engine_is_suspended(f->engine, a));
    assert_false(engine_is_suspended(f->engine, b));
    assert_int_equal(f->record_count, records + 2); /* that it was suspended, and the other's order */
    assert_int_equal(((const struct oc_event *)(const void *)f->records[records])->type, OC_EV_STRATEGY);
    assert_int_equal(fixture_book(f)->open_buy, 3);
    assert_int_equal(f->sent_count, 1);
    give_bar(f, MINUTE, MINUTE, 10000);
    assert_int_equal(user.bars, 1); /* suspended: not called again */
    assert_int_equal(other.bars, 2);
    assert_int_equal(other.saves, 2);
    assert_int_equal(engine_stats(f->engine)->suspended, 1);
    fixture_free(f);
}

static void nothing_is_sent_that_was_not_recorded(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    f->door_answer = OC_E_IO;
    uint64_t id = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 5, 9900));
    assert_int_equal(f->sent_count, 0);
    assert_int_equal(fixture_find(f, id)->state, STATE_DENIED);
    assert_string_equal(fixture_find(f, id)->reason, "JOURNAL_FAILED");
    assert_int_equal(fixture_book(f)->open_buy, 0);
    assert_int_equal(fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 5, 9900)), 0); /* from now on at the call */
    fixture_mend(f);
    f->commit_answer = OC_E_FULL;
    id = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 5, 9900));
    assert_int_equal(fixture_find(f, id)->state, STATE_DENIED);
    assert_int_equal(f->sent_count, 0);
    fixture_mend(f);
    uint64_t live = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 5, 9900));
    struct oc_request amend = {.order = live, .qty = 9, .bits = OC_RQ_QUANTITY_CHANGED};
    struct engine_refusal refusal;
    f->door_answer = OC_E_IO;
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_amend(f->engine, &amend, &refusal), OC_OK);
    fixture_end(f, true);
    assert_int_equal(f->sent_count, 1);
    assert_int_equal(fixture_find(f, live)->state, STATE_SUBMITTED);
    assert_int_equal(fixture_book(f)->open_buy, 5);
    assert_int_equal(engine_begin(f->engine, 0), OC_OK); /* what takes risk away goes on */
    assert_int_equal(engine_cancel(f->engine, live, &refusal), OC_OK);
    fixture_end(f, true);
    struct oc_request reduce = fixture_order(f, OC_SIDE_SELL, 1, 0);
    reduce.bits |= OC_RQ_REDUCE_ONLY;
    assert_int_equal(fixture_submit(f, reduce), 0); /* nothing is held: it may open */
    assert_int_equal(f->sent_count, 2);
    fixture_hold(f, 0, 1);
    assert_true(fixture_submit(f, reduce) != 0);
    assert_int_equal(f->sent_count, 3);
    fixture_say(f, OC_EV_CANCEL_REJECTED, live);
    fixture_mend(f);
    f->venue_answer = OC_E_NOT_SUPPORTED; /* the venue took no byte: a definitive rejection */
    id = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 5, 9900));
    assert_int_equal(fixture_find(f, id)->state, STATE_REJECTED);
    assert_string_equal(fixture_find(f, id)->reason, "NOT_SUPPORTED_BY_VENUE");
    f->venue_answer = OC_E_IO;
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_cancel(f->engine, live, &refusal), OC_OK);
    fixture_end(f, true);
    assert_int_equal(fixture_find(f, live)->state, STATE_SUBMITTED);
    fixture_free(f);
}

static void senseless_orders_are_refused(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct engine_refusal refusal;
    const struct oc_request good = fixture_order(f, OC_SIDE_BUY, 5, 9900);
    struct oc_request bad[14];
    for (int i = 0; i < 14; i++)
        bad[i] = good;
    bad[0].type = 0;
    bad[1].type = 9;
    bad[2].side = 3;
    bad[3].tif = 0;
    bad[4].tif = OC_TIF_GTD; /* without an end */
    bad[5].bits |= OC_RQ_HAS_QUOTE_QTY;
    bad[6].bits = OC_RQ_HAS_PRICE;
    bad[7].qty = 0;
    bad[8].qty = -1;
    bad[9].type = OC_ORDER_MARKET; /* with a price */
    bad[10].type = OC_ORDER_STOP;  /* without a stop */
    bad[11] = fixture_order(f, OC_SIDE_BUY, 5, 0);
    bad[11].bits |= OC_RQ_POST_ONLY;
    bad[12].expire_ns = 5;
    bad[13].bits = OC_RQ_HAS_PRICE | OC_RQ_HAS_QUOTE_QTY;
    struct oc_request outside = good;
    assert_int_equal(engine_submit(f->engine, &outside, &refusal), OC_E_STATE);
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_begin(f->engine, 0), OC_E_STATE);
    for (int i = 0; i < 14; i++)
        if (engine_submit(f->engine, &bad[i], &refusal) != OC_E_INVALID)
            fail_msg("order %d was taken", i);
    struct oc_request nowhere = good;
    nowhere.head.inst = OC_INST(99, 1);
    assert_int_equal(engine_submit(f->engine, &nowhere, &refusal), OC_E_NOT_FOUND);
    nowhere = good;
    nowhere.account = 9;
    assert_int_equal(engine_submit(f->engine, &nowhere, &refusal), OC_E_NOT_FOUND);
    struct oc_request negative = good;
    negative.price = -1;
    assert_int_equal(engine_submit(f->engine, &negative, &refusal), OC_E_LIMIT);
    assert_string_equal(refusal.reason, "PRICE_NOT_POSITIVE");
    fixture_end(f, false);
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    for (int i = 0; i < 1024; i++) {
        struct oc_request request = good;
        assert_int_equal(engine_submit(f->engine, &request, &refusal), OC_OK);
    }
    struct oc_request more = good;
    assert_int_equal(engine_submit(f->engine, &more, &refusal), OC_E_FULL);
    fixture_end(f, false);
    assert_int_equal(fixture_book(f)->open_buy, 0);
    assert_int_equal(f->sent_count, 0);
    fixture_free(f);
}

static void the_chain_is_asked_once_and_observes_once(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct rule rule = {.max = 10};
    struct engine_refusal refusals[4];
    assert_int_equal(engine_add_rule(f->engine, "rule", &rule_table, &rule), OC_OK);
    uint64_t id = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
    assert_true(id != 0);
    assert_int_equal(rule.asked, 1); /* the order as it leaves (ADR 0016) */
    assert_int_equal(rule.seen, 1);
    assert_int_equal(f->sent[0].rules, 1);
    assert_int_equal(fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 11, 9900)), 0);
    assert_int_equal(rule.exposure.open_buy, 10);
    assert_int_equal(rule.exposure.long_worst, 10);
    assert_int_equal(engine_stats(f->engine)->denied, 1);
    const struct oc_ev_answer *denied = (const void *)f->records[f->record_count - 1];
    assert_int_equal(denied->head.type, OC_EV_DENIED);
    assert_string_equal(denied->reason, "TOO_MUCH");
    assert_string_equal(fixture_find(f, id + 1)->reason, "TOO_MUCH");
    rule.fails = true; /* a rule that fails refuses */
    assert_int_equal(fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 1, 9900)), 0);
    struct oc_request ask = fixture_order(f, OC_SIDE_BUY, 1, 9900);
    ask.kind = OC_REQUEST_NEW;
    uint32_t records = f->record_count;
    assert_int_equal(engine_preview(f->engine, &ask, refusals, 4), 1);
    assert_string_equal(refusals[0].reason, "RULE_FAILED");
    assert_int_equal(f->record_count, records);
    rule.fails = false;
    assert_int_equal(engine_preview(f->engine, &ask, refusals, 4), 0);
    /* an amend upwards is refused, the order stays as it is */
    struct oc_request amend = {.order = id, .qty = 11, .bits = OC_RQ_QUANTITY_CHANGED};
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_amend(f->engine, &amend, refusals), OC_E_LIMIT);
    fixture_end(f, true);
    assert_int_equal(fixture_find(f, id)->now.qty, 10);
    assert_int_equal(fixture_book(f)->open_buy, 10);
    rule.max = 0; /* even a cancel is asked about, and a rule of this test refuses it */
    refusals[0] = (struct engine_refusal){.order = 0};
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_cancel(f->engine, id, refusals), OC_E_LIMIT);
    fixture_end(f, true);
    assert_true(refusals[0].order == id);
    assert_string_equal(refusals[0].reason, "TOO_MUCH");
    assert_int_equal(fixture_find(f, id)->state, STATE_SUBMITTED);
    struct oc_risk broken = {.size = 8};
    assert_int_equal(engine_add_rule(f->engine, "broken", &broken, NULL), OC_E_INVALID);
    fixture_free(f);
}

static void strict_mode_finds_a_rule_that_contradicts_itself(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct engine_config config = {.epoch = 1, .strict = 1};
    struct rule rule = {.flips = 1};
    struct engine *engine;
    struct engine_refusal refusal = {0};
    assert_int_equal(engine_new(&config, &engine), OC_OK);
    struct oc_instrument info = instruments_get(engine_instruments(f->engine), f->inst)->info;
    uint32_t asset, inst, account;
    assert_int_equal(instruments_asset(engine_instruments(engine), "BTC", &asset), OC_OK);
    assert_int_equal(instruments_asset(engine_instruments(engine), "USDT", &asset), OC_OK);
    assert_int_equal(instruments_add(engine_instruments(engine), &info, &inst), OC_OK);
    assert_int_equal(portfolio_add_account(engine_portfolio(engine), "a", "test", asset, 0, &account), OC_OK);
    assert_int_equal(engine_add_rule(engine, "flips", &rule_table, &rule), OC_OK);
    struct oc_request request = fixture_order(f, OC_SIDE_BUY, 1, 9900);
    assert_int_equal(engine_begin(engine, 0), OC_OK);
    assert_int_equal(engine_submit(engine, &request, &refusal), OC_E_LIMIT);
    assert_string_equal(refusal.reason, "RULE_CONTRADICTS_ITSELF");
    engine_end(engine, true);
    engine_free(engine);
    fixture_free(f);
}

static void a_latch_stops_new_risk_only(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct rule rule = {.max = 1000, .latches = true};
    assert_int_equal(engine_add_rule(f->engine, "rule", &rule_table, &rule), OC_OK);
    uint64_t id = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
    fixture_trade(f, id, OC_SIDE_BUY, 4, 9900);
    assert_string_equal(engine_latched(f->engine, f->account), "LOSS");
    assert_int_equal(fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 1, 9900)), 0);
    struct oc_request reduce = fixture_order(f, OC_SIDE_SELL, 4, 0);
    reduce.bits |= OC_RQ_REDUCE_ONLY;
    assert_true(fixture_submit(f, reduce) != 0);
    struct engine_refusal refusal;
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_cancel(f->engine, id, &refusal), OC_OK);
    fixture_end(f, true);
    engine_unlatch(f->engine, f->account);
    assert_null(engine_latched(f->engine, f->account));
    engine_latch(f->engine, 0, "KILLED");
    engine_latch(f->engine, 0, "AGAIN"); /* the first reason stays */
    assert_string_equal(engine_latched(f->engine, f->account), "KILLED");
    assert_int_equal(fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 1, 9900)), 0);
    engine_unlatch(f->engine, 0);
    assert_true(fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 1, 9900)) != 0);
    fixture_free(f);
}

static void larger_bars_close_first(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct user user = {0};
    uint32_t id = user_add(f, &user);
    assert_int_equal(engine_subscribe(f->engine, id, f->inst, 5 * MINUTE), OC_OK);
    assert_int_equal(engine_subscribe(f->engine, id, f->inst, 0), OC_OK);
    assert_int_equal(engine_subscribe(f->engine, id, f->inst, 15 * MINUTE), OC_OK);
    assert_int_equal(engine_subscribe(f->engine, id, f->inst, 7), OC_E_INVALID);
    assert_int_equal(engine_subscribe(f->engine, 9, f->inst, 0), OC_E_NOT_FOUND);
    for (int64_t i = 0; i < 15; i++)
        give_bar(f, i * MINUTE, MINUTE, 10000 + i);
    assert_int_equal(user.bars, 15 + 3 + 1);
    user.period_count = 0;
    for (int64_t i = 15; i < 30; i++) {
        user.period_count = 0;
        give_bar(f, i * MINUTE, MINUTE, 10000);
    }
    assert_int_equal(user.period_count, 3);
    assert_int_equal(user.periods[0], 15 * MINUTE);
    assert_int_equal(user.periods[1], 5 * MINUTE);
    assert_int_equal(user.periods[2], MINUTE);
    fixture_free(f);
}

/* Bars of two markets close at one instant, one event after the other: the longer bar of the second waits for its last part. */
static void a_longer_bar_waits_for_its_own_last_part(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct user user = {0};
    uint32_t id = user_add(f, &user), first = f->inst, second;
    struct oc_instrument info = instruments_get(engine_instruments(f->engine), first)->info;
    strcpy(info.symbol, "ETH/USDT");
    assert_int_equal(instruments_add(engine_instruments(f->engine), &info, &second), OC_OK);
    assert_int_equal(engine_subscribe(f->engine, id, first, 5 * MINUTE), OC_OK);
    assert_int_equal(engine_subscribe(f->engine, id, second, 5 * MINUTE), OC_OK);
    for (int64_t i = 0; i < 11; i++)
        for (int k = 0; k < 2; k++) {
            f->inst = k ? second : first;
            give_bar(f, i * MINUTE, MINUTE, 10000 + i);
            assert_int_equal(user.bars, 2 * ((i + 1 - (k == 0)) / 5) + (k == 0 && (i + 1) % 5 == 0));
        }
    fixture_free(f);
}

static void timers_and_quiet_bars_fire_by_time(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct user user = {0};
    uint32_t id = user_add(f, &user);
    uint64_t timer, once;
    assert_int_equal(engine_subscribe(f->engine, id, f->inst, MINUTE), OC_OK);
    fixture_price(f, 10100);
    assert_int_equal(engine_next_ns(f->engine), MINUTE);
    assert_int_equal(timers_add(engine_timers(f->engine), id, 90000000000, 30000000000, &timer), OC_OK);
    assert_int_equal(timers_add(engine_timers(f->engine), id, 95000000000, 0, &once), OC_OK);
    assert_int_equal(timers_add(engine_timers(f->engine), id, 1, -1, &once), OC_E_INVALID);
    fixture_tick(f, 2 * MINUTE);
    assert_int_equal(user.bars, 1); /* closed by time, no tick came */
    assert_int_equal(user.timers, 3);
    assert_int_equal(engine_next_ns(f->engine), 150000000000);
    assert_true(timers_remove(engine_timers(f->engine), timer));
    assert_false(timers_remove(engine_timers(f->engine), timer));
    assert_int_equal(engine_next_ns(f->engine), INT64_MAX);
    f->door_answer = OC_E_IO;
    assert_int_equal(timers_add(engine_timers(f->engine), id, 200000000000, 0, &timer), OC_OK);
    fixture_tick(f, 300000000000);
    assert_int_equal(user.timers, 4); /* a fact is taken though it was not recorded */
    assert_true(engine_risk_is_stopped(f->engine));
    fixture_free(f);
}

static void ticks_go_to_those_who_asked(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct user user = {0};
    assert_int_equal(engine_subscribe(f->engine, user_add(f, &user), f->inst, 0), OC_OK);
    fixture_price(f, 10100);
    struct oc_ev_quote quote = {.head = {.size = sizeof quote, .type = OC_EV_QUOTE, .inst = f->inst},
                                .bid = 9999,
                                .ask = 10002,
                                .present = OC_HAS_BID | OC_HAS_ASK};
    fixture_input(f, &quote);
    assert_int_equal(user.ticks, 2);
    assert_int_equal(markets_get(engine_markets(f->engine), f->inst)->mark2, 20001);
    struct oc_ev_quote one = quote;
    one.present = OC_HAS_BID;
    fixture_input(f, &one);
    assert_int_equal(markets_get(engine_markets(f->engine), f->inst)->mark2, 20001);
    struct oc_ev_qbar bar = {.head = {.size = sizeof bar, .type = OC_EV_QBAR, .inst = f->inst},
                             .bid = {1, 4, 1, 10},
                             .ask = {2, 6, 2, 14},
                             .present = OC_HAS_BID | OC_HAS_ASK};
    fixture_input(f, &bar);
    assert_int_equal(user.bars, 1);
    assert_int_equal(markets_get(engine_markets(f->engine), f->inst)->mark2, 24);
    struct oc_ev_trade lost = {.head = {.size = sizeof lost, .type = OC_EV_TRADE, .inst = OC_INST(40, 1)}, .price = 1};
    assert_int_equal(fixture_input(f, &lost), OC_E_NOT_FOUND);
    lost.head.size = 48;
    assert_int_equal(fixture_input(f, &lost), OC_E_DATA);
    lost.head.size = 100;
    assert_int_equal(fixture_input(f, &lost), OC_E_DATA);
    lost.head = (struct oc_event){.size = sizeof lost, .type = 4000};
    assert_int_equal(fixture_input(f, &lost), OC_E_DATA);
    struct oc_ev_session session = {.head = {.size = sizeof session, .type = OC_EV_SESSION}};
    assert_int_equal(fixture_input(f, &session), OC_OK);
    fixture_free(f);
}

static void warm_up_trades_nothing(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct engine_config config = {.epoch = 1, .trade_from_ns = 5000};
    struct engine *first = f->engine;
    struct engine_refusal refusal = {0};
    uint32_t asset, inst, account;
    assert_int_equal(engine_new(&config, &f->engine), OC_OK);
    struct oc_instrument info = instruments_get(engine_instruments(first), f->inst)->info;
    assert_int_equal(instruments_asset(engine_instruments(f->engine), "BTC", &asset), OC_OK);
    assert_int_equal(instruments_asset(engine_instruments(f->engine), "USDT", &asset), OC_OK);
    assert_int_equal(instruments_add(engine_instruments(f->engine), &info, &inst), OC_OK);
    assert_int_equal(portfolio_add_account(engine_portfolio(f->engine), "a", "test", asset, 0, &account), OC_OK);
    fixture_price(f, 10000);
    struct oc_request request = fixture_order(f, OC_SIDE_BUY, 1, 9900);
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_submit(f->engine, &request, &refusal), OC_E_LIMIT);
    assert_string_equal(refusal.reason, "NOT_TRADING_YET");
    fixture_end(f, true);
    engine_free(first);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failing_callback_leaves_nothing),
        cmocka_unit_test(nothing_is_sent_that_was_not_recorded),
        cmocka_unit_test(senseless_orders_are_refused),
        cmocka_unit_test(the_chain_is_asked_once_and_observes_once),
        cmocka_unit_test(strict_mode_finds_a_rule_that_contradicts_itself),
        cmocka_unit_test(a_latch_stops_new_risk_only),
        cmocka_unit_test(larger_bars_close_first),
        cmocka_unit_test(a_longer_bar_waits_for_its_own_last_part),
        cmocka_unit_test(timers_and_quiet_bars_fire_by_time),
        cmocka_unit_test(ticks_go_to_those_who_asked),
        cmocka_unit_test(warm_up_trades_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

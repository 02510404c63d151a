/* engine_deny_test.c: what an instrument refuses, batches that are dropped or fail half way, and suspended clients. */
#include "support/engine_kit.h"

#include "engine/limits.h"

/* The record of an instrument, as a new version. */
static void change(struct fixture *f, const struct oc_instrument *info)
{
    uint32_t inst;
    assert_int_equal(instruments_add(engine_instruments(f->engine), info, &inst), OC_OK);
}

static void refused_for(struct fixture *f, struct oc_request request, const char *reason)
{
    struct engine_refusal refusal = {0};
    uint64_t denied = engine_stats(f->engine)->denied;
    uint32_t sent = f->sent_count;
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_submit(f->engine, &request, &refusal), reason ? OC_E_LIMIT : OC_OK);
    fixture_end(f, true);
    assert_string_equal(refusal.reason, reason ? reason : "");
    assert_int_equal(engine_stats(f->engine)->denied, denied + (reason != NULL));
    assert_int_equal(f->sent_count, sent + (reason == NULL));
}

static void an_instrument_refuses_what_it_does_not_trade(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct oc_instrument info = instruments_get(engine_instruments(f->engine), f->inst)->info;
    static const uint32_t closed[] = {OC_STATUS_HALTED, OC_STATUS_CANCEL_ONLY, OC_STATUS_DELISTED};
    for (uint32_t i = 0; i < 3; i++) {
        info.status = closed[i];
        change(f, &info);
        refused_for(f, fixture_order(f, OC_SIDE_BUY, 10, 9900), "INSTRUMENT_NOT_TRADING");
    }
    info.status = OC_STATUS_TRADING;
    info.present = OC_INST_HAS_MIN_QTY | OC_INST_HAS_MAX_QTY;
    info.min_qty = 10;
    info.max_qty = 20;
    change(f, &info);
    refused_for(f, fixture_order(f, OC_SIDE_BUY, 9, 9900), "QUANTITY_BELOW_MINIMUM");
    refused_for(f, fixture_order(f, OC_SIDE_BUY, 10, 9900), NULL);
    refused_for(f, fixture_order(f, OC_SIDE_BUY, 20, 9900), NULL);
    refused_for(f, fixture_order(f, OC_SIDE_BUY, 21, 9900), "QUANTITY_ABOVE_MAXIMUM");
    struct oc_request money = fixture_order(f, OC_SIDE_BUY, 0, 0);
    money.bits = OC_RQ_HAS_QUOTE_QTY;
    money.quote_qty = (struct oc_dec){1, 2, 0};
    refused_for(f, money, NULL); /* an order by money has no quantity to judge */
    refused_for(f, fixture_order(f, OC_SIDE_BUY, 10, -5), "PRICE_NOT_POSITIVE");
    struct oc_request zero = fixture_order(f, OC_SIDE_BUY, 10, 9900);
    zero.price = 0;
    refused_for(f, zero, "PRICE_NOT_POSITIVE");
    struct oc_request stop = fixture_order(f, OC_SIDE_SELL, 10, 0);
    stop.type = OC_ORDER_STOP;
    stop.bits |= OC_RQ_HAS_STOP;
    refused_for(f, stop, "PRICE_NOT_POSITIVE");
    stop.stop_price = 1;
    refused_for(f, stop, NULL);
    info.present = OC_INST_HAS_PRICE_SIGN;
    change(f, &info);
    stop.stop_price = -1;
    refused_for(f, stop, NULL);
    refused_for(f, fixture_order(f, OC_SIDE_BUY, 10, -5), NULL);
    fixture_free(f);
}

/* The price that counts is the order's own limit; without one it is the market's. */
static void an_order_by_money_needs_a_price_above_zero(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct oc_instrument info = instruments_get(engine_instruments(f->engine), f->inst)->info;
    info.present |= OC_INST_HAS_PRICE_SIGN;
    change(f, &info);
    struct oc_request money = fixture_order(f, OC_SIDE_BUY, 0, 0), limited;
    money.bits = OC_RQ_HAS_QUOTE_QTY;
    money.quote_qty = (struct oc_dec){50, 0, 0};
    limited = money;
    limited.type = OC_ORDER_LIMIT;
    limited.bits |= OC_RQ_HAS_PRICE;
    limited.price = 0;
    refused_for(f, limited, "PRICE_NOT_POSITIVE"); /* though the market's is above */
    limited.price = -1;
    refused_for(f, limited, "PRICE_NOT_POSITIVE");
    limited.price = 1;
    refused_for(f, limited, NULL);
    fixture_price(f, -2);
    refused_for(f, limited, NULL); /* though the market's is below */
    refused_for(f, money, "PRICE_NOT_POSITIVE");
    fixture_price(f, 0);
    refused_for(f, money, "PRICE_NOT_POSITIVE");
    fixture_price(f, 1);
    refused_for(f, money, NULL);
    fixture_free(f);
}

/* What cannot be counted cannot be limited. */
static void an_order_by_money_needs_a_price(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct oc_instrument info = instruments_get(engine_instruments(f->engine), f->inst)->info;
    struct oc_request money = fixture_order(f, OC_SIDE_BUY, 0, 0);
    money.bits = OC_RQ_HAS_QUOTE_QTY;
    money.quote_qty = (struct oc_dec){50, 0, 0};
    refused_for(f, money, NULL);
    strcpy(info.symbol, "ETH/USDT");
    info.inst = 0;
    assert_int_equal(instruments_add(engine_instruments(f->engine), &info, &money.head.inst), OC_OK);
    refused_for(f, money, "NO_REFERENCE_PRICE");
    money.type = OC_ORDER_LIMIT;
    money.price = 10000;
    money.bits |= OC_RQ_HAS_PRICE;
    refused_for(f, money, NULL);
    const struct book *book = portfolio_find(engine_portfolio(f->engine), f->account, 0, money.head.inst);
    assert_true(book->open_buy >= 500); /* 50 / 100.00 in thousandths, and the slack */
    fixture_free(f);
}

static oc_rc amend(struct fixture *f, uint64_t order, uint32_t bits, int64_t value)
{
    struct oc_request ask = {.order = order, .qty = value, .price = value, .stop_price = value, .bits = bits};
    struct engine_refusal refusal;
    return engine_amend(f->engine, &ask, &refusal);
}

static void senseless_amends_are_refused(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    uint64_t limit = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 100, 9900));
    uint64_t market = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 100, 0));
    struct oc_request money = fixture_order(f, OC_SIDE_BUY, 0, 0);
    money.bits = OC_RQ_HAS_QUOTE_QTY;
    money.quote_qty = (struct oc_dec){50, 0, 0};
    uint64_t by_money = fixture_submit(f, money);
    fixture_trade(f, limit, OC_SIDE_BUY, 40, 9900);
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(amend(f, limit, 0, 50), OC_E_INVALID);                      /* changes nothing */
    assert_int_equal(amend(f, limit, OC_RQ_QUANTITY_CHANGED, 40), OC_E_INVALID); /* filled already */
    assert_int_equal(amend(f, limit, OC_RQ_STOP_CHANGED, 50), OC_E_INVALID);     /* has none */
    assert_int_equal(amend(f, market, OC_RQ_PRICE_CHANGED, 50), OC_E_INVALID);
    assert_int_equal(amend(f, by_money, OC_RQ_QUANTITY_CHANGED, 50), OC_E_INVALID);
    assert_int_equal(amend(f, limit, OC_RQ_QUANTITY_CHANGED, 41), OC_OK);
    struct oc_request fresh = fixture_order(f, OC_SIDE_BUY, 5, 9900);
    struct engine_refusal refusal;
    assert_int_equal(engine_submit(f->engine, &fresh, &refusal), OC_OK);
    assert_int_equal(amend(f, fresh.order, OC_RQ_QUANTITY_CHANGED, 6), OC_E_AGAIN); /* not sent yet */
    fixture_end(f, false); /* all of it is dropped: nothing was asked, nothing counts */
    assert_int_equal(fixture_find(f, limit)->ask_bits, 0);
    assert_null(fixture_find(f, fresh.order));
    assert_int_equal(f->sent_count, 3);
    f->venue_answer = OC_E_NOT_SUPPORTED; /* a venue that cannot amend says so at once */
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(amend(f, limit, OC_RQ_QUANTITY_CHANGED, 150), OC_OK);
    fixture_end(f, true);
    assert_int_equal(fixture_find(f, limit)->now.qty, 100);
    assert_string_equal(fixture_find(f, limit)->reason, "NOT_SUPPORTED_BY_VENUE");
    assert_int_equal(fixture_find(f, limit)->ask_bits, 0);
    assert_int_equal(fixture_find(f, limit)->state, STATE_PARTIALLY_FILLED);
    fixture_free(f);
}

static void a_dropped_amend_gives_its_exposure_back(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    uint64_t order = fixture_submit(f, fixture_order(f, OC_SIDE_SELL, 100, 9900));
    for (int round = 0; round < 2; round++) {
        assert_int_equal(engine_begin(f->engine, 0), OC_OK);
        assert_int_equal(amend(f, order, OC_RQ_QUANTITY_CHANGED, 300), OC_OK);
        assert_int_equal(fixture_book(f)->open_sell, 300);
        if (round) { /* the same when the journal takes nothing; what a rule refused stays refused */
            f->commit_answer = OC_E_IO;
            fixture_end(f, true);
            fixture_mend(f);
        } else {
            fixture_end(f, false);
        }
        assert_int_equal(fixture_book(f)->open_sell, 100);
        assert_int_equal(fixture_find(f, order)->ask_bits, 0);
        assert_int_equal(f->sent_count, 1);
    }
    fixture_free(f);
}

static void flattening_leaves_out_what_it_was_told(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct oc_instrument info = instruments_get(engine_instruments(f->engine), f->inst)->info;
    uint32_t other;
    strcpy(info.symbol, "ETH/USDT");
    assert_int_equal(instruments_add(engine_instruments(f->engine), &info, &other), OC_OK);
    struct oc_request orders[4] = {fixture_order(f, OC_SIDE_BUY, 1, 9900), fixture_order(f, OC_SIDE_BUY, 2, 9900),
                                   fixture_order(f, OC_SIDE_BUY, 3, 9900), fixture_order(f, OC_SIDE_BUY, 4, 9900)};
    struct user users[2] = {{0}, {0}};
    orders[0].strategy = user_add(f, &users[0]);
    orders[1].strategy = user_add(f, &users[1]);
    orders[2].head.inst = other;
    orders[3].role = OC_ROLE_STOP_LOSS;
    for (int i = 0; i < 4; i++)
        assert_true(fixture_submit(f, orders[i]) != 0);
    static const struct {
        uint32_t strategy;
        int inst; /* 1: the first, 2: the other */
        bool with_protection;
        int count;
    } cases[] = {{1, 0, true, 1}, {0, 2, true, 1}, {0, 1, false, 2}, {0, 1, true, 3}, {0, 0, true, 4}};
    for (uint32_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t inst = cases[i].inst == 1 ? f->inst : cases[i].inst == 2 ? other : 0;
        assert_int_equal(engine_begin(f->engine, 0), OC_OK);
        struct oc_request fresh = fixture_order(f, OC_SIDE_BUY, 9, 9900); /* of this very batch: left alone */
        struct engine_refusal refusal;
        assert_int_equal(engine_submit(f->engine, &fresh, &refusal), OC_OK);
        assert_int_equal(engine_cancel_all(f->engine, cases[i].strategy, inst, cases[i].with_protection),
                         cases[i].count);
        fixture_end(f, false);
    }
    assert_int_equal(engine_cancel_all(f->engine, 0, 0, true), 0); /* outside a batch nothing is staged */
    assert_int_equal(engine_cause(f->engine), f->seq - 4);
    fixture_free(f);
}

/* A suspended client is left alone, whatever comes; its fills are booked all the same. */
static void a_suspended_client_hears_nothing(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct user user = {0}, other = {0};
    uint32_t strategy = user_add(f, &user);
    user_add(f, &other);
    assert_int_equal(engine_subscribe(f->engine, strategy, f->inst, 0), OC_OK);
    assert_int_equal(engine_subscribe(f->engine, strategy, f->inst, MINUTE), OC_OK);
    struct oc_request request = fixture_order(f, OC_SIDE_BUY, 10, 9900);
    request.strategy = strategy;
    uint64_t order = fixture_submit(f, request), timer;
    assert_int_equal(timers_add(engine_timers(f->engine), strategy, MINUTE, 0, &timer), OC_OK);
    assert_int_equal(timers_add(engine_timers(f->engine), 2, MINUTE, 0, &timer), OC_OK);
    fixture_price(f, 9950);
    int ticks = user.ticks;
    assert_true(ticks > 0);
    assert_string_equal(engine_suspension(f->engine, strategy), "");
    engine_suspend(f->engine, strategy);
    engine_suspend(f->engine, strategy);
    assert_int_equal(engine_stats(f->engine)->suspended, 1);
    assert_true(engine_is_suspended(f->engine, strategy));
    assert_string_equal(engine_suspension(f->engine, strategy), "");
    assert_int_equal(engine_timers(f->engine)->count, 1); /* the other's timer stays */
    fixture_price(f, 9940);
    fixture_trade(f, order, OC_SIDE_BUY, 10, 9900);
    fixture_tick(f, 2 * MINUTE);
    struct oc_ev_timer late = {.head = {.size = sizeof late, .type = OC_EV_TIMER}, .owner = strategy};
    assert_int_equal(fixture_input(f, &late), OC_OK);
    assert_int_equal(user.ticks, ticks);
    assert_int_equal(user.orders + user.bars + user.timers, 0);
    assert_int_equal(other.timers, 1);
    assert_int_equal(fixture_book(f)->position.qty, 10);
    engine_fail(f->engine, strategy, OC_E_DATA); /* already */
    engine_fail(f->engine, 0, OC_E_DATA);
    engine_fail(f->engine, 9, OC_E_DATA);
    assert_int_equal(engine_stats(f->engine)->suspended, 1);
    fixture_free(f);
}

static oc_rc fail_call(void *self, const struct oc_event *event)
{
    (void)self;
    (void)event;
    return OC_E_DATA;
}

static oc_rc fail_order(void *self, const struct order *order, const struct oc_event *event)
{
    (void)self;
    (void)order;
    (void)event;
    return OC_E_DATA;
}

static int passed; /* bars that a client was not called for */

static void pass_bar(void *self, const struct oc_event *bar)
{
    (void)self;
    (void)bar;
    passed++;
}

static oc_rc fail_timer(void *self, uint64_t timer, int64_t due_ns)
{
    (void)self;
    (void)timer;
    (void)due_ns;
    return OC_E_DATA;
}

/* Each callback that fails suspends its client, and a replay that was told of it does not enter that callback. */
static void each_callback_may_fail_and_is_not_entered_again(void **state)
{
    (void)state;
    for (int what = 0; what < 4; what++) {
        struct oc_ev_text stop = {{0}, 0, 0, 0, 0};
        for (int replay = 0; replay < 2; replay++) {
            struct fixture *f = fixture_new(COST_AVERAGE);
            struct user user = {.fixture = f};
            struct engine_client good = {.self = &user,
                                         .bar = user_bar,
                                         .market = user_market,
                                         .order = user_order,
                                         .timer = user_timer,
                                         .saved = user_saved,
                                         .pass = pass_bar};
            passed = 0;
            struct engine_client bad = {
                .self = &user, .bar = fail_call, .market = fail_call, .order = fail_order, .timer = fail_timer};
            uint32_t strategy;
            assert_int_equal(engine_add_client(f->engine, "x", replay ? &good : &bad, &strategy), OC_OK);
            assert_int_equal(engine_subscribe(f->engine, strategy, f->inst,
                                              what == 0   ? MINUTE
                                              : what == 1 ? 0
                                                          : 86400000000000LL),
                             OC_OK);
            if (replay) {
                assert_int_equal(engine_expect_stop(f->engine, &stop), OC_OK);
                assert_int_equal(engine_expect_stop(f->engine, &stop), OC_OK); /* the first one counts */
            }
            struct oc_request request = fixture_order(f, OC_SIDE_BUY, 10, 9900);
            request.strategy = strategy;
            uint64_t order = fixture_submit(f, request), timer;
            if (what == 0)
                fixture_price(f, 9900);
            if (what == 1)
                fixture_price(f, 9900);
            if (what == 2)
                fixture_say(f, OC_EV_ACCEPTED, order);
            if (what == 3)
                assert_int_equal(timers_add(engine_timers(f->engine), strategy, MINUTE, 0, &timer), OC_OK);
            if (what == 0 || what == 3)
                fixture_tick(f, 2 * MINUTE);
            assert_true(engine_is_suspended(f->engine, strategy));
            assert_int_equal(user.bars + user.ticks + user.orders + user.timers, 0);
            assert_int_equal(passed, replay && what == 0); /* what has indicators misses no bar */
            const struct oc_event *last = (const void *)f->records[f->record_count - 1];
            assert_int_equal(last->type, OC_EV_STRATEGY);
            if (!replay)
                memcpy(&stop, last, sizeof stop);
            else
                assert_int_equal(((const struct oc_ev_text *)(const void *)last)->key, stop.key);
            fixture_free(f);
        }
    }
}

static void a_record_of_a_stop_must_name_a_client(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct user user = {0};
    uint32_t strategy = user_add(f, &user);
    struct oc_ev_text stop = {.head = {.size = sizeof stop, .type = OC_EV_MARK}, .owner = strategy};
    assert_int_equal(engine_expect_stop(f->engine, &stop), OC_E_NOT_FOUND);
    stop.head.type = OC_EV_STRATEGY;
    stop.owner = 0;
    assert_int_equal(engine_expect_stop(f->engine, &stop), OC_E_NOT_FOUND);
    stop.owner = strategy + 1;
    assert_int_equal(engine_expect_stop(f->engine, &stop), OC_E_NOT_FOUND);
    stop.owner = strategy;
    stop.head.size = sizeof stop.head - 8;
    assert_int_equal(engine_expect_stop(f->engine, &stop), OC_E_DATA);
    stop.head.size = sizeof stop + ENGINE_SUSPEND_TEXT_MAX + 8;
    assert_int_equal(engine_expect_stop(f->engine, &stop), OC_E_DATA);
    assert_false(engine_stops_here(f->engine, strategy));
    /* as a fact of a restored journal it suspends; a rule sees it */
    struct rule rule = {.max = 1};
    struct oc_risk table = rule_table;
    table.interest = NULL;
    assert_int_equal(engine_add_rule(f->engine, "rule", &table, &rule), OC_OK);
    stop.head.size = sizeof stop;
    assert_int_equal(engine_restore(f->engine, &stop.head), OC_OK);
    assert_true(engine_is_suspended(f->engine, strategy));
    assert_int_equal(rule.seen, 1);
    fixture_free(f);
}

/* Bars of quotes close built bars at their open, like bars of prices. */
static void bars_of_quotes_close_what_was_open(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct user user = {0};
    uint32_t strategy = user_add(f, &user);
    struct oc_instrument info = instruments_get(engine_instruments(f->engine), f->inst)->info;
    uint32_t other;
    strcpy(info.symbol, "ETH/USDT");
    assert_int_equal(instruments_add(engine_instruments(f->engine), &info, &other), OC_OK);
    assert_int_equal(engine_subscribe(f->engine, strategy, f->inst, 5 * MINUTE), OC_OK);
    assert_int_equal(engine_subscribe(f->engine, strategy, f->inst, MINUTE), OC_OK);
    assert_int_equal(engine_subscribe(f->engine, strategy, other, 5 * MINUTE), OC_OK);
    for (int64_t i = 0; i < 12; i++) {
        struct oc_ev_qbar bar = {
            .head = {.size = sizeof bar, .type = OC_EV_QBAR, .inst = f->inst, .venue_ns = (i + 1) * MINUTE},
            .open_ns = i * MINUTE,
            .period_ns = MINUTE,
            .bid = {1, 1, 1, 1},
            .present = OC_HAS_BID};
        if (i % 6 == 3)
            continue; /* a quiet minute: the next one closes what is open */
        f->now_ns = bar.head.venue_ns;
        assert_int_equal(fixture_input(f, &bar), OC_OK);
    }
    assert_int_equal(user.bars, 10 + 2); /* ten minutes, two of five; nothing of the other market */
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_instrument_refuses_what_it_does_not_trade),
        cmocka_unit_test(an_order_by_money_needs_a_price),
        cmocka_unit_test(an_order_by_money_needs_a_price_above_zero),
        cmocka_unit_test(senseless_amends_are_refused),
        cmocka_unit_test(a_dropped_amend_gives_its_exposure_back),
        cmocka_unit_test(flattening_leaves_out_what_it_was_told),
        cmocka_unit_test(a_suspended_client_hears_nothing),
        cmocka_unit_test(each_callback_may_fail_and_is_not_entered_again),
        cmocka_unit_test(a_record_of_a_stop_must_name_a_client),
        cmocka_unit_test(bars_of_quotes_close_what_was_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

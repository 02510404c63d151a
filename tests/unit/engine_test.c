/* engine_test.c: staging, the risk seam, latches, clients, bars and timers, checkpoints and facts. */
#include "engine_fixture.h"

struct user { /* a strategy that does what it is told */
    struct fixture *fixture;
    int bars, ticks, orders, timers, saves;
    oc_rc answer;
    int64_t order_qty;  /* made in each bar */
    int64_t periods[16];
    int period_count;
};

static oc_rc user_bar(void *self, const struct oc_event *bar)
{
    struct user *user = self;
    user->bars++;
    if (user->period_count < 16 && bar->type == OC_EV_BAR)
        user->periods[user->period_count++] = ((const struct oc_ev_bar *)(const void *)bar)->period_ns;
    if (user->order_qty) {
        struct oc_request request = fixture_order(user->fixture, OC_SIDE_BUY, user->order_qty, 9900);
        struct engine_refusal refusal;
        engine_submit(user->fixture->engine, &request, &refusal);
    }
    return user->answer;
}

static oc_rc user_market(void *self, const struct oc_event *event)
{
    (void)event;
    ((struct user *)self)->ticks++;
    return ((struct user *)self)->answer;
}

static oc_rc user_order(void *self, const struct order *order, const struct oc_event *event)
{
    (void)order;
    (void)event;
    ((struct user *)self)->orders++;
    return OC_OK;
}

static oc_rc user_timer(void *self, uint64_t timer, int64_t due_ns)
{
    (void)timer;
    (void)due_ns;
    ((struct user *)self)->timers++;
    return OC_OK;
}

static oc_rc user_saved(void *self)
{
    ((struct user *)self)->saves++;
    return OC_OK;
}

static uint32_t user_add(struct fixture *f, struct user *user)
{
    uint32_t strategy;
    struct engine_client client = {user, user_bar, user_market, user_order, user_timer, user_saved};
    user->fixture = f;
    assert_int_equal(engine_add_client(f->engine, "user", &client, &strategy), OC_OK);
    return strategy;
}

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

#define MINUTE 60000000000LL

static void a_failing_callback_leaves_nothing(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct user user = {.order_qty = 5, .answer = OC_E_INVALID}, other = {.order_qty = 3};
    uint32_t a = user_add(f, &user), b = user_add(f, &other);
    engine_subscribe(f->engine, a, f->inst, 0);
    engine_subscribe(f->engine, b, f->inst, 0);
    uint32_t records = f->record_count;
    give_bar(f, 0, MINUTE, 10000);
    assert_int_equal(user.bars, 1);
    assert_true(engine_is_suspended(f->engine, a));
    assert_false(engine_is_suspended(f->engine, b));
    assert_int_equal(f->record_count, records + 1); /* the other's order only */
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
    f->door_answer = OC_OK;
    f->commit_answer = OC_E_FULL;
    id = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 5, 9900));
    assert_int_equal(f->sent_count, 0);
    f->commit_answer = OC_OK;
    uint64_t live = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 5, 9900));
    struct oc_request amend = {.order = live, .qty = 9, .bits = OC_RQ_QUANTITY_CHANGED};
    struct engine_refusal refusal;
    f->door_answer = OC_E_IO;
    engine_begin(f->engine, 0);
    assert_int_equal(engine_amend(f->engine, &amend, &refusal), OC_OK);
    assert_true(engine_end(f->engine, true) < 0);
    assert_int_equal(fixture_book(f)->open_buy, 5);
    f->door_answer = OC_OK;
    f->venue_answer = OC_E_NOT_SUPPORTED; /* the venue took no byte: a definitive rejection */
    id = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 5, 9900));
    assert_int_equal(fixture_find(f, id)->state, STATE_REJECTED);
    assert_string_equal(fixture_find(f, id)->reason, "NOT_SUPPORTED_BY_VENUE");
    f->venue_answer = OC_E_IO;
    engine_begin(f->engine, 0);
    engine_cancel(f->engine, live, &refusal);
    engine_end(f->engine, true);
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
    engine_begin(f->engine, 0);
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
    engine_end(f->engine, false);
    engine_begin(f->engine, 0);
    for (int i = 0; i < 1024; i++) {
        struct oc_request request = good;
        assert_int_equal(engine_submit(f->engine, &request, &refusal), OC_OK);
    }
    struct oc_request more = good;
    assert_int_equal(engine_submit(f->engine, &more, &refusal), OC_E_FULL);
    engine_end(f->engine, false);
    assert_int_equal(fixture_book(f)->open_buy, 0);
    assert_int_equal(f->sent_count, 0);
    fixture_free(f);
}

struct rule {
    int asked, seen, flips;
    int64_t max;
    bool fails;
    int64_t worst, price, reference, age;
    struct oc_exposure exposure;
    bool latches;
};

static oc_rc rule_check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask, struct oc_verdict *verdict)
{
    struct rule *rule = self;
    rule->asked++;
    struct oc_dec dec, value;
    ctx->worst_qty(ctx, ask, &rule->worst);
    ctx->worst_price(ctx, ask, &rule->price);
    ctx->reference(ctx, ask->head.inst, &rule->reference, &rule->age);
    ctx->exposure(ctx, ask->account, ask->head.inst, &rule->exposure);
    assert_int_equal(ctx->notional(ctx, ask->head.inst, rule->price, rule->worst, &value), OC_OK);
    assert_int_equal(ctx->qty_dec(ctx, ask->head.inst, rule->worst, &dec), OC_OK);
    assert_int_equal(ctx->price_dec(ctx, ask->head.inst, rule->price, &dec), OC_OK);
    int64_t units;
    assert_int_equal(ctx->to_units(ctx, ask->head.inst, (struct oc_dec){15, 1, 0}, &units), OC_OK);
    assert_int_equal(units, 1500);
    assert_int_equal(ctx->to_units(ctx, OC_INST(50, 1), dec, &units), OC_E_NOT_FOUND);
    assert_int_equal(ctx->equity(ctx, ask->account, &dec), OC_OK);
    assert_non_null(ctx->instrument(ctx, ask->head.inst));
    assert_null(ctx->instrument(ctx, OC_INST(50, 1)));
    if (rule->fails)
        return OC_E_INVALID;
    if (rule->flips)
        verdict->allowed = (uint32_t)(rule->asked & 1);
    else
        verdict->allowed = rule->worst <= rule->max;
    if (!verdict->allowed)
        strcpy(verdict->reason, "TOO_MUCH");
    verdict->used = (struct oc_dec){rule->worst, 3, 0};
    return OC_OK;
}

static void rule_observe(void *self, const struct oc_risk_ctx *ctx, const struct oc_event *event)
{
    struct rule *rule = self;
    rule->seen++;
    if (rule->latches && event->type == OC_EV_FILL)
        ctx->latch(ctx, 1, "LOSS");
}

static uint64_t rule_interest(void *self)
{
    (void)self;
    return 1ull << OC_EV_REQUEST | 1ull << OC_EV_FILL | 1ull << OC_EV_TRADE;
}

static oc_rc rule_save(void *self, void *bytes, uint32_t size_max)
{
    if (size_max < sizeof(int))
        return OC_E_LIMIT;
    memcpy(bytes, &((struct rule *)self)->seen, sizeof(int));
    return sizeof(int);
}

static oc_rc rule_load(void *self, const void *bytes, uint32_t size)
{
    if (size != sizeof(int))
        return OC_E_DATA;
    memcpy(&((struct rule *)self)->seen, bytes, sizeof(int));
    return OC_OK;
}

static const struct oc_risk rule_table = {.size = sizeof rule_table,
                                          .check = rule_check,
                                          .observe = rule_observe,
                                          .interest = rule_interest,
                                          .save = rule_save,
                                          .load = rule_load};

static void the_chain_is_asked_twice_and_observes_once(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct rule rule = {.max = 10};
    struct engine_refusal refusals[4];
    assert_int_equal(engine_add_rule(f->engine, "rule", &rule_table, &rule), OC_OK);
    uint64_t id = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
    assert_true(id != 0);
    assert_int_equal(rule.asked, 2); /* parent and child */
    assert_int_equal(rule.seen, 1);
    assert_int_equal(f->sent[0].rules, 1);
    assert_int_equal(fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 11, 9900)), 0);
    assert_int_equal(rule.exposure.open_buy, 10);
    assert_int_equal(rule.exposure.long_worst, 10);
    assert_int_equal(engine_stats(f->engine)->denied, 1);
    const struct oc_ev_answer *denied = (const void *)f->records[f->record_count - 1];
    assert_int_equal(denied->head.type, OC_EV_DENIED);
    assert_string_equal(denied->reason, "TOO_MUCH");
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
    engine_begin(f->engine, 0);
    assert_int_equal(engine_amend(f->engine, &amend, refusals), OC_E_LIMIT);
    engine_end(f->engine, true);
    assert_int_equal(fixture_find(f, id)->now.qty, 10);
    assert_int_equal(fixture_book(f)->open_buy, 10);
    rule.max = 0; /* even a cancel is asked about, and a rule of this test refuses it */
    engine_begin(f->engine, 0);
    assert_int_equal(engine_cancel(f->engine, id, refusals), OC_E_LIMIT);
    engine_end(f->engine, true);
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
    struct engine_door door = {f, NULL, fixture_record, NULL};
    struct rule rule = {.flips = 1};
    struct engine *engine;
    struct engine_refusal refusal = {0};
    engine_new(&config, &door, &engine);
    struct oc_instrument info = instruments_get(engine_instruments(f->engine), f->inst)->info;
    uint32_t asset, inst, account;
    instruments_asset(engine_instruments(engine), "BTC", &asset);
    instruments_asset(engine_instruments(engine), "USDT", &asset);
    instruments_add(engine_instruments(engine), &info, &inst);
    portfolio_add_account(engine_portfolio(engine), "a", "v", asset, 0, &account);
    engine_add_rule(engine, "flips", &rule_table, &rule);
    struct oc_request request = fixture_order(f, OC_SIDE_BUY, 1, 9900);
    engine_begin(engine, 0);
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
    engine_add_rule(f->engine, "rule", &rule_table, &rule);
    uint64_t id = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
    fixture_trade(f, id, OC_SIDE_BUY, 4, 9900);
    assert_string_equal(engine_latched(f->engine, f->account), "LOSS");
    assert_int_equal(fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 1, 9900)), 0);
    struct oc_request reduce = fixture_order(f, OC_SIDE_SELL, 4, 0);
    reduce.bits |= OC_RQ_REDUCE_ONLY;
    assert_true(fixture_submit(f, reduce) != 0);
    struct engine_refusal refusal;
    engine_begin(f->engine, 0);
    assert_int_equal(engine_cancel(f->engine, id, &refusal), OC_OK);
    engine_end(f->engine, true);
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

static void timers_and_quiet_bars_fire_by_time(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct user user = {0};
    uint32_t id = user_add(f, &user);
    uint64_t timer, once;
    engine_subscribe(f->engine, id, f->inst, MINUTE);
    fixture_price(f, 10100);
    assert_int_equal(engine_next_ns(f->engine), MINUTE);
    assert_int_equal(timers_add(engine_timers(f->engine), id, 90000000000, 30000000000, &timer), OC_OK);
    assert_int_equal(timers_add(engine_timers(f->engine), id, 95000000000, 0, &once), OC_OK);
    assert_int_equal(timers_add(engine_timers(f->engine), id, 1, -1, &once), OC_E_INVALID);
    assert_int_equal(engine_tick(f->engine, 2 * MINUTE), OC_OK);
    assert_int_equal(user.bars, 1); /* closed by time, no tick came */
    assert_int_equal(user.timers, 3);
    assert_int_equal(engine_next_ns(f->engine), 150000000000);
    assert_true(timers_remove(engine_timers(f->engine), timer));
    assert_false(timers_remove(engine_timers(f->engine), timer));
    assert_int_equal(engine_next_ns(f->engine), INT64_MAX);
    f->door_answer = OC_E_IO;
    timers_add(engine_timers(f->engine), id, 200000000000, 0, &timer);
    assert_int_equal(engine_tick(f->engine, 300000000000), OC_E_IO);
    fixture_free(f);
}

static void ticks_go_to_those_who_asked(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct user user = {0};
    engine_subscribe(f->engine, user_add(f, &user), f->inst, 0);
    fixture_price(f, 10100);
    struct oc_ev_quote quote = {.head = {.size = sizeof quote, .type = OC_EV_QUOTE, .inst = f->inst},
                                .bid = 9999, .ask = 10002, .present = OC_HAS_BID | OC_HAS_ASK};
    fixture_input(f, &quote);
    assert_int_equal(user.ticks, 2);
    assert_int_equal(markets_get(engine_markets(f->engine), f->inst)->mark2, 20001);
    struct oc_ev_quote one = quote;
    one.present = OC_HAS_BID;
    fixture_input(f, &one);
    assert_int_equal(markets_get(engine_markets(f->engine), f->inst)->mark2, 20001);
    struct oc_ev_qbar bar = {.head = {.size = sizeof bar, .type = OC_EV_QBAR, .inst = f->inst},
                             .bid = {1, 4, 1, 10}, .ask = {2, 6, 2, 14}, .present = OC_HAS_BID | OC_HAS_ASK};
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
    struct engine_door door = {f, NULL, fixture_record, NULL};
    struct engine *first = f->engine;
    struct engine_refusal refusal = {0};
    uint32_t asset, inst, account;
    engine_new(&config, &door, &f->engine);
    struct oc_instrument info = instruments_get(engine_instruments(first), f->inst)->info;
    instruments_asset(engine_instruments(f->engine), "BTC", &asset);
    instruments_asset(engine_instruments(f->engine), "USDT", &asset);
    instruments_add(engine_instruments(f->engine), &info, &inst);
    portfolio_add_account(engine_portfolio(f->engine), "a", "v", asset, 0, &account);
    fixture_price(f, 10000);
    struct oc_request request = fixture_order(f, OC_SIDE_BUY, 1, 9900);
    engine_begin(f->engine, 0);
    assert_int_equal(engine_submit(f->engine, &request, &refusal), OC_E_LIMIT);
    assert_string_equal(refusal.reason, "NOT_TRADING_YET");
    engine_end(f->engine, true);
    engine_free(first);
    fixture_free(f);
}

/* The same facts through a checkpoint and through records make the same engine. */
static void checkpoint_and_records_restore_the_same(void **state)
{
    (void)state;
    for (uint32_t method = COST_AVERAGE; method <= COST_LIFO; method++) {
        struct fixture *f = fixture_new(method), *g = fixture_new(method);
        struct rule rule = {.max = 1000000}, other = {.max = 1000000};
        struct user user = {0}, twin = {0};
        engine_add_rule(f->engine, "rule", &rule_table, &rule);
        engine_add_rule(g->engine, "rule", &rule_table, &other);
        engine_subscribe(f->engine, user_add(f, &user), f->inst, 5 * MINUTE);
        engine_subscribe(g->engine, user_add(g, &twin), g->inst, 5 * MINUTE);
        uint64_t a = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 100, 9900));
        uint64_t timer;
        timers_add(engine_timers(f->engine), 1, 1000000, 0, &timer);
        fixture_trade(f, a, OC_SIDE_BUY, 40, 9900);
        struct oc_request guarded = fixture_order(f, OC_SIDE_BUY, 50, 9800);
        guarded.bits |= OC_RQ_HAS_STOP_LOSS | OC_RQ_HAS_TAKE_PROFIT;
        guarded.stop_loss = 9000;
        guarded.take_profit = 11000;
        uint64_t b = fixture_submit(f, guarded);
        fixture_trade(f, b, OC_SIDE_BUY, 20, 9800);
        fixture_trade(f, a, OC_SIDE_BUY, 60, 9900);
        uint64_t c = fixture_submit(f, fixture_order(f, OC_SIDE_SELL, 30, 10100));
        fixture_trade(f, c, OC_SIDE_SELL, 30, 10100);
        struct engine_refusal refusal;
        engine_begin(f->engine, 0);
        engine_cancel(f->engine, b, &refusal);
        engine_end(f->engine, true);
        engine_latch(f->engine, f->account, "TEST");
        static char bytes[1 << 20], again[1 << 20];
        int64_t size = engine_save(f->engine, bytes, sizeof bytes);
        assert_true(size > 0);
        assert_int_equal(engine_save(f->engine, again, (size_t)size - 1), OC_E_LIMIT);
        assert_int_equal(engine_load(g->engine, bytes, (size_t)size - 1), OC_E_DATA);
        engine_free(g->engine);
        free(g);
        g = fixture_new(method);
        engine_add_rule(g->engine, "rule", &rule_table, &other);
        engine_subscribe(g->engine, user_add(g, &twin), g->inst, 5 * MINUTE);
        assert_int_equal(engine_load(g->engine, bytes, (size_t)size), OC_OK);
        memset(again, 0, sizeof again);
        assert_int_equal(engine_save(g->engine, again, sizeof again), size);
        if (memcmp(bytes, again, (size_t)size) != 0) { /* lists of lots may lie elsewhere; everything else is equal */
            assert_int_equal(fixture_book(f)->position.qty, fixture_book(g)->position.qty);
            assert_true(fixture_book(f)->position.realised == fixture_book(g)->position.realised);
        }
        assert_int_equal(fixture_find(g, b)->state, STATE_PENDING_CANCEL);
        assert_string_equal(engine_latched(g->engine, g->account), "TEST");
        assert_int_equal(other.seen, rule.seen);
        fixture_say(f, OC_EV_CANCELED, b);
        fixture_say(g, OC_EV_CANCELED, b);
        assert_int_equal(fixture_book(f)->open_buy, fixture_book(g)->open_buy);
        fixture_free(f);
        fixture_free(g);
    }
}

static void records_are_facts(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE), *g = fixture_new(COST_AVERAGE);
    struct rule rule = {.max = 60};
    engine_add_rule(f->engine, "rule", &rule_table, &rule);
    uint32_t first = f->record_count;
    uint64_t a = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 50, 9900));
    fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 70, 9900)); /* denied */
    struct oc_request amend = {.order = a, .qty = 55, .bits = OC_RQ_QUANTITY_CHANGED};
    struct engine_refusal refusal;
    engine_begin(f->engine, 0);
    engine_amend(f->engine, &amend, &refusal);
    engine_end(f->engine, true);
    amend.qty = 99;
    struct oc_ev_answer amended = fixture_answer(f, OC_EV_AMENDED, a);
    fixture_input(f, &amended);
    engine_begin(f->engine, 0);
    engine_amend(f->engine, &amend, &refusal); /* denied */
    engine_cancel(f->engine, a, &refusal);
    engine_end(f->engine, true);
    for (uint32_t i = first; i < f->record_count; i++) {
        const struct oc_event *event = (const void *)f->records[i];
        assert_int_equal(engine_restore(g->engine, event), OC_OK);
        if (event->type == OC_EV_REQUEST && ((const struct oc_request *)(const void *)event)->kind == OC_REQUEST_AMEND &&
            ((const struct oc_request *)(const void *)event)->qty == 55)
            engine_restore(g->engine, &amended.head);
    }
    assert_int_equal(g->sent_count, 0); /* nobody was called */
    assert_int_equal(fixture_find(g, a)->now.qty, 55);
    assert_int_equal(fixture_book(g)->open_buy, fixture_book(f)->open_buy);
    struct oc_request next = fixture_order(g, OC_SIDE_BUY, 1, 9900);
    engine_begin(g->engine, 0);
    assert_int_equal(engine_submit(g->engine, &next, &refusal), OC_OK);
    engine_end(g->engine, true);
    assert_int_equal(next.order & 0xffff, 3); /* ids go on behind those of the journal */
    struct oc_ev_answer lost = fixture_answer(g, OC_EV_DENIED, 4242);
    assert_int_equal(engine_restore(g->engine, &lost.head), OC_E_NOT_FOUND);
    lost.head.size = 7;
    assert_int_equal(engine_restore(g->engine, &lost.head), OC_E_DATA);
    struct oc_ev_timer timer = {.head = {.size = sizeof timer, .type = OC_EV_TIMER}, .due_ns = 5};
    uint64_t id;
    timers_add(engine_timers(g->engine), 1, 3, 0, &id);
    assert_int_equal(engine_restore(g->engine, &timer.head), OC_OK);
    assert_int_equal(engine_timers(g->engine)->count, 0);
    fixture_free(f);
    fixture_free(g);
}

static void flatten_closes_what_a_strategy_holds(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct user user = {0};
    uint32_t strategy = user_add(f, &user);
    struct oc_request request = fixture_order(f, OC_SIDE_BUY, 10, 9900);
    request.strategy = strategy;
    uint64_t a = fixture_submit(f, request);
    uint64_t b = fixture_submit(f, request);
    fixture_trade(f, a, OC_SIDE_BUY, 10, 9900);
    assert_int_equal(user.orders, 1);
    uint32_t sent = f->sent_count;
    engine_begin(f->engine, 0);
    assert_int_equal(engine_flatten(f->engine, strategy, OC_ROLE_CLOSE, "flat"), OC_OK);
    engine_end(f->engine, true);
    assert_int_equal(f->sent_count, sent + 2);
    assert_int_equal(f->sent[sent].kind, OC_REQUEST_CANCEL);
    assert_int_equal(f->sent[sent].order, b);
    assert_int_equal(f->sent[sent + 1].side, OC_SIDE_SELL);
    assert_int_equal(f->sent[sent + 1].qty, 10);
    fixture_trade(f, f->sent[sent + 1].order, OC_SIDE_SELL, 25, 9900); /* now short */
    engine_begin(f->engine, 0);
    assert_int_equal(engine_flatten(f->engine, 0, OC_ROLE_CLOSE, "flat"), OC_OK);
    engine_end(f->engine, true);
    assert_int_equal(f->sent[f->sent_count - 1].side, OC_SIDE_BUY);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failing_callback_leaves_nothing),
        cmocka_unit_test(nothing_is_sent_that_was_not_recorded),
        cmocka_unit_test(senseless_orders_are_refused),
        cmocka_unit_test(the_chain_is_asked_twice_and_observes_once),
        cmocka_unit_test(strict_mode_finds_a_rule_that_contradicts_itself),
        cmocka_unit_test(a_latch_stops_new_risk_only),
        cmocka_unit_test(larger_bars_close_first),
        cmocka_unit_test(timers_and_quiet_bars_fire_by_time),
        cmocka_unit_test(ticks_go_to_those_who_asked),
        cmocka_unit_test(warm_up_trades_nothing),
        cmocka_unit_test(checkpoint_and_records_restore_the_same),
        cmocka_unit_test(records_are_facts),
        cmocka_unit_test(flatten_closes_what_a_strategy_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

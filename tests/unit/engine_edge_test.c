/* engine_edge_test.c: the engine at its limits: venues that refuse at once, sums that do not fit, fills that cannot be
 * booked, and everything that is counted. */
#include "support/engine_kit.h"

#include "engine/limits.h"

struct seller { /* two orders in its bar; whenever one is refused, two other ones, a few times */
    struct fixture *f;
    uint32_t strategy;
    int told, again;
};

static void ask(struct seller *seller, int64_t qty)
{
    struct oc_request request = fixture_order(seller->f, OC_SIDE_BUY, qty, 9900);
    struct engine_refusal refusal;
    assert_int_equal(engine_submit(seller->f->engine, &request, &refusal), OC_OK);
}

static oc_rc seller_bar(void *self, const struct oc_event *bar)
{
    (void)bar;
    ask(self, 1);
    ask(self, 2);
    ask(self, 3);
    return OC_OK;
}

static oc_rc seller_order(void *self, const struct order *order, const struct oc_event *event)
{
    struct seller *seller = self;
    seller->told++;
    assert_int_equal(event->type, OC_EV_REJECTED);
    assert_int_equal(order->state, STATE_REJECTED);
    if (seller->again-- > 0) {
        ask(self, 10 + order->now.qty);
        ask(self, 20 + order->now.qty);
    }
    return OC_OK;
}

static int64_t asked[64];
static uint32_t asked_count;

static oc_rc refusing(void *self, const struct oc_request *request)
{
    (void)self;
    assert_true(asked_count < 64);
    asked[asked_count++] = request->qty;
    return OC_E_IO;
}

static void minute_bar(struct fixture *f, int64_t close_ns)
{
    struct oc_ev_bar bar = {.head = {.size = sizeof bar, .type = OC_EV_BAR, .inst = f->inst, .venue_ns = close_ns},
                            .open_ns = close_ns - MINUTE,
                            .period_ns = MINUTE,
                            .open = 10000,
                            .high = 10000,
                            .low = 10000,
                            .close = 10000};
    f->now_ns = close_ns;
    assert_int_equal(fixture_input(f, &bar), OC_OK);
}

/* A venue that refuses: each refusal is an input of its own behind the whole batch, and each request reaches the venue
 * once. */
static void what_a_refusal_leads_to_is_sent_behind_the_batch(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct seller seller = {.f = f, .again = 1};
    struct engine_client client = {.self = &seller, .bar = seller_bar, .order = seller_order};
    f->on_request = refusing;
    assert_int_equal(engine_add_client(f->engine, "seller", &client, &seller.strategy), OC_OK);
    assert_int_equal(engine_subscribe(f->engine, seller.strategy, f->inst, 0), OC_OK);
    asked_count = 0;
    minute_bar(f, MINUTE);
    static const int64_t want[] = {1, 2, 3, 11, 21};
    assert_int_equal(asked_count, 5);
    assert_memory_equal(asked, want, sizeof want);
    assert_int_equal(seller.told, 5);
    assert_int_equal(orders_open_count(engine_orders(f->engine)), 0);
    assert_int_equal(fixture_book(f)->open_buy, 0);
    fixture_free(f);
}

static struct oc_request quick(struct fixture *f, uint8_t side, int64_t qty)
{
    struct oc_request request = fixture_order(f, side, qty, 1);
    return request;
}

/* Open orders are summed; an order that would make the sum overflow is refused, an amend too, and the sum stays. */
static void exposure_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    uint64_t first = fixture_submit(f, quick(f, OC_SIDE_BUY, INT64_MAX - 5));
    assert_true(first != 0);
    assert_true(fixture_submit(f, quick(f, OC_SIDE_BUY, 6)) == 0);
    uint64_t last = fixture_submit(f, quick(f, OC_SIDE_BUY, 4));
    assert_true(last != 0);
    assert_true(fixture_book(f)->open_buy == INT64_MAX - 1);
    struct oc_request amend = {.order = last, .qty = 6, .bits = OC_RQ_QUANTITY_CHANGED};
    struct engine_refusal refusal = {0};
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_amend(f->engine, &amend, &refusal), OC_E_LIMIT);
    assert_string_equal(refusal.reason, "HOST_LIMIT_REACHED");
    amend.qty = 5;
    assert_int_equal(engine_amend(f->engine, &amend, &refusal), OC_OK);
    fixture_end(f, true);
    assert_true(fixture_book(f)->open_buy == INT64_MAX);
    struct oc_ev_answer answer = fixture_answer(f, OC_EV_AMENDED, last);
    answer.qty = 50; /* the venue says more than can be counted: said as an alarm, counted as before */
    uint64_t alarms = engine_stats(f->engine)->alarms;
    assert_int_equal(fixture_input(f, &answer), OC_OK);
    assert_true(engine_stats(f->engine)->alarms > alarms);
    assert_true(fixture_book(f)->open_buy == INT64_MAX);
    fixture_free(f);
}

static oc_i128 cash(const struct fixture *f)
{
    return portfolio_balance(engine_portfolio(f->engine), f->account, f->quote);
}

/* A fill that cannot be booked changes no book, no balance and no order, and is booked when it can be. */
static void a_fill_is_booked_whole_or_not_at_all(void **state)
{
    (void)state;
    for (uint32_t method = COST_AVERAGE; method <= COST_LIFO; method++) {
        struct fixture *f = fixture_new(method);
        struct user user = {0};
        struct oc_request request = fixture_order(f, OC_SIDE_BUY, 100, 9900);
        request.strategy = user_add(f, &user);
        uint64_t order = fixture_submit(f, request);
        struct portfolio *portfolio = engine_portfolio(f->engine);
        struct position net = fixture_book(f)->position;
        oc_i128 before = cash(f);
        struct oc_ev_fill fill = fixture_fill(f, order, OC_SIDE_BUY, 40, 9900, "one");
        const oc_i128 full = ((oc_i128)1 << 126) - 1 + ((oc_i128)1 << 126);
        assert_int_equal(portfolio_set_balance(portfolio, f->account, f->base, full),
                         OC_OK); /* no room for what is bought */
        assert_int_equal(fixture_input(f, &fill), OC_E_RANGE);
        assert_int_equal(portfolio_set_balance(portfolio, f->account, f->base, 0), OC_OK);
        assert_int_equal(portfolio_set_balance(portfolio, f->account, f->quote, -full),
                         OC_OK); /* none for what is paid */
        assert_int_equal(fixture_input(f, &fill), OC_E_RANGE);
        assert_true(portfolio_balance(portfolio, f->account, f->base) == 0);
        assert_int_equal(portfolio_set_balance(portfolio, f->account, f->quote, before), OC_OK);
        fill.fee = (struct oc_dec){INT64_MAX, 0, 0}; /* more than money can say */
        assert_int_equal(fixture_input(f, &fill), OC_E_RANGE);
        fill.fee = (struct oc_dec){1, 0, 0};
        fill.fee_asset = ENGINE_ASSETS_MAX; /* an asset that cannot be */
        assert_int_equal(fixture_input(f, &fill), OC_E_LIMIT);
        assert_true(portfolio_balance(portfolio, f->account, f->base) == 0);
        assert_true(cash(f) == before);
        assert_memory_equal(&net.qty, &fixture_book(f)->position.qty, sizeof net.qty);
        assert_int_equal(fixture_book(f)->position.fills, 0);
        assert_int_equal(fixture_find(f, order)->filled, 0);
        assert_int_equal(fixture_book(f)->open_buy, 100);
        fill.fee_asset = f->quote;
        assert_int_equal(fixture_input(f, &fill), OC_OK); /* the same fill, now booked */
        assert_int_equal(fixture_input(f, &fill), OC_OK); /* and only once */
        assert_int_equal(engine_stats(f->engine)->duplicates, 1);
        assert_int_equal(fixture_book(f)->position.qty, 40);
        assert_int_equal(portfolio_find(portfolio, f->account, request.strategy, f->inst)->position.qty, 40);
        assert_int_equal(fixture_find(f, order)->filled, 40);
        fixture_free(f);
    }
}

static void malformed_inputs_change_nothing(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    uint64_t order = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 100, 9900)),
             inputs = engine_stats(f->engine)->inputs;
    struct oc_ev_fill fill = fixture_fill(f, order, OC_SIDE_BUY, 40, 9900, "x");
#define WRONG(member, value, code)                                                                                     \
    do {                                                                                                               \
        struct oc_ev_fill wrong = fill;                                                                                \
        wrong.member = value;                                                                                          \
        assert_int_equal(fixture_input(f, &wrong), code);                                                              \
        assert_int_equal(fixture_find(f, order)->filled, 0);                                                           \
    } while (0)
    WRONG(qty, 0, OC_E_DATA);
    WRONG(qty, -1, OC_E_DATA);
    WRONG(trade_id_size, 0, OC_E_DATA);
    WRONG(trade_id_size, sizeof fill.trade_id + 1, OC_E_DATA);
    WRONG(head.inst, OC_INST(50, 1), OC_E_NOT_FOUND);
#undef WRONG
    inputs = engine_stats(f->engine)->inputs;
    struct oc_event head = {.size = sizeof head - 8, .type = OC_EV_TRADE};
    assert_int_equal(fixture_input(f, &head), OC_E_DATA);
    head.size = OC_EVENT_MAX + 8;
    assert_int_equal(fixture_input(f, &head), OC_E_DATA);
    head.size = sizeof head + 1;
    assert_int_equal(fixture_input(f, &head), OC_E_DATA);
    head.size = sizeof head; /* shorter than a trade */
    assert_int_equal(fixture_input(f, &head), OC_E_DATA);
    head.type = OC_EV_END;
    assert_int_equal(fixture_input(f, &head), OC_E_DATA);
    head.type = OC_EV_END - 1;
    assert_int_equal(fixture_input(f, &head), OC_E_DATA);
    head.type = 0;
    assert_int_equal(fixture_input(f, &head), OC_E_DATA);
    assert_int_equal(engine_stats(f->engine)->inputs, inputs);
    struct oc_ev_trade trade = {.head = {.size = sizeof trade, .type = OC_EV_TRADE, .inst = OC_INST(2, 1)}, .price = 1};
    assert_int_equal(fixture_input(f, &trade), OC_E_NOT_FOUND);
    trade.head.inst = OC_INST(ENGINE_INSTRUMENTS_MAX, 1);
    assert_int_equal(fixture_input(f, &trade), OC_E_NOT_FOUND);
    trade.head.inst = f->inst;
    trade.price = INT64_MAX;
    assert_int_equal(fixture_input(f, &trade), OC_E_RANGE);
    assert_int_equal(markets_get(engine_markets(f->engine), f->inst)->last, 10000);
    struct oc_ev_balance balance = {.head = {.size = sizeof balance, .type = OC_EV_BALANCE},
                                    .account = f->account,
                                    .asset = f->quote,
                                    .total = {1, 19, 0}};
    assert_int_equal(fixture_input(f, &balance), OC_E_INVALID);
    balance.total.scale = 0;
    balance.account = 2;
    assert_int_equal(fixture_input(f, &balance), OC_E_NOT_FOUND);
    fixture_free(f);
}

static void the_venues_truth_is_booked_and_said(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const struct engine_stats *stats = engine_stats(f->engine);
    uint64_t order = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 100, 9900));
    struct oc_ev_fill fill = fixture_fill(f, order, OC_SIDE_NONE, 40, 9900, "a");
    assert_int_equal(fixture_input(f, &fill), OC_OK); /* the order knows its side */
    assert_int_equal(fixture_book(f)->position.qty, 40);
    assert_int_equal(stats->alarms, 0);
    fill = fixture_fill(f, order, OC_SIDE_SELL, 10, 9900, "b");
    fill.head.flags = OC_EVF_AMBIGUOUS;
    fixture_input(f, &fill);
    assert_int_equal(stats->alarms, 1); /* the wrong side */
    assert_int_equal(stats->ambiguous, 1);
    assert_int_equal(fixture_book(f)->position.qty, 30);
    fill = fixture_fill(f, 4242, OC_SIDE_BUY, 5, 9900, "c");
    fixture_input(f, &fill);
    assert_int_equal(stats->alarms, 2); /* another hand */
    assert_int_equal(fixture_book(f)->position.qty, 35);
    assert_int_equal(fixture_say(f, OC_EV_CANCELED, 4242), OC_OK);
    assert_int_equal(stats->alarms, 3);
    fill = fixture_fill(f, (3ull << 40) | 77, OC_SIDE_BUY, 5, 9900, "d"); /* one of ours that is long forgotten */
    fixture_input(f, &fill);
    assert_int_equal(fixture_book(f)->position.qty, 40);
    fixture_input(f, &fill);                                              /* said again it is the same */
    fill = fixture_fill(f, (4ull << 40) | 77, OC_SIDE_BUY, 5, 9900, "e"); /* and one that we have not given yet */
    fixture_input(f, &fill);
    assert_int_equal(fixture_book(f)->position.qty, 45);
    assert_int_equal(stats->alarms, 5);
    assert_int_equal(fixture_say(f, OC_EV_SENT, order), OC_OK); /* says nothing of the order's state */
    assert_int_equal(fixture_find(f, order)->state, STATE_PARTIALLY_FILLED);
    fixture_free(f);
}

/* Once a fill has left the window, one of a forgotten order may be that one: it is not booked twice, and the alarm says so. */
static void a_forgotten_fill_is_not_booked_twice(void **state)
{
    (void)state;
    static const char *const trades[] = {"a", "b", "c", "d"};
    struct fixture *f = fixture_new_window(COST_AVERAGE, 4, 4);
    for (int i = 0; i < 4; i++) {
        struct oc_ev_fill fill = fixture_fill(f, (3ull << 40) | 77, OC_SIDE_BUY, 5, 9900, trades[i]);
        fixture_input(f, &fill);
        assert_int_equal(fixture_book(f)->position.qty, 5 * (i + 1));
    }
    struct oc_ev_fill fill = fixture_fill(f, (3ull << 40) | 77, OC_SIDE_BUY, 5, 9900, "e");
    fixture_input(f, &fill);
    assert_int_equal(fixture_book(f)->position.qty, 20);
    assert_int_equal(engine_stats(f->engine)->alarms, 5);
    fill.head.flags |= OC_EVF_NEW; /* the index was asked */
    fixture_input(f, &fill);
    assert_int_equal(fixture_book(f)->position.qty, 25);
    fixture_free(f);
}

static void a_moved_stop_is_in_force_when_the_venue_said_so(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct oc_request request = fixture_order(f, OC_SIDE_SELL, 100, 9000);
    request.type = OC_ORDER_STOP_LIMIT;
    request.stop_price = 9500;
    request.bits |= OC_RQ_HAS_STOP;
    uint64_t order = fixture_submit(f, request);
    fixture_say(f, OC_EV_ACCEPTED, order);
    struct engine_refusal refusal;
    struct oc_request amend = {
        .order = order, .stop_price = 9600, .price = 9100, .bits = OC_RQ_STOP_CHANGED | OC_RQ_PRICE_CHANGED};
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_amend(f->engine, &amend, &refusal), OC_OK);
    assert_int_equal(engine_amend(f->engine, &amend, &refusal), OC_E_AGAIN); /* one at a time */
    fixture_end(f, true);
    assert_int_equal(fixture_find(f, order)->now.stop_price, 9500);
    fixture_say(f, OC_EV_AMENDED, order);
    assert_int_equal(fixture_find(f, order)->now.stop_price, 9600);
    assert_int_equal(fixture_find(f, order)->now.price, 9100);
    assert_int_equal(fixture_find(f, order)->now.qty, 100);
    fixture_free(f);
}

static void callers_outside_a_batch_are_refused(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct oc_request request = fixture_order(f, OC_SIDE_BUY, 1, 9900), amend = {.order = 1};
    struct engine_refusal refusal;
    struct oc_event mark = {.size = sizeof mark, .type = OC_EV_MARK};
    assert_int_equal(engine_submit(f->engine, &request, &refusal), OC_E_STATE);
    assert_int_equal(engine_amend(f->engine, &amend, &refusal), OC_E_STATE);
    assert_int_equal(engine_cancel(f->engine, 1, &refusal), OC_E_STATE);
    assert_int_equal(engine_record(f->engine, &mark), OC_OK); /* a record of the host's own needs none */
    fixture_flush(f);
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_begin(f->engine, 0), OC_E_STATE);
    assert_int_equal(engine_amend(f->engine, &amend, &refusal), OC_E_NOT_FOUND);
    request.account = 9;
    assert_int_equal(engine_submit(f->engine, &request, &refusal), OC_E_NOT_FOUND);
    request.account = f->account;
    request.head.inst = OC_INST(9, 1);
    assert_int_equal(engine_submit(f->engine, &request, &refusal), OC_E_NOT_FOUND);
    request.head.inst = f->inst;
    for (uint32_t i = 0; i < ENGINE_STAGED_MAX; i++)
        assert_int_equal(engine_submit(f->engine, &request, &refusal), OC_OK);
    assert_int_equal(engine_submit(f->engine, &request, &refusal), OC_E_FULL);
    fixture_end(f, true);
    assert_int_equal(f->sent_count, ENGINE_STAGED_MAX);
    struct oc_request change = {.order = f->sent[0].order, .qty = 2, .bits = OC_RQ_QUANTITY_CHANGED};
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    for (uint32_t i = 0; i < ENGINE_STAGED_MAX; i++)
        assert_int_equal(engine_cancel(f->engine, f->sent[i].order, &refusal), OC_OK);
    assert_int_equal(engine_cancel(f->engine, f->sent[0].order, &refusal), OC_E_FULL);
    assert_int_equal(engine_amend(f->engine, &change, &refusal), OC_E_FULL);
    fixture_end(f, false); /* dropped: nothing of it was sent */
    assert_int_equal(f->sent_count, ENGINE_STAGED_MAX);
    assert_int_equal(fixture_book(f)->open_buy, ENGINE_STAGED_MAX);
    fixture_free(f);
}

static void clients_and_rules_are_counted(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct engine_client client = {0};
    uint32_t strategy = 7;
    assert_int_equal(engine_subscribe(f->engine, 1, f->inst, 0), OC_E_NOT_FOUND);
    for (uint32_t i = 1; i <= ENGINE_STRATEGIES_MAX; i++)
        assert_int_equal(engine_add_client(f->engine, "c", &client, &strategy), OC_OK);
    assert_int_equal(engine_add_client(f->engine, "c", &client, &strategy), OC_E_LIMIT);
    assert_int_equal(strategy, ENGINE_STRATEGIES_MAX);
    assert_int_equal(engine_subscribe(f->engine, 0, f->inst, 0), OC_E_NOT_FOUND);
    assert_int_equal(engine_subscribe(f->engine, 1, OC_INST(9, 1), 0), OC_E_NOT_FOUND);
    assert_int_equal(engine_subscribe(f->engine, 1, f->inst, -MINUTE), OC_E_INVALID);
    assert_int_equal(engine_subscribe(f->engine, 1, f->inst, 7 * 1000000000LL), OC_E_INVALID);
    assert_int_equal(engine_subscribe(f->engine, 1, f->inst, MINUTE), OC_OK);
    minute_bar(f, MINUTE); /* a client without words is skipped */
    fixture_price(f, 10000);
    struct oc_ev_timer timer = {.head = {.size = sizeof timer, .type = OC_EV_TIMER}, .owner = 1};
    assert_int_equal(fixture_input(f, &timer), OC_OK);
    timer.owner = ENGINE_STRATEGIES_MAX + 1;
    assert_int_equal(fixture_input(f, &timer), OC_OK);
    struct rule rule = {.max = 1};
    struct oc_risk table = rule_table;
    table.check = NULL;
    assert_int_equal(engine_add_rule(f->engine, "none", &table, &rule), OC_E_INVALID);
    table.size = offsetof(struct oc_risk, check);
    assert_int_equal(engine_add_rule(f->engine, "short", &table, &rule), OC_E_INVALID);
    for (uint32_t i = 0; i < ENGINE_RULES_MAX; i++)
        assert_int_equal(engine_add_rule(f->engine, "rule", &rule_table, &rule), OC_OK);
    assert_int_equal(engine_add_rule(f->engine, "rule", &rule_table, &rule), OC_E_LIMIT);
    assert_false(engine_is_suspended(f->engine, ENGINE_STRATEGIES_MAX + 1));
    engine_suspend(f->engine, 0);
    engine_suspend(f->engine, ENGINE_STRATEGIES_MAX + 1);
    assert_int_equal(engine_stats(f->engine)->suspended, 0);
    fixture_free(f);
}

static void bar_builders_are_counted(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct user user = {0};
    uint32_t strategy = user_add(f, &user), made = 0;
    struct oc_instrument info = instruments_get(engine_instruments(f->engine), f->inst)->info;
    for (uint32_t i = 0; made < ENGINE_BARS_MAX; i++) {
        uint32_t inst;
        snprintf(info.symbol, sizeof info.symbol, "S%u/X", i);
        assert_int_equal(instruments_add(engine_instruments(f->engine), &info, &inst), OC_OK);
        for (int64_t period = 1; period <= 64; period *= 2, made++)
            if (made < ENGINE_BARS_MAX)
                assert_int_equal(engine_subscribe(f->engine, strategy, inst, period * 1000000000LL), OC_OK);
    }
    assert_int_equal(engine_subscribe(f->engine, strategy, f->inst, MINUTE), OC_E_LIMIT);
    const struct engine_subscription one_more = {.inst = f->inst, .period_ns = MINUTE};
    assert_int_equal(engine_resubscribe(f->engine, strategy, &one_more, 1), OC_E_LIMIT); /* it keeps those it has */
    assert_int_equal(engine_subscribe(f->engine, strategy, OC_INST(2, 1), 1000000000LL), OC_OK); /* one that is there */
    assert_int_equal(engine_subscribe(f->engine, strategy, f->inst, 0), OC_OK);
    fixture_free(f);
}

/* So many orders may be open; one more is refused at the call and leaves nothing, and there is room again when one ends. */
static void open_orders_have_their_limit(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct engine_refusal refusal;
    struct oc_request request = fixture_order(f, OC_SIDE_BUY, 1, 1);
    uint64_t first = fixture_submit(f, request);
    for (uint32_t i = 1; i < ENGINE_ORDERS_OPEN_MAX; i++)
        assert_true(fixture_submit(f, request) != 0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(engine_begin(f->engine, 0), OC_OK);
        assert_int_equal(engine_submit(f->engine, &request, &refusal), OC_E_FULL);
        fixture_end(f, true);
    }
    assert_int_equal(fixture_book(f)->open_buy, ENGINE_ORDERS_OPEN_MAX);
    fixture_say(f, OC_EV_CANCELED, first);
    assert_true(fixture_submit(f, request) != 0);
    fixture_free(f);
}

static void latches_name_the_first_reason(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    assert_null(engine_latched(f->engine, f->account));
    assert_null(engine_latched(f->engine, 9));
    engine_latch(f->engine, 9, "NOBODY");
    engine_unlatch(f->engine, 9);
    engine_latch(f->engine, f->account, "FIRST");
    engine_latch(f->engine, f->account, "SECOND");
    assert_string_equal(engine_latched(f->engine, f->account), "FIRST");
    engine_latch(f->engine, 0, "HOST");
    engine_latch(f->engine, 0, "AGAIN");
    assert_string_equal(engine_latched(f->engine, f->account), "HOST");
    engine_unlatch(f->engine, 0);
    assert_string_equal(engine_latched(f->engine, f->account), "FIRST");
    engine_unlatch(f->engine, f->account);
    assert_null(engine_latched(f->engine, f->account));
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_refusal_leads_to_is_sent_behind_the_batch),
        cmocka_unit_test(exposure_that_does_not_fit_is_refused),
        cmocka_unit_test(a_fill_is_booked_whole_or_not_at_all),
        cmocka_unit_test(malformed_inputs_change_nothing),
        cmocka_unit_test(the_venues_truth_is_booked_and_said),
        cmocka_unit_test(a_forgotten_fill_is_not_booked_twice),
        cmocka_unit_test(a_moved_stop_is_in_force_when_the_venue_said_so),
        cmocka_unit_test(callers_outside_a_batch_are_refused),
        cmocka_unit_test(clients_and_rules_are_counted),
        cmocka_unit_test(bar_builders_are_counted),
        cmocka_unit_test(open_orders_have_their_limit),
        cmocka_unit_test(latches_name_the_first_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

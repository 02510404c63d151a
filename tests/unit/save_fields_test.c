/* save_fields_test.c: what an engine knows is in its checkpoint, field by field, and comes back as it was. */
#include "engine/impl.h"
#include "engine/limits.h"
#include "support/engine_fixture.h"

static char bytes[1 << 20];

/* An engine in which nothing is zero. */
static struct fixture *rich(void)
{
    struct fixture *f = fixture_new(COST_FIFO);
    struct oc_request guarded = fixture_order(f, OC_SIDE_BUY, 10, 10000);
    uint64_t timer;
    const uint32_t assets[] = {f->base, f->quote};
    for (int i = 0; i < 2; i++) {
        struct oc_ev_balance balance = {.head = {.size = sizeof balance, .type = OC_EV_BALANCE},
                                        .account = f->account,
                                        .asset = assets[i],
                                        .total = {1234 + i, 1, 0}};
        assert_int_equal(fixture_input(f, &balance), OC_OK);
    }
    guarded.bits |= OC_RQ_HAS_STOP_LOSS | OC_RQ_HAS_TAKE_PROFIT;
    guarded.stop_loss = 9500;
    guarded.take_profit = 11000;
    const uint64_t entry = fixture_submit(f, guarded);
    fixture_trade(f, entry, OC_SIDE_BUY, 4, 10000);
    fixture_trade(f, entry, OC_SIDE_BUY, 1, 10100);
    assert_true(fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 3, 9000)) != 0);
    struct oc_request reducing = fixture_order(f, OC_SIDE_SELL, 1, 12000);
    reducing.bits |= OC_RQ_REDUCE_ONLY;
    assert_true(fixture_submit(f, reducing) != 0);
    fixture_say(f, OC_EV_CANCELED, fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 2, 9100)));
    f->now_ns = 5000000;
    fixture_price(f, 10050);
    assert_int_equal(timers_add(engine_timers(f->engine), 1, 777000000, 5, &timer), OC_OK);
    assert_int_equal(timers_add(engine_timers(f->engine), 1, 666000000, 0, &timer), OC_OK);
    f->engine->groups.retry_ns = 4242;
    f->engine->groups.flattened = 3;
    f->engine->next_request = 99;
    engine_latch(f->engine, 0, "KILLED");
    engine_latch(f->engine, f->account, "DAILY_LOSS");
    f->engine->journal_failed = true;
    engine_set_missing(f->engine, "cooldown other");
    return f;
}

static void all_of_it_comes_back(void **state)
{
    (void)state;
    struct fixture *a = rich(), *b = fixture_new(COST_FIFO);
    const int64_t size = engine_save(a->engine, bytes, sizeof bytes);
    assert_true(size > 0);
    assert_int_equal(engine_load(b->engine, bytes, (size_t)size), OC_OK);
    const struct engine *was = a->engine, *is = b->engine;
    assert_true(is->now_ns == was->now_ns && is->now_ns == 5000000);
    assert_true(is->cause == was->cause && is->cause > 0);
    assert_true(is->next_order == was->next_order && is->next_order > 4);
    assert_int_equal(is->next_request, 99);
    assert_memory_equal(&is->stats, &was->stats, sizeof is->stats);
    assert_int_equal(is->stats.fills, 2);
    assert_string_equal(engine_missing(b->engine), "cooldown other");
    assert_string_equal(engine_latched(b->engine, 0), "KILLED");
    assert_string_equal(engine_latched(b->engine, b->account), "KILLED");
    assert_string_equal(portfolio_account(engine_portfolio(b->engine), b->account)->latch_reason, "DAILY_LOSS");
    engine_unlatch(b->engine, 0);
    assert_string_equal(engine_latched(b->engine, b->account), "DAILY_LOSS");
    assert_true(engine_risk_is_stopped(b->engine));
    assert_int_equal(is->reducing, was->reducing);
    assert_true(is->reducing >= 1);
    /* money and positions */
    const uint32_t assets[] = {a->base, a->quote};
    for (int i = 0; i < 2; i++) {
        const oc_i128 money = portfolio_balance(engine_portfolio(a->engine), a->account, assets[i]);
        assert_true(money != 0 && portfolio_balance(engine_portfolio(b->engine), b->account, assets[i]) == money);
    }
    const struct book *book = fixture_book(a), *back = fixture_book(b);
    assert_true(back->position.qty == 5 && back->open_buy == book->open_buy && book->open_buy == 8);
    assert_int_equal(back->open_sell, book->open_sell);
    assert_int_equal(back->position.lot_count - back->position.lot_first, 2);
    for (uint32_t i = 0; i < 2; i++) {
        const struct lot *lot = &book->position.lots[book->position.lot_first + i];
        const struct lot *again = &back->position.lots[back->position.lot_first + i];
        assert_true(again->qty == lot->qty && again->cost == lot->cost && lot->cost != 0);
    }
    assert_int_equal(markets_get(engine_markets(b->engine), b->inst)->last, 10050);
    /* groups and timers */
    assert_int_equal(is->groups.count, 1);
    assert_int_equal(is->groups.live, 1);
    assert_int_equal(is->groups.retry_ns, 4242);
    assert_int_equal(is->groups.flattened, 3);
    assert_memory_equal(is->groups.list, was->groups.list, sizeof *is->groups.list);
    assert_int_equal(is->groups.list[0].entered, 5);
    assert_int_equal(is->timers.count, 2);
    assert_int_equal(is->timers.next_id, was->timers.next_id);
    assert_memory_equal(is->timers.heap, was->timers.heap, 2 * sizeof *is->timers.heap);
    assert_int_equal(timers_next_ns(&b->engine->timers), 666000000);
    /* orders, open and closed, and what was filled */
    assert_int_equal(orders_open_count(is->orders), orders_open_count(was->orders));
    assert_int_equal(orders_closed_count(is->orders), 1);
    const struct order *other = orders_open_first(was->orders);
    for (const struct order *order = orders_open_first(is->orders); order;
         order = order->younger, other = other->younger) {
        assert_memory_equal(&order->now, &other->now, sizeof order->now);
        assert_int_equal(order->state, other->state);
        assert_int_equal(order->filled, other->filled);
        assert_int_equal(order->is_reducing, other->is_reducing);
    }
    assert_int_equal(orders_fills(is->orders)->recent_count + orders_fills(is->orders)->held_count, 2);
    fixture_free(a);
    fixture_free(b);
}

/* Only the prices of a checkpoint: nothing else of it is ours. */
static void marks_come_alone(void **state)
{
    (void)state;
    struct fixture *a = rich(), *b = fixture_new(COST_FIFO);
    const int64_t size = engine_save(a->engine, bytes, sizeof bytes);
    const uint64_t next = b->engine->next_order;
    assert_int_equal(engine_load_marks(b->engine, bytes, (size_t)size), OC_OK);
    assert_int_equal(markets_get(engine_markets(b->engine), b->inst)->last, 10050);
    assert_int_equal(b->engine->next_order, next);
    assert_int_equal(b->engine->now_ns, 1000);
    assert_null(engine_latched(b->engine, 0));
    assert_null(fixture_book(b));
    assert_int_equal(engine_load_marks(b->engine, bytes, 3), OC_E_DATA);
    assert_int_equal(engine_load_marks(b->engine, bytes, 100), OC_E_DATA);
    fixture_free(a);
    fixture_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_of_it_comes_back), cmocka_unit_test(marks_come_alone)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

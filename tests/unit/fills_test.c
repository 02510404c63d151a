/* fills_test.c: which fills the engine knows by heart (S6): the last ones and those of open orders, no more, and the same
 * after a checkpoint; what the index has said of older ones is obeyed. */
#include "support/engine_fixture.h"

#include "engine/fills.h"
#include "engine/limits.h"

enum { RECENT = 8, HELD = 6, KEYS = 400, OPEN_EVERY = 3 };

static struct fill_key key_of(uint64_t number)
{
    char id[24];
    struct oc_ev_fill fill = {.head = {.source = 1, .inst = OC_INST(1, 1)}, .order = number % 5};
    fill.trade_id_size = (uint8_t)snprintf(id, sizeof id, "k%llu", (unsigned long long)number);
    memcpy(fill.trade_id, id, fill.trade_id_size);
    return fill_key(&fill);
}

static bool is_open_until;
static bool is_wanted(void *arg, uint64_t order)
{
    (void)arg;
    return is_open_until && order % OPEN_EVERY == 0;
}

/* The window against a list that is looked through from its end. */
static void the_window_is_what_it_says(void **state)
{
    (void)state;
    for (int pass = 0; pass < 2; pass++) {
        struct fills fills;
        uint64_t held[KEYS], held_count = 0;
        fills_init(&fills, RECENT, HELD);
        is_open_until = pass == 0;
        assert_false(fills_has(&fills, key_of(0)));
        for (uint64_t i = 0; i < KEYS; i++) {
            struct fill_seen left, seen = {key_of(i), i};
            assert_int_equal(fills_room(&fills), OC_OK);
            bool has_left = fills_put(&fills, &seen, &left);
            assert_int_equal(has_left, i >= RECENT);
            if (has_left && left.order % OPEN_EVERY == 0) {
                assert_true(left.order == i - RECENT && fill_key_is_equal(left.key, key_of(left.order)));
                if (held_count == HELD && is_open_until) { /* all are wanted: the oldest quarter goes */
                    held_count -= HELD / 4 + 1;
                    memmove(held, held + HELD / 4 + 1, held_count * sizeof *held);
                } else if (held_count == HELD) {
                    held_count = 0;
                }
                held[held_count++] = left.order;
                fills_hold(&fills, &left, is_wanted, NULL);
            }
            uint64_t known = 0;
            for (uint64_t k = 0; k < KEYS; k++) {
                bool expected = k <= i && k + RECENT > i;
                for (uint64_t h = 0; h < held_count; h++)
                    expected |= held[h] == k;
                known += expected;
                assert_int_equal(fills_has(&fills, key_of(k)), expected);
            }
            assert_int_equal(fills.table_count, known);
        }
        assert_true(fills.table_size <= 2048 && fills.recent_room == RECENT && fills.held_room == HELD);
        fills_release(&fills);
    }
}

static oc_rc fill_of(struct fixture *f, uint64_t order, const char *trade_id, uint16_t flags)
{
    struct oc_ev_fill fill = fixture_fill(f, order, OC_SIDE_BUY, 1, 9900, trade_id);
    fill.head.flags = flags;
    return fixture_input(f, &fill);
}

/* Each of `count` orders of one unit is filled whole. */
/* It grows with what it holds and forgets nothing on the way, whichever half of an identity is zero. */
static void a_window_grows_and_forgets_nothing(void **state)
{
    (void)state;
    enum { MANY = 3000 };
    struct fills fills;
    fills_init(&fills, MANY, HELD);
    for (uint64_t i = 1; i <= MANY; i++) {
        const struct fill_key key = i % 3 == 0   ? (struct fill_key){i, 0}
                                    : i % 3 == 1 ? (struct fill_key){0, i}
                                                 : (struct fill_key){i, i};
        struct fill_seen left, seen = {key, i};
        assert_int_equal(fills_room(&fills), OC_OK);
        assert_false(fills_has(&fills, key));
        assert_false(fills_put(&fills, &seen, &left));
        assert_true(fills.table_size >= 2 * fills.table_count);
    }
    for (uint64_t i = 1; i <= 2 * MANY; i++) {
        assert_int_equal(fills_has(&fills, (struct fill_key){i, 0}), i <= MANY && i % 3 == 0);
        assert_int_equal(fills_has(&fills, (struct fill_key){0, i}), i <= MANY && i % 3 == 1);
        assert_int_equal(fills_has(&fills, (struct fill_key){i, i}), i <= MANY && i % 3 == 2);
    }
    assert_true(fills.table_count == MANY && fills.table_size <= 4 * MANY);
    fills_release(&fills);
}

static void fill_many(struct fixture *f, int count)
{
    for (int i = 0; i < count; i++) {
        uint64_t id = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 1, 9900));
        assert_true(id != 0);
        f->sent_count = f->record_count = 0;
        assert_int_equal(fixture_trade(f, id, OC_SIDE_BUY, 1, 9900), OC_OK);
        if (f->trades % 2 == 0) { /* and sold again, so that money lasts */
            id = fixture_submit(f, fixture_order(f, OC_SIDE_SELL, 1, 9900));
            assert_int_equal(fixture_trade(f, id, OC_SIDE_SELL, 1, 9900), OC_OK);
        }
    }
}

static void fills_of_an_open_order_stay_known(void **state)
{
    (void)state;
    struct fixture *f = fixture_new_window(COST_AVERAGE, RECENT, HELD);
    uint64_t open = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
    uint64_t done = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 1, 9900));
    assert_int_equal(fill_of(f, open, "early", 0), OC_OK);
    assert_int_equal(fill_of(f, done, "done", 0), OC_OK);
    fill_many(f, 100);
    uint64_t fills = engine_stats(f->engine)->fills;
    assert_int_equal(fill_of(f, open, "early", 0), OC_OK); /* of 100 fills ago */
    assert_int_equal(engine_stats(f->engine)->duplicates, 1);
    assert_int_equal(engine_stats(f->engine)->fills, fills);
    assert_int_equal(fixture_find(f, open)->filled, 1);
    assert_int_equal(orders_fills(engine_orders(f->engine))->table_count, RECENT + 1);
    assert_int_equal(fill_of(f, done, "done", OC_EVF_SEEN), OC_OK); /* the index knew */
    assert_int_equal(engine_stats(f->engine)->duplicates, 2);
    assert_int_equal(engine_stats(f->engine)->fills, fills);
    fixture_free(f);
}

static void what_the_index_said_is_obeyed(void **state)
{
    (void)state;
    struct fixture *f = fixture_new_window(COST_AVERAGE, RECENT, HELD);
    uint64_t first = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 1, 9900));
    assert_int_equal(fill_of(f, first, "f", 0), OC_OK);
    fill_many(f, ENGINE_ORDERS_CLOSED_KEPT + 1);
    assert_null(fixture_find(f, first)); /* final and forgotten */
    int64_t held = fixture_book(f)->position.qty;
    uint64_t alarms = engine_stats(f->engine)->alarms, fills = engine_stats(f->engine)->fills;
    uint64_t duplicates = engine_stats(f->engine)->duplicates;
    assert_int_equal(fill_of(f, first, "f", 0), OC_OK); /* a simulator that says it again: nobody has asked the index */
    assert_int_equal(engine_stats(f->engine)->alarms, alarms + 1);
    assert_int_equal(fill_of(f, first, "f", OC_EVF_SEEN), OC_OK);
    assert_int_equal(engine_stats(f->engine)->duplicates, duplicates + 1);
    assert_int_equal(engine_stats(f->engine)->fills, fills);
    assert_int_equal(fixture_book(f)->position.qty, held);          /* not booked twice */
    assert_int_equal(fill_of(f, first, "late", OC_EVF_NEW), OC_OK); /* the index does not know it: it is money */
    assert_int_equal(engine_stats(f->engine)->fills, fills + 1);
    assert_int_equal(engine_stats(f->engine)->alarms, alarms + 2);
    assert_int_equal(fixture_book(f)->position.qty, held + 1);
    assert_int_equal(fill_of(f, first, "late", OC_EVF_NEW), OC_OK); /* twice under way when the index was asked */
    assert_int_equal(engine_stats(f->engine)->duplicates, duplicates + 2);
    assert_int_equal(fill_of(f, 77, "other hand", 0), OC_OK); /* not a number of ours: another hand's, booked */
    assert_int_equal(engine_stats(f->engine)->fills, fills + 2);
    fixture_free(f);
}

static char bytes[24 << 20], again[24 << 20];

/* A checkpoint is as large after any number of fills, and what goes on from it knows the same. */
static void a_checkpoint_stays_as_it_is(void **state)
{
    (void)state;
    struct fixture *f = fixture_new_window(COST_AVERAGE, 64, 16);
    uint64_t open = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
    assert_int_equal(fill_of(f, open, "early", 0), OC_OK);
    assert_int_equal(fill_of(f, open, "second", 0), OC_OK);
    fill_many(f, ENGINE_ORDERS_CLOSED_KEPT + 100);
    int64_t size = engine_save(f->engine, bytes, sizeof bytes);
    assert_true(size > 0);
    fill_many(f, 20000);
    int64_t later = engine_save(f->engine, bytes, sizeof bytes);
    assert_int_equal(later, size);
    struct fixture *g = fixture_new_window(COST_AVERAGE, 64, 16);
    assert_int_equal(engine_load(g->engine, bytes, (size_t)later), OC_OK);
    assert_int_equal(engine_save(g->engine, again, sizeof again), later);
    assert_memory_equal(bytes, again, (size_t)later);
    g->trades = f->trades;
    for (int i = 0; i < 100; i++) { /* and from here on the same fills leave */
        fill_many(f, 1);
        fill_many(g, 1);
        assert_int_equal(engine_save(f->engine, bytes, sizeof bytes), engine_save(g->engine, again, sizeof again));
    }
    assert_int_equal(fill_of(g, open, "early", 0), OC_OK);
    assert_int_equal(fill_of(g, open, "second", 0), OC_OK);
    assert_int_equal(engine_stats(g->engine)->duplicates, 2);
    fixture_free(f);
    fixture_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_window_is_what_it_says),        cmocka_unit_test(a_window_grows_and_forgets_nothing),
        cmocka_unit_test(fills_of_an_open_order_stay_known), cmocka_unit_test(what_the_index_said_is_obeyed),
        cmocka_unit_test(a_checkpoint_stays_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

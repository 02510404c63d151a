/* position_test.c: average cost, FIFO and LIFO to the last unit of money. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/position_kit.h"

static struct instruments *instruments;

static const struct instrument *contract_of(uint32_t kind, int price_scale, int qty_scale, struct oc_dec size)
{
    struct oc_instrument info;
    uint32_t inst;
    memset(&info, 0, sizeof info);
    info.size = sizeof info;
    info.kind = kind;
    info.status = OC_STATUS_TRADING;
    assert_int_equal(instruments_new(&instruments), OC_OK);
    assert_int_equal(instruments_asset(instruments, "BTC", &info.base), OC_OK);
    assert_int_equal(instruments_asset(instruments, "USD", &info.quote), OC_OK);
    info.settle = kind == OC_KIND_INVERSE ? info.base : info.quote;
    info.price_step = (struct oc_dec){1, price_scale, 0};
    info.qty_step = (struct oc_dec){1, qty_scale, 0};
    info.contract_size = size;
    strcpy(info.venue, "paper");
    strcpy(info.symbol, "BTC/USD");
    assert_int_equal(instruments_add(instruments, &info, &inst), OC_OK);
    return instruments_get(instruments, inst);
}

static const struct instrument *instrument_of(uint32_t kind, int price_scale, int qty_scale)
{
    return contract_of(kind, price_scale, qty_scale, (struct oc_dec){1, 0, 0});
}

static oc_i128 units(int64_t value, int scale) { return (oc_i128)value * num_pow10_128(MONEY_SCALE - scale); }

static oc_i128 unrealised_at(const struct position *position, const struct instrument *instrument, int64_t mark)
{
    oc_i128 money = 77; /* flat it is nothing, not what stood there */
    assert_int_equal(position_unrealised(position, instrument, mark, &money), OC_OK);
    return money;
}

static void assert_near(double got, double want, double allowed)
{
    if (!(got - want <= allowed && want - got <= allowed))
        fail_msg("got %.15g, want %.15g", got, want);
}

struct step {
    uint8_t side;
    int64_t qty;
    int64_t price;
    int64_t fee; /* cents */
    int64_t held;
    int64_t realised[3]; /* average, FIFO, LIFO */
    double average;
};

/* price in cents, quantity in thousandths */
static void PNL_1(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {OC_SIDE_BUY, 10, 100, 50, 10, {0, 0, 0}, 100},       {OC_SIDE_BUY, 10, 110, 55, 20, {0, 0, 0}, 105},
        {OC_SIDE_SELL, 15, 120, 90, 5, {225, 250, 200}, 105}, {OC_SIDE_SELL, 10, 90, 45, -5, {150, 150, 150}, 90},
        {OC_SIDE_BUY, 2, 80, 8, -3, {170, 170, 170}, 90},
    };
    const struct instrument *instrument = instrument_of(OC_KIND_SPOT, 2, 3);
    for (uint32_t method = COST_AVERAGE; method <= COST_LIFO; method++) {
        struct position position;
        position_init(&position, 1, 1, instrument->info.inst, method);
        for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
            const struct step *step = &steps[i];
            assert_int_equal(position_fill(&position, instrument, step->side, step->price * 100, step->qty * 1000, 0),
                             OC_OK);
            assert_int_equal(position_fee(&position, instrument->info.quote, units(step->fee, 2)), OC_OK);
            assert_int_equal(position.qty, step->held * 1000);
            assert_true(position.realised == units(step->realised[method], 0));
            double average;
            assert_int_equal(position_average(&position, instrument, &average), OC_OK);
            if (method == COST_AVERAGE)
                assert_true(average == step->average);
            if (i == 1 && method != COST_AVERAGE) { /* +10@100 +10@110 */
                assert_int_equal(position.lot_count - position.lot_first, 2);
                assert_true(position.lots[0].cost == units(1000, 0) && position.lots[1].cost == units(1100, 0));
            }
            if (i == 2 && method != COST_AVERAGE) { /* +5@110 or +5@100 */
                assert_int_equal(position.lot_count - position.lot_first, 1);
                assert_int_equal(position.lots[position.lot_first].qty, 5000);
                assert_true(position.lots[position.lot_first].cost == units(method == COST_FIFO ? 550 : 500, 0));
            }
        }
        assert_true(unrealised_at(&position, instrument, 8500) == units(15, 0));
        oc_i128 gross = position.realised + unrealised_at(&position, instrument, 8500);
        assert_true(gross == units(185, 0));
        assert_int_equal(position.fee_count, 1);
        assert_true(position.fees[0].paid == units(248, 2));
        assert_true(gross - position.fees[0].paid == units(18252, 2));
        assert_int_equal(position.fills, 5);
        assert_int_equal(position.trips, 1);
        assert_int_equal(position.wins, 1);
        position_release(&position);
    }
    instruments_free(instruments);
}

/* However large a contract is, what one paid for it on average is a price. */
static void the_average_is_a_price_whatever_a_contract_holds(void **state)
{
    (void)state;
    static const struct oc_dec sizes[] = {{1, 0, 0}, {10, 0, 0}, {1, 3, 0}, {25, 1, 0}};
    static const uint32_t kinds[] = {OC_KIND_SPOT, OC_KIND_LINEAR, OC_KIND_INVERSE};
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            const struct instrument *instrument = contract_of(kinds[k], 2, 0, sizes[i]);
            struct position position;
            double average = 0;
            position_init(&position, 1, 1, instrument->info.inst, COST_AVERAGE);
            assert_int_equal(position_fill(&position, instrument, OC_SIDE_SELL, 12500, 4, 0), OC_OK);
            assert_int_equal(position_average(&position, instrument, &average), OC_OK);
            assert_near(average, 125.0, 1e-9);
            position_release(&position);
            instruments_free(instruments);
        }
}

static void PNL_2(void **state)
{
    (void)state;
    const struct instrument *instrument = instrument_of(OC_KIND_INVERSE, 1, 0);
    struct position position;
    double average;
    position_init(&position, 1, 1, instrument->info.inst, COST_AVERAGE);
    assert_int_equal(position_average(&position, instrument, &average), OC_E_NOT_FOUND);
    assert_int_equal(position_fill(&position, instrument, OC_SIDE_BUY, 600000, 30000, 0), OC_OK);
    assert_int_equal(position_fill(&position, instrument, OC_SIDE_BUY, 500000, 20000, 0), OC_OK);
    assert_int_equal(position_average(&position, instrument, &average), OC_OK);
    assert_near(average, 55555.5555555556, 1e-9);
    assert_near(money_to_double(unrealised_at(&position, instrument, 550000)), -0.009090909091, 5e-13);
    assert_int_equal(position_fill(&position, instrument, OC_SIDE_SELL, 625000, 10000, 0), OC_OK);
    assert_true(position.realised == units(2, 2));
    assert_int_equal(position.qty, 40000);
    assert_near(money_to_double(unrealised_at(&position, instrument, 550000)), -0.007272727273, 5e-13);
    assert_int_equal(position_average(&position, instrument, &average), OC_OK);
    assert_near(average, 55555.5555555556, 1e-9); /* a reduction leaves it */
    position_release(&position);
    instruments_free(instruments);
}

static uint64_t seed;

static int64_t draw(int64_t from, int64_t to)
{
    seed = seed * 6364136223846793005ull + 1442695040888963407ull;
    return from + (int64_t)((seed >> 33) % (uint64_t)(to - from + 1));
}

/* An independent account of FIFO and LIFO: single lots in a plain list, profit by price differences. */
struct plain {
    int64_t qty[4096]; /* signed */
    int64_t price[4096];
    int count;
    int64_t realised; /* price units x qty units */
};

static void plain_fill(struct plain *plain, bool is_fifo, int64_t signed_qty, int64_t price)
{
    while (signed_qty && plain->count && (plain->qty[0] < 0) != (signed_qty < 0)) {
        int at = is_fifo ? 0 : plain->count - 1;
        int64_t size = llabs(plain->qty[at]), take = llabs(signed_qty) < size ? llabs(signed_qty) : size;
        int64_t sign = plain->qty[at] > 0 ? 1 : -1;
        plain->realised += sign * take * (price - plain->price[at]);
        plain->qty[at] -= sign * take;
        signed_qty += sign * take;
        if (plain->qty[at] == 0) {
            plain->count--;
            memmove(plain->qty + at, plain->qty + at + 1, (size_t)(plain->count - at) * sizeof plain->qty[0]);
            memmove(plain->price + at, plain->price + at + 1, (size_t)(plain->count - at) * sizeof plain->price[0]);
        }
    }
    if (signed_qty) {
        assert_true(plain->count < 4096);
        plain->qty[plain->count] = signed_qty;
        plain->price[plain->count++] = price;
    }
}

static void ten_thousand_fills(uint32_t kind, uint32_t method)
{
    const struct instrument *instrument = instrument_of(kind, 2, 3);
    static struct plain plain;
    memset(&plain, 0, sizeof plain);
    struct position position;
    oc_i128 cash = 0;
    position_init(&position, 1, 1, instrument->info.inst, method);
    seed = 20230301 + method;
    for (int i = 0; i < 10000; i++) {
        uint8_t side = draw(-60000, 60000) > position.qty ? OC_SIDE_BUY : OC_SIDE_SELL; /* comes back to zero */
        int64_t qty = draw(1, 5000), price = draw(-300, 20000), mark = draw(-300, 20000);
        int64_t signed_qty = side == OC_SIDE_BUY ? qty : -qty;
        oc_i128 value, held;
        assert_int_equal(position_fill(&position, instrument, side, price, qty, i), OC_OK);
        assert_int_equal(instrument_value(instrument, price, signed_qty, &value), OC_OK);
        cash -= value;
        assert_true(position.flow == cash);
        assert_int_equal(instrument_value(instrument, mark, position.qty, &held), OC_OK);
        assert_true(position.realised + unrealised_at(&position, instrument, mark) == cash + held);
        if (method == COST_AVERAGE)
            continue;
        plain_fill(&plain, method == COST_FIFO, signed_qty, price);
        assert_true(position.realised == units(plain.realised, 5));
        assert_int_equal(position.lot_count - position.lot_first, plain.count);
    }
    assert_true(position.trips > 20); /* it did cross zero */
    position_release(&position);
    instruments_free(instruments);
}

static void the_identity_holds_after_every_fill_at_average_cost(void **state)
{
    (void)state;
    ten_thousand_fills(OC_KIND_SPOT, COST_AVERAGE);
    ten_thousand_fills(OC_KIND_LINEAR, COST_AVERAGE);
}

static void the_identity_holds_after_every_fill_first_in_first_out(void **state)
{
    (void)state;
    ten_thousand_fills(OC_KIND_LINEAR, COST_FIFO);
}

static void the_identity_holds_after_every_fill_last_in_first_out(void **state)
{
    (void)state;
    ten_thousand_fills(OC_KIND_LINEAR, COST_LIFO);
}

/* Each value of an inverse contract is rounded once; a fill that crosses zero is two values. So: a unit a fill. */
static void inverse_books_are_off_by_at_most_a_unit_a_value(void **state)
{
    (void)state;
    const struct instrument *instrument = instrument_of(OC_KIND_INVERSE, 1, 0);
    for (uint32_t method = COST_AVERAGE; method <= COST_LIFO; method++) {
        struct position position;
        oc_i128 coins = 0;
        position_init(&position, 1, 1, instrument->info.inst, method);
        seed = 99 + method;
        for (int i = 0; i < 10000; i++) {
            uint8_t side = draw(0, 1) ? OC_SIDE_BUY : OC_SIDE_SELL;
            int64_t qty = draw(1, 50000), price = draw(300000, 700000), mark = draw(300000, 700000);
            oc_i128 value, held;
            assert_int_equal(position_fill(&position, instrument, side, price, qty, i), OC_OK);
            assert_int_equal(instrument_value(instrument, price, side == OC_SIDE_BUY ? qty : -qty, &value), OC_OK);
            coins += value;
            assert_int_equal(instrument_value(instrument, mark, position.qty, &held), OC_OK);
            oc_i128 off = position.realised + unrealised_at(&position, instrument, mark) - (coins - held);
            assert_true(off <= i + 2 && off >= -i - 2);
        }
        position_release(&position);
    }
    instruments_free(instruments);
}

static void wrong_fills_change_nothing(void **state)
{
    (void)state;
    const struct instrument *instrument = instrument_of(OC_KIND_SPOT, 2, 3);
    struct position position, before;
    position_init(&position, 1, 1, instrument->info.inst, COST_AVERAGE);
    assert_int_equal(position_fill(&position, instrument, OC_SIDE_BUY, 100, 100, 5), OC_OK);
    before = position;
    assert_int_equal(position_fill(&position, instrument, OC_SIDE_BUY, 100, 0, 6), OC_E_INVALID);
    assert_int_equal(position_fill(&position, instrument, OC_SIDE_BUY, 100, -1, 6), OC_E_INVALID);
    assert_int_equal(position_fill(&position, instrument, OC_SIDE_NONE, 100, 1, 6), OC_E_INVALID);
    assert_int_equal(position_fill(&position, instrument, OC_SIDE_BUY, INT64_MAX, INT64_MAX, 6), OC_E_RANGE);
    assert_int_equal(position_fill(&position, instrument, OC_SIDE_BUY, 1, INT64_MAX, 6), OC_E_RANGE);
    assert_int_equal(position_fill(&position, instrument, OC_SIDE_SELL, INT64_MAX, INT64_MAX, 6), OC_E_RANGE);
    assert_memory_equal(&position, &before, sizeof position);
    instruments_free(instruments);
}

static void fee_assets_stop_at_their_limit(void **state)
{
    (void)state;
    struct position position;
    position_init(&position, 1, 1, OC_INST(1, 0), COST_AVERAGE);
    assert_int_equal(position_fee(&position, 1, 0), OC_OK);
    assert_int_equal(position.fee_count, 0);
    for (uint32_t asset = 1; asset <= ENGINE_FEE_ASSETS_MAX; asset++)
        assert_int_equal(position_fee(&position, asset, 10), OC_OK);
    assert_int_equal(position_fee(&position, ENGINE_FEE_ASSETS_MAX + 1, 10), OC_E_LIMIT);
    assert_int_equal(position_fee(&position, 1, -3), OC_OK); /* a rebate in a known asset */
    assert_true(position.fees[0].paid == 7);
    assert_int_equal(position.fee_count, ENGINE_FEE_ASSETS_MAX);
}

static void lots_stop_at_their_limit(void **state)
{
    (void)state;
    const struct instrument *instrument = instrument_of(OC_KIND_SPOT, 2, 3);
    for (int used = 0; used <= 100; used += 100) { /* also when the first lots were used up before */
        struct position position;
        position_init(&position, 1, 1, instrument->info.inst, COST_FIFO);
        for (int i = 0; i < ENGINE_LOTS_MAX; i++)
            assert_int_equal(position_fill(&position, instrument, OC_SIDE_BUY, 100, 1, i), OC_OK);
        for (int i = 0; i < used; i++)
            assert_int_equal(position_fill(&position, instrument, OC_SIDE_SELL, 100, 1, i), OC_OK);
        for (int i = 0; i < used; i++)
            assert_int_equal(position_fill(&position, instrument, OC_SIDE_BUY, 100, 1, i), OC_OK);
        assert_int_equal(position.lot_count - position.lot_first, ENGINE_LOTS_MAX);
        assert_int_equal(position_fill(&position, instrument, OC_SIDE_BUY, 100, 1, 0), OC_E_LIMIT);
        assert_int_equal(position.qty, ENGINE_LOTS_MAX);
        assert_int_equal(position_fill(&position, instrument, OC_SIDE_SELL, 100, 2 * ENGINE_LOTS_MAX, 0), OC_OK);
        assert_int_equal(position.qty, -ENGINE_LOTS_MAX);
        assert_int_equal(position.lot_count - position.lot_first, 1);
        position_release(&position);
    }
    instruments_free(instruments);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(PNL_1),
        cmocka_unit_test(the_average_is_a_price_whatever_a_contract_holds),
        cmocka_unit_test(PNL_2),
        cmocka_unit_test(the_identity_holds_after_every_fill_at_average_cost),
        cmocka_unit_test(the_identity_holds_after_every_fill_first_in_first_out),
        cmocka_unit_test(the_identity_holds_after_every_fill_last_in_first_out),
        cmocka_unit_test(inverse_books_are_off_by_at_most_a_unit_a_value),
        cmocka_unit_test(wrong_fills_change_nothing),
        cmocka_unit_test(fee_assets_stop_at_their_limit),
        cmocka_unit_test(lots_stop_at_their_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* stop_slip_test.c: what a stop loss is where its venue takes no stop at market. */
#include "engine/impl.h"
#include "support/engine_fixture.h"

static const struct order *stop_loss(const struct fixture *f)
{
    for (uint32_t i = f->sent_count; i > 0; i--)
        if (f->sent[i - 1].role == OC_ROLE_STOP_LOSS && f->sent[i - 1].kind == OC_REQUEST_NEW)
            return fixture_find(f, f->sent[i - 1].order);
    return NULL;
}

/* Where no stop is taken at market, a stop loss has a limit beyond it; where one is, or nothing is said, it is as it was. */
static void a_stop_loss_with_a_limit(void **state)
{
    (void)state;
    static const struct {
        uint64_t orders;
        uint32_t slip_ppm;
        uint8_t side;
        int64_t stop, price;
        uint8_t type;
    } cases[] = {{1u << OC_ORDER_STOP_LIMIT, 10000, OC_SIDE_BUY, 9500, 9405, OC_ORDER_STOP_LIMIT},
                 {1u << OC_ORDER_STOP_LIMIT, 10000, OC_SIDE_SELL, 10500, 10605, OC_ORDER_STOP_LIMIT},
                 {1u << OC_ORDER_STOP_LIMIT | 1u << OC_ORDER_STOP, 10000, OC_SIDE_BUY, 9500, 0, OC_ORDER_STOP},
                 {1u << OC_ORDER_STOP_LIMIT, 0, OC_SIDE_BUY, 9500, 0, 0}, /* refused */
                 {0, 10000, OC_SIDE_BUY, 9500, 0, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t inst;
        struct fixture *f = fixture_new(COST_AVERAGE);
        struct oc_instrument info = instruments_get(engine_instruments(f->engine), f->inst)->info;
        info.present |= OC_INST_HAS_ORDERS;
        info.orders = cases[i].orders | 1u << OC_ORDER_LIMIT | 1u << OC_ORDER_MARKET;
        info.tifs = 1u << OC_TIF_GTC | 1u << OC_TIF_IOC;
        assert_int_equal(instruments_add(engine_instruments(f->engine), &info, &inst), OC_OK);
        engine_set_stop_slip(f->engine, f->account, cases[i].slip_ppm);
        struct oc_request request = fixture_order(f, cases[i].side, 10, 10000);
        request.bits |= OC_RQ_HAS_STOP_LOSS;
        request.stop_loss = cases[i].stop;
        const uint64_t entry = fixture_submit(f, request);
        fixture_trade(f, entry, cases[i].side, 10, 10000);
        const struct order *stop = stop_loss(f);
        assert_int_equal(stop ? stop->now.type : 0, cases[i].type);
        if (stop) {
            assert_int_equal(stop->now.price, cases[i].price);
            assert_int_equal(stop->now.stop_price, cases[i].stop);
            assert_int_equal((stop->now.bits & OC_RQ_HAS_PRICE) != 0, cases[i].price != 0);
        }
        fixture_free(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_stop_loss_with_a_limit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

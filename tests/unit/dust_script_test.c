/* dust_script_test.c: what a strategy reads of a position of which a fee took a part (ADR 0019). */
#include "support/strategy_kit.h"

static void fills(struct kit *kit, uint8_t side, int64_t qty, int64_t fee_e4)
{
    char id[32];
    snprintf(id, sizeof id, "d%u", ++kit->f->trades);
    struct oc_ev_fill fill = fixture_fill(kit->f, kit_sent(kit)->order, side, qty, 10000, id);
    fill.fee = (struct oc_dec){fee_e4, 4, 0};
    fill.fee_asset = kit->f->base;
    assert_int_equal(fixture_input(kit->f, &fill), OC_OK);
}

/* What reads as the position is what can be sold; then it is flat, and dust joins what is bought next. */
static void ACC_DUST_a_strategy_is_flat(void **state)
{
    (void)state;
    struct kit *kit = kit_new("function on_bar(m)\n"
                              "  local p = m.position\n"
                              "  log.info('%s %s %s %s', p.qty, p.side, p.dust, p.dust_cost)\n"
                              "  if p.qty == 0 then m:buy(1) else m:sell(p.qty) end\n"
                              "end");
    kit_close(kit, 10000);
    assert_true(kit_said(kit, "0.0 flat 0.0 0.0\n"));
    fills(kit, OC_SIDE_BUY, 1000, 4);
    kit_close(kit, 10000);
    assert_true(kit_said(kit, "0.999 long 0.0006 0.06\n"));
    assert_int_equal(kit_sent(kit)->qty, 999);
    fills(kit, OC_SIDE_SELL, 999, 0);
    kit_close(kit, 10000);
    assert_true(kit_said(kit, "0.0 flat 0.0006 0.06\n"));
    fills(kit, OC_SIDE_BUY, 1000, 4);
    kit_close(kit, 10000);
    assert_true(kit_said(kit, "1.0 long 0.0002 0.02\n"));
    assert_int_equal(kit_sent(kit)->qty, 1000);
    kit_free(kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ACC_DUST_a_strategy_is_flat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* said_alloc_test.c: each allocation on the way of what a venue says fails once: it is said, or an alarm, and when the venue has
 * said it again the books are those of an undisturbed run. */
#include "support/failing_heap.h"
#include "support/said_kit.h"

static void said_till_taken(struct fixture *f, void *event)
{
    oc_rc rc = fixture_input(f, event);
    if (rc < 0) {
        assert_true(heap.has_failed);
        assert_int_equal(rc, OC_E_NOMEM);
        rc = fixture_input(f, event);
    }
    assert_int_equal(rc, OC_OK);
}

/* What a venue says in one life; said again it is the same. */
static void story(struct fixture *f, uint64_t order)
{
    struct oc_ev_venue_answer accepted = said_answer(f, OC_EV_ACCEPTED, "V1");
    accepted.answer.order = order;
    said_till_taken(f, &accepted);
    struct oc_ev_order shown = said_order(f, "V1", OC_SHOWN_WORKING, 10, 6);
    shown.present |= OC_OF_CUM_VALUE;
    shown.order = order;
    shown.cum_value = (struct oc_dec){6 * 9900, 5, 0};
    said_till_taken(f, &shown);
    for (int i = 0; i < 6; i++) {
        char name[8];
        snprintf(name, sizeof name, "t%d", i);
        struct oc_ev_venue_fill fill = said_fill(f, "V1", OC_SIDE_BUY, 1, 9900, name);
        fill.fill.order = order;
        said_till_taken(f, &fill);
    }
    struct oc_ev_venue_fill stranger = said_fill(f, "X1", OC_SIDE_SELL, 3, 9950, "x1");
    said_till_taken(f, &stranger);
    for (int i = 0; i < 2; i++) {
        struct oc_ev_bust bust = {
            .head = {.size = sizeof bust, .type = OC_EV_BUST, .source = f->account, .inst = f->inst},
            .new_qty = i ? 0 : 2,
            .new_price = 9950,
            .trade_id_size = 2,
            .trade_id = "x1",
            .venue_order = id_of("X1"),
            .bust = id_of(i ? "b2" : "b1")};
        bust.trade_id[1] = i ? '9' : '1'; /* the second is of a fill that has not come */
        said_till_taken(f, &bust);
    }
    says_fetched(f);
}

static uint64_t scenario(uint32_t method, uint64_t fail_at)
{
    memset(&heap, 0, sizeof heap);
    struct fixture *f = fixture_new(method);
    const uint64_t order = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900)), before = heap.count;
    heap.fail_at = fail_at ? before + fail_at : 0;
    story(f, order);
    const uint64_t count = heap.count - before;
    story(f, order);
    assert_int_equal(held(f), 6 - 2);
    assert_int_equal(cash(f), CASH - 6 * 9900 + 2 * 9950);
    assert_int_equal(fixture_find(f, order)->filled, 6);
    assert_int_equal(open_buys(f), 4);
    fixture_free(f);
    assert_int_equal(heap.live, 0);
    return count;
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    for (uint32_t method = COST_AVERAGE; method <= COST_LIFO; method++) {
        const uint64_t count = scenario(method, 0);
        assert_true(count > 9);
        for (uint64_t n = 1; n <= count; n++) {
            (void)scenario(method, n);
            assert_true(heap.has_failed);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_allocation_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

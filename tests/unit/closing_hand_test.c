/* closing_hand_test.c: closing by hand is an intent that the host owns until flat, as a strategy's is (finding Q6). */
#include <outcry/instrument.h>

#include "engine/groups.h"
#include "support/engine_fixture.h"

/* What the person says: close. */
static oc_rc closes(struct fixture *f, uint32_t strategy, int64_t price)
{
    struct oc_request request = {.owner = OC_OWNER_CONSOLE,
                                 .account = f->account,
                                 .strategy = strategy,
                                 .type = price ? OC_ORDER_LIMIT : OC_ORDER_MARKET,
                                 .price = price,
                                 .tif = OC_TIF_GTC,
                                 .tag = "out",
                                 .bits = price ? OC_RQ_HAS_PRICE : 0u};
    struct engine_refusal refusal;
    request.head.inst = f->inst;
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    const oc_rc rc = engine_close(f->engine, &request, &refusal);
    fixture_end(f, true);
    return rc;
}

static uint64_t by_hand(struct fixture *f, uint8_t side, int64_t qty, int64_t price)
{
    struct oc_request request = fixture_order(f, side, qty, price);
    request.owner = OC_OWNER_CONSOLE;
    return fixture_submit(f, request);
}

static struct fixture *holding(int64_t qty)
{
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t order = by_hand(f, OC_SIDE_BUY, qty, 0);
    fixture_trade(f, order, OC_SIDE_BUY, qty, 10000);
    return f;
}

static const struct oc_request *last(const struct fixture *f) { return &f->sent[f->sent_count - 1]; }
static bool is_closing(const struct fixture *f) { return fixture_book(f) && fixture_book(f)->is_closing; }
static uint64_t alarms(const struct fixture *f) { return engine_stats(f->engine)->alarms; }

static void passes(struct fixture *f)
{
    f->now_ns += GROUPS_RETRY_NS;
    fixture_price(f, 10000);
}

static int cancels(struct fixture *f, enum engine_cancels which)
{
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    const int count = engine_cancel_all(f->engine, 0, 0, which);
    fixture_end(f, true);
    return count;
}

static void says_limits(struct fixture *f, const struct oc_instrument *info)
{
    struct oc_ev_instrument event = {.head = {.size = sizeof event, .type = OC_EV_INSTRUMENT, .source = f->account},
                                     .info = *info};
    assert_int_equal(fixture_input(f, &event), OC_OK);
}

static struct oc_instrument info_of(const struct fixture *f)
{
    return instruments_get(engine_instruments(f->engine), f->inst)->info;
}

/* It fills a little each time, and its rest ends: asked for until nothing is left. */
static void Q6_HAND_parts_and_rests_that_end(void **state)
{
    (void)state;
    const uint16_t ends[] = {OC_EV_CANCELED, OC_EV_EXPIRED};
    for (int i = 0; i < 2; i++) {
        struct fixture *f = holding(5000);
        assert_int_equal(closes(f, 0, 0), OC_OK);
        for (int64_t left = 5000; left > 0; left -= 1000) {
            assert_int_equal(last(f)->qty, left);
            assert_int_equal(last(f)->side, OC_SIDE_SELL);
            assert_int_equal(last(f)->role, OC_ROLE_CLOSE);
            assert_int_equal(last(f)->owner, left == 5000 ? OC_OWNER_CONSOLE : OC_OWNER_HOST);
            assert_string_equal(last(f)->tag, "out");
            assert_true(last(f)->bits & OC_RQ_REDUCE_ONLY);
            assert_true(is_closing(f));
            fixture_trade(f, last(f)->order, OC_SIDE_SELL, 1000, 10000);
            if (left > 1000)
                fixture_say(f, ends[i], last(f)->order);
            passes(f);
        }
        assert_int_equal(fixture_book(f)->position.qty, 0);
        assert_false(is_closing(f));
        assert_int_equal(alarms(f), 0);
        fixture_free(f);
    }
}

/* What is rejected is asked for again, and not for ever; what is not known to be is waited for. */
static void Q6_HAND_rejects(void **state)
{
    (void)state;
    struct fixture *f = holding(5000);
    assert_int_equal(closes(f, 0, 0), OC_OK);
    struct oc_ev_answer answer = fixture_answer(f, OC_EV_REJECTED, last(f)->order);
    answer.definitive = 0;
    fixture_input(f, &answer);
    const uint32_t count = f->sent_count;
    for (int i = 0; i < 20; i++)
        passes(f);
    assert_int_equal(f->sent_count, count); /* it may trade yet */
    assert_true(is_closing(f));
    fixture_trade(f, last(f)->order, OC_SIDE_SELL, 2000, 10000);
    fixture_say(f, OC_EV_CANCELED, last(f)->order);
    passes(f);
    assert_int_equal(last(f)->qty, 3000);
    const uint64_t before = alarms(f);
    for (int tries = 1; tries < 16; tries++) { /* the one that ended in part was the first */
        fixture_say(f, OC_EV_REJECTED, last(f)->order);
        assert_true(is_closing(f));
        passes(f);
        assert_int_equal(f->sent_count, count + 1 + (uint32_t)tries);
    }
    fixture_say(f, OC_EV_REJECTED, last(f)->order);
    assert_false(is_closing(f));
    assert_int_equal(alarms(f), before + 1);
    fixture_free(f);
}

/* An entry by hand of the same side is taken down, and what it fills before its cancel comes is closed as well. */
static void Q6_HAND_an_entry_that_is_open(void **state)
{
    (void)state;
    for (int is_held = 0; is_held < 2; is_held++) {
        struct fixture *f = is_held ? holding(5000) : fixture_new(COST_AVERAGE);
        const uint64_t entry = by_hand(f, OC_SIDE_BUY, 3000, 9900);
        assert_int_equal(closes(f, 0, 0), is_held ? OC_OK : OC_E_NOT_FOUND);
        assert_true(is_closing(f));
        assert_int_equal(fixture_find(f, entry)->state, STATE_PENDING_CANCEL);
        if (is_held)
            fixture_trade(f, last(f)->order, OC_SIDE_SELL, 5000, 10000);
        assert_true(is_closing(f)); /* the entry may trade yet */
        fixture_trade(f, entry, OC_SIDE_BUY, 1000, 9900);
        assert_int_equal(last(f)->qty, 1000);
        assert_int_equal(last(f)->side, OC_SIDE_SELL);
        fixture_say(f, OC_EV_CANCELED, entry);
        fixture_trade(f, last(f)->order, OC_SIDE_SELL, 1000, 10000);
        assert_false(is_closing(f));
        assert_int_equal(fixture_book(f)->position.qty, 0);
        fixture_free(f);
    }
}

/* What a strategy holds is not closed by hand, and its orders stay; nor are those of another hand taken back. */
static void Q6_HAND_what_others_hold_stays(void **state)
{
    (void)state;
    struct fixture *f = holding(5000);
    struct engine_client nobody = {0};
    uint32_t strategy;
    assert_int_equal(engine_add_client(f->engine, "s", &nobody, &strategy), OC_OK);
    struct oc_request ask = fixture_order(f, OC_SIDE_BUY, 2000, 0);
    ask.strategy = strategy;
    fixture_trade(f, fixture_submit(f, ask), OC_SIDE_BUY, 2000, 10000);
    ask = fixture_order(f, OC_SIDE_BUY, 1000, 9900);
    ask.strategy = strategy;
    const uint64_t theirs = fixture_submit(f, ask);
    ask = fixture_order(f, OC_SIDE_BUY, 1000, 9900);
    ask.owner = OC_OWNER_EXTERNAL;
    const uint64_t strange = fixture_submit(f, ask);
    assert_int_equal(closes(f, 0, 0), OC_OK);
    assert_int_equal(last(f)->qty, 5000);
    fixture_trade(f, last(f)->order, OC_SIDE_SELL, 5000, 10000);
    assert_false(is_closing(f));
    assert_int_equal(fixture_book(f)->position.qty, 2000);
    assert_int_equal(fixture_find(f, theirs)->state, STATE_SUBMITTED);
    assert_int_equal(fixture_find(f, strange)->state, STATE_SUBMITTED);
    fixture_free(f);
}

static void Q6_HAND_it_ends_by_who_asked_for_it(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct fixture *f = holding(5000);
        struct engine_refusal refusal;
        assert_int_equal(closes(f, 0, 0), OC_OK);
        const uint64_t order = last(f)->order;
        const uint32_t count = f->sent_count;
        if (i == 0) { /* asked for again: the same order */
            assert_int_equal(closes(f, 0, 0), OC_OK);
            assert_int_equal(f->sent_count, count);
        } else if (i == 1) {
            assert_int_not_equal(by_hand(f, OC_SIDE_BUY, 100, 0), 0);
        } else if (i == 2) {
            assert_int_equal(engine_begin(f->engine, 0), OC_OK);
            assert_int_equal(engine_cancel(f->engine, order, &refusal), OC_OK);
            fixture_end(f, true);
        } else { /* another: the first is taken back, and the second goes on */
            assert_int_equal(closes(f, 0, 10100), OC_OK);
            assert_int_equal(f->sent_count, count + 2);
        }
        assert_int_equal(is_closing(f), i == 0 || i == 3);
        fixture_free(f);
    }
}

/* Killed in the middle: a checkpoint or the records bring it back, and it goes on. */
static void Q6_HAND_it_survives_a_restart(void **state)
{
    (void)state;
    static char bytes[1 << 20];
    for (int by_records = 0; by_records < 2; by_records++) {
        struct fixture *f = fixture_new(COST_AVERAGE), *g = fixture_new(COST_AVERAGE);
        const uint64_t entry = by_hand(f, OC_SIDE_BUY, 5000, 9900);
        assert_int_equal(closes(f, 0, 0), OC_E_NOT_FOUND);
        if (by_records) {
            for (uint32_t i = 0; i < f->record_count; i++) {
                const struct oc_event *record = (const struct oc_event *)(const void *)f->records[i];
                if (record->type == OC_EV_REQUEST)
                    assert_int_equal(engine_restore(g->engine, record), OC_OK);
            }
        } else {
            const int64_t size = engine_save(f->engine, bytes, sizeof bytes);
            assert_true(size > 0);
            assert_int_equal(engine_load(g->engine, bytes, (size_t)size), OC_OK);
        }
        g->now_ns = f->now_ns;
        assert_true(is_closing(g));
        fixture_trade(g, entry, OC_SIDE_BUY, 2000, 9900);
        assert_int_equal(g->sent_count, 1);
        assert_int_equal(last(g)->qty, 2000);
        assert_int_equal(last(g)->role, OC_ROLE_CLOSE);
        fixture_say(g, OC_EV_CANCELED, entry);
        fixture_trade(g, last(g)->order, OC_SIDE_SELL, 2000, 9900);
        assert_false(is_closing(g));
        fixture_free(f);
        fixture_free(g);
    }
}

/* A kill takes back what would open something, and leaves what closes; taking all back ends it; flattening begins it. */
static void Q6_HAND_what_a_cancel_of_many_leaves(void **state)
{
    (void)state;
    struct fixture *f = holding(5000);
    assert_int_equal(closes(f, 0, 10100), OC_OK);
    const uint64_t out = last(f)->order, other = by_hand(f, OC_SIDE_SELL, 100, 10200);
    (void)other; /* it opens, as it does not only reduce: closing ends with it */
    assert_false(is_closing(f));
    assert_int_equal(closes(f, 0, 10100), OC_OK); /* the same order; what is open beside it goes */
    assert_int_equal(fixture_find(f, out)->state, STATE_SUBMITTED);
    engine_latch(f->engine, 0, "KILLED");
    assert_int_equal(cancels(f, CANCEL_NOT_CLOSING), 0);
    assert_int_equal(fixture_find(f, out)->state, STATE_SUBMITTED);
    fixture_trade(f, out, OC_SIDE_SELL, 1000, 10100);
    fixture_say(f, OC_EV_CANCELED, out);
    passes(f);
    assert_int_equal(last(f)->qty, 4000); /* it only reduces */
    assert_int_equal(cancels(f, CANCEL_NOT_PROTECTION), 1);
    assert_false(is_closing(f));
    fixture_free(f);
    f = fixture_new(COST_AVERAGE);
    const uint64_t entry = by_hand(f, OC_SIDE_BUY, 5000, 9900);
    assert_int_equal(cancels(f, CANCEL_TO_CLOSE), 1);
    assert_true(is_closing(f));
    fixture_trade(f, entry, OC_SIDE_BUY, 2000, 9900); /* before its cancel came */
    assert_int_equal(last(f)->qty, 2000);
    fixture_say(f, OC_EV_CANCELED, entry);
    fixture_trade(f, last(f)->order, OC_SIDE_SELL, 2000, 9900);
    assert_false(is_closing(f));
    fixture_free(f);
}

/* The venue's largest order is not all of it: the next one closes the rest. Its smallest is the end of it. */
static void Q6_HAND_the_venues_limits(void **state)
{
    (void)state;
    struct fixture *f = holding(5000);
    struct oc_instrument info = info_of(f);
    info.present = OC_INST_HAS_MAX_QTY | OC_INST_HAS_MIN_QTY;
    info.max_qty = 2000;
    info.min_qty = 1001;
    says_limits(f, &info);
    assert_int_equal(closes(f, 0, 0), OC_OK);
    assert_int_equal(last(f)->qty, 2000);
    fixture_trade(f, last(f)->order, OC_SIDE_SELL, 2000, 10000);
    assert_int_equal(last(f)->qty, 2000);
    assert_true(is_closing(f));
    fixture_trade(f, last(f)->order, OC_SIDE_SELL, 2000, 10000);
    assert_false(is_closing(f)); /* 1 is dust, and flat */
    assert_int_equal(fixture_book(f)->position.qty, 0);
    assert_int_equal(fixture_book(f)->position.spare, 1000);
    assert_int_equal(alarms(f), 0);
    fixture_free(f);
    f = holding(5000);
    info = info_of(f);
    info.present = OC_INST_HAS_MARKET_STEP;
    info.market_step = 1500;
    says_limits(f, &info);
    assert_int_equal(closes(f, 0, 0), OC_OK);
    assert_int_equal(last(f)->qty, 4500);
    fixture_trade(f, last(f)->order, OC_SIDE_SELL, 4500, 10000);
    assert_false(is_closing(f)); /* a limit could sell it */
    assert_int_equal(fixture_book(f)->position.qty, 500);
    assert_int_equal(alarms(f), 1);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(Q6_HAND_parts_and_rests_that_end),     cmocka_unit_test(Q6_HAND_rejects),
        cmocka_unit_test(Q6_HAND_an_entry_that_is_open),        cmocka_unit_test(Q6_HAND_what_others_hold_stays),
        cmocka_unit_test(Q6_HAND_it_ends_by_who_asked_for_it),  cmocka_unit_test(Q6_HAND_it_survives_a_restart),
        cmocka_unit_test(Q6_HAND_what_a_cancel_of_many_leaves), cmocka_unit_test(Q6_HAND_the_venues_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* said_save_test.c: what venues said of orders is in a checkpoint, and an engine that was loaded goes on like the one that was saved. */
#include "support/said_kit.h"

enum { SIZE_MAX_SAVED = 8 << 20 };

static char bytes[SIZE_MAX_SAVED], again[SIZE_MAX_SAVED];

static struct oc_ev_bust bust_of(const struct fixture *f, const char *venue_order, const char *trade, const char *id)
{
    struct oc_ev_bust bust = {.head = {.size = sizeof bust, .type = OC_EV_BUST, .source = f->account, .inst = f->inst},
                              .trade_id_size = (uint8_t)strlen(trade),
                              .bust = id_of(id),
                              .venue_order = id_of(venue_order)};
    memcpy(bust.trade_id, trade, bust.trade_id_size);
    return bust;
}

/* Names, sums with and without money, what was inferred, strangers, corrections that acted and that wait. */
static struct fixture *a_long_story(uint32_t method, struct fixture *twin)
{
    struct fixture *f = fixture_new(method);
    said_twin.engine = twin ? twin->engine : NULL;
    said_twin.records = f->record_count;
    const struct oc_id client = id_of("oc-1");
    const uint64_t order = said_accepted(f, OC_SIDE_BUY, 10, 9900, "V1");
    assert_int_equal(engine_name_order(f->engine, order, &client), OC_OK);
    if (twin) /* a request's record says it */
        assert_int_equal(engine_name_order(twin->engine, order, &client), OC_OK);
    for (int i = 0; i < ORDER_IDS_MAX - 1; i++) {
        char text[8];
        snprintf(text, sizeof text, "V1.%d", i);
        struct oc_ev_venue_answer said = said_answer(f, OC_EV_AMENDED, text);
        said.answer.order = order;
        says(f, &said);
    }
    struct oc_ev_order shown = said_order(f, "V1", OC_SHOWN_WORKING, 10, 4);
    shown.present |= OC_OF_CUM_VALUE;
    shown.cum_value = (struct oc_dec){4 * 9890 + 1, 5, 0};
    says(f, &shown);
    said_accepted(f, OC_SIDE_BUY, 10, 9900, "V2");
    struct oc_ev_venue_answer gone = said_answer(f, OC_EV_CANCELED, "V2");
    gone.present = OC_OF_CUM_QTY;
    gone.answer.cum_qty = 3;
    says(f, &gone);
    struct oc_ev_venue_fill fill = said_fill(f, "X1", OC_SIDE_SELL, 2, 9950, "x1");
    says(f, &fill);
    shown = said_order(f, "X2", OC_SHOWN_WORKING, 10, 3);
    shown.head.flags = OC_EVF_REPLAYED;
    says(f, &shown);
    struct oc_ev_bust bust = bust_of(f, "X1", "x1", "b1");
    bust.new_qty = 1;
    bust.new_price = 9950;
    says(f, &bust);
    bust = bust_of(f, "V1", "later", "b2");
    says(f, &bust);
    struct oc_ev_answer taken = fixture_answer(f, OC_EV_TAKEN, said_accepted(f, OC_SIDE_BUY, 1, 9900, "V3"));
    says(f, &taken);
    struct oc_request money = fixture_order(f, OC_SIDE_BUY, 0, 0); /* shown as filled, and a fill is missing */
    money.bits = OC_RQ_HAS_QUOTE_QTY;
    money.quote_qty = (struct oc_dec){1, 0, 0};
    fill = said_fill(f, "V9", OC_SIDE_BUY, 4, 9900, "m1");
    fill.fill.order = fixture_submit(f, money);
    says(f, &fill);
    shown = said_order(f, "V9", OC_SHOWN_FILLED, 0, 10);
    shown.present = OC_OF_CUM_QTY | OC_OF_FILLS_COME;
    says(f, &shown);
    said_twin.engine = NULL;
    return f;
}

static int64_t save(struct fixture *f, char *to)
{
    const int64_t size = engine_save(f->engine, to, SIZE_MAX_SAVED);
    assert_true(size > 0);
    return size;
}

/* What is said next comes to the same, and so on to the next checkpoint. */
static void goes_on_alike(struct fixture *f, struct fixture *loaded, bool is_loaded)
{
    struct fixture *both[2] = {f, loaded};
    loaded->seq = f->seq;
    for (int i = 0; i < 2; i++) {
        struct fixture *one = both[i];
        struct oc_ev_venue_fill fill = said_fill(one, "V1.3", OC_SIDE_BUY, 3, 9880, "t1");
        says(one, &fill);
        fill = said_fill(one, "V1", OC_SIDE_BUY, 2, 9880, "later"); /* taken back as it comes */
        says(one, &fill);
        fill = said_fill(one, "X1", OC_SIDE_SELL, 5, 9940, "x2");
        says(one, &fill);
        struct oc_ev_bust bust = bust_of(one, "X1", "x1", "b1");
        says(one, &bust); /* which has acted */
        bust = bust_of(one, "X1", "x1", "b3");
        says(one, &bust);
        struct oc_ev_venue_answer said = said_answer(one, OC_EV_AMENDED, "V1.new"); /* one too many */
        said.client = id_of("oc-1");
        says(one, &said);
        fill = said_fill(one, "X2", OC_SIDE_BUY, 3, 9900, "old"); /* of before we knew of it */
        fill.fill.head.flags = OC_EVF_REPLAYED;
        says(one, &fill);
        struct oc_ev_venue_answer gone = said_answer(one, OC_EV_CANCELED, "V2");
        gone.present = OC_OF_CUM_QTY;
        gone.answer.cum_qty = 3;
        struct out_note note;
        assert_int_equal(notes_of(one, &gone, NOTE_MISSING, &note), 0); /* its fills have been asked for */
        fixture_say(one, OC_EV_NOT_THERE, (uint64_t)3 << 40 | 3);
        says_fetched(one);
    }
    assert_int_equal(held(loaded), held(f));
    assert_int_equal(cash(loaded), cash(f));
    assert_int_equal(open_buys(loaded), open_buys(f));
    assert_int_equal(alarms_of(loaded), alarms_of(f));
    if (!is_loaded) /* which has counted its inputs otherwise */
        return;
    assert_int_equal(save(f, bytes), save(loaded, again));
    assert_memory_equal(bytes, again, (size_t)save(f, bytes));
}

static void a_loaded_engine_goes_on_like_the_saved_one(void **state)
{
    (void)state;
    for (uint32_t method = COST_AVERAGE; method <= COST_LIFO; method++) {
        struct fixture *f = a_long_story(method, NULL), *loaded = fixture_new(method);
        const int64_t size = save(f, bytes);
        assert_int_equal(engine_load(loaded->engine, bytes, (size_t)size), OC_OK);
        assert_int_equal(save(loaded, again), size);
        assert_memory_equal(bytes, again, (size_t)size);
        goes_on_alike(f, loaded, true);
        fixture_free(f);
        fixture_free(loaded);
    }
}

/* A restart from the records alone comes to the same, though its own orders are of another epoch. */
static void records_come_to_the_same(void **state)
{
    (void)state;
    for (uint32_t method = COST_AVERAGE; method <= COST_LIFO; method++) {
        struct fixture *twin = fixture_new(method), *f = a_long_story(method, twin);
        assert_int_equal(held(twin), held(f));
        assert_int_equal(cash(twin), cash(f));
        assert_int_equal(open_buys(twin), open_buys(f));
        assert_true(realised(twin) == realised(f));
        assert_int_equal(alarms_of(twin), alarms_of(f));
        assert_int_equal(orders_open_count(engine_orders(twin->engine)), orders_open_count(engine_orders(f->engine)));
        goes_on_alike(f, twin, false);
        fixture_free(f);
        fixture_free(twin);
    }
}

/* A checkpoint that was cut or changed is refused, or read as it stands: never more than that. */
static void damaged_ones_do_no_harm(void **state)
{
    (void)state;
    struct fixture *f = a_long_story(COST_FIFO, NULL);
    const int64_t size = save(f, bytes);
    for (int64_t cut = size - 1; cut > size - 6000 && cut > 0; cut -= 7) {
        struct fixture *loaded = fixture_new(COST_FIFO);
        assert_int_equal(engine_load(loaded->engine, bytes, (size_t)cut), OC_E_DATA);
        fixture_free(loaded);
    }
    uint64_t random = 5;
    for (int i = 0; i < 500; i++) {
        struct fixture *loaded = fixture_new(COST_FIFO);
        random = random * 6364136223846793005ull + 1442695040888963407ull;
        memcpy(again, bytes, (size_t)size);
        again[(uint64_t)size - 1 - (random >> 33) % 6000] ^= (char)(1 << (i % 8));
        (void)engine_load(loaded->engine, again, (size_t)size);
        fixture_free(loaded);
    }
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_loaded_engine_goes_on_like_the_saved_one),
        cmocka_unit_test(records_come_to_the_same),
        cmocka_unit_test(damaged_ones_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

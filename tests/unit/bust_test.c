/* bust_test.c: a fill that was said is taken back or corrected, exactly and once (findings D8). */
#include "support/said_kit.h"

static struct oc_ev_bust bust_of(const struct fixture *f, const char *trade, int64_t new_qty, int64_t new_price)
{
    struct oc_ev_bust bust = {.head = {.size = sizeof bust, .type = OC_EV_BUST, .source = f->account, .inst = f->inst},
                              .new_qty = new_qty,
                              .new_price = new_price,
                              .trade_id_size = (uint8_t)strlen(trade),
                              .venue_order = id_of("V1")};
    memcpy(bust.trade_id, trade, bust.trade_id_size);
    return bust;
}

static void fills(struct fixture *f, const char *venue_order, uint8_t side, int64_t qty, int64_t price, int64_t fee,
                  const char *trade)
{
    struct oc_ev_venue_fill fill = said_fill(f, venue_order, side, qty, price, trade);
    fill.fill.fee = (struct oc_dec){fee, 5, 0};
    says(f, &fill);
}

static oc_i128 money(int64_t units) { return units * num_pow10_128(MONEY_SCALE - 5); }

static const struct position *position(const struct fixture *f) { return &fixture_book(f)->position; }

static void D8_a_fill_is_taken_back_once(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t order = said_accepted(f, OC_SIDE_BUY, 10, 9900, "V1");
    fills(f, "V1", OC_SIDE_BUY, 4, 9890, 11, "t1");
    fills(f, "V1", OC_SIDE_BUY, 3, 9900, 5, "t2");
    struct oc_ev_bust bust = bust_of(f, "t1", 0, 0);
    struct out_note note = {0};
    bust.bust = id_of("b1");
    assert_int_equal(notes_of(f, &bust, NOTE_CORRECTED, &note), 1); /* back, and nothing for it */
    assert_true(note.order == order && note.qty_before == 7 && note.qty_after == 3);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(held(f), 3);
        assert_int_equal(cash(f), CASH - 3 * 9900 - 5);
        assert_true(position(f)->cost == money(3 * 9900));
        assert_true(position(f)->realised == 0);
        assert_true(position(f)->fees[0].paid == money(5));
        assert_int_equal(fixture_find(f, order)->filled, 3);
        assert_true(fixture_find(f, order)->filled_sum == 3 * 9900);
        assert_true(fixture_find(f, order)->fee == money(5));
        assert_int_equal(open_buys(f), 7);
        says(f, &bust); /* said twice, it acts once */
    }
    assert_int_equal(alarms_of(f), 0);
    fixture_free(f);
}

static void D8_without_an_id_of_its_own_the_fill_and_its_terms_are_one(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    said_accepted(f, OC_SIDE_BUY, 10, 9900, "V1");
    fills(f, "V1", OC_SIDE_BUY, 4, 9890, 0, "t1");
    struct oc_ev_bust bust = bust_of(f, "t1", 2, 9880);
    bust.new_fee = (struct oc_dec){3, 5, 0};
    says(f, &bust);
    says(f, &bust);
    assert_int_equal(held(f), 2);
    assert_int_equal(cash(f), CASH - 2 * 9880 - 3);
    bust.new_qty = 5; /* other terms: another correction, of the fill as it is now */
    says(f, &bust);
    assert_int_equal(held(f), 5);
    assert_int_equal(cash(f), CASH - 5 * 9880 - 3);
    assert_true(position(f)->cost == money(5 * 9880));
    assert_int_equal(alarms_of(f), 0);
    fixture_free(f);
}

static void D8_a_filled_order_stays_final_and_its_fill_goes(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t order = said_accepted(f, OC_SIDE_BUY, 10, 9900, "V1");
    fills(f, "V1", OC_SIDE_BUY, 10, 9900, 0, "t1");
    struct oc_ev_bust bust = bust_of(f, "t1", 0, 0);
    bust.venue_order.size = 0; /* by our own id */
    bust.order = order;
    says(f, &bust);
    assert_int_equal(held(f), 0);
    assert_int_equal(cash(f), CASH);
    assert_int_equal(fixture_find(f, order)->state, STATE_FILLED);
    assert_int_equal(open_buys(f), 0);
    assert_int_equal(alarms_of(f), 0);
    fixture_free(f);
}

/* Of what was closed since, the difference is realised: what is realised and what is held add up to the money. */
static void D8_behind_a_close_the_difference_is_realised(void **state)
{
    (void)state;
    for (uint32_t method = COST_AVERAGE; method <= COST_LIFO; method++) {
        struct fixture *f = fixture_new(method);
        said_accepted(f, OC_SIDE_BUY, 10, 10000, "V1");
        said_accepted(f, OC_SIDE_SELL, 10, 10100, "V2");
        fills(f, "V1", OC_SIDE_BUY, 10, 10000, 0, "t1");
        fills(f, "V2", OC_SIDE_SELL, 6, 10100, 0, "t2");
        assert_true(position(f)->realised == money(600));
        struct oc_ev_bust bust = bust_of(f, "t1", 10, 9990);
        says(f, &bust);
        assert_int_equal(held(f), 4);
        assert_int_equal(cash(f), CASH - 10 * 9990 + 6 * 10100);
        assert_true(position(f)->realised - position(f)->cost == position(f)->flow);
        assert_true(position(f)->flow == money(6 * 10100 - 10 * 9990));
        fixture_free(f);
    }
}

/* At the average what was closed took a part of each fill: it is not taken back as if that had not been. */
static void D8_behind_a_close_nothing_of_the_cost_is_left_over(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    said_accepted(f, OC_SIDE_BUY, 20, 10000, "V1");
    said_accepted(f, OC_SIDE_SELL, 10, 10100, "V2");
    fills(f, "V1", OC_SIDE_BUY, 10, 10000, 0, "b1");
    fills(f, "V1", OC_SIDE_BUY, 10, 11000, 0, "b2");
    fills(f, "V2", OC_SIDE_SELL, 10, 10100, 0, "s1");
    struct oc_ev_bust bust = bust_of(f, "b1", 0, 0);
    says(f, &bust);
    assert_int_equal(held(f), 0);
    assert_true(position(f)->cost == 0);
    assert_true(position(f)->realised == money(10 * 10100 - 10 * 11000));
    fixture_free(f);
}

/* A fill that closed is taken back: what it closed is there again at its cost, and nothing was realised. */
static void D8_a_close_that_is_taken_back_was_never(void **state)
{
    (void)state;
    for (uint32_t method = COST_AVERAGE; method <= COST_LIFO; method++) {
        struct fixture *f = fixture_new(method);
        said_accepted(f, OC_SIDE_BUY, 10, 10000, "V2");
        said_accepted(f, OC_SIDE_SELL, 10, 10100, "V1");
        fills(f, "V2", OC_SIDE_BUY, 3, 10000, 0, "b1");
        fills(f, "V2", OC_SIDE_BUY, 3, 9900, 0, "b2");
        fills(f, "V1", OC_SIDE_SELL, 4, 10100, 0, "s1");
        fills(f, "V2", OC_SIDE_BUY, 2, 9800, 0, "b3");
        struct oc_ev_bust bust = bust_of(f, "s1", 0, 0);
        says(f, &bust);
        assert_int_equal(held(f), 8);
        assert_true(position(f)->realised == 0);
        assert_true(position(f)->cost == money(3 * 10000 + 3 * 9900 + 2 * 9800));
        assert_int_equal(cash(f), CASH - 3 * 10000 - 3 * 9900 - 2 * 9800);
        fills(f, "V1", OC_SIDE_SELL, 8, 10100, 0, "s2"); /* all lots are there */
        assert_int_equal(held(f), 0);
        assert_true(position(f)->cost == 0);
        assert_true(position(f)->realised == money(8 * 10100 - 3 * 10000 - 3 * 9900 - 2 * 9800));
        fixture_free(f);
    }
}

/* First in, first out goes on as if the fill had been what it is now. */
static void D8_a_corrected_lot_keeps_its_place(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_FIFO);
    said_accepted(f, OC_SIDE_BUY, 10, 10000, "V1");
    said_accepted(f, OC_SIDE_SELL, 10, 10100, "V2");
    fills(f, "V1", OC_SIDE_BUY, 3, 10000, 0, "b1");
    fills(f, "V1", OC_SIDE_BUY, 3, 9900, 0, "b2");
    struct oc_ev_bust bust = bust_of(f, "b1", 2, 9950);
    says(f, &bust);
    fills(f, "V2", OC_SIDE_SELL, 2, 10100, 0, "s1");
    assert_true(position(f)->realised == money(2 * (10100 - 9950)));
    assert_true(position(f)->cost == money(3 * 9900));
    fixture_free(f);
}

static void D8_a_correction_that_comes_first_waits_for_its_fill(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    said_accepted(f, OC_SIDE_BUY, 10, 9900, "V1");
    struct oc_ev_bust bust = bust_of(f, "t1", 2, 9900);
    says(f, &bust);
    assert_int_equal(alarms_of(f), 1);
    says(f, &bust); /* again */
    assert_int_equal(alarms_of(f), 1);
    fills(f, "V1", OC_SIDE_BUY, 3, 9900, 0, "t0");
    assert_int_equal(held(f), 3);
    fills(f, "V1", OC_SIDE_BUY, 4, 9900, 0, "t1");
    assert_int_equal(held(f), 5);
    assert_int_equal(cash(f), CASH - 5 * 9900);
    fixture_free(f);
}

/* At the limit and one beyond: the oldest is forgotten, with an alarm. */
static void D8_so_many_wait_and_no_more(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    said_accepted(f, OC_SIDE_BUY, 1000, 9900, "V1");
    char trade[8];
    for (int i = 0; i <= BUSTS_WAITING_MAX; i++) {
        snprintf(trade, sizeof trade, "t%d", i);
        struct oc_ev_bust bust = bust_of(f, trade, 0, 0);
        says(f, &bust);
        assert_int_equal(alarms_of(f), i + 1 + (i == BUSTS_WAITING_MAX));
    }
    fills(f, "V1", OC_SIDE_BUY, 1, 9900, 0, "t0"); /* the oldest */
    assert_int_equal(held(f), 1);
    fills(f, "V1", OC_SIDE_BUY, 1, 9900, 0, "t1");
    assert_int_equal(held(f), 1);
    fixture_free(f);
}

static void corrects(struct fixture *f, int number, int64_t qty)
{
    char name[16];
    struct oc_ev_bust bust = bust_of(f, "t1", qty, 9900);
    snprintf(name, sizeof name, "b%d", number);
    bust.bust = id_of(name);
    says(f, &bust);
}

/* A correction is known by its own id while it is one of the last: one beyond, the oldest is news again, and then the next. */
static void D8_so_many_corrections_are_known(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    said_accepted(f, OC_SIDE_BUY, 100, 9900, "V1");
    fills(f, "V1", OC_SIDE_BUY, 4, 9900, 0, "t1");
    for (int i = 0; i < BUSTS_MAX; i++)
        corrects(f, i, 5 + i % 2);
    assert_int_equal(held(f), 6);
    corrects(f, 0, 9); /* all are known */
    corrects(f, BUSTS_MAX - 1, 9);
    assert_int_equal(held(f), 6);
    corrects(f, BUSTS_MAX, 7); /* in the place of the first */
    assert_int_equal(held(f), 7);
    for (int again = 0; again < 3; again++) {
        corrects(f, again + 1, 9);
        assert_int_equal(held(f), again ? 9 + again : 7); /* it was known */
        corrects(f, again, 10 + again);
        assert_int_equal(held(f), 10 + again);
    }
    corrects(f, BUSTS_MAX, 20);
    assert_int_equal(held(f), 12);
    assert_int_equal(alarms_of(f), 0);
    fixture_free(f);
}

/* Booked so long ago that it cannot be taken back: said, and nothing happens. */
static void D8_of_many_fills_the_last_can_be_taken_back(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    said_accepted(f, OC_SIDE_BUY, 2 * BOOKED_MAX, 9900, "V1");
    char trade[16];
    for (int i = 0; i <= BOOKED_MAX; i++) {
        snprintf(trade, sizeof trade, "t%d", i);
        fills(f, "V1", OC_SIDE_BUY, 1, 9900, 0, trade);
    }
    struct oc_ev_bust bust = bust_of(f, "t0", 0, 0);
    says(f, &bust);
    assert_int_equal(held(f), BOOKED_MAX + 1);
    assert_int_equal(alarms_of(f), 1);
    bust = bust_of(f, "t1", 0, 0);
    says(f, &bust);
    assert_int_equal(held(f), BOOKED_MAX);
    assert_int_equal(alarms_of(f), 1);
    fixture_free(f);
}

/* Sums that were said before were of the fill as it was: nothing is missing behind a correction. */
static void D8_sums_follow_a_correction(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t order = said_accepted(f, OC_SIDE_BUY, 10, 9900, "V1");
    struct oc_ev_venue_fill fill = said_fill(f, "V1", OC_SIDE_BUY, 4, 9900, "t1");
    fill.present = OC_FILL_CUM_QTY;
    fill.cum_qty = 4;
    says(f, &fill);
    struct oc_ev_bust bust = bust_of(f, "t1", 1, 9900);
    says(f, &bust);
    struct oc_ev_venue_answer canceled = said_answer(f, OC_EV_CANCELED, "V1");
    says(f, &canceled);
    assert_int_equal(fixture_find(f, order)->state, STATE_CANCELED);
    assert_int_equal(open_buys(f), 0);
    assert_int_equal(held(f), 1);
    assert_int_equal(alarms_of(f), 0);
    fixture_free(f);
}

/* ---- at random: as if the fills had been what they are in the end ---- */

static uint64_t next_random(uint64_t *random, uint64_t below)
{
    *random = *random * 6364136223846793005ull + 1442695040888963407ull;
    return (*random >> 33) % below;
}

enum { TRADES = 12 };

struct trade {
    int64_t qty, price, fee;
    uint8_t side;
};

static int64_t cash_of(const struct trade *trades)
{
    int64_t sum = CASH;
    for (int i = 0; i < TRADES; i++)
        sum += (trades[i].side == OC_SIDE_BUY ? -1 : 1) * trades[i].qty * trades[i].price - trades[i].fee;
    return sum;
}

static int64_t held_of(const struct trade *trades)
{
    int64_t sum = 0;
    for (int i = 0; i < TRADES; i++)
        sum += (trades[i].side == OC_SIDE_BUY ? 1 : -1) * trades[i].qty;
    return sum;
}

/* From now on the orders are of an instrument with margin: what moves is what is gained and paid. */
static void on_margin(struct fixture *f, uint16_t kind)
{
    struct oc_instrument info = {.size = sizeof info,
                                 .kind = kind,
                                 .status = OC_STATUS_TRADING,
                                 .price_step = {1, 2, 0},
                                 .qty_step = {1, 3, 0},
                                 .contract_size = {1, 0, 0},
                                 .base = f->base,
                                 .quote = f->quote,
                                 .settle = kind == OC_KIND_LINEAR ? f->quote : f->base,
                                 .venue = "test",
                                 .symbol = "BTC/USDT:PERP"};
    assert_int_equal(instruments_add(engine_instruments(f->engine), &info, &f->inst), OC_OK);
    fixture_price(f, 10000);
}

static void is_accepted(struct fixture *f, uint32_t strategy, uint8_t side, const char *name)
{
    struct oc_request ask = fixture_order(f, side, 1000, 9900);
    struct oc_ev_venue_answer said = said_answer(f, OC_EV_ACCEPTED, name);
    ask.strategy = strategy;
    said.answer.order = said.answer.request = fixture_submit(f, ask);
    assert_int_not_equal(said.answer.order, 0);
    says(f, &said);
}

/* One strategy trades alone: its book is that of the account. */
static void is_the_accounts(const struct fixture *f, uint32_t strategy)
{
    const struct book *own = portfolio_find(engine_portfolio(f->engine), f->account, strategy, f->inst);
    const struct position *a = position(f), *b = &own->position;
    assert_true(a->qty == b->qty && a->cost == b->cost && a->realised == b->realised && a->flow == b->flow);
    assert_true(a->fills == b->fills && a->closes == b->closes && a->trips == b->trips && a->wins == b->wins);
    assert_true(a->opened_ns == b->opened_ns && a->trip_start == b->trip_start);
    assert_true(a->fee_count == b->fee_count && a->fees[0].paid == b->fees[0].paid);
    assert_true(a->lot_count - a->lot_first == b->lot_count - b->lot_first);
}

static void one_history(uint64_t *random, uint16_t kind)
{
    struct fixture *f = fixture_new((uint32_t)next_random(random, 3));
    const struct engine_client client = {0};
    struct trade trades[TRADES];
    uint32_t strategy;
    if (kind != OC_KIND_SPOT)
        on_margin(f, kind);
    assert_int_equal(engine_add_client(f->engine, "s", &client, &strategy), OC_OK);
    is_accepted(f, strategy, OC_SIDE_BUY, "B");
    is_accepted(f, strategy, OC_SIDE_SELL, "S");
    for (int i = 0; i < 2 * TRADES; i++) {
        const int at = i < TRADES ? i : (int)next_random(random, TRADES);
        struct trade *trade = &trades[at];
        char name[8], id[8];
        snprintf(name, sizeof name, "t%d", at);
        snprintf(id, sizeof id, "b%d", i);
        const struct trade before = *trade;
        *trade = (struct trade){.qty = 1 + (int64_t)next_random(random, 9),
                                .price = 9800 + (int64_t)next_random(random, 200),
                                .fee = (int64_t)next_random(random, 50),
                                .side = next_random(random, 2) ? OC_SIDE_BUY : OC_SIDE_SELL};
        if (i < TRADES) {
            fills(f, trade->side == OC_SIDE_BUY ? "B" : "S", trade->side, trade->qty, trade->price, trade->fee, name);
            continue;
        }
        trade->side = before.side;
        if (next_random(random, 3) == 0)
            trade->qty = trade->fee = 0;
        struct oc_ev_bust bust = bust_of(f, name, trade->qty, trade->price);
        bust.venue_order = id_of(trade->side == OC_SIDE_BUY ? "B" : "S");
        bust.new_fee = (struct oc_dec){trade->fee, 5, 0};
        bust.bust = id_of(id);
        says(f, &bust);
        says(f, &bust);
    }
    assert_int_equal(held(f), held_of(trades));
    const struct position *p = position(f);
    const struct portfolio *portfolio = engine_portfolio(f->engine);
    const oc_i128 quote = portfolio_balance(portfolio, f->account, f->quote) - money(CASH),
                  base = portfolio_balance(portfolio, f->account, f->base), fees = p->fees[0].paid;
    if (kind == OC_KIND_SPOT)
        assert_int_equal(cash(f), cash_of(trades));
    else if (kind == OC_KIND_LINEAR)
        assert_true(quote == p->realised - fees && base == 0);
    else
        assert_true(quote == -fees && base == p->realised);
    if (kind != OC_KIND_INVERSE)
        assert_true(p->realised - p->cost == p->flow); /* to the last unit, whatever was closed when */
    is_the_accounts(f, strategy);
    assert_int_equal(alarms_of(f), 0);
    int64_t lots = 0;
    oc_i128 cost = 0;
    for (uint32_t i = p->lot_first; i < p->lot_count; i++) {
        lots += p->lots[i].qty;
        cost += p->lots[i].cost;
    }
    assert_true(p->method == COST_AVERAGE || (lots == p->qty && cost == p->cost));
    fixture_free(f);
}

static void D8_whatever_is_corrected_the_books_add_up(void **state)
{
    (void)state;
    uint64_t random = 11;
    for (int round = 0; round < 2000; round++)
        one_history(&random, OC_KIND_SPOT);
    for (int round = 0; round < 300; round++)
        one_history(&random, round % 2 ? OC_KIND_LINEAR : OC_KIND_INVERSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(D8_a_fill_is_taken_back_once),
        cmocka_unit_test(D8_without_an_id_of_its_own_the_fill_and_its_terms_are_one),
        cmocka_unit_test(D8_a_filled_order_stays_final_and_its_fill_goes),
        cmocka_unit_test(D8_behind_a_close_the_difference_is_realised),
        cmocka_unit_test(D8_behind_a_close_nothing_of_the_cost_is_left_over),
        cmocka_unit_test(D8_a_close_that_is_taken_back_was_never),
        cmocka_unit_test(D8_a_corrected_lot_keeps_its_place),
        cmocka_unit_test(D8_a_correction_that_comes_first_waits_for_its_fill),
        cmocka_unit_test(D8_so_many_wait_and_no_more),
        cmocka_unit_test(D8_so_many_corrections_are_known),
        cmocka_unit_test(D8_of_many_fills_the_last_can_be_taken_back),
        cmocka_unit_test(D8_sums_follow_a_correction),
        cmocka_unit_test(D8_whatever_is_corrected_the_books_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

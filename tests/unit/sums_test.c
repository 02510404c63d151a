/* sums_test.c: what a venue's sums say beyond its fills is counted, asked for, and booked once (findings D3). */
#include "support/said_kit.h"

static struct oc_ev_order shown_sum(const struct fixture *f, int64_t cum, int64_t value)
{
    struct oc_ev_order shown = said_order(f, "V1", OC_SHOWN_WORKING, 10, cum);
    if (value) {
        shown.present |= OC_OF_CUM_VALUE;
        shown.cum_value = (struct oc_dec){value, 5, 0};
    }
    return shown;
}

static void D3_what_a_cancel_says_has_traded_is_counted_asked_for_and_alarmed(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t order = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
    struct out_note note = {0};
    fixture_say(f, OC_EV_ACCEPTED, order);
    fixture_trade(f, order, OC_SIDE_BUY, 2, 9900);
    struct oc_ev_answer canceled = fixture_answer(f, OC_EV_CANCELED, order);
    canceled.cum_qty = 7;
    assert_int_equal(notes_of(f, &canceled, NOTE_MISSING, &note), 1);
    assert_true(note.order == order && note.inst == f->inst && note.source == f->account);
    assert_int_equal(fixture_find(f, order)->state, STATE_CANCELED);
    assert_int_equal(held(f), 2);
    assert_int_equal(open_buys(f), 5);
    assert_int_equal(alarms_of(f), 1);
    assert_int_equal(notes_of(f, &canceled, NOTE_MISSING, &note), 0); /* once */
    assert_int_equal(alarms_of(f), 1);
    fixture_trade(f, order, OC_SIDE_BUY, 3, 9900); /* told of before: no surprise behind the end */
    assert_int_equal(open_buys(f), 2);
    fixture_trade(f, order, OC_SIDE_BUY, 2, 9900);
    assert_int_equal(open_buys(f), 0);
    assert_int_equal(held(f), 7);
    assert_int_equal(alarms_of(f), 1);
    fixture_trade(f, order, OC_SIDE_BUY, 1, 9900); /* this one is */
    assert_int_equal(alarms_of(f), 2);
    fixture_free(f);
}

/* What has traded and is not booked is still to be paid. */
static void D3_what_is_missing_stays_reserved(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    portfolio_account(engine_portfolio(f->engine), f->account)->terms = (struct account_terms){.has_funds = true};
    const uint64_t order = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
    struct oc_ev_answer canceled = fixture_answer(f, OC_EV_CANCELED, order);
    canceled.cum_qty = 4;
    says(f, &canceled);
    const oc_i128 reserved = portfolio_reserved(engine_portfolio(f->engine), f->account, f->quote);
    assert_true(reserved == 4 * 9900 * num_pow10_128(MONEY_SCALE - 5));
    fixture_trade(f, order, OC_SIDE_BUY, 4, 9900);
    assert_true(portfolio_reserved(engine_portfolio(f->engine), f->account, f->quote) == 0);
    fixture_free(f);
}

static void D3_sums_with_money_are_booked_where_no_fills_come(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t order = said_accepted(f, OC_SIDE_BUY, 10, 9900, "V1");
    struct out_note note = {0};
    struct oc_ev_order shown = shown_sum(f, 4, 4 * 9890 + 1); /* an average off the grid */
    assert_int_equal(notes_of(f, &shown, NOTE_FILL, &note), 1);
    assert_int_equal(held(f), 4);
    assert_int_equal(cash(f), CASH - 4 * 9890 - 1);
    assert_true(fixture_book(f)->position.cost == (4 * 9890 + 1) * num_pow10_128(MONEY_SCALE - 5));
    assert_int_equal(fixture_find(f, order)->filled, 4);
    assert_true(fixture_find(f, order)->filled_sum == 4 * 9890 + 1);
    assert_int_equal(fixture_find(f, order)->state, STATE_PARTIALLY_FILLED);
    assert_int_equal(open_buys(f), 6);
    says(f, &shown); /* the same again */
    assert_int_equal(held(f), 4);
    struct oc_ev_venue_fill fill = said_fill(f, "V1", OC_SIDE_BUY, 3, 9880, "t1"); /* a part of it, after all */
    says(f, &fill);
    assert_int_equal(held(f), 4);
    says(f, &fill);
    assert_int_equal(held(f), 4);
    shown = shown_sum(f, 10, 10 * 9885);
    shown.state = OC_SHOWN_FILLED;
    says(f, &shown);
    assert_int_equal(held(f), 10);
    assert_int_equal(cash(f), CASH - 10 * 9885);
    assert_int_equal(fixture_find(f, order)->state, STATE_FILLED);
    assert_int_equal(open_buys(f), 0);
    assert_int_equal(alarms_of(f), 0);
    fixture_free(f);
}

/* Two fills that stand in the place of an inferred one are two fills, not three. */
static void what_was_inferred_is_no_fill_once_the_fills_are_told(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct out_note note = {0};
    const uint64_t order = said_accepted(f, OC_SIDE_BUY, 10, 9900, "V1");
    struct oc_ev_order shown = shown_sum(f, 4, 4 * 9890);
    says(f, &shown);
    assert_int_equal(engine_stats(f->engine)->fills, 1);
    struct oc_ev_venue_fill fill = said_fill(f, "V1", OC_SIDE_BUY, 3, 9890, "t1");
    assert_int_equal(notes_of(f, &fill, NOTE_REPLACED, &note), 0); /* one unit of it still stands for nothing told */
    assert_int_equal(engine_stats(f->engine)->fills, 2);
    fill = said_fill(f, "V1", OC_SIDE_BUY, 1, 9890, "t2");
    assert_int_equal(notes_of(f, &fill, NOTE_REPLACED, &note), 1);
    assert_int_equal(engine_stats(f->engine)->fills, 2);
    assert_true(note.order == order && note.inst == f->inst);
    fill = said_fill(f, "V1", OC_SIDE_BUY, 1, 9890, "t3");
    assert_int_equal(notes_of(f, &fill, NOTE_REPLACED, &note), 0);
    assert_int_equal(engine_stats(f->engine)->fills, 3);
    assert_int_equal(held(f), 5);
    fixture_free(f);
}

/* A sum beyond what was asked for counts in full; and what was inferred and replaced excuses no further fill. */
static void D3_sums_beyond_the_order_count_and_replaced_ones_excuse_nothing(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    said_accepted(f, OC_SIDE_BUY, 10, 9900, "V1");
    struct oc_ev_venue_answer said = said_answer(f, OC_EV_ACCEPTED, "V1");
    said.present = OC_OF_CUM_QTY;
    said.answer.cum_qty = 14;
    says(f, &said);
    assert_int_equal(open_buys(f), 14);
    fixture_free(f);
    f = fixture_new(COST_AVERAGE);
    said_accepted(f, OC_SIDE_BUY, 10, 9900, "V1");
    struct oc_ev_order shown = shown_sum(f, 2, 2 * 9900);
    says(f, &shown);
    shown.state = OC_SHOWN_CANCELED;
    says(f, &shown);
    struct oc_ev_venue_fill fill = said_fill(f, "V1", OC_SIDE_BUY, 2, 9900, "t1");
    says(f, &fill); /* which the sum had told of */
    assert_int_equal(alarms_of(f), 0);
    fill = said_fill(f, "V1", OC_SIDE_BUY, 1, 9900, "t2");
    says(f, &fill); /* which nothing had */
    assert_int_equal(alarms_of(f), 1);
    assert_int_equal(held(f), 3);
    fixture_free(f);
}

static void D3_fees_of_sums_are_booked_and_replaced(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    said_accepted(f, OC_SIDE_BUY, 10, 9900, "V1");
    struct oc_ev_order shown = shown_sum(f, 4, 4 * 9900);
    shown.present |= OC_OF_CUM_FEE;
    shown.cum_fee = (struct oc_dec){40, 5, 0};
    shown.fee_asset = f->quote;
    says(f, &shown);
    assert_int_equal(cash(f), CASH - 4 * 9900 - 40);
    struct oc_ev_venue_fill fill = said_fill(f, "V1", OC_SIDE_BUY, 1, 9900, "t1");
    fill.fill.fee = (struct oc_dec){7, 5, 0};
    says(f, &fill);
    assert_int_equal(cash(f), CASH - 4 * 9900 - 30 - 7);
    assert_true(fixture_book(f)->position.fees[0].paid == 37 * num_pow10_128(MONEY_SCALE - 5));
    fixture_free(f);
}

static void D3_what_no_fetch_brings_is_booked_when_it_has_ended(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t order = said_accepted(f, OC_SIDE_BUY, 10, 9900, "V1");
    struct oc_ev_order shown = shown_sum(f, 6, 6 * 9870);
    shown.present |= OC_OF_FILLS_COME;
    shown.updated_ns = 500;
    says(f, &shown);
    assert_int_equal(held(f), 0);
    assert_int_equal(open_buys(f), 10);
    assert_int_equal(alarms_of(f), 1);
    struct oc_ev_venue_fill fill = said_fill(f, "V1", OC_SIDE_BUY, 2, 9860, "t1");
    says(f, &fill);
    struct oc_ev_fetched fetched = {.head = {.size = sizeof fetched, .type = OC_EV_FETCHED, .source = f->account},
                                    .kind = OC_FETCH_ORDERS};
    says(f, &fetched); /* of something else */
    fetched.kind = OC_FETCH_FILLS;
    fetched.more = 1;
    says(f, &fetched); /* not the last page */
    fetched.more = 0;
    fetched.rc = OC_E_DENIED;
    says(f, &fetched); /* it failed */
    fetched.rc = OC_OK;
    fetched.as_of_ns = 499;
    says(f, &fetched); /* it was before that */
    fetched.as_of_ns = 0;
    fetched.head.source = f->account + 1;
    says(f, &fetched); /* of another account */
    assert_int_equal(held(f), 2);
    says_fetched(f);
    assert_int_equal(held(f), 6);
    assert_int_equal(cash(f), CASH - 6 * 9870);
    assert_int_equal(fixture_find(f, order)->filled, 6);
    assert_int_equal(alarms_of(f), 1);
    fixture_free(f);
}

/* Open ones and ended ones, however many. */
static void D3_all_that_a_fetch_did_not_bring_is_booked(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    uint64_t orders[4];
    for (int i = 0; i < 4; i++) {
        const char name[] = {'V', (char)('1' + i), 0};
        orders[i] = said_accepted(f, OC_SIDE_BUY, 10, 9900, name);
        struct oc_ev_order shown = shown_sum(f, 1 + i, (1 + i) * 9870);
        shown.venue_order = id_of(name);
        shown.present |= OC_OF_FILLS_COME;
        shown.state = i % 2 ? OC_SHOWN_CANCELED : OC_SHOWN_WORKING;
        says(f, &shown);
    }
    assert_int_equal(held(f), 0);
    says_fetched(f);
    for (int i = 0; i < 4; i++)
        assert_int_equal(fixture_find(f, orders[i])->filled, 1 + i);
    assert_int_equal(held(f), 10);
    assert_int_equal(cash(f), CASH - 10 * 9870);
    assert_int_equal(open_buys(f), 9 + 7);
    fixture_free(f);
}

static void D3_without_money_it_is_booked_at_the_price_of_the_order_and_alarmed(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t order = said_accepted(f, OC_SIDE_BUY, 10, 9900, "V1");
    struct oc_ev_answer canceled = fixture_answer(f, OC_EV_CANCELED, order);
    canceled.cum_qty = 10;
    says(f, &canceled);
    assert_int_equal(alarms_of(f), 1);
    says_fetched(f);
    assert_int_equal(alarms_of(f), 2);
    assert_int_equal(held(f), 10);
    assert_int_equal(cash(f), CASH - 10 * 9900);
    assert_int_equal(fixture_find(f, order)->state, STATE_FILLED);
    assert_int_equal(open_buys(f), 0);
    fixture_free(f);
}

/* A strategy and a rule hear of what is inferred as of a fill, marked as such. */
static uint32_t heard_inferred;

static oc_rc hear(void *self, const struct order *order, const struct oc_event *event)
{
    (void)self;
    if (event->type == OC_EV_FILL && (event->flags & OC_EVF_INFERRED)) {
        heard_inferred++;
        assert_true(((const struct oc_ev_fill *)(const void *)event)->order == order->now.order);
        assert_int_equal(((const struct oc_ev_fill *)(const void *)event)->qty, 4);
        assert_int_equal(((const struct oc_ev_fill *)(const void *)event)->price, 9890);
    }
    return OC_OK;
}

static void D3_strategies_hear_of_what_is_inferred(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const struct engine_client client = {.order = hear};
    uint32_t strategy;
    assert_int_equal(engine_add_client(f->engine, "s", &client, &strategy), OC_OK);
    struct oc_request ask = fixture_order(f, OC_SIDE_BUY, 10, 9900);
    ask.strategy = strategy;
    const uint64_t order = fixture_submit(f, ask);
    struct oc_ev_venue_answer accepted = said_answer(f, OC_EV_ACCEPTED, "V1");
    accepted.answer.order = order;
    says(f, &accepted);
    struct oc_ev_order shown = shown_sum(f, 4, 4 * 9890);
    heard_inferred = 0;
    says(f, &shown);
    assert_int_equal(heard_inferred, 1);
    const struct book *own = portfolio_find(engine_portfolio(f->engine), f->account, strategy, f->inst);
    assert_int_equal(own->position.qty, 4);
    fixture_free(f);
}

/* ---- whatever the order and duplication ---- */

enum { FILLS = 4, WHAT_MAX = 40 };
static const int64_t fill_qty[FILLS] = {1, 2, 3, 4}, fill_price[FILLS] = {9900, 9890, 9880, 9870};

static uint64_t next_random(uint64_t *random, uint64_t below)
{
    *random = *random * 6364136223846793005ull + 1442695040888963407ull;
    return (*random >> 33) % below;
}

struct run {
    struct fixture *f;
    uint64_t order;
    bool fills_come;
    bool has_value;
    int64_t largest; /* of what was said */
    int64_t seen;    /* bits: fills */
};

static int64_t sum_to(int count)
{
    int64_t sum = 0;
    for (int i = 0; i < count; i++)
        sum += fill_qty[i];
    return sum;
}

static int64_t value_to(int count)
{
    int64_t value = 0;
    for (int i = 0; i < count; i++)
        value += fill_qty[i] * fill_price[i];
    return value;
}

static int64_t distinct(const struct run *run)
{
    int64_t sum = 0;
    for (int i = 0; i < FILLS; i++)
        sum += run->seen >> i & 1 ? fill_qty[i] : 0;
    return sum;
}

static void say_sum(struct run *run, int count)
{
    struct oc_ev_venue_answer said = said_answer(run->f, OC_EV_ACCEPTED, "V1");
    struct oc_ev_order shown = shown_sum(run->f, sum_to(count), run->has_value ? value_to(count) : 0);
    if (run->fills_come)
        shown.present |= OC_OF_FILLS_COME;
    said.present = OC_OF_CUM_QTY;
    said.answer.cum_qty = sum_to(count);
    says(run->f, &shown); /* one that is behind is passed over, with an alarm */
    if (count % 2)
        says(run->f, &said);
    if (sum_to(count) > run->largest)
        run->largest = sum_to(count);
}

static void say_fill(struct run *run, int i, bool has_sum)
{
    char name[8];
    snprintf(name, sizeof name, "t%d", i);
    struct oc_ev_venue_fill fill = said_fill(run->f, "V1", OC_SIDE_BUY, fill_qty[i], fill_price[i], name);
    if (has_sum) {
        fill.present = OC_FILL_CUM_QTY;
        fill.cum_qty = sum_to(i + 1);
        if (fill.cum_qty > run->largest)
            run->largest = fill.cum_qty;
    }
    says(run->f, &fill);
    run->seen |= 1 << i;
}

/* What counts is never less than what is known to have traded. */
static void is_counted(const struct run *run)
{
    const struct order *order = fixture_find(run->f, run->order);
    const int64_t known = distinct(run) > run->largest ? distinct(run) : run->largest;
    assert_true(held(run->f) + open_buys(run->f) >= known);
    assert_true(held(run->f) <= known);
    assert_int_equal(held(run->f), order->filled);
    assert_true(held(run->f) >= distinct(run));
}

static void one_run(uint64_t *random, bool is_whole)
{
    struct run run = {.f = fixture_new((uint32_t)next_random(random, 3)),
                      .fills_come = next_random(random, 2),
                      .has_value = next_random(random, 4) != 0};
    int what[WHAT_MAX], count = 0;
    run.order = said_accepted(run.f, OC_SIDE_BUY, 10, 9900, "V1");
    const int fills = is_whole ? FILLS : (int)next_random(random, FILLS + 1), ends = (int)next_random(random, 2);
    for (int copies = 1 + (int)next_random(random, 2); copies > 0; copies--) {
        for (int i = 0; i < fills; i++)
            what[count++] = next_random(random, 3) ? i : 100 + i; /* some with their sum */
        for (int i = 1; i <= FILLS; i++)
            if (next_random(random, 2))
                what[count++] = 200 + i;
        if (ends)
            what[count++] = 300;
    }
    for (int i = count - 1; i > 0; i--) {
        const int k = (int)next_random(random, (uint64_t)i + 1), swap = what[i];
        what[i] = what[k];
        what[k] = swap;
    }
    for (int i = 0; i < count; i++) {
        if (what[i] < 200)
            say_fill(&run, what[i] % 100, what[i] >= 100);
        else if (what[i] < 300)
            say_sum(&run, what[i] - 200);
        else
            fixture_say(run.f, OC_EV_CANCELED, run.order);
        is_counted(&run);
    }
    says_fetched(run.f);
    is_counted(&run);
    const int64_t fills_say = distinct(&run), booked = fills_say > run.largest ? fills_say : run.largest;
    assert_int_equal(held(run.f), booked); /* distinct fills where they reach the largest sum, else the sums */
    if (ends || booked == 10)
        assert_int_equal(open_buys(run.f), 0);
    if (is_whole) { /* to the last unit of money, however it came to that */
        assert_int_equal(cash(run.f), CASH - value_to(FILLS));
        assert_true(fixture_book(run.f)->position.cost == value_to(FILLS) * num_pow10_128(MONEY_SCALE - 5));
        assert_int_equal(fixture_find(run.f, run.order)->state, STATE_FILLED);
    }
    fixture_free(run.f);
}

static void booked_are_the_fills_or_the_sums_whatever_the_order(void **state)
{
    (void)state;
    uint64_t random = 7;
    for (int round = 0; round < 3000; round++)
        one_run(&random, round % 2);
}

/* Those of which fills are missing are kept longer than others, and not without end: what a checkpoint has room for. */
static void orders_that_miss_fills_are_kept_up_to_a_bound(void **state)
{
    (void)state;
    enum { BOUND = 2 * ENGINE_ORDERS_CLOSED_KEPT };
    struct fixture *f = fixture_new(COST_AVERAGE);
    const struct orders *orders = engine_orders(f->engine);
    uint64_t first = 0;
    for (int i = 0; i < BOUND + 20; i++) {
        const uint64_t order = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
        first = first ? first : order;
        struct oc_ev_answer canceled = fixture_answer(f, OC_EV_CANCELED, order);
        canceled.cum_qty = 1;
        says(f, &canceled);
        assert_int_equal(orders_closed_count(orders), i < BOUND ? i + 1 : BOUND);
        if (i == BOUND - 1)
            assert_non_null(fixture_find(f, first));
    }
    fixture_free(f);
}

/* The question is a record among what the input came to, is sent to the venue, and is asked once a sum. */
static void missing_fills_are_asked_of_the_venue(void **state)
{
    (void)state;
    for (int asks = 0; asks < 2; asks++) {
        struct fixture *f = fixture_new(COST_AVERAGE);
        engine_set_asks_fills(f->engine, f->account, asks);
        const uint64_t order = said_accepted(f, OC_SIDE_BUY, 10, 9900, "V1");
        struct oc_ev_venue_answer said = said_answer(f, OC_EV_CANCELED, "V1");
        said.answer.cum_qty = 7;
        said.present = OC_OF_CUM_QTY;
        says(f, &said);
        says(f, &said);
        assert_int_equal(f->sent_count, asks ? 2 : 1);
        const struct oc_request *question = &f->sent[f->sent_count - 1];
        if (asks) {
            assert_true(question->kind == OC_REQUEST_FILLS && question->order == order && question->id >> 63);
            assert_true(question->account == f->account && question->head.inst == f->inst);
            assert_true(question->owner == OC_OWNER_HOST && question->head.seq > 0);
        }
        assert_int_equal(open_buys(f), 7); /* counted, though the order has ended */
        struct fixture *again = fixture_new(COST_AVERAGE);
        engine_set_asks_fills(again->engine, again->account, asks);
        for (uint32_t i = 0; i < f->record_count; i++) {
            struct oc_event *record = (struct oc_event *)(void *)f->records[i];
            if (record->type == OC_EV_REQUEST)
                assert_int_equal(engine_restore(again->engine, record), OC_OK);
        }
        assert_int_equal(engine_stats(again->engine)->requests, 1); /* a question is none */
        assert_int_equal(engine_stats(f->engine)->requests, 1);
        fixture_free(again);
        fixture_free(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(D3_what_a_cancel_says_has_traded_is_counted_asked_for_and_alarmed),
        cmocka_unit_test(D3_what_is_missing_stays_reserved),
        cmocka_unit_test(D3_sums_with_money_are_booked_where_no_fills_come),
        cmocka_unit_test(what_was_inferred_is_no_fill_once_the_fills_are_told),
        cmocka_unit_test(D3_sums_beyond_the_order_count_and_replaced_ones_excuse_nothing),
        cmocka_unit_test(D3_fees_of_sums_are_booked_and_replaced),
        cmocka_unit_test(D3_what_no_fetch_brings_is_booked_when_it_has_ended),
        cmocka_unit_test(D3_all_that_a_fetch_did_not_bring_is_booked),
        cmocka_unit_test(D3_without_money_it_is_booked_at_the_price_of_the_order_and_alarmed),
        cmocka_unit_test(D3_strategies_hear_of_what_is_inferred),
        cmocka_unit_test(booked_are_the_fills_or_the_sums_whatever_the_order),
        cmocka_unit_test(missing_fills_are_asked_of_the_venue),
        cmocka_unit_test(orders_that_miss_fills_are_kept_up_to_a_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

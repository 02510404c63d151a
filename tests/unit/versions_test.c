/* versions_test.c: instruments that arrive, change their terms and their steps; events that name an older version (D2, D9). */
#include "support/engine_kit.h"
#include "support/said_kit.h"

#include "engine/dust.h"
#include "session/border.h"

#include <outcry/instrument.h>

static struct oc_ev_instrument instrument_of(const struct fixture *f, const char *symbol)
{
    struct oc_ev_instrument event = {.head = {.size = sizeof event, .type = OC_EV_INSTRUMENT, .source = f->account},
                                     .info = {.size = sizeof event.info,
                                              .kind = OC_KIND_SPOT,
                                              .status = OC_STATUS_TRADING,
                                              .base = f->base,
                                              .quote = f->quote,
                                              .settle = f->quote,
                                              .price_step = {1, 2, 0},
                                              .qty_step = {1, 3, 0},
                                              .contract_size = {1, 0, 0},
                                              .venue = "test"}};
    snprintf(event.info.symbol, sizeof event.info.symbol, "%s", symbol);
    return event;
}

/* The fixture's own, with other steps. */
static void says_steps(struct fixture *f, struct oc_dec price, struct oc_dec qty)
{
    struct oc_ev_instrument event = instrument_of(f, "BTC/USDT");
    event.info.price_step = price;
    event.info.qty_step = qty;
    twin_hears(f, NULL);
    assert_int_equal(fixture_input(f, &event), OC_OK);
    twin_hears(f, &event.head);
}

static uint32_t now_is(const struct fixture *f)
{
    return instruments_get(engine_instruments(f->engine), f->inst)->info.inst;
}

static oc_i128 cash_of(const struct fixture *f)
{
    return portfolio_balance(engine_portfolio(f->engine), f->account, f->quote);
}

static oc_i128 coins(const struct fixture *f)
{
    return portfolio_balance(engine_portfolio(f->engine), f->account, f->base);
}

static oc_i128 money(int64_t units, int scale) { return units * num_pow10_128(MONEY_SCALE - scale); }

/* D2: the tick 0.01 becomes 0.1; a fill that names version 1 at 99.00 costs what it cost. */
static void D2_an_old_fill_is_read_with_its_steps(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t id = said_accepted(f, OC_SIDE_BUY, 1000, 9900, "v1");
    const oc_i128 before = cash_of(f);
    says_steps(f, (struct oc_dec){1, 1, 0}, (struct oc_dec){1, 3, 0});
    assert_int_equal(now_is(f), OC_INST(1, 2));
    const struct order *order = fixture_find(f, id);
    assert_int_equal(order->now.price, 990);
    assert_int_equal(order->now.qty, 1000);
    assert_int_equal(order->now.head.inst, OC_INST(1, 2));
    assert_int_equal(order->exposure, 1000);
    assert_int_equal(fixture_book(f)->open_buy, 1000);
    assert_int_equal(markets_get(engine_markets(f->engine), f->inst)->last, 1000);
    assert_int_equal(markets_get(engine_markets(f->engine), f->inst)->mark2, 2000);
    struct oc_ev_venue_fill fill = said_fill(f, "v1", OC_SIDE_BUY, 100, 9900, "t1"); /* of version 1 */
    says(f, &fill);
    assert_int_equal(fixture_find(f, id)->filled, 100);
    assert_true(cash_of(f) == before - money(99, 1)); /* 0.100 x 99.00 */
    assert_true(coins(f) == money(1, 1));
    assert_int_equal(held(f), 100);
    assert_int_equal(order_average_units(fixture_find(f, id)), 990);
    fill = said_fill(f, "v1", OC_SIDE_BUY, 100, 990, "t2");
    fill.fill.head.inst = OC_INST(1, 2);
    says(f, &fill);
    assert_true(cash_of(f) == before - money(198, 1));
    fill = said_fill(f, "v1", OC_SIDE_BUY, 100, 9903, "t3"); /* off the new grid: its money is exact all the same */
    says(f, &fill);
    assert_true(cash_of(f) == before - money(198, 1) - money(9903, 3));
    assert_int_equal(engine_stats(f->engine)->alarms, 0);
    fixture_free(f);
}

/* The other way: finer steps of price and quantity. */
static void finer_steps_turn_everything_exactly(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_FIFO);
    struct user user = {0};
    const uint32_t strategy = user_add(f, &user);
    struct oc_request entry = fixture_order(f, OC_SIDE_BUY, 1000, 9900);
    entry.strategy = strategy;
    entry.owner = OC_OWNER_STRATEGY;
    entry.bits |= OC_RQ_HAS_STOP_LOSS | OC_RQ_HAS_TAKE_PROFIT;
    entry.stop_loss = 9000;
    entry.take_profit = 11000;
    assert_int_equal(engine_subscribe(f->engine, strategy, f->inst, MINUTE), OC_OK);
    fixture_price(f, 10010); /* opens a built bar */
    const uint64_t id = fixture_submit(f, entry);
    assert_int_not_equal(id, 0);
    assert_int_equal(fixture_say(f, OC_EV_ACCEPTED, id), OC_OK);
    assert_int_equal(fixture_trade(f, id, OC_SIDE_BUY, 400, 9900), OC_OK);
    const struct order *leg = NULL;
    for (const struct order *at = orders_open_first(engine_orders(f->engine)); at; at = at->younger)
        if (at->now.role == OC_ROLE_STOP_LOSS)
            leg = at;
    assert_non_null(leg);
    assert_int_equal(leg->now.stop_price, 9000);
    says_steps(f, (struct oc_dec){1, 4, 0}, (struct oc_dec){5, 5, 0}); /* 0.0001; 0.00005: 20 in one before */
    const struct order *order = fixture_find(f, id);
    assert_int_equal(order->now.price, 990000);
    assert_int_equal(order->now.qty, 20000);
    assert_int_equal(order->filled, 8000);
    assert_int_equal(order->exposure, 12000);
    assert_int_equal(leg->now.stop_price, 900000);
    assert_int_equal(leg->now.qty, 8000);
    const struct book *book = portfolio_find(engine_portfolio(f->engine), f->account, strategy, f->inst);
    assert_int_equal(book->position.qty, 8000);
    assert_int_equal(book->position.lots[0].qty, 8000);
    assert_true(book->position.cost == money(396, 1)); /* 0.400 x 99.00 */
    assert_int_equal(book->open_buy, 12000);
    assert_int_equal(engine_stats(f->engine)->alarms, 0);
    /* the open bar goes on in the new steps */
    f->now_ns = MINUTE;
    fixture_tick(f, MINUTE);
    assert_int_equal(user.bars, 1);
    /* the rest of the entry, in the new steps: the legs grow to the whole */
    struct oc_ev_fill fill = fixture_fill(f, id, OC_SIDE_BUY, 12000, 990000, "rest");
    fill.head.inst = OC_INST(1, 2);
    assert_int_equal(fixture_input(f, &fill), OC_OK);
    assert_int_equal(fixture_find(f, id)->state, STATE_FILLED);
    assert_int_equal(held(f), 20000);
    fixture_free(f);
}

static void what_is_not_on_the_new_grid_is_said(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t bought = said_accepted(f, OC_SIDE_BUY, 15, 9900, "v1");
    struct oc_ev_venue_fill fill = said_fill(f, "v1", OC_SIDE_BUY, 15, 9900, "t1");
    says(f, &fill);
    const uint64_t rests = said_accepted(f, OC_SIDE_BUY, 100, 9905, "v2");
    const oc_i128 before = cash_of(f);
    assert_int_equal(engine_stats(f->engine)->alarms, 0);
    says_steps(f, (struct oc_dec){1, 1, 0}, (struct oc_dec){1, 2, 0});
    assert_int_equal(held(f), 1); /* 0.015 with a step of 0.01: never more than there is, and the rest is dust */
    const struct position *position = &fixture_book(f)->position;
    const struct instrument *instrument = instruments_get(engine_instruments(f->engine), f->inst);
    const struct dust dust = dust_of(position, instrument);
    assert_true(dust.qty == money(5, 3));
    assert_true(dust.cost == money(495, 3));                  /* at 99 */
    assert_int_equal(fixture_find(f, rests)->now.price, 990); /* 99.05 */
    assert_int_equal(fixture_find(f, rests)->now.qty, 10);
    assert_int_equal(fixture_find(f, bought)->filled, 1);
    assert_int_equal(engine_stats(f->engine)->alarms, 1); /* the order */
    assert_true(cash_of(f) == before);
    assert_true(coins(f) == money(15, 3)); /* money is not counted in steps */
    fixture_free(f);
}

/* Lots of less than a step go, and their cost goes with those that stay: what turns the position closes all there are. */
static void lots_of_less_than_a_step_go(void **state)
{
    (void)state;
    for (uint32_t method = COST_FIFO; method <= COST_LIFO; method++)
        for (int first_is_small = 0; first_is_small < 2; first_is_small++) {
            struct fixture *f = fixture_new(method);
            char name[8];
            (void)said_accepted(f, OC_SIDE_BUY, 100, 10000, "v1");
            for (int i = 0; i < 16; i++) { /* as many as there is room for */
                snprintf(name, sizeof name, "t%d", i);
                struct oc_ev_venue_fill fill =
                    said_fill(f, "v1", OC_SIDE_BUY, i == (first_is_small ? 9 : 0) ? 20 : 4, 10000, name);
                says(f, &fill);
            }
            const struct position *position = &fixture_book(f)->position;
            assert_int_equal(position->lot_count, 16);
            says_steps(f, (struct oc_dec){1, 2, 0}, (struct oc_dec){1, 2, 0});
            assert_int_equal(position->qty, 8); /* together they are whole steps */
            assert_int_equal(position->lot_count - position->lot_first, 1);
            assert_int_equal(position->lots[position->lot_first].qty, 8);
            assert_true(position->lots[position->lot_first].cost == money(8, 0)); /* 0.08 x 100.00 */
            assert_true(position->cost == money(8, 0));
            (void)said_accepted(f, OC_SIDE_SELL, 10, 10000, "v2");
            struct oc_ev_venue_fill turns = said_fill(f, "v2", OC_SIDE_SELL, 10, 10000, "turns");
            turns.fill.head.inst = OC_INST(1, 2);
            says(f, &turns);
            assert_int_equal(position->qty, -2);
            assert_int_equal(position->lot_count, 1);
            assert_true(position->lots[0].qty == -2 && position->lots[0].cost == money(-2, 0));
            assert_true(position->cost == money(-2, 0));
            fixture_free(f);
        }
}

/* All of it is less than a step: dust, in one lot, which what is bought then takes along. */
static void lots_that_are_less_than_a_step_together_are_dust(void **state)
{
    (void)state;
    for (uint32_t method = COST_FIFO; method <= COST_LIFO; method++) {
        struct fixture *f = fixture_new(method);
        char name[8];
        (void)said_accepted(f, OC_SIDE_BUY, 10, 10000, "v1");
        for (int i = 0; i < 3; i++) {
            snprintf(name, sizeof name, "t%d", i);
            struct oc_ev_venue_fill fill = said_fill(f, "v1", OC_SIDE_BUY, 3, 10000, name);
            says(f, &fill);
        }
        says_steps(f, (struct oc_dec){1, 2, 0}, (struct oc_dec){1, 2, 0});
        const struct position *position = &fixture_book(f)->position;
        assert_true(position->qty == 0 && position->spare == 1);
        assert_true(position->lot_count == 1 && position->lots[0].qty == 1);
        assert_true(position->lots[0].cost == position->cost);
        (void)said_accepted(f, OC_SIDE_BUY, 2, 10000, "v2");
        struct oc_ev_venue_fill more = said_fill(f, "v2", OC_SIDE_BUY, 2, 10000, "more");
        more.fill.head.inst = OC_INST(1, 2);
        says(f, &more);
        (void)said_accepted(f, OC_SIDE_SELL, 2, 10000, "v3");
        struct oc_ev_venue_fill sold = said_fill(f, "v3", OC_SIDE_SELL, 2, 10000, "sold");
        sold.fill.head.inst = OC_INST(1, 2);
        says(f, &sold);
        assert_true(position->qty == 0 && position->spare == 1);
        assert_true(position->lot_count - position->lot_first == 1);
        assert_true(position->realised == 0); /* bought and sold at one price */
        fixture_free(f);
    }
}

/* A correction of a fill that was booked, or has not come, in the steps of before. */
static void corrections_reach_over_a_change_of_steps(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const oc_i128 before = cash_of(f);
    (void)said_accepted(f, OC_SIDE_BUY, 1000, 9900, "v1");
    struct oc_ev_venue_fill fill = said_fill(f, "v1", OC_SIDE_BUY, 100, 9900, "t1");
    says(f, &fill);
    struct oc_ev_bust early = {
        .head = {.size = sizeof early, .type = OC_EV_BUST, .source = f->account, .inst = f->inst},
        .new_price = 9800,
        .new_qty = 50,
        .trade_id_size = 2,
        .trade_id = "t2",
        .venue_order = id_of("v1"),
        .bust = id_of("b1")};
    says(f, &early);
    says_steps(f, (struct oc_dec){1, 3, 0}, (struct oc_dec){1, 4, 0});
    assert_int_equal(held(f), 1000);
    fill = said_fill(f, "v1", OC_SIDE_BUY, 100, 9900, "t2"); /* of version 1, and corrected since: 0.050 at 98.00 */
    says(f, &fill);
    assert_int_equal(held(f), 1500);
    assert_true(cash_of(f) == before - money(99, 1) - money(49, 1));
    struct oc_ev_bust late = {
        .head = early.head, .trade_id_size = 2, .trade_id = "t1", .venue_order = id_of("v1"), .bust = id_of("b2")};
    late.head.venue_ns = 0;
    says(f, &late);
    assert_int_equal(held(f), 500);
    assert_true(cash_of(f) == before - money(49, 1));
    fixture_free(f);
}

/* What cannot be counted in the new steps leaves everything as it was. */
static void steps_that_do_not_fit_change_nothing(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    fixture_hold(f, 0, INT64_MAX / 10);
    const uint64_t id = said_accepted(f, OC_SIDE_BUY, 1000, 9900, "v1");
    struct oc_ev_instrument event = instrument_of(f, "BTC/USDT");
    event.info.price_step = (struct oc_dec){1, 4, 0};
    event.info.qty_step = (struct oc_dec){1, 5, 0};
    assert_int_equal(fixture_said(f, &event), OC_E_RANGE);
    assert_int_equal(now_is(f), OC_INST(1, 1));
    assert_int_equal(fixture_find(f, id)->now.price, 9900);
    assert_int_equal(fixture_find(f, id)->now.qty, 1000);
    assert_int_equal(held(f), INT64_MAX / 10);
    assert_int_equal(markets_get(engine_markets(f->engine), f->inst)->last, 10000);
    fixture_free(f);
}

/* D9: instruments by the thousand, while it runs; each has its market and is traded by its name. */
static void D9_instruments_arrive_and_leave(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct instruments *instruments = engine_instruments(f->engine);
    char symbol[OC_SYMBOL_MAX];
    for (int i = 0; i < 5000; i++) {
        snprintf(symbol, sizeof symbol, "C%d/USDT", i);
        struct oc_ev_instrument event = instrument_of(f, symbol);
        says(f, &event);
    }
    assert_int_equal(instruments_count(instruments), 5002);
    assert_int_equal(instruments_find(instruments, "C0/USDT"), OC_INST(2, 1));
    assert_int_equal(instruments_find(instruments, "test:C4999/USDT"), OC_INST(5001, 1));
    assert_int_equal(engine_last_instrument(f->engine), OC_INST(5001, 1));
    f->inst = OC_INST(5001, 1);
    fixture_price(f, 5000);
    const uint64_t id = said_accepted(f, OC_SIDE_BUY, 10, 5000, "v1");
    assert_int_equal(fixture_find(f, id)->state, STATE_ACCEPTED);
    struct oc_ev_instrument gone = instrument_of(f, "C4999/USDT");
    gone.info.status = OC_STATUS_DELISTED;
    says(f, &gone);
    assert_int_equal(now_is(f), OC_INST(5001, 1));
    assert_int_equal(fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 5000)), 0);
    assert_int_equal(fixture_find(f, id)->state, STATE_ACCEPTED); /* whether it still rests, the venue says */
    fixture_free(f);
}

/* Restored from records, or from a checkpoint, it is the same engine. */
static void both_restores_know_the_versions(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_FIFO), *twin = fixture_new(COST_FIFO), *saved = fixture_new(COST_FIFO);
    static char bytes[4 << 20], again[4 << 20];
    said_twin.engine = twin->engine;
    said_twin.records = f->record_count;
    const uint64_t id = said_accepted(f, OC_SIDE_BUY, 1000, 9900, "v1");
    struct oc_ev_venue_fill fill = said_fill(f, "v1", OC_SIDE_BUY, 100, 9900, "t1");
    says(f, &fill);
    struct oc_ev_instrument other = instrument_of(f, "ETH/USDT");
    says(f, &other);
    says_steps(f, (struct oc_dec){1, 3, 0}, (struct oc_dec){1, 4, 0});
    says_steps(f, (struct oc_dec){1, 1, 0}, (struct oc_dec){1, 4, 0});
    struct oc_ev_text mark = {.head = {.type = OC_EV_MARK}, .code = OC_MARK_ASSET, .key = 9, .text_size = 3};
    struct {
        struct oc_ev_text mark;
        char name[8];
    } asset = {mark, "BNB"};
    asset.mark.head.size = sizeof asset;
    says(f, &asset);
    said_twin.engine = NULL;
    const int64_t size = engine_save(f->engine, bytes, sizeof bytes);
    assert_true(size > 0);
    assert_int_equal(engine_save(twin->engine, again, sizeof again), size);
    assert_int_equal(engine_load(saved->engine, bytes, (size_t)size), OC_OK);
    struct fixture *const both[] = {twin, saved};
    for (int i = 0; i < 2; i++) {
        struct instruments *instruments = engine_instruments(both[i]->engine);
        struct instrument_steps steps;
        assert_int_equal(instruments_find(instruments, "ETH/USDT"), OC_INST(2, 1));
        assert_int_equal(now_is(both[i]), OC_INST(1, 3));
        assert_true(instruments_steps(instruments, OC_INST(1, 2), &steps));
        assert_int_equal(steps.price.scale, 3);
        assert_string_equal(instruments_asset_name(instruments, 9), "BNB");
        assert_int_equal(fixture_find(both[i], id)->now.price, 990);
        assert_int_equal(held(both[i]), 1000);
        fill = said_fill(f, "v1", OC_SIDE_BUY, 100, 9900, "t2"); /* version 1 still means what it meant */
        assert_int_equal(fixture_input(both[i], &fill), OC_OK);
        assert_int_equal(held(both[i]), 2000);
    }
    assert_int_equal(engine_save(saved->engine, again, sizeof again) > 0, 1);
    fixture_free(f);
    fixture_free(twin);
    fixture_free(saved);
}

/* A connector that counts instruments for itself would speak of another venue's. */
static void an_event_of_another_venues_instrument_is_refused(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct oc_ev_instrument other = instrument_of(f, "BTC/USDT");
    strcpy(other.info.venue, "other");
    says(f, &other);
    struct oc_ev_trade trade = {
        .head = {.size = sizeof trade, .type = OC_EV_TRADE, .source = f->account, .inst = f->inst}, .price = 9900};
    assert_null(border_refuses_venue(f->engine, f->account, &trade.head));
    trade.head.inst = OC_INST(2, 1);
    assert_string_equal(border_refuses_venue(f->engine, f->account, &trade.head),
                        "an event of an instrument of another venue");
    fixture_free(f);
}

static void a_name_that_is_anothers_is_an_alarm(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct {
        struct oc_ev_text mark;
        char name[8];
    } asset = {{.head = {.size = sizeof asset, .type = OC_EV_MARK}, .code = OC_MARK_ASSET, .key = 1, .text_size = 3},
               "BNB"};
    says(f, &asset);
    assert_int_equal(engine_stats(f->engine)->alarms, 1);
    assert_string_equal(instruments_asset_name(engine_instruments(f->engine), 1), "BTC");
    fixture_free(f);
}

/* Instruments: of assets that are known, of one kind under one symbol, in steps that can be counted. */
static void an_instrument_is_judged(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const struct oc_instrument known = instruments_get(engine_instruments(f->engine), f->inst)->info;
    struct oc_ev_instrument event = {.head = {.size = sizeof event, .type = OC_EV_INSTRUMENT, .source = f->account},
                                     .info = known};
    const uint32_t none = instruments_asset_count(engine_instruments(f->engine));
#define JUDGED(change, why)                                                                                            \
    do {                                                                                                               \
        event.info = known;                                                                                            \
        change;                                                                                                        \
        const char *said = border_refuses_venue(f->engine, f->account, &event.head);                                   \
        assert_string_equal(said ? said : "", why);                                                                    \
    } while (0)
    static const char asset[] = "an instrument of an asset that is not known",
                      other[] = "an instrument of another kind, currency or contract size than before: it needs a "
                                "symbol of its own",
                      steps[] = "an instrument without a symbol, or with steps that are none",
                      fine[] = "an instrument in whose steps money cannot be counted exactly";
    JUDGED((void)0, "");
    JUDGED(event.info.status = OC_STATUS_HALTED, "");
    JUDGED(strcpy(event.info.symbol, "NEW/USDT"), "");
    JUDGED(event.info.base = none, asset);
    JUDGED(event.info.quote = none, asset);
    JUDGED(event.info.settle = none, asset);
    JUDGED(event.info.kind = OC_KIND_LINEAR, other);
    JUDGED(event.info.contract_size.units++, other);
    JUDGED(event.info.symbol[0] = 0, steps);
    JUDGED(event.info.price_step.units = 0, steps);
    JUDGED(event.info.price_step = ((struct oc_dec){1, 18, 0}), fine);
    uint32_t inst;
    struct oc_instrument info = known;
    for (uint32_t version = 2; version <= 255; version++) {
        info.price_step.units = version % 2 ? 1 : 5;
        assert_int_equal(instruments_add(engine_instruments(f->engine), &info, &inst), OC_OK);
    }
    JUDGED(event.info.price_step.units = 5, "more instruments, or changes of their steps, than there is room for");
#undef JUDGED
    struct oc_ev_bust bust = {.head = {.size = sizeof bust, .type = OC_EV_BUST, .source = f->account, .inst = inst},
                              .trade_id_size = 1};
    assert_null(border_refuses_venue(f->engine, f->account, &bust.head));
    bust.head.inst = OC_INST(OC_INST_INDEX(inst), 1);
    assert_null(border_refuses_venue(f->engine, f->account, &bust.head));
    bust.head.inst = OC_INST(OC_INST_INDEX(inst), 0);
    assert_string_equal(border_refuses_venue(f->engine, f->account, &bust.head),
                        "an event of a version of an instrument that there was not");
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(D2_an_old_fill_is_read_with_its_steps),
        cmocka_unit_test(finer_steps_turn_everything_exactly),
        cmocka_unit_test(what_is_not_on_the_new_grid_is_said),
        cmocka_unit_test(an_instrument_is_judged),
        cmocka_unit_test(lots_of_less_than_a_step_go),
        cmocka_unit_test(lots_that_are_less_than_a_step_together_are_dust),
        cmocka_unit_test(corrections_reach_over_a_change_of_steps),
        cmocka_unit_test(steps_that_do_not_fit_change_nothing),
        cmocka_unit_test(D9_instruments_arrive_and_leave),
        cmocka_unit_test(both_restores_know_the_versions),
        cmocka_unit_test(an_event_of_another_venues_instrument_is_refused),
        cmocka_unit_test(a_name_that_is_anothers_is_an_alarm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* protect_test.c: a stop and a target where the venue cannot hold both: the host holds one, and never are both orders there. */
#include "support/protect_kit.h"

static void the_stop_stands_and_the_target_waits(void **state)
{
    (void)state;
    struct spot spot;
    struct fixture *f = new_host(&spot, false);
    const uint64_t entry = bought(&spot, 10, 9500, 11000);
    assert_int_equal(f->sent_count, 2);
    is_a(last(f), OC_REQUEST_NEW, OC_ROLE_STOP_LOSS, OC_ORDER_STOP, 10);
    const uint64_t stop = accepted(f);
    fixture_price(f, 10999);
    assert_int_equal(f->sent_count, 2);
    fixture_price(f, 11000);
    assert_int_equal(f->sent_count, 3);
    assert_int_equal(last(f)->kind, OC_REQUEST_CANCEL);
    assert_int_equal(last(f)->order, stop);
    assert_int_equal(last(f)->role, OC_ROLE_TAKE_PROFIT); /* for whose sake: a restart reads it */
    fixture_price(f, 11010);
    assert_int_equal(f->sent_count, 3); /* nothing beside a cancel that is not confirmed */
    fixture_say(f, OC_EV_CANCELED, stop);
    assert_int_equal(f->sent_count, 4);
    is_a(last(f), OC_REQUEST_NEW, OC_ROLE_TAKE_PROFIT, OC_ORDER_LIMIT, 10);
    assert_int_equal(last(f)->price, 11000);
    assert_int_equal(last(f)->parent, entry);
    assert_int_equal(engine_missing_legs(f->engine), 0);
    fixture_trade(f, accepted(f), OC_SIDE_SELL, 10, 11000);
    assert_int_equal(f->sent_count, 4);
    assert_int_equal(f->engine->groups.live, 0);
    assert_int_equal(fixture_book(f)->position.qty, 0);
    assert_int_equal(spot.most, 10);
    assert_false(spot.is_short);
    assert_int_equal(engine_stats(f->engine)->alarms, 0);
    fixture_free(f);
}

/* What the target does not fill has its stop again, and the next touch waits a while. */
static void what_the_target_leaves_has_its_stop_again(void **state)
{
    (void)state;
    for (int filled = 0; filled < 8; filled += 3) {
        struct spot spot;
        struct fixture *f = new_host(&spot, false);
        bought(&spot, 10, 9500, 11000);
        const uint64_t stop = accepted(f);
        fixture_price(f, 11000);
        fixture_say(f, OC_EV_CANCELED, stop);
        const uint64_t target = accepted(f);
        if (filled)
            fixture_trade(f, target, OC_SIDE_SELL, filled, 11000);
        spot.held -= filled;
        const uint32_t sent = f->sent_count;
        fixture_say(f, OC_EV_EXPIRED, target);
        assert_int_equal(f->sent_count, sent + 1);
        is_a(last(f), OC_REQUEST_NEW, OC_ROLE_STOP_LOSS, OC_ORDER_STOP, 10 - filled);
        accepted(f);
        fixture_price(f, 11000); /* within the second */
        assert_int_equal(f->sent_count, sent + 1);
        price_after(f, 1, 11000);
        assert_int_equal(f->sent_count, sent + 2);
        assert_int_equal(last(f)->kind, OC_REQUEST_CANCEL);
        fixture_say(f, OC_EV_CANCELED, last(f)->order);
        is_a(last(f), OC_REQUEST_NEW, OC_ROLE_TAKE_PROFIT, OC_ORDER_LIMIT, 10 - filled);
        assert_false(spot.is_short);
        assert_int_equal(engine_stats(f->engine)->alarms, 0);
        fixture_free(f);
    }
}

/* The stop fills in part while it is taken back: the target is for what is left. */
static void a_stop_that_fills_in_the_race(void **state)
{
    (void)state;
    struct spot spot;
    struct fixture *f = new_host(&spot, false);
    bought(&spot, 10, 9500, 11000);
    const uint64_t stop = accepted(f);
    fixture_price(f, 11000);
    fixture_trade(f, stop, OC_SIDE_SELL, 4, 9500);
    spot.held -= 4;
    assert_int_equal(f->sent_count, 3);
    fixture_say(f, OC_EV_CANCELED, stop);
    is_a(last(f), OC_REQUEST_NEW, OC_ROLE_TAKE_PROFIT, OC_ORDER_LIMIT, 6);
    fixture_trade(f, last(f)->order, OC_SIDE_SELL, 6, 11000);
    assert_int_equal(fixture_book(f)->position.qty, 0);
    assert_int_equal(f->engine->groups.live, 0);
    assert_false(spot.is_short);
    fixture_free(f);
}

/* Its cancel is confirmed with more traded than has come: nothing is sold until that is booked. */
static void fills_that_are_missing_are_waited_for(void **state)
{
    (void)state;
    struct spot spot;
    struct fixture *f = new_host(&spot, false);
    bought(&spot, 10, 9500, 11000);
    const uint64_t stop = accepted(f);
    fixture_price(f, 11000);
    struct oc_ev_answer answer = fixture_answer(f, OC_EV_CANCELED, stop);
    answer.cum_qty = 7;
    fixture_input(f, &answer);
    const uint32_t sent = f->sent_count;
    for (int i = 0; i < 5; i++)
        price_after(f, 1, 11000);
    for (uint32_t i = sent; i < f->sent_count; i++)
        assert_int_not_equal(f->sent[i].kind, OC_REQUEST_NEW);
    fixture_trade(f, stop, OC_SIDE_SELL, 7, 9500);
    spot.held -= 7;
    is_a(last(f), OC_REQUEST_NEW, OC_ROLE_TAKE_PROFIT, OC_ORDER_LIMIT, 3);
    assert_false(spot.is_short);
    fixture_free(f);
}

/* The cancel is refused because the stop has filled: with its fill all is over; before it, nothing is asked for. */
static void a_cancel_that_comes_too_late(void **state)
{
    (void)state;
    for (int stands = 0; stands < 2; stands++) {
        struct spot spot;
        struct fixture *f = new_host(&spot, false);
        bought(&spot, 10, 9500, 11000);
        const uint64_t stop = accepted(f);
        fixture_price(f, 11000);
        fixture_say(f, OC_EV_CANCEL_REJECTED, stop);
        fixture_price(f, 11000);
        assert_int_equal(f->sent_count, 3);
        if (stands) {
            price_after(f, 1, 10000); /* it stands, and nothing is to be taken back for */
            assert_int_equal(f->sent_count, 3);
            price_after(f, 0, 11000);
            assert_int_equal(f->sent_count, 4);
            assert_int_equal(last(f)->kind, OC_REQUEST_CANCEL);
        } else {
            fixture_trade(f, stop, OC_SIDE_SELL, 10, 9500);
            assert_int_equal(f->sent_count, 3);
            assert_int_equal(f->engine->groups.live, 0);
        }
        assert_int_equal(engine_stats(f->engine)->alarms, 0);
        fixture_free(f);
    }
}

/* What became of the cancel is not known: nothing goes out until it is. */
static void a_cancel_of_which_nothing_is_known(void **state)
{
    (void)state;
    struct spot spot;
    struct fixture *f = new_host(&spot, false);
    bought(&spot, 10, 9500, 11000);
    const uint64_t stop = accepted(f);
    fixture_price(f, 11000);
    fixture_say(f, OC_EV_UNKNOWN, stop);
    for (int i = 0; i < 3; i++)
        price_after(f, 1, 11000);
    assert_int_equal(f->sent_count, 3);
    fixture_say(f, OC_EV_CANCELED, stop);
    is_a(last(f), OC_REQUEST_NEW, OC_ROLE_TAKE_PROFIT, OC_ORDER_LIMIT, 10);
    fixture_free(f);
}

/* The market is gone again when the cancel is confirmed: the stop goes back. */
static void a_touch_that_is_over(void **state)
{
    (void)state;
    struct spot spot;
    struct fixture *f = new_host(&spot, false);
    bought(&spot, 10, 9500, 11000);
    const uint64_t stop = accepted(f);
    fixture_price(f, 11000);
    fixture_price(f, 10500);
    fixture_say(f, OC_EV_CANCELED, stop);
    assert_int_equal(f->sent_count, 4);
    is_a(last(f), OC_REQUEST_NEW, OC_ROLE_STOP_LOSS, OC_ORDER_STOP, 10);
    fixture_free(f);
}

/* By the side of the book at which it would trade, where that is known; a short position buys at the ask. */
static void a_target_goes_by_what_it_would_be_filled_at(void **state)
{
    (void)state;
    struct spot spot;
    struct fixture *f = new_host(&spot, false);
    bought(&spot, 10, 9500, 11000);
    accepted(f);
    f->now_ns++;
    quote(f, 10999, 11001);
    assert_int_equal(f->sent_count, 2);
    quote(f, 11000, 11002);
    assert_int_equal(f->sent_count, 3);
    fixture_free(f);
    f = new_host(&spot, false);
    struct oc_request request = fixture_order(f, OC_SIDE_SELL, 10, 10000);
    request.bits |= OC_RQ_HAS_STOP_LOSS | OC_RQ_HAS_TAKE_PROFIT;
    request.stop_loss = 10500;
    request.take_profit = 9000;
    fixture_trade(f, fixture_submit(f, request), OC_SIDE_SELL, 10, 10000);
    const uint64_t stop = accepted(f);
    f->now_ns++;
    quote(f, 8999, 9001);
    assert_int_equal(f->sent_count, 2);
    quote(f, 8998, 9000);
    assert_int_equal(f->sent_count, 3);
    fixture_say(f, OC_EV_CANCELED, stop);
    is_a(last(f), OC_REQUEST_NEW, OC_ROLE_TAKE_PROFIT, OC_ORDER_LIMIT, 10);
    assert_int_equal(last(f)->side, OC_SIDE_BUY);
    fixture_free(f);
}

/* Refused when it went out: the stop goes back at once, it is an alarm, and it is not tried at each price. */
static void a_target_that_is_refused(void **state)
{
    (void)state;
    struct spot spot;
    struct fixture *f = new_host(&spot, false);
    bought(&spot, 10, 9500, 11000);
    const uint64_t stop = accepted(f);
    fixture_price(f, 11000);
    fixture_say(f, OC_EV_CANCELED, stop);
    fixture_say(f, OC_EV_REJECTED, last(f)->order);
    assert_int_equal(f->sent_count, 5);
    is_a(last(f), OC_REQUEST_NEW, OC_ROLE_STOP_LOSS, OC_ORDER_STOP, 10);
    assert_int_equal(engine_stats(f->engine)->alarms, 1);
    accepted(f);
    for (int i = 0; i < 9; i++)
        fixture_price(f, 11000);
    assert_int_equal(f->sent_count, 5);
    fixture_free(f);
}

static void terms_change(struct fixture *f)
{
    struct oc_ev_instrument event = {.head = {.size = sizeof event, .type = OC_EV_INSTRUMENT, .source = f->account},
                                     .info = instruments_get(engine_instruments(f->engine), f->inst)->info};
    event.info.min_qty = 1;
    event.info.present |= OC_INST_HAS_MIN_QTY;
    assert_int_equal(fixture_input(f, &event), OC_OK);
}

/* A stop that the venue refuses is an alarm, and asked for again later each time; other terms of the instrument ask at once. */
static void a_stop_that_the_venue_refuses(void **state)
{
    (void)state;
    struct spot spot;
    struct fixture *f = new_host(&spot, false);
    bought(&spot, 10, 9500, 11000);
    uint32_t sent = f->sent_count;
    for (int64_t wait = 1; wait <= 4; wait *= 2) {
        fixture_say(f, OC_EV_REJECTED, last(f)->order);
        assert_int_equal(engine_missing_legs(f->engine), 1);
        price_after(f, wait - 1, 10000);
        assert_int_equal(f->sent_count, sent);
        price_after(f, 1, 10000);
        assert_int_equal(f->sent_count, ++sent);
        is_a(last(f), OC_REQUEST_NEW, OC_ROLE_STOP_LOSS, OC_ORDER_STOP, 10);
    }
    assert_int_equal(engine_stats(f->engine)->alarms, 1);
    struct oc_ev_answer answer = fixture_answer(f, OC_EV_REJECTED, last(f)->order);
    strcpy(answer.reason, "ORDER_KIND_NOT_TAKEN");
    fixture_input(f, &answer);
    assert_int_equal(engine_stats(f->engine)->alarms, 2); /* another reason */
    price_after(f, 3599, 10000);
    assert_int_equal(f->sent_count, sent);
    price_after(f, 1, 10000);
    assert_int_equal(f->sent_count, ++sent);
    answer.order = answer.request = last(f)->order;
    fixture_input(f, &answer);
    terms_change(f);
    price_after(f, 1, 10000);
    assert_int_equal(f->sent_count, ++sent);
    accepted(f);
    assert_int_equal(engine_missing_legs(f->engine), 0);
    fixture_free(f);
}

/* It rests where no order is taken for what is there alone: after a while the stop goes back. */
static void a_target_that_rests_is_taken_back(void **state)
{
    (void)state;
    struct spot spot;
    struct fixture *f = new_host(&spot, false);
    bought(&spot, 10, 9500, 11000);
    const uint64_t stop = accepted(f);
    fixture_price(f, 11000);
    fixture_say(f, OC_EV_CANCELED, stop);
    assert_int_equal(last(f)->tif, OC_TIF_GTC);
    const uint64_t target = accepted(f);
    price_after(f, 2, 11000);
    assert_int_equal(f->sent_count, 4);
    price_after(f, 1, 11000);
    assert_int_equal(f->sent_count, 5);
    assert_int_equal(last(f)->kind, OC_REQUEST_CANCEL);
    assert_int_equal(last(f)->order, target);
    fixture_trade(f, target, OC_SIDE_SELL, 3, 11000);
    spot.held -= 3;
    fixture_say(f, OC_EV_CANCELED, target);
    is_a(last(f), OC_REQUEST_NEW, OC_ROLE_STOP_LOSS, OC_ORDER_STOP, 7);
    assert_false(spot.is_short);
    fixture_free(f);
}

/* No price comes: a timer takes it back, and asks again for what was refused. */
static void time_passes_without_a_price(void **state)
{
    (void)state;
    struct spot spot;
    struct fixture *f = new_host(&spot, false);
    bought(&spot, 10, 9500, 11000);
    fixture_say(f, OC_EV_REJECTED, last(f)->order);
    assert_int_equal(f->sent_count, 2);
    f->now_ns += GROUPS_RETRY_NS;
    fixture_tick(f, f->now_ns);
    assert_int_equal(f->sent_count, 3);
    is_a(last(f), OC_REQUEST_NEW, OC_ROLE_STOP_LOSS, OC_ORDER_STOP, 10);
    const uint64_t stop = accepted(f);
    fixture_price(f, 11000);
    fixture_say(f, OC_EV_CANCELED, stop);
    const uint64_t target = accepted(f);
    f->now_ns += GROUPS_REST_NS;
    fixture_tick(f, f->now_ns - 1);
    assert_int_equal(f->sent_count, 5);
    fixture_tick(f, f->now_ns);
    assert_int_equal(f->sent_count, 6);
    assert_int_equal(last(f)->order, target);
    fixture_say(f, OC_EV_CANCELED, target);
    is_a(last(f), OC_REQUEST_NEW, OC_ROLE_STOP_LOSS, OC_ORDER_STOP, 10);
    fixture_free(f);
}

/* The entry fills on: the stop grows; while the target is out it waits, and what comes then has its stop behind it. */
static void an_entry_that_fills_on(void **state)
{
    (void)state;
    struct spot spot;
    struct fixture *f = new_host(&spot, false);
    const uint64_t entry = guarded(f, 10, 9500, 11000);
    spot.held = 4;
    fixture_trade(f, entry, OC_SIDE_BUY, 4, 10000);
    const uint64_t stop = accepted(f);
    fixture_price(f, 11000);
    fixture_say(f, OC_EV_CANCELED, stop);
    is_a(last(f), OC_REQUEST_NEW, OC_ROLE_TAKE_PROFIT, OC_ORDER_LIMIT, 4);
    const uint64_t target = accepted(f);
    spot.held = 10;
    fixture_trade(f, entry, OC_SIDE_BUY, 6, 10000);
    assert_int_equal(f->sent_count, 4);
    spot.held = 6;
    fixture_trade(f, target, OC_SIDE_SELL, 4, 11000);
    is_a(last(f), OC_REQUEST_NEW, OC_ROLE_STOP_LOSS, OC_ORDER_STOP, 6);
    assert_int_equal(f->sent_count, 5);
    assert_false(spot.is_short);
    fixture_free(f);
}

/* A venue without stops: the target stands there, and the stop goes out at market, until it has closed what there is. */
static void a_venue_without_stops(void **state)
{
    (void)state;
    for (int has_target = 0; has_target < 2; has_target++) {
        struct spot spot;
        struct fixture *f = new_host(&spot, true);
        bought(&spot, 10, 9500, has_target ? 11000 : 0);
        assert_int_equal(f->sent_count, 1 + has_target);
        if (has_target)
            is_a(last(f), OC_REQUEST_NEW, OC_ROLE_TAKE_PROFIT, OC_ORDER_LIMIT, 10);
        const uint64_t target = has_target ? accepted(f) : 0;
        fixture_price(f, 9501);
        assert_int_equal(f->sent_count, 1 + has_target);
        fixture_price(f, 9500);
        if (has_target) {
            assert_int_equal(last(f)->kind, OC_REQUEST_CANCEL);
            fixture_say(f, OC_EV_CANCELED, target);
        }
        is_a(last(f), OC_REQUEST_NEW, OC_ROLE_STOP_LOSS, OC_ORDER_MARKET, 10);
        fixture_trade(f, last(f)->order, OC_SIDE_SELL, 4, 9490);
        spot.held -= 4;
        const uint32_t sent = f->sent_count;
        fixture_say(f, OC_EV_EXPIRED, last(f)->order);
        assert_int_equal(f->sent_count, sent + 1);
        is_a(last(f), OC_REQUEST_NEW, OC_ROLE_STOP_LOSS, OC_ORDER_MARKET, 6);
        fixture_say(f, OC_EV_REJECTED, last(f)->order);
        assert_int_equal(engine_stats(f->engine)->alarms, 1);
        price_after(f, 1, 9800); /* it was touched: it goes on though the market has come back */
        is_a(last(f), OC_REQUEST_NEW, OC_ROLE_STOP_LOSS, OC_ORDER_MARKET, 6);
        fixture_trade(f, last(f)->order, OC_SIDE_SELL, 6, 9490);
        assert_int_equal(f->engine->groups.live, 0);
        assert_false(spot.is_short);
        fixture_free(f);
    }
}

static void of_kind(struct fixture *f, uint32_t kind)
{
    struct oc_instrument info = instruments_get(engine_instruments(f->engine), f->inst)->info;
    if (kind == OC_KIND_SPOT)
        return;
    info.kind = kind;
    strcpy(info.symbol, "OTHER");
    info.settle = info.quote;
    info.inst = 0;
    assert_int_equal(instruments_add(engine_instruments(f->engine), &info, &f->inst), OC_OK);
    fixture_price(f, 10000);
}

/* As it is said for each protect, kind of instrument, and what was asked for. */
static void what_is_refused_before_it_leaves(void **state)
{
    (void)state;
    static const struct {
        enum engine_protect protect;
        bool lacks_stops;
        uint32_t own_way, kind;
        int64_t stop, target;
        bool goes;
    } cases[] = {{ENGINE_PROTECT_ORDERS, true, 0, OC_KIND_SPOT, 9500, 11000, true},
                 {ENGINE_PROTECT_HOST, true, 0, OC_KIND_SPOT, 9500, 11000, true},
                 {ENGINE_PROTECT_NATIVE, false, 0, OC_KIND_SPOT, 9500, 11000, false},
                 {ENGINE_PROTECT_NATIVE, false, 0, OC_KIND_SPOT, 9500, 0, true},
                 {ENGINE_PROTECT_NATIVE, false, 0, OC_KIND_SPOT, 0, 11000, true},
                 {ENGINE_PROTECT_NATIVE, true, 0, OC_KIND_SPOT, 9500, 0, false},
                 {ENGINE_PROTECT_NATIVE, false, 0, OC_KIND_LINEAR, 9500, 11000, true},
                 {ENGINE_PROTECT_NATIVE, true, 0, OC_KIND_LINEAR, 9500, 11000, false},
                 {ENGINE_PROTECT_REFUSE, false, 0, OC_KIND_SPOT, 9500, 11000, false},
                 {ENGINE_PROTECT_REFUSE, false, 0, OC_KIND_SPOT, 9500, 0, true},
                 {ENGINE_PROTECT_REFUSE, false, 0, OC_KIND_LINEAR, 9500, 11000, false},
                 {ENGINE_PROTECT_REFUSE, false, OC_CAN_PROTECT, OC_KIND_LINEAR, 9500, 11000, true},
                 {ENGINE_PROTECT_REFUSE, false, 0, OC_KIND_SPOT, 0, 0, true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture *f = fixture_new(COST_AVERAGE);
        of_kind(f, cases[i].kind);
        engine_set_protect(f->engine, f->account, cases[i].protect, cases[i].lacks_stops);
        engine_set_own_way(f->engine, f->account, cases[i].own_way);
        struct oc_request request = fixture_order(f, OC_SIDE_BUY, 10, 10000);
        request.bits |= (cases[i].stop ? OC_RQ_HAS_STOP_LOSS : 0u) | (cases[i].target ? OC_RQ_HAS_TAKE_PROFIT : 0u);
        request.stop_loss = cases[i].stop;
        request.take_profit = cases[i].target;
        struct engine_refusal refusal = {0};
        assert_int_equal(engine_begin(f->engine, 0), OC_OK);
        const oc_rc rc = engine_submit(f->engine, &request, &refusal);
        fixture_end(f, true);
        assert_int_equal(rc, cases[i].goes ? OC_OK : OC_E_LIMIT);
        assert_string_equal(refusal.reason, cases[i].goes ? "" : "PROTECTION_NOT_SUPPORTED");
        assert_int_equal(f->sent_count, cases[i].goes);
        fixture_free(f);
    }
}

/* A person who takes the stop back has taken it back; the target is held on. */
static void a_stop_that_a_person_takes_back_stays_away(void **state)
{
    (void)state;
    struct spot spot;
    struct fixture *f = new_host(&spot, false);
    bought(&spot, 10, 9500, 11000);
    const uint64_t stop = accepted(f);
    fixture_say(f, OC_EV_CANCELED, stop);
    price_after(f, 5, 10000);
    assert_int_equal(f->sent_count, 2);
    assert_int_equal(engine_missing_legs(f->engine), 1);
    fixture_price(f, 11000);
    is_a(last(f), OC_REQUEST_NEW, OC_ROLE_TAKE_PROFIT, OC_ORDER_LIMIT, 10);
    fixture_free(f);
}

/* The position is closed by hand: stop and target go, whichever is out. */
static void closing_takes_down_what_is_out(void **state)
{
    (void)state;
    for (int is_touched = 0; is_touched < 2; is_touched++) {
        struct spot spot;
        struct fixture *f = new_host(&spot, false);
        bought(&spot, 10, 9500, 11000);
        const uint64_t stop = accepted(f);
        if (is_touched) {
            fixture_price(f, 11000);
            fixture_say(f, OC_EV_CANCELED, stop);
            accepted(f);
        }
        const uint64_t out = last(f)->order;
        const uint64_t hand = fixture_submit(f, fixture_order(f, OC_SIDE_SELL, 10, 9000));
        fixture_trade(f, hand, OC_SIDE_SELL, 10, 9000);
        assert_int_equal(last(f)->kind, OC_REQUEST_CANCEL);
        assert_int_equal(last(f)->order, out);
        fixture_say(f, OC_EV_CANCELED, out);
        assert_int_equal(f->engine->groups.live, 0);
        const uint32_t sent = f->sent_count;
        fixture_price(f, 12000);
        assert_int_equal(f->sent_count, sent);
        fixture_free(f);
    }
}

/* What is shown of it. */
static void guards_are_shown(void **state)
{
    (void)state;
    struct spot spot;
    struct fixture *f = new_host(&spot, false);
    struct engine_guard guard;
    uint32_t at = 0;
    assert_false(engine_guard_at(f->engine, f->inst, &at, &guard));
    guarded(f, 5, 9500, 11000); /* it waits */
    const uint64_t entry = bought(&spot, 10, 9500, 11000);
    const uint64_t stop = accepted(f);
    at = 0;
    assert_true(engine_guard_at(f->engine, f->inst, &at, &guard));
    assert_true(guard.entry == entry && guard.open == 10 && guard.stop == 9500 && guard.target == 11000);
    assert_int_equal(guard.held, OC_ROLE_TAKE_PROFIT);
    assert_false(guard.is_acting);
    assert_false(engine_guard_at(f->engine, f->inst, &at, &guard));
    fixture_price(f, 11000);
    fixture_say(f, OC_EV_CANCELED, stop);
    at = 0;
    assert_true(engine_guard_at(f->engine, f->inst, &at, &guard));
    assert_true(guard.is_acting);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_stop_stands_and_the_target_waits),
        cmocka_unit_test(what_the_target_leaves_has_its_stop_again),
        cmocka_unit_test(a_stop_that_fills_in_the_race),
        cmocka_unit_test(fills_that_are_missing_are_waited_for),
        cmocka_unit_test(a_cancel_that_comes_too_late),
        cmocka_unit_test(a_cancel_of_which_nothing_is_known),
        cmocka_unit_test(a_touch_that_is_over),
        cmocka_unit_test(a_target_goes_by_what_it_would_be_filled_at),
        cmocka_unit_test(a_target_that_is_refused),
        cmocka_unit_test(a_stop_that_the_venue_refuses),
        cmocka_unit_test(a_target_that_rests_is_taken_back),
        cmocka_unit_test(time_passes_without_a_price),
        cmocka_unit_test(an_entry_that_fills_on),
        cmocka_unit_test(a_venue_without_stops),
        cmocka_unit_test(what_is_refused_before_it_leaves),
        cmocka_unit_test(a_stop_that_a_person_takes_back_stays_away),
        cmocka_unit_test(closing_takes_down_what_is_out),
        cmocka_unit_test(guards_are_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

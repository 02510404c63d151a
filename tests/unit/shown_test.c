/* shown_test.c: an order as its venue shows it, terms that nobody asked for, absence and arrival (findings D7). */
#include "support/said_kit.h"

static void D7_terms_that_nobody_asked_for_are_in_force(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct oc_request ask = fixture_order(f, OC_SIDE_BUY, 10, 9900);
    ask.type = OC_ORDER_STOP_LIMIT;
    ask.stop_price = 10100;
    ask.bits |= OC_RQ_HAS_STOP;
    const uint64_t order = fixture_submit(f, ask);
    fixture_say(f, OC_EV_ACCEPTED, order);
    struct oc_ev_answer amended = fixture_answer(f, OC_EV_AMENDED, order);
    amended.request = 0;
    amended.price = 9800;
    says(f, &amended);
    const struct order *now = fixture_find(f, order);
    assert_true(now->now.price == 9800 && now->now.stop_price == 10100 && now->now.qty == 10);
    struct oc_ev_venue_answer said = said_answer(f, OC_EV_AMENDED, "V1");
    said.answer.order = order;
    said.answer.price = 9700;
    said.answer.stop_price = 10200;
    said.answer.qty = 14;
    said.present = OC_OF_STOP | OC_OF_QTY; /* the price is not said */
    says(f, &said);
    assert_true(now->now.price == 9800 && now->now.stop_price == 10200 && now->now.qty == 14);
    assert_int_equal(open_buys(f), 14);
    assert_int_equal(now->state, STATE_ACCEPTED);
    said.answer.qty = 1; /* as small as may be */
    says(f, &said);
    assert_int_equal(now->now.qty, 1);
    said.answer.qty = 0; /* no quantity that an order can have */
    says(f, &said);
    said.answer.qty = -1;
    says(f, &said);
    assert_int_equal(now->now.qty, 1);
    assert_int_equal(alarms_of(f), 0);
    fixture_free(f);
}

/* The venue's own change does not answer what we have asked for meanwhile. */
static void D7_what_we_asked_for_meanwhile_goes_on(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t order = said_accepted(f, OC_SIDE_BUY, 10, 9900, "V1");
    struct oc_request amend = {.order = order, .price = 9950, .bits = OC_RQ_PRICE_CHANGED};
    struct engine_refusal refusal;
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_amend(f->engine, &amend, &refusal), OC_OK);
    fixture_end(f, true);
    struct oc_ev_venue_answer said = said_answer(f, OC_EV_AMENDED, "V1");
    said.answer.request = 0;
    said.answer.price = 9800;
    said.present = OC_OF_PRICE;
    says(f, &said);
    const struct order *now = fixture_find(f, order);
    assert_true(now->now.price == 9800 && now->ask_price == 9950 && now->ask_bits);
    assert_int_equal(now->state, STATE_PENDING_UPDATE);
    struct oc_ev_order shown = said_order(f, "V1", OC_SHOWN_WORKING, 10, 0);
    shown.price = 9700; /* as it is, or as it was: our question is under way */
    says(f, &shown);
    assert_true(now->now.price == 9800 && now->state == STATE_PENDING_UPDATE);
    said.answer.request = f->sent[1].id;
    said.present = 0; /* as asked */
    says(f, &said);
    assert_true(now->now.price == 9950 && !now->ask_bits);
    assert_int_equal(now->state, STATE_ACCEPTED);
    fixture_free(f);
}

/* More is asked for than before: V1 of 10 is to be one of 15. Returns the order. */
static uint64_t asked_for_more(struct fixture *f)
{
    const uint64_t order = said_accepted(f, OC_SIDE_BUY, 10, 9900, "V1");
    struct oc_request amend = {.order = order, .qty = 15, .bits = OC_RQ_QUANTITY_CHANGED};
    struct engine_refusal refusal;
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_amend(f->engine, &amend, &refusal), OC_OK);
    fixture_end(f, true);
    return order;
}

static void fills_that_race_an_amendment_do_not_end_the_order(void **state)
{
    (void)state;
    for (int is_refused = 0; is_refused < 2; is_refused++) {
        struct fixture *f = fixture_new(COST_AVERAGE);
        const struct order *order = fixture_find(f, asked_for_more(f));
        struct oc_ev_venue_fill fill = said_fill(f, "V1", OC_SIDE_BUY, 10, 9900, "t1");
        struct oc_ev_venue_answer said = said_answer(f, is_refused ? OC_EV_AMEND_REJECTED : OC_EV_AMENDED, "V1");
        says(f, &fill);
        assert_int_equal(order->state, STATE_PENDING_UPDATE);
        assert_int_equal(open_buys(f), 5);
        said.answer.request = f->sent[1].id;
        says(f, &said);
        assert_int_equal(order->state, is_refused ? STATE_FILLED : STATE_PARTIALLY_FILLED);
        assert_int_equal(open_buys(f), is_refused ? 0 : 5);
        fixture_free(f);
    }
}

/* Its answer was lost, and the venue shows the order at work, then gone; or it refuses late what it had not answered. */
static void an_amendment_that_is_not_known_ends_with_its_order(void **state)
{
    (void)state;
    for (int is_refused = 0; is_refused < 2; is_refused++) {
        struct fixture *f = fixture_new(COST_AVERAGE);
        const struct order *order = fixture_find(f, asked_for_more(f));
        struct oc_ev_answer unknown = fixture_answer(f, OC_EV_UNKNOWN, order->now.order);
        struct oc_ev_order shown = said_order(f, "V1", OC_SHOWN_WORKING, 10, 4);
        struct oc_ev_venue_fill fill = said_fill(f, "V1", OC_SIDE_BUY, 4, 9900, "t1");
        struct oc_ev_venue_answer refused = said_answer(f, OC_EV_AMEND_REJECTED, "V1");
        unknown.request = refused.answer.request = f->sent[1].id;
        says(f, &unknown);
        says(f, &fill);
        says(f, &shown);
        fill = said_fill(f, "V1", OC_SIDE_BUY, 6, 9900, "t2");
        says(f, &fill);
        assert_int_equal(order->state, STATE_PARTIALLY_FILLED);
        assert_int_equal(open_buys(f), 5);
        shown.state = OC_SHOWN_FILLED;
        shown.cum_qty = 10;
        if (is_refused)
            says(f, &refused);
        else
            says(f, &shown);
        assert_int_equal(order->state, STATE_FILLED);
        assert_int_equal(open_buys(f), 0);
        fixture_free(f);
    }
}

/* A venue's stop of 4 is to be one of 10, trades all its 4 first, and is then refused: the other 6 get a stop of their own. */
static void what_a_leg_could_not_take_up_gets_another(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const struct oc_id name = {.size = 4, .text = "leg1"};
    struct oc_request guarded = fixture_order(f, OC_SIDE_BUY, 10, 10000);
    guarded.bits |= OC_RQ_HAS_STOP_LOSS;
    guarded.stop_loss = 9500;
    const uint64_t entry = fixture_submit(f, guarded);
    fixture_trade(f, entry, OC_SIDE_BUY, 4, 10000);
    const uint64_t stop = f->sent[1].order;
    assert_int_equal(engine_name_order(f->engine, stop, &name), OC_OK);
    fixture_say(f, OC_EV_ACCEPTED, stop);
    fixture_trade(f, entry, OC_SIDE_BUY, 6, 10000);
    assert_int_equal(f->sent[f->sent_count - 1].kind, OC_REQUEST_AMEND);
    struct oc_ev_answer refused = fixture_answer(f, OC_EV_AMEND_REJECTED, stop);
    refused.request = f->sent[f->sent_count - 1].id;
    fixture_trade(f, stop, OC_SIDE_SELL, 4, 9500);
    assert_int_equal(fixture_find(f, stop)->state, STATE_PENDING_UPDATE);
    fixture_input(f, &refused);
    assert_int_equal(fixture_find(f, stop)->state, STATE_FILLED);
    const struct oc_request *other = &f->sent[f->sent_count - 1];
    assert_true(other->kind == OC_REQUEST_NEW && other->role == OC_ROLE_STOP_LOSS);
    assert_int_equal(other->qty, 6);
    fixture_free(f);
}

static void what_is_shown_resolves_an_unknown_order(void **state)
{
    (void)state;
    static const uint8_t shown_states[] = {OC_SHOWN_WORKING,  OC_SHOWN_UNTRIGGERED, OC_SHOWN_PENDING_CANCEL,
                                           OC_SHOWN_CANCELED, OC_SHOWN_EXPIRED,     OC_SHOWN_REJECTED,
                                           OC_SHOWN_PENDING,  OC_SHOWN_UNKNOWN};
    static const uint8_t states[] = {STATE_ACCEPTED, STATE_ACCEPTED, STATE_ACCEPTED,  STATE_CANCELED,
                                     STATE_EXPIRED,  STATE_REJECTED, STATE_SUBMITTED, STATE_UNKNOWN};
    for (size_t i = 0; i < sizeof states; i++) {
        struct fixture *f = fixture_new(COST_AVERAGE);
        const uint64_t order = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
        fixture_say(f, OC_EV_UNKNOWN, order);
        struct oc_ev_order shown = said_order(f, "V1", shown_states[i], 10, 0);
        shown.order = order;
        shown.why = OC_WHY_VENUE_RISK;
        says(f, &shown);
        assert_int_equal(fixture_find(f, order)->state, states[i]);
        assert_int_equal(open_buys(f), state_is_final(states[i]) ? 0 : 10);
        assert_string_equal(fixture_find(f, order)->reason, state_is_final(states[i]) ? "VENUE_RISK" : "");
        assert_int_equal(alarms_of(f), 0);
        fixture_free(f);
    }
}

static void it_never_goes_back(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t order = said_accepted(f, OC_SIDE_BUY, 10, 9900, "V1");
    struct oc_ev_venue_fill fill = said_fill(f, "V1", OC_SIDE_BUY, 4, 9900, "t1");
    says(f, &fill);
    struct oc_ev_order shown = said_order(f, "V1", OC_SHOWN_CANCELED, 10, 3);
    shown.price = 9800;
    says(f, &shown); /* less than is known: nothing of it counts */
    assert_int_equal(alarms_of(f), 1);
    assert_int_equal(fixture_find(f, order)->state, STATE_PARTIALLY_FILLED);
    assert_int_equal(fixture_find(f, order)->now.price, 9900);
    struct oc_ev_venue_answer canceled = said_answer(f, OC_EV_CANCELED, "V1");
    says(f, &canceled);
    shown = said_order(f, "V1", OC_SHOWN_WORKING, 10, 4);
    says(f, &shown); /* open behind its end */
    assert_int_equal(alarms_of(f), 2);
    assert_int_equal(fixture_find(f, order)->state, STATE_CANCELED);
    assert_int_equal(open_buys(f), 0);
    shown.updated_ns = f->now_ns - 1; /* a stream's word of before, that the answer to the cancel has overtaken */
    says(f, &shown);
    assert_int_equal(alarms_of(f), 2);
    shown.updated_ns = f->now_ns;
    says(f, &shown);
    assert_int_equal(alarms_of(f), 3);
    assert_int_equal(fixture_find(f, order)->state, STATE_CANCELED);
    shown.cum_qty = 6; /* what has traded counts all the same */
    says(f, &shown);
    assert_int_equal(open_buys(f), 2);
    assert_int_equal(fixture_find(f, order)->state, STATE_CANCELED);
    fixture_free(f);
}

/* A list of open orders that was asked for before an end, and answered behind it, is of before: no alarm, and nothing opens again. */
static void what_was_asked_before_its_last_word_says_nothing_against_it(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t order = said_accepted(f, OC_SIDE_BUY, 10, 9900, "V1");
    struct oc_ev_order shown = said_order(f, "V1", OC_SHOWN_WORKING, 10, 0);
    struct oc_ev_venue_fill fill = said_fill(f, "V1", OC_SIDE_BUY, 4, 9900, "t1");
    f->now_ns += 1000;
    says(f, &fill);
    shown.as_of_ns = f->now_ns;
    says(f, &shown); /* less than is known, as it was before the fill */
    assert_int_equal(alarms_of(f), 0);
    shown.as_of_ns = f->now_ns + 1;
    says(f, &shown); /* asked behind it: the venue contradicts itself */
    assert_int_equal(alarms_of(f), 1);
    f->now_ns += 1000;
    struct oc_ev_venue_answer canceled = said_answer(f, OC_EV_CANCELED, "V1");
    says(f, &canceled);
    shown = said_order(f, "V1", OC_SHOWN_WORKING, 10, 4);
    shown.as_of_ns = f->now_ns;
    says(f, &shown);
    assert_int_equal(alarms_of(f), 1);
    assert_int_equal(fixture_find(f, order)->state, STATE_CANCELED);
    assert_int_equal(open_buys(f), 0);
    shown.cum_qty = 6; /* what has traded counts all the same */
    says(f, &shown);
    assert_int_equal(open_buys(f), 2);
    shown.as_of_ns = f->now_ns + 1;
    says(f, &shown);
    assert_int_equal(alarms_of(f), 3); /* that it is open, and that fills are missing */
    fixture_free(f);
}

static void terms_that_are_shown_are_in_force(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t order = said_accepted(f, OC_SIDE_BUY, 10, 9900, "V1");
    struct oc_ev_order shown = said_order(f, "V1", OC_SHOWN_WORKING, 8, 0);
    shown.price = 9850;
    says(f, &shown);
    assert_true(fixture_find(f, order)->now.price == 9850 && fixture_find(f, order)->now.qty == 8);
    assert_int_equal(open_buys(f), 8);
    shown.present = OC_OF_CUM_QTY; /* the rest is not said */
    shown.price = shown.qty = 1;
    says(f, &shown);
    assert_true(fixture_find(f, order)->now.price == 9850 && fixture_find(f, order)->now.qty == 8);
    fixture_free(f);
}

static void filled_it_is_when_its_fills_are_booked(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t order = said_accepted(f, OC_SIDE_BUY, 10, 9900, "V1");
    struct oc_ev_order shown = said_order(f, "V1", OC_SHOWN_FILLED, 10, 0);
    shown.present &= ~(uint32_t)OC_OF_CUM_QTY; /* filled says it */
    says(f, &shown);
    assert_int_equal(fixture_find(f, order)->state, STATE_ACCEPTED);
    assert_int_equal(open_buys(f), 10);
    assert_int_equal(alarms_of(f), 1); /* its fills are missing */
    struct oc_ev_venue_fill fill = said_fill(f, "V1", OC_SIDE_BUY, 10, 9900, "t1");
    says(f, &fill);
    assert_int_equal(fixture_find(f, order)->state, STATE_FILLED);
    assert_int_equal(alarms_of(f), 1);
    fixture_free(f);
}

static void absence_proves_nothing(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t order = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
    struct out_note note = {0};
    fixture_say(f, OC_EV_UNKNOWN, order);
    struct oc_ev_answer absent = fixture_answer(f, OC_EV_ABSENT, order);
    assert_int_equal(notes_of(f, &absent, NOTE_ABSENT, &note), 1);
    assert_true(note.order == order && note.source == f->account);
    assert_int_equal(fixture_find(f, order)->state, STATE_UNKNOWN);
    assert_int_equal(open_buys(f), 10);
    absent.order = 12345;
    assert_int_equal(notes_of(f, &absent, NOTE_ABSENT, &note), 1);
    assert_true(note.order == 12345);
    assert_int_equal(alarms_of(f), 0);
    fixture_free(f);
}

static void what_was_taken_did_arrive(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t order = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
    fixture_say(f, OC_EV_TAKEN, order);
    assert_int_equal(fixture_find(f, order)->state, STATE_SUBMITTED);
    fixture_say(f, OC_EV_NOT_THERE, order); /* which cannot be */
    assert_int_equal(fixture_find(f, order)->state, STATE_SUBMITTED);
    assert_int_equal(open_buys(f), 10);
    assert_int_equal(alarms_of(f), 1);
    const uint64_t lost = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
    fixture_say(f, OC_EV_UNKNOWN, lost);
    fixture_say(f, OC_EV_TAKEN, lost);
    assert_int_equal(fixture_find(f, lost)->state, STATE_SUBMITTED);
    fixture_say(f, OC_EV_ACCEPTED, lost);
    assert_int_equal(fixture_find(f, lost)->state, STATE_ACCEPTED);
    assert_int_equal(alarms_of(f), 1);
    fixture_free(f);
}

/* The end of a venue's transaction is not the last fill of an order by money. */
static void an_order_by_money_goes_on_behind_the_end_of_a_transaction(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct oc_request ask = fixture_order(f, OC_SIDE_BUY, 0, 0);
    ask.bits = OC_RQ_HAS_QUOTE_QTY;
    ask.quote_qty = (struct oc_dec){1, 0, 0};
    const uint64_t order = fixture_submit(f, ask);
    struct oc_ev_venue_fill fill = said_fill(f, "V1", OC_SIDE_BUY, 4, 9900, "t1");
    fill.fill.order = order;
    fill.fill.head.flags = OC_EVF_LAST;
    says(f, &fill);
    assert_int_equal(fixture_find(f, order)->state, STATE_PARTIALLY_FILLED);
    struct oc_ev_order shown = said_order(f, "V1", OC_SHOWN_CANCELED, 0, 4);
    shown.present = OC_OF_CUM_QTY;
    says(f, &shown);
    assert_int_equal(fixture_find(f, order)->state, STATE_CANCELED);
    assert_int_equal(open_buys(f), 0);
    fixture_free(f);
}

/* One by money is over when its venue shows it as filled and every fill of it is booked, whichever comes first, over a restart too. */
static void an_order_by_money_is_over_when_it_is_shown_so(void **state)
{
    (void)state;
    for (int shown_first = 0; shown_first < 2; shown_first++) {
        struct fixture *f = fixture_new(COST_AVERAGE);
        struct oc_request ask = fixture_order(f, OC_SIDE_BUY, 0, 0);
        ask.bits = OC_RQ_HAS_QUOTE_QTY;
        ask.quote_qty = (struct oc_dec){1, 0, 0};
        const uint64_t order = fixture_submit(f, ask);
        struct oc_ev_venue_fill fill = said_fill(f, "V1", OC_SIDE_BUY, 4, 9900, "t1");
        fill.fill.order = order;
        says(f, &fill);
        struct oc_ev_order shown = said_order(f, "V1", OC_SHOWN_WORKING, 0, 4);
        shown.present = OC_OF_CUM_QTY | OC_OF_FILLS_COME;
        says(f, &shown);
        assert_int_equal(fixture_find(f, order)->state, STATE_PARTIALLY_FILLED);
        shown.state = OC_SHOWN_FILLED;
        shown.cum_qty = 10;
        if (shown_first)
            says(f, &shown);
        assert_int_equal(fixture_find(f, order)->state, STATE_PARTIALLY_FILLED);
        fill = said_fill(f, "V1", OC_SIDE_BUY, 6, 9900, "t2");
        fill.fill.order = order;
        says(f, &fill);
        assert_int_equal(fixture_find(f, order)->state, shown_first ? STATE_FILLED : STATE_PARTIALLY_FILLED);
        if (!shown_first)
            says(f, &shown);
        assert_int_equal(fixture_find(f, order)->state, STATE_FILLED);
        assert_int_equal(open_buys(f), 0);
        assert_int_equal(alarms_of(f), shown_first); /* of the fill that is missing */
        fixture_free(f);
    }
}

/* Rules hear of what a venue says as of what a simulator says: with our id, and no longer than that. */
static struct heard {
    uint32_t count[OC_EV_END];
    uint64_t order;
} heard;

static oc_rc allow(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                   struct oc_verdict *ret_verdict)
{
    (void)self, (void)ctx, (void)ask;
    ret_verdict->allowed = 1;
    return OC_OK;
}

static void observe(void *self, const struct oc_risk_ctx *ctx, const struct oc_event *event)
{
    (void)self, (void)ctx;
    heard.count[event->type]++;
    if (event->type == OC_EV_ACCEPTED)
        assert_int_equal(event->size, sizeof(struct oc_ev_answer));
    if (event->type == OC_EV_FILL)
        assert_int_equal(event->size, sizeof(struct oc_ev_fill));
    if (event->type >= OC_EV_ACCEPTED && event->type <= OC_EV_TAKEN)
        heard.order = ((const struct oc_ev_answer *)(const void *)event)->order;
}

static void rules_hear_which_order_it_is(void **state)
{
    (void)state;
    static const struct oc_risk rule = {.size = sizeof rule, .check = allow, .observe = observe};
    struct fixture *f = fixture_new(COST_AVERAGE);
    heard = (struct heard){0};
    assert_int_equal(engine_add_rule(f->engine, "r", &rule, NULL), OC_OK);
    const uint64_t order = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
    const struct oc_id client = id_of("oc-1");
    assert_int_equal(engine_name_order(f->engine, order, &client), OC_OK);
    struct oc_ev_venue_answer said = said_answer(f, OC_EV_ACCEPTED, "V1");
    said.client = client;
    says(f, &said);
    assert_true(heard.order == order);
    struct oc_ev_venue_fill fill = said_fill(f, "V1", OC_SIDE_BUY, 4, 9900, "t1");
    heard.order = 0;
    says(f, &fill);
    assert_true(heard.order == order);
    struct oc_ev_order shown = said_order(f, "V1", OC_SHOWN_WORKING, 10, 4);
    heard.order = 0;
    says(f, &shown);
    assert_true(heard.order == order);
    assert_true(heard.count[OC_EV_ACCEPTED] == 1 && heard.count[OC_EV_FILL] == 1 && heard.count[OC_EV_ORDER] == 1);
    says_fetched(f);
    assert_int_equal(heard.count[OC_EV_FETCHED], 1);
    fixture_free(f);
}

static void reasons_of_venues_have_names(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t order = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
    struct oc_ev_venue_answer said = said_answer(f, OC_EV_REJECTED, "V1");
    said.answer.order = order;
    said.why = OC_WHY_TOO_SMALL;
    says(f, &said);
    assert_string_equal(fixture_find(f, order)->reason, "TOO_SMALL");
    const uint64_t other = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
    said.venue_order = id_of("V2");
    said.answer.order = other;
    said.why = 20; /* there is none of this number */
    says(f, &said);
    assert_string_equal(fixture_find(f, other)->reason, "OTHER");
    const uint64_t third = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
    said.venue_order = id_of("V3");
    said.answer.order = third;
    said.why = OC_WHY_OTHER + 1; /* one behind the last */
    says(f, &said);
    assert_string_equal(fixture_find(f, third)->reason, "OTHER");
    fixture_free(f);
}

static void balances_are_states_changes_or_sums(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct oc_ev_balance balance = {.head = {.size = sizeof balance, .type = OC_EV_BALANCE, .source = f->account},
                                    .asset = f->quote,
                                    .total = {500, 0, 0}};
    says(f, &balance); /* of the account of its source */
    assert_int_equal(cash(f), 50000000);
    balance.present = OC_BAL_CHANGE;
    balance.total.units = -100;
    says(f, &balance);
    assert_int_equal(cash(f), 40000000);
    balance.present = OC_BAL_SUM | OC_BAL_FREE | OC_BAL_LOCKED;
    balance.free.units = 7;
    balance.locked.units = 2;
    says(f, &balance);
    assert_int_equal(cash(f), 900000);
    balance.wallet = 1; /* which does not trade */
    balance.free.units = 70;
    says(f, &balance);
    assert_int_equal(cash(f), 900000);
    balance.wallet = 0;
    balance.present |= OC_BAL_OLD; /* overtaken by what moved the account */
    says(f, &balance);
    assert_int_equal(cash(f), 900000);
    balance.present &= ~(uint32_t)OC_BAL_OLD;
    says(f, &balance);
    assert_int_equal(cash(f), 7200000);
    fixture_free(f);
}

/* A lost amendment was in force after all: the order is open beyond what had filled it, and that counts. What is older, smaller, or says
 * nothing of its sums opens nothing. */
static void what_is_filled_and_shown_with_more_is_open_again(void **state)
{
    (void)state;
    enum { AGAIN, CUM_IS_LESS, NOTHING_IS_LEFT, NO_SUM, NOT_MORE, OLD, ENDED, CASES };
    for (int how = 0; how < CASES; how++) {
        struct fixture *f = fixture_new(COST_AVERAGE);
        const uint64_t order = said_accepted(f, OC_SIDE_BUY, 5, 9900, "V1");
        struct oc_ev_order shown = said_order(f, "V1", OC_SHOWN_WORKING, 5, 0);
        shown.updated_ns = 500;
        says(f, &shown);
        struct oc_ev_venue_fill fill = said_fill(f, "V1", OC_SIDE_BUY, 5, 9900, "t1");
        says(f, &fill);
        assert_int_equal(fixture_find(f, order)->state, STATE_FILLED);
        assert_int_equal(open_buys(f), 0);
        shown = said_order(f, "V1", how == ENDED ? OC_SHOWN_CANCELED : OC_SHOWN_WORKING, how == NOT_MORE ? 5 : 18,
                           how == CUM_IS_LESS       ? 4
                           : how == NOTHING_IS_LEFT ? 18
                                                    : 5);
        shown.updated_ns = how == OLD ? 400 : 600;
        if (how == NO_SUM)
            shown.present &= ~(uint32_t)OC_OF_CUM_QTY;
        const uint64_t alarms = alarms_of(f);
        says(f, &shown);
        const struct order *now = fixture_find(f, order);
        assert_int_equal(now->state, how == AGAIN ? STATE_PARTIALLY_FILLED : STATE_FILLED);
        assert_int_equal(alarms_of(f),
                         alarms + (how != ENDED) + (how == NOTHING_IS_LEFT)); /* whose fills are missing */
        if (how == AGAIN) {
            assert_int_equal(open_buys(f), 13);
            assert_int_equal(orders_open_count(engine_orders(f->engine)), 1);
            assert_ptr_equal(orders_open_of(engine_orders(f->engine), f->inst), now); /* and of its market */
            struct oc_ev_venue_fill rest = said_fill(f, "V1", OC_SIDE_BUY, 13, 9900, "t2");
            says(f, &rest);
            assert_int_equal(now->state, STATE_FILLED);
            assert_int_equal(alarms_of(f), alarms + 1);
        }
        assert_int_equal(open_buys(f), how == NOTHING_IS_LEFT ? 13 : 0);
        fixture_free(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(D7_terms_that_nobody_asked_for_are_in_force),
        cmocka_unit_test(D7_what_we_asked_for_meanwhile_goes_on),
        cmocka_unit_test(fills_that_race_an_amendment_do_not_end_the_order),
        cmocka_unit_test(an_amendment_that_is_not_known_ends_with_its_order),
        cmocka_unit_test(what_a_leg_could_not_take_up_gets_another),
        cmocka_unit_test(what_is_shown_resolves_an_unknown_order),
        cmocka_unit_test(it_never_goes_back),
        cmocka_unit_test(what_was_asked_before_its_last_word_says_nothing_against_it),
        cmocka_unit_test(what_is_filled_and_shown_with_more_is_open_again),
        cmocka_unit_test(terms_that_are_shown_are_in_force),
        cmocka_unit_test(filled_it_is_when_its_fills_are_booked),
        cmocka_unit_test(absence_proves_nothing),
        cmocka_unit_test(what_was_taken_did_arrive),
        cmocka_unit_test(an_order_by_money_goes_on_behind_the_end_of_a_transaction),
        cmocka_unit_test(an_order_by_money_is_over_when_it_is_shown_so),
        cmocka_unit_test(rules_hear_which_order_it_is),
        cmocka_unit_test(reasons_of_venues_have_names),
        cmocka_unit_test(balances_are_states_changes_or_sums),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

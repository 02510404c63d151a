/* order_states_test.c: the table of states: each pair of state and event that can be brought about does what its cell
 * says, and docs/order-states.md is that table. `order_states_test --write` writes it. */
#include "base/text.h"
#include "support/states_kit.h"

/* ---- the page ---- */

static void lower(struct text *text, const char *name)
{
    for (; *name; name++)
        text_put_char(text, (char)(*name >= 'A' && *name <= 'Z' ? *name - 'A' + 'a' : *name));
}

/* The events of one state that do this, a comma between. */
static void list(struct text *text, int state, int cell)
{
    int count = 0;
    for (int event = EVENT_NONE + 1; event < EVENT_COUNT; event++) {
        if (state_next(state, event) != cell)
            continue;
        text_put(text, count++ ? ", " : "");
        lower(text, state_event_name(event));
    }
}

static bool has(int state, int cell)
{
    for (int event = EVENT_NONE + 1; event < EVENT_COUNT; event++)
        if (state_next(state, event) == cell)
            return true;
    return false;
}

static void moves(struct text *text, int state)
{
    bool is_first = true;
    for (int next = STATE_NONE + 1; next < STATE_COUNT; next++) {
        if (!has(state, next))
            continue;
        text_put(text, is_first ? "" : "; ");
        list(text, state, next);
        text_format(text, " → %s", state_name(next));
        is_first = false;
    }
}

static const char words[] =
    "# The states of an order\n\n"
    "Made from the table of `host/engine/state.c` by `order_states_test --write`; a test holds it.\n\n"
    "- *From its facts*: filled, partly filled, triggered, accepted or submitted, whichever is known. What is being "
    "asked\n"
    "  of the venue goes on being asked.\n"
    "- *Alarm*: it cannot be. The state stays; it is counted and said.\n"
    "- What is listed nowhere is ignored: it is known already, or was overtaken.\n"
    "- `shown`: the venue shows it as open. `taken`: it did arrive. `absent`: the venue does not know it. `late_fill`: "
    "a\n"
    "  fill of which the venue's sums had told, or that was inferred from them. `bust`: a fill was taken back or "
    "corrected.\n"
    "- An order that the venue has accepted is not `not_there`: an alarm, whatever the table says.\n"
    "- An amendment under way ends by its answer, with its order, or where the venue shows what was asked for as in "
    "force.\n"
    "  While its answer is lost the order is UNKNOWN, and the larger of both quantities counts; then the answer to "
    "the\n"
    "  question that the host asks ends it too, whichever terms that shows: those are in force. An answer to an "
    "earlier\n"
    "  amendment changes nothing, nor does an order as it was shown before what is known.\n"
    "- An end whose reason is REPLACED is none while an amendment is under way, or under an old name: the order goes\n"
    "  on under another. A refused cancel leaves an UNKNOWN order UNKNOWN.\n"
    "- Through a link (`link_states_test`) every pair is driven but these: INITIALIZED lasts no longer than a callback "
    "and\n"
    "  EMULATED is not used yet; deny, emulate, submit, ask_amend and ask_cancel are ours, no venue says them; unknown "
    "and\n"
    "  not_there are the host's words of a request under way, so of SUBMITTED, PENDING_UPDATE and PENDING_CANCEL "
    "alone; and\n"
    "  a fill is corrected where there is one.\n"
    "- A final state is left by nothing, but a fill that completes an order leaves it FILLED whatever ended it.\n\n"
    "| state | goes to | from its facts | alarm |\n"
    "| --- | --- | --- | --- |\n";

static void page(struct text *text)
{
    text_put(text, words);
    for (int state = STATE_NONE + 1; state < STATE_COUNT; state++) {
        text_format(text, "| %s%s | ", state_name(state), state_is_final(state) ? " (final)" : "");
        moves(text, state);
        text_put(text, " | ");
        list(text, state, STATE_BACK);
        text_put(text, " | ");
        list(text, state, STATE_ALARM);
        text_put(text, " |\n");
    }
}

static const char path[] = TEST_SOURCE_DIR "/docs/order-states.md";

static void the_page_is_the_table(void **state)
{
    (void)state;
    struct text text;
    static char written[65536];
    text_init_grow(&text, sizeof written);
    page(&text);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    const size_t size = fread(written, 1, sizeof written - 1, file);
    fclose(file);
    written[size] = 0;
    if (strcmp(written, text.data) != 0)
        fail_msg("run: order_states_test --write");
    text_release(&text);
}

static int write_page(void)
{
    struct text text;
    text_init_grow(&text, 65536);
    page(&text);
    FILE *file = fopen(path, "wb");
    const bool is_written = file && fputs(text.data, file) >= 0;
    if (file)
        fclose(file);
    text_release(&text);
    return is_written ? 0 : 1;
}

/* ---- each pair ---- */

/* An order in this state, by what leads there. 0: nothing that is said from outside does. */
static uint64_t order_in(struct fixture *f, int state, int event)
{
    struct oc_request ask = fixture_order(f, OC_SIDE_BUY, 10, 9900);
    struct engine_refusal refusal;
    ask.type = OC_ORDER_STOP_LIMIT;
    ask.stop_price = 10100;
    ask.bits |= OC_RQ_HAS_STOP;
    if (state == STATE_NONE || state == STATE_INITIALIZED || state == STATE_EMULATED)
        return 0;
    if (state == STATE_DENIED)
        engine_latch(f->engine, 0, "STOPPED");
    uint64_t order = fixture_submit(f, ask);
    if (state == STATE_DENIED) {
        engine_unlatch(f->engine, 0);
        return orders_closed_last(engine_orders(f->engine))->now.order;
    }
    if (state == STATE_UNKNOWN || state == STATE_REJECTED)
        fixture_say(f, state == STATE_UNKNOWN ? OC_EV_UNKNOWN : OC_EV_REJECTED, order);
    if (state == STATE_SUBMITTED || state == STATE_UNKNOWN || state == STATE_REJECTED)
        return order;
    const bool is_pending = state == STATE_PENDING_UPDATE || state == STATE_PENDING_CANCEL;
    if (!is_pending || event != EVENT_NOT_THERE) /* what was accepted did arrive */
        fixture_say(f, OC_EV_ACCEPTED, order);
    if (state == STATE_TRIGGERED)
        fixture_say(f, OC_EV_TRIGGERED, order);
    if (state == STATE_PARTIALLY_FILLED || state == STATE_FILLED) {
        struct oc_ev_venue_fill fill = said_fill(f, "", OC_SIDE_BUY, state == STATE_FILLED ? 10 : 4, 9900, "first");
        fill.fill.order = order;
        says(f, &fill);
    }
    if (is_pending) {
        struct oc_request amend = {.order = order, .price = 9950, .bits = OC_RQ_PRICE_CHANGED};
        assert_int_equal(engine_begin(f->engine, 0), OC_OK);
        const oc_rc rc = state == STATE_PENDING_UPDATE ? engine_amend(f->engine, &amend, &refusal)
                                                       : engine_cancel(f->engine, order, &refusal);
        assert_int_equal(rc, OC_OK);
        fixture_end(f, true);
    }
    if (state == STATE_CANCELED || state == STATE_EXPIRED)
        fixture_say(f, state == STATE_CANCELED ? OC_EV_CANCELED : OC_EV_EXPIRED, order);
    return order;
}

/* False: this event cannot be brought about from outside, or not in this state. */
static bool say_event(struct fixture *f, int event, uint64_t order, bool has_fill)
{
    static const uint16_t types[EVENT_COUNT] = {
        [EVENT_ACCEPT] = OC_EV_ACCEPTED,
        [EVENT_REJECT] = OC_EV_REJECTED,
        [EVENT_CANCELED] = OC_EV_CANCELED,
        [EVENT_EXPIRED] = OC_EV_EXPIRED,
        [EVENT_TRIGGER] = OC_EV_TRIGGERED,
        [EVENT_AMENDED] = OC_EV_AMENDED,
        [EVENT_AMEND_REJECTED] = OC_EV_AMEND_REJECTED,
        [EVENT_CANCEL_REJECTED] = OC_EV_CANCEL_REJECTED,
        [EVENT_UNKNOWN] = OC_EV_UNKNOWN,
        [EVENT_NOT_THERE] = OC_EV_NOT_THERE,
        [EVENT_TAKEN] = OC_EV_TAKEN,
        [EVENT_ABSENT] = OC_EV_ABSENT,
    };
    if (types[event]) {
        fixture_say(f, types[event], order);
        return true;
    }
    if (event == EVENT_FILL || event == EVENT_LATE_FILL) {
        struct oc_ev_fill fill = fixture_fill(f, order, OC_SIDE_BUY, 1, 9900, "next");
        says(f, &fill);
        return true;
    }
    if (event == EVENT_SHOWN) {
        struct oc_ev_order shown = said_order(f, "V1", OC_SHOWN_WORKING, 10, 0);
        shown.order = order;
        shown.present = 0;
        says(f, &shown);
        return true;
    }
    if (event == EVENT_BUST && has_fill) {
        struct oc_ev_bust bust = {
            .head = {.size = sizeof bust, .type = OC_EV_BUST, .source = f->account, .inst = f->inst},
            .order = order,
            .new_qty = 1,
            .new_price = 9900,
            .trade_id_size = 5,
            .trade_id = "first"};
        says(f, &bust);
        return true;
    }
    return false;
}

/* A sum tells of the next fill before it comes. That is alarmed in itself. */
static void tell_sum(struct fixture *f, uint64_t order)
{
    const struct order *now = fixture_find(f, order);
    struct oc_ev_answer sent = fixture_answer(f, OC_EV_SENT, order); /* which moves nothing */
    sent.cum_qty = now->filled + 1;
    says(f, &sent);
}

/* Returns whether the pair could be brought about. */
static bool one_pair(int state, int event)
{
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t id = order_in(f, state, event);
    bool is_driven = false;
    if (id && event == EVENT_LATE_FILL)
        tell_sum(f, id);
    const struct order *order = id ? fixture_find(f, id) : NULL;
    const uint64_t alarms = alarms_of(f);
    const int before = order ? order->state : STATE_NONE;
    if (order && before == state && say_event(f, event, id, order->filled > 0)) {
        is_driven = true;
        pair_holds(f, order, state, event, alarms);
    }
    fixture_free(f);
    return is_driven;
}

static void each_pair_does_what_its_cell_says(void **state)
{
    (void)state;
    int driven = 0;
    for (int s = 0; s < STATE_COUNT; s++)
        for (int e = 0; e < EVENT_COUNT; e++)
            driven += one_pair(s, e);
    /* 12 states that can be brought about, with 15 events each; corrections of the two that have a fill */
    assert_int_equal(driven, 12 * 15 + 2);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_is_the_table),
        cmocka_unit_test(each_pair_does_what_its_cell_says),
    };
    if (argc > 1 && strcmp(argv[1], "--write") == 0)
        return write_page();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

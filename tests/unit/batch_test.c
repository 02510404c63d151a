/* batch_test.c: what a callback asked for stands or falls as a whole: numbers, counts, records and the order in which they leave. */
#include "engine/impl.h"
#include "support/engine_fixture.h"

#define MINUTE 60000000000LL

struct buyer { /* buys in each bar, and then fails or not */
    struct fixture *fixture;
    int64_t qty;
    oc_rc answer;
    int bars;
};

static oc_rc buys(void *self, const struct oc_event *bar)
{
    struct buyer *buyer = self;
    struct oc_request request = fixture_order(buyer->fixture, OC_SIDE_BUY, buyer->qty, 9900);
    struct engine_refusal refusal;
    (void)bar;
    buyer->bars++;
    assert_int_equal(engine_submit(buyer->fixture->engine, &request, &refusal), OC_OK);
    return buyer->answer;
}

static uint32_t buyer_add(struct fixture *f, struct buyer *buyer)
{
    const struct engine_client client = {.self = buyer, .bar = buys};
    uint32_t strategy;
    buyer->fixture = f;
    assert_int_equal(engine_add_client(f->engine, "buyer", &client, &strategy), OC_OK);
    assert_int_equal(engine_subscribe(f->engine, strategy, f->inst, MINUTE), OC_OK);
    return strategy;
}

struct limit {
    int64_t max;
    int seen, denied; /* requests, and denials of them, that were shown */
};

static oc_rc limit_check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                         struct oc_verdict *verdict)
{
    (void)ctx;
    verdict->allowed = ask->qty <= ((struct limit *)self)->max;
    return OC_OK;
}

static void limit_observe(void *self, const struct oc_risk_ctx *ctx, const struct oc_event *event)
{
    (void)ctx;
    ((struct limit *)self)->seen += event->type == OC_EV_REQUEST;
    ((struct limit *)self)->denied += event->type == OC_EV_DENIED;
}

static const struct oc_risk limits = {.size = sizeof limits, .check = limit_check, .observe = limit_observe};

static uint32_t shown_messages, shown_cancels;

static oc_rc look(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask, struct oc_verdict *verdict)
{
    (void)self;
    (void)ask;
    shown_messages = ctx->staged_messages;
    shown_cancels = ctx->staged_cancels;
    verdict->allowed = 1;
    return OC_OK;
}

static const struct oc_risk looks = {.size = sizeof looks, .check = look};

static void begin(struct fixture *f) { assert_int_equal(engine_begin(f->engine, 0), OC_OK); }

static uint64_t buy(struct fixture *f, int64_t qty)
{
    struct oc_request request = fixture_order(f, OC_SIDE_BUY, qty, 9900);
    struct engine_refusal refusal;
    return engine_submit(f->engine, &request, &refusal) == OC_OK ? request.order : 0;
}

static void cancel(struct fixture *f, uint64_t order)
{
    struct engine_refusal refusal;
    assert_int_equal(engine_cancel(f->engine, order, &refusal), OC_OK);
}

/* A kind of its own for what strategies keep: its number tells one from another. */
static void keep(struct fixture *f, int64_t number)
{
    struct oc_ev_timer record = {.head = {.size = sizeof record, .type = OC_EV_TIMER, .venue_ns = number},
                                 .timer = (uint64_t)number};
    assert_int_equal(engine_record(f->engine, &record.head), OC_OK);
}

/* Two strategies are told of one price; the second fails after it has asked for something. */
static void one_falls_and_the_one_before_stands(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct buyer first = {.qty = 3}, second = {.qty = 5, .answer = OC_E_INVALID};
    const uint32_t a = buyer_add(f, &first), b = buyer_add(f, &second);
    fixture_price(f, 10000);
    f->now_ns = MINUTE + 1;
    fixture_tick(f, f->now_ns);
    assert_true(first.bars == 1 && second.bars == 1);
    assert_int_equal(f->sent_count, 1);
    assert_int_equal(f->sent[0].qty, 3);
    assert_int_equal(f->sent[0].strategy, a);
    assert_int_equal(fixture_book(f)->open_buy, 3);
    assert_int_equal(fixture_find(f, f->sent[0].order)->state, STATE_SUBMITTED);
    assert_false(engine_is_suspended(f->engine, a));
    assert_true(engine_is_suspended(f->engine, b));
    assert_int_equal(engine_stats(f->engine)->requests, 1);
    fixture_free(f);
}

/* What was dropped was never asked: the numbers that it had are given again. */
static void what_is_dropped_leaves_no_number(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    assert_int_equal(engine_add_rule(f->engine, "looks", &looks, NULL), OC_OK);
    begin(f);
    const uint64_t kept = buy(f, 2);
    fixture_end(f, true);
    fixture_say(f, OC_EV_ACCEPTED, kept);
    begin(f); /* numbers of earlier batches are theirs */
    cancel(f, buy(f, 1));
    fixture_end(f, true);
    const uint64_t next_order = f->engine->next_order, next_request = f->engine->next_request;
    begin(f);
    assert_int_equal(buy(f, 5), (uint64_t)3 << 40 | next_order);
    assert_int_equal(shown_messages, 0); /* what stood before this order */
    cancel(f, kept);
    struct oc_request amend = {.order = buy(f, 1), .qty = 9, .bits = OC_RQ_QUANTITY_CHANGED};
    assert_int_equal(shown_messages, 1);
    assert_int_equal(shown_cancels, 1);
    assert_true(amend.order != 0);
    assert_true(f->engine->next_request > next_request);
    keep(f, 7);
    const uint32_t records = f->record_count;
    fixture_end(f, false);
    assert_int_equal(f->record_count, records);
    assert_int_equal(f->sent_count, 3);
    assert_int_equal(f->engine->next_order, next_order);
    assert_int_equal(f->engine->next_request, next_request);
    assert_int_equal(fixture_book(f)->open_buy, 3);
    assert_int_equal(fixture_find(f, kept)->state, STATE_ACCEPTED);
    begin(f);
    assert_int_equal(buy(f, 4), (uint64_t)3 << 40 | next_order);
    assert_int_equal(shown_messages, 0);
    assert_int_equal(shown_cancels, 0);
    fixture_end(f, true);
    fixture_free(f);
}

/* Within one batch of the host that is dropped only its own requests are counted back. */
static void counts_go_back_to_where_the_batch_began(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    assert_int_equal(engine_add_rule(f->engine, "looks", &looks, NULL), OC_OK);
    begin(f);
    const uint64_t kept = buy(f, 2);
    fixture_end(f, true);
    fixture_say(f, OC_EV_ACCEPTED, kept);
    begin(f); /* not flushed: a second one joins what is listed */
    assert_true(buy(f, 1) != 0);
    cancel(f, kept);
    engine_end(f->engine, true);
    begin(f);
    assert_true(buy(f, 1) != 0);
    assert_int_equal(shown_messages, 1);
    assert_int_equal(shown_cancels, 1);
    engine_end(f->engine, false);
    begin(f);
    assert_true(buy(f, 1) != 0);
    assert_int_equal(shown_messages, 1);
    assert_int_equal(shown_cancels, 1);
    fixture_end(f, true);
    assert_int_equal(f->sent_count, 4);
    begin(f);
    assert_true(buy(f, 1) != 0); /* what was sent is no longer staged */
    assert_int_equal(shown_messages, 0);
    assert_int_equal(shown_cancels, 0);
    fixture_end(f, true);
    fixture_free(f);
}

/* Saved state stands before what was asked for, each in its own order. */
static void records_come_first(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint32_t from = f->record_count;
    f->now_ns = 5000;
    fixture_price(f, 10000);
    const uint64_t cause = f->seq;
    begin(f);
    const uint64_t a = buy(f, 1);
    keep(f, 1);
    const uint64_t b = buy(f, 2);
    keep(f, 2);
    keep(f, 3);
    const uint64_t c = buy(f, 3);
    fixture_end(f, true);
    assert_int_equal(f->record_count, from + 6);
    for (uint32_t i = 0; i < 6; i++) {
        union {
            struct oc_event head;
            struct oc_ev_timer timer;
            struct oc_request request;
        } record;
        memcpy(&record, f->records[from + i], sizeof record);
        assert_int_equal(record.head.cause, cause);
        assert_int_equal(record.head.local_ns, 5000);
        assert_int_equal(record.head.type, i < 3 ? OC_EV_TIMER : OC_EV_REQUEST);
        if (i < 3)
            assert_int_equal(record.timer.timer, i + 1);
        else
            assert_int_equal(record.request.order, i == 3 ? a : i == 4 ? b : c);
    }
    fixture_free(f);
}

/* Sent, refused and withheld are counted apart; an order keeps the number under which it was recorded. */
static void each_request_is_counted_as_what_it_came_to(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct limit limit = {.max = 10};
    assert_int_equal(engine_add_rule(f->engine, "limit", &limits, &limit), OC_OK);
    begin(f);
    const uint64_t order = buy(f, 10);
    assert_int_equal(buy(f, 11), 0);
    fixture_end(f, true);
    assert_int_equal(engine_stats(f->engine)->requests, 1);
    assert_int_equal(engine_stats(f->engine)->denied, 1);
    assert_int_equal(limit.seen, 2); /* all that was recorded is shown, as a restart shows it */
    assert_int_equal(limit.denied, 1);
    const uint64_t seq = f->sent[0].head.seq;
    assert_true(seq != 0);
    assert_int_equal(fixture_find(f, order)->now.head.seq, seq);
    fixture_say(f, OC_EV_ACCEPTED, order);
    begin(f);
    cancel(f, order);
    fixture_end(f, true);
    assert_true(f->sent[1].head.seq > seq);
    assert_int_equal(fixture_find(f, order)->now.head.seq, seq);
    assert_int_equal(engine_stats(f->engine)->requests, 2);
    f->door_answer = OC_E_IO;
    begin(f);
    const uint64_t lost = buy(f, 1);
    fixture_end(f, true);
    assert_int_equal(engine_stats(f->engine)->requests, 2);
    assert_int_equal(engine_stats(f->engine)->denied, 2);
    assert_int_equal(f->sent_count, 2);
    assert_int_equal(fixture_find(f, lost)->state, STATE_DENIED);
    assert_int_equal(fixture_find(f, lost)->exposure, 0);
    fixture_free(f);
}

/* An amend that was dropped, or that never left, leaves the order as the venue has it. */
static void an_amend_that_never_left_changes_nothing(void **state)
{
    (void)state;
    for (int way = 0; way < 3; way++) {
        struct fixture *f = fixture_new(COST_AVERAGE);
        struct limit limit = {.max = 20};
        struct oc_request amend = {.qty = way < 2 ? 20 : 21, .bits = OC_RQ_QUANTITY_CHANGED};
        struct engine_refusal refusal;
        assert_int_equal(engine_add_rule(f->engine, "limit", &limits, &limit), OC_OK);
        amend.order = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
        fixture_say(f, OC_EV_ACCEPTED, amend.order);
        const struct order *order = fixture_find(f, amend.order);
        f->door_answer = way == 1 ? OC_E_IO : OC_OK;
        begin(f);
        assert_int_equal(engine_amend(f->engine, &amend, &refusal), way < 2 ? OC_OK : OC_E_LIMIT);
        assert_int_equal(fixture_book(f)->open_buy, way < 2 ? 20 : 10);
        fixture_end(f, way != 0);
        assert_int_equal(fixture_book(f)->open_buy, 10);
        assert_int_equal(order->ask_qty, 0);
        assert_int_equal(order->ask_bits, 0);
        assert_int_equal(order->state, STATE_ACCEPTED);
        assert_int_equal(f->sent_count, 1);
        fixture_free(f);
    }
}

/* Who watches reads each step of an order, and none that was not made. */
static void each_step_of_an_order_is_noted(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t id = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
    struct oc_ev_answer answer = fixture_answer(f, OC_EV_ACCEPTED, id);
    for (int again = 0; again < 2; again++) { /* the second one says nothing new */
        answer.head.seq = ++f->seq;
        answer.head.local_ns = f->now_ns;
        assert_int_equal(engine_input(f->engine, &answer.head, true), OC_OK);
        const struct engine_out *out = engine_out(f->engine);
        uint32_t steps = 0;
        for (uint32_t i = 0; i < out->note_count; i++) {
            if (out->notes[i].kind != NOTE_ORDER)
                continue;
            steps++;
            assert_int_equal(out->notes[i].before, STATE_SUBMITTED);
            assert_int_equal(out->notes[i].after, STATE_ACCEPTED);
            assert_int_equal(out->notes[i].order, id);
            assert_int_equal(out->notes[i].inst, f->inst);
        }
        assert_int_equal(steps, again ? 0 : 1);
        fixture_flush(f);
    }
    fixture_free(f);
}

/* An order that never left takes its protection with it. */
static void a_withheld_order_leaves_no_group(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct oc_request request = fixture_order(f, OC_SIDE_BUY, 5, 9900);
    request.bits |= OC_RQ_HAS_STOP_LOSS;
    request.stop_loss = 9000;
    f->commit_answer = OC_E_IO;
    const uint64_t order = fixture_submit(f, request);
    assert_true(order != 0);
    assert_int_equal(fixture_find(f, order)->state, STATE_DENIED);
    assert_int_equal(f->engine->groups.live, 0);
    fixture_mend(f);
    assert_true(fixture_submit(f, request) != 0);
    assert_int_equal(f->engine->groups.live, 1);
    fixture_free(f);
}

/* An alarm about nothing in particular names no order, strategy or instrument. */
static void an_alarm_names_what_it_is_about(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t order = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 5, 9900));
    for (int i = 0; i < 2; i++) {
        const struct order *about = i ? fixture_find(f, order) : NULL;
        engine_alarm(f->engine, about, "words");
        const struct engine_out *out = engine_out(f->engine);
        const struct out_note *note = &out->notes[out->note_count - 1];
        assert_int_equal(note->kind, NOTE_ALARM);
        assert_string_equal(note->words, "words");
        assert_int_equal(note->order, i ? order : 0);
        assert_int_equal(note->inst, i ? f->inst : 0);
        assert_int_equal(note->strategy, 0);
        assert_int_equal(engine_stats(f->engine)->alarms, i + 1);
    }
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_falls_and_the_one_before_stands),
        cmocka_unit_test(what_is_dropped_leaves_no_number),
        cmocka_unit_test(counts_go_back_to_where_the_batch_began),
        cmocka_unit_test(records_come_first),
        cmocka_unit_test(each_request_is_counted_as_what_it_came_to),
        cmocka_unit_test(a_withheld_order_leaves_no_group),
        cmocka_unit_test(an_amend_that_never_left_changes_nothing),
        cmocka_unit_test(each_step_of_an_order_is_noted),
        cmocka_unit_test(an_alarm_names_what_it_is_about),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

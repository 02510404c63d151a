/* protect_restart_test.c: a host that holds a leg is killed and started again, at each step. */
#include "support/protect_kit.h"

enum { LOG_MAX = 64 };
struct log { /* what the journal holds, in its order: inputs, and what was asked for behind each */
    char events[LOG_MAX][512];
    uint32_t count;
    struct group groups[LOG_MAX]; /* behind each input */
    int64_t due_ns[LOG_MAX];
    bool is_whole[LOG_MAX];
};

static void log_input(struct log *log, struct fixture *f, void *event)
{
    const uint32_t from = f->record_count;
    struct oc_event *head = event;
    fixture_input(f, event);
    assert_true(log->count + 1 + f->record_count - from <= LOG_MAX && head->size <= sizeof log->events[0]);
    memcpy(log->events[log->count++], event, head->size);
    for (uint32_t i = from; i < f->record_count; i++)
        memcpy(log->events[log->count++], f->records[i], sizeof f->records[i]);
    log->groups[log->count - 1] = f->engine->groups.list[0];
    log->due_ns[log->count - 1] = f->engine->groups.due_ns;
    log->is_whole[log->count - 1] = true;
}

static void log_price(struct log *log, struct fixture *f, int64_t price)
{
    struct oc_ev_trade trade = {.head = {.size = sizeof trade, .type = OC_EV_TRADE, .inst = f->inst}, .price = price};
    log_input(log, f, &trade);
}

static void log_say(struct log *log, struct fixture *f, uint16_t type, uint64_t order)
{
    struct oc_ev_answer answer = fixture_answer(f, type, order);
    log_input(log, f, &answer);
}

static void log_trade(struct log *log, struct fixture *f, uint64_t order, uint8_t side, int64_t qty, const char *id)
{
    struct oc_ev_fill fill = fixture_fill(f, order, side, qty, side == OC_SIDE_BUY ? 10000 : 11000, id);
    log_input(log, f, &fill);
}

/* An entry, its stop, a touch, a part of the stop in the race, a target that fills a part, and the stop that goes back. */
static void a_day(struct log *log, struct fixture *f)
{
    const uint32_t from = f->record_count;
    const uint64_t entry = guarded(f, 10, 9500, 11000);
    for (uint32_t i = from; i < f->record_count; i++)
        memcpy(log->events[log->count++], f->records[i], sizeof f->records[i]);
    log_trade(log, f, entry, OC_SIDE_BUY, 10, "a");
    const uint64_t stop = last(f)->order;
    log_say(log, f, OC_EV_ACCEPTED, stop);
    log_price(log, f, 11000);
    log_trade(log, f, stop, OC_SIDE_SELL, 1, "b");
    log_say(log, f, OC_EV_CANCELED, stop);
    const uint64_t target = last(f)->order;
    is_a(last(f), OC_REQUEST_NEW, OC_ROLE_TAKE_PROFIT, OC_ORDER_LIMIT, 9);
    log_say(log, f, OC_EV_ACCEPTED, target);
    log_trade(log, f, target, OC_SIDE_SELL, 2, "c");
    log_say(log, f, OC_EV_EXPIRED, target);
    is_a(last(f), OC_REQUEST_NEW, OC_ROLE_STOP_LOSS, OC_ORDER_STOP, 7);
    log_say(log, f, OC_EV_ACCEPTED, last(f)->order);
}

static bool targets_pass = true;

static oc_rc no_target(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                       struct oc_verdict *verdict)
{
    (void)self;
    (void)ctx;
    verdict->allowed = targets_pass || ask->role != OC_ROLE_TAKE_PROFIT || ask->kind != OC_REQUEST_NEW;
    return OC_OK;
}

static const struct oc_risk no_target_rule = {.size = sizeof no_target_rule, .check = no_target};

/* A rule refuses the target when it is to go out: the stop goes back with the same input. */
static void a_denied_target(struct log *log, struct fixture *f)
{
    const uint64_t stop = last(f)->order;
    f->now_ns += GROUPS_RETRY_NS;
    log_price(log, f, 11000);
    targets_pass = false;
    log_say(log, f, OC_EV_CANCELED, stop);
    targets_pass = true;
    assert_int_equal(f->engine->stats.alarms, 1);
    is_a(last(f), OC_REQUEST_NEW, OC_ROLE_STOP_LOSS, OC_ORDER_STOP, 7);
    log_say(log, f, OC_EV_ACCEPTED, last(f)->order);
}

/* Everything is refused once: the cancel of the stop, the target, the stop that goes back; and a timer asks for that again. */
static void a_bad_day(struct log *log, struct fixture *f)
{
    struct oc_ev_timer timer = {0};
    const uint64_t stop = last(f)->order;
    f->now_ns += GROUPS_RETRY_NS;
    log_price(log, f, 11000);
    log_say(log, f, OC_EV_CANCEL_REJECTED, stop);
    f->now_ns += 4 * GROUPS_RETRY_NS;
    log_price(log, f, 11000);
    log_say(log, f, OC_EV_CANCELED, stop);
    is_a(last(f), OC_REQUEST_NEW, OC_ROLE_TAKE_PROFIT, OC_ORDER_LIMIT, 7);
    log_say(log, f, OC_EV_REJECTED, last(f)->order);
    is_a(last(f), OC_REQUEST_NEW, OC_ROLE_STOP_LOSS, OC_ORDER_STOP, 7);
    log_say(log, f, OC_EV_REJECTED, last(f)->order);
    const uint32_t sent = f->sent_count;
    for (int i = 0; i < 9 && f->sent_count == sent; i++) { /* of what was due before, too */
        f->now_ns = engine_next_ns(f->engine) > f->now_ns ? engine_next_ns(f->engine) : f->now_ns;
        assert_true(f->now_ns < INT64_MAX && engine_take_timer(f->engine, f->now_ns, &timer));
        log_input(log, f, &timer);
    }
    assert_int_equal(f->sent_count, sent + 1);
    is_a(last(f), OC_REQUEST_NEW, OC_ROLE_STOP_LOSS, OC_ORDER_STOP, 7);
    log_say(log, f, OC_EV_ACCEPTED, last(f)->order);
}

/* What decides what is asked for when is the same after a restart: else a replay of both lives would go another way. */
static void is_as_it_was(const struct fixture *f, const struct log *log, uint32_t at)
{
    const struct group *now = &f->engine->groups.list[0], *was = &log->groups[at];
    assert_int_equal(f->engine->groups.live, 1);
    assert_true(now->phase == was->phase && now->entered == was->entered && now->exited == was->exited);
    assert_true(now->stop_order == was->stop_order && now->target_order == was->target_order);
    assert_true(now->stop_again.next_ns == was->stop_again.next_ns && now->stop_again.tries == was->stop_again.tries);
    assert_true(now->target_again.next_ns == was->target_again.next_ns &&
                now->target_again.tries == was->target_again.tries);
    assert_true(f->engine->groups.due_ns == log->due_ns[at]);
}

/* The venue answers all that is open, and fills targets; stops alone rest. */
static void venue_answers(struct spot *spot)
{
    struct fixture *f = spot->f;
    const struct order *order = orders_open_of(f->engine->orders, f->inst), *next;
    for (; order; order = next) {
        next = order->younger_here;
        const uint64_t id = order->now.order;
        if (order->now.role == OC_ROLE_ENTRY)
            continue;
        if (order->state == STATE_PENDING_CANCEL) {
            fixture_say(f, OC_EV_CANCELED, id);
        } else if (order->state == STATE_SUBMITTED) {
            fixture_say(f, OC_EV_ACCEPTED, id);
        } else if (order->now.role == OC_ROLE_TAKE_PROFIT) {
            const int64_t rest = order_remaining_worst(order);
            fixture_trade(f, id, OC_SIDE_SELL, rest, 11000);
            spot->held -= rest;
        }
        return; /* the next one with the next look: the list has changed */
    }
}

static bool is_stopped(const struct spot *spot)
{
    const struct order *order = orders_open_of(spot->f->engine->orders, spot->f->inst);
    for (; order; order = order->younger_here)
        if (order->now.role == OC_ROLE_STOP_LOSS && order->state == STATE_ACCEPTED &&
            order_remaining_worst(order) == fixture_book(spot->f)->position.qty)
            return true;
    return false;
}

/* Killed behind each record, and started again: the position is closed by the target, and never is more asked for than is held. */
static void killed_behind_each_record(void **state)
{
    (void)state;
    static struct log log;
    struct spot spot;
    struct fixture *f = new_host(&spot, false);
    f->on_request = NULL;
    assert_int_equal(engine_add_rule(f->engine, "no_target", &no_target_rule, NULL), OC_OK);
    a_day(&log, f);
    a_denied_target(&log, f);
    a_bad_day(&log, f);
    fixture_free(f);
    for (uint32_t cut = 2; cut <= log.count; cut++) {
        f = new_host(&spot, false);
        for (uint32_t i = 0; i < cut; i++)
            assert_int_equal(engine_restore(f->engine, (const void *)log.events[i]), OC_OK);
        if (log.is_whole[cut - 1])
            is_as_it_was(f, &log, cut - 1);
        const struct book *book = fixture_book(f);
        spot.held = book ? book->position.qty : 0;
        f->trades = 1000;
        f->seq = 1000;
        assert_int_equal(f->sent_count, 0);
        const int64_t held = spot.held;
        for (int i = 0; i < 60; i++) {
            price_after(f, 1, i < 8 ? 10000 : 11000);
            assert_true(locked(&spot) <= fixture_book(f)->position.qty);
            venue_answers(&spot);
            if (i == 7) /* away from the target all that is held has its stop */
                assert_true(fixture_book(f)->position.qty == 0 || is_stopped(&spot));
        }
        assert_true(held > 0 || cut < 3);
        assert_int_equal(fixture_book(f)->position.qty, 0);
        assert_false(spot.is_short);
        fixture_free(f);
    }
}

/* An entry is taken back for a close and trades all the same: in a restart, too, its group has given nothing way. */
static void an_entry_that_is_canceled_for_a_close(void **state)
{
    (void)state;
    static struct log log;
    struct spot spot;
    struct fixture *f = new_host(&spot, false);
    f->on_request = NULL;
    const uint32_t from = f->record_count;
    const uint64_t entry = guarded(f, 10, 9500, 11000);
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_cancel_all(f->engine, 0, 0, CANCEL_TO_CLOSE), 1);
    fixture_end(f, true);
    is_a(last(f), OC_REQUEST_CANCEL, OC_ROLE_CLOSE, last(f)->type, 10);
    assert_int_equal(last(f)->order, entry);
    log.count = 0;
    for (uint32_t i = from; i < f->record_count; i++)
        memcpy(log.events[log.count++], f->records[i], sizeof f->records[i]);
    const struct group was = f->engine->groups.list[0];
    fixture_free(f);
    f = new_host(&spot, false);
    for (uint32_t i = 0; i < log.count; i++)
        assert_int_equal(engine_restore(f->engine, (const void *)log.events[i]), OC_OK);
    assert_int_equal(f->engine->groups.list[0].phase, was.phase);
    assert_int_equal(was.phase, GROUP_RESTS);
    fixture_free(f);
}

/* A checkpoint at each step goes on as the engine that was not stopped does. */
static void a_checkpoint_goes_on(void **state)
{
    (void)state;
    enum { SIZE = 1 << 22 };
    char *bytes = malloc(SIZE);
    static struct log log;
    struct spot spot, of_other;
    struct fixture *f = new_host(&spot, false), *g;
    bought(&spot, 10, 9500, 11000);
    const uint64_t stop = accepted(f);
    log_price(&log, f, 11000);
    const int64_t size = engine_save(f->engine, bytes, SIZE);
    assert_true(size > 0);
    g = new_host(&of_other, false);
    assert_int_equal(engine_load(g->engine, bytes, (size_t)size), OC_OK);
    of_other.held = 10;
    g->now_ns = f->now_ns;
    fixture_say(f, OC_EV_CANCELED, stop);
    fixture_say(g, OC_EV_CANCELED, stop);
    is_a(last(f), OC_REQUEST_NEW, OC_ROLE_TAKE_PROFIT, OC_ORDER_LIMIT, 10);
    is_a(last(g), OC_REQUEST_NEW, OC_ROLE_TAKE_PROFIT, OC_ORDER_LIMIT, 10);
    assert_true(last(f)->order == last(g)->order);
    fixture_free(f);
    fixture_free(g);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_behind_each_record),
        cmocka_unit_test(an_entry_that_is_canceled_for_a_close),
        cmocka_unit_test(a_checkpoint_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

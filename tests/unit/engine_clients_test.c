/* engine_clients_test.c: what belongs to one client: the bars it asked for when it asks for others, what is closed for it, and
 * what records say of it after a restart. */
#include "support/engine_kit.h"

/* A trade at a minute; what was due before has come. */
static void trade_at(struct fixture *f, int64_t minute, int64_t price)
{
    f->now_ns = minute * MINUTE;
    fixture_tick(f, f->now_ns);
    fixture_price(f, price);
}

struct heard {
    struct oc_ev_bar bars[16];
    int count;
};

static oc_rc hear(void *self, const struct oc_event *bar)
{
    struct heard *heard = self;
    if (bar->type == OC_EV_BAR && heard->count < 16)
        heard->bars[heard->count++] = *(const struct oc_ev_bar *)(const void *)bar;
    return OC_OK;
}

static uint32_t hearer(struct fixture *f, struct heard *heard)
{
    uint32_t strategy = 0;
    const struct engine_client client = {.self = heard, .bar = hear};
    assert_int_equal(engine_add_client(f->engine, "heard", &client, &strategy), OC_OK);
    return strategy;
}

/* An instrument is subscribed while somebody asks for it, bars or events. */
static void what_is_subscribed_is_known(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct oc_instrument info = instruments_get(engine_instruments(f->engine), f->inst)->info;
    struct heard one = {.count = 0}, other = {.count = 0};
    const uint32_t first = hearer(f, &one), second = hearer(f, &other);
    uint32_t eth;
    strcpy(info.symbol, "ETH/USDT");
    assert_int_equal(instruments_add(engine_instruments(f->engine), &info, &eth), OC_OK);
    assert_false(engine_is_subscribed(f->engine, f->inst) || engine_is_subscribed(f->engine, eth));
    assert_int_equal(engine_subscribe(f->engine, first, f->inst, 0), OC_OK);
    assert_true(engine_is_subscribed(f->engine, f->inst) && !engine_is_subscribed(f->engine, eth));
    assert_int_equal(engine_subscribe(f->engine, second, f->inst, MINUTE), OC_OK);
    assert_int_equal(engine_subscribe(f->engine, second, eth, MINUTE), OC_OK);
    assert_true(engine_is_subscribed(f->engine, eth));
    engine_remove_client(f->engine, first);
    assert_true(engine_is_subscribed(f->engine, f->inst));
    const struct engine_subscription rest = {.inst = eth};
    const uint64_t before = engine_subscriptions(f->engine);
    assert_int_equal(engine_resubscribe(f->engine, second, &rest, 1), OC_OK);
    assert_true(engine_subscriptions(f->engine) != before);
    assert_true(!engine_is_subscribed(f->engine, f->inst) && engine_is_subscribed(f->engine, eth));
    assert_false(engine_is_subscribed(f->engine, OC_INST(ENGINE_INSTRUMENTS_MAX - 1, 1)));
    assert_false(engine_is_subscribed(f->engine, OC_INST(ENGINE_INSTRUMENTS_MAX, 1)));
    assert_false(engine_is_subscribed(f->engine, UINT32_MAX));
    fixture_free(f);
}

/* Who asks for other bars keeps those that are open and still wanted, by it or by another; the others end with their last
 * user, and nothing waits for their end. */
static void bars_that_are_still_wanted_stay_open(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct heard one = {.count = 0}, other = {.count = 0};
    const uint32_t first = hearer(f, &one), second = hearer(f, &other);
    static const int64_t periods[] = {5, 15, 60};
    for (int i = 0; i < 3; i++)
        assert_int_equal(engine_subscribe(f->engine, first, f->inst, periods[i] * MINUTE), OC_OK);
    assert_int_equal(engine_subscribe(f->engine, second, f->inst, 30 * MINUTE), OC_OK);
    trade_at(f, 1, 10100);
    assert_true(engine_bars_end_ns(f->engine) == 5 * MINUTE);
    const struct engine_subscription fewer[] = {{.inst = f->inst, .period_ns = 15 * MINUTE},
                                                {.inst = f->inst, .period_ns = 10 * MINUTE}};
    assert_int_equal(engine_resubscribe(f->engine, first, fewer, 1), OC_OK);
    assert_true(engine_bars_end_ns(f->engine) == 15 * MINUTE);
    trade_at(f, 2, 10200);
    trade_at(f, 16, 10300);
    assert_int_equal(one.count, 1);
    assert_true(one.bars[0].period_ns == 15 * MINUTE && one.bars[0].high == 10200);
    assert_true(one.bars[0].open == 10000 || one.bars[0].open == 10100); /* what came before it asked is in it */
    assert_int_equal(other.count, 0);
    assert_int_equal(engine_resubscribe(f->engine, first, fewer, 2), OC_OK);
    trade_at(f, 17, 10400);
    assert_true(engine_bars_end_ns(f->engine) == 20 * MINUTE);
    const struct engine_subscription wrong[] = {{.inst = f->inst, .period_ns = 1 * MINUTE},
                                                {.inst = f->inst, .period_ns = 7}};
    assert_int_equal(engine_resubscribe(f->engine, first, wrong, 2), OC_E_INVALID); /* nothing changes */
    trade_at(f, 18, 10400);
    assert_true(engine_bars_end_ns(f->engine) == 20 * MINUTE);
    const struct engine_subscription unknown = {.inst = OC_INST(50, 1), .period_ns = MINUTE};
    assert_int_equal(engine_resubscribe(f->engine, first, &unknown, 1), OC_E_NOT_FOUND);
    assert_int_equal(engine_resubscribe(f->engine, first, fewer, 0), OC_OK);
    assert_true(engine_bars_end_ns(f->engine) == 30 * MINUTE); /* the other's */
    trade_at(f, 31, 10500);
    assert_int_equal(one.count, 1);
    assert_int_equal(other.count, 1);
    assert_true(other.bars[0].period_ns == 30 * MINUTE && other.bars[0].high == 10400);
    fixture_tick(f, 60 * MINUTE);
    assert_int_equal(engine_resubscribe(f->engine, first, fewer, 2), OC_OK); /* none is open: none ends */
    assert_true(engine_bars_end_ns(f->engine) == INT64_MAX);
    assert_int_equal(engine_resubscribe(f->engine, first, fewer, 0), OC_OK);
    engine_remove_client(f->engine, second);
    assert_true(engine_bars_end_ns(f->engine) == INT64_MAX);
    trade_at(f, 65, 10500);
    assert_int_equal(other.count, 2);
    fixture_free(f);
}

/* Of one period the larger stand first, and then the instrument that was added first, in whatever order they were asked for. */
static void bars_end_in_one_order(void **state)
{
    (void)state;
    for (int turn = 0; turn < 2; turn++) {
        struct fixture *f = fixture_new(COST_AVERAGE);
        struct heard heard = {.count = 0};
        const uint32_t strategy = hearer(f, &heard);
        struct oc_instrument info = instruments_get(engine_instruments(f->engine), f->inst)->info;
        uint32_t inst[2] = {f->inst, 0};
        snprintf(info.symbol, sizeof info.symbol, "ETH/USDT");
        assert_int_equal(instruments_add(engine_instruments(f->engine), &info, &inst[1]), OC_OK);
        for (int i = 0; i < 4; i++) {
            const int k = turn ? 3 - i : i;
            assert_int_equal(engine_subscribe(f->engine, strategy, inst[k % 2], (k / 2 ? 5 : 10) * MINUTE), OC_OK);
        }
        f->now_ns = MINUTE;
        for (int i = 0; i < 2; i++) {
            struct oc_ev_trade trade = {
                .head = {.size = sizeof trade, .type = OC_EV_TRADE, .inst = inst[i]}, .price = 10000, .qty = 1};
            assert_int_equal(fixture_input(f, &trade), OC_OK);
        }
        fixture_tick(f, 5 * MINUTE);
        trade_at(f, 6, 10000);
        fixture_tick(f, 10 * MINUTE);
        assert_true(heard.count >= 5);
        assert_true(heard.bars[0].head.inst == inst[0] && heard.bars[1].head.inst == inst[1]);
        int at = 2;
        assert_true(heard.bars[at].period_ns == 10 * MINUTE && heard.bars[at].head.inst == inst[0]);
        assert_true(heard.bars[at + 1].period_ns == 10 * MINUTE && heard.bars[at + 1].head.inst == inst[1]);
        assert_true(heard.bars[at + 2].period_ns == 5 * MINUTE && heard.bars[at + 2].head.inst == inst[0]);
        fixture_free(f);
    }
}

static const struct oc_request *last_sent(const struct fixture *f) { return &f->sent[f->sent_count - 1]; }

/* Flattening closes what is asked for and nothing else, its protection with it, and says when an order was refused. */
static void flattening_closes_one_or_the_account(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct rule rule = {.max = 1000};
    struct user user = {0}, twin = {0};
    assert_int_equal(engine_add_rule(f->engine, "rule", &rule_table, &rule), OC_OK);
    const uint32_t one = user_add(f, &user), other = user_add(f, &twin);
    struct oc_request order = fixture_order(f, OC_SIDE_BUY, 30, 9900);
    order.strategy = one;
    order.bits |= OC_RQ_HAS_STOP_LOSS;
    order.stop_loss = 9000;
    fixture_trade(f, fixture_submit(f, order), OC_SIDE_BUY, 30, 9900); /* its stop rests at the venue */
    order = fixture_order(f, OC_SIDE_SELL, 20, 10100);
    order.strategy = other;
    const uint64_t short_sale = fixture_submit(f, order);
    fixture_trade(f, short_sale, OC_SIDE_SELL, 20, 10100);
    const uint32_t sent = f->sent_count;
    assert_int_equal(f->sent[1].role, OC_ROLE_STOP_LOSS);
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_flatten(f->engine, one, OC_ROLE_CLOSE, "flat"), OC_OK);
    fixture_end(f, true);
    assert_int_equal(f->sent_count, sent + 2);
    assert_true(f->sent[sent].kind == OC_REQUEST_CANCEL && f->sent[sent].order == f->sent[1].order);
    assert_true(last_sent(f)->strategy == one && last_sent(f)->side == OC_SIDE_SELL && last_sent(f)->qty == 30);
    assert_true(last_sent(f)->bits & OC_RQ_REDUCE_ONLY);
    assert_string_equal(last_sent(f)->tag, "flat");
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_flatten(f->engine, other, OC_ROLE_CLOSE, "a tag that is longer than any tag of an order"),
                     OC_OK);
    fixture_end(f, true);
    assert_int_equal(strlen(last_sent(f)->tag), sizeof last_sent(f)->tag - 1);
    assert_int_equal(f->sent_count, sent + 3);
    assert_true(last_sent(f)->strategy == other && last_sent(f)->side == OC_SIDE_BUY && last_sent(f)->qty == 20);
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_flatten(f->engine, 0, OC_ROLE_CLOSE, "flat"), OC_OK);
    fixture_end(f, true); /* the two closings are withdrawn, and the account's ten are sold */
    assert_int_equal(f->sent_count, sent + 6);
    assert_true(last_sent(f)->strategy == 0 && last_sent(f)->side == OC_SIDE_SELL && last_sent(f)->qty == 10);
    rule.max = 0;
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_flatten(f->engine, one, OC_ROLE_CLOSE, "flat"), OC_E_LIMIT);
    fixture_end(f, true);
    fixture_free(f);
}

/* A reason that is too long is cut, never run over; one that was lifted leaves nothing of itself. */
static void a_latch_keeps_as_much_of_its_reason_as_fits(void **state)
{
    (void)state;
    static const char longer[] =
        "A_REASON_THAT_IS_LONGER_THAN_ANY_REASON_CAN_BE_IN_A_RECORD_AND_GOES_ON_FOR_QUITE_A_WHILE";
    for (int of_all = 0; of_all < 2; of_all++) {
        struct fixture *f = fixture_new(COST_AVERAGE);
        const uint32_t account = of_all ? 0 : f->account;
        engine_latch(f->engine, account, longer);
        assert_int_equal(strlen(engine_latched(f->engine, f->account)), OC_REASON_MAX - 1);
        assert_memory_equal(engine_latched(f->engine, f->account), longer, OC_REASON_MAX - 1);
        engine_unlatch(f->engine, account);
        assert_null(engine_latched(f->engine, f->account));
        engine_latch(f->engine, account, "SHORT");
        assert_string_equal(engine_latched(f->engine, f->account), "SHORT");
        fixture_free(f);
    }
}

/* A replay says with which number orders go on. */
static void orders_are_numbered_from_where_they_are_told(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    for (uint64_t epoch = 3; epoch <= 9; epoch += 3) {
        engine_set_next_order(f->engine, (epoch << 40) | 41);
        assert_true(fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 1, 9900)) == ((epoch << 40) | 41));
        assert_true(fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 1, 9900)) == ((epoch << 40) | 42));
    }
    fixture_free(f);
}

/* ---- records after a restart ---- */

/* The order in `f`, which lived, and in `g`, which was told. */
static void same(const struct fixture *f, const struct fixture *g, uint64_t id)
{
    const struct order *lived = fixture_find(f, id), *told = fixture_find(g, id);
    assert_non_null(lived);
    assert_non_null(told);
    assert_int_equal(told->state, lived->state);
    assert_true(told->ask_qty == lived->ask_qty && told->ask_price == lived->ask_price);
    assert_true(told->ask_stop == lived->ask_stop && told->ask_bits == lived->ask_bits);
    assert_true(told->now.qty == lived->now.qty && told->now.price == lived->now.price);
    assert_true(told->now.stop_price == lived->now.stop_price);
    assert_true(told->exposure == lived->exposure && told->reduces == lived->reduces);
    assert_string_equal(told->reason, lived->reason);
    const struct book *one = fixture_book(f), *other = fixture_book(g);
    assert_true(other->open_buy == one->open_buy && other->open_sell == one->open_sell);
    assert_int_equal(engine_stats(g->engine)->requests, engine_stats(f->engine)->requests);
    assert_int_equal(engine_stats(g->engine)->denied, engine_stats(f->engine)->denied);
}

static uint32_t told; /* records of f that g has heard */

static void tell_records(const struct fixture *f, struct fixture *g)
{
    for (; told < f->record_count; told++)
        assert_int_equal(engine_restore(g->engine, (const void *)f->records[told]), OC_OK);
}

static void say_to_both(struct fixture *f, struct fixture *g, uint16_t type, uint64_t order)
{
    struct oc_ev_answer answer = fixture_answer(f, type, order);
    assert_int_equal(fixture_input(f, &answer), OC_OK);
    assert_int_equal(engine_restore(g->engine, &answer.head), OC_OK);
}

static void amend(struct fixture *f, uint64_t order, int64_t qty, int64_t price, int64_t stop)
{
    struct engine_refusal refusal;
    struct oc_request request = {.order = order, .qty = qty, .price = price, .stop_price = stop};
    request.bits =
        (qty ? OC_RQ_QUANTITY_CHANGED : 0u) | (price ? OC_RQ_PRICE_CHANGED : 0u) | (stop ? OC_RQ_STOP_CHANGED : 0u);
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    (void)engine_amend(f->engine, &request, &refusal);
    fixture_end(f, true);
}

static void cancel(struct fixture *f, uint64_t order)
{
    struct engine_refusal refusal;
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_cancel(f->engine, order, &refusal), OC_OK);
    fixture_end(f, true);
}

/* After each record the engine that is told it holds what the one holds that lived it. */
static void what_is_told_is_what_was_lived(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE), *g = fixture_new(COST_AVERAGE);
    told = f->record_count;
    uint64_t a = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 50, 9900));
    assert_true(a == ((3ull << 40) | 1));
    tell_records(f, g);
    same(f, g, a);
    assert_int_equal(engine_restore(g->engine, (const void *)f->records[told - 1]), OC_E_EXISTS);
    same(f, g, a);
    say_to_both(f, g, OC_EV_ACCEPTED, a);
    amend(f, a, 80, 9950, 0);
    tell_records(f, g);
    assert_int_equal(fixture_find(g, a)->state, STATE_PENDING_UPDATE);
    same(f, g, a);
    say_to_both(f, g, OC_EV_AMENDED, a);
    same(f, g, a);
    struct oc_request stop = fixture_order(f, OC_SIDE_BUY, 10, 10300);
    stop.type = OC_ORDER_STOP_LIMIT;
    stop.stop_price = 10200;
    stop.bits |= OC_RQ_HAS_STOP;
    uint64_t b = fixture_submit(f, stop);
    tell_records(f, g);
    say_to_both(f, g, OC_EV_ACCEPTED, b);
    amend(f, b, 0, 0, 10250);
    tell_records(f, g);
    assert_int_equal(fixture_find(g, b)->ask_stop, 10250);
    same(f, g, b);
    say_to_both(f, g, OC_EV_AMEND_REJECTED, b);
    same(f, g, b);
    cancel(f, b);
    tell_records(f, g);
    assert_int_equal(fixture_find(g, b)->state, STATE_PENDING_CANCEL);
    same(f, g, b);
    say_to_both(f, g, OC_EV_CANCELED, b);
    same(f, g, b);
    struct oc_ev_fill fill = fixture_fill(f, a, OC_SIDE_BUY, 40, 9950, "t1");
    assert_int_equal(fixture_input(f, &fill), OC_OK);
    assert_int_equal(engine_restore(g->engine, &fill.head), OC_OK);
    struct oc_request closing = fixture_order(f, OC_SIDE_SELL, 20, 10500);
    closing.bits |= OC_RQ_REDUCE_ONLY;
    uint64_t c = fixture_submit(f, closing);
    tell_records(f, g);
    assert_true(fixture_find(g, c)->reduces);
    same(f, g, c);
    say_to_both(f, g, OC_EV_ACCEPTED, c);
    cancel(f, c);
    tell_records(f, g);
    same(f, g, c);
    assert_true(fixture_submit(g, fixture_order(g, OC_SIDE_BUY, 1, 9900)) == ((3ull << 40) | 4)); /* ids go on */
    fixture_free(f);
    fixture_free(g);
}

/* The session that died had denied what it asked for: of the order nothing is left that was only asked. */
static void what_was_denied_is_as_if_never_asked(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE), *g = fixture_new(COST_AVERAGE);
    told = f->record_count;
    uint64_t a = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 50, 9900));
    tell_records(f, g);
    say_to_both(f, g, OC_EV_ACCEPTED, a);
    const struct engine_stats before = *engine_stats(g->engine);
    for (int turn = 0; turn < 2; turn++) {
        if (turn)
            cancel(f, a);
        else
            amend(f, a, 80, 0, 0);
        tell_records(f, g);
        assert_int_equal(fixture_book(g)->open_buy, turn ? 50 : 80);
        assert_int_equal(fixture_find(g, a)->state, turn ? STATE_PENDING_CANCEL : STATE_PENDING_UPDATE);
        struct oc_ev_answer denied = fixture_answer(g, OC_EV_DENIED, a);
        denied.request = last_sent(f)->id;
        strcpy(denied.reason, "JOURNAL_FAILED");
        assert_int_equal(engine_restore(g->engine, &denied.head), OC_OK);
        const struct order *order = fixture_find(g, a);
        assert_int_equal(order->state, STATE_ACCEPTED);
        assert_true(order->ask_qty == 0 && order->ask_bits == 0 && order->now.qty == 50);
        assert_int_equal(fixture_book(g)->open_buy, 50);
        assert_int_equal(engine_stats(g->engine)->requests, before.requests);
        assert_int_equal(engine_stats(g->engine)->denied, before.denied + 1 + (uint64_t)turn);
        assert_string_equal(order->reason, "");
        say_to_both(f, g, turn ? OC_EV_CANCEL_REJECTED : OC_EV_AMEND_REJECTED, a);
    }
    uint64_t b = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 7, 9900));
    tell_records(f, g);
    struct oc_ev_answer denied = fixture_answer(g, OC_EV_DENIED, b);
    strcpy(denied.reason, "JOURNAL_FAILED");
    assert_int_equal(engine_restore(g->engine, &denied.head), OC_OK);
    assert_int_equal(fixture_find(g, b)->state, STATE_DENIED);
    assert_string_equal(fixture_find(g, b)->reason, "JOURNAL_FAILED");
    assert_int_equal(fixture_book(g)->open_buy, 50);
    fixture_free(f);
    fixture_free(g);
}

/* A timer of the records was not given to who was held then: it is among what it missed, and of nobody else. */
static void timers_that_were_not_given_are_missed(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct user users[3] = {{0}};
    for (int i = 0; i < 3; i++)
        (void)user_add(f, &users[i]);
    engine_hold(f->engine, 1, true);
    engine_hold(f->engine, 3, true);
    for (uint32_t owner = 1; owner <= 5; owner++) {
        struct oc_ev_timer timer = {
            .head = {.size = sizeof timer, .type = OC_EV_TIMER}, .due_ns = 5, .timer = owner, .owner = owner};
        assert_int_equal(engine_restore(f->engine, &timer.head), OC_OK);
    }
    assert_int_equal(engine_missed(f->engine, 1), 1);
    assert_int_equal(engine_missed(f->engine, 2), 0);
    assert_int_equal(engine_missed(f->engine, 3), 1);
    assert_int_equal(users[0].timers + users[1].timers + users[2].timers, 0);
    fixture_free(f);
}

/* Watchers are told of each step of an order: from which state to which, the last one too. */
static void each_step_of_an_order_is_listed(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    uint64_t a = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 50, 9900));
    static const struct {
        uint16_t type;
        uint8_t before, after;
    } steps[] = {{OC_EV_ACCEPTED, STATE_SUBMITTED, STATE_ACCEPTED}, {OC_EV_CANCELED, STATE_ACCEPTED, STATE_CANCELED}};
    for (int i = 0; i < 2; i++) {
        struct oc_ev_answer answer = fixture_answer(f, steps[i].type, a);
        answer.head.local_ns = f->now_ns;
        answer.head.seq = ++f->seq;
        assert_int_equal(engine_input(f->engine, &answer.head, true), OC_OK);
        const struct engine_out *out = engine_out(f->engine);
        assert_int_equal(out->note_count, 1);
        assert_int_equal(out->notes[0].kind, NOTE_ORDER);
        assert_true(out->notes[0].before == steps[i].before && out->notes[0].after == steps[i].after);
        fixture_flush(f);
    }
    /* after its end a fill is an alarm, of the order too, and a part of it does not make it whole */
    fixture_trade(f, a, OC_SIDE_BUY, 20, 9900);
    assert_int_equal(fixture_find(f, a)->state, STATE_CANCELED);
    assert_int_equal(fixture_find(f, a)->alarms, 1);
    fixture_trade(f, a, OC_SIDE_BUY, 30, 9900);
    assert_int_equal(fixture_find(f, a)->state, STATE_FILLED);
    assert_int_equal(fixture_find(f, a)->alarms, 2);
    fixture_free(f);
}

static char came[16]; /* numbers of the clients that were told, in their order */

static oc_rc note(void *self, const struct oc_event *event)
{
    (void)event;
    strcat(came, self);
    return OC_OK;
}

/* Who subscribes late stands before those of larger numbers, whatever was there once. */
static void events_go_by_number_whoever_came_first(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    static char names[2][2] = {"1", "2"};
    struct oc_instrument info = instruments_get(engine_instruments(f->engine), f->inst)->info;
    uint32_t clients[2], other[2];
    for (int i = 0; i < 2; i++) {
        const struct engine_client client = {.self = names[i], .market = note};
        assert_int_equal(engine_add_client(f->engine, names[i], &client, &clients[i]), OC_OK);
        snprintf(info.symbol, sizeof info.symbol, "OTHER%d", i);
        assert_int_equal(instruments_add(engine_instruments(f->engine), &info, &other[i]), OC_OK);
        assert_int_equal(engine_subscribe(f->engine, clients[0], other[i], 0), OC_OK);
    }
    assert_int_equal(engine_subscribe(f->engine, clients[0], f->inst, 0), OC_OK);
    const struct engine_subscription one = {.inst = other[0]};
    assert_int_equal(engine_resubscribe(f->engine, clients[0], &one, 1), OC_OK);
    assert_int_equal(engine_subscribe(f->engine, clients[1], f->inst, 0), OC_OK);
    assert_int_equal(engine_subscribe(f->engine, clients[0], f->inst, 0), OC_OK);
    came[0] = '\0';
    fixture_price(f, 10100);
    assert_string_equal(came, "12");
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_go_by_number_whoever_came_first),
        cmocka_unit_test(what_is_subscribed_is_known),
        cmocka_unit_test(bars_that_are_still_wanted_stay_open),
        cmocka_unit_test(bars_end_in_one_order),
        cmocka_unit_test(flattening_closes_one_or_the_account),
        cmocka_unit_test(a_latch_keeps_as_much_of_its_reason_as_fits),
        cmocka_unit_test(orders_are_numbered_from_where_they_are_told),
        cmocka_unit_test(what_is_told_is_what_was_lived),
        cmocka_unit_test(what_was_denied_is_as_if_never_asked),
        cmocka_unit_test(timers_that_were_not_given_are_missed),
        cmocka_unit_test(each_step_of_an_order_is_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

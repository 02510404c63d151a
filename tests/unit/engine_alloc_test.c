/* engine_alloc_test.c: each allocation of a broad scenario fails once. The step that met it says so and changes nothing:
 * asked again it succeeds, the run ends like an undisturbed one, and nothing leaks. */
#include "support/engine_kit.h"
#include "support/failing_heap.h"

#include "session/inbox.h"

enum { INSTRUMENTS = 20, ORDERS = 540, GUARDED = 18, TIMERS = 18, LOTS = 40, ANSWERS = 70, SKETCH = 1 << 16 };

/* What was asked for, or after the one failure: asked again. */
#define TWICE(call)                                                                                                    \
    do {                                                                                                               \
        oc_rc rc_ = (call);                                                                                            \
        if (rc_ < 0) {                                                                                                 \
            assert_true(heap.has_failed);                                                                              \
            assert_int_equal(rc_, OC_E_NOMEM);                                                                         \
            rc_ = (call);                                                                                              \
        }                                                                                                              \
        assert_int_equal(rc_, OC_OK);                                                                                  \
    } while (0)

struct world {
    struct fixture fixture; /* of the engine that runs */
    struct user users[2];
    struct rule rule;
    uint32_t insts[INSTRUMENTS];
    uint32_t accounts[2];
};

static void add_instruments(struct world *world, struct instruments *instruments)
{
    struct oc_instrument info = {.size = sizeof info,
                                 .kind = OC_KIND_SPOT,
                                 .status = OC_STATUS_TRADING,
                                 .price_step = {1, 2, 0},
                                 .qty_step = {1, 3, 0},
                                 .venue = "test"};
    TWICE(instruments_asset(instruments, "USDT", &info.quote));
    world->fixture.quote = info.quote;
    for (uint32_t i = 0; i < INSTRUMENTS; i++) {
        char name[16];
        snprintf(name, sizeof name, "A%u", i);
        TWICE(instruments_asset(instruments, name, &info.base));
        snprintf(info.symbol, sizeof info.symbol, "A%u/USDT", i);
        TWICE(instruments_add(instruments, &info, &world->insts[i]));
    }
    world->fixture.inst = world->insts[0];
}

/* Two accounts (average and first in, first out), two strategies, bars of each instrument, one rule. */
static struct engine *open_engine(struct world *world)
{
    struct fixture *f = &world->fixture;
    struct engine_config config = {.epoch = 3};
    TWICE(engine_new(&config, &f->engine));
    add_instruments(world, engine_instruments(f->engine));
    for (uint32_t i = 0; i < 2; i++) {
        uint32_t strategy, *account = &world->accounts[i];
        TWICE(portfolio_add_account(engine_portfolio(f->engine), i ? "fifo" : "main", "test", f->quote,
                                    i ? COST_FIFO : COST_AVERAGE, account));
        TWICE(venues_add(&f->venues, *account, &fixture_sim, f));
        struct engine_client client = {.self = &world->users[i], .bar = user_bar, .order = user_order};
        world->users[i].fixture = f;
        TWICE(engine_add_client(f->engine, "user", &client, &strategy));
        for (uint32_t k = 0; k < INSTRUMENTS; k++)
            TWICE(engine_subscribe(f->engine, strategy, world->insts[k], i ? 0 : MINUTE));
        TWICE(engine_set_budget(f->engine, strategy, &(struct engine_budget){.orders = 100}));
        TWICE(engine_set_budget(f->engine, strategy, NULL));
    }
    f->account = world->accounts[0];
    TWICE(engine_add_rule(f->engine, "rule", &rule_table, &world->rule));
    return f->engine;
}

static void prices(struct world *world)
{
    struct fixture *f = &world->fixture;
    f->now_ns = 1000;
    struct oc_ev_balance balance = {
        .head = {.size = sizeof balance, .type = OC_EV_BALANCE}, .asset = f->quote, .total = {1000000, 0, 0}};
    for (uint32_t i = 0; i < 2; i++) {
        balance.account = world->accounts[i];
        TWICE(fixture_input(f, &balance));
    }
    for (uint32_t i = 0; i < INSTRUMENTS; i++) {
        struct oc_ev_trade trade = {.head = {.size = sizeof trade, .type = OC_EV_TRADE, .inst = world->insts[i]},
                                    .price = 10000,
                                    .qty = 1,
                                    .present = OC_HAS_QTY};
        oc_rc rc = fixture_input(f, &trade);
        if (rc < 0) { /* a market that cannot be kept is as one that is not known */
            assert_true(heap.has_failed);
            assert_int_equal(rc, OC_E_NOT_FOUND);
            rc = fixture_input(f, &trade);
        }
        assert_int_equal(rc, OC_OK);
    }
}

/* One order of a strategy; when there is no memory for it, it was refused as a whole and can be asked again. */
static uint64_t submit(struct world *world, struct oc_request request)
{
    struct fixture *f = &world->fixture;
    struct engine_refusal refusal = {0};
    for (int round = 0; round < 2; round++) {
        struct oc_request ask = request;
        assert_int_equal(engine_begin(f->engine, 0), OC_OK);
        oc_rc rc = engine_submit(f->engine, &ask, &refusal);
        fixture_end(f, true);
        if (rc == OC_OK)
            return ask.order;
        assert_true(heap.has_failed && round == 0);
        if (rc == OC_E_LIMIT)
            assert_string_equal(refusal.reason, "HOST_LIMIT_REACHED");
        else
            assert_int_equal(rc, OC_E_NOMEM);
    }
    return 0;
}

static void fill(struct world *world, uint32_t account, uint64_t order, int64_t qty)
{
    struct fixture *f = &world->fixture;
    char id[24];
    snprintf(id, sizeof id, "t%u", ++f->trades);
    const struct order *known = fixture_find(f, order);
    struct oc_ev_fill event = fixture_fill(f, order, known->now.side, qty, 9900, id);
    event.head.inst = known->now.head.inst;
    event.head.source = account;
    event.fee = (struct oc_dec){1, 2, 0};
    TWICE(fixture_input(f, &event));
    fixture_input(f, &event); /* said twice, booked once */
}

static void trade(struct world *world)
{
    struct fixture *f = &world->fixture;
    for (uint32_t i = 0; i < ORDERS; i++) { /* each instrument, each account, with and without a strategy */
        struct oc_request request = fixture_order(f, OC_SIDE_BUY, 10, 9900);
        request.head.inst = world->insts[i % INSTRUMENTS];
        request.account = world->accounts[i / INSTRUMENTS % 2];
        request.strategy = i / INSTRUMENTS % 3;
        uint64_t order = submit(world, request);
        fill(world, request.account, order, i % 2 ? 10 : 4);
    }
    for (uint32_t i = 0; i < LOTS; i++) {
        struct oc_request request = fixture_order(f, OC_SIDE_BUY, 10, 9900);
        request.account = world->accounts[1];
        request.strategy = 1;
        fill(world, request.account, submit(world, request), 10);
    }
    for (uint32_t i = 0; i < GUARDED; i++) {
        struct oc_request request = fixture_order(f, OC_SIDE_BUY, 10, 9900);
        request.strategy = 2;
        request.bits |= OC_RQ_HAS_STOP_LOSS | OC_RQ_HAS_TAKE_PROFIT;
        request.stop_loss = 9000;
        request.take_profit = 11000;
        uint64_t order = submit(world, request);
        if (i % 2)
            fill(world, request.account, order, 5);
    }
    for (uint32_t i = 0; i < TIMERS; i++) {
        uint64_t id;
        TWICE(timers_add(engine_timers(f->engine), 1, 5 * MINUTE + i, 0, &id));
    }
    f->now_ns = 2 * MINUTE;
    fixture_tick(f, f->now_ns);
    assert_int_equal(world->users[0].bars, INSTRUMENTS);
}

static void say(char *text, const char *word, oc_i128 number)
{
    size_t length = strlen(text);
    assert_true(length + 64 < SKETCH);
    snprintf(text + length, SKETCH - length, " %s=%lld.%llu", word, (long long)(number >> 64),
             (unsigned long long)(uint64_t)number);
}

/* What matters of an engine, as text. */
static void sketch(struct engine *engine, char *text)
{
    struct portfolio *portfolio = engine_portfolio(engine);
    memset(text, 0, SKETCH);
    for (uint32_t i = 0; i < portfolio_book_count(portfolio); i++) {
        const struct book *book = portfolio_book_at(portfolio, i);
        say(text, "\nbook", book->position.inst * 10 + book->position.account * 100000 + book->position.strategy);
        say(text, "qty", book->position.qty);
        say(text, "cost", book->position.cost);
        say(text, "flow", book->position.flow);
        say(text, "fills", book->position.fills);
        say(text, "fee", book->position.fee_count ? book->position.fees[0].paid : 0);
        say(text, "lots", book->position.lot_count - book->position.lot_first);
        say(text, "buy", book->open_buy);
        say(text, "sell", book->open_sell);
    }
    for (uint32_t account = 1; account <= 2; account++)
        for (uint32_t asset = 1; asset <= INSTRUMENTS + 1; asset++)
            say(text, "\nbalance", portfolio_balance(portfolio, account, asset));
    for (const struct order *order = orders_open_first(engine_orders(engine)); order; order = order->younger) {
        say(text, "\norder", order->state);
        say(text, "qty", order->now.qty);
        say(text, "filled", order->filled);
    }
    say(text, "\nseen", orders_fills(engine_orders(engine))->table_count);
    say(text, "timers", engine_timers(engine)->count);
    say(text, "next", engine_next_ns(engine));
}

static char bytes[4 << 20];

/* A checkpoint, and a second engine from it. No memory while loading leaves an engine that is thrown away. */
static void save_and_load(struct world *world, char *text)
{
    static char loaded[SKETCH];
    static struct world other;
    int64_t size = engine_save(world->fixture.engine, bytes, sizeof bytes);
    if (size < 0) {
        assert_true(heap.has_failed);
        size = engine_save(world->fixture.engine, bytes, sizeof bytes);
    }
    assert_true(size > 0);
    memset(&other, 0, sizeof other);
    open_engine(&other);
    oc_rc rc = engine_load(other.fixture.engine, bytes, (size_t)size);
    if (rc < 0) {
        assert_true(heap.has_failed);
        engine_free(other.fixture.engine);
        memset(&other, 0, sizeof other);
        rc = engine_load(open_engine(&other), bytes, (size_t)size);
    }
    assert_int_equal(rc, OC_OK);
    sketch(world->fixture.engine, text);
    sketch(other.fixture.engine, loaded);
    assert_string_equal(text, loaded);
    engine_free(other.fixture.engine);
}

static oc_rc no_more(void *self, struct oc_event **ret_event)
{
    (void)self;
    (void)ret_event;
    return OC_E_END;
}

static void take_inputs(struct world *world)
{
    const struct inbox_source source = {.self = NULL, .next = no_more};
    struct venues nobody = {.count = 0};
    struct inbox *inbox;
    struct input next;
    struct sim_answers sim_answers;
    TWICE(inbox_new(world->fixture.engine, &nobody, &inbox));
    TWICE(inbox_add_source(inbox, &source));
    TWICE(inbox_add_source(inbox, &source));
    TWICE(sim_answers_init(&sim_answers, NULL, NULL));
    struct oc_ev_answer answer = fixture_answer(&world->fixture, OC_EV_ACCEPTED, 1);
    for (uint32_t i = 0; i < ANSWERS; i++)
        TWICE(sim_answers_emit(&sim_answers, (int64_t)(i * 11 % ANSWERS), &answer.head));
    for (int64_t i = 0; i < ANSWERS; i++) {
        assert_int_equal(sim_answers_next_ns(&sim_answers), i);
        assert_int_equal(sim_answers_take(&sim_answers, i, &answer, sizeof answer), OC_OK);
    }
    assert_int_equal(sim_answers_take(&sim_answers, ANSWERS, &answer, sizeof answer), OC_E_NOT_FOUND);
    assert_int_equal(inbox_peek(inbox, &next), OC_E_END);
    sim_answers_release(&sim_answers);
    inbox_free(inbox);
}

/* Returns the alarms that were raised on the way. */
static uint64_t scenario(uint64_t fail_at, char *text)
{
    static struct world world;
    memset(&heap, 0, sizeof heap);
    memset(&world, 0, sizeof world);
    world.rule.max = 1000000;
    heap.fail_at = fail_at;
    struct engine *engine = open_engine(&world);
    prices(&world);
    trade(&world);
    take_inputs(&world);
    save_and_load(&world, text);
    uint64_t alarms = engine_stats(engine)->alarms;
    engine_free(engine);
    assert_int_equal(heap.live, 0);
    return alarms;
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    static char whole[SKETCH], disturbed[SKETCH];
    assert_int_equal(scenario(0, whole), 0);
    uint64_t count = heap.count;
    assert_true(count > 200);
    for (uint64_t n = 1; n <= count; n++) {
        uint64_t alarms = scenario(n, disturbed);
        assert_true(heap.has_failed);
        if (alarms == 0) /* else a leg could not be placed, and that was said */
            assert_string_equal(whole, disturbed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_allocation_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* save_test.c: a checkpoint that is damaged, foreign or from another set-up is refused, wherever the damage lies. */
#include "support/engine_kit.h"

#include "engine/limits.h"

enum { BYTES = 1 << 20 };

static char bytes[BYTES], again[BYTES];

struct setup {
    struct fixture *f;
    struct rule rule;
    struct user user;
};

/* An engine with one of everything, empty. */
static void open_setup(struct setup *setup, uint32_t method)
{
    memset(setup, 0, sizeof *setup);
    setup->rule.max = 1000000;
    setup->f = fixture_new(method);
    assert_int_equal(engine_add_rule(setup->f->engine, "rule", &rule_table, &setup->rule), OC_OK);
    assert_int_equal(engine_subscribe(setup->f->engine, user_add(setup->f, &setup->user), setup->f->inst, 5 * MINUTE),
                     OC_OK);
}

static size_t filled(struct setup *setup, uint32_t method)
{
    open_setup(setup, method);
    struct fixture *f = setup->f;
    uint64_t timer, closed = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 100, 9900));
    fixture_trade(f, closed, OC_SIDE_BUY, 60, 9900);
    fixture_trade(f, closed, OC_SIDE_BUY, 40, 9800);
    struct oc_request guarded = fixture_order(f, OC_SIDE_BUY, 50, 9800);
    guarded.bits |= OC_RQ_HAS_STOP_LOSS;
    guarded.stop_loss = 9000;
    fixture_trade(f, fixture_submit(f, guarded), OC_SIDE_BUY, 20, 9800);
    assert_int_equal(timers_add(engine_timers(f->engine), 1, 1000000, 0, &timer), OC_OK);
    fixture_price(f, 10100);
    int64_t size = engine_save(f->engine, bytes, sizeof bytes);
    assert_true(size > 0);
    return (size_t)size;
}

static oc_rc load_cut(const char *data, size_t size, uint32_t method)
{
    struct setup setup;
    open_setup(&setup, method);
    oc_rc rc = engine_load(setup.f->engine, data, size);
    fixture_free(setup.f);
    return rc;
}

static void each_cut_is_refused(void **state)
{
    (void)state;
    struct setup setup;
    size_t size = filled(&setup, COST_FIFO);
    for (size_t cut = 0; cut < size; cut += cut < 600 || cut + 600 > size ? 1 : 37)
        assert_int_equal(load_cut(bytes, cut, COST_FIFO), OC_E_DATA);
    assert_int_equal(load_cut(bytes, size + 1, COST_FIFO), OC_E_DATA); /* one too many */
    assert_int_equal(load_cut(bytes, size, COST_FIFO), OC_OK);
    for (size_t room = 0; room < size; room += room < 600 || room + 600 > size ? 1 : 37)
        assert_int_equal(engine_save(setup.f->engine, again, room), OC_E_LIMIT);
    assert_int_equal(engine_save(setup.f->engine, again, size), (int64_t)size);
    assert_memory_equal(bytes, again, size);
    fixture_free(setup.f);
}

/* Any word of it may be wrong: it is refused, or it is a value that the engine can live with. Nothing breaks. */
static void each_word_may_be_wrong(void **state)
{
    (void)state;
    struct setup setup;
    size_t size = filled(&setup, COST_LIFO), refused = 0;
    fixture_free(setup.f);
    memcpy(again, bytes, size);
    for (size_t at = 0; at + 4 <= size; at += 4) {
        memset(again + at, 0xff, 4);
        refused += load_cut(again, size, COST_LIFO) < 0;
        memcpy(again + at, bytes + at, 4);
    }
    assert_true(refused >= 15); /* version, epoch's neighbours, and each count */
    again[0]++;
    assert_int_equal(load_cut(again, size, COST_LIFO), OC_E_DATA); /* another version */
}

/* Lots are what a position consists of: when they do not add up to it, closing it would run out of them. */
static void lots_that_do_not_add_up_are_refused(void **state)
{
    (void)state;
    struct setup setup;
    size_t size = filled(&setup, COST_FIFO), found = 0;
    fixture_free(setup.f);
    memcpy(again, bytes, size);
    for (size_t at = 0; at + 2 * sizeof(struct lot) <= size; at++) {
        int64_t first, second;
        memcpy(&first, bytes + at, sizeof first);
        memcpy(&second, bytes + at + sizeof(struct lot), sizeof second);
        if (first != 60 || second != 40)
            continue;
        found++;
        first = 61;
        memcpy(again + at, &first, sizeof first);
        assert_int_equal(load_cut(again, size, COST_FIFO), OC_E_DATA);
        first = INT64_MAX; /* and a sum that does not fit is none */
        memcpy(again + at, &first, sizeof first);
        assert_int_equal(load_cut(again, size, COST_FIFO), OC_E_DATA);
        memcpy(again + at, bytes + at, sizeof first);
    }
    assert_true(found >= 1);
    assert_int_equal(load_cut(again, size, COST_FIFO), OC_OK);
}

static void another_setup_is_refused(void **state)
{
    (void)state;
    struct setup setup, other;
    size_t size = filled(&setup, COST_AVERAGE);
    struct fixture *f = setup.f;
    struct oc_instrument info = instruments_get(engine_instruments(f->engine), f->inst)->info;
    uint32_t id;
    for (int what = 0; what < 4; what++) {
        open_setup(&other, COST_AVERAGE);
        struct engine *engine = other.f->engine;
        strcpy(info.symbol, "NEW/ONE");
        if (what == 0)
            assert_int_equal(instruments_add(engine_instruments(engine), &info, &id), OC_OK);
        else if (what == 1)
            assert_int_equal(portfolio_add_account(engine_portfolio(engine), "b", "v", 1, 0, &id), OC_OK);
        else if (what == 2)
            assert_int_equal(engine_subscribe(engine, 1, other.f->inst, MINUTE), OC_OK);
        else
            assert_true(fixture_submit(other.f, fixture_order(other.f, OC_SIDE_BUY, 1, 9900)) != 0); /* not empty */
        assert_int_equal(engine_load(engine, bytes, size), OC_E_DATA);
        fixture_free(other.f);
    }
    fixture_free(f);
}

static bool is_broken;

static oc_rc broken_save(void *self, void *to, uint32_t size_max)
{
    if (is_broken)
        return OC_E_LIMIT;
    memset(to, 7, 8);
    (void)self;
    return size_max >= 8 ? 8 : OC_E_LIMIT;
}

static oc_rc broken_load(void *self, const void *from, uint32_t size)
{
    (void)self;
    (void)from;
    return size == 8 && !is_broken ? OC_OK : OC_E_DATA;
}

static oc_rc says_yes(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                      struct oc_verdict *verdict)
{
    (void)self;
    (void)ctx;
    (void)ask;
    verdict->allowed = 1;
    return OC_OK;
}

static void a_rule_that_cannot_save_or_load_is_said(void **state)
{
    (void)state;
    struct oc_risk table = {.size = sizeof table, .check = says_yes, .save = broken_save, .load = broken_load};
    struct fixture *f = fixture_new(COST_AVERAGE), *g = fixture_new(COST_AVERAGE);
    assert_int_equal(engine_add_rule(f->engine, "rule", &table, NULL), OC_OK);
    assert_int_equal(engine_add_rule(g->engine, "rule", &table, NULL), OC_OK);
    is_broken = true;
    assert_int_equal(engine_save(f->engine, bytes, sizeof bytes), OC_E_LIMIT);
    is_broken = false;
    int64_t size = engine_save(f->engine, bytes, sizeof bytes);
    assert_true(size > 0);
    is_broken = true;
    assert_int_equal(engine_load(g->engine, bytes, (size_t)size), OC_E_DATA);
    is_broken = false;
    fixture_free(g);
    g = fixture_new(COST_AVERAGE);
    assert_int_equal(engine_add_rule(g->engine, "rule", &table, NULL), OC_OK);
    assert_int_equal(engine_load(g->engine, bytes, (size_t)size), OC_OK);
    fixture_free(f);
    fixture_free(g);
    /* one that offers half of it, or an older table, keeps nothing and is no error */
    for (int what = 0; what < 3; what++) {
        struct oc_risk half = table;
        if (what == 0)
            half.save = NULL;
        else if (what == 1)
            half.load = NULL;
        else
            half.size = offsetof(struct oc_risk, save);
        is_broken = true;
        f = fixture_new(COST_AVERAGE);
        assert_int_equal(engine_add_rule(f->engine, "rule", &half, NULL), OC_OK);
        size = engine_save(f->engine, bytes, sizeof bytes);
        assert_true(size > 0);
        fixture_free(f);
        f = fixture_new(COST_AVERAGE);
        assert_int_equal(engine_add_rule(f->engine, "rule", &half, NULL), OC_OK);
        assert_int_equal(engine_load(f->engine, bytes, (size_t)size), OC_OK);
        fixture_free(f);
        is_broken = false;
    }
}

struct counting { /* a rule whose state is one number */
    uint32_t number;
    bool refuses;
};

static oc_rc counting_save(void *self, void *to, uint32_t size_max)
{
    const struct counting *rule = self;
    if (size_max < sizeof rule->number)
        return OC_E_LIMIT;
    memcpy(to, &rule->number, sizeof rule->number);
    return sizeof rule->number;
}

static oc_rc counting_load(void *self, const void *from, uint32_t size)
{
    struct counting *rule = self;
    if (size != sizeof rule->number || rule->refuses)
        return OC_E_DATA;
    memcpy(&rule->number, from, sizeof rule->number);
    return OC_OK;
}

static struct fixture *with_rules(const char *const *names, struct counting *rules)
{
    static const struct oc_risk table = {
        .size = sizeof table, .check = says_yes, .save = counting_save, .load = counting_load};
    struct fixture *f = fixture_new(COST_AVERAGE);
    for (int i = 0; names[i]; i++)
        assert_int_equal(engine_add_rule(f->engine, names[i], &table, &rules[i]), OC_OK);
    return f;
}

/* A restart with another chain: each rule finds its own state by its name, wherever it stands; a new one begins anew; that of one
 * that is missing waits for it, over as many starts as it is away. */
static void the_state_of_rules_goes_by_their_names(void **state)
{
    (void)state;
    struct counting first[3] = {{11, false}, {22, false}, {33, false}}, second[2] = {{0}}, third[3] = {{0}};
    struct fixture *f = with_rules((const char *const[]){"a", "b", "c", NULL}, first);
    int64_t size = engine_save(f->engine, bytes, sizeof bytes);
    assert_true(size > 0);
    fixture_free(f);
    f = with_rules((const char *const[]){"new", "a", NULL}, second); /* b and c are missing */
    assert_int_equal(engine_load(f->engine, bytes, (size_t)size), OC_OK);
    assert_int_equal(second[0].number, 0);
    assert_int_equal(second[1].number, 11);
    second[1].number = 12;
    size = engine_save(f->engine, bytes, sizeof bytes);
    assert_int_equal(engine_load(f->engine, bytes, (size_t)size), OC_E_DATA); /* not fresh */
    fixture_free(f);
    f = with_rules((const char *const[]){"c", "a", "b", NULL}, third);
    assert_int_equal(engine_load(f->engine, bytes, (size_t)size), OC_OK);
    assert_int_equal(third[0].number, 33);
    assert_int_equal(third[1].number, 12);
    assert_int_equal(third[2].number, 22);
    assert_null(engine_unread_rule(f->engine));
    fixture_free(f);
    struct counting other[1] = {{0, true}};
    f = with_rules((const char *const[]){"b", NULL}, other);
    assert_int_equal(engine_load(f->engine, bytes, (size_t)size), OC_E_DATA);
    assert_string_equal(engine_unread_rule(f->engine), "b");
    fixture_free(f);
}

/* Lots whose first are sold already: what is left of them is saved, and sold in the same order by who goes on. */
static void what_is_left_of_lots_comes_back(void **state)
{
    (void)state;
    for (uint32_t method = COST_FIFO; method <= COST_LIFO; method++) {
        struct setup setup, later;
        open_setup(&setup, method);
        struct fixture *f = setup.f;
        for (int i = 0; i < 4; i++)
            fixture_trade(f, fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900)), OC_SIDE_BUY, 10,
                          9600 + 100 * i);
        fixture_trade(f, fixture_submit(f, fixture_order(f, OC_SIDE_SELL, 25, 9900)), OC_SIDE_SELL, 25, 9900);
        const int64_t size = engine_save(f->engine, bytes, sizeof bytes);
        assert_true(size > 0);
        open_setup(&later, method);
        assert_int_equal(engine_load(later.f->engine, bytes, (size_t)size), OC_OK);
        for (int i = 0; i < 3; i++) {
            fixture_trade(f, fixture_submit(f, fixture_order(f, OC_SIDE_SELL, 5, 9900)), OC_SIDE_SELL, 5, 9900);
            later.f->trades = f->trades - 1;
            fixture_trade(later.f, fixture_submit(later.f, fixture_order(later.f, OC_SIDE_SELL, 5, 9900)), OC_SIDE_SELL,
                          5, 9900);
            const struct position *one = &fixture_book(f)->position, *other = &fixture_book(later.f)->position;
            assert_int_equal(other->qty, one->qty);
            assert_true(other->realised == one->realised);
        }
        fixture_free(f);
        fixture_free(later.f);
    }
}

/* A name is known by as much of it as is kept. */
static void a_rule_with_a_long_name_finds_its_state(void **state)
{
    (void)state;
    static const char longer[] = "org.example.a.rule.whose.name.is.longer.than.what.a.checkpoint.keeps.of.it";
    struct counting first[2] = {{77, false}, {88, false}}, second[2] = {{0}};
    struct fixture *f = with_rules((const char *const[]){longer, "b", NULL}, first);
    int64_t size = engine_save(f->engine, bytes, sizeof bytes);
    assert_true(size > 0);
    fixture_free(f);
    f = with_rules((const char *const[]){"b", longer, NULL}, second);
    assert_int_equal(engine_load(f->engine, bytes, (size_t)size), OC_OK);
    assert_int_equal(second[1].number, 77);
    assert_int_equal(second[0].number, 88);
    fixture_free(f);
}

/* A later epoch takes everything over but the counter of orders: its ids are new anyway. */
static void a_later_epoch_counts_anew(void **state)
{
    (void)state;
    struct setup setup;
    size_t size = filled(&setup, COST_AVERAGE);
    struct fixture *f = setup.f, *g = fixture_new(COST_AVERAGE);
    uint64_t first = 0;
    for (int later = 0; later < 2; later++) {
        struct engine_config config = {.epoch = later ? 4 : 3};
        struct user user = {0};
        struct rule rule = {.max = 1000000};
        uint32_t id;
        struct oc_instrument info = instruments_get(engine_instruments(f->engine), f->inst)->info;
        engine_free(g->engine);
        assert_int_equal(engine_new(&config, &g->engine), OC_OK);
        assert_int_equal(instruments_asset(engine_instruments(g->engine), "BTC", &id), OC_OK);
        assert_int_equal(instruments_asset(engine_instruments(g->engine), "USDT", &id), OC_OK);
        assert_int_equal(instruments_add(engine_instruments(g->engine), &info, &id), OC_OK);
        assert_int_equal(portfolio_add_account(engine_portfolio(g->engine), "main", "test", g->quote, 0, &id), OC_OK);
        assert_int_equal(engine_add_rule(g->engine, "rule", &rule_table, &rule), OC_OK);
        assert_int_equal(engine_subscribe(g->engine, user_add(g, &user), g->inst, 5 * MINUTE), OC_OK);
        assert_int_equal(engine_load(g->engine, bytes, size), OC_OK);
        uint64_t order = fixture_submit(g, fixture_order(g, OC_SIDE_BUY, 1, 9900));
        if (later)
            assert_int_equal(order, 4ull << 40 | 1);
        else
            first = order;
        assert_int_equal(fixture_book(g)->position.qty, 120);
    }
    assert_int_equal(first >> 40, 3);
    assert_true((first & 0xffffff) > 2);
    fixture_free(f);
    fixture_free(g);
}

static uint32_t other_bytes(const char *one, const char *other, int64_t size)
{
    uint32_t count = 0;
    for (int64_t i = 0; i < size; i++)
        count += one[i] != other[i];
    return count;
}

/* Taken back and saved again it is the same, but for how many lots a list has room for; and each list goes on from there. */
static void same_again(struct setup *setup, char *first, char *second, size_t room)
{
    struct setup back;
    open_setup(&back, COST_FIFO);
    int64_t size = engine_save(setup->f->engine, first, room);
    assert_true(size > 0);
    assert_int_equal(engine_load(back.f->engine, first, (size_t)size), OC_OK);
    assert_int_equal(engine_save(back.f->engine, second, room), size);
    assert_true(other_bytes(first, second, size) <= 1);
    assert_true(engine_next_ns(back.f->engine) == engine_next_ns(setup->f->engine));
    uint64_t here, there;
    oc_rc rc = timers_add(engine_timers(setup->f->engine), 1, 77, 0, &here);
    assert_int_equal(timers_add(engine_timers(back.f->engine), 1, 77, 0, &there), rc);
    if (rc == OC_OK)
        assert_true(here == there);
    struct oc_request guarded = fixture_order(setup->f, OC_SIDE_BUY, 50, 9800);
    guarded.bits |= OC_RQ_HAS_STOP_LOSS;
    guarded.stop_loss = 9000;
    assert_true(fixture_submit(back.f, guarded) == fixture_submit(setup->f, guarded));
    for (int i = 0; i < 3; i++) { /* and is again */
        fixture_price(setup->f, 10000 + i);
        fixture_price(back.f, 10000 + i);
    }
    size = engine_save(setup->f->engine, first, room);
    assert_int_equal(engine_save(back.f->engine, second, room), size);
    assert_int_equal(engine_timers(back.f->engine)->count, engine_timers(setup->f->engine)->count);
    assert_int_equal(orders_open_count(engine_orders(back.f->engine)),
                     orders_open_count(engine_orders(setup->f->engine)));
    assert_int_equal(engine_stats(back.f->engine)->fills, engine_stats(setup->f->engine)->fills);
    fixture_free(back.f);
}

static void what_is_taken_back_is_the_same(void **state)
{
    (void)state;
    struct setup setup;
    open_setup(&setup, COST_FIFO); /* nothing in any list */
    assert_true(engine_next_ns(setup.f->engine) > setup.f->now_ns);
    same_again(&setup, bytes, again, BYTES);
    fixture_free(setup.f);
    filled(&setup, COST_FIFO);
    same_again(&setup, bytes, again, BYTES);
    fixture_free(setup.f);
}

/* As many as there may be: timers, and closed orders that are still known. */
static void full_lists_are_saved(void **state)
{
    (void)state;
    enum { ROOM = 64 << 20 };
    char *first = malloc(ROOM), *second = malloc(ROOM);
    struct setup setup;
    uint64_t id;
    open_setup(&setup, COST_FIFO);
    for (int i = 0; i < ENGINE_TIMERS_MAX; i++)
        assert_int_equal(timers_add(engine_timers(setup.f->engine), 1, 5 * MINUTE + i * 7919 % 65536, 0, &id), OC_OK);
    assert_int_equal(timers_add(engine_timers(setup.f->engine), 1, 1, 0, &id), OC_E_LIMIT);
    for (int i = 0; i < ENGINE_ORDERS_CLOSED_KEPT + 5; i++)
        fixture_say(setup.f, OC_EV_CANCELED, fixture_submit(setup.f, fixture_order(setup.f, OC_SIDE_BUY, 1, 9000)));
    assert_int_equal(orders_closed_count(engine_orders(setup.f->engine)), ENGINE_ORDERS_CLOSED_KEPT);
    same_again(&setup, first, second, ROOM);
    fixture_free(setup.f);
    free(first);
    free(second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_cut_is_refused),
        cmocka_unit_test(each_word_may_be_wrong),
        cmocka_unit_test(lots_that_do_not_add_up_are_refused),
        cmocka_unit_test(another_setup_is_refused),
        cmocka_unit_test(a_rule_that_cannot_save_or_load_is_said),
        cmocka_unit_test(the_state_of_rules_goes_by_their_names),
        cmocka_unit_test(what_is_left_of_lots_comes_back),
        cmocka_unit_test(a_rule_with_a_long_name_finds_its_state),
        cmocka_unit_test(a_later_epoch_counts_anew),
        cmocka_unit_test(what_is_taken_back_is_the_same),
        cmocka_unit_test(full_lists_are_saved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

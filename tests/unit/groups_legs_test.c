/* groups_legs_test.c: each leg of a protective group at its edges: what it carries, when it is placed, sized and taken down,
 * who is told of one that is refused, and what comes back of it. */
#include "engine/impl.h"
#include "engine/limits.h"
#include "support/engine_fixture.h"

struct user { /* counts what it is told */
    int orders;
};

static oc_rc user_order(void *self, const struct order *order, const struct oc_event *event)
{
    (void)order;
    (void)event;
    ((struct user *)self)->orders++;
    return OC_OK;
}

static uint32_t user_add(struct fixture *f, struct user *user)
{
    struct engine_client client = {.self = user, .order = user_order};
    uint32_t strategy;
    assert_int_equal(engine_add_client(f->engine, "user", &client, &strategy), OC_OK);
    return strategy;
}

static uint64_t guarded(struct fixture *f, uint8_t side, int64_t qty, int64_t stop_loss, int64_t take_profit)
{
    struct oc_request request = fixture_order(f, side, qty, 10000);
    request.bits |= (stop_loss ? OC_RQ_HAS_STOP_LOSS : 0u) | (take_profit ? OC_RQ_HAS_TAKE_PROFIT : 0u);
    request.stop_loss = stop_loss;
    request.take_profit = take_profit;
    strcpy(request.tag, "mine");
    return fixture_submit(f, request);
}

static uint64_t bought(struct fixture *f, int64_t qty)
{
    uint64_t entry = guarded(f, OC_SIDE_BUY, qty, 9500, 11000);
    fixture_trade(f, entry, OC_SIDE_BUY, qty, 10000);
    return entry;
}

/* The last order of this role. Not inlined, as the one below: a NULL is what a test looks for. */
static __attribute__((noinline)) const struct order *leg(const struct fixture *f, uint8_t role)
{
    for (uint32_t i = f->sent_count; i > 0; i--)
        if (f->sent[i - 1].role == role && f->sent[i - 1].kind == OC_REQUEST_NEW)
            return fixture_find(f, f->sent[i - 1].order);
    return NULL;
}

static __attribute__((noinline)) struct group *group(const struct fixture *f, uint64_t id)
{
    for (uint32_t i = 0; i < f->engine->groups.count; i++)
        if (f->engine->groups.list[i].id == id)
            return &f->engine->groups.list[i];
    return NULL;
}

static void by_hand(struct fixture *f, uint8_t side, int64_t qty)
{
    uint64_t order = fixture_submit(f, fixture_order(f, side, qty, 10000));
    fixture_trade(f, order, side, qty, 10000);
}

static void a_leg_carries_what_its_entry_had(void **state)
{
    (void)state;
    static const struct {
        uint8_t side, other;
        int64_t stop, target;
    } cases[] = {{OC_SIDE_BUY, OC_SIDE_SELL, 9500, 11000}, {OC_SIDE_SELL, OC_SIDE_BUY, 10500, 9000}};
    for (int i = 0; i < 2; i++) {
        struct fixture *f = fixture_new(COST_AVERAGE);
        uint64_t entry = guarded(f, cases[i].side, 1, cases[i].stop, cases[i].target);
        assert_int_equal(f->sent[0].link, OC_LINK_BRACKET);
        assert_int_equal(f->sent[0].role, OC_ROLE_ENTRY);
        assert_int_equal(f->sent[0].group, entry);
        fixture_trade(f, entry, cases[i].side, 1, 10000);
        assert_int_equal(f->sent_count, 3); /* a position of one unit has its legs */
        for (int k = 1; k < 3; k++) {
            const struct oc_request *leg_now = &f->sent[k];
            assert_string_equal(leg_now->tag, "mine");
            assert_int_equal(leg_now->qty, 1);
            assert_int_equal(leg_now->side, cases[i].other);
            assert_int_equal(leg_now->link, OC_LINK_OCO);
            assert_int_equal(leg_now->owner, OC_OWNER_HOST);
            assert_int_equal(leg_now->tif, OC_TIF_GTC);
            assert_int_equal(leg_now->group, entry);
            assert_int_equal(leg_now->parent, entry);
            assert_int_equal(leg_now->account, f->account);
            assert_int_equal(leg_now->strategy, 0); /* that of its entry, not of who runs */
        }
        assert_int_equal(f->sent[1].type, OC_ORDER_STOP);
        assert_int_equal(f->sent[1].stop_price, cases[i].stop);
        assert_int_equal(f->sent[1].bits, OC_RQ_HAS_QTY | OC_RQ_REDUCE_ONLY | OC_RQ_HAS_STOP);
        assert_int_equal(f->sent[2].type, OC_ORDER_LIMIT);
        assert_int_equal(f->sent[2].price, cases[i].target);
        assert_int_equal(f->sent[2].bits, OC_RQ_HAS_QTY | OC_RQ_REDUCE_ONLY | OC_RQ_HAS_PRICE);
        fixture_free(f);
    }
}

static void only_the_leg_that_was_asked_for_is_placed(void **state)
{
    (void)state;
    for (int is_stop = 0; is_stop < 2; is_stop++) {
        struct fixture *f = fixture_new(COST_AVERAGE);
        uint64_t entry = guarded(f, OC_SIDE_BUY, 10, is_stop ? 9500 : 0, is_stop ? 0 : 11000);
        fixture_trade(f, entry, OC_SIDE_BUY, 10, 10000);
        assert_int_equal(f->sent_count, 2);
        assert_int_equal(f->sent[1].role, is_stop ? OC_ROLE_STOP_LOSS : OC_ROLE_TAKE_PROFIT);
        assert_int_equal(engine_stats(f->engine)->alarms, 0);
        assert_int_equal(engine_stats(f->engine)->denied, 0);
        assert_true(f->engine->groups.retry_ns == 0);
        fixture_free(f);
    }
}

/* Open 3, then 1, then 0: the other leg is amended twice and taken down once, and nothing else is sent. */
static void the_other_leg_follows_to_the_last_unit(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    bought(f, 3);
    uint64_t stop = leg(f, OC_ROLE_STOP_LOSS)->now.order, target = leg(f, OC_ROLE_TAKE_PROFIT)->now.order;
    fixture_say(f, OC_EV_ACCEPTED, stop);
    fixture_trade(f, target, OC_SIDE_SELL, 2, 11000);
    assert_int_equal(f->sent_count, 4);
    assert_int_equal(f->sent[3].kind, OC_REQUEST_AMEND);
    assert_int_equal(f->sent[3].order, stop);
    assert_int_equal(f->sent[3].qty, 1);
    struct oc_ev_answer answer = fixture_answer(f, OC_EV_AMENDED, stop);
    answer.qty = 1;
    fixture_input(f, &answer);
    fixture_trade(f, target, OC_SIDE_SELL, 1, 11000);
    assert_int_equal(f->sent_count, 5);
    assert_int_equal(f->sent[4].kind, OC_REQUEST_CANCEL);
    assert_int_equal(f->sent[4].order, stop);
    assert_int_equal(engine_stats(f->engine)->denied, 0);
    assert_int_equal(engine_stats(f->engine)->alarms, 0);
    assert_int_equal(f->engine->groups.live, 1); /* until the venue says that the stop is gone */
    fixture_say(f, OC_EV_CANCELED, stop);
    assert_int_equal(f->engine->groups.live, 0);
    fixture_free(f);
}

/* The stop has closed 3 of 10 when the target closes the other 7: what is left of the stop goes, and is not amended first. */
static void a_leg_that_closed_a_part_is_taken_down_at_once(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    bought(f, 10);
    uint64_t stop = leg(f, OC_ROLE_STOP_LOSS)->now.order, target = leg(f, OC_ROLE_TAKE_PROFIT)->now.order;
    fixture_trade(f, stop, OC_SIDE_SELL, 3, 9500);
    assert_int_equal(f->sent_count, 4);
    struct oc_ev_answer answer = fixture_answer(f, OC_EV_AMENDED, target);
    answer.qty = 7;
    fixture_input(f, &answer);
    fixture_trade(f, target, OC_SIDE_SELL, 7, 11000);
    assert_int_equal(f->sent_count, 5);
    assert_int_equal(f->sent[4].kind, OC_REQUEST_CANCEL);
    assert_int_equal(f->sent[4].order, stop);
    assert_int_equal(engine_stats(f->engine)->denied, 0);
    fixture_free(f);
}

/* One unit too many is bought back, at market, as no order that only reduces. */
static void an_excess_of_one_is_flattened(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    uint64_t entry = bought(f, 5);
    uint64_t stop = leg(f, OC_ROLE_STOP_LOSS)->now.order, target = leg(f, OC_ROLE_TAKE_PROFIT)->now.order;
    fixture_trade(f, target, OC_SIDE_SELL, 5, 11000);
    uint32_t sent = f->sent_count;
    fixture_trade(f, stop, OC_SIDE_SELL, 1, 9500);
    assert_int_equal(f->sent_count, sent + 1);
    const struct oc_request *close = &f->sent[sent];
    assert_int_equal(close->kind, OC_REQUEST_NEW);
    assert_int_equal(close->role, OC_ROLE_CLOSE);
    assert_int_equal(close->type, OC_ORDER_MARKET);
    assert_int_equal(close->side, OC_SIDE_BUY);
    assert_int_equal(close->qty, 1);
    assert_int_equal(close->bits, OC_RQ_HAS_QTY);
    assert_int_equal(close->parent, entry);
    assert_int_equal(f->engine->groups.flattened, 1);
    fixture_trade(f, close->order, OC_SIDE_BUY, 1, 9500);
    assert_int_equal(f->sent_count, sent + 1);
    assert_int_equal(fixture_book(f)->position.qty, 0);
    fixture_free(f);
}

/* A group lives as long as one of its three orders does. */
static void a_group_lives_as_long_as_its_orders(void **state)
{
    (void)state;
    for (int last = 0; last < 3; last++) {
        struct fixture *f = fixture_new(COST_AVERAGE);
        uint64_t entry = guarded(f, OC_SIDE_BUY, 10, 9500, 11000);
        fixture_trade(f, entry, OC_SIDE_BUY, 4, 10000);
        uint64_t stop = leg(f, OC_ROLE_STOP_LOSS)->now.order, target = leg(f, OC_ROLE_TAKE_PROFIT)->now.order;
        by_hand(f, OC_SIDE_SELL, 4);
        uint64_t orders[] = {entry, stop, target};
        for (int i = 1; i < 3; i++) {
            fixture_say(f, OC_EV_CANCELED, orders[(last + i) % 3]);
            assert_int_equal(f->engine->groups.live, 1);
        }
        fixture_say(f, OC_EV_CANCELED, orders[last]);
        assert_int_equal(f->engine->groups.live, 0);
        assert_null(group(f, entry));
        fixture_free(f);
    }
}

/* Shorts as longs: a part leaves the protection, flat takes it down, and so does turning over, by one unit too. */
static void protection_goes_with_the_side_it_protects(void **state)
{
    (void)state;
    static const struct {
        int64_t qty, by_hand;
        bool goes;
    } cases[] = {{10, 4, false}, {10, 9, false}, {10, 10, true}, {10, 11, true},
                 {10, 25, true}, {1, 2, true},   {2, 1, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int is_short = 0; is_short < 2; is_short++) {
            const uint8_t side = is_short ? OC_SIDE_SELL : OC_SIDE_BUY, other = is_short ? OC_SIDE_BUY : OC_SIDE_SELL;
            struct fixture *f = fixture_new(COST_AVERAGE);
            uint64_t entry = guarded(f, side, cases[i].qty, is_short ? 10500 : 9500, is_short ? 9000 : 11000);
            fixture_trade(f, entry, side, cases[i].qty, 10000);
            uint64_t stop = leg(f, OC_ROLE_STOP_LOSS)->now.order, target = leg(f, OC_ROLE_TAKE_PROFIT)->now.order;
            by_hand(f, other, cases[i].by_hand);
            assert_int_equal(fixture_find(f, stop)->state == STATE_PENDING_CANCEL, cases[i].goes);
            assert_int_equal(fixture_find(f, target)->state == STATE_PENDING_CANCEL, cases[i].goes);
            assert_int_equal(group(f, entry)->is_closing, cases[i].goes);
            fixture_free(f);
        }
}

/* A guarded sell that only takes a part off: its group waits for its side, while the position stays on the other. */
static void a_group_of_the_other_side_stays_while_nothing_turns(void **state)
{
    (void)state;
    for (int is_short = 0; is_short < 2; is_short++) {
        const uint8_t side = is_short ? OC_SIDE_SELL : OC_SIDE_BUY, other = is_short ? OC_SIDE_BUY : OC_SIDE_SELL;
        struct fixture *f = fixture_new(COST_AVERAGE);
        by_hand(f, side, 10);
        uint64_t entry = guarded(f, other, 4, is_short ? 9500 : 10500, is_short ? 11000 : 9000);
        fixture_trade(f, entry, other, 4, 10000);
        by_hand(f, other, 2);
        assert_false(group(f, entry)->is_closing);
        by_hand(f, other, 3); /* one unit is left */
        assert_false(group(f, entry)->is_closing);
        by_hand(f, side, 3);
        assert_false(group(f, entry)->is_closing);
        fixture_free(f);
    }
}

/* Bought back through zero: what protects the side that comes stays. */
static void a_group_of_the_side_that_comes_stays(void **state)
{
    (void)state;
    for (int is_short = 0; is_short < 2; is_short++) {
        const uint8_t side = is_short ? OC_SIDE_SELL : OC_SIDE_BUY, other = is_short ? OC_SIDE_BUY : OC_SIDE_SELL;
        struct fixture *f = fixture_new(COST_AVERAGE);
        by_hand(f, side, 10);
        uint64_t entry = guarded(f, other, 4, is_short ? 9500 : 10500, is_short ? 11000 : 9000);
        fixture_trade(f, entry, other, 4, 10000);
        by_hand(f, other, 7);
        assert_int_equal(fixture_book(f)->position.qty, is_short ? 1 : -1);
        assert_false(group(f, entry)->is_closing);
        fixture_free(f);
    }
}

/* Five of the ten were bought without a group: the target closes its own five, and its stop goes though the rest stays. */
static void a_group_that_is_done_goes_alone(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    by_hand(f, OC_SIDE_BUY, 5);
    bought(f, 5);
    uint64_t stop = leg(f, OC_ROLE_STOP_LOSS)->now.order, target = leg(f, OC_ROLE_TAKE_PROFIT)->now.order;
    fixture_trade(f, target, OC_SIDE_SELL, 5, 11000);
    assert_int_equal(fixture_book(f)->position.qty, 5);
    assert_int_equal(fixture_find(f, stop)->state, STATE_PENDING_CANCEL);
    fixture_free(f);
}

/* By hand four of ten, by the target the other six: flat, and no leg waits for the four. */
static void a_leg_that_makes_it_flat_takes_its_group_down(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    uint64_t entry = bought(f, 10), stop = leg(f, OC_ROLE_STOP_LOSS)->now.order,
             target = leg(f, OC_ROLE_TAKE_PROFIT)->now.order;
    by_hand(f, OC_SIDE_SELL, 4);
    fixture_trade(f, target, OC_SIDE_SELL, 6, 11000);
    assert_int_equal(fixture_book(f)->position.qty, 0);
    assert_int_equal(fixture_find(f, stop)->state, STATE_PENDING_CANCEL);
    assert_int_equal(fixture_find(f, target)->state, STATE_PENDING_CANCEL);
    fixture_say(f, OC_EV_CANCELED, stop);
    fixture_say(f, OC_EV_CANCELED, target);
    assert_null(group(f, entry));
    fixture_free(f);
}

/* An entry that waits when the position is closed is protected when it fills. */
static void an_entry_that_waits_keeps_its_group(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    uint64_t waiting = guarded(f, OC_SIDE_BUY, 3, 9000, 0);
    bought(f, 10);
    by_hand(f, OC_SIDE_SELL, 10);
    assert_false(group(f, waiting)->is_closing);
    fixture_trade(f, waiting, OC_SIDE_BUY, 3, 10000);
    assert_int_equal(leg(f, OC_ROLE_STOP_LOSS)->now.parent, waiting);
    assert_int_equal(leg(f, OC_ROLE_STOP_LOSS)->now.qty, 3);
    fixture_free(f);
}

/* Its first part was stopped out and left the position flat: what it fills then has legs of its own, and the old ones go. */
static void an_entry_that_goes_on_is_protected_anew(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    uint64_t entry = guarded(f, OC_SIDE_BUY, 10, 9500, 11000);
    fixture_trade(f, entry, OC_SIDE_BUY, 4, 10000);
    const uint64_t target = leg(f, OC_ROLE_TAKE_PROFIT)->now.order;
    fixture_trade(f, leg(f, OC_ROLE_STOP_LOSS)->now.order, OC_SIDE_SELL, 4, 9500);
    assert_true(group(f, entry)->is_closing);
    fixture_trade(f, entry, OC_SIDE_BUY, 6, 9400);
    assert_int_equal(leg(f, OC_ROLE_STOP_LOSS)->now.qty, 6);
    assert_int_equal(leg(f, OC_ROLE_TAKE_PROFIT)->now.qty, 6);
    assert_true(leg(f, OC_ROLE_TAKE_PROFIT)->now.order != target);
    assert_int_equal(fixture_find(f, target)->state, STATE_PENDING_CANCEL);
    fixture_free(f);
}

/* More than the list had room for, twice: each finds its own group again. */
static void forty_groups_at_once(void **state)
{
    (void)state;
    enum { COUNT = 40 };
    struct fixture *f = fixture_new(COST_AVERAGE);
    uint64_t entries[COUNT];
    for (int i = 0; i < COUNT; i++)
        entries[i] = guarded(f, OC_SIDE_BUY, 1 + i, 9500, 0);
    assert_int_equal(f->engine->groups.live, COUNT);
    for (int i = 0; i < COUNT; i++) {
        fixture_trade(f, entries[i], OC_SIDE_BUY, 1 + i, 10000);
        assert_int_equal(leg(f, OC_ROLE_STOP_LOSS)->now.parent, entries[i]);
        assert_int_equal(leg(f, OC_ROLE_STOP_LOSS)->now.qty, 1 + i);
    }
    assert_int_equal(f->sent_count, 2 * COUNT);
    by_hand(f, OC_SIDE_SELL, COUNT * (COUNT + 1) / 2); /* all of them are closed */
    assert_int_equal(f->sent_count, 3 * COUNT + 1);
    for (int i = 0; i < COUNT; i++)
        assert_true(group(f, entries[i])->is_closing);
    fixture_free(f);
}

static bool legs_pass;

static oc_rc legs_later(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                        struct oc_verdict *verdict)
{
    (void)self;
    (void)ctx;
    verdict->allowed = legs_pass || ask->role == OC_ROLE_NONE || ask->role == OC_ROLE_ENTRY;
    return OC_OK;
}

static const struct oc_risk later = {.size = sizeof later, .check = legs_later};

/* Twenty positions without protection: the strategy is told of each leg that is refused, each time. */
static void a_strategy_is_told_of_each_refused_leg(void **state)
{
    (void)state;
    enum { COUNT = 20 };
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct user user = {0};
    uint32_t strategy = user_add(f, &user);
    legs_pass = false;
    engine_add_rule(f->engine, "later", &later, NULL);
    for (int i = 0; i < COUNT; i++) {
        struct oc_request request = fixture_order(f, OC_SIDE_BUY, 10, 10000);
        request.bits |= OC_RQ_HAS_STOP_LOSS | OC_RQ_HAS_TAKE_PROFIT;
        request.stop_loss = 9500;
        request.take_profit = 11000;
        request.strategy = strategy;
        uint64_t entry = fixture_submit(f, request);
        user.orders = 0;
        fixture_trade(f, entry, OC_SIDE_BUY, 10, 10000);
        assert_int_equal(user.orders, 3); /* the fill, and both legs */
    }
    assert_true(f->engine->groups.retry_ns == f->now_ns + GROUPS_RETRY_NS);
    user.orders = 0;
    f->now_ns += GROUPS_RETRY_NS - 1;
    fixture_price(f, 10000);
    assert_int_equal(user.orders, 0);
    f->now_ns += 1;
    fixture_price(f, 10000);
    assert_int_equal(user.orders, 2 * COUNT);
    assert_int_equal(f->engine->groups.told_count, 0);
    legs_pass = true;
    f->now_ns += 2 * GROUPS_RETRY_NS;
    user.orders = 0;
    fixture_price(f, 10000);
    assert_int_equal(user.orders, 0);
    assert_int_equal(f->sent_count, 3 * COUNT);
    assert_true(f->engine->groups.retry_ns == 0);
    fixture_free(f);
}

/* What is to be told has its limit: beyond it each is an alarm. */
static void what_is_to_be_told_stops_at_its_limit(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct user user = {0};
    struct oc_request request = fixture_order(f, OC_SIDE_BUY, 1, 9000);
    request.strategy = user_add(f, &user);
    uint64_t order = fixture_submit(f, request);
    groups_to_tell(f->engine, 0);
    assert_int_equal(f->engine->groups.told_count, 0);
    for (int i = 0; i < GROUPS_TOLD_MAX; i++)
        groups_to_tell(f->engine, order);
    assert_int_equal(engine_stats(f->engine)->alarms, 0);
    groups_to_tell(f->engine, order);
    assert_int_equal(engine_stats(f->engine)->alarms, 1);
    assert_int_equal(f->engine->groups.told_count, GROUPS_TOLD_MAX);
    groups_tell(f->engine);
    assert_int_equal(user.orders, GROUPS_TOLD_MAX);
    groups_to_tell(f->engine, 12345); /* forgotten meanwhile */
    groups_to_tell(f->engine, order);
    groups_tell(f->engine);
    assert_int_equal(user.orders, GROUPS_TOLD_MAX + 1);
    groups_tell(f->engine);
    assert_int_equal(user.orders, GROUPS_TOLD_MAX + 1);
    fixture_free(f);
}

/* Of a callback that fails nothing stays: the group of its entry neither, and that of another does. */
static oc_rc buys_and_fails(void *self, const struct oc_event *event)
{
    struct fixture *f = self;
    struct engine_refusal refusal;
    struct oc_request request = fixture_order(f, OC_SIDE_BUY, 3, 10000);
    (void)event;
    request.bits |= OC_RQ_HAS_STOP_LOSS;
    request.stop_loss = 9500;
    assert_int_equal(engine_submit(f->engine, &request, &refusal), OC_OK);
    request = fixture_order(f, OC_SIDE_BUY, 3, 10000); /* without one */
    assert_int_equal(engine_submit(f->engine, &request, &refusal), OC_OK);
    assert_int_equal(f->engine->groups.live, 2);
    return OC_E_INVALID;
}

static void what_a_failed_callback_guarded_is_forgotten(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct engine_client client = {.self = f, .market = buys_and_fails};
    uint32_t strategy;
    assert_int_equal(engine_add_client(f->engine, "fails", &client, &strategy), OC_OK);
    assert_int_equal(engine_subscribe(f->engine, strategy, f->inst, 0), OC_OK);
    uint64_t first = guarded(f, OC_SIDE_BUY, 1, 9500, 0);
    fixture_price(f, 10000);
    assert_int_equal(f->engine->groups.live, 1);
    assert_int_equal(f->engine->groups.count, 1);
    assert_non_null(group(f, first));
    groups_drop(f->engine, 77); /* one that is not there */
    assert_int_equal(f->engine->groups.live, 1);
    fixture_free(f);
}

static struct oc_request recorded(const struct fixture *f, uint64_t order, uint8_t role, uint64_t of)
{
    struct oc_request request = fixture_order(f, role == OC_ROLE_ENTRY ? OC_SIDE_BUY : OC_SIDE_SELL, 10, 10000);
    request.head.size = sizeof request;
    request.head.type = OC_EV_REQUEST;
    request.kind = OC_REQUEST_NEW;
    request.order = request.id = order;
    request.group = of;
    request.role = role;
    request.stop_loss = 9500;
    request.bits |= role == OC_ROLE_ENTRY ? OC_RQ_HAS_STOP_LOSS : OC_RQ_REDUCE_ONLY;
    return request;
}

/* Records give each order its place; an amend of an entry makes no second group, a closing order is no leg. */
static void records_give_each_order_its_place(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t first = 3ull << 40 | 1;
    struct oc_request request = recorded(f, first, OC_ROLE_ENTRY, first);
    assert_int_equal(engine_restore(f->engine, &request.head), OC_OK);
    request.kind = OC_REQUEST_AMEND;
    request.id = 1ull << 63 | 1;
    request.bits |= OC_RQ_QUANTITY_CHANGED;
    assert_int_equal(engine_restore(f->engine, &request.head), OC_OK);
    assert_int_equal(f->engine->groups.live, 1);
    assert_int_equal(f->engine->groups.count, 1);
    static const uint8_t roles[] = {OC_ROLE_STOP_LOSS, OC_ROLE_TAKE_PROFIT, OC_ROLE_CLOSE};
    for (uint64_t i = 0; i < 3; i++) {
        request = recorded(f, first + 1 + i, roles[i], first);
        assert_int_equal(engine_restore(f->engine, &request.head), OC_OK);
    }
    assert_true(group(f, first)->entry == first);
    assert_true(group(f, first)->stop_order == first + 1);
    assert_true(group(f, first)->target_order == first + 2);
    request = recorded(f, first + 4, OC_ROLE_ENTRY, 0); /* an entry of no group */
    assert_int_equal(engine_restore(f->engine, &request.head), OC_OK);
    assert_int_equal(f->engine->groups.live, 1);
    fixture_free(f);
}

/* A recorded refusal of a leg is asked for again after a restart, that of any other order is not. */
static void a_recorded_refusal_is_asked_for_again(void **state)
{
    (void)state;
    static const struct {
        uint8_t owner, role;
        bool again;
    } cases[] = {{OC_OWNER_HOST, OC_ROLE_STOP_LOSS, true},      {OC_OWNER_HOST, OC_ROLE_TAKE_PROFIT, true},
                 {OC_OWNER_HOST, OC_ROLE_CLOSE, false},         {OC_OWNER_HOST, OC_ROLE_NONE, false},
                 {OC_OWNER_STRATEGY, OC_ROLE_STOP_LOSS, false}, {OC_OWNER_STRATEGY, OC_ROLE_TAKE_PROFIT, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture *f = fixture_new(COST_AVERAGE);
        const uint64_t first = 3ull << 40 | 1;
        struct oc_request request = recorded(f, first, cases[i].role, 0);
        request.owner = cases[i].owner;
        request.head.local_ns = 5000;
        assert_int_equal(engine_restore(f->engine, &request.head), OC_OK);
        struct oc_ev_answer denied = fixture_answer(f, OC_EV_DENIED, first);
        denied.head.local_ns = 5000;
        assert_int_equal(engine_restore(f->engine, &denied.head), OC_OK);
        assert_true(f->engine->groups.retry_ns == (cases[i].again ? 5000 + GROUPS_RETRY_NS : 0));
        fixture_free(f);
    }
}

/* Asked for again is what lacks a leg, and what is closing or closed does not. */
static void only_what_is_open_is_asked_for_again(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    legs_pass = false;
    engine_add_rule(f->engine, "later", &later, NULL);
    uint64_t waiting = guarded(f, OC_SIDE_BUY, 1, 9500, 0), closed = bought(f, 2);
    by_hand(f, OC_SIDE_SELL, 2);
    assert_null(group(f, closed)); /* its legs never stood */
    uint64_t open = bought(f, 3);
    legs_pass = true;
    uint32_t sent = f->sent_count;
    f->now_ns += GROUPS_RETRY_NS;
    fixture_price(f, 10000);
    assert_int_equal(f->sent_count, sent + 2);
    assert_int_equal(f->sent[sent].parent, open);
    assert_int_equal(f->sent[sent + 1].parent, open);
    assert_non_null(group(f, waiting));
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_leg_carries_what_its_entry_had),
        cmocka_unit_test(only_the_leg_that_was_asked_for_is_placed),
        cmocka_unit_test(the_other_leg_follows_to_the_last_unit),
        cmocka_unit_test(a_leg_that_closed_a_part_is_taken_down_at_once),
        cmocka_unit_test(an_excess_of_one_is_flattened),
        cmocka_unit_test(a_group_lives_as_long_as_its_orders),
        cmocka_unit_test(protection_goes_with_the_side_it_protects),
        cmocka_unit_test(a_group_of_the_other_side_stays_while_nothing_turns),
        cmocka_unit_test(a_group_of_the_side_that_comes_stays),
        cmocka_unit_test(a_group_that_is_done_goes_alone),
        cmocka_unit_test(a_leg_that_makes_it_flat_takes_its_group_down),
        cmocka_unit_test(an_entry_that_waits_keeps_its_group),
        cmocka_unit_test(an_entry_that_goes_on_is_protected_anew),
        cmocka_unit_test(forty_groups_at_once),
        cmocka_unit_test(a_strategy_is_told_of_each_refused_leg),
        cmocka_unit_test(what_is_to_be_told_stops_at_its_limit),
        cmocka_unit_test(what_a_failed_callback_guarded_is_forgotten),
        cmocka_unit_test(records_give_each_order_its_place),
        cmocka_unit_test(a_recorded_refusal_is_asked_for_again),
        cmocka_unit_test(only_what_is_open_is_asked_for_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

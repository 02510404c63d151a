/* groups_test.c: stop loss and take profit as a group the host owns. */
#include "engine/impl.h"
#include "engine/limits.h"
#include "support/engine_fixture.h"

static uint64_t guarded(struct fixture *f, int64_t qty)
{
    struct oc_request request = fixture_order(f, OC_SIDE_BUY, qty, 10000);
    request.bits |= OC_RQ_HAS_STOP_LOSS | OC_RQ_HAS_TAKE_PROFIT;
    request.stop_loss = 9500;
    request.take_profit = 11000;
    return fixture_submit(f, request);
}

static const struct order *leg(const struct fixture *f, uint8_t role)
{
    for (uint32_t i = f->sent_count; i > 0; i--)
        if (f->sent[i - 1].role == role && f->sent[i - 1].kind == OC_REQUEST_NEW)
            return fixture_find(f, f->sent[i - 1].order);
    return NULL;
}

/* The venue says yes to the last amend of a leg. */
static void amended(struct fixture *f, uint64_t order, int64_t qty)
{
    struct oc_ev_answer answer = fixture_answer(f, OC_EV_AMENDED, order);
    answer.qty = qty;
    fixture_input(f, &answer);
}

static int64_t asked(const struct order *order) { return order->ask_qty ? order->ask_qty : order->now.qty; }

/* ALGO-10: entry 10; fill 4 -> legs of 4; fill 6 -> legs of 10; target fills 3 -> stop 7; stop fills 7 while a target
 * fill of 2 is in flight -> target leg canceled, excess 2 on the wrong side, flatten 2, net 0. */
static void ALGO_10(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    uint64_t entry = guarded(f, 10);
    assert_int_equal(f->sent_count, 1);
    fixture_trade(f, entry, OC_SIDE_BUY, 4, 10000);
    const struct order *stop = leg(f, OC_ROLE_STOP_LOSS), *target = leg(f, OC_ROLE_TAKE_PROFIT);
    assert_non_null(stop);
    assert_non_null(target);
    assert_int_equal(stop->now.qty, 4);
    assert_int_equal(target->now.qty, 4);
    assert_int_equal(stop->now.stop_price, 9500);
    assert_int_equal(target->now.price, 11000);
    assert_true(stop->now.bits & OC_RQ_REDUCE_ONLY);
    assert_int_equal(stop->now.group, target->now.group);
    fixture_say(f, OC_EV_ACCEPTED, stop->now.order);
    fixture_say(f, OC_EV_ACCEPTED, target->now.order);
    fixture_trade(f, entry, OC_SIDE_BUY, 6, 10000);
    assert_int_equal(asked(stop), 10);
    assert_int_equal(asked(target), 10);
    amended(f, stop->now.order, 10);
    amended(f, target->now.order, 10);
    fixture_trade(f, target->now.order, OC_SIDE_SELL, 3, 11000);
    assert_int_equal(asked(stop), 7);
    amended(f, stop->now.order, 7);
    fixture_say(f, OC_EV_TRIGGERED, stop->now.order);
    fixture_trade(f, stop->now.order, OC_SIDE_SELL, 7, 9500);
    assert_int_equal(fixture_book(f)->position.qty, 0);
    assert_int_equal(target->state, STATE_PENDING_CANCEL);
    uint32_t sent = f->sent_count;
    fixture_trade(f, target->now.order, OC_SIDE_SELL, 2, 11000); /* it was in flight */
    assert_int_equal(fixture_book(f)->position.qty, -2);
    const struct oc_request *flatten = &f->sent[f->sent_count - 1];
    assert_true(f->sent_count > sent);
    assert_int_equal(flatten->kind, OC_REQUEST_NEW);
    assert_int_equal(flatten->side, OC_SIDE_BUY);
    assert_int_equal(flatten->qty, 2);
    fixture_trade(f, flatten->order, OC_SIDE_BUY, 2, 11000);
    assert_int_equal(fixture_book(f)->position.qty, 0);
    assert_int_equal(f->engine->groups.flattened, 1);
    fixture_free(f);
}

static void closing_takes_the_protection_down(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    uint64_t entry = guarded(f, 10);
    fixture_trade(f, entry, OC_SIDE_BUY, 10, 10000);
    const struct order *stop = leg(f, OC_ROLE_STOP_LOSS), *target = leg(f, OC_ROLE_TAKE_PROFIT);
    assert_int_equal(fixture_book(f)->open_sell, 0); /* reduce-only adds no exposure */
    struct oc_request close = fixture_order(f, OC_SIDE_SELL, 10, 0);
    close.bits |= OC_RQ_REDUCE_ONLY;
    uint64_t id = fixture_submit(f, close);
    fixture_trade(f, id, OC_SIDE_SELL, 10, 10050);
    assert_int_equal(stop->state, STATE_PENDING_CANCEL);
    assert_int_equal(target->state, STATE_PENDING_CANCEL);
    fixture_say(f, OC_EV_CANCELED, stop->now.order);
    fixture_say(f, OC_EV_CANCELED, target->now.order);
    assert_int_equal(f->engine->groups.live, 0);
    fixture_free(f);
}

static void an_entry_that_never_filled_leaves_no_group(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    uint64_t entry = guarded(f, 10);
    assert_int_equal(f->engine->groups.live, 1);
    fixture_say(f, OC_EV_REJECTED, entry);
    assert_int_equal(f->engine->groups.live, 0);
    assert_int_equal(f->sent_count, 1);
    uint64_t again = guarded(f, 5);
    assert_int_equal(f->engine->groups.count, 1); /* the slot is used again */
    fixture_say(f, OC_EV_CANCELED, again);
    fixture_free(f);
}

/* A position is never left alone because a disk is full: what only reduces leaves, recorded or not. */
static void protection_leaves_though_the_journal_failed(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    uint64_t entry = guarded(f, 10);
    f->door_answer = OC_E_IO;
    struct oc_ev_fill fill = fixture_fill(f, entry, OC_SIDE_BUY, 10, 10000, "a");
    fixture_input(f, &fill);
    assert_int_equal(leg(f, OC_ROLE_STOP_LOSS)->now.qty, 10);
    assert_int_equal(leg(f, OC_ROLE_TAKE_PROFIT)->now.qty, 10);
    assert_int_equal(leg(f, OC_ROLE_STOP_LOSS)->state, STATE_SUBMITTED);
    assert_int_equal(engine_stats(f->engine)->alarms, 0);
    assert_true(engine_risk_is_stopped(f->engine));
    fixture_free(f);
}

static oc_rc reduces_nothing(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                             struct oc_verdict *verdict)
{
    (void)self;
    (void)ctx;
    verdict->allowed = ask->role == OC_ROLE_NONE || ask->role == OC_ROLE_ENTRY;
    return OC_OK;
}

static oc_rc closes_nothing(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                            struct oc_verdict *verdict)
{
    (void)self;
    (void)ctx;
    verdict->allowed = ask->role != OC_ROLE_CLOSE;
    return OC_OK;
}

static void a_leg_that_a_rule_refuses_is_an_alarm(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const struct oc_risk table = {.size = sizeof table, .check = reduces_nothing};
    assert_int_equal(engine_add_rule(f->engine, "nolegs", &table, NULL), OC_OK);
    uint64_t entry = guarded(f, 10);
    fixture_trade(f, entry, OC_SIDE_BUY, 10, 10000);
    assert_int_equal(engine_stats(f->engine)->alarms, 2); /* both */
    assert_int_equal(f->sent_count, 1);
    assert_int_equal(f->engine->groups.live, 1); /* it goes on watching a position without protection */
    fixture_free(f);
}

/* Both legs filled at once, and what should flatten the excess is refused: said, and asked again with the next fill. */
static void an_excess_that_cannot_be_flattened_is_an_alarm(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const struct oc_risk table = {.size = sizeof table, .check = closes_nothing};
    assert_int_equal(engine_add_rule(f->engine, "noclose", &table, NULL), OC_OK);
    uint64_t entry = guarded(f, 10);
    fixture_trade(f, entry, OC_SIDE_BUY, 10, 10000);
    uint64_t stop = leg(f, OC_ROLE_STOP_LOSS)->now.order, target = leg(f, OC_ROLE_TAKE_PROFIT)->now.order;
    fixture_trade(f, target, OC_SIDE_SELL, 4, 11000);
    fixture_trade(f, stop, OC_SIDE_SELL, 10, 9500);
    assert_int_equal(fixture_book(f)->position.qty, -4);
    assert_int_equal(engine_stats(f->engine)->alarms, 1);
    assert_int_equal(f->engine->groups.flattened, 0);
    fixture_free(f);
}

/* The position turns over in one fill: what protected the side that is gone goes. */
static void turning_over_takes_the_protection_down(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    uint64_t entry = guarded(f, 10);
    fixture_trade(f, entry, OC_SIDE_BUY, 10, 10000);
    const struct order *stop = leg(f, OC_ROLE_STOP_LOSS), *target = leg(f, OC_ROLE_TAKE_PROFIT);
    uint64_t turn = fixture_submit(f, fixture_order(f, OC_SIDE_SELL, 15, 0));
    fixture_trade(f, turn, OC_SIDE_SELL, 8, 10050);
    assert_int_equal(stop->state, STATE_SUBMITTED);
    fixture_trade(f, turn, OC_SIDE_SELL, 7, 10050);
    assert_int_equal(fixture_book(f)->position.qty, -5);
    assert_int_equal(stop->state, STATE_PENDING_CANCEL);
    assert_int_equal(target->state, STATE_PENDING_CANCEL);
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

static void price_at(struct fixture *f, int64_t now_ns)
{
    struct oc_ev_trade trade = {.head = {.size = sizeof trade, .type = OC_EV_TRADE, .inst = f->inst}, .price = 10000};
    f->now_ns = now_ns;
    fixture_input(f, &trade);
}

static const int64_t second = GROUPS_RETRY_NS;

/* Later each time, and said once while the reason is the same. */
static void a_refused_leg_is_asked_for_again(void **state)
{
    (void)state;
    static const int64_t waits[] = {1, 2, 4, 8, 16, 32, 60, 60};
    struct fixture *f = fixture_new(COST_AVERAGE);
    const struct oc_risk table = {.size = sizeof table, .check = legs_later};
    legs_pass = false;
    assert_int_equal(engine_add_rule(f->engine, "later", &table, NULL), OC_OK);
    uint64_t entry = guarded(f, 10);
    fixture_trade(f, entry, OC_SIDE_BUY, 10, 10000);
    int64_t at_ns = f->now_ns;
    assert_int_equal(f->sent_count, 1);
    assert_int_equal(engine_stats(f->engine)->denied, 2); /* both */
    for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++) {
        price_at(f, at_ns + waits[i] * second - 1);
        assert_int_equal(engine_stats(f->engine)->denied, 2 * (i + 1));
        at_ns += waits[i] * second;
        price_at(f, at_ns);
        assert_int_equal(engine_stats(f->engine)->denied, 2 * (i + 2));
    }
    assert_int_equal(engine_stats(f->engine)->alarms, 2);
    legs_pass = true;
    price_at(f, at_ns + 60 * second);
    assert_int_equal(f->sent_count, 3);
    assert_int_equal(leg(f, OC_ROLE_STOP_LOSS)->now.qty, 10);
    price_at(f, at_ns + 600 * second);
    assert_int_equal(f->sent_count, 3);
    fixture_free(f);
}

static bool changes_pass;

static oc_rc changes_later(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                           struct oc_verdict *verdict)
{
    (void)self;
    (void)ctx;
    verdict->allowed = changes_pass || ask->kind == OC_REQUEST_NEW;
    return OC_OK;
}

/* The entry fills on, and the larger size of its protection is refused: said, and asked for again. */
static void a_refused_size_of_a_leg_is_asked_for_again(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const struct oc_risk table = {.size = sizeof table, .check = changes_later};
    changes_pass = false;
    assert_int_equal(engine_add_rule(f->engine, "later", &table, NULL), OC_OK);
    uint64_t entry = guarded(f, 10);
    fixture_trade(f, entry, OC_SIDE_BUY, 4, 10000);
    const struct order *stop = leg(f, OC_ROLE_STOP_LOSS), *target = leg(f, OC_ROLE_TAKE_PROFIT);
    fixture_say(f, OC_EV_ACCEPTED, stop->now.order);
    fixture_say(f, OC_EV_ACCEPTED, target->now.order);
    fixture_trade(f, entry, OC_SIDE_BUY, 6, 10000);
    const int64_t began_ns = f->now_ns;
    assert_int_equal(asked(stop), 4);
    assert_int_equal(engine_stats(f->engine)->alarms, 2);
    price_at(f, began_ns + GROUPS_RETRY_NS / 2);
    assert_int_equal(engine_stats(f->engine)->alarms, 2);
    changes_pass = true;
    price_at(f, began_ns + GROUPS_RETRY_NS + 2);
    assert_int_equal(asked(stop), 10);
    assert_int_equal(asked(target), 10);
    amended(f, stop->now.order, 10);
    amended(f, target->now.order, 10);
    const uint32_t sent = f->sent_count;
    price_at(f, began_ns + 9 * GROUPS_RETRY_NS);
    assert_int_equal(f->sent_count, sent);
    assert_int_equal(engine_stats(f->engine)->alarms, 2);
    fixture_free(f);
}

/* The position is flat, and the cancel of what protected it is refused. */
static void a_refused_cancel_of_a_leg_is_asked_for_again(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const struct oc_risk table = {.size = sizeof table, .check = changes_later};
    changes_pass = false;
    assert_int_equal(engine_add_rule(f->engine, "later", &table, NULL), OC_OK);
    uint64_t entry = guarded(f, 10);
    fixture_trade(f, entry, OC_SIDE_BUY, 10, 10000);
    const struct order *stop = leg(f, OC_ROLE_STOP_LOSS), *target = leg(f, OC_ROLE_TAKE_PROFIT);
    fixture_trade(f, target->now.order, OC_SIDE_SELL, 10, 11000);
    const int64_t began_ns = f->now_ns;
    assert_int_equal(stop->state, STATE_SUBMITTED);
    assert_true(engine_stats(f->engine)->alarms > 0);
    changes_pass = true;
    price_at(f, began_ns + GROUPS_RETRY_NS + 2);
    assert_int_equal(stop->state, STATE_PENDING_CANCEL);
    fixture_free(f);
}

static void protection_on_the_wrong_side_is_refused(void **state)
{
    (void)state;
    static const struct {
        uint8_t side;
        int64_t price, stop_loss, take_profit;
        bool is_good;
    } cases[] = {{OC_SIDE_BUY, 0, 9999, 10001, true},    {OC_SIDE_BUY, 0, 10000, 0, false},
                 {OC_SIDE_BUY, 0, 0, 10000, false},      {OC_SIDE_BUY, 9000, 9500, 0, false},
                 {OC_SIDE_BUY, 9000, 8000, 9500, true},  {OC_SIDE_BUY, 12000, 11000, 0, false},
                 {OC_SIDE_SELL, 0, 10001, 9999, true},   {OC_SIDE_SELL, 0, 9000, 0, false},
                 {OC_SIDE_SELL, 11000, 10500, 0, false}, {OC_SIDE_BUY, 0, -5, 0, false},
                 {OC_SIDE_SELL, 0, 0, -5, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture *f = fixture_new(COST_AVERAGE);
        struct engine_refusal refusal = {0};
        struct oc_request request = fixture_order(f, cases[i].side, 10, cases[i].price);
        price_at(f, 1000);
        request.stop_loss = cases[i].stop_loss;
        request.take_profit = cases[i].take_profit;
        request.bits |=
            (cases[i].stop_loss ? OC_RQ_HAS_STOP_LOSS : 0u) | (cases[i].take_profit ? OC_RQ_HAS_TAKE_PROFIT : 0u);
        assert_int_equal(engine_begin(f->engine, 0), OC_OK);
        oc_rc rc = engine_submit(f->engine, &request, &refusal);
        fixture_end(f, true);
        assert_int_equal(rc == OC_OK, cases[i].is_good);
        assert_int_equal(f->engine->groups.live, cases[i].is_good);
        fixture_free(f);
    }
}

static void an_expired_leg_is_placed_again(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct oc_request request = fixture_order(f, OC_SIDE_SELL, 10, 10000); /* a short, with a stop only */
    request.bits |= OC_RQ_HAS_STOP_LOSS;
    request.stop_loss = 10500;
    uint64_t entry = fixture_submit(f, request);
    fixture_trade(f, entry, OC_SIDE_SELL, 10, 10000);
    const struct order *stop = leg(f, OC_ROLE_STOP_LOSS);
    uint64_t first = stop->now.order;
    assert_int_equal(stop->now.side, OC_SIDE_BUY);
    assert_null(leg(f, OC_ROLE_TAKE_PROFIT));
    fixture_say(f, OC_EV_EXPIRED, first);
    stop = leg(f, OC_ROLE_STOP_LOSS);
    assert_true(stop->now.order != first);
    assert_int_equal(stop->now.qty, 10);
    fixture_say(f, OC_EV_CANCELED, stop->now.order); /* taken down by somebody: it stays down */
    assert_int_equal(leg(f, OC_ROLE_STOP_LOSS), stop);
    assert_int_equal(f->engine->groups.live, 1);
    fixture_free(f);
}

/* A position that is closed by hand takes down its own protection, not that of another strategy, account or market. */
static void closing_leaves_the_protection_of_others(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct engine_client client = {0};
    uint32_t one, two, account, own_inst = f->inst, inst;
    assert_int_equal(engine_add_client(f->engine, "one", &client, &one), OC_OK);
    assert_int_equal(engine_add_client(f->engine, "two", &client, &two), OC_OK);
    struct oc_instrument info = instruments_get(engine_instruments(f->engine), f->inst)->info;
    strcpy(info.symbol, "ETH/USDT");
    assert_int_equal(instruments_add(engine_instruments(f->engine), &info, &inst), OC_OK);
    assert_int_equal(portfolio_add_account(engine_portfolio(f->engine), "b", "test", f->quote, COST_AVERAGE, &account),
                     OC_OK);
    assert_int_equal(venues_add(&f->venues, account, &fixture_sim, f), OC_OK);
    uint64_t entries[4];
    for (int i = 0; i < 4; i++) {
        struct oc_request request = fixture_order(f, OC_SIDE_BUY, 10, 10000);
        request.bits |= OC_RQ_HAS_STOP_LOSS;
        request.stop_loss = 9500;
        request.strategy = i == 1 ? two : one;
        request.account = i == 2 ? account : f->account;
        request.head.inst = i == 3 ? inst : own_inst;
        entries[i] = fixture_submit(f, request);
        f->inst = request.head.inst;
        fixture_trade(f, entries[i], OC_SIDE_BUY, 10, 10000);
        f->inst = own_inst;
    }
    uint64_t waiting = guarded(f, 5); /* an entry that has not filled is not closed with the rest */
    assert_int_equal(f->engine->groups.live, 5);
    struct oc_request close = fixture_order(f, OC_SIDE_SELL, 10, 9900);
    close.strategy = one;
    uint32_t sent = f->sent_count;
    uint64_t closing = fixture_submit(f, close);
    fixture_trade(f, closing, OC_SIDE_SELL, 10, 9900);
    assert_int_equal(f->sent_count, sent + 2);
    assert_int_equal(f->sent[sent + 1].kind, OC_REQUEST_CANCEL);
    assert_int_equal(f->sent[sent + 1].parent, entries[0]);
    fixture_say(f, OC_EV_CANCELED, f->sent[sent + 1].order);
    assert_int_equal(f->engine->groups.live, 4);
    fixture_say(f, OC_EV_CANCELED, waiting);
    assert_int_equal(f->engine->groups.live, 3);
    fixture_free(f);
}

static void groups_stop_at_their_limit(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct groups *groups = &f->engine->groups;
    groups->list = calloc(ENGINE_GROUPS_MAX, sizeof *groups->list);
    assert_non_null(groups->list);
    groups->count = groups->room = groups->live = ENGINE_GROUPS_MAX;
    for (uint32_t i = 0; i < ENGINE_GROUPS_MAX; i++)
        groups->list[i] = (struct group){.id = i + 1, .inst = f->inst};
    assert_true(groups_index(groups));
    assert_true(guarded(f, 10) == 0);
    assert_int_equal(fixture_book(f) ? fixture_book(f)->open_buy : 0, 0); /* refused as a whole */
    groups_drop(f->engine, groups->list[77].id);
    assert_true(guarded(f, 10) != 0);
    assert_int_equal(groups->live, ENGINE_GROUPS_MAX);
    fixture_free(f);
}

/* A record of a leg whose group is not known any more is an order like any other. */
static void a_leg_without_its_group_restores(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct oc_request request = fixture_order(f, OC_SIDE_SELL, 10, 11000);
    request.head.size = sizeof request;
    request.head.type = OC_EV_REQUEST;
    request.kind = OC_REQUEST_NEW;
    request.order = request.id = 3ull << 40 | 5;
    request.group = 3ull << 40 | 1;
    request.role = OC_ROLE_TAKE_PROFIT;
    request.bits |= OC_RQ_REDUCE_ONLY;
    assert_int_equal(fixture_input(f, &request), OC_OK); /* as an input it is not ours to act on */
    assert_null(fixture_find(f, request.order));
    assert_int_equal(engine_restore(f->engine, &request.head), OC_OK);
    assert_int_equal(f->engine->groups.live, 0);
    assert_int_equal(fixture_find(f, request.order)->state, STATE_SUBMITTED);
    assert_int_equal(engine_restore(f->engine, &request.head), OC_E_EXISTS);
    request.order++;
    request.kind = OC_REQUEST_AMEND;
    assert_int_equal(engine_restore(f->engine, &request.head), OC_E_NOT_FOUND);
    request.kind = OC_REQUEST_NEW;
    request.order = 2ull << 40 | 99; /* an earlier epoch does not move our counter */
    assert_int_equal(engine_restore(f->engine, &request.head), OC_OK);
    assert_int_equal(fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 1, 9900)), 3ull << 40 | 6);
    fixture_free(f);
}

static void the_other_leg_goes_when_one_is_filled(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    uint64_t entry = guarded(f, 10);
    fixture_trade(f, entry, OC_SIDE_BUY, 10, 10000);
    const struct order *stop = leg(f, OC_ROLE_STOP_LOSS), *target = leg(f, OC_ROLE_TAKE_PROFIT);
    fixture_trade(f, target->now.order, OC_SIDE_SELL, 10, 11000);
    assert_int_equal(stop->state, STATE_PENDING_CANCEL);
    fixture_say(f, OC_EV_CANCELED, stop->now.order);
    assert_int_equal(f->engine->groups.live, 0);
    assert_int_equal(fixture_book(f)->position.qty, 0);
    fixture_free(f);
}

static void groups_come_back_from_records(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE), *g = fixture_new(COST_AVERAGE);
    uint32_t first = f->record_count;
    uint64_t entry = guarded(f, 10);
    struct oc_ev_fill fill = fixture_fill(f, entry, OC_SIDE_BUY, 10, 10000, "a");
    uint32_t before = f->record_count;
    fixture_input(f, &fill);
    for (uint32_t i = first; i < f->record_count; i++) {
        if (i == before)
            assert_int_equal(engine_restore(g->engine, &fill.head), OC_OK);
        assert_int_equal(engine_restore(g->engine, (const void *)f->records[i]), OC_OK);
    }
    assert_int_equal(g->engine->groups.live, 1);
    assert_int_equal(g->sent_count, 0);
    const struct group *group = &g->engine->groups.list[0];
    assert_int_equal(group->entered, 10);
    fixture_trade(g, group->stop_order, OC_SIDE_SELL, 4, 9500); /* and it goes on living */
    assert_int_equal(g->sent_count, 1);
    assert_int_equal(g->sent[0].kind, OC_REQUEST_AMEND);
    assert_int_equal(g->sent[0].qty, 6);
    fixture_free(f);
    fixture_free(g);
}

/* What was refused of a leg, by whom it was asked, is asked for again after a restart when it would have been without one. */
static void a_refused_change_comes_back_from_records(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE), *g = fixture_new(COST_AVERAGE);
    const struct oc_risk table = {.size = sizeof table, .check = changes_later};
    changes_pass = false;
    assert_int_equal(engine_add_rule(f->engine, "later", &table, NULL), OC_OK);
    uint32_t next = f->record_count;
    uint64_t entry = guarded(f, 10);
    struct oc_ev_fill fills[] = {fixture_fill(f, entry, OC_SIDE_BUY, 4, 10000, "a"),
                                 fixture_fill(f, entry, OC_SIDE_BUY, 6, 10000, "b")};
    for (int k = 0; k < 3; k++) {
        const uint32_t count = f->record_count;
        if (k < 2)
            assert_int_equal(fixture_input(f, &fills[k]), OC_OK);
        for (; next < count; next++) /* what was recorded before this fill */
            assert_int_equal(engine_restore(g->engine, (const void *)f->records[next]), OC_OK);
        if (k < 2)
            assert_int_equal(engine_restore(g->engine, &fills[k].head), OC_OK);
    }
    assert_int_equal(asked(leg(f, OC_ROLE_STOP_LOSS)), 4);
    assert_true(f->engine->groups.retry_ns > 0);
    assert_true(g->engine->groups.retry_ns == f->engine->groups.retry_ns);
    struct oc_request ask = {.order = leg(f, OC_ROLE_STOP_LOSS)->now.order, .qty = 3, .bits = OC_RQ_QUANTITY_CHANGED};
    struct engine_refusal refusal;
    f->engine->groups.retry_ns = g->engine->groups.retry_ns = 0;
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_amend(f->engine, &ask, &refusal), OC_E_LIMIT);
    fixture_end(f, true);
    for (; next < f->record_count; next++)
        assert_int_equal(engine_restore(g->engine, (const void *)f->records[next]), OC_OK);
    assert_true(f->engine->groups.retry_ns > 0);
    assert_true(g->engine->groups.retry_ns == f->engine->groups.retry_ns);
    fixture_free(f);
    fixture_free(g);
}

/* A leg that cannot be brought to its size is an alarm, and tried again: one of an amount of money has no quantity to amend. */
static void a_leg_that_cannot_grow_is_tried_again(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    uint64_t entry = guarded(f, 10);
    fixture_trade(f, entry, OC_SIDE_BUY, 4, 10000);
    const uint64_t stop = leg(f, OC_ROLE_STOP_LOSS)->now.order;
    fixture_say(f, OC_EV_ACCEPTED, stop);
    orders_find(f->engine->orders, stop)->now.bits &= ~(uint32_t)OC_RQ_HAS_QTY;
    assert_true(f->engine->groups.retry_ns == 0);
    fixture_trade(f, entry, OC_SIDE_BUY, 6, 10000);
    assert_int_equal(engine_stats(f->engine)->alarms, 1);
    assert_true(f->engine->groups.retry_ns == f->now_ns + GROUPS_RETRY_NS);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_leg_that_cannot_grow_is_tried_again),
        cmocka_unit_test(ALGO_10),
        cmocka_unit_test(closing_takes_the_protection_down),
        cmocka_unit_test(an_entry_that_never_filled_leaves_no_group),
        cmocka_unit_test(protection_leaves_though_the_journal_failed),
        cmocka_unit_test(a_leg_that_a_rule_refuses_is_an_alarm),
        cmocka_unit_test(an_excess_that_cannot_be_flattened_is_an_alarm),
        cmocka_unit_test(turning_over_takes_the_protection_down),
        cmocka_unit_test(a_refused_leg_is_asked_for_again),
        cmocka_unit_test(a_refused_size_of_a_leg_is_asked_for_again),
        cmocka_unit_test(a_refused_cancel_of_a_leg_is_asked_for_again),
        cmocka_unit_test(protection_on_the_wrong_side_is_refused),
        cmocka_unit_test(an_expired_leg_is_placed_again),
        cmocka_unit_test(closing_leaves_the_protection_of_others),
        cmocka_unit_test(groups_stop_at_their_limit),
        cmocka_unit_test(a_leg_without_its_group_restores),
        cmocka_unit_test(the_other_leg_goes_when_one_is_filled),
        cmocka_unit_test(groups_come_back_from_records),
        cmocka_unit_test(a_refused_change_comes_back_from_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

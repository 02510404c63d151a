/* engine_walk_test.c: the engine on long seeded walks: prices of three markets, orders of two strategies and of the host with
 * protection, amendments, cancels, every kind of answer, fills that come twice, timers, bars, holds and latches. What it
 * records, sends and holds is folded into a hash after each step.
 *
 * Asked is that the hash is the recorded one, and that it is the same where the engine is saved and loaded into another on the
 * way, and that another that is told the records holds the same. */
#include "support/engine_fixture.h"

#include "support/walk_kit.h"

#define SECOND 1000000000LL

enum { STEPS = 3000, MARKETS = 3, LATEST = 24 };

struct walk {
    struct fixture *f;
    uint32_t method;
    struct dice dice;
    int64_t price[MARKETS];
    uint32_t inst[MARKETS];
    uint64_t latest[LATEST]; /* orders, to speak of */
    uint32_t count, trades;
    uint32_t seen;          /* by the rule */
    struct oc_ev_fill last; /* fill that was said */
    uint32_t cuts;
};

static char names[] = "ab";      /* of the clients */
static struct walk *now_walking; /* for the clients, which outlive an engine */

static int64_t roll(struct walk *walk, int64_t below) { return dice_roll(&walk->dice, below); }

static void fold(struct walk *walk, const void *bytes, size_t size) { dice_fold(&walk->dice, bytes, size); }

static void fold_money(struct walk *walk, oc_i128 money) { dice_fold_money(&walk->dice, money); }

/* ---- who asks ---- */

static struct oc_request some_order(struct walk *walk)
{
    const uint32_t k = (uint32_t)roll(walk, MARKETS);
    const uint8_t side = roll(walk, 2) ? OC_SIDE_BUY : OC_SIDE_SELL;
    const int64_t form = roll(walk, 4), price = walk->price[k] - 50 + roll(walk, 101);
    struct oc_request request = fixture_order(walk->f, side, 1 + roll(walk, 50), form ? price : 0);
    request.head.inst = walk->inst[k];
    if (form == 3) {
        request.type = OC_ORDER_STOP_LIMIT;
        request.bits |= OC_RQ_HAS_STOP;
        request.stop_price = walk->price[k] - 30 + roll(walk, 61);
    }
    if (roll(walk, 6) == 0)
        request.bits |= OC_RQ_REDUCE_ONLY;
    if (roll(walk, 3) == 0) { /* protected */
        request.bits |= OC_RQ_HAS_STOP_LOSS | (roll(walk, 2) ? OC_RQ_HAS_TAKE_PROFIT : 0u);
        request.stop_loss = walk->price[k] + (side == OC_SIDE_BUY ? -200 : 200);
        request.take_profit = request.bits & OC_RQ_HAS_TAKE_PROFIT ? 2 * walk->price[k] - request.stop_loss : 0;
        request.bits &= ~(uint32_t)OC_RQ_REDUCE_ONLY;
    }
    if (form == 0 && roll(walk, 4) == 0 && k == 0) {
        request.bits = (request.bits & ~(uint32_t)OC_RQ_HAS_QTY) | OC_RQ_HAS_QUOTE_QTY;
        request.quote_qty = (struct oc_dec){1 + roll(walk, 500), 1, 0};
        request.qty = 0;
    }
    return request;
}

static void asks(struct walk *walk)
{
    struct engine *engine = walk->f->engine;
    struct engine_refusal refusal = {0};
    /* drawn one by one: what stands in one expression has no order */
    const int64_t kind = roll(walk, 8), qty = 1 + roll(walk, 60), price = walk->price[0] - 50 + roll(walk, 101);
    const int64_t one_way = roll(walk, 2), due_ns = walk->f->now_ns + roll(walk, 9 * SECOND), repeats = roll(walk, 3);
    uint64_t order = walk->latest[roll(walk, LATEST)], timer;
    oc_rc rc;
    if (kind < 4) {
        struct oc_request request = some_order(walk);
        rc = engine_submit(engine, &request, &refusal);
        if (request.order)
            walk->latest[walk->count++ % LATEST] = request.order;
    } else if (kind == 4) {
        struct oc_request change = {.order = order,
                                    .qty = qty,
                                    .price = price,
                                    .bits = one_way ? OC_RQ_QUANTITY_CHANGED
                                                    : OC_RQ_QUANTITY_CHANGED | OC_RQ_PRICE_CHANGED};
        rc = engine_amend(engine, &change, &refusal);
    } else if (kind == 5) {
        rc = engine_cancel(engine, order, &refusal);
    } else if (kind == 6) {
        rc = timers_add(engine_timers(engine), 1 + (uint32_t)one_way, due_ns, repeats ? 0 : 40 * SECOND, &timer);
        if (engine_timers(engine)->count > 6)
            timers_remove(engine_timers(engine), timer);
    } else {
        struct oc_ev_text saved = {
            .head = {.size = sizeof saved, .type = OC_EV_STATE}, .owner = 1, .code = walk->count};
        rc = engine_record(engine, &saved.head);
    }
    int64_t row[] = {kind, rc, refusal.used.units, refusal.limit.units};
    fold(walk, row, sizeof row);
    fold(walk, refusal.reason, strnlen(refusal.reason, sizeof refusal.reason));
    fold(walk, refusal.rule, strnlen(refusal.rule, sizeof refusal.rule));
}

static oc_rc on_bar(void *self, const struct oc_event *event)
{
    struct walk *walk = now_walking;
    const char *name = self;
    fold(walk, name, 1);
    if (event->type == OC_EV_BAR) {
        const struct oc_ev_bar *bar = (const struct oc_ev_bar *)(const void *)event;
        int64_t row[] = {bar->head.venue_ns, bar->open_ns, bar->period_ns, bar->open,
                         bar->high,          bar->low,     bar->close,     bar->volume};
        fold(walk, row, sizeof row);
    } else {
        const struct oc_ev_qbar *bar = (const struct oc_ev_qbar *)(const void *)event;
        fold(walk, bar->bid, sizeof bar->bid);
        fold(walk, bar->ask, sizeof bar->ask);
    }
    if (roll(walk, 3) == 0)
        asks(walk);
    return OC_OK;
}

static oc_rc on_market(void *self, const struct oc_event *event)
{
    int64_t row[] = {*(const char *)self, event->type, event->inst};
    fold(now_walking, row, sizeof row);
    if (roll(now_walking, 4) == 0)
        asks(now_walking);
    return OC_OK;
}

static oc_rc on_order(void *self, const struct order *order, const struct oc_event *event)
{
    int64_t row[] = {*(const char *)self, event->type, (int64_t)order->now.order, order->state, order->filled};
    fold(now_walking, row, sizeof row);
    if (roll(now_walking, 12) == 0)
        asks(now_walking);
    return OC_OK;
}

static oc_rc on_timer(void *self, uint64_t timer, int64_t due_ns)
{
    int64_t row[] = {*(const char *)self, (int64_t)timer, due_ns};
    fold(now_walking, row, sizeof row);
    for (int i = 0; i < 4; i++) /* at times beyond its budget */
        asks(now_walking);
    return OC_OK;
}

static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask, struct oc_verdict *verdict)
{
    struct walk *walk = self;
    struct oc_exposure exposure = {0};
    int64_t qty = 0, price = 0, reference = 0, age = 0;
    struct oc_dec equity = {0}, notional = {0};
    oc_rc rcs[6];
    rcs[0] = ctx->worst_qty(ctx, ask, &qty);
    rcs[1] = ctx->worst_price(ctx, ask, &price);
    rcs[2] = ctx->reference(ctx, ask->head.inst, &reference, &age);
    rcs[3] = ctx->exposure(ctx, ask->account, ask->head.inst, &exposure);
    rcs[4] = ctx->equity(ctx, ask->account, &equity);
    rcs[5] = ctx->notional(ctx, ask->head.inst, price, qty, &notional);
    int64_t row[] = {rcs[0],
                     rcs[1],
                     rcs[2],
                     rcs[3],
                     rcs[4],
                     rcs[5],
                     qty,
                     price,
                     reference,
                     age,
                     equity.units,
                     notional.units,
                     ctx->staged_messages,
                     ctx->staged_cancels};
    fold(walk, row, sizeof row);
    fold(walk, &exposure, sizeof exposure);
    verdict->allowed = ask->kind == OC_REQUEST_CANCEL || qty <= 45 || (ask->bits & OC_RQ_REDUCE_ONLY);
    if (!verdict->allowed)
        strcpy(verdict->reason, "TOO_MUCH");
    verdict->used = (struct oc_dec){qty, 3, 0};
    return OC_OK;
}

static void observe(void *self, const struct oc_risk_ctx *ctx, const struct oc_event *event)
{
    struct walk *walk = self;
    walk->seen++;
    if (event->type == OC_EV_FILL && walk->seen % 211 == 0)
        ctx->latch(ctx, 1, "LOSS");
}

static const struct oc_risk rule = {.size = sizeof rule, .check = check, .observe = observe};

/* ---- the engine, made the same each time ---- */

static struct fixture *made(struct walk *walk)
{
    struct fixture *f = fixture_new_window(walk->method, 64, 64);
    struct instruments *instruments = engine_instruments(f->engine);
    struct oc_instrument info = {.size = sizeof info,
                                 .kind = OC_KIND_LINEAR,
                                 .status = OC_STATUS_TRADING,
                                 .base = f->base,
                                 .quote = f->quote,
                                 .settle = f->quote,
                                 .price_step = {1, 1, 0},
                                 .qty_step = {1, 2, 0},
                                 .contract_size = {1, 0, 0},
                                 .venue = "test",
                                 .symbol = "BTC/USDT:USDT"};
    walk->inst[0] = f->inst;
    assert_int_equal(instruments_add(instruments, &info, &walk->inst[1]), OC_OK);
    strcpy(info.symbol, "BTC/USD:BTC");
    info.kind = OC_KIND_INVERSE;
    info.settle = f->base;
    info.contract_size = (struct oc_dec){100, 0, 0};
    info.qty_step = (struct oc_dec){1, 0, 0};
    assert_int_equal(instruments_add(instruments, &info, &walk->inst[2]), OC_OK);
    assert_int_equal(engine_add_rule(f->engine, "rule", &rule, walk), OC_OK);
    for (uint32_t i = 0; i < 2; i++) {
        struct engine_client client = {
            .self = &names[i], .bar = on_bar, .market = on_market, .order = on_order, .timer = on_timer};
        uint32_t id;
        assert_int_equal(engine_add_client(f->engine, "client", &client, &id), OC_OK);
        for (uint32_t k = 0; k < MARKETS; k++)
            assert_int_equal(
                engine_subscribe(f->engine, id, walk->inst[k], i == k ? 0 : (int64_t)(i + k) * 60 * SECOND), OC_OK);
    }
    struct engine_budget budget = {.orders = 2};
    assert_int_equal(engine_set_budget(f->engine, 2, &budget), OC_OK);
    return f;
}

/* ---- what happens ---- */

static void a_price(struct walk *walk)
{
    const uint32_t k = (uint32_t)roll(walk, MARKETS);
    walk->price[k] += roll(walk, 41) - 20;
    const int64_t form = roll(walk, 4), price = walk->price[k];
    union {
        struct oc_event head;
        struct oc_ev_trade trade;
        struct oc_ev_quote quote;
        struct oc_ev_bar bar;
        struct oc_ev_qbar qbar;
    } event = {.trade = {.head = {.size = sizeof event.trade, .type = OC_EV_TRADE},
                         .price = price,
                         .qty = 1 + roll(walk, 9),
                         .present = OC_HAS_QTY}};
    if (form == 1)
        event.quote = (struct oc_ev_quote){.head = {.size = sizeof event.quote, .type = OC_EV_QUOTE},
                                           .bid = price - 1,
                                           .ask = price + 2,
                                           .bid_qty = 4,
                                           .ask_qty = 5,
                                           .present = roll(walk, 6) ? OC_HAS_BID | OC_HAS_ASK : OC_HAS_BID};
    if (form == 2)
        event.bar = (struct oc_ev_bar){.head = {.size = sizeof event.bar, .type = OC_EV_BAR},
                                       .open_ns = walk->f->now_ns - 10 * SECOND,
                                       .period_ns = 10 * SECOND,
                                       .open = price - 3,
                                       .high = price + 8,
                                       .low = price - 9,
                                       .close = price,
                                       .volume = 7,
                                       .present = OC_HAS_VOLUME};
    if (form == 3)
        event.qbar = (struct oc_ev_qbar){.head = {.size = sizeof event.qbar, .type = OC_EV_QBAR},
                                         .open_ns = walk->f->now_ns - 10 * SECOND,
                                         .period_ns = 10 * SECOND,
                                         .bid = {price - 4, price + 7, price - 10, price - 1},
                                         .ask = {price - 2, price + 9, price - 8, price + 1},
                                         .present = OC_HAS_BID | OC_HAS_ASK};
    event.head.inst = walk->inst[k];
    fixture_input(walk->f, &event);
}

static void an_answer(struct walk *walk)
{
    static const uint16_t types[] = {OC_EV_ACCEPTED, OC_EV_ACCEPTED, OC_EV_ACCEPTED,        OC_EV_SENT,
                                     OC_EV_REJECTED, OC_EV_CANCELED, OC_EV_EXPIRED,         OC_EV_TRIGGERED,
                                     OC_EV_AMENDED,  OC_EV_AMENDED,  OC_EV_CANCEL_REJECTED, OC_EV_AMEND_REJECTED,
                                     OC_EV_UNKNOWN,  OC_EV_NOT_THERE};
    const uint64_t id = walk->latest[roll(walk, LATEST)];
    const struct order *order = fixture_find(walk->f, id);
    struct oc_ev_answer answer = fixture_answer(walk->f, types[roll(walk, sizeof types / sizeof types[0])], id);
    if (order)
        answer.head.inst = order->now.head.inst;
    if (roll(walk, 5) == 0 && order)
        answer.cum_qty = order->filled;
    if (roll(walk, 9) == 0)
        strcpy(answer.reason, "BECAUSE");
    if (order && answer.head.type == OC_EV_AMENDED && roll(walk, 4) == 0)
        answer.qty = order->now.qty + 1;
    fixture_input(walk->f, &answer);
}

static void a_fill(struct walk *walk)
{
    char name[32];
    const uint64_t id = walk->latest[roll(walk, LATEST)];
    const struct order *order = fixture_find(walk->f, id);
    if (!order)
        return;
    snprintf(name, sizeof name, "t%u", ++walk->trades);
    const int64_t price = order->now.bits & OC_RQ_HAS_PRICE ? order->now.price : walk->price[0];
    struct oc_ev_fill fill = fixture_fill(walk->f, id, order->now.side, 1 + roll(walk, 25), price, name);
    fill.head.inst = order->now.head.inst;
    fill.fee = (struct oc_dec){roll(walk, 300) - 30, 3, 0};
    fill.fee_asset = roll(walk, 5) ? walk->f->quote : walk->f->base;
    fill.liquidity = roll(walk, 2) ? OC_LIQUIDITY_MAKER : OC_LIQUIDITY_TAKER;
    if (roll(walk, 5) == 0)
        fill.head.flags |= OC_EVF_LAST;
    if (roll(walk, 7) == 0)
        fill.head.flags |= OC_EVF_AMBIGUOUS;
    if (roll(walk, 9) == 0 && walk->last.qty) /* once more */
        fill = walk->last;
    walk->last = fill;
    fixture_input(walk->f, &fill);
}

static void the_host(struct walk *walk)
{
    struct engine *engine = walk->f->engine;
    const int64_t kind = roll(walk, 12), who = roll(walk, 3), protects = roll(walk, 2);
    if (kind == 0)
        engine_hold(engine, 1, !engine_is_held(engine, 1));
    if (kind == 1)
        engine_unlatch(engine, walk->f->account);
    if (kind == 2 || kind == 3) { /* what went over its budget begins anew */
        struct engine_client client = {
            .self = &names[kind - 2], .bar = on_bar, .market = on_market, .order = on_order, .timer = on_timer};
        (void)engine_replace_client(engine, (uint32_t)kind - 1, &client);
    }
    assert_int_equal(engine_begin(engine, 0), OC_OK);
    if (kind == 4)
        fold(walk, &(int){engine_cancel_all(engine, (uint32_t)who, 0, protects)}, sizeof(int));
    else if (kind == 5)
        (void)engine_flatten(engine, (uint32_t)who, OC_ROLE_CLOSE, "flat");
    else if (kind > 6)
        asks(walk);
    fixture_end(walk->f, roll(walk, 8) != 0);
}

/* ---- what there is ---- */

static void fold_out(struct walk *walk)
{
    struct fixture *f = walk->f;
    for (uint32_t i = 0; i < f->record_count; i++) {
        const struct oc_event *event = (const void *)f->records[i];
        int64_t row[] = {event->type, event->size, event->local_ns, (int64_t)event->cause, event->inst};
        fold(walk, row, sizeof row);
    }
    for (uint32_t i = 0; i < f->sent_count; i++) {
        const struct oc_request *sent = &f->sent[i];
        int64_t row[] = {(int64_t)sent->id, (int64_t)sent->order, sent->kind,  sent->side,       sent->type,
                         sent->qty,         sent->price,          sent->bits,  sent->stop_price, sent->role,
                         sent->strategy,    (int64_t)sent->group, sent->owner, sent->rules,      (int64_t)sent->parent};
        fold(walk, row, sizeof row);
        walk->latest[walk->count++ % LATEST] = sent->order;
    }
    f->record_count = f->sent_count = 0;
}

static void fold_books(struct walk *walk, const struct fixture *f)
{
    struct portfolio *portfolio = engine_portfolio(f->engine);
    for (uint32_t i = 0; i < portfolio_book_count(portfolio); i++) {
        const struct book *book = portfolio_book_at(portfolio, i);
        const struct position *position = &book->position;
        int64_t row[] = {
            position->qty,   position->strategy, position->inst,      position->fills,
            position->trips, position->wins,     position->opened_ns, position->lot_count - position->lot_first,
            book->open_buy,  book->open_sell,    position->spare,     position->fee_units};
        fold(walk, row, sizeof row);
        fold_money(walk, position->taken);
        fold_money(walk, position->cost);
        fold_money(walk, position->realised);
        fold_money(walk, position->flow);
        for (uint32_t k = 0; k < position->fee_count; k++)
            fold_money(walk, position->fees[k].paid);
        for (uint32_t k = position->lot_first; k < position->lot_count; k++) {
            fold_money(walk, position->lots[k].cost);
            fold(walk, &position->lots[k].qty, sizeof(int64_t));
        }
    }
    oc_i128 equity = 0;
    oc_rc rc = portfolio_equity(portfolio, f->account, &equity, NULL);
    fold(walk, &rc, sizeof rc);
    fold_money(walk, equity);
    fold_money(walk, portfolio_balance(portfolio, f->account, f->quote));
    fold_money(walk, portfolio_balance(portfolio, f->account, f->base));
}

static void fold_orders(struct walk *walk, const struct fixture *f)
{
    for (const struct order *order = orders_open_first(engine_orders(f->engine)); order; order = order->younger) {
        int64_t row[] = {(int64_t)order->now.order, order->state,        order->now.qty,
                         order->now.price,          order->filled,       order->ask_qty,
                         order->ask_price,          order->ask_bits,     order->worst_qty,
                         order->exposure,           order->fills,        order->alarms,
                         order->is_accepted,        order->is_triggered, order->created_ns,
                         order->updated_ns};
        fold(walk, row, sizeof row);
        fold_money(walk, order->filled_sum);
        fold_money(walk, order->fee);
        fold(walk, order->reason, strnlen(order->reason, sizeof order->reason));
    }
}

static void fold_state(struct walk *walk)
{
    const struct fixture *f = walk->f;
    const struct engine_stats *stats = engine_stats(f->engine);
    const char *latch = engine_latched(f->engine, f->account);
    int64_t row[] = {engine_next_ns(f->engine),
                     engine_bars_end_ns(f->engine),
                     engine_timers(f->engine)->count,
                     (int64_t)stats->requests,
                     (int64_t)stats->denied,
                     (int64_t)stats->fills,
                     (int64_t)stats->duplicates,
                     (int64_t)stats->alarms,
                     (int64_t)stats->ambiguous,
                     (int64_t)stats->suspended,
                     engine_is_suspended(f->engine, 1),
                     engine_is_suspended(f->engine, 2),
                     (int64_t)engine_missed(f->engine, 1)};
    fold(walk, row, sizeof row);
    fold(walk, latch ? latch : "", latch ? strlen(latch) : 0);
    fold_books(walk, f);
    fold_orders(walk, f);
}

/* Another engine takes over. Who is held, suspended or limited is not the engine's to save: its owner says it again. */
static void saves_and_loads(struct walk *walk)
{
    static char bytes[4 << 20];
    struct fixture *f = walk->f;
    const bool is_held = engine_is_held(f->engine, 1);
    if (engine_is_suspended(f->engine, 1) || engine_is_suspended(f->engine, 2))
        return;
    int64_t size = engine_save(f->engine, bytes, sizeof bytes);
    assert_true(size > 0);
    struct fixture *g = made(walk);
    assert_int_equal(engine_load(g->engine, bytes, (size_t)size), OC_OK);
    engine_hold(g->engine, 1, is_held);
    engine_set_missed(g->engine, 1, engine_missed(f->engine, 1));
    engine_start_at(g->engine, engine_now(f->engine));
    g->now_ns = f->now_ns;
    g->seq = f->seq;
    g->record_count = g->sent_count = 0;
    fixture_free(f);
    walk->f = g;
    walk->cuts++;
}

static uint64_t walked(uint32_t method, bool is_cut)
{
    struct walk *walk = calloc(1, sizeof *walk);
    walk->method = method;
    walk->dice.random = 77 + method;
    now_walking = walk;
    walk->f = made(walk);
    walk->f->record_count = walk->f->sent_count = 0;
    walk->dice.hash = 0;
    for (uint32_t k = 0; k < MARKETS; k++)
        walk->price[k] = 10000;
    for (int step = 0; step < STEPS; step++) {
        walk->f->now_ns += roll(walk, 7 * SECOND);
        fixture_tick(walk->f, walk->f->now_ns);
        const int64_t kind = roll(walk, 10);
        if (kind < 4)
            a_price(walk);
        else if (kind < 6)
            an_answer(walk);
        else if (kind < 8)
            a_fill(walk);
        else
            the_host(walk);
        fold_out(walk);
        fold_state(walk);
        if (is_cut && step % 9 == 8)
            saves_and_loads(walk);
    }
    const struct engine_stats *stats = engine_stats(walk->f->engine);
    assert_true(stats->requests > 1000 && stats->fills > 300 && stats->denied > 50 && stats->duplicates &&
                stats->suspended);
    assert_true(!is_cut || walk->cuts > 100);
    uint64_t hash = walk->dice.hash;
    fixture_free(walk->f);
    free(walk);
    return hash;
}

static void walks_end_where_they_did(void **state)
{
    (void)state;
    static const uint64_t recorded[] = {0x2e795640dedcca63, 0xeaa95ea42a7f273f, 0x35d01e8319f22d06};
    bool is_same = true;
    for (uint32_t method = COST_AVERAGE; method <= COST_LIFO; method++) {
        uint64_t hash = walked(method, false), cut = walked(method, true);
        if (hash != cut)
            print_error("method %u: not the same when saved and loaded on the way\n", method);
        if (hash != recorded[method])
            print_error("method %u: 0x%016llx\n", method, (unsigned long long)hash);
        is_same = is_same && hash == cut && hash == recorded[method];
    }
    assert_true(is_same);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks_end_where_they_did),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

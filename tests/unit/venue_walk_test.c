/* venue_walk_test.c: the engine at two venues on long seeded walks: answers, fills, orders as they are shown, corrections, sums, balances
 * and instruments as connectors say them, by whichever name, late, twice, of other hands and of what nobody knows; orders of a
 * strategy and of the host under grants, budgets and funds. What the border lets through is heard.
 *
 * Asked is that all that is said, recorded, sent, noted and saved comes to the recorded hash; that it does where the engine is saved and
 * loaded into another on the way; and that another that is told the records alone holds the same orders and books. */
#include "support/venue_walk.h"
#include "support/venue_walk_said.h"

/* ---- who asks ---- */

static struct oc_request some_order(struct walk *walk)
{
    const uint32_t k = (uint32_t)roll(MARKETS);
    const uint8_t side = roll(2) ? OC_SIDE_BUY : OC_SIDE_SELL;
    const int64_t form = roll(5), price = walk->price[k] - 60 + roll(121), qty = 1 + roll(60), other = roll(40);
    struct oc_request request = fixture_order(walk->f, side, qty, form ? price : 0);
    request.head.inst = walk->inst[k];
    request.account = walk->account_of[k];
    if (form == 4) {
        request.type = OC_ORDER_STOP_LIMIT;
        request.bits |= OC_RQ_HAS_STOP;
        request.stop_price = price + (side == OC_SIDE_BUY ? -other : other);
    }
    if (roll(7) == 0)
        request.bits |= OC_RQ_REDUCE_ONLY;
    else if (roll(3) == 0) {
        request.bits |= OC_RQ_HAS_STOP_LOSS | (roll(2) ? OC_RQ_HAS_TAKE_PROFIT : 0u);
        request.stop_loss = walk->price[k] + (side == OC_SIDE_BUY ? -200 : 200);
        request.take_profit = request.bits & OC_RQ_HAS_TAKE_PROFIT ? 2 * walk->price[k] - request.stop_loss : 0;
    } else if (form == 0 && roll(3) == 0) {
        request.bits = (request.bits & ~(uint32_t)OC_RQ_HAS_QTY) | OC_RQ_HAS_QUOTE_QTY;
        request.quote_qty = (struct oc_dec){1 + roll(500), 1, 0};
        request.qty = 0;
    }
    request.bits |= roll(6) ? 0u : (uint32_t)OC_RQ_FIT_FUNDS;
    return request;
}

static void asks(struct walk *walk)
{
    struct engine *engine = walk->f->engine;
    struct engine_refusal refusal = {0};
    const int64_t kind = roll(9), qty = 1 + roll(60), change = roll(3), money = roll(3);
    const struct known who = *someone(walk);
    struct oc_request request;
    oc_rc rc;
    if (kind < 5) {
        request = some_order(walk);
        rc = engine_submit(engine, &request, &refusal);
    } else if (kind == 5) {
        request = (struct oc_request){.order = who.order, .qty = qty, .price = walk->price[0] + qty};
        request.bits = change ? OC_RQ_QUANTITY_CHANGED : OC_RQ_PRICE_CHANGED;
        request.bits |= change == 1 ? OC_RQ_PRICE_CHANGED : 0u;
        rc = engine_amend(engine, &request, &refusal);
    } else if (kind == 6) {
        rc = engine_cancel(engine, who.order, &refusal);
    } else if (kind == 7) {
        request =
            (struct oc_request){.account = who.account, .type = OC_ORDER_MARKET, .tif = OC_TIF_GTC, .strategy = 1};
        request.head.inst = who.inst;
        rc = engine_close(engine, &request, &refusal);
    } else {
        struct engine_refusal refusals[4] = {0};
        request = some_order(walk);
        rc = engine_preview(engine, &request, refusals, 4);
        oc_i128 notional = 0;
        FOLD(engine_notional(engine, 1, &notional), money);
        dice_fold_money(&walk->dice, notional);
        refusal = refusals[0];
    }
    FOLD(kind, rc, refusal.used.units, refusal.limit.units);
    dice_fold_text(&walk->dice, refusal.reason);
    dice_fold_text(&walk->dice, refusal.rule);
}

static oc_rc on_market(void *self, const struct oc_event *event)
{
    (void)self;
    FOLD(event->type, event->inst, event->venue_ns);
    for (int i = 0; i < 3 && roll(3) == 0; i++)
        asks(now_walking);
    return OC_OK;
}

static oc_rc on_order(void *self, const struct order *order, const struct oc_event *event)
{
    (void)self;
    FOLD((int64_t)order->now.order, order->state, order->filled, order_missing(order));
    fold(event, event->size); /* to the last byte, for rules and strategies are shown it */
    if (roll(9) == 0)
        asks(now_walking);
    return OC_OK;
}

static void on_rescaled(void *self, uint32_t inst, struct rescale *rescale)
{
    (void)self;
    (void)rescale;
    FOLD(inst);
}

static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask, struct oc_verdict *verdict)
{
    struct oc_exposure exposure = {0};
    struct oc_dec equity = {0}, notional = {0};
    int64_t qty = 0, price = 0;
    (void)self;
    oc_rc rcs[5];
    rcs[0] = ctx->worst_qty(ctx, ask, &qty);
    rcs[1] = ctx->worst_price(ctx, ask, &price);
    rcs[2] = ctx->exposure(ctx, ask->account, ask->head.inst, &exposure);
    rcs[3] = ctx->equity(ctx, ask->account, &equity);
    rcs[4] = ctx->notional(ctx, ask->head.inst, price, qty, &notional);
    fold(rcs, sizeof rcs);
    FOLD(qty, price, equity.units, notional.units);
    fold(&exposure, sizeof exposure);
    verdict->allowed = ask->kind == OC_REQUEST_CANCEL || qty <= 55 || (ask->bits & OC_RQ_REDUCE_ONLY);
    if (!verdict->allowed)
        strcpy(verdict->reason, "TOO_MUCH");
    return OC_OK;
}

static void observe(void *self, const struct oc_risk_ctx *ctx, const struct oc_event *event)
{
    (void)self;
    (void)ctx;
    fold(event, event->size);
}

/* ---- the engine, made the same each time ---- */

static const struct oc_risk rule = {.size = sizeof rule, .check = check, .observe = observe};

static void add_instrument(struct walk *walk, struct fixture *f, uint32_t k, const char *symbol, uint32_t kind)
{
    const bool is_inverse = kind == OC_KIND_INVERSE;
    struct oc_instrument info = {.size = sizeof info,
                                 .kind = kind,
                                 .status = OC_STATUS_TRADING,
                                 .base = f->base,
                                 .quote = f->quote,
                                 .settle = is_inverse ? f->base : f->quote,
                                 .price_step = {1, 2, 0},
                                 .qty_step = {1, is_inverse ? 0 : 3, 0},
                                 .contract_size = {is_inverse ? 100 : 1, 0, 0}};
    strcpy(info.venue, k == 3 ? "desk" : "test");
    strcpy(info.symbol, symbol);
    assert_int_equal(instruments_add(engine_instruments(f->engine), &info, &walk->inst[k]), OC_OK);
}

static const struct engine_client client = {.market = on_market, .order = on_order, .rescaled = on_rescaled};

static void furnish(struct walk *walk, struct fixture *f)
{
    static const struct engine_budget budget = {
        .orders = 2, .has_notional = 1, .notional = (oc_i128)4000000000000000000ll * 1000};
    struct engine_may may = {.accounts = ~0ull, .verbs = ENGINE_MAY_ALL};
    struct portfolio *portfolio = engine_portfolio(f->engine);
    uint32_t other, strategy;
    assert_int_equal(portfolio_add_account(portfolio, "other", "desk", f->quote, walk->method, &other), OC_OK);
    portfolio_account(portfolio, other)->terms = (struct account_terms){.fee = {1, 3, 0}, .has_funds = true};
    assert_int_equal(venues_add(&f->venues, other, &fixture_sim, f), OC_OK);
    walk->inst[0] = f->inst;
    add_instrument(walk, f, 1, "BTC/USDT:USDT", OC_KIND_LINEAR);
    add_instrument(walk, f, 2, "BTC/USD:BTC", OC_KIND_INVERSE);
    add_instrument(walk, f, 3, "BTC/USDT", OC_KIND_SPOT);
    for (uint32_t k = 0; k < MARKETS; k++)
        walk->account_of[k] = k == 3 ? other : f->account;
    assert_int_equal(engine_add_rule(f->engine, "rule", &rule, walk), OC_OK);
    assert_int_equal(engine_add_client(f->engine, "client", &client, &strategy), OC_OK);
    for (uint32_t k = 0; k < MARKETS; k++)
        assert_int_equal(engine_subscribe(f->engine, strategy, walk->inst[k], 0), OC_OK);
    memset(may.instruments, 0xff, sizeof may.instruments);
    memset(may.venues, 0xff, sizeof may.venues);
    assert_int_equal(engine_set_may(f->engine, strategy, &may), OC_OK);
    assert_int_equal(engine_set_budget(f->engine, strategy, &budget), OC_OK);
    engine_set_asks_fills(f->engine, f->account, true);
    engine_set_cancel_all(f->engine, other, OC_CAN_CANCEL_ALL);
    engine_set_own_way(f->engine, f->account, OC_CAN_CLOSE | OC_CAN_PROTECT);
    f->on_request = on_request;
    f->on_request_self = walk;
}

/* ---- what happens ---- */

static void a_price(struct walk *walk)
{
    const uint32_t k = (uint32_t)roll(MARKETS);
    walk->price[k] += roll(41) - 20;
    const int64_t price = walk->price[k], has_quotes = roll(2), sides = roll(6);
    union {
        struct oc_event head;
        struct oc_ev_trade trade;
        struct oc_ev_quote quote;
    } event = {.trade = {.head = {.size = sizeof event.trade, .type = OC_EV_TRADE},
                         .price = price,
                         .qty = 1 + roll(9),
                         .present = OC_HAS_QTY}};
    if (has_quotes)
        event.quote = (struct oc_ev_quote){.head = {.size = sizeof event.quote, .type = OC_EV_QUOTE},
                                           .bid = price - 1,
                                           .ask = price + 2,
                                           .bid_qty = 4,
                                           .ask_qty = 5,
                                           .present = sides ? OC_HAS_BID | OC_HAS_ASK : OC_HAS_ASK};
    event.head.inst = walk->inst[k]; /* of the first version, whatever came since */
    hears(walk, &event, walk->account_of[k]);
}

static uint32_t some_reason(void)
{
    static const uint32_t reasons[] = {OC_WHY_NONE,      OC_WHY_CANCELED_BY_US, OC_WHY_REPLACED,  OC_WHY_TIME_IN_FORCE,
                                       OC_WHY_NOT_FOUND, OC_WHY_ALREADY_DONE,   OC_WHY_NO_CHANGE, OC_WHY_TIMEOUT};
    return reasons[roll(sizeof reasons / sizeof reasons[0])];
}

static void an_answer(struct walk *walk)
{
    static const uint16_t types[] = {OC_EV_ACCEPTED, OC_EV_ACCEPTED,  OC_EV_ACCEPTED,        OC_EV_SENT,
                                     OC_EV_REJECTED, OC_EV_CANCELED,  OC_EV_EXPIRED,         OC_EV_TRIGGERED,
                                     OC_EV_AMENDED,  OC_EV_AMENDED,   OC_EV_CANCEL_REJECTED, OC_EV_AMEND_REJECTED,
                                     OC_EV_UNKNOWN,  OC_EV_NOT_THERE, OC_EV_TAKEN,           OC_EV_ABSENT};
    const struct known who = *someone(walk);
    const struct order *order = fixture_find(walk->f, who.order);
    const struct called called = call_it(&who);
    const int64_t ahead = roll(5) ? 0 : roll(9), more = roll(3), by_request = roll(3), says = roll(32),
                  seldom = roll(32);
    const uint32_t why = some_reason();
    const uint16_t type = types[roll(16)];
    struct oc_ev_venue_answer said = {.answer = fixture_answer(walk->f, type, called.order),
                                      .present = (uint32_t)(says & seldom),
                                      .why = why,
                                      .venue_order = called.venue,
                                      .client = called.client};
    said.answer.head.size = sizeof said;
    said.answer.head.inst = roll(8) ? who.inst : 0;
    said.answer.request = !by_request || !order ? 0 : order->ask_request ? order->ask_request : who.order;
    said.answer.qty = order ? order->now.qty + more : 10;
    said.answer.price = order ? order->now.price + more - 1 : 9000;
    said.answer.stop_price = order ? order->now.stop_price + more : 0;
    said.answer.cum_qty = order ? order->filled + ahead : 0;
    said.answer.definitive = roll(3) != 0;
    if (roll(9) == 0)
        strcpy(said.answer.reason, "BECAUSE");
    hears(walk, &said, who.account);
}

static void a_fill(struct walk *walk)
{
    char name[32];
    const struct known who = *someone(walk);
    const struct order *order = fixture_find(walk->f, who.order);
    const struct called called = call_it(&who);
    const uint32_t number = ++walk->names;
    const int64_t price = order && order->now.price ? order->now.price : 10000, off = roll(9) - 4;
    const int64_t fee = roll(300) - 30, values = roll(5), qty = 1 + roll(25);
    const uint8_t side = order ? order->now.side : (uint8_t)roll(3);
    snprintf(name, sizeof name, "t%u", number);
    struct oc_ev_venue_fill said = {.fill = fixture_fill(walk->f, called.order, side, qty, price + off, name),
                                    .venue_order = called.venue,
                                    .client = called.client};
    said.fill.head.size = sizeof said;
    said.fill.head.inst = who.inst;
    said.fill.fee = (struct oc_dec){fee, 3, 0};
    said.fill.fee_asset = roll(5) ? walk->f->quote : walk->f->base;
    said.fill.liquidity = roll(2) ? OC_LIQUIDITY_MAKER : OC_LIQUIDITY_TAKER;
    said.fill.head.flags = roll(6) == 0 ? OC_EVF_LAST : roll(9) == 0 ? OC_EVF_REPLAYED : 0;
    if (values == 0) {
        said.present |= OC_FILL_VALUE;
        said.value = (struct oc_dec){said.fill.price * said.fill.qty * 10 + 3, 6, 0};
    }
    if (values == 1) {
        said.present |= OC_FILL_CUM_QTY;
        said.cum_qty = (order ? order->filled : 0) + said.fill.qty + (roll(3) ? 0 : roll(6));
    }
    if (order && roll(4)) /* most in one position, some in two */
        said.position.size = (uint8_t)snprintf(said.position.text, sizeof said.position.text, "P%u%s",
                                               (unsigned)order_number(order->now.order), roll(12) ? "" : "b");
    if (roll(9) == 0 && walk->last.fill.qty) /* once more */
        said = walk->last;
    walk->last = said;
    walk->trades[walk->trade_count++ % TRADES] = (struct traded){who, number, said.fill.qty, said.fill.price};
    hears(walk, &said, said.fill.head.source ? said.fill.head.source : who.account);
}

static void an_order_is_shown(struct walk *walk)
{
    static const uint8_t types[] = {OC_ORDER_LIMIT, OC_ORDER_LIMIT, OC_ORDER_MARKET, OC_ORDER_STOP};
    const struct known who = *someone(walk);
    const struct order *order = fixture_find(walk->f, who.order);
    const struct called called = call_it(&who);
    const int64_t ahead = roll(3) ? 0 : roll(12), more = roll(5) ? 0 : roll(7);
    const uint8_t state_shown = (uint8_t)(OC_SHOWN_PENDING + roll(11));
    struct oc_ev_order shown =
        said_order(walk->f, "", state_shown, (order ? order->now.qty : 30) + more, (order ? order->filled : 0) + ahead);
    shown.head.inst = who.inst;
    shown.order = called.order;
    shown.venue_order = called.venue;
    shown.client = called.client;
    shown.price = order && order->now.price ? order->now.price : 9900;
    shown.side = order && roll(12) ? order->now.side : (uint8_t)(1 + roll(2));
    shown.type = types[roll(4)];
    shown.why = some_reason();
    shown.present = (uint32_t)roll(512) | (roll(3) ? OC_OF_TERMS | OC_OF_QTY | OC_OF_CUM_QTY : 0u);
    shown.cum_value = (struct oc_dec){shown.price * shown.cum_qty, 5, 0};
    shown.cum_fee = (struct oc_dec){shown.cum_qty, 4, 0};
    shown.fee_asset = walk->f->quote;
    struct {
        struct oc_ev_order shown;
        char words[8];
    } spoken = {shown, "because"};
    spoken.shown.head.size = sizeof spoken;
    spoken.shown.text_size = 7;
    spoken.shown.tail = sizeof shown;
    if (roll(3))
        hears(walk, &shown, who.account);
    else
        hears(walk, &spoken, who.account);
}

static void a_correction(struct walk *walk)
{
    const struct traded traded = walk->trades[roll(TRADES)];
    const struct called called = call_it(&traded.of);
    const int64_t form = roll(3), again = roll(4), off = roll(9) - 4, qty = 1 + roll(traded.qty + 4), fee = roll(50);
    if (!traded.number)
        return;
    struct oc_ev_bust bust = {.head = {.size = sizeof bust, .type = OC_EV_BUST, .inst = traded.of.inst},
                              .order = called.order,
                              .new_price = traded.price + (form == 2 ? off : 0),
                              .new_qty = form == 0 ? 0 : qty,
                              .new_fee = {fee, 3, 0},
                              .bust = named('b', again ? ++walk->busts : walk->busts, 0),
                              .venue_order = called.venue};
    bust.trade_id_size = (uint8_t)snprintf(bust.trade_id, sizeof bust.trade_id, "t%u", traded.number);
    hears(walk, &bust, traded.of.account);
}

static void a_balance(struct walk *walk)
{
    const uint32_t account = 1 + (uint32_t)roll(ACCOUNTS);
    const int64_t form = roll(4), is_named = roll(2), is_quote = roll(2), more = roll(1000),
                  is_elsewhere = roll(9) == 0;
    struct oc_ev_balance balance = {.head = {.size = sizeof balance, .type = OC_EV_BALANCE},
                                    .account = is_named ? account : 0,
                                    .asset = is_quote ? walk->f->quote : walk->f->base,
                                    .total = {1000 + more, 0, 0},
                                    .free = {400 + more / 2, 0, 0},
                                    .locked = {more % 100, 1, 0},
                                    .wallet = (uint32_t)is_elsewhere};
    balance.present = form == 1 ? OC_BAL_SUM : form == 2 ? OC_BAL_CHANGE : 0;
    balance.present |= roll(3) ? (uint32_t)OC_BAL_SAID : 0u;
    if (form == 2)
        balance.total.units -= 1500;
    hears(walk, &balance, account);
}

/* Other terms, other steps, or one that is new. */
static void an_instrument(struct walk *walk)
{
    static const uint32_t statuses[] = {OC_STATUS_HALTED,      OC_STATUS_POST_ONLY,  OC_STATUS_REDUCE_ONLY,
                                        OC_STATUS_CANCEL_ONLY, OC_STATUS_LIMIT_ONLY, OC_STATUS_DELISTED};
    const uint32_t k = (uint32_t)roll(MARKETS);
    const struct instrument *now = instruments_get(engine_instruments(walk->f->engine), walk->inst[k]);
    struct oc_ev_instrument said = {.head = {.size = sizeof said, .type = OC_EV_INSTRUMENT}, .info = now->info};
    said.info.inst = 0;
    said.info.status = roll(4) ? OC_STATUS_TRADING : statuses[roll(6)];
    said.info.present = (uint32_t)roll(4) ? OC_INST_HAS_MIN_QTY | OC_INST_HAS_MAX_NOTIONAL : OC_INST_HAS_MAX_QTY;
    said.info.min_qty = 1 + roll(3);
    said.info.max_qty = 45 + roll(30);
    said.info.max_notional = (struct oc_dec){5 + roll(9), 0, 0};
    if (roll(4) == 0)
        said.info.price_step.scale = 1 + (int32_t)roll(3);
    if (roll(6) == 0 && said.info.kind != OC_KIND_INVERSE)
        said.info.qty_step.scale = 2 + (int32_t)roll(3);
    if (roll(12) == 0)
        snprintf(said.info.symbol, sizeof said.info.symbol, "NEW%lld/USDT", (long long)roll(5));
    if (hears(walk, &said, walk->account_of[k]))
        FOLD(engine_last_instrument(walk->f->engine));
}

static void fills_were_fetched(struct walk *walk)
{
    const int64_t kind = roll(3), fails = roll(4), goes_on = roll(5);
    struct oc_ev_fetched fetched = {.head = {.size = sizeof fetched, .type = OC_EV_FETCHED},
                                    .kind = kind ? OC_FETCH_FILLS : OC_FETCH_OPEN_ORDERS,
                                    .rc = fails ? OC_OK : OC_E_NOT_FOUND,
                                    .more = goes_on == 0};
    hears(walk, &fetched, 1 + (uint32_t)roll(ACCOUNTS));
}

static void the_host(struct walk *walk)
{
    struct engine *engine = walk->f->engine;
    const int64_t kind = roll(24), protects = roll(2), everywhere = roll(2);
    const uint32_t account = (uint32_t)roll(ACCOUNTS + 1), strategy = (uint32_t)roll(2);
    const uint32_t inst = everywhere ? 0 : walk->inst[roll(MARKETS)];
    if (kind == 0)
        engine_latch(engine, account, "LOSS");
    if (kind < 4)
        engine_unlatch(engine, account);
    if (kind == 7 || kind == 8) /* what went over its budget begins anew */
        assert_int_equal(engine_replace_client(engine, 1, &client), OC_OK);
    assert_int_equal(engine_begin(engine, 0), OC_OK);
    if (kind == 4)
        FOLD(engine_ask_cancel_all(engine, inst, protects));
    else if (kind == 5)
        FOLD(engine_cancel_all(engine, strategy, inst, protects));
    else if (kind == 6)
        FOLD(engine_flatten(engine, strategy, OC_ROLE_CLOSE, "flat"));
    else
        asks(walk);
    fixture_end(walk->f, roll(8) != 0);
}

static void something_happens(struct walk *walk)
{
    static void (*const all[])(struct walk *) = {
        a_price,  a_price,  a_price,           an_answer,          an_answer,      an_answer,     an_answer, a_fill,
        a_fill,   a_fill,   an_order_is_shown, a_correction,       a_balance,      the_host,      the_host,  the_host,
        the_host, the_host, an_instrument,     fills_were_fetched, is_said_beside, is_said_beside};
    all[roll(sizeof all / sizeof all[0])](walk);
}

/* ---- what there is ---- */

static char bytes[8 << 20];

static size_t saved(struct engine *engine)
{
    const int64_t size = engine_save(engine, bytes, sizeof bytes);
    assert_true(size > 0);
    return (size_t)size;
}

static struct fixture *made(struct walk *walk)
{
    struct fixture *f = fixture_new_window(walk->method, 64, 64);
    furnish(walk, f);
    f->record_count = f->sent_count = 0;
    return f;
}

static void saves_and_loads(struct walk *walk)
{
    struct fixture *f = walk->f;
    if (engine_is_suspended(f->engine, 1))
        return;
    const size_t size = saved(f->engine);
    struct fixture *g = made(walk);
    assert_int_equal(engine_load(g->engine, bytes, size), OC_OK);
    engine_start_at(g->engine, engine_now(f->engine));
    g->now_ns = f->now_ns;
    g->seq = f->seq;
    fixture_free(f);
    walk->f = g;
    walk->cuts++;
}

/* What was told the records alone knows each order and position as far. */
static void holds_the_same(struct engine *engine, struct engine *twin)
{
    struct portfolio *portfolio = engine_portfolio(engine), *theirs = engine_portfolio(twin);
    struct order *const lists[] = {orders_open_first(engine_orders(engine)),
                                   orders_closed_first(engine_orders(engine))};
    for (int i = 0; i < 2; i++)
        for (const struct order *order = lists[i]; order; order = order->younger) {
            const struct order *other = orders_find(engine_orders(twin), order->now.order);
            struct oc_id position, to_twin;
            assert_non_null(other);
            engine_order_position(engine, order->now.order, &position);
            engine_order_position(twin, order->now.order, &to_twin);
            assert_memory_equal(&position, &to_twin, sizeof position);
            assert_true(other->state == order->state && other->filled == order->filled &&
                        other->now.qty == order->now.qty && other->now.price == order->now.price &&
                        other->filled_sum == order->filled_sum && order_missing(other) == order_missing(order));
        }
    for (uint32_t i = 0; i < portfolio_book_count(portfolio); i++) {
        const struct position *ours = &portfolio_book_at(portfolio, i)->position;
        const struct book *book = portfolio_find(theirs, ours->account, ours->strategy, ours->inst);
        assert_non_null(book);
        assert_true(book->position.qty == ours->qty && book->position.cost == ours->cost &&
                    book->position.realised == ours->realised && book->position.fills == ours->fills);
    }
    for (uint32_t account = 1; account <= ACCOUNTS; account++)
        for (uint32_t asset = 1; asset < instruments_asset_count(engine_instruments(engine)); asset++)
            assert_true(portfolio_balance(portfolio, account, asset) == portfolio_balance(theirs, account, asset));
    const struct statement *said = engine_statement(engine), *said_to_twin = engine_statement(twin);
    assert_int_equal(said->position_count, said_to_twin->position_count);
    if (said->position_count)
        assert_memory_equal(said->positions, said_to_twin->positions, said->position_count * sizeof *said->positions);
    assert_int_equal(said->entry_count, said_to_twin->entry_count);
    assert_memory_equal(&said->outside, &said_to_twin->outside, sizeof said->outside);
}

enum { ALONE, CUT, WITH_TWIN };

/* Everything came to pass. */
static bool is_long(const struct walk *walk, int how)
{
    const struct engine_stats *stats = engine_stats(walk->f->engine);
    bool is_whole = how != CUT || walk->cuts > 100;
    for (uint16_t type = OC_EV_ACCEPTED; type <= OC_EV_TAKEN; type++)
        is_whole = is_whole && walk->heard[type] > 10;
    for (uint16_t type = OC_EV_POSITION; type <= OC_EV_VENUE; type++)
        is_whole = is_whole && walk->heard[type] > 10;
    return is_whole && walk->heard[OC_EV_INSTRUMENT] > 50 && walk->heard[OC_EV_BALANCE] > 50 && stats->requests > 300 &&
           stats->denied > 100 && walk->own_ways > 20 && stats->fills > 200 && stats->duplicates > 9 &&
           stats->suspended > 2;
}

/* The lots of a position are all of it. */
static void lots_add_up(struct engine *engine)
{
    struct portfolio *portfolio = engine_portfolio(engine);
    for (uint32_t i = 0; i < portfolio_book_count(portfolio); i++) {
        const struct position *position = &portfolio_book_at(portfolio, i)->position;
        int64_t sum = 0;
        for (uint32_t k = position->lot_first; k < position->lot_count; k++)
            sum += position->lots[k].qty;
        assert_true(position->method == COST_AVERAGE || sum == position->qty + position->spare);
    }
}

static uint64_t walked(uint32_t method, int how)
{
    struct walk *walk = calloc(1, sizeof *walk);
    struct fixture *told = NULL;
    walk->method = method;
    now_walking = walk;
    if (how == WITH_TWIN)
        told = made(walk);
    walk->f = made(walk);
    walk->twin = told ? told->engine : NULL;
    walk->dice = (struct dice){.random = 4711 + method};
    for (uint32_t k = 0; k < MARKETS; k++)
        walk->price[k] = 10000;
    for (int step = 0; step < STEPS; step++) {
        walk->f->now_ns += SECOND + roll(SECOND); /* a budget of a second is not saved */
        something_happens(walk);
        twin_catches_up(walk, NULL);
        fold_out(walk);
        lots_add_up(walk->f->engine);
        if (step % 5 == 4)
            fold(bytes, saved(walk->f->engine));
        if (how == CUT && step % 9 == 8)
            saves_and_loads(walk);
    }
    assert_true(is_long(walk, how));
    const uint64_t hash = walk->dice.hash;
    if (told) {
        holds_the_same(walk->f->engine, told->engine);
        fixture_free(told);
    }
    fixture_free(walk->f);
    free(walk);
    return hash;
}

static void walks_end_where_they_did(void **state)
{
    (void)state;
    static const uint64_t recorded[] = {0x104449141df525b8, 0x61d0fa8ca12a3b1d, 0xd83f3e6b5011dbef};
    bool is_same = true;
    for (uint32_t method = COST_AVERAGE; method <= COST_LIFO; method++) {
        const uint64_t hash = walked(method, ALONE), cut = walked(method, CUT), told = walked(method, WITH_TWIN);
        if (hash != cut || hash != told)
            print_error("method %u: not the same when saved and loaded on the way, or told\n", method);
        if (hash != recorded[method])
            print_error("method %u: 0x%016llx\n", method, (unsigned long long)hash);
        is_same = is_same && hash == cut && hash == told && hash == recorded[method];
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

/* statement_test.c: what venues say of accounts, positions, figures and themselves: kept as said, booked once, and no profit. */
#include "support/said_kit.h"

#include <outcry/instrument.h>

#define UNIT ((oc_i128)num_pow10_128(MONEY_SCALE))

enum { SAVED_MAX = 4 << 20 };
static char bytes[SAVED_MAX], again[SAVED_MAX];

static struct oc_ev_ledger entry_of(const struct fixture *f, const char *id, uint16_t kind, int64_t amount,
                                    int64_t at_ns)
{
    return (struct oc_ev_ledger){
        .head = {.size = sizeof(struct oc_ev_ledger), .type = OC_EV_LEDGER, .source = f->account, .venue_ns = at_ns},
        .asset = f->quote,
        .amount = {amount, 0, 0},
        .kind = kind,
        .status = OC_LEDGER_DONE,
        .id = id_of(id)};
}

static struct oc_ev_balance balance_of(const struct fixture *f, uint32_t asset, int64_t total, int64_t at_ns)
{
    return (struct oc_ev_balance){
        .head = {.size = sizeof(struct oc_ev_balance), .type = OC_EV_BALANCE, .source = f->account, .venue_ns = at_ns},
        .asset = asset,
        .total = {total, 0, 0},
        .present = OC_BAL_SAID};
}

static void says_entry(struct fixture *f, const char *id, uint16_t kind, int64_t amount, int64_t at_ns)
{
    struct oc_ev_ledger entry = entry_of(f, id, kind, amount, at_ns);
    says(f, &entry);
}

static void says_balance(struct fixture *f, int64_t total, int64_t at_ns)
{
    struct oc_ev_balance balance = balance_of(f, f->quote, total, at_ns);
    says(f, &balance);
}

static int64_t whole(const struct fixture *f)
{
    return (int64_t)(portfolio_balance(engine_portfolio(f->engine), f->account, f->quote) / UNIT);
}

static int64_t put_in(const struct fixture *f) { return (int64_t)(engine_statement(f->engine)->outside.put_in / UNIT); }

static int64_t corrected(const struct fixture *f)
{
    return (int64_t)(engine_statement(f->engine)->outside.corrected / UNIT);
}

static void stands(const struct fixture *f, int64_t cash_now, int64_t put, int64_t correction)
{
    assert_int_equal(whole(f), cash_now);
    assert_int_equal(put_in(f), put);
    assert_int_equal(corrected(f), correction);
}

static void an_entry_moves_the_balance_once(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct oc_ev_ledger entry = entry_of(f, "d1", OC_LEDGER_DEPOSIT, 250, 2000);
    entry.status = OC_LEDGER_PENDING;
    says(f, &entry);
    stands(f, 1000000, 0, 0);
    entry.status = OC_LEDGER_DONE;
    says(f, &entry);
    stands(f, 1000250, 250, 0);
    says(f, &entry);
    stands(f, 1000250, 250, 0);
    entry.status = OC_LEDGER_REVERSED;
    says(f, &entry);
    stands(f, 1000000, 0, 0);
    assert_int_equal(engine_statement(f->engine)->entry_count, 1);
    assert_int_equal(statement_entry(engine_statement(f->engine), 0)->status, OC_LEDGER_REVERSED);
    assert_null(statement_entry(engine_statement(f->engine), 1));
    fixture_free(f);
}

static void what_is_earned_is_profit_and_what_fills_say_is_not_booked(void **state)
{
    (void)state;
    static const struct {
        uint16_t kind;
        bool moves, is_outside;
    } kinds[] = {
        {OC_LEDGER_DEPOSIT, true, true},     {OC_LEDGER_WITHDRAWAL, true, true},   {OC_LEDGER_TRANSFER, true, true},
        {OC_LEDGER_FUNDING, true, false},    {OC_LEDGER_INTEREST, true, false},    {OC_LEDGER_FEE, true, false},
        {OC_LEDGER_REBATE, true, false},     {OC_LEDGER_REALISED, false, false},   {OC_LEDGER_DIVIDEND, true, false},
        {OC_LEDGER_CONVERSION, true, false}, {OC_LEDGER_LIQUIDATION, true, false}, {OC_LEDGER_REWARD, true, true},
        {OC_LEDGER_SETTLEMENT, true, false}, {OC_LEDGER_TRADE, false, false},      {OC_LEDGER_ADJUSTMENT, true, true},
        {OC_LEDGER_TAX, true, false},        {OC_LEDGER_OTHER, true, true}};
    struct fixture *f = fixture_new(COST_AVERAGE);
    int64_t cash_now = 1000000, put = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        char id[8];
        snprintf(id, sizeof id, "e%zu", i);
        says_entry(f, id, kinds[i].kind, 7, 2000 + (int64_t)i);
        cash_now += kinds[i].moves ? 7 : 0;
        put += kinds[i].is_outside ? 7 : 0;
        stands(f, cash_now, put, 0);
    }
    fixture_free(f);
}

/* A deposit of 250, interest of 3 and the balances behind them, in every order: the same money, and the interest alone is profit. */
static void balances_and_entries_come_in_any_order(void **state)
{
    (void)state;
    for (uint32_t order = 0; order < 24; order++) {
        struct fixture *f = fixture_new(COST_AVERAGE);
        uint32_t left[4] = {0, 1, 2, 3}, rest = order;
        for (uint32_t n = 4; n > 0; n--) {
            const uint32_t at = rest % n, what = left[at];
            rest /= n;
            memmove(left + at, left + at + 1, (n - at - 1) * sizeof left[0]);
            if (what == 0)
                says_entry(f, "d", OC_LEDGER_DEPOSIT, 250, 2000);
            else if (what == 1)
                says_balance(f, 1000250, 2000);
            else if (what == 2)
                says_entry(f, "i", OC_LEDGER_INTEREST, 3, 3000);
            else
                says_balance(f, 1000253, 3000);
        }
        says_balance(f, 1000253, 4000); /* whatever was overtaken, the next balance says it */
        assert_int_equal(whole(f), 1000253);
        assert_int_equal(put_in(f) + corrected(f), 250);
        fixture_free(f);
    }
}

static void a_balance_behind_the_entry_is_read(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    says_balance(f, 1000250, 2000); /* by a clock that is behind the ledger's */
    stands(f, 1000250, 0, 250);
    struct oc_ev_ledger entry = entry_of(f, "d", OC_LEDGER_DEPOSIT, 250, 2001);
    entry.present = OC_LEDGER_HAS_AFTER;
    entry.after = (struct oc_dec){1000250, 0, 0};
    says(f, &entry);
    stands(f, 1000250, 250, 0);
    fixture_free(f);
}

/* The window of entries that are remembered: at its end, and beyond it. */
static void what_is_no_longer_remembered_moves_nothing(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    for (int i = 0; i < ENGINE_LEDGER_SEEN; i++) {
        char id[16];
        snprintf(id, sizeof id, "e%d", i);
        says_entry(f, id, OC_LEDGER_DEPOSIT, 1, 2000 + i);
    }
    stands(f, 1000000 + ENGINE_LEDGER_SEEN, ENGINE_LEDGER_SEEN, 0);
    says_entry(f, "e0", OC_LEDGER_DEPOSIT, 1, 2000); /* the oldest one is still known */
    stands(f, 1000000 + ENGINE_LEDGER_SEEN, ENGINE_LEDGER_SEEN, 0);
    assert_int_equal(alarms_of(f), 0);
    says_entry(f, "new", OC_LEDGER_DEPOSIT, 1, 2000 + ENGINE_LEDGER_SEEN);
    stands(f, 1000001 + ENGINE_LEDGER_SEEN, 1 + ENGINE_LEDGER_SEEN, 0);
    says_entry(f, "e0", OC_LEDGER_DEPOSIT, 1, 2000); /* and now it is not */
    stands(f, 1000001 + ENGINE_LEDGER_SEEN, 1 + ENGINE_LEDGER_SEEN, 0);
    assert_int_equal(alarms_of(f), 1);
    says_entry(f, "late", OC_LEDGER_DEPOSIT, 1, 2002); /* later than what was forgotten: it moves */
    assert_int_equal(whole(f), 1000002 + ENGINE_LEDGER_SEEN);
    assert_non_null(statement_entry(engine_statement(f->engine), ENGINE_LEDGER_KEPT - 1));
    assert_null(statement_entry(engine_statement(f->engine), ENGINE_LEDGER_KEPT));
    fixture_free(f);
}

static void money_without_a_price_is_valued_when_it_has_one(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    uint32_t eth;
    assert_int_equal(instruments_asset(engine_instruments(f->engine), "ETH", &eth), OC_OK);
    struct oc_ev_ledger entry = entry_of(f, "e", OC_LEDGER_DEPOSIT, 2, 2000);
    entry.asset = eth;
    says(f, &entry);
    entry.id = id_of("e2");
    says(f, &entry);
    assert_int_equal(engine_statement(f->engine)->outside.waiting_count, 1);
    stands(f, 1000000, 0, 0);
    struct oc_instrument info = {.size = sizeof info,
                                 .kind = OC_KIND_SPOT,
                                 .status = OC_STATUS_TRADING,
                                 .base = eth,
                                 .quote = f->quote,
                                 .price_step = {1, 2, 0},
                                 .qty_step = {1, 3, 0},
                                 .contract_size = {1, 0, 0},
                                 .venue = "test",
                                 .symbol = "ETH/USDT"};
    uint32_t inst;
    assert_int_equal(instruments_add(engine_instruments(f->engine), &info, &inst), OC_OK);
    struct oc_ev_trade trade = {.head = {.size = sizeof trade, .type = OC_EV_TRADE, .inst = inst}, .price = 5000};
    assert_int_equal(fixture_input(f, &trade), OC_OK);
    stands(f, 1000000, 200, 0); /* at once: nobody sees it as a profit */
    struct oc_ev_text mark = {.head = {.size = sizeof mark, .type = OC_EV_MARK}, .code = OC_MARK_END};
    assert_int_equal(fixture_input(f, &mark), OC_OK);
    stands(f, 1000000, 200, 0);
    assert_true(engine_outside(f->engine) == 200 * UNIT);
    fixture_free(f);
}

static void what_waits_for_a_price_has_a_limit(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    for (int i = 0; i <= STATEMENT_WAITING_MAX; i++) {
        char id[16];
        struct oc_ev_ledger entry;
        snprintf(id, sizeof id, "A%d", i);
        entry = entry_of(f, id, OC_LEDGER_DEPOSIT, 1, 2000);
        assert_int_equal(instruments_asset(engine_instruments(f->engine), id, &entry.asset), OC_OK);
        assert_int_equal(alarms_of(f), 0);
        says(f, &entry);
    }
    assert_int_equal(alarms_of(f), 1);
    assert_int_equal(engine_statement(f->engine)->outside.waiting_count, STATEMENT_WAITING_MAX);
    fixture_free(f);
}

static void balances_are_shown_as_they_are_said(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const struct statement *statement = engine_statement(f->engine);
    oc_i128 total;
    assert_null(statement_find_balance(statement, f->account, f->quote, 0)); /* opening cash is nobody's word */
    struct oc_ev_balance balance = balance_of(f, f->quote, 0, 5000);
    balance.present |= OC_BAL_FREE | OC_BAL_LOCKED | OC_BAL_SUM;
    balance.free = (struct oc_dec){9000005, 1, 0};
    balance.locked = (struct oc_dec){995, 1, 0};
    says(f, &balance);
    assert_int_equal(whole(f), 900100);
    balance = balance_of(f, f->quote, 7, 4999); /* of before */
    balance.wallet = 0;
    balance.present |= OC_BAL_FREE;
    says(f, &balance);
    const struct oc_ev_balance *said = statement_find_balance(statement, f->account, f->quote, 0);
    assert_int_equal(said->head.venue_ns, 5000);
    assert_int_equal(statement_total(said, &total), OC_OK);
    assert_true(total == 900100 * UNIT);
    balance = balance_of(f, f->quote, -100, 6000);
    balance.present |= OC_BAL_CHANGE;
    says(f, &balance);
    said = statement_find_balance(statement, f->account, f->quote, 0);
    assert_int_equal(statement_total(said, &total), OC_OK);
    assert_true(total == 900000 * UNIT);
    assert_int_equal(said->present & (OC_BAL_FREE | OC_BAL_LOCKED | OC_BAL_SUM | OC_BAL_CHANGE), 0);
    balance = balance_of(f, f->quote, 33, 6000); /* another wallet: shown, not ours to trade with */
    balance.wallet = 2;
    says(f, &balance);
    assert_true(portfolio_balance(engine_portfolio(f->engine), f->account, f->quote) != 33 * UNIT);
    assert_int_equal(statement_find_balance(statement, f->account, f->quote, 2)->total.units, 33);
    balance = balance_of(f, f->base, 5, 5000); /* of what was never said */
    balance.present |= OC_BAL_CHANGE;
    says(f, &balance);
    assert_null(statement_find_balance(statement, f->account, f->base, 0));
    assert_true(portfolio_balance(engine_portfolio(f->engine), f->account, f->base) == 5 * UNIT);
    balance = balance_of(f, f->base, 1, 6000); /* found whatever came first */
    says(f, &balance);
    assert_int_equal(statement_of(statement, f->account)->balance_count, 3);
    assert_int_equal(statement_find_balance(statement, f->account, f->base, 0)->total.units, 1);
    assert_null(statement_find_balance(statement, f->account, f->base, 2));
    assert_null(statement_find_balance(statement, f->account + 1, f->base, 0));
    fixture_free(f);
}

static struct oc_ev_position position_of(const struct fixture *f, uint8_t side, int64_t qty, int64_t at_ns)
{
    return (struct oc_ev_position){.head = {.size = sizeof(struct oc_ev_position),
                                            .type = OC_EV_POSITION,
                                            .source = f->account,
                                            .inst = f->inst,
                                            .venue_ns = at_ns},
                                   .qty = qty,
                                   .side = side};
}

static void positions_are_shown_beside_what_we_count(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const struct statement *statement = engine_statement(f->engine);
    int64_t qty = 0;
    assert_false(statement_held(statement, f->account, f->inst, &qty));
    struct oc_ev_position position = position_of(f, OC_POSITION_LONG, 1500, 2000);
    says(f, &position);
    position = position_of(f, OC_POSITION_SHORT, -700, 2000);
    says(f, &position);
    assert_true(statement_held(statement, f->account, f->inst, &qty));
    assert_int_equal(qty, 800);
    assert_int_equal(held(f), 0); /* ours is what fills made of it */
    position = position_of(f, OC_POSITION_LONG, 1, 1999);
    says(f, &position);
    assert_int_equal(statement->positions[0].qty, 1500);
    /* other steps: 0.001 becomes 0.1 */
    struct oc_ev_instrument event = {.head = {.size = sizeof event, .type = OC_EV_INSTRUMENT, .source = f->account}};
    event.info = instruments_get(engine_instruments(f->engine), f->inst)->info;
    event.info.inst = 0;
    event.info.qty_step = (struct oc_dec){1, 1, 0};
    says(f, &event);
    assert_true(statement_held(statement, f->account, f->inst, &qty));
    assert_int_equal(qty, 8);
    position = position_of(f, OC_POSITION_LONG, 0, 3000);
    says(f, &position);
    assert_int_equal(statement->position_count, 1);
    assert_int_equal(statement->positions[0].qty, -7);
    position = position_of(f, OC_POSITION_SHORT, 0, 3000);
    says(f, &position);
    says(f, &position); /* there is none any more */
    assert_false(statement_held(statement, f->account, f->inst, &qty));
    fixture_free(f);
}

static void more_positions_than_there_is_room_for_are_told(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    for (int i = 0; i <= ENGINE_SHOWN_POSITIONS_MAX; i++) {
        char id[16];
        struct oc_ev_position position = position_of(f, OC_POSITION_NET, 1, 2000);
        snprintf(id, sizeof id, "p%d", i);
        position.position = id_of(id);
        assert_int_equal(alarms_of(f), 0);
        says(f, &position);
    }
    assert_int_equal(alarms_of(f), 1);
    assert_int_equal(engine_statement(f->engine)->position_count, ENGINE_SHOWN_POSITIONS_MAX);
    fixture_free(f);
}

static void rights_and_margin_are_kept_by_what_is_said_anew(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct oc_ev_account account = {
        .head = {.size = sizeof account, .type = OC_EV_ACCOUNT, .source = f->account, .venue_ns = 2000},
        .asset = f->quote,
        .equity = {1, 0, 0},
        .margin_used = {2, 0, 0},
        .margin_free = {3, 0, 0},
        .maintenance = {4, 0, 0},
        .unrealised = {5, 0, 0},
        .maker_fee = {6, 0, 0},
        .taker_fee = {7, 0, 0},
        .leverage = {8, 0, 0},
        .rights = OC_MAY_VIEW | OC_MAY_TRADE,
        .known = OC_MAY_VIEW | OC_MAY_TRADE | OC_MAY_WITHDRAW,
        .present = 0xff,
        .venue_account = id_of("7")};
    says(f, &account);
    assert_int_equal(alarms_of(f), 0);
    account = (struct oc_ev_account){.head = account.head,
                                     .margin_used = {20, 0, 0},
                                     .equity = {99, 0, 0}, /* not said */
                                     .present = OC_ACC_MARGIN_USED,
                                     .rights = OC_MAY_WITHDRAW,
                                     .known = OC_MAY_WITHDRAW};
    account.head.venue_ns = 2001;
    says(f, &account);
    assert_int_equal(alarms_of(f), 1); /* a key for trading should not */
    says(f, &account);
    assert_int_equal(alarms_of(f), 1);
    const struct oc_ev_account *kept = &statement_of(engine_statement(f->engine), f->account)->account;
    const int64_t values[] = {kept->equity.units,      kept->margin_used.units, kept->margin_free.units,
                              kept->maintenance.units, kept->unrealised.units,  kept->maker_fee.units,
                              kept->taker_fee.units,   kept->leverage.units};
    static const int64_t expected[] = {1, 20, 3, 4, 5, 6, 7, 8};
    assert_memory_equal(values, expected, sizeof values);
    assert_int_equal(kept->rights, OC_MAY_VIEW | OC_MAY_TRADE | OC_MAY_WITHDRAW);
    assert_int_equal(kept->asset, f->quote);
    assert_int_equal(kept->venue_account.size, 1);
    account.head.venue_ns = 1999;
    account.margin_used.units = 55;
    says(f, &account);
    assert_int_equal(kept->margin_used.units, 20);
    fixture_free(f);
}

static const char *refusal_of(struct fixture *f, struct oc_request request)
{
    static struct engine_refusal refusal;
    refusal = (struct engine_refusal){.order = 0};
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    (void)engine_submit(f->engine, &request, &refusal);
    fixture_end(f, true);
    return refusal.reason;
}

static void says_state(struct fixture *f, uint32_t part, uint32_t which, int64_t at_ns)
{
    struct oc_ev_venue venue = {
        .head = {.size = sizeof venue, .type = OC_EV_VENUE, .source = f->account, .venue_ns = at_ns},
        .state = which,
        .part = part};
    says(f, &venue);
}

static void what_the_venue_would_not_take_does_not_leave(void **state)
{
    (void)state;
    static const struct {
        uint32_t state;
        const char *plain, *passive;
    } rows[] = {{OC_VENUE_CANCEL_ONLY, "VENUE_CANCEL_ONLY", "VENUE_CANCEL_ONLY"},
                {OC_VENUE_POST_ONLY, "VENUE_POST_ONLY", ""},
                {OC_VENUE_MAINTENANCE, "VENUE_MAINTENANCE", "VENUE_MAINTENANCE"},
                {OC_VENUE_DENIED, "VENUE_DENIES_LOGIN", "VENUE_DENIES_LOGIN"},
                {OC_VENUE_READY, "", ""}};
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct oc_request plain = fixture_order(f, OC_SIDE_BUY, 10, 9900), passive = plain, reduce = plain;
    passive.bits |= OC_RQ_POST_ONLY;
    const uint64_t bought = said_accepted(f, OC_SIDE_BUY, 10, 10100, "V");
    struct oc_ev_venue_fill fill = said_fill(f, "V", OC_SIDE_BUY, 10, 10000, "t");
    says(f, &fill);
    assert_int_equal(fixture_find(f, bought)->state, STATE_FILLED);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        says_state(f, i % 2 ? OC_PART_ALL : OC_PART_TRADING, rows[i].state, 2000 + (int64_t)i);
        assert_string_equal(refusal_of(f, plain), rows[i].plain);
        assert_string_equal(refusal_of(f, passive), rows[i].passive);
        reduce = fixture_order(f, OC_SIDE_SELL, 1, 10100);
        reduce.bits |= OC_RQ_REDUCE_ONLY; /* that is for the venue to say */
        assert_string_equal(refusal_of(f, reduce), "");
    }
    says_state(f, OC_PART_TRADING, OC_VENUE_MAINTENANCE, 2003); /* of before the last one */
    assert_string_equal(refusal_of(f, plain), "");
    says_state(f, OC_PART_MARKET, OC_VENUE_MAINTENANCE, 3000); /* its prices do not come: trading is not touched */
    assert_string_equal(refusal_of(f, plain), "");
    assert_int_equal(statement_state(engine_statement(f->engine), f->account, OC_PART_MARKET), OC_VENUE_MAINTENANCE);
    const uint64_t alarms = alarms_of(f);
    says_state(f, OC_PART_LINK, OC_VENUE_DENIED, 3000); /* its key is refused: an alarm, once */
    says_state(f, OC_PART_LINK, OC_VENUE_DENIED, 3000);
    assert_string_equal(refusal_of(f, plain), "VENUE_DENIES_LOGIN");
    assert_int_equal(alarms_of(f), alarms + 1);
    says_state(f, OC_PART_LINK, OC_VENUE_DOWN, 3001); /* it is not reached */
    assert_string_equal(refusal_of(f, plain), "VENUE_DOWN");
    assert_string_equal(refusal_of(f, reduce), "");
    assert_int_equal(statement_state(engine_statement(f->engine), f->account, OC_PART_TRADING), OC_VENUE_DOWN);
    assert_int_equal(statement_state(engine_statement(f->engine), f->account, OC_PART_MARKET), OC_VENUE_MAINTENANCE);
    says_state(f, OC_PART_ALL, OC_VENUE_READY, 3002); /* the venue's word does not reach as far */
    assert_string_equal(refusal_of(f, plain), "VENUE_DOWN");
    says_state(f, OC_PART_LINK, OC_VENUE_CONNECTING, 3003); /* what is asked for waits for it */
    assert_string_equal(refusal_of(f, plain), "");
    says_state(f, OC_PART_LINK, OC_VENUE_READY, 3004);
    assert_string_equal(refusal_of(f, plain), "");
    assert_int_equal(statement_state(engine_statement(f->engine), f->account, OC_PART_TRADING), OC_VENUE_READY);
    struct oc_ev_account account = {.head = {.size = sizeof account, .type = OC_EV_ACCOUNT, .source = f->account},
                                    .known = OC_MAY_TRADE};
    says(f, &account);
    assert_string_equal(refusal_of(f, plain), "ACCOUNT_MAY_NOT_TRADE");
    account.rights = OC_MAY_TRADE;
    says(f, &account);
    assert_string_equal(refusal_of(f, plain), "");
    account.known = OC_IS_HEDGING;
    says(f, &account);
    assert_string_equal(refusal_of(f, plain), "");
    account.rights = OC_IS_HEDGING;
    says(f, &account);
    assert_string_equal(refusal_of(f, plain), "HEDGING_NOT_SUPPORTED");
    assert_string_equal(refusal_of(f, reduce), "");
    fixture_free(f);
}

static void figures_and_funding_are_the_last_ones_said(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct {
        struct oc_ev_figures head;
        struct oc_figure figures[3];
    } said = {.head = {.head = {.size = sizeof said, .type = OC_EV_FIGURES, .inst = f->inst, .venue_ns = 2000},
                       .count = 3,
                       .tail = sizeof said.head},
              .figures = {{OC_FIGURE_MARK, 0, {10001, 2, 0}},
                          {OC_FIGURE_HOME_RATE, 0, {5, 1, 0}},
                          {OC_FIGURE_HOME_RATE + 1, 0, {5, 1, 0}}}}; /* not known to us */
    says(f, &said);
    said.head.count = 1;
    said.head.head.venue_ns = 2001;
    said.figures[0].value.units = 10002;
    says(f, &said);
    said.head.head.venue_ns = 1999;
    said.figures[0].value.units = 9999;
    says(f, &said);
    const struct market_figures *of = statement_figures_of(engine_statement(f->engine), f->inst);
    assert_int_equal(of->figures[OC_FIGURE_MARK].value.units, 10002);
    assert_int_equal(of->figures[OC_FIGURE_HOME_RATE].value.units, 5);
    assert_int_equal(of->figures[OC_FIGURE_INDEX].at_ns, 0);
    assert_null(statement_figures_of(engine_statement(f->engine), OC_INST(900, 1)));
    struct oc_ev_funding funding = {
        .head = {.size = sizeof funding, .type = OC_EV_FUNDING, .inst = f->inst}, .rate = {1, 4, 0}, .due_ns = 9000};
    says(f, &funding);
    funding.due_ns = 8000; /* history */
    funding.rate.units = 2;
    says(f, &funding);
    assert_int_equal(of->funding.rate.units, 1);
    funding.due_ns = 9000;
    says(f, &funding);
    assert_int_equal(of->funding.rate.units, 2);
    fixture_free(f);
}

/* All of it in a checkpoint; an engine that was loaded knows the entries that it may not book again. */
static void a_checkpoint_has_all_of_it(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE), *loaded = fixture_new(COST_AVERAGE);
    says_entry(f, "d", OC_LEDGER_DEPOSIT, 250, 2000);
    struct oc_ev_position position = position_of(f, OC_POSITION_NET, 5, 2000);
    says(f, &position);
    says_balance(f, 1000300, 2500);
    says_state(f, OC_PART_TRADING, OC_VENUE_CANCEL_ONLY, 2600);
    struct oc_ev_funding funding = {.head = {.size = sizeof funding, .type = OC_EV_FUNDING, .inst = f->inst},
                                    .rate = {1, 4, 0}};
    says(f, &funding);
    uint32_t eth;
    assert_int_equal(instruments_asset(engine_instruments(f->engine), "ETH", &eth), OC_OK);
    assert_int_equal(instruments_asset(engine_instruments(loaded->engine), "ETH", &eth), OC_OK);
    struct oc_ev_ledger entry = entry_of(f, "e", OC_LEDGER_DEPOSIT, 2, 2700);
    entry.asset = eth;
    says(f, &entry);
    const int64_t size = engine_save(f->engine, bytes, sizeof bytes);
    assert_true(size > 0);
    for (int64_t cut = 1; cut < size; cut += 97) { /* a torn one is refused, and leaves nothing behind that leaks */
        struct fixture *torn = fixture_new(COST_AVERAGE);
        assert_int_equal(engine_load(torn->engine, bytes, (size_t)(size - cut)), OC_E_DATA);
        fixture_free(torn);
        if (cut > 4000)
            cut += size / 37;
    }
    assert_int_equal(engine_load(loaded->engine, bytes, (size_t)size), OC_OK);
    assert_int_equal(engine_save(loaded->engine, again, sizeof again), size);
    assert_memory_equal(bytes, again, (size_t)size);
    loaded->seq = f->seq;
    says_entry(loaded, "d", OC_LEDGER_DEPOSIT, 250, 2000);
    stands(loaded, 1000300, 250, 50);
    assert_string_equal(refusal_of(loaded, fixture_order(loaded, OC_SIDE_BUY, 10, 9900)), "VENUE_CANCEL_ONLY");
    fixture_free(f);
    fixture_free(loaded);
}

static void every_word_has_a_name(void **state)
{
    (void)state;
    uint32_t bit = 0;
    for (uint32_t what = 1; what < STATEMENT_FIGURES; what++)
        assert_string_not_equal(statement_figure_name(what), "?");
    assert_string_equal(statement_figure_name(0), "?");
    assert_string_equal(statement_figure_name(STATEMENT_FIGURES), "?");
    for (uint32_t kind = OC_LEDGER_DEPOSIT; kind <= OC_LEDGER_TAX; kind++)
        assert_string_not_equal(statement_ledger_kind(kind), "?");
    assert_string_equal(statement_ledger_kind(OC_LEDGER_TAX), "tax");
    assert_string_equal(statement_ledger_kind(OC_LEDGER_OTHER), "other");
    assert_string_equal(statement_ledger_status(OC_LEDGER_REVERSED), "reversed");
    assert_string_equal(statement_ledger_status(OC_LEDGER_REVERSED + 1), "?");
    assert_string_equal(statement_state_name(OC_VENUE_DENIED), "denied");
    assert_string_equal(statement_state_name(OC_VENUE_DENIED + 1), "?");
    assert_string_equal(statement_right(8, &bit), "practice");
    assert_int_equal(bit, OC_IS_PRACTICE);
    assert_null(statement_right(9, &bit));
    assert_true(statement_state_is_worse(OC_VENUE_DENIED, OC_VENUE_MAINTENANCE));
    assert_false(statement_state_is_worse(OC_VENUE_READY, OC_VENUE_READY));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entry_moves_the_balance_once),
        cmocka_unit_test(what_is_earned_is_profit_and_what_fills_say_is_not_booked),
        cmocka_unit_test(balances_and_entries_come_in_any_order),
        cmocka_unit_test(a_balance_behind_the_entry_is_read),
        cmocka_unit_test(what_is_no_longer_remembered_moves_nothing),
        cmocka_unit_test(money_without_a_price_is_valued_when_it_has_one),
        cmocka_unit_test(what_waits_for_a_price_has_a_limit),
        cmocka_unit_test(balances_are_shown_as_they_are_said),
        cmocka_unit_test(positions_are_shown_beside_what_we_count),
        cmocka_unit_test(more_positions_than_there_is_room_for_are_told),
        cmocka_unit_test(rights_and_margin_are_kept_by_what_is_said_anew),
        cmocka_unit_test(what_the_venue_would_not_take_does_not_leave),
        cmocka_unit_test(figures_and_funding_are_the_last_ones_said),
        cmocka_unit_test(a_checkpoint_has_all_of_it),
        cmocka_unit_test(every_word_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

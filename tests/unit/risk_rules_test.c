/* risk_rules_test.c: the rules beside the default chain: at their limits and one step beyond; what only reduces; in another instance with the saved
 * state. */
#include "support/risk_bench.h"

#include <outcry/kit/text.h>

static void a_pattern_is_all_of_a_text(void **state)
{
    static const struct {
        const char *text, *pattern;
        int is_like;
    } cases[] = {{"BTC/USDT", "BTC/USDT", 1},
                 {"BTC/USDT", "BTC/USD", 0},
                 {"BTC/USD", "BTC/USDT", 0},
                 {"BTC/USDT", "*", 1},
                 {"", "*", 1},
                 {"", "", 1},
                 {"a", "", 0},
                 {"BTC/USDT", "*/USDT", 1},
                 {"BTC/USD", "*/USDT", 0},
                 {"BTC/USDT", "BTC*", 1},
                 {"aXbXc", "a*X*c", 1},
                 {"aXbXcd", "a*X*c", 0},
                 {"aab", "*ab", 1},
                 {"aaab", "a*ab", 1},
                 {"abc", "*b", 0},
                 {"abc", "a**c", 1}};
    char list[] = " one, two ,,three";
    char *rest = list;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (kit_is_like(cases[i].text, cases[i].pattern) != cases[i].is_like)
            fail_msg("%s like %s", cases[i].text, cases[i].pattern);
    assert_string_equal(kit_next_word(&rest, ", "), "one");
    assert_string_equal(kit_next_word(&rest, ", "), "two");
    assert_string_equal(kit_next_word(&rest, ", "), "three");
    assert_null(kit_next_word(&rest, ", "));
}

static void allow_list(void **state)
{
    static const struct {
        const char *list;
        int is_in;
    } cases[] = {{"BTC/USDT", 1},
                 {"ETH/USDT", 0},
                 {"ETH/USDT, BTC/*", 1},
                 {"*, !BTC/USDT", 0},
                 {"*, !BTC/*, BTC/USDT", 1},
                 {"!ETH/USDT, */USDT", 1},
                 {"*/USDT !*", 0},
                 {"!ETH/*", 1},
                 {"!BTC/*", 0}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bench *bench = bench_new("allow_list", PAIRS("symbols", cases[i].list));
        if (cases[i].is_in)
            assert_true(order(bench, BUY, 1, 9900));
        else
            refused_as(bench, order(bench, BUY, 1, 9900), "INSTRUMENT_NOT_ALLOWED");
        hold(bench, 5);
        assert_true(submit(bench, reducing(bench, SELL, 5, 0)));
        bench_free(bench);
    }
    for (int buys = 0; buys < 2; buys++) {
        struct bench *bench = bench_new("allow_list", PAIRS("symbols", "*", "sides", buys ? "buy" : "sell"));
        const uint64_t first = accepted(bench, buys ? BUY : SELL, 5, buys ? 9900 : 10100);
        refused_as(bench, order(bench, buys ? SELL : BUY, 1, 0), "SIDE_NOT_ALLOWED");
        assert_true(amend(bench, first, 6, 0));
        assert_true(cancel(bench, first));
        bench_free(bench);
    }
    struct bench both = {0};
    char many[512] = "";
    for (int i = 0; i < 65; i++)
        strcat(many, "A/B ");
    set_keys(&both, PAIRS("symbols", many));
    assert_int_equal(open_rule(&both, "allow_list"), OC_E_CONFIG);
    assert_non_null(strstr(both.section.log, "at most 64"));
}

/* 2024-01-01 was a Monday. */
static void trading_hours(void **state)
{
    const int64_t monday = 1704067200 * SECOND;
    static const struct {
        const char *hours, *days, *offset;
        int day, hour, minute, is_open;
    } cases[] = {{NULL, "mon-fri", "0", 0, 0, 0, 1},
                 {NULL, "mon-fri", "0", 4, 23, 59, 1},
                 {NULL, "mon-fri", "0", 5, 0, 0, 0},
                 {NULL, "sat-mon", "0", 0, 5, 0, 1},
                 {NULL, "sat-mon", "0", 1, 0, 0, 0},
                 {NULL, "wed, sat", "0", 2, 0, 0, 1},
                 {NULL, "wed, sat", "0", 3, 0, 0, 0},
                 {"09:30-16:00", NULL, "0", 0, 9, 29, 0},
                 {"09:30-16:00", NULL, "0", 0, 9, 30, 1},
                 {"09:30-16:00", NULL, "0", 0, 15, 59, 1},
                 {"09:30-16:00", NULL, "0", 0, 16, 0, 0},
                 {"22:00-02:00", "mon", "0", 0, 23, 0, 1},
                 {"22:00-02:00", "mon", "0", 1, 1, 59, 1},
                 {"22:00-02:00", "mon", "0", 1, 2, 0, 0},
                 {"22:00-02:00", "mon", "0", 0, 1, 0, 0},
                 {"22:00-02:00", "mon", "0", 1, 22, 0, 0},
                 {"08:00-09:00, 20:00-24:00", NULL, "0", 0, 23, 59, 1},
                 {"08:00-09:00, 20:00-24:00", NULL, "0", 0, 19, 59, 0},
                 {"09:30-16:00", NULL, "-5h", 0, 14, 30, 1},
                 {"09:30-16:00", NULL, "-5h", 0, 14, 29, 0},
                 {"00:00-24:00", "sun", "-5h", 0, 4, 59, 1},
                 {"00:00-24:00", "sun", "-5h", 0, 5, 0, 0}};
    static const char *const wrong[][2] = {{"hours", "9:30-16:00"},
                                           {"hours", "09:30"},
                                           {"hours", "09:30-09:30"},
                                           {"hours", "24:00-09:30"},
                                           {"hours", "09:60-10:00"},
                                           {"hours", "09:30-24:01"},
                                           {"hours", "09:30-16:00-17:00"},
                                           {"days", "monday"},
                                           {"days", "mon-"},
                                           {"days", "mon-fri-sun"},
                                           {"days", ""},
                                           {"days", "n t"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bench *bench =
            bench_new("trading_hours", PAIRS("utc_offset", cases[i].offset, cases[i].days ? "days" : "zone",
                                             cases[i].days ? cases[i].days : "", cases[i].hours ? "hours" : "zone",
                                             cases[i].hours ? cases[i].hours : ""));
        at(bench, monday + (cases[i].day * 24 + cases[i].hour) * HOUR + cases[i].minute * 60 * SECOND);
        const uint64_t id = order(bench, BUY, 1, 9900);
        if ((id != 0) != cases[i].is_open)
            fail_msg("case %zu: %s", i, id ? "open" : bench->refusal.reason);
        if (!id)
            assert_string_equal(bench->refusal.reason, "OUTSIDE_TRADING_HOURS");
        hold(bench, 5);
        assert_true(submit(bench, reducing(bench, SELL, 5, 0)));
        bench_free(bench);
    }
    struct bench *old = bench_new("trading_hours", PAIRS("days", "wed"));
    const struct oc_request ask = fixture_order(old->f, BUY, 1, 9900);
    struct oc_verdict verdict = {.size = sizeof verdict};
    assert_int_equal(old->table->check(old->self, &(struct oc_risk_ctx){.now_ns = -1}, &ask, &verdict), OC_OK);
    assert_int_equal(verdict.allowed, 1); /* the last instant of 1969 was a Wednesday */
    bench_free(old);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct bench bench = {0};
        set_keys(&bench, PAIRS(wrong[i][0], wrong[i][1]));
        if (open_rule(&bench, "trading_hours") != OC_E_CONFIG)
            fail_msg("%s = %s is taken", wrong[i][0], wrong[i][1]);
        assert_non_null(strstr(bench.section.log, wrong[i][0]));
    }
}

static void duplicate_order(void **state)
{
    (void)state;
    const char *const *keys = PAIRS("count", "2", "window", "10s");
    struct bench *bench = bench_new("duplicate_order", keys);
    const int64_t start = bench->f->now_ns;
    at(bench, start);
    const uint64_t first = accepted(bench, BUY, 5, 9900);
    at(bench, start + SECOND);
    assert_true(order(bench, BUY, 5, 9900));
    assert_false(order(bench, BUY, 5, 9900));
    assert_refused(bench, "DUPLICATE_ORDER", "3", "2");
    assert_true(order(bench, BUY, 6, 9900)); /* each of these is another order */
    assert_true(order(bench, BUY, 5, 9901));
    assert_true(order(bench, BUY, 5, 0));
    assert_true(order(bench, SELL, 5, 9900));
    struct oc_request other = fixture_order(bench->f, BUY, 5, 9900);
    other.owner = OC_OWNER_CONSOLE;
    assert_true(submit(bench, other));
    for (uint8_t role = OC_ROLE_STOP_LOSS; role <= OC_ROLE_TAKE_PROFIT; role++) {
        other = fixture_order(bench->f, BUY, 5, 9900);
        other.role = role;
        assert_true(submit(bench, other));
    }
    assert_true(amend(bench, first, 6, 0));
    assert_true(amend(bench, first, 5, 0)); /* an amend is no new order */
    hold(bench, 50);
    for (int i = 0; i < 5; i++)
        assert_true(submit(bench, reducing(bench, SELL, 5, 10100)));
    struct bench *next = again(bench, "duplicate_order", keys);
    at(next, start + 10 * SECOND - 1);
    refused_as(next, order(next, BUY, 5, 9900), "DUPLICATE_ORDER");
    at(next, start + 10 * SECOND); /* the first has left the window */
    assert_true(order(next, BUY, 5, 9900));
    refused_as(next, order(next, BUY, 5, 9900), "DUPLICATE_ORDER");
    bench_free(next);

    /* A restart shows what was denied as a request and then as denied: it does not count. */
    next = bench_new("duplicate_order", keys);
    for (uint32_t i = 0; i < bench->f->record_count; i++) {
        struct oc_event *record = (struct oc_event *)(void *)bench->f->records[i];
        if (record->type == OC_EV_REQUEST || record->type == OC_EV_DENIED)
            assert_int_equal(engine_restore(next->f->engine, record), OC_OK);
    }
    at(next, start + 10 * SECOND);
    assert_true(order(next, BUY, 5, 9900));
    refused_as(next, order(next, BUY, 5, 9900), "DUPLICATE_ORDER");
    bench_free(next);
    bench_free(bench);
}

static uint64_t entry(struct bench *bench, uint32_t strategy, int64_t price)
{
    struct oc_request request = fixture_order(bench->f, BUY, 1, price);
    request.owner = OC_OWNER_STRATEGY;
    request.strategy = strategy;
    return submit(bench, request);
}

static void repeat_exec(void **state)
{
    (void)state;
    const char *const *keys = PAIRS("count", "3", "window", "10s");
    struct bench *bench = bench_new("repeat_exec", keys);
    const int64_t start = bench->f->now_ns;
    at(bench, start);
    for (int i = 0; i < 3; i++)
        assert_true(entry(bench, 1, 9900 - i));
    assert_null(engine_latched(bench->f->engine, bench->f->account));
    for (int i = 0; i < 5; i++)
        assert_true(order(bench, BUY, 1, 9800)); /* by hand */
    assert_true(entry(bench, 2, 9900));          /* another one's */
    hold(bench, 50);
    assert_true(submit(bench, reducing(bench, SELL, 5, 10100)));
    struct bench *next = again(bench, "repeat_exec", keys);
    at(next, start + 10 * SECOND - 1);
    refused_as(next, entry(next, 1, 9700), "REPEATED_EXECUTION");
    assert_refused(next, "REPEATED_EXECUTION", "4", "3");
    assert_non_null(engine_latched(next->f->engine, next->f->account));
    assert_false(entry(next, 2, 9700)); /* all of the account, until a person says so */
    engine_unlatch(next->f->engine, next->f->account);
    for (int i = 0; i < 3; i++)
        assert_true(entry(next, 1, 9600 - i)); /* it counts from nothing */
    refused_as(next, entry(next, 1, 9500), "REPEATED_EXECUTION");
    bench_free(next);
    next = again(bench, "repeat_exec", keys);
    at(next, start + 10 * SECOND);
    assert_true(entry(next, 1, 9700));
    assert_null(engine_latched(next->f->engine, next->f->account));
    bench_free(next);
    bench_free(bench);
}

/* One, at 100.00: a cent of price is a cent of equity. */
static void buy_one(struct bench *bench)
{
    const uint64_t id = order(bench, BUY, 1000, 10000);
    assert_int_equal(fixture_trade(bench->f, id, BUY, 1000, 10000), OC_OK);
}

static void max_drawdown(void **state)
{
    (void)state;
    struct bench *bench = bench_new("max_drawdown", PAIRS("limit", "50"));
    buy_one(bench);
    fixture_price(bench->f, 12000);
    fixture_price(bench->f, 7000); /* 50 below the highest */
    assert_null(engine_latched(bench->f->engine, bench->f->account));
    assert_true(order(bench, BUY, 1, 6900));
    struct bench *next = again(bench, "max_drawdown", PAIRS("limit", "50"));
    fixture_price(bench->f, 6999);
    assert_string_equal(engine_latched(bench->f->engine, bench->f->account), "DRAWDOWN_REACHED");
    engine_unlatch(bench->f->engine, bench->f->account);
    fixture_price(bench->f, 1999); /* 50 below where it was latched */
    assert_null(engine_latched(bench->f->engine, bench->f->account));
    fixture_price(bench->f, 1998);
    assert_non_null(engine_latched(bench->f->engine, bench->f->account));
    buy_one(next);
    assert_null(engine_latched(next->f->engine, next->f->account));
    fixture_price(next->f, 6999); /* the highest came along: it was 20 above */
    assert_non_null(engine_latched(next->f->engine, next->f->account));
    bench_free(next);
    bench_free(bench);

    bench =
        bench_new("max_drawdown", PAIRS("limit", "50", "share", "0.00001")); /* 10 of a million: the smaller counts */
    buy_one(bench);
    fixture_price(bench->f, 9000);
    assert_null(engine_latched(bench->f->engine, bench->f->account));
    fixture_price(bench->f, 8999);
    assert_non_null(engine_latched(bench->f->engine, bench->f->account));
    bench_free(bench);

    struct bench neither = {0};
    set_keys(&neither, NULL);
    assert_int_equal(open_rule(&neither, "max_drawdown"), OC_E_CONFIG);
    assert_non_null(strstr(neither.section.log, "neither limit nor share"));
}

/* A rule on losses that cannot know the equity lets nothing be opened: what it does not see may be the loss. */
static void an_equity_that_is_not_known_refuses(void **state)
{
    static const struct {
        const char *rule, *key, *value;
    } cases[] = {
        {"max_daily_loss", "limit", "50"}, {"max_drawdown", "limit", "50"}, {"expression", "allow", "value < equity"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bench *bench = bench_new(cases[i].rule, PAIRS(cases[i].key, cases[i].value));
        uint32_t asset;
        fixture_price(bench->f, 10000);
        assert_int_equal(instruments_asset(engine_instruments(bench->f->engine), "ETH", &asset), OC_OK);
        struct oc_ev_balance balance = {
            .head = {.size = sizeof balance, .type = OC_EV_BALANCE, .source = bench->f->account},
            .account = bench->f->account,
            .asset = asset,
            .present = OC_BAL_SAID,
            .total = {5, 0, 0}};
        hold(bench, 5);
        assert_int_equal(fixture_input(bench->f, &balance), OC_OK);
        refused_as(bench, order(bench, BUY, 1, 9900), "EQUITY_UNKNOWN");
        assert_true(submit(bench, reducing(bench, SELL, 5, 0)));
        balance.total.units = 0;
        assert_int_equal(fixture_input(bench->f, &balance), OC_OK);
        assert_true(order(bench, BUY, 1, 9900));
        bench_free(bench);
    }
}

/* What a venue shows of an asset that has no price yet is no profit when it gets one, nor a loss when that is understood. */
static void max_drawdown_knows_what_was_there(void **state)
{
    (void)state;
    struct bench *bench = bench_new("max_drawdown", PAIRS("share", "0.1"));
    struct oc_instrument info = instruments_get(engine_instruments(bench->f->engine), bench->f->inst)->info;
    uint32_t inst;
    strcpy(info.symbol, "ETH/USDT");
    info.inst = 0;
    assert_int_equal(instruments_asset(engine_instruments(bench->f->engine), "ETH", &info.base), OC_OK);
    assert_int_equal(instruments_add(engine_instruments(bench->f->engine), &info, &inst), OC_OK);
    fixture_price(bench->f, 10000);
    const oc_i128 before = engine_outside(bench->f->engine);
    struct oc_ev_balance balance = {
        .head = {.size = sizeof balance, .type = OC_EV_BALANCE, .source = bench->f->account},
        .account = bench->f->account,
        .asset = info.base,
        .present = OC_BAL_SAID,
        .total = {5000, 0, 0}};
    assert_int_equal(fixture_input(bench->f, &balance), OC_OK);
    struct oc_ev_trade trade = {.head = {.size = sizeof trade, .type = OC_EV_TRADE, .inst = inst},
                                .price = 5000,
                                .qty = 1,
                                .present = OC_HAS_QTY};
    assert_int_equal(fixture_input(bench->f, &trade), OC_OK); /* 250,000 beside 1,000,000 */
    const oc_i128 outside = engine_outside(bench->f->engine) - before;
    if (outside != 250000 * num_pow10_128(MONEY_SCALE))
        fail_msg("%g", (double)outside / 1e20);
    assert_int_equal(fixture_input(bench->f, &balance), OC_OK); /* shown once more */
    fixture_price(bench->f, 10000);
    assert_null(engine_latched(bench->f->engine, bench->f->account));
    trade.price = 2999; /* 100,050 of what was there are lost */
    assert_int_equal(fixture_input(bench->f, &trade), OC_OK);
    assert_non_null(engine_latched(bench->f->engine, bench->f->account));
    bench_free(bench);
}

static void quote(struct bench *bench, int64_t bid, int64_t ask, uint32_t present)
{
    struct oc_ev_quote said = {.head = {.size = sizeof said, .type = OC_EV_QUOTE, .inst = bench->f->inst},
                               .bid = bid,
                               .ask = ask,
                               .bid_qty = 1,
                               .ask_qty = 1,
                               .present = present};
    assert_int_equal(fixture_input(bench->f, &said), OC_OK);
}

static void spread_halt(void **state)
{
    (void)state;
    const char *const *keys = PAIRS("limit", "0.01", "max_age", "5s");
    struct bench *bench = bench_new("spread_halt", keys);
    const int64_t start = bench->f->now_ns;
    assert_true(order(bench, BUY, 1, 9900));            /* nothing is known of a spread */
    quote(bench, 9950, 10050, OC_HAS_BID | OC_HAS_ASK); /* 1 % of 100.00 */
    const uint64_t first = accepted(bench, BUY, 1, 9900);
    quote(bench, 9950, 10051, OC_HAS_BID | OC_HAS_ASK);
    assert_false(order(bench, BUY, 1, 9900));
    assert_refused(bench, "SPREAD_TOO_WIDE", "0.0101", "0.01");
    assert_false(amend(bench, first, 2, 0));
    assert_true(cancel(bench, first));
    hold(bench, 5);
    assert_true(submit(bench, reducing(bench, SELL, 5, 0)));
    struct bench *next = again(bench, "spread_halt", keys);
    refused_as(next, order(next, BUY, 1, 9900), "SPREAD_TOO_WIDE");
    bench_free(next);
    quote(bench, 9950, 0, OC_HAS_BID);
    refused_as(bench, order(bench, BUY, 1, 9900), "SPREAD_TOO_WIDE"); /* one side is empty */
    quote(bench, 10000, 9990, OC_HAS_BID | OC_HAS_ASK);               /* crossed is not wide */
    assert_true(order(bench, BUY, 1, 9900));
    at(bench, start + 5 * SECOND);
    assert_true(order(bench, BUY, 1, 9900));
    at(bench, start + 5 * SECOND + MS);
    assert_false(order(bench, BUY, 1, 9900));
    assert_refused(bench, "QUOTE_TOO_OLD", "5.001", "5");
    struct oc_ev_qbar bar = {.head = {.size = sizeof bar, .type = OC_EV_QBAR, .inst = bench->f->inst},
                             .open_ns = bench->f->now_ns - MS,
                             .period_ns = MS,
                             .bid = {9000, 9990, 9000, 9990},
                             .ask = {10000, 10010, 9995, 10010}};
    assert_int_equal(fixture_input(bench->f, &bar), OC_OK);
    assert_true(order(bench, BUY, 1, 9900)); /* its close counts: 0.2 % */
    bench_free(bench);
}

static void volatility_halt(void **state)
{
    (void)state;
    const char *const *keys = PAIRS("move", "0.02", "window", "16s", "pause", "20s");
    struct bench *bench = bench_new("volatility_halt", keys);
    const int64_t start = 1704067200 * SECOND;
    at(bench, start);
    fixture_price(bench->f, 10200); /* 2 % */
    const uint64_t first = accepted(bench, BUY, 1, 9900);
    bench->f->now_ns = start + 15 * SECOND;
    fixture_price(bench->f, 9999); /* 10,200 is 2.01 % above */
    assert_false(order(bench, BUY, 1, 9900));
    assert_refused(bench, "VOLATILITY_HALT", "0.020102", "0.02");
    assert_false(amend(bench, first, 2, 0));
    hold(bench, 5);
    assert_true(submit(bench, reducing(bench, SELL, 5, 0)));
    struct bench *next = again(bench, "volatility_halt", keys);
    next->f->now_ns = start + 35 * SECOND - 1;
    fixture_price(next->f, 9999);
    refused_as(next, order(next, BUY, 1, 9900), "VOLATILITY_HALT");
    at(next, start + 35 * SECOND); /* 20 s behind the last time that it was beyond */
    assert_true(order(next, BUY, 1, 9900));
    bench_free(next);
    bench->f->now_ns = start + 16 * SECOND; /* the first second has left the window: 99.99 alone */
    fixture_price(bench->f, 10198);         /* 1.99 % */
    at(bench, start + 35 * SECOND);
    assert_true(order(bench, BUY, 1, 9900));
    struct oc_ev_bar bar = {.head = {.size = sizeof bar, .type = OC_EV_BAR, .inst = bench->f->inst},
                            .open_ns = bench->f->now_ns - MS,
                            .period_ns = MS,
                            .open = 10000,
                            .high = 10201,
                            .low = 10000,
                            .close = 10100};
    assert_int_equal(fixture_input(bench->f, &bar), OC_OK);
    refused_as(bench, order(bench, BUY, 1, 9900), "VOLATILITY_HALT");
    bench_free(bench);
}

static void exposure(void **state)
{
    (void)state;
    const char *const *keys = PAIRS("limit", "1000");
    struct bench *bench = bench_new("exposure", keys);
    const uint32_t second = second_instrument(bench, "ETH/USDT", NULL),
                   third = second_instrument(bench, "ETH/EUR", "EUR");
    assert_true(order_of(bench, second, BUY, 8000, 5000));    /* 400 */
    const uint64_t first = accepted(bench, BUY, 6000, 10000); /* and 600 */
    assert_false(order(bench, BUY, 1, 10000));
    assert_refused(bench, "EXPOSURE_ABOVE_LIMIT", "1000.1", "1000");
    assert_false(order_of(bench, second, BUY, 1, 5000));
    assert_refused(bench, "EXPOSURE_ABOVE_LIMIT", "1000.05", "1000");
    assert_false(amend(bench, first, 6001, 0));
    assert_true(amend(bench, first, 5999, 0));
    assert_true(order(bench, SELL, 5999, 10000)); /* the other side, up to as much */
    assert_true(order(bench, SELL, 1, 10000));
    assert_false(order(bench, SELL, 1, 10000));
    assert_refused(bench, "EXPOSURE_ABOVE_LIMIT", "1000.1", "1000");
    refused_as(bench, order_of(bench, third, BUY, 1, 5000), "SETTLES_IN_ANOTHER_ASSET");
    struct oc_ev_trade trade = {.head = {.size = sizeof trade, .type = OC_EV_TRADE, .inst = second},
                                .price = 10000,
                                .qty = 1,
                                .present = OC_HAS_QTY};
    assert_int_equal(fixture_input(bench->f, &trade), OC_OK); /* the other one is worth 800 now */
    assert_false(order(bench, SELL, 1, 10000));
    assert_refused(bench, "EXPOSURE_ABOVE_LIMIT", "1400.1", "1000");
    assert_true(amend(bench, first, 10, 0)); /* beyond the limit: what adds nothing passes */
    bench_free(bench);

    /* What was traded counts in the next instance too. */
    bench = bench_new("exposure", keys);
    const uint32_t held = second_instrument(bench, "ETH/USDT", NULL);
    const uint64_t buy = order_of(bench, held, BUY, 20000, 5000);
    assert_true(buy);
    refused_as(bench, order(bench, BUY, 1, 10000), "EXPOSURE_ABOVE_LIMIT");
    struct bench late = {.f = bench->f};
    char bytes[16384];
    const oc_rc size = bench->table->save(bench->self, bytes, sizeof bytes);
    set_keys(&late, keys);
    assert_int_equal(open_rule(&late, "exposure"), OC_OK);
    assert_int_equal(late.table->load(late.self, bytes, (uint32_t)size), OC_OK);
    assert_int_equal(engine_add_rule(bench->f->engine, "late", late.table, late.self), OC_OK);
    assert_true(cancel(bench, buy));
    assert_int_equal(fixture_say(bench->f, OC_EV_CANCELED, buy), OC_OK);
    assert_true(order(bench, BUY, 10000, 10000));
    bench_free(bench);
    late.plugin->close(late.self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pattern_is_all_of_a_text),
        cmocka_unit_test(allow_list),
        cmocka_unit_test(trading_hours),
        cmocka_unit_test(duplicate_order),
        cmocka_unit_test(repeat_exec),
        cmocka_unit_test(max_drawdown),
        cmocka_unit_test(max_drawdown_knows_what_was_there),
        cmocka_unit_test(an_equity_that_is_not_known_refuses),
        cmocka_unit_test(spread_halt),
        cmocka_unit_test(volatility_halt),
        cmocka_unit_test(exposure),
    };
    return cmocka_run_group_tests(tests, load_all, NULL);
}

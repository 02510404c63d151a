/* The default risk rules that remember: message rate (RISK-3), daily loss, kill switch; after a
 * restart too. */
#include "support/risk_bench.h"

#include <outcry/kit/bucket.h>
#include <outcry/kit/dec.h>

static void RISK_3_token_bucket(void **state)
{
    (void)state;
    static const struct {
        int64_t ms, weight, level;
        bool allowed;
    } steps[] = {
        {0, 6, 4000, true}, {10, 4, 200, true}, {20, 1, 400, false}, {120, 3, 2400, false}, {200, 5, 4000, false}};
    struct bucket bucket;
    bucket_init(&bucket, 20, 10);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        bool allowed = bucket_level(&bucket, steps[i].ms) >= steps[i].weight * 1000;
        assert_int_equal(allowed, steps[i].allowed);
        bucket_take(&bucket, steps[i].ms, allowed ? steps[i].weight : 0);
        assert_int_equal(bucket_level(&bucket, steps[i].ms), steps[i].level);
    }
    assert_int_equal(bucket_level(&bucket, 499), 9980);
    assert_int_equal(bucket_level(&bucket, 500), 10000);
    assert_int_equal(bucket_level(&bucket, INT64_MAX / 2), 10000);
    assert_int_equal(bucket_level(&bucket, 100), 4000); /* time does not go back */
    bucket_take(&bucket, 200, 5);                       /* more than there was is owed, and can be given back */
    assert_int_equal(bucket_level(&bucket, 200), -1000);
    bucket_take(&bucket, 200, -5);
    assert_int_equal(bucket_level(&bucket, 200), 4000);

    /* the same as a rule, a message a time */
    struct bench *bench = bench_new("message_rate", PAIRS("rate", "20", "burst", "10", "cancel_reserve", "0"));
    static const struct {
        int64_t ms;
        int asked, allowed;
    } bursts[] = {{0, 6, 6}, {10, 4, 4}, {20, 1, 0}, {39, 1, 0}, {50, 2, 1}, {600, 12, 10}};
    int64_t start_ns = bench->f->now_ns / MS * MS;
    for (size_t i = 0; i < sizeof bursts / sizeof *bursts; i++) {
        bench->f->now_ns = start_ns + bursts[i].ms * MS;
        fixture_price(bench->f, 10000);
        int allowed = 0;
        if (i % 2) { /* one callback, or many */
            for (int k = 0; k < bursts[i].asked; k++)
                allowed += order(bench, BUY, 1, 9900) != 0;
        } else {
            assert_int_equal(engine_begin(bench->f->engine, 0), OC_OK);
            for (int k = 0; k < bursts[i].asked; k++)
                allowed += ask(bench, fixture_order(bench->f, BUY, 1, 9900)) != 0;
            fixture_end(bench->f, true);
        }
        assert_int_equal(allowed, bursts[i].allowed);
        if (allowed < bursts[i].asked)
            assert_string_equal(bench->refusal.reason, "MESSAGE_RATE_EXCEEDED");
    }
    bench_free(bench);
}

static void bought(struct bench *bench)
{
    const uint64_t id = order(bench, BUY, 1000, 10000);
    assert_true(id);
    assert_int_equal(fixture_trade(bench->f, id, BUY, 1000, 10000), OC_OK);
}

/* Orders grow step by step: with fills, or with the days since the first one. A restart knows where it was. */
static void a_ramp_goes_by_fills_or_by_days(void **state)
{
    (void)state;
    const int64_t day_ns = 86400 * (int64_t)1000000000;
    struct bench *bench = bench_new("ramp", PAIRS("steps", "100, 200,300", "fills", "2"));
    fixture_price(bench->f, 10000);
    assert_true(order(bench, BUY, 1000, 10000));
    refused_as(bench, order(bench, BUY, 2000, 10000), "VALUE_ABOVE_RAMP");
    bought(bench);
    refused_as(bench, order(bench, BUY, 2000, 10000), "VALUE_ABOVE_RAMP");
    bought(bench);
    assert_true(order(bench, BUY, 2000, 10000));
    refused_as(bench, order(bench, BUY, 3000, 10000), "VALUE_ABOVE_RAMP");
    assert_true(submit(bench, reducing(bench, SELL, 2000, 0)));
    bench_free(bench);

    bench = bench_new("ramp", PAIRS("steps", "100,200"));
    fixture_price(bench->f, 10000);
    bench->f->now_ns += 5 * day_ns; /* days without a fill are none */
    fixture_price(bench->f, 10000);
    refused_as(bench, order(bench, BUY, 2000, 10000), "VALUE_ABOVE_RAMP");
    bought(bench);
    bench->f->now_ns += day_ns;
    fixture_price(bench->f, 10000);
    assert_true(order(bench, BUY, 2000, 10000));
    bench->f->now_ns += 9 * day_ns; /* the last step stays */
    fixture_price(bench->f, 10000);
    refused_as(bench, order(bench, BUY, 3000, 10000), "VALUE_ABOVE_RAMP");
    assert_true(order(bench, BUY, 2000, 10000));
    bench_free(bench);

    static const char *const wrong[] = {"", "100,50", "0", "x", "1,2,-3"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct bench none = {0};
        set_keys(&none, PAIRS("steps", wrong[i]));
        assert_int_equal(open_rule(&none, "ramp"), OC_E_CONFIG);
    }
}

static bool asked(struct bench *bench, uint32_t bits, uint8_t role)
{
    struct oc_request request = fixture_order(bench->f, SELL, 1, 0);
    request.bits |= bits;
    request.role = role;
    assert_int_equal(engine_begin(bench->f->engine, 0), OC_OK);
    oc_rc rc = engine_submit(bench->f->engine, &request, &bench->refusal);
    fixture_end(bench->f, true);
    return rc == OC_OK;
}

static void the_way_out_has_the_reserve_and_protection_passes(void **state)
{
    (void)state;
    struct bench *bench = bench_new("message_rate", PAIRS("rate", "20", "burst", "1", "cancel_reserve", "2"));
    accepted(bench, BUY, 1, 9900);
    hold(bench, 100);
    assert_false(asked(bench, 0, OC_ROLE_NONE));
    assert_true(asked(bench, OC_RQ_REDUCE_ONLY, OC_ROLE_NONE));
    assert_true(asked(bench, OC_RQ_REDUCE_ONLY, OC_ROLE_NONE));
    assert_false(asked(bench, OC_RQ_REDUCE_ONLY, OC_ROLE_NONE)); /* the reserve is used up */
    for (int i = 0; i < 5; i++)
        assert_true(asked(bench, OC_RQ_REDUCE_ONLY, i % 2 ? OC_ROLE_STOP_LOSS : OC_ROLE_TAKE_PROFIT));
    bench->f->now_ns += 50 * MS; /* they were counted */
    fixture_price(bench->f, 10000);
    assert_false(asked(bench, OC_RQ_REDUCE_ONLY, OC_ROLE_NONE));
    bench_free(bench);
}

static void cancels_keep_their_reserve(void **state)
{
    (void)state;
    struct bench *bench = bench_new("message_rate", PAIRS("rate", "20", "burst", "4", "cancel_reserve", "2"));
    uint64_t ids[4];
    for (int i = 0; i < 4; i++)
        ids[i] = accepted(bench, BUY, 1, 9900);
    assert_false(order(bench, BUY, 1, 9900));
    assert_refused(bench, "MESSAGE_RATE_EXCEEDED", "0", "1");
    assert_false(amend(bench, ids[0], 2, 0));
    assert_int_equal(engine_begin(bench->f->engine, 0), OC_OK); /* in one callback: two, and no third */
    assert_int_equal(engine_cancel(bench->f->engine, ids[0], &bench->refusal), OC_OK);
    assert_int_equal(engine_cancel(bench->f->engine, ids[1], &bench->refusal), OC_OK);
    assert_int_equal(engine_cancel(bench->f->engine, ids[2], &bench->refusal), OC_E_LIMIT);
    assert_refused(bench, "MESSAGE_RATE_EXCEEDED", "0", "1");
    fixture_end(bench->f, true);
    assert_false(cancel(bench, ids[2]));
    bench->f->now_ns += 50 * MS; /* one token: for a cancel, not for an order */
    fixture_price(bench->f, 10000);
    assert_false(order(bench, BUY, 1, 9900));
    assert_true(cancel(bench, ids[2]));
    assert_false(cancel(bench, ids[3]));
    bench->f->now_ns += 150 * MS; /* three: the reserve is full again, and one more */
    fixture_price(bench->f, 10000);
    assert_true(order(bench, BUY, 1, 9900));
    assert_false(order(bench, BUY, 1, 9900));

    /* a restart: by the saved bytes, and by the records (two orders that were denied among them) */
    struct bench *again = bench_new("message_rate", PAIRS("rate", "20", "burst", "4", "cancel_reserve", "2"));
    char bytes[64], other[64];
    oc_rc size = bench->table->save(bench->self, bytes, sizeof bytes);
    assert_in_range(size, 1, sizeof bytes);
    for (uint32_t i = 0; i < bench->f->record_count; i++) {
        const struct oc_event *event = (const void *)bench->f->records[i];
        assert_int_equal(engine_restore(again->f->engine, event), OC_OK);
    }
    assert_int_equal(again->table->save(again->self, other, sizeof other), size);
    assert_memory_equal(bytes, other, (size_t)size);
    assert_int_equal(bench->table->save(bench->self, bytes, (uint32_t)size - 1), OC_E_LIMIT);
    bench_free(again);
    again = bench_new("message_rate", PAIRS("rate", "20", "burst", "4", "cancel_reserve", "2"));
    assert_int_equal(again->table->load(again->self, bytes, (uint32_t)size - 1), OC_E_DATA);
    assert_int_equal(again->table->load(again->self, other, (uint32_t)size), OC_OK);
    again->f->now_ns = bench->f->now_ns;
    fixture_price(again->f, 10000);
    assert_false(order(again, BUY, 1, 9900));
    again->f->now_ns += 50 * MS;
    fixture_price(again->f, 10000);
    assert_true(order(again, BUY, 1, 9900));
    assert_false(order(again, BUY, 1, 9900));
    bench_free(again);
    bench_free(bench);

    bench = bench_new("message_rate", NULL);
    for (int i = 0; i < 2000; i++)
        assert_true(order(bench, BUY, 1, 9900));
    bench_free(bench);
}

/* 10.000 held at 100.00: a step of the price is 0.1 of money. */
static struct bench *loss_bench(const char *const *pairs)
{
    struct bench *bench = bench_new("max_daily_loss", pairs);
    bench->f->now_ns = 30 * 24 * HOUR + HOUR;
    fixture_price(bench->f, 10000); /* the first equity of the day */
    uint64_t id = order(bench, BUY, 10000, 10000);
    assert_int_equal(fixture_trade(bench->f, id, BUY, 10000, 10000), OC_OK);
    return bench;
}

static void ledger_says(struct fixture *f, const char *id, uint16_t kind, int64_t amount)
{
    struct oc_ev_ledger entry = {
        .head = {.size = sizeof entry, .type = OC_EV_LEDGER, .source = f->account, .venue_ns = f->now_ns},
        .asset = f->quote,
        .amount = {amount, 0, 0},
        .kind = kind,
        .status = OC_LEDGER_DONE};
    entry.id.size = (uint8_t)strlen(id);
    memcpy(entry.id.text, id, entry.id.size);
    assert_int_equal(fixture_input(f, &entry), OC_OK);
}

/* Money that is moved is no loss, and hides none. */
static void a_deposit_hides_no_loss(void **state)
{
    (void)state;
    struct bench *bench = loss_bench(PAIRS("limit", "100"));
    struct fixture *f = bench->f;
    ledger_says(f, "in", OC_LEDGER_DEPOSIT, 500);
    fixture_price(f, 9000); /* exactly the limit */
    assert_null(engine_latched(f->engine, f->account));
    assert_true(order(bench, BUY, 1, 5000));
    fixture_price(f, 8999);
    assert_string_equal(engine_latched(f->engine, f->account), "DAILY_LOSS_REACHED");
    bench_free(bench);
}

static void a_withdrawal_is_no_loss(void **state)
{
    (void)state;
    struct bench *bench = loss_bench(PAIRS("limit", "100"));
    struct fixture *f = bench->f;
    ledger_says(f, "out", OC_LEDGER_WITHDRAWAL, -5000);
    fixture_price(f, 10000);
    assert_null(engine_latched(f->engine, f->account));
    assert_true(order(bench, BUY, 1, 5000));
    fixture_price(f, 9000);
    assert_null(engine_latched(f->engine, f->account));
    fixture_price(f, 8999);
    assert_string_equal(engine_latched(f->engine, f->account), "DAILY_LOSS_REACHED");
    bench_free(bench);
}

static void a_daily_loss_latches(void **state)
{
    (void)state;
    struct bench *bench = loss_bench(PAIRS("limit", "100"));
    struct fixture *f = bench->f;
    uint64_t open = accepted(bench, BUY, 1, 5000);
    fixture_price(f, 9001);
    assert_true(order(bench, BUY, 1, 5000));
    fixture_price(f, 9000); /* exactly the limit */
    assert_null(engine_latched(f->engine, f->account));
    assert_true(order(bench, BUY, 1, 5000));
    fixture_price(f, 8999);
    assert_string_equal(engine_latched(f->engine, f->account), "DAILY_LOSS_REACHED");
    assert_false(order(bench, BUY, 1, 5000));
    assert_string_equal(bench->refusal.reason, "DAILY_LOSS_REACHED");
    fixture_price(f, 10000); /* it stays, whatever comes */
    assert_false(order(bench, SELL, 1, 10000));
    assert_true(submit(bench, reducing(bench, SELL, 10000, 0)));
    assert_true(cancel(bench, open));
    f->now_ns += 48 * HOUR;
    fixture_price(f, 10000);
    assert_false(order(bench, BUY, 1, 5000));
    engine_unlatch(f->engine, f->account); /* a person */
    assert_true(order(bench, BUY, 1, 5000));
    fixture_price(f, 9000); /* the new day has its own first equity */
    assert_null(engine_latched(f->engine, f->account));
    fixture_price(f, 8999);
    assert_non_null(engine_latched(f->engine, f->account));
    bench_free(bench);
}

/* Of a capital only what strategies hold can be lost: not what the account held before, nor what a person trades by hand. */
static void a_loss_of_the_day_is_of_the_capital(void **state)
{
    (void)state;
    struct bench *bench = bench_new("max_daily_loss", PAIRS("limit", "50"));
    struct engine *engine = bench->f->engine;
    oc_i128 money = 0;
    assert_int_equal(money_from_dec((struct oc_dec){500, 0, 0}, &money), OC_OK);
    assert_int_equal(portfolio_set_capital(engine_portfolio(engine), bench->f->account, money), OC_OK);
    struct oc_ev_balance balance = {
        .head = {.size = sizeof balance, .type = OC_EV_BALANCE, .source = bench->f->account},
        .account = bench->f->account,
        .asset = bench->f->base,
        .present = OC_BAL_SAID,
        .total = {5, 0, 0}};
    assert_int_equal(fixture_input(bench->f, &balance), OC_OK);
    fixture_price(bench->f, 10000);
    bought(bench); /* by hand */
    fixture_price(bench->f, 2000);
    assert_null(engine_latched(engine, bench->f->account));
    fixture_price(bench->f, 10000);
    struct oc_request request = fixture_order(bench->f, BUY, 1000, 10000);
    request.strategy = 1;
    const uint64_t id = submit(bench, request);
    assert_true(id);
    assert_int_equal(fixture_trade(bench->f, id, BUY, 1000, 10000), OC_OK);
    fixture_price(bench->f, 5000);
    assert_null(engine_latched(engine, bench->f->account));
    fixture_price(bench->f, 4999);
    assert_string_equal(engine_latched(engine, bench->f->account), "DAILY_LOSS_REACHED");
    bench_free(bench);
}

static void the_day_begins_where_it_is_said_to(void **state)
{
    (void)state;
    struct bench *bench = loss_bench(PAIRS("limit", "100", "day_start", "22h"));
    struct fixture *f = bench->f;
    fixture_price(f, 9500);
    f->now_ns = 30 * 24 * HOUR + 22 * HOUR - 1;
    fixture_price(f, 9400); /* still the day of 100.00 */
    f->now_ns++;
    fixture_price(f, 9300); /* the first of the new one */
    fixture_price(f, 8300);
    assert_null(engine_latched(f->engine, f->account));
    /* a restart in between: the first equity is remembered */
    char bytes[8192];
    oc_rc size = bench->table->save(bench->self, bytes, sizeof bytes);
    assert_in_range(size, 1, sizeof bytes);
    assert_int_equal(bench->table->save(bench->self, bytes, (uint32_t)size - 1), OC_E_LIMIT);
    struct bench *again = loss_bench(PAIRS("limit", "100", "day_start", "22h"));
    assert_int_equal(again->table->load(again->self, bytes, (uint32_t)size + 1), OC_E_DATA);
    assert_int_equal(again->table->load(again->self, bytes, (uint32_t)size), OC_OK);
    again->f->now_ns = f->now_ns;
    fixture_price(again->f, 8300);
    assert_null(engine_latched(again->f->engine, again->f->account));
    fixture_price(again->f, 8299);
    assert_non_null(engine_latched(again->f->engine, again->f->account));
    bench_free(again);
    bench_free(bench);

    bench = loss_bench(NULL); /* no limit: sees nothing, costs nothing */
    assert_true(bench->table->interest(bench->self) == 0);
    fixture_price(bench->f, 1);
    assert_null(engine_latched(bench->f->engine, bench->f->account));
    assert_true(order(bench, BUY, 1, 1));
    bench_free(bench);
}

static void command(struct bench *bench, const char *words)
{
    struct {
        struct oc_ev_text event;
        char words[16];
    } text = {.event = {.head = {.size = sizeof text, .type = OC_EV_COMMAND}, .text_size = (uint32_t)strlen(words)}};
    memcpy(text.words, words, strlen(words));
    assert_int_equal(fixture_input(bench->f, &text), OC_OK);
}

static void the_kill_switch_stops_what_opens(void **state)
{
    (void)state;
    struct bench *bench = bench_new("kill_switch", NULL);
    uint64_t id = accepted(bench, BUY, 1000, 9900);
    command(bench, "killed");
    command(bench, "kil");
    assert_true(order(bench, BUY, 1, 9900));
    command(bench, "kill");
    assert_false(order(bench, BUY, 1, 9900));
    assert_string_equal(bench->refusal.reason, "KILLED");
    assert_false(order(bench, SELL, 1, 0));
    assert_false(amend(bench, id, 1001, 0));
    assert_true(amend(bench, id, 1000, 0));
    assert_true(amend(bench, id, 999, 0));
    assert_false(submit(bench, reducing(bench, SELL, 5, 0))); /* nothing is held */
    hold(bench, 5);
    assert_true(submit(bench, reducing(bench, SELL, 5, 0)));
    assert_false(submit(bench, reducing(bench, SELL, 1, 0))); /* all of it is on its way out */
    /* still killed after a restart */
    char bytes[16];
    oc_rc size = bench->table->save(bench->self, bytes, sizeof bytes);
    struct bench *again = bench_new("kill_switch", NULL);
    assert_int_equal(again->table->load(again->self, bytes, (uint32_t)size), OC_OK);
    assert_false(order(again, BUY, 1, 9900));
    assert_int_equal(again->table->save(again->self, bytes, 3), OC_E_LIMIT);
    assert_int_equal(again->table->load(again->self, bytes, 3), OC_E_DATA);
    bytes[0] = 2;
    assert_int_equal(again->table->load(again->self, bytes, (uint32_t)size), OC_E_DATA);
    bench_free(again);
    assert_true(cancel(bench, id));
    command(bench, "unkill");
    assert_true(order(bench, BUY, 1, 9900));
    bench_free(bench);
}

static void wrong_configuration_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *key, *value;
    } wrong[] = {
        {"max_order_qty", "limit", "-1"},       {"max_order_qty", "limit", "many"},
        {"max_order_value", "limit", "-0.01"},  {"position_limit", "limit", "-1"},
        {"price_collar", "band", "-0.05"},      {"price_collar", "max_age", "-1s"},
        {"price_collar", "max_age", "soon"},    {"message_rate", "rate", "0"},
        {"message_rate", "rate", "1000001"},    {"message_rate", "burst", "0"},
        {"message_rate", "burst", "x"},         {"message_rate", "cancel_reserve", "-1"},
        {"max_daily_loss", "limit", "-1"},      {"max_daily_loss", "day_start", "24h"},
        {"max_daily_loss", "day_start", "-1s"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct bench bench = {0};
        set_keys(&bench, PAIRS(wrong[i].key, wrong[i].value));
        assert_int_equal(open_rule(&bench, wrong[i].rule), OC_E_CONFIG);
        assert_null(bench.self);
        bool is_number = wrong[i].value[0] == '-' || (wrong[i].value[0] >= '0' && wrong[i].value[0] <= '9');
        assert_int_equal(bench.section.log[0] != 0, is_number); /* others were explained by the configuration */
        if (is_number)
            assert_non_null(strstr(bench.section.log, wrong[i].rule));
    }
    struct bench edge = {0};
    set_keys(&edge, PAIRS("rate", "1000000", "burst", "1000000", "cancel_reserve", "1000000"));
    assert_int_equal(open_rule(&edge, "message_rate"), OC_OK);
    edge.plugin->close(edge.self);
}

static void decimals_compare_exactly(void **state)
{
    (void)state;
    struct oc_dec ret = {0};
    assert_int_equal(oc_dec_compare((struct oc_dec){150, 2, 0}, (struct oc_dec){15, 1, 0}), 0);
    assert_int_equal(oc_dec_compare((struct oc_dec){INT64_MAX, 0, 0}, (struct oc_dec){INT64_MAX, 18, 0}), 1);
    assert_int_equal(oc_dec_compare((struct oc_dec){INT64_MIN, 0, 0}, (struct oc_dec){1, 18, 0}), -1);
    assert_int_equal(oc_dec_add((struct oc_dec){1, 1, 0}, (struct oc_dec){2, 1, 0}, &ret), OC_OK);
    assert_int_equal(oc_dec_compare(ret, (struct oc_dec){3, 1, 0}), 0);
    assert_int_equal(oc_dec_mul((struct oc_dec){10000, 0, 0}, (struct oc_dec){10, 2, 0}, &ret), OC_OK);
    assert_true(oc_dec_compare(ret, (struct oc_dec){1000, 0, 0}) == 0);
    assert_int_equal(oc_dec_mul((struct oc_dec){-5, 18, 0}, (struct oc_dec){25, 1, 0}, &ret), OC_OK);
    assert_true(ret.units == -12 && ret.scale == 18); /* cut toward zero */
    assert_int_equal(oc_dec_mul((struct oc_dec){INT64_MAX, 18, 0}, (struct oc_dec){INT64_MAX, 18, 0}, &ret), OC_OK);
    assert_true(ret.units == 8507059173023461584 && ret.scale == 17); /* 85.07059173023461584... */
    assert_int_equal(oc_dec_mul((struct oc_dec){INT64_MAX, 0, 0}, (struct oc_dec){2, 0, 0}, &ret), OC_E_RANGE);
    assert_int_equal(oc_dec_mul((struct oc_dec){1, 19, 0}, (struct oc_dec){2, 0, 0}, &ret), OC_E_INVALID);
    assert_int_equal(oc_dec_sub((struct oc_dec){1, 18, 0}, (struct oc_dec){1, 0, 0}, &ret), OC_OK);
    assert_true(ret.units == -999999999999999999 && ret.scale == 18);
    assert_int_equal(oc_dec_add((struct oc_dec){INT64_MAX, 0, 0}, (struct oc_dec){1, 0, 0}, &ret), OC_E_RANGE);
    assert_int_equal(oc_dec_add((struct oc_dec){10, 0, 0}, (struct oc_dec){0, 18, 0}, &ret), OC_OK);
    assert_int_equal(oc_dec_compare(ret, (struct oc_dec){10, 0, 0}), 0);
    assert_int_equal(oc_dec_add((struct oc_dec){1, 19, 0}, (struct oc_dec){1, 0, 0}, &ret), OC_E_INVALID);
    assert_int_equal(oc_dec_abs((struct oc_dec){-5, 1, 0}, &ret), OC_OK);
    assert_int_equal(ret.units, 5);
    assert_int_equal(oc_dec_abs((struct oc_dec){INT64_MIN, 1, 0}, &ret), OC_E_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(RISK_3_token_bucket),
        cmocka_unit_test(a_ramp_goes_by_fills_or_by_days),
        cmocka_unit_test(the_way_out_has_the_reserve_and_protection_passes),
        cmocka_unit_test(cancels_keep_their_reserve),
        cmocka_unit_test(a_daily_loss_latches),
        cmocka_unit_test(a_deposit_hides_no_loss),
        cmocka_unit_test(a_withdrawal_is_no_loss),
        cmocka_unit_test(a_loss_of_the_day_is_of_the_capital),
        cmocka_unit_test(the_day_begins_where_it_is_said_to),
        cmocka_unit_test(the_kill_switch_stops_what_opens),
        cmocka_unit_test(wrong_configuration_is_refused),
        cmocka_unit_test(decimals_compare_exactly),
    };
    return cmocka_run_group_tests(tests, load_all, NULL);
}

/* instruments_test.c: names, steps and limits of instruments, values, and numbers brought to the grid. */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/instruments.h"
#include "engine/limits.h"
#include "engine/market.h"

#define TEN18 1000000000000000000LL

static struct instruments *list;

static int setup(void **state)
{
    (void)state;
    return instruments_new(&list);
}

static int teardown(void **state)
{
    (void)state;
    instruments_free(list);
    return 0;
}

static struct oc_instrument sample(uint32_t kind)
{
    struct oc_instrument info = {.size = sizeof info,
                                 .kind = kind,
                                 .status = OC_STATUS_TRADING,
                                 .price_step = {1, 2, 0},
                                 .qty_step = {1, 3, 0},
                                 .contract_size = {1, 0, 0},
                                 .base = 1,
                                 .quote = 2,
                                 .venue = "test",
                                 .symbol = "BTC/USDT"};
    return info;
}

static oc_rc add(const struct oc_instrument *info)
{
    uint32_t inst = 77, count = instruments_count(list);
    oc_rc rc = instruments_add(list, info, &inst);
    if (rc < 0) { /* a refusal leaves everything as it was */
        assert_int_equal(inst, 77);
        assert_int_equal(instruments_count(list), count);
    }
    return rc;
}

static const struct instrument *made(const struct oc_instrument *info)
{
    uint32_t inst;
    assert_int_equal(instruments_add(list, info, &inst), OC_OK);
    return instruments_get(list, inst);
}

#ifndef OUTCRY_SANITIZER /* whose memory is another */
/* Counted page by page: the figures of statm are some hundred pages late. */
static long resident_bytes(void)
{
    char line[128];
    long kilobytes = -1;
    FILE *file = fopen("/proc/self/smaps_rollup", "r");
    assert_non_null(file);
    while (kilobytes < 0 && fgets(line, sizeof line, file))
        if (strncmp(line, "Rss:", 4) == 0)
            kilobytes = strtol(line + 4, NULL, 10);
    fclose(file);
    assert_true(kilobytes > 0);
    return kilobytes * 1024;
}
#endif

static void asset_names_are_letters_digits_and_three_signs(void **state)
{
    (void)state;
    static const char *const good[] = {"A", "Z", "a", "z", "0", "9", ".", "_", "-", "A23456789012345"};
    static const char *const bad[] = {"", "@", "[", "`", "{", "/", ":", "A B", "\xc3\xa4", "A234567890123456"};
    uint32_t id = 9, again;
    for (uint32_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(instruments_asset(list, bad[i], &id), OC_E_INVALID);
        assert_int_equal(id, 9);
    }
    assert_int_equal(instruments_asset_count(list), 1);
    for (uint32_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_int_equal(instruments_asset(list, good[i], &id), OC_OK);
        assert_int_equal(id, i + 1);
        assert_int_equal(instruments_asset(list, good[i], &again), OC_OK);
        assert_int_equal(again, id);
        assert_string_equal(instruments_asset_name(list, id), good[i]);
    }
    assert_string_equal(instruments_asset_name(list, 0), "");
    assert_string_equal(instruments_asset_name(list, id + 1), "");
}

static void assets_stop_at_their_limit(void **state)
{
    (void)state;
    char name[16];
    uint32_t id;
    for (uint32_t i = 1; i < ENGINE_ASSETS_MAX; i++) {
        snprintf(name, sizeof name, "A%u", i);
        assert_int_equal(instruments_asset(list, name, &id), OC_OK);
        assert_int_equal(id, i);
    }
    assert_int_equal(instruments_asset(list, "ONEMORE", &id), OC_E_LIMIT);
    assert_int_equal(instruments_asset(list, "A1", &id), OC_OK); /* known ones are still found */
    assert_int_equal(id, 1);
    assert_int_equal(instruments_asset_count(list), ENGINE_ASSETS_MAX);
}

static void instruments_stop_at_their_limit(void **state)
{
    (void)state;
    struct oc_instrument info = sample(OC_KIND_SPOT);
    for (uint32_t i = 1; i < ENGINE_INSTRUMENTS_MAX; i++) {
        snprintf(info.symbol, sizeof info.symbol, "%u/X", i);
        assert_int_equal(add(&info), OC_OK);
    }
    strcpy(info.symbol, "ONE/MORE");
    assert_int_equal(add(&info), OC_E_LIMIT);
    strcpy(info.symbol, "16383/X"); /* a new version of a known one takes no room */
    info.price_step.scale = 3;
    uint32_t inst;
    assert_int_equal(instruments_add(list, &info, &inst), OC_OK);
    assert_int_equal(inst, OC_INST(16383, 2));
    assert_int_equal(instruments_find(list, "1/X"), OC_INST(1, 1));
}

static void senseless_records_are_refused(void **state)
{
    (void)state;
    const struct oc_instrument good = sample(OC_KIND_LINEAR);
    struct oc_instrument info;
#define REFUSED(change, code)                                                                                          \
    do {                                                                                                               \
        info = good;                                                                                                   \
        change;                                                                                                        \
        assert_int_equal(add(&info), code);                                                                            \
    } while (0)
    REFUSED(info.size = sizeof info - 1, OC_E_TOO_OLD);
    REFUSED(info.price_step.units = 0, OC_E_INVALID);
    REFUSED(info.price_step.units = -1, OC_E_INVALID);
    REFUSED(info.price_step.scale = -1, OC_E_INVALID);
    REFUSED(info.price_step.scale = OC_DEC_SCALE_MAX + 1, OC_E_INVALID);
    REFUSED(info.qty_step.units = 0, OC_E_INVALID);
    REFUSED(info.contract_size.units = 0, OC_E_INVALID);
    REFUSED(info.kind = OC_KIND_NONE, OC_E_INVALID);
    REFUSED(info.kind = OC_KIND_INDEX + 1, OC_E_INVALID);
    REFUSED(info.kind = OC_KIND_COMBO, OC_E_NOT_SUPPORTED);
    REFUSED(info.kind = OC_KIND_INDEX, OC_E_NOT_SUPPORTED);
    REFUSED(info.kind = OC_KIND_QUANTO, OC_E_NOT_SUPPORTED);
    REFUSED(info.tick_count = OC_TICKS_MAX + 1, OC_E_INVALID);
    REFUSED(info.base = 0, OC_E_INVALID);
    REFUSED(info.quote = 0, OC_E_INVALID);
    REFUSED(info.symbol[0] = 0, OC_E_INVALID);
    REFUSED(memset(info.symbol, 'X', sizeof info.symbol), OC_E_INVALID);
    REFUSED(memset(info.venue, 'X', sizeof info.venue), OC_E_INVALID);
#undef REFUSED
    info = good;
    info.tick_count = OC_TICKS_MAX;
    memset(info.symbol, 'X', sizeof info.symbol - 1);
    memset(info.venue, 'X', sizeof info.venue - 1);
    assert_int_equal(add(&info), OC_OK);
    info = sample(OC_KIND_SPOT);
    info.contract_size.units = 0; /* means nothing for spot */
    assert_int_equal(add(&info), OC_OK);
}

static void steps_that_no_exact_money_has_are_refused(void **state)
{
    (void)state;
    struct oc_instrument info = sample(OC_KIND_SPOT);
    info.price_step = (struct oc_dec){(1LL << 53) - 1, 0, 0};
    info.qty_step = (struct oc_dec){1, 0, 0};
    assert_int_equal(add(&info), OC_OK);
    info.price_step.units++; /* a price would not be a double any more */
    assert_int_equal(add(&info), OC_E_RANGE);
    info.price_step = (struct oc_dec){1, 17, 0};
    assert_int_equal(add(&info), OC_OK);
    info.price_step.scale = 18;
    assert_int_equal(add(&info), OC_E_RANGE);
    info.price_step = (struct oc_dec){1, 0, 0};
    info.qty_step = (struct oc_dec){1, 18, 0};
    assert_int_equal(add(&info), OC_E_RANGE);
    /* one unit of money is 1e-20: the product of the steps may be that, and written with a zero too many, not less */
    info.price_step = (struct oc_dec){1, 10, 0};
    info.qty_step = (struct oc_dec){1, 10, 0};
    assert_int_equal((int)made(&info)->money_mul, 1);
    info.price_step = (struct oc_dec){10, 11, 0};
    assert_int_equal((int)made(&info)->money_mul, 1);
    info.price_step = (struct oc_dec){1, 11, 0};
    assert_int_equal(add(&info), OC_E_RANGE);
    /* and it may not be so large that the factor itself overflows */
    info.price_step = info.qty_step = (struct oc_dec){(1LL << 53) - 1, 0, 0};
    assert_int_equal(add(&info), OC_E_RANGE);
    info = sample(OC_KIND_LINEAR);
    strcpy(info.symbol, "LINEAR");
    info.price_step = info.qty_step = (struct oc_dec){9 * TEN18, 18, 0};
    info.contract_size = (struct oc_dec){9 * TEN18, 0, 0};
    assert_int_equal(add(&info), OC_E_RANGE);
    /* an inverse value needs the digits of quantity and contract beside those of the price */
    info = sample(OC_KIND_INVERSE);
    strcpy(info.symbol, "INVERSE");
    info.price_step = (struct oc_dec){1, 0, 0};
    info.qty_step = (struct oc_dec){1000, 3, 0};
    info.contract_size = (struct oc_dec){TEN18 / 10, 17, 0};
    assert_int_equal(add(&info), OC_OK);
    info.qty_step = (struct oc_dec){10000, 4, 0};
    assert_int_equal(add(&info), OC_E_RANGE);
}

static void a_new_record_is_the_next_version(void **state)
{
    (void)state;
    struct oc_instrument info = sample(OC_KIND_SPOT);
    uint32_t first, second, other;
    assert_int_equal(instruments_add(list, &info, &first), OC_OK);
    strcpy(info.venue, "other");
    assert_int_equal(instruments_add(list, &info, &other), OC_OK);
    strcpy(info.venue, "test");
    info.price_step.scale = 1;
    assert_int_equal(instruments_add(list, &info, &second), OC_OK);
    assert_int_equal(first, OC_INST(1, 1));
    assert_int_equal(other, OC_INST(2, 1));
    assert_int_equal(second, OC_INST(1, 2));
    assert_int_equal(instruments_get(list, first)->info.price_step.scale, 1); /* the index decides */
    assert_int_equal(instruments_count(list), 3);
    assert_int_equal(instruments_find(list, "BTC/USDT"), second);
    assert_int_equal(instruments_find(list, "test:BTC/USDT"), second);
    assert_int_equal(instruments_find(list, "other:BTC/USDT"), other);
    assert_int_equal(instruments_find(list, "other:ETH/USDT"), 0);
    assert_int_equal(instruments_find(list, "other/BTC/USDT"), 0);
    assert_int_equal(instruments_find(list, "third:BTC/USDT"), 0);
    assert_null(instruments_at(list, 0));
    assert_null(instruments_at(list, 3));
    assert_non_null(instruments_at(list, 2));
    /* not given: linear settles in the quote, inverse in the base */
    assert_int_equal(instruments_get(list, first)->info.settle, info.quote);
    strcpy(info.symbol, "I");
    info.kind = OC_KIND_INVERSE;
    assert_int_equal(made(&info)->info.settle, info.base);
    strcpy(info.symbol, "J");
    info.settle = 7;
    assert_int_equal(made(&info)->info.settle, 7);
}

/* A venue that changes what is not a step changes the version in force; what makes it another thing is refused. */
static void other_terms_are_the_same_version(void **state)
{
    (void)state;
    struct oc_instrument info = sample(OC_KIND_LINEAR);
    enum instrument_change change;
    struct instrument_steps steps;
    uint32_t first = 0, again = 0, would = 0;
    assert_int_equal(instruments_judge(list, &info, &change, &would), OC_OK);
    assert_int_equal(change, INSTRUMENT_NEW);
    assert_int_equal(instruments_count(list), 1); /* asked, not done */
    assert_int_equal(instruments_add(list, &info, &first), OC_OK);
    assert_int_equal(would, first);
    info.settle = info.quote; /* as it was made */
    assert_int_equal(instruments_judge(list, &instruments_get(list, first)->info, &change, &would), OC_OK);
    assert_int_equal(change, INSTRUMENT_SAME);
    info.status = OC_STATUS_DELISTED;
    assert_int_equal(instruments_judge(list, &info, &change, &would), OC_OK);
    assert_int_equal(change, INSTRUMENT_TERMS);
    assert_int_equal(instruments_get(list, first)->info.status, OC_STATUS_TRADING);
    assert_int_equal(instruments_add(list, &info, &again), OC_OK);
    assert_int_equal(again, first);
    assert_int_equal(instruments_get(list, first)->info.status, OC_STATUS_DELISTED);
    assert_false(instruments_have_changed(list));
    assert_false(instruments_steps(list, OC_INST(1, 2), &steps));
    const struct oc_instrument before = info;
#define OTHER(change)                                                                                                  \
    do {                                                                                                               \
        info = before;                                                                                                 \
        change;                                                                                                        \
        assert_int_equal(add(&info), OC_E_NOT_SUPPORTED);                                                              \
    } while (0)
    OTHER(info.kind = OC_KIND_INVERSE);
    OTHER(info.contract_size.units = 2);
    OTHER(info.quote = 3);
    OTHER(info.base = 3);
    OTHER(info.settle = 3);
#undef OTHER
    info = before;
    for (uint32_t version = 2; version <= 255; version++) {
        info.price_step.units = version % 2 ? 1 : 5;
        assert_int_equal(instruments_add(list, &info, &again), OC_OK);
        assert_int_equal(again, OC_INST(1, version));
    }
    info.price_step.units = 5;
    assert_int_equal(add(&info), OC_E_LIMIT); /* an id holds no more */
    assert_true(instruments_have_changed(list));
    assert_true(instruments_steps(list, OC_INST(1, 1), &steps));
    assert_int_equal(steps.qty.scale, 3);
    assert_true(instruments_steps(list, OC_INST(1, 100), &steps));
    assert_int_equal(steps.price.units, 5);
    assert_true(instruments_steps(list, OC_INST(1, 255), &steps));
    assert_int_equal(steps.price.units, 1);
    assert_false(instruments_steps(list, OC_INST(2, 1), &steps));
}

static void a_symbol_of_two_venues_says_so(void **state)
{
    (void)state;
    struct oc_instrument info = sample(OC_KIND_SPOT);
    const uint32_t first = made(&info)->info.inst;
    assert_false(instruments_is_ambiguous(list, "BTC/USDT"));
    strcpy(info.venue, "other");
    const uint32_t second = made(&info)->info.inst;
    assert_true(instruments_is_ambiguous(list, "BTC/USDT"));
    assert_false(instruments_is_ambiguous(list, "other:BTC/USDT"));
    assert_false(instruments_is_ambiguous(list, "ETH/USDT"));
    assert_int_equal(instruments_find(list, "BTC/USDT"), first);
    assert_int_equal(instruments_find(list, "other:BTC/USDT"), second);
    char full[OC_VENUE_MAX + OC_SYMBOL_MAX];
    snprintf(full, sizeof full, "%s:BTC/USDT", instruments_get(list, first)->info.venue);
    assert_string_equal(instruments_name(list, instruments_get(list, first)), full);
    assert_string_equal(instruments_name(list, instruments_get(list, second)), "other:BTC/USDT");
    strcpy(info.venue, "third");
    assert_string_equal(instruments_name(list, made(&info)), "third:BTC/USDT");
    strcpy(info.venue, "other");
    strcpy(info.symbol, "ETH/USDT");
    (void)made(&info);
    assert_false(instruments_is_ambiguous(list, "ETH/USDT"));
    assert_string_equal(instruments_name(list, instruments_get(list, instruments_find(list, "ETH/USDT"))), "ETH/USDT");
}

/* With its market, and without a book: at most 1 KB of memory that is touched. */
static void an_instrument_takes_a_kilobyte(void **state)
{
    (void)state;
#ifndef OUTCRY_SANITIZER
    if (getenv("MALLOC_PERTURB_")) /* the C library fills what it gives: all is touched */
        return;
    struct oc_instrument info = sample(OC_KIND_SPOT);
    struct instruments *own;
    struct markets *markets;
    uint32_t inst;
    malloc_trim(0); /* no room that was touched before */
    const long before = resident_bytes();
    assert_int_equal(instruments_new(&own), OC_OK);
    assert_int_equal(markets_new(&markets), OC_OK);
    assert_int_equal(instruments_asset(own, "BTC", &info.base), OC_OK);
    assert_int_equal(instruments_asset(own, "USDT", &info.quote), OC_OK);
    info.settle = info.quote;
    for (uint32_t i = 1; i < ENGINE_INSTRUMENTS_MAX; i++) {
        snprintf(info.symbol, sizeof info.symbol, "%u/X", i);
        const struct oc_ev_trade trade = {.head = {.size = sizeof trade, .type = OC_EV_TRADE}, .price = 5};
        assert_int_equal(instruments_add(own, &info, &inst), OC_OK);
        market_apply(markets_get(markets, inst), &trade.head, 1);
    }
    const long each = (resident_bytes() - before) / (ENGINE_INSTRUMENTS_MAX - 1);
    markets_free(markets);
    instruments_free(own);
    print_message("%ld bytes an instrument\n", each);
    assert_in_range(each, 500, 1024);
#endif
}

/* What a connector names is recorded once, and put back under its number. */
static void assets_are_recorded_once_and_put_by_number(void **state)
{
    (void)state;
    uint32_t usdt, bnb, asset;
    assert_int_equal(instruments_asset(list, "USDT", &usdt), OC_OK);
    instruments_assets_given(list);
    assert_int_equal(instruments_asset_to_record(list), 0);
    assert_int_equal(instruments_asset(list, "BNB", &bnb), OC_OK);
    assert_int_equal(instruments_asset(list, "XRP", &asset), OC_OK);
    assert_int_equal(instruments_asset_to_record(list), bnb);
    assert_false(instruments_asset_is_recorded(list, bnb));
    instruments_asset_recorded(list, asset);
    assert_int_equal(instruments_asset_to_record(list), bnb);
    instruments_asset_recorded(list, bnb);
    assert_int_equal(instruments_asset_to_record(list), 0);
    assert_true(instruments_asset_is_recorded(list, bnb));
    assert_int_equal(instruments_put_asset(list, bnb, "BNB"), OC_OK);
    assert_int_equal(instruments_put_asset(list, bnb, "DOT"), OC_E_DATA);
    assert_int_equal(instruments_put_asset(list, 9, "BNB"), OC_E_DATA);
    assert_int_equal(instruments_put_asset(list, 0, "DOT"), OC_E_INVALID);
    assert_int_equal(instruments_put_asset(list, 7, "A B"), OC_E_INVALID);
    assert_int_equal(instruments_put_asset(list, ENGINE_ASSETS_MAX, "DOT"), OC_E_LIMIT);
    assert_int_equal(instruments_put_asset(list, 7, "DOT"), OC_OK); /* those between may come later */
    assert_int_equal(instruments_asset_count(list), 8);
    assert_int_equal(instruments_put_asset(list, 5, "SOL"), OC_OK);
    assert_int_equal(instruments_asset(list, "DOT", &asset), OC_OK);
    assert_int_equal(asset, 7);
    assert_int_equal(instruments_asset(list, "SOL", &asset), OC_OK);
    assert_int_equal(asset, 5);
    assert_int_equal(instruments_asset(list, "NEW", &asset), OC_OK);
    assert_int_equal(asset, 8);
    assert_int_equal(instruments_asset_to_record(list), 8);
}

static void values_are_exact_or_refused(void **state)
{
    (void)state;
    oc_i128 money = 0;
    struct oc_instrument info = sample(OC_KIND_SPOT);
    const struct instrument *spot = made(&info);
    assert_int_equal(instrument_value(spot, 10050, -2000, &money), OC_OK); /* 100.50 x -2 */
    assert_true(money == -201 * num_pow10_128(MONEY_SCALE));
    assert_int_equal(instrument_value(spot, INT64_MAX, INT64_MAX, &money), OC_E_RANGE);
    assert_true(money == -201 * num_pow10_128(MONEY_SCALE));

    info = sample(OC_KIND_INVERSE); /* 100 USD a contract, in BTC */
    strcpy(info.symbol, "INVERSE");
    info.qty_step = (struct oc_dec){1, 0, 0};
    info.contract_size = (struct oc_dec){100, 0, 0};
    const struct instrument *inverse = made(&info);
    assert_int_equal(instrument_value(inverse, 2500000, 50, &money), OC_OK); /* 5000 / 25000.00 */
    assert_true(money == num_pow10_128(MONEY_SCALE) / 5);
    strcpy(info.symbol, "SMALL");
    info.qty_step = (struct oc_dec){1, 3, 0};
    info.contract_size = (struct oc_dec){25, 1, 0}; /* 2000.000 contracts of 2.5 USD */
    assert_int_equal(instrument_value(made(&info), 2500000, 2000000, &money), OC_OK);
    assert_true(money == num_pow10_128(MONEY_SCALE) / 5);
    info.qty_step = (struct oc_dec){1, 0, 0};
    info.contract_size = (struct oc_dec){100, 0, 0};
    assert_int_equal(instrument_value(inverse, 0, 50, &money), OC_E_INVALID);
    strcpy(info.symbol, "VAST");
    info.price_step.scale = 8;
    info.contract_size = (struct oc_dec){9 * TEN18, 0, 0};
    const struct instrument *vast = made(&info);
    assert_int_equal(instrument_value(vast, 1, INT64_MAX, &money), OC_E_RANGE);
    info.price_step.scale = 2;
    info.qty_step.units = 3;
    assert_int_equal(instrument_value(made(&info), 1, INT64_MAX, &money), OC_E_RANGE);
    assert_true(money == num_pow10_128(MONEY_SCALE) / 5);
}

static void decimals_are_short_and_fit(void **state)
{
    (void)state;
    struct oc_instrument info = sample(OC_KIND_SPOT);
    info.price_step = (struct oc_dec){3, 0, 0};
    const struct instrument *instrument = made(&info);
    struct oc_dec dec = {5, 5, 0};
    assert_int_equal(instrument_qty_dec(instrument, -2500, &dec), OC_OK);
    assert_int_equal(dec.units, -25);
    assert_int_equal(dec.scale, 1);
    assert_int_equal(instrument_price_dec(instrument, INT64_MAX / 3, &dec), OC_OK);
    assert_true(dec.units == INT64_MAX / 3 * 3);
    assert_int_equal(instrument_price_dec(instrument, INT64_MAX / 3 + 1, &dec), OC_E_RANGE);
    assert_int_equal(instrument_price_dec(instrument, INT64_MIN / 3 - 1, &dec), OC_E_RANGE);
    assert_true(dec.units == INT64_MAX / 3 * 3);
    assert_true(instrument_price(instrument, 7) == 21.0);
    assert_true(instrument_qty(instrument, 1) == 0.001);
}

static void numbers_come_to_the_grid(void **state)
{
    (void)state;
    struct oc_instrument info = sample(OC_KIND_SPOT);
    const struct instrument *instrument = made(&info);
    static const struct {
        double value;
        int direction;
        int64_t units;
        int exact;
    } cases[] = {
        {100.25, SNAP_NEAREST, 10025, 1}, {100.254, SNAP_NEAREST, 10025, 0},     {100.256, SNAP_NEAREST, 10026, 0},
        {100.259, SNAP_DOWN, 10025, 0},   {100.251, SNAP_UP, 10026, 0},          {-0.014, SNAP_DOWN, -2, 0},
        {-0.014, SNAP_UP, -1, 0},         {-0.014, SNAP_NEAREST, -1, 0},         {-0.02, SNAP_DOWN, -2, 1},
        {0.1 + 0.2, SNAP_DOWN, 30, 1},    {100.2499999999, SNAP_DOWN, 10025, 1}, /* a millionth of a step */
        {100.2499, SNAP_DOWN, 10024, 0},
    };
    int64_t units;
    int exact;
    for (uint32_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(instrument_price_snap(instrument, cases[i].value, cases[i].direction, &units, &exact), OC_OK);
        assert_int_equal(units, cases[i].units);
        assert_int_equal(exact, cases[i].exact);
    }
    volatile double zero = 0.0;
    assert_int_equal(instrument_qty_snap(instrument, zero / zero, SNAP_DOWN, &units, &exact), OC_E_INVALID);
    assert_int_equal(instrument_qty_snap(instrument, 1.0 / zero, SNAP_DOWN, &units, &exact), OC_E_INVALID);
    assert_int_equal(instrument_qty_snap(instrument, -1.0 / zero, SNAP_DOWN, &units, &exact), OC_E_INVALID);
    assert_int_equal(instrument_qty_snap(instrument, 9.0e15, SNAP_DOWN, &units, &exact), OC_E_RANGE);
    assert_int_equal(instrument_qty_snap(instrument, -9.0e15, SNAP_DOWN, &units, &exact), OC_E_RANGE);
    assert_int_equal(instrument_qty_snap(instrument, 8.9e15, SNAP_DOWN, &units, &exact), OC_OK);
    assert_true(units == 8900000000000000000LL);
}

/* At a millionth of a step, at the middle, and at the largest that can be told; and one beyond each. */
static void the_grid_has_its_edges(void **state)
{
    (void)state;
    struct oc_instrument info = sample(OC_KIND_SPOT);
    info.price_step = (struct oc_dec){1, 0, 0};
    const struct instrument *instrument = made(&info);
    static const volatile double one = 1.0, near_step = 1e-6, large = 9.0e18;
    const double half = 0.5, above = 0.5 + 1e-9, below = 0.5 - 1e-9;
    const struct {
        double value;
        int direction;
        int64_t units;
        int exact;
    } cases[] = {{near_step, SNAP_UP, 0, 1},
                 {near_step + 1e-12, SNAP_UP, 1, 0},
                 {one - near_step, SNAP_DOWN, 1, 1},
                 {one - near_step - 1e-12, SNAP_DOWN, 0, 0},
                 {half, SNAP_NEAREST, 1, 0},
                 {below, SNAP_NEAREST, 0, 0},
                 {above, SNAP_NEAREST, 1, 0},
                 {-half, SNAP_NEAREST, 0, 0},
                 {-half, SNAP_DOWN, -1, 0},
                 {-half, SNAP_UP, 0, 0},
                 {-one, SNAP_DOWN, -1, 1},
                 {8999999999999998976.0, SNAP_DOWN, 8999999999999998976LL, 1},
                 {-8999999999999998976.0, SNAP_DOWN, -8999999999999998976LL, 1}};
    int64_t units = 77;
    int exact;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(instrument_price_snap(instrument, cases[i].value, cases[i].direction, &units, &exact), OC_OK);
        if (units != cases[i].units || exact != cases[i].exact)
            fail_msg("case %zu: %lld, %d", i, (long long)units, exact);
    }
    assert_int_equal(instrument_price_snap(instrument, large, SNAP_DOWN, &units, &exact), OC_E_RANGE);
    assert_int_equal(instrument_price_snap(instrument, -large, SNAP_DOWN, &units, &exact), OC_E_RANGE);
}

static void decimals_come_to_the_grid(void **state)
{
    (void)state;
    const struct oc_dec step = {5, 1, 0}; /* 0.5 */
    int64_t units = 9;
    int exact = 9;
    assert_int_equal(instrument_dec_units(step, (struct oc_dec){125, 2, 0}, SNAP_DOWN, &units, &exact), OC_OK);
    assert_int_equal(units, 2);
    assert_int_equal(exact, 0);
    assert_int_equal(instrument_dec_units(step, (struct oc_dec){125, 2, 0}, SNAP_UP, &units, &exact), OC_OK);
    assert_int_equal(units, 3);
    assert_int_equal(instrument_dec_units(step, (struct oc_dec){125, 2, 0}, SNAP_NEAREST, &units, &exact), OC_OK);
    assert_int_equal(units, 2); /* a tie to the even one */
    assert_int_equal(instrument_dec_units(step, (struct oc_dec){-150, 2, 0}, SNAP_DOWN, &units, &exact), OC_OK);
    assert_int_equal(units, -3);
    assert_int_equal(exact, 1);
    assert_int_equal(instrument_dec_units(step, (struct oc_dec){1, -1, 0}, SNAP_DOWN, &units, &exact), OC_E_INVALID);
    assert_int_equal(instrument_dec_units(step, (struct oc_dec){1, 19, 0}, SNAP_DOWN, &units, &exact), OC_E_INVALID);
    assert_int_equal(instrument_dec_units((struct oc_dec){0, 1, 0}, step, SNAP_DOWN, &units, &exact), OC_E_INVALID);
    assert_int_equal(
        instrument_dec_units((struct oc_dec){1, 0, 0}, (struct oc_dec){INT64_MAX, 0, 0}, SNAP_UP, &units, &exact),
        OC_OK);
    assert_true(units == INT64_MAX && exact);
    assert_int_equal(
        instrument_dec_units((struct oc_dec){1, 1, 0}, (struct oc_dec){INT64_MAX, 0, 0}, SNAP_UP, &units, &exact),
        OC_E_RANGE);
    assert_int_equal(
        instrument_dec_units((struct oc_dec){1, 18, 0}, (struct oc_dec){INT64_MIN, 0, 0}, SNAP_DOWN, &units, &exact),
        OC_E_RANGE);
    assert_true(units == INT64_MAX && exact);
}

static void nothing_is_freed_from_nothing(void **state)
{
    (void)state;
    instruments_free(NULL);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(asset_names_are_letters_digits_and_three_signs),
        CASE(assets_stop_at_their_limit),
        CASE(instruments_stop_at_their_limit),
        CASE(senseless_records_are_refused),
        CASE(steps_that_no_exact_money_has_are_refused),
        CASE(a_new_record_is_the_next_version),
        CASE(other_terms_are_the_same_version),
        CASE(a_symbol_of_two_venues_says_so),
        CASE(an_instrument_takes_a_kilobyte),
        CASE(assets_are_recorded_once_and_put_by_number),
        CASE(values_are_exact_or_refused),
        CASE(decimals_are_short_and_fit),
        CASE(numbers_come_to_the_grid),
        CASE(decimals_come_to_the_grid),
        CASE(the_grid_has_its_edges),
        cmocka_unit_test(nothing_is_freed_from_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

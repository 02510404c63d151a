/* start_value_test.c: what the opening balances are worth at the first prices of the traded time: where figures begin. */
#include "support/session_kit.h"

#include "session/json_units.h"
#include "session/start_value.h"

enum { FROM = 60 };

struct opening {
    struct instruments *instruments;
    struct start_value value;
    uint32_t btc, eth, usdt, btc_inst, eth_inst;
};

static uint32_t add(struct opening *opening, const char *symbol, uint32_t base)
{
    struct oc_instrument info = {.size = sizeof info,
                                 .kind = OC_KIND_SPOT,
                                 .status = OC_STATUS_TRADING,
                                 .base = base,
                                 .quote = opening->usdt,
                                 .price_step = {1, 2, 0},
                                 .qty_step = {1, 3, 0},
                                 .contract_size = {1, 0, 0},
                                 .venue = "test"};
    uint32_t inst;
    snprintf(info.symbol, sizeof info.symbol, "%s", symbol);
    assert_int_equal(instruments_add(opening->instruments, &info, &inst), OC_OK);
    return inst;
}

/* 1000 USDT, 2 BTC, 0.5 ETH. */
static struct opening *opened(void)
{
    struct opening *opening = calloc(1, sizeof *opening);
    assert_int_equal(instruments_new(&opening->instruments), OC_OK);
    assert_int_equal(instruments_asset(opening->instruments, "USDT", &opening->usdt), OC_OK);
    assert_int_equal(instruments_asset(opening->instruments, "BTC", &opening->btc), OC_OK);
    assert_int_equal(instruments_asset(opening->instruments, "ETH", &opening->eth), OC_OK);
    opening->btc_inst = add(opening, "BTC/USDT", opening->btc);
    opening->eth_inst = add(opening, "ETH/USDT", opening->eth);
    assert_int_equal(start_value_init(&opening->value, opening->instruments, opening->usdt, FROM), OC_OK);
    assert_int_equal(start_value_add(&opening->value, opening->usdt, (struct oc_dec){1000, 0, 0}), OC_OK);
    assert_int_equal(start_value_add(&opening->value, opening->btc, (struct oc_dec){2, 0, 0}), OC_OK);
    assert_int_equal(start_value_add(&opening->value, opening->eth, (struct oc_dec){5, 1, 0}), OC_OK);
    return opening;
}

static void closed(struct opening *opening)
{
    start_value_release(&opening->value);
    instruments_free(opening->instruments);
    free(opening);
}

static struct oc_ev_bar bar(uint32_t inst, int64_t open_ns, int64_t open, int64_t close)
{
    return (struct oc_ev_bar){
        .head = {.size = sizeof(struct oc_ev_bar), .type = OC_EV_BAR, .inst = inst, .local_ns = open_ns + 10},
        .open_ns = open_ns,
        .period_ns = 10,
        .open = open,
        .high = open > close ? open : close,
        .low = open < close ? open : close,
        .close = close};
}

static struct oc_ev_trade trade(uint32_t inst, int64_t price)
{
    return (struct oc_ev_trade){
        .head = {.size = sizeof(struct oc_ev_trade), .type = OC_EV_TRADE, .inst = inst, .local_ns = FROM},
        .price = price};
}

/* In whole money. -1: it was no first price. */
static int64_t worth(struct opening *opening, const void *event)
{
    oc_i128 value = -7;
    oc_rc rc = start_value_price(&opening->value, event, &value);
    if (rc < 0) {
        assert_int_equal(rc, OC_E_NOT_FOUND);
        assert_true(value == -7);
        return -1;
    }
    oc_i128 one;
    assert_int_equal(money_from_dec((struct oc_dec){1, 0, 0}, &one), OC_OK);
    assert_true(value % one == 0);
    return (int64_t)(value / one);
}

/* A holding counts from its own first price on, whatever comes later. */
static void a_holding_is_worth_its_first_price(void **state)
{
    (void)state;
    struct opening *opening = opened();
    struct oc_ev_trade first = trade(opening->btc_inst, 10000), later = trade(opening->btc_inst, 20000),
                       other = trade(opening->eth_inst, 4000);
    assert_int_equal(start_value_first2(&opening->value, opening->btc_inst), 0);
    assert_int_equal(worth(opening, &first), 1000 + 2 * 100);
    assert_int_equal(opening->value.priced, 1);
    assert_int_equal(worth(opening, &later), -1);
    assert_int_equal(worth(opening, &other), 1000 + 2 * 100 + 20);
    assert_int_equal(opening->value.priced, 2);
    assert_int_equal(start_value_first2(&opening->value, opening->btc_inst), 20000); /* twice */
    assert_int_equal(start_value_first2(&opening->value, opening->eth_inst), 8000);
    assert_int_equal(start_value_first2(&opening->value, 0), 0);
    assert_int_equal(start_value_first2(&opening->value, OC_INST(50, 1)), 0);
    struct oc_ev_trade unknown = trade(OC_INST(17000, 1), 1);
    assert_int_equal(worth(opening, &unknown), -1);
    closed(opening);
}

/* A bar of the traded time begins at its open; one that was open before it is worth its close. */
static void the_first_price_of_a_bar(void **state)
{
    (void)state;
    static const struct {
        int64_t open_ns, price;
    } cases[] = {{FROM - 10, 300}, {FROM - 1, 300}, {FROM, 100}, {FROM + 1, 100}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct opening *opening = opened();
        struct oc_ev_bar event = bar(opening->btc_inst, cases[i].open_ns, 10000, 30000);
        assert_int_equal(worth(opening, &event), 1000 + 2 * cases[i].price);
        closed(opening);
        opening = opened();
        struct oc_ev_qbar quotes = {.head = {.size = sizeof quotes, .type = OC_EV_QBAR, .inst = opening->btc_inst},
                                    .open_ns = cases[i].open_ns,
                                    .bid = {9900, 30000, 9900, 29900},
                                    .ask = {10100, 30200, 10100, 30100},
                                    .present = OC_HAS_BID | OC_HAS_ASK};
        assert_int_equal(worth(opening, &quotes), 1000 + 2 * cases[i].price);
        closed(opening);
    }
}

static void what_is_no_price_is_not_the_first(void **state)
{
    (void)state;
    struct opening *opening = opened();
    struct oc_ev_quote half = {.head = {.size = sizeof half, .type = OC_EV_QUOTE, .inst = opening->btc_inst},
                               .bid = 9900,
                               .present = OC_HAS_BID};
    struct oc_ev_answer answer = {.head = {.size = sizeof answer, .type = OC_EV_ACCEPTED, .inst = opening->btc_inst}};
    assert_int_equal(worth(opening, &answer), -1);
    int64_t value = worth(opening, &half);
    if (value >= 0) /* one side alone is a mark of its own */
        assert_int_equal(value, 1000 + 2 * 99);
    closed(opening);
    opening = opened();
    struct oc_ev_quote both = {.head = {.size = sizeof both, .type = OC_EV_QUOTE, .inst = opening->btc_inst},
                               .bid = 9900,
                               .ask = 10100,
                               .present = OC_HAS_BID | OC_HAS_ASK};
    assert_int_equal(worth(opening, &both), 1200);
    closed(opening);
}

/* An event at the very instant is traded time; a bar that closes there lies before it. */
static void where_the_traded_time_begins(void **state)
{
    (void)state;
    struct start_value value = {.from_ns = FROM};
    static const uint16_t types[] = {OC_EV_TRADE, OC_EV_QUOTE, OC_EV_BAR, OC_EV_QBAR};
    for (int i = 0; i < 4; i++)
        for (int64_t at = FROM - 1; at <= FROM + 1; at++) {
            struct oc_event event = {.size = sizeof event, .type = types[i], .local_ns = at};
            assert_int_equal(start_value_counts(&value, &event), i < 2 ? at >= FROM : at > FROM);
        }
}

/* In a session: figures begin anew where a holding gets its first price, and there only. */
static void figures_begin_with_the_first_price(void **state)
{
    (void)state;
    struct house *house = house_new();
    settings_set(&house->settings, "account.cash", "1000 USDT, 2 BTC", "test");
    house_open(house);
    struct session *session = house->session;
    struct session_money *money = &session->money;
    oc_i128 one;
    assert_int_equal(money_from_dec((struct oc_dec){1, 0, 0}, &one), OC_OK);
    money->start_value.from_ns = FROM;
    struct oc_ev_trade before = trade(house->inst, 5000), first = trade(house->inst, 10000),
                       later = trade(house->inst, 20000);
    before.head.local_ns = FROM - 1;
    assert_true(money->start == 1000 * one);
    assert_false(session_begin_figures(session, &before.head));
    assert_false(money->is_counted);
    assert_int_equal(money->first_inst, 0);
    assert_true(session_begin_figures(session, &first.head));
    assert_true(money->is_counted);
    assert_int_equal(money->first_inst, house->inst);
    assert_true(money->start == 1200 * one);
    assert_false(session_begin_figures(session, &later.head));
    assert_true(money->start == 1200 * one);
    assert_int_equal(money->start_value.priced, 1);
    house_free(house);
    house = house_new(); /* without a holding a price changes nothing */
    house_open(house);
    money = &house->session->money;
    money->start_value.from_ns = FROM;
    first = trade(house->inst, 10000);
    assert_false(session_begin_figures(house->session, &first.head));
    assert_true(money->start == 1000000 * one);
    assert_int_equal(money->first_inst, house->inst);
    assert_int_equal(money->start_value.priced, 1);
    house_free(house);
}

/* Figures are said with the digits of their instrument; what is not there, or of no instrument, is null. */
static void figures_are_said_in_the_instruments_digits(void **state)
{
    (void)state;
    const struct instrument instrument = {.info = {.price_step = {5, 2, 0}, .qty_step = {1, 3, 0}}};
    char bytes[512];
    struct text text;
    text_init_fixed(&text, bytes, sizeof bytes);
    json_price(&text, "a", &instrument, true, 3);
    json_price(&text, "b", &instrument, false, 3);
    json_price(&text, "c", NULL, true, 3);
    json_qty(&text, "d", &instrument, true, 1500);
    json_qty(&text, "e", &instrument, false, 1500);
    json_qty(&text, "f", NULL, true, 1500);
    assert_string_equal(bytes, "\"a\":0.15,\"b\":null,\"c\":null,\"d\":1.5,\"e\":null,\"f\":null");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_holding_is_worth_its_first_price),
        cmocka_unit_test(the_first_price_of_a_bar),
        cmocka_unit_test(what_is_no_price_is_not_the_first),
        cmocka_unit_test(where_the_traded_time_begins),
        cmocka_unit_test(figures_begin_with_the_first_price),
        cmocka_unit_test(figures_are_said_in_the_instruments_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

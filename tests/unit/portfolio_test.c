/* portfolio_test.c: accounts, conversion between currencies, strategy books against the account's book. */
#include "engine/limits.h"
#include "support/portfolio_kit.h"

static uint32_t add(uint32_t kind, const char *base, const char *quote, int price_scale)
{
    struct oc_instrument info;
    uint32_t inst;
    memset(&info, 0, sizeof info);
    info.size = sizeof info;
    info.kind = kind;
    info.status = OC_STATUS_TRADING;
    info.base = asset(base);
    info.quote = info.settle = asset(quote);
    info.price_step = (struct oc_dec){1, price_scale, 0};
    info.qty_step = (struct oc_dec){1, 0, 0};
    info.contract_size = (struct oc_dec){1, 0, 0};
    strcpy(info.venue, "paper");
    strcpy(info.symbol, base);
    strcat(info.symbol, "/");
    strcat(info.symbol, quote);
    assert_int_equal(instruments_add(instruments, &info, &inst), OC_OK);
    return inst;
}

static uint32_t account(const char *base)
{
    uint32_t id;
    assert_int_equal(portfolio_add_account(portfolio, "main", "paper", asset(base), COST_AVERAGE, &id), OC_OK);
    return id;
}

static oc_i128 convert(oc_i128 money, const char *from, const char *to, int side)
{
    oc_i128 result = 0;
    assert_int_equal(portfolio_convert(portfolio, money, asset(from), asset(to), side, &result), OC_OK);
    return result;
}

/* Expected values are printed with ten decimals. */
static void near(oc_i128 money, const char *want)
{
    char text[64];
    money_to_text(money, 10, false, text);
    assert_string_equal(text, want);
}

static oc_i128 unrealised(uint32_t owner, uint32_t strategy, uint32_t inst, int64_t mark)
{
    oc_i128 money = 0;
    const struct book *book = portfolio_find(portfolio, owner, strategy, inst);
    assert_non_null(book);
    assert_int_equal(position_unrealised(&book->position, instruments_get(instruments, inst), mark, &money), OC_OK);
    return money;
}

static oc_i128 realised(uint32_t owner, uint32_t strategy, uint32_t inst)
{
    const struct book *book = portfolio_find(portfolio, owner, strategy, inst);
    assert_non_null(book);
    return book->position.realised;
}

static void PNL_3(void **state)
{
    (void)state;
    uint32_t rate = add(OC_KIND_SPOT, "EUR", "USD", 2), stock = add(OC_KIND_SPOT, "ABC", "USD", 0),
             owner = account("EUR");
    struct oc_ev_fill buy = fill_of(stock, OC_SIDE_BUY, 100, 150), sell = fill_of(stock, OC_SIDE_SELL, 50, 160);
    oc_i128 cost, half, proceeds, value, price[2], fx[2], cross[2];

    quote(rate, 110, 110);
    trade(owner, 1, &buy);
    cost = convert(-portfolio_balance(portfolio, owner, asset("USD")), "USD", "EUR", RATE_MIDDLE);
    near(cost, "13636.3636363636");
    half = convert(whole(7500), "USD", "EUR", RATE_MIDDLE);
    price[0] = convert(whole(50 * 10), "USD", "EUR", RATE_MIDDLE);
    price[1] = convert(whole(50 * 5), "USD", "EUR", RATE_MIDDLE);

    quote(rate, 108, 108);
    trade(owner, 1, &sell);
    assert_true(realised(owner, 1, stock) == whole(500));
    proceeds = convert(whole(8000), "USD", "EUR", RATE_MIDDLE);
    near(proceeds, "7407.4074074074");
    fx[0] = convert(whole(7500), "USD", "EUR", RATE_MIDDLE) - half;
    cross[0] = convert(whole(500), "USD", "EUR", RATE_MIDDLE) - price[0];

    quote(rate, 112, 112);
    assert_true(unrealised(owner, 1, stock, 155) == whole(250));
    value = convert(whole(50 * 155), "USD", "EUR", RATE_MIDDLE);
    near(value, "6919.6428571429");
    fx[1] = convert(whole(7500), "USD", "EUR", RATE_MIDDLE) - half;
    cross[1] = convert(whole(250), "USD", "EUR", RATE_MIDDLE) - price[1];

    near(proceeds + value - cost, "690.6866281866");
    near(proceeds - half, "589.2255892256");
    near(price[0], "454.5454545455");
    near(fx[0], "126.2626262626");
    near(cross[0], "8.4175084175");
    near(value - half, "101.4610389610");
    near(price[1], "227.2727272727");
    near(fx[1], "-121.7532467532");
    near(cross[1], "-4.0584415584");
    oc_i128 off = price[0] + fx[0] + cross[0] - (proceeds - half);
    assert_true(off >= -3 && off <= 3); /* each conversion rounds once */
}

static void PNL_4(void **state)
{
    (void)state;
    uint32_t yen = add(OC_KIND_SPOT, "USD", "JPY", 2), pound = add(OC_KIND_SPOT, "GBP", "USD", 4);
    quote(yen, 15520, 15524);
    quote(pound, 12640, 12644);
    near(convert(whole(1000000), "JPY", "GBP", RATE_MIDDLE), "5096.0834947212");
    near(convert(whole(1000000), "JPY", "GBP", RATE_FAR), "5094.6209687589");
    near(convert(whole(-1), "JPY", "JPY", RATE_FAR), "-1.0000000000");
}

static void PNL_5(void **state)
{
    (void)state;
    uint32_t inst = add(OC_KIND_LINEAR, "BTC", "USDT", 0), owner = account("USDT");
    struct oc_ev_fill buy = fill_of(inst, OC_SIDE_BUY, 2, 100), sell = fill_of(inst, OC_SIDE_SELL, 1, 104);
    trade(owner, 1, &buy);
    trade(owner, 2, &sell);
    quote(inst, 103, 103);
    assert_true(realised(owner, 1, inst) == 0 && unrealised(owner, 1, inst, 103) == whole(6));
    assert_true(realised(owner, 2, inst) == 0 && unrealised(owner, 2, inst, 103) == whole(1));
    assert_true(realised(owner, 0, inst) == whole(4) && unrealised(owner, 0, inst, 103) == whole(3));
    assert_int_equal(portfolio_find(portfolio, owner, 0, inst)->position.qty, 1);
    oc_i128 equity = 0;
    assert_int_equal(portfolio_equity(portfolio, owner, &equity, NULL), OC_OK);
    assert_true(equity == whole(7));
}

static void strategy_books_and_the_net_book_agree_after_every_fill(void **state)
{
    (void)state;
    uint32_t inst = add(OC_KIND_LINEAR, "BTC", "USDT", 2), owner = account("USDT");
    uint64_t seed = 5;
    oc_i128 fees = 0;
    quote(inst, 10000, 10001); /* an odd middle */
    for (int i = 0; i < 10000; i++) {
        seed = seed * 6364136223846793005ull + 1442695040888963407ull;
        uint32_t strategy = 1 + (uint32_t)(seed >> 60) % 3;
        struct oc_ev_fill fill = fill_of(inst, seed >> 40 & 1 ? OC_SIDE_BUY : OC_SIDE_SELL,
                                         1 + (int64_t)(seed >> 20 & 63), 9000 + (int64_t)(seed >> 30 & 2047));
        fill.fee = (struct oc_dec){(int64_t)(seed >> 50 & 15) - 3, 4, 0};
        fill.fee_asset = asset("USDT");
        trade(owner, strategy, &fill);
        oc_i128 fee, sum = 0, net = realised(owner, 0, inst) + unrealised(owner, 0, inst, 9876), equity;
        assert_int_equal(money_from_dec(fill.fee, &fee), OC_OK);
        fees += fee;
        int64_t qty = 0;
        for (uint32_t k = 1; k <= 3; k++) {
            if (!portfolio_find(portfolio, owner, k, inst))
                continue;
            sum += realised(owner, k, inst) + unrealised(owner, k, inst, 9876);
            qty += portfolio_find(portfolio, owner, k, inst)->position.qty;
        }
        assert_true(sum == net);
        assert_int_equal(qty, portfolio_find(portfolio, owner, 0, inst)->position.qty);
        assert_int_equal(portfolio_equity(portfolio, owner, &equity, NULL), OC_OK);
        oc_i128 low = realised(owner, 0, inst) + unrealised(owner, 0, inst, 10000);
        oc_i128 high = realised(owner, 0, inst) + unrealised(owner, 0, inst, 10001);
        assert_true(2 * (equity + fees) == low + high); /* the middle of the spread, to the last unit */
    }
    assert_true(portfolio_find(portfolio, owner, 0, inst)->position.fees[0].paid == fees);
}

static void spot_fills_move_both_balances_and_the_fee_its_own(void **state)
{
    (void)state;
    uint32_t inst = add(OC_KIND_SPOT, "BTC", "USDT", 2), owner = account("USDT");
    assert_int_equal(portfolio_set_balance(portfolio, owner, asset("USDT"), whole(1000)), OC_OK);
    struct oc_ev_fill buy = fill_of(inst, OC_SIDE_BUY, 3, 10050);
    buy.fee = (struct oc_dec){5, 2, 0};
    buy.fee_asset = asset("BNB");
    trade(owner, 1, &buy);
    assert_true(portfolio_balance(portfolio, owner, asset("BTC")) == whole(3));
    assert_true(portfolio_balance(portfolio, owner, asset("USDT")) == whole(1000) - whole(3015) / 10);
    assert_true(portfolio_balance(portfolio, owner, asset("BNB")) == -whole(5) / 100);
    oc_i128 equity = 0;
    uint32_t unpriced = 0;
    assert_int_equal(portfolio_equity(portfolio, owner, &equity, &unpriced), OC_OK);
    assert_int_equal(unpriced, 2); /* neither has a price yet */
    quote(inst, 11000, 11000);
    assert_int_equal(portfolio_equity(portfolio, owner, &equity, &unpriced), OC_OK);
    assert_int_equal(unpriced, 1);
    assert_true(equity == whole(1000) - whole(3015) / 10 + whole(330));
    oc_i128 none = 5;
    assert_int_equal(portfolio_convert(portfolio, whole(1), asset("BNB"), asset("USDT"), RATE_MIDDLE, &none),
                     OC_E_NOT_FOUND);
    assert_true(none == 5);
}

/* A fill whose fee has no room in the books is not booked at all: neither the position nor a balance moves. */
static void a_fee_without_room_refuses_its_fill(void **state)
{
    (void)state;
    uint32_t inst = add(OC_KIND_SPOT, "BTC", "USDT", 2), owner = account("USDT");
    struct oc_ev_fill buy = fill_of(inst, OC_SIDE_BUY, 1, 10000);
    buy.fee = (struct oc_dec){1, 0, 0};
    char name[] = "F0";
    for (int i = 0; i <= ENGINE_FEE_ASSETS_MAX; i++) {
        name[1] = (char)('A' + i);
        buy.fee_asset = asset(name);
        assert_int_equal(portfolio_fill(portfolio, owner, 1, &buy), i < ENGINE_FEE_ASSETS_MAX ? OC_OK : OC_E_LIMIT);
    }
    assert_int_equal(portfolio_find(portfolio, owner, 1, inst)->position.qty, ENGINE_FEE_ASSETS_MAX);
    assert_int_equal(portfolio_find(portfolio, owner, 0, inst)->position.qty, ENGINE_FEE_ASSETS_MAX);
    assert_true(portfolio_balance(portfolio, owner, asset("BTC")) == whole(ENGINE_FEE_ASSETS_MAX));
    assert_true(portfolio_balance(portfolio, owner, asset(name)) == 0);
}

/* When a position was opened: with its first fill, and anew when it turns over. */
static void a_position_knows_since_when(void **state)
{
    (void)state;
    uint32_t inst = add(OC_KIND_SPOT, "BTC", "USDT", 2), owner = account("USDT");
    static const struct {
        uint8_t side;
        int64_t qty, since;
    } steps[] = {{OC_SIDE_BUY, 2, 1},  {OC_SIDE_BUY, 2, 1}, {OC_SIDE_SELL, 1, 1},
                 {OC_SIDE_SELL, 5, 4}, {OC_SIDE_BUY, 2, 4}, {OC_SIDE_BUY, 1, 6}};
    for (int i = 0; i < 6; i++) {
        struct oc_ev_fill fill = fill_of(inst, steps[i].side, steps[i].qty, 10000);
        fill.head.venue_ns = i + 1;
        trade(owner, 1, &fill);
        assert_int_equal(portfolio_find(portfolio, owner, 1, inst)->position.opened_ns, steps[i].since);
    }
    assert_int_equal(portfolio_find(portfolio, owner, 1, inst)->position.trips, 2);
}

/* The middle of an odd spread lies between two steps, below zero too: the value there is between those of its neighbours. */
static void an_odd_middle_is_worth_its_half_step(void **state)
{
    (void)state;
    static const struct {
        int64_t bid, ask;
        const char *equity;
    } rows[] = {{10, 13, "1005.7500000000"},  {10, 12, "1005.5000000000"},  {-4, -1, "998.7500000000"},
                {-3, 0, "999.2500000000"},    {-1, 0, "999.7500000000"},    {-1, 2, "1000.2500000000"},
                {-12, -10, "994.5000000000"}, {-13, -10, "994.2500000000"}, {-2, 1, "999.7500000000"}};
    uint32_t inst = add(OC_KIND_LINEAR, "WTI", "USD", 1), owner = account("USD");
    assert_int_equal(portfolio_set_balance(portfolio, owner, asset("USD"), whole(1000)), OC_OK);
    struct oc_ev_fill fill = fill_of(inst, OC_SIDE_BUY, 5, 0); /* 5 contracts at 0; a step is 0.1 */
    trade(owner, 0, &fill);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        oc_i128 equity;
        quote(inst, rows[i].bid, rows[i].ask);
        assert_int_equal(portfolio_equity(portfolio, owner, &equity, NULL), OC_OK);
        near(equity, rows[i].equity);
    }
}

static void unknown_names_are_refused_and_accounts_are_limited(void **state)
{
    (void)state;
    uint32_t inst = add(OC_KIND_SPOT, "BTC", "USDT", 2), id;
    struct oc_ev_fill buy = fill_of(inst, OC_SIDE_BUY, 1, 1), lost = fill_of(OC_INST(99, 0), OC_SIDE_BUY, 1, 1);
    assert_int_equal(portfolio_fill(portfolio, 1, 1, &buy), OC_E_NOT_FOUND);
    for (int i = 0; i < ENGINE_ACCOUNTS_MAX; i++)
        assert_int_equal(portfolio_add_account(portfolio, "a", "paper", asset("USDT"), COST_FIFO, &id), OC_OK);
    assert_int_equal(id, ENGINE_ACCOUNTS_MAX);
    assert_int_equal(portfolio_add_account(portfolio, "a", "paper", asset("USDT"), COST_FIFO, &id), OC_E_LIMIT);
    assert_int_equal(portfolio_add_account(portfolio, "a", "paper", 0, COST_FIFO, &id), OC_E_INVALID);
    assert_int_equal(portfolio_add_account(portfolio, "a", "paper", asset("USDT"), COST_LIFO + 1, &id), OC_E_INVALID);
    assert_int_equal(portfolio_fill(portfolio, 1, 1, &lost), OC_E_NOT_FOUND);
    assert_null(portfolio_find(portfolio, 1, 1, inst));
    assert_null(portfolio_account(portfolio, 0));
    assert_null(portfolio_account(portfolio, ENGINE_ACCOUNTS_MAX + 1));
    trade(1, 1, &buy);
    assert_int_equal(portfolio_find(portfolio, 1, 1, inst)->position.method, COST_FIFO);
}

static void names_of_accounts_have_a_length(void **state)
{
    (void)state;
    char name[ACCOUNT_NAME_MAX + 1], venue[OC_VENUE_MAX + 1];
    uint32_t id = 7;
    memset(name, 'n', sizeof name);
    memset(venue, 'v', sizeof venue);
    name[ACCOUNT_NAME_MAX] = venue[OC_VENUE_MAX] = 0;
    assert_int_equal(portfolio_add_account(portfolio, name, "v", 1, COST_LIFO, &id), OC_E_INVALID);
    assert_int_equal(portfolio_add_account(portfolio, "n", venue, 1, COST_LIFO, &id), OC_E_INVALID);
    assert_int_equal(id, 7);
    assert_int_equal(portfolio_account_count(portfolio), 0);
    name[ACCOUNT_NAME_MAX - 1] = venue[OC_VENUE_MAX - 1] = 0;
    assert_int_equal(portfolio_add_account(portfolio, name, venue, 1, COST_LIFO, &id), OC_OK);
    assert_string_equal(portfolio_account(portfolio, id)->name, name);
    assert_true(portfolio_balance(portfolio, 0, 1) == 0);
    assert_true(portfolio_balance(portfolio, id + 1, 1) == 0);
    assert_int_equal(portfolio_set_balance(portfolio, id, 0, 5), OC_E_NOT_FOUND);
    assert_int_equal(portfolio_set_balance(portfolio, id + 1, 1, 5), OC_E_NOT_FOUND);
    assert_int_equal(portfolio_set_balance(portfolio, id, ENGINE_ASSETS_MAX, 5), OC_E_LIMIT);
    assert_int_equal(portfolio_set_balance(portfolio, id, ENGINE_ASSETS_MAX - 1, 5), OC_OK);
    assert_true(portfolio_balance(portfolio, id, ENGINE_ASSETS_MAX - 1) == 5);
    assert_true(portfolio_balance(portfolio, id, ENGINE_ASSETS_MAX) == 0);
    oc_i128 equity = 3;
    assert_int_equal(portfolio_equity(portfolio, id + 1, &equity, NULL), OC_E_NOT_FOUND);
    assert_true(equity == 3);
}

static void books_stop_at_their_limit(void **state)
{
    (void)state;
    uint32_t inst = add(OC_KIND_SPOT, "BTC", "USDT", 2), owner = account("USDT");
    struct book *book = NULL, *same = NULL;
    assert_int_equal(portfolio_book(portfolio, owner, 1, OC_INST(9, 1), &book), OC_E_NOT_FOUND);
    assert_int_equal(portfolio_book(portfolio, owner + 1, 1, inst, &book), OC_E_NOT_FOUND);
    assert_null(book);
    for (uint32_t i = 0; i < ENGINE_BOOKS_MAX; i++)
        assert_int_equal(portfolio_book(portfolio, owner, i, inst, &book), OC_OK);
    assert_int_equal(portfolio_book(portfolio, owner, ENGINE_BOOKS_MAX, inst, &same), OC_E_LIMIT);
    assert_null(same);
    assert_int_equal(portfolio_book(portfolio, owner, ENGINE_BOOKS_MAX - 1, inst, &same), OC_OK);
    assert_ptr_equal(same, book);
    assert_int_equal(portfolio_book_count(portfolio), ENGINE_BOOKS_MAX);
    assert_null(portfolio_book_at(portfolio, ENGINE_BOOKS_MAX));
    for (uint32_t i = 0; i < ENGINE_BOOKS_MAX; i++) {
        same = portfolio_find(portfolio, owner, i, inst);
        assert_non_null(same);
        assert_int_equal(same->position.strategy, i);
    }
    assert_null(portfolio_find(portfolio, owner, ENGINE_BOOKS_MAX, inst));
    /* a fill of a strategy that has no book any more is refused, and the net book stays */
    struct oc_ev_fill buy = fill_of(inst, OC_SIDE_BUY, 1, 1);
    assert_int_equal(portfolio_fill(portfolio, owner, ENGINE_BOOKS_MAX, &buy), OC_E_LIMIT);
    assert_int_equal(portfolio_find(portfolio, owner, 0, inst)->position.qty, 0);
}

/* Books are found by account, strategy and instrument, also those whose places in the table are taken by others. */
static void books_that_collide_are_found(void **state)
{
    (void)state;
    enum { INSTRUMENTS = 13, BOOKS = ENGINE_BOOKS_MAX };
    uint32_t insts[INSTRUMENTS], owner = account("USDT");
    struct book *book;
    char name[] = "A0";
    for (int i = 0; i < INSTRUMENTS; i++) {
        name[1] = (char)('A' + i);
        insts[i] = add(OC_KIND_SPOT, name, "USDT", 2);
    }
    for (uint32_t i = 0; i < BOOKS; i++)
        assert_int_equal(portfolio_book(portfolio, owner, i * 7919 % 50021, insts[i % INSTRUMENTS], &book), OC_OK);
    for (uint32_t i = 0; i < BOOKS; i++) {
        book = portfolio_find(portfolio, owner, i * 7919 % 50021, insts[i % INSTRUMENTS]);
        assert_non_null(book);
        assert_ptr_equal(book, portfolio_book_at(portfolio, i));
        assert_null(portfolio_find(portfolio, owner, i * 7919 % 50021, insts[(i + 1) % INSTRUMENTS]));
    }
}

/* Sums that do not fit: equity is an error, never a wrong number. */
/* Numbers that nobody has are nobody's: no book of another is found by them, however they fill the bits of its key. */
static void a_book_is_found_by_its_own_numbers_alone(void **state)
{
    (void)state;
    uint32_t inst = add(OC_KIND_SPOT, "BTC", "USDT", 2), id = account("USDT");
    struct book *own, *book = NULL;
    assert_int_equal(portfolio_book(portfolio, id, 3, inst, &own), OC_OK);
    assert_ptr_equal(portfolio_find(portfolio, id, 3, inst), own);
    assert_ptr_equal(portfolio_find(portfolio, id, 3, OC_INST(OC_INST_INDEX(inst), 7)), own); /* whatever the version */
    assert_null(portfolio_find(portfolio, id + (1u << 16), 3, inst));
    assert_null(portfolio_find(portfolio, id, 3 + (1u << 16), inst));
    assert_null(portfolio_find(portfolio, 0, 3 + (id << 16), inst));
    assert_null(portfolio_find(portfolio, 0, 0, 0));
    assert_int_equal(portfolio_book(portfolio, id + (1u << 16), 3, inst, &book), OC_E_NOT_FOUND);
    assert_null(book);
}

static void equity_that_does_not_fit_is_an_error(void **state)
{
    (void)state;
    uint32_t spot = add(OC_KIND_SPOT, "BTC", "USDT", 0), swap = add(OC_KIND_LINEAR, "ETH", "USDT", 0);
    uint32_t owner = account("USDT");
    const oc_i128 most = ((oc_i128)1 << 126) - 1 + ((oc_i128)1 << 126);
    oc_i128 equity = 5;
    quote(spot, 2, 2);
    assert_int_equal(portfolio_set_balance(portfolio, owner, asset("BTC"), most), OC_OK);
    assert_int_equal(portfolio_equity(portfolio, owner, &equity, NULL), OC_E_RANGE); /* the conversion */
    assert_int_equal(portfolio_set_balance(portfolio, owner, asset("BTC"), most / 2), OC_OK);
    assert_int_equal(portfolio_set_balance(portfolio, owner, asset("USDT"), most / 2), OC_OK);
    assert_int_equal(portfolio_equity(portfolio, owner, &equity, NULL), OC_E_RANGE); /* the sum of balances */
    assert_int_equal(portfolio_set_balance(portfolio, owner, asset("BTC"), 0), OC_OK);
    struct oc_ev_fill buy = fill_of(swap, OC_SIDE_BUY, 1000, 10);
    assert_int_equal(portfolio_fill(portfolio, owner, 0, &buy), OC_OK);
    assert_int_equal(portfolio_equity(portfolio, owner, &equity, NULL), OC_OK); /* no mark: not valued */
    assert_true(equity == most / 2);
    equity = 5;
    quote(swap, 20, 20);
    assert_int_equal(portfolio_set_balance(portfolio, owner, asset("USDT"), most), OC_OK);
    assert_int_equal(portfolio_equity(portfolio, owner, &equity, NULL), OC_E_RANGE); /* both together */
    assert_int_equal(portfolio_set_balance(portfolio, owner, asset("USDT"), 0), OC_OK);
    quote(swap, INT64_MAX / 4, INT64_MAX / 4);
    assert_int_equal(portfolio_equity(portfolio, owner, &equity, NULL), OC_E_RANGE); /* the position */
    quote(swap, 1700000000000000, 1700000000000001); /* half way: the lower value fits, the upper too, their sum not */
    assert_int_equal(portfolio_equity(portfolio, owner, &equity, NULL), OC_E_RANGE);
    assert_true(equity == 5);
    quote(swap, 11, 12);
    assert_int_equal(portfolio_equity(portfolio, owner, &equity, NULL), OC_OK);
    assert_true(equity == whole(1500));
}

/* What has no price is not left out of a sum without a word: there is no sum. */
static void Q8_equity_without_a_price_is_not_a_smaller_number(void **state)
{
    (void)state;
    const uint32_t id = account("USD"), inst = add(OC_KIND_SPOT, "EUR", "USD", 4);
    oc_i128 equity = 0;
    uint32_t unpriced = 0;
    assert_int_equal(portfolio_set_balance(portfolio, id, asset("USD"), num_pow10_128(MONEY_SCALE)), OC_OK);
    assert_int_equal(portfolio_set_balance(portfolio, id, asset("EUR"), num_pow10_128(MONEY_SCALE)), OC_OK);
    assert_int_equal(portfolio_equity(portfolio, id, &equity, NULL), OC_E_NOT_FOUND);
    assert_int_equal(portfolio_equity(portfolio, id, &equity, &unpriced), OC_OK);
    assert_int_equal(unpriced, 1);
    assert_true(portfolio_leads(portfolio, asset("EUR"), asset("USD")));
    assert_true(portfolio_leads(portfolio, asset("USD"), asset("EUR")));
    assert_false(portfolio_leads(portfolio, asset("USD"), asset("GBP")));
    quote(inst, 11000, 11000);
    assert_int_equal(portfolio_equity(portfolio, id, &equity, NULL), OC_OK);
    assert_true(equity == num_pow10_128(MONEY_SCALE - 1) * 21);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(PNL_3, setup, teardown),
        cmocka_unit_test_setup_teardown(PNL_4, setup, teardown),
        cmocka_unit_test_setup_teardown(PNL_5, setup, teardown),
        cmocka_unit_test_setup_teardown(Q8_equity_without_a_price_is_not_a_smaller_number, setup, teardown),
        cmocka_unit_test_setup_teardown(strategy_books_and_the_net_book_agree_after_every_fill, setup, teardown),
        cmocka_unit_test_setup_teardown(spot_fills_move_both_balances_and_the_fee_its_own, setup, teardown),
        cmocka_unit_test_setup_teardown(a_fee_without_room_refuses_its_fill, setup, teardown),
        cmocka_unit_test_setup_teardown(a_position_knows_since_when, setup, teardown),
        cmocka_unit_test_setup_teardown(an_odd_middle_is_worth_its_half_step, setup, teardown),
        cmocka_unit_test_setup_teardown(unknown_names_are_refused_and_accounts_are_limited, setup, teardown),
        cmocka_unit_test_setup_teardown(names_of_accounts_have_a_length, setup, teardown),
        cmocka_unit_test_setup_teardown(books_stop_at_their_limit, setup, teardown),
        cmocka_unit_test_setup_teardown(books_that_collide_are_found, setup, teardown),
        cmocka_unit_test_setup_teardown(a_book_is_found_by_its_own_numbers_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(equity_that_does_not_fit_is_an_error, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

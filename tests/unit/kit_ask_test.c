/* kit_ask_test.c: questions by a table of their parts, lists one behind the other and pages; order requests by a table of their terms, and what a
 * description does not offer; filters of a market, whose steps come first; what is an account's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <outcry/kit/ask.h>
#include <outcry/kit/market.h>
#include <outcry/kit/terms.h>
#include <outcry/kit/wallet.h>

#include <cmocka.h>

static _Alignas(8) char room[OC_EVENT_MAX];
static uint32_t committed;
static char skipped[64];
static struct oc_instrument btc = {
    .size = sizeof btc, .venue_symbol = "BTCUSD", .price_step = {1, 2, 0}, .qty_step = {5, 3, 0}};

static oc_rc reserve(const struct oc_host *host, uint32_t size, struct oc_event **ret_event)
{
    (void)host, (void)size;
    memset(room, 0, sizeof room);
    *ret_event = (struct oc_event *)(void *)room;
    return OC_OK;
}

static oc_rc commit(const struct oc_host *host, struct oc_event *event)
{
    (void)host, (void)event;
    committed++;
    return OC_OK;
}

static void keep_skipped(const struct oc_host *host, const char *what, const void *sample, uint32_t size)
{
    (void)host;
    snprintf(skipped, sizeof skipped, "%s %.*s", what, (int)size, (const char *)sample);
}

static oc_rc record(const struct oc_host *host, uint32_t inst, struct oc_instrument *ret_info, uint32_t size)
{
    (void)host;
    if (inst != 3 || size != sizeof btc)
        return OC_E_NOT_FOUND;
    *ret_info = btc;
    return OC_OK;
}

static oc_rc asset(const struct oc_host *host, const char *name, uint32_t size, uint32_t *ret_asset)
{
    (void)host;
    if (size != 3)
        return OC_E_LIMIT;
    *ret_asset = (uint32_t)name[0];
    return OC_OK;
}

static const struct oc_svc_feed feed = {.size = sizeof feed, .reserve = reserve, .commit = commit};
static const struct oc_svc_log logs = {.size = sizeof logs, .skip = keep_skipped};
static const struct oc_svc_names names = {.size = sizeof names, .record = record, .asset = asset};

static const void *service(const struct oc_host *host, const char *id)
{
    (void)host;
    return strcmp(id, OC_SVC_LOG) == 0     ? (const void *)&logs
           : strcmp(id, OC_SVC_NAMES) == 0 ? (const void *)&names
                                           : (const void *)&feed;
}

static const struct oc_host host = {.size = sizeof host, .service = service};
static struct kit_codec codec;

static int start(void **state)
{
    (void)state;
    committed = 0;
    skipped[0] = 0;
    return kit_codec_begin(&codec, &host) == OC_OK ? 0 : -1;
}

/* ---- questions ---- */

static const int64_t periods[] = {60000000000, -1};
static const char *const bars[] = {"1m", "1M"};
static const struct oc_venue venue_of_bars = {.size = sizeof venue_of_bars, .bars_ns = periods, .bar_count = 2};

static const struct kit_ask_part of_order[] = {
    {"symbol", KIT_ASK_SYMBOL, 0}, {"id", KIT_ASK_NUMBER, 0}, {"client", KIT_ASK_CLIENT, 0}, {0}};
static const struct kit_ask_part of_fills[] = {{"order", KIT_ASK_ORDER, 0},  {"from", KIT_ASK_CURSOR, 0},
                                               {"since", KIT_ASK_FROM, 0},   {"till", KIT_ASK_TO, 0},
                                               {"limit", KIT_ASK_NEWS, 500}, {0}};
static const struct kit_ask_part of_bars[] = {
    {"period", KIT_ASK_PERIOD, 0}, {"rows", KIT_ASK_ROWS, 100}, {"depth", KIT_ASK_EXACTLY, 7}, {0}};
static const struct kit_ask_part of_list[] = {{"offset", KIT_ASK_OFFSET, 0}, {0}};
static const struct kit_question questions[] = {{OC_FETCH_TIME, 1, 0, "/time", NULL},
                                                {OC_FETCH_ORDER, 2, KIT_ASK_SIGNED, "/order", of_order},
                                                {OC_FETCH_FILLS, 5, KIT_ASK_SIGNED, "/fills", of_fills},
                                                {OC_FETCH_BARS, 1, 0, "/bars", of_bars},
                                                {OC_FETCH_LEDGER, 1, 0, "/in", of_list},
                                                {OC_FETCH_LEDGER, 1, 0, "/out", of_list}};

static oc_rc asked(const struct oc_fetch *ask, const char *expected)
{
    char path[256];
    const struct kit_question *question = kit_question_of(questions, KIT_COUNT(questions), ask);
    assert_non_null(question);
    struct kit_write query = kit_query_begin(path, sizeof path, question->path);
    const oc_rc rc = kit_ask_write(&codec, question, ask, kit_bar_name(&venue_of_bars, bars, ask->period_ns), &query);
    if (rc < 0)
        return rc;
    const oc_rc size = kit_query_end(path, &query);
    if (size < 0 || (size_t)size != strlen(expected) || memcmp(path, expected, (size_t)size) != 0)
        fail_msg("%.*s, and not %s", (int)size, path, expected);
    return OC_OK;
}

static struct oc_cursor cursor_of(uint64_t number)
{
    struct oc_cursor cursor = {.size = sizeof number};
    memcpy(cursor.bytes, &number, sizeof number);
    return cursor;
}

static void each_part_goes_under_its_name(void **state)
{
    (void)state;
    const struct oc_id theirs = {.size = 2, .text = "17"}, ours = {.size = 2, .text = "oc"};
    assert_int_equal(asked(&(struct oc_fetch){.kind = OC_FETCH_TIME}, "/time"), OC_OK);
    struct oc_fetch ask = {.kind = OC_FETCH_ORDER, .inst = 3, .client = ours};
    assert_int_equal(asked(&ask, "/order?symbol=BTCUSD&client=oc"), OC_OK);
    ask.venue_order = theirs;
    assert_int_equal(asked(&ask, "/order?symbol=BTCUSD&id=17"), OC_OK);
    ask.inst = 4;
    assert_int_equal(asked(&ask, ""), OC_E_NOT_FOUND);
    assert_int_equal(asked(&(struct oc_fetch){.kind = OC_FETCH_ORDER, .inst = 3}, ""), OC_E_INVALID);

    ask = (struct oc_fetch){.kind = OC_FETCH_FILLS};
    assert_int_equal(asked(&ask, "/fills?limit=1"), OC_OK); /* what the latest is */
    ask.from_ns = 2500000;
    ask.to_ns = 9000000;
    assert_int_equal(asked(&ask, "/fills?since=2&till=8&limit=500"), OC_OK);
    ask.cursor = cursor_of(42); /* it has gone on from that time already */
    assert_int_equal(asked(&ask, "/fills?from=42&till=8&limit=500"), OC_OK);
    ask = (struct oc_fetch){.kind = OC_FETCH_FILLS, .order = 9};
    assert_int_equal(asked(&ask, ""), OC_E_NOT_FOUND); /* the venue has not named it */
    ask.venue_order = theirs;
    assert_int_equal(asked(&ask, "/fills?order=17&limit=500"), OC_OK);

    ask = (struct oc_fetch){.kind = OC_FETCH_BARS, .period_ns = -1, .limit = 30};
    assert_int_equal(asked(&ask, "/bars?period=1M&rows=30&depth=7"), OC_OK);
    ask.limit = 101;
    ask.period_ns = 60000000000;
    assert_int_equal(asked(&ask, "/bars?period=1m&rows=100&depth=7"), OC_OK);
    ask.period_ns = 7;
    assert_int_equal(asked(&ask, ""), OC_E_NOT_SUPPORTED);
    assert_int_equal(kit_bar_period(&venue_of_bars, bars, kit_text_of("1m", 2)), 60000000000);
    assert_int_equal(kit_bar_period(&venue_of_bars, bars, kit_text_of("2m", 2)), 0);
    ask.kind = OC_FETCH_BOOK;
    assert_null(kit_question_of(questions, KIT_COUNT(questions), &ask));
}

static oc_rc say_row(void *self, struct kit_json *json, struct kit_page *page)
{
    const oc_rc *fails_at = self;
    return kit_json_u64(kit_json_value(json), &page->next) < 0 || page->count == (uint32_t)*fails_at ? OC_E_DATA
                                                                                                     : OC_OK;
}

static void lists_are_asked_one_behind_the_other(void **state)
{
    (void)state;
    oc_rc fails_at = 99;
    struct oc_fetch ask = {.kind = OC_FETCH_LEDGER, .token = 5};
    const struct oc_response in = {.fetch = &ask};
    struct kit_page page = {.codec = &codec, .in = &in, .source = 8};
    const struct oc_ev_fetched *said = (const struct oc_ev_fetched *)(const void *)room;
    assert_int_equal(asked(&ask, "/in?offset=0"), OC_OK);
    assert_int_equal(kit_page_say(&fails_at, &page, kit_json_begin("[4,5]", 5), say_row), OC_OK);
    assert_int_equal(page.count, 2);
    assert_int_equal(kit_page_end_list(&page, 2, 2), OC_OK); /* a full page: the list goes on */
    assert_int_equal(said->count, 2);
    assert_int_equal(said->more, 1);
    assert_int_equal(said->token, 5);
    assert_int_equal(said->head.source, 8);
    ask.cursor = said->cursor;
    assert_int_equal(asked(&ask, "/in?offset=2"), OC_OK);
    page.count = 1;
    assert_int_equal(kit_page_end_list(&page, 2, 2), OC_OK); /* its end: the next list */
    ask.cursor = said->cursor;
    assert_int_equal(asked(&ask, "/out?offset=0"), OC_OK);
    page.count = 0;
    assert_int_equal(kit_page_end_list(&page, 2, 2), OC_OK); /* and no more */
    assert_int_equal(said->more, 0);
    assert_int_equal(said->cursor.size, 0);
    fails_at = 1;
    page.count = 0;
    assert_int_equal(kit_page_say(&fails_at, &page, kit_json_begin("[4,5]", 5), say_row), OC_E_DATA);
    assert_int_equal(kit_page_say(&fails_at, &page, kit_json_begin("{}", 2), say_row), OC_E_DATA);
    fails_at = 99;
    assert_int_equal(kit_page_say(&fails_at, &page, kit_json_begin("[4", 2), say_row), OC_E_DATA);
}

static void what_a_refusal_of_a_question_is(void **state)
{
    (void)state;
    static const struct {
        uint32_t kind, why;
        oc_rc is;
    } cases[] = {
        {OC_FETCH_ORDER, OC_WHY_NOT_FOUND, OC_OK},        {OC_FETCH_BOOK, OC_WHY_NOT_FOUND, OC_E_IO},
        {OC_FETCH_ORDER, OC_WHY_OTHER, OC_E_IO},          {OC_FETCH_FILLS, OC_WHY_CLOCK, OC_E_AGAIN},
        {OC_FETCH_FILLS, OC_WHY_PERMISSION, OC_E_DENIED}, {OC_FETCH_FILLS, OC_WHY_BAD_CREDENTIALS, OC_E_DENIED}};
    for (size_t i = 0; i < KIT_COUNT(cases); i++) {
        const struct oc_fetch ask = {.kind = cases[i].kind};
        committed = 0;
        assert_int_equal(kit_page_refused(&codec, &ask, 1, cases[i].why), OC_OK);
        assert_int_equal(committed, cases[i].is == OC_OK ? 2 : 1); /* absent, and the end of the question */
        assert_int_equal(((const struct oc_ev_fetched *)(const void *)room)->rc, cases[i].is);
    }
}

/* ---- terms ---- */

static const struct oc_order_kind kinds[] = {
    {.type = OC_ORDER_MARKET, .tifs = 1u << OC_TIF_IOC, .bits = OC_RQ_HAS_QTY | OC_RQ_HAS_QUOTE_QTY},
    {.type = OC_ORDER_LIMIT,
     .tifs = 1u << OC_TIF_GTC | 1u << OC_TIF_IOC,
     .bits = OC_RQ_HAS_QTY | OC_RQ_POST_ONLY | OC_RQ_HAS_DISPLAY,
     .must = OC_RQ_HAS_PRICE},
    {.type = OC_ORDER_STOP, .triggers = 1u << OC_TRIGGER_LAST, .tifs = 1u << OC_TIF_GTC, .bits = OC_RQ_HAS_QTY}};
static const struct oc_venue venue_of_orders = {.size = sizeof venue_of_orders, .orders = kinds, .order_count = 3};

static void what_is_not_offered_is_not_sent(void **state)
{
    (void)state;
    const uint32_t qty = OC_RQ_HAS_QTY, price = OC_RQ_HAS_PRICE;
    const struct {
        uint8_t type, tif, side;
        uint32_t bits;
        int is;
    } cases[] = {{OC_ORDER_LIMIT, OC_TIF_NONE, OC_SIDE_BUY, qty | price, 1},
                 {OC_ORDER_LIMIT, OC_TIF_IOC, OC_SIDE_SELL, qty | price | OC_RQ_REDUCE_ONLY, 1},
                 {OC_ORDER_LIMIT, OC_TIF_FOK, OC_SIDE_BUY, qty | price, 0},
                 {OC_ORDER_LIMIT, OC_TIF_GTC, OC_SIDE_BUY, qty, 0},
                 {OC_ORDER_LIMIT, OC_TIF_GTC, OC_SIDE_BUY, price, 0},
                 {OC_ORDER_LIMIT, OC_TIF_GTC, OC_SIDE_NONE, qty | price, 0},
                 {OC_ORDER_LIMIT, OC_TIF_GTC, OC_SIDE_BUY, qty | price | OC_RQ_HAS_STOP, 0},
                 {OC_ORDER_LIMIT, OC_TIF_GTC, OC_SIDE_BUY, qty | price | OC_RQ_HAS_TRAIL, 1}, /* the host's */
                 {OC_ORDER_LIMIT, OC_TIF_GTC, OC_SIDE_BUY, OC_RQ_HAS_QUOTE_QTY | price, 0},
                 {OC_ORDER_MARKET, OC_TIF_GTC, OC_SIDE_BUY, OC_RQ_HAS_QUOTE_QTY, 1}, /* it does not rest */
                 {OC_ORDER_MARKET, OC_TIF_GTD, OC_SIDE_BUY, qty, 0},
                 {OC_ORDER_MARKET, OC_TIF_IOC, OC_SIDE_BUY, qty | price, 0},
                 {OC_ORDER_MARKET, OC_TIF_IOC, OC_SIDE_BUY, qty | OC_RQ_POST_ONLY, 0},
                 {OC_ORDER_STOP, OC_TIF_GTC, OC_SIDE_BUY, qty | OC_RQ_HAS_STOP, 1},
                 {OC_ORDER_TRAILING_STOP, OC_TIF_GTC, OC_SIDE_BUY, qty | OC_RQ_HAS_TRAIL, 0}};
    for (size_t i = 0; i < KIT_COUNT(cases); i++) {
        const struct oc_request ask = {
            .type = cases[i].type, .tif = cases[i].tif, .side = cases[i].side, .bits = cases[i].bits};
        if (kit_order_is_offered(&venue_of_orders, &ask) != cases[i].is)
            fail_msg("case %zu is taken otherwise", i);
    }
    struct oc_request ask = {.qty = 11, .display_qty = 5, .bits = OC_RQ_HAS_DISPLAY};
    assert_true(kit_iceberg_fits(&ask, &btc));
    struct oc_instrument few = {.iceberg_parts = 3};
    assert_true(kit_iceberg_fits(&ask, &few)); /* of 5, 5 and 1 */
    ask.qty = 15;
    assert_true(kit_iceberg_fits(&ask, &few));
    ask.qty = 16;
    assert_false(kit_iceberg_fits(&ask, &few));
    ask.qty = 11;
    ask.tif = OC_TIF_IOC;
    assert_false(kit_iceberg_fits(&ask, &few));
    ask.tif = OC_TIF_GTC;
    ask.display_qty = 0;
    assert_false(kit_iceberg_fits(&ask, &btc));
    ask.bits = 0;
    assert_true(kit_iceberg_fits(&ask, &btc));
}

static const char *const types[] = {[OC_ORDER_MARKET] = "MARKET", [OC_ORDER_LIMIT] = "LIMIT"};
static const char *const tifs[] = {[OC_TIF_NONE] = "GTC", [OC_TIF_GTC] = "GTC", [OC_TIF_IOC] = "IOC"};
static const char *const sides[] = {[OC_SIDE_BUY] = "BUY", [OC_SIDE_SELL] = "SELL"};
static const struct kit_terms words = {.types = types,
                                       .tifs = tifs,
                                       .sides = sides,
                                       .post_only = "MAKER",
                                       .type_count = KIT_COUNT(types),
                                       .tif_count = KIT_COUNT(tifs)};
static const struct kit_term terms[] = {
    {"v", KIT_TERM_TEXT, "1"},      {"s", KIT_TERM_SYMBOL, ""},   {"side", KIT_TERM_SIDE, ""},
    {"type", KIT_TERM_TYPE, ""},    {"tif", KIT_TERM_TIF, ""},    {"q", KIT_TERM_QTY, ""},
    {"money", KIT_TERM_MONEY, ""},  {"p", KIT_TERM_PRICE, ""},    {"stop", KIT_TERM_STOP, ""},
    {"show", KIT_TERM_DISPLAY, ""}, {"id", KIT_TERM_CLIENT, ""},  {"theirs", KIT_TERM_ORDER, ""},
    {"ours", KIT_TERM_OF_US, ""},   {"by", KIT_TERM_CHANGE, "c-"}};

static void written(const struct oc_venue_request *request, const char *expected)
{
    char path[256];
    struct kit_write query = kit_query_begin(path, sizeof path, "");
    kit_terms_write(&words, terms, KIT_COUNT(terms), request, &btc, &query);
    const oc_rc size = kit_query_end(path, &query);
    if (size < 0 || (size_t)size != strlen(expected) || memcmp(path, expected, (size_t)size) != 0)
        fail_msg("%.*s, and not %s", (int)size, path, expected);
}

static void each_term_goes_under_its_name(void **state)
{
    (void)state;
    const struct oc_id a = {.size = 1, .text = "a"}, b = {.size = 1, .text = "b"}, n = {.size = 1, .text = "9"};
    struct oc_venue_request request = {.client = a};
    request.ask = (struct oc_request){.kind = OC_REQUEST_NEW,
                                      .type = OC_ORDER_LIMIT,
                                      .side = OC_SIDE_BUY,
                                      .tif = OC_TIF_IOC,
                                      .bits = OC_RQ_HAS_QTY | OC_RQ_HAS_PRICE,
                                      .qty = 3,
                                      .price = 10125};
    written(&request, "?v=1&s=BTCUSD&side=BUY&type=LIMIT&tif=IOC&q=0.015&p=101.25&id=a&ours=a");
    request.ask.bits |= OC_RQ_POST_ONLY | OC_RQ_HAS_DISPLAY | OC_RQ_HAS_STOP;
    request.ask.display_qty = 1;
    request.ask.stop_price = 9900;
    written(&request, "?v=1&s=BTCUSD&side=BUY&type=MAKER&q=0.015&p=101.25&stop=99.00&show=0.005&id=a&ours=a");
    request.ask.bits = OC_RQ_HAS_QUOTE_QTY;
    request.ask.type = OC_ORDER_MARKET;
    request.ask.side = OC_SIDE_SELL;
    request.ask.quote_qty = (struct oc_dec){125, 1, 0};
    written(&request, "?v=1&s=BTCUSD&side=SELL&type=MARKET&money=12.5&id=a&ours=a");
    request.ask.kind = OC_REQUEST_AMEND;
    request.client_new = b;
    request.venue_order = n;
    written(&request, "?v=1&s=BTCUSD&side=SELL&type=MARKET&money=12.5&id=b&theirs=9&by=c-b");
}

/* ---- markets ---- */

#define AT(member) offsetof(struct oc_instrument, member)
static const struct kit_field lot[] = {KIT_FIELD("min", KIT_IS_QTY, KIT_NOT_ZERO | KIT_UP, AT(min_qty),
                                                 OC_INST_HAS_MIN_QTY)},
                              lot_step[] = {KIT_FIELD("step", KIT_IS_DEC, KIT_NOT_ZERO, AT(qty_step), 0)};
static const struct kit_field parts[] = {KIT_FIELD("limit", KIT_IS_U32, KIT_MUST, AT(iceberg_parts), 0)};

static void twice(struct oc_instrument *info, const struct kit_row *row)
{
    (void)row;
    info->iceberg_parts *= 2;
}

static const struct kit_filter filters[] = {KIT_FILTER_STEP("LOT", lot, lot_step), KIT_FILTER("PARTS", parts, twice)};

static int filtered(const char *text, struct oc_instrument *info)
{
    kit_market_begin(info, 2, 8);
    return kit_filters_take(&codec, kit_text_of(text, strlen(text)), "type", filters, KIT_COUNT(filters), info);
}

static void steps_come_before_what_counts_in_them(void **state)
{
    (void)state;
    struct oc_instrument info;
    assert_true(filtered(
        "[{\"type\":\"PARTS\",\"limit\":4},{\"min\":\"0.011\",\"step\":\"0.005\",\"type\":\"LOT\"},{\"type\":\"NEW\"}]",
        &info));
    assert_int_equal(info.qty_step.units, 5);
    assert_int_equal(info.qty_step.scale, 3);
    assert_int_equal(info.min_qty, 3); /* up to a whole step */
    assert_int_equal(info.qty_digits, 3);
    assert_int_equal(info.price_step.units, 1);
    assert_int_equal(info.price_step.scale, 2); /* by its digits: no filter says */
    assert_int_equal(info.iceberg_parts, 8);
    assert_int_equal(info.present, OC_INST_HAS_MIN_QTY | OC_INST_HAS_QUOTE_STEP);
    assert_string_equal(skipped, "filter NEW");
    assert_true(filtered("[]", &info));
    assert_int_equal(info.qty_step.scale, 8);
    assert_false(filtered("[{\"type\":\"PARTS\"}]", &info)); /* half of a market's rules is no market */
    assert_false(filtered("[{\"type\":\"LOT\"", &info));
    assert_false(filtered("[1]", &info));
    assert_false(filtered("{}", &info));
}

static void a_market_has_its_name_and_its_assets(void **state)
{
    (void)state;
    struct oc_instrument info;
    const struct oc_ev_instrument *said = (const struct oc_ev_instrument *)(const void *)room;
    const struct kit_json_text symbol = kit_text_of("BTCUSD", 6), base = kit_text_of("BTC", 3),
                               quote = kit_text_of("USD", 3);
    kit_market_begin(&info, 2, 8);
    assert_int_equal(kit_say_market(&codec, &info, symbol, base, quote, "market", 7), OC_OK);
    assert_int_equal(committed, 1);
    assert_string_equal(said->info.symbol, "BTC/USD");
    assert_string_equal(said->info.venue_symbol, "BTCUSD");
    assert_int_equal(said->info.base, 'B');
    assert_int_equal(said->info.settle, 'U');
    assert_int_equal(said->token, 7);
    assert_int_equal(kit_say_market(&codec, &info, kit_text_of("", 0), base, quote, "market", 7), OC_OK);
    assert_int_equal(kit_say_market(&codec, &info, symbol, kit_text_of("LONG", 4), quote, "market", 7), OC_OK);
    assert_int_equal(committed, 1); /* counted, and not said */
    assert_string_equal(skipped, "market BTCUSD");
}
#undef AT

/* ---- wallets ---- */

#define AT(member) offsetof(struct oc_ev_balance, member)
static const struct kit_field has[] = {KIT_FIELD("asset", KIT_IS_ASSET, KIT_MUST, AT(asset), 0),
                                       KIT_FIELD("free", KIT_IS_DEC, KIT_MUST, AT(free), OC_BAL_FREE)};
static const struct kit_shape balance = KIT_SHAPE("balance", OC_EV_BALANCE, oc_ev_balance, present, has);
#undef AT
#define AT(member) offsetof(struct oc_ev_ledger, member)
static const struct kit_word done[] = {{"1", OC_LEDGER_DONE}};
static const struct kit_field moves[] = {KIT_FIELD("amount", KIT_IS_DEC, KIT_MUST, AT(amount), 0),
                                         KIT_FIELD("fee", KIT_IS_DEC, KIT_SIGNLESS, AT(fee), OC_LEDGER_HAS_FEE),
                                         KIT_FIELD_WORDS("status", KIT_IS_WORD16, AT(status), done)};
static const struct kit_shape move = KIT_SHAPE("ledger", OC_EV_LEDGER, oc_ev_ledger, present, moves);
#undef AT

static oc_rc has_said(const char *text, uint64_t token)
{
    struct kit_json json = kit_json_begin(text, (uint32_t)strlen(text));
    return kit_say_balance(&codec, &json, &balance, 4, token, 9);
}

static void what_an_account_has(void **state)
{
    (void)state;
    const struct oc_ev_balance *said = (const struct oc_ev_balance *)(const void *)room;
    assert_int_equal(has_said("{\"asset\":\"BTC\",\"free\":\"1.5\"}", 0), OC_OK);
    assert_int_equal(said->present, OC_BAL_FREE | OC_BAL_SUM);
    assert_int_equal(said->head.flags, OC_EVF_LAST);
    assert_int_equal(said->head.venue_ns, 9);
    assert_int_equal(has_said("{\"asset\":\"BTC\",\"free\":\"1.5\"}", 5), OC_OK);
    assert_int_equal(said->head.flags, OC_EVF_LAST | OC_EVF_REPLAYED);
    assert_int_equal(has_said("{\"asset\":\"A_NAME_THAT_IS_LONGER_THAN_ANY_ASSET_HAS\",\"free\":\"1\"}", 5), OC_OK);
    assert_int_equal(has_said("{\"free\":\"1\"}", 5), OC_OK); /* counted, and the list goes on */
    assert_int_equal(committed, 2);
    assert_int_equal(has_said("{\"asset\":\"BTC\"}", 5), OC_E_DATA);
    assert_int_equal(has_said("[]", 5), OC_E_DATA);
}

static const struct oc_ev_ledger *moved(const char *text, uint16_t kind)
{
    struct kit_json json = kit_json_begin(text, (uint32_t)strlen(text));
    assert_int_equal(kit_say_moved(&codec, &json, &move, kind, 4, 5), OC_OK);
    return (const struct oc_ev_ledger *)(const void *)room;
}

static void what_came_in_and_went_out(void **state)
{
    (void)state;
    const struct oc_ev_ledger *said = moved("{\"amount\":\"2\",\"fee\":\"0.5\",\"status\":1}", OC_LEDGER_DEPOSIT);
    assert_int_equal(said->amount.units, 2);
    assert_int_equal(said->status, OC_LEDGER_DONE);
    assert_int_equal(said->token, 5);
    said = moved("{\"amount\":\"2\",\"fee\":\"0.5\",\"status\":9}", OC_LEDGER_WITHDRAWAL); /* with its fee, out of it */
    assert_int_equal(said->amount.units, -25);
    assert_int_equal(said->amount.scale, 1);
    assert_int_equal(said->status, OC_LEDGER_PENDING);                       /* a word that is not known is no end */
    said = moved("{\"amount\":\"2\",\"fee\":\"-1\"}", OC_LEDGER_WITHDRAWAL); /* below zero says nothing */
    assert_int_equal(said->amount.units, -2);
    assert_int_equal(said->present, 0);
}

#define TEST(name) cmocka_unit_test_setup(name, start)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_part_goes_under_its_name),
        TEST(lists_are_asked_one_behind_the_other),
        TEST(what_a_refusal_of_a_question_is),
        TEST(what_is_not_offered_is_not_sent),
        TEST(each_term_goes_under_its_name),
        TEST(steps_come_before_what_counts_in_them),
        TEST(a_market_has_its_name_and_its_assets),
        TEST(what_an_account_has),
        TEST(what_came_in_and_went_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

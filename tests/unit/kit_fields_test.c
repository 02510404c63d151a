/* kit_fields_test.c: objects of JSON by tables: what must be there, what may be missing, what is rounded; and what a refusal means by the first
 * row that fits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <outcry/kit/book.h>
#include <outcry/kit/fields.h>
#include <outcry/kit/query.h>
#include <outcry/kit/refusal.h>

#include <cmocka.h>

static _Alignas(8) char room[OC_EVENT_MAX];
static uint32_t committed;
static char skipped[64];

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

/* BTCUSD: steps of 0.01 and 0.001. */
static oc_rc symbol(const struct oc_host *host, const char *name, uint32_t size, struct oc_scale *ret_scale)
{
    (void)host;
    if (size != 6 || memcmp(name, "BTCUSD", 6) != 0)
        return OC_E_NOT_FOUND;
    *ret_scale = (struct oc_scale){.inst = 3, .price_digits = 2, .qty_digits = 3, .price_div = 1, .qty_div = 1};
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

static oc_rc sign(const struct oc_host *host, uint32_t key, const struct oc_part *parts, uint32_t count,
                  uint8_t *signature, uint32_t signature_max)
{
    (void)host, (void)count;
    memset(signature, (int)key, signature_max);
    return parts[0].size > 100 ? OC_E_DENIED : (oc_rc)signature_max;
}

static const struct oc_svc_feed feed = {.size = sizeof feed, .reserve = reserve, .commit = commit};
static const struct oc_svc_log logs = {.size = sizeof logs, .skip = keep_skipped};
static const struct oc_svc_names names = {.size = sizeof names, .symbol = symbol, .asset = asset};
static const struct oc_svc_sign signer = {.size = sizeof signer, .sign = sign};

static const void *service(const struct oc_host *host, const char *id)
{
    (void)host;
    return strcmp(id, OC_SVC_LOG) == 0     ? (const void *)&logs
           : strcmp(id, OC_SVC_NAMES) == 0 ? (const void *)&names
           : strcmp(id, OC_SVC_SIGN) == 0  ? (const void *)&signer
                                           : (const void *)&feed;
}

static const struct oc_host host = {.size = sizeof host, .service = service};
static struct kit_codec codec;

static int start(void **state)
{
    (void)state;
    committed = 0;
    return kit_codec_begin(&codec, &host) == OC_OK ? 0 : -1;
}

#define AT(member) offsetof(struct oc_ev_order, member)
static const struct kit_word sides[] = {{"BUY", OC_SIDE_BUY}, {"SELL", OC_SIDE_SELL}};
static const struct kit_word posts[] = {{"true", OC_RQ_POST_ONLY}};
enum { SEEN = 0 };
static const struct kit_field fields[] = {KIT_SEEN("note"),
                                          KIT_BOTH("symbol", "s", KIT_IS_SYMBOL, 0, 0, 0),
                                          KIT_BOTH("id", "i", KIT_IS_ID, KIT_MUST, AT(venue_order), 0),
                                          KIT_BOTH("price", "p", KIT_IS_PRICE, KIT_NOT_ZERO, AT(price), OC_OF_PRICE),
                                          KIT_FIELD("least", KIT_IS_PRICE, KIT_UP, AT(stop_price), OC_OF_STOP),
                                          KIT_FIELD("most", KIT_IS_QTY, KIT_DOWN, AT(cum_qty), OC_OF_CUM_QTY),
                                          KIT_FIELD("qty", KIT_IS_QTY, KIT_SOUND, AT(qty), OC_OF_QTY),
                                          KIT_FIELD("money", KIT_IS_DEC, KIT_NOT_ZERO, AT(quote_qty), OC_OF_QUOTE_QTY),
                                          KIT_FIELD("ms", KIT_IS_MS, 0, AT(created_ns), 0),
                                          KIT_ALSO(KIT_IS_MS, 0, AT(head.venue_ns), 0),
                                          KIT_FIELD("at", KIT_IS_TIME, 0, AT(updated_ns), 0),
                                          KIT_FIELD("asset", KIT_IS_ASSET, 0, AT(fee_asset), 0),
                                          KIT_FIELD_WORDS("side", KIT_IS_WORD8, AT(side), sides),
                                          KIT_FIELD_WORDS("post", KIT_IS_BITS, AT(bits), posts),
                                          KIT_FIELD("count", KIT_IS_U32, 0, AT(why), 0)};
static const struct kit_shape shape = KIT_SHAPE("order.symbol", OC_EV_ORDER, oc_ev_order, present, fields);

static const struct oc_ev_order *read(const char *text, struct kit_row *row, oc_rc *ret_rc)
{
    struct kit_json json = kit_json_begin(text, (uint32_t)strlen(text));
    if (!KIT_ROW(&json, fields, row)) {
        *ret_rc = OC_E_DATA;
        return NULL;
    }
    return kit_row_event(&codec, &shape, row, 7, ret_rc);
}

static void each_member_goes_to_its_place(void **state)
{
    (void)state;
    struct kit_row row;
    oc_rc rc;
    const struct oc_ev_order *order = read(
        "{\"count\":9,\"symbol\":\"BTCUSD\",\"id\":17,\"price\":\"101.25\",\"least\":\"0.001\",\"most\":\"0.0019\","
        "\"qty\":\"0.5\",\"money\":\"12.5\",\"ms\":1000,\"at\":\"1970-01-01 00:00:02\",\"asset\":\"BTC\","
        "\"side\":\"SELL\",\"post\":true,\"note\":{\"x\":1},\"other\":[1,2]}",
        &row, &rc);
    assert_non_null(order);
    assert_int_equal(order->head.inst, 3);
    assert_int_equal(order->head.source, 7);
    assert_int_equal(order->head.flags, OC_EVF_LAST);
    assert_int_equal(order->head.size, sizeof *order);
    assert_memory_equal(order->venue_order.text, "17", 2);
    assert_int_equal(order->price, 10125);
    assert_int_equal(order->stop_price, 1); /* up to a whole step */
    assert_int_equal(order->cum_qty, 1);    /* down */
    assert_int_equal(order->qty, 500);
    assert_int_equal(order->quote_qty.units, 125);
    assert_int_equal(order->created_ns, 1000000000);
    assert_int_equal(order->head.venue_ns, 1000000000); /* the same member twice */
    assert_int_equal(order->updated_ns, 2000000000);
    assert_int_equal(order->fee_asset, 'B');
    assert_int_equal(order->side, OC_SIDE_SELL);
    assert_int_equal(order->bits, OC_RQ_POST_ONLY);
    assert_int_equal(order->why, 9);
    assert_int_equal(order->present, OC_OF_PRICE | OC_OF_STOP | OC_OF_CUM_QTY | OC_OF_QTY | OC_OF_QUOTE_QTY);
    assert_true(KIT_JSON_IS(row.of[SEEN], "{\"x\":1}"));
    assert_non_null(read("{\"p\":\"5\",\"i\":\"a\",\"s\":\"BTCUSD\"}", &row, &rc)); /* by the other names */
    assert_int_equal(((const struct oc_ev_order *)(const void *)room)->price, 500);
}

static void what_is_missing_or_cannot_be_read(void **state)
{
    (void)state;
    struct kit_row row;
    oc_rc rc;
    const struct oc_ev_order *order = read("{\"s\":\"BTCUSD\",\"i\":\"a\",\"p\":\"0.00\",\"money\":null,\"most\":\"x\","
                                           "\"side\":\"HOLD\",\"price\":null}",
                                           &row, &rc);
    assert_non_null(order);
    assert_int_equal(order->present, 0); /* zero says nothing, as do null and what is none */
    assert_int_equal(order->side, OC_SIDE_NONE);
    assert_non_null(read("{\"s\":\"BTCUSD\",\"i\":\"a\",\"p\":\"1.005\"}", &row, &rc)); /* off the grid: not said */
    assert_null(read("{\"s\":\"BTCUSD\"}", &row, &rc));                                 /* it must have an id */
    assert_int_equal(rc, OC_E_DATA);
    assert_null(read("{\"s\":\"BTCUSD\",\"i\":\"a\",\"qty\":\"0.0001\"}", &row, &rc)); /* there, and not sound */
    assert_int_equal(rc, OC_E_DATA);
    assert_null(read("{\"s\":\"ETHUSD\",\"i\":\"a\"}", &row, &rc));
    assert_int_equal(rc, OC_OK); /* nobody knows it: counted */
    assert_string_equal(skipped, "order.symbol ETHUSD");
    assert_null(read("[]", &row, &rc));
    assert_null(read("{\"i\":", &row, &rc));
    assert_int_equal(committed, 0);
}

static void a_list_is_read_by_place(void **state)
{
    (void)state;
    struct kit_row row;
    struct kit_json json = kit_json_begin("[1,[2],3,4]", 11);
    assert_true(kit_row_list(&json, 2, 4, &row));
    assert_true(KIT_JSON_IS(row.of[0], "1"));
    assert_true(KIT_JSON_IS(row.of[1], "[2]"));
    assert_int_equal(row.of[2].kind, KIT_JSON_NONE);
    json = kit_json_begin("{}", 2);
    assert_false(kit_row_list(&json, 2, 4, &row));
    json = kit_json_begin("[]", 2);
    assert_false(kit_row_list(&json, 2, KIT_FIELDS_MAX + 1, &row));
}

static void the_first_row_that_fits(void **state)
{
    (void)state;
    static const struct kit_refusal_row rows[] = {{-1, NULL, OC_WHY_CLOCK, 1},
                                                  {-2, "funds", OC_WHY_INSUFFICIENT_FUNDS, 0},
                                                  {0, "funds", OC_WHY_TOO_SMALL, 0},
                                                  {0, NULL, OC_WHY_INVALID_ORDER, 0}};
    const struct kit_json_text none = {0}, funds = kit_text_of("no funds", 8), fund = kit_text_of("fund", 4);
    assert_ptr_equal(KIT_REFUSAL_OF(rows, -1, funds), &rows[0]);
    assert_ptr_equal(KIT_REFUSAL_OF(rows, -2, funds), &rows[1]);
    assert_ptr_equal(KIT_REFUSAL_OF(rows, -2, fund), &rows[3]);
    assert_ptr_equal(KIT_REFUSAL_OF(rows, -3, funds), &rows[2]);
    assert_ptr_equal(KIT_REFUSAL_OF(rows, -3, none), &rows[3]);
}

static void a_query_is_signed_as_it_stands(void **state)
{
    (void)state;
    char path[128], small[12];
    const struct oc_id id = {.size = 3, .text = "a b"};
    struct kit_write query = kit_query_begin(path, sizeof path, "/x");
    assert_int_equal(kit_query_end(path, &query), 2); /* nothing is asked: no mark */
    kit_query_text(&query, "s", "A&B");
    kit_query_u64(&query, "n", 7);
    kit_query_units(&query, "p", 405, (struct oc_dec){25, 2, 0});
    kit_query_id(&query, "i", "c-", &id);
    assert_int_equal(kit_query_sign(&codec, 0xab, &query, "sig", 2), OC_OK);
    const oc_rc size = kit_query_end(path, &query);
    assert_int_equal(size, strlen("/x?s=A%26B&n=7&p=101.25&i=c-a%20b&sig=abab"));
    assert_memory_equal(path, "/x?s=A%26B&n=7&p=101.25&i=c-a%20b&sig=abab", (size_t)size);
    assert_int_equal(kit_query_sign(&codec, 1, &query, "sig", 65), OC_E_INVALID);
    query = kit_query_begin(small, sizeof small, "/x");
    kit_query_text(&query, "name", "value");
    assert_int_equal(kit_query_end(small, &query), OC_E_LIMIT);
    assert_int_equal(kit_query_sign(&codec, 1, &query, "sig", 2), OC_E_LIMIT);
}

static struct kit_json_text list(const char *text)
{
    struct kit_json_text value = kit_text_of(text, strlen(text));
    value.kind = KIT_JSON_ARRAY;
    return value;
}

static void the_sides_of_a_book(void **state)
{
    (void)state;
    struct oc_scale scale;
    assert_int_equal(symbol(&host, "BTCUSD", 6, &scale), OC_OK);
    struct kit_levels bids = {.count = 0}, asks = {.count = 0};
    struct kit_book book = {.scale = &scale, .first = 1, .last = 2, .kind = OC_BOOK_CHANGE, .chain = OC_CHAIN_RANGE};
    book.bids = &bids;
    bids.text = list("[[\"1.00\",\"0.5\",\"x\"],[\"0.99\",\"0.0005\"]]");
    assert_int_equal(kit_say_book(&codec, &book), OC_OK);
    const struct oc_ev_book *said = (const struct oc_ev_book *)(const void *)room;
    const struct oc_level *levels = (const struct oc_level *)(const void *)(said + 1);
    assert_int_equal(said->bids, 2);
    assert_int_equal(said->asks, 0);
    assert_int_equal(levels[0].price, 100);
    assert_int_equal(levels[0].qty, 500);
    assert_int_equal(levels[1].qty, 0); /* finer than a step */
    assert_int_equal(said->head.size, sizeof *said + 2 * sizeof *levels);
    book.asks = &asks;
    asks.text = list("[[\"1.005\",\"1\"]]");
    assert_int_equal(kit_say_book(&codec, &book), OC_E_DATA);
    assert_int_equal(committed, 1);
}

/* A side as it is taken from a message: at once where it can be, and otherwise as before, with the same levels. */
static void a_side_is_read_where_it_stands(void **state)
{
    (void)state;
    static const struct {
        const char *side;
        int is_quick, count; /* count below 0: it is none */
    } cases[] = {{"[[\"1.00\",\"0.5\"],[\"0.99\",\"2\"]]", 1, 2},
                 {"[[\"1.00\",\"0.500\"],[\"0.9900000\",\"2.000\"]]", 1, 2},
                 {"[]", 0, 0},
                 {"[[\"1.00\",\"0.5\"], [\"0.99\",\"2\"]]", 0, 2},
                 {"[[1.00,0.5],[0.99,2]]", 0, 2},
                 {"[[\"1.00\",\"0.5\",[]],[\"0.99\",\"2\",\"[\"]]", 0, 2},
                 {"[[\"1.00\",\"0.5004\"],[\"0.99\",\"2\"]]", 0, 2}, /* finer than a step */
                 {"[[\"1.005\",\"0.5\"]]", 0, -1},
                 {"[[\"1.00\"]]", 0, -1},
                 {"[[\"1.00\",\"-\"]]", 0, -1},
                 {"[[\"1.00\",\"1.\"]]", 0, -1},
                 {"[\"1.00\",\"0.5\"]", 0, -1},
                 {"{\"1.00\":\"0.5\"}", 0, -1}};
    struct oc_scale scale;
    assert_int_equal(symbol(&host, "BTCUSD", 6, &scale), OC_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int is_known = 0; is_known < 2; is_known++) {
            char text[256];
            struct kit_levels side;
            struct kit_json_text key;
            snprintf(text, sizeof text, "{\"b\":%s,\"u\":1}", cases[i].side);
            struct kit_json json = kit_json_begin(text, (uint32_t)strlen(text));
            assert_true(kit_json_object(&json) && kit_json_key(&json, &key));
            kit_book_take(&json, is_known ? &scale : NULL, &side);
            assert_true(kit_json_end(&json));
            assert_int_equal(side.text.kind == KIT_JSON_NONE, is_known && cases[i].is_quick);
            struct kit_book book = {.scale = &scale, .asks = &side, .kind = OC_BOOK_SNAPSHOT};
            assert_int_equal(kit_say_book(&codec, &book), cases[i].count < 0 ? OC_E_DATA : OC_OK);
            const struct oc_ev_book *said = (const struct oc_ev_book *)(const void *)room;
            const struct oc_level *levels = (const struct oc_level *)(const void *)(said + 1);
            if (cases[i].count < 0)
                continue;
            assert_int_equal(said->asks, cases[i].count);
            assert_int_equal(said->head.size, sizeof *said + (size_t)cases[i].count * sizeof *levels);
            if (cases[i].count == 2 &&
                (levels[0].price != 100 || levels[0].qty != 500 || levels[1].price != 99 || levels[1].qty != 2000))
                fail_msg("read otherwise: %s", cases[i].side);
        }
    char long_side[16 * (KIT_LEVELS_QUICK + 2) + 3];
    for (uint32_t count = KIT_LEVELS_QUICK; count <= KIT_LEVELS_QUICK + 1; count++) {
        size_t size = 0;
        struct kit_levels side;
        for (uint32_t i = 0; i < count; i++)
            size += (size_t)snprintf(long_side + size, 16, "%s[\"1\",\"2\"]", i ? "," : "[");
        long_side[size++] = ']';
        struct kit_json json = kit_json_begin(long_side, (uint32_t)size);
        kit_book_take(&json, &scale, &side);
        assert_true(kit_json_end(&json));
        assert_int_equal(side.text.kind == KIT_JSON_NONE, count == KIT_LEVELS_QUICK);
        assert_int_equal(kit_book_most(&side), count);
    }
}

/* What is taken the quick way means the same as what is not: a blank behind a comma is all that parts the two. */
static void a_quick_row_is_the_same_row(void **state)
{
    (void)state;
    static const struct kit_field table_of[] = {KIT_SEEN("a"), KIT_SEEN("name"),
                                                KIT_BOTH("long", "b", KIT_IS_NONE, 0, 0, 0), KIT_SEEN("c")};
    static const char *const values[] = {"1",
                                         "-1",
                                         "-0",
                                         "0",
                                         "1.50",
                                         "\"1.50\"",
                                         "\"-2.5\"",
                                         "\"-\"",
                                         "\"1.\"",
                                         "\".5\"",
                                         "\"\"",
                                         "\"1a\"",
                                         "\"1-2\"",
                                         "\"a\\nb\"",
                                         "true",
                                         "false",
                                         "null",
                                         "[1,2]",
                                         "{}",
                                         "1e5",
                                         "\"1e5\"",
                                         "12345678",
                                         "123456789",
                                         "\"0012\"",
                                         "123456789012345678",
                                         "1234567890123456789",
                                         "\"12345678.12345678\"",
                                         "\"0.000000000000000001\"",
                                         "\"99999999999999999999\""};
    static const char *const called[] = {"a", "name", "long", "b", "c", "d", "other"};
    uint64_t random = 7;
    for (int turn = 0; turn < 20000; turn++) {
        char quick[1024] = "{", careful[1024] = "{ ";
        for (int i = 0; i < 6; i++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            const char *name = called[(random >> 33) % 7],
                       *value = values[(random >> 40) % (sizeof values / sizeof *values)];
            snprintf(quick + strlen(quick), 128, "%s\"%s\":%s", i ? "," : "", name, value);
            snprintf(careful + strlen(careful), 128, "%s \"%s\" : %s", i ? "," : "", name, value);
        }
        strcat(quick, "}");
        strcat(careful, "}");
        struct kit_row a, b;
        struct kit_json one = kit_json_begin(quick, (uint32_t)strlen(quick)),
                        other = kit_json_begin(careful, (uint32_t)strlen(careful));
        assert_true(KIT_ROW(&one, table_of, &a) && kit_json_end(&one) && KIT_ROW(&other, table_of, &b) &&
                    kit_json_end(&other));
        for (size_t i = 0; i < sizeof table_of / sizeof *table_of; i++)
            if (a.of[i].kind != b.of[i].kind || a.of[i].size != b.of[i].size ||
                a.of[i].is_escaped != b.of[i].is_escaped ||
                (a.of[i].size && memcmp(a.of[i].at, b.of[i].at, a.of[i].size) != 0))
                fail_msg("%s: member %zu is another", quick, i);
    }
    static const char *const bad[] = {
        "{\"a\":01}", "{\"a\":1.}",          "{\"a\":-}",  "{\"a\":1x}",          "{\"a\":\"1}",
        "{\"a\":1,}", "{\"a\":1\"b\":2}",    "{\"a\"1}",   "{\"a\":tru,\"b\":1}", "{\"a\":nul}",
        "{\"\\\":1}", "{\"a\":-01,\"b\":1}", "{,\"a\":1}", "{\"a\":1,\"b\":1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct kit_row row;
        struct kit_json json = kit_json_begin(bad[i], (uint32_t)strlen(bad[i]));
        if (KIT_ROW(&json, table_of, &row) && kit_json_end(&json))
            fail_msg("taken: %s", bad[i]);
    }
}

#define TEST(name) cmocka_unit_test_setup(name, start)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_member_goes_to_its_place),  TEST(what_is_missing_or_cannot_be_read), TEST(a_list_is_read_by_place),
        TEST(the_first_row_that_fits),        TEST(a_query_is_signed_as_it_stands),    TEST(the_sides_of_a_book),
        TEST(a_side_is_read_where_it_stands), TEST(a_quick_row_is_the_same_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

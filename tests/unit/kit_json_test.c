/* kit_json_test.c: the scanner and the writer of the kit: what is taken and refused, what is passed over, exact values, and a random
 * walk held to json-c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/json_same.h"

static struct kit_json of(const char *text) { return kit_json_begin(text, (uint32_t)strlen(text)); }

static struct kit_json_text value_of(const char *text)
{
    struct kit_json json = of(text);
    return kit_json_value(&json);
}

static void a_message_is_held_to_the_rules(void **state)
{
    (void)state;
    static const char *const good[] = {"{}",
                                       " [ ] ",
                                       "1",
                                       "-0",
                                       "0.5e+10",
                                       "\"\"",
                                       "null",
                                       "true ",
                                       "false",
                                       "[1,2]",
                                       "{\"a\":[{}]}",
                                       "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00fF\"",
                                       "{\"a\":1,\"a\":2}"};
    static const char *const bad[] = {"",           " ",         "{",      "}",        "[1,]",      "[,1]",
                                      "{\"a\":1,}", "{\"a\" 1}", "{1:2}",  "{\"a\":}", "[1 2]",     "{\"a\":1 \"b\":2}",
                                      "01",         "-",         "1.",     ".5",       "1e",        "1e+",
                                      "+1",         "--1",       "0x1",    "nul",      "nulll",     "True",
                                      "\"",         "\"a",       "\"\\\"", "\"\\x\"",  "\"\\u12\"", "\"\\u12g4\"",
                                      "\"\t\"",     "[}",        "{]",     "1 2",      "{}x",       "[[]",
                                      "\"a\"b",     "NaN"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct kit_json json = of(good[i]);
        if (!kit_json_end(&json))
            fail_msg("refused: %s", good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct kit_json json = of(bad[i]);
        if (kit_json_end(&json))
            fail_msg("taken: %s", bad[i]);
    }
    char deep[2 * KIT_JSON_DEPTH + 3];
    for (uint32_t depth = KIT_JSON_DEPTH; depth <= KIT_JSON_DEPTH + 1; depth++) {
        memset(deep, '[', depth);
        memset(deep + depth, ']', depth);
        struct kit_json json = kit_json_begin(deep, 2 * depth);
        assert_int_equal(kit_json_end(&json), depth <= KIT_JSON_DEPTH);
    }
}

static void what_is_not_asked_for_is_passed_over(void **state)
{
    (void)state;
    struct kit_json json =
        of("{\"skip\":{\"p\":[1,{\"p\":2}]}, \"list\":[[\"1.5\",\"2\"],7,[\"3\"]] ,\"none\":null,\"p\":\"4\"}");
    struct kit_json_text key, p = {0};
    int lists = 0, items = 0, others = 0;
    assert_true(kit_json_object(&json));
    while (kit_json_key(&json, &key)) {
        if (KIT_JSON_IS(key, "p")) {
            p = kit_json_value(&json);
        } else if (KIT_JSON_IS(key, "none")) {
            assert_false(kit_json_array(&json)); /* of another kind: passed over */
        } else if (KIT_JSON_IS(key, "list") && kit_json_array(&json)) {
            while (kit_json_item(&json)) {
                if (!kit_json_array(&json)) {
                    others++;
                    continue;
                }
                lists++;
                while (kit_json_item(&json))
                    items++; /* each left unread */
            }
        }
    }
    assert_true(KIT_JSON_IS(p, "4"));
    assert_int_equal(p.kind, KIT_JSON_STRING);
    assert_int_equal(lists, 2);
    assert_int_equal(items, 3);
    assert_int_equal(others, 1);
    assert_true(kit_json_end(&json));

    json = of("{\"a\":{\"b\":1},\"c\":2}"); /* left where it stands: the end reads the rest */
    assert_true(kit_json_object(&json) && kit_json_key(&json, &key) && kit_json_object(&json) &&
                kit_json_key(&json, &key));
    assert_true(kit_json_end(&json));
    json = of("{\"a\":{\"b\":1},\"c\":02}"); /* and holds it to the rules */
    assert_true(kit_json_object(&json) && kit_json_key(&json, &key));
    assert_false(kit_json_end(&json));
    assert_false(kit_json_key(&json, &key)); /* behind a fault everything is harmless */
    assert_int_equal(kit_json_value(&json).kind, KIT_JSON_NONE);

    json = of("[1,2]"); /* keys of an array, elements of an object: a fault, not a guess */
    assert_true(kit_json_array(&json));
    assert_false(kit_json_key(&json, &key));
    assert_false(kit_json_end(&json));
    json = of("{\"a\":1}");
    assert_true(kit_json_object(&json));
    assert_false(kit_json_item(&json));
    assert_false(kit_json_end(&json));

    json = of("[1,2]"); /* a value is given once */
    assert_true(kit_json_array(&json) && kit_json_item(&json));
    assert_int_equal(kit_json_value(&json).kind, KIT_JSON_NUMBER);
    assert_int_equal(kit_json_value(&json).kind, KIT_JSON_NONE);
    assert_true(kit_json_item(&json) && KIT_JSON_IS(kit_json_value(&json), "2") && kit_json_end(&json));

    assert_true(KIT_JSON_IS(value_of(" {\"a\": [1]} "), "{\"a\": [1]}"));
    assert_int_equal(value_of("[]").kind, KIT_JSON_ARRAY);
    assert_int_equal(value_of("[1").kind, KIT_JSON_NONE);
    assert_int_equal(value_of("-12.50").kind, KIT_JSON_NUMBER);
    assert_false(KIT_JSON_IS(value_of("\"price\""), "prices"));
}

/* What is read with its end is what is read from the text: random decimals at random steps. */
static void a_plain_decimal_is_the_text(void **state)
{
    (void)state;
    uint64_t random = 11;
    uint32_t plain = 0;
    for (int turn = 0; turn < 200000; turn++) {
        char text[96] = "[\"";
        size_t size = 2;
        random = random * 6364136223846793005u + 1442695040888963407u;
        const uint32_t whole = (uint32_t)(random >> 60), behind = (uint32_t)(random >> 56) & 15,
                       zeros = (uint32_t)(random >> 52) & 7;
        if ((random >> 50 & 3) == 0)
            text[size++] = '-';
        for (uint32_t i = 0; i < whole + behind + zeros; i++) {
            if (i == whole && (random >> 49 & 1))
                text[size++] = '.';
            text[size++] = i >= whole + behind ? '0' : (char)('0' + (random >> i % 40) % 10);
        }
        snprintf(text + size, sizeof text - size, "\",0]");
        struct kit_json json = of(text);
        assert_true(kit_json_array(&json) && kit_json_item(&json));
        const struct kit_json_text taken = kit_json_value(&json);
        assert_int_equal(taken.kind, KIT_JSON_STRING);
        struct kit_json_text read = taken;
        read.is_plain = 0;
        plain += taken.is_plain != 0;
        const struct oc_dec step = {(random >> 44 & 7) == 0 ? 25 : 1, (int32_t)(random >> 36 & 15), 0};
        int64_t units[2] = {7, 7};
        struct oc_dec dec[2] = {{7, 7, 0}, {7, 7, 0}};
        uint64_t number[2] = {7, 7};
        if (kit_json_units(taken, step, &units[0]) != kit_json_units(read, step, &units[1]) || units[0] != units[1])
            fail_msg("%s at %lld and %d digits: other units", text, (long long)step.units, step.scale);
        if (kit_json_dec(taken, &dec[0]) != kit_json_dec(read, &dec[1]) || dec[0].units != dec[1].units ||
            dec[0].scale != dec[1].scale)
            fail_msg("%s: another decimal", text);
        if (kit_json_u64(taken, &number[0]) != kit_json_u64(read, &number[1]) || number[0] != number[1])
            fail_msg("%s: another number", text);
    }
    assert_true(plain > 50000);
}

static void decimals_are_exact_or_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        struct oc_dec step;
        oc_rc rc;
        int64_t units;
    } rows[] = {{"\"101.25\"", {25, 2, 0}, OC_OK, 405},
                {"101.26", {25, 2, 0}, OC_E_DATA, 0},
                {"-0.00000001", {1, 8, 0}, OC_OK, -1},
                {"1e-8", {1, 8, 0}, OC_OK, 1},
                {"1E2", {1, 0, 0}, OC_OK, 100},
                {"12.5e1", {5, 0, 0}, OC_OK, 25},
                {"0.010000", {1, 2, 0}, OC_OK, 1},
                {"0.010001", {1, 2, 0}, OC_E_DATA, 0},
                {"0.000000000000000000000000000", {1, 2, 0}, OC_OK, 0},
                {"9223372036854775807", {1, 0, 0}, OC_OK, INT64_MAX},
                {"9223372036854775808", {1, 0, 0}, OC_E_RANGE, 0},
                {"92233720368547758.07", {1, 2, 0}, OC_OK, INT64_MAX},
                {"92233720368547758.08", {1, 2, 0}, OC_E_RANGE, 0},
                {"999999999999999999", {1, 18, 0}, OC_E_RANGE, 0},
                {"1e400", {1, 0, 0}, OC_E_RANGE, 0},
                {"1e-400", {1, 18, 0}, OC_E_DATA, 0},
                {"\"\"", {1, 0, 0}, OC_E_DATA, 0},
                {"\"-\"", {1, 0, 0}, OC_E_DATA, 0},
                {"\"1.\"", {1, 2, 0}, OC_E_DATA, 0},
                {"\".5\"", {1, 2, 0}, OC_E_DATA, 0},
                {"\"1 \"", {1, 0, 0}, OC_E_DATA, 0},
                {"\"1,5\"", {1, 1, 0}, OC_E_DATA, 0},
                {"\"1e\"", {1, 0, 0}, OC_E_DATA, 0},
                {"true", {1, 0, 0}, OC_E_DATA, 0},
                {"[1]", {1, 0, 0}, OC_E_DATA, 0},
                {"1", {0, 0, 0}, OC_E_INVALID, 0},
                {"1", {1, 19, 0}, OC_E_INVALID, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t units = 77;
        const oc_rc rc = kit_json_units(value_of(rows[i].text), rows[i].step, &units);
        if (rc != rows[i].rc || units != (rc == OC_OK ? rows[i].units : 77))
            fail_msg("%s: code %d, %lld units", rows[i].text, rc, (long long)units);
    }
    struct oc_dec dec = {7, 7, 7};
    assert_int_equal(kit_json_dec(value_of("\"-1.500\""), &dec), OC_OK);
    assert_true(dec.units == -15 && dec.scale == 1 && dec.zero == 0);
    assert_int_equal(kit_json_dec(value_of("25e3"), &dec), OC_OK);
    assert_true(dec.units == 25000 && dec.scale == 0);
    assert_int_equal(kit_json_dec(value_of("0.1234567890123456789"), &dec), OC_E_RANGE);
    assert_int_equal(kit_json_dec(value_of("0.1234567890123456780"), &dec), OC_OK);
    assert_true(dec.units == 123456789012345678 && dec.scale == 18);
    char longer[KIT_JSON_NUMBER_MAX + 2];
    memset(longer, '1', sizeof longer);
    struct kit_json json = kit_json_begin(longer, sizeof longer);
    assert_int_equal(kit_json_dec(kit_json_value(&json), &dec), OC_E_RANGE);
    uint64_t number = 5;
    assert_int_equal(kit_json_u64(value_of("18446744073709551615"), &number), OC_OK);
    assert_true(number == UINT64_MAX);
    assert_int_equal(kit_json_u64(value_of("18446744073709551616"), &number), OC_E_RANGE);
    assert_int_equal(kit_json_u64(value_of("-1"), &number), OC_E_DATA);
    assert_int_equal(kit_json_u64(value_of("\"\""), &number), OC_E_DATA);
    assert_int_equal(kit_json_u64(value_of("\"007\""), &number), OC_OK);
    assert_true(number == 7);
}

static void times_are_read_and_written(void **state)
{
    (void)state;
    int64_t ns = 0;
    static const struct {
        const char *text;
        int64_t ns;
    } good[] = {{"\"1970-01-01T00:00:00Z\"", 0},
                {"\"2024-02-29T12:34:56.123456789Z\"", 1709210096123456789},
                {"\"2024-02-29 12:34:56.1+00:00\"", 1709210096100000000},
                {"\"1969-12-31T23:59:59.999Z\"", -1000000},
                {"\"2000-12-31T23:59:60Z\"", 978307200000000000},
                {"\"2024-03-01T00:00:00.0000000009Z\"", 1709251200000000000}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_int_equal(kit_json_time(value_of(good[i].text), &ns), OC_OK);
        assert_true(ns == good[i].ns);
    }
    static const char *const bad[] = {"\"2023-02-29T00:00:00Z\"",  "\"2024-13-01T00:00:00Z\"",
                                      "\"2024-01-01T24:00:00Z\"",  "\"2024-01-01T00:00:00\"",
                                      "\"2024-01-01T00:00:00.Z\"", "\"2024-01-01T00:00:00+01:00\"",
                                      "\"2024-1-01T00:00:00Z\"",   "1700000000",
                                      "\"2024-00-10T00:00:00Z\"",  "\"2024-01-00T00:00:00Z\"",
                                      "\"1900-02-29T00:00:00Z\"",  "\"2024-01-01T00:60:00Z\""};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (kit_json_time(value_of(bad[i]), &ns) != OC_E_DATA)
            fail_msg("taken: %s", bad[i]);
    for (int month = 1; month <= 12; month++) { /* the last day of each, and the one behind it */
        static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        char text[32];
        for (int more = 0; more < 2; more++) {
            snprintf(text, sizeof text, "\"2024-%02d-%02dT00:00:00Z\"", month, days[month - 1] + more);
            assert_int_equal(kit_json_time(value_of(text), &ns), more ? OC_E_DATA : OC_OK);
        }
    }
    assert_int_equal(kit_json_time(value_of("\"2024-01-01T00:00:00X\""), &ns), OC_E_DATA);
    assert_int_equal(kit_json_time(value_of("\"2024-01-01T00:00:00Zz\""), &ns), OC_E_DATA);
    assert_int_equal(kit_json_time(value_of("\"1677-01-01T00:00:00Z\""), &ns), OC_E_RANGE);
    assert_int_equal(kit_json_time(value_of("\"2262-01-01T00:00:00Z\""), &ns), OC_E_RANGE);
    uint64_t random = 88172645463325252u;
    for (int i = 0; i < 20000; i++) { /* there and back */
        char text[64];
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        const int64_t at_ns = (int64_t)(random % 9000000000000000000u) - (i % 2 ? 9000000000000000000 : 0);
        struct kit_write out = kit_write_begin(text, sizeof text);
        KIT_WRITE(&out, "\"");
        kit_write_time(&out, at_ns, 9);
        KIT_WRITE(&out, "\"");
        struct kit_json json = kit_json_begin(text, (uint32_t)kit_write_end(&out));
        assert_int_equal(kit_json_time(kit_json_value(&json), &ns), OC_OK);
        assert_true(ns == at_ns);
    }
}

static void strings_are_copied_as_they_are_meant(void **state)
{
    (void)state;
    char text[16];
    assert_int_equal(kit_json_copy(value_of("\"a\\n\\u00e9\\ud83d\\ude00\\/\""), text, sizeof text), 9);
    assert_string_equal(text, "a\n\xc3\xa9\xf0\x9f\x98\x80/");
    static const struct { /* the ends of what is taken */
        const char *text, *meant;
    } ends[] = {{"\"\\ud800\\udc00\"", "\xf0\x90\x80\x80"},
                {"\"\\udbff\\udfff\"", "\xf4\x8f\xbf\xbf"},
                {"\"\xc2\x80\"", "\xc2\x80"},
                {"\"\xc4\x80\"", "\xc4\x80"},
                {"\"\xe0\xa0\x80\"", "\xe0\xa0\x80"},
                {"\"\xed\x9f\xbf\"", "\xed\x9f\xbf"},
                {"\"\xf0\x90\x80\x80\"", "\xf0\x90\x80\x80"},
                {"\"\xf4\x8f\xbf\xbf\"", "\xf4\x8f\xbf\xbf"},
                {"\"\\u0080\\u07ff\"", "\xc2\x80\xdf\xbf"},
                {"\"\\u0800\\uffff\\u007f\"", "\xe0\xa0\x80\xef\xbf\xbf\x7f"}};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        assert_int_equal(kit_json_copy(value_of(ends[i].text), text, sizeof text), strlen(ends[i].meant));
        assert_string_equal(text, ends[i].meant);
    }
    assert_int_equal(kit_json_copy(value_of("\"\\u20AC\""), text, 4), 3);
    assert_string_equal(text, "\xe2\x82\xac");
    assert_int_equal(kit_json_copy(value_of("\"\\u20AC\""), text, 3), OC_E_LIMIT);
    assert_int_equal(kit_json_copy(value_of("\"abc\""), text, 3), OC_E_LIMIT);
    assert_int_equal(kit_json_copy(value_of("\"\""), text, 0), OC_E_LIMIT);
    assert_int_equal(kit_json_copy(value_of("-1.5"), text, sizeof text), 4);
    static const char *const bad[] = {"\"\\u0000\"",          "\"\\ud800\"",     "\"\\ud800\\u0041\"",
                                      "\"\\udc00\"",          "\"\xff\"",        "\"\xc0\xaf\"",
                                      "\"\xed\xa0\x80\"",     "\"\xe2\x82\"",    "\"\xf4\x90\x80\x80\"",
                                      "\"\xf0\x80\x80\x80\"", "\"\xe0\x80\x80\""};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (kit_json_copy(value_of(bad[i]), text, sizeof text) != OC_E_DATA)
            fail_msg("taken: row %zu", i);
}

/* Beyond a word, too: 2^63 - 1 units of 1000 steps. */
static void the_largest_is_written_whole(void **state)
{
    (void)state;
    static const struct {
        int64_t units;
        struct oc_dec step;
        const char *text;
    } cases[] = {{INT64_MAX, {1000, 2, 0}, "92233720368547758070.00"},
                 {INT64_MIN, {1, 0, 0}, "-9223372036854775808"},
                 {INT64_MIN, {1000, 3, 0}, "-9223372036854775808.000"},
                 {INT64_MAX, {1, 18, 0}, "9.223372036854775807"},
                 {0, {1, 2, 0}, "0.00"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[64];
        assert_int_equal(kit_put_units(text, sizeof text, cases[i].units, cases[i].step), strlen(cases[i].text));
        assert_string_equal(text, cases[i].text);
    }
}

static void what_is_written(void **state)
{
    (void)state;
    char text[256];
    struct kit_write out = kit_write_begin(text, sizeof text);
    kit_write_u64(&out, UINT64_MAX);
    KIT_WRITE(&out, " ");
    kit_write_i64(&out, INT64_MIN);
    KIT_WRITE(&out, " ");
    kit_write_units(&out, -405, (struct oc_dec){25, 2, 0});
    KIT_WRITE(&out, " ");
    kit_write_dec(&out, (struct oc_dec){5, 8, 0});
    KIT_WRITE(&out, " ");
    kit_write_json(&out, "a\"\\\n\x01\xc3\xa9", 7);
    KIT_WRITE(&out, " ");
    kit_write_query(&out, "a b&c=d~/\xe9", 10);
    KIT_WRITE(&out, " ");
    kit_write_hex(&out, "\x00\xab\xff", 3);
    KIT_WRITE(&out, " ");
    kit_write_time(&out, 1709210096123456789, 3);
    kit_write_text(&out, " ");
    kit_write_time(&out, -1, 0);
    oc_rc size = kit_write_end(&out);
    assert_true(size > 0);
    text[size] = 0;
    assert_string_equal(text, "18446744073709551615 -9223372036854775808 -101.25 0.00000005 "
                              "\"a\\\"\\\\\\u000a\\u0001\xc3\xa9\" a%20b%26c%3Dd~%2F%E9 00abff "
                              "2024-02-29T12:34:56.123Z 1969-12-31T23:59:59Z");
    static const struct {
        const char *plain, *base64, *url;
    } rows[] = {{"", "", ""},
                {"f", "Zg==", "Zg"},
                {"fo", "Zm8=", "Zm8"},
                {"foo", "Zm9v", "Zm9v"},
                {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
                {"\xfb\xff", "+/8=", "-_8"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) /* RFC 4648, section 10 */
        for (int url = 0; url < 2; url++) {
            out = kit_write_begin(text, sizeof text);
            kit_write_base64(&out, rows[i].plain, strlen(rows[i].plain), url);
            KIT_WRITE(&out, "\0");
            assert_string_equal(text, url ? rows[i].url : rows[i].base64);
        }
    for (size_t room = 0; room <= 10; room++) { /* never behind the end, and what follows is left out too */
        char small[11];
        memset(small, '#', sizeof small);
        out = kit_write_begin(small, room);
        kit_write_u64(&out, 12345);
        kit_write_text(&out, "67890");
        kit_write_text(&out, "");
        assert_int_equal(kit_write_end(&out), room < 10 ? OC_E_LIMIT : 10);
        for (size_t i = room; i < sizeof small; i++)
            assert_int_equal(small[i], '#');
        assert_int_equal(out.at - out.from, room < 5 ? 0 : room < 10 ? 5 : 10);
    }
    out = kit_write_begin(text, sizeof text);
    kit_write_units(&out, 1, (struct oc_dec){0, 0, 0});
    assert_int_equal(kit_write_end(&out), OC_E_INVALID);
}

/* Messages made at random, then broken in a place: the kit and json-c take the same and mean the same. */
static uint64_t seed;
static uint32_t draw(uint32_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % below;
}

static void make(struct kit_write *out, int depth)
{
    static const char *const plain[] = {
        "null", "true",         "false",           "0",         "-1.50",         "1e-8", "123456789012", "0.1",
        "\"\"", "\"BTC/USDT\"", "\"\\u20ac\\\"\"", "-0.000E+1", "\"0.00100000\""};
    static const char *const keys[] = {"\"p\"", "\"q\"", "\"bids\"", "\"\\u0061\"", "\"\""};
    static const char *const blanks[] = {"", "", "", " ", "\n", "\t "};
    const uint32_t kind = depth > 5 ? 0 : draw(4), count = draw(4);
    kit_write_text(out, blanks[draw(6)]);
    if (kind < 2) {
        kit_write_text(out, plain[draw(13)]);
    } else {
        kit_write_text(out, kind == 2 ? "{" : "[");
        for (uint32_t i = 0; i < count; i++) {
            kit_write_text(out, i ? "," : "");
            if (kind == 2) {
                kit_write_text(out, keys[draw(5)]);
                kit_write_text(out, ":");
            }
            make(out, depth + 1);
        }
        kit_write_text(out, kind == 2 ? "}" : "]");
    }
    kit_write_text(out, blanks[draw(6)]);
}

static void the_same_as_json_c(void **state)
{
    (void)state;
    int taken = 0, refused = 0;
    for (int i = 0; i < 20000; i++) {
        char text[1024];
        const char *why;
        seed = (uint64_t)i;
        struct kit_write out = kit_write_begin(text, sizeof text);
        make(&out, 0);
        oc_rc size = kit_write_end(&out);
        if (size <= 0)
            continue;
        if (i % 2)
            text[draw((uint32_t)size)] = "{}[]:,\"\\0-.e 1n"[draw(15)];
        char *exact = malloc((size_t)size); /* a byte behind it is seen by a sanitizer */
        assert_non_null(exact);
        memcpy(exact, text, (size_t)size);
        const int same = json_same(exact, (size_t)size, &why);
        if (same < 0)
            fail_msg("%d: %s: %.*s", i, why, size, text);
        taken += same;
        refused += !same;
        free(exact);
    }
    assert_true(taken > 10000 && refused > 4000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_is_held_to_the_rules),
        cmocka_unit_test(what_is_not_asked_for_is_passed_over),
        cmocka_unit_test(decimals_are_exact_or_refused),
        cmocka_unit_test(a_plain_decimal_is_the_text),
        cmocka_unit_test(times_are_read_and_written),
        cmocka_unit_test(strings_are_copied_as_they_are_meant),
        cmocka_unit_test(the_largest_is_written_whole),
        cmocka_unit_test(what_is_written),
        cmocka_unit_test(the_same_as_json_c),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

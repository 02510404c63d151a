/* load_venue_test.c: what a connector says of its venue is read as data: what is good is printed whole, each spoiled
 * description is refused with what was found and expected, and the three connectors of the tests load. */
#include "load/load.h"
#include "load/verb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <outcry/connector.h>
#include <stdio.h>
#include <string.h>

#define OBJECTS    TEST_BUILD_DIR "/tests/abi/bad/"
#define CONNECTORS TEST_BUILD_DIR "/plugins/connector/"

#if defined(OUTCRY_SANITIZER) || defined(OUTCRY_COVERAGE)
enum { IS_INSTRUMENTED = 1 };
#else
enum { IS_INSTRUMENTED = 0 };
#endif

static struct registry registry;
static struct load_report report;

static int start(void **state)
{
    (void)state;
    registry_init(&registry);
    return 0;
}

struct bad {
    const char *name;
    const char *field; /* of one of its faults, in part */
    const char *found;
    uint32_t fault_count;
    bool is_code; /* instrumented builds let it through with a note */
};

static const struct bad bads[] = {
    {"venue_null", "connector venue", "NULL", 1, false},
    {"venue_writable", "connector venue", "can be written", 1, false},
    {"venue_short", "connector venue", "8", 1, false},
    {"venue_no_message", "connector.message", "NULL", 1, false},
    {"venue_table_flags", "connector flags", "another value", 1, false},
    {"venue_flags", "venue flags", "0x80000000", 1, false},
    {"venue_name", "venue venue", "Not Good", 1, false},
    {"venue_name_long", "venue venue", "a longer text", 1, false},
    {"venue_protocol", "venue protocol", "an empty text", 1, false},
    {"venue_list_null", "venue limit list pointer", "NULL", 1, false},
    {"venue_list_writable", "venue limit list pointer", "not constant data", 1, false},
    {"venue_list_long", "venue endpoint list count", "33", 1, false},
    {"venue_list_outside", "venue limit list pointer", "a pointer out of the file", 1, false},
    {"venue_number_pointer", "venue order 1 numbers", "one that is a pointer", 1, false},
    {"venue_count_pointer", "venue numbers", "one that is a pointer", 1, false},
    {"venue_endpoint_name", "venue endpoint 1 name", "Rest", 1, false},
    {"venue_endpoint_url", "venue endpoint 1 urls", "http://a.example", 1, false},
    {"venue_endpoint_no_host", "venue endpoint 1 urls", "https://", 1, false},
    {"venue_endpoint_blanks", "venue endpoint 1 urls", "", 1, false},
    {"venue_endpoint_env", "venue endpoint 1 env", "5", 1, false},
    {"venue_endpoint_doubled", "venue endpoint 2 name", "rest", 1, false},
    {"venue_endpoint_places", "venue endpoint 2 place", "1", 1, false},
    {"venue_endpoint_shared", "venue endpoint 2 place", "0", 1, false},
    {"venue_credential_kind", "venue credential 1 kind", "0", 1, false},
    {"venue_credential_about", "venue credential 1 about", "NULL", 1, false},
    {"venue_credential_doubled", "venue credential 2 name", "key", 1, false},
    {"venue_limit_max", "venue limit 1 max", "0", 1, false},
    {"venue_limit_period", "venue limit 1 period_ns", "0", 1, false},
    {"venue_limit_concurrent", "venue limit 1 period_ns", "1000000000", 1, false},
    {"venue_limit_reserve", "venue limit 1 reserve_ppm", "1000000", 1, false},
    {"venue_limit_scope", "venue limit 1 scope", "6", 1, false},
    {"venue_limit_orders", "venue limit 1 orders", "2", 1, false},
    {"venue_limit_doubled", "venue limit 2 name", "weight", 1, false},
    {"venue_order_type", "venue order 1 type", "13", 1, false},
    {"venue_order_no_tif", "venue order 1 tifs", "0", 1, false},
    {"venue_order_tifs", "venue order 1 tifs", "0x101", 1, false},
    {"venue_order_bits", "venue order 1 bits", "0x8000000", 1, false},
    {"venue_order_must", "venue order 1 must", "0x8000000", 1, false},
    {"venue_order_amends", "venue order 1 amends", "0x80", 1, false},
    {"venue_order_links", "venue order 1 links", "0x10", 1, false},
    {"venue_order_triggers", "venue order 1 triggers", "0x100", 1, false},
    {"venue_order_zero", "venue order 1 zero", "another value", 1, false},
    {"venue_order_doubled", "venue order 2 type", "2", 1, false},
    {"venue_topic_two", "venue topic 1 topic", "3", 1, false},
    {"venue_topic_depth", "venue topic 1 depth", "10", 1, false},
    {"venue_topic_chain", "venue topic 1 chain", "3", 1, false},
    {"venue_topic_flags", "venue topic 1 flags", "0x10", 1, false},
    {"venue_topic_every", "venue topic 1 every_ns", "-1", 1, false},
    {"venue_topic_doubled", "venue topic 2 topic", "1", 1, false},
    {"venue_fetch_kind", "venue fetch 1 kind", "13", 1, false},
    {"venue_fetch_by", "venue fetch 1 by", "0x80", 1, false},
    {"venue_fetch_span", "venue fetch 1 span_ns", "-5", 1, false},
    {"venue_fetch_doubled", "venue fetch 2 kind", "103", 1, false},
    {"venue_bar", "venue bar 2 ns", "-2", 1, false},
    {"venue_bar_doubled", "venue bar 2 ns", "60000000000", 1, false},
    {"venue_no_bars", "venue bars_ns", "no periods", 1, false},
    {"venue_wallet", "venue wallet 1 name", "NULL", 1, false},
    {"venue_client_form", "venue client_form", "3", 3, false},
    {"venue_client_max", "venue client_max", "72", 1, false},
    {"venue_client_number", "venue client_max", "65", 1, false},
    {"venue_client_charset", "venue client_charset", "0", 1, false},
    {"venue_window", "venue window_ns", "0", 1, false},
    {"venue_silence", "venue silence_ns", "-1", 1, false},
    {"venue_impure", "undefined symbol", "clock_gettime", 1, true},
};

static bool has_fault(const struct bad *bad)
{
    for (uint32_t i = 0; i < report.fault_count; i++)
        if (strstr(report.faults[i].field, bad->field) && strstr(report.faults[i].found, bad->found) &&
            report.faults[i].expected[0])
            return true;
    return false;
}

static void each_spoiled_description_is_refused(void **state)
{
    (void)state;
    char path[512];
    for (size_t i = 0; i < sizeof bads / sizeof *bads; i++) {
        const struct bad *bad = &bads[i];
        snprintf(path, sizeof path, OBJECTS "%s.so", bad->name);
        const oc_rc rc = load_inspect(path, &report);
        if (bad->is_code && IS_INSTRUMENTED)
            continue;
        if (rc != OC_E_DATA || !has_fault(bad) || report.fault_count != bad->fault_count) {
            for (uint32_t k = 0; k < report.fault_count; k++)
                fprintf(stderr, "  %s: found %s, expected %s\n", report.faults[k].field, report.faults[k].found,
                        report.faults[k].expected);
            fail_msg("%s: %u faults, returns %d", bad->name, report.fault_count, (int)rc);
        }
        if (strncmp(bad->field, "venue ", 6) == 0) /* what is spoiled is not printed */
            assert_int_equal(report.venues_size, 0);
        assert_int_equal(load_plugin(&registry, path, NULL, &report), OC_E_DATA);
        assert_int_equal(registry.count, 0);
    }
}

static void a_description_is_printed_whole(void **state)
{
    (void)state;
    static const char lines[] = "  venue      here, v1, 2026-01\n"
                                "  endpoints  rest 0 live https://a.example wss://b.example:8443\n"
                                "  credential secret, secret, text: signs\n"
                                "  limits     weight 10 in 1s, window, by address\n"
                                "  orders     TYPE   TIME IN FORCE  TAKES  NEEDS  AMENDS  NATIVE  SET OFF BY\n"
                                "             limit  gtc            qty    price  -       -       -\n"
                                "  topics     book, depth 10, chained by ranges, begins with a snapshot\n"
                                "  fetches    bars by instrument, 100 a page\n"
                                "  bars       1m month\n"
                                "  wallets    margin\n"
                                "  client ids text, at most 36 of a-z 0-9 - _\n"
                                "  a message  -\n"
                                "  times      signed time within 5s\n";
    assert_int_equal(load_plugin(&registry, OBJECTS "good_venue.so", NULL, &report), OC_OK);
    assert_int_equal(registry.count, 1);
    assert_non_null(registry_interface(registry.entries[0].plugin, OC_CONNECTOR));
    assert_int_equal(report.venues_size, sizeof lines - 1);
    assert_string_equal(report.venues, lines);
    struct text text;
    text_init_grow(&text, 1 << 16);
    load_print_info(&text, &report);
    assert_non_null(strstr(text.data, lines));
    text_release(&text);
}

static void connectors_of_two_venues_load(void **state)
{
    (void)state;
    static const struct {
        const char *name, *line;
    } all[] = {
        {"coinbase", "user 2 live wss://advanced-trade-ws-user.coinbase.com wss://advanced-trade-ws.coinbase.com\n"},
        {"oanda", "connects 2 in 1s, bucket, by address\n"},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        char path[512];
        snprintf(path, sizeof path, CONNECTORS "%s.so", all[i].name);
        if (load_plugin(&registry, path, NULL, &report) < 0)
            fail_msg("%s: %s: found %s", all[i].name, report.faults[0].field, report.faults[0].found);
        assert_non_null(strstr(report.venues, all[i].line));
        const struct oc_connector *table = registry_interface(registry.entries[i].plugin, OC_CONNECTOR);
        assert_string_equal(table->venue->venue, all[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(each_spoiled_description_is_refused, start),
        cmocka_unit_test_setup(a_description_is_printed_whole, start),
        cmocka_unit_test_setup(connectors_of_two_venues_load, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

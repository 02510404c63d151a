/* kit_test_test.c: the host of the test kit reads a configuration as the real one does, keeps what a plugin says up to its limits, and
 * latches only where that is allowed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <outcry/kit/rule.h>
#include <outcry/kit/test.h>
#include <outcry/kit/text.h>

#include "base/key.h"

static struct kit_test t;
static const struct oc_key members[] = {{.name = "limit", .type = OC_KEY_DECIMAL, .fallback = "1"}, {0}};
static const char *const modes[] = {"warn", "refuse", NULL};
static const struct oc_key keys[] = {
    {.name = "share", .type = OC_KEY_DECIMAL, .fallback = "2.5%"},
    {.name = "pause", .type = OC_KEY_DURATION},
    {.name = "count", .type = OC_KEY_INTEGER},
    {.name = "is_on", .type = OC_KEY_BOOLEAN, .fallback = "no"},
    {.name = "must", .type = OC_KEY_TEXT, .bits = OC_KEY_REQUIRED},
    {.name = "part", .type = OC_KEY_DECIMAL, .bits = OC_KEY_ABOVE_MIN, .min = "0", .max = "10%"},
    {.name = "hold", .type = OC_KEY_DURATION, .bits = OC_KEY_BELOW_MAX, .min = "1s", .max = "24h"},
    {.name = "lots", .type = OC_KEY_INTEGER, .min = "-2", .max = "3"},
    {.name = "mode", .type = OC_KEY_CHOICE, .choices = modes, .fallback = "warn"},
    {.name = "limits", .type = OC_KEY_GROUPS, .members = members},
    {0}};

static void values_are_read_as_in_a_configuration(void **state)
{
    (void)state;
    struct oc_dec dec = {7, 7, 0};
    int64_t number = 7;
    uint32_t yes = 7;
    char text[4] = "abc";
    kit_test_begin(&t, keys,
                   (const struct kit_setting[]){
                       {"pause", "250ms"}, {"count", "-12"}, {"is_on", "yes"}, {"limits.1.limit", "-0.05"}, {0}});
    assert_int_equal(oc_config_dec(&t.host, "share", &dec), OC_OK);
    assert_true(dec.units == 25 && dec.scale == 3);
    assert_int_equal(oc_config_dec(&t.host, "limits.1.limit", &dec), OC_OK);
    assert_true(dec.units == -5 && dec.scale == 2);
    assert_int_equal(oc_config_dec(&t.host, "limits.0.limit", &dec), OC_OK);
    assert_true(dec.units == 1 && dec.scale == 0);
    assert_int_equal(oc_config_duration(&t.host, "pause", &number), OC_OK);
    assert_int_equal(number, 250000000);
    assert_int_equal(oc_config_integer(&t.host, "count", &number), OC_OK);
    assert_int_equal(number, -12);
    assert_int_equal(oc_config_boolean(&t.host, "is_on", &yes), OC_OK);
    assert_int_equal(yes, 1);
    assert_int_equal(oc_config_count(&t.host, "limits", &yes), OC_E_CONFIG); /* 0 is missing */
    t.settings = (const struct kit_setting[]){{"limits.1.limit", "3"}, {"limits.0.limit", "2"}, {0}};
    assert_int_equal(oc_config_count(&t.host, "limits", &yes), OC_OK);
    assert_int_equal(yes, 2);
    assert_int_equal(oc_config_count(&t.host, "share", &yes), OC_E_INVALID);
    assert_int_equal(oc_config_text(&t.host, "must", text, sizeof text), OC_E_CONFIG);
    assert_int_equal(oc_config_text(&t.host, "other", text, sizeof text), OC_E_INVALID);
    assert_int_equal(oc_config_dec(&t.host, "limits.0.other", &dec), OC_E_INVALID);
    t.settings = (const struct kit_setting[]){{"must", "abcd"}, {"pause", "5"},     {"count", "1x"},
                                              {"is_on", "1"},   {"share", "1.2.3"}, {0}};
    assert_int_equal(oc_config_text(&t.host, "must", text, sizeof text), OC_E_LIMIT);
    assert_int_equal(oc_config_duration(&t.host, "pause", &number), OC_E_CONFIG);
    assert_int_equal(oc_config_integer(&t.host, "count", &number), OC_E_CONFIG);
    assert_int_equal(oc_config_boolean(&t.host, "is_on", &yes), OC_E_CONFIG);
    assert_int_equal(oc_config_dec(&t.host, "share", &dec), OC_E_CONFIG);
    assert_true(number == -12 && yes == 2 && dec.units == 1 && strcmp(text, "abc") == 0); /* untouched */
    t.settings =
        (const struct kit_setting[]){{"share", "99999999999999999999"}, {"pause", "9223372036854775807d"}, {0}};
    assert_int_equal(oc_config_dec(&t.host, "share", &dec), OC_E_CONFIG);
    assert_int_equal(oc_config_duration(&t.host, "pause", &number), OC_E_CONFIG);
}

/* B10: each row is read through the kit and through the host's own reader: they agree, on the value or on its refusal. */
static void ranges_are_those_of_the_host(void **state)
{
    (void)state;
    static const struct kit_setting rows[] = {{"part", "0.1"},    {"part", "10%"},     {"part", "0.1000001"},
                                              {"part", "0"},      {"part", "0.00001"}, {"part", "-0"},
                                              {"part", "x"},      {"part", "1%%"},     {"hold", "1s"},
                                              {"hold", "999ms"},  {"hold", "1h30m"},   {"hold", "23h59m"},
                                              {"hold", "24h"},    {"hold", "1.5h"},    {"hold", "90"},
                                              {"hold", "-1s"},    {"hold", "1m1.5s"},  {"hold", "0.0000000001s"},
                                              {"hold", "2h-1m"},  {"hold", ""},        {"hold", "0"},
                                              {"hold", "1h 30m"}, {"lots", "-2"},      {"lots", "-3"},
                                              {"lots", "3"},      {"lots", "4"},       {"lots", "1.0"},
                                              {"lots", "1."},     {"lots", ""},        {"mode", "warn"},
                                              {"mode", "refuse"}, {"mode", "Warn"},    {"is_on", "true"},
                                              {"is_on", "maybe"}, {"pause", "3d2h1ns"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct kit_setting one[] = {rows[i], {0}};
        const struct oc_key *key = key_declared(keys, rows[i].key);
        struct key_value host = {0};
        struct oc_dec dec = {0};
        int64_t number = 0;
        uint32_t yes = 0;
        char text[32] = "";
        kit_test_begin(&t, keys, one);
        oc_rc wanted = key_judge(key, rows[i].value, &host) < 0 ? OC_E_CONFIG : OC_OK, rc = OC_E_STATE;
        if (key->type == OC_KEY_DECIMAL)
            rc = oc_config_dec(&t.host, key->name, &dec);
        else if (key->type == OC_KEY_INTEGER)
            rc = oc_config_integer(&t.host, key->name, &number);
        else if (key->type == OC_KEY_DURATION)
            rc = oc_config_duration(&t.host, key->name, &number);
        else if (key->type == OC_KEY_BOOLEAN)
            rc = oc_config_boolean(&t.host, key->name, &yes);
        else
            rc = oc_config_text(&t.host, key->name, text, sizeof text);
        if (rc != wanted)
            print_error("%s = '%s'\n", rows[i].key, rows[i].value);
        assert_int_equal(rc, wanted);
        assert_int_equal(number + yes, host.number);
        assert_int_equal(oc_dec_compare(dec, host.dec), 0);
    }
    int64_t number;
    assert_int_equal(oc_config_integer(&t.host, "pause", &number), OC_E_INVALID); /* declared as another type */
}

static void units_are_text_and_back(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        struct oc_dec step;
        int64_t units;
    } rows[] = {{"101.25", {25, 2, 0}, 405}, {"-0.05", {1, 2, 0}, -5},
                {"0.00", {1, 2, 0}, 0},      {"7", {1, 0, 0}, 7},
                {"700", {100, 0, 0}, 7},     {"0.001", {1, 3, 0}, 1},
                {"-12", {4, 0, 0}, -3},      {"9223372036.85477579", {1, 8, 0}, 922337203685477579}};
    char text[64];
    int64_t units = 3;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(kit_units(rows[i].text, rows[i].step, &units), OC_OK);
        assert_int_equal(units, rows[i].units);
        assert_int_equal(kit_put_units(text, sizeof text, units, rows[i].step), (int)strlen(rows[i].text));
        assert_string_equal(text, rows[i].text);
        assert_int_equal(kit_put_units(text, strlen(rows[i].text), units, rows[i].step), OC_E_LIMIT);
    }
    static const char *const wrong[] = {"", "x", "0.001", "1,5", "9999999999999999999", "92233720368547758.08"};
    units = 3;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(kit_units(wrong[i], (struct oc_dec){1, 2, 0}, &units), OC_E_CONFIG);
    assert_int_equal(kit_units("1", (struct oc_dec){0, 2, 0}, &units), OC_E_CONFIG);
    assert_int_equal(units, 3);
}

static void what_is_said_is_kept_up_to_a_limit(void **state)
{
    (void)state;
    kit_test_begin(&t, NULL, NULL);
    const struct oc_svc_feed *feed = t.host.service(&t.host, OC_SVC_FEED);
    const struct oc_svc_sim_host *sim = t.host.service(&t.host, OC_SVC_SIM_HOST);
    struct oc_event *event = NULL, answer = {.size = sizeof answer, .type = OC_EV_ACCEPTED};
    assert_int_equal(kit_last(&t)->type, 0);
    assert_int_equal(feed->reserve(&t.host, KIT_TEST_EVENT_SIZE + 1, &event), OC_E_FULL);
    assert_int_equal(feed->commit(&t.host, &answer), OC_E_INVALID); /* not what was reserved */
    t.now_ns = 5;
    assert_int_equal(sim->emit(&t.host, 4, &answer), OC_E_INVALID); /* before now */
    assert_int_equal(sim->emit(&t.host, 9, &answer), OC_OK);
    assert_true(kit_last(&t)->type == OC_EV_ACCEPTED && t.at_ns[0] == 9);
    while (feed->reserve(&t.host, sizeof *event, &event) == OC_OK) {
        event->type = OC_EV_TRADE;
        assert_int_equal(feed->commit(&t.host, event), OC_OK);
    }
    assert_int_equal(t.event_count, KIT_TEST_EVENTS);
    assert_int_equal(sim->emit(&t.host, 9, &answer), OC_E_FULL);
    assert_int_equal(kit_last(&t)->type, OC_EV_TRADE);
    assert_int_equal(sim->schedule_at(&t.host, 30), OC_OK);
    assert_int_equal(sim->schedule_at(&t.host, 20), OC_OK);
    assert_int_equal(sim->schedule_at(&t.host, 40), OC_OK);
    assert_int_equal(t.due_ns, 20);
    assert_null(t.host.service(&t.host, "no.such"));
}

static oc_rc asked_rc;

static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                   struct oc_verdict *ret_verdict)
{
    struct oc_exposure exposure = {.size = sizeof exposure};
    int64_t price = 0, age;
    struct oc_dec value;
    (void)self;
    asked_rc = ctx->latch(ctx, 1, "NO");
    assert_int_equal(ctx->exposure(ctx, 1, 0, &exposure), OC_OK);
    assert_true(exposure.position == 7 && exposure.long_worst == 9 && exposure.short_worst == 4);
    assert_int_equal(ctx->reference(ctx, 0, &price, &age), OC_OK);
    assert_int_equal(price, 10000);
    assert_int_equal(ctx->notional(ctx, 0, price, ask->qty, &value), OC_OK);
    assert_true(value.units == ask->qty * 10000 && value.scale == 5);
    assert_int_equal(ctx->notional(ctx, 0, INT64_MAX, 2, &value), OC_E_RANGE);
    return ask->qty == 5 ? oc_allow(ret_verdict) : (oc_rc)OC_OK;
}

static void observe(void *self, const struct oc_risk_ctx *ctx, const struct oc_event *event)
{
    (void)event;
    ++*(int *)self;
    asked_rc = ctx->latch(ctx, 0, "LOST");
}

static uint64_t interest(void *self) { return (void)self, 1ull << OC_EV_FILL; }

static oc_rc check_growth(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                          struct oc_verdict *ret_verdict)
{
    (void)self;
    const int64_t rest = ctx->previous ? ctx->previous->qty - ctx->previous_filled : 0;
    return ask->qty - rest <= 2 ? oc_allow(ret_verdict) : (oc_rc)OC_OK;
}

static void an_amend_is_asked_about_with_the_order_before_it(void **state)
{
    (void)state;
    static const struct oc_risk risk = {.size = sizeof risk, .check = check_growth};
    const struct oc_request before = {.kind = OC_REQUEST_NEW, .qty = 10, .bits = OC_RQ_HAS_QTY};
    struct oc_request ask = {.kind = OC_REQUEST_AMEND, .qty = 9, .bits = OC_RQ_HAS_QTY};
    struct oc_verdict verdict;
    kit_test_begin(&t, NULL, NULL);
    assert_int_equal(kit_ask(&t, &risk, NULL, &ask, &verdict), 0); /* nothing is known of it */
    t.previous = &before;
    t.previous_filled = 3;
    assert_int_equal(kit_ask(&t, &risk, NULL, &ask, &verdict), 1);
    ask.kind = OC_REQUEST_NEW; /* nothing stood before it */
    assert_int_equal(kit_ask(&t, &risk, NULL, &ask, &verdict), 0);
}

static void a_rule_is_asked_and_told_as_by_the_host(void **state)
{
    (void)state;
    static const struct oc_risk risk = {.size = sizeof risk, .check = check, .observe = observe, .interest = interest};
    struct oc_request ask = {.kind = OC_REQUEST_NEW, .qty = 5, .bits = OC_RQ_HAS_QTY};
    struct oc_event fill = {.type = OC_EV_FILL}, trade = {.type = OC_EV_TRADE};
    struct oc_verdict verdict;
    int told = 0;
    kit_test_begin(&t, NULL, NULL);
    t.market = (struct kit_market){
        .position = 7, .open_buy = 2, .open_sell = 3, .reference = 10000, .price_scale = 2, .qty_scale = 3};
    assert_int_equal(kit_ask(&t, &risk, &told, &ask, &verdict), 1);
    assert_int_equal(asked_rc, OC_E_STATE); /* a question latches nothing */
    ask.qty = 6;
    assert_int_equal(kit_ask(&t, &risk, &told, &ask, &verdict), 0); /* no answer is a refusal */
    kit_tell(&t, &risk, &told, &trade);
    assert_int_equal(told, 0);
    kit_tell(&t, &risk, &told, &fill);
    assert_true(told == 1 && asked_rc == OC_OK && strcmp(t.latched, "LOST") == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_read_as_in_a_configuration),
        cmocka_unit_test(units_are_text_and_back),
        cmocka_unit_test(ranges_are_those_of_the_host),
        cmocka_unit_test(an_amend_is_asked_about_with_the_order_before_it),
        cmocka_unit_test(what_is_said_is_kept_up_to_a_limit),
        cmocka_unit_test(a_rule_is_asked_and_told_as_by_the_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

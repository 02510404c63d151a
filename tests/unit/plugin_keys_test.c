/* plugin_keys_test.c: the keys of the built-in plugins: the table that a plugin declares and what the plugin takes agree; and a rule judges the same with its defaults written out. */
#include "support/engine_fixture.h"

#include <outcry/services.h>

#include "base/key.h"
#include "base/log.h"
#include "base/text.h"
#include "session/plugin_instance.h"

struct built_in {
    const char *file, *kind, *id, *section;
};

static const struct built_in built_ins[] = {
    {"risk/kill_switch", OC_RISK, "outcry.kill_switch", "risk.kill_switch"},
    {"risk/max_order_qty", OC_RISK, "outcry.max_order_qty", "risk.max_order_qty"},
    {"risk/max_order_value", OC_RISK, "outcry.max_order_value", "risk.max_order_value"},
    {"risk/price_collar", OC_RISK, "outcry.price_collar", "risk.price_collar"},
    {"risk/position_limit", OC_RISK, "outcry.position_limit", "risk.position_limit"},
    {"risk/message_rate", OC_RISK, "outcry.message_rate", "risk.message_rate"},
    {"risk/max_daily_loss", OC_RISK, "outcry.max_daily_loss", "risk.max_daily_loss"},
    {"sims/paper", OC_SIM, "outcry.paper", "sim.paper"},
    {"data/csv", OC_DATA, "outcry.csv", "data.csv"},
};

enum { BUILT_INS = sizeof built_ins / sizeof *built_ins };

static struct registry registry;
static struct load_report report;

static int load_all(void **state)
{
    (void)state;
    registry_init(&registry);
    for (int i = 0; i < BUILT_INS; i++) {
        char path[512];
        snprintf(path, sizeof path, TEST_BUILD_DIR "/plugins/%s.so", built_ins[i].file);
        if (load_plugin(&registry, path, NULL, &report) < 0)
            return -1;
    }
    return 0;
}

static const struct oc_key *table_of(const struct built_in *part)
{
    const struct registry_entry *entry = registry_find(&registry, part->kind, part->id);
    assert_non_null(entry);
    assert_non_null(key_table(entry->plugin));
    return key_table(entry->plugin);
}

static const char *full_name(const struct built_in *part, const struct oc_key *key)
{
    static char name[SETTING_KEY_MAX];
    snprintf(name, sizeof name, "%s.%s", part->section, key->name);
    return name;
}

static oc_rc open_with(const struct built_in *part, struct settings *settings, struct plugin_instance *instance)
{
    static struct sim_answers answers;
    struct error error;
    *instance = (struct plugin_instance){.settings = settings, .sim_answers = &answers};
    snprintf(instance->section, sizeof instance->section, "%s", part->section);
    return plugin_instance_open(instance, &registry, part->kind, part->id, &error);
}

/* Values on both sides of every bound that a built-in has, and what is no value. */
static const char *const probes[] = {"-1000001",   "-1",    "-0.1000001", "-0.1",   "-10%",
                                     "-0.0000001", "0",     "0.0000001",  "0.05",   "0.1",
                                     "10%",        "10.1%", "0.1000001",  "1",      "100%",
                                     "1.0000001",  "2",     "1.5",        "999999", "1000000",
                                     "1000001",    "-1ns",  "0s",         "1ns",    "5ms",
                                     "5",          "24h",   "1d",         "25h",    "23h59m59.999999999s",
                                     "yes",        "no",    "true",       "false",  "neutral",
                                     "ideal",      "",      "x",          "Ideal",  "9223372036854775807",
                                     "0.0.1",      "+1",    "1e3"};

static void table_and_plugin_take_the_same_values(void **state)
{
    (void)state;
    int taken = 0, refused = 0;
    log_set_level(LOG_NONE);
    for (int i = 0; i < BUILT_INS; i++)
        for (const struct oc_key *key = table_of(&built_ins[i]); key->name; key++)
            for (size_t p = 0; p < sizeof probes / sizeof *probes; p++) {
                struct settings settings = {0};
                struct plugin_instance instance;
                struct key_value value;
                assert_int_equal(settings_set(&settings, full_name(&built_ins[i], key), probes[p], "test"), OC_OK);
                bool by_table = key_judge(key, probes[p], &value) == OC_OK;
                oc_rc rc = open_with(&built_ins[i], &settings, &instance);
                if (rc != (by_table ? OC_OK : OC_E_CONFIG))
                    fail_msg("%s = '%s': the table says %d, the plugin %d", full_name(&built_ins[i], key), probes[p],
                             by_table, (int)rc);
                taken += by_table;
                refused += !by_table;
                plugin_instance_close(&instance);
                settings_release(&settings);
            }
    log_set_level(LOG_INFO);
    assert_int_equal(taken + refused, 27 * (int)(sizeof probes / sizeof *probes));
    assert_true(taken > 100 && refused > 500);
}

/* Every default of the part as a setting. */
static int write_defaults(const struct built_in *part, struct settings *settings)
{
    int count = 0;
    for (const struct oc_key *key = table_of(part); key->name; key++)
        if (key->fallback) {
            assert_int_equal(settings_set(settings, full_name(part, key), key->fallback, "written"), OC_OK);
            count++;
        }
    return count;
}

static void each_opens_with_its_defaults_written_out_and_with_none(void **state)
{
    (void)state;
    int count = 0;
    for (int i = 0; i < BUILT_INS; i++) {
        struct settings none = {0}, written = {0};
        struct plugin_instance instance;
        count += write_defaults(&built_ins[i], &written);
        assert_int_equal(open_with(&built_ins[i], &none, &instance), OC_OK);
        plugin_instance_close(&instance);
        assert_int_equal(open_with(&built_ins[i], &written, &instance), OC_OK);
        assert_false(instance.is_defective); /* and reads nothing that it does not declare */
        plugin_instance_close(&instance);
        settings_release(&written);
    }
    assert_int_equal(count, 14);
}

/* A few questions, each answered 1 or with the reason. */
static void question(struct text *answers, struct fixture *f, struct oc_request request)
{
    struct engine_refusal refusal = {0};
    char used[TEXT_DECIMAL_MAX], limit[TEXT_DECIMAL_MAX];
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    oc_rc rc = engine_submit(f->engine, &request, &refusal);
    fixture_end(f, true);
    text_from_units(used, refusal.used.units, refusal.used.scale, TEXT_SHORTEST);
    text_from_units(limit, refusal.limit.units, refusal.limit.scale, TEXT_SHORTEST);
    text_format(answers, rc == OC_OK ? "1 " : "%s:%s/%s ", refusal.reason, used, limit);
}

static void ask_rule(const struct built_in *part, struct settings *settings, struct text *answers)
{
    struct plugin_instance instance;
    struct fixture *f = fixture_new(0);
    assert_int_equal(open_with(part, settings, &instance), OC_OK);
    assert_int_equal(engine_add_rule(f->engine, part->id, registry_interface(instance.plugin, OC_RISK), instance.self),
                     OC_OK);
    static const int64_t prices[] = {0, 1, 9499, 9500, 10000, 10500, 10501, 20000}; /* the reference is 10000 */
    for (size_t i = 0; i < sizeof prices / sizeof *prices; i++) {
        question(answers, f, fixture_order(f, OC_SIDE_BUY, 1000, prices[i]));
        question(answers, f, fixture_order(f, OC_SIDE_SELL, 1000000000, prices[i]));
        f->now_ns += 3600000000000LL * 7;
    }
    fixture_price(f, 5000); /* a loss, and a reference that moved */
    question(answers, f, fixture_order(f, OC_SIDE_BUY, 1, 5250));
    question(answers, f, fixture_order(f, OC_SIDE_BUY, 1, 5251));
    plugin_instance_close(&instance);
    fixture_free(f);
}

static void a_rule_judges_the_same_with_its_defaults_written_out(void **state)
{
    (void)state;
    for (int i = 0; i < BUILT_INS; i++) {
        char plain_text[4096], written_text[4096];
        struct text plain, written;
        struct settings none = {0}, settings = {0};
        if (strcmp(built_ins[i].kind, OC_RISK) != 0)
            continue;
        text_init_fixed(&plain, plain_text, sizeof plain_text);
        text_init_fixed(&written, written_text, sizeof written_text);
        int count = write_defaults(&built_ins[i], &settings);
        ask_rule(&built_ins[i], &none, &plain);
        ask_rule(&built_ins[i], &settings, &written);
        assert_string_equal(plain_text, written_text);
        if (strstr(built_ins[i].id, "price_collar")) { /* its default is at work: 5 % of 100.00, then of 50.00 */
            assert_int_equal(count, 2);
            assert_non_null(strstr(plain_text, "PRICE_OUTSIDE_COLLAR:105.01/105 "));
            assert_non_null(strstr(plain_text, "PRICE_OUTSIDE_COLLAR:94.99/95 "));
            assert_non_null(strstr(plain_text, " 1 PRICE_OUTSIDE_COLLAR:52.51/52.5 "));
        } else {
            assert_null(strchr(plain_text, ':')); /* without a limit all passes */
        }
        settings_release(&settings);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_and_plugin_take_the_same_values),
        cmocka_unit_test(each_opens_with_its_defaults_written_out_and_with_none),
        cmocka_unit_test(a_rule_judges_the_same_with_its_defaults_written_out),
    };
    return cmocka_run_group_tests(tests, load_all, NULL);
}

/* keys_test.c: what a plugin declares is what its host gives it: defaults, ranges, lists of groups; and a plugin that reads
 * what it does not declare is told apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <outcry/services.h>

#include "base/key.h"
#include "base/log.h"
#include "session/plugin_instance.h"
#include "support/said.h"

#define OBJECTS TEST_BUILD_DIR "/tests/abi/bad/"

static struct registry registry;
static struct load_report report;
static struct settings settings;
static struct plugin_instance instance;
static const struct oc_svc_config *config;
static char logged[8192];

static void keep_line(void *arg, enum log_level level, const char *line, size_t length)
{
    (void)arg, (void)level;
    strncat(logged, line, length < sizeof logged - strlen(logged) - 2 ? length : 0);
    strcat(logged, "\n");
}

static uint32_t times_logged(const char *words)
{
    uint32_t count = 0;
    log_flush();
    for (const char *at = logged; (at = strstr(at, words)); at++)
        count++;
    return count;
}

static void set(const char *key, const char *value)
{
    char full[SETTING_KEY_MAX];
    snprintf(full, sizeof full, "risk.mine.%s", key);
    assert_int_equal(settings_set(&settings, full, value, "mine.conf:7"), OC_OK);
}

static oc_rc open_object(const char *name, struct error *ret_error)
{
    char path[512];
    snprintf(path, sizeof path, OBJECTS "%s.so", name);
    registry_init(&registry);
    instance = (struct plugin_instance){.settings = &settings, .section = "risk.mine"};
    assert_int_equal(load_plugin(&registry, path, NULL, &report), OC_OK);
    oc_rc rc = plugin_instance_open(&instance, &registry, NULL, "org.example.bad", ret_error);
    config = instance.host.service(&instance.host, OC_SVC_CONFIG);
    assert_true(OC_HAS(config, count));
    return rc;
}

static int start(void **state)
{
    struct error error;
    (void)state;
    logged[0] = 0;
    log_set_sink(keep_line, NULL);
    assert_int_equal(open_object("good_keys", &error), OC_OK);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    plugin_instance_close(&instance);
    settings_release(&settings);
    log_set_sink(NULL, NULL);
    return 0;
}

static void assert_dec(const char *key, int64_t units, int32_t scale)
{
    struct oc_dec dec;
    assert_int_equal(config->dec(&instance.host, key, &dec), OC_OK);
    assert_int_equal(dec.units, units);
    assert_int_equal(dec.scale, scale);
}

static void what_is_not_set_has_the_declared_default(void **state)
{
    (void)state;
    const struct oc_host *host = &instance.host;
    int64_t number = 77;
    uint32_t yes = 77;
    char text[8] = "before";
    assert_dec("share", 1, 1);
    assert_int_equal(config->boolean(host, "strict", &yes), OC_OK);
    assert_int_equal(yes, 1);
    assert_int_equal(config->text(host, "mode", text, 4), OC_E_LIMIT);
    assert_string_equal(text, "before");
    assert_int_equal(config->text(host, "mode", text, sizeof text), OC_OK);
    assert_string_equal(text, "fast");
    assert_int_equal(config->text(host, "a2345678901234567890123456789_32", text, sizeof text), OC_OK);
    assert_string_equal(text, ""); /* an empty default is one */
    assert_int_equal(config->duration(host, "wait", &number), OC_E_NOT_FOUND);
    assert_int_equal(number, 77);
    assert_string_equal(logged, "");
    assert_int_equal(config->integer(host, "rate", &number), OC_E_CONFIG); /* required */
    assert_int_equal(number, 77);
    assert_int_equal(times_logged("risk.mine.rate: not set, and plugin org.example.bad requires it: expected a whole "
                                  "number from 1 to 9"),
                     1);
}

static void what_is_set_is_within_the_declared_range(void **state)
{
    (void)state;
    static const struct {
        const char *key, *value;
        oc_rc rc;
    } cases[] = {{"share", "5%", OC_OK},
                 {"share", "1e-18", OC_OK},
                 {"share", "0.1", OC_OK},
                 {"share", "0", OC_E_CONFIG},
                 {"share", "-0.01", OC_E_CONFIG},
                 {"share", "0.1000000000001", OC_E_CONFIG},
                 {"share", "10.1%", OC_E_CONFIG},
                 {"share", "half", OC_E_CONFIG},
                 {"share", "", OC_E_CONFIG},
                 {"share", "%", OC_E_CONFIG},
                 {"rate", "1", OC_OK},
                 {"rate", "9", OC_OK},
                 {"rate", "0", OC_E_CONFIG},
                 {"rate", "10", OC_E_CONFIG},
                 {"rate", "2.5", OC_E_CONFIG},
                 {"wait", "0", OC_OK},
                 {"wait", "0s", OC_OK},
                 {"wait", "23h59m59.999999999s", OC_OK},
                 {"wait", "24h", OC_E_CONFIG},
                 {"wait", "-1ns", OC_E_CONFIG},
                 {"wait", "5", OC_E_CONFIG},
                 {"strict", "no", OC_OK},
                 {"strict", "true", OC_OK},
                 {"strict", "1", OC_E_CONFIG},
                 {"mode", "calm", OC_OK},
                 {"mode", "Calm", OC_E_CONFIG},
                 {"mode", "", OC_E_CONFIG}};
    const struct oc_host *host = &instance.host;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct oc_dec dec = {77, 7, 0};
        int64_t number = 77;
        uint32_t yes = 77;
        char text[16] = "before";
        set(cases[i].key, cases[i].value);
        oc_rc rc = strcmp(cases[i].key, "share") == 0    ? config->dec(host, "share", &dec)
                   : strcmp(cases[i].key, "rate") == 0   ? config->integer(host, "rate", &number)
                   : strcmp(cases[i].key, "wait") == 0   ? config->duration(host, "wait", &number)
                   : strcmp(cases[i].key, "strict") == 0 ? config->boolean(host, "strict", &yes)
                                                         : config->text(host, "mode", text, sizeof text);
        if (rc != cases[i].rc)
            fail_msg("%s = %s: %d", cases[i].key, cases[i].value, (int)rc);
        bool is_untouched = dec.scale == 7 && number == 77 && yes == 77 && strcmp(text, "before") == 0;
        assert_int_equal(is_untouched, rc < 0);
    }
    set("share", "0.5");
    assert_int_equal(config->dec(host, "share", &(struct oc_dec){0}), OC_E_CONFIG);
    assert_true(times_logged("mine.conf:7: risk.mine.share: found '0.5', expected a decimal such as \"0.001\" or "
                             "\"0.1%\", above 0 to 10% (share of the price)") == 1);
    set("share", "5%");
    assert_dec("share", 5, 2);
}

static void reading_what_is_not_declared_is_a_defect(void **state)
{
    (void)state;
    const struct oc_host *host = &instance.host;
    struct oc_dec dec = {77, 7, 0};
    int64_t number = 77;
    uint32_t count = 77;
    char text[8] = "before";
    set("limit", "1");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(config->dec(host, "limit", &dec), OC_E_INVALID);
        assert_int_equal(config->text(host, "share", text, sizeof text), OC_E_INVALID);
        assert_int_equal(config->duration(host, "rate", &number), OC_E_INVALID);
        assert_int_equal(config->count(host, "mode", &count), OC_E_INVALID);
        assert_int_equal(config->text(host, "limits", text, sizeof text), OC_E_INVALID);
        assert_int_equal(config->dec(host, "limits.0.size", &dec), OC_E_INVALID);
    }
    assert_true(dec.scale == 7 && number == 77 && count == 77 && strcmp(text, "before") == 0);
    assert_int_equal(times_logged("org.example.bad: it reads the key 'limit' and does not declare it"), 1);
    assert_int_equal(times_logged("org.example.bad: it reads its key 'share' as text and declares it as decimal"), 1);
    assert_int_equal(times_logged("reads the key 'limits.0.size'"), 1);
    assert_int_equal(times_logged("a defect of the plugin"), 6);
    for (int i = 0; i < 2 * PLUGIN_DEFECTS_MAX; i++) {
        snprintf(text, sizeof text, "x%d", i);
        assert_int_equal(config->dec(host, text, &dec), OC_E_INVALID);
    }
    assert_int_equal(times_logged("a defect of the plugin"), PLUGIN_DEFECTS_MAX);
    char key[SETTING_KEY_MAX];
    memset(key, 'a', sizeof key - 1);
    key[sizeof key - 1] = 0;
    assert_int_equal(config->dec(host, key, &dec), OC_E_LIMIT);
}

static void a_plugin_that_reads_what_it_does_not_declare_does_not_open(void **state)
{
    (void)state;
    struct error error;
    plugin_instance_close(&instance);
    assert_int_equal(open_object("good_reads_undeclared", &error), OC_E_INVALID);
    assert_non_null(strstr(said(&error), "org.example.bad: it reads the key 'limits' and does not declare it"));
    assert_int_equal(times_logged("reads the key 'limits'"), 1); /* it asked twice */
    assert_null(instance.plugin);
}

static void a_list_of_groups_is_counted_and_read(void **state)
{
    (void)state;
    const struct oc_host *host = &instance.host;
    uint32_t count = 77;
    char text[16] = "before";
    assert_int_equal(config->count(host, "limits", &count), OC_OK);
    assert_int_equal(count, 0);
    set("limits.0.instrument", "BTC/USDT");
    set("limits.1.instrument", "ETH/USDT");
    set("limits.1.limit", "2.5");
    set("limitsmore.5.limit", "2.5");
    set("limits.x.limit", "2.5"); /* no index: not of the list */
    assert_int_equal(config->count(host, "limits", &count), OC_OK);
    assert_int_equal(count, 2);
    assert_int_equal(config->text(host, "limits.1.instrument", text, sizeof text), OC_OK);
    assert_string_equal(text, "ETH/USDT");
    assert_dec("limits.0.limit", 1, 0); /* its default */
    assert_dec("limits.1.limit", 25, 1);
    set("limits.1.limit", "-1");
    assert_int_equal(config->dec(host, "limits.1.limit", &(struct oc_dec){0}), OC_E_CONFIG);
    set("limits.3.limit", "3"); /* and no 2 */
    count = 77;
    assert_int_equal(config->count(host, "limits", &count), OC_E_CONFIG);
    assert_int_equal(count, 77);
    assert_int_equal(times_logged("risk.mine.limits: group 2 is missing between others"), 1);
    set("limits.2.limit", "2");
    assert_int_equal(config->count(host, "limits", &count), OC_OK);
    assert_int_equal(count, 4);
    assert_int_equal(config->text(host, "limits.2.instrument", text, sizeof text), OC_E_CONFIG); /* required in each */
    assert_string_equal(text, "ETH/USDT");
}

static void a_list_has_a_limit(void **state)
{
    (void)state;
    uint32_t count = 77;
    char key[32];
    for (int i = 0; i < OC_KEY_GROUPS_MAX; i++) {
        snprintf(key, sizeof key, "limits.%d.instrument", i);
        set(key, "X/USDT");
    }
    assert_int_equal(config->count(&instance.host, "limits", &count), OC_OK);
    assert_int_equal(count, OC_KEY_GROUPS_MAX);
    set("limits.256.instrument", "X/USDT");
    assert_int_equal(config->count(&instance.host, "limits", &count), OC_E_CONFIG);
    assert_int_equal(count, OC_KEY_GROUPS_MAX);
    assert_int_equal(times_logged("risk.mine.limits: expected at most 256 groups"), 1);
    settings_release(&settings);
    set("limits.7000000.instrument", "X/USDT"); /* far beyond it is the same */
    assert_int_equal(config->count(&instance.host, "limits", &count), OC_E_CONFIG);
    settings_release(&settings);
    set("limits.99999999999999999999.instrument", "X/USDT"); /* beyond 64 bits: not forgotten */
    assert_int_equal(config->count(&instance.host, "limits", &count), OC_E_CONFIG);
    assert_int_equal(count, OC_KEY_GROUPS_MAX);
}

/* As before there were keys: any key, no default, no range. */
static void a_plugin_without_a_table_reads_what_it_likes(void **state)
{
    (void)state;
    char text[16] = "before";
    struct error error;
    struct oc_dec dec;
    uint32_t count = 77;
    plugin_instance_close(&instance);
    assert_int_equal(open_object("good_before_keys", &error), OC_OK);
    set("any.thing", "-5%");
    set("list.0.a", "1");
    assert_dec("any.thing", -5, 2);
    assert_int_equal(config->text(&instance.host, "any.thing", text, sizeof text), OC_OK);
    assert_string_equal(text, "-5%");
    assert_int_equal(config->dec(&instance.host, "other", &dec), OC_E_NOT_FOUND);
    assert_int_equal(config->text(&instance.host, "other", text, sizeof text), OC_E_NOT_FOUND);
    assert_int_equal(config->count(&instance.host, "list", &count), OC_OK);
    assert_int_equal(count, 1);
    assert_string_equal(logged, "");
    plugin_instance_close(&instance);
    assert_int_equal(open_object("good_keys_none", &error),
                     OC_OK); /* it says that it has no keys: a read is a defect */
    assert_int_equal(config->dec(&instance.host, "other", &dec), OC_E_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_not_set_has_the_declared_default, start, stop),
        cmocka_unit_test_setup_teardown(what_is_set_is_within_the_declared_range, start, stop),
        cmocka_unit_test_setup_teardown(reading_what_is_not_declared_is_a_defect, start, stop),
        cmocka_unit_test_setup_teardown(a_plugin_that_reads_what_it_does_not_declare_does_not_open, start, stop),
        cmocka_unit_test_setup_teardown(a_list_of_groups_is_counted_and_read, start, stop),
        cmocka_unit_test_setup_teardown(a_list_has_a_limit, start, stop),
        cmocka_unit_test_setup_teardown(a_plugin_without_a_table_reads_what_it_likes, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

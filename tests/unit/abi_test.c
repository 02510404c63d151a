/* The kept old plugins: each was built from a recorded layout, and runs under today's host. */
#include "load/load.h"

#include "base/key.h"

#include <outcry/outcry.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

static struct registry registry;
static struct load_report report;

static oc_rc config_dec(const struct oc_host *host, const char *key, struct oc_dec *ret_value)
{
    (void)host;
    if (strcmp(key, "limit") != 0)
        return OC_E_NOT_FOUND;
    *ret_value = (struct oc_dec){.units = 25, .scale = 1};
    return OC_OK;
}

static const void *find_service(const struct oc_host *host, const char *id)
{
    static const struct oc_svc_config config = {.size = sizeof config, .dec = config_dec};
    (void)host;
    return strcmp(id, OC_SVC_CONFIG) == 0 ? &config : NULL;
}

/* One unit is 0.001. */
static oc_rc to_units(const struct oc_risk_ctx *ctx, uint32_t inst, struct oc_dec dec, int64_t *ret_units)
{
    (void)ctx;
    assert_int_equal(inst, OC_INST(1, 0));
    assert_int_equal(dec.scale, 1);
    *ret_units = dec.units * 100;
    return OC_OK;
}

static oc_rc worst_qty(const struct oc_risk_ctx *ctx, const struct oc_request *ask, int64_t *ret_units)
{
    (void)ctx;
    *ret_units = ask->qty;
    return ask->qty > 0 ? OC_OK : OC_E_NOT_FOUND;
}

static oc_rc qty_dec(const struct oc_risk_ctx *ctx, uint32_t inst, int64_t units, struct oc_dec *ret_dec)
{
    (void)ctx, (void)inst;
    *ret_dec = (struct oc_dec){.units = units, .scale = 3};
    return OC_OK;
}

static oc_rc ask_rule(const struct oc_risk *risk, void *self, uint8_t kind, int64_t qty, struct oc_verdict *ret_verdict)
{
    const struct oc_risk_ctx ctx = {
        .size = sizeof ctx, .to_units = to_units, .worst_qty = worst_qty, .qty_dec = qty_dec};
    const struct oc_request ask = {
        .head = {.size = sizeof ask, .inst = OC_INST(1, 0)}, .kind = kind, .bits = OC_RQ_HAS_QTY, .qty = qty};
    *ret_verdict = (struct oc_verdict){.size = sizeof *ret_verdict};
    return risk->check(self, &ctx, &ask, ret_verdict);
}

static void judge(const struct registry_entry *entry)
{
    assert_non_null(entry);
    struct oc_host host = {.size = sizeof host, .abi = OC_ABI_MAJOR << 16 | OC_ABI_MINOR, .service = find_service};
    const struct oc_risk *risk = registry_interface(entry->plugin, OC_RISK);
    struct oc_verdict verdict;
    void *self = NULL;
    assert_non_null(risk);
    assert_int_equal(entry->plugin->open(&host, &self), OC_OK);
    assert_int_equal(ask_rule(risk, self, OC_REQUEST_NEW, 2499, &verdict), OC_OK);
    assert_int_equal(verdict.allowed, 1);
    assert_int_equal(ask_rule(risk, self, OC_REQUEST_NEW, 2500, &verdict), OC_OK);
    assert_int_equal(verdict.allowed, 1);
    assert_int_equal(ask_rule(risk, self, OC_REQUEST_NEW, 2501, &verdict), OC_OK);
    assert_int_equal(verdict.allowed, 0);
    assert_string_equal(verdict.reason, "QUANTITY_ABOVE_LIMIT");
    assert_int_equal(verdict.used.units, 2501);
    assert_int_equal(verdict.limit.units, 25);
    assert_int_equal(ask_rule(risk, self, OC_REQUEST_CANCEL, 9999, &verdict), OC_OK);
    assert_int_equal(verdict.allowed, 1);
    assert_int_equal(ask_rule(risk, self, OC_REQUEST_NEW, 0, &verdict), OC_E_NOT_FOUND);
    assert_int_equal(verdict.allowed, 0);
    entry->plugin->close(self);
}

static void the_plugin_kept_from_the_recorded_layout_still_runs(void **state)
{
    (void)state;
    struct utsname machine;
    char path[1024];
    assert_int_equal(uname(&machine), 0);
    snprintf(path, sizeof path, TEST_SOURCE_DIR "/sdk/abi/%d.%d/maxqty.%s.so", OC_ABI_MAJOR, OC_ABI_MINOR,
             machine.machine);
    if (access(path, R_OK) != 0) {
        print_message("no plugin is kept for this machine: %s\n", path);
        skip();
    }
    registry_init(&registry);
    oc_rc rc = load_plugin(&registry, path, NULL, &report);
    for (uint32_t i = 0; i < report.fault_count; i++)
        print_message("%s: found %s, expected %s\n", report.faults[i].field, report.faults[i].found,
                      report.faults[i].expected);
    assert_int_equal(rc, OC_OK);
    judge(registry_find(&registry, OC_RISK, "org.example.maxqty"));
    assert_true(report.plugins[0].has_keys);
}

static void the_plugin_built_today_runs_the_same(void **state)
{
    (void)state;
    registry_init(&registry);
    assert_int_equal(load_plugin(&registry, TEST_BUILD_DIR "/sdk/examples/maxqty.so", NULL, &report), OC_OK);
    judge(registry_find(&registry, OC_RISK, "org.example.maxqty"));
    assert_int_equal(key_declared(key_table(registry.entries[0].plugin), "limit")->bits, OC_KEY_REQUIRED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_plugin_kept_from_the_recorded_layout_still_runs),
        cmocka_unit_test(the_plugin_built_today_runs_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

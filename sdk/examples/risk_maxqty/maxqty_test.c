/* maxqty_test.c: the rule at its limit, one below and one above. The host is played by three functions. */
#include "maxqty.c"

#include <stdio.h>

static oc_rc to_units(const struct oc_risk_ctx *ctx, uint32_t inst, struct oc_dec dec, int64_t *ret_units)
{
    (void)ctx, (void)inst;
    *ret_units = dec.units;
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
    *ret_dec = (struct oc_dec){.units = units};
    return OC_OK;
}

static int failed;

static void expect(const char *what, uint8_t kind, int64_t qty, uint32_t allowed)
{
    const struct oc_risk_ctx ctx = {
        .size = sizeof ctx, .to_units = to_units, .worst_qty = worst_qty, .qty_dec = qty_dec};
    const struct oc_request ask = {.kind = kind, .qty = qty, .bits = OC_RQ_HAS_QTY};
    struct rule rule = {.limit = {.units = 100}};
    struct oc_verdict verdict = {.size = sizeof verdict};
    oc_rc rc = check(&rule, &ctx, &ask, &verdict);
    int good = verdict.allowed == allowed && (rc == OC_OK || allowed == 0);
    printf("%s %s\n", good ? "ok" : "FAILED", what);
    failed += !good;
}

int main(void)
{
    expect("below the limit", OC_REQUEST_NEW, 99, 1);
    expect("at the limit", OC_REQUEST_NEW, 100, 1);
    expect("above the limit", OC_REQUEST_NEW, 101, 0);
    expect("amended above the limit", OC_REQUEST_AMEND, 101, 0);
    expect("a cancel is never refused", OC_REQUEST_CANCEL, 101, 1);
    expect("a quantity that the host cannot tell is refused", OC_REQUEST_NEW, 0, 0);
    return failed != 0;
}

/* order_value.h: what an order is worth, for rules that limit it, as static inline helpers. No ABI promise. */
#ifndef OUTCRY_KIT_ORDER_VALUE_H
#define OUTCRY_KIT_ORDER_VALUE_H

#include <outcry/kit/dec.h>
#include <outcry/outcry.h>

/* An order by money is worth its money, unless it is settled in another asset than it is priced in. */
static inline int kit_is_by_money(const struct oc_risk_ctx *ctx, const struct oc_request *ask)
{
    const struct oc_instrument *instrument = ctx->instrument(ctx, ask->head.inst);
    return (ask->bits & OC_RQ_HAS_QUOTE_QTY) && instrument &&
           (instrument->kind == OC_KIND_SPOT || instrument->kind == OC_KIND_LINEAR);
}

/* [engine] In the settlement asset, at its limit, its stop or the reference price; a sale at the reference where that is higher than its
 * limit, for it would trade there. OC_E_NOT_FOUND: there is no price. */
static inline oc_rc kit_order_value(const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                                    struct oc_dec *ret_value)
{
    int64_t qty, price, reference, age_ns;
    struct oc_dec value;
    oc_rc rc;
    if (kit_is_by_money(ctx, ask)) {
        *ret_value = ask->quote_qty;
        return OC_OK;
    }
    rc = ctx->worst_qty(ctx, ask, &qty);
    if (rc < 0)
        return rc;
    rc = ctx->worst_price(ctx, ask, &price);
    if (rc < 0)
        return rc;
    if (ask->side == OC_SIDE_SELL && ctx->reference(ctx, ask->head.inst, &reference, &age_ns) == OC_OK &&
        reference > price)
        price = reference;
    rc = ctx->notional(ctx, ask->head.inst, price, qty, &value);
    return rc < 0 ? rc : oc_dec_abs(value, ret_value);
}

/* An amendment that makes an order no larger than it was. */
static inline int kit_is_no_increase(const struct oc_risk_ctx *ctx, const struct oc_request *ask, struct oc_dec value)
{
    struct oc_dec before;
    return ask->kind == OC_REQUEST_AMEND && ctx->previous && kit_order_value(ctx, ctx->previous, &before) == OC_OK &&
           oc_dec_compare(value, before) <= 0;
}

#endif

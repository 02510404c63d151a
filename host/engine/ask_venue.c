/* ask_venue.c: requests of the host that are about no order of ours: what a venue can do at once for all of them. */
#include <string.h>

#include "engine/impl.h"

/* What a venue is to close is the position that there is: side and quantity follow from it. */
static oc_rc size_close(const struct engine *engine, struct oc_request *request)
{
    const struct book *book = portfolio_find(engine->portfolio, request->account, 0, request->head.inst);
    const int64_t held = book ? book->position.qty : 0, size = held < 0 ? -held : held;
    if (held == 0)
        return OC_E_NOT_FOUND;
    if (request->qty < 0 || request->qty > size)
        return OC_E_INVALID;
    if (request->qty == 0)
        request->qty = size;
    request->side = held < 0 ? OC_SIDE_BUY : OC_SIDE_SELL;
    request->type = OC_ORDER_MARKET;
    request->tif = OC_TIF_GTC;
    request->role = OC_ROLE_CLOSE;
    request->bits |= OC_RQ_HAS_QTY | OC_RQ_REDUCE_ONLY;
    return OC_OK;
}

static oc_rc shape(const struct engine *engine, struct oc_request *request)
{
    const bool has_inst = request->head.inst != 0,
               is_known = has_inst && instruments_get(engine->instruments, request->head.inst);
    const uint32_t legs = OC_RQ_HAS_STOP_LOSS | OC_RQ_HAS_TAKE_PROFIT;
    if (has_inst && !is_known)
        return OC_E_NOT_FOUND;
    switch (request->kind) {
    case OC_REQUEST_CANCEL_ALL:
        return request->side > OC_SIDE_SELL ? OC_E_INVALID : OC_OK;
    case OC_REQUEST_CLOSE:
        return is_known ? size_close(engine, request) : (oc_rc)OC_E_INVALID;
    case OC_REQUEST_DEADMAN:
        return request->expire_ns < 0 ? OC_E_INVALID : OC_OK;
    case OC_REQUEST_PROTECT:
        return is_known && (request->bits & legs) ? OC_OK : OC_E_INVALID;
    default:
        return OC_E_INVALID;
    }
}

oc_rc engine_ask_venue(struct engine *engine, struct oc_request *request, struct engine_refusal *ret_refusal)
{
    struct engine_refusal refusal = {0};
    if (!engine->is_in_batch || engine->caller)
        return OC_E_STATE;
    if (!portfolio_account(engine->portfolio, request->account))
        return OC_E_NOT_FOUND;
    oc_rc rc = shape(engine, request);
    if (rc < 0)
        return rc;
    if (stage_is_full(engine))
        return OC_E_FULL;
    request->order = 0;
    request->owner = OC_OWNER_HOST;
    stage_stamp(engine, request);
    request->id = (1ull << 63) | ++engine->next_request;
    if (request->kind == OC_REQUEST_CLOSE) { /* to rules it is an order that only reduces */
        struct oc_request reduction = *request;
        reduction.kind = OC_REQUEST_NEW;
        rc = chain_ask(engine, &reduction, &refusal);
    }
    struct out_request *staged = stage_add(engine, request, NULL);
    if (rc < 0) {
        staged->is_denied = 1;
        staged->refusal = refusal;
        *ret_refusal = refusal;
        return OC_E_LIMIT;
    }
    if (request->kind == OC_REQUEST_CANCEL_ALL)
        engine->staged_cancels++;
    else
        engine->staged_messages++;
    return OC_OK;
}

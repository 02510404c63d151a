/* wallet.h: what an account has of each asset, and what came in and went out, by tables of members. No ABI promise.
 *
 *   static const struct kit_shape balance = KIT_SHAPE("balance.asset", OC_EV_BALANCE, oc_ev_balance, present, balance_fields);
 *   return kit_say_balance(&codec, &json, &balance, source, token, 0);
 *
 * All [io]. */
#ifndef OUTCRY_KIT_WALLET_H
#define OUTCRY_KIT_WALLET_H

#include <outcry/kit/fields.h>

/* An object with what is free and what is held of an asset. `token` 0: a stream says it, at `at_ns`. An asset whose name is longer than one is
 * counted, and the rest of the list goes on. */
static inline oc_rc kit_say_balance(const struct kit_codec *codec, struct kit_json *json, const struct kit_shape *shape,
                                    uint32_t source, uint64_t token, int64_t at_ns)
{
    struct kit_row row;
    uint32_t asset = 0;
    oc_rc rc;
    if (!kit_row_take(json, shape->fields, shape->count, &row))
        return OC_E_DATA;
    while (asset + 1 < shape->count && shape->fields[asset].is != KIT_IS_ASSET)
        asset++;
    if (row.of[asset].size == 0 || row.of[asset].size >= OC_ASSET_MAX)
        return kit_skip(codec, shape->unknown, row.of[asset]);
    struct oc_ev_balance *out = (struct oc_ev_balance *)kit_row_event(codec, shape, &row, source, &rc);
    if (!out)
        return rc;
    out->present |= OC_BAL_SUM;
    out->token = token;
    out->head.venue_ns = at_ns;
    out->head.flags = (uint16_t)(out->head.flags | (token ? OC_EVF_REPLAYED : 0));
    return kit_commit(codec, out);
}

/* A deposit or a withdrawal (OC_LEDGER_...) of a list. Its amount is what arrives: a deposit's fee is taken of it by then, a withdrawal's leaves
 * beside it. A state that is in no word of the table is no end of it. */
static inline oc_rc kit_say_moved(const struct kit_codec *codec, struct kit_json *json, const struct kit_shape *shape,
                                  uint16_t kind, uint32_t source, uint64_t token)
{
    struct oc_dec none = {0, 0, 0};
    struct kit_row row;
    oc_rc rc;
    if (!kit_row_take(json, shape->fields, shape->count, &row))
        return OC_E_DATA;
    struct oc_ev_ledger *out = (struct oc_ev_ledger *)kit_row_event(codec, shape, &row, source, &rc);
    if (!out)
        return rc;
    if (kind == OC_LEDGER_WITHDRAWAL &&
        (oc_dec_add(out->amount, out->fee, &out->amount) < 0 || oc_dec_sub(none, out->amount, &out->amount) < 0))
        return OC_E_DATA;
    out->kind = kind;
    if (!out->status)
        out->status = OC_LEDGER_PENDING;
    out->token = token;
    out->tail = sizeof *out;
    out->head.flags = OC_EVF_LAST | OC_EVF_REPLAYED;
    return kit_commit(codec, out);
}

#endif

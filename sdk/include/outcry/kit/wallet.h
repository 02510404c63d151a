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

/* What an account in one currency has, as a total and what margin holds of it (kind NONE: not said). `token` 0: a stream says it. OC_E_DATA: no total. */
static inline oc_rc kit_say_total(const struct kit_codec *codec, uint32_t source, uint32_t asset,
                                  struct kit_json_text total, struct kit_json_text used, uint64_t token, int64_t at_ns)
{
    oc_rc rc;
    struct oc_ev_balance *out = KIT_EVENT(codec, oc_ev_balance, OC_EV_BALANCE, source, &rc);
    if (!out)
        return rc;
    if (kit_json_dec(total, &out->total) < 0)
        return OC_E_DATA;
    if (kit_json_dec(used, &out->locked) == OC_OK && oc_dec_sub(out->total, out->locked, &out->free) == OC_OK)
        out->present = OC_BAL_FREE | OC_BAL_LOCKED;
    out->asset = asset;
    out->token = token;
    out->head.venue_ns = at_ns;
    out->head.flags = (uint16_t)(OC_EVF_LAST | (token ? OC_EVF_REPLAYED : 0));
    return kit_commit(codec, out);
}

struct kit_position { /* as a list of positions says one; texts of kind NONE: not said */
    struct kit_json_text average, unrealised, realised;
    int64_t qty; /* signed */
    uint32_t asset;
    uint8_t side; /* OC_POSITION_... */
    uint8_t zero[3];
};

static inline oc_rc kit_say_position(const struct kit_codec *codec, uint32_t source, uint32_t inst,
                                     const struct kit_position *position, uint64_t token)
{
    oc_rc rc;
    struct oc_ev_position *out = KIT_EVENT(codec, oc_ev_position, OC_EV_POSITION, source, &rc);
    if (!out)
        return rc;
    out->head.inst = inst;
    out->head.flags = OC_EVF_REPLAYED | OC_EVF_LAST;
    out->token = token;
    out->qty = position->qty;
    out->side = position->side;
    out->asset = position->asset;
    out->margin_mode = OC_MARGIN_CROSS;
    out->present = (kit_json_dec(position->average, &out->average) == OC_OK ? (uint32_t)OC_POS_AVERAGE : 0u) |
                   (kit_json_dec(position->unrealised, &out->unrealised) == OC_OK ? (uint32_t)OC_POS_UNREALISED : 0u) |
                   (kit_json_dec(position->realised, &out->realised) == OC_OK ? (uint32_t)OC_POS_REALISED : 0u);
    return kit_commit(codec, out);
}

struct kit_entry {                          /* of a ledger, that is done */
    struct kit_json_text id, amount, after; /* after: kind NONE: not said */
    const char *behind;                     /* put behind the id, where one says more than one entry; "" */
    uint32_t asset;
    uint16_t kind; /* OC_LEDGER_...; a DEPOSIT below zero is a withdrawal */
    uint16_t flags;
    int64_t at_ns;
    uint64_t token;
};

static inline oc_rc kit_say_entry(const struct kit_codec *codec, uint32_t source, const struct kit_entry *entry)
{
    oc_rc rc;
    struct oc_ev_ledger *out = KIT_EVENT(codec, oc_ev_ledger, OC_EV_LEDGER, source, &rc);
    if (!out)
        return rc;
    struct kit_write id = kit_write_begin(out->id.text, OC_ID_MAX);
    kit_write_bytes(&id, entry->id.at, entry->id.size);
    kit_write_text(&id, entry->behind);
    const oc_rc size = kit_write_end(&id);
    if (size < 0 || kit_json_dec(entry->amount, &out->amount) < 0)
        return OC_E_DATA;
    out->present = kit_json_dec(entry->after, &out->after) == OC_OK ? (uint32_t)OC_LEDGER_HAS_AFTER : 0u;
    out->id.size = (uint8_t)size;
    out->token = entry->token;
    out->asset = entry->asset;
    out->status = OC_LEDGER_DONE;
    out->kind =
        entry->kind == OC_LEDGER_DEPOSIT && out->amount.units < 0 ? (uint16_t)OC_LEDGER_WITHDRAWAL : entry->kind;
    out->tail = sizeof *out;
    out->head.venue_ns = entry->at_ns;
    out->head.flags = entry->flags;
    return kit_commit(codec, out);
}

#endif

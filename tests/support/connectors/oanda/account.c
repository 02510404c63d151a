/* account.c: OANDA v20: the account's summary, and its positions. */
#include "oanda.h"

static void take_money(struct kit_json_text text, struct oc_dec *ret_money, struct oc_ev_account *out, uint32_t bit)
{
    if (kit_json_dec(text, ret_money) == OC_OK)
        out->present |= bit;
}

static oc_rc read_summary(struct oanda *oa, struct kit_json *json, struct oc_ev_account *out,
                          struct kit_json_text *ret_balance)
{
    struct kit_json_text key;
    oc_rc rc = OC_OK;
    if (!kit_json_object(json))
        return OC_E_DATA;
    while (rc >= 0 && kit_json_key(json, &key)) {
        const struct kit_json_text value = kit_json_value(json);
        if (KIT_JSON_IS(key, "balance"))
            *ret_balance = value;
        else if (KIT_JSON_IS(key, "NAV"))
            take_money(value, &out->equity, out, OC_ACC_EQUITY);
        else if (KIT_JSON_IS(key, "marginUsed"))
            take_money(value, &out->margin_used, out, OC_ACC_MARGIN_USED);
        else if (KIT_JSON_IS(key, "marginAvailable"))
            take_money(value, &out->margin_free, out, OC_ACC_MARGIN_FREE);
        else if (KIT_JSON_IS(key, "unrealizedPL"))
            take_money(value, &out->unrealised, out, OC_ACC_UNREALISED);
        else if (KIT_JSON_IS(key, "currency"))
            rc = kit_asset(&oa->kit, value, &out->asset);
        else if (KIT_JSON_IS(key, "hedgingEnabled"))
            out->rights |= value.kind == KIT_JSON_TRUE ? OC_IS_HEDGING : 0;
    }
    return rc;
}

oc_rc oanda_summary(struct oanda *oa, struct account *who, const struct oc_response *in)
{
    struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text key, balance = {0};
    oc_rc rc;
    struct oc_ev_account *out = KIT_EVENT(&oa->kit, oc_ev_account, OC_EV_ACCOUNT, who->source, &rc);
    if (!out)
        return rc;
    out->token = in->token;
    out->rights = OC_MAY_VIEW;
    out->known = OC_MAY_VIEW | OC_IS_HEDGING;
    out->venue_account = who->id;
    if (kit_json_object(&json)) {
        while (rc >= 0 && kit_json_key(&json, &key))
            if (KIT_JSON_IS(key, "account"))
                rc = read_summary(oa, &json, out, &balance);
            else if (KIT_JSON_IS(key, "lastTransactionID"))
                rc = kit_id(kit_json_value(&json), &out->last);
    }
    if (rc < 0 || !kit_json_end(&json) || !out->asset)
        return OC_E_DATA;
    const uint32_t asset = out->asset;
    if ((rc = kit_commit(&oa->kit, out)) < 0)
        return rc;
    struct oc_ev_balance *cash = KIT_EVENT(&oa->kit, oc_ev_balance, OC_EV_BALANCE, who->source, &rc);
    if (!cash)
        return rc;
    cash->token = in->token;
    cash->asset = asset;
    cash->head.flags = OC_EVF_REPLAYED;
    if (kit_json_dec(balance, &cash->total) < 0)
        return OC_E_DATA;
    rc = kit_commit(&oa->kit, cash);
    if (rc >= 0)
        rc = oanda_fetched(oa, in, who->source, OC_OK, 2);
    if (rc >= 0)
        who->asset = asset;
    return rc;
}

struct position_words { /* of both sides: they stand side by side */
    struct kit_json_text name, units[2], average[2], unrealised[2];
};

static void read_side(struct kit_json *json, struct position_words *w, int i)
{
    struct kit_json_text key;
    if (!kit_json_object(json))
        return;
    while (kit_json_key(json, &key))
        if (KIT_JSON_IS(key, "units"))
            w->units[i] = kit_json_value(json);
        else if (KIT_JSON_IS(key, "averagePrice"))
            w->average[i] = kit_json_value(json);
        else if (KIT_JSON_IS(key, "unrealizedPL"))
            w->unrealised[i] = kit_json_value(json);
}

static oc_rc one_position(struct oanda *oa, const struct account *who, struct kit_json *json, uint64_t token)
{
    struct kit_json_text key;
    struct position_words w = {0};
    struct oc_scale scale;
    oc_rc rc = OC_OK;
    if (!kit_json_object(json))
        return OC_E_DATA;
    while (kit_json_key(json, &key))
        if (KIT_JSON_IS(key, "long"))
            read_side(json, &w, 0);
        else if (KIT_JSON_IS(key, "short"))
            read_side(json, &w, 1);
        else if (KIT_JSON_IS(key, "instrument"))
            w.name = kit_json_value(json);
    if (json->is_bad)
        return OC_E_DATA;
    if (kit_symbol(&oa->kit, w.name, &scale) < 0)
        return kit_skip(&oa->kit, "position.instrument", w.name);
    for (int i = 0; i < 2 && rc >= 0; i++) {
        struct oc_ev_position *out = KIT_EVENT(&oa->kit, oc_ev_position, OC_EV_POSITION, who->source, &rc);
        if (!out)
            return rc;
        if (kit_scale_qty(&scale, w.units[i], &out->qty) < 0)
            return OC_E_DATA;
        out->token = token;
        out->side = i ? OC_POSITION_SHORT : OC_POSITION_LONG;
        out->asset = who->asset;
        out->margin_mode = OC_MARGIN_CROSS;
        if (kit_json_dec(w.average[i], &out->average) == OC_OK)
            out->present |= OC_POS_AVERAGE;
        if (kit_json_dec(w.unrealised[i], &out->unrealised) == OC_OK)
            out->present |= OC_POS_UNREALISED;
        out->head.inst = scale.inst;
        out->head.flags = OC_EVF_REPLAYED;
        rc = kit_commit(&oa->kit, out);
    }
    return rc;
}

oc_rc oanda_positions(struct oanda *oa, const struct account *who, const struct oc_response *in)
{
    struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text key;
    uint32_t count = 0;
    oc_rc rc = OC_OK;
    if (kit_json_object(&json)) {
        while (rc >= 0 && kit_json_key(&json, &key))
            if (KIT_JSON_IS(key, "positions") && kit_json_array(&json))
                for (; rc >= 0 && kit_json_item(&json); count += 2)
                    rc = one_position(oa, who, &json, in->token);
    }
    if (rc < 0 || !kit_json_end(&json))
        return rc < 0 ? rc : OC_E_DATA;
    return oanda_fetched(oa, in, who->source, OC_OK, count);
}

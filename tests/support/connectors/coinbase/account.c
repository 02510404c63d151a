/* account.c: Coinbase Advanced: orders, fills, balances and rights. */
#include "coinbase.h"

/* ---- orders ---- */

struct order_words {
    struct kit_json_text product, price, stop, size, done, left, value, fee;
};

static const struct kit_word sides[] = {{"BUY", OC_SIDE_BUY}, {"SELL", OC_SIDE_SELL}};
static const struct kit_word states[] = {{"OPEN", OC_SHOWN_WORKING},
                                         {"EDIT_QUEUED", OC_SHOWN_PENDING_AMEND},
                                         {"CANCEL_QUEUED", OC_SHOWN_PENDING_CANCEL},
                                         {"PENDING", OC_SHOWN_PENDING},
                                         {"QUEUED", OC_SHOWN_PENDING},
                                         {"FILLED", OC_SHOWN_FILLED},
                                         {"CANCELLED", OC_SHOWN_CANCELED},
                                         {"EXPIRED", OC_SHOWN_EXPIRED},
                                         {"FAILED", OC_SHOWN_REJECTED}};
static const struct kit_word tifs[] = {{"IMMEDIATE_OR_CANCEL", OC_TIF_IOC},
                                       {"FILL_OR_KILL", OC_TIF_FOK},
                                       {"GOOD_UNTIL_DATE_TIME", OC_TIF_GTD},
                                       {"GOOD_UNTIL_CANCELLED", OC_TIF_GTC}};

static int begins_with(struct kit_json_text text, const char *words)
{
    const size_t size = strlen(words);
    return text.size >= size && memcmp(text.at, words, size) == 0;
}

/* {"limit_limit_gtc":{"base_size":...}} */
static void read_configuration(struct kit_json *json, struct oc_ev_order *order, struct order_words *w)
{
    struct kit_json_text key;
    while (kit_json_key(json, &key)) {
        order->type = begins_with(key, "market")   ? OC_ORDER_MARKET
                      : begins_with(key, "stop_l") ? OC_ORDER_STOP_LIMIT
                                                   : OC_ORDER_LIMIT;
        if (!kit_json_object(json))
            continue;
        while (kit_json_key(json, &key))
            if (KIT_JSON_IS(key, "base_size"))
                w->size = kit_json_value(json);
            else if (KIT_JSON_IS(key, "limit_price"))
                w->price = kit_json_value(json);
            else if (KIT_JSON_IS(key, "stop_price"))
                w->stop = kit_json_value(json);
            else if (KIT_JSON_IS(key, "post_only"))
                order->bits |= kit_json_value(json).kind == KIT_JSON_TRUE ? OC_RQ_POST_ONLY : 0;
    }
}

static oc_rc take_order_word(struct kit_json_text key, struct kit_json_text value, struct oc_ev_order *order,
                             struct order_words *w)
{
    if (KIT_JSON_IS(key, "order_id"))
        return kit_id(value, &order->venue_order);
    if (KIT_JSON_IS(key, "client_order_id"))
        return kit_id(value, &order->client);
    if (KIT_JSON_IS(key, "created_time") || KIT_JSON_IS(key, "creation_time"))
        return kit_json_time(value, &order->created_ns);
    if (KIT_JSON_IS(key, "product_id"))
        w->product = value;
    else if (KIT_JSON_IS(key, "side") || KIT_JSON_IS(key, "order_side"))
        order->side = (uint8_t)KIT_WORD_OF(value, sides, OC_SIDE_NONE);
    else if (KIT_JSON_IS(key, "status"))
        order->state = (uint8_t)KIT_WORD_OF(value, states, OC_SHOWN_UNKNOWN);
    else if (KIT_JSON_IS(key, "filled_size") || KIT_JSON_IS(key, "cumulative_quantity"))
        w->done = value;
    else if (KIT_JSON_IS(key, "leaves_quantity"))
        w->left = value;
    else if (KIT_JSON_IS(key, "filled_value"))
        w->value = value;
    else if (KIT_JSON_IS(key, "total_fees"))
        w->fee = value;
    else if (KIT_JSON_IS(key, "limit_price"))
        w->price = value;
    else if (KIT_JSON_IS(key, "reject_reason"))
        order->why = coinbase_why(value);
    else if (KIT_JSON_IS(key, "time_in_force"))
        order->tif = (uint8_t)KIT_WORD_OF(value, tifs, OC_TIF_NONE);
    return OC_OK;
}

static void take_sums(struct oc_ev_order *order, const struct order_words *w, const struct oc_scale *scale)
{
    int64_t rest;
    if (kit_scale_qty(scale, w->done, &order->cum_qty) == OC_OK)
        order->present |= OC_OF_CUM_QTY;
    if (kit_scale_qty(scale, w->size, &order->qty) == OC_OK) {
        order->present |= OC_OF_QTY;
    } else if (order->state == OC_SHOWN_WORKING && kit_scale_qty(scale, w->left, &rest) == OC_OK) {
        order->qty = order->cum_qty + rest;
        order->present |= OC_OF_QTY;
    }
    if (kit_scale_price(scale, w->price, &order->price) == OC_OK)
        order->present |= OC_OF_PRICE;
    if (kit_scale_price(scale, w->stop, &order->stop_price) == OC_OK)
        order->present |= OC_OF_STOP;
    if (kit_json_dec(w->value, &order->cum_value) == OC_OK)
        order->present |= OC_OF_CUM_VALUE;
    if (kit_json_dec(w->fee, &order->cum_fee) == OC_OK)
        order->present |= OC_OF_CUM_FEE;
}

oc_rc coinbase_order(struct coinbase *cb, struct kit_json *json, const struct seen *seen, uint32_t *count)
{
    struct oc_ev_order order = {.token = seen->token, .present = OC_OF_FILLS_COME | OC_OF_TERMS};
    struct order_words w = {0};
    struct kit_json_text key;
    struct oc_scale scale;
    oc_rc rc = OC_OK;
    if (!kit_json_object(json))
        return OC_E_DATA;
    while (rc >= 0 && kit_json_key(json, &key))
        if (!KIT_JSON_IS(key, "order_configuration"))
            rc = take_order_word(key, kit_json_value(json), &order, &w);
        else if (kit_json_object(json))
            read_configuration(json, &order, &w);
    if (rc < 0 || json->is_bad)
        return OC_E_DATA;
    if (seen->only && !kit_id_is(&order.client, seen->only))
        return OC_OK;
    if (kit_symbol(&cb->kit, w.product, &scale) < 0)
        return kit_skip(&cb->kit, "order.product", w.product);
    take_sums(&order, &w, &scale);
    struct oc_ev_order *out = KIT_EVENT(&cb->kit, oc_ev_order, OC_EV_ORDER, seen->source, &rc);
    if (!out)
        return rc;
    order.head = out->head;
    order.head.inst = scale.inst;
    order.head.flags = seen->flags;
    *out = order;
    ++*count;
    return kit_commit(&cb->kit, out);
}

/* ---- fills ---- */

struct fill_words {
    struct kit_json_text product, price, size, fee, type, trade, entry;
    int is_in_quote;
};

static oc_rc read_fill(struct kit_json *json, struct oc_ev_venue_fill *fill, struct fill_words *w)
{
    struct kit_json_text key;
    oc_rc rc = OC_OK;
    if (!kit_json_object(json))
        return OC_E_DATA;
    while (rc >= 0 && kit_json_key(json, &key)) {
        const struct kit_json_text value = kit_json_value(json);
        if (KIT_JSON_IS(key, "product_id"))
            w->product = value;
        else if (KIT_JSON_IS(key, "price"))
            w->price = value;
        else if (KIT_JSON_IS(key, "size"))
            w->size = value;
        else if (KIT_JSON_IS(key, "commission"))
            w->fee = value;
        else if (KIT_JSON_IS(key, "trade_id"))
            w->trade = value;
        else if (KIT_JSON_IS(key, "entry_id"))
            w->entry = value;
        else if (KIT_JSON_IS(key, "order_id"))
            rc = kit_id(value, &fill->venue_order);
        else if (KIT_JSON_IS(key, "trade_time"))
            rc = kit_json_time(value, &fill->fill.head.venue_ns);
        else if (KIT_JSON_IS(key, "trade_type"))
            w->type = value;
        else if (KIT_JSON_IS(key, "size_in_quote"))
            w->is_in_quote = value.kind == KIT_JSON_TRUE;
        else if (KIT_JSON_IS(key, "side"))
            fill->fill.side = (uint8_t)KIT_WORD_OF(value, sides, OC_SIDE_NONE);
        else if (KIT_JSON_IS(key, "liquidity_indicator"))
            fill->fill.liquidity = KIT_JSON_IS(value, "MAKER")   ? OC_LIQUIDITY_MAKER
                                   : KIT_JSON_IS(value, "TAKER") ? OC_LIQUIDITY_TAKER
                                                                 : OC_LIQUIDITY_NONE;
    }
    return rc < 0 || json->is_bad ? OC_E_DATA : OC_OK;
}

/* Which fill a REVERSAL or CORRECTION takes back is not written: by trade id. */
static oc_rc say_bust(struct coinbase *cb, const struct oc_ev_venue_fill *fill, const struct fill_words *w,
                      uint32_t inst, uint32_t source)
{
    oc_rc rc;
    struct oc_ev_bust *out = KIT_EVENT(&cb->kit, oc_ev_bust, OC_EV_BUST, source, &rc);
    if (!out)
        return rc;
    if (kit_id(w->entry, &out->bust) < 0)
        return OC_E_DATA;
    out->head.inst = inst;
    out->head.venue_ns = fill->fill.head.venue_ns;
    out->trade_id_size = fill->fill.trade_id_size;
    memcpy(out->trade_id, fill->fill.trade_id, sizeof out->trade_id);
    out->venue_order = fill->venue_order;
    return kit_commit(&cb->kit, out);
}

oc_rc coinbase_fill(struct coinbase *cb, struct kit_json *json, uint32_t source)
{
    struct oc_ev_venue_fill fill = {0};
    struct fill_words w = {0};
    struct oc_scale scale;
    struct oc_instrument info;
    oc_rc rc = read_fill(json, &fill, &w);
    if (rc < 0)
        return rc;
    if (kit_symbol(&cb->kit, w.product, &scale) < 0)
        return kit_skip(&cb->kit, "fill.product", w.product);
    if (kit_trade_id(w.trade, fill.fill.trade_id, &fill.fill.trade_id_size) < 0 ||
        kit_scale_price(&scale, w.price, &fill.fill.price) < 0 || kit_json_dec(w.fee, &fill.fill.fee) < 0)
        return OC_E_DATA;
    if (KIT_JSON_IS(w.type, "REVERSAL") || KIT_JSON_IS(w.type, "CORRECTION"))
        return say_bust(cb, &fill, &w, scale.inst, source);
    if (w.is_in_quote) /* base = size / price, rounded as the venue does: the sums of OC_EV_ORDER say it */
        return kit_skip(&cb->kit, "fill.size_in_quote", w.size);
    if (kit_scale_qty(&scale, w.size, &fill.fill.qty) < 0)
        return OC_E_DATA;
    if (cb->kit.names->record(cb->kit.host, scale.inst, &info, sizeof info) > 0)
        fill.fill.fee_asset = info.quote;
    struct oc_ev_venue_fill *out = KIT_EVENT(&cb->kit, oc_ev_venue_fill, OC_EV_FILL, source, &rc);
    if (!out)
        return rc;
    const int64_t at_ns = fill.fill.head.venue_ns;
    fill.fill.head = out->fill.head;
    fill.fill.head.venue_ns = at_ns;
    fill.fill.head.inst = scale.inst;
    fill.fill.head.flags = OC_EVF_REPLAYED;
    *out = fill;
    return kit_commit(&cb->kit, out);
}

/* ---- balances and rights ---- */

static struct kit_json_text read_value(struct kit_json *json)
{
    struct kit_json_text key, value = {0};
    if (kit_json_object(json)) {
        while (kit_json_key(json, &key))
            if (KIT_JSON_IS(key, "value"))
                value = kit_json_value(json);
    }
    return value;
}

oc_rc coinbase_balance(struct coinbase *cb, struct kit_json *json, uint32_t source, uint64_t token)
{
    struct kit_json_text key, asset = {0}, available = {0}, hold = {0};
    oc_rc rc;
    if (!kit_json_object(json))
        return OC_E_DATA;
    while (kit_json_key(json, &key))
        if (KIT_JSON_IS(key, "available_balance"))
            available = read_value(json);
        else if (KIT_JSON_IS(key, "hold"))
            hold = read_value(json);
        else if (KIT_JSON_IS(key, "currency"))
            asset = kit_json_value(json);
    struct oc_ev_balance *out = KIT_EVENT(&cb->kit, oc_ev_balance, OC_EV_BALANCE, source, &rc);
    if (!out)
        return rc;
    if (json->is_bad || kit_asset(&cb->kit, asset, &out->asset) < 0 || kit_json_dec(available, &out->free) < 0 ||
        kit_json_dec(hold, &out->locked) < 0)
        return OC_E_DATA;
    out->token = token;
    out->head.flags = OC_EVF_REPLAYED;
    out->present = OC_BAL_FREE | OC_BAL_LOCKED | OC_BAL_SUM;
    return kit_commit(&cb->kit, out);
}

oc_rc coinbase_rights(struct coinbase *cb, const struct oc_response *in, uint32_t source)
{
    static const struct kit_word rights[] = {
        {"can_view", OC_MAY_VIEW}, {"can_trade", OC_MAY_TRADE}, {"can_transfer", OC_MAY_TRANSFER}};
    const struct kit_json_text none = {0};
    struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text key;
    oc_rc rc;
    struct oc_ev_account *out = KIT_EVENT(&cb->kit, oc_ev_account, OC_EV_ACCOUNT, source, &rc);
    if (!out)
        return rc;
    out->token = in->token;
    out->known = OC_MAY_VIEW | OC_MAY_TRADE | OC_MAY_TRANSFER;
    if (kit_json_object(&json)) {
        while (rc >= 0 && kit_json_key(&json, &key)) {
            const struct kit_json_text value = kit_json_value(&json);
            if (value.kind == KIT_JSON_TRUE)
                out->rights |= KIT_WORD_OF(key, rights, 0);
            if (KIT_JSON_IS(key, "portfolio_uuid"))
                rc = kit_id(value, &out->venue_account);
        }
    }
    if (rc < 0 || !kit_json_end(&json))
        return OC_E_DATA;
    rc = kit_commit(&cb->kit, out);
    return rc < 0 ? rc : coinbase_fetched(cb, in->fetch, OC_OK, 1, none);
}

/* face_binanceus_say.c: objects of the face `binanceus`, and what reads them. */
#include "rehearsal/face_binanceus.h"

#include "base/json_out.h"

#include <stdio.h>

enum { DIGITS = 8 };

/* With eight digits, as the venue has them; with more where it needs them, so that nothing is rounded. */
void bn_put_money(struct text *out, const char *key, oc_i128 money)
{
    char number[TEXT_DECIMAL_MAX];
    if (text_from_units_128(number, money, MONEY_SCALE, DIGITS) < 0)
        text_from_units_128(number, money, MONEY_SCALE, TEXT_SHORTEST);
    json_text(out, key, number);
}

void bn_put_units(struct text *out, const char *key, int64_t units, struct oc_dec step)
{
    char number[TEXT_DECIMAL_MAX];
    text_from_units_128(number, (oc_i128)units * step.units, step.scale, DIGITS);
    json_text(out, key, number);
}

static void put_ms(struct text *out, const char *key, int64_t ns) { json_int(out, key, ns / 1000000); }

void bn_put_levels(const struct core *core, struct text *out, const char *key, uint32_t inst, uint8_t side,
                   uint32_t depth)
{
    static struct core_level levels[5000];
    const struct core_inst *in = core_inst(core, inst);
    const uint32_t count = core_levels(core, inst, side, levels, depth < 5000 ? depth : 5000);
    json_open(out, key, '[');
    for (uint32_t i = 0; i < count; i++) {
        json_open(out, NULL, '[');
        bn_put_units(out, NULL, levels[i].price, in->price_step);
        bn_put_units(out, NULL, levels[i].qty, in->qty_step);
        json_close(out, ']');
    }
    json_close(out, ']');
}

/* ---- what is traded ---- */

static void put_filters(struct text *out, const struct core_inst *in)
{
    json_open(out, "filters", '[');
    json_open(out, NULL, '{');
    json_text(out, "filterType", "PRICE_FILTER");
    bn_put_units(out, "minPrice", 1, in->price_step);
    bn_put_units(out, "maxPrice", 100000000, in->price_step);
    bn_put_units(out, "tickSize", 1, in->price_step);
    json_close(out, '}');
    json_open(out, NULL, '{');
    json_text(out, "filterType", "LOT_SIZE");
    bn_put_units(out, "minQty", in->min_qty, in->qty_step);
    bn_put_units(out, "maxQty", in->max_qty, in->qty_step);
    bn_put_units(out, "stepSize", 1, in->qty_step);
    json_close(out, '}');
    json_open(out, NULL, '{');
    json_text(out, "filterType", "NOTIONAL");
    bn_put_money(out, "minNotional", in->min_notional);
    json_flag(out, "applyMinToMarket", true);
    json_text(out, "maxNotional", "9000000.00000000");
    json_flag(out, "applyMaxToMarket", false);
    json_int(out, "avgPriceMins", 1);
    json_close(out, '}');
    text_put(out, ",{\"filterType\":\"MARKET_LOT_SIZE\",\"minQty\":\"0.00000000\",\"maxQty\":\"0.00000000\","
                  "\"stepSize\":\"0.00000000\"},"
                  "{\"filterType\":\"MAX_NUM_ORDERS\",\"maxNumOrders\":200}");
    json_close(out, ']');
}

bool bn_takes_stops(const struct core_inst *inst) { return strcmp(inst->symbol, "BTCUSD") != 0; }

static void put_symbol(const struct core *core, struct text *out, const struct core_inst *in)
{
    json_open(out, NULL, '{');
    json_text(out, "symbol", in->symbol);
    json_text(out, "status", in->is_halted ? "HALT" : "TRADING");
    json_text(out, "baseAsset", core_asset_name(core, in->base));
    json_int(out, "baseAssetPrecision", DIGITS);
    json_text(out, "quoteAsset", core_asset_name(core, in->quote));
    json_int(out, "quotePrecision", DIGITS);
    json_int(out, "quoteAssetPrecision", DIGITS);
    json_int(out, "baseCommissionPrecision", DIGITS);
    json_int(out, "quoteCommissionPrecision", DIGITS);
    json_open(out, "orderTypes", '[');
    for (const char *const *type =
             (const char *const[]){"LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT", NULL};
         *type; type++)
        if (strcmp(*type, "STOP_LOSS") != 0 || bn_takes_stops(in))
            json_text(out, NULL, *type);
    json_close(out, ']');
    json_flag(out, "icebergAllowed", false);
    json_flag(out, "ocoAllowed", false);
    json_flag(out, "quoteOrderQtyMarketAllowed", true);
    json_flag(out, "allowTrailingStop", false);
    json_flag(out, "cancelReplaceAllowed", true);
    json_flag(out, "isSpotTradingAllowed", true);
    json_flag(out, "isMarginTradingAllowed", false);
    put_filters(out, in);
    json_open(out, "permissions", '[');
    json_text(out, NULL, "SPOT");
    json_close(out, ']');
    json_text(out, "defaultSelfTradePreventionMode", "EXPIRE_TAKER");
    json_open(out, "allowedSelfTradePreventionModes", '[');
    json_text(out, NULL, "EXPIRE_TAKER");
    json_close(out, ']');
    json_close(out, '}');
}

static void put_limit(struct text *out, const char *type, const char *interval, int times, uint32_t limit)
{
    json_open(out, NULL, '{');
    json_text(out, "rateLimitType", type);
    json_text(out, "interval", interval);
    json_int(out, "intervalNum", times);
    json_int(out, "limit", limit);
    json_close(out, '}');
}

void bn_get_exchange_info(struct bn_call *call)
{
    const struct core *core = call->venue->core;
    const struct quota_rule *quotas = call->venue->face->quotas;
    uint32_t inst;
    struct text *out = &call->ret->body;
    if (!bn_inst(call, false, &inst))
        return;
    json_open(out, NULL, '{');
    json_text(out, "timezone", "UTC");
    put_ms(out, "serverTime", venue_clock(call->venue));
    json_open(out, "rateLimits", '[');
    put_limit(out, "REQUEST_WEIGHT", "MINUTE", 1, quotas[BN_WEIGHT].max);
    put_limit(out, "ORDERS", "SECOND", 10, quotas[BN_ORDERS_10S].max);
    put_limit(out, "ORDERS", "DAY", 1, quotas[BN_ORDERS_1D].max);
    json_close(out, ']');
    json_open(out, "exchangeFilters", '[');
    json_open(out, NULL, '{');
    json_text(out, "filterType", "EXCHANGE_MAX_NUM_ORDERS");
    json_int(out, "maxNumOrders", call->venue->face->rules.open_max);
    json_close(out, '}');
    json_close(out, ']');
    json_open(out, "symbols", '[');
    for (uint32_t i = 0; i < core_inst_count(core); i++)
        if (inst == CORE_NONE || inst == i)
            put_symbol(core, out, core_inst(core, i));
    json_close(out, ']');
    json_close(out, '}');
}

/* ---- accounts ---- */

void bn_get_account(struct bn_call *call)
{
    const struct core *core = call->venue->core;
    const struct face *face = call->venue->face;
    struct text *out = &call->ret->body;
    json_open(out, NULL, '{');
    json_int(out, "makerCommission", face->maker_ppm / 100);
    json_int(out, "takerCommission", face->taker_ppm / 100);
    json_int(out, "buyerCommission", 0);
    json_int(out, "sellerCommission", 0);
    json_open(out, "commissionRates", '{');
    bn_put_units(out, "maker", face->maker_ppm, (struct oc_dec){1, 6, 0});
    bn_put_units(out, "taker", face->taker_ppm, (struct oc_dec){1, 6, 0});
    json_close(out, '}');
    json_flag(out, "canTrade", call->key->may_trade);
    json_flag(out, "canWithdraw", false);
    json_flag(out, "canDeposit", true);
    put_ms(out, "updateTime", venue_clock(call->venue));
    json_text(out, "accountType", "SPOT");
    json_open(out, "balances", '[');
    for (uint32_t i = 0; i < core_asset_count(core); i++) {
        struct core_balance balance;
        core_balance_at(core, call->key->account, i, venue_view(call->venue), &balance);
        json_open(out, NULL, '{');
        json_text(out, "asset", core_asset_name(core, i));
        bn_put_money(out, "free", balance.free);
        bn_put_money(out, "locked", balance.locked);
        json_close(out, '}');
    }
    json_close(out, ']');
    json_open(out, "permissions", '[');
    json_text(out, NULL, "SPOT");
    json_close(out, ']');
    json_close(out, '}');
}

const char *bn_state(const struct core_order *order)
{
    return order->state == CORE_FILLED                    ? "FILLED"
           : order->state == CORE_CANCELED                ? "CANCELED"
           : order->state == CORE_EXPIRED                 ? "EXPIRED"
           : order->filled && order->filled == order->qty ? "FILLED" /* it is about to end */
           : order->filled                                ? "PARTIALLY_FILLED"
                                                          : "NEW";
}

const char *bn_type(const struct core_order *order)
{
    return order->stop                  ? (order->price ? "STOP_LOSS_LIMIT" : "STOP_LOSS")
           : order->is_post_only        ? "LIMIT_MAKER"
           : order->type == CORE_MARKET ? "MARKET"
                                        : "LIMIT";
}

const char *bn_tif(const struct core_order *order)
{
    return order->tif == CORE_IOC && order->type != CORE_MARKET ? "IOC" : order->tif == CORE_FOK ? "FOK" : "GTC";
}

void bn_put_order(const struct core *core, struct text *out, const struct core_order *order)
{
    const struct core_inst *in = core_inst(core, order->inst);
    json_text(out, "symbol", in->symbol);
    json_int(out, "orderId", (int64_t)order->id);
    json_int(out, "orderListId", -1);
    json_text(out, "clientOrderId", order->client);
    bn_put_units(out, "price", order->price, in->price_step);
    bn_put_units(out, "origQty", order->by_money ? order->filled : order->qty, in->qty_step);
    bn_put_units(out, "executedQty", order->filled, in->qty_step);
    bn_put_money(out, "cummulativeQuoteQty", order->value);
    json_text(out, "status", bn_state(order));
    json_text(out, "timeInForce", bn_tif(order));
    json_text(out, "type", bn_type(order));
    json_text(out, "side", order->side == CORE_BUY ? "BUY" : "SELL");
    bn_put_units(out, "stopPrice", order->stop, in->price_step);
    json_text(out, "icebergQty", "0.00000000");
    put_ms(out, "time", order->created_ns);
    put_ms(out, "updateTime", order->updated_ns);
    json_flag(out, "isWorking", order->state != CORE_DORMANT);
    bn_put_money(out, "origQuoteOrderQty", order->by_money ? order->money : 0);
    put_ms(out, "workingTime", order->created_ns);
    json_text(out, "selfTradePreventionMode", "EXPIRE_TAKER");
}

static void put_one(const struct core *core, struct text *out, const struct core_order *order)
{
    json_open(out, NULL, '{');
    bn_put_order(core, out, order);
    json_close(out, '}');
}

void bn_get_order(struct bn_call *call)
{
    uint32_t inst, order;
    struct core_order then;
    if (!bn_inst(call, true, &inst) || !bn_named(call, "orderId", "origClientOrderId", &order))
        return;
    if (order == CORE_NONE || core_order(call->venue->core, order)->inst != inst ||
        !core_order_at(call->venue->core, order, venue_view(call->venue), &then))
        bn_refuse(call, 400, -2013, "Order does not exist.");
    else
        put_one(call->venue->core, &call->ret->body, &then);
}

void bn_get_open_orders(struct bn_call *call)
{
    const struct core *core = call->venue->core;
    uint32_t inst;
    struct core_order then;
    if (!bn_inst(call, false, &inst))
        return;
    json_open(&call->ret->body, NULL, '[');
    for (uint64_t id = 1; id <= core_order_count(core); id++) {
        const uint32_t place = core_order_by_id(core, id);
        const struct core_order *order = core_order(core, place);
        if (order->account == call->key->account && (inst == CORE_NONE || order->inst == inst) &&
            core_order_at(core, place, venue_view(call->venue), &then) && core_is_open(&then))
            put_one(core, &call->ret->body, &then);
    }
    json_close(&call->ret->body, ']');
}

/* From a number on, the first; without one, the latest. Oldest first either way. */
void bn_get_all_orders(struct bn_call *call)
{
    const struct core *core = call->venue->core;
    uint32_t inst, count = 0;
    int64_t from, limit;
    struct core_order then;
    if (!bn_inst(call, true, &inst) || !bn_number(call, "orderId", 0, 0, INT64_MAX, &from) ||
        !bn_number(call, "limit", 500, 1, 1000, &limit))
        return;
    if (!from) {
        uint64_t id = core_order_count(core);
        for (; id > 0 && count < limit; id--) {
            const struct core_order *order = core_order(core, core_order_by_id(core, id));
            count += order->account == call->key->account && order->inst == inst;
        }
        from = (int64_t)id + 1;
        count = 0;
    }
    json_open(&call->ret->body, NULL, '[');
    for (uint64_t id = (uint64_t)from; id <= core_order_count(core) && count < limit; id++) {
        const uint32_t place = core_order_by_id(core, id);
        if (core_order(core, place)->account != call->key->account || core_order(core, place)->inst != inst ||
            !core_order_at(core, place, venue_view(call->venue), &then))
            continue;
        put_one(core, &call->ret->body, &then);
        count++;
    }
    json_close(&call->ret->body, ']');
}

static void put_fill(const struct core *core, struct text *out, const struct core_fill *fill)
{
    const struct core_inst *in = core_inst(core, fill->inst);
    json_open(out, NULL, '{');
    json_text(out, "symbol", in->symbol);
    json_int(out, "id", (int64_t)fill->number);
    json_int(out, "orderId", (int64_t)core_order(core, fill->order)->id);
    json_int(out, "orderListId", -1);
    bn_put_units(out, "price", fill->price, in->price_step);
    bn_put_units(out, "qty", fill->qty, in->qty_step);
    bn_put_money(out, "quoteQty", (oc_i128)fill->price * fill->qty * in->value_unit);
    bn_put_money(out, "commission", fill->fee);
    json_text(out, "commissionAsset", core_asset_name(core, fill->fee_asset));
    put_ms(out, "time", fill->at_ns);
    json_flag(out, "isBuyer", fill->side == CORE_BUY);
    json_flag(out, "isMaker", fill->is_maker);
    json_flag(out, "isBestMatch", true);
    json_close(out, '}');
}

struct wanted_fills {
    uint32_t inst, order; /* CORE_NONE: of any order */
    int64_t from, limit;
};

static bool is_wanted(const struct bn_call *call, const struct wanted_fills *wanted, const struct core_fill *fill)
{
    return fill->account == call->key->account && fill->inst == wanted->inst &&
           (wanted->order == CORE_NONE || fill->order == wanted->order) && fill->at_ns <= venue_view(call->venue);
}

/* From a number on, the first; without one, the latest. Oldest first either way. */
void bn_get_my_trades(struct bn_call *call)
{
    const struct core *core = call->venue->core;
    struct wanted_fills wanted = {.order = CORE_NONE};
    char order[24], from[24];
    uint32_t count = 0;
    int64_t id = 0, start_ms = 0;
    if (!bn_inst(call, true, &wanted.inst) || !bn_number(call, "limit", 500, 1, 1000, &wanted.limit) ||
        !bn_number(call, "fromId", 0, 0, INT64_MAX, &wanted.from) ||
        !bn_number(call, "orderId", 0, 0, INT64_MAX, &id) ||
        !bn_number(call, "startTime", 0, 0, INT64_MAX / 1000000, &start_ms))
        return;
    if (bn_query(call, "orderId", order, sizeof order))
        wanted.order = id ? core_order_by_id(core, (uint64_t)id) : CORE_NONE;
    if (!bn_query(call, "fromId", from, sizeof from) && start_ms) { /* from a time on */
        for (wanted.from = 1; wanted.from <= (int64_t)core_fill_count(core) &&
                              core_fill(core, (uint64_t)wanted.from)->at_ns / 1000000 < start_ms;)
            wanted.from++;
    } else if (!bn_query(call, "fromId", from, sizeof from) && wanted.order == CORE_NONE) {
        uint64_t number = core_fill_count(core);
        for (; number > 0 && count < wanted.limit; number--)
            count += is_wanted(call, &wanted, core_fill(core, number));
        wanted.from = (int64_t)number + 1;
        count = 0;
    }
    json_open(&call->ret->body, NULL, '[');
    for (uint64_t number = wanted.from > 0 ? (uint64_t)wanted.from : 1;
         number <= core_fill_count(core) && count < wanted.limit; number++)
        if (is_wanted(call, &wanted, core_fill(core, number))) {
            put_fill(core, &call->ret->body, core_fill(core, number));
            count++;
        }
    json_close(&call->ret->body, ']');
}

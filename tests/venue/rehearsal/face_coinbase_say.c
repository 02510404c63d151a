/* face_coinbase_say.c: objects of the face `coinbase`, and what reads them. */
#include "rehearsal/face_coinbase.h"

#include "base/json_out.h"

#include <stdio.h>

enum { LEVELS_MAX = 1000, PAGE_MAX = 1000 };

void cb_put_money(struct text *out, const char *key, oc_i128 money)
{
    char number[TEXT_DECIMAL_MAX];
    text_from_units_128(number, money, MONEY_SCALE, TEXT_SHORTEST);
    json_text(out, key, number);
}

void cb_make_id(char ret_id[CB_ID], uint32_t kind, uint64_t number)
{
    snprintf(ret_id, CB_ID, "%08x-0000-4000-8000-%012llx", kind, (unsigned long long)number);
}

uint64_t cb_read_id(const char *id, size_t size, uint32_t kind)
{
    char copy[CB_ID], made[CB_ID];
    unsigned long long number = 0;
    if (size >= sizeof copy)
        return 0;
    memcpy(copy, id, size);
    copy[size] = 0;
    if (sscanf(copy, "%*8x-0000-4000-8000-%12llx", &number) != 1)
        return 0;
    cb_make_id(made, kind, number);
    return strcmp(made, copy) == 0 ? number : 0;
}

static void put_number(struct text *out, const char *key, int64_t number)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%lld", (long long)number);
    json_text(out, key, digits);
}

static void put_amount(struct text *out, const char *key, oc_i128 money, const char *asset)
{
    json_open(out, key, '{');
    cb_put_money(out, "value", money);
    json_text(out, "currency", asset);
    json_close(out, '}');
}

/* ---- what is traded ---- */

static void put_product(const struct core *core, struct text *out, const struct core_inst *in)
{
    char one[TEXT_DECIMAL_MAX];
    const char *base = core_asset_name(core, in->base), *quote = core_asset_name(core, in->quote);
    json_open(out, NULL, '{');
    json_text(out, "product_id", in->symbol);
    venue_put_units(out, "price", in->last_price, in->price_step);
    venue_put_units(out, "base_increment", 1, in->qty_step);
    venue_put_units(out, "quote_increment", 1, in->price_step);
    venue_put_units(out, "price_increment", 1, in->price_step);
    text_from_units_128(one, in->min_notional, MONEY_SCALE, TEXT_SHORTEST);
    json_text(out, "quote_min_size", one);
    json_text(out, "quote_max_size", "150000000");
    venue_put_units(out, "base_min_size", in->min_qty, in->qty_step);
    venue_put_units(out, "base_max_size", in->max_qty, in->qty_step);
    json_text(out, "base_name", base);
    json_text(out, "quote_name", quote);
    json_flag(out, "is_disabled", false);
    json_text(out, "status", "online");
    json_flag(out, "cancel_only", false);
    json_flag(out, "limit_only", false);
    json_flag(out, "post_only", false);
    json_flag(out, "trading_disabled", in->is_halted);
    json_flag(out, "auction_mode", false);
    json_flag(out, "view_only", false);
    json_text(out, "product_type", "SPOT");
    json_text(out, "quote_currency_id", quote);
    json_text(out, "base_currency_id", base);
    json_null(out, "fcm_trading_session_details");
    json_text(out, "alias", "");
    json_text(out, "display_name", in->symbol);
    json_text(out, "product_venue", "CBE");
    json_close(out, '}');
}

void cb_get_products(struct cb_call *call)
{
    const struct core *core = call->venue->core;
    struct text *out = &call->ret->body;
    const bool is_spot = cb_asks_for(call, "product_type", "SPOT");
    json_open(out, NULL, '{');
    json_open(out, "products", '[');
    for (uint32_t i = 0; i < core_inst_count(core) && is_spot; i++)
        put_product(core, out, core_inst(core, i));
    json_close(out, ']');
    json_int(out, "num_products", is_spot ? core_inst_count(core) : 0);
    json_close(out, '}');
}

static void put_levels(const struct core *core, struct text *out, uint32_t inst, uint8_t side, uint32_t depth)
{
    static struct core_level levels[LEVELS_MAX];
    const struct core_inst *in = core_inst(core, inst);
    const uint32_t count = core_levels(core, inst, side, levels, depth < LEVELS_MAX ? depth : LEVELS_MAX);
    json_open(out, side == CORE_BUY ? "bids" : "asks", '[');
    for (uint32_t i = 0; i < count; i++) {
        json_open(out, NULL, '{');
        venue_put_units(out, "price", levels[i].price, in->price_step);
        venue_put_units(out, "size", levels[i].qty, in->qty_step);
        json_close(out, '}');
    }
    json_close(out, ']');
}

static uint32_t product_of(struct cb_call *call, const char *name)
{
    const uint32_t inst = core_inst_named(call->venue->core, name);
    if (inst == CORE_NONE)
        cb_refuse(call, 404, "NOT_FOUND", "Product not supported");
    return inst;
}

void cb_get_book(struct cb_call *call)
{
    char name[CORE_NAME_MAX] = "";
    (void)venue_query(call->ask, "product_id", name, sizeof name);
    const uint32_t inst = product_of(call, name);
    struct text *out = &call->ret->body;
    if (inst == CORE_NONE)
        return;
    const int64_t limit = cb_number(call, "limit", 50);
    json_open(out, NULL, '{');
    json_open(out, "pricebook", '{');
    json_text(out, "product_id", name);
    for (int side = CORE_BUY; side <= CORE_SELL; side++)
        put_levels(call->venue->core, out, inst, (uint8_t)side, limit > 0 ? (uint32_t)limit : 1);
    json_time(out, "time", venue_clock(call->venue));
    json_close(out, '}');
    json_close(out, '}');
}

/* The newest first; a period without a trade has none. */
static void put_candles(struct cb_call *call, uint32_t inst)
{
    static struct core_trade trades[CORE_TRADES_MAX];
    static const struct {
        const char *name;
        int64_t seconds;
    } periods[] = {{"ONE_MINUTE", 60}, {"FIVE_MINUTE", 300}, {"FIFTEEN_MINUTE", 900}, {"ONE_HOUR", 3600}};
    const struct core_inst *in = core_inst(call->venue->core, inst);
    const int64_t from_s = cb_number(call, "start", 0), to_s = cb_number(call, "end", INT64_MAX);
    const uint32_t count = core_trades(call->venue->core, inst, trades, CORE_TRADES_MAX);
    struct text *out = &call->ret->body;
    int64_t period_s = 0;
    for (size_t i = 0; i < sizeof periods / sizeof *periods; i++)
        if (cb_asks_for(call, "granularity", periods[i].name))
            period_s = periods[i].seconds;
    if (!period_s || to_s < from_s || (to_s != INT64_MAX && (to_s - from_s) / period_s >= 350)) {
        cb_refuse(call, 400, "INVALID_ARGUMENT", "number of candles requested should be less than 350");
        return;
    }
    json_open(out, NULL, '{');
    json_open(out, "candles", '[');
    for (uint32_t i = 0; i < count;) {
        const int64_t start_s = trades[i].at_ns / 1000000000 / period_s * period_s;
        int64_t line[4] = {trades[i].price, trades[i].price, trades[i].price, trades[i].price}, volume = 0;
        for (; i < count && trades[i].at_ns / 1000000000 >= start_s; i++) { /* back in time: low, high, open, close */
            line[0] = trades[i].price < line[0] ? trades[i].price : line[0];
            line[1] = trades[i].price > line[1] ? trades[i].price : line[1];
            line[2] = trades[i].price;
            volume += trades[i].qty;
        }
        if (start_s < from_s || start_s > to_s)
            continue;
        json_open(out, NULL, '{');
        put_number(out, "start", start_s);
        for (int k = 0; k < 4; k++)
            venue_put_units(out, (const char *const[]){"low", "high", "open", "close"}[k], line[k], in->price_step);
        venue_put_units(out, "volume", volume, in->qty_step);
        json_close(out, '}');
    }
    json_close(out, ']');
    json_close(out, '}');
}

void cb_put_trade(const struct core_inst *in, struct text *out, const struct core_trade *trade)
{
    json_open(out, NULL, '{');
    put_number(out, "trade_id", (int64_t)trade->number);
    json_text(out, "product_id", in->symbol);
    venue_put_units(out, "price", trade->price, in->price_step);
    venue_put_units(out, "size", trade->qty, in->qty_step);
    json_time(out, "time", trade->at_ns);
    json_text(out, "side", trade->side == CORE_SELL ? "BUY" : "SELL"); /* of who rested */
    json_close(out, '}');
}

void cb_get_product(struct cb_call *call)
{
    static struct core_trade trades[100];
    char name[CORE_NAME_MAX] = "";
    const size_t size = strcspn(call->rest, "/?");
    const char *what = call->rest + size;
    if (size < sizeof name)
        memcpy(name, call->rest, size);
    const uint32_t inst = product_of(call, name);
    struct text *out = &call->ret->body;
    if (inst == CORE_NONE)
        return;
    if (strncmp(what, "/candles", 8) == 0) {
        put_candles(call, inst);
    } else if (strncmp(what, "/ticker", 7) == 0) {
        const uint32_t count = core_trades(call->venue->core, inst, trades, 100);
        json_open(out, NULL, '{');
        json_open(out, "trades", '[');
        for (uint32_t i = 0; i < count; i++)
            cb_put_trade(core_inst(call->venue->core, inst), out, &trades[i]);
        json_close(out, ']');
        for (int side = CORE_BUY; side <= CORE_SELL; side++) {
            struct core_level top = {0, 0};
            (void)core_levels(call->venue->core, inst, (uint8_t)side, &top, 1);
            venue_put_units(out, side == CORE_BUY ? "best_bid" : "best_ask", top.price,
                            core_inst(call->venue->core, inst)->price_step);
        }
        json_close(out, '}');
    } else {
        put_product(call->venue->core, out, core_inst(call->venue->core, inst));
    }
}

void cb_put_level(const struct core_inst *in, struct text *out, uint8_t side, int64_t price, int64_t qty, int64_t at_ns)
{
    json_open(out, NULL, '{');
    json_text(out, "side", side == CORE_BUY ? "bid" : "offer");
    json_time(out, "event_time", at_ns);
    venue_put_units(out, "price_level", price, in->price_step);
    venue_put_units(out, "new_quantity", qty, in->qty_step);
    json_close(out, '}');
}

void cb_put_ticker(const struct core *core, struct text *out, uint32_t inst, bool has_tops)
{
    static struct core_trade trades[CORE_TRADES_MAX];
    const struct core_inst *in = core_inst(core, inst);
    const uint32_t count = core_trades(core, inst, trades, CORE_TRADES_MAX);
    int64_t low = in->last_price, high = in->last_price, volume = 0;
    for (uint32_t i = 0; i < count; i++) {
        low = trades[i].price < low ? trades[i].price : low;
        high = trades[i].price > high ? trades[i].price : high;
        volume += trades[i].qty;
    }
    json_open(out, NULL, '{');
    json_text(out, "type", "ticker");
    json_text(out, "product_id", in->symbol);
    venue_put_units(out, "price", in->last_price, in->price_step);
    venue_put_units(out, "volume_24_h", volume, in->qty_step);
    venue_put_units(out, "low_24_h", low, in->price_step);
    venue_put_units(out, "high_24_h", high, in->price_step);
    json_text(out, "price_percent_chg_24_h", "0");
    for (uint8_t side = CORE_BUY; side <= CORE_SELL && has_tops; side++) {
        struct core_level top = {0, 0};
        (void)core_levels(core, inst, side, &top, 1);
        venue_put_units(out, side == CORE_BUY ? "best_bid" : "best_ask", top.price, in->price_step);
        venue_put_units(out, side == CORE_BUY ? "best_bid_quantity" : "best_ask_quantity", top.qty, in->qty_step);
    }
    json_close(out, '}');
}

/* ---- accounts ---- */

void cb_get_accounts(struct cb_call *call)
{
    const struct core *core = call->venue->core;
    struct text *out = &call->ret->body;
    const uint32_t from = (uint32_t)cb_number(call, "cursor", 0), limit = (uint32_t)cb_number(call, "limit", 49);
    const uint32_t count = core_asset_count(core), end = count - from > limit ? from + limit : count;
    json_open(out, NULL, '{');
    json_open(out, "accounts", '[');
    for (uint32_t i = from; i < end && from < count; i++) {
        struct core_balance held;
        char id[CB_ID];
        core_balance_at(core, call->key->account, i, venue_view(call->venue), &held);
        cb_make_id(id, CB_ACCOUNT, i + 1);
        json_open(out, NULL, '{');
        json_text(out, "uuid", id);
        json_text(out, "name", core_asset_name(core, i));
        json_text(out, "currency", core_asset_name(core, i));
        put_amount(out, "available_balance", held.free, core_asset_name(core, i));
        json_flag(out, "active", true);
        json_text(out, "type", "ACCOUNT_TYPE_CRYPTO");
        json_flag(out, "ready", true);
        put_amount(out, "hold", held.locked, core_asset_name(core, i));
        json_close(out, '}');
    }
    json_close(out, ']');
    json_flag(out, "has_next", end < count);
    put_number(out, "cursor", end < count ? end : 0);
    json_close(out, '}');
}

void cb_get_permissions(struct cb_call *call)
{
    struct text *out = &call->ret->body;
    json_open(out, NULL, '{');
    json_flag(out, "can_view", true);
    json_flag(out, "can_trade", call->key->may_trade);
    json_flag(out, "can_transfer", false);
    json_text(out, "portfolio_uuid", "7fc20d70-0000-4000-8000-000000000001");
    json_text(out, "portfolio_type", "DEFAULT");
    json_close(out, '}');
}

void cb_get_summary(struct cb_call *call)
{
    text_put(&call->ret->body,
             "{\"total_volume\":0,\"total_fees\":0,\"fee_tier\":{\"pricing_tier\":\"Rehearsal\",\"taker_fee_rate\":\"0."
             "0025\",\"maker_fee_rate\":\"0.0015\"}}");
}

/* ---- orders ---- */

static const char *configuration_of(const struct core_order *order)
{
    return order->type == CORE_MARKET ? "market_market_ioc"
           : order->stop              ? "stop_limit_stop_limit_gtc"
           : order->tif == CORE_IOC   ? "sor_limit_ioc"
           : order->tif == CORE_FOK   ? "limit_limit_fok"
                                      : "limit_limit_gtc";
}

static const char *status_of(const struct core_order *order)
{
    return core_is_open(order) ? "OPEN" : order->state == CORE_FILLED ? "FILLED" : "CANCELLED";
}

static const char *trigger_of(const struct core_order *order)
{
    return !order->stop ? "INVALID_ORDER_TYPE" : order->state == CORE_DORMANT ? "STOP_PENDING" : "STOP_TRIGGERED";
}

static void put_configuration(const struct core_inst *in, struct text *out, const struct core_order *order)
{
    json_open(out, "order_configuration", '{');
    json_open(out, configuration_of(order), '{');
    if (order->by_money)
        cb_put_money(out, "quote_size", order->money);
    else
        venue_put_units(out, "base_size", order->qty, in->qty_step);
    if (order->price)
        venue_put_units(out, "limit_price", order->price, in->price_step);
    if (order->stop) {
        venue_put_units(out, "stop_price", order->stop, in->price_step);
        json_text(out, "stop_direction",
                  order->side == CORE_BUY ? "STOP_DIRECTION_STOP_UP" : "STOP_DIRECTION_STOP_DOWN");
    } else if (order->type == CORE_LIMIT && order->tif == CORE_GTC) {
        json_flag(out, "post_only", order->is_post_only);
    }
    json_close(out, '}');
    json_close(out, '}');
}

struct sums {
    oc_i128 fees;
    uint64_t fills;
};

static struct sums sums_of(const struct core *core, const struct core_order *order)
{
    const uint32_t place = core_order_by_id(core, order->id);
    struct sums sums = {0, 0};
    oc_i128 left = order->filled;
    for (uint64_t number = core_fill_count(core); number > 0 && left > 0; number--) {
        const struct core_fill *fill = core_fill(core, number);
        if (fill->order != place)
            continue;
        sums.fees += fill->fee;
        sums.fills++;
        left -= fill->qty;
    }
    return sums;
}

static void put_common(const struct core *core, struct text *out, const struct core_order *order)
{
    char id[CB_ID];
    const struct sums sums = sums_of(core, order);
    cb_make_id(id, CB_ORDER, order->id);
    json_text(out, "order_id", id);
    json_text(out, "client_order_id", order->client);
    json_text(out, "product_id", core_inst(core, order->inst)->symbol);
    json_text(out, "product_type", "SPOT");
    json_text(out, "status", status_of(order));
    json_text(out, "time_in_force",
              order->tif == CORE_GTC   ? "GOOD_UNTIL_CANCELLED"
              : order->tif == CORE_FOK ? "FILL_OR_KILL"
                                       : "IMMEDIATE_OR_CANCEL");
    json_text(out, "trigger_status", trigger_of(order));
    cb_put_money(out, "filled_value", order->value);
    cb_put_money(out, "total_fees", sums.fees);
    put_number(out, "number_of_fills", (int64_t)sums.fills);
    json_text(out, "reject_reason", "");
}

void cb_put_order(const struct core *core, struct text *out, const struct core_order *order)
{
    const struct core_inst *in = core_inst(core, order->inst);
    json_open(out, NULL, '{');
    put_common(core, out, order);
    put_configuration(in, out, order);
    json_text(out, "side", order->side == CORE_BUY ? "BUY" : "SELL");
    json_text(out, "order_type", order->type == CORE_MARKET ? "MARKET" : order->stop ? "STOP_LIMIT" : "LIMIT");
    json_time(out, "created_time", order->created_ns);
    venue_put_units(out, "filled_size", order->filled, in->qty_step);
    cb_put_money(out, "average_filled_price",
                 order->filled ? order->value * num_pow10_128(in->qty_step.scale) / order->filled : 0);
    json_text(out, "fee", "");
    json_flag(out, "size_in_quote", order->by_money);
    json_flag(out, "settled", !core_is_open(order));
    json_time(out, "last_fill_time", order->updated_ns);
    json_open(out, "edit_history", '[');
    json_close(out, ']');
    json_close(out, '}');
}

void cb_put_sums(const struct core *core, struct text *out, const struct core_order *order)
{
    const struct core_inst *in = core_inst(core, order->inst);
    const bool is_open = core_is_open(order);
    json_open(out, NULL, '{');
    put_common(core, out, order);
    json_text(out, "order_side", order->side == CORE_BUY ? "BUY" : "SELL");
    json_text(out, "order_type", order->type == CORE_MARKET ? "Market" : order->stop ? "Stop Limit" : "Limit");
    venue_put_units(out, "cumulative_quantity", order->filled, in->qty_step);
    venue_put_units(out, "leaves_quantity", is_open ? order->qty - order->filled : 0, in->qty_step);
    venue_put_units(out, "limit_price", order->price, in->price_step);
    venue_put_units(out, "stop_price", order->stop, in->price_step);
    json_text(out, "post_only", order->is_post_only ? "true" : "false");
    json_time(out, "creation_time", order->created_ns);
    json_text(out, "end_time", "0001-01-01T00:00:00Z");
    json_close(out, '}');
}

static int64_t time_of(const struct cb_call *call, const char *name)
{
    char value[48];
    int64_t ns;
    return venue_query(call->ask, name, value, sizeof value) && text_to_time(value, strlen(value), &ns) == OC_OK ? ns
                                                                                                                 : 0;
}

static void end_list(struct text *out, bool more, uint64_t next)
{
    json_close(out, ']');
    json_flag(out, "has_next", more);
    if (more)
        put_number(out, "cursor", (int64_t)next);
    else
        json_text(out, "cursor", "");
    json_close(out, '}');
}

/* The newest first; a cursor is the number from which it goes back. */
static void get_list(struct cb_call *call)
{
    const struct core *core = call->venue->core;
    const int64_t since_ns = time_of(call, "start_date"), limit = cb_number(call, "limit", PAGE_MAX);
    struct text *out = &call->ret->body;
    uint64_t id = (uint64_t)cb_number(call, "cursor", core_order_count(core));
    char name[CB_ID];
    int64_t said = 0;
    if (cb_asks_for(call, "order_status", "OPEN") &&
        strstr(call->ask->path, "order_status=") != strstr(call->ask->path, "order_status=OPEN")) {
        cb_refuse(call, 400, "INVALID_ARGUMENT", "Invalid combination of status and OPEN");
        return;
    }
    json_open(out, NULL, '{');
    json_open(out, "orders", '[');
    for (; id > 0 && said < limit; id--) {
        struct core_order order;
        const uint32_t place = core_order_by_id(core, id);
        if (!core_order_at(core, place, venue_view(call->venue), &order) || order.account != call->key->account ||
            order.created_ns < since_ns)
            continue;
        cb_make_id(name, CB_ORDER, id);
        if (!cb_asks_for(call, "order_ids", name) || !cb_asks_for(call, "order_status", status_of(&order)) ||
            !cb_asks_for(call, "product_ids", core_inst(core, order.inst)->symbol))
            continue;
        cb_put_order(core, out, &order);
        said++;
    }
    end_list(out, id > 0, id);
}

static void put_fill(const struct core *core, struct text *out, const struct core_fill *fill)
{
    const struct core_inst *in = core_inst(core, fill->inst);
    char id[CB_ID];
    json_open(out, NULL, '{');
    cb_make_id(id, CB_FILL, fill->number);
    json_text(out, "entry_id", id);
    json_text(out, "trade_id", id);
    cb_make_id(id, CB_ORDER, core_order(core, fill->order)->id);
    json_text(out, "order_id", id);
    json_time(out, "trade_time", fill->at_ns);
    json_text(out, "trade_type", "FILL");
    venue_put_units(out, "price", fill->price, in->price_step);
    venue_put_units(out, "size", fill->qty, in->qty_step);
    cb_put_money(out, "commission", fill->fee);
    json_text(out, "product_id", in->symbol);
    json_time(out, "sequence_timestamp", fill->at_ns);
    json_text(out, "liquidity_indicator", fill->is_maker ? "MAKER" : "TAKER");
    json_flag(out, "size_in_quote", false);
    json_text(out, "side", fill->side == CORE_BUY ? "BUY" : "SELL");
    json_close(out, '}');
}

static void get_fills(struct cb_call *call)
{
    const struct core *core = call->venue->core;
    const int64_t since_ns = time_of(call, "start_sequence_timestamp"), limit = cb_number(call, "limit", 100);
    struct text *out = &call->ret->body;
    uint64_t number = (uint64_t)cb_number(call, "cursor", (int64_t)core_fill_count(core));
    char name[CB_ID];
    int64_t said = 0;
    json_open(out, NULL, '{');
    json_open(out, "fills", '[');
    for (; number > 0 && said < limit; number--) {
        const struct core_fill *fill = core_fill(core, number);
        if (fill->account != call->key->account || fill->at_ns < since_ns || fill->at_ns > venue_view(call->venue))
            continue;
        cb_make_id(name, CB_ORDER, core_order(core, fill->order)->id);
        if (!cb_asks_for(call, "order_ids", name) ||
            !cb_asks_for(call, "product_ids", core_inst(core, fill->inst)->symbol))
            continue;
        put_fill(core, out, fill);
        said++;
    }
    end_list(out, number > 0, number);
}

void cb_get_orders(struct cb_call *call)
{
    const struct core *core = call->venue->core;
    struct core_order order;
    if (call->rest_size == 5 && memcmp(call->rest, "batch", 5) == 0) {
        get_list(call);
        return;
    }
    if (call->rest_size == 5 && memcmp(call->rest, "fills", 5) == 0) {
        get_fills(call);
        return;
    }
    const uint64_t id = cb_read_id(call->rest, call->rest_size, CB_ORDER);
    const uint32_t place = id ? core_order_by_id(core, id) : CORE_NONE;
    if (place == CORE_NONE || !core_order_at(core, place, venue_view(call->venue), &order) ||
        order.account != call->key->account) {
        cb_refuse(call, 404, "NOT_FOUND", "order with this orderID was not found");
        return;
    }
    text_put(&call->ret->body, "{\"order\":");
    cb_put_order(core, &call->ret->body, &order);
    text_put(&call->ret->body, "}");
}

/* desk_orders.c: orders and fills as rows. */
#include "console/desk_impl.h"

#include <string.h>

static const char *const sides[] = {"", "BUY", "SELL"};
static const char *const types[] = {"", "MARKET", "LIMIT", "STOP", "STOP_LIMIT"};
static const char *const tifs[] = {"", "GTC", "IOC", "FOK", "GTD", "DAY"};
static const char *const owners[] = {"", "strategy", "console", "algo", "external", "host"};
static const char *const roles[] = {"", "entry", "stop_loss", "take_profit", "close", "end"};

#define NAME_OF(names, i) ((i) < sizeof(names) / sizeof((names)[0]) ? (names)[i] : "?")

/* How much worse than the middle when it was made, in hundredths of a percent. */
static void put_slip(const struct desk *desk, struct text *reply, const struct order *order)
{
    struct trail *trail = desk_trail((struct desk *)(uintptr_t)desk, order->now.order);
    if (!order->fills || !trail || trail->mid2 <= 0) {
        put_null(reply, "slip_bps");
        return;
    }
    double middle = (double)trail->mid2 / 2, average = order_average_units(order);
    double share = order->now.side == OC_SIDE_BUY ? average / middle - 1 : 1 - average / middle;
    put_double(reply, "slip_bps", share * 1e4);
}

void desk_put_order(struct desk *desk, struct text *reply, const char *key, const struct order *order)
{
    const struct oc_request *now = &order->now;
    const struct instrument *instrument = instruments_get(desk->instruments, now->head.inst);
    int64_t remaining = now->qty > order->filled ? now->qty - order->filled : 0;
    bool by_qty = now->bits & OC_RQ_HAS_QTY;
    put_open(reply, key, '{');
    put_order_id(reply, "id", now->order, desk->config.epoch);
    put_text(reply, "symbol", instrument->info.symbol);
    put_text(reply, "side", NAME_OF(sides, now->side));
    put_text(reply, "type", NAME_OF(types, now->type));
    put_text(reply, "tif", NAME_OF(tifs, now->tif));
    put_text(reply, "state", state_name(order->state));
    put_qty(reply, "qty", instrument, by_qty, now->qty);
    if (now->bits & OC_RQ_HAS_QUOTE_QTY)
        put_dec(reply, "quote_qty", now->quote_qty);
    else
        put_null(reply, "quote_qty");
    put_price(reply, "price", instrument, now->bits & OC_RQ_HAS_PRICE, now->price);
    put_price(reply, "stop", instrument, now->bits & OC_RQ_HAS_STOP, now->stop_price);
    put_price(reply, "stop_loss", instrument, now->bits & OC_RQ_HAS_STOP_LOSS, now->stop_loss);
    put_price(reply, "take_profit", instrument, now->bits & OC_RQ_HAS_TAKE_PROFIT, now->take_profit);
    put_qty(reply, "filled", instrument, true, order->filled);
    put_qty(reply, "remaining", instrument, by_qty, state_is_final(order->state) ? 0 : remaining);
    if (order->fills)
        put_double(reply, "average",
                   order_average_units(order) * (double)instrument->price_num / (double)instrument->price_den);
    else
        put_null(reply, "average");
    put_money(reply, "fee", order->fee);
    put_text(reply, "fee_asset", order->fee_asset ? instruments_asset_name(desk->instruments, order->fee_asset) : NULL);
    put_int(reply, "fills", order->fills);
    put_text(reply, "strategy", desk->config.host->strategy_name(desk->config.host->self, now->strategy));
    put_text(reply, "owner", NAME_OF(owners, now->owner));
    put_text_n(reply, "tag", now->tag, strnlen(now->tag, sizeof now->tag));
    put_text(reply, "role", NAME_OF(roles, now->role));
    put_text(reply, "reason", order->reason[0] ? order->reason : NULL);
    put_bool(reply, "reduce_only", now->bits & OC_RQ_REDUCE_ONLY);
    put_bool(reply, "post_only", now->bits & OC_RQ_POST_ONLY);
    put_time(reply, "created", order->created_ns);
    put_time(reply, "updated", order->updated_ns);
    put_int(reply, "created_ns", order->created_ns);
    put_int(reply, "updated_ns", order->updated_ns);
    put_slip(desk, reply, order);
    put_int(reply, "rules", now->rules);
    put_bool(reply, "is_open", !state_is_final(order->state));
    put_close(reply, '}');
}

/* A page goes on behind the order FROM / 2, which was shown as an open one or (FROM odd) as a closed one: rows that come or
 * change lists between two pages are shown by one of them at least. */
static const struct order *page_start(const struct orders *orders, uint64_t from, bool *is_closed)
{
    const struct order *order = orders_find(orders, from / 2);
    *is_closed = from & 1;
    if (*is_closed) /* one no longer kept: nothing older is kept either */
        return order ? order->older : NULL;
    if (order && !state_is_final(order->state))
        return order->older;
    order = orders_open_last(orders);
    while (from && order && order->now.order >= from / 2)
        order = order->older;
    return order;
}

/* The open ones, youngest first; then the final ones still held, last ended first. */
bool desk_orders(struct desk *desk, const struct desk_words *words, struct text *reply)
{
    const struct orders *orders = engine_orders(desk->engine);
    bool all = words->count > 1 && strcmp(words->fields[1], "all") == 0;
    if (words->count > 1 && words->fields[1][0] && !all && strcmp(words->fields[1], "open") != 0) {
        put_refusal(reply, "BAD_LIST", "found '%.20s', expected open or all", words->fields[1]);
        return false;
    }
    bool is_closed;
    uint64_t last = 0;
    const struct order *order = page_start(orders, desk_from(words, 2), &is_closed);
    put_open(reply, NULL, '{');
    put_open(reply, "rows", '[');
    for (int rows = 0;; rows++) {
        if (!order && all && !is_closed) {
            order = orders_closed_last(orders);
            is_closed = true;
        }
        if (!order || rows == DESK_ORDERS_PAGE)
            break;
        desk_put_order(desk, reply, NULL, order);
        last = order->now.order * 2 + is_closed;
        order = order->older;
    }
    put_close(reply, ']');
    desk_next(reply, order, last);
    put_close(reply, '}');
    return true;
}

bool desk_order(struct desk *desk, const struct desk_words *words, struct text *reply)
{
    uint64_t id;
    const struct order *order = NULL;
    if (words->count > 1 && desk_order_of(desk, words->fields[1], &id))
        order = orders_find(engine_orders(desk->engine), id);
    if (!order) {
        put_refusal(reply, "NO_ORDER", "no order '%.40s' is known; older ones are in the journal",
                    words->count > 1 ? words->fields[1] : "");
        return false;
    }
    desk_put_order(desk, reply, NULL, order);
    return true;
}

void desk_put_fill(struct desk *desk, struct text *reply, const char *key, const struct fill_row *row)
{
    const struct oc_ev_fill *fill = &row->fill;
    const struct instrument *instrument = instruments_get(desk->instruments, fill->head.inst);
    put_open(reply, key, '{');
    put_time(reply, "time", fill->head.local_ns);
    put_order_id(reply, "order", fill->order, desk->config.epoch);
    put_text(reply, "symbol", instrument->info.symbol);
    put_text(reply, "side", NAME_OF(sides, fill->side));
    put_qty(reply, "qty", instrument, true, fill->qty);
    put_price(reply, "price", instrument, true, fill->price);
    put_dec(reply, "fee", fill->fee);
    put_text(reply, "fee_asset", instruments_asset_name(desk->instruments, fill->fee_asset));
    put_text(reply, "liquidity", fill->liquidity == OC_LIQUIDITY_MAKER ? "maker" : "taker");
    put_text(reply, "strategy", desk->config.host->strategy_name(desk->config.host->self, row->strategy));
    put_text_n(reply, "tag", row->tag, strnlen(row->tag, sizeof row->tag));
    put_int(reply, "time_ns", fill->head.local_ns);
    put_close(reply, '}');
}

bool desk_fills(struct desk *desk, const struct desk_words *words, struct text *reply)
{
    const uint64_t gone = desk->fill_count < DESK_FILLS_MAX ? 0 : desk->fill_count - DESK_FILLS_MAX;
    const uint64_t from = desk_from(words, 1); /* the number of the last row shown, counted from 1; 0: none */
    uint64_t at = from && from <= desk->fill_count ? from - 1 : desk->fill_count;
    put_open(reply, NULL, '{');
    put_open(reply, "rows", '[');
    for (int rows = 0; at > gone && rows < DESK_PAGE; rows++, at--)
        desk_put_fill(desk, reply, NULL, &desk->fills[(at - 1) % DESK_FILLS_MAX]);
    put_close(reply, ']');
    desk_next(reply, at > gone, at + 1);
    put_int(reply, "all", (int64_t)desk->fill_count);
    put_close(reply, '}');
    return true;
}

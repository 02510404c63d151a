/* service_orders.c: orders and fills as rows. */
#include "load/venue_lines.h"
#include "serve/console_service_impl.h"
#include "session/json_units.h"

#include <string.h>

static const char *const sides[] = {"", "BUY", "SELL"};
static const char *const types[] = {"",
                                    "MARKET",
                                    "LIMIT",
                                    "STOP",
                                    "STOP_LIMIT",
                                    "TAKE_PROFIT",
                                    "TAKE_PROFIT_LIMIT",
                                    "TRAILING_STOP",
                                    "TRAILING_STOP_LIMIT",
                                    "MARKET_TO_LIMIT",
                                    "PEGGED",
                                    "TWAP",
                                    "QUOTED"};
static const char *const tifs[] = {"", "GTC", "IOC", "FOK", "GTD", "DAY", "AT_OPEN", "AT_CLOSE"};

#define NAME_OF(names, i) ((i) < sizeof(names) / sizeof((names)[0]) ? (names)[i] : "?")

/* How much worse than the middle when it was made, or than its trigger, in hundredths of a percent. */
static void put_slip(const struct console_service *service, struct text *reply, const struct order *order)
{
    struct order_history *history = order_history_find((struct console_service *)(uintptr_t)service, order->now.order);
    const bool has_trigger = order->now.bits & OC_RQ_HAS_STOP;
    const double from = has_trigger ? (double)order->now.stop_price : (history ? (double)history->mid2 / 2 : 0);
    if (!order->fills || from <= 0) {
        json_null(reply, "slip_bps");
        json_null(reply, "slip_from");
        return;
    }
    const double average = order_average_units(order);
    const double share = order->now.side == OC_SIDE_BUY ? average / from - 1 : 1 - average / from;
    json_double(reply, "slip_bps", share * 1e4);
    json_text(reply, "slip_from", has_trigger ? "trigger" : "arrival");
}

/* Of a market that is fed with bars alone nothing is known of an order before the bar that runs is over. */
static void put_told(const struct console_service *service, struct text *reply, const struct order *order)
{
    const struct market *market = markets_get(engine_markets(service->engine), order->now.head.inst);
    const bool waits =
        order->state == STATE_SUBMITTED || order->state == STATE_PENDING_UPDATE || order->state == STATE_PENDING_CANCEL;
    if (waits && market && market->bar.head.size && !market->quote_ns && market->last == market->bar.close)
        json_time(reply, "told", market->bar.open_ns + 2 * market->bar.period_ns);
    else
        json_null(reply, "told");
}

void service_put_order(struct console_service *service, struct text *reply, const char *key, const struct order *order)
{
    const struct oc_request *now = &order->now;
    const struct instrument *instrument = instruments_get(service->instruments, now->head.inst);
    int64_t remaining = now->qty > order->filled ? now->qty - order->filled : 0;
    bool by_qty = now->bits & OC_RQ_HAS_QTY;
    json_open(reply, key, '{');
    json_order_id(reply, "id", now->order);
    json_text(reply, "symbol", instruments_name(service->instruments, instrument));
    service_put_account(service, now->account, reply);
    json_text(reply, "side", NAME_OF(sides, now->side));
    json_text(reply, "type", NAME_OF(types, now->type));
    json_text(reply, "tif", NAME_OF(tifs, now->tif));
    json_text(reply, "state", state_name(order->state));
    json_qty(reply, "qty", instrument, by_qty, now->qty);
    if (now->bits & OC_RQ_HAS_QUOTE_QTY)
        json_dec(reply, "quote_qty", now->quote_qty);
    else
        json_null(reply, "quote_qty");
    json_price(reply, "price", instrument, now->bits & OC_RQ_HAS_PRICE, now->price);
    json_price(reply, "stop", instrument, now->bits & OC_RQ_HAS_STOP, now->stop_price);
    json_price(reply, "stop_loss", instrument, now->bits & OC_RQ_HAS_STOP_LOSS, now->stop_loss);
    json_price(reply, "take_profit", instrument, now->bits & OC_RQ_HAS_TAKE_PROFIT, now->take_profit);
    char trail[TRAIL_TEXT_MAX];
    json_text(reply, "trail", engine_trail_text(service->engine, order, trail) ? trail : NULL);
    json_price(reply, "trail_from", instrument, now->bits & OC_RQ_HAS_ACTIVATION, now->activation);
    json_qty(reply, "filled", instrument, true, order->filled);
    json_qty(reply, "remaining", instrument, by_qty, state_is_final(order->state) ? 0 : remaining);
    if (order->fills)
        json_double(reply, "average",
                    order_average_units(order) * (double)instrument->price_num / (double)instrument->price_den);
    else
        json_null(reply, "average");
    json_money(reply, "fee", order->fee);
    json_text(reply, "fee_asset",
              order->fee_asset ? instruments_asset_name(service->instruments, order->fee_asset) : NULL);
    json_int(reply, "fills", order->fills);
    json_text(reply, "strategy", service->config.host->strategy_name(service->config.host->self, now->strategy));
    json_text(reply, "owner", venue_order_owner(now->owner));
    json_text_n(reply, "tag", now->tag, strnlen(now->tag, sizeof now->tag));
    json_text(reply, "role", venue_order_role(now->role));
    json_text(reply, "reason", order->reason[0] ? order->reason : NULL);
    if (now->parent)
        json_order_id(reply, "parent", now->parent);
    else
        json_null(reply, "parent");
    json_int(reply, "group", (int64_t)now->group);
    json_flag(reply, "reduce_only", now->bits & OC_RQ_REDUCE_ONLY);
    json_flag(reply, "post_only", now->bits & OC_RQ_POST_ONLY);
    json_time(reply, "created", order->created_ns);
    json_time(reply, "updated", order->updated_ns);
    json_int(reply, "created_ns", order->created_ns);
    json_int(reply, "updated_ns", order->updated_ns);
    put_told(service, reply, order);
    put_slip(service, reply, order);
    service_put_distance(service, order, reply);
    json_int(reply, "rules", now->rules);
    json_flag(reply, "is_open", !state_is_final(order->state));
    json_close(reply, '}');
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
bool service_orders(struct console_service *service, const struct command_words *words, struct text *reply)
{
    const struct orders *orders = engine_orders(service->engine);
    bool all = words->count > 1 && strcmp(words->fields[1], "all") == 0;
    if (words->count > 1 && words->fields[1][0] && !all && strcmp(words->fields[1], "open") != 0) {
        json_refusal(reply, "BAD_LIST", "found '%.20s', expected open or all", words->fields[1]);
        return false;
    }
    bool is_closed;
    uint64_t last = 0;
    const struct order *order = page_start(orders, service_from(words, 2), &is_closed);
    json_open(reply, NULL, '{');
    json_open(reply, "rows", '[');
    for (int rows = 0;; rows++) {
        if (!order && all && !is_closed) {
            order = orders_closed_last(orders);
            is_closed = true;
        }
        if (!order || rows == CONSOLE_ORDERS_PAGE)
            break;
        service_put_order(service, reply, NULL, order);
        last = order->now.order * 2 + is_closed;
        order = order->older;
    }
    json_close(reply, ']');
    service_next(reply, order, last);
    json_close(reply, '}');
    return true;
}

bool service_order(struct console_service *service, const struct command_words *words, struct text *reply)
{
    uint64_t id;
    const struct order *order = NULL;
    if (words->count > 1 && text_to_order(words->fields[1], &id))
        order = orders_find(engine_orders(service->engine), id);
    if (!order) {
        json_refusal(reply, "NO_ORDER", "no order '%.40s' is known; older ones are in the journal",
                     words->count > 1 ? words->fields[1] : "");
        return false;
    }
    service_put_order(service, reply, NULL, order);
    return true;
}

void service_put_missing(const struct console_service *service, struct text *reply)
{
    const char *missing = engine_missing(service->engine);
    json_text(reply, "missing", missing[0] ? missing : NULL);
}

void service_put_fill(struct console_service *service, struct text *reply, const char *key, const struct fill_row *row)
{
    const struct oc_ev_fill *fill = &row->fill;
    const struct instrument *instrument = instruments_get(service->instruments, fill->head.inst);
    json_open(reply, key, '{');
    json_time(reply, "time", fill->head.local_ns);
    json_order_id(reply, "order", fill->order);
    json_text(reply, "symbol", instruments_name(service->instruments, instrument));
    service_put_account(service, fill->head.source, reply);
    json_text(reply, "side", NAME_OF(sides, fill->side));
    json_qty(reply, "qty", instrument, true, fill->qty);
    json_price(reply, "price", instrument, true, fill->price);
    json_dec(reply, "fee", fill->fee);
    json_text(reply, "fee_asset", instruments_asset_name(service->instruments, fill->fee_asset));
    json_text(reply, "liquidity", fill->liquidity == OC_LIQUIDITY_MAKER ? "maker" : "taker");
    json_text(reply, "strategy", service->config.host->strategy_name(service->config.host->self, row->strategy));
    json_text_n(reply, "tag", row->tag, strnlen(row->tag, sizeof row->tag));
    json_int(reply, "time_ns", fill->head.local_ns);
    json_close(reply, '}');
}

bool service_fills(struct console_service *service, const struct command_words *words, struct text *reply)
{
    const uint64_t gone = service->fill_count < CONSOLE_FILLS_MAX ? 0 : service->fill_count - CONSOLE_FILLS_MAX;
    const uint64_t from = service_from(words, 1); /* the number of the last row shown, counted from 1; 0: none */
    uint64_t at = from && from <= service->fill_count ? from - 1 : service->fill_count;
    json_open(reply, NULL, '{');
    json_open(reply, "rows", '[');
    for (int rows = 0; at > gone && rows < CONSOLE_PAGE; rows++, at--)
        service_put_fill(service, reply, NULL, &service->fills[(at - 1) % CONSOLE_FILLS_MAX]);
    json_close(reply, ']');
    service_next(reply, at > gone, at + 1);
    json_int(reply, "all", (int64_t)service->fill_count);
    json_close(reply, '}');
    return true;
}

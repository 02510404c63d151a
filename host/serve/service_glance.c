/* service_glance.c: what a person looks at first: how old the feed is, what the day has brought, how far orders are, what is latched. */
#include "serve/console_service_impl.h"
#include "session/json_units.h"
#include "session/protection.h"

#include <string.h>

#define DAY_NS       86400000000000ll
#define DAY_AGAIN_NS 1000000000ll /* where a price was missing */

static bool keep(const struct console_service *service, bool saves, struct console_service_day *day)
{
    const struct console_service_host *host = service->config.host;
    return host->day && host->day(host->self, saves, day);
}

/* Profit of the session as of now: what it is worth, less what it began with and what came from outside. */
static oc_rc profit_of(const struct console_service *service, oc_i128 *ret_profit)
{
    struct console_service_status status = {0};
    const uint32_t base = portfolio_account(service->portfolio, service->config.account)->base;
    oc_i128 equity = 0;
    const oc_rc rc = portfolio_traded_equity_all(service->portfolio, base, &equity, NULL);
    service->config.host->status(service->config.host->self, &status);
    *ret_profit = equity - status.start;
    return rc;
}

void service_look_at_day(struct console_service *service, int64_t now_ns)
{
    service->fed_ns = now_ns;
    if (__builtin_expect(now_ns < service->day_end_ns, 1))
        return;
    const int64_t zoned_ns = now_ns + service->config.zone_ns;
    const int64_t day = zoned_ns / DAY_NS - (zoned_ns % DAY_NS < 0) + 1;
    struct console_service_day known = {0};
    service->day_end_ns = now_ns + DAY_AGAIN_NS;
    if (!service->day.day && keep(service, false, &known) && known.day == day && known.from_ns <= now_ns) {
        service->day = known; /* an earlier life of this day */
    } else {
        known = (struct console_service_day){.day = day, .from_ns = now_ns};
        if (profit_of(service, &known.profit) < 0)
            return;
        service->day = known;
        (void)keep(service, true, &known); /* else a restart counts anew */
    }
    service->day_end_ns = day * DAY_NS - service->config.zone_ns;
}

bool service_day_profit(const struct console_service *service, oc_i128 *ret_profit)
{
    oc_i128 profit = 0;
    if (!service->day.day || profit_of(service, &profit) < 0)
        return false;
    *ret_profit = profit - service->day.profit;
    return true;
}

static void put_day(const struct console_service *service, struct text *reply)
{
    oc_i128 profit = 0;
    const bool is_known = service_day_profit(service, &profit);
    json_open(reply, "day", '{');
    if (is_known)
        json_money(reply, "profit", profit);
    else
        json_null(reply, "profit");
    if (service->day.day)
        json_time(reply, "from", service->day.from_ns);
    else
        json_null(reply, "from");
    json_int(reply, "zone_minutes", service->config.zone_ns / 60000000000ll);
    json_close(reply, '}');
}

/* Of the host, then of its accounts: nothing is opened there until a person says so. */
static void put_latches(const struct console_service *service, struct text *reply)
{
    const char *all = engine_latched(service->engine, 0);
    json_open(reply, "latches", '[');
    for (uint32_t id = 0; id <= portfolio_account_count(service->portfolio); id++) {
        const char *reason = id ? engine_latched(service->engine, id) : all;
        if (!reason || (id && all))
            continue;
        json_open(reply, NULL, '{');
        if (id)
            service_put_account(service, id, reply);
        json_text(reply, "reason", reason);
        json_close(reply, '}');
    }
    json_close(reply, ']');
}

void service_put_glance(const struct console_service *service, const struct console_service_status *status,
                        struct text *reply)
{
    const bool is_fed = service->fed_ns != INT64_MIN;
    const int64_t age_ns = is_fed && status->clock_ns > service->fed_ns ? status->clock_ns - service->fed_ns : 0;
    if (!is_fed)
        json_null(reply, "feed_age_ns");
    else if (status->by_clock || status->speed <= 0)
        json_int(reply, "feed_age_ns", status->by_clock ? age_ns : 0);
    else
        json_int(reply, "feed_age_ns", (int64_t)((double)age_ns / status->speed)); /* of data: as it is by the clock */
    json_flag(reply, "by_clock", status->by_clock);
    put_day(service, reply);
    put_latches(service, reply);
    json_int(reply, "alerts_told", (int64_t)status->told);
    json_int(reply, "alerts_not_told", (int64_t)status->not_told);
    json_int(reply, "alerts_dropped", (int64_t)status->told_dropped);
    json_int(reply, "missing_legs", engine_missing_legs(service->engine));
    json_int(reply, "alarms", (int64_t)orders_alarms(engine_orders(service->engine)));
}

void service_put_distance(const struct console_service *service, const struct order *order, struct text *reply)
{
    const struct market *market = markets_get(engine_markets(service->engine), order->now.head.inst);
    const bool waits = (order->now.bits & OC_RQ_HAS_STOP) && !order->is_triggered;
    const int64_t price = waits ? order->now.stop_price : order->now.price;
    const bool has_price = waits || (order->now.bits & OC_RQ_HAS_PRICE);
    if (!has_price || state_is_final(order->state) || !market || !market->has_mark || market->mark2 <= 0) {
        json_null(reply, "distance_bps");
        return;
    }
    const double middle = (double)market->mark2 / 2, share = ((double)price - middle) / middle * 1e4;
    const bool is_above = (order->now.side == OC_SIDE_SELL) != waits; /* it is reached from below */
    json_double(reply, "distance_bps", is_above ? share : -share);
}

void service_put_protection(struct console_service *service, const struct position *position, struct text *reply)
{
    const struct protection protection = protection_of(service->engine, position, false);
    const int64_t held = protection.held < 0 ? -protection.held : protection.held;
    struct console_service_status status = {0};
    service->config.host->status(service->config.host->self, &status);
    const bool at_venue = status.at_venue;
    const char *by = !protection.stopped                        ? "none"
                     : protection.in_host == protection.stopped ? "host"
                     : at_venue                                 ? "venue"
                                                                : "paper";
    const struct instrument *instrument = instruments_get(service->instruments, position->inst);
    json_open(reply, "protection", '{');
    json_text(reply, "by", by);
    json_qty(reply, "stopped", instrument, true, protection.stopped < held ? protection.stopped : held);
    json_flag(reply, "is_whole", held && protection.stopped >= held);
    json_price(reply, "stop", instrument, protection.stopped != 0, protection.stop);
    json_text(reply, "type", !protection.stopped ? NULL : protection.is_limit ? "STOP_LIMIT" : "STOP");
    json_price(reply, "limit", instrument, protection.is_limit, protection.limit);
    json_price(reply, "target", instrument, protection.has_target, protection.target);
    json_text(reply, "target_by",
              !protection.has_target      ? NULL
              : protection.target_in_host ? "host"
              : at_venue                  ? "venue"
                                          : "paper");
    json_text(reply, "down", at_venue ? protection_down(&protection) : NULL);
    json_close(reply, '}');
}

void service_put_held(const struct console_service *service, const struct order *order, struct text *reply)
{
    const struct instrument *instrument = instruments_get(service->instruments, order->now.head.inst);
    struct engine_guard guard;
    for (uint32_t at = 0; order->now.group && engine_guard_at(service->engine, order->now.head.inst, &at, &guard);) {
        if (guard.entry != order->now.group || !guard.held)
            continue;
        const bool is_stop = guard.held == OC_ROLE_STOP_LOSS;
        json_open(reply, "held", '{');
        json_text(reply, "role", is_stop ? "stop_loss" : "take_profit");
        json_price(reply, "price", instrument, true, is_stop ? guard.stop : guard.target);
        json_flag(reply, "is_acting", guard.is_acting);
        json_close(reply, '}');
        return;
    }
}

/* service_market.c: what the markets look like: lists, tickers, and bars of the past. */
#include "serve/console_service_impl.h"
#include "session/json_units.h"

#include <string.h>

#include "base/env.h"

static const int64_t second_ns = 1000000000, day_ns = 86400000000000;

bool service_markets(struct console_service *service, const struct command_words *words, struct text *reply)
{
    static const char *const statuses[] = {"none", "trading", "halted", "cancel only", "delisted"};
    uint32_t count = instruments_count(service->instruments);
    uint64_t from = service_from(words, 1);
    uint32_t index = from < count ? (uint32_t)from + 1 : count;
    json_open(reply, NULL, '{');
    json_open(reply, "rows", '[');
    for (uint32_t row = 0; index < count && row < CONSOLE_PAGE; row++, index++) {
        const struct instrument *instrument = instruments_at(service->instruments, index);
        const struct market *market = markets_get(engine_markets(service->engine), instrument->info.inst);
        json_open(reply, NULL, '{');
        json_text(reply, "symbol", instruments_name(service->instruments, instrument));
        json_text(reply, "venue", instrument->info.venue);
        json_text(reply, "base", instruments_asset_name(service->instruments, instrument->info.base));
        json_text(reply, "quote", instruments_asset_name(service->instruments, instrument->info.quote));
        json_price(reply, "last", instrument, market && market->has_last, market ? market->last : 0);
        json_price(reply, "bid", instrument, market && (market->present & OC_HAS_BID), market ? market->bid : 0);
        json_price(reply, "ask", instrument, market && (market->present & OC_HAS_ASK), market ? market->ask : 0);
        json_price(reply, "tick", instrument, true, 1);
        json_qty(reply, "lot", instrument, true, 1);
        json_int(reply, "price_digits", instrument->info.price_step.scale);
        json_int(reply, "qty_digits", instrument->info.qty_step.scale);
        json_text(reply, "status", statuses[instrument->info.status <= 4 ? instrument->info.status : 0]);
        json_close(reply, '}');
    }
    json_close(reply, ']');
    service_next(reply, index < count, index - 1);
    json_close(reply, '}');
    return true;
}

static struct bar_history *tape_of(const struct console_service *service, uint32_t inst)
{
    uint32_t index = OC_INST_INDEX(inst);
    return index < CONSOLE_BAR_HISTORIES_MAX ? service->bars[index] : NULL;
}

static const struct history_bar *bar_at(const struct bar_history *bar_history, uint32_t i)
{
    return &bar_history->bars[(bar_history->first + i) % CONSOLE_HISTORY_BARS];
}

/* One tick or bar joins the bar of its period, or begins the next. */
static void join(struct bar_history *bar_history, int64_t at_ns, const struct history_bar *part)
{
    int64_t open_ns = bar_start(at_ns, bar_history->period_ns);
    struct history_bar *last =
        bar_history->count ? &bar_history->bars[(bar_history->first + bar_history->count - 1) % CONSOLE_HISTORY_BARS]
                           : NULL;
    if (last && last->open_ns == open_ns) {
        last->high = part->high > last->high ? part->high : last->high;
        last->low = part->low < last->low ? part->low : last->low;
        last->close = part->close;
        if (__builtin_add_overflow(last->volume, part->volume, &last->volume))
            last->volume = INT64_MAX;
        return;
    }
    if (bar_history->count == CONSOLE_HISTORY_BARS)
        bar_history->first = (bar_history->first + 1) % CONSOLE_HISTORY_BARS;
    else
        bar_history->count++;
    last = &bar_history->bars[(bar_history->first + bar_history->count - 1) % CONSOLE_HISTORY_BARS];
    *last = *part;
    last->open_ns = open_ns;
}

void bar_history_add(struct console_service *service, const struct oc_event *event)
{
    struct history_bar part = {0};
    int64_t period_ns = second_ns, at_ns = event->venue_ns;
    if (event->flags & OC_EVF_PAST) /* fetched behind its time */
        return;
    if (event->type == OC_EV_TRADE) {
        const struct oc_ev_trade *trade = (const struct oc_ev_trade *)(const void *)event;
        part = (struct history_bar){
            0, trade->price, trade->price, trade->price, trade->price, trade->present & OC_HAS_QTY ? trade->qty : 0};
    } else if (event->type == OC_EV_QUOTE) {
        const struct oc_ev_quote *quote = (const struct oc_ev_quote *)(const void *)event;
        if ((quote->present & (OC_HAS_BID | OC_HAS_ASK)) != (OC_HAS_BID | OC_HAS_ASK))
            return;
        int64_t middle = quote->bid / 2 + quote->ask / 2 + (quote->bid % 2 + quote->ask % 2) / 2;
        part = (struct history_bar){0, middle, middle, middle, middle, 0};
    } else if (event->type == OC_EV_BAR) {
        const struct oc_ev_bar *bar = (const struct oc_ev_bar *)(const void *)event;
        part = (struct history_bar){0,        bar->open,  bar->high,
                                    bar->low, bar->close, bar->present & OC_HAS_VOLUME ? bar->volume : 0};
        at_ns = bar->open_ns;
        period_ns = bar->period_ns >= second_ns ? bar->period_ns : second_ns;
    } else if (event->type == OC_EV_QBAR) {
        const struct oc_ev_qbar *bar = (const struct oc_ev_qbar *)(const void *)event;
        int64_t line[4];
        for (int i = 0; i < 4; i++)
            line[i] = qbar_middle2(bar, i) / 2;
        part = (struct history_bar){0, line[0], line[1], line[2], line[3], 0};
        at_ns = bar->open_ns;
        period_ns = bar->period_ns >= second_ns ? bar->period_ns : second_ns;
    } else {
        return;
    }
    uint32_t index = OC_INST_INDEX(event->inst);
    if (index >= CONSOLE_BAR_HISTORIES_MAX)
        return;
    struct bar_history *bar_history = service->bars[index];
    if (!bar_history) {
        bar_history = service->bars[index] = env_alloc(sizeof *bar_history);
        if (!bar_history)
            return;
        bar_history->inst = event->inst;
        bar_history->period_ns = period_ns;
    }
    join(bar_history, at_ns, &part);
    if (service->alert_count)
        service_look_at_alerts(service, event, part.close);
}

bool service_ticker(struct console_service *service, const struct command_words *words, struct text *reply)
{
    const struct instrument *instrument;
    if (!service_instrument(service, words, 1, &instrument, reply))
        return false;
    const struct market *market = markets_get(engine_markets(service->engine), instrument->info.inst);
    const struct bar_history *bar_history = tape_of(service, instrument->info.inst);
    struct history_bar day = {0};
    uint32_t present = market ? market->present : 0, first = bar_history ? bar_history->count : 0;
    int64_t end_ns = bar_history && bar_history->count
                         ? bar_at(bar_history, bar_history->count - 1)->open_ns + bar_history->period_ns
                         : 0;
    while (first && bar_at(bar_history, first - 1)->open_ns >= end_ns - day_ns)
        first--;
    for (uint32_t i = first; bar_history && i < bar_history->count; i++) {
        const struct history_bar *bar = bar_at(bar_history, i);
        if (i == first)
            day = *bar;
        day.high = bar->high > day.high ? bar->high : day.high;
        day.low = bar->low < day.low ? bar->low : day.low;
        day.close = bar->close;
        if (i > first && __builtin_add_overflow(day.volume, bar->volume, &day.volume))
            day.volume = INT64_MAX;
    }
    bool known = bar_history && bar_history->count;
    json_open(reply, NULL, '{');
    json_text(reply, "symbol", instruments_name(service->instruments, instrument));
    json_text(reply, "venue", instrument->info.venue);
    json_time(reply, "time", engine_now(service->engine));
    json_price(reply, "last", instrument, market && market->has_last, market ? market->last : 0);
    json_price(reply, "bid", instrument, present & OC_HAS_BID, market ? market->bid : 0);
    json_price(reply, "ask", instrument, present & OC_HAS_ASK, market ? market->ask : 0);
    json_qty(reply, "bid_qty", instrument, present & OC_HAS_BID_QTY, market ? market->bid_qty : 0);
    json_qty(reply, "ask_qty", instrument, present & OC_HAS_ASK_QTY, market ? market->ask_qty : 0);
    json_price(reply, "open", instrument, known, day.open);
    json_price(reply, "high", instrument, known, day.high);
    json_price(reply, "low", instrument, known, day.low);
    json_qty(reply, "volume", instrument, known, day.volume);
    if (known && day.open > 0)
        json_double(reply, "change", (double)(day.close - day.open) / (double)day.open);
    else
        json_null(reply, "change");
    json_int(reply, "over_ns", known ? end_ns - bar_at(bar_history, first)->open_ns : 0);
    json_close(reply, '}');
    return true;
}

bool service_bars(struct console_service *service, const struct command_words *words, struct text *reply)
{
    const struct instrument *instrument;
    int64_t period_ns = 0;
    if (!service_instrument(service, words, 1, &instrument, reply))
        return false;
    const struct bar_history *bar_history = tape_of(service, instrument->info.inst);
    const char *period = words->count > 2 && words->fields[2][0] ? words->fields[2] : "data";
    if (strcmp(period, "data") == 0)
        period_ns = bar_history ? bar_history->period_ns : second_ns;
    else if (text_to_duration(period, strlen(period), &period_ns) < 0 || !bar_period_is_valid(period_ns) ||
             (bar_history && period_ns % bar_history->period_ns)) {
        json_refusal(reply, "BAD_PERIOD",
                     "found '%.20s', expected a period from %s to 1d that bars of the feed fill, such as 1m or 1h",
                     period, bar_history && bar_history->period_ns >= 60 * second_ns ? "that of the data" : "1s");
        return false;
    }
    uint64_t asked = service_from(words, 3), page = service_from(words, 4);
    uint32_t count = asked == 0 || asked > CONSOLE_HISTORY_BARS ? CONSOLE_BARS_PAGE : (uint32_t)asked;
    uint32_t from = page < CONSOLE_HISTORY_BARS ? (uint32_t)page : CONSOLE_HISTORY_BARS;
    /* from the youngest back, to where the wanted count begins; then forth */
    uint32_t first = bar_history ? bar_history->count : 0, periods = 0;
    for (int64_t seen = INT64_MIN; first; first--) {
        int64_t start = bar_start(bar_at(bar_history, first - 1)->open_ns, period_ns);
        if (start != seen && periods++ == count)
            break;
        seen = start;
    }
    json_open(reply, NULL, '{');
    json_text(reply, "symbol", instruments_name(service->instruments, instrument));
    json_int(reply, "period_ns", period_ns);
    json_open(reply, "rows", '[');
    uint32_t row = 0;
    for (uint32_t i = first; bar_history && i < bar_history->count && row < from + CONSOLE_BARS_PAGE;) {
        struct history_bar bar = *bar_at(bar_history, i);
        bar.open_ns = bar_start(bar.open_ns, period_ns);
        for (i++; i < bar_history->count && bar_start(bar_at(bar_history, i)->open_ns, period_ns) == bar.open_ns; i++) {
            const struct history_bar *part = bar_at(bar_history, i);
            bar.high = part->high > bar.high ? part->high : bar.high;
            bar.low = part->low < bar.low ? part->low : bar.low;
            bar.close = part->close;
            if (__builtin_add_overflow(bar.volume, part->volume, &bar.volume))
                bar.volume = INT64_MAX;
        }
        if (row++ < from)
            continue;
        json_open(reply, NULL, '[');
        json_int(reply, NULL, bar.open_ns);
        json_price(reply, NULL, instrument, true, bar.open);
        json_price(reply, NULL, instrument, true, bar.high);
        json_price(reply, NULL, instrument, true, bar.low);
        json_price(reply, NULL, instrument, true, bar.close);
        json_qty(reply, NULL, instrument, true, bar.volume);
        json_close(reply, ']');
    }
    json_close(reply, ']');
    uint32_t total = periods > count ? count : periods;
    service_next(reply, from + CONSOLE_BARS_PAGE < total, from + CONSOLE_BARS_PAGE);
    json_close(reply, '}');
    return true;
}

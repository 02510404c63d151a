/* desk_market.c: what the markets look like: lists, tickers, bars of the past, and alerts. */
#include "console/desk_impl.h"

#include <string.h>

#include "base/env.h"

static const int64_t second_ns = 1000000000, day_ns = 86400000000000;

bool desk_markets(struct desk *desk, const struct desk_words *words, struct text *reply)
{
    static const char *const statuses[] = {"none", "trading", "halted", "cancel only", "delisted"};
    uint32_t count = instruments_count(desk->instruments);
    uint64_t from = desk_from(words, 1);
    uint32_t index = from < count ? (uint32_t)from + 1 : count;
    put_open(reply, NULL, '{');
    put_open(reply, "rows", '[');
    for (uint32_t row = 0; index < count && row < DESK_PAGE; row++, index++) {
        const struct instrument *instrument = instruments_at(desk->instruments, index);
        const struct market *market = markets_get(engine_markets(desk->engine), instrument->info.inst);
        put_open(reply, NULL, '{');
        put_text(reply, "symbol", instrument->info.symbol);
        put_text(reply, "venue", instrument->info.venue);
        put_text(reply, "base", instruments_asset_name(desk->instruments, instrument->info.base));
        put_text(reply, "quote", instruments_asset_name(desk->instruments, instrument->info.quote));
        put_price(reply, "last", instrument, market && market->has_last, market ? market->last : 0);
        put_price(reply, "bid", instrument, market && (market->present & OC_HAS_BID), market ? market->bid : 0);
        put_price(reply, "ask", instrument, market && (market->present & OC_HAS_ASK), market ? market->ask : 0);
        put_price(reply, "tick", instrument, true, 1);
        put_qty(reply, "lot", instrument, true, 1);
        put_int(reply, "price_digits", instrument->info.price_step.scale);
        put_int(reply, "qty_digits", instrument->info.qty_step.scale);
        put_text(reply, "status", statuses[instrument->info.status <= 4 ? instrument->info.status : 0]);
        put_close(reply, '}');
    }
    put_close(reply, ']');
    desk_next(reply, index < count, index - 1);
    put_close(reply, '}');
    return true;
}

static struct tape *tape_of(const struct desk *desk, uint32_t inst)
{
    uint32_t index = OC_INST_INDEX(inst);
    return index < DESK_TAPES_MAX ? desk->tapes[index] : NULL;
}

static const struct tape_bar *bar_at(const struct tape *tape, uint32_t i)
{
    return &tape->bars[(tape->first + i) % DESK_TAPE_BARS];
}

/* One tick or bar joins the bar of its period, or begins the next. */
static void join(struct tape *tape, int64_t at_ns, const struct tape_bar *part)
{
    int64_t open_ns = bar_start(at_ns, tape->period_ns);
    struct tape_bar *last = tape->count ? &tape->bars[(tape->first + tape->count - 1) % DESK_TAPE_BARS] : NULL;
    if (last && last->open_ns == open_ns) {
        last->high = part->high > last->high ? part->high : last->high;
        last->low = part->low < last->low ? part->low : last->low;
        last->close = part->close;
        if (__builtin_add_overflow(last->volume, part->volume, &last->volume))
            last->volume = INT64_MAX;
        return;
    }
    if (tape->count == DESK_TAPE_BARS)
        tape->first = (tape->first + 1) % DESK_TAPE_BARS;
    else
        tape->count++;
    last = &tape->bars[(tape->first + tape->count - 1) % DESK_TAPE_BARS];
    *last = *part;
    last->open_ns = open_ns;
}

static void told_alert(struct desk *desk, const struct alert *alert, int64_t price)
{
    const struct instrument *instrument = instruments_get(desk->instruments, alert->inst);
    text_clear(&desk->told);
    put_open(&desk->told, NULL, '{');
    put_int(&desk->told, "number", alert->number);
    put_time(&desk->told, "time", alert->fired_ns);
    put_text(&desk->told, "symbol", instrument->info.symbol);
    put_text(&desk->told, "operator", alert->above ? ">" : "<");
    put_price(&desk->told, "price", instrument, true, alert->price);
    put_price(&desk->told, "last", instrument, true, price);
    put_close(&desk->told, '}');
    desk_tell(desk, POST_ALERT, &desk->told);
}

static void look_at_alerts(struct desk *desk, const struct oc_event *event, int64_t price)
{
    for (int i = 0; i < DESK_ALERTS_MAX; i++) {
        struct alert *alert = &desk->alerts[i];
        if (!alert->inst || alert->has_fired || OC_INST_INDEX(alert->inst) != OC_INST_INDEX(event->inst))
            continue;
        if (alert->above ? price <= alert->price : price >= alert->price)
            continue;
        alert->has_fired = true;
        alert->fired_ns = event->local_ns;
        desk->alert_count--;
        told_alert(desk, alert, price);
    }
}

void desk_tape(struct desk *desk, const struct oc_event *event)
{
    struct tape_bar part = {0};
    int64_t period_ns = second_ns, at_ns = event->venue_ns;
    if (event->type == OC_EV_TRADE) {
        const struct oc_ev_trade *trade = (const struct oc_ev_trade *)(const void *)event;
        part = (struct tape_bar){
            0, trade->price, trade->price, trade->price, trade->price, trade->present & OC_HAS_QTY ? trade->qty : 0};
    } else if (event->type == OC_EV_QUOTE) {
        const struct oc_ev_quote *quote = (const struct oc_ev_quote *)(const void *)event;
        if ((quote->present & (OC_HAS_BID | OC_HAS_ASK)) != (OC_HAS_BID | OC_HAS_ASK))
            return;
        int64_t middle = quote->bid / 2 + quote->ask / 2 + (quote->bid % 2 + quote->ask % 2) / 2;
        part = (struct tape_bar){0, middle, middle, middle, middle, 0};
    } else if (event->type == OC_EV_BAR) {
        const struct oc_ev_bar *bar = (const struct oc_ev_bar *)(const void *)event;
        part = (struct tape_bar){0,        bar->open,  bar->high,
                                 bar->low, bar->close, bar->present & OC_HAS_VOLUME ? bar->volume : 0};
        at_ns = bar->open_ns;
        period_ns = bar->period_ns >= second_ns ? bar->period_ns : second_ns;
    } else if (event->type == OC_EV_QBAR) {
        const struct oc_ev_qbar *bar = (const struct oc_ev_qbar *)(const void *)event;
        int64_t line[4];
        for (int i = 0; i < 4; i++)
            line[i] = qbar_middle2(bar, i) / 2;
        part = (struct tape_bar){0, line[0], line[1], line[2], line[3], 0};
        at_ns = bar->open_ns;
        period_ns = bar->period_ns >= second_ns ? bar->period_ns : second_ns;
    } else {
        return;
    }
    uint32_t index = OC_INST_INDEX(event->inst);
    if (index >= DESK_TAPES_MAX)
        return;
    struct tape *tape = desk->tapes[index];
    if (!tape) {
        tape = desk->tapes[index] = env_alloc(sizeof *tape);
        if (!tape)
            return;
        tape->inst = event->inst;
        tape->period_ns = period_ns;
    }
    join(tape, at_ns, &part);
    if (desk->alert_count)
        look_at_alerts(desk, event, part.close);
}

bool desk_ticker(struct desk *desk, const struct desk_words *words, struct text *reply)
{
    const struct instrument *instrument;
    if (!desk_instrument(desk, words, 1, &instrument, reply))
        return false;
    const struct market *market = markets_get(engine_markets(desk->engine), instrument->info.inst);
    const struct tape *tape = tape_of(desk, instrument->info.inst);
    struct tape_bar day = {0};
    uint32_t present = market ? market->present : 0, first = tape ? tape->count : 0;
    int64_t end_ns = tape && tape->count ? bar_at(tape, tape->count - 1)->open_ns + tape->period_ns : 0;
    while (first && bar_at(tape, first - 1)->open_ns >= end_ns - day_ns)
        first--;
    for (uint32_t i = first; tape && i < tape->count; i++) {
        const struct tape_bar *bar = bar_at(tape, i);
        if (i == first)
            day = *bar;
        day.high = bar->high > day.high ? bar->high : day.high;
        day.low = bar->low < day.low ? bar->low : day.low;
        day.close = bar->close;
        if (i > first && __builtin_add_overflow(day.volume, bar->volume, &day.volume))
            day.volume = INT64_MAX;
    }
    bool known = tape && tape->count;
    put_open(reply, NULL, '{');
    put_text(reply, "symbol", instrument->info.symbol);
    put_text(reply, "venue", instrument->info.venue);
    put_time(reply, "time", engine_now(desk->engine));
    put_price(reply, "last", instrument, market && market->has_last, market ? market->last : 0);
    put_price(reply, "bid", instrument, present & OC_HAS_BID, market ? market->bid : 0);
    put_price(reply, "ask", instrument, present & OC_HAS_ASK, market ? market->ask : 0);
    put_qty(reply, "bid_qty", instrument, present & OC_HAS_BID_QTY, market ? market->bid_qty : 0);
    put_qty(reply, "ask_qty", instrument, present & OC_HAS_ASK_QTY, market ? market->ask_qty : 0);
    put_price(reply, "open", instrument, known, day.open);
    put_price(reply, "high", instrument, known, day.high);
    put_price(reply, "low", instrument, known, day.low);
    put_qty(reply, "volume", instrument, known, day.volume);
    if (known && day.open > 0)
        put_double(reply, "change", (double)(day.close - day.open) / (double)day.open);
    else
        put_null(reply, "change");
    put_int(reply, "over_ns", known ? end_ns - bar_at(tape, first)->open_ns : 0);
    put_close(reply, '}');
    return true;
}

static void put_level(const struct instrument *instrument, struct text *reply, const char *key, bool has_price,
                      int64_t price, bool has_qty, int64_t qty)
{
    put_open(reply, key, '[');
    if (has_price) {
        put_open(reply, NULL, '[');
        put_price(reply, NULL, instrument, true, price);
        put_qty(reply, NULL, instrument, has_qty, qty);
        put_close(reply, ']');
    }
    put_close(reply, ']');
}

bool desk_book(struct desk *desk, const struct desk_words *words, struct text *reply)
{
    const struct instrument *instrument;
    if (!desk_instrument(desk, words, 1, &instrument, reply))
        return false;
    const struct market *market = markets_get(engine_markets(desk->engine), instrument->info.inst);
    uint32_t present = market ? market->present : 0;
    put_open(reply, NULL, '{');
    put_text(reply, "symbol", instrument->info.symbol);
    put_int(reply, "levels", 1);
    put_level(instrument, reply, "bids", present & OC_HAS_BID, market ? market->bid : 0, present & OC_HAS_BID_QTY,
              market ? market->bid_qty : 0);
    put_level(instrument, reply, "asks", present & OC_HAS_ASK, market ? market->ask : 0, present & OC_HAS_ASK_QTY,
              market ? market->ask_qty : 0);
    put_text(reply, "note", present & (OC_HAS_BID | OC_HAS_ASK) ? "best bid and ask (L1)" : "this feed has no quotes");
    put_close(reply, '}');
    return true;
}

bool desk_bars(struct desk *desk, const struct desk_words *words, struct text *reply)
{
    const struct instrument *instrument;
    int64_t period_ns = 0;
    if (!desk_instrument(desk, words, 1, &instrument, reply))
        return false;
    const struct tape *tape = tape_of(desk, instrument->info.inst);
    const char *period = words->count > 2 && words->fields[2][0] ? words->fields[2] : "data";
    if (strcmp(period, "data") == 0)
        period_ns = tape ? tape->period_ns : second_ns;
    else if (text_to_duration(period, strlen(period), &period_ns) < 0 || !bar_period_is_valid(period_ns) ||
             (tape && period_ns % tape->period_ns)) {
        put_refusal(reply, "BAD_PERIOD",
                    "found '%.20s', expected a period from %s to 1d that bars of the feed fill, such as 1m or 1h",
                    period, tape && tape->period_ns >= 60 * second_ns ? "that of the data" : "1s");
        return false;
    }
    uint64_t asked = desk_from(words, 3), page = desk_from(words, 4);
    uint32_t count = asked == 0 || asked > DESK_TAPE_BARS ? DESK_BARS_PAGE : (uint32_t)asked;
    uint32_t from = page < DESK_TAPE_BARS ? (uint32_t)page : DESK_TAPE_BARS;
    /* from the youngest back, to where the wanted count begins; then forth */
    uint32_t first = tape ? tape->count : 0, periods = 0;
    for (int64_t seen = INT64_MIN; first; first--) {
        int64_t start = bar_start(bar_at(tape, first - 1)->open_ns, period_ns);
        if (start != seen && periods++ == count)
            break;
        seen = start;
    }
    put_open(reply, NULL, '{');
    put_text(reply, "symbol", instrument->info.symbol);
    put_int(reply, "period_ns", period_ns);
    put_open(reply, "rows", '[');
    uint32_t row = 0;
    for (uint32_t i = first; tape && i < tape->count && row < from + DESK_BARS_PAGE;) {
        struct tape_bar bar = *bar_at(tape, i);
        bar.open_ns = bar_start(bar.open_ns, period_ns);
        for (i++; i < tape->count && bar_start(bar_at(tape, i)->open_ns, period_ns) == bar.open_ns; i++) {
            const struct tape_bar *part = bar_at(tape, i);
            bar.high = part->high > bar.high ? part->high : bar.high;
            bar.low = part->low < bar.low ? part->low : bar.low;
            bar.close = part->close;
            if (__builtin_add_overflow(bar.volume, part->volume, &bar.volume))
                bar.volume = INT64_MAX;
        }
        if (row++ < from)
            continue;
        put_open(reply, NULL, '[');
        put_int(reply, NULL, bar.open_ns);
        put_price(reply, NULL, instrument, true, bar.open);
        put_price(reply, NULL, instrument, true, bar.high);
        put_price(reply, NULL, instrument, true, bar.low);
        put_price(reply, NULL, instrument, true, bar.close);
        put_qty(reply, NULL, instrument, true, bar.volume);
        put_close(reply, ']');
    }
    put_close(reply, ']');
    uint32_t total = periods > count ? count : periods;
    desk_next(reply, from + DESK_BARS_PAGE < total, from + DESK_BARS_PAGE);
    put_close(reply, '}');
    return true;
}

static bool drop_alert(struct desk *desk, const struct desk_words *words, struct text *reply)
{
    uint64_t number = desk_from(words, 2);
    for (int i = 0; i < DESK_ALERTS_MAX; i++) {
        struct alert *alert = &desk->alerts[i];
        if (!alert->inst || alert->number != number)
            continue;
        desk->alert_count -= !alert->has_fired;
        memset(alert, 0, sizeof *alert);
        put_open(reply, NULL, '{');
        put_int(reply, "dropped", (int64_t)number);
        put_close(reply, '}');
        return true;
    }
    put_refusal(reply, "NO_ALERT", "there is no such alert: see alerts");
    return false;
}

bool desk_alert(struct desk *desk, const struct desk_words *words, struct text *reply)
{
    const struct instrument *instrument;
    struct oc_dec price = {0};
    int64_t units;
    int exact;
    if (words->count > 1 && strcmp(words->fields[1], "drop") == 0)
        return drop_alert(desk, words, reply);
    if (!desk_instrument(desk, words, 1, &instrument, reply))
        return false;
    if (words->count < 4 || (strcmp(words->fields[2], ">") != 0 && strcmp(words->fields[2], "<") != 0) ||
        text_to_decimal(words->fields[3], strlen(words->fields[3]), &price.units, &price.scale) < 0 ||
        instrument_dec_units(instrument->info.price_step, price, SNAP_NEAREST, &units, &exact) < 0) {
        put_refusal(reply, "BAD_ALERT", "expected a symbol, > or <, and a price: alert BTC/USDT > 61000");
        return false;
    }
    for (int i = 0; i < DESK_ALERTS_MAX; i++) {
        struct alert *alert = &desk->alerts[i];
        if (alert->inst && !alert->has_fired)
            continue;
        *alert = (struct alert){.inst = instrument->info.inst,
                                .number = ++desk->alert_numbers,
                                .price = units,
                                .above = words->fields[2][0] == '>'};
        desk->alert_count++;
        put_open(reply, NULL, '{');
        put_int(reply, "number", alert->number);
        put_close(reply, '}');
        return true;
    }
    put_refusal(reply, "TOO_MANY_ALERTS", "%d alerts are set: drop one first", DESK_ALERTS_MAX);
    return false;
}

bool desk_alerts(struct desk *desk, const struct desk_words *words, struct text *reply)
{
    (void)words;
    put_open(reply, NULL, '{');
    put_open(reply, "rows", '[');
    for (int i = 0; i < DESK_ALERTS_MAX; i++) {
        const struct alert *alert = &desk->alerts[i];
        if (!alert->inst)
            continue;
        const struct instrument *instrument = instruments_get(desk->instruments, alert->inst);
        put_open(reply, NULL, '{');
        put_int(reply, "number", alert->number);
        put_text(reply, "symbol", instrument->info.symbol);
        put_text(reply, "operator", alert->above ? ">" : "<");
        put_price(reply, "price", instrument, true, alert->price);
        put_text(reply, "state", alert->has_fired ? "fired" : "waits");
        if (alert->has_fired)
            put_time(reply, "fired", alert->fired_ns);
        else
            put_null(reply, "fired");
        put_close(reply, '}');
    }
    put_close(reply, ']');
    put_null(reply, "next");
    put_close(reply, '}');
    return true;
}

#include "feed/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/plugin_call.h"
#include "base/random.h"
#include "base/text.h"

#define MINUTE_NS          60000000000LL
#define SYNTHETIC_START_NS 1704067200000000000LL /* 2024-01-01 */

/* "synthetic", "synthetic:RATE" (events a second), "synthetic-bars[:COUNT]" (minute bars). */
static oc_rc open_synthetic(struct feed_source *source, uint64_t seed)
{
    bool bars = strncmp(source->path, "synthetic-bars", 14) == 0;
    const char *colon = strchr(source->path, ':');
    int64_t number = bars ? 5000 : 10;
    if (colon && (text_to_int(colon + 1, strlen(colon + 1), &number) < 0 || number < 1 || number > 100000000)) {
        error_at(&source->error, OC_E_CONFIG, "%s", source->path);
        error_found(&source->error, "%s", colon + 1);
        error_expected(&source->error, "a whole number from 1 to 100000000");
        return OC_E_CONFIG;
    }
    source->synthetic = (struct synthetic){.state = seed,
                                           .price = 3712345,
                                           .now_ns = SYNTHETIC_START_NS,
                                           .period_ns = bars ? MINUTE_NS : 0,
                                           .step_ns = bars ? 0 : 1000000000 / number,
                                           .max = bars ? (uint64_t)number : 0};
    source->info = (struct oc_data_info){.size = sizeof source->info,
                                         .event_type = bars ? OC_EV_BAR : OC_EV_TRADE,
                                         .period_ns = source->synthetic.period_ns,
                                         .first_ns = SYNTHETIC_START_NS,
                                         .price_step = {1, 2, 0},
                                         .qty_step = {1, 8, 0},
                                         .symbol = "BTC/USDT"};
    snprintf(source->info.notes, sizeof source->info.notes, "data: seeded synthetic prices, seed %llu\n",
             (unsigned long long)seed);
    return OC_OK;
}

/* What the reader says of its file, or the code where it says nothing. */
static oc_rc reader_failed(struct feed_source *source, oc_rc rc)
{
    char sentence[ERROR_WHAT_MAX] = "";
    plugin_call_as(source->probe.plugin, "error");
    const bool is_told = source->table->error &&
                         source->table->error(source->reader, source->token, sentence, sizeof sentence) == OC_OK &&
                         sentence[0];
    plugin_call_end();
    return is_told ? error_of_sentence(&source->error, rc, source->path, sentence)
                   : error_of_code(&source->error, rc, source->path, "the data could not be read");
}

bool feed_is_synthetic(const char *path) { return strncmp(path, "synthetic", 9) == 0; }
bool feed_is_venue(const char *path) { return strncmp(path, "venue:", 6) == 0; }

oc_rc feed_source_open(struct feed_source *source, const char *path, const char *options, uint64_t seed)
{
    snprintf(source->path, sizeof source->path, "%s", path);
    snprintf(source->options, sizeof source->options, "%s", options);
    source->until_ns = INT64_MAX;
    source->last_ns = INT64_MIN;
    if (source->memory) {
        source->info = (struct oc_data_info){.size = sizeof source->info,
                                             .event_type = OC_EV_BAR,
                                             .period_ns = source->memory[0].period_ns,
                                             .first_ns = source->memory[0].open_ns,
                                             .price_step = {1, 2, 0},
                                             .qty_step = {1, 8, 0},
                                             .symbol = "BTC/USDT"};
        return OC_OK;
    }
    if (feed_is_synthetic(path))
        return open_synthetic(source, seed);
    oc_rc rc = feed_init(&source->feed, FEED_SIZE_MIN, 0);
    if (rc < 0)
        return error_of_code(&source->error, rc, path, "the data could not be read");
    source->has_ring = true;
    source->info.size = sizeof source->info;
    source->token = 0; /* the probe's */
    source->probe = (struct plugin_site){source->reader_name ? source->reader_name : "reader", "probe"};
    source->pull = (struct plugin_site){source->probe.plugin, "pull"};
    plugin_call_begin(&source->probe);
    rc = source->table->probe(source->reader, path, source->options, &source->info);
    plugin_call_end();
    return rc < 0 ? reader_failed(source, rc) : rc;
}

oc_rc feed_source_start(struct feed_source *source, uint32_t inst)
{
    source->inst = inst;
    for (uint64_t i = 0; i < source->memory_count; i++)
        source->memory[i].head.inst = inst;
    if (!source->table)
        return OC_OK;
    source->token = 1;
    plugin_call_as(source->probe.plugin, "start");
    oc_rc rc = source->table->start(source->reader, source->token, source->path, source->options, inst, &source->info);
    source->is_started = rc == OC_OK;
    if (rc == OC_OK && source->skip && source->table->skip) {
        plugin_call_as(source->probe.plugin, "skip");
        rc = source->table->skip(source->reader, source->token, source->skip);
    }
    plugin_call_end();
    return rc < 0 ? reader_failed(source, rc) : rc;
}

void feed_source_close(struct feed_source *source)
{
    if (source->is_started) {
        plugin_call_as(source->probe.plugin, "stop");
        source->table->stop(source->reader, source->token);
        plugin_call_end();
    }
    source->is_started = false;
    if (source->has_ring)
        feed_release(&source->feed);
    source->has_ring = false;
    source->table = NULL;
}

static void synthetic_bar(struct feed_source *source)
{
    struct synthetic *walk = &source->synthetic;
    int64_t open = walk->price;
    walk->price += (int64_t)(random_next(&walk->state) % 2001) - 1000;
    if (walk->price < 100000)
        walk->price = 100000;
    int64_t close = walk->price, high = open > close ? open : close, low = open < close ? open : close;
    struct oc_ev_bar bar = {.head = {.size = sizeof bar,
                                     .type = OC_EV_BAR,
                                     .inst = source->inst,
                                     .venue_ns = walk->now_ns + walk->period_ns},
                            .open_ns = walk->now_ns,
                            .period_ns = walk->period_ns,
                            .open = open,
                            .high = high + (int64_t)(random_next(&walk->state) % 200),
                            .low = low - (int64_t)(random_next(&walk->state) % 200),
                            .close = close,
                            .volume = (int64_t)(random_next(&walk->state) % 5000000000) + 100000000,
                            .present = OC_HAS_VOLUME};
    walk->now_ns += walk->period_ns;
    memcpy(&source->event, &bar, sizeof bar);
}

/* Quotes and trades in turn, so that both kinds of fill are seen. */
static void synthetic_tick(struct feed_source *source)
{
    struct synthetic *walk = &source->synthetic;
    walk->now_ns += walk->step_ns;
    if (walk->count % 4 != 3) {
        walk->price += (int64_t)(random_next(&walk->state) % 21) - 10;
        if (walk->price < 100000)
            walk->price = 100000;
        struct oc_ev_quote quote = {
            .head = {.size = sizeof quote, .type = OC_EV_QUOTE, .inst = source->inst, .venue_ns = walk->now_ns},
            .bid = walk->price - 5,
            .ask = walk->price + 5,
            .bid_qty = (int64_t)(random_next(&walk->state) % 200000000) + 1000000,
            .ask_qty = (int64_t)(random_next(&walk->state) % 200000000) + 1000000,
            .present = OC_HAS_BID | OC_HAS_ASK | OC_HAS_BID_QTY | OC_HAS_ASK_QTY};
        memcpy(&source->event, &quote, sizeof quote);
        return;
    }
    bool buys = random_next(&walk->state) & 1;
    struct oc_ev_trade trade = {
        .head = {.size = sizeof trade, .type = OC_EV_TRADE, .inst = source->inst, .venue_ns = walk->now_ns},
        .price = walk->price + (buys ? 5 : -5),
        .qty = (int64_t)(random_next(&walk->state) % 50000000) + 100000,
        .present = OC_HAS_QTY,
        .taker_side = buys ? OC_SIDE_BUY : OC_SIDE_SELL};
    memcpy(&source->event, &trade, sizeof trade);
}

static oc_rc next_synthetic(struct feed_source *source)
{
    for (;;) {
        if (source->synthetic.max && source->synthetic.count >= source->synthetic.max)
            return OC_E_END;
        if (source->synthetic.period_ns)
            synthetic_bar(source);
        else
            synthetic_tick(source);
        if (source->synthetic.count++ >= source->skip)
            return OC_OK;
    }
}

static oc_rc next_file(struct feed_source *source)
{
    for (;;) {
        const struct oc_event *event = feed_first(&source->feed);
        if (event) {
            memcpy(&source->event, event, event->size < sizeof source->event ? event->size : sizeof source->event);
            feed_drop(&source->feed);
            return OC_OK;
        }
        if (source->is_ended)
            return OC_E_END;
        plugin_call_begin(&source->pull);
        oc_rc rc = source->table->pull(source->reader, source->token, FEED_CHUNK);
        plugin_call_end();
        if (rc == OC_E_END) {
            source->is_ended = true;
        } else if (rc < 0 && rc != OC_E_FULL) {
            if (feed_first(&source->feed)) /* what came before the fault is still good */
                continue;
            return reader_failed(source, rc);
        }
    }
}

static const char *bar_is_bad(const struct oc_ev_bar *bar, bool is_signed)
{
    if (bar->low <= 0 && !is_signed)
        return "a price of zero or less";
    if (bar->high < bar->low || bar->open > bar->high || bar->open < bar->low || bar->close > bar->high ||
        bar->close < bar->low)
        return "open, high, low and close contradict each other";
    if (bar->present & OC_HAS_VOLUME && bar->volume < 0)
        return "a negative volume";
    if (bar->period_ns <= 0 || bar->open_ns >= bar->head.venue_ns)
        return "a bar that does not open before it closes";
    return NULL;
}

const char *feed_refuses(const struct oc_event *event, bool is_signed)
{
    const struct oc_ev_trade *trade = (const struct oc_ev_trade *)(const void *)event;
    const struct oc_ev_quote *quote = (const struct oc_ev_quote *)(const void *)event;
    if (event->type == OC_EV_BAR)
        return bar_is_bad((const struct oc_ev_bar *)(const void *)event, is_signed);
    if (event->type == OC_EV_TRADE &&
        ((trade->price <= 0 && !is_signed) || (trade->present & OC_HAS_QTY && trade->qty < 0)))
        return "a trade without a price, or of a negative quantity";
    if (event->type == OC_EV_QUOTE && !is_signed &&
        ((quote->present & OC_HAS_BID && quote->bid <= 0) || (quote->present & OC_HAS_ASK && quote->ask <= 0)))
        return "a quote of zero or less";
    return NULL;
}

/* NULL: it can be. */
static const char *event_is_bad(const struct feed_source *source, const struct oc_event *event)
{
    if (event->type != source->info.event_type)
        return "another kind of event than probe() said";
    if (OC_INST_INDEX(event->inst) != OC_INST_INDEX(source->inst))
        return "an event of another instrument";
    return event->venue_ns < source->last_ns ? "time goes back"
                                             : feed_refuses(event, source->info.bits & OC_DATA_SIGNED);
}

static oc_rc judge(struct feed_source *source)
{
    const struct oc_event *event = &source->event.head;
    const char *why = event_is_bad(source, event);
    source->judged++;
    source->last_ns = event->venue_ns;
    if (!why)
        return OC_OK;
    error_at(&source->error, OC_E_DATA, "%s", source->path);
    error_what(&source->error, "event %llu that its reader made cannot be: %s", (unsigned long long)source->judged,
               why);
    error_remedy(&source->error, "mend the reader, or the file");
    return OC_E_DATA;
}

oc_rc feed_source_next(void *self, struct oc_event **ret_event)
{
    struct feed_source *source = self;
    if (source->memory) {
        if (source->memory_at == source->memory_count)
            return OC_E_END;
        *ret_event = &source->memory[source->memory_at++].head;
        return OC_OK;
    }
    oc_rc rc = source->table ? next_file(source) : next_synthetic(source);
    if (rc < 0)
        return rc;
    if (source->event.head.venue_ns > source->until_ns)
        return OC_E_END;
    *ret_event = &source->event.head;
    return OC_OK;
}

oc_rc feed_source_next_judged(void *self, struct oc_event **ret_event)
{
    oc_rc rc = feed_source_next(self, ret_event);
    return rc < 0 ? rc : judge(self);
}

oc_rc feed_source_stats(struct feed_source *source, struct oc_data_stats *ret_stats)
{
    if (!source->table || !source->table->stats)
        return OC_E_NOT_SUPPORTED;
    plugin_call_as(source->probe.plugin, "stats");
    oc_rc rc = source->table->stats(source->reader, source->token, ret_stats);
    plugin_call_end();
    return rc;
}

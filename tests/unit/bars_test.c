/* bars_test.c: bars from ticks and from smaller bars; and one-minute bid and ask bars of real ticks against the
 * provider's own bars. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/verbs.h"
#include "engine/bars.h"
#include "feed/source.h"
#include "session/parts.h"
#include "session/plugin_instance.h"
#include "support/said.h"

#define MINUTE_NS 60000000000LL
#define SECOND_NS 1000000000LL

static struct oc_ev_trade trade(int64_t at_ns, int64_t price, int64_t qty)
{
    return (struct oc_ev_trade){.head = {.size = sizeof(struct oc_ev_trade), .type = OC_EV_TRADE, .venue_ns = at_ns},
                                .price = price,
                                .qty = qty,
                                .present = qty ? OC_HAS_QTY : 0};
}

static void periods_are_divisors_of_a_day(void **state)
{
    (void)state;
    assert_true(bar_period_is_valid(SECOND_NS));
    assert_true(bar_period_is_valid(86400 * SECOND_NS));
    assert_false(bar_period_is_valid(86401 * SECOND_NS));
    assert_false(bar_period_is_valid(SECOND_NS - 1));
    assert_false(bar_period_is_valid(7 * SECOND_NS));
    assert_int_equal(bar_start(-1, MINUTE_NS), -MINUTE_NS);
    assert_int_equal(bar_start(0, MINUTE_NS), 0);
    assert_int_equal(bar_start(MINUTE_NS - 1, MINUTE_NS), 0);
}

static void trades_make_a_bar(void **state)
{
    (void)state;
    struct bar_builder builder;
    bar_builder_init(&builder, OC_INST(1, 1), MINUTE_NS);
    const int64_t prices[] = {100, 90, 120, 110};
    for (int i = 0; i < 4; i++) {
        struct oc_ev_trade event = trade(i * SECOND_NS, prices[i], 5);
        assert_false(bar_builder_is_due(&builder, event.head.venue_ns));
        bar_builder_add(&builder, &event.head, event.head.venue_ns);
    }
    assert_false(bar_builder_is_due(&builder, MINUTE_NS - 1));
    assert_true(bar_builder_is_due(&builder, MINUTE_NS));
    const struct oc_ev_bar *bar = (const struct oc_ev_bar *)(const void *)bar_builder_take(&builder);
    assert_int_equal(bar->head.type, OC_EV_BAR);
    assert_int_equal(bar->head.venue_ns, MINUTE_NS);
    assert_int_equal(bar->open, 100);
    assert_int_equal(bar->high, 120);
    assert_int_equal(bar->low, 90);
    assert_int_equal(bar->close, 110);
    assert_int_equal(bar->volume, 20);
    assert_false(bar_builder_is_due(&builder, INT64_MAX));
    struct oc_ev_trade later = trade(5 * MINUTE_NS, 1, 0);
    bar_builder_add(&builder, &later.head, later.head.venue_ns);
    assert_int_equal(builder.gaps, 4);
    bar = (const struct oc_ev_bar *)(const void *)bar_builder_take(&builder);
    assert_false(bar->present & OC_HAS_VOLUME);
}

static void bars_make_larger_bars(void **state)
{
    (void)state;
    struct bar_builder builder;
    bar_builder_init(&builder, OC_INST(1, 1), 5 * MINUTE_NS);
    for (int64_t i = 0; i < 5; i++) {
        struct oc_ev_bar bar = {.head = {.size = sizeof bar, .type = OC_EV_BAR, .venue_ns = (i + 1) * MINUTE_NS},
                                .open_ns = i * MINUTE_NS,
                                .period_ns = MINUTE_NS,
                                .open = 10 + i,
                                .high = 20 - i,
                                .low = 5 + i,
                                .close = 12 + i,
                                .volume = INT64_MAX / 2,
                                .present = OC_HAS_VOLUME};
        bar_builder_add(&builder, &bar.head, bar.open_ns);
    }
    assert_true(bar_builder_is_due(&builder, 5 * MINUTE_NS));
    const struct oc_ev_bar *bar = (const struct oc_ev_bar *)(const void *)bar_builder_take(&builder);
    assert_int_equal(bar->open, 10);
    assert_int_equal(bar->high, 20);
    assert_int_equal(bar->low, 5);
    assert_int_equal(bar->close, 16);
    assert_int_equal(bar->volume, INT64_MAX); /* held at the end, never wrapped */
}

static void one_sided_quotes_leave_the_other_side_absent(void **state)
{
    (void)state;
    struct bar_builder builder;
    bar_builder_init(&builder, OC_INST(1, 1), MINUTE_NS);
    struct oc_ev_quote quote = {.head = {.size = sizeof quote, .type = OC_EV_QUOTE}, .bid = 7, .present = OC_HAS_BID};
    bar_builder_add(&builder, &quote.head, 0);
    struct oc_ev_trade other = trade(1, 5, 1); /* a quote bar takes no trades */
    bar_builder_add(&builder, &other.head, 1);
    const struct oc_ev_qbar *bar = (const struct oc_ev_qbar *)(const void *)bar_builder_take(&builder);
    assert_int_equal(bar->head.type, OC_EV_QBAR);
    assert_int_equal(bar->present, OC_HAS_BID);
    assert_int_equal(bar->bid[0], 7);
    assert_true(bar->open_ns == 0 && bar->period_ns == MINUTE_NS && bar->quotes == 1);
    assert_true(bar->head.size == sizeof *bar && bar->head.venue_ns == MINUTE_NS);
    struct bar_builder hour;
    bar_builder_init(&hour, OC_INST(1, 1), 60 * MINUTE_NS);
    struct oc_ev_qbar part = *bar;
    part.present = OC_HAS_BID | OC_HAS_ASK;
    part.ask[0] = part.ask[1] = part.ask[2] = part.ask[3] = 9;
    bar_builder_add(&hour, &part.head, 0);
    bar = (const struct oc_ev_qbar *)(const void *)bar_builder_take(&hour);
    assert_int_equal(bar->ask[3], 9);
    assert_int_equal(bar->bid[3], 7);
    /* the other side alone, as a quote and as a smaller bar */
    quote.present = OC_HAS_ASK;
    quote.ask = 11;
    bar_builder_init(&builder, OC_INST(1, 1), MINUTE_NS);
    bar_builder_add(&builder, &quote.head, 0);
    bar = (const struct oc_ev_qbar *)(const void *)bar_builder_take(&builder);
    assert_int_equal(bar->present, OC_HAS_ASK);
    assert_int_equal(bar->ask[2], 11);
    bar_builder_init(&hour, OC_INST(1, 1), 60 * MINUTE_NS);
    bar_builder_add(&hour, &bar->head, 0);
    part.present = OC_HAS_BID;
    bar_builder_add(&hour, &part.head, MINUTE_NS);
    bar = (const struct oc_ev_qbar *)(const void *)bar_builder_take(&hour);
    assert_int_equal(bar->present, OC_HAS_BID | OC_HAS_ASK);
    assert_int_equal(bar->ask[3], 11);
    assert_int_equal(bar->bid[0], 7);
    /* a bar of prices takes no quotes */
    bar_builder_init(&builder, OC_INST(1, 1), MINUTE_NS);
    bar_builder_add(&builder, &other.head, 0);
    bar_builder_add(&builder, &quote.head, 1);
    const struct oc_ev_bar *prices = (const struct oc_ev_bar *)(const void *)bar_builder_take(&builder);
    assert_int_equal(prices->head.type, OC_EV_BAR);
    assert_int_equal(prices->trades, 1);
    assert_int_equal(prices->high, 5);
}

struct pair {
    struct registry *registry;
    struct settings settings;
    struct feed_source *ticks;
    struct feed_source *bars;
    struct plugin_instance readers[2];
    uint32_t reader_count;
};

static bool open_source(struct pair *pair, struct feed_source **source, const char *folder, const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/market/fx/%s", folder, name);
    *source = calloc(1, sizeof **source);
    struct plugin_instance *reader = &pair->readers[pair->reader_count++];
    reader->settings = &pair->settings;
    snprintf(reader->section, sizeof reader->section, "data.csv");
    reader->impl.feed = &(*source)->feed;
    oc_rc rc = plugin_instance_open(reader, pair->registry, OC_DATA, "outcry.csv", &(*source)->error);
    if (rc == OC_OK) {
        (*source)->table = registry_interface(reader->plugin, OC_DATA);
        (*source)->reader = reader->self;
        rc = feed_source_open(*source, path, "", 1);
    }
    if (rc == OC_OK) { /* both in one unit */
        (*source)->info.price_step = (struct oc_dec){1, 5, 0};
        rc = feed_source_start(*source, OC_INST(1, 1));
    }
    if (rc < 0)
        print_message("%s: %s\n", path, said(&(*source)->error));
    return rc == OC_OK;
}

static void oanda_ticks_make_the_providers_bars(void **state)
{
    (void)state;
    const char *folder = getenv("OUTCRY_DATA");
    if (!folder) {
        print_message("skip: OANDA bars need real data: set OUTCRY_DATA\n");
        skip();
    }
    struct error error;
    struct pair pair = {.registry = calloc(1, sizeof(struct registry))};
    setenv("OUTCRY_PLUGINS", TEST_BUILD_DIR "/plugins", 1);
    assert_int_equal(parts_load_default(pair.registry, &error), OC_OK);
    assert_true(open_source(&pair, &pair.ticks, folder, "oanda_eurusd_ticks_20140501_20140509.csv.gz"));
    assert_true(open_source(&pair, &pair.bars, folder, "oanda_eurusd_1m_20140501_20140515.csv.gz"));
    struct bar_builder builder;
    struct oc_event *tick, *theirs;
    bar_builder_init(&builder, OC_INST(1, 1), MINUTE_NS);
    int equal = 0, different = 0;
    bool more_bars = feed_source_next(pair.bars, &theirs) == OC_OK;
    bool more_ticks = true;
    while (more_ticks && more_bars) {
        more_ticks = feed_source_next(pair.ticks, &tick) == OC_OK;
        if (!more_ticks || bar_builder_is_due(&builder, tick->venue_ns)) {
            const struct oc_ev_qbar *ours = (const struct oc_ev_qbar *)(const void *)bar_builder_take(&builder);
            while (more_bars && theirs->venue_ns < ours->head.venue_ns)
                more_bars = feed_source_next(pair.bars, &theirs) == OC_OK;
            const struct oc_ev_qbar *bar = (const struct oc_ev_qbar *)(const void *)theirs;
            if (more_bars && theirs->venue_ns == ours->head.venue_ns) {
                bool same = memcmp(ours->bid, bar->bid, sizeof bar->bid) == 0 &&
                            memcmp(ours->ask, bar->ask, sizeof bar->ask) == 0;
                equal += same;
                different += !same;
            }
        }
        if (more_ticks)
            bar_builder_add(&builder, tick, tick->venue_ns);
    }
    assert_int_equal(different, 0);
    assert_int_equal(equal, 9552);
    feed_source_close(pair.ticks);
    feed_source_close(pair.bars);
    for (uint32_t i = 0; i < pair.reader_count; i++)
        plugin_instance_close(&pair.readers[i]);
    free(pair.ticks);
    free(pair.bars);
    settings_release(&pair.settings);
    free(pair.registry);
}

/* One that ends behind the end of the larger one belongs to it by its open, and is waited for. */
static void smaller_bars_that_do_not_end_with_it_are_waited_for(void **state)
{
    struct bar_builder builder;
    struct oc_ev_bar part = {.head = {.size = sizeof part, .type = OC_EV_BAR},
                             .period_ns = MINUTE_NS,
                             .open = 5,
                             .high = 5,
                             .low = 5,
                             .close = 5};
    (void)state;
    bar_builder_init(&builder, OC_INST(1, 1), 5 * MINUTE_NS);
    bar_builder_add(&builder, &part.head, 20 * SECOND_NS);
    assert_int_equal(builder.end_ns, 5 * MINUTE_NS);
    assert_int_equal(builder.due_ns, 5 * MINUTE_NS + 20 * SECOND_NS);
    assert_false(bar_builder_is_due(&builder, builder.due_ns - 1));
    assert_true(bar_builder_is_due(&builder, builder.due_ns));
    assert_false(bar_builder_is_past(&builder, 5 * MINUTE_NS - 1)); /* the last minute, by its open */
    assert_true(bar_builder_is_past(&builder, 5 * MINUTE_NS));
    bar_builder_add(&builder, &part.head, 2 * MINUTE_NS); /* on the minute from here on */
    assert_int_equal(builder.due_ns, builder.end_ns);
    part.period_ns = 7 * MINUTE_NS; /* not a smaller one */
    bar_builder_add(&builder, &part.head, 20 * SECOND_NS);
    assert_int_equal(builder.due_ns, builder.end_ns);
    (void)bar_builder_take(&builder);
    assert_false(bar_builder_is_due(&builder, INT64_MAX) || bar_builder_is_past(&builder, INT64_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(periods_are_divisors_of_a_day),
        cmocka_unit_test(trades_make_a_bar),
        cmocka_unit_test(bars_make_larger_bars),
        cmocka_unit_test(smaller_bars_that_do_not_end_with_it_are_waited_for),
        cmocka_unit_test(one_sided_quotes_leave_the_other_side_absent),
        cmocka_unit_test(oanda_ticks_make_the_providers_bars),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

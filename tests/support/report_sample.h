/* report_sample.h: a plausible made-up run for the tests of the report room: seeded prices, real books, real collection. */
#ifndef TESTS_REPORT_SAMPLE_H
#define TESTS_REPORT_SAMPLE_H

#include <stdlib.h>
#include <string.h>

#include "report/report.h"
#include "support/position_kit.h"

#define SAMPLE_HOUR_NS  3600000000000LL
#define SAMPLE_START_NS 1640995200000000000LL /* 2022-01-01 */

struct sample {
    struct instruments *instruments;
    struct position position;
    struct collect collect;
    struct engine_stats stats;
    struct result result;
    struct session_line notes[SESSION_NOTES_MAX];
    const struct instrument *instrument;
    struct fill_terms terms; /* of the next fills */
    oc_i128 fees;
    uint64_t state;
    uint64_t seq; /* of the next fill */
    int64_t now_ns;
    int64_t price;
    uint32_t asset;
};

static inline oc_i128 sample_units(int64_t whole) { return whole * num_pow10_128(MONEY_SCALE); }

static inline double sample_random(struct sample *sample) /* -1 .. 1 */
{
    sample->state = sample->state * 6364136223846793005ull + 1442695040888963407ull;
    return (double)(int64_t)sample->state / 9223372036854775808.0;
}

static inline oc_i128 sample_equity(const struct sample *sample)
{
    oc_i128 unrealised = 0;
    assert_int_equal(position_unrealised(&sample->position, sample->instrument, sample->price, &unrealised), OC_OK);
    return sample->collect.start + sample->position.realised - sample->fees + unrealised;
}

static inline void sample_fill(struct sample *sample, uint8_t side, int64_t qty, uint16_t flags)
{
    struct out_note note = {.kind = NOTE_FILL,
                            .strategy = sample->position.strategy,
                            .qty_before = sample->position.qty,
                            .realised_before = sample->position.realised};
    struct oc_ev_fill fill;
    memset(&fill, 0, sizeof fill);
    fill.head.inst = sample->instrument->info.inst;
    fill.head.venue_ns = sample->now_ns;
    fill.head.flags = flags;
    fill.price = sample->price;
    fill.qty = qty;
    fill.side = side;
    fill.liquidity = sample->collect.fills % 3 ? OC_LIQUIDITY_TAKER : OC_LIQUIDITY_MAKER;
    oc_i128 value, fee;
    assert_int_equal(instrument_value(sample->instrument, fill.price, qty, &value), OC_OK);
    assert_int_equal(num_div_128(value, 1000, NUM_HALF_EVEN, &fee), OC_OK);
    assert_int_equal(money_to_dec(fee, 8, &fill.fee), OC_OK);
    fill.fee_asset = sample->asset;
    assert_int_equal(money_from_dec(fill.fee, &fee), OC_OK);
    sample->fees += fee;
    position_fill(&sample->position, sample->instrument, side, fill.price, qty, sample->now_ns);
    note.qty_after = sample->position.qty;
    note.realised_after = sample->position.realised;
    fill.head.seq = sample->seq;
    collect_fill(&sample->collect, &fill, sample->instrument, &note, &sample->terms);
    sample->stats.requests++;
    sample->stats.fills++;
    sample->stats.ambiguous += (flags & OC_EVF_AMBIGUOUS) != 0;
}

static inline void sample_init(struct sample *sample)
{
    memset(sample, 0, sizeof *sample);
    if (instruments_new(&sample->instruments) < 0)
        abort();
    struct oc_instrument info;
    memset(&info, 0, sizeof info);
    info.size = sizeof info;
    info.kind = OC_KIND_SPOT;
    info.status = OC_STATUS_TRADING;
    assert_int_equal(instruments_asset(sample->instruments, "BTC", &info.base), OC_OK);
    assert_int_equal(instruments_asset(sample->instruments, "USDT", &info.quote), OC_OK);
    info.settle = sample->asset = info.quote;
    info.price_step = (struct oc_dec){1, 2, 0};
    info.qty_step = (struct oc_dec){1, 5, 0};
    info.contract_size = (struct oc_dec){1, 0, 0};
    strcpy(info.venue, "paper");
    strcpy(info.symbol, "BTC/USDT");
    uint32_t inst;
    if (instruments_add(sample->instruments, &info, &inst) < 0)
        abort();
    sample->instrument = instruments_get(sample->instruments, inst);
    position_init(&sample->position, 1, 1, inst, COST_AVERAGE);
    collect_init(&sample->collect, sample_units(10000));
    sample->terms = (struct fill_terms){.tag = "cross", .exit = EXIT_SIGNAL};
    sample->state = 7;
    sample->now_ns = SAMPLE_START_NS;
    sample->price = 4000000; /* 40,000.00 */
    struct result *result = &sample->result;
    *result = (struct result){.version = "0.1.0",
                              .mode = "backtest",
                              .strategy = "sma_cross",
                              .strategy_file = "strategies/sma_cross.lua",
                              .data = "BTC-USDT-1h.csv",
                              .symbol = "BTC/USDT",
                              .profile = "neutral",
                              .currency = "USDT",
                              .params = "fast=20\nslow=50\n",
                              .period_ns = SAMPLE_HOUR_NS,
                              .periods_per_year = 365,
                              .collect = &sample->collect,
                              .stats = &sample->stats,
                              .instruments = sample->instruments,
                              .start = sample_units(10000),
                              .final = sample_units(10000),
                              .order_hash = "9f2c41d07be86a35c1d4e8f7025ab963",
                              .input_hash = "52d17ac0ff3e9b84"};
}

/* One hour: the price moves, the strategy may turn, equity is looked at. */
static inline void sample_hour(struct sample *sample, bool trades)
{
    sample->now_ns += SAMPLE_HOUR_NS;
    double move = (sample_random(sample) + sample_random(sample)) * 0.004 + 0.00004;
    sample->price += (int64_t)((double)sample->price * move);
    uint16_t flags = sample->collect.fills % 17 == 5 ? OC_EVF_AMBIGUOUS : 0;
    double turn = sample_random(sample);
    if (trades && sample->position.qty == 0 && turn > 0.96)
        sample_fill(sample, turn > 0.99 ? OC_SIDE_SELL : OC_SIDE_BUY, 20000, flags);
    else if (trades && sample->position.qty != 0 && turn < -0.96)
        sample_fill(sample, sample->position.qty > 0 ? OC_SIDE_SELL : OC_SIDE_BUY, 20000, flags);
    sample->collect.hold = sample_units(10000) / 4000000 * sample->price;
    collect_equity(&sample->collect, sample->now_ns, sample_equity(sample), sample->position.qty != 0);
    sample->result.market_events++;
    sample->result.bar_calls++;
}

static inline void sample_end(struct sample *sample)
{
    struct result *result = &sample->result;
    result->final = sample_equity(sample);
    result->fees = sample->fees;
    result->buy_and_hold = sample->collect.hold;
    result->has_buy_and_hold = sample->collect.events > 0;
    strcpy(result->meaning, "0123456789abcdef");
    result->order_records = sample->stats.fills * 3;
    result->seconds = 0.25;
}

static inline void sample_run(struct sample *sample, int hours)
{
    sample_init(sample);
    for (int i = 0; i < hours; i++)
        sample_hour(sample, true);
    if (sample->position.qty)
        sample_fill(sample, sample->position.qty > 0 ? OC_SIDE_SELL : OC_SIDE_BUY, 20000, OC_EVF_END);
    sample_end(sample);
}

static inline void sample_note(struct sample *sample, const char *text)
{
    struct result *result = &sample->result;
    strncpy(sample->notes[result->note_count].text, text, SESSION_LINE_MAX - 1);
    result->notes = sample->notes;
    result->note_count++;
}

static inline void sample_release(struct sample *sample)
{
    position_release(&sample->position);
    collect_release(&sample->collect);
    instruments_free(sample->instruments);
}

#endif

/* The plugin outcry.csv as the host loads it: what it infers, what it refuses, and the real files
 * of OUTCRY_DATA. */
#include "base/env.h"
#include "base/text.h"
#include "io/services.h"
#include "load/load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <outcry/draft/data.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PLUGIN TEST_BUILD_DIR "/plugins/data/csv.so"

enum { EVENTS_MAX = 4096, TEXT_MAX = 1 << 20 };

static struct registry registry;
static struct load_report report;
static struct feed feed;
static struct io_services services;
static struct oc_host host;
static const struct oc_plugin *plugin;
static const struct oc_data *data;
static void *self;
static char folder[64];

static const void *find_service(const struct oc_host *from, const char *id)
{
    (void)from;
    return io_service(id);
}

static int set_up(void **state)
{
    (void)state;
    registry_init(&registry);
    if (load_plugin(&registry, PLUGIN, NULL, &report) < 0)
        return -1;
    const struct registry_entry *entry = registry_find(&registry, OC_DATA, "outcry.csv");
    if (!entry)
        return -1;
    plugin = entry->plugin;
    data = registry_interface(plugin, OC_DATA);
    services.feed = &feed;
    host = (struct oc_host){.size = sizeof host,
                            .abi = OC_ABI_MAJOR << 16 | OC_ABI_MINOR,
                            .service = find_service,
                            .impl = &services};
    snprintf(folder, sizeof folder, "csv_test_XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    return feed_init(&feed, FEED_SIZE_MIN, 3) < 0 || plugin->open(&host, &self) < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    plugin->close(self);
    feed_release(&feed);
    return rmdir(folder);
}

union any {
    struct oc_event head;
    struct oc_ev_bar bar;
    struct oc_ev_qbar qbar;
    struct oc_ev_quote quote;
    struct oc_ev_trade trade;
};

/* One file, written, probed and read; events up to EVENTS_MAX are kept. */
struct sheet {
    char path[256];
    char options[256];
    struct oc_data_info info;
    struct oc_data_stats stats;
    oc_rc probed;
    oc_rc ended;
    uint64_t count;
    union any events[EVENTS_MAX];
    char error[1024];
};

static struct sheet sheet;

static void write_file(const char *name, const char *bytes, size_t size)
{
    snprintf(sheet.path, sizeof sheet.path, "%s/%s", folder, name);
    FILE *file = fopen(sheet.path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

static void drain(void)
{
    const struct oc_event *event;
    while ((event = feed_first(&feed))) {
        if (sheet.count < EVENTS_MAX)
            memcpy(&sheet.events[sheet.count], event, event->size);
        sheet.count++;
        feed_drop(&feed);
    }
}

/* Pulls until the end, however small the ring. */
static oc_rc pull_all(uint64_t token)
{
    for (;;) {
        oc_rc rc = data->pull(self, token, 1000);
        drain();
        if (rc < 0 && rc != OC_E_FULL)
            return rc;
    }
}

static oc_rc read_path(const char *options)
{
    sheet.count = 0;
    sheet.error[0] = '\0';
    memset(&sheet.info, 0, sizeof sheet.info);
    memset(sheet.events, 0, sizeof sheet.events);
    sheet.probed = data->probe(self, sheet.path, options, &sheet.info);
    if (sheet.probed < 0) {
        assert_int_equal(data->error(self, 0, sheet.error, sizeof sheet.error), OC_OK);
        return sheet.probed;
    }
    assert_int_equal(data->start(self, 1, sheet.path, options, OC_INST(5, 2), &sheet.info), OC_OK);
    sheet.ended = pull_all(1);
    assert_int_equal(data->stats(self, 1, &sheet.stats), OC_OK);
    assert_int_equal(data->error(self, 1, sheet.error, sizeof sheet.error), OC_OK);
    data->stop(self, 1);
    return sheet.ended == OC_E_END ? OC_OK : sheet.ended;
}

static oc_rc read_text(const char *name, const char *options, const char *text)
{
    write_file(name, text, strlen(text));
    oc_rc rc = read_path(options);
    unlink(sheet.path);
    return rc;
}

static void assert_says(const char *text, const char *part)
{
    if (strstr(text, part))
        return;
    print_error("expected \"%s\" in:\n%s\n", part, text);
    fail();
}

static void bars_are_read_exactly(void **state)
{
    (void)state;
    assert_int_equal(read_text("binanceus_btcusdt_1m.csv", "",
                               "ts_ms,open,high,low,close,volume\n"
                               "1677628800000,23140.48,23150.77,23128.52,23142.31,2.131777\n"
                               "1677628860000,23143.89,23148.8,23137.61,23137.77,\n"
                               "1677629040000,1e2,1.5E+02,9.9e1,100,0\n"),
                     OC_OK);
    assert_int_equal(sheet.count, 3);
    const struct oc_ev_bar *bar = &sheet.events[0].bar;
    assert_int_equal(bar->head.size, sizeof *bar);
    assert_int_equal(bar->head.type, OC_EV_BAR);
    assert_int_equal(bar->head.source, 3);
    assert_int_equal(bar->head.inst, OC_INST(5, 2));
    assert_int_equal(bar->head.flags, OC_EVF_LAST);
    assert_true(bar->open_ns == 1677628800000000000);
    assert_true(bar->period_ns == 60000000000);
    assert_true(bar->head.venue_ns == 1677628860000000000);
    assert_int_equal(bar->open, 2314048);
    assert_int_equal(bar->high, 2315077);
    assert_int_equal(bar->low, 2312852);
    assert_int_equal(bar->close, 2314231);
    assert_int_equal(bar->volume, 213177700);
    assert_int_equal(bar->present, OC_HAS_VOLUME);
    assert_int_equal(sheet.events[1].bar.present, 0);
    assert_int_equal(sheet.events[1].bar.high, 2314880);
    assert_int_equal(sheet.events[2].bar.open, 10000);
    assert_int_equal(sheet.events[2].bar.high, 15000);
    assert_int_equal(sheet.events[2].bar.low, 9900);
    assert_int_equal(sheet.events[2].bar.present, OC_HAS_VOLUME);
    assert_int_equal(sheet.stats.rows, 3);
    assert_int_equal(sheet.stats.events, 3);
    assert_int_equal(sheet.stats.gaps, 2);
    assert_int_equal(sheet.stats.rounded, 0);
    assert_string_equal(sheet.info.symbol, "BTC/USDT");
    assert_int_equal(sheet.info.event_type, OC_EV_BAR);
    assert_int_equal(sheet.info.price_step.units, 1);
    assert_int_equal(sheet.info.price_step.scale, 2);
    assert_int_equal(sheet.info.qty_step.scale, 8);
    assert_says(sheet.info.notes, "columns: time=ts_ms open=open high=high low=low close=close "
                                  "volume=volume (from the header)\n");
    assert_says(sheet.info.notes, "time unit: milliseconds (from the name ts_ms)\n");
    assert_says(sheet.info.notes, "symbol: BTC/USDT (from the file name)\n");
    assert_says(sheet.info.notes, "price step: 0.01 (most decimals in all 3 rows)\n");
    assert_says(sheet.info.notes,
                "quantity step: 1e-8 (inferred steps are never taken from the volume column)\n");
    assert_says(sheet.info.notes, "bar period: 1m (most common distance)\n");
    uint64_t lines = 0;
    for (const char *at = sheet.info.notes; *at; at++)
        lines += *at == '\n';
    assert_int_equal(sheet.info.inferred, lines);
}

struct real {
    const char *path;
    const char *symbol;
    uint64_t rows;
    uint32_t type;
    const char *period; /* "" for ticks */
    int price_scale;
};

static void the_files_of_the_data_folder_load(void **state)
{
    (void)state;
    static const struct real files[] = {
        {"crypto/binance_btcbusd_1m_trade_20221213.csv.gz", "BTC/BUSD", 1440, OC_EV_BAR, "1m", 2},
        {"crypto/binanceus_btcusd_1m_20230301_20230321.csv.gz", "BTC/USD", 30240, OC_EV_BAR, "1m",
         2},
        {"crypto/binanceus_btcusdt_1m_20230301_20230321.csv.gz", "BTC/USDT", 30240, OC_EV_BAR, "1m",
         2},
        {"crypto/binanceusdm_xrpusdt_1h_202111.csv", "XRP/USDT", 100, OC_EV_BAR, "1h", 5},
        {"crypto/binanceusdm_xrpusdt_1h_mark_202111.csv", "XRP/USDT", 100, OC_EV_BAR, "1h", 5},
        {"crypto/binanceusdm_xrpusdt_5m_202111.csv.gz", "XRP/USDT", 1999, OC_EV_BAR, "5m", 4},
        {"crypto/btcperp_1m_20211231_20220201.csv.gz", "BTCPERP", 45031, OC_EV_BAR, "1m", 3},
        {"crypto/coinbase_btcusd_1d_trade_2014_2018.csv.gz", "BTC/USD", 1318, OC_EV_BAR, "1d", 2},
        {"crypto/coinbase_btcusd_1h_2017_2019.csv.gz", "BTC/USD", 20111, OC_EV_BAR, "1h", 2},
        {"crypto/coinbase_btcusd_1m_quote_20180404_20180405.csv.gz", "BTC/USD", 2873, OC_EV_QBAR,
         "1m", 2},
        {"crypto/coinbase_btcusd_1m_trade_20180404_20180405.csv.gz", "BTC/USD", 2447, OC_EV_BAR,
         "1m", 2},
        {"crypto/coinbase_btcusd_1s_trade_20161007_20161008.csv.gz", "BTC/USD", 7516, OC_EV_BAR,
         "1s", 2},
        {"crypto/coinbase_ethusd_1m_quote_20180404_20180405.csv.gz", "ETH/USD", 2876, OC_EV_QBAR,
         "1m", 2},
        {"crypto/coinbase_ethusd_1m_trade_20180404_20180405.csv.gz", "ETH/USD", 2449, OC_EV_BAR,
         "1m", 2},
        {"crypto/dydx_perp_btcusd_1m_quote_20260101.csv.gz", "BTC/USD", 1440, OC_EV_QBAR, "1m", 0},
        {"crypto/dydx_perp_btcusd_1m_trade_20260101.csv.gz", "BTC/USD", 1410, OC_EV_BAR, "1m", 0},
        {"crypto/ft_dashbtc_5m_201801.csv.gz", "DASH/BTC", 5758, OC_EV_BAR, "5m", 8},
        {"crypto/ft_etcbtc_5m_201801.csv.gz", "ETC/BTC", 5759, OC_EV_BAR, "5m", 8},
        {"crypto/ft_ethbtc_5m_201801.csv.gz", "ETH/BTC", 5760, OC_EV_BAR, "5m", 8},
        {"crypto/ft_ltcbtc_5m_201801.csv.gz", "LTC/BTC", 5760, OC_EV_BAR, "5m", 8},
        {"crypto/ft_xlmbtc_5m_201801.csv.gz", "XLM/BTC", 5760, OC_EV_BAR, "5m", 8},
        {"crypto/gemini_ethusd_20210701_bbo1s.csv.gz", "ETH/USD", 72180, OC_EV_QUOTE, "", 2},
        {"crypto/gemini_ethusd_20210701_trades.csv.gz", "ETH/USD", 25222, OC_EV_TRADE, "", 2},
        {"equity/aapl_1m_trade_20140605_20140606.csv.gz", "AAPL", 1469, OC_EV_BAR, "1m", 2},
        {"equity/ibm_ticks_quote_20131007.csv.gz", "IBM", 109067, OC_EV_QUOTE, "", 2},
        {"equity/ibm_ticks_trade_20131007.csv.gz", "IBM", 24293, OC_EV_TRADE, "", 2},
        {"equity/spx_index_1m_20210104.csv.gz", "SPX", 411, OC_EV_BAR, "1m", 2},
        {"equity/spy_1d_1998_2021.csv.gz", "SPY", 5849, OC_EV_BAR, "1d", 4},
        {"futures/cme_6EH4_1m_202401.csv.gz", "6EH4", 29996, OC_EV_BAR, "1m", 5},
        {"futures/comex_gc_ticks_20131007.csv.gz", "GC", 40192, OC_EV_TRADE, "", 1},
        {"fx/fxcm_gbpusd_1m_ask_2012.csv.gz", "GBP/USD", 30117, OC_EV_BAR, "1m", 5},
        {"fx/fxcm_gbpusd_1m_bid_2012.csv.gz", "GBP/USD", 30117, OC_EV_BAR, "1m", 5},
        {"fx/oanda_eurusd_1d_2007_2018.csv.gz", "EUR/USD", 3738, OC_EV_QBAR, "1d", 5},
        {"fx/oanda_eurusd_1h_2007_2018.csv.gz", "EUR/USD", 74439, OC_EV_QBAR, "1h", 5},
        {"fx/oanda_eurusd_1m_20140501_20140515.csv.gz", "EUR/USD", 15366, OC_EV_QBAR, "1m", 5},
        {"fx/oanda_eurusd_ticks_20140501_20140509.csv.gz", "EUR/USD", 321559, OC_EV_QUOTE, "", 5},
        {"fx/oanda_gbpusd_1d_2007_2018.csv.gz", "GBP/USD", 3738, OC_EV_QBAR, "1d", 5},
        {"fx/oanda_xauusd_ticks_20140509.csv.gz", "XAU/USD", 141299, OC_EV_QUOTE, "", 3},
        {"fx/truefx_usdjpy_ticks_sample.csv", "USD/JPY", 1000, OC_EV_QUOTE, "", 3},
        {"india/nifty50_1m_20190101_20190102.csv.gz", "NIFTY50", 755, OC_EV_BAR, "1m", 2},
        {"india/yesbank_1m_20190709_20190710.csv.gz", "YESBANK", 753, OC_EV_BAR, "1m", 2},
    };
    const char *root = getenv("OUTCRY_DATA");
    if (!root || access(root, R_OK) != 0) {
        print_message("SKIPPED: OUTCRY_DATA names no folder of real data\n");
        skip();
    }
    int wrong = 0;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const struct real *file = &files[i];
        char period[TEXT_DURATION_MAX] = "";
        snprintf(sheet.path, sizeof sheet.path, "%s/market/%s", root, file->path);
        oc_rc rc = read_path("");
        if (sheet.info.period_ns)
            text_from_duration(period, sheet.info.period_ns);
        if (rc == OC_OK && sheet.count == file->rows && sheet.stats.rows == file->rows &&
            sheet.stats.skipped == 0 && sheet.info.event_type == file->type &&
            strcmp(sheet.info.symbol, file->symbol) == 0 && strcmp(period, file->period) == 0 &&
            sheet.info.price_step.scale == file->price_scale)
            continue;
        wrong++;
        print_error("%s: rc %d rows %llu type %u symbol %s period %s scale %d %s\n", file->path, rc,
                    (unsigned long long)sheet.count, sheet.info.event_type, sheet.info.symbol,
                    period, sheet.info.price_step.scale, sheet.error);
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bars_are_read_exactly),
        cmocka_unit_test(the_files_of_the_data_folder_load),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* The plugin outcry.csv as a stream: gzip, a full feed, limits, names of files, and the real files
 * of OUTCRY_DATA. */
#include "support/csv_sheet.h"

static uint32_t crc_of(const char *bytes, size_t size)
{
    uint32_t crc = ~0u;
    for (size_t i = 0; i < size; i++) {
        crc ^= (unsigned char)bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (0xedb88320u & (0u - (crc & 1)));
    }
    return ~crc;
}

/* One gzip member of stored blocks. */
static size_t gzip_put(unsigned char *out, const char *bytes, size_t size)
{
    static const unsigned char head[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};
    unsigned char *at = out;
    memcpy(at, head, sizeof head);
    at += sizeof head;
    for (size_t done = 0; done < size || size == 0;) {
        size_t block = size - done > 60000 ? 60000 : size - done;
        *at++ = done + block == size;
        *at++ = (unsigned char)(block & 255);
        *at++ = (unsigned char)(block >> 8);
        *at++ = (unsigned char)(~block & 255);
        *at++ = (unsigned char)((~block >> 8) & 255);
        memcpy(at, bytes + done, block);
        at += block;
        done += block;
    }
    uint32_t tail[2] = {crc_of(bytes, size), (uint32_t)size};
    memcpy(at, tail, sizeof tail);
    return (size_t)(at - out) + sizeof tail;
}

static char big[8 << 20];
static unsigned char packed[9 << 20];

/* `count` trades, and a row of other text at the end if need be. */
static size_t make_trades(char *text, size_t count, const char *last)
{
    size_t used = (size_t)sprintf(text, "ts_ms,price,size\n");
    for (size_t i = 0; i < count; i++)
        used += (size_t)sprintf(text + used, "%llu,%zu.5,%zu\n", 1600000000000ull + i, 100 + i % 7, 1 + i % 5);
    return used + (size_t)sprintf(text + used, "%s", last);
}

static void gzip_is_read_to_its_end(void **state)
{
    (void)state;
    const size_t counts[] = {3, 3000, 100000, 230000}; /* the last one is more than a probe keeps */
    for (size_t i = 0; i < 4; i++) {
        size_t size = make_trades(big, counts[i], "");
        size_t half = size / 2 + 1; /* in the middle of a row */
        size_t first = gzip_put(packed, big, half), second = gzip_put(packed + first, big + half, size - half);
        memset(packed + first + second, 0, 100); /* padding */
        write_file("trades.csv.gz", (const char *)packed, first + second + 100);
        assert_int_equal(read_path(""), OC_OK);
        assert_int_equal(sheet.count, counts[i]);
        unlink(sheet.path);
        if (i == 2) { /* cut at any of some places, flipped, or followed by something */
            static const size_t cuts[] = {11, 100, 70000, 140000};
            for (size_t k = 0; k < 4; k++) {
                write_file("trades.csv.gz", (const char *)packed, first + second - cuts[k]);
                assert_int_equal(read_path(""), OC_E_DATA);
                assert_says(sheet.error, "gzip data is damaged or cut off");
                assert_int_equal(read_path("bad_rows=skip"), OC_E_DATA);
                unlink(sheet.path);
            }
            packed[first + second / 2] ^= 4;
            write_file("trades.csv.gz", (const char *)packed, first + second);
            assert_int_equal(read_path(""), OC_E_DATA);
            unlink(sheet.path);
            packed[first + second / 2] ^= 4;
            packed[first + second] = 'x';
            write_file("trades.csv.gz", (const char *)packed, first + second + 1);
            assert_int_equal(read_path(""), OC_E_DATA);
            unlink(sheet.path);
        }
    }
    /* another file under the same name between probe and start: what was kept is not taken */
    size_t size = make_trades(big, 10, ""), room = gzip_put(packed, big, size);
    write_file("trades.csv.gz", (const char *)packed, room);
    struct oc_data_info info;
    struct oc_data_stats stats;
    assert_int_equal(data->probe(self, sheet.path, "", &info), OC_OK);
    size = make_trades(big, 4, "");
    room = gzip_put(packed, big, size);
    write_file("trades.csv.gz", (const char *)packed, room);
    assert_int_equal(data->start(self, 8, sheet.path, "", 1, &info), OC_OK);
    assert_int_equal(pull_all(8), OC_E_END);
    assert_int_equal(data->stats(self, 8, &stats), OC_OK);
    assert_int_equal(stats.rows, 4);
    data->stop(self, 8);
    unlink(sheet.path);
    snprintf(sheet.path, sizeof sheet.path, "%s/absent.csv", folder);
    assert_int_equal(read_path(""), OC_E_NOT_FOUND);
    assert_says(sheet.error, "absent.csv");
}

/* The ring is far smaller than the file: each event comes once, in order, whatever the size of a
 * pull. */
static void a_full_feed_is_gone_on_from(void **state)
{
    (void)state;
    enum { COUNT = 20000 };
    struct oc_data_info info;
    struct oc_data_stats stats;
    size_t size = make_trades(big, COUNT, "9,bad,1\n");
    write_file("trades.csv", big, size);
    assert_int_equal(data->probe(self, sheet.path, "bad_rows=skip", &info), OC_OK);
    assert_int_equal(data->start(self, 9, sheet.path, "", OC_INST(1, 1), &info), OC_OK);
    oc_rc rc = data->pull(self, 9, COUNT * 2);
    assert_in_range(rc, 1000, COUNT - 1); /* what fits */
    uint64_t seen = 0;
    uint32_t max = 1;
    assert_int_equal(data->pull(self, 9, 1), OC_E_FULL);
    for (;;) {
        const struct oc_event *event;
        while ((event = feed_first(&feed))) {
            assert_true(event->venue_ns == (int64_t)(1600000000000ull + seen) * 1000000);
            seen++;
            feed_drop(&feed);
        }
        rc = data->pull(self, 9, max);
        if (rc < 0)
            break;
        assert_in_range(rc, 1, max);
        max = max * 3 % 4001;
    }
    assert_int_equal(rc, OC_E_DATA);
    assert_int_equal(data->pull(self, 9, 1), OC_E_DATA); /* and stays so */
    assert_int_equal(data->error(self, 9, sheet.error, sizeof sheet.error), OC_OK);
    assert_says(sheet.error, "row 20001 (line 20002), column price: found \"bad\"");
    assert_int_equal(seen, COUNT);
    assert_int_equal(data->stats(self, 9, &stats), OC_OK);
    assert_int_equal(stats.events, COUNT);
    data->stop(self, 9);

    /* skip, as after a restore */
    assert_int_equal(data->start(self, 9, sheet.path, "bad_rows=skip", OC_INST(1, 1), &info), OC_OK);
    assert_int_equal((data->skip)(self, 9, COUNT - 2), OC_OK);
    assert_int_equal(data->pull(self, 9, 0), 0);
    assert_int_equal(data->pull(self, 9, 100), 2);
    assert_int_equal(data->pull(self, 9, 100), OC_E_END);
    assert_int_equal((data->skip)(self, 9, 1), OC_E_END);
    assert_true(feed_first(&feed)->venue_ns == (int64_t)(1600000000000ull + COUNT - 2) * 1000000);
    feed_drop(&feed);
    feed_drop(&feed);
    data->stop(self, 9);
    unlink(sheet.path);
}

static void limits_hold_at_the_limit_and_one_beyond(void **state)
{
    (void)state;
    /* a line of 4096 bytes, and one more */
    static char line[3 * 5000];
    for (int extra = 0; extra < 2; extra++) {
        int used = snprintf(line, sizeof line, "ts_ms,price,note\n1600000000000,5,");
        memset(line + used, 'x', 4080 + (size_t)extra);
        snprintf(line + used + 4080 + extra, 32, "\n1600000000001,6,y\n");
        oc_rc rc = read_text("x.csv", "", line);
        assert_int_equal(rc, extra ? OC_E_LIMIT : OC_OK);
        if (extra)
            assert_says(sheet.error, "line 2 is longer than 4096 bytes");
        else
            assert_int_equal(sheet.count, 2);
    }
    memset(line, 'x', 9000); /* no end of line at all */
    line[9000] = '\0';
    assert_int_equal(read_text("x.csv", "", line), OC_E_LIMIT);
    /* columns beyond the 64th are passed over */
    int used = snprintf(line, sizeof line, "ts_ms,price");
    for (int i = 0; i < 70; i++)
        used += snprintf(line + used, sizeof line - (size_t)used, ",c%d", i);
    used += snprintf(line + used, sizeof line - (size_t)used, "\n1600000000000,5");
    for (int i = 0; i < 70; i++)
        used += snprintf(line + used, sizeof line - (size_t)used, ",7");
    assert_int_equal(read_text("x.csv", "", line), OC_OK);
    assert_int_equal(sheet.count, 1);
    /* notes that do not fit are cut, not overrun */
    assert_true(strlen(sheet.info.notes) < sizeof sheet.info.notes);
    /* 256 streams */
    write_file("x.csv", "ts_ms,price\n1600000000000,5\n", 28);
    struct oc_data_info info;
    assert_int_equal(data->probe(self, sheet.path, "", &info), OC_OK);
    assert_int_equal(data->start(self, 0, sheet.path, "", 1, &info), OC_E_INVALID);
    for (uint64_t token = 1; token <= 256; token++)
        assert_int_equal(data->start(self, token, sheet.path, "", 1, &info), OC_OK);
    assert_int_equal(data->start(self, 256, sheet.path, "", 1, &info), OC_E_EXISTS);
    assert_int_equal(data->start(self, 257, sheet.path, "", 1, &info), OC_E_LIMIT);
    assert_int_equal(data->pull(self, 257, 1), OC_E_NOT_FOUND);
    for (uint64_t token = 1; token <= 256; token++)
        data->stop(self, token);
    data->stop(self, 1);
    /* steps and kinds that start is not to believe */
    info.price_step.units = 0;
    assert_int_equal(data->start(self, 1, sheet.path, "", 1, &info), OC_E_INVALID);
    info.price_step.units = 1;
    info.event_type = OC_EV_QUOTE;
    assert_int_equal(data->start(self, 1, sheet.path, "", 1, &info), OC_E_INVALID);
    assert_int_equal(data->error(self, 0, sheet.error, sizeof sheet.error), OC_OK);
    assert_says(sheet.error, "another kind of event");
    unlink(sheet.path);
}

static void symbols_come_from_the_name(void **state)
{
    (void)state;
    static const char *const names[][2] = {
        {"btcusdt.csv", "BTC/USDT"},
        {"BTCUSDT-1m-2023-01.csv.gz", "BTC/USDT"},
        {"binance_btcbusd_1m.csv", "BTC/BUSD"},
        {"bnbusd.csv", "BNB/USD"},
        {"DASH_BTC-5m.csv", "DASH/BTC"},
        {"gemini__eth-usd__2021.csv", "ETH/USD"},
        {"usdjpy.csv", "USD/JPY"},
        {"XAUUSD_ticks.csv", "XAU/USD"},
        {"spy_1d_1998_2021.csv", "SPY"},
        {"cme_6EH4_1m_202401.csv", "6EH4"},
        {"nifty50.csv", "NIFTY50"},
        {"yesbank_1m.csv", "YESBANK"},
        {"aapl.csv", "AAPL"},
        {"coinbase_wifusdt_1h.csv", "WIF/USDT"},
        {"2023-01-01.csv", "DATA"},
        {"data.csv", "DATA"},
        {"trades.csv", "DATA"},
        {"kraken_foo_eur.csv", "FOO/EUR"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_int_equal(read_text(names[i][0], "", "ts_ms,price\n1600000000000,5\n"), OC_OK);
        assert_string_equal(sheet.info.symbol, names[i][1]);
    }
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
        {"crypto/binanceus_btcusd_1m_20230301_20230321.csv.gz", "BTC/USD", 30240, OC_EV_BAR, "1m", 2},
        {"crypto/binanceus_btcusdt_1m_20230301_20230321.csv.gz", "BTC/USDT", 30240, OC_EV_BAR, "1m", 2},
        {"crypto/binanceusdm_xrpusdt_1h_202111.csv", "XRP/USDT", 100, OC_EV_BAR, "1h", 5},
        {"crypto/binanceusdm_xrpusdt_1h_mark_202111.csv", "XRP/USDT", 100, OC_EV_BAR, "1h", 5},
        {"crypto/binanceusdm_xrpusdt_5m_202111.csv.gz", "XRP/USDT", 1999, OC_EV_BAR, "5m", 4},
        {"crypto/btcperp_1m_20211231_20220201.csv.gz", "BTCPERP", 45031, OC_EV_BAR, "1m", 3},
        {"crypto/coinbase_btcusd_1d_trade_2014_2018.csv.gz", "BTC/USD", 1318, OC_EV_BAR, "1d", 2},
        {"crypto/coinbase_btcusd_1h_2017_2019.csv.gz", "BTC/USD", 20111, OC_EV_BAR, "1h", 2},
        {"crypto/coinbase_btcusd_1m_quote_20180404_20180405.csv.gz", "BTC/USD", 2873, OC_EV_QBAR, "1m", 2},
        {"crypto/coinbase_btcusd_1m_trade_20180404_20180405.csv.gz", "BTC/USD", 2447, OC_EV_BAR, "1m", 2},
        {"crypto/coinbase_btcusd_1s_trade_20161007_20161008.csv.gz", "BTC/USD", 7516, OC_EV_BAR, "1s", 2},
        {"crypto/coinbase_ethusd_1m_quote_20180404_20180405.csv.gz", "ETH/USD", 2876, OC_EV_QBAR, "1m", 2},
        {"crypto/coinbase_ethusd_1m_trade_20180404_20180405.csv.gz", "ETH/USD", 2449, OC_EV_BAR, "1m", 2},
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
        if (rc == OC_OK && sheet.count == file->rows && sheet.stats.rows == file->rows && sheet.stats.skipped == 0 &&
            sheet.info.event_type == file->type && strcmp(sheet.info.symbol, file->symbol) == 0 &&
            strcmp(period, file->period) == 0 && sheet.info.price_step.scale == file->price_scale)
            continue;
        wrong++;
        print_error("%s: rc %d rows %llu type %u symbol %s period %s scale %d %s\n", file->path, rc,
                    (unsigned long long)sheet.count, sheet.info.event_type, sheet.info.symbol, period,
                    sheet.info.price_step.scale, sheet.error);
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gzip_is_read_to_its_end),
        cmocka_unit_test(a_full_feed_is_gone_on_from),
        cmocka_unit_test(limits_hold_at_the_limit_and_one_beyond),
        cmocka_unit_test(symbols_come_from_the_name),
        cmocka_unit_test(the_files_of_the_data_folder_load),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

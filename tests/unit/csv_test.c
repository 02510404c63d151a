/* What the plugin outcry.csv infers, reads exactly, and refuses with words. */
#include "support/csv_sheet.h"

static void assert_time(size_t index, const char *text)
{
    char found[TEXT_TIME_MAX];
    const union any *event = &sheet.events[index];
    bool is_bar = event->head.type == OC_EV_BAR || event->head.type == OC_EV_QBAR;
    text_from_time(found, is_bar ? event->bar.open_ns : event->head.venue_ns);
    assert_string_equal(found, text);
}

/* Refused by probe or pull, with these words. */
static void assert_refused(oc_rc rc, const char *options, const char *text, const char *part)
{
    oc_rc found = read_text("refused_btcusdt.csv", options, text);
    if (found != rc)
        print_error("rc %d %s: %s\n", found, part, sheet.error);
    assert_int_equal(found, rc);
    assert_says(sheet.error, part);
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
    assert_says(sheet.info.notes, "quantity step: 1e-8 (inferred steps are never taken from the volume column)\n");
    assert_says(sheet.info.notes, "bar period: 1m (most common distance)\n");
    uint64_t lines = 0;
    for (const char *at = sheet.info.notes; *at; at++)
        lines += *at == '\n';
    assert_int_equal(sheet.info.inferred, lines);
}

#define BARS "ts_ms,open,high,low,close,volume\n1600000000000,10,12,9,11,1\n"

static void quotes_trades_and_quoted_bars_are_read(void **state)
{
    (void)state;
    assert_int_equal(read_text("gemini_ethusd_bbo.csv", "",
                               "ts_ms,bid,bid_size,ask,ask_size,exchange\n"
                               "1625097600000,2271.58,1.6477,2279.63,28.479526,Q\n"
                               "1625097600000,0.0000,0,183.6300,100,P\n"
                               "1625097600001,180.01,0,,,P\n"
                               "1625097600002,0,0,0,0,P\n"),
                     OC_OK);
    assert_int_equal(sheet.count, 3);
    assert_int_equal(sheet.stats.rows, 4);
    assert_int_equal(sheet.stats.skipped, 1); /* a row without a side says nothing */
    const struct oc_ev_quote *quote = &sheet.events[0].quote;
    assert_int_equal(quote->head.type, OC_EV_QUOTE);
    assert_int_equal(quote->bid, 227158);
    assert_int_equal(quote->bid_qty, 164770000);
    assert_int_equal(quote->ask, 227963);
    assert_true(quote->ask_qty == 2847952600);
    assert_int_equal(quote->present, OC_HAS_BID | OC_HAS_BID_QTY | OC_HAS_ASK | OC_HAS_ASK_QTY);
    assert_int_equal(sheet.events[1].quote.present, OC_HAS_ASK | OC_HAS_ASK_QTY);
    assert_int_equal(sheet.events[1].quote.bid, 0);
    assert_int_equal(sheet.events[2].quote.present, OC_HAS_BID); /* size 0 is unknown */
    assert_int_equal(sheet.info.period_ns, 0);
    assert_says(sheet.info.notes, "columns not used: exchange\n");

    assert_int_equal(read_text("gemini_ethusd_trades.csv", "",
                               "ts_ms,price,size,taker_side\n1625097621647,2278.15,0.0409,sell\n"
                               "1625097621647,2278.1,,BUY\n1625097621648,2278,0,\n"),
                     OC_OK);
    assert_int_equal(sheet.count, 3);
    const struct oc_ev_trade *trade = &sheet.events[0].trade;
    assert_int_equal(trade->head.type, OC_EV_TRADE);
    assert_int_equal(trade->price, 227815);
    assert_int_equal(trade->qty, 4090000);
    assert_int_equal(trade->present, OC_HAS_QTY);
    assert_int_equal(trade->taker_side, OC_SIDE_SELL);
    assert_int_equal(sheet.events[1].trade.taker_side, OC_SIDE_BUY);
    assert_int_equal(sheet.events[1].trade.present, 0);
    assert_int_equal(sheet.events[2].trade.taker_side, OC_SIDE_NONE);
    assert_int_equal(sheet.events[2].trade.present, 0);

    assert_int_equal(read_text("binance_trades.csv", "",
                               "id,price,qty,time,isBuyerMaker\n1,5.5,2,1625097621647,true\n2,5.5,"
                               "2,1625097621648,False\n"),
                     OC_OK);
    assert_int_equal(sheet.events[0].trade.taker_side, OC_SIDE_SELL);
    assert_int_equal(sheet.events[1].trade.taker_side, OC_SIDE_BUY);

    assert_int_equal(read_text("oanda_eurusd_1m.csv", "",
                               "ts_ms,bid_open,bid_high,bid_low,bid_close,bid_size,ask_open,ask_high,ask_low,ask_"
                               "close,ask_size\n"
                               "1398902400000,1.38676,1.38686,1.38669,1.38686,0,1.38686,1.38697,1.38680,1.38697,0\n"
                               "1398902460000,0,0,0,0,0,1.38700,1.38700,1.38696,1.38698,0\n"),
                     OC_OK);
    const struct oc_ev_qbar *bar = &sheet.events[0].qbar;
    assert_int_equal(bar->head.type, OC_EV_QBAR);
    assert_int_equal(bar->bid[0], 138676);
    assert_int_equal(bar->bid[2], 138669);
    assert_int_equal(bar->ask[1], 138697);
    assert_int_equal(bar->ask[2], 138680);
    assert_int_equal(bar->present, OC_HAS_BID | OC_HAS_ASK);
    assert_int_equal(sheet.events[1].qbar.present, OC_HAS_ASK);
    assert_int_equal(sheet.info.price_step.scale, 5);
}

static void columns_are_found(void **state)
{
    (void)state;
    static const struct {
        const char *options;
        const char *text;
        const char *note;
    } good[] = {
        {"",
         "\xef\xbb\xbfTimestamp,Open,High,Low,Close,Volume (BTC),Volume "
         "(USD)\r\n1600000000,10,12,9,11,5,500\r\n1600000060,10,12,9,11,5,500\r\n",
         "volume=Volume (BTC) (from the header)\ncolumns not used: Volume (USD)\n"},
        {"",
         "<DATE>;<TIME>;<OPEN>;<HIGH>;<LOW>;<CLOSE>;<VOL>\n20200913;12:26:40;10;12;9;11;"
         "5\n20200913;12:27:40;10;12;9;11;5\n",
         "columns: time=<DATE> clock=<TIME> open=<OPEN>"},
        {"",
         "unix\tdate\tsymbol\to\th\tl\tc\n1600000000\t2020-09-"
         "13\tX\t10\t12\t9\t11\n1600000060\t2020-09-13\tX\t10\t12\t9\t11\n",
         "columns: time=unix open=o high=h low=l close=c (from the header)\ncolumns not used: "
         "date, symbol\n"},
        {"", "1600000000,10,12,9,11,5\n1600000060,10,12,9,11,5\n", "(from the shape of the first row)"},
        {"", "1600000000,10,12,9,11\n1600000060,10,12,9,11", "(from the shape of the first row)"},
        {"",
         "# made by hand\n\nhttps://example.org\nts,open,high,low,close\n  "
         "\n1600000000,10,12,9,11\n1600000060,10,12,9,11\n",
         "lines before the table: 1 passed over\n"},
        {"columns=close,open,-,low,high,time", "11,10,x,9,12,1600000000\n11,10,x,9,12,1600000060\n", "(stated)"},
        {"columns=time,open,high,low,close,volume",
         "when,a,b,c,d,e\n1600000000,10,12,9,11,5\n1600000060,10,12,9,11,5\n",
         "columns: time=when open=a high=b low=c close=d volume=e (stated)"},
        {"header=yes;columns=time,open,high,low,close", "1,2,3,4,5\n1600000000,10,12,9,11\n1600000060,10,12,9,11\n",
         "time=1 "},
        {"separator=|", "ts|open|high|low|close\n\"1600000000\"|\"10\"| 12 |9|\"11\"\n1600000060|10|12|9|11\n",
         "time=ts"},
        {"", ",open,high,low,close\n2020-09-13 12:26:40,10,12,9,11\n2020-09-13 12:27:40,10,12,9,11\n",
         "columns: time= open=open"},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        oc_rc rc = read_text("x_btcusdt.csv", good[i].options, good[i].text);
        if (rc != OC_OK)
            print_error("%zu: %s\n", i, sheet.error);
        assert_int_equal(rc, OC_OK);
        assert_int_equal(sheet.count, 2);
        assert_time(0, "2020-09-13T12:26:40Z");
        assert_time(1, "2020-09-13T12:27:40Z");
        assert_int_equal(sheet.events[0].bar.open, 10);
        assert_int_equal(sheet.events[0].bar.high, 12);
        assert_int_equal(sheet.events[0].bar.low, 9);
        assert_int_equal(sheet.events[0].bar.close, 11);
        if (sheet.events[0].bar.present)
            assert_true(sheet.events[0].bar.volume == 500000000);
        assert_says(sheet.info.notes, good[i].note);
    }
    assert_refused(OC_E_DATA, "", "", "the file is empty");
    assert_refused(OC_E_DATA, "", "\n\n", "found no row of data");
    assert_refused(OC_E_DATA, "", "ts,open,high,low,close\n", "found no row of data");
    assert_refused(OC_E_DATA, "", "a\nb\nc\nd\ne\nf\ng\n", "found no columns");
    assert_refused(OC_E_DATA, "",
                   "\xff\xfe"
                   "t,o\n",
                   "UTF-16");
    assert_refused(OC_E_DATA, "", "ts,open,high,close\n1600000000,1,2,3\n", "found \"ts,open,high,close\": no prices");
    assert_refused(OC_E_DATA, "", "open,high,low,close\n1,2,3,4\n", "no column of time");
    assert_refused(OC_E_DATA, "", "1600000000,1,2\n", "there is no header");
    assert_refused(OC_E_DATA, "", "1600000000,10,9,12,11,5\n", "there is no header"); /* high below low */
    assert_refused(OC_E_CONFIG, "columns=time,opne", "1,2\n", "found \"opne\"");
    assert_refused(OC_E_CONFIG, "columns=time,open,open", "1,2,3\n", "found \"open\" a second time");
    assert_refused(OC_E_DATA, "type=trades", BARS, "no prices");
}

static void options_explain_themselves(void **state)
{
    (void)state;
    static const struct {
        const char *options;
        const char *part;
    } bad[] = {{"perid=1m", "did you mean \"period\"?"},
               {"period=1", "found \"1\"; expected a duration"},
               {"period=0", "expected a duration"},
               {"period", "expected key=value"},
               {"=1", "expected key=value"},
               {"unit=min", "expected one of s ms us ns text"},
               {"header=maybe", "expected one of yes no"},
               {"price_step=0", "expected a positive decimal"},
               {"price_step=-0.1", "expected a positive decimal"},
               {"qty_step=x", "expected a positive decimal"},
               {"separator=::", "expected one of comma"},
               {"where=color", "expected COLUMN:VALUE"},
               {"where=color:red", "no column \"color\""},
               {"zone=Mars/Base", "is not known here"},
               {"zone=../etc", "is not known here"},
               {"zone=+25:00", "is not known here"},
               {"bad_rows=no", "expected one of error skip"},
               {"symbol=", "expected 1 to 47 characters"},
               {"symbol=A;symbol=B", "symbol is set twice"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_refused(OC_E_CONFIG, bad[i].options, BARS, bad[i].part);
    assert_int_equal(read_text("x.csv",
                               "symbol=ETH/"
                               "EUR;period=1m;price_step=0.5;qty_step=0.001;;unit=ms;out_of_order=error;bad_"
                               "rows=error",
                               "ts_ms,open,high,low,close,volume\n1600000000000,10,12.5,9,11,1.0015\n"),
                     OC_OK);
    assert_string_equal(sheet.info.symbol, "ETH/EUR");
    assert_int_equal(sheet.events[0].bar.high, 25);
    assert_int_equal(sheet.events[0].bar.volume, 1002); /* a tie goes to the even one */
    assert_int_equal(sheet.stats.rounded, 1);
    assert_says(sheet.info.notes, "price step: 0.5 (stated)\n");
    assert_says(sheet.info.notes, "bar period: 1m (stated)\n");
    assert_int_equal(read_text("gc_ticks.csv", "where=expiry:201312",
                               "ts_ms,expiry,price,size\n1600000000000,201312,5,1\n1600000000001,"
                               "201402,6,1\n1600000000002,201312,7,1\n"),
                     OC_OK);
    assert_int_equal(sheet.count, 2);
    assert_int_equal(sheet.events[1].trade.price, 7);
    assert_refused(OC_E_DATA, "where=expiry:201501", "ts_ms,expiry,price\n1600000000000,201312,5\n",
                   "found no row that is wanted");
}

static void times_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *options;
        const char *name;
        const char *text;
        const char *expected;
        const char *note;
    } good[] = {
        {"", "ts_ms", "1625097621647", "2021-07-01T00:00:21.647Z", "milliseconds (from the name ts_ms)"},
        {"", "ts_us", "1399593600356017", "2014-05-09T00:00:00.356017Z", "microseconds (from the name ts_us)"},
        {"", "ts_ns", "1399593600356017123", "2014-05-09T00:00:00.356017123Z", "nanoseconds (from the name ts_ns)"},
        {"", "time", "1625097621", "2021-07-01T00:00:21Z", "seconds (from the magnitude)"},
        {"", "time", "1625097621.25", "2021-07-01T00:00:21.250Z", "seconds (from the magnitude)"},
        {"", "time", "1625097621647", "2021-07-01T00:00:21.647Z", "milliseconds (from the magnitude)"},
        {"", "time", "99999999999999", "5138-11-16T09:46:39.999Z", NULL},
        {"", "time", "400000000000000", "1982-09-04T15:06:40Z", "microseconds (from the magnitude)"},
        {"unit=s", "ts_ms", "1625097621", "2021-07-01T00:00:21Z", "seconds (stated)"},
        {"", "date", "2021-07-01", "2021-07-01T00:00:00Z",
         "time unit: dates (from the first row)\nzone: UTC (none stated)"},
        {"", "date", "20210701", "2021-07-01T00:00:00Z", "dates"},
        {"", "date", "2021/07/01 1:02", "2021-07-01T01:02:00Z", "date and time as text"},
        {"", "date", "2021.07.01 01:02:03", "2021-07-01T01:02:03Z", "text"},
        {"", "date", "20210701 010203", "2021-07-01T01:02:03Z", "text"},
        {"", "date", "202107010102", "2021-07-01T01:02:00Z", "text"},
        {"", "date", "20210701010203", "2021-07-01T01:02:03Z", "text"},
        {"", "date", "2007-01-01T21:00Z", "2007-01-01T21:00:00Z", "zone: as each time states"},
        {"", "timestamp", "2012-02-01 00:00:00+00:00", "2012-02-01T00:00:00Z", "zone: as each time states"},
        {"", "timestamp", "2012-02-01T02:00:00.000000001-0330", "2012-02-01T05:30:00.000000001Z", "as each"},
        {"", "timestamp", "2012-02-01 02:00 UTC", "2012-02-01T02:00:00Z", "as each"},
        {"", "timestamp_utc", "2024-01-01 23:01:00", "2024-01-01T23:01:00Z", "zone: UTC (from the name timestamp_utc)"},
        {"zone=+05:30", "date", "2019-01-01 09:07", "2019-01-01T03:37:00Z", "zone: +05:30 (stated)"},
        {"zone=UTC", "date", "2019-01-01 09:07", "2019-01-01T09:07:00Z", "zone: UTC (stated)"},
        {"zone=America/New_York", "date", "2013-10-07 09:30", "2013-10-07T13:30:00Z", "America/New_York (stated)"},
        {"zone=America/New_York", "date", "2014-01-07 09:30", "2014-01-07T14:30:00Z", "stated"},
        {"zone=America/New_York", "date", "2026-03-08 02:30", "2026-03-08T07:30:00Z", "stated"}, /* does not occur */
        {"zone=America/New_York", "date", "2026-11-01 01:30", "2026-11-01T05:30:00Z", "stated"}, /* twice: the first */
        {"zone=Asia/Kolkata", "date", "2019-01-01 09:07", "2019-01-01T03:37:00Z", "stated"},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        char text[256];
        snprintf(text, sizeof text, "%s,price\n%s,5\n", good[i].name, good[i].text);
        oc_rc rc = read_text("btcusdt.csv", good[i].options, text);
        if (!good[i].note) { /* beyond 2262 */
            assert_int_equal(rc, OC_E_DATA);
            assert_says(sheet.error, "1678 and 2262");
            continue;
        }
        if (rc != OC_OK)
            print_error("%s: %s\n", good[i].text, sheet.error);
        assert_int_equal(rc, OC_OK);
        assert_time(0, good[i].expected);
        assert_says(sheet.info.notes, good[i].note);
    }
    static const char *const bad[] = {
        "soon",        "2021-13-01",        "2021-02-29",        "2021-02-01 24:00", "2021-02-01 10:60",
        "2021-02-01Q", "2021-02-01 10:00X", "2021-02-01 10:00+", "2021-2-1",         ""};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[256];
        snprintf(text, sizeof text, "date,price\n%s,5\n", bad[i]);
        assert_refused(OC_E_DATA, "", text, "line 2, column date: found \"");
        snprintf(text, sizeof text, "date,price\n2021-02-01,5\n%s,5\n", bad[i]);
        assert_refused(OC_E_DATA, "", text, "row 2 (line 3), column date: found");
    }
    assert_refused(OC_E_DATA, "", "ts_ms,price\n1625097621,5\n", "no time in the unit that the name says");
    assert_refused(OC_E_DATA, "", "ts,price\n1625097621,5\n16250x,5\n", "expected an epoch time");
    assert_refused(OC_E_DATA, "zone=America/New_York", "date,price\n2050-01-01 10:00,5\n", "the zone's rules cover");
    /* the hour that occurs twice goes on, once it has occurred */
    assert_int_equal(read_text("x.csv", "zone=America/New_York",
                               "date,price\n2026-11-01 01:59,5\n2026-11-01 01:00,5\n2026-11-01 02:00,5\n"),
                     OC_OK);
    assert_time(1, "2026-11-01T06:00:00Z");
    assert_time(2, "2026-11-01T07:00:00Z");
}

static void numbers_are_exact_and_noise_is_counted(void **state)
{
    (void)state;
    assert_int_equal(read_text("ft_ethbtc.csv", "",
                               "ts_ms,price,size\n"
                               "1600000000001,0.09946999000000001,2527.92100293\n"
                               "1600000000002,0.017050000000000003,0.34307688999999997\n"
                               "1600000000003,0.000037840000000000004,1e-05\n"
                               "1600000000004,1.0700999999999998,1E3\n"
                               "1600000000005,3.8100000000000005E-5,0.123456785\n"
                               "1600000000006,1.0,0.123456775\n"
                               "1600000000007,12345678901,0\n"
                               "1600000000008,0.100000000000000005551115123125782702,+2\n"),
                     OC_OK);
    const int64_t expected[] = {9946999, 1705000, 3784, 107010000, 3810, 100000000, 1234567890100000000, 10000000};
    const int64_t sizes[] = {252792100293, 34307689, 1000, 100000000000, 12345678, 12345678, 0, 200000000};
    assert_int_equal(sheet.info.price_step.scale, 8);
    for (size_t i = 0; i < 8; i++) {
        assert_true(sheet.events[i].trade.price == expected[i]);
        assert_true(sheet.events[i].trade.qty == sizes[i]);
    }
    assert_int_equal(sheet.stats.rounded, 9); /* 6 prices, 3 sizes */
    assert_says(sheet.info.notes, "binary noise: 6 prices");

    /* 15 digits are meant; the sixteenth may be noise and here is not near a shorter number */
    assert_int_equal(read_text("x.csv", "", "ts_ms,price\n1600000000001,1.23456789012345\n"), OC_OK);
    assert_int_equal(sheet.info.price_step.scale, 14);
    assert_true(sheet.events[0].trade.price == 123456789012345);
    assert_int_equal(sheet.stats.rounded, 0);
    assert_int_equal(read_text("x.csv", "", "ts_ms,price\n1600000000001,1.2345678901234567\n"), OC_OK);
    assert_int_equal(sheet.info.price_step.scale, 15);
    assert_true(sheet.events[0].trade.price == 1234567890123457);
    assert_int_equal(sheet.stats.rounded, 1);
    /* just within and just beyond 1e-15 of a shorter number */
    assert_int_equal(read_text("x.csv", "", "ts_ms,price\n1600000000001,1.000000000000001\n"), OC_OK);
    assert_int_equal(sheet.info.price_step.scale, 0);
    assert_int_equal(read_text("x.csv", "", "ts_ms,price\n1600000000001,1.000000000000002\n"), OC_OK);
    assert_int_equal(sheet.info.price_step.scale, 15);

    static const char *const bad[] = {"nan",
                                      "NaN",
                                      "inf",
                                      "-inf",
                                      "1.2.3",
                                      "0x10",
                                      "1,5",
                                      "1 2",
                                      "--1",
                                      "1e",
                                      "e5",
                                      "1e999",
                                      ".",
                                      "-",
                                      "123456789012345678901",
                                      "0.0000000000000000001"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[128];
        snprintf(text, sizeof text, "ts_ms;price\n1600000000001;5\n1600000000002;%s\n", bad[i]);
        assert_refused(OC_E_DATA, "", text, "row 2 (line 3), column price: found \"");
    }
    assert_refused(OC_E_DATA, "", "ts_ms,price\n1600000000001,5\n1600000000002,\n", "found nothing; expected a price");
    assert_refused(OC_E_DATA, "price_step=0.01", "ts_ms,price\n1600000000001,5\n1600000000002,5.123\n",
                   "refused_btcusdt.csv: row 2 (line 3), column price: found \"5.123\"; expected a "
                   "multiple of the price step; "
                   "state price_step with more decimals");
    assert_refused(OC_E_DATA, "price_step=0.05", "ts_ms,price\n1600000000001,5.05\n1600000000002,5.11\n",
                   "a multiple of the price step");
    assert_refused(OC_E_DATA, "", "ts_ms,price\n1600000000001,0.000000000000001\n1600000000002,99999\n",
                   "fits into 63 bits");
    assert_refused(OC_E_DATA, "qty_step=0.00000001", "ts_ms,price,size\n1600000000001,1,92233720369\n",
                   "a larger qty_step");
    assert_int_equal(read_text("x.csv", "qty_step=0.00000001", "ts_ms,price,size\n1600000000001,1,92233720368\n"),
                     OC_OK);
    assert_true(sheet.events[0].trade.qty == 9223372036800000000);
    /* Q36: where 1e-8 has no room for ten times the largest of the first rows, the finest step that has */
    static const struct {
        const char *size;
        int scale;
        int64_t units;
    } wide[] = {{"9223372036.85", 8, 922337203685000000},
                {"9223372036.86", 7, 92233720368600000},
                {"123456789012345.5", 3, 123456789012345500},
                {"1e17", 0, 100000000000000000}};
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++) {
        char text[128];
        snprintf(text, sizeof text, "ts_ms,price,size\n1600000000001,1,%s\n1600000000002,1,0.00000001\n", wide[i].size);
        assert_int_equal(read_text("x.csv", "", text), OC_OK);
        assert_int_equal(sheet.info.qty_step.scale, wide[i].scale);
        assert_true(sheet.events[0].trade.qty == wide[i].units);
    }
    assert_refused(OC_E_DATA, "",
                   "ts_ms,price,size\n1600000000001,1,1000000000000000000\n1600000000002,1,10000000000000000000\n",
                   "a larger qty_step");
}

static void rows_that_cannot_be_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *row;
        const char *part;
    } bad[] = {
        {"1600000060000,10,9,8,9,1", "column high: found \"9\"; expected a high not below open, low and close"},
        {"1600000060000,10,12,11,11,1", "column low: found \"11\"; expected a low not above open and close"},
        {"1600000060000,10,12,9,11,-1", "column volume: found \"-1\"; expected a quantity of zero or more"},
        {"1600000060000,0,0,0,0,0", "column open: found \"0\"; expected a price above zero"},
        {"1600000060000,-10,12,-11,11,1", "expected a price above zero"},
        {"1600000060000,10,12,9,", "found 5 fields; expected 6, as many as the header has"},
        {"1600000060000,10,12,9,,", "column close: found nothing; expected a price"},
        {"1600000060000,10,12,9,11,NaN", "column volume: found \"NaN\"; expected a decimal number"},
        {"1600000060000,null,null,null,null,null", "column open: found \"null\""},
        {"1600000000000,10,12,9,11,1", "expected another time than the row above: each bar once"},
        {"1599999999999,10,12,9,11,1", "expected a time not before the row above"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[512];
        snprintf(text, sizeof text, BARS "%s\n1600000120000,10,12,9,11,1\n", bad[i].row);
        assert_refused(OC_E_DATA, "period=1m", text, bad[i].part);
        assert_says(sheet.error, "refused_btcusdt.csv: row 2 (line 3)");
        if (sheet.probed >= 0) { /* what came before it was delivered */
            assert_int_equal(sheet.count, 1);
            assert_int_equal(sheet.stats.skipped, 1);
        }
        bool is_order = i >= 9;
        assert_int_equal(read_text("x.csv", is_order ? "period=1m;out_of_order=skip" : "period=1m;bad_rows=skip", text),
                         OC_OK);
        assert_int_equal(sheet.count, 2);
        assert_int_equal(sheet.stats.rows, 3);
        assert_int_equal(sheet.stats.skipped, 1);
        assert_int_equal(sheet.stats.gaps, 1);
        assert_int_equal(sheet.stats.out_of_order, is_order);
        assert_int_equal(sheet.events[1].bar.open, 10);
    }
    /* a bad print is data; a negative price is where it may be */
    assert_int_equal(read_text("x.csv", "period=1m", BARS "1600000060000,10,12,0.06,11,1\n"), OC_OK);
    assert_int_equal(sheet.events[1].bar.low, 6);
    assert_int_equal(
        read_text("cl.csv", "allow_nonpositive=yes", "ts_ms,price\n1600000000001,-37.63\n1600000000002,0\n"), OC_OK);
    assert_int_equal(sheet.events[0].trade.price, -3763);
    assert_int_equal(sheet.events[1].trade.price, 0);
    assert_refused(OC_E_DATA, "", "ts_ms,price,side\n1600000000001,5,up\n", "expected buy or sell");
}

static void periods_and_order_are_judged(void **state)
{
    (void)state;
    assert_refused(OC_E_DATA, "", BARS, "the period of the bars cannot be told from 1 row");
    assert_refused(OC_E_DATA, "",
                   "ts,open,high,low,close\n1600000120,1,1,1,1\n1600000060,1,1,1,1\n1600000000,1,1,1,1\n",
                   "the newest row comes first");
    assert_int_equal(read_text("x.csv", "", "date,open,high,low,close\n2021-07-01,1,1,1,1\n"), OC_OK);
    assert_true(sheet.info.period_ns == 86400000000000);
    /* weekends are gaps; a day made shorter by a clock change is a day */
    assert_int_equal(read_text("x.csv", "zone=America/New_York",
                               "date,open,high,low,close\n2026-03-06,1,1,1,1\n2026-03-07,1,1,1,"
                               "1\n2026-03-08,1,1,1,1\n2026-03-09,1,1,1,1\n2026-03-12,1,1,1,1\n"),
                     OC_OK);
    assert_true(sheet.info.period_ns == 86400000000000);
    assert_int_equal(sheet.stats.gaps, 2);
    assert_time(3, "2026-03-09T04:00:00Z");
    /* one-second bars, most of them missing */
    char text[8192] = "ts,open,high,low,close\n";
    for (int i = 0; i < 100; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%d,1,1,1,1\n",
                 1600000000 + i * 10 + (i % 20 == 1) * 9);
    assert_int_equal(read_text("x.csv", "", text), OC_OK);
    assert_true(sheet.info.period_ns == 1000000000);
    /* bars nearer than the period that is stated */
    assert_refused(OC_E_DATA, "period=5m", BARS "1600000060000,10,12,9,11,1\n", "at least one period to the row above");
    assert_says(sheet.error, "state the period");
    assert_int_equal(read_text("x.csv", "period=1m", BARS "1600000060000,10,12,9,11,1\n"), OC_OK);
    /* ticks: the same time again is fine, an older one is not */
    assert_refused(OC_E_DATA, "", "ts_ms,price\n1600000000005,1\n1600000000005,1\n1600000000004,1\n1600000000006,1\n",
                   "row 3 (line 4), column ts_ms: found \"1600000000004\"; expected a time not before");
    assert_int_equal(sheet.count, 2);
    assert_says(sheet.info.notes,
                "out of order: 1 rows (an error where they are met; out_of_order=skip leaves them out)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bars_are_read_exactly),
        cmocka_unit_test(quotes_trades_and_quoted_bars_are_read),
        cmocka_unit_test(columns_are_found),
        cmocka_unit_test(options_explain_themselves),
        cmocka_unit_test(times_are_read),
        cmocka_unit_test(numbers_are_exact_and_noise_is_counted),
        cmocka_unit_test(rows_that_cannot_be_are_refused),
        cmocka_unit_test(periods_and_order_are_judged),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

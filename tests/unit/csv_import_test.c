/* The findings about imported files: never a silently wrong bar (Q22 to Q26). */
#include "support/csv_sheet.h"

static void assert_refused(const char *options, const char *text, const char *part)
{
    oc_rc found = read_text("refused_btcusdt.csv", options, text);
    if (found != OC_E_DATA)
        print_error("rc %d for %s\n", found, part);
    assert_int_equal(found, OC_E_DATA);
    assert_says(sheet.error, part);
}

static void assert_bars(const char *options, const char *text, uint64_t count)
{
    oc_rc found = read_text("x_btcusdt.csv", options, text);
    if (found != OC_OK)
        print_error("rc %d: %s\n", found, sheet.error);
    assert_int_equal(found, OC_OK);
    assert_int_equal(sheet.info.event_type, OC_EV_BAR);
    assert_int_equal(sheet.count, count);
}

static void assert_opens(size_t index, const char *text)
{
    char found[TEXT_TIME_MAX];
    text_from_time(found, sheet.events[index].bar.open_ns);
    assert_string_equal(found, text);
}

static void Q22_rows_of_another_count_of_fields_are_refused(void **state)
{
    (void)state;
    assert_refused(
        "", "time,open,high,low,close,volume\n1600000000,1,2,3,10,12,9,11,5,6\n1600000060,1,2,3,10,12,9,11,5,6\n",
        "row 1 (line 2): found 10 fields; expected 6, as many as the header has");
    assert_refused("", "time,open,high,low,close,volume\n1600000000,10,12,9,11,5\n1600000060,10,12,9,11,5,\n",
                   "row 2 (line 3): found 7 fields; expected 6");
    assert_refused("", "time,open,high,low,close,volume\n1600000000,10,12,9,11,5\n1600000060,10,12,9,11\n",
                   "row 2 (line 3): found 5 fields; expected 6");
    /* also where the columns that count are all there, and where a field that is not used is missing or quoted */
    assert_refused("", "time,open,high,low,close,note\n1600000000,10,12,9,11,a\n1600000060,10,12,9,11\n",
                   "row 2 (line 3): found 5 fields; expected 6");
    assert_refused("", "time,open,high,low,close,a,b\n1600000000,10,12,9,11,\"a,b\"\n1600000060,10,12,9,11,a,b\n",
                   "row 1 (line 2): found 6 fields; expected 7");
    assert_refused("", "1600000000,10,12,9,11,5\n1600000060,10,12,9,11,5,7\n",
                   "row 2 (line 2): found 7 fields; expected 6, as many as the first row has");
    assert_refused("columns=time,open,high,low,close,volume", "1600000000,10,12,9,11\n1600000060,10,12,9,11\n",
                   "row 1 (line 1): found 5 fields; expected 6, as many as columns= names");
    assert_bars("", "time,open,high,low,close,note\n1600000000,10,12,9,11,\"a,b\"\n1600000060,10,12,9,11,\n", 2);
    assert_bars("columns=-,-,-,time,open,high,low,close",
                "a,b,c,d\n1,2,3,1600000000,10,12,9,11,5,6\n1,2,3,1600000060,10,12,9,11,5,6\n", 2);
    assert_int_equal(sheet.events[0].bar.high, 12);
    assert_bars("bad_rows=skip;period=1m",
                "time,open,high,low,close\n1600000000,10,12,9,11\n1600000060,9,10,12,9,11\n1600000120,10,12,9,11\n", 2);
    assert_int_equal(sheet.stats.skipped, 1);
}

static void Q23_what_is_no_time_of_a_market_is_refused(void **state)
{
    (void)state;
    assert_refused("", "date,open,high,low,close\n44927,10,12,9,11\n44928,10,12,9,11\n",
                   "line 2, column date: found \"44927\", which is 1970-01-01T12:28:47Z; expected a time from 1980 to "
                   "tomorrow; as a day of a spreadsheet it is 2023-01-01: state unit=excel");
    assert_refused(
        "", "time,open,high,low,close\n0,10,12,9,11\n1,10,12,9,11\n2,10,12,9,11\n",
        "found \"0\", which is 1970-01-01T00:00:00Z; expected a time from 1980 to tomorrow; is it an index?");
    assert_refused("", ",open,high,low,close\n0,10,12,9,11\n1,10,12,9,11\n", "is it an index?");
    assert_refused("", "date,open,high,low,close\n1979-12-31,10,12,9,11\n1980-01-01,10,12,9,11\n",
                   "expected a time from 1980 to tomorrow");
    assert_refused("", "date,open,high,low,close\n2023-01-01,10,12,9,11\n2123-01-01,10,12,9,11\n",
                   "row 2 (line 3), column date: found \"2123-01-01\"; expected a time from 1980 to tomorrow");
    assert_refused("bad_rows=skip", "time,open,high,low,close\n0,10,12,9,11\n1,10,12,9,11\n", "is it an index?");
    assert_bars("allow_any_time=yes", "date,open,high,low,close\n1929-10-28,10,12,9,11\n1929-10-29,10,12,9,11\n", 2);
    assert_opens(0, "1929-10-28T00:00:00Z");

    assert_bars("unit=excel", "date,open,high,low,close\n44927,10,12,9,11\n44928,10,12,9,11\n", 2);
    assert_opens(1, "2023-01-02T00:00:00Z");
    assert_says(sheet.info.notes,
                "time unit: days of a spreadsheet, to the second (stated)\nzone: UTC (none stated)\n");
    assert_bars("unit=excel;zone=+05:30",
                "date,open,high,low,close\n44927.3958333333,10,12,9,11\n44927.3993055556,10,12,9,11\n", 2);
    assert_opens(0, "2023-01-01T04:00:00Z");
    assert_opens(1, "2023-01-01T04:05:00Z");
    assert_true(sheet.info.period_ns == 300000000000);

    assert_bars("", "year,month,day,open,high,low,close\n2023,1,9,10,12,9,11\n2023,01,10,10,12,9,11\n", 2);
    assert_opens(0, "2023-01-09T00:00:00Z");
    assert_opens(1, "2023-01-10T00:00:00Z");
    assert_bars("", "Day,Month,Year,Time,Open,High,Low,Close\n9,1,2023,09:30,10,12,9,11\n9,1,2023,09:31,10,12,9,11\n",
                2);
    assert_opens(1, "2023-01-09T09:31:00Z");
    assert_refused("", "year,month,day,open,high,low,close\n2023,1,9,10,12,9,11\n2023,13,10,10,12,9,11\n",
                   "expected a year, a month and a day");

    assert_bars("",
                "<TICKER>,<DTYYYYMMDD>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>\n"
                "EURUSD,20010102,230100,10,12,9,11,4\nEURUSD,20010102,230200,10,12,9,11,4\n",
                2);
    assert_opens(0, "2001-01-02T23:01:00Z");
    assert_true(sheet.info.period_ns == 60000000000);
}

static void Q24_a_price_beside_open_high_and_low_is_the_close(void **state)
{
    (void)state;
    static const char *const names[] = {"Price", "Last", "LTP", "Last Price"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char text[256];
        snprintf(text, sizeof text, "Date,%s,Open,High,Low,Vol.\n2023-01-02,11,10,12,9,5\n2023-01-03,11,10,12,9,5\n",
                 names[i]);
        assert_bars("", text, 2);
        assert_int_equal(sheet.events[0].bar.open, 10);
        assert_int_equal(sheet.events[0].bar.close, 11);
        assert_true(sheet.events[0].bar.volume == 500000000);
    }
    assert_bars("", "date,ltp,open,high,low,close\n2023-01-02,1,10,12,9,11\n2023-01-03,1,10,12,9,11\n", 2);
    assert_int_equal(sheet.events[0].bar.close, 11);
    assert_refused("", "date,price,open,high\n2023-01-02,11,10,12\n2023-01-03,11,10,12\n", "no prices");
    assert_int_equal(
        read_text("x.csv", "type=trades", "date,price,open,high,low\n2023-01-02,11,10,12,9\n2023-01-03,11,10,12,9\n"),
        OC_OK);
    assert_int_equal(sheet.info.event_type, OC_EV_TRADE);
    /* a market's statistics beside its quotes are quotes, as before */
    assert_int_equal(read_text("x.csv", "", "time,bid,ask,last,open,high,low\n1600000000,10,11,10,9,12,8\n"), OC_OK);
    assert_int_equal(sheet.info.event_type, OC_EV_QUOTE);
}

/* The volume of the first bar in whole units, -1 none. */
static int64_t volume_of(const char *name, const char *options, const char *columns)
{
    char text[512];
    snprintf(text, sizeof text,
             "time,open,high,low,close,%s\n1600000000,10,12,9,11,500,7\n1600000060,10,12,9,11,500,7\n", columns);
    oc_rc rc = read_text(name, options, text);
    if (rc != OC_OK)
        print_error("%s\n", sheet.error);
    assert_int_equal(rc, OC_OK);
    return sheet.events[0].bar.present & OC_HAS_VOLUME ? sheet.events[0].bar.volume / 100000000 : -1;
}

static void Q25_the_volume_is_the_one_in_the_base(void **state)
{
    (void)state;
    assert_int_equal(volume_of("Binance_BTCUSDT_1h.csv", "", "Volume USDT,Volume BTC"), 7);
    assert_int_equal(volume_of("Binance_BTCUSDT_1h.csv", "", "Volume BTC,Volume USDT"), 500);
    assert_int_equal(volume_of("ethbtc.csv", "", "Volume BTC,Volume ETH"), 7);
    assert_int_equal(volume_of("data.csv", "symbol=ETH/BTC", "Volume BTC,Volume ETH"), 7);
    assert_int_equal(volume_of("data.csv", "", "Volume USDT,Volume BTC"), 7);
    assert_int_equal(volume_of("btcusdt.csv", "", "Volume_(Currency),volume"), 7);
    assert_int_equal(volume_of("btcusdt.csv", "", "quote_volume,base_volume"), 7);
    /* unclear: said, and not used */
    assert_int_equal(volume_of("data.csv", "", "Volume BTC,Volume ETH"), -1);
    assert_says(sheet.info.notes, "volume: not used: Volume BTC, Volume ETH: it is not clear which is in the base; "
                                  "volume=COLUMN states it\n");
    assert_int_equal(volume_of("solusdt.csv", "", "Volume BTC,Volume ETH"), -1);
    assert_int_equal(volume_of("eurusd.csv", "", "<TICKVOL>,<VOL>"), -1);
    assert_int_equal(volume_of("btcusdt.csv", "", "Volume USDT,note"), -1);
    assert_says(sheet.info.notes, "volume: not used: Volume USDT is money; volume=COLUMN states it\n");
    /* stated */
    assert_int_equal(volume_of("data.csv", "volume=volume eth", "Volume BTC,Volume ETH"), 7);
    assert_int_equal(volume_of("eurusd.csv", "volume=<TICKVOL>", "<TICKVOL>,<VOL>"), 500);
    assert_int_equal(volume_of("data.csv", "volume=none", "volume,note"), -1);
    assert_int_equal(volume_of("data.csv", "volume=lots", "volume,lots"), 7);
    assert_int_equal(read_text("x.csv", "volume=size", "time,open,high,low,close\n1600000000,1,1,1,1\n"), OC_E_CONFIG);
    assert_says(sheet.error, "option volume: no column \"size\"");
    assert_int_equal(read_text("x.csv", "volume=low", "time,open,high,low,close\n1600000000,1,1,1,1\n"), OC_E_CONFIG);
    assert_says(sheet.error, "option volume: the column \"low\" is the low");
}

static void assert_closes(size_t index, const char *text)
{
    char found[TEXT_TIME_MAX];
    const struct oc_ev_bar *bar = &sheet.events[index].bar;
    text_from_time(found, bar->head.venue_ns);
    assert_string_equal(found, text);
    assert_true(bar->open_ns + bar->period_ns == bar->head.venue_ns);
}

#define DATED(day) day ",10,12,9,11\n"

static void Q26_weeks_months_and_years_end_by_the_calendar(void **state)
{
    (void)state;
    assert_bars("",
                "date,open,high,low,close\n" DATED("2024-01-01") DATED("2024-02-01") DATED("2024-03-01")
                    DATED("2024-04-01") DATED("2024-06-01"),
                5);
    assert_closes(0, "2024-02-01T00:00:00Z");
    assert_closes(1, "2024-03-01T00:00:00Z");
    assert_closes(4, "2024-07-01T00:00:00Z");
    assert_int_equal(sheet.stats.gaps, 1);
    assert_says(sheet.info.notes, "bar period: calendar months (each bar ends where the next one begins");
    assert_true(sheet.info.period_ns == 31 * (int64_t)86400000000000);
    /* the first day of trade of each month */
    assert_bars("",
                "date,open,high,low,close\n" DATED("2023-01-03") DATED("2023-02-01") DATED("2023-03-01")
                    DATED("2023-04-03"),
                4);
    assert_closes(0, "2023-02-01T00:00:00Z");
    assert_closes(3, "2023-05-01T00:00:00Z");
    assert_bars("", "date,open,high,low,close\n" DATED("2023-01-01") DATED("2023-04-01") DATED("2023-07-01"), 3);
    assert_closes(1, "2023-07-01T00:00:00Z");
    assert_bars("", "date,open,high,low,close\n" DATED("2019-01-01") DATED("2020-01-01") DATED("2021-01-01"), 3);
    assert_closes(1, "2021-01-01T00:00:00Z");
    /* local months, the offset of the clock changing between */
    assert_bars("zone=America/New_York",
                "date,open,high,low,close\n" DATED("2023-02-01") DATED("2023-03-01") DATED("2023-04-01"), 3);
    assert_closes(1, "2023-04-01T04:00:00Z");
    assert_refused("",
                   "date,open,high,low,close\n" DATED("2023-02-01T00:00-05:00") DATED("2023-03-01T00:00-05:00")
                       DATED("2023-04-01T00:00-04:00"),
                   "about a month apart that open at different times of day");
    /* dated at the close */
    assert_refused("", "date,open,high,low,close\n" DATED("2023-01-31") DATED("2023-02-28") DATED("2023-03-31"),
                   "found bars about a month apart; expected each to be dated where it opens, early in its month");
    assert_bars("period=month;stamped=close",
                "date,open,high,low,close\n" DATED("2023-01-31") DATED("2023-02-28") DATED("2023-03-30"), 3);
    assert_closes(0, "2023-02-01T00:00:00Z");
    assert_closes(2, "2023-04-01T00:00:00Z");
    assert_bars("period=week;stamped=close", "date,open,high,low,close\n" DATED("2023-01-06") DATED("2023-01-12"), 2);
    assert_closes(1, "2023-01-16T00:00:00Z");
    /* local days: one of 25 hours is not told an hour before its end, one of 23 not an hour late */
    assert_bars("zone=America/New_York",
                "date,open,high,low,close\n" DATED("2023-11-04") DATED("2023-11-05") DATED("2023-11-06"), 3);
    assert_closes(0, "2023-11-05T04:00:00Z");
    assert_closes(1, "2023-11-06T05:00:00Z");
    assert_bars("zone=America/New_York",
                "date,open,high,low,close\n" DATED("2023-03-11") DATED("2023-03-12") DATED("2023-03-13"), 3);
    assert_closes(1, "2023-03-13T04:00:00Z");
    assert_bars("", "date,open,high,low,close\n" DATED("2023-11-04") DATED("2023-11-05") DATED("2023-11-06"), 3);
    assert_closes(1, "2023-11-06T00:00:00Z");
    assert_bars("period=month", "date,open,high,low,close\n" DATED("2023-01-20") DATED("2023-02-10"), 2);
    assert_closes(0, "2023-02-01T00:00:00Z");
    assert_bars("", "date,open,high,low,close\n" DATED("2023-01-02") DATED("2023-01-30") DATED("2023-02-27"), 3);
    assert_true(sheet.info.period_ns == 28 * (int64_t)86400000000000); /* four weeks each */

    assert_bars("",
                "date,open,high,low,close\n" DATED("2023-01-03") DATED("2023-01-09") DATED("2023-01-17")
                    DATED("2023-01-23") DATED("2023-01-30") DATED("2023-02-06") DATED("2023-02-13"),
                7);
    assert_says(sheet.info.notes, "bar period: calendar weeks");
    assert_closes(0, "2023-01-09T00:00:00Z");
    assert_closes(2, "2023-01-23T00:00:00Z");
    assert_bars("", "date,open,high,low,close\n" DATED("2023-01-06") DATED("2023-01-13") DATED("2023-01-20"), 3);
    assert_true(sheet.info.period_ns == 7 * (int64_t)86400000000000);
    assert_refused("",
                   "date,open,high,low,close\n" DATED("2023-03-24") DATED("2023-03-31") DATED("2023-04-06")
                       DATED("2023-04-14") DATED("2023-04-21"),
                   "found bars about a week apart; expected each to be dated where it opens");
    /* two in one month are told as such */
    assert_refused("period=month", "date,open,high,low,close\n" DATED("2023-01-02") DATED("2023-01-31"),
                   "a distance of at least one period to the row above");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(Q22_rows_of_another_count_of_fields_are_refused),
        cmocka_unit_test(Q23_what_is_no_time_of_a_market_is_refused),
        cmocka_unit_test(Q24_a_price_beside_open_high_and_low_is_the_close),
        cmocka_unit_test(Q25_the_volume_is_the_one_in_the_base),
        cmocka_unit_test(Q26_weeks_months_and_years_end_by_the_calendar),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

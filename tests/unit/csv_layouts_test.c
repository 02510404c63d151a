/* The table of layouts in tests/data/layouts: each file is read as it says there, or refused with these words. */
#include "support/csv_sheet.h"

enum { LAYOUTS_MIN = 60, SHOWN_MAX = 400 };

static void put_number(char *out, int64_t units, struct oc_dec step, bool is_there)
{
    char text[TEXT_DECIMAL_MAX] = "-";
    if (is_there)
        text_from_units(text, units * step.units, step.scale, TEXT_SHORTEST);
    size_t used = strlen(out);
    snprintf(out + used, SHOWN_MAX - used, " %s", text);
}

/* The first event in the words of the table. */
static void show(char out[SHOWN_MAX])
{
    static const char *const sides[] = {"none", "buy", "sell"};
    const union any *event = &sheet.events[0];
    const struct oc_dec price = sheet.info.price_step, qty = sheet.info.qty_step;
    char time[TEXT_TIME_MAX], period[TEXT_DURATION_MAX];
    bool is_bar = event->head.type == OC_EV_BAR;
    text_from_time(time, is_bar ? event->bar.open_ns : event->head.venue_ns);
    int used = snprintf(out, SHOWN_MAX, "%s %llu %s",
                        is_bar                            ? "bar"
                        : event->head.type == OC_EV_QUOTE ? "quote"
                        : event->head.type == OC_EV_TRADE ? "trade"
                                                          : "other",
                        (unsigned long long)sheet.count, time);
    if (is_bar) {
        const struct oc_ev_bar *bar = &event->bar;
        text_from_duration(period, bar->period_ns);
        snprintf(out + used, SHOWN_MAX - (size_t)used, " %s", period);
        put_number(out, bar->open, price, true);
        put_number(out, bar->high, price, true);
        put_number(out, bar->low, price, true);
        put_number(out, bar->close, price, true);
        put_number(out, bar->volume, qty, bar->present & OC_HAS_VOLUME);
    } else if (event->head.type == OC_EV_QUOTE) {
        const struct oc_ev_quote *quote = &event->quote;
        put_number(out, quote->bid, price, quote->present & OC_HAS_BID);
        put_number(out, quote->bid_qty, qty, quote->present & OC_HAS_BID_QTY);
        put_number(out, quote->ask, price, quote->present & OC_HAS_ASK);
        put_number(out, quote->ask_qty, qty, quote->present & OC_HAS_ASK_QTY);
    } else if (event->head.type == OC_EV_TRADE) {
        put_number(out, event->trade.price, price, true);
        put_number(out, event->trade.qty, qty, event->trade.present & OC_HAS_QTY);
        strcat(out, " ");
        strcat(out, event->trade.taker_side < 3 ? sides[event->trade.taker_side] : "?");
    }
}

/* Cuts a line at " | " and returns the part before it. */
static char *take_part(char **line)
{
    char *part = *line, *bar = strstr(part, " | ");
    if (!bar)
        bar = part + strlen(part);
    *line = *bar ? bar + 3 : bar;
    *bar = '\0';
    return part;
}

static bool is_right(char *line)
{
    char *name = take_part(&line), *options = take_part(&line);
    char shown[SHOWN_MAX];
    snprintf(sheet.path, sizeof sheet.path, "%s/tests/data/layouts/%s", TEST_SOURCE_DIR, name);
    oc_rc rc = read_path(strcmp(options, "-") == 0 ? "" : options);
    if (line[0] == '!' && rc < 0 && sheet.error[0] && strstr(sheet.error, line + 2))
        return true;
    if (rc == OC_OK) {
        show(shown);
        if (strcmp(shown, line) == 0)
            return true;
    }
    print_error("%s with \"%s\":\n  expected %s\n  found    %s\n", name, options, line,
                rc == OC_OK ? shown : sheet.error);
    return false;
}

static void layouts_are_read_as_the_table_says(void **state)
{
    (void)state;
    FILE *table = fopen(TEST_SOURCE_DIR "/tests/data/layouts/layouts.txt", "r");
    char line[1024];
    int count = 0, wrong = 0;
    assert_non_null(table);
    while (fgets(line, sizeof line, table)) {
        line[strcspn(line, "\n")] = '\0';
        if (!line[0] || line[0] == '#')
            continue;
        count++;
        wrong += !is_right(line);
    }
    fclose(table);
    assert_int_equal(wrong, 0);
    assert_in_range(count, LAYOUTS_MIN, 1000);
}

static void formats_are_judged(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        {"date_format=%Y-%m", "found \"%Y-%m\"; expected %Y or %y"},
        {"date_format=%Y-%m-%d %I:%M", "expected %Y or %y"}, /* which half of the day? */
        {"date_format=%Y-%m-%d %Q", "expected %Y or %y"},
        {"date_format=%Y-%m-%d %", "expected %Y or %y"},
        {"date_format=%Y-%m-%d;unit=ms", "a time is a number or a text"},
        {"decimal=;", "expected one of"},
        {"decimal=comma;thousands=comma", "both the same sign"},
        {"thousands=.", "both the same sign"},
        {"price_decimals=10", "expected one of"},
        {"order=random", "expected one of oldest_first newest_first"},
        {"stamped=middle", "expected one of open close"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(read_text("x.csv", bad[i][0], "date,price\n2023-01-02,5\n"), OC_E_CONFIG);
        assert_says(sheet.error, bad[i][1]);
    }
    static const struct {
        const char *options;
        const char *time;
        const char *expected; /* NULL: refused */
    } times[] = {
        {"date_format=%d/%m/%Y", "02/03/2023", "2023-03-02T00:00:00Z"},
        {"date_format=%d/%m/%y %H:%M", "2/3/23 9:05", "2023-03-02T09:05:00Z"},
        {"date_format=%m/%d/%Y %I:%M:%S %p", "3/2/2023 12:00:01 AM", "2023-03-02T00:00:01Z"},
        {"date_format=%m/%d/%Y %I:%M:%S %p", "3/2/2023 12:00:01 pm", "2023-03-02T12:00:01Z"},
        {"date_format=%a %d %b %Y %H:%M:%S.%f %z", "Thu 02 Mar 2023 10:00:00.25 +0530", "2023-03-02T04:30:00.250Z"},
        {"date_format=%d%m%y;zone=+01:00", "020323", "2023-03-01T23:00:00Z"},
        {"date_format=%d/%m/%Y", "02/13/2023", NULL},
        {"date_format=%d/%m/%Y", "29/02/2023", NULL},
        {"date_format=%d/%m/%Y", "02/03/2023 10:00", NULL},
        {"date_format=%d/%m/%Y", "02/03/23", NULL},
        {"date_format=%d/%m/%Y %I %p", "02/03/2023 13 PM", NULL},
        {"date_format=%d/%m/%Y %H", "02/03/2023 24", NULL},
        {"", "02/03/2023", NULL},
        {"", "02.03.2023 10:00", "2023-03-02T10:00:00Z"},
        {"", "2-Mar-2023", "2023-03-02T00:00:00Z"},
        {"", "\"Mar 2, 2023\"", "2023-03-02T00:00:00Z"},
        {"", "02 march 2023 9:05 PM", "2023-03-02T21:05:00Z"},
        {"", "02-Mao-2023", NULL},
        {"", "2023-03-02 13:00 PM", NULL},
    };
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        char text[128], found[TEXT_TIME_MAX];
        snprintf(text, sizeof text, "date,price\n%s,5\n", times[i].time);
        oc_rc rc = read_text("x.csv", times[i].options, text);
        if (rc != (times[i].expected ? OC_OK : OC_E_DATA))
            print_error("%s %s: %d %s\n", times[i].options, times[i].time, rc, sheet.error);
        assert_int_equal(rc, times[i].expected ? OC_OK : OC_E_DATA);
        if (!times[i].expected)
            continue;
        text_from_time(found, sheet.events[0].head.venue_ns);
        assert_string_equal(found, times[i].expected);
    }
}

static void notations_are_exact(void **state)
{
    (void)state;
    static const struct {
        const char *options;
        const char *price;
        const char *size;
        int64_t price_units; /* of 1e-2; 0 refused */
        int64_t qty_units;   /* of 1e-8 */
    } rows[] = {
        {"decimal=comma", "1234,5", "0,25", 123450, 25000000},
        {"decimal=,;thousands=.", "1.234,5", "1.000.000", 123450, 100000000000000},
        {"thousands=comma", "\"1,234.5\"", "\"12,000\"", 123450, 1200000000000},
        {"thousands=apostrophe", "1'234.50", "2", 123450, 200000000},
        {"thousands=space", "1 234.50", "2", 123450, 200000000},
        {"price_decimals=4", "12345000", "2", 123450, 200000000},
        {"", "1234.5", "1.2K", 123450, 120000000000},
        {"", "1234.5", "0.5m", 123450, 50000000000000},
        {"", "1234.5", "-", 123450, 0},
        {"decimal=comma", "1234.5", "1", 0, 0},
        {"decimal=comma;thousands=.", "1234.5", "1", 0, 0}, /* no group of three */
        {"thousands=comma", "\"1,2345\"", "1", 0, 0},
        {"thousands=comma", "\"1,23,4\"", "1", 0, 0},
        {"thousands=comma", "\"12,34,567\"", "1", 0, 0},
        {"", "1.2K", "1", 0, 0}, /* a price is exact */
        {"", "1234,5", "1", 0, 0},
        {"", "1234.5", "1.2X", 0, 0},
        {"", "1234.5", "K", 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[128], options[128];
        snprintf(text, sizeof text, "ts;price;size\n1600000000;%s;%s\n", rows[i].price, rows[i].size);
        snprintf(options, sizeof options, "price_step=0.01;%s", rows[i].options);
        oc_rc rc = read_text("x.csv", options, text);
        if (rc != (rows[i].price_units ? OC_OK : OC_E_DATA))
            print_error("%zu %s: %d %s\n", i, rows[i].price, rc, sheet.error);
        assert_int_equal(rc, rows[i].price_units ? OC_OK : OC_E_DATA);
        if (!rows[i].price_units)
            continue;
        assert_true(sheet.events[0].trade.price == rows[i].price_units);
        assert_true(sheet.events[0].trade.qty == rows[i].qty_units);
    }
}

static void the_newest_row_may_come_first(void **state)
{
    (void)state;
    char text[1 << 17] = "ts,price\n";
    size_t used = strlen(text);
    for (int i = 3999; i >= 0; i--)
        used += (size_t)snprintf(text + used, sizeof text - used, "%d,%d.5\n", 1600000000 + i, i + 1);
    assert_int_equal(read_text("x.csv", "order=newest_first", text), OC_OK);
    assert_int_equal(sheet.count, 4000);
    for (int i = 0; i < 4000; i++)
        assert_true(sheet.events[i].trade.price == i * 10 + 15);
    assert_says(sheet.info.notes, "rows: the newest comes first, read from the end (stated)\n");
    /* rows are named by their place in the file; an order that is not that one is refused */
    assert_int_equal(read_text("x.csv", "order=newest_first", "ts,price\n1600000002,1\n\n1600000001,x\n1600000000,1"),
                     OC_E_DATA);
    assert_says(sheet.error, "row 2 (line 4), column price: found \"x\"");
    assert_int_equal(read_text("x.csv", "order=newest_first", "ts,price\n1600000000,1\n1600000001,1\n"), OC_E_DATA);
}

/* Any one bit of an archive: the same bars, or a refusal in words. */
static void a_damaged_zip_is_never_read_as_something_else(void **state)
{
    (void)state;
    static const char *const names[] = {"BTCUSDT-1m-2023-01.zip", "BTCUSDT-1m-stored.zip"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[256], bytes[4096];
        snprintf(path, sizeof path, "%s/tests/data/layouts/%s", TEST_SOURCE_DIR, names[i]);
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        size_t size = fread(bytes, 1, sizeof bytes, file), refused = 0;
        fclose(file);
        snprintf(sheet.path, sizeof sheet.path, "%s", path);
        assert_int_equal(read_path(""), OC_OK);
        const struct oc_ev_bar right = sheet.events[1].bar;
        for (size_t at = 0; at < 2 * size; at++) { /* a bit turned, then the end cut off */
            bool is_cut = at >= size;
            if (!is_cut)
                bytes[at] ^= (char)(1 << at % 8);
            write_file("BTCUSDT-1m.zip", bytes, is_cut ? at - size : size);
            oc_rc rc = read_path("");
            if (!is_cut)
                bytes[at] ^= (char)(1 << at % 8);
            unlink(sheet.path);
            assert_true(rc == OC_OK || sheet.error[0]);
            refused += rc != OC_OK;
            if (rc == OC_OK) {
                assert_int_equal(sheet.count, 2);
                assert_int_equal(sheet.events[1].bar.close, right.close);
                assert_int_equal(sheet.events[1].bar.volume, right.volume);
            }
        }
        assert_true(refused > size); /* each cut, and what turns the data */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_damaged_zip_is_never_read_as_something_else),
        cmocka_unit_test(formats_are_judged),
        cmocka_unit_test(notations_are_exact),
        cmocka_unit_test(the_newest_row_may_come_first),
        cmocka_unit_test(layouts_are_read_as_the_table_says),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* report_test.c: text, JSON and HTML say the same, escape what is foreign, and say n/a where a figure is not known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>
#include <json-c/json.h>

#include "base/env.h"
#include "report/axis.h"
#include "report/format.h"
#include "support/report_sample.h"

static struct sample sample; /* large: not on the stack */

static char *text_of(oc_rc (*write)(const struct result *, FILE *))
{
    static char *data;
    static size_t size;
    FILE *out = open_memstream(&data, &size);
    assert_non_null(out);
    assert_int_equal(write(&sample.result, out), OC_OK);
    fclose(out);
    return data;
}

static char *html_of(void)
{
    const char *path = TEST_BUILD_DIR "/report_test.html";
    static char *data;
    static size_t size;
    assert_int_equal(report_html(&sample.result, path), OC_OK);
    assert_int_equal(env_read_file(path, (size_t)1 << 26, &data, &size), OC_OK);
    assert_int_equal(strlen(data), size);
    unlink(path);
    return data;
}

static void has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" is not in the output", part);
}

static void has_not(const char *text, const char *part)
{
    const char *at = strstr(text, part);
    if (at)
        fail_msg("\"%s\" is in the output: %.60s", part, at);
}

static uint32_t count_of(const char *text, const char *part)
{
    uint32_t count = 0;
    for (const char *at = text; (at = strstr(at, part)); at++)
        count++;
    return count;
}

static struct json_object *json_of(void)
{
    char *text = text_of(report_json);
    enum json_tokener_error error;
    struct json_object *root = json_tokener_parse_verbose(text, &error);
    if (!root)
        fail_msg("not JSON: %s", json_tokener_error_desc(error));
    free(text);
    return root;
}

static struct json_object *member(struct json_object *object, const char *group, const char *name)
{
    struct json_object *at = object;
    if (group && !json_object_object_get_ex(object, group, &at))
        fail_msg("no group %s", group);
    if (!json_object_object_get_ex(at, name, &at))
        fail_msg("no member %s", name);
    return at;
}

/* Two buys and sells with round numbers; fees 0.1 %. */
static void small_run(void)
{
    sample_init(&sample);
    static const int64_t prices[] = {100, 110, 100, 95, 120}; /* one a day */
    static const int sides[] = {OC_SIDE_BUY, OC_SIDE_SELL, OC_SIDE_BUY, OC_SIDE_SELL, 0};
    for (int i = 0; i < 5; i++) {
        sample.now_ns = SAMPLE_START_NS + (24 * i + 12) * SAMPLE_HOUR_NS;
        sample.price = prices[i] * 100;
        if (sides[i])
            sample_fill(&sample, (uint8_t)sides[i], 1000000, i == 3 ? OC_EVF_AMBIGUOUS | OC_EVF_END : 0); /* 10 */
        collect_equity(&sample.collect, sample.now_ns, sample_equity(&sample), sample.position.qty != 0);
    }
    sample_end(&sample);
    sample.result.has_buy_and_hold = false;
}

static void json_has_the_right_values(void **state)
{
    (void)state;
    small_run(); /* +100 - 2.1 fees, -50 - 1.95 fees: net 45.95 */
    struct json_object *root = json_of();
    assert_string_equal(json_object_get_string(member(root, "money", "start")), "10000");
    assert_string_equal(json_object_get_string(member(root, "money", "final")), "10045.95");
    assert_string_equal(json_object_get_string(member(root, "money", "profit")), "45.95");
    assert_string_equal(json_object_get_string(member(root, "money", "fees")), "4.05");
    assert_true(json_object_get_double(member(root, "money", "return")) == 45.95 / 10000.0);
    assert_null(member(root, "money", "buy_and_hold"));
    assert_null(member(root, "money", "buy_and_hold_return"));
    assert_int_equal(json_object_get_int(member(root, "trades", "round_trips")), 2);
    assert_int_equal(json_object_get_int(member(root, "trades", "wins")), 1);
    assert_int_equal(json_object_get_int(member(root, "trades", "losses")), 1);
    assert_true(json_object_get_double(member(root, "trades", "win_rate")) == 0.5);
    assert_true(json_object_get_double(member(root, "trades", "profit_factor")) == 97.9 / 51.95);
    assert_string_equal(json_object_get_string(member(root, "trades", "best")), "97.9");
    assert_string_equal(json_object_get_string(member(root, "trades", "worst")), "-51.95");
    assert_string_equal(json_object_get_string(member(root, "trades", "average")), "22.975");
    assert_string_equal(json_object_get_string(member(root, "trades", "asset")), "USDT");
    assert_int_equal(json_object_get_int(member(root, "trades", "ambiguous")), 1);
    assert_int_equal(json_object_get_int(member(root, "trades", "closed_by_end")), 1);
    assert_true(json_object_get_double(member(root, "trades", "exposure")) == 0.4);
    assert_int_equal(json_object_get_int(member(root, "risk", "days")), 5);
    assert_string_equal(json_object_get_string(member(root, "risk", "max_drawdown_amount")), "51.95");
    assert_string_equal(json_object_get_string(member(root, "risk", "max_drawdown_from")), "2022-01-02T12:00:00Z");
    assert_string_equal(json_object_get_string(member(root, "risk", "max_drawdown_to")), "2022-01-04T12:00:00Z");
    assert_string_equal(json_object_get_string(member(root, "params", "fast")), "20");
    assert_string_equal(json_object_get_string(member(root, "params", "slow")), "50");
    assert_int_equal(json_object_array_length(member(root, NULL, "curve")), 5);
    assert_int_equal(json_object_array_length(member(root, NULL, "days")), 5);
    assert_int_equal(json_object_array_length(member(root, NULL, "trips")), 2);
    struct json_object *trip = json_object_array_get_idx(member(root, NULL, "trips"), 1);
    assert_string_equal(json_object_get_string(member(trip, NULL, "net")), "-51.95");
    assert_string_equal(json_object_get_string(member(trip, NULL, "qty")), "10");
    assert_true(json_object_get_double(member(trip, NULL, "entry_price")) == 100.0);
    assert_true(json_object_get_double(member(trip, NULL, "exit_price")) == 95.0);
    assert_true(json_object_get_boolean(member(trip, NULL, "ambiguous")));
    assert_true(json_object_get_boolean(member(trip, NULL, "end")));
    json_object_put(root);
    sample_release(&sample);
}

static void json_keeps_keys_in_one_order_and_all_digits(void **state)
{
    (void)state;
    small_run();
    sample.result.final = 1; /* one hundred-quintillionth */
    char *first = text_of(report_json), *second = text_of(report_json);
    assert_string_equal(first, second);
    has(first, "\"final\": \"0.00000000000000000001\"");
    assert_true(strstr(first, "\"money\"") < strstr(first, "\"risk\""));
    assert_true(strstr(first, "\"risk\"") < strstr(first, "\"trades\""));
    assert_true(strstr(first, "\"curve\"") < strstr(first, "\"seconds\""));
    free(first);
    free(second);
    sample_release(&sample);
}

static const char hostile[] = "a<b>&\"c'd\\e\033[31m\x07\xC2\x9B\xFF\xC3\xA9";

static void foreign_text_is_escaped_everywhere(void **state)
{
    (void)state;
    small_run();
    sample.result.strategy = sample.result.strategy_file = sample.result.data = hostile;
    sample.result.params = "a<b>=x<script>&\"\nplain\n";
    sample.result.error = hostile;
    sample_note(&sample, hostile);
    memcpy(sample.collect.trips[0].tag, "<i>", 4);
    memcpy(sample.collect.trips[1].tag, "</script><b>", 13);
    struct json_object *root = json_of();
    assert_string_equal(json_object_get_string(member(root, NULL, "strategy")),
                        "a<b>&\"c'd\\e\033[31m\x07\xC2\x9B\xEF\xBF\xBD\xC3\xA9");
    assert_string_equal(json_object_get_string(member(root, "params", "a<b>")), "x<script>&\"");
    assert_string_equal(json_object_get_string(member(root, "params", "plain")), "");
    json_object_put(root);
    char *page = html_of();
    has(page, "a&lt;b&gt;&amp;&quot;c&#39;d\\e\xEF\xBF\xBD[31m");
    has(page, "x&lt;script&gt;&amp;&quot;");
    has(page, "&lt;i&gt;");
    has_not(page, "<script>");
    assert_int_equal(count_of(page, "</script"), count_of(page, "<script ")); /* no text ends one */
    has(page, "\\u003c/script\\u003e\\u003cb\\u003e");
    has_not(page, "<i>");
    has_not(page, "\033");
    has_not(page, "\xC2\x9B");
    has_not(page, "\xFF");
    has(page, "The run ended early.");
    env_free(page);
    char *text = text_of(report_text);
    has(text, "a<b>&\"c'd\\e?[31m???\xC3\xA9");
    has_not(text, "\033"); /* not a terminal: no colour, and no foreign control either */
    free(text);
    sample_release(&sample);
}

/* Every element is closed in order; names of void elements and "/>" end themselves. */
static void assert_balanced(const char *page)
{
    char stack[64][16];
    int depth = 0;
    for (const char *at = page; (at = strchr(at, '<')); at++) {
        if (at[1] == '!')
            continue;
        const char *script = strncmp(at, "<script", 7) == 0 ? strstr(at, "</script>") : NULL;
        if (script) { /* its text is no markup */
            at = script;
            continue;
        }
        const char *end = strchr(at, '>');
        assert_non_null(end);
        bool closes = at[1] == '/';
        char name[16];
        size_t size = strcspn(at + 1 + closes, " />");
        assert_true(size > 0 && size < sizeof name);
        memcpy(name, at + 1 + closes, size);
        name[size] = 0;
        if (end[-1] == '/' || strcmp(name, "meta") == 0 || strcmp(name, "br") == 0)
            continue;
        if (!closes) {
            assert_true(depth < 64);
            strcpy(stack[depth++], name);
            continue;
        }
        if (depth == 0 || strcmp(stack[depth - 1], name) != 0)
            fail_msg("</%s> closes %s near: %.80s", name, depth ? stack[depth - 1] : "nothing", at);
        depth--;
    }
    assert_int_equal(depth, 0);
}

static void the_page_is_whole_and_self_contained(void **state)
{
    (void)state;
    sample_run(&sample, 24 * 400);
    char *page = html_of();
    assert_balanced(page);
    has_not(page, "http://");
    assert_true(count_of(page, "https://") == count_of(page, "@license https://"));      /* whose work a script is */
    assert_int_equal(count_of(page, "<script"), count_of(page, "<script nonce=\"") + 1); /* and the data */
    has_not(page, " src=");
    has_not(page, " href=");
    has_not(page, "@import");
    has_not(page, "<link");
    has_not(page, "url(/");
    const char *data = strstr(page, "id=\"data\">");
    assert_non_null(data);
    char *end = strstr(data, "</script>"); /* behind it are programs, in which such words may stand */
    assert_non_null(end);
    *end = 0;
    has_not(page, "nan");
    has_not(page, "-inf");
    struct json_object *drawn = json_tokener_parse(data + strlen("id=\"data\">"));
    assert_non_null(drawn);
    assert_int_equal(json_object_array_length(member(drawn, NULL, "trips")), sample.collect.trip_count);
    json_object_put(drawn);
    has(page, "default-src 'none'");
    has(page, "prefers-color-scheme:dark");
    has(page, "class=\"equity\" d=\"M");
    has(page, "class=\"hold\" d=\"M");
    has(page, sample.result.order_hash);
    has(page, sample.result.input_hash);
    has(page, "P = 365");
    has_not(page, "IDEAL");
    assert_int_equal(count_of(page, "<tr><td>"), sample.collect.trip_count);
    env_free(page);
    sample_release(&sample);
}

static void an_ideal_run_is_stamped_on_each(void **state)
{
    (void)state;
    small_run();
    sample.result.profile = "ideal";
    char *text = text_of(report_text), *page = html_of();
    struct json_object *root = json_of();
    has(text, "IDEAL");
    has(page, "<b>IDEAL</b>");
    has(page, "(IDEAL)");
    assert_true(json_object_get_boolean(member(root, NULL, "ideal")));
    json_object_put(root);
    free(text);
    env_free(page);
    sample.result.profile = "neutral";
    text = text_of(report_text);
    has_not(text, "IDEAL");
    free(text);
    sample_release(&sample);
}

static void trades_beyond_the_limit_of_the_page_are_counted(void **state)
{
    (void)state;
    sample_init(&sample);
    for (int i = 0; i < 501; i++) {
        sample_hour(&sample, false);
        sample_fill(&sample, OC_SIDE_BUY, 1000, 0);
        sample_fill(&sample, OC_SIDE_SELL, 1000, 0);
        if (i != 499)
            continue;
        sample_end(&sample);
        char *page = html_of();
        assert_int_equal(count_of(page, "<tr><td>"), 500);
        has_not(page, "more are in the JSON");
        env_free(page);
    }
    sample_end(&sample);
    char *page = html_of();
    assert_int_equal(count_of(page, "<tr><td>"), 500);
    has(page, "The first 500 are shown; 1 more are in the JSON report and in trips.csv.");
    assert_balanced(page);
    env_free(page);
    sample_release(&sample);
}

static void what_is_not_known_is_na_and_null(void **state)
{
    (void)state;
    sample_init(&sample); /* one day, no trades */
    sample_hour(&sample, false);
    sample_hour(&sample, false);
    sample_end(&sample);
    sample.result.has_buy_and_hold = false;
    struct json_object *root = json_of();
    static const char *const risk[] = {"volatility", "cagr", "sharpe", "sortino", "calmar", "ulcer", "var_95", "es_95"};
    for (size_t i = 0; i < sizeof risk / sizeof risk[0]; i++)
        assert_null(member(root, "risk", risk[i]));
    static const char *const trades[] = {"win_rate", "profit_factor", "average",        "best",
                                         "worst",    "net",           "average_seconds"};
    for (size_t i = 0; i < sizeof trades / sizeof trades[0]; i++)
        assert_null(member(root, "trades", trades[i]));
    assert_true(json_object_get_double(member(root, "risk", "max_drawdown")) == 0.0);
    json_object_put(root);
    char *text = text_of(report_text), *page = html_of();
    assert_true(count_of(text, "n/a") >= 13);
    has_not(text, "nan");
    has(page, "The strategy made no trades.");
    assert_balanced(page);
    free(text);
    env_free(page);
    sample_release(&sample);
}

static void a_run_without_a_single_event_still_reports(void **state)
{
    (void)state;
    sample_init(&sample);
    sample_end(&sample);
    sample.result.strategy_file = sample.result.params = NULL;
    struct json_object *root = json_of();
    assert_null(member(root, NULL, "from"));
    assert_null(member(root, "risk", "max_drawdown"));
    assert_null(member(root, "trades", "exposure"));
    assert_int_equal(json_object_array_length(member(root, NULL, "curve")), 0);
    assert_int_equal(json_object_array_length(member(root, NULL, "days")), 0);
    json_object_put(root);
    char *text = text_of(report_text), *page = html_of();
    has_not(text, "nan");
    has(page, "no curve to draw");
    assert_balanced(page);
    free(text);
    env_free(page);
    sample_release(&sample);
}

static void an_open_trip_is_counted_apart(void **state)
{
    (void)state;
    sample_init(&sample);
    sample_hour(&sample, false);
    sample_fill(&sample, OC_SIDE_SELL, 1000, 0);
    sample_hour(&sample, false);
    sample_end(&sample);
    struct json_object *root = json_of();
    assert_int_equal(json_object_get_int(member(root, "trades", "round_trips")), 0);
    assert_int_equal(json_object_get_int(member(root, "trades", "open")), 1);
    struct json_object *trip = json_object_array_get_idx(member(root, NULL, "trips"), 0);
    assert_null(member(trip, NULL, "exit"));
    assert_null(member(trip, NULL, "exit_price"));
    assert_string_equal(json_object_get_string(member(trip, NULL, "side")), "short");
    json_object_put(root);
    char *text = text_of(report_text), *page = html_of();
    has(text, "1 still open");
    has(page, "still open");
    free(text);
    env_free(page);
    sample_release(&sample);
}

static void trips_in_several_assets_have_no_common_money(void **state)
{
    (void)state;
    small_run();
    struct oc_instrument info = sample.instrument->info;
    uint32_t inst;
    assert_int_equal(instruments_asset(sample.instruments, "EUR", &info.quote), OC_OK);
    info.settle = info.quote;
    strcpy(info.symbol, "BTC/EUR");
    assert_int_equal(instruments_add(sample.instruments, &info, &inst), OC_OK);
    sample.collect.trips[1].inst = inst;
    struct json_object *root = json_of();
    assert_null(member(root, "trades", "net"));
    assert_null(member(root, "trades", "profit_factor"));
    assert_true(json_object_get_double(member(root, "trades", "win_rate")) == 0.5);
    json_object_put(root);
    char *text = text_of(report_text), *page = html_of();
    has(text, "several settlement assets");
    has(page, "several settlement assets");
    has(page, "BTC/EUR"); /* the symbols are told apart */
    assert_balanced(page);
    free(text);
    env_free(page);
    sample_release(&sample);
}

static void figures_are_not_made_of_a_part_of_the_trips(void **state)
{
    (void)state;
    small_run();
    sample.collect.trips_dropped = 1;
    struct json_object *root = json_of();
    assert_null(member(root, "trades", "win_rate"));
    assert_null(member(root, "trades", "net"));
    assert_int_equal(json_object_get_int(member(root, "trades", "fills_not_listed")), 1);
    json_object_put(root);
    char *text = text_of(report_text);
    has(text, "memory ran out for trips");
    has(text, "Not counted");
    free(text);
    sample_release(&sample);
}

static void text_lines_are_at_most_80_columns(void **state)
{
    (void)state;
    sample_run(&sample, 24 * 60);
    static char name[200];
    memset(name, 'x', sizeof name - 1);
    sample.result.data = name; /* nothing to break at */
    sample.result.profile = "ideal";
    sample.result.error =
        "a long sentence that says at some length what happened, where it happened, and what to do next";
    sample_note(&sample,
                "price step 0.01, quantity step 0.00001: inferred from the digits of the first 1000 rows of it");
    char *text = text_of(report_text);
    for (const char *line = text; *line;) {
        size_t size = strcspn(line, "\n");
        if (size > 80)
            fail_msg("%zu columns: %.*s", size, (int)size, line);
        if (size > 0 && line[size - 1] == ' ')
            fail_msg("space at the end: %.*s", (int)size, line);
        line += size + (line[size] == '\n');
    }
    free(text);
    sample_release(&sample);
}

static void what_cannot_be_written_is_an_error(void **state)
{
    (void)state;
    small_run();
    assert_true(report_html(&sample.result, TEST_BUILD_DIR "/no/such/folder/report.html") < 0);
    has(env_error_text(), "report.html");
    FILE *full = fopen("/dev/full", "w");
    assert_non_null(full);
    assert_int_equal(report_text(&sample.result, full), OC_E_IO);
    fclose(full);
    full = fopen("/dev/full", "w");
    assert_int_equal(report_json(&sample.result, full), OC_E_IO);
    fclose(full);
    sample_release(&sample);
}

static void axes_are_round(void **state)
{
    (void)state;
    struct axis axis = axis_make(9873.0, 10411.0, 5);
    assert_true(axis.step == 200.0 && axis.low == 9800.0 && axis.high == 10600.0 && axis.digits == 0);
    axis = axis_make(-0.031, 0.0, 3);
    assert_true(axis.low < -0.031 && axis.digits == 2);
    axis = axis_make(5.0, 5.0, 5); /* a flat line is drawn too */
    assert_true(axis.low < 5.0 && axis.high > 5.0);
    struct axis_tick ticks[AXIS_TICKS_MAX];
    int64_t hour = SAMPLE_HOUR_NS, start = SAMPLE_START_NS;
    assert_int_equal(axis_times(start, start, 9, ticks), 0);
    static const int64_t spans[] = {1, 5, 24, 100, 24 * 30, 24 * 365, 24 * 365 * 5, 24 * 365 * 60};
    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
        int count = axis_times(start, start + spans[i] * hour, 9, ticks);
        assert_true(count >= 2 && count <= 10);
        for (int k = 0; k < count; k++)
            assert_true(ticks[k].ns >= start && ticks[k].ns <= start + spans[i] * hour && ticks[k].label[0]);
    }
    axis_times(start, start + 24 * 365 * hour, 9, ticks);
    assert_string_equal(ticks[0].label, "Jan 2022");
    int year, month;
    axis_month(start - 1, &year, &month);
    assert_true(year == 2021 && month == 12);
}

static void numbers_read_well(void **state)
{
    (void)state;
    char text[FORMAT_MAX];
    assert_string_equal(format_count(0, text), "0");
    assert_string_equal(format_count(999, text), "999");
    assert_string_equal(format_count(1234567, text), "1,234,567");
    assert_string_equal(format_percent((struct figure){0.12345, true}, true, text), "+12.35 %");
    assert_string_equal(format_percent((struct figure){-0.00001, true}, true, text), "0.00 %");
    assert_string_equal(format_percent((struct figure){0, false}, true, text), "n/a");
    assert_string_equal(format_ratio((struct figure){1e300, true}, text), "1e+300");
    assert_string_equal(format_span(59.6, text), "1m 0s");
    assert_string_equal(format_span(93600, text), "1d 2h");
    assert_string_equal(format_span(0.25, text), "0.25s");
    assert_string_equal(format_time(SAMPLE_START_NS, text), "2022-01-01 00:00");
    assert_string_equal(format_time(SAMPLE_START_NS + 5000000000LL, text), "2022-01-01 00:00:05");
    assert_string_equal(format_money(sample_units(-1234567), 2, true, text), "-1,234,567.00");
    assert_string_equal(format_period(SAMPLE_HOUR_NS, text), "1h bars");
    assert_string_equal(format_period(0, text), "ticks");
    assert_int_equal(format_utf8("\xE2\x82\xAC"), 3);
    assert_int_equal(format_utf8("\xF0\x9F\x98\x80"), 4);
    assert_int_equal(format_utf8("\xC0\x80"), 0);     /* overlong */
    assert_int_equal(format_utf8("\xED\xA0\x80"), 0); /* surrogate */
    assert_int_equal(format_utf8("\xF4\x90\x80\x80"), 0);
    assert_int_equal(format_utf8("\xE2\x82"), 0); /* cut */
    assert_int_equal(format_utf8(""), 0);
}

/* 1 bought for 40,000, 0.000004 of it paid: 0.99999 can be sold, 0.000006 cannot. */
static void dust_is_a_line_with_its_cost(void **state)
{
    (void)state;
    struct markets *markets;
    struct portfolio *portfolio;
    uint32_t account;
    sample_run(&sample, 48);
    assert_int_equal(markets_new(&markets), OC_OK);
    assert_int_equal(portfolio_new(sample.instruments, markets, &portfolio), OC_OK);
    assert_int_equal(portfolio_add_account(portfolio, "main", "paper", sample.asset, COST_AVERAGE, &account), OC_OK);
    struct oc_ev_fill fill = {.head = {.inst = sample.instrument->info.inst},
                              .price = 4000000,
                              .qty = 100000,
                              .side = OC_SIDE_BUY,
                              .fee = {4, 6, 0},
                              .fee_asset = sample.instrument->info.base};
    assert_int_equal(portfolio_fill(portfolio, account, 0, &fill), OC_OK);
    sample.result.portfolio = portfolio;
    char *json = text_of(report_json), *text = text_of(report_text), *page = html_of();
    has(json,
        "\"dust\": [\n      {\"symbol\": \"BTC/USDT\", \"asset\": \"BTC\", \"qty\": \"0.000006\", \"cost\": \"0.24\", "
        "\"currency\": \"USDT\"}\n    ]");
    has(text, "Dust, in it                      0.000006  BTC, cost 0.24");
    has(page, "Dust, in it");
    sample.result.portfolio = NULL;
    free(json);
    free(text);
    free(page);
    text = text_of(report_text);
    has_not(text, "Dust");
    free(text);
    portfolio_free(portfolio);
    markets_free(markets);
    sample_release(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dust_is_a_line_with_its_cost),
        cmocka_unit_test(json_has_the_right_values),
        cmocka_unit_test(json_keeps_keys_in_one_order_and_all_digits),
        cmocka_unit_test(foreign_text_is_escaped_everywhere),
        cmocka_unit_test(the_page_is_whole_and_self_contained),
        cmocka_unit_test(an_ideal_run_is_stamped_on_each),
        cmocka_unit_test(trades_beyond_the_limit_of_the_page_are_counted),
        cmocka_unit_test(what_is_not_known_is_na_and_null),
        cmocka_unit_test(a_run_without_a_single_event_still_reports),
        cmocka_unit_test(an_open_trip_is_counted_apart),
        cmocka_unit_test(trips_in_several_assets_have_no_common_money),
        cmocka_unit_test(figures_are_not_made_of_a_part_of_the_trips),
        cmocka_unit_test(text_lines_are_at_most_80_columns),
        cmocka_unit_test(what_cannot_be_written_is_an_error),
        cmocka_unit_test(axes_are_round),
        cmocka_unit_test(numbers_read_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* intrabar_test.c: which finer data decide the inside of which bars: names, options, the bars that they are for, what is refused.
 * (What they decide: tests/golden/intrabar.sh.) */
#include "session/intrabar.h"
#include "support/session_parts.h"

static void set_up(struct settings *settings, const char *key, const char *value)
{
    assert_int_equal(settings_set(settings, key, value, "test"), OC_OK);
}

static void names_stand_between_commas(void **state)
{
    (void)state;
    struct settings settings = {0};
    char path[8] = "before";
    assert_false(intrabar_name(&settings, 0, path, sizeof path));
    set_up(&settings, "data.intrabar", "a,bc,1234567");
    static const char *const names[] = {"a", "bc", "1234567"};
    for (uint32_t i = 0; i < 3; i++) {
        assert_true(intrabar_name(&settings, i, path, sizeof path));
        assert_string_equal(path, names[i]);
    }
    assert_false(intrabar_name(&settings, 3, path, sizeof path));
    assert_false(intrabar_name(&settings, 4, path, sizeof path));
    set_up(&settings, "data.intrabar", "12345678,a"); /* longer than there is room: no name */
    assert_false(intrabar_name(&settings, 0, path, sizeof path));
    assert_true(intrabar_name(&settings, 1, path, sizeof path));
    assert_string_equal(path, "a");
    set_up(&settings, "data.intrabar", ",a");
    assert_false(intrabar_name(&settings, 0, path, sizeof path));
    settings_release(&settings);
}

static void options_are_those_of_the_market(void **state)
{
    (void)state;
    struct settings settings = {0};
    char options[64] = "before";
    intrabar_options(&settings, options, sizeof options);
    assert_string_equal(options, "");
    static const char *const cases[][2] = {
        {"price_step=0.01", "price_step=0.01"},
        {"period=1m;price_step=0.01;time=ms", "price_step=0.01"},
        {"qty_step=1;columns=a,b;zone=UTC;symbol=X", "qty_step=1;zone=UTC;symbol=X"},
        {"allow_nonpositive=yes;period=5m", "allow_nonpositive=yes"},
        {"period=5m", ""},
        {"zone=;zone", ""}, /* nothing is said of it */
        {"zones=1;xzone=1", ""},
        {";;zone=a;", "zone=a"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        set_up(&settings, "data.options", cases[i][0]);
        intrabar_options(&settings, options, sizeof options);
        assert_string_equal(options, cases[i][1]);
    }
    char small[16]; /* what does not fit is left out, what fits behind it is not */
    set_up(&settings, "data.options", "symbol=ABCDEFG;zone=AB;zone=CD");
    intrabar_options(&settings, small, sizeof small);
    assert_string_equal(small, "zone=AB");
    set_up(&settings, "data.options", "symbol=ABCDEF;zone=AB");
    intrabar_options(&settings, small, sizeof small);
    assert_string_equal(small, "symbol=ABCDEF");
    set_up(&settings, "data.options", "zone=AB;zone=C");
    intrabar_options(&settings, small, sizeof small);
    assert_string_equal(small, "zone=AB;zone=C");
    set_up(&settings, "data.options", "zone=AB;zone=CD");
    intrabar_options(&settings, small, sizeof small);
    assert_string_equal(small, "zone=AB");
    set_up(&settings, "data.intrabar_options", "period=1m"); /* its own, and no others */
    intrabar_options(&settings, options, sizeof options);
    assert_string_equal(options, "period=1m");
    settings_release(&settings);
}

struct sheets { /* `files` of bars, the finer ones behind them: a.csv, b.csv, c.csv, d.csv */
    int files;
    const char *finer;
    const char *symbols[SHEETS];
    uint32_t types[SHEETS]; /* 0: bars */
    int64_t periods[SHEETS];
    int32_t scales[SHEETS]; /* of price steps; 0: 2 */
};

static struct house *joins(const struct sheets *of)
{
    static const char *const names[SHEETS] = {"a.csv", "b.csv", "c.csv", "d.csv"};
    struct house *house = made(of->files);
    for (int i = 0; i < SHEETS; i++) {
        sheets[i].path = names[i];
        sheets[i].symbol = of->symbols[i] ? of->symbols[i] : "BTC/USDT";
        sheets[i].event_type = of->types[i] ? of->types[i] : OC_EV_BAR;
        sheets[i].period_ns = of->periods[i] * HOUSE_SECOND;
        sheets[i].price_step.scale = of->scales[i] ? of->scales[i] : 2;
    }
    set(house, "data.intrabar", of->finer);
    return house;
}

static void says_whose_inside_it_is(const struct sheets *of, const char *const notes[2])
{
    struct house *house = joins(of);
    uint32_t count = 0;
    if (opened(house) < 0)
        fail_msg("%s", said(&house->session->words.error));
    assert_int_equal(house->session->data.count, of->files);
    for (uint32_t i = 0; i < house->session->words.note_count; i++) {
        const char *note = house->session->words.notes[i].text;
        if (strncmp(note, "inside of", 9) == 0) {
            assert_true(count < 2 && notes[count]);
            assert_string_equal(note, notes[count]);
            count++;
        }
    }
    assert_true(count == 2 || !notes[count]);
    assert_int_equal(house->session->data.intrabar_count, count);
    house_free(house);
}

static void finer_data_are_for_the_bars_of_their_symbol(void **state)
{
    (void)state;
    static const struct {
        struct sheets of;
        const char *notes[2];
    } cases[] = {
        {{1, "b.csv", {0}, {0}, {60, 59}, {0}}, {"inside of BTC/USDT bars: b.csv decides, where it covers them"}},
        {{1, "b.csv", {"X/USDT", "Y/USDT"}, {0}, {60, 10}, {0}}, /* the only ones, whatever it calls itself */
         {"inside of X/USDT bars: b.csv decides, where it covers them"}},
        {{1, "b.csv", {0}, {0, OC_EV_TRADE}, {60}, {0}}, {"inside of BTC/USDT bars: b.csv decides, where it covers them"}},
        {{1, "b.csv", {0}, {OC_EV_QBAR, OC_EV_QUOTE}, {60}, {0}},
         {"inside of BTC/USDT bars: b.csv decides, where it covers them"}},
        {{1, "b.csv", {0}, {OC_EV_QBAR, OC_EV_QBAR}, {60, 1}, {0}},
         {"inside of BTC/USDT bars: b.csv decides, where it covers them"}},
        {{2, "c.csv", {"X/USDT", "Y/USDT", "Y/USDT"}, {0}, {60, 60, 10}, {0}},
         {"inside of Y/USDT bars: c.csv decides, where it covers them"}},
        {{2, "c.csv", {"X/USDT", "Y/USDT", "X/USDT"}, {0}, {60, 60, 10}, {0}},
         {"inside of X/USDT bars: c.csv decides, where it covers them"}},
        {{2, "d.csv,c.csv", {"X/USDT", "Y/USDT", "X/USDT", "Y/USDT"}, {0}, {60, 60, 10, 10}, {0}},
         {"inside of Y/USDT bars: d.csv decides, where it covers them",
          "inside of X/USDT bars: c.csv decides, where it covers them"}},
        {{2, "c.csv", {"X/USDT", "Y/USDT", "Z/USDT"}, {OC_EV_TRADE}, {0, 60, 10}, {0}}, /* trades are no bars */
         {"inside of Y/USDT bars: c.csv decides, where it covers them"}},
        {{1, "b.csv", {0}, {0}, {60, 10}, {2, 3}}, {"inside of BTC/USDT bars: b.csv decides, where it covers them"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        says_whose_inside_it_is(&cases[i].of, cases[i].notes);
}

#define NOT_FINER                                                                                                      \
    "found 'data that are not finer, or quotes of trades', expected bars of a shorter period or trades, of bars of "   \
    "quotes: bars of quotes or quotes"

static void what_cannot_decide_is_refused(void **state)
{
    (void)state;
    static const struct {
        struct sheets of;
        const char *words;
    } cases[] = {
        {{1, "b.csv", {0}, {0}, {60, 60}, {0}}, "data.intrabar b.csv: " NOT_FINER},
        {{1, "b.csv", {0}, {0}, {60, 61}, {0}}, "data.intrabar b.csv: " NOT_FINER},
        {{1, "b.csv", {0}, {0, OC_EV_QUOTE}, {60}, {0}}, "data.intrabar b.csv: " NOT_FINER},
        {{1, "b.csv", {0}, {0, OC_EV_QBAR}, {60, 10}, {0}}, "data.intrabar b.csv: " NOT_FINER},
        {{1, "b.csv", {0}, {OC_EV_QBAR, OC_EV_TRADE}, {60}, {0}}, "data.intrabar b.csv: " NOT_FINER},
        {{1, "b.csv", {0}, {OC_EV_QBAR, OC_EV_BAR}, {60, 10}, {0}}, "data.intrabar b.csv: " NOT_FINER},
        {{2, "c.csv", {"X/USDT", "Y/USDT", "Z/USDT"}, {0}, {60, 60, 10}, {0}},
         "data.intrabar c.csv: found 'Z/USDT', expected the symbol of one of the files of bars"},
        {{1, "b.csv", {0}, {OC_EV_TRADE, OC_EV_TRADE}, {0}, {0}},
         "data.intrabar b.csv: found 'data without bars', expected the symbol of one of the files of bars"},
        {{1, "b.csv,c.csv", {0}, {0}, {60, 10, 20}, {0}},
         "data.intrabar c.csv: found 'a second file for the same bars', expected one"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        refused(joins(&cases[i].of), OC_E_CONFIG, cases[i].words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_stand_between_commas),
        cmocka_unit_test(options_are_those_of_the_market),
        cmocka_unit_test(finer_data_are_for_the_bars_of_their_symbol),
        cmocka_unit_test(what_cannot_decide_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* intrabar_test.c: which finer data decide the inside of which bars: names, options, the bars that they are for, what is refused, and what
 * the venue is told of each bar. (What they decide: tests/golden/intrabar.sh.) */
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
    static const char *const cases[][2] = {{"price_step=0.01", "price_step=0.01"},
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
        {{1, "b.csv", {0}, {0, OC_EV_TRADE}, {60}, {0}},
         {"inside of BTC/USDT bars: b.csv decides, where it covers them"}},
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

/* ---- what is said of the inside ---- */

static struct {
    char said[512]; /* '-': forget it; seconds at which a piece ends; [seconds] of a bar that came */
    oc_rc answer;   /* of the venue, to the piece number `answer_at` */
    int answer_at, pieces;
} heard;

/* `before` and `behind` a number of seconds. */
static void hear(const char *before, int64_t ns, const char *behind)
{
    snprintf(heard.said + strlen(heard.said), sizeof heard.said - strlen(heard.said), "%s%lld%s ", before,
             (long long)(ns / HOUSE_SECOND), behind);
}

static oc_rc hears_finer(void *self, uint32_t inst, const struct oc_event *event)
{
    (void)self;
    assert_int_equal(inst, OC_INST(1, 1));
    if (!event) {
        strcat(heard.said, "- ");
        return OC_OK;
    }
    assert_int_equal(event->type, OC_EV_BAR);
    hear("", event->venue_ns, "");
    return ++heard.pieces == heard.answer_at ? heard.answer : OC_OK;
}

struct row {
    int64_t open_s, close_s, open, high, low, close;
};

static void rows_to_bars(const struct row *rows, uint64_t count, struct oc_ev_bar *ret_bars)
{
    for (uint64_t i = 0; i < count; i++)
        ret_bars[i] = (struct oc_ev_bar){
            .head = {.size = sizeof *ret_bars, .type = OC_EV_BAR, .venue_ns = rows[i].close_s * HOUSE_SECOND},
            .open_ns = rows[i].open_s * HOUSE_SECOND,
            .period_ns = (rows[i].close_s - rows[i].open_s) * HOUSE_SECOND,
            .open = rows[i].open,
            .high = rows[i].high,
            .low = rows[i].low,
            .close = rows[i].close};
}

enum { ROWS = 12 };

/* Two bars of a minute and finer rows: what the venue is told, and what is noted at the end. */
static void inside_of_two_bars(const struct row *finer, uint64_t count, oc_rc ends, const char *expected,
                               const char *note)
{
    static const struct row whole[2] = {{60, 120, 10, 15, 8, 12}, {120, 180, 12, 13, 11, 11}};
    static struct oc_ev_bar bars[2], pieces[ROWS];
    struct house *house = made(1);
    struct session *session = house->session;
    rows_to_bars(whole, 2, bars);
    rows_to_bars(finer, count, pieces);
    session->data.sources[0].memory = bars;
    session->data.sources[0].memory_count = 2;
    session->data.sources[1].memory = pieces;
    session->data.sources[1].memory_count = count;
    set(house, "data.intrabar", "finer");
    if (opened(house) < 0)
        fail_msg("%s", said(&session->words.error));
    struct venue *venue = &session->venues.list[0];
    struct oc_sim table = *venue->table;
    struct inbox_source entry = {.self = &session->data.sources[0], .next = feed_source_next};
    struct oc_event *event;
    table.finer = hears_finer;
    venue->table = &table;
    heard.said[0] = 0;
    heard.pieces = 0;
    assert_int_equal(intrabar_start(session, 1, &entry), OC_OK); /* of another source: as it was */
    assert_ptr_equal(entry.self, &session->data.sources[0]);
    assert_int_equal(intrabar_start(session, 0, &entry), OC_OK);
    oc_rc rc;
    while ((rc = entry.next(entry.self, &event)) == OC_OK)
        hear("[", event->venue_ns, "]");
    assert_int_equal(rc, ends);
    assert_string_equal(heard.said, expected);
    intrabar_note(session);
    assert_true(!note || has_note(house, note));
    house_free(house);
}

#define DECIDED(covered, all) "inside of BTC/USDT bars: finer data decided " covered " of " all
#define OTHERS                "; the others are not what they come to, and are decided as without them"

static void a_bar_is_decided_by_what_comes_to_it(void **state)
{
    (void)state;
    static const struct row good[] = {{60, 75, 10, 11, 10, 11}, {75, 90, 11, 15, 11, 14},   {90, 105, 14, 14, 8, 9},
                                      {105, 120, 9, 12, 9, 12}, {120, 150, 12, 13, 12, 13}, {150, 180, 11, 11, 11, 11}};
    heard.answer_at = 0;
    inside_of_two_bars(good, 6, OC_E_END, "- 75 90 105 120 [120] - 150 180 [180] ", DECIDED("2", "2"));
    /* what ended before the bars begin is passed over, and what lies behind them not asked for */
    struct row rows[ROWS] = {{30, 45, 1, 1, 1, 1}, {45, 60, 1, 1, 1, 1}};
    memcpy(&rows[2], good, sizeof good);
    rows[8] = (struct row){180, 195, 1, 1, 1, 1};
    inside_of_two_bars(rows, 9, OC_E_END, "- 75 90 105 120 [120] - 150 180 [180] ", DECIDED("2", "2"));
    /* a piece without trades */
    inside_of_two_bars((const struct row[]){good[0], good[1], good[2], good[3], {150, 180, 12, 13, 11, 11}}, 5,
                       OC_E_END, "- 75 90 105 120 [120] - 180 [180] ", DECIDED("2", "2"));
    /* nothing of the second, nothing at all of the first */
    inside_of_two_bars(good, 4, OC_E_END, "- 75 90 105 120 [120] - - [180] ", DECIDED("1", "2") OTHERS);
    inside_of_two_bars(&good[4], 2, OC_E_END, "- - [120] - 150 180 [180] ", DECIDED("1", "2") OTHERS);
    /* one that begins inside and ends behind */
    inside_of_two_bars(
        (const struct row[]){good[0], good[1], good[2], {105, 121, 9, 12, 9, 12}, {121, 180, 12, 13, 11, 11}}, 5,
        OC_E_END, "- 75 90 105 - [120] - 180 [180] ", DECIDED("1", "2") OTHERS);
}

/* Each of the four prices, one less and one more. */
static void what_does_not_come_to_it_is_forgotten(void **state)
{
    (void)state;
    for (int price = 0; price < 4; price++)
        for (int64_t off = -1; off <= 1; off += 2) {
            struct row rows[2] = {{60, 120, 10, 15, 8, 12}, {120, 180, 12, 13, 11, 11}};
            int64_t *const prices[4] = {&rows[0].open, &rows[0].high, &rows[0].low, &rows[0].close};
            *prices[price] += off;
            rows[0].close_s = 119;
            inside_of_two_bars(rows, 2, OC_E_END, "- 119 - [120] - 180 [180] ", DECIDED("1", "2") OTHERS);
        }
}

static void a_venue_may_not_take_it(void **state)
{
    (void)state;
    static const struct row good[] = {{60, 90, 10, 15, 10, 14}, {90, 120, 14, 14, 8, 12}, {120, 180, 12, 13, 11, 11}};
    static const oc_rc passes[] = {OC_E_LIMIT, OC_E_DATA};
    heard.answer_at = 1;
    for (size_t i = 0; i < 2; i++) { /* it is left out, and the rest of the bar too */
        heard.answer = passes[i];
        inside_of_two_bars(good, 3, OC_E_END, "- 90 - [120] - 180 [180] ", DECIDED("1", "2") OTHERS);
    }
    heard.answer = OC_E_NOMEM;
    inside_of_two_bars(good, 3, OC_E_NOMEM, "- 90 ", NULL);
    heard.answer_at = 3;
    inside_of_two_bars(good, 3, OC_E_NOMEM, "- 90 120 [120] - 180 ", NULL);
    heard.answer_at = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_stand_between_commas),
        cmocka_unit_test(options_are_those_of_the_market),
        cmocka_unit_test(finer_data_are_for_the_bars_of_their_symbol),
        cmocka_unit_test(what_cannot_decide_is_refused),
        cmocka_unit_test(a_bar_is_decided_by_what_comes_to_it),
        cmocka_unit_test(what_does_not_come_to_it_is_forgotten),
        cmocka_unit_test(a_venue_may_not_take_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

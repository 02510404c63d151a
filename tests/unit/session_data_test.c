/* session_data_test.c: what a session trades on: its files, their steps and symbols, and what is said of them. */
#include "support/said.h"
#include "support/session_parts.h"

static void two_files_of_a_kind_are_refused(void **state)
{
    (void)state;
    static const struct {
        uint32_t a, b;
        const char *kinds;
    } cases[] = {{OC_EV_BAR, OC_EV_BAR, "bars and bars"},
                 {OC_EV_TRADE, OC_EV_BAR, "trades and bars"},
                 {OC_EV_BAR, OC_EV_TRADE, "bars and trades"},
                 {OC_EV_QUOTE, OC_EV_QBAR, "quotes and bars of quotes"},
                 {OC_EV_QBAR, OC_EV_QUOTE, "bars of quotes and quotes"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int is_said = 0; is_said < 2; is_said++) {
            char text[512];
            struct house *house = made(3);
            sheets[0].symbol = is_said ? "BTC/USDT" : "ETH/USDT";
            sheets[is_said ? 0 : 1].event_type = cases[i].a;
            sheets[is_said ? 1 : 2].event_type = cases[i].b;
            if (is_said)
                set(house, "data.symbol", "XRP/USDT");
            snprintf(
                text, sizeof text,
                "%s: found '%s of one symbol, %s', expected one file of a symbol, or quotes beside trades: join the "
                "files, or %s",
                is_said ? "a.csv and b.csv" : "b.csv and c.csv", cases[i].kinds, is_said ? "XRP/USDT" : "BTC/USDT",
                is_said ? "leave --symbol away and let the names of the files say what they are"
                        : "name one of them after its own symbol");
            refused(house, OC_E_CONFIG, text);
        }
}

static void a_third_file_is_looked_at_too(void **state)
{
    (void)state;
    struct house *house = made(3);
    sheets[1].event_type = OC_EV_QUOTE;
    refused(house, OC_E_CONFIG,
            "a.csv and c.csv: found 'bars and bars of one symbol, BTC/USDT', expected one file of a symbol, or quotes "
            "beside "
            "trades: join the files, or name one of them after its own symbol");
}

/* The finer step of both is that of the market, wherever each of them stands. */
static void quotes_stand_beside_trades(void **state)
{
    (void)state;
    static const struct {
        struct oc_dec price[2], qty[2], finer_price, finer_qty;
        uint32_t type[2];
    } cases[] = {{{{1, 2, 0}, {1, 1, 0}}, {{1, 3, 0}, {1, 4, 0}}, {1, 2, 0}, {1, 4, 0}, {OC_EV_BAR, OC_EV_QUOTE}},
                 {{{1, 1, 0}, {1, 2, 0}}, {{1, 4, 0}, {1, 3, 0}}, {1, 2, 0}, {1, 4, 0}, {OC_EV_QUOTE, OC_EV_TRADE}},
                 {{{25, 2, 0}, {5, 2, 0}}, {{1, 0, 0}, {1, 0, 0}}, {5, 2, 0}, {1, 0, 0}, {OC_EV_TRADE, OC_EV_QUOTE}},
                 {{{1, 2, 0}, {1, 2, 0}}, {{1, 3, 0}, {1, 0, 0}}, {1, 2, 0}, {1, 3, 0}, {OC_EV_BAR, OC_EV_QBAR}},
                 {{{1, 2, 0}, {1, 2, 0}}, {{1, 0, 0}, {1, 3, 0}}, {1, 2, 0}, {1, 3, 0}, {OC_EV_QBAR, OC_EV_BAR}}};
    static const char *const notes[] = {
        "BTC/USDT: bars of a.csv beside quotes of b.csv", "BTC/USDT: quotes of a.csv beside trades of b.csv",
        "BTC/USDT: trades of a.csv beside quotes of b.csv", "BTC/USDT: bars of a.csv beside bars of quotes of b.csv",
        "BTC/USDT: bars of quotes of a.csv beside bars of b.csv"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct house *house = made(3);
        sheets[2].symbol = "ETH/USDT";
        for (int k = 0; k < 2; k++) {
            sheets[k].event_type = cases[i].type[k];
            sheets[k].price_step = cases[i].price[k];
            sheets[k].qty_step = cases[i].qty[k];
        }
        assert_int_equal(opened(house), OC_OK);
        for (int k = 0; k < 2; k++) {
            assert_memory_equal(&source(house, k)->info.price_step, &cases[i].finer_price, sizeof(struct oc_dec));
            assert_memory_equal(&source(house, k)->info.qty_step, &cases[i].finer_qty, sizeof(struct oc_dec));
        }
        assert_true(has_note(house, notes[i]));
        assert_int_equal(source(house, 0)->inst, source(house, 1)->inst);
        assert_true(source(house, 2)->inst != source(house, 0)->inst);
        assert_int_equal(house->session->data.instrument_count, 2);
        assert_int_equal(seen.shown_count, 2);
        house_free(house);
    }
}

static void steps_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    static const struct oc_dec steps[][2] = {
        {{25, 2, 0}, {1, 1, 0}}, {{1, 1, 0}, {25, 2, 0}}, {{0, 0, 0}, {1, 1, 0}}, {{1, 1, 0}, {0, 0, 0}}};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        for (int is_price = 0; is_price < 2; is_price++) {
            struct house *house = made(2);
            sheets[1].event_type = OC_EV_QUOTE;
            for (int k = 0; k < 2; k++)
                *(is_price ? &sheets[k].price_step : &sheets[k].qty_step) = steps[i][k];
            refused(house, OC_E_CONFIG,
                    "a.csv and b.csv: their steps of price or quantity do not fit each other: state them with --data "
                    "'price_step=0.01;qty_step=0.001'");
        }
}

static void a_file_is_opened_as_the_settings_say(void **state)
{
    (void)state;
    struct house *house = made(2);
    sheets[0].notes = "rows: a header\nzone: UTC\n";
    sheets[1].notes = "last: without an end";
    sheets[1].symbol = "ETH/USDT";
    set(house, "data.options", "unit=ms");
    set(house, "session.to", "1970-01-01T00:00:10Z");
    set(house, "session.duration", "8s");
    set(house, "data.csv.name", "csv");
    assert_int_equal(opened(house), OC_OK);
    assert_string_equal(seen.options, "unit=ms");
    assert_string_equal(seen.sections[0], "csv");
    assert_true(has_note(house, "rows: a header") && has_note(house, "zone: UTC"));
    assert_true(has_note(house, "last: without an end"));
    assert_false(has_note(house, ""));
    assert_true(source(house, 0)->until_ns == 9 * HOUSE_SECOND); /* begins at 1 */
    assert_true(source(house, 1)->until_ns == 10 * HOUSE_SECOND);
    assert_true(house->session->clock.first_ns == HOUSE_SECOND && house->session->clock.now_ns == HOUSE_SECOND);
    session_close(house->session);
    assert_int_equal(seen.stopped, 2);
    assert_int_equal(seen.closed, seen.opened);
    assert_int_equal(seen.opened, 10); /* two readers, seven rules, a venue */
    house_free(house);
    house = made(1);
    assert_int_equal(opened(house), OC_OK);
    assert_true(source(house, 0)->until_ns == INT64_MAX);
    house_free(house);
    house = made(1);
    set(house, "session.duration", "8s");
    assert_int_equal(opened(house), OC_OK);
    assert_true(source(house, 0)->until_ns == 9 * HOUSE_SECOND);
    house_free(house);
}

/* At a venue the session begins when the venue does. */
static void a_session_at_a_venue_begins_when_it_says(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"session.venue", "mine"},
                                           {"venue.mine.instruments.0.symbol", "BTC/USDT"},
                                           {"venue.mine.instruments.0.price_step", "0.01"},
                                           {"venue.mine.instruments.0.qty_step", "0.001"}};
    for (int is_wrong = 0; is_wrong < 2; is_wrong++) {
        struct house *house = made(1);
        strcpy(source(house, 0)->path, "venue:mine");
        for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
            set(house, pairs[i][0], pairs[i][1]);
        set(house, "venue.mine.starts", is_wrong ? "soon" : "1970-01-01T00:00:07Z");
        if (is_wrong) {
            refused(house, OC_E_CONFIG,
                    "test: venue.mine.starts: found 'soon', expected a UTC date or time such as 2023-03-01 "
                    "or 2023-03-01T12:00:00Z");
            continue;
        }
        assert_int_equal(opened(house), OC_OK);
        assert_true(house->session->clock.first_ns == 7 * HOUSE_SECOND);
        assert_true(house->session->clock.now_ns == 7 * HOUSE_SECOND);
        house_free(house);
    }
}

/* Prices made here need no reader; each file of them is another. */
static void synthetic_prices_have_seeds_of_their_own(void **state)
{
    (void)state;
    struct house *house = made(2);
    house->registry->entries[0].plugin = &plugins[1]; /* no reader is there */
    strcpy(source(house, 0)->path, "synthetic-bars:5");
    house->session->data.count = 1;
    set(house, "session.seed", "41");
    assert_int_equal(opened(house), OC_OK);
    assert_true(source(house, 0)->synthetic.state == 41);
    house_free(house);
    house = made(2);
    strcpy(source(house, 0)->path, "synthetic-bars:5");
    strcpy(source(house, 1)->path, "synthetic:5");
    refused(house, OC_E_CONFIG,
            "synthetic-bars:5 and synthetic:5: found 'bars and trades of one symbol, BTC/USDT', expected one file of a "
            "symbol, or quotes beside trades: join the files, or name one of them after its own symbol");
    house = made(2);
    sheets[0].symbol = "ETH/USDT";
    strcpy(source(house, 1)->path, "synthetic:5");
    assert_int_equal(opened(house), OC_OK);
    assert_true(source(house, 1)->synthetic.state == 2); /* the seed is 1 where none is said */
    house_free(house);
}

static char logged[4096];

static void keep_line(void *arg, enum log_level level, const char *line, size_t length)
{
    (void)arg, (void)level;
    if (strlen(logged) + length + 2 < sizeof logged)
        strcat(strncat(logged, line, length), "\n");
}

/* Of several readers each says why it does not take a file: the last one as the end of the run, those before in the
 * log. */
static void each_reader_says_why_it_does_not_take_it(void **state)
{
    (void)state;
    static const char *const readers[] = {"first", "second", "third"};
    char list[64] = "", key[64];
    for (int count = 1; count <= 3; count++) {
        struct house *house = made(1);
        int lines = 0;
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", count > 1 ? "," : "", readers[count - 1]);
        set(house, "data.readers", list);
        for (int i = 0; i < count; i++) {
            snprintf(key, sizeof key, "data.%s.plugin", readers[i]);
            set(house, key, "outcry.csv");
        }
        sheets[0].probe = OC_E_DATA;
        seen.has_words = true;
        logged[0] = '\0';
        log_set_sink(keep_line, NULL);
        log_set_level(LOG_ERROR);
        refused(house, OC_E_DATA, "a.csv: line 7 is torn");
        log_flush();
        for (const char *at = logged; (at = strstr(at, " did not take it: a.csv: line 7 is torn")) != NULL; at++)
            lines++;
        assert_int_equal(lines, count - 1);
        log_set_sink(NULL, NULL);
        log_set_level(LOG_NONE);
    }
}

static void what_cannot_be_opened_is_said(void **state)
{
    (void)state;
    refused(made(0), OC_E_CONFIG,
            "data: no data file was named: expected a file such as btcusdt.csv, or synthetic-bars");
    struct house *house = made(2);
    sheets[1].probe = OC_E_DATA;
    refused(house, OC_E_DATA,
            "b.csv: the data could not be read: damaged or contradictory data: bring a whole copy back");
    house = made(2);
    sheets[1].probe = OC_E_DATA;
    seen.has_words = true;
    refused(house, OC_E_DATA, "b.csv: line 7 is torn");
    house = made(1);
    sheets[0].start = OC_E_DATA;
    refused(house, OC_E_DATA,
            "a.csv: the data could not be read: damaged or contradictory data: bring a whole copy back");
    house = made(1);
    sheets[0].start = OC_E_DATA;
    seen.has_words = true;
    refused(house, OC_E_DATA, "a.csv: line 7 is torn");
    house = made(1);
    seen.shows = OC_E_INVALID;
    refused(house, OC_E_INVALID, "BTC/USDT: the venue did not take the instrument: an argument is out of range");
    house = made(1);
    set(house, "data.csv.name", "refused");
    house->settings.error = (struct error){0};
    refused(house, OC_E_CONFIG,
            "plugin outcry.csv: it did not open: wrong configuration: see what `outcry config check` says");
    house = made(1);
    sheets[0].price_step = (struct oc_dec){0, 2, 0};
    refused(house, OC_E_INVALID,
            "instrument BTC/USDT: it was not accepted: an argument is out of range: found 'price step 0 e-2, quantity "
            "step 1 e-3': state the steps with --data 'price_step=0.01;qty_step=0.001'");
}

static void a_symbol_names_its_assets(void **state)
{
    (void)state;
    struct house *house = made(2);
    sheets[0].symbol = "SPY";
    sheets[1].symbol = "USD/BTC";
    set(house, "account.cash", "10000 USD, 0.5 BTC");
    assert_int_equal(opened(house), OC_OK);
    assert_true(has_note(house, "symbol: SPY/USD (the quote currency is that of the cash)"));
    assert_int_equal(seen.shown_count, 2);
    const struct instruments *instruments = engine_instruments(house->session->engine);
    static const char *const symbols[] = {"SPY/USD", "USD/BTC"}, *const bases[] = {"SPY", "USD"},
                             *const quotes[] = {"USD", "BTC"};
    for (int i = 0; i < 2; i++) {
        const struct oc_instrument *info = &seen.shown[i];
        assert_string_equal(info->symbol, symbols[i]);
        assert_string_equal(instruments_asset_name(instruments, info->base), bases[i]);
        assert_string_equal(instruments_asset_name(instruments, info->quote), quotes[i]);
        assert_int_equal(info->settle, info->quote);
        assert_int_equal(info->inst, source(house, i)->inst);
        assert_string_equal(info->venue, "paper");
        assert_int_equal(info->kind, OC_KIND_SPOT);
        assert_int_equal(info->status, OC_STATUS_TRADING);
        assert_int_equal(info->contract_size.units, 1);
    }
    house_free(house);
    house = made(1);
    sheets[0].symbol = "ETH/EUR";
    refused(house, OC_E_CONFIG,
            "account.cash: the cash is in USDT and ETH/EUR is paid in EUR: give --cash in EUR, or name the symbol with "
            "--symbol");
    static const char *const contracts[] = {"BTC/USDT:USDT", "BTC:USDT"};
    for (int i = 0; i < 2; i++) {
        char text[256];
        house = made(1);
        sheets[0].symbol = contracts[i];
        snprintf(
            text, sizeof text,
            "data.symbol: a contract is not supported by the paper venue yet: spot symbols only: found '%s', expected "
            "BASE/QUOTE such as BTC/USDT: --symbol says it",
            contracts[i]);
        refused(house, OC_E_CONFIG, text);
    }
}

/* As a report reads records: what is not traded has no step. */
static void instruments_come_without_data(void **state)
{
    (void)state;
    struct house *house = made(3);
    for (int i = 0; i < 3; i++) {
        snprintf(source(house, i)->info.symbol, sizeof source(house, i)->info.symbol, "%s/USDT",
                 i == 1 ? "ETH" : "BTC");
        source(house, i)->info.price_step = (struct oc_dec){i < 2, 2, 0};
        source(house, i)->info.qty_step = (struct oc_dec){1, 3, 0};
    }
    session_add_kernel(house->session, false, false);
    assert_int_equal(session_open(house->session), OC_OK);
    assert_int_equal(house->session->data.instrument_count, 2);
    assert_true(source(house, 0)->inst && source(house, 1)->inst && !source(house, 2)->inst);
    assert_int_equal(seen.opened, 0);
    house_free(house);
    house = made(2);
    for (int i = 0; i < 2; i++) {
        strcpy(source(house, i)->info.symbol, i ? "ETH/USDT" : "BTC:X");
        source(house, i)->info.price_step = source(house, i)->info.qty_step = (struct oc_dec){1, 3, 0};
    }
    session_add_kernel(house->session, false, false);
    assert_int_equal(session_open(house->session), OC_E_CONFIG);
    assert_false(source(house, 1)->inst);
    house_free(house);
}

static void what_was_read_is_noted(void **state)
{
    (void)state;
    struct house *house = made(1);
    assert_int_equal(opened(house), OC_OK);
    uint32_t before = house->session->words.note_count;
    sheets[0].stats = (struct oc_data_stats){.rows = 9, .events = 8};
    session_note_data(house->session);
    assert_int_equal(house->session->words.note_count, before + 1);
    assert_true(has_note(house, "rows: 9 read, 8 events"));
    sheets[0].stats = (struct oc_data_stats){.rounded = 1, .gaps = 1, .skipped = 1};
    session_note_data(house->session);
    assert_true(has_note(house, "rounded: 1 numbers carried binary noise"));
    assert_true(has_note(house, "gaps: 1 bars are missing in the data"));
    assert_true(has_note(house, "skipped: 1 rows, 0 out of order"));
    sheets[0].stats = (struct oc_data_stats){.out_of_order = 3};
    session_note_data(house->session);
    assert_true(has_note(house, "skipped: 0 rows, 3 out of order"));
    static const char *const contradicts[] = {
        "the simulator said 3 things that cannot be: they were refused",
        "the connector said 3 things that cannot be: they were refused",
        "ALARMS: 2 contradictions between venue and host: the log names the first ones",
        "the connector could not read 4 messages of its venue"};
    sheets[0].stats = (struct oc_data_stats){.rows = 1};
    for (int i = 0; i < 4; i++)
        assert_false(has_note(house, contradicts[i]));
    struct session *session = house->session;
    for (int i = 0; i < 2; i++) {
        session->border.refused = 3;
        session->border.is_venue = i;
        session->border.alarms = i ? 2 : 0;
        session_note_data(session);
        assert_true(has_note(house, contradicts[0]));
        assert_int_equal(has_note(house, contradicts[1]), i);
        assert_int_equal(has_note(house, contradicts[2]), i);
    }
    session->border = (struct border){.refused = 0};
    struct venue_link *links[2] = {calloc(1, sizeof *links[0]), calloc(1, sizeof *links[1])};
    assert_true(links[0] && links[1]);
    links[0]->venue.unread = 1;
    links[1]->venue.unread = 3;
    memcpy(session->links.list, links, sizeof links);
    session->links.count = 2;
    session_note_data(session);
    assert_true(has_note(house, contradicts[3]));
    session->links.count = 0;
    free(links[0]);
    free(links[1]);
    house_free(house);
}

static void a_run_without_data_is_refused(void **state)
{
    (void)state;
    struct house *house = made(1);
    struct session *session = house->session;
    session->clock.now_ns = HOUSE_SECOND;
    assert_int_equal(session_check_data(session, 0), OC_E_CONFIG);
    assert_string_equal(said(&session->words.error), "a.csv: no data were read");
    session->words.error = (struct error){0};
    set(house, "session.to", "1969-01-01");
    assert_int_equal(session_check_data(session, 5), OC_E_CONFIG);
    assert_string_equal(said(&session->words.error),
                        "a.csv: no data were read: session.to, '1969-01-01', is before what begins "
                        "at 1970-01-01T00:00:01Z");
    session->words.error = (struct error){0};
    session->data.events = 1;
    assert_int_equal(session_check_data(session, 1), OC_OK);
    set(house, "session.from", "1980-01-01");
    assert_int_equal(session_check_data(session, 0), OC_E_CONFIG);
    assert_string_equal(said(&session->words.error),
                        "session.from: found '1980-01-01', expected a time before the last of the "
                        "data, 1970-01-01T00:00:01Z: nothing could be traded");
    house_free(house);
}

/* Where a venue names its assets later, those of the configuration are there from the beginning, and are not recorded. */
static void assets_of_the_data_are_given(void **state)
{
    (void)state;
    static const char *const symbols[] = {"ABC/USDT", "DEF/USDT", "GHI"};
    struct house *house = made(1);
    assert_int_equal(opened(house), OC_OK);
    struct session *session = house->session;
    struct instruments *instruments = engine_instruments(session->engine);
    const uint32_t before = instruments_asset_count(instruments);
    uint32_t asset;
    session->data.count = 3;
    for (uint32_t i = 0; i < 3; i++)
        strcpy(session->data.sources[i].info.symbol, symbols[i]);
    assert_int_equal(session_name_assets(session), OC_OK);
    assert_int_equal(instruments_asset_count(instruments), before + 3);
    for (uint32_t i = 0; i < 3; i++) {
        char name[4];
        snprintf(name, sizeof name, "%.3s", symbols[i]);
        assert_string_equal(instruments_asset_name(instruments, before + i), name);
    }
    assert_int_equal(instruments_asset_to_record(instruments), 0);
    assert_int_equal(instruments_asset(instruments, "LATER", &asset), OC_OK);
    assert_int_equal(instruments_asset_to_record(instruments), asset);
    /* the first that cannot be named is the last that is looked at */
    strcpy(session->data.sources[0].info.symbol, "X/USDT:USDT");
    strcpy(session->data.sources[1].info.symbol, "NEVER/USDT");
    assert_int_equal(session_name_assets(session), OC_E_CONFIG);
    assert_int_equal(instruments_asset_count(instruments), before + 4);
    session->data.count = 1;
    house_free(house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(two_files_of_a_kind_are_refused),
                                       cmocka_unit_test(a_third_file_is_looked_at_too),
                                       cmocka_unit_test(quotes_stand_beside_trades),
                                       cmocka_unit_test(steps_that_do_not_fit_are_refused),
                                       cmocka_unit_test(a_file_is_opened_as_the_settings_say),
                                       cmocka_unit_test(a_session_at_a_venue_begins_when_it_says),
                                       cmocka_unit_test(synthetic_prices_have_seeds_of_their_own),
                                       cmocka_unit_test(each_reader_says_why_it_does_not_take_it),
                                       cmocka_unit_test(what_cannot_be_opened_is_said),
                                       cmocka_unit_test(a_symbol_names_its_assets),
                                       cmocka_unit_test(assets_of_the_data_are_given),
                                       cmocka_unit_test(instruments_come_without_data),
                                       cmocka_unit_test(what_was_read_is_noted),
                                       cmocka_unit_test(a_run_without_data_is_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

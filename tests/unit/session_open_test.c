/* session_open_test.c: what a session is made of: data, money, rules, venues, their words, and what a plugin finds of its host. */
#include "support/session_kit.h"

#include <outcry/draft/data.h>
#include <outcry/draft/sim.h>
#include <outcry/outcry.h>

#include "base/random.h"

enum { SHEETS = 4 };

static struct sheet { /* what a file says of itself */
    const char *path;
    uint32_t event_type;
    struct oc_dec price_step, qty_step;
    const char *symbol, *notes;
    int64_t first_ns;
    oc_rc probe, start;
    struct oc_data_stats stats;
} sheets[SHEETS];

static struct {
    char options[64];
    int opened, closed, stopped;
    char sections[16][64]; /* as each plugin asked for its key "name" */
    const struct oc_host *host;
    struct oc_instrument shown[SHEETS];
    int shown_count;
    oc_rc shows;
    bool has_words; /* the reader says what is wrong */
} seen;

static struct sheet *sheet_of(const char *path)
{
    for (int i = 0; i < SHEETS; i++)
        if (sheets[i].path && strcmp(sheets[i].path, path) == 0)
            return &sheets[i];
    return NULL;
}

static oc_rc probe(void *self, const char *path, const char *options, struct oc_data_info *info)
{
    const struct sheet *sheet = sheet_of(path);
    (void)self;
    snprintf(seen.options, sizeof seen.options, "%s", options);
    info->event_type = sheet->event_type;
    info->first_ns = sheet->first_ns;
    info->price_step = sheet->price_step;
    info->qty_step = sheet->qty_step;
    snprintf(info->symbol, sizeof info->symbol, "%s", sheet->symbol);
    snprintf(info->notes, sizeof info->notes, "%s", sheet->notes ? sheet->notes : "");
    return sheet->probe;
}

static oc_rc start(void *self, uint64_t token, const char *path, const char *options, uint32_t inst,
                   const struct oc_data_info *info)
{
    (void)self;
    (void)token;
    (void)options;
    (void)inst;
    (void)info;
    return sheet_of(path)->start;
}

static oc_rc pull(void *self, uint64_t token, uint32_t event_max)
{
    (void)self;
    (void)token;
    (void)event_max;
    return OC_E_END;
}

static oc_rc stats(void *self, uint64_t token, struct oc_data_stats *ret_stats)
{
    (void)self;
    (void)token;
    *ret_stats = sheets[0].stats;
    return OC_OK;
}

static oc_rc words(void *self, uint64_t token, char *text, uint32_t size_max)
{
    (void)self;
    (void)token;
    if (seen.has_words)
        snprintf(text, size_max, "line 7 is torn");
    return OC_OK;
}

static void stop(void *self, uint64_t token)
{
    (void)self;
    (void)token;
    seen.stopped++;
}

static oc_rc open_any(const struct oc_host *host, void **ret_self)
{
    char section[64] = "";
    seen.host = host;
    if (oc_config_text(host, "name", section, sizeof section) == OC_OK && strcmp(section, "refused") == 0)
        return OC_E_CONFIG;
    snprintf(seen.sections[seen.opened++ % 16], 64, "%s", section);
    *ret_self = &seen;
    return OC_OK;
}

static void close_any(void *self)
{
    assert_ptr_equal(self, &seen);
    seen.closed++;
}

static oc_rc show(void *self, const struct oc_instrument *instrument)
{
    (void)self;
    seen.shown[seen.shown_count++ % SHEETS] = *instrument;
    return seen.shows;
}

static oc_rc balance(void *self, uint32_t account, uint32_t asset, struct oc_dec total)
{
    (void)self;
    (void)account;
    (void)asset;
    (void)total;
    return OC_OK;
}

static oc_rc allow(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask, struct oc_verdict *verdict)
{
    (void)self;
    (void)ctx;
    (void)ask;
    return oc_allow(verdict);
}

static const struct oc_data data_table = {sizeof data_table, 0, probe, start, pull, NULL, stats, words, stop};
static const struct oc_sim sim_table = {.size = sizeof sim_table, .instrument = show, .balance = balance};
static const struct oc_risk risk_table = {.size = sizeof risk_table, .check = allow};
static const struct oc_iface data_ifaces[] = {{OC_DATA, &data_table}, {0}};
static const struct oc_iface sim_ifaces[] = {{OC_SIM, &sim_table}, {0}};
static const struct oc_iface risk_ifaces[] = {{OC_RISK, &risk_table}, {0}};

#define PLUGIN(kind_of, name, list)                                                                                    \
    {                                                                                                                  \
        .size = sizeof(struct oc_plugin), .abi_major = OC_ABI_MAJOR, .kind = kind_of, .id = name, .version = "1.0.0",  \
        .license = "MIT", .about = "of the test", .open = open_any, .close = close_any, .ifaces = list                 \
    }

static const struct oc_plugin plugins[] = {PLUGIN(OC_DATA, "outcry.csv", data_ifaces),
                                           PLUGIN(OC_SIM, "outcry.paper", sim_ifaces),
                                           PLUGIN(OC_RISK, "outcry.kill_switch", risk_ifaces),
                                           PLUGIN(OC_RISK, "outcry.max_order_qty", risk_ifaces),
                                           PLUGIN(OC_RISK, "outcry.max_order_value", risk_ifaces),
                                           PLUGIN(OC_RISK, "outcry.price_collar", risk_ifaces),
                                           PLUGIN(OC_RISK, "outcry.position_limit", risk_ifaces),
                                           PLUGIN(OC_RISK, "outcry.message_rate", risk_ifaces),
                                           PLUGIN(OC_RISK, "outcry.max_daily_loss", risk_ifaces)};

static const char *const rules[] = {"kill_switch",    "max_order_qty", "max_order_value", "price_collar",
                                    "position_limit", "message_rate",  "max_daily_loss"};

static struct house *made(int files)
{
    struct house *house = house_new();
    memset(&seen, 0, sizeof seen);
    for (size_t i = 0; i < sizeof plugins / sizeof plugins[0]; i++)
        house->registry->entries[house->registry->count++].plugin = &plugins[i];
    for (int i = 0; i < SHEETS; i++)
        sheets[i] = (struct sheet){.event_type = OC_EV_BAR,
                                   .price_step = {1, 2, 0},
                                   .qty_step = {1, 3, 0},
                                   .symbol = "BTC/USDT",
                                   .first_ns = (i + 1) * HOUSE_SECOND};
    static const char *const names[SHEETS] = {"a.csv", "b.csv", "c.csv", "d.csv"};
    for (int i = 0; i < files; i++) {
        sheets[i].path = names[i];
        strcpy(house->session->data.sources[i].path, names[i]);
    }
    house->session->data.count = (uint32_t)files;
    return house;
}

static void set(struct house *house, const char *key, const char *value)
{
    assert_int_equal(settings_set(&house->settings, key, value, "test"), OC_OK);
}

static oc_rc opened(struct house *house)
{
    session_add_kernel(house->session, true, true);
    return session_open(house->session);
}

static void refused(struct house *house, oc_rc rc, const char *text)
{
    oc_rc found = opened(house);
    if (found != rc || strcmp(house->session->words.error, text) != 0)
        fail_msg("%d: %s\nexpected %d: %s", (int)found, house->session->words.error, (int)rc, text);
    house_free(house);
}

static bool has_note(const struct house *house, const char *text)
{
    for (uint32_t i = 0; i < house->session->words.note_count; i++)
        if (strcmp(house->session->words.notes[i].text, text) == 0)
            return true;
    return false;
}

static struct feed_source *source(struct house *house, int i) { return &house->session->data.sources[i]; }

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
            snprintf(text, sizeof text,
                     "%s: found %s of one symbol, %s; expected one file of a symbol, or quotes beside trades: join the "
                     "files, or %s",
                     is_said ? "a.csv and b.csv" : "b.csv and c.csv", cases[i].kinds, is_said ? "XRP/USDT" : "BTC/USDT",
                     is_said ? "leave --symbol away and let the names of the files say what they are"
                             : "name one of them after its own symbol");
            refused(house, OC_E_CONFIG, text);
        }
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
            "synthetic-bars:5 and synthetic:5: found bars and trades of one symbol, BTC/USDT; expected one file of a "
            "symbol, or quotes beside trades: join the files, or name one of them after its own symbol");
    house = made(2);
    sheets[0].symbol = "ETH/USDT";
    strcpy(source(house, 1)->path, "synthetic:5");
    assert_int_equal(opened(house), OC_OK);
    assert_true(source(house, 1)->synthetic.state == 2); /* the seed is 1 where none is said */
    house_free(house);
}

static void what_cannot_be_opened_is_said(void **state)
{
    (void)state;
    refused(made(0), OC_E_CONFIG, "no data file was named");
    struct house *house = made(1);
    house->registry->entries[0].plugin = &plugins[1];
    refused(house, OC_E_NOT_FOUND, "plugin outcry.csv (" OC_DATA ") is not there: see `outcry plugin list`");
    house = made(2);
    sheets[1].probe = OC_E_DATA;
    refused(house, OC_E_DATA, "the data could not be opened");
    house = made(2);
    sheets[1].probe = OC_E_DATA;
    seen.has_words = true;
    refused(house, OC_E_DATA, "line 7 is torn");
    house = made(1);
    sheets[0].start = OC_E_DATA;
    refused(house, OC_E_DATA, "the data could not be started");
    house = made(1);
    sheets[0].start = OC_E_DATA;
    seen.has_words = true;
    refused(house, OC_E_DATA, "line 7 is torn");
    house = made(1);
    seen.shows = OC_E_INVALID;
    refused(house, OC_E_INVALID, "the data could not be started");
    house = made(1);
    set(house, "data.csv.name", "refused");
    house->settings.error[0] = 0;
    refused(house, OC_E_CONFIG, "plugin outcry.csv did not open (code -11): ");
    house = made(1);
    sheets[0].price_step = (struct oc_dec){0, 2, 0};
    refused(house, OC_E_INVALID,
            "instrument BTC/USDT was not accepted (code -1): price step 0 e-2, quantity step 1 e-3");
}

static void a_symbol_names_its_assets(void **state)
{
    (void)state;
    struct house *house = made(2);
    sheets[0].symbol = "SPY";
    sheets[1].symbol = "ETH/BTC";
    set(house, "account.cash", "10000 USD, 0.5 BTC");
    assert_int_equal(opened(house), OC_OK);
    assert_true(has_note(house, "symbol: SPY/USD (the quote currency is that of the cash)"));
    assert_int_equal(seen.shown_count, 2);
    const struct instruments *instruments = engine_instruments(house->session->engine);
    static const char *const symbols[] = {"SPY/USD", "ETH/BTC"}, *const bases[] = {"SPY", "ETH"},
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
            "the cash is in USDT and ETH/EUR is paid in EUR: give --cash in EUR, or name the symbol with --symbol");
    static const char *const contracts[] = {"BTC/USDT:USDT", "BTC:USDT"};
    for (int i = 0; i < 2; i++) {
        char text[256];
        house = made(1);
        sheets[0].symbol = contracts[i];
        snprintf(text, sizeof text,
                 "symbol '%s' names a contract: not supported by the paper venue yet: spot symbols only; expected "
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
    house_free(house);
}

static void a_run_without_data_is_refused(void **state)
{
    (void)state;
    struct house *house = made(1);
    struct session *session = house->session;
    session->clock.now_ns = HOUSE_SECOND;
    assert_int_equal(session_check_data(session, 0), OC_E_CONFIG);
    assert_string_equal(session->words.error, "a.csv: no data were read");
    session->words.error[0] = 0;
    set(house, "session.to", "1969-01-01");
    assert_int_equal(session_check_data(session, 5), OC_E_CONFIG);
    assert_string_equal(session->words.error,
                        "a.csv: no data were read: session.to, '1969-01-01', is before what begins "
                        "at 1970-01-01T00:00:01Z");
    session->words.error[0] = 0;
    session->data.events = 1;
    assert_int_equal(session_check_data(session, 1), OC_OK);
    set(house, "session.from", "1980-01-01");
    assert_int_equal(session_check_data(session, 0), OC_E_CONFIG);
    assert_string_equal(session->words.error,
                        "session.from: found '1980-01-01', expected a time before the last of the "
                        "data, 1970-01-01T00:00:01Z: nothing could be traded");
    house_free(house);
}

static void cash_is_read_as_it_is_said(void **state)
{
    (void)state;
    struct house *house = made(1);
    set(house, "account.cash", " 10000.50 USDT,0.5 BTC , 3 ETH");
    set(house, "account.cost_method", "lifo");
    assert_int_equal(opened(house), OC_OK);
    const struct session_money *money = &house->session->money;
    const struct instruments *instruments = engine_instruments(house->session->engine);
    static const char *const names[] = {"USDT", "BTC", "ETH"};
    static const struct oc_dec amounts[] = {{100005, 1, 0}, {5, 1, 0}, {3, 0, 0}};
    assert_int_equal(money->cash_count, 3);
    for (int i = 0; i < 3; i++) {
        assert_string_equal(instruments_asset_name(instruments, money->cash[i].asset), names[i]);
        assert_memory_equal(&money->cash[i].amount, &amounts[i], sizeof amounts[i]);
    }
    assert_int_equal(money->base, money->cash[0].asset);
    const struct account *account = portfolio_account(engine_portfolio(house->session->engine), money->account);
    assert_int_equal(account->method, COST_LIFO);
    assert_int_equal(account->base, money->base);
    house_free(house);
    static const char *const methods[] = {"average", "fifo"};
    for (uint32_t i = 0; i < 2; i++) {
        house = made(1);
        set(house, "account.cost_method", methods[i]);
        assert_int_equal(opened(house), OC_OK);
        assert_int_equal(
            portfolio_account(engine_portfolio(house->session->engine), house->session->money.account)->method,
            i ? COST_FIFO : COST_AVERAGE);
        house_free(house);
    }
    static const char *const bad[][2] = {
        {"", "cash: none was given: say --cash '10000 USDT'"},
        {"plenty", "cash: found 'plenty', expected an amount and a currency: '10000 USDT'"},
        {"5 USDT, -1 BTC", "cash: found '-1 BTC', expected an amount and a currency: '10000 USDT'"},
        {"5 USDT, 1..2 BTC", "cash: found '1..2 BTC', expected an amount and a currency: '10000 USDT'"},
        {"5", "cash: found '5', expected an amount and a currency: '10000 USDT'"}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        house = made(1);
        set(house, "account.cash", bad[i][0]);
        refused(house, OC_E_CONFIG, bad[i][1]);
    }
    house = made(1);
    set(house, "account.cost_method", "hifo");
    refused(house, OC_E_CONFIG, "account.cost_method: found 'hifo', expected average, fifo or lifo");
}

/* Sixteen currencies are taken, and what is said behind them is not looked at. */
static void cash_stops_at_its_limit(void **state)
{
    (void)state;
    char text[512] = "1 USDT";
    struct house *house = made(1);
    for (int i = 1; i <= SESSION_CASH_MAX; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), ", %d C%d", i + 1, i);
    set(house, "account.cash", text);
    assert_int_equal(opened(house), OC_OK);
    assert_int_equal(house->session->money.cash_count, SESSION_CASH_MAX);
    assert_int_equal(house->session->money.cash[SESSION_CASH_MAX - 1].amount.units, SESSION_CASH_MAX);
    house_free(house);
}

static void the_chain_has_all_its_rules_in_order(void **state)
{
    (void)state;
    struct house *house = made(1);
    for (int i = 0; i < 7; i++) {
        char key[64];
        snprintf(key, sizeof key, "risk.%s.name", rules[i]);
        set(house, key, rules[i]);
    }
    set(house, "sim.paper.name", "paper");
    set(house, "session.seed", "7");
    assert_int_equal(opened(house), OC_OK);
    assert_int_equal(house->session->rules.count, 7);
    for (int i = 0; i < 7; i++) {
        const struct plugin_instance *rule = &house->session->rules.list[i];
        assert_string_equal(seen.sections[1 + i], rules[i]); /* behind the reader */
        assert_string_equal(rule->plugin->id + strlen("outcry."), rules[i]);
        assert_ptr_equal(rule->now_ns, &house->session->clock.now_ns);
    }
    assert_string_equal(seen.sections[8], "paper");
    const struct venue *venue = &house->session->venues.list[0];
    assert_int_equal(house->session->venues.count, 1);
    assert_true(venue->sim.seed == 7);
    assert_ptr_equal(venue->sim.sim_answers, &venue->answers);
    assert_ptr_equal(venue->sim.now_ns, &house->session->clock.now_ns);
    assert_ptr_equal(venues_of(&house->session->venues, house->session->money.account), venue);
    session_close(house->session);
    assert_int_equal(house->session->rules.count, 0);
    assert_int_equal(seen.closed, 9);
    house_free(house);
    for (int i = 0; i < 8; i++) { /* none may be missing: the kill switch, a limit, the venue */
        char text[128];
        house = made(1);
        house->registry->entries[i == 7 ? 1 : 2 + i].plugin = &plugins[0];
        snprintf(text, sizeof text, "plugin outcry.%s (%s) is not there: see `outcry plugin list`",
                 i == 7 ? "paper" : rules[i], i == 7 ? OC_SIM : OC_RISK);
        refused(house, OC_E_NOT_FOUND, text);
    }
}

static void times_of_a_session_are_in_order(void **state)
{
    (void)state;
    struct house *house = made(1);
    set(house, "session.from", "2024-01-02");
    set(house, "session.to", "2024-01-02");
    assert_int_equal(opened(house), OC_OK);
    assert_true(house->session->clock.from_ns == 1704153600 * HOUSE_SECOND);
    assert_true(house->session->clock.seed == 1);
    house_free(house);
    house = made(1);
    set(house, "session.from", "2024-01-02");
    set(house, "session.to", "2024-01-01");
    refused(house, OC_E_CONFIG, "session.from: found '2024-01-02', expected a time before session.to, '2024-01-01'");
    house = made(1);
    assert_int_equal(opened(house), OC_OK);
    assert_true(house->session->clock.from_ns == INT64_MIN);
    house_free(house);
    static const char *const keys[] = {"session.seed", "session.from", "session.to", "session.duration", "risk.strict"};
    for (int i = 0; i < 5; i++) { /* what means nothing is refused, wherever it is read */
        house = made(1);
        set(house, keys[i], "yesterdays");
        assert_int_equal(opened(house), OC_E_CONFIG);
        assert_non_null(strstr(house->session->words.error, keys[i]));
        house_free(house);
    }
}

static void what_fills_assume_is_noted(void **state)
{
    (void)state;
    static const char *const plain[] = {"fills: half-spread 0.0001 (2 bps spread) of the price where data have no "
                                        "quotes, latency 5ms each way, at most "
                                        "0.1 of a bar's volume",
                                        "fills: limits when traded through by one step; fees taker 0, maker 0"};
    static const char fees[] =
        "fees: in the base currency: the account holds less than the positions, which count fills; a strategy that "
        "waits for a position of 0 does not find it";
    for (int i = 0; i < 3; i++) {
        struct house *house = made(1);
        if (i)
            set(house, "sim.paper.fee_in_base", i == 1 ? "no" : "yes");
        assert_int_equal(opened(house), OC_OK);
        assert_true(has_note(house, plain[0]) && has_note(house, plain[1]));
        assert_int_equal(has_note(house, fees), i == 2);
        house_free(house);
    }
    struct house *house = made(1);
    set(house, "sim.paper.profile", "ideal");
    set(house, "sim.paper.latency", "9ms");
    assert_int_equal(opened(house), OC_OK);
    assert_true(has_note(house, "fills: IDEAL: the next event, no spread, no volume cap, latency 9ms"));
    assert_false(has_note(house, plain[1]));
    house_free(house);
}

/* Notes beyond the limit are left out, and a complaint is the first one. */
static void words_stop_at_their_limit(void **state)
{
    (void)state;
    struct house *house = made(0);
    for (int i = 0; i <= SESSION_NOTES_MAX; i++)
        session_note(house->session, "note %d", i);
    assert_int_equal(house->session->words.note_count, SESSION_NOTES_MAX);
    assert_true(has_note(house, "note 63") && !has_note(house, "note 64"));
    assert_int_equal(session_fail(house->session, OC_E_DATA, "%s", "first"), OC_E_DATA);
    assert_int_equal(session_fail(house->session, OC_E_IO, "%s", "second"), OC_E_IO);
    assert_string_equal(house->session->words.error, "first");
    house_free(house);
}

/* ---- what a plugin finds ---- */

static void a_plugin_reads_its_own_section(void **state)
{
    (void)state;
    struct house *house = made(1);
    set(house, "data.csv.limit", "0.25");
    set(house, "data.csv.count", "12");
    set(house, "data.csv.wait", "5ms");
    set(house, "data.csv.is_on", "yes");
    set(house, "data.csv.is_off", "no");
    set(house, "data.csv.wrong", "x");
    set(house, "data.csv.word", "four");
    set(house, "count", "13");
    house->registry->entries[1].plugin = &plugins[0]; /* only the reader is opened */
    assert_int_equal(opened(house), OC_E_NOT_FOUND);
    const struct oc_host *host = &house->session->data.readers[0].host;
    struct oc_dec dec;
    int64_t number;
    uint32_t flag = 9;
    char text[16];
    assert_int_equal(oc_config_dec(host, "limit", &dec), OC_OK);
    assert_true(dec.units == 25 && dec.scale == 2);
    assert_int_equal(oc_config_integer(host, "count", &number), OC_OK);
    assert_int_equal(number, 12);
    assert_int_equal(oc_config_duration(host, "wait", &number), OC_OK);
    assert_int_equal(number, 5000000);
    assert_int_equal(oc_config_boolean(host, "none", &flag), OC_E_NOT_FOUND);
    assert_int_equal(oc_config_boolean(host, "wrong", &flag), OC_E_CONFIG);
    assert_int_equal(flag, 9);
    assert_int_equal(oc_config_boolean(host, "is_on", &flag), OC_OK);
    assert_int_equal(flag, 1);
    assert_int_equal(oc_config_boolean(host, "is_off", &flag), OC_OK);
    assert_int_equal(flag, 0);
    assert_int_equal(oc_config_integer(host, "none", &number), OC_E_NOT_FOUND);
    assert_int_equal(oc_config_integer(host, "wrong", &number), OC_E_CONFIG);
    assert_int_equal(oc_config_text(host, "none", text, sizeof text), OC_E_NOT_FOUND);
    assert_int_equal(oc_config_text(host, "word", text, 4), OC_E_LIMIT);
    assert_int_equal(oc_config_text(host, "word", text, 5), OC_OK);
    assert_string_equal(text, "four");
    char key[SETTING_KEY_MAX + 1];
    const size_t room = SETTING_KEY_MAX - 1 - strlen("data.csv.");
    memset(key, 'k', sizeof key);
    key[room] = 0;
    assert_int_equal(oc_config_text(host, key, text, sizeof text), OC_E_NOT_FOUND); /* the longest that can be set */
    assert_int_equal(oc_config_dec(host, key, &dec), OC_E_NOT_FOUND);
    key[room] = 'k';
    key[room + 1] = 0;
    assert_int_equal(oc_config_text(host, key, text, sizeof text), OC_E_LIMIT);
    assert_int_equal(oc_config_dec(host, key, &dec), OC_E_LIMIT);
    assert_int_equal(oc_config_boolean(host, key, &flag), OC_E_LIMIT);
    house_free(house);
}

static const struct oc_svc_engine *engine_of(const struct oc_host *host)
{
    return (const struct oc_svc_engine *)host->service(host, OC_SVC_ENGINE);
}

/* Chance by seed and stream: a backtest of yesterday is that of tomorrow. Stream s of seed k is the n-th of
 * mix(n * step ^ k * (2 s + 1)). */
static void chance_of_a_plugin_is_its_seed_and_stream(void **state)
{
    (void)state;
    struct house *house = made(1);
    set(house, "session.seed", "7");
    assert_int_equal(opened(house), OC_OK);
    const struct oc_host *host = &house->session->venues.list[0].sim.host;
    for (uint64_t n = 1; n < 4; n++)
        for (uint32_t stream = 0; stream < 8; stream++)
            assert_true(engine_of(host)->random(host, stream) ==
                        random_mix(n * RANDOM_STEP ^ 7 * (2 * (uint64_t)stream + 1)));
    assert_true(engine_of(host)->random(host, 9) == random_mix(4 * RANDOM_STEP ^ 7 * 19)); /* goes on with stream 1 */
    assert_true(engine_of(host)->random(host, 1) == random_mix(5 * RANDOM_STEP ^ 7 * 3));
    house_free(house);
}

static void memory_of_a_plugin_has_its_limit(void **state)
{
    (void)state;
    struct house *house = made(1);
    assert_int_equal(opened(house), OC_OK);
    const struct oc_host *host = &house->session->venues.list[0].sim.host;
    static const unsigned char zeros[4096];
    unsigned char *small = engine_of(host)->alloc(host, sizeof zeros),
                  *other = engine_of(host)->alloc(host, sizeof zeros);
    assert_non_null(small);
    assert_non_null(other);
    memset(small, 0xee, sizeof zeros);
    assert_memory_equal(other, zeros, sizeof zeros);
    assert_null(engine_of(host)->alloc(host, (64 << 20) - 8191)); /* one byte too many */
    assert_non_null(engine_of(host)->alloc(host, (64 << 20) - 8192));
    assert_non_null(engine_of(host)->alloc(host, 0));
    assert_null(engine_of(host)->alloc(host, 1));
    house_free(house);
}

static void a_plugin_finds_the_services_of_its_part(void **state)
{
    (void)state;
    struct house *house = made(1);
    assert_int_equal(opened(house), OC_OK);
    const struct oc_host *venue = &house->session->venues.list[0].sim.host;
    const struct oc_host *reader = &house->session->data.readers[0].host;
    static const char *const names[] = {OC_SVC_CONFIG, OC_SVC_LOG,  OC_SVC_SIM_HOST,
                                        OC_SVC_ENGINE, OC_SVC_FEED, OC_SVC_NET};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_non_null(venue->service(venue, names[i]));
        for (size_t k = 0; k < i; k++)
            assert_ptr_not_equal(venue->service(venue, names[i]), venue->service(venue, names[k]));
    }
    assert_null(venue->service(venue, "outcry.host.nothing/1"));
    assert_int_equal(venue->abi, OC_ABI_MAJOR << 16 | OC_ABI_MINOR);
    assert_int_equal(venue->size, sizeof *venue);
    house->session->clock.now_ns = 77;
    assert_int_equal(engine_of(venue)->now_ns(venue), 77);
    assert_int_equal(engine_of(reader)->now_ns(reader), 0); /* it has no time */
    const struct oc_svc_sim_host *sim = (const struct oc_svc_sim_host *)venue->service(venue, OC_SVC_SIM_HOST);
    struct oc_ev_answer answer = {.head = {.size = sizeof answer, .type = OC_EV_ACCEPTED}, .order = 1};
    assert_int_equal(sim->emit(reader, 5, &answer.head), OC_E_STATE);
    assert_int_equal(sim->schedule_at(reader, 5), OC_E_STATE);
    assert_int_equal(sim->emit(venue, 90, &answer.head), OC_OK);
    assert_int_equal(venues_next_ns(&house->session->venues), 90);
    house_free(house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(two_files_of_a_kind_are_refused),
                                       cmocka_unit_test(quotes_stand_beside_trades),
                                       cmocka_unit_test(steps_that_do_not_fit_are_refused),
                                       cmocka_unit_test(a_file_is_opened_as_the_settings_say),
                                       cmocka_unit_test(synthetic_prices_have_seeds_of_their_own),
                                       cmocka_unit_test(what_cannot_be_opened_is_said),
                                       cmocka_unit_test(a_symbol_names_its_assets),
                                       cmocka_unit_test(instruments_come_without_data),
                                       cmocka_unit_test(what_was_read_is_noted),
                                       cmocka_unit_test(a_run_without_data_is_refused),
                                       cmocka_unit_test(cash_is_read_as_it_is_said),
                                       cmocka_unit_test(cash_stops_at_its_limit),
                                       cmocka_unit_test(the_chain_has_all_its_rules_in_order),
                                       cmocka_unit_test(times_of_a_session_are_in_order),
                                       cmocka_unit_test(what_fills_assume_is_noted),
                                       cmocka_unit_test(words_stop_at_their_limit),
                                       cmocka_unit_test(a_plugin_reads_its_own_section),
                                       cmocka_unit_test(chance_of_a_plugin_is_its_seed_and_stream),
                                       cmocka_unit_test(memory_of_a_plugin_has_its_limit),
                                       cmocka_unit_test(a_plugin_finds_the_services_of_its_part)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

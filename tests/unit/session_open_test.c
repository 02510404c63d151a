/* session_open_test.c: what a session is made of: money, rules, venue, times, their words; what a plugin finds of its host. */
#include "support/session_parts.h"

#include "base/random.h"

static void cash_is_read_as_it_is_said(void **state)
{
    (void)state;
    struct house *house = made(1);
    set(house, "account.cash", " 10000.50 USDT,0.5 BTC , ");
    set(house, "account.cost_method", "lifo");
    assert_int_equal(opened(house), OC_OK);
    const struct session_money *money = &house->session->money;
    const struct instruments *instruments = engine_instruments(house->session->engine);
    static const char *const names[] = {"USDT", "BTC"};
    static const struct oc_dec amounts[] = {{100005, 1, 0}, {5, 1, 0}};
    assert_int_equal(money->cash_count, 2);
    for (int i = 0; i < 2; i++) {
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
        {"5 USDT, 6 USDT", "cash: found 'USDT', expected each currency of an account once"},
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

/* Sixteen amounts are taken; one more is refused, and not left out. */
static void cash_stops_at_its_limit(void **state)
{
    (void)state;
    char text[512] = "1 USDT";
    for (int i = 1; i < SESSION_CASH_MAX; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), ", %d C%d", i + 1, i);
    struct house *house = made(1);
    set(house, "account.cash", text);
    refused(house, OC_E_CONFIG,
            "account.cash: no market of the data leads from C1 to USDT, the currency of account: the equity could not "
            "be told: give data of C1/USDT too, or leave C1 out, or name first what the markets are paid in");
    snprintf(text + strlen(text), sizeof text - strlen(text), ", 17 C16");
    house = made(1);
    set(house, "account.cash", text);
    refused(house, OC_E_CONFIG, "cash: found 'C16', expected at most 16 amounts in all");
}

/* What no market of the data can value is refused before anything is traded: it would be missing from every figure. */
static void Q8_cash_that_cannot_be_valued_is_refused(void **state)
{
    (void)state;
    struct house *house = made(1);
    set(house, "account.cash", "20000 USDT, 1000 EUR");
    refused(
        house, OC_E_CONFIG,
        "account.cash: no market of the data leads from EUR to USDT, the currency of account: the equity could not be "
        "told: give data of EUR/USDT too, or leave EUR out, or name first what the markets are paid in");
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
        assert_non_null(strstr(said(&house->session->words.error), keys[i]));
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
        "fees: in the base currency: a position is what is left of what was bought; less than a step of it is dust, "
        "which joins what is bought next";
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

/* What is noted of fills and fees, each on a line, is `expected`. */
static void notes_are(const char *const *pairs, bool trades, const char *expected)
{
    struct house *house = made(0);
    char found[2048] = "";
    for (; *pairs; pairs += 2)
        set(house, pairs[0], pairs[1]);
    session_add_kernel(house->session, false, trades);
    if (session_open(house->session) < 0)
        fail_msg("%s", said(&house->session->words.error));
    for (uint32_t i = 0; i < house->session->words.note_count; i++) {
        const char *note = house->session->words.notes[i].text;
        if (strncmp(note, "fills: ", 7) == 0 || strncmp(note, "fees: ", 6) == 0)
            snprintf(found + strlen(found), sizeof found - strlen(found), "%s\n", note);
    }
    if (strcmp(found, expected) != 0)
        fail_msg("%sexpected: %s", found, expected);
    house_free(house);
}

#define LIMITS                                                                                                         \
    "fills: half-spread 0.0001 (2 bps spread) of the price where data have no quotes, latency 5ms each way, at most "  \
    "0.1 of a bar's volume\nfills: limits when "
#define NO_FEES "; fees taker 0, maker 0\n"

static void each_simulator_is_noted_in_its_own_words(void **state)
{
    (void)state;
    static const struct {
        const char *profile, *fill, *words;
    } limits[] = {{"neutral", "profile", "traded through by one step"},
                  {"pessimistic", "profile", "traded through by two steps"},
                  {"optimistic", "profile", "touched"},
                  {"neutral", "touch", "touched"},
                  {"neutral", "through", "traded through by one step"},
                  {"neutral", "through2", "traded through by two steps"},
                  {"pessimistic", "touch", "touched"},
                  {"optimistic", "through2", "traded through by two steps"}};
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
        for (int trades = 0; trades < 2; trades++) {
            char expected[512];
            snprintf(expected, sizeof expected, LIMITS "%s" NO_FEES, limits[i].words);
            notes_are((const char *const[]){"sim.paper.profile", limits[i].profile, "sim.paper.limit_fill",
                                            limits[i].fill, NULL},
                      trades, expected);
        }
    notes_are(
        (const char *const[]){"sim.paper.half_spread", "0.5", "sim.paper.latency", "1s", "sim.paper.volume_cap", "1",
                              "sim.paper.taker_fee", "0.3", "sim.paper.maker_fee", "0.2", NULL},
        true,
        "fills: half-spread 0.5 of the price where data have no quotes, latency 1s each way, at most 1 of a bar's "
        "volume\nfills: limits when traded through by one step; fees taker 0.3, maker 0.2\n");
    notes_are((const char *const[]){"sim.paper.profile", "ideal", NULL}, true,
              "fills: IDEAL: the next event, no spread, no volume cap, latency 0\n");
    notes_are((const char *const[]){"sim.paper.plugin", "org.example.other", NULL}, false,
              "fills: as the simulator org.example.other makes them: what it assumes is its own\n");
}

/* A rule that is not there, and what comes from outside: both are told at each start. */
static void what_is_missing_or_foreign_is_noted(void **state)
{
    (void)state;
    for (int may_lack = 0; may_lack < 2; may_lack++) {
        struct house *house = made(1);
        set(house, "risk.chain",
            "absent, kill_switch, max_order_qty, max_order_value, price_collar, position_limit, message_rate, "
            "max_daily_loss");
        set(house, "risk.absent.plugin", "org.example.absent");
        house->session->may_lack_rules = may_lack;
        if (!may_lack) {
            refused(house, OC_E_CONFIG,
                    "test: risk.absent.plugin: this plugin is in no plugin folder: found 'org.example.absent': `outcry "
                    "plugin "
                    "list` shows what is there; plugins.folders names more folders");
            continue;
        }
        assert_int_equal(opened(house), OC_OK);
        assert_true(
            has_note(house, "risk.absent: plugin org.example.absent could not be had: cancels and reductions only"));
        for (uint32_t i = 0; i < house->session->words.note_count; i++) /* ours are none */
            assert_null(strstr(house->session->words.notes[i].text, "from outside"));
        house_free(house);
    }
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
    assert_int_equal(session_say(house->session, OC_E_DATA, "here", "first"), OC_E_DATA);
    assert_int_equal(session_say(house->session, OC_E_IO, "there", "second"), OC_E_IO);
    assert_string_equal(said(&house->session->words.error), "here: first");
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
    assert_int_equal(opened(house), OC_OK);
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
    static const char *const names[] = {OC_SVC_CONFIG, OC_SVC_LOG, OC_SVC_SIM_HOST, OC_SVC_ENGINE, OC_SVC_FEED};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_non_null(venue->service(venue, names[i]));
        for (size_t k = 0; k < i; k++)
            assert_ptr_not_equal(venue->service(venue, names[i]), venue->service(venue, names[k]));
    }
    assert_null(venue->service(venue, "outcry.host.nothing/1"));
    assert_null(venue->service(venue, OC_SVC_NET)); /* a connector's */
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
    const struct CMUnitTest tests[] = {cmocka_unit_test(cash_is_read_as_it_is_said),
                                       cmocka_unit_test(cash_stops_at_its_limit),
                                       cmocka_unit_test(Q8_cash_that_cannot_be_valued_is_refused),
                                       cmocka_unit_test(the_chain_has_all_its_rules_in_order),
                                       cmocka_unit_test(times_of_a_session_are_in_order),
                                       cmocka_unit_test(what_fills_assume_is_noted),
                                       cmocka_unit_test(what_is_missing_or_foreign_is_noted),
                                       cmocka_unit_test(each_simulator_is_noted_in_its_own_words),
                                       cmocka_unit_test(words_stop_at_their_limit),
                                       cmocka_unit_test(a_plugin_reads_its_own_section),
                                       cmocka_unit_test(chance_of_a_plugin_is_its_seed_and_stream),
                                       cmocka_unit_test(memory_of_a_plugin_has_its_limit),
                                       cmocka_unit_test(a_plugin_finds_the_services_of_its_part)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

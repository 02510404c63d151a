/* shell_show_test.c: tables at 80 and 40 columns, charts with and without braille, prompt and pane, completion, save. */
#include "support/shell_kit.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

static struct kit *kit_of(uint32_t columns, bool has_colour, bool has_braille)
{
    struct shell_config config = {.columns = columns, .has_colour = has_colour, .has_braille = has_braille};
    return kit_new_with(&config);
}

/* Characters of the longest line, without colours. */
static size_t widest(const char *text)
{
    size_t most = 0, width = 0;
    for (; *text; text++) {
        if (*text == '\x1b') {
            text = strchr(text, 'm');
        } else if (*text == '\n') {
            width = 0;
        } else if (((unsigned char)*text & 0xc0) != 0x80) {
            width++;
            most = width > most ? width : most;
        }
    }
    return most;
}

static uint32_t count_of(const char *text, const char *what)
{
    uint32_t count = 0;
    for (const char *at = text; (at = strstr(at, what)) != NULL; at += strlen(what))
        count++;
    return count;
}

static const char *const nouns[] = {
    "orders all",          "fills",         "positions", "balances", "pnl",  "risk",  "markets", "ticker", "status",
    "strategies",          "venues",        "plugins",   "journal",  "help", "chart", "book",    "alerts", "help buy",
    "preview('buy', 0.1)", "strategy 'sma'"};

static void tables_fit(void **unused)
{
    (void)unused;
    for (uint32_t columns = 40; columns <= 120; columns += 40) {
        struct kit *kit = kit_of(columns, columns > 80, columns > 40);
        kit_eval(kit, "buy(0.1) buy(0.2, {price = 60000})");
        for (size_t i = 0; i < sizeof nouns / sizeof nouns[0]; i++) {
            assert_int_equal(kit_eval(kit, nouns[i]), SHELL_DONE);
            if (widest(kit->out) > columns)
                fail_msg("%s at %u columns: %zu wide\n%s", nouns[i], columns, widest(kit->out), kit->out);
            assert_true(widest(kit->out) >= 4);
        }
        kit_free(kit);
    }
    struct kit *kit = kit_of(80, false, false);
    kit_eval(kit, "buy(0.1)");
    kit_eval(kit, "orders all");
    assert_string_equal(kit->out, "id  time      side     qty  symbol     price  state   filled   average\n"
                                  "o1  12:00:01  BUY   0.1000  BTC/USDT  market  filled  0.1000  60,012.4\n");
    shell_resize(kit->shell, 40, 0);
    kit_eval(kit, "positions");
    assert_string_equal(kit->out, "symbol    side       qty      P&L  stop\n"
                                  "BTC/USDT  long    0.3000  +303.55  none\n"
                                  "BTC/USDT  short  -0.1000   -98.76  none\n"); /* what protects goes last of all */
    kit_free(kit);
}

static void colours_only_where_there_are_some(void **unused)
{
    (void)unused;
    struct kit *kit = kit_of(80, true, true);
    says("buy(0.1)", "\x1b[32mBUY\x1b[0m");
    says("sell(0.1)", "\x1b[31mSELL\x1b[0m");
    says("positions", "\x1b[31m-98.76\x1b[0m");
    says("positions", "\x1b[2msymbol\x1b[0m");
    says("buy(1, {price = 70000})", "\x1b[31mrefused: PRICE");
    says("nope()", "\x1b[31merror: ");
    kit_free(kit);
    kit = kit_of(80, false, true);
    for (size_t i = 0; i < sizeof nouns / sizeof nouns[0]; i++) {
        kit_eval(kit, nouns[i]);
        assert_null(strchr(kit->out, '\x1b'));
    }
    kit_free(kit);
}

static void charts(void **unused)
{
    (void)unused;
    struct kit *kit = kit_of(80, false, true);
    kit_eval(kit, "chart BTC/USDT 1m 60");
    assert_non_null(strstr(kit->asked, "bars BTC/USDT 1m 60 0\n"));
    assert_non_null(strstr(kit->out, "BTC/USDT 1m  60 bars"));
    assert_non_null(strstr(kit->out, "\xe2\xa3\xbf")); /* a full cell */
    assert_non_null(strstr(kit->out, "\xe2\x96\xb2")); /* bought */
    assert_non_null(strstr(kit->out, "\xe2\x96\xbc")); /* sold */
    assert_non_null(strstr(kit->out, "\n12:00 "));
    assert_int_equal(count_of(kit->out, "\n"), 17);
    kit_eval(kit, "chart 100");
    assert_non_null(strstr(kit->asked, "bars BTC/USDT data 100 64\n")); /* the second page */
    assert_true(widest(kit->out) <= 80);
    kit_free(kit);
    kit = kit_of(80, false, false);
    kit_eval(kit, "chart eth/usdt 1m 30");
    assert_non_null(strchr(kit->out, '#'));
    assert_non_null(strchr(kit->out, '|'));
    for (const char *at = kit->out; *at; at++)
        assert_true((unsigned char)*at < 0x80);
    kit_eval(kit, "chart 1m");
    assert_non_null(strchr(kit->out, '^'));
    says("chart nonsense", "expected a symbol, a period such as 1m, or a count");
    says("chart 1", "1m  1 bar  last");
    shell_resize(kit->shell, 30, 12);
    kit_eval(kit, "chart");
    assert_true(widest(kit->out) <= 30);
    assert_int_equal(count_of(kit->out, "\n"), 9);
    kit_free(kit);
}

static void the_prompt_says_where_one_is(void **unused)
{
    (void)unused;
    char prompt[SHELL_PROMPT_MAX], line[256];
    struct kit *kit = kit_of(80, false, false);
    kit->equity = 10214.3;
    assert_int_equal(shell_prompt(kit->shell, false, prompt), strlen("paper BTC/USDT 60,012.4  10,214.30 +2.1% > "));
    assert_string_equal(prompt, "paper BTC/USDT 60,012.4  10,214.30 +2.1% > ");
    kit->equity = 9950;
    kit->is_paused = true;
    shell_prompt(kit->shell, false, prompt);
    assert_string_equal(prompt, "paper BTC/USDT 60,012.4  9,950.00 -0.5% paused > ");
    kit->halted = "KILLED";
    kit->is_live = true;
    kit->equity = 1234567.894;
    kit_eval(kit, "use eth/usdt");
    shell_prompt(kit->shell, false, prompt);
    assert_string_equal(prompt, "LIVE ETH/USDT 2,512.50  1,234,567.89 +12245.7% halted KILLED paused > ");
    kit->is_rehearsed_only = true;
    shell_prompt(kit->shell, false, prompt);
    assert_string_equal(prompt,
                        "LIVE REHEARSED ONLY ETH/USDT 2,512.50  1,234,567.89 +12245.7% halted KILLED paused > ");
    kit->is_rehearsed_only = false;
    shell_prompt(kit->shell, true, prompt);
    assert_string_equal(prompt, "  ... > ");
    assert_true(shell_headline(kit->shell, line, sizeof line) > 0);
    assert_non_null(strstr(line, "LIVE ETH/USDT"));
    assert_non_null(strstr(line, "seq 42"));
    assert_true(shell_headline(kit->shell, line, 8) < 8);
    kit_free(kit);
    kit = kit_of(80, true, true);
    kit->is_live = true;
    shell_prompt(kit->shell, false, prompt);
    assert_non_null(strstr(prompt, "\x1b[1;37;41mLIVE\x1b[0m"));
    kit_free(kit);
}

static void what_is_told_is_text(void **unused)
{
    (void)unused;
    char text[256];
    struct kit *kit = kit_of(80, false, false);
    shell_told_text(kit->shell, "fill",
                    "{\"time\":\"2026-01-31T12:00:01.5Z\",\"order\":\"o3\",\"symbol\":\"BTC/"
                    "USDT\",\"side\":\"BUY\",\"qty\":0.1,\"price\":60012.4}",
                    text, sizeof text);
    assert_string_equal(text, "12:00:01 FILL o3 BUY 0.1000 BTC/USDT @ 60,012.4");
    shell_told_text(kit->shell, "alert",
                    "{\"number\":1,\"time\":\"2026-01-31T12:00:02Z\",\"symbol\":\"BTC/"
                    "USDT\",\"operator\":\">\",\"price\":61000,\"last\":61000.5}",
                    text, sizeof text);
    assert_string_equal(text, "12:00:02 ALERT 1 BTC/USDT > 61,000.0, now 61,000.5");
    shell_told_text(kit->shell, "order",
                    "{\"time\":\"2026-01-31T12:00:03Z\",\"order\":\"o4\",\"symbol\":\"BTC/"
                    "USDT\",\"what\":\"canceled\",\"reason\":\"\\u001b[2Jx\"}",
                    text, sizeof text);
    assert_string_equal(text, "12:00:03 ORDER o4 BTC/USDT canceled  [2Jx"); /* no control of the terminal */
    shell_told_text(kit->shell, "log", "{\"level\":\"warn\",\"text\":\"two\\nlines\"}", text, sizeof text);
    assert_string_equal(text, "LOG warn two lines");
    shell_told_text(kit->shell, "odd", "no json", text, sizeof text);
    assert_string_equal(text, "ODD");
    assert_true(shell_told_text(kit->shell, "fill", "{\"order\":\"o3\"}", text, 8) < 8);
    says("tail", "12:00:02 ALERT 1");
    kit_eval(kit, "tail 1");
    assert_null(strstr(kit->out, "ALERT"));
    kit_free(kit);
}

static void completes(struct kit *kit, const char *line, size_t from, const char *wanted, uint32_t count)
{
    static char words[SHELL_COMPLETIONS_MAX][SHELL_WORD_MAX];
    size_t at = 999;
    char all[4096] = "";
    uint32_t got = shell_complete(kit->shell, line, &at, words);
    for (uint32_t i = 0; i < got && strlen(all) < 3900; i++) {
        strcat(all, words[i]);
        strcat(all, " ");
    }
    if (strncmp(all, wanted, strlen(wanted)) != 0 || (count && got != count) || (got && at != from))
        fail_msg("`%s`: %u from %zu: %s; wanted from %zu: %s", line, got, at, all, from, wanted);
}

static void completion(void **unused)
{
    (void)unused;
    struct kit *kit = kit_of(80, false, false);
    kit_eval(kit, "my_table = {alpha = 1, beta = function() end} my_number = 5");
    kit_eval(kit, "buy(0.1, {price = 60000}) buy(0.2, {price = 59000})");
    completes(kit, "posi", 0, "positions ", 1);
    completes(kit, "x = posi", 4, "positions ", 1);
    completes(kit, "print(my_", 6, "my_number my_table ", 2);
    completes(kit, "my_table.", 9, "alpha beta ", 2);
    completes(kit, "my_table.be", 9, "beta ", 1);
    completes(kit, "my_table:", 9, "beta ", 1);
    completes(kit, "m.", 2, "adx ask atr bars base ", 0);
    completes(kit, "m:b", 2, "bars bollinger busy buy ", 4);
    completes(kit, "account.", 8, "cash currency equity name ", 4);
    completes(kit, "o3.rea", 3, "reason ", 1);
    completes(kit, "o3:", 3, "amend cancel explain replace ", 4);
    completes(kit, "string.for", 7, "format ", 1);
    completes(kit, "use b", 4, "BTC/USDT ", 1);
    completes(kit, "buy 0.1 eth", 8, "ETH/USDT ", 1);
    completes(kit, "market('", 8, "BTC/USDT ETH/USDT ", 2);
    completes(kit, "market(\"E", 8, "ETH/USDT ", 1);
    completes(kit, "cancel ", 7, "all o1 o2 ", 3);
    completes(kit, "cancel o", 7, "o1 o2 ", 2);
    completes(kit, "cancel('o", 8, "o1 o2 ", 2);
    completes(kit, "unload ", 7, "sma ", 1);
    completes(kit, "strategy('s", 10, "sma ", 1);
    completes(kit, "help ali", 5, "", 0);
    completes(kit, "buy 0.1 ta", 8, "tag target ", 2);
    completes(kit, "sell 0.1 @ 60000 re", 17, "reduce ", 1);
    completes(kit, "orders a", 7, "all ", 1);
    completes(kit, "set sma f", 8, "fast= ", 1);
    completes(kit, "budget sma ca", 11, "callback= ", 1);
    completes(kit, "may sma i", 8, "instruments= ", 1);
    completes(kit, "indicator bo", 10, "bollinger ", 1);
    completes(kit, "load " TEST_SOURCE_DIR "/strategies/sma_cr", 5, TEST_SOURCE_DIR "/strategies/sma_cross.", 0);
    completes(kit, "diff a " TEST_SOURCE_DIR "/READ", 7, TEST_SOURCE_DIR "/README.md ", 1);
    completes(kit, "help alert", 5, "alert alerts ", 2);
    completes(kit, "nothing.like.this", 13, "", 0);
    completes(kit, "", 0, "account adopt after alert ", 0);
    completes(kit, "]]", 2, "", 0);
    kit->asked_size = 0;
    completes(kit, "amend ", 6, "o1 o2 ", 2);
    assert_int_equal(count_of(kit->asked, "\n"), 1); /* one question */
    kit_eval(kit, "bad = setmetatable({}, {__index = function() while true do end end, __pairs = error})");
    completes(kit, "bad.x", 4, "", 0);
    says("1 + 1", "2\n");
    kit_free(kit);
}

static void save_writes_a_strategy(void **unused)
{
    (void)unused;
    char folder[] = "/tmp/outcry_shell_XXXXXX", path[128];
    assert_non_null(mkdtemp(folder));
    struct shell_config config = {.columns = 80, .session_file = folder};
    struct kit *kit = kit_new_with(&config);
    says("save('x.lua')", "nothing was done yet");
    kit_eval(kit, "function half(x)\nreturn x / 2\nend");
    kit_eval(kit, "threshold = 10");
    kit_eval(kit, "nope()");          /* failed: not saved */
    kit_eval(kit, "buy 0.1 @ 80000"); /* refused: not saved */
    kit_eval(kit, "m.last");          /* a question only */
    kit_eval(kit, "buy 0.1 BTC/USDT @ 60000 stop 58500");
    kit_eval(kit, "o = buy(half(0.2))");
    kit_eval(kit, "o = _");
    kit_eval(kit, "step 5");
    kit_eval(kit, "function on_bar(m, b) log.info('bar') end");
    for (size_t i = 0; i < 6; i++) {
        static const char *const names[] = {"../x.lua", "/x.lua", "x.txt", ".lua", "a/../x.lua", ".x.lua"};
        char text[64];
        snprintf(text, sizeof text, "save('%s')", names[i]);
        kit_says_at(kit, text, "NOT_SAVED: expected a plain file name", (int)i);
    }
    says("save('x.lua')", "7 lines typed are a strategy now");
    says("save('x.lua')", "the file is there already");
    says("save('x.lua', {overwrite = true})", "lines typed");
    says("save x.lua overwrite", "lines typed");
    snprintf(path, sizeof path, "%s/x.lua", folder);
    char *text;
    size_t size;
    assert_int_equal(env_read_file(path, 100000, &text, &size), OC_OK);
    assert_non_null(strstr(text, "\nfunction half(x)\nreturn x / 2\nend\n"));
    assert_non_null(strstr(text, "\nthreshold = 10\n"));
    assert_non_null(strstr(text, "buy(0.1, { symbol = 'BTC/USDT', price = 60000, stop_loss = 58500 })"));
    assert_non_null(strstr(text, "  -- step(5)  -- 'step' is a word of the console only\n"));
    assert_non_null(strstr(text, "o = buy(half(0.2))"));
    assert_non_null(strstr(text, "local own_on_bar = on_bar"));
    assert_null(strstr(text, "nope"));
    assert_null(strstr(text, "80000"));
    env_free(text);
    if (access(TEST_BUILD_DIR "/outcry", X_OK) == 0) {
        char command[512];
        snprintf(command, sizeof command,
                 "cd %s && %s/outcry backtest x.lua synthetic-bars:500 --cash '10000 USDT' >x.out 2>&1", folder,
                 TEST_BUILD_DIR);
        assert_int_equal(system(command), 0);
        snprintf(path, sizeof path, "%s/x.out", folder);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/x.lua", folder);
    unlink(path);
    rmdir(folder);
    kit_free(kit);
}

static bool say_diff(void *arg, const char *a, const char *b, char *text, size_t size_max)
{
    bool is_good = strcmp(a, "bad") != 0;
    snprintf(text, size_max, is_good ? "%s and %s part at 17" : "no session %s%.0s", a, b);
    return is_good && arg;
}

static bool say_history(void *arg, const char *words, char *text, size_t size_max)
{
    (void)arg;
    text[0] = 0;
    for (; *words; words += strlen(words) + 1)
        text_append(text, size_max, text[0] ? "|" : ""), text_append(text, size_max, words);
    return !strstr(text, "wrong");
}

static void diff_and_reference(void **unused)
{
    (void)unused;
    struct shell_config config = {.columns = 80, .diff = say_diff, .diff_arg = &config, .history = say_history};
    struct kit *kit = kit_new_with(&config);
    says("diff runs/a runs/b", "runs/a and runs/b part at 17\n");
    says("diff('bad', 'x')", "NO_DIFF: no session bad");
    says("diff()", "expected two session folders");
    says("history", "sessions");
    says("history fills side=buy symbol=BTC/USDT", "fills|--side=buy|--symbol=BTC/USDT");
    says("history('orders', 'search=a b', '--limit=3')", "orders|--search=a b|--limit=3");
    says("history('pnl', 'session=wrong')", "NO_HISTORY: pnl|--session=wrong");
    says("history fils", "expected orders, fills, trades");
    says("history fills buy", "expected a filter such as side=buy, found buy");
    kit_free(kit);
    struct text text;
    text_init_grow(&text, 1 << 18);
    assert_int_equal(shell_reference(&text), OC_OK);
    static const char *const words[] = {
        "help",       "markets",    "use",    "ticker",  "book",       "chart",  "orders",  "fills",   "positions",
        "balances",   "pnl",        "venues", "plugins", "strategies", "risk",   "journal", "explain", "preview",
        "watch",      "tail",       "alert",  "alerts",  "diff",       "status", "buy",     "sell",    "close",
        "cancel",     "cancel_all", "amend",  "flatten", "kill",       "unkill", "load",    "unload",  "hold",
        "resume",     "reload",     "set",    "budget",  "may",        "pause",  "go",      "step",    "speed",
        "until_fill", "to",         "back",   "save",    "quit",       "exit",   "clear"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        char row[64];
        snprintf(row, sizeof row, "| `%s(", words[i]);
        if (!strstr(text.data, row))
            fail_msg("no row for %s", words[i]);
    }
    text_release(&text);
    char small[64];
    text_init_fixed(&text, small, sizeof small);
    assert_int_equal(shell_reference(&text), OC_E_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_fit),
        cmocka_unit_test(colours_only_where_there_are_some),
        cmocka_unit_test(charts),
        cmocka_unit_test(the_prompt_says_where_one_is),
        cmocka_unit_test(what_is_told_is_text),
        cmocka_unit_test(completion),
        cmocka_unit_test(save_writes_a_strategy),
        cmocka_unit_test(diff_and_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

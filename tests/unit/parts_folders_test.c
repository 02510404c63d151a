/* parts_folders_test.c: where the plugins of a run come from: folders, files named for one run, two files of one id; and what a
 * rule is asked about. */
#include "support/parts_kit.h"

#define QTY PLUGINS "risk/max_order_qty.so"

static void a_configured_folder_is_kept_by_its_path(void **state)
{
    char both[600], words[600], old[256];
    (void)state;
    folder_made("a");
    folder_made("b");
    copied(EXAMPLE, "b/maxqty.so", "");
    assert_non_null(getcwd(old, sizeof old));
    assert_int_equal(chdir(folder), 0);
    set("plugins.folders", "./a, b/");
    set("risk.chain", DEFAULT " mine");
    set("risk.mine.plugin", "org.example.maxqty");
    set("risk.mine.limit", "1");
    taken(PART_RULE);
    assert_int_equal(chdir(old), 0);
    snprintf(both, sizeof both, "%s/a,%s/b", folder, folder);
    is_set_to("plugins.folders", both, "x.conf:3"); /* a replay may be started elsewhere */
    assert_string_equal(part_named("mine")->path, below("b/maxqty.so"));
    assert_false(part_named("mine")->is_ours);
    settings_release(&settings);
    snprintf(both, sizeof both, "%s/a,%s/c", folder, folder);
    set("plugins.folders", both);
    snprintf(words, sizeof words, "x.conf:3: plugins.folders: there is no such file or folder: found '%s/c'", folder);
    refused(PART_RULE, OC_E_NOT_FOUND, words);
}

/* Everybody, or a group that is not ours: who can write there runs code in the host. */
static void what_others_can_write_to_is_refused_A16(void **state)
{
    static const struct {
        mode_t folder, file;
        bool is_taken, is_told; /* the folder; of the file that it is refused */
    } cases[] = {{0755, 0644, true, false},  {0700, 0600, true, false},   {0777, 0644, false, false},
                 {0757, 0644, false, false}, {01777, 0644, false, false}, {0755, 0646, true, true},
                 {0755, 0666, true, true}};
    char words[700];
    (void)state;
    folder_made("shared");
    copied(EXAMPLE, "shared/maxqty.so", "");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(chmod(below("shared"), cases[i].folder), 0);
        assert_int_equal(chmod(below("shared/maxqty.so"), cases[i].file), 0);
        set("plugins.folders", below("shared"));
        set("risk.chain", DEFAULT " mine");
        set("risk.mine.plugin", "org.example.maxqty");
        set("risk.mine.limit", "1");
        oc_rc rc = parts_open(&parts, &settings, &registry, PART_RULE, false, &error);
        snprintf(words, sizeof words, "%s", said(&error));
        if ((rc == OC_OK) != (cases[i].is_taken && !cases[i].is_told))
            fail_msg("A16: folder %o, file %o: code %d, \"%s\"", cases[i].folder, cases[i].file, (int)rc, words);
        if (!cases[i].is_taken)
            assert_non_null(strstr(words, "others can write to the plugin folder"));
        else if (cases[i].is_told)
            assert_non_null(strstr(words, "org.example.maxqty"));
        settings_release(&settings);
        parts = (struct parts){0};
        registry_init(&registry);
        /* The file itself, named for one run: its folder may be one where each can take away only what is his. */
        set_from("plugins.file.one", below("shared/maxqty.so"), "--plugin");
        set_from("risk.one.limit", "1", "--set");
        rc = parts_open(&parts, &settings, &registry, PART_RULE, false, &error);
        const bool is_good = (cases[i].is_taken || cases[i].folder & 01000) && !cases[i].is_told;
        snprintf(words, sizeof words, "%s", said(&error));
        if ((rc == OC_OK) != is_good)
            fail_msg("A16: a named file, folder %o, file %o: code %d, \"%s\"", cases[i].folder, cases[i].file, (int)rc,
                     words);
        if (!is_good)
            assert_non_null(strstr(words, "others can write to it, or to its folder"));
        settings_release(&settings);
        parts = (struct parts){0};
        registry_init(&registry);
    }
}

static void paths_have_a_length(void **state)
{
    char list[SETTING_VALUE_MAX] = "", name[8], old[256];
    (void)state;
    assert_non_null(getcwd(old, sizeof old));
    for (int i = 0; i < 15; i++) { /* 15 folders: with ours the limit of 16 */
        snprintf(name, sizeof name, "f%02d", i);
        folder_made(name);
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s ", name);
    }
    assert_int_equal(chdir(folder), 0);
    set("plugins.folders", list);
    taken(PART_SIM);
    assert_string_equal(names_of(PART_SIM), "paper");
    settings_release(&settings);
    folder_made("one_more");
    strcat(list, "one_more");
    set("plugins.folders", list);
    oc_rc rc = parts_open(&parts, &settings, &registry, PART_SIM, false, &error);
    assert_int_equal(rc, OC_E_LIMIT);
    assert_string_equal(said(&error), "the installation: at most 16 plugin folders");
    settings_release(&settings);
    char deep[256];
    memset(deep, 'd', 200);
    for (int i = 0; i < 5; i++) { /* as relative names they are short, as paths longer than a setting */
        snprintf(deep + 200, sizeof deep - 200, "%d", i);
        folder_made(deep);
    }
    list[0] = 0;
    for (int i = 0; i < 5; i++)
        snprintf(list + strlen(list), sizeof list - strlen(list), "%.200s%d ", deep, i);
    set("plugins.folders", list);
    refused(PART_SIM, OC_E_LIMIT, "plugins.folders: the paths are too long together");
    assert_int_equal(chdir(old), 0);
}

static void the_environment_and_the_user_have_folders_too(void **state)
{
    char both[600], words[600];
    (void)state;
    set("risk.chain", DEFAULT " mine");
    set("risk.mine.plugin", "org.example.maxqty");
    folder_made("a");
    folder_made("b");
    copied(EXAMPLE, "b/maxqty.so", "");
    snprintf(both, sizeof both, "%s:%s", below("a"), below("b"));
    setenv("OUTCRY_PLUGINS", both, 1);
    taken(PART_RULE);
    assert_string_equal(part_named("mine")->path, below("b/maxqty.so"));
    assert_false(part_named("mine")->is_ours);
    assert_true(part_named("kill_switch")->is_ours);
    setenv("OUTCRY_PLUGINS", below("gone"), 1);
    snprintf(words, sizeof words, "OUTCRY_PLUGINS: there is no such folder: found '%s': make it, or name another one",
             below("gone"));
    assert_int_equal(parts_open(&parts, &settings, &registry, PART_RULE, false, &error), OC_E_NOT_FOUND);
    assert_string_equal(said(&error), words);
    unsetenv("OUTCRY_PLUGINS");
    assert_int_equal(parts_open(&parts, &settings, &registry, PART_RULE, false, &error), OC_E_NOT_FOUND);
    folder_made("outcry");
    folder_made("outcry/plugins");
    copied(EXAMPLE, "outcry/plugins/maxqty.so", "");
    taken(PART_RULE); /* XDG_DATA_HOME */
    assert_string_equal(part_named("mine")->path, below("outcry/plugins/maxqty.so"));
    assert_false(part_named("mine")->is_ours);
    setenv("XDG_DATA_HOME", "", 1);
    assert_int_equal(parts_open(&parts, &settings, &registry, PART_RULE, false, &error), OC_E_NOT_FOUND);
    folder_made(".local");
    folder_made(".local/share");
    assert_int_equal(rename(below("outcry"), below(".local/share/outcry")), 0);
    taken(PART_RULE);
    assert_string_equal(part_named("mine")->path, below(".local/share/outcry/plugins/maxqty.so"));
    unsetenv("XDG_DATA_HOME");
    taken(PART_RULE);
    unsetenv("HOME");
    assert_int_equal(parts_open(&parts, &settings, &registry, PART_RULE, false, &error), OC_E_NOT_FOUND);
}

/* What `main` does when this program stands in an installation: bin beside lib/outcry/plugins. */
static int installed(void)
{
    registry_init(&registry);
    return parts_open(&parts, &settings, &registry, PART_SIM, false, &error) == OC_OK && parts.list[0].is_ours &&
                   strstr(parts.list[0].path, "lib/outcry/plugins/paper.so")
               ? 0
               : 1;
}

static void an_installation_has_its_plugins_beside_it(void **state)
{
    char program[256], command[600];
    (void)state;
    folder_made("bin");
    folder_made("lib");
    folder_made("lib/outcry");
    folder_made("lib/outcry/plugins");
    copied(PLUGINS "sims/paper.so", "lib/outcry/plugins/paper.so", "");
    ssize_t size = readlink("/proc/self/exe", program, sizeof program - 1);
    assert_true(size > 0);
    program[size] = 0;
    snprintf(command, sizeof command, "cp '%s' '%s' && exec '%s' installed", program, below("bin/host"),
             below("bin/host"));
    assert_int_equal(system(command), 0);
}

static void of_two_files_with_one_id_the_user_says_which(void **state)
{
    char words[1200], path[256];
    (void)state;
    set("plugins.folders", folder);
    copied(QTY, "a.so", "");
    taken(PART_RULE); /* the same file twice */
    assert_false(is_logged("instead of"));
    strcpy(path, copied(QTY, "a.so", "another"));
    const char *installed = parts.list[2].path;
    assert_non_null(strstr(installed, "plugins/risk/max_order_value.so"));
    char ours[300];
    snprintf(ours, sizeof ours, "%.*smax_order_qty.so", (int)(strlen(installed) - strlen("max_order_value.so")),
             installed);
    snprintf(
        words, sizeof words,
        "plugin outcry.max_order_qty: two files have this id: %s and %s: remove one, or allow the first to stand for "
        "both: plugins.allow_shadow=outcry.max_order_qty",
        path, ours);
    refused(PART_READER, OC_E_EXISTS, words); /* also where nobody wants it */
    set("plugins.folders", folder);
    set("plugins.allow_shadow", "outcry.max_order_value");
    refused(PART_RULE, OC_E_EXISTS, words);
    set("plugins.folders", folder);
    set("plugins.allow_shadow", "outcry.max_order_value outcry.max_order_qty");
    taken(PART_RULE);
    assert_string_equal(part_named("max_order_qty")->path, path);
    assert_false(part_named("max_order_qty")->is_ours);
    snprintf(words, sizeof words, "outcry.max_order_qty: %s is used instead of %s", path, ours);
    assert_true(is_logged(words));
    assert_false(is_logged("is not used"));
}

static void what_lies_there_unused_is_named(void **state)
{
    char words[600];
    (void)state;
    set("plugins.folders", folder);
    copied(EXAMPLE, "maxqty.so", "");
    copied(BAD "no_symbol.so", "broken.so", "");
    taken(PART_RULE);
    snprintf(words, sizeof words, "org.example.maxqty (%s) was found and is not used: no configuration names it",
             below("maxqty.so"));
    assert_true(is_logged(words));
    snprintf(words, sizeof words, "%s was found and is refused: symbol oc_plugins_v1: found not exported",
             below("broken.so"));
    assert_true(is_logged(words));
    assert_false(is_logged("outcry.csv"));
    logged[0] = 0;
    set("risk.chain", DEFAULT " mine");
    set("risk.mine.plugin", "org.example.maxqty");
    taken(PART_RULE);
    assert_false(is_logged("is not used"));
}

static void a_file_is_named_for_one_run(void **state)
{
    char words[600], old[256];
    (void)state;
    copied(EXAMPLE, "own.so", "");
    assert_non_null(getcwd(old, sizeof old));
    assert_int_equal(chdir(folder), 0);
    set_from("plugins.file.mine", "own.so", "--plugin");
    set_from("mine.limit", "5", "--set");
    set_from("mine2.limit", "6", "--set");
    set_from("mine", "7", "--set");
    taken(ALL_PARTS);
    assert_int_equal(chdir(old), 0);
    assert_string_equal(names_of(PART_RULE), DEFAULT " mine");
    assert_string_equal(names_of(PART_SIM), "paper");
    assert_string_equal(names_of(PART_READER), "csv");
    is_set_to("plugins.file.mine", below("own.so"), "--plugin");
    is_set_to("risk.mine.plugin", "org.example.maxqty", "--plugin");
    is_set_to("risk.mine.limit", "5", "--set");
    assert_int_equal(settings.count, 6);
    assert_string_equal(part_named("mine")->path, below("own.so"));
    settings_release(&settings);
    set_from("plugins.file.mine", below("own.so"), "--plugin");
    set("risk.chain", "max_order_qty mine max_order_value price_collar position_limit message_rate max_daily_loss");
    taken_as(PART_RULE, PART_RULE,
             "kill_switch max_order_qty mine max_order_value price_collar position_limit message_rate max_daily_loss");
    copied(EXAMPLE, "second.so", "two"); /* a file of the folder has the id too: the named one counts */
    set("plugins.folders", folder);
    set("plugins.allow_shadow", "org.example.maxqty");
    set_from("plugins.file.mine", below("second.so"), "--plugin");
    taken(PART_RULE);
    assert_string_equal(part_named("mine")->path, below("second.so"));
    settings_release(&settings);
    set_from("first.limit", "5", "--set"); /* before the file */
    set_from("plugins.file.first", below("own.so"), "--plugin");
    set_from("plugins.file.second", below("own.so"), "--plugin");
    set_from("second.limit", "6", "--set");
    taken(PART_RULE);
    assert_string_equal(names_of(PART_RULE), DEFAULT " first second");
    is_set_to("risk.first.limit", "5", "--set");
    is_set_to("risk.second.limit", "6", "--set");
    settings_release(&settings);
    set_from("plugins.file.mine", "gone.so", "--plugin");
    refused(PART_RULE, OC_E_NOT_FOUND, "--plugin: plugins.file.mine: there is no such file or folder: found 'gone.so'");
    set_from("plugins.file.mine", BAD "no_symbol.so", "--plugin");
    assert_int_equal(parts_open(&parts, &settings, &registry, PART_RULE, true, &error), OC_E_DATA);
    assert_non_null(strstr(said(&error), "the plugin file was refused: symbol oc_plugins_v1"));
    settings_release(&settings);
    set_from("plugins.file.mine", TEST_BUILD_DIR "/sdk/examples/loopback.so", "--plugin");
    snprintf(words, sizeof words,
             "--plugin: a plugin of kind %s cannot be named for one run: rules, simulators and readers can",
             OC_CONNECTOR);
    refused(PART_RULE, OC_E_NOT_SUPPORTED, words);
    set_from("plugins.file.mine", below("own.so"), "--plugin");
    char key[SETTING_KEY_MAX] = "mine.";
    memset(key + 5, 'k', SETTING_KEY_MAX - 6); /* with "risk." before it too long */
    set_from(key, "1", "--set");
    assert_int_equal(parts_open(&parts, &settings, &registry, PART_RULE, false, &error), OC_E_LIMIT);
    assert_string_equal(error.what, "key or value is too long");
}

static void the_path_of_a_file_has_a_length(void **state)
{
    char name[256], old[256];
    (void)state;
    assert_non_null(getcwd(old, sizeof old));
    assert_int_equal(chdir(folder), 0);
    memset(name, 'd', sizeof name);
    name[220] = 0;
    for (int i = 0; i < 5; i++) {
        assert_int_equal(mkdir(name, 0700), 0);
        assert_int_equal(chdir(name), 0);
    }
    const char *own = copied(EXAMPLE, "own.so", "");
    assert_int_equal(rename(own, "own.so"), 0);
    set_from("plugins.file.mine", "own.so", "--plugin");
    assert_int_equal(parts_open(&parts, &settings, &registry, PART_RULE, false, &error), OC_E_LIMIT);
    assert_string_equal(error.what, "key or value is too long");
    assert_int_equal(chdir(old), 0);
}

static void simulators_and_readers_are_named_too(void **state)
{
    (void)state;
    copied(PLUGINS "sims/paper.so", "venue.so", "");
    copied(PLUGINS "sims/paper.so", "venue2.so", "");
    copied(PLUGINS "data/csv.so", "sheet.so", "");
    set_from("plugins.file.house", below("venue.so"), "--plugin");
    set_from("plugins.file.fast", below("sheet.so"), "--plugin");
    set("sim.paper.plugin", "org.nobody.knows");
    taken(ALL_PARTS);
    assert_string_equal(names_of(PART_RULE), DEFAULT);
    assert_string_equal(names_of(PART_SIM), "paper");
    assert_string_equal(names_of(PART_READER), "fast csv");
    assert_string_equal(part_named("paper")->path, below("venue.so"));
    assert_string_equal(part_named("fast")->path, below("sheet.so"));
    is_set_to("sim.paper.plugin", "outcry.paper", "--plugin");
    is_set_to("data.fast.plugin", "outcry.csv", "--plugin");
    set("data.readers", "csv,fast"); /* asked first, and once */
    taken(PART_READER);
    assert_string_equal(names_of(PART_READER), "fast csv");
    set_from("plugins.file.slow", below("sheet.so"), "--plugin");
    taken(PART_READER);
    assert_string_equal(names_of(PART_READER), "fast slow csv");
    set_from("plugins.file.other", below("venue2.so"), "--plugin");
    refused(PART_SIM, OC_E_LIMIT, "--plugin: one simulator fills a run, found 2");
    char key[SETTING_KEY_MAX], words[256]; /* what is set for a simulator holds for the venue under a longer name */
    for (int more = 0; more < 2; more++) {
        snprintf(key, sizeof key, "sim.x.%.*s", SETTING_KEY_MAX - 1 - (int)strlen("sim.paper.") + more,
                 "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk");
        set_from("plugins.file.x", below("venue.so"), "--plugin");
        set(key, "1");
        assert_int_equal(parts_open(&parts, &settings, &registry, PART_SIM, false, &error),
                         more ? OC_E_LIMIT : OC_E_CONFIG);
        snprintf(words, sizeof words,
                 "x.conf:3: %s: as a setting of the venue paper its name is too long: expected at most 95 bytes", key);
        assert_int_equal(strcmp(said(&error), words) == 0, more);
        settings_release(&settings);
    }
}

static void a_scope_is_one_of_four_lists(void **state)
{
    static const char *const whats[] = {"instruments", "accounts", "strategies", "owners"};
    char list[SETTING_VALUE_MAX] = "";
    (void)state;
    for (int i = 0; i < 4; i++) {
        char key[SETTING_KEY_MAX];
        snprintf(key, sizeof key, "risk.price_collar.for.%s", whats[i]);
        set(key, "!console");
        taken(PART_RULE);
        assert_true(parts_is_scoped(&settings, part_named("price_collar")));
        assert_false(parts_is_scoped(&settings, part_named("message_rate")));
        settings_release(&settings);
    }
    taken(PART_RULE);
    assert_false(parts_is_scoped(&settings, part_named("price_collar")));
    set("risk.price_collar.for.symbols", "x");
    refused(PART_RULE, OC_E_CONFIG,
            "x.conf:3: risk.price_collar.for.symbols: found 'symbols', expected instruments, accounts, strategies or "
            "owners");
    set("risk.price_collar.for.accounts", " , ");
    refused(
        PART_RULE, OC_E_CONFIG,
        "x.conf:3: risk.price_collar.for.accounts: found ' , ', expected at least one name, such as \"BTC/USDT\" or "
        "\"*/USDT\"");
    set("risk.price_collar.for.owners", "strategy console algo external host !strategy !host");
    taken(PART_RULE);
    set("risk.price_collar.for.owners", "strategy !consoles");
    refused(PART_RULE, OC_E_CONFIG,
            "x.conf:3: risk.price_collar.for.owners: found '!consoles', expected strategy, console, algo, external or "
            "host");
    set("risk.price_collar.for.owners", "none");
    refused(PART_RULE, OC_E_CONFIG,
            "x.conf:3: risk.price_collar.for.owners: found 'none', expected strategy, console, algo, external or host");
    set("risk.price_collar.for.accounts", "consoles");
    taken(PART_RULE);
    set("risk.price_collar.for.symbols", "x"); /* behind one that is right */
    refused(PART_RULE, OC_E_CONFIG,
            "x.conf:3: risk.price_collar.for.symbols: found 'symbols', expected instruments, accounts, strategies or "
            "owners");
    for (int i = 0; i < PARTS_NAMES_MAX; i++)
        strcat(list, "n ");
    set("risk.price_collar.for.accounts", list);
    taken(PART_RULE);
    strcat(list, "n");
    set("risk.price_collar.for.accounts", list);
    refused(
        PART_RULE, OC_E_CONFIG,
        "x.conf:3: risk.price_collar.for.accounts: found 'more', expected at most 64 names: patterns with * stand for "
        "many");
}

static void a_scope_holds_names(void **state)
{
    static const struct {
        const char *list, *name;
        bool is_in;
    } rows[] = {
        {"BTC/USDT", "BTC/USDT", true},
        {"BTC/USDT", "BTC/USD", false},
        {"BTC/USDT", "BTC/USDTT", false},
        {"BTC/USDT", "", false},
        {"BTC/USDT ETH/USDT", "ETH/USDT", true},
        {"*", "anything", true},
        {"*", "", true},
        {"**", "", true},
        {"*/USDT", "BTC/USDT", true},
        {"*/USDT", "/USDT", true},
        {"*/USDT", "BTC/USDTX", false},
        {"*/USDT", "BTC/USDT/USDT", true}, /* the first place where it could end is not the last */
        {"BTC/*", "BTC/", true},
        {"BTC/*", "BTC", false},
        {"BTC/**", "BTC/USDT", true},
        {"B*/*T", "BTC/USDT", true},
        {"B*/*T", "BTC/USD", false},
        {"B*C*T", "BCxCxT", true},
        {"a*bc*d", "abbcccd", true},
        {"a*bc*d", "abbcc", false},
        {"!BTC/USDT", "BTC/USDT", false},
        {"!BTC/USDT", "ETH/USDT", true},
        {"!BTC/* !ETH/*", "ETH/USDT", false},
        {"!BTC/* !ETH/*", "LTC/USDT", true},
        {"*/USDT !BTC/*", "BTC/USDT", false},
        {"*/USDT !BTC/*", "ETH/USDT", true},
        {"*/USDT !BTC/*", "ETH/EUR", false},
        {"!BTC/* BTC/EUR", "BTC/EUR", true}, /* the last that matches says it */
        {"!BTC/* BTC/EUR", "BTC/USDT", false},
        {"!BTC/* BTC/EUR", "ETH/USDT", true},
    };
    const struct part part = {.section = "risk.mine"};
    (void)state;
    static struct parts_scope scope;
    parts_scope_read(&settings, &part, &scope);
    assert_true(parts_scope_holds(&scope, PARTS_INSTRUMENTS, "BTC/USDT")); /* no list: everything */
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        set("risk.mine.for.instruments", rows[i].list);
        parts_scope_read(&settings, &part, &scope);
        if (parts_scope_holds(&scope, PARTS_INSTRUMENTS, rows[i].name) != rows[i].is_in)
            fail_msg("%s: %s", rows[i].list, rows[i].name);
        assert_true(parts_scope_holds(&scope, PARTS_ACCOUNTS, rows[i].name));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, parts_start, parts_stop)

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "installed") == 0)
        return installed();
    const struct CMUnitTest tests[] = {
        TEST(a_configured_folder_is_kept_by_its_path),
        TEST(what_others_can_write_to_is_refused_A16),
        TEST(paths_have_a_length),
        TEST(the_environment_and_the_user_have_folders_too),
        TEST(an_installation_has_its_plugins_beside_it),
        TEST(of_two_files_with_one_id_the_user_says_which),
        TEST(what_lies_there_unused_is_named),
        TEST(a_file_is_named_for_one_run),
        TEST(the_path_of_a_file_has_a_length),
        TEST(simulators_and_readers_are_named_too),
        TEST(a_scope_is_one_of_four_lists),
        TEST(a_scope_holds_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* parts_test.c: which plugins a run is made of: the chain, its limits and names, groups that nobody reads, and holes. */
#include <outcry/draft/data.h>
#include <outcry/draft/sim.h>

#include "support/parts_kit.h"

static void without_a_word_it_is_the_default(void **state)
{
    (void)state;
    taken(ALL_PARTS);
    assert_string_equal(names_of(PART_RULE), DEFAULT);
    assert_string_equal(names_of(PART_SIM), "paper");
    assert_string_equal(names_of(PART_READER), "csv");
    assert_int_equal(parts.count, 9);
    assert_int_equal(registry.count, 9);
    const struct part *part = part_named("price_collar");
    assert_string_equal(part->section, "risk.price_collar");
    assert_string_equal(part->id, "outcry.price_collar");
    assert_string_equal(part->version, "0.1.0");
    assert_non_null(strstr(part->path, "plugins/risk/price_collar.so"));
    assert_true(part->hash != 0 && part->is_ours && !part->is_missing);
    assert_string_equal(part_named("paper")->section, "sim.paper");
    assert_string_equal(part_named("csv")->section, "data.csv");
    assert_false(error_is_set(&error));
    assert_false(is_logged("plugins"));
    taken(ALL_PARTS); /* what is loaded is not loaded again */
    assert_int_equal(registry.count, 9);
}

/* What a person means to be missing: either of both keys names it. */
static void a_rule_is_left_out_by_its_name(void **state)
{
    (void)state;
    assert_false(parts_leaves_out(&settings, "price_collar"));
    set("risk.dropped", "position_limit price_collar");
    set("risk.without", "max_daily_loss");
    assert_true(parts_leaves_out(&settings, "price_collar"));
    assert_true(parts_leaves_out(&settings, "position_limit"));
    assert_true(parts_leaves_out(&settings, "max_daily_loss"));
    assert_false(parts_leaves_out(&settings, "max_order_qty"));
    assert_false(parts_leaves_out(&settings, ""));
}

static void only_what_is_wanted_is_looked_at(void **state)
{
    (void)state;
    set("risk.nobody.limit", "1");
    set("sim.nobody.latency", "1s");
    taken(PART_READER);
    assert_int_equal(parts.count, 1);
    assert_string_equal(names_of(PART_READER), "csv");
    refused(PART_RULE, OC_E_CONFIG,
            "x.conf:3: risk.nobody.limit: the group changes nothing: risk.chain has no nobody: add the name there, or "
            "take the group out");
    set("sim.nobody.latency", "1s");
    set("data.nobody.path", "x");
    taken(PART_RULE);
    assert_int_equal(parts.count, 7);
    refused(PART_SIM, OC_E_CONFIG,
            "x.conf:3: sim.nobody.latency: the group changes nothing: the list of venues has no nobody: add the name "
            "there, or take the group out");
    set("data.nobody.path", "x");
    taken(PART_SIM);
    assert_int_equal(parts.count, 1);
    assert_int_equal(registry.count, 9);
    refused(PART_READER, OC_E_CONFIG,
            "x.conf:3: data.nobody.path: the group changes nothing: data.readers has no nobody: add the name there, or "
            "take the group out");
}

static void the_chain_is_asked_in_its_order(void **state)
{
    (void)state;
    set("risk.chain", "price_collar,max_order_qty message_rate, , position_limit,max_daily_loss,max_order_value");
    taken_as(PART_RULE, PART_RULE,
             "kill_switch price_collar max_order_qty message_rate position_limit max_daily_loss max_order_value");
    set("risk.chain",
        "max_daily_loss max_order_qty max_order_value price_collar position_limit message_rate kill_switch");
    taken_as(PART_RULE, PART_RULE,
             "kill_switch max_daily_loss max_order_qty max_order_value price_collar position_limit message_rate");
    set("risk.chain", DEFAULT " small");
    set("risk.small.plugin", "outcry.max_order_qty");
    set("risk.small.limit", "0.5");
    taken(PART_RULE);
    assert_string_equal(names_of(PART_RULE), DEFAULT " small");
    assert_string_equal(part_named("small")->id, "outcry.max_order_qty");
    assert_string_equal(part_named("small")->section, "risk.small");
    assert_int_equal(registry.count, 7); /* two instances of one plugin */
}

static void a_rule_is_left_out_by_name_only(void **state)
{
    static const char *const names[] = {"max_order_qty",  "max_order_value", "price_collar",
                                        "position_limit", "message_rate",    "max_daily_loss"};
    (void)state;
    for (size_t out = 0; out < 6; out++) {
        char chain[256] = "", wanted[256] = "kill_switch", words[256];
        for (size_t i = 0; i < 6; i++) {
            snprintf(chain + strlen(chain), sizeof chain - strlen(chain), "%s ", i == out ? "" : names[i]);
            if (i != out)
                snprintf(wanted + strlen(wanted), sizeof wanted - strlen(wanted), " %s", names[i]);
        }
        set("risk.chain", chain);
        snprintf(words, sizeof words,
                 "x.conf:3: risk.chain: it lacks %s, which the default chain has: add it, or say that it is meant: "
                 "without = [\"%s\"]; in the group risk, or --set risk.without=%s",
                 names[out], names[out], names[out]);
        refused(PART_RULE, OC_E_CONFIG, words);
        set("risk.chain", chain);
        set("risk.without", names[out]);
        taken_as(PART_RULE, PART_RULE, wanted);
        set("risk.without", names[out]);
        taken_as(PART_RULE, PART_RULE, wanted);
    }
    set("risk.chain", "");
    set("risk.without", "max_daily_loss,max_order_qty,max_order_value,price_collar,position_limit,message_rate");
    taken_as(PART_RULE, PART_RULE, "kill_switch");
    set("risk.without", "message_rate max_order_value");
    taken_as(PART_RULE, PART_RULE, "kill_switch max_order_qty price_collar position_limit max_daily_loss");
    set("risk.without", "message_rate,kill_switch");
    refused(PART_RULE, OC_E_CONFIG,
            "x.conf:3: risk.without: found 'kill_switch', expected any other rule: this one cannot be left out");
    set("risk.without", "message_rate,mine");
    refused(PART_RULE, OC_E_CONFIG, "x.conf:3: risk.without: found 'mine', expected a rule of the default chain");
    set("risk.chain", DEFAULT);
    set("risk.without", "message_rate");
    refused(PART_RULE, OC_E_CONFIG,
            "x.conf:3: risk.without: found 'message_rate', expected a rule that risk.chain does not have");
    set("risk.kill_switch.plugin", "org.example.maxqty");
    refused(
        PART_RULE, OC_E_CONFIG,
        "x.conf:3: risk.kill_switch.plugin: found 'org.example.maxqty', expected no setting: this rule is the host's "
        "own");
    set("risk.chain", DEFAULT " price_collar");
    refused(PART_RULE, OC_E_CONFIG,
            "x.conf:3: risk.chain: found 'price_collar', expected each name once: give a second instance a name of its "
            "own");
}

/* Under a name of the default chain stands its rule, and nothing else that could be taken for it. */
static void each_default_name_is_its_own_rule(void **state)
{
    static const char *const names[] = {"max_order_qty",  "max_order_value", "price_collar",
                                        "position_limit", "message_rate",    "max_daily_loss"};
    (void)state;
    for (size_t i = 0; i < 6; i++) {
        char key[64], ids[3][64], words[256];
        snprintf(key, sizeof key, "risk.%s.plugin", names[i]);
        snprintf(ids[0], sizeof ids[0], "outcry.%s", names[i]);
        snprintf(ids[1], sizeof ids[1], "outcry.%s", names[(i + 1) % 6]);
        snprintf(ids[2], sizeof ids[2], "example.%s", names[i]);
        set(key, ids[0]);
        taken_as(PART_RULE, PART_RULE, DEFAULT);
        for (int other = 1; other < 3; other++) {
            set(key, ids[other]);
            snprintf(words, sizeof words,
                     "x.conf:3: %s: found '%s', expected no other plugin under the name of a rule of the default "
                     "chain: outcry.%s, or a name of its own",
                     key, ids[other], names[i]);
            refused(PART_RULE, OC_E_CONFIG, words);
        }
    }
}

/* `count` more names for a list, each an instance of a plugin. */
static void add_names(char *list, size_t size, const char *section, const char *id, int count)
{
    for (int i = 0; i < count; i++) {
        char key[SETTING_KEY_MAX];
        snprintf(list + strlen(list), size - strlen(list), " r%d", i);
        snprintf(key, sizeof key, "%s.r%d.plugin", section, i);
        set(key, id);
    }
}

static void the_chain_has_a_limit(void **state)
{
    (void)state;
    for (int more = 25; more <= 26; more++) { /* beside seven */
        char chain[SETTING_VALUE_MAX] = DEFAULT;
        add_names(chain, sizeof chain, "risk", "outcry.max_order_qty", more);
        set("risk.chain", chain);
        if (more == 25)
            taken(PART_RULE);
        if (more == 25)
            assert_int_equal(parts.count, PARTS_RULES_MAX);
        else
            refused(PART_RULE, OC_E_LIMIT, "risk.chain: at most 32 rules");
        settings_release(&settings);
    }
    char chain[SETTING_VALUE_MAX] = DEFAULT;
    add_names(chain, sizeof chain, "risk", "outcry.max_order_qty", 25);
    set("risk.chain", chain);
    set_from("plugins.file.mine", EXAMPLE, "--plugin"); /* the 33rd */
    refused(PART_RULE, OC_E_LIMIT, "risk.chain: at most 32 rules");
    for (int more = 7; more <= 8; more++) {
        char readers[SETTING_VALUE_MAX] = "csv";
        add_names(readers, sizeof readers, "data", "outcry.csv", more);
        set("data.readers", readers);
        if (more == 7)
            taken_as(PART_READER, PART_READER, "csv r0 r1 r2 r3 r4 r5 r6");
        else
            refused(PART_READER, OC_E_LIMIT, "data.readers: at most 8 readers");
    }
    char full[SETTING_VALUE_MAX] = DEFAULT, readers[SETTING_VALUE_MAX] = "csv";
    add_names(full, sizeof full, "risk", "outcry.max_order_qty", 25);
    add_names(readers, sizeof readers, "data", "outcry.csv", 7);
    set("risk.chain", full);
    set("data.readers", readers);
    taken(ALL_PARTS);
    assert_int_equal(parts.count, PARTS_RULES_MAX + PARTS_READERS_MAX + 1); /* and a simulator */
    assert_null(parts_at(&parts, PART_RULE, 32));
    assert_null(parts_at(&parts, PART_SIM, 1));
    assert_string_equal(parts_at(&parts, PART_READER, 7)->name, "r6");
}

static void a_file_is_not_named_as_a_section_P12(void **state)
{
    static const char *const sections[] = {"risk", "sim", "data", "venue", "plugins", "session"};
    (void)state;
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        char key[SETTING_KEY_MAX];
        snprintf(key, sizeof key, "plugins.file.%s", sections[i]);
        set_from(key, EXAMPLE, "--plugin"); /* its values would be those of the section */
        assert_int_equal(parts_open(&parts, &settings, &registry, PART_RULE, false, &error), OC_E_CONFIG);
        assert_string_equal(error.found, sections[i]);
        assert_string_equal(error.expected, "a name that is no section of the configuration, as mine");
        settings_release(&settings);
    }
}

static void names_are_plain(void **state)
{
    static const char *const bad[] = {"Max", "1st",      "_x", "a__b", "a-b",
                                      "a.b", "\xc3\xa4", "{x", "`x",   "a23456789012345678901234567890123"};
    static const char *const good[] = {"a", "z", "a_b", "a_", "z09", "a2345678901234567890123456789012"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char words[256];
        set("data.readers", bad[i]);
        snprintf(words, sizeof words,
                 "x.conf:3: data: found '%s', expected a name of 1 to 32 of a-z 0-9 _, a letter first, no double "
                 "underscore",
                 bad[i]);
        oc_rc rc = parts_open(&parts, &settings, &registry, PART_READER, false, &error);
        assert_int_equal(rc, OC_E_CONFIG);
        assert_string_equal(error.found, bad[i]);
        assert_string_equal(error.expected, "a name of 1 to 32 of a-z 0-9 _, a letter first, no double underscore");
        settings_release(&settings);
    }
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        char key[SETTING_KEY_MAX];
        snprintf(key, sizeof key, "data.%s.plugin", good[i]);
        set("data.readers", good[i]);
        set(key, "outcry.csv");
        taken_as(PART_READER, PART_READER, good[i]);
    }
}

static void lists_are_split_at_commas_and_blanks(void **state)
{
    struct parts_names names;
    char text[SETTING_VALUE_MAX] = "";
    (void)state;
    parts_split(" a,, b  c,", &names);
    assert_int_equal(names.count, 3);
    assert_string_equal(names.list[0], "a");
    assert_string_equal(names.list[1], "b");
    assert_string_equal(names.list[2], "c");
    assert_null(names.list[3]);
    assert_true(parts_has(names.list, "b") && !parts_has(names.list, "d") && !parts_has(names.list, ""));
    for (int i = 0; i < PARTS_NAMES_MAX; i++)
        strcat(text, "n ");
    parts_split(text, &names);
    assert_int_equal(names.count, 64);
    assert_false(names.is_cut);
    strcat(text, "n");
    parts_split(text, &names);
    assert_int_equal(names.count, 64);
    assert_null(names.list[64]);
    assert_true(names.is_cut);
    parts_split("", &names);
    assert_int_equal(names.count, 0);
    assert_null(names.list[0]);
    assert_false(names.is_cut);
}

static void a_group_belongs_to_a_whole_name(void **state)
{
    static const char *const none[] = {"max_order", "max_order_qty2", "x"};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        char key[SETTING_KEY_MAX], words[256];
        snprintf(key, sizeof key, "risk.%s.limit", none[i]);
        set(key, "1");
        snprintf(
            words, sizeof words,
            "x.conf:3: %s: the group changes nothing: risk.chain has no %s: add the name there, or take the group out",
            key, none[i]);
        refused(PART_RULE, OC_E_CONFIG, words);
    }
    set("risk.paper.latency", "1s"); /* the name of another use */
    refused(ALL_PARTS, OC_E_CONFIG,
            "x.conf:3: risk.paper.latency: the group changes nothing: risk.chain has no paper: add the name there, or "
            "take the group out");
    set("risk.max_order_qty.limit", "1");
    set("risks.nobody.limit", "1"); /* not ours to judge */
    set("risk.nothing", "1");
    set("sim.paper.latency", "1s");
    set("data.csv.for.x", "1");
    refused(ALL_PARTS, OC_E_CONFIG,
            "x.conf:3: data.csv.for.x: found 'for', expected a risk rule: only rules have a scope");
    set("sim.paper.for.accounts", "main");
    refused(PART_SIM, OC_E_CONFIG,
            "x.conf:3: sim.paper.for.accounts: found 'for', expected a risk rule: only rules have a scope");
}

static void the_default_of_simulators_holds_key_by_key(void **state)
{
    (void)state;
    set("sim.default.latency", "7ms");
    set("sim.default.taker_fee", "0.001");
    set_from("sim.paper.taker_fee", "0.002", "y.conf:9");
    set("sim.defaults", "1");
    set("sim.default.maker_fee", "0.003");
    taken(PART_SIM);
    is_set_to("sim.paper.maker_fee", "0.003", "x.conf:3");
    is_set_to("sim.paper.latency", "7ms", "x.conf:3");
    is_set_to("sim.paper.taker_fee", "0.002", "y.conf:9");
    assert_null(settings_get(&settings, "sim.paper."));
    settings_release(&settings);
    set("sim.default.plugin", "outcry.papier");
    refused(PART_SIM, OC_E_NOT_FOUND,
            "x.conf:3: sim.paper.plugin: this plugin is in no plugin folder: found 'outcry.papier': did you mean "
            "outcry.paper? `outcry plugin list` shows what is there");
    set("sim.defaults.latency", "7ms");
    refused(
        PART_SIM, OC_E_CONFIG,
        "x.conf:3: sim.defaults.latency: the group changes nothing: the list of venues has no defaults: add the name "
        "there, or take the group out");
}

static void settings_have_an_end(void **state)
{
    char key[SETTING_KEY_MAX];
    (void)state;
    set("sim.default.latency", "7ms");
    for (int i = 1; i < SETTINGS_MAX; i++) {
        snprintf(key, sizeof key, "other.k%d", i);
        set(key, "1");
    }
    refused(PART_SIM, OC_E_LIMIT,
            "x.conf:3: sim.paper.latency: a stated limit was reached: expected at most 2048 settings");
}

static void a_rule_that_cannot_be_had_is_a_hole_or_an_end(void **state)
{
    (void)state;
    for (int may_lack = 0; may_lack < 2; may_lack++) {
        set("risk.chain", "mine " DEFAULT);
        set("risk.mine.plugin", "org.nobody.knows");
        set("risk.mine.any_key", "1");
        oc_rc rc = parts_open(&parts, &settings, &registry, ALL_PARTS, may_lack, &error);
        assert_string_equal(
            may_lack ? "" : said(&error),
            may_lack ? ""
                     : "x.conf:3: risk.mine.plugin: this plugin is in no plugin folder: found 'org.nobody.knows': "
                       "`outcry plugin list` shows what is there; plugins.folders names more folders");
        assert_int_equal(error_is_set(&error), !may_lack);
        assert_int_equal(rc, may_lack ? OC_OK : OC_E_NOT_FOUND);
        assert_int_equal(is_logged("risk.mine.plugin: this plugin is in no plugin folder"), may_lack);
        if (may_lack) {
            assert_string_equal(names_of(PART_RULE), "kill_switch mine max_order_qty max_order_value price_collar "
                                                     "position_limit message_rate max_daily_loss");
            assert_true(part_named("mine")->is_missing);
            assert_string_equal(part_named("mine")->id, "org.nobody.knows");
            assert_int_equal(parts.count, 10);
            assert_int_equal(registry.count, 9);
            assert_false(part_named("kill_switch")->is_missing);
        }
        settings_release(&settings);
    }
    set("risk.chain", DEFAULT " mine");
    set("risk.mine.plugin", "outcry.paper");
    refused(PART_RULE, OC_E_NOT_FOUND,
            "x.conf:3: risk.mine.plugin: this plugin is of another kind, " OC_SIM ": found 'outcry.paper': `outcry "
            "plugin list` shows what is there; plugins.folders names more folders");
    set("sim.paper.plugin", "org.nobody.knows");
    assert_int_equal(parts_open(&parts, &settings, &registry, ALL_PARTS, true, &error), OC_E_NOT_FOUND);
    settings_release(&settings);
    set("data.readers", "gone");
    assert_int_equal(parts_open(&parts, &settings, &registry, ALL_PARTS, true, &error), OC_E_NOT_FOUND);
    assert_string_equal(
        said(&error),
        "data.gone: this plugin is in no plugin folder: found 'outcry.gone': did you mean outcry.csv? `outcry plugin "
        "list` shows what is there");
    settings_release(&settings);
    set("risk.kill_switch.limit", "1"); /* after a hole complaints are of what stopped it */
    set("risk.chain", DEFAULT " mine");
    set("risk.mine.plugin", "org.nobody.knows");
    assert_int_equal(parts_open(&parts, &settings, &registry, ALL_PARTS, true, &error), OC_E_CONFIG);
    assert_string_equal(error.where, "x.conf:3: risk.kill_switch.limit");
}

/* Where every fault is asked for, a part that cannot be had is one, and what is set for it is no other. */
static void a_part_that_cannot_be_had_is_one_fault(void **state)
{
    static struct error_list faults;
    (void)state;
    settings.faults = &faults;
    set("risk.chain", DEFAULT " mine");
    set("risk.mine.plugin", "org.nobody.knows");
    set("risk.mine.limit", "1");
    set("sim.paper.plugin", "org.nobody.either");
    set("sim.paper.latency", "1ms");
    assert_int_equal(parts_open(&parts, &settings, &registry, PART_RULE | PART_SIM, false, &error), OC_OK);
    assert_int_equal(faults.count, 2);
    assert_string_equal(faults.list[0].where, "x.conf:3: risk.mine.plugin");
    assert_string_equal(faults.list[1].where, "x.conf:3: sim.paper.plugin");
    assert_true(part_named("mine")->is_missing && part_named("paper")->is_missing);
    assert_int_equal(registry.count, 7); /* the others are loaded, and judged */
    settings.faults = NULL;
}

static void a_rule_that_cannot_be_loaded_is_a_hole_or_an_end(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < REGISTRY_MAX; i++) { /* no room for another plugin */
        static const struct oc_plugin other = {.id = "org.example.other", .kind = OC_RISK};
        registry.entries[registry.count++].plugin = &other;
    }
    assert_int_equal(parts_open(&parts, &settings, &registry, PART_RULE, false, &error), OC_E_LIMIT);
    assert_string_equal(error.where, "risk.kill_switch");
    assert_non_null(strstr(error.what, "kill_switch.so was refused: registry"));
    assert_string_equal(error.found, "full");
    assert_string_equal(error.expected, "at most 256 plugins and reloads");
    assert_int_equal(parts_open(&parts, &settings, &registry, PART_RULE, true, &error), OC_OK);
    assert_int_equal(parts.count, 7);
    for (uint32_t i = 0; i < 7; i++)
        assert_true(parts.list[i].is_missing);
    assert_int_equal(parts_open(&parts, &settings, &registry, PART_SIM, true, &error), OC_E_LIMIT);
    assert_string_equal(error.where, "sim.paper");
    assert_int_equal(registry.count, REGISTRY_MAX);
}

static void keys_are_those_that_the_plugin_declares(void **state)
{
    (void)state;
    set("risk.max_order_qty.limits", "1");
    refused(PART_RULE, OC_E_CONFIG,
            "x.conf:3: risk.max_order_qty.limits: plugin outcry.max_order_qty has no such key: found 'limits': did you "
            "mean 'risk.max_order_qty.limit'?");
    set("risk.max_order_qty.something_else", "1");
    refused(PART_RULE, OC_E_CONFIG,
            "x.conf:3: risk.max_order_qty.something_else: plugin outcry.max_order_qty has no such key: found "
            "'something_else': `outcry plugin info " TEST_BUILD_DIR
            "/tests/plugins/risk/max_order_qty.so` lists its keys");
    set("risk.max_order_qty.limit", "-1");
    refused(PART_RULE, OC_E_CONFIG,
            "x.conf:3: risk.max_order_qty.limit: found '-1', expected a decimal such as \"0.001\" or \"0.1%\", from 0 "
            "(base units)");
    set("risk.max_order_qty.limit", "0");
    set("risk.max_order_qty.plugin", "outcry.max_order_qty");
    set("risk.max_order_qty.for.instruments", "BTC/USDT");
    set("sim.paper.profile", "ideal");
    set("risk.max_order_qty2", "x");
    taken(ALL_PARTS);
    settings_release(&settings);
    set("sim.paper.profile", "best"); /* the last part but one, and the last key */
    refused(ALL_PARTS, OC_E_CONFIG,
            "x.conf:3: sim.paper.profile: found 'best', expected neutral, pessimistic, optimistic or ideal");
    set("sim.paper.latency", "1s"); /* behind a key that is right, and behind a part that is right */
    set("risk.max_order_qty.limit", "1");
    set("sim.paper.fees_of_takers", "0.1");
    set("sim.paper.taker_fees", "0.1");
    refused(ALL_PARTS, OC_E_CONFIG,
            "x.conf:3: sim.paper.fees_of_takers: plugin outcry.paper has no such key: found 'fees_of_takers': `outcry "
            "plugin info " TEST_BUILD_DIR "/tests/plugins/sims/paper.so` lists its keys");
    set("sim.paper.taker_fees", "0.1");
    refused(ALL_PARTS, OC_E_CONFIG,
            "x.conf:3: sim.paper.taker_fees: plugin outcry.paper has no such key: found 'taker_fees': did you mean "
            "'sim.paper.taker_fee'?");
    set("risk.chain", DEFAULT " mine");
    set("risk.mine.plugin", "outcry.max_order_qty");
    set("risk.mine.forx", "1");
    refused(PART_RULE, OC_E_CONFIG,
            "x.conf:3: risk.mine.forx: plugin outcry.max_order_qty has no such key: found 'forx': `outcry plugin "
            "info " TEST_BUILD_DIR "/tests/plugins/risk/max_order_qty.so` lists its keys");
}

static void a_list_of_groups_is_no_single_value(void **state)
{
    static const struct oc_key members[] = {{.name = "a", .type = OC_KEY_TEXT, .about = "a text"}, {0}};
    static const struct oc_key others[] = {{.name = "column", .type = OC_KEY_TEXT, .about = "a text"}, {0}};
    static const struct oc_key keys[] = {{.name = "row", .type = OC_KEY_TEXT, .about = "one"},
                                         {.name = "lows", .type = OC_KEY_GROUPS, .members = members, .about = "a list"},
                                         {.name = "rows", .type = OC_KEY_GROUPS, .members = others, .about = "a list"},
                                         {0}};
    static const struct oc_plugin reader = {
        .size = sizeof reader, .kind = OC_DATA, .id = "outcry.csv", .version = "1.0.0", .keys = keys};
    (void)state;
    registry.entries[registry.count++].plugin = &reader;
    set("data.csv.rows.1.column", "x");
    taken(PART_READER);
    settings_release(&settings);
    set("data.csv.lows", "x");
    refused(PART_READER, OC_E_CONFIG,
            "x.conf:3: data.csv.lows: found 'x', expected a list of groups such as ( { a = 1; }, { a = 2; } )");
    settings_release(&settings);
    set("data.csv.rows.12.colum", "x"); /* the nearest is looked for among the members of that list */
    refused(PART_READER, OC_E_CONFIG,
            "x.conf:3: data.csv.rows.12.colum: plugin outcry.csv has no such key: found 'rows.12.colum': did you mean "
            "'data.csv.rows.12.column'?");
    settings_release(&settings);
    set("data.csv.row.1.column", "x"); /* no list at all has none */
    refused(PART_READER, OC_E_CONFIG,
            "x.conf:3: data.csv.row.1.column: plugin outcry.csv has no such key: found 'row.1.column': `outcry plugin "
            "info " TEST_BUILD_DIR "/tests/plugins/data/csv.so` lists its keys");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, parts_start, parts_stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_a_word_it_is_the_default),
        TEST(a_rule_is_left_out_by_its_name),
        TEST(only_what_is_wanted_is_looked_at),
        TEST(the_chain_is_asked_in_its_order),
        TEST(each_default_name_is_its_own_rule),
        TEST(a_rule_is_left_out_by_name_only),
        TEST(the_chain_has_a_limit),
        TEST(names_are_plain),
        TEST(a_file_is_not_named_as_a_section_P12),
        TEST(lists_are_split_at_commas_and_blanks),
        TEST(a_group_belongs_to_a_whole_name),
        TEST(the_default_of_simulators_holds_key_by_key),
        TEST(settings_have_an_end),
        TEST(a_rule_that_cannot_be_had_is_a_hole_or_an_end),
        TEST(a_part_that_cannot_be_had_is_one_fault),
        TEST(a_rule_that_cannot_be_loaded_is_a_hole_or_an_end),
        TEST(keys_are_those_that_the_plugin_declares),
        TEST(a_list_of_groups_is_no_single_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

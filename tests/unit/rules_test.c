/* rules_test.c: the risk rules of a session: opened in their order, each asked about its scope, and holes where one is missing. */
#include "support/engine_fixture.h"

#include <outcry/outcry.h>

#include "engine/impl.h"
#include "session/rules.h"
#include "support/said.h"

static char asked[256];
static int opened, closed;
static oc_rc open_answer;

static oc_rc open_rule(const struct oc_host *host, void **ret_self)
{
    static char names[8][16];
    char *name = names[opened % 8];
    if (oc_config_text(host, "name", name, sizeof names[0]) < 0)
        return OC_E_CONFIG;
    opened++;
    *ret_self = name;
    return open_answer;
}

static void close_rule(void *self)
{
    (void)self;
    closed++;
}

static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask, struct oc_verdict *verdict)
{
    (void)ctx, (void)ask;
    strncat(asked, self, sizeof asked - strlen(asked) - 2);
    strcat(asked, " ");
    return oc_allow(verdict);
}

static const struct oc_risk table = {.size = sizeof table, .check = check};
static const struct oc_risk mute = {.size = sizeof mute};
static const struct oc_iface ifaces[] = {{OC_RISK, &table}, {0}}, mutes[] = {{OC_RISK, &mute}, {0}};
static const struct oc_plugin plugin = {.size = sizeof plugin,
                                        .abi_major = OC_ABI_MAJOR,
                                        .kind = OC_RISK,
                                        .id = "outcry.test",
                                        .open = open_rule,
                                        .close = close_rule,
                                        .ifaces = ifaces};
static const struct oc_plugin broken = {.size = sizeof broken,
                                        .abi_major = OC_ABI_MAJOR,
                                        .kind = OC_RISK,
                                        .id = "outcry.broken",
                                        .open = open_rule,
                                        .close = close_rule,
                                        .ifaces = mutes};

struct house {
    struct fixture *f;
    struct settings settings;
    struct parts parts;
    struct registry registry;
    struct rules rules;
    struct error error;
    int64_t now_ns;
};

static void set(struct house *house, const char *key, const char *value)
{
    assert_int_equal(settings_set(&house->settings, key, value, "test"), OC_OK);
}

static void add(struct house *house, enum part_use use, const char *name, const char *id)
{
    struct part *part = &house->parts.list[house->parts.count++];
    char key[64];
    part->use = use;
    snprintf(part->name, sizeof part->name, "%s", name);
    snprintf(part->section, sizeof part->section, "risk.%s", name);
    snprintf(part->id, sizeof part->id, "%s", id);
    snprintf(key, sizeof key, "risk.%s.name", name);
    set(house, key, name);
}

static struct house *house_new(void)
{
    struct house *house = calloc(1, sizeof *house);
    house->f = fixture_new(COST_AVERAGE);
    house->registry.entries[house->registry.count++].plugin = &plugin;
    house->registry.entries[house->registry.count++].plugin = &broken;
    asked[0] = 0;
    opened = closed = 0;
    open_answer = OC_OK;
    return house;
}

static oc_rc house_open(struct house *house)
{
    const struct rules_world world = {house->f->engine, &house->settings, &house->parts, &house->registry,
                                      &house->now_ns};
    return rules_open(&house->rules, &world, &house->error);
}

static void house_free(struct house *house)
{
    rules_close(&house->rules);
    assert_int_equal(house->rules.count, 0);
    for (int i = 0; i < PARTS_RULES_MAX; i++)
        assert_null(house->rules.scopes[i]);
    fixture_free(house->f);
    settings_release(&house->settings);
    free(house);
}

static const char *asked_of(struct house *house, const struct oc_request *request)
{
    struct engine_refusal refusal;
    asked[0] = 0;
    (void)engine_preview(house->f->engine, request, &refusal, 1);
    return asked;
}

static void they_are_asked_in_their_order(void **state)
{
    (void)state;
    struct house *house = house_new();
    add(house, PART_RULE, "b", "outcry.test");
    add(house, PART_SIM, "venue", "outcry.test");
    add(house, PART_RULE, "a", "outcry.test");
    add(house, PART_RULE, "c", "outcry.test");
    assert_int_equal(house_open(house), OC_OK);
    assert_int_equal(opened, 3);
    assert_int_equal(house->rules.count, 3);
    assert_string_equal(house->rules.list[1].section, "risk.a");
    assert_ptr_equal(house->rules.list[2].now_ns, &house->now_ns);
    assert_ptr_equal(house->rules.list[2].settings, &house->settings);
    for (int i = 0; i < 3; i++)
        assert_null(house->rules.scopes[i]);
    struct oc_request request = fixture_order(house->f, OC_SIDE_BUY, 1, 9900);
    assert_string_equal(asked_of(house, &request), "b a c ");
    assert_true(fixture_submit(house->f, request) != 0);
    house_free(house);
    assert_int_equal(closed, 3);
}

static void a_hole_leaves_cancels_and_reductions(void **state)
{
    (void)state;
    struct house *house = house_new();
    struct engine_refusal refusal = {0};
    add(house, PART_RULE, "a", "outcry.test");
    add(house, PART_RULE, "gone", "org.nobody");
    add(house, PART_RULE, "b", "outcry.test");
    house->parts.list[1].is_missing = true;
    assert_int_equal(house_open(house), OC_OK);
    assert_int_equal(house->rules.count, 2); /* without a gap */
    assert_string_equal(house->rules.list[1].section, "risk.b");
    struct oc_request request = fixture_order(house->f, OC_SIDE_BUY, 1, 9900);
    assert_int_equal(engine_preview(house->f->engine, &request, &refusal, 1), 1);
    assert_string_equal(refusal.rule, "gone");
    assert_string_equal(refusal.reason, "RULE_MISSING");
    fixture_hold(house->f, 0, 10);
    request = fixture_order(house->f, OC_SIDE_SELL, 10, 20000);
    request.bits |= OC_RQ_REDUCE_ONLY;
    asked[0] = 0;
    assert_true(fixture_submit(house->f, request) != 0);
    assert_non_null(strstr(asked, "a b ")); /* the others are asked all the same */
    house_free(house);
    assert_int_equal(closed, 2);
}

static void what_does_not_open_ends_it(void **state)
{
    (void)state;
    struct house *house = house_new();
    add(house, PART_RULE, "a", "outcry.test");
    add(house, PART_RULE, "b", "org.nobody");
    add(house, PART_RULE, "c", "outcry.test");
    assert_int_equal(house_open(house), OC_E_NOT_FOUND);
    assert_int_equal(opened, 1);
    house_free(house);
    assert_int_equal(closed, 1);
    house = house_new();
    add(house, PART_RULE, "a", "outcry.test");
    open_answer = OC_E_LIMIT;
    assert_int_equal(house_open(house), OC_E_LIMIT);
    assert_int_equal(house->rules.count, 0);
    house_free(house);
    assert_int_equal(closed, 0); /* it never was open */
    house = house_new();
    add(house, PART_RULE, "a", "outcry.broken"); /* opens, and cannot be asked */
    add(house, PART_RULE, "b", "outcry.test");
    assert_int_equal(house_open(house), OC_E_INVALID);
    assert_string_equal(house->error.where, "risk.a");
    assert_non_null(strstr(said(&house->error), "the engine did not take the risk rule"));
    assert_int_equal(opened, 1);
    house_free(house);
    assert_int_equal(closed, 1);
}

/* ---- scopes ---- */

static const char *strategy_name(void *self, uint32_t strategy)
{
    static const char *const names[] = {"nobody", "grid", "sma"};
    assert_string_equal(self, "table");
    return strategy < 3 ? names[strategy] : NULL;
}

static uint32_t instrument(struct house *house, const char *symbol)
{
    struct oc_instrument info = instruments_get(engine_instruments(house->f->engine), house->f->inst)->info;
    uint32_t inst;
    snprintf(info.symbol, sizeof info.symbol, "%s", symbol);
    info.inst = 0;
    assert_int_equal(instruments_add(engine_instruments(house->f->engine), &info, &inst), OC_OK);
    return inst;
}

/* What of a request a rule with one list is asked about. */
static bool is_covered(const char *what, const char *list, uint32_t account, uint32_t strategy, uint32_t owner,
                       bool has_names)
{
    struct house *house = house_new();
    char key[64];
    add(house, PART_RULE, "all", "outcry.test");
    add(house, PART_RULE, "some", "outcry.test");
    snprintf(key, sizeof key, "risk.some.for.%s", what);
    set(house, key, list);
    if (has_names)
        house->rules.strategy_name = strategy_name;
    static char table_name[] = "table";
    house->rules.strategies = table_name;
    assert_int_equal(house_open(house), OC_OK);
    assert_null(house->rules.scopes[0]);
    assert_non_null(house->rules.scopes[1]);
    assert_null(house->f->engine->rules[0].scope);
    const struct engine_scope *scope = house->f->engine->rules[1].scope;
    assert_non_null(scope);
    bool answer = scope->covers(scope->self, account, strategy, house->f->inst, owner);
    house_free(house);
    return answer;
}

static void a_scope_is_a_list_of_names(void **state)
{
    static const struct {
        const char *what, *list;
        uint32_t account, strategy, owner;
        bool is_in;
    } rows[] = {
        {"instruments", "BTC/*", 1, 0, OC_OWNER_CONSOLE, true},
        {"instruments", "ETH/*", 1, 0, OC_OWNER_CONSOLE, false},
        {"accounts", "main", 1, 0, OC_OWNER_CONSOLE, true},
        {"accounts", "other", 1, 0, OC_OWNER_CONSOLE, false},
        {"accounts", "main", 9, 0, OC_OWNER_CONSOLE, false}, /* there is no such account */
        {"accounts", "!main", 9, 0, OC_OWNER_CONSOLE, true},
        {"strategies", "grid", 1, 1, OC_OWNER_STRATEGY, true},
        {"strategies", "grid", 1, 2, OC_OWNER_STRATEGY, false},
        {"strategies", "grid", 1, 3, OC_OWNER_STRATEGY, false},
        {"strategies", "nobody", 1, 0, OC_OWNER_CONSOLE, false}, /* no strategy asks */
        {"strategies", "!grid", 1, 0, OC_OWNER_CONSOLE, true},
        {"owners", "strategy", 1, 1, OC_OWNER_STRATEGY, true},
        {"owners", "console", 1, 0, OC_OWNER_CONSOLE, true},
        {"owners", "algo", 1, 0, OC_OWNER_ALGO, true},
        {"owners", "external", 1, 0, OC_OWNER_EXTERNAL, true},
        {"owners", "host", 1, 0, OC_OWNER_HOST, true},
        {"owners", "host", 1, 0, OC_OWNER_EXTERNAL, false},
        {"owners", "!host", 1, 0, OC_OWNER_HOST, false},
        {"owners", "!host", 1, 0, OC_OWNER_HOST + 1, true},
        {"owners", "*host", 1, 0, OC_OWNER_HOST + 1, false}, /* it has no name */
        {"owners", "*host", 1, 0, 1000, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (is_covered(rows[i].what, rows[i].list, rows[i].account, rows[i].strategy, rows[i].owner, true) !=
            rows[i].is_in)
            fail_msg("row %zu: %s %s", i, rows[i].what, rows[i].list);
    assert_false(is_covered("strategies", "grid", 1, 1, OC_OWNER_STRATEGY, false)); /* names nobody knows */
    assert_true(is_covered("strategies", "!grid", 1, 1, OC_OWNER_STRATEGY, false));
}

static void instruments_are_looked_up_once_and_right(void **state)
{
    (void)state;
    struct house *house = house_new();
    add(house, PART_RULE, "all", "outcry.test");
    add(house, PART_RULE, "some", "outcry.test");
    set(house, "risk.some.for.instruments", "ETH/USDT");
    set(house, "risk.some.for.owners", "!strategy");
    const uint32_t eth = instrument(house, "ETH/USDT"), ltc = instrument(house, "LTC/USDT");
    assert_int_equal(house_open(house), OC_OK);
    const struct engine_scope *scope = house->f->engine->rules[1].scope;
    for (int turn = 0; turn < 3; turn++) { /* looked up, then known */
        assert_true(scope->covers_market(scope->self, eth));
        assert_false(scope->covers_market(scope->self, ltc));
        assert_false(scope->covers_market(scope->self, house->f->inst));
        assert_true(scope->covers(scope->self, 1, 0, eth, OC_OWNER_CONSOLE));
        assert_false(scope->covers(scope->self, 1, 0, ltc, OC_OWNER_CONSOLE));
        assert_false(scope->covers(scope->self, 1, 1, eth, OC_OWNER_STRATEGY)); /* all lists have to hold */
    }
    /* What nobody knows is rather asked about than not. */
    assert_true(scope->covers_market(scope->self, OC_INST(ENGINE_INSTRUMENTS_MAX - 1, 1)));
    assert_true(scope->covers_market(scope->self, OC_INST(ENGINE_INSTRUMENTS_MAX, 1)));
    struct oc_request request = fixture_order(house->f, OC_SIDE_BUY, 1, 9900);
    assert_string_equal(asked_of(house, &request), "all ");
    request.head.inst = eth;
    assert_string_equal(asked_of(house, &request), "all some ");
    house_free(house);
}

static void hear_unreached(void *self, const char *rule, const char *list)
{
    char *told = self;
    snprintf(told + strlen(told), 256 - strlen(told), "%s %s; ", rule, list);
}

/* A rule whose scope names nothing of this run is told of; one that is for the last strategy is not. */
static void a_scope_that_reaches_nothing_is_told(void **state)
{
    (void)state;
    static const char *const scopes[][3] = {{"first", "strategies", "grid"},  {"last", "strategies", "sma"},
                                            {"none", "strategies", "other"},  {"all", "strategies", "!grid"},
                                            {"away", "instruments", "ETH/*"}, {"here", "instruments", "BTC/*"}};
    static char table_name[] = "table";
    struct house *house = house_new();
    char key[64], told[256] = "";
    const struct engine_client idle = {.self = house};
    uint32_t strategy = 0;
    while (engine_client_count(house->f->engine) < 2)
        assert_int_equal(engine_add_client(house->f->engine, "idle", &idle, &strategy), OC_OK);
    add(house, PART_RULE, "plain", "outcry.test");
    for (size_t i = 0; i < sizeof scopes / sizeof *scopes; i++) {
        add(house, PART_RULE, scopes[i][0], "outcry.test");
        snprintf(key, sizeof key, "risk.%s.for.%s", scopes[i][0], scopes[i][1]);
        set(house, key, scopes[i][2]);
    }
    house->rules.strategy_name = strategy_name;
    house->rules.strategies = table_name;
    assert_int_equal(house_open(house), OC_OK);
    rules_tell_unreached(&house->rules, hear_unreached, told);
    assert_string_equal(told, "risk.none strategies; risk.away instruments; ");
    house_free(house);
}

/* As many as there may be, each with a scope: none is taken for another, and all are closed. */
static void rules_have_a_limit(void **state)
{
    (void)state;
    struct house *house = house_new();
    for (int i = 0; i < PARTS_RULES_MAX; i++) {
        char name[16], key[64];
        snprintf(name, sizeof name, "r%d", i);
        add(house, PART_RULE, name, "outcry.test");
        snprintf(key, sizeof key, "risk.%s.for.owners", name);
        set(house, key, i % 2 ? "console" : "host");
    }
    assert_int_equal(house_open(house), OC_OK);
    assert_int_equal(house->rules.count, PARTS_RULES_MAX);
    for (uint32_t i = 0; i < PARTS_RULES_MAX; i++) {
        const struct engine_scope *scope = house->f->engine->rules[i].scope;
        assert_int_equal(scope->covers(scope->self, 1, 0, house->f->inst, OC_OWNER_CONSOLE), i % 2);
    }
    house_free(house);
    assert_int_equal(closed, PARTS_RULES_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_are_asked_in_their_order),
        cmocka_unit_test(a_hole_leaves_cancels_and_reductions),
        cmocka_unit_test(what_does_not_open_ends_it),
        cmocka_unit_test(a_scope_is_a_list_of_names),
        cmocka_unit_test(instruments_are_looked_up_once_and_right),
        cmocka_unit_test(a_scope_that_reaches_nothing_is_told),
        cmocka_unit_test(rules_have_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "session/rules.h"

#include <stdlib.h>
#include <string.h>

struct rule_scope {
    const struct rules *rules;
    struct rules_world world;
    const struct part *part;
    struct engine_scope scope;
    struct parts_scope lists;
    int8_t of_instrument[ENGINE_INSTRUMENTS_MAX]; /* 0: not looked at yet, 1 in, -1 out */
};

static bool holds(const struct rule_scope *scope, enum parts_what what, const char *name)
{
    return parts_scope_holds(&scope->lists, what, name ? name : "");
}

static bool covers_market(void *self, uint32_t inst)
{
    struct rule_scope *scope = self;
    uint32_t index = OC_INST_INDEX(inst);
    if (index >= ENGINE_INSTRUMENTS_MAX)
        return true;
    if (!scope->of_instrument[index]) {
        const struct instrument *instrument = instruments_get(engine_instruments(scope->world.engine), inst);
        scope->of_instrument[index] = !instrument || holds(scope, PARTS_INSTRUMENTS, instrument->info.symbol) ? 1 : -1;
    }
    return scope->of_instrument[index] > 0;
}

static bool covers(void *self, uint32_t account, uint32_t strategy, uint32_t inst, uint32_t owner)
{
    static const char *const owners[] = {"none", "strategy", "console", "algo", "external", "host"};
    const struct rule_scope *scope = self;
    const struct rules *rules = scope->rules;
    const struct account *held = portfolio_account(engine_portfolio(scope->world.engine), account);
    const bool asks_name = scope->lists.is_set[PARTS_STRATEGIES] && strategy && rules->strategy_name;
    const char *name = asks_name ? rules->strategy_name(rules->strategies, strategy) : NULL;
    return covers_market(self, inst) && holds(scope, PARTS_ACCOUNTS, held ? held->name : NULL) &&
           holds(scope, PARTS_STRATEGIES, name) &&
           holds(scope, PARTS_OWNERS, owner < sizeof owners / sizeof owners[0] ? owners[owner] : NULL);
}

static oc_rc give_scope(struct rules *rules, const struct rules_world *world, const struct part *part,
                        struct rule_scope **ret_scope)
{
    if (!parts_is_scoped(world->settings, part))
        return OC_OK;
    struct rule_scope *scope = calloc(1, sizeof *scope);
    if (!scope)
        return OC_E_NOMEM;
    *scope = (struct rule_scope){.rules = rules, .world = *world, .part = part};
    parts_scope_read(world->settings, part, &scope->lists);
    scope->scope = (struct engine_scope){covers, covers_market, scope};
    engine_scope_rule(world->engine, &scope->scope);
    *ret_scope = scope;
    return OC_OK;
}

oc_rc rules_open(struct rules *rules, const struct rules_world *world, struct error *ret_error)
{
    const struct part *part;
    for (uint32_t i = 0; (part = parts_at(world->parts, PART_RULE, i)) != NULL; i++) {
        struct plugin_instance *rule = &rules->list[rules->count];
        if (part->is_missing)
            continue;
        rule->settings = world->settings;
        rule->now_ns = world->now_ns;
        memcpy(rule->section, part->section, sizeof rule->section);
        oc_rc rc = plugin_instance_open(rule, world->registry, OC_RISK, part->id, ret_error);
        if (rc < 0)
            return rc;
        rules->count++;
        rc = engine_add_rule(world->engine, part->name, registry_interface(rule->plugin, OC_RISK), rule->self);
        if (rc == OC_OK)
            rc = give_scope(rules, world, part, &rules->scopes[rules->count - 1]);
        if (rc < 0)
            return error_of_code(ret_error, rc, part->section, "the engine did not take the risk rule");
    }
    bool is_strict = false;
    oc_rc strict = settings_boolean(world->settings, "risk.strict", &is_strict);
    if (strict < 0 && strict != OC_E_NOT_FOUND)
        return error_copy(ret_error, &world->settings->error);
    engine_set_strict(world->engine, is_strict);
    bool halts = false;
    oc_rc halting = settings_boolean(world->settings, "risk.halt_on_alarm", &halts);
    if (halting < 0 && halting != OC_E_NOT_FOUND)
        return error_copy(ret_error, &world->settings->error);
    engine_set_halting(world->engine, halts);
    parts_missing(world->parts, rules->missing, sizeof rules->missing);
    if (!rules->is_recorded)
        memcpy(rules->recorded, rules->missing, sizeof rules->recorded);
    engine_set_missing(world->engine, rules->recorded);
    return OC_OK;
}

static bool reaches_strategies(const struct rules *rules, const struct rule_scope *scope)
{
    bool is_reached = holds(scope, PARTS_STRATEGIES, NULL); /* what a person sends has none */
    const uint32_t count = engine_client_count(scope->world.engine);
    for (uint32_t i = 1; i <= count && !is_reached; i++)
        is_reached =
            holds(scope, PARTS_STRATEGIES, rules->strategy_name ? rules->strategy_name(rules->strategies, i) : NULL);
    return is_reached;
}

void rules_tell_unreached(const struct rules *rules, void (*tell)(void *self, const char *rule, const char *list),
                          void *self)
{
    for (uint32_t i = 0; i < rules->count; i++) {
        struct rule_scope *scope = rules->scopes[i];
        if (!scope)
            continue;
        const uint32_t count = instruments_count(engine_instruments(scope->world.engine));
        bool is_reached = false;
        for (uint32_t k = 1; k < count && !is_reached; k++)
            is_reached = covers_market(scope, OC_INST(k, 1));
        if (!is_reached)
            tell(self, scope->part->section, "instruments");
        else if (!reaches_strategies(rules, scope))
            tell(self, scope->part->section, "strategies");
    }
}

void rules_close(struct rules *rules)
{
    for (uint32_t i = 0; i < rules->count; i++) {
        plugin_instance_close(&rules->list[i]);
        free(rules->scopes[i]);
        rules->scopes[i] = NULL;
    }
    rules->count = 0;
    if (rules->settings)
        settings_release(rules->settings);
    free(rules->settings);
    free(rules->parts);
    rules->settings = NULL;
    rules->parts = NULL;
}

/* rules.c: the risk rules of a session: the parts of the configuration, opened in their order, each with its scope. */
#include <stdlib.h>
#include <string.h>

#include "session/session.h"

static const char *owner_name(uint32_t owner)
{
    static const char *const names[] = {"none", "strategy", "console", "algo", "external", "host"};
    return owner < sizeof names / sizeof names[0] ? names[owner] : "none";
}

static bool covers_market(void *self, uint32_t inst)
{
    struct session_scope *scope = self;
    struct session *session = scope->session;
    uint32_t index = OC_INST_INDEX(inst);
    if (index >= ENGINE_INSTRUMENTS_MAX)
        return true;
    if (!scope->of_instrument[index]) {
        const struct instrument *instrument = instruments_get(engine_instruments(session->engine), inst);
        bool is_in =
            !instrument || parts_covers(session->settings, scope->part, "instruments", instrument->info.symbol);
        scope->of_instrument[index] = is_in ? 1 : -1;
    }
    return scope->of_instrument[index] > 0;
}

static bool covers(void *self, uint32_t account, uint32_t strategy, uint32_t inst, uint32_t owner)
{
    const struct session_scope *scope = self;
    const struct session *session = scope->session;
    const struct session_rules *rules = &session->rules;
    const char *name = strategy && rules->strategy_name ? rules->strategy_name(rules->strategies, strategy) : NULL;
    const struct account *held = portfolio_account(engine_portfolio(session->engine), account);
    return covers_market(self, inst) && parts_covers(session->settings, scope->part, "owners", owner_name(owner)) &&
           parts_covers(session->settings, scope->part, "accounts", held ? held->name : "") &&
           parts_covers(session->settings, scope->part, "strategies", name ? name : "");
}

static oc_rc give_scope(struct session *session, const struct part *part, struct session_scope **ret_scope)
{
    if (!parts_is_scoped(session->settings, part))
        return OC_OK;
    struct session_scope *scope = calloc(1, sizeof *scope);
    if (!scope)
        return OC_E_NOMEM;
    *scope = (struct session_scope){.session = session, .part = part};
    scope->scope = (struct engine_scope){covers, covers_market, scope};
    engine_scope_rule(session->engine, &scope->scope);
    *ret_scope = scope;
    return OC_OK;
}

oc_rc session_open_rules(void *self, struct session *session)
{
    (void)self;
    struct session_rules *rules = &session->rules;
    const struct part *part;
    for (uint32_t i = 0; (part = parts_at(session->parts, PART_RULE, i)) != NULL; i++) {
        struct plugin_instance *rule = &rules->list[rules->count];
        struct error error;
        if (part->is_missing) {
            engine_lack_rule(session->engine, part->name);
            continue;
        }
        rule->settings = session->settings;
        rule->now_ns = &session->clock.now_ns;
        memcpy(rule->section, part->section, sizeof rule->section);
        oc_rc rc = plugin_instance_open(rule, session->registry, OC_RISK, part->id, &error);
        if (rc < 0)
            return session_fail(session, &error);
        rules->count++;
        rc = engine_add_rule(session->engine, part->name, registry_interface(rule->plugin, OC_RISK), rule->self);
        if (rc == OC_OK)
            rc = give_scope(session, part, &rules->scopes[rules->count - 1]);
        if (rc < 0)
            return session_fail_code(session, rc, rule->section, "the engine did not take the risk rule");
    }
    return OC_OK;
}

void session_close_rules(void *self, struct session *session)
{
    (void)self;
    for (uint32_t i = 0; i < session->rules.count; i++) {
        plugin_instance_close(&session->rules.list[i]);
        free(session->rules.scopes[i]);
        session->rules.scopes[i] = NULL;
    }
    session->rules.count = 0;
}

/* rules.h: the risk rules of a session: the parts of the configuration, opened in their order, each with its scope.
 * Invariants: the order is that of asking; a rule that could not be had leaves the engine with cancels and reductions only. */
#ifndef SESSION_RULES_H
#define SESSION_RULES_H

#include "engine/engine.h"
#include "session/parts.h"
#include "session/plugin_instance.h"

struct rule_scope;

struct rules {
    struct plugin_instance list[PARTS_RULES_MAX];
    struct rule_scope *scopes[PARTS_RULES_MAX]; /* owned; NULL: everything */
    uint32_t count;
    char missing[ENGINE_MISSING_MAX];  /* configured and not there, a blank between */
    char recorded[ENGINE_MISSING_MAX]; /* what the records of the session say of that so far */
    bool is_recorded;                  /* they say it: set before rules_open */
    struct settings *settings; /* in force, and the parts that came of them; owned; NULL: those of the session */
    struct parts *parts;
    uint32_t start;     /* the start, by the number of its header, whose settings are in force */
    uint32_t own_start; /* this one */
    const char *(*strategy_name)(void *self, uint32_t strategy); /* NULL: strategies have no names here */
    void *strategies;
};

struct rules_world { /* what rules live in; all borrowed for their life */
    struct engine *engine;
    struct settings *settings;
    const struct parts *parts;
    const struct registry *registry;
    const int64_t *now_ns;
};

/* [setup] Opens all and adds them to the engine. rules_close is due also where it failed. */
CHECKED oc_rc rules_open(struct rules *rules, const struct rules_world *world, struct error *ret_error);
/* [setup] Once instruments and strategies are known: `tell` hears of each rule whose scope holds none of them, with the list. */
void rules_tell_unreached(const struct rules *rules, void (*tell)(void *self, const char *rule, const char *list),
                          void *self);
/* [setup] After the engine's last call. */
void rules_close(struct rules *rules);

#endif

/* parts.h: the plugins that a run is made of, by its configuration: which rules guard, who fills, who reads the data, who connects.
 *
 * Invariants
 * - A part is an instance of a plugin with a name; its settings are the group SECTION.NAME. A bare name means the built-in of
 *   that name: max_order_qty is outcry.max_order_qty.
 * - Nothing used is silently replaced: two files with one id are refused unless plugins.allow_shadow names it. Nothing
 *   configured is silently unused: a group whose name no list has is refused; a foreign file that no part uses is named.
 * - kill_switch is the first rule, whatever risk.chain says; a rule of the default chain is left out only by risk.without.
 * - A rule that cannot be had leaves a hole: the composition that may lack one takes cancels and reductions only. */
#ifndef SESSION_PARTS_H
#define SESSION_PARTS_H

#include "config/settings.h"
#include "load/catalogue.h"
#include "load/load.h"

enum {
    PARTS_RULES_MAX = 32,
    PARTS_READERS_MAX = 8,
    PARTS_VENUES_MAX = 8,
    PARTS_LIST_MAX = PARTS_RULES_MAX + PARTS_READERS_MAX + PARTS_VENUES_MAX, /* connectors, or a simulator */
    PART_NAME_MAX = 33,
    PARTS_NAMES_MAX = 64
};

enum part_use {
    PART_RULE = 1,
    PART_SIM = 2,
    PART_READER = 4,
    PART_CONNECTOR = 8,
    PART_QUIETLY = 16 /* of parts_open alone: the log is told nothing: they are those of an earlier start */
};                    /* bits, for what a composition wants */

struct part {
    enum part_use use;
    char name[PART_NAME_MAX];
    char section[SETTING_KEY_MAX]; /* "risk.cooldown" */
    char id[65];
    char version[33];
    char path[CATALOGUE_PATH_MAX];
    uint64_t hash;
    bool is_ours;
    bool is_missing; /* a rule that could not be had */
};

struct parts_names { /* a list of a setting, split */
    char text[SETTING_VALUE_MAX];
    const char *list[PARTS_NAMES_MAX + 1]; /* ended by NULL */
    uint32_t count;
    bool is_cut; /* there were more */
};

enum parts_what { /* the lists of a group `for` */
                  PARTS_INSTRUMENTS,
                  PARTS_ACCOUNTS,
                  PARTS_STRATEGIES,
                  PARTS_OWNERS,
                  PARTS_WHATS
};

struct parts_scope { /* does not move: its lists point into it */
    bool is_set[PARTS_WHATS];
    struct parts_names lists[PARTS_WHATS];
};

struct parts {
    struct part list[PARTS_LIST_MAX];
    uint32_t count;
    struct catalogue catalogue;
};

/* Looks into the folders, decides by the settings, and loads into the registry what is used and not there yet. `wants`: bits of
 * enum part_use. `may_lack`: a rule that cannot be had becomes a hole instead of a failure. OC_E_CONFIG and the codes of
 * catalogue and loader, with *ret_error; where settings->faults is set, each fault is put there and OC_OK returned. [setup] */
CHECKED oc_rc parts_open(struct parts *parts, struct settings *settings, struct registry *registry, uint32_t wants,
                         bool may_lack, struct error *ret_error);
/* Loads the parts of a run without configuration: the default chain, simulator and reader. [setup] */
CHECKED oc_rc parts_load_default(struct registry *registry, struct error *ret_error);
/* The plugin folders of these settings, with what is in them, into an empty catalogue. Codes of catalogue.h. [setup] */
CHECKED oc_rc parts_look(struct catalogue *catalogue, struct settings *settings, struct error *ret_error);
/* The settings of one plugin that is in no list, held against the keys that it declares; those of the host have no place in them.
 * OC_E_CONFIG with *ret_error: the first that is wrong. [setup] */
CHECKED oc_rc parts_judge_alone(const struct settings *settings, const char *section, const struct oc_plugin *plugin,
                                const char *path, struct error *ret_error);
/* The i-th part of a use, in order; NULL behind the last. */
const struct part *parts_at(const struct parts *parts, enum part_use use, uint32_t i);
/* Whether risk.dropped or risk.without names this rule. */
bool parts_leaves_out(const struct settings *settings, const char *rule);
/* The names of the rules that could not be had, a blank between; "": none. */
void parts_missing(const struct parts *parts, char *ret_names, size_t size_max);
/* The lists of a part's group `for`, read once: [setup]. */
void parts_scope_read(const struct settings *settings, const struct part *part, struct parts_scope *ret_scope);
/* Whether its list holds a name, with * for any run of characters and ! for what is taken out. True where the list is not set. */
bool parts_scope_holds(const struct parts_scope *scope, enum parts_what what, const char *name);
/* Whether a part has any scope at all. */
bool parts_is_scoped(const struct settings *settings, const struct part *part);

#endif

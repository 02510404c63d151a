#include "session/parts_impl.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/log.h"
#include "base/text.h"
#include "load/inspect.h"
#include "session/venue_keys.h"

#include <outcry/connector.h>

static const char *const default_chain[] = {"kill_switch",    "max_order_qty", "max_order_value", "price_collar",
                                            "position_limit", "message_rate",  "max_daily_loss",  NULL};

static const char a_name[] = "a name of 1 to 32 of a-z 0-9 _, a letter first, no double underscore";

bool parts_has(const char *const *list, const char *name)
{
    for (; *list; list++)
        if (strcmp(*list, name) == 0)
            return true;
    return false;
}

void parts_split(const char *text, struct parts_names *ret_names)
{
    snprintf(ret_names->text, sizeof ret_names->text, "%s", text);
    ret_names->count = 0;
    ret_names->is_cut = false;
    for (char *save = NULL, *one = strtok_r(ret_names->text, ", ", &save); one; one = strtok_r(NULL, ", ", &save))
        if (ret_names->count < PARTS_NAMES_MAX)
            ret_names->list[ret_names->count++] = one;
        else
            ret_names->is_cut = true;
    ret_names->list[ret_names->count] = NULL;
}

static const char *origin_of(const struct settings *settings, const char *key)
{
    const struct setting *setting = settings_get(settings, key);
    return setting ? setting->origin : "";
}

/* Begins a complaint about a setting: "FILE:3: risk.chain". */
static void at_key(struct parts_opening *opening, oc_rc rc, const char *key)
{
    const char *origin = origin_of(opening->settings, key);
    error_at(opening->error, rc, "%s%s%s", origin, *origin ? ": " : "", key);
}

static bool name_is_good(const char *name)
{
    size_t size = strlen(name);
    return size < PART_NAME_MAX && name[0] >= 'a' && !strstr(name, "__") &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == size;
}

/* A word that begins keys of its own: NAME.key would be one of those. */
static bool is_section(const char *name)
{
    static const char *const words[] = {"account", "console", "data", "plugins",  "report", "research",
                                        "risk",    "session", "sim",  "strategy", "venue"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i], name) == 0)
            return true;
    return false;
}

/* Two files of one id: which of them runs is the user's to say. */
static oc_rc judge_shadows(struct parts_opening *opening)
{
    const struct catalogue *catalogue = &opening->parts->catalogue;
    struct parts_names allowed;
    parts_split(settings_text(opening->settings, "plugins.allow_shadow", ""), &allowed);
    for (uint32_t i = 0; i < catalogue->count; i++) {
        const struct catalogue_entry *entry = &catalogue->list[i];
        if (!entry->shadow_of)
            continue;
        const struct catalogue_entry *counts = &catalogue->list[entry->shadow_of - 1];
        if (entry->hash == counts->hash)
            continue; /* the same file twice */
        if (!parts_has(allowed.list, entry->id)) {
            error_at(opening->error, OC_E_EXISTS, "plugin %s", entry->id);
            error_what(opening->error, "two files have this id: %s and %s", counts->path, entry->path);
            error_remedy(opening->error, "remove one, or allow the first to stand for both: plugins.allow_shadow=%s",
                         entry->id);
            return OC_E_EXISTS;
        }
        log_warning("plugins", "%s: %s is used instead of %s", entry->id, counts->path, entry->path);
    }
    return OC_OK;
}

/* Which parts. */

/* Why it cannot be had is said now: the run goes on without it. */
static void lack(struct parts_opening *opening, struct part *part)
{
    char text[ERROR_TEXT_MAX];
    error_text(opening->error, text);
    if (!(opening->wants & PART_QUIETLY)) {
        log_error("plugins", "%s", text);
        log_error("plugins", "rule %s is missing: cancels and reductions only, until it is there at a start",
                  part->name);
    }
    *opening->error = (struct error){0};
    part->is_missing = true;
}

static oc_rc add_part(struct parts_opening *opening, enum part_use use, const char *section, const char *name,
                      const char *kind)
{
    struct parts *parts = opening->parts;
    char key[SETTING_KEY_MAX + 16], builtin[64];
    if (!name_is_good(name)) {
        at_key(opening, OC_E_CONFIG, section);
        error_found(opening->error, "%s", name);
        error_expected(opening->error, "%s", a_name);
        return OC_E_CONFIG;
    }
    struct part *part = &parts->list[parts->count]; /* each use has its limit: together they fit */
    *part = (struct part){.use = use};
    snprintf(part->name, sizeof part->name, "%s", name);
    snprintf(part->section, sizeof part->section, "%s.%s", section, name);
    snprintf(key, sizeof key, "%s.%s", part->section, use == PART_CONNECTOR ? "connector" : "plugin");
    snprintf(builtin, sizeof builtin, "outcry.%s", name);
    const char *id = settings_text(opening->settings, key, builtin);
    snprintf(part->id, sizeof part->id, "%s", id);
    const struct catalogue_entry *entry = catalogue_find(&parts->catalogue, kind, id);
    if (entry) {
        catalogue_use(&parts->catalogue, entry);
        snprintf(part->version, sizeof part->version, "%s", entry->version);
        snprintf(part->path, sizeof part->path, "%s", entry->path);
        part->hash = entry->hash;
        part->is_ours = entry->is_ours;
    } else {
        const struct catalogue_entry *other = catalogue_find(&parts->catalogue, NULL, id);
        const char *nearest = other ? NULL : catalogue_nearest(&parts->catalogue, kind, id);
        at_key(opening, OC_E_NOT_FOUND, settings_get(opening->settings, key) ? key : part->section);
        error_what(opening->error,
                   other ? "this plugin is of another kind, %s" : "this plugin is in no plugin folder%s",
                   other ? other->kind : "");
        error_found(opening->error, "%s", id);
        if (nearest)
            error_remedy(opening->error, "did you mean %s? `outcry plugin list` shows what is there", nearest);
        else
            error_remedy(opening->error,
                         "`outcry plugin list` shows what is there; plugins.folders names more folders");
        if (use != PART_RULE || !opening->may_lack) {
            part->is_missing = true;
            parts->count++; /* what is set for it is judged all the same, where all faults are asked for */
            return OC_E_NOT_FOUND;
        }
        lack(opening, part);
    }
    parts->count++;
    return OC_OK;
}

oc_rc parts_wrong(struct parts_opening *opening, const char *key, const char *found, const char *expected)
{
    at_key(opening, OC_E_CONFIG, key);
    error_found(opening->error, "%s", found);
    error_expected(opening->error, "%s", expected);
    return OC_E_CONFIG;
}

/* The plugins that a command line names for this run: --plugin NAME=FILE is the setting plugins.file.NAME. */
static void find_named_files(const struct parts_opening *opening, const char *kind, struct parts_names *ret_names)
{
    static const char prefix[] = "plugins.file.";
    ret_names->count = 0;
    for (uint32_t i = 0; i < opening->settings->count; i++) {
        const struct setting *setting = &opening->settings->list[i];
        const struct catalogue_entry *entry = NULL;
        if (strncmp(setting->key, prefix, sizeof prefix - 1) != 0)
            continue;
        for (uint32_t k = 0; k < opening->parts->catalogue.count && !entry; k++)
            if (strcmp(opening->parts->catalogue.list[k].path, setting->value) == 0)
                entry = &opening->parts->catalogue.list[k];
        if (entry && strcmp(entry->kind, kind) == 0 && ret_names->count < PARTS_NAMES_MAX)
            ret_names->list[ret_names->count++] = setting->key + sizeof prefix - 1;
    }
    ret_names->list[ret_names->count] = NULL;
}

/* --set NAME.key=value of a plugin named for this run, as SECTION.NAME.key. `full` is SECTION.NAME.plugin, or .connector. */
static oc_rc take_values(struct parts_opening *opening, const char *name, const char *full)
{
    size_t length = strlen(name), group = (size_t)(strrchr(full, '.') + 1 - full);
    uint32_t count = opening->settings->count;
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < count && rc == OC_OK; i++) {
        const struct setting setting = opening->settings->list[i]; /* the list moves when it grows */
        char key[2 * SETTING_KEY_MAX]; /* what is too long for a setting is said by settings_set */
        if (strncmp(setting.key, name, length) != 0 || setting.key[length] != '.')
            continue;
        snprintf(key, sizeof key, "%.*s%s", (int)group, full, setting.key + length + 1);
        rc = settings_set(opening->settings, key, setting.value, setting.origin);
    }
    return rc;
}

static const char file_prefix[] = "plugins.file.";

/* A file of its own, before all folders; the name's plugin is the one of its file. */
static oc_rc read_named_file(struct parts_opening *opening, const struct setting *setting)
{
    static const struct {
        const char *kind, *section;
    } sections[] = {{OC_RISK, "risk"}, {OC_SIM, "sim"}, {OC_DATA, "data"}, {OC_CONNECTOR, "venue"}};
    const struct catalogue_entry *entry = NULL;
    char key[SETTING_KEY_MAX] = "", name[PART_NAME_MAX], path[PATH_MAX], origin[SETTING_ORIGIN_MAX];
    if (!name_is_good(setting->key + sizeof file_prefix - 1))
        return parts_wrong(opening, setting->key, setting->key + sizeof file_prefix - 1, a_name);
    if (is_section(setting->key + sizeof file_prefix - 1))
        return parts_wrong(opening, setting->key, setting->key + sizeof file_prefix - 1,
                           "a name that is no section of the configuration, as mine");
    snprintf(name, sizeof name, "%s", setting->key + sizeof file_prefix - 1);
    snprintf(key, sizeof key, "venue.%s.connector", name);
    if (!(opening->wants & PART_CONNECTOR) && settings_get(opening->settings, key))
        return OC_OK; /* a replay of a run: its records play the connector */
    key[0] = 0;
    snprintf(origin, sizeof origin, "%s", setting->origin); /* the setting itself is written over */
    oc_rc rc = parts_absolute(setting, setting->value, path, opening->error);
    if (rc == OC_OK)
        rc = catalogue_add_file(&opening->parts->catalogue, path, &entry, opening->error);
    if (rc < 0 || !entry)
        return rc;
    if (settings_set(opening->settings, setting->key, path, origin) < 0)
        return error_copy(opening->error, &opening->settings->error);
    const bool is_connector = strcmp(entry->kind, OC_CONNECTOR) == 0;
    for (size_t k = 0; k < sizeof sections / sizeof sections[0]; k++)
        if (strcmp(sections[k].kind, entry->kind) == 0 && (!is_connector || opening->wants & PART_CONNECTOR))
            snprintf(key, sizeof key, "%s.%s.%s", sections[k].section, name, is_connector ? "connector" : "plugin");
    if (!key[0])
        return error_say(opening->error, OC_E_NOT_SUPPORTED, "--plugin",
                         "a plugin of kind %s cannot be named for one run: rules, simulators and readers can",
                         entry->kind);
    const struct setting *configured = settings_get(opening->settings, key);
    if (configured && strcmp(configured->value, entry->id) != 0) {
        at_key(opening, OC_E_CONFIG, key);
        error_what(opening->error, "--plugin names another plugin for this part, %s", entry->id);
        error_found(opening->error, "%s", configured->value);
        error_remedy(opening->error, "give the one of the command line a name of its own: --plugin OTHER=%s", path);
        return OC_E_CONFIG;
    }
    rc = settings_set(opening->settings, key, entry->id, "--plugin");
    if (rc == OC_OK)
        rc = take_values(opening, name, key);
    return rc < 0 ? error_copy(opening->error, &opening->settings->error) : rc;
}

static oc_rc read_named_files(struct parts_opening *opening)
{
    uint32_t count = opening->settings->count;
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < count && rc == OC_OK; i++) {
        const struct setting *setting = &opening->settings->list[i];
        if (strncmp(setting->key, file_prefix, sizeof file_prefix - 1) == 0)
            rc = parts_pass(opening, read_named_file(opening, setting));
    }
    return rc;
}

/* A name of the default chain is the rule of the default chain: under it no other plugin stands in unseen. */
static oc_rc judge_names(struct parts_opening *opening)
{
    char key[64], expected[160];
    oc_rc rc = OC_OK;
    for (const char *const *name = default_chain; *name && rc == OC_OK; name++) {
        snprintf(key, sizeof key, "risk.%s.plugin", *name);
        snprintf(expected, sizeof expected,
                 "no other plugin under the name of a rule of the default chain: outcry.%s, or a name of its own",
                 *name);
        const char *id = settings_text(opening->settings, key, NULL);
        if (id && (strncmp(id, "outcry.", 7) != 0 || strcmp(id + 7, *name) != 0))
            rc = parts_pass(opening, parts_wrong(opening, key, id, expected));
    }
    return rc;
}

static oc_rc add_rule(struct parts_opening *opening, const char *name)
{
    if (opening->parts->count == PARTS_RULES_MAX)
        return error_say(opening->error, OC_E_LIMIT, "risk.chain", "at most %d rules", PARTS_RULES_MAX);
    return add_part(opening, PART_RULE, "risk", name, OC_RISK);
}

/* What is left out is a rule of the default chain that the chain does not have. */
static oc_rc judge_without(struct parts_opening *opening, const char *name, const char *const *chain)
{
    if (strcmp(name, "kill_switch") == 0)
        return parts_wrong(opening, "risk.without", name, "any other rule: this one cannot be left out");
    if (!parts_has(default_chain, name))
        return parts_wrong(opening, "risk.without", name, "a rule of the default chain");
    if (chain && parts_has(chain, name))
        return parts_wrong(opening, "risk.without", name, "a rule that risk.chain does not have");
    return OC_OK;
}

static oc_rc lacks(struct parts_opening *opening, const char *name)
{
    at_key(opening, OC_E_CONFIG, "risk.chain");
    error_what(opening->error, "it lacks %s, which the default chain has", name);
    error_remedy(opening->error,
                 "add it, or say that it is meant: without = [\"%s\"]; in the group risk, or --set risk.without=%s",
                 name, name);
    return OC_E_CONFIG;
}

static oc_rc judge_chain(struct parts_opening *opening, const struct parts_names *without, const char *const *chain)
{
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < without->count && rc == OC_OK; i++)
        rc = parts_pass(opening, judge_without(opening, without->list[i], chain));
    for (const char *const *name = default_chain; *name && chain && rc == OC_OK; name++)
        if (!parts_has(chain, *name) && !parts_has(without->list, *name) && strcmp(*name, "kill_switch") != 0)
            rc = parts_pass(opening, lacks(opening, *name));
    const char *own = settings_text(opening->settings, "risk.kill_switch.plugin", NULL);
    if (rc == OC_OK && own)
        rc = parts_pass(
            opening, parts_wrong(opening, "risk.kill_switch.plugin", own, "no setting: this rule is the host's own"));
    return rc;
}

static bool is_asked_already(const struct parts_opening *opening, const char *name)
{
    for (uint32_t i = 0; i < opening->parts->count; i++)
        if (strcmp(opening->parts->list[i].name, name) == 0)
            return true;
    return false;
}

static oc_rc add_rules(struct parts_opening *opening)
{
    struct parts_names chain, without, named;
    const char *const *list = default_chain;
    const struct setting *said = settings_get(opening->settings, "risk.chain");
    find_named_files(opening, OC_RISK, &named);
    parts_split(said ? said->value : "", &chain);
    parts_split(settings_text(opening->settings, "risk.without", ""), &without);
    if (said)
        list = chain.list;
    oc_rc rc = judge_chain(opening, &without, said ? chain.list : NULL);
    if (rc == OC_OK)
        rc = judge_names(opening);
    if (rc == OC_OK)
        rc = parts_pass(opening, add_rule(opening, "kill_switch"));
    for (const char *const *name = list; *name && rc == OC_OK; name++) {
        if (strcmp(*name, "kill_switch") == 0 || parts_has(without.list, *name))
            continue;
        if (is_asked_already(opening, *name))
            rc = parts_wrong(opening, "risk.chain", *name, "each name once: give a second instance a name of its own");
        else
            rc = add_rule(opening, *name);
        rc = parts_pass(opening, rc);
    }
    for (uint32_t i = 0; i < named.count && rc == OC_OK; i++)
        if (!parts_has(list, named.list[i]))
            rc = parts_pass(opening, add_rule(opening, named.list[i]));
    if (rc == OC_OK && settings_get(opening->settings, "risk.ramp.steps") && !is_asked_already(opening, "ramp"))
        rc = parts_pass(opening, add_rule(opening, "ramp")); /* --ramp needs no chain of one's own */
    return rc;
}

/* The values of sim.FROM hold for a venue, key by key; of two values the venue's own, unless is_stronger. */
static oc_rc take_group(struct parts_opening *opening, const char *from, const char *venue, bool is_stronger)
{
    char prefix[SETTING_KEY_MAX], key[SETTING_KEY_MAX];
    const size_t length = (size_t)snprintf(prefix, sizeof prefix, "sim.%s.", from);
    const uint32_t count = opening->settings->count;
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < count && rc == OC_OK && strcmp(from, venue) != 0; i++) {
        const struct setting setting = opening->settings->list[i]; /* the list moves when it grows */
        if (strncmp(setting.key, prefix, length) != 0)
            continue;
        if (snprintf(key, sizeof key, "sim.%s.%s", venue, setting.key + length) >= (int)sizeof key) {
            at_key(opening, OC_E_LIMIT, setting.key);
            error_what(opening->error, "as a setting of the venue %s its name is too long", venue);
            error_expected(opening->error, "at most %d bytes", SETTING_KEY_MAX - 1);
            return OC_E_LIMIT;
        }
        if (is_stronger || !settings_get(opening->settings, key))
            rc = settings_set(opening->settings, key, setting.value, setting.origin);
    }
    return rc < 0 ? error_copy(opening->error, &opening->settings->error) : rc;
}

/* A simulator that was named for this run fills the venue, with the values of its name. sim.default holds for a venue that has
 * no group of its own. */
static oc_rc add_sim(struct parts_opening *opening, const char *venue)
{
    struct parts_names named;
    oc_rc rc = OC_OK;
    find_named_files(opening, OC_SIM, &named);
    if (named.count > 1)
        return error_say(opening->error, OC_E_LIMIT, "--plugin", "one simulator fills a run, found %u", named.count);
    if (named.count)
        rc = take_group(opening, named.list[0], venue, true);
    if (rc == OC_OK)
        rc = take_group(opening, "default", venue, false);
    return rc < 0 ? rc : add_part(opening, PART_SIM, "sim", venue, OC_SIM);
}

static oc_rc add_readers(struct parts_opening *opening)
{
    struct parts_names readers, named;
    oc_rc rc = OC_OK;
    find_named_files(opening, OC_DATA, &named);
    parts_split(settings_text(opening->settings, "data.readers", "csv"), &readers);
    if (readers.count + named.count > PARTS_READERS_MAX)
        return error_say(opening->error, OC_E_LIMIT, "data.readers", "at most %d readers", PARTS_READERS_MAX);
    for (uint32_t i = 0; i < named.count && rc == OC_OK; i++)
        rc = parts_pass(opening, add_part(opening, PART_READER, "data", named.list[i], OC_DATA));
    for (uint32_t i = 0; i < readers.count && rc == OC_OK; i++)
        if (!parts_has(named.list, readers.list[i]))
            rc = parts_pass(opening, add_part(opening, PART_READER, "data", readers.list[i], OC_DATA));
    return rc;
}

/* Whether a name is that of a --plugin. */
static bool is_named_file(const struct parts_opening *opening, const char *name, int length)
{
    char key[SETTING_KEY_MAX];
    snprintf(key, sizeof key, "plugins.file.%.*s", length, name);
    return settings_get(opening->settings, key) != NULL;
}

/* A group that no part reads changes nothing, and is refused for that. */
static oc_rc judge_group(struct parts_opening *opening, const struct setting *setting, const char *name,
                         const char *lists, enum part_use use)
{
    const char *end = strchr(name, '.');
    bool is_part = !end || (use == PART_SIM && strncmp(name, "default.", 8) == 0);
    for (uint32_t k = 0; k < opening->parts->count && !is_part; k++) {
        const struct part *part = &opening->parts->list[k];
        is_part = part->use == use && strlen(part->name) == (size_t)(end - name) &&
                  strncmp(part->name, name, (size_t)(end - name)) == 0;
    }
    if (!is_part && use == PART_SIM)
        is_part = is_named_file(opening, name, (int)(end - name)); /* it fills the venue, with these values */
    if (is_part && end && strncmp(end, ".for.", 5) == 0)
        return use == PART_RULE ? parts_judge_scope(opening, setting, end + 5)
                                : parts_wrong(opening, setting->key, "for", "a risk rule: only rules have a scope");
    if (is_part)
        return OC_OK;
    error_at(opening->error, OC_E_CONFIG, "%s: %s", setting->origin, setting->key);
    error_what(opening->error, "the group changes nothing: %s has no %.*s", lists, (int)(end - name), name);
    error_remedy(opening->error, "add the name there, or take the group out");
    return OC_E_CONFIG;
}

static oc_rc judge_groups(struct parts_opening *opening, const char *section, const char *lists, enum part_use use)
{
    size_t length = strlen(section);
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < opening->settings->count && rc == OC_OK; i++) {
        const struct setting *setting = &opening->settings->list[i];
        if (strncmp(setting->key, section, length) == 0 && setting->key[length] == '.')
            rc = parts_pass(opening, judge_group(opening, setting, setting->key + length + 1, lists, use));
    }
    return rc;
}

/* A connector of a venue is not unused where a run of another kind begins. */
static void name_unused(const struct catalogue *catalogue, const struct settings *settings)
{
    for (uint32_t i = 0; i < catalogue->count; i++) {
        const struct catalogue_entry *entry = &catalogue->list[i];
        uint32_t at = 0;
        if (entry->is_ours || entry->is_used || entry->shadow_of ||
            (entry->id[0] && venue_of(settings, entry->id, &at)))
            continue;
        if (entry->id[0])
            log_warning("plugins", "%s (%s) was found and is not used: no configuration names it", entry->id,
                        entry->path);
        else
            log_warning("plugins", "%s was found and is refused: %s", entry->path, entry->why);
    }
}

/* What is used is loaded, once each. */
static oc_rc load_parts(struct parts_opening *opening)
{
    struct load_report *report = malloc(sizeof *report);
    oc_rc rc = OC_OK;
    if (!report)
        return error_of_code(opening->error, OC_E_NOMEM, "plugins", "");
    for (uint32_t i = 0; i < opening->parts->count && rc == OC_OK; i++) {
        struct part *part = &opening->parts->list[i];
        if (part->is_missing || registry_find(opening->registry, NULL, part->id))
            continue;
        rc = load_plugin(opening->registry, part->path, NULL, report);
        if (rc >= 0)
            continue;
        error_at(opening->error, rc, "%s", part->section);
        if (report->fault_count) {
            error_what(opening->error, "the plugin file %s was refused: %s", part->path, report->faults[0].field);
            error_found(opening->error, "%s", report->faults[0].found);
            error_expected(opening->error, "%s", report->faults[0].expected);
            error_remedy(opening->error, "`outcry plugin check %s` tells all", part->path);
        }
        if (part->use != PART_RULE || !opening->may_lack)
            break;
        lack(opening, part);
        rc = OC_OK;
    }
    free(report);
    return rc;
}

static oc_rc add_connectors(struct parts_opening *opening)
{
    char name[PART_NAME_MAX];
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; rc == OC_OK && i < PARTS_VENUES_MAX && venue_at(opening->settings, i, name); i++)
        rc = parts_pass(opening, add_part(opening, PART_CONNECTOR, "venue", name, OC_CONNECTOR));
    return rc;
}

oc_rc parts_open(struct parts *parts, struct settings *settings, struct registry *registry, uint32_t wants,
                 bool may_lack, struct error *ret_error)
{
    struct parts_opening opening = {parts, settings, registry, may_lack, wants, ret_error};
    *ret_error = (struct error){0};
    memset(parts, 0, sizeof *parts);
    oc_rc rc = read_named_files(&opening);
    if (rc == OC_OK)
        rc = parts_pass(&opening, parts_look(&parts->catalogue, settings, ret_error));
    if (rc == OC_OK)
        rc = parts_pass(&opening, judge_shadows(&opening));
    if (rc == OC_OK && wants & PART_RULE)
        rc = add_rules(&opening);
    if (rc == OC_OK && wants & PART_RULE)
        rc = judge_groups(&opening, "risk", "risk.chain", PART_RULE);
    if (rc == OC_OK && wants & PART_SIM)
        rc = parts_pass(&opening, add_sim(&opening, "paper"));
    if (rc == OC_OK && wants & PART_SIM)
        rc = judge_groups(&opening, "sim", "the list of venues", PART_SIM);
    if (rc == OC_OK && wants & PART_CONNECTOR)
        rc = add_connectors(&opening);
    if (rc == OC_OK && wants & PART_READER)
        rc = add_readers(&opening);
    if (rc == OC_OK && wants & PART_READER)
        rc = judge_groups(&opening, "data", "data.readers", PART_READER);
    if (rc == OC_OK)
        rc = parts_pass(&opening, load_parts(&opening));
    if (rc == OC_OK)
        rc = parts_judge_keys(&opening);
    if (rc == OC_OK && !(wants & PART_QUIETLY) && !(settings->faults && settings->faults->count))
        name_unused(&parts->catalogue, settings);
    return rc;
}

oc_rc parts_load_default(struct registry *registry, struct error *ret_error)
{
    struct settings *settings = calloc(1, sizeof *settings);
    struct parts *parts = calloc(1, sizeof *parts);
    oc_rc rc = OC_E_NOMEM;
    registry_init(registry);
    if (settings && parts)
        rc = parts_open(parts, settings, registry, PART_RULE | PART_SIM | PART_READER, false, ret_error);
    else
        (void)error_of_code(ret_error, rc, "plugins", "they could not be loaded");
    free(settings);
    free(parts);
    return rc;
}

const struct part *parts_at(const struct parts *parts, enum part_use use, uint32_t i)
{
    for (uint32_t k = 0; k < parts->count; k++)
        if (parts->list[k].use == use && i-- == 0)
            return &parts->list[k];
    return NULL;
}

void parts_missing(const struct parts *parts, char *ret_names, size_t size_max)
{
    struct text names;
    text_init_fixed(&names, ret_names, size_max);
    for (uint32_t i = 0; i < parts->count; i++)
        if (parts->list[i].use == PART_RULE && parts->list[i].is_missing)
            text_format(&names, "%s%s", names.size ? " " : "", parts->list[i].name);
}

#include "session/parts.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/log.h"
#include "base/text.h"
#include "load/inspect.h"

enum { LIST_MAX = 64, USER_PATH_MAX = 512 };

static const char *const default_chain[] = {"kill_switch",    "max_order_qty", "max_order_value", "price_collar",
                                            "position_limit", "message_rate",  "max_daily_loss",  NULL};

struct opening {
    struct parts *parts;
    struct settings *settings;
    struct registry *registry;
    bool may_lack;
    struct error *error;
};

struct names { /* a list of a setting, split */
    char text[SETTING_VALUE_MAX];
    const char *list[LIST_MAX + 1]; /* ended by NULL */
    uint32_t count;
};

static bool has(const char *const *list, const char *name)
{
    for (; *list; list++)
        if (strcmp(*list, name) == 0)
            return true;
    return false;
}

static void split(const char *text, struct names *ret_names)
{
    snprintf(ret_names->text, sizeof ret_names->text, "%s", text);
    ret_names->count = 0;
    for (char *save = NULL, *one = strtok_r(ret_names->text, ", ", &save); one; one = strtok_r(NULL, ", ", &save))
        if (ret_names->count < LIST_MAX)
            ret_names->list[ret_names->count++] = one;
    ret_names->list[ret_names->count] = NULL;
}

static const char *origin_of(const struct settings *settings, const char *key)
{
    const struct setting *setting = settings_get(settings, key);
    return setting ? setting->origin : "";
}

/* The place of a complaint about a setting: "FILE:3: risk.chain". */
static void at_key(struct opening *opening, oc_rc rc, const char *key)
{
    const char *origin = origin_of(opening->settings, key);
    error_at(opening->error, rc, "%s%s%s", origin, *origin ? ": " : "", key);
}

static bool name_is_good(const char *name)
{
    size_t size = strlen(name);
    return size > 0 && size < PART_NAME_MAX && name[0] >= 'a' && name[0] <= 'z' && !strstr(name, "__") &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == size;
}

/* Where plugins are. */

/* As the records keep it: a replay may be started elsewhere. */
static oc_rc make_absolute(struct opening *opening, const struct setting *setting, const char *path, char *ret_path)
{
    if (realpath(path, ret_path))
        return OC_OK;
    error_at(opening->error, OC_E_NOT_FOUND, "%s: %s", setting->origin, setting->key);
    error_what(opening->error, "there is no such file or folder");
    error_found(opening->error, "%s", path);
    return OC_E_NOT_FOUND;
}

static oc_rc add_configured(struct opening *opening)
{
    const struct setting *setting = settings_get(opening->settings, "plugins.folders");
    char value[SETTING_VALUE_MAX], path[PATH_MAX], origin[SETTING_ORIGIN_MAX];
    struct text out;
    struct names folders;
    if (!setting)
        return OC_OK;
    split(setting->value, &folders);
    snprintf(origin, sizeof origin, "%s", setting->origin);
    text_init_fixed(&out, value, sizeof value);
    for (uint32_t i = 0; i < folders.count; i++) {
        oc_rc rc = make_absolute(opening, setting, folders.list[i], path);
        if (rc == OC_OK)
            rc = catalogue_add_folder(&opening->parts->catalogue, path, "plugins.folders", false, opening->error);
        if (rc < 0)
            return rc;
        text_format(&out, "%s%s", i ? "," : "", path);
    }
    if (out.is_cut)
        return error_say(opening->error, OC_E_LIMIT, "plugins.folders", "the paths are too long together");
    if (settings_set(opening->settings, "plugins.folders", value, origin) < 0)
        return error_keep(opening->error, &opening->settings->error);
    return OC_OK;
}

static oc_rc add_folders(struct opening *opening)
{
    struct catalogue *catalogue = &opening->parts->catalogue;
    char program[USER_PATH_MAX], path[CATALOGUE_PATH_MAX];
    const char *environment = getenv("OUTCRY_PLUGINS"), *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    oc_rc configured = add_configured(opening);
    if (configured < 0)
        return configured;
    char list[SETTING_VALUE_MAX];
    snprintf(list, sizeof list, "%s", environment ? environment : "");
    for (char *save = NULL, *one = strtok_r(list, ":", &save); one; one = strtok_r(NULL, ":", &save)) {
        oc_rc rc = catalogue_add_folder(catalogue, one, "OUTCRY_PLUGINS", false, opening->error);
        if (rc < 0)
            return rc;
    }
    struct error unused; /* the folders below need not be there */
    if (data && *data)
        snprintf(path, sizeof path, "%s/outcry/plugins", data);
    else
        snprintf(path, sizeof path, "%s/.local/share/outcry/plugins", home ? home : "");
    if (env_exists(path))
        (void)catalogue_add_folder(catalogue, path, "the user's data folder", false, &unused);
    if (env_program_folder(program, sizeof program) == OC_OK) {
        static const char *const ours[] = {"plugins", "../lib/outcry/plugins"}; /* of a build, of an installation */
        for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
            snprintf(path, sizeof path, "%s/%s", program, ours[i]);
            oc_rc rc = env_exists(path)
                           ? catalogue_add_folder(catalogue, path, "the installation", true, opening->error)
                           : (oc_rc)OC_OK;
            if (rc < 0)
                return rc;
        }
    }
    return OC_OK;
}

/* Two files of one id: which of them runs is the user's to say. */
static oc_rc judge_shadows(struct opening *opening)
{
    const struct catalogue *catalogue = &opening->parts->catalogue;
    struct names allowed;
    split(settings_text(opening->settings, "plugins.allow_shadow", ""), &allowed);
    for (uint32_t i = 0; i < catalogue->count; i++) {
        const struct catalogue_entry *entry = &catalogue->list[i];
        if (!entry->shadow_of)
            continue;
        const struct catalogue_entry *counts = &catalogue->list[entry->shadow_of - 1];
        if (entry->hash == counts->hash)
            continue; /* the same file twice */
        if (!has(allowed.list, entry->id)) {
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

static oc_rc add_part(struct opening *opening, enum part_use use, const char *section, const char *name,
                      const char *kind)
{
    struct parts *parts = opening->parts;
    char key[SETTING_KEY_MAX + 16], builtin[64];
    if (!name_is_good(name)) {
        at_key(opening, OC_E_CONFIG, section);
        error_found(opening->error, "%s", name);
        error_expected(opening->error, "a name of 1 to 32 of a-z 0-9 _, a letter first, no double underscore");
        return OC_E_CONFIG;
    }
    if (parts->count == PARTS_LIST_MAX)
        return error_say(opening->error, OC_E_LIMIT, section, "at most %d parts", PARTS_LIST_MAX);
    struct part *part = &parts->list[parts->count];
    *part = (struct part){.use = use};
    snprintf(part->name, sizeof part->name, "%s", name);
    snprintf(part->section, sizeof part->section, "%s.%s", section, name);
    snprintf(key, sizeof key, "%s.plugin", part->section);
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
        const char *nearest = catalogue_nearest(&parts->catalogue, kind, id);
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
        if (use != PART_RULE || !opening->may_lack)
            return OC_E_NOT_FOUND;
        part->is_missing = true;
    }
    parts->count++;
    return OC_OK;
}

static oc_rc wrong_list(struct opening *opening, const char *key, const char *found, const char *expected)
{
    at_key(opening, OC_E_CONFIG, key);
    error_found(opening->error, "%s", found);
    error_expected(opening->error, "%s", expected);
    return OC_E_CONFIG;
}

/* The plugins that a command line names for this run: --plugin NAME=FILE is the setting plugins.file.NAME. */
static oc_rc add_named_files(struct opening *opening, const char *kind, struct names *ret_names)
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
        if (entry && strcmp(entry->kind, kind) == 0 && ret_names->count < LIST_MAX)
            ret_names->list[ret_names->count++] = setting->key + sizeof prefix - 1;
    }
    ret_names->list[ret_names->count] = NULL;
    return OC_OK;
}

/* --set NAME.key=value of a plugin named for this run, as SECTION.NAME.key. `full` is SECTION.NAME.plugin. */
static oc_rc take_values(struct opening *opening, const char *name, const char *full)
{
    size_t length = strlen(name), group = strlen(full) - strlen("plugin");
    uint32_t count = opening->settings->count;
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < count && rc == OC_OK; i++) {
        const struct setting setting = opening->settings->list[i]; /* the list moves when it grows */
        char key[SETTING_KEY_MAX];
        if (strncmp(setting.key, name, length) != 0 || setting.key[length] != '.')
            continue;
        if (snprintf(key, sizeof key, "%.*s%s", (int)group, full, setting.key + length + 1) >= (int)sizeof key)
            return OC_E_LIMIT;
        rc = settings_set(opening->settings, key, setting.value, setting.origin);
    }
    return rc;
}

/* The files themselves, before all folders; a name's plugin is the one of its file. */
static oc_rc read_named_files(struct opening *opening)
{
    static const char prefix[] = "plugins.file.";
    static const struct {
        const char *kind, *section;
    } sections[] = {{OC_RISK, "risk"}, {OC_SIM, "sim"}, {OC_DATA, "data"}};
    uint32_t count = opening->settings->count;
    for (uint32_t i = 0; i < count; i++) {
        const struct setting *setting = &opening->settings->list[i];
        const struct catalogue_entry *entry;
        char key[SETTING_KEY_MAX] = "";
        if (strncmp(setting->key, prefix, sizeof prefix - 1) != 0)
            continue;
        char name[PART_NAME_MAX], path[PATH_MAX];
        snprintf(name, sizeof name, "%s", setting->key + sizeof prefix - 1);
        oc_rc rc = make_absolute(opening, setting, setting->value, path);
        if (rc == OC_OK)
            rc = catalogue_add_file(&opening->parts->catalogue, path, &entry, opening->error);
        if (rc < 0)
            return rc;
        if (settings_set(opening->settings, setting->key, path, setting->origin) < 0)
            return error_keep(opening->error, &opening->settings->error);
        for (size_t k = 0; k < sizeof sections / sizeof sections[0]; k++)
            if (strcmp(sections[k].kind, entry->kind) == 0)
                snprintf(key, sizeof key, "%s.%s.plugin", sections[k].section, name);
        if (!key[0])
            return error_say(opening->error, OC_E_NOT_SUPPORTED, "--plugin",
                             "a plugin of kind %s cannot be named for one run: rules, simulators and readers can",
                             entry->kind);
        rc = settings_set(opening->settings, key, entry->id, "--plugin");
        if (rc == OC_OK)
            rc = take_values(opening, name, key);
        if (rc < 0)
            return error_keep(opening->error, &opening->settings->error);
    }
    return OC_OK;
}

static oc_rc add_rules(struct opening *opening)
{
    struct names chain, without, named;
    const char *const *list = default_chain;
    const struct setting *said = settings_get(opening->settings, "risk.chain");
    oc_rc rc = add_named_files(opening, OC_RISK, &named);
    split(said ? said->value : "", &chain);
    split(settings_text(opening->settings, "risk.without", ""), &without);
    if (said)
        list = chain.list;
    if (has(without.list, "kill_switch"))
        return wrong_list(opening, "risk.without", "kill_switch", "any other rule: this one cannot be left out");
    for (uint32_t i = 0; i < without.count; i++) {
        if (!has(default_chain, without.list[i]))
            return wrong_list(opening, "risk.without", without.list[i], "a rule of the default chain");
        if (said && has(chain.list, without.list[i]))
            return wrong_list(opening, "risk.without", without.list[i], "a rule that risk.chain does not have");
    }
    for (const char *const *name = default_chain; *name && said; name++)
        if (!has(chain.list, *name) && !has(without.list, *name) && strcmp(*name, "kill_switch") != 0) {
            at_key(opening, OC_E_CONFIG, "risk.chain");
            error_what(opening->error, "it lacks %s, which the default chain has", *name);
            error_remedy(opening->error, "add it, or say that it is meant: risk.without=%s", *name);
            return OC_E_CONFIG;
        }
    if (settings_get(opening->settings, "risk.kill_switch.plugin"))
        return wrong_list(opening, "risk.kill_switch.plugin",
                          settings_text(opening->settings, "risk.kill_switch.plugin", ""),
                          "no setting: this rule is the host's own");
    if (rc == OC_OK)
        rc = add_part(opening, PART_RULE, "risk", "kill_switch", OC_RISK);
    for (const char *const *name = list; *name && rc == OC_OK; name++) {
        if (strcmp(*name, "kill_switch") == 0 || has(without.list, *name))
            continue;
        for (uint32_t i = 0; i < opening->parts->count; i++)
            if (strcmp(opening->parts->list[i].name, *name) == 0)
                return wrong_list(opening, "risk.chain", *name,
                                  "each name once: give a second instance a name of its own");
        if (opening->parts->count == PARTS_RULES_MAX)
            return error_say(opening->error, OC_E_LIMIT, "risk.chain", "at most %d rules", PARTS_RULES_MAX);
        rc = add_part(opening, PART_RULE, "risk", *name, OC_RISK);
    }
    for (uint32_t i = 0; i < named.count && rc == OC_OK; i++)
        if (!has(list, named.list[i]))
            rc = add_part(opening, PART_RULE, "risk", named.list[i], OC_RISK);
    return rc;
}

/* sim.default holds for a venue that has no group of its own, key by key. */
static oc_rc add_sim(struct opening *opening, const char *venue)
{
    static const char prefix[] = "sim.default.";
    char key[SETTING_KEY_MAX];
    struct names named;
    oc_rc rc = add_named_files(opening, OC_SIM, &named);
    if (rc == OC_OK && named.count > 1)
        return error_say(opening->error, OC_E_LIMIT, "--plugin", "one simulator fills a run, found %u", named.count);
    if (rc == OC_OK && named.count) {
        snprintf(key, sizeof key, "sim.%s.plugin", named.list[0]);
        const struct setting *setting = settings_get(opening->settings, key);
        snprintf(key, sizeof key, "sim.%s.plugin", venue);
        if (setting)
            rc = settings_set(opening->settings, key, setting->value, "--plugin");
    }
    uint32_t count = opening->settings->count;
    for (uint32_t i = 0; i < count && rc == OC_OK; i++) {
        const struct setting setting = opening->settings->list[i];
        if (strncmp(setting.key, prefix, sizeof prefix - 1) != 0)
            continue;
        if (snprintf(key, sizeof key, "sim.%s.%s", venue, setting.key + sizeof prefix - 1) < (int)sizeof key &&
            !settings_get(opening->settings, key))
            rc = settings_set(opening->settings, key, setting.value, setting.origin);
    }
    if (rc < 0)
        return error_keep(opening->error, &opening->settings->error);
    return add_part(opening, PART_SIM, "sim", venue, OC_SIM);
}

static oc_rc add_readers(struct opening *opening)
{
    struct names readers, named;
    oc_rc rc = add_named_files(opening, OC_DATA, &named);
    split(settings_text(opening->settings, "data.readers", "csv"), &readers);
    if (readers.count + named.count > PARTS_READERS_MAX)
        return error_say(opening->error, OC_E_LIMIT, "data.readers", "at most %d readers", PARTS_READERS_MAX);
    for (uint32_t i = 0; i < named.count && rc == OC_OK; i++)
        rc = add_part(opening, PART_READER, "data", named.list[i], OC_DATA);
    for (uint32_t i = 0; i < readers.count && rc == OC_OK; i++)
        if (!has(named.list, readers.list[i]))
            rc = add_part(opening, PART_READER, "data", readers.list[i], OC_DATA);
    return rc;
}

/* "for.WHAT" names one of four lists; owners are words of ours. */
static oc_rc judge_scope(struct opening *opening, const struct setting *setting, const char *what)
{
    static const char *const whats[] = {"instruments", "accounts", "strategies", "owners", NULL};
    static const char *const owners[] = {"strategy", "console", "algo", "external", "host", NULL};
    struct names list;
    split(setting->value, &list);
    if (!has(whats, what))
        return wrong_list(opening, setting->key, what, "instruments, accounts, strategies or owners");
    if (!list.count)
        return wrong_list(opening, setting->key, setting->value,
                          "at least one name, such as \"BTC/USDT\" or \"*/USDT\"");
    for (uint32_t i = 0; i < list.count && strcmp(what, "owners") == 0; i++)
        if (!has(owners, list.list[i] + (list.list[i][0] == '!')))
            return wrong_list(opening, setting->key, list.list[i], "strategy, console, algo, external or host");
    return OC_OK;
}

/* A group that no part reads changes nothing, and is refused for that. */
static oc_rc judge_groups(struct opening *opening, const char *section, const char *lists, enum part_use use)
{
    size_t length = strlen(section);
    for (uint32_t i = 0; i < opening->settings->count; i++) {
        const struct setting *setting = &opening->settings->list[i];
        if (strncmp(setting->key, section, length) != 0 || setting->key[length] != '.')
            continue;
        const char *name = setting->key + length + 1, *end = strchr(name, '.');
        bool is_part = !end || (use == PART_SIM && strncmp(name, "default.", 8) == 0);
        for (uint32_t k = 0; k < opening->parts->count && !is_part; k++) {
            const struct part *part = &opening->parts->list[k];
            is_part = part->use == use && strlen(part->name) == (size_t)(end - name) &&
                      strncmp(part->name, name, (size_t)(end - name)) == 0;
        }
        if (!is_part && use == PART_SIM && strcmp(setting->origin, "--plugin") == 0)
            is_part = true; /* the name of a file that fills the venue */
        if (is_part && end && strncmp(end, ".for.", 5) == 0) {
            oc_rc rc = use == PART_RULE
                           ? judge_scope(opening, setting, end + 5)
                           : wrong_list(opening, setting->key, "for", "a risk rule: only rules have a scope");
            if (rc < 0)
                return rc;
        }
        if (is_part)
            continue;
        error_at(opening->error, OC_E_CONFIG, "%s: %s", setting->origin, setting->key);
        error_what(opening->error, "the group changes nothing: %s has no %.*s", lists, (int)(end - name), name);
        error_remedy(opening->error, "add the name there, or take the group out");
        return OC_E_CONFIG;
    }
    return OC_OK;
}

static void name_unused(const struct catalogue *catalogue)
{
    for (uint32_t i = 0; i < catalogue->count; i++) {
        const struct catalogue_entry *entry = &catalogue->list[i];
        if (entry->is_ours || entry->is_used || entry->shadow_of)
            continue;
        if (entry->id[0])
            log_warning("plugins", "%s (%s) was found and is not used: no configuration names it", entry->id,
                        entry->path);
        else
            log_warning("plugins", "%s was found and is refused: %s", entry->path, entry->why);
    }
}

/* What is used is loaded, once each. */
static oc_rc load_parts(struct opening *opening)
{
    struct load_report *report = malloc(sizeof *report);
    oc_rc rc = report ? OC_OK : error_of_code(opening->error, OC_E_NOMEM, "plugins", "");
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
        part->is_missing = true;
        rc = OC_OK;
    }
    free(report);
    return rc;
}

oc_rc parts_open(struct parts *parts, struct settings *settings, struct registry *registry, uint32_t wants,
                 bool may_lack, struct error *ret_error)
{
    struct opening opening = {parts, settings, registry, may_lack, ret_error};
    *ret_error = (struct error){0};
    memset(parts, 0, sizeof *parts);
    oc_rc rc = read_named_files(&opening);
    if (rc == OC_OK)
        rc = add_folders(&opening);
    if (rc == OC_OK)
        rc = judge_shadows(&opening);
    if (rc == OC_OK && wants & PART_RULE)
        rc = add_rules(&opening);
    if (rc == OC_OK && wants & PART_RULE)
        rc = judge_groups(&opening, "risk", "risk.chain", PART_RULE);
    if (rc == OC_OK && wants & PART_SIM)
        rc = add_sim(&opening, "paper");
    if (rc == OC_OK && wants & PART_SIM)
        rc = judge_groups(&opening, "sim", "the list of venues", PART_SIM);
    if (rc == OC_OK && wants & PART_READER)
        rc = add_readers(&opening);
    if (rc == OC_OK && wants & PART_READER)
        rc = judge_groups(&opening, "data", "data.readers", PART_READER);
    if (rc == OC_OK)
        rc = load_parts(&opening);
    if (rc == OC_OK)
        name_unused(&parts->catalogue);
    return rc;
}

const struct part *parts_at(const struct parts *parts, enum part_use use, uint32_t i)
{
    for (uint32_t k = 0; k < parts->count; k++)
        if (parts->list[k].use == use && i-- == 0)
            return &parts->list[k];
    return NULL;
}

/* Scopes. */

static bool matches(const char *pattern, const char *name)
{
    const char *star = NULL, *back = NULL;
    while (*name) {
        if (*pattern == '*') {
            star = pattern++;
            back = name;
        } else if (*pattern == *name) {
            pattern++;
            name++;
        } else if (star) {
            pattern = star + 1;
            name = ++back;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return !*pattern;
}

bool parts_covers(const struct settings *settings, const struct part *part, const char *what, const char *name)
{
    char key[SETTING_KEY_MAX + 32];
    struct names list;
    snprintf(key, sizeof key, "%s.for.%s", part->section, what);
    const char *text = settings_text(settings, key, NULL);
    if (!text)
        return true;
    split(text, &list);
    bool is_in = list.count && list.list[0][0] == '!'; /* only exclusions: all but these */
    for (uint32_t i = 0; i < list.count; i++) {
        bool is_out = list.list[i][0] == '!';
        if (matches(list.list[i] + is_out, name))
            is_in = !is_out;
    }
    return is_in;
}

bool parts_is_scoped(const struct settings *settings, const struct part *part)
{
    static const char *const whats[] = {"instruments", "accounts", "strategies", "owners"};
    char key[SETTING_KEY_MAX + 32];
    for (size_t i = 0; i < sizeof whats / sizeof whats[0]; i++) {
        snprintf(key, sizeof key, "%s.for.%s", part->section, whats[i]);
        if (settings_get(settings, key))
            return true;
    }
    return false;
}

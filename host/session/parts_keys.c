/* parts_keys.c: the settings of each part, held against the keys that its plugin declares. */
#include <stdio.h>
#include <string.h>

#include "base/key.h"
#include "base/text.h"
#include "session/parts_impl.h"

/* The members of the list that "limits.0.limit" begins with; NULL: there is no such list. */
static const struct oc_key *members_of(const struct oc_key *table, const char *name)
{
    const size_t length = strcspn(name, ".");
    for (const struct oc_key *key = table; key->name; key++)
        if (key->type == OC_KEY_GROUPS && strlen(key->name) == length && strncmp(key->name, name, length) == 0)
            return key->members;
    return NULL;
}

struct judging {
    const char
        *shown; /* what stands before a key where it is said: "risk.cooldown.", or nothing where it was given without */
    const char *id, *path;
    const struct oc_key *table;
    struct error *error;
};

static void at_setting(const struct judging *judging, const struct setting *setting, const char *name)
{
    error_at(judging->error, OC_E_CONFIG, "%s%s%s%s", setting->origin, *setting->origin ? ": " : "", judging->shown,
             name);
}

static oc_rc unknown(const struct judging *judging, const struct setting *setting, const char *name)
{
    const char *names[OC_KEYS_MAX + 1], *last = strrchr(name, '.');
    const size_t group = last ? (size_t)(last + 1 - name) : 0; /* "limits.0." of a member */
    uint32_t count = 0;
    const struct oc_key *rows = group ? members_of(judging->table, name) : judging->table;
    for (const struct oc_key *key = rows; key && key->name; key++)
        names[count++] = key->name;
    names[count] = NULL;
    const char *nearest = text_nearest(name + group, names);
    at_setting(judging, setting, name);
    error_what(judging->error, "plugin %s has no such key", judging->id);
    error_found(judging->error, "%s", name);
    if (nearest)
        error_remedy(judging->error, "did you mean '%s%.*s%s'?", judging->shown, (int)group, name, nearest);
    else
        error_remedy(judging->error, "`outcry plugin info %s` lists its keys", judging->path);
    return OC_E_CONFIG;
}

static oc_rc judge_one(const struct judging *judging, const struct setting *setting, const char *name)
{
    char expected[KEY_WORDS_MAX] = "a list of groups such as ( { a = 1; }, { a = 2; } )";
    struct key_value value;
    const struct oc_key *key = key_declared(judging->table, name);
    if (!key)
        return unknown(judging, setting, name);
    if (key->type != OC_KEY_GROUPS && key_judge(key, setting->value, &value) == OC_OK)
        return OC_OK;
    if (key->type != OC_KEY_GROUPS)
        key_expected(key, expected, sizeof expected);
    at_setting(judging, setting, name);
    error_found(judging->error, "%s", setting->value);
    error_expected(judging->error, "%s", expected);
    return OC_E_CONFIG;
}

/* The name behind "SECTION."; NULL: a setting of something else. */
static const char *name_in(const struct setting *setting, const char *section)
{
    const size_t length = strlen(section);
    return strncmp(setting->key, section, length) == 0 && setting->key[length] == '.' ? setting->key + length + 1
                                                                                      : NULL;
}

/* What the host itself reads of a venue: "accounts", "instruments.0.symbol". */
static bool is_of_host(const struct part *part, const char *name)
{
    char word[OC_KEY_NAME_MAX];
    const size_t length = strcspn(name, ".");
    if (part->use != PART_CONNECTOR || length >= sizeof word)
        return false;
    snprintf(word, sizeof word, "%.*s", (int)length, name);
    return key_is_reserved(word);
}

oc_rc parts_judge_keys(struct parts_opening *opening)
{
    for (uint32_t i = 0; i < opening->parts->count; i++) {
        const struct part *part = &opening->parts->list[i];
        const struct registry_entry *entry = registry_find(opening->registry, NULL, part->id);
        char shown[SETTING_KEY_MAX + 1];
        snprintf(shown, sizeof shown, "%s.", part->section);
        const struct judging judging = {.shown = shown,
                                        .id = part->id,
                                        .path = part->path,
                                        .table = entry ? key_table(entry->plugin) : NULL,
                                        .error = opening->error};
        for (uint32_t k = 0; judging.table && k < opening->settings->count; k++) {
            const struct setting *setting = &opening->settings->list[k];
            const char *name = name_in(setting, part->section);
            if (!name || strcmp(name, "plugin") == 0 || strncmp(name, "for.", 4) == 0 || is_of_host(part, name))
                continue;
            oc_rc rc = parts_pass(opening, judge_one(&judging, setting, name));
            if (rc < 0)
                return rc;
        }
    }
    return OC_OK;
}

oc_rc parts_judge_alone(const struct settings *settings, const char *section, const struct oc_plugin *plugin,
                        const char *path, struct error *ret_error)
{
    const struct judging judging = {"", plugin->id, path, key_table(plugin), ret_error};
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; judging.table && i < settings->count && rc == OC_OK; i++) {
        const char *name = name_in(&settings->list[i], section);
        if (name)
            rc = judge_one(&judging, &settings->list[i], name);
    }
    return rc;
}

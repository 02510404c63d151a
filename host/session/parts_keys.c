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

static oc_rc unknown(struct parts_opening *opening, const struct part *part, const struct setting *setting,
                     const char *name, const struct oc_key *table)
{
    const char *names[OC_KEYS_MAX + 1], *last = strrchr(name, '.');
    const size_t group = last ? (size_t)(last + 1 - name) : 0; /* "limits.0." of a member */
    uint32_t count = 0;
    const struct oc_key *rows = group ? members_of(table, name) : table;
    for (const struct oc_key *key = rows; key && key->name; key++)
        names[count++] = key->name;
    names[count] = NULL;
    const char *nearest = text_nearest(name + group, names);
    parts_at_key(opening, OC_E_CONFIG, setting->key);
    error_what(opening->error, "plugin %s has no such key", part->id);
    error_found(opening->error, "%s", name);
    if (nearest)
        error_remedy(opening->error, "did you mean '%s.%.*s%s'?", part->section, (int)group, name, nearest);
    else
        error_remedy(opening->error, "`outcry plugin info %s` lists its keys", part->path);
    return OC_E_CONFIG;
}

static oc_rc judge_one(struct parts_opening *opening, const struct part *part, const struct setting *setting,
                       const char *name, const struct oc_key *table)
{
    char expected[KEY_WORDS_MAX];
    struct key_value value;
    const struct oc_key *key = key_declared(table, name);
    if (!key)
        return unknown(opening, part, setting, name, table);
    if (key->type == OC_KEY_GROUPS)
        return parts_wrong(opening, setting->key, setting->value,
                           "a list of groups such as ( { a = 1; }, { a = 2; } )");
    if (key_judge(key, setting->value, &value) == OC_OK)
        return OC_OK;
    key_expected(key, expected, sizeof expected);
    return parts_wrong(opening, setting->key, setting->value, expected);
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
        const struct oc_key *table = entry ? key_table(entry->plugin) : NULL;
        size_t length = strlen(part->section);
        for (uint32_t k = 0; table && k < opening->settings->count; k++) {
            const struct setting *setting = &opening->settings->list[k];
            const char *name = setting->key + length + 1;
            if (strncmp(setting->key, part->section, length) != 0 || setting->key[length] != '.' ||
                strcmp(name, "plugin") == 0 || strncmp(name, "for.", 4) == 0 || is_of_host(part, name))
                continue;
            oc_rc rc = parts_pass(opening, judge_one(opening, part, setting, name, table));
            if (rc < 0)
                return rc;
        }
    }
    return OC_OK;
}

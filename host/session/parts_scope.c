/* parts_scope.c: what a rule is asked about: the lists of its group `for`. */
#include <stdio.h>
#include <string.h>

#include "session/parts_impl.h"

oc_rc parts_judge_scope(struct parts_opening *opening, const struct setting *setting, const char *what)
{
    static const char *const whats[] = {"instruments", "accounts", "strategies", "owners", NULL};
    static const char *const owners[] = {"strategy", "console", "algo", "external", "host", NULL};
    struct parts_names list;
    parts_split(setting->value, &list);
    if (!parts_has(whats, what))
        return parts_wrong(opening, setting->key, what, "instruments, accounts, strategies or owners");
    if (list.is_cut)
        return parts_wrong(opening, setting->key, "more", "at most 64 names: patterns with * stand for many");
    if (!list.count)
        return parts_wrong(opening, setting->key, setting->value,
                           "at least one name, such as \"BTC/USDT\" or \"*/USDT\"");
    for (uint32_t i = 0; i < list.count && strcmp(what, "owners") == 0; i++)
        if (!parts_has(owners, list.list[i] + (list.list[i][0] == '!')))
            return parts_wrong(opening, setting->key, list.list[i], "strategy, console, algo, external or host");
    return OC_OK;
}

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
    char key[SETTING_KEY_MAX];
    struct parts_names list;
    snprintf(key, sizeof key, "%s.for.%s", part->section, what);
    const char *text = settings_text(settings, key, NULL);
    if (!text)
        return true;
    parts_split(text, &list);
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
    char key[SETTING_KEY_MAX];
    for (size_t i = 0; i < sizeof whats / sizeof whats[0]; i++) {
        snprintf(key, sizeof key, "%s.for.%s", part->section, whats[i]);
        if (settings_get(settings, key))
            return true;
    }
    return false;
}

bool parts_leaves_out(const struct settings *settings, const char *rule)
{
    static const char *const keys[] = {"risk.dropped", "risk.without"};
    struct parts_names names;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        parts_split(settings_text(settings, keys[i], ""), &names);
        if (parts_has(names.list, rule))
            return true;
    }
    return false;
}

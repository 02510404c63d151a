/* parts_scope.c: what a rule is asked about: the lists of its group `for`. */
#include <stdio.h>
#include <string.h>

#include "session/parts_impl.h"

#include <outcry/kit/text.h>

static const char *const whats[] = {
    [PARTS_INSTRUMENTS] = "instruments", [PARTS_ACCOUNTS] = "accounts", [PARTS_STRATEGIES] = "strategies",
    [PARTS_OWNERS] = "owners",           [PARTS_WHATS] = NULL,
};

oc_rc parts_judge_scope(struct parts_opening *opening, const struct setting *setting, const char *what)
{
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

void parts_scope_read(const struct settings *settings, const struct part *part, struct parts_scope *ret_scope)
{
    char key[SETTING_KEY_MAX];
    for (size_t what = 0; what < PARTS_WHATS; what++) {
        snprintf(key, sizeof key, "%s.for.%s", part->section, whats[what]);
        const char *text = settings_text(settings, key, NULL);
        ret_scope->is_set[what] = text != NULL;
        parts_split(text ? text : "", &ret_scope->lists[what]);
    }
}

bool parts_scope_holds(const struct parts_scope *scope, enum parts_what what, const char *name)
{
    const struct parts_names *list = &scope->lists[what];
    if (!scope->is_set[what])
        return true;
    bool is_in = list->count && list->list[0][0] == '!'; /* only exclusions: all but these */
    for (uint32_t i = 0; i < list->count; i++) {
        bool is_out = list->list[i][0] == '!';
        if (kit_is_like(name, list->list[i] + is_out))
            is_in = !is_out;
    }
    return is_in;
}

bool parts_is_scoped(const struct settings *settings, const struct part *part)
{
    char key[SETTING_KEY_MAX];
    for (size_t i = 0; i < PARTS_WHATS; i++) {
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

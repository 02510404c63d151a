#include "script/reference.h"

#include <string.h>

static void write_group(struct text *text, const struct reference_group *group)
{
    uint32_t count;
    const struct reference_entry *entries = reference_entries(&count);
    text_format(text, "\n## %s\n", group->title);
    if (group->about[0])
        text_format(text, "\n%s\n", group->about);
    text_put(text, "\n");
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(entries[i].group, group->id) == 0)
            text_format(text, "- `%s`: %s\n", entries[i].signature, entries[i].text);
}

const char *reference_nearest(bool is_global, const char *word)
{
    enum { NAMES_MAX = 400 };
    static const char *const tables[] = {"account", "log", "size",
                                         NULL}; /* globals that hold the groups of these names */
    const char *names[NAMES_MAX + 1];
    uint32_t count, used = 0;
    const struct reference_entry *entries = reference_entries(&count);
    for (const char *const *table = tables; is_global && *table; table++)
        names[used++] = *table;
    for (uint32_t i = 0; i < count && used < NAMES_MAX; i++)
        if (strcmp(entries[i].group, "callback") != 0 &&
            is_global == (strcmp(entries[i].group, "global") == 0 || strcmp(entries[i].group, "file") == 0))
            names[used++] = entries[i].name;
    names[used] = NULL;
    const char *nearest = text_nearest(word, names);
    return nearest && text_distance(word, nearest) <= 1 + strlen(word) / 4 ? nearest
                                                                           : NULL; /* a strategy has words of its own */
}

oc_rc reference_write(struct text *text)
{
    uint32_t count;
    const struct reference_group *groups = reference_groups(&count);
    text_put(text, "# Lua reference\n\n"
                   "This page is written by `outcry help lua` from the table beside the functions "
                   "it describes. The way in is\n"
                   "the [strategy guide](strategy-guide.md).\n\n"
                   "Prices are in the quote currency, quantities in base units, money in the "
                   "currency named, times whole\n"
                   "nanoseconds UTC. Numbers read from the API are plain Lua numbers: the nearest "
                   "double of the exact value.\n"
                   "Where a number is given, a decimal text such as `\"0.1\"` is taken too, and is "
                   "exact. *Raises* means a Lua\n"
                   "error: the callback's orders are dropped and the strategy is suspended (a "
                   "backtest ends with exit code 1).\n"
                   "*Refused* means `nil, err`, and the strategy goes on.\n");
    for (uint32_t i = 0; i < count; i++)
        write_group(text, &groups[i]);
    return text->is_cut ? OC_E_LIMIT : OC_OK;
}

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

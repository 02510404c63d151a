/* reference_stubs.c: the reference as editors read it: outcry.d.lua, in the annotations of LuaCATS
 * (https://luals.github.io/wiki/annotations/). It is plain Lua that does nothing. */
#include <string.h>

#include "script/reference.h"

static const char maker[] = "outcry.Maker"; /* what markets and bars share: the makers of indicators */

static const struct {
    const char *type, *fields;
} tables[] = {
    /* given to the host, or plain tables that it gives: no words of their own in the reference */
    {"outcry.Strategy",
     "---@field name string?\n---@field timeframe string?\n---@field about string?\n---@field version string?\n"
     "---@field trade_late boolean?\n"},
    {"outcry.PlotOptions", "---@field pane integer?\n---@field market outcry.Market?\n"},
    {"outcry.Venue",
     "---@field name string\n---@field account string\n---@field state string\n---@field reason string?\n"},
};

/* The words of `outcry test`, which no strategy has. */
static const char tests[] =
    "\n---@type fun(name: string, body: fun())\ntest = nil\n"
    "\n---@type fun(found: any, expected: any, what: string?)\nequal = nil\n"
    "\n---@type fun(found: number, expected: number, within: number, what: string?)\nnear = nil\n"
    "\n---@type fun(value: any, what: string?)\nok = nil\n"
    "\n---@type fun(body: fun(), words: string?)\nraises = nil\n"
    "\n---@type fun(spec: table): table\nbacktest = nil\n";

static void put_line(struct text *text, const char *about) /* a comment has no line ends */
{
    text_put(text, "\n---");
    for (; *about; about++)
        text_put_bytes(text, *about == '\n' ? " " : about, 1);
}

static const char *parent_of(const char *type)
{
    return strcmp(type, "outcry.Market") == 0 || strcmp(type, "outcry.Bars") == 0 ? maker : NULL;
}

static bool is_maker(const struct reference_entry *entry)
{
    return strncmp(entry->type, "fun(self: outcry.Maker", 22) == 0;
}

static void put_field(struct text *text, const struct reference_entry *entry)
{
    if (strcmp(entry->name, "()") == 0)
        text_format(text, "---@overload %s\n", entry->type);
    else if (strcmp(entry->name, "[]") == 0)
        text_format(text, "---%s\n---@field [integer] %s\n", entry->text, entry->type);
    else if (strcmp(entry->name, "#") == 0)
        text_format(text, "---@operator len: %s\n", entry->type);
    else
        text_format(text, "---%s\n---@field %s %s\n", entry->text, entry->name, entry->type);
}

/* The fields of all groups of that type. */
static void put_fields(struct text *text, const char *type)
{
    uint32_t count, group_count;
    const struct reference_entry *entries = reference_entries(&count);
    const struct reference_group *groups = reference_groups(&group_count);
    for (uint32_t g = 0; g < group_count; g++)
        for (uint32_t i = 0; strcmp(groups[g].type, type) == 0 && i < count; i++)
            if (strcmp(entries[i].group, groups[g].id) == 0 && !is_maker(&entries[i]))
                put_field(text, &entries[i]);
}

static bool is_first_of_type(const struct reference_group *groups, uint32_t at)
{
    for (uint32_t i = 0; i < at; i++)
        if (strcmp(groups[i].type, groups[at].type) == 0)
            return false;
    return groups[at].type[0];
}

static void put_types(struct text *text)
{
    uint32_t count, group_count;
    const struct reference_entry *entries = reference_entries(&count);
    const struct reference_group *groups = reference_groups(&group_count);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        text_format(text, "\n---@class %s\n%s", tables[i].type, tables[i].fields);
    text_format(text, "\n---@class %s\n", maker);
    for (uint32_t i = 0; i < count; i++)
        if (is_maker(&entries[i]))
            put_field(text, &entries[i]);
    for (uint32_t g = 0; g < group_count; g++) {
        if (!is_first_of_type(groups, g))
            continue;
        const char *type = groups[g].type, *parent = parent_of(type);
        text_format(text, "\n---@class %s%s%s\n", type, parent ? " : " : "", parent ? parent : "");
        put_fields(text, type);
        if (strcmp(type, "outcry.Market") == 0)
            text_put(text, "---What is yours.\n---@field [string] any\n");
        if (strcmp(type, "outcry.Indicator") == 0)
            text_put(text, "---The other lines of the same indicator, by name.\n---@field [string] number\n");
    }
}

static void put_globals(struct text *text)
{
    uint32_t count, group_count;
    const struct reference_entry *entries = reference_entries(&count);
    const struct reference_group *groups = reference_groups(&group_count);
    for (uint32_t g = 0; g < group_count; g++) {
        for (uint32_t i = 0; !groups[g].type[0] && i < count; i++)
            if (strcmp(entries[i].group, groups[g].id) == 0 && entries[i].type[0]) {
                put_line(text, entries[i].text);
                text_format(text, "\n---\n---    %s\n---@type %s\n%s = nil\n", entries[i].signature, entries[i].type,
                            entries[i].name);
            }
        if (strcmp(groups[g].type, "outcry.Log") == 0 || strcmp(groups[g].type, "outcry.Size") == 0 ||
            strcmp(groups[g].type, "outcry.Account") == 0) {
            put_line(text, groups[g].about);
            text_format(text, "\n---@type %s\n%s = nil\n", groups[g].type, groups[g].id);
        }
    }
}

oc_rc reference_stubs(struct text *text)
{
    text_put(text, REFERENCE_STUBS_HEAD " from the table that `outcry help lua` shows: what a strategy can use, for\n"
                                        "-- editors with the Lua language server. It is not run and not required.\n");
    put_types(text);
    put_globals(text);
    text_put(text, tests);
    return text->is_cut ? OC_E_LIMIT : OC_OK;
}

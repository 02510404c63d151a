/* report.c: what was found in a plugin file, as text. */
#include "load/verb.h"

#include <inttypes.h>
#include <string.h>

#include "base/key.h"

void load_print_faults(struct text *text, const struct load_report *report)
{
    for (uint32_t i = 0; i < report->fault_count; i++) {
        const struct load_fault *fault = &report->faults[i];
        text_format(text, "%s: %s: found %s; expected %s", report->path, fault->field, fault->found, fault->expected);
        text_format(text, fault->text[0] ? " (%s)\n" : "%s\n", fault->text);
    }
    if (report->faults_dropped)
        text_format(text, "%s: and %u more faults\n", report->path, report->faults_dropped);
}

static const char *kind_name(const char *id)
{
    const struct kind *kind = kind_find(id);
    return kind ? kind->name : id;
}

void load_print_row(struct text *text, const struct load_report *report)
{
    for (uint32_t i = 0; i < report->plugin_count; i++) {
        const struct load_info *info = &report->plugins[i];
        text_format(text, "%-10s %-32s %-10s %s\n", kind_name(info->kind), info->id, info->version, info->about);
    }
}

static void print_iface(struct text *text, const struct load_iface *iface)
{
    const struct kind *kind = kind_find(iface->id);
    text_format(text, "  interface  %s, %u bytes", iface->id, iface->size);
    if (!kind)
        text_put(text, ", not known to this host");
    else if (iface->size < kind->size)
        text_format(text, ", older: this host knows %u", kind->size);
    else if (iface->size > kind->size)
        text_format(text, ", newer: this host knows %u", kind->size);
    text_put(text, "\n");
}

enum { KEY_NAME, KEY_TYPE, KEY_RANGE, KEY_FALLBACK, KEY_UNIT, KEY_COLUMNS };

static void key_row(const struct load_key *key, const char *cells[KEY_COLUMNS])
{
    const char *fallback = key->fallback[0] ? key->fallback : "\"\"";
    if (key->bits & OC_KEY_REQUIRED)
        fallback = "(required)";
    else if (!key->has_fallback)
        fallback = "-";
    cells[KEY_NAME] = key->name;
    cells[KEY_TYPE] = key_type_name(key->type) ? key_type_name(key->type) : "?";
    cells[KEY_RANGE] = key->range[0] ? key->range : "-";
    cells[KEY_FALLBACK] = fallback;
    cells[KEY_UNIT] = key->unit[0] ? key->unit : "-";
}

/* The keys of a list of groups stand indented under it. */
static void print_keys(struct text *text, const struct load_report *report, const struct load_info *info)
{
    const char *cells[KEY_COLUMNS] = {"NAME", "TYPE", "RANGE", "DEFAULT", "UNIT"}, *heads[KEY_COLUMNS];
    int widths[KEY_COLUMNS];
    const struct load_key *keys = report->keys + info->key_first;
    if (!info->key_count) {
        text_format(text, "  keys       %s\n", info->has_keys ? "none" : "not declared");
        return;
    }
    for (int c = 0; c < KEY_COLUMNS; c++) {
        heads[c] = cells[c];
        widths[c] = (int)strlen(cells[c]);
    }
    for (uint32_t i = 0; i < info->key_count; i++) {
        key_row(&keys[i], cells);
        for (int c = 0; c < KEY_COLUMNS; c++) {
            int size = (int)strlen(cells[c]) + (c == KEY_NAME && keys[i].is_member ? 2 : 0);
            widths[c] = size > widths[c] ? size : widths[c];
        }
    }
    text_put(text, "  keys       ");
    for (int c = 0; c < KEY_COLUMNS; c++)
        text_format(text, "%-*s  ", widths[c], heads[c]);
    text_put(text, "ABOUT\n");
    for (uint32_t i = 0; i < info->key_count; i++) {
        int indent = keys[i].is_member ? 2 : 0;
        key_row(&keys[i], cells);
        text_format(text, "             %*s%-*s  ", indent, "", widths[KEY_NAME] - indent, cells[KEY_NAME]);
        for (int c = KEY_TYPE; c < KEY_COLUMNS; c++)
            text_format(text, "%-*s  ", widths[c], cells[c]);
        text_format(text, "%s\n", keys[i].about);
    }
}

void load_print_info(struct text *text, const struct load_report *report)
{
    text_format(text, "%s\n  file       %" PRIu64 " bytes, hash %016" PRIx64 "\n", report->path, report->size,
                report->hash);
    for (uint32_t i = 0; i < report->plugin_count; i++) {
        const struct load_info *info = &report->plugins[i];
        text_format(text, "  plugin     %s\n  about      %s\n  kind       %s\n", info->id, info->about, info->kind);
        text_format(text, "  version    %s\n  license    %s\n  ABI        %u.%u\n", info->version, info->license,
                    info->abi_major, info->abi_minor);
        for (uint32_t k = 0; k < info->iface_count; k++)
            print_iface(text, &info->ifaces[k]);
        text_put_bytes(text, report->venues + info->venue_first, info->venue_size);
        print_keys(text, report, info);
    }
    for (uint32_t i = 0; i < report->note_count; i++)
        text_format(text, "  note       %s\n", report->notes[i]);
}

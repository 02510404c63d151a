/* report.c: what was found in a plugin file, as text. */
#include "load/verb.h"

#include <inttypes.h>

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
    }
    for (uint32_t i = 0; i < report->note_count; i++)
        text_format(text, "  note       %s\n", report->notes[i]);
}

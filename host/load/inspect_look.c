#include "load/inspect_look.h"

#include <elf.h>
#include <inttypes.h>
#include <stdio.h>

void look_say(struct look *look, const char *member, const char *found, const char *expected, const char *todo)
{
    char field[64];
    snprintf(field, sizeof field, "%s %s", look->where, member);
    load_report_fault(look->report, field, found, expected, todo);
}

bool look_text(struct look *look, uint64_t address, const char *member, uint32_t size_max, const char **ret_text)
{
    struct elf_pointer pointer;
    const char *found = NULL;
    char expected[64];
    if (elf_pointer_at(look->elf, address, &pointer) < 0) {
        look_say(look, member, "not a plain pointer", "a pointer to constant text", "");
        return false;
    }
    if (pointer.kind == ELF_POINTER_NULL) {
        *ret_text = NULL;
        return true;
    }
    if (pointer.kind != ELF_POINTER_INSIDE) {
        look_say(look, member, "a pointer out of the file", "constant text in the file", "");
        return false;
    }
    snprintf(expected, sizeof expected, "text of at most %u bytes in the file", size_max - 1);
    oc_rc rc = elf_text(look->elf, pointer.address, size_max, &found);
    if (rc < 0) {
        look_say(look, member, rc == OC_E_LIMIT ? "a longer text" : "a pointer to no text", expected, "");
        return false;
    }
    for (const char *c = found; *c; c++)
        if ((unsigned char)*c < 32 || (unsigned char)*c == 127) {
            look_say(look, member, "control characters", "one line of printable text", "");
            return false;
        }
    *ret_text = found;
    return true;
}

static void say_number(struct look *look, const char *member, uint64_t found, const char *expected)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRIu64, found);
    look_say(look, member, text, expected, "");
}

uint32_t look_size(struct look *look, uint64_t address, const char *member, uint32_t size_first, uint32_t size_known)
{
    uint32_t size;
    char expected[64];
    snprintf(expected, sizeof expected, "at least %u bytes, its first version", size_first);
    if (elf_copy(look->elf, address, &size, sizeof size) < 0) {
        look_say(look, member, "a pointer out of the file's data", expected, "");
        return 0;
    }
    if (size < size_first) {
        say_number(look, member, size, expected);
        return 0;
    }
    if (size > LOAD_TABLE_MAX || !elf_is_inside(look->elf, address, size, PF_R)) {
        say_number(look, member, size, "a size that lies inside the file's data");
        return 0;
    }
    if (!elf_is_constant(look->elf, address, size)) {
        look_say(look, member, "in memory that can be written", "constant data (const)", "");
        return 0;
    }
    for (uint32_t i = size_known; i < size; i++) {
        uint8_t byte;
        if (elf_copy(look->elf, address + i, &byte, 1) < 0 || byte != 0 || elf_has_reloc(look->elf, address + i, 1)) {
            look_say(look, member, "more members than this host knows, and not all zero",
                     "a plugin built with this SDK or an older one", "");
            return 0;
        }
    }
    return size;
}

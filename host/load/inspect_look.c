#include "load/inspect_look.h"

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

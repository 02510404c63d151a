/* Any bytes as a plugin file: stage 1 answers, and reads nothing that is not there. */
#include "load/inspect.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct load_report report;
    uint8_t *bytes = malloc(size ? size : 1); /* of its own, so that a read beyond it is seen */
    if (!bytes)
        return 0;
    memcpy(bytes, data, size);
    load_report_init(&report, "fuzz.so");
    oc_rc rc = load_inspect_bytes(bytes, size, &report);
    if ((rc == OC_OK) != (report.fault_count == 0))
        abort();
    struct elf elf;
    struct elf_fault fault;
    if (elf_read(&elf, bytes, size, &fault) == OC_OK) {
        for (uint32_t i = 0; i < elf.symbol_count && i < 256; i++) {
            struct elf_symbol symbol, found;
            struct elf_pointer pointer;
            if (elf_symbol_at(&elf, i, &symbol) < 0)
                continue;
            (void)elf_symbol_find(&elf, symbol.name, &found);
            (void)elf_pointer_at(&elf, symbol.value, &pointer);
            (void)elf_is_toolchain_init(&elf, symbol.value);
            (void)elf_is_toolchain_frame_dummy(&elf, symbol.value);
        }
        elf_release(&elf);
    }
    free(bytes);
    return 0;
}

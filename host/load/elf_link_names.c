/* elf_link_names.c: the tables by which the linker finds symbols and their versions. */
#include "load/elf_link_impl.h"

#include <inttypes.h>
#include <string.h>

enum { CHAIN_MAX = 4096, VERSION_MAX = 0x7fff };

static bool read_words(const struct link *link, uint64_t address, uint32_t *words, uint32_t count)
{
    return elf_is_inside(link->elf, address, (uint64_t)count * 4, PF_R) &&
           elf_copy(link->elf, address, words, (uint64_t)count * 4) == OC_OK;
}

/* Each bucket names a symbol of the table, or none, and its chain ends before the table does. */
static oc_rc check_gnu_hash(struct link *link)
{
    const struct elf *elf = link->elf;
    uint32_t head[4] = {0};
    static const char field[] = "symbol hash table", expected[] = "DT_GNU_HASH with buckets of the symbol table";
    if (!read_words(link, link->gnu_hash, head, 4) || head[0] == 0 || head[0] > ELF_SYMBOL_MAX || head[2] == 0 ||
        head[2] > ELF_SYMBOL_MAX || (head[2] & (head[2] - 1)) || head[3] > 63)
        return link_fault(link, field, expected, "%u buckets, %u words of a filter, a shift of %u", head[0], head[2],
                          head[3]);
    const uint64_t buckets = link->gnu_hash + sizeof head + (uint64_t)head[2] * 8;
    const uint64_t chain = buckets + (uint64_t)head[0] * 4;
    if (!elf_is_inside(elf, link->gnu_hash, chain - link->gnu_hash, PF_R))
        return link_fault(link, field, expected, "one that reaches out of its segment");
    for (uint32_t i = 0; i < head[0]; i++) {
        uint32_t first = 0;
        if (!read_words(link, buckets + (uint64_t)i * 4, &first, 1) ||
            (first && (first < head[1] || first >= elf->symbol_count)))
            return link_fault(link, field, expected, "symbol %u of %u", first, elf->symbol_count);
    }
    uint32_t last = 1; /* the last chain ends with the table, so those before it end as well */
    if (elf->symbol_count > head[1] &&
        (!read_words(link, chain + (uint64_t)(elf->symbol_count - 1 - head[1]) * 4, &last, 1) || !(last & 1)))
        return link_fault(link, field, expected, "a chain without an end");
    return OC_OK;
}

/* The old form: buckets, then a chain of symbols each; none may go in a circle. */
static oc_rc check_hash(struct link *link)
{
    const struct elf *elf = link->elf;
    uint32_t head[2] = {0}, at = 0, steps = 0;
    static const char field[] = "symbol hash table", expected[] = "DT_HASH with chains of the symbol table";
    if (!read_words(link, link->hash, head, 2) || head[0] == 0 || head[0] > ELF_SYMBOL_MAX ||
        head[1] > elf->symbol_count || !elf_is_inside(elf, link->hash, 8 + ((uint64_t)head[0] + head[1]) * 4, PF_R))
        return link_fault(link, field, expected, "%u buckets, %u symbols", head[0], head[1]);
    const uint64_t buckets = link->hash + sizeof head, chain = buckets + (uint64_t)head[0] * 4;
    for (uint32_t i = 0; i < head[0]; i++) {
        if (!read_words(link, buckets + (uint64_t)i * 4, &at, 1))
            at = UINT32_MAX;
        while (at) {
            if (at >= head[1] || ++steps > head[1]) /* each symbol is in one chain, once */
                return link_fault(link, field, expected, "a chain that leaves it or has no end");
            if (!read_words(link, chain + (uint64_t)at * 4, &at, 1))
                at = UINT32_MAX;
        }
    }
    return OC_OK;
}

static const char *name_at(const struct link *link, uint32_t index)
{
    const struct elf *elf = link->elf;
    if (index >= elf->strings_size)
        return NULL;
    const char *text = (const char *)(elf->bytes + elf->strings + index);
    const uint64_t room = elf->strings_size - index;
    return memchr(text, 0, room < ELF_NAME_MAX ? room : ELF_NAME_MAX) ? text : NULL;
}

static bool is_needed(const struct elf *elf, const char *name)
{
    for (uint32_t i = 0; i < elf->needed_count; i++)
        if (strcmp(elf->needed[i], name) == 0)
            return true;
    return false;
}

static bool read_at(const struct link *link, uint64_t address, void *ret, uint64_t size)
{
    return address % 4 == 0 && elf_is_inside(link->elf, address, size, PF_R) &&
           elf_copy(link->elf, address, ret, size) == OC_OK;
}

static const char versions_field[] = "versions of symbols", versions_expected[] = "tables that hold together";

/* The versions that it wants of one library: notes the highest number. */
static oc_rc check_needed_names(struct link *link, uint64_t at, uint32_t *highest)
{
    for (uint32_t i = 0; i < CHAIN_MAX; i++) {
        Elf64_Vernaux aux;
        if (!read_at(link, at, &aux, sizeof aux) || !name_at(link, aux.vna_name))
            return link_fault(link, versions_field, versions_expected, "a needed version that cannot be read");
        const uint32_t number = aux.vna_other & VERSION_MAX;
        *highest = number > *highest ? number : *highest;
        if (aux.vna_next == 0)
            return OC_OK;
        at += aux.vna_next;
    }
    return link_fault(link, versions_field, versions_expected, "more than %d needed ones", CHAIN_MAX);
}

static oc_rc check_needs(struct link *link, uint32_t *highest)
{
    uint64_t at = link->needs;
    for (uint32_t i = 0; i < ELF_NEEDED_MAX; i++) {
        Elf64_Verneed need;
        if (!read_at(link, at, &need, sizeof need) || need.vn_version != 1)
            return link_fault(link, versions_field, versions_expected, "a needed library that cannot be read");
        const char *file = name_at(link, need.vn_file);
        if (!file || !is_needed(link->elf, file))
            return link_fault(link, versions_field, "of a needed library", "of %.100s", file ? file : "no name");
        oc_rc rc = check_needed_names(link, at + need.vn_aux, highest);
        if (rc < 0 || need.vn_next == 0)
            return rc;
        at += need.vn_next;
    }
    return link_fault(link, versions_field, versions_expected, "more than %d libraries", ELF_NEEDED_MAX);
}

static oc_rc check_definitions(struct link *link, uint32_t *highest)
{
    uint64_t at = link->definitions;
    for (uint32_t i = 0; i < CHAIN_MAX; i++) {
        Elf64_Verdef own;
        Elf64_Verdaux aux;
        if (!read_at(link, at, &own, sizeof own) || own.vd_version != 1 ||
            !read_at(link, at + own.vd_aux, &aux, sizeof aux) || !name_at(link, aux.vda_name))
            return link_fault(link, versions_field, versions_expected, "one of its own that cannot be read");
        const uint32_t number = own.vd_ndx & VERSION_MAX;
        *highest = number > *highest ? number : *highest;
        if (own.vd_next == 0)
            return OC_OK;
        at += own.vd_next;
    }
    return link_fault(link, versions_field, versions_expected, "more than %d of its own", CHAIN_MAX);
}

static oc_rc check_versions(struct link *link)
{
    const struct elf *elf = link->elf;
    uint32_t highest = 1;
    oc_rc rc = OC_OK;
    if (link->has_needs)
        rc = check_needs(link, &highest);
    if (rc == OC_OK && link->has_definitions)
        rc = check_definitions(link, &highest);
    if (rc < 0 || !link->has_versions)
        return rc;
    if (!link->has_needs && !link->has_definitions)
        return link_fault(link, versions_field, versions_expected, "numbers of versions that are not there");
    for (uint32_t i = 0; i < elf->symbol_count; i++) {
        uint16_t number;
        const uint64_t at = link->versions + (uint64_t)i * sizeof number;
        if (!elf_is_inside(elf, at, sizeof number, PF_R) || elf_copy(elf, at, &number, sizeof number) < 0 ||
            (number & VERSION_MAX) > highest)
            return link_fault(link, versions_field, versions_expected, "no version of symbol %u", i);
    }
    return OC_OK;
}

oc_rc link_names(struct link *link)
{
    oc_rc rc = OC_OK;
    if (!link->has_gnu_hash && !link->has_hash)
        return link_fault(link, "symbol hash table", "DT_GNU_HASH or DT_HASH", "none");
    if (link->has_gnu_hash)
        rc = check_gnu_hash(link);
    if (rc == OC_OK && link->has_hash)
        rc = check_hash(link);
    return rc == OC_OK ? check_versions(link) : rc;
}

/* inspect_kinds.c: the tables of what this host knows: kinds, their members, pure functions. */
#include "load/inspect.h"

#include <outcry/connector.h>
#include <outcry/draft/data.h>
#include <outcry/draft/sim.h>
#include <outcry/draft/store.h>
#include <outcry/risk.h>
#include <string.h>

#define MEMBER(type, member, required)                                                                                 \
    {                                                                                                                  \
#member, (uint32_t)offsetof(struct type, member), required                                                     \
    }
#define COUNT(array) (uint32_t)(sizeof(array) / sizeof *(array))
/* The size up to and with the last member of the first version. */
#define FIRST(type, member) (uint32_t)(offsetof(struct type, member) + sizeof(void (*)(void)))

static const struct kind_member connector_members[] = {
    MEMBER(oc_connector, start, true),      MEMBER(oc_connector, account, false), MEMBER(oc_connector, fetch, false),
    MEMBER(oc_connector, subscribe, false), MEMBER(oc_connector, stream, false),  MEMBER(oc_connector, message, true),
    MEMBER(oc_connector, response, false),  MEMBER(oc_connector, request, true),  MEMBER(oc_connector, timer, false),
    MEMBER(oc_connector, quiesce, false),
};

static const struct kind_member risk_members[] = {
    MEMBER(oc_risk, check, true), MEMBER(oc_risk, observe, false), MEMBER(oc_risk, interest, false),
    MEMBER(oc_risk, save, false), MEMBER(oc_risk, load, false),
};

static const struct kind_member sim_members[] = {
    MEMBER(oc_sim, instrument, true), MEMBER(oc_sim, balance, true),  MEMBER(oc_sim, market, true),
    MEMBER(oc_sim, request, true),    MEMBER(oc_sim, due, true),      MEMBER(oc_sim, end, true),
    MEMBER(oc_sim, observe, true),    MEMBER(oc_sim, position, true), MEMBER(oc_sim, save, true),
    MEMBER(oc_sim, load, true),       MEMBER(oc_sim, terms, false),
};

static const struct kind_member data_members[] = {
    MEMBER(oc_data, probe, true), MEMBER(oc_data, start, true),  MEMBER(oc_data, pull, true),
    MEMBER(oc_data, skip, true),  MEMBER(oc_data, stats, false), MEMBER(oc_data, error, false),
    MEMBER(oc_data, stop, true),
};

static const struct kind_member store_members[] = {
    MEMBER(oc_store, start, true),  MEMBER(oc_store, set_aside, true), MEMBER(oc_store, reached, true),
    MEMBER(oc_store, begin, true),  MEMBER(oc_store, put, true),       MEMBER(oc_store, drop, true),
    MEMBER(oc_store, commit, true), MEMBER(oc_store, undo, true),      MEMBER(oc_store, ask, true),
    MEMBER(oc_store, row, true),    MEMBER(oc_store, error, true),     MEMBER(oc_store, stop, true),
};

static const struct kind kinds[] = {
    {OC_CONNECTOR, "connector", FIRST(oc_connector, quiesce), sizeof(struct oc_connector), true, connector_members,
     COUNT(connector_members)},
    {OC_RISK, "risk", FIRST(oc_risk, load), sizeof(struct oc_risk), true, risk_members, COUNT(risk_members)},
    {OC_SIM, "sim", FIRST(oc_sim, load), sizeof(struct oc_sim), true, sim_members, COUNT(sim_members)},
    {OC_DATA, "data", FIRST(oc_data, stop), sizeof(struct oc_data), false, data_members, COUNT(data_members)},
    {OC_STORE, "store", FIRST(oc_store, stop), sizeof(struct oc_store), false, store_members, COUNT(store_members)},
};

const struct kind *kind_find(const char *id)
{
    for (uint32_t i = 0; i < COUNT(kinds); i++)
        if (strcmp(kinds[i].id, id) == 0)
            return &kinds[i];
    return NULL;
}

const struct kind *kind_at(uint32_t index) { return index < COUNT(kinds) ? &kinds[index] : NULL; }

/* Functions whose result depends on their arguments alone, plus memory of the process. Sorted.
 * Not here on purpose: qsort (the order of equal elements differs between versions of libc), libm
 * (results differ between CPUs), strto... of floating point and everything that asks the system. */
static const char *const pure_symbols[] = {
    "__assert_fail",
    "__isoc23_strtol",
    "__isoc23_strtoll",
    "__isoc23_strtoul",
    "__isoc23_strtoull",
    "__memcpy_chk",
    "__memmove_chk",
    "__memset_chk",
    "__snprintf_chk",
    "__stack_chk_fail",
    "__stpcpy_chk",
    "__strcat_chk",
    "__strcpy_chk",
    "__strncat_chk",
    "__strncpy_chk",
    "__vsnprintf_chk",
    "abort",
    "aligned_alloc",
    "bcmp",
    "bsearch",
    "calloc",
    "free",
    "malloc",
    "memchr",
    "memcmp",
    "memcpy",
    "memmem",
    "memmove",
    "mempcpy",
    "memrchr",
    "memset",
    "realloc",
    "reallocarray",
    "snprintf",
    "stpcpy",
    "strcat",
    "strchr",
    "strchrnul",
    "strcmp",
    "strcpy",
    "strcspn",
    "strdup",
    "strlen",
    "strncat",
    "strncmp",
    "strncpy",
    "strndup",
    "strnlen",
    "strpbrk",
    "strrchr",
    "strspn",
    "strstr",
    "strtol",
    "strtoll",
    "strtoul",
    "strtoull",
    "vsnprintf",
};

bool kind_may_need(const char *library)
{
    static const char *const system[] = {
        "libc.so.6",      "libm.so.6",    "libpthread.so.0", "libdl.so.2",           "librt.so.1",
        "libresolv.so.2", "libutil.so.1", "libgcc_s.so.1",   "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"};
    for (size_t i = 0; i < COUNT(system); i++)
        if (strcmp(system[i], library) == 0)
            return true;
    return false;
}

bool kind_is_pure_symbol(const char *name)
{
    uint32_t low = 0, high = COUNT(pure_symbols);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = strcmp(pure_symbols[middle], name);
        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

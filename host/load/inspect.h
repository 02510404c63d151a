/* inspect.h: stage 1 of loading: what a plugin file is and everything that is wrong with it,
 * without running a line of it.
 *
 * Invariants
 * - The file is read as data; no byte of it is mapped executable or called.
 * - All faults that can be told are told at once, each with field, found and expected.
 * - A report is plain memory: it owns nothing and may be copied. */
#ifndef LOAD_INSPECT_H
#define LOAD_INSPECT_H

#include "base/checked.h"
#include "load/elf.h"

#include <outcry/plugin.h>
#include <outcry/venue.h>

#define LOAD_FAULT_MAX  32
#define LOAD_NOTE_MAX   16
#define LOAD_PLUGIN_MAX 16   /* plugins in one file */
#define LOAD_IFACE_MAX  16   /* interfaces of one plugin */
#define LOAD_TABLE_MAX  4096 /* bytes of a descriptor or an interface table */
#define LOAD_RANGE_MAX  128  /* bytes of a key's range in short; cut if longer */

struct load_fault {
    char field[64];
    char found[160];
    char expected[160];
    char text[160]; /* what to do about it; may be empty */
};

struct load_iface {
    char id[65];
    uint32_t size;    /* of its table */
    uint64_t address; /* of its table, in the file */
};

/* One declared key, as its file says it; `outcry plugin info` prints it. */
struct load_key {
    char name[OC_KEY_NAME_MAX];
    char range[LOAD_RANGE_MAX]; /* "0..0.1", "neutral|ideal"; "" where everything goes */
    char fallback[OC_KEY_VALUE_MAX];
    char unit[OC_KEY_UNIT_MAX];
    char about[OC_KEY_ABOUT_MAX];
    uint32_t type; /* OC_KEY_DECIMAL ... */
    uint32_t bits;
    bool has_fallback;
    bool is_member; /* of the list of groups above it */
};

struct load_info { /* one plugin, as its file says it */
    char kind[65];
    char id[65];
    char version[33];
    char license[65];
    char about[161];
    uint32_t size;
    uint16_t abi_major;
    uint16_t abi_minor;
    uint64_t address;
    bool has_keys;         /* it has a table of keys, be it an empty one */
    uint64_t keys_address; /* of the table */
    uint32_t key_first;    /* its rows in load_report.keys, members among them */
    uint32_t key_count;
    uint64_t venue_address; /* a connector's description, in the file; 0 none */
    uint32_t venue_first;   /* its lines in load_report.venues */
    uint32_t venue_size;
    uint32_t iface_count;
    struct load_iface ifaces[LOAD_IFACE_MAX];
};

struct load_report {
    char path[1024]; /* cut if longer */
    uint64_t hash;   /* XXH3 of the file's bytes; 0 if it could not be read */
    uint64_t size;
    bool lacks_memory; /* to look at all of it: nothing is known of the file */
    uint32_t fault_count;
    uint32_t faults_dropped; /* beyond LOAD_FAULT_MAX */
    struct load_fault faults[LOAD_FAULT_MAX];
    uint32_t note_count;
    char notes[LOAD_NOTE_MAX][224];
    uint64_t list_address;
    uint32_t plugin_count;
    struct load_info plugins[LOAD_PLUGIN_MAX];
    uint32_t key_count;
    struct load_key keys[OC_KEYS_FILE_MAX]; /* of all plugins, in their order */
    uint32_t venues_size;
    char venues[OC_VENUE_FILE_MAX]; /* what connectors say of their venues, as it is printed */
};

/* Reads and judges the file. Returns OC_OK if there is no fault, else OC_E_DATA (or why it could
 * not be read: OC_E_NOT_FOUND, OC_E_IO, OC_E_LIMIT). *ret_report is always written. [setup] */
CHECKED oc_rc load_inspect(const char *path, struct load_report *ret_report);

/* The same for bytes in memory; `path` is only a name. Used by stage 2 and the fuzzer. [setup] */
CHECKED oc_rc load_inspect_bytes(const void *bytes, uint64_t size, struct load_report *ret_report);

/* Starts a report: everything empty, path taken. */
void load_report_init(struct load_report *report, const char *path);

/* Adds a fault; beyond LOAD_FAULT_MAX it is counted. `text` may be "". */
void load_report_fault(struct load_report *report, const char *field, const char *found, const char *expected,
                       const char *text);

/* The kinds and interfaces that this host knows (inspect_kinds.c). */
struct kind_member {
    const char *name;
    uint32_t offset;
    bool is_required;
};
struct kind {
    const char *id;      /* of the kind and of its main interface */
    const char *name;    /* as in folder names: "risk" */
    uint32_t size_first; /* of the first version of its table */
    uint32_t size;       /* as this host knows it */
    bool is_pure;        /* its undefined symbols must be on the list */
    const struct kind_member *members;
    uint32_t member_count;
};
const struct kind *kind_find(const char *id); /* NULL if unknown */
const struct kind *kind_at(uint32_t index);   /* NULL after the last */

/* True if a plugin of a pure kind may call the function: it depends on its arguments alone. */
bool kind_is_pure_symbol(const char *name);

/* True if a plugin may need the library: the C library's own, and the compiler's. Anything else is linked statically, so that
 * what runs is what was read. */
bool kind_may_need(const char *library);

/* Parts of the inspection, each adding its faults to the report. */
void inspect_list(const struct elf *elf, struct load_report *report);

#endif

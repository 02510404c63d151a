/* inspect_keys.c: the keys that a descriptor declares, read as data and judged (outcry/keys.h). */
#include "load/inspect_look.h"

#include <elf.h>
#include <stdio.h>
#include <string.h>

#include "base/key.h"

struct row { /* one row of a table; its texts are borrowed from the file's bytes */
    struct look *look;
    const char *list; /* the list of groups that it is a member of, NULL none */
    char path[48];    /* "limits.instrument", for the words of a fault */
    uint64_t address;
    struct oc_key key;
    const char *choices[OC_KEY_CHOICES_MAX + 1];
};

static void say(struct row *row, const char *member, const char *found, const char *expected, const char *todo)
{
    char field[64];
    snprintf(field, sizeof field, "key %s%s%s", row->path, member[0] ? " " : "", member);
    look_say(row->look, field, found, expected, todo);
}

static bool take(struct row *row, size_t offset, const char *member, uint32_t size_max, const char **ret_text)
{
    char field[64];
    snprintf(field, sizeof field, "key %s %s", row->path, member);
    return look_text(row->look, row->address + offset, field, size_max, ret_text);
}

static bool is_zero(const struct elf *elf, uint64_t address, uint64_t size)
{
    uint8_t bytes[sizeof(struct oc_key)];
    if (elf_has_reloc(elf, address, size) || elf_copy(elf, address, bytes, size) < 0)
        return false;
    for (uint64_t i = 0; i < size; i++)
        if (bytes[i])
            return false;
    return true;
}

/* The numbers of a row. False: the rest of it cannot be read by its type. */
static bool take_type(struct row *row)
{
    const struct elf *elf = row->look->elf;
    char found[32];
    uint64_t at = row->address + offsetof(struct oc_key, type);
    if (elf_has_reloc(elf, at, 8) || elf_copy(elf, at, &row->key.type, 4) < 0 ||
        elf_copy(elf, at + 4, &row->key.bits, 4) < 0) {
        say(row, "type", "no plain number", "OC_KEY_DECIMAL ... OC_KEY_GROUPS", "");
        return false;
    }
    if (row->key.bits & ~(uint32_t)(OC_KEY_REQUIRED | OC_KEY_ABOVE_MIN | OC_KEY_BELOW_MAX)) {
        snprintf(found, sizeof found, "0x%x", row->key.bits);
        say(row, "bits", found, "bits that this host knows (outcry/keys.h)", "");
    }
    if (!is_zero(elf, row->address + offsetof(struct oc_key, zero), sizeof row->key.zero))
        say(row, "zero", "another value", "0", "");
    if (key_type_name(row->key.type))
        return true;
    snprintf(found, sizeof found, "%u", row->key.type);
    say(row, "type", found, "OC_KEY_DECIMAL ... OC_KEY_GROUPS", "");
    return false;
}

static void judge_name(struct row *row)
{
    if (!key_is_name(row->key.name))
        say(row, "name", row->key.name, "[a-z][a-z0-9_]{0,31} without \"__\"",
            "two underscores stand for a dot in the environment");
    else if (!row->list && key_is_reserved(row->key.name))
        say(row, "name", row->key.name, "a word that is not the host's own", "take another name");
}

/* Bounds: of the type, in order, and only where the type has an order. */
static void judge_bounds(struct row *row)
{
    static const char *const names[] = {"min", "max"};
    struct oc_key *key = &row->key;
    const char *bounds[2] = {key->min, key->max};
    static const uint32_t bits[2] = {OC_KEY_ABOVE_MIN, OC_KEY_BELOW_MAX};
    struct key_value values[2];
    bool is_read[2] = {false, false};
    const struct oc_key plain = {.type = key->type};
    char expected[KEY_WORDS_MAX];
    key_expected(&plain, expected, sizeof expected);
    for (int i = 0; i < 2; i++) {
        if (!bounds[i] && (key->bits & bits[i]))
            say(row, "bits", i ? "OC_KEY_BELOW_MAX without a max" : "OC_KEY_ABOVE_MIN without a min",
                "the bit only where there is the bound", "");
        if (!bounds[i])
            continue;
        if (!key_has_range(key->type))
            say(row, names[i], bounds[i], "NULL: only decimals, integers and durations have bounds", "");
        else if (key_read(key->type, bounds[i], &values[i]) < 0)
            say(row, names[i], bounds[i], expected, "write it as in a configuration");
        else
            is_read[i] = true;
    }
    if (!is_read[0] || !is_read[1])
        return;
    int order = key_compare(key->type, &values[0], &values[1]);
    if (order > 0 || (order == 0 && (key->bits & (OC_KEY_ABOVE_MIN | OC_KEY_BELOW_MAX))))
        say(row, "max", key->max, "a bound that leaves values between min and max", "");
}

static void judge_fallback(struct row *row)
{
    const struct oc_key *key = &row->key;
    struct key_value value;
    char expected[KEY_WORDS_MAX];
    if (!key->fallback)
        return;
    if (key->type == OC_KEY_GROUPS) {
        say(row, "fallback", key->fallback, "NULL: a list of groups has no default", "");
    } else if (key->bits & OC_KEY_REQUIRED) {
        say(row, "fallback", key->fallback, "NULL: what is required has no default", "drop one of the two");
    } else if (key_judge(key, key->fallback, &value) < 0) {
        key_expected(key, expected, sizeof expected);
        say(row, "fallback", key->fallback, expected, "the default lies within what the key allows");
    }
}

static void take_choices(struct row *row)
{
    struct elf_pointer list;
    uint64_t slot = row->address + offsetof(struct oc_key, choices);
    bool is_choice = row->key.type == OC_KEY_CHOICE;
    row->key.choices = row->choices;
    if (elf_pointer_at(row->look->elf, slot, &list) < 0 || list.kind == ELF_POINTER_EXTERNAL) {
        say(row, "choices", "a pointer out of the file", "a constant list of texts, ended by NULL", "");
        return;
    }
    if (list.kind == ELF_POINTER_NULL || !is_choice) {
        if (is_choice || list.kind != ELF_POINTER_NULL)
            say(row, "choices", is_choice ? "NULL" : "a list",
                is_choice ? "the words that are allowed, ended by NULL" : "NULL: only OC_KEY_CHOICE has choices", "");
        return;
    }
    for (uint32_t count = 0;; count++) {
        const char *choice;
        if (!elf_is_constant(row->look->elf, list.address + 8 * count, 8)) {
            say(row, "choices", "a list that is not constant data of the file",
                "static const char *const ...[], ended by NULL", "both words const are needed");
            return;
        }
        if (!look_text(row->look, list.address + 8 * count, "choice of a key", OC_KEY_VALUE_MAX, &choice))
            return;
        if (!choice && count == 0)
            say(row, "choices", "an empty list", "the words that are allowed, ended by NULL", "");
        if (!choice)
            return;
        if (count == OC_KEY_CHOICES_MAX) {
            say(row, "choices", "no end after 16 words", "at most 16, then NULL", "");
            return;
        }
        if (!choice[0])
            say(row, "choices", "an empty word", "words", "");
        for (uint32_t i = 0; i < count; i++)
            if (strcmp(row->choices[i], choice) == 0)
                say(row, "choices", choice, "each word once", "");
        row->choices[count] = choice;
    }
}

static uint32_t walk(struct look *look, struct load_info *info, uint64_t address, const char *list);

/* One level deep: a list inside a list is refused before it is walked. */
static void take_members(struct row *row, struct load_info *info)
{
    struct elf_pointer members;
    uint32_t fault_count = row->look->report->fault_count;
    uint64_t slot = row->address + offsetof(struct oc_key, members);
    bool is_list = row->key.type == OC_KEY_GROUPS;
    if (elf_pointer_at(row->look->elf, slot, &members) < 0 || members.kind == ELF_POINTER_EXTERNAL)
        say(row, "members", "a pointer out of the file", "a table of keys, ended by {0}", "");
    else if (!is_list && members.kind != ELF_POINTER_NULL)
        say(row, "members", "a table", "NULL: only OC_KEY_GROUPS has members", "");
    else if (is_list && row->list)
        say(row, "type", "groups", "no groups inside groups", "make the inner list a key of its own");
    else if (is_list && members.kind == ELF_POINTER_NULL)
        say(row, "members", "NULL", "the keys of each group, ended by {0}", "");
    else if (is_list && walk(row->look, info, members.address, row->key.name) == 0 &&
             row->look->report->fault_count == fault_count)
        say(row, "members", "an empty table", "at least one key in each group", "");
}

static void keep(struct row *row, struct load_info *info)
{
    struct load_report *report = row->look->report;
    const struct oc_key *key = &row->key;
    if (report->key_count == OC_KEYS_FILE_MAX) {
        say(row, "", "one more", "at most 256 keys and members in one file", "spread the plugins over several files");
        return;
    }
    struct load_key *kept = &report->keys[report->key_count++];
    info->key_count++;
    *kept = (struct load_key){.type = key->type, .bits = key->bits, .is_member = row->list != NULL};
    kept->has_fallback = key->fallback != NULL;
    snprintf(kept->name, sizeof kept->name, "%s", key->name);
    snprintf(kept->fallback, sizeof kept->fallback, "%s", key->fallback ? key->fallback : "");
    snprintf(kept->unit, sizeof kept->unit, "%s", key->unit ? key->unit : "");
    snprintf(kept->about, sizeof kept->about, "%s", key->about ? key->about : "");
    key_range(key, kept->range, sizeof kept->range);
}

static void refuse_doubled(struct row *row, const struct load_info *info, uint32_t first)
{
    const struct load_report *report = row->look->report;
    for (uint32_t i = first; i < info->key_first + info->key_count; i++)
        if (report->keys[i].is_member == (row->list != NULL) && strcmp(report->keys[i].name, row->key.name) == 0) {
            say(row, "name", row->key.name, "each key once in a table", "");
            return;
        }
}

/* One row. False: the table has ended, or cannot be followed. `first`: where the rows of this table
 * begin in the report. */
static bool take_row(struct look *look, struct load_info *info, uint64_t address, uint32_t number, const char *list,
                     uint32_t first)
{
    struct row row = {.look = look, .list = list, .address = address};
    struct oc_key *key = &row.key;
    const uint32_t rows_max = list ? OC_KEY_MEMBERS_MAX : OC_KEYS_MAX;
    char expected[64];
    snprintf(row.path, sizeof row.path, "%s%s%u", list ? list : "", list ? "." : "", number + 1);
    if (!elf_is_inside(look->elf, address, sizeof *key, PF_R) || !elf_is_constant(look->elf, address, sizeof *key)) {
        say(&row, "", "not in constant data of the file", "static const struct oc_key ...[], ended by {0}", "");
        return false;
    }
    if (is_zero(look->elf, address, sizeof *key))
        return false;
    if (number == rows_max) {
        snprintf(expected, sizeof expected, "at most %u rows, then {0}", rows_max);
        say(&row, "", "no end", expected, "end the table with {0}");
        return false;
    }
    if (!take(&row, offsetof(struct oc_key, name), "name", OC_KEY_NAME_MAX, &key->name))
        return true;
    if (!key->name) {
        say(&row, "name", "NULL", "a name, or a row of zeros at the end", "the rows behind it would be lost");
        return false;
    }
    snprintf(row.path, sizeof row.path, "%s%s%s", list ? list : "", list ? "." : "", key->name);
    judge_name(&row);
    refuse_doubled(&row, info, first);
    bool is_typed = take_type(&row);
    bool is_whole = take(&row, offsetof(struct oc_key, min), "min", OC_KEY_BOUND_MAX, &key->min);
    is_whole &= take(&row, offsetof(struct oc_key, max), "max", OC_KEY_BOUND_MAX, &key->max);
    is_whole &= take(&row, offsetof(struct oc_key, fallback), "fallback", OC_KEY_VALUE_MAX, &key->fallback);
    is_whole &= take(&row, offsetof(struct oc_key, unit), "unit", OC_KEY_UNIT_MAX, &key->unit);
    if (take(&row, offsetof(struct oc_key, about), "about", OC_KEY_ABOUT_MAX, &key->about) &&
        (!key->about || !key->about[0]))
        say(&row, "about", key->about ? "an empty text" : "NULL", "one line that says what the key does", "");
    if (is_typed)
        take_choices(&row);
    if (is_typed && is_whole) {
        judge_bounds(&row);
        judge_fallback(&row);
    }
    keep(&row, info);
    if (is_typed)
        take_members(&row, info);
    return true;
}

/* Returns how many rows were followed. */
static uint32_t walk(struct look *look, struct load_info *info, uint64_t address, const char *list)
{
    const uint32_t first = info->key_first + info->key_count;
    uint32_t number = 0;
    while (take_row(look, info, address + number * sizeof(struct oc_key), number, list, first))
        number++;
    return number;
}

void inspect_keys(struct look *look, struct load_info *info)
{
    struct elf_pointer table;
    info->key_first = look->report->key_count;
    if (info->size < offsetof(struct oc_plugin, keys) + sizeof(struct oc_key *))
        return;
    if (elf_pointer_at(look->elf, info->address + offsetof(struct oc_plugin, keys), &table) < 0 ||
        table.kind == ELF_POINTER_EXTERNAL) {
        look_say(look, "keys", "a pointer out of the file", "a table of keys in the file, ended by {0}, or NULL", "");
        return;
    }
    if (table.kind == ELF_POINTER_NULL)
        return;
    info->has_keys = true;
    info->keys_address = table.address;
    walk(look, info, table.address, NULL);
}

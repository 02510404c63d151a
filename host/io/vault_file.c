/* vault_file.c: the bytes of a vault: written under a new key each time, read with nothing taken on trust. */
#include <stdlib.h>
#include <string.h>

#include "io/seal.h"

enum {
    VERSION = 1,
    KDF_SCRYPT = 1,
    HEAD = 8 + 6 * 4 + VAULT_SALT, /* up to the wrapped key; is its plain part */
    WRAPPED = VAULT_NONCE + VAULT_KEY + VAULT_TAG,
    PLAIN_HEAD = VAULT_NAME_MAX + 3 * 4 + 2 * 8,
    PLAIN_FIELD = OC_VENUE_NAME_MAX + 4,
    PLAIN_MAX = PLAIN_HEAD + VAULT_FIELDS_MAX * PLAIN_FIELD,
    ENTRY_MAX = 8 + PLAIN_MAX + VAULT_NONCE + VAULT_FIELDS_MAX * VAULT_VALUE_MAX + VAULT_TAG,
    END = VAULT_NONCE + VAULT_TAG + 32
};

static const uint8_t magic[8] = {'O', 'C', 'V', 'A', 'U', 'L', 'T', '\n'};

/* Numbers. */

static void put_u32(uint8_t *to, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        to[i] = (uint8_t)(value >> 8 * i);
}

static void put_i64(uint8_t *to, int64_t value)
{
    put_u32(to, (uint32_t)value);
    put_u32(to + 4, (uint32_t)((uint64_t)value >> 32));
}

static uint32_t take_u32(const uint8_t *from)
{
    return (uint32_t)from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24;
}

static int64_t take_i64(const uint8_t *from)
{
    return (int64_t)((uint64_t)take_u32(from) | (uint64_t)take_u32(from + 4) << 32);
}

/* The plain part. */

static uint32_t put_plain(const struct vault_entry *entry, uint8_t *to)
{
    memset(to, 0, PLAIN_HEAD);
    memcpy(to, entry->name, strlen(entry->name));
    put_u32(to + VAULT_NAME_MAX, entry->env);
    put_u32(to + VAULT_NAME_MAX + 4, entry->algorithm);
    put_u32(to + VAULT_NAME_MAX + 8, entry->field_count);
    put_i64(to + VAULT_NAME_MAX + 12, entry->added_ns);
    put_i64(to + VAULT_NAME_MAX + 20, entry->rotated_ns);
    for (uint32_t i = 0; i < entry->field_count; i++) {
        uint8_t *field = to + PLAIN_HEAD + i * PLAIN_FIELD;
        memset(field, 0, PLAIN_FIELD);
        memcpy(field, entry->fields[i].name, strlen(entry->fields[i].name));
        put_u32(field + OC_VENUE_NAME_MAX, entry->fields[i].size);
    }
    return PLAIN_HEAD + entry->field_count * PLAIN_FIELD;
}

/* A text that ends in its room; of the letters that names have, for it is shown before it is proven. */
static bool take_text(const uint8_t *from, size_t room, char *to)
{
    static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    memcpy(to, from, room);
    to[room - 1] = 0;
    return from[room - 1] == 0 && to[0] && strspn(to, good) == strlen(to);
}

/* False: it is no plain part. *ret_hidden: how much is sealed behind it. */
static bool take_plain(const uint8_t *from, uint32_t size, struct vault_entry *ret_entry, uint32_t *ret_hidden)
{
    *ret_entry = (struct vault_entry){.env = OC_ENV_NONE};
    *ret_hidden = 0;
    if (size < PLAIN_HEAD || !take_text(from, VAULT_NAME_MAX, ret_entry->name))
        return false;
    ret_entry->env = take_u32(from + VAULT_NAME_MAX);
    ret_entry->algorithm = take_u32(from + VAULT_NAME_MAX + 4);
    ret_entry->field_count = take_u32(from + VAULT_NAME_MAX + 8);
    ret_entry->added_ns = take_i64(from + VAULT_NAME_MAX + 12);
    ret_entry->rotated_ns = take_i64(from + VAULT_NAME_MAX + 20);
    if (!vault_env_name(ret_entry->env) || (ret_entry->algorithm && !vault_algorithm_name(ret_entry->algorithm)) ||
        ret_entry->field_count > VAULT_FIELDS_MAX || size != PLAIN_HEAD + ret_entry->field_count * PLAIN_FIELD)
        return false;
    for (uint32_t i = 0; i < ret_entry->field_count; i++) {
        const uint8_t *field = from + PLAIN_HEAD + i * PLAIN_FIELD;
        const uint32_t length = take_u32(field + OC_VENUE_NAME_MAX);
        if (!take_text(field, OC_VENUE_NAME_MAX, ret_entry->fields[i].name) || !length || length > VAULT_VALUE_MAX)
            return false;
        ret_entry->fields[i].at = *ret_hidden;
        ret_entry->fields[i].size = length;
        *ret_hidden += length;
    }
    return true;
}

/* Writing. */

struct writing {
    uint8_t *bytes;
    uint32_t size;
    uint8_t key[VAULT_KEY]; /* of this file */
    uint8_t plain[4 + PLAIN_MAX];
};

/* size of plain, plain, nonce, values, tag. What is sealed under: its place, and the plain part. */
static oc_rc write_entry(struct writing *writing, const struct vault_entry *entry, uint32_t place)
{
    const uint32_t plain_size = put_plain(entry, writing->plain + 4);
    const uint32_t whole = 8 + plain_size + VAULT_NONCE + entry->values.size + VAULT_TAG;
    uint8_t *at = writing->bytes + writing->size;
    if (whole > VAULT_FILE_MAX - END - writing->size)
        return OC_E_LIMIT;
    put_u32(writing->plain, place);
    put_u32(at, whole);
    put_u32(at + 4, plain_size);
    memcpy(at + 8, writing->plain + 4, plain_size);
    uint8_t *nonce = at + 8 + plain_size;
    oc_rc rc = env_random(nonce, VAULT_NONCE);
    const struct sealed sealed = {nonce, writing->plain, 4 + plain_size, entry->values.size};
    if (rc == OC_OK)
        rc = seal_close(writing->key, &sealed, entry->values.bytes, nonce + VAULT_NONCE);
    writing->size += whole;
    return rc;
}

static oc_rc write_head(struct writing *writing, const struct vault *vault)
{
    uint8_t *at = writing->bytes;
    const uint32_t numbers[] = {VERSION,       KDF_SCRYPT,    vault->cost.log2_n,
                                vault->cost.r, vault->cost.p, vault->entry_count};
    memcpy(at, magic, sizeof magic);
    for (uint32_t i = 0; i < 6; i++)
        put_u32(at + 8 + 4 * i, numbers[i]);
    memcpy(at + 8 + 24, vault->salt, VAULT_SALT);
    const struct sealed sealed = {at + HEAD, at, HEAD, VAULT_KEY};
    writing->size = HEAD + WRAPPED;
    oc_rc rc = env_random(writing->key, VAULT_KEY);
    if (rc == OC_OK)
        rc = env_random(at + HEAD, VAULT_NONCE);
    return rc < 0 ? rc : seal_close(vault->key.bytes, &sealed, writing->key, at + HEAD + VAULT_NONCE);
}

static oc_rc write_end(struct writing *writing)
{
    uint8_t *at = writing->bytes + writing->size;
    const struct sealed sealed = {at, writing->bytes, writing->size, 0};
    oc_rc rc = env_random(at, VAULT_NONCE);
    if (rc == OC_OK)
        rc = seal_close(writing->key, &sealed, NULL, at + VAULT_NONCE);
    writing->size += VAULT_NONCE + VAULT_TAG;
    if (rc == OC_OK)
        rc = seal_sum(writing->bytes, writing->size, writing->bytes + writing->size);
    writing->size += 32;
    return rc;
}

oc_rc vault_write(const struct vault *vault, uint8_t **ret_bytes, uint32_t *ret_size)
{
    struct env_secret room = {0}; /* the key of the file lies there */
    if (!vault->is_open)
        return OC_E_STATE;
    oc_rc rc = env_secret_new(sizeof(struct writing), &room);
    if (rc < 0)
        return rc;
    struct writing *writing = (struct writing *)(void *)room.bytes;
    writing->bytes = malloc(VAULT_FILE_MAX);
    rc = writing->bytes ? write_head(writing, vault) : (oc_rc)OC_E_NOMEM;
    for (uint32_t i = 0; i < vault->entry_count && rc == OC_OK; i++)
        rc = write_entry(writing, &vault->entries[i], i);
    if (rc == OC_OK)
        rc = write_end(writing);
    if (rc == OC_OK) {
        *ret_bytes = writing->bytes;
        *ret_size = writing->size;
    } else {
        free(writing->bytes);
    }
    env_secret_free(&room);
    return rc;
}

/* Reading. */

struct reading {
    const uint8_t *bytes;
    uint32_t size, at;
    const char *where;
    struct error *error;
};

static oc_rc damaged(const struct reading *reading, const char *what)
{
    error_at(reading->error, OC_E_DATA, "%s", reading->where);
    error_what(reading->error, "%s", what);
    error_remedy(reading->error, "bring a copy of it back, or add its keys anew");
    return OC_E_DATA;
}

static oc_rc read_head(struct reading *reading, struct vault *vault, uint32_t *ret_entries)
{
    const uint8_t *at = reading->bytes;
    uint8_t sum[32];
    if (reading->size < HEAD + WRAPPED + END || memcmp(at, magic, sizeof magic) != 0)
        return damaged(reading, "it is no vault, or only the beginning of one");
    const oc_rc rc = seal_sum(at, reading->size - 32, sum);
    if (rc < 0)
        return error_of_code(reading->error, rc, reading->where, "it could not be read");
    if (memcmp(sum, at + reading->size - 32, 32) != 0)
        return damaged(reading, "the file is damaged: its checksum is another");
    if (take_u32(at + 8) != VERSION || take_u32(at + 12) != KDF_SCRYPT)
        return error_of_code(reading->error, OC_E_TOO_NEW, reading->where, "the vault");
    vault->cost = (struct vault_cost){take_u32(at + 16), take_u32(at + 20), take_u32(at + 24)};
    *ret_entries = take_u32(at + 28);
    memcpy(vault->salt, at + 32, VAULT_SALT);
    reading->at = HEAD + WRAPPED;
    return *ret_entries <= VAULT_ENTRIES_MAX ? (oc_rc)OC_OK : damaged(reading, "it names too many keys");
}

/* `key` NULL: the plain part alone. */
static oc_rc read_entry(struct reading *reading, const uint8_t *key, uint32_t place, struct vault_entry *ret_entry)
{
    const uint8_t *at = reading->bytes + reading->at;
    const uint32_t left = reading->size - END - reading->at;
    uint8_t plain[4 + PLAIN_MAX];
    uint32_t hidden;
    const uint32_t whole = left >= 8 ? take_u32(at) : 0, plain_size = left >= 8 ? take_u32(at + 4) : 0;
    if (whole < 8 || whole > left || whole > ENTRY_MAX || plain_size > PLAIN_MAX || plain_size > whole - 8 ||
        !take_plain(at + 8, plain_size, ret_entry, &hidden) ||
        whole != 8 + plain_size + VAULT_NONCE + hidden + VAULT_TAG)
        return damaged(reading, "an entry is not as it should be");
    reading->at += whole;
    if (!key)
        return OC_OK;
    put_u32(plain, place);
    memcpy(plain + 4, at + 8, plain_size);
    const struct sealed sealed = {at + 8 + plain_size, plain, 4 + plain_size, hidden};
    oc_rc rc = env_secret_new(hidden ? hidden : 1, &ret_entry->values);
    if (rc == OC_OK)
        rc = seal_open(key, &sealed, at + 8 + plain_size + VAULT_NONCE, ret_entry->values.bytes);
    ret_entry->values.size = hidden;
    if (rc == OC_OK)
        return OC_OK;
    env_secret_free(&ret_entry->values);
    return rc == OC_E_DATA ? damaged(reading, "an entry was changed: it does not open under the vault's key")
                           : error_of_code(reading->error, rc, reading->where, "it could not be opened");
}

static void drop_entries(struct vault *vault)
{
    while (vault->entry_count)
        vault_remove(vault, &vault->entries[vault->entry_count - 1]);
    vault->is_open = false;
}

static oc_rc read_entries(struct reading *reading, struct vault *vault, const uint8_t *key, uint32_t entries)
{
    for (uint32_t i = 0; i < entries; i++) {
        struct vault_entry entry;
        const oc_rc rc = read_entry(reading, key, i, &entry);
        if (rc < 0)
            return rc;
        const bool is_known = vault_find(vault, entry.name) != NULL;
        vault->entries[vault->entry_count++] = entry;
        if (is_known)
            return damaged(reading, "two keys of one name");
    }
    return reading->at == reading->size - END ? (oc_rc)OC_OK : damaged(reading, "there is more behind its last key");
}

/* The key of the file, then each entry, then the whole. */
static oc_rc open_all(struct reading *reading, struct vault *vault, const uint8_t *passphrase_key, uint32_t entries,
                      uint8_t *key)
{
    uint8_t none;
    const uint8_t *head = reading->bytes, *end = head + reading->size - END;
    const struct sealed wrapped = {head + HEAD, head, HEAD, VAULT_KEY};
    oc_rc rc = seal_open(passphrase_key, &wrapped, head + HEAD + VAULT_NONCE, key);
    if (rc == OC_E_DATA) {
        error_at(reading->error, OC_E_STATE, "%s", reading->where);
        error_what(reading->error,
                   "the passphrase is wrong (the file itself is whole, unless somebody changed it and its "
                   "checksum)");
        error_remedy(reading->error, "try again; without it nobody can open these keys");
        return OC_E_STATE;
    }
    if (rc < 0)
        return error_of_code(reading->error, rc, reading->where, "it could not be opened");
    rc = read_entries(reading, vault, key, entries);
    const struct sealed whole = {end, head, reading->size - END, 0};
    if (rc == OC_OK && seal_open(key, &whole, end + VAULT_NONCE, &none) < 0)
        rc = damaged(reading, "it was changed as a whole: it does not open under the vault's key");
    return rc;
}

oc_rc vault_read(struct vault *vault, const uint8_t *bytes, uint32_t size, const uint8_t *key, const char *where,
                 struct error *ret_error)
{
    struct reading reading = {bytes, size, 0, where, ret_error};
    struct env_secret own = {0};
    uint32_t entries = 0;
    drop_entries(vault);
    oc_rc rc = read_head(&reading, vault, &entries);
    if (rc == OC_OK && !key)
        rc = read_entries(&reading, vault, NULL, entries);
    if (rc == OC_OK && key) {
        rc = env_secret_new(VAULT_KEY, &own);
        rc = rc < 0 ? error_of_code(ret_error, rc, where, "it could not be opened")
                    : open_all(&reading, vault, key, entries, own.bytes);
        env_secret_free(&own);
        vault->is_open = rc == OC_OK;
    }
    if (rc < 0)
        drop_entries(vault);
    return rc;
}

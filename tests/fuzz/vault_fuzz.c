/* vault_fuzz.c: bytes of a vault, good and bad, whose checksum is made anew so that more is read than it. What must hold: no crash, no entry
 * where it is refused, and what is opened is within the bytes. */
#include <stdlib.h>
#include <string.h>

#include "io/seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct vault *vault;
static const uint8_t key[VAULT_KEY] = {7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
                                       7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7};

/* What is written under the key is read; then the data are laid over it. */
static uint8_t *sample(uint32_t *ret_size)
{
    struct vault *own = vault_new();
    struct vault_entry *entry;
    struct env_secret value = {0};
    uint8_t *bytes = NULL;
    if (!own || env_secret_new(VAULT_KEY, &own->key) < 0 || env_secret_new(8, &value) < 0 ||
        vault_add(own, "a", OC_ENV_LIVE, &entry) < 0)
        abort();
    memcpy(own->key.bytes, key, VAULT_KEY);
    memcpy(value.bytes, "value", value.size = 5);
    own->is_open = true;
    if (vault_set(entry, "secret", &value) < 0 || vault_write(own, &bytes, ret_size) < 0)
        abort();
    env_secret_free(&value);
    vault_free(own);
    return bytes;
}

static void read_it(uint8_t *bytes, uint32_t size, const uint8_t *with)
{
    struct error error;
    if (size >= 32 && seal_sum(bytes, size - 32, bytes + size - 32) < 0)
        abort();
    const oc_rc rc = vault_read(vault, bytes, size, with, "fuzz", &error);
    if (rc < 0 && (vault->entry_count || vault->is_open || !error_is_set(&error)))
        abort();
    for (uint32_t i = 0; i < vault->entry_count; i++)
        for (uint32_t k = 0; with && k < vault->entries[i].field_count; k++)
            if (vault->entries[i].fields[k].at + vault->entries[i].fields[k].size > vault->entries[i].values.size)
                abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *bytes = malloc(size + 1);
    if (!vault)
        vault = vault_new();
    if (!bytes || !vault || size > VAULT_FILE_MAX)
        abort();
    if (size) /* as it came */
        memcpy(bytes, data, size);
    read_it(bytes, (uint32_t)size, NULL);
    read_it(bytes, (uint32_t)size, key);
    free(bytes);
    uint32_t whole;
    bytes = sample(&whole);
    for (size_t i = 0; i + 3 <= size; i += 3) { /* place and byte */
        const uint32_t at = ((uint32_t)data[i] << 8 | data[i + 1]) % whole;
        bytes[at] ^= data[i + 2];
    }
    read_it(bytes, whole, NULL);
    read_it(bytes, whole, key);
    free(bytes);
    return 0;
}

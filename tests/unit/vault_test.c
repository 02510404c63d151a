/* vault_test.c: a vault opens with its passphrase and as a whole, or says what is wrong; its key costs this process no memory. */
#include "io/vault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/seal.h"

static char folder[] = "/tmp/vault_test.XXXXXX";
static char path[64];

static struct env_secret secret_of(const char *text)
{
    struct env_secret secret;
    assert_int_equal(env_secret_new((uint32_t)strlen(text) + 1, &secret), OC_OK);
    memcpy(secret.bytes, text, strlen(text));
    secret.size = (uint32_t)strlen(text);
    return secret;
}

static void set(struct vault_entry *entry, const char *field, const char *text, oc_rc rc)
{
    struct env_secret value = secret_of(text);
    assert_int_equal(vault_set(entry, field, &value), rc);
    env_secret_free(&value);
}

/* Two keys; the key that the passphrase makes is given, so that no test waits for scrypt. */
static struct vault *sample(void)
{
    struct vault *vault = vault_new();
    struct vault_entry *entry;
    assert_int_equal(vault_add(vault, "first", OC_ENV_TESTNET, &entry), OC_OK);
    entry->algorithm = OC_SIGN_HMAC_SHA256;
    entry->added_ns = 1234567890;
    set(entry, "api_key", "the key", OC_OK);
    set(entry, "secret", "the secret of the first", OC_OK);
    assert_int_equal(vault_add(vault, "second", OC_ENV_LIVE, &entry), OC_OK);
    set(entry, "secret", "another", OC_OK);
    assert_int_equal(env_secret_new(VAULT_KEY, &vault->key), OC_OK);
    memset(vault->key.bytes, 7, VAULT_KEY);
    vault->is_open = true;
    return vault;
}

static void has(const struct vault *vault, uint32_t place, const char *field, const char *value)
{
    const struct vault_entry *entry = &vault->entries[place];
    const struct vault_field *found = vault_field(entry, field);
    assert_non_null(found);
    assert_int_equal(found->size, strlen(value));
    assert_memory_equal(entry->values.bytes + found->at, value, found->size);
}

/* RFC 7914 by way of another program (its salts are of other sizes), and the smallest and largest that is taken from a file. */
static void a_passphrase_makes_its_key(void **state)
{
    (void)state;
    static const struct {
        const char *passphrase, *salt, *key;
        struct vault_cost cost;
    } known[] = {{"pleaseletmein",
                  "SodiumChloride16",
                  "cb07772ae1b937be7effe9ff0a37ea778aa3cd041a9d1d6323548f7eb14a5cd6",
                  {14, 8, 1}},
                 {"correct horse",
                  "0123456789abcdef",
                  "aa6b264e05219145de9ee3be635c6926423619248d53fbe162940b97c1766983",
                  {17, 8, 1}}};
    for (size_t i = 0; i < 2; i++) {
        struct env_secret passphrase = secret_of(known[i].passphrase);
        uint8_t key[VAULT_KEY];
        char text[65];
        assert_int_equal(seal_derive(&known[i].cost, (const uint8_t *)known[i].salt, &passphrase, key), OC_OK);
        for (int k = 0; k < VAULT_KEY; k++)
            sprintf(text + 2 * k, "%02x", key[k]);
        assert_string_equal(text, known[i].key);
        env_secret_free(&passphrase);
    }
    static const struct vault_cost bad[] = {{9, 8, 1}, {21, 8, 1}, {20, 16, 1}, {17, 0, 1}, {17, 8, 5}, {17, 8, 0}};
    struct env_secret passphrase = secret_of("x");
    uint8_t key[VAULT_KEY];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(seal_derive(&bad[i], (const uint8_t *)"0123456789abcdef", &passphrase, key), OC_E_INVALID);
    env_secret_free(&passphrase);
}

/* VmHWM is what this process has held at most: the 128 MiB were another's. */
static long peak_kib(void)
{
    char line[256];
    long peak = -1;
    FILE *status = fopen("/proc/self/status", "r");
    assert_non_null(status);
    while (fgets(line, sizeof line, status))
        (void)sscanf(line, "VmHWM: %ld", &peak);
    fclose(status);
    return peak;
}

static void the_memory_of_scrypt_is_a_childs(void **state)
{
    (void)state;
    struct env_secret passphrase = secret_of("correct horse");
    uint8_t key[VAULT_KEY];
    const struct vault_cost cost = {17, 8, 1};
    const long before = peak_kib();
    assert_int_equal(seal_derive(&cost, (const uint8_t *)"0123456789abcdef", &passphrase, key), OC_OK);
    assert_true(peak_kib() - before < 16 << 10);
    env_secret_free(&passphrase);
}

/* Test case 16 of the paper that made GCM. */
static void the_cipher_is_that_of_the_paper(void **state)
{
    (void)state;
    static const char key_hex[] = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
    static const char nonce_hex[] = "cafebabefacedbaddecaf888",
                      plain_hex[] = "feedfacedeadbeeffeedfacedeadbeefabaddad2";
    static const char open_hex[] = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                                   "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";
    static const char hidden_hex[] = "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                                     "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
                                     "76fc6ece0f4e1768cddf8853bb2d551b";
    uint8_t bytes[4][80], hidden[80], open[80];
    const char *const texts[] = {key_hex, nonce_hex, plain_hex, open_hex};
    for (int i = 0; i < 4; i++)
        for (size_t k = 0; texts[i][2 * k]; k++) {
            unsigned byte;
            assert_int_equal(sscanf(texts[i] + 2 * k, "%2x", &byte), 1);
            bytes[i][k] = (uint8_t)byte;
        }
    const struct sealed sealed = {bytes[1], bytes[2], 20, 60};
    char text[160];
    assert_int_equal(seal_close(bytes[0], &sealed, bytes[3], hidden), OC_OK);
    for (int i = 0; i < 76; i++)
        sprintf(text + 2 * i, "%02x", hidden[i]);
    assert_string_equal(text, hidden_hex);
    assert_int_equal(seal_open(bytes[0], &sealed, hidden, open), OC_OK);
    assert_memory_equal(open, bytes[3], 60);
    hidden[75] ^= 1;
    assert_int_equal(seal_open(bytes[0], &sealed, hidden, open), OC_E_DATA);
    assert_true(open[0] == 0 && open[59] == 0);
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    struct vault *vault = sample(), *read = vault_new();
    struct error error;
    uint8_t *bytes, *again;
    uint32_t size, again_size;
    assert_int_equal(vault_write(vault, &bytes, &size), OC_OK);
    assert_int_equal(vault_write(vault, &again, &again_size), OC_OK);
    assert_int_equal(size, again_size);
    assert_memory_not_equal(bytes, again, size); /* another key each time */
    for (uint32_t i = 0; i + 10 < size; i++)
        assert_memory_not_equal(bytes + i, "the secret", 10);
    assert_int_equal(vault_read(read, bytes, size, vault->key.bytes, "v", &error), OC_OK);
    assert_true(read->is_open);
    assert_int_equal(read->entry_count, 2);
    assert_int_equal(read->entries[0].env, OC_ENV_TESTNET);
    assert_int_equal(read->entries[0].algorithm, OC_SIGN_HMAC_SHA256);
    assert_int_equal(read->entries[0].added_ns, 1234567890);
    has(read, 0, "api_key", "the key");
    has(read, 0, "secret", "the secret of the first");
    has(read, 1, "secret", "another");
    assert_int_equal(vault_read(read, bytes, size, NULL, "v", &error), OC_OK);
    assert_false(read->is_open);
    assert_int_equal(read->entry_count, 2);
    assert_null(read->entries[0].values.bytes);
    free(bytes);
    free(again);
    vault_free(vault);
    vault_free(read);
}

/* Each byte changed: without the sum made anew the file is damaged; with it, the passphrase is wrong or an entry was changed. */
static void each_changed_byte_is_seen(void **state)
{
    (void)state;
    struct vault *vault = sample(), *read = vault_new();
    struct error error;
    uint8_t *bytes;
    uint32_t size;
    assert_int_equal(vault_write(vault, &bytes, &size), OC_OK);
    for (uint32_t i = 0; i < size; i++) {
        bytes[i] ^= (uint8_t)(1u << i % 8);
        assert_int_equal(vault_read(read, bytes, size, vault->key.bytes, "v", &error), OC_E_DATA);
        assert_int_equal(read->entry_count, 0);
        if (i < size - 32) {
            uint8_t sum[32];
            memcpy(sum, bytes + size - 32, 32);
            assert_int_equal(seal_sum(bytes, size - 32, bytes + size - 32), OC_OK);
            const oc_rc rc = vault_read(read, bytes, size, vault->key.bytes, "v", &error);
            assert_true(rc == OC_E_DATA || rc == OC_E_STATE || rc == OC_E_TOO_NEW);
            assert_int_equal(read->entry_count, 0);
            memcpy(bytes + size - 32, sum, 32);
        }
        bytes[i] ^= (uint8_t)(1u << i % 8);
    }
    for (uint32_t cut = 0; cut < size; cut++)
        assert_int_equal(vault_read(read, bytes, cut, vault->key.bytes, "v", &error), OC_E_DATA);
    free(bytes);
    vault_free(vault);
    vault_free(read);
}

static uint32_t entry_size(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* Somebody who can write the file and make its sum anew, and does not know the passphrase. */
static void entries_cannot_be_moved_or_left_out(void **state)
{
    (void)state;
    enum { ENTRIES = 48 + 12 + 32 + 16 };
    struct vault *vault = sample(), *read = vault_new();
    struct error error;
    uint8_t *bytes, other[4096];
    uint32_t size;
    assert_int_equal(vault_write(vault, &bytes, &size), OC_OK);
    const uint32_t first = entry_size(bytes + ENTRIES), second = entry_size(bytes + ENTRIES + first);
    /* Exchanged. */
    memcpy(other, bytes, size);
    memcpy(other + ENTRIES, bytes + ENTRIES + first, second);
    memcpy(other + ENTRIES + second, bytes + ENTRIES, first);
    assert_int_equal(seal_sum(other, size - 32, other + size - 32), OC_OK);
    assert_int_equal(vault_read(read, other, size, vault->key.bytes, "v", &error), OC_E_DATA);
    assert_non_null(strstr(error.what, "changed"));
    /* The second left out: the number of entries is under the wrapped key. */
    memcpy(other, bytes, size);
    memmove(other + ENTRIES + first, other + ENTRIES + first + second, size - ENTRIES - first - second);
    other[28] = 1;
    assert_int_equal(seal_sum(other, size - second - 32, other + size - second - 32), OC_OK);
    assert_int_equal(vault_read(read, other, size - second, vault->key.bytes, "v", &error), OC_E_STATE);
    free(bytes);
    vault_free(vault);
    vault_free(read);
}

static void a_wrong_passphrase_is_told_from_damage(void **state)
{
    (void)state;
    struct vault *vault = vault_new(), *read = vault_new();
    struct vault_entry *entry;
    struct error error;
    struct env_secret right = secret_of("correct horse"), wrong = secret_of("wrong horse"), weak = secret_of("1234567");
    int lock, second;
    assert_int_equal(vault_set_passphrase(vault, &weak, &error), OC_E_INVALID);
    assert_int_equal(vault_set_passphrase(vault, &right, &error), OC_OK);
    assert_int_equal(vault_add(vault, "mine", OC_ENV_LOCAL, &entry), OC_OK);
    set(entry, "secret", "value", OC_OK);
    assert_int_equal(vault_list(read, path, &error), OC_E_NOT_FOUND);
    assert_int_equal(vault_begin(path, &lock, &error), OC_OK);
    assert_int_equal(vault_begin(path, &second, &error), OC_E_STATE);
    assert_int_equal(vault_save(vault, path, &error), OC_OK);
    vault_end(lock);
    assert_int_equal(vault_open(read, path, &right, &error), OC_OK);
    has(read, 0, "secret", "value");
    assert_int_equal(vault_open(read, path, &wrong, &error), OC_E_STATE);
    assert_non_null(strstr(error.what, "the passphrase is wrong"));
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(vault_open(read, path, &right, &error), OC_E_DENIED);
    assert_int_equal(chmod(path, 0600), 0);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, 60, SEEK_SET), 0);
    const int byte = fgetc(file) ^ 1; /* of a number drawn at random: whatever it is, another */
    assert_int_equal(fseek(file, 60, SEEK_SET), 0);
    assert_int_equal(fputc(byte, file), byte);
    fclose(file);
    assert_int_equal(vault_open(read, path, &right, &error), OC_E_DATA);
    assert_non_null(strstr(error.what, "damaged"));
    vault_free(vault);
    vault_free(read);
    env_secret_free(&right);
    env_secret_free(&wrong);
    env_secret_free(&weak);
}

static void limits_and_names(void **state)
{
    (void)state;
    struct vault *vault = vault_new();
    struct vault_entry *entry = NULL;
    static const char *const bad[] = {"", "a b", "a/b", "\xc3\xa4", "123456789012345678901234567890123456789012345678"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(vault_add(vault, bad[i], OC_ENV_LIVE, &entry), OC_E_INVALID);
    assert_int_equal(vault_add(vault, "a", OC_ENV_NONE, &entry), OC_E_INVALID);
    assert_int_equal(vault_add(vault, "a", OC_ENV_LOCAL + 1, &entry), OC_E_INVALID);
    assert_int_equal(vault_add(vault, "12345678901234567890123456789012345678901234567", OC_ENV_LIVE, &entry), OC_OK);
    assert_int_equal(vault_add(vault, "12345678901234567890123456789012345678901234567", OC_ENV_LIVE, &entry),
                     OC_E_EXISTS);
    entry = &vault->entries[0];
    for (int i = 0; i < VAULT_FIELDS_MAX; i++) {
        char name[8];
        snprintf(name, sizeof name, "f%d", i);
        set(entry, name, name, OC_OK);
    }
    set(entry, "more", "x", OC_E_LIMIT);
    set(entry, "f3", "", OC_E_INVALID);
    set(entry, "f3", "longer than it was", OC_OK);
    has(vault, 0, "f3", "longer than it was");
    has(vault, 0, "f15", "f15");
    struct env_secret large;
    assert_int_equal(env_secret_new(VAULT_VALUE_MAX + 1, &large), OC_OK);
    memset(large.bytes, 'x', large.size = VAULT_VALUE_MAX);
    assert_int_equal(vault_set(entry, "f1", &large), OC_OK);
    large.size++;
    assert_int_equal(vault_set(entry, "f1", &large), OC_E_LIMIT);
    env_secret_free(&large);
    for (uint32_t i = vault->entry_count; i < VAULT_ENTRIES_MAX; i++) {
        char name[8];
        snprintf(name, sizeof name, "e%u", i);
        assert_int_equal(vault_add(vault, name, OC_ENV_LIVE, &entry), OC_OK);
    }
    assert_int_equal(vault_add(vault, "more", OC_ENV_LIVE, &entry), OC_E_LIMIT);
    vault_remove(vault, vault_find(vault, "e5"));
    assert_null(vault_find(vault, "e5"));
    assert_non_null(vault_find(vault, "e6"));
    assert_int_equal(vault->entry_count, VAULT_ENTRIES_MAX - 1);
    vault_free(vault);
}

static int begin(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return 1;
    snprintf(path, sizeof path, "%s/deep/er/keys.vault", folder);
    return 0;
}

static int end(void **state)
{
    char lock[80];
    (void)state;
    snprintf(lock, sizeof lock, "%s.lock", path);
    (void)unlink(path);
    (void)unlink(lock);
    snprintf(lock, sizeof lock, "%s/deep/er", folder);
    (void)rmdir(lock);
    snprintf(lock, sizeof lock, "%s/deep", folder);
    (void)rmdir(lock);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_memory_of_scrypt_is_a_childs), /* before others have held more */
        cmocka_unit_test(a_passphrase_makes_its_key),
        cmocka_unit_test(the_cipher_is_that_of_the_paper),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(each_changed_byte_is_seen),
        cmocka_unit_test(entries_cannot_be_moved_or_left_out),
        cmocka_unit_test(a_wrong_passphrase_is_told_from_damage),
        cmocka_unit_test(limits_and_names),
    };
    return cmocka_run_group_tests(tests, begin, end);
}

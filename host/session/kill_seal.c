/* kill_seal.c: the file: magic, the number of its key (16 bytes), a nonce, then what is hidden and its tag. Hidden is a list of values:
 * venue (PART_NAME_MAX bytes), account, environment, algorithm, field, size (32 bits each, little end first), bytes. */
#include "session/kill_seal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/env_socket.h"
#include "io/seal.h"

enum {
    ID = 16,
    MAGIC = 16,
    PLAIN = MAGIC + ID,
    HEAD = PLAIN + VAULT_NONCE,
    ROW = PART_NAME_MAX + 5 * 4,
    HIDDEN_MAX = 1 << 18
};

static const uint8_t magic[MAGIC] = "outcry-seal 1\n";

static void put_u32(uint8_t *to, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        to[i] = (uint8_t)(value >> 8 * i);
}

static uint32_t take_u32(const uint8_t *from)
{
    return (uint32_t)from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24;
}

/* The name of the key's file, and its folder. */
static oc_rc key_place(const uint8_t id[ID], char folder[ENV_SOCKET_PATH_MAX], char name[64])
{
    int at = snprintf(name, 64, "seal-");
    for (int i = 0; i < ID; i++)
        at += snprintf(name + at, (size_t)(64 - at), "%02x", id[i]);
    snprintf(name + at, (size_t)(64 - at), ".key");
    return env_runtime_dir(folder, ENV_SOCKET_PATH_MAX);
}

static oc_rc failed(struct error *ret_error, oc_rc rc, const char *what)
{
    return error_say(ret_error, rc, KILL_SEAL_FILE, "%s: %s", what,
                     env_error_text()[0] ? env_error_text() : error_name(rc));
}

/* Writing. */

static oc_rc add_value(struct env_secret *hidden, const char *venue, const struct keyring_account *account,
                       uint32_t field)
{
    const struct env_secret *value = &account->values[field];
    uint8_t *at = hidden->bytes + hidden->size;
    const uint32_t numbers[] = {account->account, account->env, account->algorithm, field + 1, value->size};
    if (value->size > hidden->room - VAULT_TAG - hidden->size ||
        hidden->room - VAULT_TAG - hidden->size - value->size < ROW)
        return OC_E_LIMIT;
    memset(at, 0, PART_NAME_MAX);
    snprintf((char *)at, PART_NAME_MAX, "%s", venue);
    for (int i = 0; i < 5; i++)
        put_u32(at + PART_NAME_MAX + 4 * i, numbers[i]);
    memcpy(at + ROW, value->bytes, value->size);
    hidden->size += ROW + value->size;
    return OC_OK;
}

static oc_rc gather(const struct links *links, struct env_secret *hidden)
{
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < links->count; i++) {
        const struct venue_link *link = links->list[i];
        for (uint32_t k = 0; k < link->keyring.count; k++)
            for (uint32_t f = 0; f < OC_VENUE_CREDENTIALS_MAX && rc == OC_OK; f++)
                if (link->keyring.accounts[k].values[f].size)
                    rc = add_value(hidden, link->name, &link->keyring.accounts[k], f);
    }
    return rc;
}

/* The key first: a seal whose key is not there opens nothing, and says so. */
static oc_rc write_both(const char *dir, struct env_secret *hidden)
{
    uint8_t head[HEAD], key[VAULT_KEY];
    char folder[ENV_SOCKET_PATH_MAX], name[64];
    memcpy(head, magic, MAGIC);
    oc_rc rc = env_random(head + MAGIC, ID + VAULT_NONCE);
    if (rc == OC_OK)
        rc = env_random(key, sizeof key);
    if (rc == OC_OK)
        rc = key_place(head + MAGIC, folder, name);
    uint8_t *file = rc == OC_OK ? malloc(HEAD + hidden->size + VAULT_TAG) : NULL;
    if (rc == OC_OK && !file)
        rc = OC_E_NOMEM;
    if (rc == OC_OK) {
        const struct sealed sealed = {.nonce = head + PLAIN, .plain = head, .plain_size = PLAIN, .size = hidden->size};
        memcpy(file, head, HEAD);
        rc = seal_close(key, &sealed, hidden->bytes, file + HEAD);
    }
    if (rc == OC_OK)
        rc = env_replace_private(folder, name, key, sizeof key);
    if (rc == OC_OK)
        rc = env_replace_private(dir, KILL_SEAL_FILE, file, HEAD + hidden->size + VAULT_TAG);
    explicit_bzero(key, sizeof key);
    free(file);
    return rc;
}

oc_rc kill_seal_write(const struct links *links, const char *dir, struct error *ret_error)
{
    struct env_secret hidden;
    kill_seal_remove(dir);
    oc_rc rc = env_secret_new(HIDDEN_MAX + VAULT_TAG, &hidden);
    if (rc == OC_OK)
        rc = gather(links, &hidden);
    if (rc == OC_OK && hidden.size)
        rc = write_both(dir, &hidden);
    env_secret_free(&hidden);
    return rc < 0 ? failed(ret_error, rc, "the credentials for `outcry kill` could not be sealed") : rc;
}

/* Reading. */

static oc_rc take_values(const struct env_secret *hidden, const char *venue, struct keyring *keyring)
{
    uint32_t at = 0;
    oc_rc rc = OC_OK;
    while (rc == OC_OK && hidden->size - at >= ROW) {
        const uint8_t *row = hidden->bytes + at;
        uint32_t numbers[5];
        struct env_secret value;
        for (int i = 0; i < 5; i++)
            numbers[i] = take_u32(row + PART_NAME_MAX + 4 * i);
        if (numbers[4] > hidden->size - at - ROW || memchr(row, 0, PART_NAME_MAX) == NULL)
            return OC_E_DATA;
        at += ROW + numbers[4];
        if (strcmp((const char *)row, venue) != 0)
            continue;
        struct keyring_account *account = (struct keyring_account *)(uintptr_t)keyring_find(keyring, numbers[0]);
        if (!account)
            rc = keyring_add(keyring, numbers[0], numbers[1], numbers[2], &account);
        if (rc == OC_OK)
            rc = env_secret_new(numbers[4], &value);
        if (rc < 0)
            break;
        memcpy(value.bytes, row + ROW, numbers[4]);
        value.size = numbers[4];
        rc = keyring_set(keyring, account, (uint16_t)numbers[3], true, &value);
        env_secret_free(&value);
    }
    return rc == OC_OK && at != hidden->size ? (oc_rc)OC_E_DATA : rc;
}

static oc_rc read_key(const uint8_t id[ID], struct env_secret *key)
{
    char folder[ENV_SOCKET_PATH_MAX], name[64], path[ENV_PATH_MAX];
    oc_rc rc = key_place(id, folder, name);
    if (rc == OC_OK)
        rc = env_path(path, folder, name);
    if (rc == OC_OK)
        rc = env_secret_new(VAULT_KEY, key);
    if (rc == OC_OK)
        rc = env_secret_file(path, key);
    return rc == OC_OK && key->size != VAULT_KEY ? (oc_rc)OC_E_DATA : rc;
}

static oc_rc open_file(const uint8_t *file, size_t size, const char *venue, struct keyring *keyring)
{
    struct env_secret key = {0}, hidden = {0};
    if (size < HEAD + VAULT_TAG || size > HEAD + HIDDEN_MAX + VAULT_TAG || memcmp(file, magic, MAGIC) != 0)
        return OC_E_DATA;
    const struct sealed sealed = {
        .nonce = file + PLAIN, .plain = file, .plain_size = PLAIN, .size = (uint32_t)(size - HEAD - VAULT_TAG)};
    oc_rc rc = read_key(file + MAGIC, &key);
    if (rc == OC_E_NOT_FOUND)
        rc = OC_E_STATE;
    if (rc == OC_OK)
        rc = env_secret_new(HIDDEN_MAX + VAULT_TAG, &hidden);
    if (rc == OC_OK)
        rc = seal_open(key.bytes, &sealed, file + HEAD, hidden.bytes);
    if (rc == OC_OK) {
        hidden.size = sealed.size;
        rc = take_values(&hidden, venue, keyring);
    }
    env_secret_free(&key);
    env_secret_free(&hidden);
    return rc;
}

oc_rc kill_seal_read(const char *dir, const char *venue, struct keyring *keyring, struct error *ret_error)
{
    char path[ENV_PATH_MAX], *bytes = NULL;
    size_t size = 0;
    oc_rc rc = env_path(path, dir, KILL_SEAL_FILE);
    if (rc == OC_OK)
        rc = env_read_file(path, HEAD + HIDDEN_MAX + VAULT_TAG, &bytes, &size);
    if (rc == OC_OK)
        rc = open_file((const uint8_t *)bytes, size, venue, keyring);
    env_free(bytes);
    if (rc == OC_E_NOT_FOUND)
        return error_say(ret_error, rc, path, "no credentials were sealed when this session was started");
    if (rc == OC_E_STATE)
        return error_say(
            ret_error, rc, path,
            "its key is not in the user's runtime folder any more: the machine was started anew, or the login "
            "it was started in has ended");
    if (rc < 0)
        return failed(ret_error, rc, "the sealed credentials could not be read");
    return keyring->count ? (oc_rc)OC_OK
                          : error_say(ret_error, OC_E_NOT_FOUND, path, "no credentials of %s are sealed", venue);
}

void kill_seal_remove(const char *dir)
{
    char path[ENV_PATH_MAX], folder[ENV_SOCKET_PATH_MAX], name[64], *bytes;
    size_t size;
    if (env_path(path, dir, KILL_SEAL_FILE) < 0 ||
        env_read_file(path, HEAD + HIDDEN_MAX + VAULT_TAG, &bytes, &size) < 0)
        return; /* there is none */
    const bool is_seal = size >= HEAD && memcmp(bytes, magic, MAGIC) == 0;
    if (is_seal && key_place((const uint8_t *)bytes + MAGIC, folder, name) == OC_OK) {
        char key[ENV_PATH_MAX];
        if (env_path(key, folder, name) == OC_OK)
            (void)env_unlink(key); /* it may have gone with a login */
    }
    env_free(bytes);
    (void)env_unlink(path); /* a seal without its key opens nothing */
}

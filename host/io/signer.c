#include "io/signer.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/crypto.h"

void signer_init(struct signer *signer, const struct oc_venue *venue)
{
    memset(signer, 0, sizeof *signer);
    signer->venue = venue;
}

void signer_release(struct signer *signer)
{
    if (signer->kept)
        explicit_bzero(signer->kept, SIGNER_KEPT_MAX * sizeof *signer->kept);
    free(signer->kept);
    memset(signer, 0, sizeof *signer);
}

static const struct oc_credential *credential(const struct signer *signer, uint16_t field)
{
    return field && field <= signer->venue->credential_count ? &signer->venue->credentials[field - 1] : NULL;
}

/* The bytes of a field; *ret_size 0 and NULL: there is no such field of this account. `room` holds "test-NAME". */
static const char *value_of(const struct signer *signer, uint32_t account, uint16_t field, char room[128],
                            uint32_t *ret_size)
{
    const struct oc_credential *found = credential(signer, field);
    *ret_size = 0;
    if (!found) {
        const uint32_t place = (uint32_t)(field - signer->venue->credential_count - 1);
        if (field <= signer->venue->credential_count || place >= signer->kept_count ||
            signer->kept[place].account != account)
            return NULL;
        *ret_size = signer->kept[place].size;
        return signer->kept[place].secret;
    }
    *ret_size = (uint32_t)snprintf(room, 128, "test-%.100s", found->name);
    return room;
}

static uint32_t signature_size(uint32_t algorithm)
{
    static const uint8_t sizes[] = {
        [OC_SIGN_HMAC_SHA256] = 32,      [OC_SIGN_HMAC_SHA512] = 64,     [OC_SIGN_HMAC_SHA384] = 48,
        [OC_SIGN_HMAC_SHA1] = 20,        [OC_SIGN_ES256] = 64,           [OC_SIGN_ED25519] = 64,
        [OC_SIGN_SECP256K1_SHA256] = 64, [OC_SIGN_SECP256K1_KECCAK] = 65};
    return algorithm < sizeof sizes ? sizes[algorithm] : 0;
}

oc_rc signer_key(struct signer *signer, uint32_t account, uint16_t field, uint32_t algorithm, uint32_t *ret_key)
{
    const struct oc_credential *found = credential(signer, field);
    if (!found && field <= signer->venue->credential_count)
        return OC_E_INVALID;
    if (found && found->kind == OC_CREDENTIAL_PUBLIC)
        return OC_E_DENIED;
    if (algorithm == OC_SIGN_RSA_SHA256 || !signature_size(algorithm))
        return OC_E_NOT_SUPPORTED;
    if (signer->key_count == SIGNER_KEYS_MAX)
        return OC_E_LIMIT;
    signer->keys[signer->key_count++] = (struct signer_key){account, algorithm, field};
    *ret_key = signer->key_count;
    return OC_OK;
}

/* The parts one behind the other, credentials among them. Owned; NULL: no memory, or a field that is not there. */
static unsigned char *joined(const struct signer *signer, uint32_t account, const struct oc_part *parts, uint32_t count,
                             size_t *ret_size)
{
    unsigned char *all = NULL;
    for (int is_written = 0; is_written < 2; is_written++) {
        size_t size = 0;
        for (uint32_t i = 0; i < count; i++) {
            char room[128];
            uint32_t length = parts[i].size;
            const void *bytes = parts[i].field ? (const void *)value_of(signer, account, parts[i].field, room, &length)
                                               : parts[i].bytes;
            if (!bytes && (length || parts[i].field)) {
                free(all);
                return NULL;
            }
            if (is_written && length)
                memcpy(all + size, bytes, length);
            size += length;
        }
        *ret_size = size;
        if (!is_written && !(all = malloc(size + 1)))
            return NULL;
    }
    return all;
}

oc_rc signer_sign(const struct signer *signer, uint32_t key, const struct oc_part *parts, uint32_t count,
                  uint8_t *signature, uint32_t signature_max)
{
    if (key == 0 || key > signer->key_count)
        return OC_E_INVALID;
    const struct signer_key *used = &signer->keys[key - 1];
    const uint32_t size = signature_size(used->algorithm);
    unsigned char mac[EVP_MAX_MD_SIZE * 2];
    unsigned int length = 0;
    char room[128];
    uint32_t value_size;
    size_t bytes_size;
    if (size > signature_max)
        return OC_E_LIMIT;
    const struct crypto *crypto = crypto_get();
    if (!crypto)
        return OC_E_NOT_SUPPORTED;
    const char *value = value_of(signer, used->account, used->field, room, &value_size);
    unsigned char *bytes = value ? joined(signer, used->account, parts, count, &bytes_size) : NULL;
    if (!bytes)
        return value ? OC_E_NOMEM : OC_E_NOT_FOUND;
    const EVP_MD *hash = used->algorithm == OC_SIGN_HMAC_SHA512   ? crypto->sha512()
                         : used->algorithm == OC_SIGN_HMAC_SHA384 ? crypto->sha384()
                         : used->algorithm == OC_SIGN_HMAC_SHA1   ? crypto->sha1()
                         : used->algorithm == OC_SIGN_HMAC_SHA256 ? crypto->sha256()
                                                                  : crypto->sha512(); /* a test signature */
    const bool good = crypto->hmac(hash, value, (int)value_size, bytes, bytes_size, mac, &length) != NULL;
    free(bytes);
    if (!good)
        return OC_E_NOMEM;
    memset(mac + length, 0, sizeof mac - length);
    memcpy(signature, mac, size);
    return (oc_rc)size;
}

oc_rc signer_digest(const struct signer *signer, uint32_t account, uint32_t algorithm, const struct oc_part *parts,
                    uint32_t count, uint8_t *digest, uint32_t digest_max)
{
    const struct crypto *crypto = crypto_get();
    const EVP_MD *hash = !crypto                         ? NULL
                         : algorithm == OC_DIGEST_SHA256 ? crypto->sha256()
                         : algorithm == OC_DIGEST_SHA512 ? crypto->sha512()
                         : algorithm == OC_DIGEST_MD5    ? crypto->md5()
                                                         : NULL;
    unsigned char made[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    size_t size;
    if (!hash)
        return OC_E_NOT_SUPPORTED;
    unsigned char *bytes = joined(signer, account, parts, count, &size);
    if (!bytes)
        return OC_E_NOT_FOUND;
    const bool good = crypto->digest(bytes, size, made, &length, hash, NULL) == 1;
    free(bytes);
    if (!good || length > digest_max)
        return good ? OC_E_LIMIT : OC_E_NOMEM;
    memcpy(digest, made, length);
    return (oc_rc)length;
}

oc_rc signer_public_text(const struct signer *signer, uint32_t account, uint16_t field, void *text, uint32_t size_max)
{
    const struct oc_credential *found = credential(signer, field);
    char room[128];
    uint32_t size;
    if (!found)
        return OC_E_INVALID;
    if (found->kind != OC_CREDENTIAL_PUBLIC)
        return OC_E_DENIED;
    const char *value = value_of(signer, account, field, room, &size);
    if (size > size_max)
        return OC_E_LIMIT;
    memcpy(text, value, size);
    return (oc_rc)size;
}

/* Under one name the last holds, and has the same field. */
oc_rc signer_keep(struct signer *signer, uint32_t account, const char *name, const void *secret, uint32_t size,
                  uint16_t *ret_field)
{
    uint32_t place = 0;
    if (size > SIGNER_SECRET_MAX || strlen(name) >= SIGNER_NAME_MAX)
        return OC_E_LIMIT;
    if (!signer->kept && !(signer->kept = calloc(SIGNER_KEPT_MAX, sizeof *signer->kept)))
        return OC_E_NOMEM;
    while (place < signer->kept_count &&
           (signer->kept[place].account != account || strcmp(signer->kept[place].name, name) != 0))
        place++;
    if (place == SIGNER_KEPT_MAX)
        return OC_E_LIMIT;
    struct signer_kept *kept = &signer->kept[place];
    signer->kept_count += place == signer->kept_count;
    kept->account = account;
    snprintf(kept->name, sizeof kept->name, "%s", name);
    memset(kept->secret, 0, sizeof kept->secret);
    if (size)
        memcpy(kept->secret, secret, size);
    kept->size = size;
    *ret_field = (uint16_t)(signer->venue->credential_count + 1 + place);
    return OC_OK;
}

oc_rc signer_nonce(struct signer *signer, int64_t now_ns, int64_t unit_ns, uint64_t *ret_nonce)
{
    if (unit_ns <= 0 || now_ns < 0)
        return OC_E_INVALID;
    const uint64_t least = (uint64_t)(now_ns / unit_ns);
    signer->nonce = least > signer->nonce ? least : signer->nonce + 1;
    *ret_nonce = signer->nonce;
    return OC_OK;
}

/* Splices. */

struct out {
    char *to;
    uint32_t size, max;
};

static bool put(struct out *out, const char *bytes, uint32_t size)
{
    if (size > out->max - out->size)
        return false;
    if (size)
        memcpy(out->to + out->size, bytes, size);
    out->size += size;
    return true;
}

static bool put_percent(struct out *out, const char *bytes, uint32_t size)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    char code[4];
    for (uint32_t i = 0; i < size; i++) {
        const bool is_plain = bytes[i] && strchr(plain, bytes[i]);
        snprintf(code, sizeof code, "%%%02X", (unsigned char)bytes[i]);
        if (!put(out, is_plain ? bytes + i : code, is_plain ? 1 : 3))
            return false;
    }
    return true;
}

static bool put_json(struct out *out, const char *bytes, uint32_t size)
{
    char code[7];
    for (uint32_t i = 0; i < size; i++) {
        const unsigned char c = (unsigned char)bytes[i];
        const int length = c == '"' || c == '\\' ? snprintf(code, sizeof code, "\\%c", c)
                           : c < ' '             ? snprintf(code, sizeof code, "\\u%04x", c)
                                                 : snprintf(code, sizeof code, "%c", c);
        if (!put(out, code, (uint32_t)length))
            return false;
    }
    return true;
}

static bool put_base64(struct out *out, const char *bytes, uint32_t size)
{
    const uint32_t length = (size + 2) / 3 * 4;
    const struct crypto *crypto = crypto_get();
    if (!crypto || length + 1 > out->max - out->size) /* and the zero that is written behind it */
        return false;
    (void)crypto->base64((unsigned char *)out->to + out->size, (const unsigned char *)bytes, (int)size);
    out->size += length;
    return true;
}

static bool put_as(struct out *out, uint8_t as, const char *bytes, uint32_t size)
{
    switch (as) {
    case OC_AS_IS:
        return put(out, bytes, size);
    case OC_AS_PERCENT:
        return put_percent(out, bytes, size);
    case OC_AS_JSON:
        return put_json(out, bytes, size);
    case OC_AS_BASE64:
        return put_base64(out, bytes, size);
    default:
        return false;
    }
}

oc_rc signer_splice(const struct signer *signer, uint32_t account, const struct oc_splice *splices, uint32_t count,
                    uint8_t in, const char *text, uint32_t size, char *to, uint32_t size_max)
{
    struct out out = {to, 0, size_max};
    uint32_t at = 0;
    for (uint32_t i = 0; i < count; i++) {
        char room[128];
        uint32_t value_size;
        if (splices[i].in != in)
            continue;
        const char *value = value_of(signer, account, splices[i].field, room, &value_size);
        if (!value || splices[i].at < at || splices[i].at > size || splices[i].as > OC_AS_BASE64)
            return OC_E_INVALID;
        if (!put(&out, text + at, splices[i].at - at) || !put_as(&out, splices[i].as, value, value_size))
            return OC_E_LIMIT;
        at = splices[i].at;
    }
    return put(&out, text + at, size - at) ? (oc_rc)out.size : (oc_rc)OC_E_LIMIT;
}

#include "io/signer.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/redact.h"
#include "io/crypto.h"

void signer_init(struct signer *signer, const struct oc_venue *venue, uint32_t env, const struct keyring *keys)
{
    memset(signer, 0, sizeof *signer);
    signer->venue = venue;
    signer->env = env;
    signer->keys = keys;
}

void signer_void(struct signer *signer)
{
    for (uint32_t i = 0; i < signer->key_count; i++) {
        kept_key_release(signer->list[i].kept);
        env_secret_free(&signer->list[i].pages);
    }
    signer->key_count = 0;
}

void signer_release(struct signer *signer)
{
    signer_void(signer);
    for (uint32_t i = 0; i < signer->kept_count; i++) {
        redact_drop(&signer->kept[i]);
        env_secret_free(&signer->kept[i].secret);
    }
    memset(signer, 0, sizeof *signer);
}

static const struct oc_credential *credential(const struct signer *signer, uint16_t field)
{
    return field && field <= signer->venue->credential_count ? &signer->venue->credentials[field - 1] : NULL;
}

/* What holds a secret of this account that came over the wire; NULL: nothing. */
static const struct signer_kept *kept_of(const struct signer *signer, uint32_t account, uint16_t field)
{
    const uint32_t place = (uint32_t)field - signer->venue->credential_count - 1;
    const bool is_there =
        field > signer->venue->credential_count && place < signer->kept_count && signer->kept[place].account == account;
    return is_there ? &signer->kept[place] : NULL;
}

struct value {
    const void *bytes;
    uint32_t size;
    const struct env_secret *secret; /* NULL: of a test */
    char test[128];
};

/* OC_E_INVALID: no such field of this account; OC_E_DENIED: not in this environment; OC_E_NOT_FOUND: not configured. */
static oc_rc value_of(const struct signer *signer, uint32_t account, uint16_t field, struct value *ret_value)
{
    const struct oc_credential *found = credential(signer, field);
    const struct signer_kept *kept = found ? NULL : kept_of(signer, account, field);
    const struct keyring_account *own = keyring_find(signer->keys, account);
    if (signer->env == OC_ENV_NONE || (own && own->env != signer->env))
        return OC_E_DENIED;
    if (!found && !kept)
        return OC_E_INVALID;
    if (!kept && !own) {
        if (signer->env != OC_ENV_LOCAL)
            return OC_E_DENIED;
        ret_value->size = (uint32_t)snprintf(ret_value->test, sizeof ret_value->test, "test-%.100s", found->name);
        ret_value->bytes = ret_value->test;
        ret_value->secret = NULL;
        return OC_OK;
    }
    ret_value->secret = kept ? &kept->secret : &own->values[field - 1];
    ret_value->bytes = ret_value->secret->bytes;
    ret_value->size = ret_value->secret->size;
    return kept || ret_value->size ? OC_OK : OC_E_NOT_FOUND;
}

static oc_rc make_key(const struct signer *signer, struct signer_key *key)
{
    const struct oc_credential *found = credential(signer, key->field);
    const struct keyring_account *own = keyring_find(signer->keys, key->account);
    struct value value;
    oc_rc rc = value_of(signer, key->account, key->field, &value);
    if (rc < 0)
        return rc;
    if (found && found->kind == OC_CREDENTIAL_PUBLIC)
        return OC_E_DENIED;
    if (found && own && own->algorithm && own->algorithm != key->algorithm)
        return OC_E_DENIED;
    if (!value.secret)
        return kept_key_init_test(key->kept, key->algorithm, value.test);
    return kept_key_init(key->kept, key->algorithm, found ? found->form : (uint16_t)OC_CREDENTIAL_TEXT, value.secret);
}

oc_rc signer_key(struct signer *signer, uint32_t account, uint16_t field, uint32_t algorithm, uint32_t *ret_key)
{
    if (signer->key_count == SIGNER_KEYS_MAX)
        return OC_E_LIMIT;
    struct signer_key *key = &signer->list[signer->key_count];
    *key = (struct signer_key){.account = account, .algorithm = algorithm, .field = field};
    oc_rc rc = env_secret_new(sizeof *key->kept, &key->pages);
    if (rc < 0)
        return rc;
    key->kept = (struct kept_key *)(void *)key->pages.bytes;
    rc = make_key(signer, key);
    if (rc < 0) {
        env_secret_free(&key->pages);
        return rc;
    }
    *ret_key = ++signer->key_count;
    return OC_OK;
}

/* Whether each part is there, before any is taken. */
static oc_rc judge_parts(const struct signer *signer, uint32_t account, const struct oc_part *parts, uint32_t count)
{
    struct value value;
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < count && rc == OC_OK; i++) {
        if (parts[i].field)
            rc = value_of(signer, account, parts[i].field, &value);
        else if (parts[i].size && !parts[i].bytes)
            rc = OC_E_INVALID;
    }
    return rc == OC_E_INVALID ? (oc_rc)OC_E_NOT_FOUND : rc;
}

oc_rc signer_sign(const struct signer *signer, uint32_t key, const struct oc_part *parts, uint32_t count,
                  uint8_t *signature, uint32_t signature_max)
{
    struct signing signing;
    struct value value;
    if (key == 0 || key > signer->key_count)
        return OC_E_INVALID;
    const struct signer_key *used = &signer->list[key - 1];
    oc_rc rc = value_of(signer, used->account, used->field, &value); /* may it, now? */
    if (rc == OC_OK)
        rc = judge_parts(signer, used->account, parts, count);
    if (rc < 0)
        return rc;
    kept_key_begin(&signing, used->kept);
    for (uint32_t i = 0; i < count; i++) {
        if (parts[i].field && value_of(signer, used->account, parts[i].field, &value) == OC_OK)
            kept_key_add(&signing, value.bytes, value.size);
        else
            kept_key_add(&signing, parts[i].bytes, parts[i].size);
    }
    return kept_key_sign(&signing, signature, signature_max);
}

oc_rc signer_digest(const struct signer *signer, uint32_t account, uint32_t algorithm, const struct oc_part *parts,
                    uint32_t count, uint8_t *digest, uint32_t digest_max)
{
    const enum digest_kind kind = algorithm == OC_DIGEST_SHA256   ? DIGEST_SHA256
                                  : algorithm == OC_DIGEST_SHA512 ? DIGEST_SHA512
                                  : algorithm == OC_DIGEST_MD5    ? DIGEST_MD5
                                                                  : DIGEST_NONE;
    struct value value;
    struct digest sum;
    oc_rc rc = digest_begin(&sum, kind);
    if (rc == OC_OK)
        rc = judge_parts(signer, account, parts, count);
    if (rc == OC_OK && digest_size(kind) > digest_max)
        rc = OC_E_LIMIT;
    if (rc < 0)
        return rc;
    for (uint32_t i = 0; i < count; i++) {
        if (parts[i].field && value_of(signer, account, parts[i].field, &value) == OC_OK)
            digest_add(&sum, value.bytes, value.size);
        else
            digest_add(&sum, parts[i].bytes, parts[i].size);
    }
    return (oc_rc)digest_end(&sum, digest);
}

oc_rc signer_public_text(const struct signer *signer, uint32_t account, uint16_t field, void *text, uint32_t size_max)
{
    const struct oc_credential *found = credential(signer, field);
    struct value value;
    if (!found)
        return OC_E_INVALID;
    if (found->kind != OC_CREDENTIAL_PUBLIC)
        return OC_E_DENIED;
    const oc_rc rc = value_of(signer, account, field, &value);
    if (rc < 0)
        return rc;
    if (value.size > size_max)
        return OC_E_LIMIT;
    memcpy(text, value.bytes, value.size);
    return (oc_rc)value.size;
}

/* Under one name the last holds, and has the same field; what signs with it is made anew. */
static oc_rc remake_keys(struct signer *signer, uint32_t account, uint16_t field)
{
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < signer->key_count && rc == OC_OK; i++) {
        struct signer_key *key = &signer->list[i];
        if (key->account != account || key->field != field)
            continue;
        kept_key_release(key->kept);
        rc = make_key(signer, key);
    }
    return rc;
}

oc_rc signer_keep(struct signer *signer, uint32_t account, const char *name, const void *secret, uint32_t size,
                  uint16_t *ret_field)
{
    struct env_secret fresh = {0};
    uint32_t place = 0;
    if (signer->env == OC_ENV_NONE)
        return OC_E_DENIED;
    if (size > SIGNER_SECRET_MAX || strlen(name) >= SIGNER_NAME_MAX)
        return OC_E_LIMIT;
    while (place < signer->kept_count &&
           (signer->kept[place].account != account || strcmp(signer->kept[place].name, name) != 0))
        place++;
    if (place == SIGNER_KEPT_MAX)
        return OC_E_LIMIT;
    struct signer_kept *kept = &signer->kept[place];
    oc_rc rc = env_secret_new(size ? size : 1, &fresh);
    if (rc < 0)
        return rc;
    if (size)
        memcpy(fresh.bytes, secret, size);
    fresh.size = size;
    redact_drop(kept);
    rc = redact_add(kept, fresh.bytes, fresh.size);
    if (rc < 0) {
        env_secret_free(&fresh);
        return rc;
    }
    env_secret_free(&kept->secret);
    signer->kept_count += place == signer->kept_count;
    kept->account = account;
    snprintf(kept->name, sizeof kept->name, "%s", name);
    kept->secret = fresh;
    *ret_field = (uint16_t)(signer->venue->credential_count + 1 + place);
    return remake_keys(signer, account, *ret_field);
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
        struct value value;
        if (splices[i].in != in)
            continue;
        const oc_rc rc = value_of(signer, account, splices[i].field, &value);
        if (rc < 0)
            return rc;
        if (splices[i].at < at || splices[i].at > size || splices[i].as > OC_AS_BASE64)
            return OC_E_INVALID;
        if (!put(&out, text + at, splices[i].at - at) || !put_as(&out, splices[i].as, value.bytes, value.size))
            return OC_E_LIMIT;
        at = splices[i].at;
    }
    return put(&out, text + at, size - at) ? (oc_rc)out.size : (oc_rc)OC_E_LIMIT;
}

#include "io/kept_key.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/obj_mac.h>

#include "io/key_form.h"

enum { P256_SIZE = 32, FIRST_ROOM = 4096 };

static enum digest_kind mac_of(uint32_t algorithm)
{
    static const uint8_t kinds[] = {[OC_SIGN_HMAC_SHA256] = DIGEST_SHA256,
                                    [OC_SIGN_HMAC_SHA512] = DIGEST_SHA512,
                                    [OC_SIGN_HMAC_SHA384] = DIGEST_SHA384,
                                    [OC_SIGN_HMAC_SHA1] = DIGEST_SHA1};
    return algorithm < sizeof kinds ? (enum digest_kind)kinds[algorithm] : DIGEST_NONE;
}

/* Making one. */

static BIGNUM *number_of(const struct crypto *crypto, const struct key_parts *parts, uint32_t i)
{
    BIGNUM *number = crypto->number_new();
    if (number &&
        !crypto->number_read(parts->bytes.bytes + parts->numbers[i].at, (int)parts->numbers[i].size, number)) {
        crypto->number_free(number);
        return NULL;
    }
    return number;
}

/* The public point is made anew: what a file says of it is not believed. */
static oc_rc make_ec(const struct crypto *crypto, struct kept_key *key, const struct key_parts *parts)
{
    BIGNUM *number = number_of(crypto, parts, 0);
    key->ec = crypto->ec_new(NID_X9_62_prime256v1);
    EC_POINT *point = key->ec ? crypto->point_new(crypto->ec_group(key->ec)) : NULL;
    oc_rc rc = number && point ? OC_OK : OC_E_NOMEM;
    if (rc == OC_OK && (!crypto->ec_set_private(key->ec, number) ||
                        !crypto->point_times(crypto->ec_group(key->ec), point, number, NULL, NULL, NULL) ||
                        !crypto->ec_set_public(key->ec, point) || !crypto->ec_check(key->ec)))
        rc = OC_E_DATA;
    if (number)
        crypto->number_free(number);
    if (point)
        crypto->point_free(point);
    return rc;
}

static oc_rc make_raw(const struct crypto *crypto, struct kept_key *key, const struct key_parts *parts)
{
    key->raw = crypto->raw_key(NID_ED25519, NULL, parts->bytes.bytes + parts->numbers[0].at, parts->numbers[0].size);
    return key->raw ? OC_OK : OC_E_NOMEM;
}

/* Each group of numbers is taken over as a whole, or not at all. */
static oc_rc make_rsa(const struct crypto *crypto, struct kept_key *key, const struct key_parts *parts)
{
    BIGNUM *numbers[KEY_NUMBERS_MAX] = {NULL};
    bool good = parts->count == KEY_NUMBERS_MAX && (key->rsa = crypto->rsa_new()) != NULL;
    uint32_t taken = 0;
    for (uint32_t i = 0; i < KEY_NUMBERS_MAX && good; i++)
        good = (numbers[i] = number_of(crypto, parts, i)) != NULL;
    if (good && (good = crypto->rsa_set_key(key->rsa, numbers[0], numbers[1], numbers[2]) == 1))
        taken = 3;
    if (good && (good = crypto->rsa_set_factors(key->rsa, numbers[3], numbers[4]) == 1))
        taken = 5;
    if (good && (good = crypto->rsa_set_crt(key->rsa, numbers[5], numbers[6], numbers[7]) == 1))
        taken = 8;
    for (uint32_t i = taken; i < KEY_NUMBERS_MAX; i++)
        if (numbers[i])
            crypto->number_free(numbers[i]);
    if (good) {
        crypto->rsa_clear_flags(key->rsa, RSA_FLAG_CACHE_PRIVATE); /* copies of its factors in the ordinary heap */
        key->size = (uint32_t)crypto->rsa_size(key->rsa);
    }
    return good ? OC_OK : OC_E_NOMEM;
}

/* Numbers that do not belong together sign what nobody verifies. */
static oc_rc try_it(const struct kept_key *key)
{
    static const char text[] = "outcry";
    uint8_t signature[KEPT_SIGNATURE_MAX];
    struct signing signing;
    kept_key_begin(&signing, key);
    kept_key_add(&signing, text, sizeof text);
    const oc_rc size = kept_key_sign(&signing, signature, sizeof signature);
    if (size < 0)
        return OC_E_DATA;
    return kept_key_verify(key, text, sizeof text, signature, (uint32_t)size) ? OC_OK : OC_E_DATA;
}

static oc_rc make_asymmetric(struct kept_key *key, uint32_t algorithm, bool is_decoded, const struct env_secret *value)
{
    const struct crypto *crypto = crypto_get();
    struct key_parts parts;
    const uint32_t kind = algorithm == OC_SIGN_ES256     ? (uint32_t)KEY_P256
                          : algorithm == OC_SIGN_ED25519 ? (uint32_t)KEY_ED25519
                                                         : (uint32_t)KEY_RSA;
    oc_rc rc = key_form_parts(kind, value, is_decoded, &parts);
    if (rc < 0)
        return rc;
    key->size = 64;
    rc = kind == KEY_P256      ? make_ec(crypto, key, &parts)
         : kind == KEY_ED25519 ? make_raw(crypto, key, &parts)
                               : make_rsa(crypto, key, &parts);
    key_parts_free(&parts);
    return rc == OC_OK ? try_it(key) : rc;
}

oc_rc kept_key_init(struct kept_key *key, uint32_t algorithm, uint32_t form, const struct env_secret *value)
{
    const enum digest_kind mac = mac_of(algorithm);
    const bool is_asymmetric =
        algorithm == OC_SIGN_ES256 || algorithm == OC_SIGN_ED25519 || algorithm == OC_SIGN_RSA_SHA256;
    struct env_secret bytes;
    memset(key, 0, sizeof *key);
    key->algorithm = algorithm;
    if ((!mac && !is_asymmetric) || !crypto_get())
        return OC_E_NOT_SUPPORTED;
    if (!value->size)
        return OC_E_DATA;
    oc_rc rc = env_secret_new(value->size, &bytes);
    if (rc < 0)
        return rc;
    rc = key_form_decode(form, value, &bytes);
    if (rc == OC_OK && is_asymmetric)
        rc = make_asymmetric(key, algorithm, form == OC_CREDENTIAL_HEX || form == OC_CREDENTIAL_BASE64, &bytes);
    else if (rc == OC_OK)
        rc = digest_key_init(&key->mac, mac, bytes.bytes, bytes.size);
    if (mac)
        key->size = digest_size(mac);
    env_secret_free(&bytes);
    if (rc < 0)
        kept_key_release(key);
    return rc;
}

oc_rc kept_key_init_test(struct kept_key *key, uint32_t algorithm, const char *text)
{
    const enum digest_kind mac = mac_of(algorithm);
    memset(key, 0, sizeof *key);
    key->algorithm = algorithm;
    key->is_test = true;
    key->size = mac                                     ? digest_size(mac)
                : algorithm == OC_SIGN_SECP256K1_KECCAK ? 65
                : algorithm == OC_SIGN_ES256 || algorithm == OC_SIGN_ED25519 || algorithm == OC_SIGN_SECP256K1_SHA256
                    ? 64
                    : 0;
    if (!key->size)
        return OC_E_NOT_SUPPORTED;
    return digest_key_init(&key->mac, mac ? mac : DIGEST_SHA512, text, strlen(text));
}

void kept_key_release(struct kept_key *key)
{
    const struct crypto *crypto = crypto_get();
    if (key->ec)
        crypto->ec_free(key->ec);
    if (key->raw)
        crypto->pkey_free(key->raw);
    if (key->rsa)
        crypto->rsa_free(key->rsa);
    explicit_bzero(key, sizeof *key);
}

/* Signing. */

void kept_key_begin(struct signing *signing, const struct kept_key *key)
{
    signing->key = key;
    signing->whole = NULL;
    signing->size = signing->room = 0;
    signing->rc = OC_OK;
    if (key->is_test || mac_of(key->algorithm))
        signing->sum = key->mac.inner;
    else if (!key->raw)
        signing->rc = digest_begin(&signing->sum, DIGEST_SHA256);
}

static oc_rc grow(struct signing *signing, uint32_t size)
{
    uint32_t room = signing->room ? signing->room : FIRST_ROOM;
    if (size > KEPT_WHOLE_MAX - signing->size)
        return OC_E_LIMIT;
    while (room < signing->size + size)
        room *= 2;
    if (room == signing->room)
        return OC_OK;
    unsigned char *whole = malloc(room);
    if (!whole)
        return OC_E_NOMEM;
    if (signing->size) {
        memcpy(whole, signing->whole, signing->size);
        explicit_bzero(signing->whole, signing->size);
    }
    free(signing->whole);
    signing->whole = whole;
    signing->room = room;
    return OC_OK;
}

void kept_key_add(struct signing *signing, const void *bytes, uint32_t size)
{
    if (signing->rc < 0 || !size)
        return;
    if (!signing->key->raw) {
        digest_add(&signing->sum, bytes, size);
        return;
    }
    signing->rc = grow(signing, size);
    if (signing->rc < 0)
        return;
    memcpy(signing->whole + signing->size, bytes, size);
    signing->size += size;
}

static bool sign_ec(const struct crypto *crypto, struct signing *signing, uint8_t *signature)
{
    unsigned char digest[DIGEST_SIZE_MAX];
    const BIGNUM *r, *s;
    ECDSA_SIG *made = crypto->ec_sign(digest, (int)digest_end(&signing->sum, digest), signing->key->ec);
    if (!made)
        return false;
    crypto->ec_signature(made, &r, &s);
    const bool good = crypto->number_write(r, signature, P256_SIZE) == P256_SIZE &&
                      crypto->number_write(s, signature + P256_SIZE, P256_SIZE) == P256_SIZE;
    crypto->ec_signature_free(made);
    return good;
}

static bool sign_raw(const struct crypto *crypto, const struct signing *signing, uint8_t *signature)
{
    size_t size = signing->key->size;
    static const unsigned char none[1];
    EVP_MD_CTX *context = crypto->context_new();
    const bool good =
        context && crypto->sign_init(context, NULL, NULL, NULL, signing->key->raw) == 1 &&
        crypto->sign(context, signature, &size, signing->whole ? signing->whole : none, signing->size) == 1;
    if (context)
        crypto->context_free(context);
    return good;
}

static bool sign_rsa(const struct crypto *crypto, struct signing *signing, uint8_t *signature)
{
    unsigned char digest[DIGEST_SIZE_MAX];
    unsigned int size;
    const uint32_t digest_size = digest_end(&signing->sum, digest);
    return crypto->rsa_sign(NID_sha256, digest, digest_size, signature, &size, signing->key->rsa) == 1;
}

oc_rc kept_key_sign(struct signing *signing, uint8_t *signature, uint32_t signature_max)
{
    const struct kept_key *key = signing->key;
    const struct crypto *crypto = crypto_get();
    unsigned char mac[DIGEST_SIZE_MAX + 1] = {0};
    bool good = true;
    oc_rc rc = signing->rc;
    if (rc == OC_OK && key->size > signature_max)
        rc = OC_E_LIMIT;
    if (rc == OC_OK && key->ec) {
        good = sign_ec(crypto, signing, signature);
    } else if (rc == OC_OK && key->raw) {
        good = sign_raw(crypto, signing, signature);
    } else if (rc == OC_OK && key->rsa) {
        good = sign_rsa(crypto, signing, signature);
    } else if (rc == OC_OK) {
        (void)digest_sign(&key->mac, &signing->sum, mac);
        memcpy(signature, mac, key->size);
    }
    if (signing->whole)
        explicit_bzero(signing->whole, signing->size);
    free(signing->whole);
    explicit_bzero(signing, sizeof *signing);
    return rc < 0 ? rc : (good ? (oc_rc)key->size : (oc_rc)OC_E_NOMEM);
}

/* Verifying. */

static bool verify_ec(const struct crypto *crypto, const struct kept_key *key, const unsigned char *digest,
                      uint32_t size, const uint8_t *signature)
{
    ECDSA_SIG *made = crypto->ec_signature_new();
    BIGNUM *r = crypto->number_read(signature, P256_SIZE, NULL);
    BIGNUM *s = crypto->number_read(signature + P256_SIZE, P256_SIZE, NULL);
    const bool is_set = made && r && s && crypto->ec_signature_set(made, r, s) == 1;
    const bool good = is_set && crypto->ec_verify(digest, (int)size, made, key->ec) == 1;
    if (!is_set && r)
        crypto->number_free(r);
    if (!is_set && s)
        crypto->number_free(s);
    if (made)
        crypto->ec_signature_free(made);
    return good;
}

static bool verify_raw(const struct crypto *crypto, const struct kept_key *key, const void *bytes, uint32_t size,
                       const uint8_t *signature)
{
    EVP_MD_CTX *context = crypto->context_new();
    const bool good = context && crypto->verify_init(context, NULL, NULL, NULL, key->raw) == 1 &&
                      crypto->verify(context, signature, key->size, bytes, size) == 1;
    if (context)
        crypto->context_free(context);
    return good;
}

bool kept_key_verify(const struct kept_key *key, const void *bytes, uint32_t size, const uint8_t *signature,
                     uint32_t signature_size)
{
    const struct crypto *crypto = crypto_get();
    unsigned char made[DIGEST_SIZE_MAX];
    struct digest sum;
    if (signature_size != key->size)
        return false;
    if (key->raw)
        return verify_raw(crypto, key, bytes, size, signature);
    if (!key->ec && !key->rsa) {
        sum = key->mac.inner;
        digest_add(&sum, bytes, size);
        (void)digest_sign(&key->mac, &sum, made);
        return key->size <= DIGEST_SIZE_MAX && memcmp(made, signature, key->size) == 0;
    }
    if (digest_begin(&sum, DIGEST_SHA256) < 0)
        return false;
    digest_add(&sum, bytes, size);
    const uint32_t digest_size = digest_end(&sum, made);
    return key->ec ? verify_ec(crypto, key, made, digest_size, signature)
                   : crypto->rsa_verify(NID_sha256, made, digest_size, signature, signature_size, key->rsa) == 1;
}

oc_rc kept_key_public(const struct kept_key *key, uint8_t *bytes, uint32_t size_max)
{
    const struct crypto *crypto = crypto_get();
    size_t size = size_max;
    if (key->raw)
        return crypto->raw_public(key->raw, bytes, &size) == 1 ? (oc_rc)size : (oc_rc)OC_E_LIMIT;
    if (!key->ec)
        return OC_E_NOT_SUPPORTED;
    size = crypto->point_write(crypto->ec_group(key->ec), crypto->ec_public(key->ec), POINT_CONVERSION_UNCOMPRESSED,
                               bytes, size_max, NULL);
    return size ? (oc_rc)size : (oc_rc)OC_E_LIMIT;
}

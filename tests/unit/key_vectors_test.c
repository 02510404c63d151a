/* key_vectors_test.c: signatures as venues check them, by the signer and the keys that a configuration gives it. */
#include "io/signer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "io/key_form.h"
#include "support/key_vectors.h"

enum { ACCOUNT = 1, KEY = 1, SECRET = 2, PHRASE = 3 };

static struct oc_credential credentials[] = {{.name = "key", .about = "k", .kind = OC_CREDENTIAL_PUBLIC},
                                             {.name = "secret", .about = "s", .kind = OC_CREDENTIAL_SECRET},
                                             {.name = "phrase", .about = "p", .kind = OC_CREDENTIAL_SECRET}};
static const struct oc_venue venue = {.size = sizeof venue, .credentials = credentials, .credential_count = 3};

static struct env_secret secret_of(const char *text)
{
    struct env_secret secret;
    assert_int_equal(env_secret_new((uint32_t)strlen(text) + 1, &secret), OC_OK);
    memcpy(secret.bytes, text, strlen(text));
    secret.size = (uint32_t)strlen(text);
    return secret;
}

static void set(struct keyring *keys, struct keyring_account *own, uint16_t field, const char *text)
{
    struct env_secret secret = secret_of(text);
    assert_int_equal(keyring_set(keys, own, field, field != KEY, &secret), OC_OK);
}

static void begin(struct keyring *keys, struct signer *signer, uint16_t form, const char *secret)
{
    struct keyring_account *own;
    memset(keys, 0, sizeof *keys);
    credentials[SECRET - 1].form = form;
    assert_int_equal(keyring_add(keys, ACCOUNT, OC_ENV_TESTNET, 0, &own), OC_OK);
    set(keys, own, KEY, "testkey0123456789abcdef");
    set(keys, own, SECRET, secret);
    set(keys, own, PHRASE, "testpassphrase");
    signer_init(signer, &venue, OC_ENV_TESTNET, keys);
}

static void end(struct keyring *keys, struct signer *signer)
{
    signer_release(signer);
    keyring_release(keys);
}

static void to_hex(const uint8_t *bytes, uint32_t size, char *text)
{
    for (uint32_t i = 0; i < size; i++)
        sprintf(text + 2 * i, "%02x", bytes[i]);
}

static uint32_t from_hex(const char *text, uint8_t *bytes)
{
    uint32_t size = 0;
    for (; text[2 * size]; size++) {
        unsigned byte;
        assert_int_equal(sscanf(text + 2 * (size_t)size, "%2x", &byte), 1);
        bytes[size] = (uint8_t)byte;
    }
    return size;
}

static void to_base64(const uint8_t *bytes, uint32_t size, char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (uint32_t i = 0; i < size; i += 3) {
        const uint32_t left = size - i;
        const uint32_t word =
            (uint32_t)bytes[i] << 16 | (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) | (left > 2 ? bytes[i + 2] : 0u);
        for (uint32_t k = 0; k < 4; k++)
            *text++ = k > left ? '=' : digits[word >> (18 - 6 * k) & 63];
    }
    *text = 0;
}

static void macs_are_those_of_the_venues(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof key_vectors / sizeof *key_vectors; i++) {
        const struct key_vector *vector = &key_vectors[i];
        struct keyring keys;
        struct signer signer;
        uint8_t mac[64], sum[32];
        char hex[129], base64[96];
        uint32_t key, count = 0;
        struct oc_part parts[3];
        begin(&keys, &signer, vector->form, vector->secret);
        const struct oc_part summed = {.bytes = vector->summed, .size = (uint32_t)strlen(vector->summed)};
        parts[count++] = (struct oc_part){.bytes = vector->path, .size = (uint32_t)strlen(vector->path)};
        if (summed.size) {
            assert_int_equal(signer_digest(&signer, ACCOUNT, OC_DIGEST_SHA256, &summed, 1, sum, sizeof sum), 32);
            parts[count++] = (struct oc_part){.bytes = sum, .size = sizeof sum};
        }
        parts[count++] = (struct oc_part){.bytes = vector->text, .size = (uint32_t)strlen(vector->text)};
        assert_int_equal(signer_key(&signer, ACCOUNT, SECRET, vector->algorithm, &key), OC_OK);
        for (int again = 0; again < 2; again++) { /* the kept context serves again */
            const oc_rc size = signer_sign(&signer, key, parts, count, mac, sizeof mac);
            assert_true(size > 0);
            to_hex(mac, (uint32_t)size, hex);
            to_base64(mac, (uint32_t)size, base64);
            if (strcmp(vector->want, hex) != 0)
                assert_string_equal(base64, vector->want);
        }
        end(&keys, &signer);
    }
}

/* KuCoin signs the passphrase; Zerodha sums the secret behind the rest: the plugin sees neither. */
static void a_credential_may_be_a_part(void **state)
{
    (void)state;
    struct keyring keys;
    struct signer signer;
    uint8_t mac[32], sum[32];
    char text[96];
    uint32_t key;
    begin(&keys, &signer, OC_CREDENTIAL_TEXT, TEST);
    const struct oc_part phrase = {.field = PHRASE};
    assert_int_equal(signer_key(&signer, ACCOUNT, SECRET, OC_SIGN_HMAC_SHA256, &key), OC_OK);
    assert_int_equal(signer_sign(&signer, key, &phrase, 1, mac, sizeof mac), 32);
    to_base64(mac, 32, text);
    assert_string_equal(text, "GCFO60xCgSfkqsuBkT39tziW+O84N8aUFNkxwvVvoSE=");
    end(&keys, &signer);

    static const struct {
        const char *before, *sum;
    } sums[] = {
        {"apikey0123456789reqtoken0123456789abcdefABCDEF01",
         "3dc7aaff8483232d635d6c072521182ebf0c21f08b2b9bb632ea0277d216390a"},
        {"2203030003089322022-03-03 09:24:25", "bdfcf7425c08ad3e405a2f4a94acad537c6df14676d5283ee3d817c500df1905"}};
    begin(&keys, &signer, OC_CREDENTIAL_TEXT, "secret0123456789abcdefABCDEF0123");
    for (size_t i = 0; i < 2; i++) {
        const struct oc_part parts[] = {{.bytes = sums[i].before, .size = (uint32_t)strlen(sums[i].before)},
                                        {.field = SECRET}};
        assert_int_equal(signer_digest(&signer, ACCOUNT, OC_DIGEST_SHA256, parts, 2, sum, sizeof sum), 32);
        to_hex(sum, 32, text);
        assert_string_equal(text, sums[i].sum);
    }
    end(&keys, &signer);
}

/* The signature over this text, by a key in this form. */
static uint32_t sign(uint32_t algorithm, uint16_t form, const char *secret, const char *text, uint8_t signature[512])
{
    struct keyring keys;
    struct signer signer;
    uint32_t key;
    begin(&keys, &signer, form, secret);
    const struct oc_part part = {.bytes = text, .size = (uint32_t)strlen(text)};
    assert_int_equal(signer_key(&signer, ACCOUNT, SECRET, algorithm, &key), OC_OK);
    const oc_rc size = signer_sign(&signer, key, &part, 1, signature, 512);
    assert_true(size > 0);
    end(&keys, &signer);
    return (uint32_t)size;
}

static bool verifies(uint32_t algorithm, const char *secret, const char *text, const char *hex, char *ret_public)
{
    uint8_t signature[512], public[KEPT_PUBLIC_MAX];
    const uint32_t size = from_hex(hex, signature);
    struct env_secret value = secret_of(secret);
    struct kept_key key;
    assert_int_equal(kept_key_init(&key, algorithm, OC_CREDENTIAL_TEXT, &value), OC_OK);
    const bool good = kept_key_verify(&key, text, (uint32_t)strlen(text), signature, size);
    const oc_rc public_size = kept_key_public(&key, public, sizeof public);
    if (public_size > 0)
        to_hex(public, (uint32_t)public_size, ret_public);
    kept_key_release(&key);
    env_secret_free(&value);
    return good;
}

/* Coinbase. A signature with a random number is verified, and so is the one that the sheet gives, of which s has a zero in front. */
static void es256_is_r_and_s(void **state)
{
    (void)state;
    char public[2 * KEPT_PUBLIC_MAX + 1], hex[129];
    uint8_t one[512], other[512];
    assert_true(verifies(OC_SIGN_ES256, p256_sec1, rest_es256, p256_rest, public));
    assert_string_equal(public, p256_public);
    assert_true(verifies(OC_SIGN_ES256, p256_sec1, stream_es256, p256_stream, public));
    assert_false(verifies(OC_SIGN_ES256, p256_sec1, rest_es256, p256_stream, public));
    assert_int_equal(sign(OC_SIGN_ES256, OC_CREDENTIAL_PEM, p256_sec1, rest_es256, one), 64);
    assert_int_equal(sign(OC_SIGN_ES256, OC_CREDENTIAL_PEM, p256_sec1, rest_es256, other), 64);
    assert_memory_not_equal(one, other, 64);
    to_hex(one, 64, hex);
    assert_true(verifies(OC_SIGN_ES256, p256_sec1, rest_es256, hex, public));
    /* d itself, as hex; and PEM whose line ends are written as \n, as a JSON file has them. */
    assert_int_equal(sign(OC_SIGN_ES256, OC_CREDENTIAL_HEX,
                          "dc0d062fa40201202084e0f8caec74066dc41f8096781002529e8de26109e12d", rest_es256, one),
                     64);
    to_hex(one, 64, hex);
    assert_true(verifies(OC_SIGN_ES256, p256_sec1, rest_es256, hex, public));
    char flat[512];
    size_t size = 0;
    for (const char *at = p256_sec1; *at; at++)
        size += (size_t)sprintf(flat + size, *at == '\n' ? "\\n" : "%c", *at);
    assert_int_equal(sign(OC_SIGN_ES256, OC_CREDENTIAL_TEXT, flat, rest_es256, one), 64);
}

static void ed25519_has_one_signature(void **state)
{
    (void)state;
    static const struct {
        uint16_t form;
        const char *secret;
    } forms[] = {{OC_CREDENTIAL_HEX, ed25519_seed_hex},       {OC_CREDENTIAL_BASE64, ed25519_base64},
                 {OC_CREDENTIAL_TEXT, ed25519_base64},        {OC_CREDENTIAL_TEXT, ed25519_seed_base64},
                 {OC_CREDENTIAL_BASE64, ed25519_seed_base64}, {OC_CREDENTIAL_TEXT, ed25519_pkcs8}};
    uint8_t signature[512];
    char hex[129], public[2 * KEPT_PUBLIC_MAX + 1];
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        assert_int_equal(sign(OC_SIGN_ED25519, forms[i].form, forms[i].secret, rest_ed25519, signature), 64);
        to_hex(signature, 64, hex);
        assert_string_equal(hex, ed25519_rest);
    }
    assert_true(verifies(OC_SIGN_ED25519, ed25519_pkcs8, rest_ed25519, ed25519_rest, public));
    assert_string_equal(public, ed25519_public);
    assert_int_equal(sign(OC_SIGN_ED25519, OC_CREDENTIAL_HEX, ed25519_seed_hex, "", signature), 64); /* of nothing */
}

static void rsa_is_pkcs1_over_sha256(void **state)
{
    (void)state;
    uint8_t signature[512], want[512];
    const uint32_t size = from_hex(rsa_signature, want);
    const char *const keys[] = {rsa_pkcs1, rsa_pkcs8};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(sign(OC_SIGN_RSA_SHA256, OC_CREDENTIAL_PEM, keys[i], rsa_text, signature), size);
        assert_memory_equal(signature, want, size);
    }
}

/* What is of another kind, cut off, encrypted or changed is no key. */
static void what_is_no_key_is_refused(void **state)
{
    (void)state;
    static const struct {
        uint32_t algorithm;
        const char *secret;
        oc_rc rc;
    } bad[] = {{OC_SIGN_ES256, rsa_pkcs1, OC_E_DATA},
               {OC_SIGN_RSA_SHA256, p256_sec1, OC_E_DATA},
               {OC_SIGN_ED25519, p256_sec1, OC_E_DATA},
               {OC_SIGN_ES256, ed25519_pkcs8, OC_E_DATA},
               {OC_SIGN_ED25519, ed25519_seed_hex, OC_E_DATA}, /* hex that nobody calls hex */
               {OC_SIGN_ED25519, "AAEC", OC_E_DATA},
               {OC_SIGN_ES256, "-----BEGIN EC PRIVATE KEY-----\nMHcC\n-----END EC PRIVATE KEY-----\n", OC_E_DATA},
               {OC_SIGN_ES256, "-----BEGIN EC PRIVATE KEY-----\n", OC_E_DATA},
               {OC_SIGN_ES256, "-----BEGIN PUBLIC KEY-----\nMHcC\n-----END PUBLIC KEY-----\n", OC_E_DATA},
               {OC_SIGN_RSA_SHA256,
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMHcC\n-----END ENCRYPTED PRIVATE KEY-----\n",
                OC_E_NOT_SUPPORTED},
               {OC_SIGN_SECP256K1_SHA256, TEST, OC_E_NOT_SUPPORTED},
               {OC_SIGN_SECP256K1_KECCAK, TEST, OC_E_NOT_SUPPORTED},
               {OC_SIGN_NONE, TEST, OC_E_NOT_SUPPORTED},
               {99, TEST, OC_E_NOT_SUPPORTED}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct env_secret value = secret_of(bad[i].secret);
        struct kept_key key;
        assert_int_equal(kept_key_init(&key, bad[i].algorithm, OC_CREDENTIAL_TEXT, &value), bad[i].rc);
        kept_key_release(&key);
        env_secret_free(&value);
    }
    struct env_secret value = secret_of("zz");
    struct kept_key key;
    assert_int_equal(kept_key_init(&key, OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_HEX, &value), OC_E_DATA);
    assert_int_equal(kept_key_init(&key, OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_BASE64, &value), OC_E_DATA);
    env_secret_free(&value);
}

/* One of the numbers of an RSA key is another: what it signs would verify nowhere. */
static void numbers_that_do_not_belong_together_are_refused(void **state)
{
    (void)state;
    struct env_secret value = secret_of(rsa_pkcs1);
    struct kept_key key;
    const char *line = strchr(rsa_pkcs1, '\n');
    value.bytes[(line - rsa_pkcs1) + 70] = value.bytes[(line - rsa_pkcs1) + 70] == 'A' ? 'B' : 'A'; /* in the modulus */
    assert_int_equal(kept_key_init(&key, OC_SIGN_RSA_SHA256, OC_CREDENTIAL_PEM, &value), OC_E_DATA);
    env_secret_free(&value);
}

static void a_key_signs_in_its_own_environment_alone(void **state)
{
    (void)state;
    for (uint32_t own = OC_ENV_LIVE; own <= OC_ENV_LOCAL; own++)
        for (uint32_t session = OC_ENV_NONE; session <= OC_ENV_LOCAL; session++) {
            struct keyring keys = {.count = 0};
            struct keyring_account *account;
            struct signer signer;
            uint32_t key;
            uint16_t field;
            uint8_t mac[32];
            char text[64];
            const struct oc_part part = {.bytes = "a", .size = 1}, secret = {.field = SECRET};
            const struct oc_splice splice = {.field = SECRET};
            const oc_rc rc = own == session ? OC_OK : OC_E_DENIED;
            assert_int_equal(keyring_add(&keys, ACCOUNT, own, 0, &account), OC_OK);
            set(&keys, account, KEY, "k");
            set(&keys, account, SECRET, TEST);
            signer_init(&signer, &venue, session, &keys);
            assert_int_equal(signer_key(&signer, ACCOUNT, SECRET, OC_SIGN_HMAC_SHA256, &key), rc);
            if (rc == OC_OK) {
                signer.env = session % 4 + 1; /* as if it were taken there afterwards */
                assert_int_equal(signer_sign(&signer, key, &part, 1, mac, sizeof mac), OC_E_DENIED);
                signer.env = session;
                assert_int_equal(signer_sign(&signer, key, &part, 1, mac, sizeof mac), 32);
                assert_int_equal(signer_sign(&signer, key, &(struct oc_part){.field = PHRASE}, 1, mac, sizeof mac),
                                 OC_E_NOT_FOUND);
            } else {
                assert_int_equal(signer_digest(&signer, ACCOUNT, OC_DIGEST_SHA256, &secret, 1, mac, 32), OC_E_DENIED);
                assert_int_equal(signer_splice(&signer, ACCOUNT, &splice, 1, OC_IN_PATH, "", 0, text, 64), OC_E_DENIED);
                assert_int_equal(signer_public_text(&signer, ACCOUNT, KEY, text, 64), OC_E_DENIED);
            }
            /* An account of which nothing is configured: test keys in `local`, nothing anywhere else. */
            assert_int_equal(signer_key(&signer, 2, SECRET, OC_SIGN_HMAC_SHA256, &key),
                             session == OC_ENV_LOCAL ? OC_OK : OC_E_DENIED);
            assert_int_equal(signer_keep(&signer, ACCOUNT, "token", "x", 1, &field),
                             session == OC_ENV_NONE ? OC_E_DENIED : OC_OK);
            end(&keys, &signer);
        }
}

static void a_key_signs_by_its_own_algorithm_alone(void **state)
{
    (void)state;
    struct keyring keys = {.count = 0};
    struct keyring_account *account;
    struct signer signer;
    uint32_t key;
    assert_int_equal(keyring_add(&keys, ACCOUNT, OC_ENV_LIVE, OC_SIGN_HMAC_SHA512, &account), OC_OK);
    assert_int_equal(keyring_add(&keys, ACCOUNT, OC_ENV_LIVE, 0, &account), OC_E_EXISTS);
    assert_int_equal(keyring_add(&keys, 2, OC_ENV_NONE, 0, &account), OC_E_INVALID);
    set(&keys, &keys.accounts[0], SECRET, TEST);
    signer_init(&signer, &venue, OC_ENV_LIVE, &keys);
    assert_int_equal(signer_key(&signer, ACCOUNT, SECRET, OC_SIGN_HMAC_SHA256, &key), OC_E_DENIED);
    assert_int_equal(signer_key(&signer, ACCOUNT, SECRET, OC_SIGN_HMAC_SHA512, &key), OC_OK);
    end(&keys, &signer);
}

/* A token of a login that is renewed under its name: what signs with it signs with the new one. */
static void what_is_kept_again_signs_anew(void **state)
{
    (void)state;
    struct keyring keys;
    struct signer signer;
    uint16_t field, again;
    uint32_t key;
    uint8_t first[32], second[32];
    const struct oc_part part = {.bytes = "a", .size = 1};
    begin(&keys, &signer, OC_CREDENTIAL_TEXT, TEST);
    assert_int_equal(signer_keep(&signer, ACCOUNT, "token", "old token", 9, &field), OC_OK);
    assert_int_equal(signer_key(&signer, ACCOUNT, field, OC_SIGN_HMAC_SHA256, &key), OC_OK);
    assert_int_equal(signer_sign(&signer, key, &part, 1, first, sizeof first), 32);
    assert_int_equal(signer_keep(&signer, ACCOUNT, "token", "new token", 9, &again), OC_OK);
    assert_int_equal(field, again);
    assert_int_equal(signer_sign(&signer, key, &part, 1, second, sizeof second), 32);
    assert_memory_not_equal(first, second, sizeof first);
    end(&keys, &signer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(macs_are_those_of_the_venues),
        cmocka_unit_test(a_credential_may_be_a_part),
        cmocka_unit_test(es256_is_r_and_s),
        cmocka_unit_test(ed25519_has_one_signature),
        cmocka_unit_test(rsa_is_pkcs1_over_sha256),
        cmocka_unit_test(what_is_no_key_is_refused),
        cmocka_unit_test(numbers_that_do_not_belong_together_are_refused),
        cmocka_unit_test(a_key_signs_in_its_own_environment_alone),
        cmocka_unit_test(a_key_signs_by_its_own_algorithm_alone),
        cmocka_unit_test(what_is_kept_again_signs_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

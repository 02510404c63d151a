/* io_signer_test.c: test keys sign as a venue would check it, where it can be checked; credentials are set in and never seen. */
#include "io/signer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static const struct oc_credential credentials[] = {{.name = "key", .about = "k", .kind = OC_CREDENTIAL_PUBLIC},
                                                   {.name = "secret", .about = "s", .kind = OC_CREDENTIAL_SECRET}};
static const struct oc_venue venue = {.size = sizeof venue, .credentials = credentials, .credential_count = 2};

static struct signer fresh(void)
{
    struct signer signer;
    signer_init(&signer, &venue, OC_ENV_LOCAL, NULL);
    return signer;
}

static void hex(const uint8_t *bytes, uint32_t size, char *text)
{
    for (uint32_t i = 0; i < size; i++)
        sprintf(text + 2 * i, "%02x", bytes[i]);
}

/* RFC 4231, case 2, with the key "Jefe" as a secret that came over the wire; FIPS 180-4 for the digests of "abc". */
static void signatures_are_those_of_the_standards(void **state)
{
    (void)state;
    static const struct {
        uint32_t algorithm;
        const char *mac;
    } vectors[] = {{OC_SIGN_HMAC_SHA256, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
                   {OC_SIGN_HMAC_SHA384,
                    "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649"},
                   {OC_SIGN_HMAC_SHA512,
                    "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fd"
                    "caeab1a34d4a6b4b636e070a38bce737"}};
    struct signer signer = fresh();
    uint16_t field;
    assert_int_equal(signer_keep(&signer, 1, "session", "Jefe", 4, &field), OC_OK);
    assert_int_equal(field, 3);
    const struct oc_part parts[] = {{.bytes = "what do ya want ", .size = 16}, {.bytes = "for nothing?", .size = 12}};
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        uint8_t mac[64];
        char text[129];
        uint32_t key;
        assert_int_equal(signer_key(&signer, 1, field, vectors[i].algorithm, &key), OC_OK);
        const oc_rc size = signer_sign(&signer, key, parts, 2, mac, sizeof mac);
        assert_int_equal(size, strlen(vectors[i].mac) / 2);
        hex(mac, (uint32_t)size, text);
        assert_string_equal(text, vectors[i].mac);
        assert_int_equal(signer_sign(&signer, key, parts, 2, mac, (uint32_t)size - 1), OC_E_LIMIT);
    }
    const struct oc_part abc = {.bytes = "abc", .size = 3};
    uint8_t digest[64];
    char text[129];
    assert_int_equal(signer_digest(&signer, 1, OC_DIGEST_SHA256, &abc, 1, digest, sizeof digest), 32);
    hex(digest, 32, text);
    assert_string_equal(text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_int_equal(signer_digest(&signer, 1, OC_DIGEST_MD5, &abc, 1, digest, sizeof digest), 16);
    hex(digest, 16, text);
    assert_string_equal(text, "900150983cd24fb0d6963f7d28e17f72");
    assert_int_equal(signer_digest(&signer, 1, OC_DIGEST_SHA256, &abc, 1, digest, 31), OC_E_LIMIT);
    assert_int_equal(signer_digest(&signer, 1, OC_DIGEST_KECCAK256, &abc, 1, digest, sizeof digest),
                     OC_E_NOT_SUPPORTED);
    signer_release(&signer);
}

/* One that verifies nowhere has its size, is the same for the same bytes, and another for others. */
static void a_test_signature_is_one(void **state)
{
    (void)state;
    struct signer signer = fresh();
    uint8_t one[80], same[80], other[80];
    uint32_t key;
    const struct oc_part a = {.bytes = "a", .size = 1}, b = {.bytes = "b", .size = 1};
    assert_int_equal(signer_key(&signer, 1, 2, OC_SIGN_ES256, &key), OC_OK);
    assert_int_equal(signer_sign(&signer, key, &a, 1, one, sizeof one), 64);
    assert_int_equal(signer_sign(&signer, key, &a, 1, same, sizeof same), 64);
    assert_int_equal(signer_sign(&signer, key, &b, 1, other, sizeof other), 64);
    assert_memory_equal(one, same, 64);
    assert_memory_not_equal(one, other, 64);
    assert_int_equal(signer_key(&signer, 1, 1, OC_SIGN_HMAC_SHA256, &key), OC_E_DENIED); /* a public text */
    assert_int_equal(signer_key(&signer, 1, 0, OC_SIGN_HMAC_SHA256, &key), OC_E_INVALID);
    assert_int_equal(signer_key(&signer, 1, 2, OC_SIGN_RSA_SHA256, &key), OC_E_NOT_SUPPORTED);
    assert_int_equal(signer_key(&signer, 1, 2, 99, &key), OC_E_NOT_SUPPORTED);
    assert_int_equal(signer_sign(&signer, 0, &a, 1, one, sizeof one), OC_E_INVALID);
    assert_int_equal(signer_sign(&signer, 2, &a, 1, one, sizeof one), OC_E_INVALID);
    while (signer.key_count < SIGNER_KEYS_MAX)
        assert_int_equal(signer_key(&signer, 1, 2, OC_SIGN_ES256, &key), OC_OK);
    assert_int_equal(signer_key(&signer, 1, 2, OC_SIGN_ES256, &key), OC_E_LIMIT);
    signer_release(&signer);
}

static void secrets_are_not_given_out(void **state)
{
    (void)state;
    struct signer signer = fresh();
    char text[64];
    uint16_t first, second, again;
    assert_int_equal(signer_public_text(&signer, 1, 1, text, sizeof text), 8);
    assert_memory_equal(text, "test-key", 8);
    assert_int_equal(signer_public_text(&signer, 1, 1, text, 7), OC_E_LIMIT);
    assert_int_equal(signer_public_text(&signer, 1, 2, text, sizeof text), OC_E_DENIED);
    assert_int_equal(signer_public_text(&signer, 1, 3, text, sizeof text), OC_E_INVALID);
    assert_int_equal(signer_keep(&signer, 1, "token", "x", 1, &first), OC_OK);
    assert_int_equal(signer_keep(&signer, 2, "token", "y", 1, &second), OC_OK);
    assert_int_equal(signer_keep(&signer, 1, "token", "zz", 2, &again), OC_OK);
    assert_true(first == again && first != second);
    const struct oc_splice mine = {.field = first}, others = {.field = second};
    assert_int_equal(signer_splice(&signer, 1, &mine, 1, OC_IN_PATH, "", 0, text, sizeof text), 2);
    assert_memory_equal(text, "zz", 2); /* the last holds */
    assert_int_equal(signer_splice(&signer, 1, &others, 1, OC_IN_PATH, "", 0, text, sizeof text), OC_E_INVALID);
    assert_int_equal(signer_keep(&signer, 1, "a name that is longer than it may be", "x", 1, &again), OC_E_LIMIT);
    signer_release(&signer);
}

static void credentials_are_set_in_where_they_belong(void **state)
{
    (void)state;
    struct signer signer = fresh();
    char text[128];
    uint16_t field;
    assert_int_equal(signer_keep(&signer, 1, "odd", "a\"b/c d", 7, &field), OC_OK);
    static const struct {
        uint8_t as;
        const char *is;
    } ways[] = {{OC_AS_IS, "<a\"b/c d>"},
                {OC_AS_PERCENT, "<a%22b%2Fc%20d>"},
                {OC_AS_JSON, "<a\\\"b/c d>"},
                {OC_AS_BASE64, "<YSJiL2MgZA==>"}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        const struct oc_splice splices[] = {{.at = 1, .field = field, .in = OC_IN_HEADERS, .as = ways[i].as},
                                            {.at = 0, .field = 1, .in = OC_IN_PATH}};
        const oc_rc size = signer_splice(&signer, 1, splices, 2, OC_IN_HEADERS, "<>", 2, text, sizeof text);
        assert_int_equal(size, strlen(ways[i].is));
        assert_memory_equal(text, ways[i].is, (size_t)size);
        assert_int_equal(signer_splice(&signer, 1, splices, 2, OC_IN_HEADERS, "<>", 2, text, (uint32_t)size - 1),
                         OC_E_LIMIT);
    }
    const struct oc_splice wrong[] = {{.at = 2, .field = 1}, {.at = 1, .field = 1}}, beyond = {.at = 3, .field = 1};
    assert_int_equal(signer_splice(&signer, 1, wrong, 2, OC_IN_PATH, "ab", 2, text, sizeof text), OC_E_INVALID);
    assert_int_equal(signer_splice(&signer, 1, &beyond, 1, OC_IN_PATH, "ab", 2, text, sizeof text), OC_E_INVALID);
    signer_release(&signer);
}

static void a_nonce_rises(void **state)
{
    (void)state;
    struct signer signer = fresh();
    uint64_t nonce;
    assert_int_equal(signer_nonce(&signer, 5000, 1000, &nonce), OC_OK);
    assert_int_equal(nonce, 5);
    assert_int_equal(signer_nonce(&signer, 5000, 1000, &nonce), OC_OK);
    assert_int_equal(nonce, 6);
    assert_int_equal(signer_nonce(&signer, 4000, 1000, &nonce), OC_OK); /* whatever the clock does */
    assert_int_equal(nonce, 7);
    assert_int_equal(signer_nonce(&signer, 9000, 1000, &nonce), OC_OK);
    assert_int_equal(nonce, 9);
    assert_int_equal(signer_nonce(&signer, 9000, 0, &nonce), OC_E_INVALID);
    signer_release(&signer);
}

static bool has_libcrypto(void)
{
    char line[512];
    bool is_there = false;
    FILE *maps = fopen("/proc/self/maps", "r");
    assert_non_null(maps);
    while (fgets(line, sizeof line, maps))
        is_there |= strstr(line, "libcrypto") != NULL;
    fclose(maps);
    return is_there;
}

/* Who signs nothing does not pay for what signs. */
static void what_signs_is_loaded_by_the_first_that_signs(void **state)
{
    (void)state;
    struct signer signer;
    uint8_t digest[64];
    const struct oc_part part = {.bytes = "abc", .size = 3};
    signer_init(&signer, &venue, OC_ENV_LOCAL, NULL);
    assert_false(has_libcrypto());
    assert_int_equal(signer_digest(&signer, 0, OC_DIGEST_SHA256, &part, 1, digest, sizeof digest), 32);
    assert_true(has_libcrypto());
    signer_release(&signer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_signs_is_loaded_by_the_first_that_signs), /* before all others */
        cmocka_unit_test(signatures_are_those_of_the_standards),
        cmocka_unit_test(a_test_signature_is_one),
        cmocka_unit_test(secrets_are_not_given_out),
        cmocka_unit_test(credentials_are_set_in_where_they_belong),
        cmocka_unit_test(a_nonce_rises),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

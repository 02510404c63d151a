/* Tokens and MACs as the worked examples of the sheet of Coinbase have them: made by the kit, signed by the host's own keys. */
#include <outcry/kit/jwt.h>
#include <outcry/kit/signed.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "io/kept_key.h"

#define NAME "organizations/11111111-2222-4333-8444-555555555555/apiKeys/66666666-7777-4888-8999-aaaaaaaaaaaa"

static const char es256_pem[] = "-----BEGIN EC PRIVATE KEY-----\n"
                                "MHcCAQEEINwNBi+kAgEgIITg+MrsdAZtxB+AlngQAlKejeJhCeEtoAoGCCqGSM49\n"
                                "AwEHoUQDQgAEkxLggtiyvHe1wLO7OaNU98jTBxeza13eaahYn+qn6T/FCZ9Gv0CY\n"
                                "lk+3A7GEIkR8yDJgWV04GQDWLfIDmQ9sug==\n"
                                "-----END EC PRIVATE KEY-----\n";
static const char ed25519_text[] =
    "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8DoQe/884Qvh1w3RjnS8CZZ+TWMJulDV8d3IZkElUxuA==";
static const char hmac_text[] = "abcdefghijklmnopqrstuvwxyz012345";
/* GET api.coinbase.com/api/v3/brokerage/accounts */
static const char es256_token[] =
    "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6Im9yZ2FuaXphdGlvbnMvMTExMTExMTEtMjIyMi00MzMzLTg0NDQtNTU1"
    "NTU1NTU1NTU1L2FwaUtleXMvNjY2NjY2NjYtNzc3Ny00ODg4LTg5OTktYWFhYWFhYWFhYWFhIiwibm9uY2UiOiIwMDAxMDIwMzA0"
    "MDUwNjA3MDgwOTBhMGIwYzBkMGUwZjEwMTExMjEzMTQxNTE2MTcxODE5MWExYjFjMWQxZTFmIn0.eyJzdWIiOiJvcmdhbml6YXRp"
    "b25zLzExMTExMTExLTIyMjItNDMzMy04NDQ0LTU1NTU1NTU1NTU1NS9hcGlLZXlzLzY2NjY2NjY2LTc3NzctNDg4OC04OTk5LWFh"
    "YWFhYWFhYWFhYSIsImlzcyI6ImNkcCIsIm5iZiI6MTc2NzIyNTYwMCwiZXhwIjoxNzY3MjI1NzIwLCJ1cmkiOiJHRVQgYXBpLmNv"
    "aW5iYXNlLmNvbS9hcGkvdjMvYnJva2VyYWdlL2FjY291bnRzIn0.OiSU0xu4YAbBSLhOIwtrUHLWDYQmfDrDYcnZsjX7AuZ8rxn0"
    "CeFWneqJiRhIK14CJTPkUsbr-nE_zUrz3mgwTA";
/* The last part of one of a stream, which names no place: its s begins with a high bit. */
static const char es256_stream[] =
    "a1wTvva5EXGyB4uGEuETNFjGeRq0pygp7On7SwgNNSHY0XMdCV3yfJey9NIb_cCTNF-rZRBleZtzlZY9KP_ozQ";
/* POST api.coinbase.com/api/v3/brokerage/orders */
static const char ed25519_token[] =
    "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCIsImtpZCI6Im9yZ2FuaXphdGlvbnMvMTExMTExMTEtMjIyMi00MzMzLTg0NDQtNTU1"
    "NTU1NTU1NTU1L2FwaUtleXMvNjY2NjY2NjYtNzc3Ny00ODg4LTg5OTktYWFhYWFhYWFhYWFhIiwibm9uY2UiOiIwMDAxMDIwMzA0"
    "MDUwNjA3MDgwOTBhMGIwYzBkMGUwZjEwMTExMjEzMTQxNTE2MTcxODE5MWExYjFjMWQxZTFmIn0.eyJzdWIiOiJvcmdhbml6YXRp"
    "b25zLzExMTExMTExLTIyMjItNDMzMy04NDQ0LTU1NTU1NTU1NTU1NS9hcGlLZXlzLzY2NjY2NjY2LTc3NzctNDg4OC04OTk5LWFh"
    "YWFhYWFhYWFhYSIsImlzcyI6ImNkcCIsIm5iZiI6MTc2NzIyNTYwMCwiZXhwIjoxNzY3MjI1NzIwLCJ1cmkiOiJQT1NUIGFwaS5j"
    "b2luYmFzZS5jb20vYXBpL3YzL2Jyb2tlcmFnZS9vcmRlcnMifQ.OM9mGyBxPLL9dBsrk2zyJeqSwshaFNZJfj4uemAsP_GIvr1x-"
    "HuZQ1ecdFqIoTrH0tY0dvPAYVL6O0Hzne5ABQ";

/* ---- a host of one key, one moment and one nonce ---- */

static struct kept_key key;
static const char *given; /* a signature in base64 of URLs that is given in place of one made; NULL: made */
static char was_signed[4096];

static oc_rc take_random(const struct oc_host *host, void *bytes, uint32_t size)
{
    (void)host;
    for (uint32_t i = 0; i < size; i++)
        ((uint8_t *)bytes)[i] = (uint8_t)i;
    return OC_OK;
}

static oc_rc venue_ns(const struct oc_host *host, int64_t *ret_ns, int64_t *ret_error_ns)
{
    (void)host;
    *ret_ns = INT64_C(1767225600) * 1000000000;
    *ret_error_ns = 0;
    return OC_OK;
}

static uint32_t digit_of(char c)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    return (uint32_t)(strchr(letters, c) - letters);
}

static void decode(const char *text, uint8_t signature[64])
{
    uint32_t bits = 0, count = 0, at = 0;
    for (; *text && at < 64; text++) {
        bits = bits << 6 | digit_of(*text);
        count += 6;
        if (count < 8)
            continue;
        count -= 8;
        signature[at++] = (uint8_t)(bits >> count);
        bits &= (1u << count) - 1;
    }
    assert_int_equal(at, 64);
}

static oc_rc sign(const struct oc_host *host, uint32_t by, const struct oc_part *parts, uint32_t count,
                  uint8_t *signature, uint32_t signature_max)
{
    struct signing signing;
    size_t at = 0;
    (void)host, (void)by;
    kept_key_begin(&signing, &key);
    for (uint32_t i = 0; i < count; i++) {
        kept_key_add(&signing, parts[i].bytes, parts[i].size);
        assert_true(at + parts[i].size < sizeof was_signed);
        if (parts[i].size)
            memcpy(was_signed + at, parts[i].bytes, parts[i].size);
        at += parts[i].size;
        was_signed[at] = 0;
    }
    const oc_rc size = kept_key_sign(&signing, signature, signature_max);
    if (given)
        decode(given, signature);
    return size;
}

static oc_rc authority(const struct oc_host *host, uint16_t endpoint, char *text, uint32_t size_max)
{
    (void)host, (void)endpoint;
    assert_true(size_max > 16);
    memcpy(text, "api.coinbase.com", 17);
    return 16;
}

static const struct oc_svc_time times = {.size = sizeof times, .venue_ns = venue_ns, .random = take_random};
static const struct oc_svc_sign signs = {.size = sizeof signs, .sign = sign};
static const struct oc_svc_net nets = {.size = sizeof nets, .authority = authority};
static const struct kit_codec codec = {.time = &times, .sign = &signs, .net = &nets};

static void use(uint32_t algorithm, const char *text)
{
    struct env_secret value;
    assert_int_equal(env_secret_new((uint32_t)strlen(text), &value), OC_OK);
    memcpy(value.bytes, text, strlen(text));
    value.size = (uint32_t)strlen(text);
    kept_key_release(&key);
    assert_int_equal(kept_key_init(&key, algorithm, OC_CREDENTIAL_PEM, &value), OC_OK);
    env_secret_free(&value);
}

static struct kit_jwt of(const char *algorithm)
{
    return (struct kit_jwt){
        .algorithm = algorithm, .issuer = "cdp", .name = NAME, .name_size = sizeof NAME - 1, .life_s = 120};
}

static void expect_header(const char *algorithm, uint8_t method, const char *path, const char *token)
{
    char text[4096];
    const struct kit_jwt jwt = of(algorithm);
    const struct oc_http http = {.method = method, .path = path, .path_size = (uint32_t)strlen(path)};
    struct kit_write out = kit_write_begin(text, sizeof text);
    const oc_rc size = kit_jwt_header(&codec, &jwt, &http, &out);
    assert_int_equal(size, 22 + strlen(token));
    assert_memory_equal(text, "Authorization: Bearer ", 22);
    assert_memory_equal(text + 22, token, strlen(token));
}

/* ---- the examples ---- */

static void a_call_is_signed_by_es256(void **state)
{
    (void)state;
    uint8_t signature[64];
    const char *last = strrchr(es256_token, '.');
    use(OC_SIGN_ES256, es256_pem);
    given = last + 1;
    expect_header("ES256", OC_METHOD_GET, "/api/v3/brokerage/accounts?limit=250&cursor=x",
                  es256_token); /* without its query */
    decode(given, signature);
    assert_true(kept_key_verify(&key, es256_token, (uint32_t)(last - es256_token), signature, sizeof signature));
    given = NULL; /* one of our own is another, and as good */
    char text[4096];
    const struct kit_jwt jwt = of("ES256");
    struct kit_write out = kit_write_begin(text, sizeof text);
    const oc_rc size = kit_jwt_write(&codec, &jwt, "GET a/b", 7, &out);
    assert_true(size > 0);
    text[size] = 0;
    decode(strrchr(text, '.') + 1, signature);
    assert_true(kept_key_verify(&key, text, (uint32_t)(strrchr(text, '.') - text), signature, sizeof signature));
}

static void a_stream_is_signed_without_a_place(void **state)
{
    (void)state;
    char text[4096];
    uint8_t signature[64];
    const struct kit_jwt jwt = of("ES256");
    struct kit_write out = kit_write_begin(text, sizeof text);
    use(OC_SIGN_ES256, es256_pem);
    given = es256_stream;
    const oc_rc size = kit_jwt_write(&codec, &jwt, NULL, 0, &out);
    given = NULL;
    assert_true(size > 0);
    text[size] = 0;
    assert_string_equal(strrchr(text, '.') + 1, es256_stream);
    decode(es256_stream, signature);
    assert_true(kept_key_verify(&key, was_signed, (uint32_t)strlen(was_signed), signature, sizeof signature));
}

static void a_call_is_signed_by_ed25519(void **state)
{
    (void)state;
    use(OC_SIGN_ED25519, ed25519_text);
    expect_header("EdDSA", OC_METHOD_POST, "/api/v3/brokerage/orders", ed25519_token);
}

static void the_old_way_is_a_mac_over_second_method_path_and_body(void **state)
{
    (void)state;
    static const struct {
        const char *method, *path, *body, *mac;
    } all[] = {
        {"GET", "/api/v3/brokerage/accounts", "", "92e37ef05fde77bcac1c3ef16ee72474f21f5b165f4e09faaa449ea5acc6aa18"},
        {"POST", "/api/v3/brokerage/orders",
         "{\"client_order_id\":\"11111111-1111-4111-8111-111111111111\",\"product_id\":\"BTC-USD\",\"side\":\"BUY\","
         "\"order_configuration\":{\"limit_limit_gtc\":{\"base_size\":\"0.01\",\"limit_price\":\"50000.00\",\"post_"
         "only\":"
         "false}}}",
         "5f1b98e78f4cca3631f78710d27862599fa7d6eaf3d74fe9de304d7f6188a5ae"},
        {"level2", "BTC-USD,ETH-USD", "", "4c65702d97d29e02678a7d27c2652ffeaa304d9f30bafa0605d94d6c4c6228f0"}};
    static const char *const words[2] = {"at ", " by "};
    use(OC_SIGN_HMAC_SHA256, hmac_text);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        char text[256];
        struct kit_write out = kit_write_begin(text, sizeof text);
        const struct oc_part parts[KIT_MAC_PARTS] = {{all[i].method, (uint32_t)strlen(all[i].method), 0, 0},
                                                     {all[i].path, (uint32_t)strlen(all[i].path), 0, 0},
                                                     {all[i].body, (uint32_t)strlen(all[i].body), 0, 0}};
        const oc_rc size = kit_mac_write(&codec, 1, parts, words, &out);
        assert_int_equal(size, 3 + 10 + 4 + 64);
        assert_memory_equal(text, "at 1767225600 by ", 17);
        assert_memory_equal(text + 17, all[i].mac, 64);
    }
}

static void what_does_not_fit_is_said(void **state)
{
    (void)state;
    char text[300];
    const struct kit_jwt jwt = of("EdDSA");
    struct kit_write out = kit_write_begin(text, sizeof text);
    use(OC_SIGN_ED25519, ed25519_text);
    assert_int_equal(kit_jwt_write(&codec, &jwt, NULL, 0, &out), OC_E_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_is_signed_by_es256),
        cmocka_unit_test(a_stream_is_signed_without_a_place),
        cmocka_unit_test(a_call_is_signed_by_ed25519),
        cmocka_unit_test(the_old_way_is_a_mac_over_second_method_path_and_body),
        cmocka_unit_test(what_does_not_fit_is_said),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    kept_key_release(&key);
    return failed;
}

#include "rehearsal/token.h"

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/pem.h>
#include <outcry/kit/codec.h>
#include <string.h>

enum { PART_MAX = 4096, SIGNATURE = 64 };

/* The alphabet of URLs, without padding. The size; 0: it is none, or too long. */
static size_t decode(const char *text, size_t size, unsigned char *to, size_t room)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint32_t bits = 0, count = 0;
    size_t at = 0;
    for (size_t i = 0; i < size; i++) {
        const char *digit = text[i] ? strchr(letters, text[i]) : NULL;
        if (!digit)
            return 0;
        bits = bits << 6 | (uint32_t)(digit - letters);
        count += 6;
        if (count < 8)
            continue;
        if (at == room)
            return 0;
        count -= 8;
        to[at++] = (unsigned char)(bits >> count);
        bits &= (1u << count) - 1;
    }
    return at;
}

/* The key that was asked for last is kept until the process ends: reading one costs more than what it is for. NULL: it is none. */
static EVP_PKEY *key_of(const char *pem)
{
    static char text[VENUE_SECRET_MAX];
    static EVP_PKEY *key;
    if (key && strcmp(text, pem) == 0)
        return key;
    BIO *bio = BIO_new_mem_buf(pem, -1);
    EVP_PKEY_free(key);
    key = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    text_copy(text, sizeof text, pem);
    return key;
}

/* r and s, as tokens have them, in the form of DER. Its size; 0: it could not be made. */
static int der_of(const unsigned char raw[SIGNATURE], unsigned char der[80])
{
    ECDSA_SIG *both = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(raw, 32, NULL), *s = BN_bin2bn(raw + 32, 32, NULL);
    int size = 0;
    if (both && r && s && ECDSA_SIG_set0(both, r, s)) {
        unsigned char *at = der;
        r = s = NULL;
        size = i2d_ECDSA_SIG(both, &at);
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(both);
    return size > 0 ? size : 0;
}

static bool is_signed(const char *pem, bool is_edwards, const char *text, size_t size,
                      const unsigned char raw[SIGNATURE])
{
    unsigned char der[80];
    EVP_PKEY *key = key_of(pem);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    const bool fits = key && (EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519) == is_edwards;
    const int der_size = is_edwards ? SIGNATURE : der_of(raw, der);
    const bool is =
        fits && context && der_size &&
        EVP_DigestVerifyInit(context, NULL, is_edwards ? NULL : EVP_sha256(), NULL, key) == 1 &&
        EVP_DigestVerify(context, is_edwards ? raw : der, (size_t)der_size, (const unsigned char *)text, size) == 1;
    EVP_MD_CTX_free(context);
    return is;
}

/* "GET HOST/path", of any host: a client that reaches the venue by a proxy names another. */
static bool is_for(struct kit_json_text uri, const char *method, const char *path, size_t path_size)
{
    const size_t method_size = strlen(method);
    if (!uri.at || uri.size < method_size + 1 + path_size || memcmp(uri.at, method, method_size) != 0 ||
        uri.at[method_size] != ' ')
        return false;
    const char *host = uri.at + method_size + 1, *rest = uri.at + uri.size - path_size;
    return host < rest && !memchr(host, '/', (size_t)(rest - host)) && memcmp(rest, path, path_size) == 0;
}

static bool is_good(const struct rehearsal *venue, struct kit_json json, const char *method, const char *path,
                    size_t path_size)
{
    const int64_t now_s = venue_clock(venue) / 1000000000;
    struct kit_json_text uri = {0}, uris = {0}, nbf = {0}, exp = {0};
    const struct kit_member members[] = {{"uri", &uri}, {"uris", &uris}, {"nbf", &nbf}, {"exp", &exp}};
    uint64_t from, until;
    if (!KIT_TAKE(&json, members) || kit_json_u64(nbf, &from) < 0 || kit_json_u64(exp, &until) < 0 ||
        (int64_t)from > now_s + 1 || (int64_t)until <= now_s || until - from > 120)
        return false;
    if (!method || is_for(uri, method, path, path_size))
        return true;
    struct kit_json list = kit_json_into(uris);
    if (uris.kind == KIT_JSON_ARRAY && kit_json_array(&list))
        while (kit_json_item(&list))
            if (is_for(kit_json_value(&list), method, path, path_size))
                return true;
    return false;
}

struct venue_key *token_key(struct rehearsal *venue, const char *token, size_t size, const char *method,
                            const char *path, size_t path_size)
{
    unsigned char head[PART_MAX], claims[PART_MAX], raw[SIGNATURE];
    struct kit_json_text alg = {0}, kid = {0};
    const struct kit_member members[] = {{"alg", &alg}, {"kid", &kid}};
    const char *first = memchr(token, '.', size), *end = token + size;
    const char *second = first ? memchr(first + 1, '.', (size_t)(end - first) - 1) : NULL;
    if (!second)
        return NULL;
    const size_t head_size = decode(token, (size_t)(first - token), head, sizeof head),
                 claims_size = decode(first + 1, (size_t)(second - first) - 1, claims, sizeof claims);
    struct kit_json json = kit_json_begin(head, (uint32_t)head_size);
    if (!head_size || !claims_size || decode(second + 1, (size_t)(end - second) - 1, raw, sizeof raw) != sizeof raw ||
        !KIT_TAKE(&json, members) || (!KIT_JSON_IS(alg, "ES256") && !KIT_JSON_IS(alg, "EdDSA")) ||
        !is_good(venue, kit_json_begin(claims, (uint32_t)claims_size), method, path, path_size))
        return NULL;
    for (uint32_t i = 0; i < venue->key_count; i++)
        if (kit_json_is(kid, venue->keys[i].id, strlen(venue->keys[i].id)) &&
            is_signed(venue->keys[i].secret, KIT_JSON_IS(alg, "EdDSA"), token, (size_t)(second - token), raw))
            return &venue->keys[i];
    return NULL;
}

bool token_new_key(char *ret_pem, size_t size_max)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    BIO *bio = BIO_new(BIO_s_mem());
    bool is_made = key && bio && PEM_write_bio_PrivateKey_traditional(bio, key, NULL, NULL, 0, NULL, NULL) == 1;
    if (is_made) {
        char *bytes;
        const long size = BIO_get_mem_data(bio, &bytes);
        is_made = size > 0 && (size_t)size < size_max;
        if (is_made) {
            memcpy(ret_pem, bytes, (size_t)size);
            ret_pem[size] = 0;
        }
    }
    BIO_free(bio);
    EVP_PKEY_free(key);
    return is_made;
}

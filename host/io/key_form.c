#include "io/key_form.h"

#include <string.h>

#include <outcry/venue.h>

/* Text. */

static bool is_blank(unsigned char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

static int hex_digit(unsigned char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static oc_rc read_hex(const unsigned char *from, uint32_t size, struct env_secret *to)
{
    if (size % 2 || size / 2 > to->room)
        return OC_E_DATA;
    for (uint32_t i = 0; i < size; i += 2) {
        const int high = hex_digit(from[i]), low = hex_digit(from[i + 1]);
        if (high < 0 || low < 0)
            return OC_E_DATA;
        to->bytes[to->size++] = (unsigned char)(high << 4 | low);
    }
    return OC_OK;
}

static int base64_digit(unsigned char c)
{
    return c >= 'A' && c <= 'Z'   ? c - 'A'
           : c >= 'a' && c <= 'z' ? c - 'a' + 26
           : c >= '0' && c <= '9' ? c - '0' + 52
           : c == '+' || c == '-' ? 62
           : c == '/' || c == '_' ? 63
                                  : -1;
}

/* Both alphabets, with or without what fills up; blanks between, and \n in two letters. What is left of the last digit must be 0. */
static oc_rc read_base64(const unsigned char *from, uint32_t size, struct env_secret *to)
{
    uint32_t bits = 0, count = 0, digits = 0, fills = 0;
    for (uint32_t i = 0; i < size; i++) {
        if (is_blank(from[i]))
            continue;
        if (from[i] == '\\' && i + 1 < size && (from[i + 1] == 'n' || from[i + 1] == 'r')) {
            i++;
            continue;
        }
        const int digit = base64_digit(from[i]);
        fills += from[i] == '=';
        if (from[i] == '=')
            continue;
        if (digit < 0 || fills)
            return OC_E_DATA;
        bits = bits << 6 | (uint32_t)digit;
        count += 6;
        digits++;
        if (count >= 8) {
            if (to->size == to->room)
                return OC_E_DATA;
            count -= 8;
            to->bytes[to->size++] = (unsigned char)(bits >> count);
            bits &= (1u << count) - 1;
        }
    }
    return digits % 4 == 1 || bits || fills > 2 || (fills && (digits + fills) % 4) ? OC_E_DATA : OC_OK;
}

oc_rc key_form_decode(uint32_t form, const struct env_secret *value, struct env_secret *to)
{
    uint32_t size = value->size;
    oc_rc rc = OC_OK;
    env_secret_clear(to);
    while (size && is_blank(value->bytes[size - 1])) /* the line end of a file */
        size--;
    if (form == OC_CREDENTIAL_HEX) {
        rc = read_hex(value->bytes, size, to);
    } else if (form == OC_CREDENTIAL_BASE64) {
        rc = read_base64(value->bytes, size, to);
    } else {
        if (value->size > to->room)
            return OC_E_LIMIT;
        memcpy(to->bytes, value->bytes, value->size);
        to->size = value->size;
    }
    if (rc == OC_OK && !to->size)
        rc = OC_E_DATA;
    if (rc < 0)
        env_secret_clear(to);
    return rc;
}

/* PEM. */

struct span {
    const unsigned char *at, *end;
};

static const unsigned char *find(struct span in, const char *what)
{
    return in.at < in.end ? memmem(in.at, (size_t)(in.end - in.at), what, strlen(what)) : NULL;
}

/* The next block; false: there is none. */
static bool pem_block(struct span *in, struct span *ret_label, struct span *ret_body)
{
    const unsigned char *begin = find(*in, "-----BEGIN ");
    if (!begin)
        return false;
    ret_label->at = begin + 11;
    ret_label->end = find((struct span){ret_label->at, in->end}, "-----");
    if (!ret_label->end)
        return false;
    ret_body->at = ret_label->end + 5;
    ret_body->end = find((struct span){ret_body->at, in->end}, "-----END ");
    if (!ret_body->end)
        return false;
    in->at = ret_body->end + 9;
    return true;
}

static bool is_span(struct span span, const char *word)
{
    return (size_t)(span.end - span.at) == strlen(word) && memcmp(span.at, word, strlen(word)) == 0;
}

static oc_rc read_pem(const struct env_secret *value, struct env_secret *to)
{
    struct span in = {value->bytes, value->bytes + value->size}, label, body;
    while (pem_block(&in, &label, &body)) {
        if (is_span(label, "ENCRYPTED PRIVATE KEY") || find(body, "ENCRYPTED"))
            return OC_E_NOT_SUPPORTED;
        if (is_span(label, "PRIVATE KEY") || is_span(label, "EC PRIVATE KEY") || is_span(label, "RSA PRIVATE KEY"))
            return read_base64(body.at, (uint32_t)(body.end - body.at), to);
    }
    return OC_E_DATA;
}

/* DER. */

enum { DER_INTEGER = 0x02, DER_OCTETS = 0x04, DER_NAME = 0x06, DER_SEQUENCE = 0x30 };

/* What stands in the next value of that tag; *in goes behind it. */
static bool der_take(struct span *in, unsigned tag, struct span *ret_inside)
{
    const size_t left = (size_t)(in->end - in->at);
    size_t size, head = 2;
    if (left < 2 || in->at[0] != tag)
        return false;
    size = in->at[1];
    if (size > 0x80) { /* so many bytes of length */
        const size_t bytes = size & 0x7f;
        if (bytes > 3 || left < 2 + bytes)
            return false;
        size = 0;
        for (size_t i = 0; i < bytes; i++)
            size = size << 8 | in->at[2 + i];
        head += bytes;
        if (size < 0x80)
            return false;
    } else if (size == 0x80) {
        return false;
    }
    if (size > left - head)
        return false;
    *ret_inside = (struct span){in->at + head, in->at + head + size};
    in->at += head + size;
    return true;
}

/* A whole number from 0, without the zero in front that keeps it from being negative. */
static bool der_number(struct span *in, struct span *ret_number)
{
    if (!der_take(in, DER_INTEGER, ret_number) || ret_number->at == ret_number->end || (ret_number->at[0] & 0x80))
        return false;
    while (ret_number->at + 1 < ret_number->end && ret_number->at[0] == 0)
        ret_number->at++;
    return true;
}

static bool is_name(struct span name, const char *bytes, size_t size)
{
    return (size_t)(name.end - name.at) == size && memcmp(name.at, bytes, size) == 0;
}

#define IS_NAME(span, bytes) is_name(span, bytes, sizeof(bytes) - 1)
#define NAME_EC              "\x2a\x86\x48\xce\x3d\x02\x01"
#define NAME_P256            "\x2a\x86\x48\xce\x3d\x03\x01\x07"
#define NAME_ED25519         "\x2b\x65\x70"
#define NAME_RSA             "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"

static bool is_small(struct span number, unsigned value) { return number.end - number.at == 1 && *number.at == value; }

static void set_number(struct key_parts *parts, struct span number)
{
    parts->numbers[parts->count++] =
        (struct key_number){(uint32_t)(number.at - parts->bytes.bytes), (uint32_t)(number.end - number.at)};
}

/* ECPrivateKey of RFC 5915: the curve stands in it, or around it. */
static oc_rc read_ec(struct span in, bool is_curve_known, struct key_parts *parts)
{
    struct span version, number, curve, name;
    if (!der_number(&in, &version) || !is_small(version, 1) || !der_take(&in, DER_OCTETS, &number))
        return OC_E_DATA;
    if (!is_curve_known &&
        (!der_take(&in, 0xa0, &curve) || !der_take(&curve, DER_NAME, &name) || !IS_NAME(name, NAME_P256)))
        return OC_E_NOT_SUPPORTED;
    if (number.end - number.at != 32)
        return OC_E_NOT_SUPPORTED;
    parts->kind = KEY_P256;
    set_number(parts, number);
    return OC_OK;
}

static oc_rc read_rsa(struct span in, struct key_parts *parts)
{
    struct span number = {NULL, NULL};
    if (!der_number(&in, &number) || !is_small(number, 0))
        return number.end > number.at && is_small(number, 1) ? OC_E_NOT_SUPPORTED : OC_E_DATA; /* 1: more factors */
    for (int i = 0; i < KEY_NUMBERS_MAX; i++) {
        if (!der_number(&in, &number))
            return OC_E_DATA;
        set_number(parts, number);
    }
    parts->kind = KEY_RSA;
    const uint32_t size = parts->numbers[0].size;
    return size >= KEY_RSA_BITS_MIN / 8 && size <= KEY_RSA_BITS_MAX / 8 ? OC_OK : OC_E_NOT_SUPPORTED;
}

/* PrivateKeyInfo of RFC 5208; behind the version. */
static oc_rc read_pkcs8(struct span in, struct key_parts *parts)
{
    struct span algorithm, name, curve, key, seed;
    if (!der_take(&in, DER_SEQUENCE, &algorithm) || !der_take(&algorithm, DER_NAME, &name) ||
        !der_take(&in, DER_OCTETS, &key))
        return OC_E_DATA;
    if (IS_NAME(name, NAME_ED25519)) {
        if (!der_take(&key, DER_OCTETS, &seed) || seed.end - seed.at != 32)
            return OC_E_DATA;
        parts->kind = KEY_ED25519;
        set_number(parts, seed);
        return OC_OK;
    }
    if (IS_NAME(name, NAME_EC)) {
        if (!der_take(&algorithm, DER_NAME, &curve) || !IS_NAME(curve, NAME_P256))
            return OC_E_NOT_SUPPORTED;
        return der_take(&key, DER_SEQUENCE, &seed) ? read_ec(seed, true, parts) : (oc_rc)OC_E_DATA;
    }
    if (IS_NAME(name, NAME_RSA))
        return der_take(&key, DER_SEQUENCE, &seed) ? read_rsa(seed, parts) : (oc_rc)OC_E_DATA;
    return OC_E_NOT_SUPPORTED;
}

static oc_rc read_der(struct key_parts *parts)
{
    struct span in = {parts->bytes.bytes, parts->bytes.bytes + parts->bytes.size}, all, after, version;
    if (!der_take(&in, DER_SEQUENCE, &all))
        return OC_E_DATA;
    after = all;
    if (!der_number(&after, &version) || after.at == after.end)
        return OC_E_DATA;
    if (*after.at == DER_SEQUENCE && (is_small(version, 0) || is_small(version, 1)))
        return read_pkcs8(after, parts);
    return *after.at == DER_OCTETS ? read_ec(all, false, parts) : read_rsa(all, parts);
}

/* Which key. */

static bool is_pem(const struct env_secret *value)
{
    return find((struct span){value->bytes, value->bytes + value->size}, "-----BEGIN ") != NULL;
}

/* 32 bytes, or 64 of which the second half is the public key of Ed25519. */
static oc_rc read_bare(uint32_t kind, struct key_parts *parts)
{
    const uint32_t size = parts->bytes.size;
    if (size != 32 && !(kind == KEY_ED25519 && size == 64))
        return OC_E_DATA;
    parts->kind = kind;
    set_number(parts, (struct span){parts->bytes.bytes, parts->bytes.bytes + 32});
    return OC_OK;
}

static oc_rc read_parts(uint32_t kind, const struct env_secret *value, bool is_decoded, struct key_parts *parts)
{
    struct env_secret *bytes = &parts->bytes;
    oc_rc rc;
    if (is_pem(value)) {
        rc = read_pem(value, bytes);
        return rc == OC_OK ? read_der(parts) : rc;
    }
    /* Bytes already, else base64 text of them. */
    memcpy(bytes->bytes, value->bytes, value->size);
    bytes->size = value->size;
    rc = read_der(parts);
    if (rc == OC_E_DATA && is_decoded && kind != KEY_RSA) {
        parts->count = 0;
        rc = read_bare(kind, parts);
    }
    if (rc != OC_E_DATA || is_decoded)
        return rc;
    parts->count = 0;
    env_secret_clear(bytes);
    rc = read_base64(value->bytes, value->size, bytes);
    if (rc < 0)
        return rc;
    rc = read_der(parts);
    if (rc == OC_E_DATA && kind != KEY_RSA) {
        parts->count = 0;
        rc = read_bare(kind, parts);
    }
    return rc;
}

oc_rc key_form_parts(uint32_t kind, const struct env_secret *value, bool is_decoded, struct key_parts *ret_parts)
{
    struct key_parts parts = {.kind = KEY_NONE};
    if (!value->size)
        return OC_E_DATA;
    oc_rc rc = env_secret_new(value->size, &parts.bytes);
    if (rc < 0)
        return rc;
    rc = read_parts(kind, value, is_decoded, &parts);
    if (rc == OC_OK && parts.kind != kind)
        rc = OC_E_DATA;
    if (rc < 0)
        env_secret_free(&parts.bytes);
    else
        *ret_parts = parts;
    return rc;
}

void key_parts_free(struct key_parts *parts)
{
    env_secret_free(&parts->bytes);
    parts->count = 0;
}

uint32_t key_form_kind(const struct env_secret *value)
{
    struct key_parts parts = {.kind = KEY_NONE};
    if (!value->size || env_secret_new(value->size, &parts.bytes) < 0)
        return KEY_NONE;
    const oc_rc rc = read_parts(KEY_RSA, value, false, &parts); /* bare bytes say nothing */
    key_parts_free(&parts);
    return rc == OC_OK ? parts.kind : (uint32_t)KEY_NONE;
}

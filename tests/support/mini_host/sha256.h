/* sha256.h: SHA-256 and its MAC (FIPS 180-4, RFC 2104), for test keys alone. */
#ifndef MINI_HOST_SHA256_H
#define MINI_HOST_SHA256_H

#include <stddef.h>
#include <stdint.h>

struct sha256 {
    uint32_t state[8];
    uint64_t size;
    uint8_t block[64];
};

void sha256_begin(struct sha256 *sha);
void sha256_add(struct sha256 *sha, const void *bytes, size_t size);
void sha256_end(struct sha256 *sha, uint8_t ret_digest[32]);

struct hmac256 {
    struct sha256 inner;
    struct sha256 outer;
};

void hmac256_begin(struct hmac256 *mac, const void *key, size_t size);
void hmac256_add(struct hmac256 *mac, const void *bytes, size_t size);
void hmac256_end(struct hmac256 *mac, uint8_t ret_mac[32]);

#endif
